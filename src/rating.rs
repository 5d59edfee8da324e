//! Floor 2: rating, the only place where money is made.
//!
//! Records of one meter are one pool. A free allowance, where the request wants it, is taken off first, in the order
//! of the meters' names; one that each service has in each hour is taken off each record. The rest walks the tier
//! ladder once, and the slices go to the records in the order of the request, so that lines add up exactly and a
//! permutation of the resources never changes the total.
//!
//! The price of a pool is the list price, or a derived one where the request wants that, and over it the narrowest rate
//! of the request's price book: a price of its own, or so much per cent off.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::catalog::Catalog;
use crate::catalog::books::{BookAt, Effect, PriceBook, Rate};
use crate::catalog::derived::DerivedRule;
use crate::catalog::price::{Price, Tier};
use crate::domain::amount::{Amount, NumberError};
use crate::domain::bill::{Line, Slice};
use crate::domain::meter::{MeterKey, UsageRecord};
use crate::domain::probe::Probe;
use crate::domain::problem::MissingMeter;
use crate::domain::unit::Unit;

/// Whether free allowances are applied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FreeTier {
    /// They are not.
    #[default]
    None,
    /// Those that every account has every month are.
    Always,
}

/// What to do about a meter without a price.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MissingPrices {
    /// Refuse, with all missing meters named.
    #[default]
    Error,
    /// Use a documented derivation rule where there is one; else refuse.
    Derive,
    /// Leave the lines out, say so, and mark the answer incomplete.
    Omit,
}

/// How to rate.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// The day whose prices count.
    pub as_of: NaiveDate,
    /// Whether free allowances are applied.
    pub free_tier: FreeTier,
    /// What to do about a meter without a price.
    pub missing_prices: MissingPrices,
    /// The price book whose rates go over list prices.
    pub book: Option<BookAt>,
}

/// A price that the catalog has, or one that was made for this request. It is small, since every line carries one.
#[derive(Debug, Clone)]
pub enum Held<'c> {
    /// The catalog has it.
    Listed(&'c Price),
    /// A rule derived it.
    Derived(Arc<Price>),
}

impl Deref for Held<'_> {
    type Target = Price;

    fn deref(&self) -> &Price {
        match self {
            Self::Listed(price) => price,
            Self::Derived(price) => price,
        }
    }
}

/// A price that no price book has touched.
#[derive(Debug, Clone)]
pub struct ListPrice<'c> {
    /// The price itself.
    pub price: Held<'c>,
    /// The rule that derived it, where one did.
    pub rule: Option<&'c DerivedRule>,
}

/// The rate of a price book that a line was rated with.
#[derive(Debug, Clone)]
pub struct OwnRate<'c> {
    /// The book.
    pub book: &'c PriceBook,
    /// Its rate.
    pub rate: &'c Rate,
    /// What the list price is multiplied by; `None` where the rate is a price of its own.
    pub factor: Option<Decimal>,
    /// The list price it stands on, or stands in for; `None` where there is none.
    pub list: Option<ListPrice<'c>>,
}

/// The price a line was rated with.
#[derive(Debug, Clone)]
pub struct RatedWith<'c> {
    /// The price itself: the list price, also where a price book takes so much per cent off, or the price book's own.
    pub price: Held<'c>,
    /// The rule that derived it, where one did.
    pub rule: Option<&'c DerivedRule>,
    /// The rate of a price book that was put over it. Boxed, since most lines have none.
    pub own: Option<Box<OwnRate<'c>>>,
}

impl<'c> RatedWith<'c> {
    fn list(list: ListPrice<'c>) -> Self {
        Self { price: list.price, rule: list.rule, own: None }
    }

    /// Whether the price is a price book's own and no list price.
    pub fn is_own(&self) -> bool {
        self.own.as_ref().is_some_and(|own| own.factor.is_none())
    }

    /// The day the source of the list price was read; a price book has no source.
    pub fn seen_on(&self) -> Option<NaiveDate> {
        (!self.is_own()).then_some(self.price.seen_on)
    }

    /// Whether nobody has confirmed that the list price already held on a date.
    pub fn unverified_on(&self, date: NaiveDate) -> bool {
        !self.is_own() && self.price.unverified_on(date)
    }

    /// What a unit costs in a tier.
    fn unit_price(&self, tier: &Tier) -> Amount {
        self.after_discount(Amount::decimal(tier.price))
    }

    /// An amount at list price, with the percentage of the price book taken off.
    fn after_discount(&self, amount: Amount) -> Amount {
        match self.own.as_ref().and_then(|own| own.factor) {
            Some(factor) => amount.times_decimal(factor),
            None => amount,
        }
    }
}

