//! The inputs of `content_origin` after defaults. A default that follows from another input moves with it.

use super::inputs::ContentOriginInputs;
use crate::decisions::engine::screen::{Looked, flag, number, word};
use crate::decisions::engine::{Context, Stop};
use crate::decisions::steps::Defaults;
use crate::domain::amount::Amount;
use crate::services::cloudfront;
use crate::services::global_accelerator::Geography;

/// The word of `latency` that asks for answers from nearby.
pub(super) const NEAR: &str = "ms";
/// How a word of `origin` begins that only a VPC reaches.
const PRIVATE: &str = "private_";

/// What viewers speak, as far as rules ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// Anything that is HTTP.
    Http,
    /// TCP without HTTP.
    Tcp,
    /// UDP without HTTP.
    Udp,
}

impl Protocol {
    pub(super) fn of(word: &str) -> Self {
        match word {
            "udp" | "game" | "voip" | "rtp" => Self::Udp,
            "tcp" | "tls" | "tcp_udp" | "mqtt" | "rtmp" | "ftp" | "sftp" | "ssh" | "smtp" => Self::Tcp,
            _ => Self::Http,
        }
    }

    /// Whether rules know a word.
    pub(super) fn is_known(word: &str) -> bool {
        let word = word.to_lowercase();
        let http = ["http", "https", "http2", "http3", "websocket", "ws", "wss", "grpc"];
        Self::of(&word) != Self::Http || http.contains(&word.as_str())
    }
}

/// Where content comes from, as far as rules ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A bucket.
    Bucket,
    /// Servers with an address on the internet.
    Public,
    /// Servers in private subnets.
    Private,
}

impl Origin {
    fn of(word: &str) -> Self {
        match word {
            "s3" | "bucket" | "private_s3" | "private_bucket" => Self::Bucket,
            word if word.starts_with(PRIVATE) => Self::Private,
            _ => Self::Public,
        }
    }

    /// Whether rules know a word.
    pub(super) fn is_known(word: &str) -> bool {
        let word = word.to_lowercase();
        let servers = ["alb", "nlb", "ec2", "ecs", "eks", "server", "servers"];
        let bare = word.trim_start_matches(PRIVATE).trim_start_matches("public_");
        Self::of(&word) == Self::Bucket || servers.contains(&bare)
    }
}

/// Every value that rules and sizing use.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is the answer to a question of its own")]
pub(super) struct Settled {
    pub(super) protocol: Protocol,
    pub(super) protocol_word: String,
    /// The origin that was given, and its word.
    pub(super) origin: Option<(Origin, Looked)>,
    /// Whether a Network Load Balancer stands before the servers.
    pub(super) is_network: bool,
    /// Whether there are files.
    pub(super) files: bool,
    /// What makes content that is made on request, as it was looked at.
    pub(super) dynamic: Option<Looked>,
    /// What makes CloudFront add little, as it was looked at.
    pub(super) small: Option<Looked>,
    /// Whether viewers speak HTTP without encryption.
    pub(super) plain: bool,
    pub(super) predictable: bool,
    pub(super) gb: Amount,
    pub(super) requests: Amount,
    pub(super) hit_ratio: Amount,
    pub(super) regions: Amount,
    pub(super) azs: Amount,
    /// The edge geography of most viewers, as CloudFront names it.
    pub(super) geography: String,
    /// The same as Global Accelerator names it.
    pub(super) accelerated_from: Geography,
}

fn yes(value: Option<bool>) -> bool {
    value.unwrap_or(false)
}

/// Takes every default.
pub(super) fn settle(
    inputs: &ContentOriginInputs,
    defaults: &mut Defaults,
    context: &mut Context<'_>,
) -> Result<Settled, Stop> {
    let plain_word = if inputs.https_required == Some(false) { "http" } else { "https" };
    let protocol_word = inputs.protocol.as_deref().unwrap_or(plain_word).to_lowercase();
    if inputs.protocol.is_none() {
        defaults.assume("protocol", protocol_word.as_str(), "what browsers speak");
    }
    let protocol = Protocol::of(&protocol_word);
    let origin_word = inputs.origin.as_deref().map(str::to_lowercase);
    let origin = origin_word.as_deref().map(|given| (Origin::of(given), word("origin", given)));
    let dynamic = dynamic(inputs, protocol, &protocol_word, origin.as_ref());
    let files = inputs.files.unwrap_or(dynamic.is_none());
    if inputs.files.is_none() && dynamic.is_none() {
        defaults.assume("static", "true", "nothing says that servers answer");
    }
    let (gb, requests) = volume(inputs, defaults, context)?;
    let (ratio, why) = if files {
        ("content_default_hit_ratio", "files that seldom change")
    } else {
        ("content_default_dynamic_hit_ratio", "every answer is made anew")
    };
    let hit_ratio = if protocol == Protocol::Http {
        defaults.critical(inputs.cache_hit_ratio.as_ref(), "cache_hit_ratio", context.fact(ratio)?, why)
    } else {
        // Nothing else than HTTP is cached.
        Amount::ZERO
    };
    let regions = defaults.take(inputs.regions.as_ref(), "regions", Amount::ONE, "one Region");
    let azs = defaults.take(inputs.azs.as_ref(), "azs", context.fact("lb_default_azs")?, "two zones");
    for (name, given) in
        [("audience_regions", &inputs.audience_regions), ("failover_seconds", &inputs.failover_seconds)]
    {
        if let Some(given) = given {
            defaults.values.push((name, given.clone()));
        }
    }
    let near = cloudfront::geography_of(context.region, context.catalog);
    let geography = inputs.viewer_geography.clone().unwrap_or_else(|| {
        defaults.assume("viewer_geography", near.as_str(), "most viewers are near the Region");
        near.clone()
    });
    let accelerated_from = if geography == near {
        Geography::of_region(context.region, context.catalog)
    } else {
        accelerated(&geography, context.region)
    };
    Ok(Settled {
        small: small(inputs, &gb, context)?,
        plain: protocol_word == "http" || (inputs.https_required == Some(false) && inputs.protocol.is_none()),
        predictable: yes(inputs.predictable_bill),
        is_network: protocol != Protocol::Http || origin_word.is_some_and(|given| given.ends_with("nlb")),
        protocol,
        protocol_word,
        origin,
        files,
        dynamic,
        gb,
        requests,
        hit_ratio,
        regions: context.probe.max(&regions, &Amount::ONE),
        azs: context.probe.max(&azs, &Amount::ONE),
        geography,
        accelerated_from,
    })
}

