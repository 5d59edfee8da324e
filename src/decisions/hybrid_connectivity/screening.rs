//! The rules of `hybrid_connectivity`. Their limits, sources and dates are facts.

use super::inputs::HybridConnectivityInputs;
use super::settle::{Layout, Settled};
use super::{
    ALL_DX, DX_DEDICATED, DX_DEDICATED_MACSEC, DX_HOSTED, DX_PRIVATE_IP_VPN, DX_VPN_BACKUP, INTERCONNECT, INTERNET_VPN,
    NOT_SITE_TO_SITE, SDWAN_CONNECT, SITE_TO_SITE, VPN_ACCELERATED, VPN_CLOUDHUB, VPN_CONCENTRATOR, VPN_TGW,
    VPN_TGW_LARGE, VPN_VGW,
};
use crate::decisions::engine::screen::{Screen, flag, number, word};
use crate::decisions::engine::{Context, Effect, Stop};
use crate::domain::amount::Amount;

/// Everything on Direct Connect that carries IPsec or nothing on top.
const PLAIN_DX: [&str; 2] = [DX_HOSTED, DX_DEDICATED];
/// What runs over a circuit of either kind.
const ON_ANY_CIRCUIT: [&str; 2] = [DX_PRIVATE_IP_VPN, DX_VPN_BACKUP];
/// The options that end on a virtual private gateway.
const ON_VGW: [&str; 2] = [VPN_VGW, VPN_CLOUDHUB];

/// Fires every rule.
pub(super) fn screen(
    screen: &mut Screen<'_>,
    inputs: &HybridConnectivityInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    users_or_networks(screen, inputs, settled)?;
    time(screen, inputs, settled, context)?;
    paths(screen, inputs, settled, context)?;
    capacity(screen, inputs, settled, context)?;
    gateways(screen, inputs, settled, context)?;
    interfaces(screen, inputs, settled, context)?;
    encryption(screen, inputs, settled, context)?;
    promises(screen, inputs, settled, context)?;
    guidance(screen, inputs, settled, context)
}

/// H-25 and H-24: who connects.
fn users_or_networks(screen: &mut Screen<'_>, inputs: &HybridConnectivityInputs, s: &Settled) -> Result<(), Stop> {
    if s.individuals {
        let looked = match &inputs.need {
            Some(need) => word("need", need.as_str()),
            None => word("remote_users", inputs.remote_users.clone().unwrap_or_default().to_string()),
        };
        let text = "Single users need access, not networks: Client VPN or Verified Access fits.";
        screen.eliminate("H-25", &SITE_TO_SITE, &looked, "guidance_users_not_networks", text)?;
    } else {
        let looked = word("need", inputs.need.as_deref().unwrap_or("networks"));
        let text = "Networks are to be connected, not single users.";
        screen.eliminate("H-25", &[NOT_SITE_TO_SITE], &looked, "guidance_users_not_networks", text)?;
    }
    let supported_peer = inputs.peer.as_deref() == Some("google_cloud") && inputs.region_pair_supported.unwrap_or(true);
    let looked = word("peer", inputs.peer.as_deref().unwrap_or("none"));
    if supported_peer {
        let text = "A managed link between the clouds, encrypted and redundant, exists for this Region pair.";
        screen.prefer("H-24", &[INTERCONNECT], &looked, "interconnect_peers", text)?;
    } else {
        let text = "AWS Interconnect reaches only supported cloud providers and Region pairs.";
        screen.eliminate("H-24", &[INTERCONNECT], &looked, "interconnect_peers", text)?;
    }
    Ok(())
}

/// H-01: lead times.
fn time(
    screen: &mut Screen<'_>,
    inputs: &HybridConnectivityInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let hosted = hosted_lead_time(inputs);
    let dedicated = dedicated_lead_time(inputs);
    let looked = number("deadline_days", &s.deadline);
    // Either kind of circuit may carry something else, unless it is fixed; the sooner one counts.
    let sooner = if by_partner(inputs) || !context.probe.less(&context.fact(dedicated)?, &context.fact(hosted)?) {
        hosted
    } else {
        dedicated
    };
    let mut late = |screen: &mut Screen<'_>, options: &[&str], fact: &str| -> Result<(), Stop> {
        let lead = context.fact(fact)?;
        if context.probe.less(&s.deadline, &lead) {
            let text = "The deadline comes before such a connection can be ready.";
            screen.eliminate("H-01", options, &looked, fact, text)?;
        }
        Ok(())
    };
    late(screen, &INTERNET_VPN, "vpn_lead_time_days")?;
    late(screen, &[SDWAN_CONNECT], "vpn_lead_time_days")?;
    late(screen, &[DX_HOSTED], hosted)?;
    late(screen, &[DX_DEDICATED, DX_DEDICATED_MACSEC], dedicated)?;
    late(screen, &ON_ANY_CIRCUIT, sooner)
}

/// Whether the circuit is a partner's.
fn by_partner(inputs: &HybridConnectivityInputs) -> bool {
    inputs.partner_circuit.unwrap_or(false) || inputs.partner_managed.unwrap_or(false)
}

