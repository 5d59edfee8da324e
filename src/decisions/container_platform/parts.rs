//! What the bill of an option of `container_platform` is made of: everything that is planned for it, and the key by
//! which equal bills are known. Both are made from [`Parts`] and the values named in [`Parts::key`], and from nothing
//! else of a request that an evaluation can change.

use std::rc::Rc;
use std::str::FromStr;

use rust_decimal::Decimal;

use super::clusters::Kind;
use super::inputs::ContainerPlatformInputs;
use super::settle::{Balancer, Egress, MIB_PER_GB, Settled};
use crate::catalog::Catalog;
use crate::decisions::engine::memory::PlanKey;
use crate::decisions::engine::{Context, Stop};
use crate::domain::amount::Amount;
use crate::services::cloudwatch_logs::CloudwatchLogs;
use crate::services::data_transfer::DataTransfer;
use crate::services::ebs::Ebs;
use crate::services::ec2::Ec2;
use crate::services::ecr::Ecr;
use crate::services::ecs::{Ecs, ManagedInstances};
use crate::services::eks::{AutoModeInstances, ClusterSupport, Eks};
use crate::services::elastic_load_balancing::{ElasticLoadBalancing, LoadBalancerKind, NetworkTraffic};
use crate::services::fargate::{Fargate, Orchestrator, TaskArchitecture, TaskOs};
use crate::services::lambda::{FunctionArchitecture, Lambda};
use crate::services::nat_gateway::NatGateway;
use crate::services::plan::Planned;
use crate::services::vpc_endpoint::VpcEndpoint;
use crate::services::{
    Service, Usage, cloudwatch_logs, data_transfer, ebs, ec2, ecr, ecs, eks, elastic_load_balancing, fargate, lambda,
    nat_gateway, vpc_endpoint,
};

/// The least memory of a function, in MB.
const LEAST_MEMORY_MB: i64 = 128;
/// Milliseconds of a second.
const MS_PER_SECOND: u64 = 1_000;

