//! Sweeps: which option is cheapest and which is recommended over a range of one input, exactly.

use super::choose::Choice;
use super::stretch::Stretches;
use super::{Ask, Candidate, Evaluated, Knowledge, Movement, NumberInput, Setting, Stop, amount_at, evaluate};
use crate::domain::amount::{Amount, Fraction, NumberError};
use crate::domain::bill::Notice;
use crate::domain::probe::{Probe, Trace, trace};
use crate::domain::problem::{Code, Problem};

/// The most pieces of a trace.
pub const MAX_SEGMENTS: usize = 5_000;
/// The most values of a whole-number input in one sweep.
pub const MAX_WHOLE_VALUES: u64 = 1_000;

/// A stretch of one input over which the same option is cheapest and the same is recommended.
#[derive(Debug, Clone)]
pub struct Regime {
    /// The input.
    pub input: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Where the stretch begins.
    pub from: Amount,
    /// Whether `from` itself belongs to it.
    pub from_included: bool,
    /// Where it ends.
    pub to: Amount,
    /// Whether `to` itself belongs to it.
    pub to_included: bool,
    /// The cheapest eligible option with a price; `None` where there is none.
    pub cheapest: Option<&'static str>,
    /// The recommended option; `None` where none is eligible.
    pub recommended: Option<&'static str>,
}

/// How the cheapest option changes at a crossover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrossoverKind {
    /// Both options cost the same there.
    Equal,
    /// A cost steps there.
    Jump,
    /// An option becomes eligible or ineligible, or loses its price, there.
    Eligibility,
}

impl CrossoverKind {
    /// As it is spelled on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Jump => "jump",
            Self::Eligibility => "eligibility",
        }
    }
}

/// A point at which the cheapest eligible option changes.
#[derive(Debug, Clone)]
pub struct Crossover {
    /// The input.
    pub input: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// The value, exactly.
    pub at: Amount,
    /// How it changes.
    pub kind: CrossoverKind,
    /// The cheapest below; `None` where no option was eligible and priced.
    pub from: Option<&'static str>,
    /// The cheapest above.
    pub to: Option<&'static str>,
}

/// What a trace keeps of an evaluation.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    cheapest: Option<usize>,
    recommended: Option<usize>,
    ranks: Vec<Option<Amount>>,
}

impl Sample {
    fn of(evaluated: &Evaluated<'_>) -> Self {
        let Choice { cheapest, recommended, .. } = evaluated.choice;
        Self { cheapest, recommended, ranks: evaluated.candidates.iter().map(|c| c.rank().cloned()).collect() }
    }

    fn rank(&self, option: usize) -> Option<&Amount> {
        self.ranks.get(option)?.as_ref()
    }
}

/// A range to draw.
pub(super) struct Range<'k, I> {
    pub(super) input: &'k NumberInput<I>,
    pub(super) from: Fraction,
    pub(super) to: Fraction,
}

/// Finds mistakes in the sweeps and ranges of a request.
pub(crate) fn check<K: Knowledge>(ask: &Ask) -> Vec<Problem> {
    let mut problems = Vec::new();
    let names = || K::NUMBERS.iter().map(|input| input.name);
    let mut bounds = |pointer: String, name: &str, low: &Amount, high: Option<&Amount>| {
        let Some(input) = K::NUMBERS.iter().find(|input| input.name == name) else {
            let text = format!("there is no sweepable input `{name}`");
            problems.push(Problem::new(Code::UnknownValue, format!("{pointer}/input"), text).allowing(name, names()));
            return;
        };
        let cap = Amount::decimal(input.max.into());
        let high = high.cloned().unwrap_or_else(|| cap.clone());
        if low.is_negative() || high.compare_values(&cap).is_gt() || low.compare_values(&high).is_gt() {
            let text = format!("`{name}` runs from {low} to {high}; it must rise, and lie in 0 to {cap}");
            problems.push(Problem::new(Code::OutOfRange, pointer, text));
        } else if input.movement == Movement::Whole
            && (&high - low).compare_values(&Amount::decimal(MAX_WHOLE_VALUES.into())).is_gt()
            && low.compare_values(&Amount::ZERO).is_gt()
        {
            let text = format!("`{name}` is a whole number; a sweep takes at most {MAX_WHOLE_VALUES} values of it");
            problems.push(Problem::new(Code::OutOfRange, pointer, text));
        }
    };
    for (at, sweep) in ask.sweeps.iter().flatten().enumerate() {
        bounds(format!("/sweep/{at}"), &sweep.input, &sweep.from, sweep.to.as_ref());
    }
    for range in &ask.uncertainty {
        bounds(format!("/uncertainty/{}", range.input), &range.input, &range.low, Some(&range.high));
    }
    problems
}

