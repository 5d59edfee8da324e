//! Reads a row: whose it is, and what it asks.
//!
//! An estimate of one service, which nearly every row is, is read in one pass without a copy of its texts. Whatever does
//! not fit that form is read again by the very types that read a single request, so that a row is refused in the same
//! words and with the same pointers.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::app::decide::DecideRequest;
use crate::app::decide::view::DecisionAnswer;
use crate::app::estimate::{self, EstimateMany, EstimateOne, Priced, Unrated, meter_one};
use crate::app::fields::Fields;
use crate::app::request::{Common, FreeTierChoice, MissingPricesChoice};
use crate::catalog::Catalog;
use crate::domain::amount::Amount;
use crate::domain::problem::{Code, Problem, Problems};
use crate::domain::read::from_json;
use crate::services::{self, Service};

/// A row that has no id is answered with this one.
pub(super) const NO_ID: &str = "null";

/// What a row asks.
#[derive(Debug)]
pub(super) enum Asked<'a> {
    /// An estimate of one service, its texts borrowed from the row.
    Plain(&'static Service, PlainRow<'a>),
    /// An estimate of one service.
    One(&'static Service, Box<EstimateOne>),
    /// An estimate of many resources.
    Many(Box<EstimateMany>),
    /// A decision.
    Decision(String, Box<DecideRequest>),
}

/// An estimate of one service as it is mostly spelled.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlainRow<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    service: &'a str,
    region: &'a str,
    #[serde(borrow)]
    usage: &'a RawValue,
    as_of: Option<&'a str>,
    edition: Option<u32>,
    price_book: Option<&'a str>,
    #[serde(default)]
    free_tier: FreeTierChoice,
    #[serde(default)]
    missing_prices: MissingPricesChoice,
    month_hours: Option<Amount>,
    month: Option<&'a str>,
}

/// A row on the way to its answer.
#[derive(Debug)]
pub(super) enum Begun<'c> {
    /// An estimate whose usage is metered.
    Estimate(Unrated<'c>),
    /// A decision.
    Decision(Box<DecisionAnswer<'c>>),
}

/// What a row is answered with.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly every row is an estimate, and a box for each takes time")]
pub(super) enum Answer<'c> {
    /// An estimate.
    Estimate(Priced<'c>),
    /// A decision.
    Decision(Box<DecisionAnswer<'c>>),
}

/// The three things a row can ask, by the fields that only it has.
const FORMS: &[(&str, &[&str])] = &[
    ("an estimate of one service", &["service", "usage"]),
    ("an estimate of many resources", &["resources"]),
    ("a decision", &["decision", "inputs", "mode", "weights", "budget_month", "sweep", "uncertainty"]),
];

/// Reads a row. The id is JSON, and `null` where there is none.
pub(super) fn read(text: &str) -> (Cow<'_, str>, Result<Asked<'_>, Problems>) {
    if let Ok(row) = serde_json::from_str::<PlainRow<'_>>(text)
        && let Some(service) = services::find(row.service)
        && row.id.is_none_or(|id| is_id(id.get()))
    {
        let id = row.id.map_or(NO_ID, RawValue::get);
        return (Cow::Borrowed(id), Ok(Asked::Plain(service, row)));
    }
    (Cow::Owned(id_of(text)), read_any(text).map_err(Problems::from))
}

/// The text of a row.
pub(super) fn utf8(text: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(text).map_err(|error| {
        let byte = text.get(error.valid_up_to()).copied().unwrap_or_default();
        let detail = format!("the row is not UTF-8: the byte 0x{byte:02X} at position {}", error.valid_up_to());
        Problem::new(Code::Malformed, "", detail)
    })
}

/// Ids are texts or numbers.
fn is_id(json: &str) -> bool {
    json == NO_ID || json.starts_with(|first: char| first == '"' || first == '-' || first.is_ascii_digit())
}

fn read_any(text: &str) -> Result<Asked<'static>, Problem> {
    if !text.trim_start().starts_with('{') {
        // It is no object; the reader of requests has the words for it.
        from_json::<IgnoredAny>(text)?;
    }
    let Fields(mut fields) = serde_json::from_str(text).map_err(|error| {
        if !error.is_data() {
            return Problem::new(Code::Malformed, "", format!("the text is not valid JSON: {error}"));
        }
        let words = error.to_string();
        let name = words.split('`').nth(1).unwrap_or_default();
        Problem::new(Code::Conflict, format!("/{name}"), format!("the field `{name}` is given twice"))
    })?;
    if let Some((_, id)) = fields.iter().find(|(name, id)| name == "id" && !is_id(id.get())) {
        let detail = format!("`id` is `{}`; it must be a text or a number", shortened(id.get()));
        return Err(Problem::new(Code::WrongType, "/id", detail));
    }
    fields.retain(|(name, _)| name != "id");
    let form = form_of(&fields)?;
    let named = match form {
        "service" | "decision" => Some(take_text(&mut fields, form)?),
        _ => None,
    };
    let body = Fields(fields).to_text();
    let first = |problems: Problems| {
        problems.0.into_iter().next().unwrap_or_else(|| Problem::new(Code::Internal, "", "refused without a reason"))
    };
    Ok(match named {
        Some(name) if form == "service" => {
            let service = estimate::find_service(&name, "/service")?;
            Asked::One(service, Box::new(EstimateOne::read(body.as_bytes()).map_err(first)?))
        }
        Some(name) => {
            let decision = crate::decisions::find(&name).map(|entry| entry.id);
            let decision = decision.ok_or_else(|| crate::app::decide::unknown_decision(&name, "/decision"))?;
            let request = DecideRequest::read(body.as_bytes()).map_err(first)?;
            Asked::Decision(decision.to_owned(), Box::new(request))
        }
        None => Asked::Many(Box::new(EstimateMany::read(body.as_bytes()).map_err(first)?)),
    })
}

/// The field that says which of the three things a row asks.
fn form_of(fields: &[(String, Box<RawValue>)]) -> Result<&'static str, Problem> {
    let mut found: Option<(&'static str, &'static str, &str)> = None;
    for (name, _) in fields {
        let Some((form, own)) = FORMS.iter().find(|(_, own)| own.contains(&name.as_str())) else { continue };
        match found {
            Some((other, _, earlier)) if other != *form => {
                let detail = format!("a row asks one thing: `{earlier}` belongs to {other}, `{name}` to {form}");
                return Err(Problem::new(Code::Conflict, format!("/{name}"), detail));
            }
            _ => found = Some((form, own.first().copied().unwrap_or_default(), name)),
        }
    }
    found.map(|(_, field, _)| field).ok_or_else(|| {
        Problem::new(Code::MissingField, "/service", "a row needs `service` and `usage`, or `resources`, or `decision`")
    })
}

