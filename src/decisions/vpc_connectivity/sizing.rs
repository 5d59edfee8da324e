//! The topologies of `vpc_connectivity`: how each routes every group of flows, and what stands whether traffic flows
//! or not.

use serde_json::{Value, json};
use smol_str::SmolStr;

use super::inputs::VpcConnectivityInputs;
use super::settle::Settled;
use super::{CLOUD_WAN, LATTICE_RESOURCES, LATTICE_SERVICES, PEERING, PRIVATELINK, SHARED_VPC, TRANSIT_GATEWAY};
use crate::decisions::engine::screen::Screen;
use crate::decisions::engine::{Context, Plan, Stop};
use crate::decisions::steps::{config, shown};
use crate::decisions::traffic::ledger::{Carrier, Ledger};
use crate::decisions::traffic::network::{Crossing, End, Group};
use crate::domain::amount::{Amount, NumberError};
use crate::services::cloud_wan::CloudWan;
use crate::services::elastic_load_balancing::{ElasticLoadBalancing, LoadBalancerKind};
use crate::services::site_to_site_vpn::{SiteToSiteVpn, VpnGateway};
use crate::services::transit_gateway::{TransitGateway, TransitGatewayPeering};
use crate::services::vpc_endpoint::VpcEndpoint;
use crate::services::vpc_lattice::VpcLattice;
use crate::services::vpc_peering::VpcPeering;
use crate::services::{
    cloud_wan, elastic_load_balancing, site_to_site_vpn, transit_gateway, vpc_endpoint, vpc_lattice, vpc_peering,
};

/// A way through a topology: what is passed, and the share of the data that passes it.
type Way = Vec<(Carrier, Amount)>;

/// Sizes every option that no rule has eliminated.
pub(super) fn size(
    screen: &mut Screen<'_>,
    inputs: &VpcConnectivityInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let sizing = Sizing { inputs, settled };
    let is_few = !context.probe.more(&settled.vpcs, &context.fact("guidance_peering_vpcs")?);
    let is_many = context.probe.more(&settled.vpcs, &context.fact("guidance_hub_vpcs")?);
    let several_regions = context.probe.more(&settled.regions, &Amount::ONE);
    let many_regions = context.probe.more(&settled.regions, &context.fact("cloud_wan_guidance_regions")?);
    let variant = |option: &str| match option {
        PEERING if is_few => Some("few_vpcs"),
        PEERING if is_many => Some("many_vpcs"),
        TRANSIT_GATEWAY if many_regions => Some("many_regions"),
        CLOUD_WAN if several_regions => Some("several_regions"),
        _ => None,
    };
    for option in [PEERING, TRANSIT_GATEWAY, CLOUD_WAN, PRIVATELINK, LATTICE_SERVICES, LATTICE_RESOURCES, SHARED_VPC] {
        if !screen.eligible(option) {
            continue;
        }
        let plans = match option {
            PEERING => sizing.peering()?,
            TRANSIT_GATEWAY => sizing.transit_gateway()?,
            CLOUD_WAN => sizing.cloud_wan()?,
            PRIVATELINK => sizing.privatelink()?,
            LATTICE_SERVICES => sizing.lattice_services()?,
            LATTICE_RESOURCES => sizing.lattice_resources()?,
            _ => sizing.shared_vpc()?,
        };
        for plan in plans {
            screen.plan(option, Plan { score_variant: variant(option), ..plan });
        }
    }
    Ok(())
}

struct Sizing<'s> {
    inputs: &'s VpcConnectivityInputs,
    settled: &'s Settled,
}

