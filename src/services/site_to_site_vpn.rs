//! AWS Site-to-Site VPN: IPsec connections from a customer network to a virtual private gateway, a transit gateway
//! or a VPN concentrator.
//!
//! How AWS bills it (<https://aws.amazon.com/vpn/pricing/>, read 2026-11-22):
//! - Each VPN connection costs for every hour it is provisioned and available. Its two tunnels are included; their
//!   public IPv4 addresses are not, and AWS does not say how many of them it bills for a connection.
//!   Connections with large tunnels (5 Gbps each) have their own hourly price.
//! - Data sent out over the connection is ordinary data transfer out to the internet; data received is free.
//! - A connection on a transit gateway also pays the hour of its attachment, and the transit gateway's data
//!   processing for every gigabyte that enters the hub: what arrives through the VPN attachment, and what leaves
//!   towards the VPN, which entered the hub through another attachment.
//! - An accelerated connection uses two accelerators of AWS Global Accelerator, each by the hour, and pays the
//!   Data Transfer-Premium fee for the dominant direction of its traffic.
//! - A VPN concentrator costs by the hour, plus an hourly price for each site connected, plus one transit gateway
//!   attachment. It takes up to 100 sites.

use serde::Deserialize;
use utoipa::ToSchema;

use super::global_accelerator::Geography;
use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, data_transfer, global_accelerator, read, schema, transit_gateway};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::unit::Unit;

/// An hour of a connection with standard tunnels.
const CONNECTION_HOURS: MeterSpec =
    MeterSpec::regional("AmazonVPC", "VPN-Usage-Hours:ipsec.1", "CreateVpnConnection", Unit::HOURS);
/// An hour of a connection with large tunnels.
const LARGE_CONNECTION_HOURS: MeterSpec =
    MeterSpec::regional("AmazonVPC", "VPN-large-Usage-Hours:ipsec.1", "", Unit::HOURS);
/// An hour of a VPN concentrator.
const CONCENTRATOR_HOURS: MeterSpec = MeterSpec::regional("AmazonVPC", "vpn-concentrator-hours", "", Unit::HOURS);
/// An hour of a site connected to a concentrator.
const CONCENTRATOR_SITE_HOURS: MeterSpec =
    MeterSpec::regional("AmazonVPC", "VPN-concentrator-site-Usage-Hours:ipsec.1", "", Unit::HOURS);
/// An hour of one of the two accelerators of an accelerated connection.
const ACCELERATOR_HOURS: MeterSpec =
    MeterSpec::global("AWSGlobalAccelerator", "accelerated-vpn-accelerator-hours", "", Unit::HOURS);

/// How many sites one concentrator takes
/// (<https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html>, read 2026-11-22).
const SITES_PER_CONCENTRATOR: u64 = 100;
/// How many accelerators an accelerated connection uses: one for each tunnel.
const ACCELERATORS_PER_CONNECTION: u64 = 2;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "site_to_site_vpn",
    name: "AWS Site-to-Site VPN",
    about: "IPsec connections from your network to a virtual private gateway, a transit gateway or a VPN concentrator: \
            connection hours, the attachment and processing on a transit gateway, acceleration, and data out to the internet.",
    excluded: &[
        "Your side: customer gateway device, internet access, people",
        "The public IPv4 addresses of the tunnels, which AWS bills by the hour: add them with `public_ipv4`",
        "VPC attachments of the transit gateway: see `transit_gateway`",
        "Connections that end on AWS Cloud WAN: see `cloud_wan`",
        "Data of a connection over Direct Connect: see `direct_connect`",
        "Acceleration of sites on a concentrator",
        "Logs of the tunnels in CloudWatch",
    ],
    meters: &[
        &CONNECTION_HOURS,
        &LARGE_CONNECTION_HOURS,
        &CONCENTRATOR_HOURS,
        &CONCENTRATOR_SITE_HOURS,
        &ACCELERATOR_HOURS,
        &global_accelerator::DT_PREMIUM,
        &transit_gateway::VPN_ATTACHMENT_HOURS,
        &transit_gateway::CONCENTRATOR_ATTACHMENT_HOURS,
        &transit_gateway::VPN_BYTES,
        &transit_gateway::VPC_BYTES,
        &data_transfer::INTERNET_OUT,
    ],
    sources: &["https://aws.amazon.com/vpn/pricing/", "https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html"],
    example: Example {
        region: "us-east-1",
        usage: r#"{"connections": 2, "gateway": "transit_gateway", "data_out_gb": 500, "data_in_gb": 1000}"#,
    },
    read: read::<SiteToSiteVpn>,
    schema: schema::<SiteToSiteVpn>,
};

