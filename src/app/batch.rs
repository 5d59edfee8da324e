//! Batches: many requests as the rows of one text, each answered on its own line, in order.
//!
//! A row is a whole request: an estimate of one service, an estimate of many resources, or a decision. It is answered
//! as a single request is, and a row that is refused says so in its place and stops no other. Rows are JSON lines or
//! the lines of a CSV file ([`csv`]), answers likewise.
//!
//! The interfaces bring the text in pieces; [`split::Splitter`] makes chunks of whole rows of them, and
//! [`Batch::answer`] answers a chunk. Chunks do not depend on each other, so that they may be answered in any order and
//! at the same time, and nothing here remembers how many there were.

use std::borrow::Cow;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use chrono::NaiveDate;

use super::receipt::json;
use crate::catalog::Catalog;
use crate::domain::problem::{Code, Problem, Problems};
use crate::services::Service;

pub mod csv;
pub mod row;
pub mod split;
pub mod view;

use row::{Answer, Asked, Begun};
use split::Chunk;
use view::{DecisionPart, DecisionTotal, RowProblem};

/// The longest row that is read, in bytes: as much as the body of a single request may have.
pub const MAX_ROW_BYTES: usize = 2 * 1024 * 1024;

/// How many rows are metered, then rated, then written: what is known of them meanwhile is to stay at hand.
const TOGETHER: usize = 32;

/// How rows and answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    Ndjson,
    /// Comma-separated values with a header.
    Csv,
}

/// How much of an answer a row gets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Detail {
    /// What it costs, or what is recommended.
    Total,
    /// That, and the lines, or the options.
    Lines,
    /// The answer that a single request gets.
    #[default]
    Full,
}

impl Detail {
    /// Every choice.
    pub const ALL: &'static [Self] = &[Self::Total, Self::Lines, Self::Full];

    /// As it is spelled.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Lines => "lines",
            Self::Full => "full",
        }
    }

    /// The choice that is spelled so.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|detail| detail.as_str() == text)
    }
}

/// Finds an edition by its number.
pub type FindEdition = Box<dyn Fn(u32) -> Result<Arc<Catalog>, Problem> + Send + Sync>;

/// What a batch is answered from, and how.
pub struct Batch {
    /// How answers are written.
    pub output: Format,
    /// How much of an answer a row gets. CSV has room for totals only.
    pub detail: Detail,
    /// The prices of rows that name no edition.
    pub catalog: Arc<Catalog>,
    /// Finds the edition that a row names.
    pub edition: FindEdition,
    /// The day whose prices count where a row names none.
    pub today: NaiveDate,
}

/// How many rows a chunk had, and how many of them were refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// All rows.
    pub rows: u64,
    /// Those that were refused.
    pub failed: u64,
    /// The cause of the first failure of our own, for the log.
    pub internal: Option<String>,
}

impl Tally {
    /// Adds another tally.
    pub fn add(&mut self, other: Self) {
        self.rows = self.rows.saturating_add(other.rows);
        self.failed = self.failed.saturating_add(other.failed);
        self.internal = self.internal.take().or(other.internal);
    }
}

