//! Amazon EKS: Kubernetes clusters, and what EKS itself costs beside the machines.
//!
//! How AWS bills it (<https://aws.amazon.com/eks/pricing/>, read 2026-11-22):
//! - Each cluster costs for every hour. In extended support, when its Kubernetes version is older than 14 months, an
//!   hourly price comes on top; so does one for a control plane of a provisioned tier.
//! - Nodes are EC2 instances (`ec2`, `ebs`), and pods on Fargate are `fargate` with the orchestrator `eks`. Managed
//!   node groups cost nothing themselves.
//! - Auto Mode costs a fee for each instance and hour that it runs, by its type, on top of the instance.
//! - Hybrid Nodes cost for each vCPU and hour that is connected, in five tiers of the month.
//! - Capabilities (Argo CD, ACK, kro) cost by the hour, and so does each custom resource that they look after.
//! - A local cluster on Outposts costs by the hour.

use serde::Deserialize;
use utoipa::ToSchema;

use super::data_transfer::check_items;
use super::ec2::check_instance_type;
use super::metering::{MeterSpec, Metering};
use super::{Example, Service, Usage, read, schema};
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::Check;
use crate::domain::problem::Code;
use crate::domain::unit::Unit;

/// An hour of a cluster.
pub const CLUSTER_HOURS: MeterSpec =
    MeterSpec::regional("AmazonEKS", "AmazonEKS-Hours:perCluster", "CreateOperation", Unit::HOURS);
/// An hour of extended support, on top of the cluster.
pub const EXTENDED_SUPPORT_HOURS: MeterSpec = hours("AmazonEKS-Hours:extendedSupport");
/// An hour of a provisioned control plane of tier XL.
const TIER_XL_HOURS: MeterSpec = hours("AmazonEKS-Hours:XL-ProvisionedTier");
/// An hour of a provisioned control plane of tier 2XL.
const TIER_2XL_HOURS: MeterSpec = hours("AmazonEKS-Hours:2XL-ProvisionedTier");
/// An hour of a provisioned control plane of tier 4XL.
const TIER_4XL_HOURS: MeterSpec = hours("AmazonEKS-Hours:4XL-ProvisionedTier");
/// An hour of a provisioned control plane of tier 8XL.
const TIER_8XL_HOURS: MeterSpec = hours("AmazonEKS-Hours:8XL-ProvisionedTier");
/// The fee of an hour of an Auto Mode instance. The name holds its type: `EKS-Auto:m5.large-management-hours`.
pub const AUTO_MODE_HOURS: MeterSpec = hours("EKS-Auto:*-management-hours");
/// A vCPU and hour of Hybrid Nodes.
const HYBRID_NODE_HOURS: MeterSpec =
    MeterSpec::regional("AmazonEKS", "AmazonEKSHybridNodes-Hours:pervCPU", "", Unit::VCPU_HOURS);
/// An hour of a local cluster on Outposts.
const OUTPOSTS_CLUSTER_HOURS: MeterSpec = hours("AmazonEKS-Local-Outposts-Hours:perCluster");
/// An hour of the capability Argo CD.
const ARGO_CD_HOURS: MeterSpec = hours("AmazonEKSCapabilities-ArgoCD-Hours:perCapability");
/// An hour of an application of Argo CD.
const ARGO_CD_RESOURCE_HOURS: MeterSpec = hours("AmazonEKSCapabilities-ArgoCD-CR-Hours:perCustomResource");
/// An hour of the capability ACK.
const ACK_HOURS: MeterSpec = hours("AmazonEKSCapabilities-ACK-Hours:perCapability");
/// An hour of a resource of ACK.
const ACK_RESOURCE_HOURS: MeterSpec = hours("AmazonEKSCapabilities-ACK-CR-Hours:perCustomResource");
/// An hour of the capability kro.
const KRO_HOURS: MeterSpec = hours("AmazonEKSCapabilities-KRO-Hours:perCapability");
/// An hour of a resource of kro.
const KRO_RESOURCE_HOURS: MeterSpec = hours("AmazonEKSCapabilities-KRO-CR-Hours:perCustomResource");

const fn hours(usage_type: &'static str) -> MeterSpec {
    MeterSpec::regional("AmazonEKS", usage_type, "", Unit::HOURS)
}

