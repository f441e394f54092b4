//! The decision: every rule that turns a gate red, each with its reason. Nothing here can turn red to green.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    grade::{Ratio, Word},
    model::{CheckId, Severity, SubsiteId, Text},
    yaml::Date,
};

use super::{
    CatalogueOf, ExpiringKind, Failing, GateCode, GateInput, GateProfile, GateReason, GateScope, HighRiskState, Policy,
    Signature, Signed,
};

/// Assets that one line names before it counts the rest.
const NAMED: usize = 5;

/// Green where there is no reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// 0 green, 1 red.
    pub code: u8,
    pub reasons: Vec<GateReason>,
    /// What a reader should know beside the decision.
    pub notes: Vec<GateReason>,
}

impl Decision {
    pub fn is_green(&self) -> bool {
        self.code == 0
    }

    /// The decision on several subsites: green where there is one and each of them is. Each line names its subsite.
    pub fn of_all(decisions: impl IntoIterator<Item = (SubsiteId, Self)>) -> Self {
        let mut all = Self { code: 0, reasons: Vec::new(), notes: Vec::new() };
        let mut none = true;
        for (subsite, decision) in decisions {
            none = false;
            all.reasons.extend(decision.reasons.into_iter().map(|reason| reason.with("subsite", &subsite)));
            all.notes.extend(decision.notes.into_iter().map(|note| note.with("subsite", &subsite)));
        }
        if none {
            all.reasons.push(GateReason::new(GateCode::NothingEvaluated));
        }
        all.code = u8::from(!all.reasons.is_empty());
        all
    }
}

/// Judges one subsite by a policy on a day. Ages and ends are judged on that day, not on the day of the bundle.
pub fn decide(input: &GateInput, policy: &Policy, today: Date) -> Decision {
    let mut gate = Gate { input, policy, today, reasons: Vec::new(), notes: Vec::new() };
    gate.trust();
    gate.age();
    gate.evaluated();
    gate.failing();
    gate.high_risk();
    gate.baseline();
    gate.profiles();
    gate.ends();
    let Gate { mut reasons, notes, .. } = gate;
    reasons.dedup();
    Decision { code: u8::from(!reasons.is_empty()), reasons, notes }
}

struct Gate<'a> {
    input: &'a GateInput,
    policy: &'a Policy,
    today: Date,
    reasons: Vec<GateReason>,
    notes: Vec<GateReason>,
}

/// How a failing outcome counts today.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Counts,
    /// Counts, because its waivers ended since the assessment.
    WaiverEnded,
    Waived,
    Known,
}

