//! Fields that are spelled in one line of text: the flags of the command line and the columns of a CSV file. A name with
//! dots leads into nested fields and list positions, and a value is JSON where it is JSON.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// The most significant digits of a number that JSON keeps; a longer one is sent as a string.
const MAX_JSON_DIGITS: usize = 15;

/// The value of a text: JSON where it is JSON, else the text itself. A number with more digits than JSON keeps goes
/// as a string, so that none is lost.
pub fn json_or_text(text: &str) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Number(_)) if significant_digits(text) > MAX_JSON_DIGITS => Value::String(text.to_owned()),
        Ok(value) => value,
        Err(_) => Value::String(text.to_owned()),
    }
}

fn significant_digits(number: &str) -> usize {
    let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').len()
}

/// Puts a value at a path, making the objects and lists on the way.
///
/// # Errors
/// Where the path leads through a value that is there already: the reason, in words that follow a colon.
pub fn put_at(place: &mut Value, steps: &[&str], value: Value) -> Result<(), String> {
    let Some((step, rest)) = steps.split_first() else {
        if place.is_null() {
            *place = value;
            return Ok(());
        }
        return Err("it is given twice".to_owned());
    };
    let position = step.parse::<usize>().ok();
    if place.is_null() {
        *place = if position.is_some() { Value::Array(Vec::new()) } else { Value::Object(Map::new()) };
    }
    match (place, position) {
        (Value::Object(fields), _) => put_at(fields.entry((*step).to_owned()).or_insert(Value::Null), rest, value),
        (Value::Array(items), Some(at)) => {
            if at == items.len() {
                items.push(Value::Null);
            }
            let length = items.len();
            let item = items.get_mut(at).ok_or_else(|| {
                format!("position {at} leaves a gap in a list of {length}; positions begin at 0 and follow each other")
            })?;
            put_at(item, rest, value)
        }
        (Value::Array(_), None) => Err(format!("`{step}` is not a position of the list")),
        _ => Err(format!("`{step}` lies below a single value")),
    }
}

/// The fields of an object as they are spelled, each given once: a second one would silently win otherwise.
#[derive(Debug)]
pub struct Fields(pub Vec<(String, Box<RawValue>)>);

impl Fields {
    /// The object they are of.
    pub fn to_text(&self) -> String {
        let fields: Vec<String> =
            self.0.iter().map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), value.get())).collect();
        format!("{{{}}}", fields.join(","))
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields: Vec<(String, Box<RawValue>)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    if fields.iter().any(|(found, _)| *found == name) {
                        return Err(A::Error::custom(format!("the field `{name}` is given twice")));
                    }
                    fields.push((name, value));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}
