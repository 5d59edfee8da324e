//! The editions of the price store.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::path::HttpMethod;

use super::admin::Admin;
use super::error::{ApiError, ApiResult};
use super::imports::upload;
use super::openapi::{ADMIN, Api, CATALOG, Endpoint, NAMED, QUERY, in_path, text_schema};
use super::query::Params;
use super::route::{at, get, json, post};
use super::state::State;
use crate::catalog::Catalog;
use crate::domain::problem::{Code, Problem};
use crate::storage::EditionInfo;

/// The editions of the price store.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditionList {
    /// The number of the edition that is served unless a request names another.
    #[schema(example = 1)]
    active: u32,
    /// Every edition, newest first.
    editions: Vec<EditionView>,
}

/// An edition: an immutable state of the price store.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditionView {
    /// Its number, as requests name it.
    #[schema(example = 1)]
    number: u32,
    /// Its name: a hash that its whole content determines.
    hash: String,
    /// Where it came from: `seed`, `import`, `correction` or `rollback`.
    #[schema(example = "seed")]
    origin: &'static str,
    /// The edition it was made from; null for the first.
    based_on: Option<u32>,
    /// The day its content was published; for a seed the newest day on which a price of it was seen.
    #[schema(example = "2026-11-22")]
    published_at: Option<String>,
    /// When it was added to this store.
    #[schema(example = "2026-11-22T09:30:00Z")]
    created_at: String,
    /// What to know about it.
    note: String,
    /// How many price rows it added.
    rows_added: u64,
    /// How many price rows it ended.
    rows_ended: u64,
    /// How many price rows it holds.
    rows_total: u64,
    /// Whether this service serves it unless a request names another.
    active: bool,
}

impl EditionView {
    fn of(info: EditionInfo, active: u32) -> Self {
        Self {
            number: info.number,
            hash: info.hash,
            origin: info.origin.as_str(),
            based_on: info.based_on,
            published_at: info.published_at,
            created_at: info.created_at,
            note: info.note,
            rows_added: info.rows_added,
            rows_ended: info.rows_ended,
            rows_total: info.rows_total,
            // The store may have activated another one since; this service answers from what it has in memory.
            active: info.number == active,
        }
    }
}

/// The routes.
pub fn register(app: &mut ServiceConfig) {
    at(app, "/v1/editions", [get(list), post(upload)]);
    at(app, "/v1/editions/{edition}", [get(details)]);
    at(app, "/v1/editions/{edition}/activate", [post(activate)]);
}

async fn list(request: HttpRequest, state: Data<State>) -> ApiResult<HttpResponse> {
    Params::of(&request, &[]).finish()?;
    let active = state.active()?.edition.number;
    let editions = state.editions().await?.into_iter().map(|info| EditionView::of(info, active)).collect();
    json(&EditionList { active, editions })
}

/// The catalog of the edition that a parameter of the path names.
///
/// # Errors
/// `unknown_edition`, which is 404 here.
pub async fn number_in_path(name: &'static str, text: &str, state: &State) -> ApiResult<Arc<Catalog>> {
    let number = text.parse().map_err(|_| unknown(name, text))?;
    state.edition(Some(number)).await.map_err(|error| match error.code() {
        Code::UnknownEdition => unknown(name, text),
        _ => error,
    })
}

fn unknown(name: &'static str, text: &str) -> ApiError {
    let problem = Problem::new(Code::UnknownEdition, name, format!("there is no edition `{text}`"));
    ApiError::in_path(problem.hinting(Code::UnknownEdition.help()))
}

/// Serves an edition from now on. An edition that is served already is left so.
async fn activate(_: Admin, number: Path<String>, request: HttpRequest, state: Data<State>) -> ApiResult<HttpResponse> {
    Params::of(&request, &[]).finish()?;
    let wanted = number_in_path("edition", &number, &state).await?.edition.number;
    let Some(store) = state.store() else { return Err(unknown("edition", &number)) };
    if store.active().await.map_err(ApiError::of_store)? != Some(wanted) {
        store.activate(wanted).await.map_err(ApiError::of_store)?;
        tracing::info!(edition = wanted, "activated an edition");
    }
    state.follow_store().await.map_err(ApiError::of_store)?;
    let found = state.editions().await?.into_iter().find(|info| info.number == wanted);
    json(&EditionView::of(found.ok_or_else(|| unknown("edition", &number))?, wanted))
}

async fn details(number: Path<String>, request: HttpRequest, state: Data<State>) -> ApiResult<HttpResponse> {
    let unknown = || unknown("edition", &number);
    let wanted: u32 = number.parse().map_err(|_| unknown())?;
    Params::of(&request, &[]).finish()?;
    let active = state.active()?.edition.number;
    let found = state.editions().await?.into_iter().find(|info| info.number == wanted).ok_or_else(unknown)?;
    json(&EditionView::of(found, active))
}

/// What the document says about them.
pub fn document(api: &mut Api) {
    let list = api.schema::<EditionList>();
    api.add(Endpoint {
        method: HttpMethod::Get,
        path: "/v1/editions".to_owned(),
        id: "list_editions".to_owned(),
        tag: "Prices",
        summary: "The editions of the price store".to_owned(),
        description:
            "Every state that the prices have had in this store, newest first. A request that names an edition \
                      is answered from it, whatever has been activated since."
                .to_owned(),
        parameters: Vec::new(),
        body: None,
        answer: ("The editions.", "application/json", list.into()),
        fails: [CATALOG, QUERY].concat(),
    });
    let details = api.schema::<EditionView>();
    api.add(Endpoint {
        method: HttpMethod::Get,
        path: "/v1/editions/{edition}".to_owned(),
        id: "get_edition".to_owned(),
        tag: "Prices",
        summary: "One edition".to_owned(),
        description: "Where an edition came from, when, and how many price rows it added, ended and holds.".to_owned(),
        parameters: vec![in_path("edition", "The number of the edition.", text_schema(), "1")],
        body: None,
        answer: ("The edition.", "application/json", details.into()),
        fails: [CATALOG, NAMED, QUERY].concat(),
    });
    let activated = api.schema::<EditionView>();
    api.add(Endpoint {
        method: HttpMethod::Post,
        path: "/v1/editions/{edition}/activate".to_owned(),
        id: "activate_edition".to_owned(),
        tag: "Prices",
        summary: "Serve an edition".to_owned(),
        description: "Serves an edition from now on, newer or older. Requests that are running keep theirs, and other \
                      processes on the same database follow within seconds. Going back is activating an older one."
            .to_owned(),
        parameters: vec![in_path("edition", "The number of the edition.", text_schema(), "1")],
        body: None,
        answer: ("The edition.", "application/json", activated.into()),
        fails: [CATALOG, NAMED, QUERY, ADMIN, &[StatusCode::INSUFFICIENT_STORAGE]].concat(),
    });
}
