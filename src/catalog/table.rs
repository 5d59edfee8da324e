//! Reads CSV tables with strict checks.
//!
//! A table has exactly the columns its reader names, in any order. Every value is read by a method of [`Cells`],
//! which says at a mistake where it is, what was found and what is allowed, and goes on, so that one load reports
//! every mistake of a file.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::mistake::{Mistakes, Place, one_of, quoted};
use crate::domain::number::decimal_from_text;
use crate::domain::problem::nearest;
use crate::domain::unit::Unit;

/// What a price or a quantity looks like.
const A_DECIMAL: &str = "a decimal of up to 12 decimals, at least 0";
/// What a date looks like.
const A_DATE: &str = "a date as `2026-11-22`";

/// One row being read: where it is, and where its mistakes go.
#[derive(Debug)]
pub(super) struct Cells<'m> {
    file: &'m str,
    line: u64,
    mistakes: &'m mut Mistakes,
}

/// Reads every row of a table. A file whose header is wrong is reported and not read further; a row with a wrong
/// number of fields is reported and skipped.
pub(super) fn read_table<const N: usize>(
    file: &str,
    text: &str,
    columns: [&'static str; N],
    mistakes: &mut Mistakes,
    mut each: impl FnMut(&mut Cells<'_>, [&str; N]),
) {
    if text.starts_with('\u{feff}') {
        mistakes.add(Place::file(file).line(1), "a byte order mark", "plain UTF-8 without one");
        return;
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    if !matches!(reader.read_record(&mut record), Ok(true)) {
        mistakes.add(
            Place::file(file),
            "no such file, or an empty one",
            format!("a table with the header {}", columns.join(",")),
        );
        return;
    }
    let Some(order) = columns_in_order(file, &record, columns, mistakes) else { return };
    let width = record.len();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                mistakes.add(Place::file(file), format!("text that is not CSV ({error})"), "CSV");
                return;
            }
        }
        let line = record.position().map_or(0, csv::Position::line);
        let place = Place::file(file).line(line);
        if record.len() != width {
            mistakes.add(place, format!("{} fields", record.len()), format!("{width}, as in the header"));
            continue;
        }
        let fields = order.map(|at| record.get(at).unwrap_or_default());
        let mut sound = true;
        // One pass over the bytes tells most rows that the first and the last check below are not needed.
        let odd = record.as_slice().bytes().any(|byte| byte < b' ' || byte == 0xef);
        for (column, field) in columns.iter().zip(fields) {
            let place = place.column(column);
            if odd && field.contains(['\n', '\r']) {
                sound = false;
                mistakes.add(place, quoted(field), "no line break in a field; is a closing `\"` missing?");
            } else if field.starts_with(' ') || field.ends_with(' ') {
                sound = false;
                mistakes.add(place, quoted(field), "no space at the begin or the end");
            } else if odd && field.contains('\u{fffd}') {
                sound = false;
                mistakes.add(place, quoted(field), "UTF-8");
            }
        }
        if sound {
            each(&mut Cells { file, line, mistakes: &mut *mistakes }, fields);
        }
    }
}

