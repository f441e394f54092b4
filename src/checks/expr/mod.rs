//! Expressions over facts: the only module that names the CEL engine, so that its traps are closed in one place.

mod bind;
mod calls;
mod infer;
mod mention;
pub(super) mod mutations;
mod parse;
mod ranges;
mod shape;
mod walk;

use std::collections::BTreeMap;

use cel::{IdedExpr, Value as Cel};
use jiff::Timestamp;
use serde_json::Value;

use crate::{
    checks::{
        text,
        types::{Schema, Type},
    },
    model::{Lang, Reason, ReasonCode, Text},
    yaml::did_you_mean,
};

pub use bind::{AssetFacts, Inputs};
pub use mention::{Mentions, Step, Unknown, look_up, unknown_itself};
pub(super) use parse::in_parallel;

/// Longest expression, in bytes.
pub const LENGTH: usize = 4096;
/// Deepest nesting of brackets and of parts.
pub const NESTING: usize = 32;

/// Most elements that are gone through where lists are gone through for every element of other lists.
const STEPS: usize = 4_000_000;

/// A compiled expression: parsed, typed, and with every fact path that it mentions.
#[derive(Debug)]
pub struct Expression {
    text: String,
    ast: IdedExpr,
    ty: Type,
    facts: Mentions,
    it: Mentions,
    params: Vec<String>,
    vacuous: Vec<(Option<infer::Place>, u64)>,
    products: Vec<Vec<infer::Place>>,
}

/// The names that an expression may use.
pub struct Scope<'a> {
    pub schema: &'a Schema,
    /// The declared parameters of a check by name; `None` where there is no `params`.
    pub params: Option<&'a BTreeMap<String, Type>>,
    /// The type of `it` in an assertion with `each`.
    pub it: Option<Type>,
}

/// Something that is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    node: u64,
    /// Line and column inside the expression, from 1.
    pub place: Option<(usize, usize)>,
    pub message: Text,
    pub help: Option<Text>,
}

/// Everything that is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(|issue| issue.message.get(Lang::En)).collect::<Vec<_>>().join("; "))]
pub struct Issues(pub Vec<Issue>);

impl Issues {
    fn one(message: Text) -> Self {
        Self(vec![Issue { node: 0, place: None, message, help: None }])
    }
}

/// A test that holds of an empty list.
pub struct Vacuity {
    /// The list, such as `host.listeners`; `None` where it is computed.
    pub list: Option<String>,
}

impl Expression {
    /// Compiles a boolean expression over the facts of `schema`, without parameters or `it`.
    pub fn compile(text: &str, schema: &Schema) -> Result<Self, Issues> {
        Self::condition(text, &Scope { schema, params: None, it: None })
    }

    /// Compiles an expression that must be a boolean.
    pub fn condition(text: &str, scope: &Scope<'_>) -> Result<Self, Issues> {
        let compiled = Self::value(text, scope)?;
        if matches!(compiled.ty, ref ty if ty.is_any() || *ty == Type::bool()) {
            return Ok(compiled);
        }
        let ty = compiled.ty.describe();
        let zh = format!("表达式的结果必须是布尔值，而不是{}", ty.zh);
        Err(Issues::one(Text::new(zh, format!("the expression must be a boolean, not {}", ty.en))))
    }

    /// Compiles an expression of any type.
    pub fn value(text: &str, scope: &Scope<'_>) -> Result<Self, Issues> {
        parse::on_a_large_stack(|| Self::build(text, scope))
    }

