//! Price books in the store: every revision is rows that are added once and never change.

use chrono::NaiveDate;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};
use smol_str::SmolStr;

use super::editions::now;
use super::error::{Doing, StorageError};
use super::sql;
use crate::catalog::books::{Charge, Draft, PriceBook, Rate, Revision, Scope};
use crate::catalog::price::Tier;
use crate::catalog::table::date_from_text;
use crate::domain::meter::MeterKey;
use crate::domain::number::decimal_from_text;
use crate::domain::unit::Unit;

/// The table of revisions.
const BOOKS: &str = "price_books";
/// The table of rates.
const RATES: &str = "price_book_rates";

/// The revisions after one, in the order in which they were made.
pub(super) fn after(raw: &Connection, id: i64, doing: Doing<'_>) -> Result<Vec<PriceBook>, StorageError> {
    let sql_error = |error| doing.rusqlite(error);
    // One look at both tables, so that a revision that another process adds meanwhile is seen whole or not at all.
    let transaction = raw.unchecked_transaction().map_err(sql_error)?;
    let mut revisions: Vec<(Revision, Vec<Rate>)> = Vec::new();
    {
        let mut statement = transaction.prepare(sql::BOOKS_AFTER).map_err(sql_error)?;
        let mut rows = statement.query([id]).map_err(sql_error)?;
        while let Some(row) = rows.next().map_err(sql_error)? {
            revisions.push((revision(row, doing)?, Vec::new()));
        }
        let mut statement = transaction.prepare(sql::BOOK_RATES_AFTER).map_err(sql_error)?;
        let mut rows = statement.query([id]).map_err(sql_error)?;
        let mut books = revisions.iter_mut().peekable();
        while let Some(row) = rows.next().map_err(sql_error)? {
            let of: i64 = row.get("book").map_err(sql_error)?;
            while books.next_if(|(revision, _)| revision.id < of).is_some() {}
            let Some((_, rates)) = books.peek_mut().filter(|(revision, _)| revision.id == of) else {
                return Err(doing.corrupt(RATES, "book", &of.to_string(), "a row of `price_books`"));
            };
            add_row(rates, row, doing)?;
        }
    }
    transaction.commit().map_err(sql_error)?;
    revisions.into_iter().map(|(revision, rates)| book(revision, rates, doing)).collect()
}

fn book(revision: Revision, rates: Vec<Rate>, doing: Doing<'_>) -> Result<PriceBook, StorageError> {
    let name = revision.name.clone();
    PriceBook::new(revision, rates).ok_or_else(|| doing.corrupt(RATES, "value", &name, "rates that were checked"))
}

/// Adds the next revision of a book, inside a transaction that has begun to write.
pub(super) fn add(raw: &Connection, draft: &Draft, doing: Doing<'_>) -> Result<PriceBook, StorageError> {
    let sql_error = |error| doing.rusqlite(error);
    let newest = newest(raw, &draft.name, doing)?;
    let number = newest.map_or(0, |(number, _)| number).saturating_add(1);
    let revision = add_revision(raw, &draft.name, number, false, &draft.note, doing)?;
    let mut statement = raw.prepare(sql::ADD_BOOK_RATE).map_err(sql_error)?;
    for (at, rate) in draft.rates.iter().enumerate() {
        let (kind, unit, tiers) = match &rate.charge {
            Charge::Price { unit, tiers } => ("price", Some(unit.as_str()), tiers.clone()),
            Charge::Discount(percent) => {
                ("discount_percent", None, vec![Tier { from: rust_decimal::Decimal::ZERO, price: *percent }])
            }
        };
        let meter = rate.scope.meter();
        for (tier, Tier { from, price }) in tiers.iter().enumerate() {
            statement
                .execute(params![
                    revision.id,
                    whole(at),
                    whole(tier),
                    rate.scope.name(),
                    rate.scope.service_code().map(SmolStr::as_str),
                    rate.scope.region().map(SmolStr::as_str),
                    meter.map(|meter| meter.usage_type.as_str()),
                    meter.map(|meter| meter.operation.as_str()),
                    rate.valid_from.map(|day| day.to_string()),
                    rate.valid_to.map(|day| day.to_string()),
                    kind,
                    unit,
                    from.to_string(),
                    price.to_string(),
                    rate.note,
                ])
                .map_err(sql_error)?;
        }
    }
    book(revision, draft.rates.clone(), doing)
}

/// Adds a revision that removes a book. `None` where there is no such book.
pub(super) fn remove(raw: &Connection, name: &str, doing: Doing<'_>) -> Result<Option<PriceBook>, StorageError> {
    match newest(raw, name, doing)? {
        Some((number, false)) => {
            let revision = add_revision(raw, name, number.saturating_add(1), true, "", doing)?;
            book(revision, Vec::new(), doing).map(Some)
        }
        _ => Ok(None),
    }
}

