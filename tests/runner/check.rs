//! Compares an answer with what a case expects.

use serde_json::Value;

use crossover::app::decide::view::NONE_ELIGIBLE;
use crossover::domain::amount::Amount;
use crossover::domain::number::decimal_from_text;
use crossover::domain::problem::{Problem, Problems};

use super::form::{
    ArchitectureCase, Elimination, ExpectedCrossover, ExpectedDecision, ExpectedError, ExpectedEstimate, ExpectedFlow,
    ExpectedLine, ExpectedOption, ExpectedTopology, Relax,
};

/// Collects what differs, so that one run shows all of it.
#[derive(Debug, Default)]
pub(crate) struct Differences(Vec<String>);

impl Differences {
    /// Something differs.
    pub(crate) fn add(&mut self, text: impl Into<String>) {
        self.0.push(text.into());
    }

    /// Notes a difference unless the two are equal.
    pub(crate) fn same<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, found: &T, expected: &T) {
        if found != expected {
            self.add(format!("{what}: found {found:?}, expected {expected:?}"));
        }
    }

    /// What a test function returns.
    pub(crate) fn into_result(self, answer: &str) -> Result<(), String> {
        if self.0.is_empty() { Ok(()) } else { Err(format!("{}\n\nthe answer:\n{answer}", self.0.join("\n"))) }
    }
}

/// The text of a field, empty where there is none.
pub(crate) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// The items of a list, none where there is no list.
pub(crate) fn items<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn decimal(text: &str) -> Option<Amount> {
    decimal_from_text(text).ok().map(Amount::decimal)
}

/// Whether expected money is what was found, in cents or exactly.
fn is_money(expected: &Amount, cents: &str, exact: &str) -> bool {
    decimal(cents).as_ref() == Some(expected) || decimal(exact).as_ref() == Some(expected)
}

/// Compares an estimate with what is expected of it.
pub(crate) fn estimate(answer: &Value, expected: &ExpectedEstimate, differences: &mut Differences) {
    sum(answer, expected, differences);
    let lines = items(answer, "lines");
    let ids: Vec<&str> = lines.iter().map(|line| text(line, "id")).collect();
    let expected_ids: Vec<&str> = expected.lines.iter().map(|line| line.id.as_str()).collect();
    differences.same("lines", &ids, &expected_ids);
    if ids == expected_ids {
        for (found, expected) in lines.iter().zip(&expected.lines) {
            line(found, expected, differences);
        }
    }
}

/// Compares the sum of an estimate, whether it is whole, and its notices with what is expected.
fn sum(answer: &Value, expected: &ExpectedEstimate, differences: &mut Differences) {
    let total = answer.get("total").unwrap_or(&Value::Null);
    let (cents, exact) = (text(total, "monthly"), text(total, "monthly_exact"));
    if !is_money(&expected.monthly, cents, exact) {
        differences.add(format!("monthly: found {cents} ({exact}), expected {}", expected.monthly));
    }
    differences.same("complete", &answer.get("complete").and_then(Value::as_bool), &Some(expected.complete));
    let notices: Vec<&str> = items(answer, "notices").iter().map(|notice| text(notice, "code")).collect();
    for code in &expected.notices {
        if !notices.contains(&code.as_str()) {
            differences.add(format!("notices: found {notices:?}, expected `{code}` among them"));
        }
    }
}

