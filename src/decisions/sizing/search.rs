//! Which instance type runs a mix of tasks at the least cost.
//!
//! Every type has a lower bound: the fewest nodes that could do × its price. Types are packed in the order of their
//! bounds, and the search ends at the first bound above what has been found. Types that give the same are packed once.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use smol_str::SmolStr;

use super::node::Capacity;
use super::pack::{Policies, Sums, Tasks, lower_bound, sums};

/// An instance type that may be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The type.
    pub name: SmolStr,
    /// What a node of it has to give.
    pub capacity: Capacity,
    /// What a node costs, for the order only; `None` where a price is not known.
    pub price: Option<u128>,
}

/// The types that may be taken.
#[derive(Debug, Clone, Default)]
pub struct Pool {
    /// By name.
    candidates: Vec<Candidate>,
    /// The cheapest priced type of each capacity: price, position.
    classes: Vec<(Capacity, u128, usize)>,
}

/// A type with the nodes that it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The type.
    pub name: SmolStr,
    /// What a node of it has to give.
    pub capacity: Capacity,
    /// The nodes.
    pub nodes: u64,
    /// Nodes × price, for the order only; `None` where the price is not known.
    pub cost: Option<u128>,
}

/// A mix of tasks with what policies add.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Load {
    /// The tasks by shape, each shape once.
    pub mix: Vec<Tasks>,
    /// What is added.
    pub policies: Policies,
}

impl Load {
    /// The nodes that it takes of one kind; `None` where a task is larger than a node.
    pub fn nodes(&self, capacity: Capacity) -> Option<u64> {
        Weighed::of(self).nodes(capacity)
    }
}

/// A load with what is the same for every type.
struct Weighed<'l> {
    load: &'l Load,
    sums: Sums,
    rollout: Option<Vec<Tasks>>,
}

impl<'l> Weighed<'l> {
    fn of(load: &'l Load) -> Self {
        Self { load, sums: sums(&load.mix), rollout: load.policies.rollout(&load.mix) }
    }

    /// The fewest nodes that could do.
    fn least(&self, capacity: Capacity) -> Option<u64> {
        Some(self.load.policies.nodes(lower_bound(capacity, self.sums)?, 0))
    }

    fn nodes(&self, capacity: Capacity) -> Option<u64> {
        self.load.policies.size(capacity, &self.load.mix, self.rollout.as_deref())
    }
}

impl Pool {
    /// The types that may be taken.
    pub fn new(mut candidates: Vec<Candidate>) -> Self {
        candidates.sort_by(|a, b| a.name.cmp(&b.name));
        let mut cheapest: HashMap<Capacity, (u128, usize), RandomState> = HashMap::default();
        for (at, candidate) in candidates.iter().enumerate() {
            let Some(price) = candidate.price else { continue };
            let known = cheapest.entry(candidate.capacity).or_insert((price, at));
            if price < known.0 {
                *known = (price, at);
            }
        }
        let mut classes: Vec<(Capacity, u128, usize)> =
            cheapest.into_iter().map(|(capacity, (price, at))| (capacity, price, at)).collect();
        classes.sort_by_key(|(_, price, at)| (*price, *at));
        Self { candidates, classes }
    }

    /// Whether no type may be taken.
    pub fn is_empty(&self) -> bool {
        self.candidates.is_empty()
    }

    /// The cheapest type; of equal ones that with the fewest nodes, then the first by name. Where no type that fits
    /// has a price, that with the fewest nodes.
    pub fn cheapest(&self, load: &Load) -> Option<Found> {
        let weighed = Weighed::of(load);
        let mut bounds: Vec<(u128, usize)> = Vec::with_capacity(self.classes.len());
        for (class, (capacity, price, _)) in self.classes.iter().enumerate() {
            if let Some(nodes) = weighed.least(*capacity) {
                bounds.push((price.saturating_mul(u128::from(nodes)), class));
            }
        }
        let size = |class: usize| {
            let (capacity, price, at) = self.classes.get(class)?;
            let nodes = weighed.nodes(*capacity)?;
            Some((price.saturating_mul(u128::from(nodes)), nodes, *at))
        };
        // What is found first cuts off nearly all of the others, so that only a few are put in order.
        let first = bounds.iter().min().copied();
        let mut best: Option<(u128, u64, usize)> = first.and_then(|(_, class)| size(class));
        let most = best.map_or(u128::MAX, |(cost, ..)| cost);
        bounds.retain(|bound| Some(*bound) != first && bound.0 <= most);
        bounds.sort_unstable();
        for (bound, class) in bounds {
            if best.is_some_and(|(cost, ..)| bound > cost) {
                break;
            }
            let Some(found) = size(class) else { continue };
            if best.is_none_or(|known| found < known) {
                best = Some(found);
            }
        }
        match best {
            Some((cost, nodes, at)) => self.found(at, nodes, Some(cost)),
            None => self.without_price(&weighed),
        }
    }

    fn found(&self, at: usize, nodes: u64, cost: Option<u128>) -> Option<Found> {
        let Candidate { name, capacity, .. } = self.candidates.get(at)?;
        Some(Found { name: name.clone(), capacity: *capacity, nodes, cost })
    }

    /// The type without a price that takes the fewest nodes.
    fn without_price(&self, load: &Weighed<'_>) -> Option<Found> {
        let unpriced = self.candidates.iter().enumerate().filter(|(_, candidate)| candidate.price.is_none());
        let sized = unpriced.filter_map(|(at, candidate)| Some((load.nodes(candidate.capacity)?, at)));
        let (nodes, at) = sized.min()?;
        self.found(at, nodes, None)
    }

