//! Decisions for people and for spreadsheets.

use std::io::Write;

use serde::Serialize;
use serde_json::{Map, Value};

use super::fault::Fault;
use super::text::{Side, Table, list, paragraph};
use crate::app::decide::view::{CrossoverView, DecisionAnswer, FindingView, NONE_ELIGIBLE, OptionView, RegimeView};

/// What stands for a sum that is not known.
const UNKNOWN: &str = "?";

/// Writes a decision as text: the answer and its reasons first, then the options side by side, then what would change
/// it.
pub fn write_text(out: &mut dyn Write, answer: &DecisionAnswer<'_>) -> Result<(), Fault> {
    write_recommendation(out, answer)?;
    write_costs(out, answer)?;
    let rejected = answer.options.iter().filter(|option| !option.eligible);
    let findings = rejected.flat_map(|option| option.rejected_by.iter().map(move |f| finding_text(option.option, f)));
    list(out, "Rejected", findings)?;
    let watched = answer.options.iter().filter(|option| option.eligible);
    let findings = watched.flat_map(|option| option.cautions.iter().map(move |f| finding_text(option.option, f)));
    list(out, "To watch", findings)?;
    list(
        out,
        "Without a price",
        answer.options.iter().filter(|option| option.eligible && !option.priced).map(|option| {
            let missing: Vec<String> = option
                .missing
                .iter()
                .map(|missing| {
                    format!("{} {} {}", missing.meter.service_code, missing.meter.region, missing.meter.usage_type)
                })
                .collect();
            let why = option.unpriced_because.clone().unwrap_or_else(|| format!("no price for {}", missing.join(", ")));
            format!("{}: {why}", option.option)
        }),
    )?;
    list(out, "Where the cheapest option changes", answer.crossovers.iter().map(crossover_text))?;
    list(out, "Regimes", answer.regimes.iter().map(regime_text))?;
    list(
        out,
        "What would change the answer",
        answer
            .would_change_my_mind
            .iter()
            .map(|flip| format!("{} from {} to {}: {}", flip.input, flip.from, flip.to, flip.new_winner)),
    )?;
    list(out, "Ways out", answer.relax.iter().map(|inputs| format!("relax {}", inputs.join(" and "))))?;
    list(
        out,
        "In time",
        answer.phases.iter().map(|phase| format!("{}: {}: {}", phase.from_day, phase.option, phase.why)),
    )?;
    if let Some(robustness) = &answer.robustness {
        let mut text = vec![format!(
            "holds over {} % of {} from {} to {}",
            robustness.holds_pct, robustness.input, robustness.low, robustness.high
        )];
        if let (Some(regret), Some(at)) = (&robustness.max_regret, &robustness.max_regret_at) {
            text.push(format!("costs at most {regret} USD a month above the cheapest, at {at}"));
        }
        if let Some(flip) = &robustness.weight_flip {
            text.push(format!(
                "the weight of {} would have to go from {} to {} for {} to score better",
                flip.criterion, flip.weight, flip.at, flip.rival
            ));
        }
        list(out, "How sure", text)?;
    }
    list(out, "Notices", answer.notices.iter().map(|notice| format!("{}: {}", notice.code, notice.text)))?;
    list(
        out,
        "Assumed",
        answer.assumptions.iter().map(|assumed| format!("{} = {}: {}", assumed.input, assumed.value, assumed.why)),
    )?;
    list(out, "Not taken into account", answer.not_modelled.iter().cloned())?;
    let catalog = &answer.catalog;
    let book = catalog.price_book.as_ref();
    let book = book.map_or_else(String::new, |book| format!(", price book {}@{}", book.name, book.revision));
    writeln!(out, "\nPrices as of {}, edition {}{book}", catalog.as_of, catalog.edition)?;
    Ok(())
}

fn write_recommendation(out: &mut dyn Write, answer: &DecisionAnswer<'_>) -> Result<(), Fault> {
    let recommended = &answer.recommendation;
    writeln!(out, "{}\n", answer.decision)?;
    if recommended.option == NONE_ELIGIBLE {
        writeln!(out, "No option meets all requirements.")?;
    } else {
        writeln!(out, "Recommended: {}", recommended.option)?;
        let config = config_text(&recommended.config);
        if !config.is_empty() {
            paragraph(out, "  built as: ", "    ", &config)?;
        }
        writeln!(out, "  confidence: {} (mode {})", recommended.confidence, recommended.mode)?;
    }
    for limit in &recommended.confidence_limits {
        paragraph(out, "    not higher because: ", "      ", limit)?;
    }
    list(
        out,
        "Because",
        answer.because.iter().map(|reason| {
            let link = reason.source_url.as_ref().map_or_else(String::new, |url| format!(" <{url}>"));
            format!("[{}] {}{link}", reason.criterion, reason.text)
        }),
    )?;
    list(out, "Main drawback", answer.main_drawback.map(str::to_owned))?;
    let other = answer.alternative.as_ref();
    list(out, "Alternative", other.map(|other| format!("{}: {}", other.option, other.when)))?;
    Ok(())
}

