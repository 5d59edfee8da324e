//! Sizes the options of `pricing_model`: how much is committed to, and what is paid beside it.

use serde_json::{Map, Value, json};

use crate::decisions::engine::screen::Screen;
use crate::decisions::engine::{Context, Plan, Stop};
use crate::domain::amount::Amount;
use crate::domain::bill::Notice;
use crate::services::commitments::{OfferingClass, Payment};
use crate::services::ec2::InstancePlan;
use crate::services::plan::Planned;

use super::inputs::PricingModelInputs;
use super::profile::Cover;
use super::rates::{Kind, Rates, Way, terms};
use super::screening::{nothing_to_mix, pays_back, used_enough};
use super::settle::Settled;
use super::workload::{Bought, Part, Workload, scaled};
use super::{
    CAPACITY_BLOCK, COMPUTE_SP, DATABASE_SP, EC2_INSTANCE_SP, MIX_OD, MIX_SPOT, ODCR, ON_DEMAND, RI_CONVERTIBLE,
    RI_STANDARD, SAGEMAKER_SP, SPOT,
};

const COMPUTE: Kind = Kind::Plan(InstancePlan::Compute);

/// The pure commitments: option, kind, and how many things it is bound to that nobody asked for.
const PURE: [(&str, Kind, u32); 4] = [
    (COMPUTE_SP, COMPUTE, 1),
    (EC2_INSTANCE_SP, Kind::Plan(InstancePlan::Ec2Instance), 2),
    (RI_CONVERTIBLE, Kind::Reserved(OfferingClass::Convertible), 2),
    (RI_STANDARD, Kind::Reserved(OfferingClass::Standard), 3),
];

/// Everything that sizing uses.
pub(super) struct Sizing<'s> {
    pub(super) inputs: &'s PricingModelInputs,
    pub(super) settled: &'s Settled,
    pub(super) rates: &'s Rates,
    pub(super) work: Workload<'s>,
}

