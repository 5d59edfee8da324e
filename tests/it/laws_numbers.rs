//! Laws of the numbers: an amount is an exact fraction, and a trace is the function it draws.
//!
//! The reference is a second evaluator on plain fractions that knows no slope and no horizon. It also writes down
//! every branch it takes, so that a trace can be held to the branches that really change: no more, no fewer.

use std::cmp::Ordering;

use dashu_base::Abs;
use dashu_int::{IBig, UBig};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crossover::domain::amount::{Amount, Fraction, NumberError};
use crossover::domain::probe::{Probe, Segment, Trace, trace};

/// The most segments of a trace.
const LIMIT: usize = 5_000;

/// A formula in one input, over everything that amounts and the probe can do.
#[derive(Debug, Clone)]
enum Formula {
    /// A constant of any form.
    Constant(Constant),
    /// The input.
    Input,
    Add(Box<Formula>, Box<Formula>),
    Sub(Box<Formula>, Box<Formula>),
    /// The product with a constant.
    Times(Box<Formula>, Constant),
    TimesDecimal(Box<Formula>, Decimal),
    TimesWhole(Box<Formula>, u64),
    Per(Box<Formula>, u64),
    Over(Box<Formula>, Step),
    Min(Box<Formula>, Box<Formula>),
    Max(Box<Formula>, Box<Formula>),
    Beyond(Box<Formula>, Box<Formula>),
    Ceil(Box<Formula>, Step),
    Floor(Box<Formula>, Step),
    /// How much of `0 … a` lies between `low` and `low + width`.
    Overlap(Box<Formula>, Constant, Option<Step>),
    /// The cheapest of several.
    Cheapest(Vec<Formula>),
    /// One of two, by a comparison.
    Rule(Box<Formula>, Box<Formula>, Box<Formula>, Box<Formula>),
}

/// A constant in one of the forms an amount has inside.
#[derive(Debug, Clone)]
enum Constant {
    Decimal(Decimal),
    Divided(Decimal, u64),
    Fraction(i64, u32),
}

/// A constant above zero.
#[derive(Debug, Clone)]
struct Step(u32, u32);

fn whole(number: impl Into<IBig>) -> Fraction {
    Fraction::from(number.into())
}

fn fraction_of(number: Decimal) -> Fraction {
    Fraction::from_parts(IBig::from(number.mantissa()), UBig::from(10_u8).pow(number.scale() as usize))
}

impl Constant {
    fn amount(&self) -> Amount {
        match self {
            Self::Decimal(number) => Amount::decimal(*number),
            Self::Divided(number, divisor) => Amount::decimal(*number).per(*divisor),
            Self::Fraction(numer, denom) => Amount::fraction(Fraction::from_parts((*numer).into(), (*denom).into())),
        }
    }

    fn value(&self) -> Fraction {
        match self {
            Self::Decimal(number) => fraction_of(*number),
            Self::Divided(number, divisor) => fraction_of(*number) / whole(*divisor),
            Self::Fraction(numer, denom) => Fraction::from_parts((*numer).into(), (*denom).into()),
        }
    }
}

impl Step {
    fn amount(&self) -> Amount {
        Amount::whole(self.0).per(u64::from(self.1))
    }

    fn value(&self) -> Fraction {
        Fraction::from_parts(self.0.into(), self.1.into())
    }
}

/// A branch that the reference took.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Branch {
    Compared(Ordering),
    Whole(IBig),
}

