//! Architectures: the list, each with its parameters and what stands in it, and their estimates.
//!
//! They belong to the edition of the prices, so that an old one replays whole; the document describes those that the
//! binary carries.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::schema::{AdditionalProperties, SchemaType, Type};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::body::JsonBody;
use super::error::{ApiError, ApiResult};
use super::estimates::{RESOURCES_AT_ONCE, describe, refine, set_property, with_description};
use super::openapi::{Api, BODY, CATALOG, Endpoint, NAMED, QUERY, in_path, one_of, text_schema};
use super::query::Params;
use super::route::{at, get, json as json_answer, json_body, json_bytes, post};
use super::services::input_schema;
use super::state::State;
use crate::app::architecture::priced::{PricedIn, priced_in};
use crate::app::architecture::view::ArchitectureEstimate;
use crate::app::architecture::{ArchitectureRequest, find};
use crate::catalog::Catalog;
use crate::catalog::architectures::{Architecture, Choice, Condition, Parameter, ParameterKind};
use crate::catalog::load::read_architectures;
use crate::catalog::seed::Files;
use crate::domain::amount::Amount;
use crate::services::NamedSchema;

/// The Region of the examples.
const EXAMPLE_REGION: &str = "us-east-1";

/// The architectures of the active edition.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArchitectureList {
    /// Every architecture, by id.
    architectures: Vec<ArchitectureSummary>,
    /// The edition that they belong to.
    #[schema(example = 1)]
    edition: u32,
}

/// An architecture in the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArchitectureSummary {
    /// The id, as paths spell it.
    #[schema(example = "serverless_api")]
    id: String,
    /// What it is called.
    name: String,
    /// What stands in it.
    about: String,
    /// What may be changed.
    parameters: Vec<ParameterView>,
    /// The services that may stand in it.
    services: Vec<String>,
    /// The decisions that it raises.
    decisions: Vec<String>,
    /// Where to send estimates.
    #[schema(example = "/v1/architectures/serverless_api/estimate")]
    estimate: String,
    /// Where the details are.
    #[schema(example = "/v1/architectures/serverless_api")]
    details: String,
}

/// A parameter of an architecture: a number, or a word of some.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParameterView {
    /// The name.
    #[schema(example = "requests_month")]
    name: String,
    /// What it means.
    what: String,
    /// What is taken where it is left out: a decimal, or a word.
    default: String,
    /// The unit of a number; null for a word.
    #[schema(example = "requests")]
    unit: Option<String>,
    /// The smallest number; null for a word.
    min: Option<String>,
    /// The largest number; null for a word.
    max: Option<String>,
    /// Whether a number must be whole; null for a word.
    whole: Option<bool>,
    /// The words that it may be; none for a number.
    choices: Vec<ChoiceView>,
}

/// A word that a parameter may be.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChoiceView {
    /// The word.
    #[schema(example = "http")]
    word: String,
    /// What it means.
    what: String,
}

/// An architecture in detail.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArchitectureDetails {
    /// The id, as paths spell it.
    #[schema(example = "serverless_api")]
    id: String,
    /// What it is called.
    name: String,
    /// What stands in it.
    about: String,
    /// A drawing in text; null where there is none.
    diagram: Option<String>,
    /// What may be changed.
    parameters: Vec<ParameterView>,
    /// The numbers that follow from the parameters.
    computed: Vec<ComputedView>,
    /// What it takes for granted.
    assumptions: Vec<String>,
    /// What stands in it, and how much of it is used.
    resources: Vec<ResourceTemplateView>,
    /// The decisions that it raises.
    decisions: Vec<DecisionTemplateView>,
    /// The pages that describe it.
    sources: Vec<String>,
    /// A request to try, as it goes to `POST /v1/architectures/{architecture}/estimate`.
    #[schema(value_type = Object)]
    example_request: Box<RawValue>,
    /// The JSON Schema (draft 2020-12) of `parameters` in a request.
    #[schema(value_type = Object)]
    input_schema: Box<RawValue>,
    /// The Regions in which every line has a price today, with every parameter left out.
    regions_priced_fully: Vec<String>,
    /// The Regions in which every line has one where `missing_prices` is `derive`.
    regions_priced_with_derived: Vec<String>,
    /// The Regions in which some lines have none.
    regions_priced_in_part: Vec<String>,
    /// The edition that it belongs to.
    #[schema(example = 1)]
    edition: u32,
}

