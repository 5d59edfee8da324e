//! Price lists as JSON: of services and of Savings Plans.
//!
//! A file is one object, and the largest have gigabytes, so it is never held: visitors take each product and each term
//! as it is read and drop it. Products come before terms, as AWS writes them; they wait in the staging database for
//! the terms that name their SKU.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io::BufReader;

use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::ImportError;
use super::cells::{Cells, Column, Parts};
use super::meters::RowRegion;
use super::offer_csv::{A_FORMAT_VERSION, FORMAT_VERSION};
use super::rows::Rows;
use super::source::{Plain, Progress};
use crate::catalog::mistake::quoted;

/// The keys of index files, and what such a file is.
const INDEXES: [(&str, &str); 3] =
    [("offers", "the index of services"), ("regions", "an index of Regions"), ("versions", "an index of versions")];
/// What to do with an index file.
const NOT_AN_INDEX: &str = "a price list; `crossover prices refresh` walks the indexes";
/// The term of flat-rate plans.
const FLAT_RATE: &str = "FlatRate";

/// Reads a file to its end. What is wrong with it goes to the findings.
pub(super) fn read(plain: &mut Plain<'_>, progress: &Progress, rows: &mut Rows<'_, '_>) -> Result<(), ImportError> {
    let mut reading = Reading {
        rows,
        progress,
        row: Parts::default(),
        plans: HashMap::new(),
        seen: Seen::default(),
        told: 0,
        failure: None,
    };
    let mut deserializer = serde_json::Deserializer::from_reader(BufReader::with_capacity(256 * 1024, plain));
    let read = TopLevel(&mut reading).deserialize(&mut deserializer).and_then(|()| deserializer.end());
    if let Some(failure) = reading.failure.take() {
        return Err(failure);
    }
    let (seen, told) = (reading.seen, reading.told);
    progress.more_rows(rows.counts.rows.saturating_sub(told));
    rows.staging.forget_products()?;
    match read {
        Ok(()) => finish(&seen, rows),
        Err(error) if error.is_io() => return Err(ImportError::Read(error.into())),
        Err(error) if error.is_eof() => {
            let found = format!("the end of the file inside its object ({error})");
            rows.findings.in_file(rows.file, found, "a whole JSON file; is it cut off?");
        }
        // What is wrong has been said already.
        Err(_) if seen.refused => {}
        Err(error) => rows.findings.in_file(
            rows.file,
            format!("text that is no price list ({error})"),
            "a price list as JSON: products and terms",
        ),
    }
    Ok(())
}

/// What must have been there.
fn finish(seen: &Seen, rows: &mut Rows<'_, '_>) {
    if !seen.format_version && !seen.plans {
        rows.findings.in_file(rows.file, "no `formatVersion`", A_FORMAT_VERSION);
    }
    if rows.counts.rows == 0 && !seen.refused {
        rows.findings.in_file(rows.file, "no price", "a price list: products, and terms with prices");
    }
}

/// What the top level has had so far.
#[derive(Debug, Default, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a thing that has been seen or not")]
struct Seen {
    format_version: bool,
    products: bool,
    plans: bool,
    refused: bool,
}

/// A Savings Plan: its family, payment and term.
#[derive(Debug, Clone, Default)]
struct Plan {
    family: String,
    payment: String,
    term: String,
}

struct Reading<'r, 'a, 'c> {
    rows: &'r mut Rows<'a, 'c>,
    progress: &'r Progress,
    row: Parts,
    plans: HashMap<String, Plan>,
    seen: Seen,
    told: u64,
    /// A failure of ours, which serde cannot carry.
    failure: Option<ImportError>,
}

impl Reading<'_, '_, '_> {
    /// Keeps a failure of ours and stops the reading.
    fn or_stop<T, E: de::Error>(&mut self, result: Result<T, ImportError>) -> Result<T, E> {
        result.map_err(|failure| {
            self.failure = Some(failure);
            E::custom("stopped")
        })
    }

    /// Says what is wrong with the whole file and stops the reading.
    fn refuse<T, E: de::Error>(&mut self, found: impl Into<String>, expected: impl Into<String>) -> Result<T, E> {
        self.rows.findings.in_file(self.rows.file, found, expected);
        self.seen.refused = true;
        Err(E::custom("refused"))
    }

    fn tell(&mut self) -> Result<(), ImportError> {
        const TELL_EVERY: u64 = 4_096;
        let unread = self.rows.counts.rows.saturating_sub(self.told);
        if unread >= TELL_EVERY {
            self.progress.more_rows(unread);
            self.told = self.rows.counts.rows;
            self.progress.go_on()?;
        }
        Ok(())
    }
}

