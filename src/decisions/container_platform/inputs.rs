//! The inputs of `container_platform`, their ranges and their defaults.

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

use super::ContainerPlatform;
use crate::catalog::Catalog;
use crate::decisions::engine::tables::{flags, numbers};
use crate::decisions::engine::{FlagInput, Knowledge, Movement, NumberInput, WordInput};
use crate::domain::amount::Amount;
use crate::domain::check::Check;
use crate::domain::problem::{Code, Problem};
use crate::domain::read::unknown_name;
use crate::services::data_transfer::check_items;
use crate::services::ec2::check_instance_type;

/// What is known about the containers. Every input may be left out; what is then assumed is listed in the answer, and
/// lowers its confidence where it matters.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContainerPlatformInputs {
    /// The services, where they are of several shapes. At most 200. Left out: `tasks` of one shape.
    pub services: Option<Vec<ContainerService>>,
    /// Tasks that run on average; with `services`, the total that their counts are scaled to, each rounded up. Left out:
    /// `tasks_peak`, the sum over `services`, or what follows from `requests_month` (for `batch`, `ci`, `cron`, `event` and
    /// `workflow`: as long as the runs take, a minute at least); else 3.
    pub tasks: Option<Amount>,
    /// The same, where it is an average and not whole; goes before `tasks`.
    pub tasks_avg: Option<Amount>,
    /// Tasks that run at the peak, which clusters grow to. Left out: as on average.
    pub tasks_peak: Option<Amount>,
    /// The fewest tasks where their number follows from requests; 0 is scaling to zero. Left out: 2.
    pub min_tasks: Option<Amount>,
    /// vCPUs of a task. Above 0. Left out: 1.
    pub vcpu: Option<Amount>,
    /// Memory of a task, gigabytes (GiB). Above 0. Left out: 2 for each vCPU.
    pub mem_gb: Option<Amount>,
    /// vCPUs of the Fargate task, where its size is fixed: a size that Fargate has. Goes with `fargate_mem_gb`. Left out: the
    /// smallest that holds the task.
    pub fargate_vcpu: Option<Amount>,
    /// Memory of the Fargate task, gigabytes, where its size is fixed.
    pub fargate_mem_gb: Option<Amount>,
    /// Ephemeral disk of a task, GiB. Left out: what is included.
    pub ephemeral_gib: Option<Amount>,
    /// How long a unit of work takes: a request, an event, a job, seconds. Left out: 0.2 where Lambda is priced.
    pub duration_s: Option<Amount>,
    /// The same in milliseconds, where `duration_s` is not given.
    pub duration_ms: Option<Amount>,
    /// Requests, events or runs a month. Left out: as many as keep the tasks busy for `duty_cycle` of the time, one at a time.
    pub requests_month: Option<Amount>,
    /// Requests that a task serves at once, from which the number of tasks follows. Above 0. Left out: 10.
    pub concurrency_per_task: Option<Amount>,
    /// Share of its hours in which a task works, 0 to 1: what pay-per-use is billed for. Left out: 1.
    pub duty_cycle: Option<Amount>,
    /// Hours of the month for which tasks and nodes run. Left out: the whole month.
    pub hours_per_month: Option<Amount>,
    /// Share of the load that is always there, 0 to 1. Commitments are not priced here; listed where given.
    pub steady_fraction: Option<Amount>,
    /// A Savings Plans commitment that exists, US dollars an hour. Commitments are not priced here; listed where given.
    pub existing_sp_commit: Option<Amount>,
    /// The longest that one task must run without being replaced, days.
    pub max_task_runtime_days: Option<Amount>,
    /// Availability Zones. 1 to 6. Left out: 3.
    pub az_count: Option<Amount>,
    /// Spare nodes of a cluster of instances, percent. Left out: 15.
    pub headroom: Option<Amount>,
    /// Target capacity of the ECS capacity provider of `ecs_ec2`, percent, 1 to 100. Left out: 100, which keeps nothing spare.
    pub target_capacity_pct: Option<Amount>,
    /// Tasks at the peak of a rollout, percent of those that run, 100 to 1000; room for them is kept. Left out: none is.
    pub maximum_percent: Option<Amount>,
    /// How full nodes are, percent of the larger of CPU and memory, 1 to 100. Left out: by packing the tasks.
    pub packing_pct: Option<Amount>,
    /// The availability that AWS must promise, percent. Left out: none.
    pub sla: Option<Amount>,
    /// What an hour of the people who run it costs, US dollars. Left out: 0.
    pub ops_rate_per_hour: Option<Amount>,
    /// Kubernetes skill of the team, 0 to 10. Left out: 3.
    pub team_k8s_skill: Option<Amount>,
    /// The answer time that 99 of 100 requests must meet, cold starts included, milliseconds.
    pub p99_ms: Option<Amount>,
    /// How fast capacity must be there where there was none, seconds.
    pub scale_out_seconds: Option<Amount>,
    /// Days that a run waits, for an approval for instance.
    pub wait_days: Option<Amount>,
    /// Objects of one fan-out.
    pub objects: Option<Amount>,
    /// How long one object takes, seconds.
    pub per_object_s: Option<Amount>,
    /// The largest request or answer, MB.
    pub response_mb: Option<Amount>,
    /// The size of the container image, GB.
    pub image_gb: Option<Amount>,
    /// Free addresses in the subnets.
    pub free_ips: Option<Amount>,
    /// Bandwidth that one machine must have, Gbps.
    pub nic_gbps: Option<Amount>,
    /// Root volume (gp3) of a node, GB. Left out: 30.
    pub node_volume_gb: Option<Amount>,
    /// Memory that the ECS agent keeps back on an instance, `ECS_RESERVED_MEMORY`, MiB. Left out: 256.
    pub ecs_reserved_memory_mib: Option<Amount>,
    /// What DaemonSets take of each EKS node, millicores. Left out: 250.
    pub daemonset_cpu_m: Option<Amount>,
    /// What DaemonSets take of each EKS node, MiB. Left out: 300.
    pub daemonset_memory_mib: Option<Amount>,
    /// The fewest vCPUs of a node. Left out: any.
    pub min_node_vcpu: Option<Amount>,
    /// The most vCPUs of a node. Left out: any.
    pub max_node_vcpu: Option<Amount>,
    /// Provisioned concurrency of Lambda, kept warm for the whole of the hours. Left out: 0.
    pub provisioned_concurrency: Option<Amount>,
    /// Durable operations of a run of a durable function. Left out: 5.
    pub workflow_steps: Option<Amount>,
    /// Clusters of EKS. Left out: 1.
    pub clusters: Option<Amount>,
    /// Load balancers. Left out: 1, where there is any.
    pub load_balancers: Option<Amount>,
    /// Log data taken in by CloudWatch, GB a month. Left out: 0.
    pub logs_gb_month: Option<Amount>,
    /// Images kept in ECR, GB. Left out: 0.
    pub image_storage_gb: Option<Amount>,
    /// What goes through the NAT gateways or interface endpoints, GB a month. Left out: 0.
    pub egress_gb_month: Option<Amount>,
    /// What leaves to the internet, GB a month; through the load balancer where there is one. Left out: 0.
    pub data_out_gb_month: Option<Amount>,
    /// What crosses Availability Zones, GB a month, each counted once; AWS bills each on both sides. Left out: 0.
    pub cross_az_gb_month: Option<Amount>,

    /// Each task needs a GPU.
    pub gpu: Option<bool>,
    /// Containers are privileged, use the host's network, or its devices.
    pub privileged: Option<bool>,
    /// An agent must run on every host: a DaemonSet.
    pub daemonset: Option<bool>,
    /// The same in other words.
    pub daemon: Option<bool>,
    /// The Kubernetes API or its ecosystem is required.
    pub k8s_required: Option<bool>,
    /// A task may be taken away with two minutes' notice. Left out: false.
    pub interruptible: Option<bool>,
    /// Spot capacity is wanted.
    pub spot_wanted: Option<bool>,
    /// Exactly one task runs, and must.
    pub singleton: Option<bool>,
    /// Somebody waits for the answer.
    pub latency_sensitive: Option<bool>,
    /// Left false, a long task may be moved to another machine meanwhile. Left out: true where
    /// `max_task_runtime_days` is given.
    pub uninterrupted: Option<bool>,
    /// The machine image must be your own, or be reached by SSH.
    pub custom_ami: Option<bool>,
    /// A kernel module must be loaded.
    pub kernel_module: Option<bool>,
    /// The account is new to the service. Left out: true.
    pub new_customer: Option<bool>,
    /// Tasks are in private subnets, without public addresses. Left out: true, without being required.
    pub private_subnets: Option<bool>,
    /// Fargate tasks of up to 32 vCPU and 244 GB, which not every guide lists, are acceptable. Left out: false.
    pub accept_unverified_sizes: Option<bool>,
    /// Answers may be streamed.
    pub streaming_ok: Option<bool>,
    /// Hosts must be dedicated, as for licences by socket or core.
    pub dedicated_host: Option<bool>,
    /// The model of the processor is given.
    pub specific_cpu: Option<bool>,
    /// An FPGA is needed.
    pub fpga: Option<bool>,
    /// Several containers make up one task.
    pub multi_container: Option<bool>,
    /// The tasks hold WebSocket connections or gRPC streams themselves.
    pub long_lived_connections: Option<bool>,
    /// It is one simple container.
    pub simple: Option<bool>,
    /// As little as possible should be left to run.
    pub low_ops: Option<bool>,
    /// It should be serverless.
    pub serverless: Option<bool>,
    /// There is a platform team.
    pub platform_team: Option<bool>,
    /// Many teams deploy onto it.
    pub many_teams: Option<bool>,
    /// Each pod needs a virtual machine of its own.
    pub pod_isolation_vm: Option<bool>,
    /// The load is steady.
    pub steady: Option<bool>,
    /// The load comes in bursts.
    pub bursty: Option<bool>,
    /// Nothing should run where there is nothing to do.
    pub scale_to_zero: Option<bool>,
    /// A run waits for a person.
    pub human_approval: Option<bool>,
    /// The code is written for Lambda.
    pub lambda_codebase: Option<bool>,
    /// The code serves several requests at once safely.
    pub thread_safe: Option<bool>,
    /// It is a batch job; read as `service_type`.
    pub batch: Option<bool>,
    /// ECS instances trunk, so that they run more tasks with an interface of their own. Left out: true.
    pub eni_trunking: Option<bool>,
    /// Interfaces of EKS nodes hold prefixes. Left out: false.
    pub prefix_delegation: Option<bool>,
    /// Pods of EKS are in subnets of their own. Left out: false.
    pub custom_networking: Option<bool>,
    /// There is a node in each Availability Zone at least. Left out: true.
    pub az_spread: Option<bool>,
    /// What is left after the loss of an Availability Zone carries all tasks. Left out: false.
    pub survive_az_loss: Option<bool>,
    /// Clusters of instances grow and shrink with their tasks; else they stand at the peak. Left out: true.
    pub nodes_follow_tasks: Option<bool>,
    /// Burstable instances (T families) may be taken as nodes. Left out: false.
    pub allow_burstable: Option<bool>,
    /// The Kubernetes version is in extended support. Left out: false.
    pub extended_support: Option<bool>,
    /// Load balancers, NAT gateways or endpoints, public addresses, logs, images and traffic between zones are billed with
    /// every option that needs them. Left out: true.
    pub add_ons: Option<bool>,
    /// Data flows in as a stream. No rule reads it.
    pub streaming_ingest: Option<bool>,
    /// Tasks keep nothing. No rule reads it.
    pub stateless: Option<bool>,

    /// What it is: `http`, `worker`, `batch`, `event`, `cron`, `scheduler`, `workflow` or `ci`.
    pub service_type: Option<String>,
    /// The architecture: `x86_64`, `arm64` or `any`. Left out: `x86_64`.
    pub arch: Option<String>,
    /// The operating system: `linux` or `windows`. Left out: `linux`.
    pub os: Option<String>,
    /// Where it must run, where that is not the Region: `local_zone` or `outposts`.
    pub location: Option<String>,
    /// The volume that each task keeps, such as `ebs`.
    pub persistent: Option<String>,
    /// How much it matters to move elsewhere, such as `high`.
    pub portability: Option<String>,
    /// What starts the work, such as `sqs`.
    pub trigger: Option<String>,
    /// When the work starts, such as `nightly`.
    pub schedule: Option<String>,
    /// A licence that is bound to hosts, such as `per_socket dedicated host`.
    pub licence: Option<String>,
    /// What it is in words. No rule reads it.
    pub description: Option<String>,
    /// The service that was asked for, such as `app_runner`.
    pub asked_for: Option<String>,
    /// How tasks on ECS instances are connected: `awsvpc` or `bridge`. Left out: `awsvpc`.
    pub network_mode: Option<String>,
    /// The load balancer: `alb`, `nlb` or `none`. Left out: `alb` for `http`, else `none`.
    pub load_balancer: Option<String>,
    /// How private subnets reach out: `nat`, `endpoints` or `none`. Left out: `nat`.
    pub egress: Option<String>,
    /// How instances are paid: `on_demand` or `spot`. Left out: `on_demand`.
    pub purchase_option: Option<String>,
    /// The families that nodes may be of, such as `m7g`. Left out: every family for general use.
    pub instance_families: Option<Vec<String>>,
    /// The instance types that nodes may be of. Left out: every type of the families.
    pub instance_types: Option<Vec<String>>,
    /// People's hours a month by option, in place of our judgement.
    pub ops_hours: Option<OpsHours>,
}

