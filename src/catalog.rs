//! Floor 1: what is known about prices and limits, as one immutable snapshot.
//!
//! A [`Catalog`] holds one edition: the prices with their validity, the free allowances, the derivation rules,
//! the Regions, the sources and the facts that decisions cite. It is built from checked files and never changes;
//! a new edition is a new catalog.

use std::collections::HashMap;

use chrono::NaiveDate;
use smol_str::SmolStr;

use crate::domain::meter::{GLOBAL, MeterKey};
use crate::domain::problem::MissingMeter;

pub mod derived;
pub mod facts;
pub mod free_tier;
pub mod load;
pub mod places;
pub mod price;
pub mod sources;
pub mod table;

use derived::DerivedRule;
use facts::Facts;
use free_tier::Allowance;
use places::Places;
use price::{Layer, Price};
use sources::Sources;

/// The edition a catalog holds: an immutable, numbered state of the price store, named by its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// Its number; 1 is the first seed.
    pub number: u32,
    /// The hash of its content, in hexadecimal.
    pub hash: String,
}

/// One immutable edition of everything that is known.
#[derive(Debug)]
pub struct Catalog {
    /// Which edition this is.
    pub edition: Edition,
    /// The Regions.
    pub places: Places,
    /// The sources that prices cite.
    pub sources: Sources,
    /// The free allowances.
    pub allowances: Vec<Allowance>,
    /// The derivation rules for missing prices.
    pub derived: Vec<DerivedRule>,
    /// The limits, quotas, SLAs and lead times that decisions cite.
    pub facts: Facts,
    prices: HashMap<MeterKey, Vec<Price>>,
    oldest_seen_on: Option<NaiveDate>,
}

impl Catalog {
    /// Puts a catalog together from checked parts. The prices of one meter must not overlap in time.
    pub fn new(
        edition: Edition,
        places: Places,
        sources: Sources,
        allowances: Vec<Allowance>,
        derived: Vec<DerivedRule>,
        facts: Facts,
        prices: Vec<Price>,
    ) -> Self {
        let oldest_seen_on = prices.iter().map(|price| price.seen_on).min();
        let mut by_meter: HashMap<MeterKey, Vec<Price>> = HashMap::with_capacity(prices.len());
        for price in prices {
            by_meter.entry(price.meter.clone()).or_default().push(price);
        }
        for versions in by_meter.values_mut() {
            versions.sort_by_key(|price| price.effective_from);
        }
        Self { edition, places, sources, allowances, derived, facts, prices: by_meter, oldest_seen_on }
    }

    /// The price of a meter that is valid on a date.
    pub fn price(&self, meter: &MeterKey, as_of: NaiveDate) -> Option<&Price> {
        self.prices.get(meter)?.iter().rev().find(|price| price.valid_on(as_of))
    }

    /// The price that a documented rule derives for a meter without one, and the rule.
    pub fn derive(&self, meter: &MeterKey, as_of: NaiveDate) -> Option<(Price, &DerivedRule)> {
        self.derived
            .iter()
            .enumerate()
            .filter(|(_, rule)| rule.gives_prices())
            .find_map(|(at, rule)| Some((rule.derive(at, meter, |base| self.price(base, as_of))?, rule)))
    }

    /// The free allowance that covers a meter, and its position in the list.
    pub fn allowance(&self, meter: &MeterKey) -> Option<(usize, &Allowance)> {
        self.allowances.iter().enumerate().find(|(_, allowance)| allowance.always() && allowance.covers(meter))
    }

    /// Every price, in no particular order.
    pub fn prices(&self) -> impl Iterator<Item = &Price> {
        self.prices.values().flatten()
    }

    /// How many price versions the catalog holds.
    pub fn len(&self) -> usize {
        self.prices.values().map(Vec::len).sum()
    }

    /// Whether it holds no price at all.
    pub fn is_empty(&self) -> bool {
        self.prices.is_empty()
    }

    /// The oldest day on which any of its prices was seen.
    pub fn oldest_seen_on(&self) -> Option<NaiveDate> {
        self.oldest_seen_on
    }

    /// What there is to say about a meter without a price.
    pub fn missing(
        &self,
        meter: &MeterKey,
        as_of: NaiveDate,
        needed_by: Vec<String>,
        why: Option<String>,
    ) -> MissingMeter {
        let mut regions: Vec<String> = Vec::new();
        let mut names: Vec<&SmolStr> = Vec::new();
        for (key, versions) in &self.prices {
            if key.service_code != meter.service_code || !versions.iter().any(|price| price.valid_on(as_of)) {
                continue;
            }
            if key.usage_type == meter.usage_type && key.operation == meter.operation {
                if key.region != meter.region {
                    regions.push(key.region.to_string());
                }
            } else if key.region == meter.region || key.region == GLOBAL {
                names.push(&key.usage_type);
            }
        }
        regions.sort();
        names.sort();
        names.dedup();
        let mut scored: Vec<(usize, &SmolStr)> =
            names.into_iter().map(|name| (strsim::damerau_levenshtein(name, &meter.usage_type), name)).collect();
        scored.sort();
        MissingMeter {
            meter: meter.clone(),
            needed_by,
            why,
            regions_with_price: regions,
            nearest: scored.into_iter().take(3).map(|(_, name)| name.to_string()).collect(),
        }
    }

    /// The words for the layer a price came from, as on the wire.
    pub fn layer_name(layer: &Layer) -> &'static str {
        match layer {
            Layer::Seed => "seed",
            Layer::Import => "import",
            Layer::PriceBook(_) => "price_book",
            Layer::Derived(_) => "derived",
        }
    }
}
