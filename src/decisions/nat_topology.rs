//! How should private subnets get out: one NAT gateway, one for each zone, a regional one, a central one, or none?
//!
//! The guidance is that of AWS's networking best practices
//! (<https://aws.github.io/aws-networking-best-practices/connectivity/internet/>); the limits are those of the NAT
//! gateway's own pages. Every option is priced with what it brings: public addresses, traffic that crosses zones on the
//! way to its gateway, the hub of a central egress VPC, endpoints in place of a gateway. What leaves for the internet
//! costs the same in all of them and is left out.

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::catalog::Catalog;
use crate::domain::amount::Amount;
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::services::nat_gateway::NatGateway;
use crate::services::network_firewall::NetworkFirewall;
use crate::services::plan::Planned;
use crate::services::transit_gateway::TransitGateway;
use crate::services::vpc_endpoint::VpcEndpoint;
use crate::services::{Example, nat_gateway, network_firewall, schema, transit_gateway, vpc_endpoint};

use super::Decision;
use super::engine::screen::{Looked, Screen, flag, number, word};
use super::engine::tables::given;
use super::engine::{
    self, Considered, Context, FlagInput, Knowledge, Movement, NumberInput, OptionInfo, Plan, RuleInfo, Stop, WordInput,
};
use super::steps::{Defaults, Steps, config};

const SINGLE: &str = "nat_single_zonal";
const PER_AZ: &str = "nat_per_az_zonal";
const REGIONAL: &str = "nat_regional";
const CENTRAL: &str = "nat_centralized";
const NO_NAT: &str = "no_nat";

/// The services that a gateway endpoint reaches.
const BY_GATEWAY_ENDPOINT: [&str; 2] = ["s3", "dynamodb"];
/// The destination that is the internet itself.
const INTERNET: &str = "internet";
/// The most Availability Zones of a Region.
const MAX_AZS: u64 = 6;

/// The entry of the list.
pub const DECISION: Decision = Decision {
    id: "nat_topology",
    name: "Which NAT topology?",
    about: "One zonal NAT gateway, one in each zone, a regional one, a central egress VPC behind a transit gateway, or \
            none at all: which fits, what each costs, and from how many VPCs, zones or gigabytes on.",
    options: NatTopology::OPTIONS,
    rules: NatTopology::RULES,
    inputs: engine::inputs::<NatTopology>,
    example: Example {
        region: "us-east-1",
        usage: r#"{"azs": 3, "vpcs": 4, "gb_month": 5000, "production": true, "new_vpc": true}"#,
    },
    schema: schema::<NatTopologyInputs>,
    decide: engine::decide::<NatTopology>,
};

