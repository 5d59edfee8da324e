//! How to pay for compute? On demand, Spot, Savings Plans, reservations, or a mix; and where to run requests.
//!
//! The facts, with their sources, are in `pricing-data/facts/pricing_model.yaml`. R-01 … R-11 screen; G-51 … G-56 hold
//! published guidance. A commitment's price comes from the rates of the data, else from the discount of the request;
//! with neither it is shown without a price.
//!
//! With the input `compare` the question is where requests run: on Lambda, on Fargate or on EC2 (`break_even`).

use crate::catalog::Catalog;
use crate::domain::check::Check;
use crate::domain::problem::Problems;
use crate::domain::read::from_json;
use crate::services::{Example, schema};

use super::Decision;
use super::engine::screen::Screen;
use super::engine::{
    self, Ask, Considered, Context, FlagInput, InputInfo, Knowledge, NumberInput, OptionInfo, RuleInfo, Stop, Verdict,
    WordInput,
};

mod break_even;
mod inputs;
mod profile;
mod rates;
mod screening;
mod settle;
mod sizing;
mod workload;

pub use inputs::PricingModelInputs;

const ON_DEMAND: &str = "on_demand";
const SPOT: &str = "spot";
const COMPUTE_SP: &str = "compute_sp";
const EC2_INSTANCE_SP: &str = "ec2_instance_sp";
const DATABASE_SP: &str = "database_sp";
const SAGEMAKER_SP: &str = "sagemaker_sp";
const RI_STANDARD: &str = "ri_standard";
const RI_CONVERTIBLE: &str = "ri_convertible";
const ODCR: &str = "odcr";
const CAPACITY_BLOCK: &str = "capacity_block";
const MIX_OD: &str = "mix_sp_base_od_peak";
const MIX_SPOT: &str = "mix_sp_base_spot_burst";

/// Every way to pay.
const ALL_PAYMENTS: [&str; 12] = [
    ON_DEMAND,
    SPOT,
    COMPUTE_SP,
    EC2_INSTANCE_SP,
    DATABASE_SP,
    SAGEMAKER_SP,
    RI_STANDARD,
    RI_CONVERTIBLE,
    ODCR,
    CAPACITY_BLOCK,
    MIX_OD,
    MIX_SPOT,
];

/// The entry of the list.
pub const DECISION: Decision = Decision {
    id: "pricing_model",
    name: "How should the compute be paid for?",
    about: "On demand, Spot, Savings Plans, Reserved Instances, reserved capacity, or a base under a plan with the rest \
            on demand or on Spot: which one fits the use, what it costs, and at which utilisation or duration a \
            commitment pays back. With the input `compare`: Lambda, Fargate or EC2 for so many requests, and where \
            one becomes cheaper than the other.",
    options: OPTIONS,
    rules: RULES,
    inputs: all_inputs,
    example: Example {
        region: "us-east-1",
        usage: r#"{"spend": ["ec2"], "instance_type": "m7g.large", "usage_histogram": [{"level": 20, "hours": 200}, {"level": 8, "hours": 530}], "discount": 0.3, "horizon_months": 24}"#,
    },
    schema: schema::<PricingModelInputs>,
    decide,
};

