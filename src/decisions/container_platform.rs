//! ECS, EKS, Fargate, Lambda or instances of one's own: where should these containers run?
//!
//! The knowledge: which option can do what (rules C-01 … C-25), what the guidance says (G-20 … G-39), how a cluster is
//! sized from its tasks (`sizing`), and what is billed with each option. Load balancers, ways out of private subnets,
//! public addresses, logs, images and traffic between zones are billed with every option that needs them, which
//! published comparisons often forget.

use crate::catalog::Catalog;
use crate::domain::amount::Amount;
use crate::domain::bill::Notice;
use crate::domain::check::Check;
use crate::services::{Example, schema};

use super::Decision;
use super::engine::screen::Screen;
use super::engine::{
    self, Considered, Context, FlagInput, Knowledge, NumberInput, OptionInfo, RuleInfo, Stop, WordInput,
};

mod building;
mod clusters;
mod guidance;
mod inputs;
mod parts;
mod screening;
mod settle;

use inputs::ContainerPlatformInputs;
use settle::Settled;

const ECS_FARGATE: &str = "ecs_fargate";
const ECS_FARGATE_SPOT: &str = "ecs_fargate_spot";
const ECS_EC2: &str = "ecs_ec2";
const ECS_MANAGED_INSTANCES: &str = "ecs_managed_instances";
const ECS_EXPRESS_MODE: &str = "ecs_express_mode";
const EKS_EC2_MNG: &str = "eks_ec2_mng";
const EKS_EC2_SELF: &str = "eks_ec2_self";
const EKS_KARPENTER: &str = "eks_karpenter";
const EKS_FARGATE: &str = "eks_fargate";
const EKS_AUTO: &str = "eks_auto";
const LAMBDA: &str = "lambda";
const LAMBDA_MANAGED_INSTANCES: &str = "lambda_managed_instances";
const LAMBDA_DURABLE: &str = "lambda_durable";
const STEP_FUNCTIONS: &str = "step_functions";
const APP_RUNNER: &str = "app_runner";
const LIGHTSAIL_CONTAINERS: &str = "lightsail_containers";
const ELASTIC_BEANSTALK: &str = "elastic_beanstalk";
const EC2_PLAIN: &str = "ec2_plain";

/// The entry of the list.
pub const DECISION: Decision = Decision {
    id: "container_platform",
    name: "ECS, EKS, Fargate, Lambda or EC2?",
    about: "Where containers should run: on Fargate, on instances of ECS or EKS sized from the tasks, on Lambda, or on \
            plain EC2; with the cheapest instance types, the same add-ons for each, and what would change the answer.",
    options: ContainerPlatform::OPTIONS,
    rules: ContainerPlatform::RULES,
    inputs: engine::inputs::<ContainerPlatform>,
    example: Example {
        region: "us-east-1",
        usage: r#"{"service_type": "http", "tasks": 12, "vcpu": 0.5, "mem_gb": 1, "data_out_gb_month": 200, "logs_gb_month": 50}"#,
    },
    schema: schema::<ContainerPlatformInputs>,
    decide: engine::decide::<ContainerPlatform>,
};

/// The knowledge behind the decision.
#[derive(Debug)]
pub struct ContainerPlatform;

const fn option(id: &'static str, what: &'static str, drawback: &'static str) -> OptionInfo {
    OptionInfo { id, what, drawback }
}

impl Knowledge for ContainerPlatform {
    type Inputs = ContainerPlatformInputs;

