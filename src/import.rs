//! Floor 5: AWS price lists become an edition of the price store.
//!
//! An import has three steps. Files are read as streams, row by row, whatever their size ([`offer_csv`], [`json`]); each
//! row that prices a meter of ours ([`meters`]) waits in a database of its own ([`staging`]). Then, meter by meter, the
//! rows become ladders ([`ladder`]), which are set against what the store holds ([`merge`]), in one transaction of the
//! store. It is kept if nothing was wrong and anything changed; so a crash at any moment leaves the store as it was.
//!
//! Every mistake is reported with its row, up to a cap, and one is enough for nothing to be kept. [`refresh`] fetches
//! the files that AWS has published since.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use smol_str::SmolStr;

mod cells;
pub mod index;
mod json;
mod ladder;
mod merge;
mod meters;
mod mistakes;
mod offer_csv;
pub mod refresh;
mod rows;
mod source;
mod staging;
mod units;

use crate::catalog::Catalog;
use crate::catalog::diff::{Change, Summary, of_meter};
use crate::catalog::mistake::DataErrors;
use crate::catalog::price::{Layer, Price};
use crate::catalog::seed::hexadecimal;
use crate::catalog::sources::Source as CitedSource;
use crate::domain::unit::Unit;
use crate::storage::{EditionDraft, EditionWriter, ImportedFile, StorageError, Store, Verdict, Written};
use ladder::{LadderMaker, NewLadder, Warnings};
use merge::{FileFacts, MergeOptions, MeterState};
use meters::Meters;
use mistakes::Findings;
pub use rows::{Counts, Head};
use rows::{Rows, TakeOptions, day_of};
use source::Plain;
pub use source::{Progress, SharedProgress, Source};
use staging::Staging;

/// The ratio by which a price may rise or fall unless the import says otherwise.
pub const MAX_JUMP: u32 = 10;
/// The most changes that a report lists; all of them are counted.
pub const MAX_LISTED: usize = 10_000;
/// What the keys of imported sources begin with.
const SOURCE_KEY: &str = "aws-price-list";
/// Where AWS publishes its price lists.
pub const PUBLISHED_AT: &str = "https://pricing.us-east-1.amazonaws.com";

/// How price lists are imported.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own, as its flag is")]
pub struct ImportOptions {
    /// Keep rows that price no meter of ours, for reference.
    pub keep_all: bool,
    /// Leave Regions out that are not known.
    pub skip_unknown_regions: bool,
    /// The largest ratio by which a price may rise or fall; `None` for any.
    pub max_jump: Option<Decimal>,
    /// The first day on which the prices no longer hold, for a price list of the past.
    pub valid_to: Option<NaiveDate>,
    /// Serve the new edition at once.
    pub activate: bool,
    /// Only say what would change.
    pub dry_run: bool,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self {
            keep_all: false,
            skip_unknown_regions: false,
            max_jump: Some(MAX_JUMP.into()),
            valid_to: None,
            activate: false,
            dry_run: false,
        }
    }
}