/// Tasks of one shape.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContainerService {
    /// The name.
    pub name: String,
    /// Tasks. Whole, 0 to 1,000,000.
    pub tasks: Amount,
    /// vCPUs of each. Above 0.
    pub vcpu: Amount,
    /// Memory of each, gigabytes (GiB). Above 0.
    pub mem_gb: Amount,
}

/// People's hours a month by option.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct OpsHours(pub BTreeMap<String, Amount>);

type Inputs = ContainerPlatformInputs;

/// The numeric inputs.
pub(super) const NUMBERS: &[NumberInput<Inputs>] = numbers! {
    tasks "" Whole max 1_000_000 sweep 100 critical true [];
    tasks_avg "" Continuous max 1_000_000 sweep 100 [];
    tasks_peak "" Whole max 1_000_000 sweep 100 [];
    min_tasks "" Whole max 1_000_000 sweep 100 [];
    vcpu "vCPU" Listed max 1_000 sweep 1_000 relaxable true critical true [];
    mem_gb "GB" Listed max 30_000 sweep 30_000 relaxable true critical true [];
    fargate_vcpu "vCPU" Listed max 1_000 sweep 1_000 [];
    fargate_mem_gb "GB" Listed max 30_000 sweep 30_000 [];
    ephemeral_gib "GiB" Continuous max 1_000_000 sweep 500 relaxable true ["fargate_ephemeral_max_gb", "lambda_tmp_max_gb"];
    duration_s "s" Continuous max 1_000_000_000 sweep 2_000 relaxable true ["lambda_max_duration_s"];
    duration_ms "ms" Continuous max 1_000_000_000_000 sweep 2_000_000 relaxable true [];
    requests_month "requests" Continuous max 1_000_000_000_000 sweep 500_000_000 ["guidance_managed_instances_requests"];
    concurrency_per_task "requests" Continuous max 100_000 sweep 100 [];
    duty_cycle "share" Continuous max 1 sweep 1 [];
    hours_per_month "hours" Continuous max 744 sweep 744 [];
    steady_fraction "share" Continuous max 1 sweep 1 [];
    existing_sp_commit "USD" Continuous max 1_000_000_000 sweep 1_000 [];
    max_task_runtime_days "days" Continuous max 100_000 sweep 60 relaxable true ["ecs_managed_instances_max_days", "eks_auto_max_days"];
    az_count "zones" Whole max 6 sweep 6 [];
    headroom "%" Whole max 1_000 sweep 100 [];
    target_capacity_pct "%" Whole max 100 sweep 100 [];
    maximum_percent "%" Whole max 1_000 sweep 400 [];
    packing_pct "%" Whole max 100 sweep 100 [];
    sla "%" Continuous max 100 sweep 100 ["eks_sla_pct", "compute_sla_pct"];
    ops_rate_per_hour "USD" Continuous max 10_000 sweep 200 [];
    team_k8s_skill "points" Whole max 10 sweep 10 ["k8s_skill_low_points"];
    p99_ms "ms" Continuous max 1_000_000 sweep 500 ["lambda_cold_start_p99_ms"];
    scale_out_seconds "s" Continuous max 100_000 sweep 300 relaxable true ["scale_out_from_zero_s"];
    wait_days "days" Continuous max 100_000 sweep 30 [];
    objects "" Continuous max 1_000_000_000_000 sweep 100_000 ["guidance_fan_out_objects"];
    per_object_s "s" Continuous max 1_000_000_000 sweep 2_000 relaxable true ["lambda_max_duration_s"];
    response_mb "MB" Continuous max 1_000_000 sweep 300 relaxable true ["lambda_payload_max_mb", "lambda_streamed_max_mb"];
    image_gb "GB" Continuous max 100_000 sweep 30 relaxable true ["lambda_image_max_gb"];
    free_ips "addresses" Whole max 10_000_000 sweep 1_000 relaxable true [];
    nic_gbps "Gbps" Continuous max 10_000 sweep 400 relaxable true ["shared_nic_max_gbps"];
    node_volume_gb "GB" Whole max 16_384 sweep 500 [];
    ecs_reserved_memory_mib "MiB" Whole max 1_000_000 sweep 4_096 [];
    daemonset_cpu_m "millicores" Whole max 1_000_000 sweep 2_000 [];
    daemonset_memory_mib "MiB" Whole max 1_000_000 sweep 4_096 [];
    min_node_vcpu "vCPU" Whole max 1_000 sweep 192 [];
    max_node_vcpu "vCPU" Whole max 1_000 sweep 192 [];
    provisioned_concurrency "" Continuous max 1_000_000 sweep 1_000 [];
    workflow_steps "steps" Continuous max 10_000 sweep 100 [];
    clusters "" Whole max 1_000 sweep 20 [];
    load_balancers "" Whole max 1_000 sweep 20 [];
    logs_gb_month "GB" Continuous max 1_000_000_000_000 sweep 10_000 [];
    image_storage_gb "GB" Continuous max 1_000_000_000_000 sweep 1_000 [];
    egress_gb_month "GB" Continuous max 1_000_000_000_000 sweep 10_000 [];
    data_out_gb_month "GB" Continuous max 1_000_000_000_000 sweep 50_000 [];
    cross_az_gb_month "GB" Continuous max 1_000_000_000_000 sweep 50_000 [];
};

