//! Small exact expressions of data files, such as `requests_month * response_kb / 1048576`.
//!
//! An expression is a sum of products of numbers, names and calls:
//!
//! - numbers as `0.15`, names as `requests_month`, a name of a name as `node_type.vcpu`;
//! - `+`, `-`, `*`, `/` and parentheses with their usual meaning; `-` may stand before a factor;
//! - `ceil(x)`, the next whole number; `min(x, y, …)` and `max(x, y, …)`.
//!
//! Everything is computed exactly, as [`Amount`], and what bends a line goes through the [`Probe`]. A name that is not
//! known is refused where the text is read, with the nearest one, so that evaluating cannot meet it.

use std::fmt;

use super::amount::{Amount, NumberError};
use super::number::decimal_from_text;
use super::probe::Probe;
use super::problem::nearest;

/// The longest text, in characters.
const MAX_TEXT: usize = 400;
/// How deep parentheses and calls may lie in each other.
const MAX_DEPTH: usize = 32;
/// The calls there are. A parameter cannot have such a name.
pub const CALLS: [&str; 3] = ["ceil", "min", "max"];

/// An expression whose names are all known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression(Node);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Number(Amount),
    Name(String),
    Negative(Box<Node>),
    Sum(Box<Node>, Box<Node>),
    Difference(Box<Node>, Box<Node>),
    Product(Box<Node>, Box<Node>),
    Quotient(Box<Node>, Box<Node>),
    Ceil(Box<Node>),
    Min(Vec<Node>),
    Max(Vec<Node>),
}

/// What is wrong with the text of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpressionMistake {
    /// The character at which it stands, counted from 1.
    pub at: usize,
    /// What was found.
    pub found: String,
    /// What is allowed there.
    pub expected: String,
}

impl fmt::Display for ExpressionMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at character {}: found {}; expected {}", self.at, self.found, self.expected)
    }
}

impl Expression {
    /// Reads an expression over the names that are known.
    ///
    /// # Errors
    /// The first mistake, with its place.
    pub fn parse(text: &str, names: &[&str]) -> Result<Self, ExpressionMistake> {
        let letters: Vec<char> = text.chars().collect();
        if letters.len() > MAX_TEXT {
            let found = format!("a text of {} characters", letters.len());
            return Err(ExpressionMistake { at: 1, found, expected: format!("at most {MAX_TEXT}") });
        }
        let mut reader = Reader { letters: &letters, at: 0, names, depth: 0 };
        let node = reader.sum()?;
        match reader.peek() {
            None => Ok(Self(node)),
            Some(_) => Err(reader.mistake("an operator `+`, `-`, `*`, `/`, or the end")),
        }
    }

    /// Whether the expression uses a name, or a name below it.
    pub fn uses(&self, name: &str) -> bool {
        self.0.uses(name)
    }

    /// The value, with the values of the names.
    ///
    /// # Errors
    /// A division by zero; a product of two amounts that both move; a name without a value.
    pub fn evaluate(
        &self,
        value_of: &dyn Fn(&str) -> Option<Amount>,
        probe: &mut Probe,
    ) -> Result<Amount, NumberError> {
        self.0.evaluate(value_of, probe)
    }
}

impl Node {
    fn uses(&self, name: &str) -> bool {
        match self {
            Self::Number(_) => false,
            Self::Name(own) => own.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')),
            Self::Negative(inner) | Self::Ceil(inner) => inner.uses(name),
            Self::Sum(a, b) | Self::Difference(a, b) | Self::Product(a, b) | Self::Quotient(a, b) => {
                a.uses(name) || b.uses(name)
            }
            Self::Min(all) | Self::Max(all) => all.iter().any(|inner| inner.uses(name)),
        }
    }

    fn evaluate(&self, value_of: &dyn Fn(&str) -> Option<Amount>, probe: &mut Probe) -> Result<Amount, NumberError> {
        Ok(match self {
            Self::Number(number) => number.clone(),
            Self::Name(name) => value_of(name).ok_or_else(|| NumberError::UnknownName(name.clone()))?,
            Self::Negative(inner) => -&inner.evaluate(value_of, probe)?,
            Self::Sum(a, b) => &a.evaluate(value_of, probe)? + &b.evaluate(value_of, probe)?,
            Self::Difference(a, b) => &a.evaluate(value_of, probe)? - &b.evaluate(value_of, probe)?,
            Self::Product(a, b) => a.evaluate(value_of, probe)?.times(&b.evaluate(value_of, probe)?)?,
            Self::Quotient(a, b) => a.evaluate(value_of, probe)?.over(&b.evaluate(value_of, probe)?)?,
            Self::Ceil(inner) => {
                let value = inner.evaluate(value_of, probe)?;
                probe.ceil_div(&value, &Amount::ONE)?
            }
            Self::Min(all) => fold(all, value_of, probe, Probe::min)?,
            Self::Max(all) => fold(all, value_of, probe, Probe::max)?,
        })
    }
}

