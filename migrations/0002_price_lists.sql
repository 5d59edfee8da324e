-- AWS price lists: the files that each edition came from, and the rows of them that are kept for reference.
-- What the tables are is in migrations/README.md.

CREATE TABLE imported_files (
    edition      INTEGER NOT NULL REFERENCES editions (number),
    file         INTEGER NOT NULL CHECK (file >= 0),
    name         TEXT NOT NULL CHECK (name <> ''),
    location     TEXT NOT NULL,
    sha256       TEXT NOT NULL CHECK (length(sha256) = 64),
    bytes        INTEGER NOT NULL CHECK (bytes >= 0),
    offer_code   TEXT NOT NULL,
    version      TEXT NOT NULL,
    published_at TEXT NOT NULL,
    rows_read    INTEGER NOT NULL CHECK (rows_read >= 0),
    rows_kept    INTEGER NOT NULL CHECK (rows_kept >= 0),
    reference    INTEGER NOT NULL CHECK (reference IN (0, 1)),
    PRIMARY KEY (edition, file)
) STRICT, WITHOUT ROWID;

CREATE INDEX imported_files_by_content ON imported_files (sha256);

CREATE TRIGGER imported_files_are_never_edited BEFORE UPDATE ON imported_files
BEGIN SELECT RAISE(ABORT, 'an imported file is never edited'); END;

CREATE TABLE reference_prices (
    service_code   TEXT NOT NULL,
    region         TEXT NOT NULL,
    usage_type     TEXT NOT NULL,
    operation      TEXT NOT NULL,
    edition        INTEGER NOT NULL,
    file           INTEGER NOT NULL,
    row            INTEGER NOT NULL,
    sku            TEXT NOT NULL,
    rate_code      TEXT NOT NULL,
    term_type      TEXT NOT NULL,
    terms          TEXT NOT NULL,
    description    TEXT NOT NULL,
    effective_from TEXT NOT NULL,
    tier_start     TEXT NOT NULL,
    tier_end       TEXT NOT NULL,
    unit           TEXT NOT NULL,
    price          TEXT NOT NULL,
    currency       TEXT NOT NULL,
    PRIMARY KEY (service_code, region, usage_type, operation, edition, file, row),
    FOREIGN KEY (edition, file) REFERENCES imported_files (edition, file)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER reference_prices_are_never_edited BEFORE UPDATE ON reference_prices
BEGIN SELECT RAISE(ABORT, 'a reference price is never edited'); END;
