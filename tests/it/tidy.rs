//! The structure of the house, kept by a test: floors, lists, words and data.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crossover::catalog::load::seed_catalog;
use crossover::decisions::DECISIONS;
use crossover::domain::amount::Amount;
use crossover::services::SERVICES;

mod lexer;
mod reference_prices;

use lexer::{Token, is_float, tokens};

/// The floors. A module uses lower floors only.
const FLOORS: &[(&str, u8)] = &[
    ("domain", 0),
    ("catalog", 1),
    ("services", 2),
    ("rating", 2),
    ("decisions", 3),
    ("app", 4),
    ("config", 5),
    ("telemetry", 5),
    ("storage", 5),
    ("import", 5),
    ("http", 6),
    ("cli", 6),
];
/// Who may use a module of its own floor.
const SAME_FLOOR: &[(&str, &str)] = &[("telemetry", "config"), ("import", "storage"), ("cli", "http")];
/// The one file that reads JSON numbers.
const FLOAT_READER: &str = "src/domain/number.rs";
/// The files of `src/services/` that are not a service.
const SERVICE_TOOLS: &[&str] = &["commitments", "metering", "plan"];

/// The files of `src/decisions/` that are not a decision.
const DECISION_TOOLS: &[&str] = &["engine", "sizing", "steps", "traffic"];

/// The folder of the package.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder, as paths from the package, in order.
fn files_below(folder: &str) -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("a folder entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                if name != "target" && !name.starts_with(".git") {
                    folders.push(path);
                }
            } else {
                files.push(relative(&path));
            }
        }
    }
    files.sort();
    files
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).expect("below the package").to_string_lossy().replace('\\', "/")
}

fn is_kind(file: &str, extension: &str) -> bool {
    Path::new(file).extension().is_some_and(|found| found == extension)
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn sources() -> Vec<(String, String)> {
    files_below("src").into_iter().filter(|file| is_kind(file, "rs")).map(|file| (file.clone(), read(&file))).collect()
}

/// The module of the package that a file belongs to; none for the roots.
fn module_of(file: &str) -> Option<&str> {
    let inner = file.strip_prefix("src/")?;
    let name = inner.split_once('/').map_or_else(|| inner.trim_end_matches(".rs"), |(folder, _)| folder);
    (name != "lib" && name != "main").then_some(name)
}

fn floor_of(module: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == module).map(|(_, floor)| *floor)
}