impl Formula {
    /// The formula as the code under test computes it.
    fn run(&self, probe: &mut Probe, x: &Amount) -> Result<Amount, NumberError> {
        Ok(match self {
            Self::Constant(constant) => constant.amount(),
            Self::Input => x.clone(),
            Self::Add(a, b) => &a.run(probe, x)? + &b.run(probe, x)?,
            Self::Sub(a, b) => &a.run(probe, x)? - &b.run(probe, x)?,
            Self::Times(a, by) => a.run(probe, x)?.times(&by.amount())?,
            Self::TimesDecimal(a, by) => a.run(probe, x)?.times_decimal(*by),
            Self::TimesWhole(a, by) => a.run(probe, x)?.times_whole(*by),
            Self::Per(a, by) => a.run(probe, x)?.per(*by),
            Self::Over(a, by) => a.run(probe, x)?.over(&by.amount())?,
            Self::Min(a, b) => {
                let (a, b) = (a.run(probe, x)?, b.run(probe, x)?);
                probe.min(&a, &b)
            }
            Self::Max(a, b) => {
                let (a, b) = (a.run(probe, x)?, b.run(probe, x)?);
                probe.max(&a, &b)
            }
            Self::Beyond(a, b) => {
                let (a, b) = (a.run(probe, x)?, b.run(probe, x)?);
                probe.beyond(&a, &b)
            }
            Self::Ceil(a, step) => {
                let a = a.run(probe, x)?;
                probe.ceil_div(&a, &step.amount())?
            }
            Self::Floor(a, step) => {
                let a = a.run(probe, x)?;
                probe.floor_div(&a, &step.amount())?
            }
            Self::Overlap(a, low, width) => {
                let a = a.run(probe, x)?;
                let low = low.amount();
                let high = width.as_ref().map(|width| &low + &width.amount());
                probe.overlap(&Amount::ZERO, &a, &low, high.as_ref())
            }
            Self::Cheapest(items) => {
                let amounts = items.iter().map(|item| item.run(probe, x)).collect::<Result<Vec<_>, _>>()?;
                probe.min_by(amounts, Clone::clone).expect("there is one")
            }
            Self::Rule(a, b, then, otherwise) => {
                let (a, b) = (a.run(probe, x)?, b.run(probe, x)?);
                if probe.less(&a, &b) { then.run(probe, x)? } else { otherwise.run(probe, x)? }
            }
        })
    }

    /// The formula at one point, on plain fractions, with the branches it takes there.
    fn reference(&self, x: &Fraction, branches: &mut Vec<Branch>) -> Fraction {
        fn order(a: &Fraction, b: &Fraction, branches: &mut Vec<Branch>) -> Ordering {
            let order = a.cmp(b);
            branches.push(Branch::Compared(order));
            order
        }
        fn smaller(a: Fraction, b: Fraction, branches: &mut Vec<Branch>) -> Fraction {
            if order(&a, &b, branches) == Ordering::Greater { b } else { a }
        }
        fn larger(a: Fraction, b: Fraction, branches: &mut Vec<Branch>) -> Fraction {
            if order(&a, &b, branches) == Ordering::Less { b } else { a }
        }
        match self {
            Self::Constant(constant) => constant.value(),
            Self::Input => x.clone(),
            Self::Add(a, b) => a.reference(x, branches) + b.reference(x, branches),
            Self::Sub(a, b) => a.reference(x, branches) - b.reference(x, branches),
            Self::Times(a, by) => a.reference(x, branches) * by.value(),
            Self::TimesDecimal(a, by) => a.reference(x, branches) * fraction_of(*by),
            Self::TimesWhole(a, by) => a.reference(x, branches) * whole(*by),
            Self::Per(a, by) => a.reference(x, branches) / whole(*by),
            Self::Over(a, by) => a.reference(x, branches) / by.value(),
            Self::Min(a, b) => smaller(a.reference(x, branches), b.reference(x, branches), branches),
            Self::Max(a, b) => larger(a.reference(x, branches), b.reference(x, branches), branches),
            Self::Beyond(a, b) => larger(a.reference(x, branches) - b.reference(x, branches), Fraction::ZERO, branches),
            Self::Ceil(a, step) => {
                let whole = (a.reference(x, branches) / step.value()).ceil();
                branches.push(Branch::Whole(whole.clone()));
                Fraction::from(whole)
            }
            Self::Floor(a, step) => {
                let whole = (a.reference(x, branches) / step.value()).floor();
                branches.push(Branch::Whole(whole.clone()));
                Fraction::from(whole)
            }
            Self::Overlap(a, low, width) => {
                let a = a.reference(x, branches);
                let low = low.value();
                let start = larger(Fraction::ZERO, low.clone(), branches);
                let end = match width {
                    Some(width) => smaller(a, low + width.value(), branches),
                    None => a,
                };
                larger(end - start, Fraction::ZERO, branches)
            }
            Self::Cheapest(items) => {
                let mut values = items.iter().map(|item| item.reference(x, branches)).collect::<Vec<_>>().into_iter();
                let first = values.next().expect("there is one");
                values.fold(
                    first,
                    |best, value| {
                        if order(&value, &best, branches) == Ordering::Less { value } else { best }
                    },
                )
            }
            Self::Rule(a, b, then, otherwise) => {
                let (a, b) = (a.reference(x, branches), b.reference(x, branches));
                if order(&a, &b, branches) == Ordering::Less {
                    then.reference(x, branches)
                } else {
                    otherwise.reference(x, branches)
                }
            }
        }
    }

