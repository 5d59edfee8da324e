//! Floor 6: the command line. It reads a request, calls the same use-cases as the REST service, and writes the answer
//! for people, for scripts or for spreadsheets.
//!
//! [`run`] takes its input and output as arguments, so that the case runner calls it in process.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::Value;

use crate::app::decide::DecideRequest;
use crate::app::estimate::{EstimateMany, EstimateOne};
use crate::catalog::Catalog;
use crate::catalog::books::Books;
use crate::config::ServeConfig;
use crate::domain::problem::{Code, Problem};
use crate::http;
use crate::http::state::utc_today;
use crate::storage::{StorageError, Store};

pub mod architectures;
pub mod ask;
pub mod backup;
pub mod batch;
pub mod decide;
pub mod editions;
pub mod estimate;
pub mod fault;
pub mod imports;
pub mod lists;
pub mod price_books;
pub mod prices;
pub mod request;
pub mod text;

use backup::BackupArgs;
use batch::BatchArgs;
pub use fault::Exit;
use fault::Fault;
use price_books::PriceBooksCommand;
use prices::PricesCommand;
use request::{Extra, RequestArgs};

/// What the help says about exit codes.
const EXIT_CODES: &str = "Exit codes: 0 answered; 1 the request was refused; 2 the command line is wrong; \
                          3 the pricing data or the database is wrong; 4 the program failed.";

/// What the help says about rows and exit codes.
const BATCH_HELP: &str = "\
A row is a whole request: {\"id\": …, \"service\": …, \"region\": …, \"usage\": {…}}, or with `resources`, or with \
`decision` and `inputs`. In CSV a header names the fields: id,service,region,usage.connections.

Exit codes: 0 every row was answered; 1 a row was refused, its answer says why; 2 the command line is wrong; 3 the \
pricing data or the database is wrong; 4 the program failed.";

/// Exact AWS cost estimates and decisions with reasons, break-even points and sourced prices.
#[derive(Debug, Parser)]
#[command(name = "crossover", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the REST service.
    Serve(ServeConfig),
    /// Estimate the monthly cost of one service, or of many resources in one pool.
    #[command(after_help = EXIT_CODES)]
    Estimate(EstimateArgs),
    /// Answer a decision: what to choose, why, what each option costs, and what would change the answer.
    #[command(after_help = EXIT_CODES)]
    Decide(DecideArgs),
    /// Estimate an architecture: a ready-made bill of many services with parameters, and the decisions that it raises.
    #[command(after_help = EXIT_CODES)]
    Architecture(ArchitectureArgs),
    /// Answer many requests, one a row, in order: estimates and decisions, as NDJSON or CSV.
    #[command(after_help = BATCH_HELP)]
    Batch(BatchArgs),
    /// List, check, import and refresh prices, and choose the edition that is served.
    #[command(subcommand)]
    Prices(PricesCommand),
    /// List, show, put or delete price books: your own rates over list prices.
    #[command(subcommand, after_help = EXIT_CODES)]
    PriceBooks(PriceBooksCommand),
    /// Copy the database into a file while it is in use.
    #[command(after_help = EXIT_CODES)]
    Backup(BackupArgs),
    /// List the services that can be estimated, or describe one.
    Services(ItemArgs),
    /// List the decisions that can be asked for, or describe one.
    Decisions(ItemArgs),
    /// List the architectures that can be estimated, or describe one.
    Architectures(ItemArgs),
    /// List the Regions.
    Regions(AnswerArgs),
    /// Print the OpenAPI document of the REST service.
    Openapi,
}

/// How an answer is written, and from which prices.
#[derive(Debug, Clone, Args)]
pub struct AnswerArgs {
    /// How to write the answer; `json` is exactly the body that the REST service sends.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Use the prices of this database instead of the data inside the binary.
    #[arg(long, value_name = "FILE")]
    pub database: Option<PathBuf>,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Aligned text for people.
    #[default]
    Table,
    /// The body that the REST service sends.
    Json,
    /// Rows with a header; money and quantities are exact.
    Csv,
}

/// The arguments of `services`, `decisions` and `architectures`.
#[derive(Debug, Clone, Args)]
pub struct ItemArgs {
    /// The one to describe. Left out: all are listed.
    pub id: Option<String>,
    #[command(flatten)]
    answer: AnswerArgs,
}

/// The arguments of `estimate`.
#[derive(Debug, Clone, Args)]
pub struct EstimateArgs {
    /// The service, such as `site_to_site_vpn`. Left out: the request names many resources.
    pub service: Option<String>,
    /// What is planned, as `name=value`; dots lead into nested fields and list positions (`to_regions.0.gb=5`).
    #[arg(long, short, value_name = "NAME=VALUE", num_args = 1..)]
    pub usage: Vec<String>,
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    answer: AnswerArgs,
}