/// Compares what goes with the bill of an architecture with what is expected of it.
pub(crate) fn architecture(answer: &Value, case: &ArchitectureCase, differences: &mut Differences) {
    for (name, expected) in &case.computed {
        let named = |computed: &&Value| text(computed, "name") == name;
        let found = items(answer, "computed").iter().find(named).map_or("", |computed| text(computed, "value"));
        if decimal(found).as_ref() != Some(expected) {
            differences.add(format!("computed {name}: found {found:?}, expected {expected}"));
        }
    }
    if let Some(expected) = &case.expect_part {
        sum(answer, expected, differences);
        let lines = items(answer, "lines");
        for expected in &expected.lines {
            let is_it = |found: &&Value| {
                text(found, "id") == expected.id
                    && expected.resource.as_deref().is_none_or(|resource| text(found, "resource") == resource)
            };
            match lines.iter().find(is_it) {
                Some(found) => line(found, expected, differences),
                None => differences.add(format!("there is no line {} of {:?}", expected.id, expected.resource)),
            }
        }
    }
    if let Some(expected) = &case.decisions {
        let found: Vec<&str> = items(answer, "decisions").iter().map(|raised| text(raised, "decision")).collect();
        differences.same("decisions", &found, &expected.iter().map(String::as_str).collect());
    }
}

fn line(found: &Value, expected: &ExpectedLine, differences: &mut Differences) {
    let at = format!("line {}", expected.id);
    let (cents, exact) = (text(found, "amount"), text(found, "amount_exact"));
    if !is_money(&expected.amount, cents, exact) {
        differences.add(format!("{at}: amount: found {cents} ({exact}), expected {}", expected.amount));
    }
    if let Some(quantity) = &expected.quantity
        && decimal(text(found, "quantity")).as_ref() != Some(quantity)
    {
        differences.add(format!("{at}: quantity: found {}, expected {quantity}", text(found, "quantity")));
    }
    if let Some(resource) = &expected.resource {
        differences.same(&format!("{at}: resource"), &text(found, "resource"), &resource.as_str());
    }
    if let Some(layer) = &expected.layer {
        let price = found.get("price").unwrap_or(&Value::Null);
        differences.same(&format!("{at}: layer"), &text(price, "layer"), &layer.as_str());
    }
}

/// Compares a refusal with what is expected of it: one of the problems must fit.
pub(crate) fn refusal(problems: &Problems, expected: &ExpectedError, differences: &mut Differences) {
    let fits = |problem: &Problem| {
        let shown = format!("{problem:?}");
        problem.code.as_str() == expected.code
            && expected.pointer.as_ref().is_none_or(|pointer| *pointer == problem.pointer)
            && expected.words.iter().all(|words| shown.contains(words.as_str()))
    };
    if !problems.0.iter().any(fits) {
        differences.add(format!("no problem fits {expected:?}"));
    }
}

