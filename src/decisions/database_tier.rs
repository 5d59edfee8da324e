//! Which database: RDS in one zone or several, with a read replica, Aurora provisioned, serverless or DSQL, or DynamoDB.
//!
//! The facts, with their sources, are in `pricing-data/facts/database_tier.yaml`. The rules D-01 … D-13 screen by features,
//! limits and promises; D-20 … D-28 prefer what AWS advises
//! (<https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-database/references/select.md>). There
//! are no published soft scores: where no advice speaks, cost decides. Every option is sized for the same requests,
//! storage and copies that serve reads. A read replica is an add-on and not a way to be available: it is an answer only
//! where reads are to be taken off an instance whose loss people may mend.

use crate::catalog::Catalog;
use crate::domain::check::Check;
use crate::services::{Example, schema};

use super::Decision;
use super::engine::{
    self, Considered, Context, FlagInput, Knowledge, NumberInput, OptionInfo, RuleInfo, Stop, WordInput,
};
use super::steps::Steps;

mod inputs;
mod screening;
mod settle;
mod sizing;

pub use inputs::DatabaseTierInputs;

pub(super) const SINGLE: &str = "rds_single_az";
pub(super) const MULTI_AZ: &str = "rds_multi_az_instance";
pub(super) const CLUSTER: &str = "rds_multi_az_cluster";
pub(super) const READ_REPLICA: &str = "rds_read_replica";
pub(super) const PROVISIONED: &str = "aurora_provisioned";
pub(super) const SERVERLESS: &str = "aurora_serverless";
pub(super) const DSQL: &str = "aurora_dsql";
pub(super) const ON_DEMAND: &str = "dynamodb_on_demand";
pub(super) const THROUGHPUT: &str = "dynamodb_provisioned";

/// The options of RDS.
const RDS: [&str; 4] = [SINGLE, MULTI_AZ, CLUSTER, READ_REPLICA];
/// The options of Aurora but for DSQL.
const AURORA: [&str; 2] = [PROVISIONED, SERVERLESS];
/// The options of DynamoDB.
const DYNAMODB: [&str; 2] = [ON_DEMAND, THROUGHPUT];
/// The options that speak SQL.
const RELATIONAL: [&str; 7] = [SINGLE, MULTI_AZ, CLUSTER, READ_REPLICA, PROVISIONED, SERVERLESS, DSQL];

/// The entry of the list.
pub const DECISION: Decision = Decision {
    id: "database_tier",
    name: "Which database?",
    about: "RDS in one zone or several, Aurora provisioned, serverless or DSQL, or DynamoDB on demand or provisioned: which \
            one has the features, the promises and the failover that are asked for, what each costs, and at which load \
            the answer changes.",
    options: DatabaseTier::OPTIONS,
    rules: DatabaseTier::RULES,
    inputs: engine::inputs::<DatabaseTier>,
    example: Example {
        region: "us-east-1",
        usage: r#"{"engine": "postgresql", "extensions": ["pgvector"], "ha": true, "storage_gb": 200, "average_acu": 3}"#,
    },
    schema: schema::<DatabaseTierInputs>,
    decide: engine::decide::<DatabaseTier>,
};

/// The knowledge behind the decision.
#[derive(Debug)]
pub struct DatabaseTier;

impl Knowledge for DatabaseTier {
    type Inputs = DatabaseTierInputs;

    const OPTIONS: &'static [OptionInfo] = &[
        OptionInfo {
            id: SINGLE,
            what: "RDS, one instance in one zone",
            drawback: "Where its zone or its host is lost, it is away until people or a restart bring it back.",
        },
        OptionInfo {
            id: MULTI_AZ,
            what: "RDS, an instance with a standby in another zone",
            drawback: "The standby costs as much as the instance and serves no reads.",
        },
        OptionInfo {
            id: CLUSTER,
            what: "RDS, an instance with two standbys in other zones that serve reads",
            drawback: "Three instances with local disks are paid for, and it speaks MySQL and PostgreSQL only.",
        },
        OptionInfo {
            id: READ_REPLICA,
            what: "RDS, one instance with copies that serve reads",
            drawback: "The copies lag behind, and one takes over only where people promote it.",
        },
        OptionInfo {
            id: PROVISIONED,
            what: "Aurora with instances of a fixed size",
            drawback: "Instances are paid for whether they are used or not, and I/O besides.",
        },
        OptionInfo {
            id: SERVERLESS,
            what: "Aurora Serverless, whose capacity follows the load",
            drawback: "Used all the time, a capacity unit costs more than the same memory of an instance.",
        },
        OptionInfo {
            id: DSQL,
            what: "Aurora DSQL, serverless and active in several Regions where asked",
            drawback: "It has no extensions, stored procedures and triggers, and speaks PostgreSQL only.",
        },
        OptionInfo {
            id: ON_DEMAND,
            what: "DynamoDB, each request paid for",
            drawback: "A steady load costs several times what provisioned capacity would, and there are no joins.",
        },
        OptionInfo {
            id: THROUGHPUT,
            what: "DynamoDB with provisioned capacity",
            drawback: "Capacity is paid for whether it is used or not, what comes above it is refused, and there are no \
                       joins.",
        },
    ];

    const RULES: &'static [RuleInfo] = RULES;
    const NUMBERS: &'static [NumberInput<Self::Inputs>] = inputs::NUMBERS;
    const FLAGS: &'static [FlagInput<Self::Inputs>] = inputs::FLAGS;
    const WORDS: &'static [WordInput<Self::Inputs>] = inputs::WORDS;
    const TOPIC: &'static str = "database_tier";
    const SWEPT: &'static [&'static str] = &["rps", "utilisation", "average_acu", "storage_gb"];
    const USAGE: &'static str = "rps";

    fn check(inputs: &Self::Inputs, check: &mut Check, catalog: &Catalog) {
        inputs::check(inputs, check, catalog);
    }

    fn idle(inputs: &Self::Inputs) -> Vec<&'static str> {
        inputs::idle(inputs)
    }

    fn consider(inputs: &Self::Inputs, context: &mut Context<'_>) -> Result<Considered, Stop> {
        let steps = Steps { settle: settle::settle, screen: screening::screen, size: sizing::size, not_modelled };
        steps.take::<Self>(inputs, context)
    }
}