/// Which kinds of circuit may carry something else: hosted and dedicated, by time and by whose they are.
pub(super) fn kinds_in_time(
    inputs: &HybridConnectivityInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(bool, bool), Stop> {
    let hosted = context.fact(hosted_lead_time(inputs))?;
    let dedicated = context.fact(dedicated_lead_time(inputs))?;
    let is_hosted = !context.probe.less(&s.deadline, &hosted);
    let is_dedicated = !by_partner(inputs) && !context.probe.less(&s.deadline, &dedicated);
    Ok((is_hosted, is_dedicated))
}

fn hosted_lead_time(inputs: &HybridConnectivityInputs) -> &'static str {
    if inputs.partner_port_exists.unwrap_or(false) {
        "dx_lead_time_hosted_existing_days"
    } else {
        "dx_lead_time_hosted_new_days"
    }
}

fn dedicated_lead_time(inputs: &HybridConnectivityInputs) -> &'static str {
    if inputs.equipment_in_dx_location.unwrap_or(false) {
        "dx_lead_time_dedicated_equipped_days"
    } else {
        "dx_lead_time_dedicated_new_days"
    }
}

/// H-02, H-12, H-15: what the path must be like.
fn paths(
    screen: &mut Screen<'_>,
    inputs: &HybridConnectivityInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    if s.private_path {
        let looked = if inputs.private_path_required == Some(true) {
            flag("private_path_required", true)
        } else if inputs.dedicated_private_link == Some(true) {
            flag("dedicated_private_link", true)
        } else {
            word("compliance", inputs.compliance.as_deref().unwrap_or_default())
        };
        let text = "The traffic must not cross the internet.";
        screen.eliminate("H-02", &INTERNET_VPN, &looked, "internet_path_options", text)?;
        screen.eliminate("H-02", &[DX_VPN_BACKUP], &looked, "internet_path_options", text)?;
        let text =
            "As it is sized here, its tunnels cross the internet; on a private path it needs a circuit underneath.";
        screen.eliminate("H-02", &[SDWAN_CONNECT], &looked, "sdwan_tgw_underlays", text)?;
    }
    if inputs.predictable_latency_required.unwrap_or(false) {
        let looked = flag("predictable_latency_required", true);
        let text = "Nothing is promised about latency and bandwidth over the internet.";
        screen.eliminate("H-15", &INTERNET_VPN, &looked, "guidance_predictable_paths", text)?;
        screen.eliminate("H-15", &[SDWAN_CONNECT], &looked, "guidance_predictable_paths", text)?;
        let text = "After a failover to the VPN, latency and bandwidth vary.";
        screen.caution("H-15", &[DX_VPN_BACKUP], &looked, "guidance_predictable_paths", text)?;
    }
    let looked = number("mtu_required", &s.mtu);
    let text = "Packets of this size do not pass an IPsec tunnel of AWS unfragmented.";
    if context.probe.more(&s.mtu, &context.catalog.facts.number("vpn_mtu_bytes")?) {
        screen.eliminate("H-12", &INTERNET_VPN, &looked, "vpn_mtu_bytes", text)?;
        screen.eliminate("H-12", &[DX_PRIVATE_IP_VPN, DX_VPN_BACKUP], &looked, "vpn_mtu_bytes", text)?;
    }
    if let Some(mtu) = &inputs.backup_mtu
        && context.probe.more(mtu, &context.catalog.facts.number("vpn_mtu_bytes")?)
    {
        screen.eliminate("H-12", &[DX_VPN_BACKUP], &number("backup_mtu", mtu), "vpn_mtu_bytes", text)?;
    }
    let over_transit = context.probe.more(&s.mtu, &context.catalog.facts.number("dx_transit_vif_max_mtu_bytes")?);
    if over_transit && (s.lands_on_tgw || beyond_gateway(s, context)?) {
        let text =
            "Only a private interface carries packets of this size, and the transit gateway needs a transit interface.";
        screen.eliminate(
            "H-12",
            &[DX_HOSTED, DX_DEDICATED, DX_DEDICATED_MACSEC],
            &looked,
            "dx_transit_vif_max_mtu_bytes",
            text,
        )?;
    }
    if context.probe.more(&s.mtu, &context.catalog.facts.number("dx_private_vif_max_mtu_bytes")?) {
        let text = "No interface of Direct Connect carries packets of this size.";
        screen.eliminate("H-12", &ALL_DX, &looked, "dx_private_vif_max_mtu_bytes", text)?;
        screen.eliminate("H-12", &[SDWAN_CONNECT], &looked, "dx_private_vif_max_mtu_bytes", text)?;
    }
    Ok(())
}

/// Whether there are more VPCs than one Direct Connect gateway associates.
pub(super) fn beyond_gateway(s: &Settled, context: &mut Context<'_>) -> Result<bool, Stop> {
    let limit = context.fact("dxgw_vgws")?;
    Ok(context.probe.more(&s.vpcs, &limit))
}

