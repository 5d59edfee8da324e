//! The fields that every request shares, and how they are checked.

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::catalog::Catalog;
use crate::domain::amount::Amount;
use crate::domain::check::Check;
use crate::domain::month::Month;
use crate::domain::problem::{Code, Problem};
use crate::domain::read::unknown_name;
use crate::rating::{FreeTier, MissingPrices, Terms};

/// Whether free allowances are taken off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FreeTierChoice {
    /// None are.
    #[default]
    None,
    /// Those that every account has every month, such as 100 GB out to the internet.
    Always,
}

/// What to do about a meter without a price.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingPricesChoice {
    /// Refuse, naming all of them.
    #[default]
    Error,
    /// Use a documented derivation rule where there is one.
    Derive,
    /// Leave the lines out; the answer is then not complete.
    Omit,
}

/// Declares a request: its own fields, then the fields that every request shares.
macro_rules! request {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
            /// The Region, such as `us-east-1`.
            #[schema(example = "us-east-1")]
            pub region: String,
            /// The day whose prices count, as `2026-11-22`. Left out: today.
            #[schema(format = Date)]
            pub as_of: Option<String>,
            /// The edition of the price store, by number. Left out: the active one.
            #[schema(minimum = 1)]
            pub edition: Option<u32>,
            /// The price book whose rates go over list prices, by name; `acme@2` is its second revision, whatever has
            /// become of the book since. Left out: list prices.
            #[schema(example = "acme")]
            pub price_book: Option<String>,
            /// Whether free allowances are taken off. Left out: they are not, and the answer says what they would save.
            #[serde(default)]
            #[schema(inline, default = "none")]
            pub free_tier: $crate::app::request::FreeTierChoice,
            /// What to do about a meter without a price. Left out: the request is refused and all of them are named.
            #[serde(default)]
            #[schema(inline, default = "error")]
            pub missing_prices: $crate::app::request::MissingPricesChoice,
            /// The hours of the month, 1 to 744. Left out: 730.
            pub month_hours: Option<$crate::domain::amount::Amount>,
            /// A calendar month instead of hours, such as `2026-02` with its 672 hours.
            #[schema(example = "2026-02")]
            pub month: Option<String>,
        }

        impl $name {
            /// The fields that every request shares.
            pub fn common(&self) -> $crate::app::request::Common<'_> {
                $crate::app::request::Common {
                    region: &self.region,
                    as_of: self.as_of.as_deref(),
                    edition: self.edition,
                    price_book: self.price_book.as_deref(),
                    free_tier: self.free_tier,
                    missing_prices: self.missing_prices,
                    month_hours: self.month_hours.as_ref(),
                    month: self.month.as_deref(),
                }
            }
        }
    };
}
pub(crate) use request;

/// The fields that every request shares.
#[derive(Debug)]
pub struct Common<'a> {
    /// The Region code.
    pub region: &'a str,
    /// The day whose prices count.
    pub as_of: Option<&'a str>,
    /// The edition asked for.
    pub edition: Option<u32>,
    /// The price book asked for.
    pub price_book: Option<&'a str>,
    /// Whether free allowances are taken off.
    pub free_tier: FreeTierChoice,
    /// What to do about a meter without a price.
    pub missing_prices: MissingPricesChoice,
    /// The hours of the month.
    pub month_hours: Option<&'a Amount>,
    /// A calendar month.
    pub month: Option<&'a str>,
}

/// The shared fields, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How to rate.
    pub terms: Terms,
    /// How long the month is.
    pub month: Month,
}

impl Common<'_> {
    /// Checks the shared fields. `None` where there are mistakes; they are in `check` then.
    pub fn settle(&self, check: &mut Check, catalog: &Catalog, today: NaiveDate) -> Option<Settings> {
        region_is_known(check, "region", self.region, catalog);
        let book = match self.price_book.map(|name| catalog.books.find(name, "/price_book")) {
            Some(Ok(book)) => Some(book),
            Some(Err(problem)) => {
                check.problem(problem);
                None
            }
            None => None,
        };
        let as_of = match self.as_of {
            None => Some(today),
            Some(text) => date(check, "as_of", text),
        };
        let month = match (self.month_hours, self.month) {
            (Some(_), Some(_)) => {
                check.mistake("month", Code::Conflict, "send `month_hours` or `month`, not both");
                None
            }
            (None, None) => Some(Month::convention()),
            (Some(hours), None) => {
                check.between("month_hours", hours, Month::MIN_HOURS.into(), Month::MAX_HOURS.into());
                hours.as_decimal().map(Month::of_hours)
            }
            (None, Some(text)) => {
                let month = Month::calendar(text);
                if month.is_none() {
                    check.mistake("month", Code::WrongType, format!("`{text}` is not a month such as `2026-02`"));
                }
                month
            }
        };
        let free_tier = match self.free_tier {
            FreeTierChoice::None => FreeTier::None,
            FreeTierChoice::Always => FreeTier::Always,
        };
        let missing_prices = match self.missing_prices {
            MissingPricesChoice::Error => MissingPrices::Error,
            MissingPricesChoice::Derive => MissingPrices::Derive,
            MissingPricesChoice::Omit => MissingPrices::Omit,
        };
        Some(Settings { terms: Terms { as_of: as_of?, free_tier, missing_prices, book }, month: month? })
    }
}

/// Reads a date such as `2026-11-22`.
pub fn date(check: &mut Check, field: &str, text: &str) -> Option<NaiveDate> {
    let date = plain_date(text)
        .or_else(|| (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten());
    if date.is_none() {
        check.mistake(field, Code::WrongType, format!("`{text}` is not a date such as `2026-11-22`"));
    }
    date
}

/// A date of eight digits and two dashes. The general reader takes longer than all the rest of a small request.
fn plain_date(text: &str) -> Option<NaiveDate> {
    let is_plain = |(at, byte): (usize, u8)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() };
    if text.len() != 10 || !text.bytes().enumerate().all(is_plain) {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    NaiveDate::from_ymd_opt(i32::try_from(number(0, 4)?).ok()?, number(5, 7)?, number(8, 10)?)
}

/// The Region exists.
pub fn region_is_known(check: &mut Check, field: &str, region: &str, catalog: &Catalog) {
    if catalog.places.get(region).is_none() {
        let pointer = format!("/{field}");
        let problem: Problem = unknown_name(Code::UnknownRegion, pointer, "Region", region, catalog.places.codes());
        check.problem(problem);
    }
}
