//! The inputs of `vpc_connectivity`, and their ranges.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::catalog::Catalog;
use crate::decisions::engine::tables::{flags, given, numbers};
use crate::decisions::engine::{FlagInput, Movement, NumberInput, WordInput};
use crate::decisions::traffic::graph::{self, Allowed, Flows, MAX_AZS, Nodes, TrafficFlow, TrafficNode};
use crate::domain::amount::Amount;
use crate::domain::check::Check;
use crate::domain::problem::Code;

/// What is known about the VPCs to connect, and what flows between them: as `nodes` and `flows`, or in short as numbers.
/// Every input may be left out; what is then assumed is listed in the answer, and lowers its confidence where it matters.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VpcConnectivityInputs {
    /// The traffic as it is: VPCs, your own sites, the internet. At most 1,000. It takes the place of the numbers
    /// `vpcs`, `consumers`, `regions`, `pairs_needing_traffic`, `gb_month` and `gb_month_per_pair`.
    #[schema(value_type = Option<Vec<TrafficNode>>)]
    pub nodes: Option<Nodes>,
    /// What the nodes send to each other. At most 10,000.
    #[schema(value_type = Option<Vec<TrafficFlow>>)]
    pub flows: Option<Flows>,

    /// VPCs to connect. Left out: the `consumers` and the VPC they use, or 2.
    pub vpcs: Option<Amount>,
    /// VPCs that use a service of one other VPC, rather than all talking to all. Left out: none.
    pub consumers: Option<Amount>,
    /// Regions that the VPCs are spread over evenly. 1 to 16. Left out: 1. Which ones are taken is listed as an
    /// assumption; give `nodes` to name them.
    pub regions: Option<Amount>,
    /// AWS accounts that own the VPCs. Left out: 1.
    pub accounts: Option<Amount>,
    /// Pairs of VPCs that exchange data. Left out: all, or one for each of the `consumers`.
    pub pairs_needing_traffic: Option<Amount>,
    /// Gigabytes a month over all pairs, both directions together. Left out: 1000.
    pub gb_month: Option<Amount>,
    /// Gigabytes a month of each pair, both directions together; it takes the place of `gb_month`.
    pub gb_month_per_pair: Option<Amount>,
    /// What all traffic is multiplied by: to ask how the answer changes as it grows. Left out: 1.
    pub traffic_factor: Option<Amount>,
    /// The share of the data between VPCs of one Region that stays in one Availability Zone, 0 to 1. Left out: 0.33.
    pub same_az_share: Option<Amount>,
    /// Availability Zones that each VPC uses; endpoints stand in each. 1 to 6. Left out: 3.
    pub azs: Option<Amount>,
    /// VPCs in two years. Left out: twice as many.
    pub growth_vpcs_2y: Option<Amount>,
    /// Routing domains: groups of VPCs that are kept apart. Left out: 1.
    pub segments: Option<Amount>,
    /// How long a connection must be able to live, minutes.
    pub connection_minutes: Option<Amount>,
    /// The peak of one VPC or service in one Availability Zone, Gbps.
    pub gbps_per_az: Option<Amount>,
    /// Requests a second to one service in one Availability Zone.
    pub requests_per_second: Option<Amount>,

    /// VPCs that must talk use the same addresses. Left out: false.
    pub overlap: Option<bool>,
    /// The VPCs share something behind one of them: a VPN, Direct Connect, central egress or inspection. Left out:
    /// false, unless `shared_vpn` is, or several VPCs have flows with one site.
    pub transitive: Option<bool>,
    /// Every VPC must reach every other, whether data flows now or not. Left out: false.
    pub full_mesh: Option<bool>,
    /// The VPCs must not reach each other, only what they share. Left out: false.
    pub isolated_vpcs: Option<bool>,
    /// The VPCs share one VPN. Left out: false.
    pub shared_vpn: Option<bool>,
    /// Multicast is needed. Left out: false.
    pub multicast: Option<bool>,
    /// The other side is another company. Left out: false.
    pub third_party: Option<bool>,
    /// The service is offered on a marketplace; read as `third_party`.
    pub saas_marketplace: Option<bool>,
    /// Each call must be authorised by identity. Left out: false.
    pub iam_auth: Option<bool>,
    /// Connections are websockets, and live long. Left out: false.
    pub websocket: Option<bool>,
    /// One policy must hold for the whole network. Left out: false.
    pub central_policy: Option<bool>,
    /// The same in other words.
    pub policy_driven: Option<bool>,
    /// Nothing is there yet. Left out: false.
    pub greenfield: Option<bool>,
    /// The hub of `existing_hub` does what it should. Left out: true.
    pub working: Option<bool>,
    /// The owners accept subnets in a VPC of one account of their Organization instead of VPCs of their own. Left out:
    /// false.
    pub shared_subnets_accepted: Option<bool>,

    /// What the connections speak: `http`, `https`, `grpc`, `tls`, `tcp`, `udp`, or `any` for all ports. Left out: `tcp`.
    pub protocol: Option<String>,
    /// Who opens connections: `one_way` or `bidirectional`. Left out: `one_way` where there are `consumers`, a
    /// `provider`, a `target` or a third party, or where no two nodes send both ways; else `bidirectional`.
    pub direction: Option<String>,
    /// A hub that is there already and has the VPCs attached: `none`, `tgw` or `cloud_wan`. Left out: `none`.
    pub existing_hub: Option<String>,
    /// What is reached, such as `database`.
    pub target: Option<String>,
    /// What offers it, such as `nlb service`: a Network Load Balancer is there.
    pub provider: Option<String>,
    /// What it is for, in your words, such as `dr replication`.
    pub purpose: Option<String>,
}

