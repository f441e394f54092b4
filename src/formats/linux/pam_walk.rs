//! Walks a resolved PAM stack: which lines can be reached, and whose refusal cannot be got around.
//!
//! The walk follows libpam's dispatcher: `ok`, `bad`, `die`, `done`, `reset`, `ignore` and jumps, where `done` and
//! `die` inside a substack end that substack only. A module that is not assumed to do something fixed may succeed, be
//! ignored or fail with any code, so what holds here holds whoever logs in.

use std::collections::BTreeSet;

use super::pam::{Action, Step};

/// Where the dispatcher stands: the sum of what happened so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Impression {
    Undefined,
    Positive,
    Negative,
}

/// What a line may return on a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Success,
    Ignored,
    /// Any other code.
    Failure,
    /// This very code.
    Code(&'static str),
}

/// Whether nobody gets through when the lines chosen by `which` refuse with `code` each time they are reached: the
/// lines are there, and no way to success avoids them or overrules them. `false` where no line is chosen.
pub fn can_refuse(stack: &[Step], code: &'static str, which: impl Fn(&Step) -> bool) -> bool {
    stack.iter().any(&which)
        && !walk(stack, |step| if which(step) { vec![Outcome::Code(code)] } else { usual(step) }).succeeds
}

/// Whether a line chosen by `which` is reached when every module that checks a password fails.
pub fn reached_after_failure(stack: &[Step], which: impl Fn(&Step) -> bool) -> bool {
    let walked = walk(stack, |step| if checks_password(step) { vec![Outcome::Failure] } else { usual(step) });
    stack.iter().enumerate().any(|(at, step)| which(step) && walked.reached.contains(&at))
}

/// Whether a line chosen by `which` can be reached at all.
pub fn reached(stack: &[Step], which: impl Fn(&Step) -> bool) -> bool {
    let walked = walk(stack, usual);
    stack.iter().enumerate().any(|(at, step)| which(step) && walked.reached.contains(&at))
}

/// Lines that can be reached, in order.
pub fn reachable(stack: &[Step]) -> Vec<&Step> {
    let walked = walk(stack, usual);
    walked.reached.iter().filter_map(|at| stack.get(*at)).collect()
}

/// Whether everybody gets through: the stack succeeds although every module that tests anything fails.
pub fn is_open(stack: &[Step]) -> bool {
    let outcomes = |step: &Step| match step.module.as_str() {
        "pam_permit.so" => vec![Outcome::Success],
        "pam_env.so" | "pam_faildelay.so" | "pam_warn.so" | "pam_echo.so" | "pam_debug.so" => {
            vec![Outcome::Success, Outcome::Ignored]
        }
        _ => vec![Outcome::Code("auth_err")],
    };
    walk(stack, outcomes).succeeds
}

/// What a module may return where nothing is assumed of it.
fn usual(step: &Step) -> Vec<Outcome> {
    match step.module.as_str() {
        "pam_permit.so" => vec![Outcome::Success],
        // Root is let through by it; the question is always about somebody else.
        "pam_deny.so" | "pam_rootok.so" => vec![Outcome::Failure],
        _ => vec![Outcome::Success, Outcome::Ignored, Outcome::Failure],
    }
}

fn checks_password(step: &Step) -> bool {
    const MODULES: &[&str] = &[
        "pam_unix.so",
        "pam_sss.so",
        "pam_ldap.so",
        "pam_krb5.so",
        "pam_winbind.so",
        "pam_fprintd.so",
        "pam_pkcs11.so",
    ];
    MODULES.contains(&step.module.as_str())
}

struct Walked {
    reached: BTreeSet<usize>,
    succeeds: bool,
}

