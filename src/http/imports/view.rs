//! What an import did, and why one failed, as answers show it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::catalog::mistake::{DataError, DataErrors};
use crate::http::diff::{DiffCounts, PlaceCounts, PriceChange};
use crate::import::{FileReport, ImportError, ImportReport};
use crate::storage::StorageError;

/// Why an import failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportFailure {
    /// What went wrong.
    #[schema(example = "the price list has 1 mistake; nothing was imported")]
    detail: String,
    /// The mistakes in the price list, the first 100 of them.
    mistakes: Vec<ImportMistake>,
    /// How many there are in all.
    #[schema(example = 1)]
    mistakes_total: usize,
}

/// A mistake in a price list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportMistake {
    /// The file.
    file: String,
    /// The line, from 1; null where the file has none (JSON) or it is about the whole file.
    line: Option<u64>,
    /// The column; in JSON with the rate code. Null where it is about the whole line.
    column: Option<String>,
    /// What was found.
    found: String,
    /// What is allowed.
    expected: String,
}

impl From<&DataError> for ImportMistake {
    fn from(error: &DataError) -> Self {
        Self {
            file: error.file.clone(),
            line: error.line,
            column: error.column.as_ref().map(ToString::to_string),
            found: error.found.clone(),
            expected: error.expected.clone(),
        }
    }
}

impl ImportFailure {
    /// What a caller is told: mistakes of the file in full, of our own failures only that there was one.
    pub(super) fn of(error: &ImportError) -> Self {
        let detail = match error {
            ImportError::Mistakes(DataErrors { errors, total }) => {
                return Self {
                    detail: match total {
                        1 => "the price list has 1 mistake; nothing was imported".to_owned(),
                        total => format!("the price list has {total} mistakes; nothing was imported"),
                    },
                    mistakes: errors.iter().map(ImportMistake::from).collect(),
                    mistakes_total: *total,
                };
            }
            ImportError::Read(_) | ImportError::Staging(_) | ImportError::Stopped | ImportError::Fetch(_) => {
                error.to_string()
            }
            ImportError::Storage(StorageError::Full { .. }) => {
                "there is no room left for the price store; nothing was changed".to_owned()
            }
            ImportError::Storage(StorageError::Busy { .. }) => {
                "another process is writing to the price store; nothing was changed, try again".to_owned()
            }
            _ => "the service failed; its log has the reason. Nothing was changed".to_owned(),
        };
        Self { detail, mistakes: Vec::new(), mistakes_total: 0 }
    }
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportReportView {
    /// The new edition; null where nothing has changed, and in a dry run.
    #[schema(example = 2)]
    pub(super) edition: Option<u32>,
    /// The edition it was made from; null where there is no new one.
    #[schema(example = 1)]
    based_on: Option<u32>,
    /// Whether the new edition is served.
    pub(super) activated: bool,
    /// Whether this only says what would change.
    dry_run: bool,
    /// The files.
    files: Vec<ImportedFileView>,
    /// How many meters the files price.
    meters: u64,
    /// How much changes.
    summary: DiffCounts,
    /// The same by service code and Region.
    by_place: Vec<PlaceCounts>,
    /// The first 100 changes; the difference of the two editions has all.
    changes: Vec<PriceChange>,
    /// What should be known: the first 100.
    warnings: Vec<String>,
    /// How many warnings there are.
    warnings_total: usize,
}

impl ImportReportView {
    /// A report as it is shown, with so many changes.
    pub fn of(report: &ImportReport, shown: usize) -> Self {
        Self {
            edition: report.written.map(|written| written.edition),
            based_on: report.written.map(|written| written.based_on),
            activated: report.written.is_some_and(|written| written.activated),
            dry_run: report.dry_run,
            files: report.files.iter().map(ImportedFileView::from).collect(),
            meters: report.meters,
            summary: DiffCounts::from(&report.summary.total),
            by_place: PlaceCounts::of(&report.summary),
            changes: report.changes.iter().take(shown).map(PriceChange::from).collect(),
            warnings: report.warnings.clone(),
            warnings_total: report.warnings_total,
        }
    }
}

/// A price list and what became of its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportedFileView {
    /// Its name.
    name: String,
    /// The code of the offer.
    #[schema(example = "AWSELB")]
    offer_code: String,
    /// Its version.
    version: String,
    /// When it was published.
    #[schema(example = "2026-08-31T09:22:55Z")]
    published_at: String,
    /// Its SHA-256, as it came.
    sha256: String,
    /// Its size, as it came.
    bytes: u64,
    /// Rows with a price.
    rows: u64,
    /// Rows that price a meter.
    rows_kept: u64,
    /// Rows that no service here meters.
    rows_unmatched: u64,
    /// Rows of Local Zones, Wavelength Zones, GovCloud and China.
    rows_outside: u64,
    /// Rows that state free allowances.
    rows_free: u64,
    /// Rows of Regions that are not known and were left out.
    rows_of_unknown_regions: u64,
}

impl From<&FileReport> for ImportedFileView {
    fn from(report: &FileReport) -> Self {
        let FileReport { file, counts } = report;
        Self {
            name: file.name.clone(),
            offer_code: file.offer_code.clone(),
            version: file.version.clone(),
            published_at: file.published_at.clone(),
            sha256: file.sha256.clone(),
            bytes: file.bytes,
            rows: counts.rows,
            rows_kept: counts.kept,
            rows_unmatched: counts.unmatched,
            rows_outside: counts.outside,
            rows_free: counts.free,
            rows_of_unknown_regions: counts
                .unknown_regions
                .values()
                .fold(0, |sum, rows| u64::saturating_add(sum, *rows)),
        }
    }
}
