//! The catalogue's profiles and the judge, seen as a whole.

mod catalogue;