impl Sizing<'_> {
    /// The shares of a group that stay in a zone and that cross zones.
    fn zones(&self, group: &Group) -> (Amount, Amount) {
        let same = match group.crossing {
            Crossing::No => Amount::ONE,
            Crossing::Yes => Amount::ZERO,
            Crossing::Share => self.settled.same_az_share.clone(),
        };
        let across = &Amount::ONE - &same;
        (same, across)
    }

    fn ledger(&self) -> Ledger<'_> {
        Ledger::new(&self.settled.network, &self.settled.factor)
    }

    /// Routes every group; a flow with the internet leaves by the VPC's own gateway in every topology.
    fn route(&self, ledger: &mut Ledger<'_>, way: impl Fn(&Group) -> Option<Way>) -> Result<(), NumberError> {
        for group in &self.settled.network.groups {
            let own = match (group.from, group.to) {
                (End::Vpc(here), End::Internet) => Some(vec![(Carrier::InternetOut(here), Amount::ONE)]),
                (End::Internet, End::Vpc(here)) => Some(vec![(Carrier::InternetIn(here), Amount::ONE)]),
                _ => way(group),
            };
            if let Some(way) = own {
                ledger.route(group, &way)?;
            }
        }
        Ok(())
    }

    /// The way of data with a site where each VPC has a VPN of its own.
    fn own_vpn(group: &Group) -> Option<Way> {
        match (group.from, group.to) {
            (End::Vpc(here), End::Site(_)) => Some(vec![(Carrier::InternetOut(here), Amount::ONE)]),
            (End::Site(_), End::Vpc(here)) => Some(vec![(Carrier::InternetIn(here), Amount::ONE)]),
            _ => None,
        }
    }

    /// A VPN for each VPC that talks to a site.
    fn own_vpns(&self, ledger: &mut Ledger<'_>) {
        for (region, vpcs) in &self.settled.network.vpcs_with_site {
            let usage = SiteToSiteVpn {
                connections: vpcs.clone(),
                gateway: Some(VpnGateway::VirtualPrivateGateway),
                ..SiteToSiteVpn::default()
            };
            ledger.stand("VPNs of single VPCs", &site_to_site_vpn::SERVICE, *region, usage);
        }
    }

    fn peering(&self) -> Result<Vec<Plan>, NumberError> {
        let network = &self.settled.network;
        let pairs = network.pair_count();
        let vpcs = &self.settled.vpcs;
        let others = if vpcs.is_zero() { Amount::ZERO } else { vpcs - &Amount::ONE };
        let mesh = vpcs.times(&others)?.per(2);
        let mesh = mesh.as_whole().map_or(mesh.clone(), |whole| Amount::decimal(whole.into()));
        let wants_mesh = self.inputs.full_mesh == Some(true) && !self.settled.isolated;
        let mut ways = Vec::new();
        if !wants_mesh {
            if network.is_star && !pairs.is_zero() {
                ways.push(("hub with shared services", pairs.clone(), network.most_peers.clone()));
            }
            if pairs != mesh {
                ways.push(("partial mesh", pairs.clone(), network.most_peers.clone()));
            }
        }
        ways.push(("full mesh", mesh, others));
        ways.into_iter().map(|(label, connections, most)| self.peered(label, &connections, &most)).collect()
    }

    fn peered(&self, label: &str, connections: &Amount, most: &Amount) -> Result<Plan, NumberError> {
        let mut ledger = self.ledger();
        self.route(&mut ledger, |group| match (group.from, group.to) {
            (End::Vpc(here), End::Vpc(there)) if here == there => {
                let (same, across) = self.zones(group);
                Some(vec![(Carrier::PeeringInZone(here), same), (Carrier::PeeringAcrossZones(here), across)])
            }
            (End::Vpc(here), End::Vpc(there)) => Some(vec![(Carrier::PeeringTo(here, there), Amount::ONE)]),
            _ => Self::own_vpn(group),
        })?;
        let usage = VpcPeering { connections: connections.clone(), ..VpcPeering::default() };
        ledger.stand("peering connections", &vpc_peering::SERVICE, 0, usage);
        self.own_vpns(&mut ledger);
        let config = config([
            ("topology", json!(label)),
            ("peering_connections", shown(connections)),
            ("most_peers_of_a_vpc", shown(most)),
        ]);
        Ok(Plan { config, ..ledger.into_plan(label) })
    }

    /// The Regions in which a hub stands: those of VPCs and those in which a VPN ends.
    fn hub_regions(&self) -> Vec<usize> {
        let network = &self.settled.network;
        (0..network.regions.len())
            .filter(|region| network.vpcs.contains_key(region) || network.sites.contains_key(region))
            .collect()
    }

    /// The other Regions that a Region exchanges data with.
    fn linked(&self, region: usize) -> Vec<usize> {
        let mut linked: Vec<usize> = Vec::new();
        for group in &self.settled.network.groups {
            let (Some(from), Some(to)) = (group.from.region(), group.to.region()) else { continue };
            let is_service = |end: End| matches!(end, End::Service(..));
            if from == to || is_service(group.from) || is_service(group.to) {
                continue;
            }
            for (here, there) in [(from, to), (to, from)] {
                if here == region && !linked.contains(&there) {
                    linked.push(there);
                }
            }
        }
        linked.sort_unstable();
        linked
    }

    fn transit_gateway(&self) -> Result<Vec<Plan>, NumberError> {
        let network = &self.settled.network;
        let mut ways = Vec::new();
        if !self.settled.isolated {
            ways.push(("one route table", false));
        }
        if self.settled.isolated || (network.is_star && !network.pairs.is_empty()) {
            ways.push(("isolated VPCs that share", true));
        }
        ways.into_iter().map(|(label, isolated)| self.through_hub(label, isolated)).collect()
    }

    fn through_hub(&self, label: &str, isolated: bool) -> Result<Plan, NumberError> {
        let network = &self.settled.network;
        let one = || Amount::ONE;
        let mut ledger = self.ledger();
        self.route(&mut ledger, |group| match (group.from, group.to) {
            (End::Vpc(here), End::Site(there)) if here == there => Some(vec![(Carrier::HubVpnOut(here), one())]),
            (End::Vpc(here), End::Site(there)) => Some(vec![
                (Carrier::HubFromVpc(here), one()),
                (Carrier::HubTo(here, there), one()),
                (Carrier::InternetOut(there), one()),
            ]),
            (End::Site(here) | End::Vpc(here), End::Vpc(there)) => {
                let enters = match group.from {
                    End::Site(_) => Carrier::HubVpnIn(here),
                    _ => Carrier::HubFromVpc(here),
                };
                let crosses = if here == there { Amount::ZERO } else { one() };
                Some(vec![(enters, one()), (Carrier::HubTo(here, there), crosses)])
            }
            _ => None,
        })?;
        let regions = self.hub_regions();
        let stands = self.settled.existing_hub == Some("tgw");
        let mut peerings = 0_usize;
        for region in &regions {
            let linked = self.linked(*region);
            peerings = peerings.saturating_add(linked.len());
            let peering = linked.into_iter().map(|there| TransitGatewayPeering {
                region: network.region_name(there).to_string(),
                attachments: Amount::ONE,
                data_out_gb: Amount::ZERO,
            });
            let usage = TransitGateway {
                vpc_attachments: network.vpcs.get(region).map_or(Amount::ZERO, |vpcs| vpcs.count.clone()),
                peering: peering.collect(),
                ..TransitGateway::default()
            };
            if !stands {
                let name = format!("attachments, {}", network.region_name(*region));
                ledger.stand(name, &transit_gateway::SERVICE, *region, usage);
            }
        }
        let vpns = self.vpns();
        for (region, sites) in vpns.iter().filter(|_| !stands) {
            let gateway = Some(VpnGateway::TransitGateway);
            let usage = SiteToSiteVpn { connections: sites.clone(), gateway, ..SiteToSiteVpn::default() };
            let name = format!("VPN, {}", network.region_name(*region));
            ledger.stand(name, &site_to_site_vpn::SERVICE, *region, usage);
        }
        let config = config([
            ("topology", json!(label)),
            ("transit_gateways", json!(regions.len())),
            ("vpc_attachments", shown(&self.settled.vpcs)),
            ("vpn_attachments", shown(&vpns.iter().fold(Amount::ZERO, |sum, (_, sites)| &sum + sites))),
            ("peering_attachments", json!(peerings)),
            ("already_there", json!(stands)),
            ("route_tables", self.route_tables(isolated, !vpns.is_empty(), peerings > 0)),
        ]);
        Ok(Plan { config, ..ledger.into_plan(label) })
    }

    /// The VPN connections that end on a hub: one for each site, and the one that is asked for.
    fn vpns(&self) -> Vec<(usize, Amount)> {
        let sites = &self.settled.network.sites;
        if sites.is_empty() && self.settled.shared_vpn {
            return vec![(0, Amount::ONE)];
        }
        sites.iter().map(|(region, sites)| (*region, sites.clone())).collect()
    }

    /// Which attachments use which table, and which put their routes into it. With several Regions there is one of
    /// each in every Region.
    fn route_tables(&self, isolated: bool, has_vpn: bool, has_peering: bool) -> Value {
        let network = &self.settled.network;
        let hubs: Vec<&str> = network.hub_names.iter().map(SmolStr::as_str).collect();
        let spokes: Vec<&str> = if network.vpc_names.is_empty() {
            vec!["each VPC"]
        } else {
            let names = network.vpc_names.iter().map(SmolStr::as_str);
            names.filter(|name| !isolated || !hubs.contains(name)).collect()
        };
        let mut shared: Vec<&str> = if isolated { hubs } else { Vec::new() };
        if isolated && network.vpc_names.is_empty() && network.is_star {
            shared.push("the service's VPC");
        }
        if has_vpn {
            shared.push("VPN");
        }
        let statics: Vec<&str> = if has_peering { vec!["peering with each other Region"] } else { Vec::new() };
        if !isolated {
            let all: Vec<&str> = spokes.into_iter().chain(shared).collect();
            return json!([{ "name": "all", "associations": all, "propagations": all, "static_routes": statics }]);
        }
        let everything = [&spokes[..], &shared[..]].concat();
        json!([
            { "name": "isolated", "associations": spokes, "propagations": shared, "static_routes": statics },
            { "name": "shared", "associations": shared, "propagations": everything, "static_routes": statics },
        ])
    }

    fn cloud_wan(&self) -> Result<Vec<Plan>, NumberError> {
        let network = &self.settled.network;
        let label = "core network";
        let one = || Amount::ONE;
        let mut ledger = self.ledger();
        self.route(&mut ledger, |group| {
            let (from, to) = (group.from.region()?, group.to.region()?);
            let enters = match (group.from, group.to) {
                (End::Vpc(here), End::Vpc(_) | End::Site(_)) => Carrier::CoreFromVpc(here),
                (End::Site(here), End::Vpc(_)) => Carrier::CoreFromVpn(here),
                _ => return None,
            };
            let crosses = if from == to { Amount::ZERO } else { one() };
            let leaves = if matches!(group.to, End::Site(_)) { one() } else { Amount::ZERO };
            Some(vec![(enters, one()), (Carrier::CoreTo(from, to), crosses), (Carrier::InternetOut(to), leaves)])
        })?;
        let regions = self.hub_regions();
        let stands = self.settled.existing_hub == Some("cloud_wan");
        let vpns = self.vpns();
        for region in regions.iter().filter(|_| !stands) {
            let vpn = vpns.iter().find(|(here, _)| here == region);
            let usage = CloudWan {
                core_network_edges: one(),
                vpc_attachments: network.vpcs.get(region).map_or(Amount::ZERO, |vpcs| vpcs.count.clone()),
                vpn_attachments: vpn.map_or(Amount::ZERO, |(_, sites)| sites.clone()),
                ..CloudWan::default()
            };
            ledger.stand(format!("edge, {}", network.region_name(*region)), &cloud_wan::SERVICE, *region, usage);
        }
        for (region, sites) in vpns.iter().filter(|_| !stands) {
            let usage = SiteToSiteVpn {
                connections: sites.clone(),
                gateway: Some(VpnGateway::VirtualPrivateGateway),
                ..SiteToSiteVpn::default()
            };
            ledger.stand(format!("VPN, {}", network.region_name(*region)), &site_to_site_vpn::SERVICE, *region, usage);
        }
        let segments: Vec<&str> = if self.settled.isolated { vec!["isolated", "shared"] } else { vec!["all"] };
        let config = config([
            ("topology", json!(label)),
            ("core_network_edges", json!(regions.len())),
            ("vpc_attachments", shown(&self.settled.vpcs)),
            ("already_there", json!(stands)),
            ("segments", json!(segments)),
        ]);
        Ok(vec![Plan { config, ..ledger.into_plan(label) }])
    }

    fn privatelink(&self) -> Result<Vec<Plan>, NumberError> {
        let network = &self.settled.network;
        let label = "endpoint services";
        let has_balancer = self.inputs.provider.as_deref() == Some("nlb service");
        let balanced = if has_balancer { Amount::ZERO } else { Amount::ONE };
        let mut ledger = self.ledger();
        self.route(&mut ledger, |group| match (group.from, group.to) {
            (End::Vpc(here), End::Vpc(there)) => {
                let crosses = if here == there { Amount::ZERO } else { Amount::ONE };
                Some(vec![
                    (Carrier::Endpoint(here), Amount::ONE),
                    (Carrier::RegionTo(here, there), crosses),
                    (Carrier::LoadBalancer(there), balanced.clone()),
                ])
            }
            _ => Self::own_vpn(group),
        })?;
        let mut endpoints = Amount::ZERO;
        for ((here, there), clients) in &network.clients {
            endpoints = &endpoints + &clients.count;
            let usage = VpcEndpoint {
                interface_endpoints: clients.count.clone(),
                azs: Some(clients.average()?),
                ..VpcEndpoint::default()
            };
            let across = if here == there { String::new() } else { format!(" to {}", network.region_name(*there)) };
            let name = format!("endpoints, {}{across}", network.region_name(*here));
            ledger.stand(name, &vpc_endpoint::SERVICE, *here, usage);
        }
        for (region, offers) in &network.offers {
            let usage = VpcEndpoint { service_regions: offers.clone(), ..VpcEndpoint::default() };
            let name = format!("services offered to other Regions, {}", network.region_name(*region));
            ledger.stand(name, &vpc_endpoint::SERVICE, *region, usage);
        }
        for (region, providers) in network.providers.iter().filter(|_| !has_balancer) {
            let name = format!("load balancers of services, {}", network.region_name(*region));
            let usage = ElasticLoadBalancing::idle(LoadBalancerKind::Network, providers.count.clone());
            ledger.stand(name, &elastic_load_balancing::SERVICE, *region, usage);
        }
        self.own_vpns(&mut ledger);
        let config = config([
            ("topology", json!(label)),
            ("interface_endpoints", shown(&endpoints)),
            ("azs", shown(&self.settled.azs)),
            ("endpoint_services", shown(&self.provider_count())),
            ("load_balancers_already_there", json!(has_balancer)),
        ]);
        Ok(vec![Plan { config, ..ledger.into_plan(label) }])
    }

    fn provider_count(&self) -> Amount {
        self.settled.network.providers.values().fold(Amount::ZERO, |sum, providers| &sum + &providers.count)
    }

    /// The way of data that reaches `carrier` of the receiver's Region, over peering where that is another one.
    fn over_peering(group: &Group, carrier: fn(usize) -> Carrier) -> Option<Way> {
        match (group.from, group.to) {
            (End::Vpc(here), End::Vpc(there)) => {
                let crosses = if here == there { Amount::ZERO } else { Amount::ONE };
                Some(vec![(Carrier::PeeringTo(here, there), crosses), (carrier(there), Amount::ONE)])
            }
            _ => Self::own_vpn(group),
        }
    }

    fn lattice_services(&self) -> Result<Vec<Plan>, NumberError> {
        let network = &self.settled.network;
        let label = "service network";
        let mut ledger = self.ledger();
        self.route(&mut ledger, |group| Self::over_peering(group, Carrier::LatticeService))?;
        for (region, providers) in &network.providers {
            let usage = VpcLattice { services: providers.count.clone(), ..VpcLattice::default() };
            ledger.stand(format!("services, {}", network.region_name(*region)), &vpc_lattice::SERVICE, *region, usage);
        }
        self.own_vpns(&mut ledger);
        let config = config([
            ("topology", json!(label)),
            ("services", shown(&self.provider_count())),
            ("clients_in_other_regions", json!("over VPC peering and a service network endpoint")),
        ]);
        Ok(vec![Plan { config, ..ledger.into_plan(label) }])
    }

    fn lattice_resources(&self) -> Result<Vec<Plan>, NumberError> {
        let network = &self.settled.network;
        let mut plans = Vec::new();
        for label in ["resources in a service network", "resource endpoints"] {
            let in_network = label == "resources in a service network";
            let carrier = if in_network { Carrier::LatticeResource } else { Carrier::ResourceEndpoint };
            let mut ledger = self.ledger();
            self.route(&mut ledger, |group| Self::over_peering(group, carrier))?;
            if in_network {
                for (region, providers) in &network.providers {
                    let usage = VpcLattice { vpc_resources: providers.count.clone(), ..VpcLattice::default() };
                    let name = format!("resources, {}", network.region_name(*region));
                    ledger.stand(name, &vpc_lattice::SERVICE, *region, usage);
                }
            } else {
                for ((here, there), clients) in &network.clients {
                    let usage = VpcEndpoint { resource_endpoints: clients.count.clone(), ..VpcEndpoint::default() };
                    let of = network.region_name(*here);
                    ledger.stand(format!("resource endpoints of {of}"), &vpc_endpoint::SERVICE, *there, usage);
                }
            }
            self.own_vpns(&mut ledger);
            let config = config([
                ("topology", json!(label)),
                ("resources", shown(&self.provider_count())),
                ("clients_in_other_regions", json!("over VPC peering")),
            ]);
            plans.push(Plan { config, ..ledger.into_plan(label) });
        }
        Ok(plans)
    }

    fn shared_vpc(&self) -> Result<Vec<Plan>, NumberError> {
        let network = &self.settled.network;
        let label = "one VPC in each Region";
        let mut ledger = self.ledger();
        self.route(&mut ledger, |group| match (group.from, group.to) {
            (End::Vpc(here), End::Vpc(there)) if here == there => {
                let (same, across) = self.zones(group);
                Some(vec![(Carrier::SubnetsInZone(here), same), (Carrier::SubnetsAcrossZones(here), across)])
            }
            (End::Vpc(here), End::Vpc(there)) => Some(vec![(Carrier::PeeringTo(here, there), Amount::ONE)]),
            _ => Self::own_vpn(group),
        })?;
        // The VPC of a Region has one VPN to each site.
        for (region, sites) in self.vpns() {
            let usage = SiteToSiteVpn {
                connections: sites,
                gateway: Some(VpnGateway::VirtualPrivateGateway),
                ..SiteToSiteVpn::default()
            };
            ledger.stand("VPN of the shared VPC", &site_to_site_vpn::SERVICE, region, usage);
        }
        let config = config([("topology", json!(label)), ("shared_vpcs", json!(network.vpcs.len()))]);
        Ok(vec![Plan { config, ..ledger.into_plan(label) }])
    }
}
