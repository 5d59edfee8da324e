//! The service as it is run: a process that makes its database, says where it listens, answers, logs, and stops when it
//! is told to.

#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The admin token of the service.
const TOKEN: &str = "a-token-of-the-tests-0123456789";

/// A running service; ended with the test, whatever happens.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        // Where it has ended already, there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: test\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n")
        .expect("the server reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn the_service_makes_its_database_answers_logs_and_stops() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("prices.db");
    for edition_is_new in [true, false] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_crossover"))
            .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--database"])
            .arg(&database)
            .env_remove("CROSSOVER_LOG")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program");
        let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
        let mut stderr = child.stderr.take().expect("its log");
        let mut service = Service(child);
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        let address = line.strip_prefix("listening on http://").expect(&line).trim_end();

        // As many as there are workers and more: none of them may stand still.
        for _ in 0..20 {
            assert!(get(address, "/healthz").starts_with("HTTP/1.1 200"));
        }
        assert!(get(address, "/readyz").starts_with("HTTP/1.1 200"));

        let told = Instant::now();
        let id = service.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill").success());
        let status = service.0.wait().expect("an end");
        assert!(status.success(), "{status}");
        assert!(told.elapsed() < Duration::from_secs(10), "{:?}", told.elapsed());

        let mut log = String::new();
        stderr.read_to_string(&mut log).expect("UTF-8");
        let events: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
        let count = |message: &str| events.iter().filter(|event| event["message"] == message).count();
        assert_eq!(count("request"), 21, "{log}");
        assert_eq!(count("added the prices of this version"), usize::from(edition_is_new), "{log}");
        assert_eq!(count("stopped"), 1, "{log}");
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).expect("UTF-8");
        assert_eq!(rest, "", "nothing else goes to standard output");
    }
}

#[test]
fn an_address_that_is_taken_is_a_failure_that_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_crossover"))
        .args(["serve", "--listen", &address, "--database"])
        .arg(folder.path().join("prices.db"))
        .output()
        .expect("the program");
    assert!(!output.status.success());
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(words.contains(&format!("the address {address} cannot be listened on")), "{words}");
    assert_eq!(output.stdout, b"");
}

/// One process serves, another writes to the same file: a price book that it puts is served within seconds, and neither
/// sees a lock of the other.
#[test]
fn a_price_book_of_another_process_is_served_within_seconds() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("prices.db");
    let mut child = Command::new(env!("CARGO_BIN_EXE_crossover"))
        .args(["serve", "--listen", "127.0.0.1:0", "--database"])
        .arg(&database)
        .env("CROSSOVER_ADMIN_TOKEN", TOKEN)
        .env_remove("CROSSOVER_LOG")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program");
    let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
    let mut stderr = child.stderr.take().expect("its log");
    let mut service = Service(child);
    let mut line = String::new();
    stdout.read_line(&mut line).expect("a line");
    let address = line.strip_prefix("listening on http://").expect(&line).trim_end().to_owned();

    let file = folder.path().join("book.yaml");
    std::fs::write(&file, "rates: [ { discount_percent: 10 } ]").expect("a file");
    let run = |args: &[&std::ffi::OsStr]| {
        let output = Command::new(env!("CARGO_BIN_EXE_crossover")).args(args).output().expect("the program");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let at = ["--database".as_ref(), database.as_os_str()];
    run(&[["price-books".as_ref(), "put".as_ref(), "acme".as_ref(), file.as_os_str()].as_slice(), &at].concat());
    let put = Instant::now();
    while !get(&address, "/v1/price_books/acme").starts_with("HTTP/1.1 200") {
        assert!(put.elapsed() < Duration::from_secs(5), "it is not served yet");
        std::thread::sleep(Duration::from_millis(50));
    }
    let copy = folder.path().join("copy.db");
    run(&[["backup".as_ref(), copy.as_os_str()].as_slice(), &at].concat());

    // The service writes to the file as well, and answers from that at once.
    let body = r#"{"rates": [{"discount_percent": 20}]}"#;
    let mut stream = TcpStream::connect(&address).expect("a connection");
    write!(
        stream,
        "PUT /v1/price_books/acme HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .expect("the server reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"revision\":2"), "{answer}");
    assert!(get(&address, "/v1/price_books/acme@2").starts_with("HTTP/1.1 200"));

    let id = service.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill").success());
    assert!(service.0.wait().expect("an end").success());
    let mut log = String::new();
    stderr.read_to_string(&mut log).expect("UTF-8");
    assert!(log.contains("/v1/price_books/acme") && !log.contains(TOKEN), "{log}");
}
