//! AWS Fargate: tasks of Amazon ECS and pods of Amazon EKS without servers of one's own.
//!
//! How AWS bills it (<https://aws.amazon.com/fargate/pricing/>, read 2026-11-22):
//! - Each task costs for its vCPUs and its gigabytes of memory, by the second, from the start of the image pull until
//!   the task ends: a minute at least on Linux, five minutes on Windows.
//! - A task has one of the sizes of `pricing-data/fargate_sizes.csv`; what lies between is rounded up to the next.
//! - 20 GB of ephemeral storage are included (`pricing-data/facts/fargate.yaml`); what is asked for above costs by the
//!   gigabyte and hour, on Linux.
//! - Arm costs about a fifth less. Windows costs more, and a licence for each vCPU and hour besides.
//! - Fargate Spot has floating prices; those of the data are snapshots. There is none for Windows.
//! - A Compute Savings Plan discounts vCPUs and memory (<https://aws.amazon.com/savingsplans/compute-pricing/>, read
//!   2026-11-25). What is committed and not used is billed as well, and is not part of this estimate.
//! - Pods of Amazon EKS cost the same on meters of their own. They are Linux on x86, without Spot; 0.25 GB for the
//!   Kubernetes components come on top of the memory that a pod asks for.

use rust_decimal::Decimal;
use serde::Deserialize;
use utoipa::ToSchema;

use super::commitments::{ComputeSavingsPlan, SavingsPlan};
use super::metering::{MeterSpec, Metering, Record};
use super::{Example, Service, Usage, data_transfer, public_ipv4, read, schema};
use crate::catalog::Catalog;
use crate::catalog::sizes::FargateSize;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::probe::Probe;
use crate::domain::problem::Code;
use crate::domain::unit::Unit;

/// A vCPU and hour of an ECS task on Linux and x86.
pub const VCPU_HOURS: MeterSpec = vcpu("AmazonECS", "Fargate-vCPU-Hours:perCPU");
/// A gigabyte and hour of an ECS task on Linux and x86.
pub const GB_HOURS: MeterSpec = memory("AmazonECS", "Fargate-GB-Hours");
/// A vCPU and hour on Arm.
pub const ARM_VCPU_HOURS: MeterSpec = vcpu("AmazonECS", "Fargate-ARM-vCPU-Hours:perCPU");
/// A gigabyte and hour on Arm.
pub const ARM_GB_HOURS: MeterSpec = memory("AmazonECS", "Fargate-ARM-GB-Hours");
/// A vCPU and hour on Windows.
const WINDOWS_VCPU_HOURS: MeterSpec = vcpu("AmazonECS", "Fargate-Windows-vCPU-Hours:perCPU");
/// A gigabyte and hour on Windows.
const WINDOWS_GB_HOURS: MeterSpec = memory("AmazonECS", "Fargate-Windows-GB-Hours");
/// The Windows licence of a vCPU and hour.
const WINDOWS_LICENCE_HOURS: MeterSpec = vcpu("AmazonECS", "Fargate-Windows-OS-Hours:perCPU");
/// A vCPU and hour on Spot.
const SPOT_VCPU_HOURS: MeterSpec = vcpu("AmazonECS", "SpotUsage-Fargate-vCPU-Hours:perCPU");
/// A gigabyte and hour on Spot.
const SPOT_GB_HOURS: MeterSpec = memory("AmazonECS", "SpotUsage-Fargate-GB-Hours");
/// A vCPU and hour on Spot and Arm.
const SPOT_ARM_VCPU_HOURS: MeterSpec = vcpu("AmazonECS", "SpotUsage-Fargate-ARM-vCPU-Hours:perCPU");
/// A gigabyte and hour on Spot and Arm.
const SPOT_ARM_GB_HOURS: MeterSpec = memory("AmazonECS", "SpotUsage-Fargate-ARM-GB-Hours");
/// A gigabyte and hour of ephemeral storage above what is included.
const EPHEMERAL_GB_HOURS: MeterSpec = memory("AmazonECS", "Fargate-EphemeralStorage-GB-Hours");
/// A vCPU and hour of an EKS pod.
pub const POD_VCPU_HOURS: MeterSpec = vcpu("AmazonEKS", "Fargate-vCPU-Hours:perCPU");
/// A gigabyte and hour of an EKS pod.
pub const POD_GB_HOURS: MeterSpec = memory("AmazonEKS", "Fargate-GB-Hours");

