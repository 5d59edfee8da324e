//! A bill: the rated lines of one request, each with its receipt.

use super::amount::Amount;
use super::meter::UsageRecord;

/// Something the reader of an answer should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// A stable snake_case code.
    pub code: &'static str,
    /// One or more sentences.
    pub text: String,
}

/// A value that the request left open and that was assumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumption {
    /// The input, as a JSON Pointer or a name.
    pub input: String,
    /// The value taken.
    pub value: String,
    /// Why this one.
    pub why: String,
}

/// The part of a record's quantity that lies in one tier.
#[derive(Debug, Clone)]
pub struct Slice {
    /// Where the tier begins.
    pub from: Amount,
    /// Where it ends; `None` for the last.
    pub to: Option<Amount>,
    /// How much of the record lies in it.
    pub quantity: Amount,
    /// US dollars for each unit.
    pub unit_price: Amount,
    /// Quantity × unit price.
    pub amount: Amount,
}

/// One line of a bill. `P` is the price it was rated with.
#[derive(Debug, Clone)]
pub struct Line<P> {
    /// What was used.
    pub record: Box<UsageRecord>,
    /// What a free allowance took off before the tiers; zero where none did.
    pub free: Amount,
    /// The tiers the rest was laid over.
    pub slices: Vec<Slice>,
    /// Exactly the sum of the slices' amounts.
    pub amount: Amount,
    /// The price.
    pub price: P,
}

impl<P> Line<P> {
    /// A line over its slices: the amount is their exact sum.
    pub fn of_slices(record: Box<UsageRecord>, free: Amount, slices: Vec<Slice>, price: P) -> Self {
        let amount = slices.iter().fold(Amount::ZERO, |sum, slice| &sum + &slice.amount);
        Self { record, free, slices, amount, price }
    }
}
