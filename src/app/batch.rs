//! Batches: many requests as the rows of one text, each answered on its own line, in order.
//!
//! A row is a whole request: an estimate of one service, an estimate of many resources, or a decision. It is answered
//! as a single request is, and a row that is refused says so in its place and stops no other. Rows are JSON lines or
//! the lines of a CSV file ([`csv`]), answers likewise.
//!
//! The interfaces bring the text in pieces; [`split::Splitter`] makes chunks of whole rows of them, and
//! [`Batch::answer`] answers a chunk. Chunks do not depend on each other, so that they may be answered in any order and
//! at the same time, and nothing here remembers how many there were.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;

use crate::catalog::Catalog;
use crate::domain::problem::{Code, Problem, Problems};

pub mod csv;
pub mod row;
pub mod split;
pub mod view;

use row::Asked;
use split::Chunk;
use view::{DecisionPart, DecisionTotal, RowProblem};

/// The longest row that is read, in bytes: as much as the body of a single request may have.
pub const MAX_ROW_BYTES: usize = 2 * 1024 * 1024;

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
    pub fn answer(&self, chunk: &Chunk, gone: &dyn Fn() -> bool, out: &mut Vec<u8>) -> Tally {
        let mut tally = Tally::default();
        let mut csv_rows = chunk.header().map(csv::Rows::under);
        for text in chunk.rows() {
            if gone() {
                break;
            }
            tally.rows = tally.rows.saturating_add(1);
            let before = out.len();
            let answered = catch_unwind(AssertUnwindSafe(|| self.answer_row(csv_rows.as_mut(), text, out)));
            let refused = match answered {
                Ok(Ok(())) => continue,
                Ok(Err(problems)) => problems,
                Err(_) => {
                    // A half-written answer would spoil the line.
                    out.truncate(before);
                    let problems = Problem::new(Code::Internal, "", "a row made the program panic").into();
                    self.write_refusal(&row::id_of(&String::from_utf8_lossy(text)), &problems, out);
                    problems
                }
            };
            tally.failed = tally.failed.saturating_add(1);
            if tally.internal.is_none() && refused.0.iter().any(|problem| problem.code == Code::Internal) {
                tally.internal = Some(refused.to_string());
            }
        }
        tally
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

    /// Answers a row. Where it is refused, that has been written too.
    fn answer_row(&self, csv_rows: Option<&mut csv::Rows<'_>>, text: &[u8], out: &mut Vec<u8>) -> Result<(), Problems> {
        let made;
        let text = match csv_rows {
            None => match row::utf8(text) {
                Ok(text) => text,
                Err(problem) => {
                    let id = row::id_of(&String::from_utf8_lossy(text));
                    return self.refuse(&id, problem.into(), out);
                }
            },
            Some(rows) => match rows.to_json(text) {
                Ok(text) => {
                    made = text;
                    made.as_str()
                }
                Err((id, problem)) => return self.refuse(&id, problem.into(), out),
            },
        };
        if text.len() > MAX_ROW_BYTES {
            return self.refuse(&row::id_of(text), too_long().into(), out);
        }
        let (id, asked) = row::read(text);
        match asked.and_then(|asked| self.answer_one(&id, &asked, out)) {
            Ok(()) => Ok(()),
            Err(problems) => self.refuse(&id, problems, out),
        }
    }

    /// Works a request out and writes the answer.
    fn answer_one(&self, id: &str, asked: &Asked<'_>, out: &mut Vec<u8>) -> Result<(), Problems> {
        let named;
        let catalog = match asked.edition() {
            Some(number) if number != self.catalog.edition.number => {
                named = (self.edition)(number)?;
                &named
            }
            _ => &self.catalog,
        };
        match asked.run(catalog, self.today)? {
            row::Answer::Estimate(priced) => match (self.output, self.detail) {
                (Format::Csv, _) => csv::write_estimate(out, id, &priced.to_total()),
                (Format::Ndjson, Detail::Total) => write_answer(out, id, &priced.to_total()),
                (Format::Ndjson, Detail::Lines) => write_answer(out, id, &priced.to_lines()),
                (Format::Ndjson, Detail::Full) => write_answer(out, id, &priced.into_full()),
            },
            row::Answer::Decision(answer) => match (self.output, self.detail) {
                (Format::Csv, _) => csv::write_decision(out, id, &answer),
                (Format::Ndjson, Detail::Total) => write_answer(out, id, &DecisionTotal::of(&answer)),
                (Format::Ndjson, Detail::Lines) => write_answer(out, id, &DecisionPart::of(&answer)),
                (Format::Ndjson, Detail::Full) => write_answer(out, id, &answer),
            },
        }
        Ok(())
    }

    fn refuse(&self, id: &str, problems: Problems, out: &mut Vec<u8>) -> Result<(), Problems> {
        self.write_refusal(id, &problems, out);
        Err(problems)
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

fn too_long() -> Problem {
    Problem::new(Code::PayloadTooLarge, "", format!("the row is longer than {MAX_ROW_BYTES} bytes"))
}

fn write_answer(out: &mut Vec<u8>, id: &str, result: &impl Serialize) {
    out.extend_from_slice(b"{\"id\":");
    out.extend_from_slice(id.as_bytes());
    out.extend_from_slice(b",\"ok\":true,\"result\":");
    json(out, result);
    out.extend_from_slice(b"}\n");
}

fn json(out: &mut Vec<u8>, value: &impl Serialize) {
    // What is written has texts for keys and goes to memory, so that nothing can fail.
    let _ = serde_json::to_writer(out, value);
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch").field("output", &self.output).field("detail", &self.detail).finish_non_exhaustive()
    }
}
