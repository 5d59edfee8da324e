//! What one instance has to give to tasks or pods, after what AWS and Kubernetes reserve on it.
//!
//! - **EKS** (<https://github.com/awslabs/amazon-eks-ami>, `nodeadm`, read 2026-07-23;
//!   <https://karpenter.sh/docs/reference/instance-types/>, read 2026-08-21): of the advertised memory the machine
//!   takes a share, and 64 MiB before it on Arm; Kubernetes reserves 255 MiB and 11 MiB for each pod the node may run,
//!   and evicts below 100 MiB. Of the cores it reserves 60, 10, 5, 5 and then 2.5 millicores each. DaemonSets come on
//!   top.
//! - **ECS** (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html>): an instance
//!   registers less memory than is advertised, and less still by what `ECS_RESERVED_MEMORY` says. Its CPU units are
//!   its vCPUs × 1,024. A task with an interface of its own needs one of the instance's, unless trunking gives more
//!   (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html>).

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::catalog::facts::Facts;
use crate::catalog::sizes::{Architecture, InstanceType};
use crate::domain::amount::Amount;
use crate::domain::problem::{Code, Problem};

/// Thousandths of a unit, in which facts with decimals are kept.
const THOUSAND: u64 = 1_000;

/// What a node has to give.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Capacity {
    /// Millicores.
    pub cpu_m: u64,
    /// Memory in MiB.
    pub memory_mib: u64,
    /// Tasks or pods.
    pub tasks: u64,
}

impl Capacity {
    /// What is left after `taken`.
    #[must_use]
    pub fn less(self, taken: Self) -> Self {
        Self {
            cpu_m: self.cpu_m.saturating_sub(taken.cpu_m),
            memory_mib: self.memory_mib.saturating_sub(taken.memory_mib),
            tasks: self.tasks.saturating_sub(taken.tasks),
        }
    }
}

/// The constants of the reservations, as the facts give them.
#[derive(Debug, Clone)]
pub struct NodeRules {
    /// The share of the memory that the machine takes, in thousandths of a percent.
    vm_overhead: u64,
    arm_overhead_mib: u64,
    kube_base_mib: u64,
    kube_per_pod_mib: u64,
    eviction_mib: u64,
    /// Thousandths of millicores of the first core, the second, each of the third and fourth, each further one.
    kube_cpu: [u64; 4],
    prefix_pods: [u64; 2],
    prefix_small_vcpu: u64,
    addresses_per_prefix: u64,
    ecs_registered: [u64; 2],
}

/// A whole number of thousandths.
fn thousandths(facts: &Facts, id: &str) -> Result<u64, Problem> {
    whole_of(&facts.number(id)?.times_whole(THOUSAND), id)
}

fn whole_of(amount: &Amount, id: &str) -> Result<u64, Problem> {
    amount.as_whole().ok_or_else(|| Problem::new(Code::Internal, "", format!("the fact `{id}` has too many decimals")))
}

/// A fact that is a whole number.
///
/// # Errors
/// Where the data lacks it, or it is not whole.
pub fn whole(facts: &Facts, id: &str) -> Result<u64, Problem> {
    whole_of(&facts.number(id)?, id)
}

impl NodeRules {
    /// Reads the constants.
    ///
    /// # Errors
    /// Where the data lacks one.
    pub fn of(facts: &Facts) -> Result<Self, Problem> {
        Ok(Self {
            vm_overhead: thousandths(facts, "vm_memory_overhead_pct")?,
            arm_overhead_mib: whole(facts, "arm_memory_overhead_mib")?,
            kube_base_mib: whole(facts, "kube_reserved_base_mib")?,
            kube_per_pod_mib: whole(facts, "kube_reserved_per_pod_mib")?,
            eviction_mib: whole(facts, "kubelet_eviction_mib")?,
            kube_cpu: [
                thousandths(facts, "kube_reserved_cpu_core_1_m")?,
                thousandths(facts, "kube_reserved_cpu_core_2_m")?,
                thousandths(facts, "kube_reserved_cpu_core_3_4_m")?,
                thousandths(facts, "kube_reserved_cpu_above_m")?,
            ],
            prefix_pods: [whole(facts, "prefix_pods_small_node")?, whole(facts, "prefix_pods_large_node")?],
            prefix_small_vcpu: whole(facts, "prefix_small_node_vcpu")?,
            addresses_per_prefix: whole(facts, "addresses_per_prefix")?,
            ecs_registered: [whole(facts, "ecs_registered_memory_mib")?, whole(facts, "ecs_advertised_memory_mib")?],
        })
    }
}

