//! What the reader promises to every file type.

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use crate::model::{Digest, Lang};

use super::{
    Date, MAX_BYTES, Mistakes, Positions, Schema, Source, read, read_document, read_recovering, schema_version,
};

#[derive(Debug, Deserialize, PartialEq)]
struct Garden {
    schema: String,
    beds: Vec<Bed>,
    #[serde(default)]
    note: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Bed {
    name: String,
    rows: u8,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    sown: Option<Date>,
}

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    #[default]
    Herbs,
    Roots,
}

const GARDEN: Schema = Schema::new("jixian.garden", 1, 0);

fn source(text: &str) -> Source {
    Source::new("garden.yaml", text)
}

fn garden(text: &str) -> Result<Garden, Mistakes> {
    read_document(&source(text), GARDEN).map(|(garden, _)| garden)
}

/// `line:column message` of each mistake, in English.
fn mistakes(text: &str) -> Vec<String> {
    let list = garden(text).expect_err("there is a mistake");
    list.iter().map(|m| format!("{}:{} {}", m.line, m.column, m.message.en)).collect()
}

fn helps(text: &str) -> Vec<String> {
    let list = garden(text).expect_err("there is a mistake");
    list.iter().filter_map(|m| m.help.as_ref().map(|help| help.en.clone())).collect()
}

#[test]
fn a_right_file_is_read() {
    let text = "schema: jixian.garden/v1\nbeds:\n  - {name: '1', rows: 2, kind: roots, sown: \"2026-03-01\"}\nnote:\n";
    let garden = garden(text).unwrap();
    assert_eq!(garden.beds[0].name, "1");
    assert_eq!(garden.beds[0].kind, Kind::Roots);
    assert_eq!(garden.note, None);
}

#[test]
fn every_mistake_that_can_be_reached_is_listed_in_one_go() {
    let text = "schema: jixian.garden/v1
beds:
  - {name: a, rows: many}
  - {name: b, rows: 300, kind: rots}
  - {name: c, row: 1}
  - {rows: 2}
  - {name: 7, rows: 1, sown: 2026-03-01}
colour: green
";
    assert_eq!(
        mistakes(text),
        [
            "3:21 expected u8, found string \"many\"",
            "4:21 expected u8, found integer `300`",
            "4:32 unknown value: rots",
            "5:5 rows is missing",
            "5:15 unknown key: row",
            "6:5 name is missing",
            "7:12 expected a string, found 7",
            "7:30 dates and times are quoted: 2026-03-01",
            "8:1 unknown key: colour",
        ]
    );
    let helps = helps(text);
    for help in ["did you mean roots?", "did you mean rows?", "quote it to make it a text", "write \"2026-03-01\""] {
        assert!(helps.iter().any(|found| found == help), "{help} in {helps:?}");
    }
}

#[test]
fn what_has_several_readings_is_refused() {
    let head = "schema: jixian.garden/v1\n";
    for (text, message) in [
        ("beds: &a []\n", "2:10 anchors (&) are not allowed"),
        ("beds: []\nnote: *a\n", "3:7 aliases (*) are not allowed"),
        ("beds: !!seq []\n", "2:7 tags are not allowed: !!seq"),
        ("beds: []\nnote: !has(x)\n", "3:7 tags are not allowed: !has(x)"),
        ("beds: []\n<<: {note: x}\n", "3:1 merge keys are not allowed: <<"),
        ("beds: []\nbeds: []\n", "3:1 the key beds is given twice"),
        ("beds: []\nnote: 22:22\n", "3:7 dates and times are quoted: 22:22"),
        ("beds: []\n---\nbeds: []\n", "3:1 a file holds one YAML document"),
        ("beds: []\n{a: 1}: x\n", "3:1 a key is a text"),
    ] {
        let found = mistakes(&format!("{head}{text}"));
        assert!(found.iter().any(|found| found == message), "{text}: {found:?}");
    }
}

#[test]
fn syntax_errors_have_their_place() {
    let found = mistakes("schema: jixian.garden/v1\nbeds: [\n  {name: a\n");
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("not valid YAML"), "{found:?}");
    assert_eq!(mistakes(""), ["1:1 the file is empty"]);
    assert_eq!(mistakes("# nothing\n"), ["1:1 the file is empty"]);
    assert_eq!(mistakes("[]"), ["1:1 schema is missing"]);
}

#[test]
fn budgets_hold() {
    let deep = format!("schema: jixian.garden/v1\nbeds: {}", "[".repeat(200));
    assert!(garden(&deep).is_err());
    let flow = format!("schema: jixian.garden/v1\nbeds: {}{}", "[".repeat(70), "]".repeat(70));
    assert!(garden(&flow).is_err());
    let large = format!("schema: jixian.garden/v1\nbeds: []\nnote: {}\n", "x".repeat(MAX_BYTES));
    assert!(mistakes(&large)[0].contains("more than the limit"));
    let many = format!("schema: jixian.garden/v1\nbeds:\n{}", "  - 1\n".repeat(5_000));
    assert_eq!(garden(&many).unwrap_err().iter().count(), 100);
}

#[test]
fn a_large_file_is_read_in_linear_time() {
    // Slow only if keys are compared with each other: some 40,000 of them.
    let keys: String = (0..40_000).map(|n| format!("{n:x},")).collect();
    let text = format!("{{{}}}", &keys[..keys.len().min(MAX_BYTES - 10)].trim_end_matches(|c| c != ','));
    let value: Value = read(&source(&text)).unwrap();
    assert!(value.as_object().unwrap().len() > 30_000);
}

