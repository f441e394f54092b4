//! What is read of archives that are as they should be, and of those that are not.

mod contents;
mod directory;
mod end;
mod hostile;
mod local;
mod names;
mod plain;
