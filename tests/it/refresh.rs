//! Fetching what AWS has published since, from a server of our own that serves the same tree, well or badly.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crossover::import::refresh::{RefreshOptions, RefreshReport, refresh};
use crossover::import::{ImportError, Progress};

use crate::price_lists::{Offer, Row, Stored, meter, serving, versions};

/// What the server does the next times it is asked for a path, before it does as it should.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    /// It says that it is busy, and for how many seconds.
    Busy(u32),
    /// It closes the connection after half of what is left.
    Cut,
    /// It says that it failed.
    Failing,
}

#[derive(Debug, Default)]
struct Tree {
    files: HashMap<String, String>,
    trouble: HashMap<String, Vec<Trouble>>,
    /// Every request: the path, and the first byte asked for.
    asked: Vec<(String, u64)>,
}

/// A server on loopback. It ends with the test.
struct Server {
    address: SocketAddr,
    tree: Arc<Mutex<Tree>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let tree = Arc::new(Mutex::new(Tree::default()));
        let served = Arc::clone(&tree);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let tree = Arc::clone(&served);
                thread::spawn(move || answer(stream, &tree));
            }
        });
        Self { address, tree }
    }

    fn put(&self, path: &str, text: impl Into<String>) {
        self.tree.lock().expect("the tree").files.insert(path.to_owned(), text.into());
    }

    fn trouble(&self, path: &str, troubles: &[Trouble]) {
        self.tree.lock().expect("the tree").trouble.insert(path.to_owned(), troubles.to_vec());
    }

    fn asked(&self, path: &str) -> Vec<u64> {
        let tree = self.tree.lock().expect("the tree");
        tree.asked.iter().filter(|(asked, _)| asked == path).map(|(_, from)| *from).collect()
    }
}

fn answer(stream: TcpStream, tree: &Mutex<Tree>) {
    let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
    let Some(Ok(first)) = lines.next() else { return };
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut from = 0;
    for line in lines.map_while(Result::ok).take_while(|line| !line.is_empty()) {
        if let Some(range) = line.to_lowercase().strip_prefix("range: bytes=") {
            from = range.trim_end_matches('-').parse().expect("a range");
        }
    }
    let (file, trouble) = {
        let mut tree = tree.lock().expect("the tree");
        tree.asked.push((path.clone(), from));
        let trouble = tree.trouble.get_mut(&path).filter(|left| !left.is_empty()).map(|left| left.remove(0));
        (tree.files.get(&path).cloned(), trouble)
    };
    let mut stream = stream;
    let mut send = |head: String, body: &str| {
        let _ = stream.write_all(format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n{body}").as_bytes());
        let _ = stream.flush();
    };
    match (file, trouble) {
        (_, Some(Trouble::Busy(seconds))) => {
            send(format!("503 Service Unavailable\r\nRetry-After: {seconds}\r\nContent-Length: 0"), "");
        }
        (_, Some(Trouble::Failing)) => send("500 Internal Server Error\r\nContent-Length: 0".to_owned(), ""),
        (None, _) => send("404 Not Found\r\nContent-Length: 0".to_owned(), ""),
        (Some(file), trouble) => {
            let total = file.len();
            let rest = &file[usize::try_from(from).expect("small").min(total)..];
            let head = match (from, rest.len()) {
                (0, length) => format!("200 OK\r\nContent-Length: {length}"),
                (_, 0) => format!("416 Range Not Satisfiable\r\nContent-Range: bytes */{total}\r\nContent-Length: 0"),
                (_, length) => format!(
                    "206 Partial Content\r\nContent-Length: {length}\r\nContent-Range: bytes {from}-{}/{total}",
                    total - 1
                ),
            };
            let part = if matches!(trouble, Some(Trouble::Cut)) { &rest[..rest.len() / 2] } else { rest };
            send(head, part);
        }
    }
}

const INDEX: &str = "/offers/v1.0/aws/index.json";
const VPN_INDEX: &str = "/offers/v1.0/aws/AmazonVPC/current/region_index.json";

fn vpn_path(version: &str) -> String {
    format!("/offers/v1.0/aws/AmazonVPC/{version}/us-east-1/index.csv")
}

/// Publishes a version of one offer in one Region.
fn publish(server: &Server, version: &str, rows: Vec<Row>, published: &'static str) {
    let offers = format!(
        r#"{{"formatVersion":"v1.0","disclaimer":"","publicationDate":"2026-06-02T10:00:00Z","offers":{{
        "AmazonVPC":{{"offerCode":"AmazonVPC","versionIndexUrl":"/x","currentVersionUrl":"/y","currentRegionIndexUrl":"{VPN_INDEX}"}},
        "AmazonNothing":{{"offerCode":"AmazonNothing","currentRegionIndexUrl":"/none.json"}}}}}}"#
    );
    server.put(INDEX, offers);
    let json = vpn_path(version).replace(".csv", ".json");
    server.put(
        VPN_INDEX,
        format!(
            r#"{{"formatVersion":"v1.0","regions":{{"us-east-1":{{"regionCode":"us-east-1","currentVersionUrl":"{json}"}},
            "us-gov-west-1":{{"regionCode":"us-gov-west-1","currentVersionUrl":"/gov.json"}}}}}}"#
        ),
    );
    server.put(&vpn_path(version), Offer::new("AmazonVPC", published, rows).csv());
}

