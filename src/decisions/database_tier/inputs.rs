//! The inputs of `database_tier`, and their ranges.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::catalog::Catalog;
use crate::decisions::engine::tables::{flags, given, numbers};
use crate::decisions::engine::{FlagInput, Movement, NumberInput, WordInput};
use crate::domain::amount::Amount;
use crate::domain::check::Check;
use crate::domain::problem::Code;
use crate::domain::read::unknown_name;

/// What is known about the data and how it is used. Every input may be left out; what is then assumed is listed in the
/// answer, and lowers its confidence where it matters.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatabaseTierInputs {
    /// The engine that the application speaks: `postgresql`, `mysql`, `mariadb`, `oracle`, `sqlserver` or `db2`, with a
    /// version after it where you like (`mysql8`). Naming one makes the database relational. Left out: `postgresql`,
    /// where the database is relational.
    pub engine: Option<String>,
    /// Extensions of the engine that the application needs, such as `pgvector`. At most 100. Left out: none.
    pub extensions: Option<Vec<String>>,
    /// The database class of RDS and Aurora, such as `db.r6g.large`. Left out: a small burstable one where the database
    /// is `small`, for development or of `low_volume`, else one of two vCPUs with much memory.
    #[schema(example = "db.r6g.large")]
    pub instance_class: Option<String>,
    /// The class of a Multi-AZ cluster, which has a local disk, such as `db.r6gd.large`. Left out: that of
    /// `instance_class` with a local disk.
    pub cluster_instance_class: Option<String>,
    /// The storage of RDS: `gp2` or `gp3`. Left out: the cheaper of both, and gp3 where `iops` is given.
    pub storage_type: Option<String>,
    /// The other Region of a DynamoDB global table. Left out: a table of several Regions has no price.
    pub replica_region: Option<String>,

    /// Requests a second at the peak, reads and writes together; those that name reads or writes take its place. 0 to
    /// 1,000,000,000. Left out: 100.
    pub rps: Option<Amount>,
    /// The share of `rps` that reads. 0 to 1. Left out: 0.8.
    pub read_share: Option<Amount>,
    /// Reads a second at the peak. 0 to 1,000,000,000. Left out: from `reads_per_s_avg`, else from `rps`.
    pub reads_per_s_peak: Option<Amount>,
    /// Writes a second at the peak. 0 to 1,000,000,000. Left out: from `writes_per_s_avg`, else from `rps`.
    pub writes_per_s_peak: Option<Amount>,
    /// Reads a second on average of the month. 0 to the peak. Left out: the peak × `utilisation`.
    pub reads_per_s_avg: Option<Amount>,
    /// Writes a second on average of the month. 0 to the peak. Left out: the peak × `utilisation`.
    pub writes_per_s_avg: Option<Amount>,
    /// The average as a share of the peak. It is the share of provisioned DynamoDB capacity that is used, since that is
    /// provisioned for the peak. 0 to 1. Left out: 0.5.
    pub utilisation: Option<Amount>,
    /// Kilobytes of an item of DynamoDB. 0 to 400. Left out: 1.
    pub item_kb: Option<Amount>,
    /// Gigabytes kept. 0 to 65,536. Left out: 100, and 20 where the database is small.
    pub storage_gb: Option<Amount>,
    /// IOPS of RDS storage, where more than gp3 includes are needed. 0 to 256,000. Left out: those that are included.
    pub iops: Option<Amount>,
    /// I/O requests of Aurora a month. 0 to 1,000,000,000,000. Left out: a fifth of all requests, since most reads are
    /// answered from memory.
    pub io_month: Option<Amount>,
    /// Gigabytes of backups a month that are paid for: above the size of the database with RDS and Aurora, where so much
    /// is free. 0 to 1,000,000,000. Left out: 0.
    pub backup_gb: Option<Amount>,
    /// Copies that serve reads, beside the one that writes. 0 to 1,000, whole. Left out: 1 where `read_heavy`, else 0.
    pub read_replicas: Option<Amount>,
    /// Capacity units (ACU, 2 GiB each) that an instance of Aurora Serverless has at the peak. 0 to 100,000. Left out: as
    /// much memory as `instance_class` has.
    pub peak_acu: Option<Amount>,
    /// Capacity units that an instance of Aurora Serverless uses on average of `active_hours`. 0 to 100,000. Left out:
    /// half of `peak_acu`.
    pub average_acu: Option<Amount>,
    /// Hours of the month in which the database is used; Aurora Serverless stands at its least capacity in the others, an
    /// instance runs on. 0 to 744. Left out: half the month where `idle_nights`, a quarter where `intermittent`, else
    /// the whole month.
    pub active_hours: Option<Amount>,
    /// The service level that AWS must promise, in percent. 0 to 100. Left out: none.
    pub sla_pct: Option<Amount>,
    /// The longest that a failover may take, in seconds. 0 to 86,400. Left out: no requirement.
    pub failover_s: Option<Amount>,
    /// The longest that the first query after a rest may wait, in seconds. 0 to 86,400. Left out: no requirement.
    pub first_query_delay_ok_s: Option<Amount>,
    /// People who build and run the application. Whole, 1 to 100,000. Left out: enough.
    pub team_size: Option<Amount>,

    /// Joins, ad-hoc SQL or transactions over several rows are at the core. Left out: whatever `relational` is.
    pub joins: Option<bool>,
    /// The data is relational. Left out: true, unless `key_access` is true and nothing asks for SQL.
    pub relational: Option<bool>,
    /// Items are read and written by their key. Left out: false.
    pub key_access: Option<bool>,
    /// Stored procedures are needed. Left out: false.
    pub stored_procedures: Option<bool>,
    /// Triggers are needed. Left out: false.
    pub triggers: Option<bool>,
    /// The application is new. Left out: false.
    pub new_app: Option<bool>,
    /// An existing database moves to AWS. Left out: false.
    pub migration: Option<bool>,
    /// The database must go on by itself where a zone is lost. Left out: false, unless `ha` is true.
    pub az_loss_survive: Option<bool>,
    /// The database must be highly available. Left out: false.
    pub ha: Option<bool>,
    /// The standby must serve reads. Left out: false.
    pub standby_reads: Option<bool>,
    /// Several Regions write at the same time. Left out: false.
    pub multi_region_active_active: Option<bool>,
    /// Aurora may be used, DSQL included. Left out: true.
    pub aurora_allowed: Option<bool>,
    /// Most requests are reads. Left out: false.
    pub read_heavy: Option<bool>,
    /// How many reads come cannot be foreseen. Left out: false.
    pub unpredictable_reads: Option<bool>,
    /// The load varies much. Left out: false.
    pub variable_load: Option<bool>,
    /// The load is steady. Left out: false.
    pub steady_load: Option<bool>,
    /// The database rests at night. Left out: false.
    pub idle_nights: Option<bool>,
    /// The database is used now and then only. Left out: false.
    pub intermittent: Option<bool>,
    /// The database must answer at any time without a wait. Left out: false.
    pub always_on: Option<bool>,
    /// The first query after a rest may wait until the database has resumed. Left out: true, unless
    /// `first_query_delay_ok_s` or `always_on` say otherwise.
    pub resume_delay_ok: Option<bool>,
    /// It is for development. Left out: false.
    pub dev: Option<bool>,
    /// The database is small. Left out: whatever `dev` or `low_volume` is.
    pub small: Option<bool>,
    /// There are few requests. Left out: false.
    pub low_volume: Option<bool>,
    /// Cost decides, and no advice. Left out: false.
    pub cost_first: Option<bool>,
    /// There are few people to run it. Left out: as `team_size` says.
    pub limited_staff: Option<bool>,
    /// Reads of DynamoDB must see every earlier write. Left out: false.
    pub strongly_consistent: Option<bool>,
}

