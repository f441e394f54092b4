//! The worked examples of the editions, and what must hold of every model.

use proptest::prelude::*;

use super::{
    Basis, Cell, ClassInputs, Credit, Djbh2019, Djbh2021, Djbh2025, Edge, Figures, Grade, GradeNoteCode, Open, Ratio,
    Risks, Sheet, SheetItem, Word, conformity,
};
use crate::model::ProfileId;
use crate::profiles::{ItemVerdict, MajorCount, ModelId, WeightSource};

use ItemVerdict::{Compliant, NonCompliant, NotApplicable, Partial, Undecided};

fn profile() -> ProfileId {
    "gbt-22239-2019-l3".parse().unwrap()
}

fn cell(verdict: ItemVerdict) -> Cell {
    Cell { verdict, pending: false, inherited: false }
}

fn pending() -> Cell {
    Cell { verdict: Partial, pending: true, inherited: false }
}

fn item(weight: u8, technical: bool, class: &str, subjects: &[ItemVerdict]) -> SheetItem {
    SheetItem {
        weight,
        weight_source: WeightSource::Sourced,
        class: class.to_owned(),
        technical,
        result: cell(subjects.iter().min().copied().unwrap()),
        subjects: subjects.iter().map(|v| cell(*v)).collect(),
        inherited: false,
    }
}

/// A sheet of single-subject items.
fn sheet(counts: &[(usize, ItemVerdict)]) -> Sheet {
    let items = counts.iter().flat_map(|(n, verdict)| vec![item(1, true, "c", &[*verdict]); *n]);
    Sheet { items: items.collect() }
}

fn major(before: u64) -> Risks {
    Risks { major: MajorCount { before, fixed: 0 }, ..Risks::default() }
}

fn by_2025(sheet: &Sheet, risks: &Risks) -> Grade {
    Djbh2025::default().grade(&profile(), sheet, risks)
}

fn rate(figures: &Figures) -> String {
    figures.value.map_or_else(|| "none".to_owned(), |rate| rate.to_string())
}

#[test]
fn t25_1_to_5_the_conclusions_of_2025() {
    for (name, compliant, major_risks, expected_rate, word) in [
        ("T25-1", 163, 0, "90.56", Word::Compliant),
        ("T25-2", 163, 1, "90.56", Word::Basic),
        ("T25-3", 162, 0, "90.00", Word::Basic),
        ("T25-4", 161, 5, "89.44", Word::Basic),
        ("T25-5", 107, 0, "59.44", Word::NonCompliant),
    ] {
        let sheet = sheet(&[(31, NotApplicable), (compliant, Compliant), (180 - compliant, NonCompliant)]);
        let grade = by_2025(&sheet, &major(major_risks));
        assert_eq!((rate(&grade.by_item).as_str(), grade.word), (expected_rate, word), "{name}");
        assert_eq!(grade.by_item.counts.applicable(), 180, "{name}");
        assert_eq!(grade.note(GradeNoteCode::Edge).is_some(), name == "T25-3", "{name}");
        assert_eq!(grade.note(GradeNoteCode::MajorCaps).is_some(), name == "T25-2", "{name}");
    }
}

#[test]
fn t25_6_partial_credit_is_a_parameter_and_printed() {
    let sheet = sheet(&[(150, Compliant), (20, Partial), (10, NonCompliant)]);
    let none = by_2025(&sheet, &major(0));
    let half = Djbh2025 { partial_credit: Credit::Half, ..Djbh2025::default() }.grade(&profile(), &sheet, &major(0));
    assert_eq!((rate(&none.by_item), rate(&half.by_item)), ("83.33".to_owned(), "88.89".to_owned()));
    assert_eq!((none.word, half.word), (Word::Basic, Word::Basic));
    assert_eq!((none.params["partial_credit"].as_str(), half.params["partial_credit"].as_str()), ("0", "0.5"));
}

#[test]
fn t25_7_nothing_applicable_has_no_conclusion_and_says_why() {
    let grade = by_2025(&sheet(&[(5, NotApplicable)]), &major(0));
    assert_eq!((grade.word, grade.by_item.value), (Word::NothingApplicable, None));
    assert!(grade.note(GradeNoteCode::NothingApplicable).is_some());
}

#[test]
fn the_edge_of_60_is_basic_with_a_note_and_90_is_a_setting() {
    let sixty = by_2025(&sheet(&[(6, Compliant), (4, NonCompliant)]), &major(0));
    assert_eq!(sixty.word, Word::Basic);
    assert!(sixty.note(GradeNoteCode::Edge).is_some());
    let ninety = sheet(&[(9, Compliant), (1, NonCompliant)]);
    let inclusive = Djbh2025 { edge: Edge::Inclusive, ..Djbh2025::default() };
    assert_eq!(inclusive.grade(&profile(), &ninety, &major(0)).word, Word::Compliant);
}

