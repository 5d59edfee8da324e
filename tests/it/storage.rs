//! The price store: what goes in comes out, nothing is lost or edited, and failures say what to do.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crossover::catalog::Catalog;
use crossover::catalog::books::{Books, Charge, Draft, Rate, Scope};
use crossover::catalog::price::Layer;
use crossover::catalog::seed::Files;
use crossover::storage::upkeep::{backup, check};
use crossover::storage::{APPLICATION_ID, MIGRATIONS, Origin, Seeded, StorageError, Store};

use crate::bad_data::{FACTS, VPC, sound};
use crate::seed::{meter, seed, today};

/// A folder that is removed after the test, and a file in it that does not exist yet.
fn new_file() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("prices.db");
    (folder, file)
}

/// The sound files with other VPC prices.
fn with_prices(text: String) -> Files {
    let mut files = sound();
    files.insert("prices/AmazonVPC.csv", text);
    files
}

/// A newer seed: one price changed, one added, one gone, a fact changed.
fn newer() -> Files {
    let text = VPC
        .replace("eu-west-1,Hours,Run,Hrs,0,0.05", "eu-west-1,Hours,Run,Hrs,0,0.06")
        .replace("global,Zones,,Mo,0,0.5,,2026-11-01", "us-east-1,Zones,,Mo,0,0.5,,2026-11-20");
    let mut files = with_prices(text);
    files.insert("facts/tunnels.yaml", FACTS.replace("\"1.25\"", "\"5\""));
    files
}

fn price_of(catalog: &Catalog, region: &str, usage_type: &str, operation: &str) -> Option<String> {
    let price = catalog.price(&meter("AmazonVPC", region, usage_type, operation), today())?;
    Some(price.tiers[0].price.to_string())
}

/// Plays an importer: a new edition that adds and ends rows, made active.
fn import(file: &Path, edition: u32, statements: &str) {
    let raw = rusqlite::Connection::open(file).expect("the file");
    raw.execute_batch(&format!(
        "BEGIN IMMEDIATE;
         INSERT INTO editions (number, hash, brought, origin, based_on, created_at)
             VALUES ({edition}, 'import-{edition}', 'list-{edition}', 'import', {}, '2026-11-22T00:00:00Z');
         {statements}
         INSERT INTO activations (edition, at) VALUES ({edition}, '2026-11-22T00:00:00Z');
         COMMIT;",
        edition - 1
    ))
    .expect("an import");
}

/// An imported hour of the VPN in Ireland.
fn imported_hour(edition: u32, price: &str) -> String {
    format!(
        "INSERT INTO prices (service_code, region, usage_type, operation, layer, valid_from, tier, edition_from, unit,
             tier_start, price, seen_on, source, confidence, note)
         VALUES ('AmazonVPC', 'eu-west-1', 'Hours', 'Run', 'import', '2026-02-01', 0, {edition}, 'Hrs', '0', '{price}',
             '2026-11-15', 'offer', 'high', '');
         INSERT INTO sources (key, edition_from, title, location, date, trust)
         VALUES ('offer', {edition}, 'AWS price list', 'https://pricing.us-east-1.amazonaws.com/', '2026-11-15', 3)
         ON CONFLICT DO NOTHING;"
    )
}

#[tokio::test]
async fn the_store_gives_back_what_the_files_say() {
    let (_folder, file) = new_file();
    let store = Store::open(&file).await.expect("a new file");
    let done = store.seed(&Files::embedded()).await.expect("the seed");
    assert_eq!(done, Seeded::Added { edition: 1, activated: true });
    let stored = store.load(None).await.expect("edition 1");
    let files = seed();
    assert_eq!(stored.edition, files.edition);
    assert_eq!(stored.places, files.places);
    assert_eq!(stored.sources, files.sources);
    assert_eq!(stored.allowances, files.allowances);
    assert_eq!(stored.metering, files.metering);
    assert_eq!(stored.aliases, files.aliases);
    assert_eq!(stored.instance_types, files.instance_types);
    assert_eq!(stored.fargate_sizes, files.fargate_sizes);
    assert_eq!(stored.derived, files.derived);
    assert_eq!(stored.facts, files.facts);
    assert_eq!(stored.len(), files.len());
    for (stored, read) in stored.prices().zip(files.prices()) {
        assert_eq!(stored, read);
    }
    assert_eq!(stored.oldest_seen_on(), files.oldest_seen_on());

    let editions = store.editions().await.expect("the editions");
    assert_eq!(editions.len(), 1);
    let tiers: usize = files.prices().map(|price| price.tiers.len() + usize::from(price.known_up_to.is_some())).sum();
    assert_eq!(editions[0].rows_total, tiers as u64);
    assert_eq!((editions[0].rows_added, editions[0].rows_ended), (tiers as u64, 0));
    assert_eq!((editions[0].origin, editions[0].active), (Origin::Seed, true));
}

