//! The method that every decision shares.
//!
//! In this order: read and default the inputs → screen every option with every rule → size and cost the eligible ones
//! at equal resilience → choose by the mode → draw the regimes exactly → find what would change the answer → judge the
//! confidence → explain. A decision file supplies the knowledge; nothing in here knows a cloud service.
//!
//! The same code that decides at one point draws the regimes: it runs through the probe, so that every step of a
//! size, every tier edge, every rule that turns and every change of the cheapest option ends a straight piece.

use std::sync::Arc;

use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use smol_str::SmolStr;
use utoipa::ToSchema;

use crate::catalog::Catalog;
use crate::catalog::facts::{FactValue, Facts};
use crate::domain::amount::{Amount, Fraction, NumberError};
use crate::domain::bill::{Assumption, Notice};
use crate::domain::check::Check;
use crate::domain::meter::MeterKey;
use crate::domain::month::Month;
use crate::domain::probe::Probe;
use crate::domain::problem::Problem;
use crate::domain::unit::Unit;
use crate::rating::{self, Bill, Lacking, Terms};
use crate::services::plan::{self, Planned};

pub mod choose;
pub mod cost;
pub mod explain;
pub(crate) mod flips;
pub mod memory;
pub mod robust;
pub mod run;
pub mod screen;
pub(crate) mod stretch;
pub mod sweep;
pub(crate) mod tables;

use memory::{Memory, PlanKey};
pub use run::{Ask, Flip, Judged, Mode, Phase, RangeAsk, Reason, SweepAsk, Verdict, decide, judge};
pub(crate) use run::{Evaluated, Setting, evaluate};
use screen::Finding;
use stretch::Stretches;

/// An option of a decision.
#[derive(Debug)]
pub struct OptionInfo {
    /// The id.
    pub id: &'static str,
    /// What it is.
    pub what: &'static str,
    /// Its main drawback, in a sentence. One is always shown beside a recommendation.
    pub drawback: &'static str,
}

/// What a rule does when it fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The option is out.
    Eliminate,
    /// Published guidance names the option for this situation.
    Prefer,
    /// The option stays, with something to watch.
    Caution,
    /// The option stays, with a quota to raise.
    QuotaIncrease,
}

impl Effect {
    /// As it is spelled on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eliminate => "eliminate",
            Self::Prefer => "prefer",
            Self::Caution => "caution",
            Self::QuotaIncrease => "quota_increase",
        }
    }
}

/// A rule of a decision, as it is documented.
#[derive(Debug)]
pub struct RuleInfo {
    /// The id.
    pub id: &'static str,
    /// When it fires.
    pub when: &'static str,
    /// What follows.
    pub then: &'static str,
    /// Its effects.
    pub effects: &'static [Effect],
    /// Where it is published.
    pub source: &'static str,
}

/// Writes a list of rules, one a line: `"id": "when" => "then" [Effects] "source";`.
macro_rules! rules {
    ($($id:literal: $when:literal => $then:literal [$($effect:ident),*] $source:literal;)*) => {
        &[$($crate::decisions::engine::RuleInfo {
            id: $id,
            when: $when,
            then: $then,
            effects: &[$($crate::decisions::engine::Effect::$effect),*],
            source: $source,
        }),*]
    };
}
pub(crate) use rules;

/// How an input may be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// It takes any value: the cost is traced exactly.
    Continuous,
    /// It is a whole number: every integer is evaluated.
    Whole,
    /// It takes the values of a list, such as the sizes that AWS offers: each of them is evaluated.
    Listed,
}

/// A numeric input.
pub struct NumberInput<I> {
    /// The name.
    pub name: &'static str,
    /// The unit; empty for a count.
    pub unit: &'static str,
    /// How it moves.
    pub movement: Movement,
    /// The largest value it takes.
    pub max: u64,
    /// Where a sweep ends unless the request says.
    pub sweep_to: u64,
    /// The facts at whose value a rule turns on this input.
    pub thresholds: &'static [&'static str],
    /// Whether the input may be relaxed where no option is eligible: a requirement, not the size of the need.
    pub relaxable: bool,
    /// Whether a default here lowers the confidence.
    pub critical: bool,
    /// The place of the value.
    pub slot: fn(&mut I) -> &mut Option<Amount>,
}

