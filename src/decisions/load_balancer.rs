//! Which load balancer: by what it must do, then by what it costs.
//!
//! The guidance is that of AWS's networking best practices
//! (<https://aws.github.io/aws-networking-best-practices/decisions/> and
//! <https://aws.github.io/aws-networking-best-practices/application-networking/load-balancing/>). Every option is priced
//! for the same zones and Regions, with the public addresses, capacity units, endpoints and internet traffic that it
//! brings.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::catalog::Catalog;
use crate::domain::amount::Amount;
use crate::domain::bill::Assumption;
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::services::elastic_load_balancing::{ElasticLoadBalancing, LoadBalancerKind, NetworkTraffic};
use crate::services::global_accelerator::{AcceleratedTraffic, Geography, GlobalAccelerator};
use crate::services::plan::Planned;
use crate::services::vpc_endpoint::VpcEndpoint;
use crate::services::vpc_lattice::VpcLattice;
use crate::services::{
    Example, Service, Usage, elastic_load_balancing, global_accelerator, schema, vpc_endpoint, vpc_lattice,
};

use super::Decision;
use super::engine::screen::{Looked, Screen, flag, number, word};
use super::engine::{
    self, Considered, Context, FlagInput, Knowledge, Movement, NumberInput, OptionInfo, Plan, RuleInfo, Stop, WordInput,
};

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
/// The most Availability Zones of a Region.
const MAX_AZS: u64 = 6;
/// Seconds of an hour.
const SECONDS: u64 = 3_600;

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

/// What is known about the traffic to balance. Every input may be left out.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadBalancerInputs {
    /// Availability Zones in use. Whole, 1 to 6. Left out: 2.
    pub azs: Option<Amount>,
    /// Regions that serve, each with its own load balancer. Whole, 1 to 34. Left out: 1.
    pub regions: Option<Amount>,
    /// The layer to balance at: 4 or 7. Left out: that of `protocol`.
    pub layer: Option<Amount>,
    /// Gigabytes a month that are balanced, requests and answers together, over all Regions. 0 to 1,000,000,000,000.
    /// Left out: 1000.
    pub gb_month: Option<Amount>,
    /// How many of the gigabytes leave for the internet, where the clients are there. 0 to `gb_month`. Left out: all.
    pub gb_out_month: Option<Amount>,
    /// Requests a second, on average. 0 to 1,000,000,000. Left out: 100.
    pub requests_per_second: Option<Amount>,
    /// New connections a second, on average. 0 to 1,000,000,000. Left out: a tenth of the requests.
    pub new_connections_per_second: Option<Amount>,
    /// Active connections, on average. 0 to 1,000,000,000,000. Left out: few.
    pub active_connections: Option<Amount>,
    /// Routing rules that are processed for a request. 0 to 1,000. Left out: the 10 that are free.
    pub rules: Option<Amount>,
    /// The protocol: `http`, `https`, `http2`, `grpc`, `websocket`, `tcp`, `udp`, `tls` passed through, `quic`. Left out:
    /// `udp` for voice, else that of `layer`, else `http`.
    pub protocol: Option<String>,
    /// Requests are routed by host or path. Left out: false.
    pub path_routing: Option<bool>,
    /// AWS WAF inspects the requests. Left out: false.
    pub waf: Option<bool>,
    /// The load balancer signs users in with OpenID Connect. Left out: false.
    pub oidc_login: Option<bool>,
    /// The addresses must not change. Left out: false.
    pub static_ip: Option<bool>,
    /// Appliances of a third party inspect the traffic. Left out: false.
    pub third_party_firewall: Option<bool>,
    /// The inspection must be transparent to clients and servers.
    pub transparent: Option<bool>,
    /// The inspection stands in a VPC of its own.
    pub inspection_vpc: Option<bool>,
    /// A firewall that AWS runs would do too. Left out: false.
    pub managed_firewall_acceptable: Option<bool>,
    /// As little as possible is to be run. Left out: false.
    pub low_ops: Option<bool>,
    /// The service is offered to other VPCs as an endpoint service of AWS PrivateLink. Left out: false.
    pub privatelink_provider: Option<bool>,
    /// Clients and servers are in different VPCs or accounts. Left out: false.
    pub cross_vpc: Option<bool>,
    /// Services call each other. Left out: true where `cross_vpc` is.
    pub service_to_service: Option<bool>,
    /// Clients come from the internet. Left out: true, unless the traffic is between services, through PrivateLink or
    /// through appliances.
    pub internet_facing: Option<bool>,
    /// Traffic moves to another Region within seconds where one fails. Left out: false.
    pub failover: Option<bool>,
    /// It is voice over IP.
    pub voip: Option<bool>,
    /// It must survive the failure of a zone: at least two zones are priced. Left out: true.
    pub ha: Option<bool>,
    /// A Network or Gateway Load Balancer spreads over the targets of all zones, which AWS bills on both sides. Left
    /// out: false.
    pub cross_zone: Option<bool>,
}