/// The options: those of how to pay, then those of where to run.
const OPTIONS: &[OptionInfo] = &[
    OptionInfo {
        id: ON_DEMAND,
        what: "what runs, at the on-demand price",
        drawback: "It has the highest price for an hour, and reserves no capacity.",
    },
    OptionInfo {
        id: SPOT,
        what: "spare capacity at a floating price",
        drawback: "AWS takes it back at two minutes' notice.",
    },
    OptionInfo {
        id: COMPUTE_SP,
        what: "a Compute Savings Plan for the peak: EC2 of any family and Region, Fargate and Lambda",
        drawback: "The commitment is paid for one or three years, used or not.",
    },
    OptionInfo {
        id: EC2_INSTANCE_SP,
        what: "an EC2 Instance Savings Plan for the peak: one family in one Region",
        drawback: "It is bound to one family in one Region, and covers no Fargate and no Lambda.",
    },
    OptionInfo {
        id: DATABASE_SP,
        what: "a Database Savings Plan",
        drawback: "It covers databases only, and is paid for a year, used or not.",
    },
    OptionInfo {
        id: SAGEMAKER_SP,
        what: "a SageMaker Savings Plan",
        drawback: "It covers SageMaker only, and is paid for one or three years, used or not.",
    },
    OptionInfo {
        id: RI_STANDARD,
        what: "Standard Reserved Instances for the peak",
        drawback: "They are bound to a family in a Region, and selling them again takes a buyer.",
    },
    OptionInfo {
        id: RI_CONVERTIBLE,
        what: "Convertible Reserved Instances for the peak",
        drawback: "Exchanging them is work, and they cannot be sold.",
    },
    OptionInfo {
        id: ODCR,
        what: "On-Demand Capacity Reservations for the peak, with a plan for the price where one pays back",
        drawback: "Reserved capacity is paid for whether it runs or not.",
    },
    OptionInfo {
        id: CAPACITY_BLOCK,
        what: "a Capacity Block: GPU instances in a window that is booked and paid ahead",
        drawback: "It is paid for ahead as a whole, and ends when the window ends.",
    },
    OptionInfo {
        id: MIX_OD,
        what: "a Compute Savings Plan for the base, on demand above it",
        drawback: "The level of the base has to be watched, and the peaks pay the full price.",
    },
    OptionInfo {
        id: MIX_SPOT,
        what: "a Compute Savings Plan for the base, Spot above it",
        drawback: "The level of the base has to be watched, and what is above it can be taken back.",
    },
    OptionInfo {
        id: break_even::LAMBDA,
        what: "Lambda functions",
        drawback: "Every request is paid for, so that steady use of high volume costs more than containers.",
    },
    OptionInfo {
        id: break_even::FARGATE,
        what: "Fargate tasks, with what stands before them",
        drawback: "Tasks are paid for while they wait, and cost more than the same capacity on instances.",
    },
    OptionInfo {
        id: break_even::EC2,
        what: "containers on EC2 instances, with what stands before them",
        drawback: "Instances have to be run by people, and are paid for while they stand empty.",
    },
];

/// The options of how to pay.
const PAYMENTS: &[OptionInfo] = OPTIONS.split_at(ALL_PAYMENTS.len()).0;
/// The options of where to run.
const PLACES: &[OptionInfo] = OPTIONS.split_at(ALL_PAYMENTS.len()).1;

/// Answers the question that the inputs put.
fn decide<'c>(text: &str, ask: &Ask, catalog: &'c Catalog) -> Result<Verdict<'c>, Problems> {
    // A mistake of shape is told by the engine, with its place.
    match from_json::<PricingModelInputs>(text) {
        Ok(inputs) if inputs.compare.is_some() => engine::decide::<break_even::BreakEven>(text, ask, catalog),
        _ => engine::decide::<PricingModel>(text, ask, catalog),
    }
}

/// The inputs of both questions.
fn all_inputs() -> Vec<InputInfo> {
    let mut inputs = engine::inputs::<PricingModel>();
    for input in engine::inputs::<break_even::BreakEven>() {
        if !inputs.iter().any(|known| known.name == input.name) {
            inputs.push(input);
        }
    }
    inputs
}

/// The knowledge of how to pay.
#[derive(Debug)]
pub struct PricingModel;

impl Knowledge for PricingModel {
    type Inputs = PricingModelInputs;

