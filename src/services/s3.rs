//! Amazon S3: storage by class, requests, retrievals, transitions, replication.
//!
//! How AWS bills it (<https://aws.amazon.com/s3/pricing/>, read 2026-11-22):
//! - Storage costs by gigabyte and month, each class at its own price; Standard and the frequent tier of
//!   Intelligent-Tiering have three tiers of the month.
//! - PUT, COPY and POST requests cost by the class that they write to, GET and other requests by the class that they
//!   read. LIST requests cost what a PUT to Standard costs. DELETE is free.
//! - Data retrieved costs for each gigabyte in the infrequent-access classes and in Glacier Instant Retrieval. From the
//!   two archive classes it has to be restored, which costs for each request and gigabyte, by speed; bulk restores of
//!   Glacier Flexible Retrieval are free.
//! - A lifecycle transition costs for each object, by the class that it goes to.
//! - Objects below 128 KB count as 128 KB in the infrequent-access classes and in Glacier Instant Retrieval. An object in
//!   an archive takes 32 KB more there and 8 KB in Standard, for its index and its name
//!   (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html>).
//! - What is deleted, overwritten or moved before 30 days (infrequent access), 90 days (Glacier Instant and Flexible
//!   Retrieval) or 180 days (Deep Archive) costs the storage of the days that are left. The bill has meters of their own
//!   for it and for small objects (`EarlyDelete-…`, `…-SmObjects`), at the price of the storage: here they are metered
//!   as storage of the class.
//! - Intelligent-Tiering costs for each object that it watches, of 128 KB or more, and moves data between its tiers for
//!   nothing.
//! - Replication costs the requests that write to the destination, the data sent to another Region, and with replication
//!   time control an amount for each gigabyte. The copies cost as storage where they lie.
//! - What leaves to the internet or to another Region costs as data transfer; what goes to CloudFront is free. Transfer
//!   Acceleration and Multi-Region Access Points cost for each gigabyte besides.

use serde::Deserialize;
use utoipa::ToSchema;

mod meters;

use meters::{
    ACCELERATED, ACCESS_POINT_ROUTING, ANALYTICS, BATCH_JOBS, BATCH_OBJECTS, ClassMeters, GDA, GDA_BULK,
    GDA_BULK_RESTORES, GDA_RESTORES, GFR, GFR_EXPEDITED, GFR_EXPEDITED_RESTORES, GFR_RESTORES, GIR, INT_ARCHIVE,
    INT_DEEP_ARCHIVE, INT_FREQUENT, INT_GETS, INT_INFREQUENT, INT_INSTANT, INT_MONITORING, INT_PUTS, INT_TRANSITIONS,
    INVENTORY, METERS, REPLICATION_TIME_CONTROL, SIA, STORAGE_LENS, TAGS, ZIA,
};
pub use meters::{STANDARD_GETS, STANDARD_PUTS, STANDARD_STORAGE};

use super::data_transfer::{self, check_items, check_regions};
use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;

/// The objects of the least size of the infrequent-access classes, 128 KB, that make a gigabyte.
const OF_128_KB: u64 = 8_192;
/// The indexes of archived objects, 32 KB each, that make a gigabyte.
const OF_32_KB: u64 = 32_768;
/// The names of archived objects, 8 KB each, that make a gigabyte.
const OF_8_KB: u64 = 131_072;
/// The hours of a day.
const HOURS_PER_DAY: u64 = 24;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "s3",
    name: "Amazon S3",
    about: "Objects in each storage class: storage with its minimum sizes and durations, requests, retrievals and \
            restores, lifecycle transitions, replication, and what is sent out.",
    excluded: &[
        "Storage of the copies that replication makes: plan it as a resource of the other Region",
        "Directory buckets (S3 Express One Zone), tables, vectors, Object Lambda, Select and reduced redundancy",
        "Temporary copies of restored objects, besides their requests and retrieval: add them to `standard`",
        "Calls to AWS KMS",
    ],
    meters: METERS,
    sources: &[
        "https://aws.amazon.com/s3/pricing/",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/aws-usage-report-understand.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html",
    ],
    example: Example {
        region: "us-east-1",
        usage: r#"{"standard": {"stored_gb": 1000, "put_requests": 1000000, "get_requests": 10000000}, "standard_ia": {"stored_gb": 5000, "objects": 1000000, "retrieved_gb": 200}, "to_cloudfront_gb": 500}"#,
    },
    read: read::<S3>,
    schema: schema::<S3>,
};

