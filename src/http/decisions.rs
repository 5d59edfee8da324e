//! Decisions: the list, each with its options, inputs and rules, and the answers.
//!
//! A decision draws its costs over whole ranges, which takes milliseconds where an estimate takes microseconds; so it
//! runs beside the threads that answer requests.

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::body::JsonBody;
use super::error::{ApiError, ApiResult};
use super::estimates::{describe, refine, set_property, with_description};
use super::openapi::{Api, BODY, CATALOG, Endpoint, NAMED, QUERY, in_path, one_of};
use super::query::Params;
use super::route::{at, get, json as json_answer, json_body, json_bytes, post};
use super::services::input_schema;
use super::state::State;
use crate::app::decide::DecideRequest;
use crate::app::decide::view::DecisionAnswer;
use crate::decisions::{self, DECISIONS, Decision};
use crate::domain::problem::Code;
use crate::domain::read::unknown_name;

/// The decisions that can be asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionList {
    /// Every decision, in the order of the documentation.
    decisions: Vec<DecisionSummary>,
}

/// A decision in the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionSummary {
    /// The id, as paths and requests spell it.
    #[schema(example = "hybrid_connectivity")]
    id: &'static str,
    /// The question it answers.
    #[schema(example = "VPN or Direct Connect?")]
    name: &'static str,
    /// What it compares, and how.
    about: &'static str,
    /// The ids of its options.
    options: Vec<&'static str>,
    /// Where to ask, and where the details are.
    #[schema(example = "/v1/decisions/hybrid_connectivity")]
    decide: String,
}

/// A decision in detail.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionDetails {
    /// The id, as paths and requests spell it.
    #[schema(example = "hybrid_connectivity")]
    id: &'static str,
    /// The question it answers.
    #[schema(example = "VPN or Direct Connect?")]
    name: &'static str,
    /// What it compares, and how.
    about: &'static str,
    /// The options.
    options: Vec<DecisionOption>,
    /// The inputs; `input_schema` says what each means and what is taken where it is left out.
    inputs: Vec<DecisionInput>,
    /// The rules, in the order in which they are looked at.
    rules: Vec<DecisionRule>,
    /// The pages that the rules cite, each once.
    sources: Vec<&'static str>,
    /// A request to try, as it goes to `POST /v1/decisions/{decision}`.
    #[schema(value_type = Object)]
    example_request: Box<RawValue>,
    /// The JSON Schema (draft 2020-12) of `inputs`.
    #[schema(value_type = Object)]
    input_schema: Box<RawValue>,
}

/// An option of a decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionOption {
    /// The id.
    #[schema(example = "dx_hosted")]
    id: &'static str,
    /// What it is.
    what: &'static str,
    /// Its main drawback.
    drawback: &'static str,
}

/// An input of a decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionInput {
    /// The name.
    #[schema(example = "gb_out_month")]
    name: &'static str,
    /// The unit; empty where it has none.
    #[schema(example = "GB")]
    unit: &'static str,
    /// `number`, `whole number`, `listed number`, `yes/no` or `word`.
    #[schema(example = "number")]
    kind: &'static str,
    /// Whether `sweep` may name it.
    sweepable: bool,
    /// Whether taking its default lowers the confidence.
    critical: bool,
}

/// A rule of a decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionRule {
    /// The id.
    #[schema(example = "H-04")]
    id: &'static str,
    /// When it fires.
    #[schema(example = "the peak is larger than the option carries")]
    when: &'static str,
    /// What follows.
    #[schema(example = "the option is out")]
    then: &'static str,
    /// Its effects: `eliminate`, `prefer`, `caution` or `quota_increase`.
    effects: Vec<&'static str>,
    /// Where it is published; null where it is our own judgement.
    source_url: Option<&'static str>,
}

/// The decision that a path names.
#[derive(Debug)]
pub struct NamedDecision(pub &'static Decision);

impl FromRequest for NamedDecision {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.match_info().query("decision");
        std::future::ready(decisions::find(id).map(Self).ok_or_else(|| {
            let known = DECISIONS.iter().map(|decision| decision.id);
            ApiError::in_path(unknown_name(Code::UnknownDecision, "decision", "decision", id, known))
        }))
    }
}

/// The routes.
pub fn register(app: &mut ServiceConfig) {
    at(app, "/v1/decisions", [get(list)]);
    at(app, "/v1/decisions/{decision}", [get(details), post(decide)]);
}

async fn list(request: HttpRequest) -> ApiResult<HttpResponse> {
    Params::of(&request, &[]).finish()?;
    let decisions = DECISIONS
        .iter()
        .map(|decision| DecisionSummary {
            id: decision.id,
            name: decision.name,
            about: decision.about,
            options: decision.options.iter().map(|option| option.id).collect(),
            decide: format!("/v1/decisions/{}", decision.id),
        })
        .collect();
    json_answer(&DecisionList { decisions })
}

