//! Amazon CloudFront: data and requests by edge geography, functions, origin shield, and flat-rate plans.
//!
//! How AWS bills it (<https://aws.amazon.com/cloudfront/pricing/>, read 2026-11-22):
//! - Data sent to viewers costs for each gigabyte by the geography of the edge location, each with a ladder of its own:
//!   10,240 GB, 51,200 GB and so on up to 5 PB. Requests cost by geography too, HTTP less than HTTPS.
//! - Data that edge locations send to an origin, with POST and PUT requests, costs for each gigabyte. Data from an origin
//!   in AWS is free; from elsewhere its owner may charge for it.
//! - POST, PUT, PATCH, DELETE and OPTIONS requests that are passed on have the price of other requests, on meters of their
//!   own; field-level encryption costs for each of them besides.
//! - Origin shield costs for the requests that reach it, by the Region it is in.
//! - `CloudFront` Functions cost for each run, real-time logs for each line, invalidations for each path, and a
//!   certificate on IP addresses of its own by the month.
//! - 1,024 GB of data, 10,000,000 requests, 2,000,000 runs of functions and 1,000 invalidation paths a month are free
//!   allowances of the account.
//! - A flat-rate plan takes the place of all that for one distribution: a price a month for so many requests and
//!   gigabytes, with functions and invalidations, and with no charge for what goes beyond, which AWS may serve slower
//!   (<https://aws.amazon.com/cloudfront/pricing/>, tab of plans, read 2026-11-22).

use serde::Deserialize;
use utoipa::ToSchema;

use super::data_transfer::check_items;
use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::read::unknown_name;
use crate::domain::unit::Unit;

const fn by_geography(usage_type: &'static str, unit: Unit) -> MeterSpec {
    MeterSpec::global("AmazonCloudFront", usage_type, "", unit)
}

/// Data to viewers. The name begins with the geography: `US-DataTransfer-Out-Bytes`.
pub const DATA_OUT: MeterSpec = by_geography("*-DataTransfer-Out-Bytes", Unit::GB);
/// Data to origins.
const TO_ORIGIN: MeterSpec = by_geography("*-DataTransfer-Out-OBytes", Unit::GB);
/// HTTP requests.
pub const HTTP: MeterSpec = by_geography("*-Requests-Tier1", Unit::REQUESTS);
/// HTTPS requests.
pub const HTTPS: MeterSpec = by_geography("*-Requests-Tier2-HTTPS", Unit::REQUESTS);
/// HTTP requests that are passed on to the origin.
const HTTP_PROXY: MeterSpec = by_geography("*-Requests-HTTP-Proxy", Unit::REQUESTS);
/// HTTPS requests that are passed on to the origin.
const HTTPS_PROXY: MeterSpec = by_geography("*-Requests-HTTPS-Proxy", Unit::REQUESTS);
/// Requests with field-level encryption.
const ENCRYPTED: MeterSpec = by_geography("*-Requests-HTTPS-Proxy-FLE", Unit::REQUESTS);
/// Requests that reach an origin shield.
const ORIGIN_SHIELD: MeterSpec = MeterSpec::regional("AmazonCloudFront", "Requests-OriginShield", "", Unit::REQUESTS);
/// Runs of `CloudFront` Functions.
const FUNCTIONS: MeterSpec = by_geography("Executions-CloudFrontFunctions", Unit::REQUESTS);
/// Lines of real-time logs.
const LOG_LINES: MeterSpec = by_geography("RealTimeLog-KinesisDataStream", Unit::REQUESTS);
/// Paths of invalidations.
const INVALIDATIONS: MeterSpec = by_geography("Invalidations", Unit::PATHS);
/// Certificates on IP addresses of their own.
const CERTIFICATES: MeterSpec = by_geography("SSL-Cert-Custom", Unit::MONTHS);
/// Flat-rate plans. The name ends with the plan.
const PLANS: MeterSpec = MeterSpec::global("CloudFrontPlans", "cloudfront-plan-*", "", Unit::MONTHS);

