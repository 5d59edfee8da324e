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
    meter: (MeterView, Box<RawValue>),
    price: (PriceView, Box<RawValue>),
    tiers: Vec<TierWords>,
}

/// What is said of a tier before the quantity in it, and between that and the amount.
#[derive(Debug)]
pub(super) struct TierWords {
    from: Decimal,
    /// Up to the quantity.
    pub(super) before: Box<[u8]>,
    /// From the quantity to the amount.
    pub(super) between: Box<[u8]>,
}

impl Receipt {
    /// `None` where it cannot be written, which does not happen: its keys are texts.
    fn of(rated: &RatedWith<'_>, catalog: &Catalog) -> Option<Self> {
        let (meter, price) = (MeterView::from(&rated.price.meter), PriceView::of(rated, catalog));
        let (meter_json, price_json) = (to_raw_value(&meter).ok()?, to_raw_value(&price).ok()?);
        let tiers = &rated.price.tiers;
        let following = tiers.iter().skip(1).map(|next| Some(next.from)).chain([None]);
        Some(Self {
            meter: (meter, meter_json),
            price: (price, price_json),
            tiers: tiers.iter().zip(following).map(|(tier, to)| TierWords::of(tier, to)).collect(),
        })
    }

    /// The JSON about the meter.
    pub(super) fn meter(&self) -> &[u8] {
        self.meter.1.get().as_bytes()
    }

    /// The JSON about the price.
    pub(super) fn price(&self) -> &[u8] {
        self.price.1.get().as_bytes()
    }

    /// What is said of the tier of a slice.
    pub(super) fn tier(&self, slice: &Slice) -> Option<&TierWords> {
        match self.tiers.as_slice() {
            [only] => Some(only),
            tiers => tiers.iter().find(|tier| slice.from.as_decimal() == Some(tier.from)),
        }
    }
}

impl TierWords {
    fn of(tier: &Tier, to: Option<Decimal>) -> Self {
        let spelled = |number: Decimal| text(&Amount::decimal(number));
        let to = to.map_or_else(|| "null".to_owned(), |to| format!("\"{}\"", spelled(to)));
        let before = format!("{{\"from\":\"{}\",\"to\":{to},\"quantity\":", spelled(tier.from));
        let between = format!(",\"unit_price\":\"{}\",\"amount\":", spelled(tier.price));
        Self {
            from: tier.from,
            before: before.into_bytes().into_boxed_slice(),
            between: between.into_bytes().into_boxed_slice(),
        }
    }
}

/// What a line says about its meter and its price.
pub(super) fn receipt<'c>(
    rated: &RatedWith<'c>,
    meter: &MeterKey,
    catalog: &'c Catalog,
) -> (Said<'c, MeterView>, Said<'c, PriceView>) {
    if let Some(Receipt { meter: (meter, meter_json), price: (price, price_json), .. }) = remembered(rated, catalog) {
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
