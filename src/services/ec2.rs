//! Amazon EC2: Linux instances on demand.
//!
//! How AWS bills it (<https://aws.amazon.com/ec2/pricing/on-demand/>, read 2026-11-22):
//! - Each instance costs for the hours it runs, by its type, by the second with a minimum of a minute. A stopped
//!   instance costs nothing but its volumes and addresses.
//! - T3, T3a and T4g instances in unlimited mode pay for surplus credits, by the vCPU and hour above their baseline
//!   that they could not earn back.
//! - Detailed monitoring publishes seven metrics of an instance, which CloudWatch bills as custom metrics.
//! - Volumes are a service of their own, `ebs`; so is what leaves the instance.

use serde::Deserialize;
use utoipa::ToSchema;

use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, data_transfer, public_ipv4, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::read::unknown_name;
use crate::domain::unit::Unit;

/// An hour of an instance. The name ends with its type: `BoxUsage:m5.large`.
pub const INSTANCE_HOURS: MeterSpec = MeterSpec::regional("AmazonEC2", "BoxUsage:*", "RunInstances", Unit::HOURS);
/// A vCPU and hour of surplus credits. The name ends with the family: `CPUCredits:t3`.
const SURPLUS_CREDITS: MeterSpec = MeterSpec::regional("AmazonEC2", "CPUCredits:*", "", Unit::VCPU_HOURS);
/// A custom metric of CloudWatch.
const METRICS: MeterSpec = MeterSpec::regional("AmazonCloudWatch", "CW:MetricMonitorUsage", "", Unit::METRIC_MONTHS);

/// The families that can run on surplus credits.
const BURSTABLE: [&str; 4] = ["t2", "t3", "t3a", "t4g"];
/// The metrics that detailed monitoring of an instance publishes.
const DETAILED_METRICS: i64 = 7;
/// The hours of a week.
const HOURS_PER_WEEK: u64 = 168;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "ec2",
    name: "Amazon EC2",
    about: "Linux instances on demand, of every type in the data, for hours of the month or of the week, with surplus \
            credits and detailed monitoring.",
    excluded: &[
        "Windows and other licensed systems, dedicated hosts, Spot, Reserved Instances and Savings Plans",
        "Volumes and snapshots: see `ebs`",
        "Load balancers, NAT gateways and endpoints: see their services",
    ],
    meters: &[
        &INSTANCE_HOURS,
        &SURPLUS_CREDITS,
        &METRICS,
        &public_ipv4::IN_USE_HOURS,
        &data_transfer::BETWEEN_AZS,
        &data_transfer::INTERNET_OUT,
    ],
    sources: &[
        "https://aws.amazon.com/ec2/pricing/on-demand/",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-unlimited-mode-concepts.html",
    ],
    example: Example {
        region: "us-east-1",
        usage: r#"{"instance_type": "m7g.large", "instances": 3, "public_ipv4_addresses": 3}"#,
    },
    read: read::<Ec2>,
    schema: schema::<Ec2>,
};

/// What is planned of EC2: instances of one type.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ec2 {
    /// The instance type.
    #[schema(example = "m7g.large")]
    pub instance_type: String,
    /// Instances. 0 to 10,000,000; a fraction is an average.
    pub instances: Amount,
    /// Hours of the month each instance runs, 0 to 744. Left out: the whole month, or what `hours_per_week` says.
    pub hours: Option<Amount>,
    /// Hours of every week each instance runs, 0 to 168; the month counts as so many weeks as it has hours ÷ 168.
    pub hours_per_week: Option<Amount>,
    /// Surplus credits of instances in unlimited mode, in vCPU-hours a month over all of them.
    /// 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub surplus_vcpu_hours: Amount,
    /// Whether the instances have detailed monitoring.
    #[serde(default)]
    pub detailed_monitoring: bool,
    /// Public IPv4 addresses of the instances, kept for the whole month also where the instances run for less.
    /// Whole, 0 to 10,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub public_ipv4_addresses: Amount,
    /// Gigabytes a month that leave to the internet. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
    /// Gigabytes a month between the instances and other Availability Zones, each counted once; AWS bills each on both
    /// sides. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub between_azs_gb: Amount,
}

/// Checks that an instance type is known; a mistake names the nearest.
pub fn check_instance_type(check: &mut Check, field: &str, name: &str, catalog: &Catalog) {
    if catalog.instance_types.get(name).is_none() {
        let known = catalog.instance_types.iter().map(|known| known.name.as_str());
        check.problem(unknown_name(Code::UnknownValue, format!("/{field}"), "instance type", name, known));
    }
}

impl Ec2 {
    /// The family of the type: `t3` of `t3.medium`.
    fn family(&self) -> &str {
        self.instance_type.split_once('.').map_or(self.instance_type.as_str(), |(family, _)| family)
    }
}

impl Usage for Ec2 {
    fn check(&self, check: &mut Check, catalog: &Catalog) {
        check_instance_type(check, "instance_type", &self.instance_type, catalog);
        check.amount("instances", &self.instances, 10_000_000);
        check.optional_amount("hours", self.hours.as_ref(), 744);
        check.optional_amount("hours_per_week", self.hours_per_week.as_ref(), HOURS_PER_WEEK);
        check.amount("surplus_vcpu_hours", &self.surplus_vcpu_hours, CAP);
        check.whole("public_ipv4_addresses", &self.public_ipv4_addresses, 0, 10_000_000);
        check.amount("data_out_gb", &self.data_out_gb, CAP);
        check.amount("between_azs_gb", &self.between_azs_gb, CAP);
        if self.hours.is_some() && self.hours_per_week.is_some() {
            check.mistake("hours_per_week", Code::Conflict, "give `hours` or `hours_per_week`, not both");
        }
        if !self.surplus_vcpu_hours.is_zero() && !BURSTABLE.contains(&self.family()) {
            check.mistake(
                "surplus_vcpu_hours",
                Code::Conflict,
                format!("`{}` has no CPU credits; only T instances do", self.instance_type),
            );
        }
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let hours = match &self.hours_per_week {
            Some(weekly) => weekly.times(&m.month_hours())?.per(HOURS_PER_WEEK),
            None => m.hours_or_month(self.hours.as_ref()),
        };
        m.line("instance_hours", format!("{} hours, Linux on demand", self.instance_type), &INSTANCE_HOURS)
            .named(format!("BoxUsage:{}", self.instance_type))
            .times(&self.instances, "instances")?
            .times(&hours, "hours")?
            .put(m);
        m.line("surplus_credits", "Surplus CPU credits, vCPU-hours", &SURPLUS_CREDITS)
            .named(format!("CPUCredits:{}", self.family()))
            .times(&self.surplus_vcpu_hours, "vCPU-hours above the baseline")?
            .put(m);
        if self.detailed_monitoring {
            m.line("detailed_monitoring", "Metrics of detailed monitoring", &METRICS)
                .times(&self.instances, "instances")?
                .times(&Amount::whole(DETAILED_METRICS), "metrics each")?
                .times(&hours.over(&m.month_hours())?, "of the month")?
                .put(m);
        }
        // An address of an instance that is stopped costs as well, unless it is released.
        public_ipv4::in_use(m, &self.public_ipv4_addresses, &m.month_hours())?;
        data_transfer::between_azs(m, &self.between_azs_gb)?;
        data_transfer::internet_out(m, &self.data_out_gb)
    }
}