/// The gigabytes of a terabyte.
const GB_PER_TB: u64 = 1_024;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "cloudfront",
    name: "Amazon CloudFront",
    about: "Data and requests by edge geography, data to origins, origin shield, functions, real-time logs, \
            invalidations, dedicated certificates, and flat-rate plans.",
    excluded: &[
        "Origins, and what they send from outside AWS: see `s3`, `elastic_load_balancing`",
        "Lambda@Edge, key value stores, web application firewalls outside of plans, and access logs in S3",
        "Committed use discounts, the security savings bundle, and edge locations in China",
    ],
    meters: &[
        &DATA_OUT,
        &TO_ORIGIN,
        &HTTP,
        &HTTPS,
        &HTTP_PROXY,
        &HTTPS_PROXY,
        &ENCRYPTED,
        &ORIGIN_SHIELD,
        &FUNCTIONS,
        &LOG_LINES,
        &INVALIDATIONS,
        &CERTIFICATES,
        &PLANS,
    ],
    sources: &[
        "https://aws.amazon.com/cloudfront/pricing/",
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/usage-reports.html",
    ],
    example: Example {
        region: "us-east-1",
        usage: r#"{"traffic": [{"geography": "US", "data_out_gb": 5000, "https_requests": 50000000}, {"geography": "EU", "data_out_gb": 2000, "https_requests": 20000000}], "function_runs": 50000000}"#,
    },
    read: read::<Cloudfront>,
    schema: schema::<Cloudfront>,
};

/// What is planned of CloudFront.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cloudfront {
    /// A flat-rate plan; functions and invalidations are in it. Left out: what is used costs.
    #[schema(inline)]
    pub plan: Option<FlatRatePlan>,
    /// With `plan`: distributions that have it, each with a plan of its own. Whole, 0 to 1,000. Left out: 1.
    pub distributions: Option<Amount>,
    /// Traffic, one item for each edge geography.
    #[serde(default)]
    pub traffic: Vec<EdgeTraffic>,
    /// Requests that reach an origin shield, one item for each Region that has one.
    #[serde(default)]
    pub origin_shield: Vec<OriginShield>,
    /// Runs of CloudFront Functions a month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub function_runs: Amount,
    /// Lines of real-time logs a month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub log_lines: Amount,
    /// Paths of invalidations a month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub invalidation_paths: Amount,
    /// Certificates on IP addresses of their own, on average of the month. 0 to 1,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub dedicated_certificates: Amount,
}

/// Traffic of the edge locations of one geography. Numbers are by month, each 0 to 1,000,000,000,000.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EdgeTraffic {
    /// The geography: `US` (with Mexico), `CA`, `EU` (with Israel and Türkiye), `AP`, `JP`, `AU` (with New Zealand), `IN`,
    /// `ME`, `SA` or `ZA` (with Kenya and Nigeria).
    #[schema(example = "US")]
    pub geography: String,
    /// Gigabytes to viewers.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
    /// Gigabytes to origins, with POST and PUT requests.
    #[serde(default)]
    #[schema(default = 0)]
    pub to_origin_gb: Amount,
    /// HTTP requests.
    #[serde(default)]
    #[schema(default = 0)]
    pub http_requests: Amount,
    /// HTTPS requests.
    #[serde(default)]
    #[schema(default = 0)]
    pub https_requests: Amount,
    /// HTTP requests of other methods than GET and HEAD, which are passed on to the origin.
    #[serde(default)]
    #[schema(default = 0)]
    pub http_proxy_requests: Amount,
    /// HTTPS requests of other methods than GET and HEAD, which are passed on to the origin.
    #[serde(default)]
    #[schema(default = 0)]
    pub https_proxy_requests: Amount,
    /// Those of `https_proxy_requests` with field-level encryption.
    #[serde(default)]
    #[schema(default = 0)]
    pub encrypted_requests: Amount,
}

/// Requests that reach an origin shield.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OriginShield {
    /// The Region of the shield.
    #[schema(example = "us-east-1")]
    pub region: String,
    /// Requests a month. 0 to 1,000,000,000,000.
    pub requests: Amount,
}

/// A flat-rate plan, by what it includes each month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FlatRatePlan {
    /// 1 million requests and 100 GB.
    Free,
    /// 10 million requests and 50 TB.
    Pro,
    /// 125 million requests and 50 TB.
    Business,
    /// 500 million requests and 50 TB.
    #[serde(rename = "premium_500m")]
    Premium500m,
    /// 750 million requests and 75 TB.
    #[serde(rename = "premium_750m")]
    Premium750m,
    /// 1,250 million requests and 125 TB.
    #[serde(rename = "premium_1250m")]
    Premium1250m,
    /// 2,000 million requests and 200 TB.
    #[serde(rename = "premium_2000m")]
    Premium2000m,
    /// 3,500 million requests and 350 TB.
    #[serde(rename = "premium_3500m")]
    Premium3500m,
    /// 6,000 million requests and 600 TB.
    #[serde(rename = "premium_6000m")]
    Premium6000m,
}

