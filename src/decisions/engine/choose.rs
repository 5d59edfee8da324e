//! Choosing among the eligible options.

use rust_decimal::Decimal;

use super::{Ask, Candidate, Effect, Mode, RuleInfo, Stop};
use crate::catalog::facts::{Facts, ScoreTable};
use crate::domain::amount::Amount;
use crate::domain::probe::Probe;
use crate::domain::problem::{Code, Problem};

/// The criterion name of cost among the weights.
pub const COST: &str = "cost";

/// What was chosen, by position in the list of options.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// The cheapest eligible option that has a price.
    pub cheapest: Option<usize>,
    /// The recommended option.
    pub recommended: Option<usize>,
    /// The options that were left when the choice was made.
    pub field: Vec<usize>,
    /// The rules whose preference narrowed the field.
    pub narrowed_by: Vec<&'static str>,
    /// Whether a preference names every option of the field, narrowed by it or not.
    pub is_preferred: bool,
    /// Whether the soft score or the count of features decided between options within the tie.
    pub by_score: bool,
}

/// The weights of the soft criteria: the caller's where given, else the table's.
pub(crate) fn weights(table: Option<&ScoreTable>, own: &[(String, Decimal)]) -> Vec<(String, Decimal)> {
    let Some(table) = table else { return Vec::new() };
    table
        .weights
        .iter()
        .map(|(criterion, default)| {
            let own = own.iter().find(|(name, _)| name == criterion).map(|(_, weight)| *weight);
            (criterion.clone(), own.unwrap_or(*default))
        })
        .collect()
}

/// Finds weights for criteria that do not exist.
pub(crate) fn check(table: Option<&ScoreTable>, ask: &Ask) -> Vec<Problem> {
    let known: Vec<&str> =
        table.map(|table| table.weights.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>()).unwrap_or_default();
    let mut problems: Vec<Problem> = ask
        .weights
        .iter()
        .filter(|(name, _)| name != COST && !known.contains(&name.as_str()))
        .map(|(name, _)| {
            Problem::new(Code::UnknownField, format!("/weights/{name}"), format!("there is no criterion `{name}`"))
                .allowing(name, known.iter().copied().chain([COST]))
        })
        .collect();
    if ask.mode == Mode::BestWithinBudget && ask.budget.as_ref().is_some_and(Amount::is_negative) {
        problems.push(Problem::new(Code::OutOfRange, "/budget_month", "`budget_month` must not be negative"));
    }
    problems
}

/// The weighted mean of soft scores.
pub(crate) fn weighted_score(scores: &[(String, Decimal)], weights: &[(String, Decimal)]) -> Decimal {
    let mut sum = Decimal::ZERO;
    let mut total = Decimal::ZERO;
    for (criterion, weight) in weights {
        let Some((_, score)) = scores.iter().find(|(name, _)| name == criterion) else { continue };
        sum = weight.checked_mul(*score).and_then(|term| sum.checked_add(term)).unwrap_or(sum);
        total = total.checked_add(*weight).unwrap_or(total);
    }
    sum.checked_div(total).unwrap_or_default()
}

