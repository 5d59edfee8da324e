//! Price lists as CSV: of services and of Savings Plans.
//!
//! Five lines say what the file is, then comes the header. Columns are found by their names, since number and order
//! change from service to service and from year to year. A row is a product with one of its prices. Services quote
//! every value, Savings Plans none; some tools put a line `sep=,` first.

use std::io::Read;

use csv::{ByteRecord, ReaderBuilder};

use super::ImportError;
use super::cells::{COLUMNS, Cells, Column};
use super::rows::Rows;
use super::source::{Plain, Progress};
use crate::catalog::mistake::quoted;

/// The one format version that is known.
pub(super) const FORMAT_VERSION: &str = "v1.0";
/// What the format version has to be.
pub(super) const A_FORMAT_VERSION: &str = "`v1.0`, the one format version that is known";
/// The most lines before the header.
const MAX_HEAD: usize = 8;
/// How often progress is told, in rows.
const TELL_EVERY: u64 = 4_096;
/// The columns that a service's file must have.
const OF_OFFERS: [Column; 9] = [
    Column::Sku,
    Column::TermType,
    Column::EffectiveDate,
    Column::StartingRange,
    Column::EndingRange,
    Column::Unit,
    Column::PricePerUnit,
    Column::Currency,
    Column::UsageType,
];
/// The columns that a Savings Plan file must have.
const OF_PLANS: [Column; 9] = [
    Column::Sku,
    Column::Unit,
    Column::EffectiveDate,
    Column::PricePerUnit,
    Column::Currency,
    Column::DiscountedServiceCode,
    Column::DiscountedUsageType,
    Column::PurchaseOption,
    Column::LeaseContractLength,
];

/// Where each column stands.
#[derive(Debug)]
struct Header {
    at: [Option<usize>; COLUMNS],
    product_family: Option<usize>,
    width: usize,
    plans: bool,
}

/// A row of the file.
struct CsvRow<'r> {
    record: &'r ByteRecord,
    header: &'r Header,
}

impl CsvRow<'_> {
    fn text(&self, at: Option<usize>) -> &str {
        let bytes = at.and_then(|at| self.record.get(at)).unwrap_or_default();
        // What is not UTF-8 is no name and no number, and is refused as such.
        std::str::from_utf8(bytes).unwrap_or("\u{fffd}")
    }
}

impl Cells for CsvRow<'_> {
    fn cell(&self, column: Column) -> &str {
        self.text(self.header.at.get(column as usize).copied().flatten())
    }

    fn line(&self) -> u64 {
        self.record.position().map_or(0, csv::Position::line)
    }
}

/// Reads a file to its end. What is wrong with it goes to the findings.
pub(super) fn read(plain: &mut Plain<'_>, progress: &Progress, rows: &mut Rows<'_, '_>) -> Result<(), ImportError> {
    let file = rows.file;
    let read = read_records(plain.by_ref(), progress, rows)?;
    if let Some(last_line) = read
        && !matches!(plain.last_byte(), b'\n' | b'\r')
    {
        let expected = "a line end at the end; is the file cut off?";
        rows.findings.in_line(file, last_line, "the end of the file inside a line", expected);
    }
    Ok(())
}

/// Reads every record. Gives the last line, or nothing where the head is wrong and the rest was not looked at.
fn read_records(reader: impl Read, progress: &Progress, rows: &mut Rows<'_, '_>) -> Result<Option<u64>, ImportError> {
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(256 * 1024).from_reader(reader);
    let mut record = ByteRecord::new();
    let Some(header) = head(&mut reader, &mut record, rows)? else { return Ok(None) };
    let mut told = 0;
    let mut line = 0;
    while next(&mut reader, &mut record)? {
        line = record.position().map_or(0, csv::Position::line);
        if record.len() != header.width {
            let found = format!("{} fields", record.len());
            let expected = format!("{}, as in the header; is the file cut off?", header.width);
            rows.findings.in_line(rows.file, line, found, expected);
            continue;
        }
        let row = CsvRow { record: &record, header: &header };
        if header.plans {
            rows.plan_row(row.text(header.product_family), &row)?;
        } else {
            rows.offer_row(&row)?;
        }
        let unread = rows.counts.rows.saturating_sub(told);
        if unread >= TELL_EVERY {
            progress.more_rows(unread);
            progress.go_on()?;
            told = rows.counts.rows;
        }
    }
    progress.more_rows(rows.counts.rows.saturating_sub(told));
    if rows.counts.rows == 0 {
        rows.findings.in_file(rows.file, "no row after the header", "a price list; is the file cut off?");
    }
    Ok(Some(line))
}

