//! Amazon EFS: file systems over a Region or in one zone.
//!
//! How AWS bills it (<https://aws.amazon.com/efs/pricing/>, read 2026-11-22):
//! - Storage costs by gigabyte and month, by class: Standard, Infrequent Access, and Archive; a file system in one zone
//!   costs less and has no Archive. Infrequent Access costs less with elastic throughput than without.
//! - With elastic throughput, every gigabyte that is read or written costs. With bursting throughput none does. With
//!   provisioned throughput each MiB a second costs by the month above what the storage gives: 1 MiB a second for each
//!   20 GB of Standard storage (<https://docs.aws.amazon.com/efs/latest/ug/performance.html>).
//! - Reading from and writing to Infrequent Access or Archive, tiering included, costs for each gigabyte.
//! - Files below 128 KB count as 128 KB in Infrequent Access and Archive.
//! - Access from another zone costs as data transfer between zones.

use serde::Deserialize;
use utoipa::ToSchema;

use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, data_transfer, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::unit::Unit;

const fn stored(usage_type: &'static str) -> MeterSpec {
    MeterSpec::regional("AmazonEFS", usage_type, "", Unit::GB_MONTHS)
}

const fn moved(usage_type: &'static str, operation: &'static str) -> MeterSpec {
    MeterSpec::regional("AmazonEFS", usage_type, operation, Unit::GB)
}

/// Standard storage.
pub const STANDARD: MeterSpec = stored("TimedStorage-ByteHrs");
/// Standard storage in one zone.
const ONE_ZONE: MeterSpec = stored("TimedStorage-Z-ByteHrs");
/// Infrequent Access storage without elastic throughput.
const INFREQUENT: MeterSpec = stored("IATimedStorage-ByteHrs");
/// Infrequent Access storage with elastic throughput.
const INFREQUENT_ELASTIC: MeterSpec = stored("efs-ia-elastic-storage");
/// Infrequent Access storage in one zone.
const INFREQUENT_ONE_ZONE: MeterSpec = stored("IATimedStorage-Z-ByteHrs");
/// Archive storage.
const ARCHIVE: MeterSpec = stored("efs-archive-storage");
/// Data read from Infrequent Access.
const INFREQUENT_READ: MeterSpec = moved("IADataAccess-Bytes", "Read");
/// Data written to Infrequent Access.
const INFREQUENT_WRITTEN: MeterSpec = moved("IADataAccess-Bytes", "Write");
/// Data read from Archive.
const ARCHIVE_READ: MeterSpec = moved("efs-archive-read", "");
/// Data written to Archive.
const ARCHIVE_WRITTEN: MeterSpec = moved("efs-archive-write", "");
/// Data read with elastic throughput.
const ELASTIC_READ: MeterSpec = moved("efs-elastic-throughput-read", "");
/// Data written with elastic throughput.
const ELASTIC_WRITTEN: MeterSpec = moved("efs-elastic-throughput-write", "");
/// Provisioned throughput above what the storage gives.
const THROUGHPUT: MeterSpec = MeterSpec::regional("AmazonEFS", "ProvisionedTP-MiBpsHrs", "", Unit::MIBPS_MONTHS);

/// The files of the least size of Infrequent Access and Archive, 128 KB, that make a gigabyte.
const OF_128_KB: u64 = 8_192;
/// The gigabytes of Standard storage that give 1 MiB a second.
const GB_PER_MIBPS: u64 = 20;
/// The most provisioned throughput of an estimate, in MiB a second.
const MAX_MIBPS: u64 = 1_000_000;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "efs",
    name: "Amazon EFS",
    about: "File systems over a Region or in one zone: storage by class, throughput in each mode, and access to \
            Infrequent Access and Archive.",
    excluded: &[
        "Backups in AWS Backup, and copies by replication: plan the copy as a file system of its own",
        "The days that are left of the 90 for which a file in Archive is paid at least, where it is deleted earlier",
        "Data that clients in other Regions or on premises move: see `data_transfer`, `site_to_site_vpn`",
    ],
    meters: &[
        &STANDARD,
        &ONE_ZONE,
        &INFREQUENT,
        &INFREQUENT_ELASTIC,
        &INFREQUENT_ONE_ZONE,
        &ARCHIVE,
        &INFREQUENT_READ,
        &INFREQUENT_WRITTEN,
        &ARCHIVE_READ,
        &ARCHIVE_WRITTEN,
        &ELASTIC_READ,
        &ELASTIC_WRITTEN,
        &THROUGHPUT,
        &data_transfer::BETWEEN_AZS,
    ],
    sources: &["https://aws.amazon.com/efs/pricing/", "https://docs.aws.amazon.com/efs/latest/ug/performance.html"],
    example: Example {
        region: "us-east-1",
        usage: r#"{"throughput": "elastic", "standard_gb": 200, "infrequent_access_gb": 800, "read_gb": 500, "written_gb": 100, "infrequent_access_read_gb": 50}"#,
    },
    read: read::<Efs>,
    schema: schema::<Efs>,
};

