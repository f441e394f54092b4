//! The `jixian` command.

fn main() {}
