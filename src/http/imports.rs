//! Uploads of AWS price lists, and how far their import is.
//!
//! An upload is written to a file without a name beside the database as it arrives, and never held in memory. Then it
//! is imported in the background; the answer names the import, and the caller asks how far it is. One import runs at a
//! time; a few wait, and more are refused.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::path::Path as FilePath;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::{Bytes, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt as _;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use actix_web::http::StatusCode;

use super::admin::Admin;
use super::diff::{DiffCounts, PlaceCounts, PriceChange};
use super::error::{ApiError, ApiResult};
use super::openapi::{ADMIN, Api, CATALOG, Endpoint, NAMED, QUERY, date_schema, in_path, in_query, text_schema};
use super::query::Params;
use super::route::{at, get, json as json_answer};
use super::state::State;
use crate::catalog::mistake::{DataError, DataErrors};
use crate::catalog::table::{date_from_text, price_from_text};
use crate::domain::problem::{Code, Problem};
use crate::import::{
    FileReport, ImportError, ImportOptions, ImportReport, MAX_JUMP, Progress, SharedProgress, Source, import,
};
use crate::storage::{StorageError, Store};

/// The largest upload: 16 GiB. The largest price list of AWS has less than 10.
const MAX_BYTES: u64 = 16 * 1024 * 1024 * 1024;
/// How many imports are remembered.
const KEPT: usize = 32;
/// How many may run and wait at once.
const MAX_UNDER_WAY: usize = 4;
/// How many changes a report shows; the difference of the editions has all.
const SHOWN: usize = 100;
/// How many pieces of an upload wait to be written.
const PIECES: usize = 8;
/// The parameters of an upload.
const PARAMETERS: &[&str] = &["name", "activate", "dry_run", "all", "skip_unknown_regions", "max_jump", "valid_to"];
/// The content types of price lists. Which it is, the content itself says.
const CONTENT_TYPES: [&str; 6] = [
    "text/csv",
    "application/json",
    "application/gzip",
    "application/x-gzip",
    "application/octet-stream",
    "text/plain",
];
/// The problems of an upload.
const UPLOAD: &[StatusCode] = &[
    StatusCode::BAD_REQUEST,
    StatusCode::REQUEST_TIMEOUT,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    StatusCode::TOO_MANY_REQUESTS,
    StatusCode::INSUFFICIENT_STORAGE,
];

/// The imports of this service.
#[derive(Debug)]
pub struct Imports {
    jobs: Mutex<VecDeque<Arc<Job>>>,
    next: AtomicU64,
    one_at_a_time: tokio::sync::Mutex<()>,
}

impl Default for Imports {
    fn default() -> Self {
        Self { jobs: Mutex::default(), next: AtomicU64::new(1), one_at_a_time: tokio::sync::Mutex::new(()) }
    }
}

/// One import.
#[derive(Debug)]
struct Job {
    id: u64,
    name: String,
    progress: SharedProgress,
    outcome: Mutex<Outcome>,
}

#[derive(Debug, Clone)]
enum Outcome {
    Receiving,
    Waiting,
    Running,
    Done(Box<ImportReportView>),
    Failed(ImportFailure),
}

impl Imports {
    /// Notes a new import, unless too many are under way.
    fn begin(&self, name: &str) -> ApiResult<Arc<Job>> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        if jobs.iter().filter(|job| job.is_under_way()).count() >= MAX_UNDER_WAY {
            let detail = format!("{MAX_UNDER_WAY} imports are under way, the most there may be");
            return Err(ApiError::of_request(Code::TooManyImports, detail));
        }
        let job = Arc::new(Job {
            id: self.next.fetch_add(1, Ordering::Relaxed),
            name: name.to_owned(),
            progress: Arc::new(Progress::default()),
            outcome: Mutex::new(Outcome::Receiving),
        });
        jobs.push_back(Arc::clone(&job));
        if jobs.len() > KEPT
            && let Some(at) = jobs.iter().position(|job| !job.is_under_way())
        {
            jobs.remove(at);
        }
        Ok(job)
    }

    fn find(&self, id: &str) -> Option<Arc<Job>> {
        let id: u64 = id.parse().ok()?;
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.iter().find(|job| job.id == id).cloned()
    }

    fn forget(&self, id: u64) {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).retain(|job| job.id != id);
    }
}

impl Job {
    fn set(&self, outcome: Outcome) {
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = outcome;
    }

