//! Flags -> requests -> calls -> exit code.

mod args;

pub use args::Arguments;
