//! Architectures: ready-made bills of many services, with parameters, that a person starts from.
//!
//! An architecture is pure data, a file of `architectures/`. It says which resources stand together and how much each of
//! them is used, as constants and expressions over its parameters; which decisions it raises, with their inputs; and
//! what it assumes. It knows no price. What it fills in is a request as anybody could send it, so that its bill is made
//! where every bill is made.
//!
//! What an architecture says about services and decisions is checked above this floor, where these are known.

use std::sync::Arc;

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::domain::amount::{Amount, NumberError};
use crate::domain::expression::Expression;
use crate::domain::probe::Probe;

/// The name under which expressions find the hours of the month. A parameter cannot have it.
pub const MONTH_HOURS: &str = "month_hours";

/// The architectures of an edition, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Architectures(Arc<[Architecture]>);

/// An architecture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Architecture {
    /// The id; also the name of the file.
    pub id: String,
    /// The file, as a path inside the data folder.
    pub file: String,
    /// What it is called.
    pub name: String,
    /// What stands in it, in a sentence or two.
    pub about: String,
    /// The parameters, in the order of the file.
    pub parameters: Vec<Parameter>,
    /// Numbers that follow from the parameters and are used in several places, in the order of the file.
    pub computed: Vec<Computed>,
    /// What it takes for granted, in sentences.
    pub assumptions: Vec<String>,
    /// A drawing in text.
    pub diagram: Option<String>,
    /// The resources.
    pub resources: Vec<ResourceTemplate>,
    /// The decisions it raises.
    pub decisions: Vec<DecisionTemplate>,
    /// The pages that describe it.
    pub sources: Vec<String>,
}

/// What a person may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// The name, with its unit last.
    pub name: String,
    /// What it means.
    pub what: String,
    /// What values it takes.
    pub kind: ParameterKind,
}

/// What values a parameter takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterKind {
    /// A number from `min` to `max`.
    Number {
        /// The unit of the number.
        unit: String,
        /// What is taken where it is left out.
        default: Decimal,
        /// The smallest value.
        min: Decimal,
        /// The largest value.
        max: Decimal,
        /// Whether it must be whole.
        whole: bool,
    },
    /// One of some words.
    Choice {
        /// The words.
        choices: Vec<Choice>,
        /// The word taken where it is left out.
        default: String,
    },
}

/// A word that a parameter may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The word.
    pub word: String,
    /// What it means.
    pub what: String,
    /// Numbers that go with it, such as the vCPUs of an instance type; expressions name them `parameter.number`.
    pub numbers: Vec<(String, Decimal)>,
}

/// A number that follows from the parameters and from the computed numbers before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Computed {
    /// The name, with its unit last.
    pub name: String,
    /// What it means.
    pub what: String,
    /// The unit.
    pub unit: String,
    /// How it is computed.
    pub value: Expression,
    /// The same as it stands in the file.
    pub text: String,
}

/// A condition: a parameter is one of some words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The parameter, a choice.
    pub parameter: String,
    /// The words.
    pub words: Vec<String>,
}

/// A resource of an architecture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceTemplate {
    /// Its name, unique in the architecture.
    pub name: String,
    /// The line of the file on which it begins.
    pub line: u64,
    /// The id of the service.
    pub service: String,
    /// It stands where all of these hold.
    pub when: Vec<Condition>,
    /// What is planned of it.
    pub usage: Template,
}

/// A decision that an architecture raises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionTemplate {
    /// The id of the decision.
    pub decision: String,
    /// The line of the file on which it begins.
    pub line: u64,
    /// The question in words.
    pub question: String,
    /// It is raised where all of these hold.
    pub when: Vec<Condition>,
    /// The inputs.
    pub inputs: Template,
}

/// A JSON value of which some parts are filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Template {
    /// A constant.
    Fixed(Value),
    /// The word that a parameter is.
    Word(String),
    /// A number that is computed, and its text in the file.
    Number(Expression, String),
    /// A list.
    List(Vec<Template>),
    /// An object.
    Map(Vec<(String, Template)>),
}

/// The values of the parameters of an architecture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    /// The hours of the month.
    pub month_hours: Amount,
    /// The parameters, each with its value.
    pub taken: Vec<(String, Taken)>,
    /// The computed numbers, once [`Architecture::compute`] has made them.
    pub computed: Vec<(String, Amount)>,
}

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// A number.
    Number(Amount),
    /// A word, with the numbers that go with it.
    Word(Choice),
}

/// A resource with its usage filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledResource<'a> {
    /// What it was filled in from.
    pub template: &'a ResourceTemplate,
    /// The usage.
    pub usage: Value,
}

/// A decision with its inputs filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledDecision<'a> {
    /// What it was filled in from.
    pub template: &'a DecisionTemplate,
    /// The inputs.
    pub inputs: Value,
}

impl Architectures {
    /// The architectures of some files, in the order of their ids.
    pub fn new(mut all: Vec<Architecture>) -> Self {
        all.sort_by(|a, b| a.id.cmp(&b.id));
        Self(all.into())
    }

    /// The architecture with an id.
    pub fn get(&self, id: &str) -> Option<&Architecture> {
        self.0.iter().find(|architecture| architecture.id == id)
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Architecture> {
        self.0.iter()
    }
}

impl Architecture {
    /// The values where every parameter is left out; nothing is computed yet.
    pub fn defaults(&self, month_hours: Amount) -> Values {
        let taken = self.parameters.iter().map(|parameter| (parameter.name.clone(), parameter.default()));
        Values { month_hours, taken: taken.collect(), computed: Vec::new() }
    }

