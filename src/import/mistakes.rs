//! What is wrong with a price list, by row: all of it at once, up to a cap.

use crate::catalog::mistake::{DataErrors, Mistakes, Place, quoted};

use super::cells::{Cells, Column};

/// Where in a price list something is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RowPlace {
    /// The line, from 1; 0 where the file has none that matter (JSON).
    pub line: u64,
    /// The rate code, which names a row of a JSON file.
    pub rate_code: String,
}

impl RowPlace {
    /// Where a row is.
    pub(super) fn of(row: &impl Cells) -> Self {
        let line = row.line();
        let rate_code = if line == 0 { row.cell(Column::RateCode).to_owned() } else { String::new() };
        Self { line, rate_code }
    }
}

/// Collects the mistakes of an import.
#[derive(Debug, Default)]
pub(super) struct Findings {
    mistakes: Mistakes,
}

impl Findings {
    /// Something is wrong with a file as a whole.
    pub(super) fn in_file(&mut self, file: &str, found: impl Into<String>, expected: impl Into<String>) {
        self.mistakes.add(Place::file(file), found, expected);
    }

    /// Something is wrong in a line of a file.
    pub(super) fn in_line(&mut self, file: &str, line: u64, found: impl Into<String>, expected: impl Into<String>) {
        self.mistakes.add(Place::file(file).line(line), found, expected);
    }

    /// Something is wrong in a column of a row.
    pub(super) fn in_row(
        &mut self,
        file: &str,
        place: &RowPlace,
        column: &str,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) {
        let named =
            if place.rate_code.is_empty() { column.to_owned() } else { format!("{column} of {}", place.rate_code) };
        self.mistakes.add(Place::file(file).line(place.line).column(&named), found, expected);
    }

    /// A value of a row is not what it has to be.
    pub(super) fn cell(&mut self, file: &str, row: &impl Cells, column: Column, expected: impl Into<String>) {
        self.in_row(file, &RowPlace::of(row), column.header(), quoted(row.cell(column)), expected);
    }

    /// How many there are so far.
    pub(super) fn count(&self) -> usize {
        self.mistakes.count()
    }

    /// Everything found, where anything was.
    pub(super) fn into_errors(self) -> Option<DataErrors> {
        self.mistakes.or(()).err()
    }
}
