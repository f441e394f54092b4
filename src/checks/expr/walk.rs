//! The walk itself: what each kind of node stands for, and which facts it mentions.

use std::collections::BTreeMap;

use cel::{
    IdedExpr,
    common::ast::{CallExpr, Expr, LiteralValue, SelectExpr, operators as op},
};

use crate::{
    checks::{
        text,
        types::{Kind, Type},
    },
    model::Text,
};

use super::{
    Issue, Scope,
    infer::{Analysis, Literal, Place, Root, Term, path},
    mention::{Mentions, Step},
    suggest,
};

pub(super) struct Walk<'a> {
    pub(super) scope: &'a Scope<'a>,
    /// Comprehension variables, innermost last.
    pub(super) bound: Vec<(String, Term)>,
    pub(super) depth: usize,
    /// The lists that are being gone through, outermost first.
    pub(super) ranges: Vec<Place>,
    /// Inside an odd number of negations.
    pub(super) negated: bool,
    /// Lists whose size is asked or that must hold something.
    pub(super) counted: Vec<Place>,
    pub(super) out: Analysis,
}

impl Walk<'_> {
    pub(super) fn issue(&mut self, node: u64, message: Text, help: impl Into<Option<Text>>) {
        self.out.issues.push(Issue { node, place: None, message, help: help.into() });
    }

    pub(super) fn term(&mut self, e: &IdedExpr) -> Term {
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

    pub(super) fn negation(&mut self, node: u64, term: &Term) -> Term {
        let ok = matches!(term.ty.kind(), Kind::Bool | Kind::Any);
        let message = Text::new(
            "`!` 用于布尔值；三值事实请与 \"yes\" 或 \"no\" 比较",
            "`!` is for booleans; compare a three-valued fact with \"yes\" or \"no\"",
        );
        self.require(node, term, ok, message);
        self.consume(term);
        Term::computed(Type::bool())
    }

    pub(super) fn require(&mut self, node: u64, term: &Term, ok: bool, message: Text) {
        if !ok {
            let ty = term.ty.describe();
            let name =
                term.places.first().map_or_else(|| term.ty.describe(), |place| text!("`{}`", "`{}`"; path(place)));
            let help = Text::new(format!("{} 是{}", name.zh, ty.zh), format!("{} is {}", name.en, ty.en));
            self.issue(node, message, help);
        }
    }

    pub(super) fn bad_type(&mut self, node: u64, term: &Term, zh: &str, en: &str) {
        let ty = term.ty.describe();
        self.issue(node, Text::new(format!("{}{zh}", ty.zh), format!("{} {en}", ty.en)), None);
    }

    /// The whole value counts: it is compared, passed on, or is the result.
    pub(super) fn consume(&mut self, term: &Term) {
        self.note(term, Mentions::note_whole);
    }

    pub(super) fn note(&mut self, term: &Term, how: fn(&mut Mentions, &[Step])) {
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

fn field_names(ty: &Type) -> Vec<String> {
    match ty.kind() {
        Kind::Struct(fields) => fields.named.keys().cloned().collect(),
        _ => Vec::new(),
    }
}
