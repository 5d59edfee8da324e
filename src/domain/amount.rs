//! An exact number that knows how it moves.
//!
//! A *plain* amount is a decimal over a whole divisor: the fast path of every request.
//! An *exact* amount is a fraction, with a slope in the one input that a sweep moves (`value + slope·δ`).
//! Both are one type with the same operators, so that service, rating and rule code is written once.
//!
//! Nothing here rounds and nothing overflows: a plain result that does not fit 28 digits becomes a fraction.
//! Rounding happens in the two printing functions, [`Amount::rounded`] and [`Amount::exact_text`], and says so.

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Neg, Sub};

use dashu_base::{Abs, DivRem, UnsignedAbs};
use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// An exact fraction of two whole numbers of any size, always reduced. Small ones, as nearly all are, need no memory of
/// their own.
pub type Fraction = RBig;

/// How many decimals an exact text shows at most. Prices and inputs have up to 12.
pub const SHOWN_DECIMALS: u32 = 12;

/// Why a number could not be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Two amounts that both move with the swept input were multiplied, or one was divided by another:
    /// the result is not a straight line, and it is never approximated.
    #[error("the cost is not piecewise linear in the swept input")]
    NotPiecewiseLinear,
    /// A division by zero.
    #[error("a quantity was divided by zero")]
    DivisionByZero,
    /// A quantity rests on a fact that the data does not hold.
    #[error("the fact `{0}` is not in the data")]
    UnknownFact(&'static str),
    /// An expression names what has no value.
    #[error("the expression names `{0}`, which has no value")]
    UnknownName(String),
}

/// An exact amount: of usage, of money, of anything. See the module's own words.
#[derive(Clone)]
pub struct Amount(Repr);

#[derive(Clone)]
enum Repr {
    Plain { number: Decimal, divisor: u64 },
    Exact(Box<Line>),
}

/// The exact straight line `value + slope·δ`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The value at the point of evaluation.
    pub value: Fraction,
    /// The change for each unit that the swept input grows.
    pub slope: Fraction,
}

impl Amount {
    /// Zero.
    pub const ZERO: Self = Self(Repr::Plain { number: Decimal::ZERO, divisor: 1 });
    /// One.
    pub const ONE: Self = Self(Repr::Plain { number: Decimal::ONE, divisor: 1 });

    /// A plain decimal.
    pub const fn decimal(number: Decimal) -> Self {
        Self(Repr::Plain { number, divisor: 1 })
    }

    /// A whole number.
    pub fn whole(number: impl Into<i64>) -> Self {
        Self::decimal(Decimal::from(number.into()))
    }

    /// A fraction that does not move.
    pub fn fraction(value: Fraction) -> Self {
        Self::line(value, Fraction::ZERO)
    }

    /// `value + slope·δ`, where δ is how far the swept input has moved.
    pub fn moving(value: Fraction, slope: Fraction) -> Self {
        Self::line(value, slope)
    }

    fn line(value: Fraction, slope: Fraction) -> Self {
        // Back to the fast path where that is easy to see.
        if slope.is_zero()
            && value.is_int()
            && let Ok(whole) = i64::try_from(value.numerator())
        {
            return Self::whole(whole);
        }
        Self(Repr::Exact(Box::new(Line { value, slope })))
    }

    /// The value and the slope as exact fractions.
    pub fn to_line(&self) -> Line {
        match &self.0 {
            Repr::Plain { .. } => Line { value: self.value(), slope: Fraction::ZERO },
            Repr::Exact(line) => (**line).clone(),
        }
    }

    /// The value as an exact fraction.
    pub fn value(&self) -> Fraction {
        match &self.0 {
            Repr::Plain { number, divisor: 1 } if number.scale() == 0 => Fraction::from(number.mantissa()),
            Repr::Plain { number, divisor } => {
                Fraction::from_parts(IBig::from(number.mantissa()), power_of_ten(number.scale()) * *divisor)
            }
            Repr::Exact(line) => line.value.clone(),
        }
    }

    /// The decimal, where the amount is a plain decimal without a divisor.
    pub fn as_decimal(&self) -> Option<Decimal> {
        match &self.0 {
            Repr::Plain { number, divisor: 1 } => Some(*number),
            _ => None,
        }
    }

    /// The whole number, where the amount is one and fits. A moving amount is not one.
    pub fn as_whole(&self) -> Option<u64> {
        if let Repr::Plain { number, divisor: 1 } = &self.0 {
            return if number.fract().is_zero() { number.trunc().to_u64() } else { None };
        }
        let line = self.to_line();
        if line.slope.is_zero() && line.value.is_int() { u64::try_from(line.value.numerator()).ok() } else { None }
    }

