//! The form of a case file. Unknown keys are errors.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crossover::domain::amount::Amount;

/// A file of `tests/cases/services/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceFile {
    /// The id of the service; also the name of the file.
    pub(crate) service: String,
    /// The cases, in order.
    pub(crate) cases: Vec<ServiceCase>,
}

/// One estimate and what it must give.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceCase {
    /// A name, unique in the file.
    pub(crate) name: String,
    /// The body of the request: with `resources` it is an estimate of many, else of one.
    pub(crate) request: Value,
    /// The arithmetic, by hand.
    #[expect(dead_code, reason = "it is for the reader; a case without it is refused")]
    pub(crate) why: Text,
    /// Where the figures are published.
    #[serde(default)]
    #[expect(dead_code, reason = "it is for the reader")]
    pub(crate) source: Option<Text>,
    /// Prices put over those of the data, where a published figure used others. Such a case runs pure only.
    #[serde(default)]
    pub(crate) prices: Vec<PriceOverride>,
    /// A price book that is there under the name that the request gives.
    #[serde(default)]
    pub(crate) price_book: Option<Value>,
    /// What the answer must hold.
    #[serde(default)]
    pub(crate) expect: Option<ExpectedEstimate>,
    /// How the request must be refused.
    #[serde(default)]
    pub(crate) expect_error: Option<ExpectedError>,
}

/// A file of `tests/cases/architectures/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ArchitectureFile {
    /// The id of the architecture; also the name of the file.
    pub(crate) architecture: String,
    /// The cases, in order.
    pub(crate) cases: Vec<ArchitectureCase>,
}

/// One estimate of an architecture and what it must give.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ArchitectureCase {
    /// A name, unique in the file.
    pub(crate) name: String,
    /// The body of the request.
    pub(crate) request: Value,
    /// The arithmetic, by hand.
    #[expect(dead_code, reason = "it is for the reader; a case without it is refused")]
    pub(crate) why: Text,
    /// What the bill must hold.
    #[serde(default)]
    pub(crate) expect: Option<ExpectedEstimate>,
    /// What the bill must hold among other things: its sum, and some of its lines by resource and id. The sum leaves no
    /// room for another line to differ.
    #[serde(default)]
    pub(crate) expect_part: Option<ExpectedEstimate>,
    /// Computed numbers that must be among the answer's, exactly.
    #[serde(default)]
    pub(crate) computed: BTreeMap<String, Amount>,
    /// All decisions that the answer must raise, in order.
    #[serde(default)]
    pub(crate) decisions: Option<Vec<String>>,
    /// How the request must be refused.
    #[serde(default)]
    pub(crate) expect_error: Option<ExpectedError>,
}

/// A file of `tests/cases/decisions/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionFile {
    /// The id of the decision; also the name of the file.
    pub(crate) decision: String,
    /// The cases, in order.
    pub(crate) cases: Vec<DecisionCase>,
}

/// One decision and what it must answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionCase {
    /// A name, unique in the file.
    pub(crate) name: String,
    /// The id of the published scenario.
    #[serde(default)]
    #[expect(dead_code, reason = "it is for the reader")]
    pub(crate) scenario: Option<String>,
    /// The body of the request.
    pub(crate) request: Value,
    /// Why this is the right answer.
    #[expect(dead_code, reason = "it is for the reader; a case without it is refused")]
    pub(crate) why: Text,
    /// Where the answer is published, or where what it rests on is.
    #[expect(dead_code, reason = "it is for the reader; a case without it is refused")]
    pub(crate) source: Text,
    /// Where the published answer is wrong by a newer source: what is wrong, and the source.
    #[serde(default)]
    #[expect(dead_code, reason = "it is for the reader")]
    pub(crate) disagrees: Option<Disagreement>,
    /// Prices put over those of the data. Such a case runs pure only.
    #[serde(default)]
    pub(crate) prices: Vec<PriceOverride>,
    /// A price book that is there under the name that the request gives.
    #[serde(default)]
    pub(crate) price_book: Option<Value>,
    /// What the answer must hold.
    #[serde(default)]
    pub(crate) expect: Option<ExpectedDecision>,
    /// How the request must be refused.
    #[serde(default)]
    pub(crate) expect_error: Option<ExpectedError>,
}

/// Where a published answer is wrong.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it is for the reader")]
pub(crate) struct Disagreement {
    /// What is wrong.
    pub(crate) text: Text,
    /// The newer source.
    pub(crate) source: Text,
}

