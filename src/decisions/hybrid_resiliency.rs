//! How resilient should the Direct Connect circuits be?
//!
//! The models are those of AWS's resiliency toolkit
//! (<https://docs.aws.amazon.com/directconnect/latest/UserGuide/resiliency_toolkit.html>), plus one circuit with a
//! VPN behind it. The facts are those of `hybrid_connectivity`; a model needs what it needs whoever asks.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::catalog::Catalog;
use crate::domain::amount::Amount;
use crate::domain::check::{CAP, Check};
use crate::services::direct_connect::{DirectConnect, LocationArea, PortCapacity, PortKind};
use crate::services::plan::Planned;
use crate::services::site_to_site_vpn::{SiteToSiteVpn, VpnGateway};
use crate::services::{Example, direct_connect, schema, site_to_site_vpn};

use super::Decision;
use super::engine::screen::{Looked, Screen, flag, number, word};
use super::engine::tables::given;
use super::engine::{
    self, Considered, Context, FlagInput, Knowledge, Movement, NumberInput, OptionInfo, Plan, RuleInfo, Stop, WordInput,
};
use super::steps::{Defaults, Steps, config};

const SINGLE: &str = "single";
const DEV_TEST: &str = "dev_test";
const HIGH: &str = "high";
const MAXIMUM: &str = "maximum";
const DX_VPN_BACKUP: &str = "dx_vpn_backup";

/// The speeds a dedicated port may have, Gbps.
const SPEEDS: [(i64, PortCapacity); 4] =
    [(1, PortCapacity::Gbps1), (10, PortCapacity::Gbps10), (100, PortCapacity::Gbps100), (400, PortCapacity::Gbps400)];

/// The entry of the list.
pub const DECISION: Decision = Decision {
    id: "hybrid_resiliency",
    name: "How resilient should Direct Connect be?",
    about: "One circuit, two devices in one location, two locations, two devices in each of two locations, or a VPN \
            behind one circuit: which resiliency model fits, and what each costs.",
    options: HybridResiliency::OPTIONS,
    rules: HybridResiliency::RULES,
    inputs: engine::inputs::<HybridResiliency>,
    example: Example {
        region: "us-east-1",
        usage: r#"{"production": true, "critical": false, "aws_sla_pct": 99.9, "port_gbps": 10, "gb_out_month": 50000, "outside_aws_costs_month": 600}"#,
    },
    schema: schema::<HybridResiliencyInputs>,
    decide: engine::decide::<HybridResiliency>,
};

/// What is known about the circuits. Every input may be left out.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HybridResiliencyInputs {
    /// The availability that AWS must promise, percent. Left out or null: none.
    pub aws_sla_pct: Option<Amount>,
    /// Your data centres to connect. Left out: 1.
    pub datacentres: Option<Amount>,
    /// The speed of a port: 1, 10, 100 or 400 Gbps; the next larger one is taken. Left out: 1.
    pub port_gbps: Option<Amount>,
    /// Gigabytes a month from AWS to your side. Left out: 1000.
    pub gb_out_month: Option<Amount>,
    /// Money outside the AWS bill that one circuit costs each month, US dollars. Left out: unknown, and said so.
    pub outside_aws_costs_month: Option<Amount>,
    /// The circuits carry production. Left out: true, unless `lab` is.
    pub production: Option<bool>,
    /// The business stops without them. Left out: false.
    pub critical: Option<bool>,
    /// The same in other words.
    pub mission_critical: Option<bool>,
    /// Cost goes before resilience.
    pub cost_first: Option<bool>,
    /// A device may fail, a location may not need to.
    pub device_redundancy: Option<bool>,
    /// A second path is wanted.
    pub redundancy_wanted: Option<bool>,
    /// It is a laboratory.
    pub lab: Option<bool>,
    /// The design that stands, such as `LAG 4x10G at one location`.
    pub design: Option<String>,
    /// What is there already, such as `one dx`.
    pub existing: Option<String>,
    /// The goal: `maximum resiliency` or `raise fault tolerance`.
    pub goal: Option<String>,
    /// Where the Direct Connect locations are. Left out: in the geography of the Region.
    #[schema(inline)]
    pub dx_location: Option<LocationArea>,
}

