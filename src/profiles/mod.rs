//! Standards, items, answers, adjudications and waivers; outcomes become item results. Pure.

pub mod adjudications;
pub mod answers;
mod coverage;
mod high_risk;
mod inherit;
mod judge;
mod layer;
#[cfg(test)]
mod layer_tests;
mod lint;
mod load;
mod notes;
mod plan;
mod profile;
mod result;
mod sources;
mod tables;
mod validate;
pub mod waivers;

pub use coverage::{Coverage, ScopeCoverage, best, coverage};
pub use high_risk::{
    Automation, Case, CaseDecision, CaseState, HighRiskCatalogue, HighRiskEdition, HighRiskResult, Listing, MajorCount,
    Objection, Raised, RaisedBy, Residual, RiskEvidence, Situation, SituationSource, high_risk,
};
pub use inherit::{Inherited, InheritedItem, InheritedSource};
pub use judge::{Evidence, judge};
pub use layer::{EvidenceFile, same_person};
pub use lint::{lint, unused};
pub use load::{HIGH_RISK_PATH, ProfileSet};
pub use notes::{PlanNote, PlanNoteCode};
pub use plan::{Plan, PlanError, PlannedCheck, PlannedItem, PlannedSubject, SubjectState, plan};
pub use profile::{
    Aspect, Attribute, CheckUse, Item, ItemSource, Method, ModelId, Profile, Responsibility, Scope, Standard, Strength,
    Sure, WeightSource, clause_order, is_view,
};
pub use result::{
    AnswerUse, AnswerVerdict, AspectRecord, AspectSource, AspectVerdict, Because, Conflict, Counts, ItemRecord,
    ItemVerdict, Levels, ProfileResult, Subject, SubjectRecord,
};

#[cfg(test)]
mod tests;
