//! Reads the report markup, an XHTML subset, into blocks; anything it does not know is a mistake with its place.
//!
//! The same text is shown in a browser (with a style sheet) and drawn as PDF. It must be well-formed XML with one root
//! `<article>`: no DTD, entities only `&amp; &lt; &gt; &quot; &apos;` and `&#N;`. Text is escaped once, by the
//! template engine. Unknown elements are refused; unknown classes and attributes are left to the style sheet.
//! White space is folded as in HTML, and a line break of the template beside a Chinese character is dropped.
//! Control and direction characters in text are shown as `\x1b` or `\u{202e}`, never obeyed.
//!
//! | element | meaning |
//! |---|---|
//! | `<article data-header-left data-header-right data-watermark>` | root; running header on every page but the cover; pale text across each page (草稿) |
//! | `<section class="cover">` | first page, see below |
//! | `<nav class="toc" data-title="目录" data-depth="2">` | contents with page numbers on own pages; what is inside is for HTML only ([`headings`] gives the entries) |
//! | `<h1> <h2> <h3>` | numbered 1, 1.1, 1.1.1; `class="appendix"` on h1: 附录 A, A.1; `class="plain"`: no number. h1 starts a page unless `data-break="no"`. All are bookmarks |
//! | `<p>` | body text, justified; classes `indent` (first line in by two characters), `note`, `small`, `center`, `end` |
//! | `<ul> <ol> <li>` | lists, nested at most three deep; `<li>` holds text or blocks |
//! | `<table>` | see below |
//! | `<figure class="radar">` | drawn chart, see below |
//! | `<pre>` | code, wrapped; may hold one `<code>` |
//! | `<div class="callout ok">` | framed remark; tone classes as for badges, default `info` |
//! | `<div class="keep">` | kept on one page if it fits on one |
//! | `<div class="signature" data-date="日期">` | each `<p>` inside is the label of a blank signature line, followed by a blank date |
//! | `<div class="pagebreak"/>` | starts a page |
//! | `<section>`, `<div>` without these classes | no effect; an `id` is a link target |
//! | `<b> <strong> <code>` | bold, monospaced |
//! | `<a href="#id">`, `<a href="https://..">` | internal and external links (`http`, `https`, `mailto`; others are drawn as text) |
//! | `<span class="badge ok">` | coloured label: `ok part bad na unknown info`. Colour never stands alone: the text says it |
//! | `<span class="muted">`, `<span class="nowrap">` | grey text; text that is not broken |
//! | `<br/>` | line break |
//!
//! Any block, `<tr>` and `<li>` may have an `id` (unique); a link to an id that does not exist is a mistake.
//!
//! **Cover** (in this order down the page): `<p class="title">`, `<p class="subtitle">`, `<p class="line">`, `<p class="small">`,
//! `<div class="grade ok"><b>B</b> note</div>` (tone class; `<b>` is the large mark), then at the foot of the page
//! `<p class="foot">` and one `<table class="kv">`.
//!
//! **Tables**: `<caption>` (numbered 表 1), `<colgroup><col style="width:30mm"/><col style="width:20%"/><col/></colgroup>` or
//! `data-widths="30 20% auto"` (millimetres), `<thead>` (repeated on each page), `<tbody>`, `<tr>` (`class="group"`: a row that
//! heads the rows below), `<th> <td>` with `colspan`; no `rowspan`. Cell classes `num`/`end` (right), `center`. A cell holds text,
//! `<p>`, `<ul>`, `<pre>`, or `<meter value="68" max="100">` first, a bar with the cell's text behind it.
//! Table classes: `compact` (smaller), `kv` (names in `<th>` of the first column), `plain` (no striped rows).
//! Rows are not split unless taller than a page.
//!
//! **Charts**: `<figure class="KIND" data-alt="what it shows in words" data-max="100" data-unit="%"><data value="68.5">label</data>…
//! <figcaption>numbered 图 1</figcaption></figure>`. KIND is
//! `radar` (3 or more values), `bars` (horizontal), `columns` (upright), `stack` (`data-series="符合:ok 不符合:bad"`, and
//! `value="20 8"`: one number a series), `segments` (one bar; `<data value="20" class="ok">`), `heat`
//! (`data-series="第一季度 第二季度"`, `value="ok bad"`: one tone or `-` a column). The label may also be an attribute `data-label`.

mod chart;
mod flow;
mod inline;
mod table;
pub(super) mod text;

use std::collections::BTreeMap;

use roxmltree::{Document, Node, ParsingOptions};

use crate::{
    model::Lang,
    report::pdf::{
        MarkupProblem, PdfError,
        block::{Article, BlockKind, Heading},
        numbering::Counter,
    },
};

/// More than this is not a report: a table of 10,000 rows is about 3 MB.
pub const MAX_BYTES: usize = 64 << 20;
/// Deepest nesting of elements.
pub const MAX_DEPTH: usize = 32;

/// One heading as it is numbered and listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadingEntry {
    /// 1 to 3.
    pub level: u8,
    /// `2.1`, `附录 A`; empty for plain headings.
    pub number: String,
    pub text: String,
    pub id: Option<String>,
}

