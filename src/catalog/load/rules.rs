//! The tables of rules: free allowances, increments, other spellings, derivations.

use chrono::NaiveDate;
use smol_str::SmolStr;

use super::{CONFIDENCES, GLOBAL, Known, name_patterns};
use crate::catalog::aliases::Alias;
use crate::catalog::derived::{DerivedRule, Formula, Purpose, TYPE_PLACEHOLDER, match_type};
use crate::catalog::free_tier::{Allowance, AllowanceKind, AllowanceScope, NamePattern};
use crate::catalog::metering::MeteringRule;
use crate::catalog::mistake::{Mistakes, Place, one_of, quoted};
use crate::catalog::price::Price;
use crate::catalog::prices_of;
use crate::catalog::table::{Cells, read_table};
use crate::domain::number::MAX_DECIMALS;
use crate::domain::problem::nearest;
use crate::domain::unit::Unit;

/// The service codes a table names, and where: they are checked once the prices are known.
type Codes = Vec<(&'static str, u64, SmolStr)>;

/// Reads `free_tiers.csv`.
pub(super) fn free_tiers(text: &str, known: &Known<'_>, codes: &mut Codes, mistakes: &mut Mistakes) -> Vec<Allowance> {
    const FILE: &str = "free_tiers.csv";
    let columns = [
        "service_code",
        "usage_types",
        "allowance",
        "unit",
        "period",
        "scope",
        "kind",
        "valid_from",
        "valid_to",
        "source",
        "note",
    ];
    let mut allowances = Vec::new();
    read_table(FILE, text, columns, mistakes, |cells, fields| {
        let [code, usage_types, allowance, unit, period, scope, kind, from, to, source, note] = fields;
        if cells.text("service_code", code).is_some() {
            codes.push((FILE, cells.line(), SmolStr::new(code)));
        }
        let names = cells.text("usage_types", usage_types);
        let usage_types = names.and_then(|names| name_patterns(cells, "usage_types", names));
        let allowance = cells.decimal("allowance", allowance);
        let unit = cells.unit("unit", unit);
        let period = cells.one_of("period", period, &["month", "hour", "once"].map(|period| (period, period)));
        let scope = cells.one_of(
            "scope",
            scope,
            &[
                ("account", AllowanceScope::Account),
                ("region", AllowanceScope::Region),
                ("service", AllowanceScope::Service),
            ],
        );
        let kind = cells.one_of(
            "kind",
            kind,
            &[
                ("always", AllowanceKind::Always),
                ("12-months-legacy", AllowanceKind::TwelveMonthsLegacy),
                ("trial", AllowanceKind::Trial),
            ],
        );
        let valid_from = cells.optional_date("valid_from", from);
        let valid_to = cells.optional_date("valid_to", to);
        if let (Some(Some(from)), Some(Some(to))) = (valid_from, valid_to)
            && to < from
        {
            cells.mistake("valid_to", format!("`{to}`"), format!("a day from `{from}` on, the valid_from of the row"));
        }
        if let (Some(AllowanceKind::Always), Some(period), Some(scope)) = (kind, period, scope) {
            let fits = if scope == AllowanceScope::Service { "hour" } else { "month" };
            if period != fits {
                cells.mistake(
                    "period",
                    format!("`{period}`"),
                    format!("`{fits}`, for an allowance of that scope that every account has"),
                );
            }
        }
        let source = known.source(cells, source);
        let read = || {
            Some(Allowance {
                service_code: SmolStr::new(code),
                usage_types: usage_types?,
                allowance: allowance?,
                unit: unit?,
                period: SmolStr::new(period?),
                scope: scope?,
                kind: kind?,
                valid_from: valid_from?,
                valid_to: valid_to?,
                source: SmolStr::new(source?),
                note: note.to_owned(),
            })
        };
        allowances.extend(read());
    });
    allowances
}

/// Reads `metering.csv`.
pub(super) fn metering(text: &str, known: &Known<'_>, codes: &mut Codes, mistakes: &mut Mistakes) -> Vec<MeteringRule> {
    const FILE: &str = "metering.csv";
    let columns = ["service_code", "usage_type", "increment", "source", "note"];
    let mut rules = Vec::new();
    read_table(FILE, text, columns, mistakes, |cells, [code, usage_type, increment, source, note]| {
        if cells.text("service_code", code).is_some() {
            codes.push((FILE, cells.line(), SmolStr::new(code)));
        }
        let names = cells.text("usage_type", usage_type);
        let usage_types = names.and_then(|names| name_patterns(cells, "usage_type", names));
        let increment = cells.text("increment", increment);
        let source = known.source(cells, source);
        let read = || {
            Some(MeteringRule {
                service_code: SmolStr::new(code),
                usage_types: usage_types?,
                increment: increment?.to_owned(),
                source: SmolStr::new(source?),
                note: note.to_owned(),
            })
        };
        rules.extend(read());
    });
    rules
}

/// Reads `usage_type_aliases.csv`.
pub(super) fn aliases(text: &str, known: &Known<'_>, codes: &mut Codes, mistakes: &mut Mistakes) -> Vec<Alias> {
    const FILE: &str = "usage_type_aliases.csv";
    let columns = ["service_code", "region", "usage_type", "billed_as"];
    let mut aliases: Vec<Alias> = Vec::new();
    read_table(FILE, text, columns, mistakes, |cells, [code, region, usage_type, billed_as]| {
        if cells.text("service_code", code).is_some() {
            codes.push((FILE, cells.line(), SmolStr::new(code)));
        }
        let region = known.region(cells, "region", region, &[GLOBAL, "*"]);
        let usage_type = cells.text("usage_type", usage_type);
        let billed_as = cells.text("billed_as", billed_as);
        let (Some(region), Some(usage_type), Some(billed_as)) = (region, usage_type, billed_as) else { return };
        if aliases.iter().any(|a| a.service_code == code && a.region == region && a.usage_type == usage_type) {
            cells.mistake(
                "usage_type",
                format!("{} a second time", quoted(usage_type)),
                "one name on the bill for each service, Region and usage type",
            );
        }
        aliases.push(Alias {
            service_code: SmolStr::new(code),
            region: SmolStr::new(region),
            usage_type: SmolStr::new(usage_type),
            billed_as: SmolStr::new(billed_as),
        });
    });
    aliases
}

/// An allowance whose unit is not the one that its meters are billed in would silently never apply.
pub(super) fn allowance_units(allowances: &[Allowance], prices: &[Price], mistakes: &mut Mistakes) {
    for allowance in allowances.iter().filter(|allowance| allowance.always()) {
        let mut units = prices_of(prices, &allowance.service_code)
            .iter()
            .filter(|price| allowance.covers(&price.meter))
            .map(|price| price.unit);
        if let Some(unit) = units.find(|unit| *unit != allowance.unit) {
            mistakes.add(
                Place::file("free_tiers.csv").column("unit"),
                format!(
                    "`{}` for `{}` of {}",
                    allowance.unit,
                    allowance.usage_types.iter().map(NamePattern::as_str).collect::<Vec<_>>().join("|"),
                    allowance.service_code
                ),
                format!("`{unit}`, the unit of its prices"),
            );
        }
    }
}

/// A row of `derived.csv`, of which the prices have not been looked at.
pub(super) struct RuleRow {
    line: u64,
    rule: DerivedRule,
}

/// Reads `derived.csv`.
pub(super) fn derived(text: &str, known: &Known<'_>, mistakes: &mut Mistakes) -> Vec<RuleRow> {
    let columns = [
        "service_code",
        "usage_type",
        "operation",
        "kind",
        "of_service_code",
        "of_usage_type",
        "of_operation",
        "of_round_dp",
        "factor",
        "divisor",
        "round_dp",
        "regions",
        "except_regions",
        "except_types",
        "purpose",
        "check_tolerance",
        "evidence",
        "confidence",
        "note",
    ];
    let mut rules = Vec::new();
    read_table("derived.csv", text, columns, mistakes, |cells, fields| {
        rules.extend(derived_row(cells, &fields, known).map(|rule| RuleRow { line: cells.line(), rule }));
    });
    rules
}

fn derived_row(cells: &mut Cells<'_>, fields: &[&str; 19], known: &Known<'_>) -> Option<DerivedRule> {
    let [code, usage_type, operation, kind, of_code, of_usage_type, of_operation, of_round_dp, ..] = fields;
    let [
        ..,
        factor,
        divisor,
        round_dp,
        regions,
        except_regions,
        except_types,
        purpose,
        tolerance,
        evidence,
        confidence,
        note,
    ] = fields;
    let before = cells.mistakes();
    cells.text("service_code", code);
    cells.text("usage_type", usage_type);
    let ratio = cells.one_of("kind", kind, &[("ratio", true), ("constant", false)]);
    let of_round_dp = cells.optional_whole("of_round_dp", of_round_dp, u64::from(MAX_DECIMALS));
    let factor = cells.decimal("factor", factor);
    let divisor = cells.whole("divisor", divisor, 1);
    let round_dp = cells.optional_whole("round_dp", round_dp, u64::from(MAX_DECIMALS));
    let regions = region_list(cells, known, "regions", regions);
    let except_regions = region_list(cells, known, "except_regions", except_regions);
    let except_types = name_patterns(cells, "except_types", except_types);
    let purpose = cells.one_of("purpose", purpose, &[("price", Purpose::Price), ("check", Purpose::Check)]);
    let check_tolerance = cells.decimal("check_tolerance", tolerance);
    cells.text("evidence", evidence);
    let confidence = cells.one_of("confidence", confidence, &CONFIDENCES);

    for (column, text) in [("usage_type", usage_type), ("of_usage_type", of_usage_type)] {
        if text.matches(TYPE_PLACEHOLDER).count() > 1 {
            cells.mistake(column, quoted(text), format!("`{TYPE_PLACEHOLDER}` once at most"));
        }
    }
    if !usage_type.contains(TYPE_PLACEHOLDER) {
        if of_usage_type.contains(TYPE_PLACEHOLDER) {
            let expected = format!("no `{TYPE_PLACEHOLDER}`, since the usage_type of the rule has none");
            cells.mistake("of_usage_type", quoted(of_usage_type), expected);
        }
        if except_types.as_ref().is_some_and(|types| !types.is_empty()) {
            let expected = format!("nothing, since the usage_type of the rule has no `{TYPE_PLACEHOLDER}`");
            cells.mistake("except_types", "names", expected);
        }
    }
    let formula = if ratio? {
        cells.text("of_usage_type", of_usage_type);
        Formula::Ratio {
            of_service_code: SmolStr::new(if of_code.is_empty() { code } else { of_code }),
            of_usage_type: SmolStr::new(of_usage_type),
            of_operation: SmolStr::new(of_operation),
            of_round_dp: of_round_dp?,
            unit: None,
        }
    } else {
        for (column, text) in
            [("of_service_code", of_code), ("of_usage_type", of_usage_type), ("of_operation", of_operation)]
        {
            if !text.is_empty() {
                cells.mistake(column, quoted(text), "nothing: a constant has no other meter");
            }
        }
        // The unit and the day come from the known prices.
        Formula::Constant { unit: Unit::USD, seen_on: NaiveDate::MAX }
    };
    (cells.mistakes() == before).then_some(())?;
    Some(DerivedRule {
        service_code: SmolStr::new(code),
        usage_type: SmolStr::new(usage_type),
        operation: SmolStr::new(operation),
        formula,
        factor: factor?,
        divisor: divisor?,
        round_dp: round_dp?,
        regions: regions?,
        except_regions: except_regions?,
        except_types: except_types?,
        purpose: purpose?,
        check_tolerance: check_tolerance?,
        evidence: (*evidence).to_owned(),
        confidence: confidence?,
        note: (*note).to_owned(),
    })
}

/// A `|`-separated list of Regions.
fn region_list(cells: &mut Cells<'_>, known: &Known<'_>, column: &str, text: &str) -> Option<Vec<SmolStr>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    text.split('|').map(|region| known.region(cells, column, region, &[GLOBAL]).map(SmolStr::new)).collect()
}

