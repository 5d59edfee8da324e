//! Makes ladders of the rows of a meter, and checks them.
//!
//! A ladder begins at 0, has no gap and no overlap, and goes on for ever. Two products that stand for one meter must
//! have the same ladder: of two different prices none is chosen. Where AWS writes a free quantity as a first tier of
//! 0, the ladder begins with the tier after it, since free quantities are data of their own (`free_tiers.csv`); the
//! import says where the two do not agree.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::ImportError;
use super::mistakes::{Findings, RowPlace};
use super::staging::{StagedMeter, StagedRow, Staging};
use crate::catalog::Catalog;
use crate::catalog::price::Tier;
use crate::domain::meter::MeterKey;
use crate::domain::unit::Unit;

/// The most warnings that are kept; the rest are only counted.
const MAX_WARNINGS: usize = 100;

/// A ladder of a meter, as one file has it.
#[derive(Debug, Clone)]
pub(super) struct NewLadder {
    /// The position of the file.
    pub file: usize,
    /// The first day AWS charges it.
    pub effective_from: NaiveDate,
    /// The tiers.
    pub tiers: Vec<Tier>,
    /// Where each tier stands.
    pub places: Vec<RowPlace>,
}

/// What is no mistake and should be known.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    /// The first of them.
    pub texts: Vec<String>,
    /// How many there are.
    pub total: usize,
}

impl Warnings {
    /// Adds one.
    pub(super) fn add(&mut self, text: String) {
        self.total = self.total.saturating_add(1);
        if self.texts.len() < MAX_WARNINGS {
            self.texts.push(text);
        }
    }
}

/// Makes the ladders of meters.
#[derive(Debug)]
pub(super) struct LadderMaker<'a> {
    /// The names of the files.
    pub files: &'a [String],
    /// The edition that the import is based on, for its free allowances.
    pub catalog: &'a Catalog,
    /// Where the free quantities wait.
    pub staging: &'a Staging,
    /// What is wrong.
    pub findings: &'a mut Findings,
    /// What should be known.
    pub warnings: &'a mut Warnings,
}

