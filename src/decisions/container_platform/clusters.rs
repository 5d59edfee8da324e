//! The clusters of `container_platform`: which instance types may be taken, what a node of each has to give, and the
//! cheapest for the tasks. Types are put in an order by what a node costs in a month: the instance, the fee of who
//! manages it, and its root volume. What an answer shows is a bill, made by rating.

use std::rc::Rc;

use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::inputs::ContainerPlatformInputs;
use super::screening::no_node;
use super::settle::{Architectures, Service, Settled, mix, up};
use super::{
    EC2_PLAIN, ECS_EC2, ECS_MANAGED_INSTANCES, EKS_AUTO, EKS_EC2_MNG, EKS_EC2_SELF, EKS_KARPENTER, ELASTIC_BEANSTALK,
};
use crate::catalog::sizes::{Architecture, InstanceType};
use crate::decisions::engine::memory::HashMap;
use crate::decisions::engine::screen::Screen;
use crate::decisions::engine::{Context, Stop};
use crate::decisions::sizing::node::{
    Capacity, NodeRules, PodNetwork, TaskNetwork, Trunking, ecs_registered, eks_allocatable, max_pods, whole,
};
use crate::decisions::sizing::pack::Policies;
use crate::decisions::sizing::search::{Candidate, Found, Load, Pool};
use crate::domain::amount::Amount;
use crate::domain::meter::MeterKey;
use crate::domain::unit::Unit;
use crate::services::ec2::OperatingSystem;
use crate::services::{ebs, ec2};

/// Decimals to which what a node costs is kept for the order.
const ORDER_DECIMALS: u32 = 12;

/// Who runs the nodes; with each goes what they have to give and what is billed for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Container instances of ECS.
    Ecs,
    /// Instances that ECS manages.
    Managed,
    /// Nodes of EKS.
    Eks,
    /// Nodes of EKS Auto Mode.
    Auto,
    /// Instances without an orchestrator, or under Elastic Beanstalk; tasks share their interface.
    Plain,
}

impl Kind {
    /// Every kind.
    const ALL: [Self; 5] = [Self::Ecs, Self::Managed, Self::Eks, Self::Auto, Self::Plain];

    /// The options that run on it.
    fn options(self) -> &'static [&'static str] {
        match self {
            Self::Ecs => &[ECS_EC2],
            Self::Managed => &[ECS_MANAGED_INSTANCES],
            Self::Eks => &[EKS_EC2_MNG, EKS_EC2_SELF, EKS_KARPENTER],
            Self::Auto => &[EKS_AUTO],
            Self::Plain => &[EC2_PLAIN, ELASTIC_BEANSTALK],
        }
    }

    /// The kind that an option runs on.
    pub(super) fn of(option: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.options().contains(&option))
    }

    /// The meter of its fee for a type.
    fn fee(self, region: &str, name: &str) -> Option<MeterKey> {
        let (service_code, usage_type) = match self {
            Self::Managed => ("AmazonECS", format!("ECS-Managed-Instances:{name}-management-hours")),
            Self::Auto => ("AmazonEKS", format!("EKS-Auto:{name}-management-hours")),
            Self::Ecs | Self::Eks | Self::Plain => return None,
        };
        Some(MeterKey {
            service_code: SmolStr::new_static(service_code),
            region: SmolStr::new(region),
            usage_type: SmolStr::from(usage_type),
            operation: SmolStr::default(),
        })
    }
}

/// A cluster of one instance type.
#[derive(Debug, Clone)]
pub(super) struct Cluster {
    /// The type, and the nodes that are billed.
    pub(super) found: Found,
    /// The nodes at the peak.
    pub(super) at_peak: u64,
    /// The cheapest types, where the answer shows them.
    pub(super) listed: Vec<Found>,
}

/// The clusters by who runs them.
#[derive(Debug, Default)]
pub(super) struct Clusters(Vec<(Kind, Cluster)>);

