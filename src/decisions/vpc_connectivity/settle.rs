//! The inputs of `vpc_connectivity` after defaults. A default that follows from another input moves with it.

use std::sync::Arc;

use smol_str::SmolStr;

use super::inputs::VpcConnectivityInputs;
use crate::decisions::engine::{Context, Stop};
use crate::decisions::steps::Defaults;
use crate::decisions::traffic::graph::Flows;
use crate::decisions::traffic::network::{End, Network, Numbers, Shape};
use crate::domain::amount::Amount;

/// Every value that rules and sizing use.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is the answer to a question of its own")]
pub(super) struct Settled {
    pub(super) network: Arc<Network>,
    pub(super) is_graph: bool,
    pub(super) factor: Amount,
    pub(super) vpcs: Amount,
    pub(super) consumers: Amount,
    /// Gigabytes a month over all.
    pub(super) gb: Amount,
    pub(super) regions: Amount,
    pub(super) accounts: Amount,
    pub(super) azs: Amount,
    pub(super) same_az_share: Amount,
    pub(super) growth: Amount,
    pub(super) segments: Amount,
    /// The most other VPCs that one VPC must reach.
    pub(super) peers: Amount,
    pub(super) overlap: bool,
    /// Several VPCs share something behind one of them, and the input that says so.
    pub(super) transitive: Option<&'static str>,
    pub(super) isolated: bool,
    pub(super) shared_vpn: bool,
    pub(super) third_party: Option<&'static str>,
    pub(super) policy: Option<&'static str>,
    pub(super) one_way: bool,
    pub(super) protocol: String,
    pub(super) existing_hub: Option<&'static str>,
    /// Flows with AWS services, which this decision does not route.
    pub(super) service_flows: usize,
}

/// Takes every default.
pub(super) fn settle(
    inputs: &VpcConnectivityInputs,
    defaults: &mut Defaults,
    context: &mut Context<'_>,
) -> Result<Settled, Stop> {
    let yes = |value: Option<bool>| value.unwrap_or(false);
    let azs = defaults.take(
        inputs.azs.as_ref(),
        "azs",
        context.fact("default_endpoint_azs")?,
        "endpoints stand in every zone that a VPC uses",
    );
    let share = defaults.take(
        inputs.same_az_share.as_ref(),
        "same_az_share",
        context.fact("default_same_az_share")?,
        "with three zones and no care taken, a third of the data stays in its zone",
    );
    let isolated = yes(inputs.isolated_vpcs);
    let (network, factor) = match &inputs.nodes {
        Some(nodes) => {
            let none = Flows::from(Vec::new());
            let flows = inputs.flows.as_ref().unwrap_or(&none);
            let network = flows.network(nodes, context.region, &azs);
            let factor = inputs.traffic_factor.clone().unwrap_or(Amount::ONE);
            defaults.values.push(("traffic_factor", factor.clone()));
            (network, factor)
        }
        None => numbers(inputs, isolated, &azs, defaults, context)?,
    };
    let is_graph = inputs.nodes.is_some();
    let vpcs = network.vpc_count();
    let twice = vpcs.times(&context.fact("default_growth_ratio_2y")?)?;
    let growth = defaults.take(inputs.growth_vpcs_2y.as_ref(), "growth_vpcs_2y", twice, "twice as many in two years");
    let segments = inputs.segments.clone().unwrap_or(Amount::ONE);
    let accounts = inputs.accounts.clone().unwrap_or(Amount::ONE);
    let sharing_site = network.vpcs_with_site.values().fold(Amount::ZERO, |sum, vpcs| &sum + vpcs);
    let shares_site = context.probe.more(&sharing_site, &Amount::ONE);
    let transitive = match () {
        () if yes(inputs.transitive) => Some("transitive"),
        () if yes(inputs.shared_vpn) => Some("shared_vpn"),
        () if shares_site && is_graph => Some("flows"),
        () if isolated && !is_graph => Some("isolated_vpcs"),
        () => None,
    };
    let third_party = match () {
        () if yes(inputs.third_party) => Some("third_party"),
        () if yes(inputs.saas_marketplace) => Some("saas_marketplace"),
        () => None,
    };
    let policy = match () {
        () if yes(inputs.central_policy) => Some("central_policy"),
        () if yes(inputs.policy_driven) => Some("policy_driven"),
        () => None,
    };
    let one_way = direction(inputs, &network, third_party.is_some(), defaults);
    let protocol = inputs.protocol.clone().unwrap_or_else(|| {
        defaults.assume("protocol", "tcp", "most connections are TCP");
        "tcp".to_owned()
    });
    if !yes(inputs.shared_subnets_accepted) {
        defaults.assume("shared_subnets_accepted", "false", "each owner keeps a VPC of its own");
    }
    let existing_hub = match inputs.existing_hub.as_deref() {
        Some("tgw") => Some("tgw"),
        Some("cloud_wan" | "cloudwan") => Some("cloud_wan"),
        _ => None,
    };
    if let Some(hub) = existing_hub {
        defaults.assume(
            "existing_hub",
            hub,
            "its attachments are there and paid for, so that only its gigabytes count",
        );
    }
    let peers = if yes(inputs.full_mesh) && !isolated {
        context.probe.beyond(&vpcs, &Amount::ONE)
    } else {
        network.most_peers.clone()
    };
    let is_service = |end: End| matches!(end, End::Service(..));
    let service_flows =
        network.groups.iter().filter(|g| is_service(g.from) || is_service(g.to)).map(|g| g.flows.len()).sum();
    let consumers = inputs.consumers.clone().unwrap_or_else(|| network.client_vpcs.clone());
    let regions = Amount::decimal(network.vpcs.len().into());
    let gb = network.groups.iter().fold(Amount::ZERO, |sum, group| &sum + &group.gb).times(&factor)?;
    Ok(Settled {
        is_graph,
        factor,
        vpcs,
        consumers,
        gb,
        regions,
        accounts,
        azs,
        same_az_share: share,
        growth,
        segments,
        peers,
        overlap: yes(inputs.overlap),
        transitive,
        isolated,
        shared_vpn: yes(inputs.shared_vpn),
        third_party,
        policy,
        one_way,
        protocol,
        existing_hub,
        service_flows,
        network,
    })
}

