//! The inputs of `container_platform` after defaults. A default that follows from another input moves with it.

use rust_decimal::prelude::ToPrimitive;

use super::inputs::ContainerPlatformInputs;
use crate::decisions::engine::{Context, Stop};
use crate::decisions::sizing::pack::{Policies, Shape, Tasks};
use crate::domain::amount::Amount;
use crate::domain::bill::Assumption;
use crate::services::ec2::OperatingSystem;

/// Millicores of a vCPU.
const MILLICORES: u64 = 1_000;
/// MiB of a gigabyte, as memory is counted.
pub(super) const MIB_PER_GB: u64 = 1_024;
/// Seconds of an hour.
const SECONDS_PER_HOUR: u64 = 3_600;
/// Milliseconds of a second.
const MS_PER_SECOND: u64 = 1_000;

/// Tasks of one shape.
#[derive(Debug, Clone)]
pub(super) struct Service {
    pub(super) name: String,
    pub(super) vcpu: Amount,
    pub(super) memory_gb: Amount,
    pub(super) shape: Shape,
    /// Tasks on average.
    pub(super) average: Amount,
    /// The same, rounded up.
    pub(super) running: u64,
    /// Tasks at the peak.
    pub(super) peak: u64,
    /// Its share of all tasks, as given: of, all.
    pub(super) share: (Amount, Amount),
}

/// The architectures that will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Architectures {
    /// Intel and AMD.
    X86,
    /// Graviton.
    Arm,
    /// Either.
    Any,
}

/// How private subnets reach out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Egress {
    /// By NAT gateways, one in each zone.
    Nat,
    /// By interface endpoints, and a gateway endpoint for S3.
    Endpoints,
    /// Nothing is billed for it.
    None,
}

/// The load balancer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Balancer {
    /// Application.
    Application,
    /// Network.
    Network,
}

/// Every value that rules and sizing use.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is the answer to a question of its own")]
pub(super) struct Settled {
    pub(super) services: Vec<Service>,
    pub(super) tasks: Amount,
    pub(super) peak: u64,
    pub(super) hours: Amount,
    /// The same where it was given; what runs for the whole month has none.
    pub(super) part_of_month: Option<Amount>,
    pub(super) duty_cycle: Amount,
    pub(super) duration_s: Amount,
    pub(super) duration_given: bool,
    pub(super) requests: Amount,
    pub(super) windows: bool,
    /// Whether nodes are Spot Instances: wanted, and what runs there may be interrupted.
    pub(super) spot_nodes: bool,
    pub(super) architectures: Architectures,
    pub(super) gpu: bool,
    pub(super) k8s: bool,
    pub(super) skill: Amount,
    pub(super) service_type: Option<String>,
    pub(super) interruptible: bool,
    pub(super) azs: Amount,
    pub(super) policies: Policies,
    pub(super) follow: bool,
    pub(super) private_subnets: bool,
    pub(super) egress: Egress,
    pub(super) balancer: Option<Balancer>,
    pub(super) add_ons: bool,
    pub(super) node_volume_gb: Amount,
    pub(super) ops_rate: Amount,
    pub(super) assumptions: Vec<Assumption>,
    pub(super) critical_defaults: Vec<&'static str>,
}

/// A whole number, rounded up.
pub(super) fn up(amount: &Amount) -> u64 {
    amount.as_whole().unwrap_or_else(|| u64::try_from(amount.value().ceil()).unwrap_or(u64::MAX))
}

impl Settled {
    /// The operating system of instances.
    pub(super) fn system(&self) -> OperatingSystem {
        if self.windows { OperatingSystem::Windows } else { OperatingSystem::Linux }
    }
}

/// Collects defaults as they are taken. They are written down where the answer shows them.
struct Defaults {
    shown: bool,
    assumptions: Vec<Assumption>,
    critical: Vec<&'static str>,
}

impl Defaults {
    fn say(&mut self, name: &str, value: &dyn ToString, why: &str) {
        if self.shown {
            self.assumptions.push(Assumption { input: name.to_owned(), value: value.to_string(), why: why.to_owned() });
        }
    }

    fn take(&mut self, given: Option<&Amount>, name: &str, default: &Amount, why: &str) -> Amount {
        if let Some(given) = given {
            return given.clone();
        }
        self.say(name, &default.at_rest(), why);
        default.clone()
    }

    fn flag(&mut self, given: Option<bool>, name: &str, default: bool, why: &str) -> bool {
        given.unwrap_or_else(|| {
            self.say(name, &default, why);
            default
        })
    }

