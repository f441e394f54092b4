//! Text becomes glyphs with widths, spacing and places where a line may end.

use unicode_linebreak::{BreakOpportunity, linebreaks};

use crate::report::pdf::{
    block::{Run, Target, Tone},
    designation,
    fonts::{FontBook, Role},
    script::{closes, is_han, is_shared_punctuation, is_wide, no_line_end, no_line_start, opens},
    theme::{BADGE_GAP, BADGE_PAD, BADGE_SCALE, GREY, LINK, MONO_SCALE, Rgb, SCRIPT_GAP, WHITE},
};

/// What text looks like where its markup says nothing else.
#[derive(Clone, Copy, Debug)]
pub(super) struct BaseStyle {
    pub size: f32,
    pub color: Rgb,
    pub bold: bool,
}

/// The look of a run of glyphs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct GlyphStyle {
    pub role: Role,
    pub size: f32,
    pub color: Rgb,
    pub badge: Option<Tone>,
    /// Index into [`Shaped::links`].
    pub link: Option<usize>,
    nowrap: bool,
}

/// One placed character.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    pub c: char,
    /// Index into [`Shaped::styles`].
    pub style: u16,
    pub face: u8,
    pub advance: f32,
    /// Extra space before and after, inside a line.
    pub before: f32,
    pub after: f32,
    /// A curly quote among Latin letters.
    pub narrow: bool,
    /// A line may end before this character.
    pub may_break: bool,
}

/// A paragraph before it is broken into lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Shaped {
    pub glyphs: Vec<Glyph>,
    pub styles: Vec<GlyphStyle>,
    pub links: Vec<Target>,
}

impl Shaped {
    pub fn new(fonts: &FontBook, runs: &[Run], base: BaseStyle) -> Self {
        let mut shaped = Self::default();
        let mut text = String::new();
        for run in runs {
            let style = shaped.style(run, base);
            shaped.push(fonts, &run.text, style);
            text.push_str(&run.text);
        }
        shaped.mark_breaks(&text);
        shaped.space_glyphs();
        shaped
    }

    /// Text of one look, such as a heading or a page number.
    pub fn plain(fonts: &FontBook, text: &str, base: BaseStyle) -> Self {
        Self::new(fonts, &[Run { text: text.to_owned(), look: Default::default() }], base)
    }

    /// The text, cut with an ellipsis where it is wider than `room`.
    pub fn fit(mut self, fonts: &FontBook, room: f32) -> Self {
        let Some(style) = self.glyphs.first().map(|glyph| glyph.style).filter(|_| self.width() > room + 0.1) else {
            return self;
        };
        let size = self.styles[usize::from(style)].size;
        let mut used = size;
        let fits = |glyph: &Glyph| {
            used += glyph.before + glyph.advance + glyph.after;
            used <= room
        };
        let kept = self.glyphs.iter().copied().take_while(fits).count();
        self.glyphs.truncate(kept);
        self.push(fonts, "…", style);
        self
    }

    pub fn size_of(&self, glyph: &Glyph) -> f32 {
        self.styles[usize::from(glyph.style)].size
    }

    pub fn badge_of(&self, glyph: &Glyph) -> Option<Tone> {
        self.styles[usize::from(glyph.style)].badge
    }

    /// Width of the whole text on one line.
    pub fn width(&self) -> f32 {
        self.glyphs.iter().map(|glyph| glyph.before + glyph.advance + glyph.after).sum()
    }

    /// How much of a glyph's right side may hang into the margin at the end of a line.
    pub fn end_squeeze(&self, glyph: &Glyph) -> f32 {
        match glyph.narrow {
            true => -glyph.after.min(0.0),
            false if closes(glyph.c) && self.is_full(glyph) => 0.5 * self.size_of(glyph),
            false => 0.0,
        }
    }

    /// As wide as a Han character.
    fn is_full(&self, glyph: &Glyph) -> bool {
        glyph.advance > 0.9 * self.size_of(glyph)
    }

