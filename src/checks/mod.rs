//! Loads check YAML, evaluates CEL assertions over facts. Pure.

mod cases;
mod check;
mod evaluate;
pub mod expr;
pub mod functions;
mod lint;
mod load;
mod misfits;
mod mutate;
mod outcome;
mod params;
mod references;
pub mod render;
mod type_reader;
pub mod types;

pub use cases::{Broken, CaseReport};
pub use check::{Assertion, Case, Check, CheckKind, Each, Empty, Expected, Remedy, Shown};
pub use evaluate::FINDINGS;
pub use expr::{AssetFacts, Expression, Inputs, Issue, Issues, Mentions, Scope, Step, Unknown};
pub use lint::{author_schema, lint, lint_typed};
pub use load::CheckSet;
pub use mutate::{MutationReport, Survivor};
pub use outcome::{Finding, Outcome};
pub use params::{Param, ParamMistake, ParamType, Params};
pub use types::Schema;

/// A [`Text`](crate::model::Text) from two format strings over the same arguments.
macro_rules! text {
    ($zh:literal, $en:literal) => {
        crate::model::Text::new(format!($zh), format!($en))
    };
    ($zh:literal, $en:literal; $($arg:expr),+) => {
        crate::model::Text::new(format!($zh, $($arg),+), format!($en, $($arg),+))
    };
}
use text;

#[cfg(test)]
mod tests;
