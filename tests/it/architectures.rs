//! Architectures: all that the data holds are sound, can be estimated, and lead on.

use std::collections::BTreeSet;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use crossover::app::architecture::{ArchitectureRequest, check};
use crossover::app::decide::DecideRequest;
use crossover::app::estimate::EstimateMany;
use crossover::catalog::architectures::Architecture;
use crossover::cli::Exit;
use serde_json::{Value, json};

use crate::cli::crossover;
use crate::http::{catalog, get, post, send};
use crate::seed::today;

/// The Regions in which every architecture is looked at.
const REGIONS: [&str; 2] = ["us-east-1", "ap-northeast-2"];

fn answer(id: &str, request: &Value) -> Result<Value, String> {
    let catalog = catalog();
    let request = ArchitectureRequest::read(request.to_string().as_bytes()).map_err(|problems| problems.to_string())?;
    let answer = request.run(id, &catalog, today()).map_err(|problems| format!("{problems:?}"))?;
    Ok(serde_json::to_value(&answer).expect("JSON"))
}

/// Every combination of the choices of an architecture, each as the parameters of a request.
fn combinations(architecture: &Architecture) -> Vec<Value> {
    let mut all = vec![json!({})];
    for parameter in &architecture.parameters {
        let words: Vec<&str> = parameter.words().collect();
        if words.is_empty() {
            continue;
        }
        all = all
            .iter()
            .flat_map(|before| {
                words.iter().map(move |word| {
                    let mut parameters = before.clone();
                    parameters[&parameter.name] = json!(word);
                    parameters
                })
            })
            .collect();
    }
    all
}

#[test]
fn what_the_architectures_name_exists() {
    check::check(&catalog()).unwrap_or_else(|errors| panic!("{errors}"));
}

#[test]
fn every_combination_of_choices_can_be_estimated_or_names_what_has_no_price() {
    for architecture in catalog().architectures.iter() {
        let mut lines = BTreeSet::new();
        for region in REGIONS {
            for parameters in combinations(architecture) {
                let request = json!({ "region": region, "parameters": parameters });
                match answer(&architecture.id, &request) {
                    Ok(answer) => {
                        assert_eq!(answer["complete"], true, "{}: {request}", architecture.id);
                        for line in answer["lines"].as_array().expect("lines") {
                            lines.insert(line["resource"].as_str().expect("a name").to_owned());
                        }
                    }
                    Err(message) => {
                        assert!(message.contains("PriceNotAvailable"), "{}: {request}: {message}", architecture.id);
                        assert!(message.contains("MissingMeter {"), "{}: {request}: {message}", architecture.id);
                    }
                }
            }
        }
        for resource in &architecture.resources {
            assert!(lines.contains(&resource.name), "{}: `{}` never has a line", architecture.id, resource.name);
        }
    }
}

/// What an architecture takes at the ends of its parameters is no usage that a service refuses.
#[test]
fn each_number_can_be_at_either_end_of_its_range() {
    for architecture in catalog().architectures.iter() {
        for parameter in architecture.parameters.iter().filter(|parameter| parameter.is_number()) {
            let view = get_parameter(architecture, &parameter.name);
            for end in ["min", "max"] {
                let request = json!({ "region": "us-east-1", "parameters": { &parameter.name: view[end] } });
                let answer = answer(&architecture.id, &request);
                let sound = answer.as_ref().is_ok() || answer.as_ref().is_err_and(|message| is_understood(message));
                assert!(sound, "{}: {request}: {answer:?}", architecture.id);
            }
        }
    }
}

/// A refusal that speaks to the person who sent the parameters: a price that is not known, or values that do not go
/// together.
fn is_understood(message: &str) -> bool {
    message.contains("PriceNotAvailable")
        || (message.contains("\"/parameters\"") && !message.contains("code: Internal"))
}

fn get_parameter(architecture: &Architecture, name: &str) -> Value {
    let view = crossover::http::architectures::ParameterView::from(
        architecture.parameters.iter().find(|parameter| parameter.name == name).expect("a parameter"),
    );
    serde_json::to_value(view).expect("JSON")
}

#[test]
fn every_decision_that_is_raised_runs_as_it_is() {
    for architecture in catalog().architectures.iter() {
        let mut asked: BTreeSet<String> = BTreeSet::new();
        for parameters in combinations(architecture) {
            let request = json!({ "region": "us-east-1", "parameters": parameters });
            let Ok(answer) = answer(&architecture.id, &request) else { continue };
            for raised in answer["decisions"].as_array().expect("a list") {
                let id = raised["decision"].as_str().expect("an id");
                assert_eq!(raised["href"], format!("/v1/decisions/{id}"));
                let body = raised["request"].to_string();
                if !asked.insert(format!("{id} {body}")) {
                    continue;
                }
                let verdict = DecideRequest::read(body.as_bytes()).and_then(|request| {
                    let catalog = catalog();
                    let verdict = request.run(id, &catalog, today())?;
                    Ok(serde_json::to_value(&verdict).expect("JSON"))
                });
                let verdict = verdict.unwrap_or_else(|problems| panic!("{}: {body}: {problems}", architecture.id));
                let option = verdict["recommendation"]["option"].as_str().expect("an option");
                assert_ne!(option, "none_eligible", "{}: {id}: {body}", architecture.id);
            }
        }
        for decision in &architecture.decisions {
            let raised = asked.iter().any(|body| body.starts_with(&decision.decision));
            assert!(raised, "{}: `{}` is never raised", architecture.id, decision.decision);
        }
    }
}

