//! The REST service: what each path answers, and how every request is treated.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use actix_web::http::header::HeaderMap;
use actix_web::http::{Method, StatusCode};
use actix_web::test::{self, TestRequest};
use actix_web::web::{Bytes, Data};
use chrono::NaiveDate;
use crossover::catalog::Catalog;
use crossover::catalog::load::seed_catalog;
use crossover::http::body::Limits;
use crossover::http::state::State;
use serde_json::{Value, json};

/// The seed, loaded once for all tests.
pub(crate) fn catalog() -> Arc<Catalog> {
    static CATALOG: LazyLock<Arc<Catalog>> = LazyLock::new(|| Arc::new(seed_catalog().expect("a sound seed")));
    Arc::clone(&CATALOG)
}

/// The day on which the tests live.
pub(crate) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).expect("a date")
}

/// What a server for people allows.
pub(crate) const LIMITS: Limits = Limits { bytes: 2 * 1024 * 1024, time: Duration::from_secs(10) };

/// A state that serves the seed.
pub(crate) fn state() -> Data<State> {
    let state = State::new(LIMITS, today);
    state.activate(catalog());
    Data::new(state)
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }

    /// The problem, which is checked for what every problem has.
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["type"], format!("/docs/problems#{code}"));
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()), "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
        problem
    }
}

/// Sends a request to the application, as the server would have it.
pub(crate) async fn send_to(state: Data<State>, request: TestRequest) -> Answer {
    let app = test::init_service(crossover::http::app(state)).await;
    let response = test::call_service(&app, request.to_request()).await;
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, body: test::read_body(response).await }
}

pub(crate) async fn send(request: TestRequest) -> Answer {
    send_to(state(), request).await
}

pub(crate) async fn get(path: &str) -> Answer {
    send(TestRequest::get().uri(path)).await
}

pub(crate) async fn post_to(state: Data<State>, path: &str, body: &Value) -> Answer {
    send_to(state, TestRequest::post().uri(path).set_json(body)).await
}

pub(crate) async fn post(path: &str, body: &Value) -> Answer {
    post_to(state(), path, body).await
}

pub(crate) async fn post_text(path: &str, body: impl Into<Bytes>) -> Answer {
    send(TestRequest::post().uri(path).insert_header(("content-type", "application/json")).set_payload(body)).await
}

#[actix_web::test]
async fn one_vpn_connection_costs_what_aws_says() {
    let body = |extra: &Value| {
        let mut body = json!({"region": "us-east-1", "usage": {"connections": 1}});
        body.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        body
    };
    for (extra, monthly, yearly) in [
        (json!({}), "36.50", json!("438.00")),
        (json!({"month_hours": 720}), "36.00", Value::Null),
        (json!({"month": "2026-02"}), "33.60", Value::Null),
    ] {
        let answer = post("/v1/estimates/site_to_site_vpn", &body(&extra)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.json()["total"]["monthly"], monthly);
        assert_eq!(answer.json()["total"]["yearly"], yearly);
    }
}

#[actix_web::test]
async fn resources_share_their_tiers() {
    let usage = json!({"service": "data_transfer", "usage": {"data_out_gb": 25600}});
    let answer = post("/v1/estimates", &json!({"region": "us-east-1", "resources": [usage, usage]})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["total"]["monthly"], "4403.20");
    assert_eq!(answer.json()["by_resource"].as_array().map(Vec::len), Some(2));
}

#[actix_web::test]
async fn many_resources_are_one_bill_however_many() {
    for count in [1, 20, 21, 1_000] {
        let usage = json!({"service": "site_to_site_vpn", "usage": {"connections": 1}});
        let answer = post("/v1/estimates", &json!({"region": "us-east-1", "resources": vec![usage; count]})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["lines"].as_array().map(Vec::len), Some(count));
        assert_eq!(answer.json()["total"]["monthly"], format!("{}.{:02}", count * 3650 / 100, count * 3650 % 100));
    }
    let usage = json!({"service": "site_to_site_vpn", "usage": {"connections": 1}});
    for count in [0, 1_001] {
        let body = json!({"region": "us-east-1", "resources": vec![usage.clone(); count]});
        let problem = post("/v1/estimates", &body).await.problem(422, "out_of_range");
        assert_eq!(problem["pointer"], "/resources");
    }
}

#[actix_web::test]
async fn the_same_request_gives_the_same_bytes() {
    let body = json!({"region": "us-east-1", "as_of": "2026-11-22", "edition": 1, "usage": {"connections": 3}});
    let first = post("/v1/estimates/site_to_site_vpn", &body).await;
    let second = post("/v1/estimates/site_to_site_vpn", &body).await;
    assert_eq!(first.status, 200, "{}", first.text());
    assert_eq!(first.body, second.body);
}

