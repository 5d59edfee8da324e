//! Amazon SQS: standard and FIFO queues, and fair queues.
//!
//! How AWS bills it (<https://aws.amazon.com/sqs/pricing/>, read 2026-11-22):
//! - Every action on a queue is a request, and requests are all that costs: sending, receiving, deleting, changing a
//!   visibility and the rest. Standard and FIFO queues have a ladder of the month each.
//! - A request carries 1 to 10 messages and 1 MiB at most. Each 64 KB of its payload is one request on the bill, and a
//!   started 64 KB counts whole: a batch of 10 messages of 13 KB is three. What is received is counted like what is
//!   sent; a delete carries no payload.
//! - A receive that brings nothing is a request like any other. Long polling lets a receive wait up to 20 seconds for a
//!   message (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html>),
//!   so that a consumer at an empty queue makes at least three requests a minute.
//! - A fair queue is a standard queue whose messages carry the id of a group; its requests cost a surcharge on a meter of
//!   their own (<https://cloudburn.io/blog/amazon-sqs-pricing>, read 2026-11-22).
//! - The first 1,000,000 requests a month, of both kinds and all Regions together, are a free allowance.
//! - Data between SQS and other services of the Region is free; what leaves to the internet costs as data transfer.

use serde::Deserialize;
use utoipa::ToSchema;

use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, data_transfer, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::unit::Unit;

/// Requests on standard queues.
pub const REQUESTS: MeterSpec = meter("Requests-Tier1");
/// Requests on FIFO queues.
pub const FIFO_REQUESTS: MeterSpec = meter("Requests-FIFO-Tier1");
/// The surcharge of requests on fair queues.
const FAIR_REQUESTS: MeterSpec = meter("Requests-Fair-Tier1");

const fn meter(usage_type: &'static str) -> MeterSpec {
    MeterSpec::regional("AWSQueueService", usage_type, "", Unit::REQUESTS)
}

/// The kilobytes of payload that count as one request (`metering.csv`).
pub const CHUNK_KB: u64 = 64;
/// The most kilobytes that a message, and all messages of a request together, can have.
const MAX_KB: u64 = 1_024;
/// The most messages of a request.
const MAX_BATCH: i64 = 10;
/// The longest that a receive waits, in seconds.
const MAX_WAIT_SECONDS: i64 = 20;
/// The seconds of an hour.
const SECONDS_PER_HOUR: u64 = 3_600;
/// The size of a message where the request does not say it, in kilobytes.
const USUAL_MESSAGE_KB: i64 = 4;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "sqs",
    name: "Amazon SQS",
    about: "Standard and FIFO queues: the requests that messages make by their size, batches and repeated deliveries, \
            those of consumers that poll an empty queue, and the surcharge of fair queues.",
    excluded: &[
        "Consumers: see `lambda`, `fargate`, `ec2`; event pollers of provisioned mode are in `lambda`",
        "Calls to AWS KMS for queues encrypted with one's own key",
        "Payloads that are kept in S3 because a message cannot hold them: see `s3`",
        "Data sent to other Regions: see `data_transfer`",
    ],
    meters: &[&REQUESTS, &FIFO_REQUESTS, &FAIR_REQUESTS, &data_transfer::INTERNET_OUT],
    sources: &[
        "https://aws.amazon.com/sqs/pricing/",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html",
    ],
    example: Example {
        region: "us-east-1",
        usage: r#"{"messages": 30000000, "message_kb": 4, "send_batch": 10, "receive_batch": 10, "delete_batch": 10, "pollers": 5}"#,
    },
    read: read::<Sqs>,
    schema: schema::<Sqs>,
};

