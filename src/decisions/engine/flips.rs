//! What would change the answer.

use super::explain::NOT_GIVEN;
use super::sweep::{Range, Regime, draw, name, with};
use super::{Candidate, Evaluated, Flip, Knowledge, Mode, Movement, NumberInput, Setting, Stop, evaluate};
use crate::domain::amount::{Amount, Fraction, NumberError};
use crate::domain::probe::Probe;

/// What would change the answer: the nearest change on either side of each swept input, the values at which a rule
/// turns on any other number, money outside the AWS bill where it is not known, and every yes/no and word that could
/// be otherwise.
pub(crate) fn flips<K: Knowledge>(
    inputs: &K::Inputs,
    setting: Setting<'_, '_>,
    here: &Evaluated<'_>,
    regimes: &[Regime],
) -> Result<Vec<Flip>, Stop> {
    let winner = name::<K>(here.choice.recommended);
    let assumed = |name: &str| {
        let assumption = here.considered.assumptions.iter().find(|assumption| assumption.input == name);
        assumption.map(|assumption| assumption.value.clone())
    };
    let mut flips = Vec::new();
    let idle = K::idle(inputs);
    for input in K::NUMBERS.iter().filter(|input| !idle.contains(&input.name)) {
        let given = (input.slot)(&mut inputs.clone()).clone();
        let known = here.considered.values.iter().find(|(known, _)| *known == input.name);
        let value = known.map(|(_, value)| value.clone()).or(given);
        let drawn: Vec<&Regime> = regimes.iter().filter(|regime| regime.input == input.name).collect();
        match &value {
            Some(value) if !drawn.is_empty() => flips.extend(nearest_changes(input.name, value, winner, &drawn)),
            None if K::OUTSIDE == Some(input.name) => flips.extend(unknown_money::<K>(inputs, setting, here, input)?),
            value => flips.extend(threshold_changes::<K>(inputs, setting, input, value.as_ref(), winner)?),
        }
    }
    let recommended = |changed: &K::Inputs| -> Result<Option<&'static str>, Stop> {
        Ok(name::<K>(evaluate::<K>(changed, setting, &mut Probe::new())?.choice.recommended))
    };
    for input in K::FLAGS.iter().filter(|input| !input.alias) {
        let mut changed = inputs.clone();
        let now = *(input.slot)(&mut changed);
        let from =
            now.map(|now| now.to_string()).or_else(|| assumed(input.name)).unwrap_or_else(|| NOT_GIVEN.to_owned());
        for to in [true, false] {
            if from == to.to_string() {
                continue;
            }
            *(input.slot)(&mut changed) = Some(to);
            let new_winner = recommended(&changed)?;
            if new_winner != winner {
                flips.push(Flip { input: input.name.to_owned(), from: from.clone(), to: to.to_string(), new_winner });
            }
        }
    }
    for input in K::WORDS {
        let mut changed = inputs.clone();
        let now = (input.slot)(&mut changed).clone();
        for to in input.words {
            if now.as_deref() == Some(*to) {
                continue;
            }
            *(input.slot)(&mut changed) = Some((*to).to_owned());
            let new_winner = recommended(&changed)?;
            if new_winner != winner {
                let from = now.clone().unwrap_or_else(|| NOT_GIVEN.to_owned());
                flips.push(Flip { input: input.name.to_owned(), from, to: (*to).to_owned(), new_winner });
            }
        }
    }
    Ok(flips)
}

/// Where money outside the AWS bill is due and not known: the first figures at which something else is recommended.
fn unknown_money<K: Knowledge>(
    inputs: &K::Inputs,
    setting: Setting<'_, '_>,
    here: &Evaluated<'_>,
    input: &'static NumberInput<K::Inputs>,
) -> Result<Vec<Flip>, Stop> {
    let unknown = |candidate: &Candidate<'_>| {
        candidate.rank().is_some() && candidate.plan.as_ref().is_some_and(|plan| plan.outside_aws.is_none())
    };
    if setting.ask.mode == Mode::Weighted || !here.candidates.iter().any(unknown) {
        return Ok(Vec::new());
    }
    let range = Range { input, from: Fraction::default(), to: Fraction::from(input.sweep_to) };
    let (regimes, _) = draw::<K>(inputs, setting, &range, &mut Vec::new())?;
    let winner = name::<K>(here.choice.recommended);
    // What is cheapest does not matter here: stretches with the same recommendation are one.
    let mut stretches: Vec<Regime> = Vec::new();
    for regime in regimes {
        match stretches.last_mut() {
            Some(last) if last.recommended == regime.recommended => {
                last.to = regime.to;
                last.to_included = regime.to_included;
            }
            _ => stretches.push(regime),
        }
    }
    let mut flips: Vec<Flip> = Vec::new();
    for regime in stretches.iter().filter(|regime| regime.recommended != winner) {
        if flips.iter().any(|flip| flip.new_winner == regime.recommended) {
            continue;
        }
        let to = match (regime.from.is_zero(), regime.from_included, regime.to_included) {
            (true, _, true) => format!("<= {}", regime.to),
            (true, _, false) => format!("< {}", regime.to),
            (false, true, _) => format!(">= {}", regime.from),
            (false, false, _) => format!("> {}", regime.from),
        };
        let from = NOT_GIVEN.to_owned();
        flips.push(Flip { input: input.name.to_owned(), from, to, new_winner: regime.recommended });
    }
    Ok(flips)
}

