//! Amazon EBS: volumes of instances, and their snapshots.
//!
//! How AWS bills it (<https://aws.amazon.com/ebs/pricing/>, read 2026-11-22):
//! - Each gigabyte that is provisioned costs by the month, used or not, from the creation of the volume until it is
//!   deleted; a part of a month counts as that part, by the second with a minimum of one minute.
//! - A gp3 volume includes 3,000 IOPS and 125 MiB/s (`pricing-data/facts/ebs.yaml`); what is provisioned above them
//!   costs by the month. A gp2 volume has no price but its size, nor have st1 and sc1.
//! - All IOPS of io1 and io2 volumes cost. Those of an io2 volume get cheaper above 32,000 and above 64,000, volume by
//!   volume.
//! - Magnetic volumes cost for each request besides.
//! - Snapshots cost by the gigabyte that they hold, which is what changed since the last one; archived snapshots cost
//!   less to keep and something to retrieve. Fast snapshot restore costs for each snapshot, zone and hour.

use serde::Deserialize;
use utoipa::ToSchema;

use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::unit::Unit;

/// A gigabyte of gp3 volumes.
pub const GP3_STORAGE: MeterSpec = storage("EBS:VolumeUsage.gp3");
/// A gigabyte of gp2 volumes.
pub const GP2_STORAGE: MeterSpec = storage("EBS:VolumeUsage.gp2");
/// A gigabyte of io1 volumes.
const IO1_STORAGE: MeterSpec = storage("EBS:VolumeUsage.piops");
/// A gigabyte of io2 volumes.
const IO2_STORAGE: MeterSpec = storage("EBS:VolumeUsage.io2");
/// A gigabyte of st1 volumes.
const ST1_STORAGE: MeterSpec = storage("EBS:VolumeUsage.st1");
/// A gigabyte of sc1 volumes.
const SC1_STORAGE: MeterSpec = storage("EBS:VolumeUsage.sc1");
/// A gigabyte of magnetic volumes.
const MAGNETIC_STORAGE: MeterSpec = storage("EBS:VolumeUsage");
/// IOPS of gp3 volumes above those included.
const GP3_IOPS: MeterSpec = iops("EBS:VolumeP-IOPS.gp3");
/// Throughput of gp3 volumes above that included.
const GP3_THROUGHPUT: MeterSpec =
    MeterSpec::regional("AmazonEC2", "EBS:VolumeP-Throughput.gp3", "", Unit::MIBPS_MONTHS);
/// IOPS of io1 volumes.
const IO1_IOPS: MeterSpec = iops("EBS:VolumeP-IOPS.piops");
/// IOPS of io2 volumes up to the first bound.
const IO2_IOPS: MeterSpec = iops("EBS:VolumeP-IOPS.io2");
/// IOPS of io2 volumes between the bounds.
const IO2_IOPS_TIER_2: MeterSpec = iops("EBS:VolumeP-IOPS.io2.tier2");
/// IOPS of io2 volumes above the second bound.
const IO2_IOPS_TIER_3: MeterSpec = iops("EBS:VolumeP-IOPS.io2.tier3");
/// Requests to magnetic volumes.
const MAGNETIC_REQUESTS: MeterSpec = MeterSpec::regional("AmazonEC2", "EBS:VolumeIOUsage", "", Unit::REQUESTS);
/// A gigabyte of snapshots.
pub const SNAPSHOTS: MeterSpec = storage("EBS:SnapshotUsage");
/// A gigabyte of archived snapshots.
const ARCHIVE: MeterSpec = storage("EBS:SnapshotArchiveStorage");
/// A gigabyte retrieved from the archive.
const ARCHIVE_RETRIEVAL: MeterSpec = MeterSpec::regional("AmazonEC2", "EBS:SnapshotArchiveRetrieval", "", Unit::GB);
/// An hour of fast snapshot restore of one snapshot in one zone.
const FAST_RESTORE: MeterSpec =
    MeterSpec::regional("AmazonEC2", "EBS:FastSnapshotRestore", "EnableFastSnapshotRestore", Unit::DSU_HOURS);

const fn storage(usage_type: &'static str) -> MeterSpec {
    MeterSpec::regional("AmazonEC2", usage_type, "", Unit::GB_MONTHS)
}

const fn iops(usage_type: &'static str) -> MeterSpec {
    MeterSpec::regional("AmazonEC2", usage_type, "", Unit::IOPS_MONTHS)
}

