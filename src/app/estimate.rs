//! Estimates: one resource or many, rated in one pool.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::value::RawValue;
use smol_str::{SmolStr, format_smolstr};
use utoipa::ToSchema;

mod write;

use super::answer::{AssumptionView, BookRevisionView, CatalogView, LineView, MissingMeterView, NoticeView, Total};
use super::digits::{in_cents, text};
use super::request::{Common, Settings, region_is_known, request};
use crate::catalog::Catalog;
use crate::domain::amount::Amount;
use crate::domain::bill::{Assumption, Line, Notice};
use crate::domain::check::Check;
use crate::domain::meter::UsageRecord;
use crate::domain::month::{Month, MonthSource};
use crate::domain::probe::Probe;
use crate::domain::problem::{Code, Problem, Problems};
use crate::domain::read::{from_json_bytes, unknown_name};
use crate::rating::{self, Bill, FreeTier, Lacking, MissingPrices, RatedWith, Terms};
use crate::services::plan::{Metered, Planned, meter};
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
pub struct Estimate<'c> {
    /// The sum.
    pub total: Total,
    /// Whether every meter had a price. Where it is false, `missing` names what the total leaves out.
    pub complete: bool,
    /// The lines, in the order of the resources.
    pub lines: Vec<LineView<'c>>,
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
    pub service: &'static str,
    /// Its Region.
    pub region: String,
    /// US dollars a month, rounded to cents.
    #[schema(value_type = String)]
    pub monthly: SmolStr,
    /// US dollars a month with up to 12 decimals.
    #[schema(value_type = String)]
    pub monthly_exact: SmolStr,
}

/// What an estimate leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Excluded {
    /// The service it belongs to.
    pub service: &'static str,
    /// What is left out.
    pub what: &'static str,
}

/// An estimate with `detail=total`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EstimateTotal {
    /// The sum.
    pub total: Total,
    /// Whether every meter had a price.
    pub complete: bool,
    /// The meters left out for want of a price.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingMeterView>,
}

/// Resources whose usage has been metered and not yet rated.
#[derive(Debug)]
pub(super) struct Unrated<'c> {
    planned: Vec<Planned>,
    metered: Metered,
    settings: Settings,
    catalog: &'c Catalog,
}

/// Resources that have been priced: as much is said of it as is asked for.
#[derive(Debug)]
pub struct Priced<'c> {
    planned: Vec<Planned>,
    bill: Bill<'c>,
    terms: Terms,
    month: Month,
    assumptions: Vec<Assumption>,
    notices: Vec<Notice>,
    catalog: &'c Catalog,
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
    pub fn run<'c>(&self, service: &str, catalog: &'c Catalog, today: NaiveDate) -> Result<Estimate<'c>, Problems> {
        Ok(self.meter(find_service(service, "")?, catalog, today)?.rate()?.into_full())
    }

    /// Estimates it and writes the answer as JSON.
    ///
    /// # Errors
    /// As [`EstimateOne::run`].
    pub fn write(&self, service: &str, catalog: &Catalog, today: NaiveDate) -> Result<Vec<u8>, Problems> {
        Ok(self.meter(find_service(service, "")?, catalog, today)?.rate()?.written())
    }

    /// Checks it and meters its usage.
    ///
    /// # Errors
    /// Every mistake of value.
    pub(super) fn meter<'c>(
        &self,
        service: &'static Service,
        catalog: &'c Catalog,
        today: NaiveDate,
    ) -> Result<Unrated<'c>, Problems> {
        meter_one(&self.common(), service, self.usage.get(), catalog, today)
    }
}

