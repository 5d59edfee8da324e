//! Amazon VPC Lattice: services that other VPCs call by name, and single resources shared with them.
//!
//! How AWS bills it (<https://aws.amazon.com/vpc/lattice/pricing/>, read 2026-11-22):
//! - Each service costs for every hour or part of one that it is provisioned. Service networks, the association of a
//!   VPC with one, and endpoints of a service network are free.
//! - Each gigabyte to and from a service costs data processing: what it receives and what it answers, added up. Crossing
//!   Availability Zones is part of that price and costs nothing more.
//! - Each request costs that a service with an HTTP or HTTPS listener receives, and each TCP connection of a service
//!   with a TLS listener. AWS counts them by the hour, and the first 300,000 of each service in each hour are a free
//!   allowance. What one service does not use of it is lost to the others, and so is what an hour leaves over.
//! - The month is given here as a whole, so the allowance depends on how the requests are spread: they count as even
//!   over the services and over the hours in which they come (`busy_hours`).
//! - Each resource (a database, an address, a domain name) in a service network costs for every hour. Who uses it pays
//!   for each gigabyte in the ladder of the resource endpoints of `vpc_endpoint`, and its owner for each gigabyte too.

use serde::Deserialize;
use utoipa::ToSchema;

use super::metering::{MeterSpec, Metering};
use super::vpc_endpoint::{RESOURCE_CONSUMER_BYTES, RESOURCE_PROVIDER_BYTES, SERVICE_NETWORK_ENDPOINT_HOURS};
use super::{Example, Service, Usage, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::unit::Unit;

/// An hour of a service.
pub const SERVICE_HOURS: MeterSpec = MeterSpec::regional("AmazonVPC", "lattice-service-hours", "", Unit::HOURS);
/// Data to and from services.
pub const SERVICE_BYTES: MeterSpec = MeterSpec::regional("AmazonVPC", "lattice-service-bytes", "", Unit::GB);
/// Requests to services, or TCP connections of services with a TLS listener.
pub const SERVICE_REQUESTS: MeterSpec =
    MeterSpec::regional("AmazonVPC", "lattice-service-requests", "", Unit::REQUESTS);
/// An hour of a resource in a service network.
pub const RESOURCE_HOURS: MeterSpec =
    MeterSpec::regional("AmazonVPC", "vpc-resource-in-service-network-hours", "", Unit::HOURS);

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "vpc_lattice",
    name: "Amazon VPC Lattice",
    about: "Services by the hour, the data and the requests they exchange, with the allowance of each service and hour, \
            and resources shared through a service network.",
    excluded: &[
        "The targets behind a service: instances, tasks, functions, load balancers",
        "Resource endpoints outside a service network: see `vpc_endpoint`",
        "Access logs in CloudWatch, S3 or Data Firehose",
        "Requests whose rate changes from hour to hour: an even rate over `busy_hours` is assumed",
    ],
    meters: &[
        &SERVICE_HOURS,
        &SERVICE_BYTES,
        &SERVICE_REQUESTS,
        &SERVICE_NETWORK_ENDPOINT_HOURS,
        &RESOURCE_HOURS,
        &RESOURCE_CONSUMER_BYTES,
        &RESOURCE_PROVIDER_BYTES,
    ],
    sources: &["https://aws.amazon.com/vpc/lattice/pricing/"],
    example: Example {
        region: "us-east-1",
        usage: r#"{"services": 20, "data_gb": 2000, "requests": 5000000000, "vpc_resources": 1, "resource_consumer_gb": 100}"#,
    },
    read: read::<VpcLattice>,
    schema: schema::<VpcLattice>,
};

/// What is planned of Amazon VPC Lattice.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VpcLattice {
    /// Services. Whole, 0 to 100,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub services: Amount,
    /// Hours of the month the services and resources exist, 0 to 744. Left out: the whole month.
    pub hours: Option<Amount>,
    /// Gigabytes a month to and from all services, both directions together. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_gb: Amount,
    /// Requests a month to all services; for services with a TLS listener, their TCP connections.
    /// 0 to 1,000,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub requests: Amount,
    /// Hours of the month in which the requests come, evenly: 176 for eight hours on 22 days. The free allowance counts
    /// for these hours only. 0 to `hours`. Left out: all hours that the services exist.
    pub busy_hours: Option<Amount>,
    /// Endpoints of service networks, in any VPC; free. Whole, 0 to 100,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub service_network_endpoints: Amount,
    /// Resources in service networks, over all networks. Whole, 0 to 100,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub vpc_resources: Amount,
    /// Gigabytes a month exchanged with resources through service networks, paid by the VPC that uses the resource.
    /// 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub resource_consumer_gb: Amount,
    /// Gigabytes a month that others exchange with your own resources, paid by the owner. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub resource_provider_gb: Amount,
}

impl Usage for VpcLattice {
    fn check(&self, check: &mut Check, _: &Catalog) {
        check.whole("services", &self.services, 0, 100_000);
        check.optional_amount("hours", self.hours.as_ref(), 744);
        check.amount("data_gb", &self.data_gb, CAP);
        check.amount("requests", &self.requests, 1_000_000_000_000_000);
        check.optional_amount("busy_hours", self.busy_hours.as_ref(), 744);
        check.whole("service_network_endpoints", &self.service_network_endpoints, 0, 100_000);
        check.whole("vpc_resources", &self.vpc_resources, 0, 100_000);
        check.amount("resource_consumer_gb", &self.resource_consumer_gb, CAP);
        check.amount("resource_provider_gb", &self.resource_provider_gb, CAP);
        if let (Some(busy), Some(hours)) = (&self.busy_hours, &self.hours)
            && busy.compare_values(hours).is_gt()
        {
            let detail = format!("`busy_hours` is {busy}; the services exist for {hours} hours only");
            check.mistake("busy_hours", Code::Conflict, detail);
        }
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let hours = m.hours_or_month(self.hours.as_ref());
        m.line("service_hours", "VPC Lattice service hours", &SERVICE_HOURS)
            .times(&self.services, "services")?
            .times(&hours, "hours")?
            .put(m);
        m.line("service_data", "Data to and from VPC Lattice services", &SERVICE_BYTES)
            .times(&self.data_gb, "GB")?
            .put(m);
        if self.busy_hours.is_none() && !self.requests.is_zero() {
            m.assume("busy_hours", hours.to_string(), "the requests count as even over all hours and services");
        }
        let busy = self.busy_hours.clone().unwrap_or_else(|| hours.clone());
        m.line("service_requests", "Requests to VPC Lattice services", &SERVICE_REQUESTS)
            .times(&self.requests, "requests")?
            .allowed(self.services.times(&busy)?)
            .put(m);
        m.line(
            "service_network_endpoint_hours",
            "Service network endpoint hours, free",
            &SERVICE_NETWORK_ENDPOINT_HOURS,
        )
        .times(&self.service_network_endpoints, "endpoints")?
        .times(&hours, "hours")?
        .put(m);
        m.line("resource_hours", "Hours of resources in service networks", &RESOURCE_HOURS)
            .times(&self.vpc_resources, "resources")?
            .times(&hours, "hours")?
            .put(m);
        m.line("resource_consumer_data", "Data with resources in service networks", &RESOURCE_CONSUMER_BYTES)
            .times(&self.resource_consumer_gb, "GB")?
            .put(m);
        m.line("resource_provider_data", "Data of own resources in service networks", &RESOURCE_PROVIDER_BYTES)
            .times(&self.resource_provider_gb, "GB")?
            .put(m);
        Ok(())
    }
}
