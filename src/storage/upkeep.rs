//! Looking after a database file: a copy of it while it is in use, and whether it is sound.
//!
//! Both open the file for reading only and change nothing in it, not even its schema: a copy is what one wants before a
//! newer program opens the file.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags, params};
use sha2::{Digest, Sha256};

use super::error::{Doing, StorageError};
use super::migrate::{APPLICATION_ID, MIGRATIONS};
use super::{BUSY_TIMEOUT, books, editions, load, prices, sql};
use crate::catalog::books::{Charge, PriceBook};
use crate::catalog::load::{is_price_table, read};
use crate::catalog::price::{Layer, Price};
use crate::catalog::seed::{Files, hexadecimal};

/// The most mistakes that are named.
const MAX_MISTAKES: usize = 50;

/// Copies a database into a new file, while other processes read it and write to it: the copy is its state of one moment.
/// Returns the size of the copy in bytes.
///
/// The copy is made beside its place, checked, and put there whole, so that no half of one is ever found.
///
/// # Errors
/// Where the database is not ours or cannot be read, the copy exists already and may not be replaced, or cannot be
/// written.
pub fn backup(database: &Path, copy: &Path, replace: bool) -> Result<u64, StorageError> {
    let doing = Doing { path: database, doing: "backing up" };
    let raw = open(database, doing)?;
    let io_error = |source| StorageError::File { path: copy.to_owned(), doing: doing.doing, source };
    may_be_written(database, copy, replace)?;
    let name = copy.file_name().ok_or_else(|| io_error(io::ErrorKind::InvalidInput.into()))?;
    let partial = copy.with_file_name(format!(".{}.{}.partial", name.to_string_lossy(), std::process::id()));
    let made = make(&raw, &partial, copy, doing).and_then(|bytes| {
        put_in_place(&partial, copy, replace).map_err(io_error)?;
        Ok(bytes)
    });
    // What is left of it where that failed; after a link, its first name.
    match fs::remove_file(&partial) {
        Err(error) if made.is_ok() && error.kind() != io::ErrorKind::NotFound => return Err(io_error(error)),
        _ => {}
    }
    made
}

/// Refuses to overwrite what should not be.
fn may_be_written(database: &Path, copy: &Path, replace: bool) -> Result<(), StorageError> {
    let exists = || StorageError::Exists { path: copy.to_owned() };
    if copy.symlink_metadata().is_err() {
        return Ok(());
    }
    let same = fs::canonicalize(copy).ok().zip(fs::canonicalize(database).ok()).is_some_and(|(a, b)| a == b);
    if !replace || same || copy.is_dir() {
        return Err(exists());
    }
    // SQLite would take the log of the old file for one of the new.
    let mut log = copy.as_os_str().to_owned();
    log.push("-wal");
    if Path::new(&log).exists() {
        return Err(StorageError::InUse { path: copy.to_owned() });
    }
    Ok(())
}

/// Writes the copy and checks it. `copy` is what it will be called.
fn make(raw: &Connection, partial: &Path, copy: &Path, doing: Doing<'_>) -> Result<u64, StorageError> {
    let io_error = |source| StorageError::File { path: partial.to_owned(), doing: doing.doing, source };
    match fs::remove_file(partial) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io_error(error)),
        _ => {}
    }
    let to = partial.to_str().ok_or_else(|| io_error(io::ErrorKind::InvalidFilename.into()))?;
    raw.execute(sql::COPY_INTO, [to]).map_err(|error| match error.sqlite_error_code() {
        // The database could be read, so it is the copy that cannot be made.
        Some(ErrorCode::CannotOpen | ErrorCode::DiskFull | ErrorCode::ReadOnly) => {
            Doing { path: copy, ..doing }.rusqlite(error)
        }
        _ => doing.rusqlite(error),
    })?;
    let doing = Doing { path: partial, ..doing };
    {
        let copy = open(partial, doing)?;
        let mistakes = integrity(&copy, doing)?;
        if !mistakes.is_empty() {
            return Err(StorageError::Unsound { path: partial.to_owned(), mistakes });
        }
    }
    let file = File::open(partial).map_err(io_error)?;
    file.sync_all().map_err(io_error)?;
    Ok(file.metadata().map_err(io_error)?.len())
}

