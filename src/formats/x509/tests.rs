//! Certificates as RFC 5280 has them, and bytes that are none.

use proptest::prelude::*;
use rcgen::{
    CertificateParams, CrlDistributionPoint, CustomExtension, KeyPair, PKCS_ED25519, PKCS_RSA_SHA256,
    PublicKeyData as _,
};

use super::{base64, decode, from_pem, to_pem};

fn made(names: &[&str], key: &KeyPair) -> Vec<u8> {
    let params = CertificateParams::new(names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>()).unwrap();
    params.self_signed(key).unwrap().der().to_vec()
}

#[test]
fn reads_names_key_signature_and_dates() {
    let key = KeyPair::generate().unwrap();
    let decoded = decode(&made(&["cd.example.gov.cn", "127.0.0.1", "::1"], &key)).unwrap();
    let cert = decoded.certificate;
    assert_eq!(cert.san, ["cd.example.gov.cn", "127.0.0.1", "::1"]);
    assert_eq!((cert.key.algorithm.as_str(), cert.key.bits, cert.key.curve.as_str()), ("ec", 256, "P-256"));
    assert_eq!((cert.signature.algorithm.as_str(), cert.signature.hash.as_str()), ("ecdsa", "sha256"));
    assert_eq!((cert.not_before.as_str(), cert.not_after.as_str()), ("1975-01-01T00:00:00Z", "4096-01-01T00:00:00Z"));
    assert!(decoded.self_issued && decoded.scts == 0);
}

#[test]
fn reads_an_edwards_key() {
    let cert = decode(&made(&["a.example"], &KeyPair::generate_for(&PKCS_ED25519).unwrap())).unwrap().certificate;
    assert_eq!((cert.key.algorithm.as_str(), cert.signature.algorithm.as_str()), ("ed25519", "ed25519"));
    let _ = &PKCS_RSA_SHA256;
}

#[test]
fn pem_reads_back_what_it_wrote() {
    let key = KeyPair::generate().unwrap();
    let ders = [made(&["a.example"], &key), made(&["b.example", "c.example"], &key)];
    assert_eq!(from_pem(to_pem(ders.iter().map(Vec::as_slice)).as_bytes()), ders);
    assert!(from_pem(b"nothing of the kind").is_empty());
}

#[test]
fn base64_is_that_of_rfc_4648() {
    let pairs =
        [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")];
    for (plain, encoded) in pairs {
        assert_eq!(base64(plain.as_bytes()), encoded);
    }
}

#[test]
fn bytes_after_a_certificate_and_no_bytes_are_refused() {
    let mut der = made(&["a.example"], &KeyPair::generate().unwrap());
    der.push(0);
    assert!(decode(&der).is_err());
    assert!(decode(&[]).is_err());
}

/// An authorityInfoAccess of so many OCSP responders, one address of an issuer and one that is too long.
fn access(responders: usize) -> CustomExtension {
    let sequence =
        |body: Vec<u8>| [vec![0x30, 0x82], u16::try_from(body.len()).unwrap().to_be_bytes().to_vec(), body].concat();
    let description = |purpose: u8, address: &str| {
        let length = u16::try_from(address.len()).unwrap().to_be_bytes();
        let location = [&[0x86, 0x82], &length[..], address.as_bytes()].concat();
        sequence([vec![6, 8, 0x2b, 6, 1, 5, 5, 7, 0x30, purpose], location].concat())
    };
    let mut all = vec![description(2, "http://ca.example.test/ca.cer"), description(1, &"x".repeat(3000))];
    all.extend((0..responders).map(|n| description(1, &format!("http://ocsp{n}.example.test/\u{1}"))));
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], sequence(all.concat()))
}

#[test]
fn addresses_are_told_apart_and_are_not_too_many() {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
    params.crl_distribution_points = vec![CrlDistributionPoint { uris: vec!["http://crl.example.test/1".to_owned()] }];
    params.custom_extensions = vec![access(40)];
    let cert = decode(params.self_signed(&key).unwrap().der()).unwrap().certificate;
    assert_eq!(cert.issuer_urls, ["http://ca.example.test/ca.cer"]);
    assert_eq!(cert.crl_urls, ["http://crl.example.test/1"]);
    assert_eq!((cert.ocsp_urls.len(), cert.ocsp_urls[0].as_str()), (16, "http://ocsp0.example.test/\u{1}"));
}

#[test]
fn the_digest_of_a_key_goes_with_the_key() {
    let (key, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let digest = |key: &KeyPair, name| decode(&made(&[name], key)).unwrap().certificate.spki_sha256;
    assert_eq!(digest(&key, "a.example"), crate::model::Digest::of(&key.subject_public_key_info()));
    assert_eq!(digest(&key, "a.example"), digest(&key, "b.example"));
    assert_ne!(digest(&key, "a.example"), digest(&other, "a.example"));
}

proptest! {
    #[test]
    fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = decode(&bytes);
        let _ = from_pem(&bytes);
    }

    #[test]
    fn a_certificate_with_one_wrong_byte_never_panics(at in 0..300usize, byte in any::<u8>()) {
        let mut der = made(&["a.example", "127.0.0.1"], &KeyPair::generate().unwrap());
        let at = at % der.len();
        der[at] = byte;
        let _ = decode(&der);
    }
}
