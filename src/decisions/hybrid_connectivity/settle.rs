//! The inputs of `hybrid_connectivity` after defaults. A default that follows from another input moves with it.

use super::inputs::HybridConnectivityInputs;
use crate::decisions::engine::{Context, Stop};
use crate::decisions::steps::Defaults;
use crate::domain::amount::Amount;
use crate::services::direct_connect::LocationArea;

/// A gigabyte of AWS traffic is 1024³ bytes: this many bits, in units of 10⁹.
const GIGABITS_PER_GB: (i64, u64) = (8_589_934_592, 1_000_000_000);
/// The seconds of an hour.
const SECONDS_PER_HOUR: u64 = 3_600;

/// How circuits are laid out for resilience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// One circuit.
    Single,
    /// Two devices in one location.
    DevTest,
    /// One circuit in each of two locations.
    High,
    /// Two devices in each of two locations.
    Maximum,
}

impl Layout {
    /// The id of the resiliency model.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::DevTest => "dev_test",
            Self::High => "high",
            Self::Maximum => "maximum",
        }
    }

    /// How many groups of ports it has, as a fact.
    pub(super) fn ports_fact(self) -> &'static str {
        match self {
            Self::Single => "dx_single_ports",
            Self::DevTest => "dx_dev_test_ports",
            Self::High => "dx_high_ports",
            Self::Maximum => "dx_maximum_ports",
        }
    }

    /// How many groups are left when the largest thing that may fail has failed: a location, or the only device.
    pub(super) fn survivors(self) -> i64 {
        match self {
            Self::Single | Self::DevTest | Self::High => 1,
            Self::Maximum => 2,
        }
    }
}

/// Every value that rules and sizing use.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is the answer to a question of its own")]
pub(super) struct Settled {
    pub(super) gb_out: Amount,
    pub(super) gb_in: Amount,
    pub(super) peak: Amount,
    pub(super) per_site: Amount,
    pub(super) flow: Amount,
    pub(super) pps: Option<Amount>,
    pub(super) mtu: Amount,
    pub(super) sla: Option<Amount>,
    pub(super) sla_is_high: bool,
    pub(super) sites: Amount,
    pub(super) vpcs: Amount,
    pub(super) vpcs_given: bool,
    pub(super) regions: Amount,
    pub(super) deadline: Amount,
    pub(super) duration: Amount,
    pub(super) vifs: Amount,
    pub(super) hosted_connections: Amount,
    pub(super) private_path: bool,
    pub(super) encryption: bool,
    pub(super) app_layer: bool,
    pub(super) bgp: bool,
    pub(super) fixed_ip: bool,
    pub(super) production: bool,
    pub(super) layout: Layout,
    pub(super) redundancy: Amount,
    pub(super) lands_on_vgw: bool,
    pub(super) lands_on_tgw: bool,
    pub(super) region: String,
    pub(super) location: LocationArea,
    pub(super) individuals: bool,
}