/// The edge geography in which a Region lies, for clients near it.
pub fn geography_of(region: &str, catalog: &Catalog) -> String {
    let geography = catalog.places.get(region).map_or("", |place| place.geography.as_str());
    let code = match (geography, region) {
        ("europe", _) | (_, "il-central-1") => "EU",
        ("middle-east", _) => "ME",
        ("africa", _) => "ZA",
        ("south-america", _) => "SA",
        ("north-america", _) if region.starts_with("ca-") => "CA",
        // The United States go with Mexico.
        ("north-america", _) => "US",
        (_, "ap-northeast-1" | "ap-northeast-3") => "JP",
        (_, "ap-southeast-2" | "ap-southeast-4" | "ap-southeast-6") => "AU",
        (_, "ap-south-1" | "ap-south-2") => "IN",
        _ => "AP",
    };
    code.to_owned()
}

impl FlatRatePlan {
    /// The name of its price, and the millions of requests and the gigabytes that it includes.
    pub fn terms(self) -> (&'static str, u64, u64) {
        let tb = |terabytes: u64| terabytes.saturating_mul(GB_PER_TB);
        match self {
            Self::Free => ("cloudfront-plan-free-1m-requests-100-gb", 1, 100),
            Self::Pro => ("cloudfront-plan-pro-10m-requests-50-tb", 10, tb(50)),
            Self::Business => ("cloudfront-plan-business-125m-requests-50-tb", 125, tb(50)),
            Self::Premium500m => ("cloudfront-plan-premium-500m-requests-50-tb", 500, tb(50)),
            Self::Premium750m => ("cloudfront-plan-premium-750m-requests-75-tb", 750, tb(75)),
            Self::Premium1250m => ("cloudfront-plan-premium-1-25b-requests-125-tb", 1_250, tb(125)),
            Self::Premium2000m => ("cloudfront-plan-premium-2b-requests-200-tb", 2_000, tb(200)),
            Self::Premium3500m => ("cloudfront-plan-premium-3-5b-requests-350-tb", 3_500, tb(350)),
            Self::Premium6000m => ("cloudfront-plan-premium-6b-requests-600-tb", 6_000, tb(600)),
        }
    }
}

impl EdgeTraffic {
    /// The numbers: field, line, words and the end of the meter's name.
    fn numbers(&self) -> [(&'static str, &Amount, &'static str, &'static str, &'static MeterSpec); 7] {
        [
            ("data_out_gb", &self.data_out_gb, "data_out", "data to viewers", &DATA_OUT),
            ("to_origin_gb", &self.to_origin_gb, "to_origin", "data to origins", &TO_ORIGIN),
            ("http_requests", &self.http_requests, "http_requests", "HTTP requests", &HTTP),
            ("https_requests", &self.https_requests, "https_requests", "HTTPS requests", &HTTPS),
            (
                "http_proxy_requests",
                &self.http_proxy_requests,
                "http_proxy_requests",
                "HTTP requests passed on",
                &HTTP_PROXY,
            ),
            (
                "https_proxy_requests",
                &self.https_proxy_requests,
                "https_proxy_requests",
                "HTTPS requests passed on",
                &HTTPS_PROXY,
            ),
            (
                "encrypted_requests",
                &self.encrypted_requests,
                "encrypted_requests",
                "requests with field-level encryption",
                &ENCRYPTED,
            ),
        ]
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        for (_, value, id, words, meter) in self.numbers() {
            let usage_type = meter.usage_type.replacen('*', &self.geography, 1);
            m.line(id, format!("{} {words}", self.geography), meter)
                .named(usage_type)
                .times(value, meter.unit.as_str())?
                .put(m);
        }
        Ok(())
    }
}

impl Cloudfront {
    /// Meters a plan, and says where the traffic goes beyond it.
    fn meter_plan(&self, m: &mut Metering<'_>, plan: FlatRatePlan) -> Result<(), NumberError> {
        let (name, millions, gigabytes) = plan.terms();
        let distributions = self.distributions.clone().unwrap_or(Amount::ONE);
        m.line("plan", "Flat-rate plan", &PLANS).named(name).times(&distributions, "distributions")?.put(m);
        let (mut gb, mut requests) = (Amount::ZERO, Amount::ZERO);
        for traffic in &self.traffic {
            gb = &gb + &traffic.data_out_gb;
            for more in [
                &traffic.http_requests,
                &traffic.https_requests,
                &traffic.http_proxy_requests,
                &traffic.https_proxy_requests,
            ] {
                requests = &requests + more;
            }
        }
        let included_gb = distributions.times_whole(gigabytes);
        let included_requests = distributions.times_whole(millions).times_whole(1_000_000);
        if m.probe.more(&gb, &included_gb) || m.probe.more(&requests, &included_requests) {
            let text = format!(
                "the traffic is {gb} GB and {requests} requests; the plan includes {included_gb} GB and \
                 {included_requests} requests. AWS does not charge for more, but may serve it slower"
            );
            m.notice("beyond_flat_rate_plan", text);
        }
        Ok(())
    }
}

