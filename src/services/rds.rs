//! Amazon RDS and Amazon Aurora: database instances, clusters, storage, IOPS, backups and extended support.
//!
//! How AWS bills it (<https://aws.amazon.com/rds/pricing/>, read 2026-11-22; what Aurora bills apart is in
//! `rds/aurora.rs`):
//! - An instance costs by the hour, by class, engine and deployment: alone, with a standby in another zone (Multi-AZ
//!   instance), or as a cluster with two readable standbys (Multi-AZ cluster). One price covers the whole deployment.
//! - Storage of RDS costs by the gigabyte and month of what is allocated, by type and deployment. gp3 includes 3,000 IOPS,
//!   and 12,000 where storage is striped (`pricing-data/facts/rds.yaml`); IOPS above that, and all IOPS of io1 and io2,
//!   cost by the month. Magnetic storage costs for each request besides.
//! - Backups are free up to the size of the databases of the Region; above it they cost by gigabyte and month. Snapshots
//!   exported to S3 cost for each gigabyte.
//! - A major version past its standard support costs for each vCPU and hour, more from the third year on. We count the
//!   vCPUs of every instance, standbys too. The bill names the version (`ExtendedSupport:Yr1-Yr2:PostgreSQL11`), which
//!   the price does not depend on; here the name ends with the engine.
//! - Burstable instances in unlimited mode cost for the vCPU hours above their credits.
//! - A proxy costs for each vCPU and hour of the instances behind it.
//! - Copying between the zones of a deployment is free; what crosses zones to clients costs as data transfer.

use serde::Deserialize;
use utoipa::ToSchema;

use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, data_transfer, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::unit::Unit;

pub mod aurora;

const fn of_engine(usage_type: &'static str, unit: Unit) -> MeterSpec {
    MeterSpec::regional("AmazonRDS", usage_type, "CreateDBInstance:*", unit)
}

const fn of_all(usage_type: &'static str, unit: Unit) -> MeterSpec {
    MeterSpec::regional("AmazonRDS", usage_type, "", unit)
}

/// Hours of an instance in one zone, or of an Aurora instance. The name ends with the class.
pub const INSTANCE_HOURS: MeterSpec = of_engine("InstanceUsage:*", Unit::HOURS);
/// Hours of an instance with a standby.
pub const MULTI_AZ_HOURS: MeterSpec = of_engine("Multi-AZUsage:*", Unit::HOURS);
/// Hours of a cluster with two readable standbys.
pub const CLUSTER_HOURS: MeterSpec = of_engine("Multi-AZClusterUsage:*", Unit::HOURS);
/// Hours of an Aurora instance in the I/O-Optimized configuration.
pub const IO_OPTIMIZED_HOURS: MeterSpec = of_engine("InstanceUsageIOOptimized:*", Unit::HOURS);
/// vCPU hours above the credits of burstable instances. The name ends with the family.
const CREDITS: MeterSpec = of_engine("CPUCredits:*", Unit::VCPU_HOURS);
/// vCPU hours of extended support. The name ends with the year and the engine.
const EXTENDED_SUPPORT: MeterSpec = of_engine("ExtendedSupport:*", Unit::VCPU_HOURS);
/// Storage of RDS. The name says the deployment and the type.
pub const STORAGE: MeterSpec = of_engine("RDS:*-Storage", Unit::GB_MONTHS);
/// Magnetic storage of RDS.
const MAGNETIC_STORAGE: MeterSpec = of_engine("RDS:*StorageUsage", Unit::GB_MONTHS);
/// Requests to magnetic storage.
const MAGNETIC_REQUESTS: MeterSpec = of_engine("RDS:StorageIOUsage", Unit::REQUESTS);
/// IOPS of RDS. The name says the deployment and the type.
const IOPS: MeterSpec = of_engine("RDS:*PIOPS", Unit::IOPS_MONTHS);
/// Backups of RDS above those that are free.
const BACKUPS: MeterSpec = of_all("RDS:ChargedBackupUsage", Unit::GB_MONTHS);
/// Snapshots of RDS exported to S3.
const SNAPSHOT_EXPORT: MeterSpec = of_all("RDS:SnapshotExportToS3", Unit::GB);
/// vCPU hours of instances behind a proxy.
const PROXY_VCPU_HOURS: MeterSpec =
    MeterSpec::regional("AmazonRDS", "RDS:ProxyUsage", "CreateDBProxy:*", Unit::VCPU_HOURS);
