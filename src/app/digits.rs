//! Spells decimals. A batch spells tens of millions of them, so this works on whole numbers of a machine word and writes
//! where the letters are wanted; whatever does not fit goes the general way.

use rust_decimal::Decimal;
use smol_str::{SmolStr, SmolStrBuilder};

use crate::domain::amount::{Amount, SHOWN_DECIMALS};

/// The decimals of a cent.
const CENT_DECIMALS: u32 = 2;

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
        Some(digits) => digits.write(out),
        None => out.extend_from_slice(amount.rounded(CENT_DECIMALS).as_bytes()),
    }
}

/// Writes what [`exact_text`] says. Returns whether that is all of it.
pub fn write_exact(out: &mut Vec<u8>, amount: &Amount) -> bool {
    if let Some((digits, exact)) = exact_digits(amount) {
        digits.write(out);
        return exact;
    }
    let (text, exact) = amount.exact_text();
    out.extend_from_slice(text.as_bytes());
    exact
}

/// A number of 10^-scale units that is to be spelled, where the scale is 12 at most.
struct Digits {
    negative: bool,
    units: u64,
    scale: u32,
    /// Whether zeros at the end, behind the dot, are left out.
    trimmed: bool,
}

impl Digits {
    /// All decimals of a cent.
    fn cents(negative: bool, units: u64) -> Self {
        Self { negative, units, scale: CENT_DECIMALS, trimmed: false }
    }

    /// Without zeros at the end.
    fn trimmed(negative: bool, units: u64, scale: u32) -> Self {
        Self { negative, units, scale, trimmed: true }
    }

    /// Hands out the letters, piece by piece.
    fn spell(&self, mut put: impl FnMut(&str)) {
        if self.negative {
            put("-");
        }
        let mut digits = itoa::Buffer::new();
        let (whole, rest) = self.parts();
        put(digits.format(whole));
        let Some(rest) = rest else { return };
        // With a one before it, the part behind the dot keeps its zeros in front.
        let rest = digits.format(rest).get(1..).unwrap_or_default();
        let kept = if self.trimmed { rest.trim_end_matches('0') } else { rest };
        if !kept.is_empty() {
            put(".");
            put(kept);
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.spell(|piece| out.extend_from_slice(piece.as_bytes()));
    }

    fn to_text(&self) -> SmolStr {
        let mut text = SmolStrBuilder::new();
        self.spell(|piece| text.push_str(piece));
        text.finish()
    }

    /// The whole part, and the one behind the dot with a one before it; `None` where there is nothing behind it.
    fn parts(&self) -> (u64, Option<u64>) {
        let Some(one) = 10_u64.checked_pow(self.scale).filter(|one| *one > 1) else { return (self.units, None) };
        let (whole, rest) = (self.units.checked_div(one), self.units.checked_rem(one));
        (whole.unwrap_or_default(), rest.and_then(|rest| one.checked_add(rest)))
    }
}

/// An amount in cents; `None` where its digits do not fit.
fn digits_in_cents(amount: &Amount) -> Option<Digits> {
    if let Some(digits) = amount.as_decimal().and_then(decimal_in_cents) {
        return Some(digits);
    }
    let (cents, _) = amount.scaled_in_words(CENT_DECIMALS)?;
    Some(Digits::cents(cents < 0, u64::try_from(cents.unsigned_abs()).ok()?))
}

/// An amount without trailing zeros, with 12 decimals at most, and whether that is all of it; `None` where its digits do
/// not fit.
fn exact_digits(amount: &Amount) -> Option<(Digits, bool)> {
    if let Some(digits) = amount.as_decimal().and_then(decimal_digits) {
        return Some((digits, true));
    }
    let (units, exact) = amount.scaled_in_words(SHOWN_DECIMALS)?;
    Some((Digits::trimmed(units < 0, u64::try_from(units.unsigned_abs()).ok()?, SHOWN_DECIMALS), exact))
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
    Some(Digits::cents(number.is_sign_negative() && cents != 0, cents))
}

/// A decimal without trailing zeros; `None` where it has more than 12 decimals, or digits that do not fit.
fn decimal_digits(number: Decimal) -> Option<Digits> {
    let units = u64::try_from(number.mantissa().unsigned_abs()).ok()?;
    let (negative, scale) = (number.is_sign_negative() && units != 0, number.scale());
    if scale > SHOWN_DECIMALS {
        let number = number.normalize();
        return (number.scale() <= SHOWN_DECIMALS).then(|| decimal_digits(number))?;
    }
    Some(Digits::trimmed(negative, units, scale))
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
