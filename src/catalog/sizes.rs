//! Sizes of machines and tasks: EC2 instance types and Fargate combinations.

use rust_decimal::Decimal;
use smol_str::SmolStr;

/// The processor family of an instance type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Architecture {
    /// Intel and AMD.
    X86,
    /// Graviton.
    Arm,
}

impl Architecture {
    /// As it is spelled in the tables and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm => "arm64",
        }
    }
}

/// An EC2 instance type. A size that the sources do not give is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceType {
    /// Its name, such as `m5.large`.
    pub name: SmolStr,
    /// Virtual processors.
    pub vcpu: Option<u32>,
    /// Memory in MiB.
    pub memory_mib: Option<u32>,
    /// Its processor family.
    pub architecture: Option<Architecture>,
    /// GPUs; other accelerators count 0.
    pub gpu_count: Option<u32>,
    /// The most network interfaces, of all cards together.
    pub max_enis: Option<u32>,
    /// The most IPv4 addresses of one interface.
    pub ipv4_per_eni: Option<u32>,
    /// The most pods that get an own address: interfaces of the default card × (addresses − 1) + 2.
    pub max_pods: Option<u32>,
    /// Baseline bandwidth in Gbps.
    pub network_gbps: Option<Decimal>,
}

/// The instance types, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InstanceTypes(Vec<InstanceType>);

impl InstanceTypes {
    /// Puts the types in order.
    pub fn new(mut types: Vec<InstanceType>) -> Self {
        types.sort_by(|a, b| a.name.cmp(&b.name));
        Self(types)
    }

    /// The type with a name.
    pub fn get(&self, name: &str) -> Option<&InstanceType> {
        self.0.binary_search_by(|known| known.name.as_str().cmp(name)).ok().and_then(|at| self.0.get(at))
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &InstanceType> {
        self.0.iter()
    }
}

/// A number of vCPUs that a Fargate task can have, and the memory that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FargateSize {
    /// Virtual processors.
    pub vcpu: Decimal,
    /// The sizes of memory in GB, rising.
    pub memory_gb: Vec<Decimal>,
    /// Whether Windows tasks can have it; Linux tasks always can.
    pub windows: bool,
    /// What a reader should know about it.
    pub note: String,
}
