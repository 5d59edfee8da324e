//! Explanations: why, what else, what to relax, and what comes later.

use super::sweep::{Crossover, winner};
use super::{
    Candidate, Consideration, Effect, Evaluated, Flip, Knowledge, Mode, Phase, Reason, RuleInfo, Setting, Stop, choose,
    evaluate,
};
use crate::catalog::facts::Facts;
use crate::domain::amount::Amount;
use crate::domain::probe::Probe;

/// The most reasons that are given.
const MAX_REASONS: usize = 4;
/// What stands for the value of an input that was neither given nor assumed.
pub(crate) const NOT_GIVEN: &str = "not given";

/// Up to four reasons, the most telling first.
pub(crate) fn because(
    here: &Evaluated<'_>,
    rules: &'static [RuleInfo],
    crossovers: &[Crossover],
    facts: &Facts,
) -> Vec<Reason> {
    let Some(first) = winner(here) else { return Vec::new() };
    let mut reasons = Vec::new();
    for rule in here.choice.narrowed_by.iter().filter(|rule| decided(here, first, rule, facts)) {
        if let Some(finding) = first.findings.iter().find(|f| f.rule == *rule && f.effect == Effect::Prefer) {
            reasons.push(Reason {
                criterion: finding.rule.to_owned(),
                your_value: format!("{} = {}", finding.looked.input, finding.looked.value),
                threshold: finding.limit(),
                text: finding.text.to_owned(),
                source: finding.fact.source.clone(),
            });
        }
    }
    reasons.extend(money_reason(here, first));
    if let Some(reason) = eliminations(here, rules) {
        reasons.push(reason);
    }
    let mut nearest: Option<(Amount, &Crossover, &Amount)> = None;
    for crossover in crossovers {
        let Some((_, value)) = here.considered.values.iter().find(|(name, _)| *name == crossover.input) else {
            continue;
        };
        let concerns = crossover.from == Some(first.info.id) || crossover.to == Some(first.info.id);
        if !concerns || value.is_zero() || crossover.at.is_zero() {
            continue;
        }
        let Ok(ratio) = crossover.at.over(value) else { continue };
        let below = ratio.compare_values(&Amount::ONE).is_lt();
        let Ok(distance) = (if below { value.over(&crossover.at) } else { Ok(ratio) }) else { continue };
        if nearest.as_ref().is_none_or(|(known, ..)| distance.compare_values(known).is_lt()) {
            nearest = Some((distance, crossover, value));
        }
    }
    if let Some((_, crossover, value)) = nearest
        && let Ok(ratio) = crossover.at.over(value)
    {
        reasons.push(Reason {
            criterion: "break_even".to_owned(),
            your_value: format!("{} = {value}", crossover.input),
            threshold: format!("{} {}", crossover.at, crossover.unit),
            text: format!(
                "The cheapest option changes from {} to {} at {} {} of `{}`: {} times your value.",
                crossover.from.unwrap_or("none"),
                crossover.to.unwrap_or("none"),
                crossover.at,
                crossover.unit,
                crossover.input,
                ratio.rounded(2)
            ),
            source: String::new(),
        });
    }
    reasons.truncate(MAX_REASONS);
    reasons
}

/// Whether a preference left out an option that might have been chosen: one that costs no more than the tie allows.
fn decided(here: &Evaluated<'_>, first: &Candidate<'_>, rule: &str, facts: &Facts) -> bool {
    let limit = first.rank().and_then(|own| {
        let tie = facts.number("tie_gap_pct").ok()?;
        own.times(&(&Amount::ONE + &tie.per(100))).ok()
    });
    here.candidates.iter().filter(|candidate| candidate.eligible() && !candidate.preferred_by(rule)).any(|candidate| {
        match (candidate.rank(), &limit) {
            (Some(rank), Some(limit)) => !rank.compare_values(limit).is_gt(),
            _ => first.rank().is_none(),
        }
    })
}

fn money_reason(here: &Evaluated<'_>, first: &Candidate<'_>) -> Option<Reason> {
    let own = first.rank()?;
    let cheapest = here.choice.cheapest.and_then(|at| here.candidates.get(at))?;
    let least = cheapest.rank()?;
    if cheapest.info.id != first.info.id {
        return Some(Reason {
            criterion: "cost".to_owned(),
            your_value: format!("{} USD a month", own.rounded(2)),
            threshold: format!("{} USD a month", least.rounded(2)),
            text: format!(
                "The cheapest eligible option is {} at {} USD a month, {} USD less than the recommendation.",
                cheapest.info.id,
                least.rounded(2),
                (own - least).rounded(2)
            ),
            source: String::new(),
        });
    }
    let (next, rank) = next_cheapest(here, first)?;
    let distance = if rank == own { "the same".to_owned() } else { format!("{} USD more", (rank - own).rounded(2)) };
    Some(Reason {
        criterion: "cost".to_owned(),
        your_value: format!("{} USD a month", own.rounded(2)),
        threshold: format!("{} USD a month", rank.rounded(2)),
        text: format!(
            "It is the cheapest eligible option; the next is {} at {} USD a month, {distance}.",
            next.info.id,
            rank.rounded(2)
        ),
        source: String::new(),
    })
}