type Inputs = HybridResiliencyInputs;

/// The knowledge behind the decision.
#[derive(Debug)]
pub struct HybridResiliency;

const fn number_input(
    name: &'static str,
    unit: &'static str,
    movement: Movement,
    sweep_to: u64,
    thresholds: &'static [&'static str],
    slot: fn(&mut Inputs) -> &mut Option<Amount>,
) -> NumberInput<Inputs> {
    NumberInput { name, unit, movement, max: CAP, sweep_to, thresholds, relaxable: false, critical: false, slot }
}

const fn flag_input(name: &'static str, slot: fn(&mut Inputs) -> &mut Option<bool>) -> FlagInput<Inputs> {
    FlagInput { name, relaxable: false, critical: false, alias: false, slot }
}

const fn alias_input(name: &'static str, slot: fn(&mut Inputs) -> &mut Option<bool>) -> FlagInput<Inputs> {
    FlagInput { alias: true, ..flag_input(name, slot) }
}

impl Knowledge for HybridResiliency {
    type Inputs = Inputs;

    const OPTIONS: &'static [OptionInfo] = &[
        OptionInfo {
            id: SINGLE,
            what: "one circuit on one device in one location",
            drawback: "Any failure of the device, the location or the line cuts it.",
        },
        OptionInfo {
            id: DEV_TEST,
            what: "two circuits on separate devices in one location",
            drawback: "The location is a single point of failure, and no availability is promised.",
        },
        OptionInfo {
            id: HIGH,
            what: "one circuit in each of two locations",
            drawback: "After one failure there is no second path left.",
        },
        OptionInfo {
            id: MAXIMUM,
            what: "circuits on separate devices in each of two locations",
            drawback: "Four circuits with everything that comes with them.",
        },
        OptionInfo {
            id: DX_VPN_BACKUP,
            what: "one circuit with a VPN over the internet behind it",
            drawback: "After a failover, bandwidth and latency are those of the internet.",
        },
    ];

    const RULES: &'static [RuleInfo] = RULES;
    const NUMBERS: &'static [NumberInput<Inputs>] = &[
        number_input("gb_out_month", "GB", Movement::Continuous, 500_000, &[], |inputs| &mut inputs.gb_out_month),
        number_input(
            "aws_sla_pct",
            "%",
            Movement::Continuous,
            100,
            &["dx_sla_high_pct", "dx_sla_maximum_pct"],
            |inputs| &mut inputs.aws_sla_pct,
        ),
        number_input("datacentres", "", Movement::Whole, 20, &[], |inputs| &mut inputs.datacentres),
        number_input("port_gbps", "Gbps", Movement::Continuous, 400, &[], |inputs| &mut inputs.port_gbps),
        number_input("outside_aws_costs_month", "USD", Movement::Continuous, 10_000, &[], |inputs| {
            &mut inputs.outside_aws_costs_month
        }),
    ];
    const FLAGS: &'static [FlagInput<Inputs>] = &[
        flag_input("production", |inputs| &mut inputs.production),
        flag_input("critical", |inputs| &mut inputs.critical),
        alias_input("mission_critical", |inputs| &mut inputs.mission_critical),
        flag_input("cost_first", |inputs| &mut inputs.cost_first),
        flag_input("device_redundancy", |inputs| &mut inputs.device_redundancy),
        flag_input("redundancy_wanted", |inputs| &mut inputs.redundancy_wanted),
        alias_input("lab", |inputs| &mut inputs.lab),
    ];
    const WORDS: &'static [WordInput<Inputs>] = &[WordInput {
        name: "goal",
        words: &["maximum resiliency"],
        relaxable: false,
        slot: |inputs| &mut inputs.goal,
    }];
    const TOPIC: &'static str = "hybrid_resiliency";
    const SWEPT: &'static [&'static str] = &["gb_out_month"];
    const USAGE: &'static str = "gb_out_month";
    const OUTSIDE: Option<&'static str> = Some("outside_aws_costs_month");

    fn check(inputs: &Inputs, check: &mut Check, _: &Catalog) {
        for (input, value) in given(inputs, Self::NUMBERS) {
            match (input.name, input.movement) {
                ("aws_sla_pct", _) => check.amount(input.name, &value, 100),
                ("port_gbps", _) => check.amount(input.name, &value, 400),
                (_, Movement::Whole) => check.whole(input.name, &value, 1, 100),
                (_, Movement::Continuous | Movement::Listed) => check.amount(input.name, &value, input.max),
            }
        }
    }

    fn consider(inputs: &Inputs, context: &mut Context<'_>) -> Result<Considered, Stop> {
        let steps = Steps { settle, screen, size, not_modelled };
        steps.take::<Self>(inputs, context)
    }
}