type Inputs = LoadBalancerInputs;

/// The knowledge behind the decision.
#[derive(Debug)]
pub struct LoadBalancer;

const fn number_input(
    name: &'static str,
    unit: &'static str,
    movement: Movement,
    max: u64,
    sweep_to: u64,
    slot: fn(&mut Inputs) -> &mut Option<Amount>,
) -> NumberInput<Inputs> {
    NumberInput { name, unit, movement, max, sweep_to, thresholds: &[], relaxable: false, critical: false, slot }
}

const fn flag_input(name: &'static str, slot: fn(&mut Inputs) -> &mut Option<bool>) -> FlagInput<Inputs> {
    FlagInput { name, relaxable: false, critical: false, alias: false, slot }
}

/// A requirement, which may be given up where nothing fulfils all of them.
const fn requirement(name: &'static str, slot: fn(&mut Inputs) -> &mut Option<bool>) -> FlagInput<Inputs> {
    FlagInput { relaxable: true, ..flag_input(name, slot) }
}

impl Knowledge for LoadBalancer {
    type Inputs = Inputs;

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
    const NUMBERS: &'static [NumberInput<Inputs>] = &[
        number_input("gb_month", "GB", Movement::Continuous, CAP, 100_000, |inputs| &mut inputs.gb_month),
        number_input("gb_out_month", "GB", Movement::Continuous, CAP, 100_000, |inputs| &mut inputs.gb_out_month),
        number_input("requests_per_second", "1/s", Movement::Continuous, 1_000_000_000, 100_000, |inputs| {
            &mut inputs.requests_per_second
        }),
        number_input("new_connections_per_second", "1/s", Movement::Continuous, 1_000_000_000, 100_000, |inputs| {
            &mut inputs.new_connections_per_second
        }),
        number_input("active_connections", "", Movement::Continuous, CAP, 10_000_000, |inputs| {
            &mut inputs.active_connections
        }),
        number_input("rules", "", Movement::Continuous, 1_000, 100, |inputs| &mut inputs.rules),
        number_input("azs", "", Movement::Whole, MAX_AZS, MAX_AZS, |inputs| &mut inputs.azs),
        number_input("regions", "", Movement::Whole, 34, 10, |inputs| &mut inputs.regions),
        number_input("layer", "", Movement::Continuous, 7, 7, |inputs| &mut inputs.layer),
    ];
    const FLAGS: &'static [FlagInput<Inputs>] = &[
        requirement("path_routing", |inputs| &mut inputs.path_routing),
        requirement("waf", |inputs| &mut inputs.waf),
        requirement("oidc_login", |inputs| &mut inputs.oidc_login),
        requirement("static_ip", |inputs| &mut inputs.static_ip),
        requirement("third_party_firewall", |inputs| &mut inputs.third_party_firewall),
        requirement("transparent", |inputs| &mut inputs.transparent),
        requirement("inspection_vpc", |inputs| &mut inputs.inspection_vpc),
        requirement("privatelink_provider", |inputs| &mut inputs.privatelink_provider),
        flag_input("managed_firewall_acceptable", |inputs| &mut inputs.managed_firewall_acceptable),
        flag_input("low_ops", |inputs| &mut inputs.low_ops),
        flag_input("cross_vpc", |inputs| &mut inputs.cross_vpc),
        flag_input("service_to_service", |inputs| &mut inputs.service_to_service),
        flag_input("internet_facing", |inputs| &mut inputs.internet_facing),
        flag_input("failover", |inputs| &mut inputs.failover),
        flag_input("voip", |inputs| &mut inputs.voip),
        flag_input("ha", |inputs| &mut inputs.ha),
        flag_input("cross_zone", |inputs| &mut inputs.cross_zone),
    ];
    const WORDS: &'static [WordInput<Inputs>] = &[WordInput {
        name: "protocol",
        words: &["http", "https", "http2", "grpc", "websocket", "tcp", "udp", "tls", "quic", "tcp_udp"],
        relaxable: true,
        slot: |inputs| &mut inputs.protocol,
    }];
    const TOPIC: &'static str = "load_balancer";
    const SWEPT: &'static [&'static str] = &["gb_month", "requests_per_second", "azs", "regions"];
    const USAGE: &'static str = "gb_month";

    fn check(inputs: &Inputs, check: &mut Check, _: &Catalog) {
        let mut copy = inputs.clone();
        for input in Self::NUMBERS {
            let Some(value) = (input.slot)(&mut copy).clone() else { continue };
            match (input.name, input.movement) {
                ("layer", _) if ![4, 7].map(Amount::whole).contains(&value) => {
                    check.mistake("layer", Code::OutOfRange, format!("`layer` is {value}; it must be 4 or 7"));
                }
                (_, Movement::Whole) => check.whole(input.name, &value, 1, input.max),
                (_, Movement::Continuous | Movement::Listed) => check.amount(input.name, &value, input.max),
            }
        }
        if let (Some(out), Some(all)) = (&inputs.gb_out_month, &inputs.gb_month)
            && out.compare_values(all).is_gt()
        {
            let detail = format!("`gb_out_month` is {out}; only {all} GB are balanced");
            check.mistake("gb_out_month", Code::Conflict, detail);
        }
    }

    fn consider(inputs: &Inputs, context: &mut Context<'_>) -> Result<Considered, Stop> {
        let mut assumptions = Vec::new();
        let need = Need::of(inputs, context, &mut assumptions);
        let traffic = Traffic::of(inputs, &need, context, &mut assumptions)?;
        let mut screen = Screen::new(Self::OPTIONS, context.facts());
        need.screen(&mut screen, &traffic, context)?;
        for option in [ALB, NLB, NLB_ALB, GWLB, LATTICE, NLB_GA] {
            if screen.eligible(option) {
                screen.plan(option, traffic.plan(option, &need, context)?);
            }
        }
        Ok(Considered {
            options: screen.into_considerations(),
            assumptions,
            not_modelled: need.not_modelled(),
            notices: Vec::new(),
            values: traffic.values(&need),
            critical_defaults: if inputs.gb_month.is_some() { Vec::new() } else { vec!["gb_month"] },
        })
    }
}