    fn at(&self, x: &Fraction) -> Fraction {
        self.reference(x, &mut Vec::new())
    }

    fn branches(&self, x: &Fraction) -> Vec<Branch> {
        let mut branches = Vec::new();
        self.reference(x, &mut branches);
        branches
    }

    fn draw(&self, from: &Fraction, to: &Fraction) -> Trace<Amount> {
        trace(from, to, LIMIT, |probe, x| self.run(probe, &x)).expect("it is piecewise linear")
    }
}

fn any_decimal() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        4 => (-1_000_i64..1_000, 0_u32..4).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale)),
        // Up to 10^15 with 12 decimals: products of two leave the 28 digits of a decimal.
        1 => (-1_000_000_000_000_000_i64..1_000_000_000_000_000, 0_u32..13)
            .prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale)),
    ]
}

fn any_constant() -> impl Strategy<Value = Constant> {
    prop_oneof![
        any_decimal().prop_map(Constant::Decimal),
        (any_decimal(), prop_oneof![1_u64..10, Just(3_600), Just(1_048_576), Just(u64::MAX)])
            .prop_map(|(number, divisor)| Constant::Divided(number, divisor)),
        (-1_000_i64..1_000, 1_u32..50).prop_map(|(numer, denom)| Constant::Fraction(numer, denom)),
    ]
}

/// Constants that keep the number of steps of a trace over 0 … 100 in bounds.
fn small_constant() -> impl Strategy<Value = Constant> {
    prop_oneof![
        (-300_i64..300, 0_u32..3).prop_map(|(mantissa, scale)| Constant::Decimal(Decimal::new(mantissa, scale))),
        (-300_i64..300, 1_u64..8).prop_map(|(number, divisor)| Constant::Divided(number.into(), divisor)),
        (-100_i64..100, 1_u32..8).prop_map(|(numer, denom)| Constant::Fraction(numer, denom)),
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    (1_u32..60, 1_u32..4).prop_map(|(numer, denom)| Step(numer, denom))
}

fn formulas(
    leaf: BoxedStrategy<Formula>,
    constant: BoxedStrategy<Constant>,
    factor: BoxedStrategy<Decimal>,
) -> impl Strategy<Value = Formula> {
    leaf.prop_recursive(4, 24, 3, move |inner| {
        let one = || inner.clone().prop_map(Box::new);
        prop_oneof![
            (one(), one()).prop_map(|(a, b)| Formula::Add(a, b)),
            (one(), one()).prop_map(|(a, b)| Formula::Sub(a, b)),
            (one(), constant.clone()).prop_map(|(a, by)| Formula::Times(a, by)),
            (one(), factor.clone()).prop_map(|(a, by)| Formula::TimesDecimal(a, by)),
            (one(), 0_u64..5).prop_map(|(a, by)| Formula::TimesWhole(a, by)),
            (one(), 1_u64..9).prop_map(|(a, by)| Formula::Per(a, by)),
            (one(), any_step()).prop_map(|(a, by)| Formula::Over(a, by)),
            (one(), one()).prop_map(|(a, b)| Formula::Min(a, b)),
            (one(), one()).prop_map(|(a, b)| Formula::Max(a, b)),
            (one(), one()).prop_map(|(a, b)| Formula::Beyond(a, b)),
            (one(), any_step()).prop_map(|(a, step)| Formula::Ceil(a, step)),
            (one(), any_step()).prop_map(|(a, step)| Formula::Floor(a, step)),
            (one(), constant.clone(), proptest::option::of(any_step()))
                .prop_map(|(a, low, width)| Formula::Overlap(a, low, width)),
            proptest::collection::vec(inner.clone(), 1..4).prop_map(Formula::Cheapest),
            (one(), one(), one(), one()).prop_map(|(a, b, then, otherwise)| Formula::Rule(a, b, then, otherwise)),
        ]
    })
}

fn standing_formula() -> impl Strategy<Value = Formula> {
    formulas(any_constant().prop_map(Formula::Constant).boxed(), any_constant().boxed(), any_decimal().boxed())
}

fn moving_formula() -> impl Strategy<Value = Formula> {
    let leaf = prop_oneof![3 => Just(Formula::Input), 1 => small_constant().prop_map(Formula::Constant)];
    let factor = (-300_i64..300, 1_u32..3).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale));
    formulas(leaf.boxed(), small_constant().boxed(), factor.boxed())
}

