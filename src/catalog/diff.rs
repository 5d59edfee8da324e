//! What differs between two states of the prices: by meter and by stretch of time.
//!
//! A price holds over a stretch of days, so two states differ over stretches too: a correction of June changes June
//! and nothing else. The days on which a price begins or ends in either state cut time into stretches; those over
//! which both states say the same are left out, and neighbours that differ in the same way are one.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};
use smol_str::SmolStr;

use super::Catalog;
use super::price::{Price, Tier};
use crate::domain::meter::MeterKey;
use crate::domain::unit::Unit;

/// What kind of difference it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// There was no price.
    Added,
    /// There is no price any more.
    Removed,
    /// There is another price.
    Changed,
}

impl ChangeKind {
    /// As it is spelled on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// The ladder of a price, without its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    /// The unit.
    pub unit: Unit,
    /// The tiers.
    pub tiers: Vec<Tier>,
    /// Where knowledge of them ends.
    pub known_up_to: Option<Decimal>,
}

impl From<&Price> for Ladder {
    fn from(price: &Price) -> Self {
        Self { unit: price.unit, tiers: price.tiers.clone(), known_up_to: price.known_up_to }
    }
}

impl Ladder {
    /// What a unit costs at a quantity.
    pub fn at(&self, quantity: Decimal) -> Option<Decimal> {
        self.tiers.iter().rev().find(|tier| tier.from <= quantity).map(|tier| tier.price)
    }

    /// The quantities at which either ladder has a tier.
    fn steps<'l>(&'l self, other: &'l Self) -> impl Iterator<Item = Decimal> {
        self.tiers.iter().chain(&other.tiers).map(|tier| tier.from)
    }

    /// The largest change of a tier, in percent of what it was; `None` where that has no meaning.
    fn percent_to(&self, after: &Self) -> Option<Decimal> {
        if self.unit != after.unit {
            return None;
        }
        let mut largest: Option<Decimal> = None;
        for quantity in self.steps(after) {
            let (from, to) = (self.at(quantity)?, after.at(quantity)?);
            let percent = to.checked_sub(from)?.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(from)?;
            if largest.is_none_or(|largest| percent.abs() > largest.abs()) {
                largest = Some(percent);
            }
        }
        largest.map(|percent| percent.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).normalize())
    }
}

/// A difference: what one meter costs over a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The meter.
    pub meter: MeterKey,
    /// The first day; `None` where it has no begin.
    pub from: Option<NaiveDate>,
    /// The first day after it; `None` where it has no end.
    pub to: Option<NaiveDate>,
    /// What it cost.
    pub before: Option<Ladder>,
    /// What it costs.
    pub after: Option<Ladder>,
}

impl Change {
    /// What kind it is.
    pub fn kind(&self) -> ChangeKind {
        match (&self.before, &self.after) {
            (None, _) => ChangeKind::Added,
            (Some(_), None) => ChangeKind::Removed,
            (Some(_), Some(_)) => ChangeKind::Changed,
        }
    }

    /// By how many percent the price changes, at the tier where it changes most, to two decimals. `None` where it was
    /// 0, is added or removed, or is in another unit.
    pub fn percent(&self) -> Option<Decimal> {
        self.before.as_ref()?.percent_to(self.after.as_ref()?)
    }
}

/// The differences between two states of the prices of one meter, in the order of time.
pub fn of_meter(meter: &MeterKey, before: &[Price], after: &[Price]) -> Vec<Change> {
    let prices = || before.iter().chain(after);
    let mut cuts: Vec<Option<NaiveDate>> =
        prices().flat_map(|price| [price.effective_from, price.effective_to]).flatten().map(Some).collect();
    cuts.push(None);
    cuts.sort_unstable();
    cuts.dedup();
    let mut changes: Vec<Change> = Vec::new();
    for (at, from) in cuts.iter().enumerate() {
        let to = cuts.get(at.saturating_add(1)).copied().flatten();
        let (was, is) = (valid_from(before, *from).map(Ladder::from), valid_from(after, *from).map(Ladder::from));
        if was == is {
            continue;
        }
        match changes.last_mut() {
            Some(last) if last.to == *from && from.is_some() && last.before == was && last.after == is => last.to = to,
            _ => changes.push(Change { meter: meter.clone(), from: *from, to, before: was, after: is }),
        }
    }
    changes
}

/// The price that is valid from a cut on, up to the next one.
fn valid_from(prices: &[Price], cut: Option<NaiveDate>) -> Option<&Price> {
    prices.iter().find(|price| match cut {
        Some(day) => price.valid_on(day),
        None => price.effective_from.is_none(),
    })
}

/// The differences between two catalogs past a meter, in the order of meters and of time.
pub fn between<'c>(
    before: &'c Catalog,
    after: &'c Catalog,
    past: Option<&'c MeterKey>,
) -> impl Iterator<Item = Change> + 'c {
    let beyond = |prices: &'c [Price]| {
        let from = past.map_or(0, |past| prices.partition_point(|price| price.meter <= *past));
        prices.get(from..).unwrap_or_default()
    };
    let (mut before, mut after) = (beyond(&before.prices), beyond(&after.prices));
    std::iter::from_fn(move || {
        let meter = match (before.first(), after.first()) {
            (None, None) => return None,
            (Some(one), None) | (None, Some(one)) => &one.meter,
            (Some(was), Some(is)) => (&was.meter).min(&is.meter),
        };
        let take = |prices: &mut &'c [Price]| {
            let len = prices.iter().take_while(|price| price.meter == *meter).count();
            let (taken, rest) = prices.split_at_checked(len).unwrap_or((&[], prices));
            *prices = rest;
            taken
        };
        let (was, is) = (take(&mut before), take(&mut after));
        Some(of_meter(meter, was, is))
    })
    .flatten()
}