/// H-03, H-04, H-26, H-28: how much must pass.
fn capacity(
    screen: &mut Screen<'_>,
    inputs: &HybridConnectivityInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let standard = context.fact("vpn_standard_tunnel_gbps")?;
    let large = context.fact("vpn_large_tunnel_gbps")?;
    let flow = number("peak_single_flow_gbps", &s.flow);
    if context.probe.more(&s.flow, &standard) {
        let text = "A single flow stays on one tunnel, and this one is larger than a standard tunnel.";
        screen.eliminate(
            "H-03",
            &[VPN_VGW, VPN_CLOUDHUB, VPN_TGW, VPN_ACCELERATED],
            &flow,
            "vpn_standard_tunnel_gbps",
            text,
        )?;
    }
    if context.probe.more(&s.flow, &large) {
        let text = "A single flow stays on one tunnel, and this one is larger than a large tunnel.";
        screen.eliminate(
            "H-03",
            &[VPN_TGW_LARGE, SDWAN_CONNECT, DX_PRIVATE_IP_VPN],
            &flow,
            "vpn_large_tunnel_gbps",
            text,
        )?;
    }

    let peak = number("peak_gbps", &s.peak);
    let per_site = number("peak_mbps_per_site", &s.per_site.times_whole(1_000));
    if context.probe.more(&s.peak, &context.catalog.facts.number("vgw_aggregate_gbps")?) {
        let text = "All tunnels of a virtual private gateway together carry about one tunnel's bandwidth.";
        screen.eliminate("H-04", &ON_VGW, &peak, "vgw_aggregate_gbps", text)?;
    }
    if s.bgp {
        let ceiling = context.fact("vpn_ecmp_ceiling_gbps")?;
        if context.probe.more(&s.per_site, &ceiling) {
            let text = "Equal-cost paths over several connections end at about this bandwidth.";
            let all = [VPN_TGW, VPN_TGW_LARGE, VPN_ACCELERATED, DX_PRIVATE_IP_VPN];
            screen.eliminate("H-04", &all, &peak, "vpn_ecmp_ceiling_gbps", text)?;
        }
        if !context.probe.less(&s.redundancy, &Amount::whole(2)) {
            let active = context.fact("vpn_ecmp_active_tunnels")?;
            let text = "After the loss of one connection the others carry less than the peak; add one where that matters. Circuits are sized to carry it.";
            for (options, fact, tunnel) in [
                (&[VPN_TGW, VPN_ACCELERATED][..], "vpn_standard_tunnel_gbps", &standard),
                (&[VPN_TGW_LARGE][..], "vpn_large_tunnel_gbps", &large),
            ] {
                if context.probe.more(&s.per_site, &tunnel.times(&active)?) {
                    screen.caution("H-04", options, &peak, fact, text)?;
                }
            }
        }
    } else {
        let text = "Without BGP one tunnel of a connection carries the traffic, and connections do not add up.";
        if context.probe.more(&s.per_site, &standard) {
            screen.eliminate("H-04", &[VPN_TGW, VPN_ACCELERATED], &peak, "vpn_standard_tunnel_gbps", text)?;
        }
        if context.probe.more(&s.per_site, &large) {
            screen.eliminate("H-04", &[VPN_TGW_LARGE, DX_PRIVATE_IP_VPN], &peak, "vpn_large_tunnel_gbps", text)?;
        }
    }
    if context.probe.more(&s.peak, &context.catalog.facts.number("vpn_concentrator_gbps")?) {
        let text = "The sites of one concentrator share this bandwidth.";
        screen.eliminate("H-04", &[VPN_CONCENTRATOR], &peak, "vpn_concentrator_gbps", text)?;
    }
    // Each surviving group of ports carries its share of a site's peak.
    let share = s.per_site.over(&Amount::whole(s.layout.survivors()))?;
    let largest_hosted = context.fact("dx_hosted_max_gbps")?;
    let text = "No hosted connection is that large.";
    let (is_hosted, is_dedicated) = kinds_in_time(inputs, s, context)?;
    let on_hosted: &[&str] =
        if is_hosted && !is_dedicated { &[DX_HOSTED, DX_PRIVATE_IP_VPN, DX_VPN_BACKUP] } else { &[DX_HOSTED] };
    if context.probe.more(&s.flow, &largest_hosted) {
        screen.eliminate("H-04", on_hosted, &flow, "dx_hosted_max_gbps", text)?;
    } else if context.probe.more(&share, &largest_hosted) {
        screen.eliminate("H-04", on_hosted, &peak, "dx_hosted_max_gbps", text)?;
    } else if on_hosted.len() > 1 && context.probe.more(&s.per_site, &largest_hosted) {
        // One circuit carries all of it.
        screen.eliminate("H-04", &[DX_VPN_BACKUP], &peak, "dx_hosted_max_gbps", text)?;
    }
    if context.probe.more(&s.flow, &context.catalog.facts.number("dx_dedicated_max_gbps")?) {
        let text = "A single flow stays on one port, and no port is that large.";
        screen.eliminate("H-04", &ALL_DX, &flow, "dx_dedicated_max_gbps", text)?;
    }
    let largest_group = context.fact("dx_dedicated_max_gbps")?.times(&context.fact("dx_lag_100g_and_up_members")?)?;
    let text = "No port or link aggregation group is that large.";
    if context.probe.more(&share, &largest_group) {
        screen.eliminate("H-04", &ALL_DX, &peak, "dx_dedicated_max_gbps", text)?;
    } else if context.probe.more(&s.per_site, &largest_group) {
        // One circuit carries all of it.
        screen.eliminate("H-04", &[DX_VPN_BACKUP], &peak, "dx_dedicated_max_gbps", text)?;
    }

    let site_mbps = s.per_site.times_whole(1_000);
    if context.probe.more(&site_mbps, &context.catalog.facts.number("vpn_concentrator_site_mbps")?) {
        let text = "A site on a concentrator has at most this bandwidth.";
        screen.eliminate("H-26", &[VPN_CONCENTRATOR], &per_site, "vpn_concentrator_site_mbps", text)?;
    }
    if !inputs.unique_site_cidrs.unwrap_or(true) {
        let text = "The sites of a concentrator need addresses of their own.";
        let looked = flag("unique_site_cidrs", false);
        screen.eliminate("H-26", &[VPN_CONCENTRATOR], &looked, "vpn_concentrator_requirements", text)?;
    }
    packets(screen, inputs, s, context)
}

