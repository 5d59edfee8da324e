//! What a caller sees when something is wrong: RFC 9457 problem details, made in one place.
//!
//! A handler fails with an [`ApiError`]. It carries the domain's problems and where they lie; the status follows from
//! the code by the one table [`status`]. The body is written by [`fill_in_problem`], which knows the request id.
//! What failed on our side goes to the log, never to the caller.

use std::fmt;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::observe::RequestId;
use super::openapi::table_of_codes;
use crate::app::answer::MissingMeterView;
use crate::domain::problem::{Code, Problem, Problems, nearest};
use crate::storage::StorageError;

/// The media type of problem details.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// The status of a code: the one table. A name that is unknown in the path is 404 whatever its code.
pub fn status(code: Code) -> StatusCode {
    match code {
        Code::Malformed => StatusCode::BAD_REQUEST,
        Code::WrongType
        | Code::MissingField
        | Code::UnknownField
        | Code::UnknownValue
        | Code::OutOfRange
        | Code::NotWhole
        | Code::Conflict
        | Code::UnknownService
        | Code::UnknownDecision
        | Code::UnknownArchitecture
        | Code::UnknownRegion
        | Code::UnknownEdition
        | Code::UnknownPriceBook
        | Code::PriceNotAvailable
        | Code::NotPiecewiseLinear => StatusCode::UNPROCESSABLE_ENTITY,
        Code::Unauthorized => StatusCode::UNAUTHORIZED,
        Code::WritesDisabled => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
        Code::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
        Code::TooManyImports => StatusCode::TOO_MANY_REQUESTS,
        Code::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
        Code::NotReady => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Where in the request the problems lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the body; pointers are JSON Pointers.
    Body,
    /// In the path; the pointer is the name of the parameter.
    Path,
    /// In the query; the pointer is the name of the parameter.
    Query,
    /// In no one place: the method, the headers, our own failure.
    Request,
}

/// Why a request failed.
#[derive(Debug, Clone)]
pub struct ApiError {
    place: Place,
    problems: Vec<Problem>,
    /// The header that a failure of this kind must have.
    header: Option<(HeaderName, String)>,
    /// What goes to the log and not to the caller.
    cause: Option<String>,
}

/// The outcome of a handler.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    fn at(place: Place, problems: Vec<Problem>) -> Self {
        Self { place, problems, header: None, cause: None }
    }

    /// Something is wrong in the path; the pointer of the problem is the name of the parameter.
    pub fn in_path(problem: Problem) -> Self {
        Self::at(Place::Path, vec![problem])
    }

    /// Something is wrong in the query; the pointers of the problems are the names of the parameters.
    pub fn in_query(problems: Vec<Problem>) -> Self {
        Self::at(Place::Query, problems)
    }

    /// Something is wrong with the request as a whole.
    pub fn of_request(code: Code, detail: impl Into<String>) -> Self {
        Self::at(Place::Request, vec![Problem::new(code, "", detail)])
    }

    /// The path exists, the method does not.
    pub fn method_not_allowed(found: &Method, allow: &str) -> Self {
        let detail = format!("`{found}` is not allowed here; allowed are {allow}");
        Self { header: Some((ALLOW, allow.to_owned())), ..Self::of_request(Code::MethodNotAllowed, detail) }
    }

    /// With what a caller must show to be let in.
    #[must_use]
    pub fn challenging(self, challenge: &str) -> Self {
        Self { header: Some((WWW_AUTHENTICATE, challenge.to_owned())), ..self }
    }

    /// With the same hint on every problem.
    #[must_use]
    pub fn hinting(mut self, hint: &str) -> Self {
        for problem in &mut self.problems {
            problem.hint = Some(hint.to_owned());
        }
        self
    }

    /// The path does not exist. `known` are the paths that do.
    pub fn not_found<'a>(path: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let trimmed = path.trim_end_matches('/');
        let hint = match nearest(trimmed, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => Code::NotFound.help().to_owned(),
        };
        let problem = Problem::new(Code::NotFound, "", format!("there is nothing at `{path}`")).hinting(hint);
        Self::at(Place::Request, vec![problem])
    }

    /// Our own failure. The cause goes to the log, with the request id; the caller gets the id.
    pub fn internal(cause: impl fmt::Display) -> Self {
        // The alternate form of an `anyhow::Error` is its whole chain.
        let cause = Some(format!("{cause:#}"));
        Self { cause, ..Self::of_request(Code::Internal, "") }
    }

    /// The store failed. Where another process keeps it locked, the caller may try again, and where the disk is full the
    /// operator can mend it; else it is our own failure.
    pub fn of_store(error: StorageError) -> Self {
        if matches!(error, StorageError::Busy { .. }) {
            let detail = "another process is writing to the price store; try again in a moment";
            return Self { cause: Some(error.to_string()), ..Self::of_request(Code::NotReady, detail) };
        }
        if matches!(error, StorageError::Full { .. }) {
            let detail = "there is no room left for the price store; nothing was changed";
            return Self { cause: Some(error.to_string()), ..Self::of_request(Code::StorageFull, detail) };
        }
        Self::internal(anyhow::Error::from(error))
    }

    /// The code of the first problem, which decides the status.
    pub fn code(&self) -> Code {
        self.problems.first().map_or(Code::Internal, |problem| problem.code)
    }

    /// The first problem; where it is a failure of ours, with its cause.
    pub fn into_problem(self) -> Problem {
        let cause = self.cause();
        let first = self.problems.into_iter().next();
        match (first, cause) {
            (Some(problem), None) => problem,
            (_, cause) => Problem::new(Code::Internal, "", cause.unwrap_or_default()),
        }
    }

    /// What goes to the log and not to the caller.
    pub fn cause(&self) -> Option<String> {
        if self.cause.is_some() || self.code() != Code::Internal {
            return self.cause.clone();
        }
        // A failure of ours that the lower floors found, such as a rule that cites a fact that is not in the data.
        Some(Problems(self.problems.clone()).to_string())
    }

    /// The body, as the caller sees it.
    pub fn to_view(&self, request_id: &str) -> ProblemView {
        let code = self.code();
        if code == Code::Internal {
            let detail = "the service failed; its log has the reason under this request id";
            return ProblemView::new(self.status_code(), &Problem::new(code, "", detail), Place::Request, request_id);
        }
        let first = self.problems.first().cloned().unwrap_or_else(|| Problem::new(code, "", code.title()));
        let mut view = ProblemView::new(self.status_code(), &first, self.place, request_id);
        if self.problems.len() > 1 {
            view.errors = self.problems.iter().map(|problem| MistakeView::new(problem, self.place)).collect();
        }
        view
    }
}

