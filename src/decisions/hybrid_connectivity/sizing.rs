//! How each option of `hybrid_connectivity` is built and what is billed for it, all at the same resilience.
//!
//! A VPN to production has two connections (two devices, two ways to the internet); a circuit to production has its
//! layout of locations and devices, and each part that survives a failure carries the whole peak. That is the same
//! promise on both sides, which published comparisons often forget.

use serde_json::{Map, Value, json};

use super::inputs::HybridConnectivityInputs;
use super::screening::{beyond_gateway, kinds_in_time};
use super::settle::{Layout, Settled};
use super::{
    DX_DEDICATED, DX_DEDICATED_MACSEC, DX_HOSTED, DX_PRIVATE_IP_VPN, DX_VPN_BACKUP, HybridConnectivity, INTERCONNECT,
    NOT_SITE_TO_SITE, SDWAN_CONNECT, VPN_ACCELERATED, VPN_CLOUDHUB, VPN_CONCENTRATOR, VPN_TGW, VPN_TGW_LARGE, VPN_VGW,
};
use crate::decisions::engine::screen::Screen;
use crate::decisions::engine::{Context, Knowledge, Plan, Stop};
use crate::domain::amount::Amount;
use crate::services::direct_connect::{DirectConnect, InterfaceKind, PortCapacity, PortKind};
use crate::services::plan::Planned;
use crate::services::site_to_site_vpn::{ConnectionKind, SiteToSiteVpn, VpnGateway};
use crate::services::transit_gateway::TransitGateway;
use crate::services::{Usage, data_transfer, direct_connect, site_to_site_vpn, transit_gateway};

/// The dedicated port speeds in Gbps.
const DEDICATED: [(i64, PortCapacity); 4] =
    [(1, PortCapacity::Gbps1), (10, PortCapacity::Gbps10), (100, PortCapacity::Gbps100), (400, PortCapacity::Gbps400)];
/// The hosted capacities in Mbps.
const HOSTED: [(i64, PortCapacity); 11] = [
    (50, PortCapacity::Mbps50),
    (100, PortCapacity::Mbps100),
    (200, PortCapacity::Mbps200),
    (300, PortCapacity::Mbps300),
    (400, PortCapacity::Mbps400),
    (500, PortCapacity::Mbps500),
    (1_000, PortCapacity::Gbps1),
    (2_000, PortCapacity::Gbps2),
    (5_000, PortCapacity::Gbps5),
    (10_000, PortCapacity::Gbps10),
    (25_000, PortCapacity::Gbps25),
];
/// The smallest port that does MACsec, Gbps.
const MACSEC_FROM_GBPS: i64 = 10;

/// Adds the ways to build every option that is still eligible.
pub(super) fn size(
    screen: &mut Screen<'_>,
    inputs: &HybridConnectivityInputs,
    s: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    for info in HybridConnectivity::OPTIONS {
        if screen.eligible(info.id) {
            context.build(screen, info.id, |context| Sizing { inputs, s, context }.build(info.id))?;
        }
    }
    Ok(())
}

/// What sizing works with.
struct Sizing<'s, 'a> {
    inputs: &'s HybridConnectivityInputs,
    s: &'s Settled,
    context: &'s mut Context<'a>,
}

/// One way to build the circuits of an option.
struct Circuit {
    label: String,
    config: Map<String, Value>,
    usage: DirectConnect,
    variant: Option<&'static str>,
    is_hosted: bool,
}

