//! The inputs of `private_access`, and their ranges.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::catalog::Catalog;
use crate::decisions::engine::tables::{flags, given, numbers};
use crate::decisions::engine::{FlagInput, Movement, NumberInput, WordInput};
use crate::decisions::traffic::graph::{self, Allowed, Flows, Nodes, TrafficFlow, TrafficNode};
use crate::domain::amount::Amount;
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::read::unknown_name;

/// What is known about the services to reach, and from where: as `nodes` and `flows`, or in short as `services` and
/// numbers. Every input may be left out; what is then assumed is listed in the answer, and lowers its confidence where
/// it matters.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivateAccessInputs {
    /// The traffic as it is: VPCs, AWS services, your own sites, the internet. At most 1,000. It takes the place of
    /// `services`, `vpcs`, `gb_month` and `gb_month_per_vpc`.
    #[schema(value_type = Option<Vec<TrafficNode>>)]
    pub nodes: Option<Nodes>,
    /// What the nodes send to each other. At most 10,000.
    #[schema(value_type = Option<Vec<TrafficFlow>>)]
    pub flows: Option<Flows>,

    /// The AWS services to reach, as endpoint names end: `s3`, `dynamodb`, `ecr.api`, `logs`; `third_party_api` for
    /// somebody else's on the internet. A name, or a name with its gigabytes. 1 to 200. Left out: `s3`.
    pub services: Option<Vec<ServiceUse>>,
    /// VPCs that reach the services. Left out: 1.
    pub vpcs: Option<Amount>,
    /// Availability Zones that each VPC uses; endpoints and NAT gateways stand in each. 1 to 6. Left out: 3.
    pub azs: Option<Amount>,
    /// AWS accounts that own the VPCs. Left out: 1.
    pub accounts: Option<Amount>,
    /// Regions with clients; each is an answer of its own. Left out: 1.
    pub regions: Option<Amount>,
    /// Gigabytes a month over all VPCs and services, both directions together. Left out: 1000.
    pub gb_month: Option<Amount>,
    /// Gigabytes a month of each VPC, both directions together; it takes the place of `gb_month`.
    pub gb_month_per_vpc: Option<Amount>,
    /// Gigabytes a month that reach S3 through a NAT gateway today; read as `gb_month`.
    pub nat_gb_month_to_s3: Option<Amount>,
    /// What all traffic is multiplied by: to ask how the answer changes as it grows. Left out: 1.
    pub traffic_factor: Option<Amount>,
    /// How many services there are that each carry as much as any other, to ask how the answer changes with their
    /// number. It takes the place of `services`. 1 to 200.
    pub endpoint_services: Option<Amount>,
    /// The peak in one Availability Zone, Gbps.
    pub gbps_per_az: Option<Amount>,
    /// Clients that need a public address on the public path. Left out: one in each zone of each VPC.
    pub public_clients: Option<Amount>,
    /// The version of IP that the clients speak: 4 or 6. Left out: 4.
    pub ip_version: Option<Amount>,

    /// The VPCs have NAT gateways that other traffic needs in any case, so that only their gigabytes count. Left out:
    /// true.
    pub nat_already_needed: Option<bool>,
    /// The same in other words.
    pub nat_present: Option<bool>,
    /// Traffic may go to the services' public endpoints. Left out: true.
    pub public_path_allowed: Option<bool>,
    /// Each VPC needs an endpoint policy of its own. Left out: false.
    pub per_vpc_policy: Option<bool>,
    /// A security group must control who reaches the endpoint. Left out: false.
    pub endpoint_security_group_required: Option<bool>,
    /// The services have endpoints in the Region. Left out: true.
    pub endpoint_available: Option<bool>,
    /// IPv6 clients reach IPv4 destinations through NAT64. Left out: false.
    pub nat64: Option<bool>,
    /// The files are large.
    pub large_files: Option<bool>,

    /// Where the clients are: `same_vpc`, `private_subnets`, `public_subnets`, `peered_vpc`, `behind_tgw`, `on_prem_dx` or
    /// `on_prem_vpn`. Left out: `same_vpc`.
    pub client_location: Option<String>,
    /// Where the services are: `same`, `other`, or the code of a Region. Left out: `same`.
    pub target_region: Option<String>,
    /// How NAT gateways stand: `per_az`, `regional`, `single`, or `central` in one VPC behind a transit gateway. Left
    /// out: the cheaper of one in each zone and a regional one, which survive the loss of a zone.
    pub nat_layout: Option<String>,
    /// A hub that is there already and has the VPCs attached: `none`, `tgw`. Left out: `none`.
    pub existing_hub: Option<String>,
    /// What is wanted most, in your words, such as `min transfer cost`.
    pub goal: Option<String>,
    /// What runs, in your words, such as `fargate_private_subnets`.
    pub workload: Option<String>,
}

