//! VPC peering: a private route between two VPCs, of one Region or of two.
//!
//! How AWS bills it (<https://docs.aws.amazon.com/vpc/latest/peering/what-is-vpc-peering.html>, section "Pricing for a
//! VPC peering connection", read 2026-11-22):
//! - A peering connection is free, however long it exists. So is setting it up and accepting it.
//! - Data over a connection that stays inside one Availability Zone is free, also between two accounts. Zones are told
//!   apart by their id (`use1-az1`), since their names differ from account to account.
//! - Data that crosses zones of a Region costs for each gigabyte on both sides: out for the VPC that sends, in for the
//!   VPC that receives. The bill shows the two sides as operations of their own.
//! - Data to a VPC in another Region costs what data transfer between the Regions costs, once, in the Region that
//!   sends, whatever the zone.
//! - Nothing is processed on the way, so that no other charge for a gigabyte is added.

use serde::Deserialize;
use utoipa::ToSchema;

use super::data_transfer::{self, check_items, check_other_regions, check_regions};
use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::unit::Unit;

/// An hour of a peering connection; free.
pub const CONNECTION_HOURS: MeterSpec = MeterSpec::global("AmazonVPC", "vpc-peering-connection", "", Unit::HOURS);
/// Data over a peering connection inside one zone; free.
pub const SAME_AZ_BYTES: MeterSpec = MeterSpec::global("AmazonVPC", "vpc-peering-same-az-bytes", "", Unit::GB);

/// The most connections an estimate takes: a full mesh of 1,000 VPCs is 499,500.
const MAX_CONNECTIONS: u64 = 1_000_000;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "vpc_peering",
    name: "VPC peering",
    about: "Peering connections, which are free, and the data over them: free inside a zone, billed on both sides between \
            zones, and once, by the Region that sends, between Regions.",
    excluded: &[
        "Peering of transit gateways: see `transit_gateway`",
        "What a NAT gateway, a load balancer or a firewall on the way charges for each gigabyte",
        "Data between Local Zones, Wavelength Zones and their Region",
    ],
    meters: &[
        &CONNECTION_HOURS,
        &SAME_AZ_BYTES,
        &data_transfer::PEERING_OUT,
        &data_transfer::PEERING_IN,
        &data_transfer::BETWEEN_REGIONS,
    ],
    sources: &[
        "https://docs.aws.amazon.com/vpc/latest/peering/what-is-vpc-peering.html",
        "https://aws.amazon.com/about-aws/whats-new/2021/05/amazon-vpc-announces-pricing-change-for-vpc-peering/",
    ],
    example: Example {
        region: "us-east-1",
        usage: r#"{"connections": 3, "same_az_gb": 2000, "between_azs_gb": 1000, "to_regions": [{"region": "eu-west-1", "data_out_gb": 500, "data_in_gb": 200}]}"#,
    },
    read: read::<VpcPeering>,
    schema: schema::<VpcPeering>,
};

/// What is planned of VPC peering.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VpcPeering {
    /// Peering connections; free. A full mesh of n VPCs has n × (n − 1) ÷ 2. Whole, 0 to 1,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub connections: Amount,
    /// Hours of the month the connections exist, 0 to 744. Left out: the whole month.
    pub hours: Option<Amount>,
    /// Gigabytes a month over connections of the Region that stay inside one Availability Zone, both directions
    /// together; free. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub same_az_gb: Amount,
    /// Gigabytes a month over connections of the Region that cross Availability Zones, both directions together, each
    /// counted once; AWS bills each on both sides. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub between_azs_gb: Amount,
    /// Data over connections with VPCs in other Regions, each Region named once.
    #[serde(default)]
    pub to_regions: Vec<PeeredRegion>,
}

/// Data exchanged with VPCs of one other Region over peering.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeeredRegion {
    /// The other Region.
    #[schema(example = "eu-west-1")]
    pub region: String,
    /// Gigabytes a month sent there; the resource's Region bills them. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
    /// Gigabytes a month sent back; the other Region bills them. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_in_gb: Amount,
}

impl Usage for VpcPeering {
    fn check(&self, check: &mut Check, catalog: &Catalog) {
        check.whole("connections", &self.connections, 0, MAX_CONNECTIONS);
        check.optional_amount("hours", self.hours.as_ref(), 744);
        check.amount("same_az_gb", &self.same_az_gb, CAP);
        check.amount("between_azs_gb", &self.between_azs_gb, CAP);
        check_regions(check, "to_regions", self.to_regions.iter().map(|to| to.region.as_str()), catalog);
        check_items(check, "to_regions", &self.to_regions, |check, to, _| {
            check.amount("data_out_gb", &to.data_out_gb, CAP);
            check.amount("data_in_gb", &to.data_in_gb, CAP);
        });
    }

    fn check_in(&self, region: &str, check: &mut Check) {
        let regions = self.to_regions.iter().map(|to| to.region.as_str());
        check_other_regions(check, "to_regions", regions, region, "data inside it goes into `between_azs_gb`");
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        m.line("connection_hours", "VPC peering connection hours, free", &CONNECTION_HOURS)
            .times(&self.connections, "connections")?
            .times(&m.hours_or_month(self.hours.as_ref()), "hours")?
            .put(m);
        m.line("same_az_data", "Data over VPC peering inside one zone, free", &SAME_AZ_BYTES)
            .times(&self.same_az_gb, "GB inside a zone")?
            .put(m);
        data_transfer::peering_between_azs(m, &self.between_azs_gb)?;
        for to in &self.to_regions {
            data_transfer::between_regions(m, &to.region, &to.data_out_gb)?;
            data_transfer::back_from_region(m, &to.region, &to.data_in_gb)?;
        }
        Ok(())
    }
}
