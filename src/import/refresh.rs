//! Fetches the price lists that AWS has published since: walks the index of services and the index of Regions of each,
//! downloads what has not been imported, and imports it as one edition.
//!
//! A path names its version, so it never changes: what has been imported from a path is not fetched again, and a
//! download that was cut is taken up where it stopped, in this run or in a later one. A server that is busy or fails is
//! asked again, after longer and longer waits.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use ureq::Agent;
use ureq::http::{Response, StatusCode};

use super::index::{self, Offer, RegionFile};
use super::meters::Meters;
use super::source::{Progress, SharedProgress, Source};
use super::{ImportError, ImportOptions, ImportReport, PUBLISHED_AT, import};
use crate::catalog::Catalog;
use crate::domain::problem::nearest;
use crate::storage::Store;

/// Where the index of services is.
const SERVICE_INDEX: &str = "/offers/v1.0/aws/index.json";
/// The largest index that is read.
const MAX_INDEX_BYTES: u64 = 64 * 1024 * 1024;
/// How often one file is tried without getting any further.
const TRIES: u32 = 6;
/// The longest wait between tries.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// How long a connection may take to be made, and a server to begin an answer.
const ANSWER_TIME: Duration = Duration::from_secs(30);
/// How long a download may stand still before it is taken up again.
const STANDSTILL: Duration = Duration::from_secs(30);
/// How much is written at once.
const CHUNK: usize = 128 * 1024;

/// What is refreshed, and from where.
#[derive(Debug, Clone)]
pub struct RefreshOptions {
    /// The address before the paths of AWS's tree.
    pub base_url: String,
    /// The service codes; none for every service that has a meter.
    pub services: Vec<String>,
    /// The Regions; none for all that are known.
    pub regions: Vec<String>,
    /// Where downloads are kept until they have been imported.
    pub folder: PathBuf,
    /// The first wait before a server is asked again; each further one is twice as long.
    pub first_wait: Duration,
}

impl RefreshOptions {
    /// Everything from AWS, with downloads in a folder.
    pub fn into_folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            base_url: PUBLISHED_AT.to_owned(),
            services: Vec::new(),
            regions: Vec::new(),
            folder: folder.into(),
            first_wait: Duration::from_millis(500),
        }
    }
}

/// What a refresh did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshReport {
    /// How many price lists the indexes name.
    pub listed: usize,
    /// How many of them had been imported before.
    pub unchanged: usize,
    /// What the others changed; none where there were no others.
    pub import: Option<ImportReport>,
}

/// A price list that an index names.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Listed {
    region: String,
    /// The path, from the root of the site.
    path: String,
}

/// Brings a store up to what AWS has published.
///
/// # Errors
/// Where an index or a file cannot be fetched, and as [`import`].
pub async fn refresh(
    store: &Store,
    options: RefreshOptions,
    importing: ImportOptions,
    progress: SharedProgress,
) -> Result<RefreshReport, ImportError> {
    let catalog = store.load(None).await?;
    let client = Client::new(&options);
    let (listed, client) = off_the_runtime({
        let (options, progress) = (options.clone(), Arc::clone(&progress));
        move || Ok((list(&client, &catalog, &options, &progress)?, client))
    })
    .await?;
    let mut wanted = Vec::new();
    for file in &listed {
        if !store.has_location(client.url(&file.path)).await? {
            wanted.push(file.clone());
        }
    }
    let unchanged = listed.len().saturating_sub(wanted.len());
    if wanted.is_empty() {
        return Ok(RefreshReport { listed: listed.len(), unchanged, import: None });
    }
    let (sources, paths) = off_the_runtime({
        let (folder, progress) = (options.folder.clone(), Arc::clone(&progress));
        move || fetch_all(&client, &wanted, &folder, &progress)
    })
    .await?;
    progress.bytes.store(0, Ordering::Relaxed);
    let imported = import(store, sources, importing, progress).await;
    // A file with mistakes is fetched anew the next time; one that the store had no room for is still good.
    if !matches!(imported, Err(ImportError::Storage(_) | ImportError::Stopped)) {
        for path in paths {
            // A file that stays is used, or written over, the next time.
            let _ = fs::remove_file(path);
        }
        let _ = fs::remove_dir(&options.folder);
    }
    Ok(RefreshReport { listed: listed.len(), unchanged, import: Some(imported?) })
}

async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ImportError> + Send + 'static,
) -> Result<T, ImportError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(ImportError::Fetch(format!("the download was cut off: {error}"))))
}

