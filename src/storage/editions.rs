//! Editions: what the store says about them, and how the seed becomes one.

use chrono::{SecondsFormat, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::error::{Doing, StorageError};
use super::prices;
use super::sql;
use crate::catalog::load::{Checked, is_price_table};
use crate::catalog::seed::{Files, hexadecimal};

/// Where an edition came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The data that the binary carries.
    Seed,
    /// An AWS price list.
    Import,
    /// A correction of what is known.
    Correction,
    /// The content of an earlier edition again.
    Rollback,
}

impl Origin {
    /// Every origin.
    pub const ALL: [Self; 4] = [Self::Seed, Self::Import, Self::Correction, Self::Rollback];

    /// As it is spelled in the store and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Seed => "seed",
            Self::Import => "import",
            Self::Correction => "correction",
            Self::Rollback => "rollback",
        }
    }

    /// The origin that is spelled so.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == text)
    }
}

/// What the store says about an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionInfo {
    /// Its number.
    pub number: u32,
    /// Its name: a hash that its whole content determines.
    pub hash: String,
    /// The hash of what it brought: the data files of a seed, the price list of an import.
    pub brought: String,
    /// Where it came from.
    pub origin: Origin,
    /// The edition it was made from; none for the first.
    pub based_on: Option<u32>,
    /// The day its content was published; for a seed the newest day on which a price of it was seen.
    pub published_at: Option<String>,
    /// When it was added to this store.
    pub created_at: String,
    /// What a reader should know about it.
    pub note: String,
    /// The price rows it added.
    pub rows_added: u64,
    /// The price rows it ended.
    pub rows_ended: u64,
    /// The price rows it holds.
    pub rows_total: u64,
    /// Whether it is the one that is served.
    pub active: bool,
}

/// What became of a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seeded {
    /// The store has had it since this edition.
    Known {
        /// The edition.
        edition: u32,
    },
    /// It became a new edition.
    Added {
        /// The edition.
        edition: u32,
        /// Whether it is the one that is served now. It is not where somebody has imported prices: they decide.
        activated: bool,
    },
}

/// The edition that brought a seed with this hash.
pub(super) fn edition_of_seed(raw: &Connection, brought: &str, doing: Doing<'_>) -> Result<Option<u32>, StorageError> {
    let found = raw.query_row(sql::SEED_EDITION, [brought], |row| row.get(0)).optional();
    found.map_err(|error| doing.rusqlite(error))
}

/// The edition that is served.
pub(super) fn active(raw: &Connection, doing: Doing<'_>) -> Result<Option<u32>, StorageError> {
    let found = raw.query_row(sql::ACTIVE_EDITION, [], |row| row.get(0)).optional();
    found.map_err(|error| doing.rusqlite(error))
}

/// The newest edition; 0 where there is none.
pub(super) fn newest(raw: &Connection, doing: Doing<'_>) -> Result<u32, StorageError> {
    let found: Result<Option<u32>, _> = raw.query_row(sql::NEWEST_EDITION, [], |row| row.get(0));
    Ok(found.map_err(|error| doing.rusqlite(error))?.unwrap_or_default())
}

/// The name of an edition.
pub(super) fn hash_of(raw: &Connection, edition: u32, doing: Doing<'_>) -> Result<Option<String>, StorageError> {
    let found = raw.query_row(sql::EDITION_HASH, [edition], |row| row.get(0)).optional();
    found.map_err(|error| doing.rusqlite(error))
}

/// Makes an edition the one that is served.
pub(super) fn activate(raw: &Connection, edition: u32, doing: Doing<'_>) -> Result<(), StorageError> {
    raw.execute(sql::ACTIVATE, params![edition, now()]).map_err(|error| doing.rusqlite(error))?;
    Ok(())
}

/// Adds a seed as an edition, inside a transaction that has begun to write.
///
/// The new edition is the active one with the seed's part replaced: what was imported stays, and beats the seed when
/// the edition is read, whichever of them is newer. Where the active edition is not the newest, what was imported
/// since is left out of the new one too.
pub(super) fn add_seed(
    raw: &Connection,
    files: &Files,
    checked: &Checked,
    doing: Doing<'_>,
) -> Result<Seeded, StorageError> {
    let sql_error = |error| doing.rusqlite(error);
    let brought = files.hash();
    if let Some(edition) = edition_of_seed(raw, &brought, doing)? {
        return Ok(Seeded::Known { edition });
    }
    let newest = newest(raw, doing)?;
    let base = active(raw, doing)?;
    let seeds_only = match base {
        None => true,
        Some(base) => raw.query_row(sql::SEEDS_ONLY, [base], |row| row.get(0)).map_err(sql_error)?,
    };
    let hash = match base {
        // Where everything is seed, the seed is everything.
        Some(base) if !seeds_only => {
            let base = hash_of(raw, base, doing)?.unwrap_or_default();
            hexadecimal(&Sha256::digest(format!("{base}\n{}\n{brought}", Origin::Seed.as_str())))
        }
        _ => brought.clone(),
    };
    let edition = newest.saturating_add(1);
    let published = checked.rows.iter().map(|row| row.seen_on).max().map(|day| day.to_string());
    raw.execute(
        sql::ADD_EDITION,
        params![edition, hash, brought, Origin::Seed.as_str(), base, published, now(), "data of the program"],
    )
    .map_err(sql_error)?;
    if let Some(base) = base.filter(|base| *base != newest) {
        for statement in [sql::END_IMPORTS_SINCE, sql::RESTORE_IMPORTS, sql::END_SOURCES_SINCE, sql::RESTORE_SOURCES] {
            raw.execute(statement, params![edition, base]).map_err(sql_error)?;
        }
    }
    let changes = prices::compare_seed(raw, &checked.rows, doing)?;
    prices::write(raw, &changes, edition, doing)?;
    replace_files(raw, files, edition, doing)?;
    raw.execute(sql::ADD_EDITION_CHANGES, [edition]).map_err(sql_error)?;
    if seeds_only {
        activate(raw, edition, doing)?;
    }
    Ok(Seeded::Added { edition, activated: seeds_only })
}

/// Ends the reference files that differ and adds the new ones. The price tables are not kept as files.
fn replace_files(raw: &Connection, files: &Files, edition: u32, doing: Doing<'_>) -> Result<(), StorageError> {
    let sql_error = |error| doing.rusqlite(error);
    let mut kept = Vec::new();
    let mut ended: Vec<String> = Vec::new();
    {
        let mut statement = raw.prepare(sql::OPEN_FILES).map_err(sql_error)?;
        let mut rows = statement.query([]).map_err(sql_error)?;
        while let Some(row) = rows.next().map_err(sql_error)? {
            let path: String = row.get(0).map_err(sql_error)?;
            let content: String = row.get(1).map_err(sql_error)?;
            if files.get(&path) == Some(content.as_str()) { kept.push(path) } else { ended.push(path) }
        }
    }
    for path in ended {
        raw.execute(sql::END_FILE, params![path, edition]).map_err(sql_error)?;
    }
    for (path, content) in files.iter().filter(|(path, _)| !is_price_table(path) && !kept.iter().any(|k| k == path)) {
        raw.execute(sql::ADD_FILE, params![path, edition, content]).map_err(sql_error)?;
    }
    Ok(())
}

/// The present moment, to the second.
pub(super) fn now() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true)
}
