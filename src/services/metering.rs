//! What a service writes its usage records with.

use std::borrow::Cow;

use smol_str::SmolStr;

use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::bill::{Assumption, Notice};
use crate::domain::meter::{Factor, GLOBAL, MeterKey, UsageRecord};
use crate::domain::month::Month;
use crate::domain::probe::Probe;
use crate::domain::unit::Unit;

/// A meter that a service can emit. The usage type and the operation may each carry one `*` for a name that depends on
/// the usage (`BoxUsage:*`); the record then says the whole name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeterSpec {
    /// The service code of the price list.
    pub service_code: &'static str,
    /// The usage type without Region prefix.
    pub usage_type: &'static str,
    /// The operation; empty where AWS gives none.
    pub operation: &'static str,
    /// The unit.
    pub unit: Unit,
    /// Whether AWS bills it without regard to the Region.
    pub global: bool,
}

impl MeterSpec {
    /// A meter that is billed by Region.
    pub const fn regional(
        service_code: &'static str,
        usage_type: &'static str,
        operation: &'static str,
        unit: Unit,
    ) -> Self {
        Self { service_code, usage_type, operation, unit, global: false }
    }

    /// A meter that is billed without regard to the Region.
    pub const fn global(
        service_code: &'static str,
        usage_type: &'static str,
        operation: &'static str,
        unit: Unit,
    ) -> Self {
        Self { service_code, usage_type, operation, unit, global: true }
    }

    /// Whether a meter is one of those this names.
    pub fn covers(&self, meter: &MeterKey) -> bool {
        meter.service_code == self.service_code
            && fits(self.usage_type, &meter.usage_type)
            && fits(self.operation, &meter.operation)
    }
}

/// Whether a name is that of a pattern, in which one `*` stands for any text.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => name.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
        None => pattern == name,
    }
}

/// Collects the usage records of one resource, and what was assumed on the way.
#[derive(Debug)]
pub struct Metering<'a> {
    /// Regions and metering facts; a service never asks it for a price.
    pub catalog: &'a Catalog,
    /// The Region of the resource.
    pub region: SmolStr,
    /// How long the month is.
    pub month: &'a Month,
    /// Everything that can bend a line goes through it.
    pub probe: &'a mut Probe,
    /// The position of the resource in the request.
    pub resource: usize,
    /// The records so far.
    pub records: Vec<Box<UsageRecord>>,
    /// What was assumed.
    pub assumptions: Vec<Assumption>,
    /// What the reader should know.
    pub notices: Vec<Notice>,
}

