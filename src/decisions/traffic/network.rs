//! A network: how many VPCs there are where, and flows in groups that go the same way in every topology.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use smol_str::SmolStr;

use super::graph::{NodeKind, TrafficFlow, TrafficNode};
use crate::decisions::engine::RoutedFlow;
use crate::domain::amount::{Amount, Fraction, NumberError};

/// Where a flow begins or ends. Numbers are positions in [`Network::regions`] and [`Network::services`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// A VPC of a Region.
    Vpc(usize),
    /// A site whose VPN ends in a Region.
    Site(usize),
    /// An AWS service in a Region: the Region, then the service.
    Service(usize, usize),
    /// The internet.
    Internet,
}

impl End {
    /// Its Region, where it has one.
    pub fn region(self) -> Option<usize> {
        match self {
            Self::Vpc(region) | Self::Site(region) | Self::Service(region, _) => Some(region),
            Self::Internet => None,
        }
    }
}

/// Whether data between VPCs of one Region crosses Availability Zones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Crossing {
    /// It stays in one zone.
    No,
    /// It crosses zones.
    Yes,
    /// A share of it stays in one zone: the `same_az_share` of the inputs.
    Share,
}

/// Flows that go the same way in every topology.
#[derive(Debug, Clone)]
pub struct Group {
    /// Where they begin.
    pub from: End,
    /// Where they end.
    pub to: End,
    /// Whether they cross Availability Zones.
    pub crossing: Crossing,
    /// Their gigabytes a month together.
    pub gb: Amount,
    /// Each of them.
    pub flows: Arc<[RoutedFlow]>,
}

/// How many things there are, and in how many Availability Zones together.
#[derive(Debug, Clone, Default)]
pub struct Spread {
    /// The number of things.
    pub count: Amount,
    /// Their zones, added up.
    pub zones: Amount,
}

impl Spread {
    /// The zones of each, on average.
    ///
    /// # Errors
    /// Never: the number stands still.
    pub fn average(&self) -> Result<Amount, NumberError> {
        if self.count.is_zero() { Ok(Amount::ONE) } else { self.zones.over(&self.count) }
    }

    fn add(&mut self, zones: &Amount) {
        self.count = &self.count + &Amount::ONE;
        self.zones = &self.zones + zones;
    }
}

/// VPCs, sites and services, and what flows between them.
#[derive(Debug, Clone, Default)]
pub struct Network {
    /// The Regions, each once.
    pub regions: Vec<SmolStr>,
    /// The AWS services, each once.
    pub services: Vec<SmolStr>,
    /// The VPCs by Region.
    pub vpcs: BTreeMap<usize, Spread>,
    /// The names of the VPCs; none where only their number is known.
    pub vpc_names: Vec<SmolStr>,
    /// The names of the VPCs that offer shared services.
    pub hub_names: Vec<SmolStr>,
    /// The sites by Region.
    pub sites: BTreeMap<usize, Amount>,
    /// The VPCs that exchange data with sites, by Region.
    pub vpcs_with_site: BTreeMap<usize, Amount>,
    /// Pairs of VPCs with traffic, by the Regions of both, the smaller first.
    pub pairs: BTreeMap<(usize, usize), Amount>,
    /// The most other VPCs that one VPC exchanges data with.
    pub most_peers: Amount,
    /// The VPCs that use services of others.
    pub client_vpcs: Amount,
    /// Clients and the services of other VPCs they use, by the Regions of both: an endpoint each.
    pub clients: BTreeMap<(usize, usize), Spread>,
    /// The VPCs that others use services of, by Region.
    pub providers: BTreeMap<usize, Spread>,
    /// Other Regions that the services of VPCs are offered to, added up by the Region of the VPC.
    pub offers: BTreeMap<usize, Amount>,
    /// VPCs and the AWS services they use, by the Region of the VPC and the service: an endpoint each.
    pub service_users: BTreeMap<(usize, End), Spread>,
    /// The AWS services that sites use, by the Region in which their VPN ends.
    pub service_sites: BTreeSet<(usize, End)>,
    /// Whether some two VPCs send both ways.
    pub both_ways: bool,
    /// Whether every flow between VPCs is between one and the VPC whose shared services it uses.
    pub is_star: bool,
    /// The flows in groups.
    pub groups: Vec<Group>,
}

impl Network {
    /// The position of a Region, which is added where it is new.
    pub fn region(&mut self, name: &str) -> usize {
        position(&mut self.regions, name)
    }

    /// An AWS service in a Region, which is added where it is new.
    pub fn service(&mut self, region: usize, name: &str) -> End {
        End::Service(region, position(&mut self.services, name))
    }

    /// The name of a Region.
    pub fn region_name(&self, at: usize) -> SmolStr {
        self.regions.get(at).cloned().unwrap_or_default()
    }

