//! Short forms of the tables of inputs, and a walk along one. The file that uses a short form calls its type of inputs
//! `Inputs`.

use super::NumberInput;
use crate::domain::amount::Amount;

/// Writes a list of numeric inputs, one a line:
/// `name "unit" Movement max … sweep … [relaxable true] [critical true] ["fact at which a rule turns", …];`.
macro_rules! numbers {
    ($($name:ident $unit:literal $movement:ident max $max:literal sweep $sweep:literal
        $(relaxable $relaxable:literal)? $(critical $critical:literal)? [$($fact:literal),*];)*) => {
        &[$($crate::decisions::engine::NumberInput {
            name: stringify!($name),
            unit: $unit,
            movement: $crate::decisions::engine::Movement::$movement,
            max: $max,
            sweep_to: $sweep,
            thresholds: &[$($fact),*],
            relaxable: false $(|| $relaxable)?,
            critical: false $(|| $critical)?,
            slot: |inputs: &mut Inputs| &mut inputs.$name,
        }),*]
    };
}
pub(crate) use numbers;

/// Writes a list of yes/no inputs, one a line: `name [named "…"] [relaxable true] [alias true];`. An input whose name is a
/// word of Rust has a field of another name, and is `named`.
macro_rules! flags {
    ($($name:ident $(named $named:literal)? $(relaxable $relaxable:literal)? $(alias $alias:literal)?;)*) => {
        &[$($crate::decisions::engine::FlagInput {
            name: $crate::decisions::engine::tables::first(&[$($named,)? stringify!($name)]),
            relaxable: false $(|| $relaxable)?,
            critical: false,
            alias: false $(|| $alias)?,
            slot: |inputs: &mut Inputs| &mut inputs.$name,
        }),*]
    };
}
pub(crate) use flags;

/// The numbers that a request gives, each with its place in the table.
pub(crate) fn given<I: Clone + 'static>(
    inputs: &I,
    numbers: &'static [NumberInput<I>],
) -> impl Iterator<Item = (&'static NumberInput<I>, Amount)> {
    let mut slots = inputs.clone();
    numbers.iter().filter_map(move |input| Some((input, (input.slot)(&mut slots).clone()?)))
}

/// The first of some names.
pub(crate) const fn first(names: &[&'static str]) -> &'static str {
    match names {
        [first, ..] => first,
        [] => "",
    }
}
