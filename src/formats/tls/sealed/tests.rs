//! Flights of BabaSSL, as our own prober recorded them: opened whole, and refused wherever a byte of them is another.

use super::{Opened, Opener, SM4_CCM_SM3, SM4_GCM_SM3, SealedError, open};
use crate::{
    formats::{
        sm2,
        tls::{
            from_hex,
            record::{Reader, content, message},
        },
    },
    model::Tri,
};

/// What was sent, the scalar, what came back.
type Recorded = [Vec<u8>; 3];

macro_rules! recorded {
    ($name:literal) => {
        [
            include_str!(concat!("../../../../tests/data/tls/rfc8998-", $name, ".client.hex")),
            include_str!(concat!("../../../../tests/data/tls/rfc8998-", $name, ".scalar.hex")),
            include_str!(concat!("../../../../tests/data/tls/rfc8998-", $name, ".server.hex")),
        ]
        .map(|hex| from_hex(&hex.replace('\n', "")).unwrap())
    };
}

fn opened([sent, scalar, received]: &Recorded) -> Result<Opened, SealedError> {
    open(sent, scalar, received)
}

/// The flight without its ciphers.
fn plain([sent, scalar, received]: &Recorded) -> Vec<Vec<u8>> {
    let mut opener = Opener::new(sent, scalar).unwrap();
    let reader = Reader::of(received);
    opener.advance(&reader).unwrap();
    let mut keys = opener.keys.unwrap();
    keys.number = 0;
    let sealed = reader.records().filter(|record| record.content == content::APPLICATION_DATA);
    sealed
        .map(|record| {
            let plain = keys.open(record).unwrap();
            keys.number += 1;
            plain
        })
        .collect()
}

/// An opener that has agreed on the key and nothing more.
fn agreed([sent, scalar, received]: &Recorded) -> Opener {
    let reader = Reader::of(received);
    let hello = reader.records().next().unwrap();
    let mut opener = Opener::new(sent, scalar).unwrap();
    opener.advance(&Reader::of(&received[..5 + hello.body.len()])).unwrap();
    opener
}

#[test]
fn flights_open_with_either_suite() {
    let gcm = opened(&recorded!("gcm")).unwrap();
    assert_eq!((gcm.suite, gcm.certificates.list.len(), gcm.client_auth), (SM4_GCM_SM3, 1, false));
    assert_eq!((gcm.scheme, gcm.key_proven), (0x0708, Tri::Yes));
    let ccm = opened(&recorded!("ccm")).unwrap();
    assert_eq!((ccm.suite, ccm.key_proven), (SM4_CCM_SM3, Tri::Yes));
    let [own, root] = ccm.certificates.list.as_slice() else { panic!("two certificates") };
    assert_eq!(sm2::verify_certificate(own, root), Ok(()));
    assert!(opened(&recorded!("client-certificate")).unwrap().client_auth);
}

#[test]
fn a_scheme_of_others_proves_nothing_here() {
    let rsa = opened(&recorded!("rsa")).unwrap();
    assert_eq!((rsa.scheme, rsa.key_proven, rsa.certificates.list.len()), (0x0804, Tri::Unknown, 1));
}

#[test]
fn no_byte_can_be_another() {
    let [sent, scalar, received] = recorded!("gcm");
    let mut at = 0;
    for record in Reader::of(&received).records() {
        let (body, end) = (at + 5, at + 5 + record.body.len());
        at = end;
        for place in [body, body + record.body.len() / 2, end - 1] {
            let mut other = received.clone();
            other[place] ^= 1;
            assert!(open(&sent, &scalar, &other).is_err(), "byte {place}");
        }
        if record.content == content::APPLICATION_DATA {
            let mut other = received.clone();
            other[end - 1] ^= 1;
            assert!(matches!(open(&sent, &scalar, &other), Err(SealedError::Tag { .. })));
        }
    }
    assert_eq!(at, received.len());
}

