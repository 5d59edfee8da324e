//! What each option is built of. What serves content is billed; what is kept or computed behind it is not.

use serde_json::{Map, Value, json};

use super::inputs::ContentOriginInputs;
use super::settle::{Protocol, Settled};
use super::{ALB_CF, ALL, CLOUDFRONT, GA, S3_CF, S3_ONLY, SECONDS_PER_HOUR, VPC_CF};
use crate::decisions::engine::screen::Screen;
use crate::decisions::engine::{Context, Plan, Stop};
use crate::decisions::steps::{config, shown};
use crate::domain::amount::Amount;
use crate::services::cloudfront::{Cloudfront, EdgeTraffic, FlatRatePlan};
use crate::services::elastic_load_balancing::{ElasticLoadBalancing, LoadBalancerKind, NetworkTraffic};
use crate::services::global_accelerator::{AcceleratedTraffic, GlobalAccelerator};
use crate::services::plan::Planned;
use crate::services::s3::{S3, S3Class};
use crate::services::{Service, Usage, cloudfront, elastic_load_balancing, global_accelerator, s3};

/// The flat-rate plans and their names in requests, from the cheapest on: each includes as much as the one before.
const PLANS: [(FlatRatePlan, &str); 9] = [
    (FlatRatePlan::Free, "free"),
    (FlatRatePlan::Pro, "pro"),
    (FlatRatePlan::Business, "business"),
    (FlatRatePlan::Premium500m, "premium_500m"),
    (FlatRatePlan::Premium750m, "premium_750m"),
    (FlatRatePlan::Premium1250m, "premium_1250m"),
    (FlatRatePlan::Premium2000m, "premium_2000m"),
    (FlatRatePlan::Premium3500m, "premium_3500m"),
    (FlatRatePlan::Premium6000m, "premium_6000m"),
];
/// Requests of a million.
const MILLION: u64 = 1_000_000;

/// The smallest flat-rate plan that includes the traffic, where the bill must be predictable and there is one.
pub(super) fn flat_rate(settled: &Settled, context: &mut Context<'_>) -> Option<(FlatRatePlan, &'static str)> {
    if !settled.predictable {
        return None;
    }
    PLANS.into_iter().find(|(plan, _)| {
        let (_, millions, gigabytes) = plan.terms();
        let requests = Amount::ONE.times_whole(millions).times_whole(MILLION);
        !context.probe.more(&settled.requests, &requests)
            && !context.probe.more(&settled.gb, &Amount::ONE.times_whole(gigabytes))
    })
}

/// Plans one option after the other.
struct Sizing<'s> {
    settled: &'s Settled,
    region: &'s str,
    plan: Option<(FlatRatePlan, &'static str)>,
    /// Requests and gigabytes that reach the origin past the cache of CloudFront.
    missed: Amount,
    missed_gb: Amount,
    /// Hours of the month, and requests that one connection carries.
    hours: Amount,
    per_connection: Amount,
    resources: Vec<Planned>,
    config: Map<String, Value>,
}

/// Sizes every eligible option.
pub(super) fn size(
    screen: &mut Screen<'_>,
    _: &ContentOriginInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let miss_ratio = &Amount::ONE - &settled.hit_ratio;
    let missed = settled.requests.times(&miss_ratio)?;
    let missed_gb = settled.gb.times(&miss_ratio)?;
    let plan = flat_rate(settled, context);
    let per_connection = context.fact("lb_default_requests_per_connection")?;
    for option in ALL {
        if !screen.eligible(option) {
            continue;
        }
        let mut sizing = Sizing {
            settled,
            region: context.region,
            plan,
            missed: missed.clone(),
            missed_gb: missed_gb.clone(),
            hours: context.month.hours(),
            per_connection: per_connection.clone(),
            resources: Vec::new(),
            config: Map::new(),
        };
        let planned = sizing.option(option)?;
        screen.plan(option, planned);
    }
    Ok(())
}