    /// The values with the computed numbers.
    ///
    /// # Errors
    /// Where a number cannot be computed, such as a division by zero.
    pub fn compute(&self, mut values: Values, probe: &mut Probe) -> Result<Values, NumberError> {
        values.computed.clear();
        for computed in &self.computed {
            let value = computed.value.evaluate(&|name| values.number(name), probe)?;
            values.computed.push((computed.name.clone(), value));
        }
        Ok(values)
    }

    /// The resources that stand with these values, in the order of the file.
    ///
    /// # Errors
    /// Where a number cannot be computed, such as a division by zero.
    pub fn resources(&self, values: &Values, probe: &mut Probe) -> Result<Vec<FilledResource<'_>>, NumberError> {
        let standing = self.resources.iter().filter(|resource| values.meet(&resource.when));
        standing.map(|template| Ok(FilledResource { template, usage: template.usage.fill(values, probe)? })).collect()
    }

    /// The decisions that are raised with these values, in the order of the file.
    ///
    /// # Errors
    /// Where a number cannot be computed, such as a division by zero.
    pub fn decisions(&self, values: &Values, probe: &mut Probe) -> Result<Vec<FilledDecision<'_>>, NumberError> {
        let raised = self.decisions.iter().filter(|decision| values.meet(&decision.when));
        raised.map(|template| Ok(FilledDecision { template, inputs: template.inputs.fill(values, probe)? })).collect()
    }
}

impl Parameter {
    /// What is taken where it is left out.
    pub fn default(&self) -> Taken {
        match &self.kind {
            ParameterKind::Number { default, .. } => Taken::Number(Amount::decimal(*default)),
            ParameterKind::Choice { choices, default } => {
                let default = choices.iter().find(|choice| choice.word == *default);
                // A file whose default is none of its choices is refused.
                default.map_or(Taken::Number(Amount::ZERO), |choice| Taken::Word(choice.clone()))
            }
        }
    }

    /// What it may be; nothing where it is a number.
    pub fn choices(&self) -> &[Choice] {
        match &self.kind {
            ParameterKind::Choice { choices, .. } => choices,
            ParameterKind::Number { .. } => &[],
        }
    }

    /// The words that it may be; none where it is a number.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.choices().iter().map(|choice| choice.word.as_str())
    }

    /// Whether it is a number.
    pub fn is_number(&self) -> bool {
        matches!(self.kind, ParameterKind::Number { .. })
    }
}

impl Values {
    fn number(&self, name: &str) -> Option<Amount> {
        if name == MONTH_HOURS {
            return Some(self.month_hours.clone());
        }
        if let Some((_, computed)) = self.computed.iter().find(|(own, _)| own == name) {
            return Some(computed.clone());
        }
        self.taken.iter().find_map(|(own, taken)| match taken {
            Taken::Number(number) => (own == name).then(|| number.clone()),
            Taken::Word(choice) => {
                let number = name.strip_prefix(own.as_str())?.strip_prefix('.')?;
                choice.numbers.iter().find(|(own, _)| own == number).map(|(_, value)| Amount::decimal(*value))
            }
        })
    }

    fn word(&self, name: &str) -> Option<&str> {
        self.taken.iter().find_map(|(own, taken)| match taken {
            Taken::Word(choice) if own == name => Some(choice.word.as_str()),
            _ => None,
        })
    }

    fn meet(&self, conditions: &[Condition]) -> bool {
        let holds = |condition: &Condition| {
            self.word(&condition.parameter).is_some_and(|word| condition.words.iter().any(|other| other == word))
        };
        conditions.iter().all(holds)
    }
}

impl Template {
    /// Whether it uses a parameter.
    pub fn uses(&self, name: &str) -> bool {
        match self {
            Self::Fixed(_) => false,
            Self::Word(own) => own == name,
            Self::Number(expression, _) => expression.uses(name),
            Self::List(items) => items.iter().any(|item| item.uses(name)),
            Self::Map(fields) => fields.iter().any(|(_, field)| field.uses(name)),
        }
    }

    /// The value as it stands in the file, expressions as their text.
    pub fn text(&self) -> Value {
        match self {
            Self::Fixed(value) => value.clone(),
            Self::Word(name) => Value::String(format!("= {name}")),
            Self::Number(_, text) => Value::String(text.clone()),
            Self::List(items) => items.iter().map(Self::text).collect(),
            Self::Map(fields) => {
                Value::Object(fields.iter().map(|(name, field)| (name.clone(), field.text())).collect())
            }
        }
    }

    /// The value with everything filled in. A number is spelled with up to 12 decimals, the most that a request may
    /// have, and rounded half away from zero at the 12th where it has more.
    ///
    /// # Errors
    /// Where a number cannot be computed, such as a division by zero.
    pub fn fill(&self, values: &Values, probe: &mut Probe) -> Result<Value, NumberError> {
        Ok(match self {
            Self::Fixed(value) => value.clone(),
            Self::Word(name) => {
                let word = values.word(name).ok_or_else(|| NumberError::UnknownName(name.clone()))?;
                Value::String(word.to_owned())
            }
            Self::Number(expression, _) => {
                let (text, _) = expression.evaluate(&|name| values.number(name), probe)?.exact_text();
                Value::String(text)
            }
            Self::List(items) => {
                let items: Result<Vec<Value>, NumberError> =
                    items.iter().map(|item| item.fill(values, probe)).collect();
                Value::Array(items?)
            }
            Self::Map(fields) => {
                let mut filled = Map::new();
                for (name, field) in fields {
                    filled.insert(name.clone(), field.fill(values, probe)?);
                }
                Value::Object(filled)
            }
        })
    }
}