/// The most storage of an RDS instance, in GB: with the volumes that Oracle and SQL Server can add.
const MAX_STORAGE_GB: u64 = 262_144;
/// The most IOPS of an RDS instance.
const MAX_IOPS: u64 = 256_000;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "rds",
    name: "Amazon RDS and Amazon Aurora",
    about: "Database instances of RDS in one zone or several, Aurora clusters provisioned or serverless, their storage, \
            IOPS, backups, extended support and proxies.",
    excluded: &[
        "Reserved instances and Database Savings Plans",
        "gp3 throughput above what is included, Performance Insights and Database Insights",
        "RDS Custom, Db2, Aurora DSQL, Aurora Limitless, global databases and backups in other Regions",
        "Read replicas: plan them as instances; extended support of Aurora Serverless",
    ],
    meters: &[
        &INSTANCE_HOURS,
        &MULTI_AZ_HOURS,
        &CLUSTER_HOURS,
        &IO_OPTIMIZED_HOURS,
        &CREDITS,
        &EXTENDED_SUPPORT,
        &STORAGE,
        &MAGNETIC_STORAGE,
        &MAGNETIC_REQUESTS,
        &IOPS,
        &BACKUPS,
        &SNAPSHOT_EXPORT,
        &PROXY_VCPU_HOURS,
        &aurora::PROXY_ACU_HOURS,
        &aurora::ACU_HOURS,
        &aurora::IO_OPTIMIZED_ACU_HOURS,
        &aurora::STORAGE,
        &aurora::IO_OPTIMIZED_STORAGE,
        &aurora::IO,
        &aurora::BACKUPS,
        &aurora::SNAPSHOT_EXPORT,
        &aurora::BACKTRACK,
        &data_transfer::BETWEEN_AZS,
        &data_transfer::INTERNET_OUT,
    ],
    sources: &[
        "https://aws.amazon.com/rds/pricing/",
        "https://aws.amazon.com/rds/aurora/pricing/",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html",
    ],
    example: Example {
        region: "us-east-1",
        usage: r#"{"engine": "postgresql", "deployment": "multi_az_instance", "instance_class": "db.r6g.large", "storage_type": "gp3", "storage_gb": 200, "backup_gb": 50}"#,
    },
    read: read::<Rds>,
    schema: schema::<Rds>,
};

/// What is planned of RDS or Aurora: instances of one engine, class and deployment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rds {
    /// The database engine.
    #[schema(inline)]
    pub engine: DatabaseEngine,
    /// RDS: how instances are spread over zones. An Aurora cluster is in several by nature.
    #[serde(default)]
    #[schema(inline, default = "single_az")]
    pub deployment: Deployment,
    /// The class, such as `db.r6g.large`. Left out: no instances but those of Aurora Serverless.
    #[schema(example = "db.r6g.large")]
    pub instance_class: Option<String>,
    /// Instances of that class: RDS deployments, or writers and readers of Aurora. Whole, 0 to 10,000. Left out: 1.
    pub instances: Option<Amount>,
    /// Hours of the month they run, 0 to 744. Left out: the whole month.
    pub hours: Option<Amount>,
    /// Aurora: capacity units (ACU) that Serverless v2 instances use, all together and on average of `hours`.
    /// 0 to 100,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub serverless_acus: Amount,
    /// Aurora: whether the cluster is in the I/O-Optimized configuration.
    #[serde(default)]
    pub io_optimized: bool,
    /// RDS: the type of storage.
    #[serde(default)]
    #[schema(inline, default = "gp3")]
    pub storage_type: StorageType,
    /// Gigabytes of storage: allocated to each RDS instance, 0 to 262,144; of an Aurora cluster, 0 to
    /// 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub storage_gb: Amount,
    /// RDS with gp3, io1 or io2: IOPS of each instance. 0 to 256,000. Left out: those that gp3 includes.
    pub iops: Option<Amount>,
    /// Magnetic storage, and Aurora where it is not I/O-Optimized: I/O requests a month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub io_requests: Amount,
    /// Gigabytes of backups above those that are free, on average of the month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub backup_gb: Amount,
    /// Gigabytes a month of snapshots exported to S3. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub snapshot_export_gb: Amount,
    /// Aurora MySQL: change records kept to backtrack, times the hours they are kept, in a month. 0 to
    /// 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub backtrack_record_hours: Amount,
    /// Extended support of a major version that is past its standard support. Left out: none.
    #[schema(inline)]
    pub extended_support: Option<ExtendedSupport>,
    /// vCPU hours above the credits of burstable instances in unlimited mode, a month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub credit_vcpu_hours: Amount,
    /// vCPUs of the instances behind a proxy. 0 to 100,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub proxy_vcpus: Amount,
    /// Aurora: capacity units of Serverless v2 behind a proxy, on average. 0 to 100,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub proxy_acus: Amount,
    /// Gigabytes a month between the database and clients in other Availability Zones, each counted once; AWS bills each
    /// on both sides. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub between_azs_gb: Amount,
    /// Gigabytes a month that leave to the internet. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
}

