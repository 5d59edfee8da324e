//! The lists (services, decisions, Regions, prices) for people and for spreadsheets. They are made from the REST
//! answers as they are sent.

use std::io::Write;

use serde_json::{Map, Value};

use super::Format;
use super::fault::Fault;
use super::text::{Side, Table, list, paragraph};

/// The fields that line up as numbers.
const NUMBERS: &[&str] = &["from", "unit_price", "discount_percent", "price", "revision", "rates"];

/// The text of a field; empty where there is none, and numbers and yes/no as they are written.
pub(super) fn text(value: &Value, field: &str) -> String {
    match value.get(field) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// The items of a list; none where there is no list.
pub(super) fn items<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The texts of a list.
pub(super) fn texts(value: &Value, field: &str) -> Vec<String> {
    items(value, field).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Writes rows with some of their fields as columns.
pub(super) fn write_rows(
    out: &mut dyn Write,
    format: Format,
    rows: &[Value],
    columns: &[(&str, &str)],
) -> Result<(), Fault> {
    if format == Format::Csv {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(columns.iter().map(|(field, _)| *field))?;
        for row in rows {
            csv.write_record(columns.iter().map(|(field, _)| text(row, field)))?;
        }
        csv.flush()?;
        return Ok(());
    }
    let side = |field: &str| if NUMBERS.contains(&field) { Side::Right } else { Side::Left };
    let headings: Vec<(&str, Side)> = columns.iter().map(|(field, heading)| (*heading, side(field))).collect();
    let mut table = Table::new(&headings);
    for row in rows {
        table.row(columns.iter().map(|(field, _)| text(row, field)));
    }
    table.write(out, "")?;
    Ok(())
}

/// Writes the list of price books.
pub fn write_price_books(out: &mut dyn Write, format: Format, answer: &Value) -> Result<(), Fault> {
    let columns = [
        ("name", "Price book"),
        ("revision", "Revision"),
        ("rates", "Rates"),
        ("created_at", "Made at"),
        ("note", "Note"),
    ];
    write_rows(out, format, items(answer, "price_books"), &columns)
}

/// Writes one price book: its rates, one row for each tier.
pub fn write_price_book(out: &mut dyn Write, format: Format, book: &Value) -> Result<(), Fault> {
    let mut rows = Vec::new();
    for rate in items(book, "rates") {
        let mut row = rate.clone();
        let tiers = items(rate, "tiers");
        if let Some(fields) = row.as_object_mut() {
            fields.remove("tiers");
        }
        if tiers.is_empty() {
            rows.push(row);
            continue;
        }
        for tier in tiers {
            let mut row = row.clone();
            if let (Some(fields), Some(tier)) = (row.as_object_mut(), tier.as_object()) {
                fields.extend(tier.clone());
            }
            rows.push(row);
        }
    }
    if format != Format::Csv {
        let removed = if book.get("removed") == Some(&Value::Bool(true)) { ", removed" } else { "" };
        let (name, number, made) = (text(book, "name"), text(book, "revision"), text(book, "created_at"));
        writeln!(out, "{name}, revision {number}{removed}, made at {made}")?;
        let note = text(book, "note");
        if !note.is_empty() {
            paragraph(out, "  ", "  ", &note)?;
        }
        if rows.is_empty() {
            return Ok(());
        }
        writeln!(out)?;
    }
    let columns = [
        ("service_code", "Service code"),
        ("region", "Region"),
        ("usage_type", "Usage type"),
        ("operation", "Operation"),
        ("discount_percent", "% off"),
        ("from", "From"),
        ("price", "USD a unit"),
        ("unit", "Unit"),
        ("valid_from", "Valid from"),
        ("valid_to", "Valid to"),
        ("note", "Note"),
    ];
    write_rows(out, format, &rows, &columns)
}

/// Writes the list of services.
pub fn write_services(out: &mut dyn Write, format: Format, answer: &Value) -> Result<(), Fault> {
    let about = (format == Format::Csv).then_some(("about", "About"));
    let columns: Vec<_> = [("id", "Service"), ("name", "Name")].into_iter().chain(about).collect();
    write_rows(out, format, items(answer, "services"), &columns)
}

/// Writes the list of decisions.
pub fn write_decisions(out: &mut dyn Write, format: Format, answer: &Value) -> Result<(), Fault> {
    let about = (format == Format::Csv).then_some(("about", "About"));
    let columns: Vec<_> = [("id", "Decision"), ("name", "Question")].into_iter().chain(about).collect();
    write_rows(out, format, items(answer, "decisions"), &columns)
}

/// Writes the list of Regions.
pub fn write_regions(out: &mut dyn Write, format: Format, answer: &Value) -> Result<(), Fault> {
    let columns =
        [("region", "Region"), ("name", "Name"), ("usage_prefix", "Usage prefix"), ("geography", "Geography")];
    write_rows(out, format, items(answer, "regions"), &columns)
}

/// Writes a service in detail; as CSV, its meters.
pub fn write_service(out: &mut dyn Write, format: Format, answer: &Value) -> Result<(), Fault> {
    let meters: Vec<Value> = items(answer, "meters")
        .iter()
        .map(|meter| {
            let mut meter = meter.clone();
            let regions = texts(&meter, "priced_in");
            if let Some(fields) = meter.as_object_mut() {
                let shown = if format == Format::Csv { regions.join("|") } else { priced_in(&regions) };
                fields.insert("priced_in".to_owned(), Value::String(shown));
            }
            meter
        })
        .collect();
    let columns = [
        ("service_code", "Meter"),
        ("usage_type", "Usage type"),
        ("operation", "Operation"),
        ("unit", "Unit"),
        ("priced_in", "Priced in"),
    ];
    if format == Format::Csv {
        return write_rows(out, format, &meters, &columns);
    }
    write_head(out, answer)?;
    list(out, "Usage", fields_of(answer.get("input_schema").unwrap_or(&Value::Null)))?;
    write_example(out, answer, "estimate", "usage", "--usage")?;
    list(out, "Not included", texts(answer, "excluded"))?;
    writeln!(out)?;
    write_rows(out, format, &meters, &columns)?;
    list(out, "Sources", texts(answer, "sources"))?;
    Ok(())
}

fn priced_in(regions: &[String]) -> String {
    match regions {
        [] => "no Region".to_owned(),
        [only] => only.clone(),
        [first, .., last] => format!("{} Regions, {first} … {last}", regions.len()),
    }
}

/// Writes a decision in detail; as CSV, its inputs.
pub fn write_decision(out: &mut dyn Write, format: Format, answer: &Value) -> Result<(), Fault> {
    if format == Format::Csv {
        let columns = ["name", "unit", "kind", "sweepable", "critical"].map(|field| (field, field));
        return write_rows(out, format, items(answer, "inputs"), &columns);
    }
    write_head(out, answer)?;
    let options = items(answer, "options");
    list(out, "Options", options.iter().map(|option| format!("{}: {}", text(option, "id"), text(option, "what"))))?;
    list(out, "Inputs", fields_of(answer.get("input_schema").unwrap_or(&Value::Null)))?;
    write_example(out, answer, "decide", "inputs", "--input")?;
    list(
        out,
        "Rules",
        items(answer, "rules").iter().map(|rule| {
            let link = text(rule, "source_url");
            let link = if link.is_empty() { link } else { format!(" <{link}>") };
            format!("{}: when {}: {}{link}", text(rule, "id"), text(rule, "when"), text(rule, "then"))
        }),
    )?;
    list(out, "Sources", texts(answer, "sources"))?;
    Ok(())
}

pub(super) fn write_head(out: &mut dyn Write, answer: &Value) -> Result<(), Fault> {
    writeln!(out, "{}: {}", text(answer, "id"), text(answer, "name"))?;
    paragraph(out, "  ", "  ", &text(answer, "about"))?;
    Ok(())
}

/// Writes the example as a command line.
pub(super) fn write_example(
    out: &mut dyn Write,
    answer: &Value,
    verb: &str,
    object: &str,
    flag: &str,
) -> Result<(), Fault> {
    let Some(example) = answer.get("example_request") else { return Ok(()) };
    let mut pairs = Vec::new();
    if let Some(filled) = example.get(object) {
        flatten("", filled, &mut pairs);
    }
    let region = text(example, "region");
    let command = format!("crossover {verb} {} --region {region} {flag} {}", text(answer, "id"), pairs.join(" "));
    list(out, "Example", [command])?;
    Ok(())
}

/// The `name=value` texts that stand for a value.
fn flatten(at: &str, value: &Value, pairs: &mut Vec<String>) {
    let below = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| flatten(&below(name), value, pairs)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(position, value)| flatten(&below(&position.to_string()), value, pairs));
        }
        Value::String(text) => pairs.push(format!("{at}={text}")),
        other => pairs.push(format!("{at}={other}")),
    }
}

