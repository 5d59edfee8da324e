//! The OpenAPI document: it is the one checked in, it is complete, and its examples work.

use std::collections::BTreeSet;
use std::path::Path;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use crossover::domain::problem::Code;
use crossover::http::{openapi, schemas};
use crossover::services::SERVICES;
use serde_json::Value;

use crate::http::{send, send_to};
use crate::http_admin::TOKEN;
use crate::http_editions::OnStore;

fn document() -> Value {
    serde_json::to_value(openapi::document()).expect("JSON")
}

/// Every operation as path, method, operation.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("a path item") {
            operations.push((path.clone(), method.clone(), operation.clone()));
        }
    }
    operations
}

fn is_sentence(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() > 2 && !text.starts_with(char::is_whitespace))
}

#[test]
fn the_document_is_the_one_checked_in() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/openapi.json");
    let text = openapi::text();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &text).expect("written");
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    if let Some((at, (new, old))) = text.lines().zip(checked_in.lines()).enumerate().find(|(_, (new, old))| new != old)
    {
        panic!(
            "openapi/openapi.json differs from the code at line {}:\n  file: {old}\n  code: {new}\n\
             UPDATE_OPENAPI=1 cargo test openapi rewrites the file",
            at + 1
        );
    }
    assert_eq!(text.len(), checked_in.len(), "one is longer; UPDATE_OPENAPI=1 cargo test openapi rewrites the file");
}

#[test]
fn every_operation_is_described_in_full() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let tags: BTreeSet<&str> =
        document["tags"].as_array().expect("tags").iter().map(|tag| tag["name"].as_str().expect("a name")).collect();
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let here = format!("{method} {path}");
        let id = operation["operationId"].as_str().expect("an id").to_owned();
        let verb = id.split('_').next().expect("a verb");
        assert!(
            ["get", "list", "estimate", "decide", "put", "delete", "import", "activate", "answer"].contains(&verb)
                && id.contains('_'),
            "{here}: {id}"
        );
        assert!(ids.insert(id.clone()), "{here}: the id {id} is taken");
        assert!(is_sentence(&operation["summary"]), "{here}: no summary");
        assert!(!operation["summary"].as_str().expect("a text").ends_with('.'), "{here}: a summary is a title");
        assert!(is_sentence(&operation["description"]), "{here}: no description");
        let last_line = operation["description"].as_str().and_then(|text| text.lines().last()).expect("a text");
        assert!(last_line.ends_with('.') || last_line.starts_with("- "), "{here}: no full stop");
        let tag = operation["tags"][0].as_str().expect("a tag");
        assert!(tags.contains(tag), "{here}: the tag {tag} is not declared");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(is_sentence(&parameter["description"]), "{here}: {parameter}");
            assert!(parameter["in"] != "path" || !parameter["example"].is_null(), "{here}: {parameter}");
        }
        // To activate is all that is said: there is nothing to send.
        if (method == "post" || method == "put") && verb != "activate" {
            assert!(!examples_to_send(&operation).is_empty(), "{here}: no example to send");
        }
        let responses = operation["responses"].as_object().expect("responses");
        assert!(responses.contains_key("200"), "{here}");
        let writes = ["put", "delete", "import", "activate"].contains(&verb);
        assert_eq!(
            operation["security"].is_array(),
            writes,
            "{here}: what writes needs the token, what reads does not"
        );
        assert_eq!(responses.contains_key("401") && responses.contains_key("403"), writes, "{here}");
        assert!(responses.keys().any(|status| status.starts_with('4')), "{here}: no 4xx");
        assert!(responses.keys().any(|status| status.starts_with('5')), "{here}: no 5xx");
        let answer = responses["200"]["content"].as_object().expect("content");
        assert!(answer.values().all(|content| content["schema"].is_object()), "{here}: no schema of the answer");
    }
}

#[test]
fn every_service_has_its_own_path() {
    let document = document();
    for service in SERVICES {
        let operation = &document["paths"][format!("/v1/estimates/{}", service.id)]["post"];
        assert_eq!(operation["operationId"], format!("estimate_{}", service.id));
    }
    let forms = document["components"]["schemas"]["Resource"]["oneOf"].as_array().expect("forms");
    assert_eq!(forms.len(), SERVICES.len());
}