/// What makes content that is made on request. An API beside files is answered elsewhere.
fn dynamic(
    inputs: &ContentOriginInputs,
    protocol: Protocol,
    protocol_word: &str,
    origin: Option<&(Origin, Looked)>,
) -> Option<Looked> {
    if let Some(given) = inputs.dynamic {
        return given.then(|| flag("dynamic", true));
    }
    if protocol != Protocol::Http {
        return Some(word("protocol", protocol_word));
    }
    match origin {
        Some((Origin::Public | Origin::Private, looked)) if inputs.files != Some(true) => return Some(looked.clone()),
        _ => {}
    }
    if inputs.files == Some(false) {
        return Some(flag("static", false));
    }
    (yes(inputs.api) && inputs.files.is_none()).then(|| flag("api", true))
}

/// Gigabytes and requests a month: each follows from the other where it is left out.
fn volume(
    inputs: &ContentOriginInputs,
    defaults: &mut Defaults,
    context: &mut Context<'_>,
) -> Result<(Amount, Amount), Stop> {
    let mut given = inputs.requests_month.clone();
    if let Some(hourly) = &inputs.requests_hour {
        defaults.values.push(("requests_hour", hourly.clone()));
        given = Some(hourly.times(&context.month.hours())?);
    }
    let mut object_kb = None;
    if inputs.gb_month.is_none() || given.is_none() {
        let default = context.fact("content_default_object_kb")?;
        let kb = defaults.take(inputs.avg_object_kb.as_ref(), "avg_object_kb", default, "pages, pictures and scripts");
        object_kb = Some(kb);
    }
    let (default_gb, why) = match (&given, &object_kb) {
        (Some(requests), Some(kb)) => {
            (requests.times(kb)?.per(super::KB_PER_GB), "the requests, each with an answer of `avg_object_kb`")
        }
        _ => (context.fact("content_default_gb_month")?, "a volume to begin with"),
    };
    let gb = defaults.critical(inputs.gb_month.as_ref(), "gb_month", default_gb, why);
    if given.is_some() && inputs.gb_month.is_none() {
        // It follows from what was given, and is no guess of its own.
        defaults.critical.retain(|name| *name != "gb_month");
    }
    let default_requests = match &object_kb {
        Some(kb) => gb.times_whole(super::KB_PER_GB).over(kb)?,
        None => Amount::ZERO,
    };
    let requests = defaults.take(
        given.as_ref(),
        "requests_month",
        default_requests,
        "the gigabytes, in answers of `avg_object_kb`",
    );
    Ok((gb, requests))
}

/// What makes CloudFront add little: a tool of one's own, or little traffic of viewers near one Region.
fn small(inputs: &ContentOriginInputs, gb: &Amount, context: &mut Context<'_>) -> Result<Option<Looked>, Stop> {
    if yes(inputs.global_audience) {
        return Ok(None);
    }
    if yes(inputs.internal_tool) {
        return Ok(Some(flag("internal_tool", true)));
    }
    let Some(near) = &inputs.audience_regions else { return Ok(None) };
    let little = context.fact("content_small_gb_month")?;
    let few = !context.probe.more(near, &Amount::ONE) && !context.probe.more(gb, &little);
    Ok(few.then(|| number("gb_month", gb)))
}

/// How Global Accelerator names an edge geography. AWS groups them otherwise for Regions of the United States.
fn accelerated(geography: &str, region: &str) -> Geography {
    let from_us = region.starts_with("us-");
    match geography {
        "US" if from_us => Geography::Us,
        "US" | "CA" => Geography::UsMexicoCanada,
        "EU" => Geography::Europe,
        "JP" if from_us => Geography::Japan,
        "AU" if from_us => Geography::Australia,
        "AU" => Geography::AustraliaNewZealand,
        "IN" => Geography::IndiaIndonesiaPhilippinesThailand,
        "ME" => Geography::MiddleEast,
        "SA" => Geography::SouthAmerica,
        "ZA" if from_us => Geography::SouthAfrica,
        "ZA" => Geography::SouthAfricaKenya,
        _ => Geography::AsiaPacific,
    }
}

impl Settled {
    /// Whether viewers speak HTTP.
    pub(super) fn is_http(&self) -> bool {
        self.protocol == Protocol::Http
    }

    /// Whether the servers are in private subnets.
    pub(super) fn is_private(&self) -> bool {
        matches!(self.origin, Some((Origin::Private, _)))
    }
}
