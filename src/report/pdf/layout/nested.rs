//! Blocks that hold blocks: lists, framed remarks, and what is kept on one page.

use super::{Frame, Layout, baseline};
use crate::report::pdf::{
    PdfError,
    block::{Block, Callout, List},
    canvas::{Checkpoint, Item, NodeId},
    numbering::Counter,
    theme::{self, BODY, BOTTOM, INK, TOP},
};

struct Saved {
    checkpoint: Checkpoint,
    pages: usize,
    y: f32,
    counter: Counter,
    bookmarks: usize,
}

impl Layout<'_> {
    pub(super) fn list(&mut self, id: Option<&str>, list: &List, frame: Frame) -> Result<(), PdfError> {
        self.need(BODY.leading)?;
        self.anchor(id);
        if frame.depth > 0 {
            self.y -= BODY.leading * 0.2;
        }
        let node = self.canvas.node(frame.node, "L");
        let widest = list.items.len().to_string().len() as f32;
        let indent = if list.ordered { BODY.size * (1.1 + 0.58 * widest) } else { BODY.size * 1.4 };
        for (index, item) in list.items.iter().enumerate() {
            let needed = item.blocks.first().map_or(BODY.leading, |first| self.least_height(first, frame));
            self.need(needed)?;
            self.anchor(item.id.as_deref());
            let entry = self.canvas.node(node, "LI");
            let label = self.canvas.node(entry, "Lbl");
            let mark = match (list.ordered, frame.depth) {
                (true, _) => format!("{}.", index + 1),
                (false, 0) => "•".to_owned(),
                (false, _) => "–".to_owned(),
            };
            self.label(label, &mark, frame.x + if list.ordered { 0.0 } else { BODY.size * 0.35 });
            let body = self.canvas.node(entry, "LBody");
            let inner = Frame { node: body, x: frame.x + indent, width: frame.width - indent, depth: frame.depth + 1 };
            self.flow(&item.blocks, inner)?;
            if item.blocks.is_empty() {
                self.y += BODY.leading;
            }
            self.y -= BODY.leading * 0.24;
        }
        self.y += BODY.leading * 0.35;
        Ok(())
    }

    /// Text at the height of the next line, without moving on.
    fn label(&mut self, node: NodeId, text: &str, x: f32) {
        let shaped = self.shape(text, BODY, false, INK);
        self.one_line(Some(node), &shaped, x, self.y + baseline(BODY));
        self.canvas.unmark();
    }

    pub(super) fn callout(&mut self, id: Option<&str>, callout: &Callout, frame: Frame) -> Result<(), PdfError> {
        const PAD: f32 = 9.0;
        self.need(3.0 * BODY.leading)?;
        self.anchor(id);
        self.canvas.unmark();
        let (first_page, position, top) = (self.canvas.page, self.canvas.position(), self.y);
        self.y += PAD - 2.0;
        let inner = Frame { x: frame.x + PAD + 4.0, width: frame.width - 2.0 * PAD - 4.0, ..frame };
        self.flow(&callout.blocks, inner)?;
        self.canvas.unmark();
        let last_page = self.canvas.page;
        let end = self.y + PAD - 7.0;
        for page in first_page..=last_page {
            let from = if page == first_page { (position, top) } else { (0, TOP - 4.0) };
            let to = if page == last_page { end } else { BOTTOM };
            let ground = [frame.x, from.1, frame.width, to - from.1];
            let edge = [frame.x, from.1, 3.0, to - from.1];
            let items = vec![
                Item::Fill { color: theme::pale(callout.tone), areas: vec![ground] },
                Item::Fill { color: theme::strong(callout.tone), areas: vec![edge] },
            ];
            self.canvas.insert_ground(page, from.0, items);
        }
        self.y = end + 9.0;
        Ok(())
    }

    /// Draws `blocks`, and once more on a new page if they did not fit and a page is enough.
    pub(super) fn keep(&mut self, id: Option<&str>, blocks: &[Block], frame: Frame) -> Result<(), PdfError> {
        self.need(2.0 * BODY.leading)?;
        let saved = self.save();
        self.anchor(id);
        self.flow(blocks, frame)?;
        let broken = self.canvas.pages.len() > saved.pages;
        if broken && saved.y > TOP {
            let too_long = self.canvas.pages.len() > saved.pages + 1;
            if !too_long {
                self.restore(saved);
                self.new_page()?;
                self.anchor(id);
                self.flow(blocks, frame)?;
            }
        }
        Ok(())
    }

    fn save(&mut self) -> Saved {
        Saved {
            checkpoint: self.canvas.checkpoint(),
            pages: self.canvas.pages.len(),
            y: self.y,
            counter: self.counter.clone(),
            bookmarks: self.bookmarks.len(),
        }
    }

    fn restore(&mut self, saved: Saved) {
        self.canvas.roll_back(saved.checkpoint);
        self.y = saved.y;
        self.counter = saved.counter;
        self.bookmarks.truncate(saved.bookmarks);
    }
}
