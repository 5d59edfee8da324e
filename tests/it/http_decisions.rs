//! Decisions over REST.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

use crate::http::{get, post, send};

const HYBRID: &str = "/v1/decisions/hybrid_connectivity";

#[actix_web::test]
async fn decisions_say_what_they_take_and_answer_their_example() {
    let list = get("/v1/decisions").await.json();
    let ids: Vec<&str> =
        list["decisions"].as_array().expect("a list").iter().map(|d| d["id"].as_str().expect("an id")).collect();
    assert!(ids.contains(&"hybrid_connectivity"), "{ids:?}");
    for id in ids {
        let path = format!("/v1/decisions/{id}");
        let details = get(&path).await;
        assert_eq!(details.status, 200, "{}", details.text());
        let details = details.json();
        let properties = details["input_schema"]["properties"].as_object().expect("inputs");
        for input in details["inputs"].as_array().expect("a list") {
            let name = input["name"].as_str().expect("a name");
            assert!(properties.contains_key(name), "{id}: {name} is not in the schema");
        }
        assert!(details["rules"].as_array().is_some_and(|rules| !rules.is_empty()), "{id}");
        let answer = post(&path, &details["example_request"]).await;
        assert_eq!(answer.status, 200, "{id}: {}", answer.text());
        let answer = answer.json();
        let option = &answer["recommendation"]["option"];
        let known = details["options"].as_array().expect("a list").iter().any(|known| known["id"] == *option);
        assert!(known, "{id}: {option}");
        assert!(!answer["because"].as_array().expect("reasons").is_empty(), "{id}");
    }
}

#[actix_web::test]
async fn a_decision_needs_a_region_and_nothing_else() {
    let answer = post(HYBRID, &json!({"region": "us-east-1"})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(!answer.json()["assumptions"].as_array().expect("a list").is_empty());
}

#[actix_web::test]
async fn mistakes_in_a_decision_name_their_place() {
    let problem = post("/v1/decisions/hybrid_conectivity", &json!({})).await.problem(404, "unknown_decision");
    assert_eq!(problem["hint"], "did you mean `hybrid_connectivity`?");
    for (body, code, pointer, words) in [
        (
            json!({"region": "us-east-1", "inputs": {"gb_out_monht": 1}}),
            "unknown_field",
            "/inputs/gb_out_monht",
            "`gb_out_month`",
        ),
        (
            json!({"region": "us-east-1", "inputs": {"gb_out_month": -1}}),
            "out_of_range",
            "/inputs/gb_out_month",
            "from 0",
        ),
        (json!({"region": "us-east-1", "mode": "guidde"}), "unknown_value", "/mode", "`guided`"),
        (json!({"region": "us-east-1", "missing_prices": "omit"}), "conflicting_fields", "/missing_prices", "derive"),
        (json!({"region": "us-east-1", "edition": 99}), "unknown_edition", "/edition", "/v1/editions"),
        (json!({"inputs": {}}), "missing_field", "/region", "required"),
    ] {
        let problem = post(HYBRID, &body).await.problem(422, code);
        assert_eq!(problem["pointer"], pointer, "{body}: {problem}");
        assert!(problem.to_string().contains(words), "{body}: {problem}");
    }
    let answer = send(TestRequest::default().method(Method::DELETE).uri(HYBRID)).await;
    answer.problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), "GET, HEAD, POST");
}

#[actix_web::test]
async fn the_same_decision_gives_the_same_bytes() {
    let body: Value = json!({"region": "us-east-1", "as_of": "2026-11-22", "inputs": {"gb_out_month": 5000}});
    assert_eq!(post(HYBRID, &body).await.body, post(HYBRID, &body).await.body);
}
