//! What stands in front of an API? REST, HTTP or WebSocket APIs, load balancers, AppSync, or function URLs.
//!
//! The facts, with their sources, are in `pricing-data/facts/api_front_door.yaml`; the feature matrix is among them
//! (`matrix`). A-01 … A-18 and A-25, A-26 screen by limits and features; A-17 and A-20 … A-24, A-27 prefer what is advised.
//! A front door is billed for what it adds, and not for what answers behind it.

use crate::catalog::Catalog;
use crate::domain::amount::Amount;
use crate::domain::check::Check;
use crate::services::{Example, api_gateway, schema};

use super::Decision;
use super::engine::{
    self, Considered, Context, FlagInput, Knowledge, NumberInput, OptionInfo, RuleInfo, Stop, WordInput,
};
use super::steps::Steps;

mod inputs;
mod matrix;
mod screening;
mod settle;
mod sizing;

pub use inputs::ApiFrontDoorInputs;

pub(super) const REST: &str = "apigw_rest";
pub(super) const HTTP: &str = "apigw_http";
pub(super) const WEBSOCKET: &str = "apigw_websocket";
pub(super) const ALB: &str = "alb";
pub(super) const NLB: &str = "nlb";
pub(super) const GRAPHQL: &str = "appsync_graphql";
pub(super) const EVENTS: &str = "appsync_events";
pub(super) const URL: &str = "lambda_url";
pub(super) const CF_URL: &str = "cloudfront_lambda_url";
/// Every option.
pub(super) const ALL: [&str; 9] = [REST, HTTP, WEBSOCKET, ALB, NLB, GRAPHQL, EVENTS, URL, CF_URL];

/// Kilobytes of a megabyte.
const KB_PER_MB: u64 = 1_024;
/// Kilobytes of a gigabyte.
const KB_PER_GB: u64 = 1_048_576;
/// Seconds of an hour.
const SECONDS_PER_HOUR: u64 = 3_600;
/// Minutes of an hour.
const MINUTES_PER_HOUR: u64 = 60;

/// The entry of the list.
pub const DECISION: Decision = Decision {
    id: "api_front_door",
    name: "What stands in front of an API?",
    about: "A REST, HTTP or WebSocket API of API Gateway, an Application or Network Load Balancer, AppSync, or a function \
            URL with or without CloudFront: which can do what is asked, what each adds to the bill, and at how many \
            requests the answer changes.",
    options: ApiFrontDoor::OPTIONS,
    rules: ApiFrontDoor::RULES,
    inputs: engine::inputs::<ApiFrontDoor>,
    example: Example {
        region: "us-east-1",
        usage: r#"{"style": "rest", "backend": "ecs", "requests_month": 5000000, "avg_response_kb": 4}"#,
    },
    schema: schema::<ApiFrontDoorInputs>,
    decide: engine::decide::<ApiFrontDoor>,
};

/// The knowledge behind the decision.
#[derive(Debug)]
pub struct ApiFrontDoor;

impl Knowledge for ApiFrontDoor {
    type Inputs = ApiFrontDoorInputs;

