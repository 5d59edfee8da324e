//! Amazon Route 53: hosted zones, DNS queries, health checks, and the Resolver of VPCs with its endpoints and firewall.
//!
//! How AWS bills it (<https://aws.amazon.com/route53/pricing/>, read 2026-11-22):
//! - Each hosted zone, public or private, costs for each month, in full however short it exists: the first 25 of an
//!   account one price, the others a lower one. A zone that is deleted within 12 hours is free. Each record above 10,000
//!   in a zone costs for each month.
//! - Queries to public zones cost by how they are answered: standard, latency based, by geolocation, by geoproximity, by
//!   IP address, each in two tiers, up to 1,000,000,000 a month and above. Queries that an alias record answers with an
//!   AWS resource are free. Private zones cost nothing for queries of their VPCs.
//! - IP-based routing costs for each CIDR block and month; the first 1,000 are a free allowance.
//! - A policy record of traffic flow costs for each month.
//! - A health check costs for each month, of an AWS endpoint less than of another; the first 50 of AWS endpoints are a
//!   free allowance. Each optional feature of a check (HTTPS, string matching, a fast interval, latency measurement)
//!   costs for each month too.
//! - A Resolver endpoint costs for every hour and network interface, of which it has two at least; an interface for DNS
//!   over HTTPS is on a meter of its own. Queries that pass the endpoints cost in the same two tiers. Queries that the
//!   Resolver answers inside a VPC are free.
//! - DNS Firewall costs for each domain name stored in own lists and month, and for each query it looks at, in two tiers.
//! - Profiles cost one base fee by the hour for the first 100 VPC associations of an account in a Region, and for each
//!   further association by the hour.

use serde::Deserialize;
use utoipa::ToSchema;

use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::Check;
use crate::domain::unit::Unit;

/// A hosted zone and month.
const HOSTED_ZONES: MeterSpec = MeterSpec::global("AmazonRoute53", "HostedZone", "", Unit::MONTHS);
/// A record above those that a zone includes, and month.
const EXTRA_RECORDS: MeterSpec = MeterSpec::global("AmazonRoute53", "Global-RRSets", "", Unit::MONTHS);
/// Standard queries to public zones.
const STANDARD_QUERIES: MeterSpec = MeterSpec::global("AmazonRoute53", "DNS-Queries", "hosted-zone", Unit::QUERIES);
/// Queries with latency-based routing.
const LATENCY_QUERIES: MeterSpec = MeterSpec::global("AmazonRoute53", "LBR-Queries", "", Unit::QUERIES);
/// Queries with geolocation routing.
const GEOLOCATION_QUERIES: MeterSpec = MeterSpec::global("AmazonRoute53", "Geo-Queries", "", Unit::QUERIES);
/// Queries with geoproximity routing.
const GEOPROXIMITY_QUERIES: MeterSpec = MeterSpec::global("AmazonRoute53", "Geo-Proximity-Queries", "", Unit::QUERIES);
/// Queries with IP-based routing.
const IP_BASED_QUERIES: MeterSpec = MeterSpec::global("AmazonRoute53", "Cidr-Queries", "", Unit::QUERIES);
/// Queries that an alias record answers with an AWS resource; free.
const ALIAS_QUERIES: MeterSpec = MeterSpec::global("AmazonRoute53", "Intra-AWS-DNS-Queries", "", Unit::QUERIES);
/// A CIDR block of IP-based routing and month.
const CIDR_BLOCKS: MeterSpec = MeterSpec::global("AmazonRoute53", "Global-Cidr-Blocks", "", Unit::MONTHS);
/// A policy record of traffic flow and month.
const POLICY_RECORDS: MeterSpec = MeterSpec::global("AmazonRoute53", "Traffic-Flow-Policy-Records", "", Unit::MONTHS);
/// A health check of an AWS endpoint and month.
const AWS_HEALTH_CHECKS: MeterSpec = MeterSpec::global("AmazonRoute53", "Health-Check-AWS", "", Unit::MONTHS);
/// A health check of another endpoint and month.
const OTHER_HEALTH_CHECKS: MeterSpec = MeterSpec::global("AmazonRoute53", "Health-Check-Non-AWS", "", Unit::MONTHS);
/// An optional feature of a health check of an AWS endpoint and month.
const AWS_HEALTH_CHECK_FEATURES: MeterSpec =
    MeterSpec::global("AmazonRoute53", "Health-Check-Option-AWS", "", Unit::MONTHS);
