//! Text with its looks: white space folded, links and labels resolved.

use roxmltree::Node;

use super::{Mistake, Read, Reader, has_class, text};
use crate::report::pdf::{
    block::{Look, Run, Runs, Target, Tone},
    script::is_wide,
};

/// Elements that may stand inside a line of text.
pub(super) fn is_inline(node: Node<'_, '_>) -> bool {
    node.is_text() || matches!(node.tag_name().name(), "b" | "strong" | "code" | "a" | "span" | "br")
}

impl Reader {
    /// Everything inside `node` as one line of text.
    pub(super) fn runs(&mut self, node: Node<'_, '_>, look: &Look) -> Read<Runs> {
        let mut line = LineBuilder::default();
        self.inline_children(node, look, &mut line)?;
        Ok(line.finish())
    }

    /// All text inside `node` on one line, without looks.
    pub(super) fn plain(&mut self, node: Node<'_, '_>) -> Read<String> {
        let runs = self.runs(node, &Look::default())?;
        Ok(runs.into_iter().map(|run| run.text.replace('\n', " ")).collect())
    }

    fn inline_children(&mut self, node: Node<'_, '_>, look: &Look, line: &mut LineBuilder) -> Read<()> {
        node.children().try_for_each(|child| self.inline(child, node.tag_name().name(), look, line))
    }

    /// Adds a text node or an inline element to `line`.
    pub(super) fn inline(&mut self, node: Node<'_, '_>, parent: &str, look: &Look, line: &mut LineBuilder) -> Read<()> {
        if let Some(content) = node.text().filter(|_| node.is_text()) {
            line.push(content, look);
            return Ok(());
        }
        if !node.is_element() {
            return Ok(());
        }
        let mut inner = look.clone();
        match node.tag_name().name() {
            "b" | "strong" => inner.bold = true,
            "code" => inner.mono = true,
            "a" => inner.link = self.target(node),
            "span" => style_span(node, &mut inner),
            "br" => {
                line.line_break();
                return Ok(());
            }
            _ => return Err(Mistake::unknown(node, parent)),
        }
        self.deeper(node, |reader| reader.inline_children(node, &inner, line))
    }

    fn target(&mut self, node: Node<'_, '_>) -> Option<Target> {
        let href = node.attribute("href")?;
        if let Some(id) = href.strip_prefix('#') {
            self.targets.push((id.to_owned(), node.range().start));
            return Some(Target::Id(id.to_owned()));
        }
        let known = ["http://", "https://", "mailto:"].iter().any(|scheme| href.starts_with(scheme));
        let plain = href.bytes().all(|byte| byte.is_ascii_graphic()) && href.len() <= MAX_URI;
        (known && plain).then(|| Target::Uri(href.to_owned()))
    }
}

/// Longer addresses are drawn as text.
const MAX_URI: usize = 2048;

fn style_span(node: Node<'_, '_>, look: &mut Look) {
    look.muted |= has_class(node, "muted");
    look.nowrap |= has_class(node, "nowrap");
    if has_class(node, "badge") {
        look.badge = Some(node.attribute("class").and_then(Tone::of_class).unwrap_or(Tone::Unknown));
    }
}

/// Collects runs and folds white space across their borders.
#[derive(Default)]
pub(super) struct LineBuilder {
    runs: Runs,
    last: Option<char>,
    space: Space,
    /// The look of the text that the white space stands in.
    space_look: Look,
}

/// White space that was seen and may still turn out to stand at an end.
#[derive(Clone, Copy, Default, PartialEq)]
enum Space {
    #[default]
    None,
    Blank,
    /// With a line feed of the template in it.
    LineFeed,
}

impl LineBuilder {
    pub fn push(&mut self, content: &str, look: &Look) {
        for c in text::printable(content).chars() {
            if text::is_folded(c) {
                let seen = if c == '\n' { Space::LineFeed } else { Space::Blank };
                if self.space == Space::None {
                    self.space_look = look.clone();
                }
                self.space = if self.space == Space::LineFeed { Space::LineFeed } else { seen };
            } else {
                self.put_space(c);
                self.put(c, look);
            }
        }
    }

    pub fn line_break(&mut self) {
        self.space = Space::None;
        if !self.runs.is_empty() {
            self.put('\n', &Look::default());
        }
    }

    /// The runs so far, without white space or line breaks at the end.
    pub fn finish(&mut self) -> Runs {
        self.space = Space::None;
        self.last = None;
        let mut runs = std::mem::take(&mut self.runs);
        while let Some(run) = runs.last_mut() {
            run.text.truncate(run.text.trim_end_matches(['\n', ' ']).len());
            if !run.text.is_empty() {
                break;
            }
            runs.pop();
        }
        runs
    }

    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    fn put_space(&mut self, next: char) {
        let space = std::mem::take(&mut self.space);
        let Some(last) = self.last.filter(|last| *last != '\n') else { return };
        let dropped = space == Space::LineFeed && (is_wide(last) || is_wide(next));
        if space != Space::None && !dropped {
            // The blank between plain text and a label belongs to the text.
            let plain = Look { badge: None, ..std::mem::take(&mut self.space_look) };
            self.put(' ', &plain);
        }
    }

    fn put(&mut self, c: char, look: &Look) {
        self.last = Some(c);
        match self.runs.last_mut() {
            Some(run) if run.look == *look => run.text.push(c),
            _ => self.runs.push(Run { text: c.to_string(), look: look.clone() }),
        }
    }
}
