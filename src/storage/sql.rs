//! Every statement the store uses. A test prepares each of them against a migrated database.

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $($(#[$doc])* pub(super) const $name: &str = $text;)*
        /// All of them.
        #[cfg(test)]
        pub(super) const ALL: &[&str] = &[$($name),*];
    };
}

statements! {
    /// Every write begins so: a transaction that turns from reading to writing can fail in spite of the timeout.
    BEGIN_IMMEDIATE = "BEGIN IMMEDIATE";
    /// Readers and the writer do not wait for each other.
    WRITE_AHEAD_LOG = "PRAGMA journal_mode = WAL";
    /// Whose file it is.
    APPLICATION_ID = "PRAGMA application_id";
    /// How many migrations it has had.
    SCHEMA_VERSION = "PRAGMA user_version";
    /// Whether a file without an application id is new.
    COUNT_TABLES = "SELECT count(*) FROM sqlite_schema";
    /// Whether the store answers.
    PING = "SELECT 1";
    /// Empties the log into the file.
    CHECKPOINT = "PRAGMA wal_checkpoint(TRUNCATE)";

    /// Writes the state of this moment into a new file.
    COPY_INTO = "VACUUM INTO ?1";
    /// What SQLite finds wrong with the pages of the file.
    INTEGRITY = "PRAGMA integrity_check";
    /// Rows that refer to rows that are not there.
    FOREIGN_KEYS = "PRAGMA foreign_key_check";
    /// What names each edition, oldest first.
    EDITION_NAMES = "SELECT number, hash, brought, origin, based_on FROM editions ORDER BY number";
    /// What was said when an edition was made of the rows it changed.
    EDITION_CHANGES = "
        SELECT service_code, layer, rows_added, rows_ended, rows_total FROM edition_changes WHERE edition = ?1";
    /// The same, counted from the rows.
    COUNT_EDITION_CHANGES = "
        SELECT service_code, layer,
            sum(edition_from = ?1),
            coalesce(sum(edition_to = ?1), 0),
            sum(edition_from <= ?1 AND (edition_to IS NULL OR edition_to > ?1))
        FROM prices WHERE edition_from <= ?1 GROUP BY service_code, layer";
    /// The ladders of an edition whose tiers are not numbered from 0 without a gap.
    BROKEN_LADDERS = "
        SELECT service_code, region, usage_type FROM prices
        WHERE edition_from <= ?1 AND (edition_to IS NULL OR edition_to > ?1)
        GROUP BY service_code, region, usage_type, operation, layer, valid_from
        HAVING count(*) <> max(tier) + 1 OR count(DISTINCT tier) <> count(*)";
    /// How many price rows there are.
    COUNT_PRICE_ROWS = "SELECT count(*) FROM prices";

    /// All editions, newest first, with what each changed.
    EDITIONS = "
        SELECT e.number, e.hash, e.brought, e.origin, e.based_on, e.published_at, e.created_at, e.note,
            (SELECT coalesce(sum(rows_added), 0) FROM edition_changes WHERE edition = e.number) AS rows_added,
            (SELECT coalesce(sum(rows_ended), 0) FROM edition_changes WHERE edition = e.number) AS rows_ended,
            (SELECT coalesce(sum(rows_total), 0) FROM edition_changes WHERE edition = e.number) AS rows_total
        FROM editions AS e ORDER BY e.number DESC";
    /// The name of an edition.
    EDITION_HASH = "SELECT hash FROM editions WHERE number = ?1";
    /// The newest edition.
    NEWEST_EDITION = "SELECT max(number) FROM editions";
    /// The edition that is served: the last one activated.
    ACTIVE_EDITION = "SELECT edition FROM activations ORDER BY seq DESC LIMIT 1";
    /// The edition that brought this seed.
    SEED_EDITION = "SELECT number FROM editions WHERE origin = 'seed' AND brought = ?1 ORDER BY number LIMIT 1";
    /// Whether an edition and all it is based on are seeds.
    SEEDS_ONLY = "
        WITH RECURSIVE line (number, based_on, origin) AS (
            SELECT number, based_on, origin FROM editions WHERE number = ?1
            UNION ALL
            SELECT e.number, e.based_on, e.origin FROM editions AS e JOIN line ON e.number = line.based_on
        )
        SELECT count(*) = 0 FROM line WHERE origin <> 'seed'";

    /// Adds an edition.
    ADD_EDITION = "
        INSERT INTO editions (number, hash, brought, origin, based_on, published_at, created_at, note)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    /// Says what an edition changed, counted from the rows.
    ADD_EDITION_CHANGES = "
        INSERT INTO edition_changes (edition, service_code, layer, rows_added, rows_ended, rows_total)
        SELECT ?1, service_code, layer,
            sum(edition_from = ?1),
            coalesce(sum(edition_to = ?1), 0),
            sum(edition_from <= ?1 AND (edition_to IS NULL OR edition_to > ?1))
        FROM prices GROUP BY service_code, layer";
    /// Activates an edition.
    ACTIVATE = "INSERT INTO activations (edition, at) VALUES (?1, ?2)";

    /// The price rows of an edition in the order of their key: one scan.
    EDITION_PRICES = "
        SELECT service_code, region, usage_type, operation, layer, valid_from, edition_from, valid_to, unit, tier_start,
            price, seen_on, source, confidence, note
        FROM prices WHERE edition_from <= ?1 AND (edition_to IS NULL OR edition_to > ?1)
        ORDER BY service_code, region, usage_type, operation, layer, valid_from, tier";
    /// About how many price rows there are, for room.
    COUNT_PRICES = "SELECT coalesce(sum(rows_total), 0) FROM edition_changes WHERE edition = ?1";
    /// The seed's price rows of the newest edition, in the order of their key.
    OPEN_SEED_PRICES = "
        SELECT service_code, region, usage_type, operation, valid_from, tier, edition_from, valid_to, unit, tier_start,
            price, seen_on, source, confidence, note
        FROM prices WHERE layer = 'seed' AND edition_to IS NULL
        ORDER BY service_code, region, usage_type, operation, valid_from, tier";
    /// Adds a price row.
    ADD_PRICE = "
        INSERT INTO prices (service_code, region, usage_type, operation, layer, valid_from, tier, edition_from, valid_to,
            unit, tier_start, price, seen_on, source, confidence, note)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
    /// Ends a price row.
    END_PRICE = "
        UPDATE prices SET edition_to = ?8
        WHERE service_code = ?1 AND region = ?2 AND usage_type = ?3 AND operation = ?4 AND layer = ?5 AND valid_from = ?6
            AND tier = ?7 AND edition_to IS NULL";
    /// Ends, with edition ?1, the imported rows that edition ?2 does not hold.
    END_IMPORTS_SINCE = "
        UPDATE prices SET edition_to = ?1
        WHERE layer = 'import' AND edition_to IS NULL AND edition_from > ?2 AND edition_from < ?1";
    /// Adds again, with edition ?1, the imported rows that edition ?2 holds and that have ended since.
    RESTORE_IMPORTS = "
        INSERT INTO prices (service_code, region, usage_type, operation, layer, valid_from, tier, edition_from, valid_to,
            unit, tier_start, price, seen_on, source, confidence, note)
        SELECT service_code, region, usage_type, operation, layer, valid_from, tier, ?1, valid_to, unit, tier_start,
            price, seen_on, source, confidence, note
        FROM prices WHERE layer = 'import' AND edition_from <= ?2 AND edition_to > ?2 AND edition_to < ?1";
    /// Ends, with edition ?1, the sources that edition ?2 does not hold.
    END_SOURCES_SINCE = "
        UPDATE sources SET edition_to = ?1 WHERE edition_to IS NULL AND edition_from > ?2 AND edition_from < ?1";
    /// Adds again, with edition ?1, the sources that edition ?2 holds and that have ended since.
    RESTORE_SOURCES = "
        INSERT INTO sources (key, edition_from, title, location, date, trust)
        SELECT key, ?1, title, location, date, trust
        FROM sources WHERE edition_from <= ?2 AND edition_to > ?2 AND edition_to < ?1";

    /// The sources that imports brought, as an edition holds them.
    EDITION_SOURCES = "
        SELECT key, title, location, date, trust FROM sources
        WHERE edition_from <= ?1 AND (edition_to IS NULL OR edition_to > ?1) ORDER BY key";
    /// The reference files of an edition.
    EDITION_FILES = "
        SELECT path, content FROM reference_files
        WHERE edition_from <= ?1 AND (edition_to IS NULL OR edition_to > ?1) ORDER BY path";
    /// The reference files of the newest edition.
    OPEN_FILES = "SELECT path, content FROM reference_files WHERE edition_to IS NULL ORDER BY path";
    /// The newest revision of any price book; 0 where there is none.
    LAST_BOOK = "SELECT coalesce(max(id), 0) FROM price_books";
    /// The newest revision of a price book, and whether that removed it.
    NEWEST_REVISION = "SELECT revision, removed FROM price_books WHERE name = ?1 ORDER BY revision DESC LIMIT 1";
    /// The revisions of price books after one, in the order in which they were made.
    BOOKS_AFTER = "
        SELECT id, name, revision, removed, created_at, note FROM price_books WHERE id > ?1 ORDER BY id";
    /// The rates of the revisions of price books after one, tier by tier.
    BOOK_RATES_AFTER = "
        SELECT book, rate, tier, scope, service_code, region, usage_type, operation, valid_from, valid_to, kind, unit,
            tier_start, value, note
        FROM price_book_rates WHERE book > ?1 ORDER BY book, rate, tier";
    /// Adds a revision of a price book.
    ADD_BOOK = "INSERT INTO price_books (name, revision, removed, created_at, note) VALUES (?1, ?2, ?3, ?4, ?5)";
    /// Adds a tier of a rate of a price book.
    ADD_BOOK_RATE = "
        INSERT INTO price_book_rates (book, rate, tier, scope, service_code, region, usage_type, operation, valid_from,
            valid_to, kind, unit, tier_start, value, note)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
    /// Adds a reference file.
    ADD_FILE = "INSERT INTO reference_files (path, edition_from, content) VALUES (?1, ?2, ?3)";
    /// Ends a reference file.
    END_FILE = "UPDATE reference_files SET edition_to = ?2 WHERE path = ?1 AND edition_to IS NULL";
}
