//! How sure an answer is, and how it bears uncertainty.

use rust_decimal::Decimal;

use super::choose;
use super::sweep::{around, held, winner};
use super::{
    Ask, Candidate, Effect, Evaluated, Knowledge, Mode, Movement, NumberInput, Setting, Stop, amount_at, evaluate,
};
use crate::catalog::facts::Facts;
use crate::domain::amount::{Amount, Fraction, NumberError};
use crate::domain::probe::Probe;

/// How sure an answer is: `high`, `medium`, `low`, or `tie`.
#[derive(Debug, Clone)]
pub struct Confidence {
    /// The label.
    pub label: &'static str,
    /// The conditions of `high` that do not hold, in sentences.
    pub failed: Vec<String>,
}

/// How an answer bears uncertainty.
#[derive(Debug, Clone)]
pub struct Robustness {
    /// The input that it was judged over.
    pub input: &'static str,
    /// Its low value.
    pub low: Amount,
    /// Its high value.
    pub high: Amount,
    /// Whether low and high are the defaults of half and twice.
    pub is_default: bool,
    /// The percentage of the range over which the recommendation holds.
    pub holds_pct: Amount,
    /// The most that keeping the recommendation costs above the cheapest, and where.
    pub max_regret: Option<(Amount, Amount)>,
    /// What each input's low and high value do to the recommended option.
    pub tornado: Vec<Swing>,
    /// The smallest change of a weight that would change the order of the winner and the best other soft score.
    pub weight_flip: Option<WeightFlip>,
}

/// What the low and the high value of one input do.
#[derive(Debug, Clone)]
pub struct Swing {
    /// The input.
    pub input: &'static str,
    /// Its low value.
    pub low: Amount,
    /// Its high value.
    pub high: Amount,
    /// What the recommended option costs at the low value.
    pub cost_at_low: Option<Amount>,
    /// What it costs at the high value.
    pub cost_at_high: Option<Amount>,
    /// What is recommended at the low value.
    pub winner_at_low: Option<&'static str>,
    /// What is recommended at the high value.
    pub winner_at_high: Option<&'static str>,
}

/// A weight at which two options change places.
#[derive(Debug, Clone)]
pub struct WeightFlip {
    /// The criterion.
    pub criterion: String,
    /// Its weight.
    pub weight: Decimal,
    /// The weight at which they change places, the others rescaled.
    pub at: Amount,
    /// The option that would come first.
    pub rival: &'static str,
}

/// Judges an answer over the low and high values of its inputs.
pub(crate) fn robustness<K: Knowledge>(
    inputs: &K::Inputs,
    setting: Setting<'_, '_>,
    here: &Evaluated<'_>,
) -> Result<Option<Robustness>, Stop> {
    let Some(at) = here.choice.recommended else { return Ok(None) };
    // Where the usual input says nothing, the first one that is swept in its place.
    let idle = K::idle(inputs);
    let says = |name: &&str| !idle.contains(name);
    let Some(name) = std::iter::once(&K::USAGE).chain(K::SWEPT).copied().find(says) else { return Ok(None) };
    let Some(input) = K::NUMBERS.iter().find(|input| input.name == name) else { return Ok(None) };
    let facts = &setting.catalog.facts;
    let Some((low, high, is_default)) = range::<K>(input, setting, here)? else { return Ok(None) };
    let held = match held::<K>(inputs, setting, input, &low.value(), &high.value(), at) {
        Err(Stop::Number(NumberError::NotPiecewiseLinear)) => return Ok(None),
        other => other?,
    };
    let mut tornado = Vec::new();
    for input in K::NUMBERS {
        let asked = setting.ask.uncertainty.iter().any(|range| range.input == input.name);
        if !asked && (!K::SWEPT.contains(&input.name) || idle.contains(&input.name)) {
            continue;
        }
        let Some((low, high, _)) = range::<K>(input, setting, here)? else { continue };
        let side = |value: &Amount| -> Result<(Option<Amount>, Option<&'static str>), Stop> {
            let mut changed = inputs.clone();
            *(input.slot)(&mut changed) = Some(value.clone());
            let evaluated = evaluate::<K>(&changed, setting, &mut Probe::new())?;
            let cost = evaluated.candidates.get(at).and_then(Candidate::rank).cloned();
            Ok((cost, winner(&evaluated).map(|candidate| candidate.info.id)))
        };
        let (cost_at_low, winner_at_low) = side(&low)?;
        let (cost_at_high, winner_at_high) = side(&high)?;
        tornado.push(Swing { input: input.name, low, high, cost_at_low, cost_at_high, winner_at_low, winner_at_high });
    }
    let weights = choose::weights(facts.scores(K::TOPIC), &setting.ask.weights);
    Ok(Some(Robustness {
        input: input.name,
        low,
        high,
        is_default,
        holds_pct: Amount::fraction(held.share).times_whole(100),
        max_regret: held.regret,
        tornado,
        weight_flip: weight_flip(here, &weights),
    }))
}

