//! `crossover prices editions`, `diff`, `compare`, `activate`, `rollback`, `history` and `reference`: which editions a
//! database holds, what differs between them, and which is served.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::fault::Fault;
use super::imports::{DatabaseArgs, write_changes, write_counts};
use super::lists::{items, text, write_rows};
use super::request::read_file;
use super::{Format, Shell, ask, unknown_edition};
use crate::storage::{ReferencePrice, StorageError, Store};

/// The most reference prices that are listed at once.
const MAX_REFERENCE: u32 = 100_000;

/// The arguments of `prices editions` and `prices rollback`.
#[derive(Debug, Clone, Args)]
pub struct EditionsArgs {
    #[command(flatten)]
    database: DatabaseArgs,
}

/// The arguments of `prices activate`.
#[derive(Debug, Clone, Args)]
pub struct ActivateArgs {
    /// The number of the edition.
    edition: u32,
    #[command(flatten)]
    database: DatabaseArgs,
}

/// The arguments of `prices diff`.
#[derive(Debug, Clone, Args)]
pub struct DiffArgs {
    /// The edition that is compared.
    before: u32,
    /// The edition to compare it with.
    after: u32,
    /// Only this service code.
    #[arg(long, value_name = "CODE")]
    service_code: Option<String>,
    /// Only this Region.
    #[arg(long, short)]
    region: Option<String>,
    /// Only `added`, `removed` or `changed`.
    #[arg(long)]
    kind: Option<String>,
    /// The most changes, 1 to 1000. Left out: 100.
    #[arg(long, value_name = "NUMBER")]
    limit: Option<String>,
    /// Where a page begins: the `next_cursor` of the page before.
    #[arg(long)]
    cursor: Option<String>,
    #[command(flatten)]
    database: DatabaseArgs,
}

/// The arguments of `prices compare`.
#[derive(Debug, Clone, Args)]
pub struct CompareArgs {
    /// The edition that is compared.
    before: u32,
    /// The edition to compare it with.
    after: u32,
    /// A JSON file with a request for many resources, as `POST /v1/estimates` takes it.
    #[arg(long, short, value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    database: DatabaseArgs,
}

/// The arguments of `prices history`.
#[derive(Debug, Clone, Args)]
pub struct HistoryArgs {
    /// The service code of the price list, such as `AmazonVPC`.
    service_code: String,
    /// The Region, or `global`.
    region: String,
    /// The usage type, without Region prefix.
    usage_type: String,
    /// The operation, where the meter has one.
    operation: Option<String>,
    #[command(flatten)]
    database: DatabaseArgs,
}

/// The arguments of `prices reference`.
#[derive(Debug, Clone, Args)]
pub struct ReferenceArgs {
    /// The service code of the price list.
    service_code: String,
    /// Only this Region.
    #[arg(long, short)]
    region: Option<String>,
    /// The beginning of the usage type, as it stands in the price list.
    #[arg(long, value_name = "PREFIX")]
    usage_type: Option<String>,
    /// The most rows, up to 100000.
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_REFERENCE)))]
    limit: u32,
    #[command(flatten)]
    database: DatabaseArgs,
}

/// Runs `crossover prices editions`.
pub fn list(args: &EditionsArgs, shell: &mut Shell<'_>) -> Result<(), Fault> {
    let Some(answer) = answered("/v1/editions", &[], None, &args.database, shell)? else { return Ok(()) };
    let columns = [
        ("number", "Edition"),
        ("active", "Active"),
        ("origin", "Origin"),
        ("based_on", "Based on"),
        ("published_at", "Published"),
        ("created_at", "Added"),
        ("rows_added", "Rows added"),
        ("rows_ended", "Rows ended"),
        ("rows_total", "Rows"),
        ("note", "Note"),
    ];
    write_rows(shell.stdout, args.database.format, items(&answer, "editions"), &columns)
}

