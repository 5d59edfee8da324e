//! The inputs of `database_tier` after defaults. A default that follows from another input moves with it.

use super::inputs::DatabaseTierInputs;
use crate::decisions::engine::screen::{Looked, flag, number, word};
use crate::decisions::engine::{Context, Stop};
use crate::decisions::steps::Defaults;
use crate::domain::amount::Amount;
use crate::services::rds::DatabaseEngine;

/// Seconds of an hour.
const SECONDS: u64 = 3_600;
/// Mebibytes of a gibibyte.
const MIB_PER_GIB: u64 = 1_024;

/// An engine, whatever its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    Postgresql,
    Mysql,
    Mariadb,
    Oracle,
    Sqlserver,
    Db2,
}

impl Engine {
    /// The engine that a word names, with or without a version after it.
    pub(super) fn named(word: &str) -> Option<Self> {
        let plain: String = word.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        let plain = plain.strip_prefix("aurora").unwrap_or(&plain);
        [
            ("postgres", Self::Postgresql),
            ("mysql", Self::Mysql),
            ("mariadb", Self::Mariadb),
            ("oracle", Self::Oracle),
            ("sqlserver", Self::Sqlserver),
            ("mssql", Self::Sqlserver),
            ("db2", Self::Db2),
        ]
        .into_iter()
        .find(|(begin, _)| plain.starts_with(begin))
        .map(|(_, engine)| engine)
    }

    /// The engine of RDS, with the licence that is priced; there are no prices for Db2.
    pub(super) fn of_rds(self) -> Option<DatabaseEngine> {
        match self {
            Self::Postgresql => Some(DatabaseEngine::Postgresql),
            Self::Mysql => Some(DatabaseEngine::Mysql),
            Self::Mariadb => Some(DatabaseEngine::Mariadb),
            Self::Oracle => Some(DatabaseEngine::OracleSe2),
            Self::Sqlserver => Some(DatabaseEngine::SqlserverSe),
            Self::Db2 => None,
        }
    }

    /// Whether Aurora and the Multi-AZ cluster of RDS speak it.
    pub(super) fn is_open(self) -> bool {
        matches!(self, Self::Postgresql | Self::Mysql)
    }

    /// Whether its classes are of Intel or AMD only.
    fn is_x86(self) -> bool {
        matches!(self, Self::Oracle | Self::Sqlserver | Self::Db2)
    }
}

/// Every value that rules and sizing use.
#[derive(Debug)]
pub(super) struct Settled {
    /// What makes the data relational, where it is.
    pub(super) relational: Option<Looked>,
    pub(super) engine: Engine,
    /// The engine as it was given.
    pub(super) engine_given: Option<Looked>,
    /// What asks for more than DSQL has: extensions, stored procedures, triggers.
    pub(super) special: Option<Looked>,
    /// What asks to go on by itself where a zone is lost.
    pub(super) failover: Option<Looked>,
    /// What asks for copies that serve reads.
    pub(super) readers_by: Option<Looked>,
    /// Why the database must not rest.
    pub(super) awake: Option<Looked>,
    pub(super) class: String,
    pub(super) cluster_class: String,
    pub(super) readers: Amount,
    pub(super) storage_gb: Amount,
    pub(super) backup_gb: Amount,
    pub(super) io_month: Amount,
    pub(super) peak_acu: Amount,
    pub(super) average_acu: Amount,
    pub(super) active_hours: Amount,
    pub(super) rps: Amount,
    pub(super) reads_peak: Amount,
    pub(super) writes_peak: Amount,
    pub(super) reads_average: Amount,
    pub(super) writes_average: Amount,
    pub(super) item_kb: Amount,
    /// Whether the request says how steady the load is.
    pub(super) load_is_known: bool,
}

