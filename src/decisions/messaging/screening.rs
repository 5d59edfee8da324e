//! The limits of `messaging`: the rules M-01 … M-17, and M-32 … M-35, which say what each option can do at all.

use super::inputs::MessagingInputs;
use super::settle::{KB_PER_MB, Order, Protocol, Settled};
use super::sizing::{fitting, needs_fan_out};
use super::{
    AMAZON_MQ, CLASSIC, CUSTOM, FANOUT, FIFO, FIFO_HT, FIREHOSE, IOT_CORE, MSK, Messaging, ON_DEMAND, PROVISIONED,
    SCHEDULER, SNS_FIFO, SNS_STANDARD, STANDARD, STEP_FUNCTIONS, guidance,
};
use crate::decisions::engine::screen::{Looked, Screen, flag, number, word};
use crate::decisions::engine::{Context, Effect, Knowledge, Stop};
use crate::domain::amount::Amount;

/// Queues without a topic before them.
pub(super) const QUEUES: [&str; 3] = [STANDARD, FIFO, FIFO_HT];
/// Everything with a queue in it.
const WITH_QUEUES: [&str; 5] = [STANDARD, FIFO, FIFO_HT, SNS_FIFO, FANOUT];
/// Queues and topics, in any combination.
const QUEUES_AND_TOPICS: [&str; 6] = [STANDARD, FIFO, FIFO_HT, SNS_STANDARD, SNS_FIFO, FANOUT];
/// Data streams.
pub(super) const STREAMS: [&str; 2] = [PROVISIONED, ON_DEMAND];

/// Quotas by Region: the facts with the Regions of a group and with its figure; the last figure holds elsewhere.
struct Regional {
    groups: &'static [(&'static str, &'static str)],
    elsewhere: &'static str,
}

const FIFO_HT_QUOTA: Regional = Regional {
    groups: &[
        ("sqs_fifo_ht_largest_regions", "sqs_fifo_ht_largest_msgs_per_s"),
        ("sqs_fifo_ht_large_regions", "sqs_fifo_ht_large_msgs_per_s"),
        ("sqs_fifo_ht_medium_regions", "sqs_fifo_ht_medium_msgs_per_s"),
        ("sqs_fifo_ht_small_regions", "sqs_fifo_ht_small_msgs_per_s"),
    ],
    elsewhere: "sqs_fifo_ht_other_msgs_per_s",
};
const PUT_EVENTS_QUOTA: Regional = Regional {
    groups: &[
        ("put_events_largest_regions", "put_events_largest_per_s"),
        ("put_events_large_regions", "put_events_large_per_s"),
        ("put_events_medium_regions", "put_events_medium_per_s"),
        ("put_events_small_regions", "put_events_small_per_s"),
    ],
    elsewhere: "put_events_other_per_s",
};
const SNS_QUOTA: Regional = Regional {
    groups: &[
        ("sns_publish_largest_regions", "sns_publish_largest_msgs_per_s"),
        ("sns_publish_large_regions", "sns_publish_large_msgs_per_s"),
        ("sns_publish_medium_regions", "sns_publish_medium_msgs_per_s"),
    ],
    elsewhere: "sns_publish_other_msgs_per_s",
};
const SNS_FIFO_QUOTA: Regional = Regional {
    groups: &[
        ("sns_publish_largest_regions", "sns_fifo_publish_largest_msgs_per_s"),
        ("sns_publish_large_regions", "sns_fifo_publish_large_msgs_per_s"),
        ("sns_publish_medium_regions", "sns_fifo_publish_medium_msgs_per_s"),
    ],
    elsewhere: "sns_fifo_publish_other_msgs_per_s",
};
const ON_DEMAND_QUOTA: Regional = Regional {
    groups: &[("kinesis_on_demand_large_regions", "kinesis_on_demand_large_mb_per_s")],
    elsewhere: "kinesis_on_demand_mb_per_s",
};

