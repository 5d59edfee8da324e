//! The inputs of `pricing_model`, their ranges and what cannot go together.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::catalog::Catalog;
use crate::decisions::engine::{FlagInput, Movement, NumberInput, WordInput};
use crate::domain::amount::Amount;
use crate::domain::check::{CAP, Check};
use crate::domain::probe::Probe;
use crate::domain::problem::Code;
use crate::services::commitments::{Payment, Term};
use crate::services::ec2::{OperatingSystem, check_instance_type};
use crate::services::fargate::{TaskArchitecture, smallest_size};
use crate::services::lambda::FunctionArchitecture;

/// The most steps of a histogram: the hours of a month.
const MAX_STEPS: usize = 744;
/// The longest run of a request that is compared, in milliseconds: a day.
const MAX_REQUEST_MS: u64 = 86_400_000;

/// What is known about the compute, the databases or the machine learning to pay for. Every input may be left out; what
/// is then assumed is listed in the answer.
///
/// With `compare` the question is another one: where to run requests, on Lambda, on Fargate or on EC2.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PricingModelInputs {
    /// What the money is spent on. Left out: `["ec2"]`.
    #[schema(inline)]
    pub spend: Option<Vec<Spend>>,
    /// The instance type. Left out: m5.large, or g5.xlarge for `ec2_gpu`.
    #[schema(example = "m7g.large")]
    pub instance_type: Option<String>,
    /// The operating system of the instances.
    #[serde(default)]
    #[schema(inline, default = "linux")]
    pub operating_system: OperatingSystem,
    /// Instances at the peak. Whole, 1 to 10,000,000. Left out: 10, or the highest level of `usage_histogram` where
    /// the spend is EC2 alone.
    pub instances: Option<Amount>,
    /// Fargate tasks at the peak. Whole, 1 to 10,000,000. Left out: 10, or the highest level of `usage_histogram`
    /// where the spend is Fargate alone.
    pub fargate_tasks: Option<Amount>,
    /// vCPUs of a Fargate task, rounded up to a size that Fargate has. Left out: 1.
    pub fargate_vcpu: Option<Amount>,
    /// Gigabytes of memory of a Fargate task. Left out: 2.
    pub fargate_memory_gb: Option<Amount>,
    /// The processor family of Fargate tasks and Lambda functions.
    #[serde(default)]
    #[schema(inline, default = "x86_64")]
    pub architecture: FunctionArchitecture,
    /// Requests a month: of Lambda, or with `compare` of what is compared. 0 to 1,000,000,000,000. Left out: 10,000,000.
    pub requests_month: Option<Amount>,
    /// How long a request runs, in milliseconds. 0 to 86,400,000; Lambda ends at 900,000. Left out: 200.
    pub duration_ms: Option<Amount>,
    /// Memory of the Lambda function in MB. 128 to 10,240. Left out: 512.
    pub memory_mb: Option<Amount>,

    /// The share of the committed hours that are used: the average use ÷ the peak. 0 to 1. Left out: from `hours`,
    /// `runs_per_month` and `duration_minutes`, or `base_fraction`; else 1. With `compare`: how busy the fewest
    /// containers are on average, in place of `requests_month`.
    pub expected_utilisation: Option<Amount>,
    /// Hours of the month for which everything runs, 0 to 744; another way to say the utilisation.
    pub hours: Option<Amount>,
    /// Runs a month; with `duration_minutes` another way to say the utilisation. 0 to 1,000,000.
    pub runs_per_month: Option<Amount>,
    /// Minutes that a run takes. 0 to 44,640.
    pub duration_minutes: Option<Amount>,
    /// The share of the peak that always runs, 0 to 1. Left out: 0 where the utilisation is below 1, else 1.
    pub base_fraction: Option<Amount>,
    /// How many hours the use stood at which level, in any measure that is the same throughout: instances, tasks, or
    /// dollars at on-demand prices. The hours are those of any period; the highest level stands for the peak.
    /// At most 744 steps.
    #[schema(inline)]
    pub usage_histogram: Option<Vec<UsageStep>>,

    /// Months for which the use will last. Whole, 1 to 120. Left out: 12, or 1 for temporary work.
    pub horizon_months: Option<Amount>,
    /// The term of a commitment in months: 12 or 36. Left out: both where the data has rates, else 12.
    pub term_months: Option<Amount>,
    /// How a commitment is paid. Left out: every way where the data has rates, else no upfront.
    #[schema(inline)]
    pub payment: Option<Payment>,
    /// The discount of a commitment, as a share of the on-demand price, where the data has no rate for it. 0 to 1.
    /// With `compare`: that of the instances.
    pub discount: Option<Amount>,
    /// The discount of Spot, as a share of the on-demand price, where the data has no Spot price. 0 to 1.
    pub spot_discount: Option<Amount>,
    /// Months for which the use is known already. 0 to 1,200.
    pub history_months: Option<Amount>,
    /// Days for which GPUs are needed, for a window that is booked ahead. 0 to 3,650.
    pub window_days: Option<Amount>,
    /// Days until that window begins. 0 to 3,650.
    pub start_in_days: Option<Amount>,

    /// The family, the Region, the operating system or the service may change within the term.
    pub arch_change_likely: Option<bool>,
    /// It is batch work.
    pub batch: Option<bool>,
    /// The capacity must be there when it is wanted.
    pub capacity_guaranteed: Option<bool>,
    /// Cost goes before everything else.
    pub cost_first: Option<bool>,
    /// The use comes and goes with the day, the week or the season.
    pub cyclical: Option<bool>,
    /// The work has a deadline.
    pub deadline: Option<bool>,
    /// The work survives the loss of an instance.
    pub fault_tolerant: Option<bool>,
    /// The instance family stays.
    pub fixed_family: Option<bool>,
    /// The Region stays.
    pub fixed_region: Option<bool>,
    /// The work can be interrupted. Left out: true where it is fault tolerant, batch or fed by a queue, else false.
    pub interruptible: Option<bool>,
    /// The workload is new.
    pub new_workload: Option<bool>,
    /// It runs from time to time.
    pub periodic: Option<bool>,
    /// It takes its work from a queue.
    pub queue_based: Option<bool>,
    /// What is committed should be sellable.
    pub resale_wanted: Option<bool>,
    /// Only one instance type in one Availability Zone will do.
    pub single_pool: Option<bool>,
    /// The use is steady.
    pub steady: Option<bool>,
    /// It will be gone soon.
    pub temporary: Option<bool>,
    /// It is the training of models.
    pub training: Option<bool>,
    /// What takes over a growing part, such as `lambda` or `fargate`.
    pub growing: Option<String>,

    /// The places to compare for running requests; the rest of the inputs that it needs follow.
    #[schema(inline)]
    pub compare: Option<Vec<Place>>,
    /// Requests that a container handles at a time. Whole, 1 to 100,000. Left out: 10.
    pub concurrency_per_task: Option<Amount>,
    /// The peak rate ÷ the average rate that containers are sized for. 1 to 1,000. Left out: 4.
    pub peak_to_average: Option<Amount>,
    /// The fewest containers that run. Whole, 0 to 100,000. Left out: 2.
    pub min_tasks: Option<Amount>,
    /// Containers that an instance holds. Whole, 1 to 1,000. Left out: as many as fit by vCPUs and memory.
    pub tasks_per_instance: Option<Amount>,
    /// The fewest instances that run. Whole, 0 to 100,000. Left out: 2.
    pub min_instances: Option<Amount>,
    /// Application Load Balancers before containers. Whole, 0 to 1,000. Left out: 1.
    pub load_balancers: Option<Amount>,
    /// NAT gateways for containers. Whole, 0 to 1,000. Left out: 0.
    pub nat_gateways: Option<Amount>,
    /// Gigabytes a month through the NAT gateways. 0 to 1,000,000,000,000. Left out: 0.
    pub nat_gb_month: Option<Amount>,
    /// Gigabytes of logs a month, the same wherever the requests run. 0 to 1,000,000,000,000. Left out: 0.
    pub log_gb_month: Option<Amount>,
    /// Lambda is behind the same load balancers.
    pub lambda_behind_load_balancer: Option<bool>,
    /// Lambda uses the same NAT gateways.
    pub lambda_in_vpc: Option<bool>,
    /// Provisioned concurrency of Lambda, for the whole month. 0 to 1,000,000. Left out: 0.
    pub provisioned_concurrency: Option<Amount>,
    /// Hours a month that people spend on running instances. 0 to 10,000. Left out: 0.
    pub ops_hours_month: Option<Amount>,
    /// What an hour of theirs costs, US dollars. 0 to 10,000. Left out: 0.
    pub hourly_rate: Option<Amount>,
}

