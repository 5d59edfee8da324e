//! Price rows in the store: reading them in key order and writing them.

use chrono::NaiveDate;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, Statement, params};

use super::error::{Doing, StorageError};
use super::imports::HistoryRow;
use super::sql;
use crate::catalog::price::{Confidence, Layer, Price};
use crate::catalog::row::{Interner, Ladders, PriceRow};
use crate::catalog::table::{date_from_text, price_from_text};
use crate::domain::meter::MeterKey;
use crate::domain::unit::Unit;

/// A price row and the position of its tier in the ladder.
pub(super) struct Numbered {
    pub(super) row: PriceRow,
    pub(super) tier: i64,
}

/// The prices of an edition, in the order of their meters and dates.
pub(super) fn prices_of_edition(raw: &Connection, edition: u32, doing: Doing<'_>) -> Result<Vec<Price>, StorageError> {
    let sql_error = |error| doing.rusqlite(error);
    let rows: i64 = raw.query_row(sql::COUNT_PRICES, [edition], |row| row.get(0)).map_err(sql_error)?;
    let mut ladders = Ladders::with_capacity(usize::try_from(rows).unwrap_or_default());
    let mut reader = Reader::new(doing);
    let mut statement = raw.prepare(sql::EDITION_PRICES).map_err(sql_error)?;
    let mut rows = statement.query([edition]).map_err(sql_error)?;
    while let Some(row) = rows.next().map_err(sql_error)? {
        let mut cells = Cells { row, next: 0, doing };
        let meter = reader.meter(&mut cells)?;
        let layer = cells.layer()?;
        let valid_from = cells.text("valid_from")?;
        let edition = cells.edition("edition_from")?;
        ladders.push(reader.rest(&mut cells, meter, valid_from, layer, edition)?);
    }
    Ok(ladders.into_prices())
}

/// What has to change so that the seed's open rows become those of a new seed.
#[derive(Default)]
pub(super) struct Changes<'r> {
    /// Rows that the new seed does not have.
    pub(super) ended: Vec<Numbered>,
    /// Rows that the store does not have, with the position of their tiers.
    pub(super) added: Vec<(&'r PriceRow, i64)>,
}

/// Compares the seed's open rows with those of a new seed, which are in the same order.
pub(super) fn compare_seed<'r>(
    raw: &Connection,
    new: &'r [PriceRow],
    doing: Doing<'_>,
) -> Result<Changes<'r>, StorageError> {
    let sql_error = |error| doing.rusqlite(error);
    let mut changes = Changes::default();
    let mut new = with_tiers(new).peekable();
    let mut reader = Reader::new(doing);
    let mut statement = raw.prepare(sql::OPEN_SEED_PRICES).map_err(sql_error)?;
    let mut rows = statement.query([]).map_err(sql_error)?;
    while let Some(row) = rows.next().map_err(sql_error)? {
        let mut cells = Cells { row, next: 0, doing };
        let meter = reader.meter(&mut cells)?;
        let valid_from = cells.text("valid_from")?;
        let tier = cells.number("tier")?;
        cells.edition("edition_from")?;
        let old = reader.rest(&mut cells, meter, valid_from, Layer::Seed, 0)?;
        let key = (&old.meter, old.effective_from, tier);
        while let Some(added) = new.next_if(|(row, tier)| (&row.meter, row.effective_from, *tier) < key) {
            changes.added.push(added);
        }
        match new.next_if(|(row, tier)| (&row.meter, row.effective_from, *tier) == key) {
            Some((same, _)) if *same == old => {}
            Some(other) => {
                changes.added.push(other);
                changes.ended.push(Numbered { row: old, tier });
            }
            None => changes.ended.push(Numbered { row: old, tier }),
        }
    }
    changes.added.extend(new);
    Ok(changes)
}

/// The rows with the positions of their tiers, which come in rising order.
fn with_tiers(rows: &[PriceRow]) -> impl Iterator<Item = (&PriceRow, i64)> {
    let mut before: Option<(&PriceRow, i64)> = None;
    rows.iter().map(move |row| {
        let tier = match before {
            Some((last, tier)) if last.effective_from == row.effective_from && last.meter == row.meter => {
                tier.saturating_add(1)
            }
            _ => 0,
        };
        before = Some((row, tier));
        (row, tier)
    })
}

/// The rows of a meter that the newest edition holds, ladder by ladder.
pub(super) fn of_meter(raw: &Connection, meter: &MeterKey, doing: Doing<'_>) -> Result<Vec<PriceRow>, StorageError> {
    let sql_error = |error| doing.rusqlite(error);
    let mut statement = raw.prepare_cached(sql::METER_PRICES).map_err(sql_error)?;
    let mut rows = statement.query(meter_names(meter)).map_err(sql_error)?;
    let mut reader = Reader::new(doing);
    let mut held = Vec::new();
    while let Some(row) = rows.next().map_err(sql_error)? {
        held.push(reader.row_of_meter(row, meter)?);
    }
    Ok(held)
}

