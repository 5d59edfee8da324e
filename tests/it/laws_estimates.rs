//! Laws of estimates, over the real prices: whatever is planned, lines add up, order does not matter, splitting changes
//! nothing, more usage never costs less, and a free allowance never costs more.

use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use chrono::NaiveDate;
use crossover::app::estimate::{Estimate, EstimateMany, EstimateOne};
use crossover::catalog::Catalog;
use crossover::catalog::price::Price;
use crossover::domain::amount::Amount;
use crossover::domain::meter::UsageRecord;
use crossover::domain::number::decimal_from_text;
use crossover::domain::probe::Probe;
use crossover::rating::{Bill, FreeTier, MissingPrices, Terms, rate};
use proptest::prelude::*;
use proptest::sample::Index;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::http::{catalog, today};

/// Every price that holds today.
static PRICES: LazyLock<Vec<Price>> =
    LazyLock::new(|| catalog().prices().filter(|price| price.valid_on(today())).cloned().collect());
/// The prices with several tiers, those known in part only, and those with a free allowance: the few where much can go
/// wrong.
static TRICKY: LazyLock<Vec<Price>> = LazyLock::new(|| {
    let catalog = catalog();
    let is = |price: &&Price| {
        price.tiers.len() > 1 || price.known_up_to.is_some() || catalog.allowance(&price.meter).is_some()
    };
    PRICES.iter().filter(is).cloned().collect()
});

/// A price to use: any, and often a tricky one.
pub(crate) fn prices() -> impl Strategy<Value = Price> {
    let of = |prices: &'static LazyLock<Vec<Price>>| any::<Index>().prop_map(|at| at.get(prices).clone());
    prop_oneof![of(&PRICES), of(&TRICKY)]
}

/// A quantity of up to 10^9 with up to 6 decimals, often a round one.
pub(crate) fn quantities() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        (0_i64..100_000, 0_u32..3).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale)),
        (0_i64..1_000_000_000_000_000, 6_u32..7).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale)),
        prop_oneof![Just(100_i64), Just(10_240), Just(51_200), Just(153_600), Just(1_000_000)].prop_map(Decimal::from),
    ]
}

pub(crate) fn record(price: &Price, quantity: &Amount, resource: usize) -> UsageRecord {
    UsageRecord {
        resource,
        id: "used",
        label: "Used".into(),
        meter: price.meter.clone(),
        quantity: quantity.clone(),
        unit: price.unit,
        factors: Vec::new(),
        service_hours: Amount::ZERO,
    }
}

/// Rates records, leaving out what is beyond a ladder that is known only in part.
fn bill<'c>(catalog: &'c crossover::catalog::Catalog, records: &[UsageRecord], free_tier: FreeTier) -> Bill<'c> {
    let terms = Terms { as_of: today(), free_tier, missing_prices: MissingPrices::Omit, book: None };
    let name = |at: usize| at.to_string();
    let records = records.iter().cloned().map(Box::new).collect();
    rate(&mut Probe::new(), catalog, records, terms, &name).unwrap_or_else(|missing| panic!("{missing:?}"))
}

fn sum<'a>(amounts: impl IntoIterator<Item = &'a Amount>) -> Amount {
    amounts.into_iter().fold(Amount::ZERO, |sum, amount| &sum + amount)
}

/// A line is Σ slices, slices are quantity × unit price, tiers and the free part are the whole quantity, and the total
/// is Σ lines.
pub(crate) fn adds_up(bill: &Bill<'_>) -> Result<(), TestCaseError> {
    for line in &bill.lines {
        prop_assert_eq!(&line.amount, &sum(line.slices.iter().map(|slice| &slice.amount)));
        for slice in &line.slices {
            prop_assert_eq!(Ok(slice.amount.clone()), slice.quantity.times(&slice.unit_price));
            prop_assert!(!slice.quantity.is_negative());
        }
        let laid_over = sum(line.slices.iter().map(|slice| &slice.quantity).chain([&line.free]));
        prop_assert_eq!(&laid_over, &line.record.quantity);
    }
    prop_assert_eq!(&bill.total, &sum(bill.lines.iter().map(|line| &line.amount)));
    Ok(())
}

