//! The collected items of one part, as facts see them.

use std::io::Read;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    evidence::{Part, Record},
    model::{DecodeFailure, Decoder, Fact, ItemStatus, Unread, UnreadStatus},
};

/// The collected items of one part. `evidence::Part` is one; tests bring their own.
pub trait Artifacts {
    /// The record of the item; `None` where the part has no such item.
    fn record(&self, item: &str) -> Option<&Record>;

    /// What was kept of the item.
    fn bytes(&self, item: &str) -> Option<Vec<u8>>;

    /// The same, read piece by piece.
    fn open(&self, item: &str) -> Option<Box<dyn Read + '_>>;

    /// The names of all items, in the order of collection.
    fn items(&self) -> Vec<String>;

    /// How the item ended; `None` where the part has no such item.
    fn status(&self, item: &str) -> Option<ItemStatus> {
        self.record(item).map(|record| record.status)
    }
}

impl Artifacts for Part {
    fn record(&self, item: &str) -> Option<&Record> {
        Self::record(self, item)
    }

    fn bytes(&self, item: &str) -> Option<Vec<u8>> {
        Self::bytes(self, item).ok()
    }

    fn open(&self, item: &str) -> Option<Box<dyn Read + '_>> {
        Self::open(self, item).ok().map(|read| read as Box<dyn Read>)
    }

    fn items(&self) -> Vec<String> {
        self.records().iter().map(|record| record.item.clone()).collect()
    }
}

/// What is known of an item that holds JSON of our own collectors: the value, or why there is none.
pub(crate) fn json<T: DeserializeOwned>(artifacts: &dyn Artifacts, item: &str) -> Fact<T> {
    match usable(artifacts, item) {
        Fact::Unread(why) => Fact::Unread(why),
        Fact::Known(()) => match artifacts.bytes(item).map(|bytes| serde_json::from_slice(&bytes)) {
            Some(Ok(value)) => Fact::Known(value),
            _ => Fact::unread(UnreadStatus::Error, item),
        },
    }
}

/// Whether an item was read, or why its facts are not known. An item that nobody asked for is `not_tested`.
pub(crate) fn usable(artifacts: &dyn Artifacts, item: &str) -> Fact<()> {
    match artifacts.status(item) {
        None => Fact::unread(UnreadStatus::NotTested, item),
        Some(status) => match status.unread() {
            Some(why) => Fact::unread(why, item),
            None if status == ItemStatus::Absent => Fact::unread(UnreadStatus::Error, item),
            None => Fact::Known(()),
        },
    }
}

/// What a decoder makes of an item, or why there is nothing.
pub(crate) fn decoded(artifacts: &dyn Artifacts, item: &str, format: &str, decoder: &dyn Decoder) -> Fact<Value> {
    if let Fact::Unread(why) = usable(artifacts, item) {
        return Fact::Unread(why);
    }
    let Some(mut input) = artifacts.open(item) else { return Fact::unread(UnreadStatus::Error, item) };
    match decoder.decode_stream(format, &mut *input) {
        Ok(value) => Fact::Known(value),
        Err(failure) => Fact::Unread(not_decoded(&failure, item)),
    }
}

/// What a failed decoding means for the facts that rest on it.
pub(crate) fn not_decoded(failure: &DecodeFailure, item: &str) -> Unread {
    let (status, code) = match failure {
        DecodeFailure::NoSuchFormat { .. } | DecodeFailure::Crashed { .. } => (UnreadStatus::Error, "decoder_failed"),
        DecodeFailure::Malformed { .. } => (UnreadStatus::Error, "malformed"),
        DecodeFailure::Budget { .. } => (UnreadStatus::TooLarge, "budget"),
        DecodeFailure::Killed { .. } => (UnreadStatus::Timeout, "decoder_killed"),
    };
    Unread { status, reason: format!("{item}: {code}") }
}
