//! The inputs of `api_front_door`, and their ranges.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::catalog::Catalog;
use crate::decisions::engine::tables::{flags, given, numbers};
use crate::decisions::engine::{FlagInput, Movement, NumberInput, WordInput};
use crate::domain::amount::Amount;
use crate::domain::check::Check;
use crate::domain::problem::Code;
use crate::services::api_gateway;

use super::settle::{Backend, Style};

/// What is known about an API and its clients. Every input may be left out; what is then assumed is listed in the answer,
/// and lowers its confidence where it matters.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiFrontDoorInputs {
    /// Requests a month; where messages are pushed, the messages sent and received together. 0 to 1,000,000,000,000. Left
    /// out: 1000000.
    pub requests_month: Option<Amount>,
    /// Requests a second at the peak, held against the throttle quota of the account. 0 to 10,000,000. Left out: no peak
    /// that matters.
    pub peak_rps: Option<Amount>,
    /// Kilobytes of an answer on average. 0 to 10,000,000. Left out: `stream_mb` where it is given, else 4.
    pub avg_response_kb: Option<Amount>,
    /// Kilobytes of a request on average. 0 to 10,000,000. Left out: 1.
    pub avg_request_kb: Option<Amount>,
    /// Megabytes of the largest request or answer that is not streamed. 0 to 10,000. Left out: 1.
    pub max_payload_mb: Option<Amount>,
    /// Megabytes of the largest streamed answer. 0 to 10,000. Left out: nothing is said of its size.
    pub stream_mb: Option<Amount>,
    /// Seconds until the slowest answer is there. 0 to 1,000,000. Left out: 1.
    pub max_latency_s: Option<Amount>,
    /// Kilobytes of a pushed or received message. 0 to 100,000. Left out: 4.
    pub message_kb: Option<Amount>,
    /// Minutes that a client stays connected without a new connection. 0 to 1,000,000. Left out: no requirement.
    pub connection_minutes: Option<Amount>,
    /// Clients that are connected at a time, on average of the month. 0 to 1,000,000,000. Left out: 100 where messages are
    /// pushed, else few.
    pub concurrent_connections: Option<Amount>,
    /// New connections a second to a load balancer, on average. 0 to 1,000,000,000. Left out: a tenth of the requests, and
    /// none where messages are pushed.
    pub new_connections_per_second: Option<Amount>,
    /// Routing rules that an Application Load Balancer processes for a request. 0 to 1,000. Left out: the 10 that are free.
    pub rules: Option<Amount>,
    /// Availability Zones of load balancers and interface endpoints. Whole, 1 to 6. Left out: 2.
    pub azs: Option<Amount>,
    /// Gigabytes of the cache of a REST API: 0.5, 1.6, 6.1, 13.5, 28.4, 58.2, 118 or 237. Left out: 0.5 where one is
    /// wanted.
    pub cache_gb: Option<Amount>,

    /// What is spoken: `rest`, `http`, `form`, `upload`, `graphql`, `ws`, `grpc`, `llm_stream`, or `tcp`, `udp`, `tls` and
    /// other words for what is not HTTP. Left out: `rest`.
    pub style: Option<String>,
    /// What answers: `lambda`, `ecs`, `ec2`, `http` and other words for servers; with the ending `_private` only a VPC
    /// reaches it. Left out: `lambda`, but `ecs` for gRPC and what is not HTTP.
    pub backend: Option<String>,
    /// Who calls: `public` for clients on the internet, `vpc` for clients in VPCs only, as with `private`. Left out:
    /// `public`.
    pub clients: Option<String>,
    /// The edge geography of most clients, as CloudFront names it: `US`, `CA`, `EU`, `AP`, `JP`, `AU`, `IN`, `ME`, `SA` or
    /// `ZA`. Left out: that of the Region.
    pub viewer_geography: Option<String>,
    /// Where the pages stand that call the API, such as `s3`.
    pub static_site: Option<String>,

    /// The client waits for the answer. Left out: true.
    pub sync: Option<bool>,
    /// The API is reached from VPCs only. Left out: false.
    pub private: Option<bool>,
    /// Clients have API keys. Left out: false.
    pub api_keys: Option<bool>,
    /// API keys have plans with quotas. Left out: false.
    pub usage_plans: Option<bool>,
    /// Each client has a limit of requests a second of its own. Left out: false.
    pub per_client_throttling: Option<bool>,
    /// Answers are cached. Left out: false.
    pub cache: Option<bool>,
    /// What is asked of the API, such as a cache, must be in the API itself and not in front of it. Left out: false.
    pub in_gateway: Option<bool>,
    /// AWS WAF inspects the requests. Left out: false.
    pub waf: Option<bool>,
    /// AWS WAF must be attached to the API itself and not to a distribution in front of it. Left out: false.
    pub direct: Option<bool>,
    /// A resource policy says who may call. Left out: false.
    pub resource_policy: Option<bool>,
    /// JSON Web Tokens are checked without own code. Left out: false.
    pub jwt_native: Option<bool>,
    /// Callers are authorized by IAM. Left out: false.
    pub iam_auth: Option<bool>,
    /// Clients identify themselves by certificates: mutual TLS. Left out: false.
    pub mtls: Option<bool>,
    /// Requests are validated before they reach the backend. Left out: false.
    pub request_validation: Option<bool>,
    /// Bodies are transformed between client and backend. Left out: false.
    pub body_transform: Option<bool>,
    /// A share of requests goes to a new release. Left out: false.
    pub canary_deployments: Option<bool>,
    /// AWS X-Ray traces requests through the API. Left out: false.
    pub xray_tracing: Option<bool>,
    /// The API logs how each request is executed. Left out: false.
    pub execution_logs: Option<bool>,
    /// The API answers some requests without a backend. Left out: false.
    pub mock_integration: Option<bool>,
    /// The endpoint is optimised for clients all over the world. Left out: false.
    pub edge_optimized: Option<bool>,
    /// Answers are streamed as they are made. Left out: true for the style `llm_stream`, else false.
    pub response_streaming: Option<bool>,
    /// Clients speak gRPC, as with the style `grpc`. Left out: false.
    pub grpc: Option<bool>,
    /// The addresses must not change, for allow-lists. Left out: false.
    pub static_ips: Option<bool>,
    /// Requests are routed by host or path. Left out: true for HTTP.
    pub l7_routing: Option<bool>,
    /// The backend is reached from its VPC only. Left out: true where `backend` ends with `_private`.
    pub private_integration: Option<bool>,
    /// The backend is found in AWS Cloud Map. Left out: false.
    pub cloud_map_integration: Option<bool>,
    /// The server sends to clients unasked. Left out: true for the style `ws`, else false.
    pub bidirectional: Option<bool>,
    /// Clients of GraphQL subscribe to changes. Left out: false.
    pub subscriptions: Option<bool>,
    /// With the style `graphql`: AWS runs the GraphQL server. Left out: true.
    pub managed: Option<bool>,
}