/// The low and high value of an input: the caller's, else half and twice its value, as far as the input goes. Of a whole
/// number they are whole, and no further apart than a sweep goes.
fn range<K: Knowledge>(
    input: &NumberInput<K::Inputs>,
    setting: Setting<'_, '_>,
    here: &Evaluated<'_>,
) -> Result<Option<(Amount, Amount, bool)>, Stop> {
    if let Some(range) = setting.ask.uncertainty.iter().find(|range| range.input == input.name) {
        return Ok(Some((range.low.clone(), range.high.clone(), false)));
    }
    let known = here.considered.values.iter().find(|(known, _)| *known == input.name);
    let Some((_, value)) = known else { return Ok(None) };
    let facts = &setting.catalog.facts;
    let low = value.times(&facts.number("usage_low_ratio")?)?;
    let high = value.times(&facts.number("usage_high_ratio")?)?;
    let largest = Amount::decimal(input.max.into());
    let high = if high.compare_values(&largest).is_gt() { largest } else { high };
    if input.movement == Movement::Whole {
        let (low, high) = around(value.value(), low.value().ceil().into(), high.value().floor().into());
        let high = high.max(low.clone());
        return Ok(Some((amount_at(&low), amount_at(&high), true)));
    }
    Ok(Some((low, high, true)))
}

/// In closed form: with δ the score differences and R the weighted mean of the others,
/// the order turns at w* = R / (R − δ).
fn weight_flip(here: &Evaluated<'_>, weights: &[(String, Decimal)]) -> Option<WeightFlip> {
    let first = winner(here)?;
    let rival = here
        .choice
        .field
        .iter()
        .filter_map(|at| here.candidates.get(*at))
        .filter(|candidate| candidate.info.id != first.info.id && candidate.rank().is_some())
        .max_by_key(|candidate| candidate.score)?;
    let score = |candidate: &Candidate<'_>, criterion: &str| {
        let found = candidate.scores.iter().find(|(name, _)| name == criterion);
        found.map_or_else(Fraction::default, |(_, score)| Amount::decimal(*score).value())
    };
    let one = Fraction::from(1);
    let zero = Fraction::default();
    let total: Fraction =
        weights.iter().map(|(_, weight)| Amount::decimal(*weight).value()).fold(zero.clone(), |a, b| a + b);
    if total == zero {
        return None;
    }
    let differences: Vec<(&str, Decimal, Fraction, Fraction)> = weights
        .iter()
        .map(|(criterion, weight)| {
            let share = Amount::decimal(*weight).value() / &total;
            (criterion.as_str(), *weight, share, score(first, criterion) - score(rival, criterion))
        })
        .collect();
    let mut best: Option<(Fraction, WeightFlip)> = None;
    for (criterion, weight, share, difference) in &differences {
        if *share == one {
            continue;
        }
        let rest = differences
            .iter()
            .filter(|(other, ..)| other != criterion)
            .fold(zero.clone(), |sum, (_, _, share, difference)| sum + share * difference)
            / (&one - share);
        if rest == *difference {
            continue;
        }
        let at = &rest / (&rest - difference);
        if at < zero || at > one {
            continue;
        }
        let distance = if at > *share { &at - share } else { share - &at };
        if best.as_ref().is_none_or(|(known, _)| distance < *known) {
            let flip = WeightFlip {
                criterion: (*criterion).to_owned(),
                weight: *weight,
                at: Amount::fraction(at),
                rival: rival.info.id,
            };
            best = Some((distance, flip));
        }
    }
    best.map(|(_, flip)| flip)
}

/// Whether an option is cheaper than the recommended one as far as its money is known.
fn competes(candidate: &Candidate<'_>, first: &Candidate<'_>) -> bool {
    candidate.rank().zip(first.rank()).is_some_and(|(rank, own)| rank.compare_values(own).is_lt())
}

