//! The index files of AWS's price lists: which services there are, which Regions each is sold in, and where the
//! present version of each price list is.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::offer_csv::{A_FORMAT_VERSION, FORMAT_VERSION};
use crate::catalog::mistake::quoted;

/// An offer of the service index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Offer {
    /// The code, such as `AmazonEC2`.
    pub offer_code: String,
    /// Where the index of its Regions is.
    pub current_region_index_url: String,
    /// Where the present version for all Regions is.
    pub current_version_url: String,
    /// Where the index of Regions of the Savings Plan that covers it is; empty where none does.
    pub current_savings_plan_index_url: String,
}

/// The price list of a Region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionFile {
    /// The Region.
    pub region: String,
    /// Where its present version is, with the version in the path.
    pub url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServiceIndex {
    format_version: String,
    offers: BTreeMap<String, Offer>,
}

/// Of services a map, of Savings Plans a list; the latter has no format version.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RegionIndex {
    format_version: Option<String>,
    regions: Regions,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Regions {
    Map(BTreeMap<String, RegionEntry>),
    List(Vec<RegionEntry>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RegionEntry {
    region_code: String,
    #[serde(alias = "versionUrl")]
    current_version_url: String,
}

/// Reads the service index.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn services(text: &[u8]) -> Result<Vec<Offer>, String> {
    let index: ServiceIndex =
        serde_json::from_slice(text).map_err(|error| format!("it is no service index: {error}"))?;
    check_version(&index.format_version)?;
    Ok(index.offers.into_iter().map(|(code, offer)| Offer { offer_code: code, ..offer }).collect())
}

/// Reads a Region index, of a service or of a Savings Plan.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn regions(text: &[u8]) -> Result<Vec<RegionFile>, String> {
    let index: RegionIndex = serde_json::from_slice(text).map_err(|error| format!("it is no Region index: {error}"))?;
    if let Some(version) = &index.format_version {
        check_version(version)?;
    }
    let entries = match index.regions {
        Regions::Map(regions) => regions.into_values().collect(),
        Regions::List(regions) => regions,
    };
    let file = |entry: RegionEntry| RegionFile { region: entry.region_code, url: entry.current_version_url };
    Ok(entries.into_iter().map(file).collect())
}

fn check_version(version: &str) -> Result<(), String> {
    if version == FORMAT_VERSION {
        Ok(())
    } else {
        Err(format!("its format version is {}; expected {A_FORMAT_VERSION}", quoted(version)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_region_index_are_read() {
        let file = |region: &str, url: &str| RegionFile { region: region.to_owned(), url: url.to_owned() };
        let of_a_service = br#"{"formatVersion":"v1.0","disclaimer":"","regions":{"eu-west-1":
            {"regionCode":"eu-west-1","currentVersionUrl":"/offers/v1.0/aws/AWSELB/20260831092255/eu-west-1/index.json"}}}"#;
        assert_eq!(
            regions(of_a_service),
            Ok(vec![file("eu-west-1", "/offers/v1.0/aws/AWSELB/20260831092255/eu-west-1/index.json")])
        );
        let of_a_plan = br#"{"publicationDate":"2026-04-22T19:42:03Z","regions":[{"regionCode":"eu-west-1",
            "versionUrl":"/savingsPlan/v1.0/aws/AWSComputeSavingsPlan/1/eu-west-1/index.json"}]}"#;
        assert_eq!(
            regions(of_a_plan),
            Ok(vec![file("eu-west-1", "/savingsPlan/v1.0/aws/AWSComputeSavingsPlan/1/eu-west-1/index.json")])
        );
    }

    #[test]
    fn another_format_is_refused() {
        let error = services(br#"{"formatVersion":"v2.0","offers":{}}"#).expect_err("another version");
        assert_eq!(error, "its format version is `v2.0`; expected `v1.0`, the one format version that is known");
        assert!(services(b"<html>").expect_err("no JSON").starts_with("it is no service index: "));
        assert!(regions(b"{}").expect_err("no regions").contains("missing field"));
    }
}
