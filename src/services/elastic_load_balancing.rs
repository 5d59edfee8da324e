//! Elastic Load Balancing: Application, Network, Gateway and Classic Load Balancers.
//!
//! How AWS bills it (<https://aws.amazon.com/elasticloadbalancing/pricing/>, read 2026-11-22):
//! - Each load balancer costs for every hour or part of one that it runs.
//! - A Classic Load Balancer costs for each gigabyte besides. The others cost for capacity units (LCU): each unit
//!   covers so many new connections per second, so many active connections, so many gigabytes an hour and, on an
//!   Application Load Balancer, so many rule evaluations per second. Only the dimension with the highest use counts.
//!   What a unit covers stands in `pricing-data/facts/elastic_load_balancing.yaml`.
//! - Rule evaluations are the requests times the rules processed above the first 10.
//! - A gigabyte to or from Lambda targets of an Application Load Balancer takes 2.5 units.
//! - A Network Load Balancer counts TCP, UDP and TLS traffic apart, each with capacities of its own, and adds them up.
//! - Reserved capacity units cost by the hour; use above them costs as without.
//! - A trust store, for mutual TLS, costs by the hour on each Application Load Balancer it is attached to.
//! - Traffic between zones behind an Application or Classic Load Balancer is free; behind a Network or Gateway Load
//!   Balancer that balances across zones it costs, on both sides.

use serde::Deserialize;
use utoipa::ToSchema;

use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, data_transfer, public_ipv4, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::unit::Unit;

/// An hour of an Application Load Balancer.
pub const APPLICATION_HOURS: MeterSpec =
    MeterSpec::regional("AWSELB", "LoadBalancerUsage", "LoadBalancing:Application", Unit::HOURS);
/// A capacity unit and hour of Application Load Balancers.
pub const APPLICATION_UNITS: MeterSpec =
    MeterSpec::regional("AWSELB", "LCUUsage", "LoadBalancing:Application", Unit::LCU_HOURS);
/// A reserved capacity unit and hour of Application Load Balancers.
const APPLICATION_RESERVED: MeterSpec =
    MeterSpec::regional("AWSELB", "ReservedLCUUsage", "LoadBalancing:Application", Unit::LCU_HOURS);
/// An hour of a Network Load Balancer.
pub const NETWORK_HOURS: MeterSpec =
    MeterSpec::regional("AWSELB", "LoadBalancerUsage", "LoadBalancing:Network", Unit::HOURS);
/// A capacity unit and hour of Network Load Balancers.
pub const NETWORK_UNITS: MeterSpec =
    MeterSpec::regional("AWSELB", "LCUUsage", "LoadBalancing:Network", Unit::LCU_HOURS);
/// A reserved capacity unit and hour of Network Load Balancers.
const NETWORK_RESERVED: MeterSpec =
    MeterSpec::regional("AWSELB", "ReservedLCUUsage", "LoadBalancing:Network", Unit::LCU_HOURS);
/// An hour of a Gateway Load Balancer.
pub const GATEWAY_HOURS: MeterSpec =
    MeterSpec::regional("AWSELB", "LoadBalancerUsage", "LoadBalancing:Gateway", Unit::HOURS);
/// A capacity unit and hour of Gateway Load Balancers.
pub const GATEWAY_UNITS: MeterSpec =
    MeterSpec::regional("AWSELB", "LCUUsage", "LoadBalancing:Gateway", Unit::LCU_HOURS);
/// A reserved capacity unit and hour of Gateway Load Balancers.
const GATEWAY_RESERVED: MeterSpec =
    MeterSpec::regional("AWSELB", "ReservedLCUUsage", "LoadBalancing:Gateway", Unit::LCU_HOURS);
