//! The fact files: YAML, in which a duplicate key and a number without quotes are mistakes.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::FACTS;
use super::places::is_vague_date;
use crate::catalog::facts::{Fact, FactValue, Facts, Hardness, ScoreRow, ScoreTable};
use crate::catalog::mistake::{Mistakes, Place, one_of, quoted};
use crate::catalog::table::date_from_text;
use crate::domain::number::decimal_from_text;

/// The highest score.
const MAX_SCORE: Decimal = Decimal::TEN;

/// A fact file, before its values are looked at.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileText {
    topic: Spanned<String>,
    facts: Vec<Spanned<FactText>>,
    #[serde(default)]
    scores: Vec<Spanned<Pairs>>,
    #[serde(default)]
    weights: Option<Spanned<Pairs>>,
}

/// A fact, before its values are looked at. What is absent is reported with the place of the fact.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FactText {
    id: Option<Spanned<String>>,
    value: Option<Spanned<ValueText>>,
    unit: Option<Spanned<String>>,
    what: Option<Spanned<String>>,
    hardness: Option<Spanned<String>>,
    source: Option<Spanned<String>>,
    source_date: Option<Spanned<String>>,
    verified_on: Option<Spanned<String>>,
    note: Option<String>,
    flagged: Option<String>,
}

/// A decimal in quotes or a list of texts.
#[derive(Debug)]
enum ValueText {
    One(String),
    Many(Vec<String>),
}

/// The keys and values of a map, in the order of the file.
#[derive(Debug)]
struct Pairs(Vec<(String, Spanned<String>)>);

/// Reads the fact files: path and text of each.
pub(super) fn read<'f>(files: impl Iterator<Item = (&'f str, &'f str)>, mistakes: &mut Mistakes) -> Facts {
    let mut all: Vec<Fact> = Vec::new();
    let mut tables = BTreeMap::new();
    // Where each id stands.
    let mut ids: HashMap<String, String> = HashMap::new();
    for (path, text) in files {
        let Some(stem) = path.strip_prefix(FACTS).and_then(|name| name.strip_suffix(".yaml")) else {
            mistakes.add(Place::file(path), "a file that is not YAML", "`facts/<topic>.yaml`");
            continue;
        };
        // Without a schema, a text that looks like a number must be in quotes.
        let options = serde_saphyr::options! { no_schema: true, with_snippet: false };
        let file: FileText = match serde_saphyr::from_str_with_options(text, options) {
            Ok(file) => file,
            Err(error) => {
                let line = error.location().map_or(0, |location| location.line());
                mistakes.add(Place::file(path).line(line), format!("a text that cannot be read ({error})"), EXPECTED);
                continue;
            }
        };
        if file.topic.value != stem {
            let place = Place::file(path).line(file.topic.referenced.line()).column("topic");
            mistakes.add(place, quoted(&file.topic.value), format!("`{stem}`, the name of the file"));
        }
        for fact in file.facts {
            all.extend(read_fact(path, stem, fact, &mut ids, mistakes));
        }
        if !file.scores.is_empty() || file.weights.is_some() {
            let table = read_scores(path, &file.scores, file.weights.as_ref(), mistakes);
            tables.insert(stem.to_owned(), table);
        }
    }
    Facts::new(all, tables)
}

/// What a fact file looks like.
const EXPECTED: &str = "a YAML map of `topic`, `facts` and, optionally, `scores` and `weights`, each key once, every \
                        number and date in quotes";

fn read_fact(
    path: &str,
    topic: &str,
    text: Spanned<FactText>,
    ids: &mut HashMap<String, String>,
    mistakes: &mut Mistakes,
) -> Option<Fact> {
    let line = text.referenced.line();
    let fact = text.value;
    let name = fact.id.as_ref().map_or("a fact without an id", |id| &id.value).to_owned();
    let mut text_of = |key: &str, text: Option<Spanned<String>>| {
        if let Some(found) = text.filter(|found| !found.value.is_empty()) {
            return Some((found.value, found.referenced.line()));
        }
        let place = Place::file(path).line(line).column(key);
        mistakes.add(place, format!("nothing in `{name}`"), format!("every fact to have `{key}`"));
        None
    };
    let id = text_of("id", fact.id);
    let unit = text_of("unit", fact.unit);
    let what = text_of("what", fact.what);
    let hardness = text_of("hardness", fact.hardness);
    let source = text_of("source", fact.source);
    let source_date = text_of("source_date", fact.source_date);
    let verified_on = text_of("verified_on", fact.verified_on);
    let value = read_value(path, line, &name, fact.value, mistakes);

    let mut reread = |key: &str, found: &str, line: u64, expected: &str| {
        mistakes.add(Place::file(path).line(line).column(key), format!("{} in `{name}`", quoted(found)), expected);
    };
    if let Some((id, line)) = &id {
        if !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
            reread("id", id, *line, "lower-case letters, digits and `_`");
        }
        match ids.get(id) {
            Some(first) => reread("id", id, *line, &format!("an id of its own: {first} has it already")),
            None => drop(ids.insert(id.clone(), format!("{path}:{line}"))),
        }
    }
    let hardness = hardness.and_then(|(text, line)| {
        let level = Hardness::parse(&text);
        if level.is_none() {
            reread("hardness", &text, line, &one_of(Hardness::ALL.map(Hardness::as_str)));
        }
        level
    });
    let verified_on = verified_on.and_then(|(text, line)| {
        let date: Option<NaiveDate> = date_from_text(&text);
        if date.is_none() {
            reread("verified_on", &text, line, "a date as \"2026-11-22\"");
        }
        date
    });
    if let Some((text, line)) = &source_date
        && !["2026c", "verify", "uncertain"].contains(&text.as_str())
        && !text.split("..").all(is_vague_date)
    {
        reread(
            "source_date",
            text,
            *line,
            "a day, month or year, a range of them as \"a..b\", \"2026c\", \"verify\" or \"uncertain\"",
        );
    }
    Some(Fact {
        id: id?.0,
        topic: topic.to_owned(),
        value: value?,
        unit: unit?.0,
        what: what?.0,
        hardness: hardness?,
        source: source?.0,
        source_date: source_date?.0,
        verified_on: verified_on?,
        note: fact.note,
        flagged: fact.flagged,
    })
}

