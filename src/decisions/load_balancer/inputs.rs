//! The inputs of `load_balancer`, and their ranges.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::decisions::engine::tables::{flags, given, numbers};
use crate::decisions::engine::{FlagInput, Movement, NumberInput, WordInput};
use crate::domain::amount::Amount;
use crate::domain::check::Check;
use crate::domain::problem::Code;

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

/// The numeric inputs.
pub(super) const NUMBERS: &[NumberInput<Inputs>] = numbers! {
    gb_month "GB" Continuous max 1_000_000_000_000 sweep 100_000 [];
    gb_out_month "GB" Continuous max 1_000_000_000_000 sweep 100_000 [];
    requests_per_second "1/s" Continuous max 1_000_000_000 sweep 100_000 [];
    new_connections_per_second "1/s" Continuous max 1_000_000_000 sweep 100_000 [];
    active_connections "" Continuous max 1_000_000_000_000 sweep 10_000_000 [];
    rules "" Continuous max 1_000 sweep 100 [];
    azs "" Whole max 6 sweep 6 [];
    regions "" Whole max 34 sweep 10 [];
    layer "" Continuous max 7 sweep 7 [];
};

/// The yes/no inputs. What is a requirement may be given up where nothing fulfils all of them.
pub(super) const FLAGS: &[FlagInput<Inputs>] = flags! {
    path_routing relaxable true;
    waf relaxable true;
    oidc_login relaxable true;
    static_ip relaxable true;
    third_party_firewall relaxable true;
    transparent relaxable true;
    inspection_vpc relaxable true;
    privatelink_provider relaxable true;
    managed_firewall_acceptable;
    low_ops;
    cross_vpc;
    service_to_service;
    internet_facing;
    failover;
    voip;
    ha;
    cross_zone;
};

/// The inputs that are words rules know.
pub(super) const WORDS: &[WordInput<Inputs>] = &[WordInput {
    name: "protocol",
    words: &["http", "https", "http2", "grpc", "websocket", "tcp", "udp", "tls", "quic", "tcp_udp"],
    relaxable: true,
    slot: |inputs| &mut inputs.protocol,
}];

/// Finds every value outside its range.
pub(super) fn check(inputs: &Inputs, check: &mut Check) {
    for (input, value) in given(inputs, NUMBERS) {
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
