//! The answer of a decision as it goes over the wire.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::topologies::{self, TopologyView};
use crate::app::answer::{AssumptionView, CatalogView, LineView, MissingMeterView, NoticeView, Total, cents};
use crate::app::estimate::{catalog_view, price_notices};
use crate::catalog::Catalog;
use crate::decisions::engine::robust::Robustness;
use crate::decisions::engine::screen::Finding;
use crate::decisions::engine::{Ask, Candidate, Cost, Effect, Flip, Phase, Reason, Verdict};
use crate::domain::amount::Amount;
use crate::domain::bill::Notice;
use crate::rating::Lacking;

/// What stands for the recommended option where none is eligible.
pub const NONE_ELIGIBLE: &str = "none_eligible";

/// What an option costs a month, in its three columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MonthlyMoney {
    /// The AWS bill, US dollars; null where a price is missing.
    #[schema(example = "163.00")]
    pub aws: Option<String>,
    /// Money outside the AWS bill, US dollars; null where it is due and no figure was given.
    #[schema(example = "400.00")]
    pub outside_aws: Option<String>,
    /// People's time, US dollars.
    #[schema(example = "0.00")]
    pub people: Option<String>,
    /// The sum by which options are ranked; unknown money outside the AWS bill is left out.
    #[schema(example = "563.00")]
    pub ranking: Option<String>,
    /// The same with up to 12 decimals.
    pub ranking_exact: Option<String>,
}

/// The recommended option.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Recommendation {
    /// The option; `none_eligible` where no option meets all requirements.
    #[schema(example = "dx_hosted")]
    pub option: String,
    /// How it is built; for `none_eligible`, the inputs to relax.
    #[schema(value_type = Object)]
    pub config: Map<String, Value>,
    /// What it costs a month.
    pub monthly: MonthlyMoney,
    /// `high`, `medium`, `low` or `tie`.
    #[schema(example = "medium")]
    pub confidence: &'static str,
    /// Why the confidence is not higher.
    pub confidence_limits: Vec<String>,
    /// What was decided by: the mode.
    #[schema(example = "guided")]
    pub mode: &'static str,
    /// The rules whose preference narrowed the field.
    pub narrowed_by: Vec<String>,
}

/// A reason for the recommendation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReasonView {
    /// The rule, or `cost`, or `break_even`.
    pub criterion: String,
    /// Your value.
    pub your_value: String,
    /// What it was held against.
    pub threshold: String,
    /// The sentence.
    pub text: String,
    /// The source; null for our own arithmetic.
    pub source_url: Option<String>,
}

impl From<&Reason> for ReasonView {
    fn from(reason: &Reason) -> Self {
        Self {
            criterion: reason.criterion.clone(),
            your_value: reason.your_value.clone(),
            threshold: reason.threshold.clone(),
            text: reason.text.clone(),
            source_url: reason.source.starts_with("https://").then(|| reason.source.clone()),
        }
    }
}

/// The best other option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AlternativeView {
    /// The option.
    pub option: &'static str,
    /// When it becomes better.
    pub when: String,
}

/// A rule that fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FindingView {
    /// The rule.
    #[schema(example = "H-04")]
    pub rule: &'static str,
    /// `eliminate`, `prefer`, `caution` or `quota_increase`.
    pub effect: &'static str,
    /// The input it looked at.
    pub input: &'static str,
    /// Your value, or the default.
    pub your_value: String,
    /// The limit.
    pub limit: String,
    /// How firm the limit is: `physical`, `hard_quota`, `adjustable_quota`, `policy`, `guidance` or `judgement`.
    pub hardness: &'static str,
    /// The sentence.
    pub text: String,
    /// The source of the limit; null where it is our judgement.
    pub source_url: Option<String>,
    /// The date of the source.
    pub source_date: String,
    /// Whether sources contradict each other on the limit or leave it open.
    pub uncertain: bool,
}

impl From<&Finding> for FindingView {
    fn from(finding: &Finding) -> Self {
        Self {
            rule: finding.rule,
            effect: finding.effect.as_str(),
            input: finding.looked.input,
            your_value: finding.looked.value.to_string(),
            limit: finding.limit(),
            hardness: finding.fact.hardness.as_str(),
            text: finding.text.to_owned(),
            source_url: finding.fact.source.starts_with("https://").then(|| finding.fact.source.clone()),
            source_date: finding.fact.source_date.clone(),
            uncertain: finding.fact.flagged.is_some(),
        }
    }
}

/// The bill of an option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OptionEstimate<'c> {
    /// The sum.
    pub total: Total,
    /// The lines, each with its receipt.
    pub lines: Vec<LineView<'c>>,
}

/// A soft score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScoreView {
    /// The criterion.
    pub criterion: String,
    /// 0 to 10.
    pub score: String,
}