/// What is planned of EFS: file systems of one type and throughput mode. Numbers are by month, each 0 to
/// 1,000,000,000,000 unless it says otherwise.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Efs {
    /// Whether the file system is in one zone only.
    #[serde(default)]
    pub one_zone: bool,
    /// How throughput is paid for.
    #[serde(default)]
    #[schema(inline, default = "elastic")]
    pub throughput: ThroughputMode,
    /// Gigabytes in Standard, on average of the month.
    #[serde(default)]
    #[schema(default = 0)]
    pub standard_gb: Amount,
    /// Gigabytes in Infrequent Access, on average of the month.
    #[serde(default)]
    #[schema(default = 0)]
    pub infrequent_access_gb: Amount,
    /// Files in Infrequent Access, taken to be of one size. Left out: they are of 128 KB or more.
    pub infrequent_access_files: Option<Amount>,
    /// Regional with elastic throughput: gigabytes in Archive, on average of the month.
    #[serde(default)]
    #[schema(default = 0)]
    pub archive_gb: Amount,
    /// Files in Archive, taken to be of one size. Left out: they are of 128 KB or more.
    pub archive_files: Option<Amount>,
    /// Elastic: gigabytes read, from all classes.
    #[serde(default)]
    #[schema(default = 0)]
    pub read_gb: Amount,
    /// Elastic: gigabytes written.
    #[serde(default)]
    #[schema(default = 0)]
    pub written_gb: Amount,
    /// Gigabytes read from Infrequent Access.
    #[serde(default)]
    #[schema(default = 0)]
    pub infrequent_access_read_gb: Amount,
    /// Gigabytes written or moved to Infrequent Access.
    #[serde(default)]
    #[schema(default = 0)]
    pub infrequent_access_written_gb: Amount,
    /// Gigabytes read from Archive.
    #[serde(default)]
    #[schema(default = 0)]
    pub archive_read_gb: Amount,
    /// Gigabytes written or moved to Archive.
    #[serde(default)]
    #[schema(default = 0)]
    pub archive_written_gb: Amount,
    /// Provisioned: throughput in MiB a second, on average of the month. 0 to 1,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub provisioned_mibps: Amount,
    /// Gigabytes between the file system and clients in other Availability Zones, each counted once; AWS bills each on
    /// both sides.
    #[serde(default)]
    #[schema(default = 0)]
    pub between_azs_gb: Amount,
}

/// How the throughput of a file system is paid for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ThroughputMode {
    /// For what is read and written.
    #[default]
    Elastic,
    /// With the storage.
    Bursting,
    /// By the MiB a second.
    Provisioned,
}

