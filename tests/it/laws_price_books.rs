//! Laws of price books, over the real prices: nothing off changes nothing, a percentage scales every line, the narrowest
//! scope wins, and the order of rates does not matter.

use std::sync::Arc;

use crossover::app::price_book::PriceBookRequest;
use crossover::catalog::Catalog;
use crossover::catalog::books::{Books, PriceBook, Revision};
use crossover::catalog::price::Price;
use crossover::domain::amount::Amount;
use crossover::domain::probe::Probe;
use crossover::rating::{Bill, FreeTier, MissingPrices, Terms, rate};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::http::{catalog, today};
use crate::laws_estimates::{adds_up, prices, quantities, record};

/// The prices with a price book over them.
fn with_book(rates: &[Value]) -> Catalog {
    let catalog = catalog();
    let body = json!({ "rates": rates }).to_string();
    let request = PriceBookRequest::read(body.as_bytes()).unwrap_or_else(|error| panic!("{error}: {body}"));
    let draft = request.check("acme", &catalog).unwrap_or_else(|error| panic!("{error}: {body}"));
    let revision = Revision {
        id: 1,
        name: "acme".into(),
        number: 1,
        removed: false,
        created_at: format!("{}T00:00:00Z", today()),
        created_on: today(),
        note: String::new(),
    };
    let book = PriceBook::new(revision, draft.rates).expect("sound rates");
    catalog.with_books(Arc::new(Books::default().with([book])))
}

/// Rates a use of each price, with the book where there is one.
fn bill<'c>(catalog: &'c Catalog, used: &[(Price, Decimal)], free_tier: FreeTier) -> Bill<'c> {
    let records: Vec<_> = used
        .iter()
        .enumerate()
        .map(|(at, (price, quantity))| Box::new(record(price, &Amount::decimal(*quantity), at)))
        .collect();
    let book = catalog.books.find("acme", "").ok();
    let terms = Terms { as_of: today(), free_tier, missing_prices: MissingPrices::Omit, book };
    rate(&mut Probe::new(), catalog, records, terms, &|at| at.to_string())
        .unwrap_or_else(|missing| panic!("{missing:?}"))
}

fn used() -> impl Strategy<Value = Vec<(Price, Decimal)>> {
    proptest::collection::vec((prices(), quantities()), 1..8)
}

/// A percentage from a surcharge of 100 to nothing left, with up to 4 decimals.
fn percents() -> impl Strategy<Value = Decimal> {
    (-1_000_000_i64..=1_000_000).prop_map(|mantissa| Decimal::new(mantissa, 4))
}

/// Times 1 − percent ÷ 100.
fn off(amount: &Amount, percent: Decimal) -> Amount {
    let hundred = Amount::decimal(Decimal::ONE_HUNDRED);
    amount.times(&(&hundred - &Amount::decimal(percent))).expect("numbers at rest").per(100)
}

/// The names of a price's meter, from the widest scope to the narrowest.
fn scopes(price: &Price) -> [Value; 4] {
    let meter = &price.meter;
    let (code, region) = (meter.service_code.as_str(), meter.region.as_str());
    [
        json!({}),
        json!({ "service_code": code }),
        json!({ "service_code": code, "region": region }),
        json!({
            "service_code": code, "region": region, "usage_type": meter.usage_type.as_str(),
            "operation": meter.operation.as_str()
        }),
    ]
}

fn rate_of(scope: &Value, percent: Decimal) -> Value {
    let mut rate = scope.clone();
    rate["discount_percent"] = percent.to_string().into();
    rate
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_off_changes_nothing(used in used()) {
        let (list, own) = (catalog(), with_book(&[json!({ "discount_percent": 0 })]));
        for free_tier in [FreeTier::None, FreeTier::Always] {
            let (list, own) = (bill(&list, &used, free_tier), bill(&own, &used, free_tier));
            prop_assert_eq!(&list.total, &own.total);
            prop_assert_eq!(list.missing, own.missing);
            prop_assert_eq!(list.lines.len(), own.lines.len());
            for (list, own) in list.lines.iter().zip(&own.lines) {
                prop_assert_eq!(&list.amount, &own.amount);
                prop_assert_eq!(&*list.price.price, &*own.price.price);
                prop_assert!(list.price.own.is_none() && own.price.own.is_some());
                for (list, own) in list.slices.iter().zip(&own.slices) {
                    prop_assert_eq!(&list.unit_price, &own.unit_price);
                }
            }
        }
    }

    #[test]
    fn a_percentage_scales_every_line(used in used(), percent in percents()) {
        let (list, own) = (catalog(), with_book(&[json!({ "discount_percent": percent.to_string() })]));
        for free_tier in [FreeTier::None, FreeTier::Always] {
            let (list, own) = (bill(&list, &used, free_tier), bill(&own, &used, free_tier));
            adds_up(&own)?;
            prop_assert_eq!(off(&list.total, percent), own.total);
            for (list, own) in list.lines.iter().zip(&own.lines) {
                prop_assert_eq!(off(&list.amount, percent), own.amount.clone());
            }
        }
    }

    #[test]
    fn the_narrowest_scope_wins(
        price in prices(),
        quantity in quantities(),
        percents in proptest::array::uniform4(percents()),
        given in proptest::sample::subsequence(vec![0_usize, 1, 2, 3], 1..=4),
        turned in 0_usize..4,
    ) {
        let scopes = scopes(&price);
        let mut rates: Vec<Value> = given.iter().map(|at| rate_of(&scopes[*at], percents[*at])).collect();
        let places = rates.len();
        rates.rotate_left(turned % places);
        let (list, own) = (catalog(), with_book(&rates));
        let used = [(price, quantity)];
        let (list, own) = (bill(&list, &used, FreeTier::None), bill(&own, &used, FreeTier::None));
        let narrowest = given.iter().max().map(|at| percents[*at]).expect("one at least");
        prop_assert_eq!(off(&list.total, narrowest), own.total);
    }

    #[test]
    fn the_order_of_rates_does_not_matter(used in used(), own_price in 0_i64..1_000_000, turned in 0_usize..20) {
        let mut rates = vec![json!({ "discount_percent": 3 })];
        let mut seen = Vec::new();
        for (at, (price, _)) in used.iter().enumerate() {
            if seen.contains(&price.meter) {
                continue;
            }
            seen.push(price.meter.clone());
            let [.., mut rate] = scopes(price);
            if at % 2 == 0 {
                rate["unit"] = price.unit.as_str().into();
                rate["tiers"] = json!([
                    { "from": 0, "price": Decimal::new(own_price, 6).to_string() },
                    { "from": 1000, "price": Decimal::new(own_price, 7).to_string() },
                ]);
            } else {
                rate["discount_percent"] = 11.into();
            }
            rates.push(rate);
        }
        let one = with_book(&rates);
        let places = rates.len();
        rates.rotate_left(turned % places);
        rates.reverse();
        let other = with_book(&rates);
        let (one, other) = (bill(&one, &used, FreeTier::None), bill(&other, &used, FreeTier::None));
        adds_up(&one)?;
        prop_assert_eq!(one.total, other.total);
    }
}
