//! Amazon EC2: instances on demand, on Spot, reserved, or covered by a Savings Plan.
//!
//! How AWS bills it (<https://aws.amazon.com/ec2/pricing/on-demand/>, read 2026-11-22):
//! - Each instance costs for the hours it runs, by its type, by the second with a minimum of a minute. A stopped
//!   instance costs nothing but its volumes and addresses.
//! - The operating system is in the operation of the bill: `RunInstances` for Linux, `RunInstances:0002` for Windows
//!   (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/billing-info-fields.html>, read 2026-11-25).
//! - A Spot Instance costs the Spot price of its type for the hours it runs, as `SpotUsage:<type>`. Spot prices float,
//!   and stand in none of AWS's price lists.
//! - A Reserved Instance is paid for every hour of its term, whether an instance runs or not: by the hour, with an
//!   upfront fee, or with the fee alone (<https://aws.amazon.com/ec2/pricing/reserved-instances/pricing/>, read
//!   2026-11-25). The fee is spread here over the hours of the term.
//! - Under a Savings Plan an hour that runs costs the rate of the plan (<https://aws.amazon.com/savingsplans/compute-pricing/>,
//!   read 2026-11-25). What is committed and not used is billed as well, and is not part of this estimate.
//! - T3, T3a and T4g instances in unlimited mode pay for surplus credits, by the vCPU and hour above their baseline
//!   that they could not earn back.
//! - Detailed monitoring publishes seven metrics of an instance, which CloudWatch bills as custom metrics.
//! - Volumes are a service of their own, `ebs`; so is what leaves the instance.

use serde::Deserialize;
use smol_str::{SmolStr, format_smolstr};
use utoipa::ToSchema;

use super::commitments::{self, OfferingClass, Payment, SavingsPlan, Term};
use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, data_transfer, public_ipv4, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::meter::MeterKey;
use crate::domain::problem::Code;
use crate::domain::read::unknown_name;
use crate::domain::unit::Unit;

/// An hour of an instance. The name ends with its type: `BoxUsage:m5.large`.
pub const INSTANCE_HOURS: MeterSpec = MeterSpec::regional("AmazonEC2", "BoxUsage:*", "RunInstances", Unit::HOURS);
/// An hour of an instance with an operating system that AWS licenses.
const LICENSED_HOURS: MeterSpec = MeterSpec::regional("AmazonEC2", "BoxUsage:*", "RunInstances:*", Unit::HOURS);
/// An hour of a Spot Instance: `SpotUsage:m5.large`.
const SPOT_HOURS: MeterSpec = MeterSpec::regional("AmazonEC2", "SpotUsage:*", "RunInstances*", Unit::HOURS);
/// An hour of a Reserved Instance: `reserved:BoxUsage:m5.large:standard-1yr-no-upfront`.
const RESERVED_HOURS: MeterSpec = MeterSpec::regional("AmazonEC2", "reserved:BoxUsage:*", "RunInstances*", Unit::HOURS);
/// The upfront fee of a Reserved Instance.
const RESERVED_UPFRONT: MeterSpec =
    MeterSpec::regional("AmazonEC2", "reserved-upfront:BoxUsage:*", "RunInstances*", Unit::QUANTITY);
/// An hour that a Compute Savings Plan covers.
const COMPUTE_PLAN_HOURS: MeterSpec =
    MeterSpec::regional(SavingsPlan::Compute.service_code(), "BoxUsage:*", "*", Unit::HOURS);
