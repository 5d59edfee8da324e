//! Floor 5: the price store, one SQLite file.
//!
//! Prices are legislation: dated, sourced, never edited. The store keeps them by *valid time* (when AWS charges
//! them) and by *known time* (which edition of the store first held them), so that an old answer can be replayed.
//! At start a process opens the file, adds its seed if that is new, and loads the active edition into a [`Catalog`];
//! requests read that and never the file. `migrations/README.md` explains the tables.
//!
//! Every write is one `BEGIN IMMEDIATE` transaction on one connection. Decimals and dates are text.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous};
use sqlx::{Connection as _, Row as _};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use crate::catalog::books::{Books, Draft, PriceBook};
use crate::catalog::load::{read_rows, read_with_prices};
use crate::catalog::seed::Files;
use crate::catalog::sources::Source;
use crate::catalog::{Catalog, Edition};

mod books;
mod editions;
mod error;
mod migrate;
mod prices;
mod raw;
mod sql;
pub mod upkeep;

pub use editions::{EditionInfo, Origin, Seeded};
pub use error::{Cause, StorageError};
pub use migrate::{APPLICATION_ID, MIGRATIONS};

use error::Doing;
use raw::with_raw;

/// How long a connection waits for a lock that another process holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How many connections read at once.
const READERS: u32 = 4;

/// The price store. A clone is the same store.
#[derive(Debug, Clone)]
pub struct Store {
    path: PathBuf,
    /// The one connection that writes.
    write: SqlitePool,
    read: SqlitePool,
}

