//! What the tests of the PDF report share.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::process::Command;

use jixian::{
    model::{Digest, Lang},
    report::pdf::{FontBook, PdfError, PdfOptions, Rendered, render},
};

pub const SAMPLE: &str = include_str!("../data/pdf/sample.html");

pub fn options() -> PdfOptions {
    PdfOptions {
        lang: Lang::Zh,
        title: "安全基线评估报告（自评）".into(),
        author: "基线评估组".into(),
        subject: "GB/T 22239—2019 第三级".into(),
        date: "2026-01-15T00:00:00Z".parse().unwrap(),
        id_seed: Digest::of(b"sample"),
    }
}

pub fn draw(markup: &str) -> Result<Rendered, PdfError> {
    render(markup, &FontBook::embedded().unwrap(), &options())
}

pub fn sample() -> Rendered {
    draw(SAMPLE).unwrap()
}

/// What `program` says about a PDF, or `None` with a word to the reader where it is not installed.
pub fn ask(program: &str, before: &[&str], pdf: &[u8], after: &[&str]) -> Option<(bool, String)> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.pdf");
    std::fs::write(&file, pdf).unwrap();
    match Command::new(program).args(before).arg(&file).args(after).output() {
        Ok(output) => {
            let text = [output.stdout, output.stderr].concat();
            Some((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
        }
        Err(error) => {
            eprintln!("skipped: {program} cannot be run here ({error})");
            None
        }
    }
}

/// The text of a PDF without white space, so that line ends do not matter.
pub fn text_of(pdf: &[u8]) -> Option<String> {
    let (ok, text) = ask("pdftotext", &["-raw"], pdf, &["-"])?;
    assert!(ok, "{text}");
    Some(text.split_whitespace().collect())
}
