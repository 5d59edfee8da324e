//! The rules of `pricing_model`: R-01 … R-11, and the published guidance G-51 … G-56.

use crate::decisions::engine::explain::NOT_GIVEN;
use crate::decisions::engine::screen::{Looked, Screen, flag, number, word};
use crate::decisions::engine::{Context, Stop};
use crate::domain::amount::Amount;
use crate::services::commitments::OfferingClass;
use crate::services::ec2::InstancePlan;

use super::inputs::PricingModelInputs;
use super::profile::Cover;
use super::rates::{Kind, Rates, Way, terms};
use super::settle::Settled;
use super::{
    CAPACITY_BLOCK, COMPUTE_SP, DATABASE_SP, EC2_INSTANCE_SP, MIX_OD, MIX_SPOT, ODCR, ON_DEMAND, RI_CONVERTIBLE,
    RI_STANDARD, SAGEMAKER_SP, SPOT,
};

/// Everything that is committed for a term.
const COMMITMENTS: [&str; 8] =
    [COMPUTE_SP, EC2_INSTANCE_SP, DATABASE_SP, SAGEMAKER_SP, RI_STANDARD, RI_CONVERTIBLE, MIX_OD, MIX_SPOT];

/// The options of a kind of commitment.
fn options_of(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Plan(InstancePlan::Compute) => &[COMPUTE_SP, MIX_OD, MIX_SPOT],
        Kind::Plan(InstancePlan::Ec2Instance) => &[EC2_INSTANCE_SP],
        Kind::Reserved(OfferingClass::Standard) => &[RI_STANDARD],
        Kind::Reserved(OfferingClass::Convertible) => &[RI_CONVERTIBLE],
    }
}

fn yes(value: Option<bool>) -> bool {
    value.unwrap_or(false)
}

/// Whether something of what is paid for may change within the term, and what says so.
pub(super) fn may_change(inputs: &PricingModelInputs) -> Option<Looked> {
    if yes(inputs.arch_change_likely) {
        return Some(flag("arch_change_likely", true));
    }
    if let Some(growing) = &inputs.growing {
        return Some(word("growing", growing.as_str()));
    }
    let fixed = [("fixed_family", inputs.fixed_family), ("fixed_region", inputs.fixed_region)];
    fixed.into_iter().find(|(_, fixed)| *fixed == Some(false)).map(|(name, _)| flag(name, false))
}

/// Whether the workload has too little history for a commitment, and what says so.
pub(super) fn unknown_workload(inputs: &PricingModelInputs, context: &mut Context<'_>) -> Result<Option<Looked>, Stop> {
    if let Some(history) = &inputs.history_months {
        let needed = context.fact("history_needed_months")?;
        if context.probe.less(history, &needed) {
            return Ok(Some(number("history_months", history)));
        }
    }
    Ok(yes(inputs.new_workload).then(|| flag("new_workload", true)))
}

/// Whether a way pays back although the use ends before its term: R-03.
pub(super) fn pays_back(
    way: &Way,
    settled: &Settled,
    on_demand: &Amount,
    context: &mut Context<'_>,
) -> Result<bool, Stop> {
    let months = Amount::decimal(way.term.months().into());
    let used = context.probe.min(&settled.horizon, &months);
    Ok(context.probe.more(&on_demand.times(&used)?, &way.committed.total().times(&months)?))
}

/// Whether a commitment for the peak is used enough: R-06.
pub(super) fn used_enough(
    way: &Way,
    settled: &Settled,
    rates: &Rates,
    context: &mut Context<'_>,
) -> Result<bool, Stop> {
    let Some(on_demand) = &rates.on_demand else { return Ok(true) };
    let used = on_demand.at(&settled.utilisation)?;
    Ok(!context.probe.less(&used, &way.committed.total()))
}

/// Fires every rule.
pub(super) fn screen(
    screen: &mut Screen<'_>,
    inputs: &PricingModelInputs,
    settled: &Settled,
    rates: &Rates,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    spot(screen, inputs, settled)?;
    pay_back(screen, inputs, settled, rates, context)?;
    scope(screen, inputs, settled)?;
    capacity(screen, inputs, settled, context)?;
    guidance(screen, inputs, settled, context)
}

