//! The rich sample from outside: what is inside the file, and that it never changes by itself.

mod pdf_support;

use jixian::{model::Digest, report::pdf::markup::headings};
use lopdf::{Dictionary, Document, Object};
use pdf_support::{SAMPLE, ask, options, sample, text_of};

fn document() -> Document {
    Document::load_mem(&sample().bytes).unwrap()
}

fn follow<'a>(document: &'a Document, dictionary: &Dictionary, key: &[u8]) -> Option<&'a Dictionary> {
    document.get_dictionary(dictionary.get(key).ok()?.as_reference().ok()?).ok()
}

#[test]
fn the_same_input_gives_the_same_bytes_in_this_process_and_in_another() {
    let digest = Digest::of(&sample().bytes).hex();
    if std::env::var_os("JIXIAN_PDF_CHILD").is_some() {
        println!("digest {digest}");
        return;
    }
    assert_eq!(Digest::of(&sample().bytes).hex(), digest);
    let this = "the_same_input_gives_the_same_bytes_in_this_process_and_in_another";
    for _ in 0..3 {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        let output = child.args(["--exact", this, "--nocapture"]).env("JIXIAN_PDF_CHILD", "1").output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains(&format!("digest {digest}")), "{said}");
    }
}

#[test]
fn characters_that_no_font_has_are_named() {
    let rendered = sample();
    assert_eq!(rendered.missing_glyphs, ['㵲', '溮', '𠀀']);
    assert!(rendered.pages > 15);
}

#[test]
fn every_heading_is_a_bookmark_below_its_chapter() {
    let (document, entries) = (document(), headings(SAMPLE, options().lang).unwrap());
    let outline = follow(&document, document.catalog().unwrap(), b"Outlines").unwrap();
    let mut titles = Vec::new();
    let mut open = vec![(follow(&document, outline, b"First"), 1)];
    while let Some((entry, level)) = open.pop() {
        let Some(entry) = entry else { continue };
        let units = entry.get(b"Title").and_then(Object::as_str).unwrap();
        titles.push((level, units.to_vec()));
        assert_eq!(entry.get(b"Dest").and_then(Object::as_array).unwrap().len(), 5);
        open.push((follow(&document, entry, b"Next"), level));
        open.push((follow(&document, entry, b"First"), level + 1));
    }
    assert_eq!(titles.len(), entries.len());
    for ((_, title), entry) in titles.iter().zip(&entries) {
        let units: Vec<u16> = title[2..].chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        let text = String::from_utf16(&units).unwrap();
        assert!(text.starts_with(&entry.number) && text.ends_with(&entry.text), "{text}");
    }
}

#[test]
fn every_link_is_known_to_the_structure_tree_and_to_the_printer() {
    let document = document();
    let mut links = 0;
    for page in document.get_pages().into_values() {
        let page = document.get_dictionary(page).unwrap();
        let Ok(list) = page.get(b"Annots").and_then(Object::as_array) else { continue };
        for link in list {
            let link = document.get_dictionary(link.as_reference().unwrap()).unwrap();
            assert!(link.has(b"StructParent"));
            assert_eq!(link.get(b"F").and_then(Object::as_i64).unwrap(), 4);
            links += 1;
        }
    }
    let in_contents = headings(SAMPLE, options().lang).unwrap().iter().filter(|entry| entry.level <= 2).count();
    // Five in the text; the address of the site is broken over two lines.
    assert_eq!(links, in_contents + 6);
}

#[test]
fn the_file_says_its_language_and_title_and_claims_no_conformance() {
    let (bytes, document) = (sample().bytes, document());
    let catalog = document.catalog().unwrap();
    assert_eq!(catalog.get(b"Lang").and_then(Object::as_str).unwrap(), b"zh-CN");
    assert_eq!(catalog.get(b"PageMode").and_then(Object::as_name).unwrap(), b"UseOutlines");
    assert!(catalog.has(b"StructTreeRoot") && catalog.has(b"MarkInfo"));
    let metadata = document.get_object(catalog.get(b"Metadata").and_then(Object::as_reference).unwrap()).unwrap();
    let metadata = String::from_utf8_lossy(&metadata.as_stream().unwrap().content).into_owned();
    assert!(metadata.contains("安全基线评估报告（自评）") && metadata.contains("2026-01-15T00:00:00Z"));
    assert!(!metadata.contains("pdfaid") && !catalog.has(b"OutputIntents"));
    assert!(bytes.starts_with(b"%PDF-1.7"));
}

#[test]
fn qpdf_finds_no_fault() {
    let Some((ok, said)) = ask("qpdf", &["--check"], &sample().bytes, &[]) else { return };
    assert!(ok && said.contains("No syntax or stream encoding errors"), "{said}");
}