/// The fields that a JSON Schema describes, each in a line.
fn fields_of(schema: &Value) -> Vec<String> {
    let mut fields = Vec::new();
    properties("", schema, schema, &mut fields);
    fields
}

/// Describes the properties of an object schema. `at` is what stands before their names.
fn properties(at: &str, schema: &Value, root: &Value, fields: &mut Vec<String>) {
    let required = texts(schema, "required");
    let none = Map::new();
    for (name, property) in schema.get("properties").and_then(Value::as_object).unwrap_or(&none) {
        let forms = forms(property, root);
        let described = forms.iter().find_map(|form| form.get("description").and_then(Value::as_str));
        let description = described.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        let mut remarks = Vec::new();
        if required.contains(name) {
            remarks.push("required".to_owned());
        }
        let allowed: Vec<String> = forms.iter().flat_map(|form| texts(form, "enum")).collect();
        if !allowed.is_empty() {
            remarks.push(allowed.join(", "));
        }
        if let Some(default) = property.get("default") {
            remarks.push(format!("default {}", default.as_str().map_or_else(|| default.to_string(), str::to_owned)));
        }
        let remarks = if remarks.is_empty() { String::new() } else { format!(" ({})", remarks.join("; ")) };
        fields.push(format!("{at}{name}{remarks}: {description}"));
        for form in &forms {
            properties(&format!("{at}{name}."), form, root, fields);
            if let Some(item) = form.get("items") {
                for form in self::forms(item, root) {
                    properties(&format!("{at}{name}.0."), form, root, fields);
                }
            }
        }
    }
}

