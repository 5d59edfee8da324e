//! Price books: named overlays of a user's own rates, such as a negotiated discount, over the list prices.
//!
//! A rate speaks of everything, of a service, of a service in a Region, or of one meter; the narrowest that holds on
//! the day counts, and no other. It is a percentage off the list price, or, for a meter, a price with tiers of its own.
//! A book is never edited: each change is a new revision, a removal too, so that an old answer can be given again.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::price::{Confidence, Layer, Price, Tier};
use crate::domain::meter::MeterKey;
use crate::domain::problem::{Code, Problem};
use crate::domain::read::unknown_name;
use crate::domain::unit::Unit;

/// What a rate speaks of, from the widest to the narrowest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Every meter.
    All,
    /// The meters of a service code.
    Service(SmolStr),
    /// The meters of a service code in a Region.
    ServiceRegion(SmolStr, SmolStr),
    /// One meter.
    Meter(MeterKey),
}

impl Scope {
    /// As it is spelled in the store and on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Service(_) => "service",
            Self::ServiceRegion(..) => "service_region",
            Self::Meter(_) => "meter",
        }
    }

    /// The scopes that a meter lies in, from the narrowest to the widest.
    fn around(meter: &MeterKey) -> [Self; 4] {
        [
            Self::Meter(meter.clone()),
            Self::ServiceRegion(meter.service_code.clone(), meter.region.clone()),
            Self::Service(meter.service_code.clone()),
            Self::All,
        ]
    }

    /// The service code, where it has one.
    pub fn service_code(&self) -> Option<&SmolStr> {
        match self {
            Self::All => None,
            Self::Service(code) | Self::ServiceRegion(code, _) => Some(code),
            Self::Meter(meter) => Some(&meter.service_code),
        }
    }

    /// The Region, where it has one.
    pub fn region(&self) -> Option<&SmolStr> {
        match self {
            Self::All | Self::Service(_) => None,
            Self::ServiceRegion(_, region) => Some(region),
            Self::Meter(meter) => Some(&meter.region),
        }
    }

    /// The meter, where it is one.
    pub fn meter(&self) -> Option<&MeterKey> {
        match self {
            Self::Meter(meter) => Some(meter),
            _ => None,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("everything"),
            Self::Service(code) => f.write_str(code),
            Self::ServiceRegion(code, region) => write!(f, "{code} / {region}"),
            Self::Meter(meter) => meter.fmt(f),
        }
    }
}

/// What a rate does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Charge {
    /// A price of its own, in place of the list price.
    Price {
        /// The unit that the tiers and prices are in.
        unit: Unit,
        /// The ladder: begins at zero, strictly rising.
        tiers: Vec<Tier>,
    },
    /// So much per cent off the list price, up to 100; negative for a surcharge.
    Discount(Decimal),
}

/// One rate of a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// What it speaks of.
    pub scope: Scope,
    /// The first day on which it holds; `None` for any day before `valid_to`.
    pub valid_from: Option<NaiveDate>,
    /// The first day on which it no longer holds; `None` while it is open.
    pub valid_to: Option<NaiveDate>,
    /// What it does.
    pub charge: Charge,
    /// A remark of its author.
    pub note: String,
}

impl Rate {
    /// Whether it holds on a date.
    pub fn valid_on(&self, date: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= date) && self.valid_to.is_none_or(|to| date < to)
    }

    /// Whether there is a day on which both hold.
    pub fn meets(&self, other: &Self) -> bool {
        let before = |to: Option<NaiveDate>, from: Option<NaiveDate>| to.zip(from).is_some_and(|(to, from)| to <= from);
        !before(self.valid_to, other.valid_from) && !before(other.valid_to, self.valid_from)
    }
}

/// A book that has been checked and is not stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// A remark of its author.
    pub note: String,
    /// Its rates. No two of one scope hold on the same day.
    pub rates: Vec<Rate>,
}

