//! Meters and usage records: what AWS counts, and how much of it was used.

use std::borrow::Cow;
use std::fmt;

use smol_str::SmolStr;

use super::amount::Amount;
use super::unit::Unit;

/// The Region of meters that AWS does not bill by Region.
pub const GLOBAL: &str = "global";

/// The name of a meter as on the AWS bill. The usage type is without its Region prefix.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MeterKey {
    /// The service code of the price list, such as `AmazonVPC`.
    pub service_code: SmolStr,
    /// The Region code, or `global`.
    pub region: SmolStr,
    /// The usage type without Region prefix, such as `VPN-Usage-Hours:ipsec.1`.
    pub usage_type: SmolStr,
    /// The operation, such as `CreateVpnConnection`; empty where AWS gives none.
    pub operation: SmolStr,
}

impl fmt::Display for MeterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {} / {}", self.service_code, self.region, self.usage_type)?;
        if self.operation.is_empty() { Ok(()) } else { write!(f, " / {}", self.operation) }
    }
}

/// One of the numbers whose product is a quantity: `2 connections`, `730 hours`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// The number.
    pub value: Amount,
    /// What it counts, in the plural: `connections`.
    pub of: SmolStr,
}

/// How much of one meter a resource uses in the month. It knows no price.
#[derive(Debug, Clone)]
pub struct UsageRecord {
    /// The position of the resource in the request.
    pub resource: usize,
    /// The id of the line this becomes, such as `connection_hours`; stable for each service.
    pub id: &'static str,
    /// The line's words for people.
    pub label: Cow<'static, str>,
    /// What is counted.
    pub meter: MeterKey,
    /// How much, in `unit`.
    pub quantity: Amount,
    /// The unit of the quantity.
    pub unit: Unit,
    /// The numbers whose product the quantity is.
    pub factors: Vec<Factor>,
    /// How often the record has an allowance that each service has anew in each hour: the number of services × the
    /// hours in which they are used. Zero for a meter without such an allowance.
    pub service_hours: Amount,
}