/// The whole file.
struct TopLevel<'s, 'r, 'a, 'c>(&'s mut Reading<'r, 'a, 'c>);

impl<'de> DeserializeSeed<'de> for TopLevel<'_, '_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for TopLevel<'_, '_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `products` and `terms`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reading = self.0;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "formatVersion" => {
                    let version: String = map.next_value()?;
                    if version != FORMAT_VERSION {
                        return reading.refuse(format!("`formatVersion` {}", quoted(&version)), A_FORMAT_VERSION);
                    }
                    reading.seen.format_version = true;
                }
                "offerCode" => reading.rows.head.offer_code = map.next_value()?,
                "version" => reading.rows.head.version = map.next_value()?,
                "publicationDate" => reading.rows.head.published_at = map.next_value()?,
                "regionCode" => reading.rows.head.region = map.next_value()?,
                "products" => {
                    map.next_value_seed(Products(reading))?;
                    reading.seen.products = true;
                }
                "terms" if !reading.seen.products => {
                    return reading.refuse("`terms` before `products`", "products first, as AWS writes them");
                }
                "terms" => map.next_value_seed(Terms(reading))?,
                "PriceList" => return reading.refuse("an answer of the query API `GetProducts`", "a price list file"),
                other => match INDEXES.iter().find(|(key, _)| *key == other) {
                    Some((_, what)) => return reading.refuse(*what, NOT_AN_INDEX),
                    None => {
                        map.next_value::<IgnoredAny>()?;
                    }
                },
            }
        }
        Ok(())
    }
}

/// The products: a map by SKU for services, a list for Savings Plans.
struct Products<'s, 'r, 'a, 'c>(&'s mut Reading<'r, 'a, 'c>);

/// A product of a service, or a Savings Plan.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Product {
    sku: String,
    #[serde(rename = "productFamily")]
    family: String,
    attributes: BTreeMap<String, String>,
}

impl<'de> DeserializeSeed<'de> for Products<'_, '_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Products<'_, '_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("products: a map by SKU, or a list of Savings Plans")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reading = self.0;
        while let Some((sku, product)) = map.next_entry::<String, Product>()? {
            reading.row.clear();
            reading.row.set(Column::Sku, &sku);
            for (name, text) in &product.attributes {
                if let Some(column) = Column::attribute(name) {
                    reading.row.set(column, text);
                }
            }
            if is_wanted(reading.rows, &reading.row) {
                let kept = reading.rows.staging.add_product(&sku, &reading.row);
                reading.or_stop(kept)?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let reading = self.0;
        reading.seen.plans = true;
        while let Some(product) = list.next_element::<Product>()? {
            let attribute = |name: &str| product.attributes.get(name).cloned().unwrap_or_default();
            if reading.rows.head.offer_code.is_empty() {
                reading.rows.head.offer_code.clone_from(&product.family);
            }
            let plan = Plan {
                family: product.family.clone(),
                payment: attribute("purchaseOption"),
                term: attribute("purchaseTerm"),
            };
            reading.plans.insert(product.sku, plan);
        }
        Ok(())
    }
}

/// Whether the prices of a product may be needed: most products are of nothing that is metered here.
fn is_wanted(rows: &Rows<'_, '_>, product: &Parts) -> bool {
    if rows.options.keep_all {
        return true;
    }
    let service_code = match product.cell(Column::ServiceCode) {
        "" => rows.head.offer_code.as_str(),
        code => code,
    };
    let (usage_type, operation) = (product.cell(Column::UsageType), product.cell(Column::Operation));
    rows.meters.knows_service(service_code)
        && match rows.meters.region(product) {
            RowRegion::Known(place) => rows.meters.target(service_code, Some(place), usage_type, operation).is_some(),
            // Among them are the free allowances.
            RowRegion::NoRegion | RowRegion::Unknown(_) => true,
            RowRegion::Outside => false,
        }
}

/// The terms, by type.
struct Terms<'s, 'r, 'a, 'c>(&'s mut Reading<'r, 'a, 'c>);

