//! Reads decimals as they are spelled: from JSON, YAML and CSV.
//!
//! This is the one file where floats may occur, since that is how serde hands over a JSON number.
//! A number is accepted as a string, a whole number, or a JSON number of up to 15 significant digits, which is
//! read as the decimal it spells (`0.1` is 1/10). A longer number has lost digits before it reaches us, so it is
//! refused with "send it as a string".

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{self, Deserialize, Deserializer, Visitor};

use super::amount::Amount;

/// The longest text read as a number.
pub const MAX_TEXT: usize = 64;
/// The most decimals an input or a price may have.
pub const MAX_DECIMALS: u32 = 12;
/// The largest magnitude of an input: 10^15.
pub const MAX_MAGNITUDE: Decimal = Decimal::from_parts(2_764_472_320, 232_830, 0, false, 0);
/// The most digits before the dot of a number that is surely below the largest magnitude.
const SHORT_WHOLE: usize = 15;
/// The most significant digits a JSON number keeps.
const MAX_JSON_DIGITS: usize = 15;

/// Reads a decimal from text: digits, at most one dot with digits on both sides, an optional minus.
///
/// # Errors
/// A sentence that says what is allowed, for texts of any other form, with over 12 decimals or beyond 10^15.
pub fn decimal_from_text(text: &str) -> Result<Decimal, String> {
    if text.len() > MAX_TEXT {
        return Err(format!("a number of {} characters; at most {MAX_TEXT} are read", text.len()));
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = match digits.split_once('.') {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (digits, None),
    };
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !decimals.is_none_or(all_digits) {
        return Err(format!("`{text}` is not a decimal number such as `12.5`"));
    }
    let decimals = decimals.map_or("", |d| d.trim_end_matches('0'));
    if decimals.len() > MAX_DECIMALS as usize {
        return Err(format!("`{text}` has more than {MAX_DECIMALS} decimals"));
    }
    if whole.len() <= SHORT_WHOLE {
        // Digits that fit a machine word, as nearly all do.
        let units = whole
            .bytes()
            .chain(decimals.bytes())
            .fold(0_i128, |units, digit| units.wrapping_mul(10).wrapping_add(i128::from(digit.wrapping_sub(b'0'))));
        let units = if text.starts_with('-') { units.wrapping_neg() } else { units };
        let scale = u32::try_from(decimals.len()).unwrap_or_default();
        return Decimal::try_from_i128_with_scale(units, scale)
            .map_err(|_| format!("`{text}` is beyond 1,000,000,000,000,000"));
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    let dot = if decimals.is_empty() { "" } else { "." };
    let number = Decimal::from_str_exact(&format!("{sign}{whole}{dot}{decimals}"))
        .map_err(|_| format!("`{text}` is beyond 1,000,000,000,000,000"))?;
    if number.abs() > MAX_MAGNITUDE {
        return Err(format!("`{text}` is beyond 1,000,000,000,000,000"));
    }
    Ok(number)
}

/// Reads a JSON number as the decimal it spells.
fn decimal_from_json_number(number: f64) -> Result<Decimal, String> {
    // Rust prints the shortest decimal that reads back as the same float.
    let text = format!("{number}");
    let mut digits = text.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0');
    // Zeros count where another digit follows them.
    let significant = digits.by_ref().zip(1_usize..).filter(|(digit, _)| *digit != b'0').last().map_or(0, |(_, at)| at);
    if significant > MAX_JSON_DIGITS {
        return Err(format!("a JSON number keeps {MAX_JSON_DIGITS} digits and this one has more; send it as a string"));
    }
    decimal_from_text(&text)
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Amount;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal number, as a number or a string")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Amount, E> {
                decimal_from_text(text).map(Amount::decimal).map_err(E::custom)
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Amount, E> {
                if Decimal::from(number) <= MAX_MAGNITUDE {
                    return Ok(Amount::decimal(number.into()));
                }
                self.visit_str(&number.to_string())
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Amount, E> {
                if Decimal::from(number).abs() <= MAX_MAGNITUDE {
                    return Ok(Amount::decimal(number.into()));
                }
                self.visit_str(&number.to_string())
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Amount, E> {
                decimal_from_json_number(number).map(Amount::decimal).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<String, String> {
        serde_json::from_str::<Amount>(json).map(|a| a.to_string()).map_err(|e| e.to_string())
    }

    #[test]
    fn decimals_are_read_as_spelled() {
        for (json, expected) in [
            ("0.1", "0.1"),
            ("\"0.10\"", "0.1"),
            ("7", "7"),
            ("-3", "-3"),
            ("1e3", "1000"),
            ("2.5e-3", "0.0025"),
            ("\"1000000000000000\"", "1000000000000000"),
            ("\"0.000000000001\"", "0.000000000001"),
            ("123456789.123456", "123456789.123456"),
            ("1.50", "1.5"),
            ("-0", "0"),
            ("-0.0", "0"),
        ] {
            assert_eq!(read(json).as_deref(), Ok(expected), "{json}");
        }
    }

    #[test]
    fn what_is_not_a_decimal_is_refused_with_the_reason() {
        for (json, words) in [
            ("0.1234567890123456", "send it as a string"),
            ("\"NaN\"", "not a decimal number"),
            ("1e400", "out of range"),
            ("\"1e5\"", "not a decimal number"),
            ("\"1_000\"", "not a decimal number"),
            ("\"+1\"", "not a decimal number"),
            ("\".5\"", "not a decimal number"),
            ("\"5.\"", "not a decimal number"),
            ("\"\"", "not a decimal number"),
            ("\" 1\"", "not a decimal number"),
            ("\"0x10\"", "not a decimal number"),
            ("\"1.1234567890123\"", "12 decimals"),
            ("\"1000000000000001\"", "beyond"),
            ("1e20", "beyond"),
            ("true", "a decimal number"),
            ("null", "a decimal number"),
            ("\"٣\"", "not a decimal number"),
        ] {
            let message = read(json).expect_err(json);
            assert!(message.contains(words), "{json}: {message}");
        }
        let long = format!("\"{}\"", "1".repeat(1_000_000));
        assert!(read(&long).expect_err("too long").contains("at most 64"));
    }

    #[test]
    fn the_cap_is_ten_to_the_fifteenth() {
        assert_eq!(MAX_MAGNITUDE, Decimal::from(1_000_000_000_000_000_u64));
    }

    /// With serde_json's `arbitrary_precision` anywhere in the build, `1.0` and `1.00` would differ as values,
    /// and numbers would reach visitors as maps.
    #[test]
    fn arbitrary_precision_is_off() {
        let value = |text| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
        assert_eq!(value("1.0"), value("1.00"));
    }
}