/// What money is spent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Spend {
    /// Aurora.
    Aurora,
    /// EC2 instances.
    Ec2,
    /// EC2 instances with GPUs.
    Ec2Gpu,
    /// Fargate tasks.
    Fargate,
    /// Lambda functions.
    Lambda,
    /// RDS.
    Rds,
    /// SageMaker AI.
    Sagemaker,
}

/// Where requests can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Lambda functions.
    Lambda,
    /// Fargate tasks.
    Fargate,
    /// EC2 instances that hold containers.
    Ec2,
}

/// A level of use, and for how long it stood.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UsageStep {
    /// The level. 0 to 1,000,000,000,000.
    pub level: Amount,
    /// The hours. 0 to 1,000,000.
    pub hours: Amount,
}

type Inputs = PricingModelInputs;

impl PricingModelInputs {
    /// The inputs that are given and belong to the question of where to run.
    pub(super) fn of_where(&self) -> Vec<&'static str> {
        named(&[
            ("concurrency_per_task", self.concurrency_per_task.is_some()),
            ("peak_to_average", self.peak_to_average.is_some()),
            ("min_tasks", self.min_tasks.is_some()),
            ("tasks_per_instance", self.tasks_per_instance.is_some()),
            ("min_instances", self.min_instances.is_some()),
            ("load_balancers", self.load_balancers.is_some()),
            ("nat_gateways", self.nat_gateways.is_some()),
            ("nat_gb_month", self.nat_gb_month.is_some()),
            ("log_gb_month", self.log_gb_month.is_some()),
            ("lambda_behind_load_balancer", self.lambda_behind_load_balancer.is_some()),
            ("lambda_in_vpc", self.lambda_in_vpc.is_some()),
            ("provisioned_concurrency", self.provisioned_concurrency.is_some()),
            ("ops_hours_month", self.ops_hours_month.is_some()),
            ("hourly_rate", self.hourly_rate.is_some()),
        ])
    }

    /// The inputs that are given and belong to the question of how to pay.
    pub(super) fn of_how(&self) -> Vec<&'static str> {
        let mut given = named(&[
            ("spend", self.spend.is_some()),
            ("instances", self.instances.is_some()),
            ("fargate_tasks", self.fargate_tasks.is_some()),
            ("hours", self.hours.is_some()),
            ("runs_per_month", self.runs_per_month.is_some()),
            ("duration_minutes", self.duration_minutes.is_some()),
            ("base_fraction", self.base_fraction.is_some()),
            ("usage_histogram", self.usage_histogram.is_some()),
            ("horizon_months", self.horizon_months.is_some()),
            ("term_months", self.term_months.is_some()),
            ("payment", self.payment.is_some()),
            ("spot_discount", self.spot_discount.is_some()),
            ("history_months", self.history_months.is_some()),
            ("window_days", self.window_days.is_some()),
            ("start_in_days", self.start_in_days.is_some()),
            ("growing", self.growing.is_some()),
        ]);
        let mut inputs = self.clone();
        given.extend(FLAGS.iter().filter(|flag| (flag.slot)(&mut inputs).is_some()).map(|flag| flag.name));
        given
    }

    /// The processor family, as Fargate spells it.
    pub(super) fn task_architecture(&self) -> TaskArchitecture {
        match self.architecture {
            FunctionArchitecture::X86 => TaskArchitecture::X86,
            FunctionArchitecture::Arm => TaskArchitecture::Arm,
        }
    }
}

