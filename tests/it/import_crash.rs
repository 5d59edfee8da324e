//! What happens to the store when an import ends badly: killed, out of room, or beside a process that serves.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use actix_web::web::Data;
use crossover::config::ServeConfig;
use crossover::http::prepare;
use crossover::storage::Store;
use serde_json::json;

use crate::http::post_to;
use crate::price_lists::{Offer, Row, Stored, meter, seeded, skipped, versions};

/// How often an import is killed; a variable asks for more.
fn moments() -> u32 {
    std::env::var("CROSSOVER_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(5)
}

/// A price list that takes a while: every machine in many Regions.
fn long_list(stored: &[String], price: &str) -> String {
    const REGIONS: [(&str, &str); 4] =
        [("us-east-1", ""), ("eu-west-2", "EUW2-"), ("us-west-2", "USW2-"), ("ap-northeast-1", "APN1-")];
    let mut rows = vec![Row::vpn("0.06")];
    for (region, prefix) in REGIONS {
        for (at, machine) in stored.iter().enumerate() {
            let usage_type = format!("{prefix}BoxUsage:{machine}");
            rows.push(Row::new(&format!("{region}{at}"), &usage_type, "RunInstances", region, price));
        }
    }
    Offer::new("AmazonEC2", "2026-06-02", rows).csv()
}

fn machines() -> Vec<String> {
    (0..8_000).map(|at| format!("z{at}.large")).collect()
}

fn crossover(database: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossover"));
    command.arg("prices").args(args).arg("--database").arg(database).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn killed_after(mut child: Child, wait: Duration) -> bool {
    thread::sleep(wait);
    let ended = child.try_wait().expect("a process").is_some();
    child.kill().expect("a process to kill");
    child.wait().expect("its end");
    !ended
}

/// After each kill the store opens, the edition that was served is served and whole, and the import can be repeated.
#[test]
fn a_killed_import_leaves_the_store_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = seeded(folder.path());
    let list = folder.path().join("list.csv");
    std::fs::write(&list, long_list(&machines(), "0.5")).expect("a list");
    let list = list.to_str().expect("a name").to_owned();
    let look = || {
        actix_web::rt::System::new().block_on(async {
            let store = Store::open(&database).await.expect("it opens");
            let catalog = store.load(None).await.expect("the active edition loads");
            let (editions, active) =
                (store.editions().await.expect("editions"), store.active().await.expect("the store"));
            store.close().await;
            (editions.len(), active, catalog.edition.hash.clone(), catalog.len())
        })
    };
    let before = look();
    let begin = Instant::now();
    let whole = folder.path().join("whole.db");
    std::fs::copy(&database, &whole).expect("a copy");
    assert!(crossover(&whole, &["import", &list]).status().expect("it runs").success());
    let takes = begin.elapsed();
    let kills = moments();
    let mut interrupted = 0;
    for moment in 0..kills {
        let child = crossover(&database, &["import", &list]).spawn().expect("it runs");
        interrupted += u32::from(killed_after(child, takes * (2 * moment + 1) / (2 * kills)));
        let after = look();
        // It may have been done just before it was killed.
        if after != before {
            assert_eq!((after.0, after.1), (2, Some(2)), "whole or not at all");
            assert_eq!(after.3, before.3 + 32_000);
            break;
        }
    }
    assert!(interrupted > 0, "no import was killed while it ran");
    assert!(crossover(&database, &["import", &list]).status().expect("it runs").success());
    let after = look();
    assert_eq!((after.0, after.1, after.3), (2, Some(2), before.3 + 32_000));

    // Killed while it serves one edition and then the other.
    for moment in 0..kills {
        let wanted = if moment % 2 == 0 { "1" } else { "2" };
        let child = crossover(&database, &["activate", wanted]).spawn().expect("it runs");
        killed_after(child, Duration::from_millis(u64::from(moment) * 3));
        let active = look().1;
        assert!(active == Some(1) || active == Some(2), "{active:?}");
    }
}

/// One process serves while another imports: the first answers throughout, and follows.
#[actix_web::test]
async fn one_process_serves_while_another_imports() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = seeded(folder.path());
    let list = folder.path().join("list.csv");
    let vpn = Offer::new("AmazonVPC", "2026-06-02", vec![Row::vpn("0.06")]);
    std::fs::write(&list, vpn.csv()).expect("a list");
    let long = folder.path().join("long.csv");
    std::fs::write(&long, long_list(&machines(), "0.5")).expect("a list");
    let config = ServeConfig::for_testing(&database);
    let store = Store::open(&database).await.expect("the file");
    let state = Data::new(prepare(&config, store.clone()).await.expect("the seed"));
    let mut importing: Vec<Child> = [&long, &list]
        .map(|list| crossover(&database, &["import", list.to_str().expect("a name")]).spawn().expect("it runs"))
        .into();
    let request = json!({"region": "us-east-1", "as_of": "2026-11-22", "usage": {"connections": 1}});
    let since = Instant::now();
    let mut answers = 0;
    loop {
        let answer = post_to(state.clone(), "/v1/estimates/site_to_site_vpn", &request).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answers += 1;
        state.follow_store().await.expect("no lock reaches a reader");
        // This process writes too; it waits for the others and does not fail.
        if answers % 50 == 0 {
            store.activate(1).await.expect("no lock reaches a writer");
        }
        if importing.iter_mut().all(|child| child.try_wait().expect("a process").is_some()) {
            break;
        }
        assert!(since.elapsed() < Duration::from_mins(4), "the imports do not end");
    }
    for mut child in importing {
        assert!(child.wait().expect("its end").success(), "no lock reaches an import");
    }
    let editions = store.editions().await.expect("editions");
    assert!(editions.len() >= 3, "{editions:?}");
    assert!(answers > 1);
    store.close().await;
}

/// No room: on a disk of a few megabytes where there is one to be had, nothing is lost and it says so.
#[actix_web::test]
async fn an_import_without_room_says_so_and_loses_nothing() {
    let stored = Stored::new().await;
    // What a full disk does, done by a limit on the size of files of this one process.
    let list = stored.folder.path().join("list.csv");
    std::fs::write(&list, long_list(&machines(), "0.5")).expect("a list");
    let script = "trap '' XFSZ; ulimit -f 3000; exec \"$0\" prices import \"$1\" --database \"$2\"";
    let run = Command::new("bash")
        .args(["-c", script])
        .arg(env!("CARGO_BIN_EXE_crossover"))
        .arg(&list)
        .arg(stored.store.path())
        .output();
    let Ok(run) = run else {
        skipped("no bash");
        return;
    };
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(!run.status.success(), "{said}");
    assert!(
        [
            "no room left for",
            "temporary files of the import cannot be written",
            "failed: disk I/O error",
            "cannot be read to its end"
        ]
        .iter()
        .any(|words| said.contains(words)),
        "{said}"
    );
    assert_eq!(stored.store.active().await.expect("the store"), Some(1));
    let vpn = meter("AmazonVPC", "us-east-1", "VPN-Usage-Hours:ipsec.1", "CreateVpnConnection");
    assert_eq!(versions(&stored.catalog().await, &vpn), ["..=0.05"]);
    let list = std::fs::read_to_string(&list).expect("the list");
    assert!(stored.import(&list).await.written.is_some(), "it can be repeated once there is room");
}