    const OPTIONS: &'static [OptionInfo] = PAYMENTS;
    const RULES: &'static [RuleInfo] = RULES;
    const NUMBERS: &'static [NumberInput<Self::Inputs>] = inputs::NUMBERS;
    const FLAGS: &'static [FlagInput<Self::Inputs>] = inputs::FLAGS;
    const WORDS: &'static [WordInput<Self::Inputs>] = inputs::WORDS;
    const TOPIC: &'static str = "pricing_model";
    const SWEPT: &'static [&'static str] = &["expected_utilisation", "horizon_months"];
    const USAGE: &'static str = "expected_utilisation";

    fn check(inputs: &Self::Inputs, check: &mut Check, catalog: &Catalog) {
        inputs::check(inputs, check, catalog);
    }

    fn consider(inputs: &Self::Inputs, context: &mut Context<'_>) -> Result<Considered, Stop> {
        let settled = settle::settle(inputs, context)?;
        let work = workload::Workload { inputs, settled: &settled, region: context.region };
        let rates = rates::find(inputs, &settled, &work, context)?;
        let mut screen = Screen::new(Self::OPTIONS, context.facts());
        screening::screen(&mut screen, inputs, &settled, &rates, context)?;
        let sizing = sizing::Sizing { inputs, settled: &settled, rates: &rates, work };
        sizing.size(&mut screen, context)?;
        let notices = sizing.notices()?;
        let mut values = vec![("horizon_months", settled.horizon.clone())];
        if !settled.by_histogram {
            values.push(("expected_utilisation", settled.utilisation.clone()));
        }
        let parts = settled.parts;
        for (name, value, used) in [
            ("instances", &settled.instances, parts.ec2),
            ("fargate_tasks", &settled.tasks, parts.fargate),
            ("requests_month", &settled.requests, parts.lambda),
            ("duration_ms", &settled.duration_ms, parts.lambda),
        ] {
            if used {
                values.push((name, value.clone()));
            }
        }
        Ok(Considered {
            options: screen.into_considerations(),
            not_modelled: not_modelled(inputs),
            assumptions: settled.assumptions,
            critical_defaults: Vec::new(),
            notices,
            values,
        })
    }
}

/// What the answer does not take into account, with the given inputs that no rule uses.
fn not_modelled(inputs: &PricingModelInputs) -> Vec<String> {
    let mut unused = vec![
        "commitments of other workloads that share the account, and what they leave unused".to_owned(),
        "the interest on money paid upfront".to_owned(),
        "what follows the last whole term of a commitment".to_owned(),
        "volumes, addresses, data transfer, logs and load balancers, which cost the same however compute is paid"
            .to_owned(),
    ];
    let given = [
        ("start_in_days", inputs.start_in_days.is_some() && inputs.window_days.is_none()),
        ("training", inputs.training.is_some()),
        ("periodic", inputs.periodic.is_some()),
        ("cost_first", inputs.cost_first.is_some()),
    ];
    unused.extend(
        given.into_iter().filter(|(_, given)| *given).map(|(name, _)| format!("the input `{name}`: no rule uses it")),
    );
    let of_where = inputs.of_where().into_iter();
    unused.extend(of_where.map(|name| format!("the input `{name}`: it is used with `compare` only")));
    unused
}

