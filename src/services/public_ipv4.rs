//! Public IPv4 addresses: in use, idle, or in a contiguous block.
//!
//! How AWS bills it (<https://aws.amazon.com/vpc/pricing/>, tab "Public IPv4 Address", read 2026-11-22):
//! - Every public IPv4 address that AWS provides costs by the hour, since 2024-02-01: on an instance, a NAT gateway, a
//!   load balancer, a VPN tunnel, a database, wherever it is.
//! - An Elastic IP address that is allocated and not in use costs the same, on a meter of its own.
//! - Addresses of a contiguous block, which Amazon VPC IP Address Manager provides, have a higher hourly price of their
//!   own for every address of the block, in use or not.
//! - Addresses that you bring yourself are free.

use serde::Deserialize;
use utoipa::ToSchema;

use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::Check;
use crate::domain::unit::Unit;

/// An hour of an address in use.
pub const IN_USE_HOURS: MeterSpec = MeterSpec::regional("AmazonVPC", "PublicIPv4:InUseAddress", "", Unit::HOURS);
/// An hour of an address that is allocated and not in use.
const IDLE_HOURS: MeterSpec = MeterSpec::regional("AmazonVPC", "PublicIPv4:IdleAddress", "", Unit::HOURS);
/// An hour of an address of a contiguous block.
const CONTIGUOUS_BLOCK_HOURS: MeterSpec =
    MeterSpec::regional("AmazonVPC", "public-ipv4-contiguous-block", "", Unit::HOURS);

/// The most addresses an estimate takes.
const MAX_ADDRESSES: u64 = 1_000_000;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "public_ipv4",
    name: "Public IPv4 addresses",
    about: "Public IPv4 addresses by the hour: in use, idle, or in a contiguous block of Amazon VPC IP Address Manager.",
    excluded: &[
        "Addresses that you bring yourself: AWS does not charge for them",
        "IP Address Manager itself, which costs by the active address",
        "Data transfer: see `data_transfer`",
    ],
    meters: &[&IN_USE_HOURS, &IDLE_HOURS, &CONTIGUOUS_BLOCK_HOURS],
    sources: &["https://aws.amazon.com/vpc/pricing/"],
    example: Example { region: "us-east-1", usage: r#"{"in_use_addresses": 4, "idle_addresses": 1}"# },
    read: read::<PublicIpv4>,
    schema: schema::<PublicIpv4>,
};

/// What is planned of public IPv4 addresses.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicIpv4 {
    /// Addresses in use. Whole, 0 to 1,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub in_use_addresses: Amount,
    /// Elastic IP addresses that are allocated and not in use. Whole, 0 to 1,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub idle_addresses: Amount,
    /// Addresses of contiguous blocks, in use or not; they do not count as `in_use_addresses`. Whole, 0 to 1,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub contiguous_block_addresses: Amount,
    /// Hours of the month the addresses exist, 0 to 744. Left out: the whole month.
    pub hours: Option<Amount>,
}

impl Usage for PublicIpv4 {
    fn check(&self, check: &mut Check, _: &Catalog) {
        check.whole("in_use_addresses", &self.in_use_addresses, 0, MAX_ADDRESSES);
        check.whole("idle_addresses", &self.idle_addresses, 0, MAX_ADDRESSES);
        check.whole("contiguous_block_addresses", &self.contiguous_block_addresses, 0, MAX_ADDRESSES);
        check.optional_amount("hours", self.hours.as_ref(), 744);
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let hours = m.hours_or_month(self.hours.as_ref());
        in_use(m, &self.in_use_addresses, &hours)?;
        m.line("idle_hours", "Idle public IPv4 address hours", &IDLE_HOURS)
            .times(&self.idle_addresses, "addresses")?
            .times(&hours, "hours")?
            .put(m);
        m.line("contiguous_block_hours", "Public IPv4 address hours of contiguous blocks", &CONTIGUOUS_BLOCK_HOURS)
            .times(&self.contiguous_block_addresses, "addresses")?
            .times(&hours, "hours")?
            .put(m);
        Ok(())
    }
}

/// Meters the public IPv4 addresses that another service holds.
pub fn in_use(m: &mut Metering<'_>, addresses: &Amount, hours: &Amount) -> Result<(), NumberError> {
    m.line("public_ipv4_hours", "Public IPv4 address hours, in use", &IN_USE_HOURS)
        .times(addresses, "addresses")?
        .times(hours, "hours")?
        .put(m);
    Ok(())
}
