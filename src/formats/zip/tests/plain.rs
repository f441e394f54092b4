//! Archives without fault.

use crate::formats::zip::{
    AnomalyKind, Archive, FileSource, Nested, ReadAt, STORED, SliceAt, ZipError, read_range,
    testing::{Builder, Item, kinds},
};

#[test]
fn entries_are_read_as_they_were_written() {
    let long = "text ".repeat(50_000);
    let bytes = Builder::new()
        .stored("mimetype", "x")
        .deflated("res/long.txt", &long)
        .add(Item::deflated("assets/", "").with_descriptor())
        .add(Item::deflated("late.txt", "sizes follow").with_descriptor())
        .stored("empty", "")
        .finish();
    let archive = Archive::open(&bytes).unwrap();
    assert_eq!(archive.anomalies(), []);
    let names: Vec<_> = archive.entries().iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["mimetype", "res/long.txt", "assets/", "late.txt", "empty"]);
    let read = |name: &str| archive.read(archive.find(name).unwrap(), 1 << 20).unwrap();
    assert_eq!(read("mimetype"), b"x");
    assert_eq!(read("res/long.txt"), long.as_bytes());
    assert_eq!(read("late.txt"), b"sizes follow");
    assert_eq!((read("empty"), read("assets/")), (vec![], vec![]));
    assert!(archive.find("assets/").unwrap().is_directory() && archive.find("assets").is_none());
    let entry = archive.find("res/long.txt").unwrap();
    assert_eq!((entry.uncompressed, entry.method, entry.is_stored()), (250_000, 8, false));
    for entry in archive.entries() {
        let streamed = archive.stream(entry, 1 << 20, &mut |_| ()).unwrap();
        assert_eq!(archive.check(entry, &streamed), None, "{}", entry.name);
    }
}

#[test]
fn the_layout_says_where_the_parts_are() {
    let bytes = Builder::new().stored("a", "1").raw(b"").finish_with(|end| {
        end[20] = 3;
        end.extend(b"why");
    });
    let archive = Archive::open(&bytes).unwrap();
    let layout = archive.layout();
    assert_eq!((layout.central_directory, layout.central_directory_size), (32, 47));
    assert_eq!(layout.end_of_central_directory, 79);
    assert_eq!(layout.end, bytes[79..]);
    assert!(layout.end.ends_with(b"why") && archive.anomalies().is_empty());
    assert_eq!(archive.entries()[0].data, Some(31));
    assert_eq!(archive.source().len(), bytes.len() as u64);
}

#[test]
fn an_archive_of_nothing_is_one() {
    let bytes = Builder::new().finish();
    let archive = Archive::open(&bytes).unwrap();
    assert_eq!((archive.entries().len(), archive.anomalies()), (0, &[][..]));
}

#[test]
fn windows_are_of_64_kib_at_most() {
    let contents = "0123456789abcdef".repeat(20_000);
    let bytes = Builder::new().stored("stored", &contents).deflated("deflated", &contents).finish();
    let archive = Archive::open(&bytes).unwrap();
    for entry in archive.entries() {
        let mut pieces = Vec::new();
        let streamed = archive.stream(entry, 320_000, &mut |piece| pieces.push(piece.to_vec())).unwrap();
        assert!(pieces.iter().all(|piece| piece.len() <= 65_536) && pieces.len() >= 5);
        assert_eq!(pieces.concat(), contents.as_bytes());
        assert_eq!((streamed.bytes, streamed.crc32, streamed.complete), (320_000, entry.crc32, true));
    }
}

#[test]
fn a_signing_block_and_its_alignment_are_none_of_the_oddities() {
    let apk = [&40_u64.to_le_bytes()[..], &[7; 16], &40_u64.to_le_bytes(), b"APK Sig Block 42"].concat();
    let hap = |magic: &[u8; 16]| {
        [&[9; 12][..], &1_u32.to_le_bytes(), &44_u64.to_le_bytes(), magic, &3_u32.to_le_bytes()].concat()
    };
    for block in [apk, hap(b"<hap sign block>"), hap(b"HAP Sig Block 42")] {
        let start = Builder::new().add(Item::deflated("a", "text").with_descriptor()).raw(&[0; 900]);
        assert_eq!(kinds(&start.raw(&block).finish()), []);
    }
}

