//! Ids, severities, verdicts, reasons and digests that every stage speaks; the `Decoder` trait.

mod catalogue;
mod decoder;
mod digest;
mod fact;
mod id;
mod kind;
mod reason;
mod severity;
mod starttls;
mod status;
mod text;
mod verdict;

pub use catalogue::CatalogueFiles;
pub use decoder::{DecodeFailure, Decoder};
pub use digest::Digest;
pub use fact::{Fact, Tri, Unread, UnreadStatus};
pub use id::{AssetId, CheckId, IdError, ItemId, ProfileId, SubsiteId, SystemId};
pub use kind::{AssetKind, Domain, ObjectKind};
pub use reason::{Reason, ReasonCode};
pub use severity::Severity;
pub use starttls::StartTls;
pub use status::ItemStatus;
pub use text::{Lang, Text, system_words};
pub use verdict::Verdict;