/// What the load balancer must do, after defaults.
struct Need<'i> {
    inputs: &'i Inputs,
    protocol: String,
    /// What makes it a matter of layer 4, as it was looked at.
    layer_4: Option<Looked>,
    /// What makes it a matter of layer 7, whatever else: the features of an Application Load Balancer.
    http_feature: Option<Looked>,
    /// What leads traffic through appliances.
    appliances: Option<Looked>,
    internet_facing: bool,
    service_to_service: bool,
}

impl<'i> Need<'i> {
    fn of(inputs: &'i Inputs, context: &mut Context<'_>, assumptions: &mut Vec<Assumption>) -> Self {
        let mut assume = |input: &str, value: &str, why: &str| {
            assumptions.push(Assumption { input: input.to_owned(), value: value.to_owned(), why: why.to_owned() });
        };
        let yes = |value: Option<bool>| value.unwrap_or(false);
        let above_4 = inputs.layer.as_ref().map(|layer| context.probe.more(layer, &Amount::whole(4)));
        let (default, why) = if yes(inputs.voip) {
            ("udp", "voice over IP")
        } else if above_4 == Some(false) {
            ("tcp", "layer 4")
        } else {
            ("http", "what most applications speak")
        };
        if inputs.protocol.is_none() {
            assume("protocol", default, why);
        }
        let protocol = inputs.protocol.as_deref().unwrap_or(default).to_lowercase();
        let layer_4 = if LAYER_4.contains(&protocol.as_str()) {
            Some(word("protocol", protocol.as_str()))
        } else {
            (above_4 == Some(false)).then(|| number("layer", &Amount::whole(4)))
        };
        let features = [("path_routing", inputs.path_routing), ("waf", inputs.waf), ("oidc_login", inputs.oidc_login)];
        let mut http_feature = features.into_iter().find(|(_, value)| yes(*value)).map(|(name, _)| flag(name, true));
        if http_feature.is_none() && protocol == "grpc" {
            http_feature = Some(word("protocol", "grpc"));
        }
        if http_feature.is_none() && above_4 == Some(true) {
            http_feature = Some(number("layer", &Amount::whole(7)));
        }
        let through = [
            ("third_party_firewall", inputs.third_party_firewall),
            ("transparent", inputs.transparent),
            ("inspection_vpc", inputs.inspection_vpc),
        ];
        let appliances = through.into_iter().find(|(_, value)| yes(*value)).map(|(name, _)| flag(name, true));
        let service_to_service = inputs.service_to_service.unwrap_or(yes(inputs.cross_vpc));
        let inside =
            service_to_service || yes(inputs.cross_vpc) || yes(inputs.privatelink_provider) || appliances.is_some();
        if inputs.internet_facing.is_none() {
            let why = if inside { "the traffic stays between VPCs" } else { "nothing says that clients are inside" };
            assume("internet_facing", if inside { "false" } else { "true" }, why);
        }
        Self {
            inputs,
            protocol,
            layer_4,
            http_feature,
            appliances,
            internet_facing: inputs.internet_facing.unwrap_or(!inside),
            service_to_service,
        }
    }

