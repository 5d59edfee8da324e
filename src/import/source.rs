//! The bytes of a price list: from a file or a pipe, plain or gzip, counted and hashed on the way.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::ImportError;
use crate::catalog::seed::hexadecimal;

/// How much is read at once.
const BUFFER: usize = 256 * 1024;
/// What gzip begins with.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// How many bytes tell how a file begins.
const FIRST_BYTES: usize = 3;
/// What a byte order mark is in UTF-8.
const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// How far an import is. It is read while the import runs.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes of files that have been read.
    pub bytes: AtomicU64,
    /// Bytes of all files; 0 where that is not known.
    pub total: AtomicU64,
    /// Rows that have been read.
    pub rows: AtomicU64,
    /// Whether the files have been read and the edition is being written.
    pub writing: AtomicBool,
    /// Whether somebody wants it to stop.
    pub stop: AtomicBool,
}

impl Progress {
    /// Adds to the rows that have been read.
    pub fn more_rows(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
    }

    /// An error where somebody wants it to stop.
    pub fn go_on(&self) -> Result<(), ImportError> {
        if self.stop.load(Ordering::Relaxed) { Err(ImportError::Stopped) } else { Ok(()) }
    }
}

/// A price list to be read.
#[derive(Debug)]
pub struct Source {
    /// What it is called in messages.
    pub name: String,
    /// Where it came from, where that is an address.
    pub url: Option<String>,
    /// The Region of which it lists everything that its offer sells, where that is known: what it lists no longer is
    /// sold no longer. A file from somebody's disk may have been cut.
    pub complete_for: Option<String>,
    /// Its bytes.
    pub reader: Opened,
}

/// The bytes of a source.
pub struct Opened(Box<dyn Read + Send>);

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opened")
    }
}

impl Source {
    /// A file.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn file(path: &Path) -> io::Result<Self> {
        let name =
            path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
        let file = File::open(path)?;
        // A folder can be opened and not read.
        if file.metadata()?.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        Ok(Self { name, url: None, complete_for: None, reader: Opened(Box::new(file)) })
    }

    /// Anything that can be read, such as a pipe or an upload.
    pub fn reader(name: impl Into<String>, reader: impl Read + Send + 'static) -> Self {
        Self { name: name.into(), url: None, complete_for: None, reader: Opened(Box::new(reader)) }
    }
}

/// Bytes as they lie in the file: counted and hashed.
struct Counted<'p> {
    reader: Box<dyn Read + Send>,
    hasher: Sha256,
    bytes: u64,
    progress: &'p Progress,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.hasher.update(buffer.get(..read).unwrap_or_default());
        let more = u64::try_from(read).unwrap_or_default();
        self.bytes = self.bytes.saturating_add(more);
        self.progress.bytes.fetch_add(more, Ordering::Relaxed);
        Ok(read)
    }
}

/// The plain bytes of a price list.
pub(super) struct Plain<'p>(Inner<'p>, u8);

enum Inner<'p> {
    Plain(BufReader<Counted<'p>>),
    Gzip(Box<BufReader<MultiGzDecoder<BufReader<Counted<'p>>>>>),
}

impl<'p> Plain<'p> {
    /// Looks at the first bytes, whatever the name of the file says, and unpacks gzip.
    pub(super) fn of(source: Opened, progress: &'p Progress) -> io::Result<Self> {
        let mut source = source.0;
        // A pipe may bring its bytes one by one.
        let mut first = Vec::with_capacity(FIRST_BYTES);
        source.by_ref().take(FIRST_BYTES as u64).read_to_end(&mut first)?;
        let gzip = first.starts_with(&GZIP);
        let whole = Box::new(io::Cursor::new(first).chain(source));
        let counted = Counted { reader: whole, hasher: Sha256::new(), bytes: 0, progress };
        let reader = BufReader::with_capacity(BUFFER, counted);
        let mut plain = if gzip {
            let unpacked = MultiGzDecoder::new(reader);
            Self(Inner::Gzip(Box::new(BufReader::with_capacity(BUFFER, unpacked))), 0)
        } else {
            Self(Inner::Plain(reader), 0)
        };
        if plain.fill_buf()?.starts_with(&BYTE_ORDER_MARK) {
            plain.consume(BYTE_ORDER_MARK.len());
        }
        Ok(plain)
    }

    /// The first byte that is no white space; what comes before it is gone then.
    pub(super) fn first_byte(&mut self) -> io::Result<Option<u8>> {
        loop {
            let buffer = self.fill_buf()?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let white = buffer.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            if let Some(byte) = buffer.get(white).copied() {
                self.consume(white);
                return Ok(Some(byte));
            }
            self.consume(white);
        }
    }

    /// The last byte that has been read.
    pub(super) fn last_byte(&self) -> u8 {
        self.1
    }

    /// Reads what is left, and gives the size and the SHA-256 of the whole file, as it lies there.
    pub(super) fn finish(self) -> io::Result<(u64, String)> {
        let mut counted = match self.0 {
            Inner::Plain(reader) => reader,
            Inner::Gzip(reader) => reader.into_inner().into_inner(),
        };
        io::copy(&mut counted, &mut io::sink())?;
        let counted = counted.into_inner();
        Ok((counted.bytes, hexadecimal(&counted.hasher.finalize())))
    }
}

impl Read for Plain<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.0 {
            Inner::Plain(reader) => reader.read(buffer)?,
            Inner::Gzip(reader) => reader.read(buffer)?,
        };
        if let Some(last) = buffer.get(..read).and_then(<[u8]>::last) {
            self.1 = *last;
        }
        Ok(read)
    }
}

impl BufRead for Plain<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match &mut self.0 {
            Inner::Plain(reader) => reader.fill_buf(),
            Inner::Gzip(reader) => reader.fill_buf(),
        }
    }

    fn consume(&mut self, amount: usize) {
        let buffer = match &self.0 {
            Inner::Plain(reader) => reader.buffer(),
            Inner::Gzip(reader) => reader.buffer(),
        };
        if let Some(last) = buffer.get(..amount).and_then(<[u8]>::last) {
            self.1 = *last;
        }
        match &mut self.0 {
            Inner::Plain(reader) => reader.consume(amount),
            Inner::Gzip(reader) => reader.consume(amount),
        }
    }
}

/// Shared progress.
pub type SharedProgress = Arc<Progress>;
