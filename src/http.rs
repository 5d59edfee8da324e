//! Floor 6: the REST service.
//!
//! [`serve`] opens the store, loads the active edition and answers until it is told to stop. [`routes`] is the
//! application itself: the server and the tests use the same.
//!
//! A request passes, from the outside in: its id and its log event ([`observe`]), compression, the problem body of a
//! failure ([`error`]), the route, and the guard that turns a panic into an answer.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;
use std::{io, thread};

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer};

pub mod body;
pub mod decisions;
pub mod docs;
pub mod error;
pub mod estimates;
pub mod health;
pub mod observe;
pub mod openapi;
pub mod prices;
pub mod query;
pub mod regions;
pub mod route;
pub mod schemas;
pub mod services;
pub mod state;

use crate::config::ServeConfig;
use error::{ApiError, fill_in_problem};
use observe::observe;
use state::State;

/// How long a connection may take to close once the last answer has been sent.
const CLOSING_TIME: Duration = Duration::from_secs(1);
/// How many connections the operating system holds while the cap is reached.
const BACKLOG: u32 = 1_024;

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
    decisions::register(app);
    docs::register(app);
    estimates::register(app);
    health::register(app);
    prices::register(app);
    regions::register(app);
    services::register(app);
}

async fn nothing_here(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    Err(ApiError::not_found(request.path(), openapi::known_paths()))
}
