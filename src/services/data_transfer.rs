//! Data transfer (being written).
use super::metering::{MeterSpec, Metering};
use crate::domain::amount::{Amount, NumberError};
use crate::domain::unit::Unit;
/// Data from a Region out to the internet, whichever service sends it.
pub const INTERNET_OUT: MeterSpec = MeterSpec::regional("AWSDataTransfer", "DataTransfer-Out-Bytes", "", Unit::GB);
/// Meters data sent to the internet.
pub fn internet_out(m: &mut Metering<'_>, gb: &Amount) -> Result<(), NumberError> {
    m.line("data_out", "Data transfer out to the internet", &INTERNET_OUT).times(gb, "GB out")?.put(m);
    Ok(())
}
