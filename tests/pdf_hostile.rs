//! Text in a report is hostile: whatever it is, there is a report and no panic.

mod pdf_support;

use jixian::report::pdf::PdfError;
use pdf_support::{ask, draw, text_of};
use proptest::prelude::*;

/// Escapes as the template engine does.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn everywhere(text: &str) -> String {
    let text = escaped(text);
    format!(
        "<article data-header-left=\"{text}\" data-watermark=\"{text}\"><section class=\"cover\"><p class=\"title\">{text}</p>\
         <div class=\"grade bad\"><b>{text}</b>{text}</div><table class=\"kv\"><tr><th>{text}</th><td>{text}</td></tr></table></section>\
         <nav class=\"toc\" data-title=\"{text}\"/><h1>{text}</h1><h2>{text}</h2><p class=\"indent\">{text}<b>{text}</b><code>{text}</code>\
         <span class=\"badge ok\">{text}</span></p><ul><li>{text}<ol><li>{text}</li></ol></li></ul><pre>{text}</pre>\
         <div class=\"callout bad\">{text}</div><div class=\"signature\" data-date=\"{text}\"><p>{text}</p></div>\
         <table><caption>{text}</caption><thead><tr><th>{text}</th><th>{text}</th></tr></thead><tr><td>{text}</td>\
         <td><meter value=\"1\" max=\"2\"/>{text}</td></tr></table>\
         <figure class=\"radar\" data-alt=\"{text}\"><data value=\"1\">{text}</data><data value=\"2\">{text}</data><data value=\"3\">{text}</data>\
         <figcaption>{text}</figcaption></figure><figure class=\"heat\" data-alt=\"{text}\" data-series=\"{text}\"><data value=\"ok bad\">{text}</data></figure>\
         </article>"
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn any_text_anywhere_is_drawn(text in any::<String>()) {
        let rendered = draw(&everywhere(&text)).unwrap();
        prop_assert!(rendered.pages >= 3);
    }

    #[test]
    fn any_markup_is_drawn_or_refused_with_its_place(pieces in proptest::collection::vec(0..PIECES.len(), 0..40)) {
        let inner: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
        match draw(&format!("<article>{inner}</article>")) {
            Ok(_) => {}
            Err(PdfError::Markup { line, column, .. }) => prop_assert!(line >= 1 && column >= 1),
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}

const PIECES: [&str; 24] = [
    "<p>",
    "</p>",
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td colspan=\"3\">",
    "<td>",
    "</td>",
    "<ul><li>",
    "</li></ul>",
    "<div class=\"keep\">",
    "</div>",
    "<div class=\"callout\">",
    "<h1>甲</h1>",
    "<h3>乙</h3>",
    "文字，",
    "<pre>x</pre>",
    "<figure class=\"stack\" data-alt=\"\"><data value=\"0 0\">a</data></figure>",
    "<br/>",
    "<div class=\"pagebreak\"/>",
    "<span class=\"badge bad\">坏</span>",
    "<nav class=\"toc\"/>",
    "<thead><tr><th>头</th></tr></thead>",
];

#[test]
fn control_and_direction_characters_are_shown_and_not_obeyed() {
    let rendered = draw(&everywhere("a\0b\u{1b}[31mc\u{202e}fdp.exe\u{feff}")).unwrap();
    let Some(text) = text_of(&rendered.bytes) else { return };
    assert!(text.contains("a\\x00b\\x1b[31mc\\u{202e}fdp.exe\\u{feff}"), "{text}");
}

#[test]
fn a_word_of_a_hundred_kilobytes_takes_pages_and_not_minutes() {
    let started = std::time::Instant::now();
    let word = "x".repeat(100_000);
    let rendered = draw(&format!(
        "<article><p>{word}</p><table data-widths=\"20 auto\"><tr><td>{word}</td><td>y</td></tr></table></article>"
    ));
    let rendered = rendered.unwrap();
    assert!(rendered.pages > 100, "{}", rendered.pages);
    assert!(started.elapsed().as_secs() < 60);
    if let Some((ok, said)) = ask("qpdf", &["--check"], &rendered.bytes, &[]) {
        assert!(ok, "{said}");
    }
}

#[test]
fn ten_thousand_rows_are_a_report_too() {
    let started = std::time::Instant::now();
    let rows: String = (0..10_000)
        .map(|row| format!("<tr><td>{row}</td><td>已部署入侵检测</td><td><span class=\"badge ok\">符合</span></td><td><code>{row:064x}</code></td></tr>"))
        .collect();
    let head = "<thead><tr><th>编号</th><th>检查项</th><th>结果</th><th>摘要</th></tr></thead>";
    let rendered =
        draw(&format!("<article><table class=\"compact\">{head}<tbody>{rows}</tbody></table></article>")).unwrap();
    assert!(rendered.pages > 150, "{}", rendered.pages);
    assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
}

#[test]
fn a_row_taller_than_a_page_goes_on_over_the_page_end() {
    let long = "审计日志留存时间不少于六个月。".repeat(600);
    let head = "<thead><tr><th>名称</th><th>内容</th></tr></thead>";
    let rendered = draw(&format!(
        "<article><table data-widths=\"30 auto\">{head}<tr><td>甲</td><td>{long}</td></tr></table></article>"
    ))
    .unwrap();
    assert!(rendered.pages >= 3, "{}", rendered.pages);
    let Some(text) = text_of(&rendered.bytes) else { return };
    assert_eq!(text.matches("审计日志").count(), 600);
    assert_eq!(text.matches("名称").count(), rendered.pages);
}

#[test]
fn a_document_without_anything_is_one_empty_page() {
    assert_eq!(draw("<article/>").unwrap().pages, 1);
    assert_eq!(draw("<article><table/><ul/><figure class=\"bars\" data-alt=\"\"/><p/></article>").unwrap().pages, 1);
}
