//! Amazon Kinesis Data Streams: provisioned and on demand.
//!
//! How AWS bills it (<https://aws.amazon.com/kinesis/data-streams/pricing/>, read 2026-11-22):
//! - A provisioned stream costs for each shard and hour, and for the payload units that are put: each record is one unit
//!   for each 25 KB, a started 25 KB whole. Reading is free, up to 2 MB a second and shard that all consumers share.
//! - A consumer with enhanced fan-out costs for each shard and hour, and for each gigabyte it reads.
//! - Records are kept for 24 hours. Up to 7 days cost for each shard and hour; what is kept beyond 7 days costs by
//!   gigabyte and month, and so does reading it, by the gigabyte.
//! - A stream on demand costs by the hour, for each gigabyte written (each record rounded up to 1 KB) and for each
//!   gigabyte read, with enhanced fan-out at a price of its own. Retention beyond 24 hours and beyond 7 days costs by
//!   gigabyte and month.

use serde::Deserialize;
use utoipa::ToSchema;

use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, data_transfer, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::unit::Unit;

const fn meter(usage_type: &'static str, operation: &'static str, unit: Unit) -> MeterSpec {
    MeterSpec::regional("AmazonKinesis", usage_type, operation, unit)
}

/// Hours of a shard.
pub const SHARD_HOURS: MeterSpec = meter("Storage-ShardHour", "shardHourStorage", Unit::SHARD_HOURS);
/// Payload units that are put.
pub const PUT_UNITS: MeterSpec = meter("PutRequestPayloadUnits", "PutRequest", Unit::PAYLOAD_UNITS);
/// Hours of a shard with retention up to 7 days.
const EXTENDED_HOURS: MeterSpec = meter("Extended-ShardHour", "", Unit::SHARD_HOURS);
/// Data kept beyond 7 days.
const LONG_TERM: MeterSpec = meter("LongTermRetention-ByteHrs", "LongTermRetentionByteHrs", Unit::GB_MONTHS);
/// Data read that is older than 7 days.
const LONG_TERM_READ: MeterSpec = meter("LongTermRetention-ReadBytes", "LongTermRetentionDataRetrieval", Unit::GB);
/// Hours of a shard and consumer with enhanced fan-out.
const FAN_OUT_HOURS: MeterSpec = meter("EnhancedFanoutHour", "ConsumerHour", Unit::SHARD_HOURS);
/// Data that consumers with enhanced fan-out read.
const FAN_OUT_READ: MeterSpec = meter("ReadBytes", "EnhancedFanoutDataRetrieval", Unit::GB);
/// Hours of a stream on demand.
pub const STREAM_HOURS: MeterSpec = meter("OnDemand-StreamHour", "OnDemandStreamHr", Unit::HOURS);
/// Data written on demand.
pub const ON_DEMAND_WRITTEN: MeterSpec = meter("OnDemand-BilledIncomingBytes", "OnDemandDataIngested", Unit::GB);
/// Data read on demand.
pub const ON_DEMAND_READ: MeterSpec = meter("OnDemand-BilledOutgoingBytes", "OnDemandDataRetrieval", Unit::GB);
/// Data that consumers with enhanced fan-out read on demand.
const ON_DEMAND_FAN_OUT: MeterSpec = meter("OnDemand-BilledOutgoingEFOBytes", "OnDemandEFODataRetrieval", Unit::GB);
/// Data kept on demand from 24 hours to 7 days.
const ON_DEMAND_EXTENDED: MeterSpec =
    meter("OnDemand-ExtendedRetention-ByteHrs", "OnDemandExtendedRetentionByteHrs", Unit::GB_MONTHS);
/// Data kept on demand beyond 7 days.
const ON_DEMAND_LONG_TERM: MeterSpec =
    meter("OnDemand-LongTermRetention-ByteHrs", "OnDemandLongTermRetentionByteHrs", Unit::GB_MONTHS);

/// The kilobytes of a payload unit (`metering.csv`).
pub const UNIT_KB: u64 = 25;
/// The most kilobytes of a record.
const MAX_RECORD_KB: u64 = 10_240;
/// The kilobytes of a gigabyte.
const KB_PER_GB: u64 = 1_048_576;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "kinesis",
    name: "Amazon Kinesis Data Streams",
    about: "Streams provisioned in shards or on demand: writing by record, reading, enhanced fan-out, and retention \
            beyond a day and beyond a week.",
    excluded: &[
        "Amazon Data Firehose, Managed Service for Apache Flink and Kinesis Video Streams",
        "On-demand Advantage, and consumers: see `lambda`, `fargate`, `ec2`",
        "Calls to AWS KMS, shard-level metrics, and data sent to other Regions: see `data_transfer`",
    ],
    meters: &[
        &SHARD_HOURS,
        &PUT_UNITS,
        &EXTENDED_HOURS,
        &LONG_TERM,
        &LONG_TERM_READ,
        &FAN_OUT_HOURS,
        &FAN_OUT_READ,
        &STREAM_HOURS,
        &ON_DEMAND_WRITTEN,
        &ON_DEMAND_READ,
        &ON_DEMAND_FAN_OUT,
        &ON_DEMAND_EXTENDED,
        &ON_DEMAND_LONG_TERM,
        &data_transfer::INTERNET_OUT,
    ],
    sources: &[
        "https://aws.amazon.com/kinesis/data-streams/pricing/",
        "https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html",
    ],
    example: Example {
        region: "us-east-1",
        usage: r#"{"mode": "provisioned", "shards": 4, "records": 500000000, "record_kb": 2, "fan_out_consumers": 2, "fan_out_gb": 1900}"#,
    },
    read: read::<Kinesis>,
    schema: schema::<Kinesis>,
};