/// The rules. Those that prefer narrow the field in this order.
const RULES: &[RuleInfo] = engine::rules! {
    "R-09": "GPU work in a fixed window" => "capacity_block is preferred; without GPUs or a window it is out" [Prefer, Eliminate] "https://docs.aws.amazon.com/decision-guides/latest/ec2-purchasing-options-aws-how-to-choose/ec2-purchasing-options-aws-how-to-choose.html";
    "R-07": "the capacity must be there" => "what reserves none is out, odcr is preferred, reservations must have the scope of a zone" [Prefer, Eliminate, Caution] "https://docs.aws.amazon.com/decision-guides/latest/ec2-purchasing-options-aws-how-to-choose/ec2-purchasing-options-aws-how-to-choose.html";
    "G-51": "what is committed should be sellable" => "ri_standard is preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-billing-and-cost-management/references/savings-plans.md";
    "G-52": "a base always runs, and the rest can be interrupted" => "mix_sp_base_spot_burst is preferred" [Prefer] "https://docs.aws.amazon.com/decision-guides/latest/ec2-purchasing-options-aws-how-to-choose/ec2-purchasing-options-aws-how-to-choose.html";
    "G-53": "the work can be interrupted" => "spot is preferred" [Prefer] "https://docs.aws.amazon.com/decision-guides/latest/ec2-purchasing-options-aws-how-to-choose/ec2-purchasing-options-aws-how-to-choose.html";
    "G-54": "the use comes and goes over a base" => "mix_sp_base_od_peak is preferred" [Prefer] "https://docs.aws.amazon.com/decision-guides/latest/ec2-purchasing-options-aws-how-to-choose/ec2-purchasing-options-aws-how-to-choose.html";
    "R-11": "the use is steady, and the family and the Region stay" => "ec2_instance_sp is preferred; the gap to compute_sp is shown" [Prefer] "https://docs.aws.amazon.com/decision-guides/latest/ec2-purchasing-options-aws-how-to-choose/ec2-purchasing-options-aws-how-to-choose.html";
    "G-55": "the use is steady, or what runs may change" => "compute_sp is preferred, or the plan of databases or of SageMaker where there is nothing else" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-billing-and-cost-management/references/savings-plans.md";
    "G-56": "databases or SageMaker alone, not steady or new" => "on_demand is preferred" [Prefer] "https://docs.aws.amazon.com/decision-guides/latest/ec2-purchasing-options-aws-how-to-choose/ec2-purchasing-options-aws-how-to-choose.html";
    "R-01": "the work cannot be interrupted" => "spot and mix_sp_base_spot_burst are out" [Eliminate] "https://docs.aws.amazon.com/decision-guides/latest/ec2-purchasing-options-aws-how-to-choose/ec2-purchasing-options-aws-how-to-choose.html";
    "R-02": "no checkpoint and no queue, a single pool, or a deadline" => "Spot is out where there is no queue for certain, else a caution" [Eliminate, Caution] "https://docs.aws.amazon.com/decision-guides/latest/ec2-purchasing-options-aws-how-to-choose/ec2-purchasing-options-aws-how-to-choose.html";
    "R-03": "horizon ÷ term is at most 1 − discount" => "the commitment is out" [Eliminate] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-billing-and-cost-management/references/savings-plans.md";
    "R-04": "the family, the Region, the operating system or the service may change" => "ec2_instance_sp and ri_standard are out" [Eliminate] "https://docs.aws.amazon.com/decision-guides/latest/ec2-purchasing-options-aws-how-to-choose/ec2-purchasing-options-aws-how-to-choose.html";
    "R-05": "a part of the spend is outside what the option covers" => "it is out, or stays with a caution where another plan covers that part" [Eliminate, Caution] "https://docs.aws.amazon.com/savingsplans/latest/userguide/what-is-savings-plans.html";
    "R-06": "the utilisation of the commitment is below 1 − discount, or a mix has no base or nothing above it" => "the commitment is out" [Eliminate] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-billing-and-cost-management/references/savings-plans.md";
    "R-08": "databases are a part of the spend, or none is" => "compute plans do not apply to that part; database_sp is out where there is none" [Eliminate, Caution] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-billing-and-cost-management/references/savings-plans.md";
    "R-10": "the workload is new, or known for less than a month" => "commitments are out" [Eliminate] "https://docs.aws.amazon.com/decision-guides/latest/ec2-purchasing-options-aws-how-to-choose/ec2-purchasing-options-aws-how-to-choose.html";
    "B-01": "with `compare`: a request runs longer than a function can" => "lambda is out" [Eliminate] "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html";
    "B-02": "with `compare`: a place is not named" => "it is out" [Eliminate] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-billing-and-cost-management/references/savings-plans.md";
};