/// A vCPU and hour that a Compute Savings Plan covers.
const PLAN_VCPU_HOURS: MeterSpec =
    MeterSpec::regional(SavingsPlan::Compute.service_code(), "*vCPU-Hours:perCPU", "*", Unit::VCPU_HOURS);
/// A gigabyte and hour that a Compute Savings Plan covers.
const PLAN_GB_HOURS: MeterSpec =
    MeterSpec::regional(SavingsPlan::Compute.service_code(), "*GB-Hours", "*", Unit::GB_HOURS);

const fn vcpu(service_code: &'static str, usage_type: &'static str) -> MeterSpec {
    MeterSpec::regional(service_code, usage_type, "", Unit::VCPU_HOURS)
}

const fn memory(service_code: &'static str, usage_type: &'static str) -> MeterSpec {
    MeterSpec::regional(service_code, usage_type, "", Unit::GB_HOURS)
}

/// The seconds that a task is billed at least, on Linux and on Windows (`metering.csv`).
const MIN_SECONDS: [i64; 2] = [60, 300];
/// The seconds of an hour.
const SECONDS_PER_HOUR: u64 = 3_600;
/// The hours of a day.
const HOURS_PER_DAY: u64 = 24;
/// The most ephemeral storage of a task in GB; a test holds it to the fact.
const MAX_EPHEMERAL_GB: u64 = 200;
/// The longest run of a task that an estimate takes, in seconds: 31 days.
const MAX_SECONDS: u64 = 2_678_400;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "fargate",
    name: "AWS Fargate",
    about: "Fargate tasks of Amazon ECS or pods of Amazon EKS of one size: vCPUs, memory, ephemeral storage and the \
            Windows licence, for tasks that always run or that run so many times a day.",
    excluded: &[
        "Clusters of Amazon EKS: see `eks`",
        "Load balancers, NAT gateways, endpoints, logs and images: see their services",
        "EBS volumes and EFS file systems of tasks",
        "What is committed in a Savings Plan and not used: see the decision `pricing_model`",
    ],
    meters: &[
        &VCPU_HOURS,
        &GB_HOURS,
        &ARM_VCPU_HOURS,
        &ARM_GB_HOURS,
        &WINDOWS_VCPU_HOURS,
        &WINDOWS_GB_HOURS,
        &WINDOWS_LICENCE_HOURS,
        &SPOT_VCPU_HOURS,
        &SPOT_GB_HOURS,
        &SPOT_ARM_VCPU_HOURS,
        &SPOT_ARM_GB_HOURS,
        &EPHEMERAL_GB_HOURS,
        &POD_VCPU_HOURS,
        &POD_GB_HOURS,
        &PLAN_VCPU_HOURS,
        &PLAN_GB_HOURS,
        &public_ipv4::IN_USE_HOURS,
        &data_transfer::BETWEEN_AZS,
        &data_transfer::INTERNET_OUT,
    ],
    sources: &[
        "https://aws.amazon.com/fargate/pricing/",
        "https://aws.amazon.com/savingsplans/compute-pricing/",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size",
        "https://docs.aws.amazon.com/eks/latest/userguide/fargate-pod-configuration.html",
    ],
    example: Example {
        region: "us-east-1",
        usage: r#"{"tasks": 4, "vcpu": 1, "memory_gb": 2, "architecture": "arm64", "public_ipv4_addresses": 4}"#,
    },
    read: read::<Fargate>,
    schema: schema::<Fargate>,
};