/// Every row that a meter ever had, as it became known.
pub(super) fn history(raw: &Connection, meter: &MeterKey, doing: Doing<'_>) -> Result<Vec<HistoryRow>, StorageError> {
    let sql_error = |error| doing.rusqlite(error);
    let mut statement = raw.prepare(sql::METER_HISTORY).map_err(sql_error)?;
    let mut rows = statement.query(meter_names(meter)).map_err(sql_error)?;
    let mut reader = Reader::new(doing);
    let mut history = Vec::new();
    while let Some(row) = rows.next().map_err(sql_error)? {
        let edition_to = row.get("edition_to").map_err(sql_error)?;
        history.push(HistoryRow { row: reader.row_of_meter(row, meter)?, edition_to });
    }
    Ok(history)
}

fn meter_names(meter: &MeterKey) -> [&str; 4] {
    [&meter.service_code, &meter.region, &meter.usage_type, &meter.operation]
}

/// Ends rows and adds others, each with the position of its tier.
pub(super) fn replace(
    raw: &Connection,
    ended: &[(PriceRow, i64)],
    added: &[(PriceRow, i64)],
    edition: u32,
    doing: Doing<'_>,
) -> Result<(), StorageError> {
    let sql_error = |error| doing.rusqlite(error);
    let mut end = raw.prepare_cached(sql::END_PRICE).map_err(sql_error)?;
    for (row, tier) in ended {
        end_row(&mut end, row, *tier, edition).map_err(sql_error)?;
    }
    let mut add = raw.prepare_cached(sql::ADD_PRICE).map_err(sql_error)?;
    for (row, tier) in added {
        add_row(&mut add, row, *tier, edition).map_err(sql_error)?;
    }
    Ok(())
}

/// Ends the rows that an edition no longer holds and adds those it newly holds.
pub(super) fn write(
    raw: &Connection,
    changes: &Changes<'_>,
    edition: u32,
    doing: Doing<'_>,
) -> Result<(), StorageError> {
    let sql_error = |error| doing.rusqlite(error);
    let mut end = raw.prepare(sql::END_PRICE).map_err(sql_error)?;
    for Numbered { row, tier } in &changes.ended {
        end_row(&mut end, row, *tier, edition).map_err(sql_error)?;
    }
    let mut add = raw.prepare(sql::ADD_PRICE).map_err(sql_error)?;
    for (row, tier) in &changes.added {
        add_row(&mut add, row, *tier, edition).map_err(sql_error)?;
    }
    Ok(())
}

fn end_row(end: &mut Statement<'_>, row: &PriceRow, tier: i64, edition: u32) -> rusqlite::Result<usize> {
    let meter = &row.meter;
    end.execute(params![
        meter.service_code.as_str(),
        meter.region.as_str(),
        meter.usage_type.as_str(),
        meter.operation.as_str(),
        layer_name(&row.layer),
        spelled(row.effective_from),
        tier,
        edition
    ])
}

fn add_row(add: &mut Statement<'_>, row: &PriceRow, tier: i64, edition: u32) -> rusqlite::Result<usize> {
    let meter = &row.meter;
    add.execute(params![
        meter.service_code.as_str(),
        meter.region.as_str(),
        meter.usage_type.as_str(),
        meter.operation.as_str(),
        layer_name(&row.layer),
        spelled(row.effective_from),
        tier,
        edition,
        row.effective_to.map(|day| day.to_string()),
        row.unit.as_str(),
        row.tier_start.to_string(),
        row.price.map(|price| price.to_string()),
        row.seen_on.to_string(),
        row.source.as_str(),
        row.confidence.as_str(),
        row.note.as_str(),
    ])
}

/// The layer as the table has it. Only seed and imported prices are stored in it.
fn layer_name(layer: &Layer) -> &'static str {
    match layer {
        Layer::Seed => "seed",
        _ => "import",
    }
}

/// A date that may be unknown, as a part of the key.
fn spelled(date: Option<NaiveDate>) -> String {
    date.map(|day| day.to_string()).unwrap_or_default()
}

/// The table of prices.
const PRICES: &str = "prices";

/// Reads rows; texts, units and dates recur from row to row.
struct Reader<'d> {
    doing: Doing<'d>,
    interner: Interner,
    unit: Unit,
    seen_on: (String, Option<NaiveDate>),
}

impl<'d> Reader<'d> {
    fn new(doing: Doing<'d>) -> Self {
        Self { doing, interner: Interner::default(), unit: Unit::HOURS, seen_on: (String::new(), None) }
    }