/// The yes/no inputs that rules and sizing use.
pub(super) const FLAGS: &[FlagInput<Inputs>] = flags! {
    gpu relaxable true;
    privileged relaxable true;
    daemonset relaxable true;
    daemon relaxable true alias true;
    k8s_required relaxable true;
    interruptible relaxable true;
    spot_wanted relaxable true;
    singleton relaxable true;
    latency_sensitive relaxable true;
    uninterrupted relaxable true;
    custom_ami relaxable true;
    kernel_module relaxable true;
    new_customer relaxable true;
    private_subnets relaxable true;
    accept_unverified_sizes relaxable true;
    streaming_ok relaxable true;
    dedicated_host relaxable true;
    specific_cpu relaxable true;
    fpga relaxable true;
    multi_container relaxable true;
    long_lived_connections relaxable true;
    simple;
    low_ops;
    serverless;
    platform_team;
    many_teams;
    pod_isolation_vm;
    steady;
    bursty;
    scale_to_zero;
    human_approval;
    lambda_codebase;
    thread_safe;
    batch alias true;
    eni_trunking;
    prefix_delegation;
    custom_networking;
    az_spread;
    survive_az_loss;
    nodes_follow_tasks;
    allow_burstable;
    extended_support;
    add_ons;
};

macro_rules! words {
    ($($name:ident [$($word:literal),*] $relaxable:literal;)*) => {
        &[$(WordInput {
            name: stringify!($name),
            words: &[$($word),*],
            relaxable: $relaxable,
            slot: |inputs: &mut Inputs| &mut inputs.$name,
        }),*]
    };
}

