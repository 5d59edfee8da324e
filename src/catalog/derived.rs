//! Derivation rules: documented ways to a price that no source states, such as "the NLB hour equals the ALB hour of
//! the Region". They are used only where a request says `missing_prices: "derive"`, and every such line says so.

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};
use smol_str::SmolStr;

use super::free_tier::NamePattern;
use super::price::{Confidence, Layer, Price, Tier};
use crate::domain::meter::MeterKey;
use crate::domain::number::MAX_DECIMALS;
use crate::domain::unit::Unit;

/// What stands in a usage type for any text: an instance type, a destination's usage prefix, a location group.
pub const TYPE_PLACEHOLDER: &str = "<type>";

/// What a rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It gives prices where a request asks for derivation.
    Price,
    /// It is only tested against the data.
    Check,
}

/// How a rule computes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Formula {
    /// The price of another meter of the same Region × factor ÷ divisor.
    Ratio {
        /// The service code of the other meter.
        of_service_code: SmolStr,
        /// Its usage type; may carry the same placeholder as the rule's.
        of_usage_type: SmolStr,
        /// Its operation; `*` for the operation of the derived meter.
        of_operation: SmolStr,
        /// The decimals the other price is rounded to first, half away from zero.
        of_round_dp: Option<u32>,
        /// The unit of the meter, as its known prices elsewhere have it; `None` where there are none: the unit of
        /// the other meter.
        unit: Option<Unit>,
    },
    /// Factor ÷ divisor US dollars.
    Constant {
        /// The unit of the meter, as its known prices elsewhere have it.
        unit: Unit,
        /// The oldest day on which one of those was seen.
        seen_on: NaiveDate,
    },
}

/// A derivation rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerivedRule {
    /// The service code of the meters it derives.
    pub service_code: SmolStr,
    /// Their usage type; `<type>` in it stands for any text.
    pub usage_type: SmolStr,
    /// Their operation; `*` for any.
    pub operation: SmolStr,
    /// How it computes.
    pub formula: Formula,
    /// The factor.
    pub factor: Decimal,
    /// The whole divisor.
    pub divisor: u64,
    /// The decimals the result is rounded to, half away from zero.
    pub round_dp: Option<u32>,
    /// The Regions it holds in; empty for all.
    pub regions: Vec<SmolStr>,
    /// The Regions it does not hold in.
    pub except_regions: Vec<SmolStr>,
    /// What `<type>` may not be.
    pub except_types: Vec<NamePattern>,
    /// What it is for.
    pub purpose: Purpose,
    /// How far a known price may differ from the rule, as a share of the price; 0 = not at all.
    pub check_tolerance: Decimal,
    /// The evidence for it.
    pub evidence: String,
    /// How far it can be trusted.
    pub confidence: Confidence,
    /// What a reader should know about it.
    pub note: String,
}

impl DerivedRule {
    /// Whether the rule may price a line.
    pub fn gives_prices(&self) -> bool {
        self.purpose == Purpose::Price
    }

    /// How the rule computes, in words.
    pub fn formula_text(&self) -> String {
        let factor = match self.divisor {
            1 => self.factor.normalize().to_string(),
            divisor => format!("{} / {divisor}", self.factor.normalize()),
        };
        let rounded = self.round_dp.map_or_else(String::new, |decimals| format!(", rounded to {decimals} decimals"));
        match &self.formula {
            Formula::Constant { unit, .. } => format!("{factor} USD for each {unit}{rounded}"),
            Formula::Ratio { of_usage_type, of_operation, .. } => {
                format!("{factor} × the price of {of_usage_type} {of_operation} in the same Region{rounded}")
            }
        }
    }