/// An optional feature of a health check of another endpoint and month.
const OTHER_HEALTH_CHECK_FEATURES: MeterSpec =
    MeterSpec::global("AmazonRoute53", "Health-Check-Option-Non-AWS", "", Unit::MONTHS);
/// An hour of a network interface of a Resolver endpoint.
const RESOLVER_INTERFACE_HOURS: MeterSpec =
    MeterSpec::regional("AmazonRoute53", "ResolverNetworkInterface", "", Unit::HOURS);
/// An hour of a network interface of a Resolver endpoint for DNS over HTTPS.
const DOH_INTERFACE_HOURS: MeterSpec =
    MeterSpec::regional("AmazonRoute53", "resolver-endpoint-doh-eni-hours", "", Unit::HOURS);
/// Queries that pass Resolver endpoints.
const RESOLVER_QUERIES: MeterSpec = MeterSpec::regional("AmazonRoute53", "DNS-Queries", "resolver", Unit::QUERIES);
/// A domain name in a list of DNS Firewall and month.
const FIREWALL_DOMAINS: MeterSpec = MeterSpec::regional("AmazonRoute53", "DNS-FirewallDomainName", "", Unit::MONTHS);
/// Queries that DNS Firewall looks at.
const FIREWALL_QUERIES: MeterSpec = MeterSpec::regional("AmazonRoute53", "DNS-FirewallQueries", "", Unit::QUERIES);
/// An hour of the base fee of Profiles.
const PROFILE_BASE_HOURS: MeterSpec =
    MeterSpec::regional("AmazonRoute53", "route53-profiles-base-hours", "", Unit::HOURS);
/// An hour of a VPC association of Profiles above those that the base fee includes.
const PROFILE_ASSOCIATION_HOURS: MeterSpec =
    MeterSpec::regional("AmazonRoute53", "route53-profiles-association-hours", "", Unit::HOURS);

/// The most queries of one kind a month an estimate takes.
const MAX_QUERIES: u64 = 1_000_000_000_000_000;
/// The most zones, records, checks and the like an estimate takes.
const MAX_THINGS: u64 = 10_000_000;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "route53",
    name: "Amazon Route 53",
    about: "Hosted zones, queries by the way they are routed, health checks, traffic flow, Resolver endpoints, DNS Firewall \
            and Profiles. Zones, queries and health checks are the same in all Regions; the Resolver is billed in the \
            request's Region.",
    excluded: &[
        "Registration and renewal of domain names",
        "DNS Firewall Advanced, and logs of queries in CloudWatch, S3 or Data Firehose",
        "Application Recovery Controller",
        "Zones deleted within 12 hours of their creation, which are free",
    ],
    meters: &[
        &HOSTED_ZONES,
        &EXTRA_RECORDS,
        &STANDARD_QUERIES,
        &LATENCY_QUERIES,
        &GEOLOCATION_QUERIES,
        &GEOPROXIMITY_QUERIES,
        &IP_BASED_QUERIES,
        &ALIAS_QUERIES,
        &CIDR_BLOCKS,
        &POLICY_RECORDS,
        &AWS_HEALTH_CHECKS,
        &OTHER_HEALTH_CHECKS,
        &AWS_HEALTH_CHECK_FEATURES,
        &OTHER_HEALTH_CHECK_FEATURES,
        &RESOLVER_INTERFACE_HOURS,
        &DOH_INTERFACE_HOURS,
        &RESOLVER_QUERIES,
        &FIREWALL_DOMAINS,
        &FIREWALL_QUERIES,
        &PROFILE_BASE_HOURS,
        &PROFILE_ASSOCIATION_HOURS,
    ],
    sources: &["https://aws.amazon.com/route53/pricing/"],
    example: Example {
        region: "us-east-1",
        usage: r#"{"hosted_zones": 3, "standard_queries": 5000000, "aws_health_checks": 2, "resolver_interfaces": 4, "resolver_queries": 100000000}"#,
    },
    read: read::<Route53>,
    schema: schema::<Route53>,
};

