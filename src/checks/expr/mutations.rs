//! Small changes to an expression, one at a time: what a case must notice.

use cel::{
    IdedExpr,
    common::ast::{CallExpr, ComprehensionExpr, Expr, LiteralValue, SelectExpr, operators as op},
};

use super::{
    Expression, parse,
    shape::{self, Macro},
};

/// An expression with one change.
pub struct Mutant {
    pub expression: Expression,
    /// Line and column of the change in the text, from 1.
    pub place: (usize, usize),
    /// What was changed, such as `` `==` becomes `!=` ``.
    pub change: String,
}

/// A changed part, with the node at which it was changed.
struct Variant {
    node: u64,
    change: String,
    expr: IdedExpr,
}

/// Every expression that differs from this one by a flipped operator, a changed literal, a dropped side or a negation.
pub fn mutants(of: &Expression) -> Vec<Mutant> {
    parse::on_a_large_stack(|| {
        // The text was parsed before, so this parses too; the tree in hand has no places.
        let Ok((ast, source)) = parse::parse(&of.text) else { return Vec::new() };
        let place =
            |node| source.offset_for(node).map_or((1, 1), |(start, _)| parse::line_column(&of.text, start as usize));
        let made = condition(&ast).into_iter().map(|variant| Mutant {
            expression: of.with_tree(variant.expr),
            place: place(variant.node),
            change: variant.change,
        });
        made.collect()
    })
}

/// Variants of a part that stands where a boolean is expected.
fn condition(e: &IdedExpr) -> Vec<Variant> {
    let mut out = variants(e);
    let bare = match &e.expr {
        Expr::Select(_) | Expr::Ident(_) => true,
        Expr::Call(call) => call.func_name == op::IN || !is_operator(call),
        _ => false,
    };
    if bare {
        let negated =
            Expr::Call(CallExpr { func_name: op::LOGICAL_NOT.to_owned(), target: None, args: vec![e.clone()] });
        out.push(Variant { node: e.id, change: "negated".to_owned(), expr: IdedExpr { id: e.id, expr: negated } });
    }
    out
}

fn is_operator(call: &CallExpr) -> bool {
    call.func_name.contains('_') && call.func_name.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_')
}

fn variants(e: &IdedExpr) -> Vec<Variant> {
    match &e.expr {
        Expr::Literal(literal) => literals(e.id, literal),
        Expr::Select(select) => {
            let inside = variants(&select.operand).into_iter();
            let rebuilt = inside.map(|v| {
                v.inside(e.id, |operand| Expr::Select(SelectExpr { operand: Box::new(operand), ..select.clone() }))
            });
            rebuilt.collect()
        }
        Expr::Call(call) => calls(e.id, call),
        Expr::List(list) => {
            let mut out = Vec::new();
            for (at, element) in list.elements.iter().enumerate() {
                out.extend(variants(element).into_iter().map(|v| {
                    v.inside(e.id, |element| {
                        let mut list = list.clone();
                        list.elements[at] = element;
                        Expr::List(list)
                    })
                }));
            }
            out
        }
        Expr::Comprehension(c) => comprehensions(e.id, c),
        Expr::Ident(_) | Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => Vec::new(),
    }
}

impl Variant {
    fn new(node: u64, change: String, expr: Expr) -> Self {
        Self { node, change, expr: IdedExpr { id: node, expr } }
    }

    fn inside(self, node: u64, rebuild: impl FnOnce(IdedExpr) -> Expr) -> Self {
        Self { node: self.node, change: self.change, expr: IdedExpr { id: node, expr: rebuild(self.expr) } }
    }
}

fn literals(node: u64, literal: &LiteralValue) -> Vec<Variant> {
    let changed = |from: &dyn std::fmt::Display, to: &dyn std::fmt::Display, literal: LiteralValue| {
        Variant::new(node, format!("{from} becomes {to}"), Expr::Literal(literal))
    };
    match literal {
        LiteralValue::Boolean(value) => {
            let value = *value.inner();
            vec![changed(&value, &!value, LiteralValue::Boolean((!value).into()))]
        }
        LiteralValue::Int(value) => {
            let value = *value.inner();
            let near = [value.saturating_add(1), value.saturating_sub(1)];
            near.iter().map(|to| changed(&value, to, LiteralValue::Int((*to).into()))).collect()
        }
        LiteralValue::Double(value) => {
            let value = *value.inner();
            vec![changed(&value, &(value + 1.0), LiteralValue::Double((value + 1.0).into()))]
        }
        LiteralValue::String(text) => {
            let to = format!("{}~", text.inner());
            vec![changed(&format!("{:?}", text.inner()), &format!("{to:?}"), LiteralValue::String(to.into()))]
        }
        LiteralValue::Bytes(_) | LiteralValue::Null | LiteralValue::UInt(_) => Vec::new(),
    }
}