    fn build(text: &str, scope: &Scope<'_>) -> Result<Self, Issues> {
        let (ast, source) = parse::parse(text)?;
        let found = infer::analyse(&ast, scope);
        if !found.issues.is_empty() {
            let issues = found.issues.into_iter().map(|issue| parse::locate(issue, &source));
            return Err(Issues(issues.collect()));
        }
        let vacuous = found.vacuous.into_iter().map(|v| (v.list, v.node)).collect();
        let (ty, facts, it, params, products) = (found.ty, found.facts, found.it, found.params, found.products);
        Ok(Self { text: text.to_owned(), ast, ty, facts, it, params, vacuous, products })
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// The fact paths that it mentions, from the root of the facts.
    pub fn mentions(&self) -> &Mentions {
        &self.facts
    }

    /// The paths that it mentions below `it`.
    pub fn mentions_of_it(&self) -> &Mentions {
        &self.it
    }

    /// The parameters that it reads.
    pub fn params(&self) -> &[String] {
        &self.params
    }

    /// The lists whose emptiness alone makes a test in it hold, and whose size it does not ask.
    pub fn vacuities(&self) -> Vec<Vacuity> {
        self.vacuous.iter().map(|(list, _)| Vacuity { list: list.as_ref().map(infer::path) }).collect()
    }

    /// The first fact that it mentions from the root and that is not known.
    pub fn unknown_fact(&self, facts: &Value) -> Option<Unknown> {
        if self.facts.is_empty() { None } else { self.facts.first_unknown(Some(facts), "") }
    }

    /// The first part of `it` that it mentions and that is not known.
    pub fn unknown_of_it(&self, it: Option<&Value>) -> Option<Unknown> {
        if self.it.is_empty() { None } else { self.it.first_unknown(it, "it") }
    }

    /// Evaluates a condition over facts that are used once; see [`AssetFacts`] for many conditions over the same facts.
    ///
    /// An unknown fact that it mentions gives the reason for that fact, and nothing is run.
    pub fn evaluate(&self, facts: &Value, as_of: Timestamp) -> Result<bool, Reason> {
        self.test(&AssetFacts::new(facts, as_of).inputs(), None)
    }

    /// Evaluates a condition; `it` is the element at hand, if any.
    pub fn test<'a>(&self, inputs: &Inputs<'_, 'a>, it: Option<&'a Value>) -> Result<bool, Reason> {
        match self.run(inputs, it)? {
            Cel::Bool(value) => Ok(value),
            _ => Err(Reason::new(ReasonCode::Evaluation).with("error", "not_boolean")),
        }
    }

    /// Evaluates to a value.
    pub fn compute<'a>(&self, inputs: &Inputs<'_, 'a>, it: Option<&'a Value>) -> Result<Value, Reason> {
        self.run(inputs, it).map(|value| bind::json(&value))
    }

    /// Whether a list is empty whose emptiness alone makes a test in it hold.
    pub fn holds_vacuously(&self, facts: &Value, it: Option<&Value>) -> bool {
        self.vacuous.iter().filter_map(|(list, _)| list.as_ref()).any(|place| match place.root {
            infer::Root::Facts => mention::any_empty(Some(facts), &place.steps),
            infer::Root::It => mention::any_empty(it, &place.steps),
            infer::Root::Params => false,
        })
    }

    /// Why it would take too long: lists of scanned data are gone through for every element of others. `elements` is
    /// how often it is evaluated.
    pub fn too_much(&self, facts: &Value, elements: usize) -> Option<Reason> {
        let count = |place: &infer::Place| match place.root {
            infer::Root::Facts => mention::count(facts, &place.steps),
            // A part of the element at hand: what all elements hold together is no more than the facts themselves.
            infer::Root::It | infer::Root::Params => 1,
        };
        let product = |places: &Vec<infer::Place>| places.iter().map(count).fold(elements, usize::saturating_mul);
        let worst = self.products.iter().find(|places| product(places) > STEPS)?;
        let path = worst.last().map(infer::path).unwrap_or_default();
        Some(Reason::new(ReasonCode::TooLarge).with("path", path))
    }

    /// The same expression with a changed tree; what it mentions stays what the text mentions.
    fn with_tree(&self, ast: IdedExpr) -> Self {
        let (text, ty, params) = (self.text.clone(), self.ty.clone(), self.params.clone());
        let (facts, it, vacuous, products) =
            (self.facts.clone(), self.it.clone(), self.vacuous.clone(), self.products.clone());
        Self { text, ast, ty, facts, it, params, vacuous, products }
    }

    fn run<'a>(&self, inputs: &Inputs<'_, 'a>, it: Option<&'a Value>) -> Result<Cel, Reason> {
        if let Some(unknown) = self.unknown_fact(inputs.json()).or_else(|| self.unknown_of_it(it)) {
            return Err(unknown.reason);
        }
        match self.too_much(inputs.json(), 1) {
            Some(reason) => Err(reason),
            None => inputs.resolve(&self.ast, it),
        }
    }
}

/// The type at `steps` below `root`.
pub(super) fn type_at(root: &Type, steps: &[Step]) -> Option<Type> {
    steps.iter().try_fold(root.clone(), |ty, step| match step {
        Step::Field(name) => ty.field(name),
        Step::Index(_) | Step::Each => ty.element(),
    })
}

/// The nearest of `known` to a misspelt `name`, as help.
fn suggest(name: &str, known: Vec<String>) -> Option<Text> {
    let near = did_you_mean(name, known.iter().map(String::as_str))?;
    Some(text!("是否想写 `{near}`？", "did you mean `{near}`?"))
}

#[cfg(test)]
mod tests;