    fn critical(&mut self, given: Option<&Amount>, name: &'static str) {
        if given.is_none() {
            self.critical.push(name);
        }
    }
}

/// Takes every default.
pub(super) fn settle(inputs: &ContainerPlatformInputs, context: &mut Context<'_>) -> Result<Settled, Stop> {
    let mut defaults = Defaults { shown: context.detailed, assumptions: Vec::new(), critical: Vec::new() };
    let month = context.month.hours();
    let hours = match &inputs.hours_per_month {
        Some(hours) => context.probe.min(hours, &month),
        None => month,
    };
    let duration_given = inputs.duration_s.is_some() || inputs.duration_ms.is_some();
    let duration_s = match (&inputs.duration_s, &inputs.duration_ms) {
        (Some(seconds), _) => seconds.clone(),
        (None, Some(ms)) => ms.per(MS_PER_SECOND),
        (None, None) => context.fact("default_duration_s")?,
    };
    let (average, peak) = tasks(inputs, &duration_s, &hours, &mut defaults, context)?;
    let services = shapes(inputs, &average, peak, &mut defaults, context)?;
    let duty_cycle = inputs.duty_cycle.clone().unwrap_or(Amount::ONE);
    let requests = if let Some(requests) = &inputs.requests_month {
        requests.clone()
    } else {
        if inputs.duty_cycle.is_none() {
            defaults.say("duty_cycle", &1, "tasks that work all the time; pay-per-use is billed for as much work");
        }
        if !duration_given {
            defaults.say("duration_s", &duration_s, "how long a request takes decides what Lambda costs");
        }
        let busy = average.times(&hours)?.times(&duty_cycle)?.times_whole(SECONDS_PER_HOUR);
        let requests = if duration_s.is_zero() { Amount::ZERO } else { busy.over(&duration_s)? };
        defaults.say("requests_month", &requests.at_rest(), "what keeps the tasks busy, one request at a time");
        requests
    };
    let (windows, gpu) = (inputs.os.as_deref() == Some("windows"), inputs.gpu.unwrap_or(false));
    if inputs.arch.is_none() {
        defaults.say("arch", &"x86_64", "what images are built for unless you say otherwise");
    }
    let architectures = match inputs.arch.as_deref() {
        Some("arm64") => Architectures::Arm,
        Some("any") => Architectures::Any,
        _ => Architectures::X86,
    };
    let skill = defaults.take(
        inputs.team_k8s_skill.as_ref(),
        "team_k8s_skill",
        &context.fact("default_team_k8s_skill")?,
        "some experience, of 10",
    );
    let interruptible =
        defaults.flag(inputs.interruptible, "interruptible", false, "a task must not be taken away unless you say so");
    let azs =
        defaults.take(inputs.az_count.as_ref(), "az_count", &context.fact("default_az_count")?, "one zone may fail");
    let policies = policies(inputs, &azs, &mut defaults, context)?;
    let follow = defaults.flag(
        inputs.nodes_follow_tasks,
        "nodes_follow_tasks",
        true,
        "clusters grow and shrink with their tasks",
    );
    let private_subnets =
        defaults.flag(inputs.private_subnets, "private_subnets", true, "tasks have no public addresses");
    let service_type = inputs.service_type.clone().or_else(|| (inputs.batch == Some(true)).then(|| "batch".to_owned()));
    let add_ons = inputs.add_ons.unwrap_or(true);
    if add_ons {
        volumes(inputs, &mut defaults);
    }
    let egress = match inputs.egress.as_deref() {
        Some("endpoints") => Egress::Endpoints,
        Some("none") => Egress::None,
        _ => Egress::Nat,
    };
    let balancer = match inputs.load_balancer.as_deref() {
        Some("alb") => Some(Balancer::Application),
        Some("nlb") => Some(Balancer::Network),
        Some(_) => None,
        None => (service_type.as_deref() == Some("http")).then_some(Balancer::Application),
    };
    let node_volume_gb = defaults.take(
        inputs.node_volume_gb.as_ref(),
        "node_volume_gb",
        &context.fact("default_node_volume_gb")?,
        "a root volume for each node",
    );
    let ops_rate = defaults.take(
        inputs.ops_rate_per_hour.as_ref(),
        "ops_rate_per_hour",
        &Amount::ZERO,
        "people's hours are shown and cost nothing unless you say what",
    );
    Ok(Settled {
        services,
        tasks: average,
        peak,
        part_of_month: inputs.hours_per_month.as_ref().map(|_| hours.clone()),
        hours,
        duty_cycle,
        duration_s,
        duration_given,
        requests,
        windows,
        spot_nodes: interruptible && inputs.purchase_option.as_deref() == Some("spot"),
        architectures,
        gpu,
        k8s: inputs.k8s_required.unwrap_or(false),
        skill,
        service_type,
        interruptible,
        azs,
        policies,
        follow,
        private_subnets,
        egress,
        balancer,
        add_ons,
        node_volume_gb,
        ops_rate,
        assumptions: defaults.assumptions,
        critical_defaults: defaults.critical,
    })
}