/// Where the second and the third price of io2 IOPS begin, for each volume
/// (<https://aws.amazon.com/ebs/pricing/>, read 2026-11-22).
const IO2_BOUNDS: [i64; 2] = [32_000, 64_000];
/// The IOPS that an io1 or io2 volume has at least.
const MIN_PROVISIONED_IOPS: i64 = 100;
/// The largest volume there is, in GiB.
const MAX_SIZE: u64 = 65_536;
/// The most IOPS of any volume.
const MAX_IOPS: u64 = 256_000;
/// The highest throughput of a gp3 volume, in MiB/s.
const MAX_THROUGHPUT: u64 = 2_000;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "ebs",
    name: "Amazon Elastic Block Store",
    about: "EBS volumes of one kind and size: gigabytes, IOPS and throughput above what is included; and snapshots, \
            archived snapshots and fast snapshot restore.",
    excluded: &[
        "Direct APIs for snapshots, timed snapshot copies and the recycle bin: the data has no price of them",
        "Copies of snapshots to other Regions: see `data_transfer`, and the storage in the other Region",
        "The instances: see `ec2`",
    ],
    meters: &[
        &GP3_STORAGE,
        &GP2_STORAGE,
        &IO1_STORAGE,
        &IO2_STORAGE,
        &ST1_STORAGE,
        &SC1_STORAGE,
        &MAGNETIC_STORAGE,
        &GP3_IOPS,
        &GP3_THROUGHPUT,
        &IO1_IOPS,
        &IO2_IOPS,
        &IO2_IOPS_TIER_2,
        &IO2_IOPS_TIER_3,
        &MAGNETIC_REQUESTS,
        &SNAPSHOTS,
        &ARCHIVE,
        &ARCHIVE_RETRIEVAL,
        &FAST_RESTORE,
    ],
    sources: &["https://aws.amazon.com/ebs/pricing/"],
    example: Example {
        region: "us-east-1",
        usage: r#"{"kind": "gp3", "volumes": 3, "size_gb": 200, "iops": 4000, "throughput_mibps": 250, "snapshot_gb": 300}"#,
    },
    read: read::<Ebs>,
    schema: schema::<Ebs>,
};

/// What is planned of EBS: volumes of one kind and size, and snapshots.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ebs {
    /// The kind of the volumes.
    #[serde(default)]
    #[schema(inline, default = "gp3")]
    pub kind: VolumeKind,
    /// Volumes. Whole, 0 to 1,000,000. Left out: 1.
    pub volumes: Option<Amount>,
    /// Gigabytes (GiB) of each volume. 0 to 65,536.
    #[serde(default)]
    #[schema(default = 0)]
    pub size_gb: Amount,
    /// IOPS provisioned for each gp3, io1 or io2 volume. 0 to 256,000. Left out: those included in gp3; 100 for io1
    /// and io2.
    pub iops: Option<Amount>,
    /// Throughput provisioned for each gp3 volume, in MiB/s. 0 to 2,000. Left out: that included.
    pub throughput_mibps: Option<Amount>,
    /// Requests a month to magnetic volumes, over all of them. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub requests: Amount,
    /// Hours of the month the volumes exist, 0 to 744. Left out: the whole month.
    pub hours: Option<Amount>,
    /// Gigabytes that snapshots hold, on average of the month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub snapshot_gb: Amount,
    /// Gigabytes that archived snapshots hold, on average of the month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub archive_gb: Amount,
    /// Gigabytes a month retrieved from the archive. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub archive_retrieval_gb: Amount,
    /// Hours of fast snapshot restore, added up over snapshots and zones. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub fast_restore_hours: Amount,
}

/// The kind of an EBS volume.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VolumeKind {
    /// General purpose SSD with IOPS and throughput of their own.
    #[default]
    Gp3,
    /// General purpose SSD of the previous generation.
    Gp2,
    /// Provisioned IOPS SSD of the previous generation.
    Io1,
    /// Provisioned IOPS SSD.
    Io2,
    /// Throughput optimised HDD.
    St1,
    /// Cold HDD.
    Sc1,
    /// Magnetic, of the first generation.
    Magnetic,
}

impl VolumeKind {
    fn storage(self) -> &'static MeterSpec {
        match self {
            Self::Gp3 => &GP3_STORAGE,
            Self::Gp2 => &GP2_STORAGE,
            Self::Io1 => &IO1_STORAGE,
            Self::Io2 => &IO2_STORAGE,
            Self::St1 => &ST1_STORAGE,
            Self::Sc1 => &SC1_STORAGE,
            Self::Magnetic => &MAGNETIC_STORAGE,
        }
    }

    fn has_iops(self) -> bool {
        matches!(self, Self::Gp3 | Self::Io1 | Self::Io2)
    }
}

