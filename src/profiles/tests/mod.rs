//! The catalogue's profiles, the judge and the cases of high risk, seen as a whole.

mod cases;
mod catalogue;
mod judged;
mod world;