#[test]
fn a_newer_minor_version_is_read_and_a_newer_major_one_refused_with_help() {
    assert!(garden("schema: jixian.garden/v1.7\nbeds: []\nfountain: yes\n").is_ok());
    let document =
        read_recovering::<Garden>(&source("schema: jixian.garden/v1.7\nbeds: []\nfountain: 1\n"), Some(GARDEN));
    assert_eq!(document.ignored.iter().count(), 1);
    assert_eq!(helps("schema: jixian.garden/v2\nbeds: []\n"), ["use a newer version of jixian"]);
    assert_eq!(
        mistakes("schema: jixian.check/v1\nbeds: []\n"),
        ["1:9 expected schema jixian.garden/v…, found jixian.check/v1"]
    );
    assert_eq!(schema_version(&source("schema: jixian.check/v3.12\n"), "jixian.check"), Ok((3, 12)));
    for bad in ["jixian.check/v", "jixian.check/v+1", "jixian.check/v1.", "jixian.check/v1.2.3", "jixian.check/1"] {
        assert!(schema_version(&source(&format!("schema: {bad}\n")), "jixian.check").is_err(), "{bad}");
    }
}

#[test]
fn a_mistake_shows_its_line_and_says_how_to_put_it_right_in_both_languages() {
    let list = garden("schema: jixian.garden/v1\nbeds:\n  - {name: 药草, row: 1, rows: 2}\n").unwrap_err();
    let zh = list.render(Lang::Zh, false);
    assert!(zh.contains("错误: 未知的键：row"), "{zh}");
    assert!(zh.contains("garden.yaml:3:16"), "{zh}");
    assert!(zh.contains("3 |   - {name: 药草, row: 1, rows: 2}"), "{zh}");
    assert!(zh.contains("建议: 是否想写 rows？"), "{zh}");
    let en = list.render(Lang::En, false);
    assert!(en.contains("error: unknown key: row") && en.contains("help: did you mean rows?"), "{en}");
}

#[test]
fn hostile_text_cannot_write_to_a_terminal() {
    let shown = garden("schema: jixian.garden/v1\nbeds: []\n\"\\e[31m\": 1\n\"\u{202e}x\": 2\n").unwrap_err();
    let shown = shown.render(Lang::En, false);
    assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
    let long = format!("schema: jixian.garden/v1\nbeds: []\n{}: 1\n", "k".repeat(900));
    let shown = garden(&long).unwrap_err().render(Lang::En, false);
    assert!(shown.lines().all(|line| line.chars().count() < 1_000), "{shown}");
}

#[test]
fn bytes_that_are_no_text_are_a_mistake_with_its_place() {
    let mistake = Source::from_bytes("gbk.yaml", b"schema: x\nname: \xd6\xd0").unwrap_err();
    assert_eq!((mistake.0[0].line, mistake.0[0].column), (2, 7));
    assert!(Source::from_bytes("large.yaml", &vec![b'#'; MAX_BYTES + 1]).is_err());
    assert!(Source::from_bytes("bom.yaml", "\u{feff}schema: jixian.garden/v1\nbeds: []\n".as_bytes()).is_ok());
    assert!(garden("\u{feff}schema: jixian.garden/v1\nbeds: []\n").is_ok());
}

#[test]
fn places_are_found_by_path_even_where_keys_hold_dots() {
    let text = "a:\n  b.c: {d: 1}\n  b: [10, {e: 2}]\n";
    let positions = Positions::of(&source(text));
    assert_eq!(positions.line_column("a.b.c.d"), (2, 12));
    assert_eq!(positions.line_column("a.b[1].e"), (3, 15));
    assert_eq!(positions.line_column("a.b[9].e"), (3, 6));
    assert_eq!(positions.line_column(""), (1, 1));
    assert!(positions.has("a.b.c") && positions.has("a.b[0]"));
    assert!(!positions.has("a.b[2]") && !positions.has("x"));
}

#[test]
fn values_of_any_shape_are_read_by_the_core_schema() {
    let value: Value = read(&source("[1, -2, 1.5, yes, 'true', true, null, 0x10, {a: []}]")).unwrap();
    assert_eq!(value, serde_json::json!([1, -2, 1.5, "yes", "true", true, null, 16, {"a": []}]));
    let block: Value = read(&source("expr: |\n  !has(x)\n")).unwrap();
    assert_eq!(block["expr"], "!has(x)\n");
}

#[test]
fn digests_say_what_is_wrong_with_them() {
    let digest = read::<Digest>(&source("abc")).unwrap_err();
    assert!(digest.0[0].message.en.contains("not a SHA-256 digest"));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(source) = Source::from_bytes("x", &bytes)
            && let Err(mistakes) = garden(&source.text)
        {
            prop_assert!(!mistakes.is_empty());
            let _ = mistakes.render(Lang::Zh, true);
        }
    }

    #[test]
    fn arbitrary_yaml_like_text_never_panics(text in "[-a-z0-9:{}\\[\\],'\"&*!|>#%@` \n\t\u{4e00}]{0,200}") {
        let text = format!("schema: jixian.garden/v1\nbeds:\n{text}");
        if let Err(mistakes) = garden(&text) {
            prop_assert!(!mistakes.is_empty());
            let _ = mistakes.render(Lang::En, false);
        }
        let _ = read::<Value>(&source(&text));
    }
}
