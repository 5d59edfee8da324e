//! Which meter of ours a row of a price list is about.
//!
//! A row is matched by service code, Region, usage type without its Region's prefix, and operation. The prefix is the
//! one that `regions.csv` gives for the row's own Region; it is never guessed from the text, and a usage type without
//! a prefix is taken as it stands, since us-east-1 mostly has none. Names that AWS bills otherwise than our tables
//! call them go through `usage_type_aliases.csv`. What matches no meter is not priced by anything here.

use std::collections::HashMap;

use smol_str::SmolStr;

use crate::catalog::Catalog;
use crate::catalog::aliases::Alias;
use crate::domain::meter::{GLOBAL, MeterKey};
use crate::domain::unit::Unit;
use crate::services::SERVICES;
use crate::services::metering::MeterSpec;

use super::cells::{Cells, Column};

/// The beginnings of Region codes of the partitions of AWS that we hold no prices of.
const OTHER_PARTITIONS: [&str; 6] = ["us-gov-", "cn-", "us-iso", "eu-iso", "eusc-", "us-secret-"];
/// What stands in an alias for the code of the row's Region.
const REGION_CODE: &str = "<region-code>-";
/// What stands in an alias for the usage prefix of the row's Region.
const PREFIX: &str = "<PREFIX>-";
/// What divides usage type and operation where an alias names both.
const OPERATION: &str = " / ";

/// A meter that is known, in whatever Region.
#[derive(Debug, Clone)]
struct Known {
    operation: SmolStr,
    unit: Unit,
    regional: bool,
    global: bool,
}

/// An alias, taken apart.
#[derive(Debug)]
struct Renamed {
    /// `*` for every Region.
    region: SmolStr,
    usage_type: SmolStr,
    operation: Option<SmolStr>,
}

#[derive(Debug, Default)]
struct OfService {
    named: HashMap<SmolStr, Vec<Known>>,
    patterns: Vec<&'static MeterSpec>,
    /// By the name on the bill, with `<…>-` for a placeholder at its begin.
    renamed: HashMap<SmolStr, Vec<Renamed>>,
}

/// Every meter that is known: those with prices, and those that a service can emit.
#[derive(Debug)]
pub(super) struct Meters<'c> {
    catalog: &'c Catalog,
    by_service: HashMap<SmolStr, OfService>,
    by_location: HashMap<&'c str, &'c str>,
}

/// Where a row's thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowRegion<'r> {
    /// A Region that is known.
    Known(&'r str),
    /// Not in one Region: `Any`, `Global`, an edge location.
    NoRegion,
    /// A Local Zone, a Wavelength Zone, another partition of AWS: nothing of it is in the tables.
    Outside,
    /// A Region code that is not in `regions.csv`.
    Unknown(&'r str),
}

/// The meter that a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// The meter.
    pub meter: MeterKey,
    /// The unit that it has here.
    pub unit: Unit,
    /// Whether the row's operation is the meter's own; otherwise the meter has one price for all operations.
    pub exact: bool,
}

impl<'c> Meters<'c> {
    /// The meters of an edition.
    pub(super) fn of(catalog: &'c Catalog) -> Self {
        let mut by_service: HashMap<SmolStr, OfService> = HashMap::new();
        for price in catalog.prices() {
            let MeterKey { service_code, region, usage_type, operation } = &price.meter;
            let service = by_service.entry(service_code.clone()).or_default();
            let known = service.named.entry(usage_type.clone()).or_default();
            note(known, operation, price.unit, region == GLOBAL);
        }
        for spec in SERVICES.iter().flat_map(|service| service.meters).copied() {
            let service = by_service.entry(SmolStr::new(spec.service_code)).or_default();
            if spec.usage_type.contains('*') {
                service.patterns.push(spec);
            } else {
                let known = service.named.entry(SmolStr::new(spec.usage_type)).or_default();
                note(known, &SmolStr::new(spec.operation), spec.unit, spec.global);
            }
        }
        for alias in &catalog.aliases {
            if let Some((billed_as, renamed)) = renamed(alias) {
                let service = by_service.entry(alias.service_code.clone()).or_default();
                service.renamed.entry(billed_as).or_default().push(renamed);
            }
        }
        let by_location =
            catalog.places.iter().map(|place| (place.location_name.as_str(), place.region.as_str())).collect();
        Self { catalog, by_service, by_location }
    }