/// Finds sweeps and ranges of inputs that say nothing in this request.
pub(crate) fn check_idle(ask: &Ask, idle: &[&str]) -> Vec<Problem> {
    let sweeps = ask.sweeps.iter().flatten().enumerate();
    let swept = sweeps.map(|(at, sweep)| (format!("/sweep/{at}/input"), sweep.input.as_str()));
    let ranges = ask.uncertainty.iter().map(|range| (format!("/uncertainty/{}", range.input), range.input.as_str()));
    swept
        .chain(ranges)
        .filter(|(_, name)| idle.contains(name))
        .map(|(pointer, name)| {
            let text = format!("`{name}` says nothing in this request: other inputs say it themselves");
            Problem::new(Code::Conflict, pointer, text)
        })
        .collect()
}

pub(super) fn with<K: Knowledge>(inputs: &K::Inputs, input: &NumberInput<K::Inputs>, value: Amount) -> K::Inputs {
    let mut inputs = inputs.clone();
    *(input.slot)(&mut inputs) = Some(value);
    inputs
}

/// Draws every range that the request or the decision names.
pub(crate) fn all<K: Knowledge>(
    inputs: &K::Inputs,
    setting: Setting<'_, '_>,
    here: &Evaluated<'_>,
    notices: &mut Vec<Notice>,
) -> Result<(Vec<Regime>, Vec<Crossover>), Stop> {
    let mut regimes = Vec::new();
    let mut crossovers = Vec::new();
    for range in ranges::<K>(setting, here) {
        match draw::<K>(inputs, setting, &range, notices) {
            Ok((mut drawn, mut crossed)) => {
                regimes.append(&mut drawn);
                crossovers.append(&mut crossed);
            }
            Err(Stop::Number(NumberError::NotPiecewiseLinear)) => notices.push(Notice {
                code: "not_piecewise_linear",
                text: format!(
                    "The cost is not piecewise linear in `{}`, so that no regimes are drawn over it; give the inputs that default from it yourself.",
                    range.input.name
                ),
            }),
            Err(other) => return Err(other),
        }
    }
    Ok((regimes, crossovers))
}

