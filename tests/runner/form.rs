//! The form of a case file. Unknown keys are errors.

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
    /// What the answer must hold.
    #[serde(default)]
    pub(crate) expect: Option<ExpectedEstimate>,
    /// How the request must be refused.
    #[serde(default)]
    pub(crate) expect_error: Option<ExpectedError>,
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
