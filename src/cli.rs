//! Floor 6: the command line. It reads a request, calls the same use-cases as the REST service, and writes the answer
//! for people, for scripts or for spreadsheets.
//!
//! [`run`] takes its input and output as arguments, so that the case runner calls it in process.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::app::decide::DecideRequest;
use crate::app::estimate::{EstimateMany, EstimateOne};
use crate::catalog::Catalog;

pub mod decide;
pub mod estimate;
pub mod fault;
pub mod request;
pub mod text;

pub use fault::Exit;
use fault::Fault;
use request::{Extra, RequestArgs};

/// What the help says about exit codes.
const EXIT_CODES: &str = "Exit codes: 0 answered; 1 the request was refused; 2 the command line is wrong; \
                          3 the pricing data or the database is wrong; 4 the program failed.";

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
    /// Estimate the monthly cost of one service, or of many resources in one pool.
    #[command(after_help = EXIT_CODES)]
    Estimate(EstimateArgs),
    /// Answer a decision: what to choose, why, what each option costs, and what would change the answer.
    #[command(after_help = EXIT_CODES)]
    Decide(DecideArgs),
}

/// How an answer is written, and from which prices.
#[derive(Debug, Clone, Args)]
pub struct AnswerArgs {
    /// How to write the answer; `json` is exactly the body that the REST service sends.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Use the prices of this database instead of the data inside the binary.
    #[arg(long, value_name = "FILE", env = "CROSSOVER_DATABASE")]
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
    #[arg(long, value_name = "USD")]
    pub budget_month: Option<String>,
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    answer: AnswerArgs,
}

/// What the command line reads from and writes to.
pub struct Shell<'a> {
    /// Standard input.
    pub stdin: &'a mut dyn Read,
    /// Whether a person sits at it.
    pub stdin_is_terminal: bool,
    /// Standard output.
    pub stdout: &'a mut dyn Write,
    /// Whether a person reads it.
    pub stdout_is_terminal: bool,
    /// Standard error.
    pub stderr: &'a mut dyn Write,
    /// The day whose prices count where a request names none.
    pub today: NaiveDate,
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
    }
}

fn decide(args: &DecideArgs, shell: &mut Shell<'_>) -> Result<(), Fault> {
    let extra = Extra {
        object: Some(("inputs", "--input")),
        pairs: &args.input,
        fields: vec![("mode", args.mode.as_deref()), ("budget_month", args.budget_month.as_deref())],
    };
    let body = args.request.body(&extra, shell.stdin, shell.stdin_is_terminal)?;
    let catalog = catalog(&args.answer, shell)?;
    let answer = DecideRequest::read(&body)?.run(&args.decision, &catalog, shell.today)?;
    match args.answer.format {
        Format::Table => decide::write_text(shell.stdout, &answer),
        Format::Csv => decide::write_csv(shell.stdout, &answer),
        Format::Json => write_json(shell, &answer),
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
    let body = args.request.body(&extra, shell.stdin, shell.stdin_is_terminal)?;
    let catalog = catalog(&args.answer, shell)?;
    let estimate = match &args.service {
        Some(service) => EstimateOne::read(&body)?.run(service, &catalog, shell.today)?,
        None => EstimateMany::read(&body)?.run(&catalog, shell.today)?,
    };
    match args.answer.format {
        Format::Table => estimate::write_text(shell.stdout, &estimate),
        Format::Csv => estimate::write_csv(shell.stdout, &estimate),
        Format::Json => write_json(shell, &estimate),
    }
}

/// Writes an answer as the REST service would; a person at a terminal gets a line end after it.
fn write_json(shell: &mut Shell<'_>, answer: &impl serde::Serialize) -> Result<(), Fault> {
    serde_json::to_writer(&mut shell.stdout, answer)?;
    if shell.stdout_is_terminal {
        writeln!(shell.stdout)?;
    }
    Ok(())
}

/// The prices to answer from.
fn catalog(args: &AnswerArgs, shell: &Shell<'_>) -> Result<Arc<Catalog>, Fault> {
    match &args.database {
        None => (shell.seed)().map_err(|error| Fault::Data(vec![format!("{error:#}")])),
        Some(_) => Err(Fault::usage("`--database` is being written")),
    }
}

impl std::fmt::Debug for Shell<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shell").field("today", &self.today).finish_non_exhaustive()
    }
}

/// Loads the prices inside the binary.
pub fn seed() -> anyhow::Result<Arc<Catalog>> {
    Ok(Arc::new(crate::catalog::load::seed_catalog()?))
}

/// Runs the program: real arguments, standard streams, the clock.
pub fn main() -> Exit {
    use io::IsTerminal;
    let (stdin, stdout, stderr) = (io::stdin(), io::stdout(), io::stderr());
    run(
        std::env::args_os(),
        &mut Shell {
            stdin_is_terminal: stdin.is_terminal(),
            stdin: &mut stdin.lock(),
            stdout_is_terminal: stdout.is_terminal(),
            stdout: &mut io::BufWriter::new(stdout.lock()),
            stderr: &mut stderr.lock(),
            today: chrono::Utc::now().date_naive(),
            seed: &seed,
        },
    )
}
