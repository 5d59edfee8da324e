//! Amazon DynamoDB: tables on demand and provisioned, of both classes, global tables, streams and backups.
//!
//! How AWS bills it (<https://aws.amazon.com/dynamodb/pricing/>, read 2026-11-22):
//! - On demand, each read and write costs in request units. A strongly consistent read of up to 4 KB is one unit, an
//!   eventually consistent one half a unit, one in a transaction two; each started 4 KB counts. A write of up to 1 KB is
//!   one unit, in a transaction two; each started 1 KB counts
//!   (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>).
//! - Provisioned, each unit of read and write capacity costs for the hours for which it is provisioned, used or not.
//! - The Standard-Infrequent Access class has prices of its own: storage costs less, requests and capacity more.
//! - Storage costs by gigabyte and month. 25 GB of the Standard class, and 25 units each of provisioned reads and writes,
//!   are free allowances of each Region.
//! - Every write to a global table is a replicated write in each Region of the table, that of the writer included. The
//!   replicas cost as storage, and the copied data as data transfer between Regions.
//! - Streams cost for the read requests beside those of Lambda triggers and global tables; change data capture to
//!   Kinesis costs for units of 1 KB.
//! - Backups cost by gigabyte and month, continuous ones (point-in-time recovery) for the size of the table; restores,
//!   exports to S3 and imports cost for each gigabyte.

use serde::Deserialize;
use utoipa::ToSchema;

use super::data_transfer::{self, check_items};
use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::{Code, Problem};
use crate::domain::read::unknown_name;
use crate::domain::unit::Unit;

const fn on_demand(usage_type: &'static str) -> MeterSpec {
    MeterSpec::regional("AmazonDynamoDB", usage_type, "PayPerRequestThroughput", Unit::REQUESTS)
}

const fn provisioned(usage_type: &'static str) -> MeterSpec {
    MeterSpec::regional("AmazonDynamoDB", usage_type, "CommittedThroughput", Unit::CAPACITY_UNIT_HOURS)
}

const fn data(usage_type: &'static str, unit: Unit) -> MeterSpec {
    MeterSpec::regional("AmazonDynamoDB", usage_type, "", unit)
}

/// Read request units.
pub const READS: MeterSpec = on_demand("ReadRequestUnits");
/// Write request units.
pub const WRITES: MeterSpec = on_demand("WriteRequestUnits");
/// Replicated write request units.
const REPLICATED_WRITES: MeterSpec = on_demand("ReplWriteRequestUnits");
/// Hours of a read capacity unit.
pub const READ_CAPACITY: MeterSpec = provisioned("ReadCapacityUnit-Hrs");
/// Hours of a write capacity unit.
pub const WRITE_CAPACITY: MeterSpec = provisioned("WriteCapacityUnit-Hrs");
/// Hours of a replicated write capacity unit.
const REPLICATED_WRITE_CAPACITY: MeterSpec = provisioned("ReplWriteCapacityUnit-Hrs");
/// Storage.
pub const STORAGE: MeterSpec = data("TimedStorage-ByteHrs", Unit::GB_MONTHS);
/// The same of the Standard-Infrequent Access class.
const IA_READS: MeterSpec = on_demand("IA-ReadRequestUnits");
const IA_WRITES: MeterSpec = on_demand("IA-WriteRequestUnits");
const IA_REPLICATED_WRITES: MeterSpec = on_demand("IA-ReplWriteRequestUnits");
const IA_READ_CAPACITY: MeterSpec = provisioned("IA-ReadCapacityUnit-Hrs");
const IA_WRITE_CAPACITY: MeterSpec = provisioned("IA-WriteCapacityUnit-Hrs");
const IA_REPLICATED_WRITE_CAPACITY: MeterSpec = provisioned("IA-ReplWriteCapacityUnit-Hrs");
const IA_STORAGE: MeterSpec = data("IA-TimedStorage-ByteHrs", Unit::GB_MONTHS);
/// Read requests to streams.
const STREAM_READS: MeterSpec = MeterSpec::regional("AmazonDynamoDB", "Streams-Requests", "GetRecords", Unit::REQUESTS);
/// Units of change data capture to Kinesis.
const CHANGES_TO_KINESIS: MeterSpec = data("ChangeDataCaptureUnits-Kinesis", Unit::REQUESTS);
/// Backups made on demand.
const BACKUPS: MeterSpec = data("TimedBackupStorage-ByteHrs", Unit::GB_MONTHS);
/// Continuous backups.
const CONTINUOUS_BACKUPS: MeterSpec = data("TimedPITRStorage-ByteHrs", Unit::GB_MONTHS);
/// Data restored.
const RESTORED: MeterSpec = data("RestoreDataSize-Bytes", Unit::GB);
/// Data exported to S3.
const EXPORTED: MeterSpec = data("ExportDataSize-Bytes", Unit::GB);
/// Data imported from S3.
const IMPORTED: MeterSpec = data("ImportDataSize-Bytes", Unit::GB);