/// Gives the finished copy its name.
fn put_in_place(partial: &Path, copy: &Path, replace: bool) -> io::Result<()> {
    if replace {
        fs::rename(partial, copy)?;
    } else {
        // A link never takes the place of a file that somebody has made meanwhile, a renaming does.
        match fs::hard_link(partial, copy) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
            // Not every file system has links.
            Err(_) => fs::rename(partial, copy)?,
            Ok(()) => {}
        }
    }
    if cfg!(unix) {
        let folder = copy.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

/// What a sound database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holds {
    /// How many migrations it has had.
    pub schema: u32,
    /// How many editions.
    pub editions: u32,
    /// The edition that is served.
    pub active: Option<u32>,
    /// The price rows of all editions.
    pub price_rows: u64,
    /// The revisions of price books.
    pub books: usize,
}

/// Checks a database: the file itself, its references, the name and the counts of every edition, the ladders of every
/// edition, whether the newest and the served one load, the price books, and, where it holds the data of this program,
/// whether it still says what that says.
///
/// # Errors
/// Where the file is not ours or cannot be read, and [`StorageError::Unsound`] with every mistake found.
pub fn check(database: &Path) -> Result<Holds, StorageError> {
    let doing = Doing { path: database, doing: "checking" };
    let raw = open(database, doing)?;
    let sql_error = |error| doing.rusqlite(error);
    let mut mistakes = integrity(&raw, doing)?;
    // What is in a broken file is not looked at.
    if mistakes.is_empty() {
        let editions = named_editions(&raw, doing)?;
        for edition in &editions {
            mistakes.extend(edition.name_mistake(&editions));
            mistakes.extend(counts(&raw, edition.number, doing)?);
            mistakes.extend(ladders(&raw, edition.number, doing)?);
        }
        let active = editions::active(&raw, doing)?;
        let newest = editions.last().map(|edition| edition.number);
        for number in newest.into_iter().chain(active.filter(|active| Some(*active) != newest)) {
            if let Err(error) = load(&raw, Some(number), doing) {
                mistakes.push(format!("edition {number} does not load: {error}"));
            }
        }
        mistakes.extend(against_program(&raw, &editions, doing)?);
        let books = match books::after(&raw, 0, doing) {
            Ok(books) => books,
            Err(error) => {
                mistakes.push(error.to_string());
                Vec::new()
            }
        };
        mistakes.extend(books.iter().flat_map(book_mistakes));
        if mistakes.is_empty() {
            let price_rows: i64 = raw.query_row(sql::COUNT_PRICE_ROWS, [], |row| row.get(0)).map_err(sql_error)?;
            return Ok(Holds {
                schema: version(&raw, doing)?,
                editions: newest.unwrap_or_default(),
                active,
                price_rows: u64::try_from(price_rows).unwrap_or_default(),
                books: books.len(),
            });
        }
    }
    let more = mistakes.len().saturating_sub(MAX_MISTAKES);
    mistakes.truncate(MAX_MISTAKES);
    if more > 0 {
        mistakes.push(format!("and {more} more"));
    }
    Err(StorageError::Unsound { path: database.to_owned(), mistakes })
}