    const OPTIONS: &'static [OptionInfo] = &[
        OptionInfo {
            id: HTTP,
            what: "An HTTP API of API Gateway",
            drawback: "It has no WAF, cache, usage plans or validation of its own, and gives up after 30 seconds.",
        },
        OptionInfo {
            id: REST,
            what: "A REST API of API Gateway, edge-optimised, Regional or private",
            drawback: "A call costs several times that of an HTTP API.",
        },
        OptionInfo {
            id: WEBSOCKET,
            what: "A WebSocket API of API Gateway",
            drawback: "A connection ends after two hours, and each message and each minute costs.",
        },
        OptionInfo {
            id: ALB,
            what: "An Application Load Balancer",
            drawback: "It needs a VPC and costs by the hour even where nobody calls.",
        },
        OptionInfo {
            id: NLB,
            what: "A Network Load Balancer, in front of an Application Load Balancer where requests are routed",
            drawback: "It sees connections and not requests; for requests a second load balancer is paid for.",
        },
        OptionInfo {
            id: GRAPHQL,
            what: "A GraphQL API of AWS AppSync",
            drawback: "It speaks GraphQL only, and its resolvers run nowhere else.",
        },
        OptionInfo {
            id: EVENTS,
            what: "An event API of AWS AppSync: channels over WebSocket",
            drawback: "Clients speak its own protocol of channels, not a WebSocket of yours.",
        },
        OptionInfo {
            id: URL,
            what: "The URL of a Lambda function",
            drawback: "It has no throttle, WAF, domain name or token check of its own.",
        },
        OptionInfo {
            id: CF_URL,
            what: "CloudFront in front of a function URL that only it may call",
            drawback: "A distribution has to be run and paid for, and clients must send a hash of each body.",
        },
    ];

    const RULES: &'static [RuleInfo] = RULES;
    const NUMBERS: &'static [NumberInput<Self::Inputs>] = inputs::NUMBERS;
    const FLAGS: &'static [FlagInput<Self::Inputs>] = inputs::FLAGS;
    const WORDS: &'static [WordInput<Self::Inputs>] = inputs::WORDS;
    const TOPIC: &'static str = "api_front_door";
    const SWEPT: &'static [&'static str] =
        &["requests_month", "avg_response_kb", "message_kb", "concurrent_connections"];
    const USAGE: &'static str = "requests_month";

    fn check(inputs: &Self::Inputs, check: &mut Check, catalog: &Catalog) {
        inputs::check(inputs, check, catalog);
    }

    fn idle(inputs: &Self::Inputs) -> Vec<&'static str> {
        inputs::idle(inputs)
    }

    fn listed(_: &str, _: &Self::Inputs, _: &Catalog) -> Vec<Amount> {
        api_gateway::cache_sizes_gb().filter_map(|size| size.parse().ok().map(Amount::decimal)).collect()
    }

    fn consider(inputs: &Self::Inputs, context: &mut Context<'_>) -> Result<Considered, Stop> {
        let steps = Steps { settle: settle::settle, screen: screening::screen, size: sizing::size, not_modelled };
        steps.take::<Self>(inputs, context)
    }
}

fn not_modelled(inputs: &ApiFrontDoorInputs, settled: &settle::Settled) -> Vec<String> {
    let yes = |value: Option<bool>| value.unwrap_or(false);
    let mut said = vec![
        "what answers the requests, and its capacity: every option calls it alike".to_owned(),
        "domain names, certificates, logs, authorizer functions and people's time".to_owned(),
        "peaks in the capacity units of load balancers: they are sized by the average of the month".to_owned(),
        "AWS AppSync: its prices are not in the data, so that its options have none".to_owned(),
    ];
    let entries = [
        (yes(inputs.waf), "AWS WAF itself: its web ACL, rules and requests"),
        (yes(inputs.cache), "what a cache spares behind it: every request is taken to reach the front door"),
        (
            settled.streaming.is_some(),
            "what API Gateway asks for a streamed answer beyond the call; what Lambda asks for it is in",
        ),
        (
            settled.private_backend,
            "VPC links: the one of an HTTP API is taken to be free, that of a REST or WebSocket API to lead to a \
             Network Load Balancer",
        ),
        (
            !settled.is_lambda() && !settled.private_backend,
            "the public address or load balancer at which API Gateway reaches a backend that is not private",
        ),
        (yes(inputs.edge_optimized), "what the edge adds to the transfer of an edge-optimised API"),
        (yes(inputs.xray_tracing), "traces of AWS X-Ray"),
    ];
    said.extend(entries.into_iter().filter(|(counts, _)| *counts).map(|(_, text)| text.to_owned()));
    inputs::unknown(inputs, &mut said);
    said
}