    const OPTIONS: &'static [OptionInfo] = &[
        option(
            ECS_FARGATE,
            "tasks of ECS on Fargate",
            "Each task pays for a size of Fargate's, whether it fills it or not.",
        ),
        option(
            ECS_FARGATE_SPOT,
            "tasks of ECS on Fargate Spot",
            "Tasks are taken away with two minutes' notice, and prices float.",
        ),
        option(
            ECS_EC2,
            "tasks of ECS on EC2 instances of your own",
            "Instances must be sized, patched and scaled, and what is not packed is paid for.",
        ),
        option(
            ECS_MANAGED_INSTANCES,
            "tasks of ECS on EC2 instances that ECS manages",
            "A fee comes on top of each instance, which is replaced within 14 days.",
        ),
        option(
            ECS_EXPRESS_MODE,
            "one HTTP container of ECS on Fargate with its load balancer, made in one call",
            "It is for one container that answers HTTP, always behind a load balancer.",
        ),
        option(
            EKS_EC2_MNG,
            "pods of EKS on managed node groups",
            "Kubernetes must be upgraded and its add-ons looked after, and the nodes sized.",
        ),
        option(
            EKS_EC2_SELF,
            "pods of EKS on nodes of your own",
            "Everything about the nodes is yours: images, patches, upgrades, scaling.",
        ),
        option(
            EKS_KARPENTER,
            "pods of EKS on nodes that Karpenter starts",
            "Karpenter is one more thing to run and to understand, beside Kubernetes.",
        ),
        option(
            EKS_FARGATE,
            "pods of EKS on Fargate",
            "No DaemonSets, no EBS volumes, no GPUs, x86 only, and each pod pays for a size of Fargate's.",
        ),
        option(
            EKS_AUTO,
            "pods of EKS on nodes of Auto Mode",
            "A fee comes on top of each instance, and nodes take no image or SSH of yours.",
        ),
        option(
            LAMBDA,
            "functions of Lambda from a container image",
            "Work ends after 15 minutes, and what is always busy costs more than capacity.",
        ),
        option(
            LAMBDA_MANAGED_INSTANCES,
            "functions of Lambda on EC2 instances that Lambda manages",
            "It does not scale to zero, and a fee comes on top of each instance.",
        ),
        option(
            LAMBDA_DURABLE,
            "durable functions of Lambda",
            "Work must be written as steps, of which none takes more than 15 minutes.",
        ),
        option(
            STEP_FUNCTIONS,
            "workflows of Step Functions",
            "It conducts work and does none: the steps run elsewhere.",
        ),
        option(APP_RUNNER, "services of App Runner", "It is closed to new customers."),
        option(
            LIGHTSAIL_CONTAINERS,
            "container services of Lightsail",
            "Four vCPUs at most, a public endpoint only, and outside the VPC.",
        ),
        option(
            ELASTIC_BEANSTALK,
            "containers of Elastic Beanstalk on EC2 instances",
            "One environment for each application, on instances that must still be sized.",
        ),
        option(
            EC2_PLAIN,
            "containers on EC2 instances without an orchestrator",
            "Placing, restarting and replacing containers is yours.",
        ),
    ];

    const RULES: &'static [RuleInfo] = RULES;
    const NUMBERS: &'static [NumberInput<Self::Inputs>] = inputs::NUMBERS;
    const FLAGS: &'static [FlagInput<Self::Inputs>] = inputs::FLAGS;
    const WORDS: &'static [WordInput<Self::Inputs>] = inputs::WORDS;
    const TOPIC: &'static str = "container_platform";
    const SWEPT: &'static [&'static str] = &["tasks"];
    const USAGE: &'static str = "tasks";

    fn check(inputs: &Self::Inputs, check: &mut Check, catalog: &Catalog) {
        inputs::check(inputs, check, catalog);
    }

    /// The sizes of a task are those that Fargate has.
    fn listed(input: &str, inputs: &Self::Inputs, catalog: &Catalog) -> Vec<Amount> {
        parts::fargate_sizes(input, inputs, catalog)
    }

    fn consider(inputs: &Self::Inputs, context: &mut Context<'_>) -> Result<Considered, Stop> {
        let settled = settle::settle(inputs, context)?;
        let mut screen = Screen::new(Self::OPTIONS, context.facts());
        screening::screen(&mut screen, inputs, &settled, context)?;
        // A cluster whose nodes cannot hold a task is out, which guidance must know.
        let clusters = clusters::choose(&mut screen, inputs, &settled, context)?;
        guidance::advise(&mut screen, inputs, &settled, context)?;
        building::build(&mut screen, inputs, &settled, &clusters, context)?;
        let values = values(inputs, &settled);
        let (not_modelled, notices) =
            if context.detailed { (not_modelled(inputs), notices(inputs, &settled)) } else { (Vec::new(), Vec::new()) };
        Ok(Considered {
            options: screen.into_considerations(),
            not_modelled,
            notices,
            values,
            assumptions: settled.assumptions,
            critical_defaults: settled.critical_defaults,
        })
    }
}