/// Opens a database of ours for reading only.
fn open(database: &Path, doing: Doing<'_>) -> Result<Connection, StorageError> {
    let path = || database.to_owned();
    if !database.is_file() {
        return Err(StorageError::Absent { path: path() });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let sql_error = |error| doing.rusqlite(error);
    let raw = Connection::open_with_flags(database, flags).map_err(sql_error)?;
    raw.busy_timeout(BUSY_TIMEOUT).map_err(sql_error)?;
    let application_id: i64 = raw.query_row(sql::APPLICATION_ID, [], |row| row.get(0)).map_err(sql_error)?;
    // SQLite keeps the mark as a signed 32-bit number.
    let application_id = u32::try_from(application_id & i64::from(u32::MAX)).unwrap_or_default();
    if application_id != APPLICATION_ID {
        return Err(StorageError::Foreign { path: path(), application_id });
    }
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    match version(&raw, doing)? {
        found if found > known => Err(StorageError::NewerSchema { path: path(), found, known }),
        _ => Ok(raw),
    }
}

fn version(raw: &Connection, doing: Doing<'_>) -> Result<u32, StorageError> {
    raw.query_row(sql::SCHEMA_VERSION, [], |row| row.get(0)).map_err(|error| doing.rusqlite(error))
}

/// What SQLite itself finds: broken pages, and rows that refer to rows that are not there.
fn integrity(raw: &Connection, doing: Doing<'_>) -> Result<Vec<String>, StorageError> {
    let sql_error = |error| doing.rusqlite(error);
    let mut mistakes: Vec<String> = Vec::new();
    {
        let mut statement = raw.prepare(sql::INTEGRITY).map_err(sql_error)?;
        let rows = statement.query_map([], |row| row.get(0));
        let found: Result<Vec<String>, _> = rows.and_then(Iterator::collect);
        match found {
            Ok(found) => mistakes.extend(found.into_iter().filter(|found| found != "ok")),
            // Some damage is beyond what SQLite can go on from.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
                mistakes.push(error.to_string());
            }
            Err(error) => return Err(sql_error(error)),
        }
    }
    if mistakes.is_empty() {
        let mut statement = raw.prepare(sql::FOREIGN_KEYS).map_err(sql_error)?;
        let rows = statement.query_map([], |row| {
            let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
            Ok(format!("a row of `{table}` refers to a row of `{parent}` that is not there"))
        });
        mistakes = rows.and_then(Iterator::collect).map_err(sql_error)?;
    }
    Ok(mistakes)
}

/// What names an edition.
struct Named {
    number: u32,
    hash: String,
    brought: String,
    origin: String,
    based_on: Option<u32>,
}

fn named_editions(raw: &Connection, doing: Doing<'_>) -> Result<Vec<Named>, StorageError> {
    let sql_error = |error| doing.rusqlite(error);
    let mut statement = raw.prepare(sql::EDITION_NAMES).map_err(sql_error)?;
    let rows = statement.query_map([], |row| {
        Ok(Named {
            number: row.get(0)?,
            hash: row.get(1)?,
            brought: row.get(2)?,
            origin: row.get(3)?,
            based_on: row.get(4)?,
        })
    });
    rows.and_then(Iterator::collect).map_err(sql_error)
}

impl Named {
    fn base<'e>(&self, editions: &'e [Named]) -> Option<&'e Named> {
        editions.iter().find(|base| Some(base.number) == self.based_on)
    }

    /// Whether it and all it is based on are data of programs: its name is then the hash of that data.
    fn is_seed(&self, editions: &[Named]) -> bool {
        let mut edition = Some(self);
        while let Some(this) = edition {
            if this.origin != "seed" {
                return false;
            }
            edition = this.base(editions);
        }
        true
    }

    /// The name follows from what the edition brought and from the one it is based on.
    fn name_mistake(&self, editions: &[Named]) -> Option<String> {
        let Self { number, hash, brought, origin, .. } = self;
        let expected = match self.base(editions) {
            _ if self.is_seed(editions) => brought.clone(),
            None => hexadecimal(&Sha256::digest(format!("\n{origin}\n{brought}"))),
            Some(base) => hexadecimal(&Sha256::digest(format!("{}\n{origin}\n{brought}", base.hash))),
        };
        (*hash != expected).then(|| format!("edition {number} is named {hash}; what it holds gives {expected}"))
    }
}

