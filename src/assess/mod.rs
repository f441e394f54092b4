//! The pipeline on one page, for one subsite at a time; replay and diff beside it.

mod assessment;

pub use assessment::{
    Assessment, AssetInfo, AuthorisationInfo, BundleRef, CatalogueUse, ClauseRef, EvidenceRecord, FindingRecord,
    Offender, OutcomeRecord, PartInfo, PopulationInfo, ProfileAssessment, SCHEMA, SubsiteInfo, SystemInfo,
    WaiverRecord, WaiverStanding,
};
