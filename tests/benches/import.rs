//! How fast price lists are read, as a share of what the bare `csv` crate needs for the same file in the same run, and
//! how much memory that takes.
//!
//! `cargo bench --bench import` writes a list of 1,000,000 rows with 60 columns, as AWS's of EC2: one row in ten prices
//! a machine that is metered, the others are other systems, tenancies and terms. `-- json` reads the same rows as JSON
//! instead, and `-- kept` a list in which every row is metered. A number sets how many rows there are.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::print_stdout,
    reason = "a bench prints what it measures"
)]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossover::catalog::seed::Files;
use crossover::import::{ImportOptions, ImportReport, Progress, Source, import};
use crossover::storage::Store;

const REGIONS: [(&str, &str); 5] = [
    ("us-east-1", ""),
    ("us-west-2", "USW2-"),
    ("eu-west-1", "EU-"),
    ("eu-central-1", "EUC1-"),
    ("ap-northeast-1", "APN1-"),
];
/// What the columns hold that no import looks at.
const OTHER_COLUMNS: usize = 40;

/// A row: its machine, its place, its operation, and whether it is metered.
fn row(at: usize, kept: bool) -> (String, &'static str, String) {
    let (region, prefix) = REGIONS.get(at % REGIONS.len()).copied().unwrap_or_default();
    let metered = kept || at.is_multiple_of(10);
    let operation = if metered { "RunInstances".to_owned() } else { format!("RunInstances:{:04x}", at % 97 + 1) };
    (format!("{prefix}BoxUsage:z{}.large", at / REGIONS.len()), region, operation)
}

fn price(at: usize) -> String {
    format!("0.{:010}", 100_000_000 + at * 7 % 900_000_000)
}

fn write_csv(path: &Path, rows: usize, kept: bool) {
    let mut out = BufWriter::new(File::create(path).expect("a file"));
    let head = "\"FormatVersion\",\"v1.0\"\n\"Disclaimer\",\"x\"\n\"Publication Date\",\"2026-11-01T00:00:00Z\"\n\
                \"Version\",\"20261101000000\"\n\"OfferCode\",\"AmazonEC2\"\n\
                \"SKU\",\"OfferTermCode\",\"RateCode\",\"TermType\",\"PriceDescription\",\"EffectiveDate\",\"StartingRange\",\
                \"EndingRange\",\"Unit\",\"PricePerUnit\",\"Currency\",\"RelatedTo\",\"LeaseContractLength\",\
                \"PurchaseOption\",\"OfferingClass\",\"Product Family\",\"serviceCode\",\"Location\",\"Location Type\"";
    write!(out, "{head}").expect("room");
    for column in 0..OTHER_COLUMNS {
        write!(out, ",\"Column {column}\"").expect("room");
    }
    writeln!(out, ",\"usageType\",\"operation\",\"Region Code\",\"serviceName\"").expect("room");
    for at in 0..rows {
        let (usage_type, region, operation) = row(at, kept);
        write!(
            out,
            "\"SKU{at:013}\",\"JRTCKXETXF\",\"SKU{at:013}.JRTCKXETXF.6YS6EN2CT7\",\"OnDemand\",\"${} per On Demand Linux \
             {usage_type} Instance Hour\",\"2026-11-01\",\"0\",\"Inf\",\"Hrs\",\"{}\",\"USD\",,,,,\"Compute Instance\",\
             \"AmazonEC2\",\"Somewhere\",\"AWS Region\"",
            price(at),
            price(at)
        )
        .expect("room");
        for column in 0..OTHER_COLUMNS {
            write!(out, ",\"value {column}\"").expect("room");
        }
        writeln!(out, ",\"{usage_type}\",\"{operation}\",\"{region}\",\"Amazon Elastic Compute Cloud\"").expect("room");
    }
    out.flush().expect("room");
}