/// What is planned of Fargate: tasks or pods of one size.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Fargate {
    /// What starts the tasks.
    #[serde(default)]
    #[schema(inline, default = "ecs")]
    pub orchestrator: Orchestrator,
    /// Tasks or pods that run for `hours` of the month; with `task_seconds`, tasks that start every day.
    /// 0 to 1,000,000,000.
    pub tasks: Amount,
    /// vCPUs of each; rounded up to a size that Fargate has. Above 0, up to 16.
    pub vcpu: Amount,
    /// Gigabytes of memory of each; rounded up to a size that Fargate has with so many vCPUs, or with more. For a pod,
    /// with the 0.25 GB that Kubernetes components take. Above 0, up to 120.
    pub memory_gb: Amount,
    /// The operating system.
    #[serde(default)]
    #[schema(inline, default = "linux")]
    pub os: TaskOs,
    /// The processor family.
    #[serde(default)]
    #[schema(inline, default = "x86_64")]
    pub architecture: TaskArchitecture,
    /// Whether the tasks run on Fargate Spot.
    #[serde(default)]
    pub spot: bool,
    /// The Compute Savings Plan that covers the tasks. Left out: none.
    #[schema(inline)]
    pub savings_plan: Option<ComputeSavingsPlan>,
    /// Gigabytes of ephemeral storage of each; 20 are included. 0 to 200. Left out: those included.
    pub ephemeral_storage_gb: Option<Amount>,
    /// Hours of the month each task runs, 0 to 744. Left out: the whole month. Not with `task_seconds`.
    pub hours: Option<Amount>,
    /// For tasks that start every day: how long each runs, in seconds; rounded up to whole seconds, and to the minute
    /// (Windows: five) that is billed at least. 0 to 2,678,400.
    pub task_seconds: Option<Amount>,
    /// With `task_seconds`: the days of the month on which the tasks start, 0 to 31. Left out: month hours ÷ 24.
    pub days: Option<Amount>,
    /// Public IPv4 addresses that the tasks hold: one for each in a public subnet. 0 to 1,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub public_ipv4_addresses: Amount,
    /// Gigabytes a month that leave to the internet. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
    /// Gigabytes a month between the tasks and other Availability Zones, each counted once; AWS bills each on both
    /// sides. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub between_azs_gb: Amount,
}

/// What starts Fargate tasks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Orchestrator {
    /// Amazon ECS.
    #[default]
    Ecs,
    /// Amazon EKS.
    Eks,
}

/// The operating system of a Fargate task.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskOs {
    /// Linux.
    #[default]
    Linux,
    /// Windows Server.
    Windows,
}

/// The processor family of a Fargate task.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
pub enum TaskArchitecture {
    /// Intel and AMD.
    #[default]
    #[serde(rename = "x86_64")]
    X86,
    /// Graviton.
    #[serde(rename = "arm64")]
    Arm,
}

/// The smallest size that holds so many vCPUs and so much memory: the fewest vCPUs first, then the least memory.
pub fn smallest_size(
    sizes: &[FargateSize],
    windows: bool,
    vcpu: &Amount,
    memory_gb: &Amount,
    probe: &mut Probe,
) -> Option<(Decimal, Decimal)> {
    for size in sizes.iter().filter(|size| size.windows || !windows) {
        if probe.more(vcpu, &Amount::decimal(size.vcpu)) {
            continue;
        }
        for memory in &size.memory_gb {
            if !probe.more(memory_gb, &Amount::decimal(*memory)) {
                return Some((size.vcpu, *memory));
            }
        }
    }
    None
}

/// The sizes that end the table, for people.
fn largest_sizes(sizes: &[FargateSize], windows: bool) -> String {
    let known: Vec<String> = sizes
        .iter()
        .filter(|size| size.windows || !windows)
        .filter_map(|size| {
            let (least, most) = (size.memory_gb.first()?, size.memory_gb.last()?);
            Some(format!("{} vCPU with {least} to {most} GB", size.vcpu))
        })
        .collect();
    known.get(known.len().saturating_sub(2)..).unwrap_or_default().join(", ")
}

impl Fargate {
    fn windows(&self) -> bool {
        self.os == TaskOs::Windows
    }

    /// The meters of vCPUs and of memory.
    fn meters(&self) -> (&'static MeterSpec, &'static MeterSpec) {
        match (self.orchestrator, self.os, self.architecture, self.spot) {
            (Orchestrator::Eks, ..) => (&POD_VCPU_HOURS, &POD_GB_HOURS),
            (_, TaskOs::Windows, ..) => (&WINDOWS_VCPU_HOURS, &WINDOWS_GB_HOURS),
            (_, _, TaskArchitecture::X86, false) => (&VCPU_HOURS, &GB_HOURS),
            (_, _, TaskArchitecture::X86, true) => (&SPOT_VCPU_HOURS, &SPOT_GB_HOURS),
            (_, _, TaskArchitecture::Arm, false) => (&ARM_VCPU_HOURS, &ARM_GB_HOURS),
            (_, _, TaskArchitecture::Arm, true) => (&SPOT_ARM_VCPU_HOURS, &SPOT_ARM_GB_HOURS),
        }
    }