impl Store {
    /// Opens a database file, makes it if it is absent, and brings it to the newest schema.
    ///
    /// # Errors
    /// Where the file is not ours, is newer than this program, or cannot be opened, made or written to.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StorageError> {
        let path = path.as_ref();
        let doing = Doing { path, doing: "opening the price store" };
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let pool =
            |connections| SqlitePoolOptions::new().max_connections(connections).idle_timeout(None).max_lifetime(None);
        let write = pool(1).connect_with(options.clone()).await.map_err(|error| doing.sqlx(error))?;
        {
            let mut connection = write.acquire().await.map_err(|error| doing.sqlx(error))?;
            migrate::migrate(&mut connection, doing).await?;
        }
        let read = pool(READERS).connect_lazy_with(options.pragma("query_only", "ON"));
        Ok(Self { path: path.to_owned(), write, read })
    }

    /// Adds the data of the program as an edition, if the store has never had it, and makes it the active one if the
    /// active one comes from such data alone: where somebody has imported prices, they decide.
    ///
    /// # Errors
    /// Where the data has mistakes or the file cannot be written to. Nothing is changed then.
    pub async fn seed(&self, files: &Files) -> Result<Seeded, StorageError> {
        const DOING: &str = "adding the seed";
        let files = files.clone();
        // The files are read before the writing begins, so that nobody waits for it.
        let unknown = self.reading(DOING, move |raw, doing| {
            Ok(match editions::edition_of_seed(raw, &files.hash(), doing)? {
                Some(edition) => Err(edition),
                None => Ok((read_rows(&files).map_err(|errors| doing.data(errors))?, files)),
            })
        });
        match unknown.await? {
            Err(edition) => Ok(Seeded::Known { edition }),
            Ok((checked, files)) => {
                self.writing(DOING, move |raw, doing| editions::add_seed(raw, &files, &checked, doing)).await
            }
        }
    }

    /// Loads an edition, the active one by default.
    ///
    /// # Errors
    /// Where there is no such edition, or the file cannot be read.
    pub async fn load(&self, edition: Option<u32>) -> Result<Catalog, StorageError> {
        self.reading("loading an edition", move |raw, doing| load(raw, edition, doing)).await
    }

    /// All editions, newest first.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub async fn editions(&self) -> Result<Vec<EditionInfo>, StorageError> {
        let doing = self.doing("listing the editions");
        let active = self.active().await?;
        let rows = sqlx::query(sql::EDITIONS).fetch_all(&self.read).await.map_err(|error| doing.sqlx(error))?;
        rows.iter().map(|row| edition_info(row, active, doing)).collect()
    }

    /// The number of the active edition, if there is one.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub async fn active(&self) -> Result<Option<u32>, StorageError> {
        let doing = self.doing("looking for the active edition");
        let found = sqlx::query_scalar(sql::ACTIVE_EDITION).fetch_optional(&self.read).await;
        found.map_err(|error| doing.sqlx(error))
    }

    /// Makes an edition the active one.
    ///
    /// # Errors
    /// Where there is no such edition, or the file cannot be written to.
    pub async fn activate(&self, edition: u32) -> Result<(), StorageError> {
        self.writing("activating an edition", move |raw, doing| {
            if editions::hash_of(raw, edition, doing)?.is_none() {
                return Err(StorageError::UnknownEdition { number: edition, newest: editions::newest(raw, doing)? });
            }
            editions::activate(raw, edition, doing)
        })
        .await
    }

    /// All revisions of the price books, given those known so far.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub async fn books(&self, known: &Books) -> Result<Books, StorageError> {
        let after = known.last_id();
        let more = self.reading("loading the price books", move |raw, doing| books::after(raw, after, doing)).await?;
        Ok(known.with(more))
    }

    /// The position of the newest revision of any price book; 0 where there is none.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub async fn last_book(&self) -> Result<i64, StorageError> {
        let doing = self.doing("looking for new price books");
        let found = sqlx::query_scalar(sql::LAST_BOOK).fetch_one(&self.read).await;
        found.map_err(|error| doing.sqlx(error))
    }

    /// Adds a revision of a price book, the first where there is none.
    ///
    /// # Errors
    /// Where the file cannot be written to. Nothing is changed then.
    pub async fn add_book(&self, draft: Draft) -> Result<PriceBook, StorageError> {
        self.writing("adding a price book", move |raw, doing| books::add(raw, &draft, doing)).await
    }

    /// Removes a price book: a revision that says so. The ones before stay. `None` where there is no such book.
    ///
    /// # Errors
    /// Where the file cannot be written to. Nothing is changed then.
    pub async fn remove_book(&self, name: &str) -> Result<Option<PriceBook>, StorageError> {
        let name = name.to_owned();
        self.writing("removing a price book", move |raw, doing| books::remove(raw, &name, doing)).await
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// Where it does not.
    pub async fn ping(&self) -> Result<(), StorageError> {
        let doing = self.doing("asking the store whether it answers");
        let answer: Result<i64, _> = sqlx::query_scalar(sql::PING).fetch_one(&self.read).await;
        answer.map(|_| ()).map_err(|error| doing.sqlx(error))
    }

    /// Waits for what is under way and closes the file.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn doing(&self, doing: &'static str) -> Doing<'_> {
        Doing { path: &self.path, doing }
    }

    /// Reads with one of the reading connections, on a thread of its own: it takes a tenth of a second, and the threads
    /// that serve requests must not stand still for it.
    async fn reading<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Connection, Doing<'_>) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        self.on_a_thread(doing, move |store, doing| async move {
            let context = store.doing(doing);
            let mut connection = store.read.acquire().await.map_err(|error| context.sqlx(error))?;
            with_raw(&mut connection, context, |raw| work(raw, context)).await
        })
        .await
    }

    /// Writes in one transaction, on a thread of its own.
    async fn writing<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Connection, Doing<'_>) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        self.on_a_thread(doing, move |store, doing| async move {
            let context = store.doing(doing);
            let sqlx_error = |error| context.sqlx(error);
            let mut connection = store.write.acquire().await.map_err(sqlx_error)?;
            let done = {
                let mut transaction = connection.begin_with(sql::BEGIN_IMMEDIATE).await.map_err(sqlx_error)?;
                match with_raw(&mut transaction, context, |raw| work(raw, context)).await {
                    Ok(done) => transaction.commit().await.map(|()| done).map_err(sqlx_error),
                    Err(error) => Err(error),
                }
            };
            if done.is_err() {
                // SQLite may have rolled back already, which sqlx does not notice: such a connection is not used again.
                connection.close_on_drop();
                return done;
            }
            // Only empties the log. Where a reader stands in the way, the next write does it.
            let _ = sqlx::raw_sql(sql::CHECKPOINT).execute(&mut *connection).await;
            done
        })
        .await
    }

    async fn on_a_thread<T, F>(
        &self,
        doing: &'static str,
        work: impl FnOnce(Self, &'static str) -> F + Send + 'static,
    ) -> Result<T, StorageError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StorageError>>,
    {
        let store = self.clone();
        let runtime = Handle::current();
        let done = spawn_blocking(move || runtime.block_on(work(store, doing))).await;
        done.unwrap_or_else(|source| Err(StorageError::CutOff { path: self.path.clone(), doing, source }))
    }
}