/// What is known about the way out of private subnets. Every input may be left out.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NatTopologyInputs {
    /// Availability Zones that each VPC uses. Whole, 1 to 6. Left out: 3.
    pub azs: Option<Amount>,
    /// VPCs that need a way out. Whole, 1 to 5,000. Left out: 1.
    pub vpcs: Option<Amount>,
    /// Gigabytes a month through the NAT gateways, both directions, over all VPCs. 0 to 1,000,000,000,000. Left out:
    /// `gb_month_per_vpc` × `vpcs`, else 1000.
    pub gb_month: Option<Amount>,
    /// Gigabytes a month through the NAT gateways for each VPC, in place of `gb_month`. 0 to 1,000,000,000,000.
    pub gb_month_per_vpc: Option<Amount>,
    /// How many of the gigabytes come from another zone than that of a single gateway; AWS bills each on both sides.
    /// 0 to the gigabytes through the gateways. Left out: all but one zone's even share.
    pub cross_az_gb: Option<Amount>,
    /// AWS services that are reached by an interface endpoint where there is no NAT gateway. Whole, 0 to 200. Left out:
    /// those of `destinations` that have no gateway endpoint.
    pub endpoint_services: Option<Amount>,
    /// Connections of one VPC at the same time to one destination address, port and protocol. 0 to 1,000,000,000,000.
    /// Left out: few.
    pub connections_per_destination: Option<Amount>,
    /// What is reached, such as `s3`, `dynamodb`, `sts`, `internet`. At most 200 names.
    pub destinations: Option<Vec<String>>,
    /// What is there already: `zonal per AZ`, `single zonal`, `regional` or `centralized`.
    pub existing: Option<String>,
    /// The internet is reached. Left out: true, unless `destinations` names AWS services only.
    pub internet: Option<bool>,
    /// It is development or test.
    pub dev: Option<bool>,
    /// It carries production. Left out: true, unless `dev` is.
    pub production: Option<bool>,
    /// The VPC is new. Left out: false.
    pub new_vpc: Option<bool>,
    /// What is there already works. Left out: true.
    pub working: Option<bool>,
    /// A private NAT gateway is needed: translation towards your own networks, not the internet. Left out: false.
    pub private_nat: Option<bool>,
    /// Your networks overlap with the VPC, which needs a private NAT gateway.
    pub hybrid_overlap: Option<bool>,
    /// All egress must pass one place of inspection. Left out: false.
    pub mandated_central_inspection: Option<bool>,
    /// The workload speaks IPv6 only, and leaves by an egress-only internet gateway. Left out: false.
    pub ipv6_only: Option<bool>,
    /// The VPCs are attached to a transit gateway already, so that those attachments cost nothing more. Left out: false.
    pub existing_tgw: Option<bool>,
    /// The egress passes AWS Network Firewall: an endpoint beside every NAT gateway is priced, and the zonal NAT
    /// gateways in its path are not charged. Left out: false.
    pub network_firewall: Option<bool>,
}

type Inputs = NatTopologyInputs;

/// The knowledge behind the decision.
#[derive(Debug)]
pub struct NatTopology;

const fn number_input(
    name: &'static str,
    unit: &'static str,
    movement: Movement,
    max: u64,
    sweep_to: u64,
    slot: fn(&mut Inputs) -> &mut Option<Amount>,
) -> NumberInput<Inputs> {
    NumberInput { name, unit, movement, max, sweep_to, thresholds: &[], relaxable: false, critical: false, slot }
}

const fn flag_input(name: &'static str, slot: fn(&mut Inputs) -> &mut Option<bool>) -> FlagInput<Inputs> {
    FlagInput { name, relaxable: false, critical: false, alias: false, slot }
}

impl Knowledge for NatTopology {
    type Inputs = Inputs;

