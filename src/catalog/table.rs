//! Reads CSV tables with strict checks.
