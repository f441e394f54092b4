//! Puts blocks on pages, one after the other: page breaks, headings, paragraphs, lists and boxes.

mod nested;

use std::collections::BTreeMap;

use crate::{
    model::Lang,
    report::pdf::{
        FontBook, PdfError,
        block::{Align, Article, Block, BlockKind, Heading, Para, ParaKind, Runs},
        canvas::{Canvas, Item, NodeId, ROOT, Setting},
        contents::Contents,
        linebreak::{Line, break_lines},
        numbering::Counter,
        shape::{BaseStyle, Shaped},
        theme::{self, BODY, BOTTOM, HEADINGS, INK, MARGIN, NAVY, TEXT_WIDTH, TOP, Type},
    },
};

/// From the last line of a chapter's heading to what follows, with its rule between.
const AFTER_CHAPTER: f32 = 14.0;

/// A bookmark, which is also an entry of the contents.
#[derive(Clone, Debug)]
pub(super) struct Bookmark {
    pub level: u8,
    /// Number and text as shown.
    pub title: String,
    pub page: usize,
    pub y: f32,
}

/// A document with everything in its place.
pub(super) struct LaidOut {
    pub canvas: Canvas,
    pub bookmarks: Vec<Bookmark>,
    /// Page and height of each id.
    pub anchors: BTreeMap<String, (usize, f32)>,
    /// Pages without header and footer: the cover.
    pub bare_pages: Vec<usize>,
}

/// Lays out a whole document.
pub(super) fn lay_out(article: &Article, fonts: &FontBook, lang: Lang) -> Result<LaidOut, PdfError> {
    let mut layout = Layout::new(fonts, lang);
    layout.contents = Contents::plan(article, fonts, lang);
    layout.flow(&article.blocks, Frame { node: ROOT, x: MARGIN, width: TEXT_WIDTH, depth: 0 })?;
    layout.canvas.unmark();
    if layout.canvas.pages.is_empty() {
        layout.new_page()?;
    }
    Contents::fill(&mut layout);
    layout.drop_empty_page();
    Ok(LaidOut {
        canvas: layout.canvas,
        bookmarks: layout.bookmarks,
        anchors: layout.anchors,
        bare_pages: layout.bare_pages,
    })
}

/// Where blocks go: the column they fill and the node that they belong to.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub node: NodeId,
    pub x: f32,
    pub width: f32,
    /// Nesting of lists.
    pub depth: usize,
}

/// The state of laying out.
pub(super) struct Layout<'a> {
    pub fonts: &'a FontBook,
    pub lang: Lang,
    pub canvas: Canvas,
    /// Where the next block begins on the current page.
    pub y: f32,
    pub counter: Counter,
    pub contents: Option<Contents>,
    pub bookmarks: Vec<Bookmark>,
    pub bare_pages: Vec<usize>,
    anchors: BTreeMap<String, (usize, f32)>,
}

impl<'a> Layout<'a> {
    fn new(fonts: &'a FontBook, lang: Lang) -> Self {
        Self {
            fonts,
            lang,
            canvas: Canvas::new(),
            y: TOP,
            counter: Counter::new(lang),
            contents: None,
            bookmarks: Vec::new(),
            bare_pages: Vec::new(),
            anchors: BTreeMap::new(),
        }
    }

    /// Drops a last page on which nothing came to stand.
    fn drop_empty_page(&mut self) {
        let last = self.canvas.pages.len() - 1;
        let named = self.anchors.values().any(|(page, _)| *page == last);
        if last > 0 && self.canvas.pages[last].items.is_empty() && !named {
            self.canvas.pages.pop();
        }
    }

    pub fn new_page(&mut self) -> Result<(), PdfError> {
        self.canvas.new_page()?;
        self.y = TOP;
        Ok(())
    }

    /// Starts a page unless the current one is still empty.
    pub fn fresh_page(&mut self) -> Result<(), PdfError> {
        let used = self.canvas.pages.last().is_none_or(|page| !page.items.is_empty());
        if used || self.bare_pages.last() == Some(&self.canvas.page) { self.new_page() } else { Ok(()) }
    }

    /// Makes sure that `height` points are free, on a new page if need be.
    pub fn need(&mut self, height: f32) -> Result<(), PdfError> {
        if self.canvas.pages.is_empty() || (self.y + height > BOTTOM + 0.01 && self.y > TOP) {
            return self.new_page();
        }
        Ok(())
    }