#[test]
fn under_80_percent_coverage_there_is_no_word() {
    let at = by_2025(&sheet(&[(80, Compliant), (20, Undecided)]), &major(0));
    assert_eq!(at.word, Word::Compliant);
    assert!(at.note(GradeNoteCode::UndecidedSwing).is_some());
    let under = by_2025(&sheet(&[(79, Compliant), (21, Undecided)]), &major(0));
    assert_eq!(under.word, Word::InsufficientEvidence);
    assert_eq!(under.line(crate::model::Lang::Zh), "自评预判：证据不足");
}

#[test]
fn coverage_counts_by_item_and_by_asset() {
    // Every item decided by its worst subject, and most subjects open.
    let items = vec![item(1, true, "c", &[NonCompliant, Undecided, Undecided, Undecided]); 10];
    let grade = by_2025(&Sheet { items }, &major(0));
    assert_eq!(grade.by_item.coverage, Some(Ratio::whole(100)));
    assert_eq!(grade.by_pair.coverage, Some(Ratio::whole(25)));
    assert_eq!(grade.word, Word::InsufficientEvidence);
}

#[test]
fn open_candidates_and_unexamined_situations_are_never_compliant() {
    let good = sheet(&[(10, Compliant)]);
    let open = Risks { open: 1, ..Risks::default() };
    let unexamined = Risks { unexamined: 1, ..Risks::default() };
    assert_eq!(by_2025(&good, &Risks::default()).word, Word::Compliant);
    assert_eq!(by_2025(&good, &open).word, Word::ToBeConfirmed);
    assert_eq!(by_2025(&good, &unexamined).word, Word::ToBeConfirmed);
    let middling = sheet(&[(7, Compliant), (3, NonCompliant)]);
    assert_eq!(by_2025(&middling, &open).word, Word::Basic);
}

#[test]
fn bases_that_disagree_leave_the_number_alone() {
    // By item 1 of 2; by asset 10 of 11.
    let mut many = vec![Compliant; 9];
    many.push(NonCompliant);
    let items = vec![item(1, true, "c", &[Compliant]), item(1, true, "c", &many)];
    let grade = by_2025(&Sheet { items }, &major(0));
    assert_eq!((rate(&grade.by_item).as_str(), rate(&grade.by_pair).as_str()), ("50.00", "90.91"));
    assert_eq!(grade.word, Word::NumberOnly);
    assert!(grade.note(GradeNoteCode::BasesDisagree).is_some());
}

#[test]
fn what_is_pending_is_open_in_coverage_and_lost_in_the_floor() {
    let mut sheet = sheet(&[(8, Compliant)]);
    sheet.items.push(SheetItem { result: pending(), subjects: vec![pending()], ..item(1, true, "c", &[Partial]) });
    sheet.items.push(item(1, true, "c", &[Undecided]));
    let half = Djbh2025 { partial_credit: Credit::Half, ..Djbh2025::default() };
    let figures = half.grade(&profile(), &sheet, &major(0)).by_item;
    assert_eq!(figures.coverage, Some(Ratio::whole(80)));
    assert_eq!((figures.floor, figures.ceiling), (Some(Ratio::whole(80)), Some(Ratio::whole(95))));
}

// ---- 2021

fn adjudicated() -> ClassInputs {
    ClassInputs { risks_adjudicated: true, whole_assessment: true, medium_risk: false }
}

fn by_2021(sheet: &Sheet, inputs: ClassInputs, risks: &Risks) -> Grade {
    Djbh2021 { inputs, ..Djbh2021::default() }.grade(&profile(), sheet, risks)
}

/// The given technical and management items, and compliant ones up to `n`.
fn filled(n: usize, technical: &[(u8, ItemVerdict)], management: &[(u8, ItemVerdict)]) -> Sheet {
    let mut items: Vec<_> = technical.iter().map(|(w, v)| item(*w, true, "t", &[*v])).collect();
    items.extend(management.iter().map(|(w, v)| item(*w, false, "m", &[*v])));
    items.resize(n, item(1, true, "t", &[Compliant]));
    Sheet { items }
}

fn score(grade: &Grade) -> String {
    grade.by_pair.value.unwrap().decimal(6)
}

