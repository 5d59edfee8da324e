//! What a request leaves open, collected as it is taken, and how numbers stand in a configuration.

use serde_json::{Map, Value, json};

use crate::domain::amount::Amount;
use crate::domain::bill::Assumption;

/// Collects defaults as they are taken.
#[derive(Debug, Default)]
pub struct Defaults {
    /// Whether what is assumed is of no use: no answer shows it.
    pub silent: bool,
    /// What was assumed.
    pub assumptions: Vec<Assumption>,
    /// The critical inputs that were left open.
    pub critical: Vec<&'static str>,
    /// The numbers that this request gives a meaning, after defaults.
    pub values: Vec<(&'static str, Amount)>,
}

impl Defaults {
    /// Says what was assumed.
    pub fn assume(&mut self, input: &str, value: impl Into<String>, why: &str) {
        if !self.silent {
            self.assumptions.push(Assumption { input: input.to_owned(), value: value.into(), why: why.to_owned() });
        }
    }

    /// The number that was given, else a default.
    pub fn take(&mut self, given: Option<&Amount>, input: &'static str, default: Amount, why: &str) -> Amount {
        let value = given.cloned().unwrap_or_else(|| {
            if !self.silent {
                self.assume(input, default.at_rest().to_string(), why);
            }
            default
        });
        self.values.push((input, value.clone()));
        value
    }

    /// The same for an input of which the default lowers the confidence.
    pub fn critical(&mut self, given: Option<&Amount>, input: &'static str, default: Amount, why: &str) -> Amount {
        if given.is_none() {
            self.critical.push(input);
        }
        self.take(given, input, default, why)
    }
}

/// What is built, by name.
pub fn config(entries: impl IntoIterator<Item = (&'static str, Value)>) -> Map<String, Value> {
    entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A number as a configuration shows it.
pub fn shown(amount: &Amount) -> Value {
    amount.at_rest().as_whole().map_or_else(|| json!(amount.at_rest().to_string()), Value::from)
}
