//! Writing an edition of imported prices, and what the store says about it.

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use sha2::{Digest, Sha256};

use super::editions::{Origin, activate, active, hash_of, newest, now};
use super::error::{Doing, StorageError};
use super::{prices, sql};
use crate::catalog::price::Layer;
use crate::catalog::row::PriceRow;
use crate::catalog::seed::hexadecimal;
use crate::catalog::sources::Source;
use crate::domain::meter::MeterKey;

/// What an edition of imported prices is made from.
#[derive(Debug, Clone)]
pub struct EditionDraft {
    /// The hash of what it brings.
    pub brought: String,
    /// The day its newest price list was published.
    pub published_at: Option<String>,
    /// What a reader should know about it.
    pub note: String,
    /// Its price lists.
    pub files: Vec<ImportedFile>,
    /// The sources that its prices cite.
    pub sources: Vec<Source>,
}

/// A price list that an edition came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedFile {
    /// The name of the file.
    pub name: String,
    /// Where it came from; empty where that is not known.
    pub location: String,
    /// The SHA-256 of the file.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// The code of the offer.
    pub offer_code: String,
    /// Its version.
    pub version: String,
    /// When it was published.
    pub published_at: String,
    /// How many rows it has.
    pub rows_read: u64,
    /// How many of them price a meter.
    pub rows_kept: u64,
    /// Whether the others are kept for reference.
    pub reference: bool,
}

/// A price that no service meters, as its price list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferencePrice {
    /// The texts, in the order of [`ReferencePrice::COLUMNS`].
    pub texts: Vec<String>,
}

impl ReferencePrice {
    /// What the texts are.
    pub const COLUMNS: [&str; 14] = [
        "service_code",
        "region",
        "usage_type",
        "operation",
        "edition",
        "term_type",
        "terms",
        "description",
        "effective_from",
        "tier_start",
        "tier_end",
        "unit",
        "price",
        "currency",
    ];
}

/// A row that a meter had, and the editions that held it.
#[derive(Debug, Clone)]
pub struct HistoryRow {
    /// The row; its edition is the first that held it.
    pub row: PriceRow,
    /// The first edition that no longer held it.
    pub edition_to: Option<u32>,
}

/// Whether what was written is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is, where anything has changed.
    Keep {
        /// Whether the edition is served from now on.
        activate: bool,
    },
    /// It is not.
    Drop,
}

/// An edition that has been written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Its number.
    pub edition: u32,
    /// The edition it was made from.
    pub based_on: u32,
    /// Whether it is served.
    pub activated: bool,
}

/// Writes the rows of an edition.
#[derive(Debug)]
pub struct EditionWriter<'r> {
    raw: &'r Connection,
    doing: Doing<'r>,
    edition: u32,
    changed: bool,
}

