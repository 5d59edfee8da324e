//! Spells decimals. A batch spells tens of millions of them, so this makes no text that needs memory of its own, and
//! works on whole numbers of a machine word; whatever does not fit goes the general way.

use rust_decimal::Decimal;
use smol_str::SmolStr;

use crate::domain::amount::{Amount, SHOWN_DECIMALS};

/// The decimals of a cent.
const CENT_DECIMALS: u32 = 2;
/// Room for the twenty digits of the largest word, the dot and the sign.
const ROOM: usize = 22;

/// US dollars rounded to cents, half away from zero.
pub fn in_cents(amount: &Amount) -> SmolStr {
    match digits_in_cents(amount) {
        Some(digits) => digits.to_text(),
        None => amount.rounded(CENT_DECIMALS).into(),
    }
}

/// An amount with up to 12 decimals, and whether that is all of it.
pub fn exact_text(amount: &Amount) -> (SmolStr, bool) {
    if let Some((digits, exact)) = exact_digits(amount) {
        return (digits.to_text(), exact);
    }
    let (text, exact) = amount.exact_text();
    (text.into(), exact)
}

/// An amount with up to 12 decimals.
pub fn text(amount: &Amount) -> SmolStr {
    exact_text(amount).0
}

/// Writes what [`in_cents`] says.
pub fn write_cents(out: &mut Vec<u8>, amount: &Amount) {
    match digits_in_cents(amount) {
        Some(digits) => out.extend_from_slice(digits.letters()),
        None => out.extend_from_slice(amount.rounded(CENT_DECIMALS).as_bytes()),
    }
}

/// Writes what [`exact_text`] says. Returns whether that is all of it.
pub fn write_exact(out: &mut Vec<u8>, amount: &Amount) -> bool {
    if let Some((digits, exact)) = exact_digits(amount) {
        out.extend_from_slice(digits.letters());
        return exact;
    }
    let (text, exact) = amount.exact_text();
    out.extend_from_slice(text.as_bytes());
    exact
}

/// A spelled number.
struct Digits {
    /// The letters, at the end.
    room: [u8; ROOM],
    begin: usize,
}

impl Digits {
    /// Spells a whole number of 10^-scale units, where the scale is 12 at most.
    fn of(negative: bool, mut units: u64, scale: u32) -> Self {
        let mut digits = Self { room: [0; ROOM], begin: ROOM };
        let mut count = 0_u32;
        while units > 0 || count <= scale {
            if count == scale && scale > 0 {
                digits.put(b'.');
            }
            digits.put(b'0'.saturating_add(u8::try_from(units % 10).unwrap_or_default()));
            units /= 10;
            count = count.saturating_add(1);
        }
        if negative {
            digits.put(b'-');
        }
        digits
    }

    fn put(&mut self, letter: u8) {
        self.begin = self.begin.saturating_sub(1);
        if let Some(place) = self.room.get_mut(self.begin) {
            *place = letter;
        }
    }

    fn letters(&self) -> &[u8] {
        self.room.get(self.begin..).unwrap_or_default()
    }

    fn to_text(&self) -> SmolStr {
        SmolStr::new(std::str::from_utf8(self.letters()).unwrap_or_default())
    }
}

/// An amount in cents; `None` where its digits do not fit.
fn digits_in_cents(amount: &Amount) -> Option<Digits> {
    if let Some(digits) = amount.as_decimal().and_then(decimal_in_cents) {
        return Some(digits);
    }
    let (cents, _) = amount.scaled_in_words(CENT_DECIMALS)?;
    Some(Digits::of(cents < 0, u64::try_from(cents.unsigned_abs()).ok()?, CENT_DECIMALS))
}

/// An amount without trailing zeros, with 12 decimals at most, and whether that is all of it; `None` where its digits do
/// not fit.
fn exact_digits(amount: &Amount) -> Option<(Digits, bool)> {
    if let Some(digits) = amount.as_decimal().and_then(decimal_digits) {
        return Some((digits, true));
    }
    let (units, exact) = amount.scaled_in_words(SHOWN_DECIMALS)?;
    Some((trimmed(units < 0, u64::try_from(units.unsigned_abs()).ok()?, SHOWN_DECIMALS), exact))
}

/// A decimal in cents; `None` where its digits do not fit.
fn decimal_in_cents(number: Decimal) -> Option<Digits> {
    let units = u64::try_from(number.mantissa().unsigned_abs()).ok()?;
    let cents = match number.scale().checked_sub(CENT_DECIMALS) {
        Some(beyond) => {
            let part = 10_u64.checked_pow(beyond)?;
            let rest = units.checked_rem(part)?;
            units.checked_div(part)?.checked_add(u64::from(rest >= part.checked_sub(rest)?))?
        }
        None => units.checked_mul(10_u64.checked_pow(CENT_DECIMALS.checked_sub(number.scale())?)?)?,
    };
    Some(Digits::of(number.is_sign_negative() && cents != 0, cents, CENT_DECIMALS))
}

/// A decimal without trailing zeros; `None` where it has more than 12 decimals, or digits that do not fit.
fn decimal_digits(number: Decimal) -> Option<Digits> {
    let units = u64::try_from(number.mantissa().unsigned_abs()).ok()?;
    let (negative, scale) = (number.is_sign_negative() && units != 0, number.scale());
    if scale > SHOWN_DECIMALS {
        let number = number.normalize();
        return (number.scale() <= SHOWN_DECIMALS).then(|| decimal_digits(number))?;
    }
    Some(trimmed(negative, units, scale))
}

/// A whole number of 10^-scale units without trailing zeros behind the dot.
fn trimmed(negative: bool, mut units: u64, mut scale: u32) -> Digits {
    while scale > 0 && units.is_multiple_of(10) {
        units /= 10;
        scale = scale.saturating_sub(1);
    }
    Digits::of(negative, units, scale)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The quick way and the general way spell the same.
        #[test]
        fn amounts_are_spelled_as_they_spell_themselves(
            units in any::<i64>(),
            scale in 0_u32..=28,
            short in 0_u32..63,
            divisor in 1_u64..100_000,
        ) {
            for units in [units, units >> short, ((units >> short) / 100).saturating_mul(100)] {
                let decimal = Amount::decimal(Decimal::from_i128_with_scale(units.into(), scale));
                for amount in [decimal.per(divisor), decimal] {
                    let (expected, exact) = amount.exact_text();
                    prop_assert_eq!(exact_text(&amount), (SmolStr::from(&expected), exact));
                    prop_assert_eq!(in_cents(&amount), amount.rounded(2));
                    let mut written = Vec::new();
                    prop_assert_eq!(write_exact(&mut written, &amount), exact);
                    prop_assert_eq!(written, expected.into_bytes());
                }
            }
        }
    }

    #[test]
    fn the_edges_are_spelled_too() {
        for (units, scale, exact, cents) in [
            (0, 0, "0", "0.00"),
            (-4, 3, "-0.004", "0.00"),
            (-5, 3, "-0.005", "-0.01"),
            (995, 3, "0.995", "1.00"),
            (i128::from(u64::MAX), 12, "18446744.073709551615", "18446744.07"),
            (i128::from(u64::MAX), 0, "18446744073709551615", "18446744073709551615.00"),
            (i128::from(u64::MAX) * 10, 1, "18446744073709551615", "18446744073709551615.00"),
            (1, 12, "0.000000000001", "0.00"),
        ] {
            let amount = Amount::decimal(Decimal::from_i128_with_scale(units, scale));
            assert_eq!((exact_text(&amount).0.as_str(), in_cents(&amount).as_str()), (exact, cents));
        }
    }
}