/// Why an import failed. Nothing is changed then.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file cannot be opened.
    #[error("`{}` cannot be read: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be read to its end.
    #[error("the price list cannot be read to its end: {0}; nothing was imported")]
    Read(#[source] io::Error),
    /// Where rows wait cannot be written to.
    #[error(
        "the temporary files of the import cannot be written ({0}); is the disk full? SQLITE_TMPDIR names another \
         folder; nothing was imported"
    )]
    Staging(#[from] rusqlite::Error),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The price lists have mistakes.
    #[error("the price lists have mistakes; nothing was imported:\n{0}")]
    Mistakes(DataErrors),
    /// A file could not be fetched.
    #[error("{0}; nothing was imported")]
    Fetch(String),
    /// Somebody stopped it.
    #[error("the import was stopped; nothing was imported")]
    Stopped,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// Its name, size and hash, and what its head says.
    pub file: ImportedFile,
    /// What became of its rows.
    pub counts: Counts,
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportReport {
    /// The files.
    pub files: Vec<FileReport>,
    /// How many meters the files price.
    pub meters: u64,
    /// What changed, counted by service code and Region.
    pub summary: Summary,
    /// What changed, the first [`MAX_LISTED`].
    pub changes: Vec<Change>,
    /// What should be known: the first of them.
    pub warnings: Vec<String>,
    /// How many warnings there are.
    pub warnings_total: usize,
    /// The new edition; none where nothing has changed, and in a dry run.
    pub written: Option<Written>,
    /// Whether it only says what would change.
    pub dry_run: bool,
}

/// Imports price lists into a store that has an active edition.
///
/// # Errors
/// [`ImportError::Mistakes`] with every mistake up to a cap; otherwise where a file cannot be read or the store cannot
/// be written to. Nothing is changed then.
pub async fn import(
    store: &Store,
    sources: Vec<Source>,
    options: ImportOptions,
    progress: SharedProgress,
) -> Result<ImportReport, ImportError> {
    let catalog = store.load(None).await?;
    let reading = {
        let (options, progress) = (options.clone(), Arc::clone(&progress));
        tokio::task::spawn_blocking(move || {
            Read::all(&catalog, sources, &options, &progress).map(|read| (read, catalog))
        })
    };
    let (read, catalog) = reading.await.map_err(|error| ImportError::Read(io::Error::other(error)))??;
    progress.writing.store(true, Ordering::Relaxed);
    let draft = read.draft(&options);
    let (mut report, written) = store
        .write_edition(draft, move |writer| {
            let report = read.write(&catalog, &options, writer)?;
            let verdict = if options.dry_run { Verdict::Drop } else { Verdict::Keep { activate: options.activate } };
            Ok::<_, ImportError>((report, verdict))
        })
        .await?;
    report.written = written;
    Ok(report)
}

/// A file that has been read.
#[derive(Debug)]
struct ReadFile {
    file: ImportedFile,
    counts: Counts,
    facts: FileFacts,
    /// The Region of which the file lists everything that the offer sells, where that is known.
    complete_for: Option<String>,
}

/// Files that have been read, and their rows.
#[derive(Debug)]
struct Read {
    files: Vec<ReadFile>,
    staging: Staging,
}

impl Read {
    /// Reads files, and reports every mistake in them.
    fn all(
        catalog: &Catalog,
        sources: Vec<Source>,
        options: &ImportOptions,
        progress: &Progress,
    ) -> Result<Self, ImportError> {
        let staging = Staging::new()?;
        let meters = Meters::of(catalog);
        let mut findings = Findings::default();
        let mut files = Vec::with_capacity(sources.len());
        for (at, source) in sources.into_iter().enumerate() {
            let before = findings.count();
            let take = TakeOptions { keep_all: options.keep_all, skip_unknown_regions: options.skip_unknown_regions };
            let name = source.name.clone();
            let mut rows = Rows::new(&meters, &staging, &mut findings, (at, &name), take);
            let (url, complete_for) = (source.url.clone(), source.complete_for.clone());
            let (bytes, sha256) = read_file(source, progress, &mut rows)?;
            let (head, counts) = (rows.head, rows.counts);
            let Some(published_on) = published_on(&head) else {
                if findings.count() == before {
                    let found =
                        format!("the publication date `{}` and the version `{}`", head.published_at, head.version);
                    findings.in_file(
                        &name,
                        found,
                        "a date as `2026-08-31T09:22:55Z`, or a version as `20260831092255`",
                    );
                }
                continue;
            };
            let offer_code = if head.offer_code.is_empty() { name.clone() } else { head.offer_code.clone() };
            let version = if head.version.is_empty() { published_on.to_string() } else { head.version.clone() };
            let location = url.unwrap_or_else(|| canonical_location(&head));
            let facts = FileFacts {
                name: name.clone(),
                source: SmolStr::new(format!("{SOURCE_KEY}/{offer_code}/{version}")),
                published_on,
                valid_to: options.valid_to,
            };
            let file = ImportedFile {
                name,
                location,
                sha256,
                bytes,
                offer_code,
                version,
                published_at: if head.published_at.is_empty() { published_on.to_string() } else { head.published_at },
                rows_read: counts.rows,
                rows_kept: counts.kept,
                reference: options.keep_all,
            };
            files.push(ReadFile { file, counts, facts, complete_for });
        }
        match findings.into_errors() {
            Some(errors) => Err(ImportError::Mistakes(errors)),
            None => Ok(Self { files, staging }),
        }
    }

    /// What the store is told about the edition before its rows come.
    fn draft(&self, options: &ImportOptions) -> EditionDraft {
        let mut hasher = Sha256::new();
        for read in &self.files {
            hasher.update(read.file.sha256.as_bytes());
            hasher.update(b"\n");
        }
        hasher.update(format!("{:?} {}", options.valid_to, options.keep_all));
        let names: Vec<String> =
            self.files.iter().map(|read| format!("{} {}", read.file.offer_code, read.file.version)).collect();
        let mut note = names.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
        if names.len() > 3 {
            let more = names.len().saturating_sub(3);
            note = format!("{note} and {more} more");
        }
        let cite = |read: &ReadFile| CitedSource {
            key: read.facts.source.clone(),
            title: format!("AWS price list {}, version {}", read.file.offer_code, read.file.version),
            location: read.file.location.clone(),
            date: read.facts.published_on.to_string(),
            trust: 3,
        };
        EditionDraft {
            brought: hexadecimal(&hasher.finalize()),
            published_at: self.files.iter().map(|read| read.facts.published_on).max().map(|day| day.to_string()),
            note,
            files: self.files.iter().map(|read| read.file.clone()).collect(),
            sources: self.files.iter().map(cite).collect(),
        }
    }

    /// Writes what the rows change, and reports every mistake in them.
    fn write(
        &self,
        catalog: &Catalog,
        options: &ImportOptions,
        writer: &mut EditionWriter<'_>,
    ) -> Result<ImportReport, ImportError> {
        let names: Vec<String> = self.files.iter().map(|read| read.file.name.clone()).collect();
        let mut findings = Findings::default();
        let mut warnings = Warnings::default();
        let mut outcome = Outcome::default();
        self.staging.each_meter(|staged| {
            let mut maker = LadderMaker {
                files: &names,
                catalog,
                staging: &self.staging,
                findings: &mut findings,
                warnings: &mut warnings,
            };
            let mut ladders = maker.ladders(&staged)?;
            outcome.meters = outcome.meters.saturating_add(1);
            // What was published later says it last.
            ladders.sort_by_key(|ladder| self.files.get(ladder.file).map(|read| read.facts.published_on));
            let mut state = MeterState::of(staged.meter.clone(), writer.held(&staged.meter)?);
            let before = state.prices_before();
            for ladder in &ladders {
                let Some(read) = self.files.get(ladder.file) else { continue };
                let merging = MergeOptions { max_jump: options.max_jump };
                outcome.note_age(ladder, staged.unit, &read.facts, &before);
                state.merge(ladder, staged.unit, &read.facts, merging, &mut findings);
            }
            outcome.note(of_meter(&staged.meter, &before, &state.prices_after()));
            let (ended, added) = state.into_changes();
            Ok(writer.replace(&ended, &added)?)
        })?;
        self.withdraw(writer, &mut outcome)?;
        if let Some(errors) = findings.into_errors() {
            return Err(ImportError::Mistakes(errors));
        }
        self.write_reference(options, writer)?;
        if let Some(newest) = outcome.newest_replaced {
            warnings.add(format!(
                "{} prices were replaced by older price lists: they had been read later, as late as {newest}. For a price \
                 list of the past, say with `--valid-to` when it ended",
                outcome.older
            ));
        }
        Ok(ImportReport {
            files: self
                .files
                .iter()
                .map(|read| FileReport { file: read.file.clone(), counts: read.counts.clone() })
                .collect(),
            meters: outcome.meters,
            summary: outcome.summary,
            changes: outcome.changes,
            warnings: warnings.texts,
            warnings_total: warnings.total,
            written: None,
            dry_run: options.dry_run,
        })
    }

    /// Ends what a complete price list no longer lists: AWS sells it no more.
    fn withdraw(&self, writer: &mut EditionWriter<'_>, outcome: &mut Outcome) -> Result<(), ImportError> {
        for read in &self.files {
            let Some(region) = &read.complete_for else { continue };
            self.staging.index_meters()?;
            let offer = format!("{SOURCE_KEY}/{}/", read.file.offer_code);
            for meter in writer.meters_of_offer(region, &offer)? {
                if self.staging.has_meter(&meter)? {
                    continue;
                }
                let mut state = MeterState::of(meter.clone(), writer.held(&meter)?);
                if !state.holds_from(&offer, read.facts.published_on) {
                    continue;
                }
                let before = state.prices_before();
                state.withdraw(read.facts.published_on);
                outcome.note(of_meter(&meter, &before, &state.prices_after()));
                let (ended, added) = state.into_changes();
                writer.replace(&ended, &added)?;
            }
        }
        Ok(())
    }

    fn write_reference(&self, options: &ImportOptions, writer: &mut EditionWriter<'_>) -> Result<(), ImportError> {
        if !options.keep_all {
            return Ok(());
        }
        let mut known = Vec::with_capacity(self.files.len());
        for read in &self.files {
            known.push(writer.has_reference_of(&read.file.sha256)?);
        }
        self.staging.each_reference(|row| {
            let is_known = usize::try_from(row.1).ok().and_then(|file| known.get(file)).copied().unwrap_or_default();
            if is_known { Ok(()) } else { Ok(writer.add_reference(&row.0, row.1, row.2)?) }
        })
    }
}

/// What the rows change.
#[derive(Debug, Default)]
struct Outcome {
    meters: u64,
    summary: Summary,
    changes: Vec<Change>,
    /// How many prices are replaced by ones that were published before they were read.
    older: u64,
    newest_replaced: Option<NaiveDate>,
}

impl Outcome {
    /// An imported price beats one of the program's own data also where it is older, which somebody may not want.
    fn note_age(&mut self, ladder: &NewLadder, unit: Unit, file: &FileFacts, before: &[Price]) {
        if file.valid_to.is_some() {
            return;
        }
        let held = before.iter().find(|price| price.valid_on(ladder.effective_from));
        let newer = held.filter(|price| price.seen_on > file.published_on && price.layer == Layer::Seed);
        let Some(held) = newer.filter(|price| price.unit != unit || price.tiers != ladder.tiers) else { return };
        self.older = self.older.saturating_add(1);
        self.newest_replaced = self.newest_replaced.max(Some(held.seen_on));
    }

    fn note(&mut self, changes: Vec<Change>) {
        for change in changes {
            self.summary.count(&change);
            if self.changes.len() < MAX_LISTED {
                self.changes.push(change);
            }
        }
    }
}

/// Reads one file, whatever it is. Gives its size and its SHA-256.
fn read_file(source: Source, progress: &Progress, rows: &mut Rows<'_, '_>) -> Result<(u64, String), ImportError> {
    let unread = |error: io::Error| ImportError::Read(io::Error::new(error.kind(), format!("{}: {error}", rows.file)));
    let mut plain = Plain::of(source.reader, progress).map_err(unread)?;
    let first = plain.first_byte().map_err(unread)?;
    let read = match first {
        None => {
            rows.findings.in_file(rows.file, "an empty file", "a price list");
            Ok(())
        }
        Some(b'{') => json::read(&mut plain, progress, rows),
        Some(_) => offer_csv::read(&mut plain, progress, rows),
    };
    let file = rows.file;
    match read {
        Err(ImportError::Read(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
            rows.findings.in_file(
                file,
                "the end of the file inside what is compressed",
                "a whole file; is it cut off?",
            );
            return Ok((0, String::new()));
        }
        Err(ImportError::Read(error)) => {
            return Err(ImportError::Read(io::Error::new(error.kind(), format!("{file}: {error}"))));
        }
        other => other?,
    }
    plain.finish().map_err(|error| ImportError::Read(io::Error::new(error.kind(), format!("{file}: {error}"))))
}

/// The day a price list was published: as its head says, or as its version does (`20260831092255`; old ones are written
/// `20150409T022205`).
fn published_on(head: &Head) -> Option<NaiveDate> {
    day_of(&head.published_at).or_else(|| {
        let (year, rest) = head.version.split_at_checked(4)?;
        let (month, rest) = rest.split_at_checked(2)?;
        let (day, _) = rest.split_at_checked(2)?;
        day_of(&format!("{year}-{month}-{day}"))
    })
}

/// Where AWS keeps a version of an offer, whichever file it was read from.
fn canonical_location(head: &Head) -> String {
    let Head { offer_code, version, .. } = head;
    let sound = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    // The files of Savings Plans are kept by Region only, and those of the two differ in name.
    if sound(offer_code)
        && sound(version)
        && !offer_code.ends_with("SavingsPlans")
        && !offer_code.ends_with("SavingsPlan")
    {
        format!("{PUBLISHED_AT}/offers/v1.0/aws/{offer_code}/{version}/index.csv")
    } else {
        String::new()
    }
}
