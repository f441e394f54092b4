//! The end record, and archives whose parts are not where they say.

use crate::formats::zip::{
    AnomalyKind, Archive, ZipError,
    testing::{Builder, kinds},
};

fn two() -> Builder {
    Builder::new().stored("a", "1").deflated("b", "2")
}

#[test]
fn the_longest_comment_is_searched_through() {
    let bytes = two().finish_with(|end| {
        end[20..22].fill(0xff);
        end.extend([b'c'; 0xffff]);
    });
    // Android looks for a ZIP64 record where the length is full.
    assert_eq!(kinds(&bytes), [AnomalyKind::Zip64Missing]);
    assert_eq!(Archive::open(&bytes).unwrap().layout().end.len(), 65_557);
}

#[test]
fn bytes_behind_the_end_record_are_told() {
    let more = [two().finish(), vec![1; 100]].concat();
    assert_eq!(kinds(&more), [AnomalyKind::DataAfterEnd]);
    let far = [two().finish(), vec![1; 100_000]].concat();
    assert_eq!(kinds(&far), [AnomalyKind::DataAfterEnd]);
    assert_eq!(Archive::open(&far).unwrap().layout().end.len(), 65_557);
}

#[test]
fn a_comment_longer_than_the_file_is_told() {
    assert_eq!(kinds(&two().finish_with(|end| end[20] = 9)), [AnomalyKind::CommentLength]);
}

#[test]
fn of_several_end_records_the_one_whose_comment_ends_with_the_file_counts() {
    let inner = Builder::new().stored("other", "").finish();
    let bytes = two().finish_with(|end| {
        end[20] = inner.len() as u8 + 1;
        end.extend([&inner[..], b"."].concat());
    });
    let archive = Archive::open(&bytes).unwrap();
    assert_eq!(archive.anomalies()[0].kind, AnomalyKind::SeveralEnds);
    assert!(archive.find("a").is_some() && archive.find("other").is_none());
}

#[test]
fn bytes_put_before_the_archive_shift_everything() {
    let bytes = [b"#!/bin/sh\n".to_vec(), two().finish()].concat();
    let archive = Archive::open(&bytes).unwrap();
    assert_eq!(kinds(&bytes), [AnomalyKind::DataBeforeEntries, AnomalyKind::OffsetsShifted]);
    assert_eq!(archive.read(archive.find("b").unwrap(), 9).unwrap(), b"2");
    assert_eq!(archive.layout().central_directory, 10 + 31 + 1 + 31 + 3);
}

#[test]
fn bytes_put_before_the_directory_shift_only_that() {
    let bytes = two().raw(&[7; 50]).finish_with(|end| end[16] -= 50);
    assert_eq!(kinds(&bytes), [AnomalyKind::DataAfterEntries, AnomalyKind::OffsetsShifted]);
    let archive = Archive::open(&bytes).unwrap();
    assert_eq!(archive.read(archive.find("b").unwrap(), 9).unwrap(), b"2");
}

#[test]
fn bytes_put_behind_the_directory_are_told() {
    let bytes = two().finish_with(|end| *end = [&[7; 50][..], end].concat());
    assert_eq!(kinds(&bytes), [AnomalyKind::DataBeforeEnd]);
}

#[test]
fn a_dex_file_with_an_archive_behind_it_is_told() {
    let dex = [b"dex\n035\0".to_vec(), vec![0x70; 300]].concat();
    let as_janus_makes_it = [AnomalyKind::DataBeforeEntries, AnomalyKind::DexPrefix];
    assert_eq!(kinds(&Builder::new().raw(&dex).stored("a", "1").finish()), as_janus_makes_it);
    let not_corrected = [AnomalyKind::DataBeforeEntries, AnomalyKind::DexPrefix, AnomalyKind::OffsetsShifted];
    assert_eq!(kinds(&[dex, two().finish()].concat()), not_corrected);
}

#[test]
fn what_has_no_end_or_no_directory_is_no_archive() {
    let bytes = two().finish();
    assert_eq!(Archive::open(&bytes[..40].to_vec()).err(), Some(ZipError::NoEnd));
    assert_eq!(Archive::open(&Vec::new()).err(), Some(ZipError::NoEnd));
    let wrong = two().finish_with(|end| end[16] = 3);
    assert!(Archive::open(&wrong).is_ok(), "it is right before the end record");
    let lost = two().finish_with(|end| (end[16], end[12]) = (3, 4));
    assert_eq!(Archive::open(&lost).err(), Some(ZipError::NoDirectory { offset: 3 }));
}
