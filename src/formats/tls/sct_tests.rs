//! Timestamps that OpenSSL has verified (tests/data/ct/make.py), whole and damaged.

use proptest::prelude::*;

use super::{Entry, Sct, SctError, embedded, list, precertificate};
use crate::{
    formats::{
        ct_logs::{Log, read},
        der::{Elements, SEQUENCE},
        signature::SignatureError,
    },
    model::Digest,
};

macro_rules! data {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/ct/", $name)).as_slice()
    };
}

fn logs() -> Vec<Log> {
    read(data!("logs.json")).unwrap()
}

fn issuer_key_hash() -> [u8; 32] {
    let issuer = x509_parser::parse_x509_certificate(data!("issuer.der")).unwrap().1;
    *Digest::of(issuer.public_key().raw).as_bytes()
}

fn verified(sct: &[u8], entry: Entry<'_>) -> Result<(), SignatureError> {
    let sct = Sct::parse(sct).unwrap().unwrap();
    let log = logs().into_iter().find(|log| log.id == sct.log_id).unwrap();
    sct.verify(entry, &log.key)
}

#[test]
fn the_precertificate_is_the_one_that_the_authority_had_issued_before() {
    // `before.der` was issued by OpenSSL without the list.
    let before = Elements::within(data!("before.der"), SEQUENCE).unwrap().next().unwrap().whole;
    assert_eq!(precertificate(data!("leaf.der")).unwrap(), before);
    assert_eq!(precertificate(data!("before.der")).unwrap(), before);
}

#[test]
fn timestamps_inside_are_those_of_their_logs() {
    let (tbs, hash) = (precertificate(data!("leaf.der")).unwrap(), issuer_key_hash());
    let scts = embedded(data!("leaf.der")).unwrap();
    let entry = Entry::Precertificate { issuer_key_hash: &hash, tbs: &tbs };
    // One log has a key of ECDSA, one of RSA.
    assert_eq!(scts.iter().map(|sct| verified(sct, entry)).collect::<Vec<_>>(), [Ok(()), Ok(())]);
    assert_eq!(Sct::parse(&scts[0]).unwrap().unwrap().timestamp, 1_735_689_600_000);
    assert_eq!(verified(&scts[0], Entry::Certificate(data!("leaf.der"))), Err(SignatureError::Mismatch));
    let other = Entry::Precertificate { issuer_key_hash: &[0; 32], tbs: &tbs };
    assert_eq!(verified(&scts[0], other), Err(SignatureError::Mismatch));
    assert!(embedded(data!("before.der")).unwrap().is_empty());
}

#[test]
fn a_timestamp_beside_is_about_the_certificate_itself() {
    let scts = list(data!("tls.bin")).unwrap();
    assert_eq!(scts.len(), 1);
    assert_eq!(verified(&scts[0], Entry::Certificate(data!("leaf.der"))), Ok(()));
    assert_eq!(verified(&scts[0], Entry::Certificate(data!("before.der"))), Err(SignatureError::Mismatch));
}

#[test]
fn no_byte_can_be_changed_without_being_noticed() {
    let (tbs, hash) = (precertificate(data!("leaf.der")).unwrap(), issuer_key_hash());
    for sct in embedded(data!("leaf.der")).unwrap() {
        for at in 0..sct.len() {
            let mut damaged = sct.clone();
            damaged[at] ^= 1;
            let Ok(Some(sct)) = Sct::parse(&damaged) else { continue };
            let Some(log) = logs().into_iter().find(|log| log.id == sct.log_id) else { continue };
            let entry = Entry::Precertificate { issuer_key_hash: &hash, tbs: &tbs };
            assert!(sct.verify(entry, &log.key).is_err(), "byte {at}");
        }
    }
    let mut damaged = tbs.clone();
    damaged[40] ^= 1;
    let entry = Entry::Precertificate { issuer_key_hash: &hash, tbs: &damaged };
    assert_eq!(verified(&embedded(data!("leaf.der")).unwrap()[0], entry), Err(SignatureError::Mismatch));
}

#[test]
fn another_version_and_a_list_that_does_not_end_are_told_apart() {
    assert_eq!(Sct::parse(&[1, 2, 3]), Ok(None));
    assert!(Sct::parse(&[0, 2, 3]).is_err());
    assert!(matches!(list(&[0, 3, 0, 2, 7]), Err(SctError::Malformed(_))));
    assert_eq!(list(&[0; 2].map(|_| 0)).unwrap(), Vec::<Vec<u8>>::new());
    let many = [vec![0, 130], [0, 0].repeat(65)].concat();
    assert_eq!(list(&many), Err(SctError::TooMany));
}

proptest! {
    #[test]
    fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = (Sct::parse(&bytes), list(&bytes), embedded(&bytes), precertificate(&bytes));
    }

    #[test]
    fn a_certificate_with_wrong_bytes_never_panics(at in 0..900usize, byte in any::<u8>()) {
        let mut damaged = data!("leaf.der").to_vec();
        let at = at % damaged.len();
        damaged[at] = byte;
        let _ = (embedded(&damaged), precertificate(&damaged));
    }
}
