//! Runs the case files of `tests/cases/`: one named test for each case and each interface.
//!
//! `cargo test --test cases -- nat_gateway` runs those of one service, `cargo test --test cases -- '[cli]'` those of
//! one interface. `tests/README.md` describes the files.

#![expect(clippy::expect_used, reason = "a test that cannot go on has to say so and stop")]

use std::path::Path;

use libtest_mimic::Arguments;

mod runner;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut arguments = Arguments::from_args();
    // The names are long; one letter a test would say nothing, one line a test says which.
    arguments.color.get_or_insert(libtest_mimic::ColorSetting::Never);
    let trials = runner::trials::all(&folder);
    libtest_mimic::run(&arguments, trials).exit();
}