fn next_cheapest<'e, 'c>(here: &'e Evaluated<'c>, first: &Candidate<'_>) -> Option<(&'e Candidate<'c>, &'e Amount)> {
    here.candidates
        .iter()
        .filter(|candidate| candidate.info.id != first.info.id && candidate.eligible())
        .filter_map(|candidate| Some((candidate, candidate.rank()?)))
        .min_by(|(_, a), (_, b)| a.compare_values(b))
}

/// The rule that eliminates the most options.
fn eliminations(here: &Evaluated<'_>, rules: &'static [RuleInfo]) -> Option<Reason> {
    let out_by = |rule: &str| -> Vec<&Candidate<'_>> {
        here.candidates
            .iter()
            .filter(|c| c.findings.iter().any(|f| f.rule == rule && f.effect == Effect::Eliminate))
            .collect()
    };
    let (rule, out) = rules
        .iter()
        .map(|rule| (rule, out_by(rule.id)))
        .filter(|(_, out)| out.len() > 1)
        .max_by_key(|(_, out)| out.len())?;
    let finding = out.first()?.findings.iter().find(|finding| finding.rule == rule.id)?;
    let names: Vec<&str> = out.iter().map(|candidate| candidate.info.id).collect();
    Some(Reason {
        criterion: rule.id.to_owned(),
        your_value: format!("{} = {}", finding.looked.input, finding.looked.value),
        threshold: finding.limit(),
        text: format!("{} This rules out {}.", finding.text, names.join(", ")),
        source: finding.fact.source.clone(),
    })
}

/// The best other option, which would be chosen if the recommended one were not there, and when it becomes better.
pub(crate) fn alternative<K: Knowledge>(
    setting: Setting<'_, '_>,
    here: &Evaluated<'_>,
    crossovers: &[Crossover],
    flips: &[Flip],
) -> Result<Option<(usize, String)>, Stop> {
    let Some(first) = winner(here) else { return Ok(None) };
    let facts = &setting.catalog.facts;
    let weights = choose::weights(facts.scores(K::TOPIC), &setting.ask.weights);
    let without = here.choice.recommended;
    let second = choose::choose(&here.candidates, without, K::RULES, setting.ask, &weights, facts, &mut Probe::new())?;
    let Some(at) = second.recommended.or(second.cheapest) else { return Ok(None) };
    let Some(other) = here.candidates.get(at) else { return Ok(None) };
    let id = other.info.id;
    // A change of what was given tells more than one of what was not.
    let leads_there = || flips.iter().filter(|flip| flip.new_winner == Some(id));
    if let Some(flip) = leads_there().find(|flip| flip.from != NOT_GIVEN).or_else(|| leads_there().next()) {
        let instead = if flip.from == NOT_GIVEN { String::new() } else { format!(" instead of {}", flip.from) };
        return Ok(Some((at, format!("when `{}` is {}{instead}", flip.input, flip.to))));
    }
    let when = match (first.rank(), other.rank()) {
        (Some(own), Some(rank)) if rank.compare_values(own).is_lt() => {
            format!("when cost alone decides: it costs {} USD a month less", (own - rank).rounded(2))
        }
        (Some(own), Some(rank)) => {
            let pair = [Some(first.info.id), Some(id)];
            let between = |crossover: &&Crossover| pair.contains(&crossover.from) && pair.contains(&crossover.to);
            match crossovers.iter().find(between) {
                Some(crossover) => {
                    let side = if crossover.to == Some(id) { "above" } else { "below" };
                    let Crossover { input, at, unit, .. } = crossover;
                    format!("on cost, when `{input}` is {side} {at} {unit}").trim_end().to_owned()
                }
                None => format!("when its other merits are worth {} USD a month", (rank - own).rounded(2)),
            }
        }
        (None, Some(rank)) => format!("when a known price matters: it costs {} USD a month", rank.rounded(2)),
        (_, None) => "when its price, which is not known here, is low enough".to_owned(),
    };
    Ok(Some((at, when)))
}

