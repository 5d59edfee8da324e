//! Reads the files of an edition, checks them, and builds the catalog.
//!
//! This is pure: paths and texts go in, a catalog or every mistake comes out. A file is refused rather than guessed
//! at, since each number in it ends in somebody's bill. What the columns mean is in `pricing-data/README.md`.

use smol_str::SmolStr;

use super::architectures::Architectures;
use super::derived::DerivedRule;
use super::free_tier::NamePattern;
use super::mistake::{DataErrors, Mistakes, Place, quoted};
use super::places::Places;
use super::price::{Confidence, Price};
use super::row::{Interner, Ladders, PriceRow};
use super::seed::Files;
use super::sources::Sources;
use super::table::Cells;
use super::{Catalog, CatalogParts, Edition};
use crate::domain::meter::GLOBAL;
use crate::domain::problem::nearest;

mod architectures;
mod facts;
mod places;
mod prices;
mod rules;
mod sizes;

/// The folder of the price tables, one for each service code.
const PRICES: &str = "prices/";
/// The folder of the fact files, one for each topic.
const FACTS: &str = "facts/";
/// The folder of the architectures, one file for each.
const ARCHITECTURES: &str = "architectures/";
/// The tables that every edition has.
const TABLES: [&str; 8] = [
    "regions.csv",
    "sources.csv",
    "free_tiers.csv",
    "metering.csv",
    "usage_type_aliases.csv",
    "derived.csv",
    "ec2_instance_types.csv",
    "fargate_sizes.csv",
];
/// The levels of confidence, as the tables spell them.
const CONFIDENCES: [(&str, Confidence); 3] =
    [("high", Confidence::High), ("medium", Confidence::Medium), ("low", Confidence::Low)];

/// The files of an edition, read and checked.
#[derive(Debug)]
pub struct Checked {
    /// The prices row by row, in the order of meters, dates and tiers.
    pub rows: Vec<PriceRow>,
    /// Everything, with the rows made into prices.
    pub parts: CatalogParts,
}

/// Reads the files of an edition.
///
/// # Errors
/// Every mistake in the files, up to a cap.
pub fn read(files: &Files) -> Result<CatalogParts, DataErrors> {
    let mut mistakes = Mistakes::default();
    let reference = Reference::read(files, &mut mistakes);
    let rows = price_rows(files, &reference, &mut mistakes);
    let parts = reference.with_prices(ladders(rows), &mut mistakes);
    mistakes.or(parts)
}

/// Reads the files of an edition and keeps the price rows, for a store that holds them one by one.
///
/// # Errors
/// Every mistake in the files, up to a cap.
pub fn read_rows(files: &Files) -> Result<Checked, DataErrors> {
    let mut mistakes = Mistakes::default();
    let reference = Reference::read(files, &mut mistakes);
    let rows = price_rows(files, &reference, &mut mistakes);
    let parts = reference.with_prices(ladders(rows.iter().cloned()), &mut mistakes);
    mistakes.or(Checked { rows, parts })
}

/// Reads the files of an edition other than its price tables, and puts them together with prices from a store, which
/// come in the order of meters and dates.
///
/// # Errors
/// Every mistake in the files, up to a cap.
pub fn read_with_prices(files: &Files, prices: Vec<Price>) -> Result<CatalogParts, DataErrors> {
    let mut mistakes = Mistakes::default();
    let parts = Reference::read(files, &mut mistakes).with_prices(prices, &mut mistakes);
    mistakes.or(parts)
}

/// The catalog of the data that the binary carries, as edition 1.
///
/// # Errors
/// Every mistake in it. A test proves that there is none.
pub fn seed_catalog() -> Result<Catalog, DataErrors> {
    let files = Files::embedded();
    let mut parts = read(&files)?;
    for price in &mut parts.prices {
        price.edition = 1;
    }
    Ok(Catalog::new(Edition { number: 1, hash: files.hash() }, parts))
}

/// The architectures among the files of an edition, and nothing else of it.
///
/// # Errors
/// Every mistake in their files, up to a cap.
pub fn read_architectures(files: &Files) -> Result<Architectures, DataErrors> {
    let mut mistakes = Mistakes::default();
    let architectures = architectures::read(in_folder(files, ARCHITECTURES), &mut mistakes);
    mistakes.or(architectures)
}

/// The files of a folder.
fn in_folder<'f>(files: &'f Files, folder: &str) -> impl Iterator<Item = (&'f str, &'f str)> {
    files.iter().filter(move |(path, _)| path.starts_with(folder))
}

/// Whether a path is one of the price tables of an edition.
pub fn is_price_table(path: &str) -> bool {
    path.starts_with(PRICES)
}

/// The rows of all price tables, checked, in the order of meters, dates and tiers.
fn price_rows(files: &Files, reference: &Reference, mistakes: &mut Mistakes) -> Vec<PriceRow> {
    let mut rows = Vec::new();
    let mut interner = Interner::default();
    for (path, text) in files.iter().filter(|(path, _)| is_price_table(path)) {
        let name = path.strip_prefix(PRICES).and_then(|name| name.strip_suffix(".csv"));
        let code = name.filter(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric()));
        match code {
            Some(code) => prices::read(path, text, code, &reference.known(), &mut interner, &mut rows, mistakes),
            None => mistakes.add(Place::file(path), "a file name that is not a service code", "`<ServiceCode>.csv`"),
        }
    }
    rows
}

