//! What carries messages from those who send them to those who receive them: a queue, a topic, a bus, a stream or a
//! broker?
//!
//! The facts, with their sources, are in `pricing-data/facts/messaging.yaml`. The rules M-01 … M-17 screen by limits and
//! requirements, M-32 … M-35 by quotas and by what each option can do at all; M-20 … M-31 prefer what is advised. Every
//! option is priced for the same messages and all their consumers: a topic with queues behind it is the sum of the
//! topic and of each queue.

use crate::catalog::Catalog;
use crate::domain::bill::Notice;
use crate::domain::check::Check;
use crate::services::{Example, schema};

use super::Decision;
use super::engine::screen::Screen;
use super::engine::{
    self, Considered, Context, FlagInput, Knowledge, NumberInput, OptionInfo, RuleInfo, Stop, WordInput,
};

mod guidance;
mod inputs;
mod screening;
mod settle;
mod sizing;

pub use inputs::MessagingInputs;

pub(super) const STANDARD: &str = "sqs_standard";
pub(super) const FIFO: &str = "sqs_fifo";
pub(super) const FIFO_HT: &str = "sqs_fifo_ht";
pub(super) const SNS_STANDARD: &str = "sns_standard";
pub(super) const SNS_FIFO: &str = "sns_fifo";
pub(super) const FANOUT: &str = "sns_sqs_fanout";
pub(super) const CLASSIC: &str = "eventbridge_classic";
pub(super) const CUSTOM: &str = "eventbridge_custom";
pub(super) const SCHEDULER: &str = "eventbridge_scheduler";
pub(super) const PROVISIONED: &str = "kinesis_provisioned";
pub(super) const ON_DEMAND: &str = "kinesis_on_demand";
pub(super) const FIREHOSE: &str = "firehose";
pub(super) const MSK: &str = "msk";
pub(super) const AMAZON_MQ: &str = "amazon_mq";
pub(super) const IOT_CORE: &str = "iot_core";
pub(super) const STEP_FUNCTIONS: &str = "step_functions";

/// The entry of the list.
pub const DECISION: Decision = Decision {
    id: "messaging",
    name: "Which queue, topic, bus, stream or broker?",
    about: "Queues and topics of SQS and SNS, buses and the scheduler of EventBridge, data streams, Firehose, Kafka, \
            message brokers, IoT Core and workflows: which can carry your messages in the order, at the rate and to the \
            consumers you have, what each costs with all its consumers, and at which rate the answer changes.",
    options: Messaging::OPTIONS,
    rules: Messaging::RULES,
    inputs: engine::inputs::<Messaging>,
    example: Example {
        region: "us-east-1",
        usage: r#"{"msgs_per_s_avg": 100, "message_kb": 4, "consumers": 3, "consumer_mode": "independent"}"#,
    },
    schema: schema::<MessagingInputs>,
    decide: engine::decide::<Messaging>,
};

/// The knowledge behind the decision.
#[derive(Debug)]
pub struct Messaging;

impl Knowledge for Messaging {
    type Inputs = MessagingInputs;

