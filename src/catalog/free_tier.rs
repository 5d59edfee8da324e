//! Free allowances: so much of these meters costs nothing each month, for the whole account or in each Region.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use crate::domain::meter::MeterKey;
use crate::domain::unit::Unit;

/// One name of a list such as `Lambda-GB-Second|*-DataTransfer-Out-Bytes`: it may carry one `*` at an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePattern(SmolStr);

impl NamePattern {
    /// A single name; `None` where it is empty or has a `*` anywhere but at one of its ends.
    pub fn parse(name: &str) -> Option<Self> {
        let inner = name.strip_suffix('*').or_else(|| name.strip_prefix('*')).unwrap_or(name);
        (!name.is_empty() && !inner.contains('*')).then(|| Self(SmolStr::new(name)))
    }

    /// As it is spelled.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a name matches.
    pub fn matches(&self, name: &str) -> bool {
        if let Some(start) = self.0.strip_suffix('*') {
            name.starts_with(start)
        } else if let Some(end) = self.0.strip_prefix('*') {
            name.ends_with(end)
        } else {
            self.0 == name
        }
    }
}

/// Who may use an allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllowanceKind {
    /// Every account, every month.
    Always,
    /// Accounts created before 2025-07-15, for 12 months.
    TwelveMonthsLegacy,
    /// A trial or a sign-up credit.
    Trial,
}

/// Over what an allowance is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllowanceScope {
    /// One allowance for all Regions and all the meters it names.
    Account,
    /// One in each Region.
    Region,
    /// One for each service (VPC Lattice), in each hour.
    Service,
}

/// A free allowance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// The service code, or `*`.
    pub service_code: SmolStr,
    /// The usage types that share it.
    pub usage_types: Vec<NamePattern>,
    /// How much is free, in `unit`.
    pub allowance: Decimal,
    /// The unit of the allowance.
    pub unit: Unit,
    /// `month`, `hour` or `once`.
    pub period: SmolStr,
    /// Over what it is shared.
    pub scope: AllowanceScope,
    /// Who may use it.
    pub kind: AllowanceKind,
    /// The first day of the allowance, where it has one.
    pub valid_from: Option<NaiveDate>,
    /// The last day on which anybody can still have it, where it ends.
    pub valid_to: Option<NaiveDate>,
    /// The key of the source in `sources.csv`.
    pub source: SmolStr,
    /// What a reader should know about it.
    pub note: String,
}

impl Allowance {
    /// Whether every account has it every month: the kind that `free_tier: "always"` applies. An allowance of an account
    /// or a Region is one for the month, that of a service one for each hour.
    pub fn always(&self) -> bool {
        let period = if self.scope == AllowanceScope::Service { "hour" } else { "month" };
        self.kind == AllowanceKind::Always && self.period == period
    }

    /// Whether the meter shares it.
    pub fn covers(&self, meter: &MeterKey) -> bool {
        self.service_code == meter.service_code && self.usage_types.iter().any(|name| name.matches(&meter.usage_type))
    }
}
