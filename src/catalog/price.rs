//! A price: the dated, sourced tier ladder of one meter.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use crate::domain::meter::MeterKey;
use crate::domain::unit::Unit;

/// How much a price can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// An old or assumed value.
    Low,
    /// A quotation of an AWS offer or page.
    Medium,
    /// An AWS offer file or an AWS feed with names.
    High,
}

impl Confidence {
    /// The level that is spelled so.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "low" => Some(Self::Low),
            "medium" => Some(Self::Medium),
            "high" => Some(Self::High),
            _ => None,
        }
    }

    /// As it is spelled in the tables and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Where a price stands in the precedence seed < import < price book; derived prices stand in for none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layer {
    /// The data that the binary carries.
    Seed,
    /// An imported AWS price list.
    Import,
    /// A named overlay of the user's own rates.
    PriceBook(SmolStr),
    /// A documented derivation rule, by its position in `derived.csv`.
    Derived(usize),
}

/// One step of a tier ladder: from this quantity on, each unit costs this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// The quantity in the month at which the tier begins, in the price's unit.
    pub from: Decimal,
    /// US dollars for each unit, up to 12 decimals.
    pub price: Decimal,
}

/// The price of one meter over one stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// The meter.
    pub meter: MeterKey,
    /// The unit that the tiers and prices are in.
    pub unit: Unit,
    /// The ladder: begins at zero, strictly rising.
    pub tiers: Vec<Tier>,
    /// Where knowledge of the ladder ends: AWS has further tiers whose prices are not known.
    pub known_up_to: Option<Decimal>,
    /// The first day AWS charges it; `None` where the start is unknown.
    pub effective_from: Option<NaiveDate>,
    /// The first day AWS no longer charges it; `None` while it is open.
    pub effective_to: Option<NaiveDate>,
    /// The day the source was read; the oldest where the tiers come from several readings.
    pub seen_on: NaiveDate,
    /// The key of the source in `sources.csv`.
    pub source: SmolStr,
    /// How much it can be trusted; the lowest of its tiers.
    pub confidence: Confidence,
    /// What a reader should know about it.
    pub note: SmolStr,
    /// Where it came from.
    pub layer: Layer,
    /// The number of the edition that first held it.
    pub edition: u32,
}

impl Price {
    /// Whether AWS charges this price on a date.
    pub fn valid_on(&self, date: NaiveDate) -> bool {
        self.effective_from.is_none_or(|from| from <= date) && self.effective_to.is_none_or(|to| date < to)
    }

    /// Whether nobody has confirmed that the price already held on a date: its start is unknown and it was seen later.
    pub fn unverified_on(&self, date: NaiveDate) -> bool {
        self.effective_from.is_none() && date < self.seen_on
    }
}