fn ranges<K: Knowledge>(setting: Setting<'_, '_>, here: &Evaluated<'_>) -> Vec<Range<'static, K::Inputs>> {
    let value = |name: &str| {
        here.considered
            .values
            .iter()
            .find(|(known, _)| *known == name)
            .map_or_else(Fraction::default, |(_, v)| v.value())
    };
    let two = Fraction::from(2);
    match &setting.ask.sweeps {
        Some(asked) => asked
            .iter()
            .filter_map(|sweep| {
                let input = K::NUMBERS.iter().find(|input| input.name == sweep.input)?;
                let end = Fraction::from(input.sweep_to);
                let to = sweep.to.as_ref().map_or(end, Amount::value);
                Some(Range { input, from: sweep.from.value(), to })
            })
            .collect(),
        // Those that the answer rests on: an input that another one stands in for is not drawn.
        None => K::SWEPT
            .iter()
            .filter(|name| here.considered.values.iter().any(|(known, _)| known == *name))
            .filter_map(|name| {
                let input = K::NUMBERS.iter().find(|input| input.name == *name)?;
                let largest = Fraction::from(input.max);
                let end = Fraction::from(input.sweep_to).max(value(name) * &two).min(largest);
                let (from, to) = match input.movement {
                    Movement::Whole => around(value(name), Fraction::default(), end),
                    Movement::Continuous | Movement::Listed => (Fraction::default(), end),
                };
                Some(Range { input, from, to })
            })
            .collect(),
    }
}

/// The part of a range of whole numbers that is drawn: all of it, or as many values as are evaluated around the user's.
pub(super) fn around(value: Fraction, from: Fraction, to: Fraction) -> (Fraction, Fraction) {
    let most = Fraction::from(MAX_WHOLE_VALUES.saturating_sub(1));
    if &to - &from <= most {
        return (from, to);
    }
    let half = Fraction::from(MAX_WHOLE_VALUES / 2);
    let from = Fraction::from((value - half).ceil()).min(&to - &most).max(from);
    let to = &from + most;
    (from, to)
}

/// A stretch of the range with one choice: a point, or the open stretch between two points.
struct Cell {
    from: Fraction,
    to: Fraction,
    is_point: bool,
    sample: Sample,
}

pub(super) fn draw<K: Knowledge>(
    inputs: &K::Inputs,
    setting: Setting<'_, '_>,
    range: &Range<'_, K::Inputs>,
    notices: &mut Vec<Notice>,
) -> Result<(Vec<Regime>, Vec<Crossover>), Stop> {
    let cells = match range.input.movement {
        Movement::Continuous => continuous::<K>(inputs, setting, range, notices)?,
        Movement::Whole => whole::<K>(inputs, setting, range, notices)?,
        Movement::Listed => listed::<K>(inputs, setting, range)?,
    };
    Ok((regimes::<K>(range, &cells), crossovers::<K>(range, &cells)))
}

/// Every straight piece over a range of one input.
fn traced<K: Knowledge>(
    inputs: &K::Inputs,
    setting: Setting<'_, '_>,
    input: &NumberInput<K::Inputs>,
    from: &Fraction,
    to: &Fraction,
) -> Result<Trace<Sample>, Stop> {
    let stretches = Stretches::default();
    let setting = Setting { stretches: Some(&stretches), ..setting };
    trace(from, to, MAX_SEGMENTS, |probe, x| {
        stretches.come_to(&x);
        evaluate::<K>(&with::<K>(inputs, input, x), setting, probe).map(|evaluated| Sample::of(&evaluated))
    })
}

fn continuous<K: Knowledge>(
    inputs: &K::Inputs,
    setting: Setting<'_, '_>,
    range: &Range<'_, K::Inputs>,
    notices: &mut Vec<Notice>,
) -> Result<Vec<Cell>, Stop> {
    let trace = traced::<K>(inputs, setting, range.input, &range.from, &range.to)?;
    if let Some(at) = &trace.truncated_at {
        notices.push(Notice {
            code: "truncated_at",
            text: format!(
                "The regimes over `{}` end at {} after {MAX_SEGMENTS} pieces.",
                range.input.name,
                amount_at(at)
            ),
        });
    }
    let mut cells = Vec::new();
    let mut end = range.from.clone();
    for segment in trace.segments {
        cells.push(Cell {
            from: segment.from.clone(),
            to: segment.from.clone(),
            is_point: true,
            sample: segment.at_from,
        });
        end.clone_from(&segment.to);
        cells.push(Cell { from: segment.from, to: segment.to, is_point: false, sample: segment.after });
    }
    cells.push(Cell { from: end.clone(), to: end, is_point: true, sample: trace.at_end });
    Ok(cells)
}

/// What is found at one value of an input, which is evaluated once.
fn sample<K: Knowledge>(
    inputs: &K::Inputs,
    setting: Setting<'_, '_>,
    input: &NumberInput<K::Inputs>,
    at: &Fraction,
) -> Result<Sample, Stop> {
    if let Some(known) = setting.memory.sample(input.name, at) {
        return Ok(known);
    }
    let evaluated = evaluate::<K>(&with::<K>(inputs, input, amount_at(at)), setting, &mut Probe::new())?;
    let sample = Sample::of(&evaluated);
    setting.memory.keep_sample(input.name, at.clone(), sample.clone());
    Ok(sample)
}

/// Every integer is a stretch of its own.
fn whole<K: Knowledge>(
    inputs: &K::Inputs,
    setting: Setting<'_, '_>,
    range: &Range<'_, K::Inputs>,
    notices: &mut Vec<Notice>,
) -> Result<Vec<Cell>, Stop> {
    let mut cells = Vec::new();
    let one = Fraction::from(1);
    let mut at = Fraction::from(range.from.ceil());
    while at <= range.to {
        if cells.len() >= usize::try_from(MAX_WHOLE_VALUES).unwrap_or(usize::MAX) {
            notices.push(Notice {
                code: "truncated_at",
                text: format!(
                    "The regimes over `{}` end before {} after {MAX_WHOLE_VALUES} values.",
                    range.input.name,
                    amount_at(&at)
                ),
            });
            break;
        }
        let sample = sample::<K>(inputs, setting, range.input, &at)?;
        cells.push(Cell { from: at.clone(), to: at.clone(), is_point: true, sample });
        at += &one;
    }
    Ok(cells)
}

/// Every value of the list is a stretch of its own.
fn listed<K: Knowledge>(
    inputs: &K::Inputs,
    setting: Setting<'_, '_>,
    range: &Range<'_, K::Inputs>,
) -> Result<Vec<Cell>, Stop> {
    let mut cells = Vec::new();
    for value in K::listed(range.input.name, inputs, setting.catalog) {
        let at = value.value();
        if at < range.from || at > range.to {
            continue;
        }
        let sample = sample::<K>(inputs, setting, range.input, &at)?;
        cells.push(Cell { from: at.clone(), to: at, is_point: true, sample });
    }
    Ok(cells)
}

pub(super) fn name<K: Knowledge>(option: Option<usize>) -> Option<&'static str> {
    option.and_then(|at| K::OPTIONS.get(at)).map(|info| info.id)
}

