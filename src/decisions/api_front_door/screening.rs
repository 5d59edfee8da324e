//! The rules A-01 … A-18, and the guidance A-20 … A-28. Every comparison goes through the probe.

use super::inputs::ApiFrontDoorInputs;
use super::matrix::{self, Asked};
use super::settle::{Settled, Style};
use super::{ALB, ALL, CF_URL, EVENTS, GRAPHQL, HTTP, NLB, REST, URL, WEBSOCKET};
use crate::decisions::engine::screen::{Screen, flag, number, word};
use crate::decisions::engine::{Context, Effect, Stop};

/// The APIs of API Gateway.
const GATEWAY: [&str; 3] = [REST, HTTP, WEBSOCKET];

/// The rules at work.
struct Screening<'w, 'a, 'c> {
    screen: &'w mut Screen<'a>,
    inputs: &'w ApiFrontDoorInputs,
    settled: &'w Settled,
    context: &'w mut Context<'c>,
}

/// Fires every rule.
pub(super) fn screen(
    screen: &mut Screen<'_>,
    inputs: &ApiFrontDoorInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let asked = matrix::asked(inputs, settled);
    let facts = context.facts();
    let mut rules = Screening { screen, inputs, settled, context };
    rules.style()?;
    rules.backend()?;
    rules.time()?;
    rules.size()?;
    rules.connections()?;
    rules.features(&asked)?;
    rules.streams()?;
    rules.peak()?;
    rules.guidance(&asked)?;
    matrix::caution(screen, facts, &asked)
}

fn yes(value: Option<bool>) -> bool {
    value.unwrap_or(false)
}

