//! Data transfer: what leaves a Region, what crosses its zones, what goes to other Regions.
//!
//! How AWS bills it (<https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer>, read 2026-11-22):
//! - Data in from the internet is free.
//! - Data out to the internet costs for each gigabyte, in tiers of the month: the first 10,240 GB, the next 40,960 GB,
//!   the next 102,400 GB and the rest. Everything that an account sends to the internet from a Region counts together,
//!   whichever service sends it, so every service of this crate meters it here. The first 100 GB a month, over all
//!   Regions but China and GovCloud, are a free allowance.
//! - Data between Availability Zones of a Region costs for each gigabyte on both sides: for the sender as out, for the
//!   receiver as in. A gigabyte that moves is two gigabytes on the bill.
//! - Data over a VPC peering connection is free inside one zone. Across zones it costs as data between zones does; the
//!   bill shows the two sides as operations of their own.
//! - Data to another Region costs for each gigabyte, once, in the Region that sends it. The price depends on the Region
//!   that sends and, from a few Regions, on the destination.
//! - Data out to Amazon CloudFront is free.

use serde::Deserialize;
use smol_str::SmolStr;
use utoipa::ToSchema;

use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::read::unknown_name;
use crate::domain::unit::Unit;

/// Data from a Region out to the internet, whichever service sends it.
pub const INTERNET_OUT: MeterSpec = MeterSpec::regional("AWSDataTransfer", "DataTransfer-Out-Bytes", "", Unit::GB);
/// Data in from the internet.
pub const INTERNET_IN: MeterSpec = MeterSpec::regional("AWSDataTransfer", "DataTransfer-In-Bytes", "", Unit::GB);
/// Data between Availability Zones; a gigabyte that moves counts on both sides.
pub const BETWEEN_AZS: MeterSpec = MeterSpec::regional("AWSDataTransfer", "DataTransfer-Regional-Bytes", "", Unit::GB);
/// Data that arrives over a VPC peering connection from another zone.
pub const PEERING_IN: MeterSpec =
    MeterSpec::regional("AWSDataTransfer", "DataTransfer-Regional-Bytes", "VPCPeering-In", Unit::GB);
/// Data that leaves over a VPC peering connection to another zone.
pub const PEERING_OUT: MeterSpec =
    MeterSpec::regional("AWSDataTransfer", "DataTransfer-Regional-Bytes", "VPCPeering-Out", Unit::GB);
/// Data to another Region. The name begins with the usage prefix of the destination: `EU-AWS-Out-Bytes`.
pub const BETWEEN_REGIONS: MeterSpec = MeterSpec::regional("AWSDataTransfer", "*-AWS-Out-Bytes", "", Unit::GB);
/// Data out to CloudFront.
pub const TO_CLOUDFRONT: MeterSpec = MeterSpec::regional("AWSDataTransfer", "CloudFront-Out-Bytes", "", Unit::GB);

/// On how many sides a gigabyte between zones is billed.
const SIDES: i64 = 2;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "data_transfer",
    name: "AWS data transfer",
    about: "Data that leaves a Region for the internet, crosses its Availability Zones or goes to other Regions. Other \
            services meter the transfer that they imply themselves: give here only what no other resource of the request counts.",
    excluded: &[
        "What the sending or forwarding service itself charges for each gigabyte, such as NAT gateways, load balancers and transit gateways",
        "Data to and from Local Zones, Wavelength Zones, AWS GovCloud (US) and the China Regions",
    ],
    meters: &[&INTERNET_OUT, &INTERNET_IN, &BETWEEN_AZS, &PEERING_IN, &PEERING_OUT, &BETWEEN_REGIONS, &TO_CLOUDFRONT],
    sources: &[
        "https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer",
        "https://docs.aws.amazon.com/cur/latest/userguide/cur-data-transfers-charges.html",
    ],
    example: Example {
        region: "us-east-1",
        usage: r#"{"data_out_gb": 51200, "between_azs_gb": 1000, "to_regions": [{"region": "eu-west-1", "gb": 500}]}"#,
    },
    read: read::<DataTransfer>,
    schema: schema::<DataTransfer>,
};

