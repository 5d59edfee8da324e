//! Price books: what a user sends, checked whole before anything changes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rust_decimal::Decimal;
use serde::Deserialize;
use smol_str::SmolStr;
use utoipa::ToSchema;

use super::request::date;
use crate::catalog::Catalog;
use crate::catalog::books::{Charge, Draft, Rate, Scope};
use crate::catalog::price::Tier;
use crate::domain::amount::Amount;
use crate::domain::check::{CAP, Check};
use crate::domain::meter::{GLOBAL, MeterKey};
use crate::domain::problem::{Code, Problem, Problems};
use crate::domain::read::{from_json_bytes, unknown_name};
use crate::domain::unit::Unit;
use crate::services::SERVICES;

pub mod view;

/// The most rates of a book.
pub const MAX_RATES: usize = 10_000;
/// The most tiers of a rate.
pub const MAX_TIERS: usize = 100;
/// The longest name of a book.
pub const MAX_NAME: usize = 64;
/// The longest note.
pub const MAX_NOTE: usize = 1_000;
/// The largest surcharge, in per cent.
const MAX_SURCHARGE: i64 = 1_000;
/// How many of the nearest names a hint gives.
const NEAREST: usize = 3;

/// A price book.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceBookRequest {
    /// A remark, such as the contract it comes from; up to 1,000 characters.
    #[serde(default)]
    #[schema(example = "Enterprise agreement of 2026")]
    pub note: String,
    /// The rates, 1 to 10,000. Their order does not matter: of those that hold on the day, the narrowest counts.
    pub rates: Vec<RateRequest>,
}

/// A rate of a price book. What it speaks of follows from what it names: nothing for everything, `service_code` for a
/// service, `service_code` and `region` for a service in a Region, and these with `usage_type` and `operation` for one
/// meter. It gives one of `discount_percent`, `price` and `tiers`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RateRequest {
    /// The service code of the price list.
    #[schema(example = "AmazonVPC")]
    pub service_code: Option<String>,
    /// The Region, or `global` for what AWS does not bill by Region.
    #[schema(example = "us-east-1")]
    pub region: Option<String>,
    /// The usage type as on the AWS bill, without its Region prefix.
    #[schema(example = "NatGateway-Hours")]
    pub usage_type: Option<String>,
    /// The operation as on the AWS bill. Left out: AWS gives none.
    #[schema(example = "NatGateway")]
    pub operation: Option<String>,
    /// The percentage off the list price, up to 100; negative for a surcharge, down to -1000.
    pub discount_percent: Option<Amount>,
    /// US dollars for each unit of a meter, in place of the list price.
    pub price: Option<Amount>,
    /// US dollars for each unit of a meter by tier, in place of the list price. Up to 100 tiers; the first begins at 0.
    pub tiers: Option<Vec<TierRequest>>,
    /// The unit of `price` or `tiers`, which is the unit that AWS bills the meter in.
    #[schema(example = "Hrs")]
    pub unit: Option<String>,
    /// The first day on which the rate holds. Left out: it holds on every day before `valid_to`.
    #[schema(format = Date)]
    pub valid_from: Option<String>,
    /// The first day on which it no longer holds. Left out: it holds on.
    #[schema(format = Date)]
    pub valid_to: Option<String>,
    /// A remark; up to 1,000 characters.
    #[serde(default)]
    pub note: String,
}

/// A tier of a rate.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RateTierRequest)]
pub struct TierRequest {
    /// The quantity in the month at which the tier begins; 0 for the first.
    pub from: Amount,
    /// Where it ends, which is where the next one begins. It may be left out, and is for the last.
    pub to: Option<Amount>,
    /// US dollars for each unit.
    pub price: Amount,
}

impl PriceBookRequest {
    /// Reads the request from JSON.
    ///
    /// # Errors
    /// The first mistake of shape.
    pub fn read(body: &[u8]) -> Result<Self, Problems> {
        Ok(from_json_bytes(body)?)
    }

