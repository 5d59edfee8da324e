//! Units: what AWS's price lists call the units of our meters.
//!
//! AWS spells one unit in several ways, from file to file and inside one (`Hrs`, `hours`, `Hour`), and calls some by
//! what they count (`Lambda-GB-Second`). A meter of ours has one unit; a row whose unit is none of its spellings is
//! refused, since its price would be for something else.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::domain::number::MAX_DECIMALS;
use crate::domain::unit::Unit;

/// How a price list's unit becomes ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Conversion {
    /// How many of our units one of theirs is.
    ours_in_theirs: u32,
}

impl Conversion {
    /// The same unit.
    const SAME: Self = Self { ours_in_theirs: 1 };

    /// A price for each of our units. Rounded at the 12th decimal where one of theirs is many of ours.
    pub(super) fn price(self, theirs: Decimal) -> Option<Decimal> {
        if self == Self::SAME {
            return Some(theirs);
        }
        let ours = theirs.checked_div(self.ours_in_theirs.into())?;
        Some(ours.round_dp_with_strategy(MAX_DECIMALS, RoundingStrategy::MidpointAwayFromZero).normalize())
    }

    /// A quantity in our unit.
    pub(super) fn quantity(self, theirs: Decimal) -> Option<Decimal> {
        theirs.checked_mul(self.ours_in_theirs.into())
    }
}

/// What each unit is called in price lists, in lower case.
const SPELLINGS: &[(Unit, &[&str])] = &[
    (Unit::HOURS, &["hrs", "hr", "hour", "hours", "hourly", "instance-hours", "connection-hours", "attachment-hours"]),
    (Unit::GB, &["gb", "gigabytes", "gigabyte"]),
    (
        Unit::REQUESTS,
        &[
            "requests",
            "request",
            "api requests",
            "api request",
            "api calls",
            "ios",
            "io",
            "i/os",
            "readrequestunits",
            "writerequestunits",
            "replicatedwriterequestunits",
            "restores",
            "executions",
        ],
    ),
    (Unit::GB_MONTHS, &["gb-mo", "gb-month", "gb-months", "gb month"]),
    (Unit::GB_SECONDS, &["gb-seconds", "gb-second", "gb-s", "lambda-gb-second", "lambda-gb-seconds", "gb seconds"]),
    (Unit::VCPU_HOURS, &["vcpu-hours", "vcpu-hour", "vcpu-hrs", "hours", "hrs", "hour"]),
    (Unit::GB_HOURS, &["gb-hours", "gb-hour", "gb-hrs", "hours", "hrs", "hour"]),
    (Unit::MESSAGES, &["messages", "message", "notifications", "notification", "delivery attempts", "requests"]),
    (
        Unit::MONTHS,
        &[
            "mo",
            "month",
            "months",
            "hosted zone",
            "hostedzone",
            "hosted zones",
            "keys",
            "key",
            "dashboards",
            "dashboard",
            "domains",
            "health checks",
            "associations",
            "tag-mo",
            "tags-mo",
        ],
    ),
    (
        Unit::EVENTS,
        &["events", "event", "64k chunks", "64k-chunks", "8k chunks", "invocations", "invocation", "observations"],
    ),
    (
        Unit::CAPACITY_UNIT_HOURS,
        &[
            "capacityunit-hrs",
            "readcapacityunit-hrs",
            "writecapacityunit-hrs",
            "replwritecapacityunit-hrs",
            "replicatedwritecapacityunit-hrs",
            "hrs",
            "hours",
        ],
    ),
    (Unit::IOPS_MONTHS, &["iops-mo", "iops-month", "iops"]),
    (Unit::OBJECT_MONTHS, &["objects-mo", "objects", "object"]),
    (Unit::QUERIES, &["queries", "query"]),
    (Unit::METRIC_MONTHS, &["metrics-mo", "metrics", "metric"]),
    (Unit::ALARM_MONTHS, &["alarms-mo", "alarms", "alarm"]),
    (Unit::SHARD_HOURS, &["shard-hrs", "shardhour", "shard-hour", "shard hours", "hours", "hrs", "consumerhour"]),
    (Unit::OBJECTS, &["objects", "object"]),
    (Unit::MIBPS_MONTHS, &["mibps-mo", "mibps-month"]),
    (Unit::MINUTES, &["minutes", "minute", "connection minutes"]),
    (Unit::JOBS, &["jobs", "job"]),
    (Unit::RUNS, &["runs", "run"]),
    (Unit::PAYLOAD_UNITS, &["payloadunits", "putpayloadunits", "putrequest", "put payload units"]),
    (Unit::ANALYSES, &["analyses", "analysis", "runs"]),
    (Unit::ENIS, &["eni", "enis", "assessments", "assessment"]),
    (Unit::DSU_HOURS, &["dsu-hrs", "dsu-hours", "hrs", "hours"]),
    (Unit::UPDATES, &["updates", "update", "metric updates"]),
    (Unit::LCU_HOURS, &["lcu-hrs", "lcu-hours", "lcu-hr", "reservedlcu-hr", "reservedlcu-hrs"]),
    (Unit::ACU_HOURS, &["acu-hrs", "acu-hr", "acu-hours"]),
    (Unit::GBPS_HOURS, &["gbps-hrs", "gbps-hours", "gbps-hour"]),
    (Unit::STATE_TRANSITIONS, &["statetransitions", "statetransition", "state transitions", "state transition"]),
    (Unit::PATHS, &["paths", "path", "url", "urls", "invalidations"]),
    (Unit::QUANTITY, &["quantity"]),
];

/// How a price list's unit becomes the unit of a meter; `None` where it is another unit.
pub(super) fn conversion(theirs: &str, ours: Unit) -> Option<Conversion> {
    let theirs = theirs.trim().to_ascii_lowercase();
    // EBS throughput is listed by the gibibyte per second and billed by the mebibyte.
    if ours == Unit::MIBPS_MONTHS && matches!(theirs.as_str(), "gibps-mo" | "gibps-month") {
        return Some(Conversion { ours_in_theirs: 1_024 });
    }
    spellings(ours).contains(&theirs.as_str()).then_some(Conversion::SAME)
}

/// The spellings of a unit.
pub(super) fn spellings(unit: Unit) -> &'static [&'static str] {
    SPELLINGS.iter().find(|(listed, _)| *listed == unit).map_or(&[], |(_, spellings)| spellings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::table::price_from_text;

    #[test]
    fn every_unit_that_is_metered_has_spellings_and_its_own_among_them() {
        for unit in Unit::ALL.iter().filter(|unit| **unit != Unit::USD) {
            assert!(conversion(unit.as_str(), *unit).is_some(), "{unit}");
        }
        assert_eq!(conversion("Quantity", Unit::HOURS), None);
        assert!(conversion("Quantity", Unit::QUANTITY).is_some());
        assert_eq!(conversion("GB", Unit::HOURS), None);
    }

    #[test]
    fn throughput_is_listed_by_the_gibibyte() {
        let decimal = |text| price_from_text(text).expect("a decimal");
        let conversion = conversion("GiBps-mo", Unit::MIBPS_MONTHS).expect("known");
        // 40.96 a month for each GiB/s ÷ 1,024 = 0.04 for each MiB/s.
        assert_eq!(conversion.price(decimal("40.96")), Some(decimal("0.04")));
        assert_eq!(conversion.quantity(decimal("2")), Some(decimal("2048")));
    }
}
