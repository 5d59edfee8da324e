//! Sizing an EC2 cluster from its tasks: what a node has to give, how many nodes a mix of tasks needs, and which
//! instance type does it at the least cost.
//!
//! Everything here is whole numbers: millicores, MiB, tasks, nodes. It stands still in a sweep, which moves whole
//! numbers of tasks.

pub mod node;
pub mod pack;
pub mod search;