/// The sizes that an input of a task's size takes: those of Fargate, beside the other inputs.
pub(super) fn fargate_sizes(input: &str, inputs: &ContainerPlatformInputs, catalog: &Catalog) -> Vec<Amount> {
    let windows = inputs.os.as_deref() == Some("windows");
    let sizes = || catalog.fargate_sizes.iter().filter(move |size| size.windows || !windows);
    let holds = |asked: Option<&Amount>, size: Decimal| {
        asked.is_none_or(|asked| asked.compare_values(&Amount::decimal(size)).is_le())
    };
    match input {
        "vcpu" => sizes().map(|size| Amount::decimal(size.vcpu)).collect(),
        "mem_gb" => {
            // Those of the vCPUs that the task asks for; one that asks for none has those of one vCPU.
            let asked = inputs.vcpu.clone().unwrap_or(Amount::ONE);
            let of = sizes().find(|size| holds(Some(&asked), size.vcpu));
            of.map(|size| size.memory_gb.iter().map(|memory| Amount::decimal(*memory)).collect()).unwrap_or_default()
        }
        "fargate_vcpu" => {
            let memory = inputs.fargate_mem_gb.as_ref();
            let with = |memories: &[Decimal]| {
                memory.is_none_or(|memory| memories.iter().any(|known| Amount::decimal(*known) == *memory))
            };
            sizes().filter(|size| with(&size.memory_gb)).map(|size| Amount::decimal(size.vcpu)).collect()
        }
        "fargate_mem_gb" => {
            let of = inputs.fargate_vcpu.as_ref().and_then(|vcpu| sizes().find(|s| Amount::decimal(s.vcpu) == *vcpu));
            of.map(|size| size.memory_gb.iter().map(|memory| Amount::decimal(*memory)).collect()).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// Instances of a cluster.
#[derive(Debug, Clone)]
pub(super) struct Nodes {
    pub(super) kind: Kind,
    pub(super) instance_type: String,
    pub(super) count: u64,
}

/// Tasks of one size on Fargate.
#[derive(Debug, Clone)]
pub(super) struct FargateTasks {
    pub(super) name: String,
    pub(super) vcpu: Amount,
    pub(super) memory_gb: Amount,
    pub(super) tasks: Amount,
}

/// Functions of one size.
#[derive(Debug, Clone)]
pub(super) struct Functions {
    pub(super) name: String,
    pub(super) requests: Amount,
    pub(super) memory_mb: Amount,
    pub(super) concurrency: Amount,
}

/// Everything that an option needs.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is the answer to a question of its own")]
pub(super) struct Parts {
    pub(super) nodes: Option<Nodes>,
    pub(super) fargate: Rc<[FargateTasks]>,
    pub(super) spot: bool,
    pub(super) arm: bool,
    pub(super) functions: Vec<Functions>,
    pub(super) durable: bool,
    /// Whether it is on EKS, with its clusters.
    pub(super) eks: bool,
    /// Whether it always has an Application Load Balancer.
    pub(super) own_balancer: bool,
}

/// The inputs beside settled values that a bill rests on, with their defaults.
struct Volumes {
    logs: Amount,
    images: Amount,
    egress: Amount,
    data_out: Amount,
    cross_az: Amount,
    ephemeral: Option<Amount>,
    clusters: Amount,
    balancers: Amount,
    steps: Amount,
    concurrency: bool,
    extended: bool,
}

impl Volumes {
    fn of(inputs: &ContainerPlatformInputs, context: &Context<'_>) -> Result<Self, Stop> {
        let or = |given: &Option<Amount>, default: Amount| given.clone().unwrap_or(default);
        Ok(Self {
            logs: or(&inputs.logs_gb_month, Amount::ZERO),
            images: or(&inputs.image_storage_gb, Amount::ZERO),
            egress: or(&inputs.egress_gb_month, Amount::ZERO),
            data_out: or(&inputs.data_out_gb_month, Amount::ZERO),
            cross_az: or(&inputs.cross_az_gb_month, Amount::ZERO),
            ephemeral: inputs.ephemeral_gib.clone(),
            clusters: or(&inputs.clusters, Amount::ONE),
            balancers: or(&inputs.load_balancers, Amount::ONE),
            steps: match &inputs.workflow_steps {
                Some(steps) => steps.clone(),
                None => context.fact("default_workflow_steps")?,
            },
            concurrency: inputs.provisioned_concurrency.as_ref().is_some_and(|given| !given.is_zero()),
            extended: inputs.extended_support.unwrap_or(false),
        })
    }
}

/// What begins the key of tasks on Fargate, and that of everything else.
const TASKS: u128 = 1;
const REST: u128 = 2;
/// What is added to the number of a kind, so that it is never that of none.
const KINDS: u128 = 1;
/// The bits of the mantissa of a decimal, above which its scale is put.
const MANTISSA_BITS: u32 = 96;

/// Answers of yes and no as one number.
fn bits(flags: &[bool]) -> u128 {
    flags.iter().fold(1, |bits: u128, flag| bits.saturating_mul(2).saturating_add(u128::from(*flag)))
}

/// A key being written; it is given up where an amount moves or is no plain decimal.
struct Key(Option<Vec<u128>>);

impl Key {
    fn number(&mut self, number: u128) {
        if let Some(key) = &mut self.0 {
            key.push(number);
        }
    }

    fn amount(&mut self, amount: &Amount) {
        match amount.as_decimal() {
            Some(decimal) => {
                let decimal = decimal.normalize();
                let scale = u128::from(decimal.scale()).checked_shl(MANTISSA_BITS).unwrap_or_default();
                self.number(decimal.mantissa().unsigned_abs() | scale);
            }
            None => self.0 = None,
        }
    }

    fn optional(&mut self, amount: Option<&Amount>) {
        match amount {
            Some(amount) => self.amount(amount),
            None => self.number(u128::MAX),
        }
    }

    /// A text with its length, in pieces of sixteen bytes.
    fn text(&mut self, text: &str) {
        self.number(text.len() as u128);
        for piece in text.as_bytes().chunks(16) {
            let number =
                piece.iter().fold(0_u128, |number, byte| number.checked_shl(8).unwrap_or(0) | u128::from(*byte));
            self.number(number);
        }
    }
}

impl Parts {
    /// Whether it runs in subnets of the VPC. A function reached by its own endpoint need not.
    fn in_vpc(&self) -> bool {
        self.functions.is_empty()
    }

    /// Whether tasks or nodes have public addresses of their own.
    fn is_public(&self, s: &Settled) -> bool {
        !s.private_subnets && self.in_vpc() && (!self.eks || self.fargate.is_empty())
    }

    /// All that the bill rests on but tasks on Fargate; `None` where something of it moves.
    pub(super) fn key(
        &self,
        inputs: &ContainerPlatformInputs,
        s: &Settled,
        context: &Context<'_>,
    ) -> Result<Option<PlanKey>, Stop> {
        let v = Volumes::of(inputs, context)?;
        let mut key = Key(Some(Vec::with_capacity(32)));
        key.number(REST);
        match &self.nodes {
            Some(Nodes { kind, instance_type, count }) => {
                key.number(KINDS.saturating_add(*kind as u128));
                key.text(instance_type);
                key.number(u128::from(*count));
                key.amount(&s.node_volume_gb);
            }
            None => key.number(0),
        }
        key.number(u128::from(self.fargate.is_empty()));
        key.number(self.functions.len() as u128);
        for functions in &self.functions {
            key.amount(&functions.requests);
            key.amount(&functions.memory_mb);
            key.amount(&functions.concurrency);
            key.amount(&s.duration_s);
        }
        let flags = [
            self.spot,
            self.arm,
            self.durable,
            self.eks,
            self.own_balancer,
            s.windows,
            s.spot_nodes,
            s.private_subnets,
            s.add_ons,
            v.concurrency,
            v.extended,
        ];
        key.number(bits(&flags));
        key.number(s.egress as u128);
        key.number(s.balancer.map_or(0, |balancer| KINDS.saturating_add(balancer as u128)));
        for amount in [
            &s.hours,
            &s.azs,
            &v.logs,
            &v.images,
            &v.egress,
            &v.data_out,
            &v.cross_az,
            &v.clusters,
            &v.balancers,
            &v.steps,
        ] {
            key.amount(amount);
        }
        key.optional(v.ephemeral.as_ref());
        Ok(key.0.map(Vec::into_boxed_slice))
    }

    /// The key of the whole bill by its parts: the tasks of each size on Fargate, which come first among the resources,
    /// and everything else.
    pub(super) fn pieces(
        &self,
        inputs: &ContainerPlatformInputs,
        s: &Settled,
        rest: &PlanKey,
        resources: usize,
    ) -> Vec<(PlanKey, usize)> {
        let public = self.is_public(s) && s.add_ons;
        let flags = bits(&[self.eks, self.spot, self.arm, s.windows, public]);
        let mut pieces = Vec::with_capacity(self.fargate.len().saturating_add(1));
        for tasks in self.fargate.iter() {
            let mut key = Key(Some(Vec::with_capacity(7)));
            key.number(TASKS);
            key.number(flags);
            for amount in [&s.hours, &tasks.vcpu, &tasks.memory_gb, &tasks.tasks] {
                key.amount(amount);
            }
            key.optional(inputs.ephemeral_gib.as_ref());
            let Some(key) = key.0 else { return Vec::new() };
            pieces.push((key.into_boxed_slice(), 1));
        }
        pieces.push((rest.clone(), resources.saturating_sub(self.fargate.len())));
        pieces
    }

    /// Everything that is planned.
    pub(super) fn resources(
        &self,
        inputs: &ContainerPlatformInputs,
        s: &Settled,
        context: &Context<'_>,
    ) -> Result<Vec<Planned>, Stop> {
        let volumes = Volumes::of(inputs, context)?;
        let mut resources = Resources { region: context.region, planned: Vec::new() };
        self.tasks(s, &volumes, &mut resources);
        self.compute(s, &volumes, &mut resources);
        self.functions(s, &volumes, &mut resources)?;
        if s.add_ons {
            self.add_ons(s, &volumes, context, &mut resources)?;
        }
        Ok(resources.planned)
    }

    /// Tasks on Fargate.
    fn tasks(&self, s: &Settled, v: &Volumes, resources: &mut Resources<'_>) {
        for tasks in self.fargate.iter() {
            let public = if self.is_public(s) && s.add_ons { tasks.tasks.clone() } else { Amount::ZERO };
            let usage = Fargate {
                orchestrator: if self.eks { Orchestrator::Eks } else { Orchestrator::Ecs },
                tasks: tasks.tasks.clone(),
                vcpu: tasks.vcpu.clone(),
                memory_gb: tasks.memory_gb.clone(),
                os: if s.windows { TaskOs::Windows } else { TaskOs::Linux },
                architecture: if self.arm { TaskArchitecture::Arm } else { TaskArchitecture::X86 },
                spot: self.spot,
                ephemeral_storage_gb: v.ephemeral.clone().filter(|_| !s.windows),
                hours: s.part_of_month.clone(),
                public_ipv4_addresses: public,
                ..Fargate::default()
            };
            resources.put(&tasks.name, &fargate::SERVICE, usage);
        }
    }

    /// Nodes with their volumes and fees, and the control plane.
    fn compute(&self, s: &Settled, v: &Volumes, resources: &mut Resources<'_>) {
        if self.eks {
            let support = if v.extended { ClusterSupport::Extended } else { ClusterSupport::Standard };
            let usage = Eks { clusters: v.clusters.clone(), support, ..Eks::default() };
            resources.put("cluster", &eks::SERVICE, usage);
        }
        if let Some(Nodes { kind, instance_type, count }) = &self.nodes {
            let instances = Amount::decimal((*count).into());
            let usage = Ec2 {
                instance_type: instance_type.clone(),
                instances: instances.clone(),
                operating_system: s.system(),
                spot: s.spot_nodes,
                hours: s.part_of_month.clone(),
                public_ipv4_addresses: if self.is_public(s) && s.add_ons { instances.clone() } else { Amount::ZERO },
                ..Ec2::default()
            };
            resources.put("nodes", &ec2::SERVICE, usage);
            let usage = Ebs {
                volumes: Some(instances.clone()),
                size_gb: s.node_volume_gb.clone(),
                hours: s.part_of_month.clone(),
                ..Ebs::default()
            };
            resources.put("node volumes", &ebs::SERVICE, usage);
            let hours = s.part_of_month.clone();
            let instance_type = instance_type.clone();
            match kind {
                Kind::Managed => {
                    let managed_instances = vec![ManagedInstances { instance_type, instances }];
                    resources.put("node fees", &ecs::SERVICE, Ecs { managed_instances, hours, ..Ecs::default() });
                }
                Kind::Auto => {
                    let auto_mode = vec![AutoModeInstances { instance_type, instances }];
                    resources.put("node fees", &eks::SERVICE, Eks { auto_mode, hours, ..Eks::default() });
                }
                Kind::Ecs | Kind::Eks | Kind::Plain => {}
            }
        }
    }

    fn functions(&self, s: &Settled, v: &Volumes, resources: &mut Resources<'_>) -> Result<(), Stop> {
        for functions in &self.functions {
            let provisioned = v.concurrency;
            let operations = if self.durable { functions.requests.times(&v.steps)? } else { Amount::ZERO };
            let usage = Lambda {
                requests: functions.requests.clone(),
                duration_ms: s.duration_s.times_whole(MS_PER_SECOND),
                memory_mb: Some(functions.memory_mb.clone()),
                architecture: if self.arm { FunctionArchitecture::Arm } else { FunctionArchitecture::X86 },
                ephemeral_storage_mb: v.ephemeral.as_ref().map(|gib| gib.times_whole(MIB_PER_GB)),
                provisioned_concurrency: functions.concurrency.clone(),
                provisioned_hours: s.part_of_month.clone().filter(|_| provisioned),
                provisioned_requests: if provisioned { functions.requests.clone() } else { Amount::ZERO },
                durable_operations: operations,
                ..Lambda::default()
            };
            resources.put(&functions.name, &lambda::SERVICE, usage);
        }
        Ok(())
    }

    /// What is billed beside the compute, the same for every option that needs it.
    fn add_ons(
        &self,
        s: &Settled,
        v: &Volumes,
        context: &Context<'_>,
        resources: &mut Resources<'_>,
    ) -> Result<(), Stop> {
        let balancer = if self.own_balancer { Some(Balancer::Application) } else { s.balancer };
        if let Some(balancer) = balancer {
            let on_functions = !self.in_vpc();
            let through = |counts: bool| if counts { v.data_out.clone() } else { Amount::ZERO };
            let is_network = balancer == Balancer::Network;
            let tcp = NetworkTraffic { processed_gb: v.data_out.clone(), ..NetworkTraffic::default() };
            let usage = ElasticLoadBalancing {
                kind: if is_network { LoadBalancerKind::Network } else { LoadBalancerKind::Application },
                load_balancers: v.balancers.clone(),
                hours: None,
                new_connections_per_second: Amount::ZERO,
                active_connections: Amount::ZERO,
                processed_gb: through(!is_network && !on_functions),
                lambda_gb: through(!is_network && on_functions),
                requests_per_second: Amount::ZERO,
                rules: Amount::ZERO,
                trust_stores: Amount::ZERO,
                tcp: is_network.then_some(tcp),
                udp: None,
                tls: None,
                reserved_capacity_units: Amount::ZERO,
                data_out_gb: v.data_out.clone(),
                between_azs_gb: Amount::ZERO,
                public_ipv4_addresses: v.balancers.times(&s.azs)?,
            };
            resources.put("load balancer", &elastic_load_balancing::SERVICE, usage);
        } else {
            let usage = DataTransfer { data_out_gb: v.data_out.clone(), ..DataTransfer::default() };
            resources.put("traffic out", &data_transfer::SERVICE, usage);
        }
        if self.in_vpc() && !self.is_public(s) {
            match s.egress {
                Egress::Nat => {
                    let usage = NatGateway {
                        gateways: s.azs.clone(),
                        data_processed_gb: v.egress.clone(),
                        public_ipv4_addresses: s.azs.clone(),
                        ..NatGateway::default()
                    };
                    resources.put("nat gateways", &nat_gateway::SERVICE, usage);
                }
                Egress::Endpoints => {
                    let usage = VpcEndpoint {
                        gateway_endpoints: Amount::ONE,
                        interface_endpoints: context.fact("private_fargate_endpoints")?,
                        azs: Some(s.azs.clone()),
                        interface_gb: v.egress.clone(),
                        ..VpcEndpoint::default()
                    };
                    resources.put("endpoints", &vpc_endpoint::SERVICE, usage);
                }
                Egress::None => {}
            }
        }
        let usage = CloudwatchLogs { ingested_gb: v.logs.clone(), ..CloudwatchLogs::default() };
        resources.put("logs", &cloudwatch_logs::SERVICE, usage);
        resources.put("images", &ecr::SERVICE, Ecr { stored_gb: v.images.clone(), ..Ecr::default() });
        if self.in_vpc() {
            let usage = DataTransfer { between_azs_gb: v.cross_az.clone(), ..DataTransfer::default() };
            resources.put("traffic between zones", &data_transfer::SERVICE, usage);
        }
        Ok(())
    }
}

/// Resources being planned.
struct Resources<'r> {
    region: &'r str,
    planned: Vec<Planned>,
}

impl Resources<'_> {
    fn put(&mut self, name: &str, service: &'static Service, usage: impl Usage + 'static) {
        self.planned.push(Planned::new(name, service, self.region, usage));
    }
}

/// The memory of a function as Lambda takes it: whole megabytes, 128 at least.
pub(super) fn function_memory(asked: &Amount, context: &mut Context<'_>) -> Result<Amount, Stop> {
    let whole = context.probe.ceil_div(asked, &Amount::ONE)?;
    Ok(context.probe.max(&whole, &Amount::whole(LEAST_MEMORY_MB)))
}

/// A decimal with as few places as it needs, as JSON.
pub(super) fn shown(amount: &Amount) -> serde_json::Value {
    let text = amount.at_rest().to_string();
    match Decimal::from_str(&text) {
        Ok(decimal) => serde_json::Value::from(decimal.normalize().to_string()),
        Err(_) => serde_json::Value::from(text),
    }
}
