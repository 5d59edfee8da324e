//! The configuration of the server: one struct, whose doc comments are the reference that `--help` prints.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum};

/// How the server runs. Every value has a default, a flag and, where it says so, an environment variable.
#[derive(Debug, Clone, Args)]
pub struct ServeConfig {
    /// The address and the port to listen on; port 0 takes any free one.
    #[arg(long, env = "CROSSOVER_LISTEN", value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// The SQLite file that holds the prices. It is made where it does not exist.
    #[arg(long, env = "CROSSOVER_DATABASE", value_name = "FILE", default_value = "crossover.db")]
    pub database: PathBuf,

    /// How log lines look: `text` for people, `json` for machines. They go to standard error.
    #[arg(long, env = "CROSSOVER_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,

    /// Which log lines are written: a level (`error`, `warn`, `info`, `debug`), or a filter such as
    /// `crossover=debug,warn`. Each request is one line of level `info`.
    #[arg(long, env = "CROSSOVER_LOG", value_name = "FILTER", default_value = "info,actix_server=warn,actix_http=off")]
    pub log: String,

    /// How many threads answer requests. Left out: one for each core.
    #[arg(long, env = "CROSSOVER_WORKERS", value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=1024))]
    pub workers: Option<usize>,

    /// How many connections may be open at once; further ones wait in the backlog of the operating system.
    #[arg(long, env = "CROSSOVER_MAX_CONNECTIONS", value_name = "N", default_value = "10000", value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000_000))]
    pub max_connections: usize,

    /// The largest JSON body, in bytes.
    #[arg(long, env = "CROSSOVER_BODY_LIMIT_BYTES", value_name = "BYTES", default_value = "2097152", value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_073_741_824))]
    pub body_limit_bytes: usize,

    /// The largest body of a batch, in bytes, unpacked. It is answered while it arrives, so that memory does not depend on
    /// it.
    #[arg(long, env = "CROSSOVER_BATCH_LIMIT_BYTES", value_name = "BYTES", default_value = "1073741824", value_parser = RangedU64ValueParser::<u64>::new().range(1..=1_099_511_627_776))]
    pub batch_limit_bytes: u64,

    /// How many threads answer the rows of batches, beside those that answer single requests. Left out: one for each
    /// core.
    #[arg(long, env = "CROSSOVER_BATCH_THREADS", value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=1024))]
    pub batch_threads: Option<usize>,

    /// How long the head of a request (its line and headers) may take to arrive, such as `5s` or `500ms`.
    #[arg(long, env = "CROSSOVER_HEADER_TIMEOUT", value_name = "TIME", default_value = "5s", value_parser = duration)]
    pub header_timeout: Duration,

    /// How long a JSON body may take to arrive whole, and how long a batch may pause while it is waited for.
    #[arg(long, env = "CROSSOVER_BODY_TIMEOUT", value_name = "TIME", default_value = "15s", value_parser = duration)]
    pub body_timeout: Duration,

    /// How long an idle connection is kept open for the next request. Behind a load balancer this must be longer than
    /// the balancer's own idle timeout.
    #[arg(long, env = "CROSSOVER_KEEP_ALIVE", value_name = "TIME", default_value = "75s", value_parser = duration)]
    pub keep_alive: Duration,

    /// How long running requests may take to finish once the server is told to stop, in whole seconds.
    #[arg(long, env = "CROSSOVER_SHUTDOWN_TIMEOUT", value_name = "TIME", default_value = "20s", value_parser = duration)]
    pub shutdown_timeout: Duration,

    /// How often the server looks whether another process has activated an edition of the prices or changed a price book.
    #[arg(long, env = "CROSSOVER_EDITION_POLL", value_name = "TIME", default_value = "2s", value_parser = duration)]
    pub edition_poll: Duration,

    /// A file with the admin token that writes need, 16 to 1024 visible ASCII characters. The token may be in the
    /// environment variable `CROSSOVER_ADMIN_TOKEN` instead. Without one the service takes no writes.
    #[arg(long, env = "CROSSOVER_ADMIN_TOKEN_FILE", value_name = "FILE")]
    pub admin_token_file: Option<PathBuf>,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

impl ServeConfig {
    /// A server for a test: any free port, one worker, a database of its own, and timeouts that a test can wait for.
    pub fn for_testing(database: impl Into<PathBuf>) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            database: database.into(),
            log_format: LogFormat::Text,
            log: "off".to_owned(),
            workers: Some(1),
            max_connections: 100,
            body_limit_bytes: 2 * 1024 * 1024,
            batch_limit_bytes: 1024 * 1024 * 1024,
            batch_threads: Some(1),
            header_timeout: Duration::from_millis(500),
            body_timeout: Duration::from_millis(300),
            keep_alive: Duration::from_secs(2),
            shutdown_timeout: Duration::from_secs(5),
            edition_poll: Duration::from_millis(20),
            admin_token_file: None,
        }
    }
}

/// Reads a time such as `500ms`, `5s` or `2m`: at least a millisecond, at most an hour.
fn duration(text: &str) -> Result<Duration, String> {
    let refused = || format!("`{text}` is not a time such as `500ms`, `5s` or `2m`, from 1ms to 60m");
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(refused)?;
    let (number, unit) = text.split_at_checked(unit_at).ok_or_else(refused)?;
    let millis: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        _ => return Err(refused()),
    };
    number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(millis))
        .filter(|millis| (1..=3_600_000).contains(millis))
        .map(Duration::from_millis)
        .ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, FromArgMatches, Parser};

    use super::*;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        serve: ServeConfig,
    }

    fn parse(args: &[&str]) -> Result<ServeConfig, String> {
        let matches = Cli::command()
            // The defaults are what is tested, whatever the environment holds.
            .mut_args(|arg| arg.env(None::<&str>))
            .try_get_matches_from(std::iter::once(&"crossover").chain(args))
            .map_err(|error| error.to_string())?;
        Ok(Cli::from_arg_matches(&matches).expect("a parsed command line").serve)
    }

    #[test]
    fn the_defaults_are_the_documented_ones() {
        Cli::command().debug_assert();
        let config = parse(&[]).expect("defaults");
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.database, PathBuf::from("crossover.db"));
        assert_eq!(config.body_limit_bytes, 2 * 1024 * 1024);
        assert_eq!(config.body_timeout, Duration::from_secs(15));
        assert_eq!(config.workers, None);
    }

    #[test]
    fn times_are_read_with_their_unit() {
        for (text, millis) in [("500ms", 500), ("5s", 5_000), ("2m", 120_000), ("60m", 3_600_000)] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "5", "s", "0s", "61m", "5 s", "-5s", "5h", "99999999999999999999s"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_wrong_flag_says_what_is_allowed() {
        assert!(parse(&["--body-timeout", "5"]).expect_err("no unit").contains("not a time such as `500ms`"));
        assert!(parse(&["--workers", "0"]).is_err());
        assert!(parse(&["--log-format", "xml"]).expect_err("no such format").contains("json"));
    }
}