/// A number that follows from the parameters.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComputedView {
    /// The name.
    name: String,
    /// What it means.
    what: String,
    /// The unit.
    unit: String,
    /// How it is computed.
    #[schema(example = "= requests_month * response_kb / 1048576")]
    value: String,
}

/// What stands in an architecture.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResourceTemplateView {
    /// Its name, shown on its lines.
    name: String,
    /// The service.
    #[schema(example = "nat_gateway")]
    service: String,
    /// It stands where each of these parameters is one of the words; empty where it always does.
    #[schema(value_type = Object)]
    when: Value,
    /// What is planned of it; a text that begins with `=` is computed.
    #[schema(value_type = Object)]
    usage: Value,
}

/// A decision that an architecture raises.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionTemplateView {
    /// The decision.
    #[schema(example = "nat_topology")]
    decision: String,
    /// The question.
    question: String,
    /// It is raised where each of these parameters is one of the words; empty where it always is.
    #[schema(value_type = Object)]
    when: Value,
    /// The inputs; a text that begins with `=` is computed.
    #[schema(value_type = Object)]
    inputs: Value,
}

/// The routes.
pub fn register(app: &mut ServiceConfig) {
    at(app, "/v1/architectures", [get(list)]);
    at(app, "/v1/architectures/{architecture}", [get(details)]);
    at(app, "/v1/architectures/{architecture}/estimate", [post(estimate)]);
}

async fn list(request: HttpRequest, state: Data<State>) -> ApiResult<HttpResponse> {
    Params::of(&request, &[]).finish()?;
    let catalog = state.active()?;
    json_answer(&ArchitectureList {
        architectures: catalog.architectures.iter().map(summary).collect(),
        edition: catalog.edition.number,
    })
}

fn summary(architecture: &Architecture) -> ArchitectureSummary {
    let mut services: Vec<String> = Vec::new();
    for resource in &architecture.resources {
        if !services.contains(&resource.service) {
            services.push(resource.service.clone());
        }
    }
    ArchitectureSummary {
        id: architecture.id.clone(),
        name: architecture.name.clone(),
        about: architecture.about.clone(),
        parameters: architecture.parameters.iter().map(ParameterView::from).collect(),
        services,
        decisions: architecture.decisions.iter().map(|decision| decision.decision.clone()).collect(),
        estimate: format!("/v1/architectures/{}/estimate", architecture.id),
        details: format!("/v1/architectures/{}", architecture.id),
    }
}

async fn details(id: Path<String>, request: HttpRequest, state: Data<State>) -> ApiResult<HttpResponse> {
    Params::of(&request, &[]).finish()?;
    let catalog = state.active()?;
    let today = state.today();
    // It estimates the architecture in every Region.
    let answer = web::block(move || -> ApiResult<Vec<u8>> {
        let architecture = named(&catalog, &id)?;
        let priced = priced_in(architecture, &catalog, today);
        json_bytes(&describe_one(architecture, priced, catalog.edition.number)?)
    });
    Ok(json_body(answer.await.map_err(ApiError::internal)??))
}

/// The architecture that a path names.
fn named<'c>(catalog: &'c Catalog, id: &str) -> ApiResult<&'c Architecture> {
    find(catalog, id, "architecture").map_err(ApiError::in_path)
}