/// What is planned of S3, by storage class.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct S3 {
    /// Standard.
    pub standard: Option<S3Class>,
    /// Intelligent-Tiering.
    pub intelligent_tiering: Option<IntelligentTiering>,
    /// Standard-Infrequent Access.
    pub standard_ia: Option<S3Class>,
    /// One Zone-Infrequent Access.
    pub one_zone_ia: Option<S3Class>,
    /// Glacier Instant Retrieval.
    pub glacier_instant_retrieval: Option<S3Class>,
    /// Glacier Flexible Retrieval.
    pub glacier_flexible_retrieval: Option<S3Class>,
    /// Glacier Deep Archive.
    pub glacier_deep_archive: Option<S3Class>,
    /// Replication, one item for each Region it goes to; the Region itself stands for replication inside it.
    #[serde(default)]
    pub replication: Vec<S3Replication>,
    /// Gigabytes a month that leave to the internet. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
    /// Gigabytes a month out to CloudFront; free. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub to_cloudfront_gb: Amount,
    /// Gigabytes a month that Transfer Acceleration carries; those out to the internet go into `data_out_gb` too.
    /// 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub accelerated_gb: Amount,
    /// Gigabytes a month that Multi-Region Access Points route. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub access_point_routed_gb: Amount,
    /// Objects that inventories list, a month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub inventory_objects: Amount,
    /// Objects that storage class analysis watches. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub analytics_objects: Amount,
    /// Objects that Storage Lens watches with advanced metrics. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub storage_lens_objects: Amount,
    /// Tags of objects. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub tags: Amount,
    /// Jobs of Batch Operations a month. 0 to 1,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub batch_jobs: Amount,
    /// Objects that Batch Operations work on, a month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub batch_objects: Amount,
}

/// What is planned of one storage class. Numbers are by month, each 0 to 1,000,000,000,000.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct S3Class {
    /// Gigabytes kept, on average of the month.
    #[serde(default)]
    #[schema(default = 0)]
    pub stored_gb: Amount,
    /// Not Standard: objects kept, on average of the month, taken to be of one size. Left out: they are large, so that
    /// minimum sizes and the indexes of archives are not counted.
    pub objects: Option<Amount>,
    /// PUT, COPY and POST requests; in Standard also LIST requests, of all classes.
    #[serde(default)]
    #[schema(default = 0)]
    pub put_requests: Amount,
    /// GET and all other requests but DELETE.
    #[serde(default)]
    #[schema(default = 0)]
    pub get_requests: Amount,
    /// Not Standard: gigabytes retrieved; from an archive, at standard speed.
    #[serde(default)]
    #[schema(default = 0)]
    pub retrieved_gb: Amount,
    /// Not Standard: objects that a lifecycle rule moves into the class.
    #[serde(default)]
    #[schema(default = 0)]
    pub transitions: Amount,
    /// Not Standard: gigabytes deleted, overwritten or moved before the minimum duration of the class.
    #[serde(default)]
    #[schema(default = 0)]
    pub early_deleted_gb: Amount,
    /// Not Standard: days that were left of the minimum duration then, on average. 0 to 30, in Glacier Instant and
    /// Flexible Retrieval 0 to 90, in Deep Archive 0 to 180. Left out: the whole minimum duration.
    pub early_deleted_days: Option<Amount>,
    /// Archives: restore requests at standard speed.
    #[serde(default)]
    #[schema(default = 0)]
    pub restore_requests: Amount,
    /// Glacier Flexible Retrieval: expedited restore requests.
    #[serde(default)]
    #[schema(default = 0)]
    pub expedited_restore_requests: Amount,
    /// Glacier Flexible Retrieval: gigabytes retrieved expedited.
    #[serde(default)]
    #[schema(default = 0)]
    pub expedited_retrieved_gb: Amount,
    /// Glacier Deep Archive: bulk restore requests.
    #[serde(default)]
    #[schema(default = 0)]
    pub bulk_restore_requests: Amount,
    /// Glacier Deep Archive: gigabytes retrieved in bulk.
    #[serde(default)]
    #[schema(default = 0)]
    pub bulk_retrieved_gb: Amount,
}

