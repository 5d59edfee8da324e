//! Checks the values of an input that has the right shape, and collects every mistake at once.

use rust_decimal::Decimal;

use super::amount::Amount;
use super::problem::{Code, Problem};

/// The largest volume, count or rate an input takes unless it says otherwise: 10^12.
pub const CAP: u64 = 1_000_000_000_000;

/// Collects the mistakes of one input.
#[derive(Debug, Default)]
pub struct Check {
    at: String,
    problems: Vec<Problem>,
}

impl Check {
    /// Checks an input that stands at `pointer` in the request body.
    pub fn at(pointer: impl Into<String>) -> Self {
        Self { at: pointer.into(), problems: Vec::new() }
    }

    /// The mistakes found.
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// The JSON Pointer of a field of the input being checked.
    pub fn pointer(&self, field: &str) -> String {
        let mut pointer = format!("{}/", self.at);
        push_escaped(&mut pointer, field);
        pointer
    }

    /// Checks the fields of a nested object or of an item of a list.
    pub fn within(&mut self, field: &str, check: impl FnOnce(&mut Check)) {
        let outer = self.at.len();
        self.at.push('/');
        push_escaped(&mut self.at, field);
        check(self);
        self.at.truncate(outer);
    }

    /// A mistake at a field.
    pub fn mistake(&mut self, field: &str, code: Code, detail: impl Into<String>) {
        let pointer = self.pointer(field);
        self.problems.push(Problem::new(code, pointer, detail));
    }

    /// A mistake with more to say than a sentence; its pointer is taken as relative to the input.
    pub fn problem(&mut self, problem: Problem) {
        let at = self.at.clone();
        self.problems.push(problem.below(&at));
    }

    /// The number lies in `min … max`, both included.
    pub fn between(&mut self, field: &str, value: &Amount, min: Decimal, max: Decimal) {
        // Nearly every value is a plain decimal inside the range, and most are whole.
        let is_inside = |value: Decimal| match (value.scale(), min.scale(), max.scale()) {
            (0, 0, 0) => min.mantissa() <= value.mantissa() && value.mantissa() <= max.mantissa(),
            _ => min <= value && value <= max,
        };
        if value.as_decimal().is_some_and(is_inside) {
            return;
        }
        let below = value.compare_values(&Amount::decimal(min)).is_lt();
        let above = value.compare_values(&Amount::decimal(max)).is_gt();
        if below || above {
            self.mistake(field, Code::OutOfRange, format!("`{field}` is {value}; it must be from {min} to {max}"));
        }
    }

    /// The number lies in `0 … max`.
    pub fn amount(&mut self, field: &str, value: &Amount, max: u64) {
        self.between(field, value, Decimal::ZERO, Decimal::from(max));
    }

    /// The number, where given, lies in `0 … max`.
    pub fn optional_amount(&mut self, field: &str, value: Option<&Amount>, max: u64) {
        if let Some(value) = value {
            self.amount(field, value, max);
        }
    }

    /// The number is whole and lies in `min … max`.
    pub fn whole(&mut self, field: &str, value: &Amount, min: u64, max: u64) {
        let is_whole = value.as_decimal().is_some_and(|value| value.scale() == 0) || value.as_whole().is_some();
        if !is_whole && !value.is_negative() {
            self.mistake(field, Code::NotWhole, format!("`{field}` is {value}; it must be a whole number"));
        } else {
            self.between(field, value, Decimal::from(min), Decimal::from(max));
        }
    }

    /// The number, where given, is whole and lies in `min … max`.
    pub fn optional_whole(&mut self, field: &str, value: Option<&Amount>, min: u64, max: u64) {
        if let Some(value) = value {
            self.whole(field, value, min, max);
        }
    }

    /// The text is one of a closed set.
    pub fn one_of<'a>(&mut self, field: &str, value: &str, allowed: impl IntoIterator<Item = &'a str>) {
        let allowed: Vec<&str> = allowed.into_iter().collect();
        if !allowed.contains(&value) {
            let pointer = self.pointer(field);
            self.problems.push(
                Problem::new(
                    Code::UnknownValue,
                    pointer,
                    format!("`{field}` is `{value}`, which is not one of the allowed values"),
                )
                .allowing(value, allowed),
            );
        }
    }
}

/// Adds a name to a JSON Pointer (RFC 6901).
fn push_escaped(pointer: &mut String, name: &str) {
    if !name.bytes().any(|byte| matches!(byte, b'~' | b'/')) {
        // Every name of ours.
        return pointer.push_str(name);
    }
    for letter in name.chars() {
        match letter {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}