impl EditionWriter<'_> {
    /// Everything that is held about a meter, of both layers, ladder by ladder.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn held(&self, meter: &MeterKey) -> Result<Vec<PriceRow>, StorageError> {
        prices::of_meter(self.raw, meter, self.doing)
    }

    /// The meters of a Region whose imported prices come from the price lists of one offer: of sources whose keys begin
    /// so.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn meters_of_offer(&self, region: &str, source_start: &str) -> Result<Vec<MeterKey>, StorageError> {
        let sql_error = |error| self.doing.rusqlite(error);
        let mut statement = self.raw.prepare(sql::METERS_OF_OFFER).map_err(sql_error)?;
        let meters = statement.query_map([region, source_start], |row| {
            let text = |at| row.get::<_, String>(at).map(smol_str::SmolStr::from);
            Ok(MeterKey { service_code: text(0)?, region: text(1)?, usage_type: text(2)?, operation: text(3)? })
        });
        meters.and_then(Iterator::collect).map_err(sql_error)
    }

    /// Ends rows and adds others, each with the position of its tier.
    ///
    /// # Errors
    /// Where the store cannot be written to.
    pub fn replace(&mut self, ended: &[(PriceRow, i64)], added: &[(PriceRow, i64)]) -> Result<(), StorageError> {
        if ended.is_empty() && added.is_empty() {
            return Ok(());
        }
        debug_assert!(ended.iter().chain(added).all(|(row, _)| row.layer == Layer::Import));
        self.changed = true;
        prices::replace(self.raw, ended, added, self.edition, self.doing)
    }

    /// Whether the rows of a file with this SHA-256 have been kept for reference before.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn has_reference_of(&self, sha256: &str) -> Result<bool, StorageError> {
        let count: Result<i64, _> = self.raw.query_row(sql::REFERENCE_OF_CONTENT, [sha256], |row| row.get(0));
        // The files of this edition are among them.
        count.map(|count| count > 1).map_err(|error| self.doing.rusqlite(error))
    }

    /// Adds a row that is kept for reference: four names, then the thirteen other texts, of a file and a row.
    ///
    /// # Errors
    /// Where the store cannot be written to.
    pub fn add_reference(&mut self, texts: &[Option<String>], file: i64, row: i64) -> Result<(), StorageError> {
        let sql_error = |error| self.doing.rusqlite(error);
        let text = |text: &Option<String>| Value::Text(text.clone().unwrap_or_default());
        let (names, rest) = texts.split_at_checked(4).unwrap_or((texts, &[]));
        let numbers = [i64::from(self.edition), file, row].map(Value::Integer);
        let values = names.iter().map(text).chain(numbers).chain(rest.iter().map(text));
        let mut statement = self.raw.prepare_cached(sql::ADD_REFERENCE).map_err(sql_error)?;
        statement.execute(params_from_iter(values)).map_err(sql_error)?;
        self.changed = true;
        Ok(())
    }
}

