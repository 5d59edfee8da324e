//! Architectures: the bill of many services that parameters make, and the decisions that it raises.
//!
//! An architecture is filled in and becomes an ordinary estimate of many resources; nothing is priced here. The answer
//! carries that request, so that a person can go on from it.

use chrono::NaiveDate;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::estimate::{EstimateMany, Resource};
use super::fields::Fields;
use super::request::{FreeTierChoice, MissingPricesChoice, request};
use crate::catalog::Catalog;
use crate::catalog::architectures::{Architecture, FilledResource, Parameter, ParameterKind, Taken, Values};
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::Check;
use crate::domain::month::Month;
use crate::domain::probe::Probe;
use crate::domain::problem::{Code, Problem, Problems};
use crate::domain::read::{from_json_bytes, from_json_value, unknown_name};

pub mod check;
pub mod priced;
pub mod view;

use view::{ArchitectureEstimate, ArchitectureTaken, ComputedTaken, DecisionAsk, ParameterTaken, ReadyRequest};

/// Where estimates of many resources are asked for.
const ESTIMATES: &str = "/v1/estimates";

request! {
    /// An estimate of an architecture.
    pub struct ArchitectureRequest {
        /// The parameters that differ from their defaults, by name; `GET /v1/architectures/{architecture}` lists them.
        #[schema(value_type = Option<Object>)]
        pub parameters: Option<Fields>,
    }
}

/// The architecture with an id.
///
/// # Errors
/// Where the edition has none, with the nearest.
pub fn find<'c>(catalog: &'c Catalog, id: &str, pointer: &str) -> Result<&'c Architecture, Problem> {
    catalog.architectures.get(id).ok_or_else(|| {
        let known = catalog.architectures.iter().map(|architecture| architecture.id.as_str());
        unknown_name(Code::UnknownArchitecture, pointer, "architecture", id, known)
    })
}

impl ArchitectureRequest {
    /// Reads the request from JSON.
    ///
    /// # Errors
    /// The first mistake of shape.
    pub fn read(body: &[u8]) -> Result<Self, Problems> {
        Ok(from_json_bytes(body)?)
    }

