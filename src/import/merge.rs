//! Sets what price lists say about a meter against what the store holds, and makes the new state of both.
//!
//! - A price list says what holds from a day on. It ends what was known before it about that day and later ones, and
//!   leaves what was published after it: lists come in any order, and AWS publishes some after the period they cover.
//! - A price that goes on unchanged is not written again.
//! - With an end given, only the stretch up to it is replaced, and what held there goes on after it.
//! - A unit that differs from what is held, and a price that is many times what it was, are mistakes: most likely it is
//!   a price of something else.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::ladder::NewLadder;
use super::mistakes::Findings;
use crate::catalog::price::{Confidence, Layer, Price, Tier};
use crate::catalog::row::{Ladders, PriceRow};
use crate::domain::meter::MeterKey;
use crate::domain::unit::Unit;

/// Rows and the positions of their tiers.
type Numbered = Vec<(PriceRow, i64)>;

/// The version of a meter's price that begins on one day.
#[derive(Debug, Clone)]
struct Version {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    seen_on: NaiveDate,
    rows: Vec<PriceRow>,
}

/// What is known about the file that a ladder comes from.
#[derive(Debug, Clone)]
pub(super) struct FileFacts {
    /// Its name, for messages.
    pub name: String,
    /// The key of its source.
    pub source: SmolStr,
    /// The day it was published.
    pub published_on: NaiveDate,
    /// The first day its prices no longer hold, where that is known.
    pub valid_to: Option<NaiveDate>,
}

/// How prices are merged.
#[derive(Debug, Clone, Copy)]
pub(super) struct MergeOptions {
    /// The largest ratio by which a price may rise or fall; `None` for any.
    pub max_jump: Option<Decimal>,
}

/// The state of one meter while price lists are merged into it.
#[derive(Debug)]
pub(super) struct MeterState {
    meter: MeterKey,
    /// The rows of the seed, which imports never change.
    seed: Vec<PriceRow>,
    held: Vec<PriceRow>,
    versions: Vec<Version>,
}

