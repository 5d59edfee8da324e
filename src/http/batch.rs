//! Batches: many requests in one body, answered while they arrive.
//!
//! A task reads the body, cuts it into chunks of whole rows and hands each to a pool of threads of its own; the answer
//! is the chunks in order. Only a few chunks of a request are on the way at once: where its client does not read, its
//! body is not read further, so that memory stays flat, and the threads are free for others. Where the client goes away,
//! the answer is dropped, and with it ends the work.

use std::io::Write;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use actix_web::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use actix_web::web::{Bytes, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use flate2::write::MultiGzDecoder;
use futures_util::{FutureExt, Stream, StreamExt};
use tokio::sync::{mpsc, oneshot};

use super::error::{ApiError, ApiResult};
use super::query::Params;
use super::route::{at, post};
use super::state::State;
use crate::app::batch::split::{Chunk, Splitter};
use crate::app::batch::{Batch, Detail, FindEdition, Format};
use crate::domain::problem::{Code, Problem};

mod document;

pub use document::document;

/// The media type of JSON lines.
pub const NDJSON: &str = "application/x-ndjson";
/// The media type of CSV.
pub const CSV: &str = "text/csv";
/// What JSON lines are called too.
const ALSO_NDJSON: &[&str] = &["application/ndjson", "application/jsonl", "application/x-jsonlines"];
/// How many chunks of a request are on the way at once.
const CHUNKS_ON_THE_WAY: usize = 8;
/// How many bytes are unpacked before what they hold is handed on: a packed body may be a thousand times as long.
const UNPACKED_AT_ONCE: usize = 64 * 1024;

/// The route.
pub fn register(app: &mut ServiceConfig) {
    at(app, "/v1/batch", [post(batch)]);
}

async fn batch(request: HttpRequest, payload: Payload, state: Data<State>) -> ApiResult<HttpResponse> {
    let mut params = Params::of(&request, &["detail"]);
    let detail = params.text("detail").map(str::to_owned);
    if let Some(found) = detail.as_deref().filter(|found| Detail::parse(found).is_none()) {
        let allowed = Detail::ALL.iter().map(|detail| detail.as_str());
        let problem = Problem::new(Code::UnknownValue, "detail", format!("`detail` is `{found}`, which is no choice"));
        params.problem(problem.allowing(found, allowed));
    }
    let detail = detail.as_deref().and_then(Detail::parse);
    params.finish()?;
    let input = format_of_rows(&request)?;
    let output = format_of_answers(&request, input)?;
    if let Some(detail) = detail.filter(|detail| output == Format::Csv && *detail != Detail::Total) {
        let words = format!("answers in CSV have no room for `detail={}`", detail.as_str());
        let problem = Problem::new(Code::Conflict, "detail", words);
        return Err(ApiError::in_query(vec![problem.hinting(format!("leave it out, or send `Accept: {NDJSON}`"))]));
    }
    let packed = is_packed(&request)?;
    let limit = state.batching.limit_bytes;
    let length = header(&request, &CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if length.is_some_and(|length| length > limit) {
        return Err(ApiError::of_request(Code::PayloadTooLarge, format!("the body is larger than {limit} bytes")));
    }
    state.pool()?;
    let batch = Arc::new(Batch {
        output,
        detail: detail.unwrap_or_default(),
        catalog: state.active()?,
        edition: other_editions(state.clone()),
        today: state.today(),
    });
    let (steps, ordered) = mpsc::channel(CHUNKS_ON_THE_WAY);
    let answers = Answers { ordered, next: None, gone: Arc::new(AtomicBool::new(false)) };
    let desk = Desk { batch: Arc::clone(&batch), state, gone: Arc::clone(&answers.gone), steps };
    let rows = Rows { payload, unpacker: packed.then(Unpacker::new), splitter: Splitter::new(input), read: 0 };
    actix_web::rt::spawn(rows.hand_to(desk));
    let preamble = (!batch.preamble().is_empty()).then(|| Ok(Bytes::from_static(batch.preamble().as_bytes())));
    Ok(HttpResponse::Ok()
        .content_type(media_type(output))
        .streaming(futures_util::stream::iter(preamble).chain(answers)))
}

/// The media type of a format.
fn media_type(format: Format) -> &'static str {
    match format {
        Format::Ndjson => NDJSON,
        Format::Csv => "text/csv; charset=utf-8",
    }
}

fn header<'r>(request: &'r HttpRequest, name: &HeaderName) -> Option<&'r str> {
    request.headers().get(name).map(|value| value.to_str().unwrap_or("?"))
}

