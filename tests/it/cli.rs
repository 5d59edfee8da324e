//! The command line: what it reads, writes and ends with.

use std::fs;
use std::io::{self, BufRead, BufReader, Cursor, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use clap::CommandFactory;
use crossover::cli::fault::Fault;
use crossover::cli::{Cli, Exit, Shell, run};
use crossover::domain::problem::{Code, Problem};
use serde_json::Value;
use tempfile::TempDir;

use crate::http::{catalog, get, today};

/// What a command line wrote, and how it ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Transcript {
    pub(crate) exit: u8,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Transcript {
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Standard output, where all went well.
    #[track_caller]
    pub(crate) fn answer(self) -> String {
        assert_eq!((self.exit, self.stderr.as_str()), (0, ""), "{}", self.stdout);
        self.stdout
    }

    /// Standard error, where it ended with a code and wrote no answer.
    #[track_caller]
    pub(crate) fn refusal(self, exit: Exit) -> String {
        assert_eq!((self.exit, self.stdout.as_str()), (exit.code(), ""), "{}", self.stderr);
        self.stderr
    }
}

/// Runs a command line, its arguments parted by spaces, with a text on standard input.
pub(crate) fn crossover_with(line: &str, stdin: Option<&str>) -> Transcript {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let exit = run(
        std::iter::once("crossover").chain(line.split(' ')).map(Into::into),
        &mut Shell {
            stdin: Box::new(Cursor::new(stdin.unwrap_or_default().to_owned())),
            stdin_is_terminal: stdin.is_none(),
            stdout: &mut stdout,
            stdout_is_terminal: false,
            stderr: &mut stderr,
            stderr_is_terminal: false,
            clock: today,
            seed: &|| Ok(catalog()),
        },
    );
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Transcript { exit: exit.code(), stdout: text(stdout), stderr: text(stderr) }
}

/// Runs a command line with a person at the keyboard.
pub(crate) fn crossover(line: &str) -> Transcript {
    crossover_with(line, None)
}

/// A folder with one file.
pub(crate) fn file(name: &str, text: &str) -> (TempDir, String) {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, text).expect("a file");
    let path = path.to_string_lossy().into_owned();
    (folder, path)
}

const ONE_VPN: &str = r#"{"region":"us-east-1","usage":{"connections":1}}"#;

#[test]
fn the_command_line_is_well_formed() {
    Cli::command().debug_assert();
}

#[test]
fn help_names_the_exit_codes() {
    for line in ["--help", "estimate --help", "decide --help"] {
        let help = crossover(line).answer();
        for code in
            ["0 answered", "1 the request was refused", "2 the command line", "3 the pricing data", "4 the program"]
        {
            assert!(help.replace('\n', " ").contains(code), "{line}: {help}");
        }
    }
    assert!(crossover("--version").answer().starts_with("crossover "));
}