#[tokio::test]
async fn opening_again_adds_nothing() {
    let (_folder, file) = new_file();
    for expected in [Seeded::Added { edition: 1, activated: true }, Seeded::Known { edition: 1 }] {
        let store = Store::open(&file).await.expect("the file");
        store.ping().await.expect("an answer");
        assert_eq!(store.seed(&sound()).await.expect("the seed"), expected);
        assert_eq!(store.editions().await.expect("the editions").len(), 1);
        assert_eq!(store.active().await.expect("the active one"), Some(1));
        store.close().await;
    }
}

#[tokio::test]
async fn a_newer_seed_is_a_new_edition_and_the_old_one_stays() {
    let (_folder, file) = new_file();
    let store = Store::open(&file).await.expect("a new file");
    store.seed(&sound()).await.expect("the seed");
    let done = store.seed(&newer()).await.expect("the newer seed");
    assert_eq!(done, Seeded::Added { edition: 2, activated: true });

    let old = store.load(Some(1)).await.expect("edition 1");
    assert_eq!(price_of(&old, "eu-west-1", "Hours", "Run").as_deref(), Some("0.05"));
    assert_eq!(price_of(&old, "global", "Zones", "").as_deref(), Some("0.5"));
    assert_eq!(price_of(&old, "us-east-1", "Zones", ""), None);
    assert_eq!(old.facts.number("tunnel_gbps").expect("a fact").to_string(), "1.25");

    let new = store.load(None).await.expect("the active edition");
    assert_eq!((new.edition.number, new.edition.hash.clone()), (2, newer().hash()));
    assert_eq!(price_of(&new, "eu-west-1", "Hours", "Run").as_deref(), Some("0.06"));
    assert_eq!(price_of(&new, "global", "Zones", ""), None);
    assert_eq!(price_of(&new, "us-east-1", "Zones", "").as_deref(), Some("0.5"));
    assert_eq!(new.facts.number("tunnel_gbps").expect("a fact").to_string(), "5");
    let first_held = |region, usage_type, operation| {
        new.price(&meter("AmazonVPC", region, usage_type, operation), today()).expect("a price").edition
    };
    assert_eq!(first_held("eu-west-1", "Hours", "Run"), 2);
    assert_eq!(first_held("eu-west-1", "Bytes", "Send"), 1);

    let editions = store.editions().await.expect("the editions");
    let counts = |at: usize| (editions[at].rows_added, editions[at].rows_ended, editions[at].rows_total);
    assert_eq!((counts(0), counts(1)), ((2, 2, 6), (6, 0, 6)));
    assert_eq!((editions[0].number, editions[0].based_on, editions[0].active), (2, Some(1), true));
    assert_eq!(editions[0].published_at.as_deref(), Some("2026-11-20"));
    assert!(!editions[1].active);

    // An older program that opens the file later does not turn the prices back.
    assert_eq!(store.seed(&sound()).await.expect("the old seed"), Seeded::Known { edition: 1 });
    assert_eq!(store.active().await.expect("the active one"), Some(2));
}