/// Takes every default.
pub(super) fn settle(
    inputs: &HybridConnectivityInputs,
    defaults: &mut Defaults,
    context: &mut Context<'_>,
) -> Result<Settled, Stop> {
    let word = |value: &Option<String>, wanted: &str| value.as_deref() == Some(wanted);
    let gb_out = defaults.critical(
        inputs.gb_out_month.as_ref(),
        "gb_out_month",
        context.fact("default_gb_out_month")?,
        "the volume decides the cost; send your own",
    );
    let gb_in = defaults.take(inputs.gb_in_month.as_ref(), "gb_in_month", gb_out.clone(), "as much as goes out");
    let sites = defaults.take(inputs.sites.as_ref(), "sites", context.fact("default_sites")?, "one site");
    let vpcs = defaults.take(inputs.vpcs.as_ref(), "vpcs", context.fact("default_vpcs")?, "one VPC");
    let regions = defaults.take(inputs.regions.as_ref(), "regions", context.fact("default_regions")?, "one Region");

    let busier = context.probe.max(&gb_out, &gb_in);
    let seconds = context.month.hours().times_whole(SECONDS_PER_HOUR);
    let (bits, unit) = GIGABITS_PER_GB;
    let average = busier.times(&Amount::whole(bits))?.per(unit).over(&seconds)?;
    let given = inputs.peak_gbps.as_ref();
    let peak = if let Some(mbps) = &inputs.peak_mbps_per_site {
        defaults.take(given, "peak_gbps", sites.times(mbps)?.per(1_000), "the sum of the sites' peaks")
    } else {
        let of_average = average.times(&context.fact("default_peak_to_average_ratio")?)?;
        defaults.critical(given, "peak_gbps", of_average, "4 × the average of the busier direction")
    };
    // The sites together carry the whole, so that the busiest has at least its share.
    let share = peak.over(&sites)?;
    let spread = match &inputs.peak_mbps_per_site {
        Some(mbps) => context.probe.max(&mbps.per(1_000), &share),
        None => share,
    };
    // A flow is part of its site's peak, and a site's peak of the whole: what is given of the part holds for the whole.
    let per_site = match &inputs.peak_single_flow_gbps {
        Some(flow) => context.probe.max(&spread, flow),
        None => spread,
    };
    let peak = context.probe.max(&peak, &per_site);
    let capped = context.probe.min(&per_site, &context.fact("default_single_flow_cap_gbps")?);
    let flow = defaults.take(
        inputs.peak_single_flow_gbps.as_ref(),
        "peak_single_flow_gbps",
        capped,
        "the peak of a site, at most 1 Gbps",
    );
    let mtu = defaults.take(
        inputs.mtu_required.as_ref(),
        "mtu_required",
        context.fact("default_mtu_bytes")?,
        "packets that fit every path",
    );
    let deadline = defaults.take(
        inputs.deadline_days.as_ref(),
        "deadline_days",
        context.fact("default_deadline_days")?,
        "two months are time for any of the options",
    );
    let duration = defaults.take(
        inputs.duration_months.as_ref(),
        "duration_months",
        context.fact("default_duration_months")?,
        "three years of use",
    );

    let private_path = inputs.private_path_required.unwrap_or(false)
        || inputs.dedicated_private_link.unwrap_or(false)
        || word(&inputs.compliance, "no internet transit");
    if inputs.private_path_required.is_none() && !private_path {
        defaults.flag(None, "private_path_required", false, "the internet is acceptable unless you say otherwise");
    }
    let encryption =
        defaults.flag(inputs.encryption_in_transit_required, "encryption_in_transit_required", true, "a common policy");
    let app_layer =
        defaults.flag(inputs.app_layer_encrypted, "app_layer_encrypted", true, "most applications use TLS today");
    let bgp = defaults.flag(inputs.cgw_bgp, "cgw_bgp", true, "most gateways speak BGP");
    let fixed_ip = inputs.cgw_fixed_public_ip.unwrap_or(true);
    let dev_test = word(&inputs.phase, "dev_test");
    let production =
        defaults.flag(inputs.production, "production", !dev_test, "sized for production unless you say otherwise");

    let sla = inputs.aws_sla_pct.clone().unwrap_or(Amount::ZERO);
    let at_least = |context: &mut Context<'_>, fact: &str| -> Result<bool, Stop> {
        let limit = context.fact(fact)?;
        Ok(!context.probe.less(&sla, &limit))
    };
    let sla_is_high = at_least(context, "dx_sla_high_pct")?;
    let layout = if at_least(context, "dx_sla_maximum_pct")? || inputs.critical.unwrap_or(false) {
        Layout::Maximum
    } else if sla_is_high || production {
        Layout::High
    } else if dev_test {
        Layout::DevTest
    } else {
        Layout::Single
    };
    let redundancy = if layout == Layout::Single { Amount::ONE } else { context.fact("vpn_production_connections")? };

    let region = inputs.region.clone().unwrap_or_else(|| context.region.to_owned());
    let location = inputs.dx_location.unwrap_or_else(|| LocationArea::of_region(&region, context.catalog));
    let landing = inputs.landing.as_deref();
    let public = inputs.needs_public_endpoints.unwrap_or(false);
    let vpcs_given = inputs.vpcs.is_some() || inputs.landing.is_some() || !public;
    // One interface for the VPCs, one for public endpoints.
    let kinds = i64::from(vpcs_given).saturating_add(i64::from(public));
    let vifs = inputs.vifs_needed.clone().unwrap_or_else(|| Amount::whole(kinds));
    let individuals = inputs.need.as_deref().is_some_and(|need| need.contains("individual"))
        || (inputs.remote_users.as_ref().is_some_and(|users| !users.is_zero())
            && inputs.sites.is_none()
            && !inputs.site_to_site_needed.unwrap_or(false));
    let hosted_connections = inputs.hosted_connections.clone().unwrap_or(Amount::ONE);
    // As they count: the parts that were given hold for the whole, and some have no default to tell.
    defaults.values = [
        ("gb_out_month", &gb_out),
        ("gb_in_month", &gb_in),
        ("peak_gbps", &peak),
        ("peak_single_flow_gbps", &flow),
        ("peak_mbps_per_site", &per_site.times_whole(1_000)),
        ("mtu_required", &mtu),
        ("sites", &sites),
        ("vpcs", &vpcs),
        ("regions", &regions),
        ("deadline_days", &deadline),
        ("duration_months", &duration),
        ("vifs_needed", &vifs),
        ("hosted_connections", &hosted_connections),
    ]
    .map(|(name, value)| (name, value.clone()))
    .to_vec();
    Ok(Settled {
        gb_out,
        gb_in,
        peak,
        per_site,
        flow,
        pps: inputs.pps.clone(),
        mtu,
        sla: inputs.aws_sla_pct.clone(),
        sla_is_high,
        sites,
        vpcs,
        vpcs_given,
        regions,
        deadline,
        duration,
        vifs,
        hosted_connections,
        private_path,
        encryption,
        app_layer,
        bgp,
        fixed_ip,
        production,
        layout,
        redundancy,
        lands_on_vgw: matches!(landing, Some("vgw" | "dxgw_vgw")),
        lands_on_tgw: matches!(landing, Some("tgw" | "cloud_wan")),
        region,
        location,
        individuals,
    })
}
