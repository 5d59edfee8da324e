//! What is content served from? S3 alone, S3 or load balancers behind CloudFront, or load balancers behind Global Accelerator.
//!
//! The facts, with their sources, are in `pricing-data/facts/content_origin.yaml`. O-01, O-02, O-03 and O-06 screen; O-01,
//! O-03, O-05 and O-20 … O-22 prefer what is advised. What serves content is billed, and not what is kept or computed.

use crate::catalog::Catalog;
use crate::domain::check::Check;
use crate::services::{Example, schema};

use super::Decision;
use super::engine::{
    self, Considered, Context, FlagInput, Knowledge, NumberInput, OptionInfo, RuleInfo, Stop, WordInput,
};
use super::steps::Steps;

mod inputs;
mod screening;
mod settle;
mod sizing;

pub use inputs::ContentOriginInputs;

pub(super) const S3_ONLY: &str = "s3_only";
pub(super) const S3_CF: &str = "s3_cloudfront";
pub(super) const ALB_CF: &str = "alb_cloudfront";
pub(super) const GA: &str = "global_accelerator";
pub(super) const VPC_CF: &str = "vpc_origin_cloudfront";
/// Every option.
pub(super) const ALL: [&str; 5] = [S3_ONLY, S3_CF, ALB_CF, VPC_CF, GA];
/// What CloudFront stands in front of.
pub(super) const CLOUDFRONT: [&str; 3] = [S3_CF, ALB_CF, VPC_CF];

/// Kilobytes of a gigabyte.
const KB_PER_GB: u64 = 1_048_576;
/// Seconds of an hour.
const SECONDS_PER_HOUR: u64 = 3_600;

/// The entry of the list.
pub const DECISION: Decision = Decision {
    id: "content_origin",
    name: "What is content served from?",
    about: "S3 alone, S3 behind CloudFront, a public load balancer behind CloudFront, a private one behind a VPC origin, or \
            Global Accelerator: which can do what is asked, what each adds to the bill, and at how many gigabytes and \
            requests the answer changes.",
    options: ContentOrigin::OPTIONS,
    rules: ContentOrigin::RULES,
    inputs: engine::inputs::<ContentOrigin>,
    example: Example {
        region: "us-east-1",
        usage: r#"{"static": true, "global_audience": true, "own_domain_https": true, "gb_month": 5000}"#,
    },
    schema: schema::<ContentOriginInputs>,
    decide: engine::decide::<ContentOrigin>,
};

/// The knowledge behind the decision.
#[derive(Debug)]
pub struct ContentOrigin;

impl Knowledge for ContentOrigin {
    type Inputs = ContentOriginInputs;

    const OPTIONS: &'static [OptionInfo] = &[
        OptionInfo {
            id: S3_CF,
            what: "A private S3 bucket behind a CloudFront distribution",
            drawback: "A distribution has to be run, and what it has cached must be made invalid or renamed to change.",
        },
        OptionInfo {
            id: S3_ONLY,
            what: "An S3 bucket, without anything in front",
            drawback: "Every viewer fetches from the one Region, without HTTPS on a domain of yours, WAF or cache.",
        },
        OptionInfo {
            id: VPC_CF,
            what: "A load balancer in private subnets behind a CloudFront distribution, as a VPC origin",
            drawback: "Servers have to be run, and nothing but the distribution reaches them.",
        },
        OptionInfo {
            id: ALB_CF,
            what: "A public Application Load Balancer behind a CloudFront distribution",
            drawback: "Servers have to be run, and the load balancer must be kept from those who go round the distribution.",
        },
        OptionInfo {
            id: GA,
            what: "Load balancers behind AWS Global Accelerator",
            drawback: "Nothing is cached, and a premium comes on top of the ordinary transfer for each gigabyte.",
        },
    ];

    const RULES: &'static [RuleInfo] = RULES;
    const NUMBERS: &'static [NumberInput<Self::Inputs>] = inputs::NUMBERS;
    const FLAGS: &'static [FlagInput<Self::Inputs>] = inputs::FLAGS;
    const WORDS: &'static [WordInput<Self::Inputs>] = inputs::WORDS;
    const TOPIC: &'static str = "content_origin";
    const SWEPT: &'static [&'static str] = &["gb_month", "requests_month", "cache_hit_ratio"];
    const USAGE: &'static str = "gb_month";

    fn check(inputs: &Self::Inputs, check: &mut Check, catalog: &Catalog) {
        inputs::check(inputs, check, catalog);
    }

    fn idle(inputs: &Self::Inputs) -> Vec<&'static str> {
        inputs::idle(inputs)
    }

    fn consider(inputs: &Self::Inputs, context: &mut Context<'_>) -> Result<Considered, Stop> {
        let steps = Steps { settle: settle::settle, screen: screening::screen, size: sizing::size, not_modelled };
        steps.take::<Self>(inputs, context)
    }
}