    /// Checks the book against what is known. `name` is from the path.
    ///
    /// # Errors
    /// Every mistake of value.
    pub fn check(&self, name: &str, catalog: &Catalog) -> Result<Draft, Problems> {
        let mut check = Check::at("");
        note_is_short(&mut check, &self.note);
        if self.rates.is_empty() || self.rates.len() > MAX_RATES {
            let count = self.rates.len();
            check.mistake("rates", Code::OutOfRange, format!("there are {count} rates; send 1 to {MAX_RATES}"));
        }
        let known = Known::of(catalog);
        let mut rates = Vec::with_capacity(self.rates.len().min(MAX_RATES));
        let mut of_scope: BTreeMap<Scope, Vec<(usize, Rate)>> = BTreeMap::new();
        check.within("rates", |check| {
            for (at, request) in self.rates.iter().take(MAX_RATES).enumerate() {
                check.within(&at.to_string(), |check| {
                    let Some(rate) = request.check(check, &known) else { return };
                    let same = of_scope.entry(rate.scope.clone()).or_default();
                    if let Some((other, _)) = same.iter().find(|(_, other)| other.meets(&rate)) {
                        let detail = format!("the rates {other} and {at} both speak of {} on the same day", rate.scope);
                        let hint = "give them `valid_from` and `valid_to` that do not overlap, or leave one out";
                        check.problem(Problem::new(Code::Conflict, "", detail).hinting(hint));
                    }
                    same.push((at, rate.clone()));
                    rates.push(rate);
                });
            }
        });
        let problems = check.into_problems();
        if problems.is_empty() {
            Ok(Draft { name: name.to_owned(), note: self.note.clone(), rates })
        } else {
            Err(Problems(problems))
        }
    }
}

/// The name of a book: it goes into paths, and `@` divides it from a revision.
///
/// # Errors
/// What is allowed, with the pointer given.
pub fn check_name(name: &str, pointer: &str) -> Result<(), Problem> {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if begins && name.len() <= MAX_NAME && name.bytes().all(inner) {
        return Ok(());
    }
    let detail = format!(
        "`{name}` is not a name of a price book; it has 1 to {MAX_NAME} of `a` to `z`, `0` to `9`, `-` and `_`, and \
         begins with a letter or a digit"
    );
    Err(Problem::new(Code::UnknownValue, pointer, detail))
}

fn note_is_short(check: &mut Check, note: &str) {
    let length = note.chars().count();
    if length > MAX_NOTE {
        check.mistake(
            "note",
            Code::OutOfRange,
            format!("the note has {length} characters; at most {MAX_NOTE} are kept"),
        );
    }
}

impl RateRequest {
    /// The rate, where its own values leave no doubt about it.
    fn check(&self, check: &mut Check, known: &Known<'_>) -> Option<Rate> {
        note_is_short(check, &self.note);
        let day = |check: &mut Check, field: &str, text: &Option<String>| match text {
            None => Some(None),
            Some(text) => date(check, field, text).map(Some),
        };
        let (valid_from, valid_to) =
            (day(check, "valid_from", &self.valid_from), day(check, "valid_to", &self.valid_to));
        if let (Some(Some(from)), Some(Some(to))) = (valid_from, valid_to)
            && to <= from
        {
            let detail = format!("the rate ends on {to} and begins on {from}; `valid_to` is the first day without it");
            check.mistake("valid_to", Code::Conflict, detail);
        }
        let scope = self.scope(check, known);
        let charge = self.charge(check, scope.as_ref());
        let (scope, _) = scope?;
        Some(Rate { scope, valid_from: valid_from?, valid_to: valid_to?, charge: charge?, note: self.note.clone() })
    }

    /// What the rate speaks of, and the unit where that is one meter.
    fn scope(&self, check: &mut Check, known: &Known<'_>) -> Option<(Scope, Option<Unit>)> {
        let mut whole = true;
        for (field, given, needs, there) in [
            ("region", &self.region, "`service_code`", self.service_code.is_some()),
            ("usage_type", &self.usage_type, "`service_code` and `region`", self.region.is_some()),
            ("operation", &self.operation, "`usage_type`", self.usage_type.is_some()),
        ] {
            if given.is_some() && !there {
                check.mistake(field, Code::Conflict, format!("`{field}` needs {needs} beside it"));
                whole = false;
            }
        }
        let code = self.service_code.as_deref();
        if let Some(code) = code
            && !known.services.contains(code)
        {
            let services = known.services.iter().copied();
            check.problem(unknown_name(Code::UnknownValue, "/service_code", "service code", code, services));
            whole = false;
        }
        let region = self.region.as_deref();
        if let Some(region) = region
            && region != GLOBAL
            && !known.regions.contains(region)
        {
            let regions = known.regions.iter().copied().chain([GLOBAL]);
            check.problem(unknown_name(Code::UnknownRegion, "/region", "Region", region, regions));
            whole = false;
        }
        match (code.filter(|_| whole), region, self.usage_type.as_deref()) {
            (None, ..) => (whole && code.is_none()).then_some((Scope::All, None)),
            (Some(code), None, _) => Some((Scope::Service(code.into()), None)),
            (Some(code), Some(region), None) => Some((Scope::ServiceRegion(code.into(), region.into()), None)),
            (Some(code), Some(region), Some(usage_type)) => {
                let operation = self.operation.as_deref().unwrap_or_default();
                let meter = MeterKey {
                    service_code: code.into(),
                    region: region.into(),
                    usage_type: usage_type.into(),
                    operation: operation.into(),
                };
                let unit = known.unit_of(&meter, check)?;
                Some((Scope::Meter(meter), Some(unit)))
            }
        }
    }