fn regimes<K: Knowledge>(range: &Range<'_, K::Inputs>, cells: &[Cell]) -> Vec<Regime> {
    let mut regimes: Vec<Regime> = Vec::new();
    for cell in cells {
        let cheapest = name::<K>(cell.sample.cheapest);
        let recommended = name::<K>(cell.sample.recommended);
        if let Some(last) = regimes.last_mut()
            && last.cheapest == cheapest
            && last.recommended == recommended
        {
            last.to = amount_at(&cell.to);
            last.to_included = cell.is_point;
            continue;
        }
        regimes.push(Regime {
            input: range.input.name,
            unit: range.input.unit,
            from: amount_at(&cell.from),
            from_included: cell.is_point,
            to: amount_at(&cell.to),
            to_included: cell.is_point,
            cheapest,
            recommended,
        });
    }
    regimes
}

fn crossovers<K: Knowledge>(range: &Range<'_, K::Inputs>, cells: &[Cell]) -> Vec<Crossover> {
    let is_whole = range.input.movement != Movement::Continuous;
    let stretches: Vec<(usize, &Cell)> =
        cells.iter().enumerate().filter(|(_, cell)| is_whole || !cell.is_point).collect();
    let mut crossovers = Vec::new();
    for pair in stretches.windows(2) {
        let [(_, below), (at_above, above)] = pair else { continue };
        let (before, after) = (below.sample.cheapest, above.sample.cheapest);
        if before == after {
            continue;
        }
        // The point between two open stretches stands just before the upper one.
        let point = if is_whole { None } else { at_above.checked_sub(1).and_then(|at| cells.get(at)) };
        let kind = match (before, after) {
            (Some(a), Some(b)) => {
                let equal_there = point.is_some_and(
                    |point| matches!((point.sample.rank(a), point.sample.rank(b)), (Some(x), Some(y)) if x == y),
                );
                if equal_there {
                    CrossoverKind::Equal
                } else if below.sample.rank(b).is_none() || above.sample.rank(a).is_none() {
                    CrossoverKind::Eligibility
                } else {
                    CrossoverKind::Jump
                }
            }
            _ => CrossoverKind::Eligibility,
        };
        crossovers.push(Crossover {
            input: range.input.name,
            unit: range.input.unit,
            at: amount_at(&above.from),
            kind,
            from: name::<K>(before),
            to: name::<K>(after),
        });
    }
    crossovers
}

