//! The one place with `unsafe`: a rusqlite connection on the handle of a sqlx connection.
//!
//! sqlx sends every row from its worker thread to the caller, which costs more than SQLite itself. Reading and
//! writing tens of thousands of rows therefore goes through prepared statements of rusqlite, on the same handle and
//! inside the same transaction. Both crates link the same SQLite, which Cargo enforces (`links = "sqlite3"`).

use rusqlite::Connection;
use sqlx::SqliteConnection;

use super::error::{Doing, StorageError};

/// Uses the handle of a connection while its worker rests.
pub(super) async fn with_raw<T, E: From<StorageError>>(
    connection: &mut SqliteConnection,
    doing: Doing<'_>,
    work: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    let mut handle = connection.lock_handle().await.map_err(|error| doing.sqlx(error))?;
    // SAFETY: the handle is open and valid for as long as `handle` lives, and the lock it holds keeps sqlx's worker
    // from touching it. The connection does not own the handle, so dropping it closes nothing; it finalizes its
    // statements, since `work` can only borrow it, before `handle` gives the lock back.
    #[expect(unsafe_code, reason = "sqlx has no faster way to move many rows")]
    let raw = unsafe { Connection::from_handle(handle.as_raw_handle().as_ptr()) };
    let raw = raw.map_err(|error| doing.rusqlite(error))?;
    let done = work(&raw);
    drop(raw);
    drop(handle);
    done
}
