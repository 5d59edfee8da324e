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

/// Makes prices of rows that come in the order of their meters, dates and tiers.
#[derive(Debug, Default)]
pub(crate) struct Ladders(Vec<Price>);

impl Ladders {
    /// Room for so many prices.
    pub(crate) fn with_capacity(prices: usize) -> Self {
        Self(Vec::with_capacity(prices))
    }

    /// Takes the next row.
    ///
    /// A price is as old as the oldest reading of its tiers and cites that one's source; it is as trustworthy as
    /// the least trusted of them; it carries the remarks of all.
    pub(crate) fn push(&mut self, row: PriceRow) {
        let price = match self.0.last_mut() {
            Some(last) if last.effective_from == row.effective_from && last.meter == row.meter => {
                if row.price.is_some() {
                    if row.seen_on < last.seen_on {
                        last.seen_on = row.seen_on;
                        last.source = row.source;
                    }
                    last.confidence = last.confidence.min(row.confidence);
                }
                if !row.note.is_empty() && !last.note.contains(row.note.as_str()) {
                    last.note = if last.note.is_empty() {
                        row.note
                    } else {
                        SmolStr::new(format!("{}; {}", last.note, row.note))
                    };
                }
                Some(last)
            }
            earlier => {
                if let Some(earlier) = earlier.filter(|earlier| earlier.meter == row.meter)
                    && let Some(from) = row.effective_from
                    && earlier.effective_to.is_none_or(|to| from < to)
                {
                    earlier.effective_to = Some(from);
                }
                self.0.push(Price {
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
                });
                self.0.last_mut()
            }
        };
        if let Some(ladder) = price {
            match row.price {
                Some(price) => ladder.tiers.push(Tier { from: row.tier_start, price }),
                None => ladder.known_up_to = Some(row.tier_start),
            }
        }
    }

    /// The prices, in the order of their meters and dates.
    pub(crate) fn into_prices(self) -> Vec<Price> {
        self.0
    }
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
