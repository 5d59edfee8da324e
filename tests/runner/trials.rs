//! A test for each case and each interface, and one for each list and file that do not agree.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::{env, fs};

use libtest_mimic::{Failed, Trial};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crossover::catalog::Catalog;
use crossover::decisions::{self, DECISIONS};
use crossover::domain::problem::Problems;
use crossover::services::{self, SERVICES};

use super::check::{self, Differences};
use super::form::{
    ArchitectureCase, ArchitectureFile, DecisionCase, DecisionFile, ExpectedError, PriceOverride, ServiceCase,
    ServiceFile,
};
use super::interfaces::{self, Target};

/// One case, of a service, a decision or an architecture.
pub(crate) trait Case: Send + Sync + 'static {
    /// Its name, unique in the file.
    fn name(&self) -> &str;
    /// The body of the request.
    fn request(&self) -> &Value;
    /// Prices of its own.
    fn prices(&self) -> &[PriceOverride];
    /// A price book of its own.
    fn price_book(&self) -> Option<&Value>;
    /// Whether it says what the answer must hold.
    fn expects_answer(&self) -> bool;
    /// How it must be refused.
    fn expects_error(&self) -> Option<&ExpectedError>;
    /// Compares the answer with what is expected.
    fn check(&self, answer: &Value, differences: &mut Differences);
    /// What is wrong with the case itself.
    fn mistake(&self) -> Option<&'static str>;
}

impl Case for ServiceCase {
    fn name(&self) -> &str {
        &self.name
    }
    fn request(&self) -> &Value {
        &self.request
    }
    fn prices(&self) -> &[PriceOverride] {
        &self.prices
    }
    fn price_book(&self) -> Option<&Value> {
        self.price_book.as_ref()
    }
    fn expects_answer(&self) -> bool {
        self.expect.is_some()
    }
    fn expects_error(&self) -> Option<&ExpectedError> {
        self.expect_error.as_ref()
    }
    fn check(&self, answer: &Value, differences: &mut Differences) {
        if let Some(expected) = &self.expect {
            check::estimate(answer, expected, differences);
        }
    }
    fn mistake(&self) -> Option<&'static str> {
        None
    }
}

impl Case for DecisionCase {
    fn name(&self) -> &str {
        &self.name
    }
    fn request(&self) -> &Value {
        &self.request
    }
    fn prices(&self) -> &[PriceOverride] {
        &self.prices
    }
    fn price_book(&self) -> Option<&Value> {
        self.price_book.as_ref()
    }
    fn expects_answer(&self) -> bool {
        self.expect.is_some()
    }
    fn expects_error(&self) -> Option<&ExpectedError> {
        self.expect_error.as_ref()
    }
    fn check(&self, answer: &Value, differences: &mut Differences) {
        if let Some(expected) = &self.expect {
            check::decision(answer, expected, differences);
        }
    }
    fn mistake(&self) -> Option<&'static str> {
        let expected = self.expect.as_ref()?;
        let ways = [expected.recommendation.is_some(), !expected.any_of.is_empty(), expected.none_eligible];
        (ways.into_iter().filter(|given| *given).count() != 1)
            .then_some("must expect one of `recommendation`, `any_of` and `none_eligible: true`")
    }
}

impl Case for ArchitectureCase {
    fn name(&self) -> &str {
        &self.name
    }
    fn request(&self) -> &Value {
        &self.request
    }
    fn prices(&self) -> &[PriceOverride] {
        &[]
    }
    fn price_book(&self) -> Option<&Value> {
        None
    }
    fn expects_answer(&self) -> bool {
        self.expect.is_some() || self.expect_part.is_some()
    }
    fn expects_error(&self) -> Option<&ExpectedError> {
        self.expect_error.as_ref()
    }
    fn check(&self, answer: &Value, differences: &mut Differences) {
        if let Some(expected) = &self.expect {
            check::estimate(answer, expected, differences);
        }
        check::architecture(answer, self, differences);
    }
    fn mistake(&self) -> Option<&'static str> {
        (self.expect.is_some() && self.expect_part.is_some()).then_some("has `expect` and `expect_part`; give one")
    }
}

