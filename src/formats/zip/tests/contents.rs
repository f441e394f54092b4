//! Contents that are not as declared, and caps.

use crate::formats::zip::{
    AnomalyKind, Archive, Entry, Streamed, ZipError,
    testing::{Builder, Item, deflate},
};

/// What comes of reading the one entry.
fn read(item: Item, cap: u64) -> (Result<Streamed, ZipError>, Option<AnomalyKind>) {
    let bytes = Builder::new().add(item).stored("next", &"n".repeat(3000)).finish();
    let archive = Archive::open(&bytes).unwrap();
    let entry: &Entry = &archive.entries()[0];
    let streamed = archive.stream(entry, cap, &mut |_| ());
    let anomaly = streamed.as_ref().ok().and_then(|streamed| archive.check(entry, streamed));
    (streamed, anomaly.map(|anomaly| anomaly.kind))
}

#[test]
fn another_crc_is_told() {
    for item in [Item::stored("a", "text"), Item::deflated("a", "text")] {
        assert_eq!(read(item.clone(), 4).1, None);
        assert_eq!(read(item.with(|item| item.crc32 ^= 1), 4).1, Some(AnomalyKind::CrcDiffers));
    }
}

#[test]
fn contents_of_another_size_are_told() {
    let item = Item::deflated("a", "text");
    for size in [0, 3, 5] {
        let (streamed, kind) = read(item.clone().with(|item| item.uncompressed = size), 5);
        assert_eq!((streamed.unwrap().bytes, kind), (4, Some(AnomalyKind::SizeDiffers)));
    }
}

#[test]
fn reading_stops_soon_after_the_declared_size() {
    let item = Item::deflated("bomb", vec![0; 50 << 20]).with(|item| item.uncompressed = 100);
    let (streamed, kind) = read(item, 1 << 30);
    let streamed = streamed.unwrap();
    assert!(!streamed.complete && streamed.bytes <= 2 * 65_536, "{streamed:?}");
    assert_eq!(kind, Some(AnomalyKind::SizeDiffers));
}

#[test]
fn nothing_is_read_of_what_is_declared_larger_than_the_cap() {
    for item in [Item::stored("a", "text"), Item::deflated("a", "text")] {
        assert_eq!(read(item.clone(), 3).0, Err(ZipError::TooLarge { entry: "a".to_owned(), cap: 3 }));
    }
    let bytes = Builder::new().add(Item::deflated("bomb", vec![0; 1 << 20])).finish();
    let archive = Archive::open(&bytes).unwrap();
    let refused = archive.stream(&archive.entries()[0], 100_000, &mut |_| panic!("nothing is inflated"));
    assert!(refused.is_err());
    let lie = |cap| read(Item::deflated("a", "text").with(|item| item.uncompressed = 3), cap).0;
    assert_eq!(lie(3), Err(ZipError::TooLarge { entry: "a".to_owned(), cap: 3 }));
    assert_eq!(lie(4).map(|streamed| streamed.bytes), Ok(4));
}

#[test]
fn damaged_contents_are_an_error() {
    let broken = Item::deflated("a", "some text, some text").with(|item| item.data[0] = 0xff);
    assert_eq!(read(broken, 99).0, Err(ZipError::Damaged { entry: "a".to_owned(), offset: 31 }));
    let short = Item::deflated("a", "some text, some text, some other text").with(|item| {
        item.data.truncate(10);
        item.compressed = 10;
    });
    assert_eq!(read(short, 99).0, Err(ZipError::Damaged { entry: "a".to_owned(), offset: 41 }));
}

#[test]
fn bytes_behind_the_end_of_compressed_contents_are_told() {
    let item = Item::deflated("a", "text").with(|item| {
        item.data.extend(b"hidden");
        item.compressed += 6;
    });
    let (streamed, kind) = read(item, 4);
    assert_eq!((streamed.unwrap().unused, kind), (6, Some(AnomalyKind::UnusedData)));
}

#[test]
fn what_is_not_deflated_is_read_as_it_is_and_as_long_as_its_contents() {
    // The resource reader of Android takes every method but deflate for stored, and counts the uncompressed size.
    let item = Item::stored("a", "text").with(|item| (item.method, item.compressed) = (4660, 9000));
    assert_eq!(read(item, 4).0.unwrap().bytes, 4);
    let deflated = Item::stored("a", deflate(b"text")).with(|item| item.method = 21);
    let bytes = Builder::new().add(deflated.clone()).finish();
    let archive = Archive::open(&bytes).unwrap();
    assert_eq!(archive.read(&archive.entries()[0], 99).unwrap(), deflated.data);
}

#[test]
fn a_source_that_fails_is_an_error() {
    use crate::formats::zip::ReadAt;
    struct Failing(Vec<u8>);
    impl ReadAt for Failing {
        fn len(&self) -> u64 {
            ReadAt::len(&self.0)
        }
        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
            if offset < 40 { Err(std::io::Error::other("unplugged")) } else { self.0.read_at(offset, buffer) }
        }
    }
    let source = Failing(Builder::new().stored("a", "a".repeat(100_000).as_str()).finish());
    let error = Archive::open(&source).err().unwrap();
    assert_eq!(error.to_string(), "reading at byte 0 failed: unplugged");
}
