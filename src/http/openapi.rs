//! The OpenAPI document, made from the code: the routes describe themselves next to their handlers, and services and
//! decisions come from their lists, one concrete path each.
//!
//! The document is also checked in as `openapi/openapi.json`; a test fails where the two differ.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use serde_json::{Value, json};
use utoipa::openapi::path::{HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{KnownFormat, Object, SchemaFormat, SchemaType, Type};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, Content, ContentBuilder, Header, InfoBuilder, License, ObjectBuilder, OpenApi, OpenApiBuilder,
    Paths, Ref, RefOr, Required, Response, ResponseBuilder, ResponsesBuilder, Schema, Server,
};
use utoipa::{PartialSchema, ToSchema};

use super::error::{ApiError, PROBLEM_JSON, ProblemView, status};
use super::{
    admin, architectures, batch, decisions, diff, docs, editions, estimates, health, history, imports, price_books,
    prices, regions, schemas, services,
};
use crate::domain::problem::{Code, Problem};
use crate::services::NamedSchema;

/// The tags, in the order in which the documentation shows them.
const TAGS: &[(&str, &str)] = &[
    ("Estimates", "What planned usage costs in a month, line by line, each price with its source."),
    ("Decisions", "Which of these to choose, why, and at what point the answer changes."),
    ("Architectures", "Ready-made bills of many services with parameters, and the decisions that they raise."),
    ("Batch", "Many estimates and decisions in one call, answered while they arrive."),
    ("Services", "What can be estimated, and where its prices are known."),
    ("Prices", "The prices themselves, the Regions and the editions of the price store."),
    ("Price books", "Your own rates over list prices: negotiated discounts, surcharges and prices."),
    ("Operations", "Health, readiness and this document."),
];

/// The problems that any request may meet.
pub const ANY: &[StatusCode] = &[StatusCode::METHOD_NOT_ALLOWED, StatusCode::INTERNAL_SERVER_ERROR];
/// The problems of a request that needs a catalog.
pub const CATALOG: &[StatusCode] = &[StatusCode::SERVICE_UNAVAILABLE];
/// The problems of a request with parameters in its query.
pub const QUERY: &[StatusCode] = &[StatusCode::UNPROCESSABLE_ENTITY];
/// The problems of a request that names a thing in its path.
pub const NAMED: &[StatusCode] = &[StatusCode::NOT_FOUND];
/// The problems of a request that writes. An operation that has them asks for the admin token.
pub const ADMIN: &[StatusCode] = &[StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];
/// The problems of a request with a JSON body.
pub const BODY: &[StatusCode] = &[
    StatusCode::BAD_REQUEST,
    StatusCode::REQUEST_TIMEOUT,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    StatusCode::UNPROCESSABLE_ENTITY,
];

/// The whole document.
pub fn document() -> OpenApi {
    assemble().0
}

/// The document as it is checked in: indented JSON with a line end.
pub fn text() -> String {
    let text = document().to_pretty_json().unwrap_or_default();
    text + "\n"
}

/// The document as it is served.
pub fn served() -> Bytes {
    static SERVED: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(document().to_json().unwrap_or_default()));
    SERVED.clone()
}

/// Every documented path.
pub fn known_paths() -> impl Iterator<Item = &'static str> {
    static PATHS: LazyLock<Vec<String>> = LazyLock::new(|| document().paths.paths.into_keys().collect());
    PATHS.iter().map(String::as_str)
}

/// The names under which two different schemas were registered. A test proves that there are none.
pub fn collisions() -> Vec<String> {
    assemble().1
}

fn assemble() -> (OpenApi, Vec<String>) {
    let mut api = Api::default();
    services::document(&mut api);
    estimates::document(&mut api);
    decisions::document(&mut api);
    architectures::document(&mut api);
    batch::document(&mut api);
    prices::document(&mut api);
    price_books::document(&mut api);
    regions::document(&mut api);
    editions::document(&mut api);
    diff::document(&mut api);
    imports::document(&mut api);
    history::document(&mut api);
    health::document(&mut api);
    docs::document(&mut api);
    api.finish()
}

