//! Binary XML and resource tables for tests, chunk by chunk.

use crate::formats::apk::{attributes, element::ANDROID};

/// A document: strings, numbers of attributes, nodes.
pub struct Document {
    pub strings: &'static [&'static str],
    pub ids: &'static [u32],
    pub nodes: fn() -> Vec<u8>,
}

/// `<manifest package="cn.example.app"><application android:debuggable="true"><activity>见</activity></application></manifest>`
pub const SAMPLE: Document = Document {
    strings: &[
        "debuggable",
        "manifest",
        "package",
        "cn.example.app",
        "application",
        "activity",
        ANDROID,
        "见",
        "android",
    ],
    ids: &[attributes::DEBUGGABLE],
    nodes: || {
        [
            node::namespace(8, 6),
            node::start(1, &[(u32::MAX, 2, 3, 3)]),
            node::start(4, &[(6, 0, 0x12, u32::MAX)]),
            node::start(5, &[]),
            node::text(7),
            node::end(5),
            node::end(4),
            node::end(1),
        ]
        .concat()
    },
};

pub fn axml(of: &Document) -> Vec<u8> {
    document(&[pool(of.strings), ids(of.ids), (of.nodes)()])
}

pub fn document(chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk(0x0003, 8, &chunks.concat())
}

/// A chunk: its type, the size of its header, and all that follows the first eight bytes.
pub fn chunk(kind: u16, header: u16, rest: &[u8]) -> Vec<u8> {
    let mut out = [kind.to_le_bytes(), header.to_le_bytes()].concat();
    let padding = usize::from(header.max(8)) - 8;
    let padding = if kind == 0x0003 { padding } else { 0 };
    out.extend(u32::try_from(rest.len() + padding + 8).unwrap().to_le_bytes());
    out.extend(vec![0; padding]);
    out.extend(rest);
    out
}

pub fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// A pool of UTF-8 strings.
pub fn pool(strings: &[&str]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut offsets = Vec::new();
    for text in strings {
        offsets.push(u32::try_from(data.len()).unwrap());
        for length in [text.encode_utf16().count(), text.len()] {
            match u8::try_from(length).ok().filter(|length| *length < 0x80) {
                Some(short) => data.push(short),
                None => data.extend(u16::try_from(length | 0x8000).unwrap().to_be_bytes()),
            }
        }
        data.extend(text.bytes());
        data.push(0);
    }
    data.resize(data.len().next_multiple_of(4), 0);
    let count = u32::try_from(strings.len()).unwrap();
    let header = words(&[count, 0, 0x100, 28 + 4 * count, 0]);
    chunk(0x0001, 28, &[header, words(&offsets), data].concat())
}

/// The numbers of the first attributes' names.
pub fn ids(of: &[u32]) -> Vec<u8> {
    chunk(0x0180, 8, &words(of))
}

/// Nodes; strings are numbers in the pool.
pub mod node {
    use super::{chunk, words};

    fn node(kind: u16, body: &[u8]) -> Vec<u8> {
        chunk(kind, 16, &[words(&[1, u32::MAX]), body.to_vec()].concat())
    }

    pub fn namespace(prefix: u32, uri: u32) -> Vec<u8> {
        node(0x0100, &words(&[prefix, uri]))
    }

    /// Attributes: namespace, name, type, bits.
    pub fn start(name: u32, attributes: &[(u32, u32, u8, u32)]) -> Vec<u8> {
        let count = u16::try_from(attributes.len()).unwrap();
        let mut body = words(&[u32::MAX, name]);
        body.extend([20, 20, count, 0, 0, 0].iter().flat_map(|half: &u16| half.to_le_bytes()));
        for (namespace, name, kind, data) in attributes {
            body.extend(words(&[*namespace, *name, u32::MAX, u32::from(*kind) << 24 | 8, *data]));
        }
        node(0x0102, &body)
    }

    pub fn end(name: u32) -> Vec<u8> {
        node(0x0103, &words(&[u32::MAX, name]))
    }

    pub fn text(text: u32) -> Vec<u8> {
        node(0x0104, &words(&[text, 8, 0]))
    }
}

/// The values of one chunk, type and bits; `None` where there is no entry.
pub type Values<'a> = &'a [Option<(u8, u32)>];

/// How the values of a type are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Plain,
    Sparse,
    Offsets16,
    Compact,
}

/// A table with package 0x7f and type 1 called `bool`.
pub fn arsc(strings: &[&str], chunks: &[(Form, Values<'_>)]) -> Vec<u8> {
    let mut inside = [pool(&["bool"]), pool(&["name"])].concat();
    inside.extend(chunks.iter().flat_map(|(form, values)| type_chunk(*form, values)));
    let mut package = words(&[0x7f]);
    package.extend(vec![0; 256]);
    package.extend(words(&[0; 5]));
    package.extend(inside);
    let package = chunk(0x0200, 288, &package);
    chunk(0x0002, 12, &[words(&[1]), pool(strings), package].concat())
}

fn type_chunk(form: Form, values: Values<'_>) -> Vec<u8> {
    let mut entries = Vec::new();
    let mut offsets = Vec::new();
    let mut count = 0_u32;
    for (index, value) in values.iter().enumerate() {
        let at = u16::try_from(entries.len() / 4).unwrap();
        match (form, value) {
            (Form::Sparse, None) => continue,
            (Form::Sparse, Some(_)) => {
                offsets.extend([u16::try_from(index).unwrap().to_le_bytes(), at.to_le_bytes()].concat())
            }
            (Form::Offsets16, None) => offsets.extend(u16::MAX.to_le_bytes()),
            (Form::Offsets16, Some(_)) => offsets.extend(at.to_le_bytes()),
            (_, None) => offsets.extend(u32::MAX.to_le_bytes()),
            (_, Some(_)) => offsets.extend((u32::from(at) * 4).to_le_bytes()),
        }
        count += 1;
        if let Some((kind, data)) = value {
            match form {
                Form::Compact => entries.extend([[0, 0, 8, *kind].to_vec(), data.to_le_bytes().to_vec()].concat()),
                _ => entries.extend(words(&[8, 0, u32::from(*kind) << 24 | 8, *data])),
            }
        }
    }
    offsets.resize(offsets.len().next_multiple_of(4), 0);
    let flags = match form {
        Form::Sparse => 1,
        Form::Offsets16 => 2,
        _ => 0,
    };
    const HEADER: u32 = 84;
    let start = HEADER + u32::try_from(offsets.len()).unwrap();
    let mut out = words(&[0x0000_0001 | flags << 8, count, start]);
    out.extend(words(&[64]));
    out.extend(vec![0; 60]);
    out.extend(offsets);
    out.extend(entries);
    chunk(0x0201, 84, &out)
}
