//! AWS Lambda: functions by request and duration.
//!
//! How AWS bills it (<https://aws.amazon.com/lambda/pricing/>, read 2026-11-22):
//! - Each request costs, and so does its duration, rounded up to the millisecond, times the memory of the function:
//!   GB-seconds, in three tiers of the month for each architecture and Region.
//! - Ephemeral storage above 512 MB (`pricing-data/facts/lambda.yaml`) costs for the GB-seconds of all requests.
//! - Provisioned concurrency costs for its own GB-seconds, as long as it is switched on, five minutes at least; requests
//!   it serves have a lower price of duration, without tiers and without the free allowance.
//! - SnapStart costs for the snapshots that are kept, by GB-second, and for each gigabyte restored.
//! - Streamed answers cost for each gigabyte above the first 6 MB of a request.
//! - Event pollers of provisioned mode cost by the hour; durable functions for operations, data written and data kept.
//! - 1,000,000 requests, 400,000 GB-seconds on demand and 100 GB streamed are free allowances.
//! - A Compute Savings Plan discounts duration and provisioned concurrency, and no requests
//!   (<https://aws.amazon.com/savingsplans/compute-pricing/>, read 2026-11-25). What is committed and not used is billed
//!   as well, and is not part of this estimate.

use serde::Deserialize;
use utoipa::ToSchema;

