//! Sealed, content-addressed parts and judgement layers.
//!
//! A **bundle** is a folder, or one `.jxb` file with the same content:
//!
//! ```text
//! manifest.json                 canonical JSON: inputs by digest, sorted part and layer roots
//! SEAL                          root = SHA-256 of manifest.json; written last
//! parts/<asset>/part.json       what the part is; its digest begins the chain
//! parts/<asset>/records.jsonl   one record a line, each with the digest of the line before it
//! parts/<asset>/SEAL            root and state; written when the asset is done
//! parts/<asset>/facts.json      derived facts; named by the manifest
//! objects/ab/<sha256>           raw bytes; `.chunks` beside what is larger than 64 KiB
//! layers/<n>-<kind>/            layer.json and SEAL
//! signatures/<key>.sig          detached Ed25519 signatures over the root
//! ```
//!
//! # What survives what
//!
//! A record counts as finished when [`PartWriter::record`] returns. Its object is in place and its line is written
//! by then, so it survives the death of the process (`kill -9`, panic, out of memory). Against a power cut the
//! writer syncs objects, then logs, then folders every 64 records or every second, and whenever a part or the
//! bundle is sealed: what was sealed survives, and at most that window of an unsealed part is lost.
//! A line that was cut off is dropped and reported, never guessed.
//!
//! # Proof in types
//!
//! [`BundleWriter`] and [`PartWriter`] write; [`Bundle`] and [`Part`] are only made by checking seals and chains.
//! The bytes of an object are checked against its digest whenever they are read.

#![expect(clippy::disallowed_methods, reason = "evidence is read and written here")]

mod archive;
mod bundle;
mod canonical;
mod check_object;
mod copy;
mod disk;
mod draft;
mod error;
mod facts;
mod import;
mod inspect;
mod layer;
mod layout;
mod log;
mod manifest;
mod object;
mod part;
mod part_writer;
mod problem;
mod record;
mod seal;
mod sign;
mod store;
mod verify;
mod verify_report;
mod worker;
mod writer;

pub use archive::{ArchiveError, pack, scan_archive, unpack};
pub use bundle::Bundle;
pub use error::EvidenceError;
pub use layer::{Layer, LayerFile, LayerKind, NewLayer};
pub use manifest::{
    CatalogueOrigin, CatalogueRef, Input, InputRef, LayerEntry, Manifest, ManifestInputs, ObjectRef, PartEntry,
};
pub use part::{Part, PartState};
pub use part_writer::PartWriter;
pub use problem::{Defect, Place, Problem};
pub use record::{Content, NewRecord, Origin, Record};
pub use seal::Recorded;
pub use sign::{PublicKey, Signature, SignatureStatus, SigningKey, sign};
pub use verify::{VerifyOptions, verify};
pub use verify_report::{
    Authenticity, CatalogueReport, CatalogueStanding, Completeness, Counts, Integrity, SignatureReport, Standing,
    TornTail, VerifyReport,
};
pub use writer::BundleWriter;