impl LadderMaker<'_> {
    /// The ladders of a meter, file by file. A meter with a mistake has none, and the mistake is among the findings.
    pub(super) fn ladders(&mut self, staged: &StagedMeter) -> Result<Vec<NewLadder>, ImportError> {
        let before = self.findings.count();
        let mut ladders = Vec::new();
        let mut rows: &[StagedRow] = &staged.rows;
        while let Some(first) = rows.first() {
            let len = rows.iter().take_while(|row| row.file == first.file).count();
            let (of_file, rest) = rows.split_at_checked(len).unwrap_or((rows, &[]));
            rows = rest;
            self.of_file(&staged.meter, staged.unit, of_file, &mut ladders)?;
        }
        if self.findings.count() > before {
            ladders.clear();
        }
        Ok(ladders)
    }

    fn of_file(
        &mut self,
        meter: &MeterKey,
        unit: Unit,
        rows: &[StagedRow],
        ladders: &mut Vec<NewLadder>,
    ) -> Result<(), ImportError> {
        // A row of the meter's own operation counts before rows of operations that the meter does not tell apart.
        let exact = rows.iter().any(|row| row.exact);
        let mut by_day: BTreeMap<NaiveDate, Vec<(SmolStr, Vec<&StagedRow>)>> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.exact || !exact) {
            let products = by_day.entry(row.effective_from).or_default();
            match products.iter_mut().find(|(sku, _)| *sku == row.sku) {
                Some((_, steps)) => steps.push(row),
                None => products.push((row.sku.clone(), vec![row])),
            }
        }
        for (day, products) in by_day {
            let mut chosen: Option<(SmolStr, NewLadder)> = None;
            let mut agreed = true;
            for (sku, steps) in products {
                let Some(ladder) = self.of_product(meter, unit, day, steps)? else { return Ok(()) };
                match &chosen {
                    None => chosen = Some((sku, ladder)),
                    Some((_, first)) if first.tiers == ladder.tiers => {}
                    Some((first_sku, first)) if exact => {
                        self.two_prices(meter, (first_sku, first), (&sku, &ladder));
                        return Ok(());
                    }
                    Some(_) => agreed = false,
                }
            }
            if agreed {
                ladders.extend(chosen.map(|(_, ladder)| ladder));
            } else {
                let file = self.name(rows);
                self.warnings.add(format!(
                    "{file}: the operations of {meter} have different prices, and the meter has one for all; it is left \
                     as it is"
                ));
            }
        }
        Ok(())
    }

    /// Says that two products stand for one meter and differ.
    fn two_prices(&mut self, meter: &MeterKey, first: (&str, &NewLadder), second: (&str, &NewLadder)) {
        let differing = second.1.tiers.iter().zip(&first.1.tiers).position(|(one, other)| one != other).unwrap_or(0);
        let tier =
            |ladder: &NewLadder| ladder.tiers.get(differing).map_or(Decimal::ZERO, |tier| tier.price).normalize();
        let place = |ladder: &NewLadder| ladder.places.get(differing).cloned().unwrap_or_default();
        let (there, here) = (place(first.1), place(second.1));
        let at = if there.line > 0 { format!("line {}", there.line) } else { format!("the rate {}", there.rate_code) };
        let file = self.files.get(second.1.file).map_or("", String::as_str);
        self.findings.in_row(
            file,
            &here,
            "PricePerUnit",
            format!("`{}` of {} for {meter}", tier(second.1), second.0),
            format!("one price for one meter; {} has `{}` for it in {at}", first.0, tier(first.1)),
        );
    }

    /// The ladder that the rows of one product make.
    fn of_product(
        &mut self,
        meter: &MeterKey,
        unit: Unit,
        day: NaiveDate,
        mut steps: Vec<&StagedRow>,
    ) -> Result<Option<NewLadder>, ImportError> {
        steps.sort_by_key(|step| step.tier_start);
        steps.dedup_by(|later, earlier| {
            (later.tier_start, later.tier_end, later.price) == (earlier.tier_start, earlier.tier_end, earlier.price)
        });
        let Some(first) = steps.first().copied() else { return Ok(None) };
        if !self.is_whole(meter, &steps) {
            return Ok(None);
        }
        let free = match (first.price.is_zero(), first.tier_end) {
            (true, Some(end)) if steps.iter().any(|step| !step.price.is_zero()) => Some(end),
            _ => None,
        };
        let stated = match free {
            Some(quantity) => Some(quantity),
            None if !first.related_to.is_empty() => self.staging.free(&first.related_to)?,
            None => None,
        };
        if let Some(quantity) = stated {
            self.hold_against_allowances(meter, unit, quantity, first);
        }
        let shift = free.unwrap_or_default();
        let paid = steps.iter().skip(usize::from(free.is_some()));
        let all_free = steps.iter().all(|step| step.price.is_zero());
        let paid = paid.take(if all_free { 1 } else { usize::MAX });
        let mut ladder = NewLadder { file: first.file, effective_from: day, tiers: Vec::new(), places: Vec::new() };
        for step in paid {
            // An allowance is taken off before the tiers, so they begin after it.
            let from = step.tier_start.checked_sub(shift).unwrap_or_default();
            ladder.tiers.push(Tier { from: from.normalize(), price: step.price.normalize() });
            ladder.places.push(step.place.clone());
        }
        Ok(Some(ladder))
    }

    /// Whether the steps begin at 0, follow each other, and have no end.
    fn is_whole(&mut self, meter: &MeterKey, steps: &[&StagedRow]) -> bool {
        let before = self.findings.count();
        let mut end = Some(Decimal::ZERO);
        let mut previous: Option<&StagedRow> = None;
        for step in steps {
            let begins = step.tier_start;
            let fault = match (end, previous) {
                (Some(end), None) if begins != end => Some("`0` for the first tier of a ladder".to_owned()),
                (Some(end), Some(_)) if begins > end => Some(format!("`{end}`, where the tier before ends: a gap")),
                (Some(end), Some(_)) if begins < end => {
                    Some(format!("`{end}`, where the tier before ends: an overlap"))
                }
                (None, _) => Some("no further tier after one that ends at `Inf`: an overlap".to_owned()),
                _ => None,
            };
            if let Some(expected) = fault {
                let file = self.files.get(step.file).map_or("", String::as_str);
                self.findings.in_row(file, &step.place, "StartingRange", format!("`{begins}` for {meter}"), expected);
                return false;
            }
            end = step.tier_end;
            previous = Some(step);
        }
        if let (Some(end), Some(last)) = (end, previous) {
            let file = self.files.get(last.file).map_or("", String::as_str);
            let expected = "`Inf` for the last tier of a ladder; is a row missing?";
            self.findings.in_row(file, &last.place, "EndingRange", format!("`{end}` for {meter}"), expected);
        }
        self.findings.count() == before
    }

    /// Says where a free quantity of the price list and the table of allowances do not agree.
    fn hold_against_allowances(&mut self, meter: &MeterKey, unit: Unit, quantity: Decimal, row: &StagedRow) {
        let listed =
            self.catalog.allowances.iter().filter(|allowance| allowance.covers(meter) && allowance.unit == unit);
        let mut listed = listed.map(|allowance| allowance.allowance).peekable();
        let known = match listed.peek() {
            None => "has none".to_owned(),
            Some(first) => format!("has {first}"),
        };
        if !listed.any(|allowance| allowance == quantity) {
            let file = self.files.get(row.file).map_or("", String::as_str);
            self.warnings.add(format!(
                "{file}: {} {unit} of {meter} are free by this price list; free_tiers.csv {known}, and is what \
                 `\"free_tier\": \"always\"` takes off",
                quantity.normalize()
            ));
        }
    }

    fn name(&self, rows: &[StagedRow]) -> String {
        rows.first().and_then(|row| self.files.get(row.file)).cloned().unwrap_or_default()
    }
}
