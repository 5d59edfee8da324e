//! AWS Network Firewall: managed firewall endpoints that traffic of a VPC or of a hub is led through.
//!
//! How AWS bills it (<https://aws.amazon.com/network-firewall/pricing/>, read 2026-11-22):
//! - Each firewall endpoint costs for every hour, in each Availability Zone it stands in, with traffic or without.
//! - Each gigabyte that passes the firewall costs, once in each direction, and whatever rules look at it. A firewall
//!   that is attached to a transit gateway costs the same; the transit gateway's own charges come on top.
//! - TLS inspection (Advanced Inspection) costs a further hour for each endpoint. What it adds for each gigabyte, where
//!   it does, is not in the data.
//! - A zonal NAT gateway in the path of the firewall is not charged, neither for its hours nor for its gigabytes: one
//!   hour for each hour that the firewall is charged, one gigabyte for each gigabyte, advanced inspection left aside. It
//!   has to be in the same Region and under the same payer, with a transit gateway in between or not. A regional NAT
//!   gateway is charged in full (<https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/using-nat-gateway-with-firewall.html>,
//!   and the cost considerations of <https://aws.github.io/aws-security-services-best-practices/>, read 2026-11-22).
//! - Data that leaves for the internet is ordinary data transfer out of the Region; since the bill of August 2026 also
//!   what the firewall itself sends.

use serde::Deserialize;
use utoipa::ToSchema;

use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, data_transfer, nat_gateway, public_ipv4, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::unit::Unit;

/// An hour of a firewall endpoint.
pub const ENDPOINT_HOURS: MeterSpec =
    MeterSpec::regional("AWSNetworkFirewall", "network-firewall-endpoint-hours", "", Unit::HOURS);
/// Data through firewall endpoints.
pub const BYTES: MeterSpec = MeterSpec::regional("AWSNetworkFirewall", "network-firewall-bytes", "", Unit::GB);
/// An hour of TLS inspection on an endpoint.
const ADVANCED_INSPECTION_HOURS: MeterSpec =
    MeterSpec::regional("AWSNetworkFirewall", "network-firewall-advanced-inspection-hours", "", Unit::HOURS);

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "network_firewall",
    name: "AWS Network Firewall",
    about: "Firewall endpoints by the hour, the data through them, TLS inspection, and the NAT gateways in their path, \
            which are charged only beyond the firewall's own hours and gigabytes.",
    excluded: &[
        "Secondary endpoints of other VPCs, and what TLS inspection costs for each gigabyte: their prices are not known",
        "Managed rule groups of AWS Marketplace, and logs in CloudWatch, S3 or Data Firehose",
        "Transit gateway or Cloud WAN attachments and processing: see `transit_gateway` and `cloud_wan`",
        "NAT gateways that are not in the path of the firewall, and regional ones: see `nat_gateway`",
    ],
    meters: &[
        &ENDPOINT_HOURS,
        &BYTES,
        &ADVANCED_INSPECTION_HOURS,
        &nat_gateway::GATEWAY_HOURS,
        &nat_gateway::BYTES,
        &public_ipv4::IN_USE_HOURS,
        &data_transfer::INTERNET_OUT,
    ],
    sources: &[
        "https://aws.amazon.com/network-firewall/pricing/",
        "https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/using-nat-gateway-with-firewall.html",
    ],
    example: Example {
        region: "us-east-1",
        usage: r#"{"endpoints": 2, "traffic_gb": 2000, "nat_gateways": 2, "nat_gb": 1500, "public_ipv4_addresses": 2, "data_out_gb": 500}"#,
    },
    read: read::<NetworkFirewall>,
    schema: schema::<NetworkFirewall>,
};