/// What a decision must answer. One of `recommendation`, `any_of` and `none_eligible` is given.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedDecision {
    /// The recommended option.
    #[serde(default)]
    pub(crate) recommendation: Option<String>,
    /// The options of which one must be recommended; `none_eligible` may be among them.
    #[serde(default)]
    pub(crate) any_of: Vec<String>,
    /// That no option is eligible.
    #[serde(default)]
    pub(crate) none_eligible: bool,
    /// What the recommended configuration must hold, among other things.
    #[serde(default)]
    pub(crate) config: Option<Value>,
    /// What the recommendation costs a month, in its columns.
    #[serde(default)]
    pub(crate) monthly: Option<ExpectedMoney>,
    /// How far the answer can be trusted.
    #[serde(default)]
    pub(crate) confidence: Option<String>,
    /// Options that rules must eliminate.
    #[serde(default)]
    pub(crate) eliminated: Vec<Elimination>,
    /// Options that no rule may eliminate.
    #[serde(default)]
    pub(crate) eligible: Vec<String>,
    /// Rules that must prefer an option.
    #[serde(default)]
    pub(crate) preferred: Vec<Elimination>,
    /// Rules that must add a caution to an option.
    #[serde(default)]
    pub(crate) cautions: Vec<Elimination>,
    /// Where no option is eligible: the ways out, or the inputs of all of them.
    #[serde(default)]
    pub(crate) relax: Option<Relax>,
    /// Crossovers that must be among those of the answer.
    #[serde(default)]
    pub(crate) crossovers: Vec<ExpectedCrossover>,
    /// The options of the phases, in order.
    #[serde(default)]
    pub(crate) phases: Option<Vec<String>>,
    /// Rules that must not speak of an option at all: the other side of a limit.
    #[serde(default)]
    pub(crate) silent: Vec<Elimination>,
    /// The cheapest eligible option.
    #[serde(default)]
    pub(crate) cheapest: Option<String>,
    /// The best other option.
    #[serde(default)]
    pub(crate) alternative: Option<String>,
    /// The rules that narrowed the field, in order.
    #[serde(default)]
    pub(crate) narrowed_by: Option<Vec<String>>,
    /// What single options cost.
    #[serde(default)]
    pub(crate) options: Vec<ExpectedOption>,
    /// Stretches that must be among those of the answer.
    #[serde(default)]
    pub(crate) regimes: Vec<ExpectedRegime>,
    /// Changes that must be among those that would change the answer.
    #[serde(default)]
    pub(crate) would_change: Vec<ExpectedChange>,
    /// Codes of notices that must be among those of the answer.
    #[serde(default)]
    pub(crate) notices: Vec<String>,
    /// Words that some entry of what is not modelled must hold.
    #[serde(default)]
    pub(crate) not_modelled: Vec<String>,
}

/// What an option costs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedOption {
    /// The option.
    pub(crate) option: String,
    /// The AWS bill.
    #[serde(default)]
    pub(crate) aws: Option<Amount>,
    /// The sum by which it is ranked.
    #[serde(default)]
    pub(crate) ranking: Option<Amount>,
    /// Every line of the bill, in order.
    #[serde(default)]
    pub(crate) lines: Option<Vec<ExpectedLine>>,
    /// That it is eligible and has no price: the usage types of the missing meters, where single prices are missing.
    #[serde(default)]
    pub(crate) missing: Option<Vec<String>>,
    /// Ways to build it that must be among those of the answer.
    #[serde(default)]
    pub(crate) topologies: Vec<ExpectedTopology>,
}

/// A way to build an option that carries traffic.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedTopology {
    /// Its name.
    pub(crate) topology: String,
    /// Whether it is the one that the option is taken to be built as.
    #[serde(default)]
    pub(crate) taken: Option<bool>,
    /// What its configuration must hold, among other things.
    #[serde(default)]
    pub(crate) config: Option<Value>,
    /// What stands whether traffic flows or not, exactly.
    #[serde(default)]
    pub(crate) standing: Option<Amount>,
    /// What all flows cost, exactly.
    #[serde(default)]
    pub(crate) flows_total: Option<Amount>,
    /// Flows that must be among those of the answer.
    #[serde(default)]
    pub(crate) flows: Vec<ExpectedFlow>,
}

/// A flow on its way.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedFlow {
    /// Who sends.
    pub(crate) from: String,
    /// Who receives.
    pub(crate) to: String,
    /// What it passes, in order.
    #[serde(default)]
    pub(crate) via: Option<Vec<String>>,
    /// Every part of a line it pays, in order.
    #[serde(default)]
    pub(crate) hops: Option<Vec<ExpectedHop>>,
    /// What it pays in all, exactly.
    pub(crate) amount: Amount,
}