impl Screening<'_, '_, '_> {
    /// what is spoken.
    fn style(&mut self) -> Result<(), Stop> {
        let by = word("style", self.settled.style_word.as_str());
        if let Some(by) = &self.settled.push {
            let text = "It answers requests; a server cannot send over it unasked.";
            self.screen.eliminate("A-08", &[REST, HTTP, URL, CF_URL], by, "front_door_push", text)?;
        } else {
            let text = "It carries messages of open connections, and nothing is pushed here.";
            self.screen.eliminate("A-08", &[WEBSOCKET, EVENTS], &by, "front_door_request_response", text)?;
        }
        match self.settled.style {
            Style::Graphql if self.settled.managed => {
                let out = [REST, HTTP, WEBSOCKET, ALB, NLB, EVENTS, URL, CF_URL];
                let text = "Only AppSync runs a GraphQL server for you.";
                self.screen.eliminate("A-10", &out, &by, "front_door_graphql", text)?;
            }
            Style::Graphql => {}
            _ => {
                let text = "It speaks GraphQL only.";
                self.screen.eliminate("A-10", &[GRAPHQL], &by, "front_door_graphql", text)?;
            }
        }
        if self.settled.style == Style::Grpc {
            let out = [REST, HTTP, WEBSOCKET, GRAPHQL, EVENTS, URL, CF_URL];
            let text = "It does not carry gRPC.";
            self.screen.eliminate("A-11", &out, &by, "front_door_grpc", text)?;
        }
        if self.settled.style == Style::NotHttp {
            let out = [REST, HTTP, WEBSOCKET, ALB, GRAPHQL, EVENTS, URL, CF_URL];
            let text = "It speaks HTTP only.";
            self.screen.eliminate("A-13", &out, &by, "front_door_non_http", text)?;
        }
        Ok(())
    }

    /// what a front door leads to.
    fn backend(&mut self) -> Result<(), Stop> {
        let by = word("backend", self.settled.backend_word.as_str());
        if !self.settled.is_lambda() {
            let text = "A function URL leads to a function.";
            self.screen.eliminate("A-26", &[URL, CF_URL], &by, "front_door_url_backends", text)?;
            return Ok(());
        }
        match self.settled.style {
            Style::WebSocket | Style::Grpc => {
                let text = "Behind a load balancer a function is called by plain HTTP requests only.";
                self.screen.eliminate("A-26", &[ALB, NLB], &by, "front_door_alb_lambda_protocols", text)?;
            }
            Style::NotHttp => {
                let text = "It leads to addresses and instances, not to functions.";
                self.screen.eliminate("A-26", &[NLB], &by, "front_door_nlb_targets", text)?;
            }
            Style::Requests | Style::Graphql | Style::Tokens => {}
        }
        Ok(())
    }

    /// how long a client may wait.
    fn time(&mut self) -> Result<(), Stop> {
        let latency = &self.settled.latency_s;
        let by = number("max_latency_s", latency);
        let rest = self.context.fact("front_door_rest_timeout_s")?;
        let waits = self.context.probe.more(latency, &rest);
        if !self.settled.sync {
            if waits {
                let text = "It cannot wait for the work: accept it at once, and let its result be fetched or pushed.";
                self.screen.caution("A-01", &ALL, &by, "front_door_synchronous_max_s", text)?;
            }
            return Ok(());
        }
        if self.settled.style == Style::NotHttp {
            return Ok(());
        }
        let longest = self.context.fact("front_door_synchronous_max_s")?;
        if self.settled.style != Style::WebSocket && self.context.probe.more(latency, &longest) {
            let text = "No client should be kept waiting so long: accept the work, and give its result later.";
            self.screen.eliminate("A-01", &ALL, &by, "front_door_synchronous_max_s", text)?;
            let text = "Work of this length is accepted at once, for example into a queue, and its result is fetched or \
                       pushed later; then `sync` is false.";
            self.screen.notice("asynchronous_pattern", text);
        }
        let http = self.context.fact("front_door_http_api_timeout_s")?;
        if self.context.probe.more(latency, &http) {
            let text = "It gives up before the answer is there, and the limit is fixed.";
            self.screen.eliminate("A-01", &[HTTP], &by, "front_door_http_api_timeout_s", text)?;
        }
        let websocket = self.context.fact("front_door_websocket_timeout_s")?;
        if self.context.probe.more(latency, &websocket) {
            let text = "It gives up before the backend has answered a message, and the limit is fixed.";
            self.screen.eliminate("A-01", &[WEBSOCKET], &by, "front_door_websocket_timeout_s", text)?;
        }
        let edge = self.context.fact("front_door_rest_edge_timeout_s")?;
        if yes(self.inputs.edge_optimized) {
            if self.context.probe.more(latency, &edge) {
                let text = "An edge-optimised API gives up before the answer is there, and the limit is fixed.";
                self.screen.eliminate("A-01", &[REST], &by, "front_door_rest_edge_timeout_s", text)?;
            }
        } else if waits && self.settled.streaming.is_none() {
            let effect = Effect::QuotaIncrease;
            let text = "The integration timeout of a Regional or private REST API has to be raised.";
            self.screen.fire(effect, "A-01", &[REST], &by, "front_door_rest_timeout_s", text)?;
        }
        let idle = self.context.fact("front_door_alb_idle_s")?;
        if self.context.probe.more(latency, &idle) {
            let text = "Its idle timeout has to be raised in its settings.";
            self.screen.caution("A-01", &[ALB], &by, "front_door_alb_idle_s", text)?;
        }
        Ok(())
    }

    /// how large a request or an answer may be.
    fn size(&mut self) -> Result<(), Stop> {
        if self.settled.push.is_some() || self.settled.style == Style::NotHttp {
            return Ok(());
        }
        let (largest, by) = (&self.settled.payload_mb, &self.settled.payload_by);
        let gateway = self.context.fact("front_door_api_gateway_payload_mb")?;
        let function = self.context.fact("lambda_payload_max_mb")?;
        let past_gateway = self.context.probe.more(largest, &gateway);
        if past_gateway {
            let text = "It does not carry so much: let clients upload to S3 with a pre-signed URL.";
            self.screen.eliminate("A-02", &GATEWAY, by, "front_door_api_gateway_payload_mb", text)?;
        }
        let past_function = self.settled.is_lambda() && self.context.probe.more(largest, &function);
        if past_function {
            let text = "A function takes and gives no more at once: let clients upload to S3 with a pre-signed URL.";
            self.screen.eliminate("A-02", &ALL, by, "lambda_payload_max_mb", text)?;
        }
        if past_gateway || past_function {
            let text = "Large bodies go past the front door: the API hands out a pre-signed URL, with which the client \
                       uploads to or downloads from S3.";
            self.screen.notice("presigned_url", text);
        }
        let body = self.context.fact("front_door_alb_lambda_body_mb")?;
        if self.settled.is_lambda() && self.context.probe.more(largest, &body) {
            let text = "A function behind it is said to take and give less at once; check before you rely on it.";
            self.screen.caution("A-02", &[ALB, NLB], by, "front_door_alb_lambda_body_mb", text)?;
        }
        Ok(())
    }

    /// how long connections of a WebSocket API stay, and how large its messages are.
    fn connections(&mut self) -> Result<(), Stop> {
        if self.settled.push.is_none() {
            return Ok(());
        }
        let message = self.context.fact("front_door_websocket_message_kb")?;
        if self.context.probe.more(&self.settled.message_kb, &message) {
            let by = number("message_kb", &self.settled.message_kb);
            let text = "Its messages are smaller.";
            self.screen.eliminate("A-09", &[WEBSOCKET], &by, "front_door_websocket_message_kb", text)?;
        }
        let event = self.context.fact("front_door_appsync_event_kb")?;
        if self.context.probe.more(&self.settled.message_kb, &event) {
            let by = number("message_kb", &self.settled.message_kb);
            let text = "Its events are said to be smaller; check before you rely on it.";
            self.screen.caution("A-09", &[EVENTS], &by, "front_door_appsync_event_kb", text)?;
        }
        let Some(minutes) = &self.inputs.connection_minutes else { return Ok(()) };
        let by = number("connection_minutes", minutes);
        let longest = self.context.fact("front_door_websocket_connection_minutes")?;
        let idle = self.context.fact("front_door_websocket_idle_minutes")?;
        if self.context.probe.more(minutes, &longest) {
            let text = "It closes connections earlier.";
            self.screen.eliminate("A-09", &[WEBSOCKET], &by, "front_door_websocket_connection_minutes", text)?;
        } else if self.context.probe.more(minutes, &idle) {
            let text = "It closes connections on which nothing is sent for so long: send something in between.";
            self.screen.caution("A-09", &[WEBSOCKET], &by, "front_door_websocket_idle_minutes", text)?;
        }
        Ok(())
    }

    /// A-03 …: features of the matrix.
    fn features(&mut self, asked: &[Asked]) -> Result<(), Stop> {
        let inputs = self.inputs;
        if yes(inputs.waf) {
            let by = flag("waf", true);
            let text = "AWS WAF cannot be attached to it.";
            self.screen.eliminate("A-03", &[WEBSOCKET, URL], &by, "front_door_waf", text)?;
            if yes(inputs.direct) || self.settled.private.is_some() {
                let text = "AWS WAF can be attached to a distribution in front of it only.";
                let by = if yes(inputs.direct) { flag("direct", true) } else { by };
                self.screen.eliminate("A-03", &[HTTP, CF_URL], &by, "front_door_waf", text)?;
            }
        }
        let plans = [
            ("usage_plans", inputs.usage_plans),
            ("per_client_throttling", inputs.per_client_throttling),
            ("api_keys", inputs.api_keys),
        ];
        if let Some((name, _)) = plans.into_iter().find(|(_, value)| yes(*value)) {
            let by = flag(name, true);
            let text = "It has neither API keys nor usage plans.";
            self.screen.eliminate("A-04", &[HTTP, ALB, NLB, URL, CF_URL], &by, "front_door_usage_plans", text)?;
            if name != "api_keys" {
                let text = "Its API keys have no usage plans.";
                self.screen.eliminate("A-04", &[WEBSOCKET, GRAPHQL, EVENTS], &by, "front_door_usage_plans", text)?;
            }
        }
        if let Some(by) = &self.settled.private {
            let text = "Its endpoint is public.";
            self.screen.eliminate("A-05", &[HTTP, WEBSOCKET, URL, CF_URL], by, "front_door_private", text)?;
        }
        if yes(inputs.cache) {
            let by = flag("cache", true);
            let text = "It has no cache; with CloudFront in front it is another option.";
            self.screen.eliminate("A-06", &[URL], &by, "front_door_cache", text)?;
            if self.settled.own_cache {
                let text = "It has no cache of its own; CloudFront in front has one.";
                let by = if yes(inputs.in_gateway) { flag("in_gateway", true) } else { by };
                self.screen.eliminate("A-06", &[HTTP, ALB, NLB, CF_URL], &by, "front_door_cache", text)?;
            }
        }
        let shaped = [("request_validation", inputs.request_validation), ("body_transform", inputs.body_transform)];
        if let Some((name, _)) = shaped.into_iter().find(|(_, value)| yes(*value)) {
            let out = [HTTP, WEBSOCKET, ALB, NLB, EVENTS, URL, CF_URL];
            let text = "It passes bodies on as they are.";
            self.screen.eliminate("A-07", &out, &flag(name, true), "front_door_request_validation", text)?;
        }
        if yes(inputs.static_ips) {
            let out = [REST, HTTP, WEBSOCKET, ALB, GRAPHQL, EVENTS, URL, CF_URL];
            let text = "Its addresses change; Global Accelerator in front of a load balancer would give others.";
            self.screen.eliminate("A-12", &out, &flag("static_ips", true), "front_door_static_ips", text)?;
        }
        if yes(inputs.mtls) {
            let out = [URL, WEBSOCKET, GRAPHQL, EVENTS];
            let text = "Clients cannot identify themselves to it by certificates.";
            self.screen.eliminate("A-15", &out, &flag("mtls", true), "front_door_mtls", text)?;
        }
        matrix::eliminate(self.screen, self.context.facts(), asked)
    }

    /// streamed answers.
    fn streams(&mut self) -> Result<(), Stop> {
        let Some(by) = &self.settled.streaming else { return Ok(()) };
        let text = "It gives an answer when it is whole.";
        self.screen.eliminate("A-14", &[HTTP], by, "front_door_streaming", text)?;
        if self.settled.is_lambda() {
            let text = "A function behind it gives its answer when it is whole.";
            self.screen.eliminate("A-26", &[ALB, NLB], by, "front_door_function_streams", text)?;
            if let Some(mb) = &self.inputs.stream_mb
                && self.context.probe.more(mb, &self.context.fact("lambda_streamed_max_mb")?)
            {
                let by = number("stream_mb", mb);
                let text = "A function streams no more.";
                self.screen.eliminate("A-14", &ALL, &by, "lambda_streamed_max_mb", text)?;
            }
        }
        if let Some((name, _)) =
            [("waf", self.inputs.waf), ("cache", self.inputs.cache)].into_iter().find(|(_, value)| yes(*value))
        {
            let text = "What it streams passes neither its cache nor AWS WAF.";
            self.screen.eliminate("A-18", &[REST], &flag(name, true), "front_door_stream_buffered", text)?;
        }
        Ok(())
    }

    /// the throttle quota of the account, which depends on the Region.
    fn peak(&mut self) -> Result<(), Stop> {
        let Some(peak) = &self.inputs.peak_rps else { return Ok(()) };
        let newer = self.context.facts().names("front_door_throttle_newer_regions")?;
        let is_newer = newer.iter().any(|region| region == self.context.region);
        let quota = if is_newer { "front_door_throttle_newer_rps" } else { "front_door_throttle_rps" };
        if self.context.probe.more(peak, &self.context.fact(quota)?) {
            let text = "The throttle quota of the account has to be raised; it counts all its APIs in the Region.";
            let by = number("peak_rps", peak);
            self.screen.fire(Effect::QuotaIncrease, "A-16", &GATEWAY, &by, quota, text)?;
        }
        Ok(())
    }

    /// … A-28: what guidance names.
    fn guidance(&mut self, asked: &[Asked]) -> Result<(), Stop> {
        let (inputs, settled) = (self.inputs, self.settled);
        let style = word("style", settled.style_word.as_str());
        let backend = word("backend", settled.backend_word.as_str());
        if yes(inputs.jwt_native) {
            let by = flag("jwt_native", true);
            let text = "It checks tokens without own code.";
            self.screen.prefer("A-17", &[HTTP, ALB, GRAPHQL, EVENTS], &by, "guidance_front_door_jwt", text)?;
            let text = "A Lambda authorizer or Amazon Cognito has to check the tokens.";
            self.screen.caution("A-17", &[REST], &by, "guidance_front_door_jwt", text)?;
        }
        if yes(inputs.cloud_map_integration) {
            let by = flag("cloud_map_integration", true);
            let text = "It finds services in AWS Cloud Map.";
            self.screen.prefer("A-23", &[HTTP], &by, "guidance_front_door_cloud_map", text)?;
        }
        if settled.style == Style::Grpc {
            let text = "It balances gRPC call by call.";
            self.screen.prefer("A-27", &[ALB], &style, "guidance_front_door_grpc", text)?;
        }
        if settled.push.is_some() && settled.is_lambda() {
            let text = "It keeps connections open for functions, which run only while there is a message.";
            self.screen.prefer("A-24", &[WEBSOCKET], &backend, "guidance_front_door_websocket", text)?;
        }
        if self.screen.eligible(CF_URL) {
            let text = "Its function URL is to be closed to all but the distribution.";
            self.screen.caution("A-28", &[CF_URL], &backend, "guidance_front_door_url", text)?;
        }
        if let Some(by) = settled.streaming.as_ref().filter(|_| settled.is_lambda()) {
            let text = "It streams the answer of a function.";
            self.screen.prefer("A-22", &[URL, CF_URL, REST], by, "guidance_front_door_streaming", text)?;
        }
        let by_requests = matches!(settled.style, Style::Requests | Style::Graphql);
        if !by_requests || settled.streaming.is_some() || settled.push.is_some() {
            return Ok(());
        }
        if let Some(feature) = matrix::rest_only(self.context.facts(), asked) {
            let text = "What is asked for is what HTTP APIs lack.";
            self.screen.prefer("A-21", &[REST], &feature.by, "guidance_front_door_rest", text)?;
            if !settled.is_lambda() && matrix::with_feature(self.context.facts(), feature.row).contains(&ALB) {
                let text = "It routes requests to servers and has what is asked for.";
                self.screen.prefer("A-21", &[ALB], &feature.by, "guidance_front_door_servers", text)?;
            }
            return Ok(());
        }
        let text = "Nothing is asked for that only a REST API has.";
        self.screen.prefer("A-20", &[HTTP], &style, "guidance_front_door_default", text)?;
        if !settled.is_lambda() {
            let text = "It routes requests to servers; which of the two is a matter of cost.";
            self.screen.prefer("A-20", &[ALB], &backend, "guidance_front_door_servers", text)?;
        }
        Ok(())
    }
}