fn calls(node: u64, call: &CallExpr) -> Vec<Variant> {
    let mut out = Vec::new();
    for to in flips(&call.func_name) {
        let change = format!("`{}` becomes `{}`", sign(&call.func_name), sign(to));
        out.push(Variant::new(node, change, Expr::Call(CallExpr { func_name: (*to).to_owned(), ..call.clone() })));
    }
    match (call.func_name.as_str(), call.args.as_slice()) {
        (op::LOGICAL_AND | op::LOGICAL_OR, [left, right]) => {
            let sign = sign(&call.func_name);
            out.push(Variant::new(node, format!("the right side of `{sign}` is dropped"), left.expr.clone()));
            out.push(Variant::new(node, format!("the left side of `{sign}` is dropped"), right.expr.clone()));
        }
        (op::CONDITIONAL, [_, yes, no]) => {
            out.push(Variant::new(node, "only the first branch of `?:`".to_owned(), yes.expr.clone()));
            out.push(Variant::new(node, "only the second branch of `?:`".to_owned(), no.expr.clone()));
        }
        (op::LOGICAL_NOT, [inner]) => {
            out.push(Variant::new(node, "`!` is dropped".to_owned(), inner.expr.clone()));
        }
        _ => {}
    }
    for at in 0..call.args.len() {
        let inside =
            if boolean_argument(&call.func_name, at) { condition(&call.args[at]) } else { variants(&call.args[at]) };
        out.extend(inside.into_iter().filter(|v| !(call.func_name == op::LOGICAL_NOT && v.change == "negated")).map(
            |v| {
                v.inside(node, |arg| {
                    let mut call = call.clone();
                    call.args[at] = arg;
                    Expr::Call(call)
                })
            },
        ));
    }
    if let Some(target) = &call.target {
        out.extend(
            variants(target).into_iter().map(|v| {
                v.inside(node, |target| Expr::Call(CallExpr { target: Some(Box::new(target)), ..call.clone() }))
            }),
        );
    }
    out
}

fn boolean_argument(function: &str, at: usize) -> bool {
    matches!(function, op::LOGICAL_AND | op::LOGICAL_OR | op::LOGICAL_NOT) || (function == op::CONDITIONAL && at == 0)
}

fn flips(function: &str) -> &'static [&'static str] {
    match function {
        op::EQUALS => &[op::NOT_EQUALS],
        op::NOT_EQUALS => &[op::EQUALS],
        op::LESS => &[op::LESS_EQUALS, op::GREATER],
        op::LESS_EQUALS => &[op::LESS, op::GREATER_EQUALS],
        op::GREATER => &[op::GREATER_EQUALS, op::LESS],
        op::GREATER_EQUALS => &[op::GREATER, op::LESS_EQUALS],
        op::LOGICAL_AND => &[op::LOGICAL_OR],
        op::LOGICAL_OR => &[op::LOGICAL_AND],
        op::ADD => &[op::SUBSTRACT],
        op::SUBSTRACT => &[op::ADD],
        _ => &[],
    }
}

/// `==` for `_==_`.
fn sign(function: &str) -> &str {
    function.trim_matches('_')
}

fn comprehensions(node: u64, c: &ComprehensionExpr) -> Vec<Variant> {
    let mut out: Vec<_> = variants(&c.iter_range)
        .into_iter()
        .map(|v| {
            v.inside(node, |range| Expr::Comprehension(Box::new(ComprehensionExpr { iter_range: range, ..c.clone() })))
        })
        .collect();
    let (Some(kind), Expr::Call(step)) = (shape::of(c), &c.loop_step.expr) else { return out };
    let Some(body) = step.args.get(shape::body(kind)) else { return out };
    let inside = if kind == Macro::Map { variants(body) } else { condition(body) };
    out.extend(inside.into_iter().map(|v| v.inside(node, |body| with_body(c, step, kind, body))));
    if let Some((to, name)) = other_quantifier(kind) {
        let expr = quantifier(c, body, to);
        out.push(Variant::new(node, format!("`{}` becomes `{name}`", macro_name(kind)), expr));
    }
    out
}

fn with_body(c: &ComprehensionExpr, step: &CallExpr, kind: Macro, body: IdedExpr) -> Expr {
    let mut step = step.clone();
    step.args[shape::body(kind)] = body;
    let loop_step = IdedExpr { id: c.loop_step.id, expr: Expr::Call(step) };
    Expr::Comprehension(Box::new(ComprehensionExpr { loop_step, ..c.clone() }))
}

fn other_quantifier(kind: Macro) -> Option<(bool, &'static str)> {
    match kind {
        Macro::All => Some((false, "exists")),
        Macro::Exists | Macro::ExistsOne => Some((true, "all")),
        Macro::Filter | Macro::Map => None,
    }
}

fn macro_name(kind: Macro) -> &'static str {
    match kind {
        Macro::All => "all",
        Macro::Exists => "exists",
        Macro::ExistsOne => "exists_one",
        Macro::Filter => "filter",
        Macro::Map => "map",
    }
}

/// The same range and body under all() or exists().
fn quantifier(c: &ComprehensionExpr, body: &IdedExpr, all: bool) -> Expr {
    let node = |expr| IdedExpr { id: c.loop_step.id, expr };
    let result = || node(Expr::Ident(c.accu_var.clone()));
    let function = if all { op::LOGICAL_AND } else { op::LOGICAL_OR };
    let step = CallExpr { func_name: function.to_owned(), target: None, args: vec![result(), body.clone()] };
    Expr::Comprehension(Box::new(ComprehensionExpr {
        accu_init: node(Expr::Literal(LiteralValue::Boolean(all.into()))),
        loop_cond: node(Expr::Literal(LiteralValue::Boolean(true.into()))),
        loop_step: node(Expr::Call(step)),
        result: result(),
        ..c.clone()
    }))
}