/// H-28: packet rates.
fn packets(
    screen: &mut Screen<'_>,
    inputs: &HybridConnectivityInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let Some(pps) = &s.pps else {
        let small = inputs
            .traffic
            .as_deref()
            .is_some_and(|traffic| traffic.contains("small packets") || traffic.contains("voip"));
        if small {
            let text = "Small packets reach a tunnel's packet rate before its bandwidth; send `pps`.";
            let looked = word("traffic", inputs.traffic.as_deref().unwrap_or_default());
            screen.caution("H-28", &INTERNET_VPN, &looked, "vpn_standard_tunnel_pps", text)?;
        }
        return Ok(());
    };
    let looked = number("pps", pps);
    let per_site = pps.over(&s.sites)?;
    let text = "This many packets a second do not pass one tunnel.";
    if context.probe.more(pps, &context.catalog.facts.number("vpn_standard_tunnel_pps")?) {
        screen.eliminate("H-28", &ON_VGW, &looked, "vpn_standard_tunnel_pps", text)?;
    }
    if !s.bgp {
        if context.probe.more(&per_site, &context.catalog.facts.number("vpn_standard_tunnel_pps")?) {
            screen.eliminate("H-28", &[VPN_TGW, VPN_ACCELERATED], &looked, "vpn_standard_tunnel_pps", text)?;
        }
        if context.probe.more(&per_site, &context.catalog.facts.number("vpn_large_tunnel_pps")?) {
            screen.eliminate("H-28", &[VPN_TGW_LARGE], &looked, "vpn_large_tunnel_pps", text)?;
        }
    }
    if context.probe.more(&per_site, &context.catalog.facts.number("vpn_concentrator_site_pps")?) {
        let text = "A site on a concentrator passes at most this many packets a second.";
        screen.eliminate("H-28", &[VPN_CONCENTRATOR], &looked, "vpn_concentrator_site_pps", text)?;
    }
    Ok(())
}

