//! What the documents show is what the program says.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crossover::app::price_book::PriceBookRequest;
use crossover::config::ServeConfig;
use crossover::decisions::DECISIONS;
use crossover::services::SERVICES;
use serde_json::Value;

use crate::cli::crossover_with;
use crate::http::{catalog, post_text};
use crate::http_sockets::{Running, config};
use crate::price_lists::skipped;
use crate::rows;

/// What stands for the rest of an output.
const ELLIPSIS: &str = "…";
/// Where the part of a decision ends that the README shows.
const REST_OF_A_DECISION: &str = "\n\nRejected\n";

fn document(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name))
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The contents of the fenced blocks of a language.
fn blocks(document: &str, language: &str) -> Vec<String> {
    let open = format!("```{language}\n");
    document.split(&open).skip(1).filter_map(|rest| Some(rest.split_once("\n```")?.0.to_owned())).collect()
}

#[test]
fn the_readme_shows_what_the_command_line_writes() {
    let readme = document("README.md");
    let mut current = readme.clone();
    let mut shown = 0;
    for block in blocks(&readme, "console") {
        let Some((command, _)) = block.strip_prefix("$ crossover ").and_then(|rest| rest.split_once('\n')) else {
            continue;
        };
        let written = crossover_with(command, None).answer();
        // A decision goes on for pages; its answer and its costs are enough to see what it is.
        let written = match written.split_once(REST_OF_A_DECISION) {
            Some((beginning, _)) => format!("{beginning}\n{ELLIPSIS}"),
            None => written.trim_end().to_owned(),
        };
        current = current.replace(&block, &format!("$ crossover {command}\n{written}"));
        shown += 1;
    }
    assert!(shown > 0, "README.md shows a command line");
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"), &current).expect("README.md can be written");
    } else {
        assert!(readme == current, "README.md shows old output; UPDATE_README=1 cargo test documents writes it anew");
    }
}

#[actix_web::test]
async fn the_readme_shows_what_the_rest_service_answers() {
    let readme = document("README.md");
    let block = blocks(&readme, "console").into_iter().find(|block| block.starts_with("$ curl")).expect("a curl");
    let (command, output) = block.split_once("'\n").expect("a command and its output");
    let path = command.split_once("127.0.0.1:8080").and_then(|(_, rest)| rest.split(' ').next()).expect("a path");
    let body = command.split_once("-d '").and_then(|(_, rest)| rest.split('\'').next()).expect("a body");
    let filter = command.split_once("| jq '{").and_then(|(_, rest)| rest.strip_suffix('}')).expect("a filter");
    let answer = post_text(path, body.to_owned()).await.json();
    let shown: Value = serde_json::from_str(output).expect("JSON");
    let fields: Vec<&str> = filter.split(", ").collect();
    assert_eq!(fields.len(), shown.as_object().map_or(0, serde_json::Map::len));
    for field in fields {
        assert_eq!(shown[field], answer[field], "write the new answer into README.md");
    }
}

/// The samples read while they write, and print what the README says.
#[test]
fn the_sample_scripts_of_the_readme_work() {
    let readme = document("README.md");
    let server = Running::start(ServeConfig { body_timeout: Duration::from_secs(10), ..config() });
    let printed = blocks(&readme, "text").into_iter().find(|block| block.contains("moon-1")).expect("what they print");
    let mut run = 0;
    for (language, program, needs) in [("sh", "sh", &["curl", "jq"][..]), ("python", "python3", &["python3"])] {
        for block in blocks(&readme, language).iter().filter(|block| block.contains("/v1/batch")) {
            run += 1;
            if let Some(absent) = needs.iter().find(|tool| Command::new(tool).arg("--version").output().is_err()) {
                skipped(&format!("the sample for {language} needs `{absent}`, which is not on this machine"));
                continue;
            }
            let script = block.replace("127.0.0.1:8080", &server.address.to_string());
            let output = Command::new(program).args(["-c", &script]).output();
            let output = output.unwrap_or_else(|error| panic!("{program} is needed to try the samples: {error}"));
            let error = String::from_utf8_lossy(&output.stderr);
            assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), printed, "{language}: {error}");
        }
    }
    assert_eq!(run, 2, "a sample for the shell and one for Python");
    let rows = blocks(&readme, "json").into_iter().next().expect("rows");
    let transcript = crossover_with("batch", Some(&rows));
    assert_eq!((transcript.exit, transcript.stdout.lines().count()), (0, 3), "{}", transcript.stdout);
}

