//! Placed items on pages, and the structure tree that says what they are.

use crate::report::pdf::{
    PdfError,
    block::{Target, Tone},
    linebreak::Line,
    script::{is_han, is_wide},
    shape::{Glyph, Shaped},
    theme::{BADGE_PAD, Rgb, strong},
};

/// Left, top, width and height.
pub(super) type Area = [f32; 4];
pub(super) type NodeId = usize;

/// The node of the whole document.
pub(super) const ROOT: NodeId = 0;

/// One drawing step.
#[derive(Debug)]
pub(super) enum Item {
    /// Begins content that belongs to the structure tree.
    Begin {
        tag: &'static str,
        mcid: u32,
    },
    /// Begins content that a reader aloud skips.
    Artifact,
    End,
    Fill {
        color: Rgb,
        areas: Vec<Area>,
    },
    /// Begins content whose text is given apart, because its spacing would be read as blanks.
    Spaced {
        text: String,
    },
    Shape {
        points: Vec<(f32, f32)>,
        fill: Option<Rgb>,
        stroke: Option<(Rgb, f32)>,
        closed: bool,
    },
    Text {
        x: f32,
        y: f32,
        rotated: bool,
        segments: Vec<Segment>,
    },
}

/// Text of one face, size and colour.
#[derive(Debug)]
pub(super) struct Segment {
    pub face: u8,
    pub size: f32,
    pub color: Rgb,
    /// Extra space behind every character, in points.
    pub tracking: f32,
    /// Text, and how far to move on behind it, in points.
    pub parts: Vec<(String, f32)>,
}

/// A clickable area.
#[derive(Debug)]
pub(super) struct LinkArea {
    pub area: Area,
    pub target: LinkTarget,
}

#[derive(Clone, Debug)]
pub(super) enum LinkTarget {
    Named(Target),
    /// A heading, by its place in the outline.
    Heading(usize),
}

#[derive(Debug, Default)]
pub(super) struct Page {
    pub items: Vec<Item>,
    pub links: Vec<LinkArea>,
    /// The node of each marked content sequence, by its id.
    pub marks: Vec<NodeId>,
}

/// One element of the structure tree.
#[derive(Debug)]
pub(super) struct Node {
    pub tag: &'static str,
    pub parent: NodeId,
    pub kids: Vec<Kid>,
    pub alt: String,
    pub scope: Option<&'static str>,
    pub span: usize,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Kid {
    Content { page: usize, mcid: u32 },
    Node(NodeId),
    Link { page: usize, index: usize },
}

/// Where to go back to when a block turns out not to fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checkpoint {
    pages: usize,
    items: usize,
    links: usize,
    marks: usize,
    nodes: usize,
}

/// How a line of text is set between two edges.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub x: f32,
    /// Baseline.
    pub y: f32,
    /// Width to stretch the line to; `None` leaves it as it is.
    pub justify: Option<f32>,
}

/// A document being drawn.
#[derive(Debug)]
pub(super) struct Canvas {
    pub pages: Vec<Page>,
    pub nodes: Vec<Node>,
    /// The page that is drawn on.
    pub page: usize,
    open: Option<NodeId>,
}

/// More pages than this are refused.
pub(super) const MAX_PAGES: usize = 20_000;
/// A justified line is stretched by at most this many em a gap; looser lines stay ragged.
const MAX_STRETCH: f32 = 0.24;
/// From this many em on, spacing is explained to programs.
const MAX_PLAIN_STRETCH: f32 = 0.08;

impl Canvas {
    pub fn new() -> Self {
        let root = Node { tag: "Document", parent: ROOT, kids: Vec::new(), alt: String::new(), scope: None, span: 1 };
        Self { pages: Vec::new(), nodes: vec![root], page: 0, open: None }
    }

    /// Adds a page at the end and goes to it.
    pub fn new_page(&mut self) -> Result<(), PdfError> {
        self.unmark();
        if self.pages.len() >= MAX_PAGES {
            return Err(PdfError::TooManyPages { limit: MAX_PAGES });
        }
        self.pages.push(Page::default());
        self.page = self.pages.len() - 1;
        Ok(())
    }

