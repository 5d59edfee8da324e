//! The rules of `database_tier`: D-01 … D-13 by features, limits and promises, D-20 … D-28 by what is advised.

use super::inputs::DatabaseTierInputs;
use super::settle::{Engine, Settled};
use super::{
    AURORA, CLUSTER, DSQL, DYNAMODB, MULTI_AZ, ON_DEMAND, PROVISIONED, RDS, READ_REPLICA, RELATIONAL, SERVERLESS,
    SINGLE,
};
use crate::decisions::engine::screen::{Looked, Screen, flag, number, word};
use crate::decisions::engine::{Context, Stop};

/// Fires every rule.
pub(super) fn screen(
    screen: &mut Screen<'_>,
    inputs: &DatabaseTierInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    features(screen, inputs, settled)?;
    regions(screen, inputs, settled)?;
    failover(screen, inputs, settled, context)?;
    promises(screen, inputs, settled, context)?;
    replicas(screen, inputs, settled, context)?;
    rest(screen, settled)?;
    if inputs.cost_first == Some(true) {
        return Ok(());
    }
    staff(screen, inputs, settled, context)?;
    advice(screen, inputs, settled, context)?;
    by_key(screen, inputs, settled, context)
}

/// D-03, D-04, D-05 and D-12: what the engine and the data ask for.
fn features(screen: &mut Screen<'_>, inputs: &DatabaseTierInputs, settled: &Settled) -> Result<(), Stop> {
    if let Some(by) = &settled.engine_given {
        if !settled.engine.is_open() {
            let text = "Aurora and Multi-AZ clusters speak MySQL and PostgreSQL only.";
            let out = [CLUSTER, PROVISIONED, SERVERLESS, DSQL];
            screen.eliminate("D-03", &out, by, "aurora_engines", text)?;
        } else if settled.engine == Engine::Mysql {
            let text = "DSQL speaks PostgreSQL only.";
            screen.eliminate("D-03", &[DSQL], by, "aurora_dsql_engines", text)?;
        }
    }
    if let Some(by) = &settled.relational {
        let text = "Its tables are read by key: no joins, no ad-hoc SQL, and none of an engine's own features.";
        screen.eliminate("D-04", &DYNAMODB, by, "dynamodb_access", text)?;
    }
    if let Some(by) = &settled.special {
        let text = "It has neither extensions nor stored procedures nor triggers.";
        screen.eliminate("D-05", &[DSQL], by, "aurora_dsql_lacks", text)?;
    }
    if inputs.aurora_allowed == Some(false) {
        let by = flag("aurora_allowed", false);
        let text = "The request rules Aurora out.";
        screen.eliminate("D-12", &[PROVISIONED, SERVERLESS, DSQL], &by, "aurora_family", text)?;
    }
    Ok(())
}

/// D-06: writes in several Regions at the same time.
fn regions(screen: &mut Screen<'_>, inputs: &DatabaseTierInputs, settled: &Settled) -> Result<(), Stop> {
    if inputs.multi_region_active_active != Some(true) {
        return Ok(());
    }
    let by = flag("multi_region_active_active", true);
    let text = "Its writes go to one Region.";
    screen.eliminate("D-06", &RDS, &by, "db_active_active", text)?;
    screen.eliminate("D-06", &AURORA, &by, "db_active_active", text)?;
    if settled.relational.is_some() {
        let text = "Its global tables take writes everywhere, but hold no relational data.";
        screen.eliminate("D-06", &DYNAMODB, &by, "db_active_active", text)?;
    }
    Ok(())
}

