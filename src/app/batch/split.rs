//! Cuts a stream of text into chunks of whole rows, in constant memory.
//!
//! A row ends at a line end; in CSV, at one outside quotes. A row that is too long is kept in part, enough to say whose
//! it is, and the rest of it is passed over. A quote that is never closed would make one row of everything behind it, so
//! where a row grows too long inside quotes, only its first line is taken for the row.

use std::sync::Arc;

use super::csv::Header;
use super::{Format, MAX_ROW_BYTES};

/// The most rows of a chunk. With more of them, more ask for the same service; but answers of decisions are long, and a
/// chunk's are in memory at once.
const ROWS: usize = 256;
/// The size at which a chunk is full.
const BYTES: usize = 64 * 1024;
/// What some programs put before a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Some whole rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    text: Vec<u8>,
    /// Where each row ends.
    ends: Vec<usize>,
    header: Option<Arc<Header>>,
}

impl Chunk {
    /// The rows, without their line ends.
    pub fn rows(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.text.get(start..*end).unwrap_or_default())
    }

    /// The header, for CSV.
    pub fn header(&self) -> Option<&Header> {
        self.header.as_deref()
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// Where in a CSV row a byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    CellStart,
    Plain,
    Quoted,
    /// Behind a quote inside quotes, which ends them or stands for itself.
    AfterQuote,
}

/// Cuts a stream of text into chunks.
#[derive(Debug)]
pub struct Splitter {
    format: Format,
    /// The row that has begun and not ended.
    open: Vec<u8>,
    place: Place,
    /// The end of a row that is too long is being passed over.
    skipping: bool,
    begun: bool,
    header: Option<Arc<Header>>,
    /// The rows of the chunk that is being filled.
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Splitter {
    /// Nothing read yet.
    pub fn new(format: Format) -> Self {
        Self {
            format,
            open: Vec::new(),
            place: Place::CellStart,
            skipping: false,
            begun: false,
            header: None,
            text: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// Takes more of the text and hands out every row that is whole by now.
    pub fn push(&mut self, mut bytes: &[u8], mut take: impl FnMut(Chunk)) {
        if !self.begun {
            // A mark may come in pieces; what comes first is held back until it is told apart.
            self.open.extend_from_slice(bytes);
            if self.open.len() < BYTE_ORDER_MARK.len() && BYTE_ORDER_MARK.starts_with(&self.open) {
                return;
            }
            self.begun = true;
            let held = std::mem::take(&mut self.open);
            return self.push(held.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&held), take);
        }
        while !bytes.is_empty() {
            bytes = match self.format {
                Format::Ndjson => self.take_line(bytes, &mut take),
                Format::Csv => self.take_row(bytes, &mut take),
            };
        }
        self.hand_out(&mut take);
    }

    /// Ends the text. A last row needs no line end.
    pub fn finish(mut self, mut take: impl FnMut(Chunk)) {
        while !self.open.is_empty() {
            if self.place == Place::Quoted && self.open.contains(&b'\n') {
                self.close_first_line(&mut take);
            } else {
                self.close(&mut take);
            }
        }
        self.hand_out(&mut take);
    }

    /// Takes a JSON line, or what there is of it. Returns what is left.
    fn take_line<'b>(&mut self, bytes: &'b [u8], take: &mut impl FnMut(Chunk)) -> &'b [u8] {
        let Some((line, rest)) = memchr::memchr(b'\n', bytes).and_then(|at| bytes.split_at_checked(at)) else {
            self.keep(bytes);
            return &[];
        };
        self.keep(line);
        self.skipping = false;
        self.close(take);
        rest.get(1..).unwrap_or_default()
    }

    /// Takes a CSV row, or what there is of it. Returns what is left.
    fn take_row<'b>(&mut self, bytes: &'b [u8], take: &mut impl FnMut(Chunk)) -> &'b [u8] {
        if self.skipping {
            return self.take_line(bytes, take);
        }
        for (at, byte) in bytes.iter().enumerate() {
            self.place = match (self.place, byte) {
                (Place::CellStart | Place::Plain | Place::AfterQuote, b'\n') => {
                    let (row, rest) = bytes.split_at_checked(at).unwrap_or((bytes, &[]));
                    self.open.extend_from_slice(row);
                    self.close(take);
                    return rest.get(1..).unwrap_or_default();
                }
                (Place::CellStart | Place::Plain | Place::AfterQuote, b',') => Place::CellStart,
                (Place::CellStart | Place::AfterQuote, b'"') => Place::Quoted,
                (Place::CellStart | Place::Plain | Place::AfterQuote, _) => Place::Plain,
                (Place::Quoted, b'"') => Place::AfterQuote,
                (Place::Quoted, _) => Place::Quoted,
            };
            if self.open.len().saturating_add(at) >= MAX_ROW_BYTES {
                return self.too_long(bytes, at.saturating_add(1), take);
            }
        }
        self.open.extend_from_slice(bytes);
        &[]
    }

    /// A CSV row has grown too long within the first `taken` bytes.
    fn too_long<'b>(&mut self, bytes: &'b [u8], taken: usize, take: &mut impl FnMut(Chunk)) -> &'b [u8] {
        let (taken, rest) = bytes.split_at_checked(taken).unwrap_or((bytes, &[]));
        self.open.extend_from_slice(taken);
        if self.place == Place::Quoted && self.open.contains(&b'\n') {
            self.close_first_line(take);
        } else {
            self.skipping = true;
        }
        rest
    }

    /// Ends the open row at its first line end; what follows is looked at anew.
    fn close_first_line(&mut self, take: &mut impl FnMut(Chunk)) {
        let at = memchr::memchr(b'\n', &self.open).unwrap_or(self.open.len());
        let rest = self.open.split_off(at.saturating_add(1).min(self.open.len()));
        if self.open.last() == Some(&b'\n') {
            self.open.pop();
        }
        self.close(take);
        let mut rest = rest.as_slice();
        while !rest.is_empty() {
            rest = self.take_row(rest, take);
        }
    }

    /// Adds to the open row, no further than is needed to see that it is too long.
    fn keep(&mut self, bytes: &[u8]) {
        let room = MAX_ROW_BYTES.saturating_add(1).saturating_sub(self.open.len());
        self.open.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    /// Puts the open row into the chunk. Lines without anything in them are no rows.
    fn close(&mut self, take: &mut impl FnMut(Chunk)) {
        let row = self.open.strip_suffix(b"\r").unwrap_or(&self.open);
        if !row.iter().all(u8::is_ascii_whitespace) {
            if self.format == Format::Csv && self.header.is_none() {
                self.header = Some(Arc::new(Header::read(row)));
            } else {
                self.text.extend_from_slice(row);
                self.ends.push(self.text.len());
            }
        }
        self.open.clear();
        self.place = Place::CellStart;
        if self.ends.len() >= ROWS || self.text.len() >= BYTES {
            self.hand_out(take);
        }
    }

    fn hand_out(&mut self, take: &mut impl FnMut(Chunk)) {
        if !self.ends.is_empty() {
            let (text, ends) = (std::mem::take(&mut self.text), std::mem::take(&mut self.ends));
            take(Chunk { text, ends, header: self.header.clone() });
        }
    }
}
