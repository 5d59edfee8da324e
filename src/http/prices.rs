//! The prices themselves, page by page.
//!
//! A page is the first so many matching prices past a place in the order of meters. The cursor holds that place, the
//! edition and the day, so that the pages of one reading fit together although an edition is activated meanwhile.

use std::fmt::Write as _;
use std::sync::Arc;

use actix_web::web::{Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::json;
use smol_str::SmolStr;
use utoipa::ToSchema;
use utoipa::openapi::path::HttpMethod;

use super::error::ApiResult;
use super::openapi::{Api, CATALOG, Endpoint, QUERY, date_schema, in_query, text_schema, whole_schema};
use super::query::Params;
use super::route::{at, get, json as json_answer};
use super::state::State;
use crate::app::answer::MeterView;
use crate::catalog::Catalog;
use crate::catalog::price::{Price, Tier};
use crate::domain::meter::{GLOBAL, MeterKey};
use crate::domain::problem::{Code, Problem};
use crate::domain::read::unknown_name;

/// The most prices on a page.
pub const MAX_LIMIT: u32 = 1_000;
/// The prices on a page unless the request says otherwise.
const DEFAULT_LIMIT: u32 = 100;
/// The largest number of an edition.
const MAX_EDITION: u32 = 1_000_000_000;
/// The parameters.
const PARAMETERS: &[&str] = &["service_code", "region", "usage_type", "as_of", "edition", "limit", "cursor"];

/// A page of prices.
#[derive(Debug, Serialize, ToSchema)]
pub struct PricePage {
    /// The prices, in the order of service code, Region, usage type and operation.
    prices: Vec<PriceRow>,
    /// Where the next page begins, to be sent as `cursor` with the same filters; null on the last page.
    next_cursor: Option<String>,
    /// The edition of the prices.
    #[schema(example = 1)]
    edition: u32,
    /// The day whose prices these are.
    #[schema(example = "2026-11-22")]
    as_of: String,
}

/// A price.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceRow {
    /// What is counted.
    meter: MeterView,
    /// The unit that tiers and prices are in.
    #[schema(example = "Hrs")]
    unit: &'static str,
    /// The tiers; most prices have one.
    tiers: Vec<PriceTier>,
    /// Where knowledge of the tiers ends: AWS has further ones whose prices are not known. Null where all are known.
    known_up_to: Option<String>,
    /// The first day AWS charges it; null where that is unknown.
    #[schema(example = "2024-02-01")]
    effective_from: Option<String>,
    /// The first day AWS no longer charges it; null while it is open.
    effective_to: Option<String>,
    /// The day the source was read.
    #[schema(example = "2026-09-17")]
    seen_on: String,
    /// What the source is.
    source: String,
    /// The link to the source, where it has one.
    source_url: Option<String>,
    /// `high`, `medium` or `low`.
    #[schema(example = "high")]
    confidence: &'static str,
    /// What to know about the price.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// `seed`, `import` or `price_book`.
    #[schema(example = "seed")]
    layer: &'static str,
    /// The edition that first held it.
    #[schema(example = 1)]
    first_edition: u32,
}

/// A tier of a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PriceTier {
    /// The quantity in the month at which the tier begins.
    #[schema(example = "0")]
    from: String,
    /// Where it ends; null for the last.
    #[schema(example = "10240")]
    to: Option<String>,
    /// US dollars for each unit.
    #[schema(example = "0.09")]
    unit_price: String,
}

impl PriceTier {
    /// The tiers of a ladder.
    pub fn all(tiers: &[Tier]) -> Vec<Self> {
        let ends = tiers.iter().skip(1).map(|tier| Some(tier.from)).chain([None]);
        let tier = |(tier, end): (&Tier, Option<Decimal>)| Self {
            from: tier.from.normalize().to_string(),
            to: end.map(|end| end.normalize().to_string()),
            unit_price: tier.price.normalize().to_string(),
        };
        tiers.iter().zip(ends).map(tier).collect()
    }
}