/// The document while it is being made.
#[derive(Default)]
pub struct Api {
    paths: Paths,
    schemas: BTreeMap<String, RefOr<Schema>>,
    /// The statuses of the problems that operations can answer.
    fails: BTreeSet<StatusCode>,
    collisions: Vec<String>,
}

/// One operation.
pub struct Endpoint {
    /// The method.
    pub method: HttpMethod,
    /// The path, with parameters in braces.
    pub path: String,
    /// The operation id: `<verb>_<resource>`.
    pub id: String,
    /// The tag.
    pub tag: &'static str,
    /// A line.
    pub summary: String,
    /// A paragraph.
    pub description: String,
    /// The parameters of path and query.
    pub parameters: Vec<Parameter>,
    /// The request body: its schema and an example that can be sent as it is.
    pub body: Option<(Ref, Value)>,
    /// What the answer is, its media type and its schema.
    pub answer: (&'static str, &'static str, RefOr<Schema>),
    /// The statuses of the problems that it can answer.
    pub fails: Vec<StatusCode>,
}

impl Api {
    /// Registers the schema of a type and of everything that it refers to.
    pub fn schema<T: ToSchema>(&mut self) -> Ref {
        let mut refers_to = Vec::new();
        T::schemas(&mut refers_to);
        self.named(NamedSchema { name: T::name().into_owned(), schema: <T as PartialSchema>::schema(), refers_to })
    }

    /// Registers a schema and everything that it refers to.
    pub fn named(&mut self, named: NamedSchema) -> Ref {
        for (name, schema) in named.refers_to {
            self.register(&name, schema);
        }
        self.register(&named.name, named.schema)
    }

    /// Registers a schema under a name.
    pub fn register(&mut self, name: &str, schema: RefOr<Schema>) -> Ref {
        let name = schemas::public_name(name).to_owned();
        let schema = schemas::tidied(&name, schema);
        let reference = Ref::from_schema_name(name.clone());
        if let Some(before) = self.schemas.insert(name.clone(), schema.clone())
            && before != schema
        {
            self.collisions.push(name);
        }
        reference
    }

    /// Adds an operation.
    pub fn add(&mut self, mut endpoint: Endpoint) {
        let body = endpoint.body.take().map(|(schema, example)| {
            let content = ContentBuilder::new().schema(Some(schema)).example(Some(example)).build();
            RequestBodyBuilder::new()
                .description(Some("The request. The example can be sent as it is."))
                .content("application/json", content)
                .required(Some(Required::True))
                .build()
        });
        self.add_with(endpoint, body, Vec::new());
    }

    /// Adds an operation that takes a file, in one of several media types; the example is in the first.
    pub fn add_upload(&mut self, endpoint: Endpoint, media_types: &[&str], example: &str) {
        let mut body = RequestBodyBuilder::new()
            .description(Some("The file. The example can be sent as it is."))
            .required(Some(Required::True));
        for (at, media_type) in media_types.iter().enumerate() {
            let binary = ObjectBuilder::new()
                .schema_type(Type::String)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
            let content = ContentBuilder::new().schema(Some(binary));
            let content = content.example((at == 0).then(|| Value::from(example)));
            body = body.content(*media_type, content.build());
        }
        self.add_with(endpoint, Some(body.build()), Vec::new());
    }