/// H-05, H-06, H-07, H-16, H-17, H-18, H-20, H-21, H-22, H-27: gateways on both sides.
fn gateways(
    screen: &mut Screen<'_>,
    inputs: &HybridConnectivityInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    if !s.bgp {
        let looked = flag("cgw_bgp", false);
        let text = "It needs BGP on your gateway.";
        screen.eliminate("H-05", &ALL_DX, &looked, "bgp_required_options", text)?;
        screen.eliminate("H-05", &[VPN_CONCENTRATOR, SDWAN_CONNECT], &looked, "bgp_required_options", text)?;
        let text = "Without BGP one tunnel of each connection is active.";
        screen.caution(
            "H-05",
            &[VPN_TGW, VPN_TGW_LARGE, VPN_ACCELERATED],
            &looked,
            "vpn_single_active_tunnels",
            text,
        )?;
    }
    if !s.fixed_ip {
        let text = "Large tunnels need a fixed public address on your gateway.";
        screen.eliminate(
            "H-06",
            &[VPN_TGW_LARGE],
            &flag("cgw_fixed_public_ip", false),
            "vpn_large_requirements",
            text,
        )?;
    }
    if s.lands_on_vgw {
        let looked = word("landing", inputs.landing.as_deref().unwrap_or_default());
        let text = "It ends on a transit gateway, and the landing is fixed to a virtual private gateway.";
        let on_hub = [VPN_TGW, VPN_TGW_LARGE, VPN_ACCELERATED, VPN_CONCENTRATOR, SDWAN_CONNECT, DX_PRIVATE_IP_VPN];
        screen.eliminate("H-07", &on_hub, &looked, "vgw_unsupported_features", text)?;
    }
    if s.lands_on_tgw {
        let looked = word("landing", inputs.landing.as_deref().unwrap_or_default());
        let text = "It ends on a virtual private gateway, and the landing is fixed to a transit gateway.";
        screen.eliminate("H-07", &ON_VGW, &looked, "vgw_vpcs", text)?;
    }
    connection_quotas(screen, s, context)?;
    if inputs.ipv6_inside_tunnel.unwrap_or(false) {
        let text = "A virtual private gateway carries no IPv6 inside its tunnels.";
        screen.eliminate("H-17", &ON_VGW, &flag("ipv6_inside_tunnel", true), "vgw_unsupported_features", text)?;
    }
    let vpcs = number("vpcs", &s.vpcs);
    if context.probe.more(&s.vpcs, &context.catalog.facts.number("vgw_vpcs")?) {
        let text = "A virtual private gateway serves one VPC; several VPCs need several of everything.";
        screen.caution("H-18", &ON_VGW, &vpcs, "vgw_vpcs", text)?;
    }
    if context.probe.more(&s.vpcs, &context.catalog.facts.number("vpn_vgw_guidance_vpcs")?) {
        let text = "That many VPCs with a VPN each are not to be run.";
        screen.eliminate("H-18", &ON_VGW, &vpcs, "vpn_vgw_guidance_vpcs", text)?;
    }
    prefixes(screen, inputs, context)?;
    if !(inputs.existing_sdwan.unwrap_or(false) || inputs.appliance_in_vpc.unwrap_or(false)) {
        let text = "It needs an SD-WAN appliance that speaks GRE and BGP.";
        screen.eliminate("H-21", &[SDWAN_CONNECT], &flag("existing_sdwan", false), "sdwan_requirements", text)?;
    }
    if context.probe.more(&s.peak, &context.catalog.facts.number("sdwan_attachment_gbps")?) {
        let text = "One Connect attachment carries at most this.";
        screen.eliminate("H-21", &[SDWAN_CONNECT], &number("peak_gbps", &s.peak), "sdwan_attachment_gbps", text)?;
    }
    if context.facts().names("vpn_large_missing_regions")?.contains(&s.region) {
        let text = "Large tunnels are not offered in this Region.";
        screen.eliminate(
            "H-22",
            &[VPN_TGW_LARGE],
            &word("region", s.region.as_str()),
            "vpn_large_missing_regions",
            text,
        )?;
        if context.probe.more(&s.flow, &context.catalog.facts.number("vpn_standard_tunnel_gbps")?) {
            let text = "This flow needs a large tunnel on the circuit, and this Region has none.";
            let looked = word("region", s.region.as_str());
            screen.eliminate("H-22", &[DX_PRIVATE_IP_VPN], &looked, "vpn_large_missing_regions", text)?;
        }
    }
    let over_dx = inputs.encryption_over_dx.unwrap_or(false) || has_dx(inputs);
    if inputs.acceleration_wanted.unwrap_or(false) && over_dx {
        let text = "An accelerated VPN does not run over Direct Connect.";
        screen.eliminate(
            "H-27",
            &[VPN_ACCELERATED],
            &flag("acceleration_wanted", true),
            "vpn_accelerated_excluded_underlays",
            text,
        )?;
    }
    if inputs.new_connection == Some(false) {
        let text = "Acceleration is chosen when a connection is made; an existing one must be replaced.";
        screen.caution(
            "G-01",
            &[VPN_ACCELERATED],
            &flag("new_connection", false),
            "vpn_accelerated_requirements",
            text,
        )?;
    }
    Ok(())
}

/// H-16: how many connections there are by default.
fn connection_quotas(screen: &mut Screen<'_>, s: &Settled, context: &mut Context<'_>) -> Result<(), Stop> {
    let looked = number("sites", &s.sites);
    let connections = s.sites.times(&s.redundancy)?;
    let text = "This needs more VPN connections than the default quota of a Region.";
    if context.probe.more(&connections, &context.catalog.facts.number("vpn_connections_per_region")?) {
        let by_connection = [VPN_VGW, VPN_CLOUDHUB, VPN_TGW, VPN_TGW_LARGE, VPN_ACCELERATED];
        screen.fire(Effect::QuotaIncrease, "H-16", &by_connection, &looked, "vpn_connections_per_region", text)?;
    }
    if context.probe.more(&connections, &context.catalog.facts.number("vpn_connections_per_vgw")?) {
        let text = "This needs more VPN connections than the default quota of a virtual private gateway.";
        screen.fire(Effect::QuotaIncrease, "H-16", &ON_VGW, &looked, "vpn_connections_per_vgw", text)?;
    }
    if context.probe.more(&connections, &context.catalog.facts.number("vpn_accelerated_connections_per_region")?) {
        let text = "This needs more accelerated connections than the default quota of a Region.";
        let fact = "vpn_accelerated_connections_per_region";
        screen.fire(Effect::QuotaIncrease, "H-16", &[VPN_ACCELERATED], &looked, fact, text)?;
    }
    Ok(())
}

