//! Estimates: one resource or many, rated in one pool.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::answer::{AssumptionView, CatalogView, LineView, MissingMeterView, NoticeView, Total, cents};
use super::request::{Common, Settings, region_is_known, request};
use crate::catalog::Catalog;
use crate::domain::bill::{Assumption, Notice};
use crate::domain::check::Check;
use crate::domain::month::{Month, MonthSource};
use crate::domain::probe::Probe;
use crate::domain::problem::{Code, Problem, Problems};
use crate::domain::read::{from_json_bytes, unknown_name};
use crate::rating::{self, Bill, FreeTier, Lacking, MissingPrices, Terms};
use crate::services::plan::{Planned, meter};
use crate::services::{self, SERVICES, Service};

/// The most resources of one estimate.
pub const MAX_RESOURCES: usize = 1_000;

request! {
    /// An estimate of one resource.
    pub struct EstimateOne {
        /// What is planned, as the service's schema says.
        #[schema(value_type = Object)]
        pub usage: Box<RawValue>,
    }
}

request! {
    /// An estimate of many resources; tiers and allowances are shared among them as AWS shares them.
    pub struct EstimateMany {
        /// The resources, 1 to 1,000.
        pub resources: Vec<Resource>,
    }
}

/// One resource of an estimate of many.
#[derive(Debug, serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// A name of your own, shown on its lines. Left out: the service and the position.
    pub name: Option<String>,
    /// The service.
    #[schema(example = "site_to_site_vpn")]
    pub service: String,
    /// The Region, where it is not the request's.
    pub region: Option<String>,
    /// What is planned, as the service's schema says.
    #[schema(value_type = Object)]
    pub usage: Box<RawValue>,
}

/// The answer to an estimate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Estimate {
    /// The sum.
    pub total: Total,
    /// Whether every meter had a price. Where it is false, `missing` names what the total leaves out.
    pub complete: bool,
    /// The lines, in the order of the resources.
    pub lines: Vec<LineView>,
    /// The sum of each resource.
    pub by_resource: Vec<ResourceTotal>,
    /// The meters left out for want of a price.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingMeterView>,
    /// What was assumed.
    pub assumptions: Vec<AssumptionView>,
    /// What to know about the answer.
    pub notices: Vec<NoticeView>,
    /// What AWS may bill around it that the estimate leaves out.
    pub excluded: Vec<Excluded>,
    /// Which prices were used.
    pub catalog: CatalogView,
}

/// The sum of one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResourceTotal {
    /// Its name.
    pub resource: String,
    /// Its service.
    pub service: String,
    /// Its Region.
    pub region: String,
    /// US dollars a month, rounded to cents.
    pub monthly: String,
    /// US dollars a month with up to 12 decimals.
    pub monthly_exact: String,
}

/// What an estimate leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Excluded {
    /// The service it belongs to.
    pub service: String,
    /// What is left out.
    pub what: String,
}

impl EstimateOne {
    /// Reads the request from JSON.
    ///
    /// # Errors
    /// The first mistake of shape.
    pub fn read(body: &[u8]) -> Result<Self, Problems> {
        Ok(from_json_bytes(body)?)
    }

    /// Estimates it. `service` is the id of the service, from the path.
    ///
    /// # Errors
    /// Every mistake of value, or every meter without a price.
    pub fn run(&self, service: &str, catalog: &Catalog, today: NaiveDate) -> Result<Estimate, Problems> {
        one(&self.common(), find_service(service, "")?, self.usage.get(), catalog, today)
    }
}

/// Estimates one resource: `usage` is what is planned, as JSON.
///
/// # Errors
/// Every mistake of value, or every meter without a price.
pub(super) fn one(
    common: &Common<'_>,
    service: &'static Service,
    usage: &str,
    catalog: &Catalog,
    today: NaiveDate,
) -> Result<Estimate, Problems> {
    let mut check = Check::at("");
    let settings = common.settle(&mut check, catalog, today);
    let usage = (service.read)(usage).map_err(|problem| problem.below("/usage"))?;
    check.within("usage", |check| {
        usage.check(check, catalog);
        usage.check_in(common.region, check);
    });
    let planned = Planned { name: service.id.to_owned(), service, region: common.region.to_owned(), usage };
    estimate(&[planned], settings, check, catalog)
}

impl EstimateMany {
    /// Reads the request from JSON.
    ///
    /// # Errors
    /// The first mistake of shape.
    pub fn read(body: &[u8]) -> Result<Self, Problems> {
        Ok(from_json_bytes(body)?)
    }

