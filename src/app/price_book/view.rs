//! Price books as they go over the wire. A rate is shown in the form in which it is sent.

use serde::Serialize;
use smol_str::SmolStr;
use utoipa::ToSchema;

use crate::catalog::books::{Charge, PriceBook, Rate};
use crate::catalog::price::Tier;

/// The price books of this service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PriceBookList {
    /// Every book that has not been removed, by name.
    pub price_books: Vec<PriceBookSummary>,
}

/// A price book in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PriceBookSummary {
    /// The name, as requests spell it.
    #[schema(example = "acme")]
    pub name: String,
    /// The newest revision.
    #[schema(example = 1)]
    pub revision: u32,
    /// When that was made.
    #[schema(example = "2026-11-22T09:30:00Z")]
    pub created_at: String,
    /// The remark of its author.
    pub note: String,
    /// How many rates it has.
    #[schema(example = 3)]
    pub rates: usize,
}

/// A revision of a price book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PriceBookView {
    /// The name, as requests spell it.
    #[schema(example = "acme")]
    pub name: String,
    /// The revision; `acme@1` in a request means the first one for ever.
    #[schema(example = 1)]
    pub revision: u32,
    /// Whether this revision removed the book.
    pub removed: bool,
    /// When it was made.
    #[schema(example = "2026-11-22T09:30:00Z")]
    pub created_at: String,
    /// The remark of its author.
    pub note: String,
    /// Its rates, in the form in which they are sent.
    pub rates: Vec<RateView>,
}

/// A rate of a price book, in the form in which it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RateView {
    /// The service code of the price list; absent for everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_code: Option<String>,
    /// The Region, or `global`; absent for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The usage type; absent for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_type: Option<String>,
    /// The operation of the meter; absent where the rate is not of one meter, and empty where AWS gives none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The percentage off the list price; absent where the rate has a price of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_percent: Option<String>,
    /// The prices by tier; absent where the rate is a percentage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tiers: Option<Vec<RateTierView>>,
    /// The unit of the prices; absent where the rate is a percentage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'static str>,
    /// The first day on which it holds; absent where that is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// The first day on which it no longer holds; absent where that is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<String>,
    /// The remark of its author; absent where there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A tier of a rate, in the form in which it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RateTierView {
    /// The quantity in the month at which it begins.
    pub from: String,
    /// US dollars for each unit.
    pub price: String,
}

impl From<&PriceBook> for PriceBookSummary {
    fn from(book: &PriceBook) -> Self {
        let revision = &book.revision;
        Self {
            name: revision.name.to_string(),
            revision: revision.number,
            created_at: revision.created_at.clone(),
            note: revision.note.clone(),
            rates: book.rates().len(),
        }
    }
}

impl From<&PriceBook> for PriceBookView {
    fn from(book: &PriceBook) -> Self {
        let revision = &book.revision;
        Self {
            name: revision.name.to_string(),
            revision: revision.number,
            removed: revision.removed,
            created_at: revision.created_at.clone(),
            note: revision.note.clone(),
            rates: book.rates().map(RateView::from).collect(),
        }
    }
}

impl From<&Rate> for RateView {
    fn from(rate: &Rate) -> Self {
        let text = |text: &SmolStr| text.to_string();
        let meter = rate.scope.meter();
        let (discount_percent, tiers, unit) = match &rate.charge {
            Charge::Discount(percent) => (Some(percent.normalize().to_string()), None, None),
            Charge::Price { unit, tiers } => {
                let tier = |tier: &Tier| RateTierView {
                    from: tier.from.normalize().to_string(),
                    price: tier.price.normalize().to_string(),
                };
                (None, Some(tiers.iter().map(tier).collect()), Some(unit.as_str()))
            }
        };
        Self {
            service_code: rate.scope.service_code().map(text),
            region: rate.scope.region().map(text),
            usage_type: meter.map(|meter| text(&meter.usage_type)),
            operation: meter.map(|meter| text(&meter.operation)),
            discount_percent,
            tiers,
            unit,
            valid_from: rate.valid_from.map(|day| day.to_string()),
            valid_to: rate.valid_to.map(|day| day.to_string()),
            note: rate.note.clone(),
        }
    }
}