#[tokio::test]
async fn an_imported_price_beats_a_newer_seed() {
    let (_folder, file) = new_file();
    let store = Store::open(&file).await.expect("a new file");
    store.seed(&sound()).await.expect("the seed");
    import(&file, 2, &imported_hour(2, "0.048"));
    let done = store.seed(&newer()).await.expect("the newer seed");
    assert_eq!(done, Seeded::Added { edition: 3, activated: false }, "who imports decides");
    assert_eq!(store.active().await.expect("the active one"), Some(2));

    let new = store.load(Some(3)).await.expect("edition 3");
    assert_ne!(new.edition.hash, newer().hash(), "it holds more than the seed");
    let hours = meter("AmazonVPC", "eu-west-1", "Hours", "Run");
    let price = new.price(&hours, today()).expect("the imported price");
    assert_eq!((price.tiers[0].price.to_string().as_str(), &price.layer, price.edition), ("0.048", &Layer::Import, 2));
    assert_eq!(new.sources.get(&price.source).expect("its source").title, "AWS price list");
    let before = new.price(&hours, "2026-01-31".parse().expect("a date")).expect("what the seed knows of before");
    assert_eq!((before.tiers[0].price.to_string().as_str(), &before.layer), ("0.06", &Layer::Seed));
    assert_eq!(price_of(&new, "us-east-1", "Zones", "").as_deref(), Some("0.5"), "the rest is the newer seed's");

    store.activate(3).await.expect("an edition that exists");
    assert_eq!(store.load(None).await.expect("the active edition").edition.number, 3);
}

#[tokio::test]
async fn a_newer_seed_builds_on_the_active_edition_and_not_on_the_newest() {
    let (_folder, file) = new_file();
    let store = Store::open(&file).await.expect("a new file");
    store.seed(&sound()).await.expect("the seed");
    import(&file, 2, &imported_hour(2, "0.048"));
    let replace = "UPDATE prices SET edition_to = 3 WHERE layer = 'import' AND edition_to IS NULL;".to_owned();
    import(&file, 3, &(replace + &imported_hour(3, "0.049")));
    assert_eq!(price_of(&store.load(None).await.expect("3"), "eu-west-1", "Hours", "Run").as_deref(), Some("0.049"));

    // Somebody goes back to the first import; the newer seed keeps that choice.
    store.activate(2).await.expect("edition 2");
    let done = store.seed(&newer()).await.expect("the newer seed");
    assert_eq!(done, Seeded::Added { edition: 4, activated: false });
    assert_eq!(price_of(&store.load(Some(4)).await.expect("4"), "eu-west-1", "Hours", "Run").as_deref(), Some("0.048"));
    assert_eq!(price_of(&store.load(Some(3)).await.expect("3"), "eu-west-1", "Hours", "Run").as_deref(), Some("0.049"));

    // Back to the seed: no import is left, so the next seed is activated by itself.
    store.activate(1).await.expect("edition 1");
    let mut newest = newer();
    newest.insert("metering.csv", "service_code,usage_type,increment,source,note\n");
    let done = store.seed(&newest).await.expect("a still newer seed");
    assert_eq!(done, Seeded::Added { edition: 5, activated: true });
    let catalog = store.load(None).await.expect("5");
    assert_eq!(price_of(&catalog, "eu-west-1", "Hours", "Run").as_deref(), Some("0.06"));
    assert_eq!(catalog.edition.hash, newest.hash());
    assert!(catalog.sources.get("offer").is_none());
}

#[tokio::test]
async fn many_may_open_and_seed_a_new_file_at_once() {
    let (_folder, file) = new_file();
    let open_and_seed = |files: Files| {
        let file = file.clone();
        tokio::spawn(async move {
            let store = Store::open(&file).await.expect("the file");
            let done = store.seed(&files).await.expect("the seed");
            let catalog = store.load(None).await.expect("an edition");
            (done, catalog.len())
        })
    };
    let tasks: Vec<_> = (0..8).map(|at| open_and_seed(if at % 2 == 0 { sound() } else { newer() })).collect();
    let mut added = Vec::new();
    for task in tasks {
        let (done, prices) = task.await.expect("no panic");
        assert_eq!(prices, 5);
        if let Seeded::Added { edition, .. } = done {
            added.push(edition);
        }
    }
    added.sort_unstable();
    assert_eq!(added, [1, 2], "each seed became an edition once");
}