impl MeterState {
    /// What the store holds, ladder by ladder.
    pub(super) fn of(meter: MeterKey, rows: Vec<PriceRow>) -> Self {
        let (held, seed): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.layer == Layer::Import);
        let mut versions: Vec<Version> = Vec::new();
        for row in &held {
            match versions.last_mut() {
                Some(last) if last.from == row.effective_from => last.rows.push(row.clone()),
                _ => versions.push(Version {
                    from: row.effective_from,
                    to: row.effective_to,
                    seen_on: row.seen_on,
                    rows: vec![row.clone()],
                }),
            }
        }
        Self { meter, seed, held, versions }
    }

    /// The prices as they are read from the store, before or after the merge.
    pub(super) fn prices_before(&self) -> Vec<Price> {
        prices(self.held.iter().chain(&self.seed))
    }

    /// The prices as they will be read.
    pub(super) fn prices_after(&self) -> Vec<Price> {
        prices(self.versions.iter().flat_map(|version| &version.rows).chain(&self.seed))
    }

    /// The rows that end, and those that are new.
    pub(super) fn into_changes(self) -> (Numbered, Numbered) {
        let before = numbered(self.held);
        let after = numbered(self.versions.into_iter().flat_map(|version| version.rows).collect());
        let lacking = |rows: &[(PriceRow, i64)], others: &[(PriceRow, i64)]| {
            rows.iter().filter(|row| !others.iter().any(|other| same_row(other, row))).cloned().collect()
        };
        (lacking(&before, &after), lacking(&after, &before))
    }

    /// Merges what a file says.
    pub(super) fn merge(
        &mut self,
        ladder: &NewLadder,
        unit: Unit,
        file: &FileFacts,
        options: MergeOptions,
        findings: &mut Findings,
    ) {
        let from = ladder.effective_from;
        if file.valid_to.is_some_and(|to| to <= from) {
            return;
        }
        let now = self.prices_after();
        let in_force = now.iter().find(|price| price.valid_on(from));
        if !self.is_plausible(ladder, unit, file, options, in_force, findings) {
            return;
        }
        if self.versions.iter().any(|version| version.from == Some(from) && version.seen_on > file.published_on) {
            return;
        }
        let goes_on = file.valid_to.and_then(|to| self.goes_on(&now, to));
        let replaced = |version: &Version| {
            version.from >= Some(from)
                && file.valid_to.is_none_or(|to| version.from < Some(to))
                && version.seen_on <= file.published_on
        };
        self.versions.retain(|version| !replaced(version));
        self.versions.extend(goes_on);
        let before = self.versions.iter().filter(|version| version.from < Some(from));
        let before = before.max_by_key(|version| version.from);
        let unchanged = before.is_some_and(|version| {
            let open = version.to.is_none_or(|to| file.valid_to.is_some_and(|end| end <= to));
            open && same_ladder(&version.rows, unit, &ladder.tiers)
        });
        if !unchanged {
            self.versions.push(self.version(ladder, unit, file));
        }
        self.versions.sort_by_key(|version| version.from);
    }

    /// Ends every price that holds on a day: AWS no longer lists the meter.
    pub(super) fn withdraw(&mut self, on: NaiveDate) {
        for version in &mut self.versions {
            let holds = version.from.is_none_or(|from| from < on) && version.to.is_none_or(|to| on < to);
            if holds && version.seen_on <= on {
                version.to = Some(on);
                version.rows.iter_mut().for_each(|row| row.effective_to = Some(on));
            }
        }
    }

    /// Whether any imported price of the meter holds on a day and comes from a list of an offer.
    pub(super) fn holds_from(&self, source_start: &str, on: NaiveDate) -> bool {
        self.versions.iter().any(|version| {
            version.from.is_none_or(|from| from <= on)
                && version.to.is_none_or(|to| on < to)
                && version.rows.iter().any(|row| row.source.starts_with(source_start))
        })
    }

    /// The version that continues, from a day on, the price that holds over it.
    fn goes_on(&self, now: &[Price], from: NaiveDate) -> Option<Version> {
        let price = now.iter().find(|price| price.valid_on(from) && price.effective_from < Some(from))?;
        let template = self.held.iter().chain(&self.seed).chain(self.versions.iter().flat_map(|v| &v.rows));
        let rows: Vec<PriceRow> = template
            .filter(|row| row.effective_from == price.effective_from && row.layer == price.layer)
            .map(|row| PriceRow {
                effective_from: Some(from),
                effective_to: price.effective_to,
                layer: Layer::Import,
                ..row.clone()
            })
            .collect();
        let mut unique: Vec<PriceRow> = Vec::with_capacity(rows.len());
        for row in rows {
            if !unique.iter().any(|other| other.tier_start == row.tier_start) {
                unique.push(row);
            }
        }
        Some(Version { from: Some(from), to: price.effective_to, seen_on: price.seen_on, rows: unique })
    }

    fn version(&self, ladder: &NewLadder, unit: Unit, file: &FileFacts) -> Version {
        let row = |tier: &Tier| PriceRow {
            meter: self.meter.clone(),
            effective_from: Some(ladder.effective_from),
            effective_to: file.valid_to,
            unit,
            tier_start: tier.from,
            price: Some(tier.price),
            seen_on: file.published_on,
            source: file.source.clone(),
            confidence: Confidence::High,
            note: SmolStr::default(),
            layer: Layer::Import,
            edition: 0,
        };
        Version {
            from: Some(ladder.effective_from),
            to: file.valid_to,
            seen_on: file.published_on,
            rows: ladder.tiers.iter().map(row).collect(),
        }
    }

    /// Whether a ladder can be a price of the same thing as what is held.
    fn is_plausible(
        &self,
        ladder: &NewLadder,
        unit: Unit,
        file: &FileFacts,
        options: MergeOptions,
        in_force: Option<&Price>,
        findings: &mut Findings,
    ) -> bool {
        let place = |at: usize| ladder.places.get(at).cloned().unwrap_or_default();
        if let Some(other) = self.held.iter().chain(&self.seed).find(|row| row.unit != unit) {
            let expected = format!("`{}`, the unit that {} has", other.unit, self.meter);
            findings.in_row(&file.name, &place(0), "Unit", format!("`{unit}`"), expected);
            return false;
        }
        let (Some(price), Some(max_jump)) = (in_force, options.max_jump) else { return true };
        let mut plausible = true;
        for (at, tier) in ladder.tiers.iter().enumerate() {
            let held = price.tiers.iter().rev().find(|held| held.from <= tier.from);
            let Some(held) = held.filter(|held| jumps(held.price, tier.price, max_jump)) else { continue };
            plausible = false;
            findings.in_row(
                &file.name,
                &place(at),
                "PricePerUnit",
                format!(
                    "`{}` for {}, which costs {} on {}",
                    tier.price,
                    self.meter,
                    held.price.normalize(),
                    ladder.effective_from
                ),
                format!("a price at most {max_jump} times as high or low; `--max-jump` sets how many"),
            );
        }
        plausible
    }
}

/// Whether a price is more than so many times, or less than one so-many-th of, another.
fn jumps(from: Decimal, to: Decimal, max_jump: Decimal) -> bool {
    let exceeds = |high: Decimal, low: Decimal| low.checked_mul(max_jump).is_none_or(|most| high > most);
    from != to && (exceeds(to, from) || exceeds(from, to))
}

fn prices<'r>(rows: impl Iterator<Item = &'r PriceRow>) -> Vec<Price> {
    let mut ladders = Ladders::default();
    rows.for_each(|row| ladders.push(row.clone()));
    ladders.into_prices()
}

/// The rows with the positions of their tiers.
fn numbered(rows: Vec<PriceRow>) -> Vec<(PriceRow, i64)> {
    let mut tier = 0;
    let mut before = None;
    let number = |row: PriceRow| {
        tier = if before == Some(row.effective_from) { i64::saturating_add(tier, 1) } else { 0 };
        before = Some(row.effective_from);
        (row, tier)
    };
    rows.into_iter().map(number).collect()
}

/// Whether two rows are the same but for the edition that first held them.
fn same_row(one: &(PriceRow, i64), other: &(PriceRow, i64)) -> bool {
    one.1 == other.1 && one.0.effective_from == other.0.effective_from && {
        let aligned = PriceRow { edition: one.0.edition, ..other.0.clone() };
        one.0 == aligned
    }
}

fn same_ladder(rows: &[PriceRow], unit: Unit, tiers: &[Tier]) -> bool {
    rows.len() == tiers.len()
        && rows
            .iter()
            .zip(tiers)
            .all(|(row, tier)| row.unit == unit && row.tier_start == tier.from && row.price == Some(tier.price))
}