/// Every price list that is wanted, by the indexes.
fn list(
    client: &Client,
    catalog: &Catalog,
    options: &RefreshOptions,
    progress: &Progress,
) -> Result<Vec<Listed>, ImportError> {
    let meters = Meters::of(catalog);
    let known: Vec<&str> = meters.regions().collect();
    for region in &options.regions {
        if !known.contains(&region.as_str()) {
            return Err(unknown("Region", region, known.iter().copied()));
        }
    }
    let read = |path: &str, reader: fn(&[u8]) -> Result<Vec<RegionFile>, String>| {
        progress.go_on()?;
        reader(&client.index(path)?).map_err(|error| ImportError::Fetch(format!("{}: {error}", client.url(path))))
    };
    let offers = index::services(&client.index(SERVICE_INDEX)?)
        .map_err(|error| ImportError::Fetch(format!("{}: {error}", client.url(SERVICE_INDEX))))?;
    for code in &options.services {
        if !offers.iter().any(|offer| offer.offer_code == *code) {
            return Err(unknown("service of AWS's index", code, offers.iter().map(|offer| offer.offer_code.as_str())));
        }
    }
    let is_wanted = |offer: &&Offer| {
        if options.services.is_empty() {
            meters.knows_service(&offer.offer_code)
        } else {
            options.services.contains(&offer.offer_code)
        }
    };
    let mut indexes: Vec<&str> = Vec::new();
    for offer in offers.iter().filter(is_wanted) {
        for path in [&offer.current_region_index_url, &offer.current_savings_plan_index_url] {
            if !path.is_empty() && !indexes.contains(&path.as_str()) {
                indexes.push(path);
            }
        }
    }
    let mut listed = Vec::new();
    for path in indexes {
        for RegionFile { region, url } in read(path, index::regions)? {
            let wanted = if options.regions.is_empty() {
                known.contains(&region.as_str())
            } else {
                options.regions.contains(&region)
            };
            if wanted {
                // CSV is the smaller form, and the same data.
                let path = url.strip_suffix(".json").map(|stem| format!("{stem}.csv")).unwrap_or(url);
                listed.push(Listed { region, path });
            }
        }
    }
    Ok(listed)
}

fn unknown<'n>(what: &str, found: &str, known: impl Iterator<Item = &'n str>) -> ImportError {
    let hint = nearest(found, known).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
    ImportError::Fetch(format!("`{found}` is no {what}{hint}"))
}

/// Downloads files into a folder, and opens them.
fn fetch_all(
    client: &Client,
    wanted: &[Listed],
    folder: &Path,
    progress: &Progress,
) -> Result<(Vec<Source>, Vec<PathBuf>), ImportError> {
    let failed = |path: &Path, source: io::Error| ImportError::Open { path: path.to_owned(), source };
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let mut sources = Vec::with_capacity(wanted.len());
    let mut paths = Vec::with_capacity(wanted.len());
    for file in wanted {
        let name: String = file
            .path
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '_' })
            .collect();
        let path = folder.join(name.trim_start_matches('_'));
        if !path.exists() {
            let mut part = path.clone().into_os_string();
            part.push(".part");
            let part = PathBuf::from(part);
            client.download(&file.path, &part, progress)?;
            fs::rename(&part, &path).map_err(|error| failed(&path, error))?;
        }
        let source = Source::file(&path).map_err(|error| failed(&path, error))?;
        let name = file.path.rsplit('/').take(4).collect::<Vec<_>>();
        let name = name.into_iter().rev().collect::<Vec<_>>().join("/");
        sources.push(Source {
            name,
            url: Some(client.url(&file.path)),
            complete_for: Some(file.region.clone()),
            ..source
        });
        paths.push(path);
    }
    Ok((sources, paths))
}

/// Asks the server.
#[derive(Debug, Clone)]
struct Client {
    agent: Agent,
    base_url: String,
    first_wait: Duration,
}

/// Why a try did not end well.
enum Failed {
    /// It may go well the next time, after at least so long.
    Again(String, Option<Duration>),
    /// It will not.
    ForGood(ImportError),
}

impl From<ureq::Error> for Failed {
    fn from(error: ureq::Error) -> Self {
        match error {
            ureq::Error::BadUri(_) | ureq::Error::Http(_) | ureq::Error::Tls(_) | ureq::Error::Rustls(_) => {
                Self::ForGood(ImportError::Fetch(error.to_string()))
            }
            error => Self::Again(error.to_string(), None),
        }
    }
}

