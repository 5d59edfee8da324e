//! The speed of whole batches and of single requests over HTTP, as ratios in one run:
//! `cargo bench --profile dist --bench end_to_end [-- ROWS PART…]`. `CONTRIBUTING.md` says what each figure should be.
//!
//! Rows are the requests of all case files of services in turn, one in twenty broken.

#![expect(clippy::expect_used, clippy::print_stdout, reason = "a bench talks, and says why it stops")]
#![expect(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "its numbers are its own")]

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use actix_web::web::{self, Data};
use actix_web::{HttpResponse, HttpServer};
use chrono::{NaiveDate, Utc};
use crossover::app::batch::split::{Chunk, Splitter};
use crossover::app::batch::{Batch, Detail, Format};
use crossover::catalog::load::seed_catalog;
use crossover::domain::problem::{Code, Problem};
use crossover::http::body::{JsonBody, Limits};
use crossover::http::state::State;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tempfile::TempDir;

mod rows;

/// That of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many rows, where nothing else is said.
const ROWS: usize = 100_000;
/// What can be asked for by name; all of it where nothing is.
const PARTS: &[&str] = &["rows", "batch", "memory", "single"];
/// How often what is compared is run, in turn.
const ROUNDS: usize = 7;

/// A request of one service.
const BODY: &str = r#"{"region":"us-east-1","usage":{"connections":2,"gateway":"transit_gateway","data_out_gb":500,"data_in_gb":1000}}"#;

fn main() {
    let rows = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(ROWS);
    let text = rows::mixed(rows);
    println!("{rows} rows of all services, one in twenty broken: {} KiB", text.len() / 1024);
    // Cargo adds an argument of its own, `--bench`.
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| PARTS.contains(&argument.as_str())).collect();
    let is_asked = |part: &str| asked.is_empty() || asked.iter().any(|asked| asked == part);
    let folder = TempDir::new().expect("a folder");
    if is_asked("rows") {
        against_parse_and_serialise(&text);
    }
    if is_asked("batch") {
        let answers = command_line(&text, rows, folder.path());
        over_http(&text, rows, &answers, folder.path());
    }
    if is_asked("memory") {
        memory(folder.path());
    }
    if is_asked("single") {
        single_over_http();
    }
}

fn today() -> NaiveDate {
    Utc::now().date_naive()
}

fn batch() -> Batch {
    let unknown = |_| Err(Problem::new(Code::UnknownEdition, "/edition", "there is no such edition"));
    Batch {
        output: Format::Ndjson,
        detail: Detail::Lines,
        catalog: Arc::new(seed_catalog().expect("sound data")),
        edition: Box::new(unknown),
        today: today(),
    }
}

fn chunks(text: &str) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut splitter = Splitter::new(Format::Ndjson);
    splitter.push(text.as_bytes(), |chunk| chunks.push(chunk));
    splitter.finish(|chunk| chunks.push(chunk));
    chunks
}

/// A row as a loop reads it that does nothing with it.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only read")]
struct PlainRow<'a> {
    id: Option<&'a str>,
    service: Option<&'a str>,
    region: Option<&'a str>,
    #[serde(borrow)]
    usage: Option<&'a RawValue>,
    #[serde(borrow)]
    resources: Option<Vec<PlainResource<'a>>>,
    as_of: Option<&'a str>,
    free_tier: Option<&'a str>,
    missing_prices: Option<&'a str>,
    month: Option<&'a str>,
}

#[derive(Deserialize)]
struct PlainResource<'a> {
    service: &'a str,
    #[serde(borrow)]
    usage: &'a RawValue,
}

/// Reads a row, and what is planned into the type of its service.
fn parse(row: &str) {
    let row: PlainRow<'_> = serde_json::from_str(row).expect("a row");
    let read = |service: &str, usage: &RawValue| {
        let service = crossover::services::find(service).expect("a service");
        black_box((service.read)(usage.get()).expect("a usage"));
    };
    if let (Some(service), Some(usage)) = (row.service, row.usage) {
        read(service, usage);
    }
    for resource in row.resources.iter().flatten() {
        read(resource.service, resource.usage);
    }
    black_box(row);
}

/// An answer as it would be were it made of ready texts: the same members as `detail=lines` has.
#[derive(Serialize, Deserialize)]
struct PlainAnswer {
    id: String,
    ok: bool,
    result: PlainResult,
}

#[derive(Serialize, Deserialize)]
struct PlainResult {
    total: PlainTotal,
    complete: bool,
    lines: Vec<PlainLine>,
}

#[derive(Serialize, Deserialize)]
struct PlainTotal {
    monthly: String,
    monthly_exact: String,
    exact: bool,
    yearly: Option<String>,
    currency: String,
}

