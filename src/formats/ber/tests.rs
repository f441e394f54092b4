//! BER as it is met in signed messages, and bytes that are none.

use proptest::prelude::*;

use super::{BerError, Elements, INTEGER, OCTET_STRING, OID, SEQUENCE, oid, to_der};

#[test]
fn an_end_may_be_marked_instead_of_counted() {
    let bytes = [0x30, 0x80, 0x30, 0x80, 2, 1, 7, 0, 0, 4, 1, 9, 0, 0, 5, 0];
    let mut outer = Elements::new(&bytes);
    let sequence = outer.take(SEQUENCE).unwrap();
    assert_eq!(sequence.whole, &bytes[..14]);
    let mut inside = sequence.children();
    assert_eq!(inside.enter(SEQUENCE).unwrap().take(INTEGER).unwrap().body, &[7]);
    assert_eq!(inside.take(OCTET_STRING).unwrap().body, &[9]);
    assert_eq!(inside.end(), Ok(()));
    assert_eq!(outer.rest(), &[5, 0]);
}

#[test]
fn lengths_may_be_longer_than_they_need_be() {
    let mut elements = Elements::new(&[2, 0x83, 0, 0, 1, 7]);
    assert_eq!(elements.take(INTEGER).unwrap().body, &[7]);
}

#[test]
fn strings_come_in_pieces() {
    let bytes = [0x24, 0x80, 4, 2, 1, 2, 0x24, 3, 4, 1, 3, 0, 0];
    let element = Elements::new(&bytes).next().unwrap().unwrap();
    assert_eq!(element.octets().unwrap().as_ref(), &[1, 2, 3]);
    let wrong = [0x24, 3, 2, 1, 3];
    let element = Elements::new(&wrong).next().unwrap().unwrap();
    assert_eq!(element.octets().unwrap_err(), BerError::Unexpected { expected: OCTET_STRING, found: INTEGER });
}

#[test]
fn what_is_not_ber_is_refused() {
    for bytes in [
        &[0x30][..],
        &[0x30, 0x80, 2, 1, 7],
        &[2, 0x80, 0, 0],
        &[2, 5, 1],
        &[0x1f, 1, 0],
        &[0, 0],
        &[2, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    ] {
        assert_eq!(Elements::new(bytes).next().unwrap_err(), BerError::Malformed, "{bytes:x?}");
    }
    let deep = [0x30, 0x80].repeat(100_000);
    assert_eq!(Elements::new(&deep).next().unwrap_err(), BerError::TooDeep);
    let deep = (0..200).fold(Vec::new(), |inner, _| crate::formats::der::element(SEQUENCE, &inner));
    assert_eq!(to_der(&deep).unwrap_err(), BerError::TooDeep);
}

#[test]
fn identifiers_are_written_in_dots() {
    assert_eq!(oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2]).as_deref(), Some("1.2.840.113549.1.7.2"));
    assert_eq!(oid(&[0x88, 0x37, 3]).as_deref(), Some("2.999.3"));
    for bytes in [&[][..], &[0x80], &[0x2a, 0x86], &[0xff; 12]] {
        assert_eq!(oid(bytes), None, "{bytes:x?}");
    }
}

#[test]
fn the_same_elements_as_der() {
    let ber = [0x30, 0x80, 2, 0x81, 1, 7, 0x24, 0x80, 4, 1, 1, 4, 1, 2, 0, 0, 0, 0];
    assert_eq!(to_der(&ber).unwrap(), [0x30, 7, 2, 1, 7, 4, 2, 1, 2]);
    assert_eq!(OID, 6);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut elements = Elements::new(&bytes);
        while let Ok(Some(element)) = elements.next() {
            let _ = (element.octets(), oid(element.body), element.children().next());
        }
        if let Ok(der) = to_der(&bytes) {
            prop_assert_eq!(to_der(&der), Ok(der.clone()));
        }
    }
}
