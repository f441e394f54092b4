//! The `jixian` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    jixian::cli::run(std::env::args().collect())
}