/// Visits every state (line and impression) that the outcomes allow; there are three for each line.
fn walk(stack: &[Step], outcomes: impl Fn(&Step) -> Vec<Outcome>) -> Walked {
    let mut walked = Walked { reached: BTreeSet::new(), succeeds: false };
    let mut seen = BTreeSet::new();
    let mut open = vec![(0, Impression::Undefined)];
    while let Some((at, impression)) = open.pop() {
        if !seen.insert((at, impression)) {
            continue;
        }
        let Some(step) = stack.get(at) else {
            walked.succeeds |= impression == Impression::Positive;
            continue;
        };
        walked.reached.insert(at);
        for outcome in outcomes(step) {
            for (action, success) in actions(step, outcome) {
                open.push(after(stack, at, impression, action, success));
            }
        }
    }
    walked
}

/// The actions that an outcome can lead to, and whether the code was success.
fn actions(step: &Step, outcome: Outcome) -> Vec<(Action, bool)> {
    let default = step.actions.get("default").copied().unwrap_or(Action::Bad);
    let of = |code: &str, otherwise| step.actions.get(code).copied().unwrap_or(otherwise);
    match outcome {
        Outcome::Success => vec![(of("success", default), true)],
        // A code that brackets do not name and that has no default is bad; `ignore` likewise.
        Outcome::Ignored => vec![(of("ignore", default), false)],
        Outcome::Code(code) => vec![(of(code, default), false)],
        Outcome::Failure => {
            let named =
                step.actions.iter().filter(|(code, _)| !matches!(code.as_str(), "success" | "ignore" | "default"));
            let mut all: Vec<_> =
                named.filter(|(code, _)| *code != "new_authtok_reqd").map(|(_, action)| (*action, false)).collect();
            all.push((default, false));
            all
        }
    }
}

fn after(stack: &[Step], at: usize, impression: Impression, action: Action, success: bool) -> (usize, Impression) {
    use Impression::{Negative, Positive, Undefined};
    match action {
        Action::Ignore => (at + 1, impression),
        Action::Reset => (at + 1, Undefined),
        Action::Jump(count) => (jump(stack, at, count), impression),
        Action::Bad => (at + 1, Negative),
        Action::Die => (leave(stack, at), Negative),
        Action::Ok | Action::Done => {
            // An `ok` of a code that is no success makes that code the result of what was positive: the stack fails.
            let next = match (impression, success) {
                (Undefined | Positive, true) => Positive,
                (Undefined, false) => Undefined,
                (Positive, false) | (Negative, _) => Negative,
            };
            let done = action == Action::Done && impression != Negative;
            (if done { leave(stack, at) } else { at + 1 }, next)
        }
    }
}

/// The first line behind the substack of `at`, or behind the whole stack.
fn leave(stack: &[Step], at: usize) -> usize {
    let level = stack.get(at).map_or(0, |step| step.level);
    let rest = stack.get(at + 1..).unwrap_or_default();
    if level == 0 {
        return stack.len();
    }
    rest.iter().position(|step| step.level < level).map_or(stack.len(), |more| at + 1 + more)
}