/// The costs of the eligible options side by side.
fn write_costs(out: &mut dyn Write, answer: &DecisionAnswer<'_>) -> Result<(), Fault> {
    let eligible: Vec<&OptionView<'_>> = answer.options.iter().filter(|option| option.eligible).collect();
    if eligible.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let mut table = Table::new(&[
        ("USD a month", Side::Left),
        ("AWS", Side::Right),
        ("outside AWS", Side::Right),
        ("people", Side::Right),
        ("ranked by", Side::Right),
        ("score", Side::Right),
        ("", Side::Left),
    ]);
    for option in eligible {
        let money = |column: Option<&String>| column.map_or(UNKNOWN, String::as_str).to_owned();
        let monthly = option.monthly.as_ref();
        let mut marks = Vec::new();
        if option.option == answer.recommendation.option {
            marks.push("recommended".to_owned());
        }
        if Some(option.option) == answer.cheapest {
            marks.push("cheapest".to_owned());
        }
        if !option.preferred_by.is_empty() {
            let rules: Vec<&str> = option.preferred_by.iter().map(|finding| finding.rule).collect();
            marks.push(format!("preferred by {}", rules.join(", ")));
        }
        table.row([
            option.option.to_owned(),
            money(monthly.and_then(|monthly| monthly.aws.as_ref())),
            money(monthly.and_then(|monthly| monthly.outside_aws.as_ref())),
            money(monthly.and_then(|monthly| monthly.people.as_ref())),
            money(monthly.and_then(|monthly| monthly.ranking.as_ref())),
            option.score.clone().unwrap_or_default(),
            marks.join(", "),
        ]);
    }
    table.write(out, "")?;
    if answer.options.iter().any(|option| option.monthly.as_ref().is_some_and(|money| money.outside_aws.is_none())) {
        writeln!(out, "{UNKNOWN}: due outside the AWS bill, and no figure was given; the ranking leaves it out.")?;
    }
    if let Some(above) = answer.above_cheapest.as_ref().filter(|_| answer.cheapest.is_some()) {
        let cheapest = answer.cheapest.unwrap_or_default();
        if cheapest != answer.recommendation.option {
            writeln!(out, "The recommendation costs {above} USD a month more than the cheapest, {cheapest}.")?;
        }
    }
    Ok(())
}

fn config_text(config: &Map<String, Value>) -> String {
    let texts: Vec<String> = config
        .iter()
        .map(|(name, value)| match value {
            Value::String(text) => format!("{name} {text}"),
            Value::Array(items) => {
                let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                format!("{name} {}", items.join(" or "))
            }
            other => format!("{name} {other}"),
        })
        .collect();
    texts.join(", ")
}

fn finding_text(option: &str, finding: &FindingView) -> String {
    let FindingView { rule, text, hardness, source_date, .. } = finding;
    let link = finding.source_url.as_ref().map_or_else(String::new, |url| format!(" <{url}>"));
    let uncertain = if finding.uncertain { "; sources differ" } else { "" };
    format!("{option}: {rule}: {text} ({hardness}, {source_date}{uncertain}){link}")
}

fn crossover_text(crossover: &CrossoverView) -> String {
    let CrossoverView { input, unit, at, exact, kind, from, to } = crossover;
    let about = if *exact { "" } else { "about " };
    let (from, to) = (from.unwrap_or("none"), to.unwrap_or("none"));
    format!("{input} {about}{at} {unit}: from {from} to {to} ({kind})")
}

fn regime_text(regime: &RegimeView) -> String {
    let RegimeView { input, unit, from, from_included, to, to_included, cheapest, recommended } = regime;
    let open = if *from_included { "[" } else { "(" };
    let close = if *to_included { "]" } else { ")" };
    let (cheapest, recommended) = (cheapest.unwrap_or("none"), recommended.unwrap_or("none"));
    format!("{input} {open}{from}, {to}{close} {unit}: cheapest {cheapest}, recommended {recommended}")
}

/// One row of the CSV: an option.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column")]
struct CsvRow<'a> {
    decision: &'a str,
    option: &'a str,
    recommended: bool,
    cheapest: bool,
    eligible: bool,
    priced: bool,
    aws_usd: &'a str,
    outside_aws_usd: &'a str,
    people_usd: &'a str,
    ranking_usd: &'a str,
    score: &'a str,
    rejected_by: String,
    preferred_by: String,
    cautions: String,
}

/// Writes a decision as CSV: one row for each option. The AWS and the ranking sums are exact; a sum that is not known
/// is empty.
pub fn write_csv(out: &mut dyn Write, answer: &DecisionAnswer<'_>) -> Result<(), Fault> {
    let mut csv = csv::Writer::from_writer(out);
    for option in &answer.options {
        let monthly = option.monthly.as_ref();
        let rules = |findings: &[FindingView]| {
            let rules: Vec<&str> = findings.iter().map(|finding| finding.rule).collect();
            rules.join("|")
        };
        let text = |column: Option<&'_ String>| column.map_or("", String::as_str).to_owned();
        csv.serialize(CsvRow {
            decision: answer.decision,
            option: option.option,
            recommended: option.option == answer.recommendation.option,
            cheapest: Some(option.option) == answer.cheapest,
            eligible: option.eligible,
            priced: option.priced,
            aws_usd: option.estimate.as_ref().map_or("", |estimate| estimate.total.monthly_exact.as_str()),
            outside_aws_usd: &text(monthly.and_then(|monthly| monthly.outside_aws.as_ref())),
            people_usd: &text(monthly.and_then(|monthly| monthly.people.as_ref())),
            ranking_usd: &text(monthly.and_then(|monthly| monthly.ranking_exact.as_ref())),
            score: option.score.as_deref().unwrap_or_default(),
            rejected_by: rules(&option.rejected_by),
            preferred_by: rules(&option.preferred_by),
            cautions: rules(&option.cautions),
        })?;
    }
    csv.flush()?;
    Ok(())
}
