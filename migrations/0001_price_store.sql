-- The price store: prices and reference data by valid time and by known time, and price books.
-- What each table is, and what the two times are, is in migrations/README.md.
-- Decimals and dates are TEXT: SQLite would make floats of them. They are never summed or ordered as numbers in SQL.

CREATE TABLE editions (
    number       INTEGER PRIMARY KEY CHECK (number > 0),
    hash         TEXT NOT NULL,
    brought      TEXT NOT NULL,
    origin       TEXT NOT NULL CHECK (origin IN ('seed', 'import', 'correction', 'rollback')),
    based_on     INTEGER REFERENCES editions (number) CHECK (based_on < number),
    published_at TEXT CHECK (published_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'),
    created_at   TEXT NOT NULL,
    note         TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX editions_by_what_they_brought ON editions (origin, brought);

CREATE TRIGGER editions_are_never_edited BEFORE UPDATE ON editions
BEGIN SELECT RAISE(ABORT, 'an edition is never edited'); END;

CREATE TRIGGER editions_are_never_deleted BEFORE DELETE ON editions
BEGIN SELECT RAISE(ABORT, 'an edition is never deleted'); END;

CREATE TABLE edition_changes (
    edition      INTEGER NOT NULL REFERENCES editions (number),
    service_code TEXT NOT NULL,
    layer        TEXT NOT NULL CHECK (layer IN ('seed', 'import')),
    rows_added   INTEGER NOT NULL CHECK (rows_added >= 0),
    rows_ended   INTEGER NOT NULL CHECK (rows_ended >= 0),
    rows_total   INTEGER NOT NULL CHECK (rows_total >= 0),
    PRIMARY KEY (edition, service_code, layer)
) STRICT, WITHOUT ROWID;

CREATE TABLE activations (
    seq     INTEGER PRIMARY KEY,
    edition INTEGER NOT NULL REFERENCES editions (number),
    at      TEXT NOT NULL
) STRICT;

CREATE TRIGGER activations_are_never_edited BEFORE UPDATE ON activations
BEGIN SELECT RAISE(ABORT, 'an activation is never edited'); END;

CREATE TRIGGER activations_are_never_deleted BEFORE DELETE ON activations
BEGIN SELECT RAISE(ABORT, 'an activation is never deleted'); END;

CREATE TABLE prices (
    service_code TEXT NOT NULL CHECK (service_code <> ''),
    region       TEXT NOT NULL CHECK (region <> ''),
    usage_type   TEXT NOT NULL CHECK (usage_type <> ''),
    operation    TEXT NOT NULL,
    layer        TEXT NOT NULL CHECK (layer IN ('seed', 'import')),
    valid_from   TEXT NOT NULL CHECK (valid_from = '' OR valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    tier         INTEGER NOT NULL CHECK (tier >= 0),
    edition_from INTEGER NOT NULL REFERENCES editions (number),
    edition_to   INTEGER REFERENCES editions (number) CHECK (edition_to > edition_from),
    valid_to     TEXT CHECK (valid_to GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND valid_to > valid_from),
    unit         TEXT NOT NULL,
    tier_start   TEXT NOT NULL CHECK (tier_start <> '' AND tier_start NOT GLOB '*[^0-9.]*'),
    price        TEXT CHECK (price <> '' AND price NOT GLOB '*[^0-9.]*'),
    seen_on      TEXT NOT NULL CHECK (seen_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    source       TEXT NOT NULL,
    confidence   TEXT NOT NULL CHECK (confidence IN ('high', 'medium', 'low')),
    note         TEXT NOT NULL,
    PRIMARY KEY (service_code, region, usage_type, operation, layer, valid_from, tier, edition_from)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER prices_are_never_edited BEFORE UPDATE OF
    service_code, region, usage_type, operation, layer, valid_from, tier, edition_from, valid_to, unit, tier_start, price,
    seen_on, source, confidence, note ON prices
BEGIN SELECT RAISE(ABORT, 'a price is never edited: end it and add another'); END;

CREATE TRIGGER prices_end_once BEFORE UPDATE OF edition_to ON prices WHEN OLD.edition_to IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a price that has ended stays ended'); END;

CREATE TRIGGER prices_are_never_deleted BEFORE DELETE ON prices
BEGIN SELECT RAISE(ABORT, 'a price is never deleted: end it'); END;

CREATE TABLE sources (
    key          TEXT NOT NULL CHECK (key <> ''),
    edition_from INTEGER NOT NULL REFERENCES editions (number),
    edition_to   INTEGER REFERENCES editions (number) CHECK (edition_to > edition_from),
    title        TEXT NOT NULL,
    location     TEXT NOT NULL,
    date         TEXT NOT NULL,
    trust        INTEGER NOT NULL CHECK (trust BETWEEN 1 AND 3),
    PRIMARY KEY (key, edition_from)
) STRICT, WITHOUT ROWID;

CREATE TABLE reference_files (
    path         TEXT NOT NULL CHECK (path <> ''),
    edition_from INTEGER NOT NULL REFERENCES editions (number),
    edition_to   INTEGER REFERENCES editions (number) CHECK (edition_to > edition_from),
    content      TEXT NOT NULL,
    PRIMARY KEY (path, edition_from)
) STRICT;

CREATE TRIGGER reference_files_are_never_edited BEFORE UPDATE OF path, edition_from, content ON reference_files
BEGIN SELECT RAISE(ABORT, 'a reference file is never edited: end it and add another'); END;

CREATE TRIGGER reference_files_are_never_deleted BEFORE DELETE ON reference_files
BEGIN SELECT RAISE(ABORT, 'a reference file is never deleted: end it'); END;

CREATE TABLE price_books (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL CHECK (name <> ''),
    revision   INTEGER NOT NULL CHECK (revision > 0),
    removed    INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
    created_at TEXT NOT NULL,
    note       TEXT NOT NULL DEFAULT '',
    UNIQUE (name, revision)
) STRICT;

CREATE TRIGGER price_books_are_never_edited BEFORE UPDATE ON price_books
BEGIN SELECT RAISE(ABORT, 'a price book is never edited: add a revision'); END;

CREATE TABLE price_book_rates (
    book         INTEGER NOT NULL REFERENCES price_books (id),
    rate         INTEGER NOT NULL CHECK (rate >= 0),
    tier         INTEGER NOT NULL DEFAULT 0 CHECK (tier >= 0),
    scope        TEXT NOT NULL CHECK (scope IN ('meter', 'service_region', 'service', 'all')),
    service_code TEXT CHECK ((service_code IS NULL) = (scope = 'all')),
    region       TEXT CHECK ((region IS NULL) = (scope IN ('service', 'all'))),
    usage_type   TEXT CHECK ((usage_type IS NULL) = (scope <> 'meter')),
    operation    TEXT CHECK ((operation IS NULL) = (scope <> 'meter')),
    valid_from   TEXT CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    valid_to     TEXT CHECK (valid_to GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND valid_to > valid_from),
    kind         TEXT NOT NULL CHECK (kind IN ('price', 'discount_percent')),
    unit         TEXT CHECK ((unit IS NULL) = (kind = 'discount_percent')),
    tier_start   TEXT NOT NULL DEFAULT '0' CHECK (tier_start <> '' AND tier_start NOT GLOB '*[^0-9.]*'),
    value        TEXT NOT NULL CHECK (value <> '' AND value NOT GLOB '*[^0-9.-]*'),
    note         TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (book, rate, tier),
    CHECK (kind <> 'price' OR scope = 'meter'),
    CHECK (kind <> 'discount_percent' OR tier = 0)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER price_books_are_never_deleted BEFORE DELETE ON price_books
BEGIN SELECT RAISE(ABORT, 'a price book is never deleted: add a revision that removes it'); END;

CREATE TRIGGER price_book_rates_are_never_edited BEFORE UPDATE ON price_book_rates
BEGIN SELECT RAISE(ABORT, 'a rate is never edited: add a revision of its book'); END;

CREATE TRIGGER price_book_rates_are_never_deleted BEFORE DELETE ON price_book_rates
BEGIN SELECT RAISE(ABORT, 'a rate is never deleted: add a revision of its book'); END;
