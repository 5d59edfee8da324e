//! `crossover prices import` and `crossover prices refresh`.

use std::io::{self, Seek as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use chrono::NaiveDate;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use rust_decimal::Decimal;
use serde_json::Value;

use super::fault::Fault;
use super::lists::{items, text, write_rows};
use super::{Format, Shell};
use crate::catalog::seed::Files;
use crate::catalog::table::date_from_text;
use crate::http::imports::{ImportReportView, max_jump};
use crate::import::import as import_into;
use crate::import::refresh::{RefreshOptions, refresh as refresh_store};
use crate::import::{
    ImportError, ImportOptions, ImportReport, MAX_LISTED, PUBLISHED_AT, Progress, SharedProgress, Source,
};
use crate::storage::Store;

/// How many changes are shown to a person.
const SHOWN: usize = 20;
/// What stands for standard input.
const STDIN: &str = "-";

/// Which database is meant.
#[derive(Debug, Clone, Args)]
pub struct DatabaseArgs {
    /// The SQLite file that holds the prices.
    #[arg(long, env = "CROSSOVER_DATABASE", value_name = "FILE", default_value = "crossover.db")]
    pub database: PathBuf,
    /// How to write the answer.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// How price lists are imported.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
struct Importing {
    /// Only say what would change; the database stays as it is.
    #[arg(long)]
    dry_run: bool,
    /// Keep rows that no service meters as well, for reference.
    #[arg(long)]
    all: bool,
    /// Serve the new edition at once. This is what happens unless `--no-activate` is given.
    #[arg(long, overrides_with = "no_activate")]
    activate: bool,
    /// Add the edition and leave the active one as it is; `crossover prices activate` serves it later.
    #[arg(long)]
    no_activate: bool,
    /// The largest ratio by which a price may rise or fall, or `none`. A larger jump is a mistake.
    #[arg(long, value_name = "RATIO", default_value = "10")]
    max_jump: String,
    /// Leave Regions out that are not known, instead of refusing the file.
    #[arg(long)]
    skip_unknown_regions: bool,
    #[command(flatten)]
    database: DatabaseArgs,
}

/// The arguments of `prices import`.
#[derive(Debug, Clone, Args)]
pub struct ImportArgs {
    /// The price lists; `-` is standard input. All of them become one edition.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The first day on which the prices no longer hold, for price lists of the past.
    #[arg(long, value_name = "DATE", value_parser = date)]
    valid_to: Option<NaiveDate>,
    #[command(flatten)]
    importing: Importing,
}

/// The arguments of `prices refresh`.
#[derive(Debug, Clone, Args)]
pub struct RefreshArgs {
    /// A service code of AWS's index, such as `AmazonVPC`. Left out: every service that can be estimated.
    #[arg(long, value_name = "CODE")]
    service: Vec<String>,
    /// A Region. Left out: all that are known.
    #[arg(long, short, value_name = "REGION")]
    region: Vec<String>,
    /// The address before the paths of the price lists.
    #[arg(long, value_name = "URL", default_value = PUBLISHED_AT)]
    base_url: String,
    /// Where downloads are kept until they are imported; a download that was cut goes on from there. Left out: beside the
    /// database.
    #[arg(long, value_name = "FOLDER")]
    downloads: Option<PathBuf>,
    #[command(flatten)]
    importing: Importing,
}

impl Importing {
    fn options(&self, valid_to: Option<NaiveDate>) -> Result<ImportOptions, Fault> {
        let max_jump: Option<Decimal> =
            max_jump(&self.max_jump).map_err(|detail| Fault::usage(format!("--max-jump: {detail}")))?;
        Ok(ImportOptions {
            keep_all: self.all,
            skip_unknown_regions: self.skip_unknown_regions,
            max_jump,
            valid_to,
            activate: self.activate || !self.no_activate,
            dry_run: self.dry_run,
        })
    }
}

fn date(text: &str) -> Result<NaiveDate, String> {
    date_from_text(text).ok_or_else(|| format!("`{text}` is not a date such as `2026-11-22`"))
}

/// Runs `crossover prices import`.
pub fn import(args: &ImportArgs, shell: &mut Shell<'_>) -> Result<(), Fault> {
    let options = args.importing.options(args.valid_to)?;
    let progress: SharedProgress = Arc::new(Progress::default());
    let mut sources = Vec::with_capacity(args.files.len());
    let mut total = Some(0_u64);
    for path in &args.files {
        if path.as_os_str() == STDIN {
            sources.push(Source::reader("standard input", from_stdin(shell)?));
            total = None;
        } else {
            let source = Source::file(path).map_err(|source| ImportError::Open { path: path.clone(), source })?;
            let size = path.metadata().map_or(0, |data| data.len());
            total = total.map(|total| total.saturating_add(size));
            sources.push(source);
        }
    }
    progress.total.store(total.unwrap_or_default(), Ordering::Relaxed);
    let bar = Bar::draw(&progress, shell, "reading");
    let report = on_store(&args.importing.database.database, |store| {
        let progress = Arc::clone(&progress);
        async move { import_into(&store, sources, options, progress).await }
    });
    bar.end();
    write_report(&report?, args.importing.database.format, shell)
}

/// Runs `crossover prices refresh`.
pub fn refresh(args: &RefreshArgs, shell: &mut Shell<'_>) -> Result<(), Fault> {
    let importing = args.importing.options(None)?;
    let database = &args.importing.database.database;
    let folder = args.downloads.clone().unwrap_or_else(|| {
        let mut beside = database.clone().into_os_string();
        beside.push(".downloads");
        PathBuf::from(beside)
    });
    let options = RefreshOptions {
        base_url: args.base_url.clone(),
        services: args.service.clone(),
        regions: args.region.clone(),
        ..RefreshOptions::into_folder(folder)
    };
    let progress: SharedProgress = Arc::new(Progress::default());
    let bar = Bar::draw(&progress, shell, "fetching");
    let report = on_store(database, |store| {
        let progress = Arc::clone(&progress);
        async move { refresh_store(&store, options, importing, progress).await }
    });
    bar.end();
    let report = report?;
    let format = args.importing.database.format;
    if format == Format::Table {
        writeln!(shell.stdout, "{} price lists, {} of them imported before", report.listed, report.unchanged)?;
    }
    match &report.import {
        Some(import) => write_report(import, format, shell),
        None if format == Format::Json => shell.write_json(&Value::Null),
        None => Ok(()),
    }
}

/// Opens a database, adds the data of the program where it is new, and works on it.
fn on_store<T, F>(database: &Path, work: impl FnOnce(Store) -> F) -> Result<T, Fault>
where
    F: Future<Output = Result<T, ImportError>>,
{
    actix_web::rt::System::new().block_on(async {
        let store = Store::open(database).await.map_err(ImportError::from)?;
        store.seed(&Files::embedded()).await.map_err(ImportError::from)?;
        let done = work(store.clone()).await;
        store.close().await;
        Ok(done?)
    })
}

/// What comes in on standard input, in a file that nobody else sees: it may be larger than memory.
fn from_stdin(shell: &mut Shell<'_>) -> Result<std::fs::File, Fault> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut shell.stdin, &mut file)?;
    file.rewind()?;
    Ok(file)
}

/// A progress bar on the terminal of standard error, and nothing where that is none.
struct Bar {
    done: Arc<AtomicBool>,
    drawing: Option<thread::JoinHandle<()>>,
}

impl Bar {
    /// Draws how far something is until it ends.
    fn draw(progress: &SharedProgress, shell: &Shell<'_>, what: &'static str) -> Self {
        const EVERY: Duration = Duration::from_millis(100);
        let done = Arc::new(AtomicBool::new(false));
        // Where neither side is a terminal, a script runs this, and standard error may still be somebody's.
        if !shell.stdin_is_terminal && !shell.stdout_is_terminal {
            return Self { done, drawing: None };
        }
        let (progress, ended) = (Arc::clone(progress), Arc::clone(&done));
        let drawing = thread::spawn(move || {
            let total = progress.total.load(Ordering::Relaxed);
            let bar = if total > 0 { ProgressBar::new(total) } else { ProgressBar::new_spinner() };
            let template =
                if total > 0 { "{msg:9} {bar:40} {bytes}/{total_bytes} {eta}" } else { "{msg:9} {spinner} {bytes}" };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            while !ended.load(Ordering::Relaxed) {
                bar.set_position(progress.bytes.load(Ordering::Relaxed));
                let writing = progress.writing.load(Ordering::Relaxed);
                bar.set_message(if writing { "writing" } else { what });
                bar.tick();
                thread::sleep(EVERY);
            }
            bar.finish_and_clear();
        });
        Self { done, drawing: Some(drawing) }
    }

    fn end(self) {
        self.done.store(true, Ordering::Relaxed);
        if let Some(drawing) = self.drawing {
            // It only draws; that it ended badly is nobody's concern.
            let _ = drawing.join();
        }
    }
}

/// Writes what an import did.
fn write_report(report: &ImportReport, format: Format, shell: &mut Shell<'_>) -> Result<(), Fault> {
    let shown = if format == Format::Table { SHOWN } else { MAX_LISTED };
    let view = ImportReportView::of(report, shown);
    if format == Format::Json {
        return shell.write_json(&view);
    }
    let view = serde_json::to_value(&view)?;
    if format == Format::Csv {
        return write_changes(shell.stdout, format, items(&view, "changes"));
    }
    let out = &mut *shell.stdout;
    for file in items(&view, "files") {
        writeln!(
            out,
            "{} {}: {} rows, {} of them price a meter; {} of nothing that is metered here, {} outside the Regions known, \
             {} free allowances",
            text(file, "offer_code"),
            text(file, "version"),
            text(file, "rows"),
            text(file, "rows_kept"),
            text(file, "rows_unmatched"),
            text(file, "rows_outside"),
            text(file, "rows_free"),
        )?;
    }
    for warning in &report.warnings {
        writeln!(out, "warning: {warning}")?;
    }
    if report.warnings_total > report.warnings.len() {
        writeln!(out, "warning: and {} more", report.warnings_total.saturating_sub(report.warnings.len()))?;
    }
    match (&report.written, report.dry_run) {
        (Some(written), _) if written.activated => {
            writeln!(out, "edition {}, based on {}, is served from now on", written.edition, written.based_on)?;
        }
        (Some(written), _) => writeln!(
            out,
            "edition {}, based on {}; `crossover prices activate {}` serves it",
            written.edition, written.based_on, written.edition
        )?,
        (None, true) => writeln!(out, "a dry run: nothing was changed")?,
        (None, false) => writeln!(out, "nothing new: there is no new edition")?,
    }
    write_counts(out, items(&view, "by_place"))?;
    if !report.changes.is_empty() {
        writeln!(out)?;
        write_changes(out, format, items(&view, "changes"))?;
        let all = report.summary.total.added.saturating_add(report.summary.total.removed);
        let more =
            all.saturating_add(report.summary.total.changed).saturating_sub(SHOWN.try_into().unwrap_or(u64::MAX));
        if more > 0 {
            writeln!(out, "and {more} more")?;
        }
    }
    Ok(())
}

/// Writes counts of changes by service and Region.
pub fn write_counts(out: &mut dyn Write, places: &[Value]) -> Result<(), Fault> {
    if places.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let columns = [
        ("service_code", "Service code"),
        ("region", "Region"),
        ("added", "Added"),
        ("removed", "Removed"),
        ("changed", "Changed"),
        ("largest_rise_percent", "Largest rise %"),
        ("largest_fall_percent", "Largest fall %"),
    ];
    write_rows(out, Format::Table, places, &columns)
}

/// Writes changes, one row for each.
pub fn write_changes(out: &mut dyn Write, format: Format, changes: &[Value]) -> Result<(), Fault> {
    let ladder = |change: &Value, side: &str| {
        let ladder = change.get(side).filter(|ladder| !ladder.is_null());
        ladder.map_or_else(String::new, |ladder| {
            let tiers = items(ladder, "tiers").iter().map(|tier| match text(tier, "from").as_str() {
                "0" => text(tier, "unit_price"),
                from => format!("{} from {from}", text(tier, "unit_price")),
            });
            tiers.collect::<Vec<_>>().join(", ")
        })
    };
    let flat = |change: &Value| {
        let meter = change.get("meter").unwrap_or(&Value::Null);
        serde_json::json!({
            "kind": text(change, "kind"),
            "service_code": text(meter, "service_code"),
            "region": text(meter, "region"),
            "usage_type": text(meter, "usage_type"),
            "operation": text(meter, "operation"),
            "from": text(change, "from"),
            "to": text(change, "to"),
            "before": ladder(change, "before"),
            "after": ladder(change, "after"),
            "percent": text(change, "percent"),
        })
    };
    let rows: Vec<Value> = changes.iter().map(flat).collect();
    let columns = [
        ("kind", "Change"),
        ("service_code", "Service code"),
        ("region", "Region"),
        ("usage_type", "Usage type"),
        ("operation", "Operation"),
        ("from", "From"),
        ("to", "To"),
        ("before", "Before"),
        ("after", "After"),
        ("percent", "%"),
    ];
    write_rows(out, format, &rows, &columns)
}