/// The tests of all case files.
pub(crate) fn all(folder: &Path) -> Vec<Trial> {
    let services = SERVICES.iter().map(|service| service.id).collect();
    let mut trials = of_folder(&folder.join("services"), "service", services, |file: ServiceFile| {
        let target = services::find(&file.service).map(|service| Target::One(service.id));
        (file.service, target, file.cases)
    });
    let decisions = DECISIONS.iter().map(|decision| decision.id).collect();
    trials.extend(of_folder(&folder.join("decisions"), "decision", decisions, |file: DecisionFile| {
        let target = decisions::find(&file.decision).map(|decision| Target::Decision(decision.id));
        (file.decision, target, file.cases)
    }));
    let architectures = architectures();
    trials.extend(of_folder(
        &folder.join("architectures"),
        "architecture",
        architectures.clone(),
        |file: ArchitectureFile| {
            let listed = architectures.iter().find(|id| **id == file.architecture);
            let target = listed.map(|id| Target::Architecture(id));
            (file.architecture, target, file.cases)
        },
    ));
    trials
}

/// The ids of the architectures of the data. They live as long as the tests.
fn architectures() -> Vec<&'static str> {
    let seed = interfaces::seed().expect("sound data");
    seed.architectures.iter().map(|architecture| &*architecture.id.clone().leak()).collect()
}

/// The tests of the case files in a folder; `open` gives what a file says it is of, what that is in the list, and the
/// cases.
fn of_folder<File: DeserializeOwned, C: Case>(
    folder: &Path,
    kind: &str,
    listed: Vec<&'static str>,
    open: impl Fn(File) -> (String, Option<Target>, Vec<C>),
) -> Vec<Trial> {
    let files = case_files(folder);
    let ids: HashSet<String> = files.iter().map(|file| stem(file)).collect();
    let mut trials: Vec<Trial> = listed
        .into_iter()
        .filter(|id| !ids.contains(*id))
        .map(|id| failing(format!("{kind}/{id} [no file]"), format!("the {kind} has no case file")))
        .collect();
    for file in files {
        let id = stem(&file);
        let read = read(&file).and_then(|read| {
            let (says, target, cases) = open(read);
            if says != id {
                return Err(format!("the file says it is of `{says}`; its name says `{id}`"));
            }
            let target = target.ok_or_else(|| format!("there is no {kind} `{id}` in the list"))?;
            sound(&cases)?;
            Ok((target, cases))
        });
        match read {
            Ok((target, cases)) => {
                let batch = Arc::new(BatchOfFile::default());
                for (nth, case) in cases.into_iter().enumerate() {
                    of_case(&format!("{kind}/{id}"), target, case, Ways::of(target, nth), &batch, &mut trials);
                }
            }
            Err(message) => trials.push(failing(format!("{kind}/{id} [file]"), message)),
        }
    }
    trials
}

/// A test that only fails.
fn failing(name: String, message: String) -> Trial {
    Trial::test(name, move || Err(Failed::from(message)))
}

/// The files of a folder, in order.
fn case_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    files
}

/// The name of a file without folder and extension.
fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn read<File: DeserializeOwned>(file: &Path) -> Result<File, String> {
    if file.extension().is_none_or(|extension| extension != "yaml") {
        return Err("case files end in `.yaml`".to_owned());
    }
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    serde_saphyr::from_str(&text).map_err(|error| error.to_string())
}

/// Finds what is wrong with the cases of a file themselves.
fn sound<C: Case>(cases: &[C]) -> Result<(), String> {
    if cases.is_empty() {
        return Err("the file holds no case".to_owned());
    }
    let mut names = HashSet::new();
    for case in cases {
        if !names.insert(case.name()) {
            return Err(format!("two cases are named `{}`", case.name()));
        }
        let mistake = match (case.expects_answer(), case.expects_error()) {
            (true, Some(_)) => Some("has `expect` and `expect_error`; give one"),
            (false, None) => Some("expects nothing; give `expect` or `expect_error`"),
            (true, None) if case.request().get("as_of").is_none() => {
                Some("must pin `as_of`, so that a later price does not break it")
            }
            _ => case.mistake(),
        };
        if let Some(mistake) = mistake {
            return Err(format!("the case `{}` {mistake}", case.name()));
        }
    }
    Ok(())
}