/// What is planned of AWS Site-to-Site VPN.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteToSiteVpn {
    /// VPN connections; for a concentrator, the sites connected to it. Whole, 0 to 10,000.
    pub connections: Amount,
    /// The kind of connection.
    #[serde(default)]
    #[schema(inline, default = "standard")]
    pub kind: ConnectionKind,
    /// What the connections end on in AWS. Large, accelerated and concentrator connections need a transit gateway, and
    /// end on one where this is left out; standard ones then end on a virtual private gateway.
    #[schema(inline)]
    pub gateway: Option<VpnGateway>,
    /// Concentrators; each takes 100 sites. Whole, 1 to 1,000. Left out: as few as the sites need.
    pub concentrators: Option<Amount>,
    /// Hours of the month the connections exist, 0 to 744. Left out: the whole month.
    pub hours: Option<Amount>,
    /// Gigabytes a month from AWS to your side, over all connections. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
    /// Gigabytes a month from your side to AWS, over all connections. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_in_gb: Amount,
    /// For accelerated connections: where your side is, as Global Accelerator prices it. Left out: in the
    /// geography of the Region.
    #[schema(inline)]
    pub peer_geography: Option<Geography>,
}

/// The kind of a VPN connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionKind {
    /// Two tunnels of up to 1.25 Gbps.
    #[default]
    Standard,
    /// Two tunnels of up to 5 Gbps; on a transit gateway.
    Large,
    /// Standard tunnels that enter AWS at the nearest edge location; on a transit gateway.
    Accelerated,
    /// Sites of up to 100 Mbps that share one attachment; on a transit gateway.
    Concentrator,
}

/// What VPN connections end on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VpnGateway {
    /// The gateway of one VPC.
    VirtualPrivateGateway,
    /// A transit gateway: attachment hours and data processing come on top.
    TransitGateway,
}

impl SiteToSiteVpn {
    fn ends_on(&self) -> VpnGateway {
        match (self.gateway, self.kind) {
            (Some(gateway), _) => gateway,
            (None, ConnectionKind::Standard) => VpnGateway::VirtualPrivateGateway,
            (None, _) => VpnGateway::TransitGateway,
        }
    }
}

