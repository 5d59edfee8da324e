//! The rules of `vpc_connectivity`: V-01 … V-15 by limits and requirements, V-20 … V-28 by published guidance.

use super::inputs::VpcConnectivityInputs;
use super::settle::Settled;
use super::{CLOUD_WAN, LATTICE_RESOURCES, LATTICE_SERVICES, PEERING, PRIVATELINK, SHARED_VPC, TRANSIT_GATEWAY};
use crate::decisions::engine::screen::{Screen, flag, number, word};
use crate::decisions::engine::{Context, Effect, Stop};
use crate::domain::amount::Amount;

/// Fires every rule.
pub(super) fn screen(
    screen: &mut Screen<'_>,
    inputs: &VpcConnectivityInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    addresses_and_peers(screen, settled, context)?;
    reach(screen, inputs, settled)?;
    rates(screen, inputs, settled, context)?;
    trust(screen, inputs, settled, context)?;
    services(screen, inputs, settled, context)?;
    networks(screen, inputs, settled, context)
}

/// V-01 and V-02: addresses, and how many peers a VPC may have.
fn addresses_and_peers(screen: &mut Screen<'_>, settled: &Settled, context: &mut Context<'_>) -> Result<(), Stop> {
    if settled.overlap {
        let text = "No route leads to two VPCs with the same addresses.";
        let out = [PEERING, TRANSIT_GATEWAY, CLOUD_WAN];
        screen.eliminate("V-01", &out, &flag("overlap", true), "vpc_routes_need_unique_cidrs", text)?;
    }
    let looked = number(if settled.is_graph { "flows" } else { "vpcs" }, &settled.peers);
    if context.probe.more(&settled.peers, &context.fact("peering_connections_per_vpc_max")?) {
        let text = "One VPC would have more peering connections than AWS allows.";
        screen.eliminate("V-02", &[PEERING], &looked, "peering_connections_per_vpc_max", text)?;
    } else if context.probe.more(&settled.peers, &context.fact("peering_connections_per_vpc")?) {
        let text = "The quota of peering connections of a VPC must be raised.";
        screen.fire(Effect::QuotaIncrease, "V-02", &[PEERING], &looked, "peering_connections_per_vpc", text)?;
    }
    Ok(())
}

/// V-03, V-04, V-05 and V-10: what the traffic is, and where it must get through.
fn reach(screen: &mut Screen<'_>, inputs: &VpcConnectivityInputs, settled: &Settled) -> Result<(), Stop> {
    let lattice_and_link = [PRIVATELINK, LATTICE_SERVICES, LATTICE_RESOURCES];
    if let Some(input) = settled.transitive {
        let looked = if input == "flows" { word("flows", "several VPCs with one site") } else { flag(input, true) };
        let out = [&[PEERING], &lattice_and_link[..]].concat();
        let text = "It does not lead through a VPC to what lies behind it, so that it cannot be the only answer.";
        screen.eliminate("V-03", &out, &looked, "peering_is_not_transitive", text)?;
    }
    let protocol = settled.protocol.as_str();
    if !["http", "https", "grpc", "tls"].contains(&protocol) {
        let text = "Services of VPC Lattice speak HTTP, HTTPS and gRPC, or pass TLS through.";
        screen.eliminate(
            "V-04",
            &[LATTICE_SERVICES],
            &word("protocol", protocol),
            "lattice_service_protocols",
            text,
        )?;
    }
    if ["udp", "any"].contains(&protocol) {
        let text = "Resources of VPC Lattice are reached over TCP.";
        let looked = word("protocol", protocol);
        screen.eliminate("V-04", &[LATTICE_RESOURCES], &looked, "lattice_resource_protocols", text)?;
    }
    if !settled.one_way || protocol == "any" {
        let both = word("direction", "bidirectional");
        let looked = if settled.one_way { word("protocol", "any") } else { both };
        let text = "It leads from clients to one service, and no connection can be opened the other way.";
        screen.eliminate("V-05", &lattice_and_link, &looked, "privatelink_is_one_way", text)?;
    }
    if inputs.multicast == Some(true) {
        let out = [PEERING, CLOUD_WAN, PRIVATELINK, LATTICE_SERVICES, LATTICE_RESOURCES, SHARED_VPC];
        let text = "Only a transit gateway has multicast domains.";
        screen.eliminate("V-10", &out, &flag("multicast", true), "multicast_hubs", text)?;
    }
    Ok(())
}

