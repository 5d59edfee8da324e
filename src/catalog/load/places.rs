//! The Regions and the sources.

use smol_str::SmolStr;

use crate::catalog::mistake::{Mistakes, quoted};
use crate::catalog::places::{Place, Places};
use crate::catalog::sources::{Source, Sources};
use crate::catalog::table::{Cells, date_from_text, read_table};

/// The geographies, as the README lists them.
const GEOGRAPHIES: [(&str, ()); 6] = [
    ("africa", ()),
    ("asia-pacific", ()),
    ("europe", ()),
    ("middle-east", ()),
    ("north-america", ()),
    ("south-america", ()),
];

/// Reads `regions.csv`.
pub(super) fn regions(text: &str, mistakes: &mut Mistakes) -> Places {
    let mut places: Vec<Place> = Vec::new();
    let columns = ["region", "location_name", "usage_prefix", "geography"];
    read_table("regions.csv", text, columns, mistakes, |cells, [region, location_name, usage_prefix, geography]| {
        for (column, text, taken) in [
            ("region", region, places.iter().any(|place| place.region == region)),
            ("location_name", location_name, places.iter().any(|place| place.location_name == location_name)),
            ("usage_prefix", usage_prefix, places.iter().any(|place| place.usage_prefix == usage_prefix)),
        ] {
            if cells.text(column, text).is_some() && taken {
                second(cells, column, text);
            }
        }
        cells.one_of("geography", geography, &GEOGRAPHIES);
        places.push(Place {
            region: SmolStr::new(region),
            location_name: location_name.to_owned(),
            usage_prefix: SmolStr::new(usage_prefix),
            geography: SmolStr::new(geography),
        });
    });
    Places::new(places)
}

/// Reads `sources.csv`.
pub(super) fn sources(text: &str, mistakes: &mut Mistakes) -> Sources {
    let mut sources: Vec<Source> = Vec::new();
    let columns = ["key", "title", "url_or_repo_path", "retrieved_or_published", "trust"];
    read_table("sources.csv", text, columns, mistakes, |cells, [key, title, location, date, trust]| {
        if cells.text("key", key).is_some() && sources.iter().any(|source| source.key == key) {
            second(cells, "key", key);
        }
        cells.text("title", title);
        if !date.split("..").all(is_vague_date) {
            cells.mistake(
                "retrieved_or_published",
                quoted(date),
                "a day, month or year (`2026-11-22`, `2026-11`, `2026`) or a range of them (`a..b`)",
            );
        }
        let trust = cells.one_of("trust", trust, &[("1", 1), ("2", 2), ("3", 3)]).unwrap_or_default();
        sources.push(Source {
            key: SmolStr::new(key),
            title: title.to_owned(),
            location: location.to_owned(),
            date: date.to_owned(),
            trust,
        });
    });
    Sources::new(sources)
}

/// A name that stands in the table already.
fn second(cells: &mut Cells<'_>, column: &str, text: &str) {
    cells.mistake(column, format!("{} a second time", quoted(text)), "each once");
}

/// A day, a month or a year.
pub(super) fn is_vague_date(text: &str) -> bool {
    match text.len() {
        4 => date_from_text(&format!("{text}-01-01")).is_some(),
        7 => date_from_text(&format!("{text}-01")).is_some(),
        _ => date_from_text(text).is_some(),
    }
}
