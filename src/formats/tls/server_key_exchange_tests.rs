//! The forms of ServerKeyExchange that no capture has.

use proptest::prelude::*;

use super::{Params, ServerKeyExchange, bits};
use crate::formats::tls::{
    suites::{self, suite},
    version::Version,
};

fn parse(version: Version, id: u16, body: &[u8]) -> Option<ServerKeyExchange> {
    ServerKeyExchange::parse(version, suite(id).unwrap(), body).ok()
}

#[test]
fn an_export_key_has_its_modulus() {
    let body = [&[0, 64][..], &[0xff; 64], &[0, 3, 1, 0, 1, 0, 2, 9, 9]].concat();
    let read = parse(Version::Ssl3, 0x0003, &body).unwrap();
    let Params::Rsa { modulus, exponent } = read.params else { panic!("RSA") };
    assert_eq!((bits(&modulus), exponent), (512, vec![1, 0, 1]));
    assert_eq!(read.signature.unwrap().bytes, [9, 9]);
    assert_eq!(read.signed.len(), 64 + 2 + 3 + 2);
}

#[test]
fn shared_keys_have_a_hint_and_no_signature() {
    let read = parse(Version::Tls12, 0x00a8, &[0, 2, b'h', b'i']).unwrap();
    assert_eq!((read.params, read.psk_hint), (Params::Psk, Some(b"hi".to_vec())));
    let read = parse(Version::Tls12, 0xc035, &[0, 0, 3, 0, 0x17, 1, 4]).unwrap();
    assert_eq!((read.group(), read.signature), (Some(0x17), None));
}

#[test]
fn tlcp_signs_with_static_keys_or_a_curve() {
    let read = parse(Version::Tlcp11, 0xe053, &[0, 2, 0x30, 0]).unwrap();
    assert_eq!((read.params, read.signed.len()), (Params::Ecc, 0));
    let read = parse(Version::Tlcp11, 0xe051, &[3, 0, 0x29, 1, 4, 0, 2, 0x30, 0]).unwrap();
    assert_eq!((read.group(), read.signed.len()), (Some(0x29), 5));
    let signature = read.signature.unwrap();
    assert_eq!((signature.scheme, signature.bytes), (None, vec![0x30, 0]));
}

#[test]
fn a_curve_spelled_out_is_told_and_not_followed() {
    let read = parse(Version::Tls12, 0xc02f, &[1, 32, 1, 2, 3]).unwrap();
    assert_eq!(read.params, Params::EcExplicit { kind: 1 });
    assert!(parse(Version::Tls12, 0xc02f, &[9, 1, 2, 3]).is_none());
}

#[test]
fn bits_leave_leading_zeros_out() {
    assert_eq!((bits(&[]), bits(&[0, 0]), bits(&[0, 1]), bits(&[0x80, 0])), (0, 0, 1, 16));
}

proptest! {
    #[test]
    fn no_bytes_panic(at in any::<prop::sample::Index>(), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let suite = &suites::all()[at.index(suites::all().len())];
        for version in Version::ALL {
            if let Ok(read) = ServerKeyExchange::parse(version, suite, &bytes) {
                prop_assert!(read.signed.len() <= bytes.len());
            }
        }
    }
}
