//! Rows and answers as CSV.
//!
//! The columns of a row are named as the fields of its JSON form: `id`, `service`, `region`, `usage.connections`,
//! `usage.to_regions.0.gb`, `inputs.peak_gbps`. A cell is JSON where it is JSON (a number, `true`, a list or an object),
//! else text; a cell with nothing in it leaves its field out. So a row means the same in both forms, and is made JSON
//! here.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::row::utf8;
use super::{MAX_ROW_BYTES, too_long};
use crate::app::decide::view::DecisionAnswer;
use crate::app::estimate::EstimateTotal;
use crate::app::fields::{json_or_text, put_at};
use crate::domain::amount::Amount;
use crate::domain::number::decimal_from_text;
use crate::domain::problem::{Code, Problem, Problems};

/// The header of answers.
pub const ANSWER_HEADER: &str = "id,monthly,complete,error_code,error_detail,option,confidence,runner_up,margin\n";

/// The fields that are text whatever they look like.
const TEXTS: &[&str] =
    &["service", "decision", "region", "as_of", "price_book", "free_tier", "missing_prices", "month", "mode"];
/// The most digits of a whole number that is surely one in JSON too.
const MAX_PLAIN_DIGITS: usize = 15;
/// The field that says whose answer it is.
const ID: &str = "id";

/// The header of a CSV text: what its columns are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The columns; every row is refused where they make no sense.
    columns: Result<Vec<Column>, Problem>,
    /// The fields of rows and where their cells are, where no name leads deeper than `usage.connections`.
    flat: Option<Vec<Field>>,
}

/// A field of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Field {
    /// Its name, as JSON with the colon.
    key: String,
    /// The column of its value; `None` where it has fields of its own.
    column: Option<usize>,
    fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Column {
    name: String,
    is_text: bool,
}

impl Header {
    /// Reads the header.
    pub fn read(text: &[u8]) -> Self {
        let columns: Result<Vec<Column>, Problem> = Cells::new().read(text, None).and_then(|cells| {
            cells
                .map(|cell| {
                    let name = cell.trim().to_owned();
                    if name.split('.').any(str::is_empty) {
                        let detail = format!("the name of the column `{name}` is empty or has an empty part");
                        return Err(Problem::new(Code::Malformed, "", detail));
                    }
                    Ok(Column { is_text: TEXTS.contains(&name.as_str()), name })
                })
                .collect()
        });
        let flat = columns.as_ref().ok().and_then(|columns| flat(columns));
        Self { columns, flat }
    }
}

/// The fields that columns stand for; `None` where a name leads deeper than one level, or where two do not go together,
/// which is told row by row.
fn flat(columns: &[Column]) -> Option<Vec<Field>> {
    let mut fields: Vec<Field> = Vec::new();
    for (at, column) in columns.iter().enumerate().filter(|(_, column)| column.name != ID) {
        let field = |name: &str, column| Field { key: format!("{}:", Value::from(name)), column, fields: Vec::new() };
        let (name, inner) = match column.name.split_once('.') {
            Some((_, inner)) if inner.contains('.') => return None,
            Some((name, inner)) => (field(name, None), Some(field(inner, Some(at)))),
            None => (field(&column.name, Some(at)), None),
        };
        match (fields.iter_mut().find(|found| found.key == name.key), inner) {
            (None, inner) => fields.push(Field { fields: inner.into_iter().collect(), ..name }),
            (Some(found), Some(inner))
                if found.column.is_none() && found.fields.iter().all(|other| other.key != inner.key) =>
            {
                found.fields.push(inner);
            }
            _ => return None,
        }
    }
    Some(fields)
}

/// Reads rows under a header.
#[derive(Debug)]
pub struct Rows<'h> {
    header: &'h Header,
    cells: Cells,
}

impl<'h> Rows<'h> {
    /// No row read yet.
    pub fn under(header: &'h Header) -> Self {
        Self { header, cells: Cells::new() }
    }

