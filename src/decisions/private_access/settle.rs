//! The inputs of `private_access` after defaults. A default that follows from another input moves with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use smol_str::SmolStr;

use super::inputs::{PrivateAccessInputs, ServiceUse, THIRD_PARTY};
use crate::decisions::engine::{Context, RoutedFlow, Stop};
use crate::decisions::steps::Defaults;
use crate::decisions::traffic::graph::Flows;
use crate::decisions::traffic::network::{Crossing, End, Group, Network, Spread};
use crate::domain::amount::Amount;

/// Where clients are, as far as rules ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clients {
    /// In private subnets of the VPC.
    Private,
    /// In public subnets of the VPC.
    Public,
    /// In a VPC that is peered with it.
    PeeredVpc,
    /// In a VPC behind a transit gateway.
    BehindHub,
    /// On a site of your own.
    Site,
}

/// Every value that rules and sizing use.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is the answer to a question of its own")]
pub(super) struct Settled {
    pub(super) network: Arc<Network>,
    pub(super) is_graph: bool,
    pub(super) factor: Amount,
    pub(super) clients: Clients,
    pub(super) location: String,
    pub(super) azs: Amount,
    pub(super) vpcs: Amount,
    /// Gigabytes a month over all.
    pub(super) gb: Amount,
    /// The AWS services, each once.
    pub(super) services: Vec<SmolStr>,
    /// Whether some destination is somebody else's.
    pub(super) third_party: bool,
    /// Whether some service is in another Region than its clients.
    pub(super) other_region: bool,
    pub(super) public_path: bool,
    pub(super) nat_stays: bool,
    pub(super) is_ipv6: bool,
    /// Flows that this decision does not route.
    pub(super) other_flows: usize,
}

/// Takes every default.
pub(super) fn settle(
    inputs: &PrivateAccessInputs,
    defaults: &mut Defaults,
    context: &mut Context<'_>,
) -> Result<Settled, Stop> {
    let azs = defaults.take(
        inputs.azs.as_ref(),
        "azs",
        context.fact("default_endpoint_azs")?,
        "endpoints and NAT gateways stand in every zone that a VPC uses",
    );
    let location = inputs.client_location.clone().unwrap_or_else(|| {
        defaults.assume("client_location", "same_vpc", "the clients are in private subnets of the VPC");
        "same_vpc".to_owned()
    });
    let mut clients = match location.as_str() {
        "public_subnets" => Clients::Public,
        "peered_vpc" => Clients::PeeredVpc,
        "behind_tgw" => Clients::BehindHub,
        "on_prem_dx" | "on_prem_vpn" => Clients::Site,
        _ => Clients::Private,
    };
    let (network, factor) = match &inputs.nodes {
        Some(nodes) => {
            let none = Flows::from(Vec::new());
            let flows = inputs.flows.as_ref().unwrap_or(&none);
            let factor = inputs.traffic_factor.clone().unwrap_or(Amount::ONE);
            defaults.values.push(("traffic_factor", factor.clone()));
            (flows.network(nodes, context.region, &azs), factor)
        }
        None => (Arc::new(numbers(inputs, clients, &azs, defaults, context)?), factor_of(inputs)),
    };
    let is_site = |group: &Group| [group.from, group.to].iter().any(|end| matches!(end, End::Site(_)));
    if network.groups.iter().any(|group| service_of(group).is_some() && is_site(group)) {
        clients = Clients::Site;
    }
    let public_path = inputs.public_path_allowed.unwrap_or_else(|| {
        defaults.assume("public_path_allowed", "true", "traffic may go to the services' public endpoints");
        true
    });
    let nat_stays = inputs.nat_already_needed.or(inputs.nat_present).unwrap_or_else(|| {
        defaults.assume("nat_already_needed", "true", "other traffic needs the NAT gateways in any case");
        true
    });
    let is_ipv6 = inputs.ip_version.as_ref().and_then(Amount::as_whole) == Some(6);
    let other_region = network.groups.iter().any(|group| {
        service_of(group).is_some() && group.from.region().zip(group.to.region()).is_some_and(|(a, b)| a != b)
    });
    let third_party = network.groups.iter().any(is_third_party);
    let routed = |group: &&Group| service_of(group).is_none() && !is_third_party(group);
    let other_flows = network.groups.iter().filter(routed).map(|group| group.flows.len()).sum();
    let gb = network.groups.iter().fold(Amount::ZERO, |sum, group| &sum + &group.gb).times(&factor)?;
    Ok(Settled {
        is_graph: inputs.nodes.is_some(),
        factor,
        clients,
        location,
        azs,
        vpcs: network.vpc_count(),
        gb,
        services: network.services.clone(),
        third_party,
        other_region,
        public_path,
        nat_stays,
        is_ipv6,
        other_flows,
        network,
    })
}

