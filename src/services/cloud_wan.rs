//! AWS Cloud WAN: one core network over several Regions, with an edge in each and attachments to the edges.
//!
//! How AWS bills it (<https://aws.amazon.com/cloud-wan/pricing/>, read 2026-11-22):
//! - Each core network edge costs for every hour it exists in its Region, with traffic or without. A core network has
//!   one edge in a Region at most.
//! - Each attachment costs for every hour or part of one, at one rate whatever it attaches: a VPC, a VPN connection, a
//!   Connect attachment of an SD-WAN appliance, a Direct Connect gateway. So does each peering of an edge with a transit
//!   gateway, on top of what the transit gateway charges for its own end. Segments, policies and the attachments of
//!   transit gateway route tables are free.
//! - Each gigabyte that enters an edge from a VPC, a VPN connection or a Direct Connect gateway costs data processing,
//!   once, where it enters; it costs nothing more to leave. A Connect attachment rides on a VPC attachment, and its data
//!   counts there. Data that arrives over a peering has been charged by the transit gateway that sent it.
//! - Data between edges in two Regions also costs data transfer between the Regions, in the Region that sends.
//! - The request's Region is that of one edge: a core network of three Regions is three resources.

use serde::Deserialize;
use utoipa::ToSchema;

use super::data_transfer::{self, check_items, check_other_regions, check_regions};
use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::unit::Unit;

/// An hour of a core network edge.
pub const EDGE_HOURS: MeterSpec =
    MeterSpec::regional("AWSCloudWAN", "CloudWAN-CoreNetworkEdge-Hours", "CloudWANCoreNetworkEdge", Unit::HOURS);
/// An hour of a VPC attachment.
pub const VPC_ATTACHMENT_HOURS: MeterSpec =
    MeterSpec::regional("AWSCloudWAN", "CloudWAN-Attachment-Hours", "CloudWANVPC", Unit::HOURS);
/// An hour of a Connect attachment.
const CONNECT_ATTACHMENT_HOURS: MeterSpec =
    MeterSpec::regional("AWSCloudWAN", "CloudWAN-Attachment-Hours", "CloudWANConnect", Unit::HOURS);
/// An hour of another attachment: a VPN connection, a Direct Connect gateway, a peering with a transit gateway. What
/// AWS calls these operations is not known to us; the rate is one.
pub const OTHER_ATTACHMENT_HOURS: MeterSpec =
    MeterSpec::regional("AWSCloudWAN", "CloudWAN-Attachment-Hours", "", Unit::HOURS);
/// Data that enters an edge from VPCs.
pub const VPC_BYTES: MeterSpec = MeterSpec::regional("AWSCloudWAN", "CloudWAN-Bytes", "CloudWANVPC", Unit::GB);
/// Data that enters an edge from VPN connections and Direct Connect gateways.
pub const OTHER_BYTES: MeterSpec = MeterSpec::regional("AWSCloudWAN", "CloudWAN-Bytes", "", Unit::GB);

/// The most attachments of one kind an estimate takes: the quota of two core networks.
const MAX_ATTACHMENTS: u64 = 10_000;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "cloud_wan",
    name: "AWS Cloud WAN",
    about: "Core network edges by the hour, attachments of every kind by the hour, data processing where data enters an \
            edge, and data sent to edges in other Regions. The request's Region is that of the edge.",
    excluded: &[
        "VPN connections and Direct Connect behind an attachment: see `site_to_site_vpn` and `direct_connect`",
        "The transit gateway's own end of a peering: see `transit_gateway`",
        "Data that edges in other Regions send here: it belongs to an estimate of that Region",
    ],
    meters: &[
        &EDGE_HOURS,
        &VPC_ATTACHMENT_HOURS,
        &CONNECT_ATTACHMENT_HOURS,
        &OTHER_ATTACHMENT_HOURS,
        &VPC_BYTES,
        &OTHER_BYTES,
        &data_transfer::BETWEEN_REGIONS,
    ],
    sources: &[
        "https://aws.amazon.com/cloud-wan/pricing/",
        "https://docs.aws.amazon.com/network-manager/latest/cloudwan/cloudwan-quotas.html",
    ],
    example: Example {
        region: "us-east-1",
        usage: r#"{"core_network_edges": 1, "vpc_attachments": 10, "vpc_gb": 2000, "to_regions": [{"region": "ap-northeast-1", "data_out_gb": 500}]}"#,
    },
    read: read::<CloudWan>,
    schema: schema::<CloudWan>,
};

