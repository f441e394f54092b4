//! Recognises the macros behind comprehension nodes.

use cel::{
    IdedExpr,
    common::ast::{ComprehensionExpr, Expr, LiteralValue, operators as op},
};

/// A macro of CEL that ranges over a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Macro {
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
}

/// Which macro a comprehension was written as.
pub(super) fn of(c: &ComprehensionExpr) -> Option<Macro> {
    let Expr::Call(step) = &c.loop_step.expr else { return None };
    match (step.func_name.as_str(), &c.accu_init.expr) {
        (op::LOGICAL_AND, _) => Some(Macro::All),
        (op::LOGICAL_OR, _) => Some(Macro::Exists),
        (op::CONDITIONAL, Expr::Literal(LiteralValue::Int(_))) => Some(Macro::ExistsOne),
        (op::CONDITIONAL, _) if keeps_the_element(c) => Some(Macro::Filter),
        (op::CONDITIONAL | op::ADD, _) => Some(Macro::Map),
        _ => None,
    }
}

/// The body that a person wrote, as an index into the arguments of the loop step.
pub(super) fn body(kind: Macro) -> usize {
    match kind {
        Macro::All | Macro::Exists => 1,
        Macro::ExistsOne | Macro::Filter => 0,
        Macro::Map => 1,
    }
}

/// The comprehension in `size(list.filter(..))` and `list.filter(..).size()`.
pub(super) fn sized_comprehension(e: &IdedExpr) -> Option<&ComprehensionExpr> {
    let Expr::Call(call) = &e.expr else { return None };
    let inner = call.target.as_deref().or(call.args.first()).filter(|_| call.func_name == "size")?;
    match &inner.expr {
        Expr::Comprehension(c) => Some(c),
        _ => None,
    }
}

fn keeps_the_element(c: &ComprehensionExpr) -> bool {
    let Expr::Call(step) = &c.loop_step.expr else { return false };
    let Some(Expr::Call(add)) = step.args.get(1).map(|e| &e.expr) else { return false };
    let Some(Expr::List(list)) = add.args.get(1).map(|e| &e.expr) else { return false };
    matches!(list.elements.as_slice(), [IdedExpr { expr: Expr::Ident(name), .. }] if *name == c.iter_var)
}
