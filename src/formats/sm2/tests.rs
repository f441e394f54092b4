//! SM2 signatures: certificates of OpenSSL, signatures of our own, and bytes that are neither.

use proptest::prelude::*;
use sm2::{
    dsa::{SigningKey, signature::Signer},
    elliptic_curve::sec1::ToSec1Point,
};

use super::{SIGNER_ID, Sm2Error, pair, public_key, verify, verify_certificate, verify_key_exchange};
use crate::formats::{
    tls::{
        from_hex,
        server_key_exchange::{Params, ServerKeyExchange, Signature},
    },
    x509,
};

/// Made by `openssl genpkey -algorithm SM2` and `openssl req -x509 -sm3 -sigopt distid:1234567812345678`.
const SELF_SIGNED: &str = include_str!("../../../tests/data/tls/sm2-self-signed.pem");
/// As above, of another key.
const OTHER: &str = include_str!("../../../tests/data/tls/sm2-other.pem");

fn der(pem: &str) -> Vec<u8> {
    x509::from_pem(pem.as_bytes()).remove(0)
}

fn key() -> SigningKey {
    SigningKey::from_slice(SIGNER_ID, &[7; 32]).unwrap()
}

fn point() -> Vec<u8> {
    key().verifying_key().to_sec1_point(false).as_bytes().to_vec()
}

fn integer(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    while bytes.len() > 1 && bytes[0] == 0 {
        bytes.remove(0);
    }
    if bytes[0] & 0x80 != 0 {
        bytes.insert(0, 0);
    }
    [&[2, u8::try_from(bytes.len()).unwrap()][..], &bytes].concat()
}

fn sign(message: &[u8]) -> Vec<u8> {
    let signature = key().sign(message).to_bytes();
    let body = [integer(&signature[..32]), integer(&signature[32..])].concat();
    [&[0x30, u8::try_from(body.len()).unwrap()][..], &body].concat()
}

#[test]
fn a_certificate_of_openssl_verifies_under_its_own_key_only() {
    let (own, other) = (der(SELF_SIGNED), der(OTHER));
    assert_eq!(verify_certificate(&own, &own), Ok(()));
    assert_eq!(verify_certificate(&own, &other), Err(Sm2Error::Mismatch));
    let mut forged = own.clone();
    let at = forged.windows(12).position(|window| window == b"host.example").unwrap();
    forged[at] = b'H';
    assert_eq!(verify_certificate(&forged, &own), Err(Sm2Error::Mismatch));
    assert_eq!(verify_certificate(b"", &own), Err(Sm2Error::Certificate));
}

#[test]
fn other_keys_and_signatures_are_not_sm2() {
    let made = rcgen::generate_simple_self_signed(["host.example".to_owned()]).unwrap();
    let p256 = made.cert.der().to_vec();
    assert_eq!(public_key(&p256), Err(Sm2Error::NotAnSm2Key));
    assert_eq!(verify_certificate(&p256, &p256), Err(Sm2Error::NotAnSm2Signature));
    assert_eq!(public_key(&der(SELF_SIGNED)).unwrap().len(), 65);
}

#[test]
fn signatures_are_read_strictly() {
    let signature = sign(b"message");
    assert_eq!(verify(&point(), &[b"mess", b"age"], &signature), Ok(()));
    assert_eq!(verify(&point(), &[b"massage"], &signature), Err(Sm2Error::Mismatch));
    assert_eq!(verify(&[4; 65], &[b"message"], &signature), Err(Sm2Error::NotAnSm2Key));
    let long = [&signature[..], &[0]].concat();
    for broken in [&long[..], &signature[1..], b"", b"\x30\x06\x02\x01\x00\x02\x01\x00"] {
        assert_eq!(verify(&point(), &[b"message"], broken), Err(Sm2Error::MalformedSignature));
    }
}

#[test]
fn a_key_exchange_covers_randoms_and_what_stands_in_it() {
    let (client, server) = ([1; 32], [2; 32]);
    let params = from_hex("0300290104").unwrap();
    let signed = [&client[..], &server, &params].concat();
    let exchange = |params, signed: &[u8], bytes| ServerKeyExchange {
        params,
        signed: signed.to_vec(),
        signature: Some(Signature { scheme: None, bytes }),
        psk_hint: None,
    };
    let ecdhe = exchange(Params::Ecdhe { group: 0x29, point: vec![4] }, &params, sign(&signed));
    let certificate = der(SELF_SIGNED);
    // The certificate holds another key than the one that signed.
    assert_eq!(verify_key_exchange(&ecdhe, &client, &server, &certificate, b""), Err(Sm2Error::Mismatch));
    let unsigned = ServerKeyExchange { signature: None, ..ecdhe };
    assert_eq!(verify_key_exchange(&unsigned, &client, &server, &certificate, b""), Err(Sm2Error::NotSigned));
    let psk = exchange(Params::Psk, b"", Vec::new());
    assert_eq!(verify_key_exchange(&psk, &client, &server, &certificate, b""), Err(Sm2Error::NotSigned));
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = pair(&bytes);
        let _ = pair(&[&[0x30, u8::try_from(bytes.len()).unwrap()][..], &bytes].concat());
        let _ = public_key(&bytes);
        prop_assert!(verify(&point(), &[b"message"], &bytes).is_err());
    }
}
