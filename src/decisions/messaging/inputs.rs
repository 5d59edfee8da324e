//! The inputs of `messaging`, and their ranges.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::catalog::Catalog;
use crate::decisions::engine::tables::{flags, given, numbers};
use crate::decisions::engine::{FlagInput, Movement, NumberInput, WordInput};
use crate::domain::amount::Amount;
use crate::domain::check::Check;
use crate::domain::problem::Code;
use crate::domain::read::unknown_name;

/// What is known about the messages, who sends them and who receives them. Every input may be left out; what is then
/// assumed is listed in the answer, and lowers its confidence where it matters.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessagingInputs {
    /// Messages a second, on average of the month. 0 to 10,000,000. Left out: a fifth of `msgs_per_s_peak`; without it
    /// either 10, and for a `schedule` one a day.
    pub msgs_per_s_avg: Option<Amount>,
    /// Messages a second at the peak, for which quotas and shards count. 0 to 50,000,000, and `msgs_per_s_avg` at least.
    /// Left out: 5 × the average.
    pub msgs_per_s_peak: Option<Amount>,
    /// Kilobytes of a message; 1,024 of them are the MiB of AWS's limits. 0 to 1,000,000. Left out: 4.
    pub message_kb: Option<Amount>,
    /// Consumers: with `consumer_mode` `independent`, each gets every message. Whole, 1 to 12,500,000. Left out:
    /// `services_consuming`, else `targets`, else 1.
    pub consumers: Option<Amount>,
    /// Services that consume, in other words. Whole, 1 to 12,500,000.
    pub services_consuming: Option<Amount>,
    /// Targets of each event, in other words; also how many one rule of a bus would have. Whole, 1 to 12,500,000.
    pub targets: Option<Amount>,
    /// Priorities, each with a queue of its own. Whole, 1 to 100. Left out: 1.
    pub priority_levels: Option<Amount>,
    /// Days for which messages must be kept. 0 to 36,500. Left out: no requirement; a queue keeps 4 days, a stream one.
    pub retention_days: Option<Amount>,
    /// How many hours back messages are read again; above 0 it means `replay`. 0 to 876,000. Left out: no requirement.
    pub replay_hours: Option<Amount>,
    /// How many minutes later than sent a message is delivered. 0 to 100,000,000. Left out: at once.
    pub delay_minutes: Option<Amount>,
    /// The longest that the processing of one message takes, hours. 0 to 100,000. Left out: no requirement.
    pub processing_hours: Option<Amount>,
    /// Milliseconds within which a message must be read. 0 to 1,000,000,000. Left out: 1,000 where `realtime` is, else no
    /// requirement.
    pub latency_ms: Option<Amount>,
    /// How full requests of ten messages are on average. 0.1 to 1. Left out: 0.5.
    pub batch_efficiency: Option<Amount>,

    /// Messages may go several in a request. Left out: true.
    pub batchable: Option<bool>,
    /// No message may be processed twice. Left out: false.
    pub exactly_once: Option<bool>,
    /// New or returning consumers read what others have read before. Left out: false.
    pub replay: Option<bool>,
    /// Events are routed by what they say. Left out: false.
    pub content_routing: Option<bool>,
    /// The consumers are people, reached by text message, e-mail or push. Left out: false.
    pub people: Option<bool>,
    /// Connectors of Kafka are needed. Left out: false.
    pub connectors: Option<bool>,
    /// Clients may be changed to another protocol. Left out: false where `protocol` is not AWS's own.
    pub code_change_allowed: Option<bool>,
    /// A buffer stands between senders and workers, for spikes or while workers are away. Left out: false.
    pub buffer: Option<bool>,
    /// Messages must outlast an outage of their consumers. Left out: false.
    pub durable: Option<bool>,
    /// Jobs are done later than asked for. Left out: false.
    pub async_jobs: Option<bool>,
    /// The load fluctuates. Left out: false.
    pub fluctuating: Option<bool>,
    /// Messages are read as they come. Left out: false.
    pub realtime: Option<bool>,
    /// As little as possible is to be run. Left out: false.
    pub low_ops: Option<bool>,
    /// Nothing is to be run, not even consumers. Left out: false.
    pub zero_admin: Option<bool>,
    /// Many are told of the same thing. Left out: false.
    pub notification_fanout: Option<bool>,
    /// Several services react to the same event of the business. Left out: false.
    pub same_business_event: Option<bool>,
    /// Each event goes to all targets. Left out: true where there are several `targets`.
    pub per_event: Option<bool>,
    /// Each message has a delay of its own. Left out: false.
    pub per_message: Option<bool>,
    /// What runs is moved from elsewhere.
    pub migration: Option<bool>,
    /// Workers keep no state.
    pub stateless: Option<bool>,
    /// Records are changed on their way.
    pub transform: Option<bool>,

    /// How consumers share: `competing` (each message goes to one of them) or `independent` (each gets every message).
    /// Left out: `independent` where several services or targets react to the same event, else `competing`.
    pub consumer_mode: Option<String>,
    /// The order that must be kept: `none`, `group` (within a key), or `global` (over all messages). Left out: `none`.
    pub ordering: Option<String>,
    /// What clients speak: `aws`, `amqp`, `jms`, `stomp`, `openwire`, `mqtt`, `kafka`. Left out: `aws`.
    pub protocol: Option<String>,
    /// What a topic or a bus delivers to: `lambda`, `sqs`, `http`, `firehose`. Left out: `lambda`.
    pub targets_kind: Option<String>,
    /// Where events come from, such as `saas_partner`, `aws_service_events`. Left out: your own senders.
    pub source: Option<String>,
    /// Where messages end: people, as `sms_email_push`, or a store, as `s3`. Left out: your own consumers.
    pub target: Option<String>,
    /// What it is for, in your words, such as `clickstream`, `logs`, `orders`, `db write spikes`, `stream to s3`.
    #[serde(rename = "use")]
    #[schema(rename = "use")]
    pub r#use: Option<String>,
    /// When it runs, in your words, such as `every day 02:00`. Left out: whenever messages come.
    pub schedule: Option<String>,
    /// What puts messages in, in your words, such as `s3`.
    pub trigger: Option<String>,
    /// The stage of the company, in your words, such as `seed`.
    pub stage: Option<String>,
    /// The Region whose quotas count, by its code. Left out: that of the request.
    pub region: Option<String>,
}