/// The inputs that are words rules know.
pub(super) const WORDS: &[WordInput<Inputs>] = words! {
    service_type ["http", "worker", "batch", "event", "scheduler", "workflow", "ci"] false;
    arch ["x86_64", "arm64"] true;
    os ["linux", "windows"] true;
    location ["outposts", "local_zone"] true;
    persistent ["ebs"] true;
    portability ["high"] false;
    trigger [] false;
    schedule [] false;
    licence [] true;
    asked_for [] false;
    network_mode [] false;
    load_balancer [] false;
    egress [] false;
    purchase_option [] false;
};

/// The words of the inputs that take no others.
const CLOSED: &[(&str, &[&str])] = &[
    ("arch", &["x86_64", "arm64", "any"]),
    ("os", &["linux", "windows"]),
    ("location", &["local_zone", "outposts"]),
    ("network_mode", &["awsvpc", "bridge"]),
    ("load_balancer", &["alb", "nlb", "none"]),
    ("egress", &["nat", "endpoints", "none"]),
    ("purchase_option", &["on_demand", "spot"]),
];
/// The numbers that are at least 1.
const AT_LEAST_ONE: &[&str] = &["tasks", "tasks_peak", "az_count", "target_capacity_pct", "packing_pct", "clusters"];
/// The numbers that are above 0.
const ABOVE_ZERO: &[&str] = &["tasks_avg", "vcpu", "mem_gb", "fargate_vcpu", "fargate_mem_gb", "concurrency_per_task"];
/// The most services of a request.
const MAX_SERVICES: usize = 200;
/// The most tasks of a service.
const MAX_TASKS: u64 = 1_000_000;

