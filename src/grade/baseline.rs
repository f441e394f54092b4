//! `baseline-1`: a letter for what machines decided on a subsite.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GradeNote, GradeNoteCode, Ratio};
use crate::model::{Severity, Text, Verdict};

/// The letter of a subsite: ours, no conclusion of any standard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Baseline {
    /// The name of the model and its version.
    pub model: String,
    pub params: BTreeMap<String, String>,
    /// None is 未评级.
    pub letter: Option<Letter>,
    /// The letter that the share alone would give.
    pub uncapped: Option<Letter>,
    /// Weighted share of passes among passes and failures, as a percentage.
    pub share: Option<Ratio>,
    /// Decided of planned, as a percentage.
    pub coverage: Option<Ratio>,
    pub planned: u64,
    pub passed: u64,
    pub failed: u64,
    pub not_applicable: u64,
    pub unknown: u64,
    pub notes: Vec<GradeNote>,
}

/// A is best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Letter {
    A,
    B,
    C,
    D,
    E,
}

impl Letter {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
        }
    }

    /// What is printed where there is no letter.
    pub fn none_title() -> Text {
        Text::new("未评级", "not rated")
    }
}

/// Coverage under which there is no letter, in percent.
const COVERAGE_LIMIT: u64 = 80;

/// Lowest share of each letter, in percent.
const LIMITS: [(Letter, u64); 4] = [(Letter::A, 95), (Letter::B, 85), (Letter::C, 70), (Letter::D, 50)];

/// The letter over the planned outcomes: one verdict and severity for each automated check of the chosen profiles on each
/// matching asset. `confirmed_high_risk` says whether an adjudicated high risk stands.
pub fn baseline_1<'a>(
    planned: impl IntoIterator<Item = (Severity, &'a Verdict)>,
    confirmed_high_risk: bool,
) -> Baseline {
    let tally = Tally::of(planned);
    let planned = tally.passed + tally.failed + tally.not_applicable + tally.unknown;
    let decided = tally.passed + tally.failed + tally.not_applicable;
    let coverage = percent(decided, planned);
    let share = percent(tally.weight_passed, tally.weight_passed + tally.weight_failed);
    let mut notes = Vec::new();
    let covered = coverage.is_some_and(|c| c >= Ratio::whole(COVERAGE_LIMIT));
    if !covered {
        notes.push(GradeNote::new(GradeNoteCode::InsufficientCoverage).with("limit", COVERAGE_LIMIT));
    }
    if covered && share.is_none() {
        notes.push(GradeNote::new(GradeNoteCode::NothingDecided));
    }
    let uncapped = share.map(letter_of);
    let capped =
        uncapped.map(|letter| letter.max(tally.cap()).max(if confirmed_high_risk { Letter::D } else { Letter::A }));
    if capped != uncapped {
        notes.push(GradeNote::new(GradeNoteCode::HighRiskCaps));
    }
    Baseline {
        model: "baseline-1".to_owned(),
        params: params(),
        letter: capped.filter(|_| covered),
        uncapped: uncapped.filter(|_| covered),
        share,
        coverage,
        planned,
        passed: tally.passed,
        failed: tally.failed,
        not_applicable: tally.not_applicable,
        unknown: tally.unknown,
        notes,
    }
}

#[derive(Default)]
struct Tally {
    passed: u64,
    failed: u64,
    not_applicable: u64,
    unknown: u64,
    weight_passed: u64,
    weight_failed: u64,
    serious_failure: bool,
}

impl Tally {
    fn of<'a>(planned: impl IntoIterator<Item = (Severity, &'a Verdict)>) -> Self {
        let mut tally = Self::default();
        for (severity, verdict) in planned {
            match verdict {
                Verdict::Pass => {
                    tally.passed += 1;
                    tally.weight_passed += severity.weight();
                }
                Verdict::Fail => {
                    tally.failed += 1;
                    tally.weight_failed += severity.weight();
                    tally.serious_failure |= severity >= Severity::High;
                }
                Verdict::NotApplicable => tally.not_applicable += 1,
                Verdict::Manual | Verdict::Unknown(_) => tally.unknown += 1,
            }
        }
        tally
    }

    fn cap(&self) -> Letter {
        if self.serious_failure { Letter::C } else { Letter::A }
    }
}

