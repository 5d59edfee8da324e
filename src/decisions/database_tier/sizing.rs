//! What each option of `database_tier` is built of, for the same requests, storage and copies that serve reads.

use serde_json::{Map, Value, json};

use super::inputs::DatabaseTierInputs;
use super::settle::{Engine, Settled};
use super::{CLUSTER, DSQL, MULTI_AZ, ON_DEMAND, PROVISIONED, READ_REPLICA, SERVERLESS, SINGLE, THROUGHPUT};
use crate::decisions::engine::screen::Screen;
use crate::decisions::engine::{Context, Plan, Stop};
use crate::decisions::steps::{config, shown};
use crate::domain::amount::Amount;
use crate::services::dynamodb::{self, CapacityMode, Dynamodb};
use crate::services::plan::Planned;
use crate::services::rds::{self, DatabaseEngine, Deployment, Rds, StorageType};
use crate::services::{Service, Usage};

/// Seconds of an hour.
const SECONDS: u64 = 3_600;

/// Sizes every option that no rule has eliminated.
pub(super) fn size(
    screen: &mut Screen<'_>,
    inputs: &DatabaseTierInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let mut sizing = Sizing { inputs, settled, context };
    for option in [SINGLE, MULTI_AZ, CLUSTER, READ_REPLICA, PROVISIONED, SERVERLESS, DSQL, ON_DEMAND, THROUGHPUT] {
        if !screen.eligible(option) {
            continue;
        }
        let plans = match option {
            SINGLE | MULTI_AZ | CLUSTER | READ_REPLICA => sizing.rds(option)?,
            PROVISIONED => sizing.aurora_instances()?,
            SERVERLESS => sizing.aurora_serverless()?,
            DSQL => vec![sizing.dsql()?],
            _ => vec![sizing.table(option)?],
        };
        for plan in plans {
            screen.plan(option, plan);
        }
    }
    Ok(())
}

struct Sizing<'s, 'c, 'a> {
    inputs: &'s DatabaseTierInputs,
    settled: &'s Settled,
    context: &'c mut Context<'a>,
}

/// A database of RDS or Aurora of which nothing is planned yet.
fn nothing(engine: DatabaseEngine) -> Rds {
    Rds {
        engine,
        deployment: Deployment::SingleAz,
        instance_class: None,
        instances: None,
        hours: None,
        serverless_acus: Amount::ZERO,
        io_optimized: false,
        storage_type: StorageType::Gp3,
        storage_gb: Amount::ZERO,
        iops: None,
        io_requests: Amount::ZERO,
        backup_gb: Amount::ZERO,
        snapshot_export_gb: Amount::ZERO,
        backtrack_record_hours: Amount::ZERO,
        extended_support: None,
        credit_vcpu_hours: Amount::ZERO,
        proxy_vcpus: Amount::ZERO,
        proxy_acus: Amount::ZERO,
        between_azs_gb: Amount::ZERO,
        data_out_gb: Amount::ZERO,
    }
}

fn plan(label: &str, config: Map<String, Value>, resources: Vec<Planned>) -> Plan {
    Plan { label: label.to_owned(), config, resources, outside_aws: Some(Amount::ZERO), ..Plan::default() }
}

