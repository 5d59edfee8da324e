//! The units of meters, and what one means.

use std::fmt;

/// A unit that AWS bills in. Units are spelled as in the price tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Unit(&'static str);

macro_rules! units {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        impl Unit {
            $($(#[$doc])* pub const $name: Unit = Unit($text);)*
            /// Every unit there is.
            pub const ALL: &'static [Unit] = &[$(Unit::$name),*];
        }
    };
}

units! {
    /// Hours a thing exists or runs.
    HOURS = "Hrs";
    /// Gigabytes (1024³ bytes) moved or processed.
    GB = "GB";
    /// Single requests, API calls or operations.
    REQUESTS = "Requests";
    /// Gigabytes × month.
    GB_MONTHS = "GB-Mo";
    /// Gigabytes × seconds.
    GB_SECONDS = "GB-Seconds";
    /// vCPU × hours.
    VCPU_HOURS = "vCPU-Hours";
    /// Gigabytes × hours.
    GB_HOURS = "GB-Hours";
    /// Single messages or notifications.
    MESSAGES = "Messages";
    /// Per item and month (zone, key, plan, dashboard).
    MONTHS = "Mo";
    /// Single events.
    EVENTS = "Events";
    /// DynamoDB read or write capacity unit hours.
    CAPACITY_UNIT_HOURS = "CapacityUnit-Hrs";
    /// Provisioned IOPS × month.
    IOPS_MONTHS = "IOPS-Mo";
    /// Objects × month.
    OBJECT_MONTHS = "Objects-Mo";
    /// Single DNS queries.
    QUERIES = "Queries";
    /// Custom metric × month.
    METRIC_MONTHS = "Metrics-Mo";
    /// Alarm × month.
    ALARM_MONTHS = "Alarms-Mo";
    /// Kinesis shard hours.
    SHARD_HOURS = "Shard-Hrs";
    /// Objects.
    OBJECTS = "Objects";
    /// Provisioned MiB/s × month.
    MIBPS_MONTHS = "MiBps-Mo";
    /// Minutes.
    MINUTES = "Minutes";
    /// Jobs.
    JOBS = "Jobs";
    /// Single runs.
    RUNS = "Runs";
    /// Kinesis PUT payload units of 25 KB.
    PAYLOAD_UNITS = "PayloadUnits";
    /// Network analyses.
    ANALYSES = "Analyses";
    /// Network interfaces assessed.
    ENIS = "ENI";
    /// Fast snapshot restore data-service-unit hours.
    DSU_HOURS = "DSU-Hrs";
    /// Metric stream updates.
    UPDATES = "Updates";
    /// Load balancer capacity unit hours.
    LCU_HOURS = "LCU-Hrs";
    /// Aurora capacity unit hours.
    ACU_HOURS = "ACU-Hrs";
    /// Gbps × hours.
    GBPS_HOURS = "Gbps-Hrs";
    /// Step Functions state transitions.
    STATE_TRANSITIONS = "StateTransitions";
    /// CloudFront invalidation paths.
    PATHS = "Paths";
    /// Reservations, for the upfront fee of each.
    QUANTITY = "Quantity";
    /// US dollars, for allowances given as credit.
    USD = "USD";
}

impl Unit {
    /// The unit that is spelled so.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|unit| unit.0 == text)
    }

    /// As it is spelled in the price tables.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