/// The prices that rows make.
fn ladders(rows: impl IntoIterator<Item = PriceRow>) -> Vec<Price> {
    let rows = rows.into_iter();
    let mut ladders = Ladders::with_capacity(rows.size_hint().0);
    for row in rows {
        ladders.push(row);
    }
    ladders.into_prices()
}

/// Everything but the prices; the derivation rules still lack what only the prices tell.
struct Reference {
    parts: CatalogParts,
    rules: Vec<rules::RuleRow>,
    /// The service codes that the tables name, with the places where they do.
    service_codes: Vec<(&'static str, u64, SmolStr)>,
}

/// The names that other tables may use.
#[derive(Debug, Clone, Copy)]
struct Known<'k> {
    places: &'k Places,
    sources: &'k Sources,
}

impl Reference {
    fn read(files: &Files, mistakes: &mut Mistakes) -> Self {
        for (path, _) in files.iter() {
            if !TABLES.contains(&path) && ![PRICES, FACTS, ARCHITECTURES].iter().any(|folder| path.starts_with(folder))
            {
                let hint = nearest(path, TABLES).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
                mistakes.add(
                    Place::file(path),
                    "a file that nothing reads",
                    format!(
                        "{}, `prices/*.csv`, `facts/*.yaml` and `architectures/*.yaml`{hint}",
                        TABLES.map(|t| format!("`{t}`")).join(", ")
                    ),
                );
            }
        }
        // An absent table is read as an empty one, which is refused.
        let texts = TABLES.map(|table| files.get(table).unwrap_or_default());
        let [regions, sources, free_tiers, metering, aliases, derived, instance_types, fargate_sizes] = texts;
        let places = places::regions(regions, mistakes);
        let sources = places::sources(sources, mistakes);
        let known = Known { places: &places, sources: &sources };
        let mut codes = Vec::new();
        let allowances = rules::free_tiers(free_tiers, &known, &mut codes, mistakes);
        let metering = rules::metering(metering, &known, &mut codes, mistakes);
        let aliases = rules::aliases(aliases, &known, &mut codes, mistakes);
        let rules = rules::derived(derived, &known, mistakes);
        let parts = CatalogParts {
            allowances,
            metering,
            aliases,
            instance_types: sizes::instance_types(instance_types, mistakes),
            fargate_sizes: sizes::fargate(fargate_sizes, mistakes),
            facts: facts::read(in_folder(files, FACTS), mistakes),
            architectures: architectures::read(in_folder(files, ARCHITECTURES), mistakes),
            derived: Vec::new(),
            prices: Vec::new(),
            places,
            sources,
        };
        Self { parts, rules, service_codes: codes }
    }

    fn known(&self) -> Known<'_> {
        Known { places: &self.parts.places, sources: &self.parts.sources }
    }

    /// Adds the prices, and checks what can only be checked against them.
    fn with_prices(self, prices: Vec<Price>, mistakes: &mut Mistakes) -> CatalogParts {
        let codes = service_codes(&prices);
        for (file, line, code) in &self.service_codes {
            if code != "*" && !codes.contains(&code.as_str()) {
                let hint = nearest(code, codes.iter().copied());
                let hint = hint.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
                mistakes.add(
                    Place::file(file).line(*line).column("service_code"),
                    quoted(code),
                    format!("a service code that has prices{hint}"),
                );
            }
        }
        let derived: Vec<DerivedRule> =
            self.rules.into_iter().filter_map(|rule| rule.against(&prices, &codes, mistakes)).collect();
        rules::allowance_units(&self.parts.allowances, &prices, mistakes);
        CatalogParts { derived, prices, ..self.parts }
    }
}

/// The service codes that have prices, in order.
fn service_codes(prices: &[Price]) -> Vec<&str> {
    let mut codes: Vec<&str> = Vec::new();
    let mut rest = prices;
    while let Some(first) = rest.first() {
        let code = first.meter.service_code.as_str();
        codes.push(code);
        rest = rest.get(rest.partition_point(|price| price.meter.service_code.as_str() <= code)..).unwrap_or_default();
    }
    codes
}

impl Known<'_> {
    /// A Region of `regions.csv`, or one of the words that stand for more than one.
    fn region<'t>(&self, cells: &mut Cells<'_>, column: &str, region: &'t str, words: &[&str]) -> Option<&'t str> {
        let known = words.contains(&region) || self.places.get(region).is_some();
        let expected = match words {
            [] => "a Region of regions.csv".to_owned(),
            words => format!("a Region of regions.csv or {}", super::mistake::one_of(words.iter().copied())),
        };
        cells.known(column, region, known, self.places.codes().chain(words.iter().copied()), &expected)
    }

    /// A key of `sources.csv`.
    fn source<'t>(&self, cells: &mut Cells<'_>, source: &'t str) -> Option<&'t str> {
        let known = self.sources.get(source).is_some();
        cells.known("source", source, known, self.sources.keys(), "a key of sources.csv")
    }
}

/// A `|`-separated list of names with at most one `*` each, at an end; an empty text is an empty list.
fn name_patterns(cells: &mut Cells<'_>, column: &str, text: &str) -> Option<Vec<NamePattern>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    text.split('|')
        .map(|name| {
            let pattern = NamePattern::parse(name);
            if pattern.is_none() {
                cells.mistake(
                    column,
                    quoted(name),
                    "a name, which may carry one `*` at its begin or its end; names are joined by `|`",
                );
            }
            pattern
        })
        .collect()
}