    /// What the rate does.
    fn charge(&self, check: &mut Check, scope: Option<&(Scope, Option<Unit>)>) -> Option<Charge> {
        const ONE_OF: &str = "`discount_percent`, `price` and `tiers`";
        let given = [self.discount_percent.is_some(), self.price.is_some(), self.tiers.is_some()]
            .iter()
            .filter(|x| **x)
            .count();
        if given != 1 {
            let (code, detail) = match given {
                0 => (Code::MissingField, format!("the rate has none of {ONE_OF}; give one")),
                _ => (Code::Conflict, format!("the rate has {given} of {ONE_OF}; give one")),
            };
            check.problem(Problem::new(code, "", detail));
            return None;
        }
        if let Some(percent) = &self.discount_percent {
            check.between("discount_percent", percent, Decimal::from(-MAX_SURCHARGE), Decimal::ONE_HUNDRED);
            if self.unit.is_some() {
                let detail = "a percentage has no unit; `unit` goes with `price` and `tiers`";
                check.mistake("unit", Code::Conflict, detail);
            }
            return percent.as_decimal().map(Charge::Discount);
        }
        if self.usage_type.is_none() {
            let field = if self.price.is_some() { "price" } else { "tiers" };
            let detail = format!(
                "`{field}` is of one meter; name it with `service_code`, `region`, `usage_type` and `operation`, or give \
                 `discount_percent`"
            );
            check.mistake(field, Code::Conflict, detail);
            return None;
        }
        let tiers = match (&self.price, &self.tiers) {
            (Some(price), _) => {
                check.amount("price", price, CAP);
                Some(vec![Tier { from: Decimal::ZERO, price: price.as_decimal()? }])
            }
            (None, tiers) => ladder(check, tiers.as_deref().unwrap_or_default()),
        };
        let unit = self.unit(check, scope?.1?);
        Some(Charge::Price { unit: unit?, tiers: tiers? })
    }

    /// The unit, which must be said and must be the meter's: a price by the wrong one is wrong a thousandfold.
    fn unit(&self, check: &mut Check, billed: Unit) -> Option<Unit> {
        let Some(unit) = self.unit.as_deref() else {
            check.mistake(
                "unit",
                Code::MissingField,
                format!("`unit` is required; this meter is billed in `{billed}`"),
            );
            return None;
        };
        if unit != billed.as_str() {
            let detail = format!("`unit` is `{unit}`; this meter is billed in `{billed}`");
            check.mistake("unit", Code::UnknownValue, detail);
            return None;
        }
        Some(billed)
    }
}

/// The ladder of a rate: begins at 0, rises, without gaps and overlaps.
fn ladder(check: &mut Check, requests: &[TierRequest]) -> Option<Vec<Tier>> {
    if requests.is_empty() || requests.len() > MAX_TIERS {
        let detail = format!("there are {} tiers; send 1 to {MAX_TIERS}", requests.len());
        check.mistake("tiers", Code::OutOfRange, detail);
        return None;
    }
    let mut tiers: Vec<Tier> = Vec::with_capacity(requests.len());
    let mut sound = true;
    check.within("tiers", |check| {
        for (at, request) in requests.iter().enumerate() {
            check.within(&at.to_string(), |check| {
                check.amount("price", &request.price, CAP);
                check.amount("from", &request.from, CAP);
                let before = tiers.last().map(|tier| Amount::decimal(tier.from));
                let from = &request.from;
                let mistake = match before {
                    None if !from.is_zero() => Some(format!("the first tier begins at {from}; it must begin at 0")),
                    Some(before) if from.compare_values(&before).is_le() => {
                        Some(format!("the tier begins at {from} and the one before it at {before}; tiers must rise"))
                    }
                    _ => None,
                };
                if let Some(detail) = mistake {
                    check.mistake("from", Code::OutOfRange, detail);
                    sound = false;
                }
                let next = requests.get(at.saturating_add(1)).map(|next| &next.from);
                let mistake = match (&request.to, next) {
                    (Some(to), Some(next)) if to != next => {
                        let what = if to.compare_values(next).is_lt() { "leaves a gap before" } else { "overlaps" };
                        Some(format!("the tier ends at {to} and {what} the next one, which begins at {next}"))
                    }
                    (Some(to), None) => {
                        Some(format!("the last tier ends at {to}; it must not end, so that every quantity has a price"))
                    }
                    _ => None,
                };
                if let Some(detail) = mistake {
                    check.mistake("to", Code::Conflict, detail);
                    sound = false;
                }
                if let (Some(from), Some(price)) = (from.as_decimal(), request.price.as_decimal()) {
                    tiers.push(Tier { from, price });
                } else {
                    sound = false;
                }
            });
        }
    });
    sound.then_some(tiers)
}

