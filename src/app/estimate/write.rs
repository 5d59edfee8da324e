//! Writes an estimate as JSON straight from the bill.
//!
//! The bytes are those that [`Estimate`](super::Estimate) and its parts serialise to, which remain what the document
//! describes and what the library hands out: every case is answered both ways and the answers are compared. A batch
//! writes millions of lines, and to make a text of each number first and then copy it would be most of its work.

use std::ops::Range;

use super::{Priced, catalog_view, excluded};
use crate::app::answer::{AssumptionView, MeterView, NoticeView, PriceView};
use crate::app::digits::{write_cents, write_exact};
use crate::app::receipt::{json, remembered};
use crate::domain::amount::Amount;
use crate::domain::bill::{Line, Slice};
use crate::domain::meter::Factor;
use crate::rating::RatedWith;
use crate::services::plan::Planned;

/// What an answer of a few lines takes, in bytes.
const ROOM: usize = 8 * 1024;

impl Priced<'_> {
    /// The whole answer.
    pub fn written(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(ROOM);
        self.write_full(&mut out);
        out
    }

    /// Writes the sum only.
    pub fn write_total(&self, out: &mut Vec<u8>) {
        self.write_sum(out);
        self.write_missing(out);
        out.push(b'}');
    }

    /// Writes the sum and the lines.
    pub fn write_lines(&self, out: &mut Vec<u8>) {
        self.write_sum(out);
        self.write_bill(out);
        self.write_missing(out);
        out.push(b'}');
    }

    /// Writes the whole answer.
    pub fn write_full(mut self, out: &mut Vec<u8>) {
        let (assumptions, notices) = self.remarks();
        self.write_sum(out);
        self.write_bill(out);
        self.write_by_resource(out);
        self.write_missing(out);
        out.extend_from_slice(b",\"assumptions\":");
        json(out, &assumptions.into_iter().map(AssumptionView::from).collect::<Vec<_>>());
        out.extend_from_slice(b",\"notices\":");
        json(out, &notices.into_iter().map(NoticeView::from).collect::<Vec<_>>());
        out.extend_from_slice(b",\"excluded\":[");
        list(out, excluded(&self.planned), |out, excluded| {
            name(out, b"{\"service\":", excluded.service);
            text(out, b",\"what\":", excluded.what);
            out.push(b'}');
        });
        out.push(b']');
        out.extend_from_slice(b",\"catalog\":");
        json(out, &catalog_view(self.catalog, self.terms, Some(&self.bill)));
        out.push(b'}');
    }

    /// The sum, and whether it is complete.
    fn write_sum(&self, out: &mut Vec<u8>) {
        let total = &self.bill.total;
        out.extend_from_slice(b"{\"total\":{\"monthly\":");
        cents(out, total);
        let (_, exact) = exact(out, b",\"monthly_exact\":", total);
        truth(out, b",\"exact\":", exact);
        out.extend_from_slice(b",\"yearly\":");
        if self.month.is_convention() {
            cents(out, &total.times_whole(12));
        } else {
            out.extend_from_slice(b"null");
        }
        truth(out, b",\"currency\":\"USD\"},\"complete\":", self.is_complete());
    }

    fn write_bill(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b",\"lines\":[");
        let lines = self.bill.lines.iter().filter_map(|line| Some((line, self.planned.get(line.record.resource)?)));
        list(out, lines, |out, (line, resource)| self.write_line(out, line, resource));
        out.push(b']');
    }

    fn write_line(&self, out: &mut Vec<u8>, line: &Line<RatedWith<'_>>, resource: &Planned) {
        let record = &line.record;
        let receipt = remembered(&line.price, self.catalog);
        text(out, b"{\"resource\":", &resource.name);
        name(out, b",\"service\":", resource.service.id);
        name(out, b",\"id\":", record.id);
        text(out, b",\"label\":", &record.label);
        out.extend_from_slice(b",\"meter\":");
        match receipt {
            Some(receipt) => out.extend_from_slice(receipt.meter()),
            None => json(out, &MeterView::from(&record.meter)),
        }
        let (quantity, _) = exact(out, b",\"quantity\":", &record.quantity);
        name(out, b",\"unit\":", record.unit.as_str());
        out.extend_from_slice(b",\"factors\":[");
        list(out, &record.factors, write_factor);
        out.push(b']');
        if !line.free.is_zero() {
            exact(out, b",\"free_quantity\":", &line.free);
        }
        out.extend_from_slice(b",\"tiers\":[");
        let is_exact = match (line.slices.as_slice(), receipt.and_then(|receipt| receipt.tier(line.slices.first()?))) {
            // Nearly every line: all of it lies in one tier, so that its numbers have been spelled by the end of it.
            ([slice], Some((before, between))) if line.free.is_zero() => {
                out.extend_from_slice(before);
                out.extend_from_within(quantity);
                out.extend_from_slice(between);
                let (amount, is_exact) = exact(out, b"", &slice.amount);
                out.extend_from_slice(b"}],\"amount\":");
                cents(out, &line.amount);
                out.extend_from_slice(b",\"amount_exact\":");
                out.extend_from_within(amount);
                is_exact
            }
            (slices, _) => {
                list(out, slices, |out, slice| write_tier(out, slice, receipt.and_then(|receipt| receipt.tier(slice))));
                out.extend_from_slice(b"],\"amount\":");
                cents(out, &line.amount);
                exact(out, b",\"amount_exact\":", &line.amount).1
            }
        };
        truth(out, b",\"exact\":", is_exact);
        out.extend_from_slice(b",\"price\":");
        match receipt {
            Some(receipt) => out.extend_from_slice(receipt.price()),
            None => json(out, &PriceView::of(&line.price, self.catalog)),
        }
        out.push(b'}');
    }

    fn write_by_resource(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b",\"by_resource\":[");
        list(out, self.planned.iter().zip(self.sums()), |out, (resource, sum)| {
            text(out, b"{\"resource\":", &resource.name);
            name(out, b",\"service\":", resource.service.id);
            text(out, b",\"region\":", &resource.region);
            out.extend_from_slice(b",\"monthly\":");
            cents(out, &sum);
            exact(out, b",\"monthly_exact\":", &sum);
            out.push(b'}');
        });
        out.push(b']');
    }

    fn write_missing(&self, out: &mut Vec<u8>) {
        if !self.is_complete() {
            out.extend_from_slice(b",\"missing\":");
            json(out, &self.missing());
        }
    }
}

