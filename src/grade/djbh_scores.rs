//! `djbh-2021` and `djbh-2019`: scores of 0 to 100, and class words only where their inputs are sourced.

use std::collections::BTreeMap;

use super::{Basis, Figures, Grade, GradeNote, GradeNoteCode, Open, Ratio, Risks, Sheet, SheetItem, Word, sheet::Cell};
use crate::model::ProfileId;
use crate::profiles::{Counts, ModelId, WeightSource};

/// What a class word of 2019 and 2021 needs beside the score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassInputs {
    /// The risk of every finding was judged by people.
    pub risks_adjudicated: bool,
    /// 整体测评 is on record.
    pub whole_assessment: bool,
    /// A finding brings medium risk.
    pub medium_risk: bool,
}

/// The edition of 2021: losses by importance, technical and management halves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Djbh2021 {
    /// 关注系数 y in percent: how much of 100 the technical half has.
    pub attention: u64,
    pub inputs: ClassInputs,
    pub coverage_limit: u64,
}

/// The edition of 2019: the mean loss of the classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Djbh2019 {
    pub inputs: ClassInputs,
    pub coverage_limit: u64,
}

impl Default for Djbh2021 {
    fn default() -> Self {
        Self { attention: 50, inputs: ClassInputs::default(), coverage_limit: super::COVERAGE_LIMIT }
    }
}

impl Default for Djbh2019 {
    fn default() -> Self {
        Self { inputs: ClassInputs::default(), coverage_limit: super::COVERAGE_LIMIT }
    }
}

impl Djbh2021 {
    /// Grades a sheet.
    pub fn grade(&self, profile: &ProfileId, sheet: &Sheet, risks: &Risks) -> Grade {
        let params = [
            ("attention", Ratio::new(self.attention, 100).unwrap_or(Ratio::ZERO).decimal(2)),
            ("importance", "1, 2, 3".to_owned()),
            ("limits", "90, 80, 70".to_owned()),
            ("several_objects", "mean; worst beside it".to_owned()),
        ];
        let score = |basis, open| self.score(sheet, basis, open);
        Scored { model: ModelId::Djbh2021, inputs: self.inputs, limit: self.coverage_limit, score: &score }
            .grade(profile, sheet, risks, params)
    }

    /// M = Vt + Vm, each half losing f(weight)·(1 - x)·100/n and never below 0. `None` where nothing counts.
    pub fn score(&self, sheet: &Sheet, basis: Basis, open: Open) -> Option<Ratio> {
        let counted: Vec<_> = sheet.items.iter().filter_map(|item| Some((item, item.value(basis, open)?))).collect();
        let share = Ratio::new(100, counted.len() as u64)?;
        let half = |technical: bool, full: u64| {
            let mut loss = Ratio::ZERO;
            for (item, x) in counted.iter().filter(|(item, _)| item.technical == technical) {
                let lost = Ratio::whole(1).minus_or_zero(*x)?.times(Ratio::whole(item.weight.into()))?;
                loss = loss.plus(lost)?;
            }
            Ratio::whole(full).minus_or_zero(loss.times(share)?)
        };
        half(true, self.attention)?.plus(half(false, 100u64.saturating_sub(self.attention))?)
    }
}

impl Djbh2019 {
    /// Grades a sheet.
    pub fn grade(&self, profile: &ProfileId, sheet: &Sheet, risks: &Risks) -> Grade {
        let params = [
            ("weights", "1, 0.7, 0.4".to_owned()),
            ("limits", "90, 80, 70".to_owned()),
            ("several_objects", "each counts; worst beside it".to_owned()),
        ];
        let score = |basis, open| Self::score(sheet, basis, open);
        Scored { model: ModelId::Djbh2019, inputs: self.inputs, limit: self.coverage_limit, score: &score }
            .grade(profile, sheet, risks, params)
    }

    /// 100 less the mean over classes of weighted losses by weighted results. `None` where nothing counts.
    pub fn score(sheet: &Sheet, basis: Basis, open: Open) -> Option<Ratio> {
        let mut classes: BTreeMap<&str, (Ratio, Ratio)> = BTreeMap::new();
        for item in &sheet.items {
            let weight = Ratio::new([4, 7, 10][usize::from(item.weight.clamp(1, 3)) - 1], 10)?;
            for x in item.cells(basis).filter_map(|cell| cell.value(open)) {
                let (lost, all) = classes.entry(&item.class).or_insert((Ratio::ZERO, Ratio::ZERO));
                *lost = lost.plus(weight.times(Ratio::whole(1).minus_or_zero(x)?)?)?;
                *all = all.plus(weight)?;
            }
        }
        let mut loss = Ratio::ZERO;
        for (lost, all) in classes.values() {
            loss = loss.plus(lost.over(*all)?)?;
        }
        let mean = loss.over(Ratio::whole(classes.len() as u64))?;
        Ratio::whole(100).minus_or_zero(mean.times(Ratio::whole(100))?)
    }
}