/// Chooses; `without` leaves an option out as if it were not there.
pub(crate) fn choose(
    candidates: &[Candidate<'_>],
    without: Option<usize>,
    rules: &'static [RuleInfo],
    ask: &Ask,
    weights: &[(String, Decimal)],
    facts: &Facts,
    probe: &mut Probe,
) -> Result<Choice, Stop> {
    let eligible: Vec<usize> = candidates
        .iter()
        .enumerate()
        .filter(|(at, candidate)| candidate.eligible() && Some(*at) != without)
        .map(|(at, _)| at)
        .collect();
    let mut choice = Choice { cheapest: cheapest(candidates, &eligible, probe), field: eligible, ..Choice::default() };
    if ask.mode == Mode::Guided {
        narrow(candidates, rules, &mut choice);
    }
    let priced: Vec<usize> =
        choice.field.iter().copied().filter(|at| candidates.get(*at).is_some_and(|c| c.rank().is_some())).collect();
    if priced.is_empty() {
        // An option without a price wins only by a rule that prefers it, or as the only survivor.
        if choice.is_preferred || choice.field.len() == 1 {
            let tie = facts.number("tie_soft_score_gap_points")?;
            choice.recommended = best_unpriced(candidates, &choice.field, &tie);
        }
        return Ok(choice);
    }
    match ask.mode {
        Mode::CheapestEligible => choice.recommended = choice.cheapest,
        Mode::Guided => {
            let tie = percent_more(&facts.number("tie_gap_pct")?);
            let near = within(candidates, &priced, &tie, probe)?;
            choice.by_score = near.len() > 1;
            choice.recommended = best_of_near(candidates, &near, &facts.number("tie_soft_score_gap_points")?, probe);
        }
        Mode::BestWithinBudget => {
            let affordable: Vec<usize> = match &ask.budget {
                Some(budget) => {
                    let mut affordable = Vec::new();
                    for at in &priced {
                        let fits =
                            candidates.get(*at).and_then(Candidate::rank).is_some_and(|rank| !probe.more(rank, budget));
                        if fits {
                            affordable.push(*at);
                        }
                    }
                    affordable
                }
                None => within(candidates, &priced, &percent_more(&facts.number("budget_slack_pct")?), probe)?,
            };
            choice.by_score = affordable.len() > 1;
            choice.recommended = best_of_near(candidates, &affordable, &Amount::ZERO, probe);
        }
        Mode::Weighted => choice.recommended = weighted(candidates, &priced, ask, weights)?,
    }
    Ok(choice)
}

/// Lets every fired preference narrow the field, in the order of the rules; one that would leave nothing is passed over.
fn narrow(candidates: &[Candidate<'_>], rules: &'static [RuleInfo], choice: &mut Choice) {
    for rule in rules.iter().filter(|rule| rule.effects.contains(&Effect::Prefer)) {
        let preferred: Vec<usize> = choice
            .field
            .iter()
            .copied()
            .filter(|at| candidates.get(*at).is_some_and(|candidate| candidate.preferred_by(rule.id)))
            .collect();
        if !preferred.is_empty() {
            if preferred.len() < choice.field.len() {
                choice.narrowed_by.push(rule.id);
            }
            choice.field = preferred;
            choice.is_preferred = true;
        }
    }
}

fn cheapest(candidates: &[Candidate<'_>], field: &[usize], probe: &mut Probe) -> Option<usize> {
    let ranked: Vec<(usize, Amount)> =
        field.iter().filter_map(|at| Some((*at, candidates.get(*at)?.rank()?.clone()))).collect();
    probe.min_by(ranked, |(_, rank)| rank.clone()).map(|(at, _)| at)
}

/// 1 + percent/100.
fn percent_more(percent: &Amount) -> Amount {
    &Amount::ONE + &percent.per(100)
}

/// Those that cost at most `factor` × the cheapest of the field.
fn within(
    candidates: &[Candidate<'_>],
    field: &[usize],
    factor: &Amount,
    probe: &mut Probe,
) -> Result<Vec<usize>, Stop> {
    let Some(least) = cheapest(candidates, field, probe) else { return Ok(Vec::new()) };
    let Some(limit) = candidates.get(least).and_then(Candidate::rank) else { return Ok(Vec::new()) };
    let limit = limit.times(factor)?;
    let mut near = Vec::new();
    for at in field {
        let Some(rank) = candidates.get(*at).and_then(Candidate::rank) else { continue };
        if *at == least || !probe.more(rank, &limit) {
            near.push(*at);
        }
    }
    Ok(near)
}

/// The best soft score; within the tie of scores the fewest features nobody asked for, then the cheapest.
fn best_of_near(candidates: &[Candidate<'_>], near: &[usize], tie: &Amount, probe: &mut Probe) -> Option<usize> {
    let tied = tied_by_score(candidates, near, tie);
    let extras = |at: usize| candidates.get(at).and_then(|c| c.plan.as_ref()).map_or(u32::MAX, |plan| plan.extras);
    let fewest = tied.iter().map(|at| extras(*at)).min()?;
    let simplest: Vec<usize> = tied.into_iter().filter(|at| extras(*at) == fewest).collect();
    cheapest(candidates, &simplest, probe)
}

/// Without prices: the best soft score, and within the tie of scores the fewest features nobody asked for.
fn best_unpriced(candidates: &[Candidate<'_>], field: &[usize], tie: &Amount) -> Option<usize> {
    let tied = tied_by_score(candidates, field, tie);
    let extras = |at: usize| candidates.get(at).and_then(|c| c.plan.as_ref()).map_or(u32::MAX, |plan| plan.extras);
    tied.into_iter().min_by_key(|at| extras(*at))
}

/// Those whose soft score is within the tie of the best.
fn tied_by_score(candidates: &[Candidate<'_>], field: &[usize], tie: &Amount) -> Vec<usize> {
    let score = |at: usize| candidates.get(at).map_or(Decimal::ZERO, |candidate| candidate.score);
    let Some(best) = field.iter().map(|at| score(*at)).max() else { return Vec::new() };
    let floor = tie.as_decimal().and_then(|tie| best.checked_sub(tie)).unwrap_or(best);
    field.iter().copied().filter(|at| score(*at) >= floor).collect()
}

/// `w_cost · 10 · cheapest / cost + Σ w · score`, the largest.
fn weighted(
    candidates: &[Candidate<'_>],
    field: &[usize],
    ask: &Ask,
    weights: &[(String, Decimal)],
) -> Result<Option<usize>, Stop> {
    let rank = |at: usize| candidates.get(at).and_then(Candidate::rank);
    let Some(least) = field.iter().filter_map(|at| rank(*at)).min_by(|a, b| a.compare_values(b)) else {
        return Ok(None);
    };
    let own = ask.weights.iter().find(|(name, _)| name == COST).map(|(_, weight)| *weight);
    // Left out, cost weighs as much as all soft criteria together.
    let soft: Decimal = weights.iter().fold(Decimal::ZERO, |sum, (_, weight)| sum.checked_add(*weight).unwrap_or(sum));
    let cost_weight = Amount::decimal(own.unwrap_or(soft));
    let mut best: Option<(usize, Amount)> = None;
    for at in field {
        let (Some(candidate), Some(rank)) = (candidates.get(*at), rank(*at)) else { continue };
        let ratio = if rank.is_zero() { Amount::ONE } else { least.at_rest().over(&rank.at_rest())? };
        let cost = cost_weight.times(&ratio.times_whole(10))?;
        let soft = Amount::decimal(candidate.score).times(&Amount::decimal(soft))?;
        let score = &cost + &soft;
        if best.as_ref().is_none_or(|(_, known)| score.compare_values(known).is_gt()) {
            best = Some((*at, score));
        }
    }
    Ok(best.map(|(at, _)| at))
}