async fn refreshed(stored: &Stored, server: &Server) -> Result<RefreshReport, ImportError> {
    let options = RefreshOptions {
        base_url: format!("http://{}/", server.address),
        first_wait: Duration::from_millis(5),
        ..RefreshOptions::into_folder(stored.folder.path().join("downloads"))
    };
    refresh(&stored.store, options, serving(), Arc::new(Progress::default())).await
}

#[actix_web::test]
async fn only_what_is_new_is_fetched_and_what_is_gone_ends() {
    let (stored, server) = (Stored::new().await, Server::start());
    let wanted = crossover::services::SERVICES.iter().flat_map(|service| service.meters);
    let second =
        wanted.filter(|spec| spec.service_code == "AmazonVPC" && spec.usage_type.starts_with("TransitGateway-Hours"));
    let second = second.map(|spec| spec.operation).next().expect("a second meter of the offer");
    let tgw = || Row::new("TGW", "TransitGateway-Hours", second, "us-east-1", "0.06");
    publish(&server, "20260602100000", vec![Row::vpn("0.06"), tgw()], "2026-06-02");
    let report = refreshed(&stored, &server).await.expect("a refresh");
    assert_eq!((report.listed, report.unchanged), (1, 0));
    assert_eq!(report.import.expect("an import").written.map(|written| written.edition), Some(2));
    assert!(!stored.folder.path().join("downloads").exists(), "nothing is left behind");
    let vpn = meter("AmazonVPC", "us-east-1", "VPN-Usage-Hours:ipsec.1", "CreateVpnConnection");
    let catalog = stored.catalog().await;
    let price = catalog.price(&vpn, "2026-11-22".parse().expect("a date")).expect("a price");
    let source = catalog.sources.get(&price.source).expect("its source");
    assert!(source.location.ends_with("/AmazonVPC/20260602100000/us-east-1/index.csv"), "{}", source.location);

    let report = refreshed(&stored, &server).await.expect("a refresh");
    assert_eq!((report.listed, report.unchanged, report.import), (1, 1, None));
    assert_eq!(server.asked(&vpn_path("20260602100000")), [0]);

    // The next version lists the attachment no more: it ends on the day of the version, and is no price of the seed again.
    publish(&server, "20260702100000", vec![Row::vpn("0.06")], "2026-07-02");
    let report = refreshed(&stored, &server).await.expect("a refresh").import.expect("an import");
    assert_eq!(report.summary.total.removed, 1, "{:?}", report.changes);
    let attachment = meter("AmazonVPC", "us-east-1", "TransitGateway-Hours", second);
    let found = versions(&stored.catalog().await, &attachment);
    assert_eq!(found.last().map(String::as_str), Some("2026-06-01..2026-07-02=0.06"), "{found:?}");
}

