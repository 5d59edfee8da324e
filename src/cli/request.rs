//! Puts the body of a request together: from a file or standard input as it stands, or from flags.
//!
//! A body from JSON goes on byte for byte, so that the command line reads exactly what the REST service would.
//! Flags beside a file are put over it: the file says what is planned, the flags what is different this time.

use std::io::Read;
use std::path::Path;

use clap::Args;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::fault::Fault;
use crate::app::fields::{Fields, json_or_text, put_at};
use crate::domain::problem::{Code, Problem};

/// The largest request read.
pub const MAX_BYTES: u64 = 8 * 1024 * 1024;
/// The name that means standard input.
const STDIN: &str = "-";

/// Where a request comes from, and the fields that every request shares.
#[derive(Debug, Clone, Args)]
pub struct RequestArgs {
    /// The request as JSON or YAML, as the REST body has it; `-` is standard input. Left out: standard input, where
    /// it is not a terminal and no flag describes the request.
    #[arg(long, short, value_name = "FILE")]
    pub file: Option<String>,
    /// The Region, such as `us-east-1`.
    #[arg(long, short)]
    pub region: Option<String>,
    /// The day whose prices count, as `2026-11-22`. Left out: today.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// The edition of the price store, by number. Left out: the active one.
    #[arg(long, value_name = "NUMBER")]
    pub edition: Option<String>,
    /// The price book whose own rates go before list prices.
    #[arg(long, value_name = "NAME")]
    pub price_book: Option<String>,
    /// Whether free allowances are taken off: `none` or `always`.
    #[arg(long, value_name = "CHOICE")]
    pub free_tier: Option<String>,
    /// What to do about a meter without a price: `error`, `derive` or `omit`.
    #[arg(long, value_name = "CHOICE")]
    pub missing_prices: Option<String>,
    /// The hours of the month, 1 to 744. Left out: 730.
    #[arg(long, value_name = "HOURS", allow_negative_numbers = true)]
    pub month_hours: Option<String>,
    /// A calendar month instead of hours, such as `2026-02` with its 672 hours.
    #[arg(long, value_name = "MONTH")]
    pub month: Option<String>,
}

/// The fields that a command adds to the shared ones.
#[derive(Debug, Default)]
pub struct Extra<'a> {
    /// The object that `key=value` flags fill, and the flag's name: `("usage", "--usage")`.
    pub object: Option<(&'static str, &'static str)>,
    /// Its `key=value` texts.
    pub pairs: &'a [String],
    /// Fields of the request itself.
    pub fields: Vec<(&'static str, Option<&'a str>)>,
}

impl RequestArgs {
    /// The body of the request, as JSON text.
    pub fn body(&self, extra: &Extra<'_>, stdin: &mut dyn Read, stdin_is_terminal: bool) -> Result<Vec<u8>, Fault> {
        let over = self.flags(extra)?;
        let text = match self.file.as_deref() {
            Some(STDIN) => Some(read_all(stdin, "standard input")?),
            Some(path) => Some(read_file(Path::new(path))?),
            None if over.is_empty() && !stdin_is_terminal => Some(read_all(stdin, "standard input")?),
            None => None,
        };
        let yaml = self.file.as_deref().is_some_and(is_yaml_name);
        match text {
            None if over.is_empty() => Err(Fault::usage_with_hint(
                "there is no request",
                "give it by flags such as `--region us-east-1`, by `--file FILE`, or on standard input",
            )),
            None => {
                let mut body = over;
                if let Some((name, _)) = extra.object {
                    body.entry(name).or_insert_with(|| Value::Object(Map::new()));
                }
                to_bytes(&Value::Object(body))
            }
            Some(text) if yaml || !looks_like_json(&text) => {
                let body = read_yaml(&text)?;
                Ok(put_over(&body.to_string(), &over)?.into_bytes())
            }
            Some(text) if over.is_empty() => Ok(text),
            Some(text) => {
                let text = String::from_utf8(text)
                    .map_err(|error| Problem::new(Code::Malformed, "", format!("the text is not UTF-8: {error}")))?;
                Ok(put_over(&text, &over)?.into_bytes())
            }
        }
    }