/// A meter that could not be priced. [`Lacking::explain`] finds what there is to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// The meter.
    pub meter: MeterKey,
    /// The lines that need it, as `resource/line`.
    pub needed_by: Vec<String>,
    /// Why there is none, where more is known than absence.
    pub why: Option<String>,
}

impl Lacking {
    /// With the Regions that have a price and the nearest names. It looks through the whole catalog, so it is done
    /// for answers only and never while a sweep is drawn.
    pub fn explain(&self, catalog: &Catalog, as_of: NaiveDate) -> MissingMeter {
        catalog.missing(&self.meter, as_of, self.needed_by.clone(), self.why.clone())
    }
}

/// The rated records of one request.
#[derive(Debug)]
pub struct Bill<'c> {
    /// The lines, in the order of the records.
    pub lines: Vec<Line<RatedWith<'c>>>,
    /// The meters that were left out for want of a price; the bill is complete where there are none.
    pub missing: Vec<Lacking>,
    /// The records of those meters.
    pub left_out: Vec<Box<UsageRecord>>,
    /// Whether a free allowance exists for any of the meters.
    pub has_allowance: bool,
    /// Exactly the sum of the lines' amounts.
    pub total: Amount,
}

/// Shares the money of one line out over parts of its quantity, in the order in which they are taken.
///
/// It goes through the line as [`rate`] goes through a pool: the free part first, then tier after tier. Parts that make
/// up the whole quantity make up the whole amount, exactly.
#[derive(Debug)]
pub struct Shares<'l> {
    slices: std::slice::Iter<'l, Slice>,
    slice: Option<&'l Slice>,
    /// What is left of the current slice.
    left: Amount,
    free: Amount,
}

impl<'l> Shares<'l> {
    /// Nothing has been taken from the line yet.
    pub fn of<P>(line: &'l Line<P>) -> Self {
        let mut slices = line.slices.iter();
        let slice = slices.next();
        Self {
            slices,
            slice,
            left: slice.map_or(Amount::ZERO, |slice| slice.quantity.clone()),
            free: line.free.clone(),
        }
    }

    /// The money for the next part of the quantity.
    ///
    /// # Errors
    /// Where a part moves with a swept input and its price does too, which no price does.
    pub fn take(&mut self, quantity: &Amount) -> Result<Amount, NumberError> {
        let mut rest = quantity.clone();
        if !self.free.is_zero() {
            let free = if rest.compare_values(&self.free).is_lt() { rest.clone() } else { self.free.clone() };
            self.free = &self.free - &free;
            rest = &rest - &free;
        }
        let mut money = Amount::ZERO;
        while let Some(slice) = self.slice.filter(|_| !rest.is_zero()) {
            let is_last = self.slices.len() == 0;
            if is_last || !rest.compare_values(&self.left).is_gt() {
                money = &money + &rest.times(&slice.unit_price)?;
                if !is_last {
                    self.left = &self.left - &rest;
                }
                break;
            }
            money = &money + &self.left.times(&slice.unit_price)?;
            rest = &rest - &self.left;
            self.slice = self.slices.next();
            self.left = self.slice.map_or(Amount::ZERO, |slice| slice.quantity.clone());
        }
        Ok(money)
    }
}

/// The records of one meter.
struct Pool<'c, 'r> {
    meter: &'r MeterKey,
    /// The price, or why there is none, where more is known than absence.
    price: Result<RatedWith<'c>, Option<String>>,
    total: Amount,
    /// The positions of its records.
    records: &'r [usize],
    /// What the allowance takes off.
    free: Amount,
    /// How it is shared out over the records.
    sharing: Sharing,
}

/// What a line is made of, beside its record.
struct Rated<'c> {
    free: Amount,
    slices: Vec<Slice>,
    price: RatedWith<'c>,
}

/// How what an allowance takes off a pool is shared out over its records.
enum Sharing {
    /// From the first record on, until it is used up.
    FromTheFirst,
    /// Each record has its own part, in the order of the records.
    Each(Vec<Amount>),
}

