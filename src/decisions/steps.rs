//! The steps that most decisions take, and what they write with.
//!
//! A decision that takes them is four functions: [`Steps`] names them in their order and makes of them what the engine
//! asks for. One that needs something between two steps writes [`Knowledge::consider`] itself, as `container_platform`
//! does.

use serde_json::{Map, Value, json};

use super::engine::screen::Screen;
use super::engine::{Considered, Context, Knowledge, Stop};
use crate::domain::amount::Amount;
use crate::domain::bill::Assumption;

/// The four steps of a decision with the inputs `I`, of which `S` is what they are after defaults.
#[derive(Debug)]
pub struct Steps<I, S> {
    /// Takes every default, so that no later step knows what was left open.
    pub settle: fn(&I, &mut Defaults, &mut Context<'_>) -> Result<S, Stop>,
    /// Fires the rules. In a trace it is passed over where it is known which of them fire.
    pub screen: fn(&mut Screen<'_>, &I, &S, &mut Context<'_>) -> Result<(), Stop>,
    /// Adds the ways to build each option that no rule has eliminated.
    pub size: fn(&mut Screen<'_>, &I, &S, &mut Context<'_>) -> Result<(), Stop>,
    /// Says what the answer does not take into account, with the given inputs that no rule uses.
    pub not_modelled: fn(&I, &S) -> Vec<String>,
}

impl<I, S> Steps<I, S> {
    /// Takes the steps, for [`Knowledge::consider`] of the decision `K`.
    ///
    /// # Errors
    /// Where a product of two moving amounts would be needed, or the data lacks a fact.
    pub fn take<K: Knowledge<Inputs = I>>(&self, inputs: &I, context: &mut Context<'_>) -> Result<Considered, Stop> {
        let mut defaults = Defaults { silent: !context.detailed, ..Defaults::default() };
        let settled = (self.settle)(inputs, &mut defaults, context)?;
        let mut screen = Screen::new(K::OPTIONS, context.facts());
        context.screen(&mut screen, |screen, context| (self.screen)(screen, inputs, &settled, context))?;
        (self.size)(&mut screen, inputs, &settled, context)?;
        Ok(Considered {
            notices: std::mem::take(&mut screen.notices),
            options: screen.into_considerations(),
            not_modelled: (self.not_modelled)(inputs, &settled),
            assumptions: defaults.assumptions,
            values: defaults.values,
            critical_defaults: defaults.critical,
        })
    }
}

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

    /// The yes or no that was given, else a default.
    pub fn flag(&mut self, given: Option<bool>, input: &str, default: bool, why: &str) -> bool {
        given.unwrap_or_else(|| {
            self.assume(input, default.to_string(), why);
            default
        })
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
