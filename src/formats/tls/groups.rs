//! Named groups: the IANA registry "TLS Supported Groups", curveSM2 of RFC 8998 and what was never registered.

/// What a group is built on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// A curve over a prime field.
    Prime,
    /// A curve over a field of characteristic two (deprecated by RFC 8422).
    Binary,
    /// X25519 and X448.
    Montgomery,
    /// curveSM2.
    Sm2,
    /// GOST R 34.10.
    Gost,
    /// A group modulo a prime (RFC 7919).
    Ffdhe,
    /// ML-KEM alone.
    Kem,
    /// ML-KEM with a curve.
    Hybrid,
}

/// A named group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    pub id: u16,
    /// As IANA writes it.
    pub name: &'static str,
    pub family: Family,
    /// Of the field of a curve, of the prime of a group modulo one; for ML-KEM its parameter set.
    pub bits: u16,
    /// What an attack costs, as a power of two (NIST SP 800-57 part 1, table 2; RFC 7919 appendix A); classical.
    pub strength: u16,
}

impl Group {
    /// A computer with many qubits does not break it either.
    pub fn post_quantum(&self) -> bool {
        matches!(self.family, Family::Hybrid | Family::Kem)
    }
}

/// The group of a number.
pub fn group(id: u16) -> Option<&'static Group> {
    GROUPS.binary_search_by_key(&id, |group| group.id).ok().map(|row| &GROUPS[row])
}

/// All groups, by number.
pub fn all() -> &'static [Group] {
    GROUPS
}

const fn g(id: u16, name: &'static str, family: Family, bits: u16, strength: u16) -> Group {
    Group { id, name, family, bits, strength }
}

use Family::{Binary, Ffdhe, Gost, Hybrid, Kem, Montgomery, Prime, Sm2};

static GROUPS: &[Group] = &[
    g(0x0001, "sect163k1", Binary, 163, 80),
    g(0x0002, "sect163r1", Binary, 163, 80),
    g(0x0003, "sect163r2", Binary, 163, 80),
    g(0x0004, "sect193r1", Binary, 193, 96),
    g(0x0005, "sect193r2", Binary, 193, 96),
    g(0x0006, "sect233k1", Binary, 233, 112),
    g(0x0007, "sect233r1", Binary, 233, 112),
    g(0x0008, "sect239k1", Binary, 239, 112),
    g(0x0009, "sect283k1", Binary, 283, 128),
    g(0x000a, "sect283r1", Binary, 283, 128),
    g(0x000b, "sect409k1", Binary, 409, 192),
    g(0x000c, "sect409r1", Binary, 409, 192),
    g(0x000d, "sect571k1", Binary, 571, 256),
    g(0x000e, "sect571r1", Binary, 571, 256),
    g(0x000f, "secp160k1", Prime, 160, 80),
    g(0x0010, "secp160r1", Prime, 160, 80),
    g(0x0011, "secp160r2", Prime, 160, 80),
    g(0x0012, "secp192k1", Prime, 192, 96),
    g(0x0013, "secp192r1", Prime, 192, 96),
    g(0x0014, "secp224k1", Prime, 224, 112),
    g(0x0015, "secp224r1", Prime, 224, 112),
    g(0x0016, "secp256k1", Prime, 256, 128),
    g(0x0017, "secp256r1", Prime, 256, 128),
    g(0x0018, "secp384r1", Prime, 384, 192),
    g(0x0019, "secp521r1", Prime, 521, 256),
    g(0x001a, "brainpoolP256r1", Prime, 256, 128),
    g(0x001b, "brainpoolP384r1", Prime, 384, 192),
    g(0x001c, "brainpoolP512r1", Prime, 512, 256),
    g(0x001d, "x25519", Montgomery, 255, 128),
    g(0x001e, "x448", Montgomery, 448, 224),
    g(0x001f, "brainpoolP256r1tls13", Prime, 256, 128),
    g(0x0020, "brainpoolP384r1tls13", Prime, 384, 192),
    g(0x0021, "brainpoolP512r1tls13", Prime, 512, 256),
    g(0x0022, "GC256A", Gost, 256, 128),
    g(0x0023, "GC256B", Gost, 256, 128),
    g(0x0024, "GC256C", Gost, 256, 128),
    g(0x0025, "GC256D", Gost, 256, 128),
    g(0x0026, "GC512A", Gost, 512, 256),
    g(0x0027, "GC512B", Gost, 512, 256),
    g(0x0028, "GC512C", Gost, 512, 256),
    g(0x0029, "curveSM2", Sm2, 256, 128),
    g(0x0100, "ffdhe2048", Ffdhe, 2048, 103),
    g(0x0101, "ffdhe3072", Ffdhe, 3072, 125),
    g(0x0102, "ffdhe4096", Ffdhe, 4096, 150),
    g(0x0103, "ffdhe6144", Ffdhe, 6144, 175),
    g(0x0104, "ffdhe8192", Ffdhe, 8192, 192),
    g(0x0200, "MLKEM512", Kem, 512, 128),
    g(0x0201, "MLKEM768", Kem, 768, 192),
    g(0x0202, "MLKEM1024", Kem, 1024, 256),
    g(0x11eb, "SecP256r1MLKEM768", Hybrid, 768, 192),
    g(0x11ec, "X25519MLKEM768", Hybrid, 768, 192),
    g(0x11ed, "SecP384r1MLKEM1024", Hybrid, 1024, 256),
    g(0x11ee, "curveSM2MLKEM768", Hybrid, 768, 192),
    // Drafts that were rolled out before ML-KEM was final.
    g(0x6399, "X25519Kyber768Draft00", Hybrid, 768, 192),
    g(0x639a, "SecP256r1Kyber768Draft00", Hybrid, 768, 192),
    g(0xff01, "arbitrary_explicit_prime_curves", Prime, 0, 0),
    g(0xff02, "arbitrary_explicit_char2_curves", Binary, 0, 0),
];

#[cfg(test)]
mod tests {
    use super::{Family, all, group};

    #[test]
    fn groups_are_found_by_number() {
        assert!(all().is_sorted_by(|a, b| a.id < b.id));
        assert_eq!(group(0x0029).map(|group| (group.name, group.family)), Some(("curveSM2", Family::Sm2)));
        assert!(group(0x11ec).is_some_and(|group| group.name == "X25519MLKEM768" && group.post_quantum()));
        assert!(group(0x0a0a).is_none());
    }
}