/// Where each expected column stands in the file; `None` where the header is wrong.
fn columns_in_order<const N: usize>(
    file: &str,
    header: &csv::StringRecord,
    columns: [&'static str; N],
    mistakes: &mut Mistakes,
) -> Option<[usize; N]> {
    let place = Place::file(file).line(1);
    let before = mistakes.count();
    let mut absent: Vec<&str> =
        columns.iter().copied().filter(|column| !header.iter().any(|found| found == *column)).collect();
    for (at, found) in header.iter().enumerate() {
        if columns.contains(&found) {
            if header.iter().take(at).any(|earlier| earlier == found) {
                mistakes.add(place.column(found), "a second column of this name", "each column once");
            }
            continue;
        }
        match nearest(found, absent.iter().copied()) {
            Some(meant) => {
                absent.retain(|column| *column != meant);
                mistakes.add(place.column(found), quoted(found), format!("a known column; did you mean `{meant}`?"));
            }
            None => mistakes.add(
                place.column(found),
                quoted(found),
                format!("only the columns {}", columns.map(|column| format!("`{column}`")).join(", ")),
            ),
        }
    }
    for column in absent {
        mistakes.add(place.column(column), "no column of this name", format!("the columns {}", columns.join(",")));
    }
    (mistakes.count() == before)
        .then(|| columns.map(|column| header.iter().position(|found| found == column).unwrap_or_default()))
}

impl Cells<'_> {
    /// The line of the row.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// How many mistakes the load has so far.
    pub(super) fn mistakes(&self) -> usize {
        self.mistakes.count()
    }

    /// A mistake in a column.
    pub(super) fn mistake(&mut self, column: &str, found: impl Into<String>, expected: impl Into<String>) {
        self.mistakes.add(Place::file(self.file).line(self.line).column(column), found, expected);
    }

    /// A text that may not be empty.
    pub(super) fn text<'t>(&mut self, column: &str, text: &'t str) -> Option<&'t str> {
        if text.is_empty() {
            self.mistake(column, "nothing", "a text");
            return None;
        }
        Some(text)
    }

    /// A value that one of a few texts stands for.
    pub(super) fn one_of<T: Copy>(&mut self, column: &str, text: &str, allowed: &[(&str, T)]) -> Option<T> {
        let found = allowed.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        if found.is_none() {
            self.mistake(column, quoted(text), one_of(allowed.iter().map(|(name, _)| *name)));
        }
        found
    }

    /// A name of a larger set; the nearest known one is offered.
    pub(super) fn known<'t, 'k>(
        &mut self,
        column: &str,
        text: &'t str,
        is_known: bool,
        known: impl IntoIterator<Item = &'k str>,
        expected: &str,
    ) -> Option<&'t str> {
        if is_known {
            return Some(text);
        }
        let hint = nearest(text, known).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
        self.mistake(column, quoted(text), format!("{expected}{hint}"));
        None
    }

    /// A unit.
    pub(super) fn unit(&mut self, column: &str, text: &str) -> Option<Unit> {
        let unit = Unit::parse(text);
        self.known(column, text, unit.is_some(), Unit::ALL.iter().map(|unit| unit.as_str()), "a unit of the README")?;
        unit
    }

    /// A decimal, at least zero.
    pub(super) fn decimal(&mut self, column: &str, text: &str) -> Option<Decimal> {
        self.decimal_or(column, text, A_DECIMAL)
    }

    /// A decimal, at least zero, or nothing. The outer `None` is a mistake.
    #[expect(clippy::option_option, reason = "a mistake and an empty field are different things")]
    pub(super) fn optional_decimal(&mut self, column: &str, text: &str, empty: &str) -> Option<Option<Decimal>> {
        if text.is_empty() {
            return Some(None);
        }
        self.decimal_or(column, text, &format!("{A_DECIMAL}, or empty {empty}")).map(Some)
    }

    fn decimal_or(&mut self, column: &str, text: &str, expected: &str) -> Option<Decimal> {
        match price_from_text(text) {
            Ok(number) if number >= Decimal::ZERO => Some(number),
            _ => {
                self.mistake(column, quoted(text), expected);
                None
            }
        }
    }

    /// A whole number, at least `min`.
    pub(super) fn whole(&mut self, column: &str, text: &str, min: u64) -> Option<u64> {
        let plain = text.bytes().all(|b| b.is_ascii_digit());
        let number = text.parse().ok().filter(|number| plain && *number >= min);
        if number.is_none() {
            self.mistake(column, quoted(text), format!("a whole number, at least {min}"));
        }
        number
    }

    /// A whole number or nothing. The outer `None` is a mistake.
    #[expect(clippy::option_option, reason = "a mistake and an empty field are different things")]
    pub(super) fn optional_whole<T: TryFrom<u64>>(&mut self, column: &str, text: &str, max: u64) -> Option<Option<T>> {
        if text.is_empty() {
            return Some(None);
        }
        let plain = text.bytes().all(|b| b.is_ascii_digit());
        let number = text.parse().ok().filter(|number| plain && *number <= max).and_then(|n| T::try_from(n).ok());
        if number.is_none() {
            self.mistake(column, quoted(text), format!("a whole number up to {max}, or empty where it is not known"));
        }
        number.map(Some)
    }

    /// A date.
    pub(super) fn date(&mut self, column: &str, text: &str) -> Option<NaiveDate> {
        let date = date_from_text(text);
        if date.is_none() {
            self.mistake(column, quoted(text), A_DATE);
        }
        date
    }

    /// A date or nothing. The outer `None` is a mistake.
    #[expect(clippy::option_option, reason = "a mistake and an empty field are different things")]
    pub(super) fn optional_date(&mut self, column: &str, text: &str) -> Option<Option<NaiveDate>> {
        if text.is_empty() {
            return Some(None);
        }
        let date = date_from_text(text);
        if date.is_none() {
            self.mistake(column, quoted(text), format!("{A_DATE}, or empty"));
        }
        date.map(Some)
    }
}