/// Compares a decision with what is expected of it.
pub(crate) fn decision(answer: &Value, expected: &ExpectedDecision, differences: &mut Differences) {
    let recommended = answer.get("recommendation").unwrap_or(&Value::Null);
    let option = text(recommended, "option");
    let mut accepted: Vec<&str> = expected.any_of.iter().chain(&expected.recommendation).map(String::as_str).collect();
    if expected.none_eligible {
        accepted.push(NONE_ELIGIBLE);
    }
    if !accepted.contains(&option) {
        differences.add(format!("recommendation: found {option}, expected {}", accepted.join(" or ")));
    }
    if let Some(config) = &expected.config {
        part(config, recommended.get("config").unwrap_or(&Value::Null), "config", differences);
    }
    if let Some(confidence) = &expected.confidence {
        differences.same("confidence", &text(recommended, "confidence"), &confidence.as_str());
    }
    if let Some(monthly) = &expected.monthly {
        let found = recommended.get("monthly").unwrap_or(&Value::Null);
        for (column, expected) in
            [("aws", &monthly.aws), ("outside_aws", &monthly.outside_aws), ("people", &monthly.people)]
        {
            if let Some(expected) = expected
                && decimal(text(found, column)).as_ref() != Some(expected)
            {
                differences.add(format!("monthly {column}: found {}, expected {expected}", text(found, column)));
            }
        }
    }
    let of_option = |id: &str| items(answer, "options").iter().find(|option| text(option, "option") == id);
    let mut fired = |list: &str, expected: &[Elimination]| {
        for Elimination { option, rule } in expected {
            let rules: Vec<&str> =
                of_option(option).map_or(&[][..], |found| items(found, list)).iter().map(|f| text(f, "rule")).collect();
            if !rules.contains(&rule.as_str()) {
                differences.add(format!("{option}: {list}: found {rules:?}, expected {rule} among them"));
            }
        }
    };
    fired("rejected_by", &expected.eliminated);
    fired("preferred_by", &expected.preferred);
    fired("cautions", &expected.cautions);
    for id in &expected.eligible {
        let eligible = of_option(id).and_then(|option| option.get("eligible")).and_then(Value::as_bool);
        differences.same(&format!("{id}: eligible"), &eligible, &Some(true));
    }
    if let Some(expected) = &expected.relax {
        relax(answer, expected, differences);
    }
    for expected in &expected.crossovers {
        crossover(items(answer, "crossovers"), expected, differences);
    }
    if let Some(expected) = &expected.phases {
        let found: Vec<&str> = items(answer, "phases").iter().map(|phase| text(phase, "option")).collect();
        differences.same("phases", &found, &expected.iter().map(String::as_str).collect());
    }
    for Elimination { option, rule } in &expected.silent {
        let lists = ["rejected_by", "preferred_by", "cautions"];
        let speaks =
            |found: &Value| lists.iter().any(|list| items(found, list).iter().any(|f| text(f, "rule") == rule));
        if of_option(option).is_none_or(speaks) {
            differences.add(format!("{option}: {rule} speaks of it; it must not"));
        }
    }
    for expected in &expected.options {
        option_costs(of_option(&expected.option), expected, differences);
    }
    explanation(answer, expected, differences);
}

/// What an answer says besides its recommendation.
fn explanation(answer: &Value, expected: &ExpectedDecision, differences: &mut Differences) {
    if let Some(cheapest) = &expected.cheapest {
        differences.same("cheapest", &text(answer, "cheapest"), &cheapest.as_str());
    }
    if let Some(alternative) = &expected.alternative {
        let found = answer.get("alternative").unwrap_or(&Value::Null);
        differences.same("alternative", &text(found, "option"), &alternative.as_str());
    }
    if let Some(rules) = &expected.narrowed_by {
        let recommended = answer.get("recommendation").unwrap_or(&Value::Null);
        let found: Vec<String> = items(recommended, "narrowed_by").iter().map(plain).collect();
        differences.same("narrowed_by", &found, rules);
    }
    for expected in &expected.regimes {
        let is = |value: &Value, field: &str, expected: Option<&String>| {
            expected.is_none_or(|expected| text(value, field) == expected)
        };
        let included = |value: &Value, field: &str, expected: Option<bool>| {
            expected.is_none() || value.get(field).and_then(Value::as_bool) == expected
        };
        let fits = |value: &Value| {
            text(value, "input") == expected.input
                && decimal(text(value, "from")).as_ref() == Some(&expected.from)
                && decimal(text(value, "to")).as_ref() == Some(&expected.to)
                && included(value, "from_included", expected.from_included)
                && included(value, "to_included", expected.to_included)
                && is(value, "cheapest", expected.cheapest.as_ref())
                && is(value, "recommended", expected.recommended.as_ref())
        };
        if !items(answer, "regimes").iter().any(fits) {
            differences.add(format!("regimes: none fits {expected:?}"));
        }
    }
    for expected in &expected.would_change {
        let fits = |value: &Value| {
            text(value, "input") == expected.input
                && expected.from.as_ref().is_none_or(|from| text(value, "from") == from)
                && text(value, "to") == expected.to
                && text(value, "new_winner") == expected.new_winner
        };
        if !items(answer, "would_change_my_mind").iter().any(fits) {
            differences.add(format!("would_change_my_mind: none fits {expected:?}"));
        }
    }
    let notices: Vec<&str> = items(answer, "notices").iter().map(|notice| text(notice, "code")).collect();
    for code in &expected.notices {
        if !notices.contains(&code.as_str()) {
            differences.add(format!("notices: found {notices:?}, expected `{code}` among them"));
        }
    }
    for words in &expected.not_modelled {
        if !items(answer, "not_modelled").iter().any(|entry| plain(entry).contains(words.as_str())) {
            differences.add(format!("not_modelled: no entry holds `{words}`"));
        }
    }
}