/// The most items of a list.
const MAX_ITEMS: usize = 1_000;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "eks",
    name: "Amazon EKS",
    about: "Clusters of EKS by the hour, in standard and extended support and with provisioned control planes; the fee \
            of Auto Mode, Hybrid Nodes, capabilities, and local clusters on Outposts.",
    excluded: &[
        "Nodes, also those of Auto Mode: see `ec2`, and `ebs` for their volumes",
        "Pods on Fargate: see `fargate`",
        "Load balancers, NAT gateways, endpoints, logs and images: see their services",
    ],
    meters: &[
        &CLUSTER_HOURS,
        &EXTENDED_SUPPORT_HOURS,
        &TIER_XL_HOURS,
        &TIER_2XL_HOURS,
        &TIER_4XL_HOURS,
        &TIER_8XL_HOURS,
        &AUTO_MODE_HOURS,
        &HYBRID_NODE_HOURS,
        &OUTPOSTS_CLUSTER_HOURS,
        &ARGO_CD_HOURS,
        &ARGO_CD_RESOURCE_HOURS,
        &ACK_HOURS,
        &ACK_RESOURCE_HOURS,
        &KRO_HOURS,
        &KRO_RESOURCE_HOURS,
    ],
    sources: &["https://aws.amazon.com/eks/pricing/"],
    example: Example {
        region: "us-east-1",
        usage: r#"{"clusters": 2, "support": "standard", "auto_mode": [{"instance_type": "m7g.xlarge", "instances": 3}]}"#,
    },
    read: read::<Eks>,
    schema: schema::<Eks>,
};

/// What is planned of EKS: clusters of one kind.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Eks {
    /// Clusters in the cloud. Whole, 0 to 100,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub clusters: Amount,
    /// The support that the Kubernetes version of these clusters is in.
    #[serde(default)]
    #[schema(inline, default = "standard")]
    pub support: ClusterSupport,
    /// The tier of their control planes.
    #[serde(default)]
    #[schema(inline, default = "standard")]
    pub control_plane: ControlPlane,
    /// Instances that Auto Mode runs: their fee only. At most 1,000 items.
    #[serde(default)]
    pub auto_mode: Vec<AutoModeInstances>,
    /// vCPUs of connected Hybrid Nodes. 0 to 100,000,000; a fraction is an average.
    #[serde(default)]
    #[schema(default = 0)]
    pub hybrid_node_vcpus: Amount,
    /// Argo CD capabilities. Whole, 0 to 100,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub argo_cd_capabilities: Amount,
    /// Applications that Argo CD looks after. 0 to 100,000,000; a fraction is an average.
    #[serde(default)]
    #[schema(default = 0)]
    pub argo_cd_applications: Amount,
    /// ACK (AWS Controllers for Kubernetes) capabilities. Whole, 0 to 100,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub ack_capabilities: Amount,
    /// Resources that ACK looks after. 0 to 100,000,000; a fraction is an average.
    #[serde(default)]
    #[schema(default = 0)]
    pub ack_resources: Amount,
    /// kro (Kube Resource Orchestrator) capabilities. Whole, 0 to 100,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub kro_capabilities: Amount,
    /// Resources that kro looks after. 0 to 100,000,000; a fraction is an average.
    #[serde(default)]
    #[schema(default = 0)]
    pub kro_resources: Amount,
    /// Local clusters on Outposts. Whole, 0 to 100,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub outposts_clusters: Amount,
    /// Hours of the month for which all of it exists, 0 to 744. Left out: the whole month.
    pub hours: Option<Amount>,
}

/// Instances of one type that EKS Auto Mode runs.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AutoModeInstances {
    /// The instance type.
    #[schema(example = "m7g.xlarge")]
    pub instance_type: String,
    /// Instances. 0 to 10,000,000; a fraction is an average.
    pub instances: Amount,
}

/// The support that a Kubernetes version is in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClusterSupport {
    /// The first 14 months.
    #[default]
    Standard,
    /// The 12 months after them.
    Extended,
}

/// The tier of a control plane.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
pub enum ControlPlane {
    /// It scales by itself.
    #[default]
    #[serde(rename = "standard")]
    Standard,
    /// Provisioned, XL.
    #[serde(rename = "xl")]
    Xl,
    /// Provisioned, 2XL.
    #[serde(rename = "2xl")]
    Xl2,
    /// Provisioned, 4XL.
    #[serde(rename = "4xl")]
    Xl4,
    /// Provisioned, 8XL.
    #[serde(rename = "8xl")]
    Xl8,
}