    /// How much of a glyph's left side may hang into the margin at the start of a line other than the first.
    pub fn start_squeeze(&self, index: usize) -> f32 {
        let hangs = |glyph: &&Glyph| index > 0 && opens(glyph.c) && !glyph.narrow && self.is_full(glyph);
        self.glyphs.get(index).filter(hangs).map_or(0.0, |glyph| 0.5 * self.size_of(glyph))
    }

    /// What stands after a glyph when it is the last of its line.
    pub fn after_at_end(&self, glyph: &Glyph) -> f32 {
        match self.badge_of(glyph) {
            Some(_) => BADGE_PAD * self.size_of(glyph),
            None => -self.end_squeeze(glyph),
        }
    }

    fn style(&mut self, run: &Run, base: BaseStyle) -> u16 {
        let look = &run.look;
        let role = match () {
            () if look.mono => Role::Mono,
            () if look.bold || base.bold => Role::Bold,
            () => Role::Regular,
        };
        let scale = if look.mono { MONO_SCALE } else { 1.0 } * if look.badge.is_some() { BADGE_SCALE } else { 1.0 };
        let color = match () {
            () if look.badge.is_some() => WHITE,
            () if look.link.is_some() => LINK,
            () if look.muted => GREY,
            () => base.color,
        };
        let link = look.link.clone().map(|target| self.link(target));
        let nowrap = look.nowrap || look.badge.is_some();
        let style = GlyphStyle { role, size: base.size * scale, color, badge: look.badge, link, nowrap };
        // Two labels side by side stay two labels, so a run with a label never shares its style.
        let known = self.styles.iter().position(|other| *other == style && style.badge.is_none());
        let index = known.unwrap_or_else(|| {
            self.styles.push(style);
            self.styles.len() - 1
        });
        u16::try_from(index).unwrap_or(u16::MAX)
    }

    fn link(&mut self, target: Target) -> usize {
        self.links.iter().position(|other| *other == target).unwrap_or_else(|| {
            self.links.push(target);
            self.links.len() - 1
        })
    }

    fn push(&mut self, fonts: &FontBook, text: &str, style: u16) {
        let GlyphStyle { role, size, .. } = self.styles[usize::from(style)];
        for c in text.chars() {
            let found = fonts.glyph(role, if c == '\u{a0}' { ' ' } else { c });
            let advance = if c == '\n' { 0.0 } else { found.advance * size };
            let glyph =
                Glyph { c, style, face: found.face, advance, before: 0.0, after: 0.0, narrow: false, may_break: false };
            self.glyphs.push(glyph);
        }
    }

    fn mark_breaks(&mut self, text: &str) {
        let analysed = with_chinese_quotes(text);
        let mut allowed = linebreaks(&analysed).filter(|(_, kind)| *kind == BreakOpportunity::Allowed).peekable();
        let mut offset = 0;
        for glyph in &mut self.glyphs {
            while allowed.next_if(|(at, _)| *at < offset).is_some() {}
            glyph.may_break = allowed.peek().is_some_and(|(at, _)| *at == offset);
            offset += glyph.c.len_utf8();
        }
        for (first, second) in (0..).zip(1..self.glyphs.len()) {
            let (a, b) = (self.glyphs[first], self.glyphs[second]);
            let (before, after) = (&self.styles[usize::from(a.style)], &self.styles[usize::from(b.style)]);
            let tied = a.style == b.style && before.nowrap || no_line_start(b.c) || no_line_end(a.c);
            // A label may stand at either end of a line, whatever its letters are.
            let free = a.style != b.style && (before.badge.is_some() || after.badge.is_some());
            self.glyphs[second].may_break = (b.may_break && !tied) || (free && !no_line_start(b.c));
        }
        let chars: Vec<char> = self.glyphs.iter().map(|glyph| glyph.c).collect();
        for range in designation::ranges(&chars) {
            self.glyphs[range.start + 1..range.end].iter_mut().for_each(|glyph| glyph.may_break = false);
        }
    }