/// Rates usage records.
///
/// # Errors
/// The meters without a price, all of them, unless the terms say to leave them out.
pub fn rate<'c>(
    probe: &mut Probe,
    catalog: &'c Catalog,
    records: Vec<Box<UsageRecord>>,
    terms: Terms,
    resource_name: &dyn Fn(usize) -> String,
) -> Result<Bill<'c>, Vec<Lacking>> {
    let mut order: Vec<usize> = (0..records.len()).collect();
    // The positions of the records of one meter stay in the order of the request.
    order.sort_by(|a, b| records.get(*a).map(|record| &record.meter).cmp(&records.get(*b).map(|record| &record.meter)));
    let mut pools = pools(catalog, &records, &order, terms);
    let has_allowance = take_allowances(probe, catalog, &records, &mut pools, terms);
    let mut missing = Vec::new();
    let mut lines: Vec<Option<Rated<'c>>> = Vec::new();
    lines.resize_with(records.len(), || None);
    for pool in pools {
        let why = match &pool.price {
            Ok(rated) => beyond_knowledge(probe, &pool, &rated.price),
            Err(why) => why.clone(),
        };
        let Some(rated) = pool.price.as_ref().ok().filter(|_| why.is_none()) else {
            let needed_by = pool
                .records
                .iter()
                .filter_map(|at| records.get(*at))
                .map(|record| format!("{}/{}", resource_name(record.resource), record.id))
                .collect();
            missing.push(Lacking { meter: pool.meter.clone(), needed_by, why });
            continue;
        };
        let mut at_quantity = Amount::ZERO;
        for (nth, at) in pool.records.iter().enumerate() {
            let Some(record) = records.get(*at) else { continue };
            let from = at_quantity;
            let line = match &pool.sharing {
                Sharing::FromTheFirst => {
                    at_quantity = &from + &record.quantity;
                    walk(probe, &from, &at_quantity, &pool.free, rated)
                }
                Sharing::Each(free) => {
                    let free = free.get(nth).cloned().unwrap_or(Amount::ZERO);
                    at_quantity = &from + &(&record.quantity - &free);
                    lay(probe, &from, &at_quantity, free, rated)
                }
            };
            if let Some(slot) = lines.get_mut(*at) {
                *slot = Some(line);
            }
        }
    }
    if !missing.is_empty() && terms.missing_prices != MissingPrices::Omit {
        return Err(missing);
    }
    let mut bill = Bill {
        lines: Vec::with_capacity(lines.len()),
        missing,
        left_out: Vec::new(),
        has_allowance,
        total: Amount::ZERO,
    };
    for (record, rated) in records.into_iter().zip(lines) {
        match rated {
            Some(Rated { free, slices, price }) => {
                let line = Line::of_slices(record, free, slices, price);
                bill.total = &bill.total + &line.amount;
                bill.lines.push(line);
            }
            None => bill.left_out.push(record),
        }
    }
    Ok(bill)
}

/// Puts the records of each meter together and finds its price. `order` has their positions, by meter.
fn pools<'c, 'r>(
    catalog: &'c Catalog,
    records: &'r [Box<UsageRecord>],
    order: &'r [usize],
    terms: Terms,
) -> Vec<Pool<'c, 'r>> {
    let meter = |at: &usize| records.get(*at).map(|record| &record.meter);
    order
        .chunk_by(|a, b| meter(a) == meter(b))
        .filter_map(|of_meter| {
            let first = records.get(*of_meter.first()?)?;
            let quantities = of_meter.iter().filter_map(|at| records.get(*at)).map(|record| &record.quantity);
            Some(Pool {
                meter: &first.meter,
                price: resolve(catalog, &first.meter, first.unit, terms),
                total: quantities.fold(Amount::ZERO, |sum, quantity| &sum + quantity),
                records: of_meter,
                free: Amount::ZERO,
                sharing: Sharing::FromTheFirst,
            })
        })
        .collect()
}

/// What the first unit of a meter costs, where its price is known under these terms: for putting candidates in an order
/// before they are rated, such as instance types. No money of an answer is made with it.
pub fn unit_price(catalog: &Catalog, meter: &MeterKey, unit: Unit, terms: Terms) -> Option<Decimal> {
    let rated = resolve(catalog, meter, unit, terms).ok()?;
    rated.unit_price(rated.price.tiers.first()?).as_decimal()
}

/// The price of a meter whose quantity is in `unit`; else why there is none, where more is known than absence.
fn resolve<'c>(
    catalog: &'c Catalog,
    meter: &MeterKey,
    unit: Unit,
    terms: Terms,
) -> Result<RatedWith<'c>, Option<String>> {
    let list = list_price(catalog, meter, terms);
    let book = terms.book.and_then(|at| catalog.books.at(at));
    let Some((book, (rate, effect))) = book.and_then(|book| Some((book, book.rate(meter, terms.as_of)?))) else {
        return list.map(RatedWith::list).ok_or(None);
    };
    match effect {
        // It was checked against the prices of its day; a meter that has changed its unit since is another thing.
        Effect::Price(price) if price.unit != unit => {
            let name = &book.revision.name;
            Err(Some(format!("the price book `{name}` has its price by {}, and it is metered in {unit}", price.unit)))
        }
        Effect::Price(price) => {
            let own = Box::new(OwnRate { book, rate, factor: None, list });
            Ok(RatedWith { price: Held::Listed(price), rule: None, own: Some(own) })
        }
        Effect::Factor(factor) => {
            let list = list.ok_or(None)?;
            let own = Box::new(OwnRate { book, rate, factor: Some(*factor), list: Some(list.clone()) });
            Ok(RatedWith { own: Some(own), ..RatedWith::list(list) })
        }
    }
}

