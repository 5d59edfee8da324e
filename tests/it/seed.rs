//! The data that the binary carries: it loads, it is complete, and its own rules hold in it.

use std::sync::OnceLock;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crossover::catalog::Catalog;
use crossover::catalog::derived::{DerivedRule, Purpose};
use crossover::catalog::load::{read_rows, seed_catalog};
use crossover::catalog::price::Price;
use crossover::catalog::seed::Files;
use crossover::domain::meter::MeterKey;

/// The seed, read once for all tests.
pub(crate) fn seed() -> &'static Catalog {
    static SEED: OnceLock<Catalog> = OnceLock::new();
    SEED.get_or_init(|| seed_catalog().unwrap_or_else(|errors| panic!("the seed has mistakes:\n{errors}")))
}

pub(crate) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).expect("a date")
}

pub(crate) fn meter(service_code: &str, region: &str, usage_type: &str, operation: &str) -> MeterKey {
    MeterKey {
        service_code: service_code.into(),
        region: region.into(),
        usage_type: usage_type.into(),
        operation: operation.into(),
    }
}

#[test]
fn every_table_of_the_seed_is_read() {
    let seed = seed();
    assert_eq!(seed.edition.number, 1);
    assert_eq!(seed.edition.hash.len(), 64);
    assert!(seed.len() > 50_000, "{} prices", seed.len());
    assert_eq!(seed.places.iter().count(), 34);
    assert!(seed.sources.keys().count() > 50);
    assert!(seed.allowances.len() > 40);
    assert!(seed.metering.len() > 20);
    assert!(seed.aliases.len() > 20);
    assert!(seed.derived.len() > 30);
    assert!(seed.instance_types.iter().count() > 1300);
    assert_eq!(seed.fargate_sizes.len(), 7);
    assert!(seed.facts.iter().count() > 160);
    assert!(seed.oldest_seen_on().is_some());
}

#[test]
fn a_meter_is_found_and_an_unknown_one_is_not() {
    let vpn = meter("AmazonVPC", "ap-northeast-2", "VPN-Usage-Hours:ipsec.1", "CreateVpnConnection");
    let price = seed().price(&vpn, today()).expect("the VPN connection hour in Seoul");
    assert_eq!(price.tiers.len(), 1);
    assert_eq!(price.tiers[0].price.to_string(), "0.05");
    assert_eq!(price.edition, 1);
    let unknown = meter("AmazonVPC", "ap-northeast-2", "VPN-Usage-Hours:ipsec.2", "CreateVpnConnection");
    assert!(seed().price(&unknown, today()).is_none());
}

#[test]
fn every_price_is_found_by_its_meter_and_date() {
    for price in seed().prices() {
        let day = price.effective_from.unwrap_or(today());
        assert_eq!(seed().price(&price.meter, day), Some(price));
        assert_eq!(price.tiers[0].from, Decimal::ZERO);
    }
}

#[test]
fn a_ladder_that_is_known_only_in_part_says_so() {
    let partly = seed().prices().filter(|price| price.known_up_to.is_some()).count();
    assert_eq!(partly, 41, "as the README says");
}

#[test]
fn prices_of_a_service_are_those_of_the_service() {
    let by_scan = seed().prices().filter(|price| price.meter.service_code == "AmazonVPC").count();
    assert_eq!(seed().prices_of("AmazonVPC").len(), by_scan);
    assert!(seed().prices_of("AmazonVPCs").is_empty());
    assert!(seed().prices_of("").is_empty());
}

#[test]
fn sizes_are_typed() {
    let m5 = seed().instance_types.get("m5.large").expect("m5.large");
    assert_eq!((m5.vcpu, m5.memory_mib, m5.max_pods), (Some(2), Some(8192), Some(29)));
    let quarter = &seed().fargate_sizes[0];
    assert_eq!(quarter.memory_gb.iter().map(ToString::to_string).collect::<Vec<_>>(), ["0.5", "1", "2"]);
    let eight = &seed().fargate_sizes[5];
    assert_eq!(eight.memory_gb.len(), 12, "16 to 60 GB in steps of 4");
}