    fn outcome(&self) -> Outcome {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_under_way(&self) -> bool {
        matches!(self.outcome(), Outcome::Receiving | Outcome::Waiting | Outcome::Running)
    }
}

/// Forgets an import whose upload does not arrive whole.
struct Receiving<'i> {
    imports: &'i Imports,
    job: Arc<Job>,
    arrived: bool,
}

impl Drop for Receiving<'_> {
    fn drop(&mut self) {
        if !self.arrived {
            self.imports.forget(self.job.id);
        }
    }
}

/// How far an import is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportStatus {
    /// Its id, for `GET /v1/imports/{import}`. It is known to this process only, until it ends or 31 others came after.
    #[schema(example = 1)]
    id: u64,
    /// The name of the upload.
    #[schema(example = "AWSELB-eu-west-2.csv")]
    name: String,
    /// `receiving`, `waiting`, `reading`, `writing`, `done` or `failed`.
    #[schema(example = "done")]
    state: &'static str,
    /// Bytes that have been read.
    bytes_read: u64,
    /// Bytes of the upload; 0 where that is not known yet.
    bytes_total: u64,
    /// Rows that have been read.
    rows_read: u64,
    /// What it did; null until it is done.
    report: Option<ImportReportView>,
    /// Why it failed; null unless it did. Nothing is changed then.
    failure: Option<ImportFailure>,
}

impl ImportStatus {
    fn of(job: &Job) -> Self {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let writing = job.progress.writing.load(Ordering::Relaxed);
        let (state, report, failure) = match job.outcome() {
            Outcome::Receiving => ("receiving", None, None),
            Outcome::Waiting => ("waiting", None, None),
            Outcome::Running => (if writing { "writing" } else { "reading" }, None, None),
            Outcome::Done(report) => ("done", Some(*report), None),
            Outcome::Failed(failure) => ("failed", None, Some(failure)),
        };
        Self {
            id: job.id,
            name: job.name.clone(),
            state,
            bytes_read: count(&job.progress.bytes),
            bytes_total: count(&job.progress.total),
            rows_read: count(&job.progress.rows),
            report,
            failure,
        }
    }
}

/// Why an import failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportFailure {
    /// What went wrong.
    #[schema(example = "the price list has 1 mistake; nothing was imported")]
    detail: String,
    /// The mistakes in the price list, the first 100 of them.
    mistakes: Vec<ImportMistake>,
    /// How many there are in all.
    #[schema(example = 1)]
    mistakes_total: usize,
}

/// A mistake in a price list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportMistake {
    /// The file.
    file: String,
    /// The line, from 1; null where the file has none (JSON) or it is about the whole file.
    line: Option<u64>,
    /// The column; in JSON with the rate code. Null where it is about the whole line.
    column: Option<String>,
    /// What was found.
    found: String,
    /// What is allowed.
    expected: String,
}

impl From<&DataError> for ImportMistake {
    fn from(error: &DataError) -> Self {
        Self {
            file: error.file.clone(),
            line: error.line,
            column: error.column.as_ref().map(ToString::to_string),
            found: error.found.clone(),
            expected: error.expected.clone(),
        }
    }
}

