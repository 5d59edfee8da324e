//! Where to run requests: on Lambda, on Fargate or on EC2, by requests a month or by utilisation.
//!
//! Lambda costs for each request and its duration. Containers cost for as many as the peak needs, at least for the
//! fewest that run: `max(min_tasks, ceil(requests × peak ÷ average × duration ÷ concurrency))`; instances hold so many
//! of them each. Load balancers, NAT gateways and logs stand with whatever needs them, so that no option is compared
//! without what it cannot do without.

use serde_json::{Map, Value, json};
use smol_str::SmolStr;

use crate::catalog::Catalog;
use crate::catalog::sizes::InstanceType;
use crate::decisions::engine::screen::{Screen, number, word};
use crate::decisions::engine::{
    Considered, Context, FlagInput, Knowledge, NumberInput, OptionInfo, Plan, RuleInfo, Stop, WordInput,
};
use crate::domain::amount::Amount;
use crate::domain::check::Check;
use crate::domain::problem::Code;
use crate::services::cloudwatch_logs::{self, CloudwatchLogs};
use crate::services::commitments::Scaled;
use crate::services::ec2::Ec2;
use crate::services::elastic_load_balancing::{self, ElasticLoadBalancing, LoadBalancerKind};
use crate::services::fargate::Fargate;
use crate::services::lambda::Lambda;
use crate::services::nat_gateway::{self, NatGateway};
use crate::services::plan::Planned;
use crate::services::{Usage, ec2, fargate, lambda};

use super::inputs::{self, Place, PricingModelInputs};
use super::settle::{Defaults, one_name};

pub(super) const LAMBDA: &str = "lambda";
pub(super) const FARGATE: &str = "fargate";
pub(super) const EC2: &str = "ec2";

/// Milliseconds of a second, and seconds of an hour.
const MS_PER_SECOND: u64 = 1_000;
const SECONDS_PER_HOUR: u64 = 3_600;
const MIB_PER_GB: u64 = 1_024;

/// The knowledge of where to run.
#[derive(Debug)]
pub(super) struct BreakEven;

impl Knowledge for BreakEven {
    type Inputs = PricingModelInputs;

