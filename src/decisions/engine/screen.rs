//! Screening: rules fire, and each firing is written down with the user's value, the limit, its source and its date.

use std::fmt;
use std::sync::Arc;

use crate::catalog::facts::{Fact, Facts};
use crate::domain::amount::Amount;
use crate::domain::bill::Notice;
use crate::domain::problem::Problem;

use super::{Consideration, Effect, OptionInfo, limit_text};

/// A rule that fired. It is spelled out only where an answer shows it, since a sweep fires rules by the thousand.
#[derive(Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static str,
    /// What it does.
    pub effect: Effect,
    /// The input it looked at, and the user's value of it, or the default.
    pub looked: Looked,
    /// The fact that holds the limit, its hardness, its source and its date.
    pub fact: Arc<Fact>,
    /// The sentence for people.
    pub text: &'static str,
}

impl Finding {
    /// The limit in words, such as `1.25 Gbps`.
    pub fn limit(&self) -> String {
        limit_text(&self.fact.value, &self.fact.unit)
    }
}

/// Screens the options of one decision.
#[derive(Debug)]
pub struct Screen<'a> {
    options: &'static [OptionInfo],
    facts: &'a Facts,
    found: Vec<Consideration>,
    /// What to know besides.
    pub notices: Vec<Notice>,
}

/// What a rule looked at: an input and its value.
#[derive(Debug, Clone)]
pub struct Looked {
    /// The input.
    pub input: &'static str,
    /// Its value.
    pub value: Seen,
}

/// The value of an input that a rule looked at.
#[derive(Debug, Clone)]
pub enum Seen {
    /// A number.
    Number(Amount),
    /// A word.
    Word(String),
    /// A yes or no.
    Flag(bool),
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Word(word) => f.write_str(word),
            Self::Flag(flag) => write!(f, "{flag}"),
        }
    }
}

/// An input and its number.
pub fn number(input: &'static str, value: &Amount) -> Looked {
    Looked { input, value: Seen::Number(value.at_rest()) }
}

/// An input and its word.
pub fn word(input: &'static str, value: impl Into<String>) -> Looked {
    Looked { input, value: Seen::Word(value.into()) }
}

/// A yes/no input.
pub fn flag(input: &'static str, value: bool) -> Looked {
    Looked { input, value: Seen::Flag(value) }
}

impl<'a> Screen<'a> {
    /// No rule has fired yet.
    pub fn new(options: &'static [OptionInfo], facts: &'a Facts) -> Self {
        let found = options.iter().map(|_| Consideration::default()).collect();
        Self { options, facts, found, notices: Vec::new() }
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
        text: &'static str,
    ) -> Result<(), Problem> {
        let fact = Arc::clone(self.facts.get(fact)?);
        let finding = Arc::new(Finding { rule, effect, looked: looked.clone(), fact, text });
        for (info, consideration) in self.options.iter().zip(&mut self.found) {
            if options.contains(&info.id) {
                consideration.findings.push(Arc::clone(&finding));
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
        text: &'static str,
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
        text: &'static str,
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
        text: &'static str,
    ) -> Result<(), Problem> {
        self.fire(Effect::Caution, rule, options, looked, fact, text)
    }

    /// Something to know, whatever the option.
    pub fn notice(&mut self, code: &'static str, text: &str) {
        self.notices.push(Notice { code, text: text.to_owned() });
    }

    /// Whether no rule has eliminated an option.
    pub fn eligible(&self, option: &str) -> bool {
        self.options.iter().zip(&self.found).any(|(info, consideration)| info.id == option && consideration.eligible())
    }

    /// What a rule looked at that has eliminated an option.
    pub fn looked_at(&self, option: &str, rule: &str) -> Option<Looked> {
        let (_, found) = self.options.iter().zip(&self.found).find(|(info, _)| info.id == option)?;
        let by = |finding: &&Arc<Finding>| finding.rule == rule && finding.effect == Effect::Eliminate;
        found.findings.iter().find(by).map(|finding| finding.looked.clone())
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

    /// The rules that have fired, by option.
    pub(super) fn findings(&self) -> Vec<Vec<Arc<Finding>>> {
        self.found.iter().map(|consideration| consideration.findings.clone()).collect()
    }

    /// Lets the rules fire that have fired before.
    pub(super) fn restore(&mut self, findings: &[Vec<Arc<Finding>>]) {
        for (consideration, fired) in self.found.iter_mut().zip(findings) {
            consideration.findings.clone_from(fired);
        }
    }

    /// The options, screened and sized, in the order of the list.
    pub fn into_considerations(self) -> Vec<Consideration> {
        self.found
    }
}