type Inputs = VpcConnectivityInputs;

/// The numeric inputs.
pub(super) const NUMBERS: &[NumberInput<Inputs>] = numbers! {
    gb_month "GB" Continuous max 1_000_000_000_000 sweep 1_000_000 critical true [];
    gb_month_per_pair "GB" Continuous max 1_000_000_000 sweep 10_000 [];
    traffic_factor "" Continuous max 1_000_000 sweep 10 [];
    vpcs "" Whole max 10_000 sweep 130 critical true
        ["guidance_peering_vpcs", "guidance_hub_vpcs", "peering_full_mesh_vpcs"];
    consumers "" Whole max 10_000 sweep 200 ["guidance_lattice_consumers", "lattice_network_vpcs"];
    regions "" Whole max 16 sweep 8 ["cloud_wan_guidance_regions"];
    accounts "" Whole max 100_000 sweep 100 [];
    pairs_needing_traffic "" Whole max 50_000_000 sweep 500 [];
    same_az_share "" Continuous max 1 sweep 1 [];
    azs "" Whole max 6 sweep 6 [];
    growth_vpcs_2y "" Whole max 100_000 sweep 200 ["guidance_hub_vpcs"];
    segments "" Whole max 10_000 sweep 60 [];
    connection_minutes "minutes" Continuous max 1_000_000 sweep 60 relaxable true ["lattice_connection_minutes"];
    gbps_per_az "Gbps" Continuous max 10_000 sweep 200 relaxable true
        ["lattice_service_gbps_per_az", "tgw_attachment_gbps"];
    requests_per_second "requests/s" Continuous max 1_000_000_000 sweep 50_000 [];
};

/// The yes/no inputs.
pub(super) const FLAGS: &[FlagInput<Inputs>] = flags! {
    overlap relaxable true;
    transitive relaxable true;
    full_mesh relaxable true;
    isolated_vpcs;
    shared_vpn relaxable true;
    multicast relaxable true;
    third_party relaxable true;
    saas_marketplace relaxable true alias true;
    iam_auth;
    websocket;
    central_policy;
    policy_driven alias true;
    greenfield;
    working;
    shared_subnets_accepted relaxable true;
};