fn describe_one(architecture: &Architecture, priced: PricedIn, edition: u32) -> ApiResult<ArchitectureDetails> {
    Ok(ArchitectureDetails {
        id: architecture.id.clone(),
        name: architecture.name.clone(),
        about: architecture.about.clone(),
        diagram: architecture.diagram.clone(),
        parameters: architecture.parameters.iter().map(ParameterView::from).collect(),
        computed: architecture
            .computed
            .iter()
            .map(|computed| ComputedView {
                name: computed.name.clone(),
                what: computed.what.clone(),
                unit: computed.unit.clone(),
                value: computed.text.clone(),
            })
            .collect(),
        assumptions: architecture.assumptions.clone(),
        resources: architecture
            .resources
            .iter()
            .map(|resource| ResourceTemplateView {
                name: resource.name.clone(),
                service: resource.service.clone(),
                when: when(&resource.when),
                usage: resource.usage.text(),
            })
            .collect(),
        decisions: architecture
            .decisions
            .iter()
            .map(|decision| DecisionTemplateView {
                decision: decision.decision.clone(),
                question: decision.question.clone(),
                when: when(&decision.when),
                inputs: decision.inputs.text(),
            })
            .collect(),
        sources: architecture.sources.clone(),
        example_request: to_raw_value(&example_request(architecture)).map_err(ApiError::internal)?,
        input_schema: input_schema(&parameters_schema(architecture))?,
        regions_priced_fully: priced.fully,
        regions_priced_with_derived: priced.with_derived,
        regions_priced_in_part: priced.in_part,
        edition,
    })
}

/// Conditions as an object of words by parameter.
fn when(conditions: &[Condition]) -> Value {
    conditions
        .iter()
        .map(|condition| (condition.parameter.clone(), json!(condition.words)))
        .collect::<Map<_, _>>()
        .into()
}

impl From<&Parameter> for ParameterView {
    fn from(parameter: &Parameter) -> Self {
        let Parameter { name, what, kind } = parameter;
        let base = |default: String| Self {
            name: name.clone(),
            what: what.clone(),
            default,
            unit: None,
            min: None,
            max: None,
            whole: None,
            choices: Vec::new(),
        };
        match kind {
            ParameterKind::Number { unit, default, min, max, whole } => Self {
                unit: Some(unit.clone()),
                min: Some(min.normalize().to_string()),
                max: Some(max.normalize().to_string()),
                whole: Some(*whole),
                ..base(default.normalize().to_string())
            },
            ParameterKind::Choice { choices, default } => {
                let view = |choice: &Choice| ChoiceView { word: choice.word.clone(), what: choice.what.clone() };
                Self { choices: choices.iter().map(view).collect(), ..base(default.clone()) }
            }
        }
    }
}

async fn estimate(id: Path<String>, body: JsonBody, state: Data<State>) -> ApiResult<HttpResponse> {
    // What no edition has is told before what is wrong with the body.
    let request = match ArchitectureRequest::read(&body.0) {
        Ok(request) => request,
        Err(problems) => {
            named(&*state.active()?, &id)?;
            return Err(problems.into());
        }
    };
    let catalog = state.edition(request.common().edition).await?;
    let today = state.today();
    if named(&catalog, &id)?.resources.len() <= RESOURCES_AT_ONCE {
        return json_answer(&request.run(&id, &catalog, today)?);
    }
    let answer = web::block(move || -> ApiResult<Vec<u8>> { json_bytes(&request.run(&id, &catalog, today)?) });
    Ok(json_body(answer.await.map_err(ApiError::internal)??))
}

/// A request to try: the first number and the first word are given, the rest is left out.
fn example_request(architecture: &Architecture) -> Value {
    let mut parameters = Map::new();
    for wanted_number in [true, false] {
        let first = architecture.parameters.iter().find(|parameter| parameter.is_number() == wanted_number);
        if let Some(parameter) = first {
            parameters.insert(parameter.name.clone(), ParameterView::from(parameter).default.into());
        }
    }
    json!({ "region": EXAMPLE_REGION, "parameters": parameters })
}

/// The schema of the parameters.
fn parameters_schema(architecture: &Architecture) -> NamedSchema {
    let mut object = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Object))
        .description(Some("The parameters that differ from their defaults."))
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
    for parameter in &architecture.parameters {
        let schema: RefOr<Schema> = match &parameter.kind {
            ParameterKind::Number { unit, default, min, max, whole } => {
                let whole = if *whole { "Whole, " } else { "" };
                let mut number = Ref::from_schema_name(Amount::name());
                number.description = format!(
                    "{} {whole}{} to {} {unit}. Left out: {}.",
                    parameter.what,
                    min.normalize(),
                    max.normalize(),
                    default.normalize()
                );
                RefOr::Ref(number)
            }
            ParameterKind::Choice { choices, default } => {
                let words: Vec<String> =
                    choices.iter().map(|choice| format!("- `{}`: {}", choice.word, choice.what)).collect();
                let word = ObjectBuilder::from(one_of(parameter.words()))
                    .description(Some(format!("{}\n\n{}", parameter.what, words.join("\n"))))
                    .default(Some(default.clone().into()));
                RefOr::T(Schema::Object(word.build()))
            }
        };
        object = object.property(parameter.name.clone(), schema);
    }
    NamedSchema {
        name: format!("{}Parameters", type_name(&architecture.id)),
        schema: RefOr::T(Schema::Object(object.build())),
        refers_to: vec![(Amount::name().into_owned(), Amount::schema())],
    }
}