/// The kilobytes of a read unit (`metering.csv`).
pub const READ_KB: u64 = 4;
/// The kilobytes of a write unit (`metering.csv`).
pub const WRITE_KB: u64 = 1;
/// The most kilobytes of an item.
const MAX_ITEM_KB: u64 = 400;
/// The kilobytes of a gigabyte.
pub const KB_PER_GB: u64 = 1_048_576;
/// The most capacity units that an estimate takes.
const MAX_UNITS: u64 = 1_000_000_000;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "dynamodb",
    name: "Amazon DynamoDB",
    about: "Tables of one class and capacity mode: reads and writes by size and consistency or provisioned capacity, \
            storage, global tables, streams, backups, restores, exports and imports.",
    excluded: &[
        "DynamoDB Accelerator, reserved capacity, warm throughput, and global tables of strong consistency",
        "Secondary indexes: add their writes and storage to those of the table",
        "Calls to AWS KMS, and what reads the streams: see `lambda`, `kinesis`",
    ],
    meters: &[
        &READS,
        &WRITES,
        &REPLICATED_WRITES,
        &READ_CAPACITY,
        &WRITE_CAPACITY,
        &REPLICATED_WRITE_CAPACITY,
        &STORAGE,
        &IA_READS,
        &IA_WRITES,
        &IA_REPLICATED_WRITES,
        &IA_READ_CAPACITY,
        &IA_WRITE_CAPACITY,
        &IA_REPLICATED_WRITE_CAPACITY,
        &IA_STORAGE,
        &STREAM_READS,
        &CHANGES_TO_KINESIS,
        &BACKUPS,
        &CONTINUOUS_BACKUPS,
        &RESTORED,
        &EXPORTED,
        &IMPORTED,
        &data_transfer::INTERNET_OUT,
        &data_transfer::BETWEEN_REGIONS,
    ],
    sources: &[
        "https://aws.amazon.com/dynamodb/pricing/",
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html",
    ],
    example: Example {
        region: "us-east-1",
        usage: r#"{"capacity": "on_demand", "eventually_consistent_reads": 50000000, "writes": 10000000, "item_kb": 2, "stored_gb": 100, "continuous_backup_gb": 100}"#,
    },
    read: read::<Dynamodb>,
    schema: schema::<Dynamodb>,
};

