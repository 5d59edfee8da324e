//! The inputs of `hybrid_connectivity`, their ranges and their defaults.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::catalog::Catalog;
use crate::decisions::engine::tables::{flags, given, numbers};
use crate::decisions::engine::{FlagInput, Movement, NumberInput, WordInput};
use crate::domain::amount::Amount;
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::read::unknown_name;
use crate::services::direct_connect::LocationArea;

/// What is known about the connection to choose. Every input may be left out; what is then assumed is listed in the
/// answer, and lowers its confidence where it matters.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HybridConnectivityInputs {
    /// Gigabytes a month from AWS to your side, over all sites. Left out: 1000.
    pub gb_out_month: Option<Amount>,
    /// Gigabytes a month from your side to AWS, over all sites. Left out: as much as goes out.
    pub gb_in_month: Option<Amount>,
    /// The peak over all sites, Gbps; at least that of a site and of a flow. Left out: 4 × the average of the larger
    /// direction, or the sum of the sites' peaks.
    pub peak_gbps: Option<Amount>,
    /// The peak of one site, Mbps. Left out: the whole peak spread evenly.
    pub peak_mbps_per_site: Option<Amount>,
    /// The largest single flow, Gbps; a flow cannot be spread over tunnels. Left out: the peak of a site, at most 1.
    pub peak_single_flow_gbps: Option<Amount>,
    /// Packets a second at the peak, over all sites. Left out: packet rates are not held against limits.
    pub pps: Option<Amount>,
    /// The largest packet that must pass unfragmented, bytes. Left out: 1400.
    pub mtu_required: Option<Amount>,
    /// The largest packet that must pass over the backup path, bytes.
    pub backup_mtu: Option<Amount>,
    /// Sites to connect. Left out: 1.
    pub sites: Option<Amount>,
    /// VPCs to reach. Left out: 1.
    pub vpcs: Option<Amount>,
    /// Regions to reach. Left out: 1.
    pub regions: Option<Amount>,
    /// AWS accounts that own the VPCs. Left out: 1.
    pub accounts: Option<Amount>,
    /// Days until it must work. Left out: 60.
    pub deadline_days: Option<Amount>,
    /// Months it will be used. Left out: 36.
    pub duration_months: Option<Amount>,
    /// The availability that AWS must promise for the circuit, percent. Left out or null: none.
    pub aws_sla_pct: Option<Amount>,
    /// Virtual interfaces that are needed. Left out: one for each kind of interface that the other inputs need.
    pub vifs_needed: Option<Amount>,
    /// Hosted connections that would be bought at each location; each carries one virtual interface. Left out: 1.
    pub hosted_connections: Option<Amount>,
    /// Prefixes announced from your side. Left out: few.
    pub onprem_prefixes: Option<Amount>,
    /// Single users who need access, rather than networks.
    pub remote_users: Option<Amount>,
    /// The round trip that must be met, milliseconds.
    pub latency_ms: Option<Amount>,
    /// Money outside the AWS bill that circuits cost each month: cross-connects, carrier, partner port, racks, US
    /// dollars. Left out: unknown, left out of the comparison, and said so.
    pub outside_aws_costs_month: Option<Amount>,

    /// The traffic must not cross the internet. Left out: false.
    pub private_path_required: Option<bool>,
    /// A private link of your own is wanted; read as `private_path_required`.
    pub dedicated_private_link: Option<bool>,
    /// The traffic must be encrypted on the way. Left out: true.
    pub encryption_in_transit_required: Option<bool>,
    /// The applications encrypt themselves. Left out: true.
    pub app_layer_encrypted: Option<bool>,
    /// The link itself must be encrypted with MACsec. Left out: false.
    pub macsec_required: Option<bool>,
    /// Direct Connect is to carry encrypted tunnels.
    pub encryption_over_dx: Option<bool>,
    /// Latency and bandwidth must not vary. Left out: false.
    pub predictable_latency_required: Option<bool>,
    /// Your gateway speaks BGP. Left out: true.
    pub cgw_bgp: Option<bool>,
    /// Your gateway has a fixed public address. Left out: true.
    pub cgw_fixed_public_ip: Option<bool>,
    /// IPv6 must run inside the tunnel. Left out: false.
    pub ipv6_inside_tunnel: Option<bool>,
    /// Your equipment already stands in a Direct Connect location. Left out: false.
    pub equipment_in_dx_location: Option<bool>,
    /// A partner already has a port there for you. Left out: false.
    pub partner_port_exists: Option<bool>,
    /// A partner runs the circuit for you.
    pub partner_managed: Option<bool>,
    /// The circuit is fixed to be a partner's hosted connection.
    pub partner_circuit: Option<bool>,
    /// It carries production. Left out: true, unless `phase` is `dev_test`.
    pub production: Option<bool>,
    /// The business stops without it. Left out: false.
    pub critical: Option<bool>,
    /// Cost goes before resilience.
    pub cost_first: Option<bool>,
    /// The cheapest way will do.
    pub low_cost: Option<bool>,
    /// A backup path behind a circuit is wanted.
    pub backup_wanted: Option<bool>,
    /// The sites must reach each other through AWS.
    pub site_to_site_needed: Option<bool>,
    /// The sites hang on one hub.
    pub hub_and_spoke: Option<bool>,
    /// All sites are to share one attachment.
    pub single_attachment: Option<bool>,
    /// No two sites use the same addresses. Left out: true.
    pub unique_site_cidrs: Option<bool>,
    /// The prefixes can be summarised. Left out: false.
    pub summarisable: Option<bool>,
    /// AWS public endpoints must be reached over the circuit.
    pub needs_public_endpoints: Option<bool>,
    /// Jitter over the internet is a problem today.
    pub jitter_problem: Option<bool>,
    /// An accelerated VPN is wanted.
    pub acceleration_wanted: Option<bool>,
    /// The connection is new, so that it can still be made accelerated.
    pub new_connection: Option<bool>,
    /// An SD-WAN is in use.
    pub existing_sdwan: Option<bool>,
    /// An SD-WAN appliance can run in a VPC.
    pub appliance_in_vpc: Option<bool>,
    /// For a cloud provider: its Region pair is supported by AWS Interconnect.
    pub region_pair_supported: Option<bool>,
    /// The data moves once.
    pub one_off_migration: Option<bool>,
    /// The break-even is wanted; it always comes.
    pub compute_break_even: Option<bool>,

    /// `production` or `dev_test`.
    pub phase: Option<String>,
    /// Where the connection lands in AWS, where that is fixed: `vgw`, `dxgw_vgw`, `tgw` or `cloud_wan`.
    pub landing: Option<String>,
    /// A rule of compliance, such as `no internet transit`.
    pub compliance: Option<String>,
    /// What is there already: `dx` or `one dx`.
    pub existing: Option<String>,
    /// What is needed, such as `applications for individuals`.
    pub need: Option<String>,
    /// What is to be connected, where it is another cloud: `google_cloud` or `other_cloud`.
    pub peer: Option<String>,
    /// How other internet traffic leaves, such as `local ISP`.
    pub other_internet: Option<String>,
    /// Where the sites are, such as `other continent`.
    pub site_region: Option<String>,
    /// The kind of traffic, such as `voip small packets`.
    pub traffic: Option<String>,
    /// The Region of the connection. Left out: the request's.
    pub region: Option<String>,
    /// The AWS services to reach, such as `s3`.
    pub services: Option<Vec<String>>,
    /// Where the Direct Connect location is. Left out: in the geography of the Region.
    #[schema(inline)]
    pub dx_location: Option<LocationArea>,
}