    /// What the flags say, as the object they stand for.
    fn flags(&self, extra: &Extra<'_>) -> Result<Map<String, Value>, Fault> {
        let mut body = Map::new();
        for (name, value) in [
            ("region", &self.region),
            ("as_of", &self.as_of),
            ("price_book", &self.price_book),
            ("free_tier", &self.free_tier),
            ("missing_prices", &self.missing_prices),
            ("month", &self.month),
        ] {
            if let Some(text) = value {
                body.insert(name.to_owned(), Value::String(text.clone()));
            }
        }
        for (name, value) in [("edition", &self.edition), ("month_hours", &self.month_hours)] {
            if let Some(text) = value {
                body.insert(name.to_owned(), json_or_text(text));
            }
        }
        for (name, value) in &extra.fields {
            if let Some(text) = value {
                body.insert((*name).to_owned(), json_or_text(text));
            }
        }
        if let Some((name, flag)) = extra.object
            && !extra.pairs.is_empty()
        {
            body.insert(name.to_owned(), object_of_pairs(flag, extra.pairs)?);
        }
        Ok(body)
    }
}

/// The JSON of a file that holds JSON or YAML; `-` is standard input.
pub fn json_of(file: &str, stdin: &mut dyn Read) -> Result<Vec<u8>, Fault> {
    let text = if file == STDIN { read_all(stdin, "standard input")? } else { read_file(Path::new(file))? };
    if is_yaml_name(file) || !looks_like_json(&text) { to_bytes(&read_yaml(&text)?) } else { Ok(text) }
}

fn is_yaml_name(name: &str) -> bool {
    let extension = Path::new(name).extension();
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml"))
}

/// JSON requests are objects; whatever begins otherwise is read as YAML. An empty text is left to the JSON reader,
/// which says that nothing was sent.
fn looks_like_json(text: &[u8]) -> bool {
    text.iter().find(|byte| !byte.is_ascii_whitespace()).is_none_or(|first| matches!(first, b'{' | b'['))
}

pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, Fault> {
    let mut file = std::fs::File::open(path)
        .map_err(|error| Fault::usage(format!("the file `{}` cannot be read: {error}", path.display())))?;
    read_all(&mut file, &format!("the file `{}`", path.display()))
}

fn read_all(from: &mut dyn Read, what: &str) -> Result<Vec<u8>, Fault> {
    let mut text = Vec::new();
    from.take(MAX_BYTES.saturating_add(1))
        .read_to_end(&mut text)
        .map_err(|error| Fault::usage(format!("{what} cannot be read: {error}")))?;
    if u64::try_from(text.len()).is_ok_and(|length| length > MAX_BYTES) {
        return Err(Problem::new(Code::PayloadTooLarge, "", format!("{what} holds more than {MAX_BYTES} bytes")).into());
    }
    Ok(text)
}

fn read_yaml(text: &[u8]) -> Result<Value, Fault> {
    let malformed = |detail: String| Fault::from(Problem::new(Code::Malformed, "", detail));
    let text = std::str::from_utf8(text).map_err(|error| malformed(format!("the text is not UTF-8: {error}")))?;
    serde_saphyr::from_str(text).map_err(|error| malformed(format!("the text is not valid YAML: {error}")))
}

fn to_bytes(body: &Value) -> Result<Vec<u8>, Fault> {
    Ok(serde_json::to_vec(body)?)
}

/// Puts `over` over a JSON text: objects field by field, everything else whole. What is not touched stays as it is
/// spelled. A text that is no object is left to the reader of requests, which says so.
fn put_over(text: &str, over: &Map<String, Value>) -> Result<String, Fault> {
    if over.is_empty() || !text.trim_start().starts_with('{') {
        return Ok(text.to_owned());
    }
    let Fields(mut fields) = serde_json::from_str(text).map_err(|error| {
        if error.is_data() {
            return Problem::new(Code::Conflict, "", error.to_string());
        }
        Problem::new(Code::Malformed, "", format!("the text is not valid JSON: {error}"))
    })?;
    for (name, value) in over {
        let found = fields.iter_mut().find(|(found, _)| found == name);
        let text = match (&found, value) {
            (Some((_, inner)), Value::Object(over)) if inner.get().starts_with('{') => put_over(inner.get(), over)?,
            _ => value.to_string(),
        };
        let raw = RawValue::from_string(text)?;
        match found {
            Some((_, place)) => *place = raw,
            None => fields.push((name.clone(), raw)),
        }
    }
    Ok(Fields(fields).to_text())
}