impl Client {
    fn new(options: &RefreshOptions) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .user_agent(concat!("crossover/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(ANSWER_TIME))
            .timeout_recv_response(Some(ANSWER_TIME))
            .timeout_per_read(Some(STANDSTILL))
            .build();
        let base_url = options.base_url.trim_end_matches('/').to_owned();
        Self { agent: agent.into(), base_url, first_wait: options.first_wait }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// Reads an index whole.
    fn index(&self, path: &str) -> Result<Vec<u8>, ImportError> {
        self.persist(path, || {
            let response = self.answer(path, 0)?;
            let mut text = Vec::new();
            let mut body = response.into_body().into_reader().take(MAX_INDEX_BYTES);
            body.read_to_end(&mut text).map_err(|error| Failed::Again(error.to_string(), None))?;
            Ok((text, true))
        })
    }

    /// Downloads a file, and goes on where an earlier try stopped.
    fn download(&self, path: &str, part: &Path, progress: &Progress) -> Result<(), ImportError> {
        let here = |source: io::Error| Failed::ForGood(ImportError::Open { path: part.to_owned(), source });
        self.persist(path, || {
            let mut file = OpenOptions::new().create(true).append(true).open(part).map_err(here)?;
            let had = file.metadata().map_err(here)?.len();
            let response = self.answer(path, had)?;
            if response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
                // There is nothing past what is here: either it is whole, or it is another file.
                if total_size(&response) == Some(had) {
                    return Ok(((), true));
                }
                file.set_len(0).map_err(here)?;
                return Err(Failed::Again("the server has less than was downloaded before".to_owned(), None));
            }
            if had > 0 && response.status() != StatusCode::PARTIAL_CONTENT {
                file.set_len(0).map_err(here)?;
                file.rewind().map_err(here)?;
            }
            let total = total_size(&response);
            let copied = copy(response, &mut file, progress).map_err(|failed| match failed {
                Copy::Read(error) => Failed::Again(format!("the download was cut: {error}"), None),
                Copy::Write(error) => here(error),
                Copy::Stopped(error) => Failed::ForGood(error),
            });
            let has = file.metadata().map_err(here)?.len();
            match (copied, total) {
                // What has been gained makes the next try a first one.
                (Err(Failed::Again(..)), _) if has > had => Ok(((), false)),
                (Err(failed), _) => Err(failed),
                (Ok(()), Some(total)) if has < total => Ok(((), false)),
                (Ok(()), _) => Ok(((), true)),
            }
        })
    }

    /// Tries until it goes well, or for good it will not. A try that has got further and is not done is not counted.
    fn persist<T>(&self, path: &str, mut attempt: impl FnMut() -> Result<(T, bool), Failed>) -> Result<T, ImportError> {
        let mut failures = 0;
        loop {
            let (why, wait) = match attempt() {
                Ok((done, true)) => return Ok(done),
                Ok((_, false)) => {
                    failures = 0;
                    (String::new(), None)
                }
                Err(Failed::ForGood(error)) => return Err(error),
                Err(Failed::Again(why, wait)) => {
                    failures = u32::saturating_add(failures, 1);
                    (why, wait)
                }
            };
            if failures >= TRIES {
                let url = self.url(path);
                return Err(ImportError::Fetch(format!("{url} could not be fetched in {TRIES} tries: {why}")));
            }
            let doubled = self.first_wait.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)));
            thread::sleep(wait.unwrap_or_default().max(doubled).min(LONGEST_WAIT));
        }
    }

    /// Asks for a path, from a byte on.
    fn answer(&self, path: &str, from: u64) -> Result<Response<ureq::Body>, Failed> {
        let url = self.url(path);
        if !path.starts_with('/') || path.contains("..") {
            let error = format!("the index names `{path}`; expected a path from the root of the site");
            return Err(Failed::ForGood(ImportError::Fetch(error)));
        }
        let mut request = self.agent.get(&url);
        if from > 0 {
            request = request.header("Range", format!("bytes={from}-"));
        }
        let response = request.call()?;
        let status = response.status();
        let said = || format!("{url} answers {status}");
        match status.as_u16() {
            200 | 206 => Ok(response),
            416 if from > 0 => Ok(response),
            429 | 500..=599 => {
                let wait = response.headers().get("Retry-After").and_then(|value| value.to_str().ok()?.parse().ok());
                Err(Failed::Again(said(), wait.map(Duration::from_secs)))
            }
            _ => Err(Failed::ForGood(ImportError::Fetch(said()))),
        }
    }
}

/// The size of the whole file, by the head of an answer.
fn total_size(response: &Response<ureq::Body>) -> Option<u64> {
    let header = |name| response.headers().get(name).and_then(|value: &ureq::http::HeaderValue| value.to_str().ok());
    match header("Content-Range") {
        Some(range) => range.rsplit_once('/')?.1.parse().ok(),
        None => header("Content-Length")?.parse().ok(),
    }
}

/// Which side of a copy failed.
enum Copy {
    Read(io::Error),
    Write(io::Error),
    Stopped(ImportError),
}

fn copy(response: Response<ureq::Body>, file: &mut File, progress: &Progress) -> Result<(), Copy> {
    let mut body = response.into_body().into_reader();
    let mut chunk = vec![0; CHUNK];
    loop {
        progress.go_on().map_err(Copy::Stopped)?;
        let read = body.read(&mut chunk).map_err(Copy::Read)?;
        if read == 0 {
            return file.flush().map_err(Copy::Write);
        }
        file.write_all(chunk.get(..read).unwrap_or_default()).map_err(Copy::Write)?;
        progress.bytes.fetch_add(u64::try_from(read).unwrap_or_default(), Ordering::Relaxed);
    }
}
