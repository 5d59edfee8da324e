//! The log: one event a request, with what helps and nothing that was sent.

use std::io;
use std::sync::{Arc, Mutex};

use actix_web::test::{self, TestRequest};
use futures_util::FutureExt;
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::http::{Answer, send, state};

/// Collects log lines.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Lines {
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_writer(self.clone()).finish();
        tracing::subscriber::set_default(subscriber)
    }

    fn events(&self) -> Vec<Value> {
        let bytes = self.0.lock().expect("no panic").clone();
        let text = String::from_utf8(bytes).expect("UTF-8");
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }
}

async fn logged(request: TestRequest) -> (Answer, Vec<Value>) {
    let lines = Lines::default();
    let guard = lines.listen();
    let answer = send(request).await;
    drop(guard);
    (answer, lines.events())
}

#[actix_web::test]
async fn each_request_is_one_event_without_its_body() {
    let body = json!({"region": "us-east-1", "usage": {"connections": 1, "gateway": "a secret"}});
    let (answer, events) = logged(TestRequest::post().uri("/v1/estimates/site_to_site_vpn").set_json(&body)).await;
    assert_eq!(events.len(), 1, "{events:?}");
    let event = &events[0];
    assert_eq!(event["level"], "INFO");
    assert_eq!(event["message"], "request");
    assert_eq!(event["method"], "POST");
    assert_eq!(event["path"], "/v1/estimates/site_to_site_vpn");
    assert_eq!(event["status"], 422);
    assert_eq!(event["code"], "unknown_value");
    assert_eq!(event["bytes"], answer.body.len());
    assert_eq!(event["request_id"], answer.header("x-request-id"));
    assert!(event["duration_us"].is_u64(), "{event}");
    assert!(!event.to_string().contains("secret"), "{event}");

    let (_, events) = logged(TestRequest::get().uri("/healthz?also=secret")).await;
    assert_eq!(events[0]["path"], "/healthz");
    assert_eq!((events.len(), &events[0]["status"], &events[0]["message"]), (1, &json!(200), &json!("request")));
    assert_eq!(events[0].get("code"), None);
}

#[actix_web::test]
async fn a_request_whose_client_goes_away_is_logged_too() {
    let lines = Lines::default();
    let guard = lines.listen();
    let app = test::init_service(crossover::http::app(state())).await;
    let request = TestRequest::post().uri("/v1/decisions/hybrid_connectivity").set_json(json!({"region": "us-east-1"}));
    let mut answering = Box::pin(test::call_service(&app, request.to_request()));
    assert!((&mut answering).now_or_never().is_none(), "a decision is made on another thread");
    drop(answering);
    drop(guard);
    let events = lines.events();
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0]["message"], "request cut off by the client");
    assert_eq!(events[0].get("status"), None);
}
