//! The sources that prices and facts cite.

use std::collections::BTreeMap;

use smol_str::SmolStr;

/// One source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The key that price rows cite.
    pub key: SmolStr,
    /// What it is.
    pub title: String,
    /// Where it is: a link, or the path in a public repository.
    pub location: String,
    /// When it was read or published.
    pub date: String,
    /// 3: AWS's own data; 2: a careful copy or quotation; 1: weak.
    pub trust: u8,
}

impl Source {
    /// The link, where the location is one.
    pub fn url(&self) -> Option<&str> {
        self.location.starts_with("https://").then_some(self.location.as_str())
    }
}

/// The sources by key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources(BTreeMap<SmolStr, Source>);

impl Sources {
    /// The sources, by key.
    pub fn new(sources: Vec<Source>) -> Self {
        Self(sources.into_iter().map(|source| (source.key.clone(), source)).collect())
    }

    /// Adds sources, such as those of imported price lists.
    pub fn add(&mut self, sources: impl IntoIterator<Item = Source>) {
        self.0.extend(sources.into_iter().map(|source| (source.key.clone(), source)));
    }

    /// The source with a key.
    pub fn get(&self, key: &str) -> Option<&Source> {
        self.0.get(key)
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(SmolStr::as_str)
    }
}
