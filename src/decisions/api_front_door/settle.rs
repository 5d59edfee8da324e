//! The inputs of `api_front_door` after defaults. A default that follows from another input moves with it.

use super::inputs::ApiFrontDoorInputs;
use crate::decisions::engine::screen::{Looked, flag, number, word};
use crate::decisions::engine::{Context, Stop};
use crate::decisions::steps::Defaults;
use crate::domain::amount::Amount;
use crate::services::cloudfront;

/// What is spoken, as far as rules ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Requests and answers over HTTP.
    Requests,
    /// GraphQL.
    Graphql,
    /// Connections that stay open, for messages in both directions.
    WebSocket,
    /// gRPC.
    Grpc,
    /// Answers of a language model, token by token.
    Tokens,
    /// Anything that is not HTTP.
    NotHttp,
}

impl Style {
    /// The style, and its word.
    pub(super) fn of(inputs: &ApiFrontDoorInputs) -> (Self, String) {
        let default = if inputs.grpc == Some(true) { "grpc" } else { "rest" };
        let word = inputs.style.as_deref().unwrap_or(default).to_lowercase();
        let style = match word.as_str() {
            "graphql" => Self::Graphql,
            "ws" | "wss" | "websocket" => Self::WebSocket,
            "grpc" => Self::Grpc,
            "llm_stream" | "stream" | "sse" => Self::Tokens,
            "tcp" | "udp" | "tls" | "quic" | "mqtt" | "tcp_udp" => Self::NotHttp,
            _ => Self::Requests,
        };
        (style, word)
    }

    /// Whether rules know a word.
    pub(super) fn is_known(word: &str) -> bool {
        let other = Self::of(&ApiFrontDoorInputs { style: Some(word.to_owned()), ..ApiFrontDoorInputs::default() });
        other.0 != Self::Requests || ["rest", "http", "https", "form", "upload"].contains(&word)
    }
}

/// What answers the requests, as far as rules ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Backend {
    /// A Lambda function.
    Lambda,
    /// Containers, instances or anything else with an address.
    Servers,
}

/// Servers that rules know by name.
const SERVERS: [&str; 6] = ["ecs", "eks", "fargate", "ec2", "http", "on_prem"];
/// How the word of a backend ends that only a VPC reaches.
const PRIVATE: &str = "_private";

impl Backend {
    fn of(word: &str) -> Self {
        if word.trim_end_matches(PRIVATE) == "lambda" { Self::Lambda } else { Self::Servers }
    }

    /// Whether rules know a word.
    pub(super) fn is_known(word: &str) -> bool {
        let word = word.to_lowercase();
        let word = word.trim_end_matches(PRIVATE);
        word == "lambda" || SERVERS.contains(&word)
    }
}

/// Every value that rules and sizing use.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is the answer to a question of its own")]
pub(super) struct Settled {
    pub(super) style: Style,
    pub(super) style_word: String,
    pub(super) backend: Backend,
    pub(super) backend_word: String,
    /// Whether only a VPC reaches the backend.
    pub(super) private_backend: bool,
    /// What makes the API private, as it was looked at.
    pub(super) private: Option<Looked>,
    /// What makes a server send unasked, as it was looked at.
    pub(super) push: Option<Looked>,
    /// What makes answers streamed, as it was looked at.
    pub(super) streaming: Option<Looked>,
    /// Whether AWS runs the GraphQL server.
    pub(super) managed: bool,
    pub(super) sync: bool,
    /// Whether requests are routed by host or path.
    pub(super) l7_routing: bool,
    /// Whether the cache has to be in the API, since nothing public can stand in front of it or the request says so.
    pub(super) own_cache: bool,
    pub(super) requests: Amount,
    pub(super) response_kb: Amount,
    pub(super) request_kb: Amount,
    pub(super) message_kb: Amount,
    /// The largest request or answer that is not streamed, and the input that makes it so large.
    pub(super) payload_mb: Amount,
    pub(super) payload_by: Looked,
    pub(super) latency_s: Amount,
    pub(super) azs: Amount,
    pub(super) connections: Amount,
    pub(super) new_connections: Amount,
    pub(super) cache_gb: Amount,
    /// The edge geography of most clients.
    pub(super) geography: String,
    /// Gigabytes a month that clients receive and send.
    pub(super) out_gb: Amount,
    pub(super) in_gb: Amount,
}

/// Whether the request itself asks for streamed answers, whatever their size.
pub(super) fn asks_to_stream(inputs: &ApiFrontDoorInputs) -> bool {
    inputs.response_streaming.unwrap_or(Style::of(inputs).0 == Style::Tokens)
}