/// Reads a decimal as [`decimal_from_text`] does, and faster for the short ones that tables are full of.
pub(crate) fn price_from_text(text: &str) -> Result<Decimal, String> {
    match short_decimal(text.as_bytes()) {
        Some(number) => Ok(number),
        None => decimal_from_text(text),
    }
}

/// A decimal of at most 15 digits, 12 of them after the dot, without a zero at its end.
fn short_decimal(text: &[u8]) -> Option<Decimal> {
    const MAX_DIGITS: usize = 15;
    if text.len() > MAX_DIGITS {
        return None;
    }
    let mut mantissa: i64 = 0;
    let mut dot = None;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => mantissa = mantissa.checked_mul(10)?.checked_add(i64::from(byte.wrapping_sub(b'0')))?,
            b'.' if dot.is_none() && at > 0 => dot = Some(at),
            _ => return None,
        }
    }
    let decimals = match dot {
        None => 0,
        Some(at) => {
            let decimals = text.len().checked_sub(at)?.checked_sub(1)?;
            (1..=12).contains(&decimals).then_some(())?;
            (text.last() != Some(&b'0')).then_some(u32::try_from(decimals).ok()?)?
        }
    };
    (!text.is_empty()).then(|| Decimal::new(mantissa, decimals))
}

/// Reads a date of the form `2026-11-22`, and of no other.
pub(crate) fn date_from_text(text: &str) -> Option<NaiveDate> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_u32, |number, digit| {
            digit.is_ascii_digit().then_some(())?;
            number.checked_mul(10)?.checked_add(u32::from(digit.wrapping_sub(b'0')))
        })
    };
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok()?;
    NaiveDate::from_ymd_opt(year, number(&[m1, m2])?, number(&[d1, d2])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_way_reads_decimals_as_the_other_does() {
        for text in [
            "0",
            "7",
            "0.05",
            "0.000000000001",
            "12.5",
            "100000000000",
            "123456789012345",
            "1234567890123456",
            "0.10",
            "10",
            "1.0",
            "00.5",
            "",
            ".",
            ".5",
            "5.",
            "1.2.3",
            "-1",
            "+1",
            "1e5",
            " 1",
            "1_0",
            "0.0000000000001",
            "0,05",
            "9.99999999999",
            "1000000000000000",
            "1000000000000001",
            "٣",
        ] {
            let (fast, slow) = (price_from_text(text), decimal_from_text(text));
            assert_eq!(fast, slow, "{text}");
            let digits = |number: Decimal| (number.mantissa(), number.scale());
            assert_eq!(fast.map(digits), slow.map(digits), "{text}");
        }
    }

    #[test]
    fn dates_have_one_form() {
        assert_eq!(date_from_text("2026-11-22").expect("a date").to_string(), "2026-11-22");
        for text in ["2026-11-31", "2026-1-22", "26-11-22", "2026/11/22", "2026-11-22 ", "+026-11-22", "", "2026-00-10"]
        {
            assert_eq!(date_from_text(text), None, "{text}");
        }
    }
}
