//! How routes are made: every path answers HEAD where it answers GET, and refuses other methods with `Allow`.

use actix_web::guard;
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Responder, Route};
use serde::Serialize;

use super::error::{ApiError, ApiResult};
use super::observe::catch_panic;

/// How much room an answer gets at first; most estimates fit.
const ANSWER_ROOM: usize = 4 * 1024;

/// A method with its handler.
pub struct Answering {
    method: Method,
    route: Route,
}

/// Answers GET and HEAD.
pub fn get<F, Args>(handler: F) -> Answering
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let guard = guard::Any(guard::Get()).or(guard::Head());
    Answering { method: Method::GET, route: web::route().guard(guard).to(handler) }
}

/// Answers POST.
pub fn post<F, Args>(handler: F) -> Answering
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    Answering { method: Method::POST, route: web::post().to(handler) }
}

/// Answers PUT.
pub fn put<F, Args>(handler: F) -> Answering
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    Answering { method: Method::PUT, route: web::put().to(handler) }
}

/// Answers DELETE.
pub fn delete<F, Args>(handler: F) -> Answering
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    Answering { method: Method::DELETE, route: web::delete().to(handler) }
}

/// Puts a path into the application.
pub fn at(app: &mut ServiceConfig, path: &str, answering: impl IntoIterator<Item = Answering>) {
    let mut resource = web::resource(path);
    let mut allow = Vec::new();
    for Answering { method, route } in answering {
        // Where GET is answered, HEAD is too.
        allow.push(if method == Method::GET { "GET, HEAD".to_owned() } else { method.to_string() });
        resource = resource.route(route);
    }
    let allow = allow.join(", ");
    let refuse = move |request: HttpRequest| {
        let error = ApiError::method_not_allowed(request.method(), &allow);
        async move { Err::<HttpResponse, ApiError>(error) }
    };
    app.service(resource.default_service(web::to(refuse)).wrap(from_fn(catch_panic)));
}

/// An answer, written straight from its type.
pub fn json<T: Serialize>(answer: &T) -> ApiResult<HttpResponse> {
    Ok(json_body(json_bytes(answer)?))
}

/// The text of an answer.
pub fn json_bytes<T: Serialize>(answer: &T) -> ApiResult<Vec<u8>> {
    let mut body = Vec::with_capacity(ANSWER_ROOM);
    serde_json::to_writer(&mut body, answer).map_err(ApiError::internal)?;
    Ok(body)
}

/// An answer whose text has been written.
pub fn json_body(body: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(body)
}