#[test]
fn every_font_is_embedded_cut_down_and_can_be_read_back() {
    let Some((_, said)) = ask("pdffonts", &[], &sample().bytes, &[]) else { return };
    let fonts: Vec<_> = said.lines().skip(2).collect();
    assert_eq!(fonts.len(), 3, "{said}");
    assert!(fonts.iter().all(|font| font.contains("yes yes yes") && font.as_bytes()[6] == b'+'), "{said}");
}

#[test]
fn chinese_text_comes_back_as_it_was_written() {
    let Some(text) = text_of(&sample().bytes) else { return };
    for sentence in [
        "本报告依据GB/T22239—2019《信息安全技术网络安全等级保护基本要求》第三级",
        "均不得被拆开。英文单词misconfiguration、网址https://www.sczwfw.gov.cn/",
        "任何结论均可由证据包重新推导，推导结果与本报告逐字节一致。",
        "口令长度不少于8位，并包含“大小写字母、数字、特殊字符”中的三类",
        "sha256:0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8",
        "附录A",
        "第1页",
    ] {
        assert_eq!(text.contains(sentence), sentence != "第1页", "{sentence}");
    }
}

#[test]
fn the_header_row_stands_on_every_page_of_a_table_and_the_footer_on_all_but_the_cover() {
    let rendered = sample();
    let Some((_, said)) = ask("pdftotext", &["-layout"], &rendered.bytes, &["-"]) else { return };
    let pages: Vec<&str> = said.trim_end_matches('\u{c}').split('\u{c}').collect();
    assert_eq!(pages.len(), rendered.pages);
    let has_rows = |page: &&&str| page.lines().any(|line| line.trim_start().starts_with("PE-"));
    let with_rows: Vec<_> = pages.iter().filter(has_rows).collect();
    assert!(with_rows.len() > 8);
    assert!(with_rows.iter().all(|page| page.matches("证据摘要").count() == 1));
    for (index, page) in pages.iter().enumerate() {
        let footer = format!("第 {} 页 / 共 {} 页", index + 1, rendered.pages);
        assert_eq!(page.contains(&footer), index > 0, "page {}", index + 1);
    }
}

#[test]
fn every_han_character_of_the_font_can_be_searched_for() {
    let all: String = ('\u{4e00}'..='\u{9fff}').collect();
    let rendered = pdf_support::draw(&format!("<article><p>{all}</p></article>")).unwrap();
    let Some(text) = text_of(&rendered.bytes) else { return };
    let expected: Vec<char> = all.chars().filter(|c| !rendered.missing_glyphs.contains(c)).collect();
    assert!(expected.len() > 7900, "{}", expected.len());
    let read: std::collections::BTreeSet<char> = text.chars().collect();
    let lost: String = expected.into_iter().filter(|c| !read.contains(c)).collect();
    assert_eq!(lost, "");
}

#[test]
fn the_tag_tree_names_tables_headings_and_figures() {
    let Some((_, said)) = ask("pdfinfo", &["-struct-text"], &sample().bytes, &[]) else { return };
    for tag in
        ["H1 (block)", "TOCI", "Table (block)", "TH", "L (block)", "LBody", "Figure", "Link (inline)", "Code (inline)"]
    {
        assert!(said.contains(tag), "{tag} is missing");
    }
}

/// Not a test of speed (machines differ): prints what it takes. Run it with `--release --ignored --nocapture`.
#[test]
#[ignore = "measures"]
fn how_long_it_takes() {
    let cold = std::time::Instant::now();
    let first = sample();
    let cold = cold.elapsed();
    const ROUNDS: u32 = 20;
    let warm = std::time::Instant::now();
    for _ in 0..ROUNDS {
        std::hint::black_box(sample());
    }
    let warm = warm.elapsed() / ROUNDS;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default().to_owned();
    println!(
        "{} pages, {} bytes, cold {cold:?}, warm {warm:?}, {:?} a page, {peak}",
        first.pages,
        first.bytes.len(),
        warm / first.pages as u32
    );
    if let Some(path) = std::env::var_os("JIXIAN_PDF_OUT") {
        std::fs::write(path, first.bytes).unwrap();
    }
}

/// Draws any markup file: `JIXIAN_PDF_IN=x.html JIXIAN_PDF_OUT=x.pdf cargo test --test pdf_sample draws_a_file -- --ignored`.
#[test]
#[ignore = "a tool for looking at pages"]
fn draws_a_file() {
    let (Ok(from), Ok(to)) = (std::env::var("JIXIAN_PDF_IN"), std::env::var("JIXIAN_PDF_OUT")) else { return };
    std::fs::write(to, pdf_support::draw(&std::fs::read_to_string(from).unwrap()).unwrap().bytes).unwrap();
}