impl ControlPlane {
    fn meter(self) -> Option<&'static MeterSpec> {
        match self {
            Self::Standard => None,
            Self::Xl => Some(&TIER_XL_HOURS),
            Self::Xl2 => Some(&TIER_2XL_HOURS),
            Self::Xl4 => Some(&TIER_4XL_HOURS),
            Self::Xl8 => Some(&TIER_8XL_HOURS),
        }
    }
}

impl Usage for Eks {
    fn check(&self, check: &mut Check, catalog: &Catalog) {
        check.whole("clusters", &self.clusters, 0, 100_000);
        if self.auto_mode.len() > MAX_ITEMS {
            check.mistake("auto_mode", Code::OutOfRange, format!("`auto_mode` has more than {MAX_ITEMS} items"));
        }
        check_items(check, "auto_mode", &self.auto_mode, |check, item, _| {
            check_instance_type(check, "instance_type", &item.instance_type, catalog);
            check.amount("instances", &item.instances, 10_000_000);
        });
        check.amount("hybrid_node_vcpus", &self.hybrid_node_vcpus, 100_000_000);
        check.whole("argo_cd_capabilities", &self.argo_cd_capabilities, 0, 100_000);
        check.amount("argo_cd_applications", &self.argo_cd_applications, 100_000_000);
        check.whole("ack_capabilities", &self.ack_capabilities, 0, 100_000);
        check.amount("ack_resources", &self.ack_resources, 100_000_000);
        check.whole("kro_capabilities", &self.kro_capabilities, 0, 100_000);
        check.amount("kro_resources", &self.kro_resources, 100_000_000);
        check.whole("outposts_clusters", &self.outposts_clusters, 0, 100_000);
        check.optional_amount("hours", self.hours.as_ref(), 744);
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let hours = m.hours_or_month(self.hours.as_ref());
        m.line("cluster_hours", "EKS cluster hours", &CLUSTER_HOURS)
            .times(&self.clusters, "clusters")?
            .times(&hours, "hours")?
            .put(m);
        if self.support == ClusterSupport::Extended {
            m.line("extended_support_hours", "Extended support hours", &EXTENDED_SUPPORT_HOURS)
                .times(&self.clusters, "clusters")?
                .times(&hours, "hours")?
                .put(m);
        }
        if let Some(tier) = self.control_plane.meter() {
            m.line("control_plane_hours", "Provisioned control plane hours", tier)
                .times(&self.clusters, "clusters")?
                .times(&hours, "hours")?
                .put(m);
        }
        for item in &self.auto_mode {
            let name = &item.instance_type;
            m.line("auto_mode_fee", format!("Auto Mode fee of {name}"), &AUTO_MODE_HOURS)
                .named(format!("EKS-Auto:{name}-management-hours"))
                .times(&item.instances, "instances")?
                .times(&hours, "hours")?
                .put(m);
        }
        for (id, label, meter, count, of) in [
            (
                "hybrid_node_hours",
                "Hybrid Node vCPU-hours",
                &HYBRID_NODE_HOURS,
                &self.hybrid_node_vcpus,
                "vCPU connected",
            ),
            ("argo_cd_hours", "Argo CD hours", &ARGO_CD_HOURS, &self.argo_cd_capabilities, "capabilities"),
            (
                "argo_cd_application_hours",
                "Argo CD application hours",
                &ARGO_CD_RESOURCE_HOURS,
                &self.argo_cd_applications,
                "applications",
            ),
            ("ack_hours", "ACK hours", &ACK_HOURS, &self.ack_capabilities, "capabilities"),
            ("ack_resource_hours", "ACK resource hours", &ACK_RESOURCE_HOURS, &self.ack_resources, "resources"),
            ("kro_hours", "kro hours", &KRO_HOURS, &self.kro_capabilities, "capabilities"),
            ("kro_resource_hours", "kro resource hours", &KRO_RESOURCE_HOURS, &self.kro_resources, "resources"),
            (
                "outposts_cluster_hours",
                "Local cluster hours on Outposts",
                &OUTPOSTS_CLUSTER_HOURS,
                &self.outposts_clusters,
                "local clusters",
            ),
        ] {
            m.line(id, label, meter).times(count, of)?.times(&hours, "hours")?.put(m);
        }
        Ok(())
    }
}
