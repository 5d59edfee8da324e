//! What a commitment costs for the whole of the use: by the rates of the data, else by the discount of the request.

use crate::decisions::engine::{Context, Stop};
use crate::domain::amount::Amount;
use crate::services::commitments::{OfferingClass, Payment, Term};
use crate::services::ec2::InstancePlan;

use super::inputs::PricingModelInputs;
use super::settle::Settled;
use super::workload::{Bought, Part, Workload};

/// What is committed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A Savings Plan.
    Plan(InstancePlan),
    /// Reserved Instances.
    Reserved(OfferingClass),
}

impl Kind {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [
        Self::Plan(InstancePlan::Compute),
        Self::Plan(InstancePlan::Ec2Instance),
        Self::Reserved(OfferingClass::Standard),
        Self::Reserved(OfferingClass::Convertible),
    ];

    /// The fact with the largest discount there is.
    pub(super) fn bound(self) -> &'static str {
        match self {
            Self::Plan(InstancePlan::Compute) => "compute_sp_max_discount_pct",
            Self::Plan(InstancePlan::Ec2Instance) => "ec2_instance_sp_max_discount_pct",
            Self::Reserved(_) => "ri_max_discount_pct",
        }
    }
}

/// Money for the whole use of a month at the peak: of what runs, and of functions, which are billed by use.
#[derive(Debug, Clone, Default)]
pub(super) struct Money {
    pub(super) capacity: Amount,
    pub(super) functions: Amount,
}

impl Money {
    /// Both together.
    pub(super) fn total(&self) -> Amount {
        &self.capacity + &self.functions
    }

    /// Both together, where so much of the peak is paid for.
    pub(super) fn at(&self, share: &Amount) -> Result<Amount, Stop> {
        Ok(&self.capacity.times(share)? + &self.functions)
    }
}

/// One way to commit whose price is known.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) kind: Kind,
    pub(super) term: Term,
    pub(super) payment: Payment,
    /// What it costs a month, with upfront fees spread over the term.
    pub(super) committed: Money,
    /// The upfront fees in that, where the data has them apart.
    pub(super) upfront: Option<Amount>,
    /// The parts for which the data has no rate, so that the discount of the request counts.
    pub(super) by_discount: Vec<Part>,
}

/// What is known of prices for the use.
#[derive(Debug, Default)]
pub(super) struct Rates {
    /// What it costs on demand; `None` where a price is missing.
    pub(super) on_demand: Option<Money>,
    /// The ways to commit that have a price.
    pub(super) ways: Vec<Way>,
}

impl Rates {
    /// The ways of one kind.
    pub(super) fn of(&self, kind: Kind) -> impl Iterator<Item = &Way> {
        self.ways.iter().filter(move |way| way.kind == kind)
    }
}

/// The terms to look at: the one asked for, else both.
pub(super) fn terms(inputs: &PricingModelInputs) -> Vec<Term> {
    match inputs.term_months.as_ref().and_then(Amount::as_whole).and_then(Term::of_months) {
        Some(term) => vec![term],
        None => Term::ALL.to_vec(),
    }
}

/// Finds what is known.
pub(super) fn find(
    inputs: &PricingModelInputs,
    settled: &Settled,
    work: &Workload<'_>,
    context: &mut Context<'_>,
) -> Result<Rates, Stop> {
    let mut on_demand = Some(Vec::new());
    for part in work.parts() {
        let cost = cost(work, part, Bought::OnDemand, context)?;
        on_demand = on_demand.zip(cost).map(|(mut known, cost)| {
            known.push((part, cost.total));
            known
        });
    }
    let Some(on_demand) = on_demand else { return Ok(Rates::default()) };
    let mut ways = Vec::new();
    let payments = inputs.payment.map_or_else(|| Payment::ALL.to_vec(), |payment| vec![payment]);
    for kind in Kind::ALL {
        let covers = match kind {
            Kind::Plan(InstancePlan::Compute) => settled.parts.compute(),
            _ => settled.parts.ec2 && !settled.parts.beside_instances(),
        };
        if !covers {
            continue;
        }
        // A discount is one of a certain term and payment: those asked for, else the first.
        let mut discount = inputs.discount.as_ref();
        for term in terms(inputs) {
            for payment in &payments {
                ways.extend(way(kind, term, *payment, discount.take(), &on_demand, work, context)?);
            }
        }
    }
    Ok(Rates { on_demand: Some(money(on_demand.iter().map(|(part, cost)| (*part, cost.clone())))), ways })
}

/// One way to commit, where every part has a rate or the discount stands in for it.
fn way(
    kind: Kind,
    term: Term,
    payment: Payment,
    discount: Option<&Amount>,
    on_demand: &[(Part, Amount)],
    work: &Workload<'_>,
    context: &mut Context<'_>,
) -> Result<Option<Way>, Stop> {
    let mut committed = Vec::new();
    let mut upfront = None;
    let mut by_discount = Vec::new();
    for (part, full) in on_demand {
        match (cost(work, *part, Bought::Committed(kind, term, payment), context)?, discount) {
            (Some(cost), _) => {
                committed.push((*part, cost.total));
                upfront = cost.fees.or(upfront);
            }
            (None, Some(discount)) => {
                committed.push((*part, full.times(&(&Amount::ONE - discount))?));
                by_discount.push(*part);
            }
            (None, None) => return Ok(None),
        }
    }
    Ok(Some(Way { kind, term, payment, committed: money(committed), upfront, by_discount }))
}

fn money(costs: impl IntoIterator<Item = (Part, Amount)>) -> Money {
    let mut money = Money::default();
    for (part, cost) in costs {
        let of = if part == Part::Functions { &mut money.functions } else { &mut money.capacity };
        *of = &*of + &cost;
    }
    money
}

/// What the whole of a part costs.
struct Cost {
    /// Without requests, which no plan covers.
    total: Amount,
    /// The upfront fees of reservations in it.
    fees: Option<Amount>,
}

fn cost(work: &Workload<'_>, part: Part, bought: Bought, context: &mut Context<'_>) -> Result<Option<Cost>, Stop> {
    let resources: Vec<_> = work.part(part, &Amount::ONE, bought, "")?.into_iter().collect();
    let Some(bill) = context.bill(&resources)? else { return Ok(None) };
    let sum = |of: &dyn Fn(&str) -> bool| {
        let lines = bill.lines.iter().filter(|line| of(line.record.id));
        lines.fold(Amount::ZERO, |sum, line| &sum + &line.amount)
    };
    let fees = matches!(bought, Bought::Committed(Kind::Reserved(_), ..)).then(|| sum(&|id| id == "reserved_upfront"));
    Ok(Some(Cost { total: sum(&|id| id != "requests"), fees }))
}
