//! The meters of S3, and how each storage class is metered.

use crate::domain::unit::Unit;
use crate::services::data_transfer;
use crate::services::metering::MeterSpec;

const fn meter(usage_type: &'static str, operation: &'static str, unit: Unit) -> MeterSpec {
    MeterSpec::regional("AmazonS3", usage_type, operation, unit)
}

const fn stored(usage_type: &'static str) -> MeterSpec {
    meter(usage_type, "", Unit::GB_MONTHS)
}

const fn requests(usage_type: &'static str) -> MeterSpec {
    meter(usage_type, "", Unit::REQUESTS)
}

/// Storage in Standard.
pub const STANDARD_STORAGE: MeterSpec = stored("TimedStorage-ByteHrs");
/// PUT, COPY, POST and LIST requests of Standard.
pub const STANDARD_PUTS: MeterSpec = requests("Requests-Tier1");
/// GET and other requests of Standard.
pub const STANDARD_GETS: MeterSpec = requests("Requests-Tier2");
/// Storage in Standard-Infrequent Access, and what goes with it.
pub(super) const SIA_STORAGE: MeterSpec = stored("TimedStorage-SIA-ByteHrs");
pub(super) const SIA_PUTS: MeterSpec = requests("Requests-SIA-Tier1");
pub(super) const SIA_GETS: MeterSpec = requests("Requests-SIA-Tier2");
pub(super) const SIA_RETRIEVAL: MeterSpec = meter("Retrieval-SIA", "", Unit::GB);
pub(super) const SIA_TRANSITIONS: MeterSpec = meter("Requests-Tier4", "S3-SIATransition", Unit::REQUESTS);
/// Storage in One Zone-Infrequent Access, and what goes with it.
pub(super) const ZIA_STORAGE: MeterSpec = stored("TimedStorage-ZIA-ByteHrs");
pub(super) const ZIA_PUTS: MeterSpec = requests("Requests-ZIA-Tier1");
pub(super) const ZIA_GETS: MeterSpec = requests("Requests-ZIA-Tier2");
pub(super) const ZIA_RETRIEVAL: MeterSpec = meter("Retrieval-ZIA", "", Unit::GB);
pub(super) const ZIA_TRANSITIONS: MeterSpec = meter("Requests-Tier4", "S3-ZIATransition", Unit::REQUESTS);
/// Storage in Glacier Instant Retrieval, and what goes with it.
pub(super) const GIR_STORAGE: MeterSpec = stored("TimedStorage-GIR-ByteHrs");
pub(super) const GIR_PUTS: MeterSpec = requests("Requests-GIR-Tier1");
pub(super) const GIR_GETS: MeterSpec = requests("Requests-GIR-Tier2");
pub(super) const GIR_RETRIEVAL: MeterSpec = meter("Retrieval-GIR", "", Unit::GB);
pub(super) const GIR_TRANSITIONS: MeterSpec = meter("Requests-Tier4", "S3-GIRTransition", Unit::REQUESTS);
/// Storage in Glacier Flexible Retrieval, and what goes with it.
pub(super) const GFR_STORAGE: MeterSpec = stored("TimedStorage-GlacierByteHrs");
pub(super) const GFR_PUTS: MeterSpec = requests("Requests-GLACIER-Tier1");
pub(super) const GFR_GETS: MeterSpec = requests("Requests-GLACIER-Tier2");
pub(super) const GFR_TRANSITIONS: MeterSpec = meter("Requests-Tier3", "S3-GlacierTransition", Unit::REQUESTS);
pub(super) const GFR_RESTORES: MeterSpec = meter("Requests-Tier3", "RestoreObject", Unit::REQUESTS);
pub(super) const GFR_RESTORED: MeterSpec = meter("Standard-Retrieval-Bytes", "RestoreObject", Unit::GB);
pub(super) const GFR_EXPEDITED_RESTORES: MeterSpec = requests("Requests-Tier6");
pub(super) const GFR_EXPEDITED: MeterSpec = meter("Expedited-Retrieval-Bytes", "RestoreObject", Unit::GB);
/// Storage in Glacier Deep Archive, and what goes with it.
pub(super) const GDA_STORAGE: MeterSpec = stored("TimedStorage-GDA-ByteHrs");
pub(super) const GDA_PUTS: MeterSpec = requests("Requests-GDA-Tier1");
pub(super) const GDA_GETS: MeterSpec = requests("Requests-GDA-Tier2");
pub(super) const GDA_TRANSITIONS: MeterSpec = meter("Requests-Tier3", "S3-GDATransition", Unit::REQUESTS);
pub(super) const GDA_RESTORES: MeterSpec = requests("Requests-GDA-Tier3");
pub(super) const GDA_RESTORED: MeterSpec = meter("Standard-Retrieval-Bytes", "DeepArchiveRestoreObject", Unit::GB);
pub(super) const GDA_BULK_RESTORES: MeterSpec = requests("Requests-GDA-Tier5");
pub(super) const GDA_BULK: MeterSpec = meter("Bulk-Retrieval-Bytes", "DeepArchiveRestoreObject", Unit::GB);
/// Storage in the tiers of Intelligent-Tiering, and what goes with it.
pub(super) const INT_FREQUENT: MeterSpec = stored("TimedStorage-INT-FA-ByteHrs");
pub(super) const INT_INFREQUENT: MeterSpec = stored("TimedStorage-INT-IA-ByteHrs");
pub(super) const INT_INSTANT: MeterSpec = stored("TimedStorage-INT-AIA-ByteHrs");
pub(super) const INT_ARCHIVE: MeterSpec = stored("TimedStorage-INT-AA-ByteHrs");
pub(super) const INT_DEEP_ARCHIVE: MeterSpec = stored("TimedStorage-INT-DAA-ByteHrs");
pub(super) const INT_MONITORING: MeterSpec = meter("Monitoring-Automation-INT", "", Unit::OBJECT_MONTHS);
pub(super) const INT_PUTS: MeterSpec = requests("Requests-INT-Tier1");
pub(super) const INT_GETS: MeterSpec = requests("Requests-INT-Tier2");
pub(super) const INT_TRANSITIONS: MeterSpec = meter("Requests-Tier4", "S3-INTTransition", Unit::REQUESTS);
/// Replication time control.
pub(super) const REPLICATION_TIME_CONTROL: MeterSpec = meter("S3RTC-Out-Bytes", "", Unit::GB);
/// Data that Transfer Acceleration carries.
pub(super) const ACCELERATED: MeterSpec = meter("s3-transfer-acceleration-bytes", "", Unit::GB);
/// Data that Multi-Region Access Points route.
pub(super) const ACCESS_POINT_ROUTING: MeterSpec = meter("s3-mrap-routing-bytes", "", Unit::GB);
/// What helps to manage objects.
pub(super) const INVENTORY: MeterSpec = meter("Inventory-ObjectsListed", "", Unit::OBJECTS);
pub(super) const ANALYTICS: MeterSpec = meter("StorageAnalytics-ObjCount", "", Unit::OBJECT_MONTHS);
pub(super) const STORAGE_LENS: MeterSpec = meter("StorageLens-ObjCount", "StorageLens", Unit::OBJECT_MONTHS);
pub(super) const TAGS: MeterSpec = meter("TagStorage-TagHrs", "", Unit::MONTHS);
pub(super) const BATCH_JOBS: MeterSpec = meter("BatchOperations-Jobs", "", Unit::JOBS);
pub(super) const BATCH_OBJECTS: MeterSpec = meter("BatchOperations-Objects", "", Unit::OBJECTS);