fn at_most(less: &Amount, more: &Amount) -> bool {
    less.compare_values(more).is_le()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bills_add_up(used in proptest::collection::vec((prices(), quantities()), 1..12)) {
        let catalog = catalog();
        let records: Vec<UsageRecord> =
            used.iter().enumerate().map(|(at, (price, quantity))| record(price, &Amount::decimal(*quantity), at)).collect();
        for free_tier in [FreeTier::None, FreeTier::Always] {
            adds_up(&bill(&catalog, &records, free_tier))?;
        }
    }

    #[test]
    fn order_does_not_matter(
        used in proptest::collection::vec((prices(), quantities()), 2..8),
        again in any::<Index>(),
        order in Just((0..9).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let catalog = catalog();
        let mut records: Vec<UsageRecord> =
            used.iter().enumerate().map(|(at, (price, quantity))| record(price, &Amount::decimal(*quantity), at)).collect();
        // One meter twice, so that there is a pool to share.
        let shared = again.get(&records).clone();
        records.push(UsageRecord { resource: records.len(), ..shared });
        let shuffled: Vec<UsageRecord> = order.iter().filter_map(|at| records.get(*at)).cloned().collect();
        for free_tier in [FreeTier::None, FreeTier::Always] {
            let (first, second) = (bill(&catalog, &records, free_tier), bill(&catalog, &shuffled, free_tier));
            prop_assert_eq!(first.total, second.total);
            prop_assert_eq!(first.missing.len(), second.missing.len());
        }
    }

    #[test]
    fn splitting_changes_nothing(price in prices(), quantity in quantities(), share in 0_i64..=100) {
        let catalog = catalog();
        let whole = Amount::decimal(quantity);
        let part = whole.times_decimal(Decimal::new(share, 2));
        let rest = &whole - &part;
        for free_tier in [FreeTier::None, FreeTier::Always] {
            let one = bill(&catalog, &[record(&price, &whole, 0)], free_tier);
            let two = bill(&catalog, &[record(&price, &part, 0), record(&price, &rest, 1)], free_tier);
            adds_up(&two)?;
            prop_assert_eq!(one.total, two.total);
        }
    }

    #[test]
    fn more_never_costs_less(price in prices(), a in quantities(), b in quantities()) {
        let catalog = catalog();
        let (less, more) = (a.min(b), a.max(b));
        for free_tier in [FreeTier::None, FreeTier::Always] {
            let of = |quantity| bill(&catalog, &[record(&price, &Amount::decimal(quantity), 0)], free_tier);
            let (less, more) = (of(less), of(more));
            // Past the known part of a ladder there is no cost to compare.
            prop_assume!(more.missing.is_empty());
            prop_assert!(at_most(&less.total, &more.total), "{} then {}", less.total, more.total);
        }
    }

    #[test]
    fn a_free_allowance_never_costs_more(used in proptest::collection::vec((prices(), quantities()), 1..6)) {
        let catalog = catalog();
        let records: Vec<UsageRecord> =
            used.iter().enumerate().map(|(at, (price, quantity))| record(price, &Amount::decimal(*quantity), at)).collect();
        let (without, with) = (bill(&catalog, &records, FreeTier::None), bill(&catalog, &records, FreeTier::Always));
        // An allowance may bring a pool back into the known part of its ladder.
        prop_assume!(without.missing.len() == with.missing.len());
        prop_assert!(at_most(&with.total, &without.total));
    }

    #[test]
    fn plans_may_come_in_any_order(
        chosen in proptest::collection::vec(any::<Index>(), 2..6),
        order in Just((0..6).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let plans: Vec<&Value> = chosen.iter().map(|at| *at.get(&PLANS.iter().collect::<Vec<_>>())).collect();
        let resources: Vec<Value> = plans
            .iter()
            .enumerate()
            .map(|(at, plan)| {
                let mut plan = (*plan).clone();
                plan["name"] = json!(format!("plan {at}"));
                plan
            })
            .collect();
        let shuffled: Vec<Value> = order.iter().filter_map(|at| resources.get(*at)).cloned().collect();
        let (first, second) = (many(&resources), many(&shuffled));
        prop_assert_eq!(&first.total, &second.total);
        let sorted = |estimate: &Estimate<'_>| {
            let mut names: Vec<String> = estimate.by_resource.iter().map(|total| total.resource.clone()).collect();
            names.sort();
            names
        };
        prop_assert_eq!(sorted(&first), sorted(&second));
        let lines = first.lines.iter().map(|line| amount(&line.amount_exact)).collect::<Vec<_>>();
        if first.total.exact && first.lines.iter().all(|line| line.exact) {
            prop_assert_eq!(sum(&lines), amount(&first.total.monthly_exact));
        }
    }
}

fn amount(text: &str) -> Amount {
    Amount::decimal(decimal_from_text(text).expect("a decimal"))
}

/// The requests of the case files that are answered, as resources with a Region of their own.
static PLANS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/services");
    let mut plans = Vec::new();
    for entry in fs::read_dir(folder).expect("the case files") {
        let text = fs::read_to_string(entry.expect("a case file").path()).expect("a text");
        let file: Value = serde_saphyr::from_str(&text).expect("YAML");
        for case in file["cases"].as_array().expect("cases") {
            let request = &case["request"];
            if request["usage"].is_object() && case["expect"].is_object() {
                plans.push(json!({"service": file["service"], "region": request["region"], "usage": request["usage"]}));
            }
        }
    }
    assert!(plans.len() > 100, "the case files are a fair sample of plans");
    plans
});