fn push(inputs: &ApiFrontDoorInputs, style: Style, style_word: &str) -> Option<Looked> {
    if style == Style::WebSocket {
        return Some(word("style", style_word));
    }
    [("bidirectional", inputs.bidirectional), ("subscriptions", inputs.subscriptions)]
        .into_iter()
        .find(|(_, value)| value.unwrap_or(false))
        .map(|(name, _)| flag(name, true))
}

fn private(inputs: &ApiFrontDoorInputs) -> Option<Looked> {
    match (inputs.private, inputs.clients.as_deref()) {
        (Some(true), _) => Some(flag("private", true)),
        (None, Some("vpc")) => Some(word("clients", "vpc")),
        _ => None,
    }
}

/// Takes every default.
pub(super) fn settle(
    inputs: &ApiFrontDoorInputs,
    defaults: &mut Defaults,
    context: &mut Context<'_>,
) -> Result<Settled, Stop> {
    let (style, style_word) = Style::of(inputs);
    if inputs.style.is_none() && inputs.grpc != Some(true) {
        defaults.assume("style", style_word.as_str(), "requests and answers over HTTP");
    }
    let backend_word = if let Some(word) = &inputs.backend {
        word.to_lowercase()
    } else {
        let servers = matches!(style, Style::Grpc | Style::NotHttp);
        let (backend, why) =
            if servers { ("ecs", "functions do not speak it") } else { ("lambda", "what serverless APIs call") };
        defaults.assume("backend", backend, why);
        backend.to_owned()
    };
    let backend = Backend::of(&backend_word);
    let push = push(inputs, style, &style_word);
    let streaming = streaming(inputs, style, &style_word, push.as_ref(), context)?;
    let private = private(inputs);
    let take = |id: &str| context.fact(id);
    let requests = defaults.critical(
        inputs.requests_month.as_ref(),
        "requests_month",
        take("front_door_default_requests_month")?,
        "a volume to begin with",
    );
    let kb = take("front_door_default_response_kb")?;
    let (mut response_kb, mut request_kb, mut message_kb) = (Amount::ZERO, Amount::ZERO, Amount::ZERO);
    let mut connections = inputs.concurrent_connections.clone().unwrap_or(Amount::ZERO);
    if push.is_some() {
        message_kb = defaults.take(inputs.message_kb.as_ref(), "message_kb", kb, "a small message");
        connections = defaults.take(
            inputs.concurrent_connections.as_ref(),
            "concurrent_connections",
            take("front_door_default_connections")?,
            "a number to begin with",
        );
    } else {
        let (default, why) = match (&inputs.stream_mb, &streaming) {
            (Some(mb), Some(_)) => (mb.times_whole(super::KB_PER_MB), "every answer is as large as `stream_mb`"),
            _ => (kb, "a small answer"),
        };
        response_kb = defaults.take(inputs.avg_response_kb.as_ref(), "avg_response_kb", default, why);
        let small = take("front_door_default_request_kb")?;
        request_kb = defaults.take(inputs.avg_request_kb.as_ref(), "avg_request_kb", small, "a small request");
    }
    let payload = defaults.take(
        inputs.max_payload_mb.as_ref(),
        "max_payload_mb",
        take("front_door_default_payload_mb")?,
        "no larger one is known",
    );
    let latency = defaults.take(
        inputs.max_latency_s.as_ref(),
        "max_latency_s",
        take("front_door_default_latency_s")?,
        "answers come at once",
    );
    let azs = defaults.take(inputs.azs.as_ref(), "azs", take("lb_default_azs")?, "two zones");
    let cache_gb = match (&inputs.cache_gb, inputs.cache.unwrap_or(false)) {
        (given, true) => {
            defaults.take(given.as_ref(), "cache_gb", take("front_door_default_cache_gb")?, "the smallest cache")
        }
        (_, false) => Amount::ZERO,
    };
    let per_second = requests.over(&context.month.hours())?.per(super::SECONDS_PER_HOUR);
    let (default, why) = if push.is_some() {
        (Amount::ZERO, "connections stay open, so that few are new")
    } else {
        (per_second.over(&take("lb_default_requests_per_connection")?)?, "a connection carries several requests")
    };
    let new_connections =
        defaults.take(inputs.new_connections_per_second.as_ref(), "new_connections_per_second", default, why);
    for (name, given) in [
        ("peak_rps", &inputs.peak_rps),
        ("stream_mb", &inputs.stream_mb),
        ("connection_minutes", &inputs.connection_minutes),
        ("rules", &inputs.rules),
    ] {
        if let Some(given) = given {
            defaults.values.push((name, given.clone()));
        }
    }
    let share = take("front_door_default_share_to_clients")?;
    let gb = |kb: &Amount| -> Result<Amount, Stop> { Ok(requests.times(kb)?.per(super::KB_PER_GB)) };
    let (out_gb, in_gb) = if push.is_some() {
        let all = gb(&message_kb)?;
        let out = all.times(&share)?;
        let back = &all - &out;
        (out, back)
    } else {
        (gb(&response_kb)?, gb(&request_kb)?)
    };
    // A sweep may move an average above the largest that is known.
    let (mut payload_mb, mut payload_by) = (payload.clone(), number("max_payload_mb", &payload));
    let streams = streaming.is_some();
    for (name, average) in [("avg_request_kb", &request_kb), ("avg_response_kb", &response_kb)] {
        let mb = average.per(super::KB_PER_MB);
        let counts = name == "avg_request_kb" || !streams;
        if counts && context.probe.more(&mb, &payload_mb) {
            (payload_mb, payload_by) = (mb, number(name, average));
        }
    }
    let http = style != Style::NotHttp;
    if http && inputs.l7_routing.is_none() {
        defaults.assume("l7_routing", "true", "requests are routed by host or path");
    }
    if style == Style::Graphql && inputs.managed.is_none() {
        defaults.assume("managed", "true", "AWS runs the GraphQL server");
    }
    if inputs.max_latency_s.is_some() && inputs.sync.is_none() {
        defaults.assume("sync", "true", "clients wait for the answer");
    }
    let geography = inputs.viewer_geography.clone().unwrap_or_else(|| {
        let near = cloudfront::geography_of(context.region, context.catalog);
        if private.is_none() {
            defaults.assume("viewer_geography", near.as_str(), "most clients are near the Region");
        }
        near
    });
    Ok(Settled {
        style,
        private_backend: inputs.private_integration.unwrap_or(backend_word.ends_with(PRIVATE)),
        managed: inputs.managed.unwrap_or(true),
        sync: inputs.sync.unwrap_or(true),
        l7_routing: http && inputs.l7_routing.unwrap_or(true),
        own_cache: inputs.in_gateway.unwrap_or(false) || private.is_some(),
        style_word,
        backend,
        backend_word,
        private,
        push,
        streaming,
        requests,
        response_kb,
        request_kb,
        message_kb,
        payload_mb,
        payload_by,
        latency_s: latency,
        azs: context.probe.max(&azs, &Amount::ONE),
        connections,
        new_connections,
        cache_gb,
        geography,
        out_gb,
        in_gb,
    })
}

