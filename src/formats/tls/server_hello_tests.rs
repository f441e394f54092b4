//! ServerHello and HelloRetryRequest, among them those of RFC 8448.

use proptest::prelude::*;

use super::{Downgrade, ServerHello, is_retry};
use crate::formats::tls::{from_hex, version::Version};

/// RFC 8448 section 3, the ServerHello without its header of four bytes.
const RFC8448: &str = "\
    0303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e2692800130100002e00330024001d0020c982887611\
    2095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f002b00020304";

/// RFC 8448 section 5, the HelloRetryRequest.
const RFC8448_RETRY: &str = "\
    0303cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c001301000084003300020017002c0074007271\
    dcd04bb88bc3189119398a00000000eefafc76c146b823b096f8aacad365dd0030953f4edf625636e5f21bb2e23fcc654b1b5b4031\
    8d10d137abcbb87574e36e8a1f025f7dfa5d6e50781b5eda4aa15b0c8be778257d16aa3030e9e7841dd9e4c0342267e8ca0caf571f\
    b2b7cff0f934b0002b00020304";

/// A ServerHello of OpenSSL 3.0, and after its ticket and EMS all that else a TLS 1.2 server may say.
const TLS12: &str = "\
    03033a5f579ae46bbf5e96f8608ba0f5343f4027de4c3ec1dbe5e6e3c35906b6376900c02f00003dff01000100000b000403000102\
    00230000001700000010000500030268320005000000120012001000020102000a616263646566676869\
    6a000f000101";

fn parse(hex: &str) -> ServerHello {
    ServerHello::parse(0x0303, &from_hex(hex).unwrap()).unwrap()
}

#[test]
fn the_hello_of_rfc_8448_chose_tls_1_3() {
    let hello = parse(RFC8448);
    assert_eq!((hello.version, hello.selected()), (0x0303, 0x0304));
    assert_eq!(hello.selected_version(), Some(Version::Tls13));
    assert_eq!((hello.suite, hello.group()), (0x1301, Some(0x1d)));
    assert!(!hello.is_retry() && !hello.damaged);
}

#[test]
fn the_retry_of_rfc_8448_names_a_group_and_gives_a_cookie() {
    let hello = parse(RFC8448_RETRY);
    assert!(hello.is_retry() && is_retry(&from_hex(RFC8448_RETRY).unwrap()));
    assert_eq!((hello.suite, hello.group()), (0x1301, Some(0x17)));
    assert_eq!(hello.cookie().map(<[u8]>::len), Some(0x72));
}

#[test]
fn extensions_are_decoded() {
    let hello = parse(TLS12);
    assert_eq!(hello.selected_version(), Some(Version::Tls12));
    assert!(hello.extended_master_secret() && hello.session_ticket() && hello.status_request());
    assert!(!hello.encrypt_then_mac() && !hello.damaged);
    assert_eq!(hello.renegotiation_info(), Some(&[][..]));
    assert_eq!(hello.alpn(), Some(&b"h2"[..]));
    assert_eq!(hello.ec_point_formats(), Some(&[0, 1, 2][..]));
    assert_eq!(hello.heartbeat(), Some(1));
    assert_eq!(hello.scts(), Some(vec![&[1, 2][..], &b"abcdefghij"[..]]));
    assert_eq!(hello.downgrade(), None);
}

#[test]
fn the_end_of_the_random_tells_of_a_downgrade() {
    let mut body = from_hex(TLS12).unwrap();
    body[26..34].copy_from_slice(b"DOWNGRD\x01");
    let downgrade = |body: &[u8]| ServerHello::parse(0x0303, body).unwrap().downgrade();
    assert_eq!(downgrade(&body), Some(Downgrade::ToTls12));
    body[33] = 0;
    assert_eq!(downgrade(&body), Some(Downgrade::ToTls11));
}

#[test]
fn damaged_extensions_keep_those_before() {
    let mut body = from_hex(TLS12).unwrap();
    body.truncate(body.len() - 3);
    let hello = ServerHello::parse(0x0303, &body).unwrap();
    assert!(hello.damaged);
    assert_eq!((hello.suite, hello.extensions.len()), (0xc02f, 7));
}

proptest! {
    #[test]
    fn no_bytes_panic(at in 0usize..100, bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let body = from_hex(TLS12).unwrap();
        for body in [bytes.clone(), [&body[..at.min(body.len())], &bytes].concat()] {
            if let Ok(hello) = ServerHello::parse(0x0303, &body) {
                let _ = (hello.selected_version(), hello.group(), hello.alpn(), hello.renegotiation_info());
                let _ = (hello.heartbeat(), hello.scts(), hello.cookie(), hello.npn(), hello.downgrade());
                let _ = (hello.ec_point_formats(), hello.supported_groups());
            }
        }
    }
}