    /// Whether the amount changes with the swept input.
    pub fn is_moving(&self) -> bool {
        match &self.0 {
            Repr::Plain { .. } => false,
            Repr::Exact(line) => !line.slope.is_zero(),
        }
    }

    fn is_one(&self) -> bool {
        matches!(&self.0, Repr::Plain { number, divisor: 1 } if *number == Decimal::ONE)
    }

    /// Whether the amount is zero and stays zero.
    pub fn is_zero(&self) -> bool {
        match &self.0 {
            Repr::Plain { number, .. } => number.is_zero(),
            Repr::Exact(line) => line.value.is_zero() && line.slope.is_zero(),
        }
    }

    /// Whether the value, at the point of evaluation, is below zero.
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Plain { number, .. } => number.is_sign_negative() && !number.is_zero(),
            Repr::Exact(line) => line.value < Fraction::ZERO,
        }
    }

    /// The amount where the swept input has moved by `delta`.
    #[must_use]
    pub fn after(&self, delta: &Fraction) -> Self {
        match &self.0 {
            Repr::Plain { .. } => self.clone(),
            Repr::Exact(line) => Self::line(&line.value + &line.slope * delta, line.slope.clone()),
        }
    }

    /// The same value, standing still.
    #[must_use]
    pub fn at_rest(&self) -> Self {
        match &self.0 {
            Repr::Plain { .. } => self.clone(),
            Repr::Exact(line) => Self::fraction(line.value.clone()),
        }
    }

    /// The product. Refused where both amounts move.
    pub fn times(&self, other: &Self) -> Result<Self, NumberError> {
        if self.is_one() {
            return Ok(other.clone());
        }
        if other.is_one() {
            return Ok(self.clone());
        }
        if let (Repr::Plain { number: a, divisor: da }, Repr::Plain { number: b, divisor: db }) = (&self.0, &other.0)
            && let (Some(number), Some(divisor)) = (multiply_exactly(*a, *b), da.checked_mul(*db))
        {
            return Ok(Self(Repr::Plain { number, divisor }));
        }
        let (a, b) = (self.to_line(), other.to_line());
        if !a.slope.is_zero() && !b.slope.is_zero() {
            return Err(NumberError::NotPiecewiseLinear);
        }
        let slope = &a.slope * &b.value + &b.slope * &a.value;
        Ok(Self::line(a.value * b.value, slope))
    }

    /// The product with a decimal that does not move, such as a price.
    #[must_use]
    pub fn times_decimal(&self, factor: Decimal) -> Self {
        if let Repr::Plain { number, divisor } = &self.0
            && let Some(number) = multiply_exactly(*number, factor)
        {
            return Self(Repr::Plain { number, divisor: *divisor });
        }
        let line = self.to_line();
        let factor = Self::decimal(factor).value();
        Self::line(line.value * &factor, line.slope * factor)
    }

    /// The product with a whole number.
    #[must_use]
    pub fn times_whole(&self, factor: u64) -> Self {
        self.times_decimal(Decimal::from(factor))
    }

    /// The amount over a whole number, such as the 3,600 seconds of an hour. Zero is read as one,
    /// since a divisor is always a constant of the code or of checked data.
    #[must_use]
    pub fn per(&self, divisor: u64) -> Self {
        let by = divisor.max(1);
        if by == 1 {
            return self.clone();
        }
        if let Repr::Plain { number, divisor } = &self.0
            && let Some(divisor) = divisor.checked_mul(by)
        {
            return Self(Repr::Plain { number: *number, divisor });
        }
        let line = self.to_line();
        let by = Fraction::from(by);
        Self::line(line.value / &by, line.slope / by)
    }

    /// The quotient. Refused where the divisor moves or is zero.
    pub fn over(&self, divisor: &Self) -> Result<Self, NumberError> {
        if let Some(whole) = divisor.as_whole().filter(|whole| *whole > 0) {
            return Ok(self.per(whole));
        }
        let (a, b) = (self.to_line(), divisor.to_line());
        if !b.slope.is_zero() {
            return Err(NumberError::NotPiecewiseLinear);
        }
        if b.value.is_zero() {
            return Err(NumberError::DivisionByZero);
        }
        Ok(Self::line(a.value / &b.value, a.slope / b.value))
    }

    /// How often a step goes into the amount, rounded down, or up; `None` where either moves or a number does not fit.
    pub(super) fn whole_steps(&self, step: &Self, up: bool) -> Option<Self> {
        let (Repr::Plain { number: a, divisor: da }, Repr::Plain { number: b, divisor: db }) = (&self.0, &step.0)
        else {
            return None;
        };
        let (scale_a, scale_b) = (a.scale(), b.scale());
        let power = |exponent: u32| 10_i128.checked_pow(exponent);
        let top = a.mantissa().checked_mul(power(scale_b.saturating_sub(scale_a))?)?.checked_mul(i128::from(*db))?;
        let bottom = b.mantissa().checked_mul(power(scale_a.saturating_sub(scale_b))?)?.checked_mul(i128::from(*da))?;
        if bottom <= 0 {
            return None;
        }
        let down = top.checked_div_euclid(bottom)?;
        let steps = if up && top.checked_rem_euclid(bottom)? != 0 { down.checked_add(1)? } else { down };
        Some(Self::whole(i64::try_from(steps).ok()?))
    }

    /// Compares the values at the point of evaluation, without a look at how they move.
    /// Code whose branch depends on the answer asks the `Probe` instead.
    pub fn compare_values(&self, other: &Self) -> Ordering {
        if let (Repr::Plain { number: a, divisor: da }, Repr::Plain { number: b, divisor: db }) = (&self.0, &other.0)
            && let Some((a, b, _)) = over_one_divisor((*a, *da), (*b, *db))
        {
            return a.cmp(&b);
        }
        self.value().cmp(&other.value())
    }

    /// The value rounded half away from zero to `decimals`, with exactly that many shown.
    pub fn rounded(&self, decimals: u32) -> String {
        spell(&self.scaled(decimals).0, decimals)
    }

    /// The value with up to 12 decimals and no trailing zeros, and whether that is all of it.
    pub fn exact_text(&self) -> (String, bool) {
        if let Repr::Plain { number, divisor: 1 } = &self.0 {
            let number = number.normalize();
            if number.scale() <= SHOWN_DECIMALS {
                return (number.to_string(), true);
            }
        }
        let (units, exact) = self.scaled(SHOWN_DECIMALS);
        let mut text = spell(&units, SHOWN_DECIMALS);
        let kept = text.trim_end_matches('0').trim_end_matches('.').len();
        text.truncate(kept);
        if text == "-0" {
            return ("0".to_owned(), exact);
        }
        (text, exact)
    }

    /// The value × 10^decimals as a whole number, rounded half away from zero, and whether nothing was lost; `None` where
    /// the amount moves or a step does not fit 128 bits.
    pub fn scaled_in_words(&self, decimals: u32) -> Option<(i128, bool)> {
        match &self.0 {
            Repr::Plain { number, divisor } => scaled_in_words(*number, *divisor, decimals),
            Repr::Exact(_) => None,
        }
    }

    /// The value × 10^decimals as a whole number, rounded half away from zero, and whether nothing was lost.
    fn scaled(&self, decimals: u32) -> (IBig, bool) {
        if let Some((units, exact)) = self.scaled_in_words(decimals) {
            return (IBig::from(units), exact);
        }
        let value = self.value() * Fraction::from(power_of_ten(decimals));
        if value.is_int() {
            return (value.into_parts().0, true);
        }
        // Half away from zero: add half a unit to the magnitude, then cut.
        let half = Fraction::from_parts(IBig::ONE, UBig::from(2_u8));
        let is_negative = value < Fraction::ZERO;
        let magnitude = (value.abs() + half).floor();
        (if is_negative { -magnitude } else { magnitude }, false)
    }
}

