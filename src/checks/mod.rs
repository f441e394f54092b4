//! Loads check YAML, evaluates CEL assertions over facts. Pure.

pub mod expr;
pub mod functions;
pub mod types;

pub use expr::{AssetFacts, Bindings, Expression, Issue, Issues, Mentions, Scope, Step, Unknown};
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