/// Finds every value outside its range.
pub(super) fn check(inputs: &Inputs, check: &mut Check, catalog: &Catalog) {
    let mut places = inputs.clone();
    for input in NUMBERS {
        let Some(value) = (input.slot)(&mut places).clone() else { continue };
        let least = u64::from(AT_LEAST_ONE.contains(&input.name));
        match input.movement {
            Movement::Whole if input.name == "maximum_percent" => check.whole(input.name, &value, 100, input.max),
            Movement::Whole => check.whole(input.name, &value, least, input.max),
            Movement::Continuous | Movement::Listed => check.amount(input.name, &value, input.max),
        }
        if ABOVE_ZERO.contains(&input.name) && value.is_zero() {
            check.mistake(input.name, Code::OutOfRange, format!("`{}` is 0; it must be above 0", input.name));
        }
    }
    for (name, allowed) in CLOSED {
        let input = WORDS.iter().find(|input| input.name == *name);
        if let Some(value) = input.and_then(|input| (input.slot)(&mut places).clone()) {
            check.one_of(name, &value, allowed.iter().copied());
        }
    }
    services(inputs, check);
    fargate_size(inputs, check, catalog);
    nodes(inputs, check, catalog);
    if let Some(OpsHours(hours)) = &inputs.ops_hours {
        check.within("ops_hours", |check| {
            for (option, hours) in hours {
                check.one_of(option, option, ContainerPlatform::OPTIONS.iter().map(|info| info.id));
                check.amount(option, hours, 10_000);
            }
        });
    }
}

