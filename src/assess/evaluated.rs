//! Facts that wait for the evaluation: what depends on its context, then what named models make of an endpoint.

use crate::{
    facts::{self, EvaluationContext, FactDocument},
    grade,
};

/// Fills them in. `level` is that of the system that an asset is looked at for, where one is declared. A second call with
/// another context gives that context's values.
pub fn at_evaluation(document: &mut FactDocument, context: &EvaluationContext<'_>, level: Option<u8>) {
    facts::at_evaluation(document, context);
    grade::grade_endpoint(&mut document.facts, level);
}