#[test]
fn the_bill_goes_on_as_an_estimate_of_many_resources() {
    for architecture in catalog().architectures.iter() {
        let request =
            json!({ "region": "us-east-1", "as_of": "2026-11-22", "month": "2026-02", "free_tier": "always" });
        let first = answer(&architecture.id, &request).expect("an answer");
        let body = first["as_resources"]["request"].to_string();
        let many = EstimateMany::read(body.as_bytes()).expect("a request");
        let catalog = catalog();
        let many = serde_json::to_value(many.run(&catalog, today()).expect("an answer")).expect("JSON");
        for (field, value) in many.as_object().expect("an object") {
            assert_eq!(first[field], *value, "{}: {field}", architecture.id);
        }
    }
}

#[test]
fn parameters_may_be_left_out_and_the_answer_says_which_were() {
    let answer = answer("serverless_api", &json!({ "region": "us-east-1", "parameters": { "api": "rest" } }))
        .expect("an answer");
    let parameters = answer["parameters"].as_array().expect("a list");
    let of = |name: &str| parameters.iter().find(|parameter| parameter["name"] == name).expect("a parameter").clone();
    assert_eq!(of("api"), json!({ "name": "api", "value": "rest", "unit": null, "given": true }));
    assert_eq!(of("memory_mb"), json!({ "name": "memory_mb", "value": "512", "unit": "MB", "given": false }));
}

#[test]
fn values_that_do_not_go_together_are_told_in_the_words_of_the_parameters() {
    let request = json!({ "region": "us-east-1", "parameters": { "platform": "ecs_fargate", "task_vcpu": 0.25, "task_memory_gb": 64 } });
    match answer("container_microservices", &request) {
        Ok(answer) => assert_eq!(answer["complete"], true),
        Err(message) => assert!(is_understood(&message), "{message}"),
    }
    let message = answer(
        "three_tier_web",
        &json!({ "region": "us-east-1", "parameters": { "web_instances": 0, "azs": 1, "azz": 2 } }),
    )
    .expect_err("refused");
    for words in ["/parameters/web_instances", "/parameters/azs", "/parameters/azz"] {
        assert!(message.contains(words), "{words}: all mistakes are told at once: {message}");
    }
}

#[actix_web::test]
async fn architectures_say_what_they_take_and_answer_their_example() {
    let list = get("/v1/architectures").await.json();
    let architectures = list["architectures"].as_array().expect("a list");
    assert_eq!(architectures.len(), catalog().architectures.iter().count());
    for summary in architectures {
        let id = summary["id"].as_str().expect("an id");
        let path = format!("/v1/architectures/{id}");
        let details = get(&path).await;
        assert_eq!(details.status, 200, "{}", details.text());
        let details = details.json();
        assert_eq!(details["parameters"], summary["parameters"], "{id}");
        let properties = details["input_schema"]["properties"].as_object().expect("properties");
        assert_eq!(properties.len(), details["parameters"].as_array().expect("a list").len(), "{id}");
        let fully = details["regions_priced_fully"].as_array().expect("a list");
        for region in REGIONS {
            assert!(fully.contains(&region.into()), "{id}: {region}: {fully:?}");
        }
        assert!(!fully.contains(&"mx-central-1".into()) || id == "static_site", "{id}: {fully:?}");
        let answer = post(&format!("{path}/estimate"), &details["example_request"]).await;
        assert_eq!(answer.status, 200, "{id}: {}", answer.text());
        assert_eq!(answer.json()["architecture"]["id"], id);
    }
}

#[actix_web::test]
async fn an_unknown_architecture_names_the_nearest() {
    for (method, path) in
        [(Method::GET, "/v1/architectures/serverles_api"), (Method::POST, "/v1/architectures/serverles_api/estimate")]
    {
        let request =
            TestRequest::default().method(method).uri(path).insert_header(("content-type", "application/json"));
        let problem = send(request.set_payload("{}")).await.problem(404, "unknown_architecture");
        assert_eq!(problem["hint"], "did you mean `serverless_api`?");
    }
}

#[test]
fn the_command_line_lists_describes_and_estimates() {
    let list = crossover("architectures").answer();
    for architecture in catalog().architectures.iter() {
        assert!(list.contains(&architecture.id), "{list}");
        let about = crossover(&format!("architectures {}", architecture.id)).answer();
        for parameter in &architecture.parameters {
            assert!(about.contains(&format!("{} (", parameter.name)), "{about}");
        }
        assert!(about.contains("Example\n  crossover architecture"), "{about}");
    }
    let bill =
        crossover("architecture queue_workers --region us-east-1 --set jobs_month=1000000 worker_platform=fargate")
            .answer();
    for words in [
        "queue_workers: Loosely coupled workers",
        "jobs_month = 1000000 jobs, as given",
        "worker_platform = fargate, as given",
        "azs = 2 zones",
        "workers = 2 workers",
        "Total a month",
        "The architecture assumes",
        "private_access: Should SQS and CloudWatch be reached",
    ] {
        assert!(bill.contains(words), "`{words}` is not in\n{bill}");
    }
    let csv = crossover("architecture queue_workers --region us-east-1 --format csv").answer();
    assert!(csv.starts_with("resource,service,line,label,"), "{csv}");
    let refusal = crossover("architecture queue_workers --region us-east-1 --set jobs_moth=1").refusal(Exit::Refused);
    assert!(refusal.contains("did you mean `jobs_month`?"), "{refusal}");
    assert!(
        crossover("architecture queue_worker --region us-east-1").refusal(Exit::Refused).contains("`queue_workers`")
    );
    assert!(crossover("architectures queue_worker").refusal(Exit::Refused).contains("`queue_workers`"));
}
