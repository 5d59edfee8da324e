//! The feature matrix: what each front door has by itself, with another service or not at all.
//!
//! A row is up to four facts of `pricing-data/facts/api_front_door.yaml`, whose ids begin alike. A cell that no page
//! states rules nothing out by itself: it warns.

use super::inputs::ApiFrontDoorInputs;
use super::settle::{Settled, Style};
use super::{ALB, ALL, HTTP, REST};
use crate::catalog::facts::Facts;
use crate::decisions::engine::screen::{Looked, Screen, flag, word};
use crate::decisions::engine::{Effect, Stop};

/// Yes/no inputs by name, of which any asks for a row.
type Flags<'f> = &'f [(&'static str, Option<bool>)];

/// A row that is asked for.
#[derive(Debug)]
pub(super) struct Asked {
    /// What the ids of its facts begin with; so named, it is the fact of those that have the feature.
    pub(super) row: &'static str,
    /// The input that asks for it.
    pub(super) by: Looked,
    /// The rule that speaks of it.
    rule: &'static str,
}

/// How far an option has a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Has {
    /// By itself.
    Yes,
    /// With another service, or in part.
    Elsewhere,
    /// Not at all.
    No,
}

/// A cell of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) has: Has,
    /// Whether a page says so.
    pub(super) is_confirmed: bool,
}

/// The cell of a row and an option; `None` where the data has none, which a test rules out.
pub(super) fn cell(facts: &Facts, row: &str, option: &str) -> Option<Cell> {
    let lists = |end: &str| facts.names(&format!("{row}{end}")).is_ok_and(|names| names.iter().any(|o| o == option));
    let has = match () {
        () if lists("") => Has::Yes,
        () if lists("_elsewhere") => Has::Elsewhere,
        () if lists("_without") => Has::No,
        () => return None,
    };
    Some(Cell { has, is_confirmed: !lists("_unconfirmed") })
}

/// The rows that a request asks for.
pub(super) fn asked(inputs: &ApiFrontDoorInputs, settled: &Settled) -> Vec<Asked> {
    let rows: [(&'static str, &'static str, Flags<'_>); 16] = [
        (
            "front_door_usage_plans",
            "A-04",
            &[
                ("usage_plans", inputs.usage_plans),
                ("api_keys", inputs.api_keys),
                ("per_client_throttling", inputs.per_client_throttling),
            ],
        ),
        ("front_door_cache", "A-06", &[("cache", inputs.cache)]),
        ("front_door_waf", "A-03", &[("waf", inputs.waf)]),
        (
            "front_door_request_validation",
            "A-07",
            &[("request_validation", inputs.request_validation), ("body_transform", inputs.body_transform)],
        ),
        ("front_door_mtls", "A-15", &[("mtls", inputs.mtls)]),
        ("front_door_jwt", "A-17", &[("jwt_native", inputs.jwt_native)]),
        ("front_door_static_ips", "A-12", &[("static_ips", inputs.static_ips)]),
        ("front_door_resource_policy", "A-25", &[("resource_policy", inputs.resource_policy)]),
        ("front_door_iam_auth", "A-25", &[("iam_auth", inputs.iam_auth)]),
        ("front_door_canary", "A-25", &[("canary_deployments", inputs.canary_deployments)]),
        ("front_door_xray", "A-25", &[("xray_tracing", inputs.xray_tracing)]),
        ("front_door_execution_logs", "A-25", &[("execution_logs", inputs.execution_logs)]),
        ("front_door_mock", "A-25", &[("mock_integration", inputs.mock_integration)]),
        ("front_door_edge_optimized", "A-25", &[("edge_optimized", inputs.edge_optimized)]),
        ("front_door_private_integration", "A-25", &[("private_integration", inputs.private_integration)]),
        ("front_door_cloud_map", "A-25", &[("cloud_map_integration", inputs.cloud_map_integration)]),
    ];
    let mut asked: Vec<Asked> = rows
        .into_iter()
        .filter_map(|(row, rule, flags)| {
            let (name, _) = flags.iter().find(|(_, value)| value.unwrap_or(false))?;
            Some(Asked { row, rule, by: flag(name, true) })
        })
        .collect();
    let grpc = (settled.style == Style::Grpc).then(|| word("style", settled.style_word.as_str()));
    for (row, rule, by) in [
        ("front_door_private", "A-05", settled.private.as_ref()),
        ("front_door_streaming", "A-14", settled.streaming.as_ref()),
        ("front_door_grpc", "A-11", grpc.as_ref()),
    ] {
        asked.extend(by.map(|by| Asked { row, rule, by: by.clone() }));
    }
    asked
}

/// A row that is asked for and that REST APIs have and HTTP APIs lack.
pub(super) fn rest_only<'a>(facts: &Facts, asked: &'a [Asked]) -> Option<&'a Asked> {
    asked.iter().find(|asked| {
        let has = |option: &str| cell(facts, asked.row, option).map(|cell| cell.has);
        has(REST) == Some(Has::Yes) && has(HTTP) != Some(Has::Yes)
    })
}

