//! `crossover prices`: what is known, and whether a folder of price data is sound.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::Value;

use super::editions::{self, ActivateArgs, CompareArgs, DiffArgs, EditionsArgs, HistoryArgs, ReferenceArgs};
use super::fault::Fault;
use super::imports::{self, ImportArgs, RefreshArgs};
use super::{AnswerArgs, Format, Shell, ask, lists, load};
use crate::app::architecture;
use crate::catalog::load::read;
use crate::catalog::seed::Files;
use crate::catalog::{Catalog, Edition};
use crate::storage::StorageError;
use crate::storage::upkeep::{self, Holds};

/// The most prices that the REST service sends on one page.
const PAGE: &str = "1000";
/// The largest data file that is read.
const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;
/// The deepest folder that is looked into.
const MAX_DEPTH: usize = 4;

/// What to do with prices.
#[derive(Debug, Clone, Subcommand)]
pub enum PricesCommand {
    /// List prices, all that match.
    List(ListArgs),
    /// Import price lists of AWS (CSV or JSON, plain or gzip) into a database, and serve them.
    Import(ImportArgs),
    /// Fetch what AWS has published since, and import it.
    Refresh(RefreshArgs),
    /// List the editions of a database.
    Editions(EditionsArgs),
    /// Say what differs between two editions.
    Diff(DiffArgs),
    /// Say what a request costs under two editions.
    Compare(CompareArgs),
    /// Serve an edition from now on.
    Activate(ActivateArgs),
    /// Serve again the edition that was served before the present one.
    Rollback(EditionsArgs),
    /// List everything that was ever known about the price of one meter.
    History(HistoryArgs),
    /// List what imports with `--all` kept for reference.
    Reference(ReferenceArgs),
    /// Check a database, a folder of price data (as `pricing-data/`), or the data inside the binary, and name every
    /// mistake. A database is only read.
    Check {
        /// The database file or the folder. Left out: the data inside the binary.
        path: Option<PathBuf>,
    },
}

/// The filters of `prices list`, as of `GET /v1/prices`.
#[derive(Debug, Clone, Args)]
pub struct ListArgs {
    /// The service code of the price list, such as `AmazonVPC`.
    #[arg(long, value_name = "CODE")]
    service_code: Option<String>,
    /// The Region, or `global`.
    #[arg(long, short)]
    region: Option<String>,
    /// The beginning of the usage type, such as `VPN-`.
    #[arg(long, value_name = "PREFIX")]
    usage_type: Option<String>,
    /// The day whose prices are listed, as `2026-11-22`. Left out: today.
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// The edition, by number. Left out: the active one.
    #[arg(long, value_name = "NUMBER")]
    edition: Option<u32>,
    /// The most prices, 1 to 1000. Left out: all of them; with `--format json` a page of 100.
    #[arg(long, value_name = "NUMBER")]
    limit: Option<String>,
    /// Where a page begins: the `next_cursor` of the page before.
    #[arg(long)]
    cursor: Option<String>,
    #[command(flatten)]
    answer: AnswerArgs,
}

/// Runs `crossover prices`.
pub fn run(command: &PricesCommand, shell: &mut Shell<'_>) -> Result<(), Fault> {
    match command {
        PricesCommand::List(args) => list(args, shell),
        PricesCommand::Import(args) => imports::import(args, shell),
        PricesCommand::Refresh(args) => imports::refresh(args, shell),
        PricesCommand::Editions(args) => editions::list(args, shell),
        PricesCommand::Diff(args) => editions::diff(args, shell),
        PricesCommand::Compare(args) => editions::compare(args, shell),
        PricesCommand::Activate(args) => editions::activate(args, shell),
        PricesCommand::Rollback(args) => editions::rollback(args, shell),
        PricesCommand::History(args) => editions::history(args, shell),
        PricesCommand::Reference(args) => editions::reference(args, shell),
        PricesCommand::Check { path: Some(file) } if file.is_file() => check_database(file, shell),
        PricesCommand::Check { path } => check(path.as_deref(), shell),
    }
}

