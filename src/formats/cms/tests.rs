//! Signed messages that OpenSSL made, whole and damaged.

use proptest::prelude::*;

use super::{Certificate, CmsError, DATA, SignedData, SignerId, names};
use crate::formats::public_key::{Family, Hash, PublicKeyError};

macro_rules! data {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/signed/", $name))
    };
}

const CONTENT: &[u8] = data!("content.txt");
const INSIDE: &[u8] = data!("inside.der");
const DETACHED: &[u8] = data!("detached.der");

#[test]
fn what_is_inside_needs_nothing_beside() {
    let message = SignedData::parse(INSIDE).unwrap();
    assert_eq!((message.content_type.as_str(), message.content.as_deref()), (DATA, Some(CONTENT)));
    let certificate = message.verify(&message.signers[0], None).unwrap();
    assert_eq!(certificate.describe().unwrap().subject, "CN=second");
}

#[test]
fn what_is_detached_is_asked_for() {
    for detached in [DETACHED, data!("no-attributes.der"), data!("pss.der"), data!("dsa.der"), data!("pkcs7.der")] {
        let message = SignedData::parse(detached).unwrap();
        let [signer] = message.signers.as_slice() else { panic!("one signer") };
        assert!(message.verify(signer, Some(CONTENT)).is_ok());
        assert_eq!(message.verify(signer, None), Err(CmsError::NoContent));
        assert!(message.verify(signer, Some(b"something else")).is_err());
    }
}

#[test]
fn an_end_may_be_left_open() {
    let open_ended = data!("open-ended.der");
    assert_eq!(open_ended[1], 0x80);
    let message = SignedData::parse(open_ended).unwrap();
    assert_eq!(message.content.as_deref(), Some(CONTENT));
    assert!(message.verify(&message.signers[0], None).is_ok());
}

#[test]
fn each_signer_stands_for_itself() {
    let message = SignedData::parse(data!("two-signers.der")).unwrap();
    let of = |n: usize| message.verify(&message.signers[n], None).unwrap().describe().unwrap().subject;
    let mut names = [of(0), of(1)];
    names.sort();
    assert_eq!(names, ["CN=first", "CN=second"]);
}

#[test]
fn a_certificate_may_be_named_by_its_key() {
    let message = SignedData::parse(data!("by-key-id.der")).unwrap();
    let signer = &message.signers[0];
    assert!(matches!(signer.id, SignerId::SubjectKeyId(_)));
    assert_eq!(signer.digest_hash(), Some(Hash::Sha512));
    assert_eq!(signer.algorithm().unwrap().family, Family::Ecdsa);
    assert!(message.verify(signer, Some(CONTENT)).is_ok());
}

#[test]
fn without_its_certificate_nothing_verifies() {
    let message = SignedData::parse(data!("no-certificate.der")).unwrap();
    assert_eq!(message.verify(&message.signers[0], Some(CONTENT)), Err(CmsError::NoCertificate));
}

#[test]
fn the_digest_among_the_attributes_binds_the_content() {
    let message = SignedData::parse(DETACHED).unwrap();
    let signer = &message.signers[0];
    assert_eq!(message.verify(signer, Some(b"something else")), Err(CmsError::DigestMismatch));
    let mut without = signer.clone();
    without.signed_attributes.as_mut().unwrap().retain(|attribute| attribute.id != "1.2.840.113549.1.9.4");
    assert_eq!(message.verify(&without, Some(CONTENT)), Err(CmsError::Attribute("message digest")));
    let mut twice = signer.clone();
    let again = twice.signed_attributes.clone().unwrap();
    twice.signed_attributes.as_mut().unwrap().extend(again);
    assert_eq!(message.verify(&twice, Some(CONTENT)), Err(CmsError::Attribute("message digest")));
}