impl Usage for SiteToSiteVpn {
    fn check(&self, check: &mut Check, _: &Catalog) {
        check.whole("connections", &self.connections, 0, 10_000);
        check.optional_whole("concentrators", self.concentrators.as_ref(), 1, 1_000);
        check.optional_amount("hours", self.hours.as_ref(), 744);
        check.amount("data_out_gb", &self.data_out_gb, CAP);
        check.amount("data_in_gb", &self.data_in_gb, CAP);
        if self.kind != ConnectionKind::Standard && self.ends_on() == VpnGateway::VirtualPrivateGateway {
            check.mistake(
                "gateway",
                Code::Conflict,
                "large, accelerated and concentrator connections need `transit_gateway`; a virtual private gateway takes standard ones only",
            );
        }
        match &self.concentrators {
            Some(_) if self.kind != ConnectionKind::Concentrator => {
                check.mistake(
                    "concentrators",
                    Code::Conflict,
                    "`concentrators` goes with the kind `concentrator` only",
                );
            }
            Some(count) => {
                let sites = count.times_whole(SITES_PER_CONCENTRATOR);
                if !count.is_zero() && self.connections.compare_values(&sites).is_gt() {
                    let detail =
                        format!("{count} concentrators take {sites} sites, and there are {}", self.connections);
                    check.mistake("concentrators", Code::Conflict, detail);
                }
            }
            None => {}
        }
        if self.kind != ConnectionKind::Accelerated && self.peer_geography.is_some() {
            check.mistake("peer_geography", Code::Conflict, "`peer_geography` goes with the kind `accelerated` only");
        }
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let hours = m.hours_or_month(self.hours.as_ref());
        let connections = &self.connections;
        if self.gateway.is_none() && self.kind == ConnectionKind::Standard {
            m.assume("gateway", "virtual_private_gateway", "a standard connection does not need a transit gateway");
        }
        match self.kind {
            ConnectionKind::Standard | ConnectionKind::Accelerated => m
                .line("connection_hours", "VPN connection hours", &CONNECTION_HOURS)
                .times(connections, "connections")?
                .times(&hours, "hours")?
                .put(m),
            ConnectionKind::Large => m
                .line("connection_hours", "VPN connection hours, large tunnels", &LARGE_CONNECTION_HOURS)
                .times(connections, "connections")?
                .times(&hours, "hours")?
                .put(m),
            ConnectionKind::Concentrator => {
                let concentrators = match &self.concentrators {
                    Some(concentrators) => concentrators.clone(),
                    None => m.probe.ceil_div(connections, &Amount::ONE.times_whole(SITES_PER_CONCENTRATOR))?,
                };
                m.line("concentrator_hours", "VPN concentrator hours", &CONCENTRATOR_HOURS)
                    .times(&concentrators, "concentrators")?
                    .times(&hours, "hours")?
                    .put(m);
                m.line("site_hours", "Site connection hours of the concentrator", &CONCENTRATOR_SITE_HOURS)
                    .times(connections, "sites")?
                    .times(&hours, "hours")?
                    .put(m);
                m.line(
                    "attachment_hours",
                    "Transit gateway attachment hours of the concentrator",
                    &transit_gateway::CONCENTRATOR_ATTACHMENT_HOURS,
                )
                .times(&concentrators, "attachments")?
                .times(&hours, "hours")?
                .put(m);
            }
        }
        if self.ends_on() == VpnGateway::TransitGateway {
            if self.kind != ConnectionKind::Concentrator {
                m.line(
                    "attachment_hours",
                    "Transit gateway attachment hours, one for each connection",
                    &transit_gateway::VPN_ATTACHMENT_HOURS,
                )
                .times(connections, "attachments")?
                .times(&hours, "hours")?
                .put(m);
            }
            m.line("processed_in", "Transit gateway data processing, from your side", &transit_gateway::VPN_BYTES)
                .times(&self.data_in_gb, "GB in")?
                .put(m);
            m.line("processed_out", "Transit gateway data processing, to your side", &transit_gateway::VPC_BYTES)
                .times(&self.data_out_gb, "GB out")?
                .put(m);
        }
        if self.kind == ConnectionKind::Accelerated {
            m.line("accelerator_hours", "Global Accelerator hours of the accelerated VPN", &ACCELERATOR_HOURS)
                .times(&connections.times_whole(ACCELERATORS_PER_CONNECTION), "accelerators, two for each connection")?
                .times(&hours, "hours")?
                .put(m);
            let geography = self.peer_geography.unwrap_or_else(|| {
                let home = Geography::of_region(&m.region, m.catalog);
                m.assume("peer_geography", home.spelled(), "your side is taken to be in the geography of the Region");
                home
            });
            global_accelerator::dt_premium(m, geography, &self.data_out_gb, &self.data_in_gb)?;
        }
        data_transfer::internet_out(m, &self.data_out_gb)
    }
}