/// What is planned of DynamoDB: tables of one class and capacity mode.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dynamodb {
    /// How reads and writes are paid for.
    #[serde(default)]
    #[schema(inline, default = "on_demand")]
    pub capacity: CapacityMode,
    /// The table class.
    #[serde(default)]
    #[schema(inline, default = "standard")]
    pub table_class: TableClass,
    /// Kilobytes of an item, for reads and writes. 0 to 400. Left out: 1.
    pub item_kb: Option<Amount>,
    /// On demand: eventually consistent reads a month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub eventually_consistent_reads: Amount,
    /// On demand: strongly consistent reads a month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub strongly_consistent_reads: Amount,
    /// On demand: reads in transactions a month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub transactional_reads: Amount,
    /// On demand: writes a month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub writes: Amount,
    /// On demand: writes in transactions a month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub transactional_writes: Amount,
    /// Provisioned: read capacity units, on average of `hours`. 0 to 1,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub read_capacity_units: Amount,
    /// Provisioned: write capacity units, on average of `hours`. 0 to 1,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub write_capacity_units: Amount,
    /// Provisioned: hours of the month for which the capacity is provisioned, 0 to 744. Left out: the whole month.
    pub hours: Option<Amount>,
    /// Gigabytes kept, on average of the month; each item takes 100 bytes more than its own. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub stored_gb: Amount,
    /// Other Regions of a global table, each named once. Their reads are resources of their own.
    #[serde(default)]
    #[schema(example = json!(["us-west-2"]))]
    pub replica_regions: Vec<String>,
    /// Gigabytes a month copied to each replica. 0 to 1,000,000,000,000. Left out: on demand, the writes × their size;
    /// provisioned, none.
    pub replicated_gb: Option<Amount>,
    /// Read requests to streams a month, but for those of Lambda triggers, which are free. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub stream_reads: Amount,
    /// Units of 1 KB of change data capture to Kinesis, a month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub changes_to_kinesis: Amount,
    /// Gigabytes of backups made on demand, on average of the month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub backup_gb: Amount,
    /// Gigabytes of tables with continuous backups, on average of the month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub continuous_backup_gb: Amount,
    /// Gigabytes a month restored. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub restored_gb: Amount,
    /// Gigabytes a month exported to S3. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub exported_gb: Amount,
    /// Gigabytes a month imported from S3. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub imported_gb: Amount,
    /// Gigabytes a month that leave to the internet. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
}

/// How the reads and writes of a table are paid for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CapacityMode {
    /// For each request.
    #[default]
    OnDemand,
    /// For capacity by the hour.
    Provisioned,
}

/// The class of a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TableClass {
    /// For tables whose requests cost more than their storage.
    #[default]
    Standard,
    /// For tables whose storage costs most.
    StandardIa,
}

/// The meters of a table class and capacity mode.
struct TableMeters {
    reads: &'static MeterSpec,
    writes: &'static MeterSpec,
    replicated_writes: &'static MeterSpec,
    storage: &'static MeterSpec,
}

impl Dynamodb {
    fn meters(&self) -> TableMeters {
        let (reads, writes, replicated_writes) = match (self.table_class, self.capacity) {
            (TableClass::Standard, CapacityMode::OnDemand) => (&READS, &WRITES, &REPLICATED_WRITES),
            (TableClass::StandardIa, CapacityMode::OnDemand) => (&IA_READS, &IA_WRITES, &IA_REPLICATED_WRITES),
            (TableClass::Standard, CapacityMode::Provisioned) => {
                (&READ_CAPACITY, &WRITE_CAPACITY, &REPLICATED_WRITE_CAPACITY)
            }
            (TableClass::StandardIa, CapacityMode::Provisioned) => {
                (&IA_READ_CAPACITY, &IA_WRITE_CAPACITY, &IA_REPLICATED_WRITE_CAPACITY)
            }
        };
        let storage = match self.table_class {
            TableClass::Standard => &STORAGE,
            TableClass::StandardIa => &IA_STORAGE,
        };
        TableMeters { reads, writes, replicated_writes, storage }
    }