#[test]
fn an_estimate_reads_well() {
    let line = "estimate site_to_site_vpn --region us-east-1 --usage connections=2 gateway=transit_gateway \
                data_out_gb=20480 data_in_gb=5 --free-tier always";
    insta::assert_snapshot!(crossover(line).answer(), @r"
    site_to_site_vpn in us-east-1

    Line                                                       Quantity  Unit  USD a unit  USD a month  Source
    ----------------------------------------------------------------------------------------------------------
    VPN connection hours                                           1460  Hrs         0.05        73.00  [1]
      2 connections × 730 hours
    Transit gateway attachment hours, one for each connection      1460  Hrs         0.05        73.00  [2]
      2 attachments × 730 hours
    Transit gateway data processing, from your side                   5  GB          0.02         0.10  [2]
    Transit gateway data processing, to your side                 20480  GB          0.02       409.60  [2]
    Data transfer out to the internet                             20480  GB                    1783.50  [3]
      100 GB of it free
      10240 GB × 0.09 = 921.6 (from 0 to 10240)
      10140 GB × 0.085 = 861.9 (from 10240 to 51200)
    ----------------------------------------------------------------------------------------------------------
    Total a month                                                                              2339.20
    Total for 12 months                                                                       28070.40

    Assumed
      month_hours = 730: AWS estimates a month as 730 hours; send `month_hours` or `month` for another

    Not included
      Your side: customer gateway device, internet access, people
      The public IPv4 addresses of the tunnels, which AWS bills by the hour: add them with `public_ipv4`
      VPC attachments of the transit gateway: see `transit_gateway`
      Connections that end on AWS Cloud WAN: see `cloud_wan`
      Data of a connection over Direct Connect: see `direct_connect`
      Acceleration of sites on a concentrator
      Logs of the tunnels in CloudWatch

    Prices as of 2026-11-22, edition 1
      [1] Price List quotes for Tokyo, Osaka, N. Virginia (github 0-draft/on-ramp docs/02,04,05,09):
        seen on 2026-09-17, high confidence, layer seed, edition 1
      [2] AWS pricing-page feed vpc (github lamngockhuong/aws-price@508fb45 lib/data/pricing/vpc.json
        (verbatim copy of b0.p.awsstatic.com pricing-page feed)): seen on 2025-11-04, high confidence,
        layer seed, edition 1
      [3] Price List quotes for us-east-1 (ALB, NAT, IPv4, transfer, DynamoDB, EBS): seen on 2026-09-16,
        high confidence, layer seed, edition 1
    ");
}

#[test]
fn several_resources_read_well() {
    let many = r#"{"region":"us-east-1","resources":[
        {"name":"office","service":"site_to_site_vpn","usage":{"connections":1}},
        {"name":"users","service":"client_vpn","region":"eu-west-1","usage":{"subnet_associations":2,"connection_hours":1600}}]}"#;
    insta::assert_snapshot!(crossover_with("estimate", Some(many)).answer(), @r"
    Line                                  Quantity  Unit  USD a unit  USD a month  Source
    -------------------------------------------------------------------------------------
    office (site_to_site_vpn, us-east-1)
      VPN connection hours                     730  Hrs         0.05        36.50  [1]
        1 connections × 730 hours
                                                                            36.50

    users (client_vpn, eu-west-1)
      Subnet association hours                1460  Hrs          0.1       146.00  [2]
        2 associations × 730 hours
      Client connection hours                 1600  Hrs         0.05        80.00  [2]
                                                                           226.00
    -------------------------------------------------------------------------------------
    Total a month                                                          262.50
    Total for 12 months                                                   3150.00

    Assumed
      gateway = virtual_private_gateway: a standard connection does not need a transit gateway
      month_hours = 730: AWS estimates a month as 730 hours; send `month_hours` or `month` for another

    Not included
      site_to_site_vpn: Your side: customer gateway device, internet access, people
      site_to_site_vpn: The public IPv4 addresses of the tunnels, which AWS bills by the hour: add them
        with `public_ipv4`
      site_to_site_vpn: VPC attachments of the transit gateway: see `transit_gateway`
      site_to_site_vpn: Connections that end on AWS Cloud WAN: see `cloud_wan`
      site_to_site_vpn: Data of a connection over Direct Connect: see `direct_connect`
      site_to_site_vpn: Acceleration of sites on a concentrator
      site_to_site_vpn: Logs of the tunnels in CloudWatch
      client_vpn: Endpoints attached to a transit gateway instead of subnets, with their attachment and
        data processing
      client_vpn: User directories, certificates of AWS Private Certificate Authority, and connection
        logs in CloudWatch
      client_vpn: NAT gateways and public IPv4 addresses behind the endpoint, for users who reach the
        internet through it

    Prices as of 2026-11-22, edition 1
      [1] Price List quotes for Tokyo, Osaka, N. Virginia (github 0-draft/on-ramp docs/02,04,05,09):
        seen on 2026-09-17, high confidence, layer seed, edition 1
      [2] AWS pricing-page feed vpc (github lamngockhuong/aws-price@508fb45 lib/data/pricing/vpc.json
        (verbatim copy of b0.p.awsstatic.com pricing-page feed)): seen on 2025-11-04, high confidence,
        layer seed, edition 1
    ");
}

