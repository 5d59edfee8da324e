//! Laws of the hybrid and the network decisions, on the prices and facts of the data.
//!
//! The regimes and crossovers of an answer are held to plain evaluations: at each crossover, just beside it, at random
//! points and at the ends.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use chrono::NaiveDate;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crossover::app::decide::DecideRequest;
use crossover::catalog::seed::Files;
use crossover::catalog::{Catalog, Edition, load};
use crossover::decisions::api_front_door::ApiFrontDoor;
use crossover::decisions::container_platform::ContainerPlatform;
use crossover::decisions::content_origin::ContentOrigin;
use crossover::decisions::database_tier::DatabaseTier;
use crossover::decisions::engine::sweep::CrossoverKind;
use crossover::decisions::engine::{Ask, Candidate, Effect, Judged, Knowledge, Mode, SweepAsk, Verdict, judge};
use crossover::decisions::hybrid_connectivity::HybridConnectivity;
use crossover::decisions::hybrid_resiliency::HybridResiliency;
use crossover::decisions::load_balancer::LoadBalancer;
use crossover::decisions::messaging::Messaging;
use crossover::decisions::nat_topology::NatTopology;
use crossover::decisions::pricing_model::PricingModel;
use crossover::decisions::private_access::PrivateAccess;
use crossover::decisions::vpc_connectivity::VpcConnectivity;
use crossover::decisions::{DECISIONS, Decision, find};
use crossover::domain::amount::{Amount, Fraction};
use crossover::domain::month::Month;
use crossover::rating::{FreeTier, MissingPrices, Terms};

use crate::seed::seed;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).expect("a date")
}

fn ask(region: &str, mode: Mode) -> Ask {
    Ask {
        region: region.to_owned(),
        terms: Terms { as_of: today(), free_tier: FreeTier::None, missing_prices: MissingPrices::Error, book: None },
        month: Month::convention(),
        mode,
        weights: Vec::new(),
        budget: None,
        sweeps: None,
        uncertainty: Vec::new(),
    }
}

/// A request to draw, of either decision.
struct Asked {
    decision: &'static str,
    ask: Ask,
    inputs: Value,
}

/// Ten requests of several Regions, sizes and modes.
fn ten() -> Vec<Asked> {
    let connectivity = |region: &str, mode: Mode, inputs: Value| Asked {
        decision: "hybrid_connectivity",
        ask: ask(region, mode),
        inputs,
    };
    let (guided, cheapest) = (Mode::Guided, Mode::CheapestEligible);
    vec![
        connectivity(
            "us-east-1",
            guided,
            json!({"gb_out_month": 20000, "gb_in_month": 10000, "peak_gbps": 0.8, "vpcs": 3, "outside_aws_costs_month": 400}),
        ),
        connectivity(
            "us-east-1",
            cheapest,
            json!({"gb_out_month": 5000, "peak_gbps": 0.4, "outside_aws_costs_month": 200, "backup_mtu": 1500}),
        ),
        connectivity("us-east-1", cheapest, json!({})),
        connectivity(
            "eu-west-2",
            cheapest,
            json!({"gb_out_month": 500, "peak_gbps": 0.05, "outside_aws_costs_month": 50}),
        ),
        connectivity(
            "us-east-1",
            cheapest,
            json!({"gb_out_month": 300_000, "gb_in_month": 200_000, "peak_gbps": 9, "vpcs": 6, "landing": "tgw", "outside_aws_costs_month": 3000}),
        ),
        connectivity(
            "ap-northeast-2",
            guided,
            json!({"gb_out_month": 5000, "peak_gbps": 1, "vpcs": 2, "outside_aws_costs_month": 800}),
        ),
        connectivity(
            "ap-northeast-1",
            cheapest,
            json!({"gb_out_month": 50000, "peak_gbps": 2, "outside_aws_costs_month": 1000, "deadline_days": 40}),
        ),
        connectivity(
            "us-east-1",
            cheapest,
            json!({"sites": 30, "peak_mbps_per_site": 50, "gb_out_month": 6000, "outside_aws_costs_month": 9000}),
        ),
        connectivity(
            "eu-central-1",
            cheapest,
            json!({"gb_out_month": 8000, "peak_gbps": 3, "private_path_required": true, "app_layer_encrypted": false, "pps": 600_000}),
        ),
        Asked {
            decision: "hybrid_resiliency",
            ask: Ask {
                sweeps: Some(vec![SweepAsk {
                    input: "outside_aws_costs_month".to_owned(),
                    from: Amount::ZERO,
                    to: None,
                }]),
                ..ask("us-east-1", cheapest)
            },
            inputs: json!({"production": false, "gb_out_month": 4000, "redundancy_wanted": true}),
        },
    ]
}

