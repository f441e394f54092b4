//! A report of 17 pages: in a new process (cold), then page by page in one that has its fonts (warm).
//!
//! `cargo bench --bench report`. Targets: cold 0.15 s and 80 MB, warm 6 ms a page, 250 kB, the same bytes in every process.
#![expect(clippy::disallowed_methods, reason = "a benchmark starts itself again")]

mod common;

use std::time::Instant;

use common::{best, own_peak, report, run, say};
use jixian::{
    model::{Digest, Lang},
    report::pdf::{FontBook, PdfOptions, Rendered, render},
};

const SAMPLE: &str = include_str!("../tests/data/pdf/sample.html");

/// The argument with which a benchmark draws once and prints the digest.
const ONCE: &str = "__once";

fn main() {
    if std::env::args().any(|arg| arg == ONCE) {
        return say(&Digest::of(&draw(&FontBook::embedded().expect("the built-in fonts read")).bytes).to_string());
    }
    let this = std::env::current_exe().expect("a bench has a path").display().to_string();
    report("cold: a process that draws once", best(10, || run(&this, &[ONCE])), "150 ms, 80 MB");

    let fonts = FontBook::embedded().expect("the built-in fonts read");
    let drawn = draw(&fonts);
    let digest = Digest::of(&drawn.bytes);
    let again = std::process::Command::new(&this).arg(ONCE).output().expect("it is this program").stdout;
    assert_eq!(String::from_utf8_lossy(&again).trim(), digest.to_string(), "another process draws other bytes");
    let mut least = f64::MAX;
    for _ in 0..30 {
        let begun = Instant::now();
        let rendered = draw(&fonts);
        least = least.min(begun.elapsed().as_secs_f64());
        assert_eq!(Digest::of(&rendered.bytes), digest, "the same process draws other bytes");
    }
    let pages = drawn.pages;
    say(&format!(
        "warm: {pages} pages in {:.1} ms, {:.2} ms a page   target: 6 ms",
        least * 1e3,
        least * 1e3 / pages as f64
    ));
    say(&format!("size: {:.1} kB   target: 250 kB", drawn.bytes.len() as f64 / 1e3));
    say(&format!("peak of the warm process: {:.1} MB", own_peak() as f64 / 1e3));
}

fn draw(fonts: &FontBook) -> Rendered {
    let options = PdfOptions {
        lang: Lang::Zh,
        title: "安全基线评估报告（自评）".to_owned(),
        author: "基线评估组".to_owned(),
        subject: "GB/T 22239—2019 第三级".to_owned(),
        date: jiff::Timestamp::constant(1_768_435_200, 0),
        id_seed: Digest::of(b"sample"),
    };
    render(SAMPLE, fonts, &options).expect("the sample is right")
}
