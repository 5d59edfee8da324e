//! Takes the rows of price lists: finds the meter of each, reads its numbers, and puts it where rows wait.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::ImportError;
use super::cells::{Cells, Column};
use super::meters::{Meters, RowRegion, Target};
use super::mistakes::{Findings, RowPlace};
use super::staging::{StagedRow, Staging};
use super::units::{Conversion, conversion, spellings};
use crate::catalog::mistake::quoted;
use crate::catalog::table::{date_from_text, price_from_text};
use crate::domain::problem::nearest;
use crate::domain::unit::Unit;
use crate::services::commitments::{
    OfferingClass, Payment, SavingsPlan, Term, plan_rate, reserved_hours, reserved_upfront,
};

/// The term of free allowances. A hint only: what it says is checked against `free_tiers.csv`.
const FREE_TIER_TERM: &str = "A429C66SYZ";
/// What the end of the last tier is called.
const NO_END: &str = "Inf";
/// What begins the usage types of reservations and dedicated hosts that do not run.
const UNUSED: &str = "Unused";

/// What the head of a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The code of the offer, such as `AmazonEC2`.
    pub offer_code: String,
    /// The version: the moment of publication, `20260831092255`.
    pub version: String,
    /// When it was published, `2026-08-31T09:22:55Z`.
    pub published_at: String,
    /// The Region that the whole file is about, where it says so.
    pub region: String,
}

/// What became of the rows of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows with a price.
    pub rows: u64,
    /// Rows that price a meter of ours.
    pub kept: u64,
    /// Rows that no service of ours meters.
    pub unmatched: u64,
    /// Rows of Local Zones, Wavelength Zones and other partitions of AWS.
    pub outside: u64,
    /// Rows that state free allowances, which are data of their own.
    pub free: u64,
    /// Rows of Regions that are not known, where these are left out.
    pub unknown_regions: BTreeMap<String, u64>,
}

/// How rows are taken.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TakeOptions {
    /// Keep what matches no meter, for reference.
    pub keep_all: bool,
    /// Leave Regions out that are not known, where each is otherwise a mistake.
    pub skip_unknown_regions: bool,
}

/// Takes the rows of one file.
#[derive(Debug)]
pub(super) struct Rows<'a, 'c> {
    /// The meters that are known.
    pub meters: &'a Meters<'c>,
    /// Where rows wait.
    pub staging: &'a Staging,
    /// What is wrong.
    pub findings: &'a mut Findings,
    /// The name of the file.
    pub file: &'a str,
    /// Its position among the files.
    pub at: usize,
    /// How to take them.
    pub options: TakeOptions,
    /// What its head says.
    pub head: Head,
    /// What became of its rows.
    pub counts: Counts,
    unknown_regions: Vec<SmolStr>,
    last_date: (String, Option<NaiveDate>),
}