/// H-20: routes announced from your side.
fn prefixes(screen: &mut Screen<'_>, inputs: &HybridConnectivityInputs, context: &mut Context<'_>) -> Result<(), Stop> {
    let Some(prefixes) = &inputs.onprem_prefixes else { return Ok(()) };
    let looked = number("onprem_prefixes", prefixes);
    let summarised = inputs.summarisable.unwrap_or(false);
    let effect = if summarised { Effect::Caution } else { Effect::Eliminate };
    let text = if summarised {
        "More routes than the gateway accepts: summarise them."
    } else {
        "More routes than the gateway accepts; over the limit the session goes down."
    };
    let vgw = context.fact("vpn_vgw_inbound_prefixes")?;
    let tgw = context.fact("vpn_tgw_inbound_prefixes")?;
    let dx_default = context.fact("dx_vif_default_inbound_prefixes")?;
    let dx_max = context.fact("dx_vif_max_inbound_prefixes")?;
    if context.probe.more(prefixes, &vgw) {
        screen.fire(effect, "H-20", &ON_VGW, &looked, "vpn_vgw_inbound_prefixes", text)?;
    }
    if context.probe.more(prefixes, &tgw) {
        let on_tgw = [VPN_TGW, VPN_TGW_LARGE, VPN_ACCELERATED, VPN_CONCENTRATOR, SDWAN_CONNECT, DX_PRIVATE_IP_VPN];
        screen.fire(effect, "H-20", &on_tgw, &looked, "vpn_tgw_inbound_prefixes", text)?;
    }
    if context.probe.more(prefixes, &dx_max) {
        screen.fire(effect, "H-20", &ALL_DX, &looked, "dx_vif_max_inbound_prefixes", text)?;
    } else if context.probe.more(prefixes, &dx_default) {
        let text = "More routes than a virtual interface accepts by default: have the limit raised.";
        screen.fire(Effect::QuotaIncrease, "H-20", &ALL_DX, &looked, "dx_vif_default_inbound_prefixes", text)?;
    }
    Ok(())
}

/// H-08, H-09, H-19, H-23: virtual interfaces.
fn interfaces(
    screen: &mut Screen<'_>,
    inputs: &HybridConnectivityInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let looked = number("vifs_needed", &s.vifs);
    let carried = s.hosted_connections.times(&context.fact("dx_hosted_vifs")?)?;
    if context.probe.more(&s.vifs, &carried) {
        let text =
            "A hosted connection carries one virtual interface; buy one for each, or say so in `hosted_connections`.";
        screen.eliminate("H-08", &[DX_HOSTED], &looked, "dx_hosted_vifs", text)?;
        if let (true, false) = kinds_in_time(inputs, s, context)? {
            screen.eliminate("H-08", &ON_ANY_CIRCUIT, &looked, "dx_hosted_vifs", text)?;
        }
    }
    if context.probe.more(&s.vifs, &context.catalog.facts.number("dx_dedicated_vifs")?) {
        let text = "One port carries fewer interfaces, so that ports are added.";
        screen.caution("H-09", &[DX_DEDICATED, DX_DEDICATED_MACSEC], &looked, "dx_dedicated_vifs", text)?;
    }
    if beyond_gateway(s, context)? {
        let text = "More VPCs than a Direct Connect gateway associates by their own gateways: a transit interface to a transit gateway.";
        let looked = number("vpcs", &s.vpcs);
        screen.caution("H-19", &ALL_DX, &looked, "dxgw_vgws", text)?;
        if s.lands_on_vgw {
            let text =
                "A Direct Connect gateway associates fewer virtual private gateways, and the landing is fixed to them.";
            screen.eliminate("H-19", &ALL_DX, &looked, "dxgw_vgws", text)?;
        }
    }
    if inputs.needs_public_endpoints.unwrap_or(false) {
        let text = "AWS public endpoints over the circuit need a public interface, which counts like any other.";
        screen.caution("H-23", &ALL_DX, &flag("needs_public_endpoints", true), "dx_hosted_vifs", text)?;
        if !s.vpcs_given {
            let text = "Tunnels on private addresses end on a transit gateway and reach no public endpoints.";
            screen.eliminate(
                "H-23",
                &[DX_PRIVATE_IP_VPN],
                &flag("needs_public_endpoints", true),
                "dx_hosted_vifs",
                text,
            )?;
        }
    }
    Ok(())
}

