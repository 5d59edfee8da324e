//! The nodes and flows of a request, and what can be wrong with them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::network::Network;
use crate::catalog::Catalog;
use crate::domain::amount::Amount;
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::read::unknown_name;

/// The most nodes of a request.
pub const MAX_NODES: usize = 1_000;
/// The most flows of a request.
pub const MAX_FLOWS: usize = 10_000;
/// The most Availability Zones of a Region.
pub const MAX_AZS: u64 = 6;
/// After so many mistakes the rest is not looked at: nearest names are searched for each.
const MAX_MISTAKES: usize = 100;

/// Something that sends or receives.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrafficNode {
    /// Its name, once in the list. 1 to 100 characters.
    #[schema(example = "shop")]
    pub name: String,
    /// What it is.
    #[serde(default)]
    #[schema(inline, default = "vpc")]
    pub kind: NodeKind,
    /// Its Region; for a site of your own, the Region its VPN ends in. Left out: the request's.
    #[schema(example = "eu-west-1")]
    pub region: Option<String>,
    /// For a VPC: the Availability Zones it uses, in each of which endpoints stand. Whole, 1 to 6. Left out: the
    /// `azs` of the inputs.
    pub azs: Option<Amount>,
    /// For a VPC: the VPC whose shared services it uses, its hub.
    pub shared_services: Option<String>,
    /// For an AWS service: its name, such as `s3` or `ecr.api`. Left out: the name of the node.
    pub service: Option<String>,
}

/// What a node is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// A VPC.
    #[default]
    Vpc,
    /// A site of your own, on a VPN.
    OnPremises,
    /// An AWS service.
    AwsService,
    /// The internet.
    Internet,
}

/// Data that one node sends to another.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrafficFlow {
    /// The node that sends. Where one side offers a service, the client is the one that sends in the first flow between
    /// the two: it opens the connections.
    #[schema(example = "shop")]
    pub from: String,
    /// The node that receives.
    #[schema(example = "stock")]
    pub to: String,
    /// Gigabytes a month. 0 to 1,000,000,000,000.
    pub gb_month: Amount,
    /// Between VPCs of one Region: whether it stays in one Availability Zone. Left out: `same_az_share` of it does.
    pub same_az: Option<bool>,
}

/// The nodes of a request. Evaluations by the hundred share one list.
#[derive(Debug, Clone)]
pub struct Nodes(Arc<Vec<TrafficNode>>);

/// The flows of a request, with the network that they and the nodes make.
#[derive(Debug, Clone)]
pub struct Flows(Arc<FlowList>);

#[derive(Debug)]
struct FlowList {
    flows: Vec<TrafficFlow>,
    /// The network, and the zones of a VPC that says none which it was made with.
    network: OnceLock<(Amount, Arc<Network>)>,
}

impl<'de> Deserialize<'de> for Nodes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(|nodes| Self(Arc::new(nodes)))
    }
}

impl<'de> Deserialize<'de> for Flows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}

impl From<Vec<TrafficFlow>> for Flows {
    fn from(flows: Vec<TrafficFlow>) -> Self {
        Self(Arc::new(FlowList { flows, network: OnceLock::new() }))
    }
}

impl From<Vec<TrafficNode>> for Nodes {
    fn from(nodes: Vec<TrafficNode>) -> Self {
        Self(Arc::new(nodes))
    }
}

impl Nodes {
    /// The nodes in the order of the request.
    pub fn all(&self) -> &[TrafficNode] {
        &self.0
    }

    /// The nodes of a kind.
    pub fn of(&self, kind: NodeKind) -> impl Iterator<Item = &TrafficNode> {
        self.0.iter().filter(move |node| node.kind == kind)
    }
}

impl Flows {
    /// The flows in the order of the request.
    pub fn all(&self) -> &[TrafficFlow] {
        &self.0.flows
    }

    /// The network of a request. It is made once and is the same for every evaluation, but for those that ask what
    /// other `azs` would change.
    pub fn network(&self, nodes: &Nodes, region: &str, azs: &Amount) -> Arc<Network> {
        let make = || Arc::new(Network::of_graph(nodes.all(), self.all(), region, azs));
        let (made_with, network) = self.0.network.get_or_init(|| (azs.clone(), make()));
        if made_with == azs { Arc::clone(network) } else { make() }
    }
}