/// The interfaces that are asked a case, beside the function.
#[derive(Clone, Copy)]
struct Ways {
    rest: bool,
    batch: bool,
    cli: bool,
}

impl Ways {
    const ALL: Self = Self { rest: true, batch: true, cli: true };

    /// Those of a case that is the `nth` of its file. What is answered quickly is asked through all of them. A decision
    /// that is answered takes its time, and is asked through one in turn, so that every file goes through each;
    /// through all where `CROSSOVER_ALL_WAYS` is set.
    fn of(target: Target, nth: usize) -> Self {
        if !matches!(target, Target::Decision(_)) || env::var_os("CROSSOVER_ALL_WAYS").is_some() {
            return Self::ALL;
        }
        let turn = nth % 3;
        Self { rest: turn == 0, batch: turn == 1, cli: turn == 2 }
    }
}

fn of_case<C: Case>(of: &str, target: Target, case: C, ways: Ways, batch: &Arc<BatchOfFile>, trials: &mut Vec<Trial>) {
    let target = if case.request().get("resources").is_some() { Target::Many } else { target };
    let name = format!("{of}/{}", case.name());
    let case = Arc::new(case);
    if !case.prices().is_empty() {
        trials.push(test(format!("{name} [pure only: prices of its own]"), move || {
            let catalog = Arc::new(interfaces::seed_with(case.prices())?);
            let catalog = match case.price_book() {
                Some(book) => interfaces::with_book(&catalog, case.request(), book)?,
                None => catalog,
            };
            judged(interfaces::pure(target, &body(case.request()), &catalog), &*case)
        }));
        return;
    }
    let asked = Arc::new(Asked {
        target,
        body: body(case.request()),
        book: case.price_book().map(|book| (case.request().clone(), book.clone())),
        catalog: OnceLock::new(),
        answer: OnceLock::new(),
    });
    // A refusal is quick.
    let ways = if case.expects_answer() { ways } else { Ways::ALL };
    let (for_pure, this) = (Arc::clone(&asked), Arc::clone(&case));
    trials.push(test(format!("{name} [pure]"), move || judged(for_pure.answer()?, &*this)));
    if ways.rest {
        let asked = Arc::clone(&asked);
        trials.push(test(format!("{name} [rest]"), move || rest(&asked)));
    }
    // A row has no form for an architecture.
    if ways.batch && !matches!(target, Target::Architecture(_)) {
        // A price book of its own makes other prices, and so a batch of its own.
        let batch = if case.price_book().is_some() { Arc::default() } else { Arc::clone(batch) };
        let (asked, at) = (Arc::clone(&asked), batch.add(target, case.request()));
        trials.push(test(format!("{name} [batch]"), move || batch.gives_the_same(at, &asked)));
    }
    if ways.cli {
        trials.push(test(format!("{name} [cli]"), move || cli(&asked, case.request())));
    }
}

/// The cases of a file as the rows of one batch, which is answered once, for the first of them that is looked at.
#[derive(Default)]
struct BatchOfFile {
    rows: Mutex<Vec<Value>>,
    answers: OnceLock<Vec<String>>,
}

impl BatchOfFile {
    /// Adds a case. Returns which row it is.
    fn add(&self, target: Target, request: &Value) -> usize {
        let mut rows = self.rows.lock().expect("no panic");
        let at = rows.len();
        rows.push(interfaces::row(target, at, request));
        at
    }

