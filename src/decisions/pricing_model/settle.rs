//! Takes every default of `pricing_model`, and says so.

use crate::decisions::engine::{Context, Stop};
use crate::domain::amount::Amount;
use crate::domain::bill::Assumption;
use crate::domain::problem::Problem;

use super::inputs::{PricingModelInputs, Spend};
use super::profile::Profile;

/// What is spent on.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a part of the spend of its own")]
pub(super) struct Parts {
    pub(super) ec2: bool,
    pub(super) gpu: bool,
    pub(super) fargate: bool,
    pub(super) lambda: bool,
    pub(super) sagemaker: bool,
    pub(super) database: bool,
}

impl Parts {
    fn of(spend: &[Spend]) -> Self {
        let any = |wanted: &[Spend]| spend.iter().any(|part| wanted.contains(part));
        Self {
            ec2: any(&[Spend::Ec2, Spend::Ec2Gpu]),
            gpu: any(&[Spend::Ec2Gpu]),
            fargate: any(&[Spend::Fargate]),
            lambda: any(&[Spend::Lambda]),
            sagemaker: any(&[Spend::Sagemaker]),
            database: any(&[Spend::Rds, Spend::Aurora]),
        }
    }

    /// Whether a Compute Savings Plan covers a part of it.
    pub(super) fn compute(self) -> bool {
        self.ec2 || self.fargate || self.lambda
    }

    /// Whether there is something beside EC2 that compute plans for instances do not cover.
    pub(super) fn beside_instances(self) -> bool {
        self.fargate || self.lambda || self.sagemaker
    }
}

/// Every value that rules and sizing use.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) parts: Parts,
    /// The spend in words.
    pub(super) spend: String,
    pub(super) instance_type: String,
    pub(super) instances: Amount,
    pub(super) tasks: Amount,
    pub(super) vcpu: Amount,
    pub(super) memory_gb: Amount,
    pub(super) requests: Amount,
    pub(super) duration_ms: Amount,
    pub(super) memory_mb: Amount,
    pub(super) profile: Profile,
    /// The average use ÷ the peak.
    pub(super) utilisation: Amount,
    /// Whether the use comes from a histogram.
    pub(super) by_histogram: bool,
    /// What always runs, where it was given.
    pub(super) base: Option<Amount>,
    pub(super) horizon: Amount,
    pub(super) interruptible: bool,
    pub(super) assumptions: Vec<Assumption>,
}

/// Collects defaults as they are taken.
#[derive(Debug, Default)]
pub(super) struct Defaults {
    pub(super) assumptions: Vec<Assumption>,
}

impl Defaults {
    /// The value given, else the default, which is written down.
    pub(super) fn take(&mut self, given: Option<&Amount>, name: &str, default: &Amount, why: &str) -> Amount {
        given.cloned().unwrap_or_else(|| {
            self.say(name, default.at_rest().to_string(), why);
            default.clone()
        })
    }

    /// Writes a default down.
    pub(super) fn say(&mut self, name: &str, value: String, why: &str) {
        self.assumptions.push(Assumption { input: name.to_owned(), value, why: why.to_owned() });
    }
}

/// The one name of a fact that is a set of one.
pub(super) fn one_name(context: &Context<'_>, id: &str) -> Result<String, Problem> {
    Ok(context.facts().names(id)?.first().cloned().unwrap_or_default())
}