/// The services of several shapes: each has a shape, and together they have a task.
fn services(inputs: &Inputs, check: &mut Check) {
    let Some(services) = &inputs.services else { return };
    if services.is_empty() || services.len() > MAX_SERVICES {
        let detail = format!("`services` has {} items; it must have from 1 to {MAX_SERVICES}", services.len());
        check.mistake("services", Code::OutOfRange, detail);
    }
    for (name, given) in [("vcpu", &inputs.vcpu), ("mem_gb", &inputs.mem_gb)] {
        if given.is_some() {
            check.mistake(name, Code::Conflict, format!("give `{name}` or `services`, whose items have their own"));
        }
    }
    check_items(check, "services", services, |check, service, _| {
        check.whole("tasks", &service.tasks, 0, MAX_TASKS);
        for (field, value, max) in [("vcpu", &service.vcpu, 1_000), ("mem_gb", &service.mem_gb, 30_000)] {
            check.amount(field, value, max);
            if value.is_zero() {
                check.mistake(field, Code::OutOfRange, format!("`{field}` is 0; it must be above 0"));
            }
        }
    });
    if !services.is_empty() && services.iter().all(|service| service.tasks.is_zero()) {
        check.mistake("services", Code::OutOfRange, "the services have 0 tasks together; they must have 1 at least");
    }
}

