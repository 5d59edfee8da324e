//! What is the same in many answers is made once: the receipt of a price, with its JSON.

use std::ops::Deref;

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::answer::{MeterView, PriceView};
use super::digits::text;
use crate::catalog::Catalog;
use crate::catalog::price::{Price, Tier};
use crate::domain::amount::Amount;
use crate::domain::bill::Slice;
use crate::domain::meter::MeterKey;
use crate::rating::{Held, RatedWith};

/// A part of an answer that is the same in many answers, or one that is not.
#[derive(Debug, Clone)]
pub enum Said<'c, T> {
    /// Made once for all.
    Shared {
        /// The part.
        view: &'c T,
        /// Its JSON.
        json: &'c RawValue,
    },
    /// Made for this answer.
    Own(Box<T>),
}

impl<T> Deref for Said<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Shared { view, .. } => view,
            Self::Own(view) => view,
        }
    }
}

impl<T: Serialize> Serialize for Said<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Shared { json, .. } => json.serialize(serializer),
            Self::Own(view) => view.serialize(serializer),
        }
    }
}

impl<T: PartialEq> PartialEq for Said<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for Said<'_, T> {}

/// What every line with a price says about it.
#[derive(Debug)]
pub(super) struct Receipt {
    /// All that is written, piece after piece: what lies together comes from memory together.
    words: Box<str>,
    meter: Piece,
    price: Piece,
    /// The first tier, which most lines lie in and most prices have alone.
    first: TierWords,
    further: Vec<TierWords>,
    /// The same as types.
    views: (MeterView, PriceView),
    /// Their JSON as such.
    json: (Box<RawValue>, Box<RawValue>),
}

/// Where in the words of a receipt something stands.
#[derive(Debug, Clone, Copy)]
struct Piece {
    from: usize,
    to: usize,
}

/// What is said of a tier.
#[derive(Debug)]
struct TierWords {
    from: Decimal,
    /// Up to the quantity.
    before: Piece,
    /// From the quantity to the amount.
    between: Piece,
}

impl Receipt {
    /// `None` where it cannot be written, which does not happen: its keys are texts, and a price has a tier.
    fn of(rated: &RatedWith<'_>, catalog: &Catalog) -> Option<Self> {
        let views = (MeterView::from(&rated.price.meter), PriceView::of(rated, catalog));
        let json = (to_raw_value(&views.0).ok()?, to_raw_value(&views.1).ok()?);
        let mut words = String::new();
        let mut add = |text: &str| {
            let from = words.len();
            words.push_str(text);
            Piece { from, to: words.len() }
        };
        let meter = add(json.0.get());
        let tiers = &rated.price.tiers;
        let following = tiers.iter().skip(1).map(|next| Some(next.from)).chain([None]);
        let mut tiers = tiers.iter().zip(following).map(|(tier, to)| TierWords::of(tier, to, &mut add));
        let (first, further) = (tiers.next()?, tiers.collect());
        let price = add(json.1.get());
        Some(Self { words: words.into_boxed_str(), meter, price, first, further, views, json })
    }

    /// The JSON about the meter.
    pub(super) fn meter(&self) -> &[u8] {
        self.piece(self.meter)
    }

    /// The JSON about the price.
    pub(super) fn price(&self) -> &[u8] {
        self.piece(self.price)
    }

    /// What is said of the tier of a slice before the quantity in it, and between that and the amount.
    pub(super) fn tier(&self, slice: &Slice) -> Option<(&[u8], &[u8])> {
        let is_it = |tier: &&TierWords| slice.from.as_decimal() == Some(tier.from);
        let tier = if self.further.is_empty() || is_it(&&self.first) {
            &self.first
        } else {
            self.further.iter().find(is_it)?
        };
        Some((self.piece(tier.before), self.piece(tier.between)))
    }

    fn piece(&self, Piece { from, to }: Piece) -> &[u8] {
        self.words.as_bytes().get(from..to).unwrap_or_default()
    }
}

impl TierWords {
    fn of(tier: &Tier, to: Option<Decimal>, add: &mut impl FnMut(&str) -> Piece) -> Self {
        let spelled = |number: Decimal| text(&Amount::decimal(number));
        let to = to.map_or_else(|| "null".to_owned(), |to| format!("\"{}\"", spelled(to)));
        Self {
            from: tier.from,
            before: add(&format!("{{\"from\":\"{}\",\"to\":{to},\"quantity\":", spelled(tier.from))),
            between: add(&format!(",\"unit_price\":\"{}\",\"amount\":", spelled(tier.price))),
        }
    }
}

/// What a line says about its meter and its price.
pub(super) fn receipt<'c>(
    rated: &RatedWith<'c>,
    meter: &MeterKey,
    catalog: &'c Catalog,
) -> (Said<'c, MeterView>, Said<'c, PriceView>) {
    if let Some(Receipt { views: (meter, price), json: (meter_json, price_json), .. }) = remembered(rated, catalog) {
        return (Said::Shared { view: meter, json: meter_json }, Said::Shared { view: price, json: price_json });
    }
    (Said::Own(Box::new(MeterView::from(meter))), Said::Own(Box::new(PriceView::of(rated, catalog))))
}

/// Writes a value as JSON. What is written has texts for keys and goes to memory, so that nothing can fail.
pub(super) fn json(out: &mut Vec<u8>, value: &impl Serialize) {
    let _ = serde_json::to_writer(out, value);
}

/// The receipt of a price of the catalog. A derived price is in no catalog, and what a price book says is of one request.
pub(super) fn remembered<'c>(rated: &RatedWith<'c>, catalog: &'c Catalog) -> Option<&'c Receipt> {
    if rated.own.is_some() {
        return None;
    }
    let price: &'c Price = match rated.price {
        Held::Listed(price) => price,
        Held::Derived(_) => return None,
    };
    catalog.memo(price, || Receipt::of(rated, catalog))?.as_ref()
}