/// What is planned of Intelligent-Tiering. Numbers are by month, each 0 to 1,000,000,000,000.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntelligentTiering {
    /// Gigabytes in the frequent access tier, where everything starts, on average of the month.
    #[serde(default)]
    #[schema(default = 0)]
    pub frequent_gb: Amount,
    /// Gigabytes in the infrequent access tier: what nobody touched for 30 days.
    #[serde(default)]
    #[schema(default = 0)]
    pub infrequent_gb: Amount,
    /// Gigabytes in the archive instant access tier: what nobody touched for 90 days.
    #[serde(default)]
    #[schema(default = 0)]
    pub archive_instant_gb: Amount,
    /// Gigabytes in the archive access tier, where it is switched on.
    #[serde(default)]
    #[schema(default = 0)]
    pub archive_gb: Amount,
    /// Gigabytes in the deep archive access tier, where it is switched on.
    #[serde(default)]
    #[schema(default = 0)]
    pub deep_archive_gb: Amount,
    /// Objects of 128 KB or more, which are watched.
    #[serde(default)]
    #[schema(default = 0)]
    pub monitored_objects: Amount,
    /// PUT, COPY and POST requests.
    #[serde(default)]
    #[schema(default = 0)]
    pub put_requests: Amount,
    /// GET and all other requests but DELETE.
    #[serde(default)]
    #[schema(default = 0)]
    pub get_requests: Amount,
    /// Objects that a lifecycle rule moves into the class.
    #[serde(default)]
    #[schema(default = 0)]
    pub transitions: Amount,
}

/// Replication to one Region.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct S3Replication {
    /// The Region that receives the copies.
    #[schema(example = "us-west-2")]
    pub region: String,
    /// Gigabytes a month. 0 to 1,000,000,000,000.
    pub gb: Amount,
    /// Objects a month; each is a PUT to Standard in the Region that receives it. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub objects: Amount,
    /// Whether replication time control is on.
    #[serde(default)]
    pub time_control: bool,
}

