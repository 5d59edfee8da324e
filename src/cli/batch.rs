//! Batches: many requests from a file or a pipe, answered in order, on several threads.
//!
//! One thread reads and cuts the text into chunks of whole rows, a pool answers them, and the caller's thread writes the
//! answers in the order of the rows. Only so many chunks are on the way at once, so that memory stays flat however long
//! the text is, and answers are passed on as soon as they are there, so that the command is a stage of a pipe.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::fault::{Exit, Fault};
use super::{Shell, load, unknown_edition};
use crate::app::batch::split::{Chunk, Splitter};
use crate::app::batch::{Batch, Detail, FindEdition, Format, Tally};
use crate::catalog::Catalog;
use crate::domain::problem::{Code, Problem};

/// The name that means a standard stream.
const STANDARD: &str = "-";
/// How much is read at once.
const READ_BYTES: usize = 64 * 1024;
/// How many chunks are on the way at once, for each thread.
const CHUNKS_A_JOB: usize = 4;
/// How often the progress bar is drawn.
const DRAWS_A_SECOND: u8 = 4;

/// The arguments of `batch`.
#[derive(Debug, Clone, Args)]
pub struct BatchArgs {
    /// The rows; `-` is standard input.
    #[arg(value_name = "IN", default_value = STANDARD)]
    pub input: String,
    /// Where the answers go; `-` is standard output. A file has its name once it is whole; until then it is `OUT.partial`.
    #[arg(long, short, value_name = "OUT", default_value = STANDARD)]
    pub output: String,
    /// How rows and answers are written. Left out: as the name of the file says (`.csv`), else `ndjson`.
    #[arg(long, value_enum)]
    pub format: Option<RowFormat>,
    /// How rows are written, where answers are written otherwise.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub input_format: Option<RowFormat>,
    /// How answers are written, where rows are written otherwise.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub output_format: Option<RowFormat>,
    /// How much of an answer a row gets; CSV has room for totals only. Left out: `full` in NDJSON, `total` in CSV.
    #[arg(long, value_enum)]
    pub detail: Option<DetailChoice>,
    /// How many threads answer. Left out: one for each core.
    #[arg(long, short, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=1024))]
    pub jobs: Option<usize>,
    /// Use the prices of this database instead of the data inside the binary.
    #[arg(long, value_name = "FILE")]
    pub database: Option<PathBuf>,
}

/// How rows and answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RowFormat {
    /// One JSON object a line.
    Ndjson,
    /// Comma-separated values with a header.
    Csv,
}

/// How much of an answer a row gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DetailChoice {
    /// What it costs, or what is recommended.
    Total,
    /// That, and the lines, or the options.
    Lines,
    /// The answer that a single request gets.
    Full,
}

impl From<RowFormat> for Format {
    fn from(format: RowFormat) -> Self {
        match format {
            RowFormat::Ndjson => Self::Ndjson,
            RowFormat::Csv => Self::Csv,
        }
    }
}

impl From<DetailChoice> for Detail {
    fn from(detail: DetailChoice) -> Self {
        match detail {
            DetailChoice::Total => Self::Total,
            DetailChoice::Lines => Self::Lines,
            DetailChoice::Full => Self::Full,
        }
    }
}

impl BatchArgs {
    /// How rows and answers are written.
    fn formats(&self) -> (Format, Format) {
        let named = |name: &str| {
            let extension = Path::new(name).extension()?;
            if extension.eq_ignore_ascii_case("csv") {
                return Some(RowFormat::Csv);
            }
            let lines = ["ndjson", "jsonl"].iter().any(|lines| extension.eq_ignore_ascii_case(lines));
            lines.then_some(RowFormat::Ndjson)
        };
        let rows = self.input_format.or(self.format).or(named(&self.input)).unwrap_or(RowFormat::Ndjson);
        let answers = self.output_format.or(self.format).or(named(&self.output)).unwrap_or(rows);
        (rows.into(), answers.into())
    }
}

