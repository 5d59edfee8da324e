//! What a trace remembers of each option, so that a step of one option does not have all others sized and rated again.
//!
//! What an option costs is a straight line up to the next corner that anything it rests on has met. Those are the corners
//! of what all options share, seen before it is built, and the corners of its own plans and bills. Between the point at
//! which it was rated and the first of them it need not be built: the line says what it costs. The corner ends a piece
//! of the trace all the same, so that the trace is the same as without it.

use std::cell::RefCell;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::memory::HashMap;
use super::screen::{Finding, Screen};
use super::{Candidate, Context, Cost, OptionInfo, Plan, Stop};
use crate::domain::amount::{Amount, Fraction};
use crate::domain::probe::Probe;

/// Where an option keeps to one line, and what it is there.
#[derive(Debug)]
struct Stretch {
    /// Just after this point it was rated.
    from: Fraction,
    /// Up to this point the line goes; `None` where no corner lies ahead.
    to: Option<Fraction>,
    /// What it is ranked by, as a line in the distance from `from`; `None` where it has no price.
    rank: Option<Amount>,
    score: Decimal,
    extras: u32,
}

/// What is remembered in the course of one trace.
#[derive(Debug, Default)]
pub(crate) struct Stretches {
    state: RefCell<State>,
}

/// The rules that fired for each option, and up to where they do.
#[derive(Debug)]
struct Fired {
    from: Fraction,
    to: Option<Fraction>,
    findings: Vec<Vec<Arc<Finding>>>,
}

#[derive(Debug, Default)]
struct State {
    /// The value of the swept input.
    at: Fraction,
    /// Whether it moves, so that answers hold just after it.
    is_moving: bool,
    /// How far the plans hold that were built at this point.
    built: HashMap<&'static str, Option<Fraction>>,
    /// The nearest corner that they have met, of which the others must not know.
    corner: Option<Fraction>,
    known: HashMap<&'static str, Stretch>,
    fired: Option<Fired>,
}

/// The nearer of two ends.
fn nearer(a: Option<Fraction>, b: Option<Fraction>) -> Option<Fraction> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Lets a probe know of a corner so far ahead.
fn meet(probe: &mut Probe, distance: Option<&Fraction>) {
    if let Some(distance) = distance {
        // A comparison that turns there.
        probe.compare(&Amount::moving(-distance, Fraction::ONE), &Amount::ZERO);
    }
}

/// Runs with a probe of its own, and lets the other one know what it has met. Returns how far that is as well.
pub(super) fn apart<T>(probe: &mut Probe, run: impl FnOnce(&mut Probe) -> T) -> (T, Option<Fraction>) {
    let mut own = Probe::new();
    let result = run(&mut own);
    meet(probe, own.horizon());
    (result, own.horizon().cloned())
}

impl State {
    /// Whether what was found just after a point, and holds before another, holds here.
    fn is_within(&self, from: &Fraction, to: Option<&Fraction>) -> bool {
        to.is_none_or(|to| self.at < *to) && (self.at > *from || (self.is_moving && self.at == *from))
    }

    /// What is known of an option at this point.
    fn known(&self, option: &str) -> Option<&Stretch> {
        self.known.get(option).filter(|stretch| self.is_within(&stretch.from, stretch.to.as_ref()))
    }

    /// Lets the probe know of a corner at a point ahead.
    fn meet_at(&self, probe: &mut Probe, to: Option<&Fraction>) {
        if self.is_moving {
            meet(probe, to.map(|to| to - &self.at).as_ref());
        }
    }
}

impl Stretches {
    /// The trace has come to a point.
    pub(super) fn come_to(&self, point: &Amount) {
        let mut state = self.state.borrow_mut();
        state.at = point.value();
        state.is_moving = point.is_moving();
        state.built.clear();
        state.corner = None;
    }

    /// Everything is built: lets the probe of all know of what was met on the way.
    pub(super) fn all_built(&self, probe: &mut Probe) {
        meet(probe, self.state.borrow().corner.as_ref());
    }

