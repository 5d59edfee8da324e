//! Amazon API Gateway: REST, HTTP and WebSocket APIs.
//!
//! How AWS bills it (<https://aws.amazon.com/api-gateway/pricing/>, read 2026-11-22):
//! - A REST API costs for each call, whatever its size, in four tiers of the month.
//! - An HTTP API costs for each call, in two tiers. A call is metered in increments of 512 KB: each started 512 KB of its
//!   payload is a call on the bill. We take the larger of request and answer as the payload.
//! - A WebSocket API costs for each message, sent or received, in increments of 32 KB and two tiers, and for each minute
//!   that a client is connected.
//! - A cache of a REST API's stage costs by the hour and size.
//! - What leaves to the internet costs as data transfer. A private API has no such charge; clients reach it over an
//!   interface endpoint, which costs for itself.
//! - A developer portal costs by the month, and so does each product in it.

use serde::Deserialize;
use utoipa::ToSchema;

use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, data_transfer, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::{CAP, Check};
use crate::domain::problem::Code;
use crate::domain::unit::Unit;

/// Calls of REST APIs.
pub const REST_CALLS: MeterSpec = meter("ApiGatewayRequest", "ApiGatewayRequest", Unit::REQUESTS);
/// Calls of HTTP APIs, in increments of 512 KB.
pub const HTTP_CALLS: MeterSpec = meter("ApiGatewayHttpRequest", "ApiGatewayHttpApi", Unit::REQUESTS);
/// Messages of WebSocket APIs, in increments of 32 KB.
pub const MESSAGES: MeterSpec = meter("ApiGatewayMessage", "ApiGatewayWebSocket", Unit::MESSAGES);
/// Minutes that clients of WebSocket APIs are connected.
pub const CONNECTION_MINUTES: MeterSpec = meter("ApiGatewayMinute", "ApiGatewayWebSocket", Unit::MINUTES);
/// Hours of a cache. The name ends with its size.
const CACHE_HOURS: MeterSpec = meter("ApiGatewayCacheUsage:*", "RunInstances", Unit::HOURS);
/// Developer portals.
const PORTALS: MeterSpec = meter("APIGateway-Portal-Months", "APIGateway-Portals", Unit::MONTHS);
/// Products in developer portals.
const PORTAL_PRODUCTS: MeterSpec = meter("APIGateway-Portal-Product-Months", "APIGateway-Portals", Unit::MONTHS);

const fn meter(usage_type: &'static str, operation: &'static str, unit: Unit) -> MeterSpec {
    MeterSpec::regional("AmazonApiGateway", usage_type, operation, unit)
}

/// The kilobytes of an HTTP API's call that count as one (`metering.csv`).
pub const HTTP_INCREMENT_KB: u64 = 512;
/// The kilobytes of a WebSocket message that count as one (`metering.csv`).
pub const MESSAGE_INCREMENT_KB: u64 = 32;
/// The most kilobytes of a call's payload.
const MAX_CALL_KB: u64 = 10_240;
/// The most kilobytes of a WebSocket message.
const MAX_MESSAGE_KB: u64 = 128;
/// The kilobytes of a gigabyte.
const KB_PER_GB: u64 = 1_048_576;
/// The sizes of caches in GB, as they are chosen and as the bill names them.
const CACHE_SIZES: [(&str, &str); 8] = [
    ("0.5", "ApiGatewayCacheUsage:0.5GB"),
    ("1.6", "ApiGatewayCacheUsage:1.55GB"),
    ("6.1", "ApiGatewayCacheUsage:6.05GB"),
    ("13.5", "ApiGatewayCacheUsage:13.5GB"),
    ("28.4", "ApiGatewayCacheUsage:28.4GB"),
    ("58.2", "ApiGatewayCacheUsage:58.2GB"),
    ("118", "ApiGatewayCacheUsage:118GB"),
    ("237", "ApiGatewayCacheUsage:237GB"),
];

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "api_gateway",
    name: "Amazon API Gateway",
    about: "REST, HTTP and WebSocket APIs: calls and messages by size, connection minutes, caches, developer portals, \
            and what is sent to the internet.",
    excluded: &[
        "What answers the calls: see `lambda`, `elastic_load_balancing`, `fargate`",
        "The interface endpoints of a private API: see `vpc_endpoint`",
        "Web application firewalls, logs in CloudWatch (see `cloudwatch_logs`) and authorizer functions (see `lambda`)",
        "The frames and headers around a payload",
    ],
    meters: &[
        &REST_CALLS,
        &HTTP_CALLS,
        &MESSAGES,
        &CONNECTION_MINUTES,
        &CACHE_HOURS,
        &PORTALS,
        &PORTAL_PRODUCTS,
        &data_transfer::INTERNET_OUT,
    ],
    sources: &[
        "https://aws.amazon.com/api-gateway/pricing/",
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
    ],
    example: Example { region: "us-east-1", usage: r#"{"kind": "http", "calls": 50000000, "response_kb": 5}"# },
    read: read::<ApiGateway>,
    schema: schema::<ApiGateway>,
};

