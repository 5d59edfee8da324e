//! Price books over REST: who may change them, what is refused, what an answer says about them, and that an old answer
//! can be given again.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use crossover::app::price_book::PriceBookRequest;
use crossover::storage::Store;
use serde_json::{Value, json};

use crate::http::{Answer, get, post_to, send, send_to};
use crate::http_admin::TOKEN;
use crate::http_editions::OnStore;

const ACME: &str = "/v1/price_books/acme";

/// Sends a request with the admin token.
async fn admin(service: &OnStore, method: Method, path: &str, body: Option<&Value>) -> Answer {
    let mut request =
        TestRequest::default().method(method).uri(path).insert_header(("authorization", format!("Bearer {TOKEN}")));
    if let Some(body) = body {
        request = request.set_json(body);
    }
    send_to(service.state.clone(), request).await
}

async fn put(service: &OnStore, path: &str, body: &Value) -> Answer {
    admin(service, Method::PUT, path, Some(body)).await
}

/// An estimate of one VPN connection from a transit gateway, which has a line of each of two services.
async fn vpn(service: &OnStore, book: Option<&str>) -> Answer {
    let mut body = json!({
        "region": "us-east-1", "as_of": "2026-11-22",
        "usage": { "connections": 1, "gateway": "transit_gateway", "data_out_gb": 100 },
    });
    if let Some(book) = book {
        body["price_book"] = book.into();
    }
    post_to(service.state.clone(), "/v1/estimates/site_to_site_vpn", &body).await
}

fn discount(percent: &str) -> Value {
    json!({ "rates": [ { "discount_percent": percent } ] })
}

#[actix_web::test]
async fn reading_is_free_and_writing_is_not() {
    for method in [Method::PUT, Method::DELETE] {
        let request = || TestRequest::default().method(method.clone()).uri(ACME).set_json(discount("5"));
        send(request()).await.problem(403, "writes_disabled");
        let service = OnStore::new().await;
        for (token, challenge) in
            [(None, "Bearer realm=\"crossover\""), (Some("Bearer 0123456789abcdeX"), "error=\"invalid_token\"")]
        {
            let request = match token {
                Some(token) => request().insert_header(("authorization", token)),
                None => request(),
            };
            let answer = send_to(service.state.clone(), request).await;
            answer.problem(401, "unauthorized");
            assert!(answer.header("www-authenticate").contains(challenge));
        }
        assert_eq!(service.state.active().expect("prices").books.last_id(), 0, "nothing was written");
    }
    assert_eq!(get("/v1/price_books").await.json(), json!({ "price_books": [] }));
    assert_eq!(send(TestRequest::default().method(Method::HEAD).uri("/v1/price_books")).await.status, 200);
    let refused = send(TestRequest::post().uri(ACME)).await;
    refused.problem(405, "method_not_allowed");
    assert_eq!(refused.header("allow"), "GET, HEAD, PUT, DELETE");
}

#[actix_web::test]
async fn a_book_is_revised_removed_and_never_forgotten() {
    let service = OnStore::new().await;
    let list = vpn(&service, None).await;
    let first = put(&service, ACME, &discount("10")).await;
    assert_eq!(first.status, 201, "{}", first.text());
    assert_eq!((&first.json()["name"], &first.json()["revision"]), (&json!("acme"), &json!(1)));
    let ten = vpn(&service, Some("acme")).await;
    assert_eq!(ten.json()["catalog"]["price_book"], json!({ "name": "acme", "revision": 1 }));

    let second = put(&service, ACME, &discount("20")).await;
    assert_eq!((second.status.as_u16(), &second.json()["revision"]), (200, &json!(2)));
    let twenty = vpn(&service, Some("acme")).await;
    assert_ne!(twenty.json()["total"], ten.json()["total"]);
    assert_eq!(vpn(&service, Some("acme@1")).await.body, ten.body, "a revision gives the same bytes for ever");
    let current = send_to(service.state.clone(), TestRequest::get().uri(ACME)).await.json();
    assert_eq!(current, second.json());
    let old = send_to(service.state.clone(), TestRequest::get().uri("/v1/price_books/acme@1")).await.json();
    assert_eq!(old, first.json());
    let books = send_to(service.state.clone(), TestRequest::get().uri("/v1/price_books")).await.json();
    assert_eq!(books["price_books"][0]["revision"], 2);
    assert_eq!(books["price_books"][0]["rates"], 1);

    let removed = admin(&service, Method::DELETE, ACME, None).await;
    assert_eq!((removed.status.as_u16(), &removed.json()["removed"]), (200, &json!(true)), "{}", removed.text());
    let problem = vpn(&service, Some("acme")).await.problem(422, "unknown_price_book");
    assert_eq!(problem["pointer"], "/price_book");
    assert!(problem["hint"].as_str().is_some_and(|hint| hint.contains("acme@2")), "{problem}");
    let gone = send_to(service.state.clone(), TestRequest::get().uri(ACME)).await.problem(404, "unknown_price_book");
    assert_eq!(gone["parameter"], "name");
    admin(&service, Method::DELETE, ACME, None).await.problem(404, "unknown_price_book");
    assert_eq!(vpn(&service, Some("acme@1")).await.body, ten.body, "a removal changes no revision");
    assert_eq!(vpn(&service, None).await.body, list.body, "list prices are what they were");

    let again = put(&service, ACME, &discount("30")).await;
    assert_eq!((again.status.as_u16(), &again.json()["revision"]), (201, &json!(4)));
    // A service that starts on the file knows all of it.
    service.store.close().await;
    let store = Store::open(service.store.path()).await.expect("the file");
    let books = store.books(&crossover::catalog::books::Books::default()).await.expect("the books");
    let number = |name| books.at(books.find(name, "").expect(name)).expect("a book").revision.number;
    assert_eq!((number("acme"), number("acme@1"), number("acme@2")), (4, 1, 2));
}