impl Sizing<'_> {
    /// Sizes every option that is eligible.
    pub(super) fn size(&self, screen: &mut Screen<'_>, context: &mut Context<'_>) -> Result<(), Stop> {
        let mixed = self.mixed(context)?;
        let mut covers: Vec<Cover> = mixed.iter().map(|(_, cover)| cover.clone()).collect();
        if self.rates.of(COMPUTE).next().is_none() {
            // Without a rate, what always runs is all that is known to be worth it.
            covers.extend(Some(self.settled.profile.always_on(context.probe)?).filter(|cover| !cover.level.is_zero()));
        }
        nothing_to_mix(screen, self.settled, &covers)?;
        if !self.settled.parts.compute() {
            without_services(screen);
            return Ok(());
        }
        let utilisation = &self.settled.utilisation;
        let resources = self.work.all(utilisation, Bought::OnDemand)?;
        screen.plan(ON_DEMAND, Plan { resources, ..plan_of(Map::new(), 0) });
        if screen.eligible(SPOT) {
            let plan = self.spot(context)?;
            screen.plan(SPOT, plan);
        }
        for (option, kind, extras) in PURE {
            if screen.eligible(option) {
                for plan in self.pure(kind, extras, context)? {
                    screen.plan(option, plan);
                }
            }
        }
        for (option, burst, extras) in [(MIX_OD, Bought::OnDemand, 2), (MIX_SPOT, Bought::Spot, 3)] {
            if screen.eligible(option) {
                for plan in self.mix(&mixed, burst, extras, context)? {
                    screen.plan(option, plan);
                }
            }
        }
        if screen.eligible(ODCR) {
            for plan in self.reservations(context)? {
                screen.plan(ODCR, plan);
            }
        }
        let why = "AWS sets the price of a Capacity Block by supply and demand when it is booked; no price list has it";
        let mut config = Map::new();
        for (name, value) in [("window_days", &self.inputs.window_days), ("start_in_days", &self.inputs.start_in_days)]
        {
            if let Some(value) = value {
                config.insert(name.to_owned(), json!(value.to_string()));
            }
        }
        screen.plan(CAPACITY_BLOCK, Plan { unpriced_because: Some(why.to_owned()), ..plan_of(config, 1) });
        for option in [DATABASE_SP, SAGEMAKER_SP] {
            let why = "It covers only the part of the spend that has no prices here";
            screen.plan(option, Plan { unpriced_because: Some(why.to_owned()), ..plan_of(Map::new(), 1) });
        }
        Ok(())
    }

    /// Instances and tasks on Spot: at the data's prices, else at the discount of the request; and where from.
    fn on_spot(
        &self,
        share: &Amount,
        of: &str,
        context: &mut Context<'_>,
    ) -> Result<(Vec<Planned>, &'static str), Stop> {
        let mut resources = Vec::new();
        let mut from = "data";
        for part in self.work.parts().filter(|part| *part != Part::Functions) {
            let Some(spot) = self.work.part(part, share, Bought::Spot, of)? else { continue };
            let spot = [spot];
            let is_known = context.bill(&spot)?.is_some();
            let full = self.work.part(part, share, Bought::OnDemand, of)?;
            match (&self.inputs.spot_discount, full) {
                (Some(discount), Some(full)) if !is_known => {
                    resources.push(scaled(full, &(&Amount::ONE - discount), "1 − Spot discount"));
                    from = "discount";
                }
                _ => resources.extend(spot),
            }
        }
        Ok((resources, from))
    }

    fn spot(&self, context: &mut Context<'_>) -> Result<Plan, Stop> {
        let (mut resources, from) = self.on_spot(&self.settled.utilisation, "", context)?;
        if self.settled.parts.lambda {
            resources.extend(self.work.part(Part::Functions, &Amount::ONE, Bought::OnDemand, "")?);
        }
        let config = Map::from_iter([("spot_price_from".to_owned(), json!(from))]);
        Ok(Plan { resources, ..plan_of(config, 1) })
    }

    /// The ways to commit to the whole peak that pay back; where no price is known, the first, for the meters that are
    /// missing.
    fn pure(&self, kind: Kind, extras: u32, context: &mut Context<'_>) -> Result<Vec<Plan>, Stop> {
        let whole = self.settled.profile.whole()?;
        let mut plans = Vec::new();
        for way in self.rates.of(kind) {
            if self.worthwhile(way, context)? {
                plans.push(self.committed(way, &whole, Bought::OnDemand, extras, context)?);
            }
        }
        if self.rates.of(kind).next().is_none() {
            plans.push(self.unknown(kind, &whole, Bought::OnDemand, extras)?);
        }
        Ok(plans)
    }

    fn worthwhile(&self, way: &Way, context: &mut Context<'_>) -> Result<bool, Stop> {
        Ok(self.in_time(way, context)? && used_enough(way, self.settled, self.rates, context)?)
    }

    fn in_time(&self, way: &Way, context: &mut Context<'_>) -> Result<bool, Stop> {
        let Some(on_demand) = &self.rates.on_demand else { return Ok(true) };
        pays_back(way, self.settled, &on_demand.total(), context)
    }

    /// The ways to commit to a part of the peak, and the part: what the request says always runs, else the best level.
    fn mixed(&self, context: &mut Context<'_>) -> Result<Vec<(Way, Cover)>, Stop> {
        let Some(on_demand) = &self.rates.on_demand else { return Ok(Vec::new()) };
        let mut ways = Vec::new();
        for way in self.rates.of(COMPUTE) {
            if !pays_back(way, self.settled, &on_demand.total(), context)? {
                continue;
            }
            let cover = if self.settled.base.is_some() {
                self.settled.profile.always_on(context.probe)?
            } else {
                self.best(way, context)?
            };
            ways.push((way.clone(), cover));
        }
        Ok(ways)
    }

    /// The best level for a way: `L*`. What is paid for months after the use has ended counts.
    fn best(&self, way: &Way, context: &mut Context<'_>) -> Result<Cover, Stop> {
        let Some(on_demand) = &self.rates.on_demand else { return self.settled.profile.always_on(context.probe) };
        if on_demand.capacity.is_zero() {
            return self.settled.profile.whole();
        }
        let paid = way.committed.capacity.times(&self.months_paid(way)?)?;
        self.settled.profile.best(&on_demand.capacity, &paid, context.probe)
    }

    /// The months that are paid for each month of use: 1, or more where the use ends before the term.
    fn months_paid(&self, way: &Way) -> Result<Amount, Stop> {
        let months = Amount::decimal(way.term.months().into());
        let horizon = &self.settled.horizon;
        if horizon.is_zero() || !horizon.compare_values(&months).is_lt() {
            return Ok(Amount::ONE);
        }
        Ok(months.over(horizon)?)
    }

    fn mix(
        &self,
        ways: &[(Way, Cover)],
        burst: Bought,
        extras: u32,
        context: &mut Context<'_>,
    ) -> Result<Vec<Plan>, Stop> {
        let mut plans = Vec::new();
        for (way, cover) in ways.iter().filter(|(_, cover)| !cover.level.is_zero()) {
            plans.push(self.committed(way, cover, burst, extras, context)?);
        }
        if self.rates.of(COMPUTE).next().is_none() {
            let cover = self.settled.profile.always_on(context.probe)?;
            if cover.level.is_zero() {
                let why = "Nothing always runs, and without a rate or a `discount` the best level is not known";
                plans.push(Plan { unpriced_because: Some(why.to_owned()), ..plan_of(Map::new(), extras) });
            } else {
                plans.push(self.unknown(COMPUTE, &cover, burst, extras)?);
            }
        }
        Ok(plans)
    }

    /// A commitment with a known price, and what is above it.
    fn committed(
        &self,
        way: &Way,
        cover: &Cover,
        burst: Bought,
        extras: u32,
        context: &mut Context<'_>,
    ) -> Result<Plan, Stop> {
        let bought = Bought::Committed(way.kind, way.term, way.payment);
        let months = self.months_paid(way)?;
        let mut resources = Vec::new();
        for part in self.work.parts() {
            let is_guessed = way.by_discount.contains(&part);
            let bought = if is_guessed { Bought::OnDemand } else { bought };
            let Some(mut planned) = self.work.part(part, &cover.committed, bought, "")? else { continue };
            if is_guessed && let Some(discount) = &self.inputs.discount {
                planned = scaled(planned, &(&Amount::ONE - discount), "1 − discount");
            }
            if months.compare_values(&Amount::ONE).is_ne() {
                planned = scaled(planned, &months, "months paid for each month of use");
            }
            resources.push(planned);
        }
        let mut config = self.terms_of(way, cover, context)?;
        if !cover.above.is_zero() {
            let of = " above the commitment";
            let mut above = if burst == Bought::Spot {
                let (above, from) = self.on_spot(&cover.above, of, context)?;
                config.insert("spot_price_from".to_owned(), json!(from));
                above
            } else {
                self.work.capacity(&cover.above, burst, of)?
            };
            resources.append(&mut above);
        }
        Ok(Plan { label: label(way), resources, ..plan_of(config, extras) })
    }

    /// A commitment whose price is not known: it names the meters that are missing.
    fn unknown(&self, kind: Kind, cover: &Cover, burst: Bought, extras: u32) -> Result<Plan, Stop> {
        let term = terms(self.inputs).first().copied().unwrap_or_default();
        let bought = Bought::Committed(kind, term, self.inputs.payment.unwrap_or_default());
        let mut resources = self.work.all(&cover.committed, bought)?;
        resources.append(&mut self.work.capacity(&cover.above, burst, " above the commitment")?);
        let mut config = Map::new();
        self.also(kind, &mut config);
        config.insert("committed_share".to_owned(), json!(cover.committed.at_rest().to_string()));
        Ok(Plan { resources, ..plan_of(config, extras) })
    }

    /// Reserved capacity: the peak on demand for the whole month, or under a plan where that is worthwhile.
    fn reservations(&self, context: &mut Context<'_>) -> Result<Vec<Plan>, Stop> {
        let whole = self.settled.profile.whole()?;
        let mut plans = Vec::new();
        let plan_too = |plan: Plan| {
            let mut config = plan.config;
            let mut also = vec![json!(COMPUTE_SP)];
            also.extend(config.get("also").and_then(Value::as_array).cloned().unwrap_or_default());
            config.insert("also".to_owned(), Value::from(also));
            Plan { config, ..plan }
        };
        for way in self.rates.of(COMPUTE) {
            // Reserved hours are billed whether they run or not, so that a plan is used in full.
            if self.in_time(way, context)? && !self.is_new(context)? {
                plans.push(plan_too(self.committed(way, &whole, Bought::OnDemand, 2, context)?));
            }
        }
        let wanted = self.inputs.capacity_guaranteed.unwrap_or(false) && self.inputs.steady.unwrap_or(false);
        let unknown = self.rates.of(COMPUTE).next().is_none();
        if unknown && wanted && !self.is_new(context)? && self.may_pay_back(context)? {
            plans.push(plan_too(self.unknown(COMPUTE, &whole, Bought::OnDemand, 2)?));
        } else {
            let resources = self.work.all(&Amount::ONE, Bought::OnDemand)?;
            plans.push(Plan { resources, label: "on demand".to_owned(), ..plan_of(Map::new(), 1) });
        }
        Ok(plans)
    }

    fn is_new(&self, context: &mut Context<'_>) -> Result<bool, Stop> {
        Ok(super::screening::unknown_workload(self.inputs, context)?.is_some())
    }

    /// Whether the largest discount there is would pay back.
    fn may_pay_back(&self, context: &mut Context<'_>) -> Result<bool, Stop> {
        let paid = &Amount::ONE - &context.fact(COMPUTE.bound())?.per(100);
        let term = terms(self.inputs).first().copied().unwrap_or_default();
        let needed = paid.times(&Amount::decimal(term.months().into()))?;
        Ok(context.probe.more(&self.settled.horizon, &needed))
    }

    /// What goes with a commitment for the rest of the spend.
    fn also(&self, kind: Kind, config: &mut Map<String, Value>) {
        let mut also = Vec::new();
        if kind == COMPUTE && self.settled.parts.sagemaker {
            also.push(SAGEMAKER_SP);
        }
        if self.settled.parts.database {
            also.push(DATABASE_SP);
        }
        if !also.is_empty() {
            config.insert("also".to_owned(), json!(also));
        }
    }

    /// The terms of a commitment as the answer shows them, with its cash flow and break-evens.
    fn terms_of(&self, way: &Way, cover: &Cover, context: &mut Context<'_>) -> Result<Map<String, Value>, Stop> {
        let mut config = Map::new();
        self.also(way.kind, &mut config);
        let text = |amount: &Amount| json!(amount.at_rest().to_string());
        config.insert("term_months".to_owned(), json!(way.term.months()));
        config.insert("payment".to_owned(), json!(way.payment.as_str().replace('-', "_")));
        let from = match way.by_discount.len() {
            0 => "data",
            some if some < self.work.parts().count() => "data and discount",
            _ => "discount",
        };
        config.insert("rate_from".to_owned(), json!(from));
        config.insert("committed_share".to_owned(), text(&cover.committed));
        let best = self.best(way, context)?;
        config.insert("optimal_share".to_owned(), text(&best.committed));
        if self.settled.by_histogram {
            config.insert("committed_level".to_owned(), text(&cover.level));
            config.insert("optimal_level".to_owned(), text(&best.level));
        }
        if let Some(paid) = self.paid_share(way)? {
            let months = paid.times(&Amount::decimal(way.term.months().into()))?;
            config.insert("discount".to_owned(), text(&(&Amount::ONE - &paid)));
            config.insert(
                "break_even".to_owned(),
                json!({ "utilisation": paid.to_string(), "months": months.to_string() }),
            );
        }
        config.insert("cash_flow".to_owned(), cash_flow(way, cover, context)?);
        Ok(config)
    }

    /// What a commitment costs as a share of on demand: 1 − discount.
    fn paid_share(&self, way: &Way) -> Result<Option<Amount>, Stop> {
        let Some(on_demand) = &self.rates.on_demand else { return Ok(None) };
        let on_demand = on_demand.total().at_rest();
        if on_demand.is_zero() {
            return Ok(None);
        }
        Ok(Some(way.committed.total().at_rest().over(&on_demand)?))
    }

    /// What the reader should know beside the options.
    pub(super) fn notices(&self) -> Result<Vec<Notice>, Stop> {
        let mut notices = self.break_evens()?;
        let by_data = |way: &&Way| way.by_discount.is_empty();
        if self.inputs.discount.is_some() && self.rates.ways.iter().any(|way| by_data(&way)) {
            notices.push(Notice {
                code: "discount_not_used",
                text: "Where the data has rates of a commitment, they count and `discount` does not.".to_owned(),
            });
        }
        if let Some(gap) = self.gap() {
            notices.push(gap);
        }
        if self.settled.parts.database || self.settled.parts.sagemaker {
            notices.push(Notice {
                code: "spend_not_priced",
                text: "Databases and SageMaker are not estimated by this decision; the money is that of the rest."
                    .to_owned(),
            });
        }
        Ok(notices)
    }

    /// When each commitment pays back; those that cost the same are told together.
    fn break_evens(&self) -> Result<Vec<Notice>, Stop> {
        let mut told: Vec<(Vec<&str>, String)> = Vec::new();
        for (option, kind, _) in PURE {
            for way in self.rates.of(kind) {
                let Some(paid) = self.paid_share(way)? else { continue };
                let months = paid.times(&Amount::decimal(way.term.months().into()))?;
                let text = format!(
                    "{}: it costs less than on demand where more than {} % of it is used, and has paid back after {} of \
                     {} months.",
                    label(way),
                    paid.times_whole(100).rounded(2),
                    months.rounded(2),
                    way.term.months(),
                );
                match told.iter_mut().find(|(_, known)| *known == text) {
                    Some((options, _)) => options.push(option),
                    None => told.push((vec![option], text)),
                }
            }
        }
        let notice = |(options, text): (Vec<&str>, String)| Notice {
            code: "commitment_break_even",
            text: format!("{}, {text}", options.join(", ")),
        };
        Ok(told.into_iter().map(notice).collect())
    }

    /// what the plan of one family saves against the plan that follows changes, and what is given up for it.
    fn gap(&self) -> Option<Notice> {
        let least = |kind: Kind| {
            let ways = self.rates.of(kind).map(|way| way.committed.total().at_rest());
            ways.min_by(Amount::compare_values)
        };
        let (compute, instance) = (least(COMPUTE)?, least(Kind::Plan(InstancePlan::Ec2Instance))?);
        let gap = &compute - &instance;
        (!gap.is_negative() && !gap.is_zero()).then(|| Notice {
            code: "plan_gap",
            text: format!(
                "For the whole peak, an EC2 Instance Savings Plan costs {} USD a month less than a Compute Savings \
                 Plan; it is bound to one family in one Region, and covers no Fargate and no Lambda.",
                gap.rounded(2)
            ),
        })
    }
}

