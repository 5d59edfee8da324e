//! Remembers what there is to say about meters without a price. To find it takes a look through all prices of a service,
//! and a catalog never changes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;

use crate::domain::meter::MeterKey;

/// How many meters are remembered. Meters come from plans, so that somebody could ask for any number of them.
const REMEMBERED: usize = 4_096;

/// What is near a meter without a price.
#[derive(Debug)]
pub(super) struct Neighbours {
    /// The Regions that have a price for it.
    pub(super) regions_with_price: Vec<String>,
    /// The nearest usage types that have a price in its Region.
    pub(super) nearest: Vec<String>,
}

/// The meters without a price that were asked about, by day.
#[derive(Debug, Default)]
pub(super) struct Lacking(Mutex<HashMap<(MeterKey, NaiveDate), Arc<Neighbours>>>);

impl Lacking {
    /// What is near a meter; it is looked for where it is not remembered.
    pub(super) fn get_or_find(
        &self,
        asked: (&MeterKey, NaiveDate),
        find: impl FnOnce() -> Neighbours,
    ) -> Arc<Neighbours> {
        let key = (asked.0.clone(), asked.1);
        if let Some(found) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(found);
        }
        // Not while the lock is held: others would wait for it.
        let found = Arc::new(find());
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() < REMEMBERED {
            known.insert(key, Arc::clone(&found));
        }
        found
    }
}
