//! Every mistake gets its status and a problem that tells the fix.

use actix_web::http::Method;
use actix_web::test::{self, TestRequest};
use actix_web::web::Data;
use crossover::http::body::Limits;
use crossover::http::route;
use crossover::http::state::State;
use serde_json::{Value, json};

use crate::http::{LIMITS, catalog, get, post, post_text, send, send_to, state, today};

const VPN: &str = "/v1/estimates/site_to_site_vpn";

#[actix_web::test]
async fn an_unknown_service_names_the_nearest() {
    for (method, path) in
        [(Method::POST, "/v1/estimates/site_to_site_vpm"), (Method::GET, "/v1/services/site_to_site_vpm")]
    {
        let problem = send(TestRequest::default().method(method).uri(path)).await.problem(404, "unknown_service");
        assert_eq!(problem["hint"], "did you mean `site_to_site_vpn`?");
        assert_eq!(problem["parameter"], "service");
        assert_eq!(problem.get("pointer"), None);
    }
    let body = json!({"region": "us-east-1", "resources": [{"service": "data_transfr", "usage": {}}]});
    let problem = post("/v1/estimates", &body).await.problem(422, "unknown_service");
    assert_eq!(problem["pointer"], "/resources/0/service");
    assert_eq!(problem["hint"], "did you mean `data_transfer`?");
}

