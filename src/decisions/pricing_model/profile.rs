//! How the use moves over time, cut into layers: each is a height above the layer below, and how much of it is used.
//!
//! A commitment covers layers from the ground up. With on-demand-equivalent use `x` in each hour and a discount `d`,
//! covering up to a level `L` costs `(1 − d)·L` in every hour and saves `min(x, L)`; so a layer is worth covering where it
//! is used for more than `1 − d` of the time, and the best level is the d-quantile of the use, `L* = Q(d)`.

use crate::decisions::engine::Stop;
use crate::domain::amount::Amount;
use crate::domain::probe::Probe;

use super::inputs::UsageStep;

/// One layer.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    /// How high it is, in the measure of the profile.
    height: Amount,
    /// Its use: height × the hours for which the use reached its top.
    usage: Amount,
}

/// The use over time.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    layers: Vec<Layer>,
    /// The highest level.
    pub(super) peak: Amount,
    /// The hours of the period.
    hours: Amount,
}

/// How much of a profile a commitment covers, as shares of the peak that runs all the time.
#[derive(Debug, Clone)]
pub(super) struct Cover {
    /// The level up to which it covers, in the measure of the profile.
    pub(super) level: Amount,
    /// That level as a share of the peak.
    pub(super) committed: Amount,
    /// The use above it.
    pub(super) above: Amount,
}

impl Profile {
    /// The use of a histogram.
    pub(super) fn of_histogram(steps: &[UsageStep]) -> Self {
        let mut steps: Vec<&UsageStep> = steps.iter().filter(|step| !step.hours.is_zero()).collect();
        steps.sort_by(|a, b| a.level.compare_values(&b.level));
        let hours = steps.iter().fold(Amount::ZERO, |sum, step| &sum + &step.hours);
        let mut layers = Vec::new();
        let mut below = Amount::ZERO;
        let mut reached = hours.clone();
        for step in steps {
            let height = &step.level - &below;
            if !height.is_zero() {
                // Neither moves in a sweep: a histogram is no sweepable input.
                let usage = height.times(&reached).unwrap_or_default();
                layers.push(Layer { height, usage });
                below = step.level.clone();
            }
            reached = &reached - &step.hours;
        }
        Self { layers, peak: below, hours }
    }

    /// A base that always runs and the rest above it, as shares of the peak.
    pub(super) fn of_base(base: &Amount, utilisation: &Amount, probe: &mut Probe) -> Self {
        let burst = &Amount::ONE - base;
        let mut layers = vec![Layer { height: base.clone(), usage: base.clone() }];
        if !burst.is_zero() {
            layers.push(Layer { height: burst, usage: probe.beyond(utilisation, base) });
        }
        layers.retain(|layer| !layer.height.is_zero());
        Self { layers, peak: Amount::ONE, hours: Amount::ONE }
    }

    /// The average use as a share of the peak: the utilisation of a commitment for the peak.
    pub(super) fn utilisation(&self) -> Result<Amount, Stop> {
        self.share(&self.layers.iter().fold(Amount::ZERO, |sum, layer| &sum + &layer.usage))
    }

    fn share(&self, usage: &Amount) -> Result<Amount, Stop> {
        if self.peak.is_zero() || self.hours.is_zero() {
            return Ok(Amount::ZERO);
        }
        Ok(usage.over(&self.peak)?.over(&self.hours)?)
    }

    fn cover(&self, layers: usize) -> Result<Cover, Stop> {
        let level = self.layers.iter().take(layers).fold(Amount::ZERO, |sum, layer| &sum + &layer.height);
        let above = self.layers.iter().skip(layers).fold(Amount::ZERO, |sum, layer| &sum + &layer.usage);
        let committed = if self.peak.is_zero() { Amount::ZERO } else { level.over(&self.peak)? };
        Ok(Cover { committed, above: self.share(&above)?, level })
    }

    /// Covers everything up to the peak.
    pub(super) fn whole(&self) -> Result<Cover, Stop> {
        self.cover(self.layers.len())
    }

    /// Covers what always runs.
    pub(super) fn always_on(&self, probe: &mut Probe) -> Result<Cover, Stop> {
        let mut layers = 0_usize;
        for layer in &self.layers {
            if probe.less(&layer.usage, &layer.height.times(&self.hours)?) {
                break;
            }
            layers = layers.saturating_add(1);
        }
        self.cover(layers)
    }

    /// Covers the layers that cost less committed than on demand: the level `L* = Q(d)`, where `committed` costs as
    /// much for the whole peak as `1 − d` of `on_demand`.
    pub(super) fn best(&self, on_demand: &Amount, committed: &Amount, probe: &mut Probe) -> Result<Cover, Stop> {
        let mut layers = 0_usize;
        for layer in &self.layers {
            let saved = on_demand.times(&layer.usage)?;
            let paid = committed.times(&layer.height)?.times(&self.hours)?;
            if !probe.more(&saved, &paid) {
                break;
            }
            layers = layers.saturating_add(1);
        }
        self.cover(layers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(steps: &[(i64, i64)]) -> Vec<UsageStep> {
        let step =
            |(level, hours): &(i64, i64)| UsageStep { level: Amount::whole(*level), hours: Amount::whole(*hours) };
        steps.iter().map(step).collect()
    }

    /// The least cost over every level, tried one by one.
    #[expect(clippy::arithmetic_side_effects, reason = "small numbers of a test")]
    fn cheapest(histogram: &[(i64, i64)], committed_pct: i64) -> i64 {
        let hours: i64 = histogram.iter().map(|(_, hours)| hours).sum();
        let most = histogram.iter().map(|(level, _)| *level).max().unwrap_or_default();
        let cost = |level: i64| {
            let above: i64 = histogram.iter().map(|(x, hours)| (x - level).max(0) * hours).sum();
            committed_pct * level * hours + 100 * above
        };
        (0..=most).map(cost).min().unwrap_or_default()
    }

    #[test]
    fn the_best_level_is_the_quantile_and_costs_least() {
        // 2 for 40 hours, 5 for 30, 8 for 20, 20 for 10.
        let histogram = [(5, 30), (2, 40), (20, 10), (8, 20)];
        let profile = Profile::of_histogram(&steps(&histogram));
        for (discount, level) in [(0, 0), (10, 2), (40, 2), (41, 5), (70, 5), (71, 8), (90, 8), (91, 20)] {
            let committed = Amount::whole(100 - discount);
            let best = profile.best(&Amount::whole(100), &committed, &mut Probe::new()).expect("it stands still");
            assert_eq!(best.level.as_whole(), Some(level), "{discount} %");
            // As money: the committed level in all hours, and the use above it.
            let cost = &best.committed.times(&committed).expect("plain") + &best.above.times_whole(100);
            let least = Amount::whole(cheapest(&histogram, 100 - discount)).per(2_000);
            assert!(cost.compare_values(&least).is_eq(), "{discount} %: {cost} is not {least}");
        }
    }

    #[test]
    fn a_base_is_two_layers() {
        let half = Amount::ONE.per(2);
        let profile = Profile::of_base(&half, &Amount::whole(3).per(4), &mut Probe::new());
        assert!(profile.utilisation().expect("plain").compare_values(&Amount::whole(3).per(4)).is_eq());
        assert!(profile.always_on(&mut Probe::new()).expect("plain").level.compare_values(&half).is_eq());
        let whole = profile.whole().expect("plain");
        assert!(whole.level.compare_values(&Amount::ONE).is_eq() && whole.above.is_zero());
    }
}