#[test]
fn another_type_of_content_is_told_apart_from_a_wrong_signature() {
    let message = SignedData::parse(DETACHED).unwrap();
    let (signer, spki) = (&message.signers[0], message.certificates[0].spki);
    assert_eq!(signer.verify(spki, CONTENT, DATA), Ok(()));
    assert!(matches!(signer.verify(spki, CONTENT, "1.2.3"), Err(CmsError::ContentType { .. })));
    let mut damaged = signer.clone();
    damaged.signature[5] ^= 1;
    assert_eq!(damaged.verify(spki, CONTENT, "1.2.3"), Err(PublicKeyError::Mismatch.into()));
}

#[test]
fn damage_anywhere_in_what_is_signed_is_noticed() {
    let message = SignedData::parse(INSIDE).unwrap();
    let signature = message.signers[0].signature.clone();
    let signature = INSIDE.windows(signature.len()).position(|window| window == signature).unwrap();
    for at in signature..INSIDE.len() {
        let mut damaged = INSIDE.to_vec();
        damaged[at] ^= 1;
        let verified = SignedData::parse(&damaged).and_then(|message| {
            let signer = message.signers.first().ok_or(CmsError::NoCertificate)?;
            message.verify(signer, None).map(|_| ())
        });
        assert!(verified.is_err(), "byte {at}");
    }
}

#[test]
fn what_is_no_signed_message_is_refused() {
    assert!(matches!(SignedData::parse(b""), Err(CmsError::Malformed(_))));
    assert!(matches!(SignedData::parse(&INSIDE[..INSIDE.len() - 1]), Err(CmsError::Malformed(_))));
    let enveloped = [0x30, 15, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 3, 0xa0, 2, 0x30, 0];
    let found = "1.2.840.113549.1.7.3".to_owned();
    assert_eq!(SignedData::parse(&enveloped), Err(CmsError::NotSignedData { found }));
}

#[test]
fn a_certificate_keeps_its_own_bytes_whatever_they_are() {
    let message = SignedData::parse(INSIDE).unwrap();
    let own = message.certificates[0].bytes;
    let [0x30, 0x82, high, low, rest @ ..] = own else { panic!("{own:x?}") };
    let odd = [&[0x30, 0x83, 0, *high, *low], rest].concat();
    let certificate = Certificate::parse(&odd).unwrap();
    assert_eq!(certificate.bytes, odd);
    assert_eq!(certificate.as_der().as_ref(), own);
    let described = certificate.describe().unwrap();
    assert_eq!(described.sha256, crate::model::Digest::of(&odd));
    assert_eq!(described.subject, "CN=second");
}

#[test]
fn a_name_is_the_same_however_its_strings_are_encoded() {
    let name = |tag: u8, text: &[u8]| {
        let value = [&[tag, u8::try_from(text.len()).unwrap()][..], text].concat();
        let part = [&[0x30, u8::try_from(value.len()).unwrap() + 5, 6, 3, 0x55, 4, 3][..], &value].concat();
        let set = [&[0x31, u8::try_from(part.len()).unwrap()][..], &part].concat();
        [&[0x30, u8::try_from(set.len()).unwrap()][..], &set].concat()
    };
    let utf8 = name(0x0c, b"An  issuer");
    assert!(names::same(&utf8, &name(0x13, b"an ISSUER ")));
    assert!(names::same(&utf8, &name(0x1e, b"\0A\0n\0 \0i\0s\0s\0u\0e\0r")));
    assert!(!names::same(&utf8, &name(0x0c, b"Another")));
    assert!(!names::same(&utf8, &utf8[..4]));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(at in any::<prop::sample::Index>(), with in any::<u8>(), cut in any::<prop::sample::Index>()) {
        for whole in [INSIDE, data!("open-ended.der"), data!("two-signers.der"), data!("by-key-id.der")] {
            let mut damaged = whole.to_vec();
            damaged[at.index(whole.len())] = with;
            damaged.truncate(cut.index(whole.len()) + whole.len() / 2);
            let Ok(message) = SignedData::parse(&damaged) else { continue };
            for signer in &message.signers {
                let _ = message.verify(signer, Some(CONTENT));
            }
            for certificate in &message.certificates {
                let _ = certificate.describe();
            }
        }
    }
}