/// A yes/no input.
pub struct FlagInput<I> {
    /// The name.
    pub name: &'static str,
    /// Whether the input may be relaxed where no option is eligible.
    pub relaxable: bool,
    /// Whether a default here lowers the confidence.
    pub critical: bool,
    /// Whether it says in other words what another input says, which is then the one that is reported.
    pub alias: bool,
    /// The place of the value.
    pub slot: fn(&mut I) -> &mut Option<bool>,
}

/// An input that is a word.
pub struct WordInput<I> {
    /// The name.
    pub name: &'static str,
    /// The words that rules know.
    pub words: &'static [&'static str],
    /// Whether the input may be relaxed where no option is eligible.
    pub relaxable: bool,
    /// The place of the value.
    pub slot: fn(&mut I) -> &mut Option<String>,
}

/// An input as it is documented.
#[derive(Debug, Clone)]
pub struct InputInfo {
    /// The name.
    pub name: &'static str,
    /// The unit; empty where it has none.
    pub unit: &'static str,
    /// `number`, `whole number`, `listed number`, `yes/no` or `word`.
    pub kind: &'static str,
    /// Whether it can be swept.
    pub sweepable: bool,
    /// Whether a default here lowers the confidence.
    pub critical: bool,
}

/// Why an evaluation stopped.
#[derive(Debug, Clone)]
pub enum Stop {
    /// The cost is not a straight line in the swept input.
    Number(NumberError),
    /// The data lacks something that a rule cites.
    Data(Box<Problem>),
}

impl From<NumberError> for Stop {
    fn from(error: NumberError) -> Self {
        Self::Number(error)
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Data(Box::new(problem))
    }
}

impl From<Stop> for Problem {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Number(error) => Self::new(crate::domain::problem::Code::NotPiecewiseLinear, "", error.to_string()),
            Stop::Data(problem) => *problem,
        }
    }
}

/// The knowledge of one decision.
pub trait Knowledge: Sized + 'static {
    /// The inputs, all of them optional.
    type Inputs: DeserializeOwned + ToSchema + Clone + Default + std::fmt::Debug;

    /// The options, in the order in which equals are preferred.
    const OPTIONS: &'static [OptionInfo];
    /// The rules; those with the effect `prefer` narrow the field in this order.
    const RULES: &'static [RuleInfo];
    /// The numeric inputs.
    const NUMBERS: &'static [NumberInput<Self::Inputs>];
    /// The yes/no inputs.
    const FLAGS: &'static [FlagInput<Self::Inputs>];
    /// The inputs that are words.
    const WORDS: &'static [WordInput<Self::Inputs>];
    /// The topic of its facts and scores.
    const TOPIC: &'static str;
    /// The inputs swept unless the request says.
    const SWEPT: &'static [&'static str];
    /// The input whose low and high values the robustness is judged over.
    const USAGE: &'static str;
    /// The rule that compares lead times with the deadline, and the input that holds the deadline.
    const LEAD_TIME: Option<(&'static str, &'static str)> = None;
    /// The input that holds the money outside the AWS bill.
    const OUTSIDE: Option<&'static str> = None;

    /// Finds every value outside its range.
    fn check(inputs: &Self::Inputs, check: &mut Check, catalog: &Catalog);

    /// The numeric inputs that say nothing in this request, since others say it themselves: they are not swept, and no
    /// change of them is looked for.
    fn idle(_inputs: &Self::Inputs) -> Vec<&'static str> {
        Vec::new()
    }

    /// The values that an input of the movement [`Movement::Listed`] takes beside these other inputs, rising.
    fn listed(_input: &str, _inputs: &Self::Inputs, _catalog: &Catalog) -> Vec<Amount> {
        Vec::new()
    }

    /// Defaults the inputs, screens every option, and sizes the eligible ones.
    ///
    /// # Errors
    /// Where a product of two moving amounts would be needed, or the data lacks a fact.
    fn consider(inputs: &Self::Inputs, context: &mut Context<'_>) -> Result<Considered, Stop>;
}

/// What a decision works with.
#[derive(Debug)]
pub struct Context<'a> {
    /// Regions and facts; a decision never asks it for a price.
    pub catalog: &'a Catalog,
    /// The Region of the request.
    pub region: &'a str,
    /// How long the month is.
    pub month: &'a Month,
    /// How to rate.
    pub terms: Terms,
    /// Everything that can bend a line goes through it.
    pub probe: &'a mut Probe,
    /// What is remembered between the evaluations of one answer.
    pub memory: &'a Memory,
    /// What is remembered of each option in the course of a trace.
    pub(crate) stretches: Option<&'a Stretches>,
    /// Whether the answer shows this evaluation, so that every detail of a configuration counts.
    pub detailed: bool,
}