///
fn spot(screen: &mut Screen<'_>, inputs: &PricingModelInputs, settled: &Settled) -> Result<(), Stop> {
    let both = [SPOT, MIX_SPOT];
    if !settled.interruptible {
        let text = "Spot capacity is taken back at two minutes' notice.";
        screen.eliminate("R-01", &both, &flag("interruptible", false), "spot_instance_notice_minutes", text)?;
        return Ok(());
    }
    if inputs.queue_based == Some(false) && !yes(inputs.fault_tolerant) {
        let text = "Without checkpoints or a queue, an interruption loses the work.";
        screen.eliminate("R-02", &both, &flag("queue_based", false), "spot_use", text)?;
    } else if !yes(inputs.queue_based) && !yes(inputs.fault_tolerant) {
        let text = "Keep checkpoints or a queue, so that an interruption does not lose the work.";
        screen.caution("R-02", &both, &flag("interruptible", true), "spot_use", text)?;
    }
    if yes(inputs.single_pool) {
        let text = "One instance type in one zone is one pool of spare capacity; take many.";
        screen.caution("R-02", &both, &flag("single_pool", true), "spot_use", text)?;
    }
    if yes(inputs.deadline) {
        let text = "A deadline needs on-demand capacity to fall back on.";
        screen.caution("R-02", &both, &flag("deadline", true), "spot_use", text)?;
    }
    Ok(())
}

/// by the price where it is known, else by the largest discount there is.
fn pay_back(
    screen: &mut Screen<'_>,
    inputs: &PricingModelInputs,
    settled: &Settled,
    rates: &Rates,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let horizon = number("horizon_months", &settled.horizon);
    let utilisation = number("expected_utilisation", &settled.utilisation);
    let too_short = "The use ends before the commitment has paid back.";
    let too_little = "So much of the commitment would stand unused that on demand costs less.";
    for kind in Kind::ALL {
        let options = options_of(kind);
        let known: Vec<&Way> = rates.of(kind).collect();
        if let (false, Some(on_demand)) = (known.is_empty(), &rates.on_demand) {
            let on_demand = on_demand.total();
            let mut in_time = false;
            let mut used = false;
            for way in known {
                let pays = pays_back(way, settled, &on_demand, context)?;
                in_time = in_time || pays;
                used = used || (pays && used_enough(way, settled, rates, context)?);
            }
            if !in_time {
                screen.eliminate("R-03", options, &horizon, "commitment_pays_back", too_short)?;
            } else if !used {
                let pure = options.get(..1).unwrap_or_default();
                screen.eliminate("R-06", pure, &utilisation, "commitment_utilisation", too_little)?;
            }
        } else {
            bounded(screen, inputs, settled, kind.bound(), options, context)?;
        }
    }
    let parts = settled.parts;
    for (option, bound, there) in [
        (DATABASE_SP, "database_sp_max_discount_pct", parts.database),
        (SAGEMAKER_SP, "sagemaker_sp_max_discount_pct", parts.sagemaker),
    ] {
        if there {
            bounded(screen, inputs, settled, bound, &[option], context)?;
        }
    }
    Ok(())
}

/// by a discount that is known, or by the largest that AWS gives.
fn bounded(
    screen: &mut Screen<'_>,
    inputs: &PricingModelInputs,
    settled: &Settled,
    bound: &str,
    options: &[&str],
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let discount = match &inputs.discount {
        Some(discount) => discount.clone(),
        None => context.fact(bound)?.per(100),
    };
    let paid = &Amount::ONE - &discount;
    let shortest = terms(inputs).first().copied().unwrap_or_default();
    let months = Amount::decimal(shortest.months().into());
    let needed = paid.times(&months)?;
    if !context.probe.more(&settled.horizon, &needed) {
        let text = "Even at this discount, the use ends before the commitment has paid back.";
        screen.eliminate("R-03", options, &number("horizon_months", &settled.horizon), bound, text)?;
    }
    if context.probe.less(&settled.utilisation, &paid) {
        let pure = options.get(..1).unwrap_or_default();
        let text = "Even at this discount, so much would stand unused that on demand costs less.";
        screen.eliminate("R-06", pure, &number("expected_utilisation", &settled.utilisation), bound, text)?;
    }
    Ok(())
}

/// R-06 for the mixes: there must be something to commit to, and something above it.
pub(super) fn nothing_to_mix(screen: &mut Screen<'_>, settled: &Settled, covers: &[Cover]) -> Result<(), Stop> {
    let is_nothing = |cover: &Cover| cover.level.is_zero();
    if covers.is_empty() || !covers.iter().all(|cover| is_nothing(cover) || cover.above.is_zero()) {
        return Ok(());
    }
    let text = if covers.iter().all(is_nothing) {
        "No level of the use is reached for long enough to commit to it."
    } else {
        "Nothing is left above what is worth committing to: it is the plan for the peak."
    };
    let looked = number("expected_utilisation", &settled.utilisation);
    screen.eliminate("R-06", &[MIX_OD, MIX_SPOT], &looked, "commitment_utilisation", text)?;
    Ok(())
}