/// A point of the open stretch `a … b`.
fn between(a: &Fraction, b: &Fraction, numer: u32, denom: u32) -> Fraction {
    a + (b - a) * Fraction::from_parts(numer.into(), denom.into())
}

fn middle(segment: &Segment<Amount>) -> Fraction {
    between(&segment.from, &segment.to, 1, 2)
}

/// A pool as a bill has it: units in whole steps, a free allowance, a ladder of tiers, a rule that adds a fixed cost,
/// and a minimum charge.
#[derive(Debug, Clone)]
struct PoolCase {
    units_per_input: Decimal,
    step: Option<u32>,
    free: u32,
    /// Widths of the tiers but the last, and the price of each.
    tiers: Vec<(u32, Decimal)>,
    last_price: Decimal,
    rule_above: u32,
    rule_adds: Decimal,
    minimum: Option<u32>,
}

fn pools() -> impl Strategy<Value = PoolCase> {
    let price = || (0_i64..50, 0_u32..4).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale));
    (
        (1_i64..16, 0_u32..2).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale)),
        proptest::option::of(1_u32..9),
        0_u32..20,
        proptest::collection::vec((1_u32..60, price()), 0..5),
        price(),
        0_u32..200,
        price(),
        proptest::option::of(0_u32..30),
    )
        .prop_map(|(units_per_input, step, free, tiers, last_price, rule_above, rule_adds, minimum)| PoolCase {
            units_per_input,
            step,
            free,
            tiers,
            last_price,
            rule_above,
            rule_adds,
            minimum,
        })
}

impl PoolCase {
    /// The cost, as rating and rules compute it.
    fn cost(&self, probe: &mut Probe, x: &Amount) -> Result<Amount, NumberError> {
        let units = x.times_decimal(self.units_per_input);
        let units = match self.step {
            Some(step) => probe.ceil_div(&units, &Amount::whole(step))?.times_whole(step.into()),
            None => units,
        };
        let billable = probe.beyond(&units, &Amount::whole(self.free));
        let mut cost = Amount::ZERO;
        let mut low = Amount::ZERO;
        for (width, price) in &self.tiers {
            let high = &low + &Amount::whole(*width);
            cost = &cost + &probe.overlap(&Amount::ZERO, &billable, &low, Some(&high)).times_decimal(*price);
            low = high;
        }
        cost = &cost + &probe.overlap(&Amount::ZERO, &billable, &low, None).times_decimal(self.last_price);
        if probe.more(&units, &Amount::whole(self.rule_above)) {
            cost = &cost + &Amount::decimal(self.rule_adds);
        }
        Ok(match self.minimum {
            Some(minimum) => probe.max(&cost, &Amount::whole(minimum)),
            None => cost,
        })
    }

    /// The cost at a point, on plain fractions and without the code under test.
    fn reference(&self, x: &Fraction) -> Fraction {
        let units = x * fraction_of(self.units_per_input);
        let units = match self.step {
            Some(step) => Fraction::from((units / whole(step)).ceil()) * whole(step),
            None => units,
        };
        let mut left = (&units - whole(self.free)).max(Fraction::ZERO);
        let mut cost = Fraction::ZERO;
        for (width, price) in &self.tiers {
            let here = left.clone().min(whole(*width));
            cost += &here * fraction_of(*price);
            left -= here;
        }
        cost += left * fraction_of(self.last_price);
        if units > whole(self.rule_above) {
            cost += fraction_of(self.rule_adds);
        }
        self.minimum.map_or(cost.clone(), |minimum| cost.max(whole(minimum)))
    }

