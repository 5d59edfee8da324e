//! The interfaces that a case runs through: each takes the body of a request and gives the bytes of the answer.

use std::io::Cursor;
use std::sync::{Arc, OnceLock};

use chrono::{NaiveDate, Utc};

use crossover::app::estimate::{EstimateMany, EstimateOne};
use crossover::catalog::load;
use crossover::catalog::price::{Confidence, Layer, Price, Tier};
use crossover::catalog::seed::Files;
use crossover::catalog::{Catalog, Edition};
use crossover::cli::fault::Fault;
use crossover::cli::{self, Shell};
use crossover::domain::amount::Amount;
use crossover::domain::meter::MeterKey;
use crossover::domain::problem::Problems;
use crossover::domain::unit::Unit;
use serde_json::Value;
use smol_str::SmolStr;

use super::form::PriceOverride;

/// What a request is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    /// An estimate of one resource.
    One(&'static str),
    /// An estimate of many resources.
    Many,
}

/// The prices inside the binary, loaded once.
pub(crate) fn seed() -> Result<Arc<Catalog>, String> {
    static SEED: OnceLock<Result<Arc<Catalog>, String>> = OnceLock::new();
    SEED.get_or_init(|| cli::seed().map_err(|error| format!("{error:#}"))).clone()
}

/// Today, as the server and the program see it.
pub(crate) fn today() -> NaiveDate {
    Utc::now().date_naive()
}

/// Calls the use-case itself.
pub(crate) fn pure(target: Target, body: &[u8], catalog: &Catalog) -> Result<Vec<u8>, Problems> {
    let answer = match target {
        Target::One(service) => EstimateOne::read(body)?.run(service, catalog, today())?,
        Target::Many => EstimateMany::read(body)?.run(catalog, today())?,
    };
    Ok(serde_json::to_vec(&answer).expect("an answer serialises"))
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
pub(crate) fn cli(args: &[&str], stdin: &[u8]) -> Transcript {
    let mut stdin = Cursor::new(stdin);
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let exit = cli::run(
        std::iter::once("crossover").chain(args.iter().copied()).map(Into::into),
        &mut Shell {
            stdin: &mut stdin,
            stdin_is_terminal: false,
            stdout: &mut stdout,
            stdout_is_terminal: false,
            stderr: &mut stderr,
            today: today(),
            seed: &|| seed().map_err(anyhow::Error::msg),
        },
    );
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program writes UTF-8");
    Transcript { exit: exit.code(), stdout: text(stdout), stderr: text(stderr) }
}

impl Target {
    /// The command line of the target.
    pub(crate) fn command(self) -> Vec<&'static str> {
        match self {
            Self::One(service) => vec!["estimate", service],
            Self::Many => vec!["estimate"],
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

/// The flags that stand for a request, where its fields have flags.
pub(crate) fn flags(target: Target, request: &Value) -> Option<Vec<String>> {
    let Target::One(_) = target else { return None };
    let mut flags = Vec::new();
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    for (name, value) in request.as_object()? {
        match (name.as_str(), value) {
            ("usage", Value::Object(fields)) => {
                for (field, value) in fields {
                    flags.push("--usage".to_owned());
                    flags.push(format!("{field}={value}"));
                }
            }
            ("region" | "as_of" | "free_tier" | "missing_prices" | "month_hours" | "month", value) => {
                flags.push(format!("--{}", name.replace('_', "-")));
                flags.push(plain(value));
            }
            _ => return None,
        }
    }
    (!flags.is_empty()).then_some(flags)
}
