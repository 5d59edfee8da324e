//! AWS Direct Connect: a private circuit from a Direct Connect location into AWS.
//!
//! How AWS bills it (<https://aws.amazon.com/directconnect/pricing/>, read 2026-11-22):
//! - Each port costs for every hour it is provisioned, used or not, by its capacity. A dedicated connection is a whole
//!   port; a hosted connection is a share of a partner's port with prices of its own. Prices are the same at all
//!   locations of the world but those in Japan. Hours begin when the port is up, or 90 days after it was ordered.
//! - Data in is free. Data out costs for each gigabyte, by the Region that sends it and the geography of the location
//!   where it leaves AWS, without tiers. Through a Direct Connect gateway several Regions send over one connection.
//! - Private and transit interfaces always have these rates. A public interface has them, on a meter of its own, for data
//!   to addresses that the paying account owns; other data costs as data out to the internet.
//! - A transit interface ends, through a Direct Connect gateway, on transit gateways. Each association is a transit
//!   gateway attachment and costs its hours, and data that enters the transit gateway costs processing: what arrives over
//!   Direct Connect, and what leaves towards it, which entered from a VPC. The Direct Connect gateway itself is free.
//! - SiteLink sends data between Direct Connect locations without entering a Region. It costs for every hour of every
//!   interface that has it enabled, and for each gigabyte by the geographies of both locations.
//! - A flat rate (<https://aws.amazon.com/directconnect/pricing/flat-rate/>, read 2026-11-22) replaces the port hours of
//!   dedicated 10 and 100 Gbps connections. It includes the data out from the Regions of its tier, from 1 (the same
//!   metro) to 5 (the world); other Regions and SiteLink cost as ever. A pair of ports costs as much as one.

use serde::Deserialize;
use utoipa::ToSchema;

use super::data_transfer::{check_items, check_regions};
use super::metering::{MeterSpec, Metering};
use super::transit_gateway::{DIRECT_CONNECT_ATTACHMENT_HOURS, DIRECT_CONNECT_BYTES, VPC_BYTES};
use super::{Example, Service, Usage, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::{Code, Problem};
use crate::domain::unit::Unit;

/// An hour of a dedicated port: `PortUsage:<capacity>:<japan|non-japan>`.
const DEDICATED_PORT_HOURS: MeterSpec =
    MeterSpec::global("AWSDirectConnect", "PortUsage:*", "CreateDirectConnectPort", Unit::HOURS);
/// An hour of a hosted connection: `HCPortUsage:<capacity>:<japan|non-japan>`.
const HOSTED_PORT_HOURS: MeterSpec =
    MeterSpec::global("AWSDirectConnect", "HCPortUsage:*", "CreateDirectConnectPort", Unit::HOURS);
/// An hour of a dedicated port with a flat rate: `dx-flat-rate-<capacity>-tier<n>:<japan|non-japan>`.
const FLAT_RATE_HOURS: MeterSpec = MeterSpec::global("AWSDirectConnect", "dx-flat-rate-*", "", Unit::HOURS);
/// Data out, by the geography of the location: `DataXfer-Out:<geography>`, for a public interface
/// `DataXfer-Out:dc.3:<geography>`.
const DATA_OUT: MeterSpec = MeterSpec::regional("AWSDirectConnect", "DataXfer-Out:*", "", Unit::GB);
/// Data in.
const DATA_IN: MeterSpec = MeterSpec::global("AWSDirectConnect", "DataXfer-In", "", Unit::GB);
/// An hour of an interface with SiteLink.
const SITELINK_HOURS: MeterSpec = MeterSpec::global("AWSDirectConnect", "SiteLinkVifHour", "", Unit::HOURS);
/// Data between locations over SiteLink: `sitelink-bytes:<geography>-to-<geography>`.
const SITELINK_DATA: MeterSpec = MeterSpec::global("AWSDirectConnect", "sitelink-bytes:*", "", Unit::GB);

/// How many transit gateways a Direct Connect gateway takes
/// (<https://docs.aws.amazon.com/directconnect/latest/UserGuide/limits.html>, read 2026-11-22).
const TRANSIT_GATEWAYS_PER_GATEWAY: u64 = 6;
/// The highest tier of a flat rate.
const FLAT_RATE_TIERS: u64 = 5;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "direct_connect",
    name: "AWS Direct Connect",
    about: "Dedicated and hosted connections: port hours or a flat rate, data out from one or several Regions, SiteLink, and \
            for a transit interface the attachment and processing of the transit gateways.",
    excluded: &[
        "What is not on the AWS bill: cross-connect, carrier circuit, colocation, routers, and the partner's fee for a hosted connection",
        "Data sent over a public interface to addresses that the paying account does not own: it costs as data out to the internet, see `data_transfer`",
        "Direct Connect gateways that end on AWS Cloud WAN: see `cloud_wan`",
        "VPN connections over Direct Connect: see `site_to_site_vpn`",
    ],
    meters: &[
        &DEDICATED_PORT_HOURS,
        &HOSTED_PORT_HOURS,
        &FLAT_RATE_HOURS,
        &DATA_OUT,
        &DATA_IN,
        &DIRECT_CONNECT_ATTACHMENT_HOURS,
        &DIRECT_CONNECT_BYTES,
        &VPC_BYTES,
        &SITELINK_HOURS,
        &SITELINK_DATA,
    ],
    sources: &[
        "https://aws.amazon.com/directconnect/pricing/",
        "https://aws.amazon.com/directconnect/pricing/flat-rate/",
        "https://docs.aws.amazon.com/directconnect/latest/UserGuide/limits.html",
    ],
    example: Example {
        region: "us-east-1",
        usage: r#"{"kind": "hosted", "capacity": "500Mbps", "connections": 1, "location": "us", "data_out_gb": 10240}"#,
    },
    read: read::<DirectConnect>,
    schema: schema::<DirectConnect>,
};

