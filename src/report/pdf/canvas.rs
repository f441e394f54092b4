//! Placed items on pages, and the structure tree that says what they are.

mod line;

use crate::report::pdf::{PdfError, block::Target, theme::Rgb};

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