/// What is planned of API Gateway: APIs of one kind.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiGateway {
    /// The kind of API.
    #[schema(inline)]
    pub kind: ApiKind,
    /// REST: whether the API is private, so that only the VPC reaches it and nothing leaves to the internet.
    #[serde(default)]
    pub private: bool,
    /// REST and HTTP: calls a month. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub calls: Amount,
    /// REST and HTTP: kilobytes of a request, on average. 0 to 10,240.
    #[serde(default)]
    #[schema(default = 0)]
    pub request_kb: Amount,
    /// REST and HTTP: kilobytes of an answer, on average; they leave to the internet, but for a private API.
    /// 0 to 10,240.
    #[serde(default)]
    #[schema(default = 0)]
    pub response_kb: Amount,
    /// WebSocket: messages a month, sent and received together. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub messages: Amount,
    /// WebSocket: kilobytes of a message. 0 to 128. Left out: up to 32, which count as one message.
    pub message_kb: Option<Amount>,
    /// WebSocket: minutes a month that clients are connected, added up over the clients. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub connection_minutes: Amount,
    /// REST: gigabytes of the cache of a stage: 0.5, 1.6, 6.1, 13.5, 28.4, 58.2, 118 or 237. Left out: no cache.
    pub cache_gb: Option<Amount>,
    /// REST: stages with such a cache. Whole, 0 to 10,000. Left out: 1.
    pub cached_stages: Option<Amount>,
    /// REST: hours of the month for which the caches exist, 0 to 744. Left out: the whole month.
    pub cache_hours: Option<Amount>,
    /// Developer portals, on average of the month. 0 to 10,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub portals: Amount,
    /// Products in developer portals, on average of the month. 0 to 1,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub portal_products: Amount,
    /// Gigabytes a month that leave to the internet besides the answers to `calls`: the messages that clients of a
    /// WebSocket API receive, and headers. 0 to 1,000,000,000,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub data_out_gb: Amount,
}

/// The kind of an API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApiKind {
    /// With API keys, usage plans, caches and request validation.
    Rest,
    /// Simpler and cheaper.
    Http,
    /// Connections that stay open, for messages in both directions.
    Websocket,
}

impl ApiKind {
    fn words(self) -> &'static str {
        match self {
            Self::Rest => "REST API",
            Self::Http => "HTTP API",
            Self::Websocket => "WebSocket API",
        }
    }
}

/// The name on the bill of a cache of so many gigabytes.
fn cache_usage_type(gb: &Amount) -> Option<&'static str> {
    let (text, _) = gb.exact_text();
    CACHE_SIZES.iter().find(|(size, _)| *size == text).map(|(_, usage_type)| *usage_type)
}

/// The sizes of caches in GB, as they are chosen, rising.
pub fn cache_sizes_gb() -> impl Iterator<Item = &'static str> {
    CACHE_SIZES.iter().map(|(size, _)| *size)
}

impl ApiGateway {
    /// The fields that only some kinds have: the name, whether it is used, and the kinds.
    fn particular(&self) -> [(&'static str, bool, &'static [ApiKind]); 10] {
        use ApiKind::{Http, Rest, Websocket};
        [
            ("private", self.private, &[Rest]),
            ("calls", !self.calls.is_zero(), &[Rest, Http]),
            ("request_kb", !self.request_kb.is_zero(), &[Rest, Http]),
            ("response_kb", !self.response_kb.is_zero(), &[Rest, Http]),
            ("messages", !self.messages.is_zero(), &[Websocket]),
            ("message_kb", self.message_kb.is_some(), &[Websocket]),
            ("connection_minutes", !self.connection_minutes.is_zero(), &[Websocket]),
            ("cache_gb", self.cache_gb.is_some(), &[Rest]),
            ("cached_stages", self.cached_stages.is_some(), &[Rest]),
            ("cache_hours", self.cache_hours.is_some(), &[Rest]),
        ]
    }

    fn meter_calls(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        match self.kind {
            ApiKind::Rest => {
                m.line("calls", "Calls of REST APIs", &REST_CALLS).times(&self.calls, "calls")?.put(m);
            }
            ApiKind::Http => {
                let payload = m.probe.max(&self.request_kb, &self.response_kb);
                let increments = m.increments(&payload, HTTP_INCREMENT_KB)?;
                m.line("calls", "Calls of HTTP APIs", &HTTP_CALLS)
                    .times(&self.calls, "calls")?
                    .times(&increments, "for the 512 KB of each")?
                    .put(m);
            }
            ApiKind::Websocket => {
                let increments = match &self.message_kb {
                    Some(kb) => m.increments(kb, MESSAGE_INCREMENT_KB)?,
                    None => Amount::ONE,
                };
                m.line("messages", "Messages of WebSocket APIs", &MESSAGES)
                    .times(&self.messages, "messages")?
                    .times(&increments, "for the 32 KB of each")?
                    .put(m);
                m.line("connection_minutes", "Minutes connected", &CONNECTION_MINUTES)
                    .times(&self.connection_minutes, "minutes")?
                    .put(m);
            }
        }
        Ok(())
    }
}