/// A schema and everything it refers to or offers as a choice, itself first.
fn forms<'a>(schema: &'a Value, root: &'a Value) -> Vec<&'a Value> {
    let mut forms = vec![schema];
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix("#/$defs/"))
        && let Some(definition) = root.get("$defs").and_then(|definitions| definitions.get(name))
    {
        forms.extend(self::forms(definition, root));
    }
    for choice in ["oneOf", "allOf", "anyOf"] {
        forms.extend(items(schema, choice).iter().flat_map(|form| self::forms(form, root)));
    }
    forms
}

/// Writes prices, one row for each tier.
pub fn write_prices(out: &mut dyn Write, format: Format, prices: &[Value]) -> Result<(), Fault> {
    let mut rows = Vec::new();
    for price in prices {
        for tier in items(price, "tiers") {
            let mut row = Map::new();
            for part in [price.get("meter"), Some(tier), Some(price)] {
                for (name, value) in part.and_then(Value::as_object).into_iter().flatten() {
                    row.insert(name.clone(), value.clone());
                }
            }
            rows.push(Value::Object(row));
        }
    }
    let for_people = [
        ("service_code", "Service code"),
        ("region", "Region"),
        ("usage_type", "Usage type"),
        ("operation", "Operation"),
        ("unit", "Unit"),
        ("from", "From"),
        ("unit_price", "USD a unit"),
        ("effective_from", "Charged since"),
        ("seen_on", "Seen on"),
        ("confidence", "Confidence"),
    ];
    let more = [
        ("to", ""),
        ("known_up_to", ""),
        ("effective_to", ""),
        ("source", ""),
        ("source_url", ""),
        ("note", ""),
        ("layer", ""),
        ("first_edition", ""),
    ];
    let columns: Vec<_> = for_people.into_iter().chain(more.into_iter().filter(|_| format == Format::Csv)).collect();
    write_rows(out, format, &rows, &columns)
}