impl Clusters {
    /// The cluster of an option.
    pub(super) fn of(&self, option: &str) -> Option<&Cluster> {
        let kind = Kind::of(option)?;
        self.0.iter().find(|(known, _)| *known == kind).map(|(_, cluster)| cluster)
    }
}

/// What a node is, beside its type.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Machine {
    system: OperatingSystem,
    spot: bool,
    volume_gb: Amount,
}

/// All that decides which types may be taken, what they have to give, and their order.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Filter {
    architectures: Architectures,
    gpu: bool,
    burstable: bool,
    tasks: TaskNetwork,
    pods: PodNetwork,
    ecs_reserved_mib: u64,
    daemons: Capacity,
    machine: Machine,
    vcpu: (u64, u64),
    families: Option<Vec<String>>,
    types: Option<Vec<String>>,
}

impl Filter {
    fn of(inputs: &ContainerPlatformInputs, s: &Settled, context: &Context<'_>) -> Result<Self, Stop> {
        let facts = context.facts();
        let or_fact = |given: Option<&Amount>, fact: &str| match given {
            Some(given) => Ok(up(given)),
            None => whole(facts, fact),
        };
        let bridge = inputs.network_mode.as_deref() == Some("bridge");
        let tasks = if bridge {
            TaskNetwork::Shared
        } else {
            TaskNetwork::OwnInterface { trunking: inputs.eni_trunking.unwrap_or(true) && !s.windows }
        };
        Ok(Self {
            architectures: s.architectures,
            gpu: s.gpu,
            burstable: inputs.allow_burstable.unwrap_or(false),
            tasks,
            pods: PodNetwork {
                custom_networking: inputs.custom_networking.unwrap_or(false),
                prefix_delegation: inputs.prefix_delegation.unwrap_or(false),
            },
            ecs_reserved_mib: or_fact(inputs.ecs_reserved_memory_mib.as_ref(), "default_ecs_reserved_memory_mib")?,
            daemons: Capacity {
                cpu_m: or_fact(inputs.daemonset_cpu_m.as_ref(), "daemonset_cpu_m")?,
                memory_mib: or_fact(inputs.daemonset_memory_mib.as_ref(), "daemonset_memory_mib")?,
                tasks: whole(facts, "daemonset_pods")?,
            },
            machine: Machine { system: s.system(), spot: s.spot_nodes, volume_gb: s.node_volume_gb.at_rest() },
            vcpu: (inputs.min_node_vcpu.as_ref().map_or(0, up), inputs.max_node_vcpu.as_ref().map_or(u64::MAX, up)),
            families: inputs.instance_families.clone(),
            types: inputs.instance_types.clone(),
        })
    }

    /// Whether a type may be taken.
    fn allows(&self, instance: &InstanceType, burstable: &[String], special: &[String]) -> bool {
        let family = instance.name.split_once('.').map_or(instance.name.as_str(), |(family, _)| family);
        let is_listed = |list: &[String], name: &str| list.iter().any(|known| known == name);
        let named = match (&self.types, &self.families) {
            (None, None) => {
                !is_listed(special, family)
                    && (self.burstable || !is_listed(burstable, family))
                    && (self.gpu || instance.gpu_count == Some(0))
            }
            (types, families) => {
                types.as_ref().is_none_or(|types| is_listed(types, &instance.name))
                    && families.as_ref().is_none_or(|families| is_listed(families, family))
            }
        };
        let architecture = match self.architectures {
            Architectures::Any => true,
            Architectures::X86 => instance.architecture == Some(Architecture::X86),
            Architectures::Arm => instance.architecture == Some(Architecture::Arm),
        };
        let gpus = !self.gpu || instance.gpu_count.is_some_and(|count| count > 0);
        let (least, most) = self.vcpu;
        let size = instance.vcpu.is_some_and(|vcpu| (least..=most).contains(&u64::from(vcpu)));
        named && architecture && gpus && size
    }