/// A flow's part of a line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedHop {
    /// The id of the line.
    pub(crate) line: String,
    /// The part of its quantity, exactly.
    #[serde(default)]
    pub(crate) quantity: Option<Amount>,
    /// The part of its amount, exactly.
    pub(crate) amount: Amount,
}

/// A stretch of an input.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedRegime {
    /// The input.
    pub(crate) input: String,
    /// Where it begins, as the answer shows it.
    pub(crate) from: Amount,
    /// Whether `from` belongs to it.
    #[serde(default)]
    pub(crate) from_included: Option<bool>,
    /// Where it ends, as the answer shows it.
    pub(crate) to: Amount,
    /// Whether `to` belongs to it.
    #[serde(default)]
    pub(crate) to_included: Option<bool>,
    /// The cheapest option.
    #[serde(default)]
    pub(crate) cheapest: Option<String>,
    /// The recommended option.
    #[serde(default)]
    pub(crate) recommended: Option<String>,
}

/// A change that would change the answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedChange {
    /// The input.
    pub(crate) input: String,
    /// The value that is given or assumed.
    #[serde(default)]
    pub(crate) from: Option<String>,
    /// The value that changes the answer.
    pub(crate) to: String,
    /// What would be recommended.
    pub(crate) new_winner: String,
}

/// What a recommendation costs a month.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedMoney {
    /// The AWS bill.
    #[serde(default)]
    pub(crate) aws: Option<Amount>,
    /// Money outside the AWS bill.
    #[serde(default)]
    pub(crate) outside_aws: Option<Amount>,
    /// People's time.
    #[serde(default)]
    pub(crate) people: Option<Amount>,
}

/// An option and a rule that speaks of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Elimination {
    /// The option.
    pub(crate) option: String,
    /// The rule.
    pub(crate) rule: String,
}

/// Ways out where no option is eligible.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Relax {
    /// The inputs of all ways out, in any order.
    Inputs(Vec<String>),
    /// The ways out, each a set of inputs.
    Ways(Vec<Vec<String>>),
}

/// A crossover that must be among those of the answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedCrossover {
    /// The input.
    pub(crate) input: String,
    /// Where it is, as the answer shows it.
    pub(crate) at: Amount,
    /// `equal`, `jump` or `eligibility`.
    #[serde(default)]
    pub(crate) kind: Option<String>,
    /// The cheapest below.
    #[serde(default)]
    pub(crate) from: Option<String>,
    /// The cheapest above.
    #[serde(default)]
    pub(crate) to: Option<String>,
}

/// A price put over those of the data.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PriceOverride {
    /// The service code.
    pub(crate) service_code: String,
    /// The Region, or `global`.
    pub(crate) region: String,
    /// The usage type.
    pub(crate) usage_type: String,
    /// The operation; empty where there is none.
    #[serde(default)]
    pub(crate) operation: String,
    /// The unit, as in the price tables.
    pub(crate) unit: String,
    /// The ladder: `[from, price]`, beginning at 0.
    pub(crate) tiers: Vec<(Amount, Amount)>,
}

/// What an estimate must hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedEstimate {
    /// The total of the month: its text in cents, or exactly.
    pub(crate) monthly: Amount,
    /// Whether every meter has a price; true unless the case says otherwise.
    #[serde(default = "yes")]
    pub(crate) complete: bool,
    /// Every line, in order.
    pub(crate) lines: Vec<ExpectedLine>,
    /// Codes of notices that must be among those of the answer.
    #[serde(default)]
    pub(crate) notices: Vec<String>,
}

/// What a line must hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedLine {
    /// Its id.
    pub(crate) id: String,
    /// The resource it belongs to, in an estimate of many.
    #[serde(default)]
    pub(crate) resource: Option<String>,
    /// Its quantity, exactly.
    #[serde(default)]
    pub(crate) quantity: Option<Amount>,
    /// Its amount: the text in cents, or exactly.
    pub(crate) amount: Amount,
    /// The layer its price comes from.
    #[serde(default)]
    pub(crate) layer: Option<String>,
}

/// How a request must be refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedError {
    /// The code of one of the problems.
    pub(crate) code: String,
    /// Its pointer.
    #[serde(default)]
    pub(crate) pointer: Option<String>,
    /// Words that its detail, hint, allowed values or missing meters hold.
    #[serde(default)]
    pub(crate) words: Vec<String>,
}

/// A text that must not be empty.
#[derive(Debug)]
pub(crate) struct Text(pub(crate) String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.trim().is_empty() {
            return Err(serde::de::Error::custom("this text must not be empty"));
        }
        Ok(Self(text))
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn yes() -> bool {
    true
}
