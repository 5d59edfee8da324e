//! Costing: meters and rates every way to build an eligible option, and takes the cheapest.

use rust_decimal::Decimal;

use super::choose::weighted_score;
use super::{Candidate, Consideration, Cost, OptionInfo, Plan, Setting, Stop};
use crate::domain::amount::Amount;
use crate::domain::probe::Probe;
use crate::rating;
use crate::services::plan::meter;

/// Judges one option: sized, priced, scored.
pub(crate) fn candidate<'c>(
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
            let cost = price(&plan, setting, probe)?;
            others.push((plan, cost));
        }
    }
    let rank = |cost: &Cost<'_>| if let Cost::Billed { rank, .. } = cost { Some(rank.clone()) } else { None };
    let ranked: Vec<(usize, Amount)> =
        others.iter().enumerate().filter_map(|(at, (_, cost))| Some((at, rank(cost)?))).collect();
    let best = probe.min_by(ranked, |(_, rank)| rank.clone()).map_or(0, |(at, _)| at);
    let (plan, cost) = if best < others.len() {
        let (plan, cost) = others.remove(best);
        (Some(plan), cost)
    } else {
        (None, Cost::NotSized)
    };
    let scores = plan.as_ref().map_or_else(Vec::new, |plan| scores(info.id, plan, topic, setting));
    let score = weighted_score(&scores, weights);
    Ok(Candidate { info, findings, plan, choices, cost, others, scores, score })
}

/// The soft scores of a plan, in the order of the default weights.
fn scores(option: &str, plan: &Plan, topic: &str, setting: Setting<'_, '_>) -> Vec<(String, Decimal)> {
    let Some(table) = setting.catalog.facts.scores(topic) else { return Vec::new() };
    let score = |criterion: &str| table.score(option, plan.score_variant, criterion);
    table.weights.iter().filter_map(|(criterion, _)| Some((criterion.clone(), score(criterion)?))).collect()
}

fn price<'c>(plan: &Plan, setting: Setting<'_, 'c>, probe: &mut Probe) -> Result<Cost<'c>, Stop> {
    if let Some(why) = &plan.unpriced_because {
        return Ok(Cost::Unpriced { missing: Vec::new(), why: Some(why.clone()) });
    }
    let metered = meter(&plan.resources, &setting.ask.month, setting.catalog, probe)?;
    let name = |at: usize| plan.resources.get(at).map_or_else(String::new, |resource| resource.name.clone());
    match rating::rate(probe, setting.catalog, metered.records, setting.ask.terms, &name) {
        Ok(bill) => {
            let outside = plan.outside_aws.clone().unwrap_or(Amount::ZERO);
            let rank = &(&bill.total + &outside) + &plan.people;
            Ok(Cost::Billed { bill, rank })
        }
        Err(missing) => Ok(Cost::Unpriced { missing, why: None }),
    }
}
