//! The Regions: code, name, the prefix AWS puts before usage types, geography.

use smol_str::SmolStr;

/// One Region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The Region code, such as `eu-west-1`.
    pub region: SmolStr,
    /// The name in AWS price lists, such as `EU (Ireland)`.
    pub location_name: String,
    /// The prefix of usage types on the bill, such as `EU` or `APN2`.
    pub usage_prefix: SmolStr,
    /// The geography, such as `europe`.
    pub geography: SmolStr,
}

/// Every Region that is known, in the order of their codes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places(Vec<Place>);

impl Places {
    /// Puts the Regions in order.
    pub fn new(mut places: Vec<Place>) -> Self {
        places.sort_by(|a, b| a.region.cmp(&b.region));
        Self(places)
    }

    /// The Region with a code.
    pub fn get(&self, region: &str) -> Option<&Place> {
        self.0.binary_search_by(|place| place.region.as_str().cmp(region)).ok().and_then(|at| self.0.get(at))
    }

    /// All of them, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Place> {
        self.0.iter()
    }

    /// The codes.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|place| place.region.as_str())
    }
}