    /// A row in its JSON form.
    ///
    /// # Errors
    /// What is wrong with it, beside its id as JSON.
    pub fn to_json(&mut self, text: &[u8]) -> Result<String, (String, Problem)> {
        let header = self.header;
        let refused = |problem: Problem| (header.id_of(text), problem);
        if text.len() > MAX_ROW_BYTES {
            return Err(refused(too_long()));
        }
        let columns = header.columns.as_ref().map_err(|problem| refused(problem.clone()))?;
        let cells = self.cells.read(text, Some(columns.len())).map_err(refused)?;
        if let Some(fields) = &header.flat {
            let cells: Vec<&str> = cells.collect();
            let mut row = String::with_capacity(text.len().saturating_mul(2));
            let id = columns.iter().position(|column| column.name == ID).and_then(|at| cells.get(at));
            row.push_str("{\"id\":");
            row.push_str(&id.map_or_else(|| "null".to_owned(), |id| id_as_json(id)));
            write_fields(fields, columns, &cells, ",", &mut row);
            row.push('}');
            return Ok(row);
        }
        let mut row = Value::Object(Map::new());
        let mut id = "null".to_owned();
        for (column, cell) in columns.iter().zip(cells) {
            if column.name == ID {
                id = id_as_json(cell);
                continue;
            }
            let cell: &str = cell.trim();
            if cell.is_empty() {
                continue;
            }
            let value = if column.is_text { Value::from(cell) } else { json_or_text(cell) };
            let steps: Vec<&str> = column.name.split('.').collect();
            put_at(&mut row, &steps, value).map_err(|reason| {
                let detail = format!("the column `{}` does not go with the columns before it: {reason}", column.name);
                refused(Problem::new(Code::Conflict, format!("/{}", column.name.replace('.', "/")), detail))
            })?;
        }
        let row = row.to_string();
        let fields = row.strip_prefix('{').unwrap_or_default();
        let comma = if fields == "}" { "" } else { "," };
        Ok(format!("{{\"id\":{id}{comma}{fields}"))
    }
}

impl Header {
    /// The id of a row, as JSON, as far as it can be told; `null` where it cannot.
    pub fn id_of(&self, text: &[u8]) -> String {
        let at = self.columns.iter().flatten().position(|column| column.name == ID);
        // Nothing but the beginning of the row is looked at, which is where ids are.
        let line = text.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        let cell = at.and_then(|at| line.split(',').nth(at)).filter(|cell| !cell.contains('"'));
        cell.map_or_else(|| "null".to_owned(), id_as_json)
    }
}

/// Writes the fields whose cells hold something; `begin` stands before the first of them.
fn write_fields(fields: &[Field], columns: &[Column], cells: &[&str], begin: &str, row: &mut String) {
    let mut begin = begin;
    for field in fields {
        let before = row.len();
        row.push_str(begin);
        row.push_str(&field.key);
        let empty = row.len();
        match field.column {
            Some(at) => {
                let cell = cells.get(at).map(|cell| cell.trim()).unwrap_or_default();
                let is_text = columns.get(at).is_some_and(|column| column.is_text);
                write_value(cell, is_text, row);
            }
            None => write_fields(&field.fields, columns, cells, "{", row),
        }
        if row.len() == empty {
            row.truncate(before);
            continue;
        }
        if field.column.is_none() {
            row.push('}');
        }
        begin = ",";
    }
}

/// Writes what a cell means; nothing where it is empty.
fn write_value(cell: &str, is_text: bool, row: &mut String) {
    if cell.is_empty() {
        return;
    }
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let is_whole = !digits.is_empty() && digits.len() <= MAX_PLAIN_DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
    if is_text {
        row.push_str(&Value::from(cell).to_string());
    } else if is_whole && (digits == "0" || !digits.starts_with('0')) {
        row.push_str(cell);
    } else {
        row.push_str(&json_or_text(cell).to_string());
    }
}

/// An id as JSON: a number where it is spelled as one.
fn id_as_json(cell: &str) -> String {
    let is_number = cell.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        && serde_json::from_str::<serde_json::Number>(cell).is_ok();
    if cell.is_empty() {
        "null".to_owned()
    } else if is_number {
        cell.to_owned()
    } else {
        Value::from(cell).to_string()
    }
}

/// Takes rows apart. What it needs for that it keeps from row to row.
struct Cells {
    reader: csv_core::Reader,
    joined: Vec<u8>,
    ends: Vec<usize>,
}

impl Cells {
    fn new() -> Self {
        // Its `default` and its clones read nothing: their tables are empty.
        Self { reader: csv_core::Reader::new(), joined: Vec::new(), ends: Vec::new() }
    }