/// What is planned of Amazon Route 53.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Route53 {
    /// Hosted zones, public and private. Whole, 0 to 10,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub hosted_zones: Amount,
    /// Records above 10,000 in a zone, added up over the zones: a zone of 12,000 has 2,000. Whole, 0 to 10,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub extra_records: Amount,
    /// Queries a month to public zones with simple, weighted, failover or multivalue answers.
    /// 0 to 1,000,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub standard_queries: Amount,
    /// Queries a month with latency-based routing. 0 to 1,000,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub latency_queries: Amount,
    /// Queries a month with geolocation routing. 0 to 1,000,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub geolocation_queries: Amount,
    /// Queries a month with geoproximity routing. 0 to 1,000,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub geoproximity_queries: Amount,
    /// Queries a month with IP-based routing. 0 to 1,000,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub ip_based_queries: Amount,
    /// Queries a month that alias records answer with AWS resources; free. 0 to 1,000,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub alias_queries: Amount,
    /// CIDR blocks of IP-based routing. Whole, 0 to 10,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub cidr_blocks: Amount,
    /// Policy records of traffic flow. Whole, 0 to 10,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub policy_records: Amount,
    /// Health checks of AWS endpoints. Whole, 0 to 10,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub aws_health_checks: Amount,
    /// Health checks of endpoints outside AWS. Whole, 0 to 10,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub other_health_checks: Amount,
    /// Optional features of health checks of AWS endpoints, added up over the checks: HTTPS, string matching, a fast
    /// interval and latency measurement are one each. Whole, 0 to 10,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub aws_health_check_features: Amount,
    /// The same of health checks of endpoints outside AWS. Whole, 0 to 10,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub other_health_check_features: Amount,
    /// Network interfaces of Resolver endpoints, inbound and outbound: two or more for each endpoint.
    /// Whole, 0 to 10,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub resolver_interfaces: Amount,
    /// Network interfaces of Resolver endpoints for DNS over HTTPS; they do not count as `resolver_interfaces`.
    /// Whole, 0 to 10,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub doh_resolver_interfaces: Amount,
    /// Queries a month that pass Resolver endpoints. 0 to 1,000,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub resolver_queries: Amount,
    /// Domain names in own lists of DNS Firewall. Whole, 0 to 10,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub firewall_domains: Amount,
    /// Queries a month that DNS Firewall looks at. 0 to 1,000,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub firewall_queries: Amount,
    /// VPC associations of Profiles of the account in the Region. Whole, 0 to 10,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub profile_vpc_associations: Amount,
    /// Hours of the month the Resolver endpoints and Profile associations exist, 0 to 744. Left out: the whole month.
    pub hours: Option<Amount>,
}

/// Something that is counted: its field and line, its words, its meter, how many, and what they are.
type Counted<'u> = (&'static str, &'static str, &'static MeterSpec, &'u Amount, &'static str);

impl Route53 {
    /// What costs by the month.
    fn things(&self) -> [Counted<'_>; 9] {
        [
            ("hosted_zones", "Hosted zones", &HOSTED_ZONES, &self.hosted_zones, "zones"),
            ("extra_records", "Records above those of a zone", &EXTRA_RECORDS, &self.extra_records, "records"),
            ("cidr_blocks", "CIDR blocks of IP-based routing", &CIDR_BLOCKS, &self.cidr_blocks, "blocks"),
            ("policy_records", "Traffic flow policy records", &POLICY_RECORDS, &self.policy_records, "records"),
            ("aws_health_checks", "Health checks, AWS", &AWS_HEALTH_CHECKS, &self.aws_health_checks, "checks"),
            (
                "other_health_checks",
                "Health checks, outside AWS",
                &OTHER_HEALTH_CHECKS,
                &self.other_health_checks,
                "checks",
            ),
            (
                "aws_health_check_features",
                "Optional features of health checks, AWS",
                &AWS_HEALTH_CHECK_FEATURES,
                &self.aws_health_check_features,
                "features",
            ),
            (
                "other_health_check_features",
                "Optional features of health checks, outside AWS",
                &OTHER_HEALTH_CHECK_FEATURES,
                &self.other_health_check_features,
                "features",
            ),
            ("firewall_domains", "DNS Firewall domain names", &FIREWALL_DOMAINS, &self.firewall_domains, "domains"),
        ]
    }

