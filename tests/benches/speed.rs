//! What single steps cost: `cargo bench --bench speed`. `CONTRIBUTING.md` says how to read and compare.

#![expect(clippy::expect_used, reason = "a bench that cannot go on has to say so and stop")]
#![expect(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "its numbers are its own")]

use std::sync::{Arc, LazyLock};

use chrono::NaiveDate;
use crossover::app::batch::split::{Chunk, Splitter};
use crossover::app::batch::{Batch, Detail, Format};
use crossover::app::decide::DecideRequest;
use crossover::app::estimate::EstimateOne;
use crossover::catalog::Catalog;
use crossover::catalog::load::seed_catalog;
use crossover::decisions::DECISIONS;
use crossover::domain::meter::UsageRecord;
use crossover::domain::month::Month;
use crossover::domain::probe::Probe;
use crossover::domain::problem::{Code, Problem};
use crossover::rating::{FreeTier, MissingPrices, Terms, rate};
use crossover::services::SERVICES;
use crossover::services::metering::Metering;
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use serde_json::{Value, json};

mod rows;

static CATALOG: LazyLock<Arc<Catalog>> = LazyLock::new(|| Arc::new(seed_catalog().expect("sound data")));

fn main() {
    divan::main();
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).expect("a date")
}

/// Everything that a start reads.
#[divan::bench]
fn catalog_load() -> Catalog {
    seed_catalog().expect("sound data")
}

/// A request of one service, from text to text.
#[divan::bench(args = SERVICES.iter().map(|service| service.id))]
fn single_estimate(bencher: Bencher<'_, '_>, id: &str) {
    let service = crossover::services::find(id).expect("a service");
    let usage: Value = serde_json::from_str(service.example.usage).expect("JSON");
    let body = json!({"region": service.example.region, "usage": usage}).to_string();
    bencher.bench(|| {
        let request = EstimateOne::read(black_box(body.as_bytes())).expect("a request");
        let answer = request.run(id, &CATALOG, today()).expect("an answer");
        serde_json::to_vec(&answer).expect("JSON")
    });
}

/// A decision, from text to text.
#[divan::bench(args = DECISIONS.iter().map(|decision| decision.id))]
fn decision(bencher: Bencher<'_, '_>, id: &str) {
    let decision = crossover::decisions::find(id).expect("a decision");
    let inputs: Value = serde_json::from_str(decision.example.usage).expect("JSON");
    let body = json!({"region": decision.example.region, "inputs": inputs}).to_string();
    bencher.bench(|| {
        let request = DecideRequest::read(black_box(body.as_bytes())).expect("a request");
        let answer = request.run(id, &CATALOG, today()).expect("an answer");
        serde_json::to_vec(&answer).expect("JSON")
    });
}

/// The records of every service's example, rated in one pool.
#[divan::bench]
fn rating(bencher: Bencher<'_, '_>) {
    let month = Month::convention();
    let mut records: Vec<Box<UsageRecord>> = Vec::new();
    for (at, service) in SERVICES.iter().enumerate() {
        let usage = (service.read)(service.example.usage).expect("a usage");
        let mut probe = Probe::new();
        let mut metering = Metering::new(&CATALOG, service.example.region, &month, &mut probe, at);
        usage.meter(&mut metering).expect("nothing moves");
        records.append(&mut metering.records);
    }
    let terms = Terms { as_of: today(), free_tier: FreeTier::None, missing_prices: MissingPrices::Omit, book: None };
    let name = |at: usize| format!("resource {at}");
    bencher
        .counter(ItemsCount::new(records.len()))
        .with_inputs(|| records.clone())
        .bench_values(|records| rate(&mut Probe::new(), &CATALOG, records, terms, &name).expect("a bill").total);
}

/// A thousand rows of all services, one in twenty broken, with as much of the answer as each detail has.
#[divan::bench(args = ["total", "lines", "full", "csv"])]
fn batch_row(bencher: Bencher<'_, '_>, detail: &str) {
    const ROWS: usize = 1_000;
    let unknown = |_| Err(Problem::new(Code::UnknownEdition, "/edition", "there is no such edition"));
    let batch = Batch {
        output: if detail == "csv" { Format::Csv } else { Format::Ndjson },
        detail: Detail::parse(detail).unwrap_or_default(),
        catalog: Arc::clone(&CATALOG),
        edition: Box::new(unknown),
        today: today(),
    };
    let mut chunks: Vec<Chunk> = Vec::new();
    let mut splitter = Splitter::new(Format::Ndjson);
    splitter.push(rows::mixed(ROWS).as_bytes(), |chunk| chunks.push(chunk));
    splitter.finish(|chunk| chunks.push(chunk));
    bencher.counter(ItemsCount::new(ROWS)).bench(|| {
        let mut out = Vec::new();
        for chunk in &chunks {
            batch.answer(chunk, &|| false, &mut out);
        }
        out
    });
}
