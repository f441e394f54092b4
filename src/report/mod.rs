//! One view model, then one file a format.

pub mod pdf;