/// What is sized, after defaults.
struct Settled {
    gb_out: Amount,
    sites: Amount,
    speed: Amount,
}

/// Takes every default.
fn settle(inputs: &Inputs, defaults: &mut Defaults, context: &mut Context<'_>) -> Result<Settled, Stop> {
    let gb_out = defaults.critical(
        inputs.gb_out_month.as_ref(),
        "gb_out_month",
        context.fact("default_gb_out_month")?,
        "the volume costs the same in every model",
    );
    let sites = defaults.take(inputs.datacentres.as_ref(), "datacentres", Amount::ONE, "one data centre");
    let speed = defaults.take(inputs.port_gbps.as_ref(), "port_gbps", Amount::ONE, "the smallest dedicated port");
    Ok(Settled { gb_out, sites, speed })
}

/// Fires every rule.
fn screen(screen: &mut Screen<'_>, inputs: &Inputs, _: &Settled, context: &mut Context<'_>) -> Result<(), Stop> {
    promises(screen, inputs, context)?;
    guidance(screen, inputs)
}

/// Adds the way to build each eligible option.
fn size(screen: &mut Screen<'_>, inputs: &Inputs, settled: &Settled, context: &mut Context<'_>) -> Result<(), Stop> {
    let circuits = Circuits { inputs, settled };
    for (option, fact, locations) in [
        (SINGLE, "dx_single_ports", 1),
        (DEV_TEST, "dx_dev_test_ports", 1),
        (HIGH, "dx_high_ports", 2),
        (MAXIMUM, "dx_maximum_ports", 2),
        (DX_VPN_BACKUP, "dx_single_ports", 1),
    ] {
        if screen.eligible(option) {
            let plan = circuits.plan(option, fact, locations, context)?;
            screen.plan(option, plan);
        }
    }
    Ok(())
}

