//! The inputs of `messaging` after defaults. A default that follows from another input moves with it.

use super::inputs::{KAFKA, MessagingInputs, counted_by};
use crate::decisions::engine::screen::{Looked, flag, number, word};
use crate::decisions::engine::{Context, Stop};
use crate::decisions::traffic::defaults::Defaults;
use crate::domain::amount::Amount;
use crate::domain::bill::Assumption;

/// The hours of a day.
const HOURS_PER_DAY: u64 = 24;
/// The seconds of a day.
pub(super) const SECONDS_PER_DAY: u64 = 86_400;
/// The kilobytes of a megabyte, as AWS's limits count them.
pub(super) const KB_PER_MB: u64 = 1_024;

/// The order that must be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// None.
    None,
    /// Within a key.
    Group,
    /// Over all messages.
    Global,
}

/// What clients speak and will not stop speaking.
#[derive(Debug, Clone)]
pub(super) enum Protocol {
    /// AWS's own, or whatever it takes.
    Aws,
    /// One of message brokers.
    Broker(Looked),
    /// That of devices.
    Devices(Looked),
    /// Kafka's, or its connectors.
    Kafka(Looked, &'static str),
}

/// Every value that rules and sizing use. What a rule looks at is there where it is the case.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is the answer to a question of its own")]
pub(super) struct Settled {
    /// The Region whose quotas count.
    pub(super) region: String,
    /// Whether it is another than the request's.
    pub(super) region_differs: bool,
    /// Messages a second, on average.
    pub(super) average: Amount,
    /// Messages a second, at the peak.
    pub(super) peak: Amount,
    /// Kilobytes of a message.
    pub(super) kb: Amount,
    /// Consumers, and the input that says how many.
    pub(super) consumers: Amount,
    pub(super) counted_by: &'static str,
    /// How often a message is delivered: once for each independent consumer.
    pub(super) copies: Amount,
    /// Whether several consumers need every message each.
    pub(super) many: bool,
    /// What says so.
    pub(super) mode: Looked,
    /// Whether the request itself says that workers compete.
    pub(super) competing: bool,
    pub(super) order: Order,
    /// That order or exactly once is asked for.
    pub(super) strict: Option<Looked>,
    pub(super) exactly_once: bool,
    pub(super) batchable: bool,
    /// How full requests of ten messages are.
    pub(super) fullness: Amount,
    /// Queues for each consumer: one a priority.
    pub(super) priorities: Amount,
    /// Days for which messages must be kept, where that is asked for.
    pub(super) keep_days: Option<Amount>,
    /// The input that says so.
    pub(super) kept_by: &'static str,
    pub(super) replay: Option<Looked>,
    /// That something runs on a schedule.
    pub(super) schedule: Option<Looked>,
    pub(super) protocol: Protocol,
    /// That events come from where only a bus gets them.
    pub(super) bus_source: Option<Looked>,
    pub(super) content_routing: bool,
    pub(super) people: Option<Looked>,
    /// That people get e-mails and nothing else.
    pub(super) only_email: bool,
    /// That messages end in a store.
    pub(super) store: Option<Looked>,
    pub(super) streaming: Option<Looked>,
    pub(super) once_use: Option<Looked>,
    pub(super) queue_use: Option<Looked>,
    /// How soon a message must be read, and what says so.
    pub(super) latency: Option<(Amount, Looked)>,
    /// The words that no rule knows, by input.
    pub(super) unknown: Vec<(&'static str, String)>,
    pub(super) assumptions: Vec<Assumption>,
    pub(super) critical_defaults: Vec<&'static str>,
    pub(super) values: Vec<(&'static str, Amount)>,
}

/// Takes every default.
pub(super) fn settle(inputs: &MessagingInputs, context: &mut Context<'_>) -> Result<Settled, Stop> {
    let mut defaults = Defaults { silent: !context.detailed, ..Defaults::default() };
    let schedule = inputs.schedule.as_deref().filter(|text| !text.trim().is_empty());
    let (average, peak) = rates(inputs, schedule.is_some(), &mut defaults, context)?;
    let kb = defaults.take(
        inputs.message_kb.as_ref(),
        "message_kb",
        context.fact("messaging_default_message_kb")?,
        "a usual event",
    );
    let fullness = defaults.take(
        inputs.batch_efficiency.as_ref(),
        "batch_efficiency",
        context.fact("messaging_default_batch_efficiency")?,
        "requests of ten messages are half full on average",
    );
    let counted = counted_by(inputs);
    let given = [("consumers", &inputs.consumers), ("services_consuming", &inputs.services_consuming)];
    let given = given.into_iter().find(|(name, _)| *name == counted).map_or(&inputs.targets, |(_, value)| value);
    let consumers = match told_to_several(inputs) {
        Some(_) => {
            let several = context.fact("messaging_default_several_consumers")?;
            defaults.take(given.as_ref(), counted, several, "each of several gets every message")
        }
        None => defaults.take(given.as_ref(), counted, Amount::ONE, "one consumer"),
    };
    // A sweep may begin at zero; there is one at least.
    let consumers = context.probe.max(&consumers, &Amount::ONE);
    let (mode, independent) = consumer_mode(inputs, counted, &consumers, &mut defaults, context);
    let copies = if independent { consumers.clone() } else { Amount::ONE };
    let many = context.probe.more(&copies, &Amount::ONE);
    let order = match inputs.ordering.as_deref() {
        Some("group") => Order::Group,
        Some("global") => Order::Global,
        _ => Order::None,
    };
    let exactly_once = inputs.exactly_once == Some(true);
    let strict = match (order, exactly_once) {
        (Order::None, true) => Some(flag("exactly_once", true)),
        (Order::None, false) => None,
        _ => inputs.ordering.as_deref().map(|order| word("ordering", order)),
    };
    let (keep_days, kept_by) = retention(inputs, &mut defaults, context)?;
    let replays = inputs.replay_hours.as_ref().filter(|hours| context.probe.positive(hours));
    let replay = match (inputs.replay, replays) {
        (Some(replay), _) => replay.then(|| flag("replay", true)),
        (None, Some(hours)) => Some(number("replay_hours", hours)),
        (None, None) => None,
    };
    let mut words = Words { inputs, context, unknown: Vec::new() };
    let protocol = words.protocol(&mut defaults)?;
    let bus_source = words.known("source", inputs.source.as_deref(), "event_bus_sources")?;
    let (people, only_email) = words.people()?;
    let streaming = words.used("guidance_streaming_uses")?;
    let store = words.store(streaming.is_some() && !many && replay.is_none())?;
    let once_use = words.used("guidance_once_uses")?;
    let queue_use = words.used("guidance_queue_uses")?;
    if streaming.is_none() && once_use.is_none() && queue_use.is_none() && store.is_none() {
        words.unknown("use", inputs.r#use.as_deref());
    }
    if people.is_none() && store.as_ref().is_none_or(|store| store.input != "target") {
        words.unknown("target", inputs.target.as_deref());
    }
    let unknown = words.unknown;
    let latency = match (&inputs.latency_ms, inputs.realtime) {
        (Some(ms), _) => Some((ms.clone(), number("latency_ms", ms))),
        (None, Some(true)) => Some((context.fact("messaging_realtime_ms")?, flag("realtime", true))),
        (None, _) => None,
    };
    let priorities = inputs.priority_levels.clone().unwrap_or(Amount::ONE);
    let priorities = context.probe.max(&priorities, &Amount::ONE);
    for (name, value) in others(inputs) {
        defaults.values.extend(value.clone().map(|value| (name, value)));
    }
    Ok(Settled {
        region: inputs.region.clone().unwrap_or_else(|| context.region.to_owned()),
        region_differs: inputs.region.as_deref().is_some_and(|region| region != context.region),
        average,
        peak,
        kb,
        consumers,
        counted_by: counted,
        copies,
        many,
        mode,
        competing: inputs.consumer_mode.as_deref() == Some("competing"),
        order,
        strict,
        exactly_once,
        batchable: inputs.batchable.unwrap_or(true),
        fullness,
        priorities,
        keep_days,
        kept_by,
        replay,
        schedule: schedule.map(|text| word("schedule", text)),
        protocol,
        bus_source,
        content_routing: inputs.content_routing == Some(true),
        people,
        only_email,
        store,
        streaming,
        once_use,
        queue_use,
        latency,
        unknown,
        assumptions: defaults.assumptions,
        critical_defaults: defaults.critical,
        values: defaults.values,
    })
}

/// The numbers that have no default but a meaning where they are given.
fn others(inputs: &MessagingInputs) -> [(&'static str, &Option<Amount>); 7] {
    [
        ("priority_levels", &inputs.priority_levels),
        ("retention_days", &inputs.retention_days),
        ("replay_hours", &inputs.replay_hours),
        ("delay_minutes", &inputs.delay_minutes),
        ("processing_hours", &inputs.processing_hours),
        ("latency_ms", &inputs.latency_ms),
        // Counted already where no other input counts consumers.
        ("targets", if counted_by(inputs) == "targets" { &None } else { &inputs.targets }),
    ]
}

/// Messages a second, on average and at the peak: either follows from the other.
fn rates(
    inputs: &MessagingInputs,
    has_schedule: bool,
    defaults: &mut Defaults,
    context: &mut Context<'_>,
) -> Result<(Amount, Amount), Stop> {
    let factor = context.fact("messaging_default_peak_factor")?;
    let average = match (&inputs.msgs_per_s_avg, &inputs.msgs_per_s_peak) {
        (None, Some(peak)) => {
            let why = "the peak is five times the average";
            defaults.take(None, "msgs_per_s_avg", peak.over(&factor)?, why)
        }
        (None, None) if has_schedule => {
            let runs = context.fact("messaging_default_runs_per_day")?;
            defaults.take(None, "msgs_per_s_avg", runs.per(SECONDS_PER_DAY), "one run a day")
        }
        (given, _) => {
            let default = context.fact("messaging_default_msgs_per_s")?;
            defaults.critical(given.as_ref(), "msgs_per_s_avg", default, "a rate to begin with")
        }
    };
    let usual = average.times(&factor)?;
    let why = "five times the average";
    let peak = defaults.take(inputs.msgs_per_s_peak.as_ref(), "msgs_per_s_peak", usual, why);
    // A sweep of the average may pass the peak that was given.
    let peak = context.probe.max(&peak, &average);
    Ok((average, peak))
}

/// What says that each of several consumers gets every message.
fn told_to_several(inputs: &MessagingInputs) -> Option<Looked> {
    match inputs.consumer_mode.as_deref() {
        Some("independent") => return Some(word("consumer_mode", "independent")),
        Some(_) => return None,
        None => {}
    }
    let said = [
        ("same_business_event", inputs.same_business_event),
        ("notification_fanout", inputs.notification_fanout),
        ("per_event", inputs.per_event),
    ];
    said.into_iter().find(|(_, value)| *value == Some(true)).map(|(name, _)| flag(name, true))
}

/// How consumers share, what says so, and whether each gets every message.
fn consumer_mode(
    inputs: &MessagingInputs,
    counted: &'static str,
    consumers: &Amount,
    defaults: &mut Defaults,
    context: &mut Context<'_>,
) -> (Looked, bool) {
    if let Some(mode) = &inputs.consumer_mode {
        return (word("consumer_mode", mode.as_str()), mode == "independent");
    }
    let said = told_to_several(inputs);
    let several = counted != "consumers" && inputs.per_event != Some(false);
    let independent = said.is_some() || (several && context.probe.more(consumers, &Amount::ONE));
    let (mode, why) = if independent {
        ("independent", "several services or targets react to the same event")
    } else {
        ("competing", "each message is work for one consumer")
    };
    defaults.assume("consumer_mode", mode, why);
    (said.unwrap_or_else(|| number(counted, consumers)), independent)
}

/// The days for which messages must be kept, and the input that says so.
fn retention(
    inputs: &MessagingInputs,
    defaults: &mut Defaults,
    context: &mut Context<'_>,
) -> Result<(Option<Amount>, &'static str), Stop> {
    let back = inputs.replay_hours.as_ref().map(|hours| hours.per(HOURS_PER_DAY));
    Ok(match (&inputs.retention_days, back) {
        (Some(days), Some(back)) if context.probe.more(&back, days) => (Some(back), "replay_hours"),
        (Some(days), _) => (Some(days.clone()), "retention_days"),
        (None, Some(back)) => (Some(back), "replay_hours"),
        (None, None) => {
            let usual = context.fact("messaging_default_retention_days")?;
            let why = "what a queue keeps unless it is told otherwise; a stream keeps one day";
            defaults.assume("retention_days", usual.to_string(), why);
            (None, "retention_days")
        }
    })
}

/// What open words say, as far as rules know them.
struct Words<'w, 'c> {
    inputs: &'w MessagingInputs,
    context: &'w Context<'c>,
    unknown: Vec<(&'static str, String)>,
}

impl Words<'_, '_> {
    /// A word that no rule knows.
    fn unknown(&mut self, input: &'static str, value: Option<&str>) {
        self.unknown.extend(value.map(|value| (input, value.to_owned())));
    }

    /// A word that a fact lists.
    fn known(&mut self, input: &'static str, value: Option<&str>, fact: &str) -> Result<Option<Looked>, Stop> {
        let Some(value) = value else { return Ok(None) };
        if self.context.facts().names(fact)?.iter().any(|known| known.eq_ignore_ascii_case(value)) {
            return Ok(Some(word(input, value)));
        }
        self.unknown(input, Some(value));
        Ok(None)
    }

    /// The use, where it holds one of the phrases of a fact.
    fn used(&self, fact: &str) -> Result<Option<Looked>, Stop> {
        let Some(text) = self.inputs.r#use.as_deref() else { return Ok(None) };
        let has = holds(text, self.context.facts().names(fact)?);
        Ok(has.then(|| word("use", text)))
    }

    fn protocol(&mut self, defaults: &mut Defaults) -> Result<Protocol, Stop> {
        let facts = self.context.facts();
        let looked = self.inputs.protocol.as_deref().map(|protocol| word("protocol", protocol));
        let is = |fact: &str| -> Result<bool, Stop> {
            let protocol = self.inputs.protocol.as_deref().unwrap_or_default();
            Ok(facts.names(fact)?.iter().any(|known| known.eq_ignore_ascii_case(protocol)))
        };
        let (broker, devices, kafka) = (is("broker_protocols")?, is("device_protocols")?, is("kafka_protocols")?);
        if let Some(other) = self.inputs.protocol.as_deref()
            && !(broker || devices || kafka || other.eq_ignore_ascii_case("aws"))
        {
            self.unknown("protocol", Some(other));
        }
        if self.inputs.connectors == Some(true) {
            return Ok(Protocol::Kafka(flag("connectors", true), "kafka_connectors"));
        }
        let Some(looked) = looked.filter(|_| broker || devices || kafka) else { return Ok(Protocol::Aws) };
        if self.inputs.code_change_allowed == Some(true) {
            return Ok(Protocol::Aws);
        }
        if self.inputs.code_change_allowed.is_none() {
            defaults.assume("code_change_allowed", "false", "clients go on to speak their protocol");
        }
        Ok(match () {
            () if kafka => Protocol::Kafka(word("protocol", KAFKA), "kafka_protocols"),
            () if devices => Protocol::Devices(looked),
            () => Protocol::Broker(looked),
        })
    }

    /// That messages are for people, and whether e-mail is all they get.
    fn people(&self) -> Result<(Option<Looked>, bool), Stop> {
        let channels = self.context.facts().names("people_channels")?;
        let target = self.inputs.target.as_deref().unwrap_or_default();
        let named: Vec<&String> = channels.iter().filter(|channel| tokens(target).contains(channel)).collect();
        let looked = match (self.inputs.people, named.is_empty()) {
            (Some(false), _) | (None, true) => None,
            (Some(true), true) => Some(flag("people", true)),
            (_, false) => Some(word("target", target)),
        };
        let only_email = !named.is_empty() && named.iter().all(|channel| *channel == "email");
        Ok((looked, only_email))
    }

    /// That messages end in a store: one is named, or a stream is to be loaded without anything to run.
    fn store(&self, plain_stream: bool) -> Result<Option<Looked>, Stop> {
        let stores = self.context.facts().names("firehose_destinations")?;
        let target = self.inputs.target.as_deref().unwrap_or_default();
        if tokens(target).iter().any(|token| stores.contains(token)) {
            return Ok(Some(word("target", target)));
        }
        let text = self.inputs.r#use.as_deref().unwrap_or_default();
        let tokens = tokens(text);
        let leads = tokens.windows(2).any(|pair| match pair {
            [to, store] => ["to", "into"].contains(&to.as_str()) && stores.contains(store),
            _ => false,
        });
        if leads {
            return Ok(Some(word("use", text)));
        }
        let loaded = plain_stream && self.inputs.zero_admin == Some(true);
        Ok(loaded.then(|| flag("zero_admin", true)))
    }
}

/// The words of a text, in small letters.
fn tokens(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Whether a text holds one of some phrases, word by word.
fn holds(text: &str, phrases: &[String]) -> bool {
    let text = tokens(text);
    phrases.iter().any(|phrase| {
        let phrase = tokens(phrase);
        !phrase.is_empty() && text.windows(phrase.len()).any(|words| words == phrase.as_slice())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_known_by_whole_words() {
        let known = ["clickstream", "logs", "event sourcing"].map(str::to_owned);
        for (text, expected) in [
            ("clickstream", true),
            ("Access Logs of the web", true),
            ("event-sourcing of accounts", true),
            ("catalogs", false),
            ("sourcing an event", false),
            ("", false),
        ] {
            assert_eq!(holds(text, &known), expected, "{text}");
        }
    }
}
