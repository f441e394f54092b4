//! Facts as a whole.