fn write_json(path: &Path, rows: usize, kept: bool) {
    let mut out = BufWriter::new(File::create(path).expect("a file"));
    write!(
        out,
        "{{\"formatVersion\":\"v1.0\",\"disclaimer\":\"x\",\"offerCode\":\"AmazonEC2\",\"version\":\"20261101000000\",\
         \"publicationDate\":\"2026-11-01T00:00:00Z\",\"products\":{{"
    )
    .expect("room");
    for at in 0..rows {
        let (usage_type, region, operation) = row(at, kept);
        let comma = if at == 0 { "" } else { "," };
        write!(
            out,
            "{comma}\n\"SKU{at:013}\":{{\"sku\":\"SKU{at:013}\",\"productFamily\":\"Compute Instance\",\"attributes\":{{\
             \"servicecode\":\"AmazonEC2\",\"location\":\"Somewhere\",\"locationType\":\"AWS Region\",\"usagetype\":\
             \"{usage_type}\",\"operation\":\"{operation}\",\"regionCode\":\"{region}\""
        )
        .expect("room");
        for column in 0..OTHER_COLUMNS {
            write!(out, ",\"column{column}\":\"value {column}\"").expect("room");
        }
        write!(out, "}}}}").expect("room");
    }
    write!(out, "}},\"terms\":{{\"OnDemand\":{{").expect("room");
    for at in 0..rows {
        let comma = if at == 0 { "" } else { "," };
        let term = format!("SKU{at:013}.JRTCKXETXF");
        write!(
            out,
            "{comma}\n\"SKU{at:013}\":{{\"{term}\":{{\"offerTermCode\":\"JRTCKXETXF\",\"sku\":\"SKU{at:013}\",\"effectiveDate\":\
             \"2026-11-01T00:00:00Z\",\"priceDimensions\":{{\"{term}.6YS6EN2CT7\":{{\"rateCode\":\"{term}.6YS6EN2CT7\",\
             \"description\":\"per hour\",\"beginRange\":\"0\",\"endRange\":\"Inf\",\"unit\":\"Hrs\",\"pricePerUnit\":{{\"USD\":\
             \"{}\"}},\"appliesTo\":[]}}}},\"termAttributes\":{{}}}}}}",
            price(at)
        )
        .expect("room");
    }
    write!(out, "}}}}}}").expect("room");
    out.flush().expect("room");
}

/// The bare crate: every record of the file, and nothing done with it.
fn bare(path: &Path) -> (usize, Duration) {
    let begin = Instant::now();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path).expect("a file");
    let mut record = csv::ByteRecord::new();
    let mut rows = 0;
    while reader.read_byte_record(&mut record).expect("CSV") {
        rows += 1;
    }
    (rows, begin.elapsed())
}

/// The most memory that this process has had, in MB, where the system tells.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    let megabytes = kilobytes.and_then(|text| text.parse::<u64>().ok()).map(|kilobytes| kilobytes / 1024);
    megabytes.map_or_else(|| "unknown".to_owned(), |megabytes| format!("{megabytes} MB"))
}

async fn imported(path: &Path, folder: &Path, options: ImportOptions) -> (ImportReport, Duration, Duration) {
    let store = Store::open(folder.join("prices.db")).await.expect("a new file");
    store.seed(&Files::embedded()).await.expect("the seed");
    println!("before the import: peak {}", peak());
    let progress = Arc::new(Progress::default());
    let begin = Instant::now();
    let watch = {
        let progress = Arc::clone(&progress);
        std::thread::spawn(move || {
            while !progress.writing.load(std::sync::atomic::Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(2));
            }
            begin.elapsed()
        })
    };
    let source = Source::file(path).expect("the file");
    let report = import(&store, vec![source], options, progress).await.expect("a sound list");
    let all = begin.elapsed();
    store.close().await;
    (report, watch.join().expect("a watch"), all)
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let has = |word: &str| args.iter().any(|arg| arg == word);
    let rows = args.iter().find_map(|arg| arg.parse().ok()).unwrap_or(1_000_000);
    let (json, kept) = (has("json"), has("kept"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(if json { "list.json" } else { "list.csv" });
    if json {
        write_json(&path, rows, kept);
    } else {
        write_csv(&path, rows, kept);
    }
    let size = std::fs::metadata(&path).expect("the file").len() / 1_000_000;
    println!("{rows} rows, {size} MB");
    let per_second = |rows: usize, time: Duration| rows as f64 / time.as_secs_f64();
    let floor = (!json).then(|| {
        let mut times: Vec<Duration> = (0..3).map(|_| bare(&path).1).collect();
        times.sort();
        let median = times.get(1).copied().unwrap_or_default();
        println!("bare csv: {:.0} rows/s (median of 3)", per_second(rows, median));
        median
    });
    let options = ImportOptions { activate: true, max_jump: None, ..ImportOptions::default() };
    let (report, reading, all) = actix_web::rt::System::new().block_on(imported(&path, folder.path(), options));
    let counts = &report.files.first().expect("one file").counts;
    println!("kept {} of {} rows, {} meters", counts.kept, counts.rows, report.meters);
    println!(
        "reading and matching: {:.0} rows/s; with the edition written: {:.0} rows/s",
        per_second(rows, reading),
        per_second(rows, all)
    );
    if let Some(floor) = floor {
        let ratio = |time: Duration| floor.as_secs_f64() / time.as_secs_f64();
        println!("of the bare crate: {:.2} reading, {:.2} in all", ratio(reading), ratio(all));
    }
    println!("peak {}", peak());
}