type Inputs = ApiFrontDoorInputs;

/// The numeric inputs.
pub(super) const NUMBERS: &[NumberInput<Inputs>] = numbers! {
    requests_month "requests" Continuous max 1_000_000_000_000 sweep 1_000_000_000 critical true [];
    peak_rps "1/s" Continuous max 10_000_000 sweep 100_000 ["front_door_throttle_rps", "front_door_throttle_newer_rps"];
    avg_response_kb "KB" Continuous max 10_000_000 sweep 12_000 [];
    avg_request_kb "KB" Continuous max 10_000_000 sweep 12_000 [];
    max_payload_mb "MB" Continuous max 10_000 sweep 20 relaxable true
        ["lambda_payload_max_mb", "front_door_api_gateway_payload_mb"];
    stream_mb "MB" Continuous max 10_000 sweep 400 relaxable true ["lambda_payload_max_mb", "lambda_streamed_max_mb"];
    max_latency_s "s" Continuous max 1_000_000 sweep 1_000 relaxable true
        ["front_door_rest_timeout_s", "front_door_http_api_timeout_s", "front_door_synchronous_max_s"];
    message_kb "KB" Continuous max 100_000 sweep 256 relaxable true ["front_door_websocket_message_kb"];
    connection_minutes "minutes" Continuous max 1_000_000 sweep 240 relaxable true
        ["front_door_websocket_connection_minutes"];
    concurrent_connections "" Continuous max 1_000_000_000 sweep 100_000 [];
    new_connections_per_second "1/s" Continuous max 1_000_000_000 sweep 10_000 [];
    rules "" Continuous max 1_000 sweep 100 [];
    azs "" Whole max 6 sweep 6 [];
    cache_gb "GB" Listed max 237 sweep 237 [];
};

/// The yes/no inputs.
pub(super) const FLAGS: &[FlagInput<Inputs>] = flags! {
    sync relaxable true;
    private relaxable true;
    api_keys relaxable true;
    usage_plans relaxable true;
    per_client_throttling relaxable true;
    cache relaxable true;
    in_gateway relaxable true;
    waf relaxable true;
    direct relaxable true;
    resource_policy relaxable true;
    jwt_native relaxable true;
    iam_auth relaxable true;
    mtls relaxable true;
    request_validation relaxable true;
    body_transform relaxable true;
    canary_deployments relaxable true;
    xray_tracing relaxable true;
    execution_logs relaxable true;
    mock_integration relaxable true;
    edge_optimized relaxable true;
    response_streaming relaxable true;
    grpc relaxable true;
    static_ips relaxable true;
    l7_routing;
    private_integration relaxable true;
    cloud_map_integration relaxable true;
    bidirectional relaxable true;
    subscriptions relaxable true;
    managed relaxable true;
};