/// Skips `count` lines; a deeper substack counts as one. A jump never leaves its own substack.
fn jump(stack: &[Step], at: usize, count: usize) -> usize {
    let level = stack.get(at).map_or(0, |step| step.level);
    let mut next = at + 1;
    for _ in 0..count {
        match stack.get(next) {
            Some(step) if step.level == level => next += 1,
            Some(step) if step.level > level => {
                while stack.get(next).is_some_and(|step| step.level > level) {
                    next += 1;
                }
            }
            _ => break,
        }
    }
    next
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::pam::Services, *};

    fn stack(text: &str, phase: &str) -> Vec<Step> {
        let mut services = Services::default();
        services.add("s", text);
        services.stack("s", phase).unwrap()
    }

    fn module(name: &'static str) -> impl Fn(&Step) -> bool {
        move |step| step.module == name
    }

    const RHEL: &str = "auth required pam_env.so\n\
        auth required pam_faillock.so preauth silent\n\
        auth sufficient pam_unix.so nullok\n\
        auth required pam_faillock.so authfail\n\
        auth required pam_deny.so\n";

    #[test]
    fn the_stack_of_rhel_locks_and_counts() {
        let stack = stack(RHEL, "auth");
        assert!(can_refuse(&stack, "auth_err", module("pam_faillock.so")));
        assert!(reached_after_failure(&stack, |step| step.args.contains(&"authfail".to_owned())));
    }

    #[test]
    fn a_lock_behind_a_sufficient_success_does_not_refuse() {
        let stack = stack(
            "auth sufficient pam_unix.so\nauth required pam_faillock.so preauth\nauth required pam_faillock.so authfail\n\
             auth required pam_deny.so\n",
            "auth",
        );
        assert!(!can_refuse(&stack, "auth_err", module("pam_faillock.so")));
    }

    #[test]
    fn a_count_behind_a_requisite_denial_is_never_reached() {
        let stack = stack(
            "auth required pam_faillock.so preauth\nauth [success=1 default=ignore] pam_unix.so\n\
             auth requisite pam_deny.so\nauth required pam_permit.so\nauth required pam_faillock.so authfail\n",
            "auth",
        );
        assert!(!reached_after_failure(&stack, |step| step.args.contains(&"authfail".to_owned())));
    }

    #[test]
    fn jumps_of_debian_are_followed() {
        let text = "password requisite pam_pwquality.so retry=3\n\
            password [success=1 default=ignore] pam_unix.so obscure use_authtok\n\
            password requisite pam_deny.so\npassword required pam_permit.so\n";
        let stack = stack(text, "password");
        assert!(can_refuse(&stack, "authtok_err", module("pam_pwquality.so")));
        assert!(can_refuse(&stack, "authtok_err", module("pam_unix.so")));
    }

    #[test]
    fn a_jump_over_the_quality_module_makes_it_of_no_effect() {
        let text = "password [success=1 default=ignore] pam_succeed_if.so user ingroup lazy\n\
            password requisite pam_pwquality.so\npassword sufficient pam_unix.so\npassword required pam_deny.so\n";
        assert!(!can_refuse(&stack(text, "password"), "authtok_err", module("pam_pwquality.so")));
    }

    #[test]
    fn an_optional_module_refuses_nobody() {
        let text = "password optional pam_pwquality.so\npassword required pam_unix.so\n";
        assert!(!can_refuse(&stack(text, "password"), "authtok_err", module("pam_pwquality.so")));
    }

    #[test]
    fn a_refusal_in_a_substack_is_kept_when_the_substack_ends() {
        let mut services = Services::default();
        services.add("sshd", "auth substack inner\nauth optional pam_echo.so\n");
        services.add(
            "inner",
            "auth required pam_faillock.so preauth\nauth sufficient pam_unix.so\nauth required pam_deny.so\n",
        );
        let stack = services.stack("sshd", "auth").unwrap();
        assert!(can_refuse(&stack, "auth_err", module("pam_faillock.so")));
    }

    #[test]
    fn a_stack_that_permits_without_a_test_is_open() {
        assert!(is_open(&stack("auth required pam_permit.so\n", "auth")));
        assert!(is_open(&stack("auth optional pam_unix.so\nauth required pam_permit.so\n", "auth")));
        assert!(!is_open(&stack(RHEL, "auth")));
        assert!(!is_open(&stack(
            "auth [success=1 default=ignore] pam_unix.so\nauth requisite pam_deny.so\nauth required pam_permit.so\n",
            "auth"
        )));
    }

    proptest! {
        #[test]
        fn every_walk_ends(lines in proptest::collection::vec("(required|requisite|sufficient|optional|\\[success=[1-9] default=(die|ok|ignore|done|reset|[1-5])\\]) pam_(unix|deny|permit|faillock)\\.so", 0..24)) {
            let text: String = lines.iter().map(|line| format!("auth {line}\n")).collect();
            let stack = stack(&text, "auth");
            let _ = (can_refuse(&stack, "auth_err", module("pam_unix.so")), is_open(&stack), reachable(&stack).len());
        }
    }
}
