//! What the handlers share: the active catalog, the store behind it, the limits and the clock.
//!
//! Requests are answered from an immutable snapshot. A new edition is a new snapshot that is swapped in whole; requests
//! that are running keep theirs. The store is asked for other editions only, and whether another process has activated
//! one.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use chrono::{NaiveDate, Utc};
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::admin::AdminToken;
use super::body::Limits;
use super::error::{ApiError, ApiResult};
use super::imports::Imports;
use crate::catalog::Catalog;
use crate::catalog::books::{Books, Draft, PriceBook};
use crate::domain::problem::{Code, Problem};
use crate::storage::{EditionInfo, StorageError, Store};

/// How many editions besides the active one are kept in memory.
const KEPT_EDITIONS: usize = 4;
/// How long the database may take to show that it is there.
const PING_TIME: Duration = Duration::from_secs(1);

/// How batches are answered.
#[derive(Debug, Clone, Copy)]
pub struct Batching {
    /// The largest body of a batch, in bytes, unpacked.
    pub limit_bytes: u64,
    /// How many threads answer rows; one for each core where it is not said.
    pub threads: Option<usize>,
}

impl Default for Batching {
    fn default() -> Self {
        Self { limit_bytes: 1024 * 1024 * 1024, threads: None }
    }
}

/// What the handlers share.
#[derive(Debug)]
pub struct State {
    active: ArcSwapOption<Catalog>,
    /// The price books of the store, which every edition is served with.
    books: ArcSwap<Books>,
    /// Editions loaded on demand, the latest used last.
    older: Mutex<Vec<Arc<Catalog>>>,
    /// Held while an edition is loaded, so that a burst of requests for it loads it once.
    loading: tokio::sync::Mutex<()>,
    store: Option<Store>,
    admin_token: Option<AdminToken>,
    /// The imports of this process.
    pub imports: Imports,
    /// What a body may be.
    pub limits: Limits,
    /// How batches are answered.
    pub batching: Batching,
    /// The threads that answer the rows of batches; made for the first batch.
    pool: OnceLock<ThreadPool>,
    clock: fn() -> NaiveDate,
}

/// Today by the clock, in UTC. This is the one place that asks.
pub fn utc_today() -> NaiveDate {
    Utc::now().date_naive()
}

impl State {
    /// A state without a catalog yet: nothing is answered but health.
    pub fn new(limits: Limits, clock: fn() -> NaiveDate) -> Self {
        Self {
            active: ArcSwapOption::empty(),
            books: ArcSwap::default(),
            older: Mutex::new(Vec::new()),
            loading: tokio::sync::Mutex::new(()),
            store: None,
            admin_token: None,
            imports: Imports::default(),
            limits,
            batching: Batching::default(),
            pool: OnceLock::new(),
            clock,
        }
    }

    /// With batches answered so.
    #[must_use]
    pub fn with_batching(self, batching: Batching) -> Self {
        Self { batching, ..self }
    }

    /// The threads that answer the rows of batches.
    ///
    /// # Errors
    /// Where the operating system gives none.
    pub fn pool(&self) -> ApiResult<&ThreadPool> {
        if let Some(pool) = self.pool.get() {
            return Ok(pool);
        }
        // As many threads as cores where it is 0. Another request may have been quicker; its threads are taken then.
        let threads = ThreadPoolBuilder::new()
            .num_threads(self.batching.threads.unwrap_or_default())
            .thread_name(|at| format!("batch-{at}"));
        let pool = threads.build().map_err(ApiError::internal)?;
        Ok(self.pool.get_or_init(|| pool))
    }

    /// With a store behind it.
    #[must_use]
    pub fn with_store(self, store: Store) -> Self {
        Self { store: Some(store), ..self }
    }

    /// With the token that writes need. Without one, nobody may write.
    #[must_use]
    pub fn with_admin_token(self, admin_token: Option<AdminToken>) -> Self {
        Self { admin_token, ..self }
    }

    /// The token that writes need, where one is configured.
    pub fn admin_token(&self) -> Option<&AdminToken> {
        self.admin_token.as_ref()
    }

    /// Swaps another edition in. Requests that are running keep theirs.
    pub fn activate(&self, catalog: Arc<Catalog>) {
        if let Some(before) = self.active.swap(Some(catalog)) {
            self.keep(before);
        }
    }

    /// Swaps in what has changed in the store: the price books, and the active edition. Returns the number of the edition
    /// where it is another one.
    ///
    /// # Errors
    /// Where the store cannot be read; the edition in memory stays.
    pub async fn follow_store(&self) -> Result<Option<u32>, StorageError> {
        let Some(store) = &self.store else { return Ok(None) };
        let _one_at_a_time = self.loading.lock().await;
        self.follow_books(store).await?;
        let wanted = store.active().await?;
        let served = self.active.load().as_ref().map(|catalog| catalog.edition.number);
        if served.is_some() && (wanted.is_none() || wanted == served) {
            return Ok(None);
        }
        let catalog = match wanted.and_then(|number| self.kept(number)) {
            Some(catalog) => catalog,
            None => self.with_books(store.load(wanted).await?),
        };
        let number = catalog.edition.number;
        self.activate(catalog);
        Ok(Some(number))
    }

    /// The store, where there is one.
    pub fn store(&self) -> Option<&Store> {
        self.store.as_ref()
    }

