//! The faces that a report is set in: three embedded subsets, and a user's own font for characters that they lack.

use std::sync::{Arc, OnceLock};

use crate::{model::Digest, report::pdf::PdfError};

/// Which face a piece of text asks for first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Regular,
    Bold,
    Mono,
}

/// One glyph of one face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct GlyphRef {
    /// Index into [`FontBook::faces`].
    pub face: u8,
    /// 0 is the empty box for a character that no face has.
    pub glyph: u16,
    /// Width in em.
    pub advance: f32,
}

/// Name and digest of a font file as used, for the list of inputs of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FontDigest {
    pub name: String,
    /// Face number inside a collection, else 0.
    pub index: u32,
    /// SHA-256 of the unpacked font file.
    pub digest: Digest,
}

/// The fonts of one process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct FontBook {
    faces: Vec<Arc<Face>>,
}

impl FontBook {
    /// The embedded fonts, unpacked once per process.
    ///
    /// # Errors
    /// [`PdfError::Font`] if the embedded data is damaged, which a test rules out.
    pub fn embedded() -> Result<Self, PdfError> {
        static CACHE: OnceLock<FontBook> = OnceLock::new();
        if let Some(book) = CACHE.get() {
            return Ok(book.clone());
        }
        let faces = EMBEDDED.iter().map(|(name, packed)| unpack(name, packed)).collect::<Result<Vec<_>, _>>()?;
        Ok(CACHE.get_or_init(|| Self { faces }).clone())
    }

    /// The embedded fonts, and then a user's TrueType or OpenType file for characters that they lack.
    ///
    /// Of a collection the face for simplified Chinese is taken where one is named so, else the first.
    ///
    /// # Errors
    /// [`PdfError::Font`] if the bytes are not a font with outlines.
    pub fn with_user(bytes: Vec<u8>, name: &str) -> Result<Self, PdfError> {
        Self::embedded()?.and_user(bytes, name)
    }

    /// Adds one more fallback font behind those already there.
    ///
    /// # Errors
    /// As [`FontBook::with_user`].
    pub fn and_user(mut self, bytes: Vec<u8>, name: &str) -> Result<Self, PdfError> {
        if self.faces.len() >= MAX_FACES {
            return Err(font_error(name, &format!("at most {} fonts of your own", MAX_FACES - EMBEDDED.len())));
        }
        let index = simplified_chinese_face(&bytes);
        self.faces.push(Arc::new(Face::new(name, bytes, index)?));
        Ok(self)
    }

    /// Every font file that may be drawn from, in the order of use.
    pub fn digests(&self) -> Vec<FontDigest> {
        self.faces
            .iter()
            .map(|face| FontDigest { name: face.name.clone(), index: face.index, digest: face.digest })
            .collect()
    }

    pub(super) fn faces(&self) -> &[Arc<Face>] {
        &self.faces
    }

    /// The glyph for `c`: of the role's own face, else of the first other face that has it, else the empty box.
    pub(super) fn glyph(&self, role: Role, c: char) -> GlyphRef {
        let own = role as usize;
        if let Some(found) = self.faces[own].glyph(own, c) {
            return found;
        }
        let others = (0..self.faces.len()).filter(|index| *index != own && *index != Role::Mono as usize);
        others.filter_map(|index| self.faces[index].glyph(index, c)).next().unwrap_or_else(|| self.empty_box(own))
    }

    fn empty_box(&self, face: usize) -> GlyphRef {
        GlyphRef { face: face as u8, glyph: 0, advance: self.faces[face].notdef_advance }
    }
}

/// One face: its file, and the glyph of each character.
pub(super) struct Face {
    pub name: String,
    pub bytes: Vec<u8>,
    pub index: u32,
    pub digest: Digest,
    pub units_per_em: u16,
    pub metrics: FaceMetrics,
    notdef_advance: f32,
    pages: Vec<Option<Box<GlyphPage>>>,
}

/// Font-wide measures in font units.
#[derive(Clone, Copy, Debug)]
pub(super) struct FaceMetrics {
    pub ascent: i16,
    pub descent: i16,
    /// x_min, y_min, x_max, y_max
    pub bounds: [i16; 4],
    pub weight: u16,
}

/// Glyph id and advance of 256 characters; (0, 0) where there is none.
type GlyphPage = [(u16, u16); 256];

impl Face {
    fn new(name: &str, bytes: Vec<u8>, index: u32) -> Result<Self, PdfError> {
        let digest = Digest::of(&bytes);
        let face = ttf_parser::Face::parse(&bytes, index).map_err(|error| font_error(name, &error.to_string()))?;
        if face.tables().glyf.is_none() && face.tables().cff.is_none() {
            return Err(font_error(name, "it has no TrueType or CFF outlines"));
        }
        let bounds = face.global_bounding_box();
        let metrics = FaceMetrics {
            ascent: face.ascender(),
            descent: face.descender(),
            bounds: [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max],
            weight: face.weight().to_number(),
        };
        let units_per_em = face.units_per_em();
        let notdef = face.glyph_hor_advance(ttf_parser::GlyphId(0)).unwrap_or(units_per_em);
        let pages = glyph_pages(&face);
        let notdef_advance = f32::from(notdef) / f32::from(units_per_em);
        Ok(Self { name: name.to_owned(), bytes, index, digest, units_per_em, metrics, notdef_advance, pages })
    }

