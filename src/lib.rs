//! crossover: exact AWS cost estimates and decisions.
//!
//! One path for every number: `request → services → usage records → rating → bill → decisions → verdict`.
//! The modules are floors; each uses lower floors only. `ARCHITECTURE.md` is the map.

pub mod app;
pub mod catalog;
pub mod domain;
pub mod rating;
pub mod services;
pub mod storage;
