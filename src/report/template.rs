//! The handlebars templates: loaded from the catalogue, escaped once, in one language.

use handlebars::{Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderErrorReason};
use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

use crate::model::{CatalogueFiles, Lang};

/// A template that is missing, malformed or asks for what the view does not have.
#[derive(Debug, Error)]
pub enum TemplateError {
    #[error("the catalogue has no {path}")]
    Missing { path: &'static str },
    #[error("{path}: {message}")]
    Malformed { path: &'static str, message: String },
    #[error("{path}: {message}")]
    Render { path: &'static str, message: String },
}

const ARTICLE: &str = "templates/report.hbs";
const PAGE: &str = "templates/page.hbs";
const STYLE: &str = "templates/report.css";

/// The templates of one language.
pub struct Templates {
    registry: Handlebars<'static>,
    style: String,
}

impl Templates {
    /// # Errors
    /// A template that is missing or malformed.
    pub fn load(catalogue: &CatalogueFiles, lang: Lang) -> Result<Self, TemplateError> {
        let text = |path| catalogue.get(path).ok_or(TemplateError::Missing { path });
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        registry.register_escape_fn(escape);
        registry.register_helper(
            "t",
            Box::new(
                move |h: &Helper<'_>,
                      _: &Handlebars<'_>,
                      _: &Context,
                      _: &mut RenderContext<'_, '_>,
                      out: &mut dyn Output| pick(h, out, lang),
            ),
        );
        for path in [ARTICLE, PAGE] {
            registry
                .register_template_string(path, text(path)?)
                .map_err(|error| TemplateError::Malformed { path, message: error.to_string() })?;
        }
        Ok(Self { registry, style: text(STYLE)?.to_owned() })
    }

    /// The article; `html` where a browser shows it and charts are made of boxes.
    pub fn article(&self, view: &impl Serialize, html: bool) -> Result<String, TemplateError> {
        let mut value = to_value(ARTICLE, view)?;
        if let Value::Object(fields) = &mut value {
            fields.insert("html".to_owned(), Value::Bool(html));
        }
        self.render(ARTICLE, &value)
    }

    /// The page around an article.
    pub fn page(&self, lang: &str, title: &str, article: &str) -> Result<String, TemplateError> {
        let value = serde_json::json!({"lang": lang, "title": title, "style": self.style, "article": article});
        self.render(PAGE, &value)
    }

    fn render(&self, path: &'static str, value: &Value) -> Result<String, TemplateError> {
        self.registry.render(path, value).map_err(|error| TemplateError::Render { path, message: error.to_string() })
    }
}

fn to_value(path: &'static str, view: &impl Serialize) -> Result<Value, TemplateError> {
    serde_json::to_value(view).map_err(|error| TemplateError::Render { path, message: error.to_string() })
}

/// `{{t "中文" "English"}}`.
fn pick(helper: &Helper<'_>, out: &mut dyn Output, lang: Lang) -> HelperResult {
    let text = |at| {
        let param = helper.param(at).and_then(|p| p.value().as_str());
        param.ok_or(RenderErrorReason::ParamNotFoundForIndex("t", at))
    };
    out.write(&escape(lang.pick(text(0)?, text(1)?)))?;
    Ok(())
}

/// Escapes text for the markup, which is XML: five characters, and nothing that XML cannot hold.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // What XML 1.0 cannot hold, and what turns text around in a browser.
            '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => {
                out.push_str(&format!("\\x{:02x}", u32::from(c)));
            }
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => {
                out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Templates, escape};
    use crate::model::{CatalogueFiles, Lang};

    #[test]
    fn hostile_text_is_shown_and_not_obeyed() {
        assert_eq!(escape("<script>&\"'"), "&lt;script&gt;&amp;&quot;&#39;");
        assert_eq!(escape("a\u{1b}[31mb\u{202e}c\0"), "a\\x1b[31mb\\u{202e}c\\x00");
        assert_eq!(escape("正常\n文本"), "正常\n文本");
    }

    #[test]
    fn the_built_in_templates_are_well_formed() {
        for lang in [Lang::Zh, Lang::En] {
            Templates::load(&CatalogueFiles::embedded(), lang).unwrap();
        }
    }
}