/// What is planned of AWS Direct Connect.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectConnect {
    /// Whose port it is.
    #[schema(inline)]
    pub kind: PortKind,
    /// The capacity of each connection. Dedicated: 1, 10, 100 and 400 Gbps. Hosted: 50 to 500 Mbps, 1, 2, 5, 10 and
    /// 25 Gbps.
    #[schema(inline)]
    pub capacity: PortCapacity,
    /// Connections of this kind and capacity, those of a link aggregation group counted each. A pair of ports with a
    /// flat rate counts as one. Whole, 0 to 10,000.
    #[serde(default = "one")]
    #[schema(default = 1)]
    pub connections: Amount,
    /// Where the Direct Connect location is. Left out: in the geography of the request's Region.
    #[schema(inline)]
    pub location: Option<LocationArea>,
    /// Hours of the month the connections and their interfaces exist, 0 to 744. Left out: the whole month.
    pub hours: Option<Amount>,
    /// The tier of the flat rate, for dedicated 10 and 100 Gbps connections. Whole, 1 to 5. Left out: pay as you go.
    pub flat_rate_tier: Option<Amount>,
    /// The kind of virtual interface that the data goes over.
    #[serde(default)]
    #[schema(inline, default = "private")]
    pub vif: InterfaceKind,
    /// Gigabytes a month from the request's Region to your side. Where several Regions send, use `data_out` instead.
    /// 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
    /// Data to your side by the Region that sends it, where it is not just the request's. At most one item for each
    /// Region.
    #[serde(default)]
    pub data_out: Vec<DataFromRegion>,
    /// Gigabytes a month from your side to the request's Region; free but for the processing of a transit gateway.
    /// 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_in_gb: Amount,
    /// For a transit interface: transit gateways of the request's Region associated with the Direct Connect gateway.
    /// Send 0 where another resource of the request counts them. Other Regions of `data_out` count one each. Whole, 0
    /// to 6. Left out: 1.
    pub transit_gateways: Option<Amount>,
    /// Virtual interfaces with SiteLink. Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub sitelink_vifs: Amount,
    /// Data between Direct Connect locations over SiteLink. At most one item for each pair of geographies, in each
    /// direction.
    #[serde(default)]
    pub sitelink: Vec<SiteLinkData>,
}