    /// Estimates all resources in one pool.
    ///
    /// # Errors
    /// Every mistake of value, or every meter without a price.
    pub fn run(&self, catalog: &Catalog, today: NaiveDate) -> Result<Estimate, Problems> {
        let mut check = Check::at("");
        let settings = self.common().settle(&mut check, catalog, today);
        if self.resources.is_empty() || self.resources.len() > MAX_RESOURCES {
            let count = self.resources.len();
            check.mistake(
                "resources",
                Code::OutOfRange,
                format!("there are {count} resources; send 1 to {MAX_RESOURCES}"),
            );
        }
        let mut planned: Vec<Planned> = Vec::with_capacity(self.resources.len());
        for (at, resource) in self.resources.iter().take(MAX_RESOURCES).enumerate() {
            let pointer = format!("/resources/{at}");
            let service = find_service(&resource.service, &format!("{pointer}/service"))?;
            let usage =
                (service.read)(resource.usage.get()).map_err(|problem| problem.below(&format!("{pointer}/usage")))?;
            check.within("resources", |check| {
                check.within(&at.to_string(), |check| {
                    if let Some(region) = &resource.region {
                        region_is_known(check, "region", region, catalog);
                    }
                    check.within("usage", |check| {
                        usage.check(check, catalog);
                        usage.check_in(resource.region.as_deref().unwrap_or(&self.region), check);
                    });
                });
            });
            let name = match &resource.name {
                Some(name) => name.clone(),
                None => format!("{}_{}", service.id, at.saturating_add(1)),
            };
            if planned.iter().any(|other| other.name == name) {
                check.problem(Problem::new(
                    Code::Conflict,
                    format!("{pointer}/name"),
                    format!("two resources are named `{name}`"),
                ));
            }
            planned.push(Planned {
                name,
                service,
                region: resource.region.clone().unwrap_or_else(|| self.region.clone()),
                usage,
            });
        }
        estimate(&planned, settings, check, catalog)
    }
}

/// The service with an id.
///
/// # Errors
/// Where there is none, with the nearest.
pub(super) fn find_service(id: &str, pointer: &str) -> Result<&'static Service, Problem> {
    services::find(id).ok_or_else(|| {
        unknown_name(Code::UnknownService, pointer, "service", id, SERVICES.iter().map(|service| service.id))
    })
}

/// The problem that names every meter without a price and the ways out.
pub fn missing_prices(missing: &[Lacking], terms: Terms, catalog: &Catalog) -> Problem {
    let count = missing.len();
    let first = missing.first().map(|missing| missing.meter.to_string()).unwrap_or_default();
    let detail = if count == 1 {
        format!("there is no price for the meter {first}")
    } else {
        format!("there is no price for {count} meters, among them {first}")
    };
    let hint = match terms.missing_prices {
        MissingPrices::Derive => {
            "no derivation rule covers it either; choose a Region of `regions_with_price`, or send \
             `\"missing_prices\": \"omit\"` to leave the lines out"
        }
        _ => {
            "choose a Region of `regions_with_price`, or send `\"missing_prices\": \"derive\"` to use a documented \
             rule where there is one, or `\"missing_prices\": \"omit\"` to leave the lines out"
        }
    };
    let missing = missing.iter().map(|lacking| lacking.explain(catalog, terms.as_of)).collect();
    Problem { missing, ..Problem::new(Code::PriceNotAvailable, "", detail).hinting(hint) }
}

