//! What traffic pays where it passes.
//!
//! A [`Carrier`] is one thing that is paid by the gigabyte: data between the zones of a Region over peering, data that
//! enters the transit gateway of a Region, data from one Region to another. It is one resource of the plan, of which
//! the lines are shared by the flows that pass it, and it has no other lines: what stands whether traffic flows or not
//! is in resources of its own. So a plan's total is the sum of its flows' hops and its standing charges, exactly.

use smol_str::{SmolStr, format_smolstr};

use super::network::{Group, Network};
use crate::decisions::engine::{Hop, Plan, Route};
use crate::domain::amount::{Amount, NumberError};
use crate::services::cloud_wan::{CloudWan, EdgeRegion};
use crate::services::data_transfer::{DataToRegion, DataTransfer};
use crate::services::elastic_load_balancing::{ElasticLoadBalancing, LoadBalancerKind, NetworkTraffic};
use crate::services::nat_gateway::NatGateway;
use crate::services::plan::Planned;
use crate::services::site_to_site_vpn::{SiteToSiteVpn, VpnGateway};
use crate::services::transit_gateway::{TransitGateway, TransitGatewayPeering};
use crate::services::vpc_endpoint::VpcEndpoint;
use crate::services::vpc_lattice::VpcLattice;
use crate::services::vpc_peering::{PeeredRegion, VpcPeering};
use crate::services::{
    Service, Usage, cloud_wan, data_transfer, elastic_load_balancing, nat_gateway, site_to_site_vpn, transit_gateway,
    vpc_endpoint, vpc_lattice, vpc_peering,
};

/// Something that is paid by the gigabyte. Numbers are positions in [`Network::regions`]: where it is, and where it
/// leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// Peering inside a zone.
    PeeringInZone(usize),
    /// Peering between the zones of a Region.
    PeeringAcrossZones(usize),
    /// Peering from a Region to another.
    PeeringTo(usize, usize),
    /// A transit gateway, entered from a VPC.
    HubFromVpc(usize),
    /// The peering of transit gateways of two Regions.
    HubTo(usize, usize),
    /// A VPN that ends on a transit gateway, out to a site.
    HubVpnOut(usize),
    /// A VPN that ends on a transit gateway, in from a site.
    HubVpnIn(usize),
    /// The core network, entered from a VPC.
    CoreFromVpc(usize),
    /// The core network, entered from a VPN.
    CoreFromVpn(usize),
    /// Between the edges of a core network.
    CoreTo(usize, usize),
    /// Interface endpoints of a Region.
    Endpoint(usize),
    /// The load balancers behind endpoint services.
    LoadBalancer(usize),
    /// Services of VPC Lattice.
    LatticeService(usize),
    /// Resources in service networks of VPC Lattice.
    LatticeResource(usize),
    /// Resource endpoints.
    ResourceEndpoint(usize),
    /// Subnets of one VPC inside a zone.
    SubnetsInZone(usize),
    /// Subnets of one VPC across zones.
    SubnetsAcrossZones(usize),
    /// NAT gateways.
    Nat(usize),
    /// From instances to a NAT gateway in another zone.
    NatAcrossZones(usize),
    /// Out to the internet.
    InternetOut(usize),
    /// In from the internet.
    InternetIn(usize),
    /// From a Region to another.
    RegionTo(usize, usize),
    /// Gateway endpoints, public addresses and gateways that carry data of the Region at no charge.
    Free(usize, &'static str),
}

/// The lines of a carrier, and how much of their quantity each gigabyte is.
type Lines = &'static [(&'static str, i64)];

