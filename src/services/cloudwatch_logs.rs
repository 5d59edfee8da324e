//! Amazon CloudWatch Logs: log events taken in, kept, queried and passed on.
//!
//! How AWS bills it (<https://aws.amazon.com/cloudwatch/pricing/>, tab "Logs", read 2026-11-22):
//! - Each gigabyte of log data that is taken in costs, uncompressed; the infrequent access class costs half as much.
//!   Vended logs, which AWS services write (VPC flow logs, resolver query logs and others), have a ladder of the month.
//! - Vended logs that go to S3 or Firehose instead cost for each gigabyte on meters of their own; turning them into
//!   Parquet on the way to S3 costs besides.
//! - Log data that is kept costs by gigabyte and month, as compressed: about 15 % of its size, AWS estimates.
//! - Logs Insights costs for each gigabyte that a query scans, Live Tail for each minute of a session, data protection
//!   for each gigabyte it scans.
//! - The first 5 GB taken in and the first 5 GB kept are free allowances.

use serde::Deserialize;
use utoipa::ToSchema;

use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::unit::Unit;

/// Log data taken in, standard class.
pub const INGESTION: MeterSpec =
    MeterSpec::regional("AmazonCloudWatch", "DataProcessing-Bytes", "PutLogEvents", Unit::GB);
/// Log data taken in, infrequent access class.
const INFREQUENT_ACCESS: MeterSpec =
    MeterSpec::regional("AmazonCloudWatch", "cw-logs-ia-ingestion", "PutLogEvents", Unit::GB);
/// Vended logs taken in, standard class.
const VENDED: MeterSpec = MeterSpec::regional("AmazonCloudWatch", "VendedLog-Bytes", "", Unit::GB);
/// Vended logs taken in, infrequent access class.
const VENDED_INFREQUENT_ACCESS: MeterSpec = MeterSpec::regional("AmazonCloudWatch", "cw-logs-ia-vended", "", Unit::GB);
/// Vended logs sent to S3.
const VENDED_TO_S3: MeterSpec = MeterSpec::regional("AmazonCloudWatch", "S3-Egress-Bytes", "", Unit::GB);
/// Vended logs turned into Parquet on the way to S3.
const PARQUET: MeterSpec =
    MeterSpec::regional("AmazonCloudWatch", "S3-Egress-InputBytes", "ParquetConversion", Unit::GB);
/// Vended logs sent to Firehose.
const VENDED_TO_FIREHOSE: MeterSpec = MeterSpec::regional("AmazonCloudWatch", "FH-Egress-Bytes", "", Unit::GB);
/// Log data kept, as compressed.
pub const STORAGE: MeterSpec = MeterSpec::regional("AmazonCloudWatch", "TimedStorage-ByteHrs", "", Unit::GB_MONTHS);
/// Log data that Logs Insights scans.
const INSIGHTS: MeterSpec = MeterSpec::regional("AmazonCloudWatch", "DataScanned-Bytes", "StartQuery", Unit::GB);
/// A minute of a Live Tail session.
const LIVE_TAIL: MeterSpec = MeterSpec::regional("AmazonCloudWatch", "Logs-LiveTail", "", Unit::MINUTES);
/// Log data that data protection scans.
const DATA_PROTECTION: MeterSpec = MeterSpec::regional("AmazonCloudWatch", "cw-logs-data-protection", "", Unit::GB);

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "cloudwatch_logs",
    name: "Amazon CloudWatch Logs",
    about: "Log data taken in by class, kept with its compression, queried with Logs Insights, watched with Live Tail \
            and passed on to S3 or Firehose.",
    excluded: &[
        "Metrics, alarms, dashboards, Container Insights, canaries and the rest of CloudWatch",
        "Storage in S3 and Firehose's own price for vended logs that go there",
        "Log data sent to other Regions or out to the internet: see `data_transfer`",
        "The endpoint or NAT gateway through which private subnets reach CloudWatch: see `vpc_endpoint`, `nat_gateway`",
    ],
    meters: &[
        &INGESTION,
        &INFREQUENT_ACCESS,
        &VENDED,
        &VENDED_INFREQUENT_ACCESS,
        &VENDED_TO_S3,
        &PARQUET,
        &VENDED_TO_FIREHOSE,
        &STORAGE,
        &INSIGHTS,
        &LIVE_TAIL,
        &DATA_PROTECTION,
    ],
    sources: &["https://aws.amazon.com/cloudwatch/pricing/"],
    example: Example {
        region: "us-east-1",
        usage: r#"{"ingested_gb": 200, "stored_gb": 600, "compression": "0.15", "insights_scanned_gb": 50}"#,
    },
    read: read::<CloudwatchLogs>,
    schema: schema::<CloudwatchLogs>,
};