    /// The text that the placeholder stands for in a usage type; empty where the rule has none.
    fn matched<'a>(&self, usage_type: &'a str) -> Option<&'a str> {
        match_type(&self.usage_type, usage_type)
    }

    /// Whether the rule speaks of this meter.
    pub fn covers(&self, meter: &MeterKey) -> bool {
        self.service_code == meter.service_code
            && (self.operation == "*" || self.operation == meter.operation)
            && (self.regions.is_empty() || self.regions.contains(&meter.region))
            && !self.except_regions.contains(&meter.region)
            && self.matched(&meter.usage_type).is_some_and(|kind| !self.except_types.iter().any(|e| e.matches(kind)))
    }

    /// The price the rule gives for a meter, `at` being the rule's position in the list.
    /// `None` where the rule does not speak of the meter or has nothing to derive from.
    pub fn derive<'c>(
        &self,
        at: usize,
        meter: &MeterKey,
        find: impl Fn(&MeterKey) -> Option<&'c Price>,
    ) -> Option<Price> {
        if !self.covers(meter) {
            return None;
        }
        match &self.formula {
            Formula::Constant { unit, seen_on } => Some(Price {
                meter: meter.clone(),
                unit: *unit,
                tiers: vec![Tier { from: Decimal::ZERO, price: self.apply(Decimal::ONE)? }],
                known_up_to: None,
                effective_from: None,
                effective_to: None,
                seen_on: *seen_on,
                source: SmolStr::default(),
                confidence: self.confidence,
                note: SmolStr::new(&self.evidence),
                layer: Layer::Derived(at),
                edition: 0,
            }),
            Formula::Ratio { unit, .. } => {
                let base = find(&self.base_of(meter)?)?;
                // The bounds of a ladder are not known to carry over, so only a single price does.
                let [tier] = base.tiers.as_slice() else { return None };
                Some(Price {
                    meter: meter.clone(),
                    unit: unit.unwrap_or(base.unit),
                    tiers: vec![Tier { from: tier.from, price: self.price_from(tier.price)? }],
                    confidence: self.confidence.min(base.confidence),
                    note: SmolStr::new(&self.evidence),
                    layer: Layer::Derived(at),
                    ..base.clone()
                })
            }
        }
    }

    /// The meter that a ratio takes its price from; `None` for a constant or a meter the rule does not speak of.
    pub fn base_of(&self, meter: &MeterKey) -> Option<MeterKey> {
        let Formula::Ratio { of_service_code, of_usage_type, of_operation, .. } = &self.formula else { return None };
        let kind = self.matched(&meter.usage_type)?;
        Some(MeterKey {
            service_code: of_service_code.clone(),
            region: meter.region.clone(),
            usage_type: SmolStr::new(of_usage_type.replace(TYPE_PLACEHOLDER, kind)),
            operation: if of_operation == "*" { meter.operation.clone() } else { of_operation.clone() },
        })
    }

    /// What the rule makes of one price of the other meter, or of 1 where it is a constant.
    /// `None` where the result does not fit.
    pub fn price_from(&self, price: Decimal) -> Option<Decimal> {
        match &self.formula {
            Formula::Constant { .. } => self.apply(price),
            Formula::Ratio { of_round_dp, .. } => self.apply(round(price, *of_round_dp)),
        }
    }

    /// × factor ÷ divisor, rounded as the rule says. `None` where the result does not fit.
    fn apply(&self, price: Decimal) -> Option<Decimal> {
        let product = price.checked_mul(self.factor)?;
        let quotient = product.checked_div(Decimal::from(self.divisor))?;
        Some(round(quotient, Some(self.round_dp.unwrap_or(MAX_DECIMALS))).normalize())
    }
}

/// The text that the placeholder of a pattern stands for in a usage type; empty where the pattern has none.
/// `None` where the usage type does not match.
pub(super) fn match_type<'a>(pattern: &str, usage_type: &'a str) -> Option<&'a str> {
    match pattern.split_once(TYPE_PLACEHOLDER) {
        Some((start, end)) => {
            let middle = usage_type.strip_prefix(start)?.strip_suffix(end)?;
            (!middle.is_empty()).then_some(middle)
        }
        None => (pattern == usage_type).then_some(""),
    }
}

/// Rounded half away from zero, where decimals are given.
fn round(price: Decimal, decimals: Option<u32>) -> Decimal {
    match decimals {
        Some(decimals) => price.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero),
        None => price,
    }
}