/// What is planned of AWS Network Firewall.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkFirewall {
    /// Firewall endpoints: one for each firewall and Availability Zone. Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub endpoints: Amount,
    /// How many of the endpoints inspect TLS. Whole, 0 to `endpoints`.
    #[serde(default)]
    #[schema(default = 0)]
    pub advanced_inspection_endpoints: Amount,
    /// Hours of the month the endpoints and the NAT gateways exist, 0 to 744. Left out: the whole month.
    pub hours: Option<Amount>,
    /// Gigabytes a month through the firewall, both directions together. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub traffic_gb: Amount,
    /// Zonal NAT gateways in the path of the firewall; give them here and not as `nat_gateway`. Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub nat_gateways: Amount,
    /// Gigabytes a month that these NAT gateways process, both directions together. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub nat_gb: Amount,
    /// Public IPv4 addresses that these NAT gateways hold. Whole, 0 to 1,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub public_ipv4_addresses: Amount,
    /// Gigabytes a month that leave through the firewall for the internet; give them as `traffic_gb` too.
    /// 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
}

impl Usage for NetworkFirewall {
    fn check(&self, check: &mut Check, _: &Catalog) {
        check.whole("endpoints", &self.endpoints, 0, 10_000);
        check.whole("advanced_inspection_endpoints", &self.advanced_inspection_endpoints, 0, 10_000);
        check.optional_amount("hours", self.hours.as_ref(), 744);
        check.amount("traffic_gb", &self.traffic_gb, CAP);
        check.whole("nat_gateways", &self.nat_gateways, 0, 10_000);
        check.amount("nat_gb", &self.nat_gb, CAP);
        check.whole("public_ipv4_addresses", &self.public_ipv4_addresses, 0, 1_000_000);
        check.amount("data_out_gb", &self.data_out_gb, CAP);
        let (advanced, all) = (&self.advanced_inspection_endpoints, &self.endpoints);
        if advanced.compare_values(all).is_gt() {
            let detail = format!("`advanced_inspection_endpoints` is {advanced}; there are {all} endpoints only");
            check.mistake("advanced_inspection_endpoints", Code::Conflict, detail);
        }
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let hours = m.hours_or_month(self.hours.as_ref());
        m.line("endpoint_hours", "Firewall endpoint hours", &ENDPOINT_HOURS)
            .times(&self.endpoints, "endpoints")?
            .times(&hours, "hours")?
            .put(m);
        m.line("data_processed", "Data through the firewall", &BYTES).times(&self.traffic_gb, "GB")?.put(m);
        m.line("advanced_inspection_hours", "TLS inspection hours", &ADVANCED_INSPECTION_HOURS)
            .times(&self.advanced_inspection_endpoints, "endpoints")?
            .times(&hours, "hours")?
            .put(m);
        self.nat(m, &hours)?;
        public_ipv4::in_use(m, &self.public_ipv4_addresses, &hours)?;
        data_transfer::internet_out(m, &self.data_out_gb)
    }
}

impl NetworkFirewall {
    /// Meters the NAT gateways beyond what the charges for the firewall cover.
    fn nat(&self, m: &mut Metering<'_>, hours: &Amount) -> Result<(), NumberError> {
        let nat_hours = self.nat_gateways.times(hours)?;
        let billed_hours = m.probe.beyond(&nat_hours, &self.endpoints.times(hours)?);
        let billed_gb = m.probe.beyond(&self.nat_gb, &self.traffic_gb);
        m.line("nat_gateway_hours", "NAT gateway hours beyond those of the firewall", &nat_gateway::GATEWAY_HOURS)
            .times(&billed_hours, "hours beyond the firewall's")?
            .put(m);
        m.line("nat_data_processed", "Data processed by NAT gateways beyond the firewall's", &nat_gateway::BYTES)
            .times(&billed_gb, "GB beyond the firewall's")?
            .put(m);
        let (free_hours, free_gb) = (&nat_hours - &billed_hours, &self.nat_gb - &billed_gb);
        if !free_hours.is_zero() || !free_gb.is_zero() {
            m.notice(
                "nat_charges_waived",
                format!(
                    "{free_hours} hours and {free_gb} GB of NAT gateways in the path of the firewall are not charged, one \
                     for each hour and gigabyte that the firewall is charged."
                ),
            );
        }
        Ok(())
    }
}
