//! Floor 6: the REST service.
//!
//! [`serve`] opens the store, loads the active edition and answers until it is told to stop. [`routes`] is the
//! application itself: the server and the tests use the same.
//!
//! A request passes, from the outside in: its id and its log event ([`observe`]), compression, the problem body of a
//! failure ([`error`]), the route, and the guard that turns a panic into an answer.

use std::future::Future;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer};
use anyhow::Context;

pub mod admin;
pub mod architectures;
pub mod batch;
pub mod body;
pub mod decisions;
pub mod diff;
pub mod docs;
pub mod editions;
pub mod error;
pub mod estimates;
pub mod health;
pub mod history;
pub mod imports;
pub mod observe;
pub mod openapi;
pub mod price_books;
pub mod prices;
pub mod query;
pub mod regions;
pub mod route;
pub mod schemas;
pub mod services;
pub mod state;

use crate::catalog::seed::Files;
use crate::config::ServeConfig;
use crate::storage::{Seeded, Store};
use crate::telemetry;
use admin::AdminToken;
use body::Limits;
use error::{ApiError, fill_in_problem};
use observe::observe;
use state::{Batching, State, utc_today};

/// How long a connection may take to close once the last answer has been sent.
const CLOSING_TIME: Duration = Duration::from_secs(1);
/// How many decisions a worker makes at once; further ones wait.
const DECIDING_THREADS: usize = 16;
/// How many connections the operating system holds while the cap is reached.
const BACKLOG: u32 = 1_024;

/// Runs the service until it is told to stop by SIGTERM or SIGINT.
///
/// It opens the database and makes it where it is absent, adds the prices that the binary carries, loads the active
/// edition, and prints `listening on http://ADDR:PORT` to standard output once it answers. When it is told to stop, it
/// finishes what runs.
///
/// # Errors
/// Where the database cannot be opened or read, or the address cannot be bound.
pub async fn serve(config: ServeConfig) -> anyhow::Result<()> {
    telemetry::init(config.log_format, &config.log)?;
    let stop = stop_signal()?;
    let store = Store::open(&config.database).await?;
    let state = Data::new(prepare(&config, store.clone()).await?);
    let Listening { address, server } = listen(&config, state.clone(), stop)
        .with_context(|| format!("the address {} cannot be listened on", config.listen))?;
    let follower = tokio::spawn(follow(state, config.edition_poll));
    {
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "listening on http://{address}")?;
        stdout.flush()?;
    }
    let ended = server.await;
    follower.abort();
    store.close().await;
    tracing::info!("stopped");
    ended.context("the server failed")
}

/// Adds the prices that the binary carries to a store, where it has never had them, and loads the active edition.
///
/// # Errors
/// Where the store cannot be read or written to.
pub async fn prepare(config: &ServeConfig, store: Store) -> anyhow::Result<State> {
    let path = store.path().display().to_string();
    match store.seed(&Files::embedded()).await? {
        Seeded::Added { edition, activated: true } => {
            tracing::info!(database = path, edition, "added the prices of this version");
        }
        Seeded::Added { edition, activated: false } => {
            tracing::warn!(
                database = path,
                edition,
                "added the prices of this version; they are not served until the edition is activated, since the \
                 active one holds imported prices"
            );
        }
        Seeded::Known { .. } => {}
    }
    let limits = Limits { bytes: config.body_limit_bytes, time: config.body_timeout };
    let state = State::new(limits, utc_today)
        .with_store(store)
        .with_admin_token(AdminToken::configured(config)?)
        .with_batching(Batching { limit_bytes: config.batch_limit_bytes, threads: config.batch_threads });
    if let Some(edition) = state.follow_store().await? {
        tracing::info!(database = path, edition, "loaded the prices");
    }
    Ok(state)
}

/// Follows the active edition of the store, which another process may change.
async fn follow(state: Data<State>, every: Duration) {
    let mut failing = false;
    loop {
        tokio::time::sleep(every).await;
        let followed = state.follow_store().await;
        match &followed {
            Ok(None) => {}
            Ok(Some(edition)) => tracing::info!(edition, "another edition of the prices is served from now on"),
            // Said once, and not every time; meanwhile readiness says it.
            Err(_) if failing => {}
            Err(error) => tracing::warn!(%error, "the store does not answer; the prices in memory are served on"),
        }
        failing = followed.is_err();
    }
}

/// Completes when the process is told to stop.
#[cfg(unix)]
fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be waited for")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be waited for")?;
    Ok(async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        tracing::info!("{name}: finishing what runs");
    })
}

/// Completes when the process is told to stop.
#[cfg(not(unix))]
fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        // Where the signal cannot be waited for, the process is stopped by force only.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// A server that listens and has yet to be awaited.
pub struct Listening {
    /// Where it listens.
    pub address: SocketAddr,
    /// Answers requests while it is awaited, until it is stopped.
    pub server: Server,
}

/// Binds the address and starts to answer. When `stop` completes, no further connection is taken, running requests are
/// finished, and the server ends.
///
/// # Errors
/// Where the address cannot be bound.
pub fn listen(
    config: &ServeConfig,
    state: Data<State>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<Listening> {
    let workers = config.workers.or_else(|| thread::available_parallelism().ok().map(usize::from)).unwrap_or(1);
    let server = HttpServer::new(move || app(state.clone()))
        .workers(workers)
        .worker_max_blocking_threads(DECIDING_THREADS)
        .backlog(BACKLOG)
        .max_connections(config.max_connections.div_ceil(workers))
        .client_request_timeout(config.header_timeout)
        .client_disconnect_timeout(CLOSING_TIME)
        .keep_alive(config.keep_alive)
        .shutdown_timeout(config.shutdown_timeout.as_millis().div_ceil(1_000).try_into().unwrap_or(u64::MAX))
        .shutdown_signal(stop)
        .bind(config.listen)?;
    let address = server.addrs().first().copied().unwrap_or(config.listen);
    Ok(Listening { address, server: server.run() })
}

/// The application: every route, with what happens to every request.
pub fn app(
    state: Data<State>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    App::new()
        .app_data(state)
        .configure(routes)
        .default_service(web::to(nothing_here))
        .wrap(from_fn(fill_in_problem))
        .wrap(Compress::default())
        .wrap(from_fn(observe))
}

/// Every route.
pub fn routes(app: &mut ServiceConfig) {
    // Paths are tried in this order, and most requests ask for an estimate.
    estimates::register(app);
    architectures::register(app);
    batch::register(app);
    decisions::register(app);
    diff::register(app);
    docs::register(app);
    editions::register(app);
    health::register(app);
    history::register(app);
    imports::register(app);
    price_books::register(app);
    prices::register(app);
    regions::register(app);
    services::register(app);
}

async fn nothing_here(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    Err(ApiError::not_found(request.path(), openapi::known_paths()))
}