/// What is planned of data transfer.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DataTransfer {
    /// Gigabytes a month out to the internet. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
    /// Gigabytes a month in from the internet; free. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_in_gb: Amount,
    /// Gigabytes a month that move between Availability Zones of the Region, each counted once; AWS bills each on both
    /// sides. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub between_azs_gb: Amount,
    /// Gigabytes a month that move between Availability Zones over VPC peering, each counted once; AWS bills each on
    /// both sides. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub peering_between_azs_gb: Amount,
    /// Gigabytes a month out to CloudFront; free. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub to_cloudfront_gb: Amount,
    /// Data out to other Regions, each named once. At most one item for each Region.
    #[serde(default)]
    pub to_regions: Vec<DataToRegion>,
}

/// Data out to one other Region.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DataToRegion {
    /// The Region that receives the data.
    #[schema(example = "eu-west-1")]
    pub region: String,
    /// Gigabytes a month. 0 to 1,000,000,000,000.
    pub gb: Amount,
}

impl Usage for DataTransfer {
    fn check(&self, check: &mut Check, catalog: &Catalog) {
        check.amount("data_out_gb", &self.data_out_gb, CAP);
        check.amount("data_in_gb", &self.data_in_gb, CAP);
        check.amount("between_azs_gb", &self.between_azs_gb, CAP);
        check.amount("peering_between_azs_gb", &self.peering_between_azs_gb, CAP);
        check.amount("to_cloudfront_gb", &self.to_cloudfront_gb, CAP);
        check_regions(check, "to_regions", self.to_regions.iter().map(|to| to.region.as_str()), catalog);
        check_items(check, "to_regions", &self.to_regions, |check, to, _| check.amount("gb", &to.gb, CAP));
    }

    fn check_in(&self, region: &str, check: &mut Check) {
        let regions = self.to_regions.iter().map(|to| to.region.as_str());
        check_other_regions(check, "to_regions", regions, region, "data inside it goes into `between_azs_gb`");
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        internet_out(m, &self.data_out_gb)?;
        internet_in(m, &self.data_in_gb)?;
        between_azs(m, &self.between_azs_gb)?;
        peering_between_azs(m, &self.peering_between_azs_gb)?;
        to_cloudfront(m, &self.to_cloudfront_gb)?;
        for to in &self.to_regions {
            between_regions(m, &to.region, &to.gb)?;
        }
        Ok(())
    }
}

/// Meters data sent to the internet.
pub fn internet_out(m: &mut Metering<'_>, gb: &Amount) -> Result<(), NumberError> {
    m.line("data_out", "Data transfer out to the internet", &INTERNET_OUT).times(gb, "GB out")?.put(m);
    Ok(())
}

/// Meters data that arrives from the internet; it is free.
pub fn internet_in(m: &mut Metering<'_>, gb: &Amount) -> Result<(), NumberError> {
    m.line("data_in", "Data transfer in from the internet", &INTERNET_IN).times(gb, "GB in")?.put(m);
    Ok(())
}

/// Meters data that moves between Availability Zones, given once; it is billed on both sides.
pub fn between_azs(m: &mut Metering<'_>, gb: &Amount) -> Result<(), NumberError> {
    m.line("between_azs", "Data transfer between Availability Zones, billed on both sides", &BETWEEN_AZS)
        .times(gb, "GB between zones")?
        .times(&Amount::whole(SIDES), "sides")?
        .put(m);
    Ok(())
}

/// Meters data that moves between Availability Zones over VPC peering, given once; both sides are billed.
pub fn peering_between_azs(m: &mut Metering<'_>, gb: &Amount) -> Result<(), NumberError> {
    m.line("peering_out", "Data transfer between zones over VPC peering, sending side", &PEERING_OUT)
        .times(gb, "GB between zones")?
        .put(m);
    m.line("peering_in", "Data transfer between zones over VPC peering, receiving side", &PEERING_IN)
        .times(gb, "GB between zones")?
        .put(m);
    Ok(())
}

