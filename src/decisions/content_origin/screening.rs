//! The rules O-01 … O-06, and the guidance O-20 … O-22. Every comparison goes through the probe.

use super::inputs::ContentOriginInputs;
use super::settle::{NEAR, Origin, Settled};
use super::{ALB_CF, CLOUDFRONT, GA, S3_CF, S3_ONLY, VPC_CF, sizing};
use crate::decisions::engine::screen::{Looked, Screen, flag, number, word};
use crate::decisions::engine::{Context, Stop};
use crate::domain::amount::Amount;

/// Fires every rule.
pub(super) fn screen(
    screen: &mut Screen<'_>,
    inputs: &ContentOriginInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    accelerator(screen, inputs, settled, context)?;
    bucket(screen, inputs, settled)?;
    origin(screen, settled)?;
    content(screen, settled)?;
    predictable(screen, settled, context)?;
    guidance(screen, inputs, settled)
}

fn yes(value: Option<bool>) -> bool {
    value.unwrap_or(false)
}

/// O-01: what only Global Accelerator does.
fn accelerator(
    screen: &mut Screen<'_>,
    inputs: &ContentOriginInputs,
    settled: &Settled,
    context: &mut Context<'_>,
) -> Result<(), Stop> {
    let out = [S3_ONLY, S3_CF, ALB_CF, VPC_CF];
    let mut by = None;
    if !settled.is_http() {
        let looked = word("protocol", settled.protocol_word.as_str());
        let text = "It speaks HTTP only.";
        screen.eliminate("O-01", &out, &looked, "content_layer_4", text)?;
        by = Some(looked);
    }
    if yes(inputs.static_ip) {
        let looked = flag("static_ip", true);
        let text = "Its addresses change; Global Accelerator has two that stay.";
        screen.eliminate("O-01", &out, &looked, "content_static_addresses", text)?;
        by = Some(looked);
    }
    if let Some(seconds) = &inputs.failover_seconds {
        let fast = context.fact("content_fast_failover_s")?;
        if context.probe.more(&settled.regions, &Amount::ONE) && context.probe.less(seconds, &fast) {
            let looked = number("failover_seconds", seconds);
            let text = "Between Regions it moves viewers less surely within so short a time.";
            screen.eliminate("O-01", &out, &looked, "content_fast_failover_s", text)?;
            by = Some(looked);
        }
    }
    if let Some(by) = by {
        let text = "Static addresses at the edge lead to the nearest healthy Region.";
        screen.prefer("O-01", &[GA], &by, "guidance_content_accelerator", text)?;
    }
    Ok(())
}

/// O-02: what a bucket alone does not do.
fn bucket(screen: &mut Screen<'_>, inputs: &ContentOriginInputs, settled: &Settled) -> Result<(), Stop> {
    let text = "Its website endpoint speaks HTTP only; the names at which it speaks HTTPS are of S3.";
    for (name, asked) in [("https_required", inputs.https_required), ("own_domain_https", inputs.own_domain_https)] {
        if yes(asked) {
            screen.eliminate("O-02", &[S3_ONLY], &flag(name, true), "content_s3_https", text)?;
        }
    }
    let given = inputs.https_required.is_some() || inputs.own_domain_https.is_some();
    if !given && settled.is_http() && !settled.plain {
        let by = word("protocol", settled.protocol_word.as_str());
        screen.caution("O-02", &[S3_ONLY], &by, "content_s3_https", text)?;
    }
    if yes(inputs.private_bucket) {
        let text = "Viewers without signed requests read a public bucket only.";
        screen.eliminate("O-02", &[S3_ONLY], &flag("private_bucket", true), "content_s3_private", text)?;
    }
    if yes(inputs.waf) {
        let text = "AWS WAF cannot be attached to a bucket.";
        let by = flag("waf", true);
        screen.eliminate("O-02", &[S3_ONLY], &by, "content_waf_resources", text)?;
        if settled.is_network {
            let text = "AWS WAF inspects requests, and a Network Load Balancer carries connections.";
            screen.eliminate("O-02", &[GA], &by, "content_waf_resources", text)?;
        }
    }
    Ok(())
}