/// What is planned of Kinesis Data Streams: streams of one mode.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Kinesis {
    /// How the capacity is paid for.
    #[serde(default)]
    #[schema(inline, default = "provisioned")]
    pub mode: StreamMode,
    /// Provisioned: shards of all streams, on average of `hours`. 0 to 1,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub shards: Amount,
    /// On demand: streams. Whole, 0 to 10,000. Left out: 1.
    pub streams: Option<Amount>,
    /// Hours of the month for which the shards or streams exist, 0 to 744. Left out: the whole month.
    pub hours: Option<Amount>,
    /// Records put a month. 0 to 100,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub records: Amount,
    /// Kilobytes of a record. 0 to 10,240. Left out: 1.
    pub record_kb: Option<Amount>,
    /// On demand: gigabytes a month written besides `records`, each record rounded up to 1 KB. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub written_gb: Amount,
    /// On demand: gigabytes a month read without enhanced fan-out, by all consumers together. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub read_gb: Amount,
    /// Provisioned: consumers with enhanced fan-out, of each shard. 0 to 50.
    #[serde(default)]
    #[schema(default = 0)]
    pub fan_out_consumers: Amount,
    /// Gigabytes a month read with enhanced fan-out, by all consumers together. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub fan_out_gb: Amount,
    /// Provisioned: hours for which records are kept. 24 to 8,760. Left out: 24. What is beyond 168 hours goes into
    /// `long_term_gb`.
    pub retention_hours: Option<Amount>,
    /// On demand: gigabytes kept that are between 24 hours and 7 days old, on average of the month. 0 to
    /// 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub extended_gb: Amount,
    /// Gigabytes kept that are older than 7 days, on average of the month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub long_term_gb: Amount,
    /// Provisioned: gigabytes a month read that are older than 7 days. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub long_term_read_gb: Amount,
    /// Gigabytes a month that leave to the internet. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
}

/// How the capacity of a stream is paid for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StreamMode {
    /// By shards.
    #[default]
    Provisioned,
    /// By data.
    OnDemand,
}

/// The most records of a month that an estimate takes.
const MAX_RECORDS: u64 = 100_000_000_000_000;
/// The hours that every stream keeps its records.
const FREE_RETENTION_HOURS: i64 = 24;

