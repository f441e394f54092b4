//! What a reader of the pages may expect, checked on the placed items of the rich sample.

use crate::{
    model::Lang,
    report::pdf::{
        FontBook,
        canvas::{Item, Page, Segment},
        furniture,
        layout::{LaidOut, lay_out},
        markup,
        script::{no_line_end, no_line_start},
        theme::{BOTTOM, FOOTER_BASELINE, MARGIN, PAGE_WIDTH},
    },
};

const SAMPLE: &str = include_str!("../../../tests/data/pdf/sample.html");

fn laid_out(markup: &str) -> LaidOut {
    let fonts = FontBook::embedded().unwrap();
    let article = markup::read(markup).unwrap();
    let mut document = lay_out(&article, &fonts, Lang::Zh).unwrap();
    furniture::furnish(&mut document, &article, &fonts, Lang::Zh);
    document
}

/// A line of text on a page: where it stands, what it says, where it ends.
struct Shown {
    x: f32,
    y: f32,
    text: String,
    end: f32,
    decoration: bool,
}

fn width_of(fonts: &FontBook, segments: &[Segment]) -> f32 {
    let mut width = 0.0;
    for segment in segments {
        let face = &fonts.faces()[usize::from(segment.face)];
        for (text, behind) in &segment.parts {
            width += behind;
            for c in text.chars() {
                let units = if face.has(c) { face.entry(c).1 } else { face.notdef_width() };
                width += f32::from(units) / f32::from(face.units_per_em) * segment.size + segment.tracking;
            }
        }
    }
    width
}

/// Text items in drawing order; those of one line that follow each other are joined.
fn lines(page: &Page) -> Vec<Shown> {
    let fonts = FontBook::embedded().unwrap();
    let mut lines: Vec<Shown> = Vec::new();
    let mut decoration = false;
    for item in &page.items {
        match item {
            Item::Artifact => decoration = true,
            Item::Begin { .. } => decoration = false,
            Item::Text { x, y, segments, rotated: false } => {
                let text: String =
                    segments.iter().flat_map(|segment| segment.parts.iter().map(|part| part.0.as_str())).collect();
                let end = x + width_of(&fonts, segments);
                match lines.last_mut().filter(|last| last.y == *y && (last.end - x).abs() < 1.0) {
                    Some(last) => {
                        last.text.push_str(&text);
                        last.end = end;
                    }
                    None => lines.push(Shown { x: *x, y: *y, text, end, decoration }),
                }
            }
            _ => {}
        }
    }
    lines
}

#[test]
fn no_line_of_the_sample_breaks_the_rules_of_line_ends() {
    let mut seen = 0;
    for page in &laid_out(SAMPLE).canvas.pages {
        for line in lines(page)
            .into_iter()
            .filter(|line| !line.decoration && line.text.chars().count() > 1 && !line.text.starts_with("? "))
        {
            let (first, last) = (line.text.chars().next().unwrap(), line.text.chars().last().unwrap());
            assert!(!no_line_start(first), "line starts wrong: {}", line.text);
            assert!(!no_line_end(last), "line ends wrong: {}", line.text);
            seen += 1;
        }
    }
    assert!(seen > 1500, "{seen}");
}

#[test]
fn nothing_stands_outside_the_margins() {
    let long = format!("{} {}", "W".repeat(400), "安全基线".repeat(80));
    let mut markup = SAMPLE.replace("<b>B</b>", &format!("<b>{long}</b>"));
    for short in ["成都市", "金牛区分站", "2025Q1", "安全通信网络", "评估员（签字）", "访问控制"]
    {
        markup = markup.replace(short, &long);
    }
    let markup =
        markup.replace("符合</", &format!("{long}</")).replace("=\"符合:ok", &format!("=\"{}:ok", "W".repeat(400)));
    let markup =
        markup.replace("\"日期", &format!("\"{long}")).replace("\"物理环境", &format!("\"{}", "W".repeat(400)));
    for document in [laid_out(SAMPLE), laid_out(&markup)] {
        for (number, page) in document.canvas.pages.iter().enumerate() {
            for line in lines(page) {
                assert!(line.x > MARGIN - 6.0, "page {number}: {:.60}", line.text);
                assert!(line.end < PAGE_WIDTH - MARGIN + 6.0, "page {number}: {:.60} ends at {}", line.text, line.end);
                assert!(
                    line.y < BOTTOM + 4.0 || line.y == FOOTER_BASELINE,
                    "page {number}: {:.60} at {}",
                    line.text,
                    line.y
                );
            }
        }
    }
}