/// The rows of an edition are as many as were counted when it was made.
fn counts(raw: &Connection, edition: u32, doing: Doing<'_>) -> Result<Vec<String>, StorageError> {
    type Counts = BTreeMap<(String, String), (i64, i64, i64)>;
    let sql_error = |error| doing.rusqlite(error);
    let of = |text: &str| -> Result<Counts, StorageError> {
        let mut statement = raw.prepare(text).map_err(sql_error)?;
        let rows = statement
            .query_map([edition], |row| Ok(((row.get(0)?, row.get(1)?), (row.get(2)?, row.get(3)?, row.get(4)?))));
        rows.and_then(Iterator::collect).map_err(sql_error)
    };
    let (stated, found) = (of(sql::EDITION_CHANGES)?, of(sql::COUNT_EDITION_CHANGES)?);
    let none = (0, 0, 0);
    let keys: std::collections::BTreeSet<_> = stated.keys().chain(found.keys()).collect();
    let mut mistakes = Vec::new();
    for key in keys {
        let (stated, found) = (stated.get(key).unwrap_or(&none), found.get(key).unwrap_or(&none));
        if stated != found {
            let (code, layer) = key;
            mistakes.push(format!(
                "edition {edition}: of {code} (layer {layer}) it added, ended and holds {stated:?} price rows when it \
                 was made, and {found:?} now"
            ));
        }
    }
    Ok(mistakes)
}

/// Every ladder of an edition begins at 0 and rises, and no tier of it is lost.
fn ladders(raw: &Connection, edition: u32, doing: Doing<'_>) -> Result<Vec<String>, StorageError> {
    let sql_error = |error| doing.rusqlite(error);
    let mut mistakes = Vec::new();
    {
        let mut statement = raw.prepare(sql::BROKEN_LADDERS).map_err(sql_error)?;
        let rows = statement.query_map(params![edition], |row| {
            let (code, region, usage_type): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(format!("edition {edition}: a tier of {code} / {region} / {usage_type} is lost or there twice"))
        });
        mistakes.extend(rows.and_then(Iterator::collect::<Result<Vec<String>, _>>).map_err(sql_error)?);
    }
    match prices::prices_of_edition(raw, edition, doing) {
        Ok(prices) => mistakes.extend(
            prices
                .iter()
                .filter(|price| !is_ladder(price))
                .map(|price| format!("edition {edition}: the tiers of {} do not rise from 0", price.meter)),
        ),
        Err(error) => mistakes.push(format!("edition {edition}: {error}")),
    }
    Ok(mistakes)
}

fn is_ladder(price: &Price) -> bool {
    let begins = match price.tiers.first() {
        Some(first) => first.from.is_zero(),
        None => price.known_up_to.is_some_and(|end| end.is_zero()),
    };
    let rises = price.tiers.windows(2).all(|pair| matches!(pair, [low, high] if low.from < high.from));
    let ends = price.known_up_to.is_none_or(|end| price.tiers.last().is_none_or(|last| last.from < end));
    begins && rises && ends
}

/// Where the store holds the data of this very program, as nothing but that, it says what the program says.
fn against_program(raw: &Connection, editions: &[Named], doing: Doing<'_>) -> Result<Vec<String>, StorageError> {
    let files = Files::embedded();
    let brought = files.hash();
    let Some(edition) = editions.iter().find(|edition| edition.brought == brought && edition.is_seed(editions)) else {
        return Ok(Vec::new());
    };
    let number = edition.number;
    let mut mistakes = Vec::new();
    {
        let sql_error = |error| doing.rusqlite(error);
        let mut statement = raw.prepare(sql::EDITION_FILES).map_err(sql_error)?;
        let rows = statement.query_map([number], |row| Ok((row.get(0)?, row.get(1)?)));
        let stored: BTreeMap<String, String> = rows.and_then(Iterator::collect).map_err(sql_error)?;
        for (path, text) in files.iter().filter(|(path, _)| !is_price_table(path)) {
            if stored.get(path).map(String::as_str) != Some(text) {
                mistakes.push(format!("edition {number}: `{path}` is not as this program brought it"));
            }
        }
    }
    let Ok(parts) = read(&files) else { return Ok(mistakes) };
    let stored = prices::prices_of_edition(raw, number, doing).unwrap_or_default();
    let said: BTreeMap<_, &Price> =
        parts.prices.iter().map(|price| ((&price.meter, price.effective_from), price)).collect();
    let differs = stored.iter().filter(|stored| {
        let as_stored = |price: &Price| Price { edition: stored.edition, layer: Layer::Seed, ..price.clone() };
        said.get(&(&stored.meter, stored.effective_from)).map(|price| as_stored(price)) != Some((*stored).clone())
    });
    mistakes.extend(
        differs
            .map(|price| format!("edition {number}: the price of {} is not as this program brought it", price.meter)),
    );
    if stored.len() != said.len() {
        mistakes.push(format!(
            "edition {number}: it holds {} prices, this program brought {}",
            stored.len(),
            said.len()
        ));
    }
    Ok(mistakes)
}