impl Carrier {
    fn lines(self) -> Lines {
        match self {
            Self::PeeringInZone(_) => &[("same_az_data", 1)],
            Self::PeeringAcrossZones(_) => &[("peering_out", 1), ("peering_in", 1)],
            Self::PeeringTo(..) | Self::HubTo(..) | Self::CoreTo(..) | Self::RegionTo(..) => &[("to_region", 1)],
            Self::HubFromVpc(_) | Self::CoreFromVpc(_) => &[("vpc_processed", 1)],
            Self::HubVpnOut(_) => &[("processed_out", 1), ("data_out", 1)],
            Self::HubVpnIn(_) => &[("processed_in", 1)],
            Self::CoreFromVpn(_) => &[("vpn_processed", 1)],
            Self::Endpoint(_) => &[("interface_data", 1)],
            Self::LoadBalancer(_) => &[("capacity_units", 1)],
            Self::LatticeService(_) => &[("service_data", 1)],
            Self::LatticeResource(_) | Self::ResourceEndpoint(_) => {
                &[("resource_consumer_data", 1), ("resource_provider_data", 1)]
            }
            Self::SubnetsAcrossZones(_) | Self::NatAcrossZones(_) => &[("between_azs", 2)],
            Self::Nat(_) => &[("data_processed", 1)],
            Self::InternetOut(_) => &[("data_out", 1)],
            Self::InternetIn(_) => &[("data_in", 1)],
            Self::SubnetsInZone(_) | Self::Free(..) => &[],
        }
    }

    /// The name of its resource, which is also how the answer shows it on a path.
    fn name(self, network: &Network) -> SmolStr {
        let at = |region: usize| network.region_name(region);
        match self {
            Self::PeeringInZone(here) => format_smolstr!("peering in a zone, {}", at(here)),
            Self::PeeringAcrossZones(here) => format_smolstr!("peering across zones, {}", at(here)),
            Self::PeeringTo(here, there) => format_smolstr!("peering, {} to {}", at(here), at(there)),
            Self::HubFromVpc(here) => format_smolstr!("transit gateway, {}", at(here)),
            Self::HubTo(here, there) => format_smolstr!("transit gateway peering, {} to {}", at(here), at(there)),
            Self::HubVpnOut(here) => format_smolstr!("VPN out, {}", at(here)),
            Self::HubVpnIn(here) => format_smolstr!("VPN in, {}", at(here)),
            Self::CoreFromVpc(here) => format_smolstr!("core network, {}", at(here)),
            Self::CoreFromVpn(here) => format_smolstr!("core network from VPN, {}", at(here)),
            Self::CoreTo(here, there) => format_smolstr!("core network, {} to {}", at(here), at(there)),
            Self::Endpoint(here) => format_smolstr!("interface endpoints, {}", at(here)),
            Self::LoadBalancer(here) => format_smolstr!("load balancers, {}", at(here)),
            Self::LatticeService(here) => format_smolstr!("lattice services, {}", at(here)),
            Self::LatticeResource(here) => format_smolstr!("lattice resources, {}", at(here)),
            Self::ResourceEndpoint(here) => format_smolstr!("resource endpoints, {}", at(here)),
            Self::SubnetsInZone(here) => format_smolstr!("shared VPC in a zone, {}", at(here)),
            Self::SubnetsAcrossZones(here) => format_smolstr!("shared VPC across zones, {}", at(here)),
            Self::Nat(here) => format_smolstr!("NAT gateways, {}", at(here)),
            Self::NatAcrossZones(here) => format_smolstr!("to a NAT gateway across zones, {}", at(here)),
            Self::InternetOut(here) => format_smolstr!("internet, out of {}", at(here)),
            Self::InternetIn(here) => format_smolstr!("internet, into {}", at(here)),
            Self::RegionTo(here, there) => format_smolstr!("{} to {}", at(here), at(there)),
            Self::Free(here, what) => format_smolstr!("{what}, {}", at(here)),
        }
    }