impl<'a> Context<'a> {
    /// The bill of some resources, for a rule that compares bills, such as whether a commitment pays back. `None` where
    /// a price is missing.
    ///
    /// # Errors
    /// Where a product of two moving amounts would be needed.
    pub fn bill(&mut self, resources: &[Planned]) -> Result<Option<Bill<'a>>, Stop> {
        let metered = plan::meter(resources, self.month, self.catalog, self.probe)?;
        Ok(rating::rate(self.probe, self.catalog, metered.records, self.terms, &|_| String::new()).ok())
    }

    /// What the first unit of a meter costs, for putting candidates in an order: see [`crate::rating::unit_price`].
    pub fn unit_price(&self, meter: &MeterKey, unit: Unit) -> Option<Decimal> {
        rating::unit_price(self.catalog, meter, unit, self.terms)
    }

    /// The facts.
    pub fn facts(&self) -> &'a Facts {
        &self.catalog.facts
    }

    /// The number of a fact.
    ///
    /// # Errors
    /// Where the data lacks it.
    pub fn fact(&self, id: &str) -> Result<Amount, Stop> {
        Ok(self.catalog.facts.number(id)?)
    }
}

/// What a decision knows of a request before money.
#[derive(Debug, Default)]
pub struct Considered {
    /// Every option, in the order of the decision's list.
    pub options: Vec<Consideration>,
    /// What was assumed for inputs that were left open.
    pub assumptions: Vec<Assumption>,
    /// What the answer does not take into account.
    pub not_modelled: Vec<String>,
    /// What to know.
    pub notices: Vec<Notice>,
    /// The values of the numeric inputs after defaults.
    pub values: Vec<(&'static str, Amount)>,
    /// The critical inputs that were left at their default.
    pub critical_defaults: Vec<&'static str>,
}

/// One option, screened and sized.
#[derive(Debug, Default)]
pub struct Consideration {
    /// The rules that fired for it.
    pub findings: Vec<Arc<Finding>>,
    /// The ways to build it, where it is eligible; the cheapest is taken.
    pub plans: Vec<Plan>,
}

impl Consideration {
    /// Whether no rule eliminates it.
    pub fn eligible(&self) -> bool {
        !self.findings.iter().any(|finding| finding.effect == Effect::Eliminate)
    }
}

/// One way to build an option.
#[derive(Debug, Default)]
pub struct Plan {
    /// A short name among the ways, such as `LAG 4x10G`; empty where there is one way only.
    pub label: String,
    /// What is built, as the answer shows it.
    pub config: Map<String, Value>,
    /// What is billed.
    pub resources: Vec<Planned>,
    /// Money outside the AWS bill a month; `None` where it is due and nobody gave a figure.
    pub outside_aws: Option<Amount>,
    /// People's hours a month × their rate.
    pub people: Amount,
    /// The variant whose soft scores it has, where the option has several rows of them.
    pub score_variant: Option<&'static str>,
    /// How many features it has that nobody asked for.
    pub extras: u32,
    /// Why it cannot be priced at all, where the data has no meters for it.
    pub unpriced_because: Option<String>,
    /// The ways that traffic goes, where the decision knows them: the answer then shows every way to build the option,
    /// each flow on it, and the flow's part of every line.
    pub routes: Vec<Route>,
    /// All that the bill rests on besides what no evaluation of the answer changes, where nothing of it moves: plans of
    /// one option with the same key have the same bill, which is then rated once. Where it is remembered already
    /// ([`Memory::knows`]), `resources` may be empty.
    pub key: Option<PlanKey>,
    /// The same by parts, for a bill of which most is as before: a key, and how many of the resources it speaks for,
    /// in their order. Empty, or it speaks for all of them.
    pub pieces: Vec<(PlanKey, usize)>,
}

/// Flows that go the same way.
#[derive(Debug, Clone)]
pub struct Route {
    /// Each of them.
    pub flows: Arc<[RoutedFlow]>,
    /// What the gigabytes of every flow are multiplied by.
    pub factor: Amount,
    /// What they pass, in order.
    pub via: Vec<SmolStr>,
    /// What they cause where they pass.
    pub hops: Vec<Hop>,
}

/// One flow.
#[derive(Debug, Clone)]
pub struct RoutedFlow {
    /// Who sends.
    pub from: SmolStr,
    /// Who receives.
    pub to: SmolStr,
    /// Gigabytes a month.
    pub gb: Amount,
}

/// What a flow causes at one place: a part of one line of the bill.
#[derive(Debug, Clone)]
pub struct Hop {
    /// The position of the resource among the plan's.
    pub resource: usize,
    /// The id of the line, of which the resource has one.
    pub line: &'static str,
    /// How much of the line's quantity each gigabyte of the flow is.
    pub per_gb: Amount,
}

/// What an option costs.
#[derive(Debug)]
pub enum Cost<'c> {
    /// It is not eligible, so it was not sized.
    NotSized,
    /// It was sized, and prices are missing.
    Unpriced {
        /// The meters without a price.
        missing: Vec<Lacking>,
        /// Why it cannot be priced, where it is not for want of single prices.
        why: Option<String>,
    },
    /// It was priced before in this answer, with the same bill, of which only the sum was kept.
    Ranked {
        /// What it is ranked by.
        rank: Amount,
    },
    /// It was sized and priced.
    Billed {
        /// The AWS bill.
        bill: Bill<'c>,
        /// AWS money, outside money that was given, and people: what options are ranked by.
        rank: Amount,
    },
}