/// H-10, H-11: encryption.
fn encryption(
    screen: &mut Screen<'_>,
    inputs: &HybridConnectivityInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    if inputs.macsec_required.unwrap_or(false) {
        let looked = flag("macsec_required", true);
        let text = "A hosted connection has no MACsec of its own.";
        screen.eliminate("H-10", &[DX_HOSTED], &looked, "dx_macsec_excluded_options", text)?;
        let text = "It is built without MACsec.";
        screen.eliminate(
            "H-10",
            &[DX_DEDICATED, DX_PRIVATE_IP_VPN, DX_VPN_BACKUP],
            &looked,
            "dx_macsec_speeds_gbps",
            text,
        )?;
        screen.eliminate("H-10", &INTERNET_VPN, &looked, "dx_macsec_speeds_gbps", text)?;
        screen.eliminate("H-10", &[SDWAN_CONNECT], &looked, "dx_macsec_speeds_gbps", text)?;
    }
    if inputs.partner_circuit.unwrap_or(false) {
        let looked = flag("partner_circuit", true);
        let text = "The circuit is fixed to be a partner's, which has no MACsec of its own.";
        screen.eliminate("H-10", &[DX_DEDICATED_MACSEC], &looked, "dx_macsec_excluded_options", text)?;
    }
    if s.encryption && !s.app_layer {
        let looked = flag("app_layer_encrypted", false);
        let text = "Direct Connect encrypts nothing by itself, and the applications do not either.";
        screen.eliminate("H-11", &PLAIN_DX, &looked, "dx_default_encryption_layers", text)?;
        screen.eliminate("H-11", &[DX_VPN_BACKUP], &looked, "dx_default_encryption_layers", text)?;
    }
    let _ = context;
    Ok(())
}

/// H-13, H-14: what AWS must promise.
fn promises(
    screen: &mut Screen<'_>,
    inputs: &HybridConnectivityInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let Some(sla) = &s.sla else { return Ok(()) };
    let looked = number("aws_sla_pct", sla);
    let highest = context.fact("dx_sla_maximum_pct")?;
    let high = context.fact("dx_sla_high_pct")?;
    if !context.probe.less(sla, &highest) {
        let text = "Only dedicated circuits on separate devices in two locations are promised this availability.";
        screen.eliminate("H-13", &INTERNET_VPN, &looked, "sla_99_99_options", text)?;
        let others = [SDWAN_CONNECT, DX_HOSTED, DX_VPN_BACKUP, DX_PRIVATE_IP_VPN];
        screen.eliminate("H-13", &others, &looked, "sla_99_99_options", text)?;
        let text = "The promise also needs Enterprise Support and a Well-Architected review; check the SLA page.";
        screen.caution("H-13", &[DX_DEDICATED, DX_DEDICATED_MACSEC], &looked, "dx_sla_maximum_conditions", text)?;
    } else if !context.probe.less(sla, &high) {
        let text = "The promise for circuits does not cover it.";
        screen.eliminate("H-14", &[DX_HOSTED, DX_VPN_BACKUP], &looked, "sla_99_9_excluded_options", text)?;
        if let (true, false) = kinds_in_time(inputs, s, context)? {
            let text = "The promise for circuits does not cover the hosted connection that it would run over.";
            screen.eliminate("H-14", &[DX_PRIVATE_IP_VPN], &looked, "sla_99_9_excluded_options", text)?;
        }
        let vpn = context.fact("vpn_sla_pct")?;
        if context.probe.more(sla, &vpn) {
            let text = "The promise for VPN endpoints is lower.";
            screen.eliminate("H-14", &INTERNET_VPN, &looked, "vpn_sla_pct", text)?;
            screen.eliminate("H-14", &[SDWAN_CONNECT, DX_PRIVATE_IP_VPN], &looked, "vpn_sla_pct", text)?;
        }
        let text = "The promise also needs Enterprise Support; check the SLA page.";
        let promised = [DX_DEDICATED, DX_DEDICATED_MACSEC, DX_PRIVATE_IP_VPN];
        screen.caution("H-14", &promised, &looked, "dx_sla_high_conditions", text)?;
    }
    Ok(())
}

/// Whether a circuit is there already.
fn has_dx(inputs: &HybridConnectivityInputs) -> bool {
    inputs.existing.as_deref().is_some_and(|existing| existing.split_whitespace().any(|word| word == "dx"))
}

