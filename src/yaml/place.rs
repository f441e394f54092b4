//! Where something stands in a file.

use serde_yaml::granit_parser::{Marker, Span};

/// A place: line and column from 1, in characters, and how many characters of that line it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub line: usize,
    pub column: usize,
    pub width: usize,
}

impl Place {
    pub const START: Self = Self { line: 1, column: 1, width: 0 };

    pub fn of_span(span: &Span) -> Self {
        let width =
            if span.start.line() == span.end.line() { span.end.col().saturating_sub(span.start.col()) } else { 1 };
        Self { width: width.max(1), ..Self::of_marker(&span.start) }
    }

    pub fn of_marker(marker: &Marker) -> Self {
        Self { line: marker.line().max(1), column: marker.col() + 1, width: 1 }
    }

    pub fn at_byte(text: &str, byte: usize) -> Self {
        let before = &text[..byte];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1, width: 1 }
    }
}