/// A service to reach.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ServiceUse {
    /// Its name; the gigabytes are shared evenly.
    Name(String),
    /// Its name and its gigabytes.
    Volume(ServiceVolume),
}

/// A service and its gigabytes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceVolume {
    /// Its name, as endpoint names end.
    #[schema(example = "logs")]
    pub name: String,
    /// Gigabytes a month over all VPCs, both directions together. 0 to 1,000,000,000,000.
    pub gb_month: Amount,
}

impl ServiceUse {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Name(name) => name,
            Self::Volume(volume) => &volume.name,
        }
    }

    /// Its gigabytes, where they are given.
    pub fn gb(&self) -> Option<&Amount> {
        match self {
            Self::Name(_) => None,
            Self::Volume(volume) => Some(&volume.gb_month),
        }
    }
}

/// The name of a destination that is nobody's AWS service.
pub(super) const THIRD_PARTY: &str = "third_party_api";
/// The most services of a request.
const MAX_SERVICES: usize = 200;

type Inputs = PrivateAccessInputs;

/// The numeric inputs.
pub(super) const NUMBERS: &[NumberInput<Inputs>] = numbers! {
    gb_month "GB" Continuous max 1_000_000_000_000 sweep 100_000 critical true [];
    gb_month_per_vpc "GB" Continuous max 1_000_000_000 sweep 10_000 ["guidance_central_gb_per_vpc"];
    nat_gb_month_to_s3 "GB" Continuous max 1_000_000_000_000 sweep 100_000 [];
    traffic_factor "" Continuous max 1_000_000 sweep 10 [];
    vpcs "" Whole max 10_000 sweep 100 ["guidance_central_vpcs"];
    azs "" Whole max 6 sweep 6 [];
    endpoint_services "" Whole max 200 sweep 60 ["interface_endpoints_per_vpc"];
    accounts "" Whole max 100_000 sweep 100 [];
    regions "" Whole max 100 sweep 20 [];
    gbps_per_az "Gbps" Continuous max 10_000 sweep 200 ["interface_endpoint_gbps_per_az"];
    public_clients "" Whole max 1_000_000 sweep 100 [];
    ip_version "" Whole max 6 sweep 6 [];
};

/// The yes/no inputs that rules use.
pub(super) const FLAGS: &[FlagInput<Inputs>] = flags! {
    nat_already_needed;
    nat_present alias true;
    public_path_allowed relaxable true;
    per_vpc_policy relaxable true;
    endpoint_security_group_required relaxable true;
    endpoint_available relaxable true;
    nat64 relaxable true;
};

/// Where clients may be.
pub(super) const LOCATIONS: [&str; 7] =
    ["same_vpc", "private_subnets", "public_subnets", "peered_vpc", "behind_tgw", "on_prem_dx", "on_prem_vpn"];
/// How NAT gateways may stand.
const LAYOUTS: [&str; 4] = ["per_az", "regional", "single", "central"];

/// The inputs that are words rules know.
pub(super) const WORDS: &[WordInput<Inputs>] = &[
    WordInput {
        name: "client_location",
        words: &["same_vpc", "public_subnets", "peered_vpc", "on_prem_dx"],
        relaxable: true,
        slot: |inputs| &mut inputs.client_location,
    },
    WordInput {
        name: "target_region",
        words: &["same", "other"],
        relaxable: true,
        slot: |inputs| &mut inputs.target_region,
    },
    WordInput { name: "nat_layout", words: &LAYOUTS, relaxable: false, slot: |inputs| &mut inputs.nat_layout },
    WordInput {
        name: "existing_hub",
        words: &["none", "tgw"],
        relaxable: false,
        slot: |inputs| &mut inputs.existing_hub,
    },
];

/// The inputs that a graph takes the place of.
const OF_NUMBERS: [&str; 5] = ["gb_month", "gb_month_per_vpc", "nat_gb_month_to_s3", "vpcs", "endpoint_services"];
/// The inputs that say how much there is.
const VOLUMES: [&str; 4] = ["gb_month", "gb_month_per_vpc", "nat_gb_month_to_s3", "traffic_factor"];