impl PriceRow {
    /// A price as it is shown.
    pub fn of(price: &Price, catalog: &Catalog) -> Self {
        let source = catalog.sources.get(&price.source);
        Self {
            meter: MeterView::from(&price.meter),
            unit: price.unit.as_str(),
            tiers: PriceTier::all(&price.tiers),
            known_up_to: price.known_up_to.map(|end| end.normalize().to_string()),
            effective_from: price.effective_from.map(|date| date.to_string()),
            effective_to: price.effective_to.map(|date| date.to_string()),
            seen_on: price.seen_on.to_string(),
            source: source.map_or_else(|| price.source.to_string(), |source| source.title.clone()),
            source_url: source.and_then(|source| source.url()).map(str::to_owned),
            confidence: price.confidence.as_str(),
            note: (!price.note.is_empty()).then(|| price.note.to_string()),
            layer: Catalog::layer_name(&price.layer),
            first_edition: price.edition,
        }
    }
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cursor {
    edition: u32,
    as_of: NaiveDate,
    /// The last meter of the page before.
    after: MeterKey,
}

impl Cursor {
    /// As it goes over the wire: opaque, and safe in a URL.
    fn to_text(&self) -> String {
        let Self { edition, as_of, after } = self;
        let MeterKey { service_code, region, usage_type, operation } = after;
        let plain = format!("1\n{edition}\n{as_of}\n{service_code}\n{region}\n{usage_type}\n{operation}");
        plain.bytes().fold(String::with_capacity(plain.len().saturating_mul(2)), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
        let bytes: Option<Vec<u8>> = digits?
            .chunks(2)
            .map(|pair| match pair {
                [high, low] => Some(high << 4 | low),
                _ => None,
            })
            .collect();
        let plain = String::from_utf8(bytes?).ok()?;
        let mut parts = plain.split('\n');
        let mut next = || parts.next();
        if next()? != "1" {
            return None;
        }
        let cursor = Self {
            edition: next()?.parse().ok()?,
            as_of: next()?.parse().ok()?,
            after: MeterKey {
                service_code: SmolStr::new(next()?),
                region: SmolStr::new(next()?),
                usage_type: SmolStr::new(next()?),
                operation: SmolStr::new(next()?),
            },
        };
        next().is_none().then_some(cursor)
    }
}

/// The routes.
pub fn register(app: &mut ServiceConfig) {
    at(app, "/v1/prices", [get(list)]);
}

async fn list(request: HttpRequest, state: Data<State>) -> ApiResult<HttpResponse> {
    let mut params = Params::of(&request, PARAMETERS);
    let limit = params.whole("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
    let edition = params.whole("edition", 1, MAX_EDITION);
    let as_of = day(&mut params);
    let cursor = cursor(&mut params, edition, as_of);
    let edition = edition.or(cursor.as_ref().map(|cursor| cursor.edition));
    let as_of = as_of.or(cursor.as_ref().map(|cursor| cursor.as_of)).unwrap_or_else(|| state.today());
    let catalog = edition_or_problem(&state, edition, &mut params).await?;
    known_names(&mut params, &catalog);
    let text = |name: &str| params.text(name).map(str::to_owned);
    let (service_code, region, usage_type) = (text("service_code"), text("region"), text("usage_type"));
    params.finish()?;

    let prices: Box<dyn Iterator<Item = &Price>> = match &service_code {
        Some(code) => Box::new(catalog.prices_of(code).iter()),
        None => Box::new(catalog.prices()),
    };
    let mut page = Vec::new();
    let mut more = false;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    for price in prices.skip_while(|price| cursor.as_ref().is_some_and(|cursor| price.meter <= cursor.after)) {
        let meter = &price.meter;
        if region.as_ref().is_some_and(|region| meter.region != region.as_str())
            || usage_type.as_ref().is_some_and(|prefix| !meter.usage_type.starts_with(prefix.as_str()))
            || !price.valid_on(as_of)
        {
            continue;
        }
        if page.len() == limit {
            more = true;
            break;
        }
        page.push(price);
    }
    let next_cursor = page.last().filter(|_| more).map(|last| {
        let cursor = Cursor { edition: catalog.edition.number, as_of, after: last.meter.clone() };
        cursor.to_text()
    });
    json_answer(&PricePage {
        prices: page.into_iter().map(|price| PriceRow::of(price, &catalog)).collect(),
        next_cursor,
        edition: catalog.edition.number,
        as_of: as_of.to_string(),
    })
}

/// The day whose prices are asked for.
fn day(params: &mut Params) -> Option<NaiveDate> {
    let text = params.text("as_of")?.to_owned();
    let day = (text.len() == 10).then(|| NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok()).flatten();
    if day.is_none() {
        let detail = format!("`{text}` is not a date such as `2026-11-22`");
        params.problem(Problem::new(Code::WrongType, "as_of", detail));
    }
    day
}

/// The cursor, which must fit what else the request says.
fn cursor(params: &mut Params, edition: Option<u32>, as_of: Option<NaiveDate>) -> Option<Cursor> {
    let text = params.text("cursor")?.to_owned();
    let Some(cursor) = Cursor::parse(&text) else {
        let problem = Problem::new(Code::UnknownValue, "cursor", "this is not a cursor of an earlier answer");
        params.problem(problem.hinting("send the `next_cursor` of the page before, or leave `cursor` out to begin"));
        return None;
    };
    if edition.is_some_and(|edition| edition != cursor.edition) || as_of.is_some_and(|as_of| as_of != cursor.as_of) {
        let detail = format!("the cursor belongs to edition {} as of {}", cursor.edition, cursor.as_of);
        let problem = Problem::new(Code::Conflict, "cursor", detail);
        params.problem(problem.hinting("leave `edition` and `as_of` out; the cursor keeps them"));
    }
    Some(cursor)
}

/// The catalog of an edition; that there is no such edition is a mistake of its parameter.
async fn edition_or_problem(state: &State, edition: Option<u32>, params: &mut Params) -> ApiResult<Arc<Catalog>> {
    match state.edition(edition).await {
        Err(error) if error.code() == Code::UnknownEdition => {
            let detail = format!("there is no edition {}", edition.unwrap_or_default());
            params.problem(Problem::new(Code::UnknownEdition, "edition", detail).hinting(Code::UnknownEdition.help()));
            state.active()
        }
        found => found,
    }
}

/// The service code and the Region, where given, exist.
fn known_names(params: &mut Params, catalog: &Catalog) {
    if let Some(code) = params.text("service_code").map(str::to_owned)
        && catalog.prices_of(&code).is_empty()
    {
        let mut known: Vec<&str> = catalog.prices().map(|price| price.meter.service_code.as_str()).collect();
        known.dedup();
        let detail = format!("there are no prices of the service code `{code}`");
        params.problem(Problem::new(Code::UnknownValue, "service_code", detail).allowing(&code, known));
    }
    if let Some(region) = params.text("region").map(str::to_owned)
        && region != GLOBAL
        && catalog.places.get(&region).is_none()
    {
        let known = catalog.places.codes().chain([GLOBAL]);
        params.problem(unknown_name(Code::UnknownRegion, "region", "Region", &region, known));
    }
}

/// What the document says about them.
pub fn document(api: &mut Api) {
    let page = api.schema::<PricePage>();
    let limit = format!("How many prices a page holds, 1 to {MAX_LIMIT}.");
    let parameters = vec![
        in_query("service_code", "The service code of the price list.", text_schema(), Some(json!("AmazonVPC"))),
        in_query(
            "region",
            "The Region, or `global` for what AWS bills without regard to it.",
            text_schema(),
            Some(json!("us-east-1")),
        ),
        in_query(
            "usage_type",
            "The beginning of the usage type, without Region prefix.",
            text_schema(),
            Some(json!("VPN")),
        ),
        in_query("as_of", "The day whose prices count. Left out: today.", date_schema(), None),
        in_query(
            "edition",
            "The edition of the price store. Left out: the active one.",
            whole_schema(1, MAX_EDITION, None),
            None,
        ),
        in_query("limit", &limit, whole_schema(1, MAX_LIMIT, Some(DEFAULT_LIMIT)), None),
        in_query("cursor", "The `next_cursor` of the page before.", text_schema(), None),
    ];
    api.add(Endpoint {
        method: HttpMethod::Get,
        path: "/v1/prices".to_owned(),
        id: "list_prices".to_owned(),
        tag: "Prices",
        summary: "The prices, page by page".to_owned(),
        description:
            "The prices that are valid on a day, each with its tiers, dates and source. The pages of one reading \
                      stay with one edition and one day, whatever is activated meanwhile."
                .to_owned(),
        parameters,
        body: None,
        answer: ("A page of prices.", "application/json", page.into()),
        fails: [CATALOG, QUERY].concat(),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_wire() {
        let cursor = Cursor {
            edition: 7,
            as_of: NaiveDate::from_ymd_opt(2026, 11, 22).expect("a date"),
            after: MeterKey {
                service_code: "AmazonVPC".into(),
                region: "us-east-1".into(),
                usage_type: "VPN-Usage-Hours:ipsec.1".into(),
                operation: "".into(),
            },
        };
        assert_eq!(Cursor::parse(&cursor.to_text()), Some(cursor.clone()));
        let text = cursor.to_text();
        for bad in ["", "zz", "31", "3", "ü", text.get(1..).expect("ASCII"), &format!("{text}0a")] {
            assert_eq!(Cursor::parse(bad), None, "{bad}");
        }
    }
}
