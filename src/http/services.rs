//! What can be estimated: the list of services, and each with its input, its meters and where they are priced.

use std::collections::BTreeSet;

use actix_web::dev::Payload;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::{RefOr, Schema};

use super::error::{ApiError, ApiResult};
use super::openapi::{Api, CATALOG, Endpoint, NAMED, QUERY, in_path, one_of};
use super::query::Params;
use super::route::{at, get, json as json_answer};
use super::schemas;
use super::state::State;
use crate::catalog::Catalog;
use crate::domain::meter::GLOBAL;
use crate::domain::problem::Code;
use crate::domain::read::unknown_name;
use crate::services::metering::MeterSpec;
use crate::services::{self, NamedSchema, SERVICES, Service};

/// The services that can be estimated.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceList {
    /// Every service, in the order of the documentation.
    services: Vec<ServiceSummary>,
}

/// A service in the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceSummary {
    /// The id, as paths and requests spell it.
    #[schema(example = "site_to_site_vpn")]
    id: &'static str,
    /// The name AWS gives it.
    #[schema(example = "AWS Site-to-Site VPN")]
    name: &'static str,
    /// What it is and what the estimate covers.
    about: &'static str,
    /// Where to send estimates.
    #[schema(example = "/v1/estimates/site_to_site_vpn")]
    estimate: String,
    /// Where the details are.
    #[schema(example = "/v1/services/site_to_site_vpn")]
    details: String,
}

/// A service in detail.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceDetails {
    /// The id, as paths and requests spell it.
    #[schema(example = "site_to_site_vpn")]
    id: &'static str,
    /// The name AWS gives it.
    #[schema(example = "AWS Site-to-Site VPN")]
    name: &'static str,
    /// What it is and what the estimate covers.
    about: &'static str,
    /// What AWS may bill around it that the estimate leaves out.
    excluded: &'static [&'static str],
    /// The pages that say how AWS bills it.
    sources: &'static [&'static str],
    /// A request to try, as it goes to `POST /v1/estimates/{service}`.
    #[schema(value_type = Object)]
    example_request: Box<RawValue>,
    /// The JSON Schema (draft 2020-12) of `usage`.
    #[schema(value_type = Object)]
    input_schema: Box<RawValue>,
    /// Every meter that an estimate may use.
    meters: Vec<ServiceMeter>,
    /// The Regions in which every regional meter has a price today.
    regions_priced_fully: Vec<String>,
    /// The Regions in which some of the regional meters have a price today, and not all.
    regions_priced_in_part: Vec<String>,
    /// The edition of the prices.
    #[schema(example = 1)]
    edition: u32,
}

/// A meter of a service.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceMeter {
    /// The service code of the price list.
    #[schema(example = "AmazonVPC")]
    service_code: &'static str,
    /// The usage type without Region prefix; a `*` stands for a part that depends on the usage.
    #[schema(example = "VPN-Usage-Hours:ipsec.1")]
    usage_type: &'static str,
    /// The operation; empty where AWS gives none.
    #[schema(example = "CreateVpnConnection")]
    operation: &'static str,
    /// The unit.
    #[schema(example = "Hrs")]
    unit: &'static str,
    /// Whether AWS bills it without regard to the Region; its Region is then `global`.
    global: bool,
    /// The Regions in which it has a price today; with a `*`, in which any such meter has one.
    priced_in: Vec<String>,
}

/// The service that a path names.
#[derive(Debug)]
pub struct NamedService(pub &'static Service);

impl FromRequest for NamedService {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.match_info().query("service");
        std::future::ready(services::find(id).map(Self).ok_or_else(|| {
            let known = SERVICES.iter().map(|service| service.id);
            ApiError::in_path(unknown_name(Code::UnknownService, "service", "service", id, known))
        }))
    }
}

/// The routes.
pub fn register(app: &mut ServiceConfig) {
    at(app, "/v1/services", [get(list)]);
    at(app, "/v1/services/{service}", [get(details)]);
}

async fn list(request: HttpRequest) -> ApiResult<HttpResponse> {
    Params::of(&request, &[]).finish()?;
    let services = SERVICES
        .iter()
        .map(|service| ServiceSummary {
            id: service.id,
            name: service.name,
            about: service.about,
            estimate: format!("/v1/estimates/{}", service.id),
            details: format!("/v1/services/{}", service.id),
        })
        .collect();
    json_answer(&ServiceList { services })
}

async fn details(service: NamedService, request: HttpRequest, state: Data<State>) -> ApiResult<HttpResponse> {
    Params::of(&request, &[]).finish()?;
    let catalog = state.active()?;
    json_answer(&describe(service.0, &catalog, state.today())?)
}