/// Data from one Region to your side.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DataFromRegion {
    /// The Region that sends.
    #[schema(example = "eu-west-1")]
    pub region: String,
    /// Gigabytes a month. 0 to 1,000,000,000,000.
    pub gb: Amount,
    /// With a flat rate: whether the Region is outside its tier, so that its data costs as without one.
    #[serde(default)]
    #[schema(default = false)]
    pub outside_flat_rate: bool,
}

/// Data over SiteLink from one Direct Connect location to another.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteLinkData {
    /// Where the location that sends is.
    #[schema(inline)]
    pub from: LocationArea,
    /// Where the location that receives is.
    #[schema(inline)]
    pub to: LocationArea,
    /// Gigabytes a month. 0 to 1,000,000,000,000.
    pub gb: Amount,
}

/// Whose port a connection has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PortKind {
    /// A port of your own.
    #[default]
    Dedicated,
    /// A share of a partner's port.
    Hosted,
}

/// The capacity of a connection, spelled as in the API of Direct Connect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
pub enum PortCapacity {
    /// 50 Mbps; hosted.
    #[serde(rename = "50Mbps")]
    Mbps50,
    /// 100 Mbps; hosted.
    #[serde(rename = "100Mbps")]
    Mbps100,
    /// 200 Mbps; hosted.
    #[serde(rename = "200Mbps")]
    Mbps200,
    /// 300 Mbps; hosted.
    #[serde(rename = "300Mbps")]
    Mbps300,
    /// 400 Mbps; hosted.
    #[serde(rename = "400Mbps")]
    Mbps400,
    /// 500 Mbps; hosted.
    #[serde(rename = "500Mbps")]
    Mbps500,
    /// 1 Gbps; dedicated or hosted.
    #[default]
    #[serde(rename = "1Gbps")]
    Gbps1,
    /// 2 Gbps; hosted.
    #[serde(rename = "2Gbps")]
    Gbps2,
    /// 5 Gbps; hosted.
    #[serde(rename = "5Gbps")]
    Gbps5,
    /// 10 Gbps; dedicated or hosted.
    #[serde(rename = "10Gbps")]
    Gbps10,
    /// 25 Gbps; hosted.
    #[serde(rename = "25Gbps")]
    Gbps25,
    /// 100 Gbps; dedicated.
    #[serde(rename = "100Gbps")]
    Gbps100,
    /// 400 Gbps; dedicated.
    #[serde(rename = "400Gbps")]
    Gbps400,
}

/// The geography of a Direct Connect location, as AWS groups them in prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LocationArea {
    /// The contiguous United States.
    Us,
    /// Europe.
    Europe,
    /// Japan.
    Japan,
    /// Singapore, Hong Kong, South Korea, Taiwan, Malaysia and Bangkok.
    Asia,
    /// Australia and New Zealand.
    AuNz,
    /// Any other: ports cost as outside Japan; data out has no known price.
    Elsewhere,
}

/// The kind of a virtual interface.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InterfaceKind {
    /// To the private addresses of VPCs.
    #[default]
    Private,
    /// To transit gateways: attachment hours and data processing come on top.
    Transit,
    /// To the public addresses of AWS.
    Public,
}

fn one() -> Amount {
    Amount::ONE
}

impl PortKind {
    /// As it is spelled in requests.
    fn spelled(self) -> &'static str {
        match self {
            Self::Dedicated => "dedicated",
            Self::Hosted => "hosted",
        }
    }
}

