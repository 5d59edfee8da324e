//! VPN or Direct Connect? How to connect your own networks with AWS.
//!
//! The facts, with their sources, are in `pricing-data/facts/hybrid_connectivity.yaml`. The rules H-01 … H-28 screen
//! by limits and requirements; G-01 … G-09 hold published guidance. Every option is sized at the same resilience.

use serde_json::json;

use crate::catalog::Catalog;
use crate::domain::check::Check;
use crate::services::{Example, schema};

use super::Decision;
use super::engine::screen::Screen;
use super::engine::{
    self, Considered, Context, FlagInput, Knowledge, NumberInput, OptionInfo, RuleInfo, Stop, WordInput,
};

mod inputs;
mod screening;
mod settle;
mod sizing;

pub use inputs::HybridConnectivityInputs;

pub(super) const VPN_VGW: &str = "vpn_vgw";
pub(super) const VPN_CLOUDHUB: &str = "vpn_cloudhub";
pub(super) const VPN_TGW: &str = "vpn_tgw";
pub(super) const VPN_TGW_LARGE: &str = "vpn_tgw_large";
pub(super) const VPN_ACCELERATED: &str = "vpn_accelerated";
pub(super) const VPN_CONCENTRATOR: &str = "vpn_concentrator";
pub(super) const DX_HOSTED: &str = "dx_hosted";
pub(super) const DX_DEDICATED: &str = "dx_dedicated";
pub(super) const DX_DEDICATED_MACSEC: &str = "dx_dedicated_macsec";
pub(super) const DX_PRIVATE_IP_VPN: &str = "dx_private_ip_vpn";
pub(super) const DX_VPN_BACKUP: &str = "dx_vpn_backup";
pub(super) const SDWAN_CONNECT: &str = "sdwan_connect";
pub(super) const INTERCONNECT: &str = "interconnect_multicloud";
pub(super) const NOT_SITE_TO_SITE: &str = "not_site_to_site";

/// The VPNs over the internet.
pub(super) const INTERNET_VPN: [&str; 6] =
    [VPN_VGW, VPN_CLOUDHUB, VPN_TGW, VPN_TGW_LARGE, VPN_ACCELERATED, VPN_CONCENTRATOR];
/// Everything that needs a Direct Connect circuit.
pub(super) const ALL_DX: [&str; 5] = [DX_HOSTED, DX_DEDICATED, DX_DEDICATED_MACSEC, DX_PRIVATE_IP_VPN, DX_VPN_BACKUP];
/// Everything that connects networks.
pub(super) const SITE_TO_SITE: [&str; 13] = [
    VPN_VGW,
    VPN_CLOUDHUB,
    VPN_TGW,
    VPN_TGW_LARGE,
    VPN_ACCELERATED,
    VPN_CONCENTRATOR,
    DX_HOSTED,
    DX_DEDICATED,
    DX_DEDICATED_MACSEC,
    DX_PRIVATE_IP_VPN,
    DX_VPN_BACKUP,
    SDWAN_CONNECT,
    INTERCONNECT,
];

/// The entry of the list.
pub const DECISION: Decision = Decision {
    id: "hybrid_connectivity",
    name: "VPN or Direct Connect?",
    about: "Site-to-Site VPN in its kinds, hosted or dedicated Direct Connect with or without encryption and backup, \
            SD-WAN, or another cloud's interconnect: which one connects your networks with AWS, what it costs, and at \
            which volume or bandwidth the answer changes.",
    options: HybridConnectivity::OPTIONS,
    rules: HybridConnectivity::RULES,
    inputs: engine::inputs::<HybridConnectivity>,
    example: Example {
        region: "us-east-1",
        usage: r#"{"gb_out_month": 20000, "gb_in_month": 10000, "peak_gbps": 0.8, "vpcs": 3, "deadline_days": 90, "outside_aws_costs_month": 400}"#,
    },
    schema: schema::<HybridConnectivityInputs>,
    decide: engine::decide::<HybridConnectivity>,
};

/// The knowledge behind the decision.
#[derive(Debug)]
pub struct HybridConnectivity;

impl Knowledge for HybridConnectivity {
    type Inputs = HybridConnectivityInputs;

