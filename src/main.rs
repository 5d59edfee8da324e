//! The `crossover` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(crossover::cli::main().code())
}
