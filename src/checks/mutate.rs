//! Proves that the cases of a check can fail: every small change to an expression must change the verdict of a case.

use crate::model::CheckId;

use super::{
    Check, CheckSet, Expression,
    expr::mutations::{Mutant, mutants},
};

/// A change that no case notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survivor {
    pub check: CheckId,
    /// The expression, such as `assert[0].expr`.
    pub at: String,
    /// Line and column in the expression, from 1.
    pub place: (usize, usize),
    pub change: String,
    /// The line of the expression that was changed.
    pub line: String,
}

/// How the cases did against all changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MutationReport {
    pub mutants: usize,
    pub survivors: Vec<Survivor>,
}

impl CheckSet {
    /// Changes every deciding expression in every small way, one at a time, and runs the check's cases.
    pub fn mutate(&mut self) -> MutationReport {
        let mut report = MutationReport::default();
        for check in self.iter_mut() {
            check.mutate(&mut report);
        }
        report
    }
}

impl Check {
    fn mutate(&mut self, report: &mut MutationReport) {
        for slot in self.slots() {
            let Some(original) = self.slot(&slot) else { continue };
            let text = original.text().to_owned();
            for Mutant { expression, place, change } in mutants(original) {
                report.mutants += 1;
                if self.survives(&slot, expression) {
                    let line = text.lines().nth(place.0 - 1).unwrap_or_default().trim().to_owned();
                    report.survivors.push(Survivor {
                        check: self.id.clone(),
                        at: slot.to_string(),
                        place,
                        change,
                        line,
                    });
                }
            }
        }
    }

    fn survives(&mut self, slot: &Slot, mutant: Expression) -> bool {
        let Some(place) = self.slot(slot) else { return false };
        let original = std::mem::replace(place, mutant);
        let noticed = self.cases.iter().any(|case| self.broken(case).is_some());
        if let Some(place) = self.slot(slot) {
            *place = original;
        }
        !noticed
    }

    fn slots(&self) -> Vec<Slot> {
        let of = |index: usize| [Slot::Where(index), Slot::Expr(index)];
        std::iter::once(Slot::Applies).chain((0..self.assertions.len()).flat_map(of)).collect()
    }

    fn slot(&mut self, slot: &Slot) -> Option<&mut Expression> {
        match *slot {
            Slot::Applies => self.applies.as_mut(),
            Slot::Where(index) => self.assertions.get_mut(index)?.each.as_mut()?.filter.as_mut(),
            Slot::Expr(index) => self.assertions.get_mut(index)?.expr.as_mut(),
        }
    }
}

/// An expression that decides.
enum Slot {
    Applies,
    Where(usize),
    Expr(usize),
}

impl std::fmt::Display for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Applies => f.write_str("applies"),
            Self::Where(index) => write!(f, "assert[{index}].where"),
            Self::Expr(index) => write!(f, "assert[{index}].expr"),
        }
    }
}

impl std::fmt::Display for Survivor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (line, column) = self.place;
        write!(f, "{} {}:{line}:{column}: no case notices that {} in `{}`", self.check, self.at, self.change, self.line)
    }
}