    const OPTIONS: &'static [OptionInfo] = &[
        OptionInfo {
            id: VPN_VGW,
            what: "Site-to-Site VPN to the virtual private gateway of one VPC",
            drawback: "It crosses the internet, serves one VPC, and ends at about 1.25 Gbps in all.",
        },
        OptionInfo {
            id: VPN_CLOUDHUB,
            what: "VPNs of several sites on one virtual private gateway, which passes traffic between them",
            drawback: "All sites share about 1.25 Gbps over the internet and one VPC.",
        },
        OptionInfo {
            id: VPN_TGW,
            what: "Site-to-Site VPN with standard tunnels on a transit gateway or Cloud WAN",
            drawback: "It crosses the internet, no flow exceeds 1.25 Gbps, and every attachment and gigabyte is billed.",
        },
        OptionInfo {
            id: VPN_TGW_LARGE,
            what: "Site-to-Site VPN with tunnels of 5 Gbps on a transit gateway or Cloud WAN",
            drawback: "It crosses the internet, and a connection costs about twelve times a standard one.",
        },
        OptionInfo {
            id: VPN_ACCELERATED,
            what: "Site-to-Site VPN on a transit gateway that enters AWS at the nearest edge location",
            drawback: "It lessens jitter without promising latency, and the traffic pays a premium by the gigabyte.",
        },
        OptionInfo {
            id: VPN_CONCENTRATOR,
            what: "One attachment shared by up to 100 sites of low bandwidth",
            drawback: "Each site has at most 100 Mbps, and the hourly price is high for few sites.",
        },
        OptionInfo {
            id: DX_HOSTED,
            what: "Direct Connect over a partner's port: hosted connections",
            drawback: "Traffic above the rate is dropped, each connection carries one interface, and the partner's fee comes on top.",
        },
        OptionInfo {
            id: DX_DEDICATED,
            what: "Direct Connect over ports of your own, alone or aggregated",
            drawback: "It takes weeks to months, and cross-connects, racks and carriers come on top.",
        },
        OptionInfo {
            id: DX_DEDICATED_MACSEC,
            what: "Direct Connect over ports of your own with MACsec on the link",
            drawback: "MACsec is for 10 Gbps and up at selected locations, and protects the link only.",
        },
        OptionInfo {
            id: DX_PRIVATE_IP_VPN,
            what: "IPsec on private addresses over a transit interface of either kind of Direct Connect",
            drawback: "Two things to run, and the limits of VPN tunnels on top of the price of circuits.",
        },
        OptionInfo {
            id: DX_VPN_BACKUP,
            what: "One Direct Connect circuit with a VPN over the internet behind it",
            drawback: "After a failover, bandwidth and latency are those of the internet.",
        },
        OptionInfo {
            id: SDWAN_CONNECT,
            what: "A Connect attachment for an SD-WAN that is in use",
            drawback: "It needs appliances that speak GRE and BGP, and their licences.",
        },
        OptionInfo {
            id: INTERCONNECT,
            what: "AWS Interconnect – multicloud: a managed link to another cloud provider",
            drawback: "It exists for few providers and Region pairs.",
        },
        OptionInfo {
            id: NOT_SITE_TO_SITE,
            what: "Single users rather than networks: Client VPN or Verified Access",
            drawback: "It connects no networks.",
        },
    ];

    const RULES: &'static [RuleInfo] = RULES;
    const NUMBERS: &'static [NumberInput<Self::Inputs>] = inputs::NUMBERS;
    const FLAGS: &'static [FlagInput<Self::Inputs>] = inputs::FLAGS;
    const WORDS: &'static [WordInput<Self::Inputs>] = inputs::WORDS;
    const TOPIC: &'static str = "hybrid_connectivity";
    const SWEPT: &'static [&'static str] = &["gb_out_month", "peak_gbps"];
    const USAGE: &'static str = "gb_out_month";
    const LEAD_TIME: Option<(&'static str, &'static str)> = Some(("H-01", "deadline_days"));
    const OUTSIDE: Option<&'static str> = Some("outside_aws_costs_month");

    fn check(inputs: &Self::Inputs, check: &mut Check, catalog: &Catalog) {
        inputs::check(inputs, check, catalog);
    }

    fn consider(inputs: &Self::Inputs, context: &mut Context<'_>) -> Result<Considered, Stop> {
        let settled = settle::settle(inputs, context)?;
        let mut screen = Screen::new(Self::OPTIONS, context.facts());
        context.screen(&mut screen, |screen, context| screening::screen(screen, inputs, &settled, context))?;
        sizing::size(&mut screen, inputs, &settled, context)?;
        Ok(Considered {
            options: screen.into_considerations(),
            not_modelled: not_modelled(inputs, &settled),
            values: vec![
                ("gb_out_month", settled.gb_out.clone()),
                ("gb_in_month", settled.gb_in.clone()),
                ("peak_gbps", settled.peak.clone()),
                ("peak_single_flow_gbps", settled.flow.clone()),
                ("peak_mbps_per_site", settled.per_site.times_whole(1_000)),
                ("mtu_required", settled.mtu.clone()),
                ("sites", settled.sites.clone()),
                ("vpcs", settled.vpcs.clone()),
                ("regions", settled.regions.clone()),
                ("deadline_days", settled.deadline.clone()),
                ("duration_months", settled.duration.clone()),
                ("vifs_needed", settled.vifs.clone()),
                ("hosted_connections", settled.hosted_connections.clone()),
            ],
            assumptions: settled.assumptions,
            critical_defaults: settled.critical_defaults,
            notices: Vec::new(),
        })
    }
}