type Inputs = HybridConnectivityInputs;

/// The numeric inputs.
pub(super) const NUMBERS: &[NumberInput<Inputs>] = numbers! {
    gb_out_month "GB" Continuous max 1_000_000_000_000 sweep 500_000 critical true [];
    gb_in_month "GB" Continuous max 1_000_000_000_000 sweep 500_000 critical true [];
    peak_gbps "Gbps" Continuous max 10_000 sweep 100 critical true [];
    peak_mbps_per_site "Mbps" Continuous max 1_000_000 sweep 10_000 ["vpn_concentrator_site_mbps"];
    peak_single_flow_gbps "Gbps" Continuous max 10_000 sweep 100 relaxable true critical true
        ["vpn_standard_tunnel_gbps", "vpn_large_tunnel_gbps"];
    pps "packets a second" Continuous max 1_000_000_000 sweep 2_000_000 relaxable true
        ["vpn_standard_tunnel_pps", "vpn_large_tunnel_pps"];
    mtu_required "bytes" Continuous max 65_535 sweep 9_001 relaxable true
        ["vpn_mtu_bytes", "dx_transit_vif_max_mtu_bytes", "dx_private_vif_max_mtu_bytes"];
    backup_mtu "bytes" Continuous max 65_535 sweep 9_001 relaxable true ["vpn_mtu_bytes"];
    sites "" Whole max 10_000 sweep 200 critical true ["vpn_concentrator_fit_sites", "vpn_connections_per_region"];
    vpcs "" Whole max 10_000 sweep 100 critical true ["default_vpcs", "vpn_vgw_guidance_vpcs", "dxgw_vgws"];
    regions "" Whole max 100 sweep 40 [];
    accounts "" Whole max 100_000 sweep 100 [];
    deadline_days "days" Whole max 3_650 sweep 120 relaxable true critical true
        ["dx_lead_time_hosted_existing_days", "dx_lead_time_hosted_new_days", "dx_lead_time_dedicated_new_days"];
    duration_months "months" Whole max 1_200 sweep 60 critical true ["guidance_short_lived_months"];
    aws_sla_pct "%" Continuous max 100 sweep 100 relaxable true ["dx_sla_high_pct", "dx_sla_maximum_pct"];
    vifs_needed "" Whole max 10_000 sweep 100 relaxable true ["dx_hosted_vifs", "dx_dedicated_vifs"];
    hosted_connections "" Whole max 1_000 sweep 60 relaxable true [];
    onprem_prefixes "" Whole max 1_000_000 sweep 2_000 relaxable true
        ["vpn_vgw_inbound_prefixes", "vpn_tgw_inbound_prefixes"];
    remote_users "" Whole max 10_000_000 sweep 1_000 [];
    latency_ms "ms" Continuous max 100_000 sweep 200 [];
    outside_aws_costs_month "USD" Continuous max 1_000_000_000 sweep 10_000 [];
};

