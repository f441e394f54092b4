//! What an expression goes through: comprehensions, and what an empty or a huge list does to them.

use cel::common::ast::{CallExpr, ComprehensionExpr, operators as op};

use crate::{
    checks::{
        text,
        types::{Kind, Type},
    },
    model::Text,
};

use super::{
    infer::{Analysis, Place, Root, Term, Vacuous},
    mention::{Mentions, Step},
    shape::{self, Macro},
    walk::Walk,
};

/// How deep comprehensions may nest; a third level would be cubic in scanned data.
const COMPREHENSIONS: usize = 2;

impl Walk<'_> {
    pub(super) fn comprehension(&mut self, node: u64, c: &ComprehensionExpr) -> Term {
        let kind = shape::of(c);
        let range = self.term(&c.iter_range);
        match (kind, self.negated) {
            (Some(Macro::All), false) | (Some(Macro::Exists), true) => self.note_vacuous(node, &range),
            (Some(Macro::All), true) | (Some(Macro::Exists), false) | (Some(Macro::ExistsOne), _) => {
                self.counted.extend(range.places.clone());
            }
            _ => {}
        }
        self.fold(node, c, &range, kind)
    }

    fn fold(&mut self, node: u64, c: &ComprehensionExpr, range: &Term, kind: Option<Macro>) -> Term {
        if self.depth >= COMPREHENSIONS {
            let message = text!(
                "列表遍历嵌套超过 {COMPREHENSIONS} 层",
                "more than {COMPREHENSIONS} comprehensions inside each other"
            );
            self.issue(node, message, None);
            return Term::any();
        }
        let element = self.element_of(node, range, kind);
        self.note(range, Mentions::note_elements);
        self.note_product(range);
        self.depth += 1;
        let outside = self.ranges.len();
        self.ranges.extend(range.places.iter().cloned());
        let init = self.term(&c.accu_init);
        if self.scope.schema.root().field(&c.iter_var).is_some_and(|ty| !ty.is_any())
            || matches!(c.iter_var.as_str(), "it" | "params")
        {
            let message = text!("变量 `{}` 遮住了同名的已有名称", "the variable `{}` hides what has that name already"; c.iter_var);
            self.issue(node, message, None);
        }
        self.bound.push((c.iter_var.clone(), element));
        self.bound.push((c.accu_var.clone(), init.clone()));
        let step = self.term(&c.loop_step);
        self.bound.truncate(self.bound.len() - 2);
        self.depth -= 1;
        self.ranges.truncate(outside);
        let accumulated = init.join(step);
        match kind {
            Some(Macro::Map | Macro::Filter) => accumulated,
            _ => {
                self.consume(&accumulated);
                Term::computed(Type::bool())
            }
        }
    }

    /// Notes that a list is gone through for every element of lists that it is not a part of.
    pub(super) fn note_product(&mut self, list: &Term) {
        for place in &list.places {
            let is_part = |of: &Place| {
                let inner = place.steps.strip_prefix(of.steps.as_slice());
                place.root == of.root && matches!(inner, Some([Step::Each, ..]))
            };
            let mut factors: Vec<_> = self.ranges.iter().filter(|range| !is_part(range)).cloned().collect();
            factors.push(place.clone());
            let per_element = self.scope.it.is_some() && factors.iter().any(|factor| factor.root == Root::Facts);
            if factors.len() > 1 || per_element {
                self.out.products.push(factors);
            }
        }
    }

    fn element_of(&mut self, node: u64, range: &Term, kind: Option<Macro>) -> Term {
        if let Some(element) = &range.element {
            return (**element).clone();
        }
        match range.ty.kind() {
            Kind::List(element) => range.step(&Step::Each, element.clone()),
            Kind::Map(_) => {
                if matches!(kind, Some(Macro::Map | Macro::Filter)) {
                    let message = Text::new(
                        "映射没有顺序：对键用 all() 或 exists()",
                        "a map has no order; use all() or exists() over its keys",
                    );
                    self.issue(node, message, None);
                }
                Term::computed(Type::string())
            }
            Kind::Any => range.step(&Step::Each, Type::any()),
            _ => {
                self.bad_type(node, range, "不能遍历", "can't be gone through");
                Term::any()
            }
        }
    }

    /// `size(list.filter(..)) == 0` is as true of an empty list as all() is.
    pub(super) fn vacuous_comparison(&mut self, node: u64, call: &CallExpr) {
        if matches!(call.func_name.as_str(), op::EQUALS | op::LESS | op::LESS_EQUALS)
            && let Some(c) = call.args.iter().find_map(shape::sized_comprehension)
        {
            let range = {
                let out = Analysis::empty(self.scope);
                Walk { out, counted: Vec::new(), bound: self.bound.clone(), ranges: Vec::new(), ..*self }
                    .term(&c.iter_range)
            };
            self.note_vacuous(node, &range);
        }
    }

    pub(super) fn note_vacuous(&mut self, node: u64, range: &Term) {
        let list = match range.places.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        };
        self.out.vacuous.push(Vacuous { node, list });
    }
}
