//! What can go wrong with the store, in words for whoever runs it.

use std::path::{Path, PathBuf};

use crate::catalog::mistake::DataErrors;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The file is something else.
    #[error("`{}` is not a SQLite database; name another file, or move this one away", path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file is a database of another program.
    #[error(
        "`{}` is a SQLite database of another program (application id {application_id:#010x}); name another file",
        path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The application id in its header; 0 where it has tables and no id.
        application_id: u32,
    },
    /// A newer version of this program has written the file.
    #[error(
        "`{}` has schema version {found} and this program knows versions up to {known}; run the newer program that \
         wrote it, or name another file",
        path.display()
    )]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// The version it has.
        found: u32,
        /// The newest version this program knows.
        known: u32,
    },
    /// The file can neither be opened nor made.
    #[error(
        "`{}` cannot be opened or made ({source}); does its folder exist, and may this program write there?",
        path.display()
    )]
    CannotOpen {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: Cause,
    },
    /// The file or its folder cannot be written to.
    #[error(
        "{doing}: `{}` cannot be written to ({source}); the file and its folder must be writable by this program",
        path.display()
    )]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What SQLite says.
        source: Cause,
    },
    /// There is no room; nothing was changed.
    #[error("{doing}: no room left for `{}` ({source}); nothing was changed", path.display())]
    Full {
        /// The file.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What SQLite says.
        source: Cause,
    },
    /// Another process kept the file locked for too long.
    #[error("{doing}: another process keeps `{}` locked ({source}); try again", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What SQLite says.
        source: Cause,
    },
    /// There is no such file.
    #[error("there is no database `{}`", path.display())]
    Absent {
        /// The file.
        path: PathBuf,
    },
    /// The file to be written exists.
    #[error("`{}` exists already; name another file", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file to be replaced is a database in use.
    #[error(
        "`{0}` cannot be replaced: there is `{0}-wal` beside it, so some process has it open",
        path.display()
    )]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// A file cannot be written or read.
    #[error("{doing}: `{}`: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The database has mistakes.
    #[error("`{}` is not sound:\n{}", path.display(), mistakes.join("\n"))]
    Unsound {
        /// The file.
        path: PathBuf,
        /// Every mistake.
        mistakes: Vec<String>,
    },
    /// The store has no edition with this number.
    #[error("there is no edition {number}; the newest is {newest}")]
    UnknownEdition {
        /// The number asked for.
        number: u32,
        /// The newest edition.
        newest: u32,
    },
    /// The store holds no edition yet.
    #[error("`{}` holds no edition yet; the seed has to be added first", path.display())]
    NoEdition {
        /// The file.
        path: PathBuf,
    },
    /// The data files have mistakes.
    #[error("{doing}: the data has mistakes:\n{errors}")]
    Data {
        /// What was being done.
        doing: &'static str,
        /// The mistakes.
        errors: DataErrors,
    },
    /// The store holds a value that this program never writes.
    #[error("`{}`, table {table}, column {column}: found `{found}`; expected {expected}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// What was found.
        found: String,
        /// What is allowed.
        expected: &'static str,
    },
    /// Anything else that the database refuses.
    #[error("{doing}: the database `{}` failed: {source}", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What SQLite or its driver says.
        source: Cause,
    },
    /// The worker that did it ended early.
    #[error("{doing}: the work on `{}` was cut off: {source}", path.display())]
    CutOff {
        /// The file.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// Why.
        source: tokio::task::JoinError,
    },
}

/// What the database or its driver says.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What is being done, on which file: the context of every failure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Doing<'p> {
    pub(super) path: &'p Path,
    pub(super) doing: &'static str,
}

impl Doing<'_> {
    /// A failure that sqlx reports.
    pub(super) fn sqlx(self, error: sqlx::Error) -> StorageError {
        let code = match &error {
            sqlx::Error::Database(database) => database.code().and_then(|code| code.parse().ok()),
            _ => None,
        };
        self.failure(code, error.into())
    }

    /// A failure that rusqlite reports.
    pub(super) fn rusqlite(self, error: rusqlite::Error) -> StorageError {
        let code = error.sqlite_error().map(|error| error.extended_code);
        self.failure(code, error.into())
    }

    /// Mistakes in data files.
    pub(super) fn data(self, errors: DataErrors) -> StorageError {
        StorageError::Data { doing: self.doing, errors }
    }

    /// A value that is never written.
    pub(super) fn corrupt(
        self,
        table: &'static str,
        column: &'static str,
        found: &str,
        expected: &'static str,
    ) -> StorageError {
        StorageError::Corrupt { path: self.path.to_owned(), table, column, found: found.to_owned(), expected }
    }

    /// The failure that a code of SQLite stands for. The low byte of a code is its class.
    fn failure(self, code: Option<i32>, source: Cause) -> StorageError {
        use rusqlite::ffi;
        let path = self.path.to_owned();
        let doing = self.doing;
        match code.map(|code| code & 0xff) {
            Some(ffi::SQLITE_NOTADB) => StorageError::NotADatabase { path },
            Some(ffi::SQLITE_CANTOPEN) => StorageError::CannotOpen { path, source },
            Some(ffi::SQLITE_READONLY) => StorageError::ReadOnly { path, doing, source },
            Some(ffi::SQLITE_FULL) => StorageError::Full { path, doing, source },
            Some(ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED) => StorageError::Busy { path, doing, source },
            _ => StorageError::Database { path, doing, source },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_of_failure_says_what_to_do() {
        let doing = Doing { path: Path::new("/data/prices.db"), doing: "adding the seed" };
        for (code, words) in [
            (26, "`/data/prices.db` is not a SQLite database"),
            (14, "cannot be opened or made (it says so); does its folder exist"),
            (8, "adding the seed: `/data/prices.db` cannot be written to (it says so)"),
            // The folder is read-only, so that no log can be made beside the file.
            (8 + (5 << 8), "the file and its folder must be writable"),
            (13, "adding the seed: no room left for `/data/prices.db` (it says so); nothing was changed"),
            (5, "another process keeps `/data/prices.db` locked"),
            (5 + (2 << 8), "try again"),
            (1, "adding the seed: the database `/data/prices.db` failed: it says so"),
        ] {
            let message = doing.failure(Some(code), "it says so".into()).to_string();
            assert!(message.contains(words), "{code}: {message}");
        }
    }
}