    pub fn node(&mut self, parent: NodeId, tag: &'static str) -> NodeId {
        let id = self.nodes.len();
        self.nodes.push(Node { tag, parent, kids: Vec::new(), alt: String::new(), scope: None, span: 1 });
        self.nodes[parent].kids.push(Kid::Node(id));
        id
    }

    /// What follows belongs to `node`, until [`Canvas::unmark`], another mark or the end of the page.
    pub fn mark(&mut self, node: NodeId) {
        if self.open == Some(node) {
            return;
        }
        self.unmark();
        let (number, page) = (self.page, &mut self.pages[self.page]);
        let mcid = page.marks.len() as u32;
        page.marks.push(node);
        page.items.push(Item::Begin { tag: self.nodes[node].tag, mcid });
        self.nodes[node].kids.push(Kid::Content { page: number, mcid });
        self.open = Some(node);
    }

    pub fn unmark(&mut self) {
        if self.open.take().is_some() {
            self.pages[self.page].items.push(Item::End);
        }
    }

    /// Draws what is only decoration.
    pub fn artifact(&mut self, draw: impl FnOnce(&mut Self)) {
        self.unmark();
        self.put(Item::Artifact);
        draw(self);
        self.put(Item::End);
    }

    pub fn put(&mut self, item: Item) {
        self.pages[self.page].items.push(item);
    }

    /// How many items the current page has: a place for [`Canvas::insert_ground`].
    pub fn position(&self) -> usize {
        self.pages[self.page].items.len()
    }

    /// Draws a ground below everything drawn on `page` since `position`, where no mark was open.
    pub fn insert_ground(&mut self, page: usize, position: usize, items: Vec<Item>) {
        let ground = std::iter::once(Item::Artifact).chain(items).chain(std::iter::once(Item::End));
        self.pages[page].items.splice(position..position, ground);
    }

    pub fn link(&mut self, node: NodeId, area: Area, target: LinkTarget) {
        let page = &mut self.pages[self.page];
        page.links.push(LinkArea { area, target });
        let kid = Kid::Link { page: self.page, index: page.links.len() - 1 };
        self.nodes[node].kids.push(kid);
    }

    pub fn checkpoint(&mut self) -> Checkpoint {
        self.unmark();
        let page = self.pages.last();
        Checkpoint {
            pages: self.pages.len(),
            items: page.map_or(0, |page| page.items.len()),
            links: page.map_or(0, |page| page.links.len()),
            marks: page.map_or(0, |page| page.marks.len()),
            nodes: self.nodes.len(),
        }
    }

    /// Undoes everything drawn since `checkpoint`.
    pub fn roll_back(&mut self, checkpoint: Checkpoint) {
        self.open = None;
        self.pages.truncate(checkpoint.pages);
        self.nodes.truncate(checkpoint.nodes);
        let pages = checkpoint.pages;
        if let Some(page) = self.pages.last_mut() {
            page.items.truncate(checkpoint.items);
            page.links.truncate(checkpoint.links);
            page.marks.truncate(checkpoint.marks);
        }
        let kept = |kid: &Kid| match *kid {
            Kid::Node(node) => node < checkpoint.nodes,
            Kid::Content { page, mcid } => {
                page + 1 < pages || (page + 1 == pages && (mcid as usize) < checkpoint.marks)
            }
            Kid::Link { page, index } => page + 1 < pages || (page + 1 == pages && index < checkpoint.links),
        };
        self.nodes.iter_mut().for_each(|node| node.kids.retain(kept));
        self.page = pages.saturating_sub(1);
    }

    /// Draws one line of `shaped` as content of `node`; links become children of it.
    pub fn line(&mut self, node: Option<NodeId>, shaped: &Shaped, line: &Line, setting: Setting) {
        let stretch = setting.justify.map_or(0.0, |width| stretch(shaped, line, width));
        let mut x = setting.x;
        let mut start = line.start;
        while start < line.end {
            let link = shaped.styles[usize::from(shaped.glyphs[start].style)].link;
            let same = |index: &usize| shaped.styles[usize::from(shaped.glyphs[*index].style)].link == link;
            let end = (start..line.end).take_while(same).last().map_or(line.end, |last| last + 1);
            let part = Line { start, end, ..*line };
            x = self.part(node, shaped, (line, part), (x, setting.y, stretch), link);
            start = end;
        }
    }

