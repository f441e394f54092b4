//! Cuts each face down to the glyphs that a document uses and hands it to `printpdf`.

use std::collections::{BTreeMap, BTreeSet};

use printpdf::{FontId, FontMetrics, ParsedFont, PdfFont};
use subsetter::GlyphRemapper;

use crate::{
    model::Digest,
    report::pdf::{
        FontBook, PdfError,
        canvas::{Canvas, Item},
        fonts::Face,
    },
};

/// Stands for a character that no face has: drawn as the empty box of its face, and read back as U+FFFD.
pub(super) const MISSING: char = '\u{fffd}';

/// The characters that a document draws from each face, and those that no face has.
#[derive(Debug, Default)]
pub(super) struct Usage {
    faces: BTreeMap<u8, BTreeSet<char>>,
    pub missing: BTreeSet<char>,
}

impl Usage {
    pub fn of(canvas: &Canvas, fonts: &FontBook) -> Self {
        let mut usage = Self::default();
        for item in canvas.pages.iter().flat_map(|page| &page.items) {
            let Item::Text { segments, .. } = item else { continue };
            for segment in segments {
                let used = usage.faces.entry(segment.face).or_default();
                let face = &fonts.faces()[usize::from(segment.face)];
                for c in segment.parts.iter().flat_map(|(text, _)| text.chars()) {
                    if used.contains(&c) {
                        continue;
                    }
                    if face.has(c) {
                        used.insert(c);
                    } else {
                        used.insert(MISSING);
                        usage.missing.insert(c);
                    }
                }
            }
        }
        usage
    }

    /// The faces as `printpdf` embeds them, by the resource name that pages use.
    pub fn embed(&self, fonts: &FontBook) -> Result<BTreeMap<FontId, PdfFont>, PdfError> {
        let embed = |(index, chars): (&u8, &BTreeSet<char>)| {
            let face = &fonts.faces()[usize::from(*index)];
            Ok((font_id(*index), PdfFont::new(subset(face, chars)?)))
        };
        self.faces.iter().filter(|(_, chars)| !chars.is_empty()).map(embed).collect()
    }
}

/// The resource name of a face.
pub(super) fn font_id(face: u8) -> FontId {
    FontId(format!("T{face}"))
}

fn subset(face: &Face, chars: &BTreeSet<char>) -> Result<ParsedFont, PdfError> {
    let mut remapper = GlyphRemapper::new();
    let mut codes = BTreeMap::new();
    let mut widths = BTreeMap::from([(0, face.notdef_width())]);
    for c in chars {
        let (glyph, width) = face.entry(*c);
        let new = remapper.remap(glyph);
        codes.insert(u32::from(*c), new);
        widths.insert(new, if glyph == 0 { face.notdef_width() } else { width });
    }
    let subset = subsetter::subset(&face.bytes, face.index, &remapper)
        .map_err(|error| PdfError::Font { name: face.name.clone(), message: error.to_string() })?;
    let name = format!("{}+{}", subset_tag(&subset), postscript_name(&face.name));
    let metrics = FontMetrics { ascent: face.metrics.ascent, descent: face.metrics.descent };
    let mut font = ParsedFont::with_glyph_data(subset, 0, Some(name), codes, widths, face.units_per_em, metrics);
    let [x_min, y_min, x_max, y_max] = face.metrics.bounds;
    font.pdf_font_metrics.x_min = x_min;
    font.pdf_font_metrics.y_min = y_min;
    font.pdf_font_metrics.x_max = x_max;
    font.pdf_font_metrics.y_max = y_max;
    font.pdf_font_metrics.us_weight_class = face.metrics.weight;
    Ok(font)
}

/// Six capitals that tell this subset from others of the same face; from its content, so that it never changes by itself.
fn subset_tag(subset: &[u8]) -> String {
    Digest::of(subset).as_bytes()[..6].iter().map(|byte| char::from(b'A' + byte % 26)).collect()
}

/// A PDF name without delimiters.
fn postscript_name(name: &str) -> String {
    let clean: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(40).collect();
    if clean.is_empty() { "Font".to_owned() } else { clean }
}
