//! The pipeline on one page, for one subsite at a time; replay and diff beside it.

mod assessment;
mod describe;
mod endpoints;
mod evaluated;
mod evidence_list;
mod findings;
mod gather;
mod judgements;
mod packages;
mod pipeline;
mod waivers;

pub use assessment::{
    Assessment, AssetInfo, AuthorisationInfo, BundleRef, CatalogueUse, ClauseRef, EvidenceRecord, FindingRecord,
    Offender, OutcomeRecord, PartInfo, PopulationInfo, ProfileAssessment, SCHEMA, SubsiteInfo, SystemInfo,
    WaiverRecord, WaiverStanding,
};
pub use endpoints::{CertificateInfo, EndpointInfo, EndpointRecord, ProtocolInfo};
pub use evaluated::at_evaluation;
pub use gather::{AssetEvidence, decoders, gather, recompute};
pub use judgements::Judgements;
pub use packages::PackageRecord;
pub use pipeline::{AssessError, Catalogue, Request, assess};

/// Name and version of this program; another version may judge otherwise.
pub const ENGINE: &str = concat!("jixian ", env!("CARGO_PKG_VERSION"));