    /// Whether it speaks HTTP in any of its forms.
    fn http(&self) -> bool {
        self.http_feature.is_some() || (self.layer_4.is_none() && HTTP.contains(&self.protocol.as_str()))
    }

    fn screen(&self, screen: &mut Screen<'_>, traffic: &Traffic, context: &mut Context<'_>) -> Result<(), Stop> {
        self.layers(screen)?;
        self.addresses(screen)?;
        self.through_appliances(screen)?;
        self.between_vpcs(screen)?;
        self.between_regions(screen, traffic, context)
    }

    /// L-01 and L-02: what the layers ask for.
    fn layers(&self, screen: &mut Screen<'_>) -> Result<(), Stop> {
        if let Some(by) = &self.layer_4 {
            let text = "An Application Load Balancer and a Lattice service speak HTTP only.";
            screen.eliminate("L-01", &[ALB, LATTICE, NLB_ALB], by, "lb_layer_4_protocols", text)?;
        }
        if let Some(by) = &self.http_feature {
            let text = "It sees connections, not requests.";
            screen.eliminate("L-02", &[NLB, GWLB, NLB_GA], by, "lb_http_features", text)?;
        }
        if self.http() {
            let by = self.http_feature.clone().unwrap_or_else(|| word("protocol", self.protocol.as_str()));
            let text = "HTTP is balanced request by request.";
            screen.prefer("L-02", &[ALB, NLB_ALB, LATTICE], &by, "guidance_lb_http", text)?;
        }
        Ok(())
    }

    /// L-03 and L-05: addresses that stay, and endpoint services.
    fn addresses(&self, screen: &mut Screen<'_>) -> Result<(), Stop> {
        if self.inputs.static_ip.unwrap_or(false) {
            let by = flag("static_ip", true);
            let text = "Its addresses change; a Network Load Balancer in front of it has addresses that stay.";
            screen.eliminate("L-03", &[ALB, LATTICE], &by, "lb_static_addresses", text)?;
            if self.http_feature.is_some() {
                let text = "Addresses that stay and routing of requests take both kinds together.";
                screen.eliminate("L-03", &[NLB], &by, "lb_static_addresses", text)?;
            }
        }
        if self.inputs.privatelink_provider.unwrap_or(false) {
            let text = "An endpoint service has a Network Load Balancer in front.";
            let by = flag("privatelink_provider", true);
            screen.eliminate("L-05", &[ALB, LATTICE], &by, "lb_endpoint_service_fronts", text)?;
        }
        Ok(())
    }