impl Regional {
    /// The fact whose figure holds in a Region.
    fn fact(&self, region: &str, context: &Context<'_>) -> Result<&'static str, Stop> {
        for (regions, figure) in self.groups {
            if context.facts().names(regions)?.iter().any(|known| known == region) {
                return Ok(figure);
            }
        }
        Ok(self.elsewhere)
    }
}

/// Fires every rule.
pub(super) fn screen(
    screen: &mut Screen<'_>,
    inputs: &MessagingInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    nature(screen, inputs, settled)?;
    sizes(screen, settled, context)?;
    order(screen, settled)?;
    let fifo_fits = fifo_rates(screen, settled, context)?;
    quotas(screen, settled, context)?;
    keeping(screen, settled, context)?;
    consumers(screen, inputs, settled, context)?;
    protocols(screen, settled)?;
    time(screen, inputs, settled, context)?;
    one_lane(screen, settled, context)?;
    guidance::advise(screen, inputs, settled, fifo_fits, context)
}

/// Every option but some.
fn all_but(kept: &[&str]) -> Vec<&'static str> {
    Messaging::OPTIONS.iter().map(|option| option.id).filter(|id| !kept.contains(id)).collect()
}

/// M-33 and M-34: what each option can do at all.
fn nature(screen: &mut Screen<'_>, inputs: &MessagingInputs, settled: &Settled) -> Result<(), Stop> {
    if settled.schedule.is_none() && inputs.delay_minutes.as_ref().is_none_or(Amount::is_zero) {
        let text = "Nothing is asked for on a schedule or later than it is sent.";
        let looked = word("schedule", "none");
        screen.eliminate("M-33", &[SCHEDULER], &looked, "scheduler_triggers", text)?;
    }
    if settled.store.is_none() {
        let text = "It delivers into stores, and no store is named; consumers do not read from it.";
        let looked = word("target", inputs.target.as_deref().unwrap_or("none"));
        screen.eliminate("M-33", &[FIREHOSE], &looked, "firehose_destinations", text)?;
    }
    if !matches!(settled.protocol, Protocol::Devices(_)) {
        let text = "It is for devices that speak MQTT, and none are named.";
        let looked = word("protocol", inputs.protocol.as_deref().unwrap_or("aws"));
        screen.eliminate("M-33", &[IOT_CORE], &looked, "device_protocols", text)?;
    }
    if settled.competing {
        let text = "A topic gives a message to every subscriber, not to one of several workers.";
        screen.eliminate("M-34", &[SNS_STANDARD], &settled.mode, "topic_consumers", text)?;
    }
    Ok(())
}

/// M-01: how large a message may be.
fn sizes(screen: &mut Screen<'_>, settled: &Settled, context: &mut Context<'_>) -> Result<(), Stop> {
    let looked = number("message_kb", &settled.kb);
    if context.probe.more(&settled.kb, &context.fact("sns_message_kb")?) {
        let text = "Where the payload is kept in S3 and the message points to it, every option carries it.";
        screen.notice("payload_in_s3", text);
    }
    let text = "It is too large for it; keep the payload in S3 and send a pointer.";
    for (fact, options) in [
        ("sns_message_kb", &[SNS_STANDARD, SNS_FIFO, FANOUT][..]),
        ("sqs_message_kb", &QUEUES[..]),
        ("kinesis_record_kb", &STREAMS[..]),
        ("eventbridge_classic_recalled_event_kb", &[CLASSIC][..]),
        ("firehose_record_kb", &[FIREHOSE][..]),
        ("iot_core_message_kb", &[IOT_CORE][..]),
        ("step_functions_payload_kb", &[STEP_FUNCTIONS][..]),
    ] {
        if context.probe.more(&settled.kb, &context.fact(fact)?) {
            screen.eliminate("M-01", options, &looked, fact, text)?;
        }
    }
    if context.probe.more(&settled.kb, &context.fact("eventbridge_classic_event_kb")?) {
        let text = "Verify that the bus takes events of this size; 256 KB is what is confirmed.";
        screen.caution("M-01", &[CLASSIC, CUSTOM], &looked, "eventbridge_classic_event_kb", text)?;
    }
    if context.probe.more(&settled.kb, &context.fact("msk_serverless_message_kb")?) {
        let text = "MSK Serverless refuses it; brokers of a provisioned cluster must be configured for it.";
        screen.caution("M-01", &[MSK], &looked, "msk_serverless_message_kb", text)?;
    }
    Ok(())
}

/// M-02: order, and exactly once.
fn order(screen: &mut Screen<'_>, settled: &Settled) -> Result<(), Stop> {
    let Some(looked) = &settled.strict else { return Ok(()) };
    let text = "It delivers at least once, in no promised order.";
    let out = [STANDARD, SNS_STANDARD, FANOUT, CLASSIC, SCHEDULER, FIREHOSE, IOT_CORE];
    screen.eliminate("M-02", &out, looked, "unordered_channels", text)?;
    if settled.order != Order::None {
        let text = "Runs of a workflow keep no order among each other.";
        screen.eliminate("M-02", &[STEP_FUNCTIONS], looked, "unordered_channels", text)?;
    }
    if settled.exactly_once {
        let text = "A record may be read twice: consumers must recognise what they have done.";
        let looked = flag("exactly_once", true);
        screen.caution("M-02", &STREAMS, &looked, "kinesis_delivery", text)?;
    }
    Ok(())
}

