//! What differs between two editions, and what a request costs under each.

use std::fmt::Write as _;
use std::sync::Arc;

use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::json;
use smol_str::SmolStr;
use utoipa::ToSchema;
use utoipa::openapi::Ref;
use utoipa::openapi::path::HttpMethod;

use super::body::JsonBody;
use super::editions::number_in_path;
use super::error::{ApiError, ApiResult};
use super::openapi::{Api, BODY, CATALOG, Endpoint, NAMED, QUERY, in_path, in_query, text_schema, whole_schema};
use super::prices::PriceTier;
use super::query::Params;
use super::route::{at, get, json_body, json_bytes, post};
use super::schemas;
use super::state::State;
use crate::app::answer::MeterView;
use crate::app::compare::Comparison;
use crate::app::estimate::EstimateMany;
use crate::catalog::Catalog;
use crate::catalog::diff::{Change, ChangeKind, Counts, Ladder, Summary, between};
use crate::domain::meter::MeterKey;
use crate::domain::problem::{Code, Problem};

/// The most changes on a page.
const MAX_LIMIT: u32 = 1_000;
/// The changes on a page unless the request says otherwise.
const DEFAULT_LIMIT: u32 = 100;
/// The parameters of a difference.
const PARAMETERS: &[&str] = &["service_code", "region", "kind", "limit", "cursor"];
/// The kinds of change, as they are spelled.
const KINDS: [&str; 3] = [ChangeKind::Added.as_str(), ChangeKind::Removed.as_str(), ChangeKind::Changed.as_str()];

/// A page of what differs between two editions.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditionDiff {
    /// The edition that is compared.
    #[schema(example = 1)]
    before: u32,
    /// The edition that it is compared with.
    #[schema(example = 2)]
    after: u32,
    /// How much differs in all, whatever the page holds.
    summary: DiffCounts,
    /// The same by service code and Region.
    by_place: Vec<PlaceCounts>,
    /// The changes of this page, in the order of meters and of time.
    changes: Vec<PriceChange>,
    /// Where the next page begins, to be sent as `cursor` with the same filters; null on the last page.
    next_cursor: Option<String>,
}

/// How many changes of each kind there are. A change is a stretch of time over which a meter has another price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DiffCounts {
    /// There was no price.
    added: u64,
    /// There is no price any more.
    removed: u64,
    /// There is another price.
    changed: u64,
    /// The largest rise, in percent; null where nothing rises.
    #[schema(example = "12.5")]
    largest_rise_percent: Option<String>,
    /// The largest fall, in percent, below zero; null where nothing falls.
    #[schema(example = "-20")]
    largest_fall_percent: Option<String>,
}

impl From<&Counts> for DiffCounts {
    fn from(counts: &Counts) -> Self {
        Self {
            added: counts.added,
            removed: counts.removed,
            changed: counts.changed,
            largest_rise_percent: counts.largest_rise.map(|percent| percent.to_string()),
            largest_fall_percent: counts.largest_fall.map(|percent| percent.to_string()),
        }
    }
}

/// How many changes a service has in a Region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlaceCounts {
    /// The service code.
    #[schema(example = "AmazonVPC")]
    service_code: String,
    /// The Region, or `global`.
    #[schema(example = "us-east-1")]
    region: String,
    /// There was no price.
    added: u64,
    /// There is no price any more.
    removed: u64,
    /// There is another price.
    changed: u64,
    /// The largest rise, in percent; null where nothing rises.
    #[schema(example = "12.5")]
    largest_rise_percent: Option<String>,
    /// The largest fall, in percent, below zero; null where nothing falls.
    #[schema(example = "-20")]
    largest_fall_percent: Option<String>,
}

impl PlaceCounts {
    /// Those of a summary.
    pub fn of(summary: &Summary) -> Vec<Self> {
        let place = |((service_code, region), counts): (&(SmolStr, SmolStr), &Counts)| {
            let DiffCounts { added, removed, changed, largest_rise_percent, largest_fall_percent } = counts.into();
            let (service_code, region) = (service_code.to_string(), region.to_string());
            Self { service_code, region, added, removed, changed, largest_rise_percent, largest_fall_percent }
        };
        summary.by_place.iter().map(place).collect()
    }
}