/// The inputs that say nothing beside what else is given.
pub(super) fn idle(inputs: &Inputs) -> Vec<&'static str> {
    if inputs.nodes.is_some() {
        return OF_NUMBERS.to_vec();
    }
    let has_volumes = inputs.services.iter().flatten().any(|service| service.gb().is_some());
    let volume = match () {
        () if has_volumes => "traffic_factor",
        () if inputs.gb_month_per_vpc.is_some() => "gb_month_per_vpc",
        () if inputs.nat_gb_month_to_s3.is_some() => "nat_gb_month_to_s3",
        () => "gb_month",
    };
    let mut idle: Vec<&'static str> = VOLUMES.into_iter().filter(|name| *name != volume).collect();
    if inputs.services.is_some() {
        idle.push("endpoint_services");
    }
    idle
}

/// Finds every value outside its range.
pub(super) fn check(inputs: &Inputs, check: &mut Check, catalog: &Catalog) {
    let allowed = Allowed { isolated_vpcs: false, site_to_service: true };
    graph::check(inputs.nodes.as_ref(), inputs.flows.as_ref(), allowed, check, catalog);
    for (input, value) in given(inputs, NUMBERS) {
        let least = u64::from(["vpcs", "azs", "regions", "accounts", "endpoint_services"].contains(&input.name));
        match input.movement {
            Movement::Continuous => check.amount(input.name, &value, input.max),
            Movement::Whole | Movement::Listed => check.whole(input.name, &value, least, input.max),
        }
        if inputs.nodes.is_some() && OF_NUMBERS.contains(&input.name) {
            let detail = format!("`{}` does not go with `nodes` and `flows`, which say it themselves", input.name);
            check.mistake(input.name, Code::Conflict, detail);
        }
    }
    if inputs.ip_version.as_ref().and_then(Amount::as_whole).is_some_and(|version| ![4, 6].contains(&version)) {
        check.mistake("ip_version", Code::OutOfRange, "`ip_version` must be 4 or 6");
    }
    check_volumes(inputs, check);
    for (name, value, words) in [
        ("client_location", &inputs.client_location, &LOCATIONS[..]),
        ("nat_layout", &inputs.nat_layout, &LAYOUTS[..]),
        ("existing_hub", &inputs.existing_hub, &["none", "tgw"][..]),
    ] {
        if let Some(value) = value {
            check.one_of(name, value, words.iter().copied());
        }
    }
    if let Some(region) = inputs.target_region.as_deref().filter(|region| !["same", "other"].contains(region))
        && catalog.places.get(region).is_none()
    {
        let known = catalog.places.codes().chain(["same", "other"]);
        check.problem(unknown_name(Code::UnknownRegion, "/target_region", "Region", region, known));
    }
}

/// The services and the ways to say how much they carry.
fn check_volumes(inputs: &Inputs, check: &mut Check) {
    let services = inputs.services.as_deref().unwrap_or_default();
    if inputs.services.is_some() && (services.is_empty() || services.len() > MAX_SERVICES) {
        let detail = format!("`services` has {} items; it must have 1 to {MAX_SERVICES}", services.len());
        check.mistake("services", Code::OutOfRange, detail);
        return;
    }
    for (field, with) in [("services", inputs.nodes.is_some()), ("endpoint_services", inputs.services.is_some())] {
        let given = if field == "services" { inputs.services.is_some() } else { inputs.endpoint_services.is_some() };
        if given && with {
            let other = if field == "services" { "`nodes` and `flows`" } else { "`services`" };
            check.mistake(field, Code::Conflict, format!("`{field}` does not go with {other}; give one of them"));
        }
    }
    let volumes = services.iter().filter(|service| service.gb().is_some()).count();
    check.within("services", |check| {
        for (at, service) in services.iter().enumerate() {
            let earlier = services.get(..at).unwrap_or_default();
            check.within(&at.to_string(), |check| {
                let name = service.name();
                if name.is_empty() || name.chars().count() > 100 {
                    check.mistake("name", Code::OutOfRange, "a name must have 1 to 100 characters");
                }
                if earlier.iter().any(|other| other.name() == name) {
                    check.mistake("name", Code::Conflict, format!("`{name}` is named twice"));
                }
                if let Some(gb) = service.gb() {
                    check.amount("gb_month", gb, CAP);
                } else if volumes > 0 {
                    check.mistake("gb_month", Code::MissingField, "where one service has gigabytes, each needs them");
                }
            });
        }
    });
    let mut said: Vec<&str> = Vec::new();
    for (name, given) in [
        ("services", volumes > 0),
        ("gb_month", inputs.gb_month.is_some()),
        ("gb_month_per_vpc", inputs.gb_month_per_vpc.is_some()),
        ("nat_gb_month_to_s3", inputs.nat_gb_month_to_s3.is_some()),
    ] {
        if given && let Some(first) = said.first() {
            check.mistake(name, Code::Conflict, format!("`{name}` says how much there is, and so does `{first}`"));
        }
        if given {
            said.push(name);
        }
    }
}
