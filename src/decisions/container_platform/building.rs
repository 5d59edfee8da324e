//! How each option of `container_platform` is built from the settled inputs and the clusters.

use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::clusters::{Cluster, Clusters, Kind};
use super::guidance::without_skills;
use super::inputs::ContainerPlatformInputs;
use super::parts::{FargateTasks, Functions, Nodes, Parts, function_memory, shown};
use super::screening::function_memory_mb;
use super::settle::{Architectures, MIB_PER_GB, Service, Settled};
use super::{
    APP_RUNNER, ContainerPlatform, ECS_EXPRESS_MODE, ECS_FARGATE, ECS_FARGATE_SPOT, EKS_FARGATE, LAMBDA,
    LAMBDA_DURABLE, LAMBDA_MANAGED_INSTANCES, LIGHTSAIL_CONTAINERS, STEP_FUNCTIONS,
};
use crate::decisions::engine::screen::Screen;
use crate::decisions::engine::{Context, Knowledge, Plan, Stop};
use crate::decisions::sizing::pack::sums;
use crate::decisions::sizing::search::Found;
use crate::domain::amount::Amount;
use crate::services::fargate::smallest_size;

/// The variant of the scores of EKS without skills and need.
const NO_SKILLS: &str = "no_k8s_skills";

/// Adds the ways to build every option that is still eligible.
pub(super) fn build(
    screen: &mut Screen<'_>,
    inputs: &ContainerPlatformInputs,
    s: &Settled,
    clusters: &Clusters,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let unskilled = without_skills(s, context)?;
    let mut building = Building { inputs, s, clusters, context, on_ecs: None };
    for info in ContainerPlatform::OPTIONS {
        if !screen.eligible(info.id) {
            continue;
        }
        for mut plan in building.option(info.id)? {
            plan.people = building.people(info.id)?;
            plan.score_variant = (unskilled && info.id.starts_with("eks_")).then_some(NO_SKILLS);
            screen.plan(info.id, plan);
        }
    }
    Ok(())
}

struct Building<'b, 'a> {
    inputs: &'b ContainerPlatformInputs,
    s: &'b Settled,
    clusters: &'b Clusters,
    context: &'b mut Context<'a>,
    /// The tasks of ECS on Fargate, once they are sized.
    on_ecs: Option<Rc<[FargateTasks]>>,
}

/// An option whose cost cannot be put beside the others.
fn unpriced(why: &str) -> Vec<Plan> {
    vec![Plan { unpriced_because: Some(why.to_owned()), outside_aws: Some(Amount::ZERO), ..Plan::default() }]
}

impl Building<'_, '_> {
    fn option(&mut self, option: &'static str) -> Result<Vec<Plan>, Stop> {
        match option {
            ECS_FARGATE | ECS_FARGATE_SPOT | ECS_EXPRESS_MODE | EKS_FARGATE => self.on_fargate(option),
            LAMBDA | LAMBDA_DURABLE => self.on_lambda(option),
            LAMBDA_MANAGED_INSTANCES => Ok(unpriced(
                "no service here meters Lambda Managed Instances, whose environments and fee depend on the function",
            )),
            STEP_FUNCTIONS => Ok(unpriced(
                "it conducts work: the service `step_functions` estimates its transitions, and the steps are billed where they run",
            )),
            APP_RUNNER => Ok(unpriced("no service here meters App Runner, which is closed to new customers")),
            LIGHTSAIL_CONTAINERS => Ok(unpriced("the data holds no prices of Lightsail")),
            _ => self.on_instances(option),
        }
    }

    /// People's hours × their rate.
    fn people(&self, option: &str) -> Result<Amount, Stop> {
        let own = self.inputs.ops_hours.as_ref().and_then(|hours| hours.0.get(option));
        let hours = match own {
            Some(hours) => hours.clone(),
            None => self.context.facts().number(&format!("ops_hours_{option}"))?,
        };
        Ok(hours.times(&self.s.ops_rate)?)
    }

    /// A plan of its parts; what is billed is made only where no equal bill is remembered.
    fn plan(
        &mut self,
        option: &'static str,
        label: &str,
        parts: &Parts,
        config: Map<String, Value>,
    ) -> Result<Plan, Stop> {
        let rest = parts.key(self.inputs, self.s, self.context)?;
        let memory = self.context.memory;
        let whole = rest.clone().filter(|_| parts.fargate.is_empty());
        let is_known = !self.context.detailed && whole.as_ref().is_some_and(|key| memory.knows(option, key));
        let resources = if is_known { Vec::new() } else { parts.resources(self.inputs, self.s, self.context)? };
        let pieces = match &rest {
            Some(rest) if whole.is_none() => parts.pieces(self.inputs, self.s, rest, resources.len()),
            _ => Vec::new(),
        };
        Ok(Plan {
            label: label.to_owned(),
            config,
            resources,
            outside_aws: Some(Amount::ZERO),
            key: whole,
            pieces,
            ..Plan::default()
        })
    }