#[actix_web::test]
async fn what_is_got_can_be_put() {
    let service = OnStore::new().await;
    let book = json!({
        "note": "all there is",
        "rates": [
            { "discount_percent": "-2.50", "valid_to": "2026-12-01", "note": "until the contract begins" },
            { "service_code": "AmazonVPC", "discount_percent": 7 },
            { "service_code": "AmazonVPC", "region": "global", "discount_percent": 100, "valid_from": "2026-12-01" },
            {
                "service_code": "AWSDataTransfer", "region": "us-east-1", "usage_type": "DataTransfer-Out-Bytes",
                "unit": "GB", "tiers": [ { "from": 0, "to": 100, "price": 0.08 }, { "from": 100, "price": "0.07" } ]
            },
        ],
    });
    let first = put(&service, ACME, &book).await.json();
    assert_eq!(first["rates"][0]["discount_percent"], "-2.5");
    assert_eq!(
        first["rates"][3]["tiers"],
        json!([{ "from": "0", "price": "0.08" }, { "from": "100", "price": "0.07" }])
    );
    let again = json!({ "note": first["note"], "rates": first["rates"] });
    let second = put(&service, "/v1/price_books/acme-2", &again).await.json();
    assert_eq!((&second["note"], &second["rates"]), (&first["note"], &first["rates"]));
}

#[actix_web::test]
async fn a_line_says_which_rate_and_which_list_price() {
    let service = OnStore::new().await;
    let book = json!({
        "rates": [
            { "service_code": "AmazonVPC", "discount_percent": "12.5" },
            {
                "service_code": "AWSDataTransfer", "region": "us-east-1", "usage_type": "DataTransfer-Out-Bytes",
                "unit": "GB", "price": "0.05", "valid_from": "2026-01-01"
            },
        ],
    });
    assert_eq!(put(&service, ACME, &book).await.status, 201);
    let (list, own) = (vpn(&service, None).await.json(), vpn(&service, Some("acme")).await.json());
    let line = |answer: &Value, id: &str| {
        let lines = answer["lines"].as_array().expect("lines");
        lines.iter().find(|line| line["id"] == id).unwrap_or_else(|| panic!("{answer}")).clone()
    };
    // 730 × 0.05 × 0.875 = 31.9375
    let hours = line(&own, "connection_hours");
    assert_eq!((&hours["amount_exact"], &hours["tiers"][0]["unit_price"]), (&json!("31.9375"), &json!("0.04375")));
    let mut price = hours["price"].clone();
    let rate = price.as_object_mut().expect("a price").remove("book").expect("the rate");
    assert_eq!(price["layer"], "price_book");
    price["layer"] = "seed".into();
    assert_eq!(price, line(&list, "connection_hours")["price"], "the rest describes the list price");
    assert_eq!(
        (&rate["name"], &rate["revision"], &rate["scope"], &rate["service_code"], &rate["discount_percent"]),
        (&json!("acme"), &json!(1), &json!("service"), &json!("AmazonVPC"), &json!("12.5"))
    );
    assert_eq!(rate["list"]["tiers"], json!([{ "from": "0", "unit_price": "0.05" }]));
    assert_eq!(rate["list"]["layer"], "seed");

    let out = line(&own, "data_out");
    assert_eq!(out["amount"], "5.00", "100 GB × 0.05");
    let price = &out["price"];
    assert_eq!((&price["layer"], &price["effective_from"]), (&json!("price_book"), &json!("2026-01-01")));
    assert_eq!(price["source"], "price book `acme`, revision 1");
    assert_eq!(price["book"]["scope"], "meter");
    assert_eq!(price["book"]["discount_percent"], Value::Null);
    assert_eq!(price["book"]["list"]["tiers"][0]["unit_price"], "0.09");
    // (36.50 + 36.50 + 2 + 9) − (73 × 0.875 + 2 × 0.875 + 5) = 84 − 70.625 where processing is of AmazonVPC too.
    let notice = own["notices"].as_array().expect("notices").iter().find(|n| n["code"] == "price_book_applied");
    let text = notice.expect("a notice")["text"].as_str().expect("a text");
    assert_eq!(
        text,
        "The price book `acme`, revision 1, prices 4 of 4 lines; at list prices the month would cost 13.375 USD more."
    );
}