#[test]
fn padding_is_none_of_the_oddities() {
    let virtual_entry = [&b"PK\x03\x04"[..], &[0; 24], &[10, 0], b"\x35\xd9\x06\0\x04\0\0\0\0\0"].concat();
    assert_eq!(virtual_entry.len(), 40);
    let between = [&virtual_entry[..], &virtual_entry, &[0; 100]].concat();
    let bytes = Builder::new().raw(&virtual_entry).stored("a", "1").raw(&between).stored("b", "2").finish();
    assert_eq!(kinds(&bytes), []);
}

#[test]
fn a_package_within_a_package_is_read_in_place_where_it_is_stored() {
    let inner = Builder::new().deflated("AndroidManifest.xml", "inner").finish();
    let outer = Builder::new().add(Item::stored("splits/a.apk", &inner)).add(Item::deflated("b.apk", &inner)).finish();
    let archive = Archive::open(&outer).unwrap();
    for (name, in_place) in [("splits/a.apk", true), ("b.apk", false)] {
        let nested = archive.nested(archive.find(name).unwrap(), 1 << 20).unwrap();
        assert_eq!(matches!(nested, Nested::Slice(_)), in_place);
        assert_eq!(nested.len(), inner.len() as u64);
        let inner = Archive::open(&nested).unwrap();
        assert_eq!(inner.read(inner.find("AndroidManifest.xml").unwrap(), 10).unwrap(), b"inner");
    }
    let deflated = archive.find("b.apk").unwrap();
    assert!(matches!(archive.nested(deflated, 10), Err(ZipError::TooLarge { cap: 10, .. })));
}

#[test]
fn sources_end_where_they_end() {
    let bytes = b"0123456789".to_vec();
    let slice = SliceAt::new(&bytes, 4, 100);
    assert_eq!((slice.len(), read_range(&slice, 4, 100).unwrap()), (6, b"89".to_vec()));
    assert_eq!(read_range(&slice, 6, 1).unwrap(), b"");
    assert_eq!(SliceAt::new(&bytes, 11, 1).len(), 0);
    let mut file = tempfile();
    std::io::Write::write_all(&mut file, &bytes).unwrap();
    let file = FileSource::new(file).unwrap();
    assert_eq!((file.len(), read_range(&file, 8, 9).unwrap()), (10, b"89".to_vec()));
    assert_eq!(read_range(&file, u64::MAX, 9).unwrap(), b"");
}

fn tempfile() -> std::fs::File {
    tempfile::tempfile().unwrap()
}

/// An archive whose end record leaves all to a ZIP64 one, with some bytes before its locator.
fn wide(before_locator: &[u8]) -> Vec<u8> {
    let wide = |number: u64| number.to_le_bytes();
    // Header id, length, uncompressed, compressed.
    let extra = [&[1, 0, 16, 0][..], &wide(4), &wide(4)].concat();
    let item = Item::stored("wide", "data").with(|item| {
        (item.compressed, item.uncompressed, item.extra) = (u32::MAX, u32::MAX, extra);
    });
    Builder::new().add(item).finish_with(|end| {
        let (size, offset) = (u64::from(end[12]), u64::from(end[16]));
        let record = [&b"PK\x06\x06"[..], &wide(44), &[0; 12], &wide(1), &wide(1), &wide(size), &wide(offset)].concat();
        let locator = [&b"PK\x06\x07\0\0\0\0"[..], &wide(offset + size), &[1, 0, 0, 0]].concat();
        end[8..20].fill(0xff);
        *end = [&record[..], before_locator, &locator, end].concat();
    })
}

#[test]
fn zip64_sizes_and_records_are_taken() {
    for before_locator in [&b""[..], b"what is added to the record"] {
        let bytes = wide(before_locator);
        let archive = Archive::open(&bytes).unwrap();
        assert_eq!(archive.anomalies(), []);
        let entry = archive.find("wide").unwrap();
        assert_eq!((entry.uncompressed, entry.compressed, entry.method), (4, 4, STORED));
        assert_eq!(archive.read(entry, 4).unwrap(), b"data");
        assert_eq!(bytes.len() - archive.layout().end.len(), archive.layout().end_of_central_directory as usize);
    }
    let shifted = [b"before".to_vec(), wide(b"")].concat();
    assert_eq!(kinds(&shifted), [AnomalyKind::DataBeforeEntries, AnomalyKind::OffsetsShifted]);
}

#[test]
fn an_archive_is_read_by_several_threads() {
    let bytes = Builder::new().stored("a", "1").deflated("b", "2").finish();
    let archive = Archive::open(&bytes).unwrap();
    std::thread::scope(|scope| {
        for entry in archive.entries() {
            scope.spawn(|| assert_eq!(archive.read(entry, 9).unwrap().len(), 1));
        }
    });
}
