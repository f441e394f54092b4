//! report.html: the same article as the PDF, one file, no script, nothing loaded from anywhere.

use crate::report::{ReportError, Templates, view::View};

pub fn write(templates: &Templates, view: &View) -> Result<Vec<u8>, ReportError> {
    let article = templates.article(view, true)?;
    Ok(templates.page(view.lang, &view.title(), &article)?.into_bytes())
}
