//! The published guidance of `container_platform`: G-20 … G-39. A preference names options for a situation; those that
//! say more of the situation come first in the list of rules.

use super::inputs::ContainerPlatformInputs;
use super::screening::{from_zero, yes};
use super::settle::Settled;
use super::{
    ContainerPlatform, EC2_PLAIN, ECS_EC2, ECS_EXPRESS_MODE, ECS_FARGATE, ECS_FARGATE_SPOT, ECS_MANAGED_INSTANCES,
    EKS_EC2_MNG, EKS_FARGATE, LAMBDA, LAMBDA_DURABLE, LAMBDA_MANAGED_INSTANCES, STEP_FUNCTIONS,
};
use crate::decisions::engine::screen::{Looked, Screen, flag, number, word};
use crate::decisions::engine::{Context, Knowledge, Stop};
use crate::domain::amount::Amount;

/// Rules that leave nothing but machines of one's own in place of Fargate.
const NEEDS_INSTANCES: [&str; 7] = ["C-01", "C-02", "C-03", "C-07", "C-13", "C-15", "C-23"];
/// The kinds of work for which the guidance names ECS on Fargate.
const USUAL: [&str; 6] = ["http", "worker", "batch", "cron", "scheduler", "ci"];
/// The kinds of work that can begin again after an interruption.
const RESTARTABLE: [&str; 3] = ["worker", "batch", "ci"];

/// Fires what the guidance says.
pub(super) fn advise(
    screen: &mut Screen<'_>,
    inputs: &ContainerPlatformInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    special(screen, inputs, s, context)?;
    instances(screen, inputs, s)?;
    kubernetes(screen, inputs, s, context)?;
    let scheduled = load(screen, inputs, s, context)?;
    usual(screen, inputs, s, scheduled)?;
    promises(screen, inputs, context)
}

/// The names of a fact that is a set of options.
fn named<'f>(context: &Context<'f>, fact: &str) -> Result<Vec<&'f str>, Stop> {
    Ok(context.facts().names(fact)?.iter().map(String::as_str).collect())
}

/// G-20 … G-23: what stands out.
fn special(
    screen: &mut Screen<'_>,
    inputs: &ContainerPlatformInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    if inputs.asked_for.as_deref() == Some("app_runner") && inputs.new_customer.unwrap_or(true) {
        let text = "What App Runner was for is Express Mode of ECS today.";
        let looked = word("asked_for", "app_runner");
        screen.prefer("G-20", &[ECS_EXPRESS_MODE], &looked, "guidance_app_runner_successor", text)?;
    }
    let waits = inputs.wait_days.as_ref().filter(|days| !days.is_zero());
    let looked = match waits {
        Some(days) => Some(number("wait_days", days)),
        None if yes(inputs.human_approval) => Some(flag("human_approval", true)),
        None if s.service_type.as_deref() == Some("workflow") => Some(word("service_type", "workflow")),
        None => None,
    };
    if let Some(looked) = looked {
        let text = "A run that waits for days is a workflow that costs nothing meanwhile.";
        screen.prefer("G-21", &[LAMBDA_DURABLE, STEP_FUNCTIONS], &looked, "guidance_long_waits", text)?;
    }
    if let Some(objects) = &inputs.objects
        && !context.probe.less(objects, &context.catalog.facts.number("guidance_fan_out_objects")?)
    {
        let text = "So many objects are worked through by a Distributed Map.";
        let looked = number("objects", objects);
        screen.prefer("G-22", &[STEP_FUNCTIONS], &looked, "guidance_fan_out_objects", text)?;
    }
    if yes(inputs.lambda_codebase) && yes(inputs.steady) && inputs.thread_safe != Some(false) {
        let least = context.fact("guidance_managed_instances_requests")?;
        if let Some(requests) = inputs.requests_month.as_ref()
            && !context.probe.less(requests, &least)
        {
            let text = "Functions with so many steady requests are considered for instances that Lambda manages.";
            let looked = number("requests_month", requests);
            let fact = "guidance_managed_instances_requests";
            screen.prefer("G-23", &[LAMBDA_MANAGED_INSTANCES], &looked, fact, text)?;
        }
    }
    if inputs.thread_safe == Some(false) {
        let text = "An environment serves several requests at once there, which the code must bear.";
        let fact = "guidance_managed_instances_requests";
        screen.caution("G-23", &[LAMBDA_MANAGED_INSTANCES], &flag("thread_safe", false), fact, text)?;
    }
    Ok(())
}

