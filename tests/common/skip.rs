//! What cannot be tested here is said so that everybody sees it, and is a failure where everything has to be tested.

use std::io::Write as _;

/// Says what was not tested, past the harness, which keeps the output of tests that pass to itself.
///
/// # Panics
/// Where `JIXIAN_CI` is set: there, what tests need is to be had.
#[track_caller]
pub fn not_tested(why: &str) {
    assert!(std::env::var_os("JIXIAN_CI").is_none(), "not tested: {why}");
    let test = std::thread::current().name().unwrap_or("?").to_owned();
    let _ = std::io::stderr().write_all(format!("\nNOT TESTED {test}: {why}\n").as_bytes());
}