fn many(resources: &[Value]) -> Estimate<'static> {
    static CATALOG: LazyLock<Arc<Catalog>> = LazyLock::new(catalog);
    let body = json!({
        "region": "us-east-1", "as_of": "2026-11-22", "missing_prices": "omit", "resources": resources,
    });
    let request = EstimateMany::read(body.to_string().as_bytes()).expect("a request");
    request.run(&CATALOG, today()).unwrap_or_else(|problems| panic!("{problems}: {body}"))
}

/// What an answer shows adds up as it is shown, on every plan of the case files.
#[test]
fn answers_add_up_as_they_are_shown() {
    for plan in PLANS.iter() {
        let body = json!({
            "region": plan["region"], "as_of": "2026-11-22", "missing_prices": "omit", "usage": plan["usage"],
        });
        let request = EstimateOne::read(body.to_string().as_bytes()).expect("a request");
        let service = plan["service"].as_str().expect("a service");
        let catalog = catalog();
        let estimate = request.run(service, &catalog, today()).unwrap_or_else(|problems| panic!("{problems}: {body}"));
        for line in &estimate.lines {
            if line.exact {
                let tiers: Vec<Amount> = line.tiers.iter().map(|tier| amount(&tier.amount)).collect();
                assert_eq!(sum(&tiers), amount(&line.amount_exact), "{body}: {line:?}");
            }
            // Factors that are fractions are shown rounded, so that only the exact ones multiply to the quantity.
            let factors: Option<Vec<Amount>> =
                line.factors.iter().map(|factor| decimal_from_text(&factor.value).ok().map(Amount::decimal)).collect();
            let product =
                factors.expect("decimals").iter().try_fold(Amount::ONE, |product, factor| product.times(factor));
            let quantity = amount(&line.quantity);
            let product = product.expect("nothing moves");
            let off = (&product - &quantity).value();
            let limit = Amount::decimal(Decimal::new(1, 6)).value();
            assert!(off < limit && -off < limit, "{body}: {:?} is {product}, not {quantity}", line.factors);
        }
        if estimate.total.exact && estimate.lines.iter().all(|line| line.exact) {
            let lines: Vec<Amount> = estimate.lines.iter().map(|line| amount(&line.amount_exact)).collect();
            assert_eq!(sum(&lines), amount(&estimate.total.monthly_exact), "{body}");
        }
        let by_resource: Vec<Amount> = estimate.by_resource.iter().map(|part| amount(&part.monthly_exact)).collect();
        assert_eq!(sum(&by_resource), amount(&estimate.total.monthly_exact), "{body}");
    }
}

/// The whole law of the dates: a price holds on every day of its validity and on no other.
#[test]
fn one_price_holds_on_a_day() {
    let catalog = catalog();
    let days: Vec<NaiveDate> = ["2020-01-01", "2024-02-01", "2026-11-22", "2027-01-01"]
        .iter()
        .map(|day| day.parse().expect("a day"))
        .collect();
    for price in catalog.prices() {
        for day in &days {
            if price.valid_on(*day) {
                assert_eq!(catalog.price(&price.meter, *day), Some(price), "two prices of {} on {day}", price.meter);
            }
        }
    }
}