/// Answers a batch.
///
/// # Errors
/// Where the rows cannot be read or the answers not be written, and where a row was refused.
pub fn run(args: &BatchArgs, shell: &mut Shell<'_>) -> Result<(), Fault> {
    let started = Instant::now();
    let (input, output) = args.formats();
    let detail = args.detail.map(Detail::from);
    if let Some(detail) = detail.filter(|detail| output == Format::Csv && *detail != Detail::Total) {
        return Err(Fault::usage_with_hint(
            format!("answers in CSV have no room for `--detail {}`", detail.as_str()),
            "leave it out, or write the answers with `--output-format ndjson`",
        ));
    }
    let source = Source::open(&args.input, shell)?;
    let catalog = load(args.database.as_deref(), None, shell)?;
    let batch = Batch {
        output,
        detail: detail.unwrap_or_default(),
        catalog: Arc::clone(&catalog),
        edition: other_editions(args.database.clone()),
        today: shell.today(),
    };
    let jobs = args.jobs.or_else(|| thread::available_parallelism().ok().map(usize::from)).unwrap_or(1);
    let progress = progress(source.size, shell.stderr_is_terminal);
    let mut sink = Sink::open(&args.output, shell.stdout)?;
    let answered = answer(&Arc::new(batch), input, source.text, jobs, &mut sink, &progress);
    progress.finish_and_clear();
    let kept = sink.close(answered.is_ok());
    let tally = match (answered, kept) {
        (Ok(tally), Ok(())) => tally,
        (Err(fault), _) => {
            if let (Sink::File { partial, .. }, false) = (&sink, matches!(fault, Fault::Hungup)) {
                writeln!(shell.stderr, "batch: not finished; the answers so far are in `{}`", partial.display())?;
            }
            return Err(fault);
        }
        (Ok(_), Err(error)) => return Err(error.into()),
    };
    summarise(&tally, started.elapsed(), shell.stderr)?;
    match tally {
        Tally { internal: Some(_), .. } => Err(Fault::Told(Exit::Internal)),
        Tally { failed: 0, .. } => Ok(()),
        _ => Err(Fault::Told(Exit::Refused)),
    }
}

/// Says how it went.
fn summarise(tally: &Tally, time: Duration, stderr: &mut dyn Write) -> io::Result<()> {
    let Tally { rows, failed, internal } = tally;
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let rate = a_second(*rows, time);
    let answered = rows.saturating_sub(*failed);
    let (seconds, thousandths) = (millis / 1_000, millis % 1_000);
    writeln!(
        stderr,
        "batch: {rows} rows in {seconds}.{thousandths:03} s ({rate} a second): {answered} answered, {failed} refused"
    )?;
    if let Some(cause) = internal {
        writeln!(stderr, "error[internal]: {cause}")?;
    }
    Ok(())
}

/// How many that is a second.
fn a_second(count: u64, time: Duration) -> u64 {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1);
    count.saturating_mul(1_000_000).checked_div(micros).unwrap_or_default()
}

/// Where rows come from.
struct Source {
    text: Box<dyn Read + Send>,
    /// How long it is, where that is known.
    size: Option<u64>,
}

impl Source {
    fn open(name: &str, shell: &mut Shell<'_>) -> Result<Self, Fault> {
        if name != STANDARD {
            let unreadable = |error| Fault::usage(format!("the file `{name}` cannot be read: {error}"));
            let file = File::open(name).map_err(unreadable)?;
            let about = file.metadata().map_err(unreadable)?;
            if about.is_dir() {
                return Err(Fault::usage(format!("`{name}` is a folder; name a file of rows")));
            }
            return Ok(Self { text: Box::new(file), size: about.is_file().then_some(about.len()) });
        }
        if shell.stdin_is_terminal {
            return Err(Fault::usage_with_hint(
                "there are no rows",
                "name a file, `crossover batch rows.ndjson -o answers.ndjson`, or pipe them in",
            ));
        }
        Ok(Self { text: std::mem::replace(&mut shell.stdin, Box::new(io::empty())), size: None })
    }
}

/// Where answers go.
enum Sink<'a> {
    Stdout(&'a mut dyn Write),
    /// Not a file that could be put in place whole: a pipe, a device.
    Special(BufWriter<File>),
    File {
        file: BufWriter<File>,
        partial: PathBuf,
        path: PathBuf,
    },
}

impl<'a> Sink<'a> {
    fn open(name: &str, stdout: &'a mut dyn Write) -> Result<Self, Fault> {
        if name == STANDARD {
            return Ok(Self::Stdout(stdout));
        }
        let unwritable = |error| Fault::usage(format!("the file `{name}` cannot be written: {error}"));
        let path = PathBuf::from(name);
        if fs::metadata(&path).is_ok_and(|about| !about.is_file()) {
            let file = File::options().write(true).open(&path).map_err(unwritable)?;
            return Ok(Self::Special(BufWriter::new(file)));
        }
        let partial = PathBuf::from(format!("{name}.partial"));
        let file = BufWriter::new(File::create(&partial).map_err(unwritable)?);
        Ok(Self::File { file, partial, path })
    }

    /// Ends the answers. A whole file gets its name.
    fn close(&mut self, whole: bool) -> io::Result<()> {
        self.flush()?;
        match self {
            Self::File { file, partial, path } if whole => {
                file.get_ref().sync_all()?;
                fs::rename(partial, path)
            }
            _ => Ok(()),
        }
    }
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(bytes),
            Self::Special(file) | Self::File { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::Special(file) | Self::File { file, .. } => file.flush(),
        }
    }
}

/// A chunk that has been answered.
struct Answered {
    text: Vec<u8>,
    tally: Tally,
}

/// What the reader hands on: chunks as they will be answered, in order, or why there are no more.
enum Step {
    Chunk(Receiver<Answered>),
    /// How much has been read.
    Read(u64),
    Broken(io::Error),
}

