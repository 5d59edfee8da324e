//! Floor 1: what is known about prices and limits, as one immutable snapshot.
//!
//! A [`Catalog`] holds one edition: the prices with their validity, the free allowances, the derivation rules,
//! the Regions, the sources, the facts that decisions cite and the architectures. It is built from checked files and never changes;
//! a new edition is a new catalog.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use chrono::NaiveDate;
use smol_str::SmolStr;

use crate::domain::meter::{GLOBAL, MeterKey};
use crate::domain::problem::MissingMeter;

pub mod aliases;
pub mod architectures;
pub mod books;
pub mod derived;
pub mod diff;
pub mod facts;
pub mod free_tier;
mod index;
mod lacking;
pub mod load;
pub mod metering;
pub mod mistake;
pub mod places;
pub mod price;
pub mod row;
pub mod seed;
pub mod sizes;
pub mod sources;
pub(crate) mod table;

use aliases::Alias;
use architectures::Architectures;
use books::Books;
use derived::DerivedRule;
use facts::Facts;
use free_tier::Allowance;
use index::MeterIndex;
use lacking::{Lacking, Neighbours};
use metering::MeteringRule;
use places::Places;
use price::{Layer, Price};
use sizes::{FargateSize, InstanceTypes};
use sources::Sources;

/// The edition a catalog holds: an immutable, numbered state of the price store, named by its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// Its number; 1 is the first seed.
    pub number: u32,
    /// The hash of its content, in hexadecimal.
    pub hash: String,
}

/// Everything an edition holds, as its files say it: what a [`Catalog`] is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogParts {
    /// The Regions.
    pub places: Places,
    /// The sources that prices cite.
    pub sources: Sources,
    /// The free allowances.
    pub allowances: Vec<Allowance>,
    /// The increments that AWS meters in, in words.
    pub metering: Vec<MeteringRule>,
    /// What usage types are called on the bill.
    pub aliases: Vec<Alias>,
    /// The EC2 instance types.
    pub instance_types: InstanceTypes,
    /// The Fargate task sizes, by vCPUs.
    pub fargate_sizes: Vec<FargateSize>,
    /// The derivation rules for missing prices.
    pub derived: Vec<DerivedRule>,
    /// The limits, quotas, SLAs and lead times that decisions cite.
    pub facts: Facts,
    /// The architectures: ready-made bills of many services.
    pub architectures: Architectures,
    /// The prices. Those of one meter must not overlap in time.
    pub prices: Vec<Price>,
}

/// What upper floors made of each price, when they first asked.
type Memos = Vec<OnceLock<Box<dyn Any + Send + Sync>>>;

/// One immutable edition of everything that is known, and the price books that go over it.
#[derive(Debug, Clone)]
pub struct Catalog {
    /// Which edition this is.
    pub edition: Edition,
    /// The Regions.
    pub places: Places,
    /// The sources that prices cite.
    pub sources: Sources,
    /// The free allowances.
    pub allowances: Vec<Allowance>,
    /// The increments that AWS meters in, in words.
    pub metering: Vec<MeteringRule>,
    /// What usage types are called on the bill.
    pub aliases: Vec<Alias>,
    /// The EC2 instance types.
    pub instance_types: InstanceTypes,
    /// The Fargate task sizes, by vCPUs.
    pub fargate_sizes: Vec<FargateSize>,
    /// The derivation rules for missing prices.
    pub derived: Vec<DerivedRule>,
    /// The limits, quotas, SLAs and lead times that decisions cite.
    pub facts: Facts,
    /// The architectures: ready-made bills of many services.
    pub architectures: Architectures,
    /// The price books. They belong to no edition.
    pub books: Arc<Books>,
    /// In the order of meters and, for one meter, of dates. Shared by the catalogs that differ in their books only.
    prices: Arc<Vec<Price>>,
    index: Arc<MeterIndex>,
    /// The positions of the allowances that every account has every month.
    always_free: Vec<usize>,
    /// The position of the allowance that covers each price, of those.
    free_by_price: Arc<Vec<Option<usize>>>,
    /// What upper floors remember of each price; the books do not matter to it.
    memos: Arc<Memos>,
    lacking: Arc<Lacking>,
    oldest_seen_on: Option<NaiveDate>,
}

impl Catalog {
    /// Puts a catalog together from checked parts.
    pub fn new(edition: Edition, parts: CatalogParts) -> Self {
        let mut prices = parts.prices;
        // The files and the store hold them in this order, so that this costs one pass.
        prices.sort_by(|a, b| (&a.meter, a.effective_from).cmp(&(&b.meter, b.effective_from)));
        let always = parts.allowances.iter().enumerate().filter(|(_, allowance)| allowance.always());
        let always_free: Vec<usize> = always.map(|(at, _)| at).collect();
        let free_by_price = free_by_price(&prices, &always_free, &parts.allowances);
        Self {
            edition,
            always_free,
            free_by_price: Arc::new(free_by_price),
            memos: Arc::new(prices.iter().map(|_| OnceLock::new()).collect()),
            lacking: Arc::default(),
            places: parts.places,
            sources: parts.sources,
            allowances: parts.allowances,
            metering: parts.metering,
            aliases: parts.aliases,
            instance_types: parts.instance_types,
            fargate_sizes: parts.fargate_sizes,
            derived: parts.derived,
            facts: parts.facts,
            architectures: parts.architectures,
            books: Arc::default(),
            index: Arc::new(MeterIndex::of(&prices)),
            oldest_seen_on: prices.iter().map(|price| price.seen_on).min(),
            prices: Arc::new(prices),
        }
    }

