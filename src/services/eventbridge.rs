//! Amazon EventBridge: event buses, archives, pipes, the scheduler and schema discovery.
//!
//! How AWS bills it (<https://aws.amazon.com/eventbridge/pricing/>, read 2026-11-22):
//! - Events of one's own and of partners cost for each event published; those of AWS services are free. An event counts
//!   once for each 64 KB, a started 64 KB whole. Rules and targets of the same account and Region are free.
//! - Events that a rule sends on to a bus of another account or Region cost for each event once more
//!   (<https://cloudburn.io/blog/amazon-eventbridge-pricing>, read 2026-11-22).
//! - An archive costs for the gigabytes taken in and for the gigabytes kept; a replay costs for each event replayed.
//! - A pipe costs for each request after its filter, in 64 KB; a call of an API destination likewise.
//! - The scheduler costs for each invocation; 14,000,000 a month are a free allowance.
//! - Schema discovery costs for each event in increments of 8 KB; 5,000,000 a month are a free allowance.

use serde::Deserialize;
use utoipa::ToSchema;

use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, data_transfer, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::unit::Unit;

const fn meter(usage_type: &'static str, operation: &'static str) -> MeterSpec {
    MeterSpec::regional("AWSEvents", usage_type, operation, Unit::EVENTS)
}

/// Events of one's own.
pub const CUSTOM: MeterSpec = meter("Event-64K-Chunks", "PutEvents");
/// Events of partners.
const PARTNER: MeterSpec = meter("Event-64K-Chunks", "ReceivedPartnerEvents");
/// Events of AWS services; free.
const AWS: MeterSpec = meter("eventbridge-aws-service-event", "");
/// Events sent on to buses of other accounts and Regions.
const SENT_ON: MeterSpec = meter("eventbridge-cross-account", "");
/// Data taken into archives.
const ARCHIVED: MeterSpec = MeterSpec::regional("AWSEvents", "ArchivedEvents-Bytes", "ArchiveEvents", Unit::GB);
/// Data kept in archives.
const ARCHIVE_STORED: MeterSpec =
    MeterSpec::regional("AWSEvents", "TimedStorage-ByteHrs", "StandardStorage", Unit::GB_MONTHS);
/// Events replayed.
const REPLAYED: MeterSpec = meter("eventbridge-replay", "");
/// Requests of pipes.
const PIPES: MeterSpec = meter("eventbridge-pipes", "");
/// Calls of API destinations.
const API_DESTINATIONS: MeterSpec = meter("Invocation-64K-Chunks", "InvokeApiDestination");
/// Invocations of the scheduler.
pub const SCHEDULED: MeterSpec = meter("ScheduledInvocation", "");
/// Events in schema discovery.
const DISCOVERED: MeterSpec = meter("Event-8K-Chunks", "DiscoveryEvent");

/// The kilobytes that count as one event (`metering.csv`).
pub const CHUNK_KB: u64 = 64;
/// The kilobytes that count as one event of schema discovery.
const DISCOVERY_KB: u64 = 8;
/// The most kilobytes of an event that an estimate takes.
const MAX_KB: u64 = 1_024;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "eventbridge",
    name: "Amazon EventBridge",
    about: "Events of one's own, of partners and of AWS on event buses, events sent on to other accounts and Regions, \
            archives and replays, pipes, API destinations, the scheduler and schema discovery.",
    excluded: &[
        "Targets, and the enrichment of pipes: see `lambda`, `sqs`, `sns`, `step_functions`",
        "The custom event buses with ordering and retention that AWS announced in 2026",
        "Private targets, and data sent to other Regions: see `vpc_lattice`, `data_transfer`",
        "Calls to AWS KMS",
    ],
    meters: &[
        &CUSTOM,
        &PARTNER,
        &AWS,
        &SENT_ON,
        &ARCHIVED,
        &ARCHIVE_STORED,
        &REPLAYED,
        &PIPES,
        &API_DESTINATIONS,
        &SCHEDULED,
        &DISCOVERED,
        &data_transfer::INTERNET_OUT,
    ],
    sources: &["https://aws.amazon.com/eventbridge/pricing/"],
    example: Example {
        region: "us-east-1",
        usage: r#"{"custom_events": 50000000, "event_kb": 4, "archived_gb": 200, "archive_stored_gb": 600, "scheduled_invocations": 1000000}"#,
    },
    read: read::<Eventbridge>,
    schema: schema::<Eventbridge>,
};