/// The share of a range over which the recommendation holds, and the largest regret of keeping it.
pub(crate) struct Held {
    /// The length over which it holds ÷ the length of the range.
    pub share: Fraction,
    /// The most that keeping the recommendation costs above the cheapest, and where.
    pub regret: Option<(Amount, Amount)>,
}

/// How a recommendation holds over a range of one input.
pub(crate) fn held<K: Knowledge>(
    inputs: &K::Inputs,
    setting: Setting<'_, '_>,
    input: &NumberInput<K::Inputs>,
    from: &Fraction,
    to: &Fraction,
    winner: usize,
) -> Result<Held, Stop> {
    if input.movement != Movement::Continuous {
        return held_at_values::<K>(inputs, setting, &Range { input, from: from.clone(), to: to.clone() }, winner);
    }
    let trace = traced::<K>(inputs, setting, input, from, to)?;
    let mut kept = Fraction::default();
    let mut regret: Option<(Amount, Amount)> = None;
    let mut judge = |sample: &Sample, delta: &Fraction, at: &Fraction| {
        let Some((own, least)) = sample.rank(winner).zip(sample.cheapest.and_then(|at| sample.rank(at))) else {
            return;
        };
        let excess = (own - least).after(delta).at_rest();
        if regret.as_ref().is_none_or(|(known, _)| excess.compare_values(known).is_gt()) {
            regret = Some((excess, amount_at(at)));
        }
    };
    for segment in &trace.segments {
        let length = &segment.to - &segment.from;
        if segment.after.recommended == Some(winner) {
            kept += &length;
        }
        judge(&segment.at_from, &Fraction::default(), &segment.from);
        judge(&segment.after, &Fraction::default(), &segment.from);
        judge(&segment.after, &length, &segment.to);
    }
    let length = to - from;
    let share = if length > Fraction::default() {
        kept / length
    } else {
        Fraction::from(i32::from(trace.at_end.recommended == Some(winner)))
    };
    Ok(Held { share, regret })
}

/// How a recommendation holds over the values of an input that takes single ones: the share of them.
fn held_at_values<K: Knowledge>(
    inputs: &K::Inputs,
    setting: Setting<'_, '_>,
    range: &Range<'_, K::Inputs>,
    winner: usize,
) -> Result<Held, Stop> {
    let cells = match range.input.movement {
        Movement::Listed => listed::<K>(inputs, setting, range)?,
        _ => whole::<K>(inputs, setting, range, &mut Vec::new())?,
    };
    let mut regret: Option<(Amount, Amount)> = None;
    for Cell { from, sample, .. } in &cells {
        let Some((own, least)) = sample.rank(winner).zip(sample.cheapest.and_then(|at| sample.rank(at))) else {
            continue;
        };
        let excess = own - least;
        if regret.as_ref().is_none_or(|(known, _)| excess.compare_values(known).is_gt()) {
            regret = Some((excess, amount_at(from)));
        }
    }
    let kept = cells.iter().filter(|cell| cell.sample.recommended == Some(winner)).count();
    let share = Fraction::from_parts(kept.into(), cells.len().max(1).into());
    Ok(Held { share, regret })
}

/// The candidate that is recommended.
pub(crate) fn winner<'e, 'c>(here: &'e Evaluated<'c>) -> Option<&'e Candidate<'c>> {
    here.choice.recommended.and_then(|at| here.candidates.get(at))
}
