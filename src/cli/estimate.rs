//! Estimates for people and for spreadsheets.

use std::io::Write;

use serde::Serialize;

use super::fault::Fault;
use super::text::{Side, Table, list};
use crate::app::answer::{BookRateView, LineView, PriceView};
use crate::app::estimate::Estimate;

/// Writes an estimate as text: the lines with their factors and tiers, the total, and everything to know about it.
pub fn write_text(out: &mut dyn Write, estimate: &Estimate<'_>) -> Result<(), Fault> {
    let mut sources: Vec<String> = Vec::new();
    let many = estimate.by_resource.len() > 1;
    if let [only] = estimate.by_resource.as_slice() {
        writeln!(out, "{} in {}\n", only.service, only.region)?;
    }
    let mut table = Table::new(&[
        ("Line", Side::Left),
        ("Quantity", Side::Right),
        ("Unit", Side::Left),
        ("USD a unit", Side::Right),
        ("USD a month", Side::Right),
        ("Source", Side::Left),
    ]);
    for (at, resource) in estimate.by_resource.iter().enumerate() {
        if many {
            if at > 0 {
                table.row([""]);
            }
            table.row([format!("{} ({}, {})", resource.resource, resource.service, resource.region)]);
        }
        for line in estimate.lines.iter().filter(|line| line.resource == resource.resource) {
            line_rows(&mut table, line, &mut sources, if many { "  " } else { "" });
        }
        if many {
            table.row(["", "", "", "", resource.monthly.as_str(), ""]);
        }
    }
    table.rule();
    let total = &estimate.total;
    table.row(["Total a month", "", "", "", total.monthly.as_str(), ""]);
    if let Some(yearly) = &total.yearly {
        table.row(["Total for 12 months", "", "", "", yearly.as_str(), ""]);
    }
    table.write(out, "")?;
    if !estimate.complete {
        writeln!(out, "\nThis total is NOT complete: meters without a price are left out.")?;
    }
    list(
        out,
        "Left out for want of a price",
        estimate.missing.iter().map(|missing| {
            let meter = &missing.meter;
            let regions = match missing.regions_with_price.as_slice() {
                [] => "no Region has a price".to_owned(),
                regions => format!("priced in {}", regions.join(", ")),
            };
            format!(
                "{} / {} / {} {} (needed by {}; {regions})",
                meter.service_code,
                meter.region,
                meter.usage_type,
                meter.operation,
                missing.needed_by.join(", ")
            )
        }),
    )?;
    list(out, "Notices", estimate.notices.iter().map(|notice| format!("{}: {}", notice.code, notice.text)))?;
    list(
        out,
        "Assumed",
        estimate
            .assumptions
            .iter()
            .map(|assumption| format!("{} = {}: {}", assumption.input, assumption.value, assumption.why)),
    )?;
    list(
        out,
        "Not included",
        estimate.excluded.iter().map(|excluded| {
            if many { format!("{}: {}", excluded.service, excluded.what) } else { excluded.what.to_owned() }
        }),
    )?;
    let book = estimate.catalog.price_book.as_ref();
    let book = book.map_or_else(String::new, |book| format!(", price book {}@{}", book.name, book.revision));
    let heading = format!("Prices as of {}, edition {}{book}", estimate.catalog.as_of, estimate.catalog.edition);
    list(out, &heading, sources.iter().enumerate().map(|(at, source)| format!("[{}] {source}", at.saturating_add(1))))?;
    Ok(())
}

fn line_rows(table: &mut Table, line: &LineView<'_>, sources: &mut Vec<String>, indent: &str) {
    let mark = format!("[{}]", number_of(sources, source_text(&line.price)));
    let single = match line.tiers.as_slice() {
        [only] if line.free_quantity.is_none() => Some(only),
        _ => None,
    };
    table.row([
        format!("{indent}{}", line.label),
        line.quantity.to_string(),
        line.unit.to_owned(),
        single.map_or_else(String::new, |tier| tier.unit_price.to_string()),
        line.amount.to_string(),
        mark,
    ]);
    let factors: Vec<String> = line.factors.iter().map(|factor| format!("{} {}", factor.value, factor.of)).collect();
    if factors.len() > 1 {
        table.note(format!("{indent}{}", factors.join(" × ")));
    }
    if let Some(free) = &line.free_quantity {
        table.note(format!("{indent}{free} {} of it free", line.unit));
    }
    if single.is_none() {
        for tier in &line.tiers {
            let until = tier.to.as_ref().map_or_else(String::new, |to| format!(" to {to}"));
            table.note(format!(
                "{indent}{} {} × {} = {} (from {}{until})",
                tier.quantity, line.unit, tier.unit_price, tier.amount, tier.from
            ));
        }
    }
    if let Some(book) = &line.price.book {
        table.note(format!("{indent}{}", book_text(book)));
    }
    if let Some(rule) = &line.price.rule {
        table.note(format!("{indent}derived: {}", rule.formula));
    }
}