    /// Every point of `0 … to` at which the cost may bend, found without a probe: where the units pass a step, the
    /// allowance, a tier or the rule, and, between two of those, where the cost passes the minimum.
    fn candidates(&self, to: &Fraction) -> Vec<Fraction> {
        let rate = fraction_of(self.units_per_input);
        let mut points = vec![Fraction::ZERO, to.clone()];
        if let Some(step) = self.step {
            let mut units = Fraction::ZERO;
            while &units / &rate <= *to {
                points.push(&units / &rate);
                units += whole(step);
            }
        }
        let mut bound = whole(self.free);
        points.push(&bound / &rate);
        for (width, _) in &self.tiers {
            bound += whole(*width);
            points.push(&bound / &rate);
        }
        points.push(whole(self.rule_above) / &rate);
        points.retain(|point| *point >= Fraction::ZERO && point <= to);
        points.sort();
        points.dedup();
        if let Some(minimum) = self.minimum {
            let free = Self { minimum: None, ..self.clone() };
            let crossings: Vec<Fraction> = points
                .windows(2)
                .filter_map(|ends| {
                    let (a, b) = (between(&ends[0], &ends[1], 1, 3), between(&ends[0], &ends[1], 2, 3));
                    let (at_a, at_b) = (free.reference(&a), free.reference(&b));
                    let slope = (&at_b - &at_a) / (&b - &a);
                    if slope.is_zero() {
                        return None;
                    }
                    let crossing = &a + (whole(minimum) - &at_a) / slope;
                    (crossing > ends[0] && crossing < ends[1]).then_some(crossing)
                })
                .collect();
            points.extend(crossings);
            points.sort();
            points.dedup();
        }
        points
    }

    /// The points inside `0 … to` where the cost really bends or jumps.
    fn bends(&self, to: &Fraction) -> Vec<Fraction> {
        let points = self.candidates(to);
        // The line on each stretch between neighbours, from two points inside it.
        let lines: Vec<(Fraction, Fraction)> = points
            .windows(2)
            .map(|ends| {
                let (a, b) = (between(&ends[0], &ends[1], 1, 3), between(&ends[0], &ends[1], 2, 3));
                let (at_a, at_b) = (self.reference(&a), self.reference(&b));
                let slope = (at_b - &at_a) / (b - &a);
                (&at_a - &slope * &a, slope)
            })
            .collect();
        let inner = points.iter().skip(1).take(lines.len().saturating_sub(1));
        inner
            .zip(lines.windows(2))
            .filter(|(point, lines)| {
                let here = &lines[0].0 + &lines[0].1 * *point;
                lines[0] != lines[1] || here != self.reference(point)
            })
            .map(|(point, _)| point.clone())
            .collect()
    }
}