/// Runs `crossover prices diff`.
pub fn diff(args: &DiffArgs, shell: &mut Shell<'_>) -> Result<(), Fault> {
    let path = format!("/v1/editions/{}/diff/{}", args.before, args.after);
    let query = [
        ("service_code", args.service_code.as_deref()),
        ("region", args.region.as_deref()),
        ("kind", args.kind.as_deref()),
        ("limit", args.limit.as_deref()),
        ("cursor", args.cursor.as_deref()),
    ];
    let Some(answer) = answered(&path, &query, None, &args.database, shell)? else { return Ok(()) };
    let changes = items(&answer, "changes");
    if args.database.format == Format::Csv {
        return write_changes(shell.stdout, Format::Csv, changes);
    }
    let summary = answer.get("summary").unwrap_or(&Value::Null);
    writeln!(
        shell.stdout,
        "edition {} to {}: {} added, {} removed, {} changed",
        args.before,
        args.after,
        text(summary, "added"),
        text(summary, "removed"),
        text(summary, "changed")
    )?;
    write_counts(shell.stdout, items(&answer, "by_place"))?;
    if !changes.is_empty() {
        writeln!(shell.stdout)?;
        write_changes(shell.stdout, Format::Table, changes)?;
    }
    if let Some(cursor) = answer.get("next_cursor").and_then(Value::as_str) {
        writeln!(shell.stdout, "more with --cursor {cursor}")?;
    }
    Ok(())
}

/// Runs `crossover prices compare`.
pub fn compare(args: &CompareArgs, shell: &mut Shell<'_>) -> Result<(), Fault> {
    let path = format!("/v1/editions/{}/diff/{}/estimate", args.before, args.after);
    let body = read_file(&args.file)?;
    let Some(answer) = answered(&path, &[], Some(body), &args.database, shell)? else { return Ok(()) };
    let row = |resource: String, id: String, cost: &Value| {
        json!({
            "resource": resource,
            "id": id,
            "before": text(cost, "before"),
            "after": text(cost, "after"),
            "difference": text(cost, "difference"),
            "percent": text(cost, "percent"),
        })
    };
    let cost = |value: &Value| value.get("cost").cloned().unwrap_or_default();
    let lines = items(&answer, "lines");
    let mut rows: Vec<Value> =
        lines.iter().map(|line| row(text(line, "resource"), text(line, "id"), &cost(line))).collect();
    rows.push(row("total".to_owned(), String::new(), answer.get("total").unwrap_or(&Value::Null)));
    let columns = [
        ("resource", "Resource"),
        ("id", "Line"),
        ("before", "Before"),
        ("after", "After"),
        ("difference", "Difference"),
        ("percent", "%"),
    ];
    write_rows(shell.stdout, args.database.format, &rows, &columns)
}

/// Runs `crossover prices history`.
pub fn history(args: &HistoryArgs, shell: &mut Shell<'_>) -> Result<(), Fault> {
    let query = [
        ("service_code", Some(args.service_code.as_str())),
        ("region", Some(args.region.as_str())),
        ("usage_type", Some(args.usage_type.as_str())),
        ("operation", args.operation.as_deref()),
    ];
    let Some(answer) = answered("/v1/prices/history", &query, None, &args.database, shell)? else { return Ok(()) };
    let mut rows = Vec::new();
    for known in items(&answer, "known") {
        for price in items(known, "prices") {
            for tier in items(price, "tiers") {
                rows.push(json!({
                    "from_edition": text(known, "from_edition"),
                    "to_edition": text(known, "to_edition"),
                    "effective_from": text(price, "effective_from"),
                    "effective_to": text(price, "effective_to"),
                    "tier_from": text(tier, "from"),
                    "unit_price": text(tier, "unit_price"),
                    "unit": text(price, "unit"),
                    "layer": text(price, "layer"),
                    "seen_on": text(price, "seen_on"),
                    "source": text(price, "source"),
                }));
            }
        }
    }
    let columns = [
        ("from_edition", "From edition"),
        ("to_edition", "To edition"),
        ("effective_from", "Effective from"),
        ("effective_to", "Effective to"),
        ("tier_from", "Tier from"),
        ("unit_price", "Price"),
        ("unit", "Unit"),
        ("layer", "Layer"),
        ("seen_on", "Seen on"),
        ("source", "Source"),
    ];
    write_rows(shell.stdout, args.database.format, &rows, &columns)
}

