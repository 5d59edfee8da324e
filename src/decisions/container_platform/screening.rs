//! The rules of `container_platform` that eliminate, and the cautions that go with them: C-01 … C-25.

use super::inputs::ContainerPlatformInputs;
use super::settle::{MIB_PER_GB, Service, Settled, up};
use super::{
    APP_RUNNER, ContainerPlatform, EC2_PLAIN, ECS_EC2, ECS_EXPRESS_MODE, ECS_FARGATE, ECS_FARGATE_SPOT,
    ECS_MANAGED_INSTANCES, EKS_AUTO, EKS_EC2_MNG, EKS_EC2_SELF, EKS_FARGATE, EKS_KARPENTER, ELASTIC_BEANSTALK, LAMBDA,
    LAMBDA_DURABLE, LAMBDA_MANAGED_INSTANCES, LIGHTSAIL_CONTAINERS, STEP_FUNCTIONS,
};
use crate::decisions::engine::screen::{Looked, Screen, flag, number, word};
use crate::decisions::engine::{Context, Knowledge, Stop};
use crate::domain::amount::Amount;

/// Tasks of ECS on Fargate.
pub(super) const ON_FARGATE: [&str; 3] = [ECS_FARGATE, ECS_FARGATE_SPOT, ECS_EXPRESS_MODE];
/// Options on EC2 instances, whoever looks after them.
pub(super) const ON_INSTANCES: [&str; 8] =
    [ECS_EC2, ECS_MANAGED_INSTANCES, EKS_EC2_MNG, EKS_EC2_SELF, EKS_KARPENTER, EKS_AUTO, ELASTIC_BEANSTALK, EC2_PLAIN];
/// Nodes of EKS.
const EKS_NODES: [&str; 4] = [EKS_EC2_MNG, EKS_EC2_SELF, EKS_KARPENTER, EKS_AUTO];
/// Functions of Lambda.
const FUNCTIONS: [&str; 2] = [LAMBDA, LAMBDA_DURABLE];

/// Whether a yes/no is yes.
pub(super) fn yes(value: Option<bool>) -> bool {
    value.unwrap_or(false)
}

/// Fires every rule.
pub(super) fn screen(
    screen: &mut Screen<'_>,
    inputs: &ContainerPlatformInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    machines(screen, inputs, s, context)?;
    task_sizes(screen, inputs, s, context)?;
    durations(screen, inputs, s, context)?;
    hosts(screen, inputs, s, context)?;
    spot(screen, inputs, s, context)?;
    storage_and_payload(screen, inputs, context)?;
    access(screen, inputs, s, context)?;
    reaction(screen, inputs, s, context)?;
    addresses(screen, inputs, s, context)
}

/// The names of a fact that is a set of options.
fn options<'f>(context: &Context<'f>, fact: &str) -> Result<Vec<&'f str>, Stop> {
    Ok(context.facts().names(fact)?.iter().map(String::as_str).collect())
}