/// H-13 and H-14: what AWS must promise, said by a percentage or by the goal of maximum resiliency.
fn promises(screen: &mut Screen<'_>, inputs: &Inputs, context: &mut Context<'_>) -> Result<(), Stop> {
    let by_goal = inputs.goal.as_deref().is_some_and(|goal| goal.contains("maximum"));
    let highest = context.fact("dx_sla_maximum_pct")?;
    let high = context.fact("dx_sla_high_pct")?;
    let wants = |context: &mut Context<'_>, limit: &Amount| {
        inputs.aws_sla_pct.as_ref().is_some_and(|sla| !context.probe.less(sla, limit))
    };
    let looked = match &inputs.aws_sla_pct {
        Some(sla) => number("aws_sla_pct", sla),
        None => word("goal", inputs.goal.as_deref().unwrap_or_default()),
    };
    if wants(context, &highest) || by_goal {
        let text = "Only separate devices in each of two locations are promised this availability.";
        screen.eliminate("H-13", &[SINGLE, DEV_TEST, HIGH, DX_VPN_BACKUP], &looked, "dx_sla_maximum_pct", text)?;
        let text = "The promise also needs Enterprise Support and a Well-Architected review; check the SLA page.";
        screen.caution("H-13", &[MAXIMUM], &looked, "dx_sla_maximum_conditions", text)?;
    } else if wants(context, &high) {
        let text = "One location is promised less.";
        screen.eliminate("H-14", &[SINGLE, DEV_TEST, DX_VPN_BACKUP], &looked, "dx_sla_high_pct", text)?;
        let text = "The promise also needs Enterprise Support; check the SLA page.";
        screen.caution("H-14", &[HIGH, MAXIMUM], &looked, "dx_sla_high_conditions", text)?;
    }
    if let Some(design) = inputs.design.as_deref().filter(|design| design.to_uppercase().contains("LAG")) {
        let text = "An aggregation group sits on one AWS device: it adds capacity, not a second location.";
        screen.caution("H-14", &[SINGLE, DEV_TEST], &word("design", design), "dx_lag_requirements", text)?;
    }
    Ok(())
}

/// G-10 … G-14: which model is published for which workload.
fn guidance(screen: &mut Screen<'_>, inputs: &Inputs) -> Result<(), Stop> {
    let yes = |value: Option<bool>| value.unwrap_or(false);
    let critical = yes(inputs.critical) || yes(inputs.mission_critical);
    let production = inputs.production.unwrap_or(!yes(inputs.lab));
    let one_circuit = inputs.existing.as_deref().is_some_and(|existing| existing.split_whitespace().any(|w| w == "dx"));
    let looked = |name: &'static str, value: bool| -> Looked { flag(name, value) };
    if critical {
        let text = "Critical workloads use separate devices in each of two locations.";
        let by = looked(if yes(inputs.critical) { "critical" } else { "mission_critical" }, true);
        screen.prefer("G-10", &[MAXIMUM], &by, "guidance_critical_resiliency", text)?;
        let text = "A VPN behind one circuit does not carry critical workloads.";
        screen.caution("G-10", &[DX_VPN_BACKUP], &by, "dx_vpn_backup_unfit_workloads", text)?;
    }
    if yes(inputs.cost_first) {
        let text = "Where cost goes first, a VPN behind one circuit is acceptable.";
        screen.prefer("G-11", &[DX_VPN_BACKUP], &looked("cost_first", true), "guidance_vpn_backup_cost_first", text)?;
    }
    if yes(inputs.device_redundancy) && !production {
        let text = "Development and test use separate devices in one location.";
        screen.prefer("G-12", &[DEV_TEST], &looked("device_redundancy", true), "guidance_dev_test_resiliency", text)?;
    }
    let by_goal = inputs.goal.as_deref().is_some_and(|goal| goal.contains("fault tolerance"));
    let raise = one_circuit || by_goal || yes(inputs.redundancy_wanted);
    if raise && !production {
        let by = match (&inputs.goal, &inputs.existing) {
            _ if yes(inputs.redundancy_wanted) => looked("redundancy_wanted", true),
            (Some(goal), _) if by_goal => word("goal", goal.as_str()),
            (_, existing) => word("existing", existing.as_deref().unwrap_or_default()),
        };
        let text = "A second path is wanted: another circuit, or a VPN.";
        screen.prefer("G-13", &[DEV_TEST, HIGH, DX_VPN_BACKUP], &by, "guidance_production_resiliency", text)?;
    }
    if production {
        let text = "Production uses one circuit in each of two locations, or more.";
        screen.prefer("G-14", &[HIGH, MAXIMUM], &looked("production", true), "guidance_production_resiliency", text)?;
    }
    Ok(())
}

/// What the circuits of every model share.
struct Circuits<'s> {
    inputs: &'s Inputs,
    settled: &'s Settled,
}

