//! Walks a parsed expression: the type of every part, the fact paths it mentions, and what is wrong with it.

use std::collections::BTreeMap;

use cel::{
    IdedExpr,
    common::ast::{CallExpr, ComprehensionExpr, Expr, LiteralValue, SelectExpr, operators as op},
};

use crate::{
    checks::{
        text,
        types::{Kind, Type, join},
    },
    model::Text,
};

use super::{
    Issue, Scope,
    mention::{Mentions, Step},
    shape::{self, Macro},
    suggest,
};

/// How deep comprehensions may nest; a third level would be cubic in scanned data.
const COMPREHENSIONS: usize = 2;

/// What a walk over an expression found.
pub(super) struct Analysis {
    pub ty: Type,
    /// Paths from the roots of the facts.
    pub facts: Mentions,
    /// Paths from the element that `each` is at.
    pub it: Mentions,
    pub params: Vec<String>,
    pub patterns: Vec<String>,
    /// Lists over which the expression is true when they are empty.
    pub vacuous: Vec<Vacuous>,
    /// Lists that are gone through once for every element of others: the work is the product of their lengths.
    pub products: Vec<Vec<Place>>,
    pub issues: Vec<Issue>,
}

/// A test that an empty list passes.
pub(super) struct Vacuous {
    pub node: u64,
    /// `None` where the list is computed.
    pub list: Option<Place>,
}

/// A part of the facts, of `it` or of the parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub root: Root,
    pub steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Root {
    Facts,
    It,
    Params,
}

/// What a part of an expression stands for.
#[derive(Clone)]
pub(super) struct Term {
    pub ty: Type,
    /// The facts it may be; none for what is computed.
    pub places: Vec<Place>,
    /// The elements of a computed list.
    pub element: Option<Box<Self>>,
    pub literal: Option<Literal>,
}

#[derive(Clone, PartialEq)]
pub(super) enum Literal {
    Text(String),
    Number,
    Null,
}

impl Term {
    pub fn computed(ty: Type) -> Self {
        Self { ty, places: Vec::new(), element: None, literal: None }
    }

    fn any() -> Self {
        Self::computed(Type::any())
    }

    fn at(root: Root, ty: Type) -> Self {
        Self { places: vec![Place { root, steps: Vec::new() }], ..Self::computed(ty) }
    }

    fn step(&self, step: &Step, ty: Type) -> Self {
        let places = self.places.iter().map(|place| {
            let mut steps = place.steps.clone();
            steps.push(step.clone());
            Place { root: place.root, steps }
        });
        Self { places: places.collect(), ..Self::computed(ty) }
    }

    fn join(self, other: Self) -> Self {
        let ty = join_terms(&self, &other);
        let mut places = self.places;
        places.extend(other.places.into_iter().filter(|p| !places.contains(p)).collect::<Vec<_>>());
        let element = match (self.element, other.element) {
            (Some(a), Some(b)) => Some(Box::new(a.join(*b))),
            (one, None) | (None, one) => one,
        };
        Self { ty, places, element, literal: None }
    }
}

/// An empty list literal has elements of any type, which must not spoil the type of what it is joined with.
fn join_terms(a: &Term, b: &Term) -> Type {
    let is_empty_list = |t: &Term| t.places.is_empty() && t.element.is_none() && t.ty == Type::list(Type::any());
    match (is_empty_list(a), is_empty_list(b)) {
        (true, false) => b.ty.clone(),
        (false, true) => a.ty.clone(),
        _ => join(&a.ty, &b.ty),
    }
}

impl Analysis {
    fn empty(scope: &Scope<'_>) -> Self {
        Self {
            ty: Type::any(),
            facts: Mentions::new(scope.schema.root().clone()),
            it: Mentions::new(scope.it.clone().unwrap_or_else(Type::any)),
            params: Vec::new(),
            patterns: Vec::new(),
            vacuous: Vec::new(),
            products: Vec::new(),
            issues: Vec::new(),
        }
    }
}