/// Checks one resource and meters its usage: `usage` is what is planned, as JSON.
///
/// # Errors
/// Every mistake of value.
pub(super) fn meter_one<'c>(
    common: &Common<'_>,
    service: &'static Service,
    usage: &str,
    catalog: &'c Catalog,
    today: NaiveDate,
) -> Result<Unrated<'c>, Problems> {
    let mut check = Check::at("");
    let settings = common.settle(&mut check, catalog, today);
    let usage = (service.read)(usage).map_err(|problem| problem.below("/usage"))?;
    check.within("usage", |check| {
        usage.check(check, catalog);
        usage.check_in(common.region, check);
    });
    let planned =
        Planned { name: SmolStr::new_static(service.id), service, region: SmolStr::new(common.region), usage };
    meter_checked(vec![planned], settings, check, catalog)
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
    pub fn run<'c>(&self, catalog: &'c Catalog, today: NaiveDate) -> Result<Estimate<'c>, Problems> {
        Ok(self.price(catalog, today)?.into_full())
    }

    /// Estimates all resources in one pool and writes the answer as JSON.
    ///
    /// # Errors
    /// As [`EstimateMany::run`].
    pub fn write(&self, catalog: &Catalog, today: NaiveDate) -> Result<Vec<u8>, Problems> {
        Ok(self.price(catalog, today)?.written())
    }

    /// Prices all resources in one pool.
    ///
    /// # Errors
    /// As [`EstimateMany::run`].
    pub(super) fn price<'c>(&self, catalog: &'c Catalog, today: NaiveDate) -> Result<Priced<'c>, Problems> {
        self.meter(catalog, today)?.rate()
    }

    /// Checks all resources and meters their usage.
    ///
    /// # Errors
    /// Every mistake of value.
    pub(super) fn meter<'c>(&self, catalog: &'c Catalog, today: NaiveDate) -> Result<Unrated<'c>, Problems> {
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
            let numbered = || format_smolstr!("{}_{}", service.id, at.saturating_add(1));
            let name = resource.name.as_ref().map_or_else(numbered, SmolStr::new);
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
                region: SmolStr::new(resource.region.as_ref().unwrap_or(&self.region)),
                usage,
            });
        }
        meter_checked(planned, settings, check, catalog)
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

/// Meters the usage of resources, where nothing is wrong with them.
fn meter_checked(
    planned: Vec<Planned>,
    settings: Option<Settings>,
    check: Check,
    catalog: &Catalog,
) -> Result<Unrated<'_>, Problems> {
    let problems = check.into_problems();
    let Some(settings) = settings.filter(|_| problems.is_empty()) else {
        return Err(Problems(problems));
    };
    let metered = meter(&planned, &settings.month, catalog, &mut Probe::new())
        .map_err(|error| Problem::new(Code::Internal, "", error.to_string()))?;
    Ok(Unrated { planned, metered, settings, catalog })
}

impl<'c> Unrated<'c> {
    /// Rates what was metered.
    ///
    /// # Errors
    /// Every meter without a price.
    pub(super) fn rate(self) -> Result<Priced<'c>, Problems> {
        let Self { planned, metered, settings: Settings { terms, month }, catalog } = self;
        let Metered { records, assumptions, notices } = metered;
        let bill = rating::rate(&mut Probe::new(), catalog, records, terms, &|at| name_of(&planned, at))
            .map_err(|missing| missing_prices(&missing, terms, catalog))?;
        Ok(Priced { planned, bill, terms, month, assumptions, notices, catalog })
    }
}

fn name_of(planned: &[Planned], at: usize) -> String {
    planned.get(at).map_or_else(String::new, |resource| resource.name.to_string())
}

impl<'c> Priced<'c> {
    /// The sum only.
    pub fn to_total(&self) -> EstimateTotal {
        EstimateTotal { total: self.total(), complete: self.is_complete(), missing: self.missing() }
    }

