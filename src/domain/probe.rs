//! The probe: everything that can bend a line goes through it.
//!
//! A number that moves with a swept input is a straight line until some branch changes: a comparison turns,
//! a `ceil` steps, a tier ends. Each such corner is a method here. It answers for the point *just after* the
//! current one (it compares `(value, slope)` lexicographically, so that a value exactly on an edge with a
//! positive slope counts as just past it) and remembers the **horizon**: how far the input can move before any
//! answer given so far would change. [`trace`] marches from horizon to horizon and so draws the whole
//! piecewise-linear function with one evaluation of the very code that prices a request per straight piece.

use std::cmp::Ordering;

use dashu_int::IBig;

use super::amount::{Amount, Fraction, NumberError};

/// Remembers how far the swept input can move before a branch taken so far would change.
#[derive(Debug, Default)]
pub struct Probe {
    horizon: Option<Fraction>,
}

impl Probe {
    /// A probe that has seen no corner yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How far the swept input can grow before a corner; `None` where no corner lies ahead. Always above zero.
    pub fn horizon(&self) -> Option<&Fraction> {
        self.horizon.as_ref()
    }

    fn corner_at(&mut self, delta: Fraction) {
        if delta > Fraction::ZERO && self.horizon.as_ref().is_none_or(|known| delta < *known) {
            self.horizon = Some(delta);
        }
    }

    /// Compares two amounts just after the current point.
    pub fn compare(&mut self, a: &Amount, b: &Amount) -> Ordering {
        if !a.is_moving() && !b.is_moving() {
            return a.compare_values(b);
        }
        let difference = (a - b).to_line();
        if difference.slope.is_zero() {
            return difference.value.cmp(&Fraction::ZERO);
        }
        // The difference is zero at δ = -value / slope.
        self.corner_at(-&difference.value / &difference.slope);
        match difference.value.cmp(&Fraction::ZERO) {
            Ordering::Equal => difference.slope.cmp(&Fraction::ZERO),
            other => other,
        }
    }

    /// Whether `a < b` just after the current point.
    pub fn less(&mut self, a: &Amount, b: &Amount) -> bool {
        self.compare(a, b) == Ordering::Less
    }

    /// Whether `a > b` just after the current point.
    pub fn more(&mut self, a: &Amount, b: &Amount) -> bool {
        self.compare(a, b) == Ordering::Greater
    }

    /// Whether the amount is above zero just after the current point.
    pub fn positive(&mut self, a: &Amount) -> bool {
        self.more(a, &Amount::ZERO)
    }

    /// The smaller of two amounts.
    pub fn min(&mut self, a: &Amount, b: &Amount) -> Amount {
        if self.compare(a, b) == Ordering::Greater { b.clone() } else { a.clone() }
    }

    /// The larger of two amounts.
    pub fn max(&mut self, a: &Amount, b: &Amount) -> Amount {
        if self.compare(a, b) == Ordering::Less { b.clone() } else { a.clone() }
    }

    /// `a − b`, or zero where that is negative.
    pub fn beyond(&mut self, a: &Amount, b: &Amount) -> Amount {
        self.max(&(a - b), &Amount::ZERO)
    }

    /// The item with the smallest amount; the earlier of two equal ones.
    pub fn min_by<T>(&mut self, items: impl IntoIterator<Item = T>, amount: impl Fn(&T) -> Amount) -> Option<T> {
        let mut best: Option<(T, Amount)> = None;
        for item in items {
            let its = amount(&item);
            let wins = best.as_ref().is_none_or(|(_, least)| self.compare(&its, least) == Ordering::Less);
            if wins {
                best = Some((item, its));
            }
        }
        best.map(|(item, _)| item)
    }

    /// `x / step` rounded up to a whole number. The step must stand still and be above zero.
    pub fn ceil_div(&mut self, x: &Amount, step: &Amount) -> Result<Amount, NumberError> {
        self.whole_div(x, step, true)
    }