/// Reads, answers and writes.
fn answer(
    batch: &Arc<Batch>,
    format: Format,
    text: Box<dyn Read + Send>,
    jobs: usize,
    out: &mut dyn Write,
    progress: &ProgressBar,
) -> Result<Tally, Fault> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(jobs)
        .thread_name(|at| format!("batch-{at}"))
        .build()
        .map_err(anyhow::Error::from)?;
    let (steps, ordered) = sync_channel(jobs.saturating_mul(CHUNKS_A_JOB));
    out.write_all(batch.preamble().as_bytes())?;
    let started = Instant::now();
    let reading = Arc::clone(batch);
    // The thread is not waited for: where nobody reads the answers any more, it may hang in a read for ever.
    thread::spawn(move || read_rows(text, format, &reading, &pool, &steps));
    let mut tally = Tally::default();
    loop {
        let step = match ordered.try_recv() {
            Ok(step) => step,
            Err(TryRecvError::Disconnected) => return Ok(tally),
            Err(TryRecvError::Empty) => {
                // Nothing to do but to wait: what is there may be read meanwhile.
                out.flush()?;
                let Ok(step) = ordered.recv() else { return Ok(tally) };
                step
            }
        };
        match step {
            Step::Read(bytes) => progress.set_position(bytes),
            Step::Broken(error) => {
                let problem = Problem::new(Code::Internal, "", "the rows could not be read further");
                out.write_all(&batch.ended_early(&problem))?;
                return Err(Fault::Internal(anyhow::Error::from(error).context("the rows could not be read further")));
            }
            Step::Chunk(answered) => {
                let answered = if let Ok(answered) = answered.try_recv() {
                    answered
                } else {
                    out.flush()?;
                    answered.recv().map_err(|_| anyhow::anyhow!("a thread ended without an answer"))?
                };
                out.write_all(&answered.text)?;
                tally.add(answered.tally);
                progress.set_message(format!(
                    "{} rows, {} a second",
                    tally.rows,
                    a_second(tally.rows, started.elapsed())
                ));
            }
        }
    }
}

/// Reads rows and has them answered, until the text ends or nobody wants more answers.
fn read_rows(
    mut text: Box<dyn Read + Send>,
    format: Format,
    batch: &Arc<Batch>,
    pool: &rayon::ThreadPool,
    steps: &SyncSender<Step>,
) {
    let mut splitter = Splitter::new(format);
    let mut buffer = vec![0; READ_BYTES];
    let mut wanted = true;
    let mut hand_on = |chunk: Chunk| {
        let (tell, told) = sync_channel(1);
        wanted = wanted && steps.send(Step::Chunk(told)).is_ok();
        if wanted {
            let batch = Arc::clone(batch);
            pool.spawn_fifo(move || {
                let mut text = Vec::new();
                let tally = batch.answer(&chunk, &|| false, &mut text);
                // Where nobody waits for it any more, there is nothing to tell.
                let _ = tell.send(Answered { text, tally });
            });
        }
        wanted
    };
    let mut bytes: u64 = 0;
    loop {
        let read = match text.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                // Where nobody waits for it any more, there is nothing to tell.
                let _ = steps.send(Step::Broken(error));
                return;
            }
        };
        let mut goes_on = true;
        splitter.push(buffer.get(..read).unwrap_or_default(), |chunk| goes_on = hand_on(chunk));
        bytes = bytes.saturating_add(u64::try_from(read).unwrap_or_default());
        if !goes_on || steps.send(Step::Read(bytes)).is_err() {
            return;
        }
    }
    splitter.finish(|chunk| {
        hand_on(chunk);
    });
}

/// Finds the editions that rows name, each once.
fn other_editions(database: Option<PathBuf>) -> FindEdition {
    let Some(path) = database else { return Box::new(|number| Err(unknown_edition(number))) };
    let found: Mutex<HashMap<u32, Result<Arc<Catalog>, Problem>>> = Mutex::new(HashMap::new());
    Box::new(move |number| {
        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
        let load = || {
            super::load_edition(&path, Some(number)).map_err(|fault| match fault {
                Fault::Refused(problems) if problems.first().is_some() => problems.0.into_iter().next(),
                _ => None,
            })
        };
        let loaded = found.entry(number).or_insert_with(|| {
            load().map_err(|problem| {
                problem.unwrap_or_else(|| {
                    let detail = format!("the edition {number} of the database cannot be loaded");
                    Problem::new(Code::Internal, "/edition", detail)
                })
            })
        });
        loaded.clone()
    })
}

/// A progress bar, which only a person at a terminal sees.
fn progress(size: Option<u64>, is_terminal: bool) -> ProgressBar {
    let target =
        if is_terminal { ProgressDrawTarget::stderr_with_hz(DRAWS_A_SECOND) } else { ProgressDrawTarget::hidden() };
    let template = match size {
        Some(_) => "{wide_bar} {percent}% {msg}, {eta} left",
        None => "{spinner} {bytes} read, {msg}, {elapsed}",
    };
    let bar = ProgressBar::with_draw_target(size, target);
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
