//! How to connect VPCs with each other: peering, a hub, a service, or one shared VPC?
//!
//! The facts, with their sources, are in `pricing-data/facts/vpc_connectivity.yaml`. The rules V-01 … V-15 screen by
//! limits and requirements; V-20 … V-28 hold published guidance. Each option is one topology or several, and each
//! topology routes every flow of the same traffic and pays what it passes.

use crate::catalog::Catalog;
use crate::domain::check::Check;
use crate::services::{Example, schema};

use super::Decision;
use super::engine::{
    self, Considered, Context, FlagInput, Knowledge, NumberInput, OptionInfo, RuleInfo, Stop, WordInput,
};
use super::steps::Steps;

mod inputs;
mod screening;
mod settle;
mod sizing;

pub use inputs::VpcConnectivityInputs;

pub(super) const PEERING: &str = "vpc_peering";
pub(super) const TRANSIT_GATEWAY: &str = "transit_gateway";
pub(super) const CLOUD_WAN: &str = "cloud_wan";
pub(super) const PRIVATELINK: &str = "privatelink_endpoint_service";
pub(super) const LATTICE_SERVICES: &str = "lattice_services";
pub(super) const LATTICE_RESOURCES: &str = "lattice_vpc_resources";
pub(super) const SHARED_VPC: &str = "shared_vpc";

/// The entry of the list.
pub const DECISION: Decision = Decision {
    id: "vpc_connectivity",
    name: "How to connect VPCs?",
    about: "VPC peering, a transit gateway, AWS Cloud WAN, PrivateLink, VPC Lattice or a shared VPC: which one carries \
            the traffic between your VPCs, what each flow pays on its way, and at which volume or number of VPCs the \
            answer changes.",
    options: VpcConnectivity::OPTIONS,
    rules: VpcConnectivity::RULES,
    inputs: engine::inputs::<VpcConnectivity>,
    example: Example {
        region: "us-east-1",
        usage: r#"{"nodes": [{"name": "shop"}, {"name": "stock"}, {"name": "reports", "region": "us-east-2"}, {"name": "office", "kind": "on_premises"}], "flows": [{"from": "shop", "to": "stock", "gb_month": 2000, "same_az": true}, {"from": "stock", "to": "reports", "gb_month": 300}, {"from": "reports", "to": "office", "gb_month": 50}, {"from": "office", "to": "shop", "gb_month": 20}]}"#,
    },
    schema: schema::<VpcConnectivityInputs>,
    decide: engine::decide::<VpcConnectivity>,
};

/// The knowledge behind the decision.
#[derive(Debug)]
pub struct VpcConnectivity;

impl Knowledge for VpcConnectivity {
    type Inputs = VpcConnectivityInputs;

    const OPTIONS: &'static [OptionInfo] = &[
        OptionInfo {
            id: PEERING,
            what: "VPC peering: a connection for each pair of VPCs",
            drawback: "It does not pass traffic on, and every further VPC needs a connection and routes to each of the others.",
        },
        OptionInfo {
            id: TRANSIT_GATEWAY,
            what: "A transit gateway in each Region, with every VPC attached",
            drawback: "Every attachment is billed by the hour and every gigabyte is processed.",
        },
        OptionInfo {
            id: CLOUD_WAN,
            what: "One core network of AWS Cloud WAN over all Regions, ruled by one policy",
            drawback: "An edge in each Region comes on top of attachments and gigabytes.",
        },
        OptionInfo {
            id: PRIVATELINK,
            what: "An endpoint service for each service, with an interface endpoint in every VPC that uses it",
            drawback: "It leads one way to single services, and each client VPC pays endpoints in every zone.",
        },
        OptionInfo {
            id: LATTICE_SERVICES,
            what: "Services of VPC Lattice in a service network that the client VPCs join",
            drawback: "It speaks HTTP, HTTPS and gRPC, ends connections after minutes, and bills each service by the hour.",
        },
        OptionInfo {
            id: LATTICE_RESOURCES,
            what: "Single resources, such as databases, shared as VPC resources over TCP",
            drawback: "It leads one way to single resources, and both sides pay for each gigabyte.",
        },
        OptionInfo {
            id: SHARED_VPC,
            what: "One VPC in each Region, of which accounts of one Organization share the subnets",
            drawback: "All share one network and its limits; it is a rebuild where VPCs are there already.",
        },
    ];

    const RULES: &'static [RuleInfo] = RULES;
    const NUMBERS: &'static [NumberInput<Self::Inputs>] = inputs::NUMBERS;
    const FLAGS: &'static [FlagInput<Self::Inputs>] = inputs::FLAGS;
    const WORDS: &'static [WordInput<Self::Inputs>] = inputs::WORDS;
    const TOPIC: &'static str = "vpc_connectivity";
    const SWEPT: &'static [&'static str] = &["gb_month", "gb_month_per_pair", "traffic_factor"];
    const USAGE: &'static str = "gb_month";

    fn check(inputs: &Self::Inputs, check: &mut Check, catalog: &Catalog) {
        inputs::check(inputs, check, catalog);
    }

    fn idle(inputs: &Self::Inputs) -> Vec<&'static str> {
        inputs::idle(inputs)
    }

    fn consider(inputs: &Self::Inputs, context: &mut Context<'_>) -> Result<Considered, Stop> {
        let steps = Steps { settle: settle::settle, screen: screening::screen, size: sizing::size, not_modelled };
        steps.take::<Self>(inputs, context)
    }
}

