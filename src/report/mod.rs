//! One view model, then one file a format.

pub mod cyclonedx;
mod html;
mod junit;
pub mod pdf;
pub mod sarif;
mod template;
pub mod view;

use thiserror::Error;

use crate::assess::Assessment;
use crate::model::{CatalogueFiles, Lang};
use crate::report::pdf::{FontBook, PdfError, PdfOptions};
use crate::report::view::View;

pub use template::{TemplateError, Templates, escape};

/// A kind of report file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    Html,
    Json,
    Junit,
    Pdf,
    Sarif,
}

impl Format {
    /// The file's name, the same in every folder.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Html => "report.html",
            Self::Json => "assessment.json",
            Self::Junit => "junit.xml",
            Self::Pdf => "report.pdf",
            Self::Sarif => "findings.sarif",
        }
    }
}

/// Why there is no report file.
#[derive(Debug, Error)]
pub enum ReportError {
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error(transparent)]
    Pdf(#[from] PdfError),
    #[error("the assessment's time `{0}` is not RFC 3339")]
    AsOf(String),
    #[error("junit.xml: {0}")]
    Junit(String),
    #[error("findings.sarif: {0}")]
    Sarif(String),
}

/// A finished file.
#[derive(Debug)]
pub struct Written {
    pub bytes: Vec<u8>,
    /// Characters that no font has; only a PDF has such.
    pub missing_glyphs: Vec<char>,
}

impl Written {
    fn plain(bytes: Vec<u8>) -> Self {
        Self { bytes, missing_glyphs: Vec::new() }
    }
}

/// Everything that reports are made with beside the assessment. Made once a process.
pub struct Reporter<'a> {
    templates: Templates,
    fonts: &'a FontBook,
    lang: Lang,
}

impl<'a> Reporter<'a> {
    /// # Errors
    /// A template that is missing or cannot be read.
    pub fn new(catalogue: &CatalogueFiles, fonts: &'a FontBook, lang: Lang) -> Result<Self, ReportError> {
        Ok(Self { templates: Templates::load(catalogue, lang)?, fonts, lang })
    }

    /// Writes one file.
    ///
    /// # Errors
    /// See [`ReportError`]; evidence text alone causes none.
    pub fn write(&self, assessment: &Assessment, format: Format) -> Result<Written, ReportError> {
        match format {
            Format::Html => Ok(Written::plain(html::write(&self.templates, &self.view(assessment), self.lang)?)),
            Format::Json => Ok(Written::plain(assessment.to_json())),
            Format::Junit => Ok(Written::plain(junit::write(assessment, self.lang)?)),
            Format::Pdf => self.pdf(assessment),
            Format::Sarif => Ok(Written::plain(sarif::write(assessment, self.lang)?)),
        }
    }

    /// The article as the PDF draws it.
    ///
    /// # Errors
    /// A template that does not render.
    pub fn markup(&self, assessment: &Assessment) -> Result<String, ReportError> {
        Ok(self.templates.article(&self.view(assessment), false)?)
    }

    fn view(&self, assessment: &Assessment) -> View {
        let fonts: Vec<_> =
            self.fonts.digests().into_iter().map(|font| (font.name.to_string(), font.digest.hex())).collect();
        View::new(assessment, &fonts, self.lang)
    }

    fn pdf(&self, assessment: &Assessment) -> Result<Written, ReportError> {
        let view = self.view(assessment);
        let markup = self.templates.article(&view, false)?;
        let date = assessment.as_of.parse().map_err(|_| ReportError::AsOf(assessment.as_of.clone()))?;
        let options = PdfOptions {
            lang: self.lang,
            title: view.title(),
            author: assessment.subsite.organisation.clone(),
            subject: view.cover.number.clone(),
            date,
            id_seed: assessment.bundle.evidence_root,
        };
        let rendered = pdf::render(&markup, self.fonts, &options)?;
        Ok(Written { bytes: rendered.bytes, missing_glyphs: rendered.missing_glyphs })
    }
}
