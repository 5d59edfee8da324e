//! What each front door is built of. Only what the front door itself adds is billed; what answers is the same for all.

use serde_json::{Map, Value, json};

use super::inputs::ApiFrontDoorInputs;
use super::settle::{Settled, Style};
use super::{
    ALB, ALL, CF_URL, HTTP, KB_PER_GB, KB_PER_MB, MINUTES_PER_HOUR, NLB, REST, SECONDS_PER_HOUR, URL, WEBSOCKET,
};
use crate::decisions::engine::screen::Screen;
use crate::decisions::engine::{Context, Plan, Stop};
use crate::decisions::steps::{config, shown};
use crate::domain::amount::Amount;
use crate::services::api_gateway::{ApiGateway, ApiKind};
use crate::services::cloudfront::{Cloudfront, EdgeTraffic};
use crate::services::data_transfer::DataTransfer;
use crate::services::elastic_load_balancing::{ElasticLoadBalancing, LoadBalancerKind, NetworkTraffic};
use crate::services::lambda::Lambda;
use crate::services::plan::Planned;
use crate::services::vpc_endpoint::VpcEndpoint;
use crate::services::{
    Service, Usage, api_gateway, cloudfront, data_transfer, elastic_load_balancing, lambda, vpc_endpoint,
};

/// Why AppSync has no price.
const NO_APPSYNC: &str = "the prices of AWS AppSync are not in the data";

/// Plans one option after the other.
struct Sizing<'s> {
    inputs: &'s ApiFrontDoorInputs,
    settled: &'s Settled,
    region: &'s str,
    per_second: Amount,
    /// Minutes that clients are connected, added up over the clients and the month.
    connection_minutes: Amount,
    /// Gigabytes of streamed answers above what a function gives at once.
    streamed_gb: Amount,
    resources: Vec<Planned>,
    config: Map<String, Value>,
}

/// Sizes every eligible option.
pub(super) fn size(
    screen: &mut Screen<'_>,
    inputs: &ApiFrontDoorInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let hours = context.month.hours();
    let per_second = settled.requests.over(&hours)?.per(SECONDS_PER_HOUR);
    let connection_minutes = settled.connections.times(&hours)?.times_whole(MINUTES_PER_HOUR);
    let mut streamed_gb = Amount::ZERO;
    if settled.streaming.is_some() && settled.is_lambda() {
        let at_once = context.fact("lambda_payload_max_mb")?.times_whole(KB_PER_MB);
        let above = context.probe.beyond(&settled.response_kb, &at_once);
        streamed_gb = settled.requests.times(&above)?.per(KB_PER_GB);
    }
    for option in ALL {
        if !screen.eligible(option) {
            continue;
        }
        let mut sizing = Sizing {
            inputs,
            settled,
            region: context.region,
            per_second: per_second.clone(),
            connection_minutes: connection_minutes.clone(),
            streamed_gb: streamed_gb.clone(),
            resources: Vec::new(),
            config: Map::new(),
        };
        let plan = match option {
            REST => sizing.rest(),
            HTTP => sizing.http(context),
            WEBSOCKET => sizing.websocket(),
            ALB => sizing.alb(),
            NLB => sizing.nlb(),
            URL => sizing.function_url(),
            CF_URL => sizing.distribution_and_url(),
            _ => Plan { unpriced_because: Some(NO_APPSYNC.to_owned()), ..Plan::default() },
        };
        screen.plan(option, plan);
    }
    Ok(())
}

fn yes(value: Option<bool>) -> bool {
    value.unwrap_or(false)
}

/// An API without traffic.
fn idle_api(kind: ApiKind) -> ApiGateway {
    ApiGateway {
        kind,
        private: false,
        calls: Amount::ZERO,
        request_kb: Amount::ZERO,
        response_kb: Amount::ZERO,
        messages: Amount::ZERO,
        message_kb: None,
        connection_minutes: Amount::ZERO,
        cache_gb: None,
        cached_stages: None,
        cache_hours: None,
        portals: Amount::ZERO,
        portal_products: Amount::ZERO,
        data_out_gb: Amount::ZERO,
    }
}

