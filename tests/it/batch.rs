//! Batches: rows in, answers out, in order, whatever is wrong with any of them.

use std::sync::{Arc, Mutex, Weak};

use crossover::app::batch::split::{Chunk, Splitter};
use crossover::app::batch::view::RowProblem;
use crossover::app::batch::{Batch, Detail, Format, MAX_ROW_BYTES, Tally};
use crossover::app::decide::DecideRequest;
use crossover::app::estimate::{EstimateMany, EstimateOne};
use crossover::catalog::Catalog;
use crossover::domain::problem::{Code, Problem, Problems};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::http::{catalog, today};
use crate::rows;

/// A batch that is answered from the seed.
pub(crate) fn batch(output: Format, detail: Detail) -> Batch {
    let unknown = |number| Err(Problem::new(Code::UnknownEdition, "/edition", format!("there is no edition {number}")));
    Batch { output, detail, catalog: catalog(), edition: Box::new(unknown), today: today() }
}

/// The chunks of a text that comes in pieces of so many bytes.
fn chunks(format: Format, text: &[u8], piece: usize) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut splitter = Splitter::new(format);
    for piece in text.chunks(piece) {
        splitter.push(piece, |chunk| chunks.push(chunk));
    }
    splitter.finish(|chunk| chunks.push(chunk));
    chunks
}

/// The answers to a text, one a line, and how many there were.
fn answered(batch: &Batch, input: Format, text: &[u8]) -> (String, Tally) {
    let mut out = batch.preamble().as_bytes().to_vec();
    let mut tally = Tally::default();
    for chunk in chunks(input, text, 10_000) {
        tally.add(batch.answer(&chunk, &|| false, &mut out));
    }
    (String::from_utf8(out).expect("UTF-8"), tally)
}

/// The answers to JSON lines.
fn answers(text: &str) -> Vec<Value> {
    let (out, tally) = answered(&batch(Format::Ndjson, Detail::Full), Format::Ndjson, text.as_bytes());
    let answers: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    assert_eq!(tally.rows, u64::try_from(answers.len()).expect("a count"));
    assert_eq!(tally.failed, answers.iter().filter(|answer| answer["ok"] == false).count() as u64);
    answers
}

/// Rows as JSON lines.
fn lines(rows: &[Value]) -> String {
    rows.iter().fold(String::new(), |text, row| text + &row.to_string() + "\n")
}

/// The single answer to a row.
#[track_caller]
fn answer(row: &str) -> Value {
    let mut answers = answers(row);
    assert_eq!(answers.len(), 1, "{answers:?}");
    answers.remove(0)
}