/// Runs `crossover prices activate`.
pub fn activate(args: &ActivateArgs, shell: &mut Shell<'_>) -> Result<(), Fault> {
    let number = args.edition;
    on_store(&args.database.database, async |store| {
        if store.active().await? != Some(number) {
            store.activate(number).await?;
        }
        Ok(())
    })?;
    served(number, args.database.format, shell)
}

/// Runs `crossover prices rollback`.
pub fn rollback(args: &EditionsArgs, shell: &mut Shell<'_>) -> Result<(), Fault> {
    let before = on_store(&args.database.database, async |store| {
        let before = store.previous().await?;
        if let Some(number) = before {
            store.activate(number).await?;
        }
        Ok(before)
    })?;
    let Some(number) = before else {
        return Err(Fault::usage_with_hint(
            "no other edition was served before the present one",
            "`crossover prices editions` lists them, `crossover prices activate NUMBER` serves one",
        ));
    };
    served(number, args.database.format, shell)
}

/// Runs `crossover prices reference`.
pub fn reference(args: &ReferenceArgs, shell: &mut Shell<'_>) -> Result<(), Fault> {
    let names = (
        args.service_code.clone(),
        args.region.clone().unwrap_or_default(),
        args.usage_type.clone().unwrap_or_default(),
    );
    let limit = args.limit;
    let rows = on_store(&args.database.database, async |store| {
        let active = store.active().await?.unwrap_or_default();
        store.reference_prices(names, active, limit).await
    })?;
    let row = |price: &ReferencePrice| {
        let texts = ReferencePrice::COLUMNS.iter().zip(&price.texts);
        Value::Object(texts.map(|(name, text)| ((*name).to_owned(), Value::String(text.clone()))).collect())
    };
    let rows: Vec<Value> = rows.iter().map(row).collect();
    if args.database.format == Format::Json {
        return shell.write_json(&rows);
    }
    let columns = ReferencePrice::COLUMNS.map(|name| (name, name));
    write_rows(shell.stdout, args.database.format, &rows, &columns)
}

fn served(number: u32, format: Format, shell: &mut Shell<'_>) -> Result<(), Fault> {
    if format == Format::Json {
        return shell.write_json(&json!({ "active": number }));
    }
    writeln!(shell.stdout, "edition {number} is served from now on")?;
    Ok(())
}

/// Asks the REST service on a database. JSON is written as it comes; otherwise the answer is given back.
fn answered(
    path: &str,
    query: &[(&str, Option<&str>)],
    body: Option<Vec<u8>>,
    database: &DatabaseArgs,
    shell: &mut Shell<'_>,
) -> Result<Option<Value>, Fault> {
    check(&database.database)?;
    let body = ask::on_database(path, query, body, &database.database, shell.clock)?;
    if database.format == Format::Json {
        shell.write_body(&body)?;
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(&body)?))
}

/// Works on a database that exists.
fn on_store<T>(database: &Path, work: impl AsyncFnOnce(Store) -> Result<T, StorageError>) -> Result<T, Fault> {
    check(database)?;
    let done = actix_web::rt::System::new().block_on(async {
        let store = Store::open(database).await?;
        let done = work(store.clone()).await;
        store.close().await;
        done
    });
    done.map_err(|error| match error {
        StorageError::UnknownEdition { number, .. } => unknown_edition(number).into(),
        error => anyhow::Error::from(error).into(),
    })
}

fn check(database: &Path) -> Result<(), Fault> {
    if database.is_file() {
        return Ok(());
    }
    Err(Fault::usage_with_hint(
        format!("there is no database `{}`", database.display()),
        "`--database FILE` names one; `crossover prices import` and `crossover serve` make one",
    ))
}