#[test]
fn half_a_flight_is_none() {
    let [sent, scalar, received] = recorded!("ccm");
    for length in (0..received.len()).step_by(7) {
        assert_eq!(open(&sent, &scalar, &received[..length]), Err(SealedError::Unfinished), "{length}");
    }
}

#[test]
fn the_scalar_belongs_to_the_share() {
    let [sent, scalar, received] = recorded!("gcm");
    let [other_sent, other, _] = recorded!("ccm");
    assert_eq!(open(&sent, &other, &received), Err(SealedError::NotOurs));
    assert_eq!(open(&received, &scalar, &received), Err(SealedError::NotOurs));
    assert_eq!(open(&sent, &[], &received), Err(SealedError::NotOurs));
    // With another scalar, another key is agreed on.
    assert!(matches!(open(&other_sent, &other, &received), Err(SealedError::Tag { number: 0 })));
}

#[test]
fn records_may_come_in_any_pieces() {
    let [sent, scalar, received] = recorded!("client-certificate");
    let mut opener = Opener::new(&sent, &scalar).unwrap();
    let mut reader = Reader::default();
    for piece in received.chunks(11) {
        assert!(!opener.is_done());
        reader.push(piece);
        opener.advance(&reader).unwrap();
    }
    assert_eq!(opener.opened(), opened(&[sent, scalar, received]).ok());
}

#[test]
fn a_signature_over_anything_else_is_no_proof() {
    let recorded = recorded!("gcm");
    let flight: Vec<u8> = plain(&recorded).iter().flat_map(|plain| plain[..plain.len() - 1].to_vec()).collect();
    let verify = flight.windows(2).position(|pair| pair == [message::CERTIFICATE_VERIFY, 0]).unwrap();
    let read = |flight: &[u8]| {
        let mut opener = agreed(&recorded);
        let result = opener.take(&[flight, &[content::HANDSHAKE]].concat());
        (result, opener.opened.key_proven)
    };
    assert_eq!(read(&flight), (Ok(()), Tri::Yes));
    // Padding of records is nothing.
    assert_eq!(agreed(&recorded).take(&[&flight[..], &[content::HANDSHAKE, 0, 0, 0]].concat()), Ok(()));
    // A byte of the extensions, which the signature covers.
    let mut other = flight.clone();
    other.splice(4..6, [0, 4, 0, 21, 0, 0]);
    other[3] += 4;
    assert_eq!(read(&other), (Err(SealedError::Finished), Tri::No));
    let mut other = flight.clone();
    *other.last_mut().unwrap() ^= 1;
    assert_eq!(read(&other), (Err(SealedError::Finished), Tri::Yes));
    let mut other = flight;
    other[verify + 4] = 8;
    assert_eq!(read(&other).1, Tri::Unknown);
}

#[test]
fn messages_come_in_their_order() {
    let recorded = recorded!("gcm");
    let take = |bytes: &[u8]| agreed(&recorded).take(bytes);
    assert_eq!(take(&[11, 0, 0, 0, 22]), Err(SealedError::Unexpected { kind: 11 }));
    assert_eq!(take(&[8, 0, 0, 0, 20, 0, 0, 0, 22]), Err(SealedError::Unexpected { kind: 20 }));
    assert_eq!(take(&[8, 255, 0, 0, 22]), Err(SealedError::TooLong { length: 255 << 16 }));
    assert_eq!(take(&[2, 40, 21]), Err(SealedError::Alert { description: 40 }));
    assert_eq!(take(&[1, 23]), Err(SealedError::Unexpected { kind: 23 }));
    assert_eq!(take(&[0, 0]), Err(SealedError::Unexpected { kind: 0 }));
    assert!(matches!(take(&[8, 0, 0, 0, 11, 0, 0, 1, 0, 22]), Err(SealedError::Malformed(_))));
    assert_eq!(take(&[8, 0, 0, 0, 22]), Ok(()));
}
