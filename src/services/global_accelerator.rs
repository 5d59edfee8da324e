//! AWS Global Accelerator: static addresses at the edge that lead traffic over the AWS network to a Region.
//!
//! How AWS bills it (<https://aws.amazon.com/global-accelerator/pricing/>, read 2026-11-22):
//! - Each accelerator costs for every full or partial hour that it exists, enabled or not, wherever its endpoints are.
//! - A Data Transfer-Premium fee for each gigabyte comes on top of the ordinary data transfer. Its price depends on the
//!   Region that serves and on the geography of the edge location where the traffic enters or leaves.
//! - The fee is charged in the dominant direction only: for the data out of the Region, or for the data in, whichever
//!   is more over all geographies. AWS decides this anew every hour; here the totals of the month decide, as if the
//!   same direction led in every hour.
//! - Data out to the internet is ordinary data transfer of the Region, whichever direction is dominant; data in is free.

use serde::Deserialize;
use utoipa::ToSchema;

use super::data_transfer::{self, check_items};
use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::unit::Unit;

/// An hour of an accelerator.
const ACCELERATOR_HOURS: MeterSpec = MeterSpec::global("AWSGlobalAccelerator", "accelerator-hours", "", Unit::HOURS);
/// The Data Transfer-Premium fee, by the geography of the edge.
pub const DT_PREMIUM: MeterSpec = MeterSpec::regional("AWSGlobalAccelerator", "dt-premium-bytes:*", "", Unit::GB);

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "global_accelerator",
    name: "AWS Global Accelerator",
    about: "Accelerators by the hour, the Data Transfer-Premium fee for the dominant direction of the traffic, and the \
            ordinary data out to the internet. The request's Region is the one that serves.",
    excluded: &[
        "The endpoints behind the accelerator: load balancers, instances",
        "Public IPv4 addresses: see `public_ipv4`",
        "Traffic whose dominant direction changes from hour to hour: the totals of the month decide here",
        "Data out of an accelerator to other Regions instead of the internet",
    ],
    meters: &[&ACCELERATOR_HOURS, &DT_PREMIUM, &data_transfer::INTERNET_OUT],
    sources: &["https://aws.amazon.com/global-accelerator/pricing/"],
    example: Example {
        region: "us-east-1",
        usage: r#"{"accelerators": 1, "traffic": [{"geography": "europe", "data_out_gb": 5000, "data_in_gb": 2000}]}"#,
    },
    read: read::<GlobalAccelerator>,
    schema: schema::<GlobalAccelerator>,
};

/// What is planned of AWS Global Accelerator.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GlobalAccelerator {
    /// Accelerators. Whole, 0 to 10,000.
    pub accelerators: Amount,
    /// Hours of the month the accelerators exist, 0 to 744. Left out: the whole month.
    pub hours: Option<Amount>,
    /// The traffic by the geography of the users, over all accelerators. At most one item for each geography.
    #[serde(default)]
    pub traffic: Vec<AcceleratedTraffic>,
}

/// The traffic with the users of one geography.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceleratedTraffic {
    /// Where the users are, as AWS groups its edge locations.
    #[schema(inline)]
    pub geography: Geography,
    /// Gigabytes a month from the Region to these users. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
    /// Gigabytes a month from these users to the Region. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_in_gb: Amount,
}

/// A geography of edge locations. AWS groups them differently for different serving Regions: `us` and `japan` are known
/// for us-east-1, `us_mexico_canada` and `asia_pacific` for eu-west-1. A pair without a known price is a missing price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Geography {
    /// Asia Pacific, but for the places that have a name of their own.
    AsiaPacific,
    /// Australia.
    Australia,
    /// Australia and New Zealand.
    AustraliaNewZealand,
    /// Europe.
    Europe,
    /// India, Indonesia, the Philippines and Thailand.
    IndiaIndonesiaPhilippinesThailand,
    /// Japan.
    Japan,
    /// The Middle East.
    MiddleEast,
    /// South Africa.
    SouthAfrica,
    /// South Africa and Kenya.
    SouthAfricaKenya,
    /// South America.
    SouthAmerica,
    /// South Korea.
    SouthKorea,
    /// The United States.
    Us,
    /// The United States, Mexico and Canada.
    UsMexicoCanada,
}