/// Meters data sent to CloudFront; it is free.
pub fn to_cloudfront(m: &mut Metering<'_>, gb: &Amount) -> Result<(), NumberError> {
    m.line("to_cloudfront", "Data transfer out to CloudFront", &TO_CLOUDFRONT).times(gb, "GB to CloudFront")?.put(m);
    Ok(())
}

/// Meters data sent from the resource's Region to another one, which has been checked to exist.
pub fn between_regions(m: &mut Metering<'_>, to: &str, gb: &Amount) -> Result<(), NumberError> {
    let usage_type = region_out_usage_type(m.catalog, to);
    m.line("to_region", format!("Data transfer out to {to}"), &BETWEEN_REGIONS)
        .named(usage_type)
        .times(gb, "GB out")?
        .put(m);
    Ok(())
}

/// Meters data that another Region, which has been checked to exist, sends to the resource's: the other Region bills it.
pub fn back_from_region(m: &mut Metering<'_>, from: &str, gb: &Amount) -> Result<(), NumberError> {
    let usage_type = region_out_usage_type(m.catalog, &m.region);
    m.line("from_region", format!("Data transfer back from {from}"), &BETWEEN_REGIONS)
        .in_region(from)
        .named(usage_type)
        .times(gb, "GB back")?
        .put(m);
    Ok(())
}

/// The usage type of data to a Region.
fn region_out_usage_type(catalog: &Catalog, to: &str) -> SmolStr {
    // An unknown Region is refused before metering; its code leads to a missing price, never to another Region's.
    let prefix = catalog.places.get(to).map_or(to, |place| place.usage_prefix.as_str());
    SmolStr::new(format!("{prefix}-AWS-Out-Bytes"))
}

/// Checks each item of a list at its own place; `each` also gets the items before it.
pub fn check_items<T>(check: &mut Check, field: &str, items: &[T], each: impl Fn(&mut Check, &T, &[T])) {
    check.within(field, |check| {
        for (at, item) in items.iter().enumerate() {
            let earlier = items.get(..at).unwrap_or_default();
            check.within(&at.to_string(), |check| each(check, item, earlier));
        }
    });
}

/// Checks the `region` of each item of a list: it is known, and no Region stands there twice.
pub fn check_regions<'a>(
    check: &mut Check,
    field: &str,
    regions: impl IntoIterator<Item = &'a str>,
    catalog: &Catalog,
) {
    let regions: Vec<&str> = regions.into_iter().collect();
    check_items(check, field, &regions, |check, region, earlier| {
        if catalog.places.get(region).is_none() {
            let known = catalog.places.codes();
            check.problem(unknown_name(Code::UnknownRegion, "/region", "Region", region, known));
        } else if earlier.contains(region) {
            check.mistake("region", Code::Conflict, format!("`{region}` is named twice; give it one item"));
        }
    });
}

/// Checks that the `region` of each item of a list is another one than the resource's; `instead` says where data
/// inside the Region belongs.
pub fn check_other_regions<'a>(
    check: &mut Check,
    field: &str,
    regions: impl IntoIterator<Item = &'a str>,
    own: &str,
    instead: &str,
) {
    let regions: Vec<&str> = regions.into_iter().collect();
    check_items(check, field, &regions, |check, region, _| {
        if *region == own {
            let detail = format!("`{own}` is the Region of the resource itself; {instead}");
            check.mistake("region", Code::Conflict, detail);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_that_is_the_sender_is_a_conflict() {
        let to = |region: &str| DataToRegion { region: region.to_owned(), gb: Amount::ONE };
        let usage = DataTransfer { to_regions: vec![to("eu-west-1"), to("us-east-1")], ..DataTransfer::default() };
        let mut check = Check::at("/usage");
        usage.check_in("us-east-1", &mut check);
        let problems = check.into_problems();
        let found: Vec<_> = problems.iter().map(|problem| (problem.code, problem.pointer.as_str())).collect();
        assert_eq!(found, [(Code::Conflict, "/usage/to_regions/1/region")]);
        let mut check = Check::at("/usage");
        usage.check_in("eu-west-2", &mut check);
        assert_eq!(check.into_problems(), []);
    }
}