/// A database engine, with its licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseEngine {
    /// `MySQL`.
    Mysql,
    /// `PostgreSQL`.
    Postgresql,
    /// `MariaDB`.
    Mariadb,
    /// Aurora with the interface of `MySQL`.
    AuroraMysql,
    /// Aurora with the interface of `PostgreSQL`.
    AuroraPostgresql,
    /// Oracle Standard Edition Two, licence included.
    OracleSe2,
    /// Oracle Standard Edition Two, with one's own licence.
    OracleSe2Byol,
    /// Oracle Enterprise Edition, with one's own licence.
    OracleEeByol,
    /// SQL Server Express, licence included.
    SqlserverEx,
    /// SQL Server Web, licence included.
    SqlserverWeb,
    /// SQL Server Standard, licence included.
    SqlserverSe,
    /// SQL Server Enterprise, licence included.
    SqlserverEe,
}

/// How an RDS database is spread over zones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Deployment {
    /// One instance.
    #[default]
    SingleAz,
    /// An instance and a standby that serves no reads.
    MultiAzInstance,
    /// An instance and two standbys that serve reads.
    MultiAzCluster,
}

/// A type of storage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StorageType {
    /// General purpose, IOPS by size.
    Gp2,
    /// General purpose, IOPS apart from size.
    #[default]
    Gp3,
    /// Provisioned IOPS.
    Io1,
    /// Provisioned IOPS, more durable.
    Io2,
    /// Magnetic, for databases that still have it.
    Magnetic,
}

/// How far past its standard support a version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExtendedSupport {
    /// In the first or second year.
    #[serde(rename = "year_1_2")]
    Year1To2,
    /// In the third year or later.
    #[serde(rename = "year_3")]
    Year3,
}

impl DatabaseEngine {
    /// The code of the engine on the bill, and its name there.
    fn code(self) -> (&'static str, &'static str) {
        match self {
            Self::Mysql => ("0002", "MySQL"),
            Self::Postgresql => ("0014", "PostgreSQL"),
            Self::Mariadb => ("0018", "MariaDB"),
            Self::AuroraMysql => ("0016", "AuroraMySQL"),
            Self::AuroraPostgresql => ("0021", "AuroraPostgreSQL"),
            Self::OracleSe2 => ("0020", "Oracle SE2"),
            Self::OracleSe2Byol => ("0019", "Oracle SE2 BYOL"),
            Self::OracleEeByol => ("0005", "Oracle EE BYOL"),
            Self::SqlserverEx => ("0010", "SQL Server Express"),
            Self::SqlserverWeb => ("0011", "SQL Server Web"),
            Self::SqlserverSe => ("0012", "SQL Server Standard"),
            Self::SqlserverEe => ("0015", "SQL Server Enterprise"),
        }
    }

    fn operation(self) -> String {
        format!("CreateDBInstance:{}", self.code().0)
    }

    fn aurora(self) -> bool {
        matches!(self, Self::AuroraMysql | Self::AuroraPostgresql)
    }

    fn oracle(self) -> bool {
        matches!(self, Self::OracleSe2 | Self::OracleSe2Byol | Self::OracleEeByol)
    }