/// What is planned of SQS: queues of one kind.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sqs {
    /// The kind of queue.
    #[serde(default)]
    #[schema(inline, default = "standard")]
    pub kind: QueueKind,
    /// Whether the queue is a fair queue: a standard queue whose messages carry the id of a group. Not with `fifo`.
    #[serde(default)]
    pub fair: bool,
    /// Messages a month; each is sent once, received `receives_per_message` times and deleted once.
    /// 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub messages: Amount,
    /// Kilobytes of a message, with its attributes. 0 to 1,024. Left out: 4.
    pub message_kb: Option<Amount>,
    /// Messages of a send request, on average. 1 to 10; with `message_kb`, 1,024 KB at most. Left out: 1.
    pub send_batch: Option<Amount>,
    /// Messages that a receive request brings, on average. 1 to 10; with `message_kb`, 1,024 KB at most. Left out: 1.
    pub receive_batch: Option<Amount>,
    /// Messages of a delete request, on average. 1 to 10. Left out: 1.
    pub delete_batch: Option<Amount>,
    /// How often a message is received on average: more than once where consumers fail and it becomes visible again.
    /// 0 to 1,000. Left out: 1.
    pub receives_per_message: Option<Amount>,
    /// Receive requests a month that bring nothing, besides those of `pollers`. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub empty_receives: Amount,
    /// Consumers that keep a long poll open while the queue is empty. A function that reads a queue has 5 of them at
    /// least. 0 to 1,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub pollers: Amount,
    /// How long a long poll waits, in seconds. 1 to 20. Left out: 20. The empty receives of short polling go into
    /// `empty_receives`.
    pub wait_seconds: Option<Amount>,
    /// Hours of the month in which the queue is empty and the pollers wait, 0 to 744. Left out: the whole month.
    pub idle_hours: Option<Amount>,
    /// Requests a month besides all of these: other actions, or all requests where they have been counted.
    /// 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub requests: Amount,
    /// Kilobytes of payload of each of `requests`. 0 to 1,024. Left out: up to 64, which count as one request.
    pub request_kb: Option<Amount>,
    /// Gigabytes a month that leave to the internet. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
}

/// The kind of a queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueueKind {
    /// At least once, in about the order of sending.
    #[default]
    Standard,
    /// Exactly once, in the order of sending.
    Fifo,
}

impl Sqs {
    /// The messages of a request: those given, else one.
    fn batch(given: Option<&Amount>) -> Amount {
        given.cloned().unwrap_or(Amount::ONE)
    }

    fn message_kb(&self) -> Amount {
        self.message_kb.clone().unwrap_or_else(|| Amount::whole(USUAL_MESSAGE_KB))
    }

    fn meter_of_kind(&self) -> &'static MeterSpec {
        match self.kind {
            QueueKind::Standard => &REQUESTS,
            QueueKind::Fifo => &FIFO_REQUESTS,
        }
    }

    /// Batches whose messages do not fit a request.
    fn check_batch(&self, check: &mut Check, field: &str, batch: Option<&Amount>) {
        let Some(batch) = batch else { return };
        check.between(field, batch, 1.into(), MAX_BATCH.into());
        let most = Amount::ONE.times_whole(MAX_KB);
        let fits = batch.times(&self.message_kb()).is_ok_and(|kb| kb.compare_values(&most).is_le());
        let alone = self.message_kb().compare_values(&most).is_le();
        if alone && !fits && batch.compare_values(&Amount::whole(MAX_BATCH)).is_le() {
            let detail =
                format!("{batch} messages of {} KB do not fit a request, which holds {MAX_KB} KB", self.message_kb());
            check.mistake(field, Code::Conflict, detail);
        }
    }
}

