//! Global Accelerator (being written).
use super::metering::{MeterSpec, Metering};
use crate::domain::amount::{Amount, NumberError};
use crate::domain::unit::Unit;
use serde::Deserialize;
use utoipa::ToSchema;
/// The Data Transfer-Premium fee.
pub const DT_PREMIUM: MeterSpec = MeterSpec::regional("AWSGlobalAccelerator", "dt-premium-bytes:*", "", Unit::GB);
/// Where the other side is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Geography {
    /// Europe
    Europe,
}
/// Meters the fee.
pub fn dt_premium(
    _m: &mut Metering<'_>,
    _g: Option<Geography>,
    _out: &Amount,
    _in: &Amount,
) -> Result<(), NumberError> {
    Ok(())
}
