//! jixian (基线): security baseline assessment of government-service subsites.
//!
//! One arrow: inventory, collect, evidence, facts, checks, profiles, grade, report and gate.
//! Everything right of `evidence` is a pure function of recorded inputs.

#![forbid(unsafe_code)]

pub mod model;

pub mod yaml;

pub mod formats;
pub mod inventory;

pub mod evidence;

pub mod collect;
pub mod facts;

pub mod checks;
pub mod profiles;

pub mod grade;

pub mod assess;

pub mod gate;
pub mod report;

pub mod cli;
