//! `crossover batch`: files and pipes, formats, exit codes, and what is left where it stops half-way.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use crossover::cli::Exit;
use serde_json::Value;
use tempfile::TempDir;

use crate::cli::{crossover, crossover_with, file, program};
use crate::rows;

const ROW: &str =
    r#"{"id":"a","service":"site_to_site_vpn","region":"us-east-1","as_of":"2026-11-22","usage":{"connections":1}}"#;
const BAD: &str = r#"{"id":"b","service":"site_to_site_vpn","region":"us-east-1","usage":{"conections":1}}"#;

#[test]
fn a_file_of_rows_gives_a_file_of_answers() {
    let (folder, rows) = file("rows.ndjson", &format!("{ROW}\n{BAD}\n"));
    let answers = folder.path().join("answers.ndjson");
    let transcript = crossover(&format!("batch {rows} -o {} --detail total", answers.display()));
    assert_eq!((transcript.exit, transcript.stdout.as_str()), (1, ""));
    assert!(transcript.stderr.starts_with("batch: 2 rows in "), "{}", transcript.stderr);
    assert!(transcript.stderr.ends_with(": 1 answered, 1 refused\n"), "{}", transcript.stderr);
    let text = fs::read_to_string(&answers).expect("the answers");
    let answers: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(answers[0]["result"]["total"]["monthly"], "36.50");
    assert_eq!(answers[1]["error"]["pointer"], "/usage/conections");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2, "nothing partial is left");
}

#[test]
fn the_names_of_files_and_the_flags_say_the_format() {
    let (folder, csv) = file("rows.csv", "id,service,region,usage.connections\na,site_to_site_vpn,us-east-1,1\n");
    let (_other, json) = file("rows.jsonl", ROW);
    let path = |name: &str| folder.path().join(name).display().to_string();
    let is_csv = |text: &str| text.starts_with("id,monthly,");
    for (line, out) in [
        (format!("batch {csv}"), true),
        (format!("batch {csv} --output-format ndjson"), false),
        (format!("batch {json}"), false),
        (format!("batch {json} --output-format csv --detail total"), true),
    ] {
        let transcript = crossover(&line);
        assert_eq!(transcript.exit, 0, "{line}: {}", transcript.stderr);
        assert_eq!(is_csv(&transcript.stdout), out, "{line}: {}", transcript.stdout);
    }
    for (line, out, expected) in [
        (format!("batch {csv} -o {}", path("1.ndjson")), path("1.ndjson"), false),
        (format!("batch {json} -o {}", path("2.csv")), path("2.csv"), true),
        (format!("batch {csv} -o {}", path("3")), path("3"), true),
    ] {
        let transcript = crossover(&line);
        assert_eq!(transcript.exit, 0, "{line}: {}", transcript.stderr);
        assert_eq!(is_csv(&fs::read_to_string(out).expect("answers")), expected, "{line}");
    }
    let piped = crossover_with(
        "batch --format csv",
        Some("id,service,region,usage.connections\na,site_to_site_vpn,us-east-1,1\n"),
    );
    assert!(is_csv(&piped.stdout), "{}", piped.stdout);
}

#[test]
fn what_cannot_be_done_is_told_before_anything_is_written() {
    let (folder, rows) = file("rows.ndjson", ROW);
    let taken = folder.path().display().to_string();
    for (line, words) in [
        ("batch no-such-file", "cannot be read"),
        ("batch", "there are no rows"),
        (&format!("batch {taken}"), "is a folder"),
        (&format!("batch {rows} -o {taken}/no/such/folder"), "cannot be written"),
        (&format!("batch {rows} --output-format csv --detail full"), "no room for `--detail full`"),
        (&format!("batch {rows} --database {taken}/none.db"), "there is no database"),
        (&format!("batch {rows} --jobs 0"), "0 is not in 1..=1024"),
        (&format!("batch {rows} --format xml"), "ndjson, csv"),
    ] {
        let told = crossover(line).refusal(Exit::Usage);
        assert!(told.contains(words), "{line}: {told}");
    }
}

#[test]
fn help_says_what_a_row_is_and_what_the_exit_codes_mean() {
    let help = crossover("batch --help").answer();
    for words in ["\"service\"", "usage.connections", "1 a row was refused", "OUT.partial"] {
        assert!(help.replace('\n', " ").contains(words), "{words}: {help}");
    }
}

/// The program is a stage of a pipe: it answers a row before the next one is there.
#[test]
fn a_row_from_a_pipe_is_answered_before_the_next_one_comes() {
    let mut child = program(&["batch", "-", "--detail", "total"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut stdin = child.stdin.take().expect("its input");
    let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
    for _ in 0..3 {
        writeln!(stdin, "{ROW}").expect("it reads");
        let mut line = String::new();
        stdout.read_line(&mut line).expect("it answers");
        assert!(line.starts_with(r#"{"id":"a","ok":true"#), "{line}");
    }
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stderr).ends_with(": 3 answered, 0 refused\n"));
}

/// `crossover batch … | head -1` ends at once and says nothing.
#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let (_folder, rows) = file("rows.ndjson", &rows::mixed(20_000));
    let mut child = program(&["batch", &rows]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("it answers");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

/// What was answered before a failure is kept under a name that says that it is not all.
#[cfg(unix)]
#[test]
fn answers_that_are_not_whole_do_not_look_whole() {
    let folder = TempDir::new().expect("a folder");
    let answers = folder.path().join("answers.ndjson");
    fs::write(&answers, "from an earlier run").expect("a file");
    let mut child = program(&["batch", "-", "-o", &answers.display().to_string()])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it runs");
    let mut stdin = child.stdin.take().expect("its input");
    let partial = folder.path().join("answers.ndjson.partial");
    while fs::metadata(&partial).map_or(0, |about| about.len()) == 0 {
        // It flushes once it has nothing to do.
        writeln!(stdin, "{ROW}").expect("it reads");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert_eq!(fs::read_to_string(&answers).expect("a file"), "from an earlier run");
    assert!(fs::read_to_string(&partial).expect("a part").contains("\"36.50\""));
}
