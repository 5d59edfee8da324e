//! The published guidance of `messaging`: M-20 … M-31. Those that say more of the situation come first in the list of
//! rules, and the queue, which is right where nothing else is asked, comes last.

use super::inputs::MessagingInputs;
use super::screening::STREAMS;
use super::settle::{Protocol, Settled};
use super::{
    CLASSIC, CUSTOM, FANOUT, FIFO, FIFO_HT, FIREHOSE, IOT_CORE, MSK, ON_DEMAND, PROVISIONED, SCHEDULER, SNS_FIFO,
    STANDARD, STEP_FUNCTIONS,
};
use crate::decisions::engine::screen::{Looked, Screen, flag, number};
use crate::decisions::engine::{Context, Stop};

/// Fires what the guidance says.
pub(super) fn advise(
    screen: &mut Screen<'_>,
    inputs: &MessagingInputs,
    settled: &Settled,
    fifo_fits: bool,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    special(screen, inputs, settled)?;
    routed(screen, inputs, settled, context)?;
    streams(screen, inputs, settled)?;
    ordered(screen, settled, fifo_fits)?;
    usual(screen, inputs, settled)
}

/// M-20, M-21, M-22 and M-24: what one service is for.
fn special(screen: &mut Screen<'_>, inputs: &MessagingInputs, settled: &Settled) -> Result<(), Stop> {
    let late = screen.looked_at(STANDARD, "M-09");
    if let Some(looked) = settled.schedule.as_ref().or(late.as_ref()) {
        let text = "It invokes at the time that is asked for.";
        screen.prefer("M-20", &[SCHEDULER], looked, "guidance_schedules", text)?;
    }
    if let Some(looked) = screen.looked_at(STANDARD, "M-08") {
        let text = "A workflow holds the state of work that takes so long.";
        screen.prefer("M-21", &[STEP_FUNCTIONS], &looked, "guidance_long_processing", text)?;
    }
    if let Protocol::Devices(looked) = &settled.protocol {
        let text = "Devices connect to it.";
        screen.prefer("M-22", &[IOT_CORE], looked, "guidance_devices", text)?;
    }
    if let Some(looked) = settled.store.as_ref().filter(|_| !settled.many && settled.replay.is_none()) {
        let text = "It loads a stream into a store without anything to run.";
        screen.prefer("M-24", &[FIREHOSE], looked, "guidance_delivery_to_stores", text)?;
    }
    if inputs.transform == Some(true) && settled.store.is_some() {
        let text = "Records are changed by a function on their way, which costs by itself.";
        screen.caution("M-24", &[FIREHOSE], &flag("transform", true), "guidance_delivery_to_stores", text)?;
    }
    Ok(())
}

/// M-23: events that are routed.
fn routed(
    screen: &mut Screen<'_>,
    inputs: &MessagingInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    // Where nothing is routed and all are told alike, a topic is simpler.
    let alike = inputs.content_routing == Some(false) || inputs.notification_fanout == Some(true);
    let several = match &inputs.services_consuming {
        Some(services) if inputs.same_business_event == Some(true) && !alike => {
            let enough = !context.probe.less(services, &context.fact("guidance_business_event_services")?);
            enough.then(|| number("services_consuming", services))
        }
        _ => None,
    };
    let routing = settled.content_routing.then(|| flag("content_routing", true));
    let Some(looked) = settled.bus_source.clone().or(routing).or(several) else { return Ok(()) };
    // The classic bus is the one that is tried; the other stands in where order or retention rule it out.
    let bus = if screen.eligible(CLASSIC) { CLASSIC } else { CUSTOM };
    let text = "It takes events from partners and AWS, and routes them by what they say.";
    screen.prefer("M-23", &[bus], &looked, "guidance_event_routing", text)?;
    Ok(())
}

/// M-25, M-26 and M-27: what is kept and read again, and what flows all the time.
fn streams(screen: &mut Screen<'_>, inputs: &MessagingInputs, settled: &Settled) -> Result<(), Stop> {
    let kept = settled.replay.clone().or_else(|| screen.looked_at(STANDARD, "M-04"));
    if let Some(looked) = &kept {
        let text = "A log keeps messages for consumers to read again.";
        let options = [ON_DEMAND, PROVISIONED, MSK, CUSTOM];
        screen.prefer("M-25", &options, looked, "guidance_replay", text)?;
    }
    if let Some(looked) = &settled.streaming {
        let text = "It flows without end and is analysed as it comes: a stream.";
        screen.prefer("M-26", &STREAMS, looked, "guidance_streaming_uses", text)?;
    }
    let eased = [("fluctuating", inputs.fluctuating), ("low_ops", inputs.low_ops), ("zero_admin", inputs.zero_admin)];
    let eased = eased.into_iter().find(|(_, value)| *value == Some(true));
    if let Some((name, _)) = eased.filter(|_| kept.is_some() || settled.streaming.is_some()) {
        let text = "On demand nobody counts shards, and it follows the load.";
        screen.prefer("M-27", &[ON_DEMAND], &flag(name, true), "guidance_variable_streams", text)?;
    }
    Ok(())
}

/// M-28 and M-29: order and exactly once, as far as FIFO queues carry it.
fn ordered(screen: &mut Screen<'_>, settled: &Settled, fifo_fits: bool) -> Result<(), Stop> {
    if !fifo_fits {
        return Ok(());
    }
    if let Some(looked) = settled.strict.as_ref().filter(|_| settled.many) {
        let text = "It brings messages to several FIFO queues in order.";
        let option = if screen.eligible(SNS_FIFO) { SNS_FIFO } else { CUSTOM };
        screen.prefer("M-28", &[option], looked, "guidance_ordered_fan_out", text)?;
    }
    if let Some(looked) = settled.strict.as_ref().or(settled.once_use.as_ref()).filter(|_| !settled.many) {
        let text = "It processes each message once and in order.";
        screen.prefer("M-29", &[FIFO, FIFO_HT], looked, "guidance_exactly_once", text)?;
    }
    Ok(())
}

/// M-30 and M-31: the topic with queues behind it, and the queue.
fn usual(screen: &mut Screen<'_>, inputs: &MessagingInputs, settled: &Settled) -> Result<(), Stop> {
    if settled.many {
        let text = "Each consumer has a queue of its own and works at its own pace.";
        screen.prefer("M-30", &[FANOUT], &settled.mode, "guidance_fan_out", text)?;
        return Ok(());
    }
    let flags = [("buffer", inputs.buffer), ("async_jobs", inputs.async_jobs), ("durable", inputs.durable)];
    let said = flags.into_iter().find(|(_, value)| *value == Some(true)).map(|(name, _)| flag(name, true));
    let levels: Option<Looked> = inputs.priority_levels.as_ref().map(|levels| number("priority_levels", levels));
    let looked = settled.queue_use.clone().or(said).or(levels).unwrap_or_else(|| settled.mode.clone());
    let text = "A queue takes spikes and gives each message to one worker.";
    screen.prefer("M-31", &[STANDARD], &looked, "guidance_work_queue", text)?;
    Ok(())
}
