//! A price row: one tier of one ladder, as the files and the store hold it, and how rows become prices.

use std::collections::HashSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::price::{Confidence, Layer, Price, Tier};
use crate::domain::meter::MeterKey;
use crate::domain::unit::Unit;

/// One tier of the ladder of one meter, with its own source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceRow {
    /// The meter.
    pub meter: MeterKey,
    /// The first day AWS charges the ladder; `None` where the start is unknown.
    pub effective_from: Option<NaiveDate>,
    /// The first day AWS no longer charges it, where a source says so.
    /// A later ladder of the same meter ends it in any case.
    pub effective_to: Option<NaiveDate>,
    /// The unit of `tier_start` and of the price.
    pub unit: Unit,
    /// The quantity in the month at which the tier begins.
    pub tier_start: Decimal,
    /// US dollars for each unit; `None` where AWS has a tier whose price is not known.
    pub price: Option<Decimal>,
    /// The day the source was read.
    pub seen_on: NaiveDate,
    /// The key of the source.
    pub source: SmolStr,
    /// How much the row can be trusted.
    pub confidence: Confidence,
    /// What a reader should know about it.
    pub note: SmolStr,
    /// Where it came from.
    pub layer: Layer,
    /// The number of the edition that first held it.
    pub edition: u32,
}

/// Makes prices of rows that come meter by meter, the rows of one ladder next to each other and rising.
///
/// A price ends where the next one of its meter begins. An imported price beats a seed price, whichever was known
/// first: of the seed, only what lies before the first imported price of the meter is kept.
#[derive(Debug, Default)]
pub(crate) struct Ladders {
    prices: Vec<Price>,
    /// Where the prices of the present meter begin.
    meter_from: usize,
}

impl Ladders {
    /// Room for so many prices.
    pub(crate) fn with_capacity(prices: usize) -> Self {
        Self { prices: Vec::with_capacity(prices), meter_from: 0 }
    }

    /// Takes the next row.
    pub(crate) fn push(&mut self, row: PriceRow) {
        match self.prices.last_mut() {
            Some(last) if last.meter == row.meter => {
                if last.effective_from == row.effective_from && last.layer == row.layer {
                    add_tier(last, row);
                    return;
                }
            }
            _ => self.end_meter(),
        }
        let mut price = Price {
            meter: row.meter,
            unit: row.unit,
            tiers: Vec::with_capacity(1),
            known_up_to: None,
            effective_from: row.effective_from,
            effective_to: row.effective_to,
            seen_on: row.seen_on,
            source: row.source,
            confidence: row.confidence,
            note: row.note,
            layer: row.layer,
            edition: row.edition,
        };
        match row.price {
            Some(amount) => price.tiers.push(Tier { from: row.tier_start, price: amount }),
            None => price.known_up_to = Some(row.tier_start),
        }
        self.prices.push(price);
    }

    /// The prices, in the order of their meters and dates.
    pub(crate) fn into_prices(mut self) -> Vec<Price> {
        self.end_meter();
        self.prices
    }

    /// Settles the prices of the present meter among each other.
    fn end_meter(&mut self) {
        if self.prices.len().saturating_sub(self.meter_from) > 1 {
            let mut versions = self.prices.split_off(self.meter_from);
            let imported = versions.iter().filter(|price| price.layer == Layer::Import);
            if let Some(first_import) = imported.map(|price| price.effective_from).min() {
                versions.retain(|price| price.layer == Layer::Import || price.effective_from < first_import);
            }
            versions.sort_by_key(|price| price.effective_from);
            let mut next_from = None;
            for price in versions.iter_mut().rev() {
                if let Some(next_from) = next_from
                    && price.effective_to.is_none_or(|to| next_from < to)
                {
                    price.effective_to = Some(next_from);
                }
                next_from = price.effective_from;
            }
            self.prices.append(&mut versions);
        }
        self.meter_from = self.prices.len();
    }
}

/// Adds the next tier to a ladder.
///
/// The price is as old as the oldest reading of its tiers and cites that one's source; it is as trustworthy as the
/// least trusted of them, carries the remarks of all, and is as new to the store as the newest.
fn add_tier(price: &mut Price, row: PriceRow) {
    match row.price {
        Some(amount) => {
            price.tiers.push(Tier { from: row.tier_start, price: amount });
            if row.seen_on < price.seen_on {
                price.seen_on = row.seen_on;
                price.source = row.source;
            }
            price.confidence = price.confidence.min(row.confidence);
        }
        None => price.known_up_to = Some(row.tier_start),
    }
    if !row.note.is_empty() && !price.note.contains(row.note.as_str()) {
        price.note = match price.note.as_str() {
            "" => row.note,
            note => SmolStr::new(format!("{note}; {}", row.note)),
        };
    }
    price.edition = price.edition.max(row.edition);
}