/// Writes an edition based on the active one, inside a transaction that has begun to write.
pub(super) fn write<T, E: From<StorageError>>(
    raw: &Connection,
    draft: &EditionDraft,
    work: impl FnOnce(&mut EditionWriter<'_>) -> Result<(T, Verdict), E>,
    doing: Doing<'_>,
) -> Result<((T, Option<Written>), bool), E> {
    let Some(base) = active(raw, doing)? else {
        return Err(StorageError::NoEdition { path: doing.path.to_owned() }.into());
    };
    let base = come_back_to(raw, base, doing)?;
    let edition = base.saturating_add(1);
    add_edition(raw, draft, base, edition, doing)?;
    let mut writer = EditionWriter { raw, doing, edition, changed: false };
    let (done, verdict) = work(&mut writer)?;
    let Verdict::Keep { activate: activated } = verdict else { return Ok(((done, None), false)) };
    if !writer.changed {
        return Ok(((done, None), false));
    }
    raw.execute(sql::ADD_EDITION_CHANGES, [edition]).map_err(|error| doing.rusqlite(error))?;
    if activated {
        activate(raw, edition, doing)?;
    }
    Ok(((done, Some(Written { edition, based_on: base, activated })), true))
}

/// Makes the newest edition hold what an edition holds, where that is an older one: a new edition with its content.
/// Returns the newest edition then.
fn come_back_to(raw: &Connection, base: u32, doing: Doing<'_>) -> Result<u32, StorageError> {
    let sql_error = |error| doing.rusqlite(error);
    let newest = newest(raw, doing)?;
    if base == newest {
        return Ok(base);
    }
    let edition = newest.saturating_add(1);
    let hash = hash_of(raw, base, doing)?.unwrap_or_default();
    let note = format!("edition {base} again");
    let published: Option<String> = None;
    raw.execute(
        sql::ADD_EDITION,
        params![edition, hash, hash, Origin::Rollback.as_str(), base, published, now(), note],
    )
    .map_err(sql_error)?;
    for statement in [
        sql::END_PRICES_SINCE,
        sql::RESTORE_PRICES,
        sql::END_SOURCES_SINCE,
        sql::RESTORE_SOURCES,
        sql::END_FILES_SINCE,
        sql::RESTORE_FILES,
    ] {
        raw.execute(statement, params![edition, base]).map_err(sql_error)?;
    }
    raw.execute(sql::ADD_EDITION_CHANGES, [edition]).map_err(sql_error)?;
    Ok(edition)
}

/// The name of an edition: it follows from the one it is based on and from what it brings.
fn name(base_hash: &str, origin: Origin, brought: &str) -> String {
    hexadecimal(&Sha256::digest(format!("{base_hash}\n{}\n{brought}", origin.as_str())))
}

fn add_edition(
    raw: &Connection,
    draft: &EditionDraft,
    base: u32,
    edition: u32,
    doing: Doing<'_>,
) -> Result<(), StorageError> {
    let sql_error = |error| doing.rusqlite(error);
    let base_hash = hash_of(raw, base, doing)?.unwrap_or_default();
    let EditionDraft { brought, published_at, note, .. } = draft;
    let hash = name(&base_hash, Origin::Import, brought);
    let origin = Origin::Import.as_str();
    raw.execute(sql::ADD_EDITION, params![edition, hash, brought, origin, base, published_at, now(), note])
        .map_err(sql_error)?;
    for source in &draft.sources {
        let Source { key, title, location, date, .. } = source;
        raw.execute(sql::ADD_SOURCE, params![key.as_str(), edition, title, location, date]).map_err(sql_error)?;
    }
    let mut statement = raw.prepare(sql::ADD_IMPORTED_FILE).map_err(sql_error)?;
    for (at, file) in draft.files.iter().enumerate() {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        statement
            .execute(params![
                edition,
                i64::try_from(at).unwrap_or_default(),
                file.name,
                file.location,
                file.sha256,
                number(file.bytes),
                file.offer_code,
                file.version,
                file.published_at,
                number(file.rows_read),
                number(file.rows_kept),
                file.reference,
            ])
            .map_err(sql_error)?;
    }
    Ok(())
}

/// The price lists that an edition came from.
pub(super) fn files_of(raw: &Connection, edition: u32, doing: Doing<'_>) -> Result<Vec<ImportedFile>, StorageError> {
    let sql_error = |error| doing.rusqlite(error);
    let mut statement = raw.prepare(sql::IMPORTED_FILES).map_err(sql_error)?;
    let files = statement.query_map([edition], |row| {
        let number = |at| row.get::<_, i64>(at).map(|number| u64::try_from(number).unwrap_or_default());
        Ok(ImportedFile {
            name: row.get(0)?,
            location: row.get(1)?,
            sha256: row.get(2)?,
            bytes: number(3)?,
            offer_code: row.get(4)?,
            version: row.get(5)?,
            published_at: row.get(6)?,
            rows_read: number(7)?,
            rows_kept: number(8)?,
            reference: row.get(9)?,
        })
    });
    files.and_then(Iterator::collect).map_err(sql_error)
}

/// What imports kept for reference.
pub(super) fn reference_prices(
    raw: &Connection,
    (service_code, region, usage_type): (&str, &str, &str),
    edition: u32,
    limit: u32,
    doing: Doing<'_>,
) -> Result<Vec<ReferencePrice>, StorageError> {
    let sql_error = |error| doing.rusqlite(error);
    let mut statement = raw.prepare(sql::REFERENCE_PRICES).map_err(sql_error)?;
    let rows = statement.query_map(params![service_code, region, usage_type, edition, limit], |row| {
        let text = |at| {
            row.get::<_, Value>(at).map(|value| match value {
                Value::Text(text) => text,
                Value::Integer(number) => number.to_string(),
                _ => String::new(),
            })
        };
        Ok(ReferencePrice { texts: (0..ReferencePrice::COLUMNS.len()).map(text).collect::<Result<_, _>>()? })
    });
    rows.and_then(Iterator::collect).map_err(sql_error)
}