/// Walks `expr`; nothing is evaluated.
pub(super) fn analyse(expr: &IdedExpr, scope: &Scope) -> Analysis {
    let mut walk = Walk {
        scope,
        bound: Vec::new(),
        depth: 0,
        ranges: Vec::new(),
        negated: false,
        counted: Vec::new(),
        out: Analysis::empty(scope),
    };
    let term = walk.term(expr);
    walk.consume(&term);
    walk.out.ty = term.ty;
    let counted = std::mem::take(&mut walk.counted);
    walk.out.vacuous.retain(|v| v.list.as_ref().is_none_or(|list| !counted.contains(list)));
    walk.out
}

pub(super) struct Walk<'a> {
    scope: &'a Scope<'a>,
    /// Comprehension variables, innermost last.
    bound: Vec<(String, Term)>,
    depth: usize,
    /// The lists that are being gone through, outermost first.
    ranges: Vec<Place>,
    /// Inside an odd number of negations.
    negated: bool,
    /// Lists whose size is asked or that must hold something.
    counted: Vec<Place>,
    pub out: Analysis,
}

impl Walk<'_> {
    pub fn issue(&mut self, node: u64, message: Text, help: impl Into<Option<Text>>) {
        self.out.issues.push(Issue { node, place: None, message, help: help.into() });
    }

    fn term(&mut self, e: &IdedExpr) -> Term {
        match &e.expr {
            Expr::Literal(literal) => self.literal(e.id, literal),
            Expr::Ident(name) => self.ident(e.id, name),
            Expr::Select(select) => self.select(e.id, select),
            Expr::Call(call) => self.call(e.id, call),
            Expr::Comprehension(c) => self.comprehension(e.id, c),
            Expr::List(list) => {
                let element = list.elements.iter().map(|e| self.term(e)).reduce(Term::join).map(Box::new);
                let ty = Type::list(element.as_ref().map_or_else(Type::any, |term| term.ty.clone()));
                Term { element, ..Term::computed(ty) }
            }
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                self.issue(
                    e.id,
                    Text::new("表达式中不能构造映射或消息", "maps and messages can't be built in an expression"),
                    None,
                );
                Term::any()
            }
        }
    }

    fn literal(&mut self, node: u64, literal: &LiteralValue) -> Term {
        let (ty, literal) = match literal {
            LiteralValue::Boolean(_) => (Type::bool(), None),
            LiteralValue::Int(_) => (Type::int(), Some(Literal::Number)),
            LiteralValue::Double(_) => (Type::new(Kind::Float), Some(Literal::Number)),
            LiteralValue::String(text) => {
                let text = text.inner().to_owned();
                (Type::choice([text.clone()]), Some(Literal::Text(text)))
            }
            LiteralValue::Null => {
                let help = Text::new(
                    "可选值用 has(路径) 判断；未知值不会进入表达式",
                    "ask has(path) for an optional value; an unknown one never reaches the expression",
                );
                self.issue(node, Text::new("`null` 在此没有意义", "`null` has no meaning here"), help);
                (Type::any(), Some(Literal::Null))
            }
            LiteralValue::UInt(_) | LiteralValue::Bytes(_) => {
                let message = Text::new(
                    "不使用无符号数和字节字面量：写 5，不写 5u",
                    "unsigned and byte literals are not used: write 5, not 5u",
                );
                self.issue(node, message, None);
                (Type::any(), None)
            }
        };
        Term { literal, ..Term::computed(ty) }
    }

    fn ident(&mut self, node: u64, name: &str) -> Term {
        if let Some((_, term)) = self.bound.iter().rev().find(|(bound, _)| bound == name) {
            return term.clone();
        }
        match name {
            "it" if self.scope.it.is_some() => {
                return Term::at(Root::It, self.scope.it.clone().unwrap_or_else(Type::any));
            }
            "params" if self.scope.params.is_some() => return Term::at(Root::Params, Type::any()),
            _ => {}
        }
        if let Some(ty) = self.scope.schema.root().field(name) {
            return Term::at(Root::Facts, self.scope.schema.root().clone()).step(&Step::Field(name.to_owned()), ty);
        }
        let help = match name {
            "it" => Some(Text::new(
                "`it` 是带 `each` 的断言中的当前元素",
                "`it` is the element of an assertion with `each`",
            )),
            _ => suggest(name, field_names(self.scope.schema.root())),
        };
        self.issue(node, text!("没有名为 `{name}` 的事实", "there are no facts called `{name}`"), help);
        Term::any()
    }

    fn select(&mut self, node: u64, select: &SelectExpr) -> Term {
        let operand = self.term(&select.operand);
        if operand.places.iter().any(|place| place.root == Root::Params && place.steps.is_empty()) {
            return self.param(node, &select.field);
        }
        let term = self.part(node, &operand, &select.field);
        if !select.test {
            return term;
        }
        if !operand.ty.is_any() && !operand.ty.may_lack(&select.field) && operand.ty.field(&select.field).is_some() {
            let help = Text::new(
                "has() 用于可选字段和映射的键；未读到的值本身就是未判定",
                "has() is for optional fields and keys of maps; a value that was not read is Unknown by itself",
            );
            self.issue(node, text!("`{}` 总是存在", "`{}` is always there"; select.field), help);
        }
        self.note(&term, Mentions::note_presence);
        Term::computed(Type::bool())
    }

    fn part(&mut self, node: u64, operand: &Term, name: &str) -> Term {
        if let Some(ty) = operand.ty.field(name) {
            return operand.step(&Step::Field(name.to_owned()), ty);
        }
        let help = match operand.ty.kind() {
            Kind::List(_) => Some(Text::new(
                "它是列表：用 each、all()、exists() 或 filter()",
                "it is a list; use each, all(), exists() or filter()",
            )),
            _ => suggest(name, field_names(&operand.ty)),
        };
        let of = match operand.places.first() {
            Some(place) => text!("`{}`", "`{}`"; path(place)),
            None => operand.ty.describe(),
        };
        self.issue(node, Text::new(format!("{} 没有 `{name}`", of.zh), format!("{} has no `{name}`", of.en)), help);
        Term::any()
    }

    fn param(&mut self, node: u64, name: &str) -> Term {
        let none = BTreeMap::new();
        let known = self.scope.params.unwrap_or(&none);
        match known.get(name) {
            Some(ty) => {
                self.out.params.push(name.to_owned());
                Term::computed(ty.clone())
            }
            None => {
                let help = suggest(name, known.keys().cloned().collect());
                self.issue(node, text!("检查没有参数 `{name}`", "the check has no parameter `{name}`"), help);
                Term::any()
            }
        }
    }

    fn call(&mut self, node: u64, call: &CallExpr) -> Term {
        let name = call.func_name.as_str();
        if let (op::LOGICAL_NOT, [arg]) = (name, call.args.as_slice()) {
            self.negated = !self.negated;
            let term = self.term(arg);
            self.negated = !self.negated;
            return self.negation(node, &term);
        }
        if let (op::CONDITIONAL, [cond, yes, no]) = (name, call.args.as_slice()) {
            let cond = self.term(cond);
            let message = Text::new("条件必须是布尔值", "a condition must be a boolean");
            self.require(node, &cond, matches!(cond.ty.kind(), Kind::Bool | Kind::Any), message);
            self.consume(&cond);
            let yes = self.term(yes);
            let no = self.term(no);
            return yes.join(no);
        }
        if name == op::INDEX
            && let [list, index] = call.args.as_slice()
        {
            return self.index(node, list, index);
        }
        let target = call.target.as_deref().map(|target| self.term(target));
        let args: Vec<_> =
            target.into_iter().chain(call.args.iter().map(|arg| self.term(arg)).collect::<Vec<_>>()).collect();
        if name == op::ADD && args.iter().all(|arg| matches!(arg.ty.kind(), Kind::List(_))) {
            return args.into_iter().reduce(Term::join).unwrap_or_else(Term::any);
        }
        if name == "size" {
            return self.size(node, &args);
        }
        self.vacuous_comparison(node, call);
        let ty = self.call_type(node, call, &args);
        for arg in &args {
            self.consume(arg);
        }
        Term::computed(ty)
    }

    fn size(&mut self, node: u64, args: &[Term]) -> Term {
        match args {
            [one] => {
                let sized = matches!(one.ty.kind(), Kind::List(_) | Kind::Map(_) | Kind::Any) || one.ty.is_text();
                let message = Text::new("size() 用于列表、映射和字符串", "size() is for lists, maps and strings");
                self.require(node, one, sized, message);
                self.note(one, Mentions::note_elements);
                self.counted.extend(one.places.clone());
            }
            _ => self.issue(node, Text::new("size() 需要一个参数", "size() takes one argument"), None),
        }
        Term::computed(Type::int())
    }

    fn index(&mut self, node: u64, list: &IdedExpr, index: &IdedExpr) -> Term {
        let list_term = self.term(list);
        if let (Expr::Literal(LiteralValue::String(key)), Kind::Map(_) | Kind::Struct(_) | Kind::Any) =
            (&index.expr, list_term.ty.kind())
        {
            return self.part(node, &list_term, key.inner());
        }
        let index_term = self.term(index);
        self.consume(&index_term);
        let Some(element) = list_term.ty.element() else {
            self.bad_type(node, &list_term, "不能用下标", "can't be indexed");
            return Term::any();
        };
        if let Some(element) = &list_term.element {
            return (**element).clone();
        }
        match (&index.expr, list_term.ty.kind()) {
            (Expr::Literal(LiteralValue::Int(at)), Kind::List(_)) if *at.inner() >= 0 => {
                let at = usize::try_from(*at.inner()).unwrap_or(usize::MAX);
                list_term.step(&Step::Index(at), element)
            }
            _ => {
                self.note(&list_term, Mentions::note_elements);
                list_term.step(&Step::Each, element)
            }
        }
    }

    fn comprehension(&mut self, node: u64, c: &ComprehensionExpr) -> Term {
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

    fn negation(&mut self, node: u64, term: &Term) -> Term {
        let ok = matches!(term.ty.kind(), Kind::Bool | Kind::Any);
        let message = Text::new(
            "`!` 用于布尔值；三值事实请与 \"yes\" 或 \"no\" 比较",
            "`!` is for booleans; compare a three-valued fact with \"yes\" or \"no\"",
        );
        self.require(node, term, ok, message);
        self.consume(term);
        Term::computed(Type::bool())
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
    pub fn note_product(&mut self, list: &Term) {
        for place in &list.places {
            let is_part = |of: &Place| place.root == of.root && place.steps.starts_with(&of.steps);
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
    fn vacuous_comparison(&mut self, node: u64, call: &CallExpr) {
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

    fn note_vacuous(&mut self, node: u64, range: &Term) {
        let list = match range.places.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        };
        self.out.vacuous.push(Vacuous { node, list });
    }

    pub fn require(&mut self, node: u64, term: &Term, ok: bool, message: Text) {
        if !ok {
            let ty = term.ty.describe();
            let name =
                term.places.first().map_or_else(|| term.ty.describe(), |place| text!("`{}`", "`{}`"; path(place)));
            let help = Text::new(format!("{} 是{}", name.zh, ty.zh), format!("{} is {}", name.en, ty.en));
            self.issue(node, message, help);
        }
    }

    fn bad_type(&mut self, node: u64, term: &Term, zh: &str, en: &str) {
        let ty = term.ty.describe();
        self.issue(node, Text::new(format!("{}{zh}", ty.zh), format!("{} {en}", ty.en)), None);
    }

    /// The whole value counts: it is compared, passed on, or is the result.
    fn consume(&mut self, term: &Term) {
        self.note(term, Mentions::note_whole);
    }

    fn note(&mut self, term: &Term, how: fn(&mut Mentions, &[Step])) {
        for place in &term.places {
            match place.root {
                Root::Facts => how(&mut self.out.facts, &place.steps),
                Root::It => how(&mut self.out.it, &place.steps),
                Root::Params => {}
            }
        }
        if let Some(element) = &term.element {
            let whole = std::ptr::fn_addr_eq(how, Mentions::note_whole as fn(&mut Mentions, &[Step]));
            self.note(element, if whole { how } else { Mentions::note_presence });
        }
    }
}

/// A place as people write it.
pub(super) fn path(place: &Place) -> String {
    let mut out = match place.root {
        Root::Facts => String::new(),
        Root::It => "it".to_owned(),
        Root::Params => "params".to_owned(),
    };
    for step in &place.steps {
        match step {
            Step::Field(name) if out.is_empty() => out.push_str(name),
            Step::Field(name) => out.extend([".", name]),
            Step::Index(index) => out.push_str(&format!("[{index}]")),
            Step::Each => out.push_str("[]"),
        }
    }
    out
}

fn field_names(ty: &Type) -> Vec<String> {
    match ty.kind() {
        Kind::Struct(fields) => fields.named.keys().cloned().collect(),
        _ => Vec::new(),
    }
}