fn config<const N: usize>(entries: [(&str, Value); N]) -> Map<String, Value> {
    entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A count as JSON; a moving one is not shown.
fn count(amount: &Amount) -> Value {
    amount.at_rest().as_whole().map_or(Value::Null, Value::from)
}

impl Sizing<'_, '_> {
    /// The ways to build one option.
    fn build(&mut self, option: &str) -> Result<Vec<Plan>, Stop> {
        let layout = self.s.layout;
        match option {
            VPN_VGW => self.on_virtual_private_gateway(false),
            VPN_CLOUDHUB => self.on_virtual_private_gateway(true),
            VPN_TGW => self.on_transit_gateway(ConnectionKind::Standard),
            VPN_TGW_LARGE => self.on_transit_gateway(ConnectionKind::Large),
            VPN_ACCELERATED => self.on_transit_gateway(ConnectionKind::Accelerated),
            VPN_CONCENTRATOR => self.concentrator(),
            DX_HOSTED => Ok(self.hosted(layout)?.into_iter().map(|circuit| self.plain(circuit)).collect()),
            DX_DEDICATED => Ok(self.dedicated(layout, 1)?.into_iter().map(|circuit| self.plain(circuit)).collect()),
            DX_DEDICATED_MACSEC => {
                let circuits = self.dedicated(layout, MACSEC_FROM_GBPS)?;
                Ok(circuits.into_iter().map(|circuit| self.with_macsec(circuit)).collect())
            }
            DX_PRIVATE_IP_VPN => self.private_ip_vpn(),
            DX_VPN_BACKUP => self.circuit_with_vpn_backup(),
            SDWAN_CONNECT => self.sdwan(),
            INTERCONNECT => Ok(vec![Plan {
                unpriced_because: Some("the data holds no prices of AWS Interconnect – multicloud".to_owned()),
                ..Plan::default()
            }]),
            NOT_SITE_TO_SITE => Ok(vec![Plan {
                config: config([("instead", json!(["client_vpn", "verified_access"]))]),
                unpriced_because: Some(
                    "it depends on how many users connect for how long: estimate the service client_vpn".to_owned(),
                ),
                outside_aws: Some(Amount::ZERO),
                ..Plan::default()
            }]),
            _ => Ok(Vec::new()),
        }
    }

    fn with_macsec(&mut self, circuit: Circuit) -> Plan {
        let mut plan = self.plain(circuit);
        plan.config.insert("macsec".to_owned(), Value::Bool(true));
        plan.extras = u32::from(!self.inputs.macsec_required.unwrap_or(false));
        plan
    }

    fn planned(&self, name: &str, service: &'static crate::services::Service, usage: Box<dyn Usage>) -> Planned {
        Planned { name: name.into(), service, region: self.s.region.as_str().into(), usage }
    }

    fn vpn(&self, name: &str, usage: SiteToSiteVpn) -> Planned {
        self.planned(name, &site_to_site_vpn::SERVICE, Box::new(usage))
    }

    /// The transit gateway with an attachment for each VPC.
    fn hub(&self, usage: TransitGateway) -> Planned {
        self.planned("hub", &transit_gateway::SERVICE, Box::new(usage))
    }

    fn hub_of_vpcs(&self) -> Planned {
        self.hub(TransitGateway { vpc_attachments: self.s.vpcs.clone(), ..TransitGateway::default() })
    }

    /// Connections for each site: enough for the bandwidth and the packets, and for a second device.
    fn connections_per_site(&mut self, large: bool) -> Result<Amount, Stop> {
        let (gbps, pps) = if large {
            ("vpn_large_tunnel_gbps", "vpn_large_tunnel_pps")
        } else {
            ("vpn_standard_tunnel_gbps", "vpn_standard_tunnel_pps")
        };
        let active = if self.s.bgp { "vpn_ecmp_active_tunnels" } else { "vpn_single_active_tunnels" };
        let active = self.context.fact(active)?;
        let bandwidth = self.context.fact(gbps)?.times(&active)?;
        let mut needed = self.context.probe.ceil_div(&self.s.per_site, &bandwidth)?;
        if let Some(all) = &self.s.pps {
            let packets = self.context.fact(pps)?.times(&active)?;
            let by_packets = self.context.probe.ceil_div(&all.over(&self.s.sites)?, &packets)?;
            needed = self.context.probe.max(&needed, &by_packets);
        }
        Ok(self.context.probe.max(&needed, &self.s.redundancy))
    }

    fn on_virtual_private_gateway(&mut self, is_hub: bool) -> Result<Vec<Plan>, Stop> {
        // One gateway serves one VPC, so that every VPC has its own connections.
        let connections = self.s.vpcs.times(&self.s.sites)?.times(&self.s.redundancy)?;
        let usage = SiteToSiteVpn {
            connections: connections.clone(),
            gateway: Some(VpnGateway::VirtualPrivateGateway),
            data_out_gb: self.s.gb_out.clone(),
            data_in_gb: self.s.gb_in.clone(),
            ..SiteToSiteVpn::default()
        };
        let asked = self.inputs.site_to_site_needed.unwrap_or(false);
        Ok(vec![Plan {
            config: config([("landing", json!("vgw")), ("n_connections", count(&connections)), ("ecmp", json!(false))]),
            resources: vec![self.vpn("vpn", usage)],
            outside_aws: Some(Amount::ZERO),
            extras: u32::from(is_hub && !asked),
            ..Plan::default()
        }])
    }

    fn on_transit_gateway(&mut self, kind: ConnectionKind) -> Result<Vec<Plan>, Stop> {
        let is_large = kind == ConnectionKind::Large;
        let per_site = self.connections_per_site(is_large)?;
        let connections = self.s.sites.times(&per_site)?;
        let usage = SiteToSiteVpn {
            connections: connections.clone(),
            kind,
            gateway: Some(VpnGateway::TransitGateway),
            data_out_gb: self.s.gb_out.clone(),
            data_in_gb: self.s.gb_in.clone(),
            ..SiteToSiteVpn::default()
        };
        let standard = self.context.fact("vpn_standard_tunnel_gbps")?;
        let asked = match kind {
            ConnectionKind::Large => self.context.probe.more(&self.s.flow, &standard),
            ConnectionKind::Accelerated => {
                self.inputs.acceleration_wanted.unwrap_or(false) || self.inputs.jitter_problem.unwrap_or(false)
            }
            _ => true,
        };
        Ok(vec![Plan {
            config: config([
                ("landing", json!("tgw")),
                ("n_connections", count(&connections)),
                ("ecmp", json!(self.s.bgp)),
                ("tunnel", json!(if is_large { "large" } else { "standard" })),
            ]),
            resources: vec![self.vpn("vpn", usage), self.hub_of_vpcs()],
            outside_aws: Some(Amount::ZERO),
            extras: u32::from(!asked),
            ..Plan::default()
        }])
    }

    fn concentrator(&mut self) -> Result<Vec<Plan>, Stop> {
        let connections = self.s.sites.times(&self.s.redundancy)?;
        let capacity = self.context.fact("vpn_concentrator_sites")?;
        let concentrators = self.context.probe.ceil_div(&connections, &capacity)?;
        let usage = SiteToSiteVpn {
            connections: connections.clone(),
            kind: ConnectionKind::Concentrator,
            gateway: Some(VpnGateway::TransitGateway),
            concentrators: Some(concentrators.clone()),
            data_out_gb: self.s.gb_out.clone(),
            data_in_gb: self.s.gb_in.clone(),
            ..SiteToSiteVpn::default()
        };
        let fit = self.context.fact("vpn_concentrator_fit_sites")?;
        let few = self.context.probe.less(&self.s.sites, &fit);
        Ok(vec![Plan {
            config: config([
                ("landing", json!("tgw")),
                ("n_connections", count(&connections)),
                ("concentrators", count(&concentrators)),
            ]),
            resources: vec![self.vpn("vpn", usage), self.hub_of_vpcs()],
            outside_aws: Some(Amount::ZERO),
            extras: u32::from(few),
            ..Plan::default()
        }])
    }

    /// Where circuits land in VPCs, if anywhere, and over which interfaces.
    fn landing(&mut self) -> Result<(Option<&'static str>, Vec<&'static str>, InterfaceKind), Stop> {
        let on_hub = self.s.lands_on_tgw || beyond_gateway(self.s, self.context)?;
        let public = self.inputs.needs_public_endpoints.unwrap_or(false);
        let mut interfaces = Vec::new();
        if self.s.vpcs_given {
            interfaces.push(if on_hub { "transit" } else { "private" });
        }
        if public {
            interfaces.push("public");
        }
        let kind = match (self.s.vpcs_given, on_hub) {
            (false, _) => InterfaceKind::Public,
            (true, true) => InterfaceKind::Transit,
            (true, false) => InterfaceKind::Private,
        };
        let landing = match self.inputs.landing.as_deref() {
            _ if !self.s.vpcs_given => None,
            Some("vgw") => Some("vgw"),
            Some("cloud_wan") => Some("cloud_wan"),
            _ if on_hub => Some("tgw"),
            _ => Some("dxgw_vgw"),
        };
        Ok((landing, interfaces, kind))
    }

    /// The groups of ports of a layout, over all sites.
    fn groups(&self, layout: Layout) -> Result<Amount, Stop> {
        Ok(self.s.sites.times(&self.context.fact(layout.ports_fact())?)?)
    }

    /// The bandwidth that one group must carry after a failure.
    fn share(&self, layout: Layout) -> Result<Amount, Stop> {
        Ok(self.s.per_site.over(&Amount::whole(layout.survivors()))?)
    }

    fn direct_connect(
        &mut self,
        kind: PortKind,
        capacity: PortCapacity,
        connections: Amount,
    ) -> Result<DirectConnect, Stop> {
        let (_, _, vif) = self.landing()?;
        Ok(DirectConnect {
            kind,
            capacity,
            connections,
            location: Some(self.s.location),
            vif,
            data_out_gb: self.s.gb_out.clone(),
            data_in_gb: self.s.gb_in.clone(),
            transit_gateways: (vif == InterfaceKind::Transit).then_some(Amount::ONE),
            ..DirectConnect::default()
        })
    }

    fn circuit_config(&mut self, layout: Layout, connections: &Amount) -> Result<Map<String, Value>, Stop> {
        let (landing, interfaces, _) = self.landing()?;
        Ok(config([
            ("resiliency_model", json!(layout.id())),
            ("landing", json!(landing)),
            ("vif", json!(interfaces)),
            ("n_connections", count(connections)),
        ]))
    }

    /// Hosted connections: the smallest capacity that carries the peak after a failure.
    fn hosted(&mut self, layout: Layout) -> Result<Vec<Circuit>, Stop> {
        let share = self.share(layout)?;
        let carried = self.s.hosted_connections.times(&self.context.fact("dx_hosted_vifs")?)?;
        if self.context.probe.more(&self.s.vifs, &carried) {
            return Ok(Vec::new());
        }
        let connections = self.groups(layout)?.times(&self.s.hosted_connections)?;
        for (mbps, capacity) in HOSTED {
            let gbps = Amount::whole(mbps).per(1_000);
            let too_small = self.context.probe.more(&share, &gbps) || self.context.probe.more(&self.s.flow, &gbps);
            if too_small {
                continue;
            }
            let mut config = self.circuit_config(layout, &connections)?;
            config.insert("connection".to_owned(), json!("hosted"));
            config.insert("capacity_mbps".to_owned(), json!(mbps));
            let usage = self.direct_connect(PortKind::Hosted, capacity, connections)?;
            return Ok(vec![Circuit { label: String::new(), config, usage, variant: Some("hosted"), is_hosted: true }]);
        }
        Ok(Vec::new())
    }

    /// Dedicated ports: for each speed the fewest that carry the peak after a failure, as a port or an aggregation
    /// group, up to the first speed at which one port is enough.
    fn dedicated(&mut self, layout: Layout, from_gbps: i64) -> Result<Vec<Circuit>, Stop> {
        let share = self.share(layout)?;
        let groups = self.groups(layout)?;
        let interfaces = self.context.fact("dx_dedicated_vifs")?;
        let for_interfaces = self.context.probe.ceil_div(&self.s.vifs, &interfaces)?;
        let small_group = self.context.fact("dx_lag_below_100g_members")?;
        let large_group = self.context.fact("dx_lag_100g_and_up_members")?;
        let mut circuits = Vec::new();
        for (gbps, capacity) in DEDICATED.into_iter().filter(|(gbps, _)| *gbps >= from_gbps) {
            let speed = Amount::whole(gbps);
            if self.context.probe.more(&self.s.flow, &speed) {
                continue;
            }
            let for_bandwidth = self.context.probe.ceil_div(&share, &speed)?;
            let members = self.context.probe.max(&for_bandwidth, &Amount::ONE);
            let limit = if gbps < 100 { &small_group } else { &large_group };
            if self.context.probe.more(&members, limit) {
                continue;
            }
            let is_enough = !self.context.probe.more(&members, &Amount::ONE);
            let ports = self.context.probe.max(&members, &for_interfaces);
            let connections = groups.times(&ports)?;
            let mut config = self.circuit_config(layout, &connections)?;
            config.insert("connection".to_owned(), json!("dedicated"));
            config.insert("port_gbps".to_owned(), json!(gbps));
            config.insert("min_ports".to_owned(), count(&for_interfaces));
            if !is_enough {
                config.insert("lag_members".to_owned(), count(&members));
            }
            let label = match members.as_whole() {
                Some(members) if members > 1 => format!("LAG {members}x{gbps}G"),
                _ => format!("1x{gbps}G"),
            };
            let usage = self.direct_connect(PortKind::Dedicated, capacity, connections)?;
            let variant = if layout == Layout::Maximum { "maximum" } else { "high" };
            circuits.push(Circuit { label, config, usage, variant: Some(variant), is_hosted: false });
            if is_enough {
                break;
            }
        }
        Ok(circuits)
    }

    /// A plan of circuits alone.
    fn plain(&mut self, circuit: Circuit) -> Plan {
        let on_hub = circuit.usage.vif == InterfaceKind::Transit;
        let mut resources = vec![self.planned("circuits", &direct_connect::SERVICE, Box::new(circuit.usage))];
        if on_hub {
            resources.push(self.hub_of_vpcs());
        }
        Plan {
            label: circuit.label,
            config: circuit.config,
            resources,
            outside_aws: self.inputs.outside_aws_costs_month.clone(),
            score_variant: circuit.variant,
            ..Plan::default()
        }
    }

    /// The circuits that something runs over: a partner's where that is fixed, else whichever is cheaper and in time.
    fn any_circuits(&mut self, layout: Layout) -> Result<Vec<Circuit>, Stop> {
        let (is_hosted, is_dedicated) = kinds_in_time(self.inputs, self.s, self.context)?;
        // What is promised for circuits does not cover hosted ones.
        let mut circuits = if is_hosted && !self.s.sla_is_high { self.hosted(layout)? } else { Vec::new() };
        if is_dedicated {
            circuits.append(&mut self.dedicated(layout, 1)?);
        }
        Ok(circuits)
    }

    /// IPsec on private addresses: VPN connections on the transit gateway that ride on a transit interface.
    fn private_ip_vpn(&mut self) -> Result<Vec<Plan>, Stop> {
        let standard = self.context.fact("vpn_standard_tunnel_gbps")?;
        let is_large = self.context.probe.more(&self.s.flow, &standard);
        let connections = self.s.sites.times(&self.connections_per_site(is_large)?)?;
        let layout = self.s.layout;
        let asked = (self.s.encryption && !self.s.app_layer) || self.inputs.encryption_over_dx.unwrap_or(false);
        let mut plans = Vec::new();
        for circuit in self.any_circuits(layout)? {
            let variant = match (circuit.is_hosted, layout) {
                (true, _) => "hosted",
                (false, Layout::Maximum) => "dedicated_maximum",
                (false, _) => "dedicated_high",
            };
            let mut config = circuit.config;
            config.insert("landing".to_owned(), json!("tgw"));
            config.insert("vif".to_owned(), json!(["transit"]));
            config.insert("vpn_connections".to_owned(), count(&connections));
            let usage =
                DirectConnect { vif: InterfaceKind::Transit, transit_gateways: Some(Amount::ONE), ..circuit.usage };
            // The data is billed over the circuit; the VPN adds its connections and their attachments.
            let vpn = SiteToSiteVpn {
                connections: connections.clone(),
                kind: if is_large { ConnectionKind::Large } else { ConnectionKind::Standard },
                gateway: Some(VpnGateway::TransitGateway),
                ..SiteToSiteVpn::default()
            };
            plans.push(Plan {
                label: if circuit.is_hosted { "hosted".to_owned() } else { circuit.label },
                config,
                resources: vec![
                    self.planned("circuits", &direct_connect::SERVICE, Box::new(usage)),
                    self.vpn("private_ip_vpn", vpn),
                    self.hub_of_vpcs(),
                ],
                outside_aws: self.inputs.outside_aws_costs_month.clone(),
                score_variant: Some(variant),
                extras: u32::from(!asked),
                ..Plan::default()
            });
        }
        Ok(plans)
    }

    /// One circuit for each site, and one VPN connection behind it.
    fn circuit_with_vpn_backup(&mut self) -> Result<Vec<Plan>, Stop> {
        let connections = self.s.sites.clone();
        let asked = self.inputs.backup_wanted.unwrap_or(false);
        let mut plans = Vec::new();
        for circuit in self.any_circuits(Layout::Single)? {
            let on_hub = circuit.usage.vif == InterfaceKind::Transit;
            let gateway = if on_hub { VpnGateway::TransitGateway } else { VpnGateway::VirtualPrivateGateway };
            let vpn_connections = if on_hub { connections.clone() } else { connections.times(&self.s.vpcs)? };
            let vpn = SiteToSiteVpn {
                connections: vpn_connections.clone(),
                gateway: Some(gateway),
                ..SiteToSiteVpn::default()
            };
            let mut config = circuit.config;
            config.insert("vpn_connections".to_owned(), count(&vpn_connections));
            let mut resources = vec![
                self.planned("circuit", &direct_connect::SERVICE, Box::new(circuit.usage)),
                self.vpn("backup", vpn),
            ];
            if on_hub {
                resources.push(self.hub_of_vpcs());
            }
            plans.push(Plan {
                label: if circuit.is_hosted { "hosted".to_owned() } else { circuit.label },
                config,
                resources,
                outside_aws: self.inputs.outside_aws_costs_month.clone(),
                extras: u32::from(!asked),
                ..Plan::default()
            });
        }
        Ok(plans)
    }

    /// A Connect attachment on top of the attachment of the appliance's VPC; the traffic crosses the internet.
    fn sdwan(&mut self) -> Result<Vec<Plan>, Stop> {
        let capacity = self.context.fact("sdwan_attachment_gbps")?;
        let needed = self.context.probe.ceil_div(&self.s.peak, &capacity)?;
        let connect = self.context.probe.max(&needed, &Amount::ONE);
        let usage = TransitGateway {
            vpc_attachments: &self.s.vpcs + &Amount::ONE,
            connect_attachments: connect.clone(),
            vpc_gb: &self.s.gb_out + &self.s.gb_in,
            ..TransitGateway::default()
        };
        let out = data_transfer::DataTransfer {
            data_out_gb: self.s.gb_out.clone(),
            data_in_gb: self.s.gb_in.clone(),
            ..data_transfer::DataTransfer::default()
        };
        let exists = self.inputs.existing_sdwan.unwrap_or(false);
        Ok(vec![Plan {
            config: config([("landing", json!("tgw")), ("connect_attachments", count(&connect))]),
            resources: vec![self.hub(usage), self.planned("internet", &data_transfer::SERVICE, Box::new(out))],
            // The licences and the appliance of an SD-WAN in use are paid already; those of a new one are not known.
            outside_aws: exists.then_some(Amount::ZERO),
            score_variant: Some(if exists { "existing_sdwan" } else { "new_sdwan" }),
            extras: u32::from(!exists),
            ..Plan::default()
        }])
    }
}
