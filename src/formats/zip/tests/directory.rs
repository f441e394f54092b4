//! The central directory: numbers that do not fit, and what sizes and flags tell.

use crate::formats::zip::{
    AnomalyKind, Archive, MAX_ANOMALIES, MAX_ENTRIES,
    testing::{Builder, Item, kinds},
};

#[test]
fn another_number_of_entries_is_told_and_all_are_read() {
    for count in [1, 3] {
        let bytes = Builder::new().stored("a", "").stored("b", "").finish_with(|end| end[10] = count);
        assert_eq!(kinds(&bytes)[0], AnomalyKind::EntryCount);
        assert_eq!(Archive::open(&bytes).unwrap().entries().len(), 2);
    }
}

#[test]
fn a_directory_that_is_longer_than_it_says_is_read_for_as_many_entries_as_it_says() {
    let bytes = Builder::new().stored("a", "").stored("b", "").finish_with(|end| end[12] = 47);
    let archive = Archive::open(&bytes).unwrap();
    assert_eq!((archive.entries().len(), archive.anomalies()), (2, &[][..]));
}

#[test]
fn records_behind_the_declared_ones_are_told() {
    let decoy = [&b"PK\x01\x02"[..], &[0; 42]].concat();
    let bytes = Builder::new().stored("a", "").finish_with(|end| *end = [&decoy[..], end].concat());
    assert_eq!(kinds(&bytes), [AnomalyKind::DataBeforeEnd]);
}

#[test]
fn a_directory_that_breaks_off_is_told() {
    let bytes = Builder::new().stored("a", "").central(b"PK\x01\x02 and no more").finish_with(|end| end[10] = 2);
    assert_eq!(kinds(&bytes), [AnomalyKind::DataBeforeEnd, AnomalyKind::DirectoryDamaged, AnomalyKind::EntryCount]);
}

#[test]
fn flags_methods_and_sizes_that_mean_something_are_told() {
    let change = |change: fn(&mut Item)| kinds(&Builder::new().add(Item::stored("a", "text").with(change)).finish());
    assert_eq!(change(|item| item.flags = 1), [AnomalyKind::Encrypted]);
    assert_eq!(change(|item| item.method = 21), [AnomalyKind::MethodUnknown]);
    assert_eq!(change(|item| item.compressed = 9), [AnomalyKind::StoredSizes]);
    assert_eq!(
        change(|item| item.compressed = u32::MAX),
        [AnomalyKind::StoredSizes, AnomalyKind::Zip64Missing, AnomalyKind::Zip64Missing]
    );
}

#[test]
fn contents_that_blow_up_are_told() {
    let zeros = |size| kinds(&Builder::new().add(Item::deflated("bomb", vec![0; size])).finish());
    assert_eq!(zeros(8 << 20), [AnomalyKind::ExtremeRatio]);
    assert_eq!(zeros(1 << 20), [], "which harms nobody");
    let large = |name: &str| Item::deflated(name, "x").with(|item| item.uncompressed = u32::MAX - 1);
    let all = Builder::new().add(large("a")).add(large("b")).add(large("c"));
    let ratio = AnomalyKind::ExtremeRatio;
    assert_eq!(kinds(&all.finish()), [ratio, ratio, ratio, AnomalyKind::TotalSize]);
}

#[test]
fn anomalies_are_sorted_and_no_kind_drowns_another() {
    let mut builder = Builder::new();
    for index in (0..500).rev() {
        let item = Item::stored(format!("{index:03}\\"), "");
        builder = builder.add(if index == 3 { item.with(|item| item.flags = 1) } else { item });
    }
    let bytes = builder.finish();
    let archive = Archive::open(&bytes).unwrap();
    assert_eq!((archive.anomalies().len(), archive.anomalies_left_out()), (MAX_ANOMALIES, 301));
    assert_eq!(archive.anomalies()[0].kind, AnomalyKind::Encrypted);
    assert!(archive.anomalies().is_sorted());
    let names: Vec<_> = archive.anomalies()[1..3].iter().map(|anomaly| anomaly.entry.as_str()).collect();
    assert_eq!(names, ["301\\", "302\\"], "those that come first in the directory");
}

#[test]
fn long_names_are_cut_in_anomalies() {
    let bytes = Builder::new().stored(&"/é".repeat(20_000), "").finish();
    let anomaly = Archive::open(&bytes).unwrap().anomalies()[0].clone();
    assert!(anomaly.entry.len() <= 260 && anomaly.entry.ends_with('…'));
}

#[test]
fn no_more_entries_are_read_than_there_is_room_for() {
    let record = [&b"PK\x01\x02"[..], &[0; 42]].concat();
    let directory = record.repeat(MAX_ENTRIES + 5);
    let bytes = Builder::new().central(&directory).finish_with(|end| end[8..12].fill(0xff));
    let archive = Archive::open(&bytes).unwrap();
    assert_eq!(archive.entries().len(), MAX_ENTRIES);
    let has = |kind| archive.anomalies().iter().any(|anomaly| anomaly.kind == kind);
    assert!(has(AnomalyKind::DirectoryCut) && !has(AnomalyKind::EntryCount) && !has(AnomalyKind::DataBeforeEnd));
}