/// Answers are streamed where that is said, or where one is larger than a function may give at once.
fn streaming(
    inputs: &ApiFrontDoorInputs,
    style: Style,
    style_word: &str,
    push: Option<&Looked>,
    context: &mut Context<'_>,
) -> Result<Option<Looked>, Stop> {
    if push.is_some() || style == Style::NotHttp {
        return Ok(None);
    }
    if inputs.response_streaming == Some(true) {
        return Ok(Some(flag("response_streaming", true)));
    }
    if let Some(mb) = &inputs.stream_mb
        && context.probe.more(mb, &context.fact("lambda_payload_max_mb")?)
    {
        return Ok(Some(number("stream_mb", mb)));
    }
    Ok(asks_to_stream(inputs).then(|| word("style", style_word)))
}

impl Settled {
    /// Whether a Lambda function answers.
    pub(super) fn is_lambda(&self) -> bool {
        self.backend == Backend::Lambda
    }

    /// Whether a Network Load Balancer leads to an Application Load Balancer: connections alone are not enough.
    pub(super) fn nlb_has_alb(&self, inputs: &ApiFrontDoorInputs) -> bool {
        let of_requests = self.l7_routing || self.is_lambda() || inputs.waf.unwrap_or(false);
        self.style != Style::NotHttp && of_requests
    }

    /// Whether CloudFront stands in front of an option, for what the request does not want in the API itself.
    pub(super) fn has_distribution(&self, option: &str, inputs: &ApiFrontDoorInputs) -> bool {
        let caches = inputs.cache.unwrap_or(false) && !self.own_cache;
        let filters = inputs.waf.unwrap_or(false) && !inputs.direct.unwrap_or(false);
        match option {
            super::HTTP => caches || filters,
            super::ALB | super::NLB => caches,
            _ => false,
        }
    }
}