/// D-01, D-02 and D-11: what goes on by itself, how fast, and what the standby does.
fn failover(
    screen: &mut Screen<'_>,
    inputs: &DatabaseTierInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    if let Some(by) = &settled.failover {
        let text = "Where its zone is lost, people restore it or promote a copy by hand.";
        screen.eliminate("D-01", &[SINGLE, READ_REPLICA], by, "rds_single_az_standbys", text)?;
    }
    if inputs.standby_reads == Some(true) {
        let by = flag("standby_reads", true);
        let text = "The standby of a Multi-AZ instance serves no reads.";
        screen.eliminate("D-02", &[MULTI_AZ], &by, "rds_multi_az_instance_readable_standbys", text)?;
        let text = "It has no standby at all.";
        screen.eliminate("D-02", &[SINGLE, READ_REPLICA], &by, "rds_single_az_standbys", text)?;
    }
    if let Some(seconds) = &inputs.failover_s {
        let by = number("failover_s", seconds);
        if context.probe.less(seconds, &context.fact("rds_multi_az_instance_failover_s")?) {
            let text = "A Multi-AZ instance takes longer to fail over.";
            screen.eliminate("D-11", &[MULTI_AZ], &by, "rds_multi_az_instance_failover_s", text)?;
        } else if context.probe.less(seconds, &context.fact("rds_multi_az_instance_failover_most_s")?) {
            let text = "A Multi-AZ instance may take longer to fail over.";
            screen.caution("D-11", &[MULTI_AZ], &by, "rds_multi_az_instance_failover_most_s", text)?;
        }
        if context.probe.less(seconds, &context.fact("rds_multi_az_cluster_failover_s")?) {
            let text = "A Multi-AZ cluster is typically as fast as this limit, and no faster.";
            screen.caution("D-11", &[CLUSTER], &by, "rds_multi_az_cluster_failover_s", text)?;
        }
        if context.probe.less(seconds, &context.fact("aurora_failover_s")?) {
            let text = "A reader of Aurora takes over in typically as long as this limit, often faster.";
            screen.caution("D-11", &AURORA, &by, "aurora_failover_s", text)?;
        }
    }
    Ok(())
}

/// D-08: the service levels that AWS promises.
fn promises(
    screen: &mut Screen<'_>,
    inputs: &DatabaseTierInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let Some(asked) = &inputs.sla_pct else { return Ok(()) };
    let by = number("sla_pct", asked);
    for (options, fact) in [
        (&[SINGLE, READ_REPLICA][..], "db_sla_rds_single_az_pct"),
        (&[MULTI_AZ, CLUSTER], "db_sla_rds_multi_az_pct"),
        (&AURORA, "db_sla_aurora_pct"),
        (&[DSQL], "db_sla_dsql_multi_region_pct"),
        (&DYNAMODB, "db_sla_dynamodb_global_pct"),
    ] {
        if context.probe.more(asked, &context.fact(fact)?) {
            let text = "AWS promises less.";
            screen.eliminate("D-08", options, &by, fact, text)?;
        }
    }
    for (options, fact) in [(&[DSQL][..], "db_sla_dsql_pct"), (&DYNAMODB, "db_sla_dynamodb_pct")] {
        if context.probe.more(asked, &context.fact(fact)?) {
            let text = "AWS promises so much for several Regions only.";
            screen.caution("D-08", options, &by, fact, text)?;
        }
    }
    // A cluster of a single instance is promised less: one more instance stands in another zone.
    if settled.failover.is_none() && context.probe.more(asked, &context.fact("db_sla_aurora_single_az_pct")?) {
        let text = "So much is promised for a cluster with an instance in another zone, which is counted.";
        screen.caution("D-08", &AURORA, &by, "db_sla_aurora_single_az_pct", text)?;
    }
    Ok(())
}