impl ImportFailure {
    /// What a caller is told: mistakes of the file in full, of our own failures only that there was one.
    fn of(error: &ImportError) -> Self {
        let detail = match error {
            ImportError::Mistakes(DataErrors { errors, total }) => {
                return Self {
                    detail: match total {
                        1 => "the price list has 1 mistake; nothing was imported".to_owned(),
                        total => format!("the price list has {total} mistakes; nothing was imported"),
                    },
                    mistakes: errors.iter().map(ImportMistake::from).collect(),
                    mistakes_total: *total,
                };
            }
            ImportError::Read(_) | ImportError::Staging(_) | ImportError::Stopped | ImportError::Fetch(_) => {
                error.to_string()
            }
            ImportError::Storage(StorageError::Full { .. }) => {
                "there is no room left for the price store; nothing was changed".to_owned()
            }
            ImportError::Storage(StorageError::Busy { .. }) => {
                "another process is writing to the price store; nothing was changed, try again".to_owned()
            }
            _ => "the service failed; its log has the reason. Nothing was changed".to_owned(),
        };
        Self { detail, mistakes: Vec::new(), mistakes_total: 0 }
    }
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportReportView {
    /// The new edition; null where nothing has changed, and in a dry run.
    #[schema(example = 2)]
    edition: Option<u32>,
    /// The edition it was made from; null where there is no new one.
    #[schema(example = 1)]
    based_on: Option<u32>,
    /// Whether the new edition is served.
    activated: bool,
    /// Whether this only says what would change.
    dry_run: bool,
    /// The files.
    files: Vec<ImportedFileView>,
    /// How many meters the files price.
    meters: u64,
    /// How much changes.
    summary: DiffCounts,
    /// The same by service code and Region.
    by_place: Vec<PlaceCounts>,
    /// The first 100 changes; the difference of the two editions has all.
    changes: Vec<PriceChange>,
    /// What should be known: the first 100.
    warnings: Vec<String>,
    /// How many warnings there are.
    warnings_total: usize,
}

impl ImportReportView {
    /// A report as it is shown, with so many changes.
    pub fn of(report: &ImportReport, shown: usize) -> Self {
        Self {
            edition: report.written.map(|written| written.edition),
            based_on: report.written.map(|written| written.based_on),
            activated: report.written.is_some_and(|written| written.activated),
            dry_run: report.dry_run,
            files: report.files.iter().map(ImportedFileView::from).collect(),
            meters: report.meters,
            summary: DiffCounts::from(&report.summary.total),
            by_place: PlaceCounts::of(&report.summary),
            changes: report.changes.iter().take(shown).map(PriceChange::from).collect(),
            warnings: report.warnings.clone(),
            warnings_total: report.warnings_total,
        }
    }
}

/// A price list and what became of its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportedFileView {
    /// Its name.
    name: String,
    /// The code of the offer.
    #[schema(example = "AWSELB")]
    offer_code: String,
    /// Its version.
    version: String,
    /// When it was published.
    #[schema(example = "2026-08-31T09:22:55Z")]
    published_at: String,
    /// Its SHA-256, as it came.
    sha256: String,
    /// Its size, as it came.
    bytes: u64,
    /// Rows with a price.
    rows: u64,
    /// Rows that price a meter.
    rows_kept: u64,
    /// Rows that no service here meters.
    rows_unmatched: u64,
    /// Rows of Local Zones, Wavelength Zones, GovCloud and China.
    rows_outside: u64,
    /// Rows that state free allowances.
    rows_free: u64,
    /// Rows of Regions that are not known and were left out.
    rows_of_unknown_regions: u64,
}

impl From<&FileReport> for ImportedFileView {
    fn from(report: &FileReport) -> Self {
        let FileReport { file, counts } = report;
        Self {
            name: file.name.clone(),
            offer_code: file.offer_code.clone(),
            version: file.version.clone(),
            published_at: file.published_at.clone(),
            sha256: file.sha256.clone(),
            bytes: file.bytes,
            rows: counts.rows,
            rows_kept: counts.kept,
            rows_unmatched: counts.unmatched,
            rows_outside: counts.outside,
            rows_free: counts.free,
            rows_of_unknown_regions: counts
                .unknown_regions
                .values()
                .fold(0, |sum, rows| u64::saturating_add(sum, *rows)),
        }
    }
}

/// The routes. The upload itself is a method of the editions.
pub fn register(app: &mut ServiceConfig) {
    at(app, "/v1/imports/{import}", [get(status)]);
}

async fn status(id: Path<String>, request: HttpRequest, state: Data<State>) -> ApiResult<HttpResponse> {
    Params::of(&request, &[]).finish()?;
    let job = state.imports.find(&id).ok_or_else(|| {
        let problem = Problem::new(Code::NotFound, "import", format!("there is no import `{id}`"));
        ApiError::in_path(problem.hinting("imports are known to the process that ran them; see GET /v1/editions"))
    })?;
    json_answer(&ImportStatus::of(&job))
}

/// Takes an upload and begins its import.
pub async fn upload(_: Admin, request: HttpRequest, body: Payload, state: Data<State>) -> ApiResult<HttpResponse> {
    let (name, options) = options(&request)?;
    check_head(&request)?;
    let Some(store) = state.store().cloned() else {
        return Err(ApiError::internal("uploads need a store, and this service has none"));
    };
    let job = state.imports.begin(&name)?;
    let mut receiving = Receiving { imports: &state.imports, job: Arc::clone(&job), arrived: false };
    let file = receive(body, &store, state.limits.time, &job.progress).await?;
    receiving.arrived = true;
    drop(receiving);
    job.progress.bytes.store(0, Ordering::Relaxed);
    job.set(Outcome::Waiting);
    actix_web::rt::spawn(run(Arc::clone(&job), state.clone(), store, Source::reader(name, file), options));
    json_answer(&ImportStatus::of(&job))
}