type Inputs = MessagingInputs;

/// The numeric inputs.
pub(super) const NUMBERS: &[NumberInput<Inputs>] = numbers! {
    msgs_per_s_avg "1/s" Continuous max 10_000_000 sweep 2_000 critical true [];
    msgs_per_s_peak "1/s" Continuous max 50_000_000 sweep 10_000 ["sqs_fifo_calls_per_s", "sqs_fifo_batched_msgs_per_s", "sqs_fifo_ht_largest_msgs_per_s", "sqs_fifo_ht_large_msgs_per_s", "sqs_fifo_ht_medium_msgs_per_s", "sqs_fifo_ht_small_msgs_per_s", "sqs_fifo_ht_other_msgs_per_s", "kinesis_shard_records_per_s", "eventbridge_custom_events_per_s"];
    message_kb "KB" Continuous max 1_000_000 sweep 300 relaxable true ["sns_message_kb", "sqs_message_kb", "kinesis_record_kb", "step_functions_payload_kb", "eventbridge_classic_recalled_event_kb"];
    consumers "" Whole max 12_500_000 sweep 50 ["eventbridge_targets_per_rule", "kinesis_fan_out_consumers", "sns_fifo_subscriptions"];
    services_consuming "" Whole max 12_500_000 sweep 50 ["guidance_business_event_services", "sns_fifo_subscriptions"];
    targets "" Whole max 12_500_000 sweep 50 ["eventbridge_targets_per_rule"];
    priority_levels "" Whole max 100 sweep 10 [];
    retention_days "days" Continuous max 36_500 sweep 400 relaxable true ["sqs_retention_days", "kinesis_retention_days"];
    replay_hours "hours" Continuous max 876_000 sweep 9_000 relaxable true [];
    delay_minutes "minutes" Continuous max 100_000_000 sweep 60 relaxable true ["sqs_delay_minutes"];
    processing_hours "hours" Continuous max 100_000 sweep 48 relaxable true ["sqs_visibility_hours"];
    latency_ms "ms" Continuous max 1_000_000_000 sweep 10_000 relaxable true ["messaging_realtime_ms"];
    batch_efficiency "" Continuous max 1 sweep 1 [];
};