    /// What cannot go together.
    fn check_combinations(&self, check: &mut Check) {
        let eks = self.orchestrator == Orchestrator::Eks;
        if self.windows() && (eks || self.architecture == TaskArchitecture::Arm) {
            check.mistake("os", Code::Conflict, "Windows runs in ECS tasks on `x86_64` only");
        }
        if eks && self.architecture == TaskArchitecture::Arm {
            check.mistake("architecture", Code::Conflict, "pods of EKS on Fargate run on `x86_64` only");
        }
        if self.spot && (eks || self.windows()) {
            check.mistake("spot", Code::Conflict, "Fargate Spot takes Linux tasks of ECS only");
        }
        if self.spot && self.savings_plan.is_some() {
            check.mistake("savings_plan", Code::Conflict, "no plan covers Fargate Spot");
        }
        if self.windows() && self.ephemeral_storage_gb.is_some() {
            check.mistake(
                "ephemeral_storage_gb",
                Code::Conflict,
                "the ephemeral storage of Windows tasks cannot be chosen",
            );
        }
        if self.task_seconds.is_some() && self.hours.is_some() {
            check.mistake("hours", Code::Conflict, "give `hours` or `task_seconds`, not both");
        }
        if self.task_seconds.is_none() && self.days.is_some() {
            check.mistake("days", Code::Conflict, "`days` goes with `task_seconds`");
        }
    }
}

impl Usage for Fargate {
    fn check(&self, check: &mut Check, catalog: &Catalog) {
        check.amount("tasks", &self.tasks, 1_000_000_000);
        check.optional_amount("ephemeral_storage_gb", self.ephemeral_storage_gb.as_ref(), MAX_EPHEMERAL_GB);
        check.optional_amount("hours", self.hours.as_ref(), 744);
        check.optional_amount("task_seconds", self.task_seconds.as_ref(), MAX_SECONDS);
        check.optional_amount("days", self.days.as_ref(), 31);
        check.amount("public_ipv4_addresses", &self.public_ipv4_addresses, 1_000_000_000);
        check.amount("data_out_gb", &self.data_out_gb, CAP);
        check.amount("between_azs_gb", &self.between_azs_gb, CAP);
        self.check_combinations(check);
        let mut sound = true;
        for (field, value) in [("vcpu", &self.vcpu), ("memory_gb", &self.memory_gb)] {
            if value.is_negative() || value.is_zero() {
                check.mistake(field, Code::OutOfRange, format!("`{field}` is {value}; it must be above 0"));
                sound = false;
            }
        }
        let sizes = &catalog.fargate_sizes;
        let fits = |vcpu: &Amount, memory: &Amount| {
            smallest_size(sizes, self.windows(), vcpu, memory, &mut Probe::new()).is_some()
        };
        if sound && !fits(&self.vcpu, &self.memory_gb) {
            let field = if fits(&self.vcpu, &Amount::ZERO) { "memory_gb" } else { "vcpu" };
            let detail = format!(
                "Fargate has no size of {} vCPU and {} GB or more; the largest are {}",
                self.vcpu,
                self.memory_gb,
                largest_sizes(sizes, self.windows())
            );
            check.mistake(field, Code::OutOfRange, detail);
        }
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let catalog = m.catalog;
        let size = smallest_size(&catalog.fargate_sizes, self.windows(), &self.vcpu, &self.memory_gb, m.probe);
        // What no size holds has been refused; under a sweep it is metered as it was asked for.
        let (vcpu, memory) = match size {
            Some((vcpu, memory)) => (Amount::decimal(vcpu), Amount::decimal(memory)),
            None => (self.vcpu.clone(), self.memory_gb.clone()),
        };
        for (input, asked, size) in [("vcpu", &self.vcpu, &vcpu), ("memory_gb", &self.memory_gb, &memory)] {
            if asked.compare_values(size).is_ne() {
                m.assume(input, size.to_string(), "rounded up to the next size that Fargate has");
            }
        }
        let task_hours = self.task_hours(m)?;
        let (vcpu_meter, memory_meter) = self.meters();
        let covered = |line: Record| match self.savings_plan {
            Some(plan) => line.billed_as(|covered| plan.rate(covered)),
            None => line,
        };
        covered(m.line("vcpu_hours", "vCPU-hours", vcpu_meter))
            .times(&vcpu, "vCPU")?
            .times(&task_hours, "task-hours")?
            .put(m);
        covered(m.line("memory_hours", "Memory GB-hours", memory_meter))
            .times(&memory, "GB")?
            .times(&task_hours, "task-hours")?
            .put(m);
        if self.windows() {
            m.line("licence_hours", "Windows licence vCPU-hours", &WINDOWS_LICENCE_HOURS)
                .times(&vcpu, "vCPU")?
                .times(&task_hours, "task-hours")?
                .put(m);
        }
        if let Some(storage) = &self.ephemeral_storage_gb {
            let included = m.fact("fargate_ephemeral_included_gb")?;
            let above = m.probe.beyond(storage, &included);
            m.line("ephemeral_storage_hours", "Ephemeral storage GB-hours above those included", &EPHEMERAL_GB_HOURS)
                .times(&above, "GB above those included")?
                .times(&task_hours, "task-hours")?
                .put(m);
        }
        let hours = m.hours_or_month(self.hours.as_ref());
        public_ipv4::in_use(m, &self.public_ipv4_addresses, &hours)?;
        data_transfer::between_azs(m, &self.between_azs_gb)?;
        data_transfer::internet_out(m, &self.data_out_gb)
    }
}