#[test]
fn every_field_is_described() {
    fn check(here: &str, schema: &Value) {
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let here = format!("{here}.{name}");
            assert!(is_sentence(&field["description"]), "{here} has no description: {field}");
            check(&here, field);
        }
        for key in ["oneOf", "allOf", "anyOf"] {
            for part in schema[key].as_array().into_iter().flatten() {
                check(here, part);
            }
        }
        if schema["items"].is_object() {
            check(&format!("{here}[]"), &schema["items"]);
        }
    }
    for (name, schema) in document()["components"]["schemas"].as_object().expect("schemas") {
        assert!(is_sentence(&schema["description"]), "{name} has no description");
        check(name, schema);
    }
}

#[test]
fn decimals_are_strings_of_a_stated_form() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    for (schema, field) in schemas::decimals() {
        let property = &schemas[schema]["properties"][field];
        assert_eq!(property["pattern"], schemas::DECIMAL, "{schema}.{field}: {property}");
    }
    for (name, schema) in schemas.as_object().expect("schemas") {
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            let types = property["type"].to_string();
            let about = property["description"].as_str().unwrap_or_default();
            assert!(!types.contains("\"number\""), "{name}.{field} is a float");
            let money = about.starts_with("US dollars") || property["example"].as_str().is_some_and(is_decimal);
            assert!(
                !(money && types.contains("\"string\"")) || property["pattern"].is_string(),
                "{name}.{field} is a decimal without a form: {property}"
            );
        }
    }
}

fn is_decimal(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == '.')
}

#[test]
fn no_two_schemas_share_a_name_and_every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    match member {
                        Value::String(target) if name == "$ref" => {
                            found.insert(target.clone());
                        }
                        // The targets of a discriminator.
                        Value::String(target) if target.starts_with("#/") => {
                            found.insert(target.clone());
                        }
                        member => references(member, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    assert_eq!(openapi::collisions(), Vec::<String>::new());
    let document = document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for target in &found {
        let pointer = target.strip_prefix('#').expect("a local reference");
        assert!(document.pointer(pointer).is_some(), "{target} leads nowhere");
    }
    // A way to prove who one is is named by operations, not referred to.
    for (_, _, operation) in operations(&document) {
        for required in operation["security"].as_array().into_iter().flatten() {
            found.extend(
                required.as_object().expect("names").keys().map(|name| format!("#/components/securitySchemes/{name}")),
            );
        }
    }
    for (kind, members) in document["components"].as_object().expect("components") {
        for name in members.as_object().expect("members").keys() {
            assert!(found.contains(&format!("#/components/{kind}/{name}")), "{kind}/{name} is used by nothing");
        }
    }
}

#[test]
fn every_code_is_in_the_document() {
    let document = document();
    let schema = &document["components"]["schemas"]["ProblemCode"];
    let about = schema["description"].as_str().expect("a text");
    let codes = schema["enum"].as_array().expect("codes");
    let responses = document["components"]["responses"].to_string();
    for code in Code::ALL {
        assert!(about.contains(&format!("\n| `{code}` |")), "{code}");
        assert!(codes.contains(&code.as_str().into()), "{code}");
        assert!(responses.contains(&format!("`{code}`")), "{code} is in no response");
    }
}

/// Fills in the path and the query of an operation with the examples of its parameters.
fn uri(path: &str, operation: &Value) -> String {
    let mut uri = path.to_owned();
    let mut query = Vec::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let (name, example) = (parameter["name"].as_str().expect("a name"), &parameter["example"]);
        match example {
            Value::Null => {}
            Value::String(text) if parameter["in"] == "path" => uri = uri.replace(&format!("{{{name}}}"), text),
            Value::String(text) => query.push(format!("{name}={text}")),
            other => query.push(format!("{name}={other}")),
        }
    }
    if !query.is_empty() {
        uri = format!("{uri}?{}", query.join("&"));
    }
    uri
}

/// The examples of an operation's body by media type: an object as JSON, a file as it stands.
fn examples_to_send(operation: &Value) -> Vec<(String, String)> {
    let content = operation["requestBody"]["content"].as_object();
    let examples = content.into_iter().flatten().filter_map(|(media_type, content)| match &content["example"] {
        Value::String(text) => Some((media_type.clone(), text.clone())),
        Value::Object(object) => Some((media_type.clone(), Value::from(object.clone()).to_string())),
        _ => None,
    });
    examples.collect()
}

