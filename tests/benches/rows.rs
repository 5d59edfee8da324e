//! Rows to measure and to compare with: the requests of all case files of services, in turn, and one in twenty broken.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

/// One row in so many is broken.
const BROKEN_EVERY: usize = 20;

/// What a person plans, over all services: the requests that the case files answer.
pub(crate) fn requests() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/services");
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("the case files").map(|entry| entry.expect("a case file").path()).collect();
    files.sort();
    let mut by_file: Vec<Vec<Value>> = Vec::new();
    for path in files {
        let text = fs::read_to_string(path).expect("a text");
        let file: Value = serde_saphyr::from_str(&text).expect("YAML");
        let cases = file["cases"].as_array().expect("cases").iter();
        let answered = cases.filter(|case| case["expect"].is_object() && case["prices"].is_null());
        by_file.push(
            answered
                .map(|case| {
                    let mut request = case["request"].clone();
                    if request["resources"].is_null() {
                        request["service"] = file["service"].clone();
                    }
                    request
                })
                .collect(),
        );
    }
    // One of each service in turn, until the longest file has had its last.
    let most = by_file.iter().map(Vec::len).max().unwrap_or_default();
    (0..most)
        .flat_map(|at| by_file.iter().filter_map(move |of_file| of_file.get(at % of_file.len().max(1))))
        .cloned()
        .collect()
}

/// So many rows, one a line; one in twenty is broken, each time in another way.
pub(crate) fn mixed(count: usize) -> String {
    let requests = requests();
    let mut text = String::new();
    for at in 0..count {
        let mut row = json!({"id": format!("row {at}")});
        let request = requests[at % requests.len()].as_object().expect("an object");
        row.as_object_mut().expect("an object").extend(request.clone());
        if at % BROKEN_EVERY == BROKEN_EVERY - 1 {
            text.push_str(&broken(at / BROKEN_EVERY, row));
        } else {
            text.push_str(&row.to_string());
        }
        text.push('\n');
    }
    text
}

/// A row that is refused.
fn broken(kind: usize, mut row: Value) -> String {
    match kind % 7 {
        0 => row["region"] = json!("us-esat-1"),
        1 => row["regoin"] = json!("us-east-1"),
        2 => row["as_of"] = json!("yesterday"),
        3 => row["decision"] = json!("hybrid_connectivity"),
        4 => {
            let text = row.to_string();
            return text[..text.len() - 2].to_owned();
        }
        5 => {
            row["service"] = json!("nat_gateway");
            row["usage"] = json!({"gateways": -1, "data_processed_gb": "much"});
            row.as_object_mut().expect("an object").remove("resources");
        }
        _ => row["month_hours"] = json!(1000),
    }
    row.to_string()
}
