//! The topologies of `private_access`: how each leads every group of flows to its service, and what stands whether
//! traffic flows or not.

use std::collections::BTreeMap;

use serde_json::json;
use smol_str::SmolStr;

use super::inputs::PrivateAccessInputs;
use super::settle::{Clients, Settled, is_third_party, service_of};
use super::{CENTRALIZED, EGRESS_ONLY, GATEWAY, INTERFACE, NAT, PUBLIC};
use crate::decisions::engine::screen::Screen;
use crate::decisions::engine::{Context, Plan, Stop};
use crate::decisions::steps::{config, shown};
use crate::decisions::traffic::ledger::{Carrier, Ledger};
use crate::decisions::traffic::network::{End, Group, Spread};
use crate::domain::amount::{Amount, NumberError};
use crate::services::nat_gateway::NatGateway;
use crate::services::public_ipv4::PublicIpv4;
use crate::services::transit_gateway::TransitGateway;
use crate::services::vpc_endpoint::VpcEndpoint;
use crate::services::{nat_gateway, public_ipv4, transit_gateway, vpc_endpoint};

/// A way through a topology: what is passed, and the share of the data that passes it.
type Way = Vec<(Carrier, Amount)>;

/// Sizes every option that no rule has eliminated.
pub(super) fn size(
    screen: &mut Screen<'_>,
    inputs: &PrivateAccessInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let with_gateway = context.facts().names("gateway_endpoint_services")?;
    // Gateway endpoints come with every option where they serve some services, and others need something else. Where
    // they serve all, the other options are shown as they are without.
    let can_use = matches!(settled.clients, Clients::Private | Clients::Public)
        && inputs.endpoint_security_group_required != Some(true);
    let has_gateway: Vec<bool> =
        settled.services.iter().map(|service| can_use && with_gateway.iter().any(|known| known == service)).collect();
    let all = has_gateway.iter().all(|has| *has) && !settled.third_party;
    let clients = context.fact("default_public_clients_per_zone")?;
    let sizing = Sizing { inputs, settled, has_gateway, is_mixed: !all, clients_per_zone: clients };
    for option in [GATEWAY, INTERFACE, CENTRALIZED, NAT, PUBLIC, EGRESS_ONLY] {
        if !screen.eligible(option) {
            continue;
        }
        let plans = match option {
            GATEWAY => vec![sizing.endpoints(Endpoints::Gateway)?],
            INTERFACE => vec![sizing.endpoints(Endpoints::Interface)?],
            CENTRALIZED => vec![sizing.endpoints(Endpoints::Central)?],
            NAT => sizing.nat()?,
            PUBLIC => vec![sizing.public()?],
            _ => vec![sizing.egress_only()?],
        };
        for plan in plans {
            screen.plan(option, plan);
        }
    }
    Ok(())
}

/// Which endpoints lead to the services.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Endpoints {
    Gateway,
    Interface,
    Central,
}

/// How NAT gateways stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NatLayout {
    PerAz,
    Regional,
    Single,
    Central,
}

struct Sizing<'s> {
    inputs: &'s PrivateAccessInputs,
    settled: &'s Settled,
    /// By service, whether a gateway endpoint leads to it.
    has_gateway: Vec<bool>,
    /// Whether some destination needs something else than a gateway endpoint.
    is_mixed: bool,
    clients_per_zone: Amount,
}

/// Adds the charge for crossing Regions, where a group does.
fn across_regions(way: &mut Way, group: &Group) {
    if let (Some(from), Some(to)) = (group.from.region(), group.to.region())
        && from != to
    {
        way.push((Carrier::RegionTo(from, to), Amount::ONE));
    }
}

/// The Region of the client of a group.
fn client_region(group: &Group) -> Option<usize> {
    [group.from, group.to].into_iter().find_map(|end| match end {
        End::Vpc(region) | End::Site(region) => Some(region),
        _ => None,
    })
}

