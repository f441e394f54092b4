//! Assessment + policy -> decision. Knows no output format.
