//! The interfaces that a case runs through: each takes the body of a request and gives the bytes of the answer.

use std::io::{Cursor, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use actix_web::test;
use actix_web::web::Data;

use chrono::NaiveDate;

use crossover::app::architecture::ArchitectureRequest;
use crossover::app::batch::view::RowProblem;
use crossover::app::decide::DecideRequest;
use crossover::app::estimate::{EstimateMany, EstimateOne};
use crossover::app::price_book::PriceBookRequest;
use crossover::catalog::books::{Books, PriceBook, Revision};
use crossover::catalog::load;
use crossover::catalog::price::{Confidence, Layer, Price, Tier};
use crossover::catalog::seed::Files;
use crossover::catalog::{Catalog, Edition};
use crossover::cli::fault::Fault;
use crossover::cli::{self, Shell};
use crossover::config::ServeConfig;
use crossover::domain::amount::Amount;
use crossover::domain::meter::MeterKey;
use crossover::domain::problem::Problems;
use crossover::domain::unit::Unit;
use crossover::http;
use crossover::http::body::Limits;
use crossover::http::error::ApiError;
use crossover::http::state::{State, utc_today};
use serde::Serialize;
use serde_json::Value;
use smol_str::SmolStr;

use super::form::PriceOverride;

/// How long the server waits for a slow machine.
const TIMEOUT: Duration = Duration::from_mins(1);

/// What a request is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    /// An estimate of one resource.
    One(&'static str),
    /// An estimate of many resources.
    Many,
    /// A decision.
    Decision(&'static str),
    /// An estimate of an architecture.
    Architecture(&'static str),
}

/// The prices inside the binary, loaded once.
pub(crate) fn seed() -> Result<Arc<Catalog>, String> {
    static SEED: OnceLock<Result<Arc<Catalog>, String>> = OnceLock::new();
    SEED.get_or_init(|| cli::seed().map_err(|error| format!("{error:#}"))).clone()
}

/// Today, as the server and the program see it.
pub(crate) fn today() -> NaiveDate {
    utc_today()
}

/// Calls the use-case itself.
pub(crate) fn pure(target: Target, body: &[u8], catalog: &Catalog) -> Result<Vec<u8>, Problems> {
    let answer = match target {
        Target::One(service) => EstimateOne::read(body)?.run(service, catalog, today())?,
        Target::Many => EstimateMany::read(body)?.run(catalog, today())?,
        Target::Decision(decision) => return Ok(bytes(&DecideRequest::read(body)?.run(decision, catalog, today())?)),
        Target::Architecture(id) => return Ok(bytes(&ArchitectureRequest::read(body)?.run(id, catalog, today())?)),
    };
    Ok(bytes(&answer))
}

fn bytes(answer: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(answer).expect("an answer serialises")
}

/// What came back from the REST service.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Response {
    /// The status.
    pub(crate) status: u16,
    /// The id of the request.
    pub(crate) request_id: String,
    /// The body.
    pub(crate) body: String,
}

/// Where the REST service listens: one server for all cases, on a port of its own.
fn address() -> SocketAddr {
    static ADDRESS: OnceLock<SocketAddr> = OnceLock::new();
    *ADDRESS.get_or_init(|| {
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let config =
                    ServeConfig { keep_alive: TIMEOUT, header_timeout: TIMEOUT, ..ServeConfig::for_testing("") };
                let state = State::new(Limits { bytes: config.body_limit_bytes, time: TIMEOUT }, utc_today);
                state.activate(seed().expect("sound data"));
                let never_stopped = std::future::pending();
                let listening = http::listen(&config, Data::new(state), never_stopped).expect("a free port");
                tell.send(listening.address).expect("a waiting test");
                listening.server.await.expect("a server");
            });
        });
        told.recv().expect("a server that listens")
    })
}

/// Posts a body to the REST service.
pub(crate) fn rest(target: Target, body: &[u8]) -> Response {
    let path = target.path();
    let mut stream = TcpStream::connect(address()).expect("a connection");
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).expect("the server reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the server answers in UTF-8");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).unwrap_or_default()
    };
    assert_eq!(header("content-length"), body.len().to_string(), "a body of a known length: {head}");
    Response {
        status: head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default(),
        request_id: header("x-request-id"),
        body: body.to_owned(),
    }
}