/// The format that a media type stands for.
fn format_named(media_type: &str) -> Option<Format> {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == CSV {
        return Some(Format::Csv);
    }
    (essence == NDJSON || ALSO_NDJSON.contains(&essence.as_str())).then_some(Format::Ndjson)
}

fn format_of_rows(request: &HttpRequest) -> ApiResult<Format> {
    let hint = format!("send `Content-Type: {NDJSON}` or `Content-Type: {CSV}`");
    let Some(found) = header(request, &CONTENT_TYPE) else {
        let detail = format!("the request has no `Content-Type`; {hint}");
        return Err(ApiError::of_request(Code::UnsupportedMediaType, detail));
    };
    let charset = found.split(';').skip(1).filter_map(|parameter| parameter.trim().split_once('='));
    let is_utf8 = charset
        .filter(|(name, _)| name.eq_ignore_ascii_case("charset"))
        .all(|(_, value)| ["utf-8", "utf8"].iter().any(|utf8| value.trim_matches('"').eq_ignore_ascii_case(utf8)));
    format_named(found).filter(|_| is_utf8).ok_or_else(|| {
        ApiError::of_request(Code::UnsupportedMediaType, format!("the content type is `{found}`; {hint}, in UTF-8"))
    })
}

/// The best of what the caller takes; that of the rows, where it takes anything.
fn format_of_answers(request: &HttpRequest, rows: Format) -> ApiResult<Format> {
    let Some(accept) = header(request, &ACCEPT) else { return Ok(rows) };
    let mut best: Option<(u32, Format)> = None;
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1_000, thousandths);
        let format = match essence {
            "*/*" | "" => Some(rows),
            "application/*" => Some(Format::Ndjson),
            "text/*" => Some(Format::Csv),
            named => format_named(named),
        };
        if let Some(format) = format
            && weight > 0
            && best.is_none_or(|(most, _)| weight > most)
        {
            best = Some((weight, format));
        }
    }
    best.map(|(_, format)| format).ok_or_else(|| {
        let detail = format!("`Accept` is `{accept}`; answers are `{NDJSON}` or `{CSV}`");
        ApiError::of_request(Code::NotAcceptable, detail)
    })
}

/// The weight of a media range, in thousandths: `0.5` is 500.
fn thousandths(weight: &str) -> u32 {
    let (whole, decimals) = weight.split_once('.').unwrap_or((weight, ""));
    let decimals: String = decimals.chars().chain("000".chars()).take(3).collect();
    format!("{whole}{decimals}").parse().unwrap_or(1_000)
}

fn is_packed(request: &HttpRequest) -> ApiResult<bool> {
    match header(request, &CONTENT_ENCODING) {
        None => Ok(false),
        Some(found) if found.eq_ignore_ascii_case("identity") => Ok(false),
        Some(found) if ["gzip", "x-gzip"].iter().any(|gzip| found.eq_ignore_ascii_case(gzip)) => Ok(true),
        Some(found) => {
            let detail = format!("the content encoding is `{found}`; send the body as it is, or as `gzip`");
            Err(ApiError::of_request(Code::UnsupportedMediaType, detail))
        }
    }
}

/// Finds the editions that rows name. It is asked on a thread of the pool, which may wait.
fn other_editions(state: Data<State>) -> FindEdition {
    let runtime = tokio::runtime::Handle::current();
    Box::new(move |number| runtime.block_on(state.edition(Some(number))).map_err(ApiError::into_problem))
}

