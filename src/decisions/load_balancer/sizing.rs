//! What each option of `load_balancer` takes: load balancers and what comes with them, sized for the same traffic.

use serde_json::{Value, json};

use super::inputs::LoadBalancerInputs;
use super::settle::Settled;
use super::{ALB, GWLB, LATTICE, NLB, NLB_ALB, NLB_GA};
use crate::decisions::engine::screen::Screen;
use crate::decisions::engine::{Context, Plan, Stop};
use crate::decisions::steps::config;
use crate::domain::amount::Amount;
use crate::services::elastic_load_balancing::{ElasticLoadBalancing, LoadBalancerKind, NetworkTraffic};
use crate::services::global_accelerator::{AcceleratedTraffic, Geography, GlobalAccelerator};
use crate::services::plan::Planned;
use crate::services::vpc_endpoint::VpcEndpoint;
use crate::services::vpc_lattice::VpcLattice;
use crate::services::{elastic_load_balancing, global_accelerator, vpc_endpoint, vpc_lattice};

/// Seconds of an hour.
const SECONDS: u64 = 3_600;

/// Adds the way to build each eligible option.
pub(super) fn size(
    screen: &mut Screen<'_>,
    inputs: &LoadBalancerInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let sizing = Sizing { inputs, settled };
    for option in [ALB, NLB, NLB_ALB, GWLB, LATTICE, NLB_GA] {
        if screen.eligible(option) {
            screen.plan(option, sizing.plan(option, context)?);
        }
    }
    Ok(())
}

struct Sizing<'s> {
    inputs: &'s LoadBalancerInputs,
    settled: &'s Settled,
}

impl Sizing<'_> {
    fn plan(&self, option: &str, context: &mut Context<'_>) -> Result<Plan, Stop> {
        let region = context.region;
        let balancer = |name: &str, usage: ElasticLoadBalancing| {
            Planned::new(name, &elastic_load_balancing::SERVICE, region, usage)
        };
        let mut extras = 0;
        let resources = match option {
            ALB => vec![balancer("alb", self.facing(self.application())?)],
            NLB => vec![balancer("nlb", self.facing(self.network()?)?)],
            NLB_ALB => {
                // One load balancer too many where the addresses may change and no endpoint service is offered.
                let asked = [self.inputs.static_ip, self.inputs.privatelink_provider];
                extras = u32::from(!asked.into_iter().any(|flag| flag.unwrap_or(false)));
                vec![balancer("nlb", self.facing(self.network()?)?), balancer("alb", self.application())]
            }
            GWLB => {
                let endpoints = VpcEndpoint {
                    gateway_load_balancer_endpoints: self.settled.azs.times(&self.settled.regions)?,
                    gateway_load_balancer_gb: self.settled.gb.clone(),
                    ..VpcEndpoint::default()
                };
                vec![
                    balancer("gwlb", self.gateway()?),
                    Planned::new("endpoints", &vpc_endpoint::SERVICE, region, endpoints),
                ]
            }
            LATTICE => {
                let month = context.month.hours();
                let usage = VpcLattice {
                    services: self.settled.regions.clone(),
                    data_gb: self.settled.gb.clone(),
                    requests: self.settled.requests.times_whole(SECONDS).times(&month)?,
                    ..VpcLattice::default()
                };
                vec![Planned::new("service", &vpc_lattice::SERVICE, region, usage)]
            }
            _ => {
                extras = u32::from(!(self.inputs.failover.unwrap_or(false) || self.inputs.static_ip.unwrap_or(false)));
                let mut front = self.facing(self.network()?)?;
                // The accelerator sends the data out, and brings its own transfer.
                front.data_out_gb = Amount::ZERO;
                let usage = GlobalAccelerator {
                    accelerators: Amount::ONE,
                    traffic: vec![AcceleratedTraffic {
                        geography: Geography::of_region(region, context.catalog),
                        data_out_gb: self.settled.gb_out.clone(),
                        data_in_gb: context.probe.beyond(&self.settled.gb, &self.settled.gb_out),
                    }],
                    ..GlobalAccelerator::default()
                };
                vec![balancer("nlb", front), Planned::new("accelerator", &global_accelerator::SERVICE, region, usage)]
            }
        };
        let config = config([
            ("zones", whole(&self.settled.azs)),
            ("regions", whole(&self.settled.regions)),
            ("internet_facing", json!(self.settled.internet_facing)),
        ]);
        Ok(Plan { config, resources, extras, outside_aws: Some(Amount::ZERO), ..Plan::default() })
    }

    /// Load balancers of a kind, one in each Region, without traffic.
    fn idle(&self, kind: LoadBalancerKind) -> ElasticLoadBalancing {
        ElasticLoadBalancing::idle(kind, self.settled.regions.clone())
    }

    fn application(&self) -> ElasticLoadBalancing {
        ElasticLoadBalancing {
            new_connections_per_second: self.settled.connections.clone(),
            active_connections: self.settled.active.clone(),
            processed_gb: self.settled.gb.clone(),
            requests_per_second: self.settled.requests.clone(),
            rules: self.settled.rules.clone(),
            ..self.idle(LoadBalancerKind::Application)
        }
    }

    fn network(&self) -> Result<ElasticLoadBalancing, Stop> {
        let traffic = Some(NetworkTraffic {
            new_connections_per_second: self.settled.connections.clone(),
            active_connections: self.settled.active.clone(),
            processed_gb: self.settled.gb.clone(),
        });
        let mut usage = self.idle(LoadBalancerKind::Network);
        match self.settled.protocol.as_str() {
            "udp" | "quic" => usage.udp = traffic,
            _ => usage.tcp = traffic,
        }
        usage.between_azs_gb = self.crossing()?;
        Ok(usage)
    }

    fn gateway(&self) -> Result<ElasticLoadBalancing, Stop> {
        Ok(ElasticLoadBalancing {
            new_connections_per_second: self.settled.connections.clone(),
            active_connections: self.settled.active.clone(),
            processed_gb: self.settled.gb.clone(),
            between_azs_gb: self.crossing()?,
            ..self.idle(LoadBalancerKind::Gateway)
        })
    }

    /// What crosses zones where every zone's targets get their share: all but one zone's.
    fn crossing(&self) -> Result<Amount, Stop> {
        if !self.inputs.cross_zone.unwrap_or(false) {
            return Ok(Amount::ZERO);
        }
        Ok(self.settled.gb.times(&(&self.settled.azs - &Amount::ONE))?.over(&self.settled.azs)?)
    }

    /// With the addresses and the transfer of one that faces the internet.
    fn facing(&self, mut usage: ElasticLoadBalancing) -> Result<ElasticLoadBalancing, Stop> {
        if self.settled.internet_facing {
            usage.public_ipv4_addresses = self.settled.azs.times(&self.settled.regions)?;
            usage.data_out_gb = self.settled.gb_out.clone();
        }
        Ok(usage)
    }
}

/// A count as the answer shows it.
fn whole(amount: &Amount) -> Value {
    amount.at_rest().as_whole().map_or(Value::Null, Value::from)
}
