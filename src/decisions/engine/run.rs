//! How the engine is asked, how it runs, and what it finds.

use rust_decimal::Decimal;

use super::choose::{self, Choice};
use super::memory::Memory;
use super::robust::{self, Confidence, Robustness};
use super::stretch::Stretches;
use super::sweep::{self, Crossover, Regime};
use super::{Candidate, Considered, Context, Knowledge, Stop, cost, explain, flips};
use crate::catalog::Catalog;
use crate::domain::amount::Amount;
use crate::domain::bill::{Assumption, Notice};
use crate::domain::check::Check;
use crate::domain::month::Month;
use crate::domain::probe::Probe;
use crate::domain::problem::{Problem, Problems};
use crate::rating::Terms;

/// How to choose among the eligible.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// Published guidance where it names an option, else the cheapest; within 5 % the better soft score.
    #[default]
    Guided,
    /// Cost alone.
    CheapestEligible,
    /// The best soft score within the budget, or within 20 % of the cheapest.
    BestWithinBudget,
    /// A weighted sum of cost and soft scores.
    Weighted,
}

impl Mode {
    /// As it is spelled on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guided => "guided",
            Self::CheapestEligible => "cheapest_eligible",
            Self::BestWithinBudget => "best_within_budget",
            Self::Weighted => "weighted",
        }
    }
}

/// A range to draw regimes over.
#[derive(Debug, Clone)]
pub struct SweepAsk {
    /// The input.
    pub input: String,
    /// From this value.
    pub from: Amount,
    /// To this value; `None` for the input's own end.
    pub to: Option<Amount>,
}

/// The low and the high value of an input whose size is not certain.
#[derive(Debug, Clone)]
pub struct RangeAsk {
    /// The input.
    pub input: String,
    /// The low value.
    pub low: Amount,
    /// The high value.
    pub high: Amount,
}

/// How to decide.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The Region.
    pub region: String,
    /// How to rate.
    pub terms: Terms,
    /// How long the month is.
    pub month: Month,
    /// How to choose.
    pub mode: Mode,
    /// Weights of the caller's own: by criterion, and `cost` for the weighted mode.
    pub weights: Vec<(String, Decimal)>,
    /// The budget a month, for the mode that has one.
    pub budget: Option<Amount>,
    /// The ranges to draw; `None` for the decision's own.
    pub sweeps: Option<Vec<SweepAsk>>,
    /// Uncertain inputs.
    pub uncertainty: Vec<RangeAsk>,
}

/// A reason for the recommendation.
#[derive(Debug, Clone)]
pub struct Reason {
    /// The rule or criterion.
    pub criterion: String,
    /// The user's value.
    pub your_value: String,
    /// The limit or the figure it is held against.
    pub threshold: String,
    /// The sentence.
    pub text: String,
    /// The link to the source; empty for our own arithmetic.
    pub source: String,
}

/// Something that would change the answer.
#[derive(Debug, Clone)]
pub struct Flip {
    /// The input.
    pub input: String,
    /// The user's value.
    pub from: String,
    /// The value that changes the answer.
    pub to: String,
    /// What would win then; `None` where nothing would be eligible.
    pub new_winner: Option<&'static str>,
}

/// One step of an answer in time.
#[derive(Debug, Clone)]
pub struct Phase {
    /// The day from which on it holds, counted from today.
    pub from_day: String,
    /// The option.
    pub option: &'static str,
    /// Why.
    pub why: String,
}

/// The answer of a decision.
#[derive(Debug)]
pub struct Verdict<'c> {
    /// Every option, judged, in the order of the decision's list.
    pub candidates: Vec<Candidate<'c>>,
    /// Which one is recommended, which is cheapest, and what narrowed the field.
    pub choice: Choice,
    /// Why.
    pub because: Vec<Reason>,
    /// The best other option, and when it becomes better.
    pub alternative: Option<(usize, String)>,
    /// Where the cheapest option changes.
    pub crossovers: Vec<Crossover>,
    /// Which option is cheapest and which recommended, by stretches of an input.
    pub regimes: Vec<Regime>,
    /// What would change the answer.
    pub flips: Vec<Flip>,
    /// The answer in time, where it changes.
    pub phases: Vec<Phase>,
    /// Where no option is eligible: the inputs to relax, each entry one way out.
    pub relax: Vec<Vec<String>>,
    /// How sure the answer is.
    pub confidence: Confidence,
    /// How it bears uncertainty.
    pub robustness: Option<Robustness>,
    /// What was assumed.
    pub assumptions: Vec<Assumption>,
    /// What is not taken into account.
    pub not_modelled: Vec<String>,
    /// What to know.
    pub notices: Vec<Notice>,
    /// The terms it was rated under.
    pub terms: Terms,
}

/// The state of one evaluation.
#[derive(Debug)]
pub(crate) struct Evaluated<'c> {
    pub(crate) candidates: Vec<Candidate<'c>>,
    pub(crate) choice: Choice,
    pub(crate) considered: Considered,
}

/// Everything an evaluation needs besides the inputs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting<'a, 'c> {
    pub(crate) ask: &'a Ask,
    pub(crate) catalog: &'c Catalog,
    pub(crate) memory: &'a Memory,
    pub(crate) stretches: Option<&'a Stretches>,
    pub(crate) detailed: bool,
}