    /// The architectures that a managed option may run on, with a label where there is a choice.
    fn architectures(&self, only_x86: bool) -> &'static [(&'static str, bool)] {
        match self.s.architectures {
            _ if only_x86 || self.s.windows => &[("", false)],
            Architectures::X86 => &[("", false)],
            Architectures::Arm => &[("", true)],
            Architectures::Any => &[("x86_64", false), ("arm64", true)],
        }
    }

    /// The Fargate size of a task; `None` where it has none in the data.
    fn fargate_size(&mut self, option: &str, service: &Service) -> Result<Option<(Amount, Amount)>, Stop> {
        if let (Some(vcpu), Some(memory)) = (&self.inputs.fargate_vcpu, &self.inputs.fargate_mem_gb) {
            return Ok(Some((vcpu.clone(), memory.clone())));
        }
        let memory = if option == EKS_FARGATE {
            &service.memory_gb + &self.context.fact("eks_fargate_pod_overhead_mib")?.per(MIB_PER_GB)
        } else {
            service.memory_gb.clone()
        };
        let sizes = &self.context.catalog.fargate_sizes;
        let found = smallest_size(sizes, self.s.windows, &service.vcpu, &memory, self.context.probe);
        Ok(found.map(|(vcpu, memory)| (Amount::decimal(vcpu), Amount::decimal(memory))))
    }

    /// The tasks by their Fargate sizes, which all options of ECS share; `None` where one has none in the data.
    fn fargate_tasks(&mut self, option: &str) -> Result<Option<Rc<[FargateTasks]>>, Stop> {
        if option != EKS_FARGATE
            && let Some(known) = &self.on_ecs
        {
            return Ok(Some(Rc::clone(known)));
        }
        let mut tasks = Vec::with_capacity(self.s.services.len());
        for service in &self.s.services {
            let Some((vcpu, memory_gb)) = self.fargate_size(option, service)? else { break };
            let average = service.average.clone();
            tasks.push(FargateTasks { name: service.name.clone(), vcpu, memory_gb, tasks: average });
        }
        if tasks.len() < self.s.services.len() {
            return Ok(None);
        }
        let tasks: Rc<[FargateTasks]> = Rc::from(tasks);
        if option != EKS_FARGATE {
            self.on_ecs = Some(Rc::clone(&tasks));
        }
        Ok(Some(tasks))
    }

    fn on_fargate(&mut self, option: &'static str) -> Result<Vec<Plan>, Stop> {
        let Some(tasks) = self.fargate_tasks(option)? else {
            return Ok(unpriced("the data holds no Fargate size that is so large; verify it in the Region"));
        };
        let mut plans = Vec::new();
        for (label, arm) in self.architectures(option == EKS_FARGATE) {
            let config = if self.context.detailed { self.fargate_config(&tasks, *arm) } else { Map::new() };
            let parts = Parts {
                fargate: Rc::clone(&tasks),
                spot: option == ECS_FARGATE_SPOT,
                arm: *arm,
                eks: option == EKS_FARGATE,
                own_balancer: option == ECS_EXPRESS_MODE,
                ..Parts::default()
            };
            plans.push(self.plan(option, label, &parts, config)?);
        }
        Ok(plans)
    }

    fn fargate_config(&self, tasks: &[FargateTasks], arm: bool) -> Map<String, Value> {
        let sizes: Vec<Value> = tasks
            .iter()
            .map(|size| {
                json!({
                    "service": size.name,
                    "tasks": shown(&size.tasks),
                    "vcpu": shown(&size.vcpu),
                    "mem_gb": shown(&size.memory_gb),
                })
            })
            .collect();
        // What tasks ask for of what their sizes have.
        let filled = |asked: &dyn Fn(&Service) -> Amount, has: &dyn Fn(&FargateTasks) -> Amount| {
            let sum = |amounts: &mut dyn Iterator<Item = Amount>| amounts.fold(Amount::ZERO, |sum, one| &sum + &one);
            let of = |each: Amount, tasks: &Amount| each.times(&tasks.at_rest()).unwrap_or(Amount::ZERO);
            let asked = sum(&mut self.s.services.iter().map(|service| of(asked(service), &service.average)));
            let has = sum(&mut tasks.iter().map(|size| of(has(size), &size.tasks)));
            if has.is_zero() { Value::Null } else { share(&asked, &has) }
        };
        object([
            ("architecture", json!(if arm { "arm64" } else { "x86_64" })),
            ("sizes", Value::from(sizes)),
            ("packing_cpu_pct", filled(&|service| service.vcpu.clone(), &|size| size.vcpu.clone())),
            ("packing_memory_pct", filled(&|service| service.memory_gb.clone(), &|size| size.memory_gb.clone())),
        ])
    }

    fn on_lambda(&mut self, option: &'static str) -> Result<Vec<Plan>, Stop> {
        let s = self.s;
        let concurrency = self.inputs.provisioned_concurrency.clone().unwrap_or(Amount::ZERO);
        let mut functions = Vec::with_capacity(s.services.len());
        for service in &s.services {
            let (of, all) = &service.share;
            let part = |amount: &Amount| -> Result<Amount, Stop> {
                if of == all { Ok(amount.clone()) } else { Ok(amount.times(of)?.over(all)?) }
            };
            let asked = function_memory_mb(service, self.context)?;
            functions.push(Functions {
                name: service.name.clone(),
                requests: part(&s.requests)?,
                memory_mb: function_memory(&asked, self.context)?,
                concurrency: part(&concurrency)?,
            });
        }
        let mut plans = Vec::new();
        for (label, arm) in self.architectures(false) {
            let config = if self.context.detailed {
                let sizes: Vec<Value> = functions
                    .iter()
                    .map(|function| {
                        json!({
                            "service": function.name,
                            "requests_month": shown(&function.requests),
                            "memory_mb": shown(&function.memory_mb),
                        })
                    })
                    .collect();
                object([
                    ("architecture", json!(if *arm { "arm64" } else { "x86_64" })),
                    ("functions", Value::from(sizes)),
                    ("duration_s", shown(&s.duration_s)),
                ])
            } else {
                Map::new()
            };
            let parts = Parts {
                functions: functions.clone(),
                arm: *arm,
                durable: option == LAMBDA_DURABLE,
                ..Parts::default()
            };
            plans.push(self.plan(option, label, &parts, config)?);
        }
        Ok(plans)
    }

    fn on_instances(&mut self, option: &'static str) -> Result<Vec<Plan>, Stop> {
        let (Some(kind), Some(cluster)) = (Kind::of(option), self.clusters.of(option)) else { return Ok(Vec::new()) };
        let Found { name, nodes, .. } = &cluster.found;
        let parts = Parts {
            nodes: Some(Nodes { kind, instance_type: name.to_string(), count: *nodes }),
            eks: matches!(kind, Kind::Eks | Kind::Auto),
            ..Parts::default()
        };
        let config = if self.context.detailed { self.cluster_config(cluster) } else { Map::new() };
        Ok(vec![self.plan(option, "", &parts, config)?])
    }

    fn cluster_config(&self, cluster: &Cluster) -> Map<String, Value> {
        let Cluster { found, at_peak, listed } = cluster;
        let best = listed.first().and_then(|first| first.cost);
        let types: Vec<Value> = listed
            .iter()
            .map(|found| {
                // What it costs beside the best, in percent: money is made by rating alone.
                let cost = found.cost.zip(best).and_then(|(cost, best)| {
                    cost.saturating_mul(1_000).checked_div(best).and_then(|tenths| i64::try_from(tenths).ok())
                });
                let mut entry = object([
                    ("instance_type", json!(found.name.as_str())),
                    ("nodes", json!(found.nodes)),
                    (
                        "cost_pct_of_best",
                        cost.map_or(Value::Null, |tenths| json!(Amount::whole(tenths).per(10).rounded(1))),
                    ),
                ]);
                entry.extend(self.packing(found));
                Value::Object(entry)
            })
            .collect();
        let mut config = object([
            ("instance_type", json!(found.name.as_str())),
            ("nodes", json!(found.nodes)),
            ("nodes_at_peak", json!(at_peak)),
            ("node_cpu_m", json!(found.capacity.cpu_m)),
            ("node_memory_mib", json!(found.capacity.memory_mib)),
            ("node_tasks", if found.capacity.tasks == u64::MAX { Value::Null } else { json!(found.capacity.tasks) }),
        ]);
        config.extend(self.packing(found));
        config.insert("instance_types".to_owned(), Value::from(types));
        config
    }

    /// How much of the nodes the tasks ask for.
    fn packing(&self, found: &Found) -> Map<String, Value> {
        let s = self.s;
        let billed = |service: &Service| if s.follow { service.running } else { service.peak };
        let mix: Vec<_> = s.services.iter().map(|service| (service.shape, billed(service))).collect();
        let all = sums(&mix);
        let of = |asked: u64, each: u64| {
            let has = Amount::decimal(found.nodes.into()).times_whole(each);
            if has.is_zero() { Value::Null } else { share(&Amount::decimal(asked.into()), &has) }
        };
        object([
            ("packing_cpu_pct", of(all.cpu_m, found.capacity.cpu_m)),
            ("packing_memory_pct", of(all.memory_mib, found.capacity.memory_mib)),
        ])
    }
}

/// A share in percent, to a tenth.
fn share(of: &Amount, all: &Amount) -> Value {
    of.at_rest().over(&all.at_rest()).map_or(Value::Null, |share| json!(share.times_whole(100).rounded(1)))
}

fn object<const N: usize>(entries: [(&str, Value); N]) -> Map<String, Value> {
    entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