    /// Estimates it. `architecture` is the id, from the path.
    ///
    /// # Errors
    /// Every mistake of value, or every meter without a price.
    pub fn run<'c>(
        &self,
        architecture: &str,
        catalog: &'c Catalog,
        today: NaiveDate,
    ) -> Result<ArchitectureEstimate<'c>, Problems> {
        let architecture = find(catalog, architecture, "")?;
        let mut check = Check::at("");
        let month = self.common().settle(&mut check, catalog, today).map(|settings| settings.month);
        let values = self.values(architecture, month.unwrap_or_else(Month::convention).hours(), &mut check);
        let problems = check.into_problems();
        if !problems.is_empty() {
            return Err(Problems(problems));
        }
        let mut probe = Probe::new();
        let values = architecture.compute(values, &mut probe).map_err(|error| not_computable(&error))?;
        let filled = architecture.resources(&values, &mut probe).map_err(|error| not_computable(&error))?;
        let many = self.estimate_of(&filled)?;
        let estimate = many.run(catalog, today).map_err(|problems| explained(problems, &filled))?;
        let decisions = architecture.decisions(&values, &mut probe).map_err(|error| not_computable(&error))?;
        let decisions = decisions.into_iter().map(|decision| DecisionAsk {
            decision: decision.template.decision.clone(),
            question: decision.template.question.clone(),
            href: format!("/v1/decisions/{}", decision.template.decision),
            request: self.ready(vec![("inputs", decision.inputs)], true),
        });
        let resources = filled.iter().map(|resource| {
            let FilledResource { template, usage } = resource;
            serde_json::json!({ "name": template.name, "service": template.service, "usage": usage })
        });
        Ok(ArchitectureEstimate {
            architecture: ArchitectureTaken {
                id: architecture.id.clone(),
                name: architecture.name.clone(),
                assumptions: architecture.assumptions.clone(),
            },
            parameters: self.taken(architecture, &values),
            computed: computed(architecture, &values),
            decisions: decisions.collect(),
            as_resources: ReadyRequest {
                href: ESTIMATES,
                request: self.ready(vec![("resources", resources.collect())], false),
            },
            estimate,
        })
    }

    /// The value of each parameter: the one given, or the default.
    fn values(&self, architecture: &Architecture, month_hours: Amount, check: &mut Check) -> Values {
        let mut values = architecture.defaults(month_hours);
        for (name, value) in self.given() {
            let Some(parameter) = architecture.parameters.iter().find(|parameter| parameter.name == *name) else {
                let known = architecture.parameters.iter().map(|parameter| parameter.name.as_str());
                let detail = format!("the architecture `{}` has no parameter `{name}`", architecture.id);
                let pointer = format!("/parameters/{}", name.replace('~', "~0").replace('/', "~1"));
                check.problem(Problem::new(Code::UnknownField, pointer, detail).allowing(name, known));
                continue;
            };
            match read_parameter(parameter, value) {
                Ok(given) => {
                    let mut taken = None;
                    check.within("parameters", |check| taken = taken_of(parameter, given, check));
                    let place = values.taken.iter_mut().find(|(own, _)| own == name);
                    if let (Some((_, place)), Some(taken)) = (place, taken) {
                        *place = taken;
                    }
                }
                Err(problem) => check.problem(problem.below(&format!("/parameters/{name}"))),
            }
        }
        values
    }

    fn given(&self) -> &[(String, Box<RawValue>)] {
        self.parameters.as_ref().map_or(&[], |fields| fields.0.as_slice())
    }

    fn taken(&self, architecture: &Architecture, values: &Values) -> Vec<ParameterTaken> {
        let parameters = architecture.parameters.iter().zip(&values.taken);
        parameters
            .map(|(parameter, (name, taken))| ParameterTaken {
                name: name.clone(),
                value: match taken {
                    Taken::Number(number) => number.to_string(),
                    Taken::Word(choice) => choice.word.clone(),
                },
                unit: match &parameter.kind {
                    ParameterKind::Number { unit, .. } => Some(unit.clone()),
                    ParameterKind::Choice { .. } => None,
                },
                given: self.given().iter().any(|(given, _)| given == name),
            })
            .collect()
    }

    /// The estimate that filled resources make, with the shared fields of this request.
    fn estimate_of(&self, filled: &[FilledResource<'_>]) -> Result<EstimateMany, Problem> {
        let resources = filled.iter().map(|resource| {
            Ok(Resource {
                name: Some(resource.template.name.clone()),
                service: resource.template.service.clone(),
                region: None,
                usage: to_raw_value(&resource.usage)?,
            })
        });
        let resources: Result<Vec<Resource>, serde_json::Error> = resources.collect();
        Ok(EstimateMany {
            resources: resources.map_err(|error| Problem::new(Code::Internal, "", error.to_string()))?,
            region: self.region.clone(),
            as_of: self.as_of.clone(),
            edition: self.edition,
            price_book: self.price_book.clone(),
            free_tier: self.free_tier,
            missing_prices: self.missing_prices,
            month_hours: self.month_hours.clone(),
            month: self.month.clone(),
        })
    }

    /// A request with the shared fields that this one gives, and more. A decision does not leave lines out.
    fn ready(&self, more: Vec<(&str, Value)>, for_decision: bool) -> Value {
        let mut request = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                request.insert(name.to_owned(), value);
            }
        };
        put("region", Some(self.region.clone().into()));
        put("as_of", self.as_of.clone().map(Value::from));
        put("edition", self.edition.map(Value::from));
        put("price_book", self.price_book.clone().map(Value::from));
        put("free_tier", (self.free_tier == FreeTierChoice::Always).then(|| "always".into()));
        let missing_prices = match self.missing_prices {
            MissingPricesChoice::Derive => Some("derive".into()),
            MissingPricesChoice::Omit if !for_decision => Some("omit".into()),
            MissingPricesChoice::Omit | MissingPricesChoice::Error => None,
        };
        put("missing_prices", missing_prices);
        put("month_hours", self.month_hours.as_ref().map(|hours| hours.to_string().into()));
        put("month", self.month.clone().map(Value::from));
        for (name, value) in more {
            put(name, Some(value));
        }
        Value::Object(request)
    }
}