/// Which revision of which book, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its position among all revisions of all books, rising.
    pub id: i64,
    /// The name of the book.
    pub name: SmolStr,
    /// The number of the revision, from 1.
    pub number: u32,
    /// Whether it removes the book.
    pub removed: bool,
    /// When it was made, as `2026-11-22T09:30:00Z`.
    pub created_at: String,
    /// The day it was made.
    pub created_on: NaiveDate,
    /// A remark of its author.
    pub note: String,
}

/// What a rate does to a price.
#[derive(Debug, Clone)]
pub enum Effect {
    /// It is the price.
    Price(Box<Price>),
    /// The list price times this.
    Factor(Decimal),
}

/// One revision of a price book.
#[derive(Debug, Clone)]
pub struct PriceBook {
    /// Which one it is.
    pub revision: Revision,
    /// Its rates as they were given, and what each does.
    rates: Vec<(Rate, Effect)>,
    /// The positions of the rates of each scope.
    by_scope: BTreeMap<Scope, Vec<usize>>,
}

impl PriceBook {
    /// A book of checked rates. `None` where a percentage leads out of what numbers hold, which checked ones do not.
    pub fn new(revision: Revision, rates: Vec<Rate>) -> Option<Self> {
        let mut by_scope: BTreeMap<Scope, Vec<usize>> = BTreeMap::new();
        for (at, rate) in rates.iter().enumerate() {
            by_scope.entry(rate.scope.clone()).or_default().push(at);
        }
        let with_effect = |rate: Rate| Some((effect(&rate, &revision)?, rate)).map(|(effect, rate)| (rate, effect));
        let rates = rates.into_iter().map(with_effect).collect::<Option<Vec<_>>>()?;
        Some(Self { revision, rates, by_scope })
    }

    /// The rate that counts for a meter on a day, and what it does: the narrowest that holds.
    pub fn rate(&self, meter: &MeterKey, as_of: NaiveDate) -> Option<(&Rate, &Effect)> {
        Scope::around(meter).iter().find_map(|scope| {
            let positions = self.by_scope.get(scope)?;
            let mut rates = positions.iter().filter_map(|at| self.rates.get(*at));
            rates.find(|(rate, _)| rate.valid_on(as_of)).map(|(rate, effect)| (rate, effect))
        })
    }

    /// Its rates, as they were given.
    pub fn rates(&self) -> impl ExactSizeIterator<Item = &Rate> {
        self.rates.iter().map(|(rate, _)| rate)
    }
}

/// What a rate does to a price.
fn effect(rate: &Rate, revision: &Revision) -> Option<Effect> {
    match (&rate.charge, &rate.scope) {
        (Charge::Discount(percent), _) => {
            let factor = Decimal::ONE_HUNDRED.checked_sub(*percent)?.checked_mul(Decimal::new(1, 2))?;
            Some(Effect::Factor(factor.normalize()))
        }
        (Charge::Price { unit, tiers }, Scope::Meter(meter)) => Some(Effect::Price(Box::new(Price {
            meter: meter.clone(),
            unit: *unit,
            tiers: tiers.clone(),
            known_up_to: None,
            effective_from: rate.valid_from,
            effective_to: rate.valid_to,
            seen_on: revision.created_on,
            source: SmolStr::default(),
            confidence: Confidence::High,
            note: SmolStr::new(&rate.note),
            layer: Layer::PriceBook(revision.name.clone()),
            edition: 0,
        }))),
        (Charge::Price { .. }, _) => None,
    }
}

/// Where a revision stands in [`Books`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookAt(usize);

/// All revisions of all price books: an immutable snapshot, as the catalog it goes with.
#[derive(Debug, Clone, Default)]
pub struct Books {
    /// In the order in which they were made.
    all: Vec<Arc<PriceBook>>,
    /// The position of the newest revision of each name.
    newest: BTreeMap<SmolStr, usize>,
}