impl PortCapacity {
    /// Every capacity there is.
    const ALL: [Self; 13] = [
        Self::Mbps50,
        Self::Mbps100,
        Self::Mbps200,
        Self::Mbps300,
        Self::Mbps400,
        Self::Mbps500,
        Self::Gbps1,
        Self::Gbps2,
        Self::Gbps5,
        Self::Gbps10,
        Self::Gbps25,
        Self::Gbps100,
        Self::Gbps400,
    ];

    /// The name in usage types.
    fn name(self) -> &'static str {
        match self {
            Self::Mbps50 => "50M",
            Self::Mbps100 => "100M",
            Self::Mbps200 => "200M",
            Self::Mbps300 => "300M",
            Self::Mbps400 => "400M",
            Self::Mbps500 => "500M",
            Self::Gbps1 => "1G",
            Self::Gbps2 => "2G",
            Self::Gbps5 => "5G",
            Self::Gbps10 => "10G",
            Self::Gbps25 => "25G",
            Self::Gbps100 => "100G",
            Self::Gbps400 => "400G",
        }
    }

    /// As it is spelled in requests.
    fn spelled(self) -> String {
        self.name().to_owned() + "bps"
    }

    /// Whether AWS offers this capacity as a kind of connection.
    pub fn offered_as(self, kind: PortKind) -> bool {
        match self {
            Self::Gbps1 | Self::Gbps10 => true,
            Self::Gbps100 | Self::Gbps400 => kind == PortKind::Dedicated,
            _ => kind == PortKind::Hosted,
        }
    }

    /// The capacities of a kind of connection, as they are spelled in requests.
    fn of(kind: PortKind) -> impl Iterator<Item = String> {
        Self::ALL.into_iter().filter(move |capacity| capacity.offered_as(kind)).map(Self::spelled)
    }
}

impl LocationArea {
    /// As ports are priced.
    fn for_ports(self) -> &'static str {
        match self {
            Self::Japan => "japan",
            _ => "non-japan",
        }
    }

    /// As data out is priced.
    fn for_data_out(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::Europe => "europe",
            Self::Japan => "japan",
            Self::Asia => "asia",
            Self::AuNz => "au-nz",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// As SiteLink data is priced.
    fn for_sitelink(self) -> &'static str {
        match self {
            Self::Asia => "singapore-group",
            _ => self.for_data_out(),
        }
    }

    /// In the middle of a sentence.
    fn words(self) -> &'static str {
        match self {
            Self::Us => "the contiguous United States",
            Self::Europe => "Europe",
            Self::Japan => "Japan",
            Self::Asia => "Asia",
            Self::AuNz => "Australia and New Zealand",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// As it is spelled in requests.
    fn spelled(self) -> String {
        self.for_data_out().replace('-', "_")
    }

    /// The area that a Region lies in.
    pub fn of_region(region: &str, catalog: &Catalog) -> Self {
        let geography = catalog.places.get(region).map_or("", |place| place.geography.as_str());
        match (geography, region) {
            ("europe", _) => Self::Europe,
            ("north-america", _) if region.starts_with("us-") => Self::Us,
            (_, "ap-northeast-1" | "ap-northeast-3") => Self::Japan,
            (
                _,
                "ap-east-1" | "ap-east-2" | "ap-northeast-2" | "ap-southeast-1" | "ap-southeast-5" | "ap-southeast-7",
            ) => Self::Asia,
            (_, "ap-southeast-2" | "ap-southeast-4" | "ap-southeast-6") => Self::AuNz,
            _ => Self::Elsewhere,
        }
    }
}

