//! The rules of `private_access`: P-01 … P-15 by limits and requirements, P-12 and P-20 … P-23 by what dominates or is
//! advised.

use super::inputs::PrivateAccessInputs;
use super::settle::{Clients, Settled};
use super::{CENTRALIZED, EGRESS_ONLY, GATEWAY, INTERFACE, NAT, PUBLIC};
use crate::decisions::engine::screen::{Looked, Screen, flag, number, word};
use crate::decisions::engine::{Context, Effect, Stop};
use crate::domain::amount::Amount;

/// Fires every rule.
pub(super) fn screen(
    screen: &mut Screen<'_>,
    inputs: &PrivateAccessInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    gateway(screen, inputs, settled, context)?;
    paths(screen, inputs, settled)?;
    endpoints(screen, inputs, settled, context)?;
    guidance(screen, inputs, settled, context)
}

/// The services, as rules look at them.
fn services(settled: &Settled) -> Looked {
    let names: Vec<&str> = settled.services.iter().map(smol_str::SmolStr::as_str).collect();
    word(if settled.is_graph { "nodes" } else { "services" }, names.join(", "))
}

/// Where the clients are, as rules look at it.
fn location(settled: &Settled) -> Looked {
    if settled.is_graph && settled.clients == Clients::Site {
        return word("flows", "from a site");
    }
    word("client_location", settled.location.as_str())
}

/// P-01, P-02, P-03 and P-05: what a gateway endpoint cannot do.
fn gateway(
    screen: &mut Screen<'_>,
    inputs: &PrivateAccessInputs,
    settled: &Settled,
    context: &Context<'_>,
) -> Result<(), Stop> {
    let with_gateway = context.facts().names("gateway_endpoint_services")?;
    if settled.services.iter().any(|service| !with_gateway.iter().any(|known| known == service)) {
        let text = "Only S3 and DynamoDB have gateway endpoints.";
        screen.eliminate("P-01", &[GATEWAY], &services(settled), "gateway_endpoint_services", text)?;
    }
    if matches!(settled.clients, Clients::PeeredVpc | Clients::BehindHub | Clients::Site) {
        let text = "A gateway endpoint serves the subnets of its own VPC only.";
        screen.eliminate("P-02", &[GATEWAY], &location(settled), "gateway_endpoint_clients", text)?;
    }
    if settled.other_region {
        let input = if settled.is_graph { "nodes" } else { "target_region" };
        let looked = word(input, inputs.target_region.as_deref().unwrap_or("other"));
        let text = "A gateway endpoint leads to its own Region only.";
        screen.eliminate("P-03", &[GATEWAY], &looked, "gateway_endpoint_regions", text)?;
        let text = "Whether the service can be reached in another Region must be verified for each service.";
        screen.caution("P-03", &[INTERFACE, CENTRALIZED], &looked, "interface_endpoint_other_regions", text)?;
    }
    if inputs.endpoint_security_group_required == Some(true) {
        let text =
            "A gateway endpoint has no security group; an endpoint policy and a bucket policy are usually enough.";
        let looked = flag("endpoint_security_group_required", true);
        screen.eliminate("P-05", &[GATEWAY], &looked, "gateway_endpoint_control", text)?;
    }
    Ok(())
}

/// P-04, P-06, P-08, P-13, P-14 and P-15: which ways there are at all.
fn paths(screen: &mut Screen<'_>, inputs: &PrivateAccessInputs, settled: &Settled) -> Result<(), Stop> {
    if !settled.public_path {
        let text = "It leads to the services' public endpoints.";
        let looked = flag("public_path_allowed", false);
        screen.eliminate("P-04", &[NAT, PUBLIC, EGRESS_ONLY], &looked, "public_paths_use_public_endpoints", text)?;
    }
    let only_third_parties = settled.services.is_empty();
    if settled.third_party && (only_third_parties || !settled.public_path) {
        let looked = word(if settled.is_graph { "flows" } else { "services" }, "a third party on the internet");
        let text = "Endpoints lead to AWS services and endpoint services, not to the internet.";
        let out = [GATEWAY, INTERFACE, CENTRALIZED];
        screen.eliminate("P-06", &out, &looked, "endpoints_lead_to_services", text)?;
    }
    let version = if settled.is_ipv6 { 6 } else { 4 };
    let looked = number("ip_version", &Amount::whole(version));
    if settled.is_ipv6 && inputs.nat64 != Some(true) {
        let text = "A NAT gateway carries IPv6 only with NAT64, to IPv4 destinations.";
        screen.eliminate("P-08", &[NAT], &looked, "nat_gateway_ip_versions", text)?;
    }
    if !settled.is_ipv6 {
        let text = "An egress-only internet gateway passes IPv6 only.";
        screen.eliminate("P-13", &[EGRESS_ONLY], &looked, "egress_only_gateway_ip_versions", text)?;
    }
    if matches!(settled.clients, Clients::PeeredVpc | Clients::Site) {
        let text = "Neither a site nor a peered VPC can use the NAT gateway or the egress-only gateway of a VPC.";
        screen.eliminate("P-14", &[NAT, EGRESS_ONLY], &location(settled), "nat_gateway_clients", text)?;
    }
    if matches!(settled.clients, Clients::Private | Clients::PeeredVpc | Clients::BehindHub) {
        let text = "Clients in private subnets have no public address.";
        screen.eliminate("P-15", &[PUBLIC], &location(settled), "public_path_needs_public_addresses", text)?;
    }
    Ok(())
}

