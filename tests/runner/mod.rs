//! Makes tests out of case files.

pub(crate) mod check;
pub(crate) mod form;
pub(crate) mod interfaces;
pub(crate) mod trials;