/// The arguments of `decide`.
#[derive(Debug, Clone, Args)]
pub struct DecideArgs {
    /// The decision, such as `hybrid_connectivity`.
    pub decision: String,
    /// What is known, as `name=value`. Every input may be left out.
    #[arg(long, short, value_name = "NAME=VALUE", num_args = 1..)]
    pub input: Vec<String>,
    /// How to choose: `guided`, `cheapest_eligible`, `best_within_budget` or `weighted`.
    #[arg(long)]
    pub mode: Option<String>,
    /// The budget a month in US dollars, for the mode `best_within_budget`.
    #[arg(long, value_name = "USD", allow_negative_numbers = true)]
    pub budget_month: Option<String>,
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    answer: AnswerArgs,
}

/// The arguments of `architecture`.
#[derive(Debug, Clone, Args)]
pub struct ArchitectureArgs {
    /// The architecture, such as `serverless_api`.
    pub architecture: String,
    /// A parameter that differs from its default, as `name=value`.
    #[arg(long, short, value_name = "NAME=VALUE", num_args = 1..)]
    pub set: Vec<String>,
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    answer: AnswerArgs,
}

/// What the command line reads from and writes to.
pub struct Shell<'a> {
    /// Standard input.
    pub stdin: Box<dyn Read + Send>,
    /// Whether a person sits at it.
    pub stdin_is_terminal: bool,
    /// Standard output.
    pub stdout: &'a mut dyn Write,
    /// Whether a person reads it.
    pub stdout_is_terminal: bool,
    /// Standard error.
    pub stderr: &'a mut dyn Write,
    /// Whether a person reads that.
    pub stderr_is_terminal: bool,
    /// The day whose prices count where a request names none.
    pub clock: fn() -> NaiveDate,
    /// Loads the prices inside the binary.
    pub seed: &'a dyn Fn() -> anyhow::Result<Arc<Catalog>>,
}

/// Runs a command line; the first argument is the name of the program.
pub fn run(args: impl IntoIterator<Item = OsString>, shell: &mut Shell<'_>) -> Exit {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            // Nothing is left to do where even this cannot be written.
            let _ = write!(shell.stderr, "{}", error.render());
            return Exit::Usage;
        }
        Err(help) => {
            let _ = write!(shell.stdout, "{}", help.render()).and_then(|()| shell.stdout.flush());
            return Exit::Ok;
        }
    };
    match answer(&cli.command, shell).and_then(|()| Ok(shell.stdout.flush()?)) {
        Ok(()) => Exit::Ok,
        Err(fault) => {
            let _ = shell.stdout.flush();
            let _ = fault.write(shell.stderr).and_then(|()| shell.stderr.flush());
            fault.exit()
        }
    }
}

fn answer(command: &Command, shell: &mut Shell<'_>) -> Result<(), Fault> {
    match command {
        Command::Estimate(args) => estimate(args, shell),
        Command::Decide(args) => decide(args, shell),
        Command::Architecture(args) => architectures::run(args, shell),
        Command::Batch(args) => batch::run(args, shell),
        Command::Serve(config) => {
            actix_web::rt::System::new().block_on(http::serve(config.clone())).map_err(Fault::from)
        }
        Command::Prices(command) => prices::run(command, shell),
        Command::PriceBooks(command) => price_books::run(command, shell),
        Command::Backup(args) => backup::run(args, shell),
        Command::Services(args) => item("services", args, shell, lists::write_services, lists::write_service),
        Command::Decisions(args) => item("decisions", args, shell, lists::write_decisions, lists::write_decision),
        Command::Architectures(args) => {
            item("architectures", args, shell, architectures::write_all, architectures::write_one)
        }
        Command::Regions(args) => show("/v1/regions", args, shell, lists::write_regions),
        Command::Openapi => shell.write_body(http::openapi::text().as_bytes()),
    }
}

fn decide(args: &DecideArgs, shell: &mut Shell<'_>) -> Result<(), Fault> {
    let extra = Extra {
        object: Some(("inputs", "--input")),
        pairs: &args.input,
        fields: vec![("mode", args.mode.as_deref()), ("budget_month", args.budget_month.as_deref())],
    };
    let body = args.request.body(&extra, &mut *shell.stdin, shell.stdin_is_terminal)?;
    let request = DecideRequest::read(&body)?;
    let catalog = load(args.answer.database.as_deref(), request.common().edition, shell)?;
    let answer = request.run(&args.decision, &catalog, shell.today())?;
    match args.answer.format {
        Format::Table => decide::write_text(shell.stdout, &answer),
        Format::Csv => decide::write_csv(shell.stdout, &answer),
        Format::Json => shell.write_json(&answer),
    }
}

fn estimate(args: &EstimateArgs, shell: &mut Shell<'_>) -> Result<(), Fault> {
    if args.service.is_none() && !args.usage.is_empty() {
        return Err(Fault::usage_with_hint(
            "`--usage` needs a service",
            "name it first, `crossover estimate nat_gateway --usage …`; many resources go in a file",
        ));
    }
    let object = args.service.as_ref().map(|_| ("usage", "--usage"));
    let extra = Extra { object, pairs: &args.usage, fields: Vec::new() };
    let body = args.request.body(&extra, &mut *shell.stdin, shell.stdin_is_terminal)?;
    let catalog;
    let estimate = if let Some(service) = &args.service {
        let request = EstimateOne::read(&body)?;
        catalog = load(args.answer.database.as_deref(), request.common().edition, shell)?;
        request.run(service, &catalog, shell.today())?
    } else {
        let request = EstimateMany::read(&body)?;
        catalog = load(args.answer.database.as_deref(), request.common().edition, shell)?;
        request.run(&catalog, shell.today())?
    };
    match args.answer.format {
        Format::Table => estimate::write_text(shell.stdout, &estimate),
        Format::Csv => estimate::write_csv(shell.stdout, &estimate),
        Format::Json => shell.write_json(&estimate),
    }
}

