//! Breaks shaped text into lines: UAX 14 with Chinese rules, no lonely last character, long words cut where they must be.

use crate::report::pdf::{
    script::{closes, is_han, is_wide, no_line_end, no_line_start},
    shape::{Glyph, Shaped},
};

/// A line as a range of glyphs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    pub start: usize,
    /// One behind the last glyph that is drawn: no white space at the end.
    pub end: usize,
    /// Natural width, without stretching.
    pub width: f32,
    /// Ends a paragraph or stands before a forced break: not justified.
    pub last: bool,
}

/// Lines of at most `width` points; the first is shorter by `indent`.
pub(super) fn break_lines(shaped: &Shaped, width: f32, indent: f32) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (index, glyph) in shaped.glyphs.iter().enumerate() {
        if glyph.c == '\n' {
            paragraph(shaped, start, index, width, if lines.is_empty() { indent } else { 0.0 }, &mut lines);
            start = index + 1;
        }
    }
    let end = shaped.glyphs.len();
    if start < end || lines.is_empty() {
        paragraph(shaped, start, end, width, if lines.is_empty() { indent } else { 0.0 }, &mut lines);
    }
    lines
}

/// Widest line that the text has without any breaks but forced ones.
pub(super) fn natural_width(shaped: &Shaped) -> f32 {
    break_lines(shaped, f32::MAX / 4.0, 0.0).iter().map(|line| line.width).fold(0.0, f32::max)
}

fn paragraph(shaped: &Shaped, start: usize, end: usize, width: f32, indent: f32, lines: &mut Vec<Line>) {
    let first = lines.len();
    let mut from = start;
    let mut room = width - indent;
    loop {
        let next = fill(shaped, from, end, room);
        lines.push(line(shaped, from, next, next >= end));
        if next >= end {
            break;
        }
        from = next;
        room = width;
    }
    keep_company(shaped, &mut lines[first..]);
}

/// Where the line that starts at `from` ends: the index of the next line's first glyph.
fn fill(shaped: &Shaped, from: usize, end: usize, room: f32) -> usize {
    let mut x = -shaped.start_squeeze(from);
    let mut last_break = None;
    for index in from..end {
        let glyph = &shaped.glyphs[index];
        if index > from && glyph.may_break {
            last_break = Some(index);
        }
        let needed = if glyph.c == ' ' { 0.0 } else { glyph.before + glyph.advance - shaped.end_squeeze(glyph) };
        if x + needed > room + 0.01 && index > from && glyph.c != ' ' {
            return choose_break(shaped, from, index, last_break, end, room);
        }
        x += glyph.before + glyph.advance + glyph.after;
    }
    end
}

/// Glyph `over` does not fit any more: break at the last chance, or cut a word that is longer than a line.
fn choose_break(shaped: &Shaped, from: usize, over: usize, last_break: Option<usize>, end: usize, room: f32) -> usize {
    let Some(chance) = last_break else {
        return cut(shaped, from, over).or_else(|| hang(shaped, over, end)).unwrap_or(over);
    };
    let cut_gains = over - chance >= MIN_CUT && is_longer_than(shaped, chance, end, room);
    if cut_gains { cut(shaped, chance + 1, over).unwrap_or(chance) } else { chance }
}

/// A cut leaves at least this many characters on the line, or it is not worth it.
const MIN_CUT: usize = 6;
/// Most punctuation that hangs over the end of a line where nothing else keeps it from the start of the next.
const MAX_HANG: usize = 2;

/// A break inside a word, at `over` or as little before it as the rules for line starts and ends allow.
fn cut(shaped: &Shaped, from: usize, over: usize) -> Option<usize> {
    (from + 1..=over).rev().find(|index| may_cut(shaped, *index))
}

/// A line that is too narrow for a character and the punctuation behind it: the punctuation hangs over its end, into
/// the padding of a cell, as Chinese setting does (CLREQ); it never begins a line.
fn hang(shaped: &Shaped, over: usize, end: usize) -> Option<usize> {
    let ends = |index: usize| index == end || shaped.glyphs[index].may_break || may_cut(shaped, index);
    (over + 1..=(over + MAX_HANG).min(end)).find(|index| ends(*index))
}

fn may_cut(shaped: &Shaped, index: usize) -> bool {
    let (before, after) = (shaped.glyphs[index - 1].c, shaped.glyphs[index].c);
    !no_line_end(before) && !no_line_start(after)
}

/// Whether the word at `from` needs more than a whole line.
fn is_longer_than(shaped: &Shaped, from: usize, end: usize, room: f32) -> bool {
    let mut x = 0.0;
    for index in from..end {
        let glyph = &shaped.glyphs[index];
        if index > from && glyph.may_break {
            return false;
        }
        x += glyph.before + glyph.advance + glyph.after;
        if x > room {
            return true;
        }
    }
    false
}

fn line(shaped: &Shaped, start: usize, next: usize, last: bool) -> Line {
    let mut end = next;
    while end > start && shaped.glyphs[end - 1].c == ' ' {
        end -= 1;
    }
    Line { start, end, width: width_of(shaped, start, end), last }
}

fn width_of(shaped: &Shaped, start: usize, end: usize) -> f32 {
    let glyphs = &shaped.glyphs[start..end];
    let Some((last, inner)) = glyphs.split_last() else { return 0.0 };
    let inner: f32 = inner.iter().map(|glyph| glyph.before + glyph.advance + glyph.after).sum();
    inner + last.before + last.advance + shaped.after_at_end(last) - shaped.start_squeeze(start)
}

/// Gives a single Han character on a last line a neighbour from the line before.
fn keep_company(shaped: &Shaped, lines: &mut [Line]) {
    let [.., before, last] = lines else { return };
    if !is_lonely(&shaped.glyphs[last.start..last.end]) {
        return;
    }
    let lowest = before.start + (before.end - before.start) / 2;
    let earlier = (lowest.max(before.start + 1)..last.start).rev().find(|index| shaped.glyphs[*index].may_break);
    let Some(split) = earlier else { return };
    let moved = line(shaped, split, last.end, last.last);
    if moved.width <= before.width {
        *before = line(shaped, before.start, split, false);
        *last = moved;
    }
}

fn is_lonely(glyphs: &[Glyph]) -> bool {
    let letters = glyphs.iter().filter(|glyph| !closes(glyph.c) && !no_line_start(glyph.c)).count();
    let wide = glyphs.first().is_some_and(|glyph| is_han(glyph.c) || is_wide(glyph.c));
    wide && letters <= 1
}

#[cfg(test)]
mod tests;