/// What a flow may join, and which flows may not be.
#[derive(Debug, Clone, Copy)]
pub struct Allowed {
    /// VPCs reach shared services and sites only, never each other.
    pub isolated_vpcs: bool,
    /// A site may talk to an AWS service itself.
    pub site_to_service: bool,
}

/// Finds every mistake in the nodes and the flows.
pub fn check(nodes: Option<&Nodes>, flows: Option<&Flows>, allowed: Allowed, check: &mut Check, catalog: &Catalog) {
    let nodes = nodes.map_or(&[] as &[_], Nodes::all);
    let flows = flows.map_or(&[] as &[_], Flows::all);
    for (field, found, most) in [("nodes", nodes.len(), MAX_NODES), ("flows", flows.len(), MAX_FLOWS)] {
        if found > most {
            check.mistake(field, Code::OutOfRange, format!("`{field}` has {found} items; at most {most} are taken"));
            return;
        }
    }
    if nodes.is_empty() && !flows.is_empty() {
        check.mistake("nodes", Code::MissingField, "`flows` name nodes, and there are none; give `nodes`");
        return;
    }
    let mut places: HashMap<&str, usize> = HashMap::with_capacity(nodes.len());
    for (at, node) in nodes.iter().enumerate() {
        places.entry(node.name.as_str()).or_insert(at);
    }
    let known = Known { nodes, places };
    check.within("nodes", |check| {
        let mut left = MAX_MISTAKES;
        for (at, node) in nodes.iter().enumerate() {
            check.within(&at.to_string(), |check| known.check_node(at, node, check, catalog));
            left = left.saturating_sub(usize::from(known.has_unknown_hub(node)));
            if left == 0 {
                break;
            }
        }
        known.check_cycles(check);
    });
    check.within("flows", |check| {
        let mut left = MAX_MISTAKES;
        for (at, flow) in flows.iter().enumerate() {
            let mut found = 0;
            check.within(&at.to_string(), |check| found = known.check_flow(flow, allowed, check));
            left = left.saturating_sub(found);
            if left == 0 {
                break;
            }
        }
    });
}

/// The nodes and where each name stands first.
struct Known<'n> {
    nodes: &'n [TrafficNode],
    places: HashMap<&'n str, usize>,
}