impl RuleRow {
    /// Checks the rule against the prices and takes from them what it needs. `None` where it cannot be kept.
    pub(super) fn against(mut self, prices: &[Price], codes: &[&str], mistakes: &mut Mistakes) -> Option<DerivedRule> {
        let place = Place::file("derived.csv").line(self.line);
        let rule = &mut self.rule;
        let mut has_prices = |column: &str, code: &str| {
            let known = codes.contains(&code);
            if !known {
                let hint = nearest(code, codes.iter().copied());
                let hint = hint.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
                mistakes.add(place.column(column), quoted(code), format!("a service code that has prices{hint}"));
            }
            known
        };
        let mut sound = has_prices("service_code", &rule.service_code);
        if let Formula::Ratio { of_service_code, .. } = &rule.formula
            && *of_service_code != rule.service_code
        {
            sound &= has_prices("of_service_code", of_service_code);
        }
        if !sound {
            return None;
        }
        let own = || matching(prices, &rule.service_code, &rule.usage_type, &rule.operation);
        let units: Vec<Unit> = own().fold(Vec::new(), |mut units, price| {
            if !units.contains(&price.unit) {
                units.push(price.unit);
            }
            units
        });
        if units.len() > 1 {
            let expected = format!("meters of one unit, not {}", one_of(units.iter().map(|unit| unit.as_str())));
            mistakes.add(place.column("usage_type"), quoted(&rule.usage_type), expected);
            return None;
        }
        let first_unit = units.first().copied();
        let oldest = own().map(|price| price.seen_on).min();
        match &mut rule.formula {
            Formula::Ratio { of_service_code, of_usage_type, of_operation, unit, .. } => {
                let base = if *of_operation == "*" { rule.operation.as_str() } else { of_operation.as_str() };
                if matching(prices, of_service_code, of_usage_type, base).next().is_none() {
                    let expected = format!("a usage type that has a price with the operation `{base}` in some Region");
                    mistakes.add(place.column("of_usage_type"), quoted(of_usage_type), expected);
                    return None;
                }
                *unit = first_unit;
            }
            Formula::Constant { unit, seen_on } => {
                let (Some(known_unit), Some(day)) = (first_unit, oldest) else {
                    let expected = "a meter that has a price in some Region, which tells the unit".to_owned();
                    mistakes.add(place.column("usage_type"), quoted(&rule.usage_type), expected);
                    return None;
                };
                *unit = known_unit;
                *seen_on = day;
            }
        }
        Some(self.rule)
    }
}

/// The prices of a service whose usage type and operation match; `*` is any operation.
fn matching<'p>(
    prices: &'p [Price],
    service_code: &str,
    usage_type: &'p str,
    operation: &'p str,
) -> impl Iterator<Item = &'p Price> {
    prices_of(prices, service_code).iter().filter(move |price| {
        (operation == "*" || price.meter.operation == operation)
            && match_type(usage_type, &price.meter.usage_type).is_some()
    })
}