#[test]
fn t21_1_and_2_an_edge_and_a_high_risk() {
    let sheet = filled(20, &[(3, NonCompliant), (2, Partial), (1, NonCompliant)], &[(2, Partial)]);
    let grade = by_2021(&sheet, adjudicated(), &Risks::default());
    assert_eq!((score(&grade).as_str(), grade.word), ("70.000000", Word::Medium));
    assert!(grade.note(GradeNoteCode::Edge).is_some());
    let high = Risks { confirmed: 1, ..Risks::default() };
    let grade = by_2021(&sheet, adjudicated(), &high);
    assert_eq!((score(&grade).as_str(), grade.word), ("70.000000", Word::Poor));
    assert!(grade.note(GradeNoteCode::HighRiskCaps).is_some());
}

#[test]
fn t21_3_best_only_without_medium_risk() {
    let technical =
        [(3, NonCompliant), (2, Partial), (2, Partial), (1, NonCompliant), (1, NonCompliant), (1, NonCompliant)];
    let sheet = filled(211, &technical, &[(1, NonCompliant), (1, NonCompliant)]);
    let grade = by_2021(&sheet, adjudicated(), &Risks::default());
    assert_eq!((score(&grade).as_str(), grade.word), ("95.260664", Word::Excellent));
    let medium = ClassInputs { medium_risk: true, ..adjudicated() };
    let grade = by_2021(&sheet, medium, &Risks::default());
    assert_eq!(grade.word, Word::Good);
    assert!(grade.note(GradeNoteCode::MediumRiskCaps).is_some());
}

#[test]
fn t21_4_a_half_never_goes_below_zero() {
    let grade = by_2021(&filled(20, &[(3, NonCompliant); 5], &[]), adjudicated(), &Risks::default());
    assert_eq!((score(&grade).as_str(), grade.word), ("50.000000", Word::Poor));
}

#[test]
fn t21_5_several_objects_have_their_mean() {
    let mut items = vec![item(3, true, "t", &[Compliant, Partial, NonCompliant])];
    items.resize(10, item(1, true, "t", &[Compliant]));
    let sheet = Sheet { items };
    let mean = Djbh2021::default().score(&sheet, Basis::ItemByAsset, Open::Aside);
    assert_eq!(mean, Some(Ratio::whole(85)));
    // The other basis takes the worst of the three hosts: 70, another class, so there is no word.
    let grade = by_2021(&sheet, adjudicated(), &Risks::default());
    assert_eq!(
        (grade.by_pair.class, grade.by_item.class, grade.word),
        (Some(Word::Good), Some(Word::Medium), Word::NumberOnly)
    );
}

#[test]
fn our_own_weights_give_a_number_and_no_word() {
    let mut sheet = filled(20, &[], &[]);
    for item in &mut sheet.items {
        item.weight_source = WeightSource::Jixian;
    }
    let grade = by_2021(&sheet, ClassInputs::default(), &Risks::default());
    assert_eq!((score(&grade).as_str(), grade.word, grade.by_item.class), ("100.000000", Word::NumberOnly, None));
    for code in [GradeNoteCode::WeightsUnsourced, GradeNoteCode::RisksNotAdjudicated, GradeNoteCode::NoWholeAssessment]
    {
        assert!(grade.note(code).is_some(), "{code:?}");
    }
}

// ---- 2019

#[test]
fn t19_1_the_mean_loss_of_two_classes() {
    let items = vec![
        item(3, true, "1", &[Compliant, NonCompliant]),
        item(2, true, "1", &[Compliant, Partial]),
        item(1, true, "1", &[Compliant, Compliant]),
        item(3, true, "2", &[Compliant]),
        item(1, true, "2", &[NonCompliant]),
    ];
    let model = Djbh2019 { inputs: adjudicated(), ..Djbh2019::default() };
    let grade = model.grade(&profile(), &Sheet { items }, &Risks::default());
    assert_eq!((score(&grade).as_str(), grade.by_pair.class), ("69.642857", Some(Word::Poor)));
}

#[test]
fn conformity_has_numbers_and_never_a_word_of_classified_protection() {
    let sheet = sheet(&[(9, Compliant), (1, Partial)]);
    let grade = conformity(&profile(), ModelId::Conformity, &sheet, &Risks::default(), true);
    assert_eq!((rate(&grade.by_item).as_str(), grade.word), ("90.00", Word::NumberOnly));
    assert!(grade.note(GradeNoteCode::ReferenceOnly).is_some());
}

// ---- what must hold of every model

fn any_verdict() -> impl Strategy<Value = Cell> {
    prop_oneof![
        Just(cell(NonCompliant)),
        Just(cell(Partial)),
        Just(pending()),
        Just(cell(Undecided)),
        Just(cell(Compliant)),
        Just(cell(NotApplicable)),
    ]
}

