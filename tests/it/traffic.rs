//! Laws of traffic: in every topology the flows' parts and the standing charges make up the bill, exactly.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crossover::app::decide::DecideRequest;

use crate::seed::seed;

const REGIONS: [&str; 4] = ["us-east-1", "eu-west-1", "ap-northeast-1", "us-west-2"];

fn answer(decision: &str, body: &Value) -> Value {
    let today = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a date");
    let request = DecideRequest::read(body.to_string().as_bytes()).expect("a request");
    let answer = request.run(decision, seed(), today).unwrap_or_else(|problems| panic!("{problems:?}"));
    serde_json::to_value(answer).expect("JSON")
}

fn decimal(value: &Value) -> Decimal {
    value.as_str().expect("a text").parse().expect("a decimal")
}

fn items<'v>(value: &'v Value, field: &str) -> &'v [Value] {
    value[field].as_array().expect("a list")
}

/// 50 VPCs in four Regions, each pair with a flow: 1,225.
pub(crate) fn mesh() -> Value {
    let name = |at: usize| format!("vpc-{at:02}");
    let nodes: Vec<Value> = (0..50).map(|at| json!({ "name": name(at), "region": REGIONS[at % 4] })).collect();
    let mut flows = Vec::new();
    for from in 0..50_usize {
        for to in from + 1..50 {
            let mut flow = json!({ "from": name(from), "to": name(to), "gb_month": (from * 7 + to * 3) % 90 + 10 });
            if from % 4 == to % 4 && to % 3 != 0 {
                flow["same_az"] = json!(to % 3 == 1);
            }
            flows.push(flow);
        }
    }
    json!({ "nodes": nodes, "flows": flows, "protocol": "http", "shared_subnets_accepted": true })
}

/// Every topology of an answer adds up: returns how many were priced, by option.
fn adds_up(answer: &Value) -> BTreeMap<String, usize> {
    let mut priced = BTreeMap::new();
    for option in items(answer, "options") {
        for topology in option["topologies"].as_array().into_iter().flatten() {
            let at = format!("{}: {}", option["option"], topology["topology"]);
            if topology["estimate"].is_null() {
                assert!(!items(topology, "missing").is_empty(), "{at} is unpriced and nothing is missing");
                continue;
            }
            *priced.entry(option["option"].as_str().expect("an id").to_owned()).or_insert(0) += 1;
            let mut parts: BTreeMap<(String, String), (Decimal, Decimal)> = BTreeMap::new();
            let mut flows = Decimal::ZERO;
            for flow in items(topology, "flows") {
                let mut sum = Decimal::ZERO;
                for hop in items(flow, "hops") {
                    let key = (hop["resource"].to_string(), hop["line"].to_string());
                    let (quantity, amount) = parts.entry(key).or_default();
                    *quantity += decimal(&hop["quantity"]);
                    *amount += decimal(&hop["amount_exact"]);
                    sum += decimal(&hop["amount_exact"]);
                }
                assert_eq!(sum, decimal(&flow["amount_exact"]), "{at}: {flow}");
                assert!(!items(flow, "via").is_empty(), "{at}: {flow} goes nowhere");
                flows += sum;
            }
            assert_eq!(flows, decimal(&topology["flows_exact"]), "{at}");
            let mut standing = Decimal::ZERO;
            for line in items(&topology["estimate"], "lines") {
                let key = (line["resource"].to_string(), line["id"].to_string());
                match parts.remove(&key) {
                    // A line is shared by flows whole, or not at all.
                    Some((quantity, amount)) => {
                        assert_eq!(quantity, decimal(&line["quantity"]), "{at}: {key:?}");
                        assert_eq!(amount, decimal(&line["amount_exact"]), "{at}: {key:?}");
                    }
                    None => standing += decimal(&line["amount_exact"]),
                }
            }
            assert!(parts.is_empty(), "{at}: parts of no line: {parts:?}");
            assert_eq!(standing, decimal(&topology["standing_exact"]), "{at}");
            let total = decimal(&topology["estimate"]["total"]["monthly_exact"]);
            assert_eq!(flows + standing, total, "{at}");
        }
    }
    priced
}

