//! How many nodes of one kind a mix of tasks needs, and what policies add.
//!
//! Tasks are packed by first fit, the largest first: the order is by the larger of the shares that a task takes of a
//! node's CPU and memory. Tasks of one shape are placed together, bins in the same state are kept as one entry, so that
//! the effort depends on the number of shapes and not on that of tasks; the result is that of placing one by one.

use super::node::Capacity;

/// What one task asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Shape {
    /// Millicores.
    pub cpu_m: u64,
    /// Memory in MiB.
    pub memory_mib: u64,
}

/// A number of tasks of one shape.
pub type Tasks = (Shape, u64);

/// How many tasks of a shape a node holds.
pub fn per_node(capacity: Capacity, shape: Shape) -> u64 {
    let by = |free: u64, each: u64| free.checked_div(each).unwrap_or(u64::MAX);
    by(capacity.cpu_m, shape.cpu_m).min(by(capacity.memory_mib, shape.memory_mib)).min(capacity.tasks)
}

/// The sums over a mix.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Millicores.
    pub cpu_m: u64,
    /// Memory in MiB.
    pub memory_mib: u64,
    /// Tasks.
    pub tasks: u64,
}

/// What a mix asks for in all.
pub fn sums(mix: &[Tasks]) -> Sums {
    mix.iter().fold(Sums::default(), |sum, (shape, tasks)| Sums {
        cpu_m: sum.cpu_m.saturating_add(shape.cpu_m.saturating_mul(*tasks)),
        memory_mib: sum.memory_mib.saturating_add(shape.memory_mib.saturating_mul(*tasks)),
        tasks: sum.tasks.saturating_add(*tasks),
    })
}

/// The fewest nodes that could do, by each of what they have to give; `None` where a node has nothing of it.
pub fn lower_bound(capacity: Capacity, sums: Sums) -> Option<u64> {
    let by = |asked: u64, each: u64| if asked == 0 { Some(0) } else { (each > 0).then(|| asked.div_ceil(each)) };
    let cpu = by(sums.cpu_m, capacity.cpu_m)?;
    let memory = by(sums.memory_mib, capacity.memory_mib)?;
    Some(cpu.max(memory).max(by(sums.tasks, capacity.tasks)?))
}

/// The share of a node that a task takes, × the node's CPU × its memory: what tasks are ordered by.
fn share(capacity: Capacity, shape: Shape) -> u128 {
    let by = |asked: u64, other: u64| u128::from(asked).saturating_mul(u128::from(other));
    by(shape.cpu_m, capacity.memory_mib).max(by(shape.memory_mib, capacity.cpu_m))
}

/// What `tasks` tasks of a shape take.
fn taken(shape: Shape, tasks: u64) -> Capacity {
    Capacity { cpu_m: shape.cpu_m.saturating_mul(tasks), memory_mib: shape.memory_mib.saturating_mul(tasks), tasks }
}

/// Packs a mix by first fit, the largest first; `None` where a task is larger than a node.
pub fn pack(capacity: Capacity, mix: &[Tasks]) -> Option<u64> {
    if let [(shape, tasks)] = mix {
        let each = per_node(capacity, *shape);
        return if *tasks == 0 { Some(0) } else { (each > 0).then(|| tasks.div_ceil(each)) };
    }
    let mut order: Vec<(u128, Tasks)> = mix.iter().map(|tasks| (share(capacity, tasks.0), *tasks)).collect();
    order.sort_unstable_by(|a, b| b.cmp(a));
    // What is free in the nodes, in their order, and how many in a row have that.
    let mut nodes: Vec<(Capacity, u64)> = Vec::with_capacity(order.len().saturating_mul(2));
    let mut after: Vec<(Capacity, u64)> = Vec::with_capacity(nodes.capacity());
    for (_, (shape, tasks)) in order {
        let mut left = tasks;
        after.clear();
        for (free, count) in &nodes {
            left = place(*free, *count, shape, left, &mut after);
        }
        if left > 0 {
            let each = per_node(capacity, shape);
            if each == 0 {
                return None;
            }
            place(capacity, left.div_ceil(each), shape, left, &mut after);
        }
        std::mem::swap(&mut nodes, &mut after);
    }
    Some(nodes.iter().fold(0, |sum: u64, (_, count)| sum.saturating_add(*count)))
}

