//! Loads check YAML, evaluates CEL assertions over facts. Pure.

pub mod expr;
pub mod functions;
pub mod types;

pub use expr::{AssetFacts, Bindings, Expression, Issue, Issues, Mentions, Scope, Step, Unknown};
pub use types::Schema;