impl Sizing<'_, '_, '_> {
    fn planned(&self, name: &str, service: &'static Service, usage: impl Usage + 'static) -> Planned {
        Planned::new(name, service, self.context.region, usage)
    }

    /// A deployment of RDS and the copies beside it that serve reads, with each type of storage that it may have.
    fn rds(&mut self, option: &str) -> Result<Vec<Plan>, Stop> {
        let settled = self.settled;
        let (deployment, class) = match option {
            MULTI_AZ => (Deployment::MultiAzInstance, &settled.class),
            CLUSTER => (Deployment::MultiAzCluster, &settled.cluster_class),
            _ => (Deployment::SingleAz, &settled.class),
        };
        // The standbys of a cluster serve reads themselves.
        let standbys =
            if option == CLUSTER { self.context.fact("rds_multi_az_cluster_standbys")? } else { Amount::ZERO };
        let copies = match option {
            SINGLE => Amount::ZERO,
            _ => self.context.probe.beyond(&settled.readers, &standbys),
        };
        let types = match self.inputs.storage_type.as_deref() {
            // A cluster has no gp2.
            _ if option == CLUSTER => vec![("gp3", StorageType::Gp3)],
            Some("gp2") => vec![("gp2", StorageType::Gp2)],
            Some(_) => vec![("gp3", StorageType::Gp3)],
            None if self.inputs.iops.is_some() => vec![("gp3", StorageType::Gp3)],
            None => vec![("gp3", StorageType::Gp3), ("gp2", StorageType::Gp2)],
        };
        let mut plans = Vec::new();
        for (label, storage_type) in types {
            let config = config([
                ("engine", json!(self.inputs.engine.as_deref().unwrap_or("postgresql"))),
                ("instance_class", json!(class)),
                ("read_replicas", shown(&copies)),
                ("storage_type", json!(label)),
                ("storage_gb", shown(&settled.storage_gb)),
            ]);
            let Some(engine) = settled.engine.of_rds() else {
                let why = "the data has no prices for RDS for Db2".to_owned();
                plans.push(Plan { unpriced_because: Some(why), ..plan(label, config, Vec::new()) });
                continue;
            };
            let database = |deployment, class: &str| Rds {
                deployment,
                instance_class: Some(class.to_owned()),
                storage_type,
                storage_gb: settled.storage_gb.clone(),
                iops: self.inputs.iops.clone(),
                ..nothing(engine)
            };
            let first = Rds { backup_gb: settled.backup_gb.clone(), ..database(deployment, class) };
            let mut resources = vec![self.planned("database", &rds::SERVICE, first)];
            if self.context.probe.positive(&copies) {
                let readers = Rds { instances: Some(copies.clone()), ..database(Deployment::SingleAz, &settled.class) };
                // Storage costs for each of the copies.
                resources.push(self.planned("read_replicas", &rds::SERVICE, readers));
            }
            plans.push(plan(label, config, resources));
        }
        Ok(plans)
    }

    fn aurora(&self) -> (DatabaseEngine, &'static str) {
        if self.settled.engine == Engine::Mysql {
            (DatabaseEngine::AuroraMysql, "aurora_mysql")
        } else {
            (DatabaseEngine::AuroraPostgresql, "aurora_postgresql")
        }
    }

    /// The instances of an Aurora cluster: the one that writes, those that read, and one at least to take over where
    /// that is asked for.
    fn instances(&mut self) -> Result<Amount, Stop> {
        let mut others = self.settled.readers.clone();
        let mut takes_over = self.settled.failover.is_some() || self.inputs.standby_reads == Some(true);
        if let Some(asked) = &self.inputs.sla_pct {
            let alone = self.context.fact("db_sla_aurora_single_az_pct")?;
            takes_over = self.context.probe.more(asked, &alone) || takes_over;
        }
        if takes_over {
            others = self.context.probe.max(&others, &Amount::ONE);
        }
        Ok(&others + &Amount::ONE)
    }

    /// The storage of an Aurora cluster in one of its configurations.
    fn cluster(&self, io_optimized: bool) -> Rds {
        Rds {
            io_optimized,
            storage_gb: self.settled.storage_gb.clone(),
            io_requests: if io_optimized { Amount::ZERO } else { self.settled.io_month.clone() },
            backup_gb: self.settled.backup_gb.clone(),
            ..nothing(self.aurora().0)
        }
    }

    fn aurora_instances(&mut self) -> Result<Vec<Plan>, Stop> {
        let instances = self.instances()?;
        let mut plans = Vec::new();
        for (label, io_optimized) in [("standard", false), ("io_optimized", true)] {
            let config = config([
                ("engine", json!(self.aurora().1)),
                ("instance_class", json!(self.settled.class)),
                ("instances", shown(&instances)),
                ("configuration", json!(label)),
                ("storage_gb", shown(&self.settled.storage_gb)),
            ]);
            let usage = Rds {
                instance_class: Some(self.settled.class.clone()),
                instances: Some(instances.clone()),
                ..self.cluster(io_optimized)
            };
            plans.push(plan(label, config, vec![self.planned("cluster", &rds::SERVICE, usage)]));
        }
        Ok(plans)
    }

    /// Capacity while the database is used, and the least of it in the other hours.
    fn aurora_serverless(&mut self) -> Result<Vec<Plan>, Stop> {
        let settled = self.settled;
        let instances = self.instances()?;
        let least = match settled.awake {
            Some(_) => self.context.fact("aurora_serverless_least_running_acu")?,
            None => Amount::ZERO,
        };
        let average = self.context.probe.max(&settled.average_acu, &least);
        let most = self.context.probe.max(&settled.peak_acu, &average);
        let resting = self.context.probe.beyond(&self.context.month.hours(), &settled.active_hours);
        let mut plans = Vec::new();
        for (label, io_optimized) in [("standard", false), ("io_optimized", true)] {
            let config = config([
                ("engine", json!(self.aurora().1)),
                ("instances", shown(&instances)),
                ("min_acu", shown(&least)),
                ("max_acu", shown(&most)),
                ("average_acu", shown(&average)),
                ("active_hours", shown(&settled.active_hours)),
                ("configuration", json!(label)),
                ("storage_gb", shown(&settled.storage_gb)),
            ]);
            let usage = Rds {
                serverless_acus: average.times(&instances)?,
                hours: Some(settled.active_hours.clone()),
                ..self.cluster(io_optimized)
            };
            let rest = Rds {
                io_optimized,
                serverless_acus: least.times(&instances)?,
                hours: Some(resting.clone()),
                ..nothing(self.aurora().0)
            };
            let resources =
                vec![self.planned("in_use", &rds::SERVICE, usage), self.planned("at_rest", &rds::SERVICE, rest)];
            plans.push(plan(label, config, resources));
        }
        Ok(plans)
    }

    /// Whether the promise that is asked for, or the writes, take several Regions.
    fn several_regions(&mut self, alone: &str) -> Result<bool, Stop> {
        let is_active = self.inputs.multi_region_active_active == Some(true);
        let Some(asked) = &self.inputs.sla_pct else { return Ok(is_active) };
        let alone = self.context.fact(alone)?;
        Ok(self.context.probe.more(asked, &alone) || is_active)
    }

    fn dsql(&mut self) -> Result<Plan, Stop> {
        let several = self.several_regions("db_sla_dsql_pct")?;
        let config = config([
            ("engine", json!("aurora_dsql")),
            ("multi_region", json!(several)),
            ("storage_gb", shown(&self.settled.storage_gb)),
        ]);
        let why = "the data has no prices for the processing units and the storage of Aurora DSQL".to_owned();
        Ok(Plan { unpriced_because: Some(why), ..plan("", config, Vec::new()) })
    }

    /// A table of DynamoDB.
    fn table(&mut self, option: &str) -> Result<Plan, Stop> {
        let settled = self.settled;
        let is_strong = self.inputs.strongly_consistent == Some(true);
        let several = self.several_regions("db_sla_dynamodb_pct")?;
        let mut table = Dynamodb {
            item_kb: Some(settled.item_kb.clone()),
            stored_gb: settled.storage_gb.clone(),
            backup_gb: settled.backup_gb.clone(),
            replica_regions: if several { self.inputs.replica_region.iter().cloned().collect() } else { Vec::new() },
            ..Dynamodb::default()
        };
        let mut entries = vec![
            ("strongly_consistent", json!(is_strong)),
            ("multi_region", json!(several)),
            ("storage_gb", shown(&settled.storage_gb)),
        ];
        let month = self.context.month.hours();
        let in_month = |average: &Amount| average.times_whole(SECONDS).times(&month);
        if option == ON_DEMAND {
            let reads = in_month(&settled.reads_average)?;
            table.writes = in_month(&settled.writes_average)?;
            *(if is_strong { &mut table.strongly_consistent_reads } else { &mut table.eventually_consistent_reads }) =
                reads;
            entries.push(("capacity", json!("on_demand")));
        } else {
            let units = |context: &mut Context<'_>, step: u64| -> Result<Amount, Stop> {
                let whole = context.probe.ceil_div(&settled.item_kb, &Amount::ONE.times_whole(step))?;
                Ok(context.probe.max(&whole, &Amount::ONE))
            };
            let of_read = units(self.context, dynamodb::READ_KB)?;
            let of_read = if is_strong { of_read } else { of_read.per(2) };
            let of_write = units(self.context, dynamodb::WRITE_KB)?;
            table.capacity = CapacityMode::Provisioned;
            table.read_capacity_units = settled.reads_peak.times(&of_read)?;
            table.write_capacity_units = settled.writes_peak.times(&of_write)?;
            // What is copied follows from the writes that come, not from the capacity.
            if !table.replica_regions.is_empty() {
                let kb = in_month(&settled.writes_average)?.times(&settled.item_kb)?;
                table.replicated_gb = Some(kb.per(dynamodb::KB_PER_GB));
            }
            entries.push(("capacity", json!("provisioned")));
            entries.push(("read_capacity_units", shown(&table.read_capacity_units)));
            entries.push(("write_capacity_units", shown(&table.write_capacity_units)));
        }
        if !table.replica_regions.is_empty() {
            entries.push(("replica_regions", json!(table.replica_regions)));
        }
        let lacks_region = several && table.replica_regions.is_empty();
        let resources = vec![self.planned("table", &dynamodb::SERVICE, table)];
        let unpriced_because =
            lacks_region.then(|| "a global table is priced with the Region that `replica_region` names".to_owned());
        Ok(Plan { unpriced_because, ..plan("", config(entries), resources) })
    }
}