type Inputs = DatabaseTierInputs;

/// The numeric inputs.
pub(super) const NUMBERS: &[NumberInput<Inputs>] = numbers! {
    rps "1/s" Continuous max 1_000_000_000 sweep 100_000 ["db_scale_requests_per_s"];
    utilisation "share" Continuous max 1 sweep 1 critical true [];
    average_acu "ACU" Continuous max 100_000 sweep 64 critical true [];
    storage_gb "GB" Continuous max 65_536 sweep 10_000 [];
    read_share "share" Continuous max 1 sweep 1 [];
    reads_per_s_peak "1/s" Continuous max 1_000_000_000 sweep 10_000 [];
    writes_per_s_peak "1/s" Continuous max 1_000_000_000 sweep 10_000 [];
    reads_per_s_avg "1/s" Continuous max 1_000_000_000 sweep 10_000 [];
    writes_per_s_avg "1/s" Continuous max 1_000_000_000 sweep 10_000 [];
    item_kb "KB" Continuous max 400 sweep 40 [];
    iops "IOPS" Continuous max 256_000 sweep 64_000 [];
    io_month "requests" Continuous max 1_000_000_000_000 sweep 10_000_000_000 [];
    backup_gb "GB" Continuous max 1_000_000_000 sweep 10_000 [];
    read_replicas "" Whole max 1_000 sweep 20 relaxable true ["aurora_replicas_per_cluster", "rds_read_replicas_per_instance"];
    peak_acu "ACU" Continuous max 100_000 sweep 512 ["aurora_serverless_max_acu"];
    active_hours "h" Continuous max 744 sweep 730 [];
    sla_pct "%" Continuous max 100 sweep 100 relaxable true ["db_sla_rds_single_az_pct", "db_sla_rds_multi_az_pct", "db_sla_aurora_pct", "db_sla_dsql_pct"];
    failover_s "s" Continuous max 86_400 sweep 300 relaxable true ["rds_multi_az_instance_failover_s", "db_manual_recovery_s"];
    first_query_delay_ok_s "s" Continuous max 86_400 sweep 60 ["aurora_serverless_resume_s"];
    team_size "" Whole max 100_000 sweep 50 ["db_small_team_people"];
};

