//! Architectures for people: the list, one in detail, and an estimate with the decisions that it raises.

use std::io::Write;

use serde_json::Value;

use super::fault::Fault;
use super::lists::{items, text, texts, write_example, write_head, write_rows};
use super::text::list;
use super::{ArchitectureArgs, Format, Shell, estimate, load};
use crate::app::architecture::ArchitectureRequest;
use crate::app::architecture::view::ArchitectureEstimate;
use crate::cli::request::Extra;

/// Estimates an architecture.
pub fn run(args: &ArchitectureArgs, shell: &mut Shell<'_>) -> Result<(), Fault> {
    let extra = Extra { object: Some(("parameters", "--set")), pairs: &args.set, fields: Vec::new() };
    let body = args.request.body(&extra, &mut *shell.stdin, shell.stdin_is_terminal)?;
    let request = ArchitectureRequest::read(&body)?;
    let catalog = load(args.answer.database.as_deref(), request.common().edition, shell)?;
    let answer = request.run(&args.architecture, &catalog, shell.today())?;
    match args.answer.format {
        Format::Table => write_text(shell.stdout, &answer),
        Format::Csv => estimate::write_csv(shell.stdout, &answer.estimate),
        Format::Json => shell.write_json(&answer),
    }
}

/// Writes an estimate of an architecture: what was taken, the bill, and what may be asked next.
fn write_text(out: &mut dyn Write, answer: &ArchitectureEstimate<'_>) -> Result<(), Fault> {
    writeln!(out, "{}: {}", answer.architecture.id, answer.architecture.name)?;
    list(
        out,
        "Parameters (`--set name=value` changes one)",
        answer.parameters.iter().map(|parameter| {
            let unit = parameter.unit.as_ref().map_or_else(String::new, |unit| format!(" {unit}"));
            let given = if parameter.given { ", as given" } else { "" };
            format!("{} = {}{unit}{given}", parameter.name, parameter.value)
        }),
    )?;
    list(
        out,
        "Computed",
        answer
            .computed
            .iter()
            .map(|computed| format!("{} = {} {}: {}", computed.name, computed.value, computed.unit, computed.what)),
    )?;
    writeln!(out)?;
    estimate::write_text(out, &answer.estimate)?;
    list(out, "The architecture assumes", answer.architecture.assumptions.iter().cloned())?;
    list(
        out,
        "Decisions it raises (`--format json` has each request ready)",
        answer.decisions.iter().map(|decision| format!("{}: {}", decision.decision, decision.question)),
    )?;
    Ok(())
}

/// Writes the list of architectures.
pub fn write_all(out: &mut dyn Write, format: Format, answer: &Value) -> Result<(), Fault> {
    let about = (format == Format::Csv).then_some(("about", "About"));
    let columns: Vec<_> = [("id", "Architecture"), ("name", "Name")].into_iter().chain(about).collect();
    write_rows(out, format, items(answer, "architectures"), &columns)
}

/// Writes an architecture in detail; as CSV, its parameters.
pub fn write_one(out: &mut dyn Write, format: Format, answer: &Value) -> Result<(), Fault> {
    let parameters = items(answer, "parameters");
    if format == Format::Csv {
        let columns = ["name", "unit", "default", "min", "max", "whole", "what"].map(|field| (field, field));
        return write_rows(out, format, parameters, &columns);
    }
    write_head(out, answer)?;
    let diagram = text(answer, "diagram");
    if !diagram.is_empty() {
        writeln!(out)?;
        for line in diagram.lines() {
            writeln!(out, "  {line}")?;
        }
    }
    list(out, "Parameters", parameters.iter().map(parameter_text))?;
    list(
        out,
        "Computed",
        items(answer, "computed").iter().map(|computed| {
            format!("{} {}: {}", text(computed, "name"), text(computed, "value"), text(computed, "what"))
        }),
    )?;
    list(
        out,
        "Resources",
        items(answer, "resources").iter().map(|resource| {
            format!("{}: {}{}", text(resource, "name"), text(resource, "service"), condition_text(resource))
        }),
    )?;
    list(
        out,
        "Decisions it raises",
        items(answer, "decisions").iter().map(|decision| {
            format!("{}: {}{}", text(decision, "decision"), text(decision, "question"), condition_text(decision))
        }),
    )?;
    list(out, "It assumes", texts(answer, "assumptions"))?;
    write_example(out, answer, "architecture", "parameters", "--set")?;
    for (heading, field) in [
        ("Priced fully in", "regions_priced_fully"),
        ("Priced with --missing-prices derive in", "regions_priced_with_derived"),
        ("Priced in part in", "regions_priced_in_part"),
    ] {
        let regions = texts(answer, field);
        list(out, heading, (!regions.is_empty()).then(|| regions.join(", ")))?;
    }
    list(out, "Sources", texts(answer, "sources"))?;
    Ok(())
}

fn parameter_text(parameter: &Value) -> String {
    let words: Vec<String> = items(parameter, "choices").iter().map(|choice| text(choice, "word")).collect();
    let range = if words.is_empty() {
        let whole = if text(parameter, "whole") == "true" { "whole, " } else { "" };
        format!("{whole}{} to {} {}", text(parameter, "min"), text(parameter, "max"), text(parameter, "unit"))
    } else {
        words.join(", ")
    };
    let default = text(parameter, "default");
    format!("{} ({range}; default {default}): {}", text(parameter, "name"), text(parameter, "what"))
}

/// When something stands, in words; empty where it always does.
fn condition_text(item: &Value) -> String {
    let conditions = item.get("when").and_then(Value::as_object).into_iter().flatten();
    let conditions: Vec<String> = conditions
        .map(|(parameter, words)| {
            let words: Vec<&str> = words.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            format!("{parameter} is {}", words.join(" or "))
        })
        .collect();
    if conditions.is_empty() { String::new() } else { format!(" (where {})", conditions.join(" and ")) }
}