/// Rates checked resources and writes the answer.
fn estimate(
    planned: &[Planned],
    settings: Option<Settings>,
    check: Check,
    catalog: &Catalog,
) -> Result<Estimate, Problems> {
    let problems = check.into_problems();
    let Some(Settings { terms, month }) = settings.filter(|_| problems.is_empty()) else {
        return Err(Problems(problems));
    };
    let metered = meter(planned, &month, catalog, &mut Probe::new())
        .map_err(|error| Problem::new(Code::Internal, "", error.to_string()))?;
    let name_of = |at: usize| planned.get(at).map_or_else(String::new, |resource| resource.name.clone());
    let mut notices = metered.notices;
    let mut assumptions = metered.assumptions;
    let records = metered.records;
    let for_free_tier = (terms.free_tier == FreeTier::None).then(|| records.clone());
    let bill = rating::rate(&mut Probe::new(), catalog, records, terms, &name_of)
        .map_err(|missing| missing_prices(&missing, terms, catalog))?;
    if let Some(records) = for_free_tier.filter(|_| bill.has_allowance) {
        let with = Terms { free_tier: FreeTier::Always, ..terms };
        if let Ok(cheaper) = rating::rate(&mut Probe::new(), catalog, records, with, &name_of) {
            let saved = &bill.total - &cheaper.total;
            notices.push(Notice {
                code: "free_tier_not_applied",
                text: format!("Free allowances are not taken off; with `\"free_tier\": \"always\"` the month would cost {saved} USD less."),
            });
        }
    }
    month_assumption(&month, &mut assumptions);
    price_notices(&bill, terms, &mut notices);
    let lines: Vec<LineView> = bill
        .lines
        .iter()
        .filter_map(|line| {
            let resource = planned.get(line.record.resource)?;
            Some(LineView::of(line, &resource.name, resource.service.id, catalog))
        })
        .collect();
    let by_resource = planned
        .iter()
        .enumerate()
        .map(|(at, resource)| {
            let sum = bill
                .lines
                .iter()
                .filter(|line| line.record.resource == at)
                .fold(crate::domain::amount::Amount::ZERO, |sum, line| &sum + &line.amount);
            ResourceTotal {
                resource: resource.name.clone(),
                service: resource.service.id.to_owned(),
                region: resource.region.clone(),
                monthly: cents(&sum),
                monthly_exact: sum.to_string(),
            }
        })
        .collect();
    Ok(Estimate {
        total: Total::of(&bill.total, month.is_convention()),
        complete: bill.missing.is_empty(),
        lines,
        by_resource,
        missing: bill
            .missing
            .iter()
            .map(|lacking| MissingMeterView::from(&lacking.explain(catalog, terms.as_of)))
            .collect(),
        assumptions: assumptions.iter().map(AssumptionView::from).collect(),
        notices: notices.iter().map(NoticeView::from).collect(),
        excluded: excluded(planned),
        catalog: catalog_view(catalog, terms, &bill),
    })
}

/// Which prices a bill used.
pub fn catalog_view(catalog: &Catalog, terms: Terms, bill: &Bill<'_>) -> CatalogView {
    CatalogView {
        edition: catalog.edition.number,
        hash: catalog.edition.hash.clone(),
        as_of: terms.as_of.to_string(),
        oldest_seen_on: bill.lines.iter().map(|line| line.price.price.seen_on).min().map(|date| date.to_string()),
    }
}

fn month_assumption(month: &Month, assumptions: &mut Vec<Assumption>) {
    if *month.source() == MonthSource::Convention {
        assumptions.push(Assumption {
            input: "month_hours".to_owned(),
            value: month.hours().to_string(),
            why: "AWS estimates a month as 730 hours; send `month_hours` or `month` for another".to_owned(),
        });
    }
}

/// Says what the prices of a bill leave uncertain.
pub fn price_notices(bill: &Bill<'_>, terms: Terms, notices: &mut Vec<Notice>) {
    let ids = |choose: &dyn Fn(&rating::RatedWith<'_>) -> bool| {
        let mut ids: Vec<&str> =
            bill.lines.iter().filter(|line| choose(&line.price)).map(|line| line.record.id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.join(", ")
    };
    let unverified = ids(&|rated| rated.price.unverified_on(terms.as_of));
    if !unverified.is_empty() {
        notices.push(Notice {
            code: "price_date_unverified",
            text: format!(
                "Nobody has confirmed that these prices already held on {}: {unverified}. Their start is not known and they were read later.",
                terms.as_of
            ),
        });
    }
    let derived = ids(&|rated| rated.rule.is_some());
    if !derived.is_empty() {
        notices.push(Notice {
            code: "derived_prices",
            text: format!(
                "No source states these prices; documented rules derive them: {derived}. See `price.rule` of each line."
            ),
        });
    }
    if !bill.missing.is_empty() {
        notices.push(Notice {
            code: "incomplete",
            text: format!("The total leaves out {} meters that have no price; see `missing`.", bill.missing.len()),
        });
    }
}

fn excluded(planned: &[Planned]) -> Vec<Excluded> {
    let mut seen: Vec<&str> = Vec::new();
    let mut excluded = Vec::new();
    for resource in planned {
        if seen.contains(&resource.service.id) {
            continue;
        }
        seen.push(resource.service.id);
        for what in resource.service.excluded {
            excluded.push(Excluded { service: resource.service.id.to_owned(), what: (*what).to_owned() });
        }
    }
    excluded
}
