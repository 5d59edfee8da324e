//! One integration test binary.

mod laws_numbers;