    const OPTIONS: &'static [OptionInfo] = &[
        OptionInfo {
            id: SINGLE,
            what: "one zonal NAT gateway in each VPC, for all its zones",
            drawback: "When its zone fails, every zone loses its way out, and the others pay for crossing zones.",
        },
        OptionInfo {
            id: PER_AZ,
            what: "a zonal NAT gateway in each zone of each VPC",
            drawback: "A gateway, a public subnet and a route table for every zone of every VPC.",
        },
        OptionInfo {
            id: REGIONAL,
            what: "a regional NAT gateway in each VPC, active in the zones that are used",
            drawback: "It takes up to an hour to reach a new zone, whose traffic crosses zones until then.",
        },
        OptionInfo {
            id: CENTRAL,
            what: "zonal NAT gateways in one egress VPC behind a transit gateway",
            drawback: "Every gigabyte also pays the hub, and all VPCs depend on one egress VPC.",
        },
        OptionInfo {
            id: NO_NAT,
            what: "endpoints for AWS services, or an egress-only internet gateway for IPv6",
            drawback: "Nothing on the IPv4 internet can be reached, and each further service needs an endpoint.",
        },
    ];

    const RULES: &'static [RuleInfo] = RULES;
    const NUMBERS: &'static [NumberInput<Inputs>] = &[
        number_input("gb_month", "GB", Movement::Continuous, CAP, 100_000, |inputs| &mut inputs.gb_month),
        number_input("gb_month_per_vpc", "GB", Movement::Continuous, CAP, 10_000, |inputs| {
            &mut inputs.gb_month_per_vpc
        }),
        number_input("cross_az_gb", "GB", Movement::Continuous, CAP, 100_000, |inputs| &mut inputs.cross_az_gb),
        NumberInput {
            thresholds: &["nat_many_vpcs"],
            ..number_input("vpcs", "", Movement::Whole, 5_000, 100, |inputs| &mut inputs.vpcs)
        },
        number_input("azs", "", Movement::Whole, MAX_AZS, MAX_AZS, |inputs| &mut inputs.azs),
        number_input("endpoint_services", "", Movement::Whole, 200, 40, |inputs| &mut inputs.endpoint_services),
        NumberInput {
            thresholds: &["nat_connections_per_address"],
            ..number_input("connections_per_destination", "", Movement::Continuous, CAP, 2_000_000, |inputs| {
                &mut inputs.connections_per_destination
            })
        },
    ];
    const FLAGS: &'static [FlagInput<Inputs>] = &[
        flag_input("internet", |inputs| &mut inputs.internet),
        FlagInput { alias: true, ..flag_input("dev", |inputs| &mut inputs.dev) },
        flag_input("production", |inputs| &mut inputs.production),
        flag_input("new_vpc", |inputs| &mut inputs.new_vpc),
        flag_input("working", |inputs| &mut inputs.working),
        flag_input("private_nat", |inputs| &mut inputs.private_nat),
        FlagInput { alias: true, ..flag_input("hybrid_overlap", |inputs| &mut inputs.hybrid_overlap) },
        flag_input("mandated_central_inspection", |inputs| &mut inputs.mandated_central_inspection),
        flag_input("ipv6_only", |inputs| &mut inputs.ipv6_only),
        flag_input("existing_tgw", |inputs| &mut inputs.existing_tgw),
        flag_input("network_firewall", |inputs| &mut inputs.network_firewall),
    ];
    const WORDS: &'static [WordInput<Inputs>] = &[WordInput {
        name: "existing",
        words: &["zonal per AZ", "single zonal", "regional", "centralized"],
        relaxable: false,
        slot: |inputs| &mut inputs.existing,
    }];
    const TOPIC: &'static str = "nat_topology";
    const SWEPT: &'static [&'static str] = &["gb_month", "cross_az_gb", "vpcs", "azs"];
    const USAGE: &'static str = "gb_month";

    fn check(inputs: &Inputs, check: &mut Check, _: &Catalog) {
        for (input, value) in given(inputs, Self::NUMBERS) {
            match (input.name, input.movement) {
                ("endpoint_services", _) => check.whole(input.name, &value, 0, input.max),
                (_, Movement::Whole) => check.whole(input.name, &value, 1, input.max),
                (_, Movement::Continuous | Movement::Listed) => check.amount(input.name, &value, input.max),
            }
        }
        check_names(inputs.destinations.as_deref().unwrap_or_default(), check);
        if inputs.gb_month.is_some() && inputs.gb_month_per_vpc.is_some() {
            let detail = "`gb_month` and `gb_month_per_vpc` say the same thing; give one of them";
            check.mistake("gb_month_per_vpc", Code::Conflict, detail);
        }
        if let (Some(cross), Some(all)) = (&inputs.cross_az_gb, &inputs.gb_month)
            && cross.compare_values(all).is_gt()
        {
            let detail = format!("`cross_az_gb` is {cross}; only {all} GB pass the gateways");
            check.mistake("cross_az_gb", Code::Conflict, detail);
        }
    }

    fn consider(inputs: &Inputs, context: &mut Context<'_>) -> Result<Considered, Stop> {
        let steps = Steps { settle, screen, size, not_modelled };
        steps.take::<Self>(inputs, context)
    }
}