#[derive(Serialize, Deserialize)]
struct PlainLine {
    resource: String,
    service: String,
    id: String,
    label: String,
    meter: PlainMeter,
    quantity: String,
    unit: String,
    factors: Vec<PlainFactor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    free_quantity: Option<String>,
    tiers: Vec<PlainTier>,
    amount: String,
    amount_exact: String,
    exact: bool,
    price: PlainPrice,
}

#[derive(Serialize, Deserialize)]
struct PlainMeter {
    service_code: String,
    region: String,
    usage_type: String,
    operation: String,
}

#[derive(Serialize, Deserialize)]
struct PlainFactor {
    value: String,
    of: String,
}

#[derive(Serialize, Deserialize)]
struct PlainTier {
    from: String,
    to: Option<String>,
    quantity: String,
    unit_price: String,
    amount: String,
}

#[derive(Serialize, Deserialize)]
struct PlainPrice {
    layer: String,
    edition: u32,
    effective_from: Option<String>,
    seen_on: String,
    source: String,
    source_url: Option<String>,
    confidence: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// Rows a second on one thread, as a ratio to a loop that only parses each row and serialises an answer of its size.
fn against_parse_and_serialise(text: &str) {
    let (batch, chunks) = (batch(), chunks(text));
    let mut out = Vec::new();
    for chunk in &chunks {
        batch.answer(chunk, &|| false, &mut out);
    }
    let whole = out.len();
    // Answers to write: those of the same rows, so that they are of the same size, row by row.
    let ready: Vec<Option<PlainAnswer>> =
        String::from_utf8(out).expect("UTF-8").lines().map(|line| serde_json::from_str(line).ok()).collect();
    let readable: Vec<&str> =
        text.lines().zip(&ready).filter(|(_, answer)| answer.is_some()).map(|(line, _)| line).collect();
    let ready: Vec<PlainAnswer> = ready.into_iter().flatten().collect();
    let good = readable.join("\n");
    let good_chunks = self::chunks(&good);
    let mut written = 0;
    let mut parse_and_serialise = || {
        let mut out = Vec::new();
        written = 0;
        for (at, (row, answer)) in readable.iter().zip(&ready).enumerate() {
            parse(row);
            serde_json::to_writer(&mut out, answer).expect("to memory");
            out.push(b'\n');
            if at % 128 == 127 {
                written += black_box(&out).len();
                out = Vec::new();
            }
        }
        written += out.len();
    };
    // The same with rows read as they are mostly read where their types are not at hand.
    let tree_and_serialise = || {
        let mut out = Vec::new();
        for (at, (row, answer)) in readable.iter().zip(&ready).enumerate() {
            black_box(serde_json::from_str::<serde_json::Value>(row).expect("a row"));
            serde_json::to_writer(&mut out, answer).expect("to memory");
            out.push(b'\n');
            if at % 128 == 127 {
                black_box(&out);
                out = Vec::new();
            }
        }
    };
    let answer = |chunks: &[Chunk]| {
        for chunk in chunks {
            let mut out = Vec::new();
            batch.answer(chunk, &|| false, &mut out);
            black_box(out);
        }
    };
    let (mut floor, mut tree, mut answered, mut mixed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        floor.push(timed_on_thread(&mut parse_and_serialise));
        tree.push(timed_on_thread(tree_and_serialise));
        answered.push(timed_on_thread(|| answer(&good_chunks)));
        mixed.push(timed_on_thread(|| answer(&chunks)));
    }
    let (floor, tree, answered, mixed) = (median(floor), median(tree), median(answered), median(mixed));
    println!("\nOne thread, in process, detail=lines ({} bytes of answers a row)", whole / ready.len().max(1));
    println!("  parse and serialise only     {:>9} rows/s ({} KiB)", rate(ready.len(), floor), written / 1024);
    println!("  the same, rows read as trees {:>9} rows/s", rate(ready.len(), tree));
    println!(
        "  answer the same rows         {:>9} rows/s, ratio {}, to trees {}",
        rate(ready.len(), answered),
        ratio(floor, answered),
        ratio(tree, answered)
    );
    println!("  answer all rows              {:>9} rows/s", rate(text.lines().count(), mixed));
}

fn timed(run: impl FnOnce()) -> Duration {
    let started = Instant::now();
    run();
    started.elapsed()
}

/// How long a thread was at work, so that what else the machine does counts for less; by the clock where that is not known.
fn timed_on_thread(run: impl FnOnce()) -> Duration {
    let worked = || {
        let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
    };
    let before = worked();
    let by_clock = timed(run);
    before.and_then(|before| worked()?.checked_sub(before)).unwrap_or(by_clock)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn rate(count: usize, time: Duration) -> u128 {
    count as u128 * 1_000_000 / time.as_micros().max(1)
}

/// A quotient with two decimals.
fn ratio(a: Duration, b: Duration) -> String {
    let hundredths = a.as_micros() * 100 / b.as_micros().max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_crossover"))
}

/// `crossover batch` with one and with two threads. Returns the answers. What is timed writes them nowhere: to write
/// them to a disk takes as long again, however many threads there are.
fn command_line(text: &str, rows: usize, folder: &Path) -> Vec<u8> {
    let (input, output, empty) =
        (folder.join("rows.ndjson"), folder.join("answers.ndjson"), folder.join("empty.ndjson"));
    fs::write(&input, text).expect("a file");
    fs::write(&empty, "{}\n").expect("a file");
    let run = |jobs: &str, input: &Path, output: &Path| {
        let mut command = program();
        command.arg("batch").arg(input).arg("-o").arg(output).args(["--detail", "lines", "--jobs", jobs]);
        let status = command.stderr(Stdio::null()).status().expect("it runs");
        assert_eq!(status.code(), Some(1), "some rows are broken");
    };
    let answers_with = |jobs: &str| {
        run(jobs, &input, &output);
        fs::read(&output).expect("the answers")
    };
    let answers = answers_with("1");
    assert!(answers == answers_with("2"), "--jobs changes nothing");
    let nowhere = Path::new("/dev/null");
    let (mut one, mut two, mut start) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        start.push(timed(|| run("1", &empty, nowhere)));
        one.push(timed(|| run("1", &input, nowhere)));
        two.push(timed(|| run("2", &input, nowhere)));
    }
    let start = median(start);
    let (one, two) = (median(one).saturating_sub(start), median(two).saturating_sub(start));
    println!("\ncrossover batch, detail=lines, without its start of {} ms", start.as_millis());
    println!("  --jobs 1                     {:>9} rows/s", rate(rows, one));
    println!("  --jobs 2                     {:>9} rows/s, ratio {}", rate(rows, two), ratio(one, two));
    answers
}

/// A process that is ended with the bench, whatever happens.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // Where it has ended already, there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the service. Returns its address.
fn serve(folder: &Path) -> (Ended, String) {
    let mut command = program();
    command.args(["serve", "--listen", "127.0.0.1:0", "--log", "off", "--database"]).arg(folder.join("prices.db"));
    let mut child = command.stdout(Stdio::piped()).spawn().expect("it runs");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    let address = line.trim_end().strip_prefix("listening on http://").expect("an address").to_owned();
    (Ended(child), address)
}

/// Posts rows, reading while writing. Returns the lines of the answer.
fn post(address: &str, text: &str) -> Vec<u8> {
    let stream = TcpStream::connect(address).expect("a connection");
    let mut writer = stream.try_clone().expect("a handle");
    let head = format!(
        "POST /v1/batch?detail=lines HTTP/1.1\r\nHost: bench\r\nConnection: close\r\nContent-Type: application/x-ndjson\r\n\
         Content-Length: {}\r\n\r\n",
        text.len()
    );
    thread::scope(|scope| {
        scope.spawn(move || writer.write_all(head.as_bytes()).and_then(|()| writer.write_all(text.as_bytes())));
        let mut reader = BufReader::with_capacity(1 << 20, stream);
        let (mut line, mut body) = (String::new(), Vec::new());
        while line != "\r\n" {
            line.clear();
            reader.read_line(&mut line).expect("a head");
        }
        loop {
            line.clear();
            reader.read_line(&mut line).expect("the size of a chunk");
            let size = u64::from_str_radix(line.trim_end(), 16).expect("a number");
            if size == 0 {
                return body;
            }
            reader.by_ref().take(size).read_to_end(&mut body).expect("a chunk");
            reader.read_line(&mut line).expect("the end of a chunk");
        }
    })
}

fn over_http(text: &str, rows: usize, expected: &[u8], folder: &Path) {
    let (_service, address) = serve(folder);
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let mut answers = Vec::new();
        times.push(timed(|| answers = post(&address, text)));
        assert!(answers == expected, "the service and the command line give the same bytes");
    }
    println!("\nPOST /v1/batch, detail=lines, client and server on the same cores: the same bytes as the command line");
    println!("  one connection               {:>9} rows/s", rate(rows, median(times)));
}