fn next<R: Read>(reader: &mut csv::Reader<R>, record: &mut ByteRecord) -> Result<bool, ImportError> {
    reader.read_byte_record(record).map_err(|error| match error.into_kind() {
        csv::ErrorKind::Io(error) => ImportError::Read(error),
        other => ImportError::Read(std::io::Error::other(format!("{other:?}"))),
    })
}

/// Reads the lines before the header, and the header.
fn head<R: Read>(
    reader: &mut csv::Reader<R>,
    record: &mut ByteRecord,
    rows: &mut Rows<'_, '_>,
) -> Result<Option<Header>, ImportError> {
    let file = rows.file;
    let mut format_version = None;
    for _ in 0..MAX_HEAD {
        if !next(reader, record)? {
            rows.findings.in_file(file, "the end of the file before the header", "a price list; is the file cut off?");
            return Ok(None);
        }
        let line = record.position().map_or(0, csv::Position::line);
        let text = |at| std::str::from_utf8(record.get(at).unwrap_or_default()).unwrap_or_default();
        match text(0) {
            "FormatVersion" => {
                if text(1) != FORMAT_VERSION {
                    rows.findings.in_line(file, line, quoted(text(1)), A_FORMAT_VERSION);
                    return Ok(None);
                }
                format_version = Some(());
            }
            "Publication Date" => text(1).clone_into(&mut rows.head.published_at),
            "Version" => text(1).clone_into(&mut rows.head.version),
            "OfferCode" => text(1).clone_into(&mut rows.head.offer_code),
            "SKU" => {
                if format_version.is_none() {
                    rows.findings.in_file(file, "no line `FormatVersion` before the header", A_FORMAT_VERSION);
                    return Ok(None);
                }
                return Ok(columns(record, line, rows));
            }
            "Disclaimer" | "sep=" => {}
            other => {
                let expected = "a price list of AWS: the lines `FormatVersion`, `Disclaimer`, `Publication Date`, \
                                `Version` and `OfferCode`, then a header that begins with `SKU`";
                rows.findings.in_line(file, line, quoted(other), expected);
                return Ok(None);
            }
        }
    }
    rows.findings.in_file(file, "no header", "a header that begins with `SKU`");
    Ok(None)
}

/// Finds the columns of a header by their names.
fn columns(record: &ByteRecord, line: u64, rows: &mut Rows<'_, '_>) -> Option<Header> {
    let find = |name: &str| record.iter().position(|field| field.eq_ignore_ascii_case(name.as_bytes()));
    let plans = find(Column::DiscountedUsageType.header()).is_some();
    let at = Column::ALL.map(|column| match column {
        Column::PricePerUnit if plans => find("DiscountedRate"),
        column => find(column.header()),
    });
    let required = if plans { OF_PLANS } else { OF_OFFERS };
    let absent: Vec<&str> = required
        .iter()
        .filter(|column| at.get(**column as usize).copied().flatten().is_none())
        .map(|column| if plans && *column == Column::PricePerUnit { "DiscountedRate" } else { column.header() })
        .collect();
    if !absent.is_empty() {
        let expected =
            format!("the columns {}", absent.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "));
        rows.findings.in_line(rows.file, line, "a header without them", expected);
        return None;
    }
    Some(Header { at, product_family: find("Product Family"), width: record.len(), plans })
}
