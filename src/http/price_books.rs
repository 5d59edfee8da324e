//! Price books: whoever reaches the service may read them, who has the admin token may change them.
//!
//! A change is a new revision in the store. This service answers from it at once, and others on the same file when they
//! next look.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};
use utoipa::openapi::path::HttpMethod;

use super::admin::Admin;
use super::body::JsonBody;
use super::error::{ApiError, ApiResult};
use super::openapi::{ADMIN, Api, BODY, CATALOG, Endpoint, NAMED, QUERY, in_path, text_schema};
use super::query::Params;
use super::route::{at, delete, get, json as json_answer, json_bytes, put};
use super::state::State;
use crate::app::price_book::view::{PriceBookList, PriceBookSummary, PriceBookView};
use crate::app::price_book::{PriceBookRequest, check_name};

/// The path of one book.
const ONE: &str = "/v1/price_books/{name}";

/// The routes.
pub fn register(app: &mut ServiceConfig) {
    at(app, "/v1/price_books", [get(list)]);
    at(app, ONE, [get(details), put(replace), delete(remove)]);
}

async fn list(request: HttpRequest, state: Data<State>) -> ApiResult<HttpResponse> {
    Params::of(&request, &[]).finish()?;
    let catalog = state.active()?;
    json_answer(&PriceBookList { price_books: catalog.books.current().map(PriceBookSummary::from).collect() })
}

async fn details(name: Path<String>, request: HttpRequest, state: Data<State>) -> ApiResult<HttpResponse> {
    Params::of(&request, &[]).finish()?;
    let catalog = state.active()?;
    let place = catalog.books.find(&name, "name").map_err(ApiError::in_path)?;
    let book = catalog.books.at(place).ok_or_else(|| ApiError::internal("a price book that was found is gone"))?;
    json_answer(&PriceBookView::from(book))
}

async fn replace(_: Admin, name: Path<String>, body: JsonBody, state: Data<State>) -> ApiResult<HttpResponse> {
    let name = name.into_inner();
    check_name(&name, "name").map_err(|problem| ApiError::in_query(vec![problem]))?;
    let request = PriceBookRequest::read(&body.0)?;
    let catalog = state.active()?;
    let is_new = catalog.books.find(&name, "name").is_err();
    // It is held against every meter that is known, which takes a moment.
    let draft = web::block(move || request.check(&name, &catalog)).await.map_err(ApiError::internal)??;
    let book = PriceBookView::from(&state.add_book(draft).await?);
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(HttpResponse::build(status).content_type("application/json").body(json_bytes(&book)?))
}

async fn remove(_: Admin, name: Path<String>, request: HttpRequest, state: Data<State>) -> ApiResult<HttpResponse> {
    Params::of(&request, &[]).finish()?;
    // Says so where there is no such book, and names the nearest.
    state.active()?.books.find(&name, "name").map_err(ApiError::in_path)?;
    check_name(&name, "name").map_err(ApiError::in_path)?;
    json_answer(&PriceBookView::from(&state.remove_book(&name).await?))
}

/// A book to try: a discount on everything, a deeper one on a service, and a price for one meter.
fn example() -> Value {
    json!({
        "note": "Enterprise agreement of 2026",
        "rates": [
            { "discount_percent": 6 },
            {
                "service_code": "AmazonEC2",
                "discount_percent": "12.5",
                "valid_from": "2026-01-01",
                "valid_to": "2029-01-01"
            },
            {
                "service_code": "AmazonVPC",
                "region": "us-east-1",
                "usage_type": "VPN-Usage-Hours:ipsec.1",
                "operation": "CreateVpnConnection",
                "unit": "Hrs",
                "price": "0.042"
            }
        ]
    })
}

/// What the document says about them.
pub fn document(api: &mut Api) {
    let list = api.schema::<PriceBookList>();
    api.add(Endpoint {
        method: HttpMethod::Get,
        path: "/v1/price_books".to_owned(),
        id: "list_price_books".to_owned(),
        tag: "Price books",
        summary: "The price books".to_owned(),
        description: "The newest revision of every price book that has not been removed.".to_owned(),
        parameters: Vec::new(),
        body: None,
        answer: ("The price books.", "application/json", list.into()),
        fails: [CATALOG, QUERY].concat(),
    });
    let book = api.schema::<PriceBookView>();
    let request = api.schema::<PriceBookRequest>();
    let name = |about| vec![in_path("name", about, text_schema(), "acme")];
    api.add(Endpoint {
        method: HttpMethod::Get,
        path: ONE.to_owned(),
        id: "get_price_book".to_owned(),
        tag: "Price books",
        summary: "One price book".to_owned(),
        description: "The rates of a price book, in the form in which they are sent. `acme` is its newest revision, \
                      `acme@1` its first, whatever has become of the book since."
            .to_owned(),
        parameters: name("The name of the book; with `@` and a number for a revision of it."),
        body: None,
        answer: ("The price book.", "application/json", book.clone().into()),
        fails: [CATALOG, NAMED, QUERY].concat(),
    });
    api.add(Endpoint {
        method: HttpMethod::Put,
        path: ONE.to_owned(),
        id: "put_price_book".to_owned(),
        tag: "Price books",
        summary: "Add or replace a price book".to_owned(),
        description: "The book as it is from now on. It is checked whole before anything changes, and becomes a new \
                      revision; the ones before stay, so that an old answer can be given again.\n\nOf the rates that \
                      hold on the day, the one with the narrowest scope counts: a meter before a service in a Region, \
                      before a service, before everything."
            .to_owned(),
        parameters: name("The name of the book: 1 to 64 of `a` to `z`, `0` to `9`, `-` and `_`."),
        body: Some((request, example())),
        answer: ("The new revision.", "application/json", book.clone().into()),
        fails: [ADMIN, CATALOG, BODY].concat(),
    });
    api.creates(ONE, "The first revision of a new book.");
    api.add(Endpoint {
        method: HttpMethod::Delete,
        path: ONE.to_owned(),
        id: "delete_price_book".to_owned(),
        tag: "Price books",
        summary: "Remove a price book".to_owned(),
        description:
            "Requests that name the book are refused from now on. Its revisions stay, and are named by `acme@1`."
                .to_owned(),
        parameters: name("The name of the book."),
        body: None,
        answer: ("The revision that removes it.", "application/json", book.into()),
        fails: [ADMIN, CATALOG, NAMED, QUERY].concat(),
    });
}