impl Gate<'_> {
    fn red(&mut self, reason: GateReason) {
        self.reasons.push(reason);
    }

    /// Whether what is judged is what somebody vouches for.
    fn trust(&mut self) {
        for what in &self.input.damage {
            self.reasons.push(GateReason::new(GateCode::Damaged).in_both("what", what));
        }
        if self.input.catalogue_of == CatalogueOf::Bundle {
            self.red(GateReason::new(GateCode::OwnCatalogue));
        }
        if let Some(pinned) = self.policy.catalogue.filter(|pinned| *pinned != self.input.catalogue) {
            let reason = GateReason::new(GateCode::OtherCatalogue);
            self.red(reason.with("expected", pinned.short()).with("found", self.input.catalogue.short()));
        }
        if let Some(artifact) = self.input.artifact.filter(|artifact| !self.input.artifacts.contains(artifact)) {
            self.red(GateReason::new(GateCode::OtherArtifact).with("found", artifact));
        }
        for signed in [Signed::Seal, Signed::Answers, Signed::Adjudications, Signed::Waivers] {
            self.signature(signed);
        }
    }

    fn signature(&mut self, signed: Signed) {
        let required = self.policy.require_signatures.contains(&signed);
        let code = match self.input.signatures.get(&signed) {
            // A signature that is there and wrong is never harmless.
            Some(Signature::Invalid) => GateCode::BadSignature,
            Some(Signature::Valid) => return,
            Some(Signature::Untrusted) if required => GateCode::UntrustedSignature,
            Some(Signature::Absent) if required => GateCode::NotSigned,
            // A layer that is not there needs no signature; a bundle is always there.
            None if required && signed == Signed::Seal => GateCode::NotSigned,
            _ => return,
        };
        self.red(GateReason::new(code).in_both("what", &signed.title()));
    }

    fn age(&mut self) {
        let Some(limit) = self.policy.max_age_days else { return };
        let Some(day) = self.input.evidence_day else { return self.red(GateReason::new(GateCode::AgeUnknown)) };
        let days = day.days_until(self.today);
        if days < 0 {
            self.red(GateReason::new(GateCode::FromTheFuture).with("day", day).with("today", self.today));
        } else if days > i64::from(limit) {
            self.red(GateReason::new(GateCode::TooOld).with("days", days).with("limit", limit));
        }
    }

    /// Whether enough was decided to say anything.
    fn evaluated(&mut self) {
        let counts = self.input.counts;
        if counts.pass.saturating_add(counts.fail) == 0 {
            self.red(GateReason::new(GateCode::NothingEvaluated));
        }
        if self.policy.scope == GateScope::Automatic {
            let of = Text::new("自动检查", "automated checks");
            // What is neither decided nor counted as unknown is unknown as well.
            let unknown = counts.unknown.max(counts.planned.saturating_sub(counts.decided()));
            let planned = counts.planned.max(counts.decided().saturating_add(unknown));
            self.decided(&of, counts.decided(), unknown, planned);
            self.not_applicable(&of, counts.not_applicable, counts.decided());
        }
    }

    fn decided(&mut self, of: &Text, decided: u64, unknown: u64, planned: u64) {
        let min = self.policy.min_decided;
        if planned == 0 || percent(decided) < u128::from(min) * u128::from(planned) {
            let reason = GateReason::new(GateCode::TooFewDecided).in_both("of", of);
            self.red(reason.with("decided", decided).with("planned", planned).with("limit", min));
        }
        if let Some(max) = self.policy.max_unknown.filter(|max| over(unknown, *max, planned)) {
            let reason = GateReason::new(GateCode::TooManyUnknown).in_both("of", of);
            self.red(reason.with("unknown", unknown).with("planned", planned).with("limit", max));
        }
    }

    /// Measured against what was decided and not against what was planned: unknowns must not dilute it.
    fn not_applicable(&mut self, of: &Text, count: u64, decided: u64) {
        if let Some(max) = self.policy.max_not_applicable.filter(|max| over(count, *max, decided)) {
            let reason = GateReason::new(GateCode::TooManyNotApplicable).in_both("of", of);
            self.red(reason.with("count", count).with("decided", decided).with("limit", max));
        }
    }

    fn failing(&mut self) {
        if self.policy.new_only.is_some() && self.input.known_findings.is_none() {
            self.red(GateReason::new(GateCode::NoBaseline));
        }
        let mut by_check: BTreeMap<(std::cmp::Reverse<Severity>, &CheckId), Vec<&str>> = BTreeMap::new();
        let (mut waived, mut ended, mut known) = (0_u64, 0_u64, 0_u64);
        for failing in &self.input.failing {
            let standing = self.standing(failing);
            waived += u64::from(standing == Standing::Waived);
            ended += u64::from(standing == Standing::WaiverEnded);
            known += u64::from(standing == Standing::Known);
            let counts = matches!(standing, Standing::Counts | Standing::WaiverEnded);
            if counts && self.policy.fail_on.severity.contains(&failing.severity) {
                let key = (std::cmp::Reverse(failing.severity), &failing.check);
                by_check.entry(key).or_default().push(failing.asset.as_str());
            }
        }
        for ((severity, check), mut assets) in by_check {
            assets.sort_unstable();
            assets.dedup();
            let reason = GateReason::new(GateCode::Failing).in_both("severity", &severity.0.title());
            self.red(reason.with("check", check).with("assets", names(&assets)));
        }
        for (code, count) in [(GateCode::Waived, waived), (GateCode::WaiverEnded, ended), (GateCode::Known, known)] {
            if count > 0 {
                self.notes.push(GateReason::new(code).with("count", count));
            }
        }
    }

    /// An outcome is out of the count only where each of its findings is, and there is one.
    fn standing(&self, failing: &Failing) -> Standing {
        let known = match (&self.policy.new_only, &self.input.known_findings) {
            (Some(_), Some(known)) => Some(known),
            _ => None,
        };
        let is_known = |id: &str| known.is_some_and(|known| known.contains(id));
        let is_waived = |until: Option<Date>| until.is_some_and(|until| until >= self.today);
        let findings = &failing.findings;
        if findings.is_empty() {
            Standing::Counts
        } else if findings.iter().all(|finding| is_waived(finding.waived_until)) {
            Standing::Waived
        } else if findings.iter().all(|finding| is_waived(finding.waived_until) || is_known(&finding.id)) {
            Standing::Known
        } else if findings.iter().all(|finding| finding.waived_until.is_some()) {
            Standing::WaiverEnded
        } else {
            Standing::Counts
        }
    }

    fn high_risk(&mut self) {
        let cases = &self.input.high_risk;
        for (state, code, situations) in [
            (HighRiskState::Confirmed, GateCode::HighRiskConfirmed, &cases.confirmed),
            (HighRiskState::Candidate, GateCode::HighRiskCandidate, &cases.candidates),
        ] {
            if self.policy.fail_on.high_risk.contains(&state) && !situations.is_empty() {
                let mut list: Vec<_> = situations.iter().map(String::as_str).collect();
                list.sort_unstable();
                list.dedup();
                self.red(GateReason::new(code).with("situations", names(&list)));
            }
        }
    }

    fn baseline(&mut self) {
        let Some(limit) = self.policy.fail_on.baseline_below else { return };
        // `A` is the smallest; the letter without waivers counts once any of them has ended.
        let letter = match self.waivers_stand() {
            true => self.input.baseline_with_waivers,
            false => {
                self.input.baseline_with_waivers.max(self.input.baseline).filter(|_| self.input.baseline.is_some())
            }
        };
        match letter {
            None => self.red(GateReason::new(GateCode::NotRated).with("limit", limit.as_str())),
            Some(letter) if letter > limit => {
                let reason = GateReason::new(GateCode::BaselineBelow);
                self.red(reason.with("letter", letter.as_str()).with("limit", limit.as_str()));
            }
            Some(_) => {}
        }
    }

    fn waivers_stand(&self) -> bool {
        let findings = self.input.failing.iter().flat_map(|failing| &failing.findings);
        findings.filter_map(|finding| finding.waived_until).all(|until| until >= self.today)
    }

    fn profiles(&mut self) {
        if self.policy.scope == GateScope::Profile {
            if self.input.profiles.is_empty() {
                self.red(GateReason::new(GateCode::NothingEvaluated));
            }
            for profile in &self.input.profiles {
                self.whole(profile);
            }
        }
        for (id, conclusion) in &self.policy.fail_on.profiles {
            match self.input.profiles.iter().find(|profile| profile.profile == *id) {
                None => self.reasons.push(GateReason::new(GateCode::ProfileMissing).with("profile", id)),
                Some(profile) => self.conclusion(profile, conclusion.word()),
            }
        }
        for (id, limit) in &self.policy.min_rate {
            match self.input.profiles.iter().find(|profile| profile.profile == *id) {
                None => self.reasons.push(GateReason::new(GateCode::ProfileMissing).with("profile", id)),
                Some(profile) if profile.floor.is_some_and(|floor| floor >= Ratio::whole(u64::from(*limit))) => {}
                Some(profile) => {
                    let rate = profile.floor.map_or("-".to_owned(), |floor| format!("{floor} %"));
                    let reason = GateReason::new(GateCode::RateBelow).with("profile", id);
                    self.reasons.push(reason.with("rate", rate).with("limit", limit));
                }
            }
        }
    }

    /// The whole conclusion of a profile: enough is decided, there is a word, and it is no draft.
    fn whole(&mut self, profile: &GateProfile) {
        let of = Text::new(profile.profile.as_str(), profile.profile.as_str());
        let unknown = profile.applicable.saturating_sub(profile.decided);
        self.decided(&of, profile.decided, unknown, profile.applicable);
        let not_applicable = profile.items.saturating_sub(profile.applicable);
        self.not_applicable(&of, not_applicable, not_applicable.saturating_add(profile.decided));
        if profile.draft {
            self.red(GateReason::new(GateCode::Draft).with("profile", &profile.profile));
        }
        // The safe default names no profile: then the worst word is red.
        if !self.policy.fail_on.profiles.contains_key(&profile.profile) {
            let word = self.word(profile);
            if !word.concludes() || matches!(word, Word::NonCompliant | Word::Poor) {
                self.conclusion(profile, word);
            }
        }
    }

    fn conclusion(&mut self, profile: &GateProfile, limit: Word) {
        let word = self.word(profile);
        let code = match (rank(word), rank(limit)) {
            (Some(found), Some(limit)) if found.0 == limit.0 && found.1 > limit.1 => return,
            (Some(found), Some(limit)) if found.0 == limit.0 => GateCode::Conclusion,
            _ => GateCode::NoConclusion,
        };
        let reason = GateReason::new(code).with("profile", &profile.profile);
        self.red(reason.in_both("word", &word.title()));
    }

    fn word(&self, profile: &GateProfile) -> Word {
        if self.waivers_stand() { profile.word_with_waivers } else { profile.word }
    }

    /// What conclusions rest on has not ended.
    fn ends(&mut self) {
        let asks_for_conclusions = self.policy.scope == GateScope::Profile
            || !self.policy.fail_on.profiles.is_empty()
            || !self.policy.min_rate.is_empty();
        if !asks_for_conclusions {
            return;
        }
        for expiring in self.input.expiring.iter().filter(|expiring| expiring.expires < self.today) {
            let code = match expiring.kind {
                ExpiringKind::Answer => GateCode::AnswerExpired,
                ExpiringKind::Inherited => GateCode::InheritedExpired,
            };
            let reason = GateReason::new(code).with("what", &expiring.what);
            self.reasons.push(reason.with("expires", expiring.expires));
        }
    }
}

impl GateReason {
    fn in_both(self, name: &str, text: &Text) -> Self {
        self.with(&format!("{name}_zh"), &text.zh).with(&format!("{name}_en"), &text.en)
    }
}

fn percent(count: u64) -> u128 {
    u128::from(count) * 100
}

/// Whether a count is more than so many percent of a whole.
fn over(count: u64, max: u8, whole: u64) -> bool {
    percent(count) > u128::from(max) * u128::from(whole)
}

/// The scale of a conclusion and its place on it, best last. Words of different scales cannot be compared.
fn rank(word: Word) -> Option<(u8, u8)> {
    Some(match word {
        Word::NonCompliant => (0, 0),
        Word::Basic => (0, 1),
        Word::Compliant => (0, 2),
        Word::Poor => (1, 0),
        Word::Medium => (1, 1),
        Word::Good => (1, 2),
        Word::Excellent => (1, 3),
        Word::ToBeConfirmed | Word::InsufficientEvidence | Word::NumberOnly | Word::NothingApplicable => return None,
    })
}

fn names(list: &[&str]) -> String {
    let shown = list.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match list.len().saturating_sub(NAMED) {
        0 => shown,
        rest => format!("{shown}, +{rest}"),
    }
}
