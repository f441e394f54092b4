//! The item results as the models see them: nothing but numbers and their place.

use crate::profiles::{Counts, ItemRecord, ItemVerdict, ProfileResult, WeightSource};

use super::Ratio;

/// What a grade is computed from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    pub items: Vec<SheetItem>,
}

/// One item.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetItem {
    /// 1 ordinary, 2 important, 3 key.
    pub weight: u8,
    pub weight_source: WeightSource,
    /// The security class (安全物理环境, …) it belongs to.
    pub class: String,
    /// Technical, and not management.
    pub technical: bool,
    /// The worst over the subjects.
    pub result: Cell,
    /// One for each subject.
    pub subjects: Vec<Cell>,
    pub inherited: bool,
}

/// One result: 不符合 … 不适用, and whether it is 待补证.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    pub verdict: ItemVerdict,
    pub pending: bool,
    pub inherited: bool,
}

/// How an open result is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// Left out.
    Aside,
    /// As 不符合.
    Against,
    /// As well as it could still become.
    For,
}

impl Sheet {
    pub fn of(result: &ProfileResult) -> Self {
        Self { items: result.items.iter().map(|record| SheetItem::of(record, result)).collect() }
    }

    pub fn by_item(&self) -> Counts {
        let mut counts = Counts::default();
        for item in &self.items {
            counts.add(item.result.verdict, item.result.pending, item.inherited);
        }
        counts
    }

    pub fn by_pair(&self) -> Counts {
        let mut counts = Counts::default();
        for cell in self.items.iter().flat_map(|item| &item.subjects) {
            counts.add(cell.verdict, cell.pending, cell.inherited);
        }
        counts
    }
}

impl SheetItem {
    fn of(record: &ItemRecord, result: &ProfileResult) -> Self {
        let class = result.sections.get(&record.class).map_or_else(|| record.class.clone(), |title| title.zh.clone());
        let subjects = record.subjects.iter().map(|subject| Cell {
            verdict: subject.result,
            pending: subject.pending,
            inherited: matches!(subject.because, Some(crate::profiles::Because::Inherited { .. })),
        });
        Self {
            weight: record.weight,
            weight_source: record.weight_source,
            technical: is_technical(record.unit.as_deref(), &class),
            class,
            result: Cell { verdict: record.result, pending: record.pending, inherited: record.inherited },
            subjects: subjects.collect(),
            inherited: record.inherited,
        }
    }
}

/// Units of GB/T 28448 name the class: physical, network, boundary, computing and centre are technical.
fn is_technical(unit: Option<&str>, class: &str) -> bool {
    const TECHNICAL: [&str; 5] = ["PES", "CNS", "ABS", "CES", "SMC"];
    match unit.and_then(|unit| unit.split('-').nth(1)) {
        Some(code) => TECHNICAL.iter().any(|known| code.starts_with(known)),
        None => !class.contains("管理") || class.contains("管理中心"),
    }
}

impl Cell {
    /// The value of a result: 1, one half or 0; `None` where it is left out.
    pub fn value(self, open: Open) -> Option<Ratio> {
        let half = Ratio::new(1, 2);
        match (self.verdict, open) {
            (ItemVerdict::NotApplicable, _) => None,
            (ItemVerdict::Compliant, _) => Some(Ratio::whole(1)),
            (ItemVerdict::NonCompliant, _) => Some(Ratio::ZERO),
            (ItemVerdict::Partial, _) if !self.pending => half,
            (_, Open::Aside) => None,
            (_, Open::Against) => Some(Ratio::ZERO),
            (ItemVerdict::Partial, Open::For) => half,
            (ItemVerdict::Undecided, Open::For) => Some(Ratio::whole(1)),
        }
    }
}
