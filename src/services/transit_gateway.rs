//! AWS Transit Gateway: a Regional hub for VPCs, VPN connections, Direct Connect gateways and other hubs.
//!
//! How AWS bills it (<https://aws.amazon.com/transit-gateway/pricing/>, read 2026-11-22):
//! - Each attachment costs for every hour or part of one until it is deleted, whatever it attaches: a VPC, a VPN
//!   connection, a Direct Connect gateway, a peering with another transit gateway, a Connect attachment of an SD-WAN
//!   appliance, a VPN concentrator. The hub itself is free, and so are its route tables and policy tables.
//! - Each gigabyte that enters the hub from a VPC, a VPN connection or a Direct Connect gateway costs data processing,
//!   once, on the attachment through which it enters. It costs nothing more to leave.
//! - Data that arrives over a peering attachment is not processed again: the hub that sent it has charged it.
//! - Data over a peering with a hub in another Region also costs data transfer between the Regions, in the Region that
//!   sends. Both owners pay the hours of their own end; the far end belongs to an estimate of its own Region.
//! - A Connect attachment rides on a VPC or Direct Connect attachment: it costs its hours, and its data counts as data
//!   of the attachment below it.
//! - Each gigabyte that a multicast receiver gets costs data processing.
//! - Crossing Availability Zones between a VPC and its transit gateway costs nothing, since 2022-04-01
//!   (<https://aws.amazon.com/about-aws/whats-new/2022/04/aws-data-transfer-price-reduction-privatelink-transit-gateway-client-vpn-services/>).

use serde::Deserialize;
use utoipa::ToSchema;

use super::data_transfer::{self, check_items, check_regions};
use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::unit::Unit;

/// An hour of a VPC attachment.
pub const VPC_ATTACHMENT_HOURS: MeterSpec =
    MeterSpec::regional("AmazonVPC", "TransitGateway-Hours", "TransitGatewayVPC", Unit::HOURS);
/// An hour of a VPN attachment.
pub const VPN_ATTACHMENT_HOURS: MeterSpec =
    MeterSpec::regional("AmazonVPC", "TransitGateway-Hours", "TransitGatewayVPN", Unit::HOURS);
/// An hour of the attachment of a Direct Connect gateway.
pub const DIRECT_CONNECT_ATTACHMENT_HOURS: MeterSpec =
    MeterSpec::regional("AmazonVPC", "TransitGateway-Hours", "TransitGatewayDirectConnect", Unit::HOURS);
/// An hour of a peering attachment.
pub const PEERING_ATTACHMENT_HOURS: MeterSpec =
    MeterSpec::regional("AmazonVPC", "TransitGateway-Hours", "TransitGatewayPeering", Unit::HOURS);
/// An hour of a Connect attachment.
pub const CONNECT_ATTACHMENT_HOURS: MeterSpec =
    MeterSpec::regional("AmazonVPC", "TransitGateway-Hours", "TransitGatewayConnect", Unit::HOURS);
/// An hour of the attachment of a VPN concentrator.
pub const CONCENTRATOR_ATTACHMENT_HOURS: MeterSpec =
    MeterSpec::regional("AmazonVPC", "TransitGateway-Hours", "tgw-vpn-concentrator", Unit::HOURS);
/// Data that enters the hub through a VPC attachment.
pub const VPC_BYTES: MeterSpec =
    MeterSpec::regional("AmazonVPC", "TransitGateway-Bytes", "TransitGatewayVPC", Unit::GB);
/// Data that enters the hub through a VPN attachment.
pub const VPN_BYTES: MeterSpec =
    MeterSpec::regional("AmazonVPC", "TransitGateway-Bytes", "TransitGatewayVPN", Unit::GB);
/// Data that enters the hub through the attachment of a Direct Connect gateway.
pub const DIRECT_CONNECT_BYTES: MeterSpec =
    MeterSpec::regional("AmazonVPC", "TransitGateway-Bytes", "TransitGatewayDirectConnect", Unit::GB);
/// Data that multicast receivers get.
const MULTICAST_BYTES: MeterSpec = MeterSpec::regional("AmazonVPC", "TGW-Multicast-Consumer-Bytes", "", Unit::GB);

/// The most attachments of one kind an estimate takes: the quota of two transit gateways.
const MAX_ATTACHMENTS: u64 = 10_000;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "transit_gateway",
    name: "AWS Transit Gateway",
    about: "Attachment hours of every kind, data processing where data enters the hub, and data sent to peered hubs in \
            other Regions. VPN and Direct Connect resources of a request that end on a transit gateway bring their own \
            attachments and processing: give here only the others.",
    excluded: &[
        "The far end of a peering: its attachment hours and its own data out belong to an estimate of that Region",
        "Attachments of Client VPN endpoints and network firewalls",
        "AWS Cloud WAN: see `cloud_wan`",
    ],
    meters: &[
        &VPC_ATTACHMENT_HOURS,
        &VPN_ATTACHMENT_HOURS,
        &CONCENTRATOR_ATTACHMENT_HOURS,
        &DIRECT_CONNECT_ATTACHMENT_HOURS,
        &CONNECT_ATTACHMENT_HOURS,
        &PEERING_ATTACHMENT_HOURS,
        &VPC_BYTES,
        &VPN_BYTES,
        &DIRECT_CONNECT_BYTES,
        &MULTICAST_BYTES,
        &data_transfer::BETWEEN_REGIONS,
    ],
    sources: &[
        "https://aws.amazon.com/transit-gateway/pricing/",
        "https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-quotas.html",
    ],
    example: Example {
        region: "us-east-1",
        usage: r#"{"vpc_attachments": 10, "vpc_gb": 20480, "peering": [{"region": "eu-west-1", "data_out_gb": 500}]}"#,
    },
    read: read::<TransitGateway>,
    schema: schema::<TransitGateway>,
};