#[actix_web::test]
async fn a_download_that_is_cut_goes_on_where_it_stopped() {
    let (stored, server) = (Stored::new().await, Server::start());
    publish(&server, "20260602100000", vec![Row::vpn("0.06")], "2026-06-02");
    let path = vpn_path("20260602100000");
    server.trouble(&path, &[Trouble::Cut, Trouble::Busy(0), Trouble::Cut, Trouble::Failing]);
    let report = refreshed(&stored, &server).await.expect("a refresh");
    assert!(report.import.expect("an import").written.is_some());
    let asked = server.asked(&path);
    assert_eq!(asked.len(), 5, "{asked:?}");
    assert_eq!(asked[0], 0);
    assert!(asked[1] > 0 && asked[1] == asked[2] && asked[3] > asked[2] - 1 && asked[4] > asked[1], "{asked:?}");
}

#[actix_web::test]
async fn a_busy_server_is_given_the_time_it_asks_for() {
    let (stored, server) = (Stored::new().await, Server::start());
    publish(&server, "20260602100000", vec![Row::vpn("0.06")], "2026-06-02");
    server.trouble(INDEX, &[Trouble::Busy(1)]);
    let since = std::time::Instant::now();
    refreshed(&stored, &server).await.expect("a refresh");
    assert!(since.elapsed() >= Duration::from_secs(1));
}

#[actix_web::test]
async fn what_cannot_be_fetched_is_said_and_changes_nothing() {
    let (stored, server) = (Stored::new().await, Server::start());
    let failed = async |words: &str| {
        let error = refreshed(&stored, &server).await.expect_err(words).to_string();
        assert!(error.contains(words), "expected: {words}\nfound: {error}");
        assert_eq!(stored.store.editions().await.expect("editions").len(), 1);
    };
    failed("/offers/v1.0/aws/index.json answers 404 Not Found").await;
    server.put(INDEX, "<html>");
    failed("it is no service index").await;
    publish(&server, "20260602100000", vec![Row::vpn("0.06")], "2026-06-02");
    server.trouble(INDEX, &[Trouble::Failing; 9]);
    failed("could not be fetched in 6 tries: ").await;
    server.trouble(INDEX, &[]);
    // The file is not what the index promises; the next time it is fetched anew.
    let path = vpn_path("20260602100000");
    server.put(&path, "<html>maintenance</html>\n");
    failed("index.csv:1: found `<html>maintenance</html>`; expected a price list of AWS").await;
    publish(&server, "20260602100000", vec![Row::vpn("0.06")], "2026-06-02");
    assert!(refreshed(&stored, &server).await.expect("a refresh").import.is_some());
}

#[actix_web::test]
async fn names_that_are_not_known_are_refused() {
    let (stored, server) = (Stored::new().await, Server::start());
    publish(&server, "20260602100000", vec![Row::vpn("0.06")], "2026-06-02");
    let with = async |services: &[&str], regions: &[&str]| {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let options = RefreshOptions {
            base_url: format!("http://{}", server.address),
            services: owned(services),
            regions: owned(regions),
            ..RefreshOptions::into_folder(stored.folder.path().join("downloads"))
        };
        refresh(&stored.store, options, serving(), Arc::new(Progress::default())).await
    };
    let error = with(&["AmazonVCP"], &[]).await.expect_err("no such service").to_string();
    assert!(error.contains("`AmazonVCP` is no service of AWS's index; did you mean `AmazonVPC`?"), "{error}");
    let error = with(&[], &["us-est-1"]).await.expect_err("no such Region").to_string();
    assert!(error.contains("`us-est-1` is no Region; did you mean `us-east-1`?"), "{error}");
    let report = with(&["AmazonVPC"], &["eu-west-1"]).await.expect("nothing to do");
    assert_eq!(report.listed, 0);
}
