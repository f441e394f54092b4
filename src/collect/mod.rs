//! The only code that touches hosts, sockets and foreign files: assets in, artifacts out.

#![expect(clippy::disallowed_methods, reason = "this is the stage that reads files, starts programs and opens sockets")]

mod assets;
pub mod child;
mod job;
pub mod linux;
mod process;
mod progress;
mod read;
pub mod runner;
pub mod tls;

pub use assets::{AssetProblem, AssetSummary, CollectLimits, CollectSummary, assets};
pub use child::ChildDecoder;
pub use job::{Bounds, Builtin, BuiltinFailure, Hint, How, Job, Redactor};
pub use progress::{Bars, Plain, Progress, Silent};
pub use runner::{Limits, StopFlag};