/// Requests of the decisions about networks and data, each with the ranges it draws.
fn network() -> Vec<Asked> {
    let asked = |decision: &'static str, region: &str, mode: Mode, inputs: Value, swept: &[&str]| {
        let sweep = |input: &&str| SweepAsk { input: (*input).to_owned(), from: Amount::ZERO, to: None };
        let sweeps = Some(swept.iter().map(sweep).collect());
        Asked { decision, ask: Ask { sweeps, ..ask(region, mode) }, inputs }
    };
    let (guided, cheapest) = (Mode::Guided, Mode::CheapestEligible);
    let nat = ["gb_month", "cross_az_gb", "connections_per_destination"];
    let balancer = ["gb_month", "gb_out_month", "requests_per_second", "active_connections"];
    let front = ["requests_month", "avg_response_kb", "max_payload_mb", "max_latency_s", "new_connections_per_second"];
    let content = ["gb_month", "requests_month", "cache_hit_ratio", "azs"];
    let pushed = ["requests_month", "message_kb", "connection_minutes", "concurrent_connections"];
    let table = ["utilisation", "rps", "item_kb", "storage_gb"];
    let database = ["average_acu", "io_month", "sla_pct", "failover_s", "iops"];
    vec![
        asked("nat_topology", "us-east-1", cheapest, json!({"dev": true, "gb_month": 20000}), &nat),
        asked("nat_topology", "us-east-1", cheapest, json!({"vpcs": 10, "connections_per_destination": 700_000}), &nat),
        asked("nat_topology", "eu-west-2", guided, json!({"internet": false, "endpoint_services": 4, "vpcs": 2}), &nat),
        asked("nat_topology", "us-east-1", guided, json!({"network_firewall": true, "vpcs": 4}), &nat),
        asked("load_balancer", "us-east-1", cheapest, json!({"protocol": "tcp", "regions": 2}), &balancer),
        asked("load_balancer", "us-east-1", cheapest, json!({"cross_vpc": true, "requests_per_second": 5}), &balancer),
        asked("load_balancer", "us-east-1", guided, json!({"path_routing": true, "rules": 40}), &balancer),
        asked("api_front_door", "us-east-1", cheapest, json!({"backend": "ecs", "requests_month": 9_000_000}), &front),
        asked("api_front_door", "ap-northeast-2", guided, json!({"backend": "ecs", "waf": true, "rules": 40}), &front),
        asked("api_front_door", "us-east-1", cheapest, json!({"stream_mb": 30, "max_payload_mb": 3}), &front),
        asked("api_front_door", "us-east-1", guided, json!({"style": "ws", "backend": "ecs"}), &pushed),
        asked("database_tier", "us-east-1", cheapest, json!({"key_access": true, "team_size": 3}), &table),
        asked("database_tier", "ap-northeast-2", guided, json!({"key_access": true, "utilisation": 0.4}), &table),
        asked("database_tier", "us-east-1", cheapest, json!({"engine": "mysql", "active_hours": 300}), &database),
        asked("database_tier", "us-east-1", guided, json!({"first_query_delay_ok_s": 3, "ha": true}), &database),
        asked("content_origin", "us-east-1", cheapest, json!({"static": true, "gb_month": 20000}), &content),
        asked("content_origin", "us-east-1", guided, json!({"predictable_bill": true, "gb_month": 90}), &content),
        asked("content_origin", "eu-west-1", cheapest, json!({"dynamic": true, "cache_hit_ratio": 0.3}), &content),
        asked("content_origin", "ap-northeast-2", cheapest, json!({"internal_tool": true}), &content),
    ]
}

/// Requests about messages, each with the ranges it draws: rates with their quotas and shards, sizes with their chunks
/// and batches, and times.
fn messages() -> Vec<Asked> {
    let asked = |region: &str, mode: Mode, inputs: Value, swept: &[(&str, i64)]| {
        let sweep = |(input, to): &(&str, i64)| SweepAsk {
            input: (*input).to_owned(),
            from: Amount::ZERO,
            to: Some(Amount::whole(*to)),
        };
        let sweeps = Some(swept.iter().map(sweep).collect());
        Asked { decision: "messaging", ask: Ask { sweeps, ..ask(region, mode) }, inputs }
    };
    let (guided, cheapest) = (Mode::Guided, Mode::CheapestEligible);
    let rates = [("msgs_per_s_avg", 1_000), ("message_kb", 80)];
    let times = [("retention_days", 400), ("delay_minutes", 60), ("latency_ms", 6_000)];
    vec![
        asked("us-east-1", cheapest, json!({"consumer_mode": "competing"}), &rates),
        asked("ap-northeast-2", guided, json!({"consumers": 3, "consumer_mode": "independent"}), &rates),
        asked("us-east-1", guided, json!({"ordering": "group", "batchable": false}), &rates),
        asked("eu-west-2", cheapest, json!({"ordering": "global", "msgs_per_s_avg": 20}), &[("message_kb", 300)]),
        asked("us-east-1", cheapest, json!({"consumers": 25, "consumer_mode": "independent"}), &times),
        asked("us-east-1", guided, json!({"msgs_per_s_avg": 900, "message_kb": 9}), &[("msgs_per_s_peak", 9_000)]),
    ]
}

fn decide(asked: &Asked) -> Verdict<'static> {
    let decision = find(asked.decision).expect("a decision");
    (decision.decide)(&asked.inputs.to_string(), &asked.ask, seed())
        .unwrap_or_else(|problems| panic!("{}: {problems:?}", asked.inputs))
}

