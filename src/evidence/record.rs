//! Records: one line for every item that was asked for, chained by digest.

use std::io::Read;

use serde::{Deserialize, Serialize};

use crate::model::{Digest, ItemStatus};

/// How one item was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A program and its arguments, never through a shell.
    Argv(Vec<String>),
    /// Code of the collector itself, by name.
    Builtin(String),
    /// A file on the asset, or the file that the inventory names.
    Path(String),
    /// A query to a service: SQL, a TLS hello, an HTTP request line.
    Query(String),
}

/// What one item brought and how it ended: a line of `records.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Number in the part, from 1.
    pub n: u64,
    /// The stable name that decoders ask for, such as `ssh.effective`; unique in a part.
    pub item: String,
    /// Collector and its version, such as `linux@1`.
    pub collector: String,
    pub source: Origin,
    /// Effective user id that asked, where there is one.
    pub euid: Option<u32>,
    pub status: ItemStatus,
    /// Exit code, where a program ran and ended by itself.
    pub rc: Option<i32>,
    /// RFC 3339.
    pub started: String,
    pub dur_ms: u64,
    /// Bytes of the object: after redaction, after truncation.
    pub size: u64,
    /// The artifact was longer; `object` is its head and `note` says what was cut.
    pub truncated: bool,
    /// How many secrets were taken out before anything was written.
    pub redactions: u32,
    pub object: Option<Digest>,
    /// Only digest and size of the object are in the bundle.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub external: bool,
    pub note: Option<String>,
    /// Digest of the line before this one, without its newline; of `part.json` for the first.
    pub prev: Digest,
}

/// What a collector says of one item; number, size, object and chain are added when it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRecord {
    pub item: String,
    pub collector: String,
    pub source: Origin,
    pub euid: Option<u32>,
    pub status: ItemStatus,
    pub rc: Option<i32>,
    /// RFC 3339.
    pub started: String,
    pub dur_ms: u64,
    pub truncated: bool,
    pub redactions: u32,
    pub note: Option<String>,
}

impl NewRecord {
    /// A record without exit code, duration, cuts or note.
    pub fn new(
        item: impl Into<String>,
        collector: impl Into<String>,
        source: Origin,
        status: ItemStatus,
        started: impl Into<String>,
    ) -> Self {
        Self {
            item: item.into(),
            collector: collector.into(),
            source,
            euid: None,
            status,
            rc: None,
            started: started.into(),
            dur_ms: 0,
            truncated: false,
            redactions: 0,
            note: None,
        }
    }

    pub(super) fn numbered(self, n: u64, prev: Digest, stored: Option<StoredObject>) -> Record {
        Record {
            n,
            item: self.item,
            collector: self.collector,
            source: self.source,
            euid: self.euid,
            status: self.status,
            rc: self.rc,
            started: self.started,
            dur_ms: self.dur_ms,
            size: stored.map_or(0, |object| object.size),
            truncated: self.truncated,
            redactions: self.redactions,
            object: stored.map(|object| object.digest),
            external: stored.is_some_and(|object| object.external),
            note: self.note,
            prev,
        }
    }
}

/// The bytes that go with a record.
pub enum Content<'a> {
    /// Digest and size only; the bytes stay where they are.
    External { digest: Digest, size: u64 },
    /// In memory: the usual case, an item under its cap.
    Bytes(Vec<u8>),
    /// No bytes, such as for `absent` or `denied`.
    Nothing,
    /// Read in windows and never held whole.
    Stream(&'a mut dyn Read),
}

impl From<Option<Vec<u8>>> for Content<'_> {
    fn from(bytes: Option<Vec<u8>>) -> Self {
        bytes.map_or(Self::Nothing, Self::Bytes)
    }
}

impl From<Vec<u8>> for Content<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

/// Where the bytes of a record went.
#[derive(Clone, Copy, Debug)]
pub(super) struct StoredObject {
    pub digest: Digest,
    pub size: u64,
    pub external: bool,
}