    fn meter(&mut self, cells: &mut Cells<'_>) -> Result<MeterKey, StorageError> {
        Ok(MeterKey {
            service_code: self.interner.get(cells.text("service_code")?),
            region: self.interner.get(cells.text("region")?),
            usage_type: self.interner.get(cells.text("usage_type")?),
            operation: self.interner.get(cells.text("operation")?),
        })
    }

    /// A row of a meter that is known, without the columns of its name.
    fn row_of_meter(&mut self, row: &Row<'_>, meter: &MeterKey) -> Result<PriceRow, StorageError> {
        let mut cells = Cells { row, next: 0, doing: self.doing };
        let layer = cells.layer()?;
        let valid_from = cells.text("valid_from")?;
        let edition = cells.edition("edition_from")?;
        self.rest(&mut cells, meter.clone(), valid_from, layer, edition)
    }

    /// The columns from `valid_to` on, which all queries have in the same order.
    fn rest(
        &mut self,
        cells: &mut Cells<'_>,
        meter: MeterKey,
        valid_from: &str,
        layer: Layer,
        edition: u32,
    ) -> Result<PriceRow, StorageError> {
        let doing = self.doing;
        let date = |column, text: &str| {
            date_from_text(text).ok_or_else(|| doing.corrupt(PRICES, column, text, "a date as `2026-11-22`"))
        };
        let decimal = |column, text: &str| {
            price_from_text(text).map_err(|_| doing.corrupt(PRICES, column, text, "a decimal of up to 12 decimals"))
        };
        let effective_from = if valid_from.is_empty() { None } else { Some(date("valid_from", valid_from)?) };
        let effective_to = cells.optional_text("valid_to")?.map(|text| date("valid_to", text)).transpose()?;
        let unit = cells.text("unit")?;
        if self.unit.as_str() != unit {
            let found = Unit::parse(unit);
            self.unit = found.ok_or_else(|| doing.corrupt(PRICES, "unit", unit, "a unit"))?;
        }
        let tier_start = decimal("tier_start", cells.text("tier_start")?)?;
        let price = cells.optional_text("price")?.map(|text| decimal("price", text)).transpose()?;
        let seen_on = cells.text("seen_on")?;
        if self.seen_on.0 != seen_on || self.seen_on.1.is_none() {
            self.seen_on = (seen_on.to_owned(), Some(date("seen_on", seen_on)?));
        }
        let source = self.interner.get(cells.text("source")?);
        let confidence = cells.text("confidence")?;
        let level = Confidence::parse(confidence);
        Ok(PriceRow {
            meter,
            effective_from,
            effective_to,
            unit: self.unit,
            tier_start,
            price,
            seen_on: self.seen_on.1.unwrap_or_default(),
            source,
            confidence: level
                .ok_or_else(|| doing.corrupt(PRICES, "confidence", confidence, "`high`, `medium` or `low`"))?,
            note: self.interner.get(cells.text("note")?),
            layer,
            edition,
        })
    }
}

/// The columns of a row, read from left to right.
struct Cells<'r> {
    row: &'r Row<'r>,
    next: usize,
    doing: Doing<'r>,
}

impl<'r> Cells<'r> {
    fn value(&mut self) -> Result<ValueRef<'r>, StorageError> {
        let at = self.next;
        self.next = at.saturating_add(1);
        self.row.get_ref(at).map_err(|error| self.doing.rusqlite(error))
    }

    fn optional_text(&mut self, column: &'static str) -> Result<Option<&'r str>, StorageError> {
        let value = self.value()?;
        value.as_str_or_null().map_err(|error| self.doing.corrupt(PRICES, column, &error.to_string(), "a text"))
    }

    fn text(&mut self, column: &'static str) -> Result<&'r str, StorageError> {
        self.optional_text(column)?.ok_or_else(|| self.doing.corrupt(PRICES, column, "NULL", "a text"))
    }

    fn layer(&mut self) -> Result<Layer, StorageError> {
        match self.text("layer")? {
            "seed" => Ok(Layer::Seed),
            "import" => Ok(Layer::Import),
            other => Err(self.doing.corrupt(PRICES, "layer", other, "`seed` or `import`")),
        }
    }

    fn number(&mut self, column: &'static str) -> Result<i64, StorageError> {
        let value = self.value()?;
        value.as_i64().map_err(|error| self.doing.corrupt(PRICES, column, &error.to_string(), "a whole number"))
    }

    fn edition(&mut self, column: &'static str) -> Result<u32, StorageError> {
        let number = self.number(column)?;
        u32::try_from(number).map_err(|_| self.doing.corrupt(PRICES, column, &number.to_string(), "an edition"))
    }
}