/// What is planned of AWS Transit Gateway.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransitGateway {
    /// VPC attachments. Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub vpc_attachments: Amount,
    /// VPN attachments, one for each VPN connection. Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub vpn_attachments: Amount,
    /// Attachments of VPN concentrators. Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub vpn_concentrator_attachments: Amount,
    /// Attachments of Direct Connect gateways. Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub direct_connect_attachments: Amount,
    /// Connect attachments of SD-WAN appliances. The attachment each one rides on counts besides. Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub connect_attachments: Amount,
    /// Peerings with transit gateways, by the Region of the other one. At most one item for each Region.
    #[serde(default)]
    pub peering: Vec<TransitGatewayPeering>,
    /// Hours of the month the attachments exist, 0 to 744. Left out: the whole month.
    pub hours: Option<Amount>,
    /// Gigabytes a month that enter the hub from VPCs, whatever they leave by. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub vpc_gb: Amount,
    /// Gigabytes a month that enter the hub from VPN connections and concentrators. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub vpn_gb: Amount,
    /// Gigabytes a month that enter the hub from Direct Connect gateways. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub direct_connect_gb: Amount,
    /// Gigabytes a month that multicast receivers get, over all receivers. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub multicast_gb: Amount,
}

/// The peerings with transit gateways of one Region.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransitGatewayPeering {
    /// The Region of the other transit gateways; may be the resource's own.
    #[schema(example = "eu-west-1")]
    pub region: String,
    /// Peering attachments with that Region. Whole, 0 to 10,000.
    #[serde(default = "one")]
    #[schema(default = 1)]
    pub attachments: Amount,
    /// Gigabytes a month sent over these peerings. They have entered the hub through another attachment and are counted
    /// there too. Within one Region they are free. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
}

fn one() -> Amount {
    Amount::ONE
}

impl Usage for TransitGateway {
    fn check(&self, check: &mut Check, catalog: &Catalog) {
        check.whole("vpc_attachments", &self.vpc_attachments, 0, MAX_ATTACHMENTS);
        check.whole("vpn_attachments", &self.vpn_attachments, 0, MAX_ATTACHMENTS);
        check.whole("vpn_concentrator_attachments", &self.vpn_concentrator_attachments, 0, MAX_ATTACHMENTS);
        check.whole("direct_connect_attachments", &self.direct_connect_attachments, 0, MAX_ATTACHMENTS);
        check.whole("connect_attachments", &self.connect_attachments, 0, MAX_ATTACHMENTS);
        check_regions(check, "peering", self.peering.iter().map(|peering| peering.region.as_str()), catalog);
        check_items(check, "peering", &self.peering, |check, peering, _| {
            check.whole("attachments", &peering.attachments, 0, MAX_ATTACHMENTS);
            check.amount("data_out_gb", &peering.data_out_gb, CAP);
        });
        check.optional_amount("hours", self.hours.as_ref(), 744);
        check.amount("vpc_gb", &self.vpc_gb, CAP);
        check.amount("vpn_gb", &self.vpn_gb, CAP);
        check.amount("direct_connect_gb", &self.direct_connect_gb, CAP);
        check.amount("multicast_gb", &self.multicast_gb, CAP);
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let hours = m.hours_or_month(self.hours.as_ref());
        for (id, label, meter, attachments) in [
            ("vpc_attachment_hours", "VPC attachment hours", &VPC_ATTACHMENT_HOURS, &self.vpc_attachments),
            ("vpn_attachment_hours", "VPN attachment hours", &VPN_ATTACHMENT_HOURS, &self.vpn_attachments),
            (
                "vpn_concentrator_attachment_hours",
                "VPN concentrator attachment hours",
                &CONCENTRATOR_ATTACHMENT_HOURS,
                &self.vpn_concentrator_attachments,
            ),
            (
                "direct_connect_attachment_hours",
                "Direct Connect gateway attachment hours",
                &DIRECT_CONNECT_ATTACHMENT_HOURS,
                &self.direct_connect_attachments,
            ),
            (
                "connect_attachment_hours",
                "Connect attachment hours",
                &CONNECT_ATTACHMENT_HOURS,
                &self.connect_attachments,
            ),
        ] {
            m.line(id, label, meter).times(attachments, "attachments")?.times(&hours, "hours")?.put(m);
        }
        for peering in &self.peering {
            m.line(
                "peering_attachment_hours",
                format!("Peering attachment hours, with {}", peering.region),
                &PEERING_ATTACHMENT_HOURS,
            )
            .times(&peering.attachments, "attachments")?
            .times(&hours, "hours")?
            .put(m);
        }
        for (id, label, meter, gb) in [
            ("vpc_processed", "Data processing, from VPCs", &VPC_BYTES, &self.vpc_gb),
            ("vpn_processed", "Data processing, from VPN connections", &VPN_BYTES, &self.vpn_gb),
            (
                "direct_connect_processed",
                "Data processing, from Direct Connect gateways",
                &DIRECT_CONNECT_BYTES,
                &self.direct_connect_gb,
            ),
            ("multicast_processed", "Data processing, to multicast receivers", &MULTICAST_BYTES, &self.multicast_gb),
        ] {
            m.line(id, label, meter).times(gb, "GB")?.put(m);
        }
        for peering in &self.peering {
            if peering.region != m.region.as_str() {
                data_transfer::between_regions(m, &peering.region, &peering.data_out_gb)?;
            }
        }
        Ok(())
    }
}