/// The first yes/no that is true.
fn first(flags: &[(&'static str, Option<bool>)]) -> Option<Looked> {
    flags.iter().find(|(_, value)| *value == Some(true)).map(|(name, _)| flag(name, true))
}

/// Takes every default.
pub(super) fn settle(
    inputs: &DatabaseTierInputs,
    defaults: &mut Defaults,
    context: &mut Context<'_>,
) -> Result<Settled, Stop> {
    let named = inputs.engine.as_deref().and_then(Engine::named);
    let engine_given = inputs.engine.as_deref().filter(|_| named.is_some()).map(|given| word("engine", given));
    let extensions = inputs.extensions.as_deref().unwrap_or_default();
    let special = (!extensions.is_empty())
        .then(|| word("extensions", extensions.join(", ")))
        .or_else(|| first(&[("stored_procedures", inputs.stored_procedures), ("triggers", inputs.triggers)]));
    let relational = relational(inputs, engine_given.as_ref(), special.as_ref(), defaults);
    let engine = named.unwrap_or_else(|| {
        if relational.is_some() {
            defaults.assume("engine", "postgresql", "the engine that most options speak");
        }
        Engine::Postgresql
    });
    let failover = failover(inputs, context)?;
    let readers_by = match &inputs.read_replicas {
        Some(given) if context.probe.positive(given) => Some(number("read_replicas", given)),
        Some(_) => None,
        None => first(&[("read_heavy", inputs.read_heavy)]),
    };
    let size = size(inputs, engine, context, defaults)?;
    let load = load(inputs, context, defaults)?;
    let readers = if readers_by.is_some() && inputs.read_replicas.is_none() {
        let one = context.fact("db_default_read_replicas")?;
        defaults.take(None, "read_replicas", one, "one copy for the reads")
    } else {
        let none = inputs.read_replicas.clone().unwrap_or(Amount::ZERO);
        defaults.values.push(("read_replicas", none.clone()));
        none
    };
    let month_requests = (&load.reads_average + &load.writes_average).times_whole(SECONDS);
    let month_requests = month_requests.times(&context.month.hours())?;
    let io_month = defaults.take(
        inputs.io_month.as_ref(),
        "io_month",
        month_requests.times(&context.fact("db_default_ios_per_request")?)?,
        "most reads are answered from memory",
    );
    let peak_acu = defaults.take(
        inputs.peak_acu.as_ref(),
        "peak_acu",
        size.memory_gib.over(&context.fact("aurora_acu_gib")?)?,
        "as much memory as the class has",
    );
    let average = peak_acu.times(&context.fact("db_default_average_acu_share")?)?;
    let average_acu = if relational.is_some() {
        defaults.critical(
            inputs.average_acu.as_ref(),
            "average_acu",
            average,
            "half of the peak, a figure to begin with",
        )
    } else {
        inputs.average_acu.clone().unwrap_or(average)
    };
    let active_hours = active_hours(inputs, context, defaults)?;
    for (name, given) in [
        ("sla_pct", &inputs.sla_pct),
        ("failover_s", &inputs.failover_s),
        ("first_query_delay_ok_s", &inputs.first_query_delay_ok_s),
        ("team_size", &inputs.team_size),
        ("iops", &inputs.iops),
    ] {
        if let Some(given) = given {
            defaults.values.push((name, given.clone()));
        }
    }
    let storage = context.fact(if size.is_small { "db_default_storage_small_gb" } else { "db_default_storage_gb" })?;
    let storage_gb = defaults.take(inputs.storage_gb.as_ref(), "storage_gb", storage, "a size to begin with");
    let backup_gb = inputs.backup_gb.clone().unwrap_or(Amount::ZERO);
    defaults.values.push(("backup_gb", backup_gb.clone()));
    let awake = awake(inputs, context)?;
    let given = [&inputs.utilisation, &inputs.reads_per_s_avg, &inputs.writes_per_s_avg];
    Ok(Settled {
        relational,
        engine,
        engine_given,
        special,
        failover,
        readers_by,
        awake,
        class: size.class,
        cluster_class: size.cluster_class,
        readers,
        storage_gb,
        backup_gb,
        io_month,
        peak_acu,
        average_acu,
        active_hours,
        rps: load.rps,
        reads_peak: load.reads_peak,
        writes_peak: load.writes_peak,
        reads_average: load.reads_average,
        writes_average: load.writes_average,
        item_kb: load.item_kb,
        load_is_known: inputs.steady_load.is_some() || given.into_iter().any(Option::is_some),
    })
}

/// What makes the data relational: an engine, its features, SQL, or that nothing speaks for access by key.
fn relational(
    inputs: &DatabaseTierInputs,
    engine: Option<&Looked>,
    special: Option<&Looked>,
    defaults: &mut Defaults,
) -> Option<Looked> {
    let by = first(&[("joins", inputs.joins), ("relational", inputs.relational)]);
    if let Some(by) = by.or_else(|| special.cloned()).or_else(|| engine.cloned()) {
        return Some(by);
    }
    if inputs.relational == Some(false) {
        return None;
    }
    let by_key = inputs.key_access == Some(true);
    let why = if by_key { "items are read and written by their key" } else { "nothing says that keys are enough" };
    defaults.assume("relational", if by_key { "false" } else { "true" }, why);
    (!by_key).then(|| flag("relational", true))
}

/// What asks for a failover without people.
fn failover(inputs: &DatabaseTierInputs, context: &mut Context<'_>) -> Result<Option<Looked>, Stop> {
    let by = first(&[("az_loss_survive", inputs.az_loss_survive), ("ha", inputs.ha)]);
    if by.is_some() {
        return Ok(by);
    }
    let Some(seconds) = &inputs.failover_s else { return Ok(None) };
    let by_hand = context.fact("db_manual_recovery_s")?;
    Ok(context.probe.less(seconds, &by_hand).then(|| number("failover_s", seconds)))
}

/// Why the database must not rest, where it must not.
fn awake(inputs: &DatabaseTierInputs, context: &mut Context<'_>) -> Result<Option<Looked>, Stop> {
    if let Some(seconds) = &inputs.first_query_delay_ok_s {
        let resume = context.fact("aurora_serverless_resume_s")?;
        if context.probe.less(seconds, &resume) {
            return Ok(Some(number("first_query_delay_ok_s", seconds)));
        }
    }
    if inputs.resume_delay_ok == Some(false) {
        return Ok(Some(flag("resume_delay_ok", false)));
    }
    Ok(first(&[("always_on", inputs.always_on)]))
}

/// The classes of instances, and the memory of the first.
struct Size {
    is_small: bool,
    class: String,
    cluster_class: String,
    memory_gib: Amount,
}

fn size(
    inputs: &DatabaseTierInputs,
    engine: Engine,
    context: &Context<'_>,
    defaults: &mut Defaults,
) -> Result<Size, Stop> {
    let is_small = inputs.small.unwrap_or([inputs.dev, inputs.low_volume].into_iter().any(|flag| flag == Some(true)));
    let class = if let Some(class) = &inputs.instance_class {
        class.clone()
    } else {
        let fact = match (is_small, engine.is_x86()) {
            (true, false) => "db_default_class_small",
            (false, false) => "db_default_class",
            (true, true) => "db_default_class_small_x86",
            (false, true) => "db_default_class_x86",
        };
        let class = only_name(context, fact)?;
        defaults.assume("instance_class", class.as_str(), "a class to begin with");
        class
    };
    let cluster_class = match &inputs.cluster_instance_class {
        Some(class) => class.clone(),
        None => match with_disk(&class) {
            Some(class) => class,
            // Burstable classes have no local disk.
            None => only_name(context, "db_default_class_cluster")?,
        },
    };
    let memory = class.strip_prefix("db.").and_then(|of_ec2| context.catalog.instance_types.get(of_ec2)?.memory_mib);
    let memory_gib = match memory {
        Some(mib) => Amount::whole(mib).per(MIB_PER_GIB),
        None => context.fact("db_default_memory_gib")?,
    };
    Ok(Size { is_small, class, cluster_class, memory_gib })
}

/// The name in a fact that holds one.
fn only_name(context: &Context<'_>, fact: &str) -> Result<String, Stop> {
    Ok(context.facts().names(fact)?.first().cloned().unwrap_or_default())
}

/// The class with a local disk of the same family and size.
fn with_disk(class: &str) -> Option<String> {
    let (family, size) = class.rsplit_once('.')?;
    if family.starts_with("db.t") {
        return None;
    }
    Some(if family.ends_with('d') { class.to_owned() } else { format!("{family}d.{size}") })
}

/// The requests.
struct Load {
    rps: Amount,
    reads_peak: Amount,
    writes_peak: Amount,
    reads_average: Amount,
    writes_average: Amount,
    item_kb: Amount,
}

fn load(inputs: &DatabaseTierInputs, context: &Context<'_>, defaults: &mut Defaults) -> Result<Load, Stop> {
    let has_reads = inputs.reads_per_s_peak.is_some() || inputs.reads_per_s_avg.is_some();
    let has_writes = inputs.writes_per_s_peak.is_some() || inputs.writes_per_s_avg.is_some();
    let mut rps = inputs.rps.clone().unwrap_or(Amount::ZERO);
    let mut share = Amount::ZERO;
    if !(has_reads && has_writes) {
        let default = context.fact("db_default_requests_per_s")?;
        rps = defaults.take(inputs.rps.as_ref(), "rps", default, "a rate to begin with");
        let default = context.fact("db_default_read_share")?;
        share = defaults.take(inputs.read_share.as_ref(), "read_share", default, "most requests read");
    }
    let average_follows = inputs.reads_per_s_avg.is_none() || inputs.writes_per_s_avg.is_none();
    let half = context.fact("db_default_utilisation")?;
    let why = "how much the load varies is not known";
    let by_key = inputs.key_access == Some(true) || inputs.relational == Some(false);
    let given = inputs.utilisation.as_ref();
    let utilisation = match (average_follows, by_key) {
        (true, true) => defaults.critical(given, "utilisation", half, why),
        (true, false) => defaults.take(given, "utilisation", half, why),
        (false, _) => given.cloned().unwrap_or(half),
    };
    let reads_of_all = rps.times(&share)?;
    let writes_of_all = &rps - &reads_of_all;
    let mut both = |average: &Option<Amount>,
                    peak: &Option<Amount>,
                    of_all: Amount,
                    names: [&'static str; 2]|
     -> Result<(Amount, Amount), Stop> {
        let peak = match (peak, average) {
            (Some(peak), _) => peak.clone(),
            (None, Some(average)) => average.over(&utilisation)?,
            (None, None) => of_all,
        };
        let average = match average {
            Some(average) => average.clone(),
            None => peak.times(&utilisation)?,
        };
        let [of_peak, of_average] = names;
        defaults.values.extend([(of_peak, peak.clone()), (of_average, average.clone())]);
        Ok((peak, average))
    };
    let names = ["reads_per_s_peak", "reads_per_s_avg"];
    let (reads_peak, reads_average) = both(&inputs.reads_per_s_avg, &inputs.reads_per_s_peak, reads_of_all, names)?;
    let names = ["writes_per_s_peak", "writes_per_s_avg"];
    let (writes_peak, writes_average) =
        both(&inputs.writes_per_s_avg, &inputs.writes_per_s_peak, writes_of_all, names)?;
    let one = context.fact("db_default_item_kb")?;
    let item_kb = inputs.item_kb.clone().unwrap_or_else(|| {
        if by_key {
            defaults.assume("item_kb", one.to_string(), "small items");
        }
        one
    });
    defaults.values.push(("item_kb", item_kb.clone()));
    let rps = if has_reads && has_writes { &reads_peak + &writes_peak } else { rps };
    Ok(Load { rps, reads_peak, writes_peak, reads_average, writes_average, item_kb })
}

/// The hours of the month in which the database is used.
fn active_hours(
    inputs: &DatabaseTierInputs,
    context: &mut Context<'_>,
    defaults: &mut Defaults,
) -> Result<Amount, Stop> {
    let month = context.month.hours();
    let resting = [
        ("db_active_share_intermittent", inputs.intermittent, "a working day of each working day"),
        ("db_active_share_idle_nights", inputs.idle_nights, "it rests at night"),
    ];
    let (share, why) = match resting.into_iter().find(|(_, value, _)| *value == Some(true)) {
        Some((fact, _, why)) => (context.fact(fact)?, why),
        None => (Amount::ONE, "it is used all month"),
    };
    let hours = defaults.take(inputs.active_hours.as_ref(), "active_hours", month.times(&share)?, why);
    Ok(context.probe.min(&hours, &month))
}