/// The tasks on average and at the peak: those given, those of the services, or what serves the requests.
fn tasks(
    inputs: &ContainerPlatformInputs,
    duration_s: &Amount,
    hours: &Amount,
    defaults: &mut Defaults,
    context: &mut Context<'_>,
) -> Result<(Amount, u64), Stop> {
    let given = inputs.tasks_avg.as_ref().or(inputs.tasks.as_ref()).or(inputs.tasks_peak.as_ref());
    let of_services = || {
        let services = inputs.services.as_ref()?;
        Some(services.iter().fold(Amount::ZERO, |sum, service| &sum + &service.tasks))
    };
    let (average, derived_peak) = match (given.cloned().or_else(of_services), &inputs.requests_month) {
        (Some(average), _) => (average, None),
        (None, Some(requests)) if !hours.is_zero() && runs_to_its_end(inputs) => {
            let billed = context.probe.max(duration_s, &context.catalog.facts.number("fargate_least_billed_s")?);
            let average = requests.times(&billed)?.over(&hours.times_whole(SECONDS_PER_HOUR))?;
            defaults.say("tasks", &average.at_rest(), "runs and how long they take, as an average of the hours");
            (average, None)
        }
        (None, Some(requests)) if !hours.is_zero() => {
            defaults.critical(None, "tasks");
            let least = inputs.min_tasks.clone().map_or_else(|| context.fact("default_min_tasks"), Ok)?;
            let at_once = if let Some(given) = &inputs.concurrency_per_task {
                given.clone()
            } else {
                let default = context.fact("default_concurrency_per_task")?;
                defaults.take(None, "concurrency_per_task", &default, "how many requests a task serves at once")
            };
            let working = requests.times(duration_s)?.over(&hours.times_whole(SECONDS_PER_HOUR))?;
            let mut serving = |working: &Amount| -> Result<Amount, Stop> {
                let needed = context.probe.ceil_div(working, &at_once)?;
                Ok(context.probe.max(&needed, &least))
            };
            let average = serving(&working)?;
            let ratio = context.catalog.facts.number("default_peak_ratio")?;
            let peak = serving(&working.times(&ratio)?)?;
            defaults.say("tasks", &average, "what serves the requests, and no fewer than `min_tasks`");
            defaults.say("tasks_peak", &peak, "three times the average of requests");
            (average, Some(peak))
        }
        (None, _) => {
            defaults.critical(None, "tasks");
            let default = context.fact("default_tasks")?;
            (defaults.take(None, "tasks", &default, "one in each of three zones"), None)
        }
    };
    let running = rounded_up(&average, context)?;
    let peak = inputs.tasks_peak.clone().or(derived_peak).unwrap_or_else(|| running.clone());
    Ok((average, up(&peak).max(up(&running))))
}

/// Whether a task ends when its work is done, so that it runs only as long as that takes.
fn runs_to_its_end(inputs: &ContainerPlatformInputs) -> bool {
    let kinds = ["batch", "ci", "cron", "event", "workflow"];
    inputs.batch == Some(true) || inputs.service_type.as_deref().is_some_and(|kind| kinds.contains(&kind))
}

fn rounded_up(amount: &Amount, context: &mut Context<'_>) -> Result<Amount, Stop> {
    if amount.as_whole().is_some() {
        return Ok(amount.clone());
    }
    Ok(context.probe.ceil_div(amount, &Amount::ONE)?)
}