/// The number of the newest revision of a book, and whether that removed it.
fn newest(raw: &Connection, name: &str, doing: Doing<'_>) -> Result<Option<(u32, bool)>, StorageError> {
    let found = raw.query_row(sql::NEWEST_REVISION, [name], |row| Ok((row.get(0)?, row.get(1)?))).optional();
    found.map_err(|error| doing.rusqlite(error))
}

fn add_revision(
    raw: &Connection,
    name: &str,
    number: u32,
    removed: bool,
    note: &str,
    doing: Doing<'_>,
) -> Result<Revision, StorageError> {
    let created_at = now();
    raw.execute(sql::ADD_BOOK, params![name, number, removed, created_at, note])
        .map_err(|error| doing.rusqlite(error))?;
    Ok(Revision {
        id: raw.last_insert_rowid(),
        name: name.into(),
        number,
        removed,
        created_on: day_of(&created_at, doing)?,
        created_at,
        note: note.to_owned(),
    })
}

/// The day of a moment.
fn day_of(created_at: &str, doing: Doing<'_>) -> Result<NaiveDate, StorageError> {
    let day = created_at.split_once('T').and_then(|(day, _)| date_from_text(day));
    day.ok_or_else(|| doing.corrupt(BOOKS, "created_at", created_at, "a moment as `2026-11-22T09:30:00Z`"))
}

fn whole(position: usize) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

fn revision(row: &Row<'_>, doing: Doing<'_>) -> Result<Revision, StorageError> {
    let sql_error = |error| doing.rusqlite(error);
    let created_at: String = row.get("created_at").map_err(sql_error)?;
    Ok(Revision {
        id: row.get("id").map_err(sql_error)?,
        name: row.get::<_, String>("name").map_err(sql_error)?.into(),
        number: row.get("revision").map_err(sql_error)?,
        removed: row.get("removed").map_err(sql_error)?,
        created_on: day_of(&created_at, doing)?,
        created_at,
        note: row.get("note").map_err(sql_error)?,
    })
}

/// Takes the next row of a book: a rate, or a further tier of the last one.
fn add_row(rates: &mut Vec<Rate>, row: &Row<'_>, doing: Doing<'_>) -> Result<(), StorageError> {
    let text = |column: &'static str| -> Result<Option<String>, StorageError> {
        match row.get::<_, Value>(column).map_err(|error| doing.rusqlite(error))? {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            other => Err(doing.corrupt(RATES, column, &format!("{other:?}"), "a text")),
        }
    };
    let given = |column| text(column)?.ok_or_else(|| doing.corrupt(RATES, column, "NULL", "a text"));
    let decimal = |column| {
        let text = given(column)?;
        decimal_from_text(&text).map_err(|_| doing.corrupt(RATES, column, &text, "a decimal of up to 12 decimals"))
    };
    let day = |column| {
        let day = |text: String| {
            date_from_text(&text).ok_or_else(|| doing.corrupt(RATES, column, &text, "a date as `2026-11-22`"))
        };
        text(column)?.map(day).transpose()
    };
    let tier: i64 = row.get("tier").map_err(|error| doing.rusqlite(error))?;
    let step = Tier { from: decimal("tier_start")?, price: decimal("value")? };
    if tier > 0 {
        let ladder = rates.last_mut().and_then(|rate| match &mut rate.charge {
            Charge::Price { tiers, .. } => Some(tiers),
            Charge::Discount(_) => None,
        });
        let rises = ladder.filter(|tiers| tiers.last().is_some_and(|last| last.from < step.from));
        let tiers = rises
            .filter(|tiers| whole(tiers.len()) == tier)
            .ok_or_else(|| doing.corrupt(RATES, "tier", &tier.to_string(), "the next tier of a rising ladder"))?;
        tiers.push(step);
        return Ok(());
    }
    let scope = match given("scope")?.as_str() {
        "all" => Scope::All,
        "service" => Scope::Service(given("service_code")?.into()),
        "service_region" => Scope::ServiceRegion(given("service_code")?.into(), given("region")?.into()),
        "meter" => Scope::Meter(MeterKey {
            service_code: given("service_code")?.into(),
            region: given("region")?.into(),
            usage_type: given("usage_type")?.into(),
            operation: given("operation")?.into(),
        }),
        other => {
            return Err(doing.corrupt(RATES, "scope", other, "`meter`, `service_region`, `service` or `all`"));
        }
    };
    let charge = match given("kind")?.as_str() {
        "discount_percent" => Charge::Discount(step.price),
        "price" => {
            let unit = given("unit")?;
            let unit = Unit::parse(&unit).ok_or_else(|| doing.corrupt(RATES, "unit", &unit, "a unit"))?;
            Charge::Price { unit, tiers: vec![step] }
        }
        other => return Err(doing.corrupt(RATES, "kind", other, "`price` or `discount_percent`")),
    };
    rates.push(Rate {
        scope,
        valid_from: day("valid_from")?,
        valid_to: day("valid_to")?,
        charge,
        note: given("note")?,
    });
    Ok(())
}