    pub fn room(&self) -> f32 {
        if self.canvas.pages.is_empty() { 0.0 } else { BOTTOM - self.y }
    }

    /// Adds space, except at the top of a page.
    pub fn gap(&mut self, height: f32) {
        if self.y > TOP {
            self.y += height;
        }
    }

    /// Remembers that `id` is here.
    pub fn anchor(&mut self, id: Option<&str>) {
        if let Some(id) = id {
            self.anchors.insert(id.to_owned(), (self.canvas.page, self.y));
        }
    }

    pub fn flow(&mut self, blocks: &[Block], frame: Frame) -> Result<(), PdfError> {
        for (index, block) in blocks.iter().enumerate() {
            self.block(block, blocks.get(index + 1), frame)?;
        }
        Ok(())
    }

    fn block(&mut self, block: &Block, next: Option<&Block>, frame: Frame) -> Result<(), PdfError> {
        let id = block.id.as_deref();
        match &block.kind {
            BlockKind::Anchor => {
                self.need(2.0 * BODY.leading)?;
                self.anchor(id);
                Ok(())
            }
            BlockKind::Callout(callout) => self.callout(id, callout, frame),
            BlockKind::Code(text) => self.code(id, text, frame),
            BlockKind::Cover(parts) => self.cover(parts),
            BlockKind::Figure(figure) => self.figure(id, figure, frame),
            BlockKind::Heading(heading) => self.heading(id, heading, next, frame),
            BlockKind::Keep(inner) => self.keep(id, inner, frame),
            BlockKind::List(list) => self.list(id, list, frame),
            BlockKind::PageBreak => self.fresh_page(),
            BlockKind::Para(para) => self.para(id, para, frame),
            BlockKind::Signature(signature) => self.signature(id, signature, frame),
            BlockKind::Table(table) => self.table(id, table, frame),
            BlockKind::Toc(_) => self.reserve_contents(),
        }
    }

    fn heading(
        &mut self,
        id: Option<&str>,
        heading: &Heading,
        next: Option<&Block>,
        frame: Frame,
    ) -> Result<(), PdfError> {
        let number = self.counter.next(heading.level, heading.numbering);
        let title = numbered(&number, &heading.text, self.lang);
        let style = HEADINGS[usize::from(heading.level.clamp(1, 3)) - 1];
        let shaped = self.shape(&title, style, true, NAVY);
        let lines = break_lines(&shaped, frame.width, 0.0);
        let above = [10.0, 11.0, 8.0][usize::from(heading.level.clamp(1, 3)) - 1];
        let height = lines.len() as f32 * style.leading + if heading.level == 1 { AFTER_CHAPTER } else { 5.0 };
        self.gap(above);
        self.need(height + next.map_or(0.0, |next| self.least_height(next, frame)))?;
        self.anchor(id);
        self.bookmarks.push(Bookmark { level: heading.level, title, page: self.canvas.page, y: self.y });
        let node = self.canvas.node(frame.node, ["H1", "H2", "H3"][usize::from(heading.level.clamp(1, 3)) - 1]);
        self.lines(node, &shaped, &lines, Flow { x: frame.x, width: frame.width, ..Flow::ragged(style) })?;
        if heading.level == 1 {
            let area = [frame.x, self.y + 4.0, frame.width, 1.2];
            self.canvas.artifact(|canvas| canvas.put(Item::Fill { color: NAVY, areas: vec![area] }));
            self.y += AFTER_CHAPTER;
        } else {
            self.y += 5.0;
        }
        Ok(())
    }

    fn para(&mut self, id: Option<&str>, para: &Para, frame: Frame) -> Result<(), PdfError> {
        let (style, color) = para_style(para.kind);
        let shaped = self.shape_runs(&para.runs, style, false, color);
        let indent = if para.indent { 2.0 * style.size } else { 0.0 };
        let lines = break_lines(&shaped, frame.width, indent);
        let node = self.canvas.node(frame.node, "P");
        let justify = para.align == Align::Start;
        let flow = Flow { x: frame.x, width: frame.width, indent, justify, align: para.align, style };
        self.need(style.leading * lines.len().min(2) as f32)?;
        self.anchor(id);
        self.lines(node, &shaped, &lines, flow)?;
        self.y += style.leading * 0.42;
        Ok(())
    }