    /// The fields that go with one capacity mode: the name, whether it is used, and the mode.
    fn particular(&self) -> [(&'static str, bool, CapacityMode); 8] {
        use CapacityMode::{OnDemand, Provisioned};
        [
            ("eventually_consistent_reads", !self.eventually_consistent_reads.is_zero(), OnDemand),
            ("strongly_consistent_reads", !self.strongly_consistent_reads.is_zero(), OnDemand),
            ("transactional_reads", !self.transactional_reads.is_zero(), OnDemand),
            ("writes", !self.writes.is_zero(), OnDemand),
            ("transactional_writes", !self.transactional_writes.is_zero(), OnDemand),
            ("read_capacity_units", !self.read_capacity_units.is_zero(), Provisioned),
            ("write_capacity_units", !self.write_capacity_units.is_zero(), Provisioned),
            ("hours", self.hours.is_some(), Provisioned),
        ]
    }

    fn item_kb(&self) -> Amount {
        self.item_kb.clone().unwrap_or(Amount::ONE)
    }

    /// Meters reads and writes by request. Returns the write units.
    fn meter_requests(&self, m: &mut Metering<'_>, of: &TableMeters) -> Result<Amount, NumberError> {
        let requests = [
            &self.eventually_consistent_reads,
            &self.strongly_consistent_reads,
            &self.transactional_reads,
            &self.writes,
            &self.transactional_writes,
        ];
        if self.item_kb.is_none() && requests.iter().any(|requests| !requests.is_zero()) {
            m.assume("item_kb", "1", "a small item: one unit of a read or write");
        }
        let of_read = m.increments(&self.item_kb(), READ_KB)?;
        let of_write = m.increments(&self.item_kb(), WRITE_KB)?;
        for (id, label, reads, units) in [
            (
                "eventually_consistent_reads",
                "Eventually consistent reads",
                &self.eventually_consistent_reads,
                of_read.per(2),
            ),
            (
                "strongly_consistent_reads",
                "Strongly consistent reads",
                &self.strongly_consistent_reads,
                of_read.clone(),
            ),
            ("transactional_reads", "Reads in transactions", &self.transactional_reads, of_read.times_whole(2)),
        ] {
            m.line(id, label, of.reads).times(reads, "reads")?.times(&units, "units of each")?.put(m);
        }
        let mut all = Amount::ZERO;
        let meter = if self.replica_regions.is_empty() { of.writes } else { of.replicated_writes };
        for (id, label, writes, units) in [
            ("writes", "Writes", &self.writes, of_write.clone()),
            ("transactional_writes", "Writes in transactions", &self.transactional_writes, of_write.times_whole(2)),
        ] {
            m.line(id, label, meter).times(writes, "writes")?.times(&units, "units of each")?.put(m);
            all = &all + &writes.times(&units)?;
        }
        Ok(all)
    }

    /// Meters provisioned capacity. Returns the hours of write units.
    fn meter_capacity(&self, m: &mut Metering<'_>, of: &TableMeters) -> Result<Amount, NumberError> {
        let hours = m.hours_or_month(self.hours.as_ref());
        m.line("read_capacity", "Read capacity unit hours", of.reads)
            .times(&self.read_capacity_units, "read capacity units")?
            .times(&hours, "hours")?
            .put(m);
        let meter = if self.replica_regions.is_empty() { of.writes } else { of.replicated_writes };
        m.line("write_capacity", "Write capacity unit hours", meter)
            .times(&self.write_capacity_units, "write capacity units")?
            .times(&hours, "hours")?
            .put(m);
        self.write_capacity_units.times(&hours)
    }

    /// Meters what a write and the table cost in the other Regions of a global table.
    fn meter_replicas(&self, m: &mut Metering<'_>, of: &TableMeters, write_units: &Amount) -> Result<(), NumberError> {
        let gb = match &self.replicated_gb {
            Some(gb) => gb.clone(),
            None => (&self.writes + &self.transactional_writes).times(&self.item_kb())?.per(KB_PER_GB),
        };
        for region in &self.replica_regions {
            m.line("replica_writes", format!("Replicated writes in {region}"), of.replicated_writes)
                .in_region(region.as_str())
                .times(write_units, "units")?
                .put(m);
            m.line("replica_storage", format!("Storage in {region}"), of.storage)
                .in_region(region.as_str())
                .times(&self.stored_gb, "GB")?
                .put(m);
            data_transfer::between_regions(m, region, &gb)?;
        }
        Ok(())
    }
}

impl Usage for Dynamodb {
    fn check(&self, check: &mut Check, catalog: &Catalog) {
        check.optional_amount("item_kb", self.item_kb.as_ref(), MAX_ITEM_KB);
        check.amount("eventually_consistent_reads", &self.eventually_consistent_reads, CAP);
        check.amount("strongly_consistent_reads", &self.strongly_consistent_reads, CAP);
        check.amount("transactional_reads", &self.transactional_reads, CAP);
        check.amount("writes", &self.writes, CAP);
        check.amount("transactional_writes", &self.transactional_writes, CAP);
        check.amount("read_capacity_units", &self.read_capacity_units, MAX_UNITS);
        check.amount("write_capacity_units", &self.write_capacity_units, MAX_UNITS);
        check.optional_amount("hours", self.hours.as_ref(), 744);
        check.amount("stored_gb", &self.stored_gb, CAP);
        check_items(check, "replica_regions", &self.replica_regions, |check, region, earlier| {
            if catalog.places.get(region).is_none() {
                check.problem(unknown_name(Code::UnknownRegion, "", "Region", region, catalog.places.codes()));
            } else if earlier.contains(region) {
                check.problem(Problem::new(Code::Conflict, "", format!("`{region}` is named twice")));
            }
        });
        check.optional_amount("replicated_gb", self.replicated_gb.as_ref(), CAP);
        check.amount("stream_reads", &self.stream_reads, CAP);
        check.amount("changes_to_kinesis", &self.changes_to_kinesis, CAP);
        check.amount("backup_gb", &self.backup_gb, CAP);
        check.amount("continuous_backup_gb", &self.continuous_backup_gb, CAP);
        check.amount("restored_gb", &self.restored_gb, CAP);
        check.amount("exported_gb", &self.exported_gb, CAP);
        check.amount("imported_gb", &self.imported_gb, CAP);
        check.amount("data_out_gb", &self.data_out_gb, CAP);
        for (field, used, mode) in self.particular() {
            if used && mode != self.capacity {
                let words = if mode == CapacityMode::OnDemand { "on_demand" } else { "provisioned" };
                check.mistake(field, Code::Conflict, format!("`{field}` goes with the capacity `{words}`"));
            }
        }
        if self.replica_regions.is_empty() && self.replicated_gb.is_some() {
            check.mistake("replicated_gb", Code::Conflict, "`replicated_gb` goes with `replica_regions`");
        }
    }

