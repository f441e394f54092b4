//! Opens the records of the suites of RFC 8998: SM4 in GCM and in CCM, tags checked before anything is believed.

use aes_gcm::{
    AesGcm,
    aead::{Aead as _, KeyInit as _, Payload},
};
use ccm::{
    Ccm,
    consts::{U12, U16},
};
use sm4::Sm4;

/// Bytes of a key of either suite.
pub(super) const KEY: usize = 16;

/// One of the two ciphers, with its key.
pub(super) enum Cipher {
    Gcm(Box<AesGcm<Sm4, U12>>),
    Ccm(Box<Ccm<Sm4, U16, U12>>),
}

impl Cipher {
    /// That of a suite; `None` where the suite is not of RFC 8998.
    pub(super) fn of(suite: u16, key: [u8; KEY]) -> Option<Self> {
        match suite {
            super::SM4_GCM_SM3 => Some(Self::Gcm(Box::new(AesGcm::new(&key.into())))),
            super::SM4_CCM_SM3 => Some(Self::Ccm(Box::new(Ccm::new(&key.into())))),
            _ => None,
        }
    }

    /// What was sealed with its tag behind it; `None` where the tag does not fit.
    pub(super) fn open(&self, nonce: [u8; 12], header: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let payload = Payload { msg: sealed, aad: header };
        match self {
            Self::Gcm(cipher) => cipher.decrypt(&nonce.into(), payload).ok(),
            Self::Ccm(cipher) => cipher.decrypt(&nonce.into(), payload).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cipher;
    use crate::formats::tls::{
        from_hex,
        sealed::{SM4_CCM_SM3, SM4_GCM_SM3},
    };

    /// RFC 8998 appendix A.1 and A.2.
    #[test]
    fn the_vectors_of_rfc_8998_open() {
        let nonce = from_hex("00001234567800000000ABCD").unwrap().try_into().unwrap();
        let key = from_hex("0123456789ABCDEFFEDCBA9876543210").unwrap().try_into().unwrap();
        let header = from_hex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2").unwrap();
        let plain: Vec<u8> = [0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0xee, 0xaa].iter().flat_map(|b| [*b; 8]).collect();
        let gcm = "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735\
                   D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D\
                   83DE3541E4C2B58177E065A9BF7B62EC";
        let ccm = "48AF93501FA62ADBCD414CCE6034D895DDA1BF8F132F042098661572E7483094\
                   FD12E518CE062C98ACEE28D95DF4416BED31A2F04476C18BB40C84A74B97DC5B\
                   16842D4FA186F56AB33256971FA110F4";
        for (suite, sealed) in [(SM4_GCM_SM3, gcm), (SM4_CCM_SM3, ccm)] {
            let cipher = Cipher::of(suite, key).unwrap();
            let mut sealed = from_hex(sealed).unwrap();
            assert_eq!(cipher.open(nonce, &header, &sealed).as_ref(), Some(&plain));
            assert_eq!(cipher.open(nonce, b"", &sealed), None);
            sealed[0] ^= 1;
            assert_eq!(cipher.open(nonce, &header, &sealed), None);
            assert_eq!(cipher.open(nonce, &header, &sealed[..15]), None);
        }
        assert!(Cipher::of(0x1301, key).is_none());
    }
}