#[test]
fn every_topology_of_a_mesh_of_fifty_vpcs_adds_up() {
    let body = json!({ "region": "us-east-1", "as_of": "2026-11-22", "missing_prices": "derive", "inputs": mesh() });
    let answer = answer("vpc_connectivity", &body);
    let priced = adds_up(&answer);
    for option in items(&answer, "options") {
        let id = option["option"].as_str().expect("an id");
        assert_eq!(option["eligible"], true, "{id}");
        for topology in items(option, "topologies") {
            assert_eq!(items(topology, "flows").len(), 1_225, "{id}");
        }
    }
    // What cannot be priced says which prices are missing.
    for id in ["vpc_peering", "transit_gateway", "lattice_services", "shared_vpc"] {
        assert!(priced.contains_key(id), "{id}: {priced:?}");
    }
    // What is not known by numbers is not swept; all traffic together is.
    assert_eq!(answer["robustness"]["input"], "traffic_factor");
    assert!(items(&answer, "regimes").iter().all(|regime| regime["input"] == "traffic_factor"));
    let peering = items(&answer, "options")[0]["topologies"][0]["config"].clone();
    assert_eq!(peering["peering_connections"], 1_225);
    assert_eq!(peering["most_peers_of_a_vpc"], 49);
}

#[test]
fn topologies_with_sites_tiers_and_allowances_add_up() {
    let nodes = json!([
        { "name": "hub" },
        { "name": "shop", "shared_services": "hub" },
        { "name": "stock", "shared_services": "hub", "region": "us-west-2", "azs": 2 },
        { "name": "office", "kind": "on_premises" },
        { "name": "internet", "kind": "internet" },
        { "name": "s3", "kind": "aws_service" },
        { "name": "kms", "kind": "aws_service", "region": "us-west-2" },
    ]);
    // The tiers of the internet end at 10,240 and 51,200 GB, those of interface endpoints at 1,048,576 GB.
    let flows = json!([
        { "from": "shop", "to": "hub", "gb_month": "1048000.5", "same_az": false },
        { "from": "shop", "to": "hub", "gb_month": 700 },
        { "from": "stock", "to": "hub", "gb_month": 300 },
        { "from": "hub", "to": "office", "gb_month": 9000 },
        { "from": "office", "to": "stock", "gb_month": 5000 },
        { "from": "stock", "to": "office", "gb_month": "1500.25" },
        { "from": "shop", "to": "internet", "gb_month": 60000 },
        { "from": "internet", "to": "hub", "gb_month": 20 },
        { "from": "shop", "to": "s3", "gb_month": 400 },
        { "from": "kms", "to": "stock", "gb_month": 2 },
        { "from": "shop", "to": "kms", "gb_month": 3 },
    ]);
    for free_tier in ["none", "always"] {
        for (decision, more) in [
            ("vpc_connectivity", json!({ "isolated_vpcs": true })),
            ("vpc_connectivity", json!({ "same_az_share": "0.25", "shared_subnets_accepted": true })),
            ("vpc_connectivity", json!({ "existing_hub": "tgw" })),
            ("private_access", json!({ "nat_already_needed": false })),
            ("private_access", json!({ "nat_layout": "single", "client_location": "public_subnets", "azs": 4 })),
            ("private_access", json!({ "ip_version": 6, "existing_hub": "tgw" })),
        ] {
            let mut inputs = json!({ "nodes": nodes, "flows": flows });
            for (name, value) in more.as_object().expect("an object") {
                inputs[name] = value.clone();
            }
            let body =
                json!({ "region": "us-east-1", "as_of": "2026-11-22", "free_tier": free_tier, "inputs": inputs });
            let priced = adds_up(&answer(decision, &body));
            assert!(!priced.is_empty(), "{decision} {more}");
        }
    }
}

