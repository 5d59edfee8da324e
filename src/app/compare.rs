//! What a request costs under one edition of the prices and under another.

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{LineView, MeterView, NoticeView};
use super::estimate::{Estimate, EstimateMany};
use crate::catalog::Catalog;
use crate::domain::problem::{Code, Problem, Problems};

/// What a request costs under two editions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Comparison {
    /// The edition that is compared.
    #[schema(example = 1)]
    pub before: u32,
    /// The edition that it is compared with.
    #[schema(example = 2)]
    pub after: u32,
    /// The day whose prices count, in both.
    #[schema(example = "2026-11-22")]
    pub as_of: String,
    /// The sum.
    pub total: CostChange,
    /// Every line, whether it changes or not, in the order of the request.
    pub lines: Vec<LineChange>,
    /// Whether both answers are complete; where `missing_prices` is `omit`, either may leave lines out.
    pub complete: bool,
    /// What to know about the answer under `after`.
    pub notices: Vec<NoticeView>,
}

/// What something costs before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CostChange {
    /// US dollars a month, with up to 12 decimals; null where the line is not there.
    #[schema(example = "36.5")]
    pub before: Option<String>,
    /// US dollars a month, with up to 12 decimals; null where the line is not there.
    #[schema(example = "73")]
    pub after: Option<String>,
    /// US dollars a month more, below zero for less.
    #[schema(example = "36.5")]
    pub difference: String,
    /// The difference in percent of what it was, to two decimals; null where that was 0 or not there.
    #[schema(example = "100")]
    pub percent: Option<String>,
}

/// What a line costs before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LineChange {
    /// The name of the resource.
    pub resource: String,
    /// The service.
    #[schema(example = "site_to_site_vpn")]
    pub service: String,
    /// The id of the line.
    #[schema(example = "connection_hours")]
    pub id: String,
    /// The meter on the AWS bill.
    pub meter: MeterView,
    /// What it costs.
    pub cost: CostChange,
}

impl EstimateMany {
    /// Answers the request from two editions and sets the answers against each other.
    ///
    /// # Errors
    /// Every mistake in the request, and that it names an edition. What an edition has no price for is said of that
    /// edition.
    pub fn compare(&self, before: &Catalog, after: &Catalog, today: NaiveDate) -> Result<Comparison, Problems> {
        if self.edition.is_some() {
            let detail = "the path names both editions";
            return Err(Problem::new(Code::Conflict, "/edition", detail).hinting("leave `edition` out").into());
        }
        let (was, is) = (self.under(before, today)?, self.under(after, today)?);
        Ok(Comparison {
            before: before.edition.number,
            after: after.edition.number,
            as_of: is.catalog.as_of.clone(),
            total: CostChange::between(Some(&was.total.monthly_exact), Some(&is.total.monthly_exact)),
            lines: lines(&was, &is),
            complete: was.complete && is.complete,
            notices: is.notices,
        })
    }

    /// The answer from one edition; what it has no price for names the edition.
    fn under<'c>(&self, catalog: &'c Catalog, today: NaiveDate) -> Result<Estimate<'c>, Problems> {
        self.run(catalog, today).map_err(|problems| {
            let number = catalog.edition.number;
            let named = |problem: Problem| match problem.code {
                Code::PriceNotAvailable => {
                    Problem { detail: format!("edition {number}: {}", problem.detail), ..problem }
                }
                _ => problem,
            };
            Problems(problems.0.into_iter().map(named).collect())
        })
    }
}

impl CostChange {
    /// The change from one exact amount to another.
    fn between(before: Option<&str>, after: Option<&str>) -> Self {
        let number = |text: Option<&str>| text.and_then(|text| Decimal::from_str_exact(text).ok());
        let (was, is) = (number(before), number(after));
        let difference = is.unwrap_or_default().checked_sub(was.unwrap_or_default()).unwrap_or_default();
        let percent = was.filter(|_| is.is_some()).and_then(|was| {
            let percent = difference.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(was)?;
            Some(percent.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).normalize().to_string())
        });
        Self {
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
            difference: difference.normalize().to_string(),
            percent,
        }
    }
}

/// The lines of both answers. The same request makes the same lines in the same order, but for those that lack a price.
fn lines(before: &Estimate<'_>, after: &Estimate<'_>) -> Vec<LineChange> {
    let same = |one: &LineView<'_>, other: &LineView<'_>| {
        (&one.resource, &one.id, &one.meter) == (&other.resource, &other.id, &other.meter)
    };
    let mut changes = Vec::with_capacity(after.lines.len());
    let mut olds = before.lines.iter().peekable();
    for new in &after.lines {
        // Lines that are in the old answer only come before this one, if this one is in the old answer at all.
        if olds.clone().any(|old| same(old, new)) {
            while let Some(old) = olds.next_if(|old| !same(old, new)) {
                changes.push(change(Some(old), None));
            }
            changes.extend(olds.next().map(|old| change(Some(old), Some(new))));
        } else {
            changes.push(change(None, Some(new)));
        }
    }
    changes.extend(olds.map(|old| change(Some(old), None)));
    changes.into_iter().flatten().collect()
}

fn change(before: Option<&LineView<'_>>, after: Option<&LineView<'_>>) -> Option<LineChange> {
    let line = after.or(before)?;
    let amount = |line: Option<&LineView<'_>>| line.map(|line| line.amount_exact.clone());
    Some(LineChange {
        resource: line.resource.to_string(),
        service: line.service.to_owned(),
        id: line.id.to_owned(),
        meter: (*line.meter).clone(),
        cost: CostChange::between(amount(before).as_deref(), amount(after).as_deref()),
    })
}
