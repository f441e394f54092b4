//! The files of each report, and what is in them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
    sync::OnceLock,
};

use super::{assessed, json};
use roxmltree::{Document, Node, ParsingOptions};
use serde_json::Value;

pub const SUBSITES: [&str; 3] = ["city", "county", "dept"];

/// One subsite in its three forms.
pub struct Report {
    pub subsite: &'static str,
    pub json: Value,
    pub html: String,
    /// Text of the PDF without any white space, as lines are broken where the page ends: once as it was drawn, once
    /// by its place on the page.
    pub pdf: String,
}

impl Report {
    pub fn all() -> &'static [Self] {
        static ALL: OnceLock<Vec<Report>> = OnceLock::new();
        ALL.get_or_init(Self::read)
    }

    pub fn read() -> Vec<Self> {
        let out = assessed().join("out");
        let report = |subsite: &'static str| {
            let folder = out.join(subsite);
            let text =
                ["-raw", "-layout"].map(|order| squeezed(&pdftotext(&folder.join("report.pdf"), order))).join(" ");
            Self {
                subsite,
                json: json(&folder.join("assessment.json")),
                html: fs::read_to_string(folder.join("report.html")).unwrap(),
                pdf: text,
            }
        };
        SUBSITES.map(report).into()
    }

    pub fn profile(&self) -> &Value {
        let profiles = self.json["profiles"].as_array().unwrap();
        assert_eq!(profiles.len(), 1, "the sample has one profile a subsite");
        &profiles[0]
    }

    pub fn outcomes(&self, verdict: &str) -> Vec<&Value> {
        let all = self.json["outcomes"].as_array().unwrap().iter();
        let assisted = assisted();
        all.filter(|o| o["verdict"] == verdict && !assisted.contains(o["check"].as_str().unwrap())).collect()
    }

    /// Asserts that the words stand in the HTML and in the PDF.
    #[track_caller]
    pub fn says(&self, words: &str) {
        let words = squeezed(words);
        assert!(squeezed(&self.text()).contains(&words), "{}: HTML has no `{words}`", self.subsite);
        assert!(self.pdf.contains(&words), "{}: PDF has no `{words}`", self.subsite);
    }

    pub fn document(&self) -> Document<'_> {
        Document::parse_with_options(&self.html, ParsingOptions { allow_dtd: true, ..ParsingOptions::default() })
            .unwrap()
    }

    pub fn text(&self) -> String {
        let document = self.document();
        let body = document.descendants().find(|node| node.has_tag_name("body")).unwrap();
        text(body)
    }

    /// Tables below a heading, each as rows of cells, the head first.
    pub fn tables(&self, heading: &str) -> Vec<Vec<Vec<String>>> {
        let document = self.document();
        let mut tables = Vec::new();
        let mut below = false;
        for node in document.descendants().filter(Node::is_element) {
            match node.tag_name().name() {
                "h1" | "h2" => below = text(node).contains(heading),
                "table" if below => tables.push(rows(node)),
                _ => {}
            }
        }
        assert!(!tables.is_empty(), "{}: no table below `{heading}`", self.subsite);
        tables
    }
}

pub fn pdftotext(path: &Path, order: &str) -> String {
    let output = Command::new("pdftotext").args(["-enc", "UTF-8", order]).arg(path).arg("-").output();
    let output = output.expect("pdftotext is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

pub fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

pub fn text(node: Node<'_, '_>) -> String {
    node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect()
}

pub fn rows(table: Node<'_, '_>) -> Vec<Vec<String>> {
    let cells = |row: Node<'_, '_>| row.children().filter(Node::is_element).map(text).collect();
    table.descendants().filter(|node| node.has_tag_name("tr")).map(cells).collect()
}

/// Ids of checks whose facts are shown and that a person decides.
pub fn assisted() -> BTreeSet<String> {
    let checks = super::files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("checks"));
    let assisted = checks.into_iter().filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains("\nkind: assisted"));
    assisted.map(|(path, _)| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

pub fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no count"))
}

pub fn parsed(cell: &str) -> u64 {
    cell.parse().unwrap_or_else(|_| panic!("`{cell}` is no count"))
}

/// A ratio of the JSON as the reports print it.
pub fn percent(ratio: &Value) -> String {
    if ratio.is_null() {
        return "—".to_owned();
    }
    let (numerator, denominator) = (number(&ratio["numerator"]), number(&ratio["denominator"]));
    let hundredths = (u128::from(numerator) * 200 + u128::from(denominator)) / (2 * u128::from(denominator));
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

pub fn share(part: u64, whole: u64) -> String {
    percent(&serde_json::json!({"numerator": part * 100, "denominator": whole}))
}

pub fn sum(table: &[Vec<String>], column: usize) -> u64 {
    table[1..].iter().map(|row| parsed(&row[column])).sum()
}

/// How often each word stands in a column.
pub fn tally(table: &[Vec<String>], column: usize) -> BTreeMap<String, u64> {
    let mut tally = BTreeMap::new();
    for row in &table[1..] {
        *tally.entry(row[column].clone()).or_default() += 1;
    }
    tally
}
