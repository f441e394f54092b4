//! Signatures that OpenSSL made, by every family of keys.

use proptest::prelude::*;

use super::{Algorithm, Family, Hash, Message, Pss, PublicKeyError, verify};

const CONTENT: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/signed/content.txt"));

/// A line of what OpenSSL made.
struct Signed {
    algorithm: Algorithm,
    hash: Hash,
    key: &'static str,
    spki: Vec<u8>,
    signature: Vec<u8>,
}

fn all() -> Vec<Signed> {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/signed/signatures.txt"));
    text.lines()
        .map(|line| {
            let [algorithm, hash, key, spki, signature] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
            let hash = hashes().into_iter().find(|one| one.name() == hash).unwrap();
            let algorithm = match algorithm {
                "rsa" => Algorithm::new(Family::RsaPkcs1, hash),
                "pss" => Algorithm::pss(hash),
                "pss-salt-17" => Algorithm::new(Family::RsaPss(Pss { mask: hash, salt: 17 }), hash),
                "dsa" => Algorithm::new(Family::Dsa, hash),
                "ecdsa" => Algorithm::new(Family::Ecdsa, hash),
                "ed25519" => Algorithm::new(Family::Ed25519, hash),
                _ => Algorithm::new(Family::Sm2, hash),
            };
            Signed { algorithm, hash, key, spki: bytes(spki), signature: bytes(signature) }
        })
        .collect()
}

fn hashes() -> [Hash; 7] {
    [Hash::Md5, Hash::Sha1, Hash::Sha224, Hash::Sha256, Hash::Sha384, Hash::Sha512, Hash::Sm3]
}

fn bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

#[test]
fn what_openssl_signed_verifies() {
    let all = all();
    assert!(all.len() > 50);
    for one in &all {
        let verified = verify(&one.spki, one.algorithm, Message::Bytes(CONTENT), &one.signature);
        if one.key == "secp256k1" {
            assert!(matches!(verified, Err(PublicKeyError::Unsupported(_))));
        } else {
            assert_eq!(verified, Ok(()), "{} {} {:?}", one.key, one.hash.name(), one.algorithm);
        }
    }
}

#[test]
fn other_bytes_and_other_signatures_do_not() {
    for one in all().iter().filter(|one| one.key != "secp256k1") {
        let other = verify(&one.spki, one.algorithm, Message::Bytes(b"something else"), &one.signature);
        assert_eq!(other, Err(PublicKeyError::Mismatch), "{} {:?}", one.key, one.algorithm);
        let mut damaged = one.signature.clone();
        *damaged.last_mut().unwrap() ^= 1;
        let damaged = verify(&one.spki, one.algorithm, Message::Bytes(CONTENT), &damaged);
        assert_eq!(damaged, Err(PublicKeyError::Mismatch), "{} {:?}", one.key, one.algorithm);
        let cut = verify(&one.spki, one.algorithm, Message::Bytes(CONTENT), &one.signature[1..]);
        assert!(matches!(cut, Err(PublicKeyError::Mismatch | PublicKeyError::Malformed(_))), "{}", one.key);
    }
}

#[test]
fn a_digest_serves_as_well_as_the_bytes() {
    for one in all().iter().filter(|one| one.key != "secp256k1") {
        let digest = one.hash.digest(CONTENT);
        let verified = verify(&one.spki, one.algorithm, Message::Digest(&digest), &one.signature);
        match one.algorithm.family {
            Family::Ed25519 | Family::Sm2 => assert!(matches!(verified, Err(PublicKeyError::Unsupported(_)))),
            _ => assert_eq!(verified, Ok(()), "{} {:?}", one.key, one.algorithm),
        }
        let short = verify(&one.spki, one.algorithm, Message::Digest(&digest[1..]), &one.signature);
        assert!(short.is_err());
    }
}

#[test]
fn each_key_is_for_its_own_algorithm() {
    let all = all();
    for key in &all {
        for signed in &all {
            if key.algorithm.family.name() != signed.algorithm.family.name() {
                let verified = verify(&key.spki, signed.algorithm, Message::Bytes(CONTENT), &key.signature);
                assert!(verified.is_err(), "{} {:?}", key.key, signed.algorithm);
            }
        }
    }
}

#[test]
fn identifiers_name_algorithms() {
    let read = |id: &[u8], digest| Algorithm::read(id, digest);
    let rsa = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
    assert_eq!(read(&rsa, Some(Hash::Md5)), Ok(Algorithm::new(Family::RsaPkcs1, Hash::Md5)));
    assert!(matches!(read(&rsa, None), Err(PublicKeyError::Unsupported(_))));
    let ecdsa = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3];
    assert_eq!(read(&ecdsa, Some(Hash::Md5)), Ok(Algorithm::new(Family::Ecdsa, Hash::Sha384)));
    let sm2 = [6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x75];
    assert_eq!(read(&sm2, None), Ok(Algorithm::new(Family::Sm2, Hash::Sm3)));
    let pss = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10, 0x30, 0];
    assert_eq!(read(&pss, None), Ok(Algorithm::pss(Hash::Sha1)));
    assert!(matches!(read(&[6, 3, 0x88, 0x37, 3], None), Err(PublicKeyError::Unsupported(_))));
    assert!(matches!(read(&[5, 0], None), Err(PublicKeyError::Malformed(_))));
}

#[test]
fn the_parameters_of_pss_are_read() {
    let hash = "300d06096086480165030402010500";
    let mask = "301a06092a864886f70d010108300d06096086480165030402030500";
    let parameters = format!("06092a864886f70d01010a3034a00f{hash}a11c{mask}a203020111");
    let expected = Algorithm::new(Family::RsaPss(Pss { mask: Hash::Sha512, salt: 17 }), Hash::Sha256);
    assert_eq!(Algorithm::read(&bytes(&parameters), None), Ok(expected));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(at in 0_usize..2000, with in any::<u8>(), which in any::<prop::sample::Index>(), both: bool) {
        let all: Vec<_> = all().into_iter().filter(|one| one.spki.len() < 1200).collect();
        let one = which.get(&all);
        let mut spki = one.spki.clone();
        let mut signature = one.signature.clone();
        let place = at % spki.len();
        spki[place] = with;
        if both {
            let place = at % signature.len();
            signature[place] = with;
        }
        let _ = verify(&spki, one.algorithm, Message::Bytes(CONTENT), &signature);
        let _ = verify(&spki[..place], one.algorithm, Message::Bytes(CONTENT), &signature);
        let _ = Algorithm::read(&spki[place..], Some(Hash::Sha1));
    }
}