/// What a commitment takes out of the till: at once, each month, and over the whole term.
fn cash_flow(way: &Way, cover: &Cover, context: &mut Context<'_>) -> Result<Value, Stop> {
    let share = cover.committed.at_rest();
    let term_hours = Amount::decimal(way.term.hours().into());
    let months = Amount::decimal(way.term.months().into());
    let over_term = |monthly: &Amount| -> Result<Amount, Stop> {
        Ok(monthly.at_rest().times(&term_hours)?.over(&context.month.hours())?)
    };
    let committed = &way.committed.capacity.at_rest().times(&share)? + &way.committed.functions.at_rest();
    let total = over_term(&committed)?;
    let upfront = match (&way.upfront, way.payment) {
        (Some(fees), _) => over_term(&fees.at_rest().times(&share)?)?,
        (None, Payment::NoUpfront) => Amount::ZERO,
        (None, Payment::AllUpfront) => total.clone(),
        (None, Payment::PartialUpfront) => total.times(&context.fact("partial_upfront_share_pct")?.per(100))?,
    };
    let monthly = (&total - &upfront).over(&months)?;
    Ok(json!({
        "upfront": upfront.rounded(2),
        "monthly": monthly.rounded(2),
        "months": way.term.months(),
        "total": total.rounded(2),
    }))
}

/// A plan with its description, and how many things it is bound to that nobody asked for.
fn plan_of(config: Map<String, Value>, extras: u32) -> Plan {
    Plan { config, extras, outside_aws: Some(Amount::ZERO), people: Amount::ZERO, ..Plan::default() }
}

/// Databases and SageMaker are not estimated here, so that nothing of them has a price.
fn without_services(screen: &mut Screen<'_>) {
    let why = "Databases and SageMaker are not estimated by this decision";
    for option in super::ALL_PAYMENTS {
        screen.plan(option, Plan { unpriced_because: Some(why.to_owned()), ..plan_of(Map::new(), 0) });
    }
}

/// A way among the ways: `1yr-no-upfront`.
fn label(way: &Way) -> String {
    format!("{}-{}", way.term.as_str(), way.payment.as_str())
}
