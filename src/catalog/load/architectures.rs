//! The architecture files: YAML, in which texts that begin with `=` are expressions over the parameters.

use std::collections::HashSet;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Map, Value};
use serde_saphyr::Spanned;

use super::ARCHITECTURES;
use crate::catalog::architectures::{
    Architecture, Architectures, Choice, Computed, Condition, DecisionTemplate, MONTH_HOURS, Parameter, ParameterKind,
    ResourceTemplate, Template,
};
use crate::catalog::mistake::{Mistakes, Place, one_of, quoted};
use crate::domain::amount::Amount;
use crate::domain::expression::{CALLS, Expression};
use crate::domain::problem::nearest;

/// How deep lists and objects of a usage may lie in each other.
const MAX_DEPTH: usize = 8;
/// What an architecture file looks like.
const EXPECTED: &str = "a YAML map of `id`, `name`, `about`, `parameters`, `assumptions`, `resources`, `sources` and, \
                        optionally, `diagram`, `computed` and `decisions`, each key once";

/// An architecture file, before its values are looked at.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileText {
    id: Spanned<String>,
    name: Spanned<String>,
    about: Spanned<String>,
    diagram: Option<String>,
    parameters: Vec<Spanned<ParameterText>>,
    #[serde(default)]
    computed: Vec<Spanned<ComputedText>>,
    assumptions: Vec<Spanned<String>>,
    resources: Vec<Spanned<ResourceText>>,
    #[serde(default)]
    decisions: Vec<Spanned<DecisionText>>,
    sources: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ParameterText {
    name: String,
    what: String,
    unit: Option<String>,
    default: Value,
    min: Option<Value>,
    max: Option<Value>,
    whole: Option<bool>,
    choices: Option<Vec<ChoiceText>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChoiceText {
    word: String,
    what: String,
    #[serde(default)]
    numbers: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ComputedText {
    name: String,
    what: String,
    unit: String,
    value: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ResourceText {
    name: String,
    service: String,
    #[serde(default)]
    when: Map<String, Value>,
    usage: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DecisionText {
    decision: String,
    question: String,
    #[serde(default)]
    when: Map<String, Value>,
    inputs: Map<String, Value>,
}

/// Reads the architecture files: path and text of each.
pub(super) fn read<'f>(files: impl Iterator<Item = (&'f str, &'f str)>, mistakes: &mut Mistakes) -> Architectures {
    let mut all = Vec::new();
    for (path, text) in files {
        let Some(stem) = path.strip_prefix(ARCHITECTURES).and_then(|name| name.strip_suffix(".yaml")) else {
            mistakes.add(Place::file(path), "a file that is not YAML", "`architectures/<id>.yaml`");
            continue;
        };
        let options = serde_saphyr::options! { with_snippet: false };
        match serde_saphyr::from_str_with_options::<FileText>(text, options) {
            Ok(file) => all.push(Reader { path, mistakes }.file(stem, file)),
            Err(error) => {
                let line = error.location().map_or(0, |location| location.line());
                mistakes.add(Place::file(path).line(line), format!("a text that cannot be read ({error})"), EXPECTED);
            }
        }
    }
    Architectures::new(all)
}

/// Reads one file.
struct Reader<'m> {
    path: &'m str,
    mistakes: &'m mut Mistakes,
}

impl Reader<'_> {
    fn mistake(&mut self, line: u64, key: &str, found: impl Into<String>, expected: impl Into<String>) {
        self.mistakes.add(Place::file(self.path).line(line).column(key), found, expected);
    }

    fn file(mut self, stem: &str, file: FileText) -> Architecture {
        let before = self.mistakes.count();
        let id = file.id.value;
        if id != stem || !is_id(&id) {
            let expected = format!("`{stem}`, the name of the file, in lower-case letters, digits and `_`");
            self.mistake(file.id.referenced.line(), "id", quoted(&id), expected);
        }
        if file.name.value.is_empty() {
            self.mistake(file.name.referenced.line(), "name", "nothing", "what people call it");
        }
        self.sentences("about", std::slice::from_ref(&file.about));
        self.sentences("assumptions", &file.assumptions);
        for source in &file.sources {
            if !source.value.starts_with("https://") {
                self.mistake(
                    source.referenced.line(),
                    "sources",
                    quoted(&source.value),
                    "a link that begins with `https://`",
                );
            }
        }
        for (key, is_empty) in [
            ("assumptions", file.assumptions.is_empty()),
            ("resources", file.resources.is_empty()),
            ("sources", file.sources.is_empty()),
        ] {
            if is_empty {
                self.mistake(0, key, "an empty list", "one item or more");
            }
        }
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut lines = Vec::new();
        for Spanned { value, referenced, .. } in file.parameters {
            lines.push(referenced.line());
            let parameter = self.parameter(referenced.line(), value, &parameters);
            parameters.push(parameter);
        }
        let mut scope = Scope { parameters, computed: Vec::new() };
        let mut computed_lines = Vec::new();
        for Spanned { value, referenced, .. } in file.computed {
            computed_lines.push(referenced.line());
            if let Some(computed) = self.computed(referenced.line(), value, &scope) {
                scope.computed.push(computed);
            }
        }
        let mut names = HashSet::new();
        let mut resources = Vec::new();
        for Spanned { value, referenced, .. } in file.resources {
            let line = referenced.line();
            let key = format!("resources.{}", value.name);
            if !is_id(&value.name) || !names.insert(value.name.clone()) {
                let expected = "a name of its own in lower-case letters, digits and `_`";
                self.mistake(line, &key, quoted(&value.name), expected);
            }
            resources.push(ResourceTemplate {
                when: self.conditions(line, &key, value.when, &scope.parameters),
                usage: self.object(line, &format!("{key}.usage"), value.usage, &scope),
                name: value.name,
                line,
                service: value.service,
            });
        }
        let mut decisions = Vec::new();
        for Spanned { value, referenced, .. } in file.decisions {
            let line = referenced.line();
            let key = format!("decisions.{}", value.decision);
            if !value.question.ends_with('?') {
                self.mistake(line, &key, quoted(&value.question), "a question");
            }
            decisions.push(DecisionTemplate {
                when: self.conditions(line, &key, value.when, &scope.parameters),
                inputs: self.object(line, &format!("{key}.inputs"), value.inputs, &scope),
                decision: value.decision,
                line,
                question: value.question,
            });
        }
        let Scope { parameters, computed } = scope;
        let names = parameters.iter().map(|parameter| ("parameters", &parameter.name)).zip(lines);
        let names = names.chain(computed.iter().map(|computed| ("computed", &computed.name)).zip(computed_lines));
        // What cannot be read may be a use.
        let is_read = self.mistakes.count() == before;
        for ((kind, name), line) in names.filter(|_| is_read) {
            let in_conditions = |when: &[Condition]| when.iter().any(|condition| condition.parameter == *name);
            let used = resources.iter().any(|resource| resource.usage.uses(name) || in_conditions(&resource.when))
                || decisions.iter().any(|decision| decision.inputs.uses(name) || in_conditions(&decision.when))
                || computed.iter().any(|computed| computed.value.uses(name));
            if !used {
                self.mistake(line, &format!("{kind}.{name}"), "a name that nothing uses", "a use of it");
            }
        }
        Architecture {
            id,
            file: self.path.to_owned(),
            name: file.name.value,
            about: file.about.value,
            parameters,
            computed,
            assumptions: file.assumptions.into_iter().map(|text| text.value).collect(),
            diagram: file.diagram,
            resources,
            decisions,
            sources: file.sources.into_iter().map(|text| text.value).collect(),
        }
    }

    fn sentences(&mut self, key: &str, texts: &[Spanned<String>]) {
        for text in texts.iter().filter(|text| !text.value.trim_end().ends_with('.')) {
            self.mistake(text.referenced.line(), key, quoted(&text.value), "a sentence with a full stop");
        }
    }

    fn parameter(&mut self, line: u64, text: ParameterText, before: &[Parameter]) -> Parameter {
        let ParameterText { name, what, unit, default, min, max, whole, choices } = text;
        let key = format!("parameters.{name}");
        let taken = name == MONTH_HOURS || CALLS.contains(&name.as_str());
        if !is_id(&name) || taken || before.iter().any(|other| other.name == name) {
            let expected = format!(
                "a name of its own in lower-case letters, digits and `_`, and not `{MONTH_HOURS}` or {}",
                one_of(CALLS)
            );
            self.mistake(line, &key, quoted(&name), expected);
        }
        if !what.trim_end().ends_with('.') {
            self.mistake(line, &format!("{key}.what"), quoted(&what), "a sentence with a full stop");
        }
        let kind = match choices {
            Some(choices) => {
                if unit.is_some() || min.is_some() || max.is_some() || whole.is_some() {
                    let expected = "`choices`, or `unit`, `min` and `max`, not both";
                    self.mistake(line, &key, "a choice with the fields of a number", expected);
                }
                self.choice(line, &key, choices, &default)
            }
            None => self.number(line, &key, unit, &default, [min.as_ref(), max.as_ref()], whole.unwrap_or(false)),
        };
        Parameter { name, what, kind }
    }

    fn computed(&mut self, line: u64, text: ComputedText, scope: &Scope) -> Option<Computed> {
        let ComputedText { name, what, unit, value } = text;
        let key = format!("computed.{name}");
        if !is_id(&name) || CALLS.contains(&name.as_str()) || scope.names().any(|other| other == name) {
            self.mistake(line, &key, quoted(&name), "a name of its own in lower-case letters, digits and `_`");
        }
        if !what.trim_end().ends_with('.') || unit.is_empty() {
            self.mistake(line, &key, quoted(&what), "a sentence with a full stop, and a unit");
        }
        match self.text(line, &format!("{key}.value"), value, scope) {
            Template::Number(value, text) => Some(Computed { name, what, unit, value, text }),
            // It stays known under its name, so that each use of it is not one more mistake.
            Template::Fixed(Value::Null) => {
                let value = Expression::parse("0", &[]).ok()?;
                Some(Computed { name, what, unit, value, text: String::new() })
            }
            _ => {
                self.mistake(
                    line,
                    &format!("{key}.value"),
                    "what is not computed",
                    "an expression that begins with `=`",
                );
                None
            }
        }
    }

    fn choice(&mut self, line: u64, key: &str, choices: Vec<ChoiceText>, default: &Value) -> ParameterKind {
        let mut known: Vec<Choice> = Vec::new();
        for ChoiceText { word, what, numbers } in choices {
            if word.is_empty() || word.starts_with('=') || known.iter().any(|choice| choice.word == word) {
                self.mistake(line, &format!("{key}.choices"), quoted(&word), "a word of its own");
            }
            if !what.trim_end().ends_with('.') {
                self.mistake(line, &format!("{key}.choices"), quoted(&what), "a sentence with a full stop");
            }
            let given = numbers.len();
            let numbers: Vec<(String, Decimal)> =
                numbers.iter().filter_map(|(name, value)| Some((name.clone(), decimal(value)?))).collect();
            let names = |choice: &[(String, Decimal)]| choice.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
            let wanted = known.first().map_or_else(|| names(&numbers), |first| names(&first.numbers));
            if numbers.len() != given || names(&numbers) != wanted || names(&numbers).iter().any(|name| !is_id(name)) {
                let expected = "decimal numbers, each word with the same names in the same order";
                self.mistake(line, &format!("{key}.choices"), format!("the numbers of `{word}`"), expected);
            }
            known.push(Choice { word, what, numbers });
        }
        let default = default.as_str().unwrap_or_default().to_owned();
        if !known.iter().any(|choice| choice.word == default) {
            let expected = one_of(known.iter().map(|choice| choice.word.as_str()));
            self.mistake(line, &format!("{key}.default"), quoted(&default), expected);
        }
        ParameterKind::Choice { choices: known, default }
    }

    fn number(
        &mut self,
        line: u64,
        key: &str,
        unit: Option<String>,
        default: &Value,
        [min, max]: [Option<&Value>; 2],
        whole: bool,
    ) -> ParameterKind {
        let unit = unit.unwrap_or_default();
        if unit.is_empty() {
            self.mistake(line, &format!("{key}.unit"), "nothing", "the unit of the number, or `choices`");
        }
        let mut read = |field: &str, value: Option<&Value>| {
            let decimal = value.and_then(decimal);
            let field = format!("{key}.{field}");
            match decimal {
                None => {
                    let found = value.map_or_else(|| "nothing".to_owned(), |value| format!("`{value}`"));
                    self.mistake(line, &field, found, "a decimal number");
                }
                Some(number) if number < Decimal::ZERO || (whole && !number.fract().is_zero()) => {
                    let kind = if whole { "a whole number" } else { "a number" };
                    self.mistake(line, &field, format!("`{number}`"), format!("{kind} of 0 or more"));
                }
                Some(_) => {}
            }
            decimal
        };
        let (default, min, max) = (read("default", Some(default)), read("min", min), read("max", max));
        let (default, min, max) = (default.unwrap_or_default(), min.unwrap_or_default(), max.unwrap_or(Decimal::MAX));
        if min > max || default < min || default > max {
            let found = format!("`{default}`");
            self.mistake(line, &format!("{key}.default"), found, format!("a number from {min} to {max}"));
        }
        ParameterKind::Number { unit, default, min, max, whole }
    }

    fn conditions(
        &mut self,
        line: u64,
        key: &str,
        when: Map<String, Value>,
        parameters: &[Parameter],
    ) -> Vec<Condition> {
        let key = format!("{key}.when");
        let mut conditions = Vec::new();
        for (parameter, words) in when {
            let choices: Vec<&str> =
                parameters.iter().filter(|known| known.name == parameter).flat_map(Parameter::words).collect();
            if choices.is_empty() {
                let known = parameters.iter().filter(|known| !known.is_number()).map(|known| known.name.as_str());
                let hint = did_you_mean(&parameter, known);
                self.mistake(line, &key, quoted(&parameter), format!("a parameter that is a choice{hint}"));
                continue;
            }
            let words = match words {
                Value::Array(words) => words,
                word => vec![word],
            };
            let words: Vec<String> = words.iter().map(|word| word.as_str().unwrap_or_default().to_owned()).collect();
            if words.is_empty() {
                self.mistake(line, &key, "an empty list", one_of(choices.iter().copied()));
            }
            for word in words.iter().filter(|word| !choices.contains(&word.as_str())) {
                self.mistake(line, &key, quoted(word), one_of(choices.iter().copied()));
            }
            conditions.push(Condition { parameter, words });
        }
        conditions
    }

    fn object(&mut self, line: u64, key: &str, fields: Map<String, Value>, scope: &Scope) -> Template {
        self.template(line, key, Value::Object(fields), scope, 0)
    }

    fn template(&mut self, line: u64, key: &str, value: Value, scope: &Scope, depth: usize) -> Template {
        if depth > MAX_DEPTH {
            self.mistake(line, key, "lists and objects in each other", format!("at most {MAX_DEPTH} of them"));
            return Template::Fixed(Value::Null);
        }
        let below = depth.saturating_add(1);
        match value {
            Value::Object(fields) => Template::Map(
                fields
                    .into_iter()
                    .map(|(name, field)| {
                        let field = self.template(line, &format!("{key}.{name}"), field, scope, below);
                        (name, field)
                    })
                    .collect(),
            ),
            Value::Array(items) => Template::List(
                items
                    .into_iter()
                    .enumerate()
                    .map(|(at, item)| self.template(line, &format!("{key}.{at}"), item, scope, below))
                    .collect(),
            ),
            Value::String(text) => self.text(line, key, text, scope),
            fixed => Template::Fixed(fixed),
        }
    }

    /// A text: an expression where it begins with `=`, the word of a choice where that is all it names.
    fn text(&mut self, line: u64, key: &str, text: String, scope: &Scope) -> Template {
        let Some(expression) = text.strip_prefix('=').map(str::trim) else {
            return Template::Fixed(Value::String(text));
        };
        if scope.parameters.iter().any(|known| known.name == expression && !known.is_number()) {
            return Template::Word(expression.to_owned());
        }
        let names: Vec<String> = scope.names().collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        match Expression::parse(expression, &names) {
            Ok(expression) => Template::Number(expression, text),
            Err(mistake) => {
                let found = format!("{} at character {} of `{expression}`", mistake.found, mistake.at);
                self.mistake(line, key, found, mistake.expected);
                Template::Fixed(Value::Null)
            }
        }
    }
}

/// The names that expressions may use.
struct Scope {
    parameters: Vec<Parameter>,
    computed: Vec<Computed>,
}

impl Scope {
    /// The names of numbers.
    fn names(&self) -> impl Iterator<Item = String> {
        let of_parameters = self.parameters.iter().flat_map(|parameter| {
            let numbers = parameter.choices().first().map_or(&[][..], |first| first.numbers.as_slice());
            let below = numbers.iter().map(|(number, _)| format!("{}.{number}", parameter.name));
            parameter.is_number().then(|| parameter.name.clone()).into_iter().chain(below)
        });
        of_parameters.chain(self.computed.iter().map(|computed| computed.name.clone())).chain([MONTH_HOURS.to_owned()])
    }
}

/// A decimal of a file, as a number or in quotes.
fn decimal(value: &Value) -> Option<Decimal> {
    serde_json::from_value::<Amount>(value.clone()).ok()?.as_decimal()
}

fn did_you_mean<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(found, known).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

/// Lower-case letters, digits and `_`, a letter first.
fn is_id(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