#[test]
fn a_decision_reads_well() {
    let text =
        crossover("decide hybrid_connectivity --region us-east-1 --input gb_out_month=20000 peak_gbps=0.8").answer();
    for heading in [
        "hybrid_connectivity",
        "Recommended: ",
        "  built as: ",
        "  confidence: ",
        "Because",
        "Main drawback",
        "Alternative",
        "USD a month ",
        "?: due outside the AWS bill, and no figure was given",
        "Rejected",
        "Where the cheapest option changes",
        "Regimes",
        "What would change the answer",
        "How sure",
        "Assumed",
        "Not taken into account",
        "Prices as of 2026-11-22, edition 1",
    ] {
        assert!(text.lines().any(|line| line.starts_with(heading)), "{heading}: {text}");
    }
    assert!(text.lines().all(|line| line == line.trim_end()), "space at the end of a line: {text}");

    let text = crossover("decide hybrid_connectivity --region us-east-1 --input mtu_required=9500").answer();
    for words in ["No option meets all requirements.", "Ways out", "relax mtu_required"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn a_request_reads_alike_from_everywhere() {
    let expected = crossover_with("estimate site_to_site_vpn --format json", Some(ONE_VPN)).answer();
    let (_folder, json) = file("request.json", ONE_VPN);
    let (_other_folder, yaml) = file("request.yaml", "region: us-east-1\nusage:\n  connections: 1\n");
    for line in [
        "estimate site_to_site_vpn --format json --region us-east-1 --usage connections=1".to_owned(),
        format!("estimate site_to_site_vpn --format json --file {json}"),
        format!("estimate site_to_site_vpn --format json --file {yaml}"),
    ] {
        assert_eq!(crossover(&line).answer(), expected, "{line}");
    }
    for stdin in [ONE_VPN, "region: us-east-1\nusage: { connections: 1 }\n"] {
        let line = "estimate site_to_site_vpn --format json --file -";
        assert_eq!(crossover_with(line, Some(stdin)).answer(), expected, "{stdin}");
    }
}

#[test]
fn flags_go_over_a_file() {
    let (_folder, json) = file("request.json", r#"{"region":"us-east-1","usage":{"connections":1,"data_out_gb":10}}"#);
    let line =
        format!("estimate site_to_site_vpn --format json --file {json} --region eu-west-1 --usage connections=3");
    let answer = crossover(&line).json();
    assert_eq!(answer["by_resource"][0]["region"], "eu-west-1");
    assert_eq!(answer["lines"][0]["quantity"], "2190");
    assert_eq!(answer["lines"][1]["quantity"], "10");
}

#[test]
fn numbers_keep_all_their_digits() {
    let line = "estimate data_transfer --format json --region us-east-1 --usage data_out_gb=123456789.123456789012";
    assert_eq!(crossover(line).json()["lines"][0]["quantity"], "123456789.123456789012");
}

#[test]
fn a_refusal_says_where_and_how_to_mend_it() {
    let line = "estimate site_to_site_vpn --region us-est-1 --usage connections=-1 kind=standard --month-hours 800";
    insta::assert_snapshot!(crossover(line).refusal(Exit::Refused), @r"
    error[unknown_region] at /region: there is no Region `us-est-1`
      hint: did you mean `us-east-1`?
    error[out_of_range] at /month_hours: `month_hours` is 800; it must be from 1 to 744
    error[out_of_range] at /usage/connections: `connections` is -1; it must be from 0 to 10000
    ");
    let line = "estimate site_to_site_vpn --region us-east-1 --usage conections=1";
    insta::assert_snapshot!(crossover(line).refusal(Exit::Refused), @r"
    error[unknown_field] at /usage/conections: the field `conections` is not known here
      hint: did you mean `connections`?
      allowed: connections, kind, gateway, concentrators, hours, data_out_gb, data_in_gb, peer_geography
    ");
    let line = "estimate site_to_site_vpn --region us-east-1 --usage connections=1 kind=lagre";
    insta::assert_snapshot!(crossover(line).refusal(Exit::Refused), @r"
    error[unknown_value] at /usage/kind: `lagre` is not one of the allowed values
      hint: did you mean `large`?
      allowed: standard, large, accelerated, concentrator
    ");
    let line = "estimate nat_gateways --region us-east-1";
    assert!(crossover(line).refusal(Exit::Refused).starts_with("error[unknown_service]"), "{line}");
}

#[test]
fn a_wrong_command_line_says_what_to_write() {
    for (line, words) in [
        ("", "Usage: crossover <COMMAND>"),
        ("estimat", "a similar subcommand exists: 'estimate'"),
        ("estimate site_to_site_vpn", "there is no request"),
        ("estimate --region us-east-1 --usage connections=1", "`--usage` needs a service"),
        ("estimate site_to_site_vpn --usage connections", "has no `=`"),
        ("estimate site_to_site_vpn --usage a=1 a=2", "given twice"),
        ("estimate site_to_site_vpn --file nowhere.json", "`nowhere.json` cannot be read"),
        ("estimate site_to_site_vpn --format xml --region us-east-1", "[possible values: table, json, csv]"),
        ("estimate site_to_site_vpn --region us-east-1 --database nowhere.db", "there is no database `nowhere.db`"),
        ("prices list --edition one", "invalid digit"),
    ] {
        let refusal = crossover(line).refusal(Exit::Usage);
        assert!(refusal.contains(words), "{line}: {refusal}");
    }
}

#[test]
fn wrong_bodies_are_refused() {
    for (body, words) in [
        ("", "nothing was sent"),
        ("{", "not valid JSON"),
        ("region: [", "not valid YAML"),
        ("region: a\nregion: b\n", "duplicate"),
        ("- 1", "must be a JSON object"),
        (r#"{"region":"us-east-1","usage":{"connections":1e400}}"#, "beyond"),
        (r#"{"region":"us-east-1","usage":{"connections":0.1234567890123456}}"#, "send it as a string"),
    ] {
        let refusal = crossover_with("estimate site_to_site_vpn", Some(body)).refusal(Exit::Refused);
        assert!(refusal.contains(words), "{body}: {refusal}");
    }
    let large = format!("{{\"region\":\"{}\"}}", "x".repeat(9_000_000));
    let refusal = crossover_with("estimate site_to_site_vpn", Some(&large)).refusal(Exit::Refused);
    assert!(refusal.contains("error[payload_too_large]"), "{refusal}");
}

#[test]
fn a_missing_price_names_the_ways_out() {
    let line = "estimate direct_connect --region us-east-1 --usage kind=dedicated capacity=1Gbps location=us vif=public \
                data_out_gb=1000";
    let refusal = crossover(line).refusal(Exit::Refused);
    for words in
        ["error[price_not_available]", "`\"missing_prices\": \"derive\"`", "missing: AWSDirectConnect / us-east-1 /"]
    {
        assert!(refusal.contains(words), "{words}: {refusal}");
    }
    let omitted = crossover(&format!("{line} --missing-prices omit")).answer();
    assert!(omitted.contains("This total is NOT complete"), "{omitted}");
    let derived = crossover(&format!("{line} --missing-prices derive")).answer();
    assert!(derived.contains("derived: "), "{derived}");
}

/// The rows of a CSV text, by column.
fn rows(text: &str) -> Vec<std::collections::HashMap<String, String>> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<_, _>>().expect("CSV")
}

#[test]
fn csv_adds_up_exactly() {
    let line = "estimate data_transfer --region us-east-1 --usage data_out_gb=51200.5 --free-tier always";
    let rows = rows(&crossover(&format!("{line} --format csv")).answer());
    let sum = |column: &str| {
        rows.iter()
            .map(|row| row[column].parse::<rust_decimal::Decimal>().expect("a decimal"))
            .sum::<rust_decimal::Decimal>()
    };
    let answer = crossover(&format!("{line} --format json")).json();
    assert_eq!(sum("amount_usd").normalize().to_string(), answer["total"]["monthly_exact"]);
    assert_eq!(sum("quantity").normalize().to_string(), "51200.5");
    assert_eq!(rows.len(), 3, "the free part and two tiers");
}

#[test]
fn a_decision_as_csv_has_a_row_for_each_option() {
    let line = "decide hybrid_connectivity --region us-east-1 --input gb_out_month=20000";
    let answer = crossover(&format!("{line} --format json")).json();
    let rows = rows(&crossover(&format!("{line} --format csv")).answer());
    assert_eq!(rows.len(), answer["options"].as_array().expect("options").len());
    let recommended: Vec<&str> =
        rows.iter().filter(|row| row["recommended"] == "true").map(|row| row["option"].as_str()).collect();
    assert_eq!(recommended, [answer["recommendation"]["option"].as_str().expect("an option")]);
}

#[actix_web::test]
async fn lists_are_what_the_rest_service_sends() {
    for (line, path) in [
        ("services", "/v1/services"),
        ("services direct_connect", "/v1/services/direct_connect"),
        ("decisions", "/v1/decisions"),
        ("decisions hybrid_connectivity", "/v1/decisions/hybrid_connectivity"),
        ("regions", "/v1/regions"),
        ("prices list", "/v1/prices"),
        (
            "prices list --service-code AmazonVPC --region us-east-1 --usage-type VPN-Usage-Hours:ipsec.1 --limit 1",
            "/v1/prices?service_code=AmazonVPC&region=us-east-1&usage_type=VPN-Usage-Hours%3Aipsec.1&limit=1",
        ),
        ("openapi", "/openapi.json"),
    ] {
        let format = if line == "openapi" { "" } else { " --format json" };
        let line = format!("{line}{format}");
        // The command line runs a runtime of its own.
        let found = std::thread::spawn(move || crossover(&line).answer()).join().expect("a transcript");
        let sent = get(path).await;
        let (found, sent): (Value, Value) = (serde_json::from_str(&found).expect("JSON"), sent.json());
        assert_eq!(found, sent, "{path}");
    }
}

#[test]
fn lists_read_well_and_go_into_a_spreadsheet() {
    for (line, words, at_least) in [
        ("services", "site_to_site_vpn", 5),
        ("services direct_connect", "data_out.0.region (required)", 20),
        ("decisions", "VPN or Direct Connect?", 2),
        ("decisions hybrid_resiliency", "crossover decide hybrid_resiliency --region", 5),
        ("regions", "eu-west-1", 30),
        ("prices list --service-code AWSDirectConnect", "PortUsage:", 20),
    ] {
        let text = crossover(line).answer();
        assert!(text.contains(words), "{line}: {text}");
        assert!(text.lines().all(|line| line == line.trim_end()), "{line}: space at the end of a line");
        let rows = rows(&crossover(&format!("{line} --format csv")).answer());
        assert!(rows.len() >= at_least || line.starts_with("services d"), "{line}: {} rows", rows.len());
    }
}

#[test]
fn all_prices_are_listed_over_all_pages() {
    let listed = rows(&crossover("prices list --service-code AmazonVPC --format csv").answer());
    let meters: usize = catalog()
        .prices_of("AmazonVPC")
        .iter()
        .filter(|price| price.valid_on(today()))
        .map(|price| price.tiers.len())
        .sum();
    assert_eq!(listed.len(), meters);
    assert!(meters > 1_000, "more than a page");
}

#[test]
fn a_list_is_refused_as_a_request_is() {
    let refusal = crossover("prices list --region us-est-1 --limit 5000").refusal(Exit::Refused);
    for words in ["error[unknown_region] at --region", "did you mean `us-east-1`?", "error[out_of_range] at --limit"] {
        assert!(refusal.contains(words), "{refusal}");
    }
    assert!(crossover("services s3_vpn").refusal(Exit::Refused).starts_with("error[unknown_service]:"));
    let long = format!("prices list --usage-type {}", "x".repeat(100_000));
    assert!(crossover(&long).refusal(Exit::Usage).contains("`--usage-type` is too long"));
}

#[test]
fn data_is_checked_and_every_mistake_named() {
    assert!(crossover("prices check").answer().contains("the data inside the binary is sound"));
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/pricing-data");
    let answer = crossover(&format!("prices check {data}")).answer();
    let hash = &catalog().edition.hash;
    assert!(answer.contains(hash.as_str()), "the folder is what the binary holds: {answer}");

    let folder = TempDir::new().expect("a folder");
    copy(data.as_ref(), folder.path());
    let table = folder.path().join("prices/AmazonVPC.csv");
    let text = fs::read_to_string(&table).expect("a table");
    fs::write(&table, text.replacen(",0.05,", ",free,", 1).replacen("high", "certain", 1)).expect("a file");
    let refusal = crossover(&format!("prices check {}", folder.path().display())).refusal(Exit::Data);
    for words in ["prices/AmazonVPC.csv:", "column price_usd: found `free`", "column confidence: found `certain`"] {
        assert!(refusal.contains(words), "{refusal}");
    }
    assert!(refusal.lines().all(|line| line.starts_with("error[data]: ")), "{refusal}");
    assert!(crossover("prices check nowhere").refusal(Exit::Data).contains("`nowhere` cannot be read"));
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            fs::create_dir_all(&target).expect("a folder");
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}

#[test]
fn another_edition_is_refused_where_there_is_none() {
    let line = "estimate site_to_site_vpn --region us-east-1 --usage connections=1 --edition 7";
    assert!(
        crossover(line).refusal(Exit::Refused).contains("error[unknown_edition] at /edition: there is no edition 7")
    );
    let line = "prices list --edition 7";
    assert!(crossover(line).refusal(Exit::Refused).contains("error[unknown_edition]"));
}

#[test]
fn a_database_answers_as_the_binary_does() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("prices.db");
    actix_web::rt::System::new().block_on(async {
        let store = crossover::storage::Store::open(&path).await.expect("a store");
        store.seed(&crossover::catalog::seed::Files::embedded()).await.expect("a seeded store");
        store.close().await;
    });
    let database = format!("--database {}", path.display());
    for line in [
        "estimate site_to_site_vpn --region us-east-1 --usage connections=1 --format json",
        "estimate site_to_site_vpn --region us-east-1 --usage connections=1 --format json --edition 1",
        "decide hybrid_resiliency --region us-east-1 --input port_gbps=1 --format json",
        "prices list --service-code AWSDirectConnect --format json",
    ] {
        assert_eq!(crossover(&format!("{line} {database}")).answer(), crossover(line).answer(), "{line}");
    }
    let line = "estimate site_to_site_vpn --region us-east-1 --usage connections=1 --edition 2";
    assert!(crossover(&format!("{line} {database}")).refusal(Exit::Refused).contains("there is no edition 2"));

    let (_folder, text) =
        file("text.db", "this is no database, whatever its name says; it is a longer text than a page");
    let refusal = crossover(&format!("regions --database {text}")).refusal(Exit::Data);
    assert!(refusal.contains("is not a SQLite database"), "{refusal}");
}

#[test]
fn price_books_are_put_used_and_removed() {
    let folder = TempDir::new().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (database, book) = (format!("--database {}", path("prices.db")), path("book.yaml"));
    fs::write(&book, "note: our contract\nrates:\n  - { discount_percent: 10 }\n  - { service_code: AmazonVPC, discount_percent: 20 }\n")
        .expect("a file");
    let list = format!("price-books list {database}");
    assert!(crossover(&list).refusal(Exit::Usage).contains("there is no database"));
    let put = crossover(&format!("price-books put acme {book} {database}")).answer();
    assert!(put.starts_with("acme, revision 1, made at "), "a database is made where there is none: {put}");
    assert!(crossover(&list).answer().contains("our contract"));
    let shown = crossover(&format!("price-books show acme {database} --format json")).json();
    assert_eq!((&shown["revision"], &shown["rates"][1]["discount_percent"]), (&1.into(), &"20".into()));
    let rows = crossover(&format!("price-books show acme@1 {database} --format csv")).answer();
    assert!(rows.contains("\nAmazonVPC,,,,20,"), "{rows}");

    let vpn = "estimate site_to_site_vpn --region us-east-1 --as-of 2026-11-22 --usage connections=1";
    let answer = crossover(&format!("{vpn} {database} --price-book acme")).answer();
    for words in ["29.20", "price book acme@1, scope service: 20 % off; list price 0.05", ", price book acme@1"] {
        assert!(answer.contains(words), "{answer}");
    }
    let decide = "decide hybrid_resiliency --region us-east-1 --as-of 2026-11-22 --input port_gbps=1";
    assert!(crossover(&format!("{decide} {database} --price-book acme")).answer().contains(", price book acme@1"));
    assert!(
        crossover(&format!("{vpn} --price-book acme")).refusal(Exit::Refused).contains("error[unknown_price_book]")
    );

    let wrong = crossover_with(
        &format!("price-books put acme - {database}"),
        Some(r#"{"rates": [{"service_code": "AmazonVPX", "discount_percent": 500}]}"#),
    );
    let wrong = wrong.refusal(Exit::Refused);
    for words in ["error[unknown_value] at /rates/0/service_code", "error[out_of_range] at /rates/0/discount_percent"] {
        assert!(wrong.contains(words), "{wrong}");
    }
    let refused = crossover(&format!("price-books put Acme {book} {database}")).refusal(Exit::Refused);
    assert!(refused.contains("`Acme` is not a name of a price book"), "{refused}");

    let copy = path("copy.db");
    let done = crossover(&format!("backup {copy} {database}")).answer();
    assert!(done.contains("is a sound copy of"), "{done}");
    let refused = crossover(&format!("backup {copy} {database}")).refusal(Exit::Usage);
    assert!(refused.contains("exists already") && refused.contains("`--force` replaces it"), "{refused}");
    crossover(&format!("backup {copy} {database} --force")).answer();

    let removed = crossover(&format!("price-books delete acme {database}")).answer();
    assert!(removed.starts_with("acme, revision 2, removed"), "{removed}");
    let gone = crossover(&format!("{vpn} {database} --price-book acme")).refusal(Exit::Refused);
    assert!(gone.contains("`acme@1` is what it was before"), "{gone}");
    crossover(&format!("{vpn} {database} --price-book acme@1")).answer();
    crossover(&format!("{vpn} --database {copy} --price-book acme")).answer();
    assert!(crossover(&format!("price-books delete acme {database}")).refusal(Exit::Refused).contains("was removed"));
}

#[test]
fn a_database_is_checked() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("prices.db");
    let put = format!("price-books put acme - --database {}", path.display());
    crossover_with(&put, Some(r#"{"rates": [{"discount_percent": 5}]}"#)).answer();
    let check = format!("prices check {}", path.display());
    let sound = crossover(&check).answer();
    for words in ["is sound: 1 editions (1 is served)", "1 revisions of price books, schema version"] {
        assert!(sound.contains(words), "{sound}");
    }
    let raw = rusqlite::Connection::open(&path).expect("the file");
    raw.execute_batch("DROP TRIGGER editions_are_never_edited; UPDATE editions SET hash = 'another'").expect("damage");
    drop(raw);
    let found = crossover(&check).refusal(Exit::Data);
    assert!(found.starts_with("error[data]: edition 1 is named another; what it holds gives "), "{found}");
    let (_folder, text) =
        file("text.db", "this is no database, whatever its name says; it is a longer text than a page");
    assert!(crossover(&format!("prices check {text}")).refusal(Exit::Data).contains("is not a SQLite database"));
}

#[test]
fn every_fault_has_its_exit_code() {
    let refused = |code| Fault::from(Problem::new(code, "", "a sentence"));
    for (fault, exit) in [
        (Fault::usage("a sentence"), Exit::Usage),
        (refused(Code::OutOfRange), Exit::Refused),
        (refused(Code::Internal), Exit::Internal),
        (Fault::Data(Vec::new()), Exit::Data),
        (Fault::from(anyhow::anyhow!("a reason")), Exit::Internal),
        (Fault::from(io::Error::from(io::ErrorKind::BrokenPipe)), Exit::Ok),
        (Fault::from(io::Error::from(io::ErrorKind::StorageFull)), Exit::Internal),
    ] {
        assert_eq!(fault.exit(), exit, "{fault:?}");
    }
}

/// A reader that has gone.
struct Gone;

impl Write for Gone {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }
    fn flush(&mut self) -> io::Result<()> {
        Err(io::ErrorKind::BrokenPipe.into())
    }
}

#[test]
fn nobody_is_told_that_the_reader_has_gone() {
    for line in ["regions", "regions --format csv", "regions --format json", "prices check", "--help"] {
        let mut stderr = Vec::new();
        let exit = run(
            std::iter::once("crossover").chain(line.split(' ')).map(Into::into),
            &mut Shell {
                stdin: Box::new(io::empty()),
                stdin_is_terminal: true,
                stdout: &mut Gone,
                stdout_is_terminal: false,
                stderr: &mut stderr,
                stderr_is_terminal: false,
                clock: today,
                seed: &|| Ok(catalog()),
            },
        );
        assert_eq!((exit, stderr.as_slice()), (Exit::Ok, &[][..]), "{line}: {}", String::from_utf8_lossy(&stderr));
    }
}

/// The program itself.
pub(crate) fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossover"));
    command.args(args).env_remove("CROSSOVER_DATABASE").stdin(Stdio::null());
    command
}

#[test]
fn the_program_is_the_function() {
    let line = "estimate site_to_site_vpn --region us-east-1 --as-of 2026-11-22 --usage connections=1 --format json";
    let output = program(&line.split(' ').collect::<Vec<_>>()).output().expect("it runs");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stdout).expect("UTF-8"), crossover(line).answer());

    let output = program(&["estimate", "site_to_site_vpn"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1), "standard input is no terminal and empty");
    assert!(String::from_utf8_lossy(&output.stderr).contains("nothing was sent"));

    let mut child = program(&["estimate", "site_to_site_vpn"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    child.stdin.take().expect("a pipe").write_all(ONE_VPN.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(String::from_utf8_lossy(&output.stdout).contains("36.50"));
}

#[test]
fn the_program_serves() {
    let folder = TempDir::new().expect("a folder");
    let mut child = program(&["serve", "--listen", "127.0.0.1:0", "--log", "off", "--database"])
        .arg(folder.path().join("prices.db"))
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut said = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut said).expect("it says where it listens");
    let address = said.trim_end().strip_prefix("listening on http://").unwrap_or_else(|| panic!("{said}"));
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