/// Where no option can be recommended: the single inputs that would let one in; where none does alone, the pairs.
pub(crate) fn relax<K: Knowledge>(
    inputs: &K::Inputs,
    setting: Setting<'_, '_>,
    here: &Evaluated<'_>,
) -> Result<Vec<Vec<String>>, Stop> {
    if here.candidates.iter().any(Candidate::eligible) {
        let over_budget = setting.ask.mode == Mode::BestWithinBudget && here.choice.cheapest.is_some();
        return Ok(if over_budget { vec![vec!["budget_month".to_owned()]] } else { Vec::new() });
    }
    let mut violated: Vec<&'static str> = Vec::new();
    for candidate in &here.candidates {
        for finding in &candidate.findings {
            if finding.effect == Effect::Eliminate && !violated.contains(&finding.looked.input) {
                violated.push(finding.looked.input);
            }
        }
    }
    let lets_one_in = |changed: &K::Inputs| -> Result<bool, Stop> {
        let mut probe = Probe::new();
        Ok(K::consider(changed, &mut setting.context(&mut probe))?.options.iter().any(Consideration::eligible))
    };
    let mut ways: Vec<(String, Vec<K::Inputs>)> = Vec::new();
    for name in violated {
        let relaxed = relaxations::<K>(inputs, setting, name)?;
        if !relaxed.is_empty() {
            ways.push((name.to_owned(), relaxed));
        }
    }
    let mut singles = Vec::new();
    for (name, relaxed) in &ways {
        for changed in relaxed {
            if lets_one_in(changed)? {
                singles.push(vec![name.clone()]);
                break;
            }
        }
    }
    if !singles.is_empty() {
        return Ok(singles);
    }
    let mut pairs = Vec::new();
    for (at, (first, relaxed)) in ways.iter().enumerate() {
        for (second, _) in ways.iter().skip(at.saturating_add(1)) {
            let mut found = false;
            for half in relaxed {
                for changed in relaxations::<K>(half, setting, second)? {
                    found = found || lets_one_in(&changed)?;
                }
            }
            if found {
                pairs.push(vec![first.clone(), second.clone()]);
            }
        }
    }
    Ok(pairs)
}

/// The inputs with one requirement relaxed, in each way that makes sense for it.
fn relaxations<K: Knowledge>(inputs: &K::Inputs, setting: Setting<'_, '_>, name: &str) -> Result<Vec<K::Inputs>, Stop> {
    let mut ways = Vec::new();
    if let Some(input) = K::NUMBERS.iter().find(|input| input.name == name && input.relaxable) {
        let mut values = vec![None, Some(Amount::ZERO), Some(Amount::decimal(input.max.into()))];
        for fact in input.thresholds {
            values.push(Some(setting.catalog.facts.number(fact)?));
        }
        for value in values {
            let mut changed = inputs.clone();
            *(input.slot)(&mut changed) = value;
            ways.push(changed);
        }
    }
    if let Some(input) = K::FLAGS.iter().find(|input| input.name == name && input.relaxable) {
        for value in [None, Some(true), Some(false)] {
            let mut changed = inputs.clone();
            *(input.slot)(&mut changed) = value;
            ways.push(changed);
        }
    }
    if let Some(input) = K::WORDS.iter().find(|input| input.name == name && input.relaxable) {
        let mut changed = inputs.clone();
        *(input.slot)(&mut changed) = None;
        ways.push(changed);
    }
    Ok(ways)
}

/// An answer in time: what to do now, and what takes over once its lead time has passed.
pub(crate) fn phases<K: Knowledge>(
    inputs: &K::Inputs,
    setting: Setting<'_, '_>,
    here: &Evaluated<'_>,
) -> Result<Vec<Phase>, Stop> {
    let Some((rule, input)) = K::LEAD_TIME else { return Ok(Vec::new()) };
    let Some(input) = K::NUMBERS.iter().find(|number| number.name == input) else { return Ok(Vec::new()) };
    let only_late = |candidate: &Candidate<'_>| {
        !candidate.eligible() && candidate.findings.iter().all(|f| f.effect != Effect::Eliminate || f.rule == rule)
    };
    if !here.candidates.iter().any(only_late) {
        return Ok(Vec::new());
    }
    let mut changed = inputs.clone();
    *(input.slot)(&mut changed) = Some(Amount::decimal(input.max.into()));
    let later = evaluate::<K>(&changed, setting, &mut Probe::new())?;
    let Some(at) = later.choice.recommended.filter(|at| Some(*at) != here.choice.recommended) else {
        return Ok(Vec::new());
    };
    let Some(late) = here.candidates.get(at) else { return Ok(Vec::new()) };
    let Some(finding) = late.findings.iter().find(|finding| finding.rule == rule) else { return Ok(Vec::new()) };
    let mut phases = Vec::new();
    if let Some(now) = winner(here) {
        phases.push(Phase {
            from_day: "0".to_owned(),
            option: now.info.id,
            why: "It can be ready by the deadline.".to_owned(),
        });
    }
    phases.push(Phase {
        from_day: finding.limit().split(' ').next().unwrap_or_default().to_owned(),
        option: late.info.id,
        why: format!("It would be recommended without the deadline; its lead time is {}.", finding.limit()),
    });
    Ok(phases)
}