impl<'n> Known<'n> {
    fn get(&self, name: &str) -> Option<&'n TrafficNode> {
        self.places.get(name).and_then(|at| self.nodes.get(*at))
    }

    fn names(&self) -> impl Iterator<Item = &'n str> {
        self.nodes.iter().map(|node| node.name.as_str())
    }

    fn has_unknown_hub(&self, node: &TrafficNode) -> bool {
        node.shared_services.as_deref().is_some_and(|hub| self.get(hub).is_none())
    }

    fn check_node(&self, at: usize, node: &TrafficNode, check: &mut Check, catalog: &Catalog) {
        let name = node.name.as_str();
        if name.is_empty() || name.chars().count() > 100 {
            let detail = format!("`name` has {} characters; it must have 1 to 100", name.chars().count());
            check.mistake("name", Code::OutOfRange, detail);
        } else if self.places.get(name).is_some_and(|first| *first < at) {
            check.mistake("name", Code::Conflict, format!("`{name}` is named twice; give each node a name of its own"));
        }
        if let Some(region) = &node.region
            && catalog.places.get(region).is_none()
        {
            check.problem(unknown_name(Code::UnknownRegion, "/region", "Region", region, catalog.places.codes()));
        }
        check.optional_whole("azs", node.azs.as_ref(), 1, MAX_AZS);
        for (field, given, kind) in [
            ("azs", node.azs.is_some(), NodeKind::Vpc),
            ("shared_services", node.shared_services.is_some(), NodeKind::Vpc),
            ("service", node.service.is_some(), NodeKind::AwsService),
        ] {
            if given && node.kind != kind {
                let what = if kind == NodeKind::Vpc { "a VPC" } else { "an AWS service" };
                check.mistake(field, Code::Conflict, format!("`{field}` goes with {what} only"));
            }
        }
        if node.region.is_some() && node.kind == NodeKind::Internet {
            check.mistake("region", Code::Conflict, "the internet is in no Region");
        }
        let Some(hub) = &node.shared_services else { return };
        match self.get(hub) {
            None => {
                check.problem(unknown_name(Code::UnknownValue, "/shared_services", "node", hub, self.names()));
            }
            Some(found) if found.kind != NodeKind::Vpc => {
                check.mistake("shared_services", Code::Conflict, format!("`{hub}` is no VPC"));
            }
            Some(_) => {}
        }
    }

    /// Nobody's shared services may lead back to it. Each cycle is reported once, where it closes.
    fn check_cycles(&self, check: &mut Check) {
        let mut done: HashSet<&str> = HashSet::new();
        for node in self.nodes {
            let mut path: Vec<&str> = Vec::new();
            let mut at = Some(node);
            while let Some(here) = at {
                let name = here.name.as_str();
                if let Some(begin) = path.iter().position(|passed| *passed == name) {
                    let cycle: Vec<&str> = path.iter().skip(begin).copied().chain([name]).collect();
                    let closes = cycle.iter().rev().nth(1).and_then(|last| self.places.get(last));
                    if let Some(closes) = closes {
                        let detail = format!("shared services go round in a cycle: {}", cycle.join(" → "));
                        check.within(&closes.to_string(), |check| {
                            check.mistake("shared_services", Code::Conflict, detail);
                        });
                    }
                    break;
                }
                if !done.insert(name) {
                    break;
                }
                path.push(name);
                at = here.shared_services.as_deref().and_then(|hub| self.get(hub));
            }
        }
    }

    /// Checks a flow; says how many mistakes it has.
    fn check_flow(&self, flow: &TrafficFlow, allowed: Allowed, check: &mut Check) -> usize {
        let mut found = 0_usize;
        let mut mistake = |check: &mut Check, field: &str, detail: String| {
            found = found.saturating_add(1);
            check.mistake(field, Code::Conflict, detail);
        };
        if flow.gb_month.is_negative() || flow.gb_month.compare_values(&Amount::decimal(CAP.into())).is_gt() {
            check.amount("gb_month", &flow.gb_month, CAP);
        }
        let (from, to) = match (self.get(&flow.from), self.get(&flow.to)) {
            (Some(from), Some(to)) => (from, to),
            (from, to) => {
                for (field, name, _) in
                    [("/from", &flow.from, from), ("/to", &flow.to, to)].iter().filter(|(.., node)| node.is_none())
                {
                    check.problem(unknown_name(Code::UnknownValue, *field, "node", name, self.names()));
                }
                return 1;
            }
        };
        if flow.from == flow.to {
            mistake(check, "to", format!("`{}` is both ends of the flow; a flow joins two nodes", flow.to));
            return found;
        }
        let kinds = [from.kind, to.kind];
        let between_vpcs = kinds == [NodeKind::Vpc; 2];
        let has_service = kinds.contains(&NodeKind::AwsService);
        let site_to_service = allowed.site_to_service && has_service && kinds.contains(&NodeKind::OnPremises);
        if !kinds.contains(&NodeKind::Vpc) && !site_to_service {
            mistake(check, "to", "neither end of the flow is a VPC".to_owned());
        }
        if flow.same_az.is_some() && !between_vpcs {
            mistake(check, "same_az", "`same_az` goes with a flow between two VPCs".to_owned());
        } else if flow.same_az.is_some() && from.region.as_ref().zip(to.region.as_ref()).is_some_and(|(a, b)| a != b) {
            let detail = format!("`{}` and `{}` are in different Regions", flow.from, flow.to);
            mistake(check, "same_az", detail);
        }
        let is_hub = |node: &TrafficNode, of: &TrafficNode| of.shared_services.as_ref() == Some(&node.name);
        if allowed.isolated_vpcs && between_vpcs && !is_hub(from, to) && !is_hub(to, from) {
            let detail = format!(
                "`{}` and `{}` are VPCs, which `isolated_vpcs` keeps apart unless one names the other in \
                 `shared_services`",
                flow.from, flow.to
            );
            mistake(check, "to", detail);
        }
        found
    }
}