/// How the pods of an EKS node get their addresses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PodNetwork {
    /// Pods are in subnets of their own, so that the first interface carries none.
    pub custom_networking: bool,
    /// Interfaces hold prefixes instead of single addresses.
    pub prefix_delegation: bool,
}

/// The most pods of a node: those that get an own address, and two on the network of the host.
/// `None` where the sizes of the type are not known.
pub fn max_pods(instance: &InstanceType, network: PodNetwork, rules: &NodeRules) -> Option<u64> {
    let of_table = u64::from(instance.max_pods?);
    if network == PodNetwork::default() {
        return Some(of_table);
    }
    let addresses = u64::from(instance.ipv4_per_eni?).checked_sub(1)?;
    // The table counts the interfaces of the default card; these are all of them.
    let interfaces = of_table.checked_sub(2)?.checked_div(addresses)?;
    let interfaces = if network.custom_networking { interfaces.saturating_sub(1) } else { interfaces };
    let each = if network.prefix_delegation { rules.addresses_per_prefix } else { 1 };
    let pods = interfaces.saturating_mul(addresses).saturating_mul(each).saturating_add(2);
    if !network.prefix_delegation {
        return Some(pods);
    }
    let [small, large] = rules.prefix_pods;
    Some(pods.min(if u64::from(instance.vcpu?) <= rules.prefix_small_vcpu { small } else { large }))
}

/// What an EKS node with so many pods leaves to pods, those of DaemonSets among them.
/// `None` where the sizes of the type are not known.
pub fn eks_allocatable(instance: &InstanceType, pods: u64, rules: &NodeRules) -> Option<Capacity> {
    let vcpu = u64::from(instance.vcpu?);
    let advertised = u64::from(instance.memory_mib?);
    let on_arm = if instance.architecture? == Architecture::Arm { rules.arm_overhead_mib } else { 0 };
    let hundred_percent = THOUSAND.saturating_mul(100);
    let kept = hundred_percent.saturating_sub(rules.vm_overhead);
    // In thousandths of a MiB, so that the share of the machine is exact.
    let machine = advertised.saturating_sub(on_arm).saturating_mul(kept).checked_div(100)?;
    let kubernetes = rules.kube_base_mib.saturating_add(rules.kube_per_pod_mib.saturating_mul(pods));
    let reserved = kubernetes.saturating_add(rules.eviction_mib).saturating_mul(THOUSAND);
    let memory_mib = machine.saturating_sub(reserved).checked_div(THOUSAND)?;
    let [first, second, next, above] = rules.kube_cpu;
    let cores = |from: u64, to: u64| vcpu.min(to).saturating_sub(from);
    let cpu = first
        .saturating_mul(cores(0, 1))
        .saturating_add(second.saturating_mul(cores(1, 2)))
        .saturating_add(next.saturating_mul(cores(2, 4)))
        .saturating_add(above.saturating_mul(cores(4, u64::MAX)));
    let cpu_m = vcpu.saturating_mul(THOUSAND).saturating_sub(cpu.div_ceil(THOUSAND));
    Some(Capacity { cpu_m, memory_mib, tasks: pods })
}

/// How tasks of ECS are connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskNetwork {
    /// Each task has an interface of its own (`awsvpc`).
    OwnInterface {
        /// Whether the instances trunk, so that they carry more interfaces.
        trunking: bool,
    },
    /// Tasks share the interface of the instance (`bridge`, `host`).
    Shared,
}

/// The tasks that an instance runs with trunking, by its type, as AWS lists them.
#[derive(Debug, Clone, Default)]
pub struct Trunking<'f>(HashMap<&'f str, u64, RandomState>);

impl<'f> Trunking<'f> {
    /// Reads a list of `type=tasks`.
    pub fn of(listed: &'f [String]) -> Self {
        let entry = |entry: &'f String| {
            let (name, tasks) = entry.split_once('=')?;
            Some((name, tasks.parse().ok()?))
        };
        Self(listed.iter().filter_map(entry).collect())
    }
}

/// The tasks with an interface of their own that an instance runs: one for each of its interfaces but the first, or
/// with trunking what AWS lists for the type. A type that it does not list gains nothing.
pub fn task_limit(instance: &InstanceType, trunking: bool, listed: &Trunking<'_>) -> Option<u64> {
    let without = u64::from(instance.max_enis?).saturating_sub(1);
    let of_type = || listed.0.get(instance.name.as_str()).copied();
    Some(if trunking { of_type().unwrap_or(without) } else { without })
}