impl Circuits<'_> {
    fn plan(&self, option: &str, fact: &str, locations: i64, context: &mut Context<'_>) -> Result<Plan, Stop> {
        let mut capacity = (1, PortCapacity::Gbps1);
        for speed in SPEEDS.into_iter().rev() {
            if !context.probe.more(&self.settled.speed, &Amount::whole(speed.0)) {
                capacity = speed;
            }
        }
        let (gbps, capacity) = capacity;
        // Each data centre has its circuits to one location, and there are at least as many as the model needs.
        let least = context.fact(fact)?;
        let by_centre = self.settled.sites.times(&least.over(&Amount::whole(locations))?)?;
        let ports = context.probe.max(&least, &by_centre);
        let location =
            self.inputs.dx_location.unwrap_or_else(|| LocationArea::of_region(context.region, context.catalog));
        let usage = DirectConnect {
            kind: PortKind::Dedicated,
            capacity,
            connections: ports.clone(),
            location: Some(location),
            data_out_gb: self.settled.gb_out.clone(),
            ..DirectConnect::default()
        };
        let mut resources = vec![Planned::new("circuits", &direct_connect::SERVICE, context.region, usage)];
        if option == DX_VPN_BACKUP {
            let usage = SiteToSiteVpn {
                connections: self.settled.sites.clone(),
                gateway: Some(VpnGateway::VirtualPrivateGateway),
                ..SiteToSiteVpn::default()
            };
            resources.push(Planned::new("backup", &site_to_site_vpn::SERVICE, context.region, usage));
        }
        let config = config([
            ("locations", json!(locations)),
            ("connections", ports.at_rest().as_whole().map_or(Value::Null, Value::from)),
            ("port_gbps", json!(gbps)),
        ]);
        let outside_aws = match &self.inputs.outside_aws_costs_month {
            Some(each) => Some(each.times(&ports)?),
            None => None,
        };
        Ok(Plan { config, resources, outside_aws, ..Plan::default() })
    }
}

fn not_modelled(inputs: &Inputs, _: &Settled) -> Vec<String> {
    let mut unused = vec![
        "people's time, one-off fees, contract terms of carriers".to_owned(),
        "the price of Enterprise Support where a promise of availability needs it".to_owned(),
    ];
    if let Some(goal) =
        inputs.goal.as_deref().filter(|goal| !["maximum resiliency", "raise fault tolerance"].contains(goal))
    {
        unused.push(format!("the value `{goal}` of `goal`: no rule knows it"));
    }
    unused
}

const RULES: &[RuleInfo] = engine::rules! {
    "G-10": "the workload is critical" => "maximum is preferred" [Prefer, Caution] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/specialized-skills/networking-and-content-delivery-skills/directconnect/references/making-a-direct-connect-connection-resilient.md";
    "G-11": "cost goes first" => "dx_vpn_backup is preferred" [Prefer] "https://docs.aws.amazon.com/whitepapers/latest/hybrid-connectivity/hybrid-connectivity.html";
    "G-12": "a device may fail and it is not production" => "dev_test is preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/specialized-skills/networking-and-content-delivery-skills/directconnect/references/making-a-direct-connect-connection-resilient.md";
    "G-13": "a second path is wanted and it is not production" => "another circuit or a VPN is preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/specialized-skills/networking-and-content-delivery-skills/directconnect/references/making-a-direct-connect-connection-resilient.md";
    "G-14": "it carries production" => "high and maximum are preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/specialized-skills/networking-and-content-delivery-skills/directconnect/references/making-a-direct-connect-connection-resilient.md";
    "H-13": "AWS must promise 99.99 % or more, or maximum resiliency is the goal" => "everything but maximum is out" [Eliminate, Caution] "https://aws.amazon.com/directconnect/sla/";
    "H-14": "AWS must promise 99.9 % or more" => "single, dev_test and dx_vpn_backup are out" [Eliminate, Caution] "https://aws.amazon.com/directconnect/sla/";
};