    fn sqlserver(self) -> bool {
        matches!(self, Self::SqlserverEx | Self::SqlserverWeb | Self::SqlserverSe | Self::SqlserverEe)
    }
}

impl Deployment {
    /// What names on the bill begin with after `RDS:`.
    fn prefix(self) -> &'static str {
        match self {
            Self::SingleAz => "",
            Self::MultiAzInstance => "Multi-AZ-",
            Self::MultiAzCluster => "Multi-AZCluster-",
        }
    }

    /// The instances of a deployment.
    fn nodes(self) -> i64 {
        match self {
            Self::SingleAz => 1,
            Self::MultiAzInstance => 2,
            Self::MultiAzCluster => 3,
        }
    }
}

impl Rds {
    fn instances(&self) -> Amount {
        match (&self.instance_class, &self.instances) {
            (None, _) => Amount::ZERO,
            (Some(_), given) => given.clone().unwrap_or(Amount::ONE),
        }
    }

    /// The vCPUs of the class, as those of the EC2 type of the same name.
    fn vcpus(&self, catalog: &Catalog) -> Option<u32> {
        let of_ec2 = self.instance_class.as_deref()?.strip_prefix("db.")?;
        catalog.instance_types.get(of_ec2)?.vcpu
    }

    /// The fields that only some engines, deployments and types of storage have: the name, whether it is used, whether
    /// it counts here, and why not.
    fn particular(&self) -> [(&'static str, bool, bool, &'static str); 11] {
        let aurora = self.engine.aurora();
        let iops = matches!(self.storage_type, StorageType::Gp3 | StorageType::Io1 | StorageType::Io2);
        let cluster = matches!(self.engine, DatabaseEngine::Mysql | DatabaseEngine::Postgresql);
        let supported = matches!(
            self.engine,
            DatabaseEngine::Mysql
                | DatabaseEngine::Postgresql
                | DatabaseEngine::AuroraMysql
                | DatabaseEngine::AuroraPostgresql
        );
        let magnetic = self.storage_type == StorageType::Magnetic;
        [
            ("deployment", self.deployment != Deployment::SingleAz, !aurora, "an Aurora cluster has no deployment"),
            (
                "deployment",
                self.deployment == Deployment::MultiAzCluster,
                cluster || aurora,
                "a Multi-AZ cluster runs MySQL or PostgreSQL",
            ),
            ("storage_type", self.storage_type != StorageType::Gp3, !aurora, "Aurora has a storage of its own"),
            ("iops", self.iops.is_some(), !aurora && iops, "IOPS are provisioned on gp3, io1 and io2 of RDS"),
            (
                "io_requests",
                !self.io_requests.is_zero(),
                aurora || magnetic,
                "I/O requests count on Aurora and on magnetic storage",
            ),
            ("serverless_acus", !self.serverless_acus.is_zero(), aurora, "only Aurora is serverless"),
            ("proxy_acus", !self.proxy_acus.is_zero(), aurora, "only Aurora is serverless"),
            ("io_optimized", self.io_optimized, aurora, "only Aurora has the I/O-Optimized configuration"),
            (
                "backtrack_record_hours",
                !self.backtrack_record_hours.is_zero(),
                self.engine == DatabaseEngine::AuroraMysql,
                "only Aurora MySQL backtracks",
            ),
            (
                "extended_support",
                self.extended_support.is_some(),
                supported,
                "extended support is for MySQL, PostgreSQL and Aurora",
            ),
            (
                "instances",
                self.instances.is_some(),
                self.instance_class.is_some(),
                "`instances` goes with `instance_class`",
            ),
        ]
    }

    fn check_class(&self, check: &mut Check, catalog: &Catalog) {
        let Some(class) = self.instance_class.as_deref() else {
            for (field, used) in [
                ("extended_support", self.extended_support.is_some()),
                ("credit_vcpu_hours", !self.credit_vcpu_hours.is_zero()),
            ] {
                if used {
                    check.mistake(field, Code::Conflict, format!("`{field}` goes with `instance_class`"));
                }
            }
            return;
        };
        let shaped =
            class.strip_prefix("db.").is_some_and(|rest| rest.split('.').filter(|part| !part.is_empty()).count() >= 2);
        if !shaped {
            let detail = format!("`instance_class` is `{class}`; a class is spelled like `db.r6g.large`");
            check.mistake("instance_class", Code::UnknownValue, detail);
        } else if self.extended_support.is_some() && self.vcpus(catalog).is_none() {
            let detail = format!("the vCPUs of `{class}`, for which extended support is billed, are not known");
            check.mistake("extended_support", Code::Conflict, detail);
        }
    }