#[actix_web::test]
async fn mistakes_in_the_body_name_their_place_and_their_fix() {
    for (body, status, code, pointer, words) in [
        (
            r#"{"region": "us-east-7", "usage": {"connections": 1}}"#,
            422,
            "unknown_region",
            "/region",
            "did you mean `us-east-1`?",
        ),
        (
            r#"{"region": "us-east-1", "usage": {"conections": 1}}"#,
            422,
            "unknown_field",
            "/usage/conections",
            "did you mean `connections`?",
        ),
        (
            r#"{"region": "us-east-1", "usages": {"connections": 1}}"#,
            422,
            "unknown_field",
            "/usages",
            "did you mean `usage`?",
        ),
        (r#"{"region": "us-east-1", "usage": {}}"#, 422, "missing_field", "/usage/connections", "required"),
        (
            r#"{"region": "us-east-1", "usage": {"connections": 1, "data_out_gb": -1}}"#,
            422,
            "out_of_range",
            "/usage/data_out_gb",
            "from 0 to",
        ),
        (r#"{"region": "us-east-1", "usage": {"connections": 1.5}}"#, 422, "not_whole", "/usage/connections", "whole"),
        (
            r#"{"region": "us-east-1", "usage": {"connections": "many"}}"#,
            422,
            "wrong_type",
            "/usage/connections",
            "not a decimal number",
        ),
        (
            r#"{"region": "us-east-1", "usage": {"connections": "NaN"}}"#,
            422,
            "wrong_type",
            "/usage/connections",
            "not a decimal number",
        ),
        (
            r#"{"region": "us-east-1", "usage": {"connections": "1e400"}}"#,
            422,
            "wrong_type",
            "/usage/connections",
            "not a decimal number",
        ),
        (
            r#"{"region": "us-east-1", "usage": {"connections": 1, "kind": "lagre"}}"#,
            422,
            "unknown_value",
            "/usage/kind",
            "did you mean `large`?",
        ),
        (
            r#"{"region": "us-east-1", "month": "2026-02", "month_hours": 700, "usage": {"connections": 1}}"#,
            422,
            "conflicting_fields",
            "/month",
            "not both",
        ),
        (
            r#"{"region": "us-east-1", "edition": 99, "usage": {"connections": 1}}"#,
            422,
            "unknown_edition",
            "/edition",
            "/v1/editions",
        ),
        (
            r#"{"region": "us-east-1", "price_book": "ours", "usage": {"connections": 1}}"#,
            422,
            "unknown_price_book",
            "/price_book",
            "list prices",
        ),
        (r#"{"region": "us-east-1", "usage": {"connections": NaN}}"#, 400, "malformed", "", "not valid JSON"),
        (r#"{"region": "us-east-1", "usage": {"connections": 1"#, 400, "malformed", "", "EOF"),
        ("", 400, "malformed", "", "nothing was sent"),
        ("[1]", 422, "wrong_type", "", "must be a JSON object"),
    ] {
        let problem = post_text(VPN, body).await.problem(status, code);
        if code != "malformed" {
            assert_eq!(problem["pointer"], pointer, "{body}: {problem}");
        }
        assert!(problem.to_string().contains(words), "{body}: {problem}");
        assert_eq!(problem.get("errors"), None, "{body}: {problem}");
    }
}

#[actix_web::test]
async fn a_number_that_no_machine_holds_is_refused() {
    let answer = post_text(VPN, r#"{"region": "us-east-1", "usage": {"connections": 1e400}}"#).await;
    assert!(answer.status.is_client_error(), "{}", answer.text());
    let code = answer.json()["code"].as_str().expect("a code").to_owned();
    let problem = answer.problem(answer.status.as_u16(), &code);
    assert!(problem["detail"].as_str().expect("a text").contains("beyond"), "{problem}");
}

#[actix_web::test]
async fn text_that_is_not_utf8_is_malformed() {
    let body = b"{\"region\": \"us-east-1\xff\", \"usage\": {\"connections\": 1}}".to_vec();
    post_text(VPN, body).await.problem(400, "malformed");
}

#[actix_web::test]
async fn a_deep_body_is_refused_and_breaks_nothing() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for depth in [100, 200_000] {
            let nest = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            for body in [nest.clone(), format!("{{\"region\": \"us-east-1\", \"usage\": {nest}}}")] {
                let answer = post_text(VPN, body).await;
                assert!([400, 422].contains(&answer.status.as_u16()), "{open} {depth}: {}", answer.text());
            }
        }
    }
}

#[actix_web::test]
async fn all_mistakes_of_value_are_reported_at_once() {
    let body = json!({
        "region": "us-east-7",
        "as_of": "yesterday",
        "usage": {"connections": -1, "data_out_gb": "-0.5", "concentrators": 3},
    });
    let problem = post(VPN, &body).await.problem(422, "unknown_region");
    let errors = problem["errors"].as_array().expect("a list");
    let pointers: Vec<&str> = errors.iter().map(|e| e["pointer"].as_str().expect("a pointer")).collect();
    assert_eq!(
        pointers,
        ["/region", "/as_of", "/usage/connections", "/usage/data_out_gb", "/usage/concentrators"],
        "{problem}"
    );
    assert!(errors.iter().all(|error| error["code"].is_string() && error["detail"].is_string()), "{problem}");
}

/// A service and a Region in which a meter of its example has no price, so that the three ways can be told apart.
fn gap() -> (Value, &'static str) {
    let body = json!({
        "region": "us-east-1",
        "resources": [
            {"name": "vpn", "service": "site_to_site_vpn", "usage": {"connections": 1}},
            {"name": "large", "service": "site_to_site_vpn", "region": "ap-southeast-7",
             "usage": {"connections": 1, "kind": "large"}},
        ],
    });
    (body, "large")
}

#[actix_web::test]
async fn a_missing_price_is_an_error_a_derivation_or_a_gap_as_the_caller_says() {
    let (mut body, name) = gap();
    let problem = post("/v1/estimates", &body).await.problem(422, "price_not_available");
    let missing = problem["missing_meters"].as_array().expect("a list");
    assert!(!missing.is_empty(), "{problem}");
    for meter in missing {
        assert_eq!(meter["meter"]["region"], "ap-southeast-7", "{meter}");
        assert!(meter["needed_by"][0].as_str().expect("a line").starts_with(name), "{meter}");
    }
    let hint = problem["hint"].as_str().expect("a hint");
    assert!(hint.contains("derive") && hint.contains("omit"), "{hint}");

    body["missing_prices"] = json!("derive");
    let derived = post("/v1/estimates", &body).await;
    if derived.status == 200 {
        let lines = derived.json()["lines"].as_array().expect("lines").clone();
        assert!(lines.iter().any(|line| line["price"]["layer"] == "derived" && line["price"]["rule"].is_object()));
    } else {
        derived.problem(422, "price_not_available");
    }

    body["missing_prices"] = json!("omit");
    let answer = post("/v1/estimates", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = answer.json();
    assert_eq!(answer["complete"], false);
    assert!(answer["missing"].as_array().is_some_and(|missing| !missing.is_empty()), "{answer}");
    assert_eq!(answer["by_resource"][0]["monthly"], "36.50");
}

#[actix_web::test]
async fn a_body_must_be_json_and_say_so() {
    let body = r#"{"region": "us-east-1", "usage": {"connections": 1}}"#;
    for (content_type, found) in [(None, "no `Content-Type`"), (Some("text/plain"), "`text/plain`")] {
        let mut request = TestRequest::post().uri(VPN).set_payload(body);
        if let Some(content_type) = content_type {
            request = request.insert_header(("content-type", content_type));
        }
        let problem = send(request).await.problem(415, "unsupported_media_type");
        assert!(problem["detail"].as_str().expect("a text").contains(found), "{problem}");
    }
    for content_type in ["application/json; charset=utf-8", "application/vnd.ours+json"] {
        let request = TestRequest::post().uri(VPN).set_payload(body).insert_header(("content-type", content_type));
        assert_eq!(send(request).await.status, 200, "{content_type}");
    }
    let request = TestRequest::post()
        .uri(VPN)
        .set_payload(body)
        .insert_header(("content-type", "application/json"))
        .insert_header(("content-encoding", "gzip"));
    send(request).await.problem(415, "unsupported_media_type");
}

#[actix_web::test]
async fn a_body_of_ten_megabytes_is_too_large() {
    let problem = post_text(VPN, vec![b' '; 10 * 1024 * 1024]).await.problem(413, "payload_too_large");
    assert!(problem["detail"].as_str().expect("a text").contains("2097152 bytes"), "{problem}");
    // The same without a length to go by.
    let small = State::new(Limits { bytes: 10, ..LIMITS }, today);
    small.activate(catalog());
    let request = TestRequest::post()
        .uri(VPN)
        .insert_header(("content-type", "application/json"))
        .set_payload(r#"{"region": "us-east-1", "usage": {"connections": 1}}"#);
    send_to(Data::new(small), request).await.problem(413, "payload_too_large");
}

#[actix_web::test]
async fn a_wrong_method_is_told_the_right_ones() {
    for (method, path, allow) in [
        (Method::GET, VPN, "POST"),
        (Method::PUT, "/v1/estimates", "POST"),
        (Method::POST, "/v1/services", "GET, HEAD"),
        (Method::DELETE, "/v1/prices", "GET, HEAD"),
        (Method::OPTIONS, "/healthz", "GET, HEAD"),
        (Method::POST, "/docs/", "GET, HEAD"),
    ] {
        let answer = send(TestRequest::default().method(method.clone()).uri(path)).await;
        let problem = answer.problem(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), allow, "{path}");
        assert!(problem["detail"].as_str().expect("a text").contains(method.as_str()), "{problem}");
    }
}

#[actix_web::test]
async fn an_unknown_path_names_the_nearest() {
    for (path, hint) in [
        ("/v1/service", "`/v1/services`"),
        ("/v1/services/", "`/v1/services`"),
        ("/v1/estimate/site_to_site_vpn", "`/v1/estimates/site_to_site_vpn`"),
        ("/completely/elsewhere/than/anything", "/docs/"),
    ] {
        let problem = get(path).await.problem(404, "not_found");
        assert!(problem["hint"].as_str().expect("a hint").contains(hint), "{problem}");
    }
}

#[actix_web::test]
async fn an_unknown_parameter_is_refused() {
    let problem = get("/v1/prices?regoin=us-east-1").await.problem(422, "unknown_field");
    assert_eq!(problem["parameter"], "regoin");
    assert_eq!(problem["hint"], "did you mean `region`?");
    let body = json!({"region": "us-east-1", "usage": {"connections": 1}});
    let problem = post(&format!("{VPN}?region=eu-west-1"), &body).await.problem(422, "unknown_field");
    assert_eq!(problem["parameter"], "region");
    let problem = get("/v1/regions?all=1").await.problem(422, "unknown_field");
    assert_eq!(problem["parameter"], "all");
    let problem = get("/v1/prices?limit=0&edition=x&region=us-east-7&limit=2").await;
    let problem = problem.problem(422, "conflicting_fields");
    assert_eq!(problem["errors"].as_array().map(Vec::len), Some(4), "{problem}");
}

async fn boom() -> actix_web::HttpResponse {
    panic!("a secret of the house")
}

#[actix_web::test]
async fn a_panic_is_an_answer_and_not_a_silence() {
    let app = crossover::http::app(state()).configure(|app| route::at(app, "/boom", [route::get(boom)]));
    let app = test::init_service(app).await;
    for _ in 0..2 {
        let response = test::call_service(&app, TestRequest::get().uri("/boom").to_request()).await;
        assert_eq!(response.status(), 500);
        let id = response.headers().get("x-request-id").expect("an id").to_str().expect("ASCII").to_owned();
        let problem: Value = test::read_body_json(response).await;
        assert_eq!((&problem["code"], &problem["request_id"]), (&json!("internal"), &json!(id)));
        assert!(!problem.to_string().contains("secret"), "{problem}");
    }
}
