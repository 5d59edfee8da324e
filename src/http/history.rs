//! Everything that was ever known about the price of one meter.

use std::collections::BTreeSet;

use actix_web::web::{Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::json;
use smol_str::SmolStr;
use utoipa::ToSchema;
use utoipa::openapi::path::HttpMethod;

use super::error::{ApiError, ApiResult};
use super::openapi::{Api, CATALOG, Endpoint, QUERY, in_query, text_schema};
use super::prices::PriceRow;
use super::query::Params;
use super::route::{at, get, json as json_answer};
use super::state::State;
use crate::app::answer::MeterView;
use crate::catalog::Catalog;
use crate::catalog::price::Price;
use crate::catalog::row::Ladders;
use crate::domain::meter::MeterKey;
use crate::domain::problem::{Code, Problem};
use crate::storage::HistoryRow;

/// The parameters: the four names of a meter.
const PARAMETERS: &[&str] = &["service_code", "region", "usage_type", "operation"];

/// What was ever known about one meter.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceHistory {
    /// The meter.
    meter: MeterView,
    /// What was known, from the first edition that held a price to the newest. Each is what editions of a stretch held.
    known: Vec<KnownPrices>,
}

/// The prices of a meter, as a stretch of editions held them.
#[derive(Debug, Serialize, ToSchema)]
pub struct KnownPrices {
    /// The first edition of the stretch.
    #[schema(example = 1)]
    from_edition: u32,
    /// The first edition after it; null where the newest still holds them.
    to_edition: Option<u32>,
    /// The prices, one after the other in time; none where the meter had no price.
    prices: Vec<PriceRow>,
}

/// The routes.
pub fn register(app: &mut ServiceConfig) {
    at(app, "/v1/prices/history", [get(history)]);
}

async fn history(request: HttpRequest, state: Data<State>) -> ApiResult<HttpResponse> {
    let mut params = Params::of(&request, PARAMETERS);
    let mut name = |parameter: &str| {
        let text = params.text(parameter).unwrap_or_default().to_owned();
        if text.is_empty() && parameter != "operation" {
            let detail = format!("the parameter `{parameter}` is missing");
            params.problem(Problem::new(Code::MissingField, parameter, detail));
        }
        SmolStr::new(text)
    };
    let meter = MeterKey {
        service_code: name("service_code"),
        region: name("region"),
        usage_type: name("usage_type"),
        operation: name("operation"),
    };
    params.finish()?;
    let catalog = state.active()?;
    let rows = match state.store() {
        Some(store) => {
            let rows = store.history(meter.clone()).await;
            rows.map_err(ApiError::of_store)?
        }
        None => Vec::new(),
    };
    let known = if state.store().is_some() { states(&rows, &catalog) } else { present(&meter, &catalog) };
    if known.is_empty() {
        return Err(unknown(&meter, &catalog, &state));
    }
    json_answer(&PriceHistory { meter: MeterView::from(&meter), known })
}

/// What the editions between two changes held.
fn states(rows: &[HistoryRow], catalog: &Catalog) -> Vec<KnownPrices> {
    let changes: BTreeSet<u32> =
        rows.iter().flat_map(|known| [Some(known.row.edition), known.edition_to]).flatten().collect();
    let held_by = |edition: u32| {
        let mut ladders = Ladders::default();
        let held = |known: &&HistoryRow| known.row.edition <= edition && known.edition_to.is_none_or(|to| edition < to);
        let mut held: Vec<&HistoryRow> = rows.iter().filter(held).collect();
        held.sort_by_key(|known| {
            (Catalog::layer_name(&known.row.layer), known.row.effective_from, known.row.tier_start)
        });
        for known in held {
            ladders.push(known.row.clone());
        }
        ladders.into_prices()
    };
    let ends = changes.iter().skip(1).map(|edition| Some(*edition)).chain([None]);
    let state = |(from, to): (&u32, Option<u32>)| KnownPrices {
        from_edition: *from,
        to_edition: to,
        prices: held_by(*from).iter().map(|price| PriceRow::of(price, catalog)).collect(),
    };
    changes.iter().zip(ends).map(state).collect()
}

/// What the one edition holds, where there is no store behind it.
fn present(meter: &MeterKey, catalog: &Catalog) -> Vec<KnownPrices> {
    let prices: Vec<&Price> =
        catalog.prices_of(&meter.service_code).iter().filter(|price| price.meter == *meter).collect();
    if prices.is_empty() {
        return Vec::new();
    }
    let prices = prices.into_iter().map(|price| PriceRow::of(price, catalog)).collect();
    vec![KnownPrices { from_edition: catalog.edition.number, to_edition: None, prices }]
}

fn unknown(meter: &MeterKey, catalog: &Catalog, state: &State) -> ApiError {
    let missing = catalog.missing(meter, state.today(), Vec::new(), None);
    let detail = format!("there never was a price of the meter {meter}");
    let problem = Problem::new(Code::UnknownValue, "usage_type", detail);
    let hint = match (missing.nearest.first(), missing.regions_with_price.first()) {
        (_, Some(region)) => format!("it has a price in {region}"),
        (Some(name), None) => format!("did you mean `{name}`?"),
        (None, None) => "GET /v1/prices lists the meters".to_owned(),
    };
    ApiError::in_query(vec![problem.hinting(hint)])
}

/// What the document says about it.
pub fn document(api: &mut Api) {
    let answer = api.schema::<PriceHistory>();
    let parameters = vec![
        in_query("service_code", "The service code of the price list.", text_schema(), Some(json!("AmazonVPC"))),
        in_query("region", "The Region, or `global`.", text_schema(), Some(json!("us-east-1"))),
        in_query(
            "usage_type",
            "The usage type, whole, without Region prefix.",
            text_schema(),
            Some(json!("VPN-Usage-Hours:ipsec.1")),
        ),
        in_query(
            "operation",
            "The operation. Left out: none, as where AWS gives none.",
            text_schema(),
            Some(json!("CreateVpnConnection")),
        ),
    ];
    api.add(Endpoint {
        method: HttpMethod::Get,
        path: "/v1/prices/history".to_owned(),
        id: "get_price_history".to_owned(),
        tag: "Prices",
        summary: "Everything that was ever known about one price".to_owned(),
        description:
            "The prices of one meter by both times: when AWS charges them (`effective_from`, `effective_to`), \
                      and which editions held them. Prices that AWS published after their period, and corrections, \
                      appear as a later state of knowledge about earlier days."
                .to_owned(),
        parameters,
        body: None,
        answer: ("The history.", "application/json", answer.into()),
        fails: [CATALOG, QUERY].concat(),
    });
}