/// Where the prices of a usage type and operation are, and in which unit.
#[derive(Debug, Clone, Copy)]
struct Found {
    unit: Unit,
    global: bool,
    regional: bool,
}

/// The names that rates may use: those with a price on any day, and those that services meter.
struct Known<'c> {
    services: BTreeSet<&'c str>,
    regions: BTreeSet<&'c str>,
    /// By service code, usage type and operation.
    meters: HashMap<(&'c str, &'c str, &'c str), Found>,
}

impl<'c> Known<'c> {
    fn of(catalog: &'c Catalog) -> Self {
        let mut meters: HashMap<(&str, &str, &str), Found> = HashMap::new();
        for price in catalog.prices() {
            let MeterKey { service_code, region, usage_type, operation } = &price.meter;
            let global = region == GLOBAL;
            let found = meters.entry((service_code, usage_type, operation)).or_insert(Found {
                unit: price.unit,
                global: false,
                regional: false,
            });
            found.global |= global;
            found.regional |= !global;
        }
        let specs = SERVICES.iter().flat_map(|service| service.meters);
        let services = meters.keys().map(|(code, ..)| *code).chain(specs.map(|spec| spec.service_code)).collect();
        Self { services, regions: catalog.places.codes().collect(), meters }
    }

    /// The unit that AWS bills a meter in. `None` where there is no such meter; that is a mistake then.
    fn unit_of(&self, meter: &MeterKey, check: &mut Check) -> Option<Unit> {
        let MeterKey { service_code, region, usage_type, operation } = meter;
        let (code, global) = (service_code.as_str(), region == GLOBAL);
        let spec = SERVICES.iter().flat_map(|service| service.meters).find(|spec| spec.covers(meter));
        let found = self
            .meters
            .get(&(code, usage_type.as_str(), operation.as_str()))
            .copied()
            .or_else(|| spec.map(|spec| Found { unit: spec.unit, global: spec.global, regional: !spec.global }));
        match found {
            Some(found) if (global && !found.global) || (!global && !found.regional) => {
                let detail = if global {
                    format!("AWS bills `{usage_type}` by Region and not as `{GLOBAL}`")
                } else {
                    format!("AWS bills `{usage_type}` as `{GLOBAL}` and not by Region")
                };
                check.mistake("region", Code::UnknownValue, detail);
                None
            }
            Some(found) => Some(found.unit),
            None => {
                check.problem(self.no_such_meter(code, usage_type, operation));
                None
            }
        }
    }

    fn no_such_meter(&self, code: &str, usage_type: &SmolStr, operation: &SmolStr) -> Problem {
        let of_service = || self.meters.keys().filter(move |(of, ..)| *of == code);
        let mut operations: Vec<&str> =
            of_service().filter(|(_, name, _)| name == usage_type).map(|(.., operation)| *operation).collect();
        operations.sort_unstable();
        if !operations.is_empty() {
            let detail = match operation.as_str() {
                "" => format!("`{usage_type}` is billed by operation; say which"),
                operation => format!("`{usage_type}` has no operation `{operation}`"),
            };
            return Problem::new(Code::UnknownValue, "/operation", detail).allowing(operation, operations);
        }
        let names: BTreeSet<&str> = of_service().map(|(_, name, _)| *name).collect();
        let mut scored: Vec<(usize, &str)> =
            names.into_iter().map(|name| (strsim::damerau_levenshtein(name, usage_type), name)).collect();
        scored.sort_unstable();
        let nearest: Vec<String> = scored.iter().take(NEAREST).map(|(_, name)| format!("`{name}`")).collect();
        let detail = format!("{code} has no usage type `{usage_type}`");
        let hint = format!("the nearest are {}; GET /v1/prices lists all", nearest.join(", "));
        Problem::new(Code::UnknownValue, "/usage_type", detail).hinting(hint)
    }
}