    /// How many VPCs there are.
    pub fn vpc_count(&self) -> Amount {
        self.vpcs.values().fold(Amount::ZERO, |sum, vpcs| &sum + &vpcs.count)
    }

    /// How many pairs of VPCs exchange data.
    pub fn pair_count(&self) -> Amount {
        self.pairs.values().fold(Amount::ZERO, |sum, pairs| &sum + pairs)
    }

    /// How many Regions have VPCs.
    pub fn vpc_regions(&self) -> Vec<usize> {
        self.vpcs.keys().copied().collect()
    }

    /// Adds a group, where it carries anything.
    pub fn push(&mut self, group: Group) {
        if !group.gb.is_zero() {
            self.groups.push(group);
        }
    }

    /// The network of a request's nodes and flows, which have been checked. `azs` are those of a VPC that says none.
    pub fn of_graph(nodes: &[TrafficNode], flows: &[TrafficFlow], region: &str, azs: &Amount) -> Self {
        let mut network = Self { is_star: true, ..Self::default() };
        let home = network.region(region);
        let mut known: HashMap<&str, Known<'_>> = HashMap::with_capacity(nodes.len());
        for node in nodes {
            let here = node.region.as_deref().map_or(home, |region| network.region(region));
            let end = match node.kind {
                NodeKind::Vpc => {
                    network.vpcs.entry(here).or_default().add(node.azs.as_ref().unwrap_or(azs));
                    network.vpc_names.push(SmolStr::new(&node.name));
                    End::Vpc(here)
                }
                NodeKind::OnPremises => {
                    let sites = network.sites.entry(here).or_default();
                    *sites = &*sites + &Amount::ONE;
                    End::Site(here)
                }
                NodeKind::AwsService => network.service(here, node.service.as_deref().unwrap_or(&node.name)),
                NodeKind::Internet => End::Internet,
            };
            let zones = node.azs.clone().unwrap_or_else(|| azs.clone());
            known.insert(&node.name, Known { at: known.len(), end, node, zones });
        }
        for hub in nodes.iter().filter_map(|node| node.shared_services.as_deref()) {
            if !network.hub_names.iter().any(|known| known == hub) {
                network.hub_names.push(SmolStr::new(hub));
            }
        }
        network.join(flows, &known);
        network
    }

    fn join(&mut self, flows: &[TrafficFlow], known: &HashMap<&str, Known<'_>>) {
        let mut groups: BTreeMap<(End, End, Crossing), (Amount, Vec<RoutedFlow>)> = BTreeMap::new();
        let mut seen = Seen::default();
        for flow in flows {
            let (Some(from), Some(to)) = (known.get(flow.from.as_str()), known.get(flow.to.as_str())) else { continue };
            let crossing = match flow.same_az {
                Some(true) => Crossing::No,
                Some(false) => Crossing::Yes,
                None => Crossing::Share,
            };
            let (gb, members) = groups.entry((from.end, to.end, crossing)).or_default();
            *gb = &*gb + &flow.gb_month;
            members.push(RoutedFlow {
                from: SmolStr::new(&flow.from),
                to: SmolStr::new(&flow.to),
                gb: flow.gb_month.clone(),
            });
            self.note(from, to, &mut seen);
        }
        let most = seen.peers.values().map(BTreeSet::len).max().unwrap_or_default();
        self.most_peers = Amount::decimal(most.into());
        for ((from, to, crossing), (gb, members)) in groups {
            self.push(Group { from, to, crossing, gb, flows: Arc::from(members) });
        }
    }

    /// Counts what a flow needs once: a pair, an endpoint, a site.
    fn note(&mut self, from: &Known<'_>, to: &Known<'_>, seen: &mut Seen) {
        match (from.end, to.end) {
            (End::Vpc(here), End::Vpc(there)) => {
                let is_hub = |hub: &Known<'_>, of: &Known<'_>| of.node.shared_services.as_ref() == Some(&hub.node.name);
                self.is_star &= is_hub(from, to) || is_hub(to, from);
                if seen.peers.entry(from.at).or_default().insert(to.at) {
                    seen.peers.entry(to.at).or_default().insert(from.at);
                    let pairs = self.pairs.entry((here.min(there), here.max(there))).or_default();
                    *pairs = &*pairs + &Amount::ONE;
                }
                // Of two VPCs that send both ways, the one that sends first is the client.
                if seen.clients.contains(&(to.at, from.at)) {
                    self.both_ways = true;
                    return;
                }
                if seen.client_vpcs.insert(from.at) {
                    self.client_vpcs = &self.client_vpcs + &Amount::ONE;
                }
                if seen.clients.insert((from.at, to.at)) {
                    self.clients.entry((here, there)).or_default().add(&from.zones);
                }
                if here != there && seen.offers.insert((to.at, here)) {
                    let offers = self.offers.entry(there).or_default();
                    *offers = &*offers + &Amount::ONE;
                }
                if seen.providers.insert(to.at) {
                    self.providers.entry(there).or_default().add(&to.zones);
                }
            }
            (End::Vpc(here), End::Site(_)) | (End::Site(_), End::Vpc(here)) => {
                let vpc = if matches!(from.end, End::Vpc(_)) { from } else { to };
                if seen.with_site.insert(vpc.at) {
                    let vpcs = self.vpcs_with_site.entry(here).or_default();
                    *vpcs = &*vpcs + &Amount::ONE;
                }
            }
            (End::Vpc(here), service @ End::Service(..)) | (service @ End::Service(..), End::Vpc(here)) => {
                let (vpc, other) = if matches!(from.end, End::Vpc(_)) { (from, to) } else { (to, from) };
                if seen.clients.insert((vpc.at, other.at)) {
                    self.service_users.entry((here, service)).or_default().add(&vpc.zones);
                }
            }
            (End::Site(here), service @ End::Service(..)) | (service @ End::Service(..), End::Site(here)) => {
                self.service_sites.insert((here, service));
            }
            _ => {}
        }
    }
}

