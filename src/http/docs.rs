//! The documentation: Swagger UI from inside the binary, the OpenAPI document, and the page of problem codes.

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, LOCATION};
use actix_web::web::{Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ObjectBuilder, Schema};
use utoipa_swagger_ui::Config;

use super::error::{ApiError, ApiResult, status};
use super::openapi::{self, Api, Endpoint};
use super::route::{at, get};
use crate::domain::problem::Code;

/// The routes.
pub fn register(app: &mut ServiceConfig) {
    at(app, "/", [get(to_docs)]);
    at(app, "/openapi.json", [get(openapi_json)]);
    at(app, "/docs", [get(to_docs)]);
    at(app, "/docs/problems", [get(problems)]);
    at(app, "/docs/{file:.*}", [get(swagger_ui)]);
}

async fn to_docs() -> HttpResponse {
    HttpResponse::Found().insert_header((LOCATION, "/docs/")).finish()
}

async fn openapi_json() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(openapi::served())
}

async fn swagger_ui(request: HttpRequest, file: Path<String>) -> ApiResult<HttpResponse> {
    static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
        Arc::new(
            Config::new(["/openapi.json"])
                .try_it_out_enabled(true)
                .deep_linking(true)
                .display_request_duration(true)
                .doc_expansion("list")
                .default_models_expand_depth(0)
                .filter(true)
                // Without the bar on top, which asks for another document.
                .use_base_layout()
                // The badge of a public validator would ask the network.
                .validator_url("none"),
        )
    });
    let found = utoipa_swagger_ui::serve(&file, Arc::clone(&CONFIG)).map_err(ApiError::internal)?;
    let Some(found) = found else {
        return Err(ApiError::not_found(request.path(), openapi::known_paths()));
    };
    let mut response = HttpResponse::Ok();
    if found.gzpipped {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    response.insert_header((CACHE_CONTROL, "public, max-age=3600"));
    Ok(response.content_type(found.content_type).body(found.bytes.into_owned()))
}

/// The page that the `type` of a problem leads to.
async fn problems() -> HttpResponse {
    static PAGE: LazyLock<String> = LazyLock::new(problem_page);
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(PAGE.as_str())
}

fn problem_page() -> String {
    let mut page =
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>crossover: problems</title>\n\
        <style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
        td,th{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0}tr:target{background:#ffc}</style>\n\
        <h1>Problems</h1>\n<p>Failures are problem details (RFC 9457, <code>application/problem+json</code>). \
        The <code>code</code> is stable. <a href=\"/docs/\">Back to the documentation</a>.</p>\n\
        <table>\n<tr><th>Code<th>Status<th>Meaning<th>What to do\n"
            .to_owned();
    for code in Code::ALL {
        let (status, title, help) = (status(*code).as_u16(), escaped(code.title()), escaped(code.help()));
        // Writing to a string cannot fail.
        let _ = writeln!(page, "<tr id=\"{code}\"><td><code>{code}</code><td>{status}<td>{title}<td>{help}");
    }
    page.push_str("</table>\n</html>\n");
    page
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// What the document says about itself.
pub fn document(api: &mut Api) {
    let schema = ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("An OpenAPI 3.1 document."))
        .examples([json!({"openapi": "3.1.0"})])
        .build();
    api.add(Endpoint {
        method: HttpMethod::Get,
        path: "/openapi.json".to_owned(),
        id: "get_openapi_document".to_owned(),
        tag: "Operations",
        summary: "This document".to_owned(),
        description: "The OpenAPI 3.1 document of this version, from which clients can be generated.".to_owned(),
        parameters: Vec::new(),
        body: None,
        answer: ("The document.", "application/json", Schema::Object(schema).into()),
        fails: Vec::new(),
    });
}