/// The smallest or the largest of some nodes; the reader has seen to it that there are some.
fn fold(
    nodes: &[Node],
    value_of: &dyn Fn(&str) -> Option<Amount>,
    probe: &mut Probe,
    choose: fn(&mut Probe, &Amount, &Amount) -> Amount,
) -> Result<Amount, NumberError> {
    let mut chosen: Option<Amount> = None;
    for node in nodes {
        let next = node.evaluate(value_of, probe)?;
        chosen = Some(match &chosen {
            None => next,
            Some(before) => choose(probe, before, &next),
        });
    }
    chosen.ok_or_else(|| NumberError::UnknownName(String::new()))
}

/// Reads by recursive descent: a sum of products of factors.
struct Reader<'a> {
    letters: &'a [char],
    /// The position of the next character, from 0.
    at: usize,
    names: &'a [&'a str],
    depth: usize,
}

impl Reader<'_> {
    /// The next character that is no space.
    fn peek(&mut self) -> Option<char> {
        while self.letters.get(self.at).is_some_and(|letter| letter.is_whitespace()) {
            self.at = self.at.saturating_add(1);
        }
        self.letters.get(self.at).copied()
    }

    /// Takes a character where it is the next one.
    fn take(&mut self, wanted: char) -> bool {
        let there = self.peek() == Some(wanted);
        if there {
            self.at = self.at.saturating_add(1);
        }
        there
    }

    /// Takes characters as long as they belong to a word.
    fn word(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let rest = self.letters.get(self.at..).unwrap_or_default();
        let word: String = rest.iter().take_while(|letter| belongs(**letter)).collect();
        self.at = self.at.saturating_add(word.chars().count());
        word
    }

    /// A mistake at the next character.
    fn mistake(&mut self, expected: impl Into<String>) -> ExpressionMistake {
        let found = self.peek().map_or_else(|| "the end".to_owned(), |letter| format!("`{letter}`"));
        ExpressionMistake { at: self.at.saturating_add(1), found, expected: expected.into() }
    }

    fn sum(&mut self) -> Result<Node, ExpressionMistake> {
        let mut sum = self.product()?;
        loop {
            if self.take('+') {
                sum = Node::Sum(Box::new(sum), Box::new(self.product()?));
            } else if self.take('-') {
                sum = Node::Difference(Box::new(sum), Box::new(self.product()?));
            } else {
                return Ok(sum);
            }
        }
    }

    fn product(&mut self) -> Result<Node, ExpressionMistake> {
        let mut product = self.factor()?;
        loop {
            if self.take('*') {
                product = Node::Product(Box::new(product), Box::new(self.factor()?));
            } else if self.take('/') {
                product = Node::Quotient(Box::new(product), Box::new(self.factor()?));
            } else {
                return Ok(product);
            }
        }
    }

    fn factor(&mut self) -> Result<Node, ExpressionMistake> {
        self.depth = self.depth.saturating_add(1);
        if self.depth > MAX_DEPTH {
            return Err(self.mistake(format!("parentheses, calls and signs at most {MAX_DEPTH} deep")));
        }
        let node = match self.peek() {
            Some('-') => {
                self.at = self.at.saturating_add(1);
                Node::Negative(Box::new(self.factor()?))
            }
            Some('(') => {
                self.at = self.at.saturating_add(1);
                let inner = self.sum()?;
                self.close()?;
                inner
            }
            Some(digit) if digit.is_ascii_digit() => self.number()?,
            Some(letter) if letter.is_ascii_lowercase() => self.name_or_call()?,
            _ => return Err(self.mistake("a number, a name, a call or `(`")),
        };
        self.depth = self.depth.saturating_sub(1);
        Ok(node)
    }

    fn close(&mut self) -> Result<(), ExpressionMistake> {
        if self.take(')') { Ok(()) } else { Err(self.mistake("an operator or `)`")) }
    }

    fn number(&mut self) -> Result<Node, ExpressionMistake> {
        let at = self.at.saturating_add(1);
        let text = self.word(|letter| letter.is_ascii_alphanumeric() || letter == '.' || letter == '_');
        match decimal_from_text(&text) {
            Ok(number) => Ok(Node::Number(Amount::decimal(number))),
            Err(_) => Err(ExpressionMistake {
                at,
                found: format!("`{text}`"),
                expected: "a decimal number such as `12.5`, of at most 12 decimals and up to 1,000,000,000,000,000"
                    .to_owned(),
            }),
        }
    }

    fn name_or_call(&mut self) -> Result<Node, ExpressionMistake> {
        let at = self.at.saturating_add(1);
        let name = self
            .word(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_' || letter == '.');
        if self.peek() == Some('(') {
            return self.call(&name, at);
        }
        if self.names.contains(&name.as_str()) {
            return Ok(Node::Name(name));
        }
        let hint = nearest(&name, self.names.iter().copied());
        let hint = hint.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
        Err(ExpressionMistake {
            at,
            found: format!("`{name}`"),
            expected: format!("the name of a number that is known{hint}"),
        })
    }

    fn call(&mut self, name: &str, at: usize) -> Result<Node, ExpressionMistake> {
        let is_known = CALLS.contains(&name);
        if !is_known {
            let expected = CALLS.map(|call| format!("`{call}(…)`")).join(", ");
            return Err(ExpressionMistake { at, found: format!("`{name}(`"), expected: format!("one of {expected}") });
        }
        self.take('(');
        let first = self.sum()?;
        if name == "ceil" {
            self.close()?;
            return Ok(Node::Ceil(Box::new(first)));
        }
        let mut all = vec![first];
        while self.take(',') {
            all.push(self.sum()?);
        }
        if all.len() < 2 {
            return Err(self.mistake(format!("`,` and a second value of `{name}`")));
        }
        self.close()?;
        Ok(if name == "min" { Node::Min(all) } else { Node::Max(all) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] = ["requests_month", "response_kb", "azs", "node.vcpu"];

    fn value(text: &str) -> Result<String, String> {
        let expression = Expression::parse(text, &NAMES).map_err(|mistake| mistake.to_string())?;
        let value_of = |name: &str| match name {
            "requests_month" => Some(Amount::whole(3_000_000)),
            "response_kb" => Some(Amount::whole(8)),
            "azs" => Some(Amount::whole(2)),
            "node.vcpu" => Some(Amount::whole(4)),
            _ => None,
        };
        let value = expression.evaluate(&value_of, &mut Probe::new()).map_err(|error| error.to_string())?;
        Ok(format!("{value:?}"))
    }

    #[test]
    fn expressions_have_the_usual_meaning_and_are_exact() {
        for (text, expected) in [
            ("7", "7"),
            (" azs ", "2"),
            ("1 + 2 * 3", "7"),
            ("(1 + 2) * 3", "9"),
            ("10 - 3 - 2", "5"),
            ("24 / 4 / 3", "2"),
            ("-azs + 5", "3"),
            ("2 * -3", "-6"),
            ("--azs", "2"),
            ("0.1 + 0.2", "0.3"),
            ("1 / 3 * 3", "1"),
            ("requests_month * response_kb / 1048576 * 1048576 / 8", "3000000"),
            ("ceil(requests_month / 1000001)", "3"),
            ("ceil(azs)", "2"),
            ("min(azs, 3, 1.5)", "1.5"),
            ("max(azs, min(9, 4), 3)", "4"),
            ("max( azs - 1 , 0 )*0.5", "0.5"),
            ("node.vcpu*0.5", "2"),
        ] {
            assert_eq!(value(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_mistake_has_its_place_and_its_fix() {
        for (text, at, words) in [
            ("", 1, "found the end; expected a number, a name, a call or `(`"),
            ("1 +", 4, "found the end"),
            ("1 2", 3, "found `2`; expected an operator"),
            ("(azs", 5, "found the end; expected an operator or `)`"),
            ("azs)", 4, "found `)`; expected an operator"),
            (
                "1 + request_month",
                5,
                "found `request_month`; expected the name of a number that is known; did you mean `requests_month`?",
            ),
            ("floor(azs)", 1, "found `floor(`; expected one of `ceil(…)`"),
            ("ceil(azs, 1)", 9, "found `,`; expected an operator or `)`"),
            ("min(azs)", 8, "found `)`; expected `,` and a second value of `min`"),
            ("max()", 5, "found `)`; expected a number"),
            ("ceil", 1, "found `ceil`; expected the name"),
            ("1.2.3", 1, "found `1.2.3`; expected a decimal number"),
            ("1e3", 1, "found `1e3`; expected a decimal number"),
            ("2azs", 1, "found `2azs`; expected a decimal number"),
            ("0.1234567890123", 1, "at most 12 decimals"),
            ("Azs", 1, "found `A`"),
            ("azs % 2", 5, "found `%`"),
            ("node", 1, "found `node`"),
            ("node.vcpus", 1, "did you mean `node.vcpu`?"),
        ] {
            let mistake = Expression::parse(text, &NAMES).expect_err(text);
            assert_eq!(mistake.at, at, "{text}: {mistake}");
            assert!(mistake.to_string().contains(words), "{text}: {mistake}");
        }
        let long = "1+".repeat(250) + "1";
        assert!(Expression::parse(&long, &NAMES).expect_err("long").to_string().contains("at most 400"));
        let deep = "(".repeat(40) + "1" + &")".repeat(40);
        assert!(Expression::parse(&deep, &NAMES).expect_err("deep").to_string().contains("at most 32 deep"));
    }

    #[test]
    fn a_division_by_zero_is_an_error() {
        assert_eq!(value("1 / (azs - 2)").expect_err("refused"), NumberError::DivisionByZero.to_string());
    }

    #[test]
    fn the_names_that_are_used_are_known() {
        let expression = Expression::parse("max(azs, ceil(-response_kb / 2)) * node.vcpu", &NAMES).expect("sound");
        assert!(expression.uses("azs") && expression.uses("response_kb") && expression.uses("node"));
        assert!(!expression.uses("requests_month") && !expression.uses("response") && !expression.uses("node.memory"));
    }
}