impl<'de> DeserializeSeed<'de> for Terms<'_, '_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Terms<'_, '_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("terms by type: `OnDemand`, `Reserved`, `FlatRate`, `savingsPlan`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reading = self.0;
        while let Some(kind) = map.next_key::<String>()? {
            match kind.as_str() {
                "savingsPlan" => map.next_value_seed(PlanTerms(reading))?,
                FLAT_RATE => {
                    let flat: FlatRate = map.next_value()?;
                    flat.take(reading)?;
                }
                _ => map.next_value_seed(BySku { reading, kind: &kind })?,
            }
        }
        Ok(())
    }
}

/// The terms of one type, by SKU.
struct BySku<'s, 'k, 'r, 'a, 'c> {
    reading: &'s mut Reading<'r, 'a, 'c>,
    kind: &'k str,
}

/// A term of a product.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Term {
    offer_term_code: String,
    effective_date: String,
    price_dimensions: BTreeMap<String, Dimension>,
    #[serde(rename = "termAttributes")]
    attributes: BTreeMap<String, String>,
}

/// A price of a term. The user guide and the files name the range differently.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Dimension {
    rate_code: String,
    description: String,
    unit: String,
    #[serde(alias = "startingRange")]
    begin_range: String,
    #[serde(alias = "endingRange")]
    end_range: String,
    price_per_unit: BTreeMap<String, String>,
}

impl<'de> DeserializeSeed<'de> for BySku<'_, '_, '_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for BySku<'_, '_, '_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("terms by SKU")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { reading, kind } = self;
        while let Some((sku, terms)) = map.next_entry::<String, BTreeMap<String, Term>>()? {
            reading.row.clear();
            let known = reading.rows.staging.product(&sku, &mut reading.row);
            if !reading.or_stop(known)? {
                let prices: usize = terms.values().map(|term| term.price_dimensions.len()).sum();
                let prices = u64::try_from(prices).unwrap_or_default();
                let counts = &mut reading.rows.counts;
                counts.rows = counts.rows.saturating_add(prices);
                counts.unmatched = counts.unmatched.saturating_add(prices);
                let told = reading.tell();
                reading.or_stop(told)?;
                continue;
            }
            for term in terms.values() {
                take_term(reading, kind, term)?;
            }
        }
        Ok(())
    }
}

/// Takes each price of a term as a row.
fn take_term<E: de::Error>(reading: &mut Reading<'_, '_, '_>, kind: &str, term: &Term) -> Result<(), E> {
    let attribute = |name: &str| term.attributes.get(name).map_or("", String::as_str);
    let row = &mut reading.row;
    row.set(Column::TermType, kind);
    row.set(Column::OfferTermCode, &term.offer_term_code);
    row.set(Column::EffectiveDate, &term.effective_date);
    row.set(Column::LeaseContractLength, attribute("LeaseContractLength"));
    row.set(Column::PurchaseOption, attribute("PurchaseOption"));
    row.set(Column::OfferingClass, attribute("OfferingClass"));
    for (key, price) in &term.price_dimensions {
        let row = &mut reading.row;
        row.set(Column::RateCode, if price.rate_code.is_empty() { key } else { &price.rate_code });
        row.set(Column::PriceDescription, &price.description);
        row.set(Column::Unit, &price.unit);
        row.set(Column::StartingRange, &price.begin_range);
        row.set(Column::EndingRange, &price.end_range);
        let (currency, amount) = in_dollars(&price.price_per_unit);
        row.set(Column::Currency, currency);
        row.set(Column::PricePerUnit, amount);
        let taken = reading.rows.offer_row(&reading.row);
        reading.or_stop(taken)?;
    }
    let told = reading.tell();
    reading.or_stop(told)
}

/// The price in dollars, or else the first there is.
fn in_dollars(prices: &BTreeMap<String, String>) -> (&str, &str) {
    let found = prices.get_key_value("USD").or_else(|| prices.iter().next());
    found.map_or(("", ""), |(currency, amount)| (currency.as_str(), amount.as_str()))
}

