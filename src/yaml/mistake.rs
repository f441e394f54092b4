//! What is wrong in a file, where, and what would put it right.

use std::fmt;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::model::{Lang, Text};

use super::{Source, mask::masked, place::Place};

pub(super) const SEPARATOR: char = '\u{1f}';

/// Longer lines are cut around the mistake, so that hostile input cannot flood a terminal.
const MAX_LINE: usize = 200;

/// One mistake in one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    pub message: Text,
    pub help: Option<Text>,
    /// The offending line, cut to what a terminal can show; control characters are replaced.
    excerpt: String,
    /// Where in the excerpt the mistake stands, in characters.
    highlight: (usize, usize),
}

impl Mistake {
    pub(super) fn at(source: &Source, place: Place, message: Text, help: Option<Text>) -> Self {
        let line = source.text.lines().nth(place.line - 1).unwrap_or_default();
        let (excerpt, highlight) = cut(&masked(line), place);
        Self { file: source.name.clone(), line: place.line, column: place.column, message, help, excerpt, highlight }
    }

    /// A mistake of the file as a whole, such as one that is missing where a folder should have it.
    pub fn of_file(file: impl Into<String>, message: Text, help: Option<Text>) -> Self {
        let (excerpt, highlight) = (String::new(), (0, 0));
        Self { file: file.into(), line: 1, column: 1, message, help, excerpt, highlight }
    }

    /// Blots out the value in the shown line: a secret that somebody typed must not reach a terminal or a CI log.
    #[must_use]
    pub fn without_value(mut self) -> Self {
        let (start, _) = self.highlight;
        let kept: String = self.excerpt.chars().take(start).collect();
        self.excerpt = kept + "***";
        self.highlight = (start, start + 3);
        self
    }

    /// The mistake as a person reads it: message, place, the offending line and the help.
    pub fn render(&self, lang: Lang, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let path = format!("{}:{}:{}", self.file, self.line, self.column);
        let level = Level::ERROR.with_name(Some(lang.pick("错误", "error")));
        let message = printable(self.message.get(lang));
        let help = self.help.as_ref().map(|help| printable(help.get(lang)));
        if self.excerpt.is_empty() {
            let help = help.map(|help| format!("\n  {}: {help}", lang.pick("建议", "help"))).unwrap_or_default();
            return format!("{}: {message}\n  --> {}{help}", lang.pick("错误", "error"), printable(&path));
        }
        let span = byte(&self.excerpt, self.highlight.0)..byte(&self.excerpt, self.highlight.1);
        let snippet = Snippet::source(&self.excerpt)
            .line_start(self.line)
            .path(printable(&self.file))
            .annotation(AnnotationKind::Primary.span(span));
        let mut group = level.primary_title(message).element(snippet);
        if let Some(help) = help {
            group = group.element(Level::HELP.with_name(Some(lang.pick("建议", "help"))).message(help));
        }
        renderer.render(&[group])
    }

    /// One line without the excerpt, for logs.
    pub fn one_line(&self, lang: Lang) -> String {
        format!("{}:{}:{}: {}", self.file, self.line, self.column, self.message.get(lang))
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Lang::default(), false))
    }
}

impl std::error::Error for Mistake {}

/// All mistakes that one reading could reach, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mistakes(pub Vec<Mistake>);

impl Mistakes {
    pub fn push(&mut self, mistake: Mistake) {
        self.0.push(mistake);
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Mistake> {
        self.0.iter()
    }

    /// `Ok` where there is none; otherwise all of them, sorted by place, each once.
    pub fn or<T>(mut self, value: T) -> Result<T, Self> {
        if self.is_empty() {
            return Ok(value);
        }
        self.sort();
        Err(self)
    }

    pub fn sort(&mut self) {
        self.0.sort_by(|a, b| (&a.file, a.line, a.column, a).cmp(&(&b.file, b.line, b.column, b)));
        self.0.dedup();
    }

    pub fn render(&self, lang: Lang, colour: bool) -> String {
        self.iter().map(|mistake| mistake.render(lang, colour)).collect::<Vec<_>>().join("\n\n")
    }
}

impl Extend<Mistake> for Mistakes {
    fn extend<I: IntoIterator<Item = Mistake>>(&mut self, mistakes: I) {
        self.0.extend(mistakes);
    }
}

impl From<Mistake> for Mistakes {
    fn from(mistake: Mistake) -> Self {
        Self(vec![mistake])
    }
}

impl IntoIterator for Mistakes {
    type Item = Mistake;
    type IntoIter = std::vec::IntoIter<Mistake>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Lang::default(), false))
    }
}

impl std::error::Error for Mistakes {}

/// The part of a line around a place, printable, and where the place is in it.
fn cut(line: &str, place: Place) -> (String, (usize, usize)) {
    let length = line.chars().count();
    let start = (place.column - 1).min(length);
    let end = (start + place.width).min(length).max(start);
    if length <= MAX_LINE {
        return (printable(line), (start, end));
    }
    let from = start.saturating_sub(MAX_LINE / 4);
    let part: String = line.chars().skip(from).take(MAX_LINE).collect();
    let shown = part.chars().count();
    (printable(&part), ((start - from).min(shown), (end - from).min(shown)))
}

/// One character for each, so that columns stay right.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || is_bidi(c) { '\u{fffd}' } else { c }).collect()
}

/// Marks that reorder what a terminal shows.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn byte(text: &str, chars: usize) -> usize {
    text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at)
}