fn not_modelled(inputs: &DatabaseTierInputs, settled: &settle::Settled) -> Vec<String> {
    let mut unused = vec![
        "people's time, and the work of moving from what is there".to_owned(),
        "reserved instances, reserved capacity and Database Savings Plans: `pricing_model` decides on them".to_owned(),
        "continuous backups of DynamoDB, and secondary indexes, whose writes and storage come on top".to_owned(),
        "whether an option is offered in the Region".to_owned(),
    ];
    if matches!(settled.engine, settle::Engine::Oracle | settle::Engine::Sqlserver) {
        unused.push("other editions and licences: the Standard Edition is priced, licence included".to_owned());
    }
    if let Some(engine) = inputs.engine.as_deref().filter(|engine| settle::Engine::named(engine).is_none()) {
        unused.push(format!("the value `{engine}` of `engine`: no rule knows it"));
    }
    unused
}

const RULES: &[RuleInfo] = engine::rules! {
    "D-01": "the database must go on by itself where a zone is lost" => "rds_single_az and rds_read_replica are out" [Eliminate] "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html";
    "D-02": "the standby must serve reads" => "rds_multi_az_instance is out, and what has no standby" [Eliminate] "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html";
    "D-03": "the engine is Oracle, SQL Server, Db2 or MariaDB; or MySQL" => "Aurora, DSQL and rds_multi_az_cluster are out; for MySQL aurora_dsql is" [Eliminate] "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html";
    "D-04": "joins, ad-hoc SQL, transactions over several rows, or an engine's own features are at the core" => "DynamoDB is out" [Eliminate] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-database/references/select.md";
    "D-05": "extensions, stored procedures or triggers are needed" => "aurora_dsql is out" [Eliminate] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-database/references/select.md";
    "D-06": "several Regions write at the same time" => "everything but aurora_dsql is out; DynamoDB stays where the data is not relational" [Eliminate] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-database/references/select.md";
    "D-07": "the first query after a rest may not wait until the database has resumed" => "aurora_serverless keeps its least capacity running and does not pause" [Caution] "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.html";
    "D-08": "AWS must promise more than it does for an option" => "the option is out, or is built in several zones or Regions" [Eliminate, Caution] "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html";
    "D-09": "more copies that serve reads, or more capacity, than a form has" => "that form is out" [Eliminate] "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html";
    "D-11": "a failover must be faster than an option typically is" => "rds_multi_az_instance is out under a minute; what is about as fast as that is a caution" [Eliminate, Caution] "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html";
    "D-12": "Aurora may not be used" => "Aurora and DSQL are out" [Eliminate] "judgement";
    "D-13": "no copy that serves reads is asked for; or one is" => "rds_read_replica is out, which is an add-on; or rds_single_az is, which has none" [Eliminate] "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html";
    "D-24": "few people build and run it, and the requests are not many" => "one relational database is preferred, not DynamoDB" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-database/references/select.md";
    "D-23": "items are read and written by their key, and there are many requests or people enough" => "DynamoDB is preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-database/references/select.md";
    "D-10": "the load of a table is spiky, or not known" => "dynamodb_on_demand is preferred; a steady load is for cost to decide" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-database/references/select.md";
    "D-28": "the standby must serve reads" => "rds_multi_az_cluster is preferred" [Prefer] "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html";
    "D-20": "the application is new and relational, and needs no special feature" => "aurora_dsql is preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-database/references/select.md";
    "D-27": "reads are many, and cannot be foreseen or must survive a zone" => "Aurora is preferred, whose readers scale" [Prefer] "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html";
    "D-25": "reads are to be taken off a database that exists, without more availability" => "rds_read_replica is preferred" [Prefer] "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html";
    "D-21": "PostgreSQL with extensions, procedures or triggers, one that moves to AWS, or one of which more is asked than RDS promises" => "Aurora is preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-database/references/select.md";
    "D-22": "the engine is MySQL, and not for development" => "Aurora is preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-database/references/select.md";
    "D-26": "the load varies, or the database rests" => "what is paid for as it is used is preferred" [Prefer] "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.html";
};