fn factor_of(inputs: &PrivateAccessInputs) -> Amount {
    inputs.traffic_factor.clone().unwrap_or(Amount::ONE)
}

/// The AWS service that a group leads to or comes from.
pub(super) fn service_of(group: &Group) -> Option<(usize, usize)> {
    match (group.from, group.to) {
        (End::Service(region, service), _) | (_, End::Service(region, service)) => Some((region, service)),
        _ => None,
    }
}

/// Whether a group leads to or comes from the internet.
pub(super) fn is_third_party(group: &Group) -> bool {
    group.from == End::Internet || group.to == End::Internet
}

/// The network where only services and numbers are known: every VPC reaches every service.
fn numbers(
    inputs: &PrivateAccessInputs,
    clients: Clients,
    azs: &Amount,
    defaults: &mut Defaults,
    context: &Context<'_>,
) -> Result<Network, Stop> {
    let mut network = Network::default();
    let home = network.region(context.region);
    let target = match inputs.target_region.as_deref() {
        None | Some("same") => home,
        Some("other") => {
            let others = context.facts().names("private_access_other_region")?;
            let other = others.iter().find(|region| *region != context.region).map_or(context.region, String::as_str);
            defaults.assume("target_region", other, "a large Region; name the one that is meant");
            network.region(other)
        }
        Some(region) => network.region(region),
    };
    let vpcs = defaults.take(inputs.vpcs.as_ref(), "vpcs", Amount::ONE, "one VPC");
    network.vpcs.insert(home, Spread { zones: vpcs.times(azs)?, count: vpcs.clone() });
    let reached = reached(inputs, &vpcs, defaults, context)?;
    let client = if clients == Clients::Site { End::Site(home) } else { End::Vpc(home) };
    let what = match clients {
        Clients::Site => "the site",
        Clients::PeeredVpc => "the peered VPC",
        Clients::BehindHub => "each VPC behind the transit gateway",
        Clients::Private | Clients::Public => "each VPC",
    };
    for (name, gb) in reached {
        let to = if name == THIRD_PARTY { End::Internet } else { network.service(target, &name) };
        if let End::Service(..) = to {
            let users = Spread { zones: vpcs.times(azs)?, count: vpcs.clone() };
            network.service_users.insert((home, to), users);
        }
        let flow = RoutedFlow { from: SmolStr::new(what), to: name, gb: gb.clone() };
        network.push(Group { from: client, to, crossing: Crossing::Share, gb, flows: Arc::from([flow]) });
    }
    Ok(network)
}

/// The services and what each carries.
fn reached(
    inputs: &PrivateAccessInputs,
    vpcs: &Amount,
    defaults: &mut Defaults,
    context: &Context<'_>,
) -> Result<Vec<(SmolStr, Amount)>, Stop> {
    let names: Vec<SmolStr> = match (&inputs.services, &inputs.endpoint_services) {
        (Some(services), _) => services.iter().map(|service| SmolStr::new(service.name())).collect(),
        (None, Some(count)) => {
            defaults.values.push(("endpoint_services", count.clone()));
            let count = count.as_whole().unwrap_or_default();
            (1..=count).map(|nth| smol_str::format_smolstr!("service {nth}")).collect()
        }
        (None, None) => {
            let names = context.facts().names("default_private_access_service")?;
            defaults.assume("services", names.join(", "), "the service that is reached most");
            defaults.critical.push("services");
            names.iter().map(SmolStr::new).collect()
        }
    };
    let volumes: BTreeMap<&str, &Amount> = inputs
        .services
        .iter()
        .flatten()
        .filter_map(|service: &ServiceUse| Some((service.name(), service.gb()?)))
        .collect();
    if !volumes.is_empty() {
        defaults.values.push(("traffic_factor", factor_of(inputs)));
        let gb = |name: &SmolStr| volumes.get(name.as_str()).map_or(Amount::ZERO, |gb| (*gb).clone());
        return Ok(names.into_iter().map(|name| (name.clone(), gb(&name))).collect());
    }
    let total = match (&inputs.gb_month_per_vpc, &inputs.nat_gb_month_to_s3) {
        (Some(each), _) => {
            defaults.values.push(("gb_month_per_vpc", each.clone()));
            each.times(vpcs)?
        }
        (None, Some(gb)) => {
            defaults.values.push(("nat_gb_month_to_s3", gb.clone()));
            gb.clone()
        }
        (None, None) => {
            if inputs.gb_month.is_none() {
                defaults.critical.push("gb_month");
            }
            let default = context.fact("default_service_gb_month")?;
            defaults.take(inputs.gb_month.as_ref(), "gb_month", default, "a moderate volume over all services")
        }
    };
    let count = u64::try_from(names.len()).unwrap_or(1);
    Ok(names.into_iter().map(|name| (name, total.per(count))).collect())
}