#[test]
fn facts_and_scores_are_typed() {
    let facts = &seed().facts;
    assert_eq!(facts.number("vpn_standard_tunnel_gbps").expect("a fact").to_string(), "1.25");
    assert_eq!(facts.names("vpn_large_landings").expect("a fact"), ["tgw", "cloud_wan"]);
    let scores = facts.scores("hybrid_connectivity").expect("scores");
    assert_eq!(scores.weights.iter().map(|(_, weight)| weight).sum::<Decimal>(), Decimal::ONE);
    let hosted = scores.row("dx_private_ip_vpn", Some("hosted")).expect("a row");
    assert_eq!(hosted.variant.as_deref(), Some("hosted"));
    assert_eq!(scores.score("sdwan_connect", Some("new_sdwan"), "ops_simplicity"), Some(Decimal::ONE));
    let no_such_variant = scores.row("dx_vpn_backup", Some("high")).expect("the row without a variant");
    assert_eq!(no_such_variant.variant, None);
}

/// The largest deviation of the known prices from a rule, as a share, and how many were compared.
fn deviation(rule: &DerivedRule) -> (Decimal, usize, Option<&'static Price>) {
    let mut worst = (Decimal::ZERO, 0, None);
    for known in seed().prices_of(&rule.service_code).iter().filter(|price| rule.covers(&price.meter)) {
        let bases: Vec<Decimal> = match rule.base_of(&known.meter) {
            None => vec![Decimal::ONE],
            Some(base) => match seed().price(&base, today()) {
                Some(base) => base.tiers.iter().map(|tier| tier.price).collect(),
                None => continue,
            },
        };
        for (tier, base) in known.tiers.iter().zip(bases) {
            let derived = rule.price_from(base).expect("a price");
            let share = if tier.price.is_zero() { derived } else { ((derived - tier.price) / tier.price).abs() };
            worst.1 += 1;
            if share > worst.0 {
                worst = (share, worst.1, Some(known));
            }
        }
    }
    worst
}

#[test]
fn known_prices_obey_the_rules_that_are_there_to_check_them() {
    let mut broken = Vec::new();
    for rule in &seed().derived {
        let (share, compared, worst) = deviation(rule);
        if rule.purpose == Purpose::Check {
            assert!(compared > 0, "the check of {} compares nothing", rule.usage_type);
        }
        if share > rule.check_tolerance {
            let worst = worst.map(|price| price.meter.to_string()).unwrap_or_default();
            broken.push(format!("{} {}: {share} at {worst} of {compared}", rule.service_code, rule.usage_type));
        }
    }
    assert!(broken.is_empty(), "known prices differ from derived ones:\n{}", broken.join("\n"));
}

#[test]
fn a_derived_price_has_the_unit_of_its_own_meter() {
    // Where the Classic load balancer's gigabyte has no price, it is the Application load balancer's capacity unit.
    let derived: Vec<_> = seed()
        .places
        .iter()
        .map(|place| meter("AWSELB", &place.region, "DataProcessing-Bytes", "LoadBalancing"))
        .filter(|classic| seed().price(classic, today()).is_none())
        .filter_map(|classic| seed().derive(&classic, today()))
        .collect();
    assert!(!derived.is_empty());
    for (price, rule) in derived {
        assert_eq!(price.unit.as_str(), "GB", "{}", price.meter);
        assert_eq!(price.confidence, rule.confidence);
    }
}

#[test]
fn the_name_of_an_edition_depends_on_every_path_and_text() {
    let files = Files::embedded();
    let name = files.hash();
    assert_eq!(name, Files::embedded().hash());
    let copy: Files = files.iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
    assert_eq!(name, copy.hash(), "the same whether hashed when built or now");
    let mut changed = copy.clone();
    changed.insert("regions.csv", format!("{} ", copy.get("regions.csv").expect("the Regions")));
    assert_ne!(name, changed.hash());
    let mut moved = copy.clone();
    moved.remove("facts/ebs.yaml");
    assert_ne!(name, moved.hash());
}

#[test]
fn rows_and_prices_tell_the_same() {
    let checked = read_rows(&Files::embedded()).expect("the seed");
    let tiers: usize = checked.parts.prices.iter().map(|price| price.tiers.len()).sum();
    let gaps = checked.rows.iter().filter(|row| row.price.is_none()).count();
    assert_eq!(checked.rows.len(), tiers + gaps);
    assert!(checked.rows.windows(2).all(|pair| {
        (&pair[0].meter, pair[0].effective_from, pair[0].tier_start)
            < (&pair[1].meter, pair[1].effective_from, pair[1].tier_start)
    }));
}