/// The tasks by shape. The counts of several shapes scale with the number of tasks, each rounded up.
fn shapes(
    inputs: &ContainerPlatformInputs,
    average: &Amount,
    peak: u64,
    defaults: &mut Defaults,
    context: &mut Context<'_>,
) -> Result<Vec<Service>, Stop> {
    let Some(given) = &inputs.services else {
        defaults.critical(inputs.vcpu.as_ref(), "vcpu");
        defaults.critical(inputs.mem_gb.as_ref(), "mem_gb");
        let vcpu = defaults.take(inputs.vcpu.as_ref(), "vcpu", &context.fact("default_vcpu")?, "a usual size");
        let memory_gb = defaults.take(
            inputs.mem_gb.as_ref(),
            "mem_gb",
            &vcpu.times(&context.fact("default_memory_gb_per_vcpu")?)?,
            "2 GB for each vCPU",
        );
        let running = up(&rounded_up(average, context)?);
        return Ok(vec![Service {
            name: "tasks".to_owned(),
            shape: shape(&vcpu, &memory_gb),
            vcpu,
            memory_gb,
            average: average.clone(),
            running,
            peak,
            share: (Amount::ONE, Amount::ONE),
        }]);
    };
    let all = given.iter().fold(Amount::ZERO, |sum, service| &sum + &service.tasks);
    let whole = |amount: &Amount| amount.as_whole().map(u128::from);
    let scaled = |of: &Amount, total: &Amount, context: &mut Context<'_>| -> Result<Amount, Stop> {
        if let (Some(of), Some(total), Some(all)) = (whole(of), whole(total), whole(&all))
            && let Some(up) =
                of.saturating_mul(total).checked_add(all.saturating_sub(1)).and_then(|n| n.checked_div(all))
        {
            return Ok(Amount::decimal(up.to_u64().unwrap_or(u64::MAX).into()));
        }
        Ok(context.probe.ceil_div(&of.times(total)?, &all)?)
    };
    let peak = Amount::decimal(peak.into());
    let mut services = Vec::with_capacity(given.len());
    for service in given {
        let running = scaled(&service.tasks, average, context)?;
        let average =
            if inputs.tasks_avg.is_some() { service.tasks.times(average)?.over(&all)? } else { running.clone() };
        services.push(Service {
            name: service.name.clone(),
            vcpu: service.vcpu.clone(),
            memory_gb: service.mem_gb.clone(),
            shape: shape(&service.vcpu, &service.mem_gb),
            average,
            running: up(&running),
            peak: up(&scaled(&service.tasks, &peak, context)?),
            share: (service.tasks.clone(), all.clone()),
        });
    }
    Ok(services)
}

fn shape(vcpu: &Amount, memory_gb: &Amount) -> Shape {
    Shape { cpu_m: up(&vcpu.times_whole(MILLICORES)), memory_mib: up(&memory_gb.times_whole(MIB_PER_GB)) }
}

/// The tasks by shape, each shape once, as a cluster packs them.
pub(super) fn mix(services: &[Service], count: impl Fn(&Service) -> u64) -> Vec<Tasks> {
    let mut mix: Vec<Tasks> = Vec::with_capacity(services.len());
    for service in services {
        match mix.iter_mut().find(|(shape, _)| *shape == service.shape) {
            Some((_, tasks)) => *tasks = tasks.saturating_add(count(service)),
            None => mix.push((service.shape, count(service))),
        }
    }
    mix
}

fn policies(
    inputs: &ContainerPlatformInputs,
    azs: &Amount,
    defaults: &mut Defaults,
    context: &mut Context<'_>,
) -> Result<Policies, Stop> {
    let headroom = defaults.take(
        inputs.headroom.as_ref(),
        "headroom",
        &context.fact("default_headroom_pct")?,
        "spare nodes, so that a task need not wait for one",
    );
    let spread = defaults.flag(inputs.az_spread, "az_spread", true, "a node in each zone");
    let survive_az_loss = defaults.flag(
        inputs.survive_az_loss,
        "survive_az_loss",
        false,
        "after the loss of a zone, new nodes and tasks are started in the others",
    );
    let percent = |given: Option<&Amount>, default: u64| given.map_or(default, up);
    Ok(Policies {
        headroom_pct: up(&headroom),
        target_capacity_pct: percent(inputs.target_capacity_pct.as_ref(), 100).max(1),
        azs: up(azs),
        spread,
        survive_az_loss,
        packing_pct: inputs.packing_pct.as_ref().map(|packing| up(packing).max(1)),
        maximum_pct: percent(inputs.maximum_percent.as_ref(), 100),
    })
}

/// Says which volumes are taken as nothing.
fn volumes(inputs: &ContainerPlatformInputs, defaults: &mut Defaults) {
    for (name, given) in [
        ("logs_gb_month", &inputs.logs_gb_month),
        ("image_storage_gb", &inputs.image_storage_gb),
        ("egress_gb_month", &inputs.egress_gb_month),
        ("data_out_gb_month", &inputs.data_out_gb_month),
        ("cross_az_gb_month", &inputs.cross_az_gb_month),
    ] {
        if given.is_none() {
            defaults.say(name, &0, "not counted; it would cost the same with every option that needs it");
        }
    }
}