impl Fargate {
    /// The hours of all tasks together.
    fn task_hours(&self, m: &mut Metering<'_>) -> Result<Amount, NumberError> {
        let Some(seconds) = &self.task_seconds else {
            return self.tasks.times(&m.hours_or_month(self.hours.as_ref()));
        };
        let whole = m.probe.ceil_div(seconds, &Amount::ONE)?;
        let [linux, windows] = MIN_SECONDS;
        let least = Amount::whole(if self.windows() { windows } else { linux });
        let billed = m.probe.max(&whole, &least);
        if billed.compare_values(seconds).is_ne() {
            m.assume("task_seconds", billed.to_string(), "rounded up to what is billed at least");
        }
        let days = self.days.clone().unwrap_or_else(|| {
            let days = m.month_hours().per(HOURS_PER_DAY);
            m.assume("days", days.to_string(), "every day of the month: its hours ÷ 24");
            days
        });
        Ok(self.tasks.times(&days)?.times(&billed)?.per(SECONDS_PER_HOUR))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::load::seed_catalog;

    #[test]
    fn the_largest_ephemeral_storage_is_that_of_the_fact() {
        let catalog = seed_catalog().map_err(|mistakes| mistakes.to_string()).expect("the seed is sound");
        let fact = catalog.facts.number("fargate_ephemeral_max_gb").expect("a number");
        assert_eq!(fact.as_whole(), Some(MAX_EPHEMERAL_GB));
    }

    /// What a request for a size gets, for every quarter of a vCPU and half a gigabyte up to the largest.
    #[test]
    fn a_size_holds_what_was_asked_for_and_no_smaller_one_does() {
        let catalog = seed_catalog().map_err(|mistakes| mistakes.to_string()).expect("the seed is sound");
        for quarters in 1..=64_i64 {
            for halves in 1..=240_i64 {
                let (vcpu, memory) = (Amount::whole(quarters).per(4), Amount::whole(halves).per(2));
                let found = smallest_size(&catalog.fargate_sizes, false, &vcpu, &memory, &mut Probe::new());
                let holds = |size: &FargateSize, gb: &Decimal| {
                    vcpu.compare_values(&Amount::decimal(size.vcpu)).is_le()
                        && memory.compare_values(&Amount::decimal(*gb)).is_le()
                };
                let mut fitting: Vec<(Decimal, Decimal)> = Vec::new();
                for size in &catalog.fargate_sizes {
                    let memory = size.memory_gb.iter().filter(|gb| holds(size, gb));
                    fitting.extend(memory.map(|gb| (size.vcpu, *gb)));
                }
                assert_eq!(found, fitting.into_iter().min(), "{vcpu} vCPU and {memory} GB");
            }
        }
    }
}
