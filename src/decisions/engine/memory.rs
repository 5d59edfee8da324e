//! What one answer remembers between its evaluations, so that what did not change is not worked out again.
//!
//! A sweep over whole numbers evaluates every option a thousand times, and most of an evaluation is as before. Nothing
//! here outlives the answer, and an answer is the same without it.

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use foldhash::fast::RandomState;

use super::sweep::Sample;
use crate::domain::amount::{Amount, Fraction};
use crate::domain::meter::MeterKey;

/// What a bill rests on, as whole numbers: see [`super::Plan::key`].
pub type PlanKey = Box<[u128]>;

/// A map whose keys are hashed fast: they are long, and looked up by the ten thousand.
pub(crate) type HashMap<K, V> = std::collections::HashMap<K, V, RandomState>;

/// The samples of one input by its values.
pub(super) type Samples = BTreeMap<Fraction, Sample>;

/// What a part of a bill comes to.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    /// Its sum.
    pub(super) total: Amount,
    /// The meters in it whose price depends on how much of them there is. Where another part has one of them too, the
    /// parts cannot be rated apart.
    pub(super) pooled: Vec<MeterKey>,
}

/// What is remembered.
#[derive(Default)]
pub struct Memory {
    totals: RefCell<HashMap<&'static str, HashMap<PlanKey, Amount>>>,
    pieces: RefCell<HashMap<&'static str, HashMap<PlanKey, Rc<Piece>>>>,
    samples: RefCell<HashMap<&'static str, Samples>>,
    own: RefCell<Option<Box<dyn Any>>>,
}

impl Memory {
    /// Whether the bill of a plan of an option is remembered.
    pub fn knows(&self, option: &str, key: &PlanKey) -> bool {
        self.totals.borrow().get(option).is_some_and(|totals| totals.contains_key(key))
    }

    /// The total of a bill that was rated before.
    pub(super) fn total(&self, option: &str, key: &PlanKey) -> Option<Amount> {
        self.totals.borrow().get(option)?.get(key).cloned()
    }

    /// Remembers the total of a bill.
    pub(super) fn keep_total(&self, option: &'static str, key: PlanKey, total: Amount) {
        self.totals.borrow_mut().entry(option).or_default().insert(key, total);
    }

    /// A part of a bill that was rated before.
    pub(super) fn piece(&self, option: &str, key: &PlanKey) -> Option<Rc<Piece>> {
        self.pieces.borrow().get(option)?.get(key).cloned()
    }

    /// Remembers a part of a bill.
    pub(super) fn keep_piece(&self, option: &'static str, key: PlanKey, piece: Rc<Piece>) {
        self.pieces.borrow_mut().entry(option).or_default().insert(key, piece);
    }

    /// What was found at a value of an input, the others as they are in the request.
    pub(super) fn sample(&self, input: &str, at: &Fraction) -> Option<Sample> {
        self.samples.borrow().get(input)?.get(at).cloned()
    }

    /// Remembers what was found at a value of an input.
    pub(super) fn keep_sample(&self, input: &'static str, at: Fraction, sample: Sample) {
        self.samples.borrow_mut().entry(input).or_default().insert(at, sample);
    }

    /// Takes out what the decision keeps for itself; a fresh one where it has kept nothing. It is put back by
    /// [`Memory::put`].
    pub fn take<T: Default + 'static>(&self) -> T {
        let own = self.own.borrow_mut().take();
        own.and_then(|own| own.downcast().ok()).map_or_else(T::default, |own| *own)
    }

    /// Puts back what the decision keeps for itself.
    pub fn put<T: 'static>(&self, own: T) {
        *self.own.borrow_mut() = Some(Box::new(own));
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}