/// An hour that an EC2 Instance Savings Plan covers.
const INSTANCE_PLAN_HOURS: MeterSpec =
    MeterSpec::regional(SavingsPlan::Ec2Instance.service_code(), "BoxUsage:*", "*", Unit::HOURS);
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
    about: "Instances of every type in the data, for hours of the month or of the week: on demand, on Spot, reserved, \
            or covered by a Savings Plan, with surplus credits and detailed monitoring.",
    excluded: &[
        "SQL Server and Marketplace software, dedicated instances and hosts, Capacity Blocks",
        "What is committed in a Savings Plan and not used: see the decision `pricing_model`",
        "Volumes and snapshots: see `ebs`",
        "Load balancers, NAT gateways and endpoints: see their services",
    ],
    meters: &[
        &INSTANCE_HOURS,
        &LICENSED_HOURS,
        &SPOT_HOURS,
        &RESERVED_HOURS,
        &RESERVED_UPFRONT,
        &COMPUTE_PLAN_HOURS,
        &INSTANCE_PLAN_HOURS,
        &SURPLUS_CREDITS,
        &METRICS,
        &public_ipv4::IN_USE_HOURS,
        &data_transfer::BETWEEN_AZS,
        &data_transfer::INTERNET_OUT,
    ],
    sources: &[
        "https://aws.amazon.com/ec2/pricing/on-demand/",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/billing-info-fields.html",
        "https://aws.amazon.com/ec2/pricing/reserved-instances/pricing/",
        "https://aws.amazon.com/savingsplans/compute-pricing/",
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
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ec2 {
    /// The instance type.
    #[schema(example = "m7g.large")]
    pub instance_type: String,
    /// Instances. 0 to 10,000,000; a fraction is an average.
    pub instances: Amount,
    /// The operating system.
    #[serde(default)]
    #[schema(inline, default = "linux")]
    pub operating_system: OperatingSystem,
    /// Whether they are Spot Instances.
    #[serde(default)]
    pub spot: bool,
    /// The Savings Plan that covers them, while they run. Left out: none.
    #[schema(inline)]
    pub savings_plan: Option<InstanceSavingsPlan>,
    /// The kind of Reserved Instances they are; these are paid for the whole month. Left out: none.
    #[schema(inline)]
    pub reserved: Option<ReservedInstance>,
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

/// The operating system of an instance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OperatingSystem {
    /// Linux without a licence.
    #[default]
    Linux,
    /// Red Hat Enterprise Linux.
    Rhel,
    /// SUSE Linux Enterprise Server.
    Suse,
    /// Ubuntu Pro.
    UbuntuPro,
    /// Windows Server.
    Windows,
}

impl OperatingSystem {
    /// The operation on the bill.
    fn operation(self) -> &'static str {
        match self {
            Self::Linux => "RunInstances",
            Self::Rhel => "RunInstances:0010",
            Self::Suse => "RunInstances:000g",
            Self::UbuntuPro => "RunInstances:0g00",
            Self::Windows => "RunInstances:0002",
        }
    }

    /// Its name.
    fn name(self) -> &'static str {
        match self {
            Self::Linux => "Linux",
            Self::Rhel => "Red Hat Enterprise Linux",
            Self::Suse => "SUSE Linux Enterprise Server",
            Self::UbuntuPro => "Ubuntu Pro",
            Self::Windows => "Windows",
        }
    }
}

/// A Savings Plan that covers instances.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstanceSavingsPlan {
    /// Which plan.
    #[serde(default)]
    #[schema(inline, default = "compute")]
    pub plan: InstancePlan,
    /// How long it lasts.
    #[serde(default)]
    #[schema(inline, default = "1yr")]
    pub term: Term,
    /// How it is paid.
    #[serde(default)]
    #[schema(inline, default = "no_upfront")]
    pub payment: Payment,
}

/// A kind of Savings Plan that covers instances.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InstancePlan {
    /// A Compute Savings Plan: any family in any Region.
    #[default]
    Compute,
    /// An EC2 Instance Savings Plan: one family in one Region.
    Ec2Instance,
}

/// A kind of Reserved Instance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReservedInstance {
    /// Whether it can be exchanged, or sold.
    #[serde(default)]
    #[schema(inline, default = "standard")]
    pub offering_class: OfferingClass,
    /// How long it lasts.
    #[serde(default)]
    #[schema(inline, default = "1yr")]
    pub term: Term,
    /// How it is paid.
    #[serde(default)]
    #[schema(inline, default = "no_upfront")]
    pub payment: Payment,
}