/// Takes every default.
pub(super) fn settle(inputs: &PricingModelInputs, context: &mut Context<'_>) -> Result<Settled, Stop> {
    let mut defaults = Defaults::default();
    let spend = inputs.spend.clone().unwrap_or_else(|| {
        defaults.say("spend", "ec2".to_owned(), "EC2 instances unless you say otherwise");
        vec![Spend::Ec2]
    });
    let parts = Parts::of(&spend);
    let histogram = inputs.usage_histogram.as_deref().map(Profile::of_histogram);
    let highest = histogram.as_ref().map(|profile| profile.peak.clone());

    let instance_type = if let Some(name) = &inputs.instance_type {
        name.clone()
    } else {
        let fact = if parts.gpu { "default_gpu_instance_type" } else { "default_instance_type" };
        let name = one_name(context, fact)?;
        if parts.ec2 {
            defaults.say("instance_type", name.clone(), "a common type; send your own");
        }
        name
    };
    // Where one kind of thing is counted, the histogram counts it.
    let alone = |this: bool, others: [bool; 2]| this && !others.contains(&true);
    let mut count =
        |given: &Option<Amount>, name: &str, fact: &str, used: bool, counted: bool| -> Result<Amount, Stop> {
            match (given, &highest) {
                (Some(given), _) => Ok(given.clone()),
                (None, Some(highest)) if counted => {
                    defaults.say(name, highest.to_string(), "the highest level of `usage_histogram`");
                    Ok(highest.clone())
                }
                _ if used => Ok(defaults.take(None, name, &context.fact(fact)?, "a round number; send your own")),
                _ => context.fact(fact),
            }
        };
    let ec2_alone = alone(parts.ec2, [parts.fargate, parts.lambda]);
    let fargate_alone = alone(parts.fargate, [parts.ec2, parts.lambda]);
    let instances = count(&inputs.instances, "instances", "default_instances", parts.ec2, ec2_alone)?;
    let tasks = count(&inputs.fargate_tasks, "fargate_tasks", "default_fargate_tasks", parts.fargate, fargate_alone)?;
    let why = "a common size; send your own";
    let mut take = |given: &Option<Amount>, name: &str, fact: &str, used: bool| -> Result<Amount, Stop> {
        let default = context.fact(fact)?;
        Ok(if used { defaults.take(given.as_ref(), name, &default, why) } else { given.clone().unwrap_or(default) })
    };
    let vcpu = take(&inputs.fargate_vcpu, "fargate_vcpu", "default_fargate_vcpu", parts.fargate)?;
    let memory_gb = take(&inputs.fargate_memory_gb, "fargate_memory_gb", "default_fargate_memory_gb", parts.fargate)?;
    let requests = take(&inputs.requests_month, "requests_month", "default_requests_month", parts.lambda)?;
    let duration_ms = take(&inputs.duration_ms, "duration_ms", "default_request_duration_ms", parts.lambda)?;
    let function_mb = take(&inputs.memory_mb, "memory_mb", "default_function_memory_mb", parts.lambda)?;

    let by_histogram = histogram.is_some();
    let nothing_said = !by_histogram
        && inputs.expected_utilisation.is_none()
        && inputs.hours.is_none()
        && (inputs.runs_per_month.is_none() || inputs.duration_minutes.is_none());
    let base = match &inputs.base_fraction {
        None if nothing_said && inputs.cyclical.unwrap_or(false) => {
            let default = context.fact("default_cyclical_base")?;
            Some(defaults.take(None, "base_fraction", &default, "cyclical use has a base below its peaks"))
        }
        given => given.clone(),
    };
    let profile = match histogram {
        Some(profile) => profile,
        None => shape(inputs, base.as_ref(), &mut defaults, context)?,
    };
    let yes = |value: Option<bool>| value.unwrap_or(false);
    let (fact, why) = if yes(inputs.temporary) {
        ("default_temporary_months", "temporary work is soon gone")
    } else {
        ("default_horizon_months", "a year of use")
    };
    let horizon = defaults.take(inputs.horizon_months.as_ref(), "horizon_months", &context.fact(fact)?, why);
    let interruptible = inputs.interruptible.unwrap_or_else(|| {
        let tolerant = yes(inputs.fault_tolerant) || yes(inputs.batch) || yes(inputs.queue_based);
        let why = if tolerant { "it survives the loss of an instance" } else { "nothing says that it can be" };
        defaults.say("interruptible", tolerant.to_string(), why);
        tolerant
    });
    Ok(Settled {
        parts,
        spend: words(&spend),
        instance_type,
        instances,
        tasks,
        vcpu,
        memory_gb,
        requests,
        duration_ms,
        memory_mb: function_mb,
        utilisation: profile.utilisation()?,
        profile,
        by_histogram,
        base,
        horizon,
        interruptible,
        assumptions: defaults.assumptions,
    })
}

/// The use over time, where no histogram says it.
fn shape(
    inputs: &PricingModelInputs,
    base: Option<&Amount>,
    defaults: &mut Defaults,
    context: &mut Context<'_>,
) -> Result<Profile, Stop> {
    let month = context.month.hours();
    let hours = match (&inputs.hours, &inputs.runs_per_month, &inputs.duration_minutes) {
        (Some(hours), ..) => Some(hours.clone()),
        (None, Some(runs), Some(minutes)) => Some(runs.times(minutes)?.per(60)),
        _ => None,
    };
    let utilisation = match (&inputs.expected_utilisation, hours) {
        (Some(given), _) => Some(given.clone()),
        (None, Some(hours)) => Some(hours.over(&month)?),
        (None, None) => None,
    };
    let (base, utilisation) = match (base, utilisation) {
        (Some(base), Some(utilisation)) => (base.clone(), context.probe.max(&utilisation, base)),
        (Some(base), None) => {
            let burst = &Amount::ONE - base;
            let default = base + &burst.times(&context.fact("default_burst_share")?)?;
            let why = "what lies above the base runs half of the time";
            (base.clone(), defaults.take(None, "expected_utilisation", &default, why))
        }
        (None, Some(utilisation)) => (Amount::ZERO, utilisation),
        (None, None) => {
            defaults.say("expected_utilisation", "1".to_owned(), "everything runs all the time");
            (Amount::ZERO, Amount::ONE)
        }
    };
    let utilisation = context.probe.min(&utilisation, &Amount::ONE);
    Ok(Profile::of_base(&base, &utilisation, context.probe))
}

fn words(spend: &[Spend]) -> String {
    let word = |part: &Spend| match part {
        Spend::Aurora => "aurora",
        Spend::Ec2 => "ec2",
        Spend::Ec2Gpu => "ec2_gpu",
        Spend::Fargate => "fargate",
        Spend::Lambda => "lambda",
        Spend::Rds => "rds",
        Spend::Sagemaker => "sagemaker",
    };
    spend.iter().map(word).collect::<Vec<_>>().join(", ")
}