/// M-03: the rates of FIFO queues. Says whether some FIFO queue carries the peak without a quota to raise.
fn fifo_rates(screen: &mut Screen<'_>, settled: &Settled, context: &mut Context<'_>) -> Result<bool, Stop> {
    let looked = number("msgs_per_s_peak", &settled.peak);
    let in_call = calls(settled, context)?;
    let full = context.fact("sqs_batch_messages")?;
    let is_full = !context.probe.less(&in_call, &full);
    let limit = context.fact("sqs_fifo_calls_per_s")?.times(&in_call)?;
    if context.probe.more(&settled.peak, &limit) {
        let text = "A FIFO queue takes 300 calls of an action a second, each of up to ten messages.";
        let fact = if is_full { "sqs_fifo_batched_msgs_per_s" } else { "sqs_fifo_calls_per_s" };
        screen.eliminate("M-03", &[FIFO], &looked, fact, text)?;
    }
    let fact = FIFO_HT_QUOTA.fact(&settled.region, context)?;
    let limit = context.fact(fact)?.times(&in_call)?;
    let is_over = context.probe.more(&settled.peak, &limit);
    if is_over {
        let text = "The Region's figure of high throughput must be raised, or a stream taken.";
        screen.fire(Effect::QuotaIncrease, "M-03", &[FIFO_HT], &looked, fact, text)?;
    }
    Ok(!is_over)
}

/// The messages of a full call to a FIFO queue.
fn calls(settled: &Settled, context: &mut Context<'_>) -> Result<Amount, Stop> {
    if settled.batchable { fitting(&settled.kb, "sqs_message_kb", context) } else { Ok(Amount::ONE) }
}

/// M-14 and M-32: the other rates, of which most can be raised.
fn quotas(screen: &mut Screen<'_>, settled: &Settled, context: &mut Context<'_>) -> Result<(), Stop> {
    let looked = number("msgs_per_s_peak", &settled.peak);
    let raise = Effect::QuotaIncrease;
    let fact = PUT_EVENTS_QUOTA.fact(&settled.region, context)?;
    // Events of AWS services do not count.
    let is_free = settled.bus_source.as_ref().is_some_and(|looked| looked.value.to_string() == "aws_service_events");
    if !is_free && context.probe.more(&settled.peak, &context.fact(fact)?) {
        let text = "The rate at which this Region takes events must be raised.";
        screen.fire(raise, "M-14", &[CLASSIC], &looked, fact, text)?;
    }
    if context.probe.more(&settled.peak, &context.fact("eventbridge_custom_events_per_s")?) {
        let text = "One bus takes less, and this is not raised.";
        screen.eliminate("M-14", &[CUSTOM], &looked, "eventbridge_custom_events_per_s", text)?;
    }
    for (quota, options) in [(&SNS_QUOTA, &[SNS_STANDARD, FANOUT][..]), (&SNS_FIFO_QUOTA, &[SNS_FIFO][..])] {
        let fact = quota.fact(&settled.region, context)?;
        if context.probe.more(&settled.peak, &context.fact(fact)?) {
            let text = "The rate at which this Region takes messages to topics must be raised.";
            screen.fire(raise, "M-32", options, &looked, fact, text)?;
        }
    }
    let fact = ON_DEMAND_QUOTA.fact(&settled.region, context)?;
    let mb_in = settled.peak.times(&settled.kb)?.per(KB_PER_MB);
    if context.probe.more(&mb_in, &context.fact(fact)?) {
        let text = "What a stream on demand grows to in this Region must be raised.";
        screen.fire(raise, "M-32", &[ON_DEMAND], &looked, fact, text)?;
    }
    Ok(())
}

