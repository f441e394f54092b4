//! Hellos that lead back, among them that of RFC 8448.

use proptest::{collection::vec, option, prelude::*};

use super::ClientHello;
use crate::formats::tls::{
    extension::{Extension, KeyShare, id},
    from_hex,
    suites::{self, RENEGOTIATION_SCSV},
    version::Version,
};

/// RFC 8448 section 3, the ClientHello.
const RFC8448: &str = "\
    010000c00303cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece700000613011303130201000091\
    0000000b0009000006736572766572ff01000100000a00140012001d0017001800190100010101020103010400230000003300260024\
    001d002099381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413691e529aaf2c002b0003020304000d0020001e040305\
    030603020308040805080604010501060102010402050206020202002d00020101001c00024001";

fn rfc8448() -> Vec<u8> {
    let message = from_hex(RFC8448).unwrap();
    [&[0x16, 3, 1, 0, 0xc4][..], &message].concat()
}

#[test]
fn the_hello_of_rfc_8448_is_read_and_written_again() {
    let sent = rfc8448();
    let hello = ClientHello::parse(&sent).unwrap();
    assert_eq!(hello.suites, [0x1301, 0x1303, 0x1302]);
    assert_eq!(hello.versions(), [0x0304]);
    assert_eq!(hello.server_name(), Some("server"));
    assert_eq!(hello.groups(), [0x1d, 0x17, 0x18, 0x19, 0x100, 0x101, 0x102, 0x103, 0x104]);
    assert_eq!(hello.schemes().len(), 15);
    let [KeyShare { group: 0x1d, key }] = hello.key_shares().unwrap() else { panic!("one share of x25519") };
    assert_eq!(key.len(), 32);
    assert_eq!(hello.extension(id::SESSION_TICKET), Some(&Extension::SessionTicket(Vec::new())));
    assert_eq!(hello.extension(28), Some(&Extension::Raw(28, vec![0x40, 1])));
    assert_eq!(hello.encode().unwrap(), sent);
}

#[test]
fn an_old_hello_ends_before_extensions() {
    let hello = ClientHello::new(Version::Ssl3, [1; 32], vec![5, 10, RENEGOTIATION_SCSV]);
    let bytes = hello.encode().unwrap();
    assert_eq!(bytes.len(), 5 + 4 + 2 + 32 + 1 + 2 + 6 + 2);
    assert_eq!(bytes[..11], [0x16, 3, 0, 0, 49, 1, 0, 0, 45, 3, 0]);
    assert_eq!(ClientHello::parse(&bytes), Ok(hello));
}

#[test]
fn tlcp_has_its_own_number_in_record_and_hello() {
    let hello = ClientHello::new(Version::Tlcp11, [1; 32], vec![0xe053]);
    let bytes = hello.encode().unwrap();
    assert_eq!(bytes[..11], [0x16, 1, 1, 0, 45, 1, 0, 0, 41, 1, 1]);
    assert_eq!(ClientHello::parse(&bytes).unwrap().versions(), [0x0101]);
}

#[test]
fn an_empty_key_share_is_not_a_missing_one() {
    let hello = ClientHello::new(Version::Tls13, [1; 32], vec![0x1301])
        .with(Extension::SupportedVersions(vec![0x0304]))
        .with(Extension::KeyShare(Vec::new()));
    let bytes = hello.encode().unwrap();
    assert!(bytes.ends_with(&[0, 0x33, 0, 2, 0, 0]));
    assert_eq!(ClientHello::parse(&bytes).unwrap().key_shares(), Some(&[][..]));
}

#[test]
fn all_suites_at_once_fit_and_a_very_long_hello_takes_several_records() {
    let all: Vec<u16> = suites::all().iter().map(|suite| suite.id).collect();
    let hello = ClientHello::new(Version::Tls12, [0; 32], all.repeat(50)).with(Extension::Padding(12_000));
    let bytes = hello.encode().unwrap();
    assert!(bytes.len() > 3 * (1 << 14));
    assert!(ClientHello::parse(&bytes) == Ok(hello));
}

#[test]
fn what_no_length_field_can_say_is_an_error() {
    let mut hello = ClientHello::new(Version::Tls12, [0; 32], vec![0; 1 << 15]);
    assert_eq!(hello.encode().unwrap_err().what, "suites");
    hello.suites.clear();
    hello.session_id = vec![0; 256];
    assert!(hello.encode().is_err());
}

fn number(list: usize) -> impl Strategy<Value = Vec<u16>> {
    vec(any::<u16>(), 0..list)
}

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..most)
}

fn extension() -> impl Strategy<Value = Extension> {
    use Extension as E;
    let share = (any::<u16>(), bytes(40)).prop_map(|(group, key)| KeyShare { group, key });
    prop_oneof![
        vec(bytes(12), 0..4).prop_map(E::Alpn),
        bytes(60).prop_map(E::Cookie),
        bytes(4).prop_map(E::EcPointFormats),
        Just(E::EncryptThenMac),
        Just(E::ExtendedMasterSecret),
        Just(E::EarlyData),
        Just(E::Npn),
        Just(E::SignedCertificateTimestamp),
        Just(E::StatusRequest),
        (0u16..16, bytes(8)).prop_map(|(n, bytes)| E::Grease(0x1010 * n + 0x0a0a, bytes)),
        any::<u8>().prop_map(E::Heartbeat),
        vec(share, 0..3).prop_map(E::KeyShare),
        (0u16..600).prop_map(E::Padding),
        bytes(3).prop_map(E::PskKeyExchangeModes),
        (0x5000u16..0x5005, bytes(20)).prop_map(|(id, bytes)| E::Raw(id, bytes)),
        bytes(30).prop_map(E::RenegotiationInfo),
        "[a-z0-9.-]{0,40}".prop_map(E::ServerName),
        bytes(80).prop_map(E::SessionTicket),
        number(20).prop_map(E::SignatureAlgorithms),
        number(20).prop_map(E::SignatureAlgorithmsCert),
        number(20).prop_map(E::SupportedGroups),
        number(20).prop_map(E::SupportedVersions),
    ]
}

proptest! {
    #[test]
    fn a_built_hello_parses_to_the_same(
        (record_version, version) in prop_oneof![
            Just((0x0301, 0x0303)), Just((0x0101, 0x0101)), Just((0x0300, 0x0300)), (0x0300u16..0x0310, any::<u16>())
        ],
        random in any::<[u8; 32]>(),
        session_id in bytes(33),
        suites in number(200),
        compression in bytes(4),
        extensions in option::of(vec(extension(), 0..8)),
    ) {
        let hello = ClientHello { record_version, version, random, session_id, suites, compression, extensions };
        prop_assert_eq!(ClientHello::parse(&hello.encode().unwrap()), Ok(hello));
    }

    #[test]
    fn no_bytes_panic(mut bytes in vec(any::<u8>(), 0..300), typed in any::<bool>()) {
        if typed && bytes.len() > 9 {
            let sent = rfc8448();
            let at = usize::from(bytes[0]) % sent.len();
            bytes = [&sent[..at], &bytes[9..], &sent[at..]].concat();
        }
        if let Ok(hello) = ClientHello::parse(&bytes) {
            let again = hello.encode().unwrap();
            prop_assert_eq!(ClientHello::parse(&again), Ok(hello));
        }
    }
}
