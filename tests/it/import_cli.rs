//! Price lists on the command line: imported, looked at, gone back from, and refused.

use std::fs;

use crate::cli::crossover_with;
use crate::price_lists::{Offer, Row, seeded};

#[test]
fn a_list_is_imported_looked_at_and_gone_back_from() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = seeded(folder.path());
    let list = folder.path().join("list.csv");
    let csv = Offer::new("AmazonVPC", "2026-06-02", vec![Row::vpn("0.06")]).csv();
    fs::write(&list, &csv).expect("a list");
    let request = folder.path().join("request.json");
    let resources = r#"[{"name":"vpn","service":"site_to_site_vpn","usage":{"connections":1}}]"#;
    let body = format!(r#"{{"region":"us-east-1","as_of":"2026-06-15","resources":{resources}}}"#);
    fs::write(&request, body).expect("a request");
    let command = |rest: &str| format!("prices {rest} --database {}", database.display());
    let run = |rest: &str| crossover_with(&command(rest), None).answer();
    let (list, request) = (list.display(), request.display());

    let dry = run(&format!("import {list} --dry-run"));
    assert!(dry.contains("a dry run: nothing was changed"), "{dry}");
    assert!(dry.contains("VPN-Usage-Hours:ipsec.1"), "{dry}");
    let piped = crossover_with(&command("import - --dry-run"), Some(&csv)).answer();
    assert!(piped.contains("AmazonVPC 20260602100000: 1 rows, 1 of them price a meter"), "{piped}");
    let done = run(&format!("import {list}"));
    assert!(done.contains("edition 2, based on 1, is served from now on"), "{done}");
    assert!(run(&format!("import {list}")).contains("nothing new: there is no new edition"));

    let editions = run("editions --format csv");
    assert!(editions.lines().nth(1).expect("the newest").starts_with("2,true,import,1,2026-06-02,"), "{editions}");
    assert!(run("diff 1 2").starts_with("edition 1 to 2: 0 added, 0 removed, 1 changed"));
    let changes = run("diff 1 2 --format csv");
    let change = "changed,AmazonVPC,us-east-1,VPN-Usage-Hours:ipsec.1,CreateVpnConnection,2026-06-01,,0.05,0.06,20";
    assert_eq!(changes.lines().nth(1), Some(change));
    // 730 h × 0.05 = 36.50 and × 0.06 = 43.80.
    let compared = run(&format!("compare 1 2 --file {request} --format csv"));
    assert!(compared.contains("vpn,connection_hours,36.5,43.8,7.3,20"), "{compared}");
    let history = run("history AmazonVPC us-east-1 VPN-Usage-Hours:ipsec.1 CreateVpnConnection --format csv");
    assert!(history.lines().any(|line| line.starts_with("2,,2026-06-01,,0,0.06,Hrs,import,2026-06-02,")), "{history}");

    assert_eq!(run("rollback"), "edition 1 is served from now on\n");
    assert_eq!(run("activate 2 --format json"), "{\"active\":2}");
    let unknown = crossover_with(&command("activate 9"), None);
    assert_eq!(unknown.exit, 1, "{}", unknown.stderr);
    assert!(unknown.stderr.contains("error[unknown_edition]"), "{}", unknown.stderr);
}

#[test]
fn what_is_wrong_is_said_and_the_exit_code_tells_what_kind_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = seeded(folder.path());
    let list = folder.path().join("list.csv");
    fs::write(&list, Offer::new("AmazonVPC", "2026-06-02", vec![Row::vpn("0.9")]).csv()).expect("a list");
    for (rest, exit, words) in [
        (format!("import {}", list.display()), 3, "error[data]: list.csv:7: column PricePerUnit: found `0.9`"),
        (format!("import {}.gone", list.display()), 2, "cannot be read"),
        (format!("import {} --max-jump 0", list.display()), 2, "--max-jump: the ratio is `0`"),
        (format!("import {} --valid-to soon", list.display()), 2, "`soon` is not a date"),
        ("rollback".to_owned(), 2, "no other edition was served before the present one"),
        ("history AmazonVPC us-east-1 VPN-Usage".to_owned(), 1, "there never was a price of the meter"),
    ] {
        let refused = crossover_with(&format!("prices {rest} --database {}", database.display()), None);
        assert_eq!((refused.exit, refused.stdout.as_str()), (exit, ""), "{rest}: {}", refused.stderr);
        assert!(refused.stderr.contains(words), "{rest}: {}", refused.stderr);
    }
    let gone = crossover_with(&format!("prices editions --database {}.gone", database.display()), None);
    assert!(gone.stderr.contains("there is no database"), "{}", gone.stderr);
}
