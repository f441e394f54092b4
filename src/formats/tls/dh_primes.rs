//! Primes that many servers share, so that one computation attacks them all (Logjam): by SHA-256 of their bytes.

use crate::model::Digest;

/// A prime that stands in a standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownPrime {
    pub bits: u16,
    /// `modp_2048` and the like.
    pub name: &'static str,
    /// Where it is defined.
    pub source: &'static str,
    sha256: &'static str,
}

/// The prime, where it is one of a standard; leading zeros do not matter.
pub fn known_prime(p: &[u8]) -> Option<&'static KnownPrime> {
    let start = p.iter().take_while(|byte| **byte == 0).count();
    let digits = Digest::of(&p[start..]).hex();
    KNOWN.iter().find(|known| known.sha256 == digits)
}

const fn k(bits: u16, name: &'static str, source: &'static str, sha256: &'static str) -> KnownPrime {
    KnownPrime { bits, name, source, sha256 }
}

/// Computed from the formulas of RFC 2409, 3526 and 7919 (digits of pi and e); those of RFC 5114 as OpenSSL has them.
#[rustfmt::skip]
static KNOWN: &[KnownPrime] = &[
    k(768, "oakley_1", "RFC 2409", "b52ba6a3026520a6c49d37e4587601801bee500123b3259b6bf03e7cecc3e63d"),
    k(1024, "oakley_2", "RFC 2409", "3f35a3f5f6c4376a744acad409bb22f8d897f949d2311d885adaa890981b67a0"),
    k(1536, "modp_1536", "RFC 3526", "64fcc83ec403930bf18393dbc883ccaa1fbb08ac876f77f7aa99748ca945019b"),
    k(2048, "modp_2048", "RFC 3526", "d66436f79bbd6b2e38c0ffbd079be904d2641415e2e67140e09448be9a60890e"),
    k(3072, "modp_3072", "RFC 3526", "48cf8b092fbce4359d9871abf74f98e25b6163379eaa15cd9087e800c6d1c55c"),
    k(4096, "modp_4096", "RFC 3526", "4ee95187682bcb230ad26a95205f6920e84708f6251b3894329b09ec23919e33"),
    k(6144, "modp_6144", "RFC 3526", "d1bfe6d0925ce7e4da262b62861514a7755e35831e429f343e7b864848657efd"),
    k(8192, "modp_8192", "RFC 3526", "39ab4feab950a3128fb71accb9fc3965d857012e081998a85996e3ea8b3c3bcf"),
    k(1024, "dh_1024_160", "RFC 5114", "44c55cfee5c075927cf682da5b681bdecbd5c3eb0784c14f5dce7610f0ef133d"),
    k(2048, "dh_2048_224", "RFC 5114", "bfe545862ca102ad1eeddb5fbfa5bf855ac4995c56a8b408ce3fe099dce93a9d"),
    k(2048, "dh_2048_256", "RFC 5114", "0b7835722cb619827610c2549fdda5587421686c4409a13865e76225522ddcc9"),
    k(2048, "ffdhe2048", "RFC 7919", "9cd3b7f336872f46c09428d1bbc19877a4d440512cda8d1c1cf0cd6e33698966"),
    k(3072, "ffdhe3072", "RFC 7919", "0eaf67db3a839156d5013494a5318a772b5697d270d721f37f092efc69ea5a17"),
    k(4096, "ffdhe4096", "RFC 7919", "4648414224ac881b3d0dc59b466f96d06a558278776807797ecf1f66ff397b3e"),
    k(6144, "ffdhe6144", "RFC 7919", "227ac9066b3ddd9e193670cda2388fa884f65ba0cf98b742d1fe77a6687c79c7"),
    k(8192, "ffdhe8192", "RFC 7919", "770b14efaf6f049929c523113b3fa99a8d11dab1b18af3609590122075d19833"),
];