/// How many differences of each kind there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Stretches that have a price and had none.
    pub added: u64,
    /// Stretches that had a price and have none.
    pub removed: u64,
    /// Stretches that have another price.
    pub changed: u64,
    /// The largest rise in percent, where there is one.
    pub largest_rise: Option<Decimal>,
    /// The largest fall in percent, below zero, where there is one.
    pub largest_fall: Option<Decimal>,
}

impl Counts {
    /// Counts one more.
    pub fn count(&mut self, change: &Change) {
        let counter = match change.kind() {
            ChangeKind::Added => &mut self.added,
            ChangeKind::Removed => &mut self.removed,
            ChangeKind::Changed => &mut self.changed,
        };
        *counter = counter.saturating_add(1);
        if let Some(percent) = change.percent() {
            if percent > Decimal::ZERO {
                self.largest_rise = self.largest_rise.max(Some(percent));
            } else if percent < Decimal::ZERO {
                self.largest_fall = Some(self.largest_fall.map_or(percent, |fall| fall.min(percent)));
            }
        }
    }
}

/// The differences by service code and Region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// All of them.
    pub total: Counts,
    /// By service code and Region.
    pub by_place: BTreeMap<(SmolStr, SmolStr), Counts>,
}

impl Summary {
    /// Counts one more.
    pub fn count(&mut self, change: &Change) {
        self.total.count(change);
        let place = (change.meter.service_code.clone(), change.meter.region.clone());
        self.by_place.entry(place).or_default().count(change);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::price::{Confidence, Layer};
    use crate::catalog::table::{date_from_text, price_from_text};

    fn meter() -> MeterKey {
        MeterKey {
            service_code: "AmazonVPC".into(),
            region: "eu-west-1".into(),
            usage_type: "Hours".into(),
            operation: SmolStr::default(),
        }
    }

    /// Prices as `from..to=price`, with `+start:price` for each further tier.
    fn prices(spelled: &[&str]) -> Vec<Price> {
        let decimal = |text: &str| price_from_text(text).expect("a decimal");
        let price = |text: &&str| {
            let (days, ladder) = text.split_once('=').expect("a price");
            let (from, to) = days.split_once("..").expect("days");
            let mut tiers = ladder.split('+');
            let first = Tier { from: Decimal::ZERO, price: decimal(tiers.next().expect("a tier")) };
            let further = tiers.map(|tier| {
                let (from, price) = tier.split_once(':').expect("a tier");
                Tier { from: decimal(from), price: decimal(price) }
            });
            Price {
                meter: meter(),
                unit: Unit::HOURS,
                tiers: std::iter::once(first).chain(further).collect(),
                known_up_to: None,
                effective_from: date_from_text(from),
                effective_to: date_from_text(to),
                seen_on: NaiveDate::default(),
                source: SmolStr::default(),
                confidence: Confidence::High,
                note: SmolStr::default(),
                layer: Layer::Import,
                edition: 1,
            }
        };
        spelled.iter().map(price).collect()
    }

    fn differences(before: &[&str], after: &[&str]) -> Vec<String> {
        let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let spelled = |change: &Change| {
            let percent = change.percent().map(|percent| format!(" {percent}%")).unwrap_or_default();
            format!("{} {}..{}{percent}", change.kind().as_str(), day(change.from), day(change.to))
        };
        of_meter(&meter(), &prices(before), &prices(after)).iter().map(spelled).collect()
    }

    #[test]
    fn states_differ_over_stretches_of_time() {
        for (before, after, expected) in [
            (vec!["..=1"], vec!["..=1.00"], vec![]),
            (vec![], vec!["2026-01-01..=1"], vec!["added 2026-01-01.."]),
            (vec!["2026-01-01..=1"], vec![], vec!["removed 2026-01-01.."]),
            (vec!["..=0.05"], vec!["..2026-06-01=0.05", "2026-06-01..=0.06"], vec!["changed 2026-06-01.. 20%"]),
            // A correction of June changes June.
            (
                vec!["2026-01-01..=3"],
                vec!["2026-01-01..2026-06-01=3", "2026-06-01..2026-07-01=2", "2026-07-01..=3"],
                vec!["changed 2026-06-01..2026-07-01 -33.33%"],
            ),
            // What is cut in two and says the same is the same.
            (vec!["2026-01-01..=1"], vec!["2026-01-01..2026-06-01=1", "2026-06-01..=1"], vec![]),
            (vec!["..=1"], vec!["..2026-06-01=2", "2026-06-01..=2"], vec!["changed .. 100%"]),
            // From 0 there is no percentage.
            (vec!["..=0"], vec!["..=1"], vec!["changed .."]),
            // The tier that changes most counts, also where only one side has it.
            (vec!["..=1+100:0.8"], vec!["..=1+100:0.4"], vec!["changed .. -50%"]),
            (vec!["..=1"], vec!["..=1+100:0.9"], vec!["changed .. -10%"]),
        ] {
            assert_eq!(differences(&before, &after), expected, "{before:?} {after:?}");
        }
    }
}