/// What the rate of a price book did.
fn book_text(book: &BookRateView) -> String {
    let BookRateView { name, revision, scope, discount_percent, list, .. } = book;
    let list = list.as_ref().map_or_else(
        || "no list price".to_owned(),
        |list| {
            let prices: Vec<&str> = list.tiers.iter().map(|tier| tier.unit_price.as_str()).collect();
            format!("list price {}", prices.join(", "))
        },
    );
    let rate =
        discount_percent.as_ref().map_or_else(|| "its own price".to_owned(), |percent| format!("{percent} % off"));
    format!("price book {name}@{revision}, scope {scope}: {rate}; {list}")
}

/// The position, from 1, of a text in a list, where it is put if it is new.
fn number_of(known: &mut Vec<String>, text: String) -> usize {
    let at = known.iter().position(|other| *other == text).unwrap_or_else(|| {
        known.push(text);
        known.len().saturating_sub(1)
    });
    at.saturating_add(1)
}

fn source_text(price: &PriceView) -> String {
    let from = price.effective_from.as_ref().map_or_else(String::new, |from| format!(", charged since {from}"));
    let link = price.source_url.as_ref().map_or_else(String::new, |url| format!(", {url}"));
    let note = price.note.as_ref().map_or_else(String::new, |note| format!(" ({note})"));
    let source = if price.source.is_empty() { "rule" } else { price.source.as_str() };
    format!(
        "{source}{link}: seen on {}{from}, {} confidence, layer {}, edition {}{note}",
        price.seen_on, price.confidence, price.layer, price.edition
    )
}

/// One row of the CSV: a tier of a line. The amounts of all rows add up to the exact total.
#[derive(Debug, Serialize)]
struct CsvRow<'a> {
    resource: &'a str,
    service: &'a str,
    line: &'a str,
    label: &'a str,
    service_code: &'a str,
    region: &'a str,
    usage_type: &'a str,
    operation: &'a str,
    tier_from: &'a str,
    tier_to: &'a str,
    quantity: &'a str,
    unit: &'a str,
    unit_price_usd: &'a str,
    amount_usd: &'a str,
    layer: &'a str,
    edition: u32,
    effective_from: &'a str,
    seen_on: &'a str,
    source: &'a str,
    source_url: &'a str,
    confidence: &'a str,
}

/// Writes an estimate as CSV: one row for each tier of each line.
pub fn write_csv(out: &mut dyn Write, estimate: &Estimate<'_>) -> Result<(), Fault> {
    let mut csv = csv::Writer::from_writer(out);
    for line in &estimate.lines {
        let price = &line.price;
        let row = CsvRow {
            resource: &line.resource,
            service: line.service,
            line: line.id,
            label: &line.label,
            service_code: &line.meter.service_code,
            region: &line.meter.region,
            usage_type: &line.meter.usage_type,
            operation: &line.meter.operation,
            tier_from: "",
            tier_to: "",
            quantity: &line.quantity,
            unit: line.unit,
            unit_price_usd: "",
            amount_usd: &line.amount_exact,
            layer: price.layer,
            edition: price.edition,
            effective_from: price.effective_from.as_deref().unwrap_or_default(),
            seen_on: &price.seen_on,
            source: &price.source,
            source_url: price.source_url.as_deref().unwrap_or_default(),
            confidence: price.confidence,
        };
        if let Some(free) = &line.free_quantity {
            csv.serialize(CsvRow { quantity: free, unit_price_usd: "0", amount_usd: "0", ..row })?;
        }
        for tier in &line.tiers {
            csv.serialize(CsvRow {
                tier_from: &tier.from,
                tier_to: tier.to.as_deref().unwrap_or_default(),
                quantity: &tier.quantity,
                unit_price_usd: &tier.unit_price,
                amount_usd: &tier.amount,
                ..row
            })?;
        }
    }
    csv.flush()?;
    Ok(())
}