/// What a node leaves open follows the inputs, also in a sweep.
#[test]
fn zones_of_a_graph_can_be_swept() {
    let nodes = json!([{ "name": "a" }, { "name": "b", "azs": 2 }, { "name": "service" }]);
    let flows = json!([
        { "from": "a", "to": "service", "gb_month": 500 },
        { "from": "b", "to": "service", "gb_month": 500 },
    ]);
    let inputs = |azs: u64| json!({ "nodes": nodes, "flows": flows, "overlap": true, "protocol": "http", "azs": azs, "provider": "nlb service" });
    let cheapest = |azs: u64| {
        let body = json!({ "region": "us-east-1", "as_of": "2026-11-22", "inputs": inputs(azs) });
        answer("vpc_connectivity", &body)["cheapest"].clone()
    };
    let body = json!({
        "region": "us-east-1", "as_of": "2026-11-22", "inputs": inputs(3), "sweep": [{ "input": "azs", "from": 1, "to": 6 }],
    });
    let swept = answer("vpc_connectivity", &body);
    assert_ne!(cheapest(1), cheapest(6));
    for azs in 1..=6 {
        let at = Decimal::from(azs);
        let holds = |regime: &&Value| decimal(&regime["from"]) <= at && at <= decimal(&regime["to"]);
        let regime = items(&swept, "regimes").iter().find(holds).expect("a regime");
        assert_eq!(regime["cheapest"], cheapest(azs), "{azs} zones");
    }
}

/// The order of nodes and flows changes no total.
#[test]
fn the_order_of_flows_changes_no_total() {
    let totals = |inputs: &Value| -> Vec<(Value, Value)> {
        let body = json!({ "region": "us-east-1", "as_of": "2026-11-22", "inputs": inputs });
        let answer = answer("vpc_connectivity", &body);
        let topologies = items(&answer, "options").iter().flat_map(|option| items(option, "topologies"));
        topologies.map(|topology| (topology["topology"].clone(), topology["estimate"]["total"].clone())).collect()
    };
    let inputs = mesh();
    let mut turned = inputs.clone();
    for field in ["nodes", "flows"] {
        turned[field].as_array_mut().expect("a list").reverse();
    }
    assert_eq!(totals(&inputs), totals(&turned));
}

/// The short form is the graph of as many equal VPCs.
#[test]
fn the_short_form_is_a_graph_of_equals() {
    let options = |inputs: &Value| -> Vec<(Value, Value)> {
        let body = json!({ "region": "us-east-1", "as_of": "2026-11-22", "inputs": inputs });
        let answer = answer("vpc_connectivity", &body);
        items(&answer, "options")
            .iter()
            .map(|option| (option["option"].clone(), option["monthly"]["aws"].clone()))
            .collect()
    };
    let short = json!({ "vpcs": 6, "gb_month_per_pair": 40, "direction": "one_way", "protocol": "http" });
    let names = ["a", "b", "c", "d", "e", "f"];
    let nodes: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
    let mut flows = Vec::new();
    for (at, from) in names.iter().enumerate() {
        for to in &names[at + 1..] {
            flows.push(json!({ "from": from, "to": to, "gb_month": 40 }));
        }
    }
    let graph = json!({ "nodes": nodes, "flows": flows, "direction": "one_way", "protocol": "http" });
    let (short, graph) = (options(&short), options(&graph));
    // In the short form each VPC offers a service; of the graph's, the first receives nothing.
    for ((option, of_short), (_, of_graph)) in short.iter().zip(&graph) {
        let offers = ["privatelink_endpoint_service", "lattice_services", "lattice_vpc_resources"];
        if !offers.contains(&option.as_str().expect("an id")) {
            assert_eq!(of_short, of_graph, "{option}");
        }
    }
}