    /// Adds an operation whose body, or whose answers, have several media types.
    pub fn add_with(&mut self, endpoint: Endpoint, body: Option<RequestBody>, more_answers: Vec<(&str, Content)>) {
        let (description, media_type, schema) = endpoint.answer;
        let mut answer = ResponseBuilder::new()
            .description(description)
            .content(media_type, ContentBuilder::new().schema(Some(schema)).build())
            .header("X-Request-Id", request_id_header());
        for (media_type, content) in more_answers {
            answer = answer.content(media_type, content);
        }
        let mut responses = ResponsesBuilder::new().response("200", answer.build());
        let mut fails = endpoint.fails;
        fails.extend(ANY);
        fails.sort_unstable();
        let writes = fails.contains(&StatusCode::UNAUTHORIZED);
        for fail in fails {
            self.fails.insert(fail);
            responses = responses.response(fail.as_str(), Ref::from_response_name(response_name(fail)));
        }
        let operation = OperationBuilder::new()
            .operation_id(Some(endpoint.id))
            .tag(endpoint.tag)
            .summary(Some(endpoint.summary))
            .description(Some(endpoint.description))
            .parameters((!endpoint.parameters.is_empty()).then_some(endpoint.parameters))
            .request_body(body)
            .securities(writes.then(|| [admin::requirement()]))
            .responses(responses.build())
            .build();
        self.paths.add_path_operation(endpoint.path, vec![endpoint.method], operation);
    }

    /// Says of the PUT of a path that it answers 201 where there was nothing before.
    pub fn creates(&mut self, path: &str, description: &str) {
        let put = self.paths.paths.get_mut(path).and_then(|item| item.put.as_mut());
        let Some(responses) = put.map(|put| &mut put.responses.responses) else { return };
        if let Some(RefOr::T(mut created)) = responses.get("200").cloned() {
            description.clone_into(&mut created.description);
            responses.insert("201".to_owned(), RefOr::T(created));
        }
    }

    fn finish(mut self) -> (OpenApi, Vec<String>) {
        let problem = self.schema::<ProblemView>();
        let mut components = ComponentsBuilder::new();
        for status in &self.fails {
            components = components.response(response_name(*status), problem_response(*status, &problem));
        }
        if self.fails.contains(&StatusCode::UNAUTHORIZED) {
            components = components.security_scheme(admin::SCHEME, admin::scheme());
        }
        let components = components.schemas_from_iter(self.schemas).build();
        let tags = TAGS.iter().map(|(name, about)| TagBuilder::new().name(*name).description(Some(*about)).build());
        let info = InfoBuilder::new()
            .title("crossover")
            .version(env!("CARGO_PKG_VERSION"))
            .description(Some(ABOUT))
            .license(Some(License::builder().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0")).build()))
            .build();
        let document = OpenApiBuilder::new()
            .info(info)
            .servers(Some([Server::new("/")]))
            .paths(self.paths)
            .components(Some(components))
            .tags(Some(tags))
            .build();
        (document, self.collisions)
    }
}

/// A parameter of the path.
pub fn in_path(name: &str, about: &str, schema: Object, example: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(about))
        .schema(Some(schema))
        .example(Some(json!(example)))
        .build()
}

/// A parameter of the query, which may be left out.
pub fn in_query(name: &str, about: &str, schema: Object, example: Option<Value>) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(schema))
        .example(example)
        .build()
}

/// The schema of a text.
pub fn text_schema() -> Object {
    Object::with_type(Type::String)
}

/// The schema of one of these texts.
pub fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).build()
}

/// The schema of a whole number.
pub fn whole_schema(min: u32, max: u32, default: Option<u32>) -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .minimum(Some(min))
        .maximum(Some(max))
        .default(default.map(Value::from))
        .build()
}

/// The schema of a date.
pub fn date_schema() -> Object {
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(r"^\d{4}-\d{2}-\d{2}$")).build()
}

/// The name of the response of a status, such as `NotFound`.
fn response_name(status: StatusCode) -> String {
    status.canonical_reason().unwrap_or("Problem").split(' ').collect()
}

/// The codes that a status can have.
fn codes_of(wanted: StatusCode) -> impl Iterator<Item = Code> {
    let in_path = [
        Code::UnknownService,
        Code::UnknownDecision,
        Code::UnknownArchitecture,
        Code::UnknownEdition,
        Code::UnknownPriceBook,
    ];
    Code::ALL
        .iter()
        .copied()
        .filter(move |code| status(*code) == wanted || (wanted == StatusCode::NOT_FOUND && in_path.contains(code)))
}