    /// L-04 and L-08: appliances in the path, and whether they must be a third party's.
    fn through_appliances(&self, screen: &mut Screen<'_>) -> Result<(), Stop> {
        let Some(by) = &self.appliances else {
            let text = "It leads traffic through appliances and balances no application.";
            let by = flag("third_party_firewall", false);
            screen.eliminate("L-04", &[GWLB], &by, "lb_appliance_insertion", text)?;
            return Ok(());
        };
        let text = "Only a Gateway Load Balancer puts appliances into the path unseen.";
        screen.eliminate("L-04", &[ALB, NLB, NLB_ALB, LATTICE, NLB_GA], by, "lb_appliance_insertion", text)?;
        let by = [
            ("managed_firewall_acceptable", self.inputs.managed_firewall_acceptable),
            ("low_ops", self.inputs.low_ops),
        ];
        if let Some((name, _)) = by.into_iter().find(|(_, value)| value.unwrap_or(false)) {
            let text = "Where a firewall that AWS runs will do, AWS Network Firewall needs no appliances.";
            screen.caution("L-08", &[GWLB], &flag(name, true), "guidance_lb_managed_firewall", text)?;
        }
        Ok(())
    }

    /// L-06: services that call each other across VPCs.
    fn between_vpcs(&self, screen: &mut Screen<'_>) -> Result<(), Stop> {
        if self.internet_facing {
            let text = "A Lattice service serves clients in VPCs; those on the internet need a load balancer.";
            screen.eliminate("L-06", &[LATTICE], &flag("internet_facing", true), "lattice_clients", text)?;
        } else if self.inputs.cross_vpc.unwrap_or(false) && self.service_to_service {
            let text = "For services that call each other across VPCs and accounts Lattice comes first.";
            screen.prefer("L-06", &[LATTICE], &flag("cross_vpc", true), "guidance_lb_service_to_service", text)?;
        }
        Ok(())
    }

    /// L-07: several Regions that stand in for each other.
    fn between_regions(
        &self,
        screen: &mut Screen<'_>,
        traffic: &Traffic,
        context: &mut Context<'_>,
    ) -> Result<(), Stop> {
        let failover = self.inputs.failover.unwrap_or(false);
        if !failover || !context.probe.more(&traffic.regions, &Amount::ONE) {
            return Ok(());
        }
        let by = number("regions", &traffic.regions);
        if self.layer_4.is_some() {
            let text = "Static addresses at the edge lead to the nearest healthy Region, and away from one that fails.";
            screen.prefer("L-07", &[NLB_GA], &by, "guidance_lb_multi_region", text)?;
        }
        let text = "Between Regions clients are moved by DNS, as fast as they ask it again.";
        screen.caution("L-07", &[ALB, NLB, NLB_ALB], &by, "guidance_lb_multi_region", text)?;
        Ok(())
    }

    fn not_modelled(&self) -> Vec<String> {
        let mut unused = vec!["the targets behind the load balancer, certificates, access logs".to_owned()];
        if self.appliances.is_some() {
            unused.push("the appliances behind the Gateway Load Balancer, with their licences".to_owned());
        }
        if self.inputs.waf.unwrap_or(false) {
            unused.push("AWS WAF itself: its web ACL, rules and requests".to_owned());
        }
        if !HTTP.contains(&self.protocol.as_str()) && !LAYER_4.contains(&self.protocol.as_str()) {
            unused.push(format!("the value `{}` of `protocol`: no rule knows it", self.protocol));
        }
        unused
    }
}

/// The traffic to balance, after defaults.
struct Traffic {
    azs: Amount,
    regions: Amount,
    gb: Amount,
    gb_out: Amount,
    requests: Amount,
    connections: Amount,
    active: Amount,
    rules: Amount,
}

