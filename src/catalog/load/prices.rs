//! The price tables: every row, and every ladder the rows make.

use smol_str::SmolStr;

use super::{CONFIDENCES, GLOBAL, Known};
use crate::catalog::mistake::{Mistakes, Place, quoted};
use crate::catalog::price::Layer;
use crate::catalog::row::{Interner, PriceRow};
use crate::catalog::table::{Cells, read_table};
use crate::domain::meter::MeterKey;

/// The columns of a price table.
const COLUMNS: [&str; 11] = [
    "region",
    "usage_type",
    "operation",
    "unit",
    "tier_start",
    "price_usd",
    "effective_from",
    "seen_on",
    "source",
    "confidence",
    "note",
];

/// A row and the line it stands in.
struct Numbered {
    row: PriceRow,
    line: u64,
}

/// Reads the price table of a service and adds its rows, in the order of meters, dates and tiers.
pub(super) fn read(
    file: &str,
    text: &str,
    service_code: &str,
    known: &Known<'_>,
    interner: &mut Interner,
    all: &mut Vec<PriceRow>,
    mistakes: &mut Mistakes,
) {
    let service_code = SmolStr::new(service_code);
    let mut rows: Vec<Numbered> = Vec::new();
    read_table(file, text, COLUMNS, mistakes, |cells, fields| {
        if let Some(row) = read_row(cells, fields, &service_code, known, interner) {
            rows.push(Numbered { row, line: cells.line() });
        }
    });
    // Stable, so that the tiers of a ladder stay in the order of the file, which has to be the rising one.
    rows.sort_by(|a, b| (&a.row.meter, a.row.effective_from).cmp(&(&b.row.meter, b.row.effective_from)));
    check_ladders(file, &rows, mistakes);
    all.extend(rows.into_iter().map(|numbered| numbered.row));
}

/// Reads one row. Every field is looked at, so that every mistake of the row is reported.
fn read_row(
    cells: &mut Cells<'_>,
    fields: [&str; COLUMNS.len()],
    service_code: &SmolStr,
    known: &Known<'_>,
    interner: &mut Interner,
) -> Option<PriceRow> {
    let [region, usage_type, operation, unit, tier_start, price, from, seen_on, source, confidence, note] = fields;
    let region = known.region(cells, "region", region, &[GLOBAL]);
    let usage_type = cells.text("usage_type", usage_type);
    let unit = cells.unit("unit", unit);
    let tier_start = cells.decimal("tier_start", tier_start);
    let price = cells.optional_decimal("price_usd", price, "for a gap");
    let effective_from = cells.optional_date("effective_from", from);
    let seen_on = cells.date("seen_on", seen_on);
    let source = known.source(cells, source);
    let confidence = cells.one_of("confidence", confidence, &CONFIDENCES);
    Some(PriceRow {
        meter: MeterKey {
            service_code: service_code.clone(),
            region: interner.get(region?),
            usage_type: interner.get(usage_type?),
            operation: interner.get(operation),
        },
        effective_from: effective_from?,
        effective_to: None,
        unit: unit?,
        tier_start: tier_start?,
        price: price?,
        seen_on: seen_on?,
        source: interner.get(source?),
        confidence: confidence?,
        note: interner.get(note),
        layer: Layer::Seed,
        edition: 0,
    })
}

/// Checks the ladders: each begins at 0 and rises, has one unit, and a gap only at its end.
fn check_ladders(file: &str, rows: &[Numbered], mistakes: &mut Mistakes) {
    let mut previous: Option<&Numbered> = None;
    for here in rows {
        let place = Place::file(file).line(here.line);
        let earlier = previous.filter(|earlier| earlier.row.meter == here.row.meter);
        if let Some(earlier) = earlier.filter(|earlier| earlier.row.unit != here.row.unit) {
            mistakes.add(
                place.column("unit"),
                quoted(here.row.unit.as_str()),
                format!("`{}`, the unit that the same meter has in line {}", earlier.row.unit, earlier.line),
            );
        }
        match earlier.filter(|earlier| earlier.row.effective_from == here.row.effective_from) {
            Some(earlier) => {
                let (before, now) = (earlier.row.tier_start, here.row.tier_start);
                if now == before {
                    mistakes.add(
                        place.column("tier_start"),
                        format!("`{now}` a second time"),
                        format!("one row for each meter, tier and effective_from; line {} has these", earlier.line),
                    );
                } else if now < before {
                    mistakes.add(
                        place.column("tier_start"),
                        format!("`{now}` after `{before}`"),
                        format!("rising tiers; the tier before is in line {}", earlier.line),
                    );
                } else if earlier.row.price.is_none() {
                    mistakes.add(
                        Place::file(file).line(earlier.line).column("price_usd"),
                        "nothing",
                        format!("a price, since line {} has a further tier: only the last may be a gap", here.line),
                    );
                }
            }
            None if !here.row.tier_start.is_zero() => mistakes.add(
                place.column("tier_start"),
                format!("`{}`", here.row.tier_start),
                "`0` for the first tier of a ladder",
            ),
            None if here.row.price.is_none() => {
                mistakes.add(place.column("price_usd"), "nothing", "a price: a ladder cannot begin with a gap");
            }
            None => {}
        }
        previous = Some(here);
    }
}
