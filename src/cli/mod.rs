//! Flags -> requests -> calls -> exit code.