    fn meter_instances(&self, m: &mut Metering<'_>, hours: &Amount) -> Result<(), NumberError> {
        let Some(class) = &self.instance_class else { return Ok(()) };
        let (meter, label) = match (self.deployment, self.io_optimized) {
            (_, true) => (&IO_OPTIMIZED_HOURS, "I/O-Optimized instance hours"),
            (Deployment::SingleAz, _) => (&INSTANCE_HOURS, "Instance hours"),
            (Deployment::MultiAzInstance, _) => (&MULTI_AZ_HOURS, "Multi-AZ instance hours"),
            (Deployment::MultiAzCluster, _) => (&CLUSTER_HOURS, "Multi-AZ cluster hours"),
        };
        m.line("instance_hours", format!("{label}, {class}"), meter)
            .named(meter.usage_type.replacen('*', class, 1))
            .operation(self.engine.operation())
            .times(&self.instances(), "instances")?
            .times(hours, "hours")?
            .put(m);
        let family = class.rsplit_once('.').map_or(class.as_str(), |(family, _)| family);
        m.line("cpu_credits", "vCPU hours above the credits", &CREDITS)
            .named(CREDITS.usage_type.replacen('*', family, 1))
            .operation(self.engine.operation())
            .times(&self.credit_vcpu_hours, "vCPU hours")?
            .put(m);
        if let (Some(years), Some(vcpus)) = (self.extended_support, self.vcpus(m.catalog)) {
            let years = match years {
                ExtendedSupport::Year1To2 => "Yr1-Yr2",
                ExtendedSupport::Year3 => "Yr3",
            };
            m.line("extended_support", "Extended support vCPU hours", &EXTENDED_SUPPORT)
                .named(format!("ExtendedSupport:{years}:{}", self.engine.code().1))
                .operation(self.engine.operation())
                .times(&self.instances(), "instances")?
                .times(&Amount::whole(self.deployment.nodes()), "with their standbys")?
                .times(&Amount::whole(vcpus), "vCPUs")?
                .times(hours, "hours")?
                .put(m);
        }
        Ok(())
    }

    /// The IOPS of an instance that cost.
    fn billed_iops(&self, m: &mut Metering<'_>) -> Result<Amount, NumberError> {
        let Some(iops) = &self.iops else { return Ok(Amount::ZERO) };
        if self.storage_type != StorageType::Gp3 {
            return Ok(iops.clone());
        }
        let mut included = m.fact("rds_gp3_included_iops")?;
        if !self.engine.sqlserver() {
            let striped_from = if self.engine.oracle() {
                m.fact("rds_gp3_striped_from_gb_oracle")?
            } else {
                m.fact("rds_gp3_striped_from_gb")?
            };
            if !m.probe.less(&self.storage_gb, &striped_from) {
                included = m.fact("rds_gp3_striped_included_iops")?;
            }
        }
        Ok(m.probe.beyond(iops, &included))
    }

    fn meter_rds_storage(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let prefix = self.deployment.prefix();
        let operation = self.engine.operation();
        let instances = self.instances.clone().unwrap_or(Amount::ONE);
        let (name, meter) = match self.storage_type {
            StorageType::Gp2 => ("GP2-Storage", &STORAGE),
            StorageType::Gp3 => ("GP3-Storage", &STORAGE),
            StorageType::Io1 => ("PIOPS-Storage", &STORAGE),
            StorageType::Io2 => ("IO2-PIOPS-Storage", &STORAGE),
            StorageType::Magnetic => ("StorageUsage", &MAGNETIC_STORAGE),
        };
        m.line("storage", "Storage", meter)
            .named(format!("RDS:{prefix}{name}"))
            .operation(operation.as_str())
            .times(&instances, "instances")?
            .times(&self.storage_gb, "GB of each")?
            .put(m);
        let name = match self.storage_type {
            StorageType::Gp3 => "GP3-PIOPS",
            StorageType::Io2 => "IO2-PIOPS",
            _ => "PIOPS",
        };
        let iops = self.billed_iops(m)?;
        m.line("iops", "IOPS that cost", &IOPS)
            .named(format!("RDS:{prefix}{name}"))
            .operation(operation.as_str())
            .times(&instances, "instances")?
            .times(&iops, "IOPS of each above those included")?
            .put(m);
        m.line("io_requests", "Requests to magnetic storage", &MAGNETIC_REQUESTS)
            .operation(operation)
            .times(&self.io_requests, "requests")?
            .put(m);
        m.line("backups", "Backups above those that are free", &BACKUPS).times(&self.backup_gb, "GB")?.put(m);
        m.line("snapshot_export", "Snapshots exported to S3", &SNAPSHOT_EXPORT)
            .times(&self.snapshot_export_gb, "GB")?
            .put(m);
        Ok(())
    }
}

