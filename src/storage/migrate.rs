//! Brings a database file to the newest schema.
//!
//! The version is `PRAGMA user_version`, which changes inside the transaction of the migration, so that two processes
//! that open a new file at once do not both migrate it.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use super::error::{Doing, StorageError};
use super::sql;

/// The migrations in order; the number of those applied is the schema version.
/// A new one is a file in `migrations/` and a line here.
pub const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_price_store.sql", include_str!("../../migrations/0001_price_store.sql")),
    ("0002_price_lists.sql", include_str!("../../migrations/0002_price_lists.sql")),
];

/// What marks a database as ours: `crov` in ASCII.
pub const APPLICATION_ID: u32 = 0x6372_6f76;

/// How often the change to the write-ahead log is tried: SQLite does not wait for that lock by itself.
const WAL_TRIES: u32 = 100;
/// How long to wait between tries.
const WAL_PAUSE: Duration = Duration::from_millis(50);

/// Checks that the file is ours or new, and applies the migrations it lacks.
pub(super) async fn migrate(connection: &mut SqliteConnection, doing: Doing<'_>) -> Result<(), StorageError> {
    check_owner(connection, doing).await?;
    write_ahead(connection, doing).await?;
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    if version(connection, doing).await? < known {
        let mut transaction = connection.begin_with(sql::BEGIN_IMMEDIATE).await.map_err(|error| doing.sqlx(error))?;
        // Another process may have been first.
        let from = version(&mut transaction, doing).await?;
        for (_, text) in MIGRATIONS.iter().skip(usize::try_from(from).unwrap_or(usize::MAX)) {
            sqlx::raw_sql(*text).execute(&mut *transaction).await.map_err(|error| doing.sqlx(error))?;
        }
        let marks = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {known};");
        let marked = sqlx::raw_sql(AssertSqlSafe(marks)).execute(&mut *transaction).await;
        marked.map_err(|error| doing.sqlx(error))?;
        transaction.commit().await.map_err(|error| doing.sqlx(error))?;
    }
    Ok(())
}

/// Refuses databases of other programs and of newer versions of this one.
async fn check_owner(connection: &mut SqliteConnection, doing: Doing<'_>) -> Result<(), StorageError> {
    let path = || doing.path.to_owned();
    let application_id = number(connection, sql::APPLICATION_ID, doing).await?;
    if application_id == APPLICATION_ID {
        let found = version(connection, doing).await?;
        let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
        if found > known {
            return Err(StorageError::NewerSchema { path: path(), found, known });
        }
    } else if application_id != 0 || number(connection, sql::COUNT_TABLES, doing).await? > 0 {
        // Another process may have made the tables between the two looks.
        if number(connection, sql::APPLICATION_ID, doing).await? != APPLICATION_ID {
            return Err(StorageError::Foreign { path: path(), application_id });
        }
    }
    Ok(())
}

/// Changes the file to the write-ahead log, in which readers and the writer do not wait for each other.
async fn write_ahead(connection: &mut SqliteConnection, doing: Doing<'_>) -> Result<(), StorageError> {
    let mut tries = 0..WAL_TRIES;
    loop {
        let changed = sqlx::raw_sql(sql::WRITE_AHEAD_LOG).execute(&mut *connection).await;
        match changed.map_err(|error| doing.sqlx(error)) {
            Err(StorageError::Busy { .. }) if tries.next().is_some() => tokio::time::sleep(WAL_PAUSE).await,
            other => return other.map(|_| ()),
        }
    }
}

async fn version(connection: &mut SqliteConnection, doing: Doing<'_>) -> Result<u32, StorageError> {
    number(connection, sql::SCHEMA_VERSION, doing).await
}

async fn number(connection: &mut SqliteConnection, query: &'static str, doing: Doing<'_>) -> Result<u32, StorageError> {
    let number: i64 = sqlx::query_scalar(query).fetch_one(connection).await.map_err(|error| doing.sqlx(error))?;
    // SQLite keeps both marks as signed 32-bit numbers.
    Ok(u32::try_from(number & i64::from(u32::MAX)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_is_in_the_list() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
            .filter(|name| name != "README.md")
            .collect();
        files.sort();
        assert_eq!(files, MIGRATIONS.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn every_statement_can_be_prepared() {
        let doing = Doing { path: std::path::Path::new(":memory:"), doing: "testing" };
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.expect("a database in memory");
        migrate(&mut connection, doing).await.expect("the schema");
        super::super::raw::with_raw(&mut connection, doing, |raw| {
            for statement in sql::ALL {
                raw.prepare(statement).unwrap_or_else(|error| panic!("{statement}\n{error}"));
            }
            Ok::<_, StorageError>(())
        })
        .await
        .expect("a handle");
    }
}
