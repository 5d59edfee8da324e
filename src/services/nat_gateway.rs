//! NAT gateways: a way out for private subnets, zonal or regional, to the internet or to other networks.
//!
//! How AWS bills it (<https://aws.amazon.com/vpc/pricing/>, tab "NAT Gateway", read 2026-11-22):
//! - Each NAT gateway costs for every hour it is provisioned and available; a part of an hour counts as a whole one.
//!   A regional NAT gateway costs as much for every Availability Zone it is active in.
//! - Each gigabyte that it processes costs, in both directions and whatever the other end is. Traffic to S3 and
//!   DynamoDB need not pass it: see the gateway endpoints of `vpc_endpoint`.
//! - Bandwidth that is provisioned for a gateway costs for each Gbps and hour, in the Regions that offer it.
//! - Data sent on to the internet is ordinary data transfer out, on top of the processing. Instances in another zone
//!   than their gateway pay data transfer between zones, on both sides.
//! - A public gateway holds one public IPv4 address at least, which costs by the hour as every other does. A private
//!   gateway holds none.

use serde::Deserialize;
use utoipa::ToSchema;

use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, data_transfer, public_ipv4, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::unit::Unit;

/// An hour of a zonal gateway.
pub const GATEWAY_HOURS: MeterSpec = MeterSpec::regional("AmazonEC2", "NatGateway-Hours", "NatGateway", Unit::HOURS);
/// An hour of a zone of a regional gateway.
pub const REGIONAL_GATEWAY_HOURS: MeterSpec =
    MeterSpec::regional("AmazonEC2", "RegionalNatGateway-Hours", "NatGateway", Unit::HOURS);
/// Data that a gateway processes.
pub const BYTES: MeterSpec = MeterSpec::regional("AmazonEC2", "NatGateway-Bytes", "NatGateway", Unit::GB);
/// A Gbps and hour of provisioned bandwidth.
const PROVISIONED_BANDWIDTH: MeterSpec =
    MeterSpec::regional("AmazonEC2", "nat-provisioned-bandwidth-gbps-hours", "NatGateway", Unit::GBPS_HOURS);

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "nat_gateway",
    name: "NAT gateways",
    about: "NAT gateways by the hour, zonal or regional, each gigabyte they process, and the internet traffic, traffic \
            between zones and public addresses that go with them.",
    excluded: &[
        "NAT instances: they are EC2 instances",
        "Transit gateway attachments and processing of a central egress VPC: see `transit_gateway`",
        "Data to other Regions through the gateway: see `data_transfer`",
    ],
    meters: &[
        &GATEWAY_HOURS,
        &REGIONAL_GATEWAY_HOURS,
        &BYTES,
        &PROVISIONED_BANDWIDTH,
        &public_ipv4::IN_USE_HOURS,
        &data_transfer::BETWEEN_AZS,
        &data_transfer::INTERNET_OUT,
    ],
    sources: &[
        "https://aws.amazon.com/vpc/pricing/",
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-pricing.html",
    ],
    example: Example {
        region: "us-east-1",
        usage: r#"{"gateways": 2, "data_processed_gb": 500, "data_out_gb": 300, "public_ipv4_addresses": 2}"#,
    },
    read: read::<NatGateway>,
    schema: schema::<NatGateway>,
};

/// What is planned of NAT gateways.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NatGateway {
    /// Zonal NAT gateways. Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub gateways: Amount,
    /// Availability Zones in which regional NAT gateways are active, added up over the gateways: one gateway active in
    /// three zones counts three. Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub regional_gateway_azs: Amount,
    /// Hours of the month the gateways exist, 0 to 744. Left out: the whole month.
    pub hours: Option<Amount>,
    /// Gigabytes a month that the gateways process, both directions together. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_processed_gb: Amount,
    /// Gbps of bandwidth provisioned for the gateways, in the Regions that offer it. 0 to 1,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub provisioned_gbps: Amount,
    /// Gigabytes a month that leave through the gateways to the internet; give them as `data_processed_gb` too.
    /// 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
    /// Gigabytes a month between instances and a gateway in another Availability Zone, each counted once; AWS bills
    /// each on both sides. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub between_azs_gb: Amount,
    /// Public IPv4 addresses that the gateways hold: one or more for each public gateway, none for a private one.
    /// Whole, 0 to 1,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub public_ipv4_addresses: Amount,
}

impl Usage for NatGateway {
    fn check(&self, check: &mut Check, _: &Catalog) {
        check.whole("gateways", &self.gateways, 0, 10_000);
        check.whole("regional_gateway_azs", &self.regional_gateway_azs, 0, 10_000);
        check.optional_amount("hours", self.hours.as_ref(), 744);
        check.amount("data_processed_gb", &self.data_processed_gb, CAP);
        check.amount("provisioned_gbps", &self.provisioned_gbps, 1_000_000);
        check.amount("data_out_gb", &self.data_out_gb, CAP);
        check.amount("between_azs_gb", &self.between_azs_gb, CAP);
        check.whole("public_ipv4_addresses", &self.public_ipv4_addresses, 0, 1_000_000);
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let hours = m.hours_or_month(self.hours.as_ref());
        m.line("gateway_hours", "NAT gateway hours", &GATEWAY_HOURS)
            .times(&self.gateways, "gateways")?
            .times(&hours, "hours")?
            .put(m);
        m.line("regional_gateway_hours", "Regional NAT gateway hours, for each zone", &REGIONAL_GATEWAY_HOURS)
            .times(&self.regional_gateway_azs, "zones of regional gateways")?
            .times(&hours, "hours")?
            .put(m);
        m.line("data_processed", "Data processed by NAT gateways", &BYTES)
            .times(&self.data_processed_gb, "GB processed")?
            .put(m);
        m.line("provisioned_bandwidth", "Provisioned bandwidth of NAT gateways", &PROVISIONED_BANDWIDTH)
            .times(&self.provisioned_gbps, "Gbps")?
            .times(&hours, "hours")?
            .put(m);
        public_ipv4::in_use(m, &self.public_ipv4_addresses, &hours)?;
        data_transfer::between_azs(m, &self.between_azs_gb)?;
        data_transfer::internet_out(m, &self.data_out_gb)
    }
}