    /// What costs by the query.
    fn queries(&self) -> [Counted<'_>; 8] {
        let of = "queries";
        [
            ("standard_queries", "Standard queries", &STANDARD_QUERIES, &self.standard_queries, of),
            ("latency_queries", "Latency-based queries", &LATENCY_QUERIES, &self.latency_queries, of),
            ("geolocation_queries", "Geolocation queries", &GEOLOCATION_QUERIES, &self.geolocation_queries, of),
            ("geoproximity_queries", "Geoproximity queries", &GEOPROXIMITY_QUERIES, &self.geoproximity_queries, of),
            ("ip_based_queries", "IP-based queries", &IP_BASED_QUERIES, &self.ip_based_queries, of),
            ("alias_queries", "Queries of alias records, free", &ALIAS_QUERIES, &self.alias_queries, of),
            ("resolver_queries", "Resolver endpoint queries", &RESOLVER_QUERIES, &self.resolver_queries, of),
            ("firewall_queries", "DNS Firewall queries", &FIREWALL_QUERIES, &self.firewall_queries, of),
        ]
    }

    /// What costs by the hour, besides Profiles.
    fn interfaces(&self) -> [Counted<'_>; 2] {
        [
            (
                "resolver_interfaces",
                "Resolver endpoint interface hours",
                &RESOLVER_INTERFACE_HOURS,
                &self.resolver_interfaces,
                "interfaces",
            ),
            (
                "doh_resolver_interfaces",
                "Resolver endpoint interface hours, DNS over HTTPS",
                &DOH_INTERFACE_HOURS,
                &self.doh_resolver_interfaces,
                "interfaces",
            ),
        ]
    }

    /// Meters the VPC associations of Profiles: a base fee where there is any, and those beyond it.
    fn profiles(&self, m: &mut Metering<'_>, hours: &Amount) -> Result<(), NumberError> {
        let included = m.fact("route53_profiles_associations_in_base")?;
        let base = m.probe.min(&self.profile_vpc_associations, &Amount::ONE);
        let further = m.probe.beyond(&self.profile_vpc_associations, &included);
        m.line("profile_base_hours", "Profile hours, base fee", &PROFILE_BASE_HOURS)
            .times(&base, "base fees")?
            .times(hours, "hours")?
            .put(m);
        m.line("profile_association_hours", "Profile association hours above the base", &PROFILE_ASSOCIATION_HOURS)
            .times(&further, "associations")?
            .times(hours, "hours")?
            .put(m);
        Ok(())
    }
}

impl Usage for Route53 {
    fn check(&self, check: &mut Check, _: &Catalog) {
        for (field, _, _, number, _) in self.things().into_iter().chain(self.interfaces()) {
            check.whole(field, number, 0, MAX_THINGS);
        }
        for (field, _, _, queries, _) in self.queries() {
            check.amount(field, queries, MAX_QUERIES);
        }
        check.whole("profile_vpc_associations", &self.profile_vpc_associations, 0, MAX_THINGS);
        check.optional_amount("hours", self.hours.as_ref(), 744);
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let hours = m.hours_or_month(self.hours.as_ref());
        for (id, label, meter, number, of) in self.things().into_iter().chain(self.queries()) {
            m.line(id, label, meter).times(number, of)?.put(m);
        }
        for (id, label, meter, number, of) in self.interfaces() {
            m.line(id, label, meter).times(number, of)?.times(&hours, "hours")?.put(m);
        }
        self.profiles(m, &hours)
    }
}
