//! What can be wrong with a request, as data: one table of codes, and one type that carries a mistake.
//!
//! A code is part of the contract: it is stable, snake_case, and never removed.
//! The text of a problem says what was found and what is allowed; the hint names the nearest valid name or the fix.

use std::fmt;

use super::meter::MeterKey;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident, $text:literal, $title:literal, $help:literal;)*) => {
        /// The code of a problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// As it is spelled on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }

            /// A short title, the same for every problem of this code.
            pub fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)* }
            }

            /// One line on how to mend it.
            pub fn help(self) -> &'static str {
                match self { $(Code::$name => $help,)* }
            }
        }
    };
}

codes! {
    /// The text is not JSON (or not the other format it claims to be).
    Malformed, "malformed", "The text cannot be read", "Check the text near the place the detail names.";
    /// A value has the wrong type or is not a number in the accepted form.
    WrongType, "wrong_type", "A value has the wrong type", "Send a value of the type the detail names; numbers beyond 15 digits go as strings.";
    /// A required field is absent.
    MissingField, "missing_field", "A required field is absent", "Add the field.";
    /// A field that does not exist here.
    UnknownField, "unknown_field", "A field is not known", "Remove the field or use the name in the hint.";
    /// A name outside a closed set: an enum value, an option, an input.
    UnknownValue, "unknown_value", "A value is not one of the allowed", "Use one of the allowed values.";
    /// A number outside its documented range.
    OutOfRange, "out_of_range", "A number is outside its range", "Send a number inside the range the detail names.";
    /// A number that must be whole and is not.
    NotWhole, "not_whole", "A number must be whole", "Send a whole number.";
    /// Fields that exclude or need each other.
    Conflict, "conflicting_fields", "Fields do not go together", "Change one of the fields the detail names.";
    /// No such service.
    UnknownService, "unknown_service", "No such service", "GET /v1/services lists the services.";
    /// No such decision.
    UnknownDecision, "unknown_decision", "No such decision", "GET /v1/decisions lists the decisions.";
    /// No such architecture in the edition.
    UnknownArchitecture, "unknown_architecture", "No such architecture", "GET /v1/architectures lists the architectures.";
    /// No such Region.
    UnknownRegion, "unknown_region", "No such Region", "GET /v1/regions lists the Regions.";
    /// No such edition of the prices.
    UnknownEdition, "unknown_edition", "No such edition", "GET /v1/editions lists the editions.";
    /// No such price book.
    UnknownPriceBook, "unknown_price_book", "No such price book", "GET /v1/price_books lists the books; leave `price_book` out to use list prices.";
    /// A meter has no price: nothing is guessed.
    PriceNotAvailable, "price_not_available", "A price is not available", "Choose another Region, or send `missing_prices` as `derive` or `omit`.";
    /// The swept input does not move the cost in straight lines.
    NotPiecewiseLinear, "not_piecewise_linear", "The cost is not piecewise linear in this input", "Sweep another input, or give the inputs derived from it yourself.";
    /// A write without the admin token, or with another.
    Unauthorized, "unauthorized", "The admin token is absent or wrong", "Send the admin token of the service as `Authorization: Bearer <token>`.";
    /// A write to a service that has no admin token.
    WritesDisabled, "writes_disabled", "The service takes no writes", "Start the service with a token in `CROSSOVER_ADMIN_TOKEN`, or in a file named by `--admin-token-file`.";
    /// The path does not exist.
    NotFound, "not_found", "Nothing is here", "See /docs/ for the paths.";
    /// The path exists, the method does not.
    MethodNotAllowed, "method_not_allowed", "The method is not allowed here", "Use a method of the `Allow` header.";
    /// Nothing that the caller takes can be sent.
    NotAcceptable, "not_acceptable", "No accepted media type can be sent", "Send an `Accept` that the operation's answers have, or none.";
    /// The body is not of an accepted content type.
    UnsupportedMediaType, "unsupported_media_type", "The content type is not supported", "Send `Content-Type: application/json`.";
    /// The body is too large.
    PayloadTooLarge, "payload_too_large", "The body is too large", "Send less in one request.";
    /// The body did not arrive in time.
    RequestTimeout, "request_timeout", "The request took too long to arrive", "Send the body faster.";
    /// More imports are under way than may be.
    TooManyImports, "too_many_imports", "Too many imports are under way", "Wait until one is done; GET /v1/imports/{import} tells.";
    /// There is no room left on the disk.
    StorageFull, "storage_full", "There is no room left", "Make room on the disk of the service and try again; nothing was changed.";
    /// The service is not ready to answer.
    NotReady, "not_ready", "The service is not ready", "Try again in a moment.";
    /// Our own failure; the log has the reason under the request id.
    Internal, "internal", "The service failed", "Report the request id.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One mistake: where, what was found, what is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The stable code.
    pub code: Code,
    /// A JSON Pointer (RFC 6901) into the request body; empty for the whole body.
    pub pointer: String,
    /// One sentence: what was found and what is allowed.
    pub detail: String,
    /// The allowed values, where the set is small.
    pub allowed: Vec<String>,
    /// The nearest known name, or the fix.
    pub hint: Option<String>,
    /// The meters without a price, for [`Code::PriceNotAvailable`].
    pub missing: Vec<MissingMeter>,
}

