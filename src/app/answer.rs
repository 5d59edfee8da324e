//! Answers as they go over the wire: money and decimals are strings.

use std::borrow::Cow;

use serde::Serialize;
use smol_str::SmolStr;
use utoipa::ToSchema;

use super::digits::{exact_text, in_cents, text};
use super::receipt::{Said, receipt};
use crate::catalog::Catalog;
use crate::catalog::books::{Charge, PriceBook};
use crate::catalog::price::{Price, Tier};
use crate::domain::amount::Amount;
use crate::domain::bill::{Assumption, Line, Notice};
use crate::domain::meter::MeterKey;
use crate::domain::problem::MissingMeter;
use crate::rating::{ListPrice, OwnRate, RatedWith};

/// The layer of a price that a price book has touched.
const PRICE_BOOK: &str = "price_book";

/// The sum of a bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Total {
    /// US dollars a month, rounded once to cents, half away from zero.
    #[schema(value_type = String, example = "36.50")]
    pub monthly: SmolStr,
    /// US dollars a month with up to 12 decimals.
    #[schema(value_type = String, example = "36.5")]
    pub monthly_exact: SmolStr,
    /// Whether `monthly_exact` is all of it.
    pub exact: bool,
    /// 12 × the month; null where the month is not the 730-hour default.
    #[schema(value_type = Option<String>, example = "438.00")]
    pub yearly: Option<SmolStr>,
    /// Always `USD`.
    #[schema(example = "USD")]
    pub currency: &'static str,
}

impl Total {
    /// The sum as it is shown.
    pub fn of(amount: &Amount, with_year: bool) -> Self {
        let (monthly_exact, exact) = exact_text(amount);
        Self {
            monthly: in_cents(amount),
            monthly_exact,
            exact,
            yearly: with_year.then(|| in_cents(&amount.times_whole(12))),
            currency: "USD",
        }
    }
}

/// US dollars rounded to cents.
pub fn cents(amount: &Amount) -> String {
    in_cents(amount).into()
}

/// A meter as on the AWS bill; the usage type is without its Region prefix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MeterView {
    /// The service code of the price list.
    #[schema(example = "AmazonVPC")]
    pub service_code: String,
    /// The Region, or `global`.
    #[schema(example = "us-east-1")]
    pub region: String,
    /// The usage type.
    #[schema(example = "VPN-Usage-Hours:ipsec.1")]
    pub usage_type: String,
    /// The operation; empty where AWS gives none.
    #[schema(example = "CreateVpnConnection")]
    pub operation: String,
}

impl From<&MeterKey> for MeterView {
    fn from(meter: &MeterKey) -> Self {
        Self {
            service_code: meter.service_code.to_string(),
            region: meter.region.to_string(),
            usage_type: meter.usage_type.to_string(),
            operation: meter.operation.to_string(),
        }
    }
}

/// A number whose product with the other factors is the quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FactorView {
    /// The number.
    #[schema(value_type = String)]
    pub value: SmolStr,
    /// What it counts.
    #[schema(value_type = String)]
    pub of: SmolStr,
}

/// The part of a quantity that lies in one tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TierView {
    /// Where the tier begins, in the line's unit a month.
    #[schema(value_type = String)]
    pub from: SmolStr,
    /// Where it ends; null for the last.
    #[schema(value_type = Option<String>)]
    pub to: Option<SmolStr>,
    /// How much of the line lies in it.
    #[schema(value_type = String)]
    pub quantity: SmolStr,
    /// US dollars for each unit.
    #[schema(value_type = String)]
    pub unit_price: SmolStr,
    /// US dollars with up to 12 decimals.
    #[schema(value_type = String)]
    pub amount: SmolStr,
}

/// Where a price comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PriceView {
    /// `seed`, `import`, `price_book` or `derived`.
    #[schema(example = "seed")]
    pub layer: &'static str,
    /// The edition that first held it.
    pub edition: u32,
    /// The first day AWS charges it; null where that is unknown.
    pub effective_from: Option<String>,
    /// The day the source was read.
    #[schema(example = "2026-09-17")]
    pub seen_on: String,
    /// What the source is.
    pub source: String,
    /// The link to the source, where it has one.
    pub source_url: Option<String>,
    /// `high`, `medium` or `low`.
    #[schema(example = "high")]
    pub confidence: &'static str,
    /// What to know about the price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// For a derived price: the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleView>,
    /// For the layer `price_book`: the rate, and the list price. Where the rate is a percentage, the other members
    /// describe the list price that it is taken off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub book: Option<BookRateView>,
}