/// Finds destinations that are no name.
fn check_names(names: &[String], check: &mut Check) {
    if names.len() > 200 {
        let detail = format!("there are {} names; at most 200 are taken", names.len());
        check.mistake("destinations", Code::OutOfRange, detail);
    }
    check.within("destinations", |check| {
        for (at, name) in names.iter().enumerate() {
            let is_name = !name.is_empty()
                && name.len() <= 64
                && name.chars().all(|c| c.is_ascii_alphanumeric() || ['.', '-', '_'].contains(&c));
            if !is_name {
                let detail = format!("`{name}` is no name of a service; it is written as in an endpoint, such as `s3`");
                check.mistake(&at.to_string(), Code::UnknownValue, detail);
            } else if names.iter().take(at).any(|earlier| earlier.eq_ignore_ascii_case(name)) {
                check.mistake(&at.to_string(), Code::Conflict, format!("`{name}` is named twice"));
            }
        }
    });
}

/// The egress to build, after defaults.
struct Settled {
    azs: Amount,
    vpcs: Amount,
    gb: Amount,
    cross_az_gb: Amount,
    gateway_services: Amount,
    interface_services: Amount,
    connections: Amount,
    internet: bool,
    production: bool,
    private: bool,
}

/// Takes every default.
fn settle(inputs: &Inputs, defaults: &mut Defaults, context: &mut Context<'_>) -> Result<Settled, Stop> {
    let yes = |value: Option<bool>| value.unwrap_or(false);
    // A sweep may begin at zero; there is one of each at least.
    let azs = defaults.take(inputs.azs.as_ref(), "azs", context.fact("nat_default_azs")?, "three zones");
    let azs = context.probe.max(&azs, &Amount::ONE);
    let vpcs = defaults.take(inputs.vpcs.as_ref(), "vpcs", Amount::ONE, "one VPC");
    let vpcs = context.probe.max(&vpcs, &Amount::ONE);
    let gb = match (&inputs.gb_month, &inputs.gb_month_per_vpc) {
        (None, Some(each)) => each.times(&vpcs)?,
        (given, _) => defaults.critical(
            given.as_ref(),
            "gb_month",
            context.fact("nat_default_gb_month")?,
            "a volume to begin with",
        ),
    };
    // Of an even spread, all but one zone's share crosses zones to reach a single gateway.
    let other_zones = gb.times(&(&azs - &Amount::ONE))?.over(&azs)?;
    let cross = defaults.take(inputs.cross_az_gb.as_ref(), "cross_az_gb", other_zones, "the zones send evenly");
    let cross_az_gb = context.probe.min(&cross, &gb);
    let names = inputs.destinations.as_deref().unwrap_or_default();
    let is = |name: &str, wanted: &str| name.eq_ignore_ascii_case(wanted);
    let by_gateway = |name: &str| BY_GATEWAY_ENDPOINT.iter().any(|known| is(name, known));
    let count = |of: &dyn Fn(&str) -> bool| i64::try_from(names.iter().filter(|name| of(name)).count());
    let gateway_services = Amount::whole(count(&by_gateway).unwrap_or(i64::MAX));
    let others = count(&|name| !by_gateway(name) && !is(name, INTERNET)).unwrap_or(i64::MAX);
    let interface_services = inputs.endpoint_services.clone().unwrap_or_else(|| Amount::whole(others));
    let names_internet = names.iter().any(|name| is(name, INTERNET));
    let internet = inputs.internet.unwrap_or(names.is_empty() || names_internet);
    if inputs.internet.is_none() {
        let why = if names.is_empty() { "nothing says otherwise" } else { "`destinations` says so" };
        defaults.assume("internet", internet.to_string(), why);
    }
    let production = inputs.production.unwrap_or(!yes(inputs.dev));
    if inputs.production.is_none() && inputs.dev.is_none() {
        defaults.assume("production", "true", "a way out that fails with a zone is for development");
    }
    let connections = inputs.connections_per_destination.clone().unwrap_or(Amount::ZERO);
    let each = match &inputs.gb_month_per_vpc {
        Some(each) => each.clone(),
        None => gb.over(&vpcs)?,
    };
    // As they count: a sweep may go below the least, and some have no default to tell.
    defaults.values = [
        ("gb_month", &gb),
        ("gb_month_per_vpc", &each),
        ("cross_az_gb", &cross_az_gb),
        ("vpcs", &vpcs),
        ("azs", &azs),
        ("endpoint_services", &interface_services),
        ("connections_per_destination", &connections),
    ]
    .map(|(name, value)| (name, value.clone()))
    .to_vec();
    Ok(Settled {
        azs,
        vpcs,
        gb,
        cross_az_gb,
        gateway_services,
        interface_services,
        connections,
        internet,
        production,
        private: yes(inputs.private_nat) || yes(inputs.hybrid_overlap),
    })
}