fn with<K: Knowledge>(inputs: &K::Inputs, name: &str, value: Amount) -> K::Inputs {
    let input = K::NUMBERS.iter().find(|input| input.name == name).expect("a number");
    let mut inputs = inputs.clone();
    *(input.slot)(&mut inputs) = Some(value);
    inputs
}

fn judge_with<K: Knowledge>(asked: &Asked, name: &str, value: Amount) -> Judged<'static> {
    let inputs: K::Inputs = serde_json::from_value(asked.inputs.clone()).expect("inputs");
    judge::<K>(&with::<K>(&inputs, name, value), &asked.ask, seed()).expect("a judgement")
}

/// Judges a request with one input set to any value, fractions included.
fn at(asked: &Asked, name: &str, value: &Fraction) -> Judged<'static> {
    let value = Amount::fraction(value.clone());
    match asked.decision {
        "hybrid_connectivity" => judge_with::<HybridConnectivity>(asked, name, value),
        "nat_topology" => judge_with::<NatTopology>(asked, name, value),
        "load_balancer" => judge_with::<LoadBalancer>(asked, name, value),
        "api_front_door" => judge_with::<ApiFrontDoor>(asked, name, value),
        "container_platform" => judge_with::<ContainerPlatform>(asked, name, value),
        "messaging" => judge_with::<Messaging>(asked, name, value),
        "database_tier" => judge_with::<DatabaseTier>(asked, name, value),
        "content_origin" => judge_with::<ContentOrigin>(asked, name, value),
        _ => judge_with::<HybridResiliency>(asked, name, value),
    }
}

fn id(judged: &Judged<'_>, option: Option<usize>) -> Option<&'static str> {
    option.and_then(|at| judged.candidates.get(at)).map(|candidate| candidate.info.id)
}

fn candidate<'j, 'c>(judged: &'j Judged<'c>, option: &str) -> &'j Candidate<'c> {
    judged.candidates.iter().find(|candidate| candidate.info.id == option).expect("an option")
}

fn fraction(numer: i64, denom: i64) -> Fraction {
    Fraction::from_parts_signed(numer.into(), denom.into())
}

#[test]
fn at_a_crossover_the_costs_agree_and_beside_it_the_cheapest_changes() {
    let mut kinds = BTreeMap::new();
    let beside = fraction(1, 1_000_000_000);
    for asked in ten().into_iter().chain(network()).chain(messages()) {
        let verdict = decide(&asked);
        for crossover in &verdict.crossovers {
            *kinds.entry(crossover.kind.as_str()).or_insert(0) += 1;
            let (here, name) = (crossover.at.value(), crossover.input);
            let what = || format!("{} {} {crossover:?}", asked.ask.region, asked.inputs);
            if crossover.kind == CrossoverKind::Equal {
                let judged = at(&asked, name, &here);
                let cost = |option: Option<&str>| {
                    candidate(&judged, option.expect("an option")).rank().expect("a price").value()
                };
                assert_eq!(cost(crossover.from), cost(crossover.to), "{}", what());
                // As a caller would send it: at most 12 decimals.
                let sent: Decimal = crossover.at.exact_text().0.parse().expect("a decimal");
                let judged = at(&asked, name, &Amount::decimal(sent).value());
                let cost = |option: Option<&str>| {
                    candidate(&judged, option.expect("an option")).rank().expect("a price").value()
                };
                let gap = cost(crossover.from) - cost(crossover.to);
                assert!(gap < beside && -gap < beside, "{}", what());
            }
            let below = at(&asked, name, &(&here - &beside));
            let above = at(&asked, name, &(&here + &beside));
            assert_eq!(id(&below, below.choice.cheapest), crossover.from, "below: {}", what());
            assert_eq!(id(&above, above.choice.cheapest), crossover.to, "above: {}", what());
            assert_ne!(crossover.from, crossover.to, "{}", what());
        }
    }
    assert!(kinds.get("equal").is_some_and(|count| *count >= 5), "{kinds:?}");
    assert!(kinds.contains_key("jump") && kinds.contains_key("eligibility"), "{kinds:?}");
}

#[test]
fn a_regime_is_what_plain_evaluations_give() {
    let mut random = 12_345_i64;
    let mut share = || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        fraction(1 + (random >> 40).rem_euclid(9_998), 10_000)
    };
    for asked in ten().into_iter().chain(network()).chain(messages()) {
        let verdict = decide(&asked);
        assert!(!verdict.regimes.is_empty());
        for regime in &verdict.regimes {
            let (from, to) = (regime.from.value(), regime.to.value());
            let mut points = Vec::new();
            if from < to {
                points.extend([&from + share() * (&to - &from), &from + share() * (&to - &from)]);
            }
            points.extend(regime.from_included.then(|| from.clone()));
            points.extend(regime.to_included.then(|| to.clone()));
            for point in points {
                let judged = at(&asked, regime.input, &point);
                let found = (id(&judged, judged.choice.cheapest), id(&judged, judged.choice.recommended));
                assert_eq!(found, (regime.cheapest, regime.recommended), "{} at {point}: {regime:?}", asked.inputs);
            }
        }
        // Together they cover their range, each point once.
        for pair in verdict.regimes.windows(2).filter(|pair| pair[0].input == pair[1].input) {
            assert_eq!(pair[0].to.value(), pair[1].from.value(), "{pair:?}");
            assert_ne!(pair[0].to_included, pair[1].from_included, "{pair:?}");
        }
    }
}

