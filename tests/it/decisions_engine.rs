//! Laws of the method that all decisions share, on a decision made for the purpose: its costs are formulas.

use serde::Deserialize;
use utoipa::ToSchema;

use chrono::NaiveDate;

use crossover::catalog::Catalog;
use crossover::decisions::engine::screen::{Screen, flag};
use crossover::decisions::engine::sweep::{CrossoverKind, MAX_SEGMENTS};
use crossover::decisions::engine::{
    Ask, Considered, Context, Effect, FlagInput, Knowledge, Mode, Movement, NumberInput, OptionInfo, Plan, RuleInfo,
    Stop, SweepAsk, Verdict, WordInput, decide,
};
use crossover::domain::amount::Amount;
use crossover::domain::check::Check;
use crossover::domain::month::Month;
use crossover::rating::{FreeTier, MissingPrices, Terms};

use crate::seed::seed;

/// The inputs of the decision.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Inputs {
    /// What the costs depend on.
    x: Option<Amount>,
    /// The square of `x` is billed.
    square: Option<bool>,
    /// The steps are short.
    steps: Option<bool>,
    /// The third option is eligible.
    third: Option<bool>,
    /// The third option is preferred as well.
    preferred: Option<bool>,
}

struct Toy;

const fn option(id: &'static str) -> OptionInfo {
    OptionInfo { id, what: "an option", drawback: "It has one." }
}

const fn yes(name: &'static str, slot: fn(&mut Inputs) -> &mut Option<bool>) -> FlagInput<Inputs> {
    FlagInput { name, relaxable: false, critical: false, alias: false, slot }
}

impl Knowledge for Toy {
    type Inputs = Inputs;

    const OPTIONS: &'static [OptionInfo] = &[option("line"), option("flat"), option("third")];
    const RULES: &'static [RuleInfo] = &[
        RuleInfo { id: "T-01", when: "asked", then: "third is out", effects: &[Effect::Eliminate], source: "" },
        RuleInfo { id: "T-02", when: "asked", then: "third is preferred", effects: &[Effect::Prefer], source: "" },
    ];
    const NUMBERS: &'static [NumberInput<Inputs>] = &[NumberInput {
        name: "x",
        unit: "",
        movement: Movement::Continuous,
        max: 1_000_000,
        sweep_to: 100,
        thresholds: &[],
        relaxable: false,
        critical: false,
        slot: |inputs| &mut inputs.x,
    }];
    const FLAGS: &'static [FlagInput<Inputs>] = &[
        yes("square", |inputs| &mut inputs.square),
        yes("steps", |inputs| &mut inputs.steps),
        yes("third", |inputs| &mut inputs.third),
        yes("preferred", |inputs| &mut inputs.preferred),
    ];
    const WORDS: &'static [WordInput<Inputs>] = &[];
    const TOPIC: &'static str = "toy";
    const SWEPT: &'static [&'static str] = &["x"];
    const USAGE: &'static str = "x";

    fn check(_: &Inputs, _: &mut Check, _: &Catalog) {}

    /// `line` costs 3 x or x², and a hundredth for each whole step; `flat` costs 100, `third` 500.
    fn consider(inputs: &Inputs, context: &mut Context<'_>) -> Result<Considered, Stop> {
        let given = |value: Option<bool>| value.unwrap_or(false);
        let x = inputs.x.clone().unwrap_or(Amount::whole(10));
        let mut screen = Screen::new(Self::OPTIONS, context.facts());
        if !given(inputs.third) {
            screen.eliminate("T-01", &["third"], &flag("third", false), "default_sites", "It was not asked for.")?;
        }
        if given(inputs.preferred) {
            screen.prefer("T-02", &["third"], &flag("preferred", true), "default_sites", "It was asked for.")?;
        }
        let mut line = if given(inputs.square) { x.times(&x)? } else { x.times_whole(3) };
        if given(inputs.steps) {
            line = &line + &context.probe.ceil_div(&x, &Amount::ONE.per(100))?;
        }
        for (option, cost) in [("line", line), ("flat", Amount::whole(100)), ("third", Amount::whole(500))] {
            if screen.eligible(option) {
                screen.plan(option, Plan { outside_aws: Some(cost), ..Plan::default() });
            }
        }
        Ok(Considered { options: screen.into_considerations(), values: vec![("x", x)], ..Considered::default() })
    }
}

fn ask(mode: Mode) -> Ask {
    Ask {
        region: "us-east-1".to_owned(),
        terms: Terms {
            as_of: NaiveDate::from_ymd_opt(2026, 11, 22).expect("a date"),
            free_tier: FreeTier::None,
            missing_prices: MissingPrices::Error,
            book: None,
        },
        month: Month::convention(),
        mode,
        weights: Vec::new(),
        budget: None,
        sweeps: None,
        uncertainty: Vec::new(),
    }
}

fn toy(inputs: &str, ask: &Ask) -> Verdict<'static> {
    decide::<Toy>(inputs, ask, seed()).expect("an answer")
}

