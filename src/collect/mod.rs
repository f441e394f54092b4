//! The only code that touches hosts, sockets and foreign files: assets in, artifacts out.

mod job;
pub mod linux;
mod process;
mod read;
pub mod runner;

pub use job::{Bounds, Builtin, BuiltinFailure, Hint, How, Job, Redactor};
pub use runner::{Limits, NewRecord, Origin, StopFlag};
