//! Responses that OpenSSL made (tests/data/ocsp/make.sh), whole and damaged.

use proptest::prelude::*;

use super::{OcspError, SCT_LIST, Status, Told, judge, sct_list, time};
use crate::{
    formats::der::{OCTET_STRING, OID, SEQUENCE, element},
    model::Tri,
};

macro_rules! data {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/ocsp/", $name, ".der")).as_slice()
    };
}

fn chain() -> Vec<Vec<u8>> {
    vec![data!("leaf").to_vec(), data!("issuer").to_vec()]
}

fn told(response: &[u8]) -> Result<Told, OcspError> {
    judge(response, &chain())
}

#[test]
fn a_response_of_a_delegate_and_one_of_the_issuer_itself_count() {
    for response in [data!("good"), data!("good_by_issuer")] {
        let told = told(response).unwrap();
        assert_eq!((told.status, told.signed), (Status::Good, Tri::Yes));
        let days = told.next_update.unwrap().as_second() - told.this_update.as_second();
        assert_eq!(days / 86_400, 3650);
        assert!(told.produced_at >= told.this_update);
    }
}

#[test]
fn what_is_revoked_says_since_when_and_why() {
    let told = told(data!("revoked")).unwrap();
    let at = "2026-11-01T12:00:00Z".parse().unwrap();
    assert_eq!((told.status, told.signed), (Status::Revoked { at, reason: Some(1) }, Tri::Yes));
}

#[test]
fn a_responder_may_not_know_or_not_answer() {
    assert_eq!(told(data!("unknown")).unwrap().status, Status::Unknown);
    assert_eq!(told(data!("try_later")), Err(OcspError::Unsuccessful(3)));
}

#[test]
fn an_answer_about_another_certificate_says_nothing() {
    assert_eq!(told(data!("other_certificate")), Err(OcspError::OtherCertificate));
    let other = vec![data!("other").to_vec(), data!("issuer").to_vec()];
    assert_eq!(judge(data!("good"), &other), Err(OcspError::OtherCertificate));
    assert_eq!(judge(data!("good"), &[]), Err(OcspError::Certificate));
}

#[test]
fn nobody_but_the_issuer_and_whom_it_authorised_counts() {
    for response in [data!("by_no_purpose"), data!("by_stranger"), data!("without_certificate")] {
        assert_eq!(told(response).unwrap().signed, Tri::No);
    }
}

#[test]
fn without_the_issuer_nobody_can_tell_who_signed() {
    let told = judge(data!("good"), &chain()[..1]).unwrap();
    assert_eq!((told.status, told.signed), (Status::Good, Tri::Unknown));
}

#[test]
fn no_bit_can_be_turned_without_being_noticed() {
    let whole = told(data!("good_by_issuer")).unwrap();
    assert_eq!(whole.signed, Tri::Yes);
    for at in 0..data!("good_by_issuer").len() {
        let mut damaged = data!("good_by_issuer").to_vec();
        damaged[at] ^= 1;
        // The response carries the certificate of its signer along, of which nothing is used where that is the issuer.
        if at >= damaged.len() - data!("issuer").len() {
            break;
        }
        assert!(!matches!(told(&damaged), Ok(Told { signed: Tri::Yes, .. })), "byte {at}");
    }
}

#[test]
fn times_are_those_of_rfc_5280() {
    assert_eq!(time(b"20261122023000Z").unwrap().to_string(), "2026-11-22T02:30:00Z");
    for wrong in [&b"20261122023000"[..], b"20261122023000.5Z", b"20261322023000Z", b"2026112202300aZ", b"Z", b""] {
        assert_eq!(time(wrong), Err(OcspError::Time));
    }
}

#[test]
fn timestamps_are_found_among_the_extensions_of_an_answer() {
    let extension = |oid: &[u8], value: &[u8]| {
        element(SEQUENCE, &[element(OID, oid), element(OCTET_STRING, &element(OCTET_STRING, value))].concat())
    };
    let (other, own) = (extension(&[0x2b, 6, 1], b"other"), extension(&SCT_LIST, b"list"));
    assert_eq!(sct_list(&element(SEQUENCE, &[other.clone(), own].concat())), Ok(Some(&b"list"[..])));
    assert_eq!(sct_list(&element(SEQUENCE, &other)), Ok(None));
    assert!(sct_list(&other[1..]).is_err());
}

proptest! {
    #[test]
    fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = told(&bytes);
    }

    #[test]
    fn a_response_with_wrong_bytes_never_panics(at in 0..2000usize, byte in any::<u8>(), cut in 0..2000usize) {
        let mut damaged = data!("revoked").to_vec();
        let at = at % damaged.len();
        damaged[at] = byte;
        let _ = told(&damaged);
        damaged.truncate(cut);
        let _ = told(&damaged);
    }
}