impl<'a, 'c> Rows<'a, 'c> {
    /// For a file of which nothing has been read.
    pub(super) fn new(
        meters: &'a Meters<'c>,
        staging: &'a Staging,
        findings: &'a mut Findings,
        (at, file): (usize, &'a str),
        options: TakeOptions,
    ) -> Self {
        Self {
            meters,
            staging,
            findings,
            file,
            at,
            options,
            head: Head::default(),
            counts: Counts::default(),
            unknown_regions: Vec::new(),
            last_date: (String::new(), None),
        }
    }

    /// Takes the next row of a service's price list.
    pub(super) fn offer_row(&mut self, row: &impl Cells) -> Result<(), ImportError> {
        self.count();
        let meters = self.meters;
        let service_code = match row.cell(Column::ServiceCode) {
            "" => self.head.offer_code.as_str(),
            code => code,
        };
        if !meters.knows_service(service_code) {
            return self.unmatched("", row);
        }
        let region = meters.region(row);
        let place = match region {
            RowRegion::Known(code) => Some(code),
            RowRegion::NoRegion => None,
            RowRegion::Outside => {
                self.counts.outside = self.counts.outside.saturating_add(1);
                return self.reference("", row);
            }
            RowRegion::Unknown(code) => return self.unknown_region(code, Column::RegionCode, row),
        };
        if row.cell(Column::OfferTermCode) == FREE_TIER_TERM {
            return self.free_row(row);
        }
        let usage_type = row.cell(Column::UsageType);
        let target = meters.target(service_code, place, usage_type, row.cell(Column::Operation));
        let Some(target) = target else { return self.unmatched(place.unwrap_or_default(), row) };
        match row.cell(Column::TermType) {
            "OnDemand" => self.keep(&target, row, Ladder::Tiers),
            "Reserved" => self.reserved_row(&target, row),
            _ => self.unmatched(place.unwrap_or_default(), row),
        }
    }

    /// Takes the next rate of a Savings Plan. `plan` is the product family of the plan.
    pub(super) fn plan_row(&mut self, plan: &str, row: &impl Cells) -> Result<(), ImportError> {
        self.count();
        let meters = self.meters;
        let usage_type = row.cell(Column::DiscountedUsageType);
        let Some(plan) = SavingsPlan::from_price_list(plan) else { return self.unmatched("", row) };
        let code = match row.cell(Column::DiscountedRegionCode) {
            "" => self.head.region.clone(),
            code => code.to_owned(),
        };
        let by_prefix = || meters.region_of_prefix(usage_type).map_or(RowRegion::NoRegion, RowRegion::Known);
        let region = match meters.region_of_code(&code) {
            RowRegion::NoRegion => by_prefix(),
            // A plan's file also lists usage in the Local Zones of its Region.
            found => found,
        };
        let place = match region {
            RowRegion::Known(code) => code,
            RowRegion::NoRegion => return self.unmatched("", row),
            RowRegion::Outside => {
                self.counts.outside = self.counts.outside.saturating_add(1);
                return self.reference("", row);
            }
            RowRegion::Unknown(code) => return self.unknown_region(code, Column::DiscountedRegionCode, row),
        };
        let bare = meters.without_prefix(place, usage_type).unwrap_or(usage_type);
        let service_code = row.cell(Column::DiscountedServiceCode);
        let covered = meters
            .target(service_code, Some(place), usage_type, row.cell(Column::DiscountedOperation))
            .filter(|_| !bare.starts_with(UNUSED));
        let Some(covered) = covered else { return self.unmatched(place, row) };
        let Some(term) = Term::from_price_list(row.cell(Column::LeaseContractLength)) else {
            self.findings.cell(self.file, row, Column::LeaseContractLength, "`1` or `3` years");
            return Ok(());
        };
        let Some(payment) = Payment::from_price_list(row.cell(Column::PurchaseOption)) else {
            let allowed = "`No Upfront`, `Partial Upfront` or `All Upfront`";
            self.findings.cell(self.file, row, Column::PurchaseOption, allowed);
            return Ok(());
        };
        let target = Target { meter: plan_rate(plan, term, payment, &covered.meter), ..covered };
        self.keep(&target, row, Ladder::One)
    }

    /// A row of a Reserved Instance: its hours, or its upfront fee.
    fn reserved_row(&mut self, covered: &Target, row: &impl Cells) -> Result<(), ImportError> {
        let term = Term::from_price_list(row.cell(Column::LeaseContractLength));
        let payment = Payment::from_price_list(row.cell(Column::PurchaseOption));
        // Services that reserve something other than instances have no class.
        let class = match row.cell(Column::OfferingClass) {
            "" => Some(OfferingClass::Standard),
            class => OfferingClass::from_price_list(class),
        };
        let (Some(term), Some(payment), Some(class)) = (term, payment, class) else {
            return self.unmatched(&covered.meter.region, row);
        };
        if covered.unit != Unit::HOURS {
            return self.unmatched(&covered.meter.region, row);
        }
        let (meter, unit) = if row.cell(Column::Unit).eq_ignore_ascii_case(Unit::QUANTITY.as_str()) {
            (reserved_upfront(class, term, payment, &covered.meter), Unit::QUANTITY)
        } else {
            if payment == Payment::AllUpfront
                && price_from_text(trimmed(row.cell(Column::PricePerUnit))).is_ok_and(|p| p.is_zero())
            {
                // Nothing is paid by the hour then; it is no price of 0 that anything could be compared with.
                return Ok(());
            }
            (reserved_hours(class, term, payment, &covered.meter), Unit::HOURS)
        };
        self.keep(&Target { meter, unit, exact: covered.exact }, row, Ladder::One)
    }

    /// A row that says how much is free: no price, and noted so that it can be held against `free_tiers.csv`.
    fn free_row(&mut self, row: &impl Cells) -> Result<(), ImportError> {
        self.counts.free = self.counts.free.saturating_add(1);
        if let Ok(quantity) = price_from_text(trimmed(row.cell(Column::EndingRange))) {
            self.staging.add_free(row.cell(Column::Sku), quantity)?;
        }
        self.reference("", row)
    }

    /// Reads the numbers of a row that has found its meter, every one, so that every mistake is reported.
    fn keep(&mut self, target: &Target, row: &impl Cells, ladder: Ladder) -> Result<(), ImportError> {
        let before = self.findings.count();
        let currency = row.cell(Column::Currency);
        if currency != "USD" {
            self.findings.cell(self.file, row, Column::Currency, "`USD`, the one currency that prices are kept in");
        }
        let unit = row.cell(Column::Unit);
        // Savings Plan files of 2020 name no unit; the rate is for the unit of what it discounts.
        let unstated = unit.is_empty() && matches!(ladder, Ladder::One);
        let conversion =
            if unstated { conversion(target.unit.as_str(), target.unit) } else { conversion(unit, target.unit) };
        if conversion.is_none() {
            let expected = format!(
                "the unit of {}, `{}` (in price lists {})",
                target.meter,
                target.unit,
                spellings(target.unit).iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            );
            self.findings.cell(self.file, row, Column::Unit, expected);
        }
        let effective_from = self.date(row);
        let price = self.decimal(row, Column::PricePerUnit);
        let (start, end) = match ladder {
            Ladder::One => (Some(Decimal::ZERO), Some(None)),
            Ladder::Tiers => {
                let end = match row.cell(Column::EndingRange) {
                    NO_END => Some(None),
                    _ => self.decimal_or(row, Column::EndingRange, "a decimal, or `Inf`").map(Some),
                };
                (self.decimal(row, Column::StartingRange), end)
            }
        };
        let (Some(conversion), Some(effective_from), Some(price), Some(start), Some(end)) =
            (conversion, effective_from, price, start, end)
        else {
            return Ok(());
        };
        let converted = || -> Option<(Decimal, Decimal, Option<Decimal>)> {
            let end = match end {
                Some(end) => Some(Conversion::quantity(conversion, end)?),
                None => None,
            };
            Some((conversion.price(price)?, conversion.quantity(start)?, end))
        };
        let Some((price, tier_start, tier_end)) = converted() else {
            self.findings.cell(self.file, row, Column::PricePerUnit, "a number that fits 28 digits");
            return Ok(());
        };
        if self.findings.count() > before {
            return Ok(());
        }
        self.counts.kept = self.counts.kept.saturating_add(1);
        let staged = StagedRow {
            exact: target.exact,
            file: self.at,
            effective_from,
            sku: SmolStr::new(row.cell(Column::Sku)),
            tier_start,
            tier_end,
            price,
            related_to: row.cell(Column::RelatedTo).to_owned(),
            place: RowPlace::of(row),
        };
        self.staging.add(target, &staged)
    }

    /// The day from which a row holds. JSON files write it with a time.
    fn date(&mut self, row: &impl Cells) -> Option<NaiveDate> {
        let text = row.cell(Column::EffectiveDate);
        if text.is_empty() {
            // Savings Plan files of 2020 give none: the file then counts from its publication.
            return match day_of(&self.head.published_at) {
                Some(day) if !row.cell(Column::DiscountedUsageType).is_empty() => Some(day),
                _ => {
                    self.findings.cell(self.file, row, Column::EffectiveDate, "a date as `2026-09-01`");
                    None
                }
            };
        }
        if self.last_date.0 != text {
            self.last_date = (text.to_owned(), day_of(text));
        }
        if self.last_date.1.is_none() {
            self.findings.cell(self.file, row, Column::EffectiveDate, "a date as `2026-09-01`, with or without a time");
        }
        self.last_date.1
    }

    fn decimal(&mut self, row: &impl Cells, column: Column) -> Option<Decimal> {
        self.decimal_or(row, column, "a decimal of up to 12 decimals, at least 0")
    }

    fn decimal_or(&mut self, row: &impl Cells, column: Column, expected: &str) -> Option<Decimal> {
        match price_from_text(trimmed(row.cell(column))) {
            Ok(number) if number >= Decimal::ZERO => Some(number),
            _ => {
                self.findings.cell(self.file, row, column, expected);
                None
            }
        }
    }

    fn count(&mut self) {
        self.counts.rows = self.counts.rows.saturating_add(1);
    }

    fn unmatched(&mut self, region: &str, row: &impl Cells) -> Result<(), ImportError> {
        self.counts.unmatched = self.counts.unmatched.saturating_add(1);
        self.reference(region, row)
    }

    fn reference(&mut self, region: &str, row: &impl Cells) -> Result<(), ImportError> {
        if !self.options.keep_all {
            return Ok(());
        }
        let region = if region.is_empty() { row.cell(Column::RegionCode) } else { region };
        self.staging.add_reference(region, self.at, self.counts.rows, row)
    }

    /// A Region that is not in the table is a mistake, told once, or left out.
    fn unknown_region(&mut self, code: &str, column: Column, row: &impl Cells) -> Result<(), ImportError> {
        if self.options.skip_unknown_regions {
            let count = self.counts.unknown_regions.entry(code.to_owned()).or_default();
            *count = count.saturating_add(1);
            return self.reference(code, row);
        }
        if !self.unknown_regions.iter().any(|known| known == code) {
            self.unknown_regions.push(SmolStr::new(code));
            let hint = nearest(code, self.meters.regions());
            let hint = hint.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
            let expected = format!("a Region of regions.csv{hint}; `--skip-unknown-regions` leaves others out");
            self.findings.in_row(self.file, &RowPlace::of(row), column.header(), quoted(code), expected);
        }
        Ok(())
    }
}

/// How a row's ladder is made.
#[derive(Debug, Clone, Copy)]
enum Ladder {
    /// Of the ranges of several rows.
    Tiers,
    /// Of this one price.
    One,
}

/// The day of a moment or of a date.
pub(super) fn day_of(text: &str) -> Option<NaiveDate> {
    match text.split_at_checked(10) {
        Some((day, rest)) if rest.is_empty() || rest.starts_with('T') => date_from_text(day),
        _ => None,
    }
}

/// A decimal without the zeros that price lists pad it with: at most 12 decimals are kept.
fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}