/// The headings of a document with their numbers, for the contents of the HTML version.
///
/// # Errors
/// [`PdfError::Markup`] and [`PdfError::MarkupTooLarge`], as when drawing.
pub fn headings(markup: &str, lang: Lang) -> Result<Vec<HeadingEntry>, PdfError> {
    let article = read(markup)?;
    let mut counter = Counter::new(lang);
    let mut entries = Vec::new();
    article.each_heading(&mut |id, heading| {
        let Heading { level, numbering, text } = heading;
        let number = counter.next(*level, *numbering);
        entries.push(HeadingEntry { level: *level, number, text: text.clone(), id: id.map(str::to_owned) });
    });
    Ok(entries)
}

/// Reads and checks a whole document.
pub(super) fn read(markup: &str) -> Result<Article, PdfError> {
    if markup.len() > MAX_BYTES {
        return Err(PdfError::MarkupTooLarge { bytes: markup.len(), limit: MAX_BYTES });
    }
    let safe = text::well_formed(markup);
    let options = ParsingOptions { allow_dtd: false, nodes_limit: 16 << 20, ..ParsingOptions::default() };
    let document = Document::parse_with_options(&safe, options).map_err(|error| not_xml(&error))?;
    let mut reader = Reader::default();
    let article = reader.article(document.root_element()).and_then(|article| {
        reader.check_targets()?;
        Ok(article)
    });
    article.map_err(|mistake| mistake.place(&document))
}

fn not_xml(error: &roxmltree::Error) -> PdfError {
    let at = error.pos();
    PdfError::Markup { line: at.row, column: at.col, problem: MarkupProblem::NotXml(error.to_string()) }
}

/// A mistake at a byte offset, before it is turned into line and column.
struct Mistake {
    offset: usize,
    problem: MarkupProblem,
}

impl Mistake {
    fn at(node: Node<'_, '_>, problem: MarkupProblem) -> Self {
        Self { offset: node.range().start, problem }
    }

    fn unknown(node: Node<'_, '_>, parent: &str) -> Self {
        let tag = node.tag_name().name().to_owned();
        Self::at(node, MarkupProblem::UnknownTag { tag, parent: parent.to_owned() })
    }

    fn place(self, document: &Document<'_>) -> PdfError {
        let at = document.text_pos_at(self.offset);
        PdfError::Markup { line: at.row, column: at.col, problem: self.problem }
    }
}

type Read<T> = Result<T, Mistake>;

/// What is remembered while reading: names given, and names asked for.
#[derive(Default)]
struct Reader {
    ids: BTreeMap<String, usize>,
    targets: Vec<(String, usize)>,
    depth: usize,
}

impl Reader {
    fn article(&mut self, root: Node<'_, '_>) -> Read<Article> {
        if root.tag_name().name() != "article" {
            return Err(Mistake::unknown(root, "the document"));
        }
        let named = |name| text::printable(root.attribute(name).unwrap_or_default()).into_owned();
        Ok(Article {
            header_left: named("data-header-left"),
            header_right: named("data-header-right"),
            watermark: named("data-watermark"),
            blocks: self.flow(root)?,
        })
    }

    /// The element's id, once it is known to be the only one of this name.
    fn id(&mut self, node: Node<'_, '_>) -> Read<Option<String>> {
        let Some(id) = node.attribute("id") else { return Ok(None) };
        if self.ids.insert(id.to_owned(), node.range().start).is_some() {
            return Err(Mistake::at(node, MarkupProblem::DuplicateId(id.to_owned())));
        }
        Ok(Some(id.to_owned()))
    }

    fn check_targets(&self) -> Read<()> {
        match self.targets.iter().find(|(id, _)| !self.ids.contains_key(id)) {
            Some((id, offset)) => Err(Mistake { offset: *offset, problem: MarkupProblem::UnknownTarget(id.clone()) }),
            None => Ok(()),
        }
    }

    /// Runs `read` one level deeper.
    fn deeper<T>(&mut self, node: Node<'_, '_>, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= MAX_DEPTH {
            return Err(Mistake::at(node, MarkupProblem::TooDeep { limit: MAX_DEPTH }));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }
}

fn has_class(node: Node<'_, '_>, class: &str) -> bool {
    node.attribute("class").is_some_and(|classes| classes.split_ascii_whitespace().any(|word| word == class))
}

fn bad_attribute(node: Node<'_, '_>, name: &str, value: &str, expected: &'static str) -> Mistake {
    Mistake::at(node, MarkupProblem::BadAttribute { name: name.to_owned(), value: value.to_owned(), expected })
}

/// A finite number in an attribute, or `default` if the attribute is not there.
fn number(node: Node<'_, '_>, name: &str, default: f32) -> Read<f32> {
    let Some(value) = node.attribute(name) else { return Ok(default) };
    match value.trim().parse::<f32>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err(bad_attribute(node, name, value, "a number")),
    }
}

impl Article {
    /// Calls `each` for every heading in reading order.
    pub fn each_heading<'a>(&'a self, each: &mut dyn FnMut(Option<&'a str>, &'a Heading)) {
        visit(&self.blocks, each);
    }
}

fn visit<'a>(blocks: &'a [super::block::Block], each: &mut dyn FnMut(Option<&'a str>, &'a Heading)) {
    for block in blocks {
        match &block.kind {
            BlockKind::Heading(heading) => each(block.id.as_deref(), heading),
            BlockKind::Keep(inner) => visit(inner, each),
            BlockKind::Callout(callout) => visit(&callout.blocks, each),
            BlockKind::List(list) => list.items.iter().for_each(|item| visit(&item.blocks, each)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