    /// The same edition with other price books. The prices are shared, so this is quick.
    #[must_use]
    pub fn with_books(&self, books: Arc<Books>) -> Self {
        Self { books, ..self.clone() }
    }

    /// The price of a meter that is valid on a date.
    pub fn price(&self, meter: &MeterKey, as_of: NaiveDate) -> Option<&Price> {
        let first = self.index.find(meter, &self.prices)?;
        for (at, price) in self.prices.get(first..)?.iter().enumerate() {
            if at > 0 && price.meter != *meter {
                return None;
            }
            if price.valid_on(as_of) {
                return Some(price);
            }
            // An open price is the last one of its meter.
            price.effective_to?;
        }
        None
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
        let mut free = self.always_free.iter().filter_map(|at| Some((*at, self.allowances.get(*at)?)));
        free.find(|(_, allowance)| allowance.covers(meter))
    }

    /// [`Catalog::allowance`] of a meter that has this price: for a price of this catalog it was found beforehand.
    pub fn allowance_of(&self, meter: &MeterKey, price: &Price) -> Option<(usize, &Allowance)> {
        match self.prices.element_offset(price).and_then(|at| self.free_by_price.get(at)) {
            Some(found) => found.and_then(|at| Some((at, self.allowances.get(at)?))),
            // A price of a price book, or a derived one.
            None => self.allowance(meter),
        }
    }

    /// What an upper floor made of a price of this catalog when it first asked, such as its text in answers. A catalog
    /// never changes, so that it is made once and shared by all requests. `None` for a price of somebody else.
    ///
    /// Each type `T` must be asked for with the same `make`, and one price is remembered as one type only.
    pub fn memo<T: Any + Send + Sync>(&self, price: &Price, make: impl FnOnce() -> T) -> Option<&T> {
        let memo = self.memos.get(self.prices.element_offset(price)?)?;
        memo.get_or_init(|| Box::new(make())).downcast_ref()
    }

    /// Every price, in the order of meters and, for one meter, of dates.
    pub fn prices(&self) -> impl Iterator<Item = &Price> {
        self.prices.iter()
    }

    /// Every price of one service, in the order of meters and dates.
    pub fn prices_of(&self, service_code: &str) -> &[Price] {
        prices_of(&self.prices, service_code)
    }

    /// How many price versions the catalog holds.
    pub fn len(&self) -> usize {
        self.prices.len()
    }

    /// Whether it holds no price at all.
    pub fn is_empty(&self) -> bool {
        self.prices.is_empty()
    }

    /// The oldest day on which any of its prices was seen.
    pub fn oldest_seen_on(&self) -> Option<NaiveDate> {
        self.oldest_seen_on
    }

    /// What there is to say about a meter without a price. It looks through every price of the service, so what it finds is
    /// remembered: in a batch many rows lack the same price.
    pub fn missing(
        &self,
        meter: &MeterKey,
        as_of: NaiveDate,
        needed_by: Vec<String>,
        why: Option<String>,
    ) -> MissingMeter {
        let found = self.lacking.get_or_find((meter, as_of), || self.neighbours(meter, as_of));
        let Neighbours { regions_with_price, nearest } = &*found;
        MissingMeter {
            meter: meter.clone(),
            needed_by,
            why,
            regions_with_price: regions_with_price.clone(),
            nearest: nearest.clone(),
        }
    }

    /// The Regions that have a price for a meter, and the nearest usage types that have one in its Region.
    fn neighbours(&self, meter: &MeterKey, as_of: NaiveDate) -> Neighbours {
        let mut regions: Vec<String> = Vec::new();
        let mut names: Vec<&SmolStr> = Vec::new();
        for price in self.prices_of(&meter.service_code) {
            let key = &price.meter;
            if !price.valid_on(as_of) {
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
        Neighbours {
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

/// For each price, the position of the first allowance that covers it, of those that every account has every month.
fn free_by_price(prices: &[Price], always: &[usize], allowances: &[Allowance]) -> Vec<Option<usize>> {
    let mut found = vec![None; prices.len()];
    for at in always {
        let Some(allowance) = allowances.get(*at) else { continue };
        let of_service = prices_of(prices, &allowance.service_code);
        let begin = of_service.first().and_then(|first| prices.element_offset(first)).unwrap_or_default();
        for (price, found) in of_service.iter().zip(found.iter_mut().skip(begin)) {
            if found.is_none() && allowance.covers(&price.meter) {
                *found = Some(*at);
            }
        }
    }
    found
}

/// The prices of one service, of prices in the order of their meters.
fn prices_of<'p>(prices: &'p [Price], service_code: &str) -> &'p [Price] {
    let begin = prices.partition_point(|price| price.meter.service_code.as_str() < service_code);
    let rest = prices.get(begin..).unwrap_or_default();
    let len = rest.partition_point(|price| price.meter.service_code == service_code);
    rest.get(..len).unwrap_or_default()
}
