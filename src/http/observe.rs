//! What happens to every request: an id, and one log event once its answer has been sent.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{Error, HttpMessage};
use futures_util::FutureExt;
use uuid::Uuid;

use super::error::{ApiError, Failure};

/// The header that carries the id of a request, in both directions.
pub const REQUEST_ID_HEADER: &str = "x-request-id";
/// The longest id taken from a caller.
const MAX_REQUEST_ID: usize = 64;

/// The id of a request: the caller's, where it sent a usable one, else a new one that sorts by time.
#[derive(Debug, Clone)]
pub struct RequestId(HeaderValue);

impl RequestId {
    fn of(headers: &HeaderMap) -> Self {
        let usable = |id: &&HeaderValue| {
            let id = id.as_bytes();
            let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
            (1..=MAX_REQUEST_ID).contains(&id.len()) && id.iter().all(plain)
        };
        let given = headers.get(REQUEST_ID_HEADER).filter(usable).cloned();
        Self(given.unwrap_or_else(|| {
            let id = Uuid::now_v7().to_string();
            HeaderValue::try_from(id).unwrap_or_else(|_| HeaderValue::from_static("none"))
        }))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.to_str().unwrap_or_default())
    }
}

/// Middleware: gives the request its id and writes one log event when the answer has been sent. Bodies are never logged.
///
/// # Errors
/// None of its own.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<Observed>, Error> {
    let id = RequestId::of(request.headers());
    let mut event = Event::of(&request, id.clone());
    request.extensions_mut().insert(id.clone());
    // Where the client goes away meanwhile, this is dropped here, and the event says so.
    let mut response = next.call(request).await?.map_into_boxed_body();
    response.headers_mut().insert(HeaderName::from_static(REQUEST_ID_HEADER), id.0);
    event.failure = response.response_mut().extensions_mut().remove::<Failure>();
    event.status = Some(response.status());
    Ok(response.map_body(|_, body| Observed { body, event }))
}

/// Middleware of every resource: a handler that panics is answered like any failure of ours, and the server lives on.
///
/// # Errors
/// None of its own.
pub async fn catch_panic(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let head = request.request().clone();
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(response) => Ok(response?.map_into_boxed_body()),
        Err(panic) => {
            let words = panic.downcast_ref::<&str>().copied().or(panic.downcast_ref::<String>().map(String::as_str));
            let error = ApiError::internal(format!("panicked: {}", words.unwrap_or("no message")));
            Ok(ServiceResponse::from_err(error, head))
        }
    }
}

/// What the log says about a request, once it is over.
#[derive(Debug)]
struct Event {
    id: RequestId,
    method: Method,
    path: String,
    started: Instant,
    /// None where the client went away before there was an answer.
    status: Option<StatusCode>,
    failure: Option<Failure>,
    bytes: u64,
    whole: bool,
}

impl Event {
    fn of(request: &ServiceRequest, id: RequestId) -> Self {
        Self {
            id,
            method: request.method().clone(),
            path: request.path().to_owned(),
            started: Instant::now(),
            status: None,
            failure: None,
            bytes: 0,
            whole: false,
        }
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        let Self { id, method, path, bytes, .. } = self;
        let status = self.status.map(|status| status.as_u16());
        let duration_us = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let code = self.failure.as_ref().map(|failure| failure.code.as_str());
        if self.status.is_some_and(|status| status.is_server_error()) {
            let cause = self.failure.as_ref().and_then(|failure| failure.cause.as_deref());
            tracing::error!(%method, path, status, duration_us, bytes, request_id = %id, code, cause, "request failed");
        } else if self.whole {
            tracing::info!(%method, path, status, duration_us, bytes, request_id = %id, code, "request");
        } else {
            tracing::info!(%method, path, status, duration_us, bytes, request_id = %id, code, "request cut off by the client");
        }
    }
}

/// A response body that is counted; with it ends the request.
#[derive(Debug)]
pub struct Observed {
    body: BoxBody,
    event: Event,
}

impl MessageBody for Observed {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let polled = Pin::new(&mut self.body).poll_next(cx);
        match &polled {
            Poll::Ready(Some(Ok(bytes))) => {
                self.event.bytes = self.event.bytes.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
            }
            Poll::Ready(None) => self.event.whole = true,
            _ => {}
        }
        polled
    }
}

impl Drop for Observed {
    fn drop(&mut self) {
        // A sized body is dropped once all of it has been taken, without being asked whether there is more.
        let whole = match self.body.size() {
            BodySize::None | BodySize::Sized(0) => true,
            BodySize::Sized(size) => self.event.bytes >= size,
            BodySize::Stream => false,
        };
        self.event.whole |= whole || self.event.method == Method::HEAD;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_taken_over_only_where_it_is_harmless() {
        let id = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(HeaderName::from_static(REQUEST_ID_HEADER), HeaderValue::from_static(text));
            RequestId::of(&headers).to_string()
        };
        assert_eq!(id("abc-1.2_3"), "abc-1.2_3");
        for text in
            ["", "with space", "quote\"", "0123456789012345678901234567890123456789012345678901234567890123456789"]
        {
            assert_ne!(id(text), text);
            assert_eq!(id(text).len(), 36, "a new one is a UUID");
        }
    }
}
