//! Topologies: every way to build an option that carries traffic, with the path and the cost of each flow.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Map, Value};
use smol_str::{SmolStr, ToSmolStr};
use utoipa::ToSchema;

use super::view::OptionEstimate;
use crate::app::answer::{LineView, MissingMeterView, Total};
use crate::catalog::Catalog;
use crate::decisions::engine::{Ask, Candidate, Cost, Hop, Plan, Route};
use crate::domain::amount::{Amount, NumberError};
use crate::domain::bill::Line;
use crate::rating::{Bill, RatedWith, Shares};

/// One way to build an option, with the flows on it. Its total is the sum of `flows` and `standing`, exactly.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TopologyView<'c> {
    /// Its name.
    #[schema(example = "full mesh")]
    pub topology: String,
    /// Whether it is the one that the option is taken to be built as: the cheapest, and of equal ones the first.
    pub taken: bool,
    /// What is built.
    #[schema(value_type = Object)]
    pub config: Map<String, Value>,
    /// The AWS bill; null where a price is missing.
    pub estimate: Option<OptionEstimate<'c>>,
    /// The meters without a price.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingMeterView>,
    /// What it costs whether traffic flows or not, US dollars with up to 12 decimals; null where a price is missing.
    #[schema(value_type = Option<String>, example = "73")]
    pub standing_exact: Option<SmolStr>,
    /// What all flows cost together, US dollars with up to 12 decimals; null where a price is missing.
    #[schema(value_type = Option<String>, example = "12.5")]
    pub flows_exact: Option<SmolStr>,
    /// Each flow, in groups that go the same way.
    pub flows: Vec<FlowView>,
}

/// A flow: the way it goes, and what it pays there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlowView {
    /// Who sends.
    #[schema(value_type = String, example = "shop")]
    pub from: SmolStr,
    /// Who receives.
    #[schema(value_type = String, example = "stock")]
    pub to: SmolStr,
    /// Gigabytes a month.
    #[schema(value_type = String, example = "100")]
    pub gb: SmolStr,
    /// What it passes, in order.
    #[schema(value_type = Vec<String>)]
    pub via: Vec<SmolStr>,
    /// What it pays on the way: its part of lines of the estimate.
    pub hops: Vec<HopView>,
    /// The sum of the hops, US dollars with up to 12 decimals; null where a price is missing.
    #[schema(value_type = Option<String>, example = "2")]
    pub amount_exact: Option<SmolStr>,
}

/// A flow's part of one line of the estimate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HopView {
    /// The resource of the line.
    #[schema(value_type = String, example = "transit gateway, us-east-1")]
    pub resource: SmolStr,
    /// The id of the line, which has the meter and the price.
    #[schema(example = "vpc_processed")]
    pub line: &'static str,
    /// The flow's part of the line's quantity.
    #[schema(value_type = String, example = "100")]
    pub quantity: SmolStr,
    /// The flow's part of the line's amount, US dollars with up to 12 decimals; null where a price is missing.
    #[schema(value_type = Option<String>, example = "2")]
    pub amount_exact: Option<SmolStr>,
}

/// Every way to build an option, the one that is taken first; none for an option that carries no flows.
pub(super) fn of<'c>(candidate: &Candidate<'c>, ask: &Ask, catalog: &'c Catalog) -> Vec<TopologyView<'c>> {
    let taken = candidate.plan.as_ref().map(|plan| (plan, &candidate.cost));
    let others = candidate.others.iter().map(|(plan, cost)| (plan, cost));
    taken
        .into_iter()
        .chain(others)
        .enumerate()
        .filter(|(_, (plan, _))| !plan.routes.is_empty())
        .map(|(at, (plan, cost))| topology(plan, cost, at == 0, ask, catalog))
        .collect()
}

