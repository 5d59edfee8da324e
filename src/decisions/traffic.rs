//! Traffic as a graph: who sends how much to whom, which way it goes, and what it pays on the way.
//!
//! Decisions about networks share this model. A request gives `nodes` and `flows`, or the short form of the decision.
//! Either becomes a [`network::Network`]: flows that must go the same way in every topology are one group, so that a
//! topology routes and meters a handful of groups however many flows there are. Each group keeps its flows, and the
//! answer shows the path and the part of every line of each one.
//!
//! [`graph`] is what a request says and what can be wrong with it, [`network`] the groups, and [`ledger`] what a group
//! pays where it passes.

pub mod graph;
pub mod ledger;
pub mod network;
