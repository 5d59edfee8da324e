//! What is wrong with data files: where, what was found, what is allowed. All mistakes of a load are reported at once.

use std::fmt;

use smol_str::SmolStr;

/// How many mistakes of one load are kept; the rest are only counted.
pub const MAX_REPORTED: usize = 100;
/// How much of a found text is shown.
const MAX_SHOWN: usize = 80;

/// One mistake in the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataError {
    /// The file, as a path inside the data folder.
    pub file: String,
    /// The line, counted from 1; none where it is about the whole file.
    pub line: Option<u64>,
    /// The column or the key; none where it is about the whole line.
    pub column: Option<SmolStr>,
    /// What was found.
    pub found: String,
    /// What is allowed.
    pub expected: String,
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        f.write_str(": ")?;
        if let Some(column) = &self.column {
            let in_yaml = ["facts/", "architectures/"].iter().any(|folder| self.file.starts_with(folder));
            let word = if in_yaml { "key" } else { "column" };
            write!(f, "{word} {column}: ")?;
        }
        write!(f, "found {}; expected {}", self.found, self.expected)
    }
}

/// The mistakes of one load, in the order they were found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct DataErrors {
    /// The first [`MAX_REPORTED`] of them.
    pub errors: Vec<DataError>,
    /// How many there are in all.
    pub total: usize,
}

impl fmt::Display for DataErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.errors.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        match self.total.saturating_sub(self.errors.len()) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

/// Collects the mistakes of a load.
#[derive(Debug, Default)]
pub(crate) struct Mistakes {
    errors: Vec<DataError>,
    total: usize,
}

impl Mistakes {
    /// A mistake at a place.
    pub(crate) fn add(&mut self, place: Place<'_>, found: impl Into<String>, expected: impl Into<String>) {
        self.total = self.total.saturating_add(1);
        if self.errors.len() < MAX_REPORTED {
            self.errors.push(DataError {
                file: place.file.to_owned(),
                line: place.line,
                column: place.column.map(SmolStr::new),
                found: found.into(),
                expected: expected.into(),
            });
        }
    }

    /// How many there are so far.
    pub(crate) fn count(&self) -> usize {
        self.total
    }

    /// The value, if there was no mistake.
    pub(crate) fn or<T>(self, value: T) -> Result<T, DataErrors> {
        if self.total == 0 { Ok(value) } else { Err(DataErrors { errors: self.errors, total: self.total }) }
    }
}

/// Where a mistake is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The file.
    pub(crate) file: &'a str,
    /// The line, from 1.
    pub(crate) line: Option<u64>,
    /// The column or key.
    pub(crate) column: Option<&'a str>,
}

impl<'a> Place<'a> {
    /// A whole file.
    pub(crate) fn file(file: &'a str) -> Self {
        Self { file, line: None, column: None }
    }

    /// A line of it.
    pub(crate) fn line(self, line: u64) -> Self {
        Self { line: (line > 0).then_some(line), ..self }
    }

    /// A column or key.
    pub(crate) fn column(self, column: &'a str) -> Self {
        Self { column: Some(column), ..self }
    }
}

/// A found text in backticks, cut where it is long; `nothing` where it is empty.
pub(crate) fn quoted(text: &str) -> String {
    if text.is_empty() {
        return "nothing".to_owned();
    }
    let mut shown: String = text.chars().take(MAX_SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("`{}`", shown.escape_debug())
}

/// The names of a small set, for people: "`a`, `b` or `c`".
pub(crate) fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}