    const OPTIONS: &'static [OptionInfo] = &[
        OptionInfo {
            id: STANDARD,
            what: "an SQS standard queue",
            drawback: "A message may come twice and out of order, and is gone once it is consumed.",
        },
        OptionInfo {
            id: FIFO,
            what: "an SQS FIFO queue",
            drawback: "It takes 300 calls of an action a second, and each request costs a quarter more.",
        },
        OptionInfo {
            id: FIFO_HT,
            what: "an SQS FIFO queue of high throughput",
            drawback: "Order holds within many message groups only, and its rate depends on the Region.",
        },
        OptionInfo {
            id: SNS_STANDARD,
            what: "an SNS standard topic that pushes to each subscriber",
            drawback: "It pushes at once and keeps nothing for a subscriber that is away.",
        },
        OptionInfo {
            id: SNS_FIFO,
            what: "an SNS FIFO topic with a FIFO queue for each consumer",
            drawback: "It delivers to queues only, and to a hundred of them.",
        },
        OptionInfo {
            id: FANOUT,
            what: "an SNS standard topic with a standard queue for each consumer",
            drawback: "Every consumer pays for the requests of a queue of its own, and messages have 256 KB at most.",
        },
        OptionInfo {
            id: CLASSIC,
            what: "a classic event bus of EventBridge with rules",
            drawback: "Each event costs twice what a publish to a topic does, and arrives later.",
        },
        OptionInfo {
            id: CUSTOM,
            what: "a custom event bus of EventBridge, with order and retention",
            drawback: "It is new: its limits may move, and its price is not known here.",
        },
        OptionInfo {
            id: SCHEDULER,
            what: "EventBridge Scheduler",
            drawback: "It invokes at a time; it is no channel for messages as they come.",
        },
        OptionInfo {
            id: PROVISIONED,
            what: "a Kinesis data stream of provisioned shards",
            drawback: "Shards are counted for the peak and paid for around the clock.",
        },
        OptionInfo {
            id: ON_DEMAND,
            what: "a Kinesis data stream on demand",
            drawback: "Every gigabyte costs to write and again for each consumer that reads it.",
        },
        OptionInfo {
            id: FIREHOSE,
            what: "Amazon Data Firehose into a store",
            drawback: "It delivers in batches to stores; nobody reads from it.",
        },
        OptionInfo {
            id: MSK,
            what: "Kafka on Amazon MSK",
            drawback: "Brokers run around the clock, and Kafka is to be known.",
        },
        OptionInfo {
            id: AMAZON_MQ,
            what: "ActiveMQ or RabbitMQ on Amazon MQ",
            drawback: "Brokers are sized and run around the clock, and scale by their size.",
        },
        OptionInfo {
            id: IOT_CORE,
            what: "AWS IoT Core for devices over MQTT",
            drawback: "Messages have 128 KB at most, and each device needs an identity.",
        },
        OptionInfo {
            id: STEP_FUNCTIONS,
            what: "a run of a Step Functions workflow for each message",
            drawback: "Every step of every message costs a state transition.",
        },
    ];

    const RULES: &'static [RuleInfo] = RULES;
    const NUMBERS: &'static [NumberInput<Self::Inputs>] = inputs::NUMBERS;
    const FLAGS: &'static [FlagInput<Self::Inputs>] = inputs::FLAGS;
    const WORDS: &'static [WordInput<Self::Inputs>] = inputs::WORDS;
    const TOPIC: &'static str = "messaging";
    const SWEPT: &'static [&'static str] = &["msgs_per_s_avg"];
    const USAGE: &'static str = "msgs_per_s_avg";

    fn check(inputs: &Self::Inputs, check: &mut Check, catalog: &Catalog) {
        inputs::check(inputs, check, catalog);
    }

    fn idle(inputs: &Self::Inputs) -> Vec<&'static str> {
        inputs::idle(inputs)
    }

    fn consider(inputs: &Self::Inputs, context: &mut Context<'_>) -> Result<Considered, Stop> {
        let settled = settle::settle(inputs, context)?;
        let mut screen = Screen::new(Self::OPTIONS, context.facts());
        context.screen(&mut screen, |screen, context| screening::screen(screen, inputs, &settled, context))?;
        sizing::size(&mut screen, inputs, &settled, context)?;
        let notices = notices(&settled, context)?;
        Ok(Considered {
            options: screen.into_considerations(),
            not_modelled: not_modelled(inputs, &settled),
            assumptions: settled.assumptions,
            notices,
            values: settled.values,
            critical_defaults: settled.critical_defaults,
        })
    }
}

/// What to know of messages that not every option takes.
fn notices(settled: &settle::Settled, context: &mut Context<'_>) -> Result<Vec<Notice>, Stop> {
    if !context.probe.more(&settled.kb, &context.fact("sns_message_kb")?) {
        return Ok(Vec::new());
    }
    let text = "Where the payload is kept in S3 and the message points to it, every option carries it.";
    Ok(vec![Notice { code: "payload_in_s3", text: text.to_owned() }])
}

