//! Draws the report markup as a tagged, deterministic PDF with our own layout.
//!
//! `markup` (an XHTML subset, see [`markup`]) becomes a tree of blocks, the blocks become placed items on pages, `printpdf`
//! writes the items as page content and `lopdf` adds structure, outline and metadata. The same arguments give the same
//! bytes in every process: nothing here reads a clock, a random number or a file.

mod block;
mod canvas;
mod chart;
mod columns;
mod contents;
mod cover;
mod designation;
mod embed;
mod emit;
mod finish;
mod fonts;
mod furniture;
mod layout;
mod linebreak;
pub mod markup;
mod numbering;
mod script;
mod shape;
mod structure;
mod table;
mod theme;

pub use fonts::{FontBook, FontDigest};
pub use markup::HeadingEntry;

use crate::model::{Digest, Lang};

/// What a document says about itself beside its text.
#[derive(Clone, Debug)]
pub struct PdfOptions {
    /// Language of the document, of page labels and of captions.
    pub lang: Lang,
    pub title: String,
    pub author: String,
    pub subject: String,
    /// Creation and modification date. Always a recorded date (`as_of`), never the clock.
    pub date: jiff::Timestamp,
    /// Where the file identifier comes from: the digest of what the report was derived from.
    pub id_seed: Digest,
}

/// A finished document.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The PDF 1.7 file.
    pub bytes: Vec<u8>,
    /// Number of pages, cover included.
    pub pages: usize,
    /// Characters that no font has, each once, in code point order. They are drawn as an empty box: tell the reader.
    pub missing_glyphs: Vec<char>,
}

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// A mistake in the template: evidence text alone cannot cause it when the template escapes it once.
    #[error("report markup, line {line}, column {column}: {problem}")]
    Markup { line: u32, column: u32, problem: MarkupProblem },
    #[error("the report markup is {bytes} bytes; at most {limit} are drawn")]
    MarkupTooLarge { bytes: usize, limit: usize },
    #[error("the report needs more than {limit} pages")]
    TooManyPages { limit: usize },
    #[error("font {name}: {message}")]
    Font { name: String, message: String },
    #[error("the PDF cannot be assembled: {0}")]
    Assembly(String),
}

/// Draws `markup` (see [`markup`]).
///
/// # Errors
/// [`PdfError::Markup`] with the place of the mistake; the others where the document cannot be made at all.
pub fn render(markup: &str, fonts: &FontBook, options: &PdfOptions) -> Result<Rendered, PdfError> {
    let article = markup::read(markup)?;
    let mut laid_out = layout::lay_out(&article, fonts, options.lang)?;
    furniture::furnish(&mut laid_out, &article, fonts, options.lang);
    let usage = embed::Usage::of(&laid_out.canvas, fonts);
    let document = emit::emit(&laid_out, fonts, &usage)?;
    let bytes = finish::finish(document, &laid_out, options)?;
    Ok(Rendered { bytes, pages: laid_out.canvas.pages.len(), missing_glyphs: usage.missing.into_iter().collect() })
}

/// What is wrong at one place of the markup.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarkupProblem {
    #[error("not well-formed XML: {0}")]
    NotXml(String),
    #[error("<{tag}> is not known inside <{parent}>")]
    UnknownTag { tag: String, parent: String },
    #[error("attribute {name}=\"{value}\" should be {expected}")]
    BadAttribute { name: String, value: String, expected: &'static str },
    #[error("<{tag}> needs the attribute {name}")]
    MissingAttribute { tag: String, name: &'static str },
    #[error("elements are nested deeper than {limit}")]
    TooDeep { limit: usize },
    #[error("the row has more cells than the table has columns ({columns})")]
    TooManyCells { columns: usize },
    #[error("no element has the id `{0}` that this link names")]
    UnknownTarget(String),
    #[error("the id `{0}` is given twice")]
    DuplicateId(String),
}

#[cfg(test)]
mod tests;