impl Kinesis {
    /// The fields that go with one mode: the name, whether it is used, and the mode.
    fn particular(&self) -> [(&'static str, bool, StreamMode); 8] {
        use StreamMode::{OnDemand, Provisioned};
        [
            ("shards", !self.shards.is_zero(), Provisioned),
            ("streams", self.streams.is_some(), OnDemand),
            ("written_gb", !self.written_gb.is_zero(), OnDemand),
            ("read_gb", !self.read_gb.is_zero(), OnDemand),
            ("fan_out_consumers", !self.fan_out_consumers.is_zero(), Provisioned),
            ("retention_hours", self.retention_hours.is_some(), Provisioned),
            ("extended_gb", !self.extended_gb.is_zero(), OnDemand),
            ("long_term_read_gb", !self.long_term_read_gb.is_zero(), Provisioned),
        ]
    }

    fn record_kb(&self) -> Amount {
        self.record_kb.clone().unwrap_or(Amount::ONE)
    }

    fn meter_provisioned(&self, m: &mut Metering<'_>, hours: &Amount) -> Result<(), NumberError> {
        m.line("shard_hours", "Shard hours", &SHARD_HOURS).times(&self.shards, "shards")?.times(hours, "hours")?.put(m);
        let units = m.increments(&self.record_kb(), UNIT_KB)?;
        m.line("put_payload_units", "PUT payload units", &PUT_UNITS)
            .times(&self.records, "records")?
            .times(&units, "for the 25 KB of each")?
            .put(m);
        if let Some(kept) = &self.retention_hours
            && m.probe.more(kept, &Amount::whole(FREE_RETENTION_HOURS))
        {
            m.line("extended_retention", "Shard hours with retention up to 7 days", &EXTENDED_HOURS)
                .times(&self.shards, "shards")?
                .times(hours, "hours")?
                .put(m);
        }
        m.line("long_term_retention", "Data kept beyond 7 days", &LONG_TERM).times(&self.long_term_gb, "GB")?.put(m);
        m.line("long_term_reads", "Data read that is older than 7 days", &LONG_TERM_READ)
            .times(&self.long_term_read_gb, "GB")?
            .put(m);
        m.line("fan_out_hours", "Consumer shard hours of enhanced fan-out", &FAN_OUT_HOURS)
            .times(&self.fan_out_consumers, "consumers")?
            .times(&self.shards, "shards")?
            .times(hours, "hours")?
            .put(m);
        m.line("fan_out_reads", "Data read with enhanced fan-out", &FAN_OUT_READ).times(&self.fan_out_gb, "GB")?.put(m);
        Ok(())
    }

    fn meter_on_demand(&self, m: &mut Metering<'_>, hours: &Amount) -> Result<(), NumberError> {
        let streams = self.streams.clone().unwrap_or(Amount::ONE);
        m.line("stream_hours", "Stream hours on demand", &STREAM_HOURS)
            .times(&streams, "streams")?
            .times(hours, "hours")?
            .put(m);
        let whole_kb = m.increments(&self.record_kb(), 1)?;
        let written = &self.records.times(&whole_kb)?.per(KB_PER_GB) + &self.written_gb;
        for (id, label, meter, gb) in [
            ("data_written", "Data written", &ON_DEMAND_WRITTEN, &written),
            ("data_read", "Data read", &ON_DEMAND_READ, &self.read_gb),
            ("fan_out_reads", "Data read with enhanced fan-out", &ON_DEMAND_FAN_OUT, &self.fan_out_gb),
            ("extended_retention", "Data kept from 24 hours to 7 days", &ON_DEMAND_EXTENDED, &self.extended_gb),
            ("long_term_retention", "Data kept beyond 7 days", &ON_DEMAND_LONG_TERM, &self.long_term_gb),
        ] {
            m.line(id, label, meter).times(gb, "GB")?.put(m);
        }
        Ok(())
    }
}

impl Usage for Kinesis {
    fn check(&self, check: &mut Check, _: &Catalog) {
        check.amount("shards", &self.shards, 1_000_000);
        check.optional_whole("streams", self.streams.as_ref(), 0, 10_000);
        check.optional_amount("hours", self.hours.as_ref(), 744);
        check.amount("records", &self.records, MAX_RECORDS);
        check.optional_amount("record_kb", self.record_kb.as_ref(), MAX_RECORD_KB);
        check.amount("written_gb", &self.written_gb, CAP);
        check.amount("read_gb", &self.read_gb, CAP);
        check.amount("fan_out_consumers", &self.fan_out_consumers, 50);
        check.amount("fan_out_gb", &self.fan_out_gb, CAP);
        if let Some(kept) = &self.retention_hours {
            check.between("retention_hours", kept, FREE_RETENTION_HOURS.into(), 8_760.into());
        }
        check.amount("extended_gb", &self.extended_gb, CAP);
        check.amount("long_term_gb", &self.long_term_gb, CAP);
        check.amount("long_term_read_gb", &self.long_term_read_gb, CAP);
        check.amount("data_out_gb", &self.data_out_gb, CAP);
        for (field, used, mode) in self.particular() {
            if used && mode != self.mode {
                let words = if mode == StreamMode::Provisioned { "provisioned" } else { "on_demand" };
                check.mistake(field, Code::Conflict, format!("`{field}` goes with the mode `{words}`"));
            }
        }
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        if self.record_kb.is_none() && !self.records.is_zero() {
            m.assume("record_kb", "1", "a small record");
        }
        let hours = m.hours_or_month(self.hours.as_ref());
        match self.mode {
            StreamMode::Provisioned => self.meter_provisioned(m, &hours)?,
            StreamMode::OnDemand => self.meter_on_demand(m, &hours)?,
        }
        data_transfer::internet_out(m, &self.data_out_gb)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::metering::sweeps::follow;

    #[test]
    fn records_can_be_swept_by_size_and_by_number() {
        let plan = |mode| Kinesis { mode, records: Amount::whole(1_000), ..Kinesis::default() };
        let provisioned = |kb| Kinesis { record_kb: Some(kb), ..plan(StreamMode::Provisioned) };
        assert_eq!(follow(0, 100, provisioned), 4);
        assert_eq!(follow(0, 10, |kb| Kinesis { record_kb: Some(kb), ..plan(StreamMode::OnDemand) }), 10);
        let kept =
            |hours| Kinesis { shards: Amount::ONE, retention_hours: Some(hours), ..plan(StreamMode::Provisioned) };
        assert_eq!(follow(20, 48, kept), 2, "24 hours are free");
        assert_eq!(follow(0, 1_000, |records| Kinesis { records, ..plan(StreamMode::OnDemand) }), 1);
    }
}
