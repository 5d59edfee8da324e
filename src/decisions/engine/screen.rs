//! Screening: rules fire, and each firing is written down with the user's value, the limit, its source and its date.

use crate::catalog::facts::{Facts, Hardness};
use crate::domain::amount::Amount;
use crate::domain::problem::Problem;

use super::{Consideration, Effect, OptionInfo, limit_text};

/// A rule that fired for an option.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: &'static str,
    /// What it does.
    pub effect: Effect,
    /// The input it looked at.
    pub input: &'static str,
    /// The user's value, or the default.
    pub your_value: String,
    /// The limit it was held against.
    pub limit: String,
    /// How firm the limit is.
    pub hardness: Hardness,
    /// The link to the source.
    pub source: String,
    /// The date of the source.
    pub source_date: String,
    /// The entry of the uncertain facts that names the limit.
    pub flagged: Option<String>,
    /// The sentence for people.
    pub text: String,
}

/// Screens the options of one decision.
#[derive(Debug)]
pub struct Screen<'a> {
    options: &'static [OptionInfo],
    facts: &'a Facts,
    found: Vec<Consideration>,
}

/// What a rule looked at: an input and its value.
#[derive(Debug, Clone)]
pub struct Looked {
    /// The input.
    pub input: &'static str,
    /// Its value.
    pub value: String,
}

/// An input and its number.
pub fn number(input: &'static str, value: &Amount) -> Looked {
    Looked { input, value: value.at_rest().to_string() }
}

/// An input and its word.
pub fn word(input: &'static str, value: impl Into<String>) -> Looked {
    Looked { input, value: value.into() }
}

/// A yes/no input.
pub fn flag(input: &'static str, value: bool) -> Looked {
    Looked { input, value: value.to_string() }
}

impl<'a> Screen<'a> {
    /// No rule has fired yet.
    pub fn new(options: &'static [OptionInfo], facts: &'a Facts) -> Self {
        Self { options, facts, found: options.iter().map(|_| Consideration::default()).collect() }
    }

    /// A rule fires for some options. The limit, its source and its date are those of the fact.
    ///
    /// # Errors
    /// Where the data lacks the fact.
    pub fn fire(
        &mut self,
        effect: Effect,
        rule: &'static str,
        options: &[&str],
        looked: &Looked,
        fact: &str,
        text: &str,
    ) -> Result<(), Problem> {
        let fact = self.facts.get(fact)?;
        let finding = Finding {
            rule,
            effect,
            input: looked.input,
            your_value: looked.value.clone(),
            limit: limit_text(&fact.value, &fact.unit),
            hardness: fact.hardness,
            source: fact.source.clone(),
            source_date: fact.source_date.clone(),
            flagged: fact.flagged.clone(),
            text: text.to_owned(),
        };
        for (info, consideration) in self.options.iter().zip(&mut self.found) {
            if options.contains(&info.id) {
                consideration.findings.push(finding.clone());
            }
        }
        Ok(())
    }

    /// A rule eliminates some options.
    ///
    /// # Errors
    /// Where the data lacks the fact.
    pub fn eliminate(
        &mut self,
        rule: &'static str,
        options: &[&str],
        looked: &Looked,
        fact: &str,
        text: &str,
    ) -> Result<(), Problem> {
        self.fire(Effect::Eliminate, rule, options, looked, fact, text)
    }

    /// Published guidance prefers some options.
    ///
    /// # Errors
    /// Where the data lacks the fact.
    pub fn prefer(
        &mut self,
        rule: &'static str,
        options: &[&str],
        looked: &Looked,
        fact: &str,
        text: &str,
    ) -> Result<(), Problem> {
        self.fire(Effect::Prefer, rule, options, looked, fact, text)
    }

    /// A rule cautions about some options.
    ///
    /// # Errors
    /// Where the data lacks the fact.
    pub fn caution(
        &mut self,
        rule: &'static str,
        options: &[&str],
        looked: &Looked,
        fact: &str,
        text: &str,
    ) -> Result<(), Problem> {
        self.fire(Effect::Caution, rule, options, looked, fact, text)
    }

    /// Whether no rule has eliminated an option.
    pub fn eligible(&self, option: &str) -> bool {
        self.options.iter().zip(&self.found).any(|(info, consideration)| info.id == option && consideration.eligible())
    }

    /// Adds a way to build an option.
    pub fn plan(&mut self, option: &str, plan: super::Plan) {
        for (info, consideration) in self.options.iter().zip(&mut self.found) {
            if info.id == option {
                consideration.plans.push(plan);
                return;
            }
        }
    }

    /// The options, screened and sized, in the order of the list.
    pub fn into_considerations(self) -> Vec<Consideration> {
        self.found
    }
}