/// One option, judged.
#[derive(Debug)]
pub struct Candidate<'c> {
    /// The option.
    pub info: &'static OptionInfo,
    /// The rules that fired for it.
    pub findings: Vec<Arc<Finding>>,
    /// How it is built, where it is eligible.
    pub plan: Option<Plan>,
    /// The labels of all the ways to build it.
    pub choices: Vec<String>,
    /// What it costs.
    pub cost: Cost<'c>,
    /// The ways to build it that were not taken, and what they cost.
    pub others: Vec<(Plan, Cost<'c>)>,
    /// The soft scores by criterion, 0 to 10.
    pub scores: Vec<(String, Decimal)>,
    /// The weighted sum of the soft scores.
    pub score: Decimal,
}

impl Candidate<'_> {
    /// Whether no rule eliminates it.
    pub fn eligible(&self) -> bool {
        !self.findings.iter().any(|finding| finding.effect == Effect::Eliminate)
    }

    /// What it is ranked by, where it is priced.
    pub fn rank(&self) -> Option<&Amount> {
        match &self.cost {
            Cost::Billed { rank, .. } | Cost::Ranked { rank } => Some(rank),
            _ => None,
        }
    }

    /// Whether a rule prefers it.
    pub fn preferred_by(&self, rule: &str) -> bool {
        self.findings.iter().any(|finding| finding.effect == Effect::Prefer && finding.rule == rule)
    }
}

/// The inputs of a decision as they are documented.
pub fn inputs<K: Knowledge>() -> Vec<InputInfo> {
    let numbers = K::NUMBERS.iter().map(|input| InputInfo {
        name: input.name,
        unit: input.unit,
        kind: match input.movement {
            Movement::Continuous => "number",
            Movement::Whole => "whole number",
            Movement::Listed => "listed number",
        },
        sweepable: true,
        critical: input.critical,
    });
    let flags = K::FLAGS.iter().map(|input| InputInfo {
        name: input.name,
        unit: "",
        kind: "yes/no",
        sweepable: false,
        critical: input.critical,
    });
    let words = K::WORDS.iter().map(|input| InputInfo {
        name: input.name,
        unit: "",
        kind: "word",
        sweepable: false,
        critical: false,
    });
    numbers.chain(flags).chain(words).collect()
}

/// The limit of a fact in words, such as `1.25 Gbps`.
pub(crate) fn limit_text(value: &FactValue, unit: &str) -> String {
    let value = match value {
        FactValue::Number(number) => number.normalize().to_string(),
        FactValue::Names(names) => return names.join(", "),
    };
    if unit.is_empty() { value } else { format!("{value} {unit}") }
}

/// A fraction as a plain amount.
pub(crate) fn amount_at(at: &Fraction) -> Amount {
    Amount::fraction(at.clone())
}