/// An hour of a Classic Load Balancer.
pub const CLASSIC_HOURS: MeterSpec = MeterSpec::regional("AWSELB", "LoadBalancerUsage", "LoadBalancing", Unit::HOURS);
/// Data that Classic Load Balancers process.
pub const CLASSIC_BYTES: MeterSpec = MeterSpec::regional("AWSELB", "DataProcessing-Bytes", "LoadBalancing", Unit::GB);
/// An hour of a trust store on an Application Load Balancer.
const TRUST_STORE_HOURS: MeterSpec =
    MeterSpec::regional("AWSELB", "TS-LoadBalancerUsage", "LoadBalancing:Application", Unit::HOURS);

/// The most connections per second, requests per second and the like an estimate takes.
const MAX_RATE: u64 = 1_000_000_000;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "elastic_load_balancing",
    name: "Elastic Load Balancing",
    about: "Application, Network, Gateway and Classic Load Balancers: their hours, the capacity units of their busiest \
            dimension, and the traffic and public addresses that go with them.",
    excluded: &[
        "Gateway Load Balancer endpoints: see `vpc_endpoint`",
        "Peaks: rates are averages of the hour, and an hour above them is billed by its own",
        "Certificates of a private certificate authority, web application firewalls, access logs in S3",
        "Load balancers on Outposts and in Local Zones",
    ],
    meters: &[
        &APPLICATION_HOURS,
        &APPLICATION_UNITS,
        &APPLICATION_RESERVED,
        &NETWORK_HOURS,
        &NETWORK_UNITS,
        &NETWORK_RESERVED,
        &GATEWAY_HOURS,
        &GATEWAY_UNITS,
        &GATEWAY_RESERVED,
        &CLASSIC_HOURS,
        &CLASSIC_BYTES,
        &TRUST_STORE_HOURS,
        &public_ipv4::IN_USE_HOURS,
        &data_transfer::BETWEEN_AZS,
        &data_transfer::INTERNET_OUT,
    ],
    sources: &["https://aws.amazon.com/elasticloadbalancing/pricing/"],
    example: Example {
        region: "us-east-1",
        usage: r#"{"kind": "application", "load_balancers": 1, "new_connections_per_second": 100, "active_connections": 3000, "processed_gb": 1000, "rules": 20, "requests_per_second": 500}"#,
    },
    read: read::<ElasticLoadBalancing>,
    schema: schema::<ElasticLoadBalancing>,
};

/// What is planned of Elastic Load Balancing. Traffic is that of all the load balancers together.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ElasticLoadBalancing {
    /// The kind of load balancer.
    #[schema(inline)]
    pub kind: LoadBalancerKind,
    /// Load balancers. Whole, 0 to 100,000.
    pub load_balancers: Amount,
    /// Hours of the month they run, 0 to 744. Left out: the whole month.
    pub hours: Option<Amount>,
    /// Application and Gateway: new connections (or flows) per second, on average. 0 to 1,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub new_connections_per_second: Amount,
    /// Application and Gateway: active connections (or flows), on average of a minute. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub active_connections: Amount,
    /// Application, Gateway and Classic: gigabytes a month, requests and answers together, but not those of Lambda
    /// targets. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub processed_gb: Amount,
    /// Application: gigabytes a month to and from Lambda targets. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub lambda_gb: Amount,
    /// Application: requests per second, on average. 0 to 1,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub requests_per_second: Amount,
    /// Application: rules that are processed for a request; the first 10 are free. 0 to 1,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub rules: Amount,
    /// Application: load balancers with a trust store for mutual TLS, one for each store and load balancer.
    /// Whole, 0 to 100,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub trust_stores: Amount,
    /// Network: TCP traffic.
    pub tcp: Option<NetworkTraffic>,
    /// Network: UDP traffic.
    pub udp: Option<NetworkTraffic>,
    /// Network: TLS traffic that the load balancer decrypts.
    pub tls: Option<NetworkTraffic>,
    /// Application, Network and Gateway: capacity units reserved. 0 to 1,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub reserved_capacity_units: Amount,
    /// Gigabytes a month that leave to the internet. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
    /// Network and Gateway: gigabytes a month that cross Availability Zones on the way to their targets, each counted
    /// once; AWS bills each on both sides. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub between_azs_gb: Amount,
    /// Public IPv4 addresses of the load balancers: one or more in each zone where they face the internet.
    /// Whole, 0 to 1,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub public_ipv4_addresses: Amount,
}