fn read_value(
    path: &str,
    line: u64,
    name: &str,
    value: Option<Spanned<ValueText>>,
    mistakes: &mut Mistakes,
) -> Option<FactValue> {
    let at = value.as_ref().map_or(line, |value| value.referenced.line());
    let (found, read) = match value.map(|value| value.value) {
        None => ("nothing".to_owned(), None),
        Some(ValueText::One(text)) => (quoted(&text), decimal_from_text(&text).ok().map(FactValue::Number)),
        Some(ValueText::Many(names)) => {
            let sound = !names.is_empty() && names.iter().all(|name| !name.is_empty());
            ("an empty list or text".to_owned(), sound.then_some(FactValue::Names(names)))
        }
    };
    if read.is_none() {
        let place = Place::file(path).line(at).column("value");
        mistakes.add(place, format!("{found} in `{name}`"), "a decimal in quotes, or a list of texts");
    }
    read
}

fn read_scores(
    path: &str,
    rows: &[Spanned<Pairs>],
    weights: Option<&Spanned<Pairs>>,
    mistakes: &mut Mistakes,
) -> ScoreTable {
    let mut table = ScoreTable::default();
    let weights_place =
        Place::file(path).line(weights.map_or(0, |weights| weights.referenced.line())).column("weights");
    let Some(weights) = weights else {
        mistakes.add(weights_place, "nothing", "weights for the criteria of the scores");
        return table;
    };
    let mut sum = Decimal::ZERO;
    for (criterion, Spanned { value: text, referenced, .. }) in &weights.value.0 {
        let place = weights_place.line(referenced.line());
        match decimal_from_text(text).ok().filter(|weight| *weight >= Decimal::ZERO) {
            Some(weight) => {
                sum = sum.checked_add(weight).unwrap_or(Decimal::MAX);
                table.weights.push((criterion.clone(), weight));
            }
            None => mistakes.add(place, format!("{} for `{criterion}`", quoted(text)), "a decimal from 0 to 1"),
        }
    }
    if sum != Decimal::ONE {
        mistakes.add(weights_place, format!("a sum of {}", sum.normalize()), "weights that sum to 1");
    }
    for row in rows {
        let line = row.referenced.line();
        let place = Place::file(path).line(line);
        let mut new =
            ScoreRow { option: String::new(), variant: None, scores: Vec::new(), basis: String::new(), note: None };
        for (key, Spanned { value: text, referenced, .. }) in &row.value.0 {
            let place = place.line(referenced.line());
            match key.as_str() {
                "option" => new.option.clone_from(text),
                "variant" => new.variant = Some(text.clone()),
                "basis" => new.basis.clone_from(text),
                "note" => new.note = Some(text.clone()),
                criterion if !table.weights.iter().any(|(name, _)| name == criterion) => mistakes.add(
                    place.column(criterion),
                    quoted(criterion),
                    format!(
                        "`option`, `variant`, `basis`, `note` or a criterion that has a weight: {}",
                        one_of(table.weights.iter().map(|(name, _)| name.as_str()))
                    ),
                ),
                criterion => match decimal_from_text(text) {
                    Ok(score) if (Decimal::ZERO..=MAX_SCORE).contains(&score) => {
                        new.scores.push((criterion.to_owned(), score));
                    }
                    _ => mistakes.add(place.column(criterion), quoted(text), "a score from 0 to 10"),
                },
            }
        }
        for (key, text) in [("option", &new.option), ("basis", &new.basis)] {
            if text.is_empty() {
                mistakes.add(place.column(key), "nothing", "a text");
            }
        }
        for (criterion, _) in &table.weights {
            if !row.value.0.iter().any(|(key, _)| key == criterion) {
                mistakes.add(place.column(criterion), format!("nothing for `{}`", new.option), "a score from 0 to 10");
            }
        }
        if table.rows.iter().any(|row| row.option == new.option && row.variant == new.variant) {
            let found = format!("{} with this variant a second time", quoted(&new.option));
            mistakes.add(place.column("option"), found, "one row for each option and variant");
        }
        table.rows.push(new);
    }
    table
}

impl<'de> Deserialize<'de> for ValueText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = ValueText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal in quotes, or a list of texts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ValueText, E> {
                Ok(ValueText::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<ValueText, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = items.next_element::<String>()? {
                    texts.push(text);
                }
                Ok(ValueText::Many(texts))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of names to texts in quotes")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry::<String, Spanned<String>>()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}
