//! `conformity`: counts, rate and coverage of the other standards. No word of classified protection.

use std::collections::BTreeMap;

use super::{Basis, Figures, Grade, GradeNote, GradeNoteCode, Ratio, Risks, Sheet, Word};
use crate::model::ProfileId;
use crate::profiles::{Counts, ModelId};

/// Grades a sheet. `reference_only`: the standard does not bind this system (GB/T 39204 and a system that is not
/// designated critical infrastructure).
pub fn conformity(profile: &ProfileId, model: ModelId, sheet: &Sheet, risks: &Risks, reference_only: bool) -> Grade {
    let mut notes = Vec::new();
    if reference_only {
        notes.push(GradeNote::new(GradeNoteCode::ReferenceOnly));
    }
    let by_item = figures(Basis::ItemWorst, sheet.by_item());
    let by_pair = figures(Basis::ItemByAsset, sheet.by_pair());
    let word = match super::conclude(&by_item, &by_pair, super::COVERAGE_LIMIT, &mut notes) {
        Err(instead) => instead,
        Ok(_) => Word::NumberOnly,
    };
    risks.note(&mut notes);
    let params = [("partial_credit", "0".to_owned()), ("coverage_limit", super::COVERAGE_LIMIT.to_string())];
    Grade {
        model,
        profile: profile.clone(),
        params: params.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<BTreeMap<_, _>>(),
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

fn figures(basis: Basis, counts: Counts) -> Figures {
    let best: Option<Ratio> = super::percent(counts.compliant + counts.undecided, counts.applicable());
    Figures {
        basis,
        counts,
        coverage: super::percent(counts.decided(), counts.applicable()),
        value: super::percent(counts.compliant, counts.decided()),
        floor: super::percent(counts.compliant, counts.applicable()),
        ceiling: best,
        class: None,
    }
}