#[test]
fn a_heading_is_never_the_last_thing_on_a_page() {
    for fill in 0..60 {
        let before = "<p>正文一行</p>".repeat(fill);
        let markup = format!("<article>{before}<h2>标题</h2><p>{}</p></article>", "正文".repeat(80));
        for page in &laid_out(&markup).canvas.pages {
            let last = page.items.iter().rev().find_map(|item| match item {
                Item::Begin { tag, .. } => Some(*tag),
                _ => None,
            });
            assert_ne!(last, Some("H2"), "{fill}");
        }
    }
}

#[test]
fn a_paragraph_never_leaves_one_line_alone_on_a_page() {
    for fill in 0..60 {
        let before = "<p>正文一行</p>".repeat(fill);
        let markup = format!("<article>{before}<p>{}</p></article>", "逐项核查并记录证据".repeat(24));
        let counts: Vec<usize> = laid_out(&markup)
            .canvas
            .pages
            .iter()
            .map(|page| lines(page).iter().filter(|line| line.text.contains("核查")).count())
            .filter(|count| *count > 0)
            .collect();
        assert!(counts.iter().all(|count| *count > 1), "{fill}: {counts:?}");
    }
}

#[test]
fn kept_blocks_stay_together_when_a_page_is_enough() {
    for fill in 0..45 {
        let before = "<p>正文一行</p>".repeat(fill);
        let kept = "<p>同页一</p><table><tr><td>同页二</td></tr></table><p>同页三</p>";
        let document = laid_out(&format!("<article>{before}<div class=\"keep\">{kept}</div></article>"));
        let with =
            |text: &str| document.canvas.pages.iter().position(|page| lines(page).iter().any(|line| line.text == text));
        assert_eq!(with("同页一"), with("同页三"), "{fill}");
        let drawn = document.canvas.pages.iter().flat_map(lines).filter(|line| line.text == "同页一").count();
        assert_eq!(drawn, 1);
    }
}

#[test]
fn the_contents_name_the_pages_where_the_chapters_are() {
    let document = laid_out(SAMPLE);
    let contents = lines(&document.canvas.pages[1]);
    for bookmark in document.bookmarks.iter().filter(|bookmark| bookmark.level <= 2) {
        let entry = contents.iter().find(|line| line.text == bookmark.title).unwrap();
        let number = contents.iter().find(|line| line.y == entry.y && line.x > PAGE_WIDTH * 0.8 && !line.decoration);
        assert_eq!(number.unwrap().text, (bookmark.page + 1).to_string(), "{}", bookmark.title);
        let dots = contents.iter().find(|line| line.y == entry.y && line.decoration).unwrap();
        let gaps = (dots.x - entry.end, number.unwrap().x - dots.end);
        assert!(gaps.0 < 10.0 && gaps.1 < 10.0, "leader dots leave {gaps:?} free");
    }
}

#[test]
fn contents_of_several_pages_push_the_chapters_back() {
    let chapters: String = (0..150).map(|chapter| format!("<h2>第 {chapter} 节</h2><p>正文</p>")).collect();
    let document = laid_out(&format!("<article><nav class=\"toc\" data-title=\"目录\"/>{chapters}</article>"));
    assert!(document.bookmarks[0].page >= 3);
    assert!(lines(&document.canvas.pages[2]).iter().any(|line| line.text.contains("节")));
}
