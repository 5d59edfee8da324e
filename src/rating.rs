//! Floor 2: rating, the only place where money is made.
//!
//! Records of one meter are one pool. A free allowance, where the request wants it, is taken off first, in the order
//! of the meters' names. The rest walks the tier ladder once, and the slices go to the records in the order of the
//! request, so that lines add up exactly and a permutation of the resources never changes the total.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::catalog::Catalog;
use crate::catalog::derived::DerivedRule;
use crate::catalog::price::Price;
use crate::domain::amount::Amount;
use crate::domain::bill::{Line, Slice};
use crate::domain::meter::{MeterKey, UsageRecord};
use crate::domain::probe::Probe;
use crate::domain::problem::MissingMeter;

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
}

/// The price a line was rated with.
#[derive(Debug, Clone)]
pub struct RatedWith<'c> {
    /// The price itself.
    pub price: Cow<'c, Price>,
    /// The rule that derived it, where one did.
    pub rule: Option<&'c DerivedRule>,
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
    pub left_out: Vec<UsageRecord>,
    /// Whether a free allowance exists for any of the meters.
    pub has_allowance: bool,
    /// Exactly the sum of the lines' amounts.
    pub total: Amount,
}

/// The records of one meter.
struct Pool<'c, 'r> {
    meter: &'r MeterKey,
    price: Option<RatedWith<'c>>,
    total: Amount,
    /// The positions of its records.
    records: &'r [usize],
    /// What the allowance takes off.
    free: Amount,
}

/// What a line is made of, beside its record.
struct Rated<'c> {
    free: Amount,
    slices: Vec<Slice>,
    price: RatedWith<'c>,
}

/// Rates usage records.
///
/// # Errors
/// The meters without a price, all of them, unless the terms say to leave them out.
pub fn rate<'c>(
    probe: &mut Probe,
    catalog: &'c Catalog,
    records: Vec<UsageRecord>,
    terms: Terms,
    resource_name: &dyn Fn(usize) -> String,
) -> Result<Bill<'c>, Vec<Lacking>> {
    let mut order: Vec<usize> = (0..records.len()).collect();
    // The positions of the records of one meter stay in the order of the request.
    order.sort_by(|a, b| records.get(*a).map(|record| &record.meter).cmp(&records.get(*b).map(|record| &record.meter)));
    let mut pools = pools(catalog, &records, &order, terms);
    let has_allowance = take_allowances(probe, catalog, &mut pools, terms);
    let mut missing = Vec::new();
    let mut lines: Vec<Option<Rated<'c>>> = Vec::new();
    lines.resize_with(records.len(), || None);
    for pool in pools {
        let why = match &pool.price {
            Some(rated) => beyond_knowledge(probe, &pool, &rated.price),
            None => None,
        };
        let Some(rated) = pool.price.as_ref().filter(|_| why.is_none()) else {
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
        for at in pool.records {
            let Some(record) = records.get(*at) else { continue };
            let from = at_quantity;
            at_quantity = &from + &record.quantity;
            let line = walk(probe, &from, &at_quantity, &pool.free, rated);
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
    records: &'r [UsageRecord],
    order: &'r [usize],
    terms: Terms,
) -> Vec<Pool<'c, 'r>> {
    let meter = |at: &usize| records.get(*at).map(|record| &record.meter);
    order
        .chunk_by(|a, b| meter(a) == meter(b))
        .filter_map(|of_meter| {
            let meter = meter(of_meter.first()?)?;
            let quantities = of_meter.iter().filter_map(|at| records.get(*at)).map(|record| &record.quantity);
            Some(Pool {
                meter,
                price: resolve(catalog, meter, terms),
                total: quantities.fold(Amount::ZERO, |sum, quantity| &sum + quantity),
                records: of_meter,
                free: Amount::ZERO,
            })
        })
        .collect()
}

fn resolve<'c>(catalog: &'c Catalog, meter: &MeterKey, terms: Terms) -> Option<RatedWith<'c>> {
    if let Some(price) = catalog.price(meter, terms.as_of) {
        return Some(RatedWith { price: Cow::Borrowed(price), rule: None });
    }
    if terms.missing_prices != MissingPrices::Derive {
        return None;
    }
    let (price, rule) = catalog.derive(meter, terms.as_of)?;
    Some(RatedWith { price: Cow::Owned(price), rule: Some(rule) })
}

/// Shares the free allowances out over the pools, in the order of the meters' names.
/// Returns whether there is any allowance for these meters, applied or not.
fn take_allowances(probe: &mut Probe, catalog: &Catalog, pools: &mut [Pool<'_, '_>], terms: Terms) -> bool {
    use crate::catalog::free_tier::AllowanceScope;
    // What is left of an allowance, by its position and, where it is one for each Region, the Region.
    let mut left: BTreeMap<(usize, String), Amount> = BTreeMap::new();
    let mut any = false;
    for pool in pools.iter_mut() {
        let Some((at, allowance)) = catalog.allowance(pool.meter) else { continue };
        if pool.price.as_ref().is_none_or(|rated| rated.price.unit != allowance.unit) {
            continue;
        }
        any = true;
        if terms.free_tier == FreeTier::None {
            continue;
        }
        let region = match allowance.scope {
            AllowanceScope::Account => String::new(),
            AllowanceScope::Region | AllowanceScope::Service => pool.meter.region.to_string(),
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

/// Lays the stretch `from … to` of a pool over the tiers, past the free part.
fn walk<'c>(probe: &mut Probe, from: &Amount, to: &Amount, free: &Amount, rated: &RatedWith<'c>) -> Rated<'c> {
    let free_here = if free.is_zero() { Amount::ZERO } else { probe.overlap(from, to, &Amount::ZERO, Some(free)) };
    let (from, to) =
        if free.is_zero() { (from.clone(), to.clone()) } else { (probe.beyond(from, free), probe.beyond(to, free)) };
    let tiers = &rated.price.tiers;
    let mut slices = Vec::with_capacity(1);
    for (at, tier) in tiers.iter().enumerate() {
        let low = Amount::decimal(tier.from);
        let high = tiers.get(at.saturating_add(1)).map(|next| Amount::decimal(next.from));
        let quantity = if tiers.len() == 1 { &to - &from } else { probe.overlap(&from, &to, &low, high.as_ref()) };
        if quantity.is_zero() {
            continue;
        }
        let amount = quantity.times_decimal(tier.price);
        slices.push(Slice { from: low, to: high, quantity, unit_price: Amount::decimal(tier.price), amount });
    }
    Rated { free: free_here, slices, price: rated.clone() }
}
