//! The data that the binary carries: the files of `pricing-data/`, as they were when it was built.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

/// The folder in the source tree.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/pricing-data"]
struct Embedded;

/// The data files of an edition: path inside the data folder → text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<Cow<'static, str>, File>);

/// The text of a file and its SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
struct File {
    text: Cow<'static, str>,
    sha256: [u8; 32],
}

impl Files {
    /// The files inside the binary. Documentation is left out.
    pub fn embedded() -> Self {
        let mut files = BTreeMap::new();
        for path in Embedded::iter().filter(|path| !path.ends_with(".md")) {
            let Some(file) = Embedded::get(&path) else { continue };
            // What is not UTF-8 becomes a replacement character, which the reader refuses.
            let text = match file.data {
                Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
                Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
            };
            files.insert(path, File { text, sha256: file.metadata.sha256_hash() });
        }
        Self(files)
    }

    /// Adds a file, or replaces it.
    pub fn insert(&mut self, path: impl Into<Cow<'static, str>>, text: impl Into<Cow<'static, str>>) {
        let text = text.into();
        let sha256 = Sha256::digest(text.as_bytes()).into();
        self.0.insert(path.into(), File { text, sha256 });
    }

    /// Takes a file out.
    pub fn remove(&mut self, path: &str) {
        self.0.remove(path);
    }

    /// The text of a file.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(|file| &*file.text)
    }

    /// The files by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, file)| (&**path, &*file.text))
    }

    /// The name of this content: a SHA-256 over the path and the SHA-256 of every file, in hexadecimal.
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        for (path, file) in &self.0 {
            hasher.update(path.as_bytes());
            hasher.update([0]);
            hasher.update(file.sha256);
        }
        hexadecimal(&hasher.finalize())
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len().saturating_mul(2)), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

impl<P: Into<Cow<'static, str>>, T: Into<Cow<'static, str>>> FromIterator<(P, T)> for Files {
    fn from_iter<I: IntoIterator<Item = (P, T)>>(files: I) -> Self {
        let mut all = Self::default();
        for (path, text) in files {
            all.insert(path, text);
        }
        all
    }
}
