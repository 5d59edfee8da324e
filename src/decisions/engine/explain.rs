//! Explanations: why, what else, what to relax, and what comes later.

use super::sweep::{Crossover, winner};
use super::{
    Candidate, Consideration, Effect, Evaluated, Flip, Knowledge, Phase, Reason, RuleInfo, Setting, Stop, evaluate,
};
use crate::domain::amount::Amount;
use crate::domain::probe::Probe;

/// The most reasons that are given.
const MAX_REASONS: usize = 4;

/// Up to four reasons, the most telling first.
pub(crate) fn because(here: &Evaluated<'_>, rules: &'static [RuleInfo], crossovers: &[Crossover]) -> Vec<Reason> {
    let Some(first) = winner(here) else { return Vec::new() };
    let mut reasons = Vec::new();
    for rule in &here.choice.narrowed_by {
        if let Some(finding) = first.findings.iter().find(|f| f.rule == *rule && f.effect == Effect::Prefer) {
            reasons.push(Reason {
                criterion: finding.rule.to_owned(),
                your_value: format!("{} = {}", finding.input, finding.your_value),
                threshold: finding.limit.clone(),
                text: finding.text.clone(),
                source: finding.source.clone(),
            });
        }
    }
    reasons.extend(money_reason(here, first));
    if let Some(reason) = eliminations(here, rules) {
        reasons.push(reason);
    }
    for crossover in crossovers {
        let Some((_, value)) = here.considered.values.iter().find(|(name, _)| *name == crossover.input) else {
            continue;
        };
        let concerns = crossover.from == Some(first.info.id) || crossover.to == Some(first.info.id);
        if !concerns || value.is_zero() {
            continue;
        }
        let Ok(ratio) = crossover.at.over(value) else { continue };
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
        break;
    }
    reasons.truncate(MAX_REASONS);
    reasons
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
    Some(Reason {
        criterion: "cost".to_owned(),
        your_value: format!("{} USD a month", own.rounded(2)),
        threshold: format!("{} USD a month", rank.rounded(2)),
        text: format!(
            "It is the cheapest eligible option; the next is {} at {} USD a month, {} USD more.",
            next.info.id,
            rank.rounded(2),
            (rank - own).rounded(2)
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
        your_value: format!("{} = {}", finding.input, finding.your_value),
        threshold: finding.limit.clone(),
        text: format!("{} This rules out {}.", finding.text, names.join(", ")),
        source: finding.source.clone(),
    })
}

/// The best other option, and when it becomes better.
pub(crate) fn alternative(here: &Evaluated<'_>, crossovers: &[Crossover], flips: &[Flip]) -> Option<(usize, String)> {
    let first = winner(here)?;
    // The next cheapest of the field; where that is empty, of all that are eligible.
    let in_field = here
        .choice
        .field
        .iter()
        .filter(|at| Some(**at) != here.choice.recommended)
        .filter_map(|at| Some((*at, here.candidates.get(*at)?.rank()?)))
        .min_by(|(_, a), (_, b)| a.compare_values(b))
        .map(|(at, _)| at);
    let other = in_field.or_else(|| {
        let (next, _) = next_cheapest(here, first)?;
        here.candidates.iter().position(|candidate| candidate.info.id == next.info.id)
    })?;
    let id = here.candidates.get(other)?.info.id;
    let when = if let Some(flip) = flips.iter().find(|flip| flip.new_winner == Some(id)) {
        format!("when `{}` is {} instead of {}", flip.input, flip.to, flip.from)
    } else if let Some(crossover) = crossovers.iter().find(|c| c.from == Some(id) || c.to == Some(id)) {
        format!("on cost, beyond the crossover at {} {} of `{}`", crossover.at, crossover.unit, crossover.input)
    } else {
        let gap =
            here.candidates.get(other).and_then(Candidate::rank).zip(first.rank()).map(|(other, own)| other - own);
        match gap {
            Some(gap) if gap.is_negative() => "when cost alone decides".to_owned(),
            Some(gap) => format!("when its other merits are worth {} USD a month", gap.rounded(2)),
            None => "when it is preferred for reasons outside this comparison".to_owned(),
        }
    };
    Some((other, when))
}

/// Where no option is eligible: the single inputs that would let one in; where none does alone, the pairs.
pub(crate) fn relax<K: Knowledge>(
    inputs: &K::Inputs,
    setting: Setting<'_, '_>,
    here: &Evaluated<'_>,
) -> Result<Vec<Vec<String>>, Stop> {
    if here.candidates.iter().any(Candidate::eligible) {
        return Ok(Vec::new());
    }
    let mut violated: Vec<&'static str> = Vec::new();
    for candidate in &here.candidates {
        for finding in &candidate.findings {
            if finding.effect == Effect::Eliminate && !violated.contains(&finding.input) {
                violated.push(finding.input);
            }
        }
    }
    let lets_one_in = |changed: &K::Inputs| -> Result<bool, Stop> {
        let mut probe = Probe::new();
        let mut context = super::Context {
            catalog: setting.catalog,
            region: &setting.ask.region,
            month: &setting.ask.month,
            probe: &mut probe,
        };
        Ok(K::consider(changed, &mut context)?.options.iter().any(Consideration::eligible))
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
        from_day: finding.limit.split(' ').next().unwrap_or_default().to_owned(),
        option: late.info.id,
        why: format!("It would be recommended without the deadline; its lead time is {}.", finding.limit),
    });
    Ok(phases)
}

/// Where the winner's money outside the AWS bill is not known: the figure that would make another option cheaper.
pub(crate) fn outside_money(here: &Evaluated<'_>) -> Option<Flip> {
    let first = winner(here)?;
    let own = first.rank()?;
    if first.plan.as_ref()?.outside_aws.is_some() {
        return None;
    }
    let (known, rank) = here
        .candidates
        .iter()
        .filter(|candidate| candidate.eligible() && candidate.plan.as_ref().is_some_and(|p| p.outside_aws.is_some()))
        .filter_map(|candidate| Some((candidate, candidate.rank()?)))
        .min_by(|(_, a), (_, b)| a.compare_values(b))?;
    let gap = rank - own;
    (!gap.is_negative()).then(|| Flip {
        input: "outside_aws_costs_month".to_owned(),
        from: "unknown".to_owned(),
        to: format!("> {}", gap.rounded(2)),
        new_winner: Some(known.info.id),
    })
}