/// The rate of a price book that a line was priced with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BookRateView {
    /// The name of the book.
    #[schema(example = "acme")]
    pub name: String,
    /// Its revision.
    pub revision: u32,
    /// What the rate speaks of: `meter`, `service_region`, `service` or `all`; the narrowest that holds counts.
    #[schema(example = "service")]
    pub scope: &'static str,
    /// The service code that the rate speaks of; null for all.
    #[schema(example = "AmazonVPC")]
    pub service_code: Option<String>,
    /// The Region that the rate speaks of; null for all.
    pub region: Option<String>,
    /// The percentage off the list price; negative for a surcharge. Null where the rate is a price of its own.
    #[schema(example = "12.5")]
    pub discount_percent: Option<String>,
    /// The list price that the rate stands on, or stands in for; null where there is none.
    pub list: Option<ListPriceView>,
}

/// A list price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ListPriceView {
    /// `seed`, `import` or `derived`.
    #[schema(example = "seed")]
    pub layer: &'static str,
    /// The edition that first held it.
    pub edition: u32,
    /// The day the source was read.
    #[schema(example = "2026-09-17")]
    pub seen_on: String,
    /// What the source is.
    pub source: String,
    /// The tiers.
    pub tiers: Vec<ListTierView>,
}

/// A tier of a list price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ListTierView {
    /// Where the tier begins, in the line's unit a month.
    pub from: String,
    /// US dollars for each unit.
    pub unit_price: String,
}

/// A revision of a price book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BookRevisionView {
    /// The name of the book.
    #[schema(example = "acme")]
    pub name: String,
    /// The revision; `acme@2` in a request means the second one for ever.
    pub revision: u32,
}

impl From<&PriceBook> for BookRevisionView {
    fn from(book: &PriceBook) -> Self {
        Self { name: book.revision.name.to_string(), revision: book.revision.number }
    }
}

/// The rule that derived a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleView {
    /// How it computes.
    pub formula: String,
    /// The evidence for it.
    pub evidence: String,
}

/// One line of a bill, with its receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LineView<'c> {
    /// The name of the resource.
    #[schema(value_type = String)]
    pub resource: SmolStr,
    /// The service.
    #[schema(example = "site_to_site_vpn")]
    pub service: &'static str,
    /// The id of the line, stable for each service.
    #[schema(example = "connection_hours")]
    pub id: &'static str,
    /// The line in words.
    #[schema(value_type = String)]
    pub label: Cow<'static, str>,
    /// The meter on the AWS bill.
    #[schema(value_type = MeterView)]
    pub meter: Said<'c, MeterView>,
    /// How much, in `unit`.
    #[schema(value_type = String)]
    pub quantity: SmolStr,
    /// The unit of the quantity.
    #[schema(example = "Hrs")]
    pub unit: &'static str,
    /// The numbers whose product the quantity is.
    pub factors: Vec<FactorView>,
    /// What a free allowance took off the quantity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub free_quantity: Option<SmolStr>,
    /// The tiers the quantity lies in.
    pub tiers: Vec<TierView>,
    /// US dollars, rounded to cents for reading; totals use the exact amount.
    #[schema(value_type = String)]
    pub amount: SmolStr,
    /// US dollars with up to 12 decimals: exactly the sum of quantity × unit price over the tiers.
    #[schema(value_type = String)]
    pub amount_exact: SmolStr,
    /// Whether `amount_exact` is all of it.
    pub exact: bool,
    /// Where the price comes from.
    #[schema(value_type = PriceView)]
    pub price: Said<'c, PriceView>,
}

impl<'c> LineView<'c> {
    /// A rated line as it is shown.
    pub fn of(line: &Line<RatedWith<'c>>, resource: &str, service: &'static str, catalog: &'c Catalog) -> Self {
        let record = &line.record;
        let (amount_exact, exact) = exact_text(&line.amount);
        let (meter, price) = receipt(&line.price, &record.meter, catalog);
        Self {
            resource: SmolStr::new(resource),
            service,
            id: record.id,
            label: record.label.clone(),
            meter,
            quantity: text(&record.quantity),
            unit: record.unit.as_str(),
            factors: record
                .factors
                .iter()
                .map(|factor| FactorView { value: text(&factor.value), of: factor.of.clone() })
                .collect(),
            free_quantity: (!line.free.is_zero()).then(|| text(&line.free)),
            tiers: line
                .slices
                .iter()
                .map(|slice| TierView {
                    from: text(&slice.from),
                    to: slice.to.as_ref().map(text),
                    quantity: text(&slice.quantity),
                    unit_price: text(&slice.unit_price),
                    amount: text(&slice.amount),
                })
                .collect(),
            amount: in_cents(&line.amount),
            amount_exact,
            exact,
            price,
        }
    }
}

