//! Batches over HTTP: what chooses the form, what is refused, and what only shows on a real connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use actix_web::test::TestRequest;
use actix_web::web::Data;
use crossover::config::ServeConfig;
use crossover::http::state::{Batching, State};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::cli::crossover_with;
use crate::http::{Answer, LIMITS, catalog, send, send_to, today};
use crate::http_sockets::{Running, config, read_to_end};
use crate::rows;

const ROW: &str = r#"{"id":"a","service":"site_to_site_vpn","region":"us-east-1","usage":{"connections":1}}"#;
const SLOW_ROW: &str = r#"{"id":"slow","decision":"hybrid_connectivity","region":"us-east-1"}"#;

fn request(media_type: &str, body: impl Into<Vec<u8>>) -> TestRequest {
    TestRequest::post().uri("/v1/batch").insert_header(("content-type", media_type)).set_payload(body.into())
}

async fn ndjson(body: impl Into<Vec<u8>>) -> Answer {
    send(request("application/x-ndjson", body)).await
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text).expect("to memory");
    packer.finish().expect("to memory")
}

#[actix_web::test]
async fn rows_and_answers_take_the_form_that_the_headers_say() {
    let csv = "id,service,region,usage.connections\na,site_to_site_vpn,us-east-1,1\n";
    let monthly = |answer: &Answer| {
        let first: Value = serde_json::from_str(answer.text().lines().next().expect("a line")).expect("JSON");
        first["result"]["total"]["monthly"].clone()
    };
    let answer = ndjson(ROW).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/x-ndjson"));
    assert_eq!(monthly(&answer), "36.50");

    let answer = send(request("text/csv; charset=utf-8", csv)).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert!(answer.text().ends_with("\na,36.50,true,,,,,,\n"), "{}", answer.text());

    let answer = send(request("text/csv", csv).insert_header(("accept", "application/jsonl"))).await;
    assert_eq!(monthly(&answer), "36.50");

    let answer = send(request("application/ndjson", ROW).insert_header(("accept", "text/csv;q=0.9, text/html"))).await;
    assert!(answer.text().ends_with("\na,36.50,true,,,,,,\n"), "{}", answer.text());

    let answer = send(request("application/x-ndjson", ROW).uri("/v1/batch?detail=total")).await;
    assert!(answer.text().contains("\"result\":{\"total\":{"), "{}", answer.text());
    assert!(!answer.text().contains("\"lines\""), "{}", answer.text());
    assert_eq!(ndjson("").await.text(), "");
}

#[actix_web::test]
async fn what_makes_no_batch_is_refused_before_it_begins() {
    send(TestRequest::post().uri("/v1/batch").set_payload(ROW)).await.problem(415, "unsupported_media_type");
    for media_type in ["application/json", "application/x-www-form-urlencoded", "text/csv; charset=latin1"] {
        let problem = send(request(media_type, ROW)).await.problem(415, "unsupported_media_type");
        assert!(problem["detail"].as_str().expect("words").contains("application/x-ndjson"), "{problem}");
    }
    let brotli = request("application/x-ndjson", ROW).insert_header(("content-encoding", "br"));
    send(brotli).await.problem(415, "unsupported_media_type");
    let html = request("application/x-ndjson", ROW).insert_header(("accept", "text/html"));
    send(html).await.problem(406, "not_acceptable");
    let problem = send(request("application/x-ndjson", ROW).uri("/v1/batch?detail=line")).await;
    let problem = problem.problem(422, "unknown_value");
    assert_eq!((&problem["parameter"], &problem["allowed"][1]), (&"detail".into(), &"lines".into()));
    let rows = request("application/x-ndjson", ROW).uri("/v1/batch?detail=full").insert_header(("accept", "text/csv"));
    send(rows).await.problem(422, "conflicting_fields");
    let problem = send(request("application/x-ndjson", ROW).uri("/v1/batch?details=full")).await;
    problem.problem(422, "unknown_field");
    send(TestRequest::get().uri("/v1/batch")).await.problem(405, "method_not_allowed");
    let empty = Data::new(State::new(LIMITS, today));
    send_to(empty, request("application/x-ndjson", ROW)).await.problem(503, "not_ready");
    let small = Data::new(small(10));
    let announced = request("application/x-ndjson", ROW).insert_header(("content-length", ROW.len()));
    send_to(small, announced).await.problem(413, "payload_too_large");
}

