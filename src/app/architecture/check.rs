//! Checks what architectures say about services and decisions, which the catalog does not know.

use std::collections::BTreeSet;

use utoipa::openapi::{RefOr, Schema};

use crate::catalog::Catalog;
use crate::catalog::architectures::{Architecture, Choice, ParameterKind, Taken, Values};
use crate::catalog::mistake::{DataErrors, Mistakes, Place, quoted};
use crate::decisions::{self, DECISIONS, Decision};
use crate::domain::check::Check;
use crate::domain::month::Month;
use crate::domain::probe::Probe;
use crate::domain::problem::{Problem, nearest};
use crate::services::{self, SERVICES};

/// The most combinations of choices that are looked at for one architecture.
const MAX_COMBINATIONS: usize = 256;

/// Finds every service, usage, decision and input of the architectures that does not exist or is not sound, with each
/// combination of their choices and the numbers at their defaults.
///
/// # Errors
/// Every mistake, up to a cap.
pub fn check(catalog: &Catalog) -> Result<(), DataErrors> {
    let mut mistakes = Mistakes::default();
    for architecture in catalog.architectures.iter() {
        // The same mistake shows in many combinations.
        let mut found: BTreeSet<(u64, String, String, String)> = BTreeSet::new();
        for values in combinations(architecture) {
            look(architecture, &values, catalog, &mut found);
        }
        for (line, key, what, expected) in found {
            mistakes.add(Place::file(&architecture.file).line(line).column(&key), what, expected);
        }
    }
    mistakes.or(())
}

/// The values with every combination of the choices.
fn combinations(architecture: &Architecture) -> Vec<Values> {
    let mut all = vec![architecture.defaults(Month::convention().hours())];
    for (at, parameter) in architecture.parameters.iter().enumerate() {
        let ParameterKind::Choice { choices, .. } = &parameter.kind else { continue };
        let with_word = |values: &Values, choice: &Choice| {
            let mut values = values.clone();
            if let Some((_, taken)) = values.taken.get_mut(at) {
                *taken = Taken::Word(choice.clone());
            }
            values
        };
        let each = all.iter().flat_map(|values| choices.iter().map(move |choice| with_word(values, choice)));
        all = each.take(MAX_COMBINATIONS).collect();
    }
    all
}

fn look(
    architecture: &Architecture,
    values: &Values,
    catalog: &Catalog,
    found: &mut BTreeSet<(u64, String, String, String)>,
) {
    // Where a value does not depend on the Region, any will do.
    let region = catalog.places.codes().next().unwrap_or_default();
    let values = match architecture.compute(values.clone(), &mut Probe::new()) {
        Ok(values) => values,
        Err(error) => {
            found.insert((0, "computed".to_owned(), error.to_string(), "numbers that can be computed".to_owned()));
            return;
        }
    };
    match architecture.resources(&values, &mut Probe::new()) {
        Ok(resources) => {
            for resource in resources {
                let (line, key) = (resource.template.line, format!("resources.{}", resource.template.name));
                let mut add = |key: String, what: String, expected: String| {
                    found.insert((line, key, what, expected));
                };
                let id = &resource.template.service;
                let Some(service) = services::find(id) else {
                    let expected = known_name("a service", id, SERVICES.iter().map(|service| service.id));
                    add(format!("{key}.service"), quoted(id), expected);
                    continue;
                };
                let mut check = Check::at("");
                match (service.read)(&resource.usage.to_string()) {
                    Ok(usage) => {
                        usage.check(&mut check, catalog);
                        usage.check_in(region, &mut check);
                    }
                    Err(problem) => check.problem(problem),
                }
                for problem in check.into_problems() {
                    let (place, what, expected) = in_words(&problem);
                    add(format!("{key}.usage{place}"), what, expected);
                }
            }
        }
        Err(error) => {
            found.insert((0, "resources".to_owned(), error.to_string(), "numbers that can be computed".to_owned()));
        }
    }
    match architecture.decisions(&values, &mut Probe::new()) {
        Ok(decisions) => {
            for decision in decisions {
                let (line, id) = (decision.template.line, &decision.template.decision);
                let key = format!("decisions.{id}");
                let Some(entry) = decisions::find(id) else {
                    let expected = known_name("a decision", id, DECISIONS.iter().map(|decision| decision.id));
                    found.insert((line, key, quoted(id), expected));
                    continue;
                };
                let known = inputs_of(entry);
                for name in decision.inputs.as_object().into_iter().flat_map(serde_json::Map::keys) {
                    if !known.contains(name) {
                        let expected =
                            known_name(&format!("an input of `{id}`"), name, known.iter().map(String::as_str));
                        found.insert((line, format!("{key}.inputs"), quoted(name), expected));
                    }
                }
            }
        }
        Err(error) => {
            found.insert((0, "decisions".to_owned(), error.to_string(), "numbers that can be computed".to_owned()));
        }
    }
}

/// The names of the inputs of a decision.
fn inputs_of(decision: &Decision) -> Vec<String> {
    match (decision.schema)().schema {
        RefOr::T(Schema::Object(object)) => object.properties.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

fn known_name<'a>(what: &str, found: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let hint = nearest(found, known).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
    format!("{what} that exists{hint}")
}

/// A problem as the place below the usage, what was found and what is allowed.
fn in_words(problem: &Problem) -> (String, String, String) {
    let expected = problem.hint.clone().unwrap_or_else(|| "a usage that the service takes".to_owned());
    (problem.pointer.replace('/', "."), problem.detail.clone(), expected)
}
