//! What each option is built of: one topic, bus or stream, and what every consumer adds to it.

use serde_json::{Map, Value, json};

use super::inputs::MessagingInputs;
use super::settle::{KB_PER_MB, SECONDS_PER_DAY, Settled};
use super::{
    AMAZON_MQ, CLASSIC, CUSTOM, FANOUT, FIFO, FIFO_HT, FIREHOSE, IOT_CORE, MSK, ON_DEMAND, PROVISIONED, SCHEDULER,
    SNS_FIFO, SNS_STANDARD, STANDARD, STEP_FUNCTIONS,
};
use crate::decisions::engine::screen::Screen;
use crate::decisions::engine::{Context, Plan, Stop};
use crate::decisions::steps::{config, shown};
use crate::domain::amount::Amount;
use crate::services::eventbridge::Eventbridge;
use crate::services::kinesis::{Kinesis, StreamMode};
use crate::services::plan::Planned;
use crate::services::sns::{Sns, TopicKind};
use crate::services::sqs::{QueueKind, Sqs};
use crate::services::step_functions::StepFunctions;
use crate::services::{Service, Usage, eventbridge, kinesis, sns, sqs, step_functions};

/// The seconds of an hour.
const SECONDS_PER_HOUR: u64 = 3_600;
/// The kilobytes of a gigabyte.
const KB_PER_GB: u64 = 1_048_576;
/// The hours of a day.
const HOURS_PER_DAY: u64 = 24;
/// The days for which every stream keeps its records.
const STREAM_DAYS: u64 = 1;
/// The days up to which a stream keeps records at the lower of its two prices.
const EXTENDED_DAYS: u64 = 7;

/// Builds every eligible option.
pub(super) fn size(
    screen: &mut Screen<'_>,
    inputs: &MessagingInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let month = settled.average.times_whole(SECONDS_PER_HOUR).times(&context.month.hours())?;
    let per_day = settled.average.times_whole(SECONDS_PER_DAY).times(&settled.kb)?.per(KB_PER_GB);
    let size = Size { inputs, settled, messages: month, gb_per_day: per_day };
    for option in [
        STANDARD,
        FIFO,
        FIFO_HT,
        SNS_STANDARD,
        SNS_FIFO,
        FANOUT,
        CLASSIC,
        CUSTOM,
        SCHEDULER,
        PROVISIONED,
        ON_DEMAND,
        FIREHOSE,
        MSK,
        AMAZON_MQ,
        IOT_CORE,
        STEP_FUNCTIONS,
    ] {
        if screen.eligible(option) {
            context.build(screen, option, |context| {
                let plan = size.plan(option, context)?;
                Ok(vec![Plan { outside_aws: Some(Amount::ZERO), ..plan }])
            })?;
        }
    }
    Ok(())
}

/// How messages are sent to queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    /// By senders, several in a request.
    InBatches,
    /// By a topic or a bus, which delivers each by itself: an action on the queue like any other, which SQS bills
    /// (<https://aws.amazon.com/sqs/pricing/>: every action is a request).
    OneByOne,
}

/// What all options share.
struct Size<'s> {
    inputs: &'s MessagingInputs,
    settled: &'s Settled,
    /// Messages a month.
    messages: Amount,
    /// Gigabytes of payload a day.
    gb_per_day: Amount,
}

