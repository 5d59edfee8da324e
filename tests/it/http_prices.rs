//! The prices, page by page.

use serde_json::Value;

use crate::http::{catalog, get, today};

fn meter(price: &Value) -> String {
    let meter = &price["meter"];
    ["service_code", "region", "usage_type", "operation"].map(|part| meter[part].as_str().expect("a text")).join("/")
}

/// Reads every page.
async fn read_all(filters: &str, limit: usize) -> Vec<Value> {
    let mut prices = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = get(&format!("/v1/prices?limit={limit}&{filters}{cursor}")).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let page = page.json();
        let rows = page["prices"].as_array().expect("a list");
        assert!(rows.len() <= limit);
        prices.extend(rows.iter().cloned());
        match &page["next_cursor"] {
            Value::String(next) => {
                assert_eq!(rows.len(), limit, "only the last page is short");
                cursor = format!("&cursor={next}");
            }
            _ => return prices,
        }
    }
}

#[actix_web::test]
async fn pages_lose_no_price_and_double_none() {
    let expected: Vec<String> = catalog()
        .prices_of("AmazonVPC")
        .iter()
        .filter(|price| price.valid_on(today()))
        .map(|price| {
            let m = &price.meter;
            format!("{}/{}/{}/{}", m.service_code, m.region, m.usage_type, m.operation)
        })
        .collect();
    assert!(expected.len() > 100, "enough for several pages: {}", expected.len());
    for limit in [1_000, 97, expected.len() / 2] {
        let found: Vec<String> = read_all("service_code=AmazonVPC", limit).await.iter().map(meter).collect();
        assert_eq!(found, expected, "limit {limit}");
    }
    let all = read_all("", 1_000).await.len();
    assert_eq!(all, catalog().prices().filter(|price| price.valid_on(today())).count());
}

#[actix_web::test]
async fn filters_choose_by_code_region_and_beginning_of_the_usage_type() {
    let prices = read_all("service_code=AmazonVPC&region=us-east-1&usage_type=VPN-Usage", 10).await;
    let vpn = prices.iter().find(|price| price["meter"]["usage_type"] == "VPN-Usage-Hours:ipsec.1").expect("a price");
    assert_eq!(vpn["tiers"][0]["unit_price"], "0.05");
    assert_eq!(vpn["tiers"][0]["to"], Value::Null);
    assert_eq!((&vpn["unit"], &vpn["layer"]), (&"Hrs".into(), &"seed".into()));
    assert!(vpn["source"].is_string() && vpn["seen_on"].is_string() && vpn["confidence"].is_string(), "{vpn}");

    let ladder = read_all("service_code=AWSDataTransfer&region=us-east-1&usage_type=DataTransfer-Out-Bytes", 10).await;
    let tiers = ladder[0]["tiers"].as_array().expect("tiers");
    assert!(tiers.len() >= 3, "{tiers:?}");
    for pair in tiers.windows(2) {
        assert_eq!(pair[0]["to"], pair[1]["from"]);
    }
}

#[actix_web::test]
async fn a_filter_that_can_match_nothing_is_a_mistake() {
    let problem = get("/v1/prices?service_code=AmazonVpc").await.problem(422, "unknown_value");
    assert_eq!(problem["hint"], "did you mean `AmazonVPC`?");
    let problem = get("/v1/prices?region=us-east-11").await.problem(422, "unknown_region");
    assert_eq!(problem["parameter"], "region");
    let problem = get("/v1/prices?edition=99").await.problem(422, "unknown_edition");
    assert_eq!(problem["parameter"], "edition");
    let problem = get("/v1/prices?limit=1001").await.problem(422, "out_of_range");
    assert!(problem["detail"].as_str().expect("a text").contains("1 to 1000"), "{problem}");
    for empty in ["as_of=2026-1-1", "as_of=", "limit=", "edition="] {
        get(&format!("/v1/prices?{empty}")).await.problem(422, "wrong_type");
    }
    get("/v1/prices?region=").await.problem(422, "unknown_region");
    get("/v1/prices?cursor=abc").await.problem(422, "unknown_value");
    assert_eq!(get("/v1/prices?usage_type=no-such-thing").await.json()["prices"], serde_json::json!([]));
}

#[actix_web::test]
async fn a_cursor_keeps_its_edition_and_its_day() {
    let first = get("/v1/prices?limit=1&as_of=2026-11-01").await.json();
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let second = get(&format!("/v1/prices?limit=1&cursor={cursor}")).await.json();
    assert_eq!(second["as_of"], "2026-11-01");
    let problem = get(&format!("/v1/prices?cursor={cursor}&as_of=2026-11-02")).await.problem(422, "conflicting_fields");
    assert_eq!(problem["parameter"], "cursor");
}