fn winner(verdict: &Verdict<'_>) -> Option<&'static str> {
    verdict.choice.recommended.map(|at| verdict.candidates[at].info.id)
}

#[test]
fn a_crossing_is_found_exactly_and_what_changes_is_told_from_it() {
    let verdict = toy(r#"{"x": 10}"#, &ask(Mode::CheapestEligible));
    assert_eq!(winner(&verdict), Some("line"));
    // 3 x = 100 at 33 1/3.
    let [crossover] = verdict.crossovers.as_slice() else { panic!("{:?}", verdict.crossovers) };
    assert_eq!(crossover.at.value(), Amount::whole(100).over(&Amount::whole(3)).expect("a number").value());
    assert_eq!((crossover.kind, crossover.from, crossover.to), (CrossoverKind::Equal, Some("line"), Some("flat")));
    assert_eq!(crossover.at.exact_text(), ("33.333333333333".to_owned(), false));
    let flip = verdict.flips.iter().find(|flip| flip.input == "x").expect("a change");
    assert_eq!((flip.from.as_str(), flip.to.as_str(), flip.new_winner), ("10", "> 33.333333333333", Some("flat")));
    let (alternative, when) = verdict.alternative.expect("an alternative");
    assert_eq!(verdict.candidates[alternative].info.id, "flat");
    assert_eq!(when, "when `x` is > 33.333333333333 instead of 10");
}

#[test]
fn a_product_of_two_moving_amounts_is_told_and_not_drawn() {
    let verdict = toy(r#"{"x": 5, "square": true}"#, &ask(Mode::CheapestEligible));
    assert_eq!(winner(&verdict), Some("line"));
    let codes: Vec<&str> = verdict.notices.iter().map(|notice| notice.code).collect();
    assert_eq!(codes, ["not_piecewise_linear"]);
    assert!(verdict.notices[0].text.contains("`x`"));
    assert!(verdict.regimes.is_empty() && verdict.crossovers.is_empty());
}

#[test]
fn a_trace_of_too_many_pieces_ends_and_says_so() {
    let sweep = |to: i64| {
        let sweeps = Some(vec![SweepAsk { input: "x".to_owned(), from: Amount::ZERO, to: Some(Amount::whole(to)) }]);
        toy(r#"{"x": 1, "steps": true}"#, &Ask { sweeps, ..ask(Mode::CheapestEligible) })
    };
    // 3 x + ⌈100 x⌉ steps at every hundredth: 50 hold exactly as many pieces as are drawn.
    let whole = sweep(50);
    assert_eq!(MAX_SEGMENTS, 5_000);
    assert!(whole.notices.is_empty(), "{:?}", whole.notices);
    assert_eq!(whole.regimes.last().expect("a regime").to.as_whole(), Some(50));
    let cut = sweep(51);
    assert_eq!(cut.notices.iter().map(|notice| notice.code).collect::<Vec<_>>(), ["truncated_at"]);
    assert!(cut.notices[0].text.contains("at 50 after 5000 pieces"), "{}", cut.notices[0].text);
    assert_eq!(cut.regimes.last().expect("a regime").to.as_whole(), Some(50));
    // 3 x + ⌈100 x⌉ passes 100 at the step after 0.97: 2.91 + 98.
    let [crossover] = whole.crossovers.as_slice() else { panic!("{:?}", whole.crossovers) };
    assert_eq!((crossover.at.to_string().as_str(), crossover.kind), ("0.97", CrossoverKind::Jump));
}

/// An option that is dominated, and one that is not eligible though preferred, change no winner.
#[test]
fn dominated_and_ineligible_options_change_nothing() {
    for mode in [Mode::Guided, Mode::CheapestEligible, Mode::BestWithinBudget, Mode::Weighted] {
        for x in [1, 20, 33, 34, 90] {
            let with = |rest: &str| winner(&toy(&format!(r#"{{"x": {x}{rest}}}"#), &ask(mode)));
            let alone = with("");
            assert!(alone.is_some());
            assert_eq!(alone, with(r#", "third": true"#), "dominated: {mode:?} at {x}");
            assert_eq!(alone, with(r#", "preferred": true"#), "ineligible: {mode:?} at {x}");
            let preferred = if mode == Mode::Guided { Some("third") } else { alone };
            assert_eq!(preferred, with(r#", "third": true, "preferred": true"#), "preferred: {mode:?} at {x}");
        }
    }
}

#[test]
fn a_budget_that_buys_nothing_is_named() {
    let verdict = toy(r#"{"x": 10}"#, &Ask { budget: Some(Amount::whole(29)), ..ask(Mode::BestWithinBudget) });
    assert_eq!(winner(&verdict), None);
    assert_eq!(verdict.relax, [["budget_month"]]);
    assert_eq!(verdict.confidence.failed, ["Every option is above the budget; the cheapest costs 30.00 USD a month."]);
    let verdict = toy(r#"{"x": 10}"#, &Ask { budget: Some(Amount::whole(30)), ..ask(Mode::BestWithinBudget) });
    assert_eq!(winner(&verdict), Some("line"));
}