    /// The cheapest types, the best first, `count` at most.
    pub fn best(&self, load: &Load, count: usize) -> Vec<Found> {
        let load = Weighed::of(load);
        let mut bounds: Vec<(u128, usize)> = Vec::new();
        for (at, candidate) in self.candidates.iter().enumerate() {
            if let (Some(price), Some(nodes)) = (candidate.price, load.least(candidate.capacity)) {
                bounds.push((price.saturating_mul(u128::from(nodes)), at));
            }
        }
        bounds.sort_unstable();
        let mut packed: HashMap<Capacity, Option<u64>, RandomState> = HashMap::default();
        let mut best: Vec<(u128, u64, usize)> = Vec::new();
        for (bound, at) in bounds {
            let last = count.checked_sub(1).and_then(|last| best.get(last));
            if last.is_some_and(|(cost, ..)| bound > *cost) {
                break;
            }
            let Some(candidate) = self.candidates.get(at) else { continue };
            let nodes = *packed.entry(candidate.capacity).or_insert_with(|| load.nodes(candidate.capacity));
            if let (Some(nodes), Some(price)) = (nodes, candidate.price) {
                let found = (price.saturating_mul(u128::from(nodes)), nodes, at);
                let place = best.partition_point(|known| *known < found);
                best.insert(place, found);
                best.truncate(count);
            }
        }
        best.into_iter().filter_map(|(cost, nodes, at)| self.found(at, nodes, Some(cost))).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::decisions::sizing::pack::Shape;

    fn candidate(name: &str, cpu_m: u64, memory_mib: u64, price: Option<u128>) -> Candidate {
        Candidate { name: SmolStr::new(name), capacity: Capacity { cpu_m, memory_mib, tasks: 100 }, price }
    }

    fn load(mix: Vec<Tasks>) -> Load {
        let policies = Policies {
            headroom_pct: 15,
            target_capacity_pct: 100,
            azs: 3,
            spread: false,
            survive_az_loss: false,
            packing_pct: None,
            maximum_pct: 100,
        };
        Load { mix, policies }
    }

    #[test]
    fn the_cheapest_fits_the_mix_and_not_the_list() {
        let pool = Pool::new(vec![
            candidate("large", 2_000, 8_000, Some(100)),
            candidate("memory", 2_000, 16_000, Some(130)),
            candidate("huge", 64_000, 256_000, Some(3_100)),
            candidate("unknown", 2_000, 8_000, None),
        ]);
        // 8 tasks of 1 core and 7,000 MiB: 8 nodes of `large`, 4 of `memory`; with 15 % 10 and 5.
        let found = pool.cheapest(&load(vec![(Shape { cpu_m: 1_000, memory_mib: 7_000 }, 8)])).expect("a type");
        assert_eq!((found.name.as_str(), found.nodes, found.cost), ("memory", 5, Some(650)));
        // Nothing but `huge` holds it.
        let found = pool.cheapest(&load(vec![(Shape { cpu_m: 4_000, memory_mib: 7_000 }, 1)])).expect("a type");
        assert_eq!(found.name, "huge");
        assert_eq!(pool.cheapest(&load(vec![(Shape { cpu_m: 65_000, memory_mib: 1 }, 1)])), None);
        let only = Pool::new(vec![candidate("unknown", 2_000, 8_000, None)]);
        let found = only.cheapest(&load(vec![(Shape { cpu_m: 1_000, memory_mib: 1 }, 4)])).expect("a type");
        assert_eq!((found.name.as_str(), found.nodes, found.cost), ("unknown", 3, None));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        /// What the bounds cut off is never among the best.
        #[test]
        fn pruning_changes_nothing(
            types in prop::collection::vec((1_u64..40, 1_u64..5, 1_u64..20, 50_u128..2_000), 1..40),
            mix in prop::collection::vec((100_u64..4_000, 100_u64..9_000, 0_u64..30), 1..6),
        ) {
            let pool = Pool::new(
                types
                    .iter()
                    .enumerate()
                    .map(|(at, (cores, ratio, tasks, price))| Candidate {
                        name: SmolStr::new(format!("t{at:02}")),
                        capacity: Capacity {
                            cpu_m: cores.saturating_mul(500),
                            memory_mib: cores.saturating_mul(1_000).saturating_mul(*ratio),
                            tasks: *tasks,
                        },
                        price: Some(*price),
                    })
                    .collect(),
            );
            let mut by_shape = std::collections::BTreeMap::new();
            for (cpu_m, memory_mib, tasks) in mix {
                let known: &mut u64 = by_shape.entry(Shape { cpu_m, memory_mib }).or_default();
                *known = known.saturating_add(tasks);
            }
            let load = load(by_shape.into_iter().collect());
            let mut all: Vec<(u128, u64, SmolStr)> = pool
                .candidates
                .iter()
                .filter_map(|candidate| {
                    let nodes = load.nodes(candidate.capacity)?;
                    Some((candidate.price?.saturating_mul(u128::from(nodes)), nodes, candidate.name.clone()))
                })
                .collect();
            all.sort();
            let listed = |found: &Found| (found.cost.unwrap_or_default(), found.nodes, found.name.clone());
            let best: Vec<_> = pool.best(&load, 10).iter().map(listed).collect();
            prop_assert_eq!(&best[..], &all[..all.len().min(10)]);
            prop_assert_eq!(pool.cheapest(&load).as_ref().map(listed), all.first().cloned());
        }
    }
}