    /// Whether any meter of a service is known.
    pub(super) fn knows_service(&self, service_code: &str) -> bool {
        self.by_service.contains_key(service_code)
    }

    /// The codes of the Regions.
    pub(super) fn regions(&self) -> impl Iterator<Item = &str> {
        self.catalog.places.codes()
    }

    /// The Region of a row: the one it is sold in, or for transfer the one that sends, or receives from outside.
    pub(super) fn region<'r>(&'r self, row: &'r impl Cells) -> RowRegion<'r> {
        let places = [
            (Column::RegionCode, Column::Location),
            (Column::FromRegionCode, Column::FromLocation),
            (Column::ToRegionCode, Column::ToLocation),
        ];
        for (code, location) in places {
            let code = row.cell(code);
            if self.catalog.places.get(code).is_some() {
                return RowRegion::Known(code);
            }
            if !code.is_empty() {
                let location_type = row.cell(Column::LocationType);
                let ordinary = location_type.is_empty() || location_type == "AWS Region";
                return if ordinary { outside_or_unknown(code) } else { RowRegion::Outside };
            }
            // Older files have no code; the name of the place says it then.
            if let Some(region) = self.by_location.get(row.cell(location)) {
                return RowRegion::Known(region);
            }
        }
        RowRegion::NoRegion
    }

    /// The Region code that a code of a Savings Plan rate names.
    pub(super) fn region_of_code<'r>(&self, code: &'r str) -> RowRegion<'r> {
        if self.catalog.places.get(code).is_some() {
            RowRegion::Known(code)
        } else if code.is_empty() {
            RowRegion::NoRegion
        } else {
            outside_or_unknown(code)
        }
    }

    /// The Region whose prefix a usage type begins with: for rates that name no Region.
    pub(super) fn region_of_prefix(&self, usage_type: &str) -> Option<&'c str> {
        let (prefix, _) = usage_type.split_once('-')?;
        self.catalog.places.iter().find(|place| place.usage_prefix == prefix).map(|place| place.region.as_str())
    }

    /// A usage type without the prefix of a Region.
    pub(super) fn without_prefix<'u>(&self, region: &str, usage_type: &'u str) -> Option<&'u str> {
        let place = self.catalog.places.get(region)?;
        usage_type.strip_prefix(place.usage_prefix.as_str())?.strip_prefix('-')
    }

    /// The meter that a usage type and an operation in a Region, or in none, stand for.
    pub(super) fn target(
        &self,
        service_code: &str,
        region: Option<&str>,
        usage_type: &str,
        operation: &str,
    ) -> Option<Target> {
        let (code, service) = self.by_service.get_key_value(service_code)?;
        let meter = |usage_type: SmolStr, operation: SmolStr, place: &str| MeterKey {
            service_code: code.clone(),
            region: SmolStr::new(place),
            usage_type,
            operation,
        };
        let place = region.unwrap_or(GLOBAL);
        let bare = region.and_then(|region| self.without_prefix(region, usage_type));
        if let Some((ours, its_operation)) = Self::renamed(service, region, usage_type, bare) {
            let operation = its_operation.unwrap_or(operation);
            let (known, exact) = find(service.named.get(ours)?, operation, region.is_some())?;
            let place = if known.regional && region.is_some() { place } else { GLOBAL };
            let meter = meter(SmolStr::new(ours), known.operation.clone(), place);
            return Some(Target { meter, unit: known.unit, exact });
        }
        for name in bare.into_iter().chain([usage_type]) {
            let found = service.named.get_key_value(name);
            if let Some((name, known)) = found
                && let Some((known, exact)) = find(known, operation, region.is_some())
            {
                let place = if known.regional && region.is_some() { place } else { GLOBAL };
                let meter = meter(name.clone(), known.operation.clone(), place);
                return Some(Target { meter, unit: known.unit, exact });
            }
        }
        // What a service can emit and no table has yet, such as a new instance type.
        let name = bare.unwrap_or(usage_type);
        let spec = service.patterns.iter().find(|spec| {
            let (start, end) = spec.usage_type.split_once('*').unwrap_or((spec.usage_type, ""));
            name.starts_with(start) && name.ends_with(end) && spec.operation == operation
        })?;
        (spec.global != region.is_some()).then(|| Target {
            meter: meter(SmolStr::new(name), SmolStr::new(operation), place),
            unit: spec.unit,
            exact: true,
        })
    }

    /// What our tables call a name on the bill.
    fn renamed<'s>(
        service: &'s OfService,
        region: Option<&str>,
        usage_type: &str,
        bare: Option<&str>,
    ) -> Option<(&'s str, Option<&'s str>)> {
        if service.renamed.is_empty() {
            return None;
        }
        let after_code = region.and_then(|region| usage_type.strip_prefix(region)?.strip_prefix('-'));
        let spellings = [
            Some(SmolStr::new(usage_type)),
            bare.map(SmolStr::new),
            bare.map(|bare| SmolStr::new(format!("{PREFIX}{bare}"))),
            after_code.map(|name| SmolStr::new(format!("{REGION_CODE}{name}"))),
        ];
        let place = region.unwrap_or(GLOBAL);
        spellings.iter().flatten().filter_map(|name| service.renamed.get(name)).flatten().find_map(|alias| {
            let here = alias.region == place || (alias.region == "*" && region.is_some());
            here.then(|| (alias.usage_type.as_str(), alias.operation.as_deref()))
        })
    }
}

