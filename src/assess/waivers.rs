//! Which waivers cover which findings on the day of the assessment.

use std::collections::{BTreeMap, BTreeSet};

use crate::checks::{Finding, Outcome};
use crate::model::{Digest, Verdict};
use crate::profiles::waivers::{Waiver, WaiverState, Waivers};
use crate::yaml::Date;

use super::{WaiverRecord, WaiverStanding};

/// The effect of all waivers on one subsite's outcomes.
#[derive(Debug, Default)]
pub struct WaiverUse {
    /// Findings and the waivers in force that cover them.
    covered: BTreeMap<String, BTreeSet<String>>,
    pub records: Vec<WaiverRecord>,
}

impl WaiverUse {
    /// `not_waivable` are the findings that `final` high-risk situations rest on.
    pub fn new(waivers: &Waivers, outcomes: &[Outcome], not_waivable: &BTreeSet<String>, as_of: Date) -> Self {
        let mut of_all = Self::default();
        for waiver in &waivers.waivers {
            let record = of_all.apply(waiver, outcomes, not_waivable, as_of);
            of_all.records.push(record);
        }
        of_all
    }

    /// Ids of the waivers in force that cover a finding.
    pub fn covering(&self, finding: &str) -> impl Iterator<Item = &String> {
        self.covered.get(finding).into_iter().flatten()
    }

    /// Whether every failing finding of an outcome is covered.
    pub fn covers(&self, outcome: &Outcome) -> bool {
        let mut failing = outcome.findings.iter().filter(|finding| finding.verdict == Verdict::Fail).peekable();
        // Findings beyond the cap are not listed, so nobody can say that they are covered.
        outcome.verdict == Verdict::Fail
            && outcome.more == 0
            && failing.peek().is_some()
            && failing.all(|finding| self.covered.contains_key(&finding.id))
    }

    /// The outcomes as they would be if what is waived were a pass: only for the number "with waivers".
    pub fn waived(&self, outcomes: &[Outcome]) -> Vec<Outcome> {
        let waived = |outcome: &Outcome| Outcome { verdict: Verdict::Pass, findings: Vec::new(), ..outcome.clone() };
        outcomes.iter().map(|o| if self.covers(o) { waived(o) } else { o.clone() }).collect()
    }

    fn apply(
        &mut self,
        waiver: &Waiver,
        outcomes: &[Outcome],
        not_waivable: &BTreeSet<String>,
        as_of: Date,
    ) -> WaiverRecord {
        let named: Vec<_> = outcomes.iter().flat_map(|o| named(waiver, o)).collect();
        let refused = named.iter().any(|finding| not_waivable.contains(&finding.id));
        let state = match waiver.state(as_of) {
            WaiverState::Expired => WaiverStanding::Expired,
            WaiverState::Unapproved => WaiverStanding::Unapproved,
            WaiverState::NotYet => WaiverStanding::NotYet,
            WaiverState::InForce if named.is_empty() => WaiverStanding::Unmatched,
            WaiverState::InForce if refused => WaiverStanding::Refused,
            WaiverState::InForce => WaiverStanding::InForce,
        };
        let covers: BTreeSet<_> = match state {
            WaiverStanding::InForce | WaiverStanding::Refused => {
                named.iter().map(|f| f.id.clone()).filter(|id| !not_waivable.contains(id)).collect()
            }
            _ => BTreeSet::new(),
        };
        for finding in &covers {
            self.covered.entry(finding.clone()).or_default().insert(waiver.id.clone());
        }
        WaiverRecord {
            id: waiver.id.clone(),
            check: waiver.check.clone(),
            expires: waiver.expires.to_string(),
            state,
            reason: waiver.reason.clone(),
            requested_by: waiver.requested_by.clone(),
            approved_by: waiver.approved_by.clone(),
            covers: covers.into_iter().collect(),
        }
    }
}

/// The findings of an outcome that a waiver names and is for.
fn named<'a>(waiver: &'a Waiver, outcome: &'a Outcome) -> impl Iterator<Item = &'a Finding> {
    outcome.findings.iter().filter(|finding| {
        let observed = Digest::of(finding.observed.as_bytes());
        waiver.names(&outcome.check, &outcome.asset, finding.key.as_deref())
            && waiver.fits(&finding.verdict, Some(&observed))
    })
}
