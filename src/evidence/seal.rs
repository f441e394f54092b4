//! Seals: what a part, a layer and a bundle are reduced to.

use serde::{Deserialize, Serialize};

use crate::model::{AssetId, AssetKind, Digest};

use super::{PartEntry, PartState, canonical::canonical};

const PART_SCHEMA: &str = "jixian.part/v1";
const PART_SEAL_SCHEMA: &str = "jixian.part-seal/v1";
const SEAL_SCHEMA: &str = "jixian.seal/v1";

/// `part.json`: what a part is. Its digest begins the chain of records, so a log can't be moved to another asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PartHeader {
    schema: String,
    pub asset: AssetId,
    pub kind: AssetKind,
    /// Of a part that was collected elsewhere and copied in.
    pub recorded: Option<Recorded>,
}

/// Where a recorded part comes from. Together with the log it gives back the root that was sealed there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// The name of the asset there.
    pub asset: AssetId,
    /// Root of the bundle that it was taken from, where that was sealed.
    pub bundle: Option<Digest>,
    /// Root of the part there.
    pub root: Digest,
    /// Digest of its `part.json` there.
    pub header: Digest,
    /// Digest that its chain of records begins with.
    pub genesis: Digest,
}

impl PartHeader {
    pub fn new(asset: AssetId, kind: AssetKind, recorded: Option<Recorded>) -> Self {
        Self { schema: PART_SCHEMA.to_owned(), asset, kind, recorded }
    }

    pub fn digest(&self) -> Digest {
        Digest::of(&canonical(self))
    }

    /// What the first record names as the line before it.
    pub fn genesis(&self) -> Digest {
        self.recorded.as_ref().map_or_else(|| self.digest(), |recorded| recorded.genesis)
    }
}

/// `SEAL` of a part: `root` is the SHA-256 of this object's canonical JSON without `root`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PartSeal {
    schema: String,
    pub asset: AssetId,
    pub kind: AssetKind,
    pub header: Digest,
    /// Digest of the last line of the log; what the chain begins with where there is none.
    pub head: Digest,
    pub records: u64,
    pub state: PartState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<Digest>,
}

impl PartSeal {
    pub fn new(header: &PartHeader, head: Digest, records: u64, state: PartState) -> Self {
        let unsealed = Self {
            schema: PART_SEAL_SCHEMA.to_owned(),
            asset: header.asset.clone(),
            kind: header.kind,
            header: header.digest(),
            head,
            records,
            state,
            root: None,
        };
        let root = unsealed.computed();
        Self { root: Some(root), ..unsealed }
    }

    /// What the manifest says of a part with this seal.
    pub fn entry(&self) -> PartEntry {
        PartEntry {
            asset: self.asset.clone(),
            kind: self.kind,
            state: self.state,
            records: self.records,
            root: self.computed(),
            facts: None,
        }
    }

    /// The root that follows from the other fields.
    pub fn computed(&self) -> Digest {
        Digest::of(&canonical(&Self { root: None, ..self.clone() }))
    }

    /// The seal that a recorded part had where it was collected.
    pub fn at_origin(&self, recorded: &Recorded) -> Self {
        Self { asset: recorded.asset.clone(), header: recorded.header, root: None, ..self.clone() }
    }
}

/// `SEAL` of a bundle or a layer: `root` is the SHA-256 of `file`, so `sha256sum` can check it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileSeal {
    schema: String,
    file: String,
    pub root: Digest,
    state: PartState,
    /// Digest of the canonical JSON of the fields above: tells a damaged seal from a damaged file.
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<Digest>,
}

impl FileSeal {
    pub fn new(file: &str, bytes: &[u8], state: PartState) -> Self {
        Self::with_root(file, Digest::of(bytes), state)
    }

    pub fn with_root(file: &str, root: Digest, state: PartState) -> Self {
        let open = Self { schema: SEAL_SCHEMA.to_owned(), file: file.to_owned(), root, state, check: None };
        let check = Some(Digest::of(&canonical(&open)));
        Self { check, ..open }
    }

    /// Whether the seal itself is as it was written.
    pub fn is_sound(&self) -> bool {
        *self == Self::with_root(&self.file, self.root, self.state)
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{AssetKind, Digest};

    use super::{PartHeader, PartSeal, PartState};

    #[test]
    fn the_root_of_a_part_depends_on_everything_that_was_sealed() {
        let header = |asset: &str, kind| PartHeader::new(asset.parse().unwrap(), kind, None);
        let web = header("web", AssetKind::HostLinux);
        let root = |header: &PartHeader, head: &[u8], n, state| PartSeal::new(header, Digest::of(head), n, state).root;
        let one = root(&web, b"a", 1, PartState::Complete);
        assert_eq!(one, root(&web, b"a", 1, PartState::Complete));
        for other in [
            root(&header("db", AssetKind::HostLinux), b"a", 1, PartState::Complete),
            root(&header("web", AssetKind::HostWindows), b"a", 1, PartState::Complete),
            root(&web, b"b", 1, PartState::Complete),
            root(&web, b"a", 2, PartState::Complete),
            root(&web, b"a", 1, PartState::Incomplete),
        ] {
            assert_ne!(one, other);
        }
    }
}