/// Keeps one copy of each longer text: usage types, sources and notes recur in every Region.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    seen: HashSet<SmolStr>,
    last: SmolStr,
}

/// Texts of up to so many bytes are held inside a [`SmolStr`] and need no sharing.
const INLINE: usize = 23;

impl Interner {
    /// The one copy of a text.
    pub(crate) fn get(&mut self, text: &str) -> SmolStr {
        if text.len() <= INLINE {
            return SmolStr::new(text);
        }
        if self.last == text {
            return self.last.clone();
        }
        self.last = self.seen.get(text).cloned().unwrap_or_else(|| {
            let new = SmolStr::new(text);
            self.seen.insert(new.clone());
            new
        });
        self.last.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::table::{date_from_text, price_from_text};

    fn row(from: &str, price: &str, layer: Layer) -> PriceRow {
        PriceRow {
            meter: MeterKey {
                service_code: "AmazonVPC".into(),
                region: "eu-west-1".into(),
                usage_type: "Hours".into(),
                operation: SmolStr::default(),
            },
            effective_from: date_from_text(from),
            effective_to: None,
            unit: Unit::HOURS,
            tier_start: Decimal::ZERO,
            price: price_from_text(price).ok(),
            seen_on: date_from_text("2026-11-22").expect("a date"),
            source: SmolStr::default(),
            confidence: Confidence::High,
            note: SmolStr::default(),
            layer,
            edition: 1,
        }
    }

    /// The versions that the rows make, as `from..to=price`.
    fn versions(rows: Vec<PriceRow>) -> Vec<String> {
        let mut ladders = Ladders::default();
        for row in rows {
            ladders.push(row);
        }
        let day = |date: Option<NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
        let spelled = |price: &Price| {
            format!("{}..{}={}", day(price.effective_from), day(price.effective_to), price.tiers[0].price)
        };
        ladders.into_prices().iter().map(spelled).collect()
    }

    #[test]
    fn an_imported_price_beats_a_seed_price_from_its_first_day_on() {
        let import = |from, price| row(from, price, Layer::Import);
        let seed = |from, price| row(from, price, Layer::Seed);
        // Imports come first, as the store holds them.
        for (rows, expected) in [
            (vec![seed("", "1")], vec!["..=1"]),
            (vec![import("", "2"), seed("", "1")], vec!["..=2"]),
            (vec![import("", "2"), seed("2026-08-01", "1")], vec!["..=2"]),
            (vec![import("2026-06-01", "2"), seed("", "1")], vec!["..2026-06-01=1", "2026-06-01..=2"]),
            (
                vec![import("2026-06-01", "2"), seed("", "1"), seed("2026-08-01", "3")],
                vec!["..2026-06-01=1", "2026-06-01..=2"],
            ),
            (vec![import("2026-06-01", "2"), seed("2026-06-01", "1")], vec!["2026-06-01..=2"]),
            (
                vec![import("2026-06-01", "2"), import("2026-09-01", "4"), seed("2026-01-01", "1")],
                vec!["2026-01-01..2026-06-01=1", "2026-06-01..2026-09-01=2", "2026-09-01..=4"],
            ),
        ] {
            assert_eq!(versions(rows), expected);
        }
    }

    #[test]
    fn a_price_that_ended_by_itself_stays_ended() {
        let ended = |from, to| PriceRow { effective_to: date_from_text(to), ..row(from, "2", Layer::Import) };
        assert_eq!(versions(vec![ended("2026-01-01", "2026-03-01")]), ["2026-01-01..2026-03-01=2"]);
        assert_eq!(
            versions(vec![ended("2026-01-01", "2026-03-01"), row("2026-05-01", "4", Layer::Import)]),
            ["2026-01-01..2026-03-01=2", "2026-05-01..=4"]
        );
        assert_eq!(
            versions(vec![ended("2026-01-01", "2026-07-01"), row("2026-05-01", "4", Layer::Import)]),
            ["2026-01-01..2026-05-01=2", "2026-05-01..=4"]
        );
    }
}