fn small(limit_bytes: u64) -> State {
    let state = State::new(LIMITS, today).with_batching(Batching { limit_bytes, threads: Some(1) });
    state.activate(catalog());
    state
}

/// The last line, which tells why the batch ended early.
#[track_caller]
fn end(answer: &Answer, code: &str) -> Value {
    let text = answer.text();
    let last: Value = serde_json::from_str(text.lines().last().expect("a line")).expect("JSON");
    assert!(last["ok"] == false && last.get("id").is_none(), "{last}");
    assert_eq!(last["error"]["code"], code, "{last}");
    last
}

#[actix_web::test]
async fn what_goes_wrong_on_the_way_is_the_last_line() {
    let rows = format!("{ROW}\n").repeat(3);
    let state = Data::new(small(200));
    let answer = send_to(
        state,
        request("application/x-ndjson", packed(rows.as_bytes())).insert_header(("content-encoding", "gzip")),
    )
    .await;
    assert_eq!(answer.status, 200);
    end(&answer, "payload_too_large");

    let broken = request("application/x-ndjson", "no gzip at all").insert_header(("content-encoding", "gzip"));
    end(&send(broken).await, "malformed");
    let mut cut = packed(rows.as_bytes());
    cut.truncate(cut.len() / 2);
    end(&send(request("application/x-ndjson", cut).insert_header(("content-encoding", "gzip"))).await, "malformed");
}

#[actix_web::test]
async fn gzip_goes_both_ways() {
    let rows = rows::mixed(500);
    let plain = ndjson(rows.as_bytes()).await;
    let both = request("application/x-ndjson", packed(rows.as_bytes()))
        .insert_header(("content-encoding", "gzip"))
        .insert_header(("accept-encoding", "gzip"));
    let both = send(both).await;
    assert_eq!(both.header("content-encoding"), "gzip");
    let mut unpacked = Vec::new();
    GzDecoder::new(both.body.as_ref()).read_to_end(&mut unpacked).expect("gzip");
    assert!(unpacked == plain.body);
}

#[actix_web::test]
async fn the_service_and_the_command_line_give_the_same_bytes() {
    let rows = rows::mixed(600);
    for (query, accept, flags) in [
        ("", "application/x-ndjson", ""),
        ("?detail=lines", "application/x-ndjson", " --detail lines"),
        ("", "text/csv", " --output-format csv"),
    ] {
        let answer = request("application/x-ndjson", rows.as_bytes()).uri(&format!("/v1/batch{query}"));
        let answer = send(answer.insert_header(("accept", accept))).await.text();
        for jobs in [1, 2] {
            let transcript = crossover_with(&format!("batch --jobs {jobs}{flags}"), Some(&rows));
            assert!(transcript.stdout == answer, "{query} {accept} {jobs}");
            assert_eq!(transcript.exit, 1, "{}", transcript.stderr);
        }
    }
}

fn head(length: &str) -> String {
    format!(
        "POST /v1/batch HTTP/1.1\r\nHost: test\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n{length}\r\n\r\n"
    )
}

