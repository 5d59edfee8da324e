//! The inputs of `content_origin`, and their ranges.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::catalog::Catalog;
use crate::decisions::engine::tables::{flags, given, numbers};
use crate::decisions::engine::{FlagInput, Movement, NumberInput, WordInput};
use crate::domain::amount::Amount;
use crate::domain::check::Check;
use crate::domain::problem::Code;

use super::settle::{Origin, Protocol};

/// What is known about the content and those who ask for it. Every input may be left out; what is then assumed is listed
/// in the answer, and lowers its confidence where it matters.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContentOriginInputs {
    /// Gigabytes a month that viewers receive. 0 to 1,000,000,000,000. Left out: the requests × `avg_object_kb` where
    /// requests are given, else 1000.
    pub gb_month: Option<Amount>,
    /// Requests a month. 0 to 1,000,000,000,000. Left out: `gb_month` ÷ `avg_object_kb`.
    pub requests_month: Option<Amount>,
    /// Requests an hour on average, in place of `requests_month`. 0 to 1,000,000,000.
    pub requests_hour: Option<Amount>,
    /// Kilobytes of an answer on average, where gigabytes or requests are left out. Above 0, to 10,000,000. Left out: 50.
    pub avg_object_kb: Option<Amount>,
    /// The share of requests, and of their gigabytes, that CloudFront answers without its origin. 0 to 1. Left out: 0.85,
    /// but 0 where all content is made on request.
    pub cache_hit_ratio: Option<Amount>,
    /// AWS Regions near which viewers are. Whole, 1 to 34. Left out: 1 for an internal tool, else nothing is said.
    pub audience_regions: Option<Amount>,
    /// Regions in which load balancers serve. Whole, 1 to 34. Left out: 1.
    pub regions: Option<Amount>,
    /// Seconds within which traffic leaves a Region that fails, where there are several. 0 to 1,000,000. Left out: no
    /// requirement.
    pub failover_seconds: Option<Amount>,
    /// Availability Zones of load balancers. Whole, 1 to 6. Left out: 2.
    pub azs: Option<Amount>,

    /// Where the content comes from: `s3`, `alb`, `nlb` or `servers`, and with `private_` before it what only a VPC
    /// reaches, such as `private_alb`. Left out: nothing is said.
    pub origin: Option<String>,
    /// What viewers speak: `https`, `http`, `websocket`, `grpc`, or `tcp`, `udp` and other words for what is not HTTP. Left
    /// out: `https`, but `http` where `https_required` is false.
    pub protocol: Option<String>,
    /// How soon viewers are to have an answer: `ms` for as near to them as can be. Left out: no requirement.
    pub latency: Option<String>,
    /// The edge geography of most viewers, as CloudFront names it: `US`, `CA`, `EU`, `AP`, `JP`, `AU`, `IN`, `ME`, `SA` or
    /// `ZA`. Left out: that of the Region.
    pub viewer_geography: Option<String>,

    /// There are files. Left out: true unless `dynamic`, `api`, `origin` or `protocol` says that servers answer.
    #[serde(rename = "static")]
    pub files: Option<bool>,
    /// Content is made on request. Left out: true where `static` is false or servers answer, else false.
    pub dynamic: Option<bool>,
    /// Pages call an API; beside files it is answered elsewhere, by API Gateway for example. Left out: false.
    pub api: Option<bool>,
    /// Viewers are all over the world. Left out: false.
    pub global_audience: Option<bool>,
    /// Viewers speak HTTPS. Left out: true over HTTP, and S3 alone is only cautioned about.
    pub https_required: Option<bool>,
    /// Viewers speak HTTPS to a domain of yours. Left out: false.
    pub own_domain_https: Option<bool>,
    /// Nobody may read the bucket itself. Left out: false.
    pub private_bucket: Option<bool>,
    /// AWS WAF inspects the requests. Left out: false.
    pub waf: Option<bool>,
    /// The addresses must not change. Left out: false.
    pub static_ip: Option<bool>,
    /// It is a tool for your own people. Left out: false.
    pub internal_tool: Option<bool>,
    /// As little as possible is to be run. Left out: false.
    pub low_ops: Option<bool>,
    /// The bill must not grow with the traffic: a flat-rate plan of CloudFront is taken. Left out: false.
    pub predictable_bill: Option<bool>,
}

type Inputs = ContentOriginInputs;

/// The numeric inputs.
pub(super) const NUMBERS: &[NumberInput<Inputs>] = numbers! {
    gb_month "GB" Continuous max 1_000_000_000_000 sweep 100_000 critical true ["content_small_gb_month"];
    requests_month "requests" Continuous max 1_000_000_000_000 sweep 1_000_000_000 [];
    requests_hour "requests" Continuous max 1_000_000_000 sweep 1_000_000 [];
    avg_object_kb "KB" Continuous max 10_000_000 sweep 10_000 [];
    cache_hit_ratio "" Continuous max 1 sweep 1 critical true [];
    audience_regions "" Whole max 34 sweep 10 [];
    regions "" Whole max 34 sweep 10 [];
    failover_seconds "s" Continuous max 1_000_000 sweep 300 relaxable true ["content_fast_failover_s"];
    azs "" Whole max 6 sweep 6 [];
};