#[actix_web::test]
async fn every_example_works_as_it_is() {
    let document = document();
    let service = OnStore::new().await;
    let mut posted = 0;
    // What is put or imported is there to be got, whatever the order of the methods.
    let (mut operations, writes): (Vec<_>, Vec<_>) = operations(&document)
        .into_iter()
        .partition(|(_, method, operation)| method != "put" && operation["operationId"] != "import_price_list");
    operations.splice(0..0, writes);
    for (path, method, operation) in operations {
        let uri = uri(&path, &operation);
        assert!(!uri.contains('{'), "{uri}");
        let method_of = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
        let request = || {
            TestRequest::default()
                .method(method_of.clone())
                .uri(&uri)
                .insert_header(("authorization", format!("Bearer {TOKEN}")))
        };
        let mut requests = Vec::new();
        for (media_type, example) in examples_to_send(&operation) {
            requests.push(request().insert_header(("content-type", media_type)).set_payload(example));
            posted += 1;
        }
        if requests.is_empty() {
            requests.push(request());
        }
        for request in requests {
            let answer = send_to(service.state.clone(), request).await;
            let status = if method == "put" { "201" } else { "200" };
            assert_eq!(answer.status.as_str(), status, "{method} {uri}: {}", answer.text());
            let promised = operation["responses"][status]["content"].as_object().expect("content");
            let media_type = answer.header("content-type").split(';').next().unwrap_or_default();
            assert!(promised.contains_key(media_type), "{method} {uri}: {media_type}");
            let schema = &promised[media_type]["schema"];
            match media_type {
                "text/csv" => {
                    assert!(answer.text().lines().skip(1).all(|row| row.contains(",true,,")), "{}", answer.text());
                }
                "application/x-ndjson" => {
                    for line in answer.text().lines() {
                        let line: Value = serde_json::from_str(line).expect("JSON");
                        assert_eq!(line["ok"], true, "{line}");
                        conforms(&document, schema, &line, &uri);
                    }
                }
                _ => conforms(&document, schema, &answer.json(), &uri),
            }
        }
    }
    assert!(posted > SERVICES.len(), "{posted}");
}

#[actix_web::test]
async fn problems_have_the_documented_form() {
    let document = document();
    for uri in ["/nowhere", "/v1/services/nothing", "/v1/prices?limit=x&regoin=1"] {
        let answer = send(TestRequest::get().uri(uri)).await;
        conforms(&document, &serde_json::json!({"$ref": "#/components/schemas/Problem"}), &answer.json(), uri);
    }
}

/// The schema of an object that has the members of all parts.
fn whole(document: &Value, parts: &[Value]) -> Value {
    let (mut properties, mut required) = (serde_json::Map::new(), Vec::new());
    for part in parts {
        let part = match part["$ref"].as_str() {
            Some(target) => document.pointer(target.trim_start_matches('#')).expect("a target"),
            None => part,
        };
        properties.extend(part["properties"].as_object().expect("an object").clone());
        required.extend(part["required"].as_array().into_iter().flatten().cloned());
    }
    serde_json::json!({ "type": "object", "properties": properties, "required": required })
}

/// Checks a value against a schema: as much of JSON Schema as the document uses. Members that the schema does not name
/// are mistakes, although JSON Schema would let them pass.
fn conforms(document: &Value, schema: &Value, value: &Value, here: &str) {
    if let Some(target) = schema["$ref"].as_str() {
        let target = document.pointer(target.trim_start_matches('#')).expect("a target");
        return conforms(document, target, value, here);
    }
    if let Some(forms) = schema["oneOf"].as_array() {
        // The document uses this for null or something, only.
        let form = forms.iter().find(|form| (form["type"] == "null") == value.is_null());
        return conforms(document, form.unwrap_or_else(|| panic!("{here}: {value}")), value, here);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let whole = whole(document, parts);
        return conforms(document, &whole, value, here);
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let types = &schema["type"];
    let fits = types.is_null() || types == kind || types.as_array().is_some_and(|types| types.contains(&kind.into()));
    assert!(fits, "{here}: {value} is not {types}");
    if schema["pattern"] == schemas::DECIMAL && !value.is_null() {
        let text = value.as_str().expect("a string").trim_start_matches('-');
        assert!(is_decimal(text), "{here}: {value} is not a decimal");
    }
    if let Some(allowed) = schema["enum"].as_array() {
        assert!(allowed.contains(value), "{here}: {value}");
    }
    for (at, item) in value.as_array().into_iter().flatten().enumerate() {
        conforms(document, &schema["items"], item, &format!("{here}/{at}"));
    }
    if let (Some(members), Some(properties)) = (value.as_object(), schema["properties"].as_object()) {
        for required in schema["required"].as_array().into_iter().flatten() {
            assert!(members.contains_key(required.as_str().expect("a name")), "{here}: {required} is absent");
        }
        for (name, member) in members {
            let property = properties.get(name).unwrap_or_else(|| panic!("{here}/{name} is not documented"));
            conforms(document, property, member, &format!("{here}/{name}"));
        }
    }
}