/// An explicit Fargate size is one that Fargate has.
fn fargate_size(inputs: &Inputs, check: &mut Check, catalog: &Catalog) {
    let (vcpu, memory) = match (&inputs.fargate_vcpu, &inputs.fargate_mem_gb) {
        (Some(vcpu), Some(memory)) => (vcpu, memory),
        (None, None) => return,
        (Some(_), None) => {
            check.mistake("fargate_mem_gb", Code::Conflict, "`fargate_vcpu` goes with `fargate_mem_gb`");
            return;
        }
        (None, Some(_)) => {
            check.mistake("fargate_vcpu", Code::Conflict, "`fargate_mem_gb` goes with `fargate_vcpu`");
            return;
        }
    };
    if inputs.services.is_some() {
        let detail = "a fixed Fargate size goes with tasks of one shape; leave it out with `services`";
        check.mistake("fargate_vcpu", Code::Conflict, detail);
        return;
    }
    let sizes = &catalog.fargate_sizes;
    let of = |vcpu: &Amount| sizes.iter().find(|size| Amount::decimal(size.vcpu) == *vcpu);
    let all = |numbers: &mut dyn Iterator<Item = String>| numbers.collect::<Vec<_>>();
    let Some(size) = of(vcpu) else {
        let known = all(&mut sizes.iter().map(|size| size.vcpu.normalize().to_string()));
        let below = sizes.iter().rev().find(|size| Amount::decimal(size.vcpu).compare_values(vcpu).is_lt());
        let above = sizes.iter().find(|size| Amount::decimal(size.vcpu).compare_values(vcpu).is_gt());
        let nearest: Vec<String> =
            [below, above].into_iter().flatten().map(|size| size.vcpu.normalize().to_string()).collect();
        let detail = format!("Fargate has no task of {vcpu} vCPU; the nearest have {}", nearest.join(" or "));
        let problem = Problem::new(Code::UnknownValue, "/fargate_vcpu", detail);
        check.problem(Problem { allowed: known, ..problem });
        return;
    };
    if !size.memory_gb.iter().any(|known| Amount::decimal(*known) == *memory) {
        let known = all(&mut size.memory_gb.iter().map(|known| known.normalize().to_string()));
        let below = size.memory_gb.iter().rev().find(|known| Amount::decimal(**known).compare_values(memory).is_lt());
        let above = size.memory_gb.iter().find(|known| Amount::decimal(**known).compare_values(memory).is_gt());
        let nearest: Vec<String> =
            [below, above].into_iter().flatten().map(|known| known.normalize().to_string()).collect();
        let detail = format!(
            "Fargate has no task of {vcpu} vCPU and {memory} GB; with {vcpu} vCPU the nearest have {} GB",
            nearest.join(" or ")
        );
        let problem = Problem::new(Code::UnknownValue, "/fargate_mem_gb", detail);
        check.problem(Problem { allowed: known, ..problem });
    }
    let windows = inputs.os.as_deref() == Some("windows");
    if windows && !size.windows {
        let largest = sizes.iter().rev().find(|size| size.windows).map(|size| size.vcpu.normalize().to_string());
        let detail =
            format!("Fargate has no Windows task of {vcpu} vCPU; the largest has {}", largest.unwrap_or_default());
        check.mistake("fargate_vcpu", Code::UnknownValue, detail);
    }
}

/// The types and families that nodes may be of are known.
fn nodes(inputs: &Inputs, check: &mut Check, catalog: &Catalog) {
    for (at, name) in inputs.instance_types.iter().flatten().enumerate() {
        check.within("instance_types", |check| check_instance_type(check, &at.to_string(), name, catalog));
    }
    let family = |name: &str| name.split_once('.').map_or_else(String::new, |(family, _)| family.to_owned());
    for (at, name) in inputs.instance_families.iter().flatten().enumerate() {
        let mut families: Vec<String> = catalog.instance_types.iter().map(|known| family(&known.name)).collect();
        families.dedup();
        if !families.contains(name) {
            let known = families.iter().map(String::as_str);
            let pointer = format!("/instance_families/{at}");
            check.problem(unknown_name(Code::UnknownValue, pointer, "instance family", name, known));
        }
    }
    for (name, list) in [("instance_types", &inputs.instance_types), ("instance_families", &inputs.instance_families)] {
        if list.as_ref().is_some_and(Vec::is_empty) {
            check.mistake(name, Code::OutOfRange, format!("`{name}` is empty; leave it out to allow all"));
        }
    }
    if let (Some(least), Some(most)) = (&inputs.min_node_vcpu, &inputs.max_node_vcpu)
        && least.compare_values(most).is_gt()
    {
        let detail = format!("`min_node_vcpu` is {least}, above `max_node_vcpu`, which is {most}");
        check.mistake("min_node_vcpu", Code::Conflict, detail);
    }
}
