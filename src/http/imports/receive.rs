//! Reading an upload: its head is checked, and its body is written to a file as it arrives.

use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::path::Path;
use std::sync::atomic::Ordering;

use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::{Bytes, Payload};
use futures_util::StreamExt as _;

use crate::domain::problem::{Code, Problem};
use crate::http::error::{ApiError, ApiResult};
use crate::import::Progress;
use crate::storage::Store;

/// The largest upload: 16 GiB. The largest price list of AWS has less than 10.
const MAX_BYTES: u64 = 16 * 1024 * 1024 * 1024;
/// How many pieces of an upload wait to be written.
const PIECES: usize = 8;
/// The content types of price lists. Which it is, the content itself says.
const CONTENT_TYPES: [&str; 6] = [
    "text/csv",
    "application/json",
    "application/gzip",
    "application/x-gzip",
    "application/octet-stream",
    "text/plain",
];

/// Checks what the headers say about the upload.
pub(super) fn check_head(request: &HttpRequest) -> ApiResult<()> {
    let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    let found = header(CONTENT_TYPE).unwrap_or_default();
    let essence = found.split(';').next().unwrap_or_default().trim();
    if !CONTENT_TYPES.iter().any(|known| essence.eq_ignore_ascii_case(known)) {
        let detail = format!(
            "the content type is `{found}`; send one of {}",
            CONTENT_TYPES.map(|t| format!("`{t}`")).join(", ")
        );
        return Err(ApiError::of_request(Code::UnsupportedMediaType, detail));
    }
    let length = header(CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if length.is_some_and(|length| length > MAX_BYTES) { Err(too_large()) } else { Ok(()) }
}

/// Writes an upload to a file without a name. It is gone when the process is, however it ends.
pub(super) async fn receive(
    mut body: Payload,
    store: &Store,
    standstill: std::time::Duration,
    progress: &Progress,
) -> ApiResult<File> {
    let folder = store.path().parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::tempfile_in(folder).map_err(|error| unwritten(&error))?;
    let (pieces, mut arriving) = tokio::sync::mpsc::channel::<Bytes>(PIECES);
    let writing = tokio::task::spawn_blocking(move || -> io::Result<File> {
        while let Some(piece) = arriving.blocking_recv() {
            file.write_all(&piece)?;
        }
        file.rewind()?;
        Ok(file)
    });
    let mut received: u64 = 0;
    loop {
        let piece = match tokio::time::timeout(standstill, body.next()).await {
            Err(_) => {
                let detail = format!("nothing of the body arrived for {} ms", standstill.as_millis());
                return Err(ApiError::of_request(Code::RequestTimeout, detail));
            }
            Ok(None) => break,
            Ok(Some(piece)) => piece.map_err(|error| {
                ApiError::from(Problem::new(Code::Malformed, "", format!("the body cannot be read: {error}")))
            })?,
        };
        received = received.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if received > MAX_BYTES {
            return Err(too_large());
        }
        progress.bytes.store(received, Ordering::Relaxed);
        if pieces.send(piece).await.is_err() {
            // The writer has stopped, and says why below.
            break;
        }
    }
    drop(pieces);
    let file = writing.await.map_err(ApiError::internal)?.map_err(|error| unwritten(&error))?;
    progress.total.store(received, Ordering::Relaxed);
    Ok(file)
}

fn too_large() -> ApiError {
    ApiError::of_request(Code::PayloadTooLarge, format!("the body is larger than {MAX_BYTES} bytes"))
}

fn unwritten(error: &io::Error) -> ApiError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            ApiError::of_request(Code::StorageFull, "there is no room left for the upload beside the database")
        }
        _ => ApiError::internal(format!("the upload cannot be written beside the database: {error}")),
    }
}
