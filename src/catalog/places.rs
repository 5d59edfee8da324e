//! The Regions: code, name, the prefix AWS puts before usage types, geography.

use std::collections::HashMap;

use foldhash::fast::RandomState;
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

/// Every Region that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// In the order of their codes.
    places: Vec<Place>,
    /// Where each is. Every request asks for one.
    at: HashMap<SmolStr, usize, RandomState>,
}

impl Places {
    /// Puts the Regions in order.
    pub fn new(mut places: Vec<Place>) -> Self {
        places.sort_by(|a, b| a.region.cmp(&b.region));
        let at = places.iter().enumerate().map(|(at, place)| (place.region.clone(), at)).collect();
        Self { places, at }
    }

    /// The Region with a code.
    pub fn get(&self, region: &str) -> Option<&Place> {
        self.places.get(*self.at.get(region)?)
    }

    /// All of them, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Place> {
        self.places.iter()
    }

    /// The codes.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.places.iter().map(|place| place.region.as_str())
    }
}
