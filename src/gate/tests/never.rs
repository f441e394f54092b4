//! What no rule may ever do, over any input and any policy.

use proptest::prelude::*;

use super::{failing, green, today};
use crate::{
    gate::{Counts, GateInput, GateScope, Policy, decide},
    grade::{Letter, Ratio, Word},
    model::Severity,
};

prop_compose! {
    fn inputs()(
        counts in (0u64..40, 0u64..6, 0u64..6, 0u64..6, 0u64..4),
        severities in prop::collection::vec((0usize..5, prop::option::of(0i64..4)), 0..4),
        letter in 0usize..6,
        floor in 0u64..=100,
        words in (0usize..3, 0usize..3),
        open in any::<(bool, bool, bool)>(),
        age in 0i64..10,
    ) -> GateInput {
        let (pass, fail, not_applicable, unknown, lost) = counts;
        let letters = [None, Some(Letter::A), Some(Letter::B), Some(Letter::C), Some(Letter::D), Some(Letter::E)];
        let word = [Word::Compliant, Word::Basic, Word::InsufficientEvidence];
        let mut input = green();
        input.counts = Counts { planned: pass + fail + not_applicable + unknown + lost, pass, fail, not_applicable, unknown };
        input.failing = severities.iter().enumerate().map(|(n, (severity, until))| {
            let mut failing = failing(&format!("host.c{n}"), Severity::ALL[*severity], None);
            failing.findings[0].waived_until = until.map(|days| today().plus_days(days - 2));
            failing
        }).collect();
        (input.baseline, input.baseline_with_waivers) = (letters[letter], letters[letter]);
        (input.profiles[0].word, input.profiles[0].word_with_waivers) = (word[words.0], word[words.1]);
        input.profiles[0].floor = Ratio::new(floor, 1);
        input.profiles[0].draft = open.0;
        if open.1 { input.high_risk.candidates.push("HR-NET-04".into()); }
        if open.2 { input.artifact = None; }
        input.evidence_day = Some(today().plus_days(-age));
        input
    }
}

prop_compose! {
    fn policies()(
        profile in any::<bool>(),
        percents in (0u8..=100, prop::option::of(0u8..=100), prop::option::of(0u8..=100)),
        letter in prop::option::of(Just(Letter::C)),
        severities in prop::collection::vec(0usize..5, 0..3),
        high_risk in any::<bool>(),
    ) -> Policy {
        let (min_decided, max_unknown, max_not_applicable) = percents;
        let scope = if profile { GateScope::Profile } else { GateScope::Automatic };
        let mut policy = Policy { scope, min_decided, max_unknown, max_not_applicable, ..Policy::default() };
        policy.fail_on.baseline_below = letter;
        policy.fail_on.severity = severities.into_iter().map(|n| Severity::ALL[n]).collect();
        if !high_risk { policy.fail_on.high_risk.clear(); }
        policy
    }
}

proptest! {
    #[test]
    fn one_more_unknown_never_turns_red_to_green(input in inputs(), policy in policies(), planned in any::<bool>()) {
        let before = decide(&input, &policy, today());
        let mut more = input;
        more.counts.unknown += 1;
        more.counts.planned += u64::from(planned);
        more.profiles[0].applicable += 1;
        more.profiles[0].items += 1;
        let after = decide(&more, &policy, today());
        prop_assert!(after.code >= before.code, "{:?} {:?}", before.reasons, after.reasons);
    }

    #[test]
    fn one_more_day_never_turns_red_to_green(input in inputs(), policy in policies(), days in 1i64..400) {
        let before = decide(&input, &policy, today());
        let after = decide(&input, &policy, today().plus_days(days));
        prop_assert!(after.code >= before.code, "{:?} {:?}", before.reasons, after.reasons);
    }

    #[test]
    fn nothing_evaluated_is_red_under_every_policy(input in inputs(), policy in policies()) {
        let mut input = input;
        (input.counts.pass, input.counts.fail) = (0, 0);
        prop_assert_eq!(decide(&input, &policy, today()).code, 1);
    }
}