#[actix_web::test]
async fn a_decision_is_priced_with_the_book() {
    let service = OnStore::new().await;
    assert_eq!(put(&service, ACME, &discount("50")).await.status, 201);
    let ask = |book: Option<&str>| {
        let body =
            json!({ "region": "us-east-1", "as_of": "2026-11-22", "price_book": book, "inputs": { "port_gbps": 1 } });
        let state = service.state.clone();
        async move { post_to(state, "/v1/decisions/hybrid_resiliency", &body).await.json() }
    };
    let (list, half) = (ask(None).await, ask(Some("acme")).await);
    assert_eq!(half["catalog"]["price_book"], json!({ "name": "acme", "revision": 1 }));
    let money = |answer: &Value, at: usize| -> String {
        answer["options"][at]["monthly"]["aws"].as_str().unwrap_or_default().to_owned()
    };
    let mut compared = 0;
    for at in 0..list["options"].as_array().expect("options").len() {
        let (list, half) = (money(&list, at), money(&half, at));
        let cents = |text: &str| text.replace('.', "").parse::<i64>().ok();
        if let (Some(list), Some(half)) = (cents(&list), cents(&half)) {
            assert!((list - 2 * half).abs() <= 1, "{list} {half}");
            compared += 1;
        }
    }
    assert!(compared > 0, "{list}");
}

/// A book with one rate.
fn rate(rate: Value) -> Value {
    Value::Object([("rates".to_owned(), Value::Array(vec![rate]))].into_iter().collect())
}