/// What has been counted.
#[derive(Default)]
struct Seen {
    peers: HashMap<usize, BTreeSet<usize>>,
    client_vpcs: BTreeSet<usize>,
    clients: BTreeSet<(usize, usize)>,
    providers: BTreeSet<usize>,
    offers: BTreeSet<(usize, usize)>,
    with_site: BTreeSet<usize>,
}

/// A node, where it stands.
struct Known<'n> {
    at: usize,
    end: End,
    node: &'n TrafficNode,
    zones: Amount,
}

fn position(names: &mut Vec<SmolStr>, name: &str) -> usize {
    names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(SmolStr::new(name));
        names.len().saturating_sub(1)
    })
}

/// The number of VPCs in a network known by numbers only.
#[derive(Debug, Clone)]
pub struct Numbers {
    /// The Regions, the request's own first. The VPCs are spread evenly over them.
    pub regions: Vec<SmolStr>,
    /// The VPCs.
    pub vpcs: u64,
    /// The Availability Zones of each.
    pub azs: Amount,
    /// How the VPCs talk.
    pub shape: Shape,
    /// Gigabytes a month over all.
    pub gb: Amount,
    /// The pairs with traffic, where it is not every pair of the shape.
    pub pairs: Option<Amount>,
}

/// Who talks to whom, where only numbers are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Every VPC with every other.
    Mesh,
    /// Every VPC but the first with the first, which offers a service.
    Star,
    /// Every VPC with a site, and none with another.
    Isolated,
}

impl Network {
    /// The network of numbers only: every pair carries as much as any other.
    ///
    /// # Errors
    /// Where the volume and the number of pairs both move.
    pub fn of_numbers(numbers: &Numbers) -> Result<Self, NumberError> {
        let mut network = Self { is_star: numbers.shape == Shape::Star, ..Self::default() };
        let mut by_region: Vec<(usize, u64)> = Vec::new();
        let count = u64::try_from(numbers.regions.len()).unwrap_or(1).max(1);
        for (place, name) in (0_u64..).zip(&numbers.regions) {
            let region = network.region(name);
            let rest = u64::from(place < numbers.vpcs.checked_rem(count).unwrap_or_default());
            let here = numbers.vpcs.checked_div(count).unwrap_or_default().saturating_add(rest);
            by_region.push((region, here));
            if here > 0 {
                let count = Amount::decimal(here.into());
                let zones = count.times(&numbers.azs)?;
                network.vpcs.insert(region, Spread { count, zones });
            }
        }
        match numbers.shape {
            Shape::Mesh => network.mesh(numbers, &by_region)?,
            Shape::Star => network.star(numbers, &by_region)?,
            Shape::Isolated => network.isolated(numbers, &by_region)?,
        }
        Ok(network)
    }

