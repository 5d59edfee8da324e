//! Floor 3: the decisions. Each file knows one question: its options, inputs, rules and sizing.
//!
//! The method that all decisions share is in [`engine`]. [`DECISIONS`] is the list that routes, OpenAPI, the command
//! line and tests are made from: adding a decision is one file, its facts, its case file and one line here.

use std::fmt;

use crate::catalog::Catalog;
use crate::domain::problem::Problems;
use crate::services::{Example, NamedSchema};

pub mod api_front_door;
pub mod container_platform;
pub mod content_origin;
pub mod database_tier;
pub mod engine;
pub mod hybrid_connectivity;
pub mod hybrid_resiliency;
pub mod load_balancer;
pub mod messaging;
pub mod nat_topology;
pub mod pricing_model;
pub mod private_access;
pub mod sizing;
pub mod steps;
pub mod traffic;
pub mod vpc_connectivity;

use engine::{Ask, InputInfo, OptionInfo, RuleInfo, Verdict};

/// Every decision that can be asked for.
pub static DECISIONS: &[Decision] = &[
    hybrid_connectivity::DECISION,
    hybrid_resiliency::DECISION,
    container_platform::DECISION,
    pricing_model::DECISION,
    nat_topology::DECISION,
    load_balancer::DECISION,
    vpc_connectivity::DECISION,
    private_access::DECISION,
    api_front_door::DECISION,
    messaging::DECISION,
    database_tier::DECISION,
    content_origin::DECISION,
];

/// A decision: an entry of the list.
pub struct Decision {
    /// The id, spelled the same everywhere.
    pub id: &'static str,
    /// The question it answers.
    pub name: &'static str,
    /// What it compares and how, in a sentence or two.
    pub about: &'static str,
    /// The options.
    pub options: &'static [OptionInfo],
    /// The rules.
    pub rules: &'static [RuleInfo],
    /// The inputs with their defaults.
    pub inputs: fn() -> Vec<InputInfo>,
    /// A request to try.
    pub example: Example,
    /// The JSON Schema of the inputs.
    pub schema: fn() -> NamedSchema,
    /// Answers: the inputs as JSON, how to decide, and the catalog.
    pub decide: for<'c> fn(&str, &Ask, &'c Catalog) -> Result<Verdict<'c>, Problems>,
}

/// The decision with an id.
pub fn find(id: &str) -> Option<&'static Decision> {
    DECISIONS.iter().find(|decision| decision.id == id)
}

impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decision").field("id", &self.id).finish_non_exhaustive()
    }
}