impl Usage for DirectConnect {
    fn check(&self, check: &mut Check, catalog: &Catalog) {
        if !self.capacity.offered_as(self.kind) {
            let (kind, capacity) = (self.kind.spelled(), self.capacity.spelled());
            let detail = format!("there is no {kind} connection of {capacity}");
            check.problem(
                Problem::new(Code::Conflict, "/capacity", detail).allowing(&capacity, PortCapacity::of(self.kind)),
            );
        }
        check.whole("connections", &self.connections, 0, 10_000);
        check.optional_amount("hours", self.hours.as_ref(), 744);
        check.optional_whole("flat_rate_tier", self.flat_rate_tier.as_ref(), 1, FLAT_RATE_TIERS);
        let flat_rate_fits =
            self.kind == PortKind::Dedicated && matches!(self.capacity, PortCapacity::Gbps10 | PortCapacity::Gbps100);
        if self.flat_rate_tier.is_some() && !flat_rate_fits {
            check.mistake(
                "flat_rate_tier",
                Code::Conflict,
                "the flat rate is for dedicated connections of 10Gbps and 100Gbps only",
            );
        }
        check.amount("data_out_gb", &self.data_out_gb, CAP);
        if !self.data_out.is_empty() && !self.data_out_gb.is_zero() {
            check.mistake(
                "data_out_gb",
                Code::Conflict,
                "send `data_out_gb` for the request's Region, or `data_out` for several Regions, not both",
            );
        }
        check_regions(check, "data_out", self.data_out.iter().map(|from| from.region.as_str()), catalog);
        check_items(check, "data_out", &self.data_out, |check, from, _| {
            check.amount("gb", &from.gb, CAP);
            if from.outside_flat_rate && self.flat_rate_tier.is_none() {
                check.mistake(
                    "outside_flat_rate",
                    Code::Conflict,
                    "`outside_flat_rate` goes with a `flat_rate_tier` only",
                );
            }
        });
        check.amount("data_in_gb", &self.data_in_gb, CAP);
        check.optional_whole("transit_gateways", self.transit_gateways.as_ref(), 0, TRANSIT_GATEWAYS_PER_GATEWAY);
        if self.transit_gateways.is_some() && self.vif != InterfaceKind::Transit {
            check.mistake("transit_gateways", Code::Conflict, "`transit_gateways` goes with the vif `transit` only");
        }
        check.whole("sitelink_vifs", &self.sitelink_vifs, 0, 10_000);
        check_items(check, "sitelink", &self.sitelink, |check, data, earlier| {
            check.amount("gb", &data.gb, CAP);
            if earlier.iter().any(|other| (other.from, other.to) == (data.from, data.to)) {
                check.mistake("to", Code::Conflict, "this pair of geographies is named twice; give it one item");
            }
        });
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let hours = m.hours_or_month(self.hours.as_ref());
        let location = self.location.unwrap_or_else(|| {
            let home = LocationArea::of_region(&m.region, m.catalog);
            m.assume("location", home.spelled(), "the location is taken to be in the geography of the Region");
            home
        });
        self.ports(m, location, &hours)?;
        let alone =
            [DataFromRegion { region: m.region.to_string(), gb: self.data_out_gb.clone(), outside_flat_rate: false }];
        let data_out = if self.data_out.is_empty() { alone.as_slice() } else { self.data_out.as_slice() };
        for from in data_out {
            if self.flat_rate_tier.is_none() || from.outside_flat_rate {
                let public = if self.vif == InterfaceKind::Public { "dc.3:" } else { "" };
                m.line(
                    "data_out",
                    format!("Direct Connect data out from {}, location in {}", from.region, location.words()),
                    &DATA_OUT,
                )
                .named(format!("DataXfer-Out:{public}{}", location.for_data_out()))
                .in_region(from.region.as_str())
                .times(&from.gb, "GB out")?
                .put(m);
            } else if !from.gb.is_zero() {
                m.assume(
                    "outside_flat_rate",
                    "false",
                    &format!(
                        "{} is taken to be in the tier of the flat rate, which includes its data out",
                        from.region
                    ),
                );
            }
        }
        m.line("data_in", "Direct Connect data in", &DATA_IN).times(&self.data_in_gb, "GB in")?.put(m);
        if self.vif == InterfaceKind::Transit {
            self.transit_gateways(m, data_out, &hours)?;
        }
        self.sitelink(m, &hours)
    }
}

