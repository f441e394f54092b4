//! The table of jobs for a Linux host: what is read, in which form, within which bounds.
//!
//! Nothing here decides by the name of a distribution: every path and every tool is asked for, and what is not there is
//! recorded as `absent` or `no_tool`. Nothing writes, nothing leaves the host, no private key is opened.

mod apt;
mod identity;
mod kernel;
mod lists;
mod records;
mod software;
mod traces;
mod walk;

use crate::collect::Job;

/// Name and revision of this collector, as records carry it.
pub const COLLECTOR: &str = "linux@1";

/// All jobs of a Linux host, in the order of their records.
pub fn jobs() -> Vec<Job> {
    [identity::JOBS, kernel::JOBS, records::JOBS, software::JOBS].concat()
}

#[cfg(test)]
mod tests;