/// One option, judged.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OptionView<'c> {
    /// The option.
    pub option: &'static str,
    /// What it is.
    pub what: &'static str,
    /// Whether no rule eliminates it.
    pub eligible: bool,
    /// Whether it was sized and its bill has a price for every meter. Only priced options compete on cost.
    pub priced: bool,
    /// The rules that eliminate it, all of them.
    pub rejected_by: Vec<FindingView>,
    /// The rules that prefer it.
    pub preferred_by: Vec<FindingView>,
    /// What to watch, and quotas to raise.
    pub cautions: Vec<FindingView>,
    /// How it is built; null where it is not eligible.
    #[schema(value_type = Option<Object>)]
    pub config: Option<Map<String, Value>>,
    /// Every way it could be built; the cheapest is taken.
    pub choices: Vec<String>,
    /// What it costs a month; null where it is not eligible.
    pub monthly: Option<MonthlyMoney>,
    /// The AWS bill; null where it is not eligible or not priced.
    pub estimate: Option<OptionEstimate<'c>>,
    /// Where the option carries traffic: every way to build it, with the path and the cost of each flow.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub topologies: Vec<TopologyView<'c>>,
    /// The meters without a price.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingMeterView>,
    /// Why it cannot be priced at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unpriced_because: Option<String>,
    /// The soft scores.
    pub scores: Vec<ScoreView>,
    /// Their weighted mean; null where the option has none.
    pub score: Option<String>,
    /// Its main drawback.
    pub drawback: &'static str,
}

/// A point at which the cheapest eligible option changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CrossoverView {
    /// The input.
    pub input: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// The value, with up to 12 decimals.
    pub at: String,
    /// Whether `at` is all of it.
    pub exact: bool,
    /// `equal`: both cost the same there; `jump`: a cost steps there; `eligibility`: an option becomes possible or
    /// impossible there.
    pub kind: &'static str,
    /// The cheapest below; null where none was eligible and priced.
    pub from: Option<&'static str>,
    /// The cheapest above.
    pub to: Option<&'static str>,
}

/// A stretch of one input with the same answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RegimeView {
    /// The input.
    pub input: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Where it begins.
    pub from: String,
    /// Whether `from` belongs to it.
    pub from_included: bool,
    /// Where it ends.
    pub to: String,
    /// Whether `to` belongs to it.
    pub to_included: bool,
    /// The cheapest eligible option; null where none is priced.
    pub cheapest: Option<&'static str>,
    /// The recommended option; null where none is eligible.
    pub recommended: Option<&'static str>,
}

/// Something that would change the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlipView {
    /// The input.
    pub input: String,
    /// Your value, or the default.
    pub from: String,
    /// The value that changes the answer.
    pub to: String,
    /// What would be recommended then.
    pub new_winner: String,
}

impl From<&Flip> for FlipView {
    fn from(flip: &Flip) -> Self {
        Self {
            input: flip.input.clone(),
            from: flip.from.clone(),
            to: flip.to.clone(),
            new_winner: flip.new_winner.unwrap_or(NONE_ELIGIBLE).to_owned(),
        }
    }
}

/// A step of the answer in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PhaseView {
    /// The day from which on it holds.
    pub from_day: String,
    /// The option.
    pub option: &'static str,
    /// Why.
    pub why: String,
}

impl From<&Phase> for PhaseView {
    fn from(phase: &Phase) -> Self {
        Self { from_day: phase.from_day.clone(), option: phase.option, why: phase.why.clone() }
    }
}

/// How the answer bears uncertainty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RobustnessView {
    /// The input it is judged over.
    pub input: &'static str,
    /// Its low value.
    pub low: String,
    /// Its high value.
    pub high: String,
    /// Whether low and high are the defaults of half and twice.
    pub is_default: bool,
    /// The percentage of the range over which the recommendation holds.
    pub holds_pct: String,
    /// The most that keeping the recommendation costs above the cheapest option over the range, US dollars a month.
    pub max_regret: Option<String>,
    /// Where that is.
    pub max_regret_at: Option<String>,
    /// What the low and the high value of each input do.
    pub tornado: Vec<SwingView>,
    /// The smallest change of a weight that would change the order of soft scores.
    pub weight_flip: Option<WeightFlipView>,
}

/// What the low and the high value of one input do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SwingView {
    /// The input.
    pub input: &'static str,
    /// Its low value.
    pub low: String,
    /// Its high value.
    pub high: String,
    /// What the recommended option costs at the low value; null where it is out or unpriced there.
    pub cost_at_low: Option<String>,
    /// What it costs at the high value.
    pub cost_at_high: Option<String>,
    /// What is recommended at the low value.
    pub winner_at_low: Option<&'static str>,
    /// What is recommended at the high value.
    pub winner_at_high: Option<&'static str>,
}