/// The starts of the segments that are left when neighbours on one line, with the value at their joint on it, merge.
fn merged_starts(trace: &Trace<Amount>) -> Vec<Fraction> {
    trace
        .segments
        .windows(2)
        .filter(|pair| {
            let (before, after) = (pair[0].after.to_line(), pair[1].after.to_line());
            let arrives = before.value + &before.slope * (&pair[1].from - &pair[0].from);
            arrives != after.value || before.slope != after.slope || pair[1].at_from.value() != after.value
        })
        .map(|pair| pair[1].from.clone())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever form the amounts have inside, every operation gives the exact fraction.
    #[test]
    fn amounts_are_exact(formula in standing_formula()) {
        let mut probe = Probe::new();
        let amount = formula.run(&mut probe, &Amount::ZERO).expect("nothing moves");
        let expected = formula.at(&Fraction::ZERO);
        prop_assert_eq!(amount.value(), expected.clone());
        prop_assert!(!amount.is_moving());
        prop_assert_eq!(probe.horizon(), None, "nothing moves, so no corner lies ahead");
        prop_assert_eq!(amount.is_zero(), expected.is_zero());
        prop_assert_eq!(amount.is_negative(), expected < Fraction::ZERO);
    }

    /// Equality and order do not depend on the form.
    #[test]
    fn forms_compare_alike(a in any_constant(), b in any_constant()) {
        let order = a.value().cmp(&b.value());
        prop_assert_eq!(a.amount().compare_values(&b.amount()), order);
        prop_assert_eq!(Probe::new().compare(&a.amount(), &b.amount()), order);
        prop_assert_eq!(a.amount() == b.amount(), order.is_eq());
        prop_assert_eq!(a.amount() == Amount::fraction(a.value()), true);
    }

    /// Printing rounds half away from zero, once, and says whether anything was lost.
    #[test]
    fn printing_rounds_half_away_from_zero(constant in any_constant(), decimals in 0_u32..13) {
        let power = whole(UBig::from(10_u8).pow(decimals as usize));
        let scaled = constant.value() * &power;
        let half = Fraction::from_parts(IBig::ONE, UBig::from(2_u8));
        let negative = scaled < Fraction::ZERO;
        let magnitude = (scaled.abs() + half).floor();
        let expected = Fraction::from(if negative { -magnitude } else { magnitude }) / &power;
        let spelled = |text: &str| fraction_of(Decimal::from_str_exact(text).expect("a decimal"));
        let text = constant.amount().rounded(decimals);
        prop_assume!(text.len() <= 29);
        prop_assert_eq!(spelled(&text), expected);
        prop_assert_eq!(text.split_once('.').map_or(0, |(_, decimals)| decimals.len()), decimals as usize);
        let (text, exact) = constant.amount().exact_text();
        prop_assume!(text.len() <= 29);
        prop_assert_eq!(exact, spelled(&text) == constant.value());
        prop_assert!(!text.contains('.') || !text.ends_with('0'), "{}", text);
    }

    /// A trace is the function: at every breakpoint, just before and just after it, and in between.
    #[test]
    fn a_trace_is_the_function(formula in moving_formula(), part in 1_u32..1_000) {
        let (from, to) = (Fraction::ZERO, whole(100));
        let drawn = formula.draw(&from, &to);
        let end = drawn.truncated_at.clone().unwrap_or(to);
        prop_assert_eq!(drawn.at_end.value(), formula.at(&end));
        let mut at = from;
        for segment in &drawn.segments {
            prop_assert_eq!(&segment.from, &at, "segments touch");
            prop_assert!(segment.to > segment.from, "a trace moves on");
            prop_assert_eq!(segment.at_from.value(), formula.at(&segment.from));
            for (numer, denom) in [(1, 1_000_000_000), (part, 1_000), (999_999_999, 1_000_000_000)] {
                let x = between(&segment.from, &segment.to, numer, denom);
                prop_assert_eq!(segment.after.after(&(&x - &segment.from)).value(), formula.at(&x), "at {}", x);
            }
            at = segment.to.clone();
        }
        prop_assert_eq!(at, end);
    }

    /// A segment ends only where a branch of the formula changes, and none changes inside it.
    #[test]
    fn segments_end_where_branches_change(formula in moving_formula(), part in 1_u32..1_000) {
        let drawn = formula.draw(&Fraction::ZERO, &whole(100));
        for segment in &drawn.segments {
            let inside = formula.branches(&between(&segment.from, &segment.to, part, 1_000));
            prop_assert_eq!(&inside, &formula.branches(&middle(segment)), "a branch changes inside {:?}", segment);
        }
        for pair in drawn.segments.windows(2) {
            let before = formula.branches(&middle(&pair[0]));
            let after = formula.branches(&middle(&pair[1]));
            let at = formula.branches(&pair[1].from);
            prop_assert!(before != after || at != after, "nothing changes at {}", pair[1].from);
        }
    }

    /// Pools of tiers, steps, allowances, rules and minimums: the trace bends exactly where the cost does.
    #[test]
    fn pools_bend_where_their_costs_do(pool in pools()) {
        let to = whole(50);
        let drawn = trace(&Fraction::ZERO, &to, LIMIT, |probe, x| pool.cost(probe, &x)).expect("piecewise linear");
        prop_assert_eq!(&drawn.truncated_at, &None);
        prop_assert_eq!(merged_starts(&drawn), pool.bends(&to));
        for segment in &drawn.segments {
            prop_assert_eq!(segment.at_from.value(), pool.reference(&segment.from));
            let x = middle(segment);
            prop_assert_eq!(segment.after.after(&(&x - &segment.from)).value(), pool.reference(&x));
        }
        prop_assert_eq!(drawn.at_end.value(), pool.reference(&to));
    }

    /// A product or a quotient of two moving amounts is refused by name; what has come to rest is not.
    #[test]
    fn products_of_moving_amounts_are_refused(a in 1_i64..100, b in 1_i64..100, value in -50_i64..50) {
        let moving = |slope: i64| Amount::moving(whole(value), whole(slope));
        let (x, y) = (moving(a), moving(-b));
        prop_assert_eq!(x.times(&y), Err(NumberError::NotPiecewiseLinear));
        prop_assert_eq!(x.over(&y), Err(NumberError::NotPiecewiseLinear));
        prop_assert_eq!(Amount::ONE.over(&y), Err(NumberError::NotPiecewiseLinear));
        prop_assert_eq!(Probe::new().ceil_div(&x, &y), Err(NumberError::NotPiecewiseLinear));
        let at_rest = &moving(a) - &moving(a);
        prop_assert_eq!(at_rest.times(&x), Ok(Amount::ZERO));
        prop_assert_eq!(x.at_rest().times(&y).map(|product| product.value()), Ok(whole(value) * whole(value)));
    }

    /// A decimal reads alike from JSON (as text and as a number), from YAML (plain and quoted) and from CSV.
    #[test]
    fn decimals_read_alike(mantissa in -999_999_999_999_999_i64..999_999_999_999_999, scale in 0_u32..13) {
        let number = Decimal::new(mantissa, scale);
        let text = number.to_string();
        let expected = Amount::decimal(number);
        let json = |text: &str| serde_json::from_str::<Amount>(text).map_err(|error| error.to_string());
        prop_assert_eq!(json(&format!("\"{text}\"")), Ok(expected.clone()));
        prop_assert_eq!(json(&text), Ok(expected.clone()));
        let yaml = |text: &str| serde_saphyr::from_str::<Amount>(text).map_err(|error| error.to_string());
        prop_assert_eq!(yaml(&text), Ok(expected.clone()));
        prop_assert_eq!(yaml(&format!("\"{text}\"")), Ok(expected.clone()));
        prop_assert_eq!(yaml(&format!("'{text}'")), Ok(expected.clone()));
        let mut csv = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let read: Result<Vec<(Amount,)>, _> = csv.deserialize().collect();
        prop_assert_eq!(read.map_err(|error| error.to_string()), Ok(vec![(expected.clone(),)]));
        // What is printed reads back as the same.
        prop_assert_eq!(json(&format!("\"{expected}\"")), Ok(expected));
    }
}

