//! The estimate of an architecture as it goes over the wire.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::app::estimate::Estimate;

/// The answer to an estimate of an architecture: an estimate of many resources, and what goes with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ArchitectureEstimate<'c> {
    /// Which architecture it is, and what it takes for granted.
    pub architecture: ArchitectureTaken,
    /// The parameters, each with the value that was taken.
    pub parameters: Vec<ParameterTaken>,
    /// The numbers that follow from them.
    pub computed: Vec<ComputedTaken>,
    /// The bill.
    #[serde(flatten)]
    pub estimate: Estimate<'c>,
    /// The decisions that the architecture raises, each ready to be asked.
    pub decisions: Vec<DecisionAsk>,
    /// The same bill as an estimate of many resources: to be changed, and sent.
    pub as_resources: ReadyRequest,
}

/// The architecture of an estimate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ArchitectureTaken {
    /// The id.
    #[schema(example = "serverless_api")]
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it takes for granted, in sentences.
    pub assumptions: Vec<String>,
}

/// A parameter with the value that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ParameterTaken {
    /// The name.
    #[schema(example = "requests_month")]
    pub name: String,
    /// The value: a decimal, or the word of a choice.
    pub value: String,
    /// The unit of a number; null for a choice.
    #[schema(example = "requests")]
    pub unit: Option<String>,
    /// Whether the request gave it; else it is the default.
    pub given: bool,
}

/// A number that follows from the parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ComputedTaken {
    /// The name.
    #[schema(example = "workers")]
    pub name: String,
    /// What it means.
    pub what: String,
    /// The number, with up to 12 decimals.
    pub value: String,
    /// The unit.
    pub unit: String,
}

/// A decision that is ready to be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DecisionAsk {
    /// The id of the decision.
    #[schema(example = "container_platform")]
    pub decision: String,
    /// The question.
    pub question: String,
    /// Where to POST the request.
    #[schema(example = "/v1/decisions/container_platform")]
    pub href: String,
    /// The request, with inputs that follow from the parameters.
    #[schema(value_type = Object)]
    pub request: Value,
}

/// A request that is ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReadyRequest {
    /// Where to POST it.
    #[schema(example = "/v1/estimates")]
    pub href: &'static str,
    /// The request.
    #[schema(value_type = Object)]
    pub request: Value,
}