/// V-06 … V-09, V-11 and V-13: rates, lives and counts.
fn rates(
    screen: &mut Screen<'_>,
    inputs: &VpcConnectivityInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    if let Some(gbps) = &inputs.gbps_per_az {
        let looked = number("gbps_per_az", gbps);
        if context.probe.more(gbps, &context.fact("tgw_attachment_gbps")?) {
            let text = "One attachment carries less in a zone.";
            screen.eliminate("V-06", &[TRANSIT_GATEWAY, CLOUD_WAN], &looked, "tgw_attachment_gbps", text)?;
        }
        if context.probe.more(gbps, &context.fact("lattice_service_gbps_per_az")?) {
            let text = "A service of VPC Lattice carries less in a zone unless the quota is raised.";
            let fact = "lattice_service_gbps_per_az";
            screen.fire(Effect::QuotaIncrease, "V-08", &[LATTICE_SERVICES], &looked, fact, text)?;
        }
    }
    if let Some(rate) = &inputs.requests_per_second
        && context.probe.more(rate, &context.fact("lattice_service_requests_per_second_per_az")?)
    {
        let looked = number("requests_per_second", rate);
        let text = "A service of VPC Lattice answers fewer requests in a zone unless the quota is raised.";
        let fact = "lattice_service_requests_per_second_per_az";
        screen.fire(Effect::QuotaIncrease, "V-08", &[LATTICE_SERVICES], &looked, fact, text)?;
    }
    let attachments = number(if settled.is_graph { "nodes" } else { "vpcs" }, &settled.vpcs);
    for (option, fact) in [(TRANSIT_GATEWAY, "tgw_attachments"), (CLOUD_WAN, "cloud_wan_attachments")] {
        if context.probe.more(&settled.vpcs, &context.facts().number(fact)?) {
            let text = "The quota of attachments must be raised, or a second hub built.";
            screen.fire(Effect::QuotaIncrease, "V-07", &[option], &attachments, fact, text)?;
        }
    }
    let too_long = match &inputs.connection_minutes {
        Some(minutes) => context.probe.more(minutes, &context.fact("lattice_connection_minutes")?),
        None => false,
    };
    if let Some(minutes) = inputs.connection_minutes.as_ref().filter(|_| too_long) {
        let text = "A connection to a service of VPC Lattice is cut sooner.";
        let looked = number("connection_minutes", minutes);
        screen.eliminate("V-09", &[LATTICE_SERVICES], &looked, "lattice_connection_minutes", text)?;
    } else if inputs.websocket == Some(true) {
        let text = "Websockets live long, and a connection to a service of VPC Lattice is cut after this time.";
        let looked = flag("websocket", true);
        screen.caution("V-09", &[LATTICE_SERVICES], &looked, "lattice_connection_minutes", text)?;
    }
    for (option, fact) in [(TRANSIT_GATEWAY, "tgw_route_tables"), (CLOUD_WAN, "cloud_wan_segments")] {
        if context.probe.more(&settled.segments, &context.facts().number(fact)?) {
            let text = "The quota of routing domains must be raised.";
            let looked = number("segments", &settled.segments);
            screen.fire(Effect::QuotaIncrease, "V-11", &[option], &looked, fact, text)?;
        }
    }
    if context.probe.more(&settled.consumers, &context.fact("lattice_network_vpcs")?) {
        let text = "The quota of VPCs of one service network must be raised, or a second network built.";
        let looked = number("consumers", &settled.consumers);
        let options = [LATTICE_SERVICES, LATTICE_RESOURCES];
        screen.fire(Effect::QuotaIncrease, "V-13", &options, &looked, "lattice_network_vpcs", text)?;
    }
    Ok(())
}

/// V-12, V-14 and V-15: who may see what, and who owns what.
fn trust(
    screen: &mut Screen<'_>,
    inputs: &VpcConnectivityInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    if let Some(input) = settled.third_party {
        let out = [PEERING, TRANSIT_GATEWAY, CLOUD_WAN, SHARED_VPC];
        let text = "It opens a network to the other company, where one service is meant.";
        screen.eliminate("V-12", &out, &flag(input, true), "third_party_sees_one_service", text)?;
    }
    if inputs.shared_subnets_accepted != Some(true) {
        let text = "Subnets are shared inside one Organization, and their owner gives up a VPC of its own.";
        let looked = flag("shared_subnets_accepted", false);
        screen.eliminate("V-14", &[SHARED_VPC], &looked, "shared_vpc_needs_one_organization", text)?;
    }
    if context.probe.more(&settled.regions, &context.fact("cloud_wan_guidance_regions")?) {
        let text = "Between Regions a transit gateway routes statically: each change is made by hand in every Region.";
        let looked = number(if settled.is_graph { "nodes" } else { "regions" }, &settled.regions);
        screen.caution("V-15", &[TRANSIT_GATEWAY], &looked, "cloud_wan_guidance_regions", text)?;
    }
    Ok(())
}

