//! The cases of the services.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use crossover::catalog::Catalog;
use crossover::services::{self, SERVICES};

use super::check::{self, Differences};
use super::form::{ServiceCase, ServiceFile};
use super::interfaces::{self, Target};

/// A test for each case and interface, and one that the files and the list agree.
pub(crate) fn trials(folder: &Path) -> Vec<Trial> {
    let files = case_files(folder);
    let ids: HashSet<String> = files.iter().map(|file| stem(file)).collect();
    let mut trials: Vec<Trial> = SERVICES
        .iter()
        .filter(|service| !ids.contains(service.id))
        .map(|service| failing(format!("service/{} [no file]", service.id), "the service has no case file".to_owned()))
        .collect();
    for file in files {
        let id = stem(&file);
        match read(&file, &id) {
            Ok((target, cases)) => cases.into_iter().for_each(|case| of_case(&id, target, case, &mut trials)),
            Err(message) => trials.push(failing(format!("service/{id} [file]"), message)),
        }
    }
    trials
}

/// A test that only fails.
pub(crate) fn failing(name: String, message: String) -> Trial {
    Trial::test(name, move || Err(Failed::from(message)))
}

/// The YAML files of a folder, in order.
pub(crate) fn case_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    files
}

/// The name of a file without folder and extension.
pub(crate) fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn read(file: &Path, id: &str) -> Result<(&'static str, Vec<ServiceCase>), String> {
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    let read: ServiceFile = serde_saphyr::from_str(&text).map_err(|error| error.to_string())?;
    if read.service != id {
        return Err(format!("the file says `service: {}`; its name says `{id}`", read.service));
    }
    let service = services::find(id).ok_or_else(|| format!("there is no service `{id}` in the list"))?;
    let mut names = HashSet::new();
    for case in &read.cases {
        if !names.insert(case.name.as_str()) {
            return Err(format!("two cases are named `{}`", case.name));
        }
        let problem = match (&case.expect, &case.expect_error) {
            (Some(_), Some(_)) => "has `expect` and `expect_error`; give one",
            (None, None) => "expects nothing; give `expect` or `expect_error`",
            (Some(_), None) if case.request.get("as_of").is_none() => {
                "must pin `as_of`, so that a later price does not break it"
            }
            _ => continue,
        };
        return Err(format!("the case `{}` {problem}", case.name));
    }
    if read.cases.is_empty() {
        return Err("the file holds no case".to_owned());
    }
    Ok((service.id, read.cases))
}

fn of_case(id: &str, service: &'static str, case: ServiceCase, trials: &mut Vec<Trial>) {
    let target = if case.request.get("resources").is_some() { Target::Many } else { Target::One(service) };
    let name = format!("service/{id}/{}", case.name);
    let case = Arc::new(case);
    if !case.prices.is_empty() {
        trials.push(test(format!("{name} [pure only: prices of its own]"), move || {
            let catalog = interfaces::seed_with(&case.prices)?;
            pure(target, &case, &catalog)
        }));
        return;
    }
    let this = Arc::clone(&case);
    trials.push(test(format!("{name} [pure]"), move || pure(target, &this, &*interfaces::seed()?)));
    trials.push(test(format!("{name} [cli]"), move || cli(target, &case)));
}

fn test(name: String, run: impl FnOnce() -> Result<(), String> + Send + 'static) -> Trial {
    Trial::test(name, move || run().map_err(Failed::from))
}

fn body(case: &ServiceCase) -> Vec<u8> {
    serde_json::to_vec(&case.request).expect("a value serialises")
}

fn pure(target: Target, case: &ServiceCase, catalog: &Catalog) -> Result<(), String> {
    let mut differences = Differences::default();
    let shown = match (interfaces::pure(target, &body(case), catalog), &case.expect, &case.expect_error) {
        (Ok(answer), Some(expected), _) => {
            let answer: Value = serde_json::from_slice(&answer).expect("an answer is JSON");
            check::estimate(&answer, expected, &mut differences);
            serde_json::to_string_pretty(&answer).expect("a value serialises")
        }
        (Err(problems), _, Some(expected)) => {
            check::refusal(&problems, expected, &mut differences);
            format!("{problems:#?}")
        }
        (Ok(answer), None, _) => {
            differences.add("it was answered; a refusal was expected");
            String::from_utf8_lossy(&answer).into_owned()
        }
        (Err(problems), _, None) => {
            differences.add("it was refused; an answer was expected");
            format!("{problems:#?}")
        }
    };
    differences.into_result(&shown)
}

/// The command line gives the same bytes as the function, from standard input and from flags.
fn cli(target: Target, case: &ServiceCase) -> Result<(), String> {
    let body = body(case);
    let mut args = target.command();
    args.extend(["--format", "json"]);
    let transcript = interfaces::cli(&args, &body);
    let expected = interfaces::expected_transcript(interfaces::pure(target, &body, &*interfaces::seed()?));
    let mut differences = Differences::default();
    differences.same("the command line", &transcript, &expected);
    if let Some(flags) = interfaces::flags(target, &case.request) {
        let flags: Vec<&str> = args.iter().copied().chain(flags.iter().map(String::as_str)).collect();
        differences.same(&format!("{flags:?}"), &interfaces::cli(&flags, b""), &expected);
    }
    differences.into_result("")
}