/// The name of a schema: `ServerlessApi` for `serverless_api`.
fn type_name(id: &str) -> String {
    id.split('_')
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        })
        .collect()
}

/// What the document says about them: a path for each architecture that the binary carries.
pub fn document(api: &mut Api) {
    let architectures = read_architectures(&Files::embedded()).unwrap_or_default();
    let example = architectures.iter().next().map(|architecture| architecture.id.clone()).unwrap_or_default();
    let list = api.schema::<ArchitectureList>();
    api.add(Endpoint {
        method: HttpMethod::Get,
        path: "/v1/architectures".to_owned(),
        id: "list_architectures".to_owned(),
        tag: "Architectures",
        summary: "The architectures that can be estimated".to_owned(),
        description:
            "Every architecture of the active edition with its parameters, its services and the decisions that \
                      it raises."
                .to_owned(),
        parameters: Vec::new(),
        body: None,
        answer: ("The architectures.", "application/json", list.into()),
        fails: [CATALOG, QUERY].concat(),
    });
    let details = api.schema::<ArchitectureDetails>();
    api.add(Endpoint {
        method: HttpMethod::Get,
        path: "/v1/architectures/{architecture}".to_owned(),
        id: "get_architecture".to_owned(),
        tag: "Architectures",
        summary: "An architecture: its parameters, and what stands in it".to_owned(),
        description:
            "The parameters with their defaults and ranges, every resource with its usage as expressions over \
                      them, what is assumed, the decisions that it raises, and the Regions in which it is priced."
                .to_owned(),
        parameters: vec![in_path("architecture", "The id of the architecture.", text_schema(), &example)],
        body: None,
        answer: ("The architecture.", "application/json", details.into()),
        fails: [CATALOG, NAMED, QUERY].concat(),
    });
    let answer = api.schema::<ArchitectureEstimate<'_>>();
    let fails = [CATALOG, NAMED, BODY].concat();
    for architecture in architectures.iter() {
        document_one(api, architecture, &answer, &fails);
    }
}

/// Documents the estimate of one architecture.
fn document_one(api: &mut Api, architecture: &Architecture, answer: &Ref, fails: &[StatusCode]) {
    let parameters = api.named(parameters_schema(architecture));
    let mut request = ArchitectureRequest::schema();
    let mut refers_to = Vec::new();
    ArchitectureRequest::schemas(&mut refers_to);
    for (name, schema) in refers_to {
        api.register(&name, schema);
    }
    describe(&mut request, &format!("An estimate of: {}.", architecture.name));
    set_property(&mut request, "parameters", |schema| {
        *schema =
            with_description(&parameters, "The parameters that differ from their defaults. Every one may be left out.");
    });
    refine(&mut request);
    let request = api.register(&format!("{}Architecture", type_name(&architecture.id)), request);
    let about: Cow<'_, str> = match &architecture.diagram {
        Some(diagram) => format!("{}\n\n```text\n{}\n```\n\n", architecture.about, diagram.trim_end()).into(),
        None => format!("{}\n\n", architecture.about).into(),
    };
    api.add(Endpoint {
        method: HttpMethod::Post,
        path: format!("/v1/architectures/{}/estimate", architecture.id),
        id: format!("estimate_architecture_{}", architecture.id),
        tag: "Architectures",
        summary: architecture.name.clone(),
        description: format!("{about}Assumed:\n\n- {}", architecture.assumptions.join("\n- ")),
        parameters: Vec::new(),
        body: Some((request, example_request(architecture))),
        answer: ("The estimate.", "application/json", answer.clone().into()),
        fails: fails.to_vec(),
    });
}