/// What a meter costs over a stretch of time, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PriceChange {
    /// `added`, `removed` or `changed`.
    #[schema(example = "changed")]
    kind: &'static str,
    /// What is counted.
    meter: MeterView,
    /// The first day; null where it has no begin.
    #[schema(example = "2026-06-01")]
    from: Option<String>,
    /// The first day after it; null where it has no end.
    to: Option<String>,
    /// The price before; null where there was none.
    before: Option<LadderView>,
    /// The price after; null where there is none.
    after: Option<LadderView>,
    /// By how many percent it changes, at the tier where it changes most; null where that has no meaning.
    #[schema(example = "20")]
    percent: Option<String>,
}

impl From<&Change> for PriceChange {
    fn from(change: &Change) -> Self {
        Self {
            kind: change.kind().as_str(),
            meter: MeterView::from(&change.meter),
            from: change.from.map(|day| day.to_string()),
            to: change.to.map(|day| day.to_string()),
            before: change.before.as_ref().map(LadderView::from),
            after: change.after.as_ref().map(LadderView::from),
            percent: change.percent().map(|percent| percent.to_string()),
        }
    }
}

/// A price: its unit and its tiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LadderView {
    /// The unit.
    #[schema(example = "Hrs")]
    unit: &'static str,
    /// The tiers.
    tiers: Vec<PriceTier>,
    /// Where knowledge of the tiers ends; null where all are known.
    known_up_to: Option<String>,
}

impl From<&Ladder> for LadderView {
    fn from(ladder: &Ladder) -> Self {
        Self {
            unit: ladder.unit.as_str(),
            tiers: PriceTier::all(&ladder.tiers),
            known_up_to: ladder.known_up_to.map(|end| end.normalize().to_string()),
        }
    }
}

/// The routes.
pub fn register(app: &mut ServiceConfig) {
    at(app, "/v1/editions/{before}/diff/{after}", [get(diff)]);
    at(app, "/v1/editions/{before}/diff/{after}/estimate", [post(compare)]);
}

/// The two editions that a path names.
async fn both(path: &(String, String), state: &State) -> ApiResult<(Arc<Catalog>, Arc<Catalog>)> {
    let before = number_in_path("before", &path.0, state).await?;
    let after = number_in_path("after", &path.1, state).await?;
    Ok((before, after))
}