#[actix_web::test]
async fn the_root_leads_to_the_documentation() {
    for path in ["/", "/docs"] {
        let answer = get(path).await;
        assert_eq!(answer.status, 302);
        assert_eq!(answer.header("location"), "/docs/");
    }
    let page = get("/docs/").await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("swagger-ui"));
    assert!(!page.text().contains("http"), "everything comes from the binary: {}", page.text());
    let script = get("/docs/swagger-initializer.js").await;
    assert_eq!(script.status, 200);
    assert!(script.text().contains("\"tryItOutEnabled\": true"), "{}", script.text());
    assert!(script.text().contains("\"deepLinking\": true"), "{}", script.text());
    for file in ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js"] {
        assert_eq!(get(&format!("/docs/{file}")).await.status, 200, "{file}");
    }
    get("/docs/no-such-file").await.problem(404, "not_found");
}

#[actix_web::test]
async fn the_page_of_problems_explains_every_code() {
    let page = get("/docs/problems").await;
    assert_eq!(page.status, 200);
    for code in crossover::domain::problem::Code::ALL {
        assert!(page.text().contains(&format!("id=\"{code}\"")), "{code}");
    }
}

#[actix_web::test]
async fn health_is_known_before_the_prices_are() {
    let empty = || Data::new(State::new(LIMITS, today));
    let health = send_to(empty(), TestRequest::get().uri("/healthz")).await;
    assert_eq!((health.status, health.json()), (StatusCode::OK, json!({"status": "ok"})));
    send_to(empty(), TestRequest::get().uri("/readyz")).await.problem(503, "not_ready");
    let estimate = TestRequest::post()
        .uri("/v1/estimates/site_to_site_vpn")
        .set_json(json!({"region": "us-east-1", "usage": {"connections": 1}}));
    send_to(empty(), estimate).await.problem(503, "not_ready");
}

#[actix_web::test]
async fn services_say_what_they_take_and_where_they_are_priced() {
    let list = get("/v1/services").await.json();
    let ids: Vec<&str> =
        list["services"].as_array().expect("a list").iter().map(|s| s["id"].as_str().expect("an id")).collect();
    assert!(ids.contains(&"site_to_site_vpn"), "{ids:?}");
    for id in ids {
        let details = get(&format!("/v1/services/{id}")).await;
        assert_eq!(details.status, 200, "{}", details.text());
        let details = details.json();
        assert!(details["input_schema"]["properties"].is_object(), "{details}");
        assert!(!details["input_schema"].to_string().contains("#/components"), "{details}");
        assert!(details["meters"].as_array().is_some_and(|meters| !meters.is_empty()), "{details}");
        let answer = post(&format!("/v1/estimates/{id}"), &details["example_request"]).await;
        assert_eq!(answer.status, 200, "{id}: {}", answer.text());
    }
    let vpn = get("/v1/services/site_to_site_vpn").await.json();
    let hours = &vpn["meters"][0];
    assert_eq!(hours["usage_type"], "VPN-Usage-Hours:ipsec.1");
    assert!(hours["priced_in"].as_array().expect("a list").contains(&json!("us-east-1")), "{hours}");
}

#[actix_web::test]
async fn regions_are_listed_by_code() {
    let answer = get("/v1/regions").await.json();
    let codes: Vec<&str> =
        answer["regions"].as_array().expect("a list").iter().map(|r| r["region"].as_str().expect("a code")).collect();
    assert!(codes.is_sorted() && codes.contains(&"eu-central-1"), "{codes:?}");
}

#[actix_web::test]
async fn a_request_keeps_the_id_of_its_caller() {
    let given = send(TestRequest::get().uri("/healthz").insert_header(("x-request-id", "from-the-caller.1"))).await;
    assert_eq!(given.header("x-request-id"), "from-the-caller.1");
    let (first, second) = (get("/healthz").await, get("/nowhere").await);
    assert_eq!(first.header("x-request-id").len(), 36);
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
    assert_eq!(second.json()["request_id"], second.header("x-request-id"));
}

#[actix_web::test]
async fn answers_are_compressed_where_the_caller_takes_it() {
    for path in ["/openapi.json", "/v1/services", "/nowhere"] {
        let answer = send(TestRequest::get().uri(path).insert_header(("accept-encoding", "gzip"))).await;
        assert_eq!(answer.header("content-encoding"), "gzip", "{path}");
        assert_eq!(&answer.body[..2], [0x1f, 0x8b], "{path}");
    }
    assert_eq!(get("/v1/services").await.header("content-encoding"), "");
}

#[actix_web::test]
async fn what_can_be_got_can_be_asked_for_its_head() {
    for path in ["/healthz", "/v1/services", "/docs/"] {
        let answer = send(TestRequest::default().method(Method::HEAD).uri(path)).await;
        assert_eq!(answer.status, 200, "{path}");
    }
}