#[test]
fn a_sweep_over_whole_numbers_is_every_whole_number() {
    let sweep = |input: &str, from: i64, to: i64| SweepAsk {
        input: input.to_owned(),
        from: Amount::whole(from),
        to: Some(Amount::whole(to)),
    };
    let sweeps = vec![sweep("sites", 1, 40), sweep("vpcs", 1, 30), sweep("deadline_days", 0, 70)];
    let inputs =
        json!({"peak_mbps_per_site": 40, "gb_out_month": 3000, "landing": "tgw", "outside_aws_costs_month": 100});
    let asked = Asked {
        decision: "hybrid_connectivity",
        ask: Ask { sweeps: Some(sweeps.clone()), ..ask("us-east-1", Mode::Guided) },
        inputs,
    };
    let verdict = decide(&asked);
    for sweep in sweeps {
        let (from, to) = (sweep.from.as_whole().unwrap(), sweep.to.as_ref().and_then(Amount::as_whole).unwrap());
        let mut changes = Vec::new();
        let mut last = None;
        for value in from..=to {
            let amount = Amount::decimal(value.into());
            let judged = at(&asked, &sweep.input, &amount.value());
            let holding: Vec<_> = verdict
                .regimes
                .iter()
                .filter(|regime| {
                    regime.input == sweep.input
                        && regime.from.value() <= amount.value()
                        && amount.value() <= regime.to.value()
                })
                .collect();
            assert_eq!(holding.len(), 1, "{} = {value}", sweep.input);
            let cheapest = id(&judged, judged.choice.cheapest);
            let found = (cheapest, id(&judged, judged.choice.recommended));
            assert_eq!(found, (holding[0].cheapest, holding[0].recommended), "{} = {value}", sweep.input);
            if last.is_some_and(|last| last != cheapest) {
                changes.push((value.to_string(), last.flatten(), cheapest));
            }
            last = Some(cheapest);
        }
        let crossed: Vec<_> = verdict
            .crossovers
            .iter()
            .filter(|crossover| crossover.input == sweep.input)
            .map(|crossover| (crossover.at.to_string(), crossover.from, crossover.to))
            .collect();
        assert_eq!(crossed, changes, "{}", sweep.input);
    }
}

/// What an answer remembers between its evaluations changes nothing: every number of tasks in a sweep is what an
/// evaluation by itself gives, and so is every size of a task.
#[test]
fn a_sweep_of_containers_is_every_number_of_tasks_and_every_size() {
    let mixed = json!([
        {"name": "web", "tasks": 7, "vcpu": "0.5", "mem_gb": 1},
        {"name": "api", "tasks": 3, "vcpu": 2, "mem_gb": 9},
        {"name": "job", "tasks": 2, "vcpu": 4, "mem_gb": 8}
    ]);
    let sweep = |input: &str, from: i64, to: i64| SweepAsk {
        input: input.to_owned(),
        from: Amount::whole(from),
        to: Some(Amount::whole(to)),
    };
    let tasks = || vec![sweep("tasks", 1, 25)];
    let more = || vec![sweep("tasks", 1, 12), sweep("vcpu", 0, 16), sweep("mem_gb", 0, 30), sweep("headroom", 0, 12)];
    let whole = |region: &str, sweeps: Vec<SweepAsk>, inputs: Value| Asked {
        decision: "container_platform",
        ask: Ask { sweeps: Some(sweeps), ..ask(region, Mode::Guided) },
        inputs,
    };
    let mut crossed = 0;
    for asked in [
        whole("us-east-1", tasks(), json!({"services": mixed, "add_ons": false})),
        whole(
            "ap-northeast-2",
            tasks(),
            json!({"services": mixed, "interruptible": true, "free_ips": 30, "logs_gb_month": 20_000}),
        ),
        whole("us-east-1", more(), json!({"vcpu": 4, "mem_gb": 7, "az_spread": false, "add_ons": false})),
        whole(
            "eu-west-1",
            more(),
            json!({"vcpu": "0.3", "mem_gb": 1, "arch": "any", "k8s_required": true, "team_k8s_skill": 6}),
        ),
    ] {
        let verdict = decide(&asked);
        crossed += verdict.crossovers.len();
        let sizes = |input: &str, last: i64| -> Vec<Amount> {
            let inputs = serde_json::from_value(asked.inputs.clone()).expect("inputs");
            match input {
                "vcpu" | "mem_gb" => ContainerPlatform::listed(input, &inputs, seed()),
                _ => (1..=last).map(Amount::whole).collect(),
            }
        };
        for range in asked.ask.sweeps.iter().flatten() {
            let last = range.to.as_ref().and_then(Amount::as_whole).expect("an end");
            for value in sizes(&range.input, i64::try_from(last).expect("few")) {
                let judged = at(&asked, &range.input, &value.value());
                let found = (id(&judged, judged.choice.cheapest), id(&judged, judged.choice.recommended));
                let holds = |regime: &&crossover::decisions::engine::sweep::Regime| {
                    regime.input == range.input
                        && regime.from.compare_values(&value).is_le()
                        && value.compare_values(&regime.to).is_le()
                };
                let holding: Vec<_> = verdict.regimes.iter().filter(holds).collect();
                assert_eq!(holding.len(), 1, "{} = {value}: {}", range.input, asked.inputs);
                let expected = (holding[0].cheapest, holding[0].recommended);
                assert_eq!(found, expected, "{} = {value}: {}", range.input, asked.inputs);
            }
        }
    }
    assert!(crossed > 1, "{crossed} crossovers");
}