/// Takes the name of a service or of a decision out of a row.
fn take_text(fields: &mut Vec<(String, Box<RawValue>)>, name: &'static str) -> Result<String, Problem> {
    let Some(at) = fields.iter().position(|(found, _)| found == name) else {
        return Err(Problem::new(Code::MissingField, format!("/{name}"), format!("the field `{name}` is required")));
    };
    let (_, value) = fields.remove(at);
    serde_json::from_str(value.get()).map_err(|_| {
        let detail = format!("`{name}` is `{}`; it must be a text", shortened(value.get()));
        Problem::new(Code::WrongType, format!("/{name}"), detail)
    })
}

/// The beginning of a text, for a message.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 40;
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

impl Asked<'_> {
    /// The edition that it names.
    pub(super) fn edition(&self) -> Option<u32> {
        match self {
            Self::Plain(_, row) => row.edition,
            Self::One(_, request) => request.edition,
            Self::Many(request) => request.edition,
            Self::Decision(_, request) => request.edition,
        }
    }

    /// Meters an estimate, and makes a decision.
    pub(super) fn begin<'c>(&self, catalog: &'c Catalog, today: NaiveDate) -> Result<Begun<'c>, Problems> {
        Ok(Begun::Estimate(match self {
            Self::Plain(service, row) => meter_one(&row.common(), service, row.usage.get(), catalog, today)?,
            Self::One(service, request) => request.meter(service, catalog, today)?,
            Self::Many(request) => request.meter(catalog, today)?,
            Self::Decision(decision, request) => {
                return Ok(Begun::Decision(Box::new(request.run(decision, catalog, today)?)));
            }
        }))
    }
}

impl<'c> Begun<'c> {
    /// Rates an estimate.
    pub(super) fn finish(self) -> Result<Answer<'c>, Problems> {
        Ok(match self {
            Self::Estimate(unrated) => Answer::Estimate(unrated.rate()?),
            Self::Decision(answer) => Answer::Decision(answer),
        })
    }
}

impl PlainRow<'_> {
    fn common(&self) -> Common<'_> {
        Common {
            region: self.region,
            as_of: self.as_of,
            edition: self.edition,
            price_book: self.price_book,
            free_tier: self.free_tier,
            missing_prices: self.missing_prices,
            month_hours: self.month_hours.as_ref(),
            month: self.month,
        }
    }
}

/// The id of a row that is not to be read otherwise, as JSON: it is found also where what follows is broken.
pub(super) fn id_of(text: &str) -> String {
    let found = Cell::new(None);
    // What is wrong with the row is told elsewhere.
    let _ = FindId(&found).deserialize(&mut serde_json::Deserializer::from_str(text));
    let id: Option<&RawValue> = found.get();
    id.map(RawValue::get).filter(|id| is_id(id)).unwrap_or(NO_ID).to_owned()
}

/// Puts the id of a row aside as soon as it is there.
struct FindId<'c, 'de>(&'c Cell<Option<&'de RawValue>>);

impl<'de> DeserializeSeed<'de> for FindId<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for FindId<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Cow<'_, str>>()? {
            if name == "id" {
                self.0.set(Some(map.next_value()?));
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}