    /// What a node has to give; `None` where the sizes of the type are not known.
    fn capacity(&self, kind: Kind, instance: &InstanceType, context: &Constants<'_>) -> Option<Capacity> {
        let mut capacity = match kind {
            Kind::Ecs | Kind::Managed => {
                ecs_registered(instance, self.ecs_reserved_mib, self.tasks, &context.trunking, &context.rules)?
            }
            Kind::Plain => {
                ecs_registered(instance, self.ecs_reserved_mib, TaskNetwork::Shared, &context.trunking, &context.rules)?
            }
            Kind::Eks | Kind::Auto => {
                let pods = max_pods(instance, self.pods, &context.rules)?;
                let pods = if kind == Kind::Auto { pods.min(context.auto_pods) } else { pods };
                eks_allocatable(instance, pods, &context.rules)?.less(self.daemons)
            }
        };
        if self.gpu {
            capacity.tasks = capacity.tasks.min(u64::from(instance.gpu_count?));
        }
        Some(capacity)
    }

    /// The types that may be taken, with what a node of each has to give and costs. One without a price is among them
    /// only where it was named, or where none has a price.
    fn pool(&self, kind: Kind, prices: &[Option<u128>], context: &Context<'_>) -> Result<Pool, Stop> {
        let facts = context.facts();
        let (burstable, special) = (facts.names("burstable_families")?, facts.names("special_purpose_families")?);
        let constants = Constants {
            rules: NodeRules::of(facts)?,
            trunking: Trunking::of(facts.names("ecs_trunking_tasks")?),
            auto_pods: whole(facts, "eks_auto_max_pods")?,
        };
        let mut candidates = Vec::new();
        for (at, instance) in context.catalog.instance_types.iter().enumerate() {
            if !self.allows(instance, burstable, special) {
                continue;
            }
            let Some(capacity) = self.capacity(kind, instance, &constants) else { continue };
            let price = prices.get(at).copied().flatten();
            candidates.push(Candidate { name: instance.name.clone(), capacity, price });
        }
        if self.types.is_none() && candidates.iter().any(|candidate| candidate.price.is_some()) {
            candidates.retain(|candidate| candidate.price.is_some());
        }
        Ok(Pool::new(candidates))
    }
}

/// What nodes cost, by the order of the instance types.
type Prices = Rc<[Option<u128>]>;

/// What a node of every instance type costs in a month, for the order only, in the order of the types; `None` where a
/// price is not known.
fn prices(kind: Kind, machine: &Machine, context: &Context<'_>) -> Prices {
    let volume = MeterKey {
        service_code: SmolStr::new_static(ebs::GP3_STORAGE.service_code),
        region: SmolStr::new(context.region),
        usage_type: SmolStr::new_static(ebs::GP3_STORAGE.usage_type),
        operation: SmolStr::new_static(ebs::GP3_STORAGE.operation),
    };
    let volume = context.unit_price(&volume, ebs::GP3_STORAGE.unit);
    let volume = machine.volume_gb.times_decimal(volume.unwrap_or_default());
    let hours = context.month.hours();
    let of_type = |instance: &InstanceType| {
        let hourly = ec2::hours_meter(context.region, &instance.name, machine.system, machine.spot);
        let hourly = context.unit_price(&hourly, ec2::INSTANCE_HOURS.unit);
        let fee = match kind.fee(context.region, &instance.name) {
            Some(meter) => hourly.and_then(|_| context.unit_price(&meter, Unit::HOURS)),
            None => Some(Decimal::ZERO),
        };
        let each = &Amount::decimal(hourly?) + &Amount::decimal(fee?);
        in_order(&(&each.times(&hours).ok()? + &volume))
    };
    context.catalog.instance_types.iter().map(of_type).collect()
}

/// What the nodes of a pool share.
struct Constants<'f> {
    rules: NodeRules,
    trunking: Trunking<'f>,
    auto_pods: u64,
}