impl Traffic {
    fn of(
        inputs: &Inputs,
        need: &Need<'_>,
        context: &mut Context<'_>,
        assumptions: &mut Vec<Assumption>,
    ) -> Result<Self, Stop> {
        let mut take = |given: &Option<Amount>, name: &str, default: Amount, why: &str| {
            given.clone().unwrap_or_else(|| {
                assumptions.push(Assumption {
                    input: name.to_owned(),
                    value: default.to_string(),
                    why: why.to_owned(),
                });
                default
            })
        };
        let two = context.fact("lb_default_azs")?;
        let azs = take(&inputs.azs, "azs", two.clone(), "two zones");
        // A sweep may begin at zero; there is one of each at least.
        let least = if inputs.ha == Some(true) { &two } else { &Amount::ONE };
        let azs = context.probe.max(&azs, least);
        let regions = take(&inputs.regions, "regions", Amount::ONE, "one Region");
        let regions = context.probe.max(&regions, &Amount::ONE);
        let gb = take(&inputs.gb_month, "gb_month", context.fact("lb_default_gb_month")?, "a volume to begin with");
        let requests = take(
            &inputs.requests_per_second,
            "requests_per_second",
            context.fact("lb_default_requests_per_second")?,
            "a rate to begin with",
        );
        let per_connection = context.fact("lb_default_requests_per_connection")?;
        let connections = take(
            &inputs.new_connections_per_second,
            "new_connections_per_second",
            requests.over(&per_connection)?,
            "a connection carries several requests",
        );
        let gb_out = if need.internet_facing {
            let out = take(&inputs.gb_out_month, "gb_out_month", gb.clone(), "nearly all of it are answers");
            context.probe.min(&out, &gb)
        } else {
            Amount::ZERO
        };
        Ok(Self {
            azs,
            regions,
            gb,
            gb_out,
            requests,
            connections,
            active: inputs.active_connections.clone().unwrap_or(Amount::ZERO),
            rules: inputs.rules.clone().unwrap_or(Amount::ZERO),
        })
    }

    /// The numeric inputs after defaults.
    fn values(&self, need: &Need<'_>) -> Vec<(&'static str, Amount)> {
        let layer = if need.layer_4.is_some() { 4 } else { 7 };
        vec![
            ("gb_month", self.gb.clone()),
            ("gb_out_month", self.gb_out.clone()),
            ("requests_per_second", self.requests.clone()),
            ("new_connections_per_second", self.connections.clone()),
            ("active_connections", self.active.clone()),
            ("rules", self.rules.clone()),
            ("azs", self.azs.clone()),
            ("regions", self.regions.clone()),
            ("layer", Amount::whole(layer)),
        ]
    }

    fn plan(&self, option: &str, need: &Need<'_>, context: &mut Context<'_>) -> Result<Plan, Stop> {
        let region = context.region;
        let balancer =
            |name: &str, usage: ElasticLoadBalancing| planned(name, &elastic_load_balancing::SERVICE, region, usage);
        let mut extras = 0;
        let resources = match option {
            ALB => vec![balancer("alb", self.facing(self.application(), need)?)],
            NLB => vec![balancer("nlb", self.facing(self.network(need)?, need)?)],
            NLB_ALB => {
                // One load balancer too many where the addresses may change and no endpoint service is offered.
                let asked = [need.inputs.static_ip, need.inputs.privatelink_provider];
                extras = u32::from(!asked.into_iter().any(|flag| flag.unwrap_or(false)));
                vec![balancer("nlb", self.facing(self.network(need)?, need)?), balancer("alb", self.application())]
            }
            GWLB => {
                let endpoints = VpcEndpoint {
                    gateway_load_balancer_endpoints: self.azs.times(&self.regions)?,
                    gateway_load_balancer_gb: self.gb.clone(),
                    ..VpcEndpoint::default()
                };
                vec![
                    balancer("gwlb", self.gateway(need)?),
                    planned("endpoints", &vpc_endpoint::SERVICE, region, endpoints),
                ]
            }
            LATTICE => {
                let month = context.month.hours();
                let usage = VpcLattice {
                    services: self.regions.clone(),
                    data_gb: self.gb.clone(),
                    requests: self.requests.times_whole(SECONDS).times(&month)?,
                    ..VpcLattice::default()
                };
                vec![planned("service", &vpc_lattice::SERVICE, region, usage)]
            }
            _ => {
                extras = u32::from(!(need.inputs.failover.unwrap_or(false) || need.inputs.static_ip.unwrap_or(false)));
                let mut front = self.facing(self.network(need)?, need)?;
                // The accelerator sends the data out, and brings its own transfer.
                front.data_out_gb = Amount::ZERO;
                let usage = GlobalAccelerator {
                    accelerators: Amount::ONE,
                    traffic: vec![AcceleratedTraffic {
                        geography: Geography::of_region(region, context.catalog),
                        data_out_gb: self.gb_out.clone(),
                        data_in_gb: context.probe.beyond(&self.gb, &self.gb_out),
                    }],
                    ..GlobalAccelerator::default()
                };
                vec![balancer("nlb", front), planned("accelerator", &global_accelerator::SERVICE, region, usage)]
            }
        };
        let mut config = Map::new();
        config.insert("zones".to_owned(), whole(&self.azs));
        config.insert("regions".to_owned(), whole(&self.regions));
        config.insert("internet_facing".to_owned(), json!(need.internet_facing));
        Ok(Plan { config, resources, extras, outside_aws: Some(Amount::ZERO), ..Plan::default() })
    }