    fn mesh(&mut self, numbers: &Numbers, by_region: &[(usize, u64)]) -> Result<(), NumberError> {
        let others = numbers.vpcs.saturating_sub(1);
        self.client_vpcs = Amount::decimal(others.into());
        let all = half_of_product(numbers.vpcs, others);
        let wanted = numbers.pairs.clone().unwrap_or_else(|| all.clone());
        // What one of all pairs carries, and the share of the pairs that there are.
        let (each, share) =
            if all.is_zero() { (Amount::ZERO, Amount::ZERO) } else { (numbers.gb.over(&all)?, wanted.over(&all)?) };
        let twice = wanted.times_whole(2);
        let average = if numbers.vpcs == 0 { Amount::ZERO } else { twice.per(numbers.vpcs) };
        self.most_peers = match &numbers.pairs {
            Some(_) => Amount::fraction(Fraction::from(average.value().ceil())),
            None => Amount::decimal(others.into()),
        };
        for (at, (here, vpcs)) in by_region.iter().enumerate() {
            let inside = half_of_product(*vpcs, vpcs.saturating_sub(1));
            self.join_regions((*here, *here), &inside, &share, &each, numbers)?;
            for (there, others) in by_region.iter().skip(at.saturating_add(1)) {
                let across = Amount::decimal((*vpcs).into()).times_whole(*others);
                self.join_regions((*here, *there), &across, &share, &each, numbers)?;
            }
        }
        let regions = u64::try_from(self.vpcs.len()).unwrap_or(1);
        for (region, vpcs) in by_region {
            if *vpcs > 0 {
                let count = Amount::decimal((*vpcs).into());
                if regions > 1 {
                    self.offers.insert(*region, count.times_whole(regions.saturating_sub(1)));
                }
                self.providers.insert(*region, Spread { zones: count.times(&numbers.azs)?, count });
            }
        }
        Ok(())
    }

    /// Joins the VPCs of two Regions, or of one: as much one way as the other.
    fn join_regions(
        &mut self,
        (here, there): (usize, usize),
        pairs: &Amount,
        share: &Amount,
        each: &Amount,
        numbers: &Numbers,
    ) -> Result<(), NumberError> {
        if pairs.is_zero() {
            return Ok(());
        }
        let count = pairs.times(share)?;
        let gb = each.times(pairs)?;
        self.clients.insert((here, there), Spread { zones: count.times(&numbers.azs)?, count: count.clone() });
        self.pairs.insert((here, there), count);
        let inside = here == there;
        let half = if inside { gb } else { gb.per(2) };
        for (from, to) in [(here, there), (there, here)].into_iter().take(if inside { 1 } else { 2 }) {
            let names = ["each VPC".to_owned(), "each other VPC".to_owned()];
            let [a, b] =
                if inside { names } else { [from, to].map(|at| format!("each VPC in {}", self.region_name(at))) };
            self.push_numbers(End::Vpc(from), End::Vpc(to), half.clone(), [&a, &b]);
        }
        Ok(())
    }

    fn star(&mut self, numbers: &Numbers, by_region: &[(usize, u64)]) -> Result<(), NumberError> {
        let clients = numbers.vpcs.saturating_sub(1);
        self.most_peers = Amount::decimal(clients.into());
        self.client_vpcs = self.most_peers.clone();
        let Some((home, _)) = by_region.first().copied() else { return Ok(()) };
        self.providers.insert(home, Spread { count: Amount::ONE, zones: numbers.azs.clone() });
        for (region, vpcs) in by_region {
            let here = if *region == home { vpcs.saturating_sub(1) } else { *vpcs };
            if here == 0 {
                continue;
            }
            let count = Amount::decimal(here.into());
            let gb = numbers.gb.times(&count)?.per(clients);
            let zones = count.times(&numbers.azs)?;
            self.clients.insert((*region, home), Spread { count: count.clone(), zones });
            self.pairs.insert((home.min(*region), home.max(*region)), count);
            if *region != home {
                let offers = self.offers.entry(home).or_default();
                *offers = &*offers + &Amount::ONE;
            }
            let from = format!("each client in {}", self.region_name(*region));
            self.push_numbers(End::Vpc(*region), End::Vpc(home), gb, [&from, "the service"]);
        }
        Ok(())
    }

    fn isolated(&mut self, numbers: &Numbers, by_region: &[(usize, u64)]) -> Result<(), NumberError> {
        let Some((home, _)) = by_region.first().copied() else { return Ok(()) };
        self.sites.insert(home, Amount::ONE);
        for (region, vpcs) in by_region.iter().filter(|(_, vpcs)| *vpcs > 0) {
            let count = Amount::decimal((*vpcs).into());
            let half = numbers.gb.times(&count)?.per(numbers.vpcs.max(1)).per(2);
            self.vpcs_with_site.insert(*region, count);
            let vpcs = format!("each VPC in {}", self.region_name(*region));
            self.push_numbers(End::Vpc(*region), End::Site(home), half.clone(), [&vpcs, "the site"]);
            self.push_numbers(End::Site(home), End::Vpc(*region), half, ["the site", &vpcs]);
        }
        Ok(())
    }

    fn push_numbers(&mut self, from: End, to: End, gb: Amount, [a, b]: [&str; 2]) {
        let flow = RoutedFlow { from: SmolStr::new(a), to: SmolStr::new(b), gb: gb.clone() };
        self.push(Group { from, to, crossing: Crossing::Share, gb, flows: Arc::from([flow]) });
    }
}

/// a × b ÷ 2, where one of them is even.
fn half_of_product(a: u64, b: u64) -> Amount {
    Amount::decimal(a.saturating_mul(b).checked_div(2).unwrap_or_default().into())
}