    /// `x / step` rounded down to a whole number. The step must stand still and be above zero.
    pub fn floor_div(&mut self, x: &Amount, step: &Amount) -> Result<Amount, NumberError> {
        self.whole_div(x, step, false)
    }

    fn whole_div(&mut self, x: &Amount, step: &Amount, up: bool) -> Result<Amount, NumberError> {
        // What stands still has no corner.
        if let Some(steps) = x.whole_steps(step, up) {
            return Ok(steps);
        }
        let steps = x.over(step)?.to_line();
        // Just after the point: on a whole number the direction of the movement decides the side.
        let here = if steps.value.is_int() && !steps.slope.is_zero() {
            let at = steps.value.numerator().clone();
            match (up, steps.slope > Fraction::ZERO) {
                (true, true) => at + IBig::ONE,
                (false, false) => at - IBig::ONE,
                (true, false) | (false, true) => at,
            }
        } else if up {
            steps.value.ceil()
        } else {
            steps.value.floor()
        };
        if !steps.slope.is_zero() {
            // The whole number at which the answer changes next.
            let edge = match (up, steps.slope > Fraction::ZERO) {
                (true, true) | (false, false) => here.clone(),
                (true, false) => &here - IBig::ONE,
                (false, true) => &here + IBig::ONE,
            };
            self.corner_at((Fraction::from(edge) - &steps.value) / &steps.slope);
        }
        Ok(Amount::fraction(Fraction::from(here)))
    }

    /// How much of the stretch `from … to` lies between `low` and `high` (`None`: no upper end).
    /// This is how a record's quantity is laid over one tier of a ladder.
    pub fn overlap(&mut self, from: &Amount, to: &Amount, low: &Amount, high: Option<&Amount>) -> Amount {
        let start = self.max(from, low);
        let end = match high {
            Some(high) => self.min(to, high),
            None => to.clone(),
        };
        self.beyond(&end, &start)
    }
}

/// One straight piece of a trace: from a breakpoint (whose own value is kept apart) to the next.
#[derive(Debug, Clone)]
pub struct Segment<T> {
    /// Where the piece begins.
    pub from: Fraction,
    /// Where it ends: the next breakpoint, or the end of the trace.
    pub to: Fraction,
    /// The plain evaluation exactly at `from`. At a step it differs from the limit of either piece.
    pub at_from: T,
    /// The evaluation just after `from`: its amounts are lines in the distance from `from`.
    pub after: T,
}

/// A piecewise-linear function, drawn exactly.
#[derive(Debug, Clone)]
pub struct Trace<T> {
    /// The straight pieces in order; they touch.
    pub segments: Vec<Segment<T>>,
    /// The plain evaluation at the end of the range.
    pub at_end: T,
    /// Where the trace stopped early because it had too many pieces.
    pub truncated_at: Option<Fraction>,
}

/// Draws `evaluate` over `from … to` by marching from horizon to horizon, `limit` pieces at most.
pub fn trace<T, E>(
    from: &Fraction,
    to: &Fraction,
    limit: usize,
    mut evaluate: impl FnMut(&mut Probe, Amount) -> Result<T, E>,
) -> Result<Trace<T>, E> {
    let mut segments = Vec::new();
    let mut at = from.clone();
    let mut truncated_at = None;
    while at < *to {
        if segments.len() >= limit {
            truncated_at = Some(at.clone());
            break;
        }
        let at_from = evaluate(&mut Probe::new(), Amount::fraction(at.clone()))?;
        let mut probe = Probe::new();
        let after = evaluate(&mut probe, Amount::moving(at.clone(), Fraction::ONE))?;
        let next = match probe.horizon() {
            Some(delta) => (&at + delta).min(to.clone()),
            None => to.clone(),
        };
        segments.push(Segment { from: at, to: next.clone(), at_from, after });
        at = next;
    }
    let at_end = evaluate(&mut Probe::new(), Amount::fraction(at))?;
    Ok(Trace { segments, at_end, truncated_at })
}