/// The network where only numbers are known, and what its traffic is multiplied by.
fn numbers(
    inputs: &VpcConnectivityInputs,
    isolated: bool,
    azs: &Amount,
    defaults: &mut Defaults,
    context: &mut Context<'_>,
) -> Result<(Arc<Network>, Amount), Stop> {
    let vpcs = match (&inputs.vpcs, &inputs.consumers) {
        (None, Some(consumers)) => {
            let vpcs = consumers + &Amount::ONE;
            defaults.take(None, "vpcs", vpcs, "the consumers and the VPC they use")
        }
        (given, _) => {
            let default = context.fact("default_connected_vpcs")?;
            defaults.critical(given.as_ref(), "vpcs", default, "the fewest that can be connected")
        }
    };
    if let Some(consumers) = &inputs.consumers {
        defaults.values.push(("consumers", consumers.clone()));
    }
    let count = vpcs.as_whole().unwrap_or_default();
    let shape = match () {
        () if isolated => Shape::Isolated,
        () if inputs.consumers.is_some() => Shape::Star,
        () => Shape::Mesh,
    };
    let regions = regions(inputs, defaults, context)?;
    let pairs = inputs.pairs_needing_traffic.clone().filter(|_| shape == Shape::Mesh);
    let gb = match &inputs.gb_month_per_pair {
        Some(each) => {
            defaults.values.push(("gb_month_per_pair", each.clone()));
            let of_shape = match shape {
                Shape::Mesh => count.saturating_mul(count.saturating_sub(1)).checked_div(2).unwrap_or_default(),
                Shape::Star => count.saturating_sub(1),
                Shape::Isolated => count,
            };
            each.times(&pairs.clone().unwrap_or_else(|| Amount::decimal(of_shape.into())))?
        }
        None => defaults.critical(
            inputs.gb_month.as_ref(),
            "gb_month",
            context.fact("default_network_gb_month")?,
            "a moderate volume over all pairs",
        ),
    };
    let network = Network::of_numbers(&Numbers { regions, vpcs: count, azs: azs.clone(), shape, gb, pairs })?;
    Ok((Arc::new(network), inputs.traffic_factor.clone().unwrap_or(Amount::ONE)))
}

/// The Regions that are taken: the request's own, then the larger ones in a fixed order.
fn regions(
    inputs: &VpcConnectivityInputs,
    defaults: &mut Defaults,
    context: &Context<'_>,
) -> Result<Vec<SmolStr>, Stop> {
    let count = inputs.regions.as_ref().and_then(Amount::as_whole).unwrap_or(1).max(1);
    let others = context.facts().names("default_traffic_regions")?.iter().map(SmolStr::new);
    let home = SmolStr::new(context.region);
    let others = others.filter(|region| *region != home);
    let taken: Vec<SmolStr> =
        std::iter::once(home.clone()).chain(others).take(usize::try_from(count).unwrap_or(1)).collect();
    if taken.len() > 1 {
        let names = taken.join(", ");
        defaults.assume("regions", names, "large Regions, the request's first; give `nodes` to name others");
    }
    defaults.values.push(("regions", Amount::decimal(taken.len().into())));
    Ok(taken)
}

/// Whether one side only opens connections.
fn direction(inputs: &VpcConnectivityInputs, network: &Network, third_party: bool, defaults: &mut Defaults) -> bool {
    if let Some(direction) = inputs.direction.as_deref() {
        return direction == "one_way";
    }
    let has_client = inputs.consumers.is_some()
        || inputs.provider.is_some()
        || inputs.target.is_some()
        || inputs.iam_auth == Some(true)
        || third_party;
    let never_both = inputs.nodes.is_some() && !network.clients.is_empty() && !network.both_ways;
    let (one_way, why) = match (has_client, never_both) {
        (true, _) => (true, "clients open the connections to a service"),
        (_, true) => (true, "no two VPCs send both ways"),
        _ => (false, "VPCs that are equals open connections both ways"),
    };
    defaults.assume("direction", if one_way { "one_way" } else { "bidirectional" }, why);
    one_way
}