async fn diff(path: Path<(String, String)>, request: HttpRequest, state: Data<State>) -> ApiResult<HttpResponse> {
    let (before, after) = both(&path, &state).await?;
    let mut params = Params::of(&request, PARAMETERS);
    let limit = usize::try_from(params.whole("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT)).unwrap_or(usize::MAX);
    let text = |name: &str| params.text(name).map(str::to_owned);
    let (service_code, region, kind) = (text("service_code"), text("region"), text("kind"));
    if let Some(kind) = kind.as_deref().filter(|kind| !KINDS.contains(kind)) {
        let detail = format!("`{kind}` is no kind of change");
        params.problem(Problem::new(Code::UnknownValue, "kind", detail).allowing(kind, KINDS));
    }
    let past = cursor(&mut params, &before, &after);
    params.finish()?;
    let answer = move || {
        let mut summary = Summary::default();
        let mut page: Vec<Change> = Vec::new();
        let mut more = false;
        for change in between(&before, &after, None) {
            let meter = &change.meter;
            let wanted = service_code.as_ref().is_none_or(|code| meter.service_code == code.as_str())
                && region.as_ref().is_none_or(|region| meter.region == region.as_str())
                && kind.as_ref().is_none_or(|kind| change.kind().as_str() == kind);
            if !wanted {
                continue;
            }
            summary.count(&change);
            if past.as_ref().is_some_and(|past| *meter <= *past) {
                continue;
            }
            // The stretches of one meter stay on one page.
            if page.len() < limit || page.last().is_some_and(|last| last.meter == *meter && !more) {
                page.push(change);
            } else {
                more = true;
            }
        }
        let next_cursor = page.last().filter(|_| more).map(|last| cursor_text(&before, &after, &last.meter));
        json_bytes(&EditionDiff {
            before: before.edition.number,
            after: after.edition.number,
            summary: DiffCounts::from(&summary.total),
            by_place: PlaceCounts::of(&summary),
            changes: page.iter().map(PriceChange::from).collect(),
            next_cursor,
        })
    };
    // Tens of thousands of meters are compared, beside the threads that answer.
    Ok(json_body(web::block(answer).await.map_err(ApiError::internal)??))
}

/// Where a page begins, as it goes over the wire: opaque, and safe in a URL.
fn cursor_text(before: &Catalog, after: &Catalog, past: &MeterKey) -> String {
    let MeterKey { service_code, region, usage_type, operation } = past;
    let (before, after) = (before.edition.number, after.edition.number);
    let plain = format!("{before}\n{after}\n{service_code}\n{region}\n{usage_type}\n{operation}");
    plain.bytes().fold(String::with_capacity(plain.len().saturating_mul(2)), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The meter after which a page begins.
fn cursor(params: &mut Params, before: &Catalog, after: &Catalog) -> Option<MeterKey> {
    let text = params.text("cursor")?.to_owned();
    let read = || {
        let digit = |c: char| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let digits: Option<Vec<u8>> = text.chars().map(digit).collect();
        let (pairs, []) = digits.as_deref()?.as_chunks::<2>() else { return None };
        let plain = String::from_utf8(pairs.iter().map(|[high, low]| high << 4 | low).collect()).ok()?;
        let parts: Vec<&str> = plain.split('\n').collect();
        let [was, is, service_code, region, usage_type, operation] = parts.as_slice() else { return None };
        let fits = was.parse() == Ok(before.edition.number) && is.parse() == Ok(after.edition.number);
        let [service_code, region, usage_type, operation] =
            [service_code, region, usage_type, operation].map(|text| SmolStr::new(*text));
        fits.then_some(MeterKey { service_code, region, usage_type, operation })
    };
    let found = read();
    if found.is_none() {
        let detail = "this is not a cursor of an earlier answer for these editions";
        let problem = Problem::new(Code::UnknownValue, "cursor", detail);
        params.problem(problem.hinting("send the `next_cursor` of the page before, or leave `cursor` out to begin"));
    }
    found
}

async fn compare(path: Path<(String, String)>, body: JsonBody, state: Data<State>) -> ApiResult<HttpResponse> {
    let (before, after) = both(&path, &state).await?;
    let request = EstimateMany::read(&body.0)?;
    let today = state.today();
    let answer = web::block(move || -> ApiResult<Vec<u8>> { json_bytes(&request.compare(&before, &after, today)?) });
    Ok(json_body(answer.await.map_err(ApiError::internal)??))
}

/// What the document says about them.
pub fn document(api: &mut Api) {
    let edition = |name, about| in_path(name, about, text_schema(), "1");
    let editions = || {
        vec![edition("before", "The edition that is compared."), edition("after", "The edition to compare it with.")]
    };
    let answer = api.schema::<EditionDiff>();
    let limit = format!(
        "How many changes a page holds, 1 to {MAX_LIMIT}; the changes of one meter stay together, so it can be more."
    );
    let filters = [
        in_query("service_code", "The service code of the price list.", text_schema(), Some(json!("AmazonVPC"))),
        in_query("region", "The Region, or `global`.", text_schema(), Some(json!("us-east-1"))),
        in_query("kind", "Only changes of this kind.", super::openapi::one_of(KINDS), None),
        in_query("limit", &limit, whole_schema(1, MAX_LIMIT, Some(DEFAULT_LIMIT)), None),
        in_query("cursor", "The `next_cursor` of the page before.", text_schema(), None),
    ];
    api.add(Endpoint {
        method: HttpMethod::Get,
        path: "/v1/editions/{before}/diff/{after}".to_owned(),
        id: "get_edition_diff".to_owned(),
        tag: "Prices",
        summary: "What differs between two editions".to_owned(),
        description: "The prices that are added, removed and changed from one edition to another, each with the days \
                      over which it differs and by how many percent, and the counts by service and Region. Look at it \
                      before you activate an edition."
            .to_owned(),
        parameters: editions().into_iter().chain(filters).collect(),
        body: None,
        answer: ("A page of differences.", "application/json", answer.into()),
        fails: [CATALOG, NAMED, QUERY].concat(),
    });
    let answer = api.schema::<Comparison>();
    let request = Ref::from_schema_name(schemas::public_name(&EstimateMany::name()));
    let example = json!({
        "region": "us-east-1",
        "resources": [{ "name": "our vpn", "service": "site_to_site_vpn", "usage": { "connections": 2 } }],
    });
    api.add(Endpoint {
        method: HttpMethod::Post,
        path: "/v1/editions/{before}/diff/{after}/estimate".to_owned(),
        id: "estimate_under_two_editions".to_owned(),
        tag: "Prices",
        summary: "What a request costs under two editions".to_owned(),
        description:
            "Answers one request, as `POST /v1/estimates` takes it, from both editions, and says line by line \
                      what changes. The request names no edition."
                .to_owned(),
        parameters: editions(),
        body: Some((request, example)),
        answer: ("The comparison.", "application/json", answer.into()),
        fails: [CATALOG, NAMED, BODY].concat(),
    });
}