/// What a code that is not in the table stands for. A zone is named after its Region (`us-west-2-lax-1`).
fn outside_or_unknown(code: &str) -> RowRegion<'_> {
    if OTHER_PARTITIONS.iter().any(|start| code.starts_with(start)) || code.split('-').count() > 3 {
        RowRegion::Outside
    } else {
        RowRegion::Unknown(code)
    }
}

/// Adds what is known of a usage type and operation.
fn note(known: &mut Vec<Known>, operation: &SmolStr, unit: Unit, global: bool) {
    match known.iter_mut().find(|known| known.operation == *operation) {
        Some(known) => {
            known.global |= global;
            known.regional |= !global;
        }
        None => known.push(Known { operation: operation.clone(), unit, regional: !global, global }),
    }
}

/// The entry for an operation: its own, or the one without operation, which stands for all of them.
fn find<'k>(known: &'k [Known], operation: &str, in_region: bool) -> Option<(&'k Known, bool)> {
    let fits = |known: &&Known| known.global || (known.regional && in_region);
    match known.iter().filter(fits).find(|known| known.operation == operation) {
        Some(known) => Some((known, true)),
        None => known.iter().filter(fits).find(|known| known.operation.is_empty()).map(|known| (known, false)),
    }
}

/// Takes an alias apart: the name on the bill, and what it is called here. Remarks on prefixes rename nothing, and a
/// name with placeholders that only a person can fill in is left to that person.
fn renamed(alias: &Alias) -> Option<(SmolStr, Renamed)> {
    let billed_as = alias.billed_as.as_str();
    let known_start = [REGION_CODE, PREFIX].into_iter().find_map(|start| billed_as.strip_prefix(start));
    if alias.usage_type.starts_with('(') || alias.usage_type.contains('<') {
        return None;
    }
    if known_start.unwrap_or(billed_as).contains(['<', ' ']) {
        return None;
    }
    let (usage_type, operation) = match alias.usage_type.split_once(OPERATION) {
        Some((usage_type, operation)) => (usage_type, Some(SmolStr::new(operation))),
        None => (alias.usage_type.as_str(), None),
    };
    let renamed = Renamed { region: alias.region.clone(), usage_type: SmolStr::new(usage_type), operation };
    Some((SmolStr::new(billed_as), renamed))
}
