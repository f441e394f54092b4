//! Lines of coloured words for a terminal: headings, named values, and tables that line up in Chinese too.

use crate::cli::output::safe;

/// How a word is shown. Colour never stands alone: what it says is said in the word, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    Heading,
    Good,
    Weak,
    Bad,
    Undecided,
}

impl Tone {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Heading => "\u{1b}[1m",
            Self::Good => "\u{1b}[32m",
            Self::Weak => "\u{1b}[33m",
            Self::Bad => "\u{1b}[31m",
            Self::Undecided => "\u{1b}[36m",
        }
    }
}

/// A word and its tone. The text may be a stranger's; it is made safe when it is drawn.
#[derive(Clone, Debug, Default)]
pub struct Word {
    pub text: String,
    pub tone: Tone,
}

impl Word {
    pub fn new(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: text.into(), tone }
    }

    pub fn plain(text: impl Into<String>) -> Self {
        Self::new(text, Tone::Plain)
    }

    fn drawn(&self, colours: bool) -> String {
        let text = one_line(&self.text);
        match self.tone {
            tone if colours && tone != Tone::Plain => format!("{}{text}\u{1b}[0m", tone.code()),
            _ => text,
        }
    }

    fn columns(&self) -> usize {
        columns(&one_line(&self.text))
    }
}

/// A stranger's line break may not look like one of ours.
fn one_line(text: &str) -> String {
    safe(text).replace('\n', "\\n").replace('\t', "\\t")
}

/// Columns of a terminal that a text takes: two for what is as wide as it is high.
fn columns(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{20000}'..='\u{3fffd}')
}

/// A page of lines.
#[derive(Debug, Default)]
pub struct Page(Vec<Line>);

/// One line: where each word begins, and the word.
type Line = Vec<(usize, Word)>;

/// Between two columns of a table.
const GAP: usize = 2;
/// Where the lines of a section begin.
const INDENT: usize = 2;

impl Page {
    pub fn heading(&mut self, text: &str) {
        if !self.0.is_empty() {
            self.0.push(Vec::new());
        }
        self.0.push(vec![(0, Word::new(text, Tone::Heading))]);
    }

    /// Names and values, the values below each other.
    pub fn values(&mut self, rows: Vec<(&str, Word)>) {
        self.table(rows.into_iter().map(|(name, value)| vec![Word::plain(name), value]).collect());
    }

    /// Rows whose columns are as wide as their widest word.
    pub fn table(&mut self, rows: Vec<Vec<Word>>) {
        let count = rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            // A last word may be as long as it likes.
            let others = rows.iter().filter(|row| row.len() > column + 1);
            others.map(|row| row[column].columns()).max().unwrap_or(0)
        };
        let mut starts = vec![INDENT];
        for column in 0..count {
            let next = starts[column] + width(column) + if width(column) > 0 { GAP } else { 0 };
            starts.push(next);
        }
        self.0.extend(rows.into_iter().map(|row| starts.iter().copied().zip(row).collect::<Line>()));
    }

    pub fn line(&mut self, word: Word) {
        self.0.push(vec![(INDENT, word)]);
    }

    /// As text, with colours where the reader's terminal has them.
    pub fn drawn(&self, colours: bool) -> String {
        self.0.iter().map(|line| drawn_line(line, colours) + "\n").collect()
    }
}

fn drawn_line(line: &Line, colours: bool) -> String {
    let mut out = String::new();
    let mut at = 0;
    for (start, word) in line.iter().filter(|(_, word)| !word.text.is_empty()) {
        out.push_str(&" ".repeat(start.saturating_sub(at)));
        out.push_str(&word.drawn(colours));
        at = (*start).max(at) + word.columns();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Page, Tone, Word};

    #[test]
    fn columns_line_up_beside_wide_characters() {
        let mut page = Page::default();
        page.values(vec![("名称", Word::plain("一")), ("id", Word::plain("b"))]);
        assert_eq!(page.drawn(false), "  名称  一\n  id    b\n");
    }

    #[test]
    fn a_name_in_a_certificate_cannot_write_lines_or_colours_of_its_own() {
        let mut page = Page::default();
        page.line(Word::new("CN=a\n\u{1b}[32mtrusted", Tone::Bad));
        assert_eq!(page.drawn(false), "  CN=a\\n\\x1b[32mtrusted\n");
        assert_eq!(page.drawn(true), "  \u{1b}[31mCN=a\\n\\x1b[32mtrusted\u{1b}[0m\n");
    }
}