impl SheetItem {
    fn cells(&self, basis: Basis) -> impl Iterator<Item = Cell> {
        let (worst, each) = match basis {
            Basis::ItemWorst => (Some(self.result), &[][..]),
            Basis::ItemByAsset => (None, &self.subjects[..]),
        };
        worst.into_iter().chain(each.iter().copied())
    }

    /// The mean over what counts.
    fn value(&self, basis: Basis, open: Open) -> Option<Ratio> {
        let (mut sum, mut n) = (Ratio::ZERO, 0);
        for value in self.cells(basis).filter_map(|cell| cell.value(open)) {
            sum = sum.plus(value)?;
            n += 1;
        }
        sum.over(Ratio::whole(n))
    }
}

/// What both editions share.
struct Scored<'a> {
    model: ModelId,
    inputs: ClassInputs,
    limit: u64,
    score: &'a dyn Fn(Basis, Open) -> Option<Ratio>,
}

impl Scored<'_> {
    fn grade<const N: usize>(
        &self,
        profile: &ProfileId,
        sheet: &Sheet,
        risks: &Risks,
        params: [(&str, String); N],
    ) -> Grade {
        let mut notes = Vec::new();
        let worded = self.may_word(sheet, &mut notes);
        let by_item = self.figures(Basis::ItemWorst, sheet.by_item(), risks, worded, &mut notes);
        let by_pair = self.figures(Basis::ItemByAsset, sheet.by_pair(), risks, worded, &mut Vec::new());
        let word = match super::conclude(&by_item, &by_pair, self.limit, &mut notes) {
            Ok(class) if risks.open > 0 && class != Word::Poor => Word::ToBeConfirmed,
            Ok(class) => class,
            Err(instead) => instead,
        };
        risks.note(&mut notes);
        let mut params: BTreeMap<_, _> = params.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        params.insert("coverage_limit".to_owned(), self.limit.to_string());
        Grade {
            model: self.model,
            profile: profile.clone(),
            params,
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

    /// Class words need sourced weights, adjudicated risks and the whole-system assessment; otherwise the number alone.
    fn may_word(&self, sheet: &Sheet, notes: &mut Vec<GradeNote>) -> bool {
        let sourced = sheet.items.iter().all(|item| item.weight_source == WeightSource::Sourced);
        let missing = [
            (!sourced, GradeNoteCode::WeightsUnsourced),
            (!self.inputs.risks_adjudicated, GradeNoteCode::RisksNotAdjudicated),
            (!self.inputs.whole_assessment, GradeNoteCode::NoWholeAssessment),
        ];
        let before = notes.len();
        notes.extend(missing.into_iter().filter(|(lacks, _)| *lacks).map(|(_, code)| GradeNote::new(code)));
        notes.len() == before
    }

    fn figures(
        &self,
        basis: Basis,
        counts: Counts,
        risks: &Risks,
        worded: bool,
        notes: &mut Vec<GradeNote>,
    ) -> Figures {
        let value = (self.score)(basis, Open::Aside);
        if value.is_none() && counts.decided() > 0 {
            notes.push(GradeNote::new(GradeNoteCode::Overflow));
        }
        let class = value.filter(|_| worded).map(|value| self.class(value, risks, notes));
        Figures {
            basis,
            counts,
            coverage: super::percent(counts.decided(), counts.applicable()),
            value,
            floor: (self.score)(basis, Open::Against),
            ceiling: (self.score)(basis, Open::For),
            class,
        }
    }

    fn class(&self, value: Ratio, risks: &Risks, notes: &mut Vec<GradeNote>) -> Word {
        let at_least = |limit| value >= Ratio::whole(limit);
        if [90, 80, 70].iter().any(|limit| value == Ratio::whole(*limit)) {
            notes.push(GradeNote::new(GradeNoteCode::Edge).with("score", value));
        }
        if risks.confirmed > 0 {
            notes.push(GradeNote::new(GradeNoteCode::HighRiskCaps).with("confirmed", risks.confirmed));
            return Word::Poor;
        }
        if at_least(90) && self.inputs.medium_risk {
            notes.push(GradeNote::new(GradeNoteCode::MediumRiskCaps));
        }
        match () {
            () if at_least(90) && !self.inputs.medium_risk => Word::Excellent,
            () if at_least(80) => Word::Good,
            () if at_least(70) => Word::Medium,
            () => Word::Poor,
        }
    }
}