/// Labels an answer by the conditions of decisions' method: all hold → high, one fails → medium, more → low.
pub(crate) fn confidence(
    here: &Evaluated<'_>,
    robustness: Option<&Robustness>,
    facts: &Facts,
    ask: &Ask,
) -> Confidence {
    let Some(first) = winner(here) else {
        let cheapest = here.choice.cheapest.and_then(|at| here.candidates.get(at)).and_then(Candidate::rank);
        let failed = match (cheapest, here.choice.field.is_empty()) {
            (Some(rank), _) if ask.mode == Mode::BestWithinBudget => {
                format!("Every option is above the budget; the cheapest costs {} USD a month.", rank.rounded(2))
            }
            (_, true) => "No option meets all requirements.".to_owned(),
            (_, false) => "None of the options that meet all requirements has a price.".to_owned(),
        };
        return Confidence { label: "low", failed: vec![failed] };
    };
    let number = |id: &str| facts.number(id).unwrap_or(Amount::ZERO);
    let mut failed = Vec::new();
    if let Some(robustness) = robustness
        && robustness.holds_pct.compare_values(&number("high_confidence_range_share_pct")).is_lt()
    {
        failed.push(format!(
            "The recommendation holds over {} % of `{}` from {} to {} only.",
            robustness.holds_pct.rounded(1),
            robustness.input,
            robustness.low,
            robustness.high
        ));
    }
    let runner_up = here
        .candidates
        .iter()
        .filter(|candidate| candidate.info.id != first.info.id && candidate.eligible())
        .filter_map(|candidate| Some((candidate, candidate.rank()?)))
        .min_by(|(_, a), (_, b)| a.compare_values(b));
    let mut is_tie = false;
    match (first.rank(), runner_up) {
        (Some(own), Some((other, rank))) => {
            let gap = rank - own;
            let wide = own.times(&number("high_confidence_gap_pct").per(100)).unwrap_or(Amount::ZERO);
            if gap.compare_values(&wide).is_lt() {
                failed.push(if gap.is_zero() {
                    format!("{} costs the same as the recommendation.", other.info.id)
                } else if gap.is_negative() {
                    format!("{} costs {} USD a month less than the recommendation.", other.info.id, (-&gap).rounded(2))
                } else {
                    format!(
                        "{} costs only {} USD a month more than the recommendation, a gap under {} %.",
                        other.info.id,
                        gap.rounded(2),
                        number("high_confidence_gap_pct")
                    )
                });
            }
            let narrow = own.times(&number("tie_gap_pct").per(100)).unwrap_or(Amount::ZERO);
            let distance = if gap.is_negative() { -&gap } else { gap };
            let score_gap = first.score.checked_sub(other.score).unwrap_or_default().abs();
            is_tie = distance.compare_values(&narrow).is_lt()
                && Amount::decimal(score_gap).compare_values(&number("tie_soft_score_gap_points")).is_lt();
        }
        (None, _) => failed.push("The recommended option has no price.".to_owned()),
        (Some(_), None) => {}
    }
    if (here.choice.by_score || ask.mode == Mode::Weighted)
        && let Some(flip) = robustness.and_then(|robustness| robustness.weight_flip.as_ref())
    {
        let weight = Amount::decimal(flip.weight);
        let swing = weight.times(&number("weight_swing_pct").per(100)).unwrap_or(Amount::ZERO);
        let distance = &flip.at - &weight;
        let distance = if distance.is_negative() { -&distance } else { distance };
        if !distance.compare_values(&swing).is_gt() {
            failed.push(format!(
                "A weight of {} instead of {weight} for `{}` puts {} first.",
                flip.at.rounded(3),
                flip.criterion,
                flip.rival
            ));
        }
    }
    if !here.considered.critical_defaults.is_empty() {
        failed.push(format!("These inputs are assumed: {}.", here.considered.critical_defaults.join(", ")));
    }
    let flagged: Vec<&str> = here
        .candidates
        .iter()
        .flat_map(|candidate| &candidate.findings)
        .filter(|finding| finding.fact.flagged.is_some() && finding.effect == Effect::Eliminate)
        .map(|finding| finding.rule)
        .collect();
    if !flagged.is_empty() {
        let mut rules = flagged;
        rules.sort_unstable();
        rules.dedup();
        failed.push(format!("These rules rest on facts that sources contradict or leave open: {}.", rules.join(", ")));
    }
    let unknown_money: Vec<&str> = here
        .candidates
        .iter()
        .filter(|candidate| candidate.plan.as_ref().is_some_and(|plan| plan.outside_aws.is_none()))
        .filter(|candidate| candidate.info.id == first.info.id || competes(candidate, first))
        .map(|candidate| candidate.info.id)
        .collect();
    if !unknown_money.is_empty() {
        failed.push(format!(
            "Money outside the AWS bill is due for {}, and no figure was given; it is left out.",
            unknown_money.join(", ")
        ));
    }
    let label = match failed.len() {
        _ if is_tie => "tie",
        0 => "high",
        1 => "medium",
        _ => "low",
    };
    Confidence { label, failed }
}
