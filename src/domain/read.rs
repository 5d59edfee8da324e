//! Reads JSON into a typed input, and says what is wrong in our own words where it does not fit.

use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use super::problem::{Code, Problem, nearest};

/// Reads one JSON object.
///
/// # Errors
/// The first mistake of shape: not JSON, a wrong type, an unknown or missing field, a value outside a closed set.
pub fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    // A text is known to be UTF-8, which bytes are looked through for.
    if text.trim_ascii_start().starts_with('{')
        && let Ok(value) = serde_json::from_str(text)
    {
        return Ok(value);
    }
    from_json_bytes(text.as_bytes())
}

/// Reads one JSON object from bytes.
///
/// # Errors
/// As [`from_json`]; bytes that are not UTF-8 are malformed.
pub fn from_json_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => {}
        Some(_) => {
            // A derived reader would take an array for a struct; a request never is one.
            return match serde_json::from_slice::<serde::de::IgnoredAny>(bytes) {
                Ok(_) => Err(Problem::new(Code::WrongType, "", "the value must be a JSON object, `{ … }`")),
                Err(error) => Err(malformed(&error)),
            };
        }
        None => {
            return Err(Problem::new(Code::Malformed, "", "nothing was sent; send a JSON object, `{ … }`"));
        }
    }
    // Most texts are right. To remember the way to a mistake costs as much as to read, so it is remembered for texts that
    // are read a second time to tell what is wrong with them.
    if let Ok(value) = serde_json::from_slice(bytes) {
        return Ok(value);
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = match serde_path_to_error::deserialize(&mut reader) {
        Ok(value) => value,
        Err(error) => {
            let pointer = pointer(error.path());
            let problem = explain(pointer, &error.into_inner());
            let names_no_number = |name: &&str| bytes.windows(name.len()).any(|window| window == name.as_bytes());
            return Err(match ["NaN", "Infinity"].iter().copied().find(names_no_number) {
                Some(name) if problem.code == Code::Malformed => {
                    problem.hinting(format!("JSON has no `{name}`; send a decimal number"))
                }
                _ => problem,
            });
        }
    };
    reader.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

/// Reads one JSON value of any kind, such as a single number.
///
/// # Errors
/// The first mistake of shape, with a pointer from the value.
pub fn from_json_value<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    serde_json::from_str(text).map_err(|error| explain(String::new(), &error))
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(Code::Malformed, "", format!("the text is not valid JSON: {error}"))
}

fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer = format!("{pointer}/{index}"),
            Segment::Map { key } => pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// The names in backticks of a serde message, in order.
fn names(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}

fn explain(pointer: String, error: &serde_json::Error) -> Problem {
    if !error.is_data() {
        if error.to_string().starts_with("number out of range") {
            return Problem::new(Code::OutOfRange, pointer, "the number is beyond 1,000,000,000,000,000");
        }
        return Problem { pointer, ..malformed(error) };
    }
    let full = error.to_string();
    let message = full.rsplit_once(" at line ").map_or(full.as_str(), |(message, _)| message);
    let names = names(message);
    let name = names.first().copied().unwrap_or_default();
    let allowed = names.get(1..).unwrap_or_default();
    if message.starts_with("unknown field") {
        let suffix = format!("/{name}");
        let pointer = if pointer.ends_with(&suffix) { pointer } else { pointer + &suffix };
        let problem = Problem::new(Code::UnknownField, pointer, format!("the field `{name}` is not known here"));
        return problem.allowing(name, allowed);
    }
    if message.starts_with("unknown variant") {
        let detail = format!("`{name}` is not one of the allowed values");
        return Problem::new(Code::UnknownValue, pointer, detail).allowing(name, allowed);
    }
    if message.starts_with("missing field") {
        return Problem::new(
            Code::MissingField,
            format!("{pointer}/{name}"),
            format!("the field `{name}` is required"),
        );
    }
    if message.starts_with("duplicate field") {
        let detail = format!("the field `{name}` is given twice");
        return Problem::new(Code::Conflict, format!("{pointer}/{name}"), detail);
    }
    let detail = match message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: ")) {
        Some(found) => format!("found {}", found.replacen(", expected ", "; expected ", 1)),
        None => message.to_owned(),
    };
    Problem::new(Code::WrongType, pointer, detail)
}

/// A problem for a name outside a set that is too large to list whole; the nearest is the hint.
pub fn unknown_name<'a>(
    code: Code,
    pointer: impl Into<String>,
    what: &str,
    found: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Problem {
    let problem = Problem::new(code, pointer, format!("there is no {what} `{found}`"));
    match nearest(found, known) {
        Some(name) => problem.hinting(format!("did you mean `{name}`?")),
        None => problem.hinting(code.help()),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::domain::amount::Amount;

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Input {
        connections: Amount,
        #[serde(default)]
        kind: Kind,
        #[serde(default)]
        inner: Vec<Inner>,
    }

    #[derive(Deserialize, Debug, Default)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        #[default]
        Standard,
        Large,
    }

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Inner {
        gb: Amount,
    }

    #[test]
    fn every_mistake_of_shape_names_its_place_and_its_fix() {
        for (json, code, pointer, words) in [
            ("", Code::Malformed, "", "nothing was sent"),
            ("{", Code::Malformed, "", "EOF"),
            ("[1]", Code::WrongType, "", "must be a JSON object"),
            ("nope", Code::Malformed, "", "not valid JSON"),
            ("{\"connections\": 1} x", Code::Malformed, "", "trailing characters"),
            ("{}", Code::MissingField, "/connections", "required"),
            ("{\"conections\": 1}", Code::UnknownField, "/conections", "did you mean `connections`?"),
            (
                "{\"connections\": 1, \"inner\": [{\"gb\": 1}, {\"bg\": 2}]}",
                Code::UnknownField,
                "/inner/1/bg",
                "did you mean `gb`?",
            ),
            ("{\"connections\": \"many\"}", Code::WrongType, "/connections", "not a decimal number"),
            ("{\"connections\": [1]}", Code::WrongType, "/connections", "found sequence; expected a decimal number"),
            ("{\"connections\": 1, \"kind\": \"lagre\"}", Code::UnknownValue, "/kind", "did you mean `large`?"),
            ("{\"connections\": 1, \"connections\": 2}", Code::Conflict, "/connections", "given twice"),
            ("{\"connections\": 1e400}", Code::OutOfRange, "/connections", "beyond"),
            ("{\"connections\": NaN}", Code::Malformed, "/connections", "JSON has no `NaN`"),
        ] {
            let problem = from_json::<Input>(json).expect_err(json);
            assert_eq!(problem.code, code, "{json}: {problem:?}");
            assert_eq!(problem.pointer, pointer, "{json}: {problem:?}");
            assert!(problem.to_string().contains(words), "{json}: {problem}");
        }
    }
}