/// The nearest regime below and above the user's value that recommends something else.
fn nearest_changes(input: &str, value: &Amount, winner: Option<&'static str>, drawn: &[&Regime]) -> Vec<Flip> {
    let holds = |regime: &Regime| {
        let low = value.compare_values(&regime.from);
        let high = value.compare_values(&regime.to);
        (low.is_gt() || (low.is_eq() && regime.from_included)) && (high.is_lt() || (high.is_eq() && regime.to_included))
    };
    let Some(at) = drawn.iter().position(|regime| holds(regime)) else { return Vec::new() };
    let below = drawn.get(..at).unwrap_or_default().iter().rev().find(|regime| regime.recommended != winner);
    let above = drawn.iter().skip(at.saturating_add(1)).find(|regime| regime.recommended != winner);
    let flip = |to: String, regime: &Regime| Flip {
        input: input.to_owned(),
        from: value.to_string(),
        to,
        new_winner: regime.recommended,
    };
    let mut flips = Vec::new();
    if let Some(regime) = below {
        let sign = if regime.to_included { "<= " } else { "< " };
        flips.push(flip(format!("{sign}{}", regime.to), regime));
    }
    if let Some(regime) = above {
        let sign = if regime.from_included { ">= " } else { "> " };
        flips.push(flip(format!("{sign}{}", regime.from), regime));
    }
    flips
}

/// Tries the values around those at which a rule turns, and for a whole number its neighbours; of those that change
/// the answer in the same way, the nearest counts.
fn threshold_changes<K: Knowledge>(
    inputs: &K::Inputs,
    setting: Setting<'_, '_>,
    input: &NumberInput<K::Inputs>,
    value: Option<&Amount>,
    winner: Option<&'static str>,
) -> Result<Vec<Flip>, Stop> {
    let from = value.map_or_else(|| NOT_GIVEN.to_owned(), ToString::to_string);
    // A value, how it is shown, and on which side of an edge it lies.
    let mut tries: Vec<(Amount, String, i32)> = Vec::new();
    let whole = |at: Amount| (at.clone(), at.to_string(), 0);
    for fact in input.thresholds {
        let edge = setting.catalog.facts.number(fact)?;
        match input.movement {
            Movement::Listed => {}
            Movement::Whole => {
                tries.extend([&edge - &Amount::ONE, edge.clone(), &edge + &Amount::ONE].map(whole));
            }
            Movement::Continuous => {
                let beside = |slope: i32| Amount::moving(edge.value(), Fraction::from(slope));
                tries.push((edge.clone(), edge.to_string(), 0));
                if value.is_some_and(|value| value.compare_values(&edge).is_ge()) {
                    tries.push((beside(-1), format!("< {edge}"), -1));
                }
                if value.is_none_or(|value| value.compare_values(&edge).is_le()) {
                    tries.push((beside(1), format!("> {edge}"), 1));
                }
            }
        }
    }
    if input.movement == Movement::Listed {
        tries.extend(K::listed(input.name, inputs, setting.catalog).into_iter().map(whole));
    }
    if let (Some(value), Movement::Whole) = (value, input.movement) {
        tries.extend([value - &Amount::ONE, value + &Amount::ONE].map(whole));
    }
    let largest = Amount::decimal(input.max.into());
    tries.retain(|(tried, _, side)| {
        let below_all = tried.is_negative() || (tried.is_zero() && *side < 0);
        let above_all = tried.compare_values(&largest).is_gt() || (tried.compare_values(&largest).is_eq() && *side > 0);
        let counts = input.movement == Movement::Continuous || !tried.is_zero();
        !below_all && !above_all && counts
    });
    if let Some(value) = value {
        // The nearest first; the near side of an edge before its far side.
        tries.sort_by_key(|(tried, _, side)| {
            let gap = tried.value() - value.value();
            if gap < Fraction::default() { (-gap, side.saturating_neg()) } else { (gap, *side) }
        });
    }
    let recommended = |tried: Amount| -> Result<Option<&'static str>, Stop> {
        match evaluate::<K>(&with::<K>(inputs, input, tried), setting, &mut Probe::new()) {
            Err(Stop::Number(NumberError::NotPiecewiseLinear)) => Ok(winner),
            other => Ok(name::<K>(other?.choice.recommended)),
        }
    };
    let mut flips: Vec<Flip> = Vec::new();
    for (tried, to, _) in tries {
        if to == from {
            continue;
        }
        let new_winner = recommended(tried.clone())?;
        if new_winner == winner || flips.iter().any(|flip| flip.new_winner == new_winner) {
            continue;
        }
        let mut found = vec![(to, new_winner)];
        if let (Some(value), Movement::Whole) = (value.and_then(Amount::as_whole), input.movement)
            && let Some(mut far) = tried.as_whole()
        {
            // The change may come earlier, by cost: halve the way until it is between two neighbours.
            let (mut near, mut at_far) = (value, new_winner);
            while far.abs_diff(near) > 1 {
                let middle = near.midpoint(far);
                let there = recommended(Amount::decimal(middle.into()))?;
                if there == winner {
                    near = middle;
                } else {
                    (far, at_far) = (middle, there);
                }
            }
            found.insert(0, (far.to_string(), at_far));
        }
        for (to, new_winner) in found {
            if !flips.iter().any(|flip| flip.new_winner == new_winner) {
                flips.push(Flip { input: input.name.to_owned(), from: from.clone(), to, new_winner });
            }
        }
    }
    Ok(flips)
}
