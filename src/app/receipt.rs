//! What is the same in many answers is made once: the receipt of a price, with its JSON.

use std::borrow::Cow;
use std::ops::Deref;

use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::answer::{MeterView, PriceView};
use crate::catalog::Catalog;
use crate::catalog::price::Price;
use crate::domain::meter::MeterKey;
use crate::rating::RatedWith;

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
struct Receipt {
    meter: (MeterView, Box<RawValue>),
    price: (PriceView, Box<RawValue>),
}

impl Receipt {
    /// `None` where it cannot be written, which does not happen: its keys are texts.
    fn of(rated: &RatedWith<'_>, catalog: &Catalog) -> Option<Self> {
        let (meter, price) = (MeterView::from(&rated.price.meter), PriceView::of(rated, catalog));
        let (meter_json, price_json) = (to_raw_value(&meter).ok()?, to_raw_value(&price).ok()?);
        Some(Self { meter: (meter, meter_json), price: (price, price_json) })
    }
}

/// What a line says about its meter and its price.
pub(super) fn receipt<'c>(
    rated: &RatedWith<'c>,
    meter: &MeterKey,
    catalog: &'c Catalog,
) -> (Said<'c, MeterView>, Said<'c, PriceView>) {
    if let Some(Receipt { meter: (meter, meter_json), price: (price, price_json) }) = remembered(rated, catalog) {
        return (Said::Shared { view: meter, json: meter_json }, Said::Shared { view: price, json: price_json });
    }
    (Said::Own(Box::new(MeterView::from(meter))), Said::Own(Box::new(PriceView::of(rated, catalog))))
}

/// The receipt of a price of the catalog. A derived price is in no catalog, and what a price book says is of one request.
fn remembered<'c>(rated: &RatedWith<'c>, catalog: &'c Catalog) -> Option<&'c Receipt> {
    if rated.own.is_some() {
        return None;
    }
    let price: &'c Price = match rated.price {
        Cow::Borrowed(price) => price,
        Cow::Owned(_) => return None,
    };
    catalog.memo(price, || Receipt::of(rated, catalog))?.as_ref()
}