use super::commitments::{ComputeSavingsPlan, SavingsPlan};
use super::metering::{MeterSpec, Metering, Record};
use super::{Example, Service, Usage, data_transfer, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::unit::Unit;

/// Requests on x86.
pub const REQUESTS: MeterSpec = meter("Request", Unit::REQUESTS);
/// Requests on Arm.
pub const ARM_REQUESTS: MeterSpec = meter("Request-ARM", Unit::REQUESTS);
/// Duration on x86.
pub const DURATION: MeterSpec = meter("Lambda-GB-Second", Unit::GB_SECONDS);
/// Duration on Arm.
pub const ARM_DURATION: MeterSpec = meter("Lambda-GB-Second-ARM", Unit::GB_SECONDS);
/// Provisioned concurrency on x86.
const CONCURRENCY: MeterSpec = meter("Lambda-Provisioned-Concurrency", Unit::GB_SECONDS);
/// Provisioned concurrency on Arm.
const ARM_CONCURRENCY: MeterSpec = meter("Lambda-Provisioned-Concurrency-ARM", Unit::GB_SECONDS);
/// Duration on provisioned concurrency on x86.
const PROVISIONED_DURATION: MeterSpec = meter("Lambda-Provisioned-GB-Second", Unit::GB_SECONDS);
/// Duration on provisioned concurrency on Arm.
const ARM_PROVISIONED_DURATION: MeterSpec = meter("Lambda-Provisioned-GB-Second-ARM", Unit::GB_SECONDS);
/// Ephemeral storage on x86.
const STORAGE: MeterSpec = meter("Lambda-Storage-GB-Second", Unit::GB_SECONDS);
/// Ephemeral storage on Arm.
const ARM_STORAGE: MeterSpec = meter("Lambda-Storage-GB-Second-ARM", Unit::GB_SECONDS);
/// Snapshots of SnapStart that are kept.
const SNAPSTART_CACHE: MeterSpec = meter("Lambda-SnapStart-Cached-GB-S", Unit::GB_SECONDS);
/// Snapshots of SnapStart that are restored.
const SNAPSTART_RESTORE: MeterSpec = meter("lambda-snapstart-restore", Unit::GB);
/// Streamed answers on x86.
const STREAMING: MeterSpec = meter("Lambda-Streaming-Response-Processed-Bytes", Unit::GB);
/// Streamed answers on Arm.
const ARM_STREAMING: MeterSpec = meter("lambda-response-streaming-bytes-arm", Unit::GB);
/// An hour of an event poller unit for Kafka.
const KAFKA_POLLER_HOURS: MeterSpec = meter("lambda-event-poller-unit-hours", Unit::HOURS);
/// An hour of an event poller unit for SQS.
const SQS_POLLER_HOURS: MeterSpec = meter("lambda-event-poller-unit-sqs-hours", Unit::HOURS);
/// Operations of durable functions.
const DURABLE_OPERATIONS: MeterSpec = meter("lambda-durable-operation", Unit::REQUESTS);
/// Data that durable functions write.
const DURABLE_WRITTEN: MeterSpec = meter("lambda-durable-written", Unit::GB);
/// Data that durable functions keep.
const DURABLE_STORED: MeterSpec = meter("lambda-durable-stored", Unit::GB_MONTHS);

/// Duration and provisioned concurrency that a Compute Savings Plan covers.
const PLAN_GB_SECONDS: MeterSpec =
    MeterSpec::regional(SavingsPlan::Compute.service_code(), "Lambda-*", "*", Unit::GB_SECONDS);

const fn meter(usage_type: &'static str, unit: Unit) -> MeterSpec {
    MeterSpec::regional("AWSLambda", usage_type, "", unit)
}

/// Milliseconds of a second.
const MS_PER_SECOND: u64 = 1_000;
/// Megabytes of a gigabyte.
const MB_PER_GB: u64 = 1_024;
/// Seconds of an hour.
const SECONDS_PER_HOUR: u64 = 3_600;
/// The longest a request can run, in milliseconds.
pub const MAX_DURATION_MS: u64 = 900_000;
/// The least memory and storage of a function, and the most, in megabytes.
const MEMORY_MB: [u64; 2] = [128, 10_240];

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "lambda",
    name: "AWS Lambda",
    about: "Functions of one memory size and architecture: requests, duration, ephemeral storage, provisioned \
            concurrency, SnapStart, streamed answers, event pollers and durable functions.",
    excluded: &[
        "Lambda@Edge, Lambda Managed Instances and tenant isolation",
        "What calls the function and what it calls: API Gateway, load balancers, queues, logs in CloudWatch",
        "Compute Savings Plans",
    ],
    meters: &[
        &REQUESTS,
        &ARM_REQUESTS,
        &DURATION,
        &ARM_DURATION,
        &CONCURRENCY,
        &ARM_CONCURRENCY,
        &PROVISIONED_DURATION,
        &ARM_PROVISIONED_DURATION,
        &STORAGE,
        &ARM_STORAGE,
        &SNAPSTART_CACHE,
        &SNAPSTART_RESTORE,
        &STREAMING,
        &ARM_STREAMING,
        &KAFKA_POLLER_HOURS,
        &SQS_POLLER_HOURS,
        &DURABLE_OPERATIONS,
        &DURABLE_WRITTEN,
        &DURABLE_STORED,
        &PLAN_GB_SECONDS,
        &data_transfer::INTERNET_OUT,
    ],
    sources: &["https://aws.amazon.com/lambda/pricing/", "https://aws.amazon.com/savingsplans/compute-pricing/"],
    example: Example {
        region: "us-east-1",
        usage: r#"{"requests": 5000000, "duration_ms": 120, "memory_mb": 512, "architecture": "arm64"}"#,
    },
    read: read::<Lambda>,
    schema: schema::<Lambda>,
};

