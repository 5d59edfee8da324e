//! What Aurora bills apart: capacity, and the storage that the instances of a cluster share.
//!
//! How AWS bills it (<https://aws.amazon.com/rds/aurora/pricing/>, read 2026-11-22):
//! - Aurora stores a cluster once, whatever its number of instances. In the standard configuration I/O costs for each
//!   request; in I/O-Optimized instances and storage cost more and I/O nothing.
//! - Aurora Serverless v2 costs for the capacity units (ACU) that its instances use, by the hour.
//! - Backups above those that are free and snapshots exported to S3 have meters of their own; backtracking of Aurora MySQL
//!   costs for each change record and hour.
//! - A proxy costs for each ACU of Aurora Serverless behind it.

use super::{Rds, of_all};
use crate::domain::amount::{Amount, NumberError};
use crate::domain::unit::Unit;
use crate::services::metering::{MeterSpec, Metering};

/// ACU hours of Aurora Serverless v2.
pub const ACU_HOURS: MeterSpec = of_all("Aurora:ServerlessV2Usage", Unit::ACU_HOURS);
/// ACU hours of Aurora Serverless v2 in the I/O-Optimized configuration.
pub(super) const IO_OPTIMIZED_ACU_HOURS: MeterSpec = of_all("Aurora:ServerlessV2IOOptimizedUsage", Unit::ACU_HOURS);
/// Storage of Aurora.
pub const STORAGE: MeterSpec = of_all("Aurora:StorageUsage", Unit::GB_MONTHS);
/// Storage of Aurora in the I/O-Optimized configuration.
pub(super) const IO_OPTIMIZED_STORAGE: MeterSpec = of_all("Aurora:IO-OptimizedStorageUsage", Unit::GB_MONTHS);
/// I/O requests of Aurora.
pub const IO: MeterSpec = of_all("Aurora:StorageIOUsage", Unit::REQUESTS);
/// Backups of Aurora above those that are free.
pub(super) const BACKUPS: MeterSpec = of_all("Aurora:BackupUsage", Unit::GB_MONTHS);
/// Snapshots of Aurora exported to S3.
pub(super) const SNAPSHOT_EXPORT: MeterSpec = of_all("Aurora:SnapshotExportToS3", Unit::GB);
/// Change records and hours that Aurora MySQL keeps to backtrack.
pub(super) const BACKTRACK: MeterSpec = of_all("Aurora:BacktrackUsage", Unit::REQUESTS);
/// ACU hours of Aurora Serverless behind a proxy.
pub(super) const PROXY_ACU_HOURS: MeterSpec = of_all("RDS:Proxy-ASv2-Usage", Unit::ACU_HOURS);

impl Rds {
    /// Meters what only a cluster of Aurora has.
    pub(super) fn meter_aurora(&self, m: &mut Metering<'_>, hours: &Amount) -> Result<(), NumberError> {
        let (acus, storage) =
            if self.io_optimized { (&IO_OPTIMIZED_ACU_HOURS, &IO_OPTIMIZED_STORAGE) } else { (&ACU_HOURS, &STORAGE) };
        m.line("acu_hours", "Aurora Serverless v2 ACU hours", acus)
            .times(&self.serverless_acus, "ACUs")?
            .times(hours, "hours")?
            .put(m);
        m.line("storage", "Aurora storage", storage).times(&self.storage_gb, "GB")?.put(m);
        if !self.io_optimized {
            m.line("io_requests", "Aurora I/O requests", &IO).times(&self.io_requests, "requests")?.put(m);
        }
        m.line("backups", "Aurora backups above those that are free", &BACKUPS).times(&self.backup_gb, "GB")?.put(m);
        m.line("snapshot_export", "Aurora snapshots exported to S3", &SNAPSHOT_EXPORT)
            .times(&self.snapshot_export_gb, "GB")?
            .put(m);
        m.line("backtrack", "Change records kept to backtrack", &BACKTRACK)
            .times(&self.backtrack_record_hours, "records × hours")?
            .put(m);
        m.line("proxy_acu_hours", "Proxy ACU hours", &PROXY_ACU_HOURS)
            .times(&self.proxy_acus, "ACUs")?
            .times(hours, "hours")?
            .put(m);
        Ok(())
    }
}