    fn check_in(&self, region: &str, check: &mut Check) {
        check_items(check, "replica_regions", &self.replica_regions, |check, replica, _| {
            if replica == region {
                check.problem(Problem::new(
                    Code::Conflict,
                    "",
                    format!("`{region}` is the Region of the table; its replicas are in others"),
                ));
            }
        });
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let of = self.meters();
        let write_units = match self.capacity {
            CapacityMode::OnDemand => self.meter_requests(m, &of)?,
            CapacityMode::Provisioned => self.meter_capacity(m, &of)?,
        };
        m.line("storage", "Storage", of.storage).times(&self.stored_gb, "GB")?.put(m);
        self.meter_replicas(m, &of, &write_units)?;
        for (id, label, meter, value, unit) in [
            ("stream_reads", "Read requests to streams", &STREAM_READS, &self.stream_reads, "requests"),
            (
                "changes_to_kinesis",
                "Change data capture to Kinesis",
                &CHANGES_TO_KINESIS,
                &self.changes_to_kinesis,
                "units of 1 KB",
            ),
            ("backups", "Backups made on demand", &BACKUPS, &self.backup_gb, "GB"),
            ("continuous_backups", "Continuous backups", &CONTINUOUS_BACKUPS, &self.continuous_backup_gb, "GB"),
            ("restored", "Data restored", &RESTORED, &self.restored_gb, "GB"),
            ("exported", "Data exported to S3", &EXPORTED, &self.exported_gb, "GB"),
            ("imported", "Data imported from S3", &IMPORTED, &self.imported_gb, "GB"),
        ] {
            m.line(id, label, meter).times(value, unit)?.put(m);
        }
        data_transfer::internet_out(m, &self.data_out_gb)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::metering::sweeps::follow;

    #[test]
    fn requests_can_be_swept_by_size_and_by_number() {
        let plan = || Dynamodb {
            eventually_consistent_reads: Amount::whole(1_000),
            writes: Amount::whole(1_000),
            replica_regions: vec!["us-west-2".to_owned()],
            ..Dynamodb::default()
        };
        assert_eq!(follow(0, 12, |kb| Dynamodb { item_kb: Some(kb), ..plan() }), 12);
        assert_eq!(follow(0, 1_000, |writes| Dynamodb { writes, ..plan() }), 1);
        assert_eq!(follow(0, 1_000, |gb| Dynamodb { stored_gb: gb, ..plan() }), 1);
    }
}
