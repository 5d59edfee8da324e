//! Reads the files of an edition, checks them, and builds the catalog.