/// Places up to `left` tasks into `count` nodes that have `free` each, the first ones full. Returns what is left.
fn place(free: Capacity, count: u64, shape: Shape, left: u64, after: &mut Vec<(Capacity, u64)>) -> u64 {
    let each = if left == 0 { 0 } else { per_node(free, shape) };
    let Some(full) = left.checked_div(each) else {
        after.push((free, count));
        return left;
    };
    let full = full.min(count);
    if full > 0 {
        after.push((free.less(taken(shape, each)), full));
    }
    let left = left.saturating_sub(full.saturating_mul(each));
    let others = count.saturating_sub(full);
    if others == 0 {
        return left;
    }
    if left == 0 {
        after.push((free, others));
        return 0;
    }
    // Fewer are left than one more node holds.
    after.push((free.less(taken(shape, left)), 1));
    if others > 1 {
        after.push((free, others.saturating_sub(1)));
    }
    0
}

/// What is added to the nodes that tasks need. The largest of the policies counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Policies {
    /// Spare nodes, percent.
    pub headroom_pct: u64,
    /// The capacity that the capacity provider of ECS aims at, percent: 100 keeps nothing spare.
    pub target_capacity_pct: u64,
    /// Availability Zones.
    pub azs: u64,
    /// Whether there is a node in each zone at least.
    pub spread: bool,
    /// Whether what is left after the loss of a zone carries all.
    pub survive_az_loss: bool,
    /// How full nodes are, percent of the larger of CPU and memory, where it is known better than by packing.
    pub packing_pct: Option<u64>,
    /// The tasks at the peak of a rollout, percent of those that run; 100 reserves nothing.
    pub maximum_pct: u64,
}

impl Policies {
    /// The nodes with what the policies add to those that tasks need, and to those of a rollout.
    pub fn nodes(&self, base: u64, rollout: u64) -> u64 {
        if base == 0 {
            return 0;
        }
        let spare = base.saturating_mul(self.headroom_pct.saturating_add(100)).div_ceil(100);
        let aimed = base.saturating_mul(100).checked_div(self.target_capacity_pct).map_or(base, |down| {
            let exact = down.saturating_mul(self.target_capacity_pct) == base.saturating_mul(100);
            if exact { down } else { down.saturating_add(1) }
        });
        let others = self.azs.saturating_sub(1);
        let lost =
            if self.survive_az_loss && others > 0 { self.azs.saturating_mul(base.div_ceil(others)) } else { base };
        let spread = if self.spread { self.azs } else { 0 };
        spare.max(aimed).max(lost).max(rollout).max(spread)
    }

    /// A mix at the peak of a rollout.
    pub fn rollout(&self, mix: &[Tasks]) -> Option<Vec<Tasks>> {
        (self.maximum_pct > 100).then(|| {
            let more = |tasks: u64| tasks.saturating_mul(self.maximum_pct).div_ceil(100);
            mix.iter().map(|(shape, tasks)| (*shape, more(*tasks))).collect()
        })
    }

    /// The nodes that a mix needs: packed, or as full as is said. `None` where a task is larger than a node.
    pub fn base(&self, capacity: Capacity, mix: &[Tasks]) -> Option<u64> {
        let Some(packing) = self.packing_pct else { return pack(capacity, mix) };
        if mix.iter().any(|(shape, tasks)| *tasks > 0 && per_node(capacity, *shape) == 0) {
            return None;
        }
        let all = sums(mix);
        let as_full = |asked: u64, each: u64| {
            let (asked, each) = (asked.saturating_mul(100), each.saturating_mul(packing));
            if asked == 0 { Some(0) } else { (each > 0).then(|| asked.div_ceil(each)) }
        };
        let by_tasks = lower_bound(capacity, Sums { cpu_m: 0, memory_mib: 0, tasks: all.tasks })?;
        Some(as_full(all.cpu_m, capacity.cpu_m)?.max(as_full(all.memory_mib, capacity.memory_mib)?).max(by_tasks))
    }

