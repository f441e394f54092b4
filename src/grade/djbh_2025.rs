//! `djbh-2025`: the rate of compliant items and the number of major risks (2025 report template).

use std::collections::BTreeMap;

use super::{Basis, Figures, Grade, GradeNote, GradeNoteCode, Ratio, Sheet, Word};
use crate::model::ProfileId;
use crate::profiles::{Counts, ModelId};

use super::Risks;

/// What the rule of 2025 leaves open, and how we settle it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Djbh2025 {
    /// What 部分符合 is worth in the rate: 0, or one half.
    pub partial_credit: Credit,
    /// Exactly 90 and 60.
    pub edge: Edge,
    /// Coverage under which there is no word, in percent.
    pub coverage_limit: u64,
}

/// What 部分符合 is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credit {
    None,
    Half,
}

/// How a rate exactly on a limit is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// 90 is 基本符合, and so is 60.
    Conservative,
    /// 90 is 符合, and 60 is 基本符合.
    Inclusive,
}

impl Default for Djbh2025 {
    fn default() -> Self {
        Self { partial_credit: Credit::None, edge: Edge::Conservative, coverage_limit: super::COVERAGE_LIMIT }
    }
}

impl Djbh2025 {
    /// Grades a sheet.
    pub fn grade(&self, profile: &ProfileId, sheet: &Sheet, risks: &Risks) -> Grade {
        let mut notes = Vec::new();
        let by_item = self.figures(Basis::ItemWorst, sheet.by_item(), risks, &mut notes);
        let by_pair = self.figures(Basis::ItemByAsset, sheet.by_pair(), risks, &mut Vec::new());
        let word = self.word(&by_item, &by_pair, risks, &mut notes);
        Grade {
            model: ModelId::Djbh2025,
            profile: profile.clone(),
            params: self.params(),
            word,
            by_item,
            by_pair,
            major: risks.major,
            open_high_risk: risks.open,
            confirmed_high_risk: risks.confirmed,
            draft: risks.draft,
            notes,
        }
    }

    fn figures(&self, basis: Basis, counts: Counts, risks: &Risks, notes: &mut Vec<GradeNote>) -> Figures {
        let rate = |good: u64, half: u64, of: u64| {
            let half = if self.partial_credit == Credit::Half { half } else { 0 };
            Ratio::new((good * 2 + half).checked_mul(100)?, of.checked_mul(2)?)
        };
        let value = rate(counts.compliant, counts.partial, counts.decided());
        let floor = rate(counts.compliant, counts.partial, counts.applicable());
        let best_half = counts.partial + counts.partial_pending;
        let ceiling = rate(counts.compliant + counts.undecided, best_half, counts.applicable());
        let class = |rate: Ratio| self.class(rate, risks);
        let class_of = value.map(class);
        if let (Some(value), Some(floor), Some(ceiling)) = (value, floor, ceiling) {
            if [90, 60].iter().any(|limit| value == Ratio::whole(*limit)) {
                notes.push(GradeNote::new(GradeNoteCode::Edge).with("rate", value));
            }
            if value > Ratio::whole(90) && risks.major.before > 0 {
                notes.push(GradeNote::new(GradeNoteCode::MajorCaps).with("major", risks.major));
            }
            if class(floor) != class(ceiling) {
                notes.push(GradeNote::new(GradeNoteCode::UndecidedSwing).with("floor", floor).with("ceiling", ceiling));
            }
        }
        let coverage = super::percent(counts.decided(), counts.applicable());
        Figures { basis, counts, coverage, value, floor, ceiling, class: class_of }
    }

    fn class(&self, rate: Ratio, risks: &Risks) -> Word {
        let limit = Ratio::whole(90);
        let above = rate > limit || (rate == limit && self.edge == Edge::Inclusive);
        match () {
            () if above && risks.major.before == 0 => Word::Compliant,
            () if rate >= Ratio::whole(60) => Word::Basic,
            () => Word::NonCompliant,
        }
    }

    fn word(&self, by_item: &Figures, by_pair: &Figures, risks: &Risks, notes: &mut Vec<GradeNote>) -> Word {
        let class = match super::conclude(by_item, by_pair, self.coverage_limit, notes) {
            Ok(class) => class,
            Err(instead) => return instead,
        };
        risks.note(notes);
        // Between 60 and 90 the conclusion does not rest on risks; the best word does.
        if class == Word::Compliant && (risks.open > 0 || risks.unexamined > 0) {
            return Word::ToBeConfirmed;
        }
        class
    }

    fn params(&self) -> BTreeMap<String, String> {
        let credit = match self.partial_credit {
            Credit::None => "0",
            Credit::Half => "0.5",
        };
        let edge = match self.edge {
            Edge::Conservative => "conservative",
            Edge::Inclusive => "inclusive",
        };
        [
            ("partial_credit", credit),
            ("edge", edge),
            ("limits", "90, 60"),
            ("item_over_assets", "worst"),
            ("major_counted", "before_remediation"),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .chain([("coverage_limit".to_owned(), self.coverage_limit.to_string())])
        .collect()
    }
}