    fn space_glyphs(&mut self) {
        self.narrow_latin_quotes();
        for (first, second) in (0..).zip(1..self.glyphs.len()) {
            let (a, b) = (self.glyphs[first], self.glyphs[second]);
            self.glyphs[first].after += self.gap(&a, &b);
        }
        self.space_badges();
    }

    /// The fonts' curly quotes are as wide as Han; between Latin letters only their ink counts.
    fn narrow_latin_quotes(&mut self) {
        let latin_at =
            |glyph: Option<&Glyph>| glyph.is_none_or(|glyph| !is_wide(glyph.c) && !is_shared_punctuation(glyph.c));
        for index in 0..self.glyphs.len() {
            let glyph = self.glyphs[index];
            let Some((before, after)) = quote_blank(glyph.c).filter(|_| self.is_full(&glyph)) else { continue };
            let seen = |other: &&Glyph| other.c != ' ';
            let previous = self.glyphs[..index].iter().rev().take(2).find(seen);
            let next = self.glyphs[index + 1..].iter().take(2).find(seen);
            if latin_at(previous) && latin_at(next) && (previous.is_some() || next.is_some()) {
                let size = self.size_of(&glyph);
                let glyph = &mut self.glyphs[index];
                (glyph.narrow, glyph.before, glyph.after) = (true, -before * size, -after * size);
            }
        }
    }

    /// Space between two neighbours: less between full-width punctuation, more between Han and Latin.
    fn gap(&self, a: &Glyph, b: &Glyph) -> f32 {
        let size = self.size_of(a);
        let punctuation = |glyph: &Glyph| !glyph.narrow && (opens(glyph.c) || closes(glyph.c));
        let full = |glyph: &Glyph| punctuation(glyph) && self.is_full(glyph);
        if full(a) && full(b) {
            return if closes(a.c) || opens(b.c) { -0.5 * size } else { 0.0 };
        }
        let meet = |han: &Glyph, latin: &Glyph| is_han(han.c) && self.is_latin(latin);
        if meet(a, b) || meet(b, a) { SCRIPT_GAP * size.min(self.size_of(b)) } else { 0.0 }
    }

    fn is_latin(&self, glyph: &Glyph) -> bool {
        let mono = self.styles[usize::from(glyph.style)].role == Role::Mono;
        let letter = glyph.c.is_alphanumeric() && !is_wide(glyph.c);
        letter || glyph.c == '%' || (mono && glyph.c.is_ascii_graphic())
    }

    fn space_badges(&mut self) {
        for index in 0..self.glyphs.len() {
            let glyph = self.glyphs[index];
            if self.badge_of(&glyph).is_none() {
                continue;
            }
            let size = self.size_of(&glyph);
            let same = |other: Option<&Glyph>| other.is_some_and(|other| other.style == glyph.style);
            if !same(index.checked_sub(1).and_then(|before| self.glyphs.get(before))) {
                self.glyphs[index].before = (BADGE_PAD + if index > 0 { BADGE_GAP } else { 0.0 }) * size;
            }
            if !same(self.glyphs.get(index + 1)) {
                self.glyphs[index].after = (BADGE_PAD + BADGE_GAP) * size;
            }
        }
    }
}

/// Blank to take away before and behind a curly quote of the embedded fonts, in em.
fn quote_blank(c: char) -> Option<(f32, f32)> {
    match c {
        '“' => Some((0.57, 0.0)),
        '”' => Some((0.0, 0.57)),
        '‘' => Some((0.76, 0.0)),
        '’' => Some((0.0, 0.76)),
        _ => None,
    }
}

/// Curly quotes beside Chinese are brackets: UAX 14 is shown 「」, of the same length in bytes.
fn with_chinese_quotes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let after = rest.peek().copied().unwrap_or(' ');
        let chinese = |c: char| is_wide(c) || is_shared_punctuation(c);
        out.push(match c {
            '“' if chinese(before) || chinese(after) => '「',
            '”' if chinese(before) || chinese(after) => '」',
            '‘' if chinese(before) || chinese(after) => '『',
            '’' if chinese(before) || chinese(after) => '』',
            other => other,
        });
        before = c;
    }
    out
}