impl From<Problems> for ApiError {
    /// Something is wrong in the body.
    fn from(problems: Problems) -> Self {
        Self::at(Place::Body, problems.0)
    }
}

impl From<Problem> for ApiError {
    /// Something is wrong in the body.
    fn from(problem: Problem) -> Self {
        Self::at(Place::Body, vec![problem])
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(), Problems(self.problems.clone()))
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        match self.place {
            Place::Path => StatusCode::NOT_FOUND,
            Place::Body | Place::Query | Place::Request => status(self.code()),
        }
    }

    /// The head of the response. [`fill_in_problem`] writes the body.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::build(self.status_code());
        if let Some((name, value)) = &self.header {
            response.insert_header((name.clone(), value.as_str()));
        }
        let mut response = response.finish();
        response.extensions_mut().insert(self.clone());
        response
    }
}

/// What the log should say about a failed request.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The code of the problem.
    pub code: Code,
    /// The reason of a failure of ours.
    pub cause: Option<String>,
}

/// Middleware: writes the problem body of every response that failed, with the id of the request.
///
/// # Errors
/// None of its own.
pub async fn fill_in_problem(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut response = next.call(request).await?.map_into_boxed_body();
    let stated = response.response_mut().extensions_mut().remove::<ApiError>();
    let error = match stated {
        Some(error) => error,
        None if response.status().is_client_error() || response.status().is_server_error() => foreign(&response),
        None => return Ok(response),
    };
    let failure = Failure { code: error.code(), cause: error.cause() };
    let view = error.to_view(&request_id(response.request()));
    let body = serde_json::to_vec(&view)?;
    let mut response = response.map_body(|_, _| BoxBody::new(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    response.response_mut().extensions_mut().insert(failure);
    Ok(response)
}

/// The error behind a failure that is not made here: actix's own extractors.
fn foreign(response: &ServiceResponse) -> ApiError {
    let reason = response.response().error().map(ToString::to_string).unwrap_or_default();
    match response.status() {
        StatusCode::NOT_FOUND => ApiError::not_found(response.request().path(), []),
        StatusCode::BAD_REQUEST => {
            ApiError::of_request(Code::Malformed, format!("the request cannot be read: {reason}"))
        }
        status => ApiError::internal(format!("an unforeseen {status}: {reason}")),
    }
}

fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default()
}

/// A code as it goes over the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeView(pub Code);

impl Serialize for CodeView {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

impl PartialSchema for CodeView {
    fn schema() -> RefOr<Schema> {
        let codes = Code::ALL.iter().map(|code| code.as_str());
        RefOr::T(Schema::Object(
            ObjectBuilder::new()
                .schema_type(utoipa::openapi::schema::Type::String)
                .enum_values(Some(codes))
                .description(Some(format!(
                    "What kind of problem this is. A code is stable and never removed; new ones may be added. A service, \
                     decision, edition or price book that is unknown in the path is 404.\n\n{}",
                    table_of_codes()
                )))
                .build(),
        ))
    }
}

impl ToSchema for CodeView {
    fn name() -> std::borrow::Cow<'static, str> {
        "ProblemCode".into()
    }
}

/// What is wrong with a request, as RFC 9457 has it. Where several values are wrong, the members describe the first and
/// `errors` lists all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemView {
    /// Where this kind of problem is explained, relative to the service.
    #[serde(rename = "type")]
    #[schema(example = "/docs/problems#unknown_field")]
    pub kind: String,
    /// A short title, the same for every problem of this code.
    #[schema(example = "A field is not known")]
    pub title: &'static str,
    /// The HTTP status.
    #[schema(example = 422)]
    pub status: u16,
    /// What was found and what is allowed.
    #[schema(example = "the field `conections` is not known here")]
    pub detail: String,
    /// What kind of problem this is.
    #[schema(example = "unknown_field")]
    pub code: CodeView,
    /// The place in the body, as a JSON Pointer (RFC 6901); empty for the whole body. Only for mistakes in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/usage/conections")]
    pub pointer: Option<String>,
    /// The parameter of the path or of the query that is wrong. Only for mistakes there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "region")]
    pub parameter: Option<String>,
    /// The allowed values, where they are few.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["connections", "data_out_gb"]))]
    pub allowed: Vec<String>,
    /// The nearest known name, or the fix.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "did you mean `connections`?")]
    pub hint: Option<String>,
    /// The id of the request, as in the `X-Request-Id` header and in the log of the service.
    #[schema(example = "019355c1-8f70-7c3e-9d65-2f1b6a1c0e11")]
    pub request_id: String,
    /// All meters without a price, for `price_not_available`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing_meters: Vec<MissingMeterView>,
    /// All mistakes, where there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<MistakeView>,
}