/// The list price of a meter, or a derived one where the request wants that.
fn list_price<'c>(catalog: &'c Catalog, meter: &MeterKey, terms: Terms) -> Option<ListPrice<'c>> {
    if let Some(price) = catalog.price(meter, terms.as_of) {
        return Some(ListPrice { price: Held::Listed(price), rule: None });
    }
    if terms.missing_prices != MissingPrices::Derive {
        return None;
    }
    let (price, rule) = catalog.derive(meter, terms.as_of)?;
    Some(ListPrice { price: Held::Derived(Arc::new(price)), rule: Some(rule) })
}

/// Shares the free allowances out over the pools, in the order of the meters' names.
/// Returns whether there is any allowance for these meters, applied or not.
fn take_allowances(
    probe: &mut Probe,
    catalog: &Catalog,
    records: &[Box<UsageRecord>],
    pools: &mut [Pool<'_, '_>],
    terms: Terms,
) -> bool {
    use crate::catalog::free_tier::AllowanceScope;
    // What is left of an allowance, by its position and, where it is one for each Region, the Region.
    let mut left: BTreeMap<(usize, String), Amount> = BTreeMap::new();
    let mut any = false;
    for pool in pools.iter_mut() {
        // Where there is no price, nothing is taken off.
        let Ok(rated) = &pool.price else { continue };
        let found = catalog.allowance_of(pool.meter, &rated.price);
        let Some((at, allowance)) = found.filter(|(_, allowance)| allowance.unit == rated.price.unit) else { continue };
        any = true;
        if terms.free_tier == FreeTier::None {
            continue;
        }
        let region = match allowance.scope {
            AllowanceScope::Account => String::new(),
            AllowanceScope::Region => pool.meter.region.to_string(),
            AllowanceScope::Service => {
                let each = pool.records.iter().filter_map(|at| records.get(*at)).map(|record| {
                    let allowed = record.service_hours.times_decimal(allowance.allowance);
                    probe.min(&record.quantity, &allowed)
                });
                let each: Vec<Amount> = each.collect();
                pool.free = each.iter().fold(Amount::ZERO, |sum, free| &sum + free);
                pool.sharing = Sharing::Each(each);
                continue;
            }
        };
        let left = left.entry((at, region)).or_insert_with(|| Amount::decimal(allowance.allowance));
        pool.free = probe.min(&pool.total, left);
        *left = &*left - &pool.free;
    }
    any
}

/// Why a pool cannot be priced although its meter has a price: it reaches past the known part of the ladder.
fn beyond_knowledge(probe: &mut Probe, pool: &Pool<'_, '_>, price: &Price) -> Option<String> {
    let known_up_to = price.known_up_to?;
    let billable = &pool.total - &pool.free;
    probe.more(&billable, &Amount::decimal(known_up_to)).then(|| {
        format!(
            "the tiers are known up to {known_up_to} {} a month only; AWS has further tiers whose prices are not known",
            price.unit
        )
    })
}

/// Lays the stretch `from … to` of a pool, whose first part is free, over the tiers past that part.
fn walk<'c>(probe: &mut Probe, from: &Amount, to: &Amount, free: &Amount, rated: &RatedWith<'c>) -> Rated<'c> {
    if free.is_zero() {
        return lay(probe, from, to, Amount::ZERO, rated);
    }
    let free_here = probe.overlap(from, to, &Amount::ZERO, Some(free));
    let (from, to) = (probe.beyond(from, free), probe.beyond(to, free));
    lay(probe, &from, &to, free_here, rated)
}

/// Lays the stretch `from … to` of what is billed of a pool over the tiers; `free` of the record is not in it.
fn lay<'c>(probe: &mut Probe, from: &Amount, to: &Amount, free: Amount, rated: &RatedWith<'c>) -> Rated<'c> {
    let tiers = &rated.price.tiers;
    let mut slices = Vec::with_capacity(1);
    for (at, tier) in tiers.iter().enumerate() {
        let low = Amount::decimal(tier.from);
        let high = tiers.get(at.saturating_add(1)).map(|next| Amount::decimal(next.from));
        let quantity = if tiers.len() == 1 { to - from } else { probe.overlap(from, to, &low, high.as_ref()) };
        // Nothing lies in the tiers above one that the stretch does not fill. What ends the stretch reaches each of them
        // before what begins it does, so that no corner is missed.
        let is_last = high.as_ref().is_some_and(|high| !probe.more(to, high));
        if !quantity.is_zero() {
            let amount = rated.after_discount(quantity.times_decimal(tier.price));
            slices.push(Slice { from: low, to: high, quantity, unit_price: rated.unit_price(tier), amount });
        }
        if is_last {
            break;
        }
    }
    Rated { free, slices, price: rated.clone() }
}