impl Sizing<'_> {
    /// Whether a gateway endpoint leads to the service of a group, beside what the option is.
    fn by_gateway(&self, end: End) -> bool {
        match end {
            End::Service(_, service) => self.is_mixed && self.has_gateway.get(service).copied().unwrap_or(false),
            _ => false,
        }
    }

    fn service_end(group: &Group) -> Option<End> {
        service_of(group).map(|(region, service)| End::Service(region, service))
    }

    /// Routes every group that leads to a service or to a third party. `service` is the way to a service that no
    /// gateway endpoint leads to, `third_party` the way out.
    fn route(
        &self,
        ledger: &mut Ledger<'_>,
        service: impl Fn(&Group, usize) -> Way,
        third_party: impl Fn(usize) -> Way,
    ) -> Result<(), NumberError> {
        for group in &self.settled.network.groups {
            let Some(client) = client_region(group) else { continue };
            let way = match Self::service_end(group) {
                Some(end) if self.by_gateway(end) => vec![(Carrier::Free(client, "gateway endpoint"), Amount::ONE)],
                Some(_) => {
                    let mut way = service(group, client);
                    across_regions(&mut way, group);
                    way
                }
                None if is_third_party(group) => {
                    let mut way = third_party(client);
                    let is_out = group.to == End::Internet;
                    let internet = if is_out { Carrier::InternetOut(client) } else { Carrier::InternetIn(client) };
                    way.push((internet, Amount::ONE));
                    way
                }
                None => continue,
            };
            ledger.route(group, &way)?;
        }
        Ok(())
    }

    fn ledger(&self) -> Ledger<'_> {
        Ledger::new(&self.settled.network, &self.settled.factor)
    }

    /// The services with a gateway endpoint, and the others.
    fn split(&self) -> (Vec<&SmolStr>, Vec<&SmolStr>) {
        let by_gateway = |at: usize| self.is_mixed && self.has_gateway.get(at).copied().unwrap_or(false);
        let (gateway, other): (Vec<_>, Vec<_>) =
            self.settled.services.iter().enumerate().partition(|(at, _)| by_gateway(*at));
        (gateway.into_iter().map(|(_, name)| name).collect(), other.into_iter().map(|(_, name)| name).collect())
    }

    /// The users of each service that needs more than a gateway endpoint, by Region. A site needs one VPC with
    /// endpoints in its Region.
    fn users(&self) -> BTreeMap<(usize, End), Spread> {
        let network = &self.settled.network;
        let mut users: BTreeMap<(usize, End), Spread> = network.service_users.clone();
        for site in &network.service_sites {
            users.entry(*site).or_insert_with(|| Spread { count: Amount::ONE, zones: self.settled.azs.clone() });
        }
        users.retain(|(_, end), _| !self.by_gateway(*end));
        users
    }

    fn endpoints(&self, kind: Endpoints) -> Result<Plan, NumberError> {
        let label = match kind {
            Endpoints::Gateway => "gateway endpoints",
            Endpoints::Interface => "interface endpoints in each VPC",
            Endpoints::Central => "interface endpoints in one VPC behind the hub",
        };
        let mut ledger = self.ledger();
        let is_site = |group: &Group| [group.from, group.to].iter().any(|end| matches!(end, End::Site(_)));
        let way = |group: &Group, client: usize| match kind {
            Endpoints::Gateway => vec![(Carrier::Free(client, "gateway endpoint"), Amount::ONE)],
            Endpoints::Central if !is_site(group) => {
                vec![(Carrier::HubFromVpc(client), Amount::ONE), (Carrier::Endpoint(client), Amount::ONE)]
            }
            _ => vec![(Carrier::Endpoint(client), Amount::ONE)],
        };
        // Where endpoints serve the rest, the NAT gateway leads to third parties.
        self.route(&mut ledger, way, |client| vec![(Carrier::Nat(client), Amount::ONE)])?;
        let (gateway, interface) = self.split();
        let mut count = Amount::ZERO;
        match kind {
            Endpoints::Gateway => {}
            Endpoints::Interface => count = self.stand_endpoints(&mut ledger)?,
            Endpoints::Central => count = self.stand_central(&mut ledger)?,
        }
        if kind == Endpoints::Gateway || !gateway.is_empty() {
            self.stand_gateways(&mut ledger);
        }
        if self.settled.third_party && !self.settled.nat_stays {
            self.stand_nat(&mut ledger, NatLayout::PerAz);
        }
        let (gateway, interface) = if kind == Endpoints::Gateway {
            (self.settled.services.iter().collect(), Vec::new())
        } else {
            (gateway, interface)
        };
        let mut config = config([("gateway", json!(gateway)), ("interface", json!(interface))]);
        if kind != Endpoints::Gateway {
            config.insert("interface_endpoints".to_owned(), shown(&count));
            config.insert("azs".to_owned(), shown(&self.settled.azs));
        }
        if kind == Endpoints::Central {
            config.insert("hub".to_owned(), json!("transit_gateway"));
            config.insert("hub_already_there".to_owned(), json!(self.has_hub()));
        }
        Ok(Plan { config, ..ledger.into_plan(label) })
    }

    /// An interface endpoint for each service and VPC.
    fn stand_endpoints(&self, ledger: &mut Ledger<'_>) -> Result<Amount, NumberError> {
        let mut by_region: BTreeMap<usize, Spread> = BTreeMap::new();
        for ((region, _), users) in self.users() {
            let sum = by_region.entry(region).or_default();
            sum.count = &sum.count + &users.count;
            sum.zones = &sum.zones + &users.zones;
        }
        let mut count = Amount::ZERO;
        for (region, endpoints) in by_region {
            count = &count + &endpoints.count;
            self.stand_interfaces(ledger, region, &endpoints)?;
        }
        Ok(count)
    }

    fn stand_interfaces(&self, ledger: &mut Ledger<'_>, region: usize, endpoints: &Spread) -> Result<(), NumberError> {
        let usage = VpcEndpoint {
            interface_endpoints: endpoints.count.clone(),
            azs: Some(endpoints.average()?),
            ..VpcEndpoint::default()
        };
        let name = format!("endpoints, {}", self.settled.network.region_name(region));
        ledger.stand(name, &vpc_endpoint::SERVICE, region, usage);
        Ok(())
    }

    /// An interface endpoint for each service in one VPC of each Region, and the attachments through which the others
    /// reach it.
    fn stand_central(&self, ledger: &mut Ledger<'_>) -> Result<Amount, NumberError> {
        let mut by_region: BTreeMap<usize, Spread> = BTreeMap::new();
        for (region, _) in self.users().keys() {
            let endpoints = by_region.entry(*region).or_default();
            endpoints.count = &endpoints.count + &Amount::ONE;
            endpoints.zones = &endpoints.zones + &self.settled.azs;
        }
        let mut count = Amount::ZERO;
        for (region, endpoints) in by_region {
            count = &count + &endpoints.count;
            self.stand_interfaces(ledger, region, &endpoints)?;
            self.stand_attachments(ledger, region);
        }
        Ok(count)
    }

    /// The attachments of a hub that leads to one VPC of a Region. That VPC is attached too; where the hub is there, the
    /// others are already.
    fn stand_attachments(&self, ledger: &mut Ledger<'_>, region: usize) {
        let network = &self.settled.network;
        let vpcs = network.vpcs.get(&region).map_or(Amount::ZERO, |vpcs| vpcs.count.clone());
        let vpc_attachments = if self.has_hub() { Amount::ONE } else { &vpcs + &Amount::ONE };
        let usage = TransitGateway { vpc_attachments, ..TransitGateway::default() };
        let name = format!("attachments, {}", network.region_name(region));
        ledger.stand(name, &transit_gateway::SERVICE, region, usage);
    }

    fn has_hub(&self) -> bool {
        self.inputs.existing_hub.as_deref() == Some("tgw")
    }

    /// Gateway endpoints, which are free: one for each service that has them in each VPC that uses it.
    fn stand_gateways(&self, ledger: &mut Ledger<'_>) {
        let has = |end: &End| match end {
            End::Service(_, service) => self.has_gateway.get(*service).copied().unwrap_or(false),
            _ => false,
        };
        let users = self.settled.network.service_users.iter().filter(|((_, end), _)| has(end));
        let count = users.fold(Amount::ZERO, |sum, (_, users)| &sum + &users.count);
        let usage = VpcEndpoint { gateway_endpoints: count, ..VpcEndpoint::default() };
        ledger.stand("gateway endpoints", &vpc_endpoint::SERVICE, 0, usage);
    }

    fn nat(&self) -> Result<Vec<Plan>, NumberError> {
        let layouts: &[(NatLayout, &str)] = match self.inputs.nat_layout.as_deref() {
            Some("per_az") => &[(NatLayout::PerAz, "a NAT gateway in each zone")],
            Some("regional") => &[(NatLayout::Regional, "a regional NAT gateway")],
            Some("single") => &[(NatLayout::Single, "one NAT gateway")],
            Some("central") => &[(NatLayout::Central, "NAT gateways in one VPC behind the hub")],
            _ if self.settled.nat_stays => &[(NatLayout::PerAz, "the NAT gateways that are there")],
            _ => &[(NatLayout::PerAz, "a NAT gateway in each zone"), (NatLayout::Regional, "a regional NAT gateway")],
        };
        layouts.iter().map(|(layout, label)| self.through_nat(*layout, label)).collect()
    }

    fn through_nat(&self, layout: NatLayout, label: &str) -> Result<Plan, NumberError> {
        let mut ledger = self.ledger();
        // With one gateway, what comes from the other zones crosses over to it.
        let across = match layout {
            NatLayout::Single => (&self.settled.azs - &Amount::ONE).over(&self.settled.azs)?,
            NatLayout::PerAz | NatLayout::Regional | NatLayout::Central => Amount::ZERO,
        };
        let hub = if layout == NatLayout::Central { Amount::ONE } else { Amount::ZERO };
        let through = |client: usize| {
            vec![
                (Carrier::HubFromVpc(client), hub.clone()),
                (Carrier::NatAcrossZones(client), across.clone()),
                (Carrier::Nat(client), Amount::ONE),
            ]
        };
        self.route(&mut ledger, |_, client| through(client), through)?;
        let (gateway, other) = self.split();
        if !gateway.is_empty() {
            self.stand_gateways(&mut ledger);
        }
        if !self.settled.nat_stays {
            self.stand_nat(&mut ledger, layout);
        }
        if layout == NatLayout::Central {
            for region in self.settled.network.vpc_regions() {
                self.stand_attachments(&mut ledger, region);
            }
        }
        let config = config([
            ("gateway", json!(gateway)),
            ("nat", json!(other)),
            ("layout", json!(label)),
            ("nat_already_there", json!(self.settled.nat_stays)),
        ]);
        let score_variant = (layout == NatLayout::Single).then_some("single");
        Ok(Plan { config, score_variant, ..ledger.into_plan(label) })
    }

    /// NAT gateways in every VPC, or in one of each Region, with an address each.
    fn stand_nat(&self, ledger: &mut Ledger<'_>, layout: NatLayout) {
        let network = &self.settled.network;
        for (region, vpcs) in &network.vpcs {
            let count = match layout {
                NatLayout::Single => &vpcs.count,
                NatLayout::Central => &self.settled.azs,
                NatLayout::PerAz | NatLayout::Regional => &vpcs.zones,
            };
            let zero = Amount::ZERO;
            let (gateways, zones) = if layout == NatLayout::Regional { (&zero, count) } else { (count, &zero) };
            let usage = NatGateway {
                gateways: gateways.clone(),
                regional_gateway_azs: zones.clone(),
                public_ipv4_addresses: count.clone(),
                ..NatGateway::default()
            };
            let name = format!("NAT gateway hours, {}", network.region_name(*region));
            ledger.stand(name, &nat_gateway::SERVICE, *region, usage);
        }
    }

    fn public(&self) -> Result<Plan, NumberError> {
        let network = &self.settled.network;
        let label = "internet gateways and public addresses";
        let way = |client: usize| vec![(Carrier::Free(client, "internet gateway"), Amount::ONE)];
        let mut ledger = self.ledger();
        self.route(&mut ledger, |_, client| way(client), way)?;
        let (gateway, other) = self.split();
        if !gateway.is_empty() {
            self.stand_gateways(&mut ledger);
        }
        let mut addresses = Amount::ZERO;
        if self.settled.clients != Clients::Site && !self.settled.is_ipv6 {
            for (region, vpcs) in &network.vpcs {
                let here = match &self.inputs.public_clients {
                    Some(clients) => clients.clone(),
                    None => vpcs.zones.times(&self.clients_per_zone)?,
                };
                addresses = &addresses + &here;
                let usage = PublicIpv4 { in_use_addresses: here, ..PublicIpv4::default() };
                let name = format!("public addresses, {}", network.region_name(*region));
                ledger.stand(name, &public_ipv4::SERVICE, *region, usage);
                if self.inputs.public_clients.is_some() {
                    break;
                }
            }
        }
        let config = config([
            ("gateway", json!(gateway)),
            ("public", json!(other)),
            ("public_ipv4_addresses", shown(&addresses)),
        ]);
        Ok(Plan { config, ..ledger.into_plan(label) })
    }

    fn egress_only(&self) -> Result<Plan, NumberError> {
        let label = "egress-only internet gateways";
        let way = |client: usize| vec![(Carrier::Free(client, "egress-only internet gateway"), Amount::ONE)];
        let mut ledger = self.ledger();
        self.route(&mut ledger, |_, client| way(client), way)?;
        let (gateway, other) = self.split();
        if !gateway.is_empty() {
            self.stand_gateways(&mut ledger);
        }
        let config = config([
            ("gateway", json!(gateway)),
            ("egress_only", json!(other)),
            ("egress_only_gateways", shown(&self.settled.vpcs)),
        ]);
        Ok(Plan { config, ..ledger.into_plan(label) })
    }
}