/// Unpacks gzip, a little at a time.
struct Unpacker(MultiGzDecoder<Vec<u8>>);

impl Unpacker {
    fn new() -> Self {
        Self(MultiGzDecoder::new(Vec::new()))
    }

    /// Takes some of the bytes. Returns what they hold and how many were taken.
    fn take(&mut self, bytes: &[u8]) -> std::io::Result<(Vec<u8>, usize)> {
        let mut taken = 0_usize;
        while taken < bytes.len() && self.0.get_ref().len() < UNPACKED_AT_ONCE {
            match self.0.write(bytes.get(taken..).unwrap_or_default())? {
                // It holds back what it has unpacked until it is asked again.
                0 => self.0.flush()?,
                more => taken = taken.saturating_add(more),
            }
        }
        Ok((std::mem::take(self.0.get_mut()), taken))
    }

    /// Ends the unpacking. Returns what was held back.
    fn finish(&mut self) -> std::io::Result<Vec<u8>> {
        self.0.try_finish()?;
        Ok(std::mem::take(self.0.get_mut()))
    }
}

/// The rows of a request.
struct Rows {
    payload: Payload,
    unpacker: Option<Unpacker>,
    splitter: Splitter,
    /// How many bytes there were, unpacked.
    read: u64,
}

/// Where the rows of a request are answered.
struct Desk {
    batch: Arc<Batch>,
    state: Data<State>,
    gone: Arc<AtomicBool>,
    steps: mpsc::Sender<oneshot::Receiver<Bytes>>,
}

/// Why no more rows are read.
enum End {
    /// The client has gone.
    Gone,
    /// The rows cannot be read further.
    Broken(Problem),
}

impl Rows {
    /// Reads to the end and has every row answered.
    async fn hand_to(mut self, desk: Desk) {
        if let Err(End::Broken(problem)) = self.hand_all_to(&desk).await {
            let (tell, told) = oneshot::channel();
            // Where nobody waits for it any more, there is nothing to tell.
            let _ = tell.send(desk.batch.ended_early(&problem).into());
            let _ = desk.steps.send(told).await;
        }
    }

    async fn hand_all_to(&mut self, desk: &Desk) -> Result<(), End> {
        let time = desk.state.limits.time;
        let broken = |code, detail: String| End::Broken(Problem::new(code, "", detail));
        let malformed = |error: std::io::Error| broken(Code::Malformed, format!("the body is not gzip: {error}"));
        loop {
            // The time runs only while this waits for the client, not while the client keeps this waiting.
            let bytes = match tokio::time::timeout(time, self.payload.next()).await {
                Ok(Some(Ok(bytes))) => bytes,
                Ok(Some(Err(error))) => {
                    return Err(broken(Code::Malformed, format!("the body cannot be read: {error}")));
                }
                Ok(None) => break,
                Err(_) => {
                    let detail = format!("no more of the body came within {} ms", time.as_millis());
                    return Err(broken(Code::RequestTimeout, detail));
                }
            };
            let mut rest = bytes.as_ref();
            while !rest.is_empty() {
                match &mut self.unpacker {
                    None => {
                        self.hand_on(std::mem::take(&mut rest), desk).await?;
                    }
                    Some(unpacker) => {
                        let (text, taken) = unpacker.take(rest).map_err(malformed)?;
                        rest = rest.get(taken..).unwrap_or_default();
                        self.hand_on(&text, desk).await?;
                    }
                }
            }
        }
        if let Some(unpacker) = &mut self.unpacker {
            let text = unpacker.finish().map_err(malformed)?;
            self.hand_on(&text, desk).await?;
        }
        let mut chunks = Vec::new();
        std::mem::replace(&mut self.splitter, Splitter::new(Format::Ndjson)).finish(|chunk| chunks.push(chunk));
        desk.answer(chunks).await
    }