/// The modules that a source names by `crate::…`, with the line.
fn modules_used(source: &str) -> Vec<(usize, String)> {
    let tokens = tokens(source);
    let mut used = Vec::new();
    for (at, (line, token)) in tokens.iter().enumerate() {
        if *token != Token::Name("crate".to_owned()) {
            continue;
        }
        let after: Vec<&Token> = tokens[at + 1..].iter().map(|(_, token)| token).collect();
        match after.as_slice() {
            [Token::Sign(':'), Token::Sign(':'), Token::Name(module), ..] => used.push((*line, module.clone())),
            [Token::Sign(':'), Token::Sign(':'), Token::Sign('{'), inside @ ..] => {
                let mut depth = 1;
                let mut first = true;
                for token in inside {
                    match token {
                        Token::Sign('{') => depth += 1,
                        Token::Sign('}') => depth -= 1,
                        Token::Sign(',') if depth == 1 => first = true,
                        Token::Name(module) if depth == 1 && first => {
                            used.push((*line, module.clone()));
                            first = false;
                        }
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    used
}

/// Fails with every mistake at once.
#[track_caller]
fn none(mistakes: &[String]) {
    assert!(mistakes.is_empty(), "{} mistakes:\n{}", mistakes.len(), mistakes.join("\n"));
}

#[test]
fn modules_use_lower_floors_only() {
    let mut mistakes = Vec::new();
    for (file, source) in sources() {
        let Some(module) = module_of(&file) else { continue };
        let Some(floor) = floor_of(module) else {
            mistakes.push(format!("{file}: the module `{module}` stands on no floor"));
            continue;
        };
        for (line, used) in modules_used(&source) {
            let allowed = used == module
                || floor_of(&used).is_some_and(|other| other < floor)
                || SAME_FLOOR.contains(&(module, used.as_str()));
            if !allowed {
                mistakes.push(format!("{file}:{line}: `{module}` (floor {floor}) must not use `{used}`"));
            }
        }
        // `super` must not lead out of the module, past the check above.
        let depth = file.matches('/').count();
        for (at, line) in source.lines().enumerate() {
            let supers =
                line.trim_start().trim_start_matches("pub ").trim_start_matches("use ").matches("super::").count();
            if supers >= depth && !line.starts_with(' ') {
                mistakes.push(format!("{file}:{}: `super` leads out of `{module}`; write `crate::…`", at + 1));
            }
        }
    }
    none(&mistakes);
}

#[test]
fn floats_are_in_the_number_reader_only() {
    let mut mistakes = Vec::new();
    for (file, source) in sources() {
        if file == FLOAT_READER {
            continue;
        }
        for (line, token) in tokens(&source) {
            let found = match token {
                Token::Name(name)
                    if ["f32", "f64"].iter().any(|float| name == *float || name.ends_with(&format!("_{float}"))) =>
                {
                    name
                }
                Token::Number(number) if is_float(&number) => number,
                _ => continue,
            };
            mistakes.push(format!("{file}:{line}: `{found}`; numbers are `Amount` or `Decimal`"));
        }
    }
    none(&mistakes);
}

#[test]
fn every_source_file_is_described_and_reachable() {
    let sources: BTreeMap<String, String> = sources().into_iter().collect();
    let mut mistakes: Vec<String> = sources
        .iter()
        .filter(|(_, source)| !source.starts_with("//! "))
        .map(|(file, _)| format!("{file}: begins without a module doc (`//! …`)"))
        .collect();
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut open = vec!["src/lib.rs".to_owned(), "src/main.rs".to_owned()];
    while let Some(file) = open.pop() {
        let Some(source) = sources.get(&file) else { continue };
        if !reached.insert(file.clone()) {
            continue;
        }
        let folder = match file.as_str() {
            "src/lib.rs" | "src/main.rs" => "src".to_owned(),
            other => other.trim_end_matches(".rs").to_owned(),
        };
        for window in tokens(source).windows(3) {
            if let [(_, Token::Name(keyword)), (_, Token::Name(name)), (_, Token::Sign(';'))] = window
                && keyword == "mod"
            {
                open.push(format!("{folder}/{name}.rs"));
            }
        }
    }
    mistakes.extend(
        sources.keys().filter(|file| !reached.contains(*file)).map(|file| format!("{file}: no `mod` leads to it")),
    );
    none(&mistakes);
}

/// The names of the files directly in a folder that have an extension.
fn stems(folder: &str, extension: &str) -> BTreeSet<String> {
    let end = format!(".{extension}");
    if !root().join(folder).is_dir() {
        return BTreeSet::new();
    }
    files_below(folder)
        .iter()
        .filter_map(|file| file.strip_prefix(folder)?.strip_prefix('/')?.strip_suffix(&end).map(str::to_owned))
        .filter(|name| !name.contains('/'))
        .collect()
}

fn differences(what: &str, found: &BTreeSet<String>, listed: &BTreeSet<String>) -> Vec<String> {
    let missing = listed.difference(found).map(|id| format!("`{id}` is in the list and has no {what}"));
    let unlisted = found.difference(listed).map(|id| format!("`{id}` has a {what} and is not in the list"));
    missing.chain(unlisted).collect()
}

#[test]
fn every_service_has_its_file_its_cases_and_its_documentation() {
    let listed: BTreeSet<String> = SERVICES.iter().map(|service| service.id.to_owned()).collect();
    assert_eq!(listed.len(), SERVICES.len(), "an id is listed twice");
    let mut files = stems("src/services", "rs");
    files.retain(|stem| !SERVICE_TOOLS.contains(&stem.as_str()));
    let mut mistakes = differences("source file", &files, &listed);
    mistakes.extend(differences("case file", &stems("tests/cases/services", "yaml"), &listed));
    for service in SERVICES {
        let id = service.id;
        let file = format!("src/services/{id}.rs");
        let doc: String = read(&file).lines().take_while(|line| line.starts_with("//!")).collect();
        for words in ["How AWS bills it", "https://", ", read 20"] {
            if !doc.contains(words) {
                mistakes.push(format!("{file}: the module doc does not say `{words}`"));
            }
        }
        for (what, there) in [
            ("name", !service.name.is_empty()),
            ("about", service.about.ends_with('.')),
            ("excluded", !service.excluded.is_empty()),
            ("meters", !service.meters.is_empty()),
            ("sources", service.sources.iter().any(|source| source.starts_with("https://"))),
        ] {
            if !there {
                mistakes.push(format!("{file}: `{what}` of the entry is empty or is not a sentence"));
            }
        }
    }
    none(&mistakes);
}

#[test]
fn every_decision_has_its_file_its_cases_and_its_documentation() {
    let listed: BTreeSet<String> = DECISIONS.iter().map(|decision| decision.id.to_owned()).collect();
    assert_eq!(listed.len(), DECISIONS.len(), "an id is listed twice");
    let mut files = stems("src/decisions", "rs");
    files.retain(|stem| !DECISION_TOOLS.contains(&stem.as_str()));
    let mut mistakes = differences("source file", &files, &listed);
    mistakes.extend(differences("case file", &stems("tests/cases/decisions", "yaml"), &listed));
    for decision in DECISIONS {
        let file = format!("src/decisions/{}.rs", decision.id);
        let rules: BTreeSet<&str> = decision.rules.iter().map(|rule| rule.id).collect();
        for (what, there) in [
            ("name", decision.name.ends_with('?')),
            ("about", decision.about.ends_with('.')),
            ("options", decision.options.iter().all(|option| option.drawback.ends_with('.'))),
            ("rules", !rules.is_empty() && rules.len() == decision.rules.len()),
            ("sources", decision.rules.iter().any(|rule| rule.source.starts_with("https://"))),
            ("inputs", !(decision.inputs)().is_empty()),
        ] {
            if !there {
                mistakes.push(format!("{file}: `{what}` of the entry is empty, repeated, or not a sentence"));
            }
        }
    }
    none(&mistakes);
}

#[test]
fn every_architecture_has_its_cases() {
    let catalog = seed_catalog().unwrap_or_else(|errors| panic!("{errors}"));
    let listed: BTreeSet<String> = catalog.architectures.iter().map(|architecture| architecture.id.clone()).collect();
    assert!(!listed.is_empty());
    none(&differences("case file", &stems("tests/cases/architectures", "yaml"), &listed));
}

/// The text files of the package that people write.
fn text_files() -> Vec<String> {
    let extensions = ["rs", "md", "toml", "yaml", "yml", "csv", "sql", "json", "run"];
    let hidden_or_root = |file: &String| !file.starts_with("target") && file != "Cargo.lock";
    files_below("")
        .into_iter()
        .filter(hidden_or_root)
        .filter(|file| {
            let name = Path::new(file).extension().unwrap_or_default().to_string_lossy().into_owned();
            extensions.contains(&name.as_str()) || file.ends_with(".ci/run")
        })
        .collect()
}

#[test]
fn no_work_is_left_in_a_comment() {
    // Spelled apart, so that this file passes.
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    let mut mistakes = Vec::new();
    for file in text_files().into_iter().filter(|file| is_kind(file, "rs") || is_kind(file, "md")) {
        for (at, line) in read(&file).lines().enumerate() {
            if let Some(word) = words.iter().find(|word| line.contains(**word)) {
                mistakes.push(format!("{file}:{}: `{word}`; finish it or open an issue", at + 1));
            }
        }
    }
    none(&mistakes);
}

#[test]
fn no_path_of_a_machine_is_in_the_tree() {
    let places = ["home", "Users", "root", "work", "tmp"].map(|folder| format!("/{folder}/"));
    let mut mistakes = Vec::new();
    for file in text_files() {
        if file == "tests/it/tidy.rs" {
            continue;
        }
        for (at, line) in read(&file).lines().enumerate() {
            for place in &places {
                let begins = line.match_indices(place.as_str()).any(|(found, _)| {
                    line[..found]
                        .chars()
                        .next_back()
                        .is_none_or(|before| !before.is_alphanumeric() && !"./-_}".contains(before))
                });
                if begins {
                    mistakes.push(format!("{file}:{}: `{place}`", at + 1));
                }
            }
        }
    }
    none(&mistakes);
}

#[test]
fn every_markdown_file_has_one_title() {
    let mut mistakes = Vec::new();
    for file in text_files().into_iter().filter(|file| is_kind(file, "md")) {
        let mut fenced = false;
        let text = read(&file);
        let titles = text
            .lines()
            .filter(|line| {
                fenced ^= line.trim_start().starts_with("```");
                !fenced && line.starts_with("# ")
            })
            .count();
        if titles != 1 || !text.starts_with("# ") {
            mistakes.push(format!("{file}: has {titles} titles; one, in the first line, is wanted"));
        }
    }
    none(&mistakes);
}

/// An amount goes over the wire as a text that a view makes, and in no other way: this does not compile where
/// `Amount` can be serialised, since the name would then be ambiguous.
#[test]
fn amounts_are_never_serialised() {
    trait AmbiguousIfSerialize<Marker> {
        fn holds() {}
    }
    impl<T: ?Sized> AmbiguousIfSerialize<()> for T {}
    struct Serialisable;
    impl<T: ?Sized + serde::Serialize> AmbiguousIfSerialize<Serialisable> for T {}
    <Amount as AmbiguousIfSerialize<_>>::holds();
}

#[test]
fn every_price_is_used_by_a_service_or_marked() {
    let catalog = seed_catalog().unwrap_or_else(|errors| panic!("{errors}"));
    let mut needed: BTreeSet<usize> = BTreeSet::new();
    let mut unmarked: BTreeMap<String, usize> = BTreeMap::new();
    for price in catalog.prices() {
        let meter = &price.meter;
        if SERVICES.iter().any(|service| service.meters.iter().any(|spec| spec.covers(meter))) {
            continue;
        }
        match reference_prices::mark(&meter.service_code, &meter.usage_type) {
            Some(at) => {
                needed.insert(at);
            }
            None => {
                *unmarked
                    .entry(format!("{} {} {}", meter.service_code, meter.usage_type, meter.operation))
                    .or_default() += 1;
            }
        }
    }
    let mut mistakes: Vec<String> = unmarked
        .iter()
        .map(|(meter, count)| {
            format!("{meter}: {count} prices are used by no service and not marked in reference_prices.rs")
        })
        .collect();
    for (at, mark) in reference_prices::MARKS.iter().enumerate() {
        if !needed.contains(&at) {
            mistakes.push(format!("{mark:?}: marks no price that is not used; take it out of reference_prices.rs"));
        }
    }
    none(&mistakes);
}

/// A fact that code cites by its id is in the data.
#[test]
fn every_fact_that_is_cited_exists() {
    let catalog = seed_catalog().unwrap_or_else(|errors| panic!("{errors}"));
    let known: BTreeSet<&str> = catalog.facts.iter().map(|fact| fact.id.as_str()).collect();
    let mut mistakes = Vec::new();
    for (file, source) in sources() {
        if !matches!(module_of(&file), Some("decisions" | "services")) {
            continue;
        }
        for window in tokens(&source).windows(4) {
            if let [(_, Token::Sign('.')), (_, Token::Name(call)), (_, Token::Sign('(')), (line, Token::Text(id))] =
                window
                && matches!(call.as_str(), "fact" | "number" | "names")
                && !known.contains(id.as_str())
            {
                mistakes.push(format!("{file}:{line}: there is no fact `{id}`"));
            }
        }
    }
    none(&mistakes);
}