/// Every meter of S3.
pub(super) const METERS: &[&MeterSpec] = &[
    &STANDARD_STORAGE,
    &STANDARD_PUTS,
    &STANDARD_GETS,
    &SIA_STORAGE,
    &SIA_PUTS,
    &SIA_GETS,
    &SIA_RETRIEVAL,
    &SIA_TRANSITIONS,
    &ZIA_STORAGE,
    &ZIA_PUTS,
    &ZIA_GETS,
    &ZIA_RETRIEVAL,
    &ZIA_TRANSITIONS,
    &GIR_STORAGE,
    &GIR_PUTS,
    &GIR_GETS,
    &GIR_RETRIEVAL,
    &GIR_TRANSITIONS,
    &GFR_STORAGE,
    &GFR_PUTS,
    &GFR_GETS,
    &GFR_TRANSITIONS,
    &GFR_RESTORES,
    &GFR_RESTORED,
    &GFR_EXPEDITED_RESTORES,
    &GFR_EXPEDITED,
    &GDA_STORAGE,
    &GDA_PUTS,
    &GDA_GETS,
    &GDA_TRANSITIONS,
    &GDA_RESTORES,
    &GDA_RESTORED,
    &GDA_BULK_RESTORES,
    &GDA_BULK,
    &INT_FREQUENT,
    &INT_INFREQUENT,
    &INT_INSTANT,
    &INT_ARCHIVE,
    &INT_DEEP_ARCHIVE,
    &INT_MONITORING,
    &INT_PUTS,
    &INT_GETS,
    &INT_TRANSITIONS,
    &REPLICATION_TIME_CONTROL,
    &ACCELERATED,
    &ACCESS_POINT_ROUTING,
    &INVENTORY,
    &ANALYTICS,
    &STORAGE_LENS,
    &TAGS,
    &BATCH_JOBS,
    &BATCH_OBJECTS,
    &data_transfer::INTERNET_OUT,
    &data_transfer::TO_CLOUDFRONT,
    &data_transfer::BETWEEN_REGIONS,
];

