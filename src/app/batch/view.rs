//! What a row is answered with where it wants less than the whole answer, and how it is refused.

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::answer::MissingMeterView;
use crate::app::decide::view::{AlternativeView, DecisionAnswer, OptionView, ReasonView, Recommendation};
use crate::domain::problem::{Code, Problem, Problems};

/// A decision with `detail=total`.
#[derive(Debug, Serialize)]
pub struct DecisionTotal<'a> {
    decision: &'static str,
    recommendation: &'a Recommendation,
    alternative: Option<&'a AlternativeView>,
    cheapest: Option<&'static str>,
    above_cheapest: Option<&'a str>,
}

impl<'a> DecisionTotal<'a> {
    /// That much of an answer.
    pub fn of(answer: &'a DecisionAnswer<'_>) -> Self {
        Self {
            decision: answer.decision,
            recommendation: &answer.recommendation,
            alternative: answer.alternative.as_ref(),
            cheapest: answer.cheapest,
            above_cheapest: answer.above_cheapest.as_deref(),
        }
    }
}

/// A decision with `detail=lines`.
#[derive(Debug, Serialize)]
pub struct DecisionPart<'a> {
    decision: &'static str,
    recommendation: &'a Recommendation,
    because: &'a [ReasonView],
    main_drawback: Option<&'static str>,
    alternative: Option<&'a AlternativeView>,
    cheapest: Option<&'static str>,
    above_cheapest: Option<&'a str>,
    options: &'a [OptionView<'a>],
}

impl<'a> DecisionPart<'a> {
    /// That much of an answer.
    pub fn of(answer: &'a DecisionAnswer<'a>) -> Self {
        Self {
            decision: answer.decision,
            recommendation: &answer.recommendation,
            because: &answer.because,
            main_drawback: answer.main_drawback,
            alternative: answer.alternative.as_ref(),
            cheapest: answer.cheapest,
            above_cheapest: answer.above_cheapest.as_deref(),
            options: &answer.options,
        }
    }
}

/// What is wrong with a row: a problem (RFC 9457) without the members that belong to an HTTP response. Where several
/// values are wrong, the members describe the first and `errors` lists all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RowProblem {
    /// Where this kind of problem is explained, relative to the service.
    #[serde(rename = "type")]
    #[schema(example = "/docs/problems#unknown_field")]
    pub kind: String,
    /// A short title, the same for every problem of this code.
    #[schema(example = "A field is not known")]
    pub title: &'static str,
    /// What was found and what is allowed.
    #[schema(example = "the field `conections` is not known here")]
    pub detail: String,
    /// What kind of problem this is.
    #[schema(example = "unknown_field")]
    pub code: &'static str,
    /// The place in the row, as a JSON Pointer (RFC 6901); empty for the whole row.
    #[schema(example = "/usage/conections")]
    pub pointer: String,
    /// The allowed values, where they are few.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
    /// The nearest known name, or the fix.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "did you mean `connections`?")]
    pub hint: Option<String>,
    /// All meters without a price, for `price_not_available`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing_meters: Vec<MissingMeterView>,
    /// All mistakes, where there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<RowMistake>,
}

/// One of several mistakes of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RowMistake {
    /// What kind of mistake this is.
    #[schema(example = "out_of_range")]
    pub code: &'static str,
    /// What was found and what is allowed.
    #[schema(example = "`data_out_gb` is -1; it must be from 0 to 1000000000000")]
    pub detail: String,
    /// The place in the row, as a JSON Pointer (RFC 6901).
    #[schema(example = "/usage/data_out_gb")]
    pub pointer: String,
    /// The allowed values, where they are few.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
    /// The nearest known name, or the fix.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "did you mean `standard`?")]
    pub hint: Option<String>,
}

impl RowProblem {
    /// The problems of a row. The cause of a failure of our own goes to the log, not into an answer.
    pub fn of(problems: &Problems) -> Self {
        let failed = problems
            .0
            .iter()
            .find(|problem| problem.code == Code::Internal)
            .map(|_| Problem::new(Code::Internal, "", "the program failed on this row; its log has the reason"));
        let several = if failed.is_none() && problems.0.len() > 1 { problems.0.as_slice() } else { &[] };
        let unexplained = Problem::new(Code::Internal, "", Code::Internal.title());
        let first = failed.as_ref().or(problems.first()).unwrap_or(&unexplained);
        let RowMistake { code, detail, pointer, allowed, hint } = RowMistake::of(first);
        Self {
            kind: format!("/docs/problems#{code}"),
            title: first.code.title(),
            detail,
            code,
            pointer,
            allowed,
            hint,
            missing_meters: first.missing.iter().map(MissingMeterView::from).collect(),
            errors: several.iter().map(RowMistake::of).collect(),
        }
    }
}

impl RowMistake {
    fn of(problem: &Problem) -> Self {
        Self {
            code: problem.code.as_str(),
            detail: problem.detail.clone(),
            pointer: problem.pointer.clone(),
            allowed: problem.allowed.clone(),
            hint: problem.hint.clone(),
        }
    }
}