impl Usage for Rds {
    fn check(&self, check: &mut Check, catalog: &Catalog) {
        check.optional_whole("instances", self.instances.as_ref(), 0, 10_000);
        check.optional_amount("hours", self.hours.as_ref(), 744);
        check.amount("serverless_acus", &self.serverless_acus, 100_000);
        check.amount("storage_gb", &self.storage_gb, if self.engine.aurora() { CAP } else { MAX_STORAGE_GB });
        check.optional_amount("iops", self.iops.as_ref(), MAX_IOPS);
        check.amount("io_requests", &self.io_requests, CAP);
        check.amount("backup_gb", &self.backup_gb, CAP);
        check.amount("snapshot_export_gb", &self.snapshot_export_gb, CAP);
        check.amount("backtrack_record_hours", &self.backtrack_record_hours, CAP);
        check.amount("credit_vcpu_hours", &self.credit_vcpu_hours, CAP);
        check.amount("proxy_vcpus", &self.proxy_vcpus, 100_000);
        check.amount("proxy_acus", &self.proxy_acus, 100_000);
        check.amount("between_azs_gb", &self.between_azs_gb, CAP);
        check.amount("data_out_gb", &self.data_out_gb, CAP);
        for (field, used, counts, why) in self.particular() {
            if used && !counts {
                check.mistake(field, Code::Conflict, why);
            }
        }
        if !self.engine.aurora()
            && matches!(self.storage_type, StorageType::Io1 | StorageType::Io2)
            && !self.storage_gb.is_zero()
            && self.iops.is_none()
        {
            check.mistake("iops", Code::MissingField, "io1 and io2 storage needs `iops`");
        }
        self.check_class(check, catalog);
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let hours = m.hours_or_month(self.hours.as_ref());
        self.meter_instances(m, &hours)?;
        if self.engine.aurora() {
            self.meter_aurora(m, &hours)?;
        } else {
            // Storage is paid for while the instance exists; one that is stopped keeps it.
            self.meter_rds_storage(m)?;
        }
        m.line("proxy_vcpu_hours", "Proxy vCPU hours", &PROXY_VCPU_HOURS)
            .operation(format!("CreateDBProxy:{}", self.engine.code().0))
            .times(&self.proxy_vcpus, "vCPUs")?
            .times(&hours, "hours")?
            .put(m);
        data_transfer::between_azs(m, &self.between_azs_gb)?;
        data_transfer::internet_out(m, &self.data_out_gb)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::metering::sweeps::follow;

    #[test]
    fn storage_and_iops_can_be_swept() {
        let plan = |text: &str| serde_json::from_str::<Rds>(text).expect("a plan");
        let of_storage = |storage_gb| Rds { storage_gb, ..plan(r#"{"engine": "mysql", "iops": 13000}"#) };
        assert_eq!(follow(0, 1_000, of_storage), 2, "12,000 IOPS are included from 400 GB on");
        let of_iops = |iops| Rds { iops: Some(iops), ..plan(r#"{"engine": "mysql", "storage_gb": 100}"#) };
        assert_eq!(follow(0, 10_000, of_iops), 2, "3,000 IOPS are included");
        let of_acus = |serverless_acus| Rds { serverless_acus, ..plan(r#"{"engine": "aurora_mysql"}"#) };
        assert_eq!(follow(0, 256, of_acus), 1);
    }
}