/// The yes/no inputs.
pub(super) const FLAGS: &[FlagInput<Inputs>] = flags! {
    joins relaxable true;
    relational relaxable true;
    key_access;
    stored_procedures relaxable true;
    triggers relaxable true;
    new_app;
    migration;
    az_loss_survive relaxable true;
    ha relaxable true;
    standby_reads relaxable true;
    multi_region_active_active relaxable true;
    aurora_allowed relaxable true;
    read_heavy;
    unpredictable_reads;
    variable_load;
    steady_load;
    idle_nights;
    intermittent;
    always_on;
    resume_delay_ok;
    dev;
    small;
    low_volume;
    cost_first;
    limited_staff;
    strongly_consistent;
};

/// The inputs that are words rules know.
pub(super) const WORDS: &[WordInput<Inputs>] = &[WordInput {
    name: "engine",
    words: &["postgresql", "mysql", "mariadb", "oracle", "sqlserver", "db2"],
    relaxable: true,
    slot: |inputs| &mut inputs.engine,
}];

/// The most extensions of a request.
const MAX_EXTENSIONS: usize = 100;

impl Inputs {
    /// Whether an average is given for which no peak is, so that the peak follows from it.
    fn peak_follows(&self) -> bool {
        let follows = |average: &Option<Amount>, peak: &Option<Amount>| average.is_some() && peak.is_none();
        follows(&self.reads_per_s_avg, &self.reads_per_s_peak)
            || follows(&self.writes_per_s_avg, &self.writes_per_s_peak)
    }
}