/// G-01 … G-09, H-16 and H-18: published guidance.
fn guidance(
    screen: &mut Screen<'_>,
    inputs: &HybridConnectivityInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let yes = |value: Option<bool>| value.unwrap_or(false);
    let far = inputs.site_region.as_deref().is_some_and(|site| site.contains("other continent"));
    if yes(inputs.jitter_problem) || yes(inputs.acceleration_wanted) || far {
        let looked = if yes(inputs.jitter_problem) {
            flag("jitter_problem", true)
        } else if far {
            word("site_region", inputs.site_region.as_deref().unwrap_or_default())
        } else {
            flag("acceleration_wanted", true)
        };
        let text = "Far from the Region, entering AWS at the nearest edge shortens the way over the internet.";
        screen.prefer("G-01", &[VPN_ACCELERATED], &looked, "guidance_accelerated_for_distant_sites", text)?;
    }
    if yes(inputs.existing_sdwan) {
        let text = "An SD-WAN that is in use connects to the transit gateway by a Connect attachment.";
        screen.prefer("G-02", &[SDWAN_CONNECT], &flag("existing_sdwan", true), "guidance_existing_sdwan", text)?;
    }
    let frugal = yes(inputs.cost_first) || !s.production;
    if frugal && has_dx(inputs) && (yes(inputs.backup_wanted) || yes(inputs.cost_first)) {
        let text = "Where cost goes first, a VPN behind one circuit is acceptable.";
        screen.prefer(
            "G-03",
            &[DX_VPN_BACKUP],
            &if yes(inputs.cost_first) { flag("cost_first", true) } else { flag("production", false) },
            "guidance_vpn_backup_cost_first",
            text,
        )?;
    }
    let site_mbps = s.per_site.times_whole(1_000);
    let small_sites = !context.probe.more(&site_mbps, &context.catalog.facts.number("vpn_concentrator_site_mbps")?);
    let many = !context.probe.less(&s.sites, &context.catalog.facts.number("vpn_concentrator_fit_sites")?);
    if many && small_sites {
        let text =
            "From about this many sites of up to 100 Mbps on, a concentrator is simpler than connections for each.";
        screen.prefer("H-16", &[VPN_CONCENTRATOR], &number("sites", &s.sites), "vpn_concentrator_fit_sites", text)?;
    } else if yes(inputs.single_attachment) {
        let text = "A concentrator puts this many sites on one attachment.";
        screen.prefer("H-16", &[VPN_CONCENTRATOR], &flag("single_attachment", true), "vpn_concentrator_sites", text)?;
    }
    if yes(inputs.encryption_over_dx) && !yes(inputs.macsec_required) {
        let text = "Without MACsec, IPsec on private addresses over a transit interface is the advised encryption on Direct Connect.";
        screen.prefer(
            "G-04",
            &[DX_PRIVATE_IP_VPN],
            &flag("encryption_over_dx", true),
            "dx_encryption_without_macsec_options",
            text,
        )?;
    }
    if yes(inputs.partner_managed) || yes(inputs.partner_circuit) {
        let looked = if yes(inputs.partner_circuit) { "partner_circuit" } else { "partner_managed" };
        let text = "A partner provides the circuit: a hosted connection.";
        screen.prefer(
            "G-05",
            &[DX_HOSTED, DX_PRIVATE_IP_VPN, DX_VPN_BACKUP],
            &flag(looked, true),
            "guidance_hosted_by_partner",
            text,
        )?;
    }
    if context.probe.less(&s.sites, &Amount::whole(2)) {
        let text = "With one site there is nothing to pass between sites.";
        screen.eliminate("G-06", &[VPN_CLOUDHUB], &number("sites", &s.sites), "guidance_sites_through_a_hub", text)?;
    }
    if yes(inputs.site_to_site_needed) && (yes(inputs.hub_and_spoke) || yes(inputs.low_cost)) {
        let text = "Sites that reach each other through AWS at low cost: VPN CloudHub, or a transit gateway.";
        screen.prefer(
            "G-06",
            &[VPN_CLOUDHUB, VPN_TGW],
            &flag("site_to_site_needed", true),
            "guidance_sites_through_a_hub",
            text,
        )?;
    }
    if has_dx(inputs) {
        let text = "A circuit is there already.";
        screen.prefer(
            "G-07",
            &ALL_DX,
            &word("existing", inputs.existing.as_deref().unwrap_or_default()),
            "guidance_keep_the_circuit",
            text,
        )?;
    }
    let short = !context.probe.more(&s.duration, &context.catalog.facts.number("guidance_short_lived_months")?);
    if short || yes(inputs.one_off_migration) {
        let text = "For a short time a VPN is ready at once and leaves no contract behind.";
        screen.prefer(
            "G-08",
            &INTERNET_VPN,
            &if short { number("duration_months", &s.duration) } else { flag("one_off_migration", true) },
            "guidance_short_lived_months",
            text,
        )?;
    } else if small_sites && inputs.outside_aws_costs_month.is_none() {
        let text = "For small sites the guidance is a VPN; what a circuit costs outside AWS is not known here.";
        let looked = number("peak_mbps_per_site", &site_mbps);
        screen.prefer("G-08", &INTERNET_VPN, &looked, "guidance_vpn_for_small_sites", text)?;
    }
    if s.production || yes(inputs.critical) {
        let all_but: Vec<&str> = SITE_TO_SITE.iter().copied().filter(|option| *option != DX_VPN_BACKUP).collect();
        let text = "Production takes its resilience from more circuits, not from a VPN behind one.";
        screen.prefer(
            "G-09",
            &all_but,
            &if s.production { flag("production", true) } else { flag("critical", true) },
            "guidance_resilience_from_circuits",
            text,
        )?;
    }
    if yes(inputs.critical) && s.layout == Layout::Maximum {
        let text = "A VPN behind one circuit does not carry critical workloads.";
        screen.caution("G-09", &[DX_VPN_BACKUP], &flag("critical", true), "dx_vpn_backup_unfit_workloads", text)?;
    }
    if context.probe.more(&s.vpcs, &context.catalog.facts.number("vgw_vpcs")?) {
        let on_hub: Vec<&str> = SITE_TO_SITE.iter().copied().filter(|option| !ON_VGW.contains(option)).collect();
        let text = "Several VPCs share a connection through a transit gateway or a Direct Connect gateway.";
        screen.prefer("H-18", &on_hub, &number("vpcs", &s.vpcs), "guidance_several_vpcs_one_hub", text)?;
    }
    Ok(())
}