impl Sizing<'_> {
    fn build(&mut self, name: &str, service: &'static Service, usage: impl Usage + 'static) {
        self.resources.push(Planned::new(name, service, self.region, usage));
    }

    fn say(&mut self, name: &'static str, value: Value) {
        self.config.extend(config([(name, value)]));
    }

    fn done(&mut self, extras: u32) -> Plan {
        Plan {
            config: std::mem::take(&mut self.config),
            resources: std::mem::take(&mut self.resources),
            extras,
            outside_aws: Some(Amount::ZERO),
            ..Plan::default()
        }
    }

    fn is_private(&self) -> bool {
        self.settled.private.is_some()
    }

    fn all_gb(&self) -> Amount {
        &self.settled.out_gb + &self.settled.in_gb
    }

    /// What leaves to the internet where a distribution does not send it.
    fn internet_gb(&self, has_distribution: bool) -> Amount {
        if has_distribution || self.is_private() { Amount::ZERO } else { self.settled.out_gb.clone() }
    }

    /// What a streamed answer of a function costs beside the front door.
    fn streamed(&mut self) {
        if self.settled.streaming.is_some() && self.settled.is_lambda() {
            let usage = Lambda { streamed_gb: self.streamed_gb.clone(), ..Lambda::default() };
            self.build("streaming", &lambda::SERVICE, usage);
            self.say("answers", json!("streamed"));
        }
    }

    /// The load balancer at which a VPC link of the first kind ends.
    fn link(&mut self) {
        if self.settled.private_backend {
            let traffic = NetworkTraffic { active_connections: Amount::ZERO, ..self.connections() };
            let usage = ElasticLoadBalancing {
                tcp: Some(traffic),
                ..ElasticLoadBalancing::idle(LoadBalancerKind::Network, Amount::ONE)
            };
            self.build("vpc_link", &elastic_load_balancing::SERVICE, usage);
            self.say("vpc_link", json!("nlb"));
        }
    }

    fn rest(&mut self) -> Plan {
        let cached = yes(self.inputs.cache);
        let usage = ApiGateway {
            private: self.is_private(),
            calls: self.settled.requests.clone(),
            cache_gb: cached.then(|| self.settled.cache_gb.clone()),
            data_out_gb: self.internet_gb(false),
            ..idle_api(ApiKind::Rest)
        };
        self.build("api", &api_gateway::SERVICE, usage);
        let endpoint = match () {
            () if self.is_private() => "private",
            () if yes(self.inputs.edge_optimized) => "edge_optimized",
            () => "regional",
        };
        self.say("endpoint", json!(endpoint));
        if cached {
            self.say("cache_gb", shown(&self.settled.cache_gb));
        }
        if self.is_private() {
            let usage = VpcEndpoint {
                interface_endpoints: Amount::ONE,
                azs: Some(self.settled.azs.clone()),
                interface_gb: self.all_gb(),
                ..VpcEndpoint::default()
            };
            self.build("endpoint", &vpc_endpoint::SERVICE, usage);
            self.say("zones", shown(&self.settled.azs));
        }
        self.link();
        self.streamed();
        let mut plan = self.done(0);
        // A REST API has much that nobody may have asked for; a check of tokens is not among it.
        plan.score_variant = yes(self.inputs.jwt_native).then_some("own_jwt_check");
        plan
    }

    fn http(&mut self, context: &mut Context<'_>) -> Plan {
        let has_distribution = self.settled.has_distribution(HTTP, self.inputs);
        // The larger of both is metered; what leaves to the internet is said apart.
        let largest = context.probe.max(&self.settled.request_kb, &self.settled.response_kb);
        let usage = ApiGateway {
            calls: self.settled.requests.clone(),
            request_kb: largest,
            data_out_gb: self.internet_gb(has_distribution),
            ..idle_api(ApiKind::Http)
        };
        self.build("api", &api_gateway::SERVICE, usage);
        if self.settled.private_backend {
            let through = if yes(self.inputs.cloud_map_integration) { "cloud_map" } else { "private_integration" };
            self.say("vpc_link", json!(through));
        }
        if has_distribution {
            self.distribution();
        }
        self.done(0)
    }

    fn websocket(&mut self) -> Plan {
        let usage = ApiGateway {
            messages: self.settled.requests.clone(),
            message_kb: Some(self.settled.message_kb.clone()),
            connection_minutes: self.connection_minutes.clone(),
            data_out_gb: self.internet_gb(false),
            ..idle_api(ApiKind::Websocket)
        };
        self.build("api", &api_gateway::SERVICE, usage);
        self.say("connections", shown(&self.settled.connections));
        self.link();
        self.done(0)
    }

    /// An Application Load Balancer with the traffic of a month.
    fn application(&self) -> ElasticLoadBalancing {
        let all = self.all_gb();
        let (processed_gb, lambda_gb) =
            if self.settled.is_lambda() { (Amount::ZERO, all) } else { (all, Amount::ZERO) };
        ElasticLoadBalancing {
            new_connections_per_second: self.settled.new_connections.clone(),
            active_connections: self.settled.connections.clone(),
            processed_gb,
            lambda_gb,
            requests_per_second: self.per_second.clone(),
            rules: self.inputs.rules.clone().unwrap_or(Amount::ZERO),
            trust_stores: if yes(self.inputs.mtls) { Amount::ONE } else { Amount::ZERO },
            ..ElasticLoadBalancing::idle(LoadBalancerKind::Application, Amount::ONE)
        }
    }

    fn connections(&self) -> NetworkTraffic {
        NetworkTraffic {
            new_connections_per_second: self.settled.new_connections.clone(),
            active_connections: self.settled.connections.clone(),
            processed_gb: self.all_gb(),
        }
    }

    /// With the addresses and the transfer of one that faces the internet.
    fn facing(&self, mut usage: ElasticLoadBalancing, has_distribution: bool) -> ElasticLoadBalancing {
        if !self.is_private() {
            usage.public_ipv4_addresses = self.settled.azs.clone();
            usage.data_out_gb = self.internet_gb(has_distribution);
        }
        usage
    }

    fn say_facing(&mut self) {
        self.say("zones", shown(&self.settled.azs));
        self.say("internet_facing", json!(!self.is_private()));
    }

    fn alb(&mut self) -> Plan {
        let has_distribution = self.settled.has_distribution(ALB, self.inputs);
        let usage = self.facing(self.application(), has_distribution);
        self.build("alb", &elastic_load_balancing::SERVICE, usage);
        self.say_facing();
        if has_distribution {
            self.distribution();
        }
        self.done(0)
    }

    fn nlb(&mut self) -> Plan {
        let has_distribution = self.settled.has_distribution(NLB, self.inputs);
        let traffic = Some(self.connections());
        let mut usage = ElasticLoadBalancing::idle(LoadBalancerKind::Network, Amount::ONE);
        match self.settled.style_word.as_str() {
            "udp" | "quic" => usage.udp = traffic,
            _ => usage.tcp = traffic,
        }
        let usage = self.facing(usage, has_distribution);
        self.build("nlb", &elastic_load_balancing::SERVICE, usage);
        let has_alb = self.settled.nlb_has_alb(self.inputs);
        if has_alb {
            self.build("alb", &elastic_load_balancing::SERVICE, self.application());
        }
        self.say("target", json!(if has_alb { "alb" } else { "backend" }));
        self.say_facing();
        if has_distribution {
            self.distribution();
        }
        let asked = yes(self.inputs.static_ips) || self.settled.style == Style::NotHttp;
        self.done(u32::from(!asked))
    }

    fn function_url(&mut self) -> Plan {
        let usage = DataTransfer { data_out_gb: self.settled.out_gb.clone(), ..DataTransfer::default() };
        self.build("function_url", &data_transfer::SERVICE, usage);
        self.streamed();
        self.done(0)
    }

    fn distribution_and_url(&mut self) -> Plan {
        self.distribution();
        self.streamed();
        let asked = [self.inputs.waf, self.inputs.cache, self.inputs.edge_optimized];
        self.done(u32::from(!asked.into_iter().any(yes)))
    }

    /// A distribution of CloudFront in front. What AWS sends to it costs nothing, what it sends to clients has prices of
    /// its own, and so has what it passes on with requests.
    fn distribution(&mut self) {
        let traffic = EdgeTraffic {
            geography: self.settled.geography.clone(),
            data_out_gb: self.settled.out_gb.clone(),
            to_origin_gb: self.settled.in_gb.clone(),
            https_requests: self.settled.requests.clone(),
            ..EdgeTraffic::default()
        };
        let usage = Cloudfront { traffic: vec![traffic], ..Cloudfront::default() };
        self.build("distribution", &cloudfront::SERVICE, usage);
        self.say("cloudfront", json!(true));
        self.say("viewer_geography", json!(self.settled.geography));
    }
}
