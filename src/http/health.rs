//! Whether the service lives, and whether it can answer.

use actix_web::HttpResponse;
use actix_web::web::{Data, ServiceConfig};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::path::HttpMethod;

use super::error::ApiResult;
use super::openapi::{Api, CATALOG, Endpoint};
use super::route::{at, get, json};
use super::state::State;

/// That the process answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// That estimates can be answered, and from what.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// `ready`; or `degraded` where the database is out of reach and the prices in memory are served.
    #[schema(example = "ready")]
    status: &'static str,
    /// The active edition of the prices.
    #[schema(example = 1)]
    edition: u32,
    /// How many prices it holds.
    #[schema(example = 4000)]
    prices: usize,
    /// `ok`, or `unreachable`.
    #[schema(example = "ok")]
    database: &'static str,
}

/// The routes.
pub fn register(app: &mut ServiceConfig) {
    at(app, "/healthz", [get(health)]);
    at(app, "/readyz", [get(readiness)]);
}

async fn health() -> ApiResult<HttpResponse> {
    json(&Health { status: "ok" })
}

async fn readiness(state: Data<State>) -> ApiResult<HttpResponse> {
    let catalog = state.active()?;
    let reachable = state.database_answers().await;
    json(&Readiness {
        status: if reachable { "ready" } else { "degraded" },
        edition: catalog.edition.number,
        prices: catalog.len(),
        database: if reachable { "ok" } else { "unreachable" },
    })
}

/// What the document says about them.
pub fn document(api: &mut Api) {
    let health = api.schema::<Health>();
    api.add(Endpoint {
        method: HttpMethod::Get,
        path: "/healthz".to_owned(),
        id: "get_health".to_owned(),
        tag: "Operations",
        summary: "Whether the process answers".to_owned(),
        description: "For a supervisor: restart the process where this fails. It asks nothing of the database."
            .to_owned(),
        parameters: Vec::new(),
        body: None,
        answer: ("The process answers.", "application/json", health.into()),
        fails: Vec::new(),
    });
    let readiness = api.schema::<Readiness>();
    api.add(Endpoint {
        method: HttpMethod::Get,
        path: "/readyz".to_owned(),
        id: "get_readiness".to_owned(),
        tag: "Operations",
        summary: "Whether estimates can be answered".to_owned(),
        description: "For a load balancer: 503 until the prices are loaded. Where the database goes away later, the \
                      answer is still 200 with the status `degraded`, since the prices in memory are served on."
            .to_owned(),
        parameters: Vec::new(),
        body: None,
        answer: ("Estimates can be answered.", "application/json", readiness.into()),
        fails: CATALOG.to_vec(),
    });
}