impl Size<'_> {
    fn plan(&self, option: &str, context: &mut Context<'_>) -> Result<Plan, Stop> {
        Ok(match option {
            STANDARD => self.queue(QueueKind::Standard, 0, context)?,
            FIFO => self.queue(QueueKind::Fifo, 0, context)?,
            FIFO_HT => self.queue(QueueKind::Fifo, 1, context)?,
            SNS_STANDARD => self.topic(context)?,
            SNS_FIFO => self.topic_with_queues(TopicKind::Fifo, QueueKind::Fifo, context)?,
            FANOUT => self.topic_with_queues(TopicKind::Standard, QueueKind::Standard, context)?,
            CLASSIC => self.bus(context)?,
            SCHEDULER => self.scheduler(context)?,
            PROVISIONED => self.shards(context)?,
            ON_DEMAND => self.on_demand(context)?,
            STEP_FUNCTIONS => self.workflow(context),
            CUSTOM => {
                // It keeps order and messages, whoever asks for them.
                let asked = [self.settled.strict.is_some(), self.settled.keep_days.is_some()];
                let extras = asked.into_iter().map(|asked| u32::from(!asked)).sum();
                Plan { extras, ..unpriced(option) }
            }
            other => unpriced(other),
        })
    }

    /// The messages of a request: as many as usual, as far as they fit.
    fn batch(&self, limit_fact: &str, context: &mut Context<'_>) -> Result<Amount, Stop> {
        if !self.settled.batchable {
            return Ok(Amount::ONE);
        }
        let full = context.fact("sqs_batch_messages")?;
        let wanted = context.probe.max(&full.times(&self.settled.fullness)?, &Amount::ONE);
        let fitting = fitting(&self.settled.kb, limit_fact, context)?;
        Ok(context.probe.min(&wanted, &fitting))
    }

    /// Queues of a kind with every message in each of `copies`, and the requests of their consumers.
    fn queues(
        &self,
        kind: QueueKind,
        copies: &Amount,
        sent: Sent,
        name: &str,
        context: &mut Context<'_>,
    ) -> Result<Planned, Stop> {
        let batch = self.batch("sqs_message_kb", context)?;
        let messages = self.messages.times(copies)?;
        // Every poller of a queue that is empty asks again as soon as its long poll ends; a receive that brings
        // messages takes the place of one that brings none.
        let wait = context.fact("sqs_long_poll_seconds")?;
        let polls = context.month.hours().times_whole(SECONDS_PER_HOUR).over(&wait)?;
        let polls = polls.times(&context.fact("messaging_default_pollers")?)?.times(&self.settled.priorities)?;
        let receives = self.messages.over(&batch)?;
        let empty = context.probe.beyond(&polls, &receives).times(copies)?;
        let usage = Sqs {
            kind,
            messages,
            message_kb: Some(self.settled.kb.clone()),
            send_batch: Some(if sent == Sent::InBatches { batch.clone() } else { Amount::ONE }),
            receive_batch: Some(batch.clone()),
            delete_batch: Some(batch),
            empty_receives: empty,
            ..Sqs::default()
        };
        Ok(planned(name, &sqs::SERVICE, usage, context))
    }

    fn queue(&self, kind: QueueKind, extras: u32, context: &mut Context<'_>) -> Result<Plan, Stop> {
        let resources = vec![self.queues(kind, &Amount::ONE, Sent::InBatches, "queue", context)?];
        let batch = self.batch("sqs_message_kb", context)?;
        let config = config([
            ("queues", shown(&self.settled.priorities)),
            ("messages_per_request", shown(&batch)),
            ("high_throughput", json!(extras > 0)),
        ]);
        Ok(Plan { config, resources, extras, ..Plan::default() })
    }

    /// A topic that pushes to each consumer.
    fn topic(&self, context: &mut Context<'_>) -> Result<Plan, Stop> {
        let batch = self.batch("sns_message_kb", context)?;
        let copies = &self.settled.copies;
        let mut usage = Sns {
            messages: self.messages.clone(),
            message_kb: Some(self.settled.kb.clone()),
            publish_batch: Some(batch.clone()),
            ..Sns::default()
        };
        let mut resources = Vec::new();
        let kind = self.targets_kind();
        if self.settled.people.is_some() {
            if !self.settled.only_email {
                let why = "what text messages and pushes cost depends on country, carrier and platform";
                return Ok(without_price(why, config([("topics", json!(1))])));
            }
            usage.email_subscriptions = self.settled.consumers.clone();
        } else {
            match kind {
                "sqs" => {
                    usage.sqs_subscriptions = copies.clone();
                    resources.push(self.queues(QueueKind::Standard, copies, Sent::OneByOne, "queues", context)?);
                }
                "http" => usage.http_subscriptions = copies.clone(),
                "firehose" => usage.firehose_subscriptions = copies.clone(),
                _ => usage.lambda_subscriptions = copies.clone(),
            }
        }
        resources.insert(0, planned("topic", &sns::SERVICE, usage, context));
        let config = config([
            ("topics", json!(1)),
            ("subscriptions", shown(copies)),
            ("targets", json!(if self.settled.people.is_some() { "email" } else { kind })),
            ("messages_per_request", shown(&batch)),
        ]);
        Ok(Plan { config, resources, ..Plan::default() })
    }

    /// A topic with a queue for each consumer.
    fn topic_with_queues(&self, topic: TopicKind, kind: QueueKind, context: &mut Context<'_>) -> Result<Plan, Stop> {
        let batch = self.batch("sns_message_kb", context)?;
        let copies = &self.settled.copies;
        let is_archived = topic == TopicKind::Fifo && self.settled.replay.is_some();
        let usage = Sns {
            kind: topic,
            messages: self.messages.clone(),
            message_kb: Some(self.settled.kb.clone()),
            publish_batch: Some(batch.clone()),
            sqs_subscriptions: copies.clone(),
            archive: is_archived,
            archive_stored_gb: if is_archived { self.kept_gb()? } else { Amount::ZERO },
            ..Sns::default()
        };
        let resources = vec![
            planned("topic", &sns::SERVICE, usage, context),
            self.queues(kind, copies, Sent::OneByOne, "queues", context)?,
        ];
        let config = config([
            ("topics", json!(1)),
            ("queues", shown(&copies.times(&self.settled.priorities)?)),
            ("messages_per_request", shown(&batch)),
        ]);
        Ok(Plan { config, resources, extras: u32::from(!self.settled.many), ..Plan::default() })
    }

    /// A classic bus with rules that lead to each consumer.
    fn bus(&self, context: &mut Context<'_>) -> Result<Plan, Stop> {
        let copies = &self.settled.copies;
        let mut usage = Eventbridge { event_kb: Some(self.settled.kb.clone()), ..Eventbridge::default() };
        match self.inputs.source.as_deref() {
            Some("saas_partner") => usage.partner_events = self.messages.clone(),
            Some("aws_service_events") => usage.aws_events = self.messages.clone(),
            _ => usage.custom_events = self.messages.clone(),
        }
        if self.settled.replay.is_some() {
            usage.archived_gb = self.messages.times(&self.settled.kb)?.per(KB_PER_GB);
            usage.archive_stored_gb = self.kept_gb()?;
        }
        let kind = self.targets_kind();
        let mut resources = Vec::new();
        match kind {
            "sqs" => resources.push(self.queues(QueueKind::Standard, copies, Sent::OneByOne, "queues", context)?),
            "http" => usage.api_destination_calls = self.messages.times(copies)?,
            _ => {}
        }
        resources.insert(0, planned("bus", &eventbridge::SERVICE, usage, context));
        let targets = self.inputs.targets.as_ref().unwrap_or(copies);
        let rules = context.probe.ceil_div(targets, &context.fact("eventbridge_targets_per_rule")?)?;
        let rules = context.probe.max(&rules, &Amount::ONE);
        let config = config([
            ("rules", shown(&rules)),
            ("targets", json!(kind)),
            ("archive", json!(self.settled.replay.is_some())),
        ]);
        Ok(Plan { config, resources, ..Plan::default() })
    }

    /// A schedule for each consumer, or one for each message that is held back.
    fn scheduler(&self, context: &Context<'_>) -> Result<Plan, Stop> {
        let usage =
            Eventbridge { scheduled_invocations: self.messages.times(&self.settled.copies)?, ..Eventbridge::default() };
        let resources = vec![planned("scheduler", &eventbridge::SERVICE, usage, context)];
        let mut config = Map::new();
        if let Some(schedule) = &self.inputs.schedule {
            config.insert("schedule".to_owned(), json!(schedule));
        }
        Ok(Plan { config, resources, ..Plan::default() })
    }

    /// Gigabytes kept at any time, for as long as is asked.
    fn kept_gb(&self) -> Result<Amount, Stop> {
        let days = self.settled.keep_days.clone().unwrap_or(Amount::ONE);
        Ok(self.gb_per_day.times(&days)?)
    }

    /// Gigabytes that all consumers read a month.
    fn read_gb(&self) -> Result<Amount, Stop> {
        Ok(self.messages.times(&self.settled.kb)?.per(KB_PER_GB).times(&self.settled.copies)?)
    }

    /// Gigabytes kept between some days and others, of those asked for.
    fn kept_between(&self, from: u64, to: Option<u64>, context: &mut Context<'_>) -> Result<Amount, Stop> {
        let Some(days) = &self.settled.keep_days else { return Ok(Amount::ZERO) };
        let days = match to {
            Some(to) => context.probe.min(days, &Amount::ONE.times_whole(to)),
            None => days.clone(),
        };
        let beyond = context.probe.beyond(&days, &Amount::ONE.times_whole(from));
        Ok(self.gb_per_day.times(&beyond)?)
    }

    /// A stream of as many shards as the peak needs.
    fn shards(&self, context: &mut Context<'_>) -> Result<Plan, Stop> {
        let settled = self.settled;
        let enhanced = needs_fan_out(settled, context)?;
        let mb_in = settled.peak.times(&settled.kb)?.per(KB_PER_MB);
        let by_size = mb_in.over(&context.fact("kinesis_shard_in_mb_per_s")?)?;
        let by_count = settled.peak.over(&context.fact("kinesis_shard_records_per_s")?)?;
        let mut need = context.probe.max(&by_size, &by_count);
        if !enhanced {
            let by_reads = mb_in.times(&settled.copies)?.over(&context.fact("kinesis_shard_out_mb_per_s")?)?;
            need = context.probe.max(&need, &by_reads);
        }
        let shards = context.probe.ceil_div(&need, &Amount::ONE)?;
        let shards = context.probe.max(&shards, &Amount::ONE);
        let longer = match &settled.keep_days {
            Some(days) if context.probe.more(days, &Amount::ONE.times_whole(STREAM_DAYS)) => {
                Some(days.times_whole(HOURS_PER_DAY))
            }
            _ => None,
        };
        let usage = Kinesis {
            mode: StreamMode::Provisioned,
            shards: shards.clone(),
            records: self.messages.clone(),
            record_kb: Some(settled.kb.clone()),
            fan_out_consumers: if enhanced { settled.copies.clone() } else { Amount::ZERO },
            fan_out_gb: if enhanced { self.read_gb()? } else { Amount::ZERO },
            retention_hours: longer,
            long_term_gb: self.kept_between(EXTENDED_DAYS, None, context)?,
            ..Kinesis::default()
        };
        let config = config([("shards", shown(&shards)), ("enhanced_fan_out", json!(enhanced))]);
        Ok(Plan { config, resources: vec![planned("stream", &kinesis::SERVICE, usage, context)], ..Plan::default() })
    }

    fn on_demand(&self, context: &mut Context<'_>) -> Result<Plan, Stop> {
        let enhanced = needs_fan_out(self.settled, context)?;
        let read = self.read_gb()?;
        let (fan_out_gb, read_gb) = if enhanced { (read, Amount::ZERO) } else { (Amount::ZERO, read) };
        let usage = Kinesis {
            mode: StreamMode::OnDemand,
            records: self.messages.clone(),
            record_kb: Some(self.settled.kb.clone()),
            read_gb,
            fan_out_gb,
            extended_gb: self.kept_between(STREAM_DAYS, Some(EXTENDED_DAYS), context)?,
            long_term_gb: self.kept_between(EXTENDED_DAYS, None, context)?,
            ..Kinesis::default()
        };
        let config = config([("streams", json!(1)), ("enhanced_fan_out", json!(enhanced))]);
        Ok(Plan { config, resources: vec![planned("stream", &kinesis::SERVICE, usage, context)], ..Plan::default() })
    }

    /// A run of a standard workflow for each message, with a step for each consumer.
    fn workflow(&self, context: &Context<'_>) -> Plan {
        let usage = StepFunctions {
            executions: self.messages.clone(),
            transitions_per_execution: Some(self.settled.copies.clone()),
            ..StepFunctions::default()
        };
        let config = config([("kind", json!("standard")), ("transitions", shown(&self.settled.copies))]);
        let resources = vec![planned("workflow", &step_functions::SERVICE, usage, context)];
        Plan { config, resources, ..Plan::default() }
    }

    fn targets_kind(&self) -> &str {
        self.inputs.targets_kind.as_deref().unwrap_or("lambda")
    }
}