impl<'a> Setting<'a, '_> {
    /// What a decision works with.
    pub(super) fn context<'b>(&self, probe: &'b mut Probe) -> Context<'b>
    where
        'a: 'b,
        Self: 'b,
    {
        let Self { ask, catalog, memory, stretches, detailed } = *self;
        let Ask { region, month, terms, .. } = ask;
        Context { catalog, region, month, probe, terms: *terms, memory, stretches, detailed }
    }
}

/// Evaluates every option for these inputs, through the probe.
pub(crate) fn evaluate<'c, K: Knowledge>(
    inputs: &K::Inputs,
    setting: Setting<'_, 'c>,
    probe: &mut Probe,
) -> Result<Evaluated<'c>, Stop> {
    let Setting { ask, catalog, .. } = setting;
    let mut considered = K::consider(inputs, &mut setting.context(probe))?;
    if let Some(stretches) = setting.stretches {
        stretches.all_built(probe);
    }
    let weights = choose::weights(catalog.facts.scores(K::TOPIC), &ask.weights);
    let mut candidates = Vec::with_capacity(K::OPTIONS.len());
    for (info, consideration) in K::OPTIONS.iter().zip(std::mem::take(&mut considered.options)) {
        candidates.push(cost::candidate(info, consideration, K::TOPIC, &weights, setting, probe)?);
    }
    let choice = choose::choose(&candidates, None, K::RULES, ask, &weights, &catalog.facts, probe)?;
    Ok(Evaluated { candidates, choice, considered })
}

/// Every option judged at one point, and what was chosen: an answer without regimes and explanations.
#[derive(Debug)]
pub struct Judged<'c> {
    /// Every option, in the order of the decision's list.
    pub candidates: Vec<Candidate<'c>>,
    /// What was chosen.
    pub choice: Choice,
}

/// Judges every option at one point. The inputs are taken as they are; [`decide`] checks them.
///
/// # Errors
/// Where the cost is not a straight line in a moving input, or the data lacks a fact.
pub fn judge<'c, K: Knowledge>(inputs: &K::Inputs, ask: &Ask, catalog: &'c Catalog) -> Result<Judged<'c>, Stop> {
    let setting = Setting { ask, catalog, memory: &Memory::default(), stretches: None, detailed: true };
    let Evaluated { candidates, choice, .. } = evaluate::<K>(inputs, setting, &mut Probe::new())?;
    Ok(Judged { candidates, choice })
}

/// Answers a decision.
///
/// # Errors
/// Every mistake in the inputs or in how to decide.
pub fn decide<'c, K: Knowledge>(inputs: &str, ask: &Ask, catalog: &'c Catalog) -> Result<Verdict<'c>, Problems> {
    let inputs: K::Inputs =
        crate::domain::read::from_json(inputs).map_err(|problem| Problems::from(problem.below("/inputs")))?;
    let mut check = Check::at("/inputs");
    K::check(&inputs, &mut check, catalog);
    let mut problems = check.into_problems();
    problems.extend(sweep::check::<K>(ask));
    problems.extend(sweep::check_idle(ask, &K::idle(&inputs)));
    problems.extend(choose::check(catalog.facts.scores(K::TOPIC), ask));
    if !problems.is_empty() {
        return Err(Problems(problems));
    }
    let memory = Memory::default();
    let setting = Setting { ask, catalog, memory: &memory, stretches: None, detailed: true };
    let here = evaluate::<K>(&inputs, setting, &mut Probe::new()).map_err(Problem::from)?;
    let setting = Setting { detailed: false, ..setting };
    let mut notices = Vec::new();
    let (regimes, crossovers) = if ask.mode == Mode::Weighted {
        notices.push(Notice {
            code: "no_regimes",
            text: "A weighted score is not piecewise linear in an input, so that the mode `weighted` draws no regimes."
                .to_owned(),
        });
        (Vec::new(), Vec::new())
    } else {
        sweep::all::<K>(&inputs, setting, &here, &mut notices).map_err(Problem::from)?
    };
    let flips = flips::flips::<K>(&inputs, setting, &here, &regimes).map_err(Problem::from)?;
    let robustness = robust::robustness::<K>(&inputs, setting, &here).map_err(Problem::from)?;
    let confidence = robust::confidence(&here, robustness.as_ref(), &catalog.facts, ask);
    let relax = if here.choice.recommended.is_none() {
        explain::relax::<K>(&inputs, setting, &here).map_err(Problem::from)?
    } else {
        Vec::new()
    };
    let phases = explain::phases::<K>(&inputs, setting, &here).map_err(Problem::from)?;
    let because = explain::because(&here, K::RULES, &crossovers, &catalog.facts);
    let alternative = explain::alternative::<K>(setting, &here, &crossovers, &flips).map_err(Problem::from)?;
    let Evaluated { candidates, choice, considered } = here;
    notices.extend(considered.notices);
    Ok(Verdict {
        candidates,
        choice,
        because,
        alternative,
        crossovers,
        regimes,
        flips,
        phases,
        relax,
        confidence,
        robustness,
        assumptions: considered.assumptions,
        not_modelled: considered.not_modelled,
        notices,
        terms: ask.terms,
    })
}