/// O-03: whether the servers are in private subnets.
fn origin(screen: &mut Screen<'_>, settled: &Settled) -> Result<(), Stop> {
    match &settled.origin {
        Some((Origin::Private, by)) => {
            let text = "It leads to an origin on the internet, and this one is in private subnets.";
            screen.eliminate("O-03", &[ALB_CF], by, "content_private_origin", text)?;
            let text = "CloudFront reaches a private load balancer as a VPC origin, and is its only entry.";
            screen.prefer("O-03", &[VPC_CF], by, "guidance_content_private_origin", text)?;
        }
        Some((Origin::Public, by)) => {
            let text = "A VPC origin is in private subnets, and this one is on the internet.";
            screen.eliminate("O-03", &[VPC_CF], by, "content_private_origin", text)?;
        }
        _ => {}
    }
    Ok(())
}

/// O-06: whether content is made on request or lies in a bucket.
fn content(screen: &mut Screen<'_>, settled: &Settled) -> Result<(), Stop> {
    if let Some(by) = &settled.dynamic {
        if settled.files {
            let text = "S3 serves the files; servers beside it make the rest.";
            screen.caution("O-06", &[S3_ONLY, S3_CF], by, "content_runs_code", text)?;
        } else {
            let text = "S3 serves files, and makes nothing on request.";
            screen.eliminate("O-06", &[S3_ONLY, S3_CF], by, "content_runs_code", text)?;
        }
    }
    if let Some((Origin::Bucket, by)) = &settled.origin {
        let text = "A load balancer forwards to servers and functions, not to a bucket.";
        screen.eliminate("O-06", &[ALB_CF, VPC_CF, GA], by, "content_load_balancer_targets", text)?;
    }
    Ok(())
}

/// O-05: flat-rate plans.
fn predictable(screen: &mut Screen<'_>, settled: &Settled, context: &mut Context<'_>) -> Result<(), Stop> {
    if !settled.predictable {
        return Ok(());
    }
    let by = flag("predictable_bill", true);
    if sizing::flat_rate(settled, context).is_some() {
        let text = "A flat-rate plan costs the same whatever the traffic.";
        screen.prefer("O-05", &CLOUDFRONT, &by, "guidance_content_flat_rate", text)?;
    } else {
        let text = "No flat-rate plan includes so much traffic: it is priced by use.";
        screen.caution("O-05", &CLOUDFRONT, &by, "guidance_content_flat_rate", text)?;
    }
    Ok(())
}

/// O-04 and O-20 … O-22: where CloudFront adds little, and where it is the entry.
fn guidance(screen: &mut Screen<'_>, inputs: &ContentOriginInputs, settled: &Settled) -> Result<(), Stop> {
    if !settled.is_http() {
        return Ok(());
    }
    if let Some(by) = &settled.small {
        let text = "For so few viewers near the Region a distribution adds little.";
        screen.caution("O-04", &CLOUDFRONT, by, "content_small_gb_month", text)?;
    } else {
        let text = "CloudFront is the entry for web content: near to viewers, over HTTPS, with files and without.";
        screen.prefer("O-20", &CLOUDFRONT, &entry(inputs, settled), "guidance_content_entry", text)?;
    }
    if settled.files && yes(inputs.api) {
        let by = flag("api", true);
        let text = "One distribution leads the paths of files and of the API to an origin each.";
        screen.prefer("O-21", &CLOUDFRONT, &by, "guidance_content_paths", text)?;
        let text = "The API has an address of its own, so that browsers ask it across origins.";
        screen.caution("O-21", &[S3_ONLY], &by, "guidance_content_paths", text)?;
    }
    if settled.files && yes(inputs.low_ops) {
        let text = "Files in S3 need no servers.";
        screen.prefer("O-22", &[S3_ONLY, S3_CF], &flag("low_ops", true), "guidance_content_s3", text)?;
    }
    Ok(())
}

/// What speaks for CloudFront, as it was looked at.
fn entry(inputs: &ContentOriginInputs, settled: &Settled) -> Looked {
    if yes(inputs.global_audience) {
        flag("global_audience", true)
    } else if inputs.latency.as_deref() == Some(NEAR) {
        word("latency", NEAR)
    } else {
        word("protocol", settled.protocol_word.as_str())
    }
}