/// Posts a body to the REST application with prices of its own, in process.
pub(crate) fn rest_in_process(target: Target, body: &[u8], catalog: Arc<Catalog>) -> Response {
    actix_web::rt::System::new().block_on(async {
        let config = ServeConfig::for_testing("");
        let state = State::new(Limits { bytes: config.body_limit_bytes, time: TIMEOUT }, utc_today);
        state.activate(catalog);
        let app = test::init_service(http::app(Data::new(state))).await;
        let request = test::TestRequest::post().uri(&target.path()).insert_header(("content-type", "application/json"));
        let response = test::call_service(&app, request.set_payload(body.to_vec()).to_request()).await;
        let id = response.headers().get("x-request-id").expect("an id").to_str().expect("ASCII").to_owned();
        Response {
            status: response.status().as_u16(),
            request_id: id,
            body: String::from_utf8(test::read_body(response).await.to_vec()).expect("JSON is UTF-8"),
        }
    })
}

/// What the REST service must answer, the id of the request aside.
pub(crate) fn expected_response(answer: Result<Vec<u8>, Problems>, request_id: &str) -> Response {
    let (status, body) = match answer {
        Ok(body) => (200, body),
        Err(problems) => {
            let view = ApiError::from(problems).to_view(request_id);
            (view.status, bytes(&view))
        }
    };
    let body = String::from_utf8(body).expect("JSON is UTF-8");
    Response { status, request_id: request_id.to_owned(), body }
}

/// What a command line wrote, and how it ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Transcript {
    /// The exit code.
    pub(crate) exit: u8,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

/// Runs a command line in process.
pub(crate) fn cli(args: &[&str], stdin: &[u8], catalog: &Arc<Catalog>) -> Transcript {
    let stdin = Box::new(Cursor::new(stdin.to_owned()));
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let exit = cli::run(
        std::iter::once("crossover").chain(args.iter().copied()).map(Into::into),
        &mut Shell {
            stdin,
            stdin_is_terminal: false,
            stdout: &mut stdout,
            stdout_is_terminal: false,
            stderr: &mut stderr,
            stderr_is_terminal: false,
            clock: utc_today,
            seed: &|| Ok(Arc::clone(catalog)),
        },
    );
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program writes UTF-8");
    Transcript { exit: exit.code(), stdout: text(stdout), stderr: text(stderr) }
}

impl Target {
    /// The path of the target.
    fn path(self) -> String {
        match self {
            Self::One(service) => format!("/v1/estimates/{service}"),
            Self::Many => "/v1/estimates".to_owned(),
            Self::Decision(decision) => format!("/v1/decisions/{decision}"),
            Self::Architecture(id) => format!("/v1/architectures/{id}/estimate"),
        }
    }

    /// The command line of the target.
    pub(crate) fn command(self) -> Vec<&'static str> {
        match self {
            Self::One(service) => vec!["estimate", service],
            Self::Many => vec!["estimate"],
            Self::Decision(decision) => vec!["decide", decision],
            Self::Architecture(id) => vec!["architecture", id],
        }
    }
}

/// The prices inside the binary with some of a case's own in the place of theirs.
pub(crate) fn seed_with(overrides: &[PriceOverride]) -> Result<Catalog, String> {
    let mut parts = load::read(&Files::embedded()).map_err(|errors| errors.to_string())?;
    let own = overrides.iter().map(price_of).collect::<Result<Vec<Price>, String>>()?;
    parts.prices.retain(|price| own.iter().all(|own| own.meter != price.meter));
    parts.prices.extend(own);
    Ok(Catalog::new(Edition { number: 1, hash: "with prices of the case".to_owned() }, parts))
}

/// Prices with a price book over them, under the name that a request gives.
pub(crate) fn with_book(catalog: &Catalog, request: &Value, book: &Value) -> Result<Arc<Catalog>, String> {
    let name = request.get("price_book").and_then(Value::as_str).ok_or("the request names no `price_book`")?;
    let name = name.split('@').next().unwrap_or_default();
    let draft = PriceBookRequest::read(&bytes(book)).and_then(|book| book.check(name, catalog));
    let draft = draft.map_err(|problems| format!("the price book: {problems}"))?;
    let revision = Revision {
        id: 1,
        name: draft.name.into(),
        number: 1,
        removed: false,
        created_at: format!("{}T00:00:00Z", today()),
        created_on: today(),
        note: draft.note,
    };
    let book = PriceBook::new(revision, draft.rates).ok_or("the price book has rates that do not fit")?;
    Ok(Arc::new(catalog.with_books(Arc::new(Books::default().with([book])))))
}