fn write_factor(out: &mut Vec<u8>, factor: &Factor) {
    exact(out, b"{\"value\":", &factor.value);
    text(out, b",\"of\":", &factor.of);
    out.push(b'}');
}

fn write_tier(out: &mut Vec<u8>, slice: &Slice, words: Option<(&[u8], &[u8])>) {
    if let Some((before, between)) = words {
        out.extend_from_slice(before);
        exact(out, b"", &slice.quantity);
        out.extend_from_slice(between);
        exact(out, b"", &slice.amount);
    } else {
        exact(out, b"{\"from\":", &slice.from);
        match &slice.to {
            Some(to) => {
                exact(out, b",\"to\":", to);
            }
            None => out.extend_from_slice(b",\"to\":null"),
        }
        exact(out, b",\"quantity\":", &slice.quantity);
        exact(out, b",\"unit_price\":", &slice.unit_price);
        exact(out, b",\"amount\":", &slice.amount);
    }
    out.push(b'}');
}

/// Items with commas between them.
fn list<T>(out: &mut Vec<u8>, items: impl IntoIterator<Item = T>, write: impl Fn(&mut Vec<u8>, T)) {
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write(out, item);
    }
}

// Each member comes as an array, so that its length is known where it is copied: a copy of any length is a call and a
// guess, and an answer has a hundred of them.

/// A member that is a text of anybody's.
fn text<const N: usize>(out: &mut Vec<u8>, member: &[u8; N], text: &str) {
    out.extend_from_slice(member);
    // All bytes are looked at, also where the first is special: a processor does that many at a time.
    let is_special = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    if text.bytes().fold(false, |any, byte| any | is_special(byte)) {
        json(out, &text);
    } else {
        quoted(out, text);
    }
}

/// A member that is a name of ours, which has no letter that JSON spells otherwise.
fn name<const N: usize>(out: &mut Vec<u8>, member: &[u8; N], name: &str) {
    out.extend_from_slice(member);
    quoted(out, name);
}

fn quoted(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// A member that is an amount with up to 12 decimals. Returns where its text is, with the quotes, and whether that is all
/// of it.
fn exact<const N: usize>(out: &mut Vec<u8>, member: &[u8; N], amount: &Amount) -> (Range<usize>, bool) {
    out.extend_from_slice(member);
    let begin = out.len();
    out.push(b'"');
    let exact = write_exact(out, amount);
    out.push(b'"');
    (begin..out.len(), exact)
}

fn cents(out: &mut Vec<u8>, amount: &Amount) {
    out.push(b'"');
    write_cents(out, amount);
    out.push(b'"');
}

fn truth<const N: usize>(out: &mut Vec<u8>, member: &[u8; N], is: bool) {
    out.extend_from_slice(member);
    if is {
        out.extend_from_slice(b"true");
    } else {
        out.extend_from_slice(b"false");
    }
}
