//! How do private subnets, other VPCs and your own sites reach AWS services?
//!
//! The facts, with their sources, are in `pricing-data/facts/private_access.yaml`. The rules P-01 … P-15 screen by limits
//! and requirements; P-12 and P-20 … P-23 prefer what dominates or is advised. Gateway endpoints come with every option
//! where they serve some of the services: they are free.

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

pub use inputs::PrivateAccessInputs;

pub(super) const GATEWAY: &str = "gateway_endpoint";
pub(super) const INTERFACE: &str = "interface_endpoint";
pub(super) const CENTRALIZED: &str = "interface_endpoint_centralized";
pub(super) const NAT: &str = "nat_gateway";
pub(super) const PUBLIC: &str = "public_internet";
pub(super) const EGRESS_ONLY: &str = "egress_only_igw";

/// The entry of the list.
pub const DECISION: Decision = Decision {
    id: "private_access",
    name: "How to reach AWS services?",
    about: "Gateway endpoints, interface endpoints in each VPC or behind a hub, NAT gateways, public addresses or an \
            egress-only gateway: which one leads to your services, what each flow pays on its way, and at which volume \
            the answer changes.",
    options: PrivateAccess::OPTIONS,
    rules: PrivateAccess::RULES,
    inputs: engine::inputs::<PrivateAccess>,
    example: Example {
        region: "us-east-1",
        usage: r#"{"services": ["s3", "ecr.api", "ecr.dkr", "logs"], "gb_month": 3000, "vpcs": 2, "azs": 2}"#,
    },
    schema: schema::<PrivateAccessInputs>,
    decide: engine::decide::<PrivateAccess>,
};

/// The knowledge behind the decision.
#[derive(Debug)]
pub struct PrivateAccess;

impl Knowledge for PrivateAccess {
    type Inputs = PrivateAccessInputs;

    const OPTIONS: &'static [OptionInfo] = &[
        OptionInfo {
            id: GATEWAY,
            what: "Gateway endpoints: entries of route tables that lead to S3 and DynamoDB, free",
            drawback: "It serves S3 and DynamoDB, in its own Region and from its own VPC only.",
        },
        OptionInfo {
            id: INTERFACE,
            what: "Interface endpoints of PrivateLink in each VPC, with gateway endpoints where they serve",
            drawback: "Each service costs by the hour in every zone of every VPC.",
        },
        OptionInfo {
            id: CENTRALIZED,
            what: "Interface endpoints in one VPC, which the others reach through a transit gateway",
            drawback: "One policy and one failure for all, and every gigabyte is processed twice.",
        },
        OptionInfo {
            id: NAT,
            what: "NAT gateways to the services' public endpoints, with gateway endpoints where they serve",
            drawback: "Every gigabyte is processed, and the path leads to public endpoints.",
        },
        OptionInfo {
            id: PUBLIC,
            what: "Public addresses and an internet gateway",
            drawback: "Clients have public addresses, and what may come in must be kept out.",
        },
        OptionInfo {
            id: EGRESS_ONLY,
            what: "An egress-only internet gateway for IPv6",
            drawback: "It passes IPv6 only, to destinations that speak it.",
        },
    ];

    const RULES: &'static [RuleInfo] = RULES;
    const NUMBERS: &'static [NumberInput<Self::Inputs>] = inputs::NUMBERS;
    const FLAGS: &'static [FlagInput<Self::Inputs>] = inputs::FLAGS;
    const WORDS: &'static [WordInput<Self::Inputs>] = inputs::WORDS;
    const TOPIC: &'static str = "private_access";
    const SWEPT: &'static [&'static str] = &["gb_month", "gb_month_per_vpc", "nat_gb_month_to_s3", "traffic_factor"];
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

fn not_modelled(inputs: &PrivateAccessInputs, settled: &settle::Settled) -> Vec<String> {
    let mut unused = vec![
        "people's time, and the work of moving from what is there".to_owned(),
        "the private hosted zones or the profile that name shared endpoints in other VPCs".to_owned(),
        "what leads clients of other VPCs and sites to the VPC with the endpoints".to_owned(),
    ];
    if settled.other_flows > 0 {
        let count = settled.other_flows;
        unused.push(format!("{count} flows with neither a service nor the internet: `vpc_connectivity` routes them"));
    }
    for (name, given) in [
        ("large_files", inputs.large_files.is_some()),
        ("goal", inputs.goal.is_some()),
        ("workload", inputs.workload.is_some()),
        ("accounts", inputs.accounts.is_some()),
        ("regions", inputs.regions.is_some()),
    ] {
        if given {
            unused.push(format!("`{name}`: no rule uses it"));
        }
    }
    unused
}

const RULES: &[RuleInfo] = engine::rules! {
    "P-01": "a service other than S3 and DynamoDB" => "gateway_endpoint is out as the only answer" [Eliminate] "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html";
    "P-02": "clients are on a site, in a peered VPC or behind a transit gateway" => "gateway_endpoint is out" [Eliminate] "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html";
    "P-03": "a service is in another Region" => "gateway_endpoint is out; whether interface endpoints lead there must be verified" [Eliminate, Caution] "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html";
    "P-04": "traffic must not go to public endpoints" => "nat_gateway, public_internet and egress_only_igw are out" [Eliminate] "https://aws.github.io/aws-networking-best-practices/connectivity/internet/";
    "P-05": "a security group must control the endpoint" => "gateway_endpoint is out" [Eliminate] "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html";
    "P-06": "the destination is a third party on the internet" => "all endpoints are out" [Eliminate] "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html";
    "P-07": "the service has no endpoint in the Region, or is not among those known to have one" => "both interface options are out, or a caution" [Eliminate, Caution] "https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-that-support-privatelink.html";
    "P-08": "the clients speak IPv6 only, without NAT64" => "nat_gateway is out" [Eliminate] "https://aws.github.io/aws-networking-best-practices/connectivity/internet/";
    "P-09": "more than 50 interface endpoints in a VPC" => "a quota must be raised" [QuotaIncrease] "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html";
    "P-10": "more than 100 Gbps in a zone" => "both interface options are out" [Eliminate] "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html";
    "P-11": "each VPC needs an endpoint policy of its own" => "interface_endpoint_centralized is out" [Eliminate] "https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/centralized-access-to-vpc-private-endpoints.html";
    "P-13": "the clients speak IPv4" => "egress_only_igw is out" [Eliminate] "https://aws.github.io/aws-networking-best-practices/connectivity/internet/";
    "P-14": "clients are on a site or in a peered VPC" => "nat_gateway and egress_only_igw are out" [Eliminate] "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html";
    "P-15": "clients are in private subnets" => "public_internet is out" [Eliminate] "https://aws.github.io/aws-networking-best-practices/connectivity/internet/";
    "P-12": "S3 and DynamoDB only, from a VPC of the same Region" => "gateway_endpoint dominates" [Prefer] "https://aws.github.io/aws-networking-best-practices/connectivity/internet/";
    "P-20": "many small VPCs with little traffic behind a transit gateway" => "interface_endpoint_centralized is preferred" [Prefer] "https://aws.github.io/aws-networking-best-practices/connectivity/within-aws/";
    "P-21": "third parties over IPv6" => "egress_only_igw is preferred" [Prefer] "https://aws.github.io/aws-networking-best-practices/connectivity/internet/";
    "P-22": "clients are on a site" => "both interface options are preferred" [Prefer] "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html";
    "P-23": "third parties over IPv4 from private subnets" => "nat_gateway is preferred" [Prefer] "https://aws.github.io/aws-networking-best-practices/connectivity/internet/";
};
