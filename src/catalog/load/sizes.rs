//! The sizes of machines and tasks.

use rust_decimal::Decimal;
use smol_str::SmolStr;

use crate::catalog::mistake::{Mistakes, quoted};
use crate::catalog::sizes::{Architecture, FargateSize, InstanceType, InstanceTypes};
use crate::catalog::table::{Cells, read_table};
use crate::domain::number::decimal_from_text;

/// The most memory sizes one row can stand for.
const MAX_SIZES: usize = 1000;

/// Reads `ec2_instance_types.csv`.
pub(super) fn instance_types(text: &str, mistakes: &mut Mistakes) -> InstanceTypes {
    let columns = [
        "instance_type",
        "vcpu",
        "memory_mib",
        "architecture",
        "gpu_count",
        "max_enis",
        "ipv4_per_eni",
        "max_pods",
        "network_gbps",
    ];
    let mut types: Vec<InstanceType> = Vec::new();
    let mut names = std::collections::HashSet::new();
    read_table("ec2_instance_types.csv", text, columns, mistakes, |cells, fields| {
        let [name, vcpu, memory_mib, architecture, gpu_count, max_enis, ipv4_per_eni, max_pods, network_gbps] = fields;
        if cells.text("instance_type", name).is_some() && !names.insert(name.to_owned()) {
            cells.mistake("instance_type", format!("{} a second time", quoted(name)), "each type once");
        }
        let vcpu = cells.optional_whole("vcpu", vcpu, 10_000);
        let memory_mib = cells.optional_whole("memory_mib", memory_mib, 1_000_000_000);
        let architecture = match architecture {
            "" => Some(None),
            spelled => cells
                .one_of("architecture", spelled, &[("x86_64", Architecture::X86), ("arm64", Architecture::Arm)])
                .map(Some),
        };
        let gpu_count = cells.optional_whole("gpu_count", gpu_count, 1000);
        let max_enis = cells.optional_whole("max_enis", max_enis, 1000);
        let ipv4_per_eni = cells.optional_whole("ipv4_per_eni", ipv4_per_eni, 1000);
        let max_pods = cells.optional_whole("max_pods", max_pods, 100_000);
        let network_gbps = cells.optional_decimal("network_gbps", network_gbps, "where it is not known");
        let read = || {
            Some(InstanceType {
                name: SmolStr::new(name),
                vcpu: vcpu?,
                memory_mib: memory_mib?,
                architecture: architecture?,
                gpu_count: gpu_count?,
                max_enis: max_enis?,
                ipv4_per_eni: ipv4_per_eni?,
                max_pods: max_pods?,
                network_gbps: network_gbps?,
            })
        };
        types.extend(read());
    });
    InstanceTypes::new(types)
}

/// Reads `fargate_sizes.csv`.
pub(super) fn fargate(text: &str, mistakes: &mut Mistakes) -> Vec<FargateSize> {
    let columns = ["vcpu", "min_mem_gb", "max_mem_gb", "step_gb", "os", "note"];
    let mut sizes: Vec<FargateSize> = Vec::new();
    read_table("fargate_sizes.csv", text, columns, mistakes, |cells, [vcpu, min, max, step, os, note]| {
        let vcpu = cells.decimal("vcpu", vcpu);
        let min = cells.decimal("min_mem_gb", min);
        let max = cells.decimal("max_mem_gb", max);
        let windows = cells.one_of("os", os, &[("linux", false), ("linux+windows", true)]);
        let (Some(vcpu), Some(min), Some(max), Some(windows)) = (vcpu, min, max, windows) else { return };
        let memory_gb = memory_sizes(cells, step, min, max);
        if sizes.iter().any(|size| size.vcpu >= vcpu) {
            cells.mistake("vcpu", quoted(&vcpu.to_string()), "more than in the row before");
        }
        sizes.push(FargateSize { vcpu, memory_gb, windows, note: note.to_owned() });
    });
    sizes
}

/// The memory sizes from `min` to `max`: a step, or a list.
fn memory_sizes(cells: &mut Cells<'_>, step: &str, min: Decimal, max: Decimal) -> Vec<Decimal> {
    let sizes = match step.strip_prefix("list:") {
        Some(list) => list.split('|').map(|size| decimal_from_text(size).ok()).collect::<Option<Vec<_>>>(),
        None => decimal_from_text(step).ok().filter(|step| *step > Decimal::ZERO).map(|step| {
            let next = |size: &Decimal| size.checked_add(step).filter(|size| *size <= max);
            std::iter::successors(Some(min), next).take(MAX_SIZES).collect()
        }),
    };
    let sizes = sizes.unwrap_or_default();
    if sizes.first() != Some(&min) || sizes.last() != Some(&max) || !sizes.is_sorted() {
        cells.mistake(
            "step_gb",
            quoted(step),
            format!("a step above 0 that leads from {min} to {max}, or `list:` and rising sizes from {min} to {max}"),
        );
    }
    sizes
}