/// Fires every rule.
fn screen(screen: &mut Screen<'_>, inputs: &Inputs, settled: &Settled, context: &mut Context<'_>) -> Result<(), Stop> {
    Egress { inputs, settled }.screen(screen, context)
}

/// Adds the way to build each eligible option.
fn size(screen: &mut Screen<'_>, inputs: &Inputs, settled: &Settled, context: &mut Context<'_>) -> Result<(), Stop> {
    let egress = Egress { inputs, settled };
    for option in [SINGLE, PER_AZ, REGIONAL, CENTRAL, NO_NAT] {
        if screen.eligible(option) {
            screen.plan(option, egress.plan(option, context)?);
        }
    }
    Ok(())
}

/// What rules and sizing look at.
struct Egress<'s> {
    inputs: &'s Inputs,
    settled: &'s Settled,
}

impl Egress<'_> {
    /// What makes it a private gateway, as an input that was looked at.
    fn private_by(&self) -> Looked {
        let by_word = self.inputs.private_nat.unwrap_or(false);
        flag(if by_word { "private_nat" } else { "hybrid_overlap" }, true)
    }

    /// Whether anything on the IPv4 internet is reached.
    fn ipv4_internet(&self) -> bool {
        self.settled.internet && !self.inputs.ipv6_only.unwrap_or(false)
    }

    fn screen(&self, screen: &mut Screen<'_>, context: &mut Context<'_>) -> Result<(), Stop> {
        if self.settled.production {
            let text = "A zonal gateway fails with its zone, and takes the way out of the other zones with it.";
            screen.eliminate("N-01", &[SINGLE], &flag("production", true), "nat_zonal_gateway_zones", text)?;
        }
        if self.settled.private {
            let text = "A private NAT gateway exists in zonal mode only.";
            screen.eliminate("N-02", &[REGIONAL], &self.private_by(), "nat_private_modes", text)?;
        }
        self.without_nat(screen, context)?;
        self.central(screen, context)?;
        self.guidance(screen)?;
        self.many_connections(screen, context)
    }

    /// N-05: whether there can be no NAT gateway at all.
    fn without_nat(&self, screen: &mut Screen<'_>, context: &mut Context<'_>) -> Result<(), Stop> {
        if self.settled.private {
            let text = "Networks whose addresses overlap are reached through translation only.";
            screen.eliminate("N-05", &[NO_NAT], &self.private_by(), "nat_needed_for", text)?;
        } else if self.ipv4_internet() {
            let text = "The IPv4 internet is reached from private subnets through translation only.";
            screen.eliminate("N-05", &[NO_NAT], &flag("internet", true), "nat_needed_for", text)?;
        } else {
            let by = if self.settled.internet { flag("ipv6_only", true) } else { flag("internet", false) };
            if context.probe.positive(&self.settled.interface_services) {
                let text = "Interface endpoints cost by service, zone and VPC: hold them against the NAT hours.";
                screen.caution("N-05", &[NO_NAT], &by, "guidance_no_nat", text)?;
            } else {
                let text =
                    "Everything is reached by endpoints that cost nothing, or over IPv6: no NAT gateway is needed.";
                screen.prefer("N-05", &[NO_NAT], &by, "guidance_no_nat", text)?;
            }
        }
        Ok(())
    }

    /// N-06: central egress, by mandate or by the number of VPCs.
    fn central(&self, screen: &mut Screen<'_>, context: &mut Context<'_>) -> Result<(), Stop> {
        let many = context.fact("nat_many_vpcs")?;
        if self.inputs.mandated_central_inspection.unwrap_or(false) {
            let text = "All egress passes one place of inspection, so that the NAT gateways stand there too.";
            let by = flag("mandated_central_inspection", true);
            screen.prefer("N-06", &[CENTRAL], &by, "guidance_nat_central", text)?;
        } else if !context.probe.less(&self.settled.vpcs, &many) {
            let text =
                "With many VPCs the hub's attachments and gigabytes stand against NAT hours: a close call, by cost.";
            screen.caution("N-06", &[CENTRAL], &number("vpcs", &self.settled.vpcs), "nat_many_vpcs", text)?;
        }
        if self.inputs.network_firewall.unwrap_or(false) {
            let text = "A regional NAT gateway is charged in full behind the firewall; a zonal one is not.";
            let by = flag("network_firewall", true);
            screen.caution("N-06", &[REGIONAL], &by, "network_firewall_waives_nat", text)?;
        }
        Ok(())
    }

    /// N-04 and N-03: what is there and works stays; what is new is regional.
    fn guidance(&self, screen: &mut Screen<'_>) -> Result<(), Stop> {
        if let Some(existing) = self.inputs.existing.as_deref().filter(|_| self.inputs.working.unwrap_or(true))
            && let Some(option) = existing_option(existing)
        {
            let text = "What is there works, and nothing speaks for moving it.";
            screen.prefer("N-04", &[option], &word("existing", existing), "guidance_nat_existing", text)?;
        }
        if self.inputs.new_vpc.unwrap_or(false) && self.ipv4_internet() && !self.settled.private {
            let text = "For public egress of a new VPC a regional gateway is the default: one id, no public subnets.";
            screen.prefer("N-03", &[REGIONAL], &flag("new_vpc", true), "guidance_nat_new_vpc", text)?;
        }
        Ok(())
    }

    /// N-07: one address carries so many connections to one destination.
    fn many_connections(&self, screen: &mut Screen<'_>, context: &mut Context<'_>) -> Result<(), Stop> {
        let by = number("connections_per_destination", &self.settled.connections);
        let per_address = context.fact("nat_connections_per_address")?;
        for (option, limit) in [
            (SINGLE, "nat_addresses_per_zonal_gateway"),
            (PER_AZ, "nat_addresses_per_zonal_gateway"),
            (REGIONAL, "nat_addresses_per_regional_zone"),
            (CENTRAL, "nat_addresses_per_zonal_gateway"),
        ] {
            let addresses = self.addresses(option, context)?;
            let most = context.fact(limit)?;
            if context.probe.more(&addresses, &most) {
                let text = "More addresses than a gateway takes in a zone: the traffic is split over several.";
                screen.caution("N-07", &[option], &by, limit, text)?;
            } else if context.probe.more(&self.connections_of(option)?, &per_address) {
                let text = "More connections to one destination than an address carries: the gateway needs several.";
                screen.caution("N-07", &[option], &by, "nat_connections_per_address", text)?;
            }
        }
        Ok(())
    }

    /// The zones with a gateway: of one VPC, or of the egress VPC.
    fn zones(&self, option: &str) -> Amount {
        if option == SINGLE { Amount::ONE } else { self.settled.azs.clone() }
    }

    /// The VPCs that have gateways.
    fn sites(&self, option: &str) -> Amount {
        if option == CENTRAL { Amount::ONE } else { self.settled.vpcs.clone() }
    }

    /// The connections to one destination that pass the gateways of one zone.
    fn connections_of(&self, option: &str) -> Result<Amount, Stop> {
        let sharing = if option == CENTRAL {
            self.settled.connections.times(&self.settled.vpcs)?
        } else {
            self.settled.connections.clone()
        };
        Ok(sharing.over(&self.zones(option))?)
    }

    /// The addresses that a zone's gateways need: one, or more where many connections go to one destination.
    fn addresses(&self, option: &str, context: &mut Context<'_>) -> Result<Amount, Stop> {
        let per_address = context.fact("nat_connections_per_address")?;
        let needed = context.probe.ceil_div(&self.connections_of(option)?, &per_address)?;
        Ok(context.probe.max(&Amount::ONE, &needed))
    }

    fn plan(&self, option: &str, context: &mut Context<'_>) -> Result<Plan, Stop> {
        if option == NO_NAT {
            return self.endpoints(context.region);
        }
        let addresses = self.addresses(option, context)?;
        let most = context.fact("nat_addresses_per_zonal_gateway")?;
        // A regional gateway takes more addresses in a zone; a zonal one is doubled where they do not suffice.
        let each = if option == REGIONAL { Amount::ONE } else { context.probe.ceil_div(&addresses, &most)? };
        let zones = self.zones(option).times(&self.sites(option))?;
        let gateways = zones.times(&each)?;
        let public = if self.settled.private { Amount::ZERO } else { zones.times(&addresses)? };
        let built = Built { option, zones: &zones, gateways: &gateways, public: &public };
        let mut resources = self.gateways(&built, context.region);
        if option == CENTRAL {
            let attached =
                if self.inputs.existing_tgw.unwrap_or(false) { Amount::ZERO } else { self.settled.vpcs.clone() };
            let usage = TransitGateway {
                vpc_attachments: &attached + &Amount::ONE,
                vpc_gb: self.settled.gb.clone(),
                ..TransitGateway::default()
            };
            resources.push(Planned::new("hub", &transit_gateway::SERVICE, context.region, usage));
        }
        // Central egress for a single VPC is a hub that nobody asked for.
        let extras = u32::from(option == CENTRAL && self.settled.vpcs == Amount::ONE);
        Ok(Plan { config: built.config(), resources, extras, outside_aws: Some(Amount::ZERO), ..Plan::default() })
    }

    /// The NAT gateways, and the firewall in their path where there is one.
    fn gateways(&self, built: &Built<'_>, region: &str) -> Vec<Planned> {
        let regional = built.option == REGIONAL;
        let firewall = self.inputs.network_firewall.unwrap_or(false);
        let mut gateways = NatGateway {
            between_azs_gb: if built.option == SINGLE { self.settled.cross_az_gb.clone() } else { Amount::ZERO },
            ..NatGateway::default()
        };
        let mut walls = NetworkFirewall {
            endpoints: built.zones.clone(),
            traffic_gb: self.settled.gb.clone(),
            ..NetworkFirewall::default()
        };
        if firewall && !regional {
            walls.nat_gateways = built.gateways.clone();
            walls.nat_gb = self.settled.gb.clone();
            walls.public_ipv4_addresses = built.public.clone();
        } else {
            let count = if regional { &mut gateways.regional_gateway_azs } else { &mut gateways.gateways };
            *count = built.gateways.clone();
            gateways.data_processed_gb = self.settled.gb.clone();
            gateways.public_ipv4_addresses = built.public.clone();
        }
        let mut resources = vec![Planned::new("gateways", &nat_gateway::SERVICE, region, gateways)];
        if firewall {
            resources.push(Planned::new("firewall", &network_firewall::SERVICE, region, walls));
        }
        resources
    }

    /// Endpoints in place of a gateway, in every VPC.
    fn endpoints(&self, region: &str) -> Result<Plan, Stop> {
        let interface_endpoints = self.settled.interface_services.times(&self.settled.vpcs)?;
        let usage = VpcEndpoint {
            gateway_endpoints: self.settled.gateway_services.times(&self.settled.vpcs)?,
            interface_gb: if self.settled.interface_services.is_zero() {
                Amount::ZERO
            } else {
                self.settled.gb.clone()
            },
            interface_endpoints: interface_endpoints.clone(),
            azs: Some(self.settled.azs.clone()),
            ..VpcEndpoint::default()
        };
        let config = config([
            ("gateway_endpoints", whole(&usage.gateway_endpoints)),
            ("interface_endpoints", whole(&interface_endpoints)),
        ]);
        let resources = vec![Planned::new("endpoints", &vpc_endpoint::SERVICE, region, usage)];
        Ok(Plan { config, resources, outside_aws: Some(Amount::ZERO), ..Plan::default() })
    }
}

