//! What the reader of markup promises.

use super::{headings, read};
use crate::{
    model::Lang,
    report::pdf::{
        MarkupProblem, PdfError,
        block::{BlockKind, ColumnWidth, Runs, Target},
    },
};

fn problem(markup: &str) -> (u32, u32, MarkupProblem) {
    match read(markup) {
        Err(PdfError::Markup { line, column, problem }) => (line, column, problem),
        other => panic!("expected a mistake, got {other:?}"),
    }
}

fn runs_of(markup: &str) -> Runs {
    let article = read(&format!("<article><p>{markup}</p></article>")).unwrap();
    match article.blocks.into_iter().next().unwrap().kind {
        BlockKind::Para(para) => para.runs,
        other => panic!("{other:?}"),
    }
}

fn text_of(markup: &str) -> String {
    runs_of(markup).into_iter().map(|run| run.text).collect()
}

#[test]
fn an_unknown_tag_is_named_with_line_and_column() {
    let (line, column, problem) = problem("<article>\n  <p>a <blink>b</blink></p>\n</article>");
    assert_eq!((line, column), (2, 8));
    assert_eq!(problem, MarkupProblem::UnknownTag { tag: "blink".into(), parent: "p".into() });
}

#[test]
fn broken_xml_and_entity_tricks_are_refused() {
    assert!(matches!(problem("<article><p></article>").2, MarkupProblem::NotXml(_)));
    let bomb = "<!DOCTYPE a [<!ENTITY b \"x\">]><article>&b;</article>";
    assert!(matches!(problem(bomb).2, MarkupProblem::NotXml(_)));
}

#[test]
fn white_space_folds_and_a_line_feed_beside_han_disappears() {
    assert_eq!(text_of("安全\n    基线"), "安全基线");
    assert_eq!(text_of("  one \n two  "), "one two");
    assert_eq!(text_of("依据 <b>GB/T 22239</b>\n  标准"), "依据 GB/T 22239标准");
}

#[test]
fn links_to_unknown_ids_and_ids_given_twice_are_mistakes() {
    let dangling = problem("<article><p><a href=\"#no\">x</a></p></article>").2;
    assert_eq!(dangling, MarkupProblem::UnknownTarget("no".into()));
    let twice = problem("<article><p id=\"a\">x</p><p id=\"a\">y</p></article>").2;
    assert_eq!(twice, MarkupProblem::DuplicateId("a".into()));
}

#[test]
fn a_script_address_is_text_and_not_a_link() {
    assert_eq!(runs_of("<a href=\"javascript:alert(1)\">x</a>")[0].look.link, None);
    let web = Some(Target::Uri("https://std.samr.gov.cn/".into()));
    assert_eq!(runs_of("<a href=\"https://std.samr.gov.cn/\">x</a>")[0].look.link, web);
}

#[test]
fn nesting_without_end_is_refused() {
    let deep = format!("<article>{}{}</article>", "<div>".repeat(100), "</div>".repeat(100));
    assert!(matches!(problem(&deep).2, MarkupProblem::TooDeep { .. }));
}

#[test]
fn column_widths_come_in_millimetres_percent_or_by_content() {
    let article =
        read("<article><table data-widths=\"25.4 20% auto\"><tr><td/><td/><td/></tr></table></article>").unwrap();
    let BlockKind::Table(table) = &article.blocks[0].kind else { panic!() };
    assert_eq!(table.columns, [ColumnWidth::Points(72.0), ColumnWidth::Share(0.2), ColumnWidth::Auto]);
    let (_, _, mistake) = problem("<article><table data-widths=\"10\"><tr><td/><td/></tr></table></article>");
    assert_eq!(mistake, MarkupProblem::TooManyCells { columns: 1 });
}

#[test]
fn the_contents_of_the_html_version_have_the_same_numbers() {
    let markup = "<article><h1 id=\"a\">概述</h1><div><h2>范围</h2></div><h1 class=\"appendix\">清单</h1></article>";
    let entries = headings(markup, Lang::Zh).unwrap();
    let shown: Vec<_> = entries.iter().map(|entry| format!("{} {}", entry.number, entry.text)).collect();
    assert_eq!(shown, ["1 概述", "1.1 范围", "附录 A 清单"]);
    assert_eq!(entries[0].id.as_deref(), Some("a"));
}