/// A weight at which two options change places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WeightFlipView {
    /// The criterion.
    pub criterion: String,
    /// Its weight.
    pub weight: String,
    /// The weight at which they change places, the others rescaled.
    pub at: String,
    /// The option that would come first.
    pub rival: &'static str,
}

/// The answer to a decision.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DecisionAnswer<'c> {
    /// The decision.
    pub decision: &'static str,
    /// What to choose.
    pub recommendation: Recommendation,
    /// Why: up to four reasons.
    pub because: Vec<ReasonView>,
    /// Its main drawback.
    pub main_drawback: Option<&'static str>,
    /// The best other option.
    pub alternative: Option<AlternativeView>,
    /// The cheapest eligible option, whatever is recommended.
    pub cheapest: Option<&'static str>,
    /// What the recommendation costs more than the cheapest, US dollars a month.
    pub above_cheapest: Option<String>,
    /// Every option.
    pub options: Vec<OptionView<'c>>,
    /// Where the cheapest option changes.
    pub crossovers: Vec<CrossoverView>,
    /// Which option is cheapest and which is recommended, by stretches of an input.
    pub regimes: Vec<RegimeView>,
    /// What would change the answer.
    pub would_change_my_mind: Vec<FlipView>,
    /// The answer in time, where it changes.
    pub phases: Vec<PhaseView>,
    /// Where no option is eligible: the inputs to relax, each entry one way out.
    pub relax: Vec<Vec<String>>,
    /// How the answer bears uncertainty.
    pub robustness: Option<RobustnessView>,
    /// What was assumed.
    pub assumptions: Vec<AssumptionView>,
    /// What is not taken into account.
    pub not_modelled: Vec<String>,
    /// What to know about the answer.
    pub notices: Vec<NoticeView>,
    /// Which prices were used.
    pub catalog: CatalogView,
}

fn money(candidate: &Candidate<'_>) -> Option<MonthlyMoney> {
    let plan = candidate.plan.as_ref()?;
    let billed = match &candidate.cost {
        Cost::Billed { bill, rank } => Some((bill, rank)),
        _ => None,
    };
    Some(MonthlyMoney {
        aws: billed.map(|(bill, _)| cents(&bill.total)),
        outside_aws: plan.outside_aws.as_ref().map(cents),
        people: Some(cents(&plan.people)),
        ranking: billed.map(|(_, rank)| cents(rank)),
        ranking_exact: billed.map(|(_, rank)| rank.to_string()),
    })
}

fn findings(candidate: &Candidate<'_>, effects: &[Effect]) -> Vec<FindingView> {
    candidate.findings.iter().filter(|f| effects.contains(&f.effect)).map(|f| FindingView::from(f.as_ref())).collect()
}

fn option_view<'c>(candidate: &Candidate<'c>, ask: &Ask, catalog: &'c Catalog) -> OptionView<'c> {
    let plan = candidate.plan.as_ref();
    let (estimate, missing, unpriced_because) = match &candidate.cost {
        Cost::Billed { bill, .. } => {
            (plan.map(|plan| topologies::estimate(plan, bill, ask, catalog)), Vec::new(), None)
        }
        Cost::Unpriced { missing, why } => {
            let explain = |lacking: &Lacking| MissingMeterView::from(&lacking.explain(catalog, ask.terms.as_of));
            (None, missing.iter().map(explain).collect(), why.clone())
        }
        Cost::Ranked { .. } | Cost::NotSized => (None, Vec::new(), None),
    };
    OptionView {
        option: candidate.info.id,
        what: candidate.info.what,
        eligible: candidate.eligible(),
        priced: estimate.is_some(),
        rejected_by: findings(candidate, &[Effect::Eliminate]),
        preferred_by: findings(candidate, &[Effect::Prefer]),
        cautions: findings(candidate, &[Effect::Caution, Effect::QuotaIncrease]),
        config: candidate.plan.as_ref().map(|plan| plan.config.clone()),
        choices: candidate.choices.clone(),
        monthly: money(candidate),
        estimate,
        topologies: topologies::of(candidate, ask, catalog),
        missing,
        unpriced_because,
        scores: candidate
            .scores
            .iter()
            .map(|(criterion, score)| ScoreView { criterion: criterion.clone(), score: score.normalize().to_string() })
            .collect(),
        score: (!candidate.scores.is_empty()).then(|| Amount::decimal(candidate.score).rounded(2)),
        drawback: candidate.info.drawback,
    }
}

