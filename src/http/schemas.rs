//! Puts the derived schemas into the form the document has: names without the suffix of a Rust type, descriptions where
//! readers look for them, and the form of decimals in answers.

use utoipa::openapi::schema::{AllOf, ArrayItems, OneOf};
use utoipa::openapi::{RefOr, Schema};

/// The form of a decimal in an answer.
pub const DECIMAL: &str = r"^-?\d+(\.\d+)?$";

/// What a decimal without an example of its own looks like.
const EXAMPLE: &str = "12.5";

/// Where schemas live in the document.
const SCHEMAS: &str = "#/components/schemas/";

/// The fields of answers that are decimals, by schema.
const DECIMALS: &[(&str, &[&str])] = &[
    ("Total", &["monthly", "monthly_exact", "yearly"]),
    ("Factor", &["value"]),
    ("Tier", &["from", "to", "quantity", "unit_price", "amount"]),
    ("Line", &["quantity", "free_quantity", "amount", "amount_exact"]),
    ("BookRate", &["discount_percent"]),
    ("ListTier", &["from", "unit_price"]),
    ("Rate", &["discount_percent"]),
    ("RateTier", &["from", "price"]),
    ("ResourceTotal", &["monthly", "monthly_exact"]),
    ("Parameter", &["min", "max"]),
    ("ComputedTaken", &["value"]),
    ("PriceTier", &["from", "to", "unit_price"]),
    ("CostChange", &["before", "after", "difference", "percent"]),
    ("DiffCounts", &["largest_rise_percent", "largest_fall_percent"]),
    ("PlaceCounts", &["largest_rise_percent", "largest_fall_percent"]),
    ("PriceChange", &["percent"]),
    ("Ladder", &["known_up_to"]),
    ("PriceRow", &["known_up_to"]),
    ("MonthlyMoney", &["aws", "outside_aws", "people", "ranking", "ranking_exact"]),
    ("DecisionAnswer", &["above_cheapest"]),
    ("Option", &["score"]),
    ("Score", &["score"]),
    ("Topology", &["standing_exact", "flows_exact"]),
    ("Flow", &["gb", "amount_exact"]),
    ("Hop", &["quantity", "amount_exact"]),
    ("Crossover", &["at"]),
    ("Regime", &["from", "to"]),
    ("Robustness", &["low", "high", "holds_pct", "max_regret", "max_regret_at"]),
    ("Swing", &["low", "high", "cost_at_low", "cost_at_high"]),
    ("WeightFlip", &["weight", "at"]),
];

/// The schemas and fields that are decimals in answers. A test proves that each exists.
pub fn decimals() -> impl Iterator<Item = (&'static str, &'static str)> {
    DECIMALS.iter().flat_map(|(schema, fields)| fields.iter().map(move |field| (*schema, *field)))
}

/// The name of a schema in the document: a view of a line is a line to its reader.
pub fn public_name(name: &str) -> &str {
    name.strip_suffix("View").unwrap_or(name)
}

/// A derived schema in the form of the document.
pub fn tidied(name: &str, schema: RefOr<Schema>) -> RefOr<Schema> {
    let mut schema = tidy(schema);
    let fields = DECIMALS.iter().find(|(schema, _)| *schema == name).map(|(_, fields)| *fields).unwrap_or_default();
    if let RefOr::T(Schema::Object(object)) = &mut schema {
        for field in fields {
            if let Some(RefOr::T(Schema::Object(field))) = object.properties.get_mut(*field) {
                field.pattern = Some(DECIMAL.to_owned());
                // Otherwise a documentation page makes one up from the pattern.
                field.example.get_or_insert_with(|| EXAMPLE.into());
            }
        }
    }
    schema
}

fn tidy(schema: RefOr<Schema>) -> RefOr<Schema> {
    match schema {
        RefOr::Ref(mut reference) => {
            if let Some(name) = reference.ref_location.strip_prefix(SCHEMAS) {
                reference.ref_location = format!("{SCHEMAS}{}", public_name(name));
            }
            reference.description = unwrapped(&reference.description);
            RefOr::Ref(reference)
        }
        RefOr::T(Schema::Object(mut object)) => {
            describe(&mut object.description);
            for property in object.properties.values_mut() {
                tidy_in_place(property);
            }
            RefOr::T(Schema::Object(object))
        }
        RefOr::T(Schema::Array(mut array)) => {
            describe(&mut array.description);
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                tidy_in_place(items);
            }
            RefOr::T(Schema::Array(array))
        }
        RefOr::T(Schema::OneOf(mut one_of)) => {
            one_of.items.iter_mut().for_each(tidy_in_place);
            describe(&mut one_of.description);
            hoist(&mut one_of);
            RefOr::T(Schema::OneOf(one_of))
        }
        RefOr::T(Schema::AllOf(mut all_of)) => {
            all_of.items.iter_mut().for_each(tidy_in_place);
            describe(&mut all_of.description);
            merged(all_of)
        }
        other @ RefOr::T(_) => other,
    }
}

fn tidy_in_place(schema: &mut RefOr<Schema>) {
    let taken = std::mem::replace(schema, RefOr::T(Schema::default()));
    *schema = tidy(taken);
}

/// A field that may be null carries its description inside the alternative; readers look for it outside.
fn hoist(one_of: &mut OneOf) {
    if one_of.description.is_some() {
        return;
    }
    if let Some(RefOr::Ref(reference)) = one_of.items.first_mut()
        && !reference.description.is_empty()
    {
        one_of.description = Some(std::mem::take(&mut reference.description));
    }
}

/// A described field with an inline type is derived as "all of the type, and of an object with the description", which
/// nothing can satisfy. What is meant is the type with that description.
fn merged(mut all_of: AllOf) -> RefOr<Schema> {
    if let [RefOr::T(Schema::Object(_)), RefOr::T(Schema::Object(words))] = all_of.items.as_slice()
        && words.properties.is_empty()
        && words.enum_values.is_none()
    {
        let words = words.clone();
        if let RefOr::T(Schema::Object(mut object)) = all_of.items.swap_remove(0) {
            object.description = words.description.or(object.description);
            object.default = words.default.or(object.default);
            object.example = words.example.or(object.example);
            return RefOr::T(Schema::Object(object));
        }
    }
    if let [RefOr::T(Schema::Object(_))] = all_of.items.as_slice()
        && let Some(RefOr::T(Schema::Object(mut object))) = all_of.items.pop()
    {
        object.description = all_of.description.or(object.description);
        object.default = all_of.default.or(object.default);
        return RefOr::T(Schema::Object(object));
    }
    RefOr::T(Schema::AllOf(all_of))
}

fn describe(description: &mut Option<String>) {
    if let Some(text) = description {
        *text = unwrapped(text);
    }
}

/// A doc comment without the line breaks of the source; paragraphs and list items stay apart.
fn unwrapped(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for line in text.lines() {
        let line = line.trim_end();
        let breaks = line.is_empty() || line.starts_with(['-', '|']) || joined.ends_with("\n\n");
        if !joined.is_empty() && !joined.ends_with('\n') {
            joined.push(if breaks { '\n' } else { ' ' });
        }
        joined.push_str(line);
        if line.is_empty() {
            joined.push('\n');
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_of_the_source_are_joined() {
        assert_eq!(unwrapped("one\ntwo"), "one two");
        assert_eq!(unwrapped("one\n\ntwo\nthree"), "one\n\ntwo three");
        assert_eq!(unwrapped("list:\n- a\n- b"), "list:\n- a\n- b");
        assert_eq!(unwrapped(""), "");
    }
}