async fn details(decision: NamedDecision, request: HttpRequest) -> ApiResult<HttpResponse> {
    Params::of(&request, &[]).finish()?;
    let decision = decision.0;
    let link = |source: &'static str| source.starts_with("https://").then_some(source);
    let mut sources: Vec<&str> = Vec::new();
    for source in decision.rules.iter().filter_map(|rule| link(rule.source)) {
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    json_answer(&DecisionDetails {
        id: decision.id,
        name: decision.name,
        about: decision.about,
        options: decision
            .options
            .iter()
            .map(|option| DecisionOption { id: option.id, what: option.what, drawback: option.drawback })
            .collect(),
        inputs: (decision.inputs)()
            .into_iter()
            .map(|input| DecisionInput {
                name: input.name,
                unit: input.unit,
                kind: input.kind,
                sweepable: input.sweepable,
                critical: input.critical,
            })
            .collect(),
        rules: decision
            .rules
            .iter()
            .map(|rule| DecisionRule {
                id: rule.id,
                when: rule.when,
                then: rule.then,
                effects: rule.effects.iter().map(|effect| effect.as_str()).collect(),
                source_url: link(rule.source),
            })
            .collect(),
        sources,
        example_request: to_raw_value(&example_request(decision)).map_err(ApiError::internal)?,
        input_schema: input_schema(&(decision.schema)())?,
    })
}

async fn decide(decision: NamedDecision, body: JsonBody, state: Data<State>) -> ApiResult<HttpResponse> {
    let request = DecideRequest::read(&body.0)?;
    let catalog = state.edition(request.common().edition).await?;
    let today = state.today();
    let answer =
        web::block(move || -> ApiResult<Vec<u8>> { json_bytes(&request.run(decision.0.id, &catalog, today)?) });
    Ok(json_body(answer.await.map_err(ApiError::internal)??))
}

/// A whole request from the example of a decision.
fn example_request(decision: &Decision) -> Value {
    let inputs: Value = serde_json::from_str(decision.example.usage).unwrap_or_default();
    json!({ "region": decision.example.region, "inputs": inputs })
}

/// What the document says about them: a path for each decision.
pub fn document(api: &mut Api) {
    let list = api.schema::<DecisionList>();
    api.add(Endpoint {
        method: HttpMethod::Get,
        path: "/v1/decisions".to_owned(),
        id: "list_decisions".to_owned(),
        tag: "Decisions",
        summary: "The decisions that can be asked for".to_owned(),
        description: "Every decision with its id, its question and its options.".to_owned(),
        parameters: Vec::new(),
        body: None,
        answer: ("The decisions.", "application/json", list.into()),
        fails: QUERY.to_vec(),
    });
    let details = api.schema::<DecisionDetails>();
    let ids = DECISIONS.iter().map(|decision| decision.id);
    let example = DECISIONS.first().map_or("", |decision| decision.id);
    api.add(Endpoint {
        method: HttpMethod::Get,
        path: "/v1/decisions/{decision}".to_owned(),
        id: "get_decision".to_owned(),
        tag: "Decisions",
        summary: "A decision: its options, inputs and rules".to_owned(),
        description: "The options, the JSON Schema of the inputs with their meaning and defaults, every rule with its \
                      source, and a request to try."
            .to_owned(),
        parameters: vec![in_path("decision", "The id of the decision.", one_of(ids), example)],
        body: None,
        answer: ("The decision.", "application/json", details.into()),
        fails: [NAMED, QUERY].concat(),
    });
    let answer = api.schema::<DecisionAnswer>();
    let fails = [CATALOG, NAMED, BODY].concat();
    for decision in DECISIONS {
        document_one(api, decision, &answer, &fails);
    }
}

/// Documents the path of one decision.
fn document_one(api: &mut Api, decision: &'static Decision, answer: &Ref, fails: &[StatusCode]) {
    let named = (decision.schema)();
    let name = format!("{}Decision", named.name.trim_end_matches("Inputs"));
    let inputs = api.named(named);
    let mut request = DecideRequest::schema();
    let mut refers_to = Vec::new();
    DecideRequest::schemas(&mut refers_to);
    for (name, schema) in refers_to {
        api.register(&name, schema);
    }
    describe(&mut request, &format!("The decision: {}", decision.name));
    set_property(&mut request, "inputs", |schema| {
        *schema =
            with_description(&inputs, "What is known. Every input may be left out; it then takes a stated default.");
    });
    // The request's own types say less than this: inputs may be left out, and a comparison of unlike bills is refused.
    if let RefOr::T(Schema::Object(object)) = &mut request {
        object.required.retain(|field| field != "inputs");
    }
    set_property(&mut request, "missing_prices", without_omit);
    refine(&mut request);
    let request = api.register(&name, request);
    api.add(Endpoint {
        method: HttpMethod::Post,
        path: format!("/v1/decisions/{}", decision.id),
        id: format!("decide_{}", decision.id),
        tag: "Decisions",
        summary: decision.name.to_owned(),
        description: decision.about.to_owned(),
        parameters: Vec::new(),
        body: Some((request, example_request(decision))),
        answer: ("The answer.", "application/json", answer.clone().into()),
        fails: fails.to_vec(),
    });
}

/// `missing_prices` as a decision takes it.
fn without_omit(schema: &mut RefOr<Schema>) {
    let is_omit = |value: &Value| value == "omit";
    match schema {
        RefOr::T(Schema::Object(object)) => {
            if let Some(values) = &mut object.enum_values {
                values.retain(|value| !is_omit(value));
            }
        }
        RefOr::T(Schema::AllOf(all_of)) => all_of.items.iter_mut().for_each(without_omit),
        _ => {}
    }
}