/// One of several mistakes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Mistake)]
pub struct MistakeView {
    /// What kind of mistake this is.
    #[schema(example = "out_of_range")]
    pub code: CodeView,
    /// What was found and what is allowed.
    #[schema(example = "`data_out_gb` is -1; it must be from 0 to 1000000000000")]
    pub detail: String,
    /// The place in the body, as a JSON Pointer (RFC 6901). Only for mistakes in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/usage/data_out_gb")]
    pub pointer: Option<String>,
    /// The parameter of the path or of the query that is wrong. Only for mistakes there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "limit")]
    pub parameter: Option<String>,
    /// The allowed values, where they are few.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["standard", "large"]))]
    pub allowed: Vec<String>,
    /// The nearest known name, or the fix.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "did you mean `standard`?")]
    pub hint: Option<String>,
}

impl ProblemView {
    fn new(status: StatusCode, problem: &Problem, place: Place, request_id: &str) -> Self {
        let MistakeView { code, detail, pointer, parameter, allowed, hint } = MistakeView::new(problem, place);
        Self {
            kind: format!("/docs/problems#{}", code.0),
            title: code.0.title(),
            status: status.as_u16(),
            detail,
            code,
            pointer,
            parameter,
            allowed,
            hint,
            request_id: request_id.to_owned(),
            missing_meters: problem.missing.iter().map(MissingMeterView::from).collect(),
            errors: Vec::new(),
        }
    }
}

impl MistakeView {
    fn new(problem: &Problem, place: Place) -> Self {
        let pointer = problem.pointer.clone();
        let (pointer, parameter) = match place {
            Place::Body => (Some(pointer), None),
            Place::Path | Place::Query => (None, Some(pointer)),
            Place::Request => (None, None),
        };
        Self {
            code: CodeView(problem.code),
            detail: problem.detail.clone(),
            pointer,
            parameter,
            allowed: problem.allowed.clone(),
            hint: problem.hint.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_status_a_title_and_a_line_of_help() {
        for code in Code::ALL {
            assert!(status(*code).is_client_error() || status(*code).is_server_error(), "{code}");
            assert!(!code.title().is_empty() && !code.title().ends_with('.'), "{code}");
            assert!(code.help().ends_with('.'), "{code}");
            assert!(code.as_str().chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{code}");
        }
    }

    #[test]
    fn our_own_failures_keep_their_reason_to_themselves() {
        let error = ApiError::from(Problem::new(Code::Internal, "", "the fact `x` is not in the data"));
        assert!(error.cause().expect("a cause").contains("the fact `x`"));
        let view = serde_json::to_string(&error.to_view("an-id")).expect("JSON");
        assert!(!view.contains("fact"), "{view}");
        assert!(view.contains("an-id"), "{view}");
    }

    #[test]
    fn several_mistakes_are_all_listed() {
        let problems = Problems(vec![
            Problem::new(Code::OutOfRange, "/usage/a", "one"),
            Problem::new(Code::UnknownRegion, "/region", "two"),
        ]);
        let view = ApiError::from(problems).to_view("an-id");
        assert_eq!(view.status, 422);
        assert_eq!(view.pointer.as_deref(), Some("/usage/a"));
        assert_eq!(view.errors.len(), 2);
        assert_eq!(ApiError::from(Problem::new(Code::WrongType, "", "one")).to_view("an-id").errors, []);
    }
}