fn load(raw: &Connection, edition: Option<u32>, doing: Doing<'_>) -> Result<Catalog, StorageError> {
    let sql_error = |error| doing.rusqlite(error);
    let number = match edition {
        Some(number) => number,
        None => match editions::active(raw, doing)? {
            Some(active) => active,
            None => return Err(StorageError::NoEdition { path: doing.path.to_owned() }),
        },
    };
    let Some(hash) = editions::hash_of(raw, number, doing)? else {
        return Err(StorageError::UnknownEdition { number, newest: editions::newest(raw, doing)? });
    };
    let mut statement = raw.prepare(sql::EDITION_FILES).map_err(sql_error)?;
    let files = statement.query_map([number], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
    let files: Files = files.and_then(Iterator::collect).map_err(sql_error)?;
    let prices = prices::prices_of_edition(raw, number, doing)?;
    let mut parts = read_with_prices(&files, prices).map_err(|errors| doing.data(errors))?;
    let mut statement = raw.prepare(sql::EDITION_SOURCES).map_err(sql_error)?;
    let imported = statement.query_map([number], |row| {
        Ok(Source {
            key: row.get::<_, String>(0)?.into(),
            title: row.get(1)?,
            location: row.get(2)?,
            date: row.get(3)?,
            trust: row.get(4)?,
        })
    });
    let imported: Vec<Source> = imported.and_then(Iterator::collect).map_err(sql_error)?;
    parts.sources.add(imported);
    Ok(Catalog::new(Edition { number, hash }, parts))
}

fn edition_info(row: &SqliteRow, active: Option<u32>, doing: Doing<'_>) -> Result<EditionInfo, StorageError> {
    let sqlx_error = |error| doing.sqlx(error);
    let origin: String = row.try_get("origin").map_err(sqlx_error)?;
    let number: u32 = row.try_get("number").map_err(sqlx_error)?;
    let count = |column| {
        let number: i64 = row.try_get(column).map_err(sqlx_error)?;
        Ok(u64::try_from(number).unwrap_or_default())
    };
    Ok(EditionInfo {
        number,
        hash: row.try_get("hash").map_err(sqlx_error)?,
        brought: row.try_get("brought").map_err(sqlx_error)?,
        origin: Origin::parse(&origin).ok_or_else(|| {
            doing.corrupt("editions", "origin", &origin, "`seed`, `import`, `correction` or `rollback`")
        })?,
        based_on: row.try_get("based_on").map_err(sqlx_error)?,
        published_at: row.try_get("published_at").map_err(sqlx_error)?,
        created_at: row.try_get("created_at").map_err(sqlx_error)?,
        note: row.try_get("note").map_err(sqlx_error)?,
        rows_added: count("rows_added")?,
        rows_ended: count("rows_ended")?,
        rows_total: count("rows_total")?,
        active: active == Some(number),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A full disk, played by a limit on the pages of the one writing connection.
    #[tokio::test]
    async fn a_full_disk_changes_nothing_and_is_got_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path().join("prices.db")).await.expect("a new file");
        sqlx::raw_sql("PRAGMA max_page_count = 60").execute(&store.write).await.expect("a limit");
        let error = store.seed(&Files::embedded()).await.expect_err("no room");
        assert!(matches!(error, StorageError::Full { .. }), "{error:?}");
        let words = error.to_string();
        assert!(words.starts_with("adding the seed: no room left for `"), "{words}");
        assert!(words.ends_with("nothing was changed"), "{words}");
        assert!(store.editions().await.expect("the editions").is_empty());

        // The connection that failed has been replaced, and with it the limit.
        let done = store.seed(&Files::embedded()).await.expect("room again");
        assert_eq!(done, Seeded::Added { edition: 1, activated: true });
    }

    /// The settings that the design asks for are those of the connections.
    #[tokio::test]
    async fn connections_are_set_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path().join("prices.db")).await.expect("a new file");
        for pool in [&store.write, &store.read] {
            for (query, expected) in
                [("PRAGMA foreign_keys", 1), ("PRAGMA synchronous", 1), ("PRAGMA busy_timeout", 5000)]
            {
                let value: i64 = sqlx::query_scalar(query).fetch_one(pool).await.expect(query);
                assert_eq!(value, expected, "{query}");
            }
            let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(pool).await.expect("the mode");
            assert_eq!(mode, "wal");
        }
        let refused = sqlx::query("DELETE FROM edition_changes").execute(&store.read).await;
        assert!(refused.is_err(), "readers do not write");
    }
}