/// What the answer does not take into account, with the given inputs that no rule uses.
fn not_modelled(inputs: &HybridConnectivityInputs, settled: &settle::Settled) -> Vec<String> {
    let mut unused = vec![
        "people's time, one-off fees, contract terms of carriers and partners".to_owned(),
        "the price of Enterprise Support where a promise of availability needs it".to_owned(),
    ];
    let given = [
        ("latency_ms", inputs.latency_ms.is_some()),
        ("accounts", inputs.accounts.is_some()),
        ("other_internet", inputs.other_internet.is_some()),
        ("services", inputs.services.is_some()),
        ("compute_break_even", inputs.compute_break_even.is_some()),
    ];
    unused.extend(
        given.into_iter().filter(|(_, given)| *given).map(|(name, _)| format!("the input `{name}`: no rule uses it")),
    );
    if settled.regions.compare_values(&crate::domain::amount::Amount::ONE).is_gt() {
        unused.push("traffic between Regions: send it to the service data_transfer or transit_gateway".to_owned());
    }
    let known = |value: &Option<String>, words: &[&str]| value.as_deref().is_none_or(|value| words.contains(&value));
    for (name, value, words) in [
        ("phase", &inputs.phase, &["production", "dev_test"][..]),
        ("compliance", &inputs.compliance, &["no internet transit"]),
        ("existing", &inputs.existing, &["dx", "one dx"]),
        ("peer", &inputs.peer, &["google_cloud", "other_cloud"]),
    ] {
        if !known(value, words) {
            let value = json!(value);
            unused.push(format!("the value {value} of `{name}`: no rule knows it"));
        }
    }
    unused
}