fn any_item() -> impl Strategy<Value = SheetItem> {
    (1..=3u8, any::<bool>(), 0..3u8, prop::collection::vec(any_verdict(), 1..4)).prop_map(
        |(weight, technical, class, subjects)| {
            reworked(SheetItem {
                weight,
                technical,
                class: class.to_string(),
                subjects,
                ..item(1, true, "", &[Compliant])
            })
        },
    )
}

fn any_sheet() -> impl Strategy<Value = Sheet> {
    prop::collection::vec(any_item(), 1..12).prop_map(|items| Sheet { items })
}

/// The item with the result that its subjects make.
fn reworked(item: SheetItem) -> SheetItem {
    let worst = item.subjects.iter().map(|c| c.verdict).min().unwrap();
    let open = item.subjects.iter().any(|c| c.pending || c.verdict == Undecided);
    let result = Cell { pending: worst == Partial && open, ..cell(worst) };
    SheetItem { result, ..item }
}

fn with(sheet: &Sheet, at: usize, subject: usize, verdict: ItemVerdict) -> Sheet {
    let mut sheet = sheet.clone();
    let index = at % sheet.items.len();
    let subjects = &mut sheet.items[index].subjects;
    let subject = subject % subjects.len();
    subjects[subject] = cell(verdict);
    sheet.items[index] = reworked(sheet.items[index].clone());
    sheet
}

/// Value, floor and ceiling on both bases of every model.
fn all_figures(sheet: &Sheet) -> Vec<Figures> {
    let risks = Risks::default();
    let half = Djbh2025 { partial_credit: Credit::Half, ..Djbh2025::default() };
    let grades = [
        by_2025(sheet, &risks),
        half.grade(&profile(), sheet, &risks),
        by_2021(sheet, adjudicated(), &risks),
        Djbh2019::default().grade(&profile(), sheet, &risks),
        conformity(&profile(), ModelId::Conformity, sheet, &risks, false),
    ];
    grades.into_iter().flat_map(|grade| [grade.by_item, grade.by_pair]).collect()
}

proptest! {
    #[test]
    fn a_worse_result_never_raises_a_score(sheet in any_sheet(), at in 0..12usize, subject in 0..4usize) {
        // Everything decided, so that only the result changes and not how much is known.
        let mut decided = sheet;
        for item in &mut decided.items {
            for c in &mut item.subjects {
                if c.pending || c.verdict == Undecided { *c = cell(Partial); }
            }
            *item = reworked(item.clone());
        }
        for (better, worse) in [(Compliant, Partial), (Partial, NonCompliant), (Compliant, NonCompliant)] {
            let before = all_figures(&with(&decided, at, subject, better));
            let after = all_figures(&with(&decided, at, subject, worse));
            for (b, a) in before.iter().zip(&after) {
                prop_assert!(a.value <= b.value && a.floor <= b.floor && a.ceiling <= b.ceiling, "{b:?} {a:?}");
            }
        }
    }

    #[test]
    fn an_unknown_never_raises_the_floor_nor_lowers_the_ceiling(sheet in any_sheet(), at in 0..12usize, subject in 0..4usize) {
        for known in [NonCompliant, Partial, Compliant] {
            let before = all_figures(&with(&sheet, at, subject, known));
            let after = all_figures(&with(&sheet, at, subject, Undecided));
            for (b, a) in before.iter().zip(&after) {
                prop_assert!(a.floor <= b.floor, "floor {b:?} {a:?}");
                // By the worst of the item, 不符合 elsewhere may hide what this subject is: then nothing changes.
                prop_assert!(a.ceiling >= b.ceiling || a.basis == Basis::ItemWorst, "ceiling {b:?} {a:?}");
            }
        }
    }

    #[test]
    fn what_is_not_applicable_changes_only_the_count(sheet in any_sheet(), extra in 1..5usize) {
        let mut more = sheet.clone();
        more.items.extend(vec![item(3, true, "0", &[NotApplicable]); extra]);
        for (b, a) in all_figures(&sheet).iter().zip(&all_figures(&more)) {
            prop_assert_eq!((a.value, a.floor, a.ceiling, a.coverage), (b.value, b.floor, b.ceiling, b.coverage));
            prop_assert_eq!(a.counts.not_applicable, b.counts.not_applicable + extra as u64);
        }
    }

    #[test]
    fn floor_value_and_ceiling_are_in_order_within_0_and_100(sheet in any_sheet()) {
        for f in all_figures(&sheet) {
            prop_assert!(f.floor <= f.ceiling, "{f:?}");
            prop_assert!(f.ceiling.is_none_or(|c| c <= Ratio::whole(100)));
            prop_assert_eq!(f.counts.applicable(), f.counts.decided() + f.counts.open());
        }
    }
}