/// `number / divisor × 10^decimals`, rounded half away from zero, and whether nothing was lost; `None` where a step does
/// not fit 128 bits. Answers are full of such numbers: money for parts of an hour or of a month.
fn scaled_in_words(number: Decimal, divisor: u64, decimals: u32) -> Option<(i128, bool)> {
    let power = |exponent: u32| 10_i128.checked_pow(exponent);
    let (numerator, denominator) = match decimals.checked_sub(number.scale()) {
        Some(more) => (number.mantissa().checked_mul(power(more)?)?, i128::from(divisor)),
        None => (number.mantissa(), i128::from(divisor).checked_mul(power(number.scale().checked_sub(decimals)?)?)?),
    };
    let (whole, rest) = (numerator.checked_div(denominator)?, numerator.checked_rem(denominator)?);
    let is_up = rest.checked_abs()?.checked_mul(2)? >= denominator;
    Some((if is_up { whole.checked_add(numerator.signum())? } else { whole }, rest == 0))
}

/// 10 to a power.
fn power_of_ten(power: u32) -> UBig {
    UBig::from(10_u8).pow(usize::try_from(power).unwrap_or(usize::MAX))
}

/// Writes a whole number of 10^-decimals units as a decimal.
fn spell(units: &IBig, decimals: u32) -> String {
    let (whole, rest) = units.unsigned_abs().div_rem(power_of_ten(decimals));
    let sign = if *units < IBig::ZERO { "-" } else { "" };
    if decimals == 0 {
        return format!("{sign}{whole}");
    }
    let width = usize::try_from(decimals).unwrap_or(0);
    format!("{sign}{whole}.{:0>width$}", rest.to_string())
}

