//! Bytes from anywhere: no panic, no endless loop, no allocation by what is declared.

use proptest::{collection::vec, prelude::*, sample::Index};

use crate::formats::zip::{
    Archive,
    testing::{Builder, Item},
};

fn sample() -> Vec<u8> {
    Builder::new()
        .stored("mimetype", "x")
        .add(Item::deflated("res/a.xml", "text text text text").with_descriptor())
        .raw(&[0; 10])
        .add(Item::stored("lib/b", "1234").with(|item| {
            item.extra = [&[1, 0, 16, 0][..], &4_u64.to_le_bytes(), &4_u64.to_le_bytes()].concat();
            (item.compressed, item.uncompressed) = (u32::MAX, u32::MAX);
        }))
        .raw(&[&40_u64.to_le_bytes()[..], &[7; 16], &40_u64.to_le_bytes(), b"APK Sig Block 42"].concat())
        .finish()
}

/// Everything that can be done with an archive.
fn exercise(bytes: &[u8]) {
    let Ok(archive) = Archive::open(&bytes) else { return };
    let _ = (archive.layout(), archive.find("res/a.xml"));
    for entry in archive.entries() {
        if let Ok(streamed) = archive.stream(entry, 1 << 16, &mut |_| ()) {
            archive.check(entry, &streamed);
        }
        if let Ok(nested) = archive.nested(entry, 1 << 16) {
            let _ = Archive::open(&nested);
        }
    }
}

#[test]
fn an_archive_cut_off_anywhere_is_refused_or_read() {
    let whole = sample();
    assert_eq!(Archive::open(&whole).unwrap().anomalies(), []);
    for length in 0..whole.len() {
        exercise(&whole[..length]);
        exercise(&whole[length..]);
    }
}

#[test]
fn each_byte_may_be_any_of_some() {
    let mut bytes = sample();
    for at in 0..bytes.len() {
        let was = bytes[at];
        for value in [0, 1, 0x7f, 0x80, 0xff, was ^ 1] {
            bytes[at] = value;
            exercise(&bytes);
        }
        bytes[at] = was;
    }
}

proptest! {
    #[test]
    fn damage_of_any_kind_is_survived(changes in vec((any::<Index>(), any::<u8>()), 1..12), cut in any::<Index>()) {
        let mut bytes = sample();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        exercise(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        exercise(&bytes);
    }

    #[test]
    fn bytes_around_signatures_are_survived(
        parts in vec((prop::sample::select(vec![&b"PK\x03\x04"[..], b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"PK\x07\x08"]), vec(any::<u8>(), 0..60)), 1..8),
    ) {
        let bytes: Vec<u8> = parts.into_iter().flat_map(|(signature, rest)| [signature, &rest].concat()).collect();
        exercise(&bytes);
    }
}