/// The gateways of an option.
struct Built<'b> {
    option: &'b str,
    zones: &'b Amount,
    gateways: &'b Amount,
    public: &'b Amount,
}

impl Built<'_> {
    fn config(&self) -> Map<String, Value> {
        let name = if self.option == REGIONAL { "regional_gateway_zones" } else { "gateways" };
        config([(name, whole(self.gateways)), ("public_ipv4_addresses", whole(self.public))])
    }
}

/// A count as the answer shows it.
fn whole(amount: &Amount) -> Value {
    amount.at_rest().as_whole().map_or(Value::Null, Value::from)
}

/// The option that stands for what is there already.
fn existing_option(existing: &str) -> Option<&'static str> {
    let existing = existing.to_lowercase();
    [("per az", PER_AZ), ("per_az", PER_AZ), ("regional", REGIONAL), ("central", CENTRAL), ("single", SINGLE)]
        .into_iter()
        .find(|(words, _)| existing.contains(words))
        .map(|(_, option)| option)
}

fn not_modelled(inputs: &Inputs, _: &Settled) -> Vec<String> {
    let mut unused = vec![
        "data transfer out to the internet: it is the same in every option".to_owned(),
        "the work of moving from one topology to another".to_owned(),
    ];
    if inputs.mandated_central_inspection.unwrap_or(false) && !inputs.network_firewall.unwrap_or(false) {
        unused.push("the firewall of the central inspection; `network_firewall` prices that of AWS".to_owned());
    }
    if let Some(existing) = inputs.existing.as_deref().filter(|existing| existing_option(existing).is_none()) {
        unused.push(format!("the value `{existing}` of `existing`: no rule knows it"));
    }
    unused
}

