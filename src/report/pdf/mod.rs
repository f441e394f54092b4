//! Draws the report markup as a tagged, deterministic PDF with our own layout.
