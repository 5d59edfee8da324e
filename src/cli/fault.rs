//! What can go wrong on the command line, the words for it, and the exit code.

use std::io::{self, Write};

use crate::catalog::mistake::DataErrors;
use crate::domain::problem::{Code, Problem, Problems};
use crate::import::ImportError;
use crate::storage::StorageError;

/// How a command ends. The numbers are part of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything was answered.
    Ok = 0,
    /// The request was refused.
    Refused = 1,
    /// The command line itself is wrong.
    Usage = 2,
    /// The pricing data or the database is wrong.
    Data = 3,
    /// The program failed.
    Internal = 4,
}

impl Exit {
    /// The number for the shell.
    pub fn code(self) -> u8 {
        self as u8
    }
}

/// Why a command did not answer.
#[derive(Debug)]
pub enum Fault {
    /// The command line itself is wrong.
    Usage {
        /// What was found and what is allowed.
        detail: String,
        /// The fix.
        hint: Option<String>,
    },
    /// The request was read and refused.
    Refused(Problems),
    /// The pricing data or the database is wrong: every mistake found.
    Data(Vec<String>),
    /// The program failed.
    Internal(anyhow::Error),
    /// The reader of the output has gone: nobody is left to tell.
    Hungup,
    /// The reason has been told, as that of a row that was refused.
    Told(Exit),
}

impl Fault {
    /// A wrong command line.
    pub fn usage(detail: impl Into<String>) -> Self {
        Self::Usage { detail: detail.into(), hint: None }
    }

    /// A wrong command line and its fix.
    pub fn usage_with_hint(detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { detail: detail.into(), hint: Some(hint.into()) }
    }

    /// How the command ends.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage { .. } => Exit::Usage,
            Self::Refused(problems) if problems.0.iter().any(|problem| problem.code == Code::Internal) => {
                Exit::Internal
            }
            Self::Refused(_) => Exit::Refused,
            Self::Data(_) => Exit::Data,
            Self::Internal(_) => Exit::Internal,
            Self::Hungup => Exit::Ok,
            Self::Told(exit) => *exit,
        }
    }

    /// Writes it for people: `error[code] at /pointer: detail`, then what helps.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Usage { detail, hint } => {
                writeln!(out, "error[usage]: {detail}")?;
                write_hint(out, hint.as_deref())
            }
            Self::Refused(problems) => problems.0.iter().try_for_each(|problem| write_problem(out, problem)),
            Self::Data(mistakes) => mistakes.iter().try_for_each(|mistake| writeln!(out, "error[data]: {mistake}")),
            Self::Internal(error) => writeln!(out, "error[internal]: {error:#}"),
            Self::Hungup | Self::Told(_) => Ok(()),
        }
    }
}

fn write_hint(out: &mut dyn Write, hint: Option<&str>) -> io::Result<()> {
    hint.map_or(Ok(()), |hint| writeln!(out, "  hint: {hint}"))
}

fn write_problem(out: &mut dyn Write, problem: &Problem) -> io::Result<()> {
    let Problem { code, pointer, detail, allowed, hint, missing } = problem;
    let place = if pointer.is_empty() { String::new() } else { format!(" at {pointer}") };
    writeln!(out, "error[{code}]{place}: {detail}")?;
    write_hint(out, hint.as_deref())?;
    if !allowed.is_empty() {
        writeln!(out, "  allowed: {}", allowed.join(", "))?;
    }
    for meter in missing {
        writeln!(out, "  missing: {} (needed by {})", meter.meter, meter.needed_by.join(", "))?;
        if let Some(why) = &meter.why {
            writeln!(out, "    why: {why}")?;
        }
        if !meter.regions_with_price.is_empty() {
            writeln!(out, "    regions with a price: {}", meter.regions_with_price.join(", "))?;
        }
        if !meter.nearest.is_empty() {
            writeln!(out, "    nearest here: {}", meter.nearest.join(", "))?;
        }
    }
    Ok(())
}

impl From<Problems> for Fault {
    fn from(problems: Problems) -> Self {
        Self::Refused(problems)
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem.into())
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Hungup,
            _ => Self::Internal(error.into()),
        }
    }
}

impl From<DataErrors> for Fault {
    fn from(errors: DataErrors) -> Self {
        let more = errors.total.saturating_sub(errors.errors.len());
        let mut mistakes: Vec<String> = errors.errors.iter().map(ToString::to_string).collect();
        if more > 0 {
            mistakes.push(format!("and {more} more"));
        }
        Self::Data(mistakes)
    }
}

impl From<anyhow::Error> for Fault {
    /// Tells the mistakes of the data and of the database from our own failures.
    fn from(error: anyhow::Error) -> Self {
        let error = match error.downcast::<DataErrors>() {
            Ok(errors) => return errors.into(),
            Err(error) => error,
        };
        match error.downcast::<StorageError>() {
            Ok(StorageError::Data { errors, .. }) => errors.into(),
            Ok(error) => Self::Data(vec![error.to_string()]),
            Err(error) => Self::Internal(error),
        }
    }
}

impl From<ImportError> for Fault {
    /// A file that is not there is a wrong command line; what is wrong inside it is wrong data.
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Mistakes(errors) => errors.into(),
            ImportError::Open { .. } => Self::usage(error.to_string()),
            ImportError::Storage(error) => anyhow::Error::from(error).into(),
            error => Self::Data(vec![error.to_string()]),
        }
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        match error.io_error_kind() {
            Some(kind) => io::Error::from(kind).into(),
            None => Self::Internal(error.into()),
        }
    }
}

impl From<csv::Error> for Fault {
    fn from(error: csv::Error) -> Self {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => error.into(),
            other => Self::Internal(anyhow::anyhow!("the CSV could not be written: {other:?}")),
        }
    }
}
