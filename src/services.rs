//! Floor 2: the services. Each file turns what a person plans into usage records, as AWS meters it.
//!
//! A service knows how AWS meters and knows no price. [`SERVICES`] is the list that routes, OpenAPI, the command
//! line, batch rows and tests are made from: adding a service is one file, its price rows, its case file and one
//! line here.

use std::collections::HashSet;
use std::fmt;

use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::catalog::Catalog;
use crate::domain::amount::NumberError;
use crate::domain::check::Check;
use crate::domain::problem::Problem;
use crate::domain::read::from_json;

pub mod api_gateway;
pub mod client_vpn;
pub mod cloud_wan;
pub mod cloudfront;
pub mod cloudwatch_logs;
pub mod commitments;
pub mod data_transfer;
pub mod direct_connect;
pub mod dynamodb;
pub mod ebs;
pub mod ec2;
pub mod ecr;
pub mod ecs;
pub mod efs;
pub mod eks;
pub mod elastic_load_balancing;
pub mod eventbridge;
pub mod fargate;
pub mod global_accelerator;
pub mod kinesis;
pub mod lambda;
pub mod metering;
pub mod nat_gateway;
pub mod network_firewall;
pub mod plan;
pub mod public_ipv4;
pub mod rds;
pub mod route53;
pub mod s3;
pub mod site_to_site_vpn;
pub mod sns;
pub mod sqs;
pub mod step_functions;
pub mod transit_gateway;
pub mod vpc_endpoint;
pub mod vpc_lattice;
pub mod vpc_peering;

use metering::{MeterSpec, Metering};

/// Every service that can be estimated.
pub static SERVICES: &[Service] = &[
    site_to_site_vpn::SERVICE,
    client_vpn::SERVICE,
    direct_connect::SERVICE,
    transit_gateway::SERVICE,
    cloud_wan::SERVICE,
    vpc_peering::SERVICE,
    public_ipv4::SERVICE,
    data_transfer::SERVICE,
    global_accelerator::SERVICE,
    nat_gateway::SERVICE,
    network_firewall::SERVICE,
    vpc_endpoint::SERVICE,
    vpc_lattice::SERVICE,
    elastic_load_balancing::SERVICE,
    route53::SERVICE,
    cloudwatch_logs::SERVICE,
    ecr::SERVICE,
    ebs::SERVICE,
    fargate::SERVICE,
    ec2::SERVICE,
    lambda::SERVICE,
    ecs::SERVICE,
    eks::SERVICE,
    sqs::SERVICE,
    sns::SERVICE,
    api_gateway::SERVICE,
    s3::SERVICE,
    cloudfront::SERVICE,
    dynamodb::SERVICE,
    rds::SERVICE,
    eventbridge::SERVICE,
    step_functions::SERVICE,
    kinesis::SERVICE,
    efs::SERVICE,
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
    let mut seen = HashSet::new();
    refers_to.retain(|(name, _)| seen.insert(name.clone()));
    for (_, schema) in &mut refers_to {
        annotate(schema);
    }
    let mut schema = <T as PartialSchema>::schema();
    annotate(&mut schema);
    NamedSchema { name: T::name().into_owned(), schema, refers_to }
}