impl Batch {
    /// What stands before the first answer.
    pub fn preamble(&self) -> &'static str {
        match self.output {
            Format::Ndjson => "",
            Format::Csv => csv::ANSWER_HEADER,
        }
    }

    /// Answers the rows of a chunk, one line each, until there is nobody left to answer.
    ///
    /// Rows that ask for many services in turn, each worked out from its text to its answer, would find neither code nor
    /// data at hand, and take twice as long. So all rows are read first; then those of one service follow each other,
    /// some at a time, and of these all are metered, then all are rated, then all are written. The answers are put back
    /// in the order of the rows.
    pub fn answer(&self, chunk: &Chunk, gone: &dyn Fn() -> bool, out: &mut Vec<u8>) -> Tally {
        let mut csv_rows = chunk.header().map(csv::Rows::under);
        let texts: Vec<Text<'_>> = chunk.rows().map(|text| Text::of(text, csv_rows.as_mut())).collect();
        let rows: Vec<Row<'_>> = texts.iter().map(Text::read).collect();
        let mut order: Vec<&Row<'_>> = rows.iter().collect();
        order.sort_by_key(|row| (row.edition(), row.service()));
        let (mut tally, mut answers) = (Tally::default(), Vec::new());
        answers.reserve(rows.len().saturating_mul(self.usual_room()));
        let mut at: Vec<Range<usize>> = vec![0..0; rows.len()];
        // One edition after the other, so that no more than one is held beside that of the batch.
        for of_edition in order.chunk_by(|a, b| a.edition() == b.edition()) {
            let edition = of_edition.first().and_then(|row| row.edition());
            // To load one takes its time.
            if edition.is_some() && gone() {
                break;
            }
            let catalog = unless_it_panics(|| self.catalog_of(edition));
            for together in of_edition.chunks(TOGETHER) {
                let begin = |row: &&Row<'_>| unless_it_panics(|| row.begin(&catalog, self.today));
                let metered: Vec<_> = together.iter().take_while(|_| !gone()).map(begin).collect();
                let rated: Vec<_> = metered.into_iter().map(|begun| unless_it_panics(|| begun?.finish())).collect();
                for (row, answer) in together.iter().zip(rated) {
                    let from = answers.len();
                    tally.add(self.write(&row.id, answer, &mut answers));
                    if let Some(at) = rows.element_offset(row).and_then(|nth| at.get_mut(nth)) {
                        *at = from..answers.len();
                    }
                }
            }
        }
        out.reserve(answers.len());
        for at in at {
            out.extend_from_slice(answers.get(at).unwrap_or_default());
        }
        tally
    }

    /// How many bytes the answer of a row usually takes, so that a chunk of answers is not copied as it grows.
    fn usual_room(&self) -> usize {
        match (self.output, self.detail) {
            (Format::Csv, _) => 64,
            (Format::Ndjson, Detail::Total) => 256,
            (Format::Ndjson, Detail::Lines) => 2 * 1024,
            (Format::Ndjson, Detail::Full) => 4 * 1024,
        }
    }

    /// The line that says that the batch ends early, and why. It has no id, unlike the answer of a row.
    pub fn ended_early(&self, problem: &Problem) -> Vec<u8> {
        let problems = Problems(vec![problem.clone()]);
        let mut out = Vec::new();
        match self.output {
            Format::Ndjson => {
                out.extend_from_slice(b"{\"ok\":false,\"error\":");
                json(&mut out, &RowProblem::of(&problems));
                out.extend_from_slice(b"}\n");
            }
            Format::Csv => csv::write_refusal(&mut out, "null", &problems),
        }
        out
    }

    /// The prices of an edition; those of the batch where a row names none.
    fn catalog_of(&self, edition: Option<u32>) -> Result<Arc<Catalog>, Problems> {
        match edition {
            Some(number) if number != self.catalog.edition.number => Ok((self.edition)(number)?),
            _ => Ok(Arc::clone(&self.catalog)),
        }
    }

    /// Writes the answer of a row, or why it is refused.
    fn write(&self, id: &str, answer: Result<Answer<'_>, Problems>, out: &mut Vec<u8>) -> Tally {
        let before = out.len();
        let refused = match unless_it_panics(|| answer.map(|answer| self.write_answer(id, answer, out))) {
            Ok(()) => return Tally { rows: 1, ..Tally::default() },
            Err(problems) => problems,
        };
        // A half-written answer would spoil the line.
        out.truncate(before);
        self.write_refusal(id, &refused, out);
        let is_internal = refused.0.iter().any(|problem| problem.code == Code::Internal);
        Tally { rows: 1, failed: 1, internal: is_internal.then(|| refused.to_string()) }
    }

    fn write_answer(&self, id: &str, answer: Answer<'_>, out: &mut Vec<u8>) {
        match answer {
            Answer::Estimate(priced) => match (self.output, self.detail) {
                (Format::Csv, _) => csv::write_estimate(out, id, &priced.to_total()),
                (Format::Ndjson, Detail::Total) => write_line(out, id, |out| priced.write_total(out)),
                (Format::Ndjson, Detail::Lines) => write_line(out, id, |out| priced.write_lines(out)),
                (Format::Ndjson, Detail::Full) => write_line(out, id, |out| priced.write_full(out)),
            },
            Answer::Decision(answer) => match (self.output, self.detail) {
                (Format::Csv, _) => csv::write_decision(out, id, &answer),
                (Format::Ndjson, Detail::Total) => write_line(out, id, |out| json(out, &DecisionTotal::of(&answer))),
                (Format::Ndjson, Detail::Lines) => write_line(out, id, |out| json(out, &DecisionPart::of(&answer))),
                (Format::Ndjson, Detail::Full) => write_line(out, id, |out| json(out, &answer)),
            },
        }
    }

    fn write_refusal(&self, id: &str, problems: &Problems, out: &mut Vec<u8>) {
        match self.output {
            Format::Ndjson => {
                out.extend_from_slice(b"{\"id\":");
                out.extend_from_slice(id.as_bytes());
                out.extend_from_slice(b",\"ok\":false,\"error\":");
                json(out, &RowProblem::of(problems));
                out.extend_from_slice(b"}\n");
            }
            Format::Csv => csv::write_refusal(out, id, problems),
        }
    }
}

