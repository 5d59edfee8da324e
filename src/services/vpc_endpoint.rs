//! VPC endpoints: private ways from a VPC to AWS services, to services of others and to single resources.
//!
//! How AWS bills it (<https://aws.amazon.com/privatelink/pricing/>, read 2026-11-22):
//! - A gateway endpoint, for S3 or DynamoDB, is free.
//! - An interface endpoint costs for every hour in each Availability Zone it is provisioned in, attached or not; a
//!   part of an hour counts as a whole one. A Gateway Load Balancer endpoint stands in one zone and costs by the hour.
//! - A resource endpoint costs by the hour. AWS names no price for each of its zones, so that it counts once here.
//! - An endpoint of a service network is free; what is reached through it costs as `vpc_lattice` says.
//! - Each gigabyte that passes an endpoint costs, in both directions. All interface endpoints of a Region share one
//!   ladder: the first 1,048,576 GB, the next 4,194,304 GB and the rest. Resource endpoints have a ladder of their own,
//!   and the owner of the resource pays for each gigabyte too.
//! - Traffic between zones on the way to an interface endpoint has been free since 2022-04-01.
//! - Who offers a service to other Regions pays for each Region and hour. Who uses one from another Region also pays
//!   data transfer between the Regions, in both directions.

use serde::Deserialize;
use utoipa::ToSchema;

use super::data_transfer::{self, check_items, check_other_regions, check_regions};
use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::unit::Unit;

/// An hour of a gateway endpoint; free.
pub const GATEWAY_ENDPOINT_HOURS: MeterSpec = MeterSpec::global("AmazonVPC", "gateway-endpoint", "", Unit::HOURS);
/// An hour of an interface endpoint in a zone.
pub const INTERFACE_HOURS: MeterSpec =
    MeterSpec::regional("AmazonVPC", "VpcEndpoint-Hours", "VpcEndpoint", Unit::HOURS);
/// Data through interface endpoints.
pub const INTERFACE_BYTES: MeterSpec = MeterSpec::regional("AmazonVPC", "VpcEndpoint-Bytes", "VpcEndpoint", Unit::GB);
/// An hour of a Gateway Load Balancer endpoint.
pub const GATEWAY_LOAD_BALANCER_HOURS: MeterSpec =
    MeterSpec::regional("AmazonVPC", "VpcEndpoint-GWLBE-Hours", "VpcEndpoint", Unit::HOURS);
/// Data through Gateway Load Balancer endpoints.
pub const GATEWAY_LOAD_BALANCER_BYTES: MeterSpec =
    MeterSpec::regional("AmazonVPC", "VpcEndpoint-GWLBE-Bytes", "VpcEndpoint", Unit::GB);
/// An hour of a resource endpoint.
const RESOURCE_HOURS: MeterSpec =
    MeterSpec::regional("AmazonVPC", "VpcEndpoint-Resource-Hours", "VpcResourceConsumer", Unit::HOURS);
/// Data through resource endpoints, on the side that uses the resource.
pub const RESOURCE_CONSUMER_BYTES: MeterSpec =
    MeterSpec::regional("AmazonVPC", "vpc-resource-consumer-bytes", "", Unit::GB);
/// Data through resource endpoints, on the side that owns the resource.
pub const RESOURCE_PROVIDER_BYTES: MeterSpec =
    MeterSpec::regional("AmazonVPC", "vpc-resource-provider-bytes", "", Unit::GB);
/// An hour of an endpoint of a service network of VPC Lattice; free.
pub const SERVICE_NETWORK_ENDPOINT_HOURS: MeterSpec =
    MeterSpec::global("AmazonVPC", "lattice-service-network-endpoint", "", Unit::HOURS);
/// An hour of another Region that a service is offered to.
const SERVICE_REGION_HOURS: MeterSpec = MeterSpec::regional("AmazonVPC", "VpcEndpoint-Service-Hours", "", Unit::HOURS);