/// The inputs that are words rules know.
pub(super) const WORDS: &[WordInput<Inputs>] = &[
    WordInput {
        name: "protocol",
        words: &["http", "tcp", "udp", "any"],
        relaxable: true,
        slot: |inputs| &mut inputs.protocol,
    },
    WordInput { name: "direction", words: &DIRECTIONS, relaxable: true, slot: |inputs| &mut inputs.direction },
    WordInput {
        name: "existing_hub",
        words: &["none", "tgw", "cloud_wan"],
        relaxable: false,
        slot: |inputs| &mut inputs.existing_hub,
    },
    WordInput { name: "target", words: &["database"], relaxable: false, slot: |inputs| &mut inputs.target },
    WordInput { name: "provider", words: &["nlb service"], relaxable: false, slot: |inputs| &mut inputs.provider },
];

/// What connections may speak.
const PROTOCOLS: [&str; 7] = ["http", "https", "grpc", "tls", "tcp", "udp", "any"];
/// Who may open connections.
const DIRECTIONS: [&str; 2] = ["one_way", "bidirectional"];
/// What hub may be there.
const HUBS: [&str; 4] = ["none", "tgw", "cloud_wan", "cloudwan"];

/// The inputs that a graph takes the place of.
const OF_NUMBERS: [&str; 6] =
    ["vpcs", "consumers", "regions", "pairs_needing_traffic", "gb_month", "gb_month_per_pair"];

/// The inputs that say nothing beside what else is given.
pub(super) fn idle(inputs: &Inputs) -> Vec<&'static str> {
    if inputs.nodes.is_some() {
        return OF_NUMBERS.to_vec();
    }
    let volume = if inputs.gb_month_per_pair.is_some() { "gb_month" } else { "gb_month_per_pair" };
    vec![volume, "traffic_factor"]
}

/// Finds every value outside its range.
pub(super) fn check(inputs: &Inputs, check: &mut Check, catalog: &Catalog) {
    let allowed = Allowed { isolated_vpcs: inputs.isolated_vpcs.unwrap_or(false), site_to_service: false };
    graph::check(inputs.nodes.as_ref(), inputs.flows.as_ref(), allowed, check, catalog);
    for (input, value) in given(inputs, NUMBERS) {
        let least = u64::from(["vpcs", "consumers", "regions", "azs"].contains(&input.name));
        match input.movement {
            Movement::Continuous => check.amount(input.name, &value, input.max),
            Movement::Whole | Movement::Listed => check.whole(input.name, &value, least, input.max.max(MAX_AZS)),
        }
        if inputs.nodes.is_some() && OF_NUMBERS.contains(&input.name) {
            let detail = format!("`{}` does not go with `nodes` and `flows`, which say it themselves", input.name);
            check.mistake(input.name, Code::Conflict, detail);
        }
    }
    if inputs.gb_month.is_some() && inputs.gb_month_per_pair.is_some() {
        let detail = "`gb_month_per_pair` takes the place of `gb_month`; give one of them";
        check.mistake("gb_month_per_pair", Code::Conflict, detail);
    }
    if let (Some(vpcs), Some(consumers)) = (&inputs.vpcs, &inputs.consumers)
        && !vpcs.compare_values(consumers).is_gt()
    {
        let detail = format!("{consumers} consumers and the VPC they use are more than {vpcs} VPCs");
        check.mistake("vpcs", Code::Conflict, detail);
    }
    for (name, value, words) in [
        ("protocol", &inputs.protocol, &PROTOCOLS[..]),
        ("direction", &inputs.direction, &DIRECTIONS[..]),
        ("existing_hub", &inputs.existing_hub, &HUBS[..]),
    ] {
        if let Some(value) = value {
            check.one_of(name, value, words.iter().copied());
        }
    }
}