/// A number that lost digits before it arrived is refused, whatever the format, with the fix in the words.
#[test]
fn numbers_that_lost_digits_are_refused_alike() {
    let text = "0.12345678901234567";
    let refusals = [
        serde_json::from_str::<Amount>(text).expect_err("JSON").to_string(),
        serde_saphyr::from_str::<Amount>(text).expect_err("YAML").to_string(),
    ];
    for refusal in refusals {
        assert!(refusal.contains("send it as a string"), "{refusal}");
    }
}

/// Tracing goes on past a value that only touches an edge, and stops where it must.
#[test]
fn a_trace_ends_after_its_limit_and_says_where() {
    let formula = Formula::Ceil(Box::new(Formula::Input), Step(1, 1));
    let drawn = trace(&Fraction::ZERO, &whole(10), 4, |probe, x| formula.run(probe, &x)).expect("steps");
    assert_eq!(drawn.segments.len(), 4);
    assert_eq!(drawn.truncated_at, Some(whole(4)));
    assert_eq!(drawn.at_end, Amount::whole(4));
    assert_eq!(
        drawn.segments.iter().map(|s| s.after.value()).collect::<Vec<_>>(),
        (1..5).map(whole).collect::<Vec<_>>()
    );
    assert!(drawn.segments.iter().all(|segment| &segment.to - &segment.from == Fraction::ONE));
}
