//! The pipeline on one page, for one subsite at a time; replay and diff beside it.