impl Usage for Sqs {
    fn check(&self, check: &mut Check, _: &Catalog) {
        check.amount("messages", &self.messages, CAP);
        check.optional_amount("message_kb", self.message_kb.as_ref(), MAX_KB);
        self.check_batch(check, "send_batch", self.send_batch.as_ref());
        self.check_batch(check, "receive_batch", self.receive_batch.as_ref());
        if let Some(batch) = &self.delete_batch {
            check.between("delete_batch", batch, 1.into(), MAX_BATCH.into());
        }
        check.optional_amount("receives_per_message", self.receives_per_message.as_ref(), 1_000);
        check.amount("empty_receives", &self.empty_receives, CAP);
        check.amount("pollers", &self.pollers, 1_000_000);
        if let Some(wait) = &self.wait_seconds {
            check.between("wait_seconds", wait, 1.into(), MAX_WAIT_SECONDS.into());
        }
        check.optional_amount("idle_hours", self.idle_hours.as_ref(), 744);
        check.amount("requests", &self.requests, CAP);
        check.optional_amount("request_kb", self.request_kb.as_ref(), MAX_KB);
        check.amount("data_out_gb", &self.data_out_gb, CAP);
        if self.fair && self.kind == QueueKind::Fifo {
            check.mistake("fair", Code::Conflict, "a fair queue is a standard queue, not a `fifo` one");
        }
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        if self.message_kb.is_none() && !self.messages.is_zero() {
            m.assume("message_kb", USUAL_MESSAGE_KB.to_string(), "a usual event; 64 KB of a request count as one");
        }
        let per_send = Self::batch(self.send_batch.as_ref());
        let per_receive = Self::batch(self.receive_batch.as_ref());
        let deliveries = self.messages.times(&self.receives_per_message.clone().unwrap_or(Amount::ONE))?;
        let sent = self.messages.over(&per_send)?;
        let received = deliveries.over(&per_receive)?;
        let deleted = self.messages.over(&Self::batch(self.delete_batch.as_ref()))?;
        let kb = self.message_kb();
        let sent_chunks = m.increments(&kb.times(&per_send)?, CHUNK_KB)?;
        let received_chunks = m.increments(&kb.times(&per_receive)?, CHUNK_KB)?;
        let other_chunks = match &self.request_kb {
            Some(kb) => m.increments(kb, CHUNK_KB)?,
            None => Amount::ONE,
        };
        let wait = self.wait_seconds.clone().unwrap_or_else(|| Amount::whole(MAX_WAIT_SECONDS));
        let polls = m.hours_or_month(self.idle_hours.as_ref()).times_whole(SECONDS_PER_HOUR).over(&wait)?;
        let polled = self.pollers.times(&polls)?;
        let empty = &self.empty_receives + &polled;
        let meter = self.meter_of_kind();
        let mut all = Amount::ZERO;
        for (id, label, requests, chunks) in [
            ("send_requests", "Send requests", &sent, &sent_chunks),
            ("receive_requests", "Receive requests", &received, &received_chunks),
            ("delete_requests", "Delete requests", &deleted, &Amount::ONE),
            ("empty_receive_requests", "Receive requests that bring nothing", &empty, &Amount::ONE),
            ("requests", "Other requests", &self.requests, &other_chunks),
        ] {
            m.line(id, label, meter).times(requests, "requests")?.times(chunks, "for the 64 KB of each")?.put(m);
            all = &all + &requests.times(chunks)?;
        }
        if self.fair {
            m.line("fair_requests", "Surcharge of fair queues", &FAIR_REQUESTS).times(&all, "requests in all")?.put(m);
        }
        data_transfer::internet_out(m, &self.data_out_gb)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::metering::sweeps::follow;

    fn plan() -> Sqs {
        let some = |n: i64| Some(Amount::whole(n));
        Sqs {
            messages: Amount::whole(1_000_000),
            message_kb: some(4),
            send_batch: some(10),
            receive_batch: some(3),
            pollers: Amount::whole(2),
            fair: true,
            ..Sqs::default()
        }
    }

    #[test]
    fn requests_can_be_swept_by_size_and_by_number() {
        let pieces = follow(0, 102, |kb| Sqs { message_kb: Some(kb), ..plan() });
        // Batches of ten step at each 6.4 KB up to 96, 15 times; batches of three at 21 1/3, 42 2/3, 64 and 85 1/3 KB,
        // of which 64 is a step of both.
        assert_eq!(pieces, 1 + 15 + 3);
        assert_eq!(follow(0, 1_000_000_000, |messages| Sqs { messages, ..plan() }), 1);
        assert_eq!(follow(0, 1_000, |pollers| Sqs { pollers, ..plan() }), 1);
        assert_eq!(follow(0, 744, |hours| Sqs { idle_hours: Some(hours), ..plan() }), 1);
    }

    #[test]
    fn a_batch_that_moves_is_no_straight_line() {
        let catalog = crate::catalog::load::seed_catalog().map_err(|mistakes| mistakes.to_string()).expect("the seed");
        let (month, mut probe) = (crate::domain::month::Month::convention(), crate::domain::probe::Probe::new());
        let mut metering = Metering::new(&catalog, "us-east-1", &month, &mut probe, 0);
        let moving = Amount::moving(Amount::ONE.value(), Amount::ONE.value());
        let usage = Sqs { send_batch: Some(moving), ..plan() };
        assert_eq!(usage.meter(&mut metering), Err(NumberError::NotPiecewiseLinear));
    }
}
