//! Price lists over REST: upload, progress, differences, activation, and what a request costs under each edition.

use std::time::{Duration, Instant};

use actix_web::test::TestRequest;
use actix_web::web::Data;
use crossover::config::ServeConfig;
use crossover::http::admin::AdminToken;
use crossover::http::prepare;
use crossover::http::state::State;
use crossover::storage::Store;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::{Answer, post_to, send_to};
use crate::http_admin::TOKEN;
use crate::price_lists::{Offer, Row, seeded};

/// A service on a store of its own, with the admin token of the tests.
struct Service {
    state: Data<State>,
    #[expect(dead_code, reason = "the folder is there as long as the service")]
    folder: TempDir,
}

impl Service {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = seeded(folder.path());
        let store = Store::open(&database).await.expect("the file");
        let token = AdminToken::new(TOKEN).expect("a token");
        let state = prepare(&ServeConfig::for_testing(database), store).await.expect("the seed");
        Self { state: Data::new(state.with_admin_token(Some(token))), folder }
    }

    async fn get(&self, path: &str) -> Answer {
        send_to(self.state.clone(), TestRequest::get().uri(path)).await
    }

    async fn upload(&self, query: &str, content_type: &str, list: &str) -> Answer {
        let request = TestRequest::post()
            .uri(&format!("/v1/editions{query}"))
            .insert_header(("authorization", format!("Bearer {TOKEN}")))
            .insert_header(("content-type", content_type))
            .set_payload(list.to_owned());
        send_to(self.state.clone(), request).await
    }

    /// Uploads a list and waits until its import has ended.
    async fn imported(&self, query: &str, list: &str) -> Value {
        let begun = self.upload(query, "text/csv", list).await;
        assert_eq!(begun.status, 200, "{}", begun.text());
        let id = begun.json()["id"].as_u64().expect("an id");
        let since = Instant::now();
        loop {
            let status = self.get(&format!("/v1/imports/{id}")).await.json();
            if status["state"] == "done" || status["state"] == "failed" {
                return status;
            }
            assert!(since.elapsed() < Duration::from_mins(1), "{status}");
            actix_web::rt::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn activate(&self, edition: &str) -> Answer {
        let request = TestRequest::post()
            .uri(&format!("/v1/editions/{edition}/activate"))
            .insert_header(("authorization", format!("Bearer {TOKEN}")));
        send_to(self.state.clone(), request).await
    }

    async fn vpn(&self, extra: &Value) -> Answer {
        let mut body = json!({"region": "us-east-1", "as_of": "2026-06-15", "usage": {"connections": 1}});
        body.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        post_to(self.state.clone(), "/v1/estimates/site_to_site_vpn", &body).await
    }
}

fn vpn(published: &'static str, from: &str, price: &str) -> String {
    let from = from.to_owned();
    Offer::new("AmazonVPC", published, vec![Row::vpn(price).with(move |row| row.effective = from)]).csv()
}

#[actix_web::test]
async fn a_list_is_uploaded_looked_at_and_activated() {
    let service = Service::new().await;
    let status = service.imported("?name=vpn.csv", &vpn("2026-06-02", "2026-06-01", "0.06")).await;
    assert_eq!(status["state"], "done", "{status}");
    assert_eq!(status["name"], "vpn.csv");
    assert_eq!(status["rows_read"], 1);
    let report = &status["report"];
    assert_eq!((report["edition"].as_u64(), report["activated"].as_bool()), (Some(2), Some(false)));
    assert_eq!(report["summary"]["changed"], 1);
    assert_eq!(report["summary"]["largest_rise_percent"], "20");
    assert_eq!(report["files"][0]["offer_code"], "AmazonVPC");
    assert_eq!(service.vpn(&json!({})).await.json()["total"]["monthly"], "36.50", "not before it is activated");

    let diff = service.get("/v1/editions/1/diff/2").await.json();
    assert_eq!(diff["summary"]["changed"], 1);
    assert_eq!(diff["by_place"][0]["region"], "us-east-1");
    let change = &diff["changes"][0];
    assert_eq!((change["kind"].as_str(), change["from"].as_str()), (Some("changed"), Some("2026-06-01")));
    assert_eq!(change["before"]["tiers"][0]["unit_price"], "0.05");
    assert_eq!(
        (change["after"]["tiers"][0]["unit_price"].as_str(), change["percent"].as_str()),
        (Some("0.06"), Some("20"))
    );
    let back = service.get("/v1/editions/2/diff/1?kind=added").await.json();
    assert_eq!((back["summary"]["changed"].as_u64(), back["changes"].as_array().map(Vec::len)), (Some(0), Some(0)));

    let request = json!({"region": "us-east-1", "as_of": "2026-06-15", "resources": [
        {"name": "a", "service": "site_to_site_vpn", "usage": {"connections": 2}},
        {"name": "b", "service": "public_ipv4", "usage": {"in_use_addresses": 1}}]});
    let answer = post_to(service.state.clone(), "/v1/editions/1/diff/2/estimate", &request).await.json();
    // 2 × 730 h × 0.05 = 73.00 and × 0.06 = 87.60; the address costs 730 h × 0.005 = 3.65 in both.
    assert_eq!(answer["total"], json!({"before": "76.65", "after": "91.25", "difference": "14.6", "percent": "19.05"}));
    let line = &answer["lines"][0]["cost"];
    assert_eq!(*line, json!({"before": "73", "after": "87.6", "difference": "14.6", "percent": "20"}));
    assert_eq!(answer["lines"].as_array().expect("lines").last().expect("a line")["cost"]["difference"], "0");
    let mut with_edition = request.clone();
    with_edition["edition"] = json!(1);
    let refused = post_to(service.state.clone(), "/v1/editions/1/diff/2/estimate", &with_edition).await;
    assert_eq!(refused.problem(422, "conflicting_fields")["pointer"], "/edition");

    let activated = service.activate("2").await;
    assert_eq!((activated.status.as_u16(), activated.json()["active"].as_bool()), (200, Some(true)));
    assert_eq!(service.vpn(&json!({})).await.json()["total"]["monthly"], "43.80");
    // Going back is activating the older one.
    assert_eq!(service.activate("1").await.status, 200);
    assert_eq!(service.vpn(&json!({})).await.json()["total"]["monthly"], "36.50");
    service.activate("9").await.problem(404, "unknown_edition");
}

/// The answer for a day under an edition is the same for ever, byte for byte, whatever is learnt about that day later.
#[actix_web::test]
async fn an_old_answer_is_given_again_byte_for_byte() {
    let service = Service::new().await;
    service.imported("?activate=true", &vpn("2026-06-02", "2026-06-01", "0.06")).await;
    let before = service.vpn(&json!({"edition": 2})).await;
    assert_eq!(before.json()["total"]["monthly"], "43.80", "{}", before.text());
    let status = service.imported("?activate=true", &vpn("2026-07-15", "2026-06-01", "0.055")).await;
    assert_eq!(status["report"]["edition"], 3, "{status}");
    assert_eq!(service.vpn(&json!({})).await.json()["total"]["monthly"], "40.15");
    let after = service.vpn(&json!({"edition": 2})).await;
    assert_eq!(after.body, before.body);

    let path =
        "/v1/prices/history?service_code=AmazonVPC&region=us-east-1&usage_type=VPN-Usage-Hours:ipsec.1&operation=";
    let history = service.get(&format!("{path}CreateVpnConnection")).await.json();
    let known: Vec<(u64, Option<u64>, usize)> = history["known"]
        .as_array()
        .expect("states")
        .iter()
        .map(|state| {
            (
                state["from_edition"].as_u64().expect("a number"),
                state["to_edition"].as_u64(),
                state["prices"].as_array().expect("prices").len(),
            )
        })
        .collect();
    assert_eq!(known, [(1, Some(2), 1), (2, Some(3), 2), (3, None, 2)]);
    assert_eq!(history["known"][1]["prices"][1]["tiers"][0]["unit_price"], "0.06");
    assert_eq!(history["known"][2]["prices"][1]["tiers"][0]["unit_price"], "0.055");
    let unknown = service.get(&format!("{path}Other")).await.problem(422, "unknown_value");
    assert_eq!(unknown["parameter"], "usage_type");
    service.get("/v1/prices/history?service_code=AmazonVPC").await.problem(422, "missing_field");
}

#[actix_web::test]
async fn a_list_with_mistakes_changes_nothing_and_says_where_they_are() {
    let service = Service::new().await;
    let status = service.imported("?activate=true", &vpn("2026-06-02", "2026-06-01", "0.6")).await;
    assert_eq!(status["state"], "failed");
    let failure = &status["failure"];
    assert_eq!(failure["detail"], "the price list has 1 mistake; nothing was imported");
    let mistake = &failure["mistakes"][0];
    assert_eq!((mistake["file"].as_str(), mistake["line"].as_u64()), (Some("upload"), Some(7)));
    assert_eq!(mistake["column"], "PricePerUnit");
    let list = service.get("/v1/editions").await.json();
    assert_eq!(list["editions"].as_array().map(Vec::len), Some(1));
    let status = service.imported("?activate=true&max_jump=12", &vpn("2026-06-02", "2026-06-01", "0.6")).await;
    assert_eq!(status["report"]["activated"], true, "{status}");
    let dry = service.imported("?dry_run=true&valid_to=2026-06-01", &vpn("2026-06-02", "2026-05-01", "0.07")).await;
    assert_eq!((dry["report"]["edition"].as_u64(), dry["report"]["dry_run"].as_bool()), (None, Some(true)), "{dry}");
}

#[actix_web::test]
async fn an_upload_is_guarded_and_checked() {
    let service = Service::new().await;
    let list = vpn("2026-06-02", "2026-06-01", "0.06");
    let without =
        TestRequest::post().uri("/v1/editions").insert_header(("content-type", "text/csv")).set_payload(list.clone());
    send_to(service.state.clone(), without).await.problem(401, "unauthorized");
    let without = TestRequest::post().uri("/v1/editions/1/activate");
    send_to(service.state.clone(), without).await.problem(401, "unauthorized");
    let problem = service.upload("", "application/xml", &list).await.problem(415, "unsupported_media_type");
    assert!(problem["detail"].as_str().expect("a text").contains("`text/csv`"), "{problem}");
    for (query, parameter) in [
        ("?activate=yes", "activate"),
        ("?max_jump=0.5", "max_jump"),
        ("?valid_to=soon", "valid_to"),
        ("?name=", "name"),
        ("?activte=true", "activte"),
    ] {
        let problem = service.upload(query, "text/csv", &list).await;
        assert_eq!(problem.json()["parameter"], parameter, "{query}: {}", problem.text());
        assert_eq!(problem.status, 422);
    }
    let unknown = service.get("/v1/imports/77").await.problem(404, "not_found");
    assert_eq!(unknown["parameter"], "import");
    assert_eq!(service.get("/v1/editions").await.json()["editions"].as_array().map(Vec::len), Some(1));
}

#[actix_web::test]
async fn the_pages_of_a_difference_fit_together() {
    let service = Service::new().await;
    let regions = ["us-east-1", "us-east-2", "us-west-2", "eu-west-2"];
    let rows = regions
        .map(|region| {
            Row::vpn("0.06").with(|row| {
                row.region = region;
                row.sku = region.to_owned();
            })
        })
        .to_vec();
    service.imported("?activate=true", &Offer::new("AmazonVPC", "2026-06-02", rows).csv()).await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = service.get(&format!("/v1/editions/1/diff/2?limit=1{cursor}")).await.json();
        assert_eq!(page["summary"]["changed"], 4, "the counts are of all pages");
        for change in page["changes"].as_array().expect("changes") {
            seen.push(change["meter"]["region"].as_str().expect("a Region").to_owned());
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["eu-west-2", "us-east-1", "us-east-2", "us-west-2"]);
    let only = service.get("/v1/editions/1/diff/2?region=eu-west-2").await.json();
    assert_eq!(only["summary"]["changed"], 1);
    service.get("/v1/editions/1/diff/2?cursor=00").await.problem(422, "unknown_value");
    service.get("/v1/editions/1/diff/2?kind=other").await.problem(422, "unknown_value");
    service.get("/v1/editions/1/diff/9").await.problem(404, "unknown_edition");
}