fn not_modelled(inputs: &MessagingInputs, settled: &settle::Settled) -> Vec<String> {
    let mut unused = vec![
        "what sends and what consumes: see `lambda`, `fargate`, `ec2`".to_owned(),
        "repeated deliveries, dead-letter queues, encryption with one's own key, data sent to other Regions".to_owned(),
    ];
    if inputs.transform == Some(true) {
        unused.push("`transform`: what changes records on their way, such as a function".to_owned());
    }
    if settled.region_differs {
        unused.push("`region`: its quotas count; the prices are those of the request's Region".to_owned());
    }
    for (name, given) in [
        ("migration", inputs.migration.is_some()),
        ("stateless", inputs.stateless.is_some()),
        ("trigger", inputs.trigger.is_some()),
        ("stage", inputs.stage.is_some()),
    ] {
        if given {
            unused.push(format!("`{name}`: no rule uses it"));
        }
    }
    for (name, value) in &settled.unknown {
        unused.push(format!("the value `{value}` of `{name}`: no rule knows it"));
    }
    unused
}

const RULES: &[RuleInfo] = engine::rules! {
    "M-01": "a message is larger than 128, 256, 1,000, 1,024 or 10,240 KB" => "iot_core, topics and step_functions, firehose, queues, or streams are out: keep the payload in S3 and send a pointer; what buses and Kafka take must be verified" [Eliminate, Caution] "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html";
    "M-02": "order or exactly once is required" => "what delivers at least once in no promised order is out; readers of streams must recognise what they have done" [Eliminate, Caution] "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html";
    "M-03": "the peak is above 300 calls a second, or above the Region's figure of high throughput" => "sqs_fifo is out; a quota of sqs_fifo_ht must be raised" [Eliminate, QuotaIncrease] "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html";
    "M-04": "messages are kept for more than 14 days or read again, or kept for more than a year" => "queues, sns_standard and amazon_mq are out, or streams and eventbridge_custom" [Eliminate] "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html";
    "M-05": "several consumers need every message each" => "queues alone are out, and amazon_mq unless clients speak its protocol" [Eliminate] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-messaging-and-streaming/SKILL.md";
    "M-06": "clients go on to speak AMQP, JMS, STOMP, OpenWire or MQTT" => "everything but amazon_mq is out; for MQTT iot_core stays" [Eliminate] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-messaging-and-streaming/SKILL.md";
    "M-07": "Kafka's protocol or connectors are needed" => "everything but msk is out" [Eliminate] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-messaging-and-streaming/SKILL.md";
    "M-08": "the processing of a message takes more than 12 hours" => "everything with a queue is out" [Eliminate] "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html";
    "M-09": "a message is held back for more than 15 minutes, or something runs on a schedule" => "everything with a queue is out" [Eliminate] "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html";
    "M-10": "an event has more than five targets" => "eventbridge_classic needs several rules, or a topic behind one" [Caution] "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html";
    "M-11": "more than 100 consumers need every message each" => "sns_fifo is out" [Eliminate] "https://docs.aws.amazon.com/general/latest/gr/sns.html";
    "M-12": "events come from partners or AWS services, or are routed by content" => "what is no bus is out, or queues and topics" [Eliminate] "https://docs.aws.amazon.com/decision-guides/latest/application-integration-on-aws-how-to-choose/application-integration-on-aws-how-to-choose.html";
    "M-13": "people are reached by text message, e-mail or push" => "everything but sns_standard is out" [Eliminate] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-messaging-and-streaming/SKILL.md";
    "M-14": "the peak is above the Region's rate of events, or above 500,000 a second" => "a quota of eventbridge_classic must be raised, or eventbridge_custom is out" [QuotaIncrease, Eliminate] "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html";
    "M-15": "more than 20 consumers each read a stream sooner than they could in turns" => "both streams are out" [Eliminate] "https://docs.aws.amazon.com/streams/latest/dev/enhanced-consumers.html";
    "M-16": "one order over all messages, and more than one shard, group or partition carries" => "whatever carries less is out: order within a key instead" [Eliminate] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-messaging-and-streaming/SKILL.md";
    "M-17": "consumers pull at their own pace or are away for a while" => "sns_standard needs a queue behind it" [Caution] "https://docs.aws.amazon.com/decision-guides/latest/sns-or-sqs-or-eventbridge/sns-or-sqs-or-eventbridge.html";
    "M-32": "the peak is above the Region's rate of topics, or of streams on demand" => "a quota must be raised" [QuotaIncrease] "https://docs.aws.amazon.com/general/latest/gr/sns.html";
    "M-33": "there is no schedule or delay, no store, or no device that speaks MQTT" => "eventbridge_scheduler, firehose, or iot_core is out" [Eliminate] "https://docs.aws.amazon.com/decision-guides/latest/application-integration-on-aws-how-to-choose/application-integration-on-aws-how-to-choose.html";
    "M-34": "workers compete for messages" => "sns_standard is out" [Eliminate] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-messaging-and-streaming/SKILL.md";
    "M-35": "messages are delivered later than they are sent" => "what passes on at once is out, and FIFO queues where each message has a delay of its own" [Eliminate] "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html";
    "M-20": "something runs on a schedule, or later than a queue can hold back" => "eventbridge_scheduler is preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-serverless/references/architecture.md";
    "M-21": "the processing of a message takes more than 12 hours" => "step_functions is preferred" [Prefer] "https://docs.aws.amazon.com/decision-guides/latest/application-integration-on-aws-how-to-choose/application-integration-on-aws-how-to-choose.html";
    "M-22": "devices speak MQTT" => "iot_core is preferred" [Prefer] "https://docs.aws.amazon.com/decision-guides/latest/application-integration-on-aws-how-to-choose/application-integration-on-aws-how-to-choose.html";
    "M-23": "events come from partners or AWS services, are routed by content, or three services react to the same one" => "eventbridge_classic is preferred, or eventbridge_custom where it is out" [Prefer] "https://docs.aws.amazon.com/decision-guides/latest/application-integration-on-aws-how-to-choose/application-integration-on-aws-how-to-choose.html";
    "M-24": "a stream is loaded into a store" => "firehose is preferred; what transforms it costs by itself" [Prefer, Caution] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-messaging-and-streaming/SKILL.md";
    "M-25": "messages are read again, or kept for more than 14 days" => "kinesis_on_demand, kinesis_provisioned, msk and eventbridge_custom are preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-messaging-and-streaming/SKILL.md";
    "M-26": "it is a clickstream, logs, telemetry or another stream" => "kinesis_on_demand and kinesis_provisioned are preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-messaging-and-streaming/SKILL.md";
    "M-27": "a stream fluctuates, or little is to be run" => "kinesis_on_demand is preferred" [Prefer] "https://github.com/Ditectrev/AWS-Certified-Solutions-Architect-Associate-SAA-C03-Practice-Tests-Exams-Questions-Answers";
    "M-28": "several consumers need every message in order or once, and FIFO queues carry the peak" => "sns_fifo is preferred, or eventbridge_custom where it is out" [Prefer] "https://docs.aws.amazon.com/general/latest/gr/sns.html";
    "M-29": "messages are processed in order or once, and FIFO queues carry the peak" => "sqs_fifo and sqs_fifo_ht are preferred" [Prefer] "https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/core-skills/aws-messaging-and-streaming/SKILL.md";
    "M-30": "several consumers need every message each" => "sns_sqs_fanout is preferred" [Prefer] "https://docs.aws.amazon.com/decision-guides/latest/sns-or-sqs-or-eventbridge/sns-or-sqs-or-eventbridge.html";
    "M-31": "each message is work for one consumer" => "sqs_standard is preferred" [Prefer] "https://docs.aws.amazon.com/decision-guides/latest/sns-or-sqs-or-eventbridge/sns-or-sqs-or-eventbridge.html";
};
