//! Log lines: one subscriber for the process, to standard error, as text or as JSON.

use std::fs::File;
use std::io;

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

/// Starts logging for the whole process; where it has been started before, that stays. A panic becomes a log line too,
/// so that it is not lost among JSON lines.
///
/// # Errors
/// Where the filter cannot be read.
pub fn init(format: LogFormat, filter: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).with_context(|| format!("the log filter `{filter}` cannot be read"))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(standard_error()?);
    let started = match format {
        LogFormat::Text => builder.with_target(false).with_ansi(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init(),
    };
    if started.is_err() {
        return Ok(());
    }
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        let message = panic.payload_as_str().unwrap_or("no message");
        tracing::error!(at, message, "panicked");
    }));
    Ok(())
}

/// Standard error through a handle of its own. Whoever holds the lock on [`io::stderr`] for the life of the process, as
/// a command line does, would otherwise stop every thread that answers requests at its first line.
#[cfg(unix)]
fn standard_error() -> io::Result<File> {
    use std::os::fd::AsFd;
    Ok(File::from(io::stderr().as_fd().try_clone_to_owned()?))
}

/// Standard error through a handle of its own. Whoever holds the lock on [`io::stderr`] for the life of the process, as
/// a command line does, would otherwise stop every thread that answers requests at its first line.
#[cfg(windows)]
fn standard_error() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    Ok(File::from(io::stderr().as_handle().try_clone_to_owned()?))
}