fn robustness_view(robustness: &Robustness) -> RobustnessView {
    RobustnessView {
        input: robustness.input,
        low: robustness.low.to_string(),
        high: robustness.high.to_string(),
        is_default: robustness.is_default,
        holds_pct: robustness.holds_pct.rounded(1),
        max_regret: robustness.max_regret.as_ref().map(|(regret, _)| cents(regret)),
        max_regret_at: robustness.max_regret.as_ref().map(|(_, at)| at.to_string()),
        tornado: robustness
            .tornado
            .iter()
            .map(|swing| SwingView {
                input: swing.input,
                low: swing.low.to_string(),
                high: swing.high.to_string(),
                cost_at_low: swing.cost_at_low.as_ref().map(cents),
                cost_at_high: swing.cost_at_high.as_ref().map(cents),
                winner_at_low: swing.winner_at_low,
                winner_at_high: swing.winner_at_high,
            })
            .collect(),
        weight_flip: robustness.weight_flip.as_ref().map(|flip| WeightFlipView {
            criterion: flip.criterion.clone(),
            weight: flip.weight.normalize().to_string(),
            at: flip.at.rounded(3),
            rival: flip.rival,
        }),
    }
}

fn recommendation(verdict: &Verdict<'_>, winner: Option<&Candidate<'_>>, ask: &Ask) -> Recommendation {
    let mut config =
        winner.and_then(|candidate| candidate.plan.as_ref()).map(|plan| plan.config.clone()).unwrap_or_default();
    if let Some(candidate) = winner
        && candidate.choices.len() > 1
    {
        config.insert("choices".to_owned(), Value::from(candidate.choices.clone()));
    }
    if winner.is_none() {
        let mut names: Vec<&str> = verdict.relax.iter().flatten().map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        config.insert("relax".to_owned(), Value::from(names));
    }
    Recommendation {
        option: winner.map_or(NONE_ELIGIBLE, |candidate| candidate.info.id).to_owned(),
        config,
        monthly: winner.and_then(money).unwrap_or(MonthlyMoney {
            aws: None,
            outside_aws: None,
            people: None,
            ranking: None,
            ranking_exact: None,
        }),
        confidence: verdict.confidence.label,
        confidence_limits: verdict.confidence.failed.clone(),
        mode: ask.mode.as_str(),
        narrowed_by: verdict.choice.narrowed_by.iter().map(|rule| (*rule).to_owned()).collect(),
    }
}

/// The answer as it goes over the wire.
pub(super) fn answer<'c>(
    decision: &'static str,
    verdict: &Verdict<'c>,
    ask: &Ask,
    catalog: &'c Catalog,
) -> DecisionAnswer<'c> {
    let winner = verdict.choice.recommended.and_then(|at| verdict.candidates.get(at));
    let cheapest = verdict.choice.cheapest.and_then(|at| verdict.candidates.get(at));
    let above =
        winner.and_then(Candidate::rank).zip(cheapest.and_then(Candidate::rank)).map(|(own, least)| own - least);
    let mut notices: Vec<Notice> = verdict.notices.clone();
    let mut billed = None;
    if let Some(Cost::Billed { bill, .. }) = winner.map(|candidate| &candidate.cost) {
        price_notices(bill, verdict.terms, &mut notices);
        billed = Some(bill);
    }
    DecisionAnswer {
        decision,
        recommendation: recommendation(verdict, winner, ask),
        because: verdict.because.iter().map(ReasonView::from).collect(),
        main_drawback: winner.map(|candidate| candidate.info.drawback),
        alternative: verdict.alternative.as_ref().and_then(|(at, when)| {
            Some(AlternativeView { option: verdict.candidates.get(*at)?.info.id, when: when.clone() })
        }),
        cheapest: cheapest.map(|candidate| candidate.info.id),
        above_cheapest: above.as_ref().map(cents),
        options: verdict.candidates.iter().map(|candidate| option_view(candidate, ask, catalog)).collect(),
        crossovers: verdict
            .crossovers
            .iter()
            .map(|crossover| {
                let (at, exact) = crossover.at.exact_text();
                CrossoverView {
                    input: crossover.input,
                    unit: crossover.unit,
                    at,
                    exact,
                    kind: crossover.kind.as_str(),
                    from: crossover.from,
                    to: crossover.to,
                }
            })
            .collect(),
        regimes: verdict
            .regimes
            .iter()
            .map(|regime| RegimeView {
                input: regime.input,
                unit: regime.unit,
                from: regime.from.to_string(),
                from_included: regime.from_included,
                to: regime.to.to_string(),
                to_included: regime.to_included,
                cheapest: regime.cheapest,
                recommended: regime.recommended,
            })
            .collect(),
        would_change_my_mind: verdict.flips.iter().map(FlipView::from).collect(),
        phases: verdict.phases.iter().map(PhaseView::from).collect(),
        relax: verdict.relax.clone(),
        robustness: verdict.robustness.as_ref().map(robustness_view),
        assumptions: verdict.assumptions.iter().map(AssumptionView::from).collect(),
        not_modelled: verdict.not_modelled.clone(),
        notices: notices.iter().map(NoticeView::from).collect(),
        catalog: catalog_view(catalog, verdict.terms, billed),
    }
}