impl Books {
    /// These and newer ones.
    #[must_use]
    pub fn with(&self, more: impl IntoIterator<Item = PriceBook>) -> Self {
        let mut books = self.clone();
        for book in more {
            books.newest.insert(book.revision.name.clone(), books.all.len());
            books.all.push(Arc::new(book));
        }
        books
    }

    /// The position of the newest revision in the store; 0 where there is none.
    pub fn last_id(&self) -> i64 {
        self.all.last().map_or(0, |book| book.revision.id)
    }

    /// A revision by its place.
    pub fn at(&self, place: BookAt) -> Option<&PriceBook> {
        self.all.get(place.0).map(Arc::as_ref)
    }

    /// The newest revision of every book that has not been removed, by name.
    pub fn current(&self) -> impl Iterator<Item = &PriceBook> {
        self.newest.values().filter_map(|at| self.all.get(*at)).map(Arc::as_ref).filter(|book| !book.revision.removed)
    }

    /// The newest revision of a book, a removal too.
    pub fn newest(&self, name: &str) -> Option<&PriceBook> {
        self.at(BookAt(*self.newest.get(name)?))
    }

    /// The book that a request names: `name` for its newest revision, `name@revision` for an older one. A revision stays
    /// what it was when the book is changed or removed.
    ///
    /// # Errors
    /// `unknown_price_book`, with the pointer given.
    pub fn find(&self, wanted: &str, pointer: &str) -> Result<BookAt, Problem> {
        let (name, number) = match wanted.rsplit_once('@') {
            Some((name, number)) => (name, Some(number)),
            None => (wanted, None),
        };
        let Some(newest) = self.newest.get(name) else {
            let known = self.current().map(|book| book.revision.name.as_str());
            return Err(unknown_name(Code::UnknownPriceBook, pointer, "price book", name, known));
        };
        let last = self.all.get(*newest).map(|book| &book.revision);
        let unknown =
            |detail: String, hint: String| Problem::new(Code::UnknownPriceBook, pointer, detail).hinting(hint);
        let Some(number) = number else {
            return match last {
                Some(last) if last.removed => {
                    let detail = format!("the price book `{name}` was removed on {}", last.created_on);
                    let before = last.number.saturating_sub(1);
                    Err(unknown(detail, format!("`{name}@{before}` is what it was before")))
                }
                _ => Ok(BookAt(*newest)),
            };
        };
        let wanted = number.parse::<u32>().ok().filter(|_| number.bytes().all(|byte| byte.is_ascii_digit()));
        let found = self
            .all
            .iter()
            .position(|book| book.revision.name == name && Some(book.revision.number) == wanted)
            .filter(|at| self.all.get(*at).is_some_and(|book| !book.revision.removed));
        found.map(BookAt).ok_or_else(|| {
            let newest = last.map_or(0, |last| last.number);
            let detail = format!("the price book `{name}` has no revision `{number}` with rates");
            unknown(detail, format!("its newest revision is {newest}; leave `@{number}` out for that one"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn meter() -> MeterKey {
        MeterKey {
            service_code: "AmazonVPC".into(),
            region: "us-east-1".into(),
            usage_type: "NatGateway-Hours".into(),
            operation: "NatGateway".into(),
        }
    }

    fn discount(scope: Scope, percent: i64, from: Option<&str>, to: Option<&str>) -> Rate {
        Rate {
            scope,
            valid_from: from.map(day),
            valid_to: to.map(day),
            charge: Charge::Discount(percent.into()),
            note: String::new(),
        }
    }

    fn book(name: &str, number: u32, removed: bool, rates: Vec<Rate>) -> PriceBook {
        let revision = Revision {
            id: number.into(),
            name: name.into(),
            number,
            removed,
            created_at: "2026-11-22T09:30:00Z".to_owned(),
            created_on: day("2026-11-22"),
            note: String::new(),
        };
        PriceBook::new(revision, rates).expect("sound rates")
    }

    fn percent(book: &PriceBook, as_of: &str) -> Option<i64> {
        let (rate, _) = book.rate(&meter(), day(as_of))?;
        let Charge::Discount(percent) = rate.charge else { panic!("a discount") };
        percent.to_string().parse().ok()
    }

    #[test]
    fn the_narrowest_scope_that_holds_on_the_day_counts() {
        let mut rates = vec![
            discount(Scope::All, 1, None, None),
            discount(Scope::Service("AmazonVPC".into()), 2, None, None),
            discount(Scope::ServiceRegion("AmazonVPC".into(), "us-east-1".into()), 3, Some("2026-02-01"), None),
            discount(Scope::Meter(meter()), 4, Some("2026-03-01"), Some("2026-04-01")),
            discount(Scope::Service("AmazonEC2".into()), 5, None, None),
            discount(Scope::ServiceRegion("AmazonVPC".into(), "us-east-2".into()), 6, None, None),
        ];
        for _ in 0..rates.len() {
            rates.rotate_left(1);
            let book = book("acme", 1, false, rates.clone());
            for (as_of, expected) in
                [("2026-01-31", 2), ("2026-02-01", 3), ("2026-03-01", 4), ("2026-03-31", 4), ("2026-04-01", 3)]
            {
                assert_eq!(percent(&book, as_of), Some(expected), "{as_of}");
            }
        }
        assert_eq!(
            percent(&book("acme", 1, false, vec![discount(Scope::All, 7, Some("2026-01-01"), None)]), "2025-12-31"),
            None
        );
    }

    #[test]
    fn stretches_meet_where_a_day_lies_in_both() {
        let rate = |from, to| discount(Scope::All, 0, from, to);
        for (a, b, expected) in [
            ((None, None), (None, None), true),
            ((None, Some("2026-02-01")), (Some("2026-02-01"), None), false),
            ((None, Some("2026-02-02")), (Some("2026-02-01"), None), true),
            ((Some("2026-01-01"), Some("2026-02-01")), (Some("2026-03-01"), Some("2026-04-01")), false),
        ] {
            assert_eq!(rate(a.0, a.1).meets(&rate(b.0, b.1)), expected, "{a:?} {b:?}");
            assert_eq!(rate(b.0, b.1).meets(&rate(a.0, a.1)), expected, "{b:?} {a:?}");
        }
    }

    #[test]
    fn a_name_is_the_newest_revision_and_an_old_one_stays() {
        let one = Books::default().with([book("acme", 1, false, vec![discount(Scope::All, 1, None, None)])]);
        let two = one.with([book("acme", 2, false, vec![discount(Scope::All, 2, None, None)])]);
        let removed = two.with([book("acme", 3, true, Vec::new())]);
        let number = |books: &Books, wanted: &str| {
            books.find(wanted, "/price_book").map(|at| books.at(at).expect("a book").revision.number)
        };
        assert_eq!(number(&one, "acme"), Ok(1));
        assert_eq!(number(&two, "acme"), Ok(2));
        assert_eq!(number(&removed, "acme@1"), Ok(1), "a removal changes no revision");
        assert_eq!((one.current().count(), removed.current().count(), removed.last_id()), (1, 0, 3));
        for (wanted, words) in [
            ("acme", "`acme@2` is what it was before"),
            ("acme@3", "has no revision `3` with rates"),
            ("acme@+1", "has no revision `+1`"),
            ("acne", "there is no price book `acne`"),
        ] {
            let problem = number(&removed, wanted).expect_err(wanted);
            assert_eq!((problem.code, problem.pointer.as_str()), (Code::UnknownPriceBook, "/price_book"));
            assert!(problem.to_string().contains(words), "{problem}");
        }
        let problem = number(&two, "acne").expect_err("no such book");
        assert_eq!(problem.hint.as_deref(), Some("did you mean `acme`?"));
    }
}