/// Compares what one option costs with what is expected.
fn option_costs(found: Option<&Value>, expected: &ExpectedOption, differences: &mut Differences) {
    let Some(found) = found else {
        differences.add(format!("there is no option {}", expected.option));
        return;
    };
    let at = &expected.option;
    let monthly = found.get("monthly").unwrap_or(&Value::Null);
    if let Some(aws) = &expected.aws {
        let total = found.get("estimate").and_then(|estimate| estimate.get("total")).unwrap_or(&Value::Null);
        if !is_money(aws, text(monthly, "aws"), text(total, "monthly_exact")) {
            differences.add(format!("{at}: aws: found {}, expected {aws}", text(monthly, "aws")));
        }
    }
    if let Some(ranking) = &expected.ranking
        && !is_money(ranking, text(monthly, "ranking"), text(monthly, "ranking_exact"))
    {
        differences.add(format!("{at}: ranking: found {}, expected {ranking}", text(monthly, "ranking")));
    }
    if let Some(expected) = &expected.lines {
        let lines = found.get("estimate").map_or(&[][..], |estimate| items(estimate, "lines"));
        let ids: Vec<&str> = lines.iter().map(|line| text(line, "id")).collect();
        let expected_ids: Vec<&str> = expected.iter().map(|line| line.id.as_str()).collect();
        differences.same(&format!("{at}: lines"), &ids, &expected_ids);
        if ids == expected_ids {
            for (found, expected) in lines.iter().zip(expected) {
                line(found, expected, differences);
            }
        }
    }
    if let Some(expected) = &expected.missing {
        let priced = found.get("priced").and_then(Value::as_bool);
        let eligible = found.get("eligible").and_then(Value::as_bool);
        differences.same(&format!("{at}: eligible and priced"), &(eligible, priced), &(Some(true), Some(false)));
        let meters: Vec<&str> = items(found, "missing")
            .iter()
            .map(|missing| text(missing.get("meter").unwrap_or(&Value::Null), "usage_type"))
            .collect();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        differences.same(&format!("{at}: missing"), &meters, &expected);
    }
    for expected in &expected.topologies {
        let named = |view: &&Value| text(view, "topology") == expected.topology;
        match items(found, "topologies").iter().find(named) {
            Some(view) => topology(view, expected, at, differences),
            None => differences.add(format!("{at}: there is no topology `{}`", expected.topology)),
        }
    }
}

/// Compares one way to build an option with what is expected.
fn topology(found: &Value, expected: &ExpectedTopology, option: &str, differences: &mut Differences) {
    let at = format!("{option}: {}", expected.topology);
    if let Some(taken) = expected.taken {
        differences.same(&format!("{at}: taken"), &found.get("taken").and_then(Value::as_bool), &Some(taken));
    }
    if let Some(config) = &expected.config {
        part(config, found.get("config").unwrap_or(&Value::Null), &format!("{at}: config"), differences);
    }
    exactly(found, "standing_exact", expected.standing.as_ref(), &at, differences);
    exactly(found, "flows_exact", expected.flows_total.as_ref(), &at, differences);
    for expected in &expected.flows {
        let (from, to) = (expected.from.as_str(), expected.to.as_str());
        let named = |view: &&Value| text(view, "from") == from && text(view, "to") == to;
        match items(found, "flows").iter().find(named) {
            Some(view) => flow(view, expected, &format!("{at}: {from} to {to}"), differences),
            None => differences.add(format!("{at}: there is no flow {from} to {to}")),
        }
    }
}

