//! What the document says about batches.

use actix_web::http::StatusCode;
use serde_json::{Value, json};
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{SchemaType, Type};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, Ref, RefOr, Required, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::{CSV, NDJSON};
use crate::app::batch::Detail;
use crate::app::batch::csv::ANSWER_HEADER;
use crate::app::batch::view::RowProblem;
use crate::app::decide::DecideRequest;
use crate::app::estimate::{EstimateMany, EstimateOne, Resource};
use crate::decisions::DECISIONS;
use crate::http::estimates::{refine, set_property};
use crate::http::openapi::{Api, BODY, CATALOG, Endpoint, QUERY, in_query, one_of, text_schema};
use crate::services::SERVICES;

/// What the operation is for.
const ABOUT: &str = "\
Each row is a whole request, and each is answered on its own line, in the order of the rows: an estimate of one service \
(`service`, `usage`), an estimate of many resources (`resources`) or a decision (`decision`, `inputs`). A row that is \
refused says so in its place and stops no other.

Rows are answered while they arrive, so a client reads while it writes. `Content-Type` says how rows are written, \
`Accept` how answers are; left out, as the rows. A body may be packed with gzip (`Content-Encoding: gzip`). In CSV a \
header names the fields of a row (`id,service,region,usage.connections`), a cell is JSON where it is JSON and else text, \
and an empty cell leaves its field out.

Where the rows cannot be read to their end, the last line says why; it has no `id`, unlike the answer of a row.";

/// Documents the operation.
pub fn document(api: &mut Api) {
    let row = document_row(api);
    let answer = document_answer(api);
    let details = Detail::ALL.iter().map(|detail| detail.as_str());
    let about = "How much of an answer a row gets: `total` is what it costs, or what is recommended; `lines` is that with \
                 the lines, or the options; `full` is the answer that a single request gets. Left out: `full` in NDJSON, \
                 `total` in CSV, which has room for no more.";
    let endpoint = Endpoint {
        method: HttpMethod::Post,
        path: "/v1/batch".to_owned(),
        id: "answer_batch".to_owned(),
        tag: "Batch",
        summary: "Answer many requests, one a row".to_owned(),
        description: ABOUT.to_owned(),
        parameters: vec![in_query("detail", about, one_of(details), None)],
        body: None,
        answer: ("The answers, one line each. In NDJSON each line is one of these.", NDJSON, answer.into()),
        fails: [CATALOG, BODY, QUERY, &[StatusCode::NOT_ACCEPTABLE]].concat(),
    };
    let mut csv = text_schema();
    csv.description = Some("A header that names the fields, then a row a line.".to_owned());
    let csv_rows = ContentBuilder::new().schema(Some(csv)).example(Some(Value::from(example_csv())));
    let rows = ContentBuilder::new().schema(Some(row)).example(Some(Value::from(example_ndjson())));
    let body = RequestBodyBuilder::new()
        .description(Some("The rows. In NDJSON each line is one of these. The examples can be sent as they are."))
        .content(NDJSON, rows.build())
        .content(CSV, csv_rows.build())
        .required(Some(Required::True))
        .build();
    let mut csv = text_schema();
    csv.description = Some(format!(
        "The columns are `{}`. `monthly` is the total, and for a decision what the recommended option is ranked by; \
         `complete` is false where it leaves something out. `runner_up` is the cheapest other option that is eligible, \
         `margin` what it costs a month more than the recommended one.",
        ANSWER_HEADER.trim_end()
    ));
    api.add_with(endpoint, Some(body), vec![(CSV, ContentBuilder::new().schema(Some(csv)).build())]);
}