/// V-20 … V-23: guidance for clients and a service.
fn services(
    screen: &mut Screen<'_>,
    inputs: &VpcConnectivityInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    if let Some(input) = settled.third_party {
        let text = "A service for another company is offered through PrivateLink.";
        screen.prefer("V-20", &[PRIVATELINK], &flag(input, true), "guidance_third_party_privatelink", text)?;
    }
    if inputs.target.as_deref() == Some("database") {
        let text = "A database is offered to other accounts as a VPC resource, without a load balancer.";
        let looked = word("target", "database");
        screen.prefer("V-21", &[LATTICE_RESOURCES], &looked, "guidance_database_vpc_resource", text)?;
    }
    let speaks_http = ["http", "https", "grpc"].contains(&settled.protocol.as_str());
    if speaks_http && settled.one_way {
        let each =
            if settled.consumers.is_zero() { settled.gb.clone() } else { settled.gb.over(&settled.consumers)? };
        let many = !context.probe.less(&settled.consumers, &context.fact("guidance_lattice_consumers")?);
        let little = !context.probe.more(&each, &context.fact("guidance_lattice_gb_per_consumer")?);
        let across = context.probe.more(&settled.accounts, &Amount::ONE) && inputs.greenfield == Some(true);
        let text = "Services for many clients or across accounts, each call by identity, go over VPC Lattice.";
        let looked = match () {
            () if inputs.iam_auth == Some(true) => Some(flag("iam_auth", true)),
            () if many && little => Some(number("consumers", &settled.consumers)),
            () if across => Some(number("accounts", &settled.accounts)),
            () => None,
        };
        if let Some(looked) = looked {
            screen.prefer("V-22", &[LATTICE_SERVICES], &looked, "guidance_lattice_consumers", text)?;
        }
    }
    if settled.one_way && inputs.provider.as_deref() == Some("nlb service") {
        let text = "A service behind a Network Load Balancer is ready for PrivateLink.";
        let looked = word("provider", "nlb service");
        screen.prefer("V-23", &[PRIVATELINK], &looked, "guidance_nlb_service_privatelink", text)?;
    }
    Ok(())
}

/// V-24 … V-28: guidance for whole networks.
fn networks(
    screen: &mut Screen<'_>,
    inputs: &VpcConnectivityInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    if let Some(hub) = settled.existing_hub.filter(|_| inputs.working != Some(false)) {
        let option = if hub == "tgw" { TRANSIT_GATEWAY } else { CLOUD_WAN };
        let text = "There is no urgency to leave a hub that works.";
        screen.prefer("V-24", &[option], &word("existing_hub", hub), "guidance_keep_the_hub", text)?;
    }
    let several_regions = context.probe.more(&settled.regions, &Amount::ONE);
    let several_accounts = context.probe.more(&settled.accounts, &Amount::ONE);
    if let Some(input) = settled.policy.filter(|_| several_regions || several_accounts) {
        let text = "One declarative policy over Regions and accounts is what a core network is for.";
        screen.prefer("V-25", &[CLOUD_WAN], &flag(input, true), "guidance_policy_core_network", text)?;
    }
    if settled.isolated && settled.transitive.is_some() {
        let text = "Route tables of a transit gateway keep VPCs apart and let them share what they must.";
        let looked = flag("isolated_vpcs", true);
        screen.prefer("V-26", &[TRANSIT_GATEWAY], &looked, "guidance_isolated_vpcs_share", text)?;
    }
    let vpcs = number(if settled.is_graph { "nodes" } else { "vpcs" }, &settled.vpcs);
    let growth = number("growth_vpcs_2y", &settled.growth);
    let many = context.fact("guidance_hub_vpcs")?;
    let is_few = !context.probe.more(&settled.vpcs, &context.fact("guidance_peering_vpcs")?);
    let stays_small = context.probe.less(&settled.growth, &many);
    if is_few && stays_small && !settled.shared_vpn {
        let text = "A few VPCs are peered: no gigabyte is processed, and the path is the shortest.";
        screen.prefer("V-27", &[PEERING], &vpcs, "guidance_peering_vpcs", text)?;
    }
    let is_many = !context.probe.less(&settled.vpcs, &many);
    // An assumed growth says nothing about this network.
    if is_many || (!stays_small && inputs.growth_vpcs_2y.is_some()) {
        let looked = if is_many { vpcs } else { growth };
        let text = "From about ten VPCs on, a hub is easier to run than a mesh.";
        screen.prefer("V-28", &[TRANSIT_GATEWAY, CLOUD_WAN], &looked, "guidance_hub_vpcs", text)?;
    }
    Ok(())
}