    /// Draws text of one look with `step` points from character to character.
    pub fn tracked(&mut self, shaped: &Shaped, x: f32, y: f32, step: f32) {
        let Some(glyph) = shaped.glyphs.first() else { return };
        let style = &shaped.styles[usize::from(glyph.style)];
        let text = shaped.glyphs.iter().map(|glyph| glyph.c).collect();
        let tracking = step - glyph.advance;
        let (face, size, color) = (glyph.face, style.size, style.color);
        let segments = vec![Segment { face, size, color, tracking, parts: vec![(text, 0.0)] }];
        self.put(Item::Text { x, y, rotated: false, segments });
    }

    /// Draws the part of a line that has one link, and returns where it ends.
    fn part(
        &mut self,
        node: Option<NodeId>,
        shaped: &Shaped,
        (line, part): (&Line, Line),
        (x, y, stretch): (f32, f32, f32),
        link: Option<usize>,
    ) -> f32 {
        let set = SetLine::new(shaped, line, part, x, stretch);
        if !set.badges.is_empty() {
            // The ground of a label is decoration: its words carry the meaning.
            self.artifact(|canvas| set.badges.iter().for_each(|badge| canvas.put(badge.shape(y))));
        }
        let target = link.and_then(|link| shaped.links.get(link)).zip(node);
        match (target, node) {
            (Some((target, node)), _) => {
                let child = self.node(node, "Link");
                self.mark(child);
                self.put(Item::Text { x: set.x, y, rotated: false, segments: set.segments });
                self.unmark();
                let size = part_size(shaped, &part);
                let area = [set.x, y - size, set.end - set.x, size * 1.3];
                self.link(child, area, LinkTarget::Named(target.clone()));
            }
            (None, node) => {
                if let Some(node) = node {
                    self.mark(node);
                }
                // Wide spacing between letters looks like blanks to programs that extract text.
                let spaced = node.is_some() && stretch > MAX_PLAIN_STRETCH * part_size(shaped, &part);
                if spaced {
                    self.put(Item::Spaced { text: text_of(shaped, &part) });
                }
                self.put(Item::Text { x: set.x, y, rotated: false, segments: set.segments });
                if spaced {
                    self.put(Item::End);
                }
            }
        }
        set.end
    }
}

fn text_of(shaped: &Shaped, part: &Line) -> String {
    shaped.glyphs[part.start..part.end].iter().map(|glyph| glyph.c).collect()
}

fn part_size(shaped: &Shaped, part: &Line) -> f32 {
    shaped.glyphs.get(part.start).map_or(0.0, |glyph| shaped.size_of(glyph))
}

/// Points to add behind each place where a line can be stretched.
fn stretch(shaped: &Shaped, line: &Line, width: f32) -> f32 {
    if line.last || line.end <= line.start + 1 {
        return 0.0;
    }
    let inner = line.start..line.end - 1;
    let gaps = inner.filter(|index| is_gap(shaped, *index)).count();
    let size = shaped.size_of(&shaped.glyphs[line.start]);
    let wanted = (width - line.width) / gaps.max(1) as f32;
    if gaps == 0 || wanted < 0.0 { 0.0 } else { wanted.min(MAX_STRETCH * size) }
}

/// Whether justified text may be stretched behind this glyph.
fn is_gap(shaped: &Shaped, index: usize) -> bool {
    let glyph = &shaped.glyphs[index];
    let next = shaped.glyphs.get(index + 1);
    let stretches = glyph.c == ' ' || is_wide(glyph.c) || is_before_wide(next);
    stretches && shaped.badge_of(glyph).is_none()
}

fn is_before_wide(next: Option<&Glyph>) -> bool {
    next.is_some_and(|next| is_han(next.c))
}

struct BadgeGround {
    left: f32,
    right: f32,
    size: f32,
    tone: Tone,
}

