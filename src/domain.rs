//! Floor 0: numbers, units, meters, bills and mistakes. Nothing here knows a price, a file or a clock.

pub mod amount;
pub mod bill;
pub mod check;
pub mod expression;
pub mod meter;
pub mod month;
pub mod number;
pub mod probe;
pub mod problem;
pub mod read;
pub mod schema;
pub mod unit;
