//! What the handlers share: the active catalog, the store behind it, the limits and the clock.
//!
//! Requests are answered from an immutable snapshot. A new edition is a new snapshot that is swapped in whole; requests
//! that are running keep theirs.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use chrono::{NaiveDate, Utc};

use super::body::Limits;
use super::error::{ApiError, ApiResult};
use crate::catalog::Catalog;
use crate::domain::problem::{Code, Problem};

/// How many editions besides the active one are kept in memory.
const KEPT_EDITIONS: usize = 4;

/// What the handlers share.
#[derive(Debug)]
pub struct State {
    active: ArcSwapOption<Catalog>,
    /// Editions loaded on demand, the latest used last.
    older: Mutex<Vec<Arc<Catalog>>>,
    /// What a body may be.
    pub limits: Limits,
    clock: fn() -> NaiveDate,
}

/// Today by the clock, in UTC. This is the one place that asks.
pub fn utc_today() -> NaiveDate {
    Utc::now().date_naive()
}

impl State {
    /// A state without a catalog yet: nothing is answered but health.
    pub fn new(limits: Limits, clock: fn() -> NaiveDate) -> Self {
        Self { active: ArcSwapOption::empty(), older: Mutex::new(Vec::new()), limits, clock }
    }

    /// Swaps another edition in. Requests that are running keep theirs.
    pub fn activate(&self, catalog: Arc<Catalog>) {
        if let Some(before) = self.active.swap(Some(catalog)) {
            self.keep(before);
        }
    }

    /// Today.
    pub fn today(&self) -> NaiveDate {
        (self.clock)()
    }

    /// The active edition.
    ///
    /// # Errors
    /// `not_ready` until the first edition has been loaded.
    pub fn active(&self) -> ApiResult<Arc<Catalog>> {
        self.active.load_full().ok_or_else(|| {
            ApiError::of_request(Code::NotReady, "the prices are still being loaded; try again in a moment")
        })
    }

    /// The edition that a request asks for: the active one unless it names another.
    ///
    /// # Errors
    /// `unknown_edition`, with the pointer `/edition`.
    pub fn edition(&self, number: Option<u32>) -> ApiResult<Arc<Catalog>> {
        let active = self.active()?;
        let Some(number) = number.filter(|number| *number != active.edition.number) else {
            return Ok(active);
        };
        if let Some(found) = self.kept(number) {
            return Ok(found);
        }
        Err(unknown_edition(number).into())
    }

    /// Whether the database answers.
    pub fn database_answers(&self) -> bool {
        true
    }

    fn kept(&self, number: u32) -> Option<Arc<Catalog>> {
        let mut older = self.older.lock().unwrap_or_else(PoisonError::into_inner);
        let at = older.iter().position(|catalog| catalog.edition.number == number)?;
        let found = older.remove(at);
        older.push(Arc::clone(&found));
        Some(found)
    }

    fn keep(&self, catalog: Arc<Catalog>) {
        let mut older = self.older.lock().unwrap_or_else(PoisonError::into_inner);
        older.retain(|kept| kept.edition.number != catalog.edition.number);
        older.push(catalog);
        if older.len() > KEPT_EDITIONS {
            older.remove(0);
        }
    }
}

fn unknown_edition(number: u32) -> Problem {
    Problem::new(Code::UnknownEdition, "/edition", format!("there is no edition {number}"))
        .hinting(Code::UnknownEdition.help())
}
