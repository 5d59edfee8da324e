//! Estimates: one service by its path, or many resources at once.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use serde_json::{Value, json};
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::{Discriminator, ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::body::JsonBody;
use super::error::{ApiError, ApiResult};
use super::openapi::{Api, BODY, CATALOG, Endpoint, NAMED, one_of};
use super::route::{at, json_body, post};
use super::services::{NamedService, example_request};
use super::state::State;
use crate::app::estimate::{Estimate, EstimateMany, EstimateOne, Resource};
use crate::services::{SERVICES, Service};

/// How many resources are estimated at once on the thread that answers. With more it takes milliseconds, and goes
/// beside it as decisions do.
pub const RESOURCES_AT_ONCE: usize = 20;

/// The routes.
pub fn register(app: &mut ServiceConfig) {
    at(app, "/v1/estimates", [post(many)]);
    at(app, "/v1/estimates/{service}", [post(one)]);
}

async fn one(service: NamedService, body: JsonBody, state: Data<State>) -> ApiResult<HttpResponse> {
    let request = EstimateOne::read(&body.0)?;
    let catalog = state.edition(request.common().edition).await?;
    Ok(json_body(request.write(service.0.id, &catalog, state.today())?))
}

async fn many(body: JsonBody, state: Data<State>) -> ApiResult<HttpResponse> {
    let request = EstimateMany::read(&body.0)?;
    let catalog = state.edition(request.common().edition).await?;
    let today = state.today();
    if request.resources.len() <= RESOURCES_AT_ONCE {
        return Ok(json_body(request.write(&catalog, today)?));
    }
    let answer = web::block(move || request.write(&catalog, today));
    Ok(json_body(answer.await.map_err(ApiError::internal)??))
}

/// What the document says about them: a path for each service.
pub fn document(api: &mut Api) {
    let answer = api.schema::<Estimate>();
    let fails = [CATALOG, BODY].concat();
    let resources: Vec<(&'static Service, Ref)> =
        SERVICES.iter().map(|service| (service, document_one(api, service, &answer, &fails))).collect();
    let resource = document_resource(api, &resources);
    let mut request = EstimateMany::schema();
    let mut refers_to = Vec::new();
    EstimateMany::schemas(&mut refers_to);
    for (name, schema) in refers_to.into_iter().filter(|(name, _)| *name != Resource::name()) {
        api.register(&name, schema);
    }
    set_property(&mut request, "resources", |schema| {
        if let RefOr::T(Schema::Array(array)) = schema {
            array.items = utoipa::openapi::schema::ArrayItems::RefOrSchema(Box::new(resource.into()));
        }
    });
    refine(&mut request);
    let request = api.register(&EstimateMany::name(), request);
    api.add(Endpoint {
        method: HttpMethod::Post,
        path: "/v1/estimates".to_owned(),
        id: "estimate_resources".to_owned(),
        tag: "Estimates",
        summary: "Estimate many resources at once".to_owned(),
        description:
            "Resources of any services and Regions in one bill. Tiers and free allowances are shared among them \
                      as AWS shares them, so the total can be less than the sum of single estimates."
                .to_owned(),
        parameters: Vec::new(),
        body: Some((request, example_of_many())),
        answer: ("The estimate.", "application/json", answer.into()),
        fails,
    });
}

/// Documents the path of one service. Returns the schema of its usage.
fn document_one(api: &mut Api, service: &'static Service, answer: &Ref, fails: &[actix_web::http::StatusCode]) -> Ref {
    let named = (service.schema)();
    let name = format!("{}Estimate", named.name);
    let usage = api.named(named);
    let mut request = EstimateOne::schema();
    let mut refers_to = Vec::new();
    EstimateOne::schemas(&mut refers_to);
    for (name, schema) in refers_to {
        api.register(&name, schema);
    }
    describe(&mut request, &format!("An estimate of {}.", service.name));
    set_property(&mut request, "usage", |schema| *schema = with_description(&usage, "What is planned."));
    refine(&mut request);
    let request = api.register(&name, request);
    api.add(Endpoint {
        method: HttpMethod::Post,
        path: format!("/v1/estimates/{}", service.id),
        id: format!("estimate_{}", service.id),
        tag: "Estimates",
        summary: format!("Estimate {}", service.name),
        description: format!("{}\n\nNot in the estimate:\n\n- {}", service.about, service.excluded.join("\n- ")),
        parameters: Vec::new(),
        body: Some((request, example_request(service))),
        answer: ("The estimate.", "application/json", answer.clone().into()),
        fails: [fails, NAMED].concat(),
    });
    usage
}

/// Documents a resource of an estimate of many: one form for each service, told apart by `service`.
fn document_resource(api: &mut Api, services: &[(&'static Service, Ref)]) -> Ref {
    let mut forms = OneOfBuilder::new().description(Some("A resource of any service; `service` says which."));
    let mut mapping = Vec::new();
    for (service, usage) in services {
        let mut form = Resource::schema();
        describe(&mut form, &format!("A resource of {}.", service.name));
        let id = ObjectBuilder::from(one_of([service.id])).description(Some("The service."));
        set_property(&mut form, "service", |schema| *schema = Schema::Object(id.build()).into());
        set_property(&mut form, "usage", |schema| *schema = with_description(usage, "What is planned."));
        let usage_name = usage.ref_location.rsplit('/').next().unwrap_or_default();
        let form = api.register(&format!("{usage_name}Resource"), form);
        mapping.push((service.id.to_owned(), form.ref_location.clone()));
        forms = forms.item(form);
    }
    let forms = forms.discriminator(Some(Discriminator::with_mapping("service", mapping)));
    api.register(&Resource::name(), Schema::OneOf(forms.build()).into())
}

/// A request for many: the first two services that share a Region.
fn example_of_many() -> Value {
    let region = SERVICES.first().map_or("", |service| service.example.region);
    let resources: Vec<Value> = SERVICES
        .iter()
        .filter(|service| service.example.region == region)
        .take(2)
        .map(|service| {
            let usage = example_request(service).get("usage").cloned().unwrap_or_default();
            json!({ "name": format!("our {}", service.id.replace('_', " ")), "service": service.id, "usage": usage })
        })
        .collect();
    json!({ "region": region, "resources": resources })
}

/// Changes a property of an object schema.
pub fn set_property(schema: &mut RefOr<Schema>, name: &str, change: impl FnOnce(&mut RefOr<Schema>)) {
    if let RefOr::T(Schema::Object(object)) = schema
        && let Some(property) = object.properties.get_mut(name)
    {
        change(property);
    }
}

/// Sets the description of an object schema.
pub fn describe(schema: &mut RefOr<Schema>, description: &str) {
    if let RefOr::T(Schema::Object(object)) = schema {
        object.description = Some(description.to_owned());
    }
}

/// Says of a request what its types do not: editions are counted from 1.
pub fn refine(request: &mut RefOr<Schema>) {
    set_property(request, "edition", |schema| {
        if let RefOr::T(Schema::Object(edition)) = schema {
            edition.minimum = Some(1.into());
        }
    });
}

/// A reference that says what the thing is for here.
pub fn with_description(reference: &Ref, description: &str) -> RefOr<Schema> {
    let mut reference = reference.clone();
    description.clone_into(&mut reference.description);
    RefOr::Ref(reference)
}