/// M-04: how long messages are kept, and whether they are read again.
fn keeping(screen: &mut Screen<'_>, settled: &Settled, context: &mut Context<'_>) -> Result<(), Stop> {
    let gone = [STANDARD, FIFO, FIFO_HT, SNS_STANDARD, FANOUT, AMAZON_MQ];
    if let Some(looked) = &settled.replay {
        let text = "What has been consumed is gone; a log keeps it for others to read.";
        screen.eliminate("M-04", &gone, looked, "messages_are_not_replayed", text)?;
    }
    let Some(days) = &settled.keep_days else { return Ok(()) };
    let looked = number(settled.kept_by, days);
    if context.probe.more(days, &context.fact("sqs_retention_days")?) {
        let text = "A queue keeps messages for 14 days at most.";
        screen.eliminate("M-04", &gone, &looked, "sqs_retention_days", text)?;
    }
    for (fact, options) in
        [("kinesis_retention_days", &STREAMS[..]), ("eventbridge_custom_retention_days", &[CUSTOM][..])]
    {
        if context.probe.more(days, &context.fact(fact)?) {
            let text = "It keeps messages for a year at most.";
            screen.eliminate("M-04", options, &looked, fact, text)?;
        }
    }
    Ok(())
}

/// M-05, M-10, M-11, M-12, M-13, M-15 and M-17: who receives, and from whom.
fn consumers(
    screen: &mut Screen<'_>,
    inputs: &MessagingInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let counted = number(settled.counted_by, &settled.consumers);
    if settled.many {
        let text = "A message of a queue goes to one consumer; each of these needs every message.";
        screen.eliminate("M-05", &QUEUES, &counted, "queue_consumers", text)?;
        // A broker has topics too, for clients that speak its protocol.
        if !matches!(settled.protocol, Protocol::Broker(_) | Protocol::Devices(_)) {
            screen.eliminate("M-05", &[AMAZON_MQ], &counted, "queue_consumers", text)?;
        }
        if context.probe.more(&settled.copies, &context.fact("sns_fifo_subscriptions")?) {
            let text = "A FIFO topic has 100 subscriptions at most.";
            screen.eliminate("M-11", &[SNS_FIFO], &counted, "sns_fifo_subscriptions", text)?;
        }
        if needs_fan_out(settled, context)?
            && context.probe.more(&settled.copies, &context.fact("kinesis_fan_out_consumers")?)
        {
            let text = "So many consumers cannot each read a stream as it is written.";
            screen.eliminate("M-15", &STREAMS, &counted, "kinesis_fan_out_consumers", text)?;
        }
    }
    let targets = inputs.targets.as_ref().unwrap_or(&settled.copies);
    if context.probe.more(targets, &context.fact("eventbridge_targets_per_rule")?) {
        let text = "A rule has five targets: the event needs several rules, or a topic behind one.";
        let input = if inputs.targets.is_some() { "targets" } else { settled.counted_by };
        screen.caution("M-10", &[CLASSIC], &number(input, targets), "eventbridge_targets_per_rule", text)?;
    }
    if let Some(looked) = &settled.bus_source {
        let text = "Events of partners and of AWS services arrive on a bus of EventBridge.";
        let out = all_but(&[CLASSIC, CUSTOM]);
        screen.eliminate("M-12", &out, looked, "event_bus_sources", text)?;
    }
    if settled.content_routing {
        let text = "Queues and topics do not route by what a message says.";
        let looked = flag("content_routing", true);
        screen.eliminate("M-12", &QUEUES_AND_TOPICS, &looked, "content_routing_channels", text)?;
    }
    if let Some(looked) = &settled.people {
        let text = "Only SNS reaches people; AWS End User Messaging is for campaigns.";
        screen.eliminate("M-13", &all_but(&[SNS_STANDARD]), looked, "people_channels", text)?;
    }
    let away = [("durable", inputs.durable), ("buffer", inputs.buffer)];
    if let Some((name, _)) = away.into_iter().find(|(_, value)| *value == Some(true)) {
        let text = "A topic pushes at once: consumers that pull, or are away for a while, need a queue behind it.";
        screen.caution("M-17", &[SNS_STANDARD], &flag(name, true), "topics_push_at_once", text)?;
    }
    Ok(())
}

/// M-06 and M-07: clients that go on to speak their protocol.
fn protocols(screen: &mut Screen<'_>, settled: &Settled) -> Result<(), Stop> {
    match &settled.protocol {
        Protocol::Aws => {}
        Protocol::Broker(looked) => {
            let text = "Clients that go on to speak it need a broker.";
            screen.eliminate("M-06", &all_but(&[AMAZON_MQ]), looked, "broker_protocols", text)?;
        }
        Protocol::Devices(looked) => {
            let text = "Clients that go on to speak it need a broker of MQTT.";
            screen.eliminate("M-06", &all_but(&[IOT_CORE, AMAZON_MQ]), looked, "device_protocols", text)?;
        }
        Protocol::Kafka(looked, fact) => {
            let text = "Only Amazon MSK is Kafka.";
            screen.eliminate("M-07", &all_but(&[MSK]), looked, fact, text)?;
        }
    }
    Ok(())
}