impl Sizing<'_> {
    fn build(&mut self, name: &str, service: &'static Service, usage: impl Usage + 'static) {
        self.resources.push(Planned::new(name, service, self.region, usage));
    }

    fn say(&mut self, name: &'static str, value: Value) {
        self.config.extend(config([(name, value)]));
    }

    fn option(&mut self, option: &str) -> Result<Plan, Stop> {
        if CLOUDFRONT.contains(&option) {
            self.distribution();
        }
        match option {
            S3_ONLY => self.bucket(&self.settled.requests.clone(), false),
            S3_CF => self.bucket(&self.missed.clone(), true),
            ALB_CF => self.behind_cloudfront(true)?,
            VPC_CF => self.behind_cloudfront(false)?,
            _ => self.accelerator()?,
        }
        Ok(Plan {
            config: std::mem::take(&mut self.config),
            resources: std::mem::take(&mut self.resources),
            outside_aws: Some(Amount::ZERO),
            extras: u32::from(option == GA && self.settled.is_http()),
            ..Plan::default()
        })
    }

    /// A bucket without what is stored in it.
    fn bucket(&mut self, requests: &Amount, has_distribution: bool) {
        let class = S3Class { get_requests: requests.clone(), ..S3Class::default() };
        let mut usage = S3 { standard: Some(class), ..S3::default() };
        if has_distribution {
            usage.to_cloudfront_gb = self.missed_gb.clone();
        } else {
            usage.data_out_gb = self.settled.gb.clone();
        }
        self.build("bucket", &s3::SERVICE, usage);
        self.say("origin", json!("s3"));
    }

    /// A distribution of CloudFront: by use, or by the plan that includes it.
    fn distribution(&mut self) {
        let mut traffic = EdgeTraffic {
            geography: self.settled.geography.clone(),
            data_out_gb: self.settled.gb.clone(),
            ..EdgeTraffic::default()
        };
        if self.settled.plain {
            traffic.http_requests = self.settled.requests.clone();
        } else {
            traffic.https_requests = self.settled.requests.clone();
        }
        let plan = self.plan.map(|(plan, _)| plan);
        self.build(
            "distribution",
            &cloudfront::SERVICE,
            Cloudfront { plan, traffic: vec![traffic], ..Cloudfront::default() },
        );
        match self.plan {
            Some((_, name)) => self.say("flat_rate_plan", json!(name)),
            None => self.say("viewer_geography", json!(self.settled.geography)),
        }
        self.say("cache_hit_ratio", shown(&self.settled.hit_ratio));
    }

    /// Load balancers of every Region for so many requests and gigabytes.
    fn load_balancers(&mut self, requests: &Amount, gb: &Amount, is_public: bool) -> Result<(), Stop> {
        let per_second = requests.over(&self.hours)?.per(SECONDS_PER_HOUR);
        let connections = per_second.over(&self.per_connection)?;
        let network = self.settled.is_network;
        let kind = if network { LoadBalancerKind::Network } else { LoadBalancerKind::Application };
        // CloudFront takes the data out for nothing, and an accelerator brings its own transfer.
        let mut usage = ElasticLoadBalancing::idle(kind, self.settled.regions.clone());
        if network {
            let traffic = NetworkTraffic {
                new_connections_per_second: connections,
                active_connections: Amount::ZERO,
                processed_gb: gb.clone(),
            };
            match self.settled.protocol {
                Protocol::Udp => usage.udp = Some(traffic),
                Protocol::Tcp | Protocol::Http => usage.tcp = Some(traffic),
            }
        } else {
            usage.new_connections_per_second = connections;
            usage.requests_per_second = per_second;
            usage.processed_gb = gb.clone();
        }
        if is_public {
            usage.public_ipv4_addresses = self.settled.azs.times(&self.settled.regions)?;
        }
        self.build("load_balancer", &elastic_load_balancing::SERVICE, usage);
        self.say("origin", json!(if network { "nlb" } else { "alb" }));
        self.say("regions", shown(&self.settled.regions));
        self.say("zones", shown(&self.settled.azs));
        self.say("internet_facing", json!(is_public));
        Ok(())
    }

    /// Load balancers behind a distribution, which they send to for nothing.
    fn behind_cloudfront(&mut self, is_public: bool) -> Result<(), Stop> {
        let (requests, gb) = (self.missed.clone(), self.missed_gb.clone());
        self.load_balancers(&requests, &gb, is_public)
    }

    /// An accelerator, which bills the Region's own transfer out too, and every request at the load balancers.
    fn accelerator(&mut self) -> Result<(), Stop> {
        let gb = self.settled.gb.clone();
        let traffic = AcceleratedTraffic {
            geography: self.settled.accelerated_from,
            data_out_gb: gb.clone(),
            data_in_gb: Amount::ZERO,
        };
        let usage = GlobalAccelerator { accelerators: Amount::ONE, hours: None, traffic: vec![traffic] };
        self.build("accelerator", &global_accelerator::SERVICE, usage);
        self.say("viewer_geography", json!(self.settled.accelerated_from.spelled()));
        let requests = self.settled.requests.clone();
        let is_public = !self.settled.is_private();
        self.load_balancers(&requests, &gb, is_public)
    }
}