/// G-24, G-25: where instances are needed.
fn instances(screen: &mut Screen<'_>, inputs: &ContainerPlatformInputs, s: &Settled) -> Result<(), Stop> {
    if let Some(place) = &inputs.location {
        let text = "Nodes of your own run there.";
        let looked = word("location", place.as_str());
        screen.prefer("G-24", &[ECS_EC2, EKS_EC2_MNG], &looked, "guidance_edge_nodes", text)?;
    }
    if s.k8s {
        return Ok(());
    }
    let out = NEEDS_INSTANCES.iter().find_map(|rule| screen.looked_at(ECS_FARGATE, rule));
    if let Some(looked) = out {
        let text = "What Fargate cannot hold runs in ECS on instances.";
        let options = [ECS_EC2, ECS_MANAGED_INSTANCES];
        screen.prefer("G-25", &options, &looked, "guidance_gpu_and_very_large", text)?;
    }
    Ok(())
}

/// G-26 … G-30: Kubernetes.
fn kubernetes(
    screen: &mut Screen<'_>,
    inputs: &ContainerPlatformInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let portable = inputs.portability.as_deref() == Some("high");
    if yes(inputs.platform_team) && (yes(inputs.many_teams) || portable || s.k8s) {
        let text = "Kubernetes is for organisations with a platform team that serves others.";
        let fact = "guidance_kubernetes_platform_team";
        let options = named(context, fact)?;
        screen.prefer("G-26", &options, &flag("platform_team", true), fact, text)?;
    }
    if yes(inputs.pod_isolation_vm) {
        let text = "Each pod on Fargate has a virtual machine of its own, and there are no nodes to patch.";
        let looked = flag("pod_isolation_vm", true);
        screen.prefer("G-27", &[EKS_FARGATE], &looked, "guidance_vm_per_pod", text)?;
    }
    if s.windows && s.k8s {
        let text = "Windows pods run on nodes that EKS manages.";
        screen.prefer("G-28", &[EKS_EC2_MNG], &word("os", "windows"), "guidance_windows_nodes", text)?;
    }
    let fit = yes(inputs.spot_wanted) || s.service_type.as_deref().is_some_and(|kind| RESTARTABLE.contains(&kind));
    if s.interruptible && fit && screen.eligible(ECS_FARGATE_SPOT) {
        let text = "Work that may be interrupted runs on Fargate Spot.";
        let looked = flag("interruptible", true);
        screen.prefer("G-29", &[ECS_FARGATE_SPOT], &looked, "guidance_interruptible", text)?;
    }
    if s.interruptible && yes(inputs.spot_wanted) && s.k8s {
        let text = "Pods that may be interrupted run on Spot nodes.";
        let fact = "guidance_interruptible_nodes";
        let options = named(context, fact)?;
        screen.prefer("G-29", &options, &flag("interruptible", true), fact, text)?;
    }
    let low = context.fact("k8s_skill_low_points")?;
    let unskilled = !context.probe.more(&s.skill, &low);
    if s.k8s && (yes(inputs.low_ops) || unskilled) {
        let text = "Where Kubernetes is required and little of it should be run, Auto Mode runs the most.";
        let looked = if yes(inputs.low_ops) { flag("low_ops", true) } else { number("team_k8s_skill", &s.skill) };
        let fact = "guidance_kubernetes_low_ops";
        let options = named(context, fact)?;
        screen.prefer("G-30", &options, &looked, fact, text)?;
    }
    Ok(())
}