fn not_modelled(inputs: &ContentOriginInputs, settled: &settle::Settled) -> Vec<String> {
    let yes = |value: Option<bool>| value.unwrap_or(false);
    let mut said = vec![
        "what is kept, and what computes: storage in S3, and servers and disks behind load balancers".to_owned(),
        "domain names, certificates, logs, functions at the edge, invalidations and what viewers send".to_owned(),
        "answers of one size at all times: peaks, and viewers in other geographies than most".to_owned(),
    ];
    let entries = [
        (
            settled.files && settled.dynamic.is_some(),
            "with S3 as the origin: the servers that make the rest of the content",
        ),
        (yes(inputs.api), "what answers the API: it costs the same beside every option"),
        (yes(inputs.waf), "AWS WAF itself: its web ACL, rules and requests"),
        (yes(inputs.static_ip), "lists of static addresses that CloudFront sells apart from its usual prices"),
        (inputs.regions.is_some(), "copies of a bucket or of data in other Regions, and transfer between Regions"),
        (settled.predictable, "which features a flat-rate plan includes, and its credits for other services"),
    ];
    said.extend(entries.into_iter().filter(|(counts, _)| *counts).map(|(_, text)| text.to_owned()));
    inputs::unknown(inputs, &mut said);
    said
}

const RULES: &[RuleInfo] = engine::rules! {
    "O-01": "what is spoken is not HTTP, the addresses must not change, or traffic must leave a Region in less than a minute" => "S3 and CloudFront are out, and global_accelerator is preferred" [Eliminate, Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/specialized-skills/networking-and-content-delivery-skills/cloudfront/references/when-to-use-cloudfront.md";
    "O-02": "HTTPS, a private bucket, or AWS WAF" => "s3_only is out, and with AWS WAF global_accelerator for what is not HTTP" [Eliminate, Caution] "https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html";
    "O-03": "the origin is in private subnets, or it is not" => "alb_cloudfront is out and vpc_origin_cloudfront is preferred, or vpc_origin_cloudfront is out" [Eliminate, Prefer] "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html";
    "O-06": "content is made on request, or lies in a bucket" => "S3 is out, or serves the files only; or what has a load balancer is out" [Eliminate, Caution] "https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteHosting.html";
    "O-04": "an internal tool, or little traffic of viewers near one Region" => "CloudFront adds little" [Caution] "judgement";
    "O-05": "the bill must not grow with the traffic" => "CloudFront is preferred, with the smallest flat-rate plan that includes the traffic" [Prefer, Caution] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/specialized-skills/networking-and-content-delivery-skills/cloudfront/references/when-to-use-cloudfront.md";
    "O-20": "web content for the internet" => "what has CloudFront in front is preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/specialized-skills/networking-and-content-delivery-skills/cloudfront/references/when-to-use-cloudfront.md";
    "O-21": "pages with files and an API" => "what has CloudFront in front is preferred, and s3_only leaves the API at another address" [Prefer, Caution] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/specialized-skills/networking-and-content-delivery-skills/cloudfront/references/when-to-use-cloudfront.md";
    "O-22": "files, and as little as possible to run" => "S3 is preferred" [Prefer] "https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteHosting.html";
};
