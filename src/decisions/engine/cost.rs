//! Costing: meters and rates every way to build an eligible option, and takes the cheapest.

use std::rc::Rc;

use rust_decimal::Decimal;

use super::choose::weighted_score;
use super::memory::Piece;
use super::stretch::apart;
use super::{Candidate, Consideration, Cost, OptionInfo, Plan, Setting, Stop};
use crate::catalog::price::Price;
use crate::domain::amount::Amount;
use crate::domain::meter::MeterKey;
use crate::domain::probe::Probe;
use crate::rating::{self, FreeTier};
use crate::services::plan::{Planned, meter};

/// Judges one option: sized, priced, scored.
pub(crate) fn candidate<'c>(
    info: &'static OptionInfo,
    consideration: Consideration,
    topic: &str,
    weights: &[(String, Decimal)],
    setting: Setting<'_, 'c>,
    probe: &mut Probe,
) -> Result<Candidate<'c>, Stop> {
    let Some(stretches) = setting.stretches.filter(|_| consideration.eligible()) else {
        return judge(info, consideration, topic, weights, setting, probe);
    };
    if let Some(known) = stretches.candidate(info, probe) {
        return Ok(Candidate { findings: consideration.findings, ..known });
    }
    let (candidate, rated) = apart(probe, |probe| judge(info, consideration, topic, weights, setting, probe));
    let candidate = candidate?;
    stretches.keep(&candidate, rated);
    Ok(candidate)
}

/// Sizes, prices and scores an option.
fn judge<'c>(
    info: &'static OptionInfo,
    consideration: Consideration,
    topic: &str,
    weights: &[(String, Decimal)],
    setting: Setting<'_, 'c>,
    probe: &mut Probe,
) -> Result<Candidate<'c>, Stop> {
    let eligible = consideration.eligible();
    let Consideration { findings, plans } = consideration;
    let choices: Vec<String> = plans.iter().map(|plan| plan.label.clone()).filter(|label| !label.is_empty()).collect();
    let mut others = Vec::new();
    if eligible {
        for plan in plans {
            let cost = price(info.id, &plan, setting, probe)?;
            others.push((plan, cost));
        }
    }
    let rank = |cost: &Cost<'_>| match cost {
        Cost::Billed { rank, .. } | Cost::Ranked { rank } => Some(rank.clone()),
        _ => None,
    };
    let ranked: Vec<(usize, Amount)> =
        others.iter().enumerate().filter_map(|(at, (_, cost))| Some((at, rank(cost)?))).collect();
    let best = probe.min_by(ranked, |(_, rank)| rank.clone()).map_or(0, |(at, _)| at);
    let (plan, cost) = if best < others.len() {
        let (plan, cost) = others.remove(best);
        (Some(plan), cost)
    } else {
        (None, Cost::NotSized)
    };
    // A way that was not taken is shown only where it carries flows.
    others.retain(|(plan, _)| !plan.routes.is_empty());
    let scores = plan.as_ref().map_or_else(Vec::new, |plan| scores(info.id, plan, topic, setting));
    let score = weighted_score(&scores, weights);
    Ok(Candidate { info, findings, plan, choices, cost, others, scores, score })
}

/// The soft scores of a plan, in the order of the default weights.
fn scores(option: &str, plan: &Plan, topic: &str, setting: Setting<'_, '_>) -> Vec<(String, Decimal)> {
    let Some(table) = setting.catalog.facts.scores(topic) else { return Vec::new() };
    let Some(row) = table.row(option, plan.score_variant) else { return Vec::new() };
    let score = |criterion: &str| row.scores.iter().find(|(name, _)| name == criterion).map(|(_, score)| *score);
    table.weights.iter().filter_map(|(criterion, _)| Some((criterion.clone(), score(criterion)?))).collect()
}

fn price<'c>(option: &'static str, plan: &Plan, setting: Setting<'_, 'c>, probe: &mut Probe) -> Result<Cost<'c>, Stop> {
    if let Some(why) = &plan.unpriced_because {
        return Ok(Cost::Unpriced { missing: Vec::new(), why: Some(why.clone()) });
    }
    let rank = |total: &Amount| {
        let outside = plan.outside_aws.clone().unwrap_or(Amount::ZERO);
        &(total + &outside) + &plan.people
    };
    let key = plan.key.as_ref().filter(|_| !setting.detailed);
    if let Some(total) = key.and_then(|key| setting.memory.total(option, key)) {
        return Ok(Cost::Ranked { rank: rank(&total) });
    }
    if !setting.detailed
        && let Some(total) = by_pieces(option, plan, setting, probe)?
    {
        return Ok(Cost::Ranked { rank: rank(&total) });
    }
    let metered = meter(&plan.resources, &setting.ask.month, setting.catalog, probe)?;
    let name = |at: usize| plan.resources.get(at).map_or_else(String::new, |resource| resource.name.to_string());
    match rating::rate(probe, setting.catalog, metered.records, setting.ask.terms, &name) {
        Ok(bill) => {
            if let Some(key) = &plan.key {
                setting.memory.keep_total(option, key.clone(), bill.total.clone());
            }
            let rank = rank(&bill.total);
            Ok(Cost::Billed { bill, rank })
        }
        Err(missing) => Ok(Cost::Unpriced { missing, why: None }),
    }
}

/// The total of a bill by its parts, of which those that are remembered are not rated again; `None` where they cannot
/// be rated apart, for want of a price or since they share tiers or an allowance.
fn by_pieces(
    option: &'static str,
    plan: &Plan,
    setting: Setting<'_, '_>,
    probe: &mut Probe,
) -> Result<Option<Amount>, Stop> {
    let mut resources = plan.resources.as_slice();
    let mut total = Amount::ZERO;
    let mut pooled: Vec<MeterKey> = Vec::new();
    for (key, count) in &plan.pieces {
        let Some((own, others)) = resources.split_at_checked(*count) else { return Ok(None) };
        resources = others;
        let piece = if let Some(piece) = setting.memory.piece(option, key) {
            piece
        } else {
            let Some(piece) = rate_apart(own, setting, probe)? else { return Ok(None) };
            let piece = Rc::new(piece);
            setting.memory.keep_piece(option, key.clone(), Rc::clone(&piece));
            piece
        };
        if piece.pooled.iter().any(|meter| pooled.contains(meter)) {
            return Ok(None);
        }
        pooled.extend(piece.pooled.iter().cloned());
        total = &total + &piece.total;
    }
    Ok((!plan.pieces.is_empty() && resources.is_empty()).then_some(total))
}

/// Rates a part of a bill by itself; `None` where a price is missing or an allowance would be shared.
fn rate_apart(resources: &[Planned], setting: Setting<'_, '_>, probe: &mut Probe) -> Result<Option<Piece>, Stop> {
    let metered = meter(resources, &setting.ask.month, setting.catalog, probe)?;
    let terms = setting.ask.terms;
    let Ok(bill) = rating::rate(probe, setting.catalog, metered.records, terms, &|_| String::new()) else {
        return Ok(None);
    };
    if bill.has_allowance && terms.free_tier != FreeTier::None {
        return Ok(None);
    }
    let is_pooled = |price: &Price| price.tiers.len() > 1 || price.known_up_to.is_some();
    let lines = bill.lines.iter().filter(|line| is_pooled(&line.price.price));
    let mut pooled: Vec<MeterKey> = lines.map(|line| line.record.meter.clone()).collect();
    pooled.sort();
    pooled.dedup();
    Ok(Some(Piece { total: bill.total, pooled }))
}