fn list(args: &ListArgs, shell: &mut Shell<'_>) -> Result<(), Fault> {
    let catalog = load(args.answer.database.as_deref(), args.edition, shell)?;
    let edition = args.edition.map(|number| number.to_string());
    let one_page = args.answer.format == Format::Json || args.limit.is_some();
    let mut cursor = args.cursor.clone();
    let mut prices = Vec::new();
    loop {
        let query = [
            ("service_code", args.service_code.as_deref()),
            ("region", args.region.as_deref()),
            ("usage_type", args.usage_type.as_deref()),
            ("as_of", args.as_of.as_deref()),
            ("edition", edition.as_deref()),
            ("limit", if one_page { args.limit.as_deref() } else { Some(PAGE) }),
            ("cursor", cursor.as_deref()),
        ];
        let body = ask::get("/v1/prices", &query, catalog.clone(), shell.clock)?;
        if args.answer.format == Format::Json {
            return shell.write_body(&body);
        }
        let mut page: Value = serde_json::from_slice(&body)?;
        if let Some(Value::Array(rows)) = page.get_mut("prices") {
            prices.append(rows);
        }
        cursor = page.get("next_cursor").and_then(Value::as_str).map(str::to_owned);
        if one_page || cursor.is_none() {
            break;
        }
    }
    lists::write_prices(shell.stdout, args.answer.format, &prices)
}

fn check(folder: Option<&Path>, shell: &mut Shell<'_>) -> Result<(), Fault> {
    let (files, what) = match folder {
        Some(folder) => (files_in(folder)?, format!("`{}`", folder.display())),
        None => (Files::embedded(), "the data inside the binary".to_owned()),
    };
    let parts = read(&files)?;
    let facts = parts.facts.iter().count();
    let catalog = Catalog::new(Edition { number: 1, hash: files.hash() }, parts);
    architecture::check::check(&catalog)?;
    writeln!(
        shell.stdout,
        "{what} is sound: {} prices, {} Regions, {} facts, {} derivation rules, {} free allowances, {} architectures, \
         {} files, \
         content {}",
        catalog.len(),
        catalog.places.iter().count(),
        facts,
        catalog.derived.len(),
        catalog.allowances.len(),
        catalog.architectures.iter().count(),
        files.iter().count(),
        catalog.edition.hash,
    )?;
    Ok(())
}

fn check_database(file: &Path, shell: &mut Shell<'_>) -> Result<(), Fault> {
    let Holds { schema, editions, active, price_rows, books } = match upkeep::check(file) {
        Ok(holds) => holds,
        Err(StorageError::Unsound { mistakes, .. }) => return Err(Fault::Data(mistakes)),
        Err(error) => return Err(anyhow::Error::from(error).into()),
    };
    let served = active.map_or_else(|| "none is served".to_owned(), |active| format!("{active} is served"));
    writeln!(
        shell.stdout,
        "`{}` is sound: {editions} editions ({served}), {price_rows} price rows, {books} revisions of price books, \
         schema version {schema}",
        file.display(),
    )?;
    Ok(())
}

/// The data files in a folder. Documentation is left out, as it is in the binary.
fn files_in(folder: &Path) -> Result<Files, Fault> {
    let unreadable = |path: &Path, error: &dyn std::fmt::Display| {
        Fault::Data(vec![format!("`{}` cannot be read: {error}", path.display())])
    };
    let mut files = Files::default();
    let mut open = vec![(folder.to_owned(), 0_usize)];
    while let Some((inner, depth)) = open.pop() {
        for entry in fs::read_dir(&inner).map_err(|error| unreadable(&inner, &error))? {
            let path = entry.map_err(|error| unreadable(&inner, &error))?.path();
            if path.is_dir() {
                if depth < MAX_DEPTH {
                    open.push((path, depth.saturating_add(1)));
                }
                continue;
            }
            if path.extension().is_some_and(|extension| extension == "md") {
                continue;
            }
            let size = fs::metadata(&path).map_err(|error| unreadable(&path, &error))?.len();
            if size > MAX_FILE_BYTES {
                return Err(unreadable(&path, &format!("it has {size} bytes; at most {MAX_FILE_BYTES} are read")));
            }
            let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
            let inside = path.strip_prefix(folder).unwrap_or(&path);
            let name: Vec<String> =
                inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
            files.insert(name.join("/"), text);
        }
    }
    Ok(files)
}