    /// The nodes of a mix with everything that the policies add.
    pub fn size(&self, capacity: Capacity, mix: &[Tasks], rollout: Option<&[Tasks]>) -> Option<u64> {
        let base = self.base(capacity, mix)?;
        let rollout = match rollout {
            Some(more) => self.base(capacity, more)?,
            None => 0,
        };
        Some(self.nodes(base, rollout))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shape(cpu_m: u64, memory_mib: u64) -> Shape {
        Shape { cpu_m, memory_mib }
    }

    fn plain() -> Policies {
        Policies {
            headroom_pct: 0,
            target_capacity_pct: 100,
            azs: 3,
            spread: false,
            survive_az_loss: false,
            packing_pct: None,
            maximum_pct: 100,
        }
    }

    /// Places every task by itself: the textbook's first fit, decreasing.
    fn one_by_one(capacity: Capacity, mix: &[Tasks]) -> Option<u64> {
        let mut tasks: Vec<Shape> = Vec::new();
        for (shape, count) in mix {
            tasks.extend(std::iter::repeat_n(*shape, usize::try_from(*count).expect("few")));
        }
        tasks.sort_by_key(|shape| std::cmp::Reverse((share(capacity, *shape), *shape)));
        let mut nodes: Vec<Capacity> = Vec::new();
        for task in tasks {
            match nodes.iter_mut().find(|free| per_node(**free, task) > 0) {
                Some(free) => *free = free.less(taken(task, 1)),
                None if per_node(capacity, task) == 0 => return None,
                None => nodes.push(capacity.less(taken(task, 1))),
            }
        }
        Some(nodes.len() as u64)
    }

    #[test]
    fn one_shape_fills_nodes() {
        let node = Capacity { cpu_m: 1_930, memory_mib: 6_903, tasks: 29 };
        // 1,930 ÷ 250 = 7; memory would hold 13.
        assert_eq!(per_node(node, shape(250, 512)), 7);
        assert_eq!(pack(node, &[(shape(250, 512), 15)]), Some(3));
        assert_eq!(pack(node, &[(shape(250, 512), 0)]), Some(0));
        assert_eq!(pack(node, &[(shape(2_000, 512), 1)]), None);
        // Two tasks by interfaces, whatever they ask for.
        assert_eq!(pack(Capacity { tasks: 2, ..node }, &[(shape(10, 10), 5)]), Some(3));
    }

    /// 7, 5, 3 and 3 of 10 millicores: 7 + 3 and 5 + 3 take two nodes; in their order 3 + 3, 5 and 7 would take three.
    #[test]
    fn larger_tasks_go_first() {
        let node = Capacity { cpu_m: 10, memory_mib: 1_000, tasks: 100 };
        let mix = [(shape(3, 1), 2), (shape(5, 1), 1), (shape(7, 1), 1)];
        assert_eq!(pack(node, &mix), Some(2));
        assert_eq!(lower_bound(node, sums(&mix)), Some(2));
        // First fit, decreasing, is not the optimum: 4+4+2 and 3+3+2+2 would be two nodes of 10; it takes 4+4+2, 3+3+2+2.
        assert_eq!(pack(node, &[(shape(4, 1), 2), (shape(3, 1), 2), (shape(2, 1), 3)]), Some(2));
        // The share of memory decides where it is the larger one.
        let mix = [(shape(1, 900), 1), (shape(8, 100), 1), (shape(1, 100), 2)];
        assert_eq!(pack(node, &mix), one_by_one(node, &mix));
    }

    #[test]
    fn policies_add_spare_nodes_and_the_largest_counts() {
        // 10 nodes: 15 % more are 12; a target of 80 % is 13; three zones of which one may go: 3 × ⌈10 ÷ 2⌉.
        assert_eq!(Policies { headroom_pct: 15, ..plain() }.nodes(10, 0), 12);
        assert_eq!(Policies { target_capacity_pct: 80, ..plain() }.nodes(10, 0), 13);
        assert_eq!(Policies { target_capacity_pct: 50, ..plain() }.nodes(10, 0), 20);
        assert_eq!(Policies { survive_az_loss: true, ..plain() }.nodes(10, 0), 15);
        assert_eq!(Policies { survive_az_loss: true, ..plain() }.nodes(11, 0), 18);
        assert_eq!(Policies { survive_az_loss: true, azs: 2, ..plain() }.nodes(10, 0), 20);
        assert_eq!(Policies { spread: true, ..plain() }.nodes(1, 0), 3);
        assert_eq!(Policies { spread: true, ..plain() }.nodes(0, 0), 0);
        assert_eq!(plain().nodes(10, 17), 17);
        let all = Policies { headroom_pct: 15, target_capacity_pct: 80, survive_az_loss: true, ..plain() };
        assert_eq!(all.nodes(10, 0), 15);
        // Zones of which none may go alone cannot lose one.
        assert_eq!(Policies { survive_az_loss: true, azs: 1, ..plain() }.nodes(10, 0), 10);
    }

    #[test]
    fn a_rollout_runs_old_and_new_tasks_at_once() {
        let node = Capacity { cpu_m: 4_000, memory_mib: 8_000, tasks: 100 };
        let mix = [(shape(1_000, 1_000), 8)];
        let policies = Policies { maximum_pct: 200, ..plain() };
        let rollout = policies.rollout(&mix).expect("a rollout");
        assert_eq!(rollout, [(shape(1_000, 1_000), 16)]);
        assert_eq!(policies.size(node, &mix, Some(&rollout)), Some(4));
        assert_eq!(plain().rollout(&mix), None);
        assert_eq!(plain().size(node, &mix, None), Some(2));
    }

    #[test]
    fn a_known_packing_stands_in_for_the_packed_one() {
        let node = Capacity { cpu_m: 4_000, memory_mib: 8_000, tasks: 100 };
        let mix = [(shape(1_000, 1_000), 8)];
        let full = |pct| Policies { packing_pct: Some(pct), ..plain() }.base(node, &mix);
        // 8 of 4 cores: 2 nodes at 100 %, 4 at 50 %, 3 at 80 %.
        assert_eq!((full(100), full(50), full(80)), (Some(2), Some(4), Some(3)));
        let too_large = [(shape(5_000, 1), 1)];
        assert_eq!(Policies { packing_pct: Some(50), ..plain() }.base(node, &too_large), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn packing_by_groups_is_packing_one_by_one(
            node in (1_000_u64..9_000, 1_000_u64..30_000, 1_u64..40),
            mix in prop::collection::vec(((50_u64..3_000, 50_u64..9_000), 0_u64..40), 0..8),
        ) {
            let node = Capacity { cpu_m: node.0, memory_mib: node.1, tasks: node.2 };
            let mut by_shape = std::collections::BTreeMap::new();
            for ((cpu, memory), tasks) in mix {
                let known: &mut u64 = by_shape.entry(shape(cpu, memory)).or_default();
                *known = known.saturating_add(tasks);
            }
            let mix: Vec<Tasks> = by_shape.into_iter().collect();
            let packed = pack(node, &mix);
            prop_assert_eq!(packed, one_by_one(node, &mix));
            if let (Some(packed), Some(least)) = (packed, lower_bound(node, sums(&mix))) {
                prop_assert!(packed >= least);
            }
        }
    }
}