/// The most Availability Zones of a Region.
const MAX_AZS: u64 = 6;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "vpc_endpoint",
    name: "VPC endpoints and AWS PrivateLink",
    about: "Gateway, interface, Gateway Load Balancer and resource endpoints of a VPC: their hours, the data through \
            them, and services offered to or used from other Regions.",
    excluded: &[
        "The load balancer behind an endpoint service: see `elastic_load_balancing`",
        "Services and resources behind a service network endpoint: see `vpc_lattice`",
        "Tunnel endpoints",
        "What the service behind the endpoint costs itself",
        "Endpoints that an AWS service includes in its own price",
    ],
    meters: &[
        &GATEWAY_ENDPOINT_HOURS,
        &INTERFACE_HOURS,
        &INTERFACE_BYTES,
        &GATEWAY_LOAD_BALANCER_HOURS,
        &GATEWAY_LOAD_BALANCER_BYTES,
        &RESOURCE_HOURS,
        &RESOURCE_CONSUMER_BYTES,
        &RESOURCE_PROVIDER_BYTES,
        &SERVICE_NETWORK_ENDPOINT_HOURS,
        &SERVICE_REGION_HOURS,
        &data_transfer::BETWEEN_REGIONS,
    ],
    sources: &[
        "https://aws.amazon.com/privatelink/pricing/",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
        "https://aws.amazon.com/vpc/lattice/pricing/",
    ],
    example: Example {
        region: "us-east-1",
        usage: r#"{"gateway_endpoints": 1, "interface_endpoints": 3, "azs": 2, "interface_gb": 500}"#,
    },
    read: read::<VpcEndpoint>,
    schema: schema::<VpcEndpoint>,
};

/// What is planned of VPC endpoints.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VpcEndpoint {
    /// Gateway endpoints, for S3 or DynamoDB; free. Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub gateway_endpoints: Amount,
    /// Interface endpoints: one for each service and VPC. Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub interface_endpoints: Amount,
    /// Availability Zones in which each interface endpoint is provisioned. Whole, 1 to 6. Left out: 1.
    pub azs: Option<Amount>,
    /// Gigabytes a month through all interface endpoints, both directions together. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub interface_gb: Amount,
    /// Gateway Load Balancer endpoints, one for each zone. Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub gateway_load_balancer_endpoints: Amount,
    /// Gigabytes a month through the Gateway Load Balancer endpoints. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub gateway_load_balancer_gb: Amount,
    /// Resource endpoints. Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub resource_endpoints: Amount,
    /// Gigabytes a month through the resource endpoints, paid by the VPC that uses the resource.
    /// 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub resource_consumer_gb: Amount,
    /// Gigabytes a month that others exchange with your own resources through resource endpoints, paid by the owner.
    /// 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub resource_provider_gb: Amount,
    /// Endpoints of service networks of VPC Lattice; free. Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub service_network_endpoints: Amount,
    /// Other Regions that your own endpoint services are offered to, added up over the services.
    /// Whole, 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub service_regions: Amount,
    /// Data through endpoints to and from services in other Regions, each Region named once; it also counts as
    /// `interface_gb`.
    #[serde(default)]
    pub to_regions: Vec<DataToServiceRegion>,
    /// Hours of the month the endpoints exist, 0 to 744. Left out: the whole month.
    pub hours: Option<Amount>,
}

/// Data exchanged with a service in another Region.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DataToServiceRegion {
    /// The Region of the service.
    #[schema(example = "eu-west-1")]
    pub region: String,
    /// Gigabytes a month sent to the service. 0 to 1,000,000,000,000.
    pub gb: Amount,
    /// Gigabytes a month that the service sends back; its Region bills them. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_in_gb: Amount,
}

