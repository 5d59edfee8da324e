//! The `crossover` command.

fn main() {}