fn named(inputs: &[(&'static str, bool)]) -> Vec<&'static str> {
    inputs.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect()
}

const fn input(
    name: &'static str,
    unit: &'static str,
    movement: Movement,
    max: u64,
    sweep_to: u64,
    slot: fn(&mut Inputs) -> &mut Option<Amount>,
) -> NumberInput<Inputs> {
    NumberInput { name, unit, movement, max, sweep_to, thresholds: &[], relaxable: false, critical: false, slot }
}

use Movement::{Continuous, Whole};

/// The numeric inputs of how to pay.
pub(super) const NUMBERS: &[NumberInput<Inputs>] = &[
    input("expected_utilisation", "", Continuous, 1, 1, |inputs| &mut inputs.expected_utilisation),
    input("horizon_months", "months", Whole, 120, 36, |inputs| &mut inputs.horizon_months),
    input("base_fraction", "", Continuous, 1, 1, |inputs| &mut inputs.base_fraction),
    input("discount", "", Continuous, 1, 1, |inputs| &mut inputs.discount),
    input("spot_discount", "", Continuous, 1, 1, |inputs| &mut inputs.spot_discount),
    input("instances", "", Whole, 10_000_000, 100, |inputs| &mut inputs.instances),
    input("fargate_tasks", "", Whole, 10_000_000, 100, |inputs| &mut inputs.fargate_tasks),
    input("requests_month", "", Continuous, CAP, 100_000_000, |inputs| &mut inputs.requests_month),
    input("duration_ms", "ms", Continuous, MAX_REQUEST_MS, 10_000, |inputs| &mut inputs.duration_ms),
    input("hours", "h", Continuous, 744, 730, |inputs| &mut inputs.hours),
    input("runs_per_month", "", Continuous, 1_000_000, 1_000, |inputs| &mut inputs.runs_per_month),
    input("duration_minutes", "min", Continuous, 44_640, 1_440, |inputs| &mut inputs.duration_minutes),
    input("fargate_vcpu", "vCPU", Continuous, 16, 16, |inputs| &mut inputs.fargate_vcpu),
    input("fargate_memory_gb", "GB", Continuous, 120, 120, |inputs| &mut inputs.fargate_memory_gb),
    input("memory_mb", "MB", Continuous, 10_240, 10_240, |inputs| &mut inputs.memory_mb),
    input("start_in_days", "days", Continuous, 3_650, 365, |inputs| &mut inputs.start_in_days),
    NumberInput {
        thresholds: &["history_needed_months"],
        ..input("history_months", "months", Continuous, 1_200, 12, |inputs| &mut inputs.history_months)
    },
    NumberInput {
        thresholds: &["capacity_block_max_days"],
        ..input("window_days", "days", Continuous, 3_650, 365, |inputs| &mut inputs.window_days)
    },
];

/// The numeric inputs of where to run.
pub(super) const COMPARED_NUMBERS: &[NumberInput<Inputs>] = &[
    input("requests_month", "", Continuous, CAP, 100_000_000, |inputs| &mut inputs.requests_month),
    input("expected_utilisation", "", Continuous, 1, 1, |inputs| &mut inputs.expected_utilisation),
    NumberInput {
        thresholds: &["lambda_max_duration_ms"],
        ..input("duration_ms", "ms", Continuous, MAX_REQUEST_MS, 10_000, |inputs| &mut inputs.duration_ms)
    },
    input("peak_to_average", "", Continuous, 1_000, 20, |inputs| &mut inputs.peak_to_average),
    input("discount", "", Continuous, 1, 1, |inputs| &mut inputs.discount),
    input("min_tasks", "", Whole, 100_000, 20, |inputs| &mut inputs.min_tasks),
    input("min_instances", "", Whole, 100_000, 20, |inputs| &mut inputs.min_instances),
    input("tasks_per_instance", "", Whole, 1_000, 50, |inputs| &mut inputs.tasks_per_instance),
    input("concurrency_per_task", "", Whole, 100_000, 100, |inputs| &mut inputs.concurrency_per_task),
    input("memory_mb", "MB", Continuous, 10_240, 10_240, |inputs| &mut inputs.memory_mb),
    input("fargate_vcpu", "vCPU", Continuous, 16, 16, |inputs| &mut inputs.fargate_vcpu),
    input("fargate_memory_gb", "GB", Continuous, 120, 120, |inputs| &mut inputs.fargate_memory_gb),
    input("provisioned_concurrency", "", Continuous, 1_000_000, 100, |inputs| &mut inputs.provisioned_concurrency),
    input("load_balancers", "", Whole, 1_000, 10, |inputs| &mut inputs.load_balancers),
    input("nat_gateways", "", Whole, 1_000, 10, |inputs| &mut inputs.nat_gateways),
    input("nat_gb_month", "GB", Continuous, CAP, 100_000, |inputs| &mut inputs.nat_gb_month),
    input("log_gb_month", "GB", Continuous, CAP, 10_000, |inputs| &mut inputs.log_gb_month),
    input("hourly_rate", "USD", Continuous, 10_000, 200, |inputs| &mut inputs.hourly_rate),
    input("ops_hours_month", "h", Continuous, 10_000, 100, |inputs| &mut inputs.ops_hours_month),
];

const fn flag(name: &'static str, slot: fn(&mut Inputs) -> &mut Option<bool>) -> FlagInput<Inputs> {
    FlagInput { name, relaxable: false, critical: false, alias: false, slot }
}

/// The yes/no inputs of how to pay.
pub(super) const FLAGS: &[FlagInput<Inputs>] = &[
    flag("interruptible", |inputs| &mut inputs.interruptible),
    flag("fault_tolerant", |inputs| &mut inputs.fault_tolerant),
    flag("queue_based", |inputs| &mut inputs.queue_based),
    flag("single_pool", |inputs| &mut inputs.single_pool),
    flag("steady", |inputs| &mut inputs.steady),
    flag("cyclical", |inputs| &mut inputs.cyclical),
    flag("new_workload", |inputs| &mut inputs.new_workload),
    flag("arch_change_likely", |inputs| &mut inputs.arch_change_likely),
    flag("fixed_family", |inputs| &mut inputs.fixed_family),
    flag("fixed_region", |inputs| &mut inputs.fixed_region),
    flag("capacity_guaranteed", |inputs| &mut inputs.capacity_guaranteed),
    flag("resale_wanted", |inputs| &mut inputs.resale_wanted),
    flag("temporary", |inputs| &mut inputs.temporary),
    flag("training", |inputs| &mut inputs.training),
    flag("batch", |inputs| &mut inputs.batch),
    flag("periodic", |inputs| &mut inputs.periodic),
    flag("deadline", |inputs| &mut inputs.deadline),
    flag("cost_first", |inputs| &mut inputs.cost_first),
];

/// The yes/no inputs of where to run.
pub(super) const COMPARED_FLAGS: &[FlagInput<Inputs>] = &[
    flag("lambda_behind_load_balancer", |inputs| &mut inputs.lambda_behind_load_balancer),
    flag("lambda_in_vpc", |inputs| &mut inputs.lambda_in_vpc),
];

/// The inputs that are words.
pub(super) const WORDS: &[WordInput<Inputs>] = &[WordInput {
    name: "growing",
    words: &["lambda", "fargate"],
    relaxable: false,
    slot: |inputs| &mut inputs.growing,
}];

/// Finds every value outside its range, and what cannot go together.
pub(super) fn check(inputs: &Inputs, check: &mut Check, catalog: &Catalog) {
    ranges(inputs, check);
    if let Some(name) = &inputs.instance_type {
        check_instance_type(check, "instance_type", name, catalog);
    }
    if let Some(term) = &inputs.term_months
        && term.as_whole().and_then(Term::of_months).is_none()
    {
        check.mistake("term_months", Code::OutOfRange, format!("`term_months` is {term}; it must be 12 or 36"));
    }
    for (field, empty) in [
        ("spend", inputs.spend.as_ref().is_some_and(Vec::is_empty)),
        ("compare", inputs.compare.as_ref().is_some_and(|places| places.len() < 2)),
    ] {
        if empty {
            let least = if field == "spend" { "one entry" } else { "two entries" };
            check.mistake(field, Code::OutOfRange, format!("`{field}` must have at least {least}"));
        }
    }
    size(inputs, check, catalog);
    utilisation(inputs, check);
    histogram(inputs, check);
}

fn ranges(inputs: &Inputs, check: &mut Check) {
    for (field, value, least, most) in [
        ("instances", &inputs.instances, 1, 10_000_000),
        ("fargate_tasks", &inputs.fargate_tasks, 1, 10_000_000),
        ("horizon_months", &inputs.horizon_months, 1, 120),
        ("concurrency_per_task", &inputs.concurrency_per_task, 1, 100_000),
        ("min_tasks", &inputs.min_tasks, 0, 100_000),
        ("min_instances", &inputs.min_instances, 0, 100_000),
        ("tasks_per_instance", &inputs.tasks_per_instance, 1, 1_000),
        ("load_balancers", &inputs.load_balancers, 0, 1_000),
        ("nat_gateways", &inputs.nat_gateways, 0, 1_000),
    ] {
        check.optional_whole(field, value.as_ref(), least, most);
    }
    for (field, value, most) in [
        ("expected_utilisation", &inputs.expected_utilisation, 1),
        ("base_fraction", &inputs.base_fraction, 1),
        ("discount", &inputs.discount, 1),
        ("spot_discount", &inputs.spot_discount, 1),
        ("requests_month", &inputs.requests_month, CAP),
        ("duration_ms", &inputs.duration_ms, MAX_REQUEST_MS),
        ("hours", &inputs.hours, 744),
        ("runs_per_month", &inputs.runs_per_month, 1_000_000),
        ("duration_minutes", &inputs.duration_minutes, 44_640),
        ("history_months", &inputs.history_months, 1_200),
        ("window_days", &inputs.window_days, 3_650),
        ("start_in_days", &inputs.start_in_days, 3_650),
        ("nat_gb_month", &inputs.nat_gb_month, CAP),
        ("log_gb_month", &inputs.log_gb_month, CAP),
        ("provisioned_concurrency", &inputs.provisioned_concurrency, 1_000_000),
        ("ops_hours_month", &inputs.ops_hours_month, 10_000),
        ("hourly_rate", &inputs.hourly_rate, 10_000),
    ] {
        check.optional_amount(field, value.as_ref(), most);
    }
    for (field, value, least, most) in
        [("memory_mb", &inputs.memory_mb, 128, 10_240), ("peak_to_average", &inputs.peak_to_average, 1, 1_000)]
    {
        if let Some(value) = value {
            check.between(field, value, least.into(), most.into());
        }
    }
}

/// The size of a Fargate task, and of a Lambda request.
fn size(inputs: &Inputs, check: &mut Check, catalog: &Catalog) {
    let mut sound = true;
    for (field, value) in [("fargate_vcpu", &inputs.fargate_vcpu), ("fargate_memory_gb", &inputs.fargate_memory_gb)] {
        if let Some(value) = value
            && (value.is_negative() || value.is_zero())
        {
            check.mistake(field, Code::OutOfRange, format!("`{field}` is {value}; it must be above 0"));
            sound = false;
        }
    }
    let least = Amount::decimal(catalog.fargate_sizes.first().map(|size| size.vcpu).unwrap_or_default());
    let vcpu = inputs.fargate_vcpu.as_ref().unwrap_or(&least);
    let memory = inputs.fargate_memory_gb.clone().unwrap_or(Amount::ZERO);
    if sound && smallest_size(&catalog.fargate_sizes, false, vcpu, &memory, &mut Probe::new()).is_none() {
        let field = if inputs.fargate_memory_gb.is_some() { "fargate_memory_gb" } else { "fargate_vcpu" };
        let detail = format!("Fargate has no size of {vcpu} vCPU and {memory} GB or more");
        check.mistake(field, Code::OutOfRange, detail);
    }
    let most = Amount::decimal(crate::services::lambda::MAX_DURATION_MS.into());
    let runs_lambda = inputs.spend.as_ref().is_some_and(|spend| spend.contains(&Spend::Lambda));
    if inputs.compare.is_none()
        && runs_lambda
        && let Some(duration) = inputs.duration_ms.as_ref().filter(|duration| duration.compare_values(&most).is_gt())
    {
        let detail = format!("`duration_ms` is {duration}; a Lambda function runs for {most} at most");
        check.mistake("duration_ms", Code::OutOfRange, detail);
    }
}

/// The utilisation is said in one way.
fn utilisation(inputs: &Inputs, check: &mut Check) {
    let ways = [
        ("expected_utilisation", inputs.expected_utilisation.is_some()),
        ("hours", inputs.hours.is_some()),
        ("runs_per_month", inputs.runs_per_month.is_some() && inputs.duration_minutes.is_some()),
    ];
    let given: Vec<&str> = ways.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect();
    if let [first, second, ..] = given.as_slice() {
        check.mistake(second, Code::Conflict, format!("give `{first}` or `{second}`, not both"));
    }
    if let (Some(base), Some(use_of_peak)) = (&inputs.base_fraction, &inputs.expected_utilisation)
        && base.compare_values(use_of_peak).is_gt()
    {
        let detail = format!(
            "`base_fraction` is {base}, and what always runs cannot exceed the average: `expected_utilisation` is \
             {use_of_peak}"
        );
        check.mistake("base_fraction", Code::Conflict, detail);
    }
    if inputs.usage_histogram.is_some() {
        let base = inputs.base_fraction.is_some().then_some("base_fraction");
        for name in given.iter().copied().chain(base) {
            let detail = format!("`usage_histogram` says the use hour by hour; leave `{name}` out");
            check.mistake(name, Code::Conflict, detail);
        }
    }
    if inputs.compare.is_some() && inputs.requests_month.is_some() && inputs.expected_utilisation.is_some() {
        let detail = "with `compare`, give `requests_month` or `expected_utilisation`, not both";
        check.mistake("expected_utilisation", Code::Conflict, detail);
    }
}

fn histogram(inputs: &Inputs, check: &mut Check) {
    let Some(steps) = &inputs.usage_histogram else { return };
    check.within("usage_histogram", |check| {
        for (at, step) in steps.iter().enumerate() {
            check.within(&at.to_string(), |check| {
                check.amount("level", &step.level, CAP);
                check.amount("hours", &step.hours, 1_000_000);
            });
        }
    });
    let used = |step: &UsageStep| !step.level.is_zero() && !step.hours.is_zero();
    if steps.len() > MAX_STEPS {
        let detail = format!("`usage_histogram` has {} steps; it takes at most {MAX_STEPS}", steps.len());
        check.mistake("usage_histogram", Code::OutOfRange, detail);
    } else if !steps.iter().any(used) {
        let detail = "`usage_histogram` must have a level above 0 that stood for some time";
        check.mistake("usage_histogram", Code::OutOfRange, detail);
    }
}
