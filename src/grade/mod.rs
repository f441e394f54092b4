//! Item results become rates, risks and a conclusion, by named models. Pure.

mod baseline;
mod conformity;
mod djbh_2025;
mod djbh_scores;
mod endpoint;
pub mod miping_2023_net;
mod ratio;
mod sheet;
pub mod ssllabs_2009r;
mod types;

use crate::profiles::{HighRiskResult, MajorCount, ModelId, ProfileResult};

pub use baseline::{Baseline, Letter, baseline_1};
pub use conformity::conformity;
pub use djbh_2025::{Credit, Djbh2025, Edge};
pub use djbh_scores::{ClassInputs, Djbh2019, Djbh2021};
pub use endpoint::{
    Certificate, Chain, Endpoint, Heartbeat, Key, Protocol, Protocols, Renegotiation, Signature, Sm, Target,
    grade_endpoint,
};
pub use ratio::Ratio;
pub use sheet::{Cell, Open, Sheet, SheetItem};
pub use types::{Basis, Figures, Grade, GradeNote, GradeNoteCode, Word};

/// Coverage under which there is no conclusion word, in percent.
pub const COVERAGE_LIMIT: u64 = 80;

/// What the models take from high-risk situations and reviews.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Risks {
    pub major: MajorCount,
    /// Candidates that nobody has adjudicated.
    pub open: u64,
    /// Adjudicated, still high and not fixed.
    pub confirmed: u64,
    /// Situations of the edition that nothing has looked at.
    pub unexamined: u64,
    /// An answer that counts has no reviewer.
    pub draft: bool,
}

/// The settings of all models.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    pub djbh_2025: Djbh2025,
    pub djbh_2021: Djbh2021,
    pub djbh_2019: Djbh2019,
    /// The standard does not bind this system; see [`conformity`].
    pub reference_only: bool,
}

/// Grades a judged profile by its own model.
pub fn grade(result: &ProfileResult, high_risk: &HighRiskResult, settings: &Settings) -> Grade {
    grade_by(result.model, result, high_risk, settings)
}

/// Grades a judged profile by a model of one's choice.
pub fn grade_by(model: ModelId, result: &ProfileResult, high_risk: &HighRiskResult, settings: &Settings) -> Grade {
    let sheet = Sheet::of(result);
    let risks = Risks::of(high_risk, result.draft);
    match model {
        ModelId::Djbh2025 => settings.djbh_2025.grade(&result.profile, &sheet, &risks),
        ModelId::Djbh2021 => settings.djbh_2021.grade(&result.profile, &sheet, &risks),
        ModelId::Djbh2019 => settings.djbh_2019.grade(&result.profile, &sheet, &risks),
        ModelId::Conformity | ModelId::Guide => {
            conformity(&result.profile, model, &sheet, &risks, settings.reference_only)
        }
    }
}

impl Risks {
    pub fn of(high_risk: &HighRiskResult, draft: bool) -> Self {
        Self {
            major: high_risk.major,
            open: high_risk.open().count() as u64,
            confirmed: high_risk.confirmed().filter(|case| !case.fixed).count() as u64,
            unexamined: high_risk.unexamined.len() as u64,
            draft,
        }
    }

    fn note(&self, notes: &mut Vec<GradeNote>) {
        if self.open > 0 {
            notes.push(GradeNote::new(GradeNoteCode::OpenHighRisk).with("open", self.open));
        }
        if self.unexamined > 0 {
            notes.push(GradeNote::new(GradeNoteCode::UnexaminedHighRisk).with("situations", self.unexamined));
        }
        if self.draft {
            notes.push(GradeNote::new(GradeNoteCode::Draft));
        }
    }
}

fn percent(part: u64, whole: u64) -> Option<Ratio> {
    Ratio::new(part.checked_mul(100)?, whole)
}

/// The class that both bases agree on, or what is printed instead of one.
fn conclude(by_item: &Figures, by_pair: &Figures, limit: u64, notes: &mut Vec<GradeNote>) -> Result<Word, Word> {
    if by_item.counts.applicable() == 0 {
        notes.push(GradeNote::new(GradeNoteCode::NothingApplicable));
        return Err(Word::NothingApplicable);
    }
    let limit = Ratio::whole(limit);
    if by_item.counts.decided() == 0 {
        notes.push(GradeNote::new(GradeNoteCode::NothingDecided));
    }
    if [by_item, by_pair].iter().any(|figures| figures.coverage.is_none_or(|coverage| coverage < limit)) {
        notes.push(GradeNote::new(GradeNoteCode::InsufficientCoverage).with("limit", limit));
        return Err(Word::InsufficientEvidence);
    }
    match (by_item.class, by_pair.class) {
        (Some(item), Some(pair)) if item == pair => Ok(item),
        (Some(_), Some(_)) => {
            notes.push(GradeNote::new(GradeNoteCode::BasesDisagree));
            Err(Word::NumberOnly)
        }
        _ => Err(Word::NumberOnly),
    }
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
