//! Typed facts from artifacts and from the inventory as sealed; each value is known or says why not. Pure.

pub mod host;