    /// Load balancers of a kind, one in each Region, without traffic.
    fn idle(&self, kind: LoadBalancerKind) -> ElasticLoadBalancing {
        ElasticLoadBalancing {
            kind,
            load_balancers: self.regions.clone(),
            hours: None,
            new_connections_per_second: Amount::ZERO,
            active_connections: Amount::ZERO,
            processed_gb: Amount::ZERO,
            lambda_gb: Amount::ZERO,
            requests_per_second: Amount::ZERO,
            rules: Amount::ZERO,
            trust_stores: Amount::ZERO,
            tcp: None,
            udp: None,
            tls: None,
            reserved_capacity_units: Amount::ZERO,
            data_out_gb: Amount::ZERO,
            between_azs_gb: Amount::ZERO,
            public_ipv4_addresses: Amount::ZERO,
        }
    }

    fn application(&self) -> ElasticLoadBalancing {
        ElasticLoadBalancing {
            new_connections_per_second: self.connections.clone(),
            active_connections: self.active.clone(),
            processed_gb: self.gb.clone(),
            requests_per_second: self.requests.clone(),
            rules: self.rules.clone(),
            ..self.idle(LoadBalancerKind::Application)
        }
    }

    fn network(&self, need: &Need<'_>) -> Result<ElasticLoadBalancing, Stop> {
        let traffic = Some(NetworkTraffic {
            new_connections_per_second: self.connections.clone(),
            active_connections: self.active.clone(),
            processed_gb: self.gb.clone(),
        });
        let mut usage = self.idle(LoadBalancerKind::Network);
        match need.protocol.as_str() {
            "udp" | "quic" => usage.udp = traffic,
            _ => usage.tcp = traffic,
        }
        usage.between_azs_gb = self.crossing(need)?;
        Ok(usage)
    }

    fn gateway(&self, need: &Need<'_>) -> Result<ElasticLoadBalancing, Stop> {
        Ok(ElasticLoadBalancing {
            new_connections_per_second: self.connections.clone(),
            active_connections: self.active.clone(),
            processed_gb: self.gb.clone(),
            between_azs_gb: self.crossing(need)?,
            ..self.idle(LoadBalancerKind::Gateway)
        })
    }

    /// What crosses zones where every zone's targets get their share: all but one zone's.
    fn crossing(&self, need: &Need<'_>) -> Result<Amount, Stop> {
        if !need.inputs.cross_zone.unwrap_or(false) {
            return Ok(Amount::ZERO);
        }
        Ok(self.gb.times(&(&self.azs - &Amount::ONE))?.over(&self.azs)?)
    }

    /// With the addresses and the transfer of one that faces the internet.
    fn facing(&self, mut usage: ElasticLoadBalancing, need: &Need<'_>) -> Result<ElasticLoadBalancing, Stop> {
        if need.internet_facing {
            usage.public_ipv4_addresses = self.azs.times(&self.regions)?;
            usage.data_out_gb = self.gb_out.clone();
        }
        Ok(usage)
    }
}

/// A count as the answer shows it.
fn whole(amount: &Amount) -> Value {
    amount.at_rest().as_whole().map_or(Value::Null, Value::from)
}

fn planned(name: &str, service: &'static Service, region: &str, usage: impl Usage + 'static) -> Planned {
    Planned { name: name.to_owned(), service, region: region.to_owned(), usage: Box::new(usage) }
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
