//! The prices in the data that no service uses. A service that is added takes its marks out; a mark that is no longer
//! needed fails the test.

/// A mark: a service code, a usage type (a `*` at its end stands for any text), and why no service uses its prices.
pub(crate) const MARKS: &[(&str, &str, &str)] = &[
    // Used by a rule of `derived.csv` and not by a service itself.
    ("AWSDataTransfer", "inter-region-out-default", "the base of a derivation rule"),
    // For reference: things that cost nothing, and charges that another meter of the same service carries.
    (
        "AWSDataTransfer",
        "DataTransfer-xAZ-Out-Bytes",
        "for reference: metered at no charge beside the regional transfer",
    ),
    ("AWSDirectConnect", "dx-gateway", "for reference: no charge"),
    ("AWSDirectConnect", "dx-vif", "for reference: no charge"),
    ("AmazonVPC", "cross-az-to-tgw-or-endpoint-bytes", "for reference: no charge"),
    ("AmazonVPC", "egress-only-internet-gateway", "for reference: no charge"),
    ("AmazonEKS", "eks-managed-node-group", "for reference: no charge"),
    ("AmazonVPC", "internet-gateway", "for reference: no charge"),
    ("AmazonVPC", "tgw-peering-received-bytes", "for reference: no charge"),
    ("AmazonVPC", "tgw-policy-table", "for reference: no charge"),
    ("AmazonVPC", "Analysis-Runs", "for reference: network analysis is no planned service"),
    ("AmazonVPC", "ENI-Mirror", "for reference: traffic mirroring is no planned service"),
    ("AmazonVPC", "IPAddressManager-IP-Hours", "for reference: address management is no planned service"),
    ("AmazonVPC", "NetworkInterface-Assessment", "for reference: network analysis is no planned service"),
    (
        "AmazonVPC",
        "privatelink-tunnel-endpoint-hours",
        "for reference: one Region, and it is not known what else it bills",
    ),
    ("AmazonRoute53", "dns-firewall-advanced-hours", "for reference: it is not known what an hour counts"),
    ("AmazonVPC", "verified-access-*", "for reference: Verified Access is no planned service"),
    ("AWSAppRunner", "*", "for reference: App Runner is no planned service"),
    ("AmazonS3", "Annotation-*", "for reference: annotations of S3 objects are no planned service"),
    ("AmazonS3", "Requests-Annotation-*", "for reference: annotations of S3 objects are no planned service"),
    ("AmazonS3", "Requests-Tier5", "for reference: bulk restores of Glacier Flexible Retrieval are at no charge"),
    ("AWSLambda", "Lambda-Edge-*", "for reference: Lambda@Edge is no planned service"),
    ("AWSLambda", "Lambda-Managed-Instances-*", "for reference: Lambda on managed instances is no planned service"),
    ("AmazonCloudWatch", "CW:*", "for reference: metrics and alarms are no planned service"),
    ("AmazonCloudWatch", "DashboardsUsageHour", "for reference: dashboards are no planned service"),
    ("AmazonCloudWatch", "cw-container-insights-*", "for reference: Container Insights is no planned service"),
    ("awskms", "*", "for reference: KMS is no planned service"),
    ("awswaf", "*", "for reference: WAF is no planned service"),
    // Of services that are planned.
];

/// The position of the mark for a meter.
pub(crate) fn mark(service_code: &str, usage_type: &str) -> Option<usize> {
    MARKS.iter().position(|(code, name, _)| {
        *code == service_code
            && match name.strip_suffix('*') {
                Some(start) => usage_type.starts_with(start),
                None => *name == usage_type,
            }
    })
}
