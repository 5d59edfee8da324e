//! Compares an answer with what a case expects.

use serde_json::Value;

use crossover::domain::amount::Amount;
use crossover::domain::number::decimal_from_text;
use crossover::domain::problem::{Problem, Problems};

use super::form::{ExpectedError, ExpectedEstimate, ExpectedLine};

/// Collects what differs, so that one run shows all of it.
#[derive(Debug, Default)]
pub(crate) struct Differences(Vec<String>);

impl Differences {
    /// Something differs.
    pub(crate) fn add(&mut self, text: impl Into<String>) {
        self.0.push(text.into());
    }

    /// Notes a difference unless the two are equal.
    pub(crate) fn same<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, found: &T, expected: &T) {
        if found != expected {
            self.add(format!("{what}: found {found:?}, expected {expected:?}"));
        }
    }

    /// What a test function returns.
    pub(crate) fn into_result(self, answer: &str) -> Result<(), String> {
        if self.0.is_empty() { Ok(()) } else { Err(format!("{}\n\nthe answer:\n{answer}", self.0.join("\n"))) }
    }
}

/// The text of a field, empty where there is none.
pub(crate) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// The items of a list, none where there is no list.
pub(crate) fn items<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn decimal(text: &str) -> Option<Amount> {
    decimal_from_text(text).ok().map(Amount::decimal)
}

/// Whether expected money is what was found, in cents or exactly.
fn is_money(expected: &Amount, cents: &str, exact: &str) -> bool {
    decimal(cents).as_ref() == Some(expected) || decimal(exact).as_ref() == Some(expected)
}

/// Compares an estimate with what is expected of it.
pub(crate) fn estimate(answer: &Value, expected: &ExpectedEstimate, differences: &mut Differences) {
    let total = answer.get("total").unwrap_or(&Value::Null);
    let (cents, exact) = (text(total, "monthly"), text(total, "monthly_exact"));
    if !is_money(&expected.monthly, cents, exact) {
        differences.add(format!("monthly: found {cents} ({exact}), expected {}", expected.monthly));
    }
    differences.same("complete", &answer.get("complete").and_then(Value::as_bool), &Some(expected.complete));
    let lines = items(answer, "lines");
    let ids: Vec<&str> = lines.iter().map(|line| text(line, "id")).collect();
    let expected_ids: Vec<&str> = expected.lines.iter().map(|line| line.id.as_str()).collect();
    differences.same("lines", &ids, &expected_ids);
    if ids == expected_ids {
        for (found, expected) in lines.iter().zip(&expected.lines) {
            line(found, expected, differences);
        }
    }
    let notices: Vec<&str> = items(answer, "notices").iter().map(|notice| text(notice, "code")).collect();
    for code in &expected.notices {
        if !notices.contains(&code.as_str()) {
            differences.add(format!("notices: found {notices:?}, expected `{code}` among them"));
        }
    }
}

fn line(found: &Value, expected: &ExpectedLine, differences: &mut Differences) {
    let at = format!("line {}", expected.id);
    let (cents, exact) = (text(found, "amount"), text(found, "amount_exact"));
    if !is_money(&expected.amount, cents, exact) {
        differences.add(format!("{at}: amount: found {cents} ({exact}), expected {}", expected.amount));
    }
    if let Some(quantity) = &expected.quantity
        && decimal(text(found, "quantity")).as_ref() != Some(quantity)
    {
        differences.add(format!("{at}: quantity: found {}, expected {quantity}", text(found, "quantity")));
    }
    if let Some(resource) = &expected.resource {
        differences.same(&format!("{at}: resource"), &text(found, "resource"), &resource.as_str());
    }
    if let Some(layer) = &expected.layer {
        let price = found.get("price").unwrap_or(&Value::Null);
        differences.same(&format!("{at}: layer"), &text(price, "layer"), &layer.as_str());
    }
}

/// Compares a refusal with what is expected of it: one of the problems must fit.
pub(crate) fn refusal(problems: &Problems, expected: &ExpectedError, differences: &mut Differences) {
    let fits = |problem: &Problem| {
        let shown = format!("{problem:?}");
        problem.code.as_str() == expected.code
            && expected.pointer.as_ref().is_none_or(|pointer| *pointer == problem.pointer)
            && expected.words.iter().all(|words| shown.contains(words.as_str()))
    };
    if !problems.0.iter().any(fits) {
        differences.add(format!("no problem fits {expected:?}"));
    }
}