/// What is planned of Lambda: functions of one memory size.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lambda {
    /// Requests a month, with those on provisioned concurrency. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub requests: Amount,
    /// How long a request runs on average, in milliseconds; rounded up to whole ones. 0 to 900,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub duration_ms: Amount,
    /// Memory of the function in MB. 128 to 10,240. Left out: 128.
    pub memory_mb: Option<Amount>,
    /// The processor family.
    #[serde(default)]
    #[schema(inline, default = "x86_64")]
    pub architecture: FunctionArchitecture,
    /// The Compute Savings Plan that covers duration and provisioned concurrency. Left out: none.
    #[schema(inline)]
    pub savings_plan: Option<ComputeSavingsPlan>,
    /// Ephemeral storage of the function in MB. 512 to 10,240. Left out: the 512 that are included.
    pub ephemeral_storage_mb: Option<Amount>,
    /// Provisioned concurrency. 0 to 1,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub provisioned_concurrency: Amount,
    /// Hours of the month for which the provisioned concurrency is switched on, 0 to 744. Left out: the whole month.
    pub provisioned_hours: Option<Amount>,
    /// Requests a month that provisioned concurrency serves, of `requests`. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub provisioned_requests: Amount,
    /// How long a request on provisioned concurrency runs, in milliseconds. 0 to 900,000. Left out: `duration_ms`.
    pub provisioned_duration_ms: Option<Amount>,
    /// Versions of functions with SnapStart. 0 to 1,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub snapstart_versions: Amount,
    /// Hours of the month for which those versions are active, 0 to 744. Left out: the whole month.
    pub snapstart_hours: Option<Amount>,
    /// Restores from a snapshot a month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub snapstart_restores: Amount,
    /// Gigabytes a month of streamed answers above the first 6 MB of each request. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub streamed_gb: Amount,
    /// Hours of event poller units for Kafka, added up over the units. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub kafka_poller_hours: Amount,
    /// Hours of event poller units for SQS, added up over the units. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub sqs_poller_hours: Amount,
    /// Operations of durable functions a month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub durable_operations: Amount,
    /// Gigabytes a month that durable functions write. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub durable_written_gb: Amount,
    /// Gigabytes that durable functions keep, on average of the month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub durable_stored_gb: Amount,
    /// Gigabytes a month that leave to the internet. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
}

/// The processor family of a function.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
pub enum FunctionArchitecture {
    /// Intel and AMD.
    #[default]
    #[serde(rename = "x86_64")]
    X86,
    /// Graviton.
    #[serde(rename = "arm64")]
    Arm,
}

impl Lambda {
    /// A line that a Savings Plan may cover.
    fn covered(&self, line: Record) -> Record {
        match self.savings_plan {
            Some(plan) => line.billed_as(|covered| plan.rate(covered)),
            None => line,
        }
    }

    /// The meter of the architecture.
    fn of(&self, x86: &'static MeterSpec, arm: &'static MeterSpec) -> &'static MeterSpec {
        match self.architecture {
            FunctionArchitecture::X86 => x86,
            FunctionArchitecture::Arm => arm,
        }
    }
}

