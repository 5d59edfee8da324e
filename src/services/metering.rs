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

/// A meter that a service can emit. The usage type may carry one `*` at its end for a name that depends on the usage
/// (`BoxUsage:*`); the record then says the whole name.
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
        let named = match self.usage_type.split_once('*') {
            Some((start, end)) => meter.usage_type.starts_with(start) && meter.usage_type.ends_with(end),
            None => meter.usage_type == self.usage_type,
        };
        named && meter.service_code == self.service_code && meter.operation == self.operation
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
    pub records: Vec<UsageRecord>,
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
            records: Vec::new(),
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
        Record {
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
        }
    }
}

/// A record being written.
#[derive(Debug)]
#[must_use = "a record counts only once it is `put`"]
pub struct Record {
    id: &'static str,
    label: Cow<'static, str>,
    meter: MeterKey,
    unit: Unit,
    quantity: Amount,
    factors: Vec<Factor>,
}

impl Record {
    /// The whole usage type, for a meter whose name depends on the usage.
    pub fn named(mut self, usage_type: impl Into<SmolStr>) -> Self {
        self.meter.usage_type = usage_type.into();
        self
    }

    /// The Region that is billed, where it is not the resource's own.
    pub fn in_region(mut self, region: impl Into<SmolStr>) -> Self {
        self.meter.region = region.into();
        self
    }

    /// × a number of something: `2`, `"connections"`.
    ///
    /// # Errors
    /// Where both the quantity so far and the number move with a swept input.
    pub fn times(mut self, value: &Amount, of: &str) -> Result<Self, NumberError> {
        self.quantity = self.quantity.times(value)?;
        self.factors.push(Factor { value: value.clone(), of: SmolStr::new(of) });
        Ok(self)
    }

    /// ÷ a whole number, such as the 3,600 seconds of an hour. It is shown as a factor of `1/n`.
    pub fn per(mut self, divisor: u64, of: &str) -> Self {
        self.quantity = self.quantity.per(divisor);
        self.factors.push(Factor { value: Amount::ONE.per(divisor), of: SmolStr::new(of) });
        self
    }

    /// Writes the record down. A quantity of zero is no usage and makes no line.
    pub fn put(self, metering: &mut Metering<'_>) {
        if self.quantity.is_zero() {
            return;
        }
        metering.records.push(UsageRecord {
            resource: metering.resource,
            id: self.id,
            label: self.label,
            meter: self.meter,
            quantity: self.quantity,
            unit: self.unit,
            factors: self.factors,
        });
    }
}