const RULES: &[RuleInfo] = engine::rules! {
    "A-01": "an answer takes more than 29 or 30 seconds, or so long that nobody should wait" => "apigw_http, apigw_websocket and an edge-optimised apigw_rest are out, above 900 seconds everything; a Regional apigw_rest needs a raised quota, and alb a longer idle timeout" [Eliminate, QuotaIncrease, Caution] "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html";
    "A-02": "a request or an answer is larger than 10 MB, or than 6 MB from a function" => "API Gateway is out, or everything in front of a function: bodies go to S3 by a pre-signed URL" [Eliminate, Caution] "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html";
    "A-03": "AWS WAF inspects the requests" => "apigw_websocket and lambda_url are out; apigw_http and cloudfront_lambda_url where it must be on the API itself, else they have CloudFront in front" [Eliminate, Caution] "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html";
    "A-04": "API keys with usage plans or limits per client" => "everything but apigw_rest is out; with keys alone apigw_websocket and AppSync are not" [Eliminate, Caution] "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html";
    "A-05": "the API is reached from VPCs only" => "apigw_http, apigw_websocket and both function URLs are out" [Eliminate, Caution] "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html";
    "A-06": "answers are cached, in the API itself or in front of it" => "lambda_url is out; in the API itself also apigw_http, alb, nlb and cloudfront_lambda_url, which else have CloudFront in front" [Eliminate, Caution] "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html";
    "A-07": "requests are validated or bodies transformed" => "everything but apigw_rest and appsync_graphql is out" [Eliminate, Caution] "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html";
    "A-08": "a server sends to clients unasked, or it does not" => "apigw_rest, apigw_http and both function URLs are out, or apigw_websocket and appsync_events" [Eliminate] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-serverless/references/api-gateway.md";
    "A-09": "a WebSocket connection lasts more than 2 hours or a message is larger than 128 KB" => "apigw_websocket is out; above 10 minutes it has to be kept busy" [Eliminate, Caution] "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html";
    "A-10": "GraphQL as a managed service, or no GraphQL" => "everything but appsync_graphql is out, or appsync_graphql" [Eliminate] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-serverless/references/api-gateway.md";
    "A-11": "gRPC" => "API Gateway, AppSync and both function URLs are out" [Eliminate, Caution] "https://aws.github.io/aws-networking-best-practices/application-networking/load-balancing/";
    "A-12": "the addresses must not change" => "everything but nlb is out" [Eliminate] "https://aws.github.io/aws-networking-best-practices/decisions/";
    "A-13": "what is spoken is not HTTP" => "everything but nlb is out" [Eliminate] "https://aws.github.io/aws-networking-best-practices/decisions/";
    "A-14": "answers are streamed, or larger than 6 MB" => "apigw_http is out; above 200 MB from a function everything" [Eliminate, Caution] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-serverless/references/api-gateway.md";
    "A-15": "mutual TLS" => "lambda_url, apigw_websocket and AppSync are out" [Eliminate, Caution] "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html";
    "A-16": "the peak is above the throttle quota of the account in the Region" => "API Gateway needs a raised quota" [QuotaIncrease] "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html";
    "A-18": "AWS WAF or a cache with streamed answers" => "apigw_rest is out" [Eliminate] "https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html";
    "A-25": "another feature of the matrix is asked for" => "what lacks it is out where a page says so; what has it elsewhere, or as no page says, comes with a caution" [Eliminate, Caution] "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html";
    "A-26": "what answers cannot stand behind it" => "both function URLs are out for servers; alb and nlb for functions that speak WebSocket or gRPC or stream their answers, nlb for functions without HTTP" [Eliminate] "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html";
    "A-28": "cloudfront_lambda_url is eligible" => "its function URL is to be closed by an origin access control and IAM" [Caution] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-serverless/references/lambda.md";
    "A-23": "services are found in AWS Cloud Map" => "apigw_http is preferred" [Prefer] "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html";
    "A-22": "the answers of a function are streamed" => "lambda_url, cloudfront_lambda_url and apigw_rest are preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-serverless/references/api-gateway.md";
    "A-24": "messages are pushed by functions" => "apigw_websocket is preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-serverless/references/api-gateway.md";
    "A-27": "gRPC" => "alb is preferred" [Prefer] "https://aws.github.io/aws-networking-best-practices/application-networking/load-balancing/";
    "A-21": "a feature that HTTP APIs lack" => "apigw_rest is preferred, and in front of servers an alb that has the feature" [Prefer] "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html";
    "A-20": "requests without such a feature" => "apigw_http is preferred, and in front of servers alb" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-serverless/references/api-gateway.md";
    "A-17": "tokens are checked without own code" => "apigw_http, alb and AppSync are preferred; apigw_rest needs an authorizer and scores two points less" [Prefer, Caution] "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html";
};