#[tokio::test]
async fn readers_and_a_second_writer_wait_for_no_error() {
    let (_folder, file) = new_file();
    let first = Store::open(&file).await.expect("a new file");
    first.seed(&sound()).await.expect("the seed");
    let second = Store::open(&file).await.expect("the same file");
    let long = tokio::spawn(async move { first.seed(&Files::embedded()).await.expect("the long write") });
    let mut reads = 0;
    while !long.is_finished() {
        assert_eq!(second.load(Some(1)).await.expect("edition 1").len(), 5);
        second.ping().await.expect("an answer");
        reads += 1;
    }
    assert!(reads > 0);
    assert_eq!(long.await.expect("no panic"), Seeded::Added { edition: 2, activated: true });
    assert_eq!(second.seed(&newer()).await.expect("another write"), Seeded::Added { edition: 3, activated: true });
}

#[tokio::test]
async fn data_with_mistakes_changes_nothing() {
    let (_folder, file) = new_file();
    let store = Store::open(&file).await.expect("a new file");
    let error = store.seed(&with_prices(VPC.replace("0.05", "0,05"))).await.expect_err("bad data").to_string();
    assert!(error.contains("prices/AmazonVPC.csv:2"), "{error}");
    assert!(store.editions().await.expect("the editions").is_empty());
    let error = store.load(None).await.expect_err("an empty store");
    assert!(matches!(error, StorageError::NoEdition { .. }), "{error}");
    store.seed(&sound()).await.expect("sound data");
    let error = store.load(Some(7)).await.expect_err("no such edition");
    assert_eq!(error.to_string(), "there is no edition 7; the newest is 1");
    let error = store.activate(7).await.expect_err("no such edition");
    assert!(matches!(error, StorageError::UnknownEdition { number: 7, newest: 1 }), "{error}");
}