/// A meter that has no price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingMeter {
    /// The meter.
    pub meter: MeterKey,
    /// The lines that need it, as `resource/line`.
    pub needed_by: Vec<String>,
    /// Why there is none, where more is known than absence (such as a ladder known only in part).
    pub why: Option<String>,
    /// The Regions that do have a price for this usage type and operation.
    pub regions_with_price: Vec<String>,
    /// The nearest usage types of this service that have a price in this Region.
    pub nearest: Vec<String>,
}

impl Problem {
    /// A problem with a code, a place and a sentence.
    pub fn new(code: Code, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            code,
            pointer: pointer.into(),
            detail: detail.into(),
            allowed: Vec::new(),
            hint: None,
            missing: Vec::new(),
        }
    }

    /// With the allowed values, and the one nearest to what was found as the hint.
    #[must_use]
    pub fn allowing<S: AsRef<str>>(mut self, found: &str, allowed: impl IntoIterator<Item = S>) -> Self {
        self.allowed = allowed.into_iter().map(|s| s.as_ref().to_owned()).collect();
        self.hint =
            nearest(found, self.allowed.iter().map(String::as_str)).map(|name| format!("did you mean `{name}`?"));
        self
    }

    /// With a hint.
    #[must_use]
    pub fn hinting(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With the pointer put below `prefix`.
    #[must_use]
    pub fn below(mut self, prefix: &str) -> Self {
        self.pointer = format!("{prefix}{}", self.pointer);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.detail)?;
        if !self.pointer.is_empty() {
            write!(f, " (at {})", self.pointer)?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "; {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}

/// One or more problems of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// The most telling one: the first.
    pub fn first(&self) -> Option<&Problem> {
        self.0.first()
    }

    /// Every problem put below `prefix`.
    #[must_use]
    pub fn below(self, prefix: &str) -> Self {
        Self(self.0.into_iter().map(|problem| problem.below(prefix)).collect())
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// The known name nearest to `found`, where one is near enough to be meant.
pub fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let found = found.to_lowercase();
    let length = found.chars().count();
    let near = known.into_iter().filter_map(|name| {
        let (lower, most) = (name.to_lowercase(), 2.max(name.len() / 3));
        // Each letter that one has more than the other is a step, so that most names need no closer look.
        if lower.chars().count().abs_diff(length) > most {
            return None;
        }
        let distance = strsim::damerau_levenshtein(&found, &lower);
        (distance <= most).then_some((distance, name))
    });
    near.min().map(|(_, name)| name)
}
