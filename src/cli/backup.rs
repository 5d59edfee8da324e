//! `crossover backup`: a copy of the database while it is in use.

use std::path::PathBuf;

use clap::Args;

use super::Shell;
use super::fault::Fault;
use crate::storage::{StorageError, upkeep};

/// The arguments of `backup`.
#[derive(Debug, Clone, Args)]
pub struct BackupArgs {
    /// The file to write. To restore it, stop the service and put it in the place of the database, with no `-wal` and
    /// `-shm` files beside it.
    pub file: PathBuf,
    /// The database to copy. Other processes may go on using it.
    #[arg(long, env = "CROSSOVER_DATABASE", value_name = "FILE", default_value = "crossover.db")]
    database: PathBuf,
    /// Replace the file where it exists.
    #[arg(long)]
    force: bool,
}

/// Runs `crossover backup`.
pub fn run(args: &BackupArgs, shell: &mut Shell<'_>) -> Result<(), Fault> {
    let bytes = match upkeep::backup(&args.database, &args.file, args.force) {
        Ok(bytes) => bytes,
        Err(error @ (StorageError::Exists { .. } | StorageError::InUse { .. })) => {
            let hint = (!args.force).then(|| "`--force` replaces it".to_owned());
            return Err(Fault::Usage { detail: error.to_string(), hint });
        }
        Err(StorageError::Absent { path }) => return Err(super::no_database(&path)),
        Err(error) => return Err(anyhow::Error::from(error).into()),
    };
    let (database, file) = (args.database.display(), args.file.display());
    writeln!(shell.stdout, "`{file}` is a sound copy of `{database}`: {bytes} bytes")?;
    Ok(())
}