/// Writes a list or one of its items for people or as CSV.
type WriteList = fn(&mut dyn Write, Format, &Value) -> Result<(), Fault>;

/// Answers `services [ID]`, `decisions [ID]` and `architectures [ID]`.
fn item(kind: &str, args: &ItemArgs, shell: &mut Shell<'_>, all: WriteList, one: WriteList) -> Result<(), Fault> {
    match &args.id {
        None => show(&format!("/v1/{kind}"), &args.answer, shell, all),
        Some(id) => show(&format!("/v1/{kind}/{id}"), &args.answer, shell, one),
    }
}

/// Asks for a path and writes what comes back.
fn show(path: &str, args: &AnswerArgs, shell: &mut Shell<'_>, write: WriteList) -> Result<(), Fault> {
    let body = ask::get(path, &[], load(args.database.as_deref(), None, shell)?, shell.clock)?;
    match args.format {
        Format::Json => shell.write_body(&body),
        format => write(shell.stdout, format, &serde_json::from_slice(&body)?),
    }
}

/// The prices to answer from: those of the database where one is named, else those inside the binary. `edition` is the
/// one that the request asks for; left out, the active one.
fn load(database: Option<&Path>, edition: Option<u32>, shell: &Shell<'_>) -> Result<Arc<Catalog>, Fault> {
    let Some(path) = database else {
        let catalog = (shell.seed)()?;
        return match edition {
            Some(number) if number != catalog.edition.number => Err(unknown_edition(number).into()),
            _ => Ok(catalog),
        };
    };
    if !path.is_file() {
        return Err(no_database(path));
    }
    load_edition(path, edition)
}

/// An edition of a database; the active one where none is named.
fn load_edition(path: &Path, edition: Option<u32>) -> Result<Arc<Catalog>, Fault> {
    on_store(path, |store| async move {
        let mut catalog = store.load(edition).await?;
        catalog.books = Arc::new(store.books(&Books::default()).await?);
        Ok(Arc::new(catalog))
    })
}

/// Works on a store and closes it.
fn on_store<T, F>(path: &Path, work: impl FnOnce(Store) -> F) -> Result<T, Fault>
where
    F: Future<Output = Result<T, StorageError>>,
{
    let done = actix_web::rt::System::new().block_on(async {
        let store = Store::open(path).await?;
        let done = work(store.clone()).await;
        store.close().await;
        done
    });
    done.map_err(|error| match error {
        StorageError::UnknownEdition { number, .. } => unknown_edition(number).into(),
        error => anyhow::Error::from(error).into(),
    })
}

fn no_database(path: &Path) -> Fault {
    Fault::usage_with_hint(
        format!("there is no database `{}`", path.display()),
        format!("`crossover serve --database {}` makes one", path.display()),
    )
}

/// As the REST service says it.
fn unknown_edition(number: u32) -> Problem {
    Problem::new(Code::UnknownEdition, "/edition", format!("there is no edition {number}"))
        .hinting(Code::UnknownEdition.help())
}

impl Shell<'_> {
    /// Today.
    fn today(&self) -> NaiveDate {
        (self.clock)()
    }

    /// Writes a body as it is; a person at a terminal gets a line end after it.
    fn write_body(&mut self, body: &[u8]) -> Result<(), Fault> {
        self.stdout.write_all(body)?;
        if self.stdout_is_terminal && !body.ends_with(b"\n") {
            writeln!(self.stdout)?;
        }
        Ok(())
    }

    /// Writes an answer as the REST service would.
    fn write_json(&mut self, answer: &impl Serialize) -> Result<(), Fault> {
        let body = serde_json::to_vec(answer)?;
        self.write_body(&body)
    }
}

impl std::fmt::Debug for Shell<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shell").field("today", &(self.clock)()).finish_non_exhaustive()
    }
}

/// Loads the prices inside the binary.
pub fn seed() -> anyhow::Result<Arc<Catalog>> {
    Ok(Arc::new(crate::catalog::load::seed_catalog()?))
}

/// Runs the program: real arguments, standard streams, the clock.
pub fn main() -> Exit {
    use io::IsTerminal;
    let (stdin, stdout, mut stderr) = (io::stdin(), io::stdout(), io::stderr());
    run(
        std::env::args_os(),
        &mut Shell {
            stdin_is_terminal: stdin.is_terminal(),
            stdin: Box::new(stdin),
            stdout_is_terminal: stdout.is_terminal(),
            stdout: &mut io::BufWriter::new(stdout.lock()),
            stderr_is_terminal: stderr.is_terminal(),
            stderr: &mut stderr,
            clock: utc_today,
            seed: &seed,
        },
    )
}