/// The recipes are stages of a pipe: the commands that they name give what one `crossover batch` gives.
#[cfg(unix)]
#[test]
fn the_stage_of_the_recipes_gives_the_same_answers_in_parts() {
    let readme = document("README.md");
    let (_, recipes) = readme.split_once("### Beyond one machine").expect("the recipes");
    let (recipes, _) = recipes.split_once("\n## ").expect("their end");
    let stages: Vec<&str> = recipes
        .split("crossover batch - ")
        .skip(1)
        .map(|rest| rest.split_once("|| [ $? = 1 ]").expect("what a refused row ends it with").0)
        .collect();
    assert_eq!(stages.len(), 2, "GNU parallel and Spark");
    let rows = rows::mixed(200);
    let whole = crossover_with("batch --detail total", Some(&rows)).stdout;
    let (program, lines) = (env!("CARGO_BIN_EXE_crossover"), rows.split_inclusive('\n').collect::<Vec<_>>());
    for stage in stages {
        let mut parts = String::new();
        for part in lines.chunks(70) {
            let mut child = Command::new("sh")
                .args(["-c", &format!("{program} batch - {stage} || [ $? = 1 ]")])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("a shell");
            child.stdin.take().expect("its input").write_all(part.concat().as_bytes()).expect("it reads");
            let output = child.wait_with_output().expect("it ends");
            assert!(output.status.success(), "rows that are refused fail no part");
            parts += std::str::from_utf8(&output.stdout).expect("UTF-8");
        }
        assert!(parts == whole, "{stage}");
    }
}

#[test]
fn the_price_book_of_the_readme_is_sound() {
    let blocks = blocks(&document("README.md"), "yaml");
    let [book] = blocks.as_slice() else { panic!("one price book is shown: {blocks:?}") };
    let book: Value = serde_saphyr::from_str(book).expect("YAML");
    let request = PriceBookRequest::read(book.to_string().as_bytes()).unwrap_or_else(|problems| panic!("{problems}"));
    request.check("acme", &catalog()).unwrap_or_else(|problems| panic!("{problems}"));
}

#[test]
fn the_readme_names_everything_there_is() {
    let readme = document("README.md");
    let ids = SERVICES.iter().map(|service| service.id).chain(DECISIONS.iter().map(|decision| decision.id));
    let missing: Vec<&str> = ids.filter(|id| !readme.contains(&format!("`{id}`"))).collect();
    assert!(missing.is_empty(), "README.md does not name {missing:?}");
    let regions = format!("{} Regions", catalog().places.codes().count());
    assert!(readme.contains(&regions), "README.md does not say `{regions}`");
}

#[test]
fn the_worked_example_is_the_code() {
    let guide = document("CONTRIBUTING.md");
    let (_, worked) = guide.split_once("## Add a service").expect("the worked example");
    let (worked, _) = worked.split_once("\n## ").expect("its end");
    for (language, file) in [
        ("rust", "src/services/public_ipv4.rs"),
        ("csv", "pricing-data/prices/AmazonVPC.csv"),
        ("yaml", "tests/cases/services/public_ipv4.yaml"),
    ] {
        let code = document(file);
        let lines: Vec<&str> = code.lines().map(str::trim).collect();
        let blocks = blocks(worked, language);
        assert!(!blocks.is_empty(), "{language}");
        for block in blocks {
            let shown: Vec<&str> = block.lines().map(str::trim).collect();
            assert!(lines.windows(shown.len()).any(|window| window == shown), "not in {file}:\n{block}");
        }
    }
}

/// The files that the map and the guide name are there.
#[test]
fn documents_name_files_that_exist() {
    let mut missing = Vec::new();
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "tests/README.md"] {
        for word in document(name).split('`').skip(1).step_by(2) {
            let is_path = ["src/", "tests/", "pricing-data/", "migrations/", "openapi/"]
                .iter()
                .any(|folder| word.starts_with(folder));
            if is_path
                && !word.contains(['<', '*', ' ', '{'])
                && !Path::new(env!("CARGO_MANIFEST_DIR")).join(word).exists()
            {
                missing.push(format!("{name}: `{word}`"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
    assert!(document("ARCHITECTURE.md").lines().count() <= 200, "the map is short");
}