fn problem_response(status: StatusCode, problem: &Ref) -> Response {
    let codes: Vec<String> = codes_of(status).map(|code| format!("`{code}`")).collect();
    let mut description = format!("{}. Codes: {}.", status.canonical_reason().unwrap_or("Problem"), codes.join(", "));
    let mut response = ResponseBuilder::new().header("X-Request-Id", request_id_header());
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response = response.header("Allow", text_header("The methods that are allowed here."));
    }
    if status == StatusCode::UNAUTHORIZED {
        response = response.header("WWW-Authenticate", text_header("What the service asks for: a bearer token."));
    }
    if status == StatusCode::REQUEST_TIMEOUT {
        description.push_str(" Where the headers themselves arrive too late, the body is empty.");
    }
    let content = ContentBuilder::new().schema(Some(problem.clone())).example(Some(example_problem(status)));
    response.description(description).content(PROBLEM_JSON, content.build()).build()
}

/// A problem of a status, as the service writes it.
fn example_problem(status: StatusCode) -> Value {
    let error = match status {
        StatusCode::UNPROCESSABLE_ENTITY => {
            let detail = "the field `conections` is not known here";
            Problem::new(Code::UnknownField, "/usage/conections", detail)
                .allowing("conections", ["connections", "data_out_gb"])
                .into()
        }
        StatusCode::BAD_REQUEST => {
            let detail = "the text is not valid JSON: EOF while parsing an object at line 1 column 1";
            Problem::new(Code::Malformed, "", detail).into()
        }
        StatusCode::NOT_FOUND => {
            let problem = Problem::new(Code::UnknownService, "service", "there is no service `site_to_site`");
            ApiError::in_path(problem.hinting("did you mean `site_to_site_vpn`?"))
        }
        StatusCode::METHOD_NOT_ALLOWED => ApiError::method_not_allowed(&actix_web::http::Method::PUT, "POST"),
        status => match codes_of(status).next() {
            Some(code) => ApiError::of_request(code, code.help()),
            None => ApiError::internal(""),
        },
    };
    serde_json::to_value(error.to_view("019355c1-8f70-7c3e-9d65-2f1b6a1c0e11")).unwrap_or_default()
}

fn request_id_header() -> Header {
    text_header("The id of the request: the caller's own `X-Request-Id`, where it sent one, else a new one.")
}

fn text_header(about: &str) -> Header {
    Header::builder().schema(Some(text_schema())).description(Some(about)).build()
}

/// What the document says about the whole.
const ABOUT: &str = "\
Exact AWS cost estimates and decisions with reasons, break-even points and sourced prices.

- Money and decimals are strings in answers. In requests they may be strings, or JSON numbers of up to 15 digits.
- Prices are dated. `as_of` picks the day whose prices count, `edition` the state of the price store; the same request \
  with the same two gives the same lines for ever. `price_book` puts rates of your own over list prices; with its \
  revision (`acme@2`) that holds for them too.
- A meter without a price is an error that names what is missing; `missing_prices` offers other ways.
- Reading is free. What writes needs the admin token of the service, as `Authorization: Bearer <token>`.
- Fields and parameters that are not known are refused, with the nearest known name.
- Failures are problem details (RFC 9457) with a stable `code`; [this page](/docs/problems) explains each.";

/// The table of codes.
pub fn table_of_codes() -> String {
    let mut table = "| Code | Status | Meaning | What to do |\n| --- | --- | --- | --- |\n".to_owned();
    for code in Code::ALL {
        let status = status(*code).as_u16();
        // Writing to a string cannot fail.
        let _ = writeln!(table, "| `{code}` | {status} | {} | {} |", code.title(), code.help());
    }
    table
}