/// M-08, M-09 and M-35: work that takes long, and messages that come later than they are sent.
fn time(
    screen: &mut Screen<'_>,
    inputs: &MessagingInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    if let Some(hours) = &inputs.processing_hours
        && context.probe.more(hours, &context.fact("sqs_visibility_hours")?)
    {
        let text = "After 12 hours others see the message again; keep the state in a workflow or a table.";
        let looked = number("processing_hours", hours);
        screen.eliminate("M-08", &WITH_QUEUES, &looked, "sqs_visibility_hours", text)?;
    }
    let text = "A queue holds messages back for 15 minutes at most, and runs nothing on a schedule.";
    if let Some(looked) = &settled.schedule {
        screen.eliminate("M-09", &WITH_QUEUES, looked, "sqs_delay_minutes", text)?;
        return at_once(screen, looked);
    }
    let Some(minutes) = &inputs.delay_minutes else { return Ok(()) };
    if !context.probe.positive(minutes) {
        return Ok(());
    }
    let looked = number("delay_minutes", minutes);
    if context.probe.more(minutes, &context.fact("sqs_delay_minutes")?) {
        screen.eliminate("M-09", &WITH_QUEUES, &looked, "sqs_delay_minutes", text)?;
    } else if inputs.per_message == Some(true) {
        let text = "A FIFO queue delays all its messages alike.";
        let looked = flag("per_message", true);
        screen.eliminate("M-35", &[FIFO, FIFO_HT, SNS_FIFO], &looked, "sqs_fifo_message_timers", text)?;
    }
    at_once(screen, &looked)
}

/// M-35: what passes on at once.
fn at_once(screen: &mut Screen<'_>, looked: &Looked) -> Result<(), Stop> {
    let out = [SNS_STANDARD, CLASSIC, CUSTOM, PROVISIONED, ON_DEMAND, FIREHOSE, MSK, IOT_CORE];
    let text = "It passes messages on as they come.";
    screen.eliminate("M-35", &out, looked, "channels_that_hold_back", text)?;
    Ok(())
}

/// M-16: one order over all messages leaves one shard, group, partition or queue, and what that carries.
fn one_lane(screen: &mut Screen<'_>, settled: &Settled, context: &mut Context<'_>) -> Result<(), Stop> {
    if settled.order != Order::Global {
        return Ok(());
    }
    let looked = word("ordering", "global");
    let text = "One order over all messages goes through one lane, which carries less; order within a key instead.";
    let peak = &settled.peak;
    let mb_in = peak.times(&settled.kb)?.per(KB_PER_MB);
    let group = context.fact("sqs_fifo_calls_per_s")?.times(&calls(settled, context)?)?;
    if context.probe.more(peak, &group) {
        screen.eliminate("M-16", &[FIFO, FIFO_HT], &looked, "sqs_fifo_calls_per_s", text)?;
    }
    if context.probe.more(peak, &context.fact("sns_fifo_group_msgs_per_s")?) {
        screen.eliminate("M-16", &[SNS_FIFO], &looked, "sns_fifo_group_msgs_per_s", text)?;
    }
    if context.probe.more(peak, &context.fact("kinesis_shard_records_per_s")?) {
        screen.eliminate("M-16", &STREAMS, &looked, "kinesis_shard_records_per_s", text)?;
    } else if context.probe.more(&mb_in, &context.fact("kinesis_shard_in_mb_per_s")?) {
        screen.eliminate("M-16", &STREAMS, &looked, "kinesis_shard_in_mb_per_s", text)?;
    }
    let units = peak + &peak.times(&settled.kb)?;
    if context.probe.more(&units, &context.fact("eventbridge_group_units_per_s")?) {
        screen.eliminate("M-16", &[CUSTOM], &looked, "eventbridge_group_units_per_s", text)?;
    }
    if context.probe.more(&mb_in, &context.fact("msk_partition_in_mb_per_s")?) {
        screen.eliminate("M-16", &[MSK], &looked, "msk_partition_in_mb_per_s", text)?;
        screen.eliminate("M-16", &[AMAZON_MQ], &looked, "global_order_lanes", text)?;
    }
    Ok(())
}