impl DirectConnect {
    /// Meters the hours of the ports.
    fn ports(&self, m: &mut Metering<'_>, location: LocationArea, hours: &Amount) -> Result<(), NumberError> {
        let (capacity, area) = (self.capacity.name(), location.for_ports());
        let (label, meter, usage_type) = match (&self.flat_rate_tier, self.kind) {
            (Some(tier), _) => {
                let usage_type = format!("dx-flat-rate-{capacity}-tier{tier}:{area}");
                (
                    format!("Flat rate of a dedicated {capacity}bps connection, tier {tier}"),
                    &FLAT_RATE_HOURS,
                    usage_type,
                )
            }
            (None, PortKind::Dedicated) => {
                let usage_type = format!("PortUsage:{capacity}:{area}");
                (format!("Port hours of a dedicated {capacity}bps connection"), &DEDICATED_PORT_HOURS, usage_type)
            }
            (None, PortKind::Hosted) => {
                let usage_type = format!("HCPortUsage:{capacity}:{area}");
                (format!("Port hours of a hosted {capacity}bps connection"), &HOSTED_PORT_HOURS, usage_type)
            }
        };
        m.line("port_hours", label, meter)
            .named(usage_type)
            .times(&self.connections, "connections")?
            .times(hours, "hours")?
            .put(m);
        Ok(())
    }

    /// Meters what a transit interface brings with it on the transit gateways: those of the request's Region, and one
    /// in each other Region that sends.
    fn transit_gateways(
        &self,
        m: &mut Metering<'_>,
        data_out: &[DataFromRegion],
        hours: &Amount,
    ) -> Result<(), NumberError> {
        let home = m.region.clone();
        let at_home = self.transit_gateways.clone().unwrap_or_else(|| {
            m.assume("transit_gateways", "1", "a transit interface ends on at least one transit gateway");
            Amount::ONE
        });
        let elsewhere = data_out.iter().map(|from| from.region.as_str()).filter(|region| *region != home.as_str());
        let attachments =
            std::iter::once((home.as_str(), at_home)).chain(elsewhere.map(|region| (region, Amount::ONE)));
        for (region, count) in attachments {
            m.line(
                "attachment_hours",
                format!("Transit gateway attachment hours in {region}"),
                &DIRECT_CONNECT_ATTACHMENT_HOURS,
            )
            .in_region(region)
            .times(&count, "attachments")?
            .times(hours, "hours")?
            .put(m);
        }
        m.line("processed_in", "Transit gateway data processing, from your side", &DIRECT_CONNECT_BYTES)
            .times(&self.data_in_gb, "GB in")?
            .put(m);
        for from in data_out {
            m.line("processed_out", "Transit gateway data processing, to your side", &VPC_BYTES)
                .in_region(from.region.as_str())
                .times(&from.gb, "GB out")?
                .put(m);
        }
        Ok(())
    }

    /// Meters SiteLink.
    fn sitelink(&self, m: &mut Metering<'_>, hours: &Amount) -> Result<(), NumberError> {
        m.line("sitelink_hours", "SiteLink hours", &SITELINK_HOURS)
            .times(&self.sitelink_vifs, "interfaces with SiteLink")?
            .times(hours, "hours")?
            .put(m);
        for data in &self.sitelink {
            m.line(
                "sitelink_data",
                format!("SiteLink data from {} to {}", data.from.words(), data.to.words()),
                &SITELINK_DATA,
            )
            .named(format!("sitelink-bytes:{}-to-{}", data.from.for_sitelink(), data.to.for_sitelink()))
            .times(&data.gb, "GB")?
            .put(m);
        }
        Ok(())
    }
}