/// A row as JSON text, or its id and why there is none.
enum Text<'c> {
    Json(Cow<'c, str>),
    Refused(String, Problem),
}

impl<'c> Text<'c> {
    fn of(row: &'c [u8], csv_rows: Option<&mut csv::Rows<'_>>) -> Self {
        let json = match csv_rows {
            None => row::utf8(row)
                .map(Cow::Borrowed)
                .map_err(|problem| (row::id_of(&String::from_utf8_lossy(row)), problem)),
            Some(rows) => rows.to_json(row).map(Cow::Owned),
        };
        match json {
            Ok(text) if text.len() > MAX_ROW_BYTES => Self::Refused(row::id_of(&text), too_long()),
            Ok(text) => Self::Json(text),
            Err((id, problem)) => Self::Refused(id, problem),
        }
    }

    fn read(&self) -> Row<'_> {
        match self {
            Self::Json(text) => {
                let read = catch_unwind(AssertUnwindSafe(|| row::read(text)));
                let (id, asked) = read.unwrap_or_else(|_| (Cow::Borrowed(row::NO_ID), Err(panicked().into())));
                Row { id, asked }
            }
            Self::Refused(id, problem) => Row { id: Cow::Borrowed(id), asked: Err(problem.clone().into()) },
        }
    }
}

/// A row that has been read: whose it is, and what it asks, or why it is refused.
struct Row<'t> {
    id: Cow<'t, str>,
    asked: Result<Asked<'t>, Problems>,
}

impl Row<'_> {
    /// The edition that it names.
    fn edition(&self) -> Option<u32> {
        self.asked.as_ref().ok().and_then(Asked::edition)
    }

    /// Works out what it asks, up to where prices come in. Where its edition cannot be had, it is refused.
    fn begin<'c>(&self, catalog: &'c Result<Arc<Catalog>, Problems>, today: NaiveDate) -> Result<Begun<'c>, Problems> {
        let asked = self.asked.as_ref().map_err(Problems::clone)?;
        asked.begin(catalog.as_ref().map_err(Problems::clone)?, today)
    }

    /// The service that it asks for, by its place in memory, which is quicker to compare than its name; nothing where it
    /// asks for many, for a decision, or nothing that can be read.
    fn service(&self) -> Option<*const Service> {
        match &self.asked {
            Ok(Asked::Plain(service, _) | Asked::One(service, _)) => Some(std::ptr::from_ref(*service)),
            _ => None,
        }
    }
}

/// A row that makes the program panic is refused, and the rows beside it are answered.
fn unless_it_panics<T>(work: impl FnOnce() -> Result<T, Problems>) -> Result<T, Problems> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(panicked().into()))
}

fn panicked() -> Problem {
    Problem::new(Code::Internal, "", "a row made the program panic")
}

fn too_long() -> Problem {
    Problem::new(Code::PayloadTooLarge, "", format!("the row is longer than {MAX_ROW_BYTES} bytes"))
}

fn write_line(out: &mut Vec<u8>, id: &str, result: impl FnOnce(&mut Vec<u8>)) {
    out.extend_from_slice(b"{\"id\":");
    out.extend_from_slice(id.as_bytes());
    out.extend_from_slice(b",\"ok\":true,\"result\":");
    result(out);
    out.extend_from_slice(b"}\n");
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch").field("output", &self.output).field("detail", &self.detail).finish_non_exhaustive()
    }
}
