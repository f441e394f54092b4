//! JAR signatures: how manifests are read, what is digested, and what is missed.

use proptest::prelude::*;

use super::{
    algorithms,
    digests::{base64, expected},
    manifest::{Section, sections},
};
use crate::formats::{apk::signing::signer::Range, public_key::Hash};

const ALL: Range = Range { min: 1, max: i64::MAX };

fn range(min: i64, max: i64) -> Range {
    Range { min, max }
}

fn section(text: &str) -> Section {
    sections(text.as_bytes()).remove(0)
}

#[test]
fn sections_end_with_an_empty_line_however_lines_end() {
    for ending in ["\n", "\r\n", "\r"] {
        let text = "A: 1\n\nName: x\nB: 2\n\n\nName: y\n".replace('\n', ending);
        let read = sections(text.as_bytes());
        assert_eq!(read.iter().map(Section::entry).collect::<Vec<_>>(), [None, Some("x"), Some("y")], "{ending:?}");
        assert_eq!(read[1].attribute("b"), Some("2"));
        let start = text.find("Name: x").unwrap();
        assert_eq!(read[1].range, start..start + "Name: x\nB: 2\n\n".replace('\n', ending).len());
    }
}

#[test]
fn a_line_that_begins_with_a_space_goes_on() {
    let read = section("Name: a/long\n /name.txt\nSHA-256-Digest: AA\n AA\n");
    assert_eq!((read.entry(), read.attribute("sha-256-digest")), (Some("a/long/name.txt"), Some("AAAA")));
    assert_eq!(section("Name:  spaces  \n").entry(), Some(" spaces  "));
    assert_eq!(section("Other: 1\nName: x\n").entry(), None);
}

#[test]
fn newer_platforms_take_the_strongest_digest_and_older_ones_what_is_listed() {
    let both = section("Name: x\nSHA1-Digest: AA==\nSHA-256-Digest: AQ==\nMD5-Digest: Ag==\n");
    let hashes = |section: &Section, range| -> Vec<Hash> {
        expected(section, "-Digest", range).into_iter().map(|expected| expected.hash).collect()
    };
    assert_eq!(hashes(&both, range(18, 40)), [Hash::Sha256]);
    assert_eq!(hashes(&both, range(8, 17)), [Hash::Sha1]);
    assert_eq!(hashes(&both, ALL), [Hash::Sha1, Hash::Sha256]);
    let listed = section("Name: x\nDigest-Algorithms: MD5 SHA1\nMD5-Digest: Ag==\nSHA1-Digest: AA==\n");
    assert_eq!(hashes(&listed, range(8, 17)), [Hash::Md5]);
    let long = section("Name: x\nDigest-Algorithms: SHA-512\nSHA-512-Digest: AA==\n");
    assert_eq!(hashes(&long, range(8, 17)), []);
    assert_eq!(hashes(&long, range(9, 17)), [Hash::Sha512]);
    // Where the oldest platform finds none, the package is none for it.
    assert_eq!(hashes(&section("Name: x\nSHA-256-Digest: AQ==\n"), ALL), []);
}

#[test]
fn base64_is_that_of_rfc_4648() {
    for (text, bytes) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmE=", "fooba")] {
        assert_eq!(base64(text).as_deref(), Some(bytes.as_bytes()));
    }
    assert_eq!((base64("Zg=*"), base64("Z g"), base64("Zg")), (None, None, Some(b"f".to_vec())));
}

#[test]
fn platforms_take_pairs_of_hash_and_signature_that_they_know() {
    let (sha1, sha256, md5) = ("1.3.14.3.2.26", "2.16.840.1.101.3.4.2.1", "1.2.840.113549.2.5");
    let (rsa, sha256_rsa, ecdsa) = ("1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11", "1.2.840.10045.2.1");
    assert!(algorithms::taken(sha1, rsa, ALL) && algorithms::taken(md5, rsa, ALL));
    assert!(!algorithms::taken(sha256, rsa, ALL) && algorithms::taken(sha256, rsa, range(18, 99)));
    assert!(algorithms::taken(sha256, rsa, range(3, 8)) && !algorithms::taken(sha256, rsa, range(8, 9)));
    assert!(!algorithms::taken(sha1, sha256_rsa, ALL) && algorithms::taken(sha1, sha256_rsa, range(21, 23)));
    assert!(!algorithms::taken(sha256, "1.2.840.113549.1.1.5", range(21, 22)));
    assert!(!algorithms::taken(md5, ecdsa, range(21, 23)) && !algorithms::taken(sha1, "1.3.101.112", ALL));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut end = 0;
        for section in sections(&bytes) {
            prop_assert!(section.range.start >= end && section.range.end <= bytes.len());
            end = section.range.end;
            let _ = expected(&section, "-Digest", ALL);
        }
        let _ = base64(&String::from_utf8_lossy(&bytes));
    }
}