/// The first yes of several yes/no inputs.
fn first_yes(flags: &[(&'static str, Option<bool>)]) -> Option<Looked> {
    flags.iter().find(|(_, value)| yes(*value)).map(|(name, _)| flag(name, true))
}

/// C-01, C-02, C-06, C-07, C-08: what the machines must have.
fn machines(
    screen: &mut Screen<'_>,
    inputs: &ContainerPlatformInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    if s.gpu {
        let out = options(context, "gpu_excluded_options")?;
        let text = "Its machines have no GPU.";
        screen.eliminate("C-01", &out, &flag("gpu", true), "gpu_excluded_options", text)?;
    }
    if yes(inputs.privileged) {
        let out = options(context, "privileged_excluded_options")?;
        let text = "It has no privileged containers, nor the host's network and devices.";
        screen.eliminate("C-02", &out, &flag("privileged", true), "privileged_excluded_options", text)?;
    }
    if s.windows {
        let out = options(context, "windows_excluded_options")?;
        let text = "It runs Linux only.";
        screen.eliminate("C-06", &out, &word("os", "windows"), "windows_excluded_options", text)?;
    }
    if let Some(looked) = first_yes(&[("daemonset", inputs.daemonset), ("daemon", inputs.daemon)]) {
        let out = options(context, "host_agent_excluded_options")?;
        let text = "Nothing of yours runs on its hosts beside the tasks; a sidecar in each task is the way there.";
        screen.eliminate("C-07", &out, &looked, "host_agent_excluded_options", text)?;
    }
    if s.k8s {
        let kubernetes = options(context, "kubernetes_options")?;
        let out: Vec<&str> = ContainerPlatform::OPTIONS
            .iter()
            .map(|info| info.id)
            .filter(|option| !kubernetes.contains(option))
            .collect();
        let text = "It has no Kubernetes API.";
        screen.eliminate("C-08", &out, &flag("k8s_required", true), "kubernetes_options", text)?;
    }
    Ok(())
}

/// What the largest task asks for of one thing, and the input that says so.
fn largest(services: &[Service], of: impl Fn(&Service) -> &Amount) -> Option<&Service> {
    services.iter().max_by(|a, b| of(a).compare_values(of(b)))
}

/// The memory of a function that has the task's memory and vCPUs, in MB.
pub(super) fn function_memory_mb(service: &Service, context: &mut Context<'_>) -> Result<Amount, Stop> {
    let for_vcpu = service.vcpu.times(&context.fact("lambda_mb_per_vcpu")?)?;
    Ok(context.probe.max(&service.memory_gb.times_whole(MIB_PER_GB), &for_vcpu))
}

/// C-03: the size of a task. Whether a node holds it is known once the nodes are.
fn task_sizes(
    screen: &mut Screen<'_>,
    inputs: &ContainerPlatformInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let (Some(by_vcpu), Some(by_memory)) =
        (largest(&s.services, |service| &service.vcpu), largest(&s.services, |service| &service.memory_gb))
    else {
        return Ok(());
    };
    let vcpu = number("vcpu", &by_vcpu.vcpu);
    let memory = number("mem_gb", &by_memory.memory_gb);
    let overhead_gb = context.fact("eks_fargate_pod_overhead_mib")?.per(MIB_PER_GB);
    let newest = yes(inputs.accept_unverified_sizes);
    let on_fargate: [&str; 2] = match (s.windows, newest) {
        (true, _) => ["fargate_windows_max_vcpu", "fargate_windows_max_memory_gb"],
        (false, true) => ["fargate_newest_max_vcpu", "fargate_newest_max_memory_gb"],
        (false, false) => ["fargate_max_vcpu", "fargate_max_memory_gb"],
    };
    let with_overhead = &by_memory.memory_gb + &overhead_gb;
    for (options, vcpu_limit, memory_limit, asked_memory) in [
        (&ON_FARGATE[..], Some(on_fargate[0]), Some(on_fargate[1]), &by_memory.memory_gb),
        (&[EKS_FARGATE][..], Some("eks_fargate_max_vcpu"), Some("eks_fargate_max_memory_gb"), &with_overhead),
        (&[LAMBDA_MANAGED_INSTANCES][..], None, Some("lambda_managed_instances_max_memory_gb"), &by_memory.memory_gb),
        (&[LIGHTSAIL_CONTAINERS][..], Some("lightsail_max_vcpu"), None, &by_memory.memory_gb),
    ] {
        if let Some(limit) = vcpu_limit {
            let most = context.facts().number(limit)?;
            if context.probe.more(&by_vcpu.vcpu, &most) {
                let text = "No task of it has so many vCPUs.";
                screen.eliminate("C-03", options, &vcpu, limit, text)?;
            }
        }
        if let Some(limit) = memory_limit {
            let most = context.facts().number(limit)?;
            if context.probe.more(asked_memory, &most) {
                let text = "No task of it has so much memory.";
                screen.eliminate("C-03", options, &memory, limit, text)?;
            }
        }
    }
    let most = context.fact("lambda_max_memory_mb")?;
    for service in &s.services {
        let memory_mb = function_memory_mb(service, context)?;
        if context.probe.more(&memory_mb, &most) {
            let too_much = context.probe.more(&service.memory_gb.times_whole(MIB_PER_GB), &most);
            let looked = if too_much { number("mem_gb", &service.memory_gb) } else { number("vcpu", &service.vcpu) };
            let text = "A function has no more memory, and its vCPUs follow the memory.";
            screen.eliminate("C-03", &FUNCTIONS, &looked, "lambda_max_memory_mb", text)?;
            break;
        }
    }
    Ok(())
}

/// C-03 for options on instances: no instance type that may be taken holds the largest task.
pub(super) fn no_node(screen: &mut Screen<'_>, option: &str, s: &Settled) -> Result<(), Stop> {
    let Some(service) = s.services.iter().max_by_key(|service| (service.shape.cpu_m, service.shape.memory_mib)) else {
        return Ok(());
    };
    let looked = number("vcpu", &service.vcpu);
    let text = "No instance type that may be taken holds the largest task.";
    screen.eliminate("C-03", &[option], &looked, "node_holds_task", text)?;
    Ok(())
}

/// C-04, C-05: how long work and tasks run.
fn durations(
    screen: &mut Screen<'_>,
    inputs: &ContainerPlatformInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let most = context.fact("lambda_max_duration_s")?;
    let of_objects = inputs.per_object_s.as_ref().map(|each| ("per_object_s", each));
    let of_requests = s.duration_given.then(|| {
        let name = if inputs.duration_s.is_some() { "duration_s" } else { "duration_ms" };
        (name, &s.duration_s)
    });
    for (name, seconds) in [of_requests, of_objects].into_iter().flatten() {
        if context.probe.more(seconds, &most) {
            let looked = number(name, seconds);
            let text = "A function runs no longer.";
            screen.eliminate("C-04", &[LAMBDA], &looked, "lambda_max_duration_s", text)?;
            let text = "It helps only where the work is split into steps that are no longer than that.";
            screen.caution("C-04", &[LAMBDA_DURABLE, STEP_FUNCTIONS], &looked, "lambda_max_duration_s", text)?;
        }
    }
    if let Some(days) = inputs.max_task_runtime_days.as_ref().filter(|_| inputs.uninterrupted != Some(false)) {
        let looked = number("max_task_runtime_days", days);
        if context.probe.more(days, &context.catalog.facts.number("ecs_managed_instances_max_days")?) {
            let text = "Its instances are replaced before that.";
            screen.eliminate("C-05", &[ECS_MANAGED_INSTANCES], &looked, "ecs_managed_instances_max_days", text)?;
            let text = "Spot capacity is taken back at any time.";
            screen.eliminate("C-05", &[ECS_FARGATE_SPOT], &looked, "spot_notice_minutes", text)?;
        }
        if context.probe.more(days, &context.catalog.facts.number("eks_auto_max_days")?) {
            let text = "Its nodes are replaced before that.";
            screen.eliminate("C-05", &[EKS_AUTO], &looked, "eks_auto_max_days", text)?;
        }
    }
    Ok(())
}

/// C-09, C-10, C-13, C-14, C-23: what must be had of the hosts.
fn hosts(
    screen: &mut Screen<'_>,
    inputs: &ContainerPlatformInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    if let Some(volume) = inputs.persistent.as_deref().filter(|volume| volume.to_lowercase().contains("ebs")) {
        let text = "Pods on Fargate mount no EBS volumes.";
        screen.eliminate("C-09", &[EKS_FARGATE], &word("persistent", volume), "eks_fargate_missing_volumes", text)?;
    }
    if inputs.arch.as_deref() == Some("arm64") {
        let looked = word("arch", "arm64");
        let text = "Pods on Fargate run on x86 only.";
        screen.eliminate("C-10", &[EKS_FARGATE], &looked, "eks_fargate_architectures", text)?;
        if s.windows {
            let all: Vec<&str> = ContainerPlatform::OPTIONS.iter().map(|info| info.id).collect();
            let text = "Windows containers run on x86 only.";
            screen.eliminate("C-10", &all, &looked, "windows_architectures", text)?;
        }
    }
    if let Some(looked) = first_yes(&[("custom_ami", inputs.custom_ami), ("kernel_module", inputs.kernel_module)]) {
        let out = options(context, "custom_ami_excluded_options")?;
        let text = "Its hosts take no image and no kernel module of yours.";
        screen.eliminate("C-13", &out, &looked, "custom_ami_excluded_options", text)?;
    }
    if let Some(place) = &inputs.location {
        let out = options(context, "edge_location_excluded_options")?;
        let text = "It is not offered there.";
        screen.eliminate("C-14", &out, &word("location", place.as_str()), "edge_location_excluded_options", text)?;
    }
    let mut looked = first_yes(&[
        ("dedicated_host", inputs.dedicated_host),
        ("specific_cpu", inputs.specific_cpu),
        ("fpga", inputs.fpga),
    ]);
    if let Some(licence) = &inputs.licence {
        looked = Some(word("licence", licence.as_str()));
    }
    let fast = match &inputs.nic_gbps {
        Some(nic) => context.probe.more(nic, &context.catalog.facts.number("shared_nic_max_gbps")?).then_some(nic),
        None => None,
    };
    let text = "AWS chooses its hosts.";
    if let Some(looked) = looked {
        let out = options(context, "dedicated_hardware_excluded_options")?;
        screen.eliminate("C-23", &out, &looked, "dedicated_hardware_excluded_options", text)?;
    } else if let Some(nic) = fast {
        let out = options(context, "dedicated_hardware_excluded_options")?;
        screen.eliminate("C-23", &out, &number("nic_gbps", nic), "shared_nic_max_gbps", text)?;
    }
    Ok(())
}

/// C-11, C-12: capacity that may be taken back.
fn spot(
    screen: &mut Screen<'_>,
    inputs: &ContainerPlatformInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let unfit = first_yes(&[("singleton", inputs.singleton), ("latency_sensitive", inputs.latency_sensitive)]);
    let unfit = if s.interruptible { unfit } else { Some(flag("interruptible", false)) };
    let by_option = inputs.purchase_option.as_deref() == Some("spot");
    if let Some(looked) = &unfit {
        let text = "An interruption must not happen, and comes with two minutes' notice.";
        screen.eliminate("C-12", &[ECS_FARGATE_SPOT], looked, "fargate_spot_unfit_workloads", text)?;
        if yes(inputs.spot_wanted) || by_option {
            let text = "Spot instances are not for it either.";
            screen.caution("C-12", &ON_INSTANCES, looked, "fargate_spot_unfit_workloads", text)?;
        }
    } else if yes(inputs.spot_wanted) {
        let looked = flag("spot_wanted", true);
        let out = options(context, "spot_excluded_options")?;
        let text = "It cannot run on Spot capacity.";
        screen.eliminate("C-11", &out, &looked, "spot_excluded_options", text)?;
        let text = "Spot Instances cost less than what is shown, which is the price on demand; with `purchase_option` `spot` their own prices are used, where the data has them.";
        screen.caution("C-11", &ON_INSTANCES, &looked, "spot_notice_minutes", text)?;
    }
    Ok(())
}

/// C-15, C-16: disks, images and answers.
fn storage_and_payload(
    screen: &mut Screen<'_>,
    inputs: &ContainerPlatformInputs,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    if let Some(disk) = &inputs.ephemeral_gib {
        let looked = number("ephemeral_gib", disk);
        if context.probe.more(disk, &context.catalog.facts.number("fargate_ephemeral_max_gb")?) {
            let text =
                "A Fargate task has no larger ephemeral disk; data that may live on EBS can be attached as a volume.";
            let out = [ECS_FARGATE, ECS_FARGATE_SPOT, ECS_EXPRESS_MODE, EKS_FARGATE];
            screen.eliminate("C-15", &out, &looked, "fargate_ephemeral_max_gb", text)?;
        }
        if context.probe.more(disk, &context.catalog.facts.number("lambda_tmp_max_gb")?) {
            let text = "A function has no larger ephemeral disk.";
            screen.eliminate("C-15", &FUNCTIONS, &looked, "lambda_tmp_max_gb", text)?;
        }
    }
    if let Some(image) = &inputs.image_gb
        && context.probe.more(image, &context.catalog.facts.number("lambda_image_max_gb")?)
    {
        let text = "A function takes no larger image.";
        screen.eliminate("C-16", &FUNCTIONS, &number("image_gb", image), "lambda_image_max_gb", text)?;
    }
    if let Some(response) = &inputs.response_mb {
        let limit = if yes(inputs.streaming_ok) { "lambda_streamed_max_mb" } else { "lambda_payload_max_mb" };
        if context.probe.more(response, &context.facts().number(limit)?) {
            let text = if yes(inputs.streaming_ok) {
                "A function streams no larger answer."
            } else {
                "A function gives no larger answer unless it is streamed."
            };
            screen.eliminate("C-16", &FUNCTIONS, &number("response_mb", response), limit, text)?;
        }
    }
    Ok(())
}

/// C-17, C-18, C-22, C-24, C-25: who comes in, and how.
fn access(
    screen: &mut Screen<'_>,
    inputs: &ContainerPlatformInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    if inputs.new_customer.unwrap_or(true) {
        let text = "App Runner is closed to new customers; say `new_customer: false` where you use it already.";
        screen.eliminate("C-17", &[APP_RUNNER], &flag("new_customer", true), "app_runner_closed", text)?;
    }
    if yes(inputs.private_subnets) {
        let text = "Its endpoint is public, and it is in no VPC of yours.";
        let looked = flag("private_subnets", true);
        screen.eliminate("C-18", &[LIGHTSAIL_CONTAINERS], &looked, "lightsail_endpoints", text)?;
    }
    let low = context.fact("k8s_skill_low_points")?;
    if !s.k8s && !context.probe.more(&s.skill, &low) {
        let text =
            "Without Kubernetes skills and a need of Kubernetes, it is much to run: 4 points less for simplicity.";
        let kubernetes = options(context, "kubernetes_options")?;
        screen.caution("C-22", &kubernetes, &number("team_k8s_skill", &s.skill), "k8s_skill_low_points", text)?;
    }
    let not_http = s.service_type.as_deref().filter(|kind| *kind != "http").map(|kind| word("service_type", kind));
    let several = yes(inputs.multi_container).then(|| flag("multi_container", true));
    if let Some(looked) = not_http.or(several) {
        let out = options(context, "single_http_container_options")?;
        let text = "It runs one container that answers HTTP.";
        screen.eliminate("C-24", &out, &looked, "single_http_container_options", text)?;
    }
    if yes(inputs.long_lived_connections) {
        let text = "A function answers and ends; connections that last need API Gateway in front.";
        let looked = flag("long_lived_connections", true);
        screen.eliminate("C-25", &FUNCTIONS, &looked, "lambda_connection_models", text)?;
    }
    Ok(())
}

/// C-19, C-20: how fast it must answer and grow.
fn reaction(
    screen: &mut Screen<'_>,
    inputs: &ContainerPlatformInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    if let Some(seconds) = &inputs.scale_out_seconds
        && from_zero(inputs)
        && context.probe.less(seconds, &context.catalog.facts.number("scale_out_from_zero_s")?)
    {
        let looked = number("scale_out_seconds", seconds);
        let text = "A task of it takes longer to start where none runs.";
        let out = [ECS_FARGATE, ECS_FARGATE_SPOT, ECS_EXPRESS_MODE, EKS_FARGATE];
        screen.eliminate("C-19", &out, &looked, "scale_out_from_zero_s", text)?;
        if s.policies.headroom_pct == 0 {
            let text = "Without spare nodes, one must start first.";
            screen.eliminate("C-19", &ON_INSTANCES, &looked, "scale_out_from_zero_s", text)?;
        }
    }
    if let Some(p99) = &inputs.p99_ms
        && inputs.provisioned_concurrency.as_ref().is_none_or(Amount::is_zero)
        && context.probe.less(p99, &context.catalog.facts.number("lambda_cold_start_p99_ms")?)
    {
        let text =
            "Cold starts are slower: it needs provisioned concurrency or SnapStart; give `provisioned_concurrency`.";
        screen.caution("C-20", &FUNCTIONS, &number("p99_ms", p99), "lambda_cold_start_p99_ms", text)?;
    }
    Ok(())
}

/// Whether capacity may be nothing when it is needed.
pub(super) fn from_zero(inputs: &ContainerPlatformInputs) -> bool {
    yes(inputs.scale_to_zero) || inputs.min_tasks.as_ref().is_none_or(Amount::is_zero)
}

/// C-21: addresses in the subnets.
fn addresses(
    screen: &mut Screen<'_>,
    inputs: &ContainerPlatformInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let Some(free) = &inputs.free_ips else { return Ok(()) };
    let surge = Amount::decimal(s.peak.into()).times_whole(s.policies.maximum_pct.max(100)).per(100);
    let needed = Amount::decimal(up(&surge).into()).times(&context.fact("awsvpc_addresses_per_task")?)?;
    if !context.probe.less(free, &needed) {
        return Ok(());
    }
    let looked = number("free_ips", free);
    let text =
        "Every task takes an address of the subnets, and there are fewer than tasks at the peak and in a rollout.";
    let mut out = vec![ECS_FARGATE, ECS_FARGATE_SPOT, ECS_EXPRESS_MODE, ECS_MANAGED_INSTANCES, EKS_FARGATE];
    if inputs.network_mode.as_deref() == Some("awsvpc") {
        out.push(ECS_EC2);
    }
    if inputs.prefix_delegation == Some(false) {
        out.extend(EKS_NODES);
    }
    screen.eliminate("C-21", &out, &looked, "awsvpc_addresses_per_task", text)?;
    let text = "There are fewer addresses than tasks: tasks must share the interface of their instance (`bridge`).";
    if !out.contains(&ECS_EC2) && inputs.network_mode.is_none() {
        screen.caution("C-21", &[ECS_EC2], &looked, "awsvpc_addresses_per_task", text)?;
    }
    let text = "There are fewer addresses than pods: nodes must hold prefixes (`prefix_delegation`).";
    if inputs.prefix_delegation.is_none() {
        screen.caution("C-21", &EKS_NODES, &looked, "awsvpc_addresses_per_task", text)?;
    }
    Ok(())
}