/// The values of the numeric inputs after defaults.
fn values(inputs: &ContainerPlatformInputs, settled: &Settled) -> Vec<(&'static str, Amount)> {
    let mut values = vec![
        ("tasks", settled.tasks.clone()),
        ("tasks_peak", Amount::decimal(settled.peak.into())),
        ("hours_per_month", settled.hours.clone()),
        ("duty_cycle", settled.duty_cycle.clone()),
        ("requests_month", settled.requests.clone()),
        ("duration_s", settled.duration_s.clone()),
        ("headroom", Amount::decimal(settled.policies.headroom_pct.into())),
        ("az_count", settled.azs.clone()),
        ("team_k8s_skill", settled.skill.clone()),
        ("ops_rate_per_hour", settled.ops_rate.clone()),
    ];
    if inputs.services.is_none()
        && let Some(service) = settled.services.first()
    {
        values.push(("vcpu", service.vcpu.clone()));
        values.push(("mem_gb", service.memory_gb.clone()));
    }
    values
}

fn not_modelled(inputs: &ContainerPlatformInputs) -> Vec<String> {
    let mut unused = vec![
        "Savings Plans, Reserved Instances and Spot prices of EC2: the decision on the pricing model compares them"
            .to_owned(),
        "databases, queues, file systems and what else the containers use".to_owned(),
        "support plans, registries' scanning, metrics and traces".to_owned(),
    ];
    for (name, given) in [
        ("streaming_ingest", inputs.streaming_ingest.is_some()),
        ("stateless", inputs.stateless.is_some()),
        ("description", inputs.description.is_some()),
        ("steady_fraction", inputs.steady_fraction.is_some()),
        ("existing_sp_commit", inputs.existing_sp_commit.is_some()),
    ] {
        if given {
            unused.push(format!("`{name}`: no rule uses it"));
        }
    }
    let known = ["http", "worker", "batch", "event", "cron", "scheduler", "workflow", "ci"];
    for (name, value, known) in [
        ("service_type", &inputs.service_type, &known[..]),
        ("asked_for", &inputs.asked_for, &["app_runner"][..]),
        ("portability", &inputs.portability, &["high"][..]),
        ("persistent", &inputs.persistent, &["ebs"][..]),
    ] {
        if let Some(value) = value.as_deref().filter(|value| !known.contains(value)) {
            unused.push(format!("the value `{value}` of `{name}`: no rule knows it"));
        }
    }
    unused
}

fn notices(inputs: &ContainerPlatformInputs, settled: &Settled) -> Vec<Notice> {
    let mut notices = Vec::new();
    if settled.add_ons && inputs.private_subnets == Some(false) {
        notices.push(Notice {
            code: "public_subnets",
            text: "Tasks of ECS on Fargate and nodes have public addresses; pods of EKS on Fargate are in private subnets \
                   all the same, and pay for their way out."
                .to_owned(),
        });
    }
    notices
}