fn piece(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

/// Reads lines of an answer until one holds a text.
fn read_until(reader: &mut BufReader<TcpStream>, words: &str) -> String {
    let mut line = String::new();
    while !line.contains(words) {
        line.clear();
        assert!(reader.read_line(&mut line).expect("the server answers") > 0, "no `{words}`");
    }
    line
}

#[test]
fn a_row_is_answered_before_the_next_one_is_sent() {
    let server = Running::start(ServeConfig { body_timeout: Duration::from_secs(5), ..config() });
    let mut stream = server.connect();
    let mut reader = BufReader::new(stream.try_clone().expect("a handle"));
    stream.write_all(head("Transfer-Encoding: chunked").as_bytes()).expect("the server reads");
    for id in ["first", "second", "third"] {
        stream.write_all(piece(&(ROW.replace("\"a\"", &format!("\"{id}\"")) + "\n")).as_bytes()).expect("it reads");
        assert!(read_until(&mut reader, id).contains("\"ok\":true"));
    }
    stream.write_all(b"0\r\n\r\n").expect("the server reads");
    let mut rest = String::new();
    reader.read_to_string(&mut rest).expect("an end");
    assert!(rest.ends_with("0\r\n\r\n"), "{rest}");
}

#[test]
fn a_batch_that_pauses_too_long_ends_with_a_line_that_says_so() {
    let server = Running::start(config());
    let mut stream = server.connect();
    stream.write_all(head("Transfer-Encoding: chunked").as_bytes()).expect("the server reads");
    stream.write_all(piece(&format!("{ROW}\n{{\"half")).as_bytes()).expect("the server reads");
    let mut reader = BufReader::new(stream);
    assert!(read_until(&mut reader, "\"ok\"").contains("\"monthly\":\"36.50\""));
    let last = read_until(&mut reader, "\"ok\"");
    assert!(last.contains("\"code\":\"request_timeout\"") && last.contains("within 300 ms"), "{last}");
    read_until(&mut reader, "0\r\n");
}

/// The time for the body rests while the client does not read, and nobody else waits for it.
#[test]
fn a_client_that_does_not_read_holds_nobody_up() {
    let server = Running::start(config());
    let mut lazy = server.connect();
    // More than the operating system keeps for a connection, in both directions.
    let rows = format!("{ROW}\n").repeat(1_000_000);
    lazy.write_all(head(&format!("Content-Length: {}", rows.len())).as_bytes()).expect("the server reads");
    let mut writer = lazy.try_clone().expect("a handle");
    let writing = std::thread::spawn(move || writer.write_all(rows.as_bytes()));
    // By now its answers fill every buffer on the way, and more time has passed than a pause may last.
    std::thread::sleep(Duration::from_secs(1));
    let started = Instant::now();
    let mut other = server.connect();
    let body = format!("{ROW}\n");
    other
        .write_all(format!("{}{body}", head(&format!("Content-Length: {}", body.len()))).as_bytes())
        .expect("it reads");
    assert!(read_to_end(&mut other).contains("\"monthly\":\"36.50\""));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert!(!writing.is_finished(), "the server reads no further than its client");
    let mut reader = BufReader::new(lazy);
    let line = read_until(&mut reader, "\"ok\"");
    assert!(line.contains("\"ok\":true"), "{line}");
    drop(reader);
    drop(server);
    // It ends in one way or the other, once nobody reads.
    let _ = writing.join().expect("no panic");
}

/// With one thread for rows, minutes of work are given up when their client goes away.
#[test]
fn a_client_that_goes_away_stops_the_work() {
    let server = Running::start(config());
    let mut gone = server.connect();
    let rows = format!("{SLOW_ROW}\n").repeat(2_000);
    gone.write_all(head(&format!("Content-Length: {}", rows.len())).as_bytes()).expect("the server reads");
    gone.write_all(rows.as_bytes()).expect("the server reads");
    std::thread::sleep(Duration::from_millis(200));
    drop(gone);
    let mut other = server.connect();
    let body = format!("{ROW}\n");
    other
        .write_all(format!("{}{body}", head(&format!("Content-Length: {}", body.len()))).as_bytes())
        .expect("it reads");
    assert!(read_to_end(&mut other).contains("\"monthly\":\"36.50\""));
}