/// What is planned of CloudWatch Logs.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloudwatchLogs {
    /// Gigabytes a month taken in, standard class. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub ingested_gb: Amount,
    /// Gigabytes a month taken in, infrequent access class. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub infrequent_access_gb: Amount,
    /// Gigabytes a month of vended logs taken in, standard class. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub vended_gb: Amount,
    /// Gigabytes a month of vended logs taken in, infrequent access class. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub vended_infrequent_access_gb: Amount,
    /// Gigabytes a month of vended logs sent to S3. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub vended_to_s3_gb: Amount,
    /// Gigabytes a month of vended logs turned into Parquet on the way to S3. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub parquet_gb: Amount,
    /// Gigabytes a month of vended logs sent to Firehose. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub vended_to_firehose_gb: Amount,
    /// Gigabytes of log data kept, on average of the month and before compression: 100 GB a month kept for three
    /// months are 300. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub stored_gb: Amount,
    /// Size of the kept data after compression, as a share of the size before it. 0 to 1; AWS estimates 0.15 for
    /// usual logs. Left out: 1, no compression.
    pub compression: Option<Amount>,
    /// Gigabytes a month that Logs Insights queries scan. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub insights_scanned_gb: Amount,
    /// Minutes a month of Live Tail sessions. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub live_tail_minutes: Amount,
    /// Gigabytes a month that data protection scans. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_protection_gb: Amount,
}

impl Usage for CloudwatchLogs {
    fn check(&self, check: &mut Check, _: &Catalog) {
        check.amount("ingested_gb", &self.ingested_gb, CAP);
        check.amount("infrequent_access_gb", &self.infrequent_access_gb, CAP);
        check.amount("vended_gb", &self.vended_gb, CAP);
        check.amount("vended_infrequent_access_gb", &self.vended_infrequent_access_gb, CAP);
        check.amount("vended_to_s3_gb", &self.vended_to_s3_gb, CAP);
        check.amount("parquet_gb", &self.parquet_gb, CAP);
        check.amount("vended_to_firehose_gb", &self.vended_to_firehose_gb, CAP);
        check.amount("stored_gb", &self.stored_gb, CAP);
        check.optional_amount("compression", self.compression.as_ref(), 1);
        check.amount("insights_scanned_gb", &self.insights_scanned_gb, CAP);
        check.amount("live_tail_minutes", &self.live_tail_minutes, CAP);
        check.amount("data_protection_gb", &self.data_protection_gb, CAP);
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        for (id, label, meter, gb) in [
            ("ingestion", "Log data taken in", &INGESTION, &self.ingested_gb),
            (
                "infrequent_access",
                "Log data taken in, infrequent access",
                &INFREQUENT_ACCESS,
                &self.infrequent_access_gb,
            ),
            ("vended", "Vended logs taken in", &VENDED, &self.vended_gb),
            (
                "vended_infrequent_access",
                "Vended logs taken in, infrequent access",
                &VENDED_INFREQUENT_ACCESS,
                &self.vended_infrequent_access_gb,
            ),
            ("vended_to_s3", "Vended logs sent to S3", &VENDED_TO_S3, &self.vended_to_s3_gb),
            ("parquet", "Vended logs turned into Parquet", &PARQUET, &self.parquet_gb),
            ("vended_to_firehose", "Vended logs sent to Firehose", &VENDED_TO_FIREHOSE, &self.vended_to_firehose_gb),
        ] {
            m.line(id, label, meter).times(gb, "GB")?.put(m);
        }
        if self.compression.is_none() && !self.stored_gb.is_zero() {
            m.assume(
                "compression",
                "1",
                "the kept data is taken without compression; AWS estimates 0.15 for usual logs",
            );
        }
        let compression = self.compression.clone().unwrap_or(Amount::ONE);
        m.line("storage", "Log data kept, compressed", &STORAGE)
            .times(&self.stored_gb, "GB kept")?
            .times(&compression, "of it after compression")?
            .put(m);
        m.line("insights", "Log data scanned by Logs Insights", &INSIGHTS)
            .times(&self.insights_scanned_gb, "GB scanned")?
            .put(m);
        m.line("live_tail", "Minutes of Live Tail", &LIVE_TAIL).times(&self.live_tail_minutes, "minutes")?.put(m);
        m.line("data_protection", "Log data scanned by data protection", &DATA_PROTECTION)
            .times(&self.data_protection_gb, "GB scanned")?
            .put(m);
        Ok(())
    }
}