const RULES: &[RuleInfo] = engine::rules! {
    "C-01": "a GPU is needed" => "Fargate, Express Mode, Lambda, App Runner and Lightsail are out" [Eliminate] "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html";
    "C-02": "containers are privileged or use the host's network or devices" => "Fargate, Express Mode, Lambda, App Runner and Lightsail are out" [Eliminate] "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html";
    "C-03": "a task is larger than the option, or than every instance type that may be taken" => "that option is out" [Eliminate] "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html";
    "C-04": "a unit of work takes more than 15 minutes" => "lambda is out; durable functions and Step Functions only help with shorter steps" [Eliminate, Caution] "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html";
    "C-05": "a task must run longer than its machine lives" => "ecs_managed_instances and Spot are out after 14 days, eks_auto after 21" [Eliminate] "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html";
    "C-06": "containers are Windows" => "options that run Linux only are out" [Eliminate] "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html";
    "C-07": "a DaemonSet or an agent on the host is required" => "Fargate and Lambda are out" [Eliminate] "https://docs.aws.amazon.com/eks/latest/userguide/fargate.html";
    "C-08": "the Kubernetes API is required" => "everything but EKS is out" [Eliminate] "https://docs.aws.amazon.com/decision-guides/latest/containers-on-aws-how-to-choose/choosing-aws-container-service.html";
    "C-09": "each pod keeps an EBS volume" => "eks_fargate is out" [Eliminate] "https://docs.aws.amazon.com/eks/latest/userguide/fargate.html";
    "C-10": "the architecture is Arm" => "eks_fargate and any Windows are out" [Eliminate] "https://docs.aws.amazon.com/eks/latest/userguide/fargate.html";
    "C-11": "Spot capacity is wanted and an interruption can be borne" => "eks_fargate and lambda are out; instances are shown at the price on demand" [Eliminate, Caution] "https://docs.aws.amazon.com/eks/latest/userguide/fargate.html";
    "C-12": "an interruption must not happen" => "ecs_fargate_spot is out, and Spot instances are not for it" [Eliminate, Caution] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-containers/references/fargate-spot.md";
    "C-13": "the machine image, a kernel module or SSH must be your own" => "Fargate, managed hosts and Lambda are out" [Eliminate] "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html";
    "C-14": "it must run in a Local Zone or on Outposts" => "Fargate, eks_auto and Lambda are out" [Eliminate] "https://docs.aws.amazon.com/eks/latest/userguide/fargate.html";
    "C-15": "the ephemeral disk is larger than the option's" => "that option is out" [Eliminate] "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html";
    "C-16": "the image or an answer is larger than a function's" => "lambda is out" [Eliminate] "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html";
    "C-17": "the account is new to App Runner" => "app_runner is out" [Eliminate] "https://docs.aws.amazon.com/apprunner/latest/dg/apprunner-availability-change.html";
    "C-18": "tasks must be private" => "lightsail_containers is out" [Eliminate] "https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-container-services.html";
    "C-19": "capacity must be there within 30 seconds where there was none" => "Fargate is out, and nodes without spare ones" [Eliminate] "https://docs.aws.amazon.com/decision-guides/latest/fargate-or-lambda/fargate-or-lambda.html";
    "C-20": "99 of 100 answers must come within 100 ms" => "lambda needs provisioned concurrency or SnapStart" [Caution] "https://docs.aws.amazon.com/decision-guides/latest/fargate-or-lambda/fargate-or-lambda.html";
    "C-21": "the subnets have fewer free addresses than tasks at the peak and in a rollout" => "options with an address for each task are out" [Eliminate, Caution] "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html";
    "C-22": "there are no Kubernetes skills and no need of Kubernetes" => "options of EKS score 4 points less for simplicity" [Caution] "https://docs.aws.amazon.com/decision-guides/latest/modern-apps-strategy-on-aws-how-to-choose/modern-apps-strategy-on-aws-how-to-choose.html";
    "C-23": "a licence, a processor, an FPGA or a bandwidth is bound to the host" => "options whose hosts AWS chooses are out" [Eliminate] "https://docs.aws.amazon.com/decision-guides/latest/containers-on-aws-how-to-choose/choosing-aws-container-service.html";
    "C-24": "it is not HTTP, or more than one container" => "ecs_express_mode and app_runner are out" [Eliminate] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-containers/SKILL.md";
    "C-25": "the tasks hold connections that last" => "lambda is out" [Eliminate] "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html";
    "G-20": "App Runner was asked for by a new customer" => "ecs_express_mode is preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-containers/SKILL.md";
    "G-21": "a run waits for days or for a person, or is a workflow" => "lambda_durable and step_functions are preferred" [Prefer] "https://docs.aws.amazon.com/decision-guides/latest/serverless-on-aws-how-to-choose/choosing-aws-serverless-service.html";
    "G-22": "a fan-out has very many objects" => "step_functions is preferred" [Prefer] "https://docs.aws.amazon.com/decision-guides/latest/serverless-on-aws-how-to-choose/choosing-aws-serverless-service.html";
    "G-23": "code for Lambda has very many steady requests" => "lambda_managed_instances is preferred, where the code serves several at once" [Prefer, Caution] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/specialized-skills/serverless-skills/aws-lambda-managed-instances/SKILL.md";
    "G-24": "it runs in a Local Zone or on Outposts" => "ecs_ec2 and eks_ec2_mng are preferred" [Prefer] "https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html";
    "G-25": "Fargate cannot hold it and Kubernetes is not required" => "ecs_ec2 and ecs_managed_instances are preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-containers/SKILL.md";
    "G-26": "a platform team serves many teams, portability or Kubernetes" => "eks_karpenter, eks_ec2_mng and eks_auto are preferred" [Prefer] "https://docs.aws.amazon.com/decision-guides/latest/modern-apps-strategy-on-aws-how-to-choose/modern-apps-strategy-on-aws-how-to-choose.html";
    "G-27": "each pod needs a virtual machine of its own" => "eks_fargate is preferred" [Prefer] "https://docs.aws.amazon.com/eks/latest/userguide/fargate.html";
    "G-28": "pods are Windows" => "eks_ec2_mng is preferred" [Prefer] "https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html";
    "G-29": "work may be interrupted and begin again" => "ecs_fargate_spot, or Spot nodes of EKS, are preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-containers/references/fargate-spot.md";
    "G-30": "Kubernetes is required and skills are few or little should be run" => "eks_auto is preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-containers/SKILL.md";
    "G-31": "events or scheduled jobs take under 15 minutes" => "lambda is preferred; for a schedule ecs_fargate as well" [Prefer] "https://docs.aws.amazon.com/decision-guides/latest/fargate-or-lambda/fargate-or-lambda.html";
    "G-32": "the load is in bursts, or nothing should run between" => "lambda is preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/specialized-skills/serverless-skills/aws-lambda-managed-instances/SKILL.md";
    "G-33": "it is a simple HTTP container" => "ecs_express_mode is preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-containers/SKILL.md";
    "G-34": "the load is steady" => "options paid by capacity are preferred" [Prefer] "https://docs.aws.amazon.com/decision-guides/latest/serverless-on-aws-how-to-choose/choosing-aws-serverless-service.html";
    "G-35": "it should be serverless" => "options without servers are preferred" [Prefer] "https://docs.aws.amazon.com/decision-guides/latest/serverless-on-aws-how-to-choose/choosing-aws-serverless-service.html";
    "G-36": "little should be left to run" => "options with less to run are preferred" [Prefer] "https://docs.aws.amazon.com/decision-guides/latest/containers-on-aws-how-to-choose/choosing-aws-container-service.html";
    "G-37": "it is web, worker, batch or scheduled work and Kubernetes is not required" => "ecs_fargate is preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-containers/SKILL.md";
    "G-38": "Kubernetes is not required" => "options without Kubernetes are preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-containers/SKILL.md";
    "G-39": "the availability asked for is above what AWS promises" => "the options stay, with that to watch" [Caution] "https://aws.amazon.com/compute/sla/";
};