impl Geography {
    /// The name in usage types, and the name for people in the middle of a sentence.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::AsiaPacific => ("asia-pacific", "Asia Pacific"),
            Self::Australia => ("australia", "Australia"),
            Self::AustraliaNewZealand => ("australia-new-zealand", "Australia and New Zealand"),
            Self::Europe => ("europe", "Europe"),
            Self::IndiaIndonesiaPhilippinesThailand => {
                ("india-indonesia-philippines-thailand", "India, Indonesia, the Philippines and Thailand")
            }
            Self::Japan => ("japan", "Japan"),
            Self::MiddleEast => ("middle-east", "the Middle East"),
            Self::SouthAfrica => ("south-africa", "South Africa"),
            Self::SouthAfricaKenya => ("south-africa-kenya", "South Africa and Kenya"),
            Self::SouthAmerica => ("south-america", "South America"),
            Self::SouthKorea => ("south-korea", "South Korea"),
            Self::Us => ("us", "the United States"),
            Self::UsMexicoCanada => ("us-mexico-canada", "the United States, Mexico and Canada"),
        }
    }

    /// As it is spelled in requests.
    pub fn spelled(self) -> String {
        self.names().0.replace('-', "_")
    }

    /// The geography that a Region lies in.
    pub fn of_region(region: &str, catalog: &Catalog) -> Self {
        let geography = catalog.places.get(region).map_or("", |place| place.geography.as_str());
        match (geography, region) {
            ("europe", _) => Self::Europe,
            ("middle-east", _) => Self::MiddleEast,
            ("africa", _) => Self::SouthAfricaKenya,
            ("south-america", _) => Self::SouthAmerica,
            ("north-america", _) if region.starts_with("us-") => Self::Us,
            ("north-america", _) => Self::UsMexicoCanada,
            (_, "ap-northeast-2") => Self::SouthKorea,
            (_, "ap-southeast-2" | "ap-southeast-4" | "ap-southeast-6") => Self::AustraliaNewZealand,
            (_, "ap-south-1" | "ap-south-2" | "ap-southeast-3" | "ap-southeast-7") => {
                Self::IndiaIndonesiaPhilippinesThailand
            }
            _ => Self::AsiaPacific,
        }
    }
}

impl Usage for GlobalAccelerator {
    fn check(&self, check: &mut Check, _: &Catalog) {
        check.whole("accelerators", &self.accelerators, 0, 10_000);
        check.optional_amount("hours", self.hours.as_ref(), 744);
        check_items(check, "traffic", &self.traffic, |check, traffic, earlier| {
            check.amount("data_out_gb", &traffic.data_out_gb, CAP);
            check.amount("data_in_gb", &traffic.data_in_gb, CAP);
            if earlier.iter().any(|other| other.geography == traffic.geography) {
                let name = traffic.geography.spelled();
                check.mistake("geography", Code::Conflict, format!("`{name}` is named twice; give it one item"));
            }
        });
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        m.line("accelerator_hours", "Accelerator hours", &ACCELERATOR_HOURS)
            .times(&self.accelerators, "accelerators")?
            .times(&m.hours_or_month(self.hours.as_ref()), "hours")?
            .put(m);
        let (mut out, mut inward) = (Amount::ZERO, Amount::ZERO);
        for traffic in &self.traffic {
            out = &out + &traffic.data_out_gb;
            inward = &inward + &traffic.data_in_gb;
        }
        let direction = dominant(m, &out, &inward);
        for traffic in &self.traffic {
            premium(m, traffic.geography, direction, &traffic.data_out_gb, &traffic.data_in_gb)?;
        }
        data_transfer::internet_out(m, &out)
    }
}

/// A direction of traffic, as seen from the Region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Out,
    In,
}

/// The direction with more data; out where both are equal.
fn dominant(m: &mut Metering<'_>, out: &Amount, inward: &Amount) -> Direction {
    if m.probe.less(out, inward) { Direction::In } else { Direction::Out }
}

/// Meters the premium fee for one direction of the traffic with one geography.
fn premium(
    m: &mut Metering<'_>,
    geography: Geography,
    direction: Direction,
    out: &Amount,
    inward: &Amount,
) -> Result<(), NumberError> {
    let (name, words) = geography.names();
    let (label, quantity, of) = match direction {
        Direction::Out => (format!("Data Transfer-Premium to {words}"), out, "GB out, the dominant direction"),
        Direction::In => (format!("Data Transfer-Premium from {words}"), inward, "GB in, the dominant direction"),
    };
    m.line("dt_premium", label, &DT_PREMIUM).named(format!("dt-premium-bytes:{name}")).times(quantity, of)?.put(m);
    Ok(())
}

/// Meters the premium fee of traffic with one place, for a service that brings accelerators of its own.
pub fn dt_premium(
    m: &mut Metering<'_>,
    geography: Geography,
    out: &Amount,
    inward: &Amount,
) -> Result<(), NumberError> {
    let direction = dominant(m, out, inward);
    premium(m, geography, direction, out, inward)
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::catalog::{CatalogParts, Edition};
    use crate::domain::amount::Fraction;
    use crate::domain::month::Month;
    use crate::domain::probe::Probe;

    /// A swept amount of data out passes the data in at 10 GB: the probe has to know, or a trace would miss it.
    #[test]
    fn the_dominant_direction_is_a_corner() {
        let edition = Edition { number: 1, hash: String::new() };
        let catalog = Catalog::new(edition, CatalogParts::default());
        let out = Amount::moving(Fraction::from(4), Fraction::ONE);
        let mut probe = Probe::new();
        let month = Month::convention();
        let mut metering = Metering::new(&catalog, "us-east-1", &month, &mut probe, 0);
        dt_premium(&mut metering, Geography::Europe, &out, &Amount::whole(10)).expect("linear");
        let quantities: Vec<String> = metering.records.iter().map(|record| record.quantity.to_string()).collect();
        assert_eq!(quantities, ["10"]);
        assert_eq!(probe.horizon(), Some(&Fraction::from(6)));
    }
}