const RULES: &[RuleInfo] = engine::rules! {
    "N-01": "it carries production" => "nat_single_zonal is out" [Eliminate] "https://aws.github.io/aws-networking-best-practices/connectivity/internet/";
    "N-02": "a private NAT gateway is needed" => "nat_regional is out" [Eliminate] "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html";
    "N-05": "every destination is an AWS service with an endpoint, or the workload is IPv6 only" => "no_nat is preferred, and priced where it needs interface endpoints; otherwise it is out" [Eliminate, Prefer, Caution] "https://aws.github.io/aws-networking-best-practices/connectivity/internet/";
    "N-06": "central inspection is mandated, or there are many VPCs" => "nat_centralized is preferred, or held against the others by cost; behind AWS Network Firewall zonal gateways are not charged" [Prefer, Caution] "https://aws.github.io/aws-networking-best-practices/connectivity/internet/";
    "N-04": "what is there already works" => "it is preferred" [Prefer] "https://aws.github.io/aws-networking-best-practices/connectivity/internet/";
    "N-03": "the VPC is new and reaches the internet" => "nat_regional is preferred" [Prefer] "https://aws.github.io/aws-networking-best-practices/connectivity/internet/";
    "N-07": "more connections go to one destination than an address carries" => "the gateway needs more addresses, or the traffic is split" [Caution] "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html";
};
