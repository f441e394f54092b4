//! A part that was read and whose chain and seal hold.

use std::io::Read;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{AssetId, AssetKind, Digest};

use super::{EvidenceError, Record};

/// Whether everything that was meant to be collected was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartState {
    Complete,
    Incomplete,
}

/// What one collection of one asset brought.
#[derive(Clone, Debug)]
pub struct Part {}

impl Part {
    pub fn asset(&self) -> &AssetId {
        todo!()
    }

    pub fn kind(&self) -> AssetKind {
        todo!()
    }

    pub fn state(&self) -> PartState {
        todo!()
    }

    /// The part's root.
    pub fn root(&self) -> Digest {
        todo!()
    }

    /// All records in the order in which they were taken.
    pub fn records(&self) -> &[Record] {
        todo!()
    }

    pub fn record(&self, _item: &str) -> Option<&Record> {
        todo!()
    }

    /// The whole artifact of an item, checked against its digest. For what may be large use [`Part::open`].
    pub fn bytes(&self, _item: &str) -> Result<Vec<u8>, EvidenceError> {
        todo!()
    }

    /// The artifact of an item as a stream; it ends in an error where the bytes are not those that were sealed.
    pub fn open(&self, _item: &str) -> Result<Box<dyn Read + Send>, EvidenceError> {
        todo!()
    }

    /// Derived facts that belong to exactly these artifacts and `decoders`; stale ones are `None`.
    pub fn facts(&self, _decoders: Digest) -> Option<Value> {
        todo!()
    }
}
