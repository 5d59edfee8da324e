//! Uploads of AWS price lists, and how far their import is.
//!
//! An upload is written to a file without a name beside the database as it arrives, and never held in memory. Then it
//! is imported in the background; the answer names the import, and the caller asks how far it is. One import runs at a
//! time; a few wait, and more are refused.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::web::{Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use actix_web::http::StatusCode;

use super::admin::Admin;
use super::error::{ApiError, ApiResult};
use super::openapi::{ADMIN, Api, CATALOG, Endpoint, NAMED, QUERY, date_schema, in_path, in_query, text_schema};
use super::query::Params;
use super::route::{at, get, json as json_answer};
use super::state::State;
use crate::catalog::table::{date_from_text, price_from_text};
use crate::domain::problem::{Code, Problem};
use crate::import::{ImportOptions, MAX_JUMP, Progress, SharedProgress, Source, import};
use crate::storage::Store;

mod receive;
mod view;

use receive::{check_head, receive};
pub use view::{ImportFailure, ImportMistake, ImportReportView, ImportedFileView};

/// How many imports are remembered.
const KEPT: usize = 32;
/// How many may run and wait at once.
const MAX_UNDER_WAY: usize = 4;
/// How many changes a report shows; the difference of the editions has all.
const SHOWN: usize = 100;
/// The parameters of an upload.
const PARAMETERS: &[&str] = &["name", "activate", "dry_run", "all", "skip_unknown_regions", "max_jump", "valid_to"];
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