/// A price of a case, valid on every day.
fn price_of(own: &PriceOverride) -> Result<Price, String> {
    let decimal = |amount: &Amount| amount.as_decimal().ok_or_else(|| format!("{amount} is not a decimal"));
    let tiers = own
        .tiers
        .iter()
        .map(|(from, price)| Ok(Tier { from: decimal(from)?, price: decimal(price)? }))
        .collect::<Result<Vec<_>, String>>()?;
    let rises = tiers.windows(2).all(|pair| matches!(pair, [low, high] if low.from < high.from));
    if !rises || tiers.first().is_none_or(|first| !first.from.is_zero()) {
        return Err(format!("the tiers of {} must begin at 0 and rise", own.usage_type));
    }
    Ok(Price {
        meter: MeterKey {
            service_code: SmolStr::new(&own.service_code),
            region: SmolStr::new(&own.region),
            usage_type: SmolStr::new(&own.usage_type),
            operation: SmolStr::new(&own.operation),
        },
        unit: Unit::parse(&own.unit).ok_or_else(|| format!("`{}` is not a unit of the price tables", own.unit))?,
        tiers,
        known_up_to: None,
        effective_from: None,
        effective_to: None,
        seen_on: today(),
        source: SmolStr::new_static("case"),
        confidence: Confidence::High,
        note: SmolStr::default(),
        layer: Layer::PriceBook(SmolStr::new_static("case")),
        edition: 1,
    })
}

/// What the command line must write for an answer or a refusal.
pub(crate) fn expected_transcript(answer: Result<Vec<u8>, Problems>) -> Transcript {
    match answer {
        Ok(bytes) => {
            Transcript { exit: 0, stdout: String::from_utf8(bytes).expect("JSON is UTF-8"), stderr: String::new() }
        }
        Err(problems) => {
            let fault = Fault::Refused(problems);
            let mut stderr = Vec::new();
            fault.write(&mut stderr).expect("written to memory");
            let stderr = String::from_utf8(stderr).expect("the program writes UTF-8");
            Transcript { exit: fault.exit().code(), stdout: String::new(), stderr }
        }
    }
}

/// The row that asks what a request asks; its id is its position.
pub(crate) fn row(target: Target, at: usize, request: &Value) -> Value {
    let mut row = request.clone();
    if let Some(fields) = row.as_object_mut() {
        fields.insert("id".to_owned(), at.into());
        match target {
            Target::One(service) => fields.insert("service".to_owned(), service.into()),
            // A row has no form for an architecture, and its cases make no rows.
            Target::Many | Target::Architecture(_) => None,
            Target::Decision(decision) => fields.insert("decision".to_owned(), decision.into()),
        };
    }
    row
}

/// The lines that a batch of rows is answered with.
pub(crate) fn batch(rows: &[Value], catalog: &Arc<Catalog>) -> Vec<String> {
    let text = rows.iter().fold(String::new(), |text, row| text + &row.to_string() + "\n");
    cli(&["batch"], text.as_bytes(), catalog).stdout.lines().map(str::to_owned).collect()
}

/// The line that a row must be answered with.
pub(crate) fn expected_line(at: usize, answer: Result<Vec<u8>, Problems>) -> String {
    let (ok, member, body) = match answer {
        Ok(body) => (true, "result", body),
        Err(problems) => (false, "error", bytes(&RowProblem::of(&problems))),
    };
    let body = String::from_utf8(body).expect("JSON is UTF-8");
    format!("{{\"id\":{at},\"ok\":{ok},\"{member}\":{body}}}")
}

/// The flags that stand for a request, where its fields have flags.
pub(crate) fn flags(target: Target, request: &Value) -> Option<Vec<String>> {
    let (filled, flag) = match target {
        Target::One(_) => ("usage", "--usage"),
        Target::Decision(_) => ("inputs", "--input"),
        Target::Architecture(_) => ("parameters", "--set"),
        Target::Many => return None,
    };
    let mut flags = Vec::new();
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    for (name, value) in request.as_object()? {
        match (name.as_str(), value) {
            (name, Value::Object(fields)) if name == filled => {
                for (field, value) in fields {
                    flags.push(flag.to_owned());
                    flags.push(format!("{field}={value}"));
                }
            }
            (
                "region" | "as_of" | "price_book" | "free_tier" | "missing_prices" | "month_hours" | "month" | "mode"
                | "budget_month",
                value,
            ) => {
                flags.push(format!("--{}", name.replace('_', "-")));
                flags.push(plain(value));
            }
            _ => return None,
        }
    }
    (!flags.is_empty()).then_some(flags)
}
