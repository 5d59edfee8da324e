//! The data files are embedded by a macro, which does not notice a new file: this does.

fn main() {
    println!("cargo::rerun-if-changed=pricing-data");
}