/// The rules. Those that prefer narrow the field in this order.
const RULES: &[RuleInfo] = engine::rules! {
    "H-24": "the peer is a cloud provider whose Region pair AWS Interconnect supports" => "interconnect_multicloud is preferred; otherwise it is out" [Prefer, Eliminate] "https://aws.github.io/aws-networking-best-practices/decisions/";
    "G-01": "sites are far from the Region, or jitter is a problem" => "vpn_accelerated is preferred; an existing connection must be replaced for it" [Prefer, Caution] "https://aws.github.io/aws-networking-best-practices/connectivity/hybrid-multicloud/";
    "G-02": "an SD-WAN is in use" => "sdwan_connect is preferred" [Prefer] "https://aws.github.io/aws-networking-best-practices/connectivity/hybrid-multicloud/";
    "G-03": "one circuit exists, a backup is wanted, and cost goes first or it is not production" => "dx_vpn_backup is preferred" [Prefer] "https://docs.aws.amazon.com/whitepapers/latest/hybrid-connectivity/hybrid-connectivity.html";
    "H-16": "25 or more sites of up to 100 Mbps, or all sites on one attachment" => "vpn_concentrator is preferred; over 50 connections in a Region need a higher quota" [Prefer, QuotaIncrease] "https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html";
    "G-04": "Direct Connect is to carry encrypted tunnels and MACsec is not required" => "dx_private_ip_vpn is preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/specialized-skills/networking-and-content-delivery-skills/directconnect/references/encrypting-traffic-over-direct-connect.md";
    "G-05": "a partner provides or manages the circuit" => "what runs on a hosted connection is preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/specialized-skills/networking-and-content-delivery-skills/directconnect/references/choosing-a-direct-connect-connection-type.md";
    "G-06": "sites must reach each other through AWS, at low cost or on one hub" => "vpn_cloudhub and vpn_tgw are preferred; with one site vpn_cloudhub is out" [Prefer, Eliminate] "https://github.com/Ditectrev/AWS-Certified-Solutions-Architect-Associate-SAA-C03-Practice-Tests-Exams-Questions-Answers";
    "G-07": "a circuit exists" => "what uses it is preferred" [Prefer] "https://github.com/Ditectrev/AWS-Certified-Solutions-Architect-Associate-SAA-C03-Practice-Tests-Exams-Questions-Answers";
    "G-08": "the use is short-lived or a one-off, or sites are small and the money outside AWS is not known" => "a VPN over the internet is preferred" [Prefer] "https://aws.github.io/aws-networking-best-practices/connectivity/hybrid-multicloud/";
    "G-09": "it carries production or is critical" => "anything but dx_vpn_backup is preferred" [Prefer, Caution] "https://aws.github.io/aws-networking-best-practices/connectivity/hybrid-multicloud/";
    "H-18": "more than one VPC on virtual private gateways" => "a hub is preferred; beyond 10 VPCs the VPNs on virtual private gateways are out" [Prefer, Caution, Eliminate] "https://docs.aws.amazon.com/whitepapers/latest/hybrid-connectivity/example-corp.-automotive-use-case.html";
    "H-01": "the deadline comes before the lead time" => "the option is out; it may come as a second phase" [Eliminate] "https://docs.aws.amazon.com/whitepapers/latest/hybrid-connectivity/time-to-deploy.html";
    "H-02": "the traffic must not cross the internet" => "the VPNs over the internet, dx_vpn_backup and sdwan_connect are out" [Eliminate] "https://docs.aws.amazon.com/whitepapers/latest/hybrid-connectivity/hybrid-connectivity.html";
    "H-03": "a single flow is larger than a tunnel" => "the VPNs with such tunnels are out" [Eliminate] "https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html";
    "H-04": "the peak is larger than the option carries, or larger than what is left of a VPN when one connection fails" => "the option is out; or it stays with a caution" [Eliminate, Caution] "https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html";
    "H-05": "your gateway speaks no BGP" => "Direct Connect, the concentrator and SD-WAN are out; VPNs have one active tunnel" [Eliminate, Caution] "https://docs.aws.amazon.com/directconnect/latest/UserGuide/limits.html";
    "H-06": "your gateway has no fixed public address" => "vpn_tgw_large is out" [Eliminate] "https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html";
    "H-07": "the landing is fixed" => "what ends on the other kind of gateway is out" [Eliminate] "https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html";
    "H-08": "more virtual interfaces than hosted connections" => "dx_hosted is out" [Eliminate] "https://docs.aws.amazon.com/directconnect/latest/UserGuide/limits.html";
    "H-09": "more virtual interfaces than a port carries" => "ports are added" [Caution] "https://docs.aws.amazon.com/directconnect/latest/UserGuide/limits.html";
    "H-10": "MACsec is required, or the circuit is fixed to be a partner's" => "what has no MACsec is out; with a partner's circuit dx_dedicated_macsec is out" [Eliminate] "https://docs.aws.amazon.com/directconnect/latest/UserGuide/MACsec.html";
    "H-11": "encryption is required and the applications do not encrypt" => "plain Direct Connect is out" [Eliminate] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/specialized-skills/networking-and-content-delivery-skills/directconnect/references/encrypting-traffic-over-direct-connect.md";
    "H-12": "packets larger than a path carries" => "VPNs beyond 1,446 bytes, transit interfaces beyond 8,500, everything beyond 9,001 are out" [Eliminate] "https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html";
    "H-13": "AWS must promise 99.99 % or more" => "everything but dedicated circuits in the maximum layout and interconnect_multicloud is out" [Eliminate, Caution] "https://aws.amazon.com/directconnect/sla/";
    "H-14": "AWS must promise 99.9 % or more" => "what the promise does not cover is out" [Eliminate, Caution] "https://aws.amazon.com/directconnect/sla/";
    "H-15": "latency and bandwidth must be predictable" => "the VPNs over the internet are out" [Eliminate, Caution] "https://aws.github.io/aws-networking-best-practices/connectivity/hybrid-multicloud/";
    "H-17": "IPv6 inside the tunnel" => "VPNs on virtual private gateways are out" [Eliminate] "https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html";
    "H-19": "more than 20 VPCs" => "circuits land on a transit gateway by a transit interface; with the landing fixed to virtual private gateways they are out" [Caution, Eliminate] "https://docs.aws.amazon.com/directconnect/latest/UserGuide/limits.html";
    "H-20": "more prefixes than the landing accepts" => "the option is out unless they can be summarised; on Direct Connect up to 1,000 need a higher quota" [Eliminate, Caution, QuotaIncrease] "https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html";
    "H-21": "no appliance that speaks GRE and BGP, or more than 20 Gbps" => "sdwan_connect is out" [Eliminate] "https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-quotas.html";
    "H-22": "the Region has no large tunnels" => "vpn_tgw_large is out, and dx_private_ip_vpn where a flow needs one" [Eliminate] "https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html";
    "H-23": "AWS public endpoints over the circuit" => "a public interface is needed, which counts for H-08; where nothing else is needed, dx_private_ip_vpn is out" [Caution, Eliminate] "https://docs.aws.amazon.com/directconnect/latest/UserGuide/limits.html";
    "H-25": "single users rather than networks, or the reverse" => "what connects the other is out" [Eliminate] "judgement";
    "H-26": "a site over 100 Mbps, or sites with the same addresses" => "vpn_concentrator is out" [Eliminate] "https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html";
    "H-27": "acceleration over Direct Connect" => "vpn_accelerated is out" [Eliminate] "https://docs.aws.amazon.com/vpn/latest/s2svpn/accelerated-vpn.html";
    "H-28": "more packets a second than a tunnel passes" => "the option is out; without a figure, small packets are a caution" [Eliminate, Caution] "https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html";
};
