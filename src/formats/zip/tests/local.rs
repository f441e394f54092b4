//! Local headers against the central directory, and what lies around them.

use crate::formats::zip::{
    AnomalyKind, Archive, ZipError,
    testing::{Builder, Item, kinds},
};

/// The anomalies of an archive whose local header was changed.
fn changed(local: fn(&mut Vec<u8>)) -> Vec<AnomalyKind> {
    let odd = Item::deflated("odd", "some text").with(|item| item.local = local);
    kinds(&Builder::new().stored("before", "1").add(odd).stored("after", "2").finish())
}

#[test]
fn each_field_is_compared() {
    assert_eq!(changed(|_| ()), []);
    assert_eq!(changed(|header| header[6] = 2), [AnomalyKind::FlagsDiffer]);
    assert_eq!(changed(|header| header[8] = 0), [AnomalyKind::MethodDiffers]);
    let crc_and_sizes: [fn(&mut Vec<u8>); 3] =
        [|header| header[14] ^= 1, |header| header[18] ^= 1, |header| header[22] ^= 1];
    for change in crc_and_sizes {
        assert_eq!(changed(change), [AnomalyKind::LocalDiffers]);
    }
}

#[test]
fn another_name_is_told() {
    let mut bytes = Builder::new().stored("name", "1").finish();
    bytes[30] = b'g';
    assert_eq!(kinds(&bytes), [AnomalyKind::NameDiffers]);
}

#[test]
fn where_a_descriptor_follows_that_counts() {
    let item = Item::deflated("a", "some text").with_descriptor();
    let change = |change: fn(&mut Vec<u8>)| item.clone().with(|item| change(&mut item.descriptor));
    let around = |item| kinds(&Builder::new().add(item).stored("b", "").finish());
    assert_eq!(around(item.clone()), []);
    assert_eq!(around(change(|descriptor| _ = descriptor.drain(..4))), [], "the signature is optional");
    assert_eq!(around(change(|descriptor| descriptor[4] ^= 1)), [AnomalyKind::DescriptorDiffers]);
    assert_eq!(around(change(|descriptor| descriptor[12] ^= 1)), [AnomalyKind::DescriptorDiffers]);
    let missing = around(change(Vec::clear));
    assert_eq!(missing, [AnomalyKind::DescriptorDiffers]);
    let wide = |descriptor: &mut Vec<u8>| {
        descriptor.splice(12..12, [0; 4]);
        descriptor.extend([0; 4]);
    };
    assert_eq!(around(change(wide)), [AnomalyKind::DescriptorDiffers], "sizes of eight bytes without need");
    let last = change(|descriptor| descriptor[4] ^= 1);
    assert_eq!(kinds(&Builder::new().add(last).finish()), [AnomalyKind::DescriptorDiffers]);
}

#[test]
fn an_entry_without_local_header_is_told_and_not_read() {
    let mut bytes = Builder::new().stored("a", "1").finish();
    bytes[0] = b'p';
    assert_eq!(kinds(&bytes), [AnomalyKind::LocalHeaderMissing]);
    let archive = Archive::open(&bytes).unwrap();
    assert_eq!(archive.entries()[0].data, None);
    let error = archive.read(&archive.entries()[0], 9).unwrap_err();
    assert_eq!(error, ZipError::NoLocalHeader { entry: "a".to_owned() });
}

#[test]
fn a_local_header_beyond_the_file_is_told() {
    let mut bytes = Builder::new().stored("a", "1").finish();
    let offset = 32 + 42;
    bytes[offset..offset + 4].copy_from_slice(&[0xfe, 0xff, 0xff, 0xff]);
    assert_eq!(kinds(&bytes), [AnomalyKind::LocalHeaderMissing]);
}

#[test]
fn data_beyond_the_entries_are_told_and_not_read() {
    let bytes = Builder::new().add(Item::deflated("a", "1").with(|item| item.compressed = 500)).finish();
    assert_eq!(kinds(&bytes), [AnomalyKind::OutOfBounds]);
    let archive = Archive::open(&bytes).unwrap();
    let error = archive.read(&archive.entries()[0], 9).unwrap_err();
    assert_eq!(error, ZipError::OutOfBounds { entry: "a".to_owned() });
}

#[test]
fn bytes_before_between_and_behind_entries_are_told() {
    let [a, b] = [Item::stored("a", "1"), Item::stored("b", "2")];
    let all = Builder::new().raw(b"one").add(a.clone()).raw(b"two").add(b.clone()).raw(b"three").finish();
    let archive = Archive::open(&all).unwrap();
    let told: Vec<_> = archive.anomalies().iter().map(|it| (it.kind, &*it.entry, &*it.detail)).collect();
    assert_eq!(
        told,
        [
            (AnomalyKind::DataAfterEntries, "", "5 bytes, the entries end at 70"),
            (AnomalyKind::DataBeforeEntries, "", "3 bytes"),
            (AnomalyKind::DataBetweenEntries, "b", "3 bytes before the entry at 38"),
        ]
    );
    let zeros = Builder::new().raw(&[0; 64]).add(a.clone()).finish();
    assert_eq!(kinds(&zeros), [AnomalyKind::DataBeforeEntries], "padding is no beginning of an archive");
    let behind_descriptor = Builder::new().add(a.with_descriptor()).raw(b"x").add(b).finish();
    assert_eq!(kinds(&behind_descriptor), [AnomalyKind::DataBetweenEntries]);
    // A header without a name whose extra field hides something is no padding.
    let hiding = [&b"PK\x03\x04"[..], &[0; 24], &[8, 0], b"\x35\xd9\x04\0\0\0hi"].concat();
    assert_eq!(kinds(&Builder::new().stored("a", "").raw(&hiding).finish()), [AnomalyKind::DataAfterEntries]);
}

#[test]
fn entries_that_share_bytes_are_told() {
    let inner = Builder::new().stored("inner", "hidden").finish();
    let outer = Builder::new().add(Item::stored("outer", &inner)).finish();
    // The directory of the outer archive has the inner entry as well.
    let mut record = inner[41..41 + 51].to_vec();
    assert!(record.starts_with(b"PK\x01\x02"));
    record[42] = 35;
    let both = Builder::new().add(Item::stored("outer", &inner)).central(&record).finish_with(|end| {
        (end[8], end[10]) = (2, 2);
    });
    assert!(kinds(&outer).is_empty());
    assert_eq!(kinds(&both), [AnomalyKind::Overlap]);
    let archive = Archive::open(&both).unwrap();
    assert_eq!(archive.read(archive.find("inner").unwrap(), 9).unwrap(), b"hidden");
}