    /// The resource that meters `gb` gigabytes.
    fn planned(self, gb: Amount, network: &Network) -> Option<Planned> {
        let to = |there: usize| network.region_name(there).to_string();
        let (here, service, usage): (usize, &'static Service, Box<dyn Usage>) = match self {
            Self::PeeringInZone(here) => {
                (here, &vpc_peering::SERVICE, Box::new(VpcPeering { same_az_gb: gb, ..VpcPeering::default() }))
            }
            Self::PeeringAcrossZones(here) => {
                (here, &vpc_peering::SERVICE, Box::new(VpcPeering { between_azs_gb: gb, ..VpcPeering::default() }))
            }
            Self::PeeringTo(here, there) => {
                let to = PeeredRegion { region: to(there), data_out_gb: gb, data_in_gb: Amount::ZERO };
                (here, &vpc_peering::SERVICE, Box::new(VpcPeering { to_regions: vec![to], ..VpcPeering::default() }))
            }
            Self::HubFromVpc(here) => {
                (here, &transit_gateway::SERVICE, Box::new(TransitGateway { vpc_gb: gb, ..TransitGateway::default() }))
            }
            Self::HubTo(here, there) => {
                let to = TransitGatewayPeering { region: to(there), attachments: Amount::ZERO, data_out_gb: gb };
                let usage = TransitGateway { peering: vec![to], ..TransitGateway::default() };
                (here, &transit_gateway::SERVICE, Box::new(usage))
            }
            Self::HubVpnOut(here) | Self::HubVpnIn(here) => {
                let is_out = matches!(self, Self::HubVpnOut(_));
                let (data_out_gb, data_in_gb) = if is_out { (gb, Amount::ZERO) } else { (Amount::ZERO, gb) };
                let gateway = Some(VpnGateway::TransitGateway);
                let usage = SiteToSiteVpn { gateway, data_out_gb, data_in_gb, ..SiteToSiteVpn::default() };
                (here, &site_to_site_vpn::SERVICE, Box::new(usage))
            }
            Self::CoreFromVpc(here) => {
                (here, &cloud_wan::SERVICE, Box::new(CloudWan { vpc_gb: gb, ..CloudWan::default() }))
            }
            Self::CoreFromVpn(here) => {
                (here, &cloud_wan::SERVICE, Box::new(CloudWan { vpn_gb: gb, ..CloudWan::default() }))
            }
            Self::CoreTo(here, there) => {
                let to = EdgeRegion { region: to(there), data_out_gb: gb };
                (here, &cloud_wan::SERVICE, Box::new(CloudWan { to_regions: vec![to], ..CloudWan::default() }))
            }
            Self::Endpoint(here) => {
                (here, &vpc_endpoint::SERVICE, Box::new(VpcEndpoint { interface_gb: gb, ..VpcEndpoint::default() }))
            }
            Self::LoadBalancer(here) => {
                let tcp = NetworkTraffic { processed_gb: gb, ..NetworkTraffic::default() };
                let usage = ElasticLoadBalancing {
                    tcp: Some(tcp),
                    ..ElasticLoadBalancing::idle(LoadBalancerKind::Network, Amount::ZERO)
                };
                (here, &elastic_load_balancing::SERVICE, Box::new(usage))
            }
            Self::LatticeService(here) => {
                (here, &vpc_lattice::SERVICE, Box::new(VpcLattice { data_gb: gb, ..VpcLattice::default() }))
            }
            Self::LatticeResource(here) => {
                let usage =
                    VpcLattice { resource_consumer_gb: gb.clone(), resource_provider_gb: gb, ..VpcLattice::default() };
                (here, &vpc_lattice::SERVICE, Box::new(usage))
            }
            Self::ResourceEndpoint(here) => {
                let usage = VpcEndpoint {
                    resource_consumer_gb: gb.clone(),
                    resource_provider_gb: gb,
                    ..VpcEndpoint::default()
                };
                (here, &vpc_endpoint::SERVICE, Box::new(usage))
            }
            Self::SubnetsAcrossZones(here) => (
                here,
                &data_transfer::SERVICE,
                Box::new(DataTransfer { between_azs_gb: gb, ..DataTransfer::default() }),
            ),
            Self::Nat(here) => {
                (here, &nat_gateway::SERVICE, Box::new(NatGateway { data_processed_gb: gb, ..NatGateway::default() }))
            }
            Self::NatAcrossZones(here) => {
                (here, &nat_gateway::SERVICE, Box::new(NatGateway { between_azs_gb: gb, ..NatGateway::default() }))
            }
            Self::InternetOut(here) => {
                (here, &data_transfer::SERVICE, Box::new(DataTransfer { data_out_gb: gb, ..DataTransfer::default() }))
            }
            Self::InternetIn(here) => {
                (here, &data_transfer::SERVICE, Box::new(DataTransfer { data_in_gb: gb, ..DataTransfer::default() }))
            }
            Self::RegionTo(here, there) => {
                let to_regions = vec![DataToRegion { region: to(there), gb }];
                (here, &data_transfer::SERVICE, Box::new(DataTransfer { to_regions, ..DataTransfer::default() }))
            }
            Self::SubnetsInZone(_) | Self::Free(..) => return None,
        };
        let name = SmolStr::from(self.name(network).to_string());
        Some(Planned { name, service, region: SmolStr::new(network.region_name(here)), usage })
    }
}