/// The inputs that are words rules know.
pub(super) const WORDS: &[WordInput<Inputs>] = &[
    WordInput {
        name: "style",
        words: &["rest", "graphql", "ws", "grpc", "llm_stream", "tcp"],
        relaxable: true,
        slot: |inputs| &mut inputs.style,
    },
    WordInput {
        name: "backend",
        words: &["lambda", "ecs", "ecs_private"],
        relaxable: true,
        slot: |inputs| &mut inputs.backend,
    },
    WordInput { name: "clients", words: &["public", "vpc"], relaxable: true, slot: |inputs| &mut inputs.clients },
];

/// What is counted by the request.
const OF_REQUESTS: [&str; 4] = ["avg_response_kb", "avg_request_kb", "max_payload_mb", "stream_mb"];
/// What is counted by the message and the connection.
const OF_MESSAGES: [&str; 2] = ["message_kb", "connection_minutes"];

/// The inputs that say nothing beside what else is given.
pub(super) fn idle(inputs: &Inputs) -> Vec<&'static str> {
    let mut idle = if pushes(inputs) { OF_REQUESTS.to_vec() } else { OF_MESSAGES.to_vec() };
    if !inputs.cache.unwrap_or(false) {
        idle.push("cache_gb");
    }
    idle
}

/// Whether a server sends to clients unasked.
pub(super) fn pushes(inputs: &Inputs) -> bool {
    let asked = [inputs.bidirectional, inputs.subscriptions].into_iter().any(|flag| flag.unwrap_or(false));
    asked || Style::of(inputs).0 == Style::WebSocket
}

/// Finds every value outside its range.
pub(super) fn check(inputs: &Inputs, check: &mut Check, catalog: &Catalog) {
    for (input, value) in given(inputs, NUMBERS) {
        match input.movement {
            Movement::Continuous => check.amount(input.name, &value, input.max),
            Movement::Whole => check.whole(input.name, &value, 1, input.max),
            Movement::Listed => check.one_of(input.name, &value.exact_text().0, api_gateway::cache_sizes_gb()),
        }
    }
    let largest = inputs.max_payload_mb.as_ref().map(|mb| mb.times_whole(super::KB_PER_MB));
    let (streams, pushed) = (super::settle::asks_to_stream(inputs) || inputs.stream_mb.is_some(), pushes(inputs));
    for (name, average, counts) in [
        ("avg_request_kb", &inputs.avg_request_kb, !pushed),
        ("avg_response_kb", &inputs.avg_response_kb, !pushed && !streams),
    ] {
        if let (Some(average), Some(largest), true) = (average, &largest, counts)
            && average.compare_values(largest).is_gt()
        {
            let detail =
                format!("`{name}` is {average} KB on average; the largest is {largest} KB by `max_payload_mb`");
            check.mistake(name, Code::Conflict, detail);
        }
    }
    if let Some(geography) = &inputs.viewer_geography {
        let known = catalog.facts.names("cloudfront_geographies").unwrap_or_default();
        check.one_of("viewer_geography", geography, known.iter().map(String::as_str));
    }
    for (name, word) in [
        ("style", &inputs.style),
        ("backend", &inputs.backend),
        ("clients", &inputs.clients),
        ("static_site", &inputs.static_site),
    ] {
        if let Some(word) = word
            && (word.is_empty() || word.chars().count() > MAX_WORD)
        {
            check.mistake(name, Code::OutOfRange, format!("`{name}` must have 1 to {MAX_WORD} characters"));
        }
    }
    if inputs.grpc == Some(true) && !matches!(Style::of(inputs).0, Style::Grpc) {
        check.mistake("grpc", Code::Conflict, "`grpc` does not go with another `style`");
    }
}

/// The most characters of a word.
const MAX_WORD: usize = 100;

/// What no rule uses, and words that no rule knows.
pub(super) fn unknown(inputs: &Inputs, said: &mut Vec<String>) {
    let (style, word) = Style::of(inputs);
    if !Style::is_known(&word) {
        said.push(format!("the value `{word}` of `style`: no rule knows it, it is taken for requests over HTTP"));
    }
    if let Some(word) = inputs.backend.as_deref().filter(|word| !Backend::is_known(word)) {
        said.push(format!("the value `{word}` of `backend`: no rule knows it, it is taken for servers"));
    }
    if let Some(word) = inputs.clients.as_deref().filter(|word| !["public", "vpc"].contains(word)) {
        said.push(format!("the value `{word}` of `clients`: no rule knows it, they are taken to be on the internet"));
    }
    if inputs.static_site.is_some() {
        said.push("`static_site`: no rule uses it, a page elsewhere calls any front door alike".to_owned());
    }
    if inputs.managed.is_some() && style != Style::Graphql {
        said.push("`managed`: it asks who runs a GraphQL server, and the style is another".to_owned());
    }
}