/// what an option covers, and what it is bound to.
fn scope(screen: &mut Screen<'_>, inputs: &PricingModelInputs, settled: &Settled) -> Result<(), Stop> {
    let parts = settled.parts;
    let spend = word("spend", settled.spend.as_str());
    if let Some(changes) = may_change(inputs) {
        let text = "It is bound to one family in one Region for the whole term.";
        screen.eliminate("R-04", &[EC2_INSTANCE_SP, RI_STANDARD], &changes, "single_family_commitments", text)?;
    }
    if parts.beside_instances() {
        let text = "It covers no Fargate, Lambda or SageMaker; that part would stay on demand.";
        let bound = [EC2_INSTANCE_SP, RI_STANDARD, RI_CONVERTIBLE];
        screen.eliminate("R-05", &bound, &spend, "instance_commitment_scope", text)?;
    }
    if parts.sagemaker {
        let covering = [COMPUTE_SP, MIX_OD, MIX_SPOT];
        if parts.compute() {
            let text = "SageMaker is outside it, and has a plan of its own.";
            screen.caution("R-05", &covering, &spend, "compute_plan_scope", text)?;
        } else if !parts.database {
            let text = "It covers no SageMaker.";
            screen.eliminate("R-05", &covering, &spend, "compute_plan_scope", text)?;
        }
    } else {
        let text = "There is no SageMaker spend for it to cover.";
        screen.eliminate("R-05", &[SAGEMAKER_SP], &spend, "sagemaker_plan_scope", text)?;
    }
    if !parts.ec2 {
        let text = "Capacity is reserved for EC2 instances only.";
        screen.eliminate("R-05", &[ODCR], &spend, "capacity_reservation_scope", text)?;
    }
    if !parts.ec2 && !parts.fargate {
        let text = "There is no spare capacity to buy for this.";
        screen.eliminate("R-05", &[SPOT, MIX_SPOT], &spend, "spot_scope", text)?;
        if parts.lambda {
            let text = "Functions are billed by use: a plan covers them as a whole, and leaves no peak over.";
            screen.eliminate("R-05", &[MIX_OD], &spend, "compute_plan_scope", text)?;
        }
    } else if parts.lambda {
        let text = "Functions have no Spot price and stay on demand.";
        screen.caution("R-05", &[SPOT], &spend, "spot_scope", text)?;
    }
    if !parts.database {
        let text = "There is no database spend for it to cover.";
        screen.eliminate("R-08", &[DATABASE_SP], &spend, "database_plan_scope", text)?;
    } else if parts.compute() || parts.sagemaker {
        let text = "Databases are outside it, and have a plan of their own.";
        screen.caution(
            "R-08",
            &[COMPUTE_SP, EC2_INSTANCE_SP, MIX_OD, MIX_SPOT],
            &spend,
            "database_plan_scope",
            text,
        )?;
    } else {
        let text = "Compute plans cover no databases, and databases have neither Spot nor convertible reservations.";
        let out = [COMPUTE_SP, EC2_INSTANCE_SP, MIX_OD, MIX_SPOT, SPOT, ODCR, RI_CONVERTIBLE];
        screen.eliminate("R-08", &out, &spend, "database_plan_scope", text)?;
    }
    Ok(())
}

/// capacity that must be there.
fn capacity(
    screen: &mut Screen<'_>,
    inputs: &PricingModelInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let parts = settled.parts;
    block(screen, inputs, settled, context)?;
    if yes(inputs.capacity_guaranteed) && parts.ec2 {
        let looked = flag("capacity_guaranteed", true);
        let text = "It reserves no capacity: an instance may not start when it is wanted.";
        let out = [ON_DEMAND, SPOT, COMPUTE_SP, EC2_INSTANCE_SP, MIX_OD, MIX_SPOT];
        screen.eliminate("R-07", &out, &looked, "capacity_reserving_options", text)?;
        let text = "Only a reservation with the scope of a zone reserves capacity.";
        screen.caution("R-07", &[RI_STANDARD, RI_CONVERTIBLE], &looked, "capacity_reserving_options", text)?;
        let text = "Capacity that must be there is reserved, and a plan takes care of the price.";
        screen.prefer("R-07", &[ODCR], &looked, "guidance_capacity", text)?;
    }
    Ok(())
}

