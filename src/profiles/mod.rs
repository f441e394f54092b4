//! Standards, items, answers, adjudications and waivers; outcomes become item results. Pure.

pub mod adjudications;
pub mod answers;
mod high_risk;
mod layer;
mod profile;
mod result;
pub mod waivers;

pub use high_risk::{
    Automation, Case, CaseDecision, CaseState, HighRiskCatalogue, HighRiskEdition, HighRiskResult, Listing, MajorCount,
    Objection, Raised, RaisedBy, Residual, Situation, SituationSource,
};
pub use layer::{EvidenceFile, same_person};
pub use profile::{
    Aspect, Attribute, CheckUse, Item, ItemSource, Method, ModelId, Profile, Responsibility, Scope, Standard, Strength,
    Sure, WeightSource, clause_order, is_view,
};
pub use result::{
    AnswerUse, AnswerVerdict, AspectRecord, AspectSource, AspectVerdict, Because, Conflict, Counts, ItemRecord,
    ItemVerdict, Levels, PlanNote, PlanNoteCode, ProfileResult, Subject, SubjectRecord,
};
