//! Floor 2: the services. Each file turns what a person plans into usage records, as AWS meters it.
//!
//! A service knows how AWS meters and knows no price. [`SERVICES`] is the list that routes, OpenAPI, the command
//! line, batch rows and tests are made from: adding a service is one file, its price rows, its case file and one
//! line here.

use std::fmt;

use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::catalog::Catalog;
use crate::domain::amount::NumberError;
use crate::domain::check::Check;
use crate::domain::problem::Problem;
use crate::domain::read::from_json;

pub mod client_vpn;
pub mod data_transfer;
pub mod direct_connect;
pub mod global_accelerator;
pub mod metering;
pub mod plan;
pub mod public_ipv4;
pub mod site_to_site_vpn;
pub mod transit_gateway;

use metering::{MeterSpec, Metering};

/// Every service that can be estimated.
pub static SERVICES: &[Service] = &[
    site_to_site_vpn::SERVICE,
    client_vpn::SERVICE,
    direct_connect::SERVICE,
    transit_gateway::SERVICE,
    public_ipv4::SERVICE,
    data_transfer::SERVICE,
    global_accelerator::SERVICE,
];

/// What a person plans to use of one service.
pub trait Usage: fmt::Debug + Send + Sync {
    /// Finds every value outside its range.
    fn check(&self, check: &mut Check, catalog: &Catalog);

    /// Finds what does not fit the Region of the resource, such as data sent to "another" Region that is the same.
    /// It goes with [`Usage::check`]; most services have nothing to say here.
    fn check_in(&self, _region: &str, _check: &mut Check) {}

    /// Turns the plan into usage records, as AWS meters it. The values have been checked.
    ///
    /// # Errors
    /// Where two amounts that both move with a swept input would have to be multiplied.
    fn meter(&self, metering: &mut Metering<'_>) -> Result<(), NumberError>;
}

/// A service: an entry of the list.
pub struct Service {
    /// The id, spelled the same everywhere: file, URL, command line, case file.
    pub id: &'static str,
    /// The name AWS gives it.
    pub name: &'static str,
    /// What it is and what the estimate covers, in a sentence or two.
    pub about: &'static str,
    /// What AWS may bill around it that the estimate leaves out.
    pub excluded: &'static [&'static str],
    /// Every meter it can emit.
    pub meters: &'static [&'static MeterSpec],
    /// The pages that say how AWS bills it.
    pub sources: &'static [&'static str],
    /// A request to try.
    pub example: Example,
    /// Reads the usage from JSON.
    pub read: fn(&str) -> Result<Box<dyn Usage>, Problem>,
    /// The JSON Schema of the usage.
    pub schema: fn() -> NamedSchema,
}

/// A request to try.
pub struct Example {
    /// The Region.
    pub region: &'static str,
    /// The usage, as JSON.
    pub usage: &'static str,
}

/// A schema with its name and the schemas it refers to.
pub struct NamedSchema {
    /// The name, unique over all services and decisions.
    pub name: String,
    /// The schema.
    pub schema: RefOr<Schema>,
    /// The schemas it refers to, by name.
    pub refers_to: Vec<(String, RefOr<Schema>)>,
}

/// Reads a usage from JSON; the `read` of an entry.
fn read<T: Usage + serde::de::DeserializeOwned + 'static>(text: &str) -> Result<Box<dyn Usage>, Problem> {
    Ok(Box::new(from_json::<T>(text)?))
}

/// The JSON Schema of an input type; the `schema` of an entry.
pub fn schema<T: ToSchema>() -> NamedSchema {
    let mut refers_to = Vec::new();
    T::schemas(&mut refers_to);
    NamedSchema { name: T::name().into_owned(), schema: <T as PartialSchema>::schema(), refers_to }
}

/// The service with an id.
pub fn find(id: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.id == id)
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("id", &self.id).finish_non_exhaustive()
    }
}
