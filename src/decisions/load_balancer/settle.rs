//! The inputs of `load_balancer` after defaults. A default that follows from another input moves with it.

use super::inputs::LoadBalancerInputs;
use super::{HTTP, LAYER_4};
use crate::decisions::engine::screen::{Looked, flag, number, word};
use crate::decisions::engine::{Context, Stop};
use crate::decisions::steps::Defaults;
use crate::domain::amount::Amount;

/// What the load balancer must do, and the traffic to balance.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) protocol: String,
    /// What makes it a matter of layer 4, as it was looked at.
    pub(super) layer_4: Option<Looked>,
    /// What makes it a matter of layer 7, whatever else: the features of an Application Load Balancer.
    pub(super) http_feature: Option<Looked>,
    /// What leads traffic through appliances.
    pub(super) appliances: Option<Looked>,
    pub(super) internet_facing: bool,
    pub(super) service_to_service: bool,
    pub(super) azs: Amount,
    pub(super) regions: Amount,
    pub(super) gb: Amount,
    pub(super) gb_out: Amount,
    pub(super) requests: Amount,
    pub(super) connections: Amount,
    pub(super) active: Amount,
    pub(super) rules: Amount,
}

/// Takes every default.
pub(super) fn settle(
    inputs: &LoadBalancerInputs,
    defaults: &mut Defaults,
    context: &mut Context<'_>,
) -> Result<Settled, Stop> {
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
        defaults.assume("protocol", default, why);
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
        defaults.assume("internet_facing", if inside { "false" } else { "true" }, why);
    }
    let internet_facing = inputs.internet_facing.unwrap_or(!inside);
    let two = context.fact("lb_default_azs")?;
    let azs = defaults.take(inputs.azs.as_ref(), "azs", two.clone(), "two zones");
    // A sweep may begin at zero; there is one of each at least.
    let least = if inputs.ha == Some(true) { &two } else { &Amount::ONE };
    let azs = context.probe.max(&azs, least);
    let regions = defaults.take(inputs.regions.as_ref(), "regions", Amount::ONE, "one Region");
    let regions = context.probe.max(&regions, &Amount::ONE);
    let gb = defaults.critical(
        inputs.gb_month.as_ref(),
        "gb_month",
        context.fact("lb_default_gb_month")?,
        "a volume to begin with",
    );
    let requests = defaults.take(
        inputs.requests_per_second.as_ref(),
        "requests_per_second",
        context.fact("lb_default_requests_per_second")?,
        "a rate to begin with",
    );
    let per_connection = context.fact("lb_default_requests_per_connection")?;
    let connections = defaults.take(
        inputs.new_connections_per_second.as_ref(),
        "new_connections_per_second",
        requests.over(&per_connection)?,
        "a connection carries several requests",
    );
    let gb_out = if internet_facing {
        let out =
            defaults.take(inputs.gb_out_month.as_ref(), "gb_out_month", gb.clone(), "nearly all of it are answers");
        context.probe.min(&out, &gb)
    } else {
        Amount::ZERO
    };
    let active = inputs.active_connections.clone().unwrap_or(Amount::ZERO);
    let rules = inputs.rules.clone().unwrap_or(Amount::ZERO);
    // As they count: a sweep may go below the least, and some have no default to tell.
    defaults.values = [
        ("gb_month", &gb),
        ("gb_out_month", &gb_out),
        ("requests_per_second", &requests),
        ("new_connections_per_second", &connections),
        ("active_connections", &active),
        ("rules", &rules),
        ("azs", &azs),
        ("regions", &regions),
        ("layer", &Amount::whole(if layer_4.is_some() { 4 } else { 7 })),
    ]
    .map(|(name, value)| (name, value.clone()))
    .to_vec();
    Ok(Settled {
        protocol,
        layer_4,
        http_feature,
        appliances,
        internet_facing,
        service_to_service,
        azs,
        regions,
        gb,
        gb_out,
        requests,
        connections,
        active,
        rules,
    })
}

impl Settled {
    /// Whether it speaks HTTP in any of its forms.
    pub(super) fn is_http(&self) -> bool {
        self.http_feature.is_some() || (self.layer_4.is_none() && HTTP.contains(&self.protocol.as_str()))
    }
}