/// The inputs that say nothing beside what else is given.
pub(super) fn idle(inputs: &Inputs) -> Vec<&'static str> {
    let reads = inputs.reads_per_s_peak.is_some() || inputs.reads_per_s_avg.is_some();
    let writes = inputs.writes_per_s_peak.is_some() || inputs.writes_per_s_avg.is_some();
    let averages = inputs.reads_per_s_avg.is_some() && inputs.writes_per_s_avg.is_some();
    let mut idle = Vec::new();
    for (name, says_nothing) in [
        ("rps", reads && writes),
        ("read_share", reads && writes),
        // Where a peak follows from an average it is a quotient, which does not move along a line.
        ("utilisation", averages || inputs.peak_follows()),
        ("reads_per_s_peak", inputs.reads_per_s_peak.is_none()),
        ("writes_per_s_peak", inputs.writes_per_s_peak.is_none()),
        ("reads_per_s_avg", inputs.reads_per_s_avg.is_none()),
        ("writes_per_s_avg", inputs.writes_per_s_avg.is_none()),
    ] {
        if says_nothing {
            idle.push(name);
        }
    }
    idle
}

/// Finds every value outside its range.
pub(super) fn check(inputs: &Inputs, check: &mut Check, catalog: &Catalog) {
    for (input, value) in given(inputs, NUMBERS) {
        match input.movement {
            Movement::Continuous => check.amount(input.name, &value, input.max),
            Movement::Whole | Movement::Listed => {
                check.whole(input.name, &value, u64::from(input.name == "team_size"), input.max);
            }
        }
    }
    for (name, average, peak) in [
        ("reads_per_s_avg", &inputs.reads_per_s_avg, &inputs.reads_per_s_peak),
        ("writes_per_s_avg", &inputs.writes_per_s_avg, &inputs.writes_per_s_peak),
    ] {
        if let (Some(average), Some(peak)) = (average, peak)
            && average.compare_values(peak).is_gt()
        {
            check.mistake(name, Code::Conflict, format!("`{name}` is {average}; the peak is {peak} only"));
        }
    }
    if inputs.peak_follows() && inputs.utilisation.as_ref().is_some_and(Amount::is_zero) {
        let detail = "`utilisation` is 0; with an average and no peak it must be more";
        check.mistake("utilisation", Code::Conflict, detail);
    }
    if let (Some(average), Some(peak)) = (&inputs.average_acu, &inputs.peak_acu)
        && average.compare_values(peak).is_gt()
    {
        let detail = format!("`average_acu` is {average}; the peak is {peak} only");
        check.mistake("average_acu", Code::Conflict, detail);
    }
    for (name, class) in
        [("instance_class", &inputs.instance_class), ("cluster_instance_class", &inputs.cluster_instance_class)]
    {
        let Some(class) = class else { continue };
        let has_parts = |rest: &str| rest.split('.').filter(|part| !part.is_empty()).count() == 2;
        if class.len() > 50 || !class.strip_prefix("db.").is_some_and(has_parts) {
            let detail = format!("`{name}` is `{class}`; a class is spelled like `db.r6g.large`");
            check.mistake(name, Code::UnknownValue, detail);
        }
    }
    if let Some(storage) = &inputs.storage_type {
        check.one_of("storage_type", storage, ["gp2", "gp3"]);
        if storage == "gp2" && inputs.iops.is_some() {
            check.mistake("iops", Code::Conflict, "IOPS are provisioned on gp3; those of gp2 follow from its size");
        }
    }
    if let Some(engine) = &inputs.engine
        && (engine.is_empty() || engine.chars().count() > 50)
    {
        check.mistake("engine", Code::OutOfRange, "an engine must have 1 to 50 characters");
    }
    if let Some(region) = inputs.replica_region.as_deref().filter(|region| catalog.places.get(region).is_none()) {
        let known = catalog.places.codes();
        check.problem(unknown_name(Code::UnknownRegion, "/replica_region", "Region", region, known));
    }
    let extensions = inputs.extensions.as_deref().unwrap_or_default();
    if extensions.len() > MAX_EXTENSIONS {
        let detail = format!("`extensions` has {} items; it must have at most {MAX_EXTENSIONS}", extensions.len());
        check.mistake("extensions", Code::OutOfRange, detail);
    }
    check.within("extensions", |check| {
        for (at, extension) in extensions.iter().enumerate() {
            if extension.is_empty() || extension.chars().count() > 100 {
                check.mistake(&at.to_string(), Code::OutOfRange, "an extension must have 1 to 100 characters");
            }
        }
    });
}