/// Traffic of one protocol through Network Load Balancers.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkTraffic {
    /// New connections or flows per second, on average. 0 to 1,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub new_connections_per_second: Amount,
    /// Active connections or flows, on average of a minute. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub active_connections: Amount,
    /// Gigabytes a month, both directions together. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub processed_gb: Amount,
}

/// The kind of a load balancer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoadBalancerKind {
    /// HTTP and HTTPS.
    Application,
    /// TCP, UDP and TLS.
    Network,
    /// Third-party appliances.
    Gateway,
    /// The previous generation.
    Classic,
}

impl LoadBalancerKind {
    fn words(self) -> &'static str {
        match self {
            Self::Application => "Application Load Balancer",
            Self::Network => "Network Load Balancer",
            Self::Gateway => "Gateway Load Balancer",
            Self::Classic => "Classic Load Balancer",
        }
    }

    fn hours(self) -> &'static MeterSpec {
        match self {
            Self::Application => &APPLICATION_HOURS,
            Self::Network => &NETWORK_HOURS,
            Self::Gateway => &GATEWAY_HOURS,
            Self::Classic => &CLASSIC_HOURS,
        }
    }
}

/// How many capacity unit hours each dimension takes.
struct Dimensions(Vec<(Amount, &'static str)>);

impl Dimensions {
    /// The dimension that takes most; the first of equal ones.
    fn largest(self, m: &mut Metering<'_>) -> (Amount, &'static str) {
        let mut largest = (Amount::ZERO, "no traffic");
        for dimension in self.0 {
            if m.probe.more(&dimension.0, &largest.0) {
                largest = dimension;
            }
        }
        largest
    }
}

/// The hours of a rate: rate ÷ what a unit covers × hours.
fn of_rate(rate: &Amount, covered: &Amount, hours: &Amount) -> Result<Amount, NumberError> {
    rate.over(covered)?.times(hours)
}

impl ElasticLoadBalancing {
    /// Load balancers of a kind, without traffic and addresses.
    pub fn idle(kind: LoadBalancerKind, load_balancers: Amount) -> Self {
        Self {
            kind,
            load_balancers,
            hours: None,
            new_connections_per_second: Amount::ZERO,
            active_connections: Amount::ZERO,
            processed_gb: Amount::ZERO,
            lambda_gb: Amount::ZERO,
            requests_per_second: Amount::ZERO,
            rules: Amount::ZERO,
            trust_stores: Amount::ZERO,
            tcp: None,
            udp: None,
            tls: None,
            reserved_capacity_units: Amount::ZERO,
            data_out_gb: Amount::ZERO,
            between_azs_gb: Amount::ZERO,
            public_ipv4_addresses: Amount::ZERO,
        }
    }

    /// The fields that only some kinds have: the name, whether it is used, and the kinds.
    fn particular(&self) -> [(&'static str, bool, &'static [LoadBalancerKind]); 11] {
        use LoadBalancerKind::{Application, Classic, Gateway, Network};
        [
            ("new_connections_per_second", !self.new_connections_per_second.is_zero(), &[Application, Gateway]),
            ("active_connections", !self.active_connections.is_zero(), &[Application, Gateway]),
            ("processed_gb", !self.processed_gb.is_zero(), &[Application, Gateway, Classic]),
            ("lambda_gb", !self.lambda_gb.is_zero(), &[Application]),
            ("requests_per_second", !self.requests_per_second.is_zero(), &[Application]),
            ("rules", !self.rules.is_zero(), &[Application]),
            ("trust_stores", !self.trust_stores.is_zero(), &[Application]),
            ("tcp", self.tcp.is_some(), &[Network]),
            ("udp", self.udp.is_some(), &[Network]),
            ("tls", self.tls.is_some(), &[Network]),
            ("reserved_capacity_units", !self.reserved_capacity_units.is_zero(), &[Application, Network, Gateway]),
        ]
    }

    /// The capacity unit hours, and the dimensions that made them.
    fn unit_hours(&self, m: &mut Metering<'_>, hours: &Amount) -> Result<(Amount, String), NumberError> {
        match self.kind {
            LoadBalancerKind::Application => {
                let rules = m.probe.beyond(&self.rules, &m.fact("alb_free_rules")?);
                let evaluations = rules.times(&self.requests_per_second)?;
                let by_bytes = &self.processed_gb.over(&m.fact("alb_lcu_processed_gb_per_hour")?)?
                    + &self.lambda_gb.over(&m.fact("alb_lcu_processed_gb_per_hour_lambda")?)?;
                let new = m.fact("alb_lcu_new_connections_per_second")?;
                let active = m.fact("alb_lcu_active_connections_per_minute")?;
                let evaluated = m.fact("alb_lcu_rule_evaluations_per_second")?;
                let dimensions = Dimensions(vec![
                    (of_rate(&self.new_connections_per_second, &new, hours)?, "new connections"),
                    (of_rate(&self.active_connections, &active, hours)?, "active connections"),
                    (by_bytes, "processed bytes"),
                    (of_rate(&evaluations, &evaluated, hours)?, "rule evaluations"),
                ]);
                let (units, by) = dimensions.largest(m);
                Ok((units, by.to_owned()))
            }
            LoadBalancerKind::Gateway => {
                let new = m.fact("gwlb_lcu_new_connections_per_second")?;
                let active = m.fact("gwlb_lcu_active_connections")?;
                let dimensions = Dimensions(vec![
                    (of_rate(&self.new_connections_per_second, &new, hours)?, "new connections"),
                    (of_rate(&self.active_connections, &active, hours)?, "active connections"),
                    (self.processed_gb.over(&m.fact("gwlb_lcu_processed_gb_per_hour")?)?, "processed bytes"),
                ]);
                let (units, by) = dimensions.largest(m);
                Ok((units, by.to_owned()))
            }
            LoadBalancerKind::Network => {
                let bytes = m.fact("nlb_lcu_processed_gb_per_hour")?;
                let tcp =
                    (m.fact("nlb_lcu_tcp_new_connections_per_second")?, m.fact("nlb_lcu_tcp_active_connections")?);
                let udp =
                    (m.fact("nlb_lcu_udp_new_connections_per_second")?, m.fact("nlb_lcu_udp_active_connections")?);
                let tls =
                    (m.fact("nlb_lcu_tls_new_connections_per_second")?, m.fact("nlb_lcu_tls_active_connections")?);
                let mut units = Amount::ZERO;
                let mut words = Vec::new();
                for (name, traffic, (new, active)) in
                    [("TCP", &self.tcp, tcp), ("UDP", &self.udp, udp), ("TLS", &self.tls, tls)]
                {
                    let Some(traffic) = traffic else { continue };
                    let dimensions = Dimensions(vec![
                        (of_rate(&traffic.new_connections_per_second, &new, hours)?, "new connections"),
                        (of_rate(&traffic.active_connections, &active, hours)?, "active connections"),
                        (traffic.processed_gb.over(&bytes)?, "processed bytes"),
                    ]);
                    let (of_protocol, by) = dimensions.largest(m);
                    words.push(format!("{name} by {by}"));
                    units = &units + &of_protocol;
                }
                Ok((units, words.join(", ")))
            }
            LoadBalancerKind::Classic => Ok((Amount::ZERO, String::new())),
        }
    }
}

impl Usage for ElasticLoadBalancing {
    fn check(&self, check: &mut Check, _: &Catalog) {
        check.whole("load_balancers", &self.load_balancers, 0, 100_000);
        check.optional_amount("hours", self.hours.as_ref(), 744);
        check.amount("new_connections_per_second", &self.new_connections_per_second, MAX_RATE);
        check.amount("active_connections", &self.active_connections, CAP);
        check.amount("processed_gb", &self.processed_gb, CAP);
        check.amount("lambda_gb", &self.lambda_gb, CAP);
        check.amount("requests_per_second", &self.requests_per_second, MAX_RATE);
        check.amount("rules", &self.rules, 1_000);
        check.whole("trust_stores", &self.trust_stores, 0, 100_000);
        for (name, traffic) in [("tcp", &self.tcp), ("udp", &self.udp), ("tls", &self.tls)] {
            if let Some(traffic) = traffic {
                check.within(name, |check| {
                    check.amount("new_connections_per_second", &traffic.new_connections_per_second, MAX_RATE);
                    check.amount("active_connections", &traffic.active_connections, CAP);
                    check.amount("processed_gb", &traffic.processed_gb, CAP);
                });
            }
        }
        check.amount("reserved_capacity_units", &self.reserved_capacity_units, MAX_RATE);
        check.amount("data_out_gb", &self.data_out_gb, CAP);
        check.amount("between_azs_gb", &self.between_azs_gb, CAP);
        check.whole("public_ipv4_addresses", &self.public_ipv4_addresses, 0, 1_000_000);
        for (field, used, kinds) in self.particular() {
            if used && !kinds.contains(&self.kind) {
                let detail = format!("`{field}` does not count on a {}", self.kind.words());
                check.mistake(field, Code::Conflict, detail);
            }
        }
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let hours = m.hours_or_month(self.hours.as_ref());
        m.line("load_balancer_hours", format!("{} hours", self.kind.words()), self.kind.hours())
            .times(&self.load_balancers, "load balancers")?
            .times(&hours, "hours")?
            .put(m);
        let (units, by) = self.unit_hours(m, &hours)?;
        let reserved = self.reserved_capacity_units.times(&hours)?;
        let (in_use, ahead) = match self.kind {
            LoadBalancerKind::Application => (&APPLICATION_UNITS, &APPLICATION_RESERVED),
            LoadBalancerKind::Network => (&NETWORK_UNITS, &NETWORK_RESERVED),
            LoadBalancerKind::Gateway => (&GATEWAY_UNITS, &GATEWAY_RESERVED),
            LoadBalancerKind::Classic => {
                m.line("data_processed", "Data processed by Classic Load Balancers", &CLASSIC_BYTES)
                    .times(&self.processed_gb, "GB processed")?
                    .put(m);
                return self.around(m, &hours);
            }
        };
        let billed = m.probe.beyond(&units, &reserved);
        let what = if reserved.is_zero() { "LCU-hours" } else { "LCU-hours above the reserved" };
        m.line("capacity_units", "Load balancer capacity unit hours", in_use)
            .times_named(&billed, format!("{what} ({by})").into())?
            .put(m);
        m.line("reserved_capacity_units", "Reserved load balancer capacity unit hours", ahead)
            .times(&self.reserved_capacity_units, "LCU reserved")?
            .times(&hours, "hours")?
            .put(m);
        m.line("trust_store_hours", "Trust store hours", &TRUST_STORE_HOURS)
            .times(&self.trust_stores, "trust stores")?
            .times(&hours, "hours")?
            .put(m);
        self.around(m, &hours)
    }
}

impl ElasticLoadBalancing {
    /// Meters the addresses and the traffic that go with load balancers of every kind.
    fn around(&self, m: &mut Metering<'_>, hours: &Amount) -> Result<(), NumberError> {
        public_ipv4::in_use(m, &self.public_ipv4_addresses, hours)?;
        data_transfer::between_azs(m, &self.between_azs_gb)?;
        data_transfer::internet_out(m, &self.data_out_gb)
    }
}
