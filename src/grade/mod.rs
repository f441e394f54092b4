//! Item results become rates, risks and a conclusion, by named models. Pure.

mod baseline;
mod ratio;
mod types;

pub use baseline::{Baseline, Letter, baseline_1};
pub use ratio::Ratio;
pub use types::{Basis, Figures, Grade, GradeNote, GradeNoteCode, Word};