/// The yes/no inputs that rules use.
pub(super) const FLAGS: &[FlagInput<Inputs>] = flags! {
    batchable relaxable true;
    exactly_once relaxable true;
    replay relaxable true;
    content_routing relaxable true;
    people relaxable true;
    connectors relaxable true;
    code_change_allowed relaxable true;
    buffer;
    durable;
    async_jobs;
    fluctuating;
    realtime relaxable true;
    low_ops;
    zero_admin;
    transform;
    notification_fanout;
    same_business_event;
    per_event;
    per_message relaxable true;
};

/// The Kafka protocol, as `protocol` names it.
pub(super) const KAFKA: &str = "kafka";
/// How consumers may share.
const MODES: [&str; 2] = ["competing", "independent"];
/// The orders that may be kept.
const ORDERS: [&str; 3] = ["none", "group", "global"];
/// What a topic or a bus may deliver to.
const TARGETS: [&str; 4] = ["lambda", "sqs", "http", "firehose"];

const fn word_input(
    name: &'static str,
    words: &'static [&'static str],
    relaxable: bool,
    slot: fn(&mut Inputs) -> &mut Option<String>,
) -> WordInput<Inputs> {
    WordInput { name, words, relaxable, slot }
}

/// The inputs that are words rules know.
pub(super) const WORDS: &[WordInput<Inputs>] = &[
    word_input("consumer_mode", &MODES, true, |inputs| &mut inputs.consumer_mode),
    word_input("ordering", &ORDERS, true, |inputs| &mut inputs.ordering),
    word_input("protocol", &["aws", "amqp", "mqtt", KAFKA], true, |inputs| &mut inputs.protocol),
    word_input("targets_kind", &TARGETS, false, |inputs| &mut inputs.targets_kind),
    word_input("source", &["saas_partner", "aws_service_events"], true, |inputs| &mut inputs.source),
    word_input("target", &["sms_email_push", "s3"], true, |inputs| &mut inputs.target),
    word_input("use", &["clickstream", "orders"], false, |inputs| &mut inputs.r#use),
    word_input("schedule", &[], true, |inputs| &mut inputs.schedule),
    word_input("region", &[], false, |inputs| &mut inputs.region),
];

/// The input that says how many consumers there are.
pub(super) fn counted_by(inputs: &Inputs) -> &'static str {
    match () {
        () if inputs.consumers.is_some() => "consumers",
        () if inputs.services_consuming.is_some() => "services_consuming",
        () if inputs.targets.is_some() => "targets",
        () => "consumers",
    }
}

/// The numbers that say nothing beside what else is given.
pub(super) fn idle(inputs: &Inputs) -> Vec<&'static str> {
    let counted = counted_by(inputs);
    // Targets say beside any count how many a rule of a bus has.
    let says = |name: &&str| *name == counted || (*name == "targets" && inputs.targets.is_some());
    ["consumers", "services_consuming", "targets"].into_iter().filter(|name| !says(name)).collect()
}

/// Finds every value outside its range.
pub(super) fn check(inputs: &Inputs, check: &mut Check, catalog: &Catalog) {
    for (input, value) in given(inputs, NUMBERS) {
        match input.movement {
            Movement::Continuous => check.amount(input.name, &value, input.max),
            Movement::Whole | Movement::Listed => check.whole(input.name, &value, 1, input.max),
        }
    }
    let least = Amount::ONE.per(10);
    if let Some(share) = inputs.batch_efficiency.as_ref().filter(|share| share.compare_values(&least).is_lt()) {
        let detail = format!("`batch_efficiency` is {share}; a request holds one of ten messages at least, so 0.1");
        check.mistake("batch_efficiency", Code::OutOfRange, detail);
    }
    if let (Some(average), Some(peak)) = (&inputs.msgs_per_s_avg, &inputs.msgs_per_s_peak)
        && peak.compare_values(average).is_lt()
    {
        let detail = format!("`msgs_per_s_peak` is {peak}, which is less than the average of {average}");
        check.mistake("msgs_per_s_peak", Code::Conflict, detail);
    }
    for (name, value, words) in [
        ("consumer_mode", &inputs.consumer_mode, &MODES[..]),
        ("ordering", &inputs.ordering, &ORDERS[..]),
        ("targets_kind", &inputs.targets_kind, &TARGETS[..]),
    ] {
        if let Some(value) = value {
            check.one_of(name, value, words.iter().copied());
        }
    }
    if let Some(region) = &inputs.region
        && catalog.places.get(region).is_none()
    {
        check.problem(unknown_name(Code::UnknownRegion, "/region", "Region", region, catalog.places.codes()));
    }
}
