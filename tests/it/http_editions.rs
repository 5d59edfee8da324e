//! The service on a real store: editions, activation by another process, and a database that goes away.

use std::time::Duration;

use actix_web::test::TestRequest;
use actix_web::web::Data;
use crossover::catalog::seed::Files;
use crossover::config::ServeConfig;
use crossover::http::prepare;
use crossover::http::state::State;
use crossover::storage::{Seeded, Store};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::{Answer, post_to, send_to};
use crate::http_admin::TOKEN;

/// A service on a new store that holds the seed, with the admin token of the tests.
pub(crate) struct OnStore {
    pub(crate) state: Data<State>,
    pub(crate) store: Store,
    folder: TempDir,
}

impl OnStore {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let token = folder.path().join("token");
        std::fs::write(&token, TOKEN).expect("written");
        let config =
            ServeConfig { admin_token_file: Some(token), ..ServeConfig::for_testing(folder.path().join("prices.db")) };
        let store = Store::open(&config.database).await.expect("a new file");
        let state = Data::new(prepare(&config, store.clone()).await.expect("the seed"));
        Self { state, store, folder }
    }

    async fn get(&self, path: &str) -> Answer {
        send_to(self.state.clone(), TestRequest::get().uri(path)).await
    }

    async fn vpn(&self, extra: &Value) -> Answer {
        let mut body = json!({"region": "us-east-1", "as_of": "2026-11-22", "usage": {"connections": 1}});
        body.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        post_to(self.state.clone(), "/v1/estimates/site_to_site_vpn", &body).await
    }

    /// Another process adds a seed in which the hour of the VPN costs twice as much.
    pub(crate) async fn dearer_vpn(&self) -> u32 {
        let mut files = Files::embedded();
        let table = files.get("prices/AmazonVPC.csv").expect("the table").to_owned();
        let hour = "us-east-1,VPN-Usage-Hours:ipsec.1,CreateVpnConnection,Hrs,0,0.05";
        assert!(table.contains(hour), "the row that this test changes");
        files.insert("prices/AmazonVPC.csv", table.replace(hour, &format!("{}0.1", hour.trim_end_matches("0.05"))));
        let other = Store::open(self.store.path()).await.expect("the file");
        let seeded = other.seed(&files).await.expect("a sound seed");
        other.close().await;
        let Seeded::Added { edition, activated: true } = seeded else { panic!("{seeded:?}") };
        edition
    }
}

#[actix_web::test]
async fn a_request_is_answered_from_the_edition_it_names() {
    let service = OnStore::new().await;
    let before = service.vpn(&json!({})).await;
    assert_eq!(before.json()["total"]["monthly"], "36.50", "{}", before.text());
    let edition = service.dearer_vpn().await;
    assert_eq!(service.vpn(&json!({})).await.body, before.body, "nothing changes before it is noticed");

    // An edition that is not served yet is loaded where a request names it.
    assert_eq!(service.vpn(&json!({"edition": edition})).await.json()["total"]["monthly"], "73.00");
    assert_eq!(service.state.follow_store().await.expect("the store"), Some(edition));
    assert_eq!(service.state.follow_store().await.expect("the store"), None);
    assert_eq!(service.vpn(&json!({})).await.json()["total"]["monthly"], "73.00");
    let replayed = service.vpn(&json!({"edition": 1})).await;
    assert_eq!(replayed.json()["lines"], before.json()["lines"], "the same edition gives the same lines for ever");

    let list = service.get("/v1/editions").await.json();
    assert_eq!(list["active"], edition);
    let numbers: Vec<u64> =
        list["editions"].as_array().expect("a list").iter().map(|e| e["number"].as_u64().expect("a number")).collect();
    assert_eq!(numbers, [u64::from(edition), 1]);
    assert_eq!(list["editions"][0]["active"], true);
    assert_eq!(service.get("/v1/editions/1").await.json(), list["editions"][1]);
    for unknown in ["99", "latest", "-1"] {
        let problem = service.get(&format!("/v1/editions/{unknown}")).await.problem(404, "unknown_edition");
        assert_eq!(problem["parameter"], "edition");
    }
    service.vpn(&json!({"edition": 99})).await.problem(422, "unknown_edition");
}

#[actix_web::test]
async fn pages_of_prices_stay_with_the_edition_they_began_with() {
    let service = OnStore::new().await;
    let filter = "service_code=AmazonVPC&region=us-east-1&usage_type=V";
    let first = service.get(&format!("/v1/prices?{filter}&limit=1&as_of=2026-11-22")).await.json();
    service.dearer_vpn().await;
    service.state.follow_store().await.expect("the store");
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let second = service.get(&format!("/v1/prices?{filter}&limit=1000&cursor={cursor}")).await.json();
    assert_eq!(second["edition"], 1);
    assert!(second["prices"].as_array().expect("prices").iter().any(|price| price["tiers"][0]["unit_price"] == "0.05"));
}

#[actix_web::test]
async fn without_its_database_the_service_is_degraded_and_answers() {
    let service = OnStore::new().await;
    let ready = service.get("/readyz").await.json();
    assert_eq!((&ready["status"], &ready["database"]), (&json!("ready"), &json!("ok")));
    assert!(ready["prices"].as_u64().is_some_and(|prices| prices > 1_000), "{ready}");
    std::fs::remove_file(service.folder.path().join("prices.db")).expect("the file");
    let degraded = service.get("/readyz").await;
    assert_eq!(degraded.status, 200);
    assert_eq!(degraded.json()["status"], "degraded");
    service.store.close().await;
    assert_eq!(service.get("/readyz").await.json()["status"], "degraded");
    assert_eq!(service.vpn(&json!({})).await.status, 200);
    service.get("/v1/editions").await.problem(500, "internal");
    assert!(service.state.follow_store().await.is_err());
    assert_eq!(service.vpn(&json!({})).await.status, 200, "what was loaded stays");
}

#[actix_web::test]
async fn a_burst_for_an_old_edition_waits_for_one_load() {
    let service = OnStore::new().await;
    let edition = service.dearer_vpn().await;
    let loads = (0..8).map(|_| {
        let state = service.state.clone();
        async move { state.edition(Some(edition)).await.expect("the edition") }
    });
    let loaded = futures_util::future::join_all(loads).await;
    assert!(loaded.iter().all(|catalog| std::sync::Arc::ptr_eq(catalog, &loaded[0])));
    tokio::time::timeout(Duration::from_secs(5), service.store.close()).await.expect("nothing is left open");
}