    /// The option as it is known at this point, if it is, without what an answer shows.
    pub(super) fn candidate<'c>(&self, info: &'static OptionInfo, probe: &mut Probe) -> Option<Candidate<'c>> {
        let state = self.state.borrow();
        let stretch = state.known(info.id)?;
        state.meet_at(probe, stretch.to.as_ref());
        let unpriced = Cost::Unpriced { missing: Vec::new(), why: None };
        let cost = stretch.rank.as_ref().map_or(unpriced, |rank| {
            let rank = rank.after(&(&state.at - &stretch.from));
            Cost::Ranked { rank: if state.is_moving { rank } else { rank.at_rest() } }
        });
        Some(Candidate {
            info,
            findings: Vec::new(),
            plan: Some(Plan { extras: stretch.extras, ..Plan::default() }),
            choices: Vec::new(),
            cost,
            others: Vec::new(),
            scores: Vec::new(),
            score: stretch.score,
        })
    }

    /// Remembers an option that was built and rated at this point, where it was built apart; `rated` is how far the
    /// bills hold.
    pub(super) fn keep(&self, candidate: &Candidate<'_>, rated: Option<Fraction>) {
        let mut state = self.state.borrow_mut();
        if !state.is_moving {
            return;
        }
        let id = candidate.info.id;
        let Some(built) = state.built.remove(id) else { return };
        let from = state.at.clone();
        let to = nearer(built, rated).map(|distance| &from + distance);
        let extras = candidate.plan.as_ref().map_or(0, |plan| plan.extras);
        let stretch = Stretch { from, to, rank: candidate.rank().cloned(), score: candidate.score, extras };
        state.known.insert(id, stretch);
    }
}

impl Context<'_> {
    /// Fires rules for options of which none has fired yet, unless the trace knows which of them fire here. What they
    /// looked at is then as it was where they fired first, which no trace shows.
    ///
    /// # Errors
    /// Those of `rules`.
    pub(crate) fn screen(
        &mut self,
        screen: &mut Screen<'_>,
        rules: impl FnOnce(&mut Screen<'_>, &mut Self) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let Some(stretches) = self.stretches else { return rules(screen, self) };
        {
            let state = stretches.state.borrow();
            if let Some(fired) = state.fired.as_ref().filter(|fired| state.is_within(&fired.from, fired.to.as_ref())) {
                screen.restore(&fired.findings);
                state.meet_at(self.probe, fired.to.as_ref());
                return Ok(());
            }
        }
        rules(screen, self)?;
        let mut state = stretches.state.borrow_mut();
        if state.is_moving {
            let from = state.at.clone();
            let to = self.probe.horizon().map(|distance| &from + distance);
            state.fired = Some(Fired { from, to, findings: screen.findings() });
        }
        Ok(())
    }

    /// Builds an option, unless the trace knows what it costs here. `build` may look at the inputs, at what was settled
    /// and screened before, and at what it asks the probe; it must not look at what was built of other options.
    ///
    /// # Errors
    /// Those of `build`.
    pub(crate) fn build(
        &mut self,
        screen: &mut Screen<'_>,
        option: &'static str,
        build: impl FnOnce(&mut Self) -> Result<Vec<Plan>, Stop>,
    ) -> Result<(), Stop> {
        let Some(stretches) = self.stretches else {
            for plan in build(self)? {
                screen.plan(option, plan);
            }
            return Ok(());
        };
        if stretches.state.borrow().known(option).is_some() {
            return Ok(());
        }
        let shared = std::mem::take(self.probe);
        let plans = build(self);
        let own = std::mem::replace(self.probe, shared);
        let distance = nearer(own.horizon().cloned(), self.probe.horizon().cloned());
        let mut state = stretches.state.borrow_mut();
        state.corner = nearer(state.corner.take(), own.horizon().cloned());
        state.built.insert(option, distance);
        drop(state);
        for plan in plans? {
            screen.plan(option, plan);
        }
        Ok(())
    }
}
