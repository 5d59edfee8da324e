//! The rules of `load_balancer`.

use super::inputs::LoadBalancerInputs;
use super::settle::Settled;
use super::{ALB, GWLB, LATTICE, NLB, NLB_ALB, NLB_GA};
use crate::decisions::engine::screen::{Screen, flag, number, word};
use crate::decisions::engine::{Context, Stop};
use crate::domain::amount::Amount;

/// Fires every rule.
pub(super) fn screen(
    screen: &mut Screen<'_>,
    inputs: &LoadBalancerInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    layers(screen, settled)?;
    addresses(screen, inputs, settled)?;
    through_appliances(screen, inputs, settled)?;
    between_vpcs(screen, inputs, settled)?;
    between_regions(screen, inputs, settled, context)
}

/// L-01 and L-02: what the layers ask for.
fn layers(screen: &mut Screen<'_>, settled: &Settled) -> Result<(), Stop> {
    if let Some(by) = &settled.layer_4 {
        let text = "An Application Load Balancer and a Lattice service speak HTTP only.";
        screen.eliminate("L-01", &[ALB, LATTICE, NLB_ALB], by, "lb_layer_4_protocols", text)?;
    }
    if let Some(by) = &settled.http_feature {
        let text = "It sees connections, not requests.";
        screen.eliminate("L-02", &[NLB, GWLB, NLB_GA], by, "lb_http_features", text)?;
    }
    if settled.is_http() {
        let by = settled.http_feature.clone().unwrap_or_else(|| word("protocol", settled.protocol.as_str()));
        let text = "HTTP is balanced request by request.";
        screen.prefer("L-02", &[ALB, NLB_ALB, LATTICE], &by, "guidance_lb_http", text)?;
    }
    Ok(())
}

/// L-03 and L-05: addresses that stay, and endpoint services.
fn addresses(screen: &mut Screen<'_>, inputs: &LoadBalancerInputs, settled: &Settled) -> Result<(), Stop> {
    if inputs.static_ip.unwrap_or(false) {
        let by = flag("static_ip", true);
        let text = "Its addresses change; a Network Load Balancer in front of it has addresses that stay.";
        screen.eliminate("L-03", &[ALB, LATTICE], &by, "lb_static_addresses", text)?;
        if settled.http_feature.is_some() {
            let text = "Addresses that stay and routing of requests take both kinds together.";
            screen.eliminate("L-03", &[NLB], &by, "lb_static_addresses", text)?;
        }
    }
    if inputs.privatelink_provider.unwrap_or(false) {
        let text = "An endpoint service has a Network Load Balancer in front.";
        let by = flag("privatelink_provider", true);
        screen.eliminate("L-05", &[ALB, LATTICE], &by, "lb_endpoint_service_fronts", text)?;
    }
    Ok(())
}

/// L-04 and L-08: appliances in the path, and whether they must be a third party's.
fn through_appliances(screen: &mut Screen<'_>, inputs: &LoadBalancerInputs, settled: &Settled) -> Result<(), Stop> {
    let Some(by) = &settled.appliances else {
        let text = "It leads traffic through appliances and balances no application.";
        let by = flag("third_party_firewall", false);
        screen.eliminate("L-04", &[GWLB], &by, "lb_appliance_insertion", text)?;
        return Ok(());
    };
    let text = "Only a Gateway Load Balancer puts appliances into the path unseen.";
    screen.eliminate("L-04", &[ALB, NLB, NLB_ALB, LATTICE, NLB_GA], by, "lb_appliance_insertion", text)?;
    let by = [("managed_firewall_acceptable", inputs.managed_firewall_acceptable), ("low_ops", inputs.low_ops)];
    if let Some((name, _)) = by.into_iter().find(|(_, value)| value.unwrap_or(false)) {
        let text = "Where a firewall that AWS runs will do, AWS Network Firewall needs no appliances.";
        screen.caution("L-08", &[GWLB], &flag(name, true), "guidance_lb_managed_firewall", text)?;
    }
    Ok(())
}

/// L-06: services that call each other across VPCs.
fn between_vpcs(screen: &mut Screen<'_>, inputs: &LoadBalancerInputs, settled: &Settled) -> Result<(), Stop> {
    if settled.internet_facing {
        let text = "A Lattice service serves clients in VPCs; those on the internet need a load balancer.";
        screen.eliminate("L-06", &[LATTICE], &flag("internet_facing", true), "lattice_clients", text)?;
    } else if inputs.cross_vpc.unwrap_or(false) && settled.service_to_service {
        let text = "For services that call each other across VPCs and accounts Lattice comes first.";
        screen.prefer("L-06", &[LATTICE], &flag("cross_vpc", true), "guidance_lb_service_to_service", text)?;
    }
    Ok(())
}

/// L-07: several Regions that stand in for each other.
fn between_regions(
    screen: &mut Screen<'_>,
    inputs: &LoadBalancerInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let failover = inputs.failover.unwrap_or(false);
    if !failover || !context.probe.more(&settled.regions, &Amount::ONE) {
        return Ok(());
    }
    let by = number("regions", &settled.regions);
    if settled.layer_4.is_some() {
        let text = "Static addresses at the edge lead to the nearest healthy Region, and away from one that fails.";
        screen.prefer("L-07", &[NLB_GA], &by, "guidance_lb_multi_region", text)?;
    }
    let text = "Between Regions clients are moved by DNS, as fast as they ask it again.";
    screen.caution("L-07", &[ALB, NLB, NLB_ALB], &by, "guidance_lb_multi_region", text)?;
    Ok(())
}
