//! Amazon Elastic Container Registry: private repositories of container images.
//!
//! How AWS bills it (<https://aws.amazon.com/ecr/pricing/>, read 2026-11-22):
//! - Each gigabyte kept in private repositories costs for the month, compressed as it was pushed.
//! - Pushing is free, and so is pulling inside the Region. Images pulled over the internet are ordinary data transfer
//!   out; images pulled from, or copied to, another Region are data transfer between the Regions.
//! - Pulling from private subnets goes through a NAT gateway or through endpoints, which cost on their own.

use serde::Deserialize;
use utoipa::ToSchema;

use super::data_transfer::{self, check_items, check_regions};
use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::unit::Unit;

/// Images kept in private repositories.
pub const STORAGE: MeterSpec = MeterSpec::regional("AmazonECR", "TimedStorage-ByteHrs", "", Unit::GB_MONTHS);

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "ecr",
    name: "Amazon Elastic Container Registry",
    about: "Container images in private repositories: storage, and images pulled over the internet or from other Regions.",
    excluded: &[
        "Public repositories and their own allowances",
        "Enhanced scanning, which Amazon Inspector bills",
        "NAT gateways and endpoints of private subnets: see `nat_gateway` and `vpc_endpoint`",
        "The 500 MB a month that an account gets free in its first 12 months",
    ],
    meters: &[&STORAGE, &data_transfer::INTERNET_OUT, &data_transfer::BETWEEN_REGIONS],
    sources: &["https://aws.amazon.com/ecr/pricing/"],
    example: Example { region: "us-east-1", usage: r#"{"stored_gb": 40, "data_out_gb": 10}"# },
    read: read::<Ecr>,
    schema: schema::<Ecr>,
};

/// What is planned of Elastic Container Registry.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ecr {
    /// Gigabytes kept in private repositories, on average of the month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub stored_gb: Amount,
    /// Gigabytes a month pulled over the internet. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
    /// Gigabytes a month pulled from or copied to other Regions, each Region named once.
    #[serde(default)]
    pub to_regions: Vec<ImagesToRegion>,
}

/// Images pulled from or copied to one other Region.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImagesToRegion {
    /// The Region that receives the images.
    #[schema(example = "eu-west-1")]
    pub region: String,
    /// Gigabytes a month. 0 to 1,000,000,000,000.
    pub gb: Amount,
}

impl Usage for Ecr {
    fn check(&self, check: &mut Check, catalog: &Catalog) {
        check.amount("stored_gb", &self.stored_gb, CAP);
        check.amount("data_out_gb", &self.data_out_gb, CAP);
        check_regions(check, "to_regions", self.to_regions.iter().map(|to| to.region.as_str()), catalog);
        check_items(check, "to_regions", &self.to_regions, |check, to, _| check.amount("gb", &to.gb, CAP));
    }

    fn check_in(&self, region: &str, check: &mut Check) {
        check_items(check, "to_regions", &self.to_regions, |check, to, _| {
            if to.region == region {
                check.mistake("region", Code::Conflict, format!("`{region}` keeps the images; pulling there is free"));
            }
        });
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        m.line("storage", "Images in private repositories", &STORAGE).times(&self.stored_gb, "GB kept")?.put(m);
        data_transfer::internet_out(m, &self.data_out_gb)?;
        for to in &self.to_regions {
            data_transfer::between_regions(m, &to.region, &to.gb)?;
        }
        Ok(())
    }
}