/// Inputs of any kind: few at a time, from values around the limits.
fn any_inputs() -> impl Strategy<Value = Value> {
    let flags: Vec<&'static str> = HybridConnectivity::FLAGS.iter().map(|input| input.name).collect();
    let flag = (prop::sample::select(flags), any::<bool>()).prop_map(|(name, value)| (name, json!(value)));
    let numbers: Vec<(&'static str, Vec<f64>)> = vec![
        ("gb_out_month", vec![0.0, 100.0, 5_000.0, 100_000.0]),
        ("peak_gbps", vec![0.05, 1.0, 1.25, 1.3, 6.0, 26.0, 60.0, 500.0, 900.0]),
        ("peak_mbps_per_site", vec![10.0, 100.0, 101.0, 2_000.0]),
        ("peak_single_flow_gbps", vec![0.1, 1.25, 1.3, 6.0, 26.0, 401.0]),
        ("sites", vec![1.0, 2.0, 10.0, 30.0, 130.0]),
        ("vpcs", vec![1.0, 3.0, 11.0, 25.0]),
        ("deadline_days", vec![0.0, 1.0, 4.0, 10.0, 30.0, 60.0, 200.0]),
        ("aws_sla_pct", vec![99.0, 99.9, 99.95, 99.97, 99.99]),
        ("mtu_required", vec![1_400.0, 1_500.0, 9_000.0]),
        ("vifs_needed", vec![1.0, 2.0, 60.0]),
        ("hosted_connections", vec![1.0, 3.0]),
        ("onprem_prefixes", vec![50.0, 500.0, 2_000.0]),
        ("pps", vec![1_000.0, 500_000.0]),
        ("duration_months", vec![1.0, 36.0]),
        ("outside_aws_costs_month", vec![0.0, 500.0]),
    ];
    let number = prop::sample::select(numbers)
        .prop_flat_map(|(name, values)| (Just(name), prop::sample::select(values)))
        .prop_map(|(name, value)| (name, json!(value.to_string())));
    let words = vec![
        ("landing", "vgw"),
        ("landing", "tgw"),
        ("landing", "dxgw_vgw"),
        ("landing", "cloud_wan"),
        ("existing", "dx"),
        ("phase", "dev_test"),
        ("peer", "google_cloud"),
        ("traffic", "voip small packets"),
        ("site_region", "other continent"),
        ("compliance", "no internet transit"),
    ];
    let word = prop::sample::select(words).prop_map(|(name, value)| (name, json!(value)));
    prop::collection::vec(prop_oneof![3 => flag, 4 => number, 1 => word], 0..9).prop_map(|entries| {
        Value::Object(entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
    })
}

fn judge_connectivity(inputs: &Value, ask: &Ask, catalog: &'static Catalog) -> Judged<'static> {
    let inputs = serde_json::from_value(inputs.clone()).expect("inputs");
    judge::<HybridConnectivity>(&inputs, ask, catalog).expect("a judgement")
}

fn any_mode() -> impl Strategy<Value = Mode> {
    prop::sample::select(vec![Mode::Guided, Mode::CheapestEligible, Mode::BestWithinBudget, Mode::Weighted])
}

fn any_region() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["us-east-1", "ap-northeast-1", "ap-northeast-2", "eu-central-2"])
}