/// Whether consumers of a stream must not share its shards: each reads one of so many times, and too seldom for what is
/// asked.
pub(super) fn needs_fan_out(settled: &Settled, context: &mut Context<'_>) -> Result<bool, Stop> {
    let Some((latency, _)) = &settled.latency else { return Ok(false) };
    let reads = context.fact("kinesis_shared_reads_per_s")?;
    let turn = settled.copies.times_whole(1_000).over(&reads)?;
    Ok(context.probe.less(latency, &turn))
}

/// How many messages fit a request of the size that a fact limits, from one to ten.
pub(super) fn fitting(kb: &Amount, limit_fact: &str, context: &mut Context<'_>) -> Result<Amount, Stop> {
    let limit = context.fact(limit_fact)?;
    let mut count = context.fact("sqs_batch_messages")?;
    while context.probe.more(&count, &Amount::ONE) && context.probe.more(&kb.times(&count)?, &limit) {
        count = &count - &Amount::ONE;
    }
    Ok(count)
}

/// An option of which the data holds no price.
fn unpriced(option: &str) -> Plan {
    let why = match option {
        FIREHOSE => "the data holds no prices of Amazon Data Firehose",
        MSK => "the data holds no prices of Amazon MSK; brokers cost by the hour, whatever they carry",
        AMAZON_MQ => "the data holds no prices of Amazon MQ; brokers cost by the hour, whatever they carry",
        IOT_CORE => "the data holds no prices of AWS IoT Core",
        _ => "the data holds no prices of the custom event buses that AWS announced in 2026",
    };
    without_price(why, Map::new())
}

fn without_price(why: &str, config: Map<String, Value>) -> Plan {
    Plan { config, unpriced_because: Some(why.to_owned()), ..Plan::default() }
}

fn planned(name: &str, service: &'static Service, usage: impl Usage + 'static, context: &Context<'_>) -> Planned {
    Planned::new(name, service, context.region, usage)
}
