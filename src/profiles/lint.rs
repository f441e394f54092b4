//! Profiles against the checks that they use: ids, kinds, parameters, strengths, expressions.

use std::collections::BTreeSet;

use super::{CheckUse, ProfileSet, Strength, load::Loaded};
use crate::checks::{CheckKind, CheckSet, Expression, Schema};
use crate::model::{CheckId, Text};
use crate::yaml::Mistakes;

/// Everything in the profiles that does not fit the checks.
pub fn lint(profiles: &ProfileSet, checks: &CheckSet) -> Mistakes {
    let mut mistakes = Mistakes::default();
    for loaded in profiles.loaded() {
        for (index, item) in loaded.profile.items.iter().enumerate() {
            let mut rules = Rules { loaded, index, checks, mistakes: &mut mistakes };
            for (at, aspect) in item.aspects.iter().enumerate() {
                for (which, used) in aspect.checks.iter().enumerate() {
                    rules.used(used, &format!("aspects[{at}].checks[{which}]"));
                }
            }
            rules.expression(item.not_applicable_when.as_deref());
        }
    }
    mistakes.sort();
    mistakes
}

/// Checks that no profile uses.
pub fn unused<'a>(profiles: &ProfileSet, checks: &'a CheckSet) -> Vec<&'a CheckId> {
    let items = profiles.iter().flat_map(|profile| &profile.items);
    let used: BTreeSet<_> =
        items.flat_map(|item| &item.aspects).flat_map(|aspect| &aspect.checks).map(|used| &used.check).collect();
    checks.iter().map(|check| &check.id).filter(|id| !used.contains(id)).collect()
}

struct Rules<'a> {
    loaded: &'a Loaded,
    index: usize,
    checks: &'a CheckSet,
    mistakes: &'a mut Mistakes,
}

impl Rules<'_> {
    fn wrong(&mut self, path: &str, message: Text, help: Option<Text>) {
        self.mistakes.push(self.loaded.places.mistake(self.index, path, message, help));
    }

    fn used(&mut self, used: &CheckUse, path: &str) {
        let id = &used.check;
        let Some(check) = self.checks.get(id) else {
            let near = self.checks.nearest(id.as_str());
            let help = near.map(|near| Text::new(format!("是否想写 {near}？"), format!("did you mean {near}?")));
            let message = Text::new(format!("没有检查 {id}"), format!("there is no check {id}"));
            return self.wrong(&format!("{path}.use"), message, help);
        };
        for kind in used.kinds.iter().filter(|kind| !check.target.contains(kind)) {
            let message = Text::new(format!("检查 {id} 不针对 {kind}"), format!("the check {id} is not for {kind}"));
            self.wrong(&format!("{path}.for"), message, None);
        }
        if check.kind == CheckKind::Assisted && used.strength == Strength::Full {
            let zh = "由人判定的检查不能是 full：它不会自行通过";
            let message = Text::new(zh, "an assisted check cannot be full: it never passes by itself");
            self.wrong(&format!("{path}.strength"), message, None);
        }
        if let Err(mistake) = check.effective(&used.params) {
            self.wrong(&format!("{path}.params.{}", mistake.name), mistake.message, None);
        }
    }

    fn expression(&mut self, text: Option<&str>) {
        if let Some(Err(issues)) = text.map(|text| Expression::compile(text, Schema::facts())) {
            for issue in issues.0 {
                self.wrong("not_applicable_when", issue.message, issue.help);
            }
        }
    }
}