/// Moves what a field says about its inlined enum onto the field.
///
/// utoipa 6 writes the description and the default of such a field as a second schema beside the enum, of type
/// `object`. No value fits a string and an object at once, so that a client which validates would refuse every request.
pub fn annotate(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) => object.properties.values_mut().for_each(annotate),
        RefOr::T(Schema::OneOf(one)) => one.items.iter_mut().for_each(annotate),
        RefOr::T(Schema::AllOf(all)) => {
            let is_annotation = |item: &RefOr<Schema>| matches!(item, RefOr::T(Schema::Object(object)) if object.properties.is_empty() && object.enum_values.is_none());
            if let Some(at) = all.items.iter().position(is_annotation)
                && let RefOr::T(Schema::Object(annotation)) = all.items.remove(at)
            {
                all.description = annotation.description;
                all.default = annotation.default;
                all.example = annotation.example;
            }
        }
        _ => {}
    }
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::fs;
    use std::path::Path;
    use std::sync::LazyLock;

    use serde_json::Value;

    use super::*;
    use crate::catalog::load::seed_catalog;
    use crate::domain::meter::UsageRecord;
    use crate::domain::month::Month;
    use crate::domain::probe::Probe;

    static CATALOG: LazyLock<Catalog> =
        LazyLock::new(|| seed_catalog().map_err(|mistakes| mistakes.to_string()).expect("the seed is sound"));

    /// The records of a usage, or `None` where it is refused.
    fn records(service: &Service, region: &str, usage: &str) -> Option<Vec<Box<UsageRecord>>> {
        let catalog = &*CATALOG;
        let usage = (service.read)(usage).ok()?;
        let mut check = Check::at("");
        usage.check(&mut check, catalog);
        usage.check_in(region, &mut check);
        if !check.into_problems().is_empty() {
            return None;
        }
        let (month, mut probe) = (Month::convention(), Probe::new());
        let mut metering = Metering::new(catalog, region, &month, &mut probe, 0);
        usage.meter(&mut metering).expect("amounts that stand still can be multiplied");
        Some(metering.records)
    }

    /// The Regions and usages of a service's case file; none where it has no file.
    fn cases(service: &Service) -> Vec<(String, String)> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cases/services/{}.yaml", service.id));
        let Ok(text) = fs::read_to_string(file) else { return Vec::new() };
        let file: Value = serde_saphyr::from_str(&text).expect("YAML");
        let text_of = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut usages = Vec::new();
        for request in file["cases"].as_array().into_iter().flatten().map(|case| &case["request"]) {
            if request["usage"].is_object() {
                usages.push((text_of(&request["region"]), request["usage"].to_string()));
            }
            for resource in request["resources"].as_array().into_iter().flatten() {
                if resource["service"] == service.id {
                    let region = resource.get("region").unwrap_or(&request["region"]);
                    usages.push((text_of(region), resource["usage"].to_string()));
                }
            }
        }
        usages
    }

    #[test]
    fn ids_and_schema_names_are_unique() {
        let mut ids = HashSet::new();
        let mut names = HashSet::new();
        for service in SERVICES {
            assert!(ids.insert(service.id), "two services are `{}`", service.id);
            let schema = (service.schema)();
            assert!(names.insert(schema.name.clone()), "two schemas are `{}`", schema.name);
            for (name, _) in schema.refers_to {
                assert!(name == "Amount" || names.insert(name.clone()), "two schemas are `{name}`");
            }
        }
    }

    /// A schema that asks for two types at once fits nothing.
    #[test]
    fn no_schema_contradicts_itself() {
        fn look(at: &str, value: &Value) {
            let types: HashSet<&str> =
                value["allOf"].as_array().into_iter().flatten().filter_map(|item| item["type"].as_str()).collect();
            assert!(types.len() < 2, "{at} must be {types:?} at once");
            for (name, inner) in value.as_object().into_iter().flatten() {
                look(&format!("{at}/{name}"), inner);
            }
            for inner in value.as_array().into_iter().flatten() {
                look(at, inner);
            }
        }
        for service in SERVICES {
            let schema = (service.schema)();
            look(&schema.name, &serde_json::to_value(&schema.schema).expect("JSON"));
            for (name, schema) in schema.refers_to {
                look(&name, &serde_json::to_value(&schema).expect("JSON"));
            }
        }
    }

    #[test]
    fn every_entry_says_what_it_is_in_sentences_and_where_that_is_written() {
        for service in SERVICES {
            assert!(service.about.ends_with('.'), "{}: the text of `about` is a sentence", service.id);
            assert!(!service.excluded.is_empty(), "{}: nothing is excluded", service.id);
            assert!(!service.sources.is_empty(), "{}: no source", service.id);
            for source in service.sources {
                assert!(source.starts_with("https://"), "{}: `{source}` is not a link", service.id);
            }
        }
    }

    #[test]
    fn every_example_gives_records() {
        for service in SERVICES {
            let example = &service.example;
            let records = records(service, example.region, example.usage);
            assert!(records.is_some_and(|records| !records.is_empty()), "{}", service.id);
        }
    }

    /// What a service says it meters is what it meters: each listed meter is used by the example or a case, each
    /// record is of a listed meter, in its unit.
    #[test]
    fn the_meters_listed_are_the_meters_metered() {
        for service in SERVICES {
            let mut unused: Vec<&MeterSpec> = service.meters.to_vec();
            let mut usages = cases(service);
            usages.push((service.example.region.to_owned(), service.example.usage.to_owned()));
            for (region, usage) in usages {
                for record in records(service, &region, &usage).unwrap_or_default() {
                    let of = |spec: &&MeterSpec| spec.covers(&record.meter);
                    let spec = service.meters.iter().copied().find(of);
                    let spec = spec.unwrap_or_else(|| panic!("{}: {} is not listed", service.id, record.meter));
                    assert_eq!(spec.unit, record.unit, "{}: {}", service.id, record.meter);
                    assert_eq!(spec.global, record.meter.region == "global", "{}: {}", service.id, record.meter);
                    unused.retain(|spec| !of(spec));
                }
            }
            assert!(unused.is_empty(), "{}: no example and no case uses {unused:?}", service.id);
        }
    }

    /// The meters that no row of the data prices, and why. Use of them is a missing price until an import or a price
    /// book brings one.
    const WITHOUT_PRICE: &[(&str, &str, &str, &str)] = &[
        ("AmazonEC2", "BoxUsage:*", "RunInstances:*", "no source with prices of licensed systems"),
        ("AmazonEC2", "SpotUsage:*", "RunInstances*", "Spot prices float; AWS's price lists have none"),
        ("AmazonEC2", "reserved-upfront:BoxUsage:*", "RunInstances*", "no source with upfront fees"),
        ("ComputeSavingsPlans", "BoxUsage:*", "*", "no source with rates for EC2"),
        ("EC2InstanceSavingsPlans", "BoxUsage:*", "*", "no source with rates for EC2"),
    ];

    /// A slip in the name of a meter would be a missing price in every Region.
    #[test]
    fn every_meter_has_a_price_somewhere_in_its_unit() {
        for service in SERVICES {
            for spec in service.meters {
                let mut prices = CATALOG.prices().filter(|price| spec.covers(&price.meter)).peekable();
                let is_gap = WITHOUT_PRICE.iter().any(|(code, usage_type, operation, _)| {
                    (spec.service_code, spec.usage_type, spec.operation) == (*code, *usage_type, *operation)
                });
                assert_eq!(prices.peek().is_none(), is_gap, "{}: whether there are prices for {spec:?}", service.id);
                assert!(prices.all(|price| price.unit == spec.unit), "{}: another unit than {spec:?}", service.id);
            }
        }
    }
}