/// The ids of a class's lines.
pub(super) struct Ids {
    pub(super) storage: &'static str,
    pub(super) early_delete: &'static str,
    pub(super) puts: &'static str,
    pub(super) gets: &'static str,
    pub(super) retrieval: &'static str,
    pub(super) transitions: &'static str,
}

/// The ids of a class's lines, which all begin with its name.
macro_rules! ids {
    ($class:literal) => {
        Ids {
            storage: concat!($class, "_storage"),
            early_delete: concat!($class, "_early_delete"),
            puts: concat!($class, "_put_requests"),
            gets: concat!($class, "_get_requests"),
            retrieval: concat!($class, "_retrieval"),
            transitions: concat!($class, "_transitions"),
        }
    };
}

/// How AWS meters a class that is not Standard and not Intelligent-Tiering.
pub(super) struct ClassMeters {
    pub(super) field: &'static str,
    pub(super) words: &'static str,
    pub(super) ids: Ids,
    pub(super) storage: &'static MeterSpec,
    pub(super) puts: &'static MeterSpec,
    pub(super) gets: &'static MeterSpec,
    pub(super) retrieval: &'static MeterSpec,
    pub(super) transitions: &'static MeterSpec,
    pub(super) min_days: u64,
    pub(super) archive: bool,
}

pub(super) const SIA: ClassMeters = ClassMeters {
    field: "standard_ia",
    words: "Standard-IA",
    ids: ids!("standard_ia"),
    storage: &SIA_STORAGE,
    puts: &SIA_PUTS,
    gets: &SIA_GETS,
    retrieval: &SIA_RETRIEVAL,
    transitions: &SIA_TRANSITIONS,
    min_days: 30,
    archive: false,
};
pub(super) const ZIA: ClassMeters = ClassMeters {
    field: "one_zone_ia",
    words: "One Zone-IA",
    ids: ids!("one_zone_ia"),
    storage: &ZIA_STORAGE,
    puts: &ZIA_PUTS,
    gets: &ZIA_GETS,
    retrieval: &ZIA_RETRIEVAL,
    transitions: &ZIA_TRANSITIONS,
    min_days: 30,
    archive: false,
};
pub(super) const GIR: ClassMeters = ClassMeters {
    field: "glacier_instant_retrieval",
    words: "Glacier Instant Retrieval",
    ids: ids!("glacier_instant_retrieval"),
    storage: &GIR_STORAGE,
    puts: &GIR_PUTS,
    gets: &GIR_GETS,
    retrieval: &GIR_RETRIEVAL,
    transitions: &GIR_TRANSITIONS,
    min_days: 90,
    archive: false,
};
pub(super) const GFR: ClassMeters = ClassMeters {
    field: "glacier_flexible_retrieval",
    words: "Glacier Flexible Retrieval",
    ids: ids!("glacier_flexible_retrieval"),
    storage: &GFR_STORAGE,
    puts: &GFR_PUTS,
    gets: &GFR_GETS,
    retrieval: &GFR_RESTORED,
    transitions: &GFR_TRANSITIONS,
    min_days: 90,
    archive: true,
};
pub(super) const GDA: ClassMeters = ClassMeters {
    field: "glacier_deep_archive",
    words: "Glacier Deep Archive",
    ids: ids!("glacier_deep_archive"),
    storage: &GDA_STORAGE,
    puts: &GDA_PUTS,
    gets: &GDA_GETS,
    retrieval: &GDA_RESTORED,
    transitions: &GDA_TRANSITIONS,
    min_days: 180,
    archive: true,
};