    /// Takes in the revisions of price books that are new in the store. Called while `loading` is held.
    async fn follow_books(&self, store: &Store) -> Result<(), StorageError> {
        let known = self.books.load_full();
        let last = store.last_book().await?;
        if last == known.last_id() {
            return Ok(());
        }
        // Fewer than are known: the file has been replaced by an older one.
        let known = if last < known.last_id() { Arc::default() } else { known };
        let books = Arc::new(store.books(&known).await?);
        self.books.store(Arc::clone(&books));
        let with_books = |catalog: &Arc<Catalog>| Arc::new(catalog.with_books(Arc::clone(&books)));
        if let Some(active) = self.active.load_full() {
            self.active.store(Some(with_books(&active)));
        }
        let mut older = self.older.lock().unwrap_or_else(PoisonError::into_inner);
        for catalog in older.iter_mut() {
            *catalog = with_books(catalog);
        }
        Ok(())
    }

    /// An edition that has just been loaded, with the price books.
    fn with_books(&self, mut catalog: Catalog) -> Arc<Catalog> {
        catalog.books = self.books.load_full();
        Arc::new(catalog)
    }

    /// Adds a revision of a price book and answers from it from now on.
    ///
    /// # Errors
    /// Where the store cannot be written to; nothing is changed then.
    pub async fn add_book(&self, draft: Draft) -> ApiResult<PriceBook> {
        let added = self.writable()?.add_book(draft).await.map_err(ApiError::of_store)?;
        self.take_in().await;
        Ok(added)
    }

    /// Removes a price book.
    ///
    /// # Errors
    /// Where there is no such book, or the store cannot be written to; nothing is changed then.
    pub async fn remove_book(&self, name: &str) -> ApiResult<PriceBook> {
        let removed = self.writable()?.remove_book(name).await.map_err(ApiError::of_store)?;
        self.take_in().await;
        removed.ok_or_else(|| {
            let problem = Problem::new(Code::UnknownPriceBook, "name", format!("there is no price book `{name}`"));
            ApiError::in_path(problem.hinting(Code::UnknownPriceBook.help()))
        })
    }

    fn writable(&self) -> ApiResult<&Store> {
        self.store.as_ref().ok_or_else(|| ApiError::internal("there is no store to write to"))
    }

    /// Takes in what has been written. Where that fails, the write stands, and the next look at the store takes it in.
    async fn take_in(&self) {
        if let Err(error) = self.follow_store().await {
            tracing::warn!(%error, "what was written is served after the next look at the store");
        }
    }

    /// Today.
    pub fn today(&self) -> NaiveDate {
        (self.clock)()
    }

    /// The active edition.
    ///
    /// # Errors
    /// `not_ready` until the first edition has been loaded.
    pub fn active(&self) -> ApiResult<Arc<Catalog>> {
        self.active.load_full().ok_or_else(|| {
            ApiError::of_request(Code::NotReady, "the prices are still being loaded; try again in a moment")
        })
    }

    /// The edition that a request asks for: the active one unless it names another.
    ///
    /// # Errors
    /// `unknown_edition`, with the pointer `/edition`.
    pub async fn edition(&self, number: Option<u32>) -> ApiResult<Arc<Catalog>> {
        let active = self.active()?;
        let Some(number) = number.filter(|number| *number != active.edition.number) else {
            return Ok(active);
        };
        if let Some(found) = self.kept(number) {
            return Ok(found);
        }
        let Some(store) = &self.store else { return Err(unknown_edition(number).into()) };
        let _one_at_a_time = self.loading.lock().await;
        if let Some(found) = self.kept(number) {
            return Ok(found);
        }
        match store.load(Some(number)).await {
            Ok(catalog) => {
                let catalog = self.with_books(catalog);
                self.keep(Arc::clone(&catalog));
                Ok(catalog)
            }
            Err(StorageError::UnknownEdition { .. }) => Err(unknown_edition(number).into()),
            Err(error) => Err(ApiError::internal(anyhow::Error::from(error))),
        }
    }

    /// What the store says about its editions, newest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn editions(&self) -> ApiResult<Vec<EditionInfo>> {
        match &self.store {
            Some(store) => store.editions().await.map_err(|error| ApiError::internal(anyhow::Error::from(error))),
            None => Ok(Vec::new()),
        }
    }

    /// Whether the database is there and answers. Without a store there is nothing that could be gone.
    pub async fn database_answers(&self) -> bool {
        let Some(store) = &self.store else { return true };
        // A file that was removed still answers those who have it open.
        store.path().exists() && matches!(tokio::time::timeout(PING_TIME, store.ping()).await, Ok(Ok(())))
    }

    fn kept(&self, number: u32) -> Option<Arc<Catalog>> {
        let mut older = self.older.lock().unwrap_or_else(PoisonError::into_inner);
        let at = older.iter().position(|catalog| catalog.edition.number == number)?;
        let found = older.remove(at);
        older.push(Arc::clone(&found));
        Some(found)
    }

    fn keep(&self, catalog: Arc<Catalog>) {
        let mut older = self.older.lock().unwrap_or_else(PoisonError::into_inner);
        older.retain(|kept| kept.edition.number != catalog.edition.number);
        older.push(catalog);
        if older.len() > KEPT_EDITIONS {
            older.remove(0);
        }
    }
}

fn unknown_edition(number: u32) -> Problem {
    Problem::new(Code::UnknownEdition, "/edition", format!("there is no edition {number}"))
        .hinting(Code::UnknownEdition.help())
}