#[tokio::test]
async fn nothing_that_was_known_is_edited_or_deleted() {
    let (_folder, file) = new_file();
    let store = Store::open(&file).await.expect("a new file");
    store.seed(&sound()).await.expect("the seed");
    store.seed(&newer()).await.expect("the newer seed");
    let raw = rusqlite::Connection::open(&file).expect("the file");
    for (statement, words) in [
        ("UPDATE prices SET price = '0'", "a price is never edited"),
        ("UPDATE prices SET edition_to = 9 WHERE edition_to IS NOT NULL", "stays ended"),
        ("DELETE FROM prices", "a price is never deleted"),
        ("UPDATE editions SET note = ''", "an edition is never edited"),
        ("DELETE FROM editions", "an edition is never deleted"),
        ("UPDATE activations SET edition = 1", "an activation is never edited"),
        ("DELETE FROM activations", "an activation is never deleted"),
        ("UPDATE reference_files SET content = ''", "a reference file is never edited"),
        ("DELETE FROM reference_files", "a reference file is never deleted"),
        ("UPDATE prices SET edition_to = 1 WHERE edition_to IS NULL", "CHECK constraint"),
        ("INSERT INTO activations (edition, at) VALUES (9, '')", "FOREIGN KEY"),
    ] {
        let error = raw.execute_batch(&format!("PRAGMA foreign_keys = ON; {statement}")).expect_err(statement);
        assert!(error.to_string().contains(words), "{statement}: {error}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_alone() {
    let (_folder, file) = new_file();
    let text = "region,usage_type\n".repeat(1000);
    std::fs::write(&file, &text).expect("a file");
    let error = Store::open(&file).await.expect_err("not a database");
    assert!(matches!(error, StorageError::NotADatabase { .. }), "{error:?}");
    assert!(error.to_string().contains("prices.db` is not a SQLite database; name another file"), "{error}");
    assert_eq!(std::fs::read_to_string(&file).expect("the file"), text);
}

#[tokio::test]
async fn a_database_of_another_program_is_left_alone() {
    let (_folder, file) = new_file();
    let raw = rusqlite::Connection::open(&file).expect("a database");
    raw.execute_batch("CREATE TABLE songs (title TEXT)").expect("a table");
    let error = Store::open(&file).await.expect_err("another program's");
    assert!(matches!(error, StorageError::Foreign { application_id: 0, .. }), "{error:?}");
    raw.execute_batch("PRAGMA application_id = 42").expect("an id");
    let error = Store::open(&file).await.expect_err("another program's").to_string();
    assert!(error.contains("database of another program (application id 0x0000002a)"), "{error}");
    let mode: String = raw.query_row("PRAGMA journal_mode", [], |row| row.get(0)).expect("the mode");
    assert_eq!(mode, "delete", "it is not changed");
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let (_folder, file) = new_file();
    Store::open(&file).await.expect("a new file").close().await;
    let raw = rusqlite::Connection::open(&file).expect("the file");
    let id: u32 = raw.query_row("PRAGMA application_id", [], |row| row.get(0)).expect("the id");
    assert_eq!(id, APPLICATION_ID);
    let next = MIGRATIONS.len() + 1;
    raw.execute_batch(&format!("PRAGMA user_version = {next}")).expect("a newer version");
    let error = Store::open(&file).await.expect_err("a newer schema").to_string();
    assert!(error.contains(&format!("has schema version {next} and this program knows versions up to")), "{error}");
}

#[tokio::test]
async fn a_place_where_no_file_can_be_made_is_named() {
    let (folder, _) = new_file();
    for path in [folder.path().join("no/such/folder/prices.db"), PathBuf::from("/proc/prices.db")] {
        let error = Store::open(&path).await.expect_err("no file can be made");
        assert!(matches!(error, StorageError::CannotOpen { .. }), "{error:?}");
        let words = error.to_string();
        assert!(words.contains(&format!("`{}` cannot be opened or made", path.display())), "{words}");
        assert!(words.contains("does its folder exist"), "{words}");
    }
}

/// A book of one percentage.
fn draft(percent: i64) -> Draft {
    let charge = Charge::Discount(percent.into());
    let rate = Rate { scope: Scope::All, valid_from: None, valid_to: None, charge, note: String::new() };
    Draft { name: "acme".to_owned(), note: "a contract".to_owned(), rates: vec![rate] }
}

#[tokio::test]
async fn a_price_book_is_only_ever_added_to() {
    let (_folder, file) = new_file();
    let store = Store::open(&file).await.expect("a new file");
    assert_eq!(store.remove_book("acme").await.expect("the store").map(|book| book.revision.number), None);
    let first = store.add_book(draft(1)).await.expect("a revision");
    let before = store.books(&Books::default()).await.expect("the books");
    let second = store.add_book(draft(2)).await.expect("a revision");
    let third = store.remove_book("acme").await.expect("the store").expect("a revision");
    let revisions = [first, second, third].map(|book| (book.revision.number, book.revision.removed));
    assert_eq!(revisions, [(1, false), (2, false), (3, true)]);

    // What is known stays and the rest is added; from nothing it is the same.
    let after = store.books(&before).await.expect("the books");
    let whole = store.books(&Books::default()).await.expect("the books");
    for books in [&after, &whole] {
        assert_eq!((books.last_id(), books.current().count()), (3, 0));
        for (name, percent) in [("acme@1", 1), ("acme@2", 2)] {
            let book = books.at(books.find(name, "").expect(name)).expect("a book");
            assert_eq!(book.rates().cloned().collect::<Vec<_>>(), draft(percent).rates);
            assert_eq!(book.revision.note, "a contract");
        }
    }
    assert_eq!(store.last_book().await.expect("the store"), 3);
    let raw = rusqlite::Connection::open(&file).expect("the file");
    for statement in [
        "UPDATE price_books SET note = ''",
        "DELETE FROM price_books",
        "UPDATE price_book_rates SET value = '99'",
        "DELETE FROM price_book_rates",
    ] {
        let refused = raw.execute_batch(statement).expect_err(statement).to_string();
        assert!(refused.contains("is never"), "{statement}: {refused}");
    }
}

#[tokio::test]
async fn processes_that_write_books_at_once_wait_for_each_other() {
    let (_folder, file) = new_file();
    let stores = [Store::open(&file).await.expect("a new file"), Store::open(&file).await.expect("the file")];
    let writes = (0..20).map(|at| {
        let store = stores[at % 2].clone();
        async move { store.add_book(draft(1)).await.expect("no lock is seen").revision.number }
    });
    let mut numbers = futures_util::future::join_all(writes).await;
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=20).collect::<Vec<u32>>(), "each is a revision of its own");
}