    /// The batch gives, in the row of a case, the same bytes as the function.
    fn gives_the_same(&self, at: usize, asked: &Asked) -> Result<(), String> {
        let catalog = asked.catalog()?;
        let rows = || self.rows.lock().expect("no panic");
        let answers = self.answers.get_or_init(|| interfaces::batch(&rows(), &catalog));
        let found = answers.get(at).ok_or_else(|| format!("there are {} answers only", answers.len()))?;
        let mut differences = Differences::default();
        differences.same("the batch", found, &interfaces::expected_line(at, asked.answer()?));
        differences.into_result("")
    }
}

/// A request, and what the function says to it; it is asked once for all interfaces.
struct Asked {
    target: Target,
    body: Vec<u8>,
    /// The request, and the price book that it names.
    book: Option<(Value, Value)>,
    catalog: OnceLock<Result<Arc<Catalog>, String>>,
    answer: OnceLock<Result<Vec<u8>, Problems>>,
}

impl Asked {
    /// The prices, with the price book where there is one.
    fn catalog(&self) -> Result<Arc<Catalog>, String> {
        let seed = interfaces::seed()?;
        match &self.book {
            None => Ok(seed),
            Some((request, book)) => self.catalog.get_or_init(|| interfaces::with_book(&seed, request, book)).clone(),
        }
    }

    fn answer(&self) -> Result<Result<Vec<u8>, Problems>, String> {
        let catalog = self.catalog()?;
        Ok(self.answer.get_or_init(|| interfaces::pure(self.target, &self.body, &catalog)).clone())
    }
}

fn test(name: String, run: impl FnOnce() -> Result<(), String> + Send + 'static) -> Trial {
    Trial::test(name, move || run().map_err(Failed::from))
}

fn body(request: &Value) -> Vec<u8> {
    serde_json::to_vec(request).expect("a value serialises")
}

/// The function answers, or refuses, as expected.
fn judged(answer: Result<Vec<u8>, Problems>, case: &impl Case) -> Result<(), String> {
    let mut differences = Differences::default();
    let shown = match (answer, case.expects_error()) {
        (Ok(answer), None) => {
            let answer: Value = serde_json::from_slice(&answer).expect("an answer is JSON");
            case.check(&answer, &mut differences);
            serde_json::to_string_pretty(&answer).expect("a value serialises")
        }
        (Err(problems), Some(expected)) => {
            check::refusal(&problems, expected, &mut differences);
            format!("{problems:#?}")
        }
        (Ok(answer), Some(_)) => {
            differences.add("it was answered; a refusal was expected");
            String::from_utf8_lossy(&answer).into_owned()
        }
        (Err(problems), None) => {
            differences.add("it was refused; an answer was expected");
            format!("{problems:#?}")
        }
    };
    differences.into_result(&shown)
}

/// The REST service gives the same bytes as the function.
fn rest(asked: &Asked) -> Result<(), String> {
    let found = match &asked.book {
        None => interfaces::rest(asked.target, &asked.body),
        Some(_) => interfaces::rest_in_process(asked.target, &asked.body, asked.catalog()?),
    };
    let expected = interfaces::expected_response(asked.answer()?, &found.request_id);
    let mut differences = Differences::default();
    differences.same("the REST service", &found, &expected);
    differences.into_result("")
}

/// The command line gives the same bytes as the function, from flags where they can say it and from standard input.
/// A decision takes its time, so it is asked once.
fn cli(asked: &Asked, request: &Value) -> Result<(), String> {
    let mut args = asked.target.command();
    args.extend(["--format", "json"]);
    let expected = interfaces::expected_transcript(asked.answer()?);
    let flags = interfaces::flags(asked.target, request);
    let catalog = asked.catalog()?;
    let mut differences = Differences::default();
    if flags.is_none() || !matches!(asked.target, Target::Decision(_)) {
        differences.same("the command line", &interfaces::cli(&args, &asked.body, &catalog), &expected);
    }
    if let Some(flags) = flags {
        let flags: Vec<&str> = args.iter().copied().chain(flags.iter().map(String::as_str)).collect();
        differences.same(&format!("{flags:?}"), &interfaces::cli(&flags, b"", &catalog), &expected);
    }
    differences.into_result("")
}
