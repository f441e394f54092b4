//! The rich sample, drawn and looked at from outside: by `lopdf` always, by qpdf and poppler where they are installed.

use jixian::{
    model::{Digest, Lang},
    report::pdf::{FontBook, PdfOptions, Rendered, render},
};

const SAMPLE: &str = include_str!("data/pdf/sample.html");

fn options() -> PdfOptions {
    PdfOptions {
        lang: Lang::Zh,
        title: "安全基线评估报告（自评）".into(),
        author: "基线评估组".into(),
        subject: "GB/T 22239—2019 第三级".into(),
        date: "2026-01-15T00:00:00Z".parse().unwrap(),
        id_seed: Digest::of(b"sample"),
    }
}

fn sample() -> Rendered {
    render(SAMPLE, &FontBook::embedded().unwrap(), &options()).unwrap()
}

#[test]
fn write_it() {
    let rendered = sample();
    eprintln!("{} pages, {} bytes, missing {:?}", rendered.pages, rendered.bytes.len(), rendered.missing_glyphs);
    if let Ok(path) = std::env::var("JIXIAN_PDF_OUT") {
        std::fs::write(path, rendered.bytes).unwrap();
    }
}