    const OPTIONS: &'static [OptionInfo] = super::PLACES;
    const RULES: &'static [RuleInfo] = super::RULES;
    const NUMBERS: &'static [NumberInput<Self::Inputs>] = inputs::COMPARED_NUMBERS;
    const FLAGS: &'static [FlagInput<Self::Inputs>] = inputs::COMPARED_FLAGS;
    const WORDS: &'static [WordInput<Self::Inputs>] = &[];
    const TOPIC: &'static str = "pricing_model";
    const SWEPT: &'static [&'static str] = &["requests_month", "expected_utilisation"];
    const USAGE: &'static str = "requests_month";

    fn check(inputs: &Self::Inputs, check: &mut Check, catalog: &Catalog) {
        inputs::check(inputs, check, catalog);
        let zero = |value: &Option<Amount>| value.as_ref().is_some_and(Amount::is_zero);
        for (field, is_zero) in [("duration_ms", zero(&inputs.duration_ms)), ("min_tasks", zero(&inputs.min_tasks))] {
            if is_zero && inputs.expected_utilisation.is_some() {
                let detail = format!("`{field}` is 0, and nothing is busy then; leave `expected_utilisation` out");
                check.mistake(field, Code::Conflict, detail);
            }
        }
        let named = inputs.instance_type.as_deref().and_then(|name| catalog.instance_types.get(name));
        if let (Some(kind), None) = (named, &inputs.tasks_per_instance) {
            let number = |given: &Option<Amount>, fact: &str| {
                given.clone().or_else(|| catalog.facts.number(fact).ok()).unwrap_or(Amount::ONE)
            };
            let vcpu = number(&inputs.fargate_vcpu, "default_fargate_vcpu");
            let memory = number(&inputs.fargate_memory_gb, "default_fargate_memory_gb");
            if fitting(kind, &vcpu, &memory) == 0 {
                let detail = format!("`{}` holds no container of {vcpu} vCPU and {memory} GB", kind.name);
                check.mistake("instance_type", Code::Conflict, detail);
            }
        }
    }

    fn consider(inputs: &Self::Inputs, context: &mut Context<'_>) -> Result<Considered, Stop> {
        let fleet = fleet(inputs, context)?;
        let mut screen = Screen::new(Self::OPTIONS, context.facts());
        let asked = inputs.compare.as_deref().unwrap_or_default();
        for (option, place) in [(LAMBDA, Place::Lambda), (FARGATE, Place::Fargate), (EC2, Place::Ec2)] {
            if !asked.contains(&place) {
                let text = "It is not among the places to compare.";
                screen.eliminate("B-02", &[option], &word("compare", words(asked)), "compare_named", text)?;
            }
        }
        let longest = context.fact("lambda_max_duration_ms")?;
        if context.probe.more(&fleet.duration_ms, &longest) {
            let text = "A function runs for fifteen minutes at most.";
            let looked = number("duration_ms", &fleet.duration_ms);
            screen.eliminate("B-01", &[LAMBDA], &looked, "lambda_max_duration_ms", text)?;
        }
        if screen.eligible(LAMBDA) {
            screen.plan(LAMBDA, fleet.on_lambda(inputs, context.region));
        }
        if screen.eligible(FARGATE) {
            screen.plan(FARGATE, fleet.on_fargate(inputs, context.region));
        }
        if screen.eligible(EC2) {
            screen.plan(EC2, fleet.on_ec2(inputs, context.region)?);
        }
        let driver = match &inputs.expected_utilisation {
            Some(utilisation) => ("expected_utilisation", utilisation.clone()),
            None => ("requests_month", fleet.requests.clone()),
        };
        Ok(Considered {
            options: screen.into_considerations(),
            assumptions: fleet.assumptions.clone(),
            not_modelled: not_modelled(inputs),
            notices: Vec::new(),
            values: vec![driver, ("duration_ms", fleet.duration_ms.clone())],
            critical_defaults: if inputs.requests_month.is_none() && inputs.expected_utilisation.is_none() {
                vec!["requests_month"]
            } else {
                Vec::new()
            },
        })
    }
}

fn not_modelled(inputs: &PricingModelInputs) -> Vec<String> {
    let mut left_out = vec![
        "cold starts and response times".to_owned(),
        "capacity units of the load balancers beyond their hours".to_owned(),
        "images, volumes, public addresses and data transfer".to_owned(),
        "what an operating system and its agents take of an instance".to_owned(),
    ];
    let of_how = inputs.of_how().into_iter();
    left_out
        .extend(of_how.map(|name| format!("the input `{name}`: it is of how to pay, and `compare` asks where to run")));
    left_out
}