/// G-31 … G-36: how the work comes, and how much there should be to run. Returns whether it is a short job on a schedule.
fn load(
    screen: &mut Screen<'_>,
    inputs: &ContainerPlatformInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<bool, Stop> {
    let most = context.fact("lambda_max_duration_s")?;
    let short = !context.probe.more(&s.duration_s, &most);
    let event = s.service_type.as_deref() == Some("event");
    let known_short = short && s.duration_given;
    let scheduled = inputs.schedule.as_deref().filter(|_| known_short);
    if (event && short) || (inputs.trigger.is_some() && known_short) {
        let text = "Events that take under 15 minutes are what Lambda is for.";
        let looked = match &inputs.trigger {
            Some(trigger) if !event => word("trigger", trigger.as_str()),
            _ => word("service_type", "event"),
        };
        screen.prefer("G-31", &[LAMBDA], &looked, "guidance_event_driven", text)?;
    } else if let Some(schedule) = scheduled {
        let text = "A short job on a schedule is an event for Lambda, or a task of ECS: the cheaper one.";
        let looked = word("schedule", schedule);
        screen.prefer("G-31", &[LAMBDA, ECS_FARGATE], &looked, "guidance_event_driven", text)?;
    }
    let within = match &inputs.scale_out_seconds {
        Some(seconds) if from_zero(inputs) => {
            let most = context.catalog.facts.number("scale_out_from_zero_s")?;
            context.probe.less(seconds, &most).then(|| number("scale_out_seconds", seconds))
        }
        _ => None,
    };
    let spiky: Option<Looked> = match within {
        _ if yes(inputs.scale_to_zero) => Some(flag("scale_to_zero", true)),
        _ if yes(inputs.bursty) => Some(flag("bursty", true)),
        within => within,
    };
    if let Some(looked) = spiky.filter(|_| !yes(inputs.steady)) {
        let text = "Bursts, and nothing between them, are paid by use.";
        screen.prefer("G-32", &[LAMBDA], &looked, "guidance_spiky", text)?;
    }
    if s.service_type.as_deref() == Some("http") && yes(inputs.simple) {
        let text = "For a simple HTTP container it is the shortest way.";
        screen.prefer("G-33", &[ECS_EXPRESS_MODE], &flag("simple", true), "guidance_simple_http", text)?;
    }
    if yes(inputs.steady) {
        let by_use = [LAMBDA, LAMBDA_DURABLE, STEP_FUNCTIONS];
        let by_capacity: Vec<&str> =
            ContainerPlatform::OPTIONS.iter().map(|info| info.id).filter(|option| !by_use.contains(option)).collect();
        let text = "Steady load is paid by capacity rather than by use.";
        screen.prefer("G-34", &by_capacity, &flag("steady", true), "guidance_steady", text)?;
    }
    if yes(inputs.serverless) {
        let text = "It has no servers to look after.";
        let options = named(context, "guidance_serverless")?;
        screen.prefer("G-35", &options, &flag("serverless", true), "guidance_serverless", text)?;
    }
    if yes(inputs.low_ops) {
        let text = "It leaves less to run than the others.";
        let options = named(context, "guidance_less_to_run")?;
        screen.prefer("G-36", &options, &flag("low_ops", true), "guidance_less_to_run", text)?;
    }
    Ok(scheduled.is_some())
}

/// G-37, G-38: ECS by default, on Fargate where the work is of a usual kind.
fn usual(screen: &mut Screen<'_>, inputs: &ContainerPlatformInputs, s: &Settled, scheduled: bool) -> Result<(), Stop> {
    if s.k8s {
        return Ok(());
    }
    if let Some(kind) = s.service_type.as_deref().filter(|kind| USUAL.contains(kind) && !scheduled) {
        let text = "Web, worker, batch and scheduled containers run in ECS on Fargate unless something else is needed.";
        let name = if inputs.service_type.is_some() { "service_type" } else { "batch" };
        screen.prefer("G-37", &[ECS_FARGATE], &word(name, kind), "guidance_ecs_by_default", text)?;
    }
    let others: Vec<&str> =
        ContainerPlatform::OPTIONS.iter().map(|info| info.id).filter(|option| !option.starts_with("eks_")).collect();
    let text = "Kubernetes is for those who ask for it.";
    let looked = flag("k8s_required", false);
    screen.prefer("G-38", &others, &looked, "guidance_kubernetes_when_asked", text)?;
    Ok(())
}

/// G-39: what AWS promises.
fn promises(screen: &mut Screen<'_>, inputs: &ContainerPlatformInputs, context: &mut Context<'_>) -> Result<(), Stop> {
    let Some(sla) = &inputs.sla else { return Ok(()) };
    let looked = number("sla", sla);
    if context.probe.more(sla, &context.catalog.facts.number("eks_sla_pct")?) {
        let kubernetes = named(context, "kubernetes_options")?;
        let text = "The promise for the API endpoint of a cluster is lower; running pods do not depend on it.";
        screen.caution("G-39", &kubernetes, &looked, "eks_sla_pct", text)?;
    }
    if context.probe.more(sla, &context.catalog.facts.number("compute_sla_pct")?) {
        let text = "AWS promises no compute service that much in one Region.";
        let options = [ECS_FARGATE, ECS_FARGATE_SPOT, ECS_EXPRESS_MODE, ECS_EC2, ECS_MANAGED_INSTANCES, EC2_PLAIN];
        screen.caution("G-39", &options, &looked, "compute_sla_pct", text)?;
    }
    Ok(())
}

/// Whether the rule that lowers the score for want of skills applies.
pub(super) fn without_skills(s: &Settled, context: &mut Context<'_>) -> Result<bool, Stop> {
    let low: Amount = context.fact("k8s_skill_low_points")?;
    Ok(!s.k8s && !context.probe.more(&s.skill, &low))
}