fn check<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    )
    .run(strategy, test)
    .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn only_an_eligible_option_wins_and_every_eligible_one_can_be_built() {
    check(400, &(any_inputs(), any_mode(), any_region()), |(inputs, mode, region)| {
        let judged = judge_connectivity(&inputs, &ask(region, mode), seed());
        for option in [judged.choice.recommended, judged.choice.cheapest].into_iter().flatten() {
            prop_assert!(judged.candidates[option].eligible(), "{} won", judged.candidates[option].info.id);
        }
        let known: BTreeMap<&str, &[Effect]> =
            HybridConnectivity::RULES.iter().map(|rule| (rule.id, rule.effects)).collect();
        let mut cheapest: Option<&Amount> = None;
        for candidate in &judged.candidates {
            prop_assert_eq!(candidate.eligible(), candidate.plan.is_some(), "{}", candidate.info.id);
            if let Some(rank) = candidate.rank() {
                prop_assert!(candidate.eligible());
                cheapest =
                    Some(cheapest.map_or(rank, |least| if rank.compare_values(least).is_lt() { rank } else { least }));
            }
            for finding in &candidate.findings {
                let effects = known.get(finding.rule).copied().unwrap_or_default();
                prop_assert!(
                    effects.contains(&finding.effect),
                    "{} {:?} is not documented",
                    finding.rule,
                    finding.effect
                );
                prop_assert!(
                    !finding.text.is_empty() && !finding.limit().is_empty() && !finding.fact.source_date.is_empty()
                );
            }
        }
        let chosen = judged.choice.cheapest.and_then(|at| judged.candidates[at].rank());
        prop_assert_eq!(chosen.map(Amount::value), cheapest.map(Amount::value));
        if mode == Mode::CheapestEligible && judged.choice.cheapest.is_some() {
            prop_assert_eq!(judged.choice.recommended, judged.choice.cheapest);
        }
        Ok(())
    });
}

/// The data with every price doubled.
fn doubled() -> &'static Catalog {
    static DOUBLED: OnceLock<Catalog> = OnceLock::new();
    DOUBLED.get_or_init(|| {
        let mut parts = load::read(&Files::embedded()).expect("sound data");
        for tier in parts.prices.iter_mut().flat_map(|price| &mut price.tiers) {
            tier.price *= Decimal::TWO;
        }
        Catalog::new(Edition { number: 1, hash: "doubled".to_owned() }, parts)
    })
}

#[test]
fn doubling_all_prices_changes_no_order() {
    check(60, &(any_inputs(), any_region()), |(mut inputs, region)| {
        inputs["outside_aws_costs_month"] = json!(0);
        let ask = ask(region, Mode::CheapestEligible);
        let (once, twice) = (judge_connectivity(&inputs, &ask, seed()), judge_connectivity(&inputs, &ask, doubled()));
        prop_assert_eq!(once.choice.recommended, twice.choice.recommended);
        for (once, twice) in once.candidates.iter().zip(&twice.candidates) {
            let doubled = once.rank().map(|rank| rank.times_whole(2).value());
            prop_assert_eq!(doubled, twice.rank().map(Amount::value), "{}", once.info.id);
        }
        Ok(())
    });
}

/// A change that only takes an option away which did not win changes nothing.
#[test]
fn an_option_that_does_not_win_may_go() {
    let leaves = [
        ("unique_site_cidrs", json!(false), "vpn_concentrator"),
        ("cgw_fixed_public_ip", json!(false), "vpn_tgw_large"),
        ("ipv6_inside_tunnel", json!(true), "vpn_vgw"),
        ("backup_mtu", json!(1_500), "dx_vpn_backup"),
    ];
    check(200, &(any_inputs(), any_mode(), prop::sample::select(leaves.to_vec())), |(mut inputs, mode, leave)| {
        let (name, value, option) = leave;
        if inputs.get(name).is_some() {
            return Ok(());
        }
        let ask = ask("us-east-1", mode);
        let before = judge_connectivity(&inputs, &ask, seed());
        let winner = id(&before, before.choice.recommended);
        let is_gone = |option: &str| option == winner.unwrap_or_default();
        // The weighted score and the 20 % and 5 % of the cheapest are measured against the cheapest.
        let is_cheapest = id(&before, before.choice.cheapest) == Some(option) && mode != Mode::CheapestEligible;
        if is_gone(option) || (name == "ipv6_inside_tunnel" && is_gone("vpn_cloudhub")) || is_cheapest {
            return Ok(());
        }
        inputs[name] = value;
        let after = judge_connectivity(&inputs, &ask, seed());
        let gone: Vec<&str> = before
            .candidates
            .iter()
            .zip(&after.candidates)
            .filter(|(before, after)| before.eligible() != after.eligible())
            .map(|(before, _)| before.info.id)
            .collect();
        let least = before.choice.cheapest.map(|at| before.candidates[at].info.id);
        if mode != Mode::CheapestEligible && gone.iter().any(|gone| Some(*gone) == least) {
            return Ok(());
        }
        // Where a preference named only what is gone, another one counts.
        if mode == Mode::Guided && before.choice.field.iter().any(|at| gone.contains(&before.candidates[*at].info.id)) {
            return Ok(());
        }
        prop_assert_eq!(id(&after, after.choice.recommended), winner, "without {:?}", gone);
        Ok(())
    });
}