/// The computed numbers of an architecture.
fn computed(architecture: &Architecture, values: &Values) -> Vec<ComputedTaken> {
    let computed = architecture.computed.iter().zip(&values.computed);
    computed
        .map(|(computed, (name, value))| ComputedTaken {
            name: name.clone(),
            what: computed.what.clone(),
            value: value.to_string(),
            unit: computed.unit.clone(),
        })
        .collect()
}

/// The value of a parameter as it was sent.
enum Given {
    Number(Amount),
    Word(String),
}

/// Reads the value of a parameter.
fn read_parameter(parameter: &Parameter, value: &RawValue) -> Result<Given, Problem> {
    Ok(match &parameter.kind {
        ParameterKind::Number { .. } => Given::Number(from_json_value(value.get())?),
        ParameterKind::Choice { .. } => Given::Word(from_json_value(value.get())?),
    })
}

/// The value, which must lie in the range of the parameter.
fn taken_of(parameter: &Parameter, given: Given, check: &mut Check) -> Option<Taken> {
    let name = &parameter.name;
    match given {
        Given::Number(number) => {
            let ParameterKind::Number { min, max, whole, .. } = &parameter.kind else { return None };
            if *whole && number.as_whole().is_none() && !number.is_negative() {
                let detail = format!("`{name}` is {number}; it must be a whole number from {min} to {max}");
                check.mistake(name, Code::NotWhole, detail);
            } else {
                check.between(name, &number, *min, *max);
            }
            Some(Taken::Number(number))
        }
        Given::Word(word) => {
            check.one_of(name, &word, parameter.words());
            let choice = parameter.choices().iter().find(|choice| choice.word == word)?;
            Some(Taken::Word(choice.clone()))
        }
    }
}

fn not_computable(error: &NumberError) -> Problem {
    Problem::new(Code::OutOfRange, "/parameters", format!("these parameters do not go together: {error}"))
}

/// The mistakes of an estimate in the words of the architecture: the caller has sent parameters and no resources.
fn explained(problems: Problems, filled: &[FilledResource<'_>]) -> Problems {
    let explain = |problem: Problem| {
        let Some((at, rest)) =
            problem.pointer.strip_prefix("/resources/").map(|rest| rest.split_once('/').unwrap_or((rest, "")))
        else {
            return problem;
        };
        let name = at.parse().ok().and_then(|at: usize| filled.get(at)).map_or("", |resource| &resource.template.name);
        let detail =
            format!("the parameters make of the resource `{name}` what cannot be: {}, at `{rest}`", problem.detail);
        let of_a_value = matches!(problem.code, Code::OutOfRange | Code::NotWhole | Code::Conflict);
        // Any other mistake is one of the file, not of the caller.
        let code = if of_a_value { problem.code } else { Code::Internal };
        Problem { pointer: "/parameters".to_owned(), code, detail, ..problem }
    };
    Problems(problems.0.into_iter().map(explain).collect())
}

/// The estimate of an architecture with every parameter left out.
pub(super) fn by_default(architecture: &Architecture, region: &str) -> Result<EstimateMany, Problem> {
    let request = ArchitectureRequest {
        parameters: None,
        region: region.to_owned(),
        as_of: None,
        edition: None,
        price_book: None,
        free_tier: FreeTierChoice::None,
        missing_prices: MissingPricesChoice::Omit,
        month_hours: None,
        month: None,
    };
    let mut probe = Probe::new();
    let values = architecture.defaults(Month::convention().hours());
    let values = architecture.compute(values, &mut probe).map_err(|error| not_computable(&error))?;
    let filled = architecture.resources(&values, &mut probe).map_err(|error| not_computable(&error))?;
    request.estimate_of(&filled)
}