impl BadgeGround {
    fn shape(&self, y: f32) -> Item {
        let area = [self.left, y - self.size * 0.95, self.right - self.left, self.size * 1.3];
        Item::Shape {
            points: rounded(area, self.size * 0.22),
            fill: Some(strong(self.tone)),
            stroke: None,
            closed: true,
        }
    }
}

/// A part of a line with every glyph in its place.
struct SetLine {
    x: f32,
    end: f32,
    segments: Vec<Segment>,
    badges: Vec<BadgeGround>,
}

impl SetLine {
    fn new(shaped: &Shaped, line: &Line, part: Line, x: f32, stretch: f32) -> Self {
        let mut set = Self { x, end: x, segments: Vec::new(), badges: Vec::new() };
        let mut previous = None;
        for index in part.start..part.end {
            let glyph = &shaped.glyphs[index];
            let before =
                if index == line.start { glyph.before.min(BADGE_PAD * shaped.size_of(glyph)) } else { glyph.before };
            let before = before - if index == line.start { shaped.start_squeeze(index) } else { 0.0 };
            if index == part.start {
                set.x += before;
            } else {
                set.move_on(before);
            }
            set.end += before;
            let is_last = index + 1 == line.end;
            let after = if is_last { shaped.after_at_end(glyph) } else { glyph.after };
            let gap = if !is_last && is_gap(shaped, index) { stretch } else { 0.0 };
            set.push(shaped, index, gap, previous);
            set.ground(shaped, index, previous);
            set.move_on(after);
            set.end += glyph.advance + gap + after;
            previous = Some(glyph.style);
        }
        set
    }

    fn push(&mut self, shaped: &Shaped, index: usize, gap: f32, previous: Option<u16>) {
        let glyph = &shaped.glyphs[index];
        let style = &shaped.styles[usize::from(glyph.style)];
        // Blanks are widened by moving on; rows of Han by tracking, which takes less room in the file.
        let tracking = if glyph.c == ' ' { 0.0 } else { gap };
        let fits = self
            .segments
            .last()
            .is_some_and(|last| last.face == glyph.face && last.tracking == tracking && previous == Some(glyph.style));
        if !fits {
            let (size, color) = (style.size, style.color);
            self.segments.push(Segment { face: glyph.face, size, color, tracking, parts: Vec::new() });
        }
        if let Some(segment) = self.segments.last_mut() {
            match segment.parts.last_mut() {
                Some((text, 0.0)) => text.push(glyph.c),
                _ => segment.parts.push((glyph.c.to_string(), 0.0)),
            }
        }
        if glyph.c == ' ' {
            self.move_on(gap);
        }
    }

    /// Moves on by `distance` behind what was last pushed.
    fn move_on(&mut self, distance: f32) {
        if let Some((_, behind)) = self.segments.last_mut().and_then(|segment| segment.parts.last_mut()) {
            *behind += distance;
        }
    }

    fn ground(&mut self, shaped: &Shaped, index: usize, previous: Option<u16>) {
        let glyph = &shaped.glyphs[index];
        let Some(tone) = shaped.badge_of(glyph) else { return };
        let size = shaped.size_of(glyph);
        let right = self.end + glyph.advance + BADGE_PAD * size;
        match self.badges.last_mut().filter(|_| previous == Some(glyph.style)) {
            Some(badge) => badge.right = right,
            None => self.badges.push(BadgeGround { left: self.end - BADGE_PAD * size, right, size, tone }),
        }
    }
}

/// The outline of `area` with round corners.
pub(super) fn rounded([x, y, width, height]: Area, radius: f32) -> Vec<(f32, f32)> {
    let corners = [
        (x + width - radius, y + radius, -90.0f32),
        (x + width - radius, y + height - radius, 0.0),
        (x + radius, y + height - radius, 90.0),
        (x + radius, y + radius, 180.0),
    ];
    let arc = |(cx, cy, from): (f32, f32, f32)| {
        (0..=4).map(move |step| {
            let angle = (from + 22.5 * step as f32).to_radians();
            (cx + radius * angle.cos(), cy + radius * angle.sin())
        })
    };
    corners.into_iter().flat_map(arc).collect()
}
