//! High-risk situations: what raises a candidate, and what people made of it.

mod cases;
mod load;
mod types;

pub use cases::{RiskEvidence, high_risk};
pub use types::{
    Automation, Case, CaseDecision, CaseState, HighRiskCatalogue, HighRiskEdition, HighRiskResult, Listing, MajorCount,
    Objection, Raised, RaisedBy, Residual, Situation, SituationSource,
};