fn words(places: &[Place]) -> String {
    let word = |place: &Place| match place {
        Place::Lambda => LAMBDA,
        Place::Fargate => FARGATE,
        Place::Ec2 => EC2,
    };
    places.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// How many containers of a size fit an instance, by what AWS says it has.
fn fitting(kind: &InstanceType, vcpu: &Amount, memory_gb: &Amount) -> u64 {
    let whole = |have: Option<u32>, divisor: u64, need: &Amount| {
        let have = Amount::decimal(have.unwrap_or_default().into()).per(divisor);
        let fits = crate::domain::probe::Probe::new().floor_div(&have, need);
        fits.ok().and_then(|fits| fits.as_whole()).unwrap_or_default()
    };
    whole(kind.vcpu, 1, vcpu).min(whole(kind.memory_mib, MIB_PER_GB, memory_gb))
}

/// What runs, wherever it does.
#[derive(Debug)]
struct Fleet {
    requests: Amount,
    duration_ms: Amount,
    memory_mb: Amount,
    vcpu: Amount,
    memory_gb: Amount,
    instance_type: String,
    tasks: Amount,
    instances: Amount,
    /// The average of requests that are being answered.
    busy: Amount,
    concurrency: Amount,
    load_balancers: Amount,
    assumptions: Vec<crate::domain::bill::Assumption>,
}

/// Takes every default, and counts containers and instances.
fn fleet(inputs: &PricingModelInputs, context: &mut Context<'_>) -> Result<Fleet, Stop> {
    let mut defaults = Defaults::default();
    let mut take = |given: &Option<Amount>, name: &str, fact: &str, why: &str| -> Result<Amount, Stop> {
        Ok(defaults.take(given.as_ref(), name, &context.fact(fact)?, why))
    };
    let size = "a common size; send your own";
    let duration_ms = take(&inputs.duration_ms, "duration_ms", "default_request_duration_ms", size)?;
    let function_mb = take(&inputs.memory_mb, "memory_mb", "default_function_memory_mb", size)?;
    let vcpu = take(&inputs.fargate_vcpu, "fargate_vcpu", "default_fargate_vcpu", size)?;
    let memory_gb = take(&inputs.fargate_memory_gb, "fargate_memory_gb", "default_fargate_memory_gb", size)?;
    let why = "it decides how many containers run; send your own";
    let concurrency = take(&inputs.concurrency_per_task, "concurrency_per_task", "default_concurrency_per_task", why)?;
    let zones = "two Availability Zones";
    let min_tasks = take(&inputs.min_tasks, "min_tasks", "default_min_tasks", zones)?;
    let min_instances = take(&inputs.min_instances, "min_instances", "default_min_instances", zones)?;
    let why = "containers need one before them";
    let load_balancers = take(&inputs.load_balancers, "load_balancers", "default_load_balancers", why)?;
    let milliseconds = context.month.hours().times_whole(SECONDS_PER_HOUR).times_whole(MS_PER_SECOND);
    let (requests, peak) = if let Some(utilisation) = &inputs.expected_utilisation {
        // What keeps the fewest containers so busy; they carry the peak as well, unless another is given.
        let all = min_tasks.times(&concurrency)?.times(&milliseconds)?;
        let peak = inputs.peak_to_average.clone().unwrap_or(Amount::ONE);
        (all.times(utilisation)?.over(&duration_ms)?, peak)
    } else {
        let why = "the number of requests decides the cost; send your own";
        let requests = take(&inputs.requests_month, "requests_month", "default_requests_month", why)?;
        let why = "what containers are sized for";
        (requests, take(&inputs.peak_to_average, "peak_to_average", "default_peak_to_average", why)?)
    };
    let busy = requests.times(&duration_ms)?.over(&milliseconds)?;
    let needed = context.probe.ceil_div(&busy.times(&peak)?, &concurrency)?;
    let running = context.probe.max(&needed, &min_tasks);
    let instance_type = if let Some(name) = &inputs.instance_type {
        name.clone()
    } else {
        let name = one_name(context, "default_instance_type")?;
        defaults.say("instance_type", name.clone(), "a common type; send your own");
        name
    };
    let kind = context.catalog.instance_types.get(&instance_type);
    let per_instance = inputs.tasks_per_instance.clone().unwrap_or_else(|| {
        let fits = kind.map(|kind| fitting(kind, &vcpu, &memory_gb)).unwrap_or_default();
        let fits = Amount::decimal(fits.max(1).into());
        defaults.say("tasks_per_instance", fits.to_string(), "as many as fit by vCPUs and memory");
        fits
    });
    let filled = context.probe.ceil_div(&running, &per_instance)?;
    let instances = context.probe.max(&filled, &min_instances);
    Ok(Fleet {
        requests,
        duration_ms,
        memory_mb: function_mb,
        vcpu,
        memory_gb,
        instance_type,
        tasks: running,
        instances,
        busy,
        concurrency,
        load_balancers,
        assumptions: defaults.assumptions,
    })
}

impl Fleet {
    /// What stands before and beside: load balancers and NAT gateways where they are needed, and logs everywhere.
    fn around(&self, inputs: &PricingModelInputs, region: &str, balanced: bool, behind_nat: bool) -> Vec<Planned> {
        let given = |value: &Option<Amount>| value.clone().unwrap_or(Amount::ZERO);
        let mut resources = Vec::new();
        if balanced {
            let usage = ElasticLoadBalancing::idle(LoadBalancerKind::Application, self.load_balancers.clone());
            let service = &elastic_load_balancing::SERVICE;
            resources.push(Planned::new("load balancers", service, region, usage));
        }
        if behind_nat {
            let usage = NatGateway {
                gateways: given(&inputs.nat_gateways),
                data_processed_gb: given(&inputs.nat_gb_month),
                ..NatGateway::default()
            };
            resources.push(Planned::new("NAT gateways", &nat_gateway::SERVICE, region, usage));
        }
        let usage = CloudwatchLogs { ingested_gb: given(&inputs.log_gb_month), ..CloudwatchLogs::default() };
        resources.push(Planned::new("logs", &cloudwatch_logs::SERVICE, region, usage));
        resources
    }

    /// The average share of the containers that is busy.
    fn utilisation(&self) -> Option<Value> {
        let room = self.tasks.at_rest().times(&self.concurrency).ok()?;
        let share = self.busy.at_rest().over(&room).ok()?;
        Some(json!(share.rounded(4)))
    }

    fn config(&self, entries: &[(&str, &Amount)]) -> Map<String, Value> {
        let mut config = Map::new();
        for (name, amount) in entries {
            config.insert((*name).to_owned(), amount.at_rest().as_whole().map_or(Value::Null, Value::from));
        }
        if let Some(utilisation) = self.utilisation() {
            config.insert("utilisation".to_owned(), utilisation);
        }
        config
    }

    fn on_lambda(&self, inputs: &PricingModelInputs, region: &str) -> Plan {
        let yes = |value: Option<bool>| value.unwrap_or(false);
        let usage = Lambda {
            requests: self.requests.clone(),
            duration_ms: self.duration_ms.clone(),
            memory_mb: Some(self.memory_mb.clone()),
            architecture: inputs.architecture,
            provisioned_concurrency: inputs.provisioned_concurrency.clone().unwrap_or(Amount::ZERO),
            ..Lambda::default()
        };
        let mut resources = vec![Planned::new("functions", &lambda::SERVICE, region, usage)];
        let (balanced, behind_nat) = (yes(inputs.lambda_behind_load_balancer), yes(inputs.lambda_in_vpc));
        resources.append(&mut self.around(inputs, region, balanced, behind_nat));
        let mut config = Map::new();
        config.insert("requests_month".to_owned(), json!(self.requests.at_rest().to_string()));
        Plan { config, resources, outside_aws: Some(Amount::ZERO), ..Plan::default() }
    }

    fn on_fargate(&self, inputs: &PricingModelInputs, region: &str) -> Plan {
        let usage = Fargate {
            tasks: self.tasks.clone(),
            vcpu: self.vcpu.clone(),
            memory_gb: self.memory_gb.clone(),
            architecture: inputs.task_architecture(),
            ..Fargate::default()
        };
        let mut resources = vec![Planned::new("tasks", &fargate::SERVICE, region, usage)];
        resources.append(&mut self.around(inputs, region, true, true));
        let config = self.config(&[("tasks", &self.tasks)]);
        Plan { config, resources, outside_aws: Some(Amount::ZERO), ..Plan::default() }
    }

    fn on_ec2(&self, inputs: &PricingModelInputs, region: &str) -> Result<Plan, Stop> {
        let usage = Ec2 {
            instance_type: self.instance_type.clone(),
            instances: self.instances.clone(),
            operating_system: inputs.operating_system,
            ..Ec2::default()
        };
        let usage: Box<dyn Usage> = match &inputs.discount {
            Some(discount) => {
                Box::new(Scaled { usage: Box::new(usage), factor: &Amount::ONE - discount, of: "1 − discount" })
            }
            None => Box::new(usage),
        };
        let mut resources = vec![Planned {
            name: SmolStr::new_static("instances"),
            service: &ec2::SERVICE,
            region: region.into(),
            usage,
        }];
        resources.append(&mut self.around(inputs, region, true, true));
        let config = self.config(&[("instances", &self.instances), ("tasks", &self.tasks)]);
        let given = |value: &Option<Amount>| value.clone().unwrap_or(Amount::ZERO);
        let people = given(&inputs.ops_hours_month).times(&given(&inputs.hourly_rate))?;
        Ok(Plan { config, resources, people, extras: 1, outside_aws: Some(Amount::ZERO), ..Plan::default() })
    }
}