/// Every ladder of a price book begins at 0; that it rises has been seen when it was read.
fn book_mistakes(book: &PriceBook) -> Vec<String> {
    let begins = |charge: &Charge| match charge {
        Charge::Price { tiers, .. } => tiers.first().is_some_and(|first| first.from.is_zero()),
        Charge::Discount(_) => true,
    };
    let revision = &book.revision;
    book.rates()
        .filter(|rate| !begins(&rate.charge))
        .map(|rate| {
            let (name, number) = (&revision.name, revision.number);
            format!("price book `{name}`, revision {number}: the tiers of {} do not begin at 0", rate.scope)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::storage::Store;

    /// A new database with the data of the program.
    async fn seeded() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("prices.db");
        let store = Store::open(&file).await.expect("a new file");
        store.seed(&Files::embedded()).await.expect("the seed");
        store.close().await;
        (folder, file)
    }

    /// Each kind of damage is found and named; triggers are put aside, as a failing disk would.
    #[tokio::test]
    async fn damage_is_found_and_named() {
        let (folder, sound) = seeded().await;
        let holds = check(&sound).expect("a sound file");
        assert_eq!((holds.editions, holds.active, holds.books), (1, Some(1), 0));
        assert!(holds.price_rows > 1_000, "{holds:?}");
        let tiered =
            "service_code = 'AWSDataTransfer' AND region = 'us-east-1' AND usage_type = 'DataTransfer-Out-Bytes'";
        for (damage, words) in [
            ("UPDATE editions SET hash = 'another'".to_owned(), "edition 1 is named another; what it holds gives"),
            ("DELETE FROM reference_files WHERE path = 'free_tiers.csv'".to_owned(), "edition 1 does not load"),
            (format!("DELETE FROM prices WHERE {tiered} AND tier = 1"), "is lost or there twice"),
            (format!("DELETE FROM prices WHERE {tiered}"), "price rows when it was made"),
            (format!("UPDATE prices SET tier_start = '7' WHERE {tiered} AND tier = 0"), "do not rise from 0"),
            (format!("UPDATE prices SET price = '7' WHERE {tiered} AND tier = 0"), "is not as this program brought it"),
            (
                "INSERT INTO activations (edition, at) VALUES (9, '')".to_owned(),
                "refers to a row of `editions` that is not there",
            ),
            (
                "INSERT INTO price_books (id, name, revision, created_at) VALUES (1, 'acme', 1, '2026-11-22T00:00:00Z');
                 INSERT INTO price_book_rates (book, rate, scope, kind, value) VALUES (1, 0, 'all', 'price', '1')"
                    .to_owned(),
                "CHECK constraint failed",
            ),
        ] {
            let file = folder.path().join("damaged.db");
            fs::copy(&sound, &file).expect("a copy");
            let raw = Connection::open(&file).expect("the file");
            let triggers: Vec<String> = raw
                .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
                .and_then(|mut names| names.query_map([], |row| row.get(0))?.collect())
                .expect("the triggers");
            for trigger in triggers {
                raw.execute_batch(&format!("DROP TRIGGER {trigger}")).expect("put aside");
            }
            let done = raw.execute_batch(&format!("PRAGMA foreign_keys = OFF; {damage}"));
            drop(raw);
            let found = match done {
                // The schema itself refuses some damage.
                Err(error) => error.to_string(),
                Ok(()) => check(&file).expect_err(&damage).to_string(),
            };
            assert!(found.contains(words), "{damage}: {found}");
        }
    }

    #[tokio::test]
    async fn broken_pages_are_found() {
        let (_folder, file) = seeded().await;
        let mut bytes = fs::read(&file).expect("the file");
        let middle = bytes.len() / 2;
        bytes[middle..middle + 8_192].fill(0xa5);
        fs::write(&file, bytes).expect("written");
        let found = check(&file).expect_err("a broken file").to_string();
        assert!(found.contains("is not sound"), "{found}");
    }
}