fn not_modelled(inputs: &VpcConnectivityInputs, settled: &settle::Settled) -> Vec<String> {
    let mut unused = vec![
        "people's time, and the work of moving from what is there".to_owned(),
        "requests to services of VPC Lattice, of which each service has 300,000 free in every hour".to_owned(),
        "Direct Connect: a site is taken to be on a VPN".to_owned(),
    ];
    if inputs.multicast == Some(true) {
        unused.push("the copies that a transit gateway makes of multicast data".to_owned());
    }
    if inputs.nodes.is_none() && settled.shared_vpn && !settled.isolated {
        unused.push("data over the shared VPN: give `nodes` and `flows` to count it".to_owned());
    }
    if settled.service_flows > 0 {
        let count = settled.service_flows;
        unused.push(format!("{count} flows with AWS services: the decision `private_access` routes them"));
    }
    for (name, value, known) in [
        ("purpose", &inputs.purpose, None),
        ("target", &inputs.target, Some("database")),
        ("provider", &inputs.provider, Some("nlb service")),
    ] {
        if let Some(value) = value.as_deref().filter(|value| Some(*value) != known) {
            unused.push(format!("the value `{value}` of `{name}`: no rule knows it"));
        }
    }
    unused
}

const RULES: &[RuleInfo] = engine::rules! {
    "V-01": "VPCs that must talk use the same addresses" => "vpc_peering, transit_gateway and cloud_wan are out" [Eliminate] "https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/vpc-peering.html";
    "V-02": "a VPC would have more than 125 peers, or more than 50" => "vpc_peering is out, or a quota must be raised" [Eliminate, QuotaIncrease] "https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/vpc-peering.html";
    "V-03": "VPCs share something behind one of them: a VPN, Direct Connect, egress, inspection" => "vpc_peering, privatelink_endpoint_service and both lattice options are out as the only answer" [Eliminate] "https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/vpc-peering.html";
    "V-04": "the protocol is not HTTP, HTTPS, gRPC or TLS; or it is not TCP" => "lattice_services is out; or lattice_vpc_resources too" [Eliminate] "https://docs.aws.amazon.com/vpc-lattice/latest/ug/quotas.html";
    "V-05": "either side opens connections, or all ports must be reached" => "privatelink_endpoint_service and both lattice options are out" [Eliminate] "https://aws.github.io/aws-networking-best-practices/connectivity/within-aws/";
    "V-06": "more than 100 Gbps in a zone through one attachment" => "transit_gateway and cloud_wan are out" [Eliminate] "https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-quotas.html";
    "V-07": "more than 5,000 attachments" => "a quota must be raised, or a second hub built" [QuotaIncrease] "https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-quotas.html";
    "V-08": "more than 10 Gbps or 10,000 requests a second to one service in a zone" => "a quota of lattice_services must be raised" [QuotaIncrease] "https://docs.aws.amazon.com/vpc-lattice/latest/ug/quotas.html";
    "V-09": "a connection must live more than 10 minutes" => "lattice_services is out; for websockets of unknown life, a caution" [Eliminate, Caution] "https://docs.aws.amazon.com/vpc-lattice/latest/ug/quotas.html";
    "V-10": "multicast" => "everything but transit_gateway is out" [Eliminate] "https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-quotas.html";
    "V-11": "more than 20 routing domains on a transit gateway, or 40 on a core network" => "a quota must be raised" [QuotaIncrease] "https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-quotas.html";
    "V-12": "the other side is another company, and one service is meant" => "vpc_peering, transit_gateway, cloud_wan and shared_vpc are out" [Eliminate] "https://aws.github.io/aws-networking-best-practices/connectivity/within-aws/";
    "V-13": "more than 500 client VPCs on one service network" => "a quota of both lattice options must be raised" [QuotaIncrease] "https://docs.aws.amazon.com/vpc-lattice/latest/ug/quotas.html";
    "V-14": "the owners keep VPCs of their own, or are not in one Organization" => "shared_vpc is out" [Eliminate] "https://aws.github.io/aws-networking-best-practices/connectivity/within-aws/";
    "V-15": "more than two Regions" => "transit_gateway is harder to run: its routes between Regions are static" [Caution] "https://aws.github.io/aws-networking-best-practices/connectivity/within-aws/";
    "V-20": "the other side is another company" => "privatelink_endpoint_service is preferred" [Prefer] "https://aws.github.io/aws-networking-best-practices/connectivity/within-aws/";
    "V-21": "a database is reached" => "lattice_vpc_resources is preferred" [Prefer] "https://aws.github.io/aws-networking-best-practices/connectivity/within-aws/";
    "V-22": "HTTP to a service, with identity for each call, many clients of little traffic, or a new service across accounts" => "lattice_services is preferred" [Prefer] "https://aws.github.io/aws-networking-best-practices/application-networking/service-to-service/";
    "V-23": "the service is behind a Network Load Balancer" => "privatelink_endpoint_service is preferred" [Prefer] "https://aws.github.io/aws-networking-best-practices/connectivity/within-aws/";
    "V-24": "a hub is there and works" => "it is preferred" [Prefer] "https://aws.github.io/aws-networking-best-practices/connectivity/within-aws/";
    "V-25": "one policy over several Regions or accounts" => "cloud_wan is preferred" [Prefer] "https://aws.github.io/aws-networking-best-practices/decisions/";
    "V-26": "VPCs are kept apart and share something" => "transit_gateway is preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/tree/main/skills/specialized-skills/networking-and-content-delivery-skills/transitgateway";
    "V-27": "at most three VPCs, and fewer than ten in two years" => "vpc_peering is preferred" [Prefer] "https://aws.github.io/aws-networking-best-practices/decisions/";
    "V-28": "ten VPCs or more, now or in two years" => "transit_gateway and cloud_wan are preferred" [Prefer] "https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/vpc-peering.html";
};