/// The yes/no inputs that rules use.
pub(super) const FLAGS: &[FlagInput<Inputs>] = flags! {
    private_path_required relaxable true;
    dedicated_private_link relaxable true alias true;
    encryption_in_transit_required relaxable true;
    app_layer_encrypted relaxable true;
    macsec_required relaxable true;
    encryption_over_dx;
    predictable_latency_required relaxable true;
    cgw_bgp relaxable true;
    cgw_fixed_public_ip relaxable true;
    ipv6_inside_tunnel relaxable true;
    equipment_in_dx_location;
    partner_port_exists;
    partner_managed;
    partner_circuit relaxable true alias true;
    production;
    critical;
    cost_first;
    low_cost;
    backup_wanted;
    site_to_site_needed;
    hub_and_spoke;
    single_attachment;
    unique_site_cidrs relaxable true;
    summarisable relaxable true;
    needs_public_endpoints;
    jitter_problem;
    new_connection;
    acceleration_wanted alias true;
    existing_sdwan;
    appliance_in_vpc;
    region_pair_supported;
    one_off_migration;
};

/// The inputs that are words rules know.
pub(super) const WORDS: &[WordInput<Inputs>] = &[
    WordInput { name: "phase", words: &["production", "dev_test"], relaxable: false, slot: |inputs| &mut inputs.phase },
    WordInput { name: "landing", words: &["vgw", "tgw"], relaxable: true, slot: |inputs| &mut inputs.landing },
    WordInput { name: "existing", words: &["dx"], relaxable: false, slot: |inputs| &mut inputs.existing },
];

/// The places where a connection may land.
pub(super) const LANDINGS: [&str; 4] = ["vgw", "dxgw_vgw", "tgw", "cloud_wan"];

/// Finds every value outside its range.
pub(super) fn check(inputs: &Inputs, check: &mut Check, catalog: &Catalog) {
    for (input, value) in given(inputs, NUMBERS) {
        match input.movement {
            Movement::Continuous | Movement::Listed => check.amount(input.name, &value, input.max.min(CAP)),
            Movement::Whole => check.whole(input.name, &value, 0, input.max),
        }
    }
    for (name, value) in [("sites", &inputs.sites), ("vpcs", &inputs.vpcs), ("regions", &inputs.regions)] {
        if value.as_ref().is_some_and(Amount::is_zero) {
            check.mistake(name, Code::OutOfRange, format!("`{name}` is 0; it must be at least 1"));
        }
    }
    if let Some(landing) = &inputs.landing {
        check.one_of("landing", landing, LANDINGS);
    }
    if let Some(region) = &inputs.region
        && catalog.places.get(region).is_none()
    {
        check.problem(unknown_name(Code::UnknownRegion, "/region", "Region", region, catalog.places.codes()));
    }
}