impl Usage for Ebs {
    fn check(&self, check: &mut Check, _: &Catalog) {
        check.optional_whole("volumes", self.volumes.as_ref(), 0, 1_000_000);
        check.amount("size_gb", &self.size_gb, MAX_SIZE);
        check.optional_amount("iops", self.iops.as_ref(), MAX_IOPS);
        check.optional_amount("throughput_mibps", self.throughput_mibps.as_ref(), MAX_THROUGHPUT);
        check.amount("requests", &self.requests, CAP);
        check.optional_amount("hours", self.hours.as_ref(), 744);
        check.amount("snapshot_gb", &self.snapshot_gb, CAP);
        check.amount("archive_gb", &self.archive_gb, CAP);
        check.amount("archive_retrieval_gb", &self.archive_retrieval_gb, CAP);
        check.amount("fast_restore_hours", &self.fast_restore_hours, CAP);
        if self.iops.is_some() && !self.kind.has_iops() {
            check.mistake("iops", Code::Conflict, "`iops` is provisioned for gp3, io1 and io2 volumes only");
        }
        if self.throughput_mibps.is_some() && self.kind != VolumeKind::Gp3 {
            check.mistake("throughput_mibps", Code::Conflict, "`throughput_mibps` is provisioned for gp3 volumes only");
        }
        if !self.requests.is_zero() && self.kind != VolumeKind::Magnetic {
            check.mistake("requests", Code::Conflict, "`requests` cost on magnetic volumes only");
        }
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let volumes = self.volumes.clone().unwrap_or(Amount::ONE);
        let month = match &self.hours {
            Some(hours) => hours.over(&m.month_hours())?,
            None => Amount::ONE,
        };
        m.line("storage", "Volume storage", self.kind.storage())
            .times(&volumes, "volumes")?
            .times(&self.size_gb, "GB each")?
            .times(&month, "of the month")?
            .put(m);
        let mut provisioned = Vec::new();
        match self.kind {
            VolumeKind::Gp3 => {
                let included = m.fact("gp3_included_iops")?;
                let above = self.iops.as_ref().map_or(Amount::ZERO, |iops| m.probe.beyond(iops, &included));
                provisioned.push(("iops", "IOPS above those included", &GP3_IOPS, above));
                let included = m.fact("gp3_included_mibps")?;
                let throughput = self.throughput_mibps.as_ref();
                let above = throughput.map_or(Amount::ZERO, |mibps| m.probe.beyond(mibps, &included));
                provisioned.push(("throughput", "Throughput above that included, in MiB/s", &GP3_THROUGHPUT, above));
            }
            VolumeKind::Io1 => provisioned.push(("iops", "Provisioned IOPS", &IO1_IOPS, self.provisioned(m))),
            VolumeKind::Io2 => {
                let iops = self.provisioned(m);
                let [second, third] = IO2_BOUNDS.map(Amount::whole);
                let zero = Amount::ZERO;
                for (id, label, meter, low, high) in [
                    ("iops", "Provisioned IOPS", &IO2_IOPS, &zero, Some(&second)),
                    ("iops_tier_2", "Provisioned IOPS above 32,000", &IO2_IOPS_TIER_2, &second, Some(&third)),
                    ("iops_tier_3", "Provisioned IOPS above 64,000", &IO2_IOPS_TIER_3, &third, None),
                ] {
                    provisioned.push((id, label, meter, m.probe.overlap(&zero, &iops, low, high)));
                }
            }
            VolumeKind::Gp2 | VolumeKind::St1 | VolumeKind::Sc1 | VolumeKind::Magnetic => {}
        }
        for (id, label, meter, each) in provisioned {
            m.line(id, label, meter)
                .times(&volumes, "volumes")?
                .times(&each, "each")?
                .times(&month, "of the month")?
                .put(m);
        }
        m.line("requests", "Requests to magnetic volumes", &MAGNETIC_REQUESTS)
            .times(&self.requests, "requests")?
            .put(m);
        m.line("snapshots", "Snapshot storage", &SNAPSHOTS).times(&self.snapshot_gb, "GB kept")?.put(m);
        m.line("archive", "Snapshot archive storage", &ARCHIVE).times(&self.archive_gb, "GB kept")?.put(m);
        m.line("archive_retrieval", "Snapshot archive retrieval", &ARCHIVE_RETRIEVAL)
            .times(&self.archive_retrieval_gb, "GB retrieved")?
            .put(m);
        m.line("fast_restore", "Fast snapshot restore hours", &FAST_RESTORE)
            .times(&self.fast_restore_hours, "hours over snapshots and zones")?
            .put(m);
        Ok(())
    }
}

impl Ebs {
    /// The IOPS of an io1 or io2 volume.
    fn provisioned(&self, m: &mut Metering<'_>) -> Amount {
        match &self.iops {
            Some(iops) => iops.clone(),
            None if self.size_gb.is_zero() => Amount::ZERO,
            None => {
                m.assume("iops", MIN_PROVISIONED_IOPS.to_string(), "the fewest IOPS such a volume can have");
                Amount::whole(MIN_PROVISIONED_IOPS)
            }
        }
    }
}