    /// Hands on every row that is whole by now.
    async fn hand_on(&mut self, bytes: &[u8], desk: &Desk) -> Result<(), End> {
        let limit = desk.state.batching.limit_bytes;
        self.read = self.read.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let mut chunks = Vec::new();
        if self.read > limit {
            let detail = format!("the body is larger than {limit} bytes; the rows that follow are not answered");
            return Err(End::Broken(Problem::new(Code::PayloadTooLarge, "", detail)));
        }
        self.splitter.push(bytes, |chunk| chunks.push(chunk));
        desk.answer(chunks).await
    }
}

impl Desk {
    /// Has chunks answered, as soon as there is room for them.
    async fn answer(&self, chunks: Vec<Chunk>) -> Result<(), End> {
        for chunk in chunks {
            let (tell, told) = oneshot::channel();
            self.steps.send(told).await.map_err(|_| End::Gone)?;
            let (batch, gone) = (Arc::clone(&self.batch), Arc::clone(&self.gone));
            let pool = self.state.pool().map_err(|error| End::Broken(error.into_problem()))?;
            pool.spawn_fifo(move || {
                let mut text = Vec::new();
                let tally = batch.answer(&chunk, &|| gone.load(Ordering::Relaxed), &mut text);
                if let Some(cause) = tally.internal {
                    tracing::error!(cause, "a row of a batch failed");
                }
                // Where nobody waits for it any more, there is nothing to tell.
                let _ = tell.send(text.into());
            });
        }
        Ok(())
    }
}

/// The answers, in order. Dropping them ends the work.
struct Answers {
    ordered: mpsc::Receiver<oneshot::Receiver<Bytes>>,
    next: Option<oneshot::Receiver<Bytes>>,
    gone: Arc<AtomicBool>,
}

impl Stream for Answers {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.next.is_none() {
            match this.ordered.poll_recv(cx) {
                Poll::Ready(Some(next)) => this.next = Some(next),
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            }
        }
        let Some(next) = &mut this.next else { return Poll::Pending };
        next.poll_unpin(cx).map(|answered| {
            this.next = None;
            Some(answered.map_err(|_| std::io::Error::other("a thread ended without an answer")))
        })
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        self.gone.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_caller_chooses_the_form_of_answers() {
        for (accept, chosen) in [
            (None, Some(Format::Csv)),
            (Some("*/*"), Some(Format::Csv)),
            (Some("application/x-ndjson"), Some(Format::Ndjson)),
            (Some("application/jsonl;q=0.4, text/csv;q=0.5"), Some(Format::Csv)),
            (Some("text/csv;q=0, application/*"), Some(Format::Ndjson)),
            (Some("text/html, */*;q=0.1"), Some(Format::Csv)),
            (Some("application/json"), None),
            (Some("text/csv;q=0"), None),
        ] {
            let request = TestRequest::default();
            let request = match accept {
                Some(accept) => request.insert_header((ACCEPT, accept)),
                None => request,
            };
            let found = format_of_answers(&request.to_http_request(), Format::Csv);
            assert_eq!(found.ok(), chosen, "{accept:?}");
        }
    }

    #[test]
    fn what_is_packed_is_unpacked_a_little_at_a_time() {
        let text = vec![b'x'; 10 * 1024 * 1024];
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(&text).expect("to memory");
        let gzip = packer.finish().expect("to memory");
        let mut unpacker = Unpacker::new();
        let (mut rest, mut length) = (gzip.as_slice(), 0);
        while !rest.is_empty() {
            let (some, taken) = unpacker.take(rest).expect("gzip");
            assert!(some.len() <= 2 * UNPACKED_AT_ONCE, "{}", some.len());
            length += some.len();
            rest = &rest[taken..];
        }
        length += unpacker.finish().expect("gzip").len();
        assert_eq!(length, text.len());
        assert!(Unpacker::new().take(b"this is not gzip").is_err());
    }
}
