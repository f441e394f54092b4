//! The table of contents: its pages are reserved before the chapters are laid out and filled in afterwards.

use crate::{
    model::Lang,
    report::pdf::{
        FontBook, PdfError,
        block::{Article, BlockKind},
        canvas::{LinkTarget, NodeId, ROOT, Setting},
        layout::{Layout, baseline, numbered},
        linebreak::{Line, break_lines},
        numbering::Counter,
        shape::{BaseStyle, Shaped},
        theme::{BOTTOM, GREY, HEADINGS, INK, MARGIN, NAVY, PAGE_WIDTH, TEXT_WIDTH, TOP, Type},
    },
};

const ENTRY: Type = Type { size: 10.5, leading: 18.0 };
/// Room for the page number and a few leader dots.
const NUMBER_WIDTH: f32 = 48.0;
const LEVEL_INDENT: f32 = 17.0;
const DOT_STEP: f32 = 4.4;
const ABOVE_CHAPTER: f32 = 5.0;

/// The planned contents.
#[derive(Debug)]
pub(super) struct Contents {
    title: String,
    entries: Vec<Entry>,
    pages: usize,
    first_page: Option<usize>,
    node: NodeId,
}

#[derive(Debug)]
struct Entry {
    /// Place in the outline.
    bookmark: usize,
    level: u8,
    shaped: Shaped,
    lines: Vec<Line>,
    /// Page of the contents, and the top of the first line on it.
    page: usize,
    y: f32,
}

impl Contents {
    /// Plans the contents of `article`, if it asks for them: titles do not depend on page numbers, so the pages needed are known.
    pub fn plan(article: &Article, fonts: &FontBook, lang: Lang) -> Option<Self> {
        let toc = article.blocks.iter().find_map(|block| match &block.kind {
            BlockKind::Toc(toc) => Some(toc),
            _ => None,
        })?;
        let mut counter = Counter::new(lang);
        let mut entries = Vec::new();
        let mut bookmark = 0;
        article.each_heading(&mut |_, heading| {
            let title = numbered(&counter.next(heading.level, heading.numbering), &heading.text, lang);
            if heading.level <= toc.depth {
                let base = BaseStyle { size: ENTRY.size, color: INK, bold: heading.level == 1 };
                let shaped = Shaped::plain(fonts, &title, base);
                let width = TEXT_WIDTH - indent(heading.level) - NUMBER_WIDTH;
                let lines = break_lines(&shaped, width, 0.0);
                entries.push(Entry { bookmark, level: heading.level, shaped, lines, page: 0, y: 0.0 });
            }
            bookmark += 1;
        });
        let pages = place(&mut entries, !toc.title.is_empty());
        Some(Self { title: toc.title.clone(), entries, pages, first_page: None, node: ROOT })
    }

    /// Writes titles, dots and page numbers on the reserved pages.
    pub fn fill(layout: &mut Layout<'_>) {
        let Some(contents) = layout.contents.take() else { return };
        let Some(first) = contents.first_page else { return };
        layout.canvas.page = first;
        layout.y = TOP;
        if !contents.title.is_empty() {
            let title = layout.shape(&contents.title, HEADINGS[0], true, NAVY);
            let node = layout.canvas.node(contents.node, "P");
            layout.one_line(Some(node), &title, MARGIN, TOP + baseline(HEADINGS[0]));
        }
        let list = layout.canvas.node(contents.node, "TOC");
        for entry in &contents.entries {
            layout.canvas.unmark();
            layout.canvas.page = first + entry.page;
            draw(layout, list, entry);
        }
        layout.canvas.unmark();
    }
}

impl Layout<'_> {
    /// Sets the pages of the contents aside.
    pub(super) fn reserve_contents(&mut self) -> Result<(), PdfError> {
        let Some(pages) = self.contents.as_ref().filter(|contents| contents.first_page.is_none()).map(|c| c.pages)
        else {
            return Ok(());
        };
        self.fresh_page()?;
        let node = self.canvas.node(ROOT, "Sect");
        if let Some(contents) = &mut self.contents {
            contents.first_page = Some(self.canvas.page);
            contents.node = node;
        }
        for _ in 0..pages {
            self.new_page()?;
        }
        Ok(())
    }
}

fn indent(level: u8) -> f32 {
    f32::from(level.saturating_sub(1)) * LEVEL_INDENT
}

/// Gives each entry its page and height; returns the number of pages.
fn place(entries: &mut [Entry], titled: bool) -> usize {
    let mut page = 0;
    let mut y = TOP + if titled { 40.0 } else { 0.0 };
    for entry in entries {
        let above = if entry.level == 1 { ABOVE_CHAPTER } else { 0.0 };
        let height = entry.lines.len() as f32 * ENTRY.leading;
        if y + above + height > BOTTOM {
            page += 1;
            y = TOP;
        }
        entry.page = page;
        entry.y = y + above;
        y = entry.y + height;
    }
    page + 1
}

fn draw(layout: &mut Layout<'_>, list: NodeId, entry: &Entry) {
    let Some(target) = layout.bookmarks.get(entry.bookmark).map(|bookmark| bookmark.page) else { return };
    let item = layout.canvas.node(list, "TOCI");
    let link = layout.canvas.node(item, "Link");
    let x = MARGIN + indent(entry.level);
    let mut y = entry.y;
    let mut end = x;
    for line in &entry.lines {
        layout.canvas.line(Some(link), &entry.shaped, line, Setting { x, y: y + baseline(ENTRY), justify: None });
        end = x + line.width;
        y += ENTRY.leading;
    }
    let last = y - ENTRY.leading + baseline(ENTRY);
    let number = layout.shape(&(target + 1).to_string(), ENTRY, entry.level == 1, INK);
    let left = PAGE_WIDTH - MARGIN - number.width();
    layout.one_line(Some(link), &number, left, last);
    layout.canvas.unmark();
    leader(layout, end + 5.0, left - 4.0, last);
    let area = [x, entry.y, PAGE_WIDTH - MARGIN - x, y - entry.y];
    layout.canvas.link(link, area, LinkTarget::Heading(entry.bookmark));
}

/// Dots from `start` to `end`, on one grid for all entries so that they stand in columns.
fn leader(layout: &mut Layout<'_>, start: f32, end: f32, y: f32) {
    let grid = |x: f32| (PAGE_WIDTH - MARGIN - x) / DOT_STEP;
    let (first, last) = (grid(start).floor(), grid(end).ceil());
    if first <= last {
        return;
    }
    let count = (first - last) as usize;
    let x = PAGE_WIDTH - MARGIN - first * DOT_STEP;
    let base = BaseStyle { size: 9.0, color: GREY, bold: false };
    let dots = Shaped::plain(layout.fonts, &".".repeat(count), base);
    layout.canvas.artifact(|canvas| canvas.tracked(&dots, x, y, DOT_STEP));
}
