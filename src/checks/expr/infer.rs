//! What a parsed expression means without running it: the type of every part, the fact paths it mentions, and what is
//! wrong with it.

use cel::IdedExpr;

use crate::checks::types::{Type, join};

use super::{
    Issue, Scope,
    mention::{Mentions, Step},
    walk::Walk,
};

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

    pub fn any() -> Self {
        Self::computed(Type::any())
    }

    pub fn at(root: Root, ty: Type) -> Self {
        Self { places: vec![Place { root, steps: Vec::new() }], ..Self::computed(ty) }
    }

    pub fn step(&self, step: &Step, ty: Type) -> Self {
        let places = self.places.iter().map(|place| {
            let mut steps = place.steps.clone();
            steps.push(step.clone());
            Place { root: place.root, steps }
        });
        Self { places: places.collect(), ..Self::computed(ty) }
    }

    pub fn join(self, other: Self) -> Self {
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
    pub fn empty(scope: &Scope<'_>) -> Self {
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