/// What is planned of EventBridge. Numbers are by month, each 0 to 1,000,000,000,000.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Eventbridge {
    /// Kilobytes of an event, for all that is counted by size. 0 to 1,024. Left out: up to 8, which count as one.
    pub event_kb: Option<Amount>,
    /// Events of one's own.
    #[serde(default)]
    #[schema(default = 0)]
    pub custom_events: Amount,
    /// Events of partners.
    #[serde(default)]
    #[schema(default = 0)]
    pub partner_events: Amount,
    /// Events of AWS services; free.
    #[serde(default)]
    #[schema(default = 0)]
    pub aws_events: Amount,
    /// Events that rules send on to buses of other accounts or Regions.
    #[serde(default)]
    #[schema(default = 0)]
    pub sent_on_events: Amount,
    /// Gigabytes taken into archives.
    #[serde(default)]
    #[schema(default = 0)]
    pub archived_gb: Amount,
    /// Gigabytes kept in archives, on average of the month.
    #[serde(default)]
    #[schema(default = 0)]
    pub archive_stored_gb: Amount,
    /// Events replayed from archives.
    #[serde(default)]
    #[schema(default = 0)]
    pub replayed_events: Amount,
    /// Requests of pipes, after their filters.
    #[serde(default)]
    #[schema(default = 0)]
    pub pipe_requests: Amount,
    /// Calls of API destinations.
    #[serde(default)]
    #[schema(default = 0)]
    pub api_destination_calls: Amount,
    /// Invocations of the scheduler.
    #[serde(default)]
    #[schema(default = 0)]
    pub scheduled_invocations: Amount,
    /// Events in schema discovery.
    #[serde(default)]
    #[schema(default = 0)]
    pub discovered_events: Amount,
    /// Gigabytes that leave to the internet.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
}

impl Usage for Eventbridge {
    fn check(&self, check: &mut Check, _: &Catalog) {
        check.optional_amount("event_kb", self.event_kb.as_ref(), MAX_KB);
        check.amount("custom_events", &self.custom_events, CAP);
        check.amount("partner_events", &self.partner_events, CAP);
        check.amount("aws_events", &self.aws_events, CAP);
        check.amount("sent_on_events", &self.sent_on_events, CAP);
        check.amount("archived_gb", &self.archived_gb, CAP);
        check.amount("archive_stored_gb", &self.archive_stored_gb, CAP);
        check.amount("replayed_events", &self.replayed_events, CAP);
        check.amount("pipe_requests", &self.pipe_requests, CAP);
        check.amount("api_destination_calls", &self.api_destination_calls, CAP);
        check.amount("scheduled_invocations", &self.scheduled_invocations, CAP);
        check.amount("discovered_events", &self.discovered_events, CAP);
        check.amount("data_out_gb", &self.data_out_gb, CAP);
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let kb = self.event_kb.clone().unwrap_or(Amount::ONE);
        let chunks = m.increments(&kb, CHUNK_KB)?;
        let discovery_chunks = m.increments(&kb, DISCOVERY_KB)?;
        let (by_64, by_8, whole) = ("for the 64 KB of each", "for the 8 KB of each", "for each");
        for (id, label, meter, events, increments, words) in [
            ("custom_events", "Events of one's own", &CUSTOM, &self.custom_events, &chunks, by_64),
            ("partner_events", "Events of partners", &PARTNER, &self.partner_events, &chunks, by_64),
            ("aws_events", "Events of AWS services", &AWS, &self.aws_events, &Amount::ONE, whole),
            (
                "sent_on_events",
                "Events to buses of other accounts and Regions",
                &SENT_ON,
                &self.sent_on_events,
                &chunks,
                by_64,
            ),
            ("replayed_events", "Events replayed", &REPLAYED, &self.replayed_events, &chunks, by_64),
            ("pipe_requests", "Requests of pipes", &PIPES, &self.pipe_requests, &chunks, by_64),
            (
                "api_destination_calls",
                "Calls of API destinations",
                &API_DESTINATIONS,
                &self.api_destination_calls,
                &chunks,
                by_64,
            ),
            (
                "scheduled_invocations",
                "Invocations of the scheduler",
                &SCHEDULED,
                &self.scheduled_invocations,
                &Amount::ONE,
                whole,
            ),
            (
                "discovered_events",
                "Events in schema discovery",
                &DISCOVERED,
                &self.discovered_events,
                &discovery_chunks,
                by_8,
            ),
        ] {
            m.line(id, label, meter).times(events, "events")?.times(increments, words)?.put(m);
        }
        m.line("archived", "Data taken into archives", &ARCHIVED).times(&self.archived_gb, "GB")?.put(m);
        m.line("archive_storage", "Data kept in archives", &ARCHIVE_STORED)
            .times(&self.archive_stored_gb, "GB")?
            .put(m);
        data_transfer::internet_out(m, &self.data_out_gb)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::metering::sweeps::follow;

    #[test]
    fn events_can_be_swept_by_size_and_by_number() {
        let plan = || Eventbridge { custom_events: Amount::whole(1_000), ..Eventbridge::default() };
        // Schema discovery has steps of 8 KB, whether it is used or not.
        assert_eq!(follow(0, 256, |kb| Eventbridge { event_kb: Some(kb), ..plan() }), 32);
        assert_eq!(follow(0, 1_000_000, |custom_events| Eventbridge { custom_events, ..plan() }), 1);
    }
}
