//! Decisions: the request, and the answer as it goes over the wire.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::request::{MissingPricesChoice, Settings, request};
use crate::catalog::Catalog;
use crate::decisions::engine::{Ask, Mode, RangeAsk, SweepAsk};
use crate::decisions::{self, DECISIONS};
use crate::domain::amount::Amount;
use crate::domain::check::Check;
use crate::domain::problem::{Code, Problem, Problems};
use crate::domain::read::{from_json_bytes, unknown_name};

pub mod topologies;
pub mod view;

use view::DecisionAnswer;

/// The most sweeps of one request.
pub const MAX_SWEEPS: usize = 10;

request! {
    /// A decision.
    pub struct DecideRequest {
        /// What is known, as the decision's schema says. Every input may be left out.
        #[schema(value_type = Object)]
        pub inputs: Option<Box<RawValue>>,
        /// How to choose. Left out: `guided`.
        #[serde(default)]
        #[schema(inline, default = "guided")]
        pub mode: ModeChoice,
        /// Weights of your own for the soft criteria, by name; `cost` for the mode `weighted`.
        pub weights: Option<Weights>,
        /// The budget a month in US dollars, for the mode `best_within_budget`. Left out: 20 % above the cheapest.
        pub budget_month: Option<Amount>,
        /// The ranges to draw regimes and crossovers over. Left out: the decision's own.
        pub sweep: Option<Vec<SweepRange>>,
        /// The low and the high value of inputs that are not certain, by name. Left out: half and twice.
        pub uncertainty: Option<Uncertainty>,
    }
}

/// Weights by criterion.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct Weights(Map<String, Value>);

/// Low and high values by input.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct Uncertainty(Map<String, Value>);

/// How to choose among the eligible options.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModeChoice {
    /// Published guidance where it names an option, else the cheapest; within 5 % the better soft score.
    #[default]
    Guided,
    /// Cost alone.
    CheapestEligible,
    /// The best soft score within the budget.
    BestWithinBudget,
    /// A weighted sum of cost and soft scores.
    Weighted,
}

/// A range of one input to draw regimes over.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SweepRange {
    /// The input.
    #[schema(example = "gb_out_month")]
    pub input: String,
    /// From this value. Left out: 0.
    #[serde(default)]
    #[schema(default = 0)]
    pub from: Amount,
    /// To this value. Left out: the input's own end.
    pub to: Option<Amount>,
}

/// The low and the high value of an input.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LowHigh {
    low: Amount,
    high: Amount,
}

/// There is no such decision; with the nearest.
pub(super) fn unknown_decision(id: &str, pointer: &str) -> Problem {
    unknown_name(Code::UnknownDecision, pointer, "decision", id, DECISIONS.iter().map(|entry| entry.id))
}

impl DecideRequest {
    /// Reads the request from JSON.
    ///
    /// # Errors
    /// The first mistake of shape.
    pub fn read(body: &[u8]) -> Result<Self, Problems> {
        Ok(from_json_bytes(body)?)
    }

    /// Decides. `decision` is the id, from the path.
    ///
    /// # Errors
    /// Every mistake of value.
    pub fn run<'c>(
        &self,
        decision: &str,
        catalog: &'c Catalog,
        today: NaiveDate,
    ) -> Result<DecisionAnswer<'c>, Problems> {
        let entry = decisions::find(decision).ok_or_else(|| unknown_decision(decision, ""))?;
        let mut check = Check::at("");
        let settings = self.common().settle(&mut check, catalog, today);
        if self.missing_prices == MissingPricesChoice::Omit {
            let detail = "a decision with lines left out would compare unlike bills; send `error` or `derive`";
            check.problem(Problem::new(Code::Conflict, "/missing_prices", detail));
        }
        let weights = self.own_weights(&mut check);
        let uncertainty = self.ranges(&mut check);
        if let Some(budget) = &self.budget_month {
            check.amount("budget_month", budget, crate::domain::check::CAP);
        }
        if self.sweep.as_ref().is_some_and(|sweeps| sweeps.len() > MAX_SWEEPS) {
            check.mistake("sweep", Code::OutOfRange, format!("at most {MAX_SWEEPS} ranges are drawn"));
        }
        let mut problems = check.into_problems();
        let ask = settings.map(|Settings { terms, month }| Ask {
            region: self.region.clone(),
            terms,
            month,
            mode: match self.mode {
                ModeChoice::Guided => Mode::Guided,
                ModeChoice::CheapestEligible => Mode::CheapestEligible,
                ModeChoice::BestWithinBudget => Mode::BestWithinBudget,
                ModeChoice::Weighted => Mode::Weighted,
            },
            weights,
            budget: self.budget_month.clone(),
            sweeps: self.sweep.as_ref().map(|sweeps| {
                let ask = |sweep: &SweepRange| SweepAsk {
                    input: sweep.input.clone(),
                    from: sweep.from.clone(),
                    to: sweep.to.clone(),
                };
                sweeps.iter().map(ask).collect()
            }),
            uncertainty,
        });
        let inputs = self.inputs.as_ref().map_or("{}", |inputs| inputs.get());
        let Some(ask) = ask.filter(|_| problems.is_empty()) else {
            return Err(Problems(problems));
        };
        match (entry.decide)(inputs, &ask, catalog) {
            Ok(verdict) => Ok(view::answer(entry.id, &verdict, &ask, catalog)),
            Err(Problems(mut more)) => {
                problems.append(&mut more);
                Err(Problems(problems))
            }
        }
    }

    fn own_weights(&self, check: &mut Check) -> Vec<(String, Decimal)> {
        let mut weights = Vec::new();
        for (name, value) in self.weights.iter().flat_map(|weights| &weights.0) {
            match serde_json::from_value::<Amount>(value.clone()) {
                Ok(weight) => check.within("weights", |check| {
                    check.between(name, &weight, Decimal::ZERO, Decimal::ONE_HUNDRED);
                    weights.extend(weight.as_decimal().map(|weight| (name.clone(), weight)));
                }),
                Err(error) => check.within("weights", |check| check.mistake(name, Code::WrongType, error.to_string())),
            }
        }
        weights
    }

    fn ranges(&self, check: &mut Check) -> Vec<RangeAsk> {
        let mut ranges = Vec::new();
        for (name, value) in self.uncertainty.iter().flat_map(|uncertainty| &uncertainty.0) {
            match serde_json::from_value::<LowHigh>(value.clone()) {
                Ok(LowHigh { low, high }) => ranges.push(RangeAsk { input: name.clone(), low, high }),
                Err(error) => check.within("uncertainty", |check| {
                    check.mistake(name, Code::WrongType, format!("{error}; send `{{\"low\": …, \"high\": …}}`"));
                }),
            }
        }
        ranges
    }
}