/// The most memory that a process has had, in KiB, so far.
fn peak(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// Memory is flat from ten thousand rows to a million.
fn memory(folder: &Path) {
    println!("\nThe most memory, detail=lines");
    let input = folder.join("many.ndjson");
    let ten_thousand = rows::mixed(10_000);
    for times in [1, 100] {
        let mut file = File::create(&input).expect("a file");
        for _ in 0..times {
            file.write_all(ten_thousand.as_bytes()).expect("written");
        }
        let mut command = program();
        command.arg("batch").arg(&input).args(["-o", "/dev/null", "--detail", "lines"]).stderr(Stdio::null());
        let mut child = Ended(command.spawn().expect("it runs"));
        let mut most = 0;
        while child.0.try_wait().expect("a process").is_none() {
            most = most.max(peak(child.0.id()).unwrap_or_default());
            thread::sleep(Duration::from_millis(5));
        }
        let (service, address) = serve(folder);
        let idle = peak(service.0.id()).unwrap_or_default();
        let text = fs::read_to_string(&input).expect("rows");
        let length = post(&address, &text).len();
        let served = peak(service.0.id()).unwrap_or_default();
        println!(
            "  {:>9} rows               {most:>9} KiB the command line, {served} KiB the service ({idle} KiB before), {} MiB of answers",
            times * 10_000,
            length / 1024 / 1024
        );
    }
}

/// Single estimates over HTTP against a POST that reads its body and returns a static answer of the same size, on the same
/// server.
fn single_over_http() {
    if Command::new("wrk").arg("--version").output().is_err() {
        println!("\nSingle estimates over HTTP: `wrk` is not installed, so they are not measured");
        return;
    }
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let limits = Limits { bytes: 1 << 20, time: Duration::from_secs(10) };
            let state = State::new(limits, today);
            state.activate(Arc::new(seed_catalog().expect("sound data")));
            let state = Data::new(state);
            let fixed: Data<std::sync::OnceLock<web::Bytes>> = Data::new(std::sync::OnceLock::new());
            let answer = Data::clone(&fixed);
            let server = HttpServer::new(move || {
                let read = |body: JsonBody, answer: Data<std::sync::OnceLock<web::Bytes>>| async move {
                    black_box(body);
                    HttpResponse::Ok().content_type("application/json").body(answer.get().cloned().unwrap_or_default())
                };
                crossover::http::app(state.clone()).app_data(Data::clone(&fixed)).route("/static", web::post().to(read))
            });
            let server = server.workers(1).bind("127.0.0.1:0").expect("a port");
            tell.send((server.addrs()[0].to_string(), answer)).expect("a bench that waits");
            server.run().await.expect("a server");
        });
    });
    let (address, fixed) = told.recv().expect("a server");
    let mut stream = TcpStream::connect(&address).expect("a connection");
    let head = format!(
        "POST /v1/estimates/site_to_site_vpn HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    stream.write_all(head.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a head");
    fixed.set(web::Bytes::from(body.to_owned())).expect("set once");
    let folder = TempDir::new().expect("a folder");
    let script = folder.path().join("post.lua");
    let lua = format!("wrk.method = 'POST'\nwrk.body = '{BODY}'\nwrk.headers['Content-Type'] = 'application/json'\n");
    fs::write(&script, lua).expect("a file");
    println!("\nSingle estimates over HTTP: 1 worker, wrk -t1 -c32 -d4s, {} bytes an answer", body.len());
    let load = |path: &str| {
        let mut command = Command::new("wrk");
        command.args(["-t1", "-c32", "-d4s", "--latency", "-s"]).arg(&script).arg(format!("http://{address}{path}"));
        let output = String::from_utf8(command.output().expect("wrk").stdout).expect("UTF-8");
        let after = |words: &str| {
            let rest = output.split_once(words).map_or("?", |(_, rest)| rest);
            rest.split_whitespace().next().unwrap_or("?").to_owned()
        };
        assert!(!output.contains("Non-2xx"), "{output}");
        (after("Requests/sec:"), after("99%"))
    };
    let mut ratios = Vec::new();
    for _ in 0..3 {
        let (fixed, fixed_p99) = load("/static");
        let (single, single_p99) = load("/v1/estimates/site_to_site_vpn");
        let whole = |text: &str| text.split('.').next().and_then(|text| text.parse::<u64>().ok()).unwrap_or(1).max(1);
        let hundredths = whole(&single) * 100 / whole(&fixed);
        ratios.push(hundredths);
        println!(
            "  static {fixed} requests/s (p99 {fixed_p99}), estimate {single} requests/s (p99 {single_p99}), ratio {}.{:02}",
            hundredths / 100,
            hundredths % 100
        );
    }
    ratios.sort_unstable();
    println!("  the median of the ratios is {}.{:02}", ratios[1] / 100, ratios[1] % 100);
}
