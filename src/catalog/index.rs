//! Finds the prices of a meter: an open-addressing table over the sorted prices.
//!
//! Every record of every request looks a meter up, so this allocates nothing and touches as little memory as it can:
//! one slot of eight bytes in most cases, then the price itself. A hash map of keys would hold each key twice.

use super::price::Price;
use crate::domain::meter::MeterKey;

/// One slot: a part of the meter's hash, and one more than the position of the meter's first price; 0 = empty.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    tag: u32,
    next_to: u32,
}

/// Where the first price of each meter is.
#[derive(Debug, Default)]
pub(super) struct MeterIndex {
    /// A power of two of slots, at most half of them taken.
    slots: Vec<Slot>,
}

impl MeterIndex {
    /// The index of prices that are in the order of their meters.
    pub(super) fn of(prices: &[Price]) -> Self {
        let mut slots = vec![Slot::default(); prices.len().saturating_mul(2).max(1).next_power_of_two()];
        let mut previous: Option<&MeterKey> = None;
        for (at, price) in prices.iter().enumerate() {
            if previous == Some(&price.meter) {
                continue;
            }
            previous = Some(&price.meter);
            let Ok(next_to) = u32::try_from(at.saturating_add(1)) else { break };
            let (mut slot, tag) = place(&price.meter, slots.len());
            while slots.get(slot).is_some_and(|taken| taken.next_to != 0) {
                slot = following(slot, slots.len());
            }
            if let Some(free) = slots.get_mut(slot) {
                *free = Slot { tag, next_to };
            }
        }
        Self { slots }
    }

    /// The position of the first price of a meter.
    pub(super) fn find(&self, meter: &MeterKey, prices: &[Price]) -> Option<usize> {
        let (mut slot, tag) = place(meter, self.slots.len());
        loop {
            let found = self.slots.get(slot)?;
            let at = usize::try_from(found.next_to.checked_sub(1)?).ok()?;
            if found.tag == tag && prices.get(at).is_some_and(|price| price.meter == *meter) {
                return Some(at);
            }
            slot = following(slot, self.slots.len());
        }
    }
}

/// The first slot to look at, and the tag, of a meter.
fn place(meter: &MeterKey, slots: usize) -> (usize, u32) {
    let hash = hash(meter);
    let mask = slots.wrapping_sub(1);
    let low = usize::try_from(hash & u64::from(u32::MAX)).unwrap_or_default();
    (low & mask, u32::try_from(hash >> 32).unwrap_or_default())
}

/// The slot after one.
fn following(slot: usize, slots: usize) -> usize {
    slot.wrapping_add(1) & slots.wrapping_sub(1)
}

/// A quick hash over the four names. The table is built from our own data, so nobody can fill it with collisions.
fn hash(meter: &MeterKey) -> u64 {
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut state: u64 = 0;
    for name in [&meter.usage_type, &meter.region, &meter.operation, &meter.service_code] {
        let bytes = name.as_bytes();
        let (words, rest) = bytes.as_chunks::<8>();
        // The last word of a long name overlaps the one before; that is quicker than to fill up a part of one.
        let last = bytes.last_chunk::<8>().copied().unwrap_or_else(|| {
            let mut last = [0_u8; 8];
            for (to, from) in last.iter_mut().zip(rest) {
                *to = *from;
            }
            last
        });
        for word in words.iter().chain([&last]) {
            state = (state.rotate_left(23) ^ u64::from_le_bytes(*word)).wrapping_mul(MIX);
        }
        state ^= u64::try_from(name.len()).unwrap_or_default();
    }
    state ^ (state >> 32)
}