/// Checks that an instance type is known; a mistake names the nearest.
pub fn check_instance_type(check: &mut Check, field: &str, name: &str, catalog: &Catalog) {
    if catalog.instance_types.get(name).is_none() {
        let known = catalog.instance_types.iter().map(|known| known.name.as_str());
        check.problem(unknown_name(Code::UnknownValue, format!("/{field}"), "instance type", name, known));
    }
}

/// The meter of an hour of an instance that is bought by the hour: on demand, or on Spot.
pub fn hours_meter(region: &str, instance_type: &str, system: OperatingSystem, spot: bool) -> MeterKey {
    MeterKey {
        service_code: SmolStr::new_static(INSTANCE_HOURS.service_code),
        region: SmolStr::new(region),
        usage_type: usage_type(instance_type, spot),
        operation: SmolStr::new_static(system.operation()),
    }
}

/// The usage type of an hour of an instance.
fn usage_type(instance_type: &str, spot: bool) -> SmolStr {
    format_smolstr!("{}:{instance_type}", if spot { "SpotUsage" } else { "BoxUsage" })
}

impl Ec2 {
    /// The hours of the instances, in the way they were bought.
    fn meter_hours(&self, m: &mut Metering<'_>, hours: &Amount) -> Result<(), NumberError> {
        let operation = self.operating_system.operation();
        let label = |how: &str| format!("{} hours, {} {how}", self.instance_type, self.operating_system.name());
        let on_demand = |m: &Metering<'_>, id: &'static str, how: &str| {
            let spec = if self.operating_system == OperatingSystem::Linux { &INSTANCE_HOURS } else { &LICENSED_HOURS };
            m.line(id, label(how), spec).named(usage_type(&self.instance_type, false)).operation(operation)
        };
        if let Some(InstanceSavingsPlan { plan, term, payment }) = self.savings_plan {
            let (plan, how) = match plan {
                InstancePlan::Compute => (SavingsPlan::Compute, "under a Compute Savings Plan"),
                InstancePlan::Ec2Instance => (SavingsPlan::Ec2Instance, "under an EC2 Instance Savings Plan"),
            };
            on_demand(m, "savings_plan_hours", how)
                .billed_as(|covered| commitments::plan_rate(plan, term, payment, covered))
                .times(&self.instances, "instances")?
                .times(hours, "hours")?
                .put(m);
        } else if let Some(ReservedInstance { offering_class, term, payment }) = self.reserved {
            if payment != Payment::AllUpfront {
                on_demand(m, "reserved_hours", "reserved")
                    .billed_as(|covered| commitments::reserved_hours(offering_class, term, payment, covered))
                    .times(&self.instances, "instances")?
                    .times(hours, "hours")?
                    .put(m);
            }
            if payment != Payment::NoUpfront {
                on_demand(m, "reserved_upfront", "reserved, upfront fee")
                    .unit(Unit::QUANTITY)
                    .billed_as(|covered| commitments::reserved_upfront(offering_class, term, payment, covered))
                    .times(&self.instances, "instances")?
                    .times(&m.month_hours(), "hours of the month")?
                    .per(term.hours(), "hours of the term")
                    .put(m);
            }
        } else {
            let line = if self.spot {
                m.line("spot_hours", label("on Spot"), &SPOT_HOURS)
                    .named(usage_type(&self.instance_type, true))
                    .operation(operation)
            } else {
                on_demand(m, "instance_hours", "on demand")
            };
            line.times(&self.instances, "instances")?.times(hours, "hours")?.put(m);
        }
        Ok(())
    }

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
        let bought = [self.spot, self.savings_plan.is_some(), self.reserved.is_some()];
        if bought.into_iter().filter(|bought| *bought).count() > 1 {
            let field = if self.reserved.is_some() { "reserved" } else { "savings_plan" };
            check.mistake(field, Code::Conflict, "give one of `spot`, `savings_plan` and `reserved`");
        }
        if self.reserved.is_some() {
            for (field, given) in [("hours", &self.hours), ("hours_per_week", &self.hours_per_week)] {
                if given.is_some() {
                    let detail = "a Reserved Instance is paid for every hour, whether it runs or not";
                    check.mistake(field, Code::Conflict, detail);
                }
            }
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
        self.meter_hours(m, &hours)?;
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