#[test]
fn each_row_is_answered_as_a_single_request_is() {
    let usage = json!({"connections": 2});
    let one = json!({"region": "us-east-1", "usage": usage});
    let resources = json!({"region": "us-east-1", "resources": [{"service": "site_to_site_vpn", "usage": usage}]});
    let inputs = json!({"region": "us-east-1", "inputs": {"gb_out_month": 5000}, "mode": "cheapest_eligible"});
    let with = |request: &Value, fields: Value| {
        let mut row = fields;
        row.as_object_mut().expect("an object").extend(request.as_object().expect("an object").clone());
        format!("{row}\n")
    };
    let text = with(&one, json!({"id": "a", "service": "site_to_site_vpn"}))
        + &with(&resources, json!({"id": 7}))
        + &with(&inputs, json!({"decision": "hybrid_connectivity"}));
    let bytes = |value: Value| value.to_string().into_bytes();
    let catalog = catalog();
    let one = EstimateOne::read(&bytes(one)).and_then(|one| one.run("site_to_site_vpn", &catalog, today()));
    let many = EstimateMany::read(&bytes(resources)).and_then(|many| many.run(&catalog, today()));
    let decided = DecideRequest::read(&bytes(inputs)).and_then(|ask| ask.run("hybrid_connectivity", &catalog, today()));
    let json = |answer: &dyn erased::ToJson| answer.to_json();
    let expected = [
        format!(r#"{{"id":"a","ok":true,"result":{}}}"#, json(&one.expect("an estimate"))),
        format!(r#"{{"id":7,"ok":true,"result":{}}}"#, json(&many.expect("an estimate"))),
        format!(r#"{{"id":null,"ok":true,"result":{}}}"#, json(&decided.expect("a decision"))),
    ];
    let (out, tally) = answered(&batch(Format::Ndjson, Detail::Full), Format::Ndjson, text.as_bytes());
    assert_eq!(tally, Tally { rows: 3, failed: 0, internal: None });
    for (found, expected) in out.lines().zip(&expected) {
        assert!(found == expected, "{found}\n{expected}");
    }
}

/// Any answer as JSON.
mod erased {
    pub(super) trait ToJson {
        fn to_json(&self) -> String;
    }

    impl<T: serde::Serialize> ToJson for T {
        fn to_json(&self) -> String {
            serde_json::to_string(self).expect("JSON")
        }
    }
}

#[test]
fn a_row_gets_as_much_of_the_answer_as_it_wants() {
    let estimate = r#"{"id":1,"service":"site_to_site_vpn","region":"us-east-1","usage":{"connections":1}}"#;
    let decision = r#"{"id":2,"decision":"hybrid_connectivity","region":"us-east-1"}"#;
    let text = format!("{estimate}\n{decision}\n");
    let full = answers(&text);
    for (detail, of_estimate, of_decision) in [
        (
            Detail::Total,
            &["total", "complete"][..],
            &["decision", "recommendation", "alternative", "cheapest", "above_cheapest"][..],
        ),
        (
            Detail::Lines,
            &["total", "complete", "lines"],
            &[
                "decision",
                "recommendation",
                "because",
                "main_drawback",
                "alternative",
                "cheapest",
                "above_cheapest",
                "options",
            ],
        ),
    ] {
        let (out, _) = answered(&batch(Format::Ndjson, detail), Format::Ndjson, text.as_bytes());
        for ((line, full), members) in out.lines().zip(&full).zip([of_estimate, of_decision]) {
            let answer: Value = serde_json::from_str(line).expect("JSON");
            let result = answer["result"].as_object().expect("an answer");
            assert_eq!(result.keys().collect::<Vec<_>>(), members, "{detail:?}");
            for (name, member) in result {
                assert_eq!(*member, full["result"][name], "{detail:?}: {name}");
            }
        }
    }
}

#[test]
fn every_mistake_is_told_in_its_row_with_a_pointer() {
    let deep = format!(
        r#"{{"id":"d","service":"nat_gateway","region":"us-east-1","usage":{}1{}}}"#,
        "[".repeat(200),
        "]".repeat(200)
    );
    for (row, id, code, pointer, words) in [
        ("nonsense", json!(null), "malformed", "", "not valid JSON"),
        (r#"{"id":"cut","service":"nat_gatew"#, json!("cut"), "malformed", "", "not valid JSON"),
        ("[1]", json!(null), "wrong_type", "", "must be a JSON object"),
        ("5", json!(null), "wrong_type", "", "must be a JSON object"),
        (r#"{"id":"a"}"#, json!("a"), "missing_field", "/service", "`resources`, or `decision`"),
        (r#"{"id":"a","service":"nat_gateway"}"#, json!("a"), "missing_field", "/usage", "required"),
        (r#"{"id":"a","usage":{}}"#, json!("a"), "missing_field", "/service", "required"),
        (
            r#"{"id":"a","service":"nat_gatewy","region":"us-east-1","usage":{}}"#,
            json!("a"),
            "unknown_service",
            "/service",
            "nat_gateway",
        ),
        (r#"{"id":"a","service":5,"usage":{}}"#, json!("a"), "wrong_type", "/service", "must be a text"),
        (
            r#"{"id":"a","decision":"hybrid","region":"us-east-1"}"#,
            json!("a"),
            "unknown_decision",
            "/decision",
            "no decision",
        ),
        (
            r#"{"id":-1.5,"service":"nat_gateway","resources":[],"region":"us-east-1","usage":{}}"#,
            json!(-1.5),
            "conflicting_fields",
            "/resources",
            "asks one thing",
        ),
        (
            r#"{"id":"a","service":"nat_gateway","region":"us-east-1","usage":{},"inputs":{}}"#,
            json!("a"),
            "conflicting_fields",
            "/inputs",
            "belongs to an estimate of one service",
        ),
        (
            r#"{"service":"nat_gateway","region":"us-east-1","usage":{"gatways":1},"id":"last"}"#,
            json!("last"),
            "unknown_field",
            "/usage/gatways",
            "did you mean `gateways`?",
        ),
        (
            r#"{"id":"a","service":"nat_gateway","regoin":"us-east-1","usage":{}}"#,
            json!("a"),
            "unknown_field",
            "/regoin",
            "did you mean `region`?",
        ),
        (
            r#"{"id":"a","id":"b","service":"nat_gateway","region":"us-east-1","usage":{}}"#,
            json!("b"),
            "conflicting_fields",
            "/id",
            "given twice",
        ),
        (
            r#"{"id":{"x":1},"service":"nat_gateway","region":"us-east-1","usage":{}}"#,
            json!(null),
            "wrong_type",
            "/id",
            "a text or a number",
        ),
        (
            r#"{"id":"a","service":"nat_gateway","region":"us-east-1","edition":9,"usage":{}}"#,
            json!("a"),
            "unknown_edition",
            "/edition",
            "no edition 9",
        ),
        (
            r#"{"id":"a","region":"us-east-1","resources":[{"service":"nat","usage":{}}]}"#,
            json!("a"),
            "unknown_service",
            "/resources/0/service",
            "no service",
        ),
        (deep.as_str(), json!("d"), "wrong_type", "/usage", "must be a JSON object"),
    ] {
        let answer = answer(row);
        let problem = &answer["error"];
        assert_eq!((&answer["ok"], &answer["id"]), (&json!(false), &id), "{answer}");
        assert_eq!((&problem["code"], &problem["pointer"]), (&json!(code), &json!(pointer)), "{row}: {answer}");
        assert!(problem.to_string().contains(words), "{row}: {problem}");
        assert_eq!(problem["type"], format!("/docs/problems#{code}"));
    }
}

#[test]
fn every_wrong_value_of_a_row_is_told_at_once() {
    let row = r#"{"id":"a","service":"nat_gateway","region":"nowhere","usage":{"gateways":-1,"data_processed_gb":-2}}"#;
    let errors = answer(row)["error"]["errors"].clone();
    let pointers: Vec<&str> =
        errors.as_array().expect("a list").iter().map(|error| error["pointer"].as_str().expect("a pointer")).collect();
    assert_eq!(pointers, ["/region", "/usage/gateways", "/usage/data_processed_gb"]);
}

#[test]
fn a_row_too_long_or_not_in_utf8_stops_no_other() {
    let good = r#"{"id":"good","service":"nat_gateway","region":"us-east-1","usage":{"gateways":1}}"#;
    let long = format!(r#"{{"id":"long","x":"{}"}}"#, "x".repeat(MAX_ROW_BYTES));
    let mut text = format!("{good}\n{long}\n{good}\r\n\n  \n").into_bytes();
    text.extend_from_slice(b"{\"id\":\"bytes\",\"service\":\"\xff\"}\n");
    text.extend_from_slice(good.as_bytes());
    for piece in [1_000_003, 4_096] {
        let mut out = Vec::new();
        for chunk in chunks(Format::Ndjson, &text, piece) {
            batch(Format::Ndjson, Detail::Total).answer(&chunk, &|| false, &mut out);
        }
        let out = String::from_utf8(out).expect("UTF-8");
        let answers: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
        let told: Vec<(&str, &str)> = answers
            .iter()
            .map(|answer| {
                (answer["id"].as_str().unwrap_or_default(), answer["error"]["code"].as_str().unwrap_or_default())
            })
            .collect();
        let expected =
            [("good", ""), ("long", "payload_too_large"), ("good", ""), ("bytes", "malformed"), ("good", "")];
        assert_eq!(told, expected);
        assert!(answers[3]["error"]["detail"].as_str().expect("words").contains("0xFF at position"), "{}", answers[3]);
    }
}

#[test]
fn work_stops_where_nobody_waits_for_it() {
    let row = "{\"service\":\"nat_gateway\",\"region\":\"us-east-1\",\"usage\":{\"gateways\":1}}\n";
    let chunk = chunks(Format::Ndjson, row.repeat(3).as_bytes(), 1_000).remove(0);
    let asked = std::cell::Cell::new(0);
    let gone = || asked.replace(asked.get() + 1) == 2;
    let tally = batch(Format::Ndjson, Detail::Total).answer(&chunk, &gone, &mut Vec::new());
    assert_eq!(tally.rows, 2);
}

#[test]
fn editions_are_held_one_after_the_other() {
    let held: Arc<Mutex<Vec<Weak<Catalog>>>> = Arc::default();
    let given = Arc::clone(&held);
    let edition = move |number: u32| {
        let mut given = given.lock().expect("no panic");
        assert!(given.iter().all(|before| before.strong_count() == 0), "edition {number} while another is held");
        let mut found = (*catalog()).clone();
        found.edition.number = number;
        let found = Arc::new(found);
        given.push(Arc::downgrade(&found));
        Ok(found)
    };
    let rows: String = (0..30)
        .map(|at| {
            let usage = json!({"gateways": 1});
            let number = 101 + at % 3;
            json!({"id": number, "service": "nat_gateway", "region": "us-east-1", "edition": number, "usage": usage})
        })
        .fold(String::new(), |text, row| text + &row.to_string() + "\n");
    let batch = Batch { edition: Box::new(edition), ..batch(Format::Ndjson, Detail::Full) };
    let (out, tally) = answered(&batch, Format::Ndjson, rows.as_bytes());
    assert_eq!((tally.rows, tally.failed), (30, 0), "{out}");
    assert_eq!(held.lock().expect("no panic").len(), 3, "each edition is found once for all of its rows");
    for line in out.lines() {
        let answer: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(answer["id"], answer["result"]["catalog"]["edition"]);
    }
}

/// The answers to CSV, as JSON.
fn answers_to_csv(text: &str) -> Vec<Value> {
    let (out, _) = answered(&batch(Format::Ndjson, Detail::Full), Format::Csv, text.as_bytes());
    out.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

#[test]
fn csv_means_what_json_means() {
    let header = [
        "id",
        " service ",
        "region",
        "as_of",
        "edition",
        "month_hours",
        "missing_prices",
        "usage.connections",
        "usage.kind",
        "usage.data_out_gb",
        "resources",
        "decision",
        "inputs.gb_out_month",
        "inputs.production",
        "mode",
        "usage.to_regions.0.region",
        "usage.to_regions.0.gb",
    ];
    let resources = "[{\"service\": \"nat_gateway\",\n \"usage\": {\"gateways\": 1}}]";
    let cells = [
        [
            "a",
            "site_to_site_vpn",
            "us-east-1",
            "2026-11-22",
            "1",
            "720",
            "derive",
            "2",
            "",
            "12.5",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
        ],
        [
            "7",
            " site_to_site_vpn",
            "us-east-1",
            "2026-11-22",
            "",
            "",
            "",
            "3",
            "standard",
            "0.12345678901234567",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
        ],
        ["", "", "us-east-1", "", "", "", "", "", "", "", resources, "", "", "", "", "", ""],
        [
            "x, \"y\"",
            "",
            "us-east-1",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "hybrid_connectivity",
            "5000",
            "true",
            "cheapest_eligible",
            "",
            "",
        ],
        ["t", "data_transfer", "us-east-1", "", "", "", "", "", "", "", "", "", "", "", "", "eu-west-1", "10"],
    ];
    let rows = [
        json!({"id": "a", "service": "site_to_site_vpn", "region": "us-east-1", "as_of": "2026-11-22", "edition": 1,
               "month_hours": 720, "missing_prices": "derive", "usage": {"connections": 2, "data_out_gb": 12.5}}),
        json!({"id": 7, "service": "site_to_site_vpn", "region": "us-east-1", "as_of": "2026-11-22",
               "usage": {"connections": 3, "kind": "standard", "data_out_gb": "0.12345678901234567"}}),
        json!({"region": "us-east-1", "resources": [{"service": "nat_gateway", "usage": {"gateways": 1}}]}),
        json!({"id": "x, \"y\"", "decision": "hybrid_connectivity", "region": "us-east-1",
               "inputs": {"gb_out_month": 5000, "production": true}, "mode": "cheapest_eligible"}),
        json!({"id": "t", "service": "data_transfer", "region": "us-east-1",
               "usage": {"to_regions": [{"region": "eu-west-1", "gb": 10}]}}),
    ];
    let json = lines(&rows);
    let from_json = answers(&json);
    // Without the last two columns no name leads deeper than one level, and rows are read in another way.
    for (columns, rows) in [(17, 5), (15, 4)] {
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xef\xbb\xbf".to_vec());
        writer.write_record(&header[..columns]).expect("to memory");
        for row in &cells[..rows] {
            writer.write_record(&row[..columns]).expect("to memory");
        }
        let text = String::from_utf8(writer.into_inner().expect("to memory")).expect("UTF-8");
        let from_csv = answers_to_csv(&text);
        assert_eq!(from_csv.len(), rows);
        for (from_csv, from_json) in from_csv.iter().zip(&from_json) {
            assert_eq!(from_csv, from_json);
        }
        assert_eq!(from_csv[1]["error"]["pointer"], "/usage/data_out_gb", "too many decimals: {}", from_csv[1]);
    }
}

#[test]
fn what_is_wrong_with_csv_is_told_in_its_row() {
    let header = "id,service,region,usage.gateways,usage.gatways,usage.a.b,usage.a";
    let good = "g,nat_gateway,us-east-1,1,,,";
    for (row, id, code, pointer, words) in [
        ("a,nat_gateway,us-east-1", "a", "malformed", "", "3 cells and the header has 7"),
        ("b,nat_gateway,us-east-1,1,,,,,", "b", "malformed", "", "9 cells"),
        ("c,nat_gateway,us-east-1,\"1,,,", "c", "malformed", "", "a quote is not closed"),
        ("d,nat_gateway,us-east-1,,2,,", "d", "unknown_field", "/usage/gatways", "did you mean `gateways`?"),
        ("e,nat_gateway,us-east-1,,,1,2", "e", "conflicting_fields", "/usage/a", "given twice"),
        ("f,nat_gateway,us-east-1,many,,,", "f", "wrong_type", "/usage/gateways", "not a decimal number"),
    ] {
        let answers = answers_to_csv(&format!("{header}\n{good}\n{row}\n{good}\n"));
        assert_eq!(answers.len(), 3, "{row}: {answers:?}");
        assert_eq!((&answers[0]["ok"], &answers[2]["ok"]), (&json!(true), &json!(true)), "{row}: {answers:?}");
        let (answer, problem) = (&answers[1], &answers[1]["error"]);
        assert_eq!(answer["id"], id, "{answer}");
        assert_eq!((&problem["code"], &problem["pointer"]), (&json!(code), &json!(pointer)), "{row}: {answer}");
        assert!(problem.to_string().contains(words), "{row}: {problem}");
    }
    let answers = answers_to_csv("id,,region\n1,2,3\n4,5,6\n");
    assert_eq!(answers.len(), 2);
    assert!(answers[1]["error"]["detail"].as_str().expect("words").contains("is empty"), "{}", answers[1]);
    assert_eq!(answers_to_csv(""), Vec::<Value>::new());
}

#[test]
fn answers_in_csv_have_a_column_for_each_thing() {
    let text = [
        json!({"id": "one", "service": "site_to_site_vpn", "region": "us-east-1", "as_of": "2026-11-22",
               "usage": {"connections": 1}}),
        json!({"id": 2, "service": "client_vpn", "region": "eu-central-1", "usage": {"conections": 1}}),
        json!({"id": "which, \"please\"", "decision": "hybrid_connectivity", "region": "us-east-1",
               "as_of": "2026-11-22", "mode": "cheapest_eligible",
               "inputs": {"gb_out_month": 5000, "peak_gbps": 0.4, "outside_aws_costs_month": 300}}),
    ];
    let text = lines(&text);
    let (out, _) = answered(&batch(Format::Csv, Detail::Total), Format::Ndjson, text.as_bytes());
    let mut reader = csv::Reader::from_reader(out.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let cell = |row: usize, name: &str| {
        rows[row].get(header.iter().position(|column| column == name).expect(name)).expect("a cell").to_owned()
    };
    assert_eq!((cell(0, "id"), cell(0, "monthly"), cell(0, "complete")), ("one".into(), "36.50".into(), "true".into()));
    assert_eq!((cell(1, "id"), cell(1, "error_code")), ("2".into(), "unknown_field".into()));
    assert!(cell(1, "error_detail").contains("at /usage/conections"), "{}", cell(1, "error_detail"));
    assert_eq!(cell(2, "id"), "which, \"please\"");
    let whole = answers(text.lines().last().expect("a row"))[0]["result"].clone();
    assert_eq!(cell(2, "option"), whole["recommendation"]["option"].as_str().expect("an option"));
    assert_eq!(cell(2, "monthly"), whole["recommendation"]["monthly"]["ranking"].as_str().expect("a sum"));
    assert_eq!(cell(2, "confidence"), whole["recommendation"]["confidence"].as_str().expect("a word"));
    let runner_up = cell(2, "runner_up");
    let options = whole["options"].as_array().expect("options");
    let other = options.iter().find(|option| option["option"] == runner_up).expect("the other option");
    let dollars = |text: &str| text.parse::<rust_decimal::Decimal>().expect("a decimal");
    let ranking = |value: &Value| dollars(value["monthly"]["ranking"].as_str().expect("a sum"));
    assert_eq!(dollars(&cell(2, "margin")), ranking(other) - dollars(&cell(2, "monthly")));
    assert!(dollars(&cell(2, "margin")) >= dollars("0"), "the cheapest is recommended in this mode");
}

/// An unclosed quote costs its own row only, however long the text is that follows.
#[test]
fn a_quote_that_is_never_closed_takes_one_row() {
    let good = "g,nat_gateway,us-east-1,1\n";
    let text =
        format!("id,service,region,usage.gateways\n{good}\"bad,nat_gateway,us-east-1,1\n{}", good.repeat(100_000));
    let mut out = Vec::new();
    let batch = batch(Format::Csv, Detail::Total);
    let mut tally = Tally::default();
    for chunk in chunks(Format::Csv, text.as_bytes(), 65_536) {
        tally.add(batch.answer(&chunk, &|| false, &mut out));
    }
    assert_eq!(tally, Tally { rows: 100_002, failed: 1, internal: None });
}

#[test]
fn a_failure_of_our_own_goes_to_the_log_and_not_into_the_answer() {
    let problems = Problems(vec![Problem::new(Code::Internal, "", "the fact `x` is not in the data")]);
    let shown = serde_json::to_string(&RowProblem::of(&problems)).expect("JSON");
    assert!(!shown.contains("fact") && shown.contains("\"internal\""), "{shown}");
    let ended = batch(Format::Ndjson, Detail::Full).ended_early(&Problem::new(Code::Malformed, "", "cut off"));
    let ended: Value = serde_json::from_slice(&ended).expect("JSON");
    assert_eq!(ended["ok"], false);
    assert!(ended.get("id").is_none() && ended["error"]["detail"] == "cut off", "{ended}");
}

/// The rows of the property tests, and their answers one by one.
fn sample() -> (Vec<String>, Vec<String>) {
    let rows: Vec<String> = rows::mixed(400).lines().map(str::to_owned).collect();
    let batch = batch(Format::Ndjson, Detail::Lines);
    let answers = rows.iter().map(|row| answered(&batch, Format::Ndjson, row.as_bytes()).0).collect();
    (rows, answers)
}

static SAMPLE: std::sync::LazyLock<Arc<(Vec<String>, Vec<String>)>> = std::sync::LazyLock::new(|| Arc::new(sample()));

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_permutation_of_rows_permutes_the_answers(order in Just((0..400).collect::<Vec<usize>>()).prop_shuffle()) {
        let (rows, answers) = &**SAMPLE;
        let text = order.iter().fold(String::new(), |text, at| text + &rows[*at] + "\n");
        let expected: String = order.iter().map(|at| answers[*at].as_str()).collect();
        let (found, _) = answered(&batch(Format::Ndjson, Detail::Lines), Format::Ndjson, text.as_bytes());
        prop_assert!(found == expected);
    }

    #[test]
    fn the_parts_of_a_text_give_the_parts_of_the_answers(
        at in 0..400_usize,
        piece in 1..100_000_usize,
        line_end in prop_oneof![Just("\n"), Just("\r\n"), Just("\n\n")],
    ) {
        let (rows, answers) = &**SAMPLE;
        let batch = batch(Format::Ndjson, Detail::Lines);
        let mut found = Vec::new();
        for part in [&rows[..at], &rows[at..]] {
            for chunk in chunks(Format::Ndjson, part.join(line_end).as_bytes(), piece) {
                batch.answer(&chunk, &|| false, &mut found);
            }
        }
        prop_assert!(String::from_utf8(found).expect("UTF-8") == answers.concat());
    }

    /// However a CSV text is cut, its rows are the records that a reader of CSV finds.
    #[test]
    fn csv_is_cut_where_its_records_end(
        cells in proptest::collection::vec(proptest::collection::vec("[a\",\n\r x]{0,6}", 3), 1..12),
        piece in 1..40_usize,
    ) {
        let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
        writer.write_record(["a", "b", "c"]).expect("to memory");
        for row in &cells {
            writer.write_record(row).expect("to memory");
        }
        let text = writer.into_inner().expect("to memory");
        let found: Vec<Vec<u8>> = chunks(Format::Csv, &text, piece)
            .iter()
            .flat_map(|chunk| chunk.rows().map(<[u8]>::to_vec).collect::<Vec<_>>())
            .collect();
        prop_assert_eq!(found.len(), cells.len());
        for (row, cells) in found.iter().zip(&cells) {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(row.as_slice());
            let record = reader.records().next().expect("a record").expect("a record");
            prop_assert_eq!(record.iter().collect::<Vec<_>>(), cells.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }
}