/// A row: the fields of every request that it can be.
fn document_row(api: &mut Api) -> Ref {
    let mut row = DecideRequest::schema();
    let mut refers_to = Vec::new();
    DecideRequest::schemas(&mut refers_to);
    for (name, schema) in refers_to {
        api.register(&name, schema);
    }
    if let RefOr::T(Schema::Object(object)) = &mut row {
        object.description = Some(
            "A row: an estimate of one service (`service`, `usage`), an estimate of many resources (`resources`) or a \
             decision (`decision`, `inputs` and what goes with them), with the fields that every request shares."
                .to_owned(),
        );
        object.required = vec!["region".to_owned()];
        let own = std::mem::take(&mut object.properties);
        let id = ObjectBuilder::new()
            .schema_type(SchemaType::Array(vec![Type::String, Type::Integer, Type::Null]))
            .description(Some("Whose answer it is, a text or a number; the answer repeats it. Left out: null."))
            .build();
        object.properties.insert("id".to_owned(), Schema::Object(id).into());
        let service = one_of(SERVICES.iter().map(|service| service.id));
        let service = ObjectBuilder::from(service).description(Some("The service, for an estimate of one.")).build();
        object.properties.insert("service".to_owned(), Schema::Object(service).into());
        copy_property(&EstimateOne::schema(), "usage", object);
        copy_property(&EstimateMany::schema(), "resources", object);
        let decision = one_of(DECISIONS.iter().map(|decision| decision.id));
        let decision = ObjectBuilder::from(decision).description(Some("The decision, where the row asks one.")).build();
        object.properties.insert("decision".to_owned(), Schema::Object(decision).into());
        object.properties.extend(own);
    }
    set_property(&mut row, "resources", |schema| {
        if let RefOr::T(Schema::Array(array)) = schema {
            let resource = Ref::from_schema_name(Resource::name());
            array.items = utoipa::openapi::schema::ArrayItems::RefOrSchema(Box::new(resource.into()));
        }
    });
    refine(&mut row);
    api.register("BatchRow", row)
}

fn copy_property(from: &RefOr<Schema>, name: &str, to: &mut utoipa::openapi::schema::Object) {
    if let RefOr::T(Schema::Object(object)) = from
        && let Some(property) = object.properties.get(name)
    {
        to.properties.insert(name.to_owned(), property.clone());
    }
}

/// The answer to a row.
fn document_answer(api: &mut Api) -> Ref {
    let mut problem = RowProblem::schema();
    let mut refers_to = Vec::new();
    RowProblem::schemas(&mut refers_to);
    let code = |schema: &mut RefOr<Schema>| {
        set_property(schema, "code", |code| {
            let mut reference = Ref::from_schema_name("ProblemCode");
            "What kind of problem this is.".clone_into(&mut reference.description);
            *code = reference.into();
        });
    };
    code(&mut problem);
    for (name, mut schema) in refers_to {
        code(&mut schema);
        api.register(&name, schema);
    }
    let problem = api.register(&RowProblem::name(), problem);
    let id =
        ObjectBuilder::new().schema_type(SchemaType::Array(vec![Type::String, Type::Integer, Type::Null])).description(
            Some("The row's own; null where it has none. Absent in a last line that says why the batch ended early."),
        );
    let ok = ObjectBuilder::new().schema_type(Type::Boolean).description(Some("Whether the row was answered."));
    let result = ObjectBuilder::new().schema_type(Type::Object).description(Some(
        "The answer, where there is one: that of a single request, or as much of it as `detail` asks for.",
    ));
    let mut error = problem;
    "Why the row was refused, where it was.".clone_into(&mut error.description);
    let answer = ObjectBuilder::new()
        .description(Some("The answer to a row."))
        .property("id", id)
        .property("ok", ok)
        .property("result", result)
        .property("error", error)
        .required("ok")
        .build();
    api.register("BatchAnswer", Schema::Object(answer).into())
}

/// One row of each kind.
fn example_ndjson() -> String {
    let one = SERVICES.first();
    let usage = one.and_then(|service| serde_json::from_str::<Value>(service.example.usage).ok()).unwrap_or_default();
    let region = one.map_or("", |service| service.example.region);
    let service = one.map_or("", |service| service.id);
    let decision = DECISIONS.first();
    let inputs = decision.and_then(|decision| serde_json::from_str::<Value>(decision.example.usage).ok());
    let rows = [
        json!({"id": "one service", "service": service, "region": region, "usage": usage}),
        json!({"id": "many resources", "region": region, "resources": [{"service": service, "usage": usage}]}),
        json!({
            "id": "a decision", "decision": decision.map_or("", |decision| decision.id),
            "region": decision.map_or("", |decision| decision.example.region), "inputs": inputs,
        }),
    ];
    rows.map(|row| row.to_string()).join("\n") + "\n"
}

/// Two services, whose fields have columns of their own.
fn example_csv() -> String {
    "id,service,region,usage.connections,usage.gateways,usage.data_processed_gb\n\
     office,site_to_site_vpn,us-east-1,2,,\n\
     egress,nat_gateway,us-east-1,,3,1500\n"
        .to_owned()
}