fn percent(part: u64, whole: u64) -> Option<Ratio> {
    Ratio::new(part.checked_mul(100)?, whole)
}

fn letter_of(share: Ratio) -> Letter {
    LIMITS.iter().find(|(_, limit)| share >= Ratio::whole(*limit)).map_or(Letter::E, |(letter, _)| *letter)
}

fn params() -> BTreeMap<String, String> {
    let weights = Severity::ALL.iter().map(|s| format!("{s} {}", s.weight())).collect::<Vec<_>>().join(", ");
    let limits = LIMITS.iter().map(|(letter, limit)| format!("{} >= {limit}", letter.as_str())).collect::<Vec<_>>();
    BTreeMap::from([
        ("caps".to_owned(), "failing high or critical: C; confirmed high risk: D".to_owned()),
        ("coverage_limit".to_owned(), COVERAGE_LIMIT.to_string()),
        ("letters".to_owned(), limits.join(", ")),
        ("weights".to_owned(), weights),
    ])
}

#[cfg(test)]
mod tests {
    use super::{Letter, baseline_1};
    use crate::model::{Reason, ReasonCode, Severity, Verdict};

    fn unknown() -> Verdict {
        Verdict::Unknown(Reason::new(ReasonCode::Denied))
    }

    fn letter(outcomes: &[(Severity, Verdict)], confirmed: bool) -> Option<Letter> {
        baseline_1(outcomes.iter().map(|(s, v)| (*s, v)), confirmed).letter
    }

    #[test]
    fn nothing_planned_is_not_rated() {
        assert_eq!(letter(&[], false), None);
    }

    #[test]
    fn all_passes_is_an_a_and_a_confirmed_high_risk_makes_it_a_d() {
        let all = vec![(Severity::Medium, Verdict::Pass); 5];
        assert_eq!(letter(&all, false), Some(Letter::A));
        assert_eq!(letter(&all, true), Some(Letter::D));
    }

    #[test]
    fn one_failing_high_check_caps_at_c_however_many_pass() {
        let mut many = vec![(Severity::Medium, Verdict::Pass); 1000];
        many.push((Severity::High, Verdict::Fail));
        assert_eq!(letter(&many, false), Some(Letter::C));
    }

    #[test]
    fn the_share_is_weighted_and_its_limits_are_inclusive() {
        // 95 of 100 points pass: 31 medium (93) + 2 low (2) against 5 low (5).
        let mut at = vec![(Severity::Medium, Verdict::Pass); 31];
        at.extend(vec![(Severity::Low, Verdict::Pass); 2]);
        at.extend(vec![(Severity::Low, Verdict::Fail); 5]);
        assert_eq!(letter(&at, false), Some(Letter::A));
        at.push((Severity::Low, Verdict::Fail));
        assert_eq!(letter(&at, false), Some(Letter::B));
    }

    #[test]
    fn under_80_percent_decided_there_is_no_letter() {
        let mut outcomes = vec![(Severity::Low, Verdict::Pass); 4];
        outcomes.push((Severity::Low, unknown()));
        assert_eq!(letter(&outcomes, false), Some(Letter::A));
        outcomes.push((Severity::Low, unknown()));
        assert_eq!(letter(&outcomes, false), None);
    }

    #[test]
    fn not_applicable_counts_as_decided_and_not_in_the_share() {
        let outcomes = [(Severity::Low, Verdict::NotApplicable), (Severity::Low, Verdict::Fail)];
        let grade = baseline_1(outcomes.iter().map(|(s, v)| (*s, v)), false);
        assert_eq!(grade.coverage.unwrap().to_string(), "100.00");
        assert_eq!(grade.letter, Some(Letter::E));
    }
}
