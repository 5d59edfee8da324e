//! A small reader of Rust source: enough to tell code from comments and text.

/// A piece of code. Comments are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A name or a keyword.
    Name(String),
    /// A number as it is written, suffix included.
    Number(String),
    /// The content of a string literal, escapes as they are written.
    Text(String),
    /// Any other character.
    Sign(char),
}

/// The tokens of a source text, each with its line.
pub(crate) fn tokens(source: &str) -> Vec<(usize, Token)> {
    Reader { rest: source, line: 1, tokens: Vec::new() }.read()
}

struct Reader<'s> {
    rest: &'s str,
    line: usize,
    tokens: Vec<(usize, Token)>,
}

impl<'s> Reader<'s> {
    fn read(mut self) -> Vec<(usize, Token)> {
        while let Some(first) = self.rest.chars().next() {
            if self.rest.starts_with("//") {
                self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
            } else if self.rest.starts_with("/*") {
                self.block_comment();
            } else if let Some((prefix, hashes)) = self.string_start() {
                self.string(prefix, hashes);
            } else if first == '\'' {
                self.quote();
            } else if first.is_ascii_digit() {
                self.number();
            } else if first.is_alphanumeric() || first == '_' {
                let name = self.take(name_length(self.rest)).to_owned();
                self.put(Token::Name(name));
            } else {
                self.take(first.len_utf8());
                if !first.is_whitespace() {
                    self.put(Token::Sign(first));
                }
            }
        }
        self.tokens
    }

    fn put(&mut self, token: Token) {
        self.tokens.push((self.line, token));
    }

    /// Goes on by some bytes and gives them.
    fn take(&mut self, bytes: usize) -> &'s str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        self.line += taken.matches('\n').count();
        taken
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        loop {
            if self.rest.starts_with("/*") {
                depth += 1;
                self.take(2);
            } else if self.rest.starts_with("*/") {
                depth -= 1;
                self.take(2);
            } else {
                self.take(self.rest.chars().next().map_or(0, char::len_utf8));
            }
            if depth == 0 || self.rest.is_empty() {
                return;
            }
        }
    }

    /// Whether a string begins here: the length of what stands before its quote, and its hashes where it is raw.
    fn string_start(&self) -> Option<(usize, Option<usize>)> {
        let letters = self.rest.find(|c: char| !matches!(c, 'b' | 'r' | 'c')).unwrap_or(0);
        let (prefix, after) = self.rest.split_at(letters);
        let raw = prefix.ends_with('r');
        let hashes = if raw { after.len() - after.trim_start_matches('#').len() } else { 0 };
        (prefix.len() <= 2 && after[hashes..].starts_with('"')).then_some((letters + hashes, raw.then_some(hashes)))
    }

    fn string(&mut self, prefix: usize, hashes: Option<usize>) {
        self.take(prefix + 1);
        let ends_at = if let Some(hashes) = hashes {
            self.rest.find(&format!("\"{}", "#".repeat(hashes)))
        } else {
            let mut escaped = false;
            self.rest.find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            })
        };
        let length = ends_at.unwrap_or(self.rest.len());
        let line = self.line;
        let text = self.take(length).to_owned();
        self.tokens.push((line, Token::Text(text)));
        self.take((1 + hashes.unwrap_or(0)).min(self.rest.len()));
    }

    /// A character or a lifetime.
    fn quote(&mut self) {
        self.take(1);
        let mut chars = self.rest.chars();
        match (chars.next(), chars.next()) {
            (Some('\\'), _) => {
                self.take(2);
                self.take(self.rest.find('\'').map_or(0, |end| end + 1));
            }
            (Some(letter), Some('\'')) => {
                self.take(letter.len_utf8() + 1);
            }
            _ => {
                self.take(name_length(self.rest));
            }
        }
    }

    fn number(&mut self) {
        let after_dot = matches!(self.tokens.last(), Some((_, Token::Sign('.'))));
        let mut length = name_length(self.rest);
        let mut after = self.rest[length..].chars();
        if !after_dot && after.next() == Some('.') {
            let next = after.next();
            if next.is_some_and(|c| c.is_ascii_digit()) {
                length += 1 + name_length(&self.rest[length + 1..]);
            } else if next.is_none_or(|c| c != '.' && c != '_' && !c.is_alphabetic()) {
                length += 1;
            }
        }
        let number = self.take(length).to_owned();
        self.put(Token::Number(number));
    }
}

fn name_length(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())
}

/// Whether a number token is a float.
pub(crate) fn is_float(number: &str) -> bool {
    let digits = number.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
    let exponent = digits
        .strip_prefix(['e', 'E'])
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit() || c == '_'));
    let hexadecimal = number.starts_with("0x");
    number.contains('.') || exponent || (!hexadecimal && (digits.ends_with("f32") || digits.ends_with("f64")))
}

#[test]
fn code_is_told_from_comments_and_text() {
    let source = r#"
        // 1.5 f64
        /* f32 /* 2.5 */ */
        let a = "3.5 \" f64"; let b = r"f64 4.5"; let c = b'x'; let d: &'static str = '\'';
        x.0.1; 1..2; 1.max(2); 0xe1; 1usize; 1_000u64
    "#;
    let found = tokens(source);
    let numbers: Vec<&str> = found
        .iter()
        .filter_map(|(_, token)| if let Token::Number(number) = token { Some(number.as_str()) } else { None })
        .collect();
    assert_eq!(numbers, ["0", "1", "1", "2", "1", "2", "0xe1", "1usize", "1_000u64"]);
    assert!(numbers.iter().all(|number| !is_float(number)));
    let texts: Vec<&(usize, Token)> = found.iter().filter(|(_, token)| matches!(token, Token::Text(_))).collect();
    assert_eq!(*texts[1], (4, Token::Text("f64 4.5".to_owned())));
    assert!(!found.iter().any(|(_, token)| *token == Token::Name("f64".to_owned())));
    assert_eq!(tokens("r#\"f64 \"4.5\"\"#"), [(1, Token::Text("f64 \"4.5\"".to_owned()))]);
    for float in ["1.5", "1e5", "1.", "1f64", "2.5e3", "1_0.0_f32"] {
        let found = tokens(float);
        assert!(matches!(found.as_slice(), [(1, Token::Number(number))] if is_float(number)), "{float}: {found:?}");
    }
}