impl S3Class {
    /// The numbers of the class, by name.
    fn numbers(&self) -> [(&'static str, &Amount); 11] {
        [
            ("stored_gb", &self.stored_gb),
            ("put_requests", &self.put_requests),
            ("get_requests", &self.get_requests),
            ("retrieved_gb", &self.retrieved_gb),
            ("transitions", &self.transitions),
            ("early_deleted_gb", &self.early_deleted_gb),
            ("restore_requests", &self.restore_requests),
            ("expedited_restore_requests", &self.expedited_restore_requests),
            ("expedited_retrieved_gb", &self.expedited_retrieved_gb),
            ("bulk_restore_requests", &self.bulk_restore_requests),
            ("bulk_retrieved_gb", &self.bulk_retrieved_gb),
        ]
    }

    /// The fields that the class called `field` has.
    fn counts(class: &str, field: &str) -> bool {
        match field {
            "stored_gb" | "put_requests" | "get_requests" => true,
            "restore_requests" => class == GFR.field || class == GDA.field,
            "expedited_restore_requests" | "expedited_retrieved_gb" => class == GFR.field,
            "bulk_restore_requests" | "bulk_retrieved_gb" => class == GDA.field,
            _ => class != "standard",
        }
    }

    fn check(&self, check: &mut Check, class: &str, min_days: u64) {
        check.within(class, |check| {
            check.optional_amount("objects", self.objects.as_ref(), CAP);
            check.optional_amount("early_deleted_days", self.early_deleted_days.as_ref(), min_days);
            let optional =
                [("objects", self.objects.is_some()), ("early_deleted_days", self.early_deleted_days.is_some())];
            let mut used = optional.to_vec();
            for (field, value) in self.numbers() {
                check.amount(field, value, CAP);
                used.push((field, !value.is_zero()));
            }
            for (field, _) in used.into_iter().filter(|(field, used)| *used && !Self::counts(class, field)) {
                check.mistake(field, Code::Conflict, format!("`{field}` does not count in `{class}`"));
            }
        });
    }

    /// Meters a class with its minimums. Returns what its objects add to Standard, in gigabytes.
    fn meter(&self, m: &mut Metering<'_>, of: &ClassMeters) -> Result<Amount, NumberError> {
        let words = of.words;
        let objects = self.objects.clone().unwrap_or(Amount::ZERO);
        let (gb, in_standard) = if of.archive {
            (&self.stored_gb + &objects.per(OF_32_KB), objects.per(OF_8_KB))
        } else {
            (m.probe.max(&self.stored_gb, &objects.per(OF_128_KB)), Amount::ZERO)
        };
        m.line(of.ids.storage, format!("{words} storage"), of.storage)
            .times(&gb, "GB with their minimum sizes")?
            .put(m);
        let days = self.early_deleted_days.clone().unwrap_or_else(|| Amount::ONE.times_whole(of.min_days));
        let of_month = days.times_whole(HOURS_PER_DAY).over(&m.month_hours())?;
        m.line(of.ids.early_delete, format!("{words} storage of the days left of {}", of.min_days), of.storage)
            .times(&self.early_deleted_gb, "GB deleted early")?
            .times(&of_month, "months left")?
            .put(m);
        for (id, label, meter, quantity, unit) in [
            (of.ids.puts, "PUT requests", of.puts, &self.put_requests, "requests"),
            (of.ids.gets, "GET requests", of.gets, &self.get_requests, "requests"),
            (of.ids.retrieval, "retrieval", of.retrieval, &self.retrieved_gb, "GB retrieved"),
            (of.ids.transitions, "transitions", of.transitions, &self.transitions, "objects"),
        ] {
            m.line(id, format!("{words} {label}"), meter).times(quantity, unit)?.put(m);
        }
        Ok(in_standard)
    }
}

impl IntelligentTiering {
    /// The numbers, by name, and their lines.
    fn numbers(&self) -> [(&'static str, &Amount, &'static str, &'static str, &'static MeterSpec); 9] {
        [
            ("frequent_gb", &self.frequent_gb, "intelligent_frequent", "frequent access", &INT_FREQUENT),
            ("infrequent_gb", &self.infrequent_gb, "intelligent_infrequent", "infrequent access", &INT_INFREQUENT),
            (
                "archive_instant_gb",
                &self.archive_instant_gb,
                "intelligent_archive_instant",
                "archive instant access",
                &INT_INSTANT,
            ),
            ("archive_gb", &self.archive_gb, "intelligent_archive", "archive access", &INT_ARCHIVE),
            (
                "deep_archive_gb",
                &self.deep_archive_gb,
                "intelligent_deep_archive",
                "deep archive access",
                &INT_DEEP_ARCHIVE,
            ),
            (
                "monitored_objects",
                &self.monitored_objects,
                "intelligent_monitoring",
                "objects watched",
                &INT_MONITORING,
            ),
            ("put_requests", &self.put_requests, "intelligent_put_requests", "PUT requests", &INT_PUTS),
            ("get_requests", &self.get_requests, "intelligent_get_requests", "GET requests", &INT_GETS),
            ("transitions", &self.transitions, "intelligent_transitions", "transitions", &INT_TRANSITIONS),
        ]
    }
}

impl S3 {
    /// The classes with minimums.
    fn classes(&self) -> [(&'static ClassMeters, Option<&S3Class>); 5] {
        [
            (&SIA, self.standard_ia.as_ref()),
            (&ZIA, self.one_zone_ia.as_ref()),
            (&GIR, self.glacier_instant_retrieval.as_ref()),
            (&GFR, self.glacier_flexible_retrieval.as_ref()),
            (&GDA, self.glacier_deep_archive.as_ref()),
        ]
    }

    fn meter_standard(&self, m: &mut Metering<'_>, indexes_gb: &Amount) -> Result<(), NumberError> {
        let class = self.standard.clone().unwrap_or_default();
        m.line("standard_storage", "Standard storage", &STANDARD_STORAGE).times(&class.stored_gb, "GB")?.put(m);
        m.line("archive_names", "Standard storage of the names of archived objects", &STANDARD_STORAGE)
            .times(indexes_gb, "GB, 8 KB for each object")?
            .put(m);
        m.line("standard_put_requests", "Standard PUT, COPY, POST and LIST requests", &STANDARD_PUTS)
            .times(&class.put_requests, "requests")?
            .put(m);
        m.line("standard_get_requests", "Standard GET and other requests", &STANDARD_GETS)
            .times(&class.get_requests, "requests")?
            .put(m);
        Ok(())
    }

    fn meter_restores(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        if let Some(class) = &self.glacier_flexible_retrieval {
            m.line("restore_requests", "Restore requests", &GFR_RESTORES)
                .times(&class.restore_requests, "requests")?
                .put(m);
            m.line("expedited_restore_requests", "Expedited restore requests", &GFR_EXPEDITED_RESTORES)
                .times(&class.expedited_restore_requests, "requests")?
                .put(m);
            m.line("expedited_retrieval", "Expedited retrieval", &GFR_EXPEDITED)
                .times(&class.expedited_retrieved_gb, "GB retrieved")?
                .put(m);
        }
        if let Some(class) = &self.glacier_deep_archive {
            m.line("deep_archive_restore_requests", "Restore requests of Deep Archive", &GDA_RESTORES)
                .times(&class.restore_requests, "requests")?
                .put(m);
            m.line("bulk_restore_requests", "Bulk restore requests of Deep Archive", &GDA_BULK_RESTORES)
                .times(&class.bulk_restore_requests, "requests")?
                .put(m);
            m.line("bulk_retrieval", "Bulk retrieval from Deep Archive", &GDA_BULK)
                .times(&class.bulk_retrieved_gb, "GB retrieved")?
                .put(m);
        }
        Ok(())
    }

    fn meter_replication(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        for to in &self.replication {
            m.line("replication_put_requests", format!("PUT requests of copies in {}", to.region), &STANDARD_PUTS)
                .in_region(to.region.as_str())
                .times(&to.objects, "objects")?
                .put(m);
            if to.region != m.region {
                data_transfer::between_regions(m, &to.region, &to.gb)?;
            }
            if to.time_control {
                m.line("replication_time_control", "Replication time control", &REPLICATION_TIME_CONTROL)
                    .times(&to.gb, "GB")?
                    .put(m);
            }
        }
        Ok(())
    }
}

impl Usage for S3 {
    fn check(&self, check: &mut Check, catalog: &Catalog) {
        if let Some(class) = &self.standard {
            class.check(check, "standard", 0);
        }
        for (of, class) in self.classes() {
            if let Some(class) = class {
                class.check(check, of.field, of.min_days);
            }
        }
        if let Some(class) = &self.intelligent_tiering {
            check.within("intelligent_tiering", |check| {
                for (field, value, ..) in class.numbers() {
                    check.amount(field, value, CAP);
                }
            });
        }
        check_regions(check, "replication", self.replication.iter().map(|to| to.region.as_str()), catalog);
        check_items(check, "replication", &self.replication, |check, to, _| {
            check.amount("gb", &to.gb, CAP);
            check.amount("objects", &to.objects, CAP);
        });
        check.amount("data_out_gb", &self.data_out_gb, CAP);
        check.amount("to_cloudfront_gb", &self.to_cloudfront_gb, CAP);
        check.amount("accelerated_gb", &self.accelerated_gb, CAP);
        check.amount("access_point_routed_gb", &self.access_point_routed_gb, CAP);
        check.amount("inventory_objects", &self.inventory_objects, CAP);
        check.amount("analytics_objects", &self.analytics_objects, CAP);
        check.amount("storage_lens_objects", &self.storage_lens_objects, CAP);
        check.amount("tags", &self.tags, CAP);
        check.amount("batch_jobs", &self.batch_jobs, 1_000_000);
        check.amount("batch_objects", &self.batch_objects, CAP);
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let mut indexes_gb = Amount::ZERO;
        let mut assumed = false;
        for (of, class) in self.classes() {
            let Some(class) = class else { continue };
            assumed |= class.objects.is_none() && !class.stored_gb.is_zero();
            indexes_gb = &indexes_gb + &class.meter(m, of)?;
        }
        if assumed {
            m.assume(
                "objects",
                "0",
                "where no number is given, minimum sizes and the indexes of archives are not counted",
            );
        }
        self.meter_restores(m)?;
        self.meter_standard(m, &indexes_gb)?;
        if let Some(class) = &self.intelligent_tiering {
            for (_, value, id, words, meter) in class.numbers() {
                m.line(id, format!("Intelligent-Tiering {words}"), meter).times(value, meter.unit.as_str())?.put(m);
            }
        }
        self.meter_replication(m)?;
        for (id, label, meter, value, unit) in [
            ("acceleration", "Transfer Acceleration", &ACCELERATED, &self.accelerated_gb, "GB"),
            (
                "access_point_routing",
                "Multi-Region Access Point routing",
                &ACCESS_POINT_ROUTING,
                &self.access_point_routed_gb,
                "GB",
            ),
            ("inventory", "Objects listed by inventories", &INVENTORY, &self.inventory_objects, "objects"),
            ("analytics", "Objects watched by analysis", &ANALYTICS, &self.analytics_objects, "objects"),
            ("storage_lens", "Objects watched by Storage Lens", &STORAGE_LENS, &self.storage_lens_objects, "objects"),
            ("tags", "Tags of objects", &TAGS, &self.tags, "tags"),
            ("batch_jobs", "Batch jobs", &BATCH_JOBS, &self.batch_jobs, "jobs"),
            ("batch_objects", "Objects of batch jobs", &BATCH_OBJECTS, &self.batch_objects, "objects"),
        ] {
            m.line(id, label, meter).times(value, unit)?.put(m);
        }
        data_transfer::internet_out(m, &self.data_out_gb)?;
        data_transfer::to_cloudfront(m, &self.to_cloudfront_gb)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::metering::sweeps::follow;

    #[test]
    fn minimum_sizes_can_be_swept() {
        let class = |stored_gb, objects| S3Class { stored_gb, objects: Some(objects), ..S3Class::default() };
        let ia = |class| S3 { standard_ia: Some(class), ..S3::default() };
        let deep = |class| S3 { glacier_deep_archive: Some(class), ..S3::default() };
        // 819,200 objects of 128 KB are 100 GB.
        assert_eq!(follow(0, 1_000_000, |objects| ia(class(Amount::whole(100), objects))), 2);
        assert_eq!(follow(0, 1_000, |gb| ia(class(gb, Amount::whole(819_200)))), 2);
        assert_eq!(follow(0, 1_000_000, |objects| deep(class(Amount::whole(100), objects))), 1);
    }
}