impl Usage for ApiGateway {
    fn check(&self, check: &mut Check, _: &Catalog) {
        check.amount("calls", &self.calls, CAP);
        check.amount("request_kb", &self.request_kb, MAX_CALL_KB);
        check.amount("response_kb", &self.response_kb, MAX_CALL_KB);
        check.amount("messages", &self.messages, CAP);
        check.optional_amount("message_kb", self.message_kb.as_ref(), MAX_MESSAGE_KB);
        check.amount("connection_minutes", &self.connection_minutes, CAP);
        if let Some(gb) = &self.cache_gb {
            check.one_of("cache_gb", &gb.exact_text().0, cache_sizes_gb());
        }
        check.optional_whole("cached_stages", self.cached_stages.as_ref(), 0, 10_000);
        check.optional_amount("cache_hours", self.cache_hours.as_ref(), 744);
        if self.cache_gb.is_none() {
            for (field, given) in
                [("cached_stages", self.cached_stages.is_some()), ("cache_hours", self.cache_hours.is_some())]
            {
                if given {
                    check.mistake(field, Code::Conflict, format!("`{field}` goes with `cache_gb`"));
                }
            }
        }
        check.amount("portals", &self.portals, 10_000);
        check.amount("portal_products", &self.portal_products, 1_000_000);
        check.amount("data_out_gb", &self.data_out_gb, CAP);
        for (field, used, kinds) in self.particular() {
            if used && !kinds.contains(&self.kind) {
                let detail = format!("`{field}` does not count on a {}", self.kind.words());
                check.mistake(field, Code::Conflict, detail);
            }
        }
        if self.private && !self.data_out_gb.is_zero() {
            check.mistake("data_out_gb", Code::Conflict, "nothing leaves a private API to the internet");
        }
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        self.meter_calls(m)?;
        if let Some(gb) = &self.cache_gb {
            let stages = self.cached_stages.clone().unwrap_or(Amount::ONE);
            let hours = m.hours_or_month(self.cache_hours.as_ref());
            // A size that no cache has was refused before metering; it leads to a missing price, never to another size's.
            let usage_type = cache_usage_type(gb).unwrap_or("ApiGatewayCacheUsage:");
            m.line("cache_hours", format!("Cache hours, {gb} GB"), &CACHE_HOURS)
                .named(usage_type)
                .times(&stages, "stages")?
                .times(&hours, "hours")?
                .put(m);
        }
        m.line("portals", "Developer portals", &PORTALS).times(&self.portals, "portals")?.put(m);
        m.line("portal_products", "Products in developer portals", &PORTAL_PRODUCTS)
            .times(&self.portal_products, "products")?
            .put(m);
        if self.private {
            m.notice(
                "private_api_needs_endpoint",
                "a private API is reached over an interface endpoint, which is not in this estimate: see `vpc_endpoint`",
            );
            return Ok(());
        }
        let answers = self.calls.times(&self.response_kb)?.per(KB_PER_GB);
        if self.response_kb.is_zero() && !self.calls.is_zero() {
            m.assume("response_kb", "0", "no answer was given a size, so none is counted as sent to the internet");
        }
        data_transfer::internet_out(m, &(&answers + &self.data_out_gb))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::metering::sweeps::follow;

    fn plan(kind: ApiKind) -> ApiGateway {
        let text = match kind {
            ApiKind::Rest => r#"{"kind": "rest", "calls": 1000, "response_kb": 3}"#,
            ApiKind::Http => r#"{"kind": "http", "calls": 1000, "request_kb": 600}"#,
            ApiKind::Websocket => r#"{"kind": "websocket", "messages": 1000, "connection_minutes": 10}"#,
        };
        serde_json::from_str(text).expect("a plan")
    }

    #[test]
    fn calls_and_messages_can_be_swept_by_size_and_by_number() {
        // The answer passes the request of 600 KB, then steps at 1,024, 1,536 and so on up to 9,728 KB.
        assert_eq!(follow(0, 10_240, |kb| ApiGateway { response_kb: kb, ..plan(ApiKind::Http) }), 20);
        assert_eq!(follow(0, 10_240, |kb| ApiGateway { response_kb: kb, ..plan(ApiKind::Rest) }), 1);
        assert_eq!(follow(0, 128, |kb| ApiGateway { message_kb: Some(kb), ..plan(ApiKind::Websocket) }), 4);
        assert_eq!(follow(0, 1_000_000, |calls| ApiGateway { calls, ..plan(ApiKind::Http) }), 1);
    }
}