impl PriceView {
    /// What is said about a price.
    pub(super) fn of(rated: &RatedWith<'_>, catalog: &Catalog) -> Self {
        let price = &rated.price;
        let source = catalog.sources.get(&price.source);
        let own = rated.own.as_deref();
        let (edition, named) = match own.filter(|_| rated.is_own()) {
            // A price of a book belongs to no edition, and is answered from this one.
            Some(OwnRate { book, .. }) => {
                let named = format!("price book `{}`, revision {}", book.revision.name, book.revision.number);
                (catalog.edition.number, named)
            }
            None => source_of(price, rated.rule.is_some(), catalog),
        };
        Self {
            layer: own.map_or_else(|| Catalog::layer_name(&price.layer), |_| PRICE_BOOK),
            edition,
            effective_from: price.effective_from.map(|date| date.to_string()),
            seen_on: price.seen_on.to_string(),
            source: named,
            source_url: source.and_then(|source| source.url()).map(str::to_owned),
            confidence: price.confidence.as_str(),
            note: (!price.note.is_empty()).then(|| price.note.to_string()),
            rule: rated.rule.map(|rule| RuleView { formula: rule.formula_text(), evidence: rule.evidence.clone() }),
            book: own.map(|own| BookRateView::of(own, catalog)),
        }
    }
}

/// The edition that first held a list price, and what its source is.
fn source_of(price: &Price, derived: bool, catalog: &Catalog) -> (u32, String) {
    // A derived price belongs to the edition whose rule derives it.
    match catalog.sources.get(&price.source) {
        _ if derived => (catalog.edition.number, "derived by a documented rule".to_owned()),
        Some(source) if source.url().is_none() && !source.location.is_empty() => {
            (price.edition, format!("{} ({})", source.title, source.location))
        }
        Some(source) => (price.edition, source.title.clone()),
        None => (price.edition, price.source.to_string()),
    }
}

impl BookRateView {
    fn of(own: &OwnRate<'_>, catalog: &Catalog) -> Self {
        let OwnRate { book, rate, list, .. } = own;
        Self {
            name: book.revision.name.to_string(),
            revision: book.revision.number,
            scope: rate.scope.name(),
            service_code: rate.scope.service_code().map(ToString::to_string),
            region: rate.scope.region().map(ToString::to_string),
            discount_percent: match &rate.charge {
                Charge::Discount(percent) => Some(percent.normalize().to_string()),
                Charge::Price { .. } => None,
            },
            list: list.as_ref().map(|list| ListPriceView::of(list, catalog)),
        }
    }
}

impl ListPriceView {
    fn of(ListPrice { price, rule }: &ListPrice<'_>, catalog: &Catalog) -> Self {
        let (edition, source) = source_of(price, rule.is_some(), catalog);
        let tier = |tier: &Tier| ListTierView {
            from: tier.from.normalize().to_string(),
            unit_price: tier.price.normalize().to_string(),
        };
        Self {
            layer: Catalog::layer_name(&price.layer),
            edition,
            seen_on: price.seen_on.to_string(),
            source,
            tiers: price.tiers.iter().map(tier).collect(),
        }
    }
}

/// A meter that has no price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MissingMeterView {
    /// The meter.
    pub meter: MeterView,
    /// The lines that need it, as `resource/line`.
    pub needed_by: Vec<String>,
    /// Why there is no price, where more is known than its absence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The Regions that have a price for it.
    pub regions_with_price: Vec<String>,
    /// The nearest usage types of the service that have a price in this Region.
    pub nearest: Vec<String>,
}

impl From<&MissingMeter> for MissingMeterView {
    fn from(missing: &MissingMeter) -> Self {
        Self {
            meter: MeterView::from(&missing.meter),
            needed_by: missing.needed_by.clone(),
            why: missing.why.clone(),
            regions_with_price: missing.regions_with_price.clone(),
            nearest: missing.nearest.clone(),
        }
    }
}

/// A value that was assumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssumptionView {
    /// The input.
    pub input: String,
    /// The value taken.
    pub value: String,
    /// Why this one.
    pub why: String,
}

impl From<Assumption> for AssumptionView {
    fn from(assumption: Assumption) -> Self {
        let Assumption { input, value, why } = assumption;
        Self { input, value, why }
    }
}

impl From<&Assumption> for AssumptionView {
    fn from(assumption: &Assumption) -> Self {
        assumption.clone().into()
    }
}

/// Something the reader should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NoticeView {
    /// A stable code.
    pub code: &'static str,
    /// One or more sentences.
    pub text: String,
}

impl From<Notice> for NoticeView {
    fn from(notice: Notice) -> Self {
        Self { code: notice.code, text: notice.text }
    }
}

impl From<&Notice> for NoticeView {
    fn from(notice: &Notice) -> Self {
        notice.clone().into()
    }
}

/// Which prices were used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CatalogView {
    /// The number of the edition.
    pub edition: u32,
    /// The hash that names its content.
    pub hash: String,
    /// The day whose prices count.
    pub as_of: String,
    /// The oldest day on which a list price used here was seen; null where none was used.
    pub oldest_seen_on: Option<String>,
    /// The price book whose rates went over list prices, where the request names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_book: Option<BookRevisionView>,
}
