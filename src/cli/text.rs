//! Text tables that can be read without colour.

use std::io::{self, Write};

/// The gap between two columns.
const GAP: &str = "  ";
/// The width at which running text is broken.
const WIDTH: usize = 100;

/// On which side a column lines up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// One row of a table.
#[derive(Debug)]
enum Row {
    /// One text for each column.
    Cells(Vec<String>),
    /// A text below the row before it, that does not widen any column.
    Note(String),
    /// A rule across the table.
    Rule,
}

/// A table whose columns are as wide as their widest cell.
#[derive(Debug)]
pub struct Table {
    sides: Vec<Side>,
    rows: Vec<Row>,
}

impl Table {
    /// A table with a heading for each column.
    pub fn new(columns: &[(&str, Side)]) -> Self {
        let heading = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        Self { sides: columns.iter().map(|(_, side)| *side).collect(), rows: vec![Row::Cells(heading), Row::Rule] }
    }

    /// A row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(Row::Cells(cells.into_iter().map(Into::into).collect()));
    }

    /// A remark on the row before.
    pub fn note(&mut self, text: impl Into<String>) {
        self.rows.push(Row::Note(text.into()));
    }

    /// A rule across the table.
    pub fn rule(&mut self) {
        self.rows.push(Row::Rule);
    }

    /// Writes it, each line with `indent` before it.
    pub fn write(&self, out: &mut dyn Write, indent: &str) -> io::Result<()> {
        let mut widths = vec![0; self.sides.len()];
        for row in &self.rows {
            if let Row::Cells(cells) = row {
                for (width, cell) in widths.iter_mut().zip(cells) {
                    *width = (*width).max(width_of(cell));
                }
            }
        }
        let whole = widths.iter().fold(0_usize, |sum, width| sum.saturating_add(*width));
        let gaps = GAP.len().saturating_mul(widths.len().saturating_sub(1));
        for row in &self.rows {
            let line = match row {
                Row::Rule => "-".repeat(whole.saturating_add(gaps)),
                Row::Note(text) => format!("{GAP}{text}"),
                Row::Cells(cells) => {
                    let padded: Vec<String> = cells
                        .iter()
                        .zip(self.sides.iter().zip(&widths))
                        .map(|(cell, (side, width))| pad(cell, *side, *width))
                        .collect();
                    padded.join(GAP)
                }
            };
            writeln!(out, "{}", format!("{indent}{line}").trim_end())?;
        }
        Ok(())
    }
}

fn width_of(text: &str) -> usize {
    text.chars().count()
}

fn pad(text: &str, side: Side, width: usize) -> String {
    let missing = " ".repeat(width.saturating_sub(width_of(text)));
    match side {
        Side::Left => format!("{text}{missing}"),
        Side::Right => format!("{missing}{text}"),
    }
}

/// Writes a heading and its texts below it, broken into lines; nothing where there are none.
pub fn list(out: &mut dyn Write, heading: &str, items: impl IntoIterator<Item = String>) -> io::Result<()> {
    let mut items = items.into_iter().peekable();
    if items.peek().is_none() {
        return Ok(());
    }
    writeln!(out, "\n{heading}")?;
    items.try_for_each(|item| paragraph(out, "  ", "    ", &item))
}

/// Writes running text in lines of a readable width: the first after `first`, the others after `rest`.
pub fn paragraph(out: &mut dyn Write, first: &str, rest: &str, text: &str) -> io::Result<()> {
    let mut line = String::from(first);
    let mut empty = true;
    for word in text.split_whitespace() {
        let wide = width_of(&line).saturating_add(width_of(word)).saturating_add(1);
        if !empty && wide > WIDTH {
            writeln!(out, "{}", line.trim_end())?;
            line.clear();
            line.push_str(rest);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    writeln!(out, "{}", line.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_lines_have_no_trailing_space() {
        let mut table = Table::new(&[("what", Side::Left), ("USD", Side::Right), ("", Side::Left)]);
        table.row(["hours", "36.50", ""]);
        table.note("1 connection × 730 hours, a remark that is wider than the table");
        table.row(["data × 2", "1234.00", "[1]"]);
        let mut out = Vec::new();
        table.write(&mut out, " ").expect("written");
        let text = String::from_utf8(out).expect("UTF-8");
        insta::assert_snapshot!(text, @r"
         what          USD
         ----------------------
         hours       36.50
           1 connection × 730 hours, a remark that is wider than the table
         data × 2  1234.00  [1]
        ");
        assert!(text.lines().all(|line| line == line.trim_end()));
    }

    #[test]
    fn running_text_is_broken_between_words() {
        let mut out = Vec::new();
        paragraph(&mut out, "  ", "    ", &"word ".repeat(30)).expect("written");
        let text = String::from_utf8(out).expect("UTF-8");
        assert_eq!(text.lines().count(), 2);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
    }
}
