//! What only shows on a real connection: slow clients, large bodies, and stopping.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use actix_web::web::Data;
use crossover::config::ServeConfig;
use crossover::http::body::Limits;
use crossover::http::listen;
use crossover::http::state::{Batching, State};
use tokio::sync::oneshot;

use crate::http::{catalog, today};

/// A server of its own, on a thread of its own.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub(crate) fn start(config: ServeConfig) -> Self {
        let (tell, told) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let limits = Limits { bytes: config.body_limit_bytes, time: config.body_timeout };
                let batching = Batching { limit_bytes: config.batch_limit_bytes, threads: config.batch_threads };
                let state = State::new(limits, today).with_batching(batching);
                state.activate(catalog());
                let stop = async { stopped.await.unwrap_or_default() };
                let listening = listen(&config, Data::new(state), stop).expect("a free port");
                tell.send(listening.address).expect("a waiting test");
                listening.server.await.expect("a clean end");
            });
        });
        let address = told.recv().expect("an address");
        Self { address, stop: Some(stop), thread: Some(thread) }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
        stream
    }

    /// Sends bytes on a new connection, and reads until the server closes it.
    fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        stream.write_all(bytes).expect("the server reads");
        read_to_end(&mut stream)
    }

    fn tell_to_stop(&mut self) {
        self.stop.take().expect("stopped once").send(()).expect("a running server");
    }

    fn wait(mut self) {
        self.thread.take().expect("waited for once").join().expect("no panic");
    }
}

pub(crate) fn read_to_end(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        // The other side may close while bytes of ours are on the way; what it said came before.
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => panic!("{error}; so far {}", String::from_utf8_lossy(&answer)),
    }
    String::from_utf8_lossy(&answer).into_owned()
}

pub(crate) fn config() -> ServeConfig {
    ServeConfig::for_testing("unused.db")
}

const BODY: &str = r#"{"region": "us-east-1", "usage": {"connections": 1}}"#;

fn head(length: usize) -> String {
    format!(
        "POST /v1/estimates/site_to_site_vpn HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n"
    )
}

#[test]
fn a_body_that_never_comes_is_a_timeout() {
    let server = Running::start(config());
    let started = Instant::now();
    let answer = server.exchange(format!("{}\r\n{{\"region\": ", head(500)).as_bytes());
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("\"code\":\"request_timeout\""), "{answer}");
    assert!(answer.contains("did not arrive within 300 ms"), "{answer}");
    assert!(started.elapsed() < Duration::from_secs(9), "{:?}", started.elapsed());
}

#[test]
fn a_head_that_never_comes_is_a_timeout() {
    let server = Running::start(config());
    let answer = server.exchange(b"GET /healthz HTTP/1.1\r\nHost: te");
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[test]
fn headers_beyond_measure_are_refused() {
    let server = Running::start(config());
    let head = format!("GET /healthz HTTP/1.1\r\nHost: test\r\nX-Long: {}\r\n\r\n", "x".repeat(300_000));
    let answer = server.exchange(head.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[test]
fn a_large_body_is_refused_before_it_is_read() {
    let server = Running::start(config());
    let mut stream = server.connect();
    let megabyte = vec![b' '; 1024 * 1024];
    stream.write_all(format!("{}\r\n", head(10 * megabyte.len())).as_bytes()).expect("the server reads");
    for _ in 0..10 {
        if stream.write_all(&megabyte).is_err() {
            break;
        }
    }
    let answer = read_to_end(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("\"code\":\"payload_too_large\""), "{answer}");
}

#[test]
fn a_large_body_of_unsaid_length_is_refused_too() {
    let server = Running::start(ServeConfig { body_limit_bytes: 100, ..config() });
    let chunks = format!("10\r\n{}\r\n", "x".repeat(16)).repeat(10);
    let request = format!(
        "POST /v1/estimates HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nConnection: close\r\n\
         Transfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n"
    );
    let answer = server.exchange(request.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[test]
fn a_head_request_gets_no_body() {
    let server = Running::start(config());
    let answer = server.exchange(b"HEAD /healthz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
}

#[test]
fn stopping_finishes_what_runs_and_takes_nothing_new() {
    let mut server = Running::start(ServeConfig { body_timeout: Duration::from_secs(5), ..config() });
    let mut running = server.connect();
    let idle = server.connect();
    let (first, second) = BODY.split_at(10);
    running.write_all(format!("{}\r\n{first}", head(BODY.len())).as_bytes()).expect("the server reads");
    // The server has the request once it has answered another one that came after it.
    let other = server.exchange(b"GET /healthz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    assert!(other.starts_with("HTTP/1.1 200"), "{other}");

    server.tell_to_stop();
    running.write_all(second.as_bytes()).expect("the server still reads");
    let answer = read_to_end(&mut running);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("\"monthly\":\"36.50\""), "{answer}");
    drop(idle);
    let address = server.address;
    server.wait();
    assert!(TcpStream::connect(address).is_err(), "the port is free again");
}

#[test]
fn stopping_does_not_wait_for_ever() {
    let shutdown_timeout = Duration::from_secs(1);
    let mut server = Running::start(ServeConfig { body_timeout: Duration::from_mins(1), shutdown_timeout, ..config() });
    let mut running = server.connect();
    running.write_all(format!("{}\r\n{{", head(500)).as_bytes()).expect("the server reads");
    let started = Instant::now();
    server.tell_to_stop();
    server.wait();
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
}
