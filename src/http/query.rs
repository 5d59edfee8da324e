//! Reads the query of a request. A parameter that does not exist is a mistake, as an unknown field of a body is.

use actix_web::HttpRequest;
use actix_web::web::Query;

use super::error::{ApiError, ApiResult};
use crate::domain::problem::{Code, Problem};

/// The parameters of a query, and the mistakes found in them so far.
#[derive(Debug)]
pub struct Params {
    pairs: Vec<(String, String)>,
    problems: Vec<Problem>,
}

impl Params {
    /// The parameters of a request, of which only `known` may occur, each once.
    pub fn of(request: &HttpRequest, known: &[&str]) -> Self {
        let pairs = Query::<Vec<(String, String)>>::from_query(request.query_string());
        let pairs = pairs.map(Query::into_inner).unwrap_or_default();
        let mut problems = Vec::new();
        for (at, (name, _)) in pairs.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let detail = format!("the parameter `{name}` is not known here");
                problems.push(Problem::new(Code::UnknownField, name, detail).allowing(name, known));
            } else if pairs.iter().take(at).any(|(earlier, _)| earlier == name) {
                problems.push(Problem::new(Code::Conflict, name, format!("the parameter `{name}` is given twice")));
            }
        }
        Self { pairs, problems }
    }

    /// The text of a parameter.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(found, _)| found == name).map(|(_, text)| text.as_str())
    }

    /// A whole number from `min` to `max`.
    pub fn whole(&mut self, name: &str, min: u32, max: u32) -> Option<u32> {
        let text = self.text(name)?.to_owned();
        let number = text.parse::<u32>().ok().filter(|number| (min..=max).contains(number));
        if number.is_none() {
            let code = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
                Code::OutOfRange
            } else {
                Code::WrongType
            };
            let detail = format!("`{name}` is `{text}`; it must be a whole number from {min} to {max}");
            self.problem(Problem::new(code, name, detail));
        }
        number
    }

    /// Notes a mistake; its pointer is the name of the parameter.
    pub fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// Every mistake found.
    pub fn finish(self) -> ApiResult<()> {
        if self.problems.is_empty() { Ok(()) } else { Err(ApiError::in_query(self.problems)) }
    }
}