/// The exact product of two decimals, where it fits 28 digits.
fn multiply_exactly(a: Decimal, b: Decimal) -> Option<Decimal> {
    if a.is_zero() || b.is_zero() {
        return Some(Decimal::ZERO);
    }
    let keeps_all = |a: Decimal, b: Decimal| {
        let product = a.checked_mul(b)?;
        (product.scale() == a.scale().checked_add(b.scale())?).then_some(product)
    };
    keeps_all(a, b).or_else(|| keeps_all(a.normalize(), b.normalize()))
}

/// Two decimals over whole divisors, brought over one divisor, where that fits.
fn over_one_divisor((a, da): (Decimal, u64), (b, db): (Decimal, u64)) -> Option<(Decimal, Decimal, u64)> {
    if da == db {
        return Some((a, b, da));
    }
    let (more_a, more_b) = match greatest_common_divisor(da, db) {
        1 => (db, da),
        common => (db.checked_div(common)?, da.checked_div(common)?),
    };
    let over =
        |number: Decimal, more: u64| if more == 1 { Some(number) } else { multiply_exactly(number, more.into()) };
    Some((over(a, more_a)?, over(b, more_b)?, da.checked_mul(more_a)?))
}

/// The largest whole number that divides both, by Euclid.
fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while let Some(rest) = a.checked_rem(b) {
        (a, b) = (b, rest);
    }
    a
}

/// The exact sum of two decimals, where it fits 28 digits.
fn add_exactly(a: Decimal, b: Decimal) -> Option<Decimal> {
    if a.is_zero() {
        return Some(b);
    }
    if b.is_zero() {
        return Some(a);
    }
    let keeps_all = |a: Decimal, b: Decimal| {
        let sum = a.checked_add(b)?;
        (sum.is_zero() || sum.scale() >= a.scale().max(b.scale())).then_some(sum)
    };
    keeps_all(a, b).or_else(|| keeps_all(a.normalize(), b.normalize()))
}

impl Add<&Amount> for &Amount {
    type Output = Amount;
    fn add(self, other: &Amount) -> Amount {
        if self.is_zero() {
            return other.clone();
        }
        if other.is_zero() {
            return self.clone();
        }
        if let (Repr::Plain { number: a, divisor: da }, Repr::Plain { number: b, divisor: db }) = (&self.0, &other.0)
            && let Some((a, b, divisor)) = over_one_divisor((*a, *da), (*b, *db))
            && let Some(number) = add_exactly(a, b)
        {
            return Amount(Repr::Plain { number, divisor });
        }
        let (a, b) = (self.to_line(), other.to_line());
        Amount::line(a.value + b.value, a.slope + b.slope)
    }
}

impl Neg for &Amount {
    type Output = Amount;
    fn neg(self) -> Amount {
        match &self.0 {
            Repr::Plain { number, divisor } => {
                let mut number = *number;
                number.set_sign_negative(!number.is_sign_negative());
                Amount(Repr::Plain { number, divisor: *divisor })
            }
            Repr::Exact(line) => Amount::line(-&line.value, -&line.slope),
        }
    }
}

impl Sub<&Amount> for &Amount {
    type Output = Amount;
    fn sub(self, other: &Amount) -> Amount {
        if other.is_zero() {
            return self.clone();
        }
        self + &(-other)
    }
}

impl Default for Amount {
    fn default() -> Self {
        Self::ZERO
    }
}

impl From<Decimal> for Amount {
    fn from(number: Decimal) -> Self {
        Self::decimal(number)
    }
}

impl PartialEq for Amount {
    /// Equal in value and in slope.
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Plain { number: a, divisor: da }, Repr::Plain { number: b, divisor: db }) if da == db => a == b,
            _ => self.to_line() == other.to_line(),
        }
    }
}

impl Eq for Amount {}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.exact_text().0)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.to_line();
        if line.slope.is_zero() { write!(f, "{self}") } else { write!(f, "{} + {}·δ", line.value, line.slope) }
    }
}
