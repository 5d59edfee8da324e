//! The guard of what writes: who may, who may not, and what they are told.

use actix_web::http::Method;
use actix_web::test::{self, TestRequest};
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse};
use crossover::config::ServeConfig;
use crossover::http::admin::{Admin, AdminToken};
use crossover::http::body::JsonBody;
use crossover::http::error::fill_in_problem;
use crossover::http::observe::observe;
use crossover::http::state::State;

use crate::http::{Answer, LIMITS, today};

/// The admin token of the tests.
pub(crate) const TOKEN: &str = "0123456789abcdef";

async fn write(_: Admin, _: JsonBody) -> HttpResponse {
    HttpResponse::NoContent().finish()
}

/// Sends a write to a service with or without a token.
async fn send(configured: Option<&str>, headers: &[(&'static str, &'static str)]) -> Answer {
    let token = configured.map(|token| AdminToken::new(token).expect("a token"));
    let app = App::new()
        .app_data(Data::new(State::new(LIMITS, today).with_admin_token(token)))
        .route("/", web::put().to(write))
        .wrap(actix_web::middleware::from_fn(fill_in_problem))
        .wrap(actix_web::middleware::from_fn(observe));
    let app = test::init_service(app).await;
    let mut request = TestRequest::default().method(Method::PUT).uri("/").set_json(1);
    for header in headers {
        request = request.append_header(*header);
    }
    let response = test::call_service(&app, request.to_request()).await;
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, body: test::read_body(response).await }
}

#[actix_web::test]
async fn without_a_token_nobody_may_write() {
    for headers in [&[][..], &[("authorization", "Bearer 0123456789abcdef")]] {
        let problem = send(None, headers).await.problem(403, "writes_disabled");
        assert_eq!(problem["detail"], "this service takes no writes, since it has no admin token");
        assert!(problem["hint"].as_str().is_some_and(|hint| hint.contains("CROSSOVER_ADMIN_TOKEN")), "{problem}");
    }
}

#[actix_web::test]
async fn with_a_token_only_who_sends_it_may_write() {
    for headers in [[("authorization", "Bearer 0123456789abcdef")], [("authorization", "bearer 0123456789abcdef")]] {
        assert_eq!(send(Some(TOKEN), &headers).await.status, 204);
    }
    for (headers, words, challenge) in [
        (vec![], "has no `Authorization` header", "Bearer realm=\"crossover\""),
        (vec![("authorization", "Basic YTpi")], "not of the form", "Bearer realm=\"crossover\""),
        (vec![("authorization", "Bearer ")], "not of the form", "Bearer realm=\"crossover\""),
        (
            vec![("authorization", "Bearer 0123456789abcdee")],
            "not the admin token",
            "Bearer realm=\"crossover\", error=\"invalid_token\"",
        ),
        (
            vec![("authorization", "Bearer 0123456789abcdef"), ("authorization", "Bearer 0123456789abcdef")],
            "several",
            "Bearer realm=\"crossover\"",
        ),
    ] {
        let answer = send(Some(TOKEN), &headers).await;
        let problem = answer.problem(401, "unauthorized");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{problem}");
        assert_eq!(answer.header("www-authenticate"), challenge);
        assert!(!answer.text().contains("0123456789"), "a token is never repeated: {}", answer.text());
    }
}

#[test]
fn the_token_comes_from_a_file_with_or_without_a_line_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    let config = ServeConfig { admin_token_file: Some(file.clone()), ..ServeConfig::for_testing("none.db") };
    let refused = format!("{:#}", AdminToken::configured(&config).expect_err("no file"));
    assert!(refused.contains("the admin token cannot be read from"), "{refused}");
    std::fs::write(&file, format!("{TOKEN}\n")).expect("written");
    assert!(AdminToken::configured(&config).expect("a token").is_some());
    std::fs::write(&file, "short\n").expect("written");
    let refused = AdminToken::configured(&config).expect_err("too short").to_string();
    assert!(refused.contains("has 5 characters") && !refused.contains("short"), "{refused}");
}