/// D-09 and D-13: copies that serve reads, and the size of Aurora Serverless.
fn replicas(
    screen: &mut Screen<'_>,
    inputs: &DatabaseTierInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let by = number("read_replicas", &settled.readers);
    for (options, fact) in [
        (&AURORA[..], "aurora_replicas_per_cluster"),
        (&[READ_REPLICA, MULTI_AZ, CLUSTER], "rds_read_replicas_per_instance"),
    ] {
        if context.probe.more(&settled.readers, &context.fact(fact)?) {
            let text = "It has fewer copies that serve reads.";
            screen.eliminate("D-09", options, &by, fact, text)?;
        }
    }
    if context.probe.more(&settled.peak_acu, &context.fact("aurora_serverless_max_acu")?) {
        let by = number("peak_acu", &settled.peak_acu);
        let text = "An instance of Aurora Serverless is smaller at the most.";
        screen.eliminate("D-09", &[SERVERLESS], &by, "aurora_serverless_max_acu", text)?;
    }
    match &settled.readers_by {
        None => {
            let text = "Nothing asks for a copy that serves reads, which is all that it adds to one instance.";
            let by = flag("read_heavy", false);
            screen.eliminate("D-13", &[READ_REPLICA], &by, "rds_read_replica_purpose", text)?;
        }
        Some(by) if inputs.read_replicas.is_some() => {
            let text = "It is one instance, without copies that serve reads.";
            screen.eliminate("D-13", &[SINGLE], by, "rds_read_replica_purpose", text)?;
        }
        Some(_) => {}
    }
    Ok(())
}

/// D-07: whether Aurora Serverless may rest.
fn rest(screen: &mut Screen<'_>, settled: &Settled) -> Result<(), Stop> {
    if let Some(by) = &settled.awake {
        let text = "Paused to nothing, it would take longer to answer: its least capacity is kept running.";
        screen.caution("D-07", &[SERVERLESS], by, "aurora_serverless_resume_s", text)?;
    }
    Ok(())
}

/// The people, where they are few.
fn few_people(inputs: &DatabaseTierInputs, context: &mut Context<'_>) -> Result<Option<Looked>, Stop> {
    match (inputs.limited_staff, &inputs.team_size) {
        (Some(true), _) => Ok(Some(flag("limited_staff", true))),
        (None, Some(people)) => {
            let few = context.fact("db_small_team_people")?;
            Ok((!context.probe.more(people, &few)).then(|| number("team_size", people)))
        }
        _ => Ok(None),
    }
}

/// Whether so many requests come that access by key pays at any size of a team.
fn at_scale(settled: &Settled, context: &mut Context<'_>) -> Result<bool, Stop> {
    let many = context.fact("db_scale_requests_per_s")?;
    Ok(!context.probe.less(&settled.rps, &many))
}

/// D-24: a small team runs one database.
fn staff(
    screen: &mut Screen<'_>,
    inputs: &DatabaseTierInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    if let Some(by) = few_people(inputs, context)?
        && !at_scale(settled, context)?
    {
        let text = "A small team is served best by one relational database for everything.";
        screen.prefer("D-24", &RELATIONAL, &by, "guidance_db_small_team", text)?;
        if settled.relational.is_none() {
            let text = "With few people the relational database that needs least care.";
            screen.prefer("D-20", &[DSQL], &by, "guidance_db_new_relational", text)?;
        }
    }
    Ok(())
}

/// What asks for a higher promise or a faster failover than a Multi-AZ instance of RDS has.
fn beyond_rds(inputs: &DatabaseTierInputs, context: &mut Context<'_>) -> Result<Option<Looked>, Stop> {
    if let Some(asked) = &inputs.sla_pct
        && context.probe.more(asked, &context.fact("db_sla_rds_multi_az_pct")?)
    {
        return Ok(Some(number("sla_pct", asked)));
    }
    let Some(seconds) = &inputs.failover_s else { return Ok(None) };
    let least = context.fact("rds_multi_az_instance_failover_s")?;
    Ok(context.probe.less(seconds, &least).then(|| number("failover_s", seconds)))
}

