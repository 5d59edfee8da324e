//! crossover: exact AWS cost estimates and decisions.
//!
//! One path for every number: `request → services → usage records → rating → bill → decisions → verdict`.
//! The modules are floors; each uses lower floors only. `ARCHITECTURE.md` is the map.

pub mod app;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod decisions;
pub mod domain;
pub mod http;
pub mod import;
pub mod rating;
pub mod services;
pub mod storage;
pub mod telemetry;