impl<'a> Metering<'a> {
    /// Nothing metered yet.
    pub fn new(catalog: &'a Catalog, region: &str, month: &'a Month, probe: &'a mut Probe, resource: usize) -> Self {
        Self {
            catalog,
            region: SmolStr::new(region),
            month,
            probe,
            resource,
            records: Vec::with_capacity(USUAL_RECORDS),
            assumptions: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// The hours of the month.
    pub fn month_hours(&self) -> Amount {
        self.month.hours()
    }

    /// The hours a thing runs: those given, else the whole month.
    pub fn hours_or_month(&self, hours: Option<&Amount>) -> Amount {
        hours.cloned().unwrap_or_else(|| self.month_hours())
    }

    /// The number of a fact that AWS meters by, such as what a capacity unit covers.
    ///
    /// # Errors
    /// Where the data does not hold it. A test proves that it holds every fact that is cited.
    pub fn fact(&self, id: &'static str) -> Result<Amount, NumberError> {
        self.catalog.facts.number(id).map_err(|_| NumberError::UnknownFact(id))
    }

    /// The increments of so many `step` that AWS counts for something of a `size`: one at least, and a started one is
    /// a whole one.
    ///
    /// # Errors
    /// Where the step is zero.
    pub fn increments(&mut self, size: &Amount, step: u64) -> Result<Amount, NumberError> {
        let whole = self.probe.ceil_div(size, &Amount::ONE.times_whole(step))?;
        Ok(self.probe.max(&whole, &Amount::ONE))
    }

    /// Says what was assumed for a field that the request left open.
    pub fn assume(&mut self, input: &str, value: impl Into<String>, why: &str) {
        self.assumptions.push(Assumption { input: input.to_owned(), value: value.into(), why: why.to_owned() });
    }

    /// Says something the reader should know.
    pub fn notice(&mut self, code: &'static str, text: impl Into<String>) {
        self.notices.push(Notice { code, text: text.into() });
    }

    /// Begins a record of a meter. Its quantity is the product of the factors that follow.
    pub fn line(&self, id: &'static str, label: impl Into<Cow<'static, str>>, meter: &'static MeterSpec) -> Record {
        Record(Box::new(UsageRecord {
            resource: self.resource,
            id,
            label: label.into(),
            meter: MeterKey {
                service_code: SmolStr::new_static(meter.service_code),
                region: if meter.global { SmolStr::new_static(GLOBAL) } else { self.region.clone() },
                usage_type: SmolStr::new_static(meter.usage_type),
                operation: SmolStr::new_static(meter.operation),
            },
            unit: meter.unit,
            quantity: Amount::ONE,
            factors: Vec::new(),
            service_hours: Amount::ZERO,
        }))
    }
}

/// Most quantities are a product of so few numbers.
const USUAL_FACTORS: usize = 4;
/// Most resources have so few records.
const USUAL_RECORDS: usize = 4;

/// A record being written. It is handed on from step to step and too large to be copied each time.
#[derive(Debug)]
#[must_use = "a record counts only once it is `put`"]
pub struct Record(Box<UsageRecord>);

impl Record {
    /// The whole usage type, for a meter whose name depends on the usage.
    pub fn named(mut self, usage_type: impl Into<SmolStr>) -> Self {
        self.0.meter.usage_type = usage_type.into();
        self
    }

    /// The whole operation, for a meter whose operation depends on the usage.
    pub fn operation(mut self, operation: impl Into<SmolStr>) -> Self {
        self.0.meter.operation = operation.into();
        self
    }

    /// The meter that is billed in place of this one, where something that was bought, such as a Savings Plan, makes
    /// another of it.
    pub fn billed_as(mut self, meter: impl FnOnce(&MeterKey) -> MeterKey) -> Self {
        self.0.meter = meter(&self.0.meter);
        self
    }

    /// The unit of the meter that is billed, where it is not that of the one the record began with.
    pub fn unit(mut self, unit: Unit) -> Self {
        self.0.unit = unit;
        self
    }

    /// The Region that is billed, where it is not the resource's own.
    pub fn in_region(mut self, region: impl Into<SmolStr>) -> Self {
        self.0.meter.region = region.into();
        self
    }

    /// × a number of something: `2`, `"connections"`.
    ///
    /// # Errors
    /// Where both the quantity so far and the number move with a swept input.
    pub fn times(self, value: &Amount, of: &'static str) -> Result<Self, NumberError> {
        self.times_named(value, SmolStr::new_static(of))
    }

    /// × a number of something whose name depends on the usage.
    ///
    /// # Errors
    /// As [`Record::times`].
    pub fn times_named(mut self, value: &Amount, of: SmolStr) -> Result<Self, NumberError> {
        if self.0.quantity.is_zero() || value.is_zero() {
            // It is no usage and will make no line, so that nobody asks for its factors.
            self.0.quantity = Amount::ZERO;
            return Ok(self);
        }
        self.0.quantity = self.0.quantity.times(value)?;
        if self.0.factors.capacity() == 0 {
            self.0.factors = Vec::with_capacity(USUAL_FACTORS);
        }
        self.0.factors.push(Factor { value: value.clone(), of });
        Ok(self)
    }

    /// ÷ a whole number, such as the 3,600 seconds of an hour. It is shown as a factor of `1/n`.
    pub fn per(mut self, divisor: u64, of: &'static str) -> Self {
        if !self.0.quantity.is_zero() {
            self.0.quantity = self.0.quantity.per(divisor);
            self.0.factors.push(Factor { value: Amount::ONE.per(divisor), of: SmolStr::new_static(of) });
        }
        self
    }

    /// How often the record has an allowance that each service has anew in each hour: services × hours.
    pub fn allowed(mut self, service_hours: Amount) -> Self {
        self.0.service_hours = service_hours;
        self
    }

    /// Writes the record down. A quantity of zero is no usage and makes no line.
    pub fn put(self, metering: &mut Metering<'_>) {
        if !self.0.quantity.is_zero() {
            metering.records.push(self.0);
        }
    }
}

/// Holds what a service meters under a sweep to what it meters at rest.
#[cfg(test)]
pub(crate) mod sweeps {
    use std::collections::BTreeMap;
    use std::sync::LazyLock;

    use super::Metering;
    use crate::catalog::Catalog;
    use crate::catalog::load::seed_catalog;
    use crate::domain::amount::Amount;
    use crate::domain::month::Month;
    use crate::domain::probe::{Probe, trace};
    use crate::services::Usage;

    static CATALOG: LazyLock<Catalog> =
        LazyLock::new(|| seed_catalog().map_err(|mistakes| mistakes.to_string()).expect("the seed is sound"));

    /// The quantity of each line.
    fn quantities(usage: &dyn Usage, probe: &mut Probe) -> BTreeMap<(&'static str, String), Amount> {
        let month = Month::convention();
        let mut metering = Metering::new(&CATALOG, "us-east-1", &month, probe, 0);
        usage.meter(&mut metering).expect("a line that is straight in pieces");
        let mut quantities = BTreeMap::new();
        for record in metering.records {
            let sum = quantities.entry((record.id, record.meter.to_string())).or_insert(Amount::ZERO);
            *sum = &*sum + &record.quantity;
        }
        quantities
    }

    /// Draws every line over `from … to` and compares it, inside each piece and at its ends, with a plain evaluation.
    /// Returns the number of pieces.
    pub(crate) fn follow<U: Usage>(from: i64, to: i64, usage: impl Fn(Amount) -> U) -> usize {
        let whole = |n: i64| Amount::whole(n).value();
        let drawn = trace(&whole(from), &whole(to), 5_000, |probe, x| Ok::<_, ()>(quantities(&usage(x), probe)))
            .expect("no evaluation fails");
        assert_eq!(drawn.truncated_at, None);
        for segment in &drawn.segments {
            let length = &segment.to - &segment.from;
            for quarters in 1..4_i64 {
                let delta = &length * Amount::whole(quarters).per(4).value();
                let at = Amount::fraction(&segment.from + &delta);
                let plain = quantities(&usage(at), &mut Probe::new());
                for (line, quantity) in &segment.after {
                    let here = plain.get(line).cloned().unwrap_or(Amount::ZERO);
                    assert_eq!(quantity.after(&delta).value(), here.value(), "{line:?} at {}", &segment.from + &delta);
                }
                assert!(plain.keys().all(|line| segment.after.contains_key(line)), "a line appears in mid-piece");
            }
        }
        drawn.segments.len()
    }
}
