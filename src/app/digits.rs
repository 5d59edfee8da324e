//! Spells decimals. A batch spells tens of millions of them, so this makes no text that needs memory of its own, and
//! works on whole numbers of a machine word; whatever does not fit goes the general way.

use rust_decimal::Decimal;
use smol_str::SmolStr;

use crate::domain::amount::{Amount, SHOWN_DECIMALS};

/// The decimals of a cent.
const CENT_DECIMALS: u32 = 2;

/// US dollars rounded to cents, half away from zero.
pub fn in_cents(amount: &Amount) -> SmolStr {
    amount.as_decimal().and_then(decimal_in_cents).unwrap_or_else(|| amount.rounded(CENT_DECIMALS).into())
}

/// An amount with up to 12 decimals, and whether that is all of it.
pub fn exact_text(amount: &Amount) -> (SmolStr, bool) {
    if let Some(text) = amount.as_decimal().and_then(decimal_text) {
        return (text, true);
    }
    let (text, exact) = amount.exact_text();
    (text.into(), exact)
}

/// An amount with up to 12 decimals.
pub fn text(amount: &Amount) -> SmolStr {
    exact_text(amount).0
}

/// A decimal in cents; `None` where its digits do not fit.
fn decimal_in_cents(number: Decimal) -> Option<SmolStr> {
    let units = u64::try_from(number.mantissa().unsigned_abs()).ok()?;
    let cents = match number.scale().checked_sub(CENT_DECIMALS) {
        Some(beyond) => {
            let part = 10_u64.checked_pow(beyond)?;
            let rest = units.checked_rem(part)?;
            units.checked_div(part)?.checked_add(u64::from(rest >= part.checked_sub(rest)?))?
        }
        None => units.checked_mul(10_u64.checked_pow(CENT_DECIMALS.checked_sub(number.scale())?)?)?,
    };
    Some(spelled(number.is_sign_negative() && cents != 0, cents, CENT_DECIMALS))
}

/// A decimal without trailing zeros; `None` where it has more than 12 decimals, or digits that do not fit.
fn decimal_text(number: Decimal) -> Option<SmolStr> {
    let mut units = u64::try_from(number.mantissa().unsigned_abs()).ok()?;
    let mut scale = number.scale();
    while scale > 0 && units.is_multiple_of(10) {
        units /= 10;
        scale = scale.checked_sub(1)?;
    }
    (scale <= SHOWN_DECIMALS).then(|| spelled(number.is_sign_negative() && units != 0, units, scale))
}

/// Spells a whole number of 10^-scale units, where the scale is 12 at most.
fn spelled(negative: bool, mut units: u64, scale: u32) -> SmolStr {
    // The twenty digits of the largest word, the dot and the sign.
    let mut letters = [0_u8; 22];
    let mut begin = letters.len();
    let mut put = |letter: u8| {
        begin = begin.saturating_sub(1);
        if let Some(place) = letters.get_mut(begin) {
            *place = letter;
        }
    };
    let mut digits = 0_u32;
    while units > 0 || digits <= scale {
        if digits == scale && scale > 0 {
            put(b'.');
        }
        put(b'0'.saturating_add(u8::try_from(units % 10).unwrap_or_default()));
        units /= 10;
        digits = digits.saturating_add(1);
    }
    if negative {
        put(b'-');
    }
    SmolStr::new(letters.get(begin..).and_then(|letters| std::str::from_utf8(letters).ok()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The quick way and the general way spell the same.
        #[test]
        fn amounts_are_spelled_as_they_spell_themselves(units in any::<i64>(), scale in 0_u32..=28, short in 0_u32..63) {
            for units in [units, units >> short, ((units >> short) / 100).saturating_mul(100)] {
                let amount = Amount::decimal(Decimal::from_i128_with_scale(units.into(), scale));
                let (expected, exact) = amount.exact_text();
                prop_assert_eq!(exact_text(&amount), (SmolStr::from(expected), exact));
                prop_assert_eq!(in_cents(&amount), amount.rounded(2));
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
