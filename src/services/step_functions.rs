//! AWS Step Functions: standard and express workflows.
//!
//! How AWS bills it (<https://aws.amazon.com/step-functions/pricing/>, read 2026-11-22):
//! - A standard workflow costs for each state transition, retries included; 4,000 a month are a free allowance.
//! - An express workflow costs for each request that starts it and for its duration times its memory, in GB-seconds with
//!   three tiers of the month: the first 3,600,000, the next 14,400,000 and the rest (1,000 and 5,000 GB-hours).
//! - Duration counts in increments of 100 ms, memory in increments of 64 MB; what is started counts whole, and each is
//!   one at least.

use serde::Deserialize;
use utoipa::ToSchema;

use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, data_transfer, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::unit::Unit;

/// State transitions of standard workflows.
pub const TRANSITIONS: MeterSpec = MeterSpec::regional("AmazonStates", "StateTransition", "", Unit::STATE_TRANSITIONS);
/// Requests of express workflows.
pub const REQUESTS: MeterSpec = MeterSpec::regional("AmazonStates", "StepFunctions-Request", "", Unit::REQUESTS);
/// Duration of express workflows.
pub const DURATION: MeterSpec = MeterSpec::regional("AmazonStates", "StepFunctions-GB-Second", "", Unit::GB_SECONDS);

/// The milliseconds of an increment of duration (`metering.csv`).
const INCREMENT_MS: u64 = 100;
/// The megabytes of an increment of memory (`metering.csv`).
const INCREMENT_MB: u64 = 64;
/// The increments of duration in a second.
const INCREMENTS_PER_SECOND: u64 = 10;
/// The increments of memory in a gigabyte.
const INCREMENTS_PER_GB: u64 = 16;
/// The longest that an express workflow can run, in milliseconds.
const MAX_DURATION_MS: u64 = 300_000;
/// The most memory of an express workflow that an estimate takes, in megabytes.
const MAX_MEMORY_MB: u64 = 1_048_576;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "step_functions",
    name: "AWS Step Functions",
    about: "Standard workflows by state transition, express workflows by request, duration and memory.",
    excluded: &[
        "What the workflows call: see `lambda`, `sqs`, `sns`, `fargate`",
        "Logs in CloudWatch: see `cloudwatch_logs`",
        "Data sent to other Regions: see `data_transfer`",
    ],
    meters: &[&TRANSITIONS, &REQUESTS, &DURATION, &data_transfer::INTERNET_OUT],
    sources: &["https://aws.amazon.com/step-functions/pricing/"],
    example: Example {
        region: "us-east-1",
        usage: r#"{"kind": "express", "executions": 10000000, "duration_ms": 850, "memory_mb": 64}"#,
    },
    read: read::<StepFunctions>,
    schema: schema::<StepFunctions>,
};

/// What is planned of Step Functions: workflows of one kind.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepFunctions {
    /// The kind of workflow.
    #[serde(default)]
    #[schema(inline, default = "standard")]
    pub kind: WorkflowKind,
    /// Executions a month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub executions: Amount,
    /// Standard: state transitions of an execution, retries included. 0 to 25,000. Left out: 1.
    pub transitions_per_execution: Option<Amount>,
    /// Standard: state transitions a month besides those of `executions`. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub state_transitions: Amount,
    /// Express: how long an execution runs on average, in milliseconds; rounded up to 100. 0 to 300,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub duration_ms: Amount,
    /// Express: memory of an execution in MB, with its definition and payload; rounded up to 64. 0 to 1,048,576.
    /// Left out: 64.
    pub memory_mb: Option<Amount>,
    /// Gigabytes a month that leave to the internet. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
}

/// The kind of a workflow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorkflowKind {
    /// Up to a year, each step once, with a history.
    #[default]
    Standard,
    /// Up to five minutes, at high rates.
    Express,
}

impl StepFunctions {
    /// The fields that go with one kind: the name, whether it is used, and the kind.
    fn particular(&self) -> [(&'static str, bool, WorkflowKind); 4] {
        use WorkflowKind::{Express, Standard};
        [
            ("transitions_per_execution", self.transitions_per_execution.is_some(), Standard),
            ("state_transitions", !self.state_transitions.is_zero(), Standard),
            ("duration_ms", !self.duration_ms.is_zero(), Express),
            ("memory_mb", self.memory_mb.is_some(), Express),
        ]
    }
}

impl Usage for StepFunctions {
    fn check(&self, check: &mut Check, _: &Catalog) {
        check.amount("executions", &self.executions, CAP);
        check.optional_amount("transitions_per_execution", self.transitions_per_execution.as_ref(), 25_000);
        check.amount("state_transitions", &self.state_transitions, CAP);
        check.amount("duration_ms", &self.duration_ms, MAX_DURATION_MS);
        check.optional_amount("memory_mb", self.memory_mb.as_ref(), MAX_MEMORY_MB);
        check.amount("data_out_gb", &self.data_out_gb, CAP);
        for (field, used, kind) in self.particular() {
            if used && kind != self.kind {
                let words = if kind == WorkflowKind::Standard { "standard" } else { "express" };
                check.mistake(field, Code::Conflict, format!("`{field}` goes with `{words}` workflows"));
            }
        }
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        match self.kind {
            WorkflowKind::Standard => {
                if self.transitions_per_execution.is_none() && !self.executions.is_zero() {
                    m.assume("transitions_per_execution", "1", "no number of steps was given");
                }
                let each = self.transitions_per_execution.clone().unwrap_or(Amount::ONE);
                let all = &self.executions.times(&each)? + &self.state_transitions;
                m.line("state_transitions", "State transitions", &TRANSITIONS).times(&all, "state transitions")?.put(m);
            }
            WorkflowKind::Express => {
                m.line("requests", "Requests of express workflows", &REQUESTS)
                    .times(&self.executions, "requests")?
                    .put(m);
                let duration = m.increments(&self.duration_ms, INCREMENT_MS)?;
                let memory = m.increments(&self.memory_mb.clone().unwrap_or(Amount::ZERO), INCREMENT_MB)?;
                m.line("duration", "Duration of express workflows, GB-seconds", &DURATION)
                    .times(&self.executions, "requests")?
                    .times(&duration.per(INCREMENTS_PER_SECOND), "seconds, in increments of 100 ms")?
                    .times(&memory.per(INCREMENTS_PER_GB), "GB, in increments of 64 MB")?
                    .put(m);
            }
        }
        data_transfer::internet_out(m, &self.data_out_gb)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::metering::sweeps::follow;

    #[test]
    fn duration_and_memory_can_be_swept() {
        let plan = || StepFunctions {
            kind: WorkflowKind::Express,
            executions: Amount::whole(1_000),
            duration_ms: Amount::whole(850),
            ..StepFunctions::default()
        };
        assert_eq!(follow(0, 1_000, |ms| StepFunctions { duration_ms: ms, ..plan() }), 10);
        assert_eq!(follow(0, 640, |mb| StepFunctions { memory_mb: Some(mb), ..plan() }), 10);
        assert_eq!(follow(0, 1_000, |executions| StepFunctions { executions, ..plan() }), 1);
    }
}
