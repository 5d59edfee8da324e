//! Reads the JSON body of a request: its type, its size, and that it arrives in time.
//!
//! actix waits for a slow body for ever, so the time is limited here.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::{Bytes, BytesMut, Data};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;

use super::error::{ApiError, ApiResult};
use super::query::Params;
use super::state::State;
use crate::domain::problem::{Code, Problem};

/// How much room a body gets before its size is known.
const FIRST_ROOM: usize = 2 * 1024;
/// The most room that is set aside on the word of a `Content-Length` header alone.
const TRUSTED_ROOM: usize = 64 * 1024;

/// What a body may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Its largest size.
    pub bytes: usize,
    /// How long it may take to arrive whole.
    pub time: Duration,
}

/// A JSON body that has arrived whole. It has not been parsed.
#[derive(Debug)]
pub struct JsonBody(pub Bytes);

impl FromRequest for JsonBody {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limits = request.app_data::<Data<State>>().map(|state| state.limits);
        let head = limits
            .ok_or_else(|| ApiError::internal("the application has no state"))
            // What takes a body takes no parameters.
            .and_then(|limits| Params::of(request, &[]).finish().map(|()| limits))
            .and_then(|limits| Ok((limits, check_head(request, limits)?)));
        let mut payload = payload.take();
        Box::pin(async move {
            let (limits, room) = head?;
            match tokio::time::timeout(limits.time, collect(&mut payload, limits.bytes, room)).await {
                Ok(body) => body.map(Self),
                Err(_) => Err(ApiError::of_request(
                    Code::RequestTimeout,
                    format!("the body did not arrive within {} ms", limits.time.as_millis()),
                )),
            }
        })
    }
}

/// Checks what the headers say about the body. Returns the room to set aside for it.
fn check_head(request: &HttpRequest, limits: Limits) -> ApiResult<usize> {
    let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    let unsupported = |detail: String| ApiError::of_request(Code::UnsupportedMediaType, detail);
    match header(CONTENT_TYPE) {
        None => {
            return Err(unsupported(
                "the request has no `Content-Type`; send `Content-Type: application/json`".to_owned(),
            ));
        }
        Some(found) if !is_json(found) => {
            return Err(unsupported(format!("the content type is `{found}`; send `Content-Type: application/json`")));
        }
        Some(_) => {}
    }
    if let Some(found) = header(CONTENT_ENCODING).filter(|found| !found.eq_ignore_ascii_case("identity")) {
        return Err(unsupported(format!("the content encoding is `{found}`; send the body as it is, not compressed")));
    }
    let length = header(CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    match length {
        Some(length) if length > limits.bytes => Err(too_large(limits.bytes)),
        Some(length) => Ok(length.min(TRUSTED_ROOM)),
        None => Ok(FIRST_ROOM),
    }
}

/// Whether a content type is JSON in UTF-8: `application/json` or `application/…+json`.
fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let named_json = match essence.strip_prefix("application/") {
        Some(subtype) => subtype == "json" || subtype.ends_with("+json"),
        None => false,
    };
    named_json
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.eq_ignore_ascii_case("charset") => {
                let value = value.trim_matches('"');
                value.eq_ignore_ascii_case("utf-8") || value.eq_ignore_ascii_case("utf8")
            }
            _ => true,
        })
}

async fn collect(payload: &mut Payload, limit: usize, room: usize) -> ApiResult<Bytes> {
    let mut body = BytesMut::with_capacity(room);
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| unreadable(&error))?;
        if body.len().saturating_add(chunk.len()) > limit {
            return Err(too_large(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn too_large(limit: usize) -> ApiError {
    ApiError::of_request(Code::PayloadTooLarge, format!("the body is larger than {limit} bytes"))
}

fn unreadable(error: &PayloadError) -> ApiError {
    Problem::new(Code::Malformed, "", format!("the body cannot be read: {error}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_recognised_by_its_content_type() {
        for text in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
            "application/vnd.api+json",
            "application/json; profile=x",
        ] {
            assert!(is_json(text), "{text}");
        }
        for text in
            ["", "text/json", "text/plain", "application/xml", "application/json; charset=latin1", "application/jsonx"]
        {
            assert!(!is_json(text), "{text}");
        }
    }
}
