//! Records whole, cut, damaged and in pieces.

use proptest::prelude::*;

use super::{Framing, MAX_CONNECTION, MAX_MESSAGE, Reader, Tail, message};
use crate::formats::tls::server_hello::RETRY_RANDOM;

fn record(content: u8, version: u16, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap();
    [&[content][..], &version.to_be_bytes(), &length.to_be_bytes(), body].concat()
}

fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], &u32::try_from(body.len()).unwrap().to_be_bytes()[1..], body].concat()
}

fn kinds(reader: &Reader) -> Vec<u8> {
    reader.messages().iter().map(|message| message.kind).collect()
}

#[test]
fn messages_are_put_together_over_records() {
    let flight = [handshake(2, &[7; 70]), handshake(11, &[8; 3000]), handshake(14, &[])].concat();
    let bytes: Vec<u8> = flight.chunks(999).flat_map(|part| record(22, 0x0303, part)).collect();
    let whole = Reader::of(&bytes);
    assert_eq!(kinds(&whole), [2, 11, 14]);
    assert_eq!(whole.messages()[1].body, [8; 3000]);
    assert_eq!((whole.records().count(), whole.tail()), (4, Tail::Clean));
    let mut slow = Reader::default();
    let mut hello_after = 0;
    for byte in &bytes {
        slow.push(&[*byte]);
        hello_after += usize::from(!slow.has_server_hello());
    }
    assert!(slow.has_server_hello_done());
    assert_eq!(slow.messages(), whole.messages());
    assert_eq!(hello_after, 5 + 999 - 1, "it came with the first record");
}

#[test]
fn a_cut_end_keeps_what_came_before() {
    let flight = [record(22, 0x0303, &handshake(2, &[7; 70])), record(22, 0x0303, &handshake(11, &[8; 100])[..50])];
    let reader = Reader::of(&flight.concat());
    assert_eq!((kinds(&reader), reader.tail()), (vec![2], Tail::InMessage { have: 50, want: 104 }));
    let reader = Reader::of(&flight.concat()[..100]);
    assert_eq!((kinds(&reader), reader.tail()), (vec![2], Tail::InRecord));
}

#[test]
fn limits_end_the_reading_and_are_told() {
    let hello = record(22, 0x0303, &handshake(2, &[7; 70]));
    let end = |after: &[u8]| {
        let reader = Reader::of(&[&hello[..], after].concat());
        assert_eq!(kinds(&reader), [2]);
        assert!(reader.is_over());
        reader.tail()
    };
    assert_eq!(end(&[22, 3, 3, 0xff, 0xff]), Tail::RecordTooLong { length: 0xffff });
    assert_eq!(end(b"hello there"), Tail::NotARecord { offset: hello.len() });
    let long = record(22, 0x0303, &[11, 1, 0, 1]);
    assert_eq!(end(&long), Tail::MessageTooLong { kind: 11, length: MAX_MESSAGE + 1 });
    let mut reader = Reader::of(&hello);
    (0..MAX_CONNECTION / 1024 + 1).for_each(|_| reader.push(&record(23, 0x0303, &[0; 1019])));
    assert_eq!((reader.tail(), reader.bytes().len()), (Tail::Full, MAX_CONNECTION));
    let many = record(22, 0x0303, &handshake(0, &[]).repeat(1000));
    assert_eq!(Reader::of(&many).tail(), Tail::Full);
}

#[test]
fn what_is_encrypted_is_not_read() {
    let bytes = [
        record(22, 0x0101, &handshake(2, &[7; 70])),
        record(20, 0x0101, &[1]),
        record(22, 0x0101, &[2, 0, 0, 0]),
        record(21, 0x0101, &[2, 40]),
    ];
    let reader = Reader::of(&bytes.concat());
    assert_eq!((kinds(&reader), reader.alerts().len(), reader.records().count()), (vec![2], 0, 4));
}

#[test]
fn after_a_retry_the_second_hello_is_read() {
    let retry = [&[3, 3][..], &RETRY_RANDOM, &[0, 0x13, 1, 0]].concat();
    let bytes = [
        record(22, 0x0303, &handshake(2, &retry)),
        record(20, 0x0303, &[1]),
        record(22, 0x0303, &handshake(2, &[9; 40])),
    ];
    assert_eq!(Reader::of(&bytes.concat()).find(message::SERVER_HELLO).unwrap().body, [9; 40]);
}

#[test]
fn a_warning_is_noted_and_does_not_end_it() {
    let mut reader = Reader::of(&record(21, 0x0303, &[1, 112]));
    assert!(!reader.is_over() && reader.fatal_alert().is_none());
    assert_eq!(reader.alerts()[0].name(), "unrecognized_name");
    reader.push(&record(22, 0x0303, &handshake(2, &[7; 70])));
    assert!(reader.has_server_hello());
    reader.push(&record(21, 0x0303, &[2, 40]));
    assert_eq!(reader.fatal_alert().unwrap().description, 40);
}

#[test]
fn first_bytes_tell_the_framing() {
    let framing = |bytes: &[u8]| Reader::of(bytes).framing();
    assert_eq!(framing(&[]), Framing::Unknown);
    assert_eq!(framing(&[22]), Framing::Unknown);
    assert_eq!(framing(&[22, 3, 1]), Framing::Tls);
    assert_eq!(framing(&[21, 1, 1]), Framing::Tls);
    assert_eq!(framing(&[21, 2, 0]), Framing::Tls);
    assert_eq!(framing(&[0x80, 0x2e, 4, 0, 1]), Framing::Ssl2 { header: 2 });
    assert_eq!(framing(&[0x00, 0x30, 3, 4, 0]), Framing::Ssl2 { header: 3 });
    assert_eq!(framing(b"HT"), Framing::Other);
    assert_eq!(framing(b"220 smtp"), Framing::Other);
    assert_eq!(framing(b"<html>"), Framing::Other);
}

proptest! {
    #[test]
    fn no_bytes_panic_and_pieces_make_no_difference(
        parts in prop::collection::vec((any::<u8>(), prop::collection::vec(any::<u8>(), 0..60)), 0..12),
        cut in 1usize..40,
    ) {
        let bytes: Vec<u8> = parts
            .iter()
            .flat_map(|(kind, body)| match kind % 5 {
                0 => body.clone(),
                1 => record(21, 0x0303, &body[..body.len().min(2)]),
                2 => record(20, 0x0303, &[1]),
                _ => record(22, 0x0303, &handshake(*kind, body)),
            })
            .collect();
        let whole = Reader::of(&bytes);
        let mut slow = Reader::default();
        bytes.chunks(cut).for_each(|piece| slow.push(piece));
        prop_assert_eq!(whole.messages(), slow.messages());
        prop_assert_eq!(whole.alerts(), slow.alerts());
        prop_assert_eq!(whole.tail(), slow.tail());
        prop_assert_eq!(whole.records().count(), slow.records().count());
    }
}
