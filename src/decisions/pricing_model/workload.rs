//! What is paid for, as usage of services: instances, tasks and functions, bought in one way or another.

use smol_str::format_smolstr;

use crate::decisions::engine::Stop;
use crate::domain::amount::Amount;
use crate::services::commitments::{ComputeSavingsPlan, Payment, Scaled, Term};
use crate::services::ec2::{Ec2, InstancePlan, InstanceSavingsPlan, ReservedInstance};
use crate::services::fargate::Fargate;
use crate::services::lambda::Lambda;
use crate::services::plan::Planned;
use crate::services::{Service, Usage, ec2, fargate, lambda};

use super::inputs::PricingModelInputs;
use super::rates::Kind;
use super::settle::Settled;

/// How capacity is bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bought {
    /// As it is used.
    OnDemand,
    /// From what is spare.
    Spot,
    /// With a commitment.
    Committed(Kind, Term, Payment),
}

/// What is paid for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Workload<'s> {
    pub(super) inputs: &'s PricingModelInputs,
    pub(super) settled: &'s Settled,
    pub(super) region: &'s str,
}

/// A part of what is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// EC2 instances.
    Instances,
    /// Fargate tasks.
    Tasks,
    /// Lambda functions.
    Functions,
}

impl Part {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Instances, Self::Tasks, Self::Functions];
}

impl Workload<'_> {
    /// The parts that there are.
    pub(super) fn parts(&self) -> impl Iterator<Item = Part> + '_ {
        Part::ALL.into_iter().filter(|part| match part {
            Part::Instances => self.settled.parts.ec2,
            Part::Tasks => self.settled.parts.fargate,
            Part::Functions => self.settled.parts.lambda,
        })
    }

    /// One part: a share of the peak of instances or tasks for the whole month, or the functions, which run as they
    /// are asked for. `of` ends the name of the resource. `None` where there is none of it.
    pub(super) fn part(&self, part: Part, share: &Amount, bought: Bought, of: &str) -> Result<Option<Planned>, Stop> {
        if share.is_zero() && part != Part::Functions {
            return Ok(None);
        }
        let (name, service, usage): (&str, &'static Service, Box<dyn Usage>) = match part {
            Part::Instances => ("instances", &ec2::SERVICE, Box::new(self.instances(share, bought)?)),
            Part::Tasks => ("tasks", &fargate::SERVICE, Box::new(self.tasks(share, bought)?)),
            Part::Functions => ("functions", &lambda::SERVICE, Box::new(self.functions(bought))),
        };
        Ok(Some(Planned { name: format_smolstr!("{name}{of}"), service, region: self.region.into(), usage }))
    }

    /// A share of the peak of instances and tasks, all bought in one way.
    pub(super) fn capacity(&self, share: &Amount, bought: Bought, of: &str) -> Result<Vec<Planned>, Stop> {
        let mut resources = Vec::new();
        for part in self.parts().filter(|part| *part != Part::Functions) {
            resources.extend(self.part(part, share, bought, of)?);
        }
        Ok(resources)
    }

    /// A share of the peak and the functions, all bought in one way.
    pub(super) fn all(&self, share: &Amount, bought: Bought) -> Result<Vec<Planned>, Stop> {
        let mut resources = Vec::new();
        for part in self.parts() {
            resources.extend(self.part(part, share, bought, "")?);
        }
        Ok(resources)
    }

    fn instances(&self, share: &Amount, bought: Bought) -> Result<Ec2, Stop> {
        let (savings_plan, reserved) = match bought {
            Bought::Committed(Kind::Plan(plan), term, payment) => {
                (Some(InstanceSavingsPlan { plan, term, payment }), None)
            }
            Bought::Committed(Kind::Reserved(offering_class), term, payment) => {
                (None, Some(ReservedInstance { offering_class, term, payment }))
            }
            _ => (None, None),
        };
        Ok(Ec2 {
            instance_type: self.settled.instance_type.clone(),
            instances: self.settled.instances.times(share)?,
            operating_system: self.inputs.operating_system,
            spot: bought == Bought::Spot,
            savings_plan,
            reserved,
            ..Ec2::default()
        })
    }

    fn tasks(&self, share: &Amount, bought: Bought) -> Result<Fargate, Stop> {
        Ok(Fargate {
            tasks: self.settled.tasks.times(share)?,
            vcpu: self.settled.vcpu.clone(),
            memory_gb: self.settled.memory_gb.clone(),
            architecture: self.inputs.task_architecture(),
            spot: bought == Bought::Spot,
            savings_plan: compute_plan(bought),
            ..Fargate::default()
        })
    }

    fn functions(&self, bought: Bought) -> Lambda {
        Lambda {
            requests: self.settled.requests.clone(),
            duration_ms: self.settled.duration_ms.clone(),
            memory_mb: Some(self.settled.memory_mb.clone()),
            architecture: self.inputs.architecture,
            savings_plan: compute_plan(bought),
            ..Lambda::default()
        }
    }
}

/// The plan that covers tasks and functions, where one was bought.
fn compute_plan(bought: Bought) -> Option<ComputeSavingsPlan> {
    match bought {
        Bought::Committed(Kind::Plan(InstancePlan::Compute), term, payment) => {
            Some(ComputeSavingsPlan { term, payment })
        }
        _ => None,
    }
}

/// A resource that is billed at a factor of itself.
pub(super) fn scaled(planned: Planned, factor: &Amount, of: &'static str) -> Planned {
    let usage = Scaled { usage: planned.usage, factor: factor.clone(), of };
    Planned { usage: Box::new(usage), ..planned }
}
