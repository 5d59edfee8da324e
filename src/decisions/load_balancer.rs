//! Which load balancer: by what it must do, then by what it costs.
//!
//! The guidance is that of AWS's networking best practices
//! (<https://aws.github.io/aws-networking-best-practices/decisions/> and
//! <https://aws.github.io/aws-networking-best-practices/application-networking/load-balancing/>). Every option is priced
//! for the same zones and Regions, with the public addresses, capacity units, endpoints and internet traffic that it
//! brings.

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

pub use inputs::LoadBalancerInputs;

const ALB: &str = "alb";
const NLB: &str = "nlb";
const NLB_ALB: &str = "nlb_alb_target";
const GWLB: &str = "gwlb";
const LATTICE: &str = "vpc_lattice";
const NLB_GA: &str = "nlb_global_accelerator";

/// Protocols of layer 7.
const HTTP: [&str; 5] = ["http", "https", "http2", "grpc", "websocket"];
/// Protocols of layer 4.
const LAYER_4: [&str; 5] = ["tcp", "udp", "tls", "quic", "tcp_udp"];
/// The entry of the list.
pub const DECISION: Decision = Decision {
    id: "load_balancer",
    name: "Which load balancer?",
    about: "Application, Network or Gateway Load Balancer, a Network in front of an Application Load Balancer, VPC \
            Lattice, or a Network Load Balancer behind Global Accelerator: which can do what is asked, and what each \
            costs.",
    options: LoadBalancer::OPTIONS,
    rules: LoadBalancer::RULES,
    inputs: engine::inputs::<LoadBalancer>,
    example: Example {
        region: "us-east-1",
        usage: r#"{"protocol": "https", "path_routing": true, "waf": true, "gb_month": 5000, "requests_per_second": 500}"#,
    },
    schema: schema::<LoadBalancerInputs>,
    decide: engine::decide::<LoadBalancer>,
};

/// The knowledge behind the decision.
#[derive(Debug)]
pub struct LoadBalancer;

impl Knowledge for LoadBalancer {
    type Inputs = LoadBalancerInputs;

    const OPTIONS: &'static [OptionInfo] = &[
        OptionInfo {
            id: ALB,
            what: "an Application Load Balancer",
            drawback: "Its addresses change, and it speaks HTTP only.",
        },
        OptionInfo {
            id: NLB,
            what: "a Network Load Balancer",
            drawback: "It sees connections and not requests: no routing by path, no WAF, no sign-in.",
        },
        OptionInfo {
            id: NLB_ALB,
            what: "a Network Load Balancer in front of an Application Load Balancer",
            drawback: "Two load balancers are paid for and watched.",
        },
        OptionInfo {
            id: GWLB,
            what: "a Gateway Load Balancer with an endpoint in each zone",
            drawback: "It leads traffic through appliances, which have to be bought, run and scaled.",
        },
        OptionInfo {
            id: LATTICE,
            what: "a service of VPC Lattice",
            drawback: "It serves clients in VPCs only, and every gigabyte costs several times a load balancer's.",
        },
        OptionInfo {
            id: NLB_GA,
            what: "a Network Load Balancer in each Region behind Global Accelerator",
            drawback: "A premium comes on top of the ordinary transfer for each gigabyte.",
        },
    ];

    const RULES: &'static [RuleInfo] = RULES;
    const NUMBERS: &'static [NumberInput<Self::Inputs>] = inputs::NUMBERS;
    const FLAGS: &'static [FlagInput<Self::Inputs>] = inputs::FLAGS;
    const WORDS: &'static [WordInput<Self::Inputs>] = inputs::WORDS;
    const TOPIC: &'static str = "load_balancer";
    const SWEPT: &'static [&'static str] = &["gb_month", "requests_per_second", "azs", "regions"];
    const USAGE: &'static str = "gb_month";

    fn check(inputs: &Self::Inputs, check: &mut Check, _: &Catalog) {
        inputs::check(inputs, check);
    }

    fn consider(inputs: &Self::Inputs, context: &mut Context<'_>) -> Result<Considered, Stop> {
        let steps = Steps { settle: settle::settle, screen: screening::screen, size: sizing::size, not_modelled };
        steps.take::<Self>(inputs, context)
    }
}

fn not_modelled(inputs: &LoadBalancerInputs, settled: &settle::Settled) -> Vec<String> {
    let mut unused = vec!["the targets behind the load balancer, certificates, access logs".to_owned()];
    if settled.appliances.is_some() {
        unused.push("the appliances behind the Gateway Load Balancer, with their licences".to_owned());
    }
    if inputs.waf.unwrap_or(false) {
        unused.push("AWS WAF itself: its web ACL, rules and requests".to_owned());
    }
    if !HTTP.contains(&settled.protocol.as_str()) && !LAYER_4.contains(&settled.protocol.as_str()) {
        unused.push(format!("the value `{}` of `protocol`: no rule knows it", settled.protocol));
    }
    unused
}

const RULES: &[RuleInfo] = engine::rules! {
    "L-01": "the protocol is TCP, UDP, QUIC or TLS passed through" => "alb, nlb_alb_target and vpc_lattice are out" [Eliminate] "https://aws.github.io/aws-networking-best-practices/decisions/";
    "L-03": "the addresses must not change" => "alb and vpc_lattice are out, and nlb alone where requests are routed" [Eliminate] "https://aws.github.io/aws-networking-best-practices/decisions/";
    "L-04": "third-party appliances inspect the traffic" => "everything but gwlb is out; without appliances gwlb is" [Eliminate] "https://aws.github.io/aws-networking-best-practices/decisions/";
    "L-05": "the service is offered through AWS PrivateLink" => "alb and vpc_lattice are out" [Eliminate] "https://aws.github.io/aws-networking-best-practices/application-networking/load-balancing/";
    "L-07": "several Regions stand in for each other" => "nlb_global_accelerator is preferred at layer 4; the others move clients by DNS" [Prefer, Caution] "https://aws.github.io/aws-networking-best-practices/connectivity/internet/";
    "L-06": "services call each other across VPCs or accounts" => "vpc_lattice is preferred; clients on the internet rule it out" [Eliminate, Prefer] "https://aws.github.io/aws-networking-best-practices/decisions/";
    "L-02": "requests are routed by host or path, pass AWS WAF or a sign-in, or are gRPC" => "nlb, gwlb and nlb_global_accelerator are out; what balances requests is preferred for HTTP" [Eliminate, Prefer] "https://aws.github.io/aws-networking-best-practices/application-networking/load-balancing/";
    "L-08": "a firewall that AWS runs would do" => "AWS Network Firewall is worth a look in place of gwlb" [Caution] "https://aws.github.io/aws-networking-best-practices/decisions/";
};