    /// The cells of a row, of which there must be so many.
    fn read(&mut self, text: &[u8], wanted: Option<usize>) -> Result<impl Iterator<Item = &str>, Problem> {
        let malformed = |detail: String| Problem::new(Code::Malformed, "", detail);
        utf8(text)?;
        self.reader.reset();
        self.joined.clear();
        self.joined.resize(text.len().saturating_add(1), 0);
        self.ends.clear();
        self.ends.resize(memchr::memchr_iter(b',', text).count().saturating_add(2), 0);
        let (_, _, written, ended) = self.reader.read_record(text, &mut self.joined, &mut self.ends);
        let (result, _, _, more) = self.reader.read_record(
            b"\n",
            self.joined.get_mut(written..).unwrap_or_default(),
            self.ends.get_mut(ended..).unwrap_or_default(),
        );
        if result != csv_core::ReadRecordResult::Record {
            return Err(malformed("a quote is not closed".to_owned()));
        }
        self.ends.truncate(ended.saturating_add(more));
        let count = self.ends.len();
        if let Some(wanted) = wanted.filter(|wanted| *wanted != count) {
            return Err(malformed(format!("the row has {count} cells and the header has {wanted}")));
        }
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        // Commas and quotes are single bytes, so that a part of UTF-8 between them is UTF-8.
        let cell = |(start, end): (usize, &usize)| self.joined.get(start..*end).map(std::str::from_utf8);
        Ok(starts.zip(&self.ends).map(move |range| cell(range).and_then(Result::ok).unwrap_or_default()))
    }
}

impl std::fmt::Debug for Cells {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cells").finish_non_exhaustive()
    }
}

/// Writes the answer to an estimate.
pub fn write_estimate(out: &mut Vec<u8>, id: &str, estimate: &EstimateTotal) {
    let complete = if estimate.complete { "true" } else { "false" };
    write_row(out, &[&id_as_cell(id), &estimate.total.monthly, complete, "", "", "", "", "", ""]);
}

/// Writes the answer to a decision: the recommended option, the other option that costs least, and how much more that
/// costs a month (less than zero where it is the cheaper one).
pub fn write_decision(out: &mut Vec<u8>, id: &str, answer: &DecisionAnswer<'_>) {
    let chosen = &answer.recommendation;
    let monthly = chosen.monthly.ranking.as_deref().unwrap_or_default();
    // A sum that leaves out money that is due is not complete.
    let complete = chosen.monthly.ranking.is_some() && chosen.monthly.outside_aws.is_some();
    let cost = |text: &Option<String>| text.as_deref().and_then(|text| decimal_from_text(text).ok());
    let runner_up = answer
        .options
        .iter()
        .filter(|option| option.eligible && option.option != chosen.option)
        .filter_map(|option| Some((cost(&option.monthly.as_ref()?.ranking_exact)?, option.option)))
        .min_by_key(|(cost, _)| *cost);
    let margin =
        |other: Decimal| Some(&Amount::decimal(other) - &Amount::decimal(cost(&chosen.monthly.ranking_exact)?));
    let (runner_up, margin) = match runner_up {
        Some((other, option)) => (option, margin(other).map_or_else(String::new, |margin| margin.rounded(2))),
        None => ("", String::new()),
    };
    let complete = if complete { "true" } else { "false" };
    let cells =
        [&id_as_cell(id), monthly, complete, "", "", &chosen.option, chosen.confidence, runner_up, margin.as_str()];
    write_row(out, &cells);
}

/// Writes a refusal.
pub fn write_refusal(out: &mut Vec<u8>, id: &str, problems: &Problems) {
    let code = problems.first().map_or(Code::Internal, |problem| problem.code);
    let detail = match code {
        Code::Internal => Code::Internal.title().to_owned(),
        _ => problems.to_string(),
    };
    write_row(out, &[&id_as_cell(id), "", "", code.as_str(), &detail, "", "", "", ""]);
}

/// The id in a cell: text without its quotes.
fn id_as_cell(id: &str) -> String {
    match serde_json::from_str::<Value>(id) {
        Ok(Value::String(text)) => text,
        Ok(Value::Null) => String::new(),
        _ => id.to_owned(),
    }
}

fn write_row(out: &mut Vec<u8>, cells: &[&str]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        if cell.contains(['"', ',', '\n', '\r']) {
            out.push(b'"');
            out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        } else {
            out.extend_from_slice(cell.as_bytes());
        }
    }
    out.push(b'\n');
}
