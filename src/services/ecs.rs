//! Amazon ECS: clusters of containers, and what ECS itself costs beside the machines.
//!
//! How AWS bills it (<https://aws.amazon.com/ecs/pricing/>, read 2026-11-22):
//! - The control plane is free. With the EC2 launch type only the instances, volumes and traffic cost; with Fargate
//!   only the tasks. They are services of their own: `ec2`, `ebs` and `fargate`.
//! - ECS Managed Instances cost a management fee for each instance and hour, by its type, on top of the instance: by
//!   the second with a minimum of a minute.
//! - ECS Anywhere costs for each hour that an external instance is registered. Its free trial of 2,200 hours a month,
//!   for six months, is not counted.

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

/// An hour of a cluster; free.
pub const CONTROL_PLANE_HOURS: MeterSpec = MeterSpec::global("AmazonECS", "ecs-control-plane", "", Unit::HOURS);
/// The fee of an hour of a managed instance. The name holds its type:
/// `ECS-Managed-Instances:m5.large-management-hours`.
pub const MANAGED_INSTANCE_HOURS: MeterSpec =
    MeterSpec::regional("AmazonECS", "ECS-Managed-Instances:*-management-hours", "", Unit::HOURS);
/// An hour of an external instance.
const ANYWHERE_HOURS: MeterSpec =
    MeterSpec::regional("AmazonECS", "ECS-Anywhere-Instance-hours-WithFree", "AddExternalInstance", Unit::HOURS);

/// The most items of a list.
const MAX_ITEMS: usize = 1_000;

/// The entry of the list.
pub const SERVICE: Service = Service {
    id: "ecs",
    name: "Amazon ECS",
    about: "The free control plane of ECS clusters, the management fee of ECS Managed Instances, and external instances \
            of ECS Anywhere.",
    excluded: &[
        "Instances, also those that ECS manages: see `ec2`, and `ebs` for their volumes",
        "Fargate tasks: see `fargate`",
        "Load balancers, NAT gateways, endpoints, logs and images: see their services",
        "The free trial of ECS Anywhere",
    ],
    meters: &[&CONTROL_PLANE_HOURS, &MANAGED_INSTANCE_HOURS, &ANYWHERE_HOURS],
    sources: &["https://aws.amazon.com/ecs/pricing/", "https://aws.amazon.com/ecs/anywhere/pricing/"],
    example: Example {
        region: "us-east-1",
        usage: r#"{"clusters": 1, "managed_instances": [{"instance_type": "m7g.xlarge", "instances": 3}]}"#,
    },
    read: read::<Ecs>,
    schema: schema::<Ecs>,
};

/// What is planned of ECS.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ecs {
    /// Clusters; free. Whole, 0 to 100,000.
    #[serde(default)]
    #[schema(default = 0)]
    pub clusters: Amount,
    /// Instances that ECS manages: their fee only. At most 1,000 items.
    #[serde(default)]
    pub managed_instances: Vec<ManagedInstances>,
    /// External instances of ECS Anywhere. 0 to 10,000,000; a fraction is an average.
    #[serde(default)]
    #[schema(default = 0)]
    pub anywhere_instances: Amount,
    /// Hours of the month for which all of it exists, 0 to 744. Left out: the whole month.
    pub hours: Option<Amount>,
}

/// Instances of one type that ECS manages.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ManagedInstances {
    /// The instance type.
    #[schema(example = "m7g.xlarge")]
    pub instance_type: String,
    /// Instances. 0 to 10,000,000; a fraction is an average.
    pub instances: Amount,
}

impl Usage for Ecs {
    fn check(&self, check: &mut Check, catalog: &Catalog) {
        check.whole("clusters", &self.clusters, 0, 100_000);
        if self.managed_instances.len() > MAX_ITEMS {
            check.mistake(
                "managed_instances",
                Code::OutOfRange,
                format!("`managed_instances` has more than {MAX_ITEMS} items"),
            );
        }
        check_items(check, "managed_instances", &self.managed_instances, |check, item, _| {
            check_instance_type(check, "instance_type", &item.instance_type, catalog);
            check.amount("instances", &item.instances, 10_000_000);
        });
        check.amount("anywhere_instances", &self.anywhere_instances, 10_000_000);
        check.optional_amount("hours", self.hours.as_ref(), 744);
    }

    fn meter(&self, m: &mut Metering<'_>) -> Result<(), NumberError> {
        let hours = m.hours_or_month(self.hours.as_ref());
        m.line("control_plane_hours", "ECS control plane hours, free", &CONTROL_PLANE_HOURS)
            .times(&self.clusters, "clusters")?
            .times(&hours, "hours")?
            .put(m);
        for item in &self.managed_instances {
            let name = &item.instance_type;
            m.line("management_fee", format!("Management fee of {name}"), &MANAGED_INSTANCE_HOURS)
                .named(format!("ECS-Managed-Instances:{name}-management-hours"))
                .times(&item.instances, "instances")?
                .times(&hours, "hours")?
                .put(m);
        }
        m.line("anywhere_hours", "ECS Anywhere instance hours", &ANYWHERE_HOURS)
            .times(&self.anywhere_instances, "external instances")?
            .times(&hours, "hours")?
            .put(m);
        Ok(())
    }
}
