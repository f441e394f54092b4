//! Packs the catalogue (checks, profiles, templates) into one compressed object that the binary carries.
//!
//! Beside each YAML file lies its tree, already parsed: a start of the program would spend most of its time on that.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a build script reads files and talks to cargo"
)]

use std::{collections::BTreeMap, env, fs, path::Path};

use serde_yaml::granit_parser::{Event, Parser, ScalarStyle};

fn main() {
    let mut files = BTreeMap::new();
    for folder in ["checks", "profiles", "templates"] {
        println!("cargo::rerun-if-changed={folder}");
        walk(Path::new(folder), &mut files);
    }
    let mut packed = Vec::new();
    for (path, text) in &files {
        for part in [path.as_bytes(), text.as_slice(), &tree(path, text)] {
            sized(&mut packed, part);
        }
    }
    let packed = zstd::encode_all(packed.as_slice(), 19).expect("compression into memory does not fail");
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("catalogue.zst"), packed).expect("OUT_DIR is writable");
}

fn walk(folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, files);
        } else {
            let name = path.to_str().expect("catalogue paths are UTF-8").replace('\\', "/");
            files.insert(name, fs::read(&path).expect("a listed file can be read"));
        }
    }
}

fn sized(out: &mut Vec<u8>, part: &[u8]) {
    number(out, part.len());
    out.extend_from_slice(part);
}

fn number(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&u32::try_from(number).expect("a catalogue file is small").to_le_bytes());
}

/// The tree of a YAML file as `src/yaml/packed.rs` reads it; empty where the strict reader should look at the text.
fn tree(path: &str, text: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(text).ok().filter(|_| path.ends_with(".yaml"));
    let Some(mut node) = text.and_then(parse) else { return Vec::new() };
    if let (Node::Map(entries), true) = (&mut node, path.starts_with("checks/")) {
        // The larger part of every check; nothing that judges reads it.
        entries.retain(|(key, _)| key != "cases");
    }
    let mut out = Vec::new();
    write(&node, &mut out);
    out
}

enum Node {
    Scalar(String, bool),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

fn write(node: &Node, out: &mut Vec<u8>) {
    match node {
        Node::Scalar(text, plain) => {
            out.push(if *plain { b'p' } else { b'q' });
            sized(out, text.as_bytes());
        }
        Node::List(items) => {
            out.push(b'l');
            number(out, items.len());
            items.iter().for_each(|item| write(item, out));
        }
        Node::Map(entries) => {
            out.push(b'm');
            number(out, entries.len());
            for (key, value) in entries {
                sized(out, key.as_bytes());
                write(value, out);
            }
        }
    }
}

/// `None` for what the strict reader would refuse.
fn parse(text: &str) -> Option<Node> {
    let mut events = Parser::new_from_str(text);
    loop {
        match next(&mut events)? {
            Event::StreamStart | Event::DocumentStart(..) => {}
            event => return node(event, &mut events),
        }
    }
}

fn node<'a>(event: Event<'a>, events: &mut impl Iterator<Item = Parsed<'a>>) -> Option<Node> {
    match event {
        Event::Scalar(text, style, 0, None) => Some(Node::Scalar(text.into_owned(), style == ScalarStyle::Plain)),
        Event::SequenceStart(_, 0, None) => {
            let mut items = Vec::new();
            loop {
                match next(events)? {
                    Event::SequenceEnd => return Some(Node::List(items)),
                    event => items.push(node(event, events)?),
                }
            }
        }
        Event::MappingStart(_, 0, None) => {
            let mut entries: Vec<(String, Node)> = Vec::new();
            loop {
                match next(events)? {
                    Event::MappingEnd => return Some(Node::Map(entries)),
                    Event::Scalar(key, _, 0, None) if entries.iter().all(|(other, _)| *other != key) => {
                        let value = next(events)?;
                        entries.push((key.into_owned(), node(value, events)?));
                    }
                    _ => return None,
                }
            }
        }
        _ => None,
    }
}

type Parsed<'a> = Result<(Event<'a>, serde_yaml::granit_parser::Span), serde_yaml::granit_parser::ScanError>;

fn next<'a>(events: &mut impl Iterator<Item = Parsed<'a>>) -> Option<Event<'a>> {
    loop {
        match events.next()?.ok()?.0 {
            Event::Comment(..) => {}
            event => return Some(event),
        }
    }
}