/// What an ECS container instance registers. `None` where the sizes of the type are not known.
pub fn ecs_registered(
    instance: &InstanceType,
    reserved_mib: u64,
    network: TaskNetwork,
    listed: &Trunking<'_>,
    rules: &NodeRules,
) -> Option<Capacity> {
    let [registered, advertised] = rules.ecs_registered;
    let memory = u64::from(instance.memory_mib?).saturating_mul(registered).checked_div(advertised)?;
    let tasks = match network {
        TaskNetwork::OwnInterface { trunking } => task_limit(instance, trunking, listed)?,
        TaskNetwork::Shared => u64::MAX,
    };
    Some(Capacity {
        cpu_m: u64::from(instance.vcpu?).saturating_mul(THOUSAND),
        memory_mib: memory.saturating_sub(reserved_mib),
        tasks,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::catalog::load::seed_catalog;

    fn seed() -> Catalog {
        seed_catalog().map_err(|mistakes| mistakes.to_string()).expect("the seed is sound")
    }

    /// Published by Karpenter (<https://karpenter.sh/docs/reference/instance-types/>, 2026-08-21).
    #[test]
    fn eks_nodes_leave_what_is_published() {
        let catalog = seed();
        let rules = NodeRules::of(&catalog.facts).expect("facts");
        for (name, pods, cpu_m, memory_mib) in [
            ("t3.medium", 17, 1_930, 3_246),
            ("m5.large", 29, 1_930, 6_903),
            ("m5.xlarge", 58, 3_920, 14_162),
            ("m5.4xlarge", 234, 15_890, 57_691),
            ("r5.2xlarge", 58, 7_910, 59_627),
            // These two only with the 64 MiB that Arm lacks.
            ("c6g.xlarge", 58, 3_920, 6_525),
            ("m7g.large", 29, 1_930, 6_844),
        ] {
            let instance = catalog.instance_types.get(name).expect("a type");
            let most = max_pods(instance, PodNetwork::default(), &rules);
            assert_eq!(most, Some(pods), "{name}");
            let found = eks_allocatable(instance, pods, &rules);
            assert_eq!(found, Some(Capacity { cpu_m, memory_mib, tasks: pods }), "{name}");
        }
    }

    #[test]
    fn pods_follow_the_interfaces_and_the_caps() {
        let catalog = seed();
        let rules = NodeRules::of(&catalog.facts).expect("facts");
        let pods = |name: &str, custom_networking: bool, prefix_delegation: bool| {
            let instance = catalog.instance_types.get(name).expect("a type");
            max_pods(instance, PodNetwork { custom_networking, prefix_delegation }, &rules)
        };
        // 3 interfaces × 9 + 2; without the first 2 × 9 + 2.
        assert_eq!((pods("m5.large", false, false), pods("m5.large", true, false)), (Some(29), Some(20)));
        // 3 × 9 × 16 + 2 = 434, capped at 110; 8 × 29 × 16 + 2 too, at 16 vCPUs.
        assert_eq!((pods("m5.large", false, true), pods("m5.4xlarge", false, true)), (Some(110), Some(110)));
        // 1 × 1 × 16 + 2 under the cap: a t3.nano has 2 interfaces of 2 addresses.
        assert_eq!((pods("t3.nano", false, true), pods("t3.nano", true, true)), (Some(34), Some(18)));
        // 32 vCPUs are above 30.
        assert_eq!(pods("m5.8xlarge", false, true), Some(250));
    }

    /// Documented: 8,192 MiB of an m4.large register as 7,985; a c5.large runs 2 tasks, with trunking 10.
    #[test]
    fn ecs_instances_register_what_is_documented() {
        let catalog = seed();
        let rules = NodeRules::of(&catalog.facts).expect("facts");
        let listed = &Trunking::of(catalog.facts.names("ecs_trunking_tasks").expect("a list"));
        let get = |name: &str| catalog.instance_types.get(name).expect("a type");
        let m4 = ecs_registered(get("m4.large"), 0, TaskNetwork::Shared, listed, &rules).expect("sizes");
        assert_eq!((m4.cpu_m, m4.memory_mib, m4.tasks), (2_000, 7_985, u64::MAX));
        let reserved = ecs_registered(get("m4.large"), 256, TaskNetwork::Shared, listed, &rules).expect("sizes");
        assert_eq!(reserved.memory_mib, 7_729);
        assert_eq!(task_limit(get("c5.large"), false, listed), Some(2));
        assert_eq!(task_limit(get("c5.large"), true, listed), Some(10));
        // Trunking is not listed for it, so that it gains nothing.
        assert_eq!(task_limit(get("c5n.large"), true, listed), Some(2));
    }
}