fn topology<'c>(plan: &Plan, cost: &Cost<'c>, taken: bool, ask: &Ask, catalog: &'c Catalog) -> TopologyView<'c> {
    let (bill, missing) = match cost {
        Cost::Billed { bill, .. } => (Some(bill), Vec::new()),
        Cost::Unpriced { missing, .. } => {
            let explain = |lacking: &crate::rating::Lacking| lacking.explain(catalog, ask.terms.as_of);
            (None, missing.iter().map(|lacking| MissingMeterView::from(&explain(lacking))).collect())
        }
        Cost::Ranked { .. } | Cost::NotSized => (None, Vec::new()),
    };
    let mut shared = Shared::of(plan, bill);
    // Money that moves is never shown: an answer is about one point.
    let flows = shared.flows(&plan.routes).unwrap_or_default();
    let standing = bill.map(|bill| &bill.total - &shared.total);
    TopologyView {
        topology: plan.label.clone(),
        taken,
        config: plan.config.clone(),
        estimate: bill.map(|bill| estimate(plan, bill, ask, catalog)),
        missing,
        standing_exact: standing.map(|standing| standing.to_smolstr()),
        flows_exact: bill.map(|_| shared.total.to_smolstr()),
        flows,
    }
}

/// The bill of a plan as it is shown.
pub(super) fn estimate<'c>(plan: &Plan, bill: &Bill<'c>, ask: &Ask, catalog: &'c Catalog) -> OptionEstimate<'c> {
    let line = |line: &Line<RatedWith<'c>>| {
        let resource = plan.resources.get(line.record.resource)?;
        Some(LineView::of(line, &resource.name, resource.service.id, catalog))
    };
    OptionEstimate {
        total: Total::of(&bill.total, ask.month.is_convention()),
        lines: bill.lines.iter().filter_map(line).collect(),
    }
}

/// The lines of a bill while flows take their parts of them.
struct Shared<'p> {
    plan: &'p Plan,
    lines: Option<HashMap<(usize, &'static str), Shares<'p>>>,
    total: Amount,
}

impl<'p> Shared<'p> {
    fn of(plan: &'p Plan, bill: Option<&'p Bill<'_>>) -> Self {
        let lines = bill.map(|bill| {
            bill.lines.iter().map(|line| ((line.record.resource, line.record.id), Shares::of(line))).collect()
        });
        Self { plan, lines, total: Amount::ZERO }
    }

    fn flows(&mut self, routes: &[Route]) -> Result<Vec<FlowView>, NumberError> {
        let mut views = Vec::with_capacity(routes.iter().map(|route| route.flows.len()).sum());
        for route in routes {
            let names: Vec<SmolStr> = route.hops.iter().map(|hop| self.resource(hop)).collect();
            for flow in route.flows.iter() {
                let gb = flow.gb.times(&route.factor)?;
                let mut hops = Vec::with_capacity(route.hops.len());
                let mut sum = Amount::ZERO;
                for (hop, resource) in route.hops.iter().zip(&names) {
                    let quantity = gb.times(&hop.per_gb)?;
                    let amount = self.take(hop, &quantity)?;
                    if let Some(amount) = &amount {
                        sum = &sum + amount;
                    }
                    hops.push(HopView {
                        resource: resource.clone(),
                        line: hop.line,
                        quantity: quantity.to_smolstr(),
                        amount_exact: amount.map(|amount| amount.to_smolstr()),
                    });
                }
                self.total = &self.total + &sum;
                views.push(FlowView {
                    from: flow.from.clone(),
                    to: flow.to.clone(),
                    gb: gb.to_smolstr(),
                    via: route.via.clone(),
                    hops,
                    amount_exact: self.lines.as_ref().map(|_| sum.to_smolstr()),
                });
            }
        }
        Ok(views)
    }

    fn resource(&self, hop: &Hop) -> SmolStr {
        self.plan.resources.get(hop.resource).map_or_else(SmolStr::default, |resource| SmolStr::new(&resource.name))
    }

    /// The money for a part of a line. A line that is not there has a quantity of zero.
    fn take(&mut self, hop: &Hop, quantity: &Amount) -> Result<Option<Amount>, NumberError> {
        let Some(lines) = &mut self.lines else { return Ok(None) };
        match lines.get_mut(&(hop.resource, hop.line)) {
            Some(shares) => shares.take(quantity).map(Some),
            None => Ok(Some(Amount::ZERO)),
        }
    }
}