    fn glyph(&self, face: usize, c: char) -> Option<GlyphRef> {
        let (glyph, width) = self.entry(c);
        let advance = f32::from(width) / f32::from(self.units_per_em);
        (glyph != 0).then_some(GlyphRef { face: face as u8, glyph, advance })
    }

    /// Glyph and advance in font units of `c`; (0, 0) if the face lacks it.
    pub fn entry(&self, c: char) -> (u16, u16) {
        let page = self.pages.get(c as usize >> 8).and_then(|page| page.as_deref());
        page.map_or((0, 0), |page| page[c as usize & 0xff])
    }

    pub fn has(&self, c: char) -> bool {
        self.entry(c).0 != 0
    }

    /// Advance of the empty box in font units.
    pub fn notdef_width(&self) -> u16 {
        (self.notdef_advance * f32::from(self.units_per_em)) as u16
    }
}

impl std::fmt::Debug for Face {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Face({}#{}, {:?})", self.name, self.index, self.digest)
    }
}

fn glyph_pages(face: &ttf_parser::Face<'_>) -> Vec<Option<Box<GlyphPage>>> {
    let mut pages: Vec<Option<Box<GlyphPage>>> = Vec::new();
    let subtables = face.tables().cmap.iter().flat_map(|cmap| cmap.subtables.into_iter());
    for subtable in subtables.filter(|subtable| subtable.is_unicode()) {
        subtable.codepoints(|code| {
            if code > char::MAX as u32 {
                return;
            }
            let Some(glyph) = subtable.glyph_index(code).filter(|glyph| glyph.0 != 0) else { return };
            let page = code as usize >> 8;
            if pages.len() <= page {
                pages.resize_with(page + 1, || None);
            }
            let slots = pages[page].get_or_insert_with(|| Box::new([(0, 0); 256]));
            slots[code as usize & 0xff] = (glyph.0, face.glyph_hor_advance(glyph).unwrap_or(0));
        });
    }
    pages
}

const MAX_FACES: usize = 16;

const EMBEDDED: [(&str, &[u8]); 3] = [
    ("NotoSansSC-Regular", include_bytes!("../../../assets/fonts/noto-sans-sc-regular.ttf.zst")),
    ("NotoSansSC-Bold", include_bytes!("../../../assets/fonts/noto-sans-sc-bold.ttf.zst")),
    ("JetBrainsMono-Regular", include_bytes!("../../../assets/fonts/jetbrains-mono-regular.ttf.zst")),
];

fn unpack(name: &str, packed: &[u8]) -> Result<Arc<Face>, PdfError> {
    let bytes = zstd::decode_all(packed).map_err(|error| font_error(name, &error.to_string()))?;
    Ok(Arc::new(Face::new(name, bytes, 0)?))
}

fn simplified_chinese_face(bytes: &[u8]) -> u32 {
    let faces = ttf_parser::fonts_in_collection(bytes).unwrap_or(1).min(64);
    (0..faces).find(|index| is_named_sc(bytes, *index)).unwrap_or(0)
}

fn is_named_sc(bytes: &[u8], index: u32) -> bool {
    let Ok(face) = ttf_parser::Face::parse(bytes, index) else { return false };
    face.names()
        .into_iter()
        .filter(|name| name.name_id == ttf_parser::name_id::FAMILY)
        .filter_map(|name| name.to_string())
        .any(|family| family.ends_with(" SC"))
}

fn font_error(name: &str, message: &str) -> PdfError {
    PdfError::Font { name: name.to_owned(), message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{FontBook, Role};

    #[test]
    fn the_embedded_fonts_open_and_hold_rare_place_name_characters() {
        let book = FontBook::embedded().unwrap();
        for c in "郫邛崃犍沐峨眉镕𬭚㑇，。“”——……·℃①×≥✓".chars() {
            for role in [Role::Regular, Role::Bold] {
                assert!(book.glyph(role, c).glyph != 0, "{c} is missing in {role:?}");
            }
        }
    }

    #[test]
    fn a_character_that_no_face_has_is_an_empty_box_and_says_so() {
        let glyph = FontBook::embedded().unwrap().glyph(Role::Mono, '\u{13000}');
        assert_eq!(glyph.glyph, 0);
    }

    #[test]
    fn han_in_monospaced_text_comes_from_the_regular_face() {
        let glyph = FontBook::embedded().unwrap().glyph(Role::Mono, '基');
        assert_eq!(glyph.face, Role::Regular as u8);
        assert!(glyph.glyph != 0);
    }

    #[test]
    fn a_file_that_is_no_font_is_refused_with_its_name() {
        let error = FontBook::with_user(b"not a font".to_vec(), "mine.ttf").unwrap_err();
        assert!(error.to_string().contains("mine.ttf"), "{error}");
    }

    #[test]
    fn every_font_file_is_named_with_its_digest() {
        let digests = FontBook::embedded().unwrap().digests();
        assert_eq!(digests.len(), 3);
        assert_eq!(digests[0].name, "NotoSansSC-Regular");
    }
}
