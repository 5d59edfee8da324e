//! How AWS rounds and what it bills at least, in words for people: what `metering.csv` says beside a service's code.

use smol_str::SmolStr;

use super::free_tier::NamePattern;

/// The increment that some usage types are metered in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeteringRule {
    /// The service code.
    pub service_code: SmolStr,
    /// The usage types it holds for.
    pub usage_types: Vec<NamePattern>,
    /// The increment and minimum, as a sentence.
    pub increment: String,
    /// The key of the source.
    pub source: SmolStr,
    /// What a reader should know about it.
    pub note: String,
}