/// the rows that no published rule speaks of rule out what lacks them, where a page says so.
pub(super) fn eliminate(screen: &mut Screen<'_>, facts: &Facts, asked: &[Asked]) -> Result<(), Stop> {
    for asked in asked.iter().filter(|asked| asked.rule == "A-25") {
        let lacks = |option: &&str| {
            let cell = cell(facts, asked.row, option);
            cell.is_some_and(|cell| cell.has == Has::No && cell.is_confirmed)
        };
        let out: Vec<&str> = ALL.into_iter().filter(lacks).collect();
        if !out.is_empty() {
            let text = "It lacks what is asked for.";
            screen.eliminate("A-25", &out, &asked.by, asked.row, text)?;
        }
    }
    Ok(())
}

/// What is left and has a feature only with another service, in part, or as no page says, comes with a caution.
pub(super) fn caution(screen: &mut Screen<'_>, facts: &Facts, asked: &[Asked]) -> Result<(), Stop> {
    for Asked { row, by, rule } in asked {
        for option in ALL {
            let Some(cell) = cell(facts, row, option).filter(|_| screen.eligible(option)) else { continue };
            let (end, text) = match (cell.has, cell.is_confirmed) {
                (Has::Yes, true) => continue,
                (Has::Elsewhere, _) => ("_elsewhere", "It has this with another service only, or in part."),
                (Has::No, true) => ("_without", "It lacks this; own code or another service has to do it."),
                (Has::Yes, false) => {
                    ("_unconfirmed", "It is thought to have this, and no page was found that says so.")
                }
                (Has::No, false) => ("_unconfirmed", "It is thought to lack this, and no page was found that says so."),
            };
            let fact = format!("{row}{end}");
            screen.fire(Effect::Caution, rule, &[option], by, &fact, text)?;
        }
    }
    Ok(())
}

/// What may be in front of servers where a feature is asked for that HTTP APIs lack.
pub(super) fn with_feature(facts: &Facts, row: &str) -> Vec<&'static str> {
    let has = |option: &&str| cell(facts, row, option).is_some_and(|cell| cell.has == Has::Yes);
    [REST, ALB].into_iter().filter(has).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::load::seed_catalog;
    use crate::decisions::api_front_door::WEBSOCKET;

    const ROWS: [&str; 19] = [
        "usage_plans",
        "cache",
        "waf",
        "private",
        "resource_policy",
        "jwt",
        "iam_auth",
        "mtls",
        "request_validation",
        "canary",
        "xray",
        "execution_logs",
        "mock",
        "edge_optimized",
        "streaming",
        "grpc",
        "static_ips",
        "private_integration",
        "cloud_map",
    ];

    #[test]
    fn every_row_has_one_cell_for_every_option() {
        let catalog = seed_catalog().unwrap_or_else(|errors| panic!("{errors}"));
        let mut options = ALL.map(str::to_owned);
        options.sort();
        for row in ROWS.map(|row| format!("front_door_{row}")) {
            let lists = |end: &str| -> Vec<String> {
                catalog.facts.names(&format!("{row}{end}")).map(<[String]>::to_vec).unwrap_or_default()
            };
            let mut all = [lists(""), lists("_elsewhere"), lists("_without")].concat();
            all.sort();
            assert_eq!(all, options, "{row}");
            assert!(lists("_unconfirmed").iter().all(|option| ALL.contains(&option.as_str())), "{row}");
            // A page states what REST and HTTP APIs have.
            for option in [REST, HTTP] {
                assert!(cell(&catalog.facts, &row, option).is_some_and(|cell| cell.is_confirmed), "{row}");
            }
        }
        let waf = cell(&catalog.facts, "front_door_waf", WEBSOCKET);
        assert_eq!(waf, Some(Cell { has: Has::No, is_confirmed: true }));
    }
    #[test]
    fn an_own_check_of_tokens_costs_a_rest_api_two_points_of_each_score() {
        let catalog = seed_catalog().unwrap_or_else(|errors| panic!("{errors}"));
        let scores = catalog.facts.scores("api_front_door").expect("scores");
        let row = |variant| scores.row(REST, variant).expect("a row").scores.clone();
        for ((criterion, whole), (_, less)) in row(None).into_iter().zip(row(Some("own_jwt_check"))) {
            assert_eq!(whole - less, rust_decimal::Decimal::TWO, "{criterion}");
        }
    }
}
