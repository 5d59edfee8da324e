//! The editions of the price store.

use actix_web::web::{Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::path::HttpMethod;

use super::error::{ApiError, ApiResult};
use super::openapi::{Api, CATALOG, Endpoint, NAMED, QUERY, in_path, text_schema};
use super::query::Params;
use super::route::{at, get, json};
use super::state::State;
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
    at(app, "/v1/editions", [get(list)]);
    at(app, "/v1/editions/{edition}", [get(details)]);
}

async fn list(request: HttpRequest, state: Data<State>) -> ApiResult<HttpResponse> {
    Params::of(&request, &[]).finish()?;
    let active = state.active()?.edition.number;
    let editions = state.editions().await?.into_iter().map(|info| EditionView::of(info, active)).collect();
    json(&EditionList { active, editions })
}

async fn details(number: Path<String>, request: HttpRequest, state: Data<State>) -> ApiResult<HttpResponse> {
    let unknown = || {
        let problem = Problem::new(Code::UnknownEdition, "edition", format!("there is no edition `{number}`"));
        ApiError::in_path(problem.hinting(Code::UnknownEdition.help()))
    };
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
}