/// The yes/no inputs.
pub(super) const FLAGS: &[FlagInput<Inputs>] = flags! {
    files named "static" relaxable true;
    dynamic relaxable true;
    api;
    global_audience;
    https_required relaxable true;
    own_domain_https relaxable true;
    private_bucket relaxable true;
    waf relaxable true;
    static_ip relaxable true;
    internal_tool;
    low_ops;
    predictable_bill;
};

/// The inputs that are words rules know.
pub(super) const WORDS: &[WordInput<Inputs>] = &[
    WordInput {
        name: "origin",
        words: &["s3", "alb", "private_alb", "private_nlb"],
        relaxable: true,
        slot: |inputs| &mut inputs.origin,
    },
    WordInput {
        name: "protocol",
        words: &["https", "http", "tcp", "udp"],
        relaxable: true,
        slot: |inputs| &mut inputs.protocol,
    },
    WordInput { name: "latency", words: &["ms"], relaxable: false, slot: |inputs| &mut inputs.latency },
];

/// The most characters of a word.
const MAX_WORD: usize = 100;

/// The inputs that say nothing beside what else is given.
pub(super) fn idle(inputs: &Inputs) -> Vec<&'static str> {
    let mut idle = Vec::new();
    let requests = inputs.requests_month.is_some() || inputs.requests_hour.is_some();
    if inputs.requests_hour.is_some() {
        idle.push("requests_month");
    } else {
        // One name of the requests is enough to look at.
        idle.push("requests_hour");
    }
    let is_http = inputs.protocol.as_deref().is_none_or(|word| Protocol::of(&word.to_lowercase()) == Protocol::Http);
    if !is_http {
        idle.push("cache_hit_ratio");
    }
    if requests && inputs.gb_month.is_some() {
        idle.push("avg_object_kb");
    }
    idle
}

/// Finds every value outside its range.
pub(super) fn check(inputs: &Inputs, check: &mut Check, catalog: &Catalog) {
    for (input, value) in given(inputs, NUMBERS) {
        match input.movement {
            Movement::Whole => check.whole(input.name, &value, 1, input.max),
            Movement::Continuous | Movement::Listed => check.amount(input.name, &value, input.max),
        }
    }
    if inputs.avg_object_kb.as_ref().is_some_and(Amount::is_zero) {
        check.mistake("avg_object_kb", Code::OutOfRange, "`avg_object_kb` is 0; an answer has some size");
    }
    if inputs.requests_month.is_some() && inputs.requests_hour.is_some() {
        let detail = "`requests_hour` and `requests_month` say the same; give one of them";
        check.mistake("requests_hour", Code::Conflict, detail);
    }
    if inputs.own_domain_https == Some(true) && inputs.https_required == Some(false) {
        let detail = "`https_required` is false, and `own_domain_https` asks for HTTPS";
        check.mistake("https_required", Code::Conflict, detail);
    }
    if inputs.files == Some(false) && inputs.dynamic == Some(false) {
        check.mistake("dynamic", Code::Conflict, "`static` and `dynamic` are both false; there is some content");
    }
    if let Some(geography) = &inputs.viewer_geography {
        let known = catalog.facts.names("cloudfront_geographies").unwrap_or_default();
        check.one_of("viewer_geography", geography, known.iter().map(String::as_str));
    }
    for (name, word) in [("origin", &inputs.origin), ("protocol", &inputs.protocol), ("latency", &inputs.latency)] {
        if let Some(word) = word
            && (word.is_empty() || word.chars().count() > MAX_WORD)
        {
            check.mistake(name, Code::OutOfRange, format!("`{name}` must have 1 to {MAX_WORD} characters"));
        }
    }
}

/// Words that no rule knows.
pub(super) fn unknown(inputs: &Inputs, said: &mut Vec<String>) {
    if let Some(word) = inputs.origin.as_deref().filter(|word| !Origin::is_known(word)) {
        said.push(format!("the value `{word}` of `origin`: no rule knows it, it is taken for servers"));
    }
    if let Some(word) = inputs.protocol.as_deref().filter(|word| !Protocol::is_known(word)) {
        said.push(format!("the value `{word}` of `protocol`: no rule knows it, it is taken for HTTP"));
    }
    if let Some(word) = inputs.latency.as_deref().filter(|word| *word != super::settle::NEAR) {
        said.push(format!("the value `{word}` of `latency`: no rule knows it"));
    }
}