/// Where a commitment begins to pay, both ways cost the same to the last digit, and beside that point one is cheaper.
#[test]
fn at_a_break_even_of_a_commitment_the_costs_agree() {
    let mut found = 0;
    for (region, inputs) in [
        ("us-east-1", json!({"discount": 0.4, "horizon_months": 36, "instances": 7})),
        ("us-east-1", json!({"spend": ["fargate"], "horizon_months": 36})),
        ("us-east-1", json!({"spend": ["ec2", "fargate", "lambda"], "discount": "0.27", "horizon_months": 30})),
        ("ap-northeast-2", json!({"instance_type": "m7g.large", "horizon_months": 36})),
        ("us-east-1", json!({"interruptible": true, "queue_based": true, "spend": ["fargate"], "base_fraction": 0.2})),
    ] {
        let sweep = |input: &str| SweepAsk { input: input.to_owned(), from: Amount::ZERO, to: None };
        let sweeps = Some(vec![sweep("expected_utilisation"), sweep("discount")]);
        let ask = Ask { sweeps, ..ask(region, Mode::CheapestEligible) };
        let asked = Asked { decision: "pricing_model", ask, inputs };
        for crossover in decide(&asked).crossovers {
            let (CrossoverKind::Equal, Some(from), Some(to)) = (crossover.kind, crossover.from, crossover.to) else {
                continue;
            };
            let judged = |at: Fraction| judge_with::<PricingModel>(&asked, crossover.input, Amount::fraction(at));
            let here = judged(crossover.at.value());
            let rank = |option: &str| candidate(&here, option).rank().map(Amount::value);
            assert_eq!(rank(from), rank(to), "{} at {}", asked.inputs, crossover.at);
            let beside = |step: Fraction| {
                let judged = judged(crossover.at.value() + step);
                id(&judged, judged.choice.cheapest)
            };
            let little = fraction(1, 1_000_000_000);
            assert_eq!((beside(-little.clone()), beside(little)), (Some(from), Some(to)), "{}", asked.inputs);
            found += 1;
        }
    }
    assert!(found >= 5, "{found} break-evens");
}

#[test]
fn the_same_request_gives_the_same_bytes() {
    for (decision, inputs) in [
        ("hybrid_connectivity", json!({"gb_out_month": 7_000, "peak_gbps": "0.7", "vpcs": 2})),
        ("hybrid_resiliency", json!({"aws_sla_pct": 99.9, "gb_out_month": 7_000})),
        ("nat_topology", json!({"vpcs": 3, "gb_month": 7_000})),
        ("load_balancer", json!({"protocol": "tcp", "gb_month": 7_000})),
        ("api_front_door", json!({"backend": "ecs", "requests_month": 7_000_000})),
        ("messaging", json!({"consumers": 4, "consumer_mode": "independent", "msgs_per_s_avg": 70})),
        ("content_origin", json!({"static": true, "gb_month": 7_000})),
        ("pricing_model", json!({"discount": 0.4, "horizon_months": 20})),
        ("container_platform", json!({"tasks": 9, "vcpu": "0.5", "mem_gb": 3})),
        ("database_tier", json!({"engine": "postgresql", "read_heavy": true})),
    ] {
        let body = json!({"region": "us-east-1", "as_of": "2026-11-22", "inputs": inputs}).to_string();
        let answer = || {
            let request = DecideRequest::read(body.as_bytes()).expect("a request");
            serde_json::to_vec(&request.run(decision, seed(), today()).expect("an answer")).expect("JSON")
        };
        assert_eq!(answer(), answer());
    }
}