    /// Draws lines down the page, over page ends if need be, without a single line on either side of one.
    pub fn lines(&mut self, node: NodeId, shaped: &Shaped, lines: &[Line], flow: Flow) -> Result<(), PdfError> {
        let mut done = 0;
        while done < lines.len() {
            let count = self.lines_that_fit(lines.len() - done, flow.style.leading);
            if count == 0 {
                self.new_page()?;
                continue;
            }
            for (index, line) in lines[done..done + count].iter().enumerate() {
                let indent = if done + index == 0 { flow.indent } else { 0.0 };
                self.text_line(node, shaped, line, flow, indent);
            }
            done += count;
        }
        self.canvas.unmark();
        Ok(())
    }

    fn lines_that_fit(&self, left: usize, leading: f32) -> usize {
        let room = ((self.room() + 0.01) / leading).floor().max(0.0) as usize;
        if room >= left {
            return left;
        }
        let at_top = self.y <= TOP;
        match (room, left - room) {
            _ if at_top => room.max(1),
            (0 | 1, _) => 0,
            (2, 1) => 0,
            (room, 1) => room - 1,
            (room, _) => room,
        }
    }

    fn text_line(&mut self, node: NodeId, shaped: &Shaped, line: &Line, flow: Flow, indent: f32) {
        let free = flow.width - indent - line.width;
        let shift = match flow.align {
            Align::Start => 0.0,
            Align::Center => free / 2.0,
            Align::End => free,
        };
        let y = self.y + baseline(flow.style);
        let justify = flow.justify.then_some(flow.width - indent);
        self.canvas.line(Some(node), shaped, line, Setting { x: flow.x + indent + shift, y, justify });
        self.y += flow.style.leading;
    }

    /// The least height that a block should have below a heading.
    fn least_height(&self, block: &Block, frame: Frame) -> f32 {
        match &block.kind {
            BlockKind::Para(para) => para_style(para.kind).0.leading * 2.0,
            BlockKind::Heading(heading) => HEADINGS[usize::from(heading.level.clamp(1, 3)) - 1].leading + 40.0,
            BlockKind::Figure(figure) => self.figure_height(figure, frame),
            BlockKind::Table(table) => self.table_start_height(table, frame),
            BlockKind::List(_) | BlockKind::Code(_) => 2.0 * BODY.leading,
            BlockKind::Callout(_) | BlockKind::Signature(_) => 60.0,
            BlockKind::Keep(inner) => inner.first().map_or(0.0, |first| self.least_height(first, frame)),
            BlockKind::Anchor | BlockKind::Cover(_) | BlockKind::PageBreak | BlockKind::Toc(_) => 0.0,
        }
    }

    pub fn shape(&self, text: &str, style: Type, bold: bool, color: theme::Rgb) -> Shaped {
        Shaped::plain(self.fonts, text, BaseStyle { size: style.size, color, bold })
    }

    pub fn shape_runs(&self, runs: &Runs, style: Type, bold: bool, color: theme::Rgb) -> Shaped {
        Shaped::new(self.fonts, runs, BaseStyle { size: style.size, color, bold })
    }

    /// Draws text as one unbroken line and returns its width.
    pub fn one_line(&mut self, node: Option<NodeId>, shaped: &Shaped, x: f32, y: f32) -> f32 {
        let width = shaped.width();
        let line = Line { start: 0, end: shaped.glyphs.len(), width, last: true };
        self.canvas.line(node, shaped, &line, Setting { x, y, justify: None });
        width
    }
}

/// How lines are set.
#[derive(Clone, Copy)]
pub(super) struct Flow {
    pub x: f32,
    pub width: f32,
    pub indent: f32,
    pub justify: bool,
    pub align: Align,
    pub style: Type,
}

impl Flow {
    /// Lines as they are, from the left.
    pub fn ragged(style: Type) -> Self {
        Self { x: MARGIN, width: TEXT_WIDTH, indent: 0.0, justify: false, align: Align::Start, style }
    }
}

/// Distance from the top of a line to its baseline: the ink of Han stands in the middle.
pub(super) fn baseline(style: Type) -> f32 {
    style.leading / 2.0 + style.size * 0.36
}

/// `2.1　范围` or `2.1  Scope`.
pub(super) fn numbered(number: &str, text: &str, lang: Lang) -> String {
    if number.is_empty() { text.to_owned() } else { format!("{number}{}{text}", lang.pick("\u{3000}", "\u{a0}\u{a0}")) }
}

fn para_style(kind: ParaKind) -> (Type, theme::Rgb) {
    match kind {
        ParaKind::Body => (BODY, INK),
        ParaKind::Note => (theme::NOTE, theme::GREY),
        ParaKind::Small => (theme::SMALL, INK),
    }
}
