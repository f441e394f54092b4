//! Artifacts in memory, for tests of derivations.

use std::{collections::BTreeMap, io::Read};

use super::Artifacts;
use crate::{
    evidence::{Origin, Record},
    model::{Digest, ItemStatus},
};

/// Items with their records and bytes.
#[derive(Default)]
pub(crate) struct Items(BTreeMap<String, (Record, Vec<u8>)>);

impl Items {
    #[must_use]
    pub(crate) fn with(self, item: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.ending(item, ItemStatus::Ok, None, bytes)
    }

    #[must_use]
    pub(crate) fn failed(self, item: &str, status: ItemStatus, note: &str) -> Self {
        self.ending(item, status, Some(note), Vec::new())
    }

    #[must_use]
    pub(crate) fn ending(
        mut self,
        item: &str,
        status: ItemStatus,
        note: Option<&str>,
        bytes: impl Into<Vec<u8>>,
    ) -> Self {
        let bytes = bytes.into();
        let record = Record {
            n: self.0.len() as u64 + 1,
            item: item.to_owned(),
            collector: "test@1".to_owned(),
            source: Origin::Builtin("test".to_owned()),
            euid: Some(0),
            status,
            rc: None,
            started: "2026-11-21T00:00:00Z".to_owned(),
            dur_ms: 1,
            size: bytes.len() as u64,
            truncated: false,
            redactions: 0,
            object: Some(Digest::of(&bytes)),
            external: false,
            note: note.map(str::to_owned),
            prev: Digest::of(b""),
        };
        self.0.insert(item.to_owned(), (record, bytes));
        self
    }
}

impl Artifacts for Items {
    fn record(&self, item: &str) -> Option<&Record> {
        self.0.get(item).map(|(record, _)| record)
    }

    fn bytes(&self, item: &str) -> Option<Vec<u8>> {
        self.0.get(item).map(|(_, bytes)| bytes.clone())
    }

    fn open(&self, item: &str) -> Option<Box<dyn Read + '_>> {
        self.0.get(item).map(|(_, bytes)| Box::new(bytes.as_slice()) as Box<dyn Read>)
    }

    fn items(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}