fn describe(service: &'static Service, catalog: &Catalog, today: NaiveDate) -> ApiResult<ServiceDetails> {
    let priced: Vec<BTreeSet<&str>> = service.meters.iter().map(|meter| regions_of(meter, catalog, today)).collect();
    let regional: Vec<&BTreeSet<&str>> =
        service.meters.iter().zip(&priced).filter(|(meter, _)| !meter.global).map(|(_, regions)| regions).collect();
    let (mut fully, mut in_part) = (Vec::new(), Vec::new());
    for region in catalog.places.codes() {
        let count = regional.iter().filter(|regions| regions.contains(region)).count();
        if count > 0 && count == regional.len() {
            fully.push(region.to_owned());
        } else if count > 0 {
            in_part.push(region.to_owned());
        }
    }
    let meters = service
        .meters
        .iter()
        .zip(&priced)
        .map(|(meter, regions)| ServiceMeter {
            service_code: meter.service_code,
            usage_type: meter.usage_type,
            operation: meter.operation,
            unit: meter.unit.as_str(),
            global: meter.global,
            priced_in: regions.iter().map(|region| (*region).to_owned()).collect(),
        })
        .collect();
    Ok(ServiceDetails {
        id: service.id,
        name: service.name,
        about: service.about,
        excluded: service.excluded,
        sources: service.sources,
        example_request: to_raw_value(&example_request(service)).map_err(ApiError::internal)?,
        input_schema: input_schema(&(service.schema)())?,
        meters,
        regions_priced_fully: fully,
        regions_priced_in_part: in_part,
        edition: catalog.edition.number,
    })
}

/// The Regions in which a meter has a price on a day.
fn regions_of<'c>(meter: &MeterSpec, catalog: &'c Catalog, day: NaiveDate) -> BTreeSet<&'c str> {
    catalog
        .prices_of(meter.service_code)
        .iter()
        .filter(|price| meter.covers(&price.meter) && (price.meter.region == GLOBAL) == meter.global)
        .filter(|price| price.valid_on(day))
        .map(|price| price.meter.region.as_str())
        .collect()
}

/// A whole request from the example of a service.
pub fn example_request(service: &Service) -> Value {
    let usage: Value = serde_json::from_str(service.example.usage).unwrap_or_default();
    json!({ "region": service.example.region, "usage": usage })
}

/// A schema as a document of its own: what it refers to goes into `$defs`.
pub fn input_schema(named: &NamedSchema) -> ApiResult<Box<RawValue>> {
    fn local(value: &mut Value) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    match member {
                        Value::String(text) if name == "$ref" => {
                            *text = text.replace("#/components/schemas/", "#/$defs/");
                        }
                        member => local(member),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(local),
            _ => {}
        }
    }
    let value = |name: &str, schema: &RefOr<Schema>| {
        serde_json::to_value(schemas::tidied(name, schema.clone())).map_err(ApiError::internal)
    };
    let mut document = json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "title": &named.name });
    let mut definitions = serde_json::Map::new();
    for (name, schema) in &named.refers_to {
        definitions.insert(name.clone(), value(name, schema)?);
    }
    if let (Value::Object(document), Value::Object(schema)) = (&mut document, value(&named.name, &named.schema)?) {
        document.extend(schema);
        if !definitions.is_empty() {
            document.insert("$defs".to_owned(), Value::Object(definitions));
        }
    }
    local(&mut document);
    to_raw_value(&document).map_err(ApiError::internal)
}

/// What the document says about them.
pub fn document(api: &mut Api) {
    let list = api.schema::<ServiceList>();
    api.add(Endpoint {
        method: HttpMethod::Get,
        path: "/v1/services".to_owned(),
        id: "list_services".to_owned(),
        tag: "Services",
        summary: "The services that can be estimated".to_owned(),
        description: "Every service with its id, its AWS name and what its estimate covers.".to_owned(),
        parameters: Vec::new(),
        body: None,
        answer: ("The services.", "application/json", list.into()),
        fails: QUERY.to_vec(),
    });
    let details = api.schema::<ServiceDetails>();
    let ids = SERVICES.iter().map(|service| service.id);
    let example = SERVICES.first().map_or("", |service| service.id);
    api.add(Endpoint {
        method: HttpMethod::Get,
        path: "/v1/services/{service}".to_owned(),
        id: "get_service".to_owned(),
        tag: "Services",
        summary: "A service: its input, its meters and where they are priced".to_owned(),
        description:
            "The JSON Schema of its usage, a request to try, what the estimate leaves out, the pages that say how \
                      AWS bills it, and every meter with the Regions in which it has a price."
                .to_owned(),
        parameters: vec![in_path("service", "The id of the service.", one_of(ids), example)],
        body: None,
        answer: ("The service.", "application/json", details.into()),
        fails: [CATALOG, NAMED, QUERY].concat(),
    });
}