/// A price as a whole number, for the order only.
fn in_order(amount: &Amount) -> Option<u128> {
    amount.rounded(ORDER_DECIMALS).replace('.', "").parse().ok()
}

/// What is remembered between evaluations: the pools, and the best of each load.
#[derive(Default)]
struct Remembered {
    prices: Vec<(Kind, Machine, Prices)>,
    pools: Vec<(Kind, Filter, Rc<Pool>)>,
    best: HashMap<usize, HashMap<Load, Option<Found>>>,
}

impl Remembered {
    /// The position of a pool, which is made where it is new.
    fn pool(&mut self, kind: Kind, filter: &Filter, context: &Context<'_>) -> Result<(usize, Rc<Pool>), Stop> {
        let known = self.pools.iter().position(|(of, by, _)| *of == kind && by == filter);
        if let Some(at) = known
            && let Some((_, _, pool)) = self.pools.get(at)
        {
            return Ok((at, Rc::clone(pool)));
        }
        let known = self.prices.iter().find(|(of, machine, _)| *of == kind && *machine == filter.machine);
        let prices = if let Some((_, _, prices)) = known {
            Rc::clone(prices)
        } else {
            let prices = prices(kind, &filter.machine, context);
            self.prices.push((kind, filter.machine.clone(), Rc::clone(&prices)));
            prices
        };
        let pool = Rc::new(filter.pool(kind, &prices, context)?);
        self.pools.push((kind, filter.clone(), Rc::clone(&pool)));
        Ok((self.pools.len().saturating_sub(1), pool))
    }
}

/// Finds the cheapest cluster of every kind that an eligible option runs on. An option whose nodes cannot hold a task
/// is eliminated.
pub(super) fn choose(
    screen: &mut Screen<'_>,
    inputs: &ContainerPlatformInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<Clusters, Stop> {
    let mut remembered: Remembered = context.memory.take();
    let clusters = choose_with(&mut remembered, screen, inputs, s, context);
    context.memory.put(remembered);
    clusters
}

fn choose_with(
    remembered: &mut Remembered,
    screen: &mut Screen<'_>,
    inputs: &ContainerPlatformInputs,
    s: &Settled,
    context: &Context<'_>,
) -> Result<Clusters, Stop> {
    let mut clusters = Clusters::default();
    let filter = Filter::of(inputs, s, context)?;
    let at_peak = |service: &Service| service.peak;
    let billed = |service: &Service| if s.follow { service.running } else { service.peak };
    let loads = mix(&s.services, billed);
    for kind in Kind::ALL {
        if !kind.options().iter().any(|option| screen.eligible(option)) {
            continue;
        }
        // A target capacity is that of a capacity provider of ECS.
        let target_capacity_pct = if kind == Kind::Ecs { s.policies.target_capacity_pct } else { 100 };
        let policies = Policies { target_capacity_pct, ..s.policies };
        let load = Load { mix: loads.clone(), policies };
        let (at, pool) = remembered.pool(kind, &filter, context)?;
        let known = remembered.best.entry(at).or_default();
        let found = match known.get(&load) {
            Some(found) => found.clone(),
            None => known.entry(load.clone()).or_insert_with(|| pool.cheapest(&load)).clone(),
        };
        let Some(found) = found else {
            for option in kind.options() {
                no_node(screen, option, s)?;
            }
            continue;
        };
        let mut cluster = Cluster { at_peak: found.nodes, found, listed: Vec::new() };
        if context.detailed {
            let peak = Load { mix: mix(&s.services, at_peak), policies };
            cluster.at_peak = peak.nodes(cluster.found.capacity).unwrap_or(cluster.found.nodes);
            let count = whole(context.facts(), "listed_instance_types")?;
            cluster.listed = pool.best(&load, usize::try_from(count).unwrap_or(usize::MAX));
        }
        clusters.0.push((kind, cluster));
    }
    Ok(clusters)
}