/// The object that `key=value` texts stand for; dots in a key lead into nested fields and list positions.
pub fn object_of_pairs(flag: &str, pairs: &[String]) -> Result<Value, Fault> {
    let mut object = Value::Object(Map::new());
    for pair in pairs {
        let Some((key, text)) = pair.split_once('=') else {
            return Err(Fault::usage_with_hint(
                format!("`{flag} {pair}` has no `=`"),
                format!("write `{flag} name=value`, such as `{flag} connections=2`"),
            ));
        };
        let steps: Vec<&str> = key.split('.').collect();
        if steps.iter().any(|step| step.is_empty()) {
            return Err(Fault::usage(format!("the name in `{flag} {pair}` is empty or has an empty part")));
        }
        put_at(&mut object, &steps, json_or_text(text)).map_err(|reason| {
            Fault::usage(format!("`{flag} {pair}` does not go with the values before it: {reason}"))
        })?;
    }
    Ok(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(texts: &[&str]) -> Result<String, String> {
        let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
        object_of_pairs("--usage", &texts).map(|value| value.to_string()).map_err(|fault| format!("{fault:?}"))
    }

    #[test]
    fn pairs_make_nested_objects_and_lists() {
        for (texts, json) in [
            (&["connections=2", "kind=large"][..], r#"{"connections":2,"kind":"large"}"#),
            (
                &["to_regions.0.gb=5", "to_regions.0.region=eu-west-1", "to_regions.1.gb=1"],
                r#"{"to_regions":[{"gb":5,"region":"eu-west-1"},{"gb":1}]}"#,
            ),
            (&["sla=true", "name=\"5\"", "list=[1,2]", "x=null"], r#"{"sla":true,"name":"5","list":[1,2],"x":null}"#),
            (&["gb=0.12345678901234567"], r#"{"gb":"0.12345678901234567"}"#),
            (&["gb=123456789012.345678"], r#"{"gb":"123456789012.345678"}"#),
            (&["gb=1e3", "x=NaN", "y=a=b", "z="], r#"{"gb":1000.0,"x":"NaN","y":"a=b","z":""}"#),
        ] {
            assert_eq!(pairs(texts).as_deref(), Ok(json));
        }
    }

    #[test]
    fn flags_go_over_a_text_and_leave_the_rest_as_it_is_spelled() {
        let over: Map<String, Value> =
            serde_json::from_str(r#"{"region":"b","usage":{"gb":2},"month":"2026-02"}"#).expect("JSON");
        for (text, expected) in [
            (
                r#" {"region": "a", "usage": {"gb": 1.50, "hours": 1e2}, "as_of": "2026-11-22"}"#,
                r#"{"region":"b","usage":{"gb":2,"hours":1e2},"as_of":"2026-11-22","month":"2026-02"}"#,
            ),
            (r#"{"usage": 1}"#, r#"{"usage":{"gb":2},"region":"b","month":"2026-02"}"#),
            ("[1]", "[1]"),
        ] {
            assert_eq!(put_over(text, &over).ok().as_deref(), Some(expected));
        }
        for (text, words) in [
            (r#"{"region": "a", "region": "b"}"#, "`region` is given twice"),
            (r#"{"usage": {"gb": 1, "gb": 2}}"#, "`gb` is given twice"),
            (r#"{"region": "a""#, "not valid JSON"),
        ] {
            let fault = put_over(text, &over).expect_err(text);
            assert!(format!("{fault:?}").contains(words), "{text}: {fault:?}");
        }
    }

    #[test]
    fn pairs_that_do_not_go_together_are_refused_with_the_reason() {
        for (texts, words) in [
            (&["connections"][..], "has no `=`"),
            (&["=1"], "empty"),
            (&["a..b=1"], "empty"),
            (&["a=1", "a=2"], "given twice"),
            (&["a=1", "a.b=2"], "below a single value"),
            (&["a.1=1"], "leaves a gap"),
            (&["a.0=1", "a.b=2"], "not a position"),
        ] {
            let message = pairs(texts).expect_err("refused");
            assert!(message.contains(words), "{texts:?}: {message}");
        }
    }
}