/// GPUs in a window that is booked ahead.
fn block(
    screen: &mut Screen<'_>,
    inputs: &PricingModelInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let out = [CAPACITY_BLOCK];
    if !settled.parts.gpu {
        let text = "Capacity Blocks are for GPU instances.";
        let spend = word("spend", settled.spend.as_str());
        screen.eliminate("R-09", &out, &spend, "capacity_block_scope", text)?;
    } else if let Some(days) = &inputs.window_days {
        let longest = context.fact("capacity_block_max_days")?;
        let looked = number("window_days", days);
        if context.probe.more(days, &longest) {
            let text = "The window is longer than a Capacity Block can be.";
            screen.eliminate("R-09", &out, &looked, "capacity_block_max_days", text)?;
        } else {
            let text = "GPU work in a fixed window is booked as a Capacity Block.";
            screen.prefer("R-09", &out, &looked, "guidance_capacity_block", text)?;
        }
    } else {
        let text = "A Capacity Block is booked for a window, and none is given.";
        screen.eliminate("R-09", &out, &word("window_days", NOT_GIVEN), "capacity_block_scope", text)?;
    }
    Ok(())
}

/// and G-51 … G-56: what is published for which situation.
fn guidance(
    screen: &mut Screen<'_>,
    inputs: &PricingModelInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let parts = settled.parts;
    let is_new = unknown_workload(inputs, context)?;
    if let Some(looked) = &is_new {
        let text = "What is used is not known yet; commit once there is a month of history.";
        screen.eliminate("R-10", &COMMITMENTS, looked, "history_needed_months", text)?;
    }
    if yes(inputs.resale_wanted) {
        let text = "Only Standard Reserved Instances can be sold again.";
        screen.prefer("G-51", &[RI_STANDARD], &flag("resale_wanted", true), "guidance_resale", text)?;
    }
    let base = match &settled.base {
        Some(base) if context.probe.positive(base) && context.probe.less(base, &Amount::ONE) => Some(base),
        _ => None,
    };
    if settled.interruptible {
        if let Some(base) = base {
            let text = "Commit to what always runs, and let interruptible work above it run on Spot.";
            screen.prefer("G-52", &[MIX_SPOT], &number("base_fraction", base), "guidance_base_and_spot", text)?;
        }
        let text = "Work that can be interrupted runs on Spot.";
        screen.prefer("G-53", &[SPOT], &flag("interruptible", true), "guidance_spot", text)?;
    }
    if yes(inputs.cyclical) {
        let text = "Commit to what always runs, and take the peaks on demand.";
        screen.prefer("G-54", &[MIX_OD], &flag("cyclical", true), "guidance_base_and_peak", text)?;
    } else if let Some(base) = base {
        let text = "Commit to what always runs, and take the peaks on demand.";
        screen.prefer("G-54", &[MIX_OD], &number("base_fraction", base), "guidance_base_and_peak", text)?;
    }
    let spend = word("spend", settled.spend.as_str());
    if !parts.compute() {
        let steady = inputs.steady.unwrap_or(true) && is_new.is_none();
        let looked = flag("steady", steady);
        if !steady {
            let text = "What is not steady, or not known yet, stays on demand.";
            screen.prefer("G-56", &[ON_DEMAND], &looked, "guidance_on_demand", text)?;
        } else if parts.database {
            let text = "Steady database spend takes the plan that covers databases.";
            screen.prefer("G-55", &[DATABASE_SP], &spend, "guidance_database_plan", text)?;
        } else {
            let text = "Steady SageMaker spend takes its own plan.";
            screen.prefer("G-55", &[SAGEMAKER_SP], &spend, "guidance_sagemaker_plan", text)?;
        }
        return Ok(());
    }
    let steady = yes(inputs.steady);
    let family_stays = yes(inputs.fixed_family) && inputs.fixed_region.unwrap_or(true);
    if steady && family_stays && may_change(inputs).is_none() && !parts.beside_instances() {
        let text = "A family and a Region that stay take the plan with the deeper discount, and give up changing them.";
        screen.prefer("R-11", &[EC2_INSTANCE_SP], &flag("fixed_family", true), "guidance_steady_family", text)?;
    }
    let changes = may_change(inputs);
    if steady || changes.is_some() {
        let looked = changes.unwrap_or_else(|| flag("steady", true));
        let text = "A Compute Savings Plan follows changes of family, Region and service.";
        screen.prefer("G-55", &[COMPUTE_SP], &looked, "guidance_default_plan", text)?;
    }
    Ok(())
}