impl Usage for Cloudfront {
    fn check(&self, check: &mut Check, catalog: &Catalog) {
        check.optional_whole("distributions", self.distributions.as_ref(), 0, 1_000);
        let geographies = catalog.facts.names("cloudfront_geographies").unwrap_or_default();
        check_items(check, "traffic", &self.traffic, |check, traffic, earlier| {
            if !geographies.contains(&traffic.geography) {
                check.one_of("geography", &traffic.geography, geographies.iter().map(|known| &**known));
            } else if earlier.iter().any(|other| other.geography == traffic.geography) {
                let detail = format!("`{}` is named twice; give it one item", traffic.geography);
                check.mistake("geography", Code::Conflict, detail);
            }
            for (field, value, ..) in traffic.numbers() {
                check.amount(field, value, CAP);
            }
            if traffic.encrypted_requests.compare_values(&traffic.https_proxy_requests).is_gt() {
                let detail = format!(
                    "`encrypted_requests` are part of `https_proxy_requests`, of which there are {}",
                    traffic.https_proxy_requests
                );
                check.mistake("encrypted_requests", Code::Conflict, detail);
            }
        });
        check_items(check, "origin_shield", &self.origin_shield, |check, shield, earlier| {
            if catalog.places.get(&shield.region).is_none() {
                let known = catalog.places.codes();
                check.problem(unknown_name(Code::UnknownRegion, "/region", "Region", &shield.region, known));
            } else if earlier.iter().any(|other| other.region == shield.region) {
                let detail = format!("`{}` is named twice; give it one item", shield.region);
                check.mistake("region", Code::Conflict, detail);
            }
            check.amount("requests", &shield.requests, CAP);
        });
        check.amount("function_runs", &self.function_runs, CAP);
        check.amount("log_lines", &self.log_lines, CAP);
        check.amount("invalidation_paths", &self.invalidation_paths, CAP);
        check.amount("dedicated_certificates", &self.dedicated_certificates, 1_000);
        if self.plan.is_none() && self.distributions.is_some() {
            check.mistake("distributions", Code::Conflict, "`distributions` goes with `plan`");
        }
        let beside_plans = [
            ("origin_shield", !self.origin_shield.is_empty()),
            ("log_lines", !self.log_lines.is_zero()),
            ("dedicated_certificates", !self.dedicated_certificates.is_zero()),
        ];
        for (field, used) in beside_plans {
            if used && self.plan.is_some() {
                check.mistake(field, Code::Conflict, format!("`{field}` does not go with a flat-rate plan"));
            }
        }
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        if let Some(plan) = self.plan {
            return self.meter_plan(m, plan);
        }
        for traffic in &self.traffic {
            traffic.meter(m)?;
        }
        for shield in &self.origin_shield {
            m.line("origin_shield", format!("Origin shield requests in {}", shield.region), &ORIGIN_SHIELD)
                .in_region(shield.region.as_str())
                .times(&shield.requests, "requests")?
                .put(m);
        }
        for (id, label, meter, value, unit) in [
            ("function_runs", "Runs of CloudFront Functions", &FUNCTIONS, &self.function_runs, "runs"),
            ("log_lines", "Lines of real-time logs", &LOG_LINES, &self.log_lines, "lines"),
            ("invalidations", "Invalidation paths", &INVALIDATIONS, &self.invalidation_paths, "paths"),
            (
                "dedicated_certificates",
                "Certificates on IP addresses of their own",
                &CERTIFICATES,
                &self.dedicated_certificates,
                "certificates",
            ),
        ] {
            m.line(id, label, meter).times(value, unit)?.put(m);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::load::seed_catalog;

    #[test]
    fn every_region_lies_in_a_geography_that_has_prices() {
        let catalog = seed_catalog().unwrap_or_else(|errors| panic!("{errors}"));
        let known = catalog.facts.names("cloudfront_geographies").expect("geographies");
        for region in catalog.places.codes() {
            assert!(known.contains(&geography_of(region, &catalog)), "{region}");
        }
        let expected = [
            ("us-west-2", "US"),
            ("mx-central-1", "US"),
            ("ca-west-1", "CA"),
            ("eu-south-2", "EU"),
            ("il-central-1", "EU"),
            ("me-south-1", "ME"),
            ("af-south-1", "ZA"),
            ("sa-east-1", "SA"),
            ("ap-northeast-1", "JP"),
            ("ap-northeast-2", "AP"),
            ("ap-southeast-2", "AU"),
            ("ap-south-1", "IN"),
            ("ap-southeast-1", "AP"),
        ];
        for (region, code) in expected {
            assert_eq!(geography_of(region, &catalog), code, "{region}");
        }
    }
}
