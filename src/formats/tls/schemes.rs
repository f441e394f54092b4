//! Signature schemes: the IANA registry "TLS SignatureScheme", and the pairs of hash and signature of TLS 1.2.

use std::borrow::Cow;

/// How something was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheme {
    pub id: u16,
    /// As IANA writes it; `sha224_rsa` and the like for pairs of TLS 1.2 without a name of their own.
    pub name: Cow<'static, str>,
    /// `rsa`, `rsa-pss`, `ecdsa`, `dsa`, `ed25519`, `ed448`, `sm2`, `gost`, `mldsa`, `anonymous`.
    pub algorithm: &'static str,
    /// `sha256`, `sm3` and the like; `none` where the algorithm brings its own.
    pub hash: &'static str,
}

/// The scheme of a number.
pub fn scheme(id: u16) -> Option<Scheme> {
    if let Ok(row) = SCHEMES.binary_search_by_key(&id, |row| row.0) {
        let (_, name, algorithm, hash) = SCHEMES[row];
        return Some(Scheme { id, name: Cow::Borrowed(name), algorithm, hash });
    }
    // RFC 5246 section 7.4.1.4.1.
    let hash = *["none", "md5", "sha1", "sha224", "sha256", "sha384", "sha512"].get(usize::from(id >> 8))?;
    let algorithm = *["anonymous", "rsa", "dsa", "ecdsa"].get(usize::from(id & 0xff))?;
    Some(Scheme { id, name: Cow::Owned(format!("{hash}_{algorithm}")), algorithm, hash })
}

/// Numbers of all schemes with a name of their own.
pub fn numbers() -> impl Iterator<Item = u16> {
    SCHEMES.iter().map(|row| row.0)
}

type Row = (u16, &'static str, &'static str, &'static str);

const SCHEMES: &[Row] = &[
    (0x0201, "rsa_pkcs1_sha1", "rsa", "sha1"),
    (0x0203, "ecdsa_sha1", "ecdsa", "sha1"),
    (0x0401, "rsa_pkcs1_sha256", "rsa", "sha256"),
    (0x0403, "ecdsa_secp256r1_sha256", "ecdsa", "sha256"),
    (0x0420, "rsa_pkcs1_sha256_legacy", "rsa", "sha256"),
    (0x0501, "rsa_pkcs1_sha384", "rsa", "sha384"),
    (0x0503, "ecdsa_secp384r1_sha384", "ecdsa", "sha384"),
    (0x0520, "rsa_pkcs1_sha384_legacy", "rsa", "sha384"),
    (0x0601, "rsa_pkcs1_sha512", "rsa", "sha512"),
    (0x0603, "ecdsa_secp521r1_sha512", "ecdsa", "sha512"),
    (0x0620, "rsa_pkcs1_sha512_legacy", "rsa", "sha512"),
    (0x0704, "eccsi_sha256", "eccsi", "sha256"),
    (0x0705, "iso_ibs1", "ibs", "none"),
    (0x0706, "iso_ibs2", "ibs", "none"),
    (0x0707, "iso_chinese_ibs", "sm9", "none"),
    (0x0708, "sm2sig_sm3", "sm2", "sm3"),
    (0x0709, "gostr34102012_256a", "gost", "none"),
    (0x070a, "gostr34102012_256b", "gost", "none"),
    (0x070b, "gostr34102012_256c", "gost", "none"),
    (0x070c, "gostr34102012_256d", "gost", "none"),
    (0x070d, "gostr34102012_512a", "gost", "none"),
    (0x070e, "gostr34102012_512b", "gost", "none"),
    (0x070f, "gostr34102012_512c", "gost", "none"),
    (0x0804, "rsa_pss_rsae_sha256", "rsa-pss", "sha256"),
    (0x0805, "rsa_pss_rsae_sha384", "rsa-pss", "sha384"),
    (0x0806, "rsa_pss_rsae_sha512", "rsa-pss", "sha512"),
    (0x0807, "ed25519", "ed25519", "none"),
    (0x0808, "ed448", "ed448", "none"),
    (0x0809, "rsa_pss_pss_sha256", "rsa-pss", "sha256"),
    (0x080a, "rsa_pss_pss_sha384", "rsa-pss", "sha384"),
    (0x080b, "rsa_pss_pss_sha512", "rsa-pss", "sha512"),
    (0x081a, "ecdsa_brainpoolP256r1tls13_sha256", "ecdsa", "sha256"),
    (0x081b, "ecdsa_brainpoolP384r1tls13_sha384", "ecdsa", "sha384"),
    (0x081c, "ecdsa_brainpoolP512r1tls13_sha512", "ecdsa", "sha512"),
    (0x0904, "mldsa44", "mldsa", "none"),
    (0x0905, "mldsa65", "mldsa", "none"),
    (0x0906, "mldsa87", "mldsa", "none"),
];

#[cfg(test)]
mod tests {
    use super::{numbers, scheme};

    #[test]
    fn named_schemes_and_pairs_are_known() {
        assert!(numbers().is_sorted_by(|a, b| a < b));
        assert_eq!(scheme(0x0708).unwrap().name, "sm2sig_sm3");
        assert_eq!(scheme(0x0804).unwrap().algorithm, "rsa-pss");
        assert_eq!(scheme(0x0101).unwrap().name, "md5_rsa");
        assert_eq!(scheme(0x0302).unwrap().name, "sha224_dsa");
        assert!(scheme(0x0a0a).is_none());
    }
}