/// P-07, P-09, P-10 and P-11: what interface endpoints cannot do.
fn endpoints(
    screen: &mut Screen<'_>,
    inputs: &PrivateAccessInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let both = [INTERFACE, CENTRALIZED];
    if inputs.endpoint_available == Some(false) {
        let text = "The service has no endpoint in the Region.";
        let looked = flag("endpoint_available", false);
        screen.eliminate("P-07", &both, &looked, "interface_endpoint_needs_service", text)?;
    } else if inputs.endpoint_services.is_none() {
        let known = context.facts().names("known_endpoint_services")?;
        let unknown = settled.services.iter().find(|service| !known.iter().any(|known| known == *service));
        if let Some(unknown) = unknown {
            let text = "This service is not among those known to have interface endpoints: verify it for the Region.";
            let looked = word(if settled.is_graph { "nodes" } else { "services" }, unknown.as_str());
            screen.caution("P-07", &both, &looked, "known_endpoint_services", text)?;
        }
    }
    let count = Amount::decimal(settled.services.len().into());
    if context.probe.more(&count, &context.fact("interface_endpoints_per_vpc")?) {
        let input = match () {
            () if settled.is_graph => "nodes",
            () if inputs.endpoint_services.is_some() => "endpoint_services",
            () => "services",
        };
        let text = "The quota of interface endpoints of a VPC must be raised.";
        let looked = number(input, &count);
        screen.fire(Effect::QuotaIncrease, "P-09", &both, &looked, "interface_endpoints_per_vpc", text)?;
    }
    if let Some(gbps) = &inputs.gbps_per_az
        && context.probe.more(gbps, &context.fact("interface_endpoint_gbps_per_az")?)
    {
        let text = "An endpoint carries less in a zone; several would have to share the traffic.";
        let looked = number("gbps_per_az", gbps);
        screen.eliminate("P-10", &both, &looked, "interface_endpoint_gbps_per_az", text)?;
    }
    if inputs.per_vpc_policy == Some(true) {
        let text = "VPCs that share an endpoint share its policy.";
        let looked = flag("per_vpc_policy", true);
        screen.eliminate("P-11", &[CENTRALIZED], &looked, "central_endpoint_policy", text)?;
    }
    Ok(())
}

/// P-12 and P-20 … P-23: what dominates, and what is advised.
fn guidance(
    screen: &mut Screen<'_>,
    inputs: &PrivateAccessInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    if !settled.services.is_empty() && screen.eligible(GATEWAY) {
        let text = "A gateway endpoint is free and private: at no volume is another way cheaper.";
        screen.prefer("P-12", &[GATEWAY], &services(settled), "guidance_gateway_endpoint_dominates", text)?;
    }
    let many = !context.probe.less(&settled.vpcs, &context.fact("guidance_central_vpcs")?);
    if many && inputs.existing_hub.as_deref() == Some("tgw") {
        let each = settled.gb.over(&settled.vpcs)?;
        if !context.probe.more(&each, &context.fact("guidance_central_gb_per_vpc")?) {
            let text = "Many small VPCs with little traffic behind a hub share endpoints.";
            let looked = number(if settled.is_graph { "nodes" } else { "vpcs" }, &settled.vpcs);
            screen.prefer("P-20", &[CENTRALIZED], &looked, "guidance_many_small_vpcs_central", text)?;
        }
    }
    if settled.is_ipv6 && settled.third_party {
        let text = "Over IPv6 nothing is processed and nothing is translated.";
        let looked = number("ip_version", &Amount::whole(6));
        screen.prefer("P-21", &[EGRESS_ONLY], &looked, "guidance_ipv6_egress_only", text)?;
    }
    if settled.clients == Clients::Site {
        let text = "A site reaches services privately through endpoints in a VPC.";
        let options = [INTERFACE, CENTRALIZED];
        screen.prefer("P-22", &options, &location(settled), "gateway_endpoint_clients", text)?;
    }
    if settled.third_party && settled.services.is_empty() && !settled.is_ipv6 && settled.clients != Clients::Public {
        let text = "Private subnets reach third parties over IPv4 through NAT gateways.";
        screen.prefer("P-23", &[NAT], &location(settled), "guidance_third_party_nat", text)?;
    }
    Ok(())
}
