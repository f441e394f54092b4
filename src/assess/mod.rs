//! The pipeline on one page, for one subsite at a time; replay and diff beside it.

mod assessment;
mod gather;
mod judgements;

pub use assessment::{
    Assessment, AssetInfo, AuthorisationInfo, BundleRef, CatalogueUse, ClauseRef, EvidenceRecord, FindingRecord,
    Offender, OutcomeRecord, PartInfo, PopulationInfo, ProfileAssessment, SCHEMA, SubsiteInfo, SystemInfo,
    WaiverRecord, WaiverStanding,
};
pub use gather::{AssetEvidence, decoders, gather, recompute};
pub use judgements::Judgements;

/// Name and version of this program; another version may judge otherwise.
pub const ENGINE: &str = concat!("jixian ", env!("CARGO_PKG_VERSION"));