impl Usage for Lambda {
    fn check(&self, check: &mut Check, _: &Catalog) {
        let [least, most] = MEMORY_MB;
        check.amount("requests", &self.requests, CAP);
        check.amount("duration_ms", &self.duration_ms, MAX_DURATION_MS);
        if let Some(memory) = &self.memory_mb {
            check.between("memory_mb", memory, least.into(), most.into());
        }
        if let Some(storage) = &self.ephemeral_storage_mb {
            check.between("ephemeral_storage_mb", storage, 512.into(), most.into());
        }
        check.amount("provisioned_concurrency", &self.provisioned_concurrency, 1_000_000);
        check.optional_amount("provisioned_hours", self.provisioned_hours.as_ref(), 744);
        check.amount("provisioned_requests", &self.provisioned_requests, CAP);
        check.optional_amount("provisioned_duration_ms", self.provisioned_duration_ms.as_ref(), MAX_DURATION_MS);
        check.amount("snapstart_versions", &self.snapstart_versions, 1_000_000);
        check.optional_amount("snapstart_hours", self.snapstart_hours.as_ref(), 744);
        check.amount("snapstart_restores", &self.snapstart_restores, CAP);
        check.amount("streamed_gb", &self.streamed_gb, CAP);
        check.amount("kafka_poller_hours", &self.kafka_poller_hours, CAP);
        check.amount("sqs_poller_hours", &self.sqs_poller_hours, CAP);
        check.amount("durable_operations", &self.durable_operations, CAP);
        check.amount("durable_written_gb", &self.durable_written_gb, CAP);
        check.amount("durable_stored_gb", &self.durable_stored_gb, CAP);
        check.amount("data_out_gb", &self.data_out_gb, CAP);
        if self.provisioned_requests.compare_values(&self.requests).is_gt() {
            check.mistake(
                "provisioned_requests",
                Code::Conflict,
                format!("`provisioned_requests` are part of `requests`, of which there are {}", self.requests),
            );
        }
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let memory = self.memory_mb.clone().unwrap_or_else(|| {
            let [least, _] = MEMORY_MB;
            m.assume("memory_mb", least.to_string(), "the least memory a function can have");
            Amount::ONE.times_whole(least)
        });
        let gb = memory.per(MB_PER_GB);
        m.line("requests", "Requests", self.of(&REQUESTS, &ARM_REQUESTS)).times(&self.requests, "requests")?.put(m);
        let duration = m.probe.ceil_div(&self.duration_ms, &Amount::ONE)?;
        let on_demand = &self.requests - &self.provisioned_requests;
        self.covered(m.line("duration", "Duration, GB-seconds", self.of(&DURATION, &ARM_DURATION)))
            .times(&on_demand, "requests")?
            .times(&duration, "ms")?
            .per(MS_PER_SECOND, "seconds in a ms")
            .times(&gb, "GB of memory")?
            .put(m);
        let hours = m.hours_or_month(self.provisioned_hours.as_ref());
        self.covered(m.line(
            "provisioned_concurrency",
            "Provisioned concurrency, GB-seconds",
            self.of(&CONCURRENCY, &ARM_CONCURRENCY),
        ))
        .times(&self.provisioned_concurrency, "concurrency")?
        .times(&gb, "GB of memory")?
        .times(&hours.times_whole(SECONDS_PER_HOUR), "seconds")?
        .put(m);
        let provisioned = match &self.provisioned_duration_ms {
            Some(duration) => m.probe.ceil_div(duration, &Amount::ONE)?,
            None => duration.clone(),
        };
        self.covered(m.line(
            "provisioned_duration",
            "Duration on provisioned concurrency, GB-seconds",
            self.of(&PROVISIONED_DURATION, &ARM_PROVISIONED_DURATION),
        ))
        .times(&self.provisioned_requests, "requests")?
        .times(&provisioned, "ms")?
        .per(MS_PER_SECOND, "seconds in a ms")
        .times(&gb, "GB of memory")?
        .put(m);
        if let Some(storage) = &self.ephemeral_storage_mb {
            let included = m.fact("lambda_tmp_included_mb")?;
            let above = m.probe.beyond(storage, &included).per(MB_PER_GB);
            let milliseconds = &on_demand.times(&duration)? + &self.provisioned_requests.times(&provisioned)?;
            m.line("ephemeral_storage", "Ephemeral storage, GB-seconds", self.of(&STORAGE, &ARM_STORAGE))
                .times(&milliseconds, "ms of all requests")?
                .per(MS_PER_SECOND, "seconds in a ms")
                .times(&above, "GB above those included")?
                .put(m);
        }
        let hours = m.hours_or_month(self.snapstart_hours.as_ref());
        m.line("snapstart_cache", "SnapStart snapshots kept, GB-seconds", &SNAPSTART_CACHE)
            .times(&self.snapstart_versions, "versions")?
            .times(&gb, "GB of memory")?
            .times(&hours.times_whole(SECONDS_PER_HOUR), "seconds")?
            .put(m);
        m.line("snapstart_restore", "SnapStart restores", &SNAPSTART_RESTORE)
            .times(&self.snapstart_restores, "restores")?
            .times(&gb, "GB of memory")?
            .put(m);
        m.line("streaming", "Streamed answers", self.of(&STREAMING, &ARM_STREAMING))
            .times(&self.streamed_gb, "GB above 6 MB a request")?
            .put(m);
        for (id, label, meter, quantity, of) in [
            ("kafka_pollers", "Event poller units for Kafka", &KAFKA_POLLER_HOURS, &self.kafka_poller_hours, "hours"),
            ("sqs_pollers", "Event poller units for SQS", &SQS_POLLER_HOURS, &self.sqs_poller_hours, "hours"),
            (
                "durable_operations",
                "Operations of durable functions",
                &DURABLE_OPERATIONS,
                &self.durable_operations,
                "operations",
            ),
            ("durable_written", "Data durable functions write", &DURABLE_WRITTEN, &self.durable_written_gb, "GB"),
            ("durable_stored", "Data durable functions keep", &DURABLE_STORED, &self.durable_stored_gb, "GB kept"),
        ] {
            m.line(id, label, meter).times(quantity, of)?.put(m);
        }
        data_transfer::internet_out(m, &self.data_out_gb)
    }
}
