//! Sets one line of text: stretching, labels and their grounds, links.

use super::{Canvas, Item, LinkTarget, NodeId, Segment, Setting, rounded};
use crate::report::pdf::{
    block::Tone,
    linebreak::Line,
    script::{is_han, is_wide},
    shape::{Glyph, Shaped},
    theme::{BADGE_PAD, strong},
};

/// A justified line is stretched by at most this many em a gap; looser lines stay as they are.
const MAX_STRETCH: f32 = 0.26;
/// From this many em on, spacing is explained to programs.
const MAX_PLAIN_STRETCH: f32 = 0.08;

impl Canvas {
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
    // Latin words alone would be torn apart: such lines stay ragged.
    let han = shaped.glyphs[line.start..line.end].iter().any(|glyph| is_han(glyph.c));
    if !han || gaps == 0 || wanted < 0.0 || wanted > MAX_STRETCH * size { 0.0 } else { wanted }
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
