//! The XML of nmap, read as a stream: hosts in detail up to a budget, open ports of all hosts in a compact form.
//!
//! Entities of its own and a document type with more than a name are refused. Of a file that breaks off, what came
//! before is given and `complete` is `no`. The output of scripts stays in the artifact; here it is a digest.

mod open;
mod read;
mod tags;

use std::io::{BufReader, Read};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{DecodeFailure, Digest, Fact, Tri};

pub use open::{OpenPort, ranges};

/// Hosts and ports that are given in detail; above, `hosts` is `too_large` and `open` says what is open.
pub const DETAIL: usize = 10_000;

/// Bytes of XML that are read at most.
const MAX_BYTES: u64 = 2 << 30;

/// What one file says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    pub scan: Scan,
    pub hosts: Fact<Vec<Host>>,
    pub hosts_up: i64,
    pub hosts_total: i64,
    pub open: Fact<Vec<OpenPort>>,
    pub open_count: i64,
}

/// The run itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scan {
    pub scanner: String,
    pub version: String,
    pub args: String,
    /// RFC 3339 in UTC; empty where the file does not say.
    pub start: String,
    /// RFC 3339 in UTC; empty where the file does not say.
    pub end: String,
    /// From where it was taken: the inventory says so.
    pub vantage: Fact<String>,
    /// Whether the run came to its end and the file is whole.
    pub complete: Tri,
}

/// One host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Host {
    pub addr: String,
    pub names: Vec<String>,
    pub up: Tri,
    /// The best guess where the run asked for one.
    pub os: Fact<String>,
    pub ports: Vec<Port>,
}

/// One port that is listed by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Port {
    pub proto: String,
    pub port: u16,
    /// `open`, `closed`, `filtered`, `open|filtered` and so on.
    pub state: String,
    /// What was probed, or what usually has this number; empty where there is no name.
    pub service: String,
    /// Whether the service itself was asked (`-sV`) or only looked up by its number.
    pub probed: bool,
    /// `not_tested` where the service was not asked.
    pub product: Fact<String>,
    pub version: Fact<String>,
    pub cpe: Vec<String>,
    pub scripts: Vec<Script>,
}

/// The output of one script, by reference: the text is in the artifact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Script {
    pub id: String,
    /// Of the output, entities resolved.
    pub sha256: Digest,
    pub bytes: i64,
}

/// Reads the XML of one run.
pub fn decode(input: &mut dyn Read) -> Result<Document, DecodeFailure> {
    let mut bounded = Bounded { input, left: MAX_BYTES };
    read::document(BufReader::with_capacity(256 << 10, &mut bounded))
}

/// A reader that ends in an error, not silently, when the budget is used up.
struct Bounded<'a> {
    input: &'a mut dyn Read,
    left: u64,
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.input.read(buffer)?;
        self.left = self.left.checked_sub(n as u64).ok_or_else(|| std::io::Error::other(read::OVER_BUDGET))?;
        Ok(n)
    }
}

#[cfg(test)]
mod tests;