/// What is planned of AWS Cloud WAN in one Region.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloudWan {
    /// Core network edges in the Region: one for each core network. Whole, 0 to 100.
    #[serde(default)]
    #[schema(default = 0)]
    pub core_network_edges: Amount,
    /// VPC attachments. Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub vpc_attachments: Amount,
    /// VPN attachments, one for each VPN connection. Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub vpn_attachments: Amount,
    /// Connect attachments of SD-WAN appliances. The attachment each one rides on counts besides. Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub connect_attachments: Amount,
    /// Attachments of Direct Connect gateways. Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub direct_connect_attachments: Amount,
    /// Peerings of the edge with transit gateways. Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub transit_gateway_peerings: Amount,
    /// Hours of the month the edges and attachments exist, 0 to 744. Left out: the whole month.
    pub hours: Option<Amount>,
    /// Gigabytes a month that enter the edge from VPCs, whatever they leave by. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub vpc_gb: Amount,
    /// Gigabytes a month that enter the edge from VPN connections. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub vpn_gb: Amount,
    /// Gigabytes a month that enter the edge from Direct Connect gateways. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub direct_connect_gb: Amount,
    /// Data sent to edges in other Regions, each named once. It has entered this edge through an attachment and is
    /// counted there too.
    #[serde(default)]
    pub to_regions: Vec<EdgeRegion>,
}

/// Data sent to the core network edge of one other Region.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EdgeRegion {
    /// The Region of the other edge.
    #[schema(example = "ap-northeast-1")]
    pub region: String,
    /// Gigabytes a month. 0 to 1,000,000,000,000.
    pub data_out_gb: Amount,
}

impl Usage for CloudWan {
    fn check(&self, check: &mut Check, catalog: &Catalog) {
        check.whole("core_network_edges", &self.core_network_edges, 0, 100);
        check.whole("vpc_attachments", &self.vpc_attachments, 0, MAX_ATTACHMENTS);
        check.whole("vpn_attachments", &self.vpn_attachments, 0, MAX_ATTACHMENTS);
        check.whole("connect_attachments", &self.connect_attachments, 0, MAX_ATTACHMENTS);
        check.whole("direct_connect_attachments", &self.direct_connect_attachments, 0, MAX_ATTACHMENTS);
        check.whole("transit_gateway_peerings", &self.transit_gateway_peerings, 0, MAX_ATTACHMENTS);
        check.optional_amount("hours", self.hours.as_ref(), 744);
        check.amount("vpc_gb", &self.vpc_gb, CAP);
        check.amount("vpn_gb", &self.vpn_gb, CAP);
        check.amount("direct_connect_gb", &self.direct_connect_gb, CAP);
        check_regions(check, "to_regions", self.to_regions.iter().map(|to| to.region.as_str()), catalog);
        check_items(check, "to_regions", &self.to_regions, |check, to, _| {
            check.amount("data_out_gb", &to.data_out_gb, CAP);
        });
    }

    fn check_in(&self, region: &str, check: &mut Check) {
        let regions = self.to_regions.iter().map(|to| to.region.as_str());
        check_other_regions(check, "to_regions", regions, region, "data inside it leaves by an attachment");
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let hours = m.hours_or_month(self.hours.as_ref());
        for (id, label, meter, things, of) in [
            ("edge_hours", "Core network edge hours", &EDGE_HOURS, &self.core_network_edges, "edges"),
            (
                "vpc_attachment_hours",
                "VPC attachment hours",
                &VPC_ATTACHMENT_HOURS,
                &self.vpc_attachments,
                "attachments",
            ),
            (
                "vpn_attachment_hours",
                "VPN attachment hours",
                &OTHER_ATTACHMENT_HOURS,
                &self.vpn_attachments,
                "attachments",
            ),
            (
                "connect_attachment_hours",
                "Connect attachment hours",
                &CONNECT_ATTACHMENT_HOURS,
                &self.connect_attachments,
                "attachments",
            ),
            (
                "direct_connect_attachment_hours",
                "Direct Connect gateway attachment hours",
                &OTHER_ATTACHMENT_HOURS,
                &self.direct_connect_attachments,
                "attachments",
            ),
            (
                "transit_gateway_peering_hours",
                "Hours of peerings with transit gateways",
                &OTHER_ATTACHMENT_HOURS,
                &self.transit_gateway_peerings,
                "peerings",
            ),
        ] {
            m.line(id, label, meter).times(things, of)?.times(&hours, "hours")?.put(m);
        }
        for (id, label, meter, gb) in [
            ("vpc_processed", "Data processing, from VPCs", &VPC_BYTES, &self.vpc_gb),
            ("vpn_processed", "Data processing, from VPN connections", &OTHER_BYTES, &self.vpn_gb),
            (
                "direct_connect_processed",
                "Data processing, from Direct Connect gateways",
                &OTHER_BYTES,
                &self.direct_connect_gb,
            ),
        ] {
            m.line(id, label, meter).times(gb, "GB")?.put(m);
        }
        for to in &self.to_regions {
            data_transfer::between_regions(m, &to.region, &to.data_out_gb)?;
        }
        Ok(())
    }
}
