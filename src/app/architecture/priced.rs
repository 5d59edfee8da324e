//! Where an architecture has all its prices.

use chrono::NaiveDate;

use super::by_default;
use crate::app::request::MissingPricesChoice;
use crate::catalog::Catalog;
use crate::catalog::architectures::Architecture;

/// The Regions of an architecture with every parameter left out, by how much of its bill has a price.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PricedIn {
    /// Every line has a price.
    pub fully: Vec<String>,
    /// Every line has one where documented rules may derive what no source states.
    pub with_derived: Vec<String>,
    /// Some lines have none.
    pub in_part: Vec<String>,
}

/// Where an architecture has its prices on a day. This makes one or two estimates for each Region.
pub fn priced_in(architecture: &Architecture, catalog: &Catalog, day: NaiveDate) -> PricedIn {
    let mut priced = PricedIn::default();
    for region in catalog.places.codes() {
        let complete = |missing_prices: MissingPricesChoice| {
            let many = by_default(architecture, region).map(|many| super::EstimateMany { missing_prices, ..many });
            many.ok()?.price(catalog, day).ok().map(|bill| bill.to_total().complete)
        };
        let list = match complete(MissingPricesChoice::Omit) {
            // It cannot be built there at all.
            None => continue,
            Some(true) => &mut priced.fully,
            Some(false) if complete(MissingPricesChoice::Derive) == Some(true) => &mut priced.with_derived,
            Some(false) => &mut priced.in_part,
        };
        list.push(region.to_owned());
    }
    priced
}
