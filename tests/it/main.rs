//! One integration test binary.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, its helpers too"
)]

mod architectures;
mod bad_data;
mod batch;
mod cli;
mod cli_batch;
mod decisions;
mod decisions_engine;
mod documents;
mod http;
mod http_admin;
mod http_batch;
mod http_decisions;
mod http_editions;
mod http_errors;
mod http_log;
mod http_price_books;
mod http_prices;
mod http_process;
mod http_sockets;
mod import;
mod import_cli;
mod import_crash;
mod import_http;
mod laws_estimates;
mod laws_numbers;
mod laws_price_books;
mod openapi;
mod price_lists;
mod refresh;
#[path = "../benches/rows.rs"]
mod rows;
mod seed;
mod storage;
mod tidy;
mod traffic;