/// D-20 … D-22 and D-25 … D-28: advice for relational data.
fn advice(
    screen: &mut Screen<'_>,
    inputs: &DatabaseTierInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let yes = |value: Option<bool>| value == Some(true);
    if settled.relational.is_none() {
        return Ok(());
    }
    let engine = || word("engine", if settled.engine == Engine::Mysql { "mysql" } else { "postgresql" });
    if yes(inputs.standby_reads) {
        let by = flag("standby_reads", true);
        let text = "It has two standbys that serve reads, and fails over faster than an instance.";
        screen.prefer("D-28", &[CLUSTER], &by, "guidance_db_readable_standby", text)?;
    }
    let offload = inputs.read_replicas.is_some() || yes(inputs.read_heavy);
    if let Some(by) = settled.readers_by.as_ref().filter(|_| offload) {
        if yes(inputs.unpredictable_reads) || settled.failover.is_some() {
            let text = "Readers of Aurora are added and taken away as reads come, and one of them takes over.";
            screen.prefer("D-27", &AURORA, by, "guidance_db_read_scaling", text)?;
        } else if !yes(inputs.new_app) && settled.special.is_none() {
            let text = "Where an instance does its work but for the reads, a read replica takes them off it.";
            screen.prefer("D-25", &[READ_REPLICA], by, "guidance_db_read_offload", text)?;
        }
    }
    if yes(inputs.new_app) && settled.special.is_none() {
        let text = "For a new relational application without special features DSQL needs least care.";
        screen.prefer("D-20", &[DSQL], &flag("new_app", true), "guidance_db_new_relational", text)?;
    }
    let by = settled.special.clone().or_else(|| yes(inputs.migration).then(|| flag("migration", true)));
    let by = match by {
        Some(by) => Some(by),
        None => beyond_rds(inputs, context)?,
    };
    if let Some(by) = by.filter(|_| settled.engine == Engine::Postgresql) {
        let text =
            "Extensions, procedures, databases that exist, and what asks for more than RDS run on Aurora PostgreSQL.";
        screen.prefer("D-21", &AURORA, &by, "guidance_db_aurora_postgresql", text)?;
    }
    if settled.engine == Engine::Mysql && !yes(inputs.dev) {
        let text = "For MySQL the advice is Aurora MySQL.";
        screen.prefer("D-22", &AURORA, &engine(), "guidance_db_aurora_mysql", text)?;
    }
    let resting = [("intermittent", inputs.intermittent), ("idle_nights", inputs.idle_nights)];
    let resting = resting.into_iter().find(|(_, value)| yes(*value) && !yes(inputs.always_on));
    let varying = [("variable_load", inputs.variable_load)].into_iter().find(|(_, value)| yes(*value));
    if let Some((name, _)) = resting.or(varying) {
        let text = "It is paid for as it is used, and scales by itself.";
        screen.prefer("D-26", &[SERVERLESS, DSQL], &flag(name, true), "guidance_db_variable_load", text)?;
    }
    Ok(())
}

/// D-23 and D-10: access by key, and how its capacity is paid for.
fn by_key(
    screen: &mut Screen<'_>,
    inputs: &DatabaseTierInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    if inputs.key_access != Some(true) || settled.relational.is_some() {
        return Ok(());
    }
    if few_people(inputs, context)?.is_none() || at_scale(settled, context)? {
        let by = flag("key_access", true);
        let text = "Access by key at any scale is what DynamoDB is for.";
        screen.prefer("D-23", &DYNAMODB, &by, "guidance_db_key_access", text)?;
    }
    if !settled.load_is_known {
        let varies = [("variable_load", inputs.variable_load), ("unpredictable_reads", inputs.unpredictable_reads)];
        let by = varies.into_iter().find(|(_, value)| *value == Some(true));
        let by = by.map_or_else(|| word("utilisation", "not given"), |(name, _)| flag(name, true));
        let text =
            "As long as the load is spiky or not known, each request is paid for; a steady one is for cost to say.";
        screen.prefer("D-10", &[ON_DEMAND], &by, "guidance_db_on_demand_first", text)?;
    }
    Ok(())
}