impl Efs {
    /// The numbers, by name.
    fn numbers(&self) -> [(&'static str, &Amount); 10] {
        [
            ("standard_gb", &self.standard_gb),
            ("infrequent_access_gb", &self.infrequent_access_gb),
            ("archive_gb", &self.archive_gb),
            ("read_gb", &self.read_gb),
            ("written_gb", &self.written_gb),
            ("infrequent_access_read_gb", &self.infrequent_access_read_gb),
            ("infrequent_access_written_gb", &self.infrequent_access_written_gb),
            ("archive_read_gb", &self.archive_read_gb),
            ("archive_written_gb", &self.archive_written_gb),
            ("between_azs_gb", &self.between_azs_gb),
        ]
    }

    fn check_combinations(&self, check: &mut Check) {
        let archive = !self.one_zone && self.throughput == ThroughputMode::Elastic;
        for (field, used) in [
            ("archive_gb", !self.archive_gb.is_zero()),
            ("archive_files", self.archive_files.is_some()),
            ("archive_read_gb", !self.archive_read_gb.is_zero()),
            ("archive_written_gb", !self.archive_written_gb.is_zero()),
        ] {
            if used && !archive {
                let detail = "Archive goes with elastic throughput and a file system over the Region";
                check.mistake(field, Code::Conflict, detail);
            }
        }
        for (field, used) in [("read_gb", !self.read_gb.is_zero()), ("written_gb", !self.written_gb.is_zero())] {
            if used && self.throughput != ThroughputMode::Elastic {
                check.mistake(field, Code::Conflict, format!("`{field}` costs with elastic throughput only"));
            }
        }
        if !self.provisioned_mibps.is_zero() && self.throughput != ThroughputMode::Provisioned {
            check.mistake("provisioned_mibps", Code::Conflict, "`provisioned_mibps` goes with provisioned throughput");
        }
    }
}

impl Usage for Efs {
    fn check(&self, check: &mut Check, _: &Catalog) {
        for (field, value) in self.numbers() {
            check.amount(field, value, CAP);
        }
        check.optional_amount("infrequent_access_files", self.infrequent_access_files.as_ref(), CAP);
        check.optional_amount("archive_files", self.archive_files.as_ref(), CAP);
        check.amount("provisioned_mibps", &self.provisioned_mibps, MAX_MIBPS);
        self.check_combinations(check);
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let (standard, infrequent) = match (self.one_zone, self.throughput) {
            (true, _) => (&ONE_ZONE, &INFREQUENT_ONE_ZONE),
            (false, ThroughputMode::Elastic) => (&STANDARD, &INFREQUENT_ELASTIC),
            (false, _) => (&STANDARD, &INFREQUENT),
        };
        m.line("standard_storage", "Standard storage", standard).times(&self.standard_gb, "GB")?.put(m);
        for (id, label, meter, gb, files) in [
            (
                "infrequent_access_storage",
                "Infrequent Access storage",
                infrequent,
                &self.infrequent_access_gb,
                &self.infrequent_access_files,
            ),
            ("archive_storage", "Archive storage", &ARCHIVE, &self.archive_gb, &self.archive_files),
        ] {
            let least = files.clone().unwrap_or(Amount::ZERO).per(OF_128_KB);
            let billed = m.probe.max(gb, &least);
            m.line(id, label, meter).times(&billed, "GB with their minimum sizes")?.put(m);
        }
        for (id, label, meter, gb) in [
            ("elastic_reads", "Data read with elastic throughput", &ELASTIC_READ, &self.read_gb),
            ("elastic_writes", "Data written with elastic throughput", &ELASTIC_WRITTEN, &self.written_gb),
            (
                "infrequent_access_reads",
                "Data read from Infrequent Access",
                &INFREQUENT_READ,
                &self.infrequent_access_read_gb,
            ),
            (
                "infrequent_access_writes",
                "Data written to Infrequent Access",
                &INFREQUENT_WRITTEN,
                &self.infrequent_access_written_gb,
            ),
            ("archive_reads", "Data read from Archive", &ARCHIVE_READ, &self.archive_read_gb),
            ("archive_writes", "Data written to Archive", &ARCHIVE_WRITTEN, &self.archive_written_gb),
        ] {
            m.line(id, label, meter).times(gb, "GB")?.put(m);
        }
        let given = self.standard_gb.per(GB_PER_MIBPS);
        let above = m.probe.beyond(&self.provisioned_mibps, &given);
        m.line("provisioned_throughput", "Provisioned throughput above what the storage gives", &THROUGHPUT)
            .times(&above, "MiB a second")?
            .put(m);
        data_transfer::between_azs(m, &self.between_azs_gb)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::metering::sweeps::follow;

    #[test]
    fn storage_and_throughput_can_be_swept() {
        let provisioned = |standard_gb, mibps| Efs {
            throughput: ThroughputMode::Provisioned,
            standard_gb,
            provisioned_mibps: mibps,
            ..Efs::default()
        };
        assert_eq!(follow(0, 4_000, |gb| provisioned(gb, Amount::whole(100))), 2, "2,000 GB give 100 MiB a second");
        assert_eq!(follow(0, 200, |mibps| provisioned(Amount::whole(230), mibps)), 2);
        let files =
            |files| Efs { infrequent_access_gb: Amount::ONE, infrequent_access_files: Some(files), ..Efs::default() };
        assert_eq!(follow(0, 10_000, files), 2, "8,192 files of 128 KB are a gigabyte");
    }
}
