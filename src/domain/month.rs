//! How long a month is.

use chrono::{Days, Months, NaiveDate};
use rust_decimal::Decimal;

use super::amount::Amount;

/// The hours of a month that a request means.
///
/// AWS estimates with 730 hours (365 × 24 / 12); its worked examples also use 720 and 744.
/// A calendar month has its real number of hours. The month sets hours only: prices follow `as_of`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    hours: Decimal,
    source: MonthSource,
}

/// Where the hours of the month come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MonthSource {
    /// The convention of 730 hours.
    Convention,
    /// The request's own `month_hours`.
    Given,
    /// A calendar month, as `2026-02`.
    Calendar(String),
}

impl Month {
    /// The fewest hours `month_hours` may be.
    pub const MIN_HOURS: u32 = 1;
    /// The most hours `month_hours` may be: 31 days.
    pub const MAX_HOURS: u32 = 744;

    /// The convention: 730 hours.
    pub fn convention() -> Self {
        Self { hours: Decimal::from(730), source: MonthSource::Convention }
    }

    /// A month of as many hours as the caller says.
    pub fn of_hours(hours: Decimal) -> Self {
        Self { hours, source: MonthSource::Given }
    }

    /// A calendar month such as `2026-02`, which has 672 hours.
    pub fn calendar(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let digits = |part: &str, n: usize| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return None;
        }
        let first = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)?;
        let last = first.checked_add_months(Months::new(1))?.checked_sub_days(Days::new(1))?;
        let days = Decimal::from(chrono::Datelike::day(&last));
        let hours = days.checked_mul(Decimal::from(24))?;
        Some(Self { hours, source: MonthSource::Calendar(text.to_owned()) })
    }

    /// The hours, as an amount.
    pub fn hours(&self) -> Amount {
        Amount::decimal(self.hours)
    }

    /// Where the hours come from.
    pub fn source(&self) -> &MonthSource {
        &self.source
    }

    /// Whether this is the 730-hour convention, for which a yearly figure (12 ×) makes sense.
    pub fn is_convention(&self) -> bool {
        self.source == MonthSource::Convention
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar_months_have_their_real_hours() {
        for (text, hours) in [("2026-02", "672"), ("2024-02", "696"), ("2026-12", "744"), ("2026-04", "720")] {
            assert_eq!(Month::calendar(text).expect(text).hours().to_string(), hours);
        }
        for text in ["2026-13", "2026-2", "26-02", "2026-00", "2026", "+026-01", ""] {
            assert_eq!(Month::calendar(text), None, "{text}");
        }
    }
}