/// One topology being drawn: the traffic that has been routed, and what stands whether traffic flows or not.
#[derive(Debug)]
pub struct Ledger<'n> {
    network: &'n Network,
    factor: &'n Amount,
    carried: Vec<(Carrier, Amount)>,
    routes: Vec<Route>,
    standing: Vec<Planned>,
}

impl<'n> Ledger<'n> {
    /// Nothing has been routed yet. The gigabytes of every flow are multiplied by `factor`.
    pub fn new(network: &'n Network, factor: &'n Amount) -> Self {
        Self { network, factor, carried: Vec::new(), routes: Vec::new(), standing: Vec::new() }
    }

    /// Routes a group over carriers, in order; with each the share of the gigabytes that passes it.
    ///
    /// # Errors
    /// Where a share and the volume both move.
    pub fn route(&mut self, group: &Group, way: &[(Carrier, Amount)]) -> Result<(), NumberError> {
        let gb = group.gb.times(self.factor)?;
        let mut route = Route {
            flows: group.flows.clone(),
            factor: self.factor.clone(),
            via: Vec::with_capacity(way.len()),
            hops: Vec::with_capacity(way.len()),
        };
        for (carrier, share) in way.iter().filter(|(_, share)| !share.is_zero()) {
            route.via.push(carrier.name(self.network));
            if carrier.lines().is_empty() {
                continue;
            }
            let gb = gb.times(share)?;
            let resource = self.carry(*carrier, gb);
            for (line, sides) in carrier.lines() {
                let per_gb = share.times(&Amount::whole(*sides))?;
                route.hops.push(Hop { resource, line, per_gb });
            }
        }
        self.routes.push(route);
        Ok(())
    }

    /// Adds gigabytes to a carrier; its place among them.
    fn carry(&mut self, carrier: Carrier, gb: Amount) -> usize {
        for (at, (known, sum)) in self.carried.iter_mut().enumerate() {
            if *known == carrier {
                *sum = &*sum + &gb;
                return at;
            }
        }
        self.carried.push((carrier, gb));
        self.carried.len().saturating_sub(1)
    }

    /// Adds a resource that costs what it costs, whatever flows.
    pub fn stand(
        &mut self,
        name: impl Into<SmolStr>,
        service: &'static Service,
        region: usize,
        usage: impl Usage + 'static,
    ) {
        let region = SmolStr::new(self.network.region_name(region));
        self.standing.push(Planned { name: name.into(), service, region, usage: Box::new(usage) });
    }

    /// The plan: the carriers in the order of the routes, then what stands.
    pub fn into_plan(self, label: &str) -> Plan {
        let network = self.network;
        let mut resources: Vec<Planned> =
            self.carried.into_iter().filter_map(|(carrier, gb)| carrier.planned(gb, network)).collect();
        resources.extend(self.standing);
        Plan {
            label: label.to_owned(),
            resources,
            routes: self.routes,
            outside_aws: Some(Amount::ZERO),
            ..Plan::default()
        }
    }
}