/// Imports what has arrived.
async fn run(job: Arc<Job>, state: Data<State>, store: Store, source: Source, options: ImportOptions) {
    let _one_at_a_time = state.imports.one_at_a_time.lock().await;
    job.set(Outcome::Running);
    let outcome = match import(&store, vec![source], options, Arc::clone(&job.progress)).await {
        Ok(report) => {
            let view = ImportReportView::of(&report, SHOWN);
            tracing::info!(
                import = job.id,
                edition = view.edition,
                activated = view.activated,
                "imported a price list"
            );
            if view.activated
                && let Err(error) = state.follow_store().await
            {
                // The next look at the store makes up for it.
                tracing::warn!(%error, "the new edition is not served yet");
            }
            Outcome::Done(Box::new(view))
        }
        Err(error) => {
            tracing::warn!(import = job.id, error = %error, "a price list was not imported");
            Outcome::Failed(ImportFailure::of(&error))
        }
    };
    job.set(outcome);
}

/// What the query says about the import.
fn options(request: &HttpRequest) -> ApiResult<(String, ImportOptions)> {
    let mut params = Params::of(request, PARAMETERS);
    let name = params.text("name").unwrap_or("upload").to_owned();
    if name.is_empty() || name.len() > 255 || name.chars().any(char::is_control) {
        let detail = "`name` must have 1 to 255 bytes and no control character";
        params.problem(Problem::new(Code::OutOfRange, "name", detail));
    }
    let mut flag = |name: &str| {
        let text = params.text(name).map(str::to_owned);
        match text.as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(other) => {
                let detail = format!("`{name}` is `{other}`; it must be `true` or `false`");
                params.problem(Problem::new(Code::WrongType, name, detail));
                false
            }
        }
    };
    let mut options = ImportOptions {
        activate: flag("activate"),
        dry_run: flag("dry_run"),
        keep_all: flag("all"),
        skip_unknown_regions: flag("skip_unknown_regions"),
        ..ImportOptions::default()
    };
    if let Some(text) = params.text("max_jump").map(str::to_owned) {
        match max_jump(&text) {
            Ok(ratio) => options.max_jump = ratio,
            Err(detail) => params.problem(Problem::new(Code::OutOfRange, "max_jump", detail)),
        }
    }
    if let Some(text) = params.text("valid_to").map(str::to_owned) {
        options.valid_to = date_from_text(&text);
        if options.valid_to.is_none() {
            let detail = format!("`{text}` is not a date such as `2026-11-22`");
            params.problem(Problem::new(Code::WrongType, "valid_to", detail));
        }
    }
    params.finish()?;
    Ok((name, options))
}

/// Reads the largest ratio by which a price may rise or fall: a decimal of at least 1, or `none`.
///
/// # Errors
/// A sentence that says what is allowed.
pub fn max_jump(text: &str) -> Result<Option<Decimal>, String> {
    if text == "none" {
        return Ok(None);
    }
    match price_from_text(text) {
        Ok(ratio) if (Decimal::ONE..=Decimal::from(1_000_000)).contains(&ratio) => Ok(Some(ratio)),
        _ => Err(format!("the ratio is `{text}`; it must be a decimal from 1 to 1000000, or `none`")),
    }
}

/// Checks what the headers say about the upload.
fn check_head(request: &HttpRequest) -> ApiResult<()> {
    let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    let found = header(CONTENT_TYPE).unwrap_or_default();
    let essence = found.split(';').next().unwrap_or_default().trim();
    if !CONTENT_TYPES.iter().any(|known| essence.eq_ignore_ascii_case(known)) {
        let detail = format!(
            "the content type is `{found}`; send one of {}",
            CONTENT_TYPES.map(|t| format!("`{t}`")).join(", ")
        );
        return Err(ApiError::of_request(Code::UnsupportedMediaType, detail));
    }
    let length = header(CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if length.is_some_and(|length| length > MAX_BYTES) { Err(too_large()) } else { Ok(()) }
}

/// Writes an upload to a file without a name. It is gone when the process is, however it ends.
async fn receive(
    mut body: Payload,
    store: &Store,
    standstill: std::time::Duration,
    progress: &Progress,
) -> ApiResult<File> {
    let folder = store.path().parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(FilePath::new("."));
    let mut file = tempfile::tempfile_in(folder).map_err(|error| unwritten(&error))?;
    let (pieces, mut arriving) = tokio::sync::mpsc::channel::<Bytes>(PIECES);
    let writing = tokio::task::spawn_blocking(move || -> io::Result<File> {
        while let Some(piece) = arriving.blocking_recv() {
            file.write_all(&piece)?;
        }
        file.rewind()?;
        Ok(file)
    });
    let mut received: u64 = 0;
    loop {
        let piece = match tokio::time::timeout(standstill, body.next()).await {
            Err(_) => {
                let detail = format!("nothing of the body arrived for {} ms", standstill.as_millis());
                return Err(ApiError::of_request(Code::RequestTimeout, detail));
            }
            Ok(None) => break,
            Ok(Some(piece)) => piece.map_err(|error| {
                ApiError::from(Problem::new(Code::Malformed, "", format!("the body cannot be read: {error}")))
            })?,
        };
        received = received.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if received > MAX_BYTES {
            return Err(too_large());
        }
        progress.bytes.store(received, Ordering::Relaxed);
        if pieces.send(piece).await.is_err() {
            // The writer has stopped, and says why below.
            break;
        }
    }
    drop(pieces);
    let file = writing.await.map_err(ApiError::internal)?.map_err(|error| unwritten(&error))?;
    progress.total.store(received, Ordering::Relaxed);
    Ok(file)
}

fn too_large() -> ApiError {
    ApiError::of_request(Code::PayloadTooLarge, format!("the body is larger than {MAX_BYTES} bytes"))
}

fn unwritten(error: &io::Error) -> ApiError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            ApiError::of_request(Code::StorageFull, "there is no room left for the upload beside the database")
        }
        _ => ApiError::internal(format!("the upload cannot be written beside the database: {error}")),
    }
}