#[tokio::test]
async fn a_copy_is_whole_while_the_database_is_written_to() {
    let (folder, file) = new_file();
    let store = Store::open(&file).await.expect("a new file");
    store.seed(&Files::embedded()).await.expect("the seed");
    let writer = {
        let store = store.clone();
        tokio::spawn(async move {
            for percent in 0..50 {
                store.add_book(draft(percent)).await.expect("a copy holds nobody up");
            }
        })
    };
    let copy = folder.path().join("copy.db");
    let mut copied = Vec::new();
    for _ in 0..3 {
        let (from, to) = (file.clone(), copy.clone());
        let bytes = tokio::task::spawn_blocking(move || backup(&from, &to, true)).await.expect("a copy");
        assert_eq!(bytes.expect("a copy"), std::fs::metadata(&copy).expect("the copy").len());
        let holds = check(&copy).expect("a sound copy");
        copied.push(holds.books);
    }
    writer.await.expect("all written");
    assert!(copied.is_sorted(), "{copied:?}");
    // It is a database as any other.
    backup(&file, &copy, true).expect("a copy");
    let restored = Store::open(&copy).await.expect("the copy");
    assert_eq!(restored.books(&Books::default()).await.expect("the books").last_id(), 50);
    let (one, other) = (store.load(None).await.expect("prices"), restored.load(None).await.expect("prices"));
    assert!(one.edition == other.edition && one.prices().eq(other.prices()));

    // What is there stays, and nothing half-made is left.
    let error = backup(&file, &copy, false).expect_err("it is there");
    assert!(matches!(error, StorageError::Exists { .. }), "{error:?}");
    let error = backup(&file, &copy, true).expect_err("it is open");
    assert!(matches!(error, StorageError::InUse { .. }), "{error:?}");
    restored.close().await;
    let error = backup(&file, &file, true).expect_err("the database itself");
    assert!(matches!(error, StorageError::Exists { .. }), "{error:?}");
    let error = backup(&file, &folder.path().join("no/such/folder/copy.db"), false).expect_err("no folder");
    assert!(error.to_string().contains("copy.db` cannot be opened or made"), "{error}");
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .filter(|name| name.contains("partial"))
        .collect();
    assert_eq!(names, Vec::<String>::new());
}

#[tokio::test]
async fn every_edition_that_a_store_makes_is_sound() {
    let (_folder, file) = new_file();
    let store = Store::open(&file).await.expect("a new file");
    store.seed(&sound()).await.expect("the seed");
    store.seed(&newer()).await.expect("a newer seed");
    store.activate(1).await.expect("the first");
    store.seed(&Files::embedded()).await.expect("another seed");
    store.add_book(draft(5)).await.expect("a book");
    store.close().await;
    let holds = check(&file).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((holds.editions, holds.books, holds.schema), (3, 1, u32::try_from(MIGRATIONS.len()).expect("few")));
}

/// Set for the child process of the test below: the file it writes to until it is killed.
const KILLED_CHILD: &str = "CROSSOVER_TEST_SEEDS_UNTIL_KILLED";

#[tokio::test]
async fn seeds_until_it_is_killed() {
    let Some(file) = std::env::var_os(KILLED_CHILD) else { return };
    let store = Store::open(PathBuf::from(file)).await.expect("the file");
    store.seed(&Files::embedded()).await.expect("the seed");
}

#[tokio::test]
async fn a_process_that_is_killed_while_it_writes_leaves_the_store_whole() {
    let (_folder, file) = new_file();
    let store = Store::open(&file).await.expect("a new file");
    store.seed(&sound()).await.expect("the seed");
    store.close().await;
    for pause in [100, 400, 700] {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "storage::seeds_until_it_is_killed"])
            .env(KILLED_CHILD, &file)
            .stdout(Stdio::null())
            .spawn()
            .expect("a child");
        tokio::time::sleep(Duration::from_millis(pause)).await;
        child.kill().expect("the child is ours");
        child.wait().expect("its end");

        let store = Store::open(&file).await.expect("the file after the kill");
        let active = store.active().await.expect("an edition").expect("an edition");
        let catalog = store.load(None).await.expect("the active edition");
        assert_eq!(catalog.len(), if active == 1 { 5 } else { seed().len() });
        assert_eq!(store.load(Some(1)).await.expect("edition 1").len(), 5);
        let raw = rusqlite::Connection::open(&file).expect("the file");
        let sound: String = raw.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
        assert_eq!(sound, "ok");
        store.close().await;
    }
}
