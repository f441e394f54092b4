//! Running header and footer and the pale word across each page, all decoration to a reader aloud.

use crate::{
    model::Lang,
    report::pdf::{
        FontBook,
        block::Article,
        canvas::{Canvas, Item, Segment, Setting},
        layout::LaidOut,
        linebreak::{Line, break_lines},
        shape::{BaseStyle, Shaped},
        theme::{
            FOOTER_BASELINE, FURNITURE_SIZE, GREY, HEADER_BASELINE, HEADER_RULE, MARGIN, PAGE_HEIGHT, PAGE_WIDTH, RULE,
            Rgb, TEXT_WIDTH, WATERMARK,
        },
    },
};

/// Draws header, footer and watermark on every page.
pub(super) fn furnish(document: &mut LaidOut, article: &Article, fonts: &FontBook, lang: Lang) {
    let total = document.canvas.pages.len();
    for page in 0..total {
        document.canvas.page = page;
        if !article.watermark.is_empty() {
            watermark(&mut document.canvas, fonts, &article.watermark);
        }
        if !document.bare_pages.contains(&page) {
            header(&mut document.canvas, fonts, article);
            footer(&mut document.canvas, fonts, lang, page + 1, total);
        }
    }
}

fn header(canvas: &mut Canvas, fonts: &FontBook, article: &Article) {
    let left = one_line(fonts, &article.header_left, GREY, TEXT_WIDTH * 0.62);
    let right = one_line(fonts, &article.header_right, GREY, TEXT_WIDTH * 0.36);
    canvas.artifact(|canvas| {
        put(canvas, &left, MARGIN, HEADER_BASELINE);
        put(canvas, &right, PAGE_WIDTH - MARGIN - right.1.width, HEADER_BASELINE);
        canvas.put(Item::Fill { color: RULE, areas: vec![[MARGIN, HEADER_RULE, TEXT_WIDTH, 0.5]] });
    });
}

fn footer(canvas: &mut Canvas, fonts: &FontBook, lang: Lang, page: usize, total: usize) {
    let text = match lang {
        Lang::Zh => format!("第 {page} 页 / 共 {total} 页"),
        Lang::En => format!("Page {page} of {total}"),
    };
    let line = one_line(fonts, &text, GREY, TEXT_WIDTH);
    let x = (PAGE_WIDTH - line.1.width) / 2.0;
    canvas.artifact(|canvas| put(canvas, &line, x, FOOTER_BASELINE));
}

/// The part of `text` that fits on one line.
fn one_line(fonts: &FontBook, text: &str, color: Rgb, room: f32) -> (Shaped, Line) {
    let shaped = Shaped::plain(fonts, text, BaseStyle { size: FURNITURE_SIZE, color, bold: false });
    let first = break_lines(&shaped, room, 0.0).first().copied();
    (shaped, first.unwrap_or(Line { start: 0, end: 0, width: 0.0, last: true }))
}

fn put(canvas: &mut Canvas, (shaped, line): &(Shaped, Line), x: f32, y: f32) {
    canvas.line(None, shaped, line, Setting { x, y, justify: None });
}

/// Drawn first, so that everything else is over it.
fn watermark(canvas: &mut Canvas, fonts: &FontBook, text: &str) {
    let natural = Shaped::plain(fonts, text, BaseStyle { size: 1.0, color: WATERMARK, bold: true }).width();
    let size = (PAGE_WIDTH * 0.8 / natural.max(1.0)).min(150.0);
    let shaped = Shaped::plain(fonts, text, BaseStyle { size, color: WATERMARK, bold: true });
    let half = shaped.width() / 2.0 * std::f32::consts::FRAC_1_SQRT_2;
    let segments = shaped.glyphs.iter().map(|glyph| Segment {
        face: glyph.face,
        size,
        color: WATERMARK,
        tracking: 0.0,
        parts: vec![(glyph.c.to_string(), glyph.after)],
    });
    let (x, y) = (PAGE_WIDTH / 2.0 - half + size * 0.25, PAGE_HEIGHT / 2.0 + half + size * 0.25);
    let text = Item::Text { x, y, rotated: true, segments: segments.collect() };
    canvas.insert_ground(canvas.page, 0, vec![text]);
}
