//! Asks the REST application, in process and without a socket. What the command line lists is so the REST answer itself,
//! byte for byte, checked by the same code and refused in the same words.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::{Bytes, Data};
use actix_web::{body, test};
use anyhow::Context as _;
use chrono::NaiveDate;
use serde_json::Value;

use super::fault::Fault;
use crate::catalog::Catalog;
use crate::domain::problem::{Code, Problem, Problems};
use crate::http;
use crate::http::body::Limits;
use crate::http::state::State;
use crate::storage::Store;

/// No list takes a body.
const NO_BODY: Limits = Limits { bytes: 0, time: Duration::from_secs(1) };
/// The longest value of a filter; a name or a cursor is shorter.
const MAX_VALUE: usize = 4 * 1024;

/// The body that the REST service sends for `GET path?query`.
pub fn get(
    path: &str,
    query: &[(&str, Option<&str>)],
    catalog: Arc<Catalog>,
    clock: fn() -> NaiveDate,
) -> Result<Bytes, Fault> {
    let uri = uri(path, query)?;
    let state = State::new(NO_BODY, clock);
    state.activate(catalog);
    let answer = actix_web::rt::System::new().block_on(ask(state, test::TestRequest::get().uri(&uri)));
    told(answer?)
}

/// The body that the REST service on a database sends for `GET path?query`, or for `POST path` where there is a body.
pub fn on_database(
    path: &str,
    query: &[(&str, Option<&str>)],
    body: Option<Vec<u8>>,
    database: &Path,
    clock: fn() -> NaiveDate,
) -> Result<Bytes, Fault> {
    let uri = uri(path, query)?;
    let limits = Limits { bytes: body.as_ref().map_or(0, Vec::len), ..NO_BODY };
    let answer = actix_web::rt::System::new().block_on(async {
        let store = Store::open(database).await?;
        let state = State::new(limits, clock).with_store(store.clone());
        state.follow_store().await?;
        let request = match body {
            None => test::TestRequest::get(),
            Some(body) => {
                test::TestRequest::post().insert_header(("content-type", "application/json")).set_payload(body)
            }
        };
        let answer = ask(state, request.uri(&uri)).await;
        store.close().await;
        answer
    });
    told(answer?)
}

/// Asks the application. Gives whether it went well, and the body.
async fn ask(state: State, request: test::TestRequest) -> anyhow::Result<(bool, Bytes)> {
    let app = test::init_service(http::app(Data::new(state))).await;
    let response = test::try_call_service(&app, request.to_request())
        .await
        .map_err(|error| anyhow::anyhow!("{}: {error}", error.as_response_error().status_code()))?;
    let success = response.status().is_success();
    let body = body::to_bytes(response.into_body()).await.map_err(|error| anyhow::anyhow!("{}", error.into()))?;
    Ok((success, body))
}

fn told((success, body): (bool, Bytes)) -> Result<Bytes, Fault> {
    if success { Ok(body) } else { Err(refusal(&body)?) }
}

fn uri(path: &str, query: &[(&str, Option<&str>)]) -> Result<String, Fault> {
    let mut uri = path.split('/').map(encoded).collect::<Vec<_>>().join("/");
    let given = query.iter().filter_map(|(name, value)| Some((name, (*value)?)));
    for (at, (name, value)) in given.enumerate() {
        if value.len() > MAX_VALUE {
            return Err(Fault::usage(format!("the value of `{}` is too long", flag(name))));
        }
        uri = format!("{uri}{}{name}={}", if at == 0 { '?' } else { '&' }, encoded(value));
    }
    Ok(uri)
}

/// A text as a part of a URI.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// The flag that stands for a parameter of the query.
fn flag(parameter: &str) -> String {
    format!("--{}", parameter.replace('_', "-"))
}

/// The mistakes that a problem body names; parameters are named as flags.
fn refusal(body: &[u8]) -> Result<Fault, Fault> {
    let view: Value = serde_json::from_slice(body).context("the answer is not a problem")?;
    let single = std::slice::from_ref(&view);
    let problems = view.get("errors").and_then(Value::as_array).map_or(single, Vec::as_slice);
    Ok(Fault::Refused(Problems(problems.iter().map(problem).collect())))
}

fn problem(view: &Value) -> Problem {
    let text = |name: &str| view.get(name).and_then(Value::as_str).unwrap_or_default();
    let code = Code::ALL.iter().find(|code| code.as_str() == text("code")).copied().unwrap_or(Code::Internal);
    let place = match text("parameter") {
        // What stands in a path is an argument without a flag.
        "" | "service" | "decision" | "architecture" | "name" | "edition" | "before" | "after" => String::new(),
        parameter => flag(parameter),
    };
    let allowed = view.get("allowed").and_then(Value::as_array).into_iter().flatten();
    Problem {
        allowed: allowed.filter_map(Value::as_str).map(str::to_owned).collect(),
        hint: view.get("hint").and_then(Value::as_str).map(str::to_owned),
        ..Problem::new(code, place, text("detail"))
    }
}