fn source(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/decisions").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The text of every string literal on one line.
fn literals(source: &str) -> Vec<&str> {
    source.lines().flat_map(|line| line.split('"').skip(1).step_by(2)).collect()
}

/// The decisions whose sources are read: they fire their rules by literal names.
const HELD: &[&str] = &[
    "hybrid_connectivity",
    "hybrid_resiliency",
    "container_platform",
    "load_balancer",
    "nat_topology",
    "vpc_connectivity",
    "private_access",
    "api_front_door",
    "messaging",
    "database_tier",
    "content_origin",
];

/// The source that fires the rules of a decision, without the list of rules.
fn firing(decision: &Decision) -> String {
    match decision.id {
        "hybrid_connectivity" => source("hybrid_connectivity/screening.rs"),
        "container_platform" => source("container_platform/screening.rs") + &source("container_platform/guidance.rs"),
        "vpc_connectivity" => source("vpc_connectivity/screening.rs"),
        "private_access" => source("private_access/screening.rs"),
        "api_front_door" => source("api_front_door/screening.rs") + &source("api_front_door/matrix.rs"),
        "messaging" => source("messaging/screening.rs") + &source("messaging/guidance.rs"),
        "database_tier" => source("database_tier/screening.rs"),
        "content_origin" => source("content_origin/screening.rs"),
        "load_balancer" => source("load_balancer/screening.rs"),
        other => {
            let whole = source(&format!("{other}.rs"));
            let (before, _) = whole.split_once("const RULES: &[RuleInfo]").expect("a list of rules");
            before.to_owned()
        }
    }
}

#[test]
fn every_rule_in_code_is_listed_and_every_listed_one_is_in_code() {
    let is_rule = |text: &&str| {
        let bytes = text.as_bytes();
        bytes.len() == 4
            && bytes[0].is_ascii_uppercase()
            && bytes[1] == b'-'
            && bytes[2..].iter().all(u8::is_ascii_digit)
    };
    for decision in DECISIONS.iter().filter(|decision| HELD.contains(&decision.id)) {
        let firing = firing(decision);
        let fired: BTreeSet<&str> = literals(&firing).into_iter().filter(is_rule).collect();
        let listed: BTreeSet<&str> = decision.rules.iter().map(|rule| rule.id).collect();
        assert_eq!(fired, listed, "{}", decision.id);
    }
}

#[test]
fn every_fact_that_a_rule_cites_is_in_the_data() {
    let facts: BTreeSet<&str> = seed().facts.iter().map(|fact| fact.id.as_str()).collect();
    let mut cited = 0;
    for decision in DECISIONS.iter().filter(|decision| HELD.contains(&decision.id)) {
        let inputs: BTreeSet<&str> = (decision.inputs)().iter().map(|input| input.name).collect();
        let texts = [
            "need",
            "peer",
            "region",
            "traffic",
            "compliance",
            "existing",
            "site_region",
            "design",
            "other continent",
            "windows",
        ];
        let firing = firing(decision);
        // A call that fires a rule: what it quotes is a rule, an input, or a fact.
        for call in firing.split("screen.").skip(1) {
            let verb = ["eliminate(", "prefer(", "caution(", "fire("].iter().find(|verb| call.starts_with(**verb));
            let Some((arguments, _)) = verb.and_then(|_| call.split_once(";\n")) else { continue };
            for text in literals(arguments) {
                let is_known = text.len() == 4 || inputs.contains(text) || texts.contains(&text);
                assert!(is_known || facts.contains(text), "{}: `{text}` is no fact", decision.id);
                cited += usize::from(facts.contains(text));
            }
        }
    }
    assert!(cited > 60, "{cited} facts");
}

/// The names and types of the fields of a decision's inputs, as its schema tells them.
fn fields(decision: &Decision) -> BTreeMap<String, String> {
    let schema = serde_json::to_value((decision.schema)().schema).expect("JSON");
    let properties = schema["properties"].as_object().expect("properties").clone();
    properties.into_iter().map(|(name, field)| (name, field.to_string())).collect()
}

fn tables<K: Knowledge>(decision: &Decision) {
    let fields = fields(decision);
    let numbers = K::NUMBERS.iter().map(|input| input.name);
    let flags = K::FLAGS.iter().map(|input| input.name);
    let words = K::WORDS.iter().map(|input| input.name);
    let known: BTreeSet<&str> = numbers.clone().chain(flags.clone()).chain(words).collect();
    for name in &known {
        assert!(fields.contains_key(*name), "{}: `{name}` is no field", decision.id);
    }
    for (name, field) in &fields {
        if known.contains(name.as_str()) {
            continue;
        }
        let is_flag = field.contains("\"boolean\"");
        let is_number = field.contains("Amount");
        assert!(!is_number, "{}: the number `{name}` is in no table", decision.id);
        if is_flag {
            let asked = Asked {
                decision: decision.id,
                ask: Ask { sweeps: Some(Vec::new()), ..ask("us-east-1", Mode::Guided) },
                inputs: json!({ name: true }),
            };
            let verdict = decide(&asked);
            let listed = verdict.not_modelled.iter().any(|entry| entry.contains(name.as_str()));
            assert!(listed, "{}: the yes/no `{name}` is in no table, and the answer is silent about it", decision.id);
        }
    }
    // The places are those of the fields with the same names.
    for input in K::FLAGS {
        let mut inputs: K::Inputs = serde_json::from_value(json!({ input.name: true })).expect("a yes/no");
        assert_eq!(*(input.slot)(&mut inputs), Some(true), "{}", input.name);
    }
    for input in K::NUMBERS {
        let mut inputs: K::Inputs = serde_json::from_value(json!({ input.name: 7 })).expect("a number");
        assert_eq!((input.slot)(&mut inputs).as_ref().and_then(Amount::as_whole), Some(7), "{}", input.name);
    }
    for input in K::WORDS {
        let mut inputs: K::Inputs = serde_json::from_value(json!({ input.name: "word" })).expect("a word");
        assert_eq!((input.slot)(&mut inputs).as_deref(), Some("word"), "{}", input.name);
    }
}

#[test]
fn every_input_is_a_field_and_every_field_is_an_input_or_not_modelled() {
    tables::<HybridConnectivity>(find("hybrid_connectivity").expect("a decision"));
    tables::<HybridResiliency>(find("hybrid_resiliency").expect("a decision"));
    tables::<VpcConnectivity>(find("vpc_connectivity").expect("a decision"));
    tables::<PrivateAccess>(find("private_access").expect("a decision"));
    tables::<Messaging>(find("messaging").expect("a decision"));
    tables::<NatTopology>(find("nat_topology").expect("a decision"));
    tables::<LoadBalancer>(find("load_balancer").expect("a decision"));
    tables::<ContainerPlatform>(find("container_platform").expect("a decision"));
    tables::<ApiFrontDoor>(find("api_front_door").expect("a decision"));
    tables::<DatabaseTier>(find("database_tier").expect("a decision"));
    tables::<ContentOrigin>(find("content_origin").expect("a decision"));
}