/// What the document says about them.
pub fn document(api: &mut Api) {
    let flag = |name: &str, about: &str| in_query(name, about, yes_or_no(), None);
    let jump = format!(
        "The largest ratio by which a price may rise or fall, from 1, or `none`. Left out: {MAX_JUMP}. A larger jump is a \
         mistake."
    );
    let parameters = vec![
        in_query("name", "What the file is called in messages.", text_schema(), Some(json!("AWSELB-eu-west-2.csv"))),
        flag("activate", "Serve the new edition at once. Left out: it is not served until it is activated."),
        in_query("dry_run", "Only say what would change.", yes_or_no(), Some(json!(true))),
        flag("all", "Keep rows that no service meters, for reference."),
        flag("skip_unknown_regions", "Leave Regions out that are not known. Left out: each is a mistake."),
        in_query("max_jump", &jump, text_schema(), None),
        in_query(
            "valid_to",
            "The first day on which the prices no longer hold, for a price list of the past.",
            date_schema(),
            None,
        ),
    ];
    let answer = api.schema::<ImportStatus>();
    let upload = Endpoint {
        method: HttpMethod::Post,
        path: "/v1/editions".to_owned(),
        id: "import_price_list".to_owned(),
        tag: "Prices",
        summary: "Import a price list of AWS".to_owned(),
        description: "Takes a price list as AWS publishes it, of a service or of Savings Plans, as CSV or JSON, plain or \
                      gzip, and makes an edition of it. The answer comes once the upload has arrived and names the \
                      import; `GET /v1/imports/{import}` tells how far it is and what it did. One mistake is enough for \
                      nothing to be changed, and all are reported."
            .to_owned(),
        parameters,
        body: None,
        answer: ("The import.", "application/json", answer.clone().into()),
        fails: [CATALOG, QUERY, ADMIN, UPLOAD].concat(),
    };
    api.add_upload(upload, &["text/csv", "application/json", "application/gzip"], EXAMPLE);
    api.add(Endpoint {
        method: HttpMethod::Get,
        path: "/v1/imports/{import}".to_owned(),
        id: "get_import".to_owned(),
        tag: "Prices",
        summary: "How far an import is".to_owned(),
        description: "The state of an import, what it did once it is done, and every mistake where it failed."
            .to_owned(),
        parameters: vec![in_path("import", "The id of the import.", text_schema(), "1")],
        body: None,
        answer: ("The import.", "application/json", answer.into()),
        fails: [CATALOG, NAMED, QUERY].concat(),
    });
}

fn yes_or_no() -> Object {
    ObjectBuilder::new().schema_type(Type::Boolean).default(Some(json!(false))).build()
}

/// A price list of one row.
const EXAMPLE: &str = "\"FormatVersion\",\"v1.0\"\n\
    \"Publication Date\",\"2026-08-31T09:22:55Z\"\n\
    \"Version\",\"20260831092255\"\n\
    \"OfferCode\",\"AWSELB\"\n\
    SKU,TermType,EffectiveDate,StartingRange,EndingRange,Unit,PricePerUnit,Currency,serviceCode,usageType,operation,\
    Region Code\n\
    6AP766DZF74JPTE2,OnDemand,2026-08-01,0,Inf,Hrs,0.0264600000,USD,AWSELB,EUW2-LoadBalancerUsage,\
    LoadBalancing:Application,eu-west-2\n";