fn flow(found: &Value, expected: &ExpectedFlow, at: &str, differences: &mut Differences) {
    exactly(found, "amount_exact", Some(&expected.amount), at, differences);
    if let Some(expected) = &expected.via {
        let via: Vec<String> = items(found, "via").iter().map(plain).collect();
        differences.same(&format!("{at}: via"), &via, expected);
    }
    let Some(expected) = &expected.hops else { return };
    let lines: Vec<&str> = items(found, "hops").iter().map(|hop| text(hop, "line")).collect();
    let expected_lines: Vec<&str> = expected.iter().map(|hop| hop.line.as_str()).collect();
    differences.same(&format!("{at}: hops"), &lines, &expected_lines);
    for (hop, expected) in items(found, "hops").iter().zip(expected) {
        let at = format!("{at}: {}", expected.line);
        exactly(hop, "amount_exact", Some(&expected.amount), &at, differences);
        exactly(hop, "quantity", expected.quantity.as_ref(), &at, differences);
    }
}

/// Compares a decimal, where one is expected.
fn exactly(found: &Value, field: &str, expected: Option<&Amount>, at: &str, differences: &mut Differences) {
    let Some(expected) = expected else { return };
    let found = text(found, field);
    if decimal(found).as_ref() != Some(expected) {
        differences.add(format!("{at}: {field}: found {found}, expected {expected}"));
    }
}

/// Whether everything in `expected` is in `found`: the fields of objects, the items of lists in any order, and single
/// values with numbers as the decimals they spell.
fn part(expected: &Value, found: &Value, at: &str, differences: &mut Differences) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (name, value) in expected {
                part(value, found.get(name).unwrap_or(&Value::Null), &format!("{at}/{name}"), differences);
            }
        }
        (Value::Array(expected), Value::Array(found)) => {
            let sorted = |items: &[Value]| {
                let mut texts: Vec<String> = items.iter().map(plain).collect();
                texts.sort();
                texts
            };
            differences.same(at, &sorted(found), &sorted(expected));
        }
        _ => {
            let (found, expected) = (plain(found), plain(expected));
            if found != expected && decimal(&found).is_none_or(|number| Some(number) != decimal(&expected)) {
                differences.add(format!("{at}: found {found}, expected {expected}"));
            }
        }
    }
}

/// A single value without the quotes of JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn relax(answer: &Value, expected: &Relax, differences: &mut Differences) {
    let names = |way: &Value| {
        let mut names: Vec<String> = way.as_array().into_iter().flatten().map(plain).collect();
        names.sort();
        names
    };
    let mut ways: Vec<Vec<String>> = items(answer, "relax").iter().map(names).collect();
    match expected {
        Relax::Ways(expected) => {
            let mut expected = expected.clone();
            for way in &mut expected {
                way.sort();
            }
            expected.sort();
            ways.sort();
            differences.same("relax", &ways, &expected);
        }
        Relax::Inputs(expected) => {
            let mut found: Vec<String> = ways.into_iter().flatten().collect();
            let mut expected = expected.clone();
            for names in [&mut found, &mut expected] {
                names.sort();
                names.dedup();
            }
            differences.same("relax", &found, &expected);
        }
    }
}

fn crossover(found: &[Value], expected: &ExpectedCrossover, differences: &mut Differences) {
    let is = |value: &Value, field: &str, expected: &Option<String>| {
        expected.as_ref().is_none_or(|expected| text(value, field) == expected)
    };
    let fits = |value: &Value| {
        text(value, "input") == expected.input
            && decimal(text(value, "at")).as_ref() == Some(&expected.at)
            && is(value, "kind", &expected.kind)
            && is(value, "from", &expected.from)
            && is(value, "to", &expected.to)
    };
    if !found.iter().any(fits) {
        differences.add(format!("crossovers: none fits {expected:?}"));
    }
}
