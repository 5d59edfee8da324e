//! AWS Client VPN: a managed endpoint that single users connect to with OpenVPN clients.
//!
//! How AWS bills it (<https://aws.amazon.com/vpn/pricing/>, read 2026-11-22):
//! - Each subnet that is associated with an endpoint costs for every hour it is associated, with users or without. An
//!   endpoint without an association costs nothing.
//! - Each client connection costs for every hour it is up; a part of an hour counts as that part.
//! - Data sent to the users is ordinary data transfer out to the internet; data received from them is free. Crossing
//!   Availability Zones between the endpoint and its targets costs nothing.

use serde::Deserialize;
use utoipa::ToSchema;

use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, data_transfer, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::unit::Unit;

/// An hour of a subnet associated with an endpoint.
const ASSOCIATION_HOURS: MeterSpec =
    MeterSpec::regional("AmazonVPC", "ClientVPN-EndpointHours", "ClientVPNEndpoints", Unit::HOURS);
/// An hour of a client connection.
const CONNECTION_HOURS: MeterSpec =
    MeterSpec::regional("AmazonVPC", "ClientVPN-ConnectionHours", "ClientVPNConnections", Unit::HOURS);

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "client_vpn",
    name: "AWS Client VPN",
    about: "Subnet associations of Client VPN endpoints by the hour, client connections by the hour, and data out to the users.",
    excluded: &[
        "Endpoints attached to a transit gateway instead of subnets, with their attachment and data processing",
        "User directories, certificates of AWS Private Certificate Authority, and connection logs in CloudWatch",
        "NAT gateways and public IPv4 addresses behind the endpoint, for users who reach the internet through it",
    ],
    meters: &[&ASSOCIATION_HOURS, &CONNECTION_HOURS, &data_transfer::INTERNET_OUT],
    sources: &["https://aws.amazon.com/vpn/pricing/"],
    example: Example {
        region: "us-east-1",
        usage: r#"{"subnet_associations": 2, "connection_hours": 225, "data_out_gb": 50}"#,
    },
    read: read::<ClientVpn>,
    schema: schema::<ClientVpn>,
};

/// What is planned of AWS Client VPN.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientVpn {
    /// Subnets associated with endpoints, over all endpoints: an endpoint in two zones has two. Whole, 0 to 10,000.
    pub subnet_associations: Amount,
    /// Hours of the month the subnets are associated, 0 to 744. Left out: the whole month.
    pub hours: Option<Amount>,
    /// Hours a month that clients are connected, added up over all of them: 10 users for 20 hours each are 200.
    /// 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub connection_hours: Amount,
    /// Gigabytes a month from AWS to the users. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
}

impl Usage for ClientVpn {
    fn check(&self, check: &mut Check, _: &Catalog) {
        check.whole("subnet_associations", &self.subnet_associations, 0, 10_000);
        check.optional_amount("hours", self.hours.as_ref(), 744);
        check.amount("connection_hours", &self.connection_hours, CAP);
        check.amount("data_out_gb", &self.data_out_gb, CAP);
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        m.line("association_hours", "Subnet association hours", &ASSOCIATION_HOURS)
            .times(&self.subnet_associations, "associations")?
            .times(&m.hours_or_month(self.hours.as_ref()), "hours")?
            .put(m);
        m.line("connection_hours", "Client connection hours", &CONNECTION_HOURS)
            .times(&self.connection_hours, "hours connected")?
            .put(m);
        data_transfer::internet_out(m, &self.data_out_gb)
    }
}