    /// The whole answer.
    pub fn into_full(mut self) -> Estimate<'c> {
        let (assumptions, notices) = self.remarks();
        Estimate {
            total: self.total(),
            complete: self.is_complete(),
            lines: self.lines(),
            by_resource: self.by_resource(),
            missing: self.missing(),
            assumptions: assumptions.into_iter().map(AssumptionView::from).collect(),
            notices: notices.into_iter().map(NoticeView::from).collect(),
            excluded: excluded(&self.planned),
            catalog: catalog_view(self.catalog, self.terms, Some(&self.bill)),
        }
    }

    /// What was assumed and what to know, all of it.
    fn remarks(&mut self) -> (Vec<Assumption>, Vec<Notice>) {
        let mut notices = std::mem::take(&mut self.notices);
        notices.extend(self.free_tier_notice());
        notices.extend(self.book_notice());
        let mut assumptions = std::mem::take(&mut self.assumptions);
        month_assumption(&self.month, &mut assumptions);
        price_notices(&self.bill, self.terms, &mut notices);
        (assumptions, notices)
    }

    fn total(&self) -> Total {
        Total::of(&self.bill.total, self.month.is_convention())
    }

    fn is_complete(&self) -> bool {
        self.bill.missing.is_empty()
    }

    fn lines(&self) -> Vec<LineView<'c>> {
        let lines = self.bill.lines.iter().filter_map(|line| {
            let resource = self.planned.get(line.record.resource)?;
            Some(LineView::of(line, &resource.name, resource.service.id, self.catalog))
        });
        lines.collect()
    }

    fn missing(&self) -> Vec<MissingMeterView> {
        let explain = |lacking: &Lacking| MissingMeterView::from(&lacking.explain(self.catalog, self.terms.as_of));
        self.bill.missing.iter().map(explain).collect()
    }

    /// The sum of each resource.
    fn sums(&self) -> Vec<Amount> {
        let mut sums = vec![Amount::ZERO; self.planned.len()];
        for line in &self.bill.lines {
            if let Some(sum) = sums.get_mut(line.record.resource) {
                *sum = &*sum + &line.amount;
            }
        }
        sums
    }

    fn by_resource(&self) -> Vec<ResourceTotal> {
        let sums = self.sums();
        let total = |(resource, sum): (&Planned, &Amount)| ResourceTotal {
            resource: resource.name.to_string(),
            service: resource.service.id,
            region: resource.region.to_string(),
            monthly: in_cents(sum),
            monthly_exact: text(sum),
        };
        self.planned.iter().zip(&sums).map(total).collect()
    }

    /// The bill of records under other terms; `None` where it has no price for some of them.
    fn rated_with<'r>(&self, terms: Terms, records: impl Iterator<Item = &'r UsageRecord>) -> Option<Bill<'c>> {
        let records = records.map(|record| Box::new(record.clone())).collect();
        rating::rate(&mut Probe::new(), self.catalog, records, terms, &|at| name_of(&self.planned, at)).ok()
    }

    /// What free allowances would save, where they were not asked for and there are any.
    fn free_tier_notice(&self) -> Option<Notice> {
        if self.terms.free_tier != FreeTier::None || !self.bill.has_allowance {
            return None;
        }
        // Meters do not depend on each other, so that the others need not be rated again.
        let has_allowance =
            |line: &&Line<RatedWith<'_>>| self.catalog.allowance_of(&line.record.meter, &line.price.price).is_some();
        let touched: Vec<_> = self.bill.lines.iter().filter(has_allowance).collect();
        let terms = Terms { free_tier: FreeTier::Always, ..self.terms };
        let cheaper = self.rated_with(terms, touched.iter().map(|line| &*line.record))?;
        let without = touched.iter().fold(Amount::ZERO, |sum, line| &sum + &line.amount);
        let saved = &without - &cheaper.total;
        Some(Notice {
            code: "free_tier_not_applied",
            text: format!(
                "Free allowances are not taken off; with `\"free_tier\": \"always\"` the month would cost {saved} USD less."
            ),
        })
    }

    /// What a price book has changed, against the same bill at list prices.
    fn book_notice(&self) -> Option<Notice> {
        let Self { bill, terms, .. } = self;
        let book = self.catalog.books.at(terms.book?)?;
        let (touched, all) = (bill.lines.iter().filter(|line| line.price.own.is_some()).count(), bill.lines.len());
        let records = bill.lines.iter().map(|line| &line.record).chain(&bill.left_out).map(AsRef::as_ref);
        let difference = match self.rated_with(Terms { book: None, ..*terms }, records) {
            Some(list) if list.missing.len() == bill.missing.len() => {
                let more = &list.total - &bill.total;
                let (more, word) =
                    if more.is_negative() { (&bill.total - &list.total, "less") } else { (more, "more") };
                format!("at list prices the month would cost {more} USD {word}")
            }
            _ => "some of them have no list price to compare with".to_owned(),
        };
        let (name, number) = (&book.revision.name, book.revision.number);
        let text =
            format!("The price book `{name}`, revision {number}, prices {touched} of {all} lines; {difference}.");
        Some(Notice { code: "price_book_applied", text })
    }
}

/// Which prices a bill used; none where there is no bill.
pub fn catalog_view(catalog: &Catalog, terms: Terms, bill: Option<&Bill<'_>>) -> CatalogView {
    let seen_on = bill.into_iter().flat_map(|bill| &bill.lines).filter_map(|line| line.price.seen_on());
    CatalogView {
        edition: catalog.edition.number,
        hash: catalog.edition.hash.clone(),
        as_of: terms.as_of.to_string(),
        oldest_seen_on: seen_on.min().map(|date| date.to_string()),
        price_book: terms.book.and_then(|at| catalog.books.at(at)).map(BookRevisionView::from),
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
    let unverified = ids(&|rated| rated.unverified_on(terms.as_of));
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
            excluded.push(Excluded { service: resource.service.id, what });
        }
    }
    excluded
}
