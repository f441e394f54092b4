//! report.html: the same article as the PDF, one file, no script, nothing loaded from anywhere.

use crate::model::Lang;
use crate::report::pdf::markup::{HeadingEntry, headings};
use crate::report::{ReportError, Templates, escape, view::View};

/// Levels of headings in the contents where the template does not say how many.
const DEPTH: u8 = 2;

pub fn write(templates: &Templates, view: &View, lang: Lang) -> Result<Vec<u8>, ReportError> {
    let entries = headings(&templates.article(view, false)?, lang)?;
    let article = with_contents(&templates.article(view, true)?, &entries);
    Ok(templates.page(view.lang, &view.title(), &article)?.into_bytes())
}

/// Fills the contents and gives each heading that has none an id to link to.
fn with_contents(article: &str, entries: &[HeadingEntry]) -> String {
    let ids: Vec<_> =
        entries.iter().enumerate().map(|(at, e)| e.id.clone().unwrap_or_else(|| format!("h-{}", at + 1))).collect();
    let mut out = String::with_capacity(article.len() + 64 * entries.len());
    let mut headings = entries.iter().zip(&ids);
    let mut rest = article;
    while let Some((text, tag, after)) = next_tag(rest) {
        out.push_str(text);
        out.push_str(tag);
        rest = after;
        if is_heading(tag)
            && let Some((entry, id)) = headings.next()
            && entry.id.is_none()
        {
            out.insert_str(out.len() - tag.len() + "<h1".len(), &format!(" id=\"{}\"", escape(id)));
        } else if tag.starts_with("<nav class=\"toc\"") {
            out.push_str(&contents(tag, entries, &ids));
        }
    }
    out + rest
}

/// Text, then the next tag whole, then the rest. Text never has an angle bracket of its own: it is escaped.
fn next_tag(markup: &str) -> Option<(&str, &str, &str)> {
    let start = markup.find('<')?;
    let end = start + markup[start..].find('>')? + 1;
    Some((&markup[..start], &markup[start..end], &markup[end..]))
}

fn is_heading(tag: &str) -> bool {
    ["<h1", "<h2", "<h3"].iter().any(|name| tag.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '>'])))
}

fn contents(nav: &str, entries: &[HeadingEntry], ids: &[String]) -> String {
    let depth = attribute(nav, "data-depth").and_then(|depth| depth.parse().ok()).unwrap_or(DEPTH);
    let mut out = format!("<p class=\"toc-title\">{}</p>\n<ul>\n", attribute(nav, "data-title").unwrap_or_default());
    for (entry, id) in entries.iter().zip(ids).filter(|(entry, _)| entry.level <= depth) {
        let gap = if entry.number.is_empty() { "" } else { "　" };
        let text = format!("{}{gap}{}", escape(&entry.number), escape(&entry.text));
        out.push_str(&format!("<li class=\"level-{}\"><a href=\"#{}\">{text}</a></li>\n", entry.level, escape(id)));
    }
    out + "</ul>"
}

/// An attribute as it is written: escaped by the template.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = tag.split_once(&format!(" {name}=\""))?;
    after.split_once('"').map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::with_contents;
    use crate::model::Lang;
    use crate::report::pdf::markup::headings;

    #[test]
    fn the_contents_link_to_every_heading_of_the_first_levels_with_its_number() {
        let article = "<article><nav class=\"toc\" data-title=\"目录\" data-depth=\"2\"></nav><h1 class=\"plain\">声明</h1>\
            <h1>概述</h1><h2 id=\"own\">A&amp;B &lt;x&gt;</h2><h3 id=\"T001\">细节</h3><h1 class=\"appendix\">术语</h1></article>";
        let shown = with_contents(article, &headings(article, Lang::Zh).unwrap());
        for link in [
            "<p class=\"toc-title\">目录</p>",
            "<li class=\"level-1\"><a href=\"#h-1\">声明</a></li>",
            "<li class=\"level-1\"><a href=\"#h-2\">1　概述</a></li>",
            "<li class=\"level-2\"><a href=\"#own\">1.1　A&amp;B &lt;x&gt;</a></li>",
            "<li class=\"level-1\"><a href=\"#h-5\">附录 A　术语</a></li>",
            "<h1 id=\"h-1\" class=\"plain\">声明</h1><h1 id=\"h-2\">概述</h1><h2 id=\"own\">",
            "<h1 id=\"h-5\" class=\"appendix\">术语</h1>",
        ] {
            assert!(shown.contains(link), "{link}: {shown}");
        }
        assert!(!shown.contains("#T001"), "the third level is not in the contents");
    }
}