/// Flat-rate plans. No usage is metered under them, so they are kept for reference only.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FlatRate {
    plans: Vec<FlatRatePlan>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct FlatRatePlan {
    plan_code: String,
    sku: String,
    subscription_price: Subscription,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Subscription {
    rate_code: String,
    description: String,
    price_per_unit: BTreeMap<String, String>,
}

impl FlatRate {
    fn take<E: de::Error>(&self, reading: &mut Reading<'_, '_, '_>) -> Result<(), E> {
        for plan in &self.plans {
            let offer_code = reading.rows.head.offer_code.clone();
            let (currency, amount) = in_dollars(&plan.subscription_price.price_per_unit);
            let row = &mut reading.row;
            row.clear();
            row.set(Column::ServiceCode, &offer_code);
            row.set(Column::Sku, &plan.sku);
            row.set(Column::UsageType, &plan.plan_code);
            row.set(Column::TermType, FLAT_RATE);
            row.set(Column::RateCode, &plan.subscription_price.rate_code);
            row.set(Column::PriceDescription, &plan.subscription_price.description);
            row.set(Column::Currency, currency);
            row.set(Column::PricePerUnit, amount);
            let taken = reading.rows.offer_row(&reading.row);
            reading.or_stop(taken)?;
        }
        Ok(())
    }
}

/// The terms of Savings Plans.
struct PlanTerms<'s, 'r, 'a, 'c>(&'s mut Reading<'r, 'a, 'c>);

impl<'de> DeserializeSeed<'de> for PlanTerms<'_, '_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for PlanTerms<'_, '_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of the terms of Savings Plans")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(PlanTerm(&mut *self.0))?.is_some() {}
        Ok(())
    }
}

/// The term of one Savings Plan, whose rates are many.
struct PlanTerm<'s, 'r, 'a, 'c>(&'s mut Reading<'r, 'a, 'c>);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Lease {
    duration: u64,
}

impl<'de> DeserializeSeed<'de> for PlanTerm<'_, '_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PlanTerm<'_, '_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a term with `sku` and `rates`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reading = self.0;
        let mut sku = String::new();
        let mut effective = String::new();
        let mut lease = Lease::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "sku" => sku = map.next_value()?,
                "effectiveDate" => effective = map.next_value()?,
                "leaseContractLength" => lease = map.next_value()?,
                "rates" => {
                    let Some(plan) = reading.plans.get(&sku).cloned() else {
                        let found = format!("rates of the plan {}, which is no product of the file", quoted(&sku));
                        return reading.refuse(found, "the SKU of a product before the rates of a term");
                    };
                    let term = if plan.term.is_empty() { lease.duration.to_string() } else { plan.term.clone() };
                    map.next_value_seed(Rates {
                        reading: &mut *reading,
                        plan: &plan,
                        term: &term,
                        effective: &effective,
                    })?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// The rates of one Savings Plan.
struct Rates<'s, 'p, 'r, 'a, 'c> {
    reading: &'s mut Reading<'r, 'a, 'c>,
    plan: &'p Plan,
    term: &'p str,
    effective: &'p str,
}

/// A rate: what a unit of usage costs under the plan.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Rate {
    discounted_sku: String,
    discounted_usage_type: String,
    discounted_operation: String,
    discounted_service_code: String,
    discounted_region_code: String,
    #[serde(rename = "rateCode")]
    code: String,
    unit: String,
    #[serde(rename = "discountedRate")]
    price: DiscountedRate,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DiscountedRate {
    price: String,
    /// Files of 2020 name none; they were in dollars.
    currency: Option<String>,
}

impl<'de> DeserializeSeed<'de> for Rates<'_, '_, '_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rates<'_, '_, '_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rates")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { reading, plan, term, effective } = self;
        while let Some(rate) = list.next_element::<Rate>()? {
            let row = &mut reading.row;
            row.clear();
            row.set(Column::Sku, &rate.discounted_sku);
            row.set(Column::TermType, "savingsPlan");
            row.set(Column::EffectiveDate, effective);
            row.set(Column::LeaseContractLength, term);
            row.set(Column::PurchaseOption, &plan.payment);
            row.set(Column::RateCode, &rate.code);
            row.set(Column::Unit, &rate.unit);
            row.set(Column::Currency, rate.price.currency.as_deref().unwrap_or("USD"));
            row.set(Column::PricePerUnit, &rate.price.price);
            row.set(Column::DiscountedServiceCode, &rate.discounted_service_code);
            row.set(Column::DiscountedUsageType, &rate.discounted_usage_type);
            row.set(Column::DiscountedOperation, &rate.discounted_operation);
            row.set(Column::DiscountedRegionCode, &rate.discounted_region_code);
            let taken = reading.rows.plan_row(&plan.family, &reading.row);
            reading.or_stop(taken)?;
            let told = reading.tell();
            reading.or_stop(told)?;
        }
        Ok(())
    }
}
