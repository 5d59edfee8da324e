//! The Regions.

use actix_web::web::{Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::path::HttpMethod;

use super::error::ApiResult;
use super::openapi::{Api, CATALOG, Endpoint, QUERY};
use super::query::Params;
use super::route::{at, get, json};
use super::state::State;

/// The Regions.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegionList {
    /// Every Region that is known, by code.
    regions: Vec<RegionView>,
}

/// A Region.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegionView {
    /// The code, as requests spell it.
    #[schema(example = "eu-west-1")]
    region: String,
    /// The name in AWS price lists.
    #[schema(example = "EU (Ireland)")]
    name: String,
    /// What AWS puts before usage types on the bill.
    #[schema(example = "EU")]
    usage_prefix: String,
    /// The geography.
    #[schema(example = "europe")]
    geography: String,
}

/// The routes.
pub fn register(app: &mut ServiceConfig) {
    at(app, "/v1/regions", [get(list)]);
}

async fn list(request: HttpRequest, state: Data<State>) -> ApiResult<HttpResponse> {
    Params::of(&request, &[]).finish()?;
    let catalog = state.active()?;
    let regions = catalog
        .places
        .iter()
        .map(|place| RegionView {
            region: place.region.to_string(),
            name: place.location_name.clone(),
            usage_prefix: place.usage_prefix.to_string(),
            geography: place.geography.to_string(),
        })
        .collect();
    json(&RegionList { regions })
}

/// What the document says about them.
pub fn document(api: &mut Api) {
    let answer = api.schema::<RegionList>();
    api.add(Endpoint {
        method: HttpMethod::Get,
        path: "/v1/regions".to_owned(),
        id: "list_regions".to_owned(),
        tag: "Prices",
        summary: "The Regions".to_owned(),
        description: "Every Region that requests may name. Which services are priced where is in \
                      `GET /v1/services/{service}`."
            .to_owned(),
        parameters: Vec::new(),
        body: None,
        answer: ("The Regions, by code.", "application/json", answer.into()),
        fails: [CATALOG, QUERY].concat(),
    });
}