impl Usage for VpcEndpoint {
    fn check(&self, check: &mut Check, catalog: &Catalog) {
        check.whole("gateway_endpoints", &self.gateway_endpoints, 0, 10_000);
        check.whole("interface_endpoints", &self.interface_endpoints, 0, 10_000);
        check.optional_whole("azs", self.azs.as_ref(), 1, MAX_AZS);
        check.amount("interface_gb", &self.interface_gb, CAP);
        check.whole("gateway_load_balancer_endpoints", &self.gateway_load_balancer_endpoints, 0, 10_000);
        check.amount("gateway_load_balancer_gb", &self.gateway_load_balancer_gb, CAP);
        check.whole("resource_endpoints", &self.resource_endpoints, 0, 10_000);
        check.amount("resource_consumer_gb", &self.resource_consumer_gb, CAP);
        check.amount("resource_provider_gb", &self.resource_provider_gb, CAP);
        check.whole("service_network_endpoints", &self.service_network_endpoints, 0, 10_000);
        check.whole("service_regions", &self.service_regions, 0, 10_000);
        check_regions(check, "to_regions", self.to_regions.iter().map(|to| to.region.as_str()), catalog);
        check_items(check, "to_regions", &self.to_regions, |check, to, _| {
            check.amount("gb", &to.gb, CAP);
            check.amount("data_in_gb", &to.data_in_gb, CAP);
        });
        check.optional_amount("hours", self.hours.as_ref(), 744);
    }

    fn check_in(&self, region: &str, check: &mut Check) {
        let regions = self.to_regions.iter().map(|to| to.region.as_str());
        check_other_regions(check, "to_regions", regions, region, "data inside it crosses no Region");
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let hours = m.hours_or_month(self.hours.as_ref());
        m.line("gateway_endpoint_hours", "Gateway endpoint hours, free", &GATEWAY_ENDPOINT_HOURS)
            .times(&self.gateway_endpoints, "endpoints")?
            .times(&hours, "hours")?
            .put(m);
        if self.azs.is_none() && !self.interface_endpoints.is_zero() {
            m.assume("azs", "1", "an interface endpoint needs one Availability Zone at least");
        }
        let azs = self.azs.clone().unwrap_or(Amount::ONE);
        m.line("interface_hours", "Interface endpoint hours, for each zone", &INTERFACE_HOURS)
            .times(&self.interface_endpoints, "endpoints")?
            .times(&azs, "zones")?
            .times(&hours, "hours")?
            .put(m);
        m.line("interface_data", "Data through interface endpoints", &INTERFACE_BYTES)
            .times(&self.interface_gb, "GB")?
            .put(m);
        m.line("gateway_load_balancer_hours", "Gateway Load Balancer endpoint hours", &GATEWAY_LOAD_BALANCER_HOURS)
            .times(&self.gateway_load_balancer_endpoints, "endpoints")?
            .times(&hours, "hours")?
            .put(m);
        m.line(
            "gateway_load_balancer_data",
            "Data through Gateway Load Balancer endpoints",
            &GATEWAY_LOAD_BALANCER_BYTES,
        )
        .times(&self.gateway_load_balancer_gb, "GB")?
        .put(m);
        m.line("resource_hours", "Resource endpoint hours", &RESOURCE_HOURS)
            .times(&self.resource_endpoints, "endpoints")?
            .times(&hours, "hours")?
            .put(m);
        m.line("resource_consumer_data", "Data through resource endpoints", &RESOURCE_CONSUMER_BYTES)
            .times(&self.resource_consumer_gb, "GB")?
            .put(m);
        m.line("resource_provider_data", "Data of own resources through resource endpoints", &RESOURCE_PROVIDER_BYTES)
            .times(&self.resource_provider_gb, "GB")?
            .put(m);
        m.line(
            "service_network_endpoint_hours",
            "Service network endpoint hours, free",
            &SERVICE_NETWORK_ENDPOINT_HOURS,
        )
        .times(&self.service_network_endpoints, "endpoints")?
        .times(&hours, "hours")?
        .put(m);
        m.line("service_region_hours", "Hours of other Regions that a service is offered to", &SERVICE_REGION_HOURS)
            .times(&self.service_regions, "Regions")?
            .times(&hours, "hours")?
            .put(m);
        for to in &self.to_regions {
            data_transfer::between_regions(m, &to.region, &to.gb)?;
            data_transfer::back_from_region(m, &to.region, &to.data_in_gb)?;
        }
        Ok(())
    }
}