#[actix_web::test]
async fn a_book_with_a_mistake_is_refused_whole() {
    let service = OnStore::new().await;
    let vpn = |more: Value| {
        let mut rate = json!({
            "service_code": "AmazonVPC", "region": "us-east-1", "usage_type": "VPN-Usage-Hours:ipsec.1",
            "operation": "CreateVpnConnection", "unit": "Hrs"
        });
        rate.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        self::rate(rate)
    };
    let tiers = |tiers: Value| vpn(json!({ "tiers": tiers }));
    for (body, code, pointer, words) in [
        (json!({ "rates": [] }), "out_of_range", "/rates", "there are 0 rates"),
        (rate(json!({})), "missing_field", "/rates/0", "give one"),
        (rate(json!({ "discount_percent": 5, "price": 1 })), "conflicting_fields", "/rates/0", "give one"),
        (rate(json!({ "discount_percent": 101 })), "out_of_range", "/rates/0/discount_percent", "from -1000 to 100"),
        (rate(json!({ "discount_percnt": 5 })), "unknown_field", "/rates/0/discount_percnt", "`discount_percent`"),
        (
            rate(json!({ "service_code": "AmazonVPX", "discount_percent": 5 })),
            "unknown_value",
            "/rates/0/service_code",
            "`AmazonVPC`",
        ),
        (
            rate(json!({ "service_code": "AmazonVPC", "region": "us-east-7", "discount_percent": 5 })),
            "unknown_region",
            "/rates/0/region",
            "did you mean `us-east-1`?",
        ),
        (
            rate(json!({ "region": "us-east-1", "discount_percent": 5 })),
            "conflicting_fields",
            "/rates/0/region",
            "needs `service_code`",
        ),
        (
            rate(json!({ "service_code": "AmazonVPC", "usage_type": "x", "discount_percent": 5 })),
            "conflicting_fields",
            "/rates/0/usage_type",
            "`region`",
        ),
        (
            vpn(json!({ "usage_type": "VPN-Usage-Hours:ipsec1", "price": 1 })),
            "unknown_value",
            "/rates/0/usage_type",
            "`VPN-Usage-Hours:ipsec.1`",
        ),
        (vpn(json!({ "operation": "", "price": 1 })), "unknown_value", "/rates/0/operation", "CreateVpnConnection"),
        (vpn(json!({ "region": "global", "price": 1 })), "unknown_value", "/rates/0/region", "by Region"),
        (vpn(json!({ "unit": "GB", "price": 1 })), "unknown_value", "/rates/0/unit", "billed in `Hrs`"),
        (vpn(json!({ "unit": null, "price": 1 })), "missing_field", "/rates/0/unit", "billed in `Hrs`"),
        (vpn(json!({ "discount_percent": 1 })), "conflicting_fields", "/rates/0/unit", "has no unit"),
        (vpn(json!({ "price": -1 })), "out_of_range", "/rates/0/price", "from 0"),
        (
            rate(json!({ "service_code": "AmazonVPC", "price": 1, "unit": "Hrs" })),
            "conflicting_fields",
            "/rates/0/price",
            "is of one meter",
        ),
        (tiers(json!([])), "out_of_range", "/rates/0/tiers", "there are 0 tiers"),
        (tiers(json!([{ "from": 1, "price": 1 }])), "out_of_range", "/rates/0/tiers/0/from", "must begin at 0"),
        (
            tiers(json!([{ "from": 0, "price": 2 }, { "from": 0, "price": 1 }])),
            "out_of_range",
            "/rates/0/tiers/1/from",
            "must rise",
        ),
        (
            tiers(json!([{ "from": 0, "to": 10, "price": 2 }, { "from": 20, "price": 1 }])),
            "conflicting_fields",
            "/rates/0/tiers/0/to",
            "leaves a gap",
        ),
        (
            tiers(json!([{ "from": 0, "to": 30, "price": 2 }, { "from": 20, "price": 1 }])),
            "conflicting_fields",
            "/rates/0/tiers/0/to",
            "overlaps",
        ),
        (
            tiers(json!([{ "from": 0, "to": 30, "price": 2 }])),
            "conflicting_fields",
            "/rates/0/tiers/0/to",
            "must not end",
        ),
        (
            rate(json!({ "discount_percent": 5, "valid_from": "2026-02-01", "valid_to": "2026-02-01" })),
            "conflicting_fields",
            "/rates/0/valid_to",
            "first day without it",
        ),
        (
            rate(json!({ "discount_percent": 5, "valid_from": "1 May" })),
            "wrong_type",
            "/rates/0/valid_from",
            "not a date",
        ),
        (
            json!({ "rates": [ { "discount_percent": 5 }, { "discount_percent": 6, "valid_from": "2026-01-01" } ] }),
            "conflicting_fields",
            "/rates/1",
            "the rates 0 and 1 both speak of everything",
        ),
        (
            rate(json!({ "discount_percent": 5, "note": "x".repeat(1_001) })),
            "out_of_range",
            "/rates/0/note",
            "at most 1000",
        ),
    ] {
        let problem = put(&service, ACME, &body).await.problem(422, code);
        assert_eq!(problem["pointer"], pointer, "{body}: {problem}");
        assert!(problem.to_string().contains(words), "{body}: {problem}");
        assert_eq!(problem.get("errors"), None, "{body}: {problem}");
    }
    for name in ["Acme", "acme@1", "-acme", &"a".repeat(65)] {
        let problem =
            put(&service, &format!("/v1/price_books/{name}"), &discount("5")).await.problem(422, "unknown_value");
        assert_eq!(problem["parameter"], "name");
    }
    // All mistakes are named at once, in rates that are otherwise sound too.
    let body =
        json!({ "rates": [ { "discount_percent": 200 }, { "service_code": "Nothing", "discount_percent": 5 } ] });
    let problem = put(&service, ACME, &body).await.problem(422, "out_of_range");
    assert_eq!(problem["errors"].as_array().map(Vec::len), Some(2), "{problem}");
    assert_eq!(service.state.active().expect("prices").books.last_id(), 0, "nothing was written");
}

#[actix_web::test]
async fn a_book_of_another_process_is_noticed_and_goes_over_every_edition() {
    let service = OnStore::new().await;
    let edition = service.dearer_vpn().await;
    service.state.edition(Some(edition)).await.expect("an edition loaded on demand");
    let other = Store::open(service.store.path()).await.expect("the file");
    let request = PriceBookRequest::read(discount("10").to_string().as_bytes()).expect("a book");
    let draft = request.check("acme", &service.state.active().expect("prices")).expect("a sound book");
    other.add_book(draft).await.expect("written");
    other.close().await;
    vpn(&service, Some("acme")).await.problem(422, "unknown_price_book");
    assert_eq!(service.state.follow_store().await.expect("the store"), Some(edition));
    assert_eq!(vpn(&service, Some("acme")).await.status, 200);
    let body = json!({
        "region": "us-east-1", "as_of": "2026-11-22", "price_book": "acme", "edition": 1, "usage": { "connections": 1 },
    });
    let old = post_to(service.state.clone(), "/v1/estimates/site_to_site_vpn", &body).await.json();
    assert_eq!(old["total"]["monthly"], "32.85", "730 × 0.05 × 0.9 of the old edition");
}
