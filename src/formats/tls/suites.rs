//! Cipher suites: what each is made of, the versions it may be chosen in, and what speaks against it.

use super::{suite_table::SUITES, version::Version};

/// Says that a client knows RFC 5746; stands among the suites and is none.
pub const RENEGOTIATION_SCSV: u16 = 0x00ff;
/// Says that a client speaks more than it offers (RFC 7507); stands among the suites and is none.
pub const FALLBACK_SCSV: u16 = 0x5600;

/// A cipher suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suite {
    pub id: u16,
    /// As IANA writes it, or GB/T 38636-2020.
    pub name: &'static str,
    pub kx: Kx,
    pub auth: Auth,
    /// `AES_128_GCM`, `3DES_EDE_CBC`, `NULL`.
    pub enc: &'static str,
    /// Work to try all keys, as a power of two; 112 for 3DES.
    pub bits: u16,
    pub mac: Mac,
    pub prf: Prf,
    /// The first version whose standard lets it be chosen.
    pub min: Version,
    /// The last one. Servers are met that choose it later all the same.
    pub max: Version,
}

/// How the keys come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kx {
    /// TLS 1.3: not part of the suite.
    Any,
    Dh,
    Dhe,
    DhePsk,
    /// TLCP: the client encrypts to the SM2 encryption certificate.
    Ecc,
    Eccpwd,
    Ecdh,
    Ecdhe,
    EcdhePsk,
    Gost,
    /// TLCP: encrypted to an SM9 identity.
    Ibc,
    /// TLCP: SM9 key agreement.
    Ibsdh,
    Kea,
    Krb5,
    Null,
    Psk,
    Rsa,
    RsaPsk,
    Srp,
}

impl Kx {
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Dh => "DH",
            Self::Dhe => "DHE",
            Self::DhePsk => "DHE_PSK",
            Self::Ecc => "ECC",
            Self::Eccpwd => "ECCPWD",
            Self::Ecdh => "ECDH",
            Self::Ecdhe => "ECDHE",
            Self::EcdhePsk => "ECDHE_PSK",
            Self::Gost => "GOST",
            Self::Ibc => "IBC",
            Self::Ibsdh => "IBSDH",
            Self::Kea => "KEA",
            Self::Krb5 => "KRB5",
            Self::Null => "NULL",
            Self::Psk => "PSK",
            Self::Rsa => "RSA",
            Self::RsaPsk => "RSA_PSK",
            Self::Srp => "SRP",
        }
    }
}

/// How the server proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    Anon,
    /// TLS 1.3: not part of the suite.
    Any,
    Dss,
    Eccpwd,
    Ecdsa,
    Gost,
    Kea,
    Krb5,
    Null,
    Psk,
    Rsa,
    Sm2,
    Sm9,
    Srp,
}

impl Auth {
    pub fn name(self) -> &'static str {
        match self {
            Self::Anon => "anon",
            Self::Any => "any",
            Self::Dss => "DSS",
            Self::Eccpwd => "ECCPWD",
            Self::Ecdsa => "ECDSA",
            Self::Gost => "GOST",
            Self::Kea => "KEA",
            Self::Krb5 => "KRB5",
            Self::Null => "NULL",
            Self::Psk => "PSK",
            Self::Rsa => "RSA",
            Self::Sm2 => "SM2",
            Self::Sm9 => "SM9",
            Self::Srp => "SRP",
        }
    }
}

/// What keeps records whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mac {
    Aead,
    Gost94,
    Imit,
    Md5,
    Null,
    Omac,
    Sha1,
    Sha256,
    Sha384,
    Sm3,
}

impl Mac {
    pub fn name(self) -> &'static str {
        match self {
            Self::Aead => "AEAD",
            Self::Gost94 => "GOSTR3411",
            Self::Imit => "IMIT",
            Self::Md5 => "MD5",
            Self::Null => "NULL",
            Self::Omac => "OMAC",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha384 => "SHA384",
            Self::Sm3 => "SM3",
        }
    }
}

/// The hash that keys are derived with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prf {
    /// MD5 with SHA-1 up to TLS 1.1, SHA-256 in TLS 1.2.
    Default,
    Gost94,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
    Sm3,
    Streebog,
}

/// What speaks against a suite. Checks decide how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weakness {
    /// Nobody proves who they are.
    Anonymous,
    /// CBC with the MAC inside (Lucky Thirteen).
    Cbc,
    Des,
    /// A number of a draft, or one that was never registered.
    Draft,
    Export,
    Idea,
    Md5,
    NoForwardSecrecy,
    /// Nothing is encrypted.
    Null,
    Rc2,
    Rc4,
    Sha1,
    /// A tag of 64 bits (CCM_8).
    ShortTag,
    /// Fewer than 112 bits.
    SmallKey,
    TripleDes,
    /// SM1 is not published: nobody outside can examine it. SSF33, its elder, has no number here.
    Unpublished,
}

impl Weakness {
    pub fn code(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Cbc => "cbc",
            Self::Des => "des",
            Self::Draft => "draft",
            Self::Export => "export",
            Self::Idea => "idea",
            Self::Md5 => "md5",
            Self::NoForwardSecrecy => "no-forward-secrecy",
            Self::Null => "null",
            Self::Rc2 => "rc2",
            Self::Rc4 => "rc4",
            Self::Sha1 => "sha1",
            Self::ShortTag => "short-tag",
            Self::SmallKey => "small-key",
            Self::TripleDes => "3des",
            Self::Unpublished => "unpublished",
        }
    }
}

impl Suite {
    /// A key stolen later does not open what was recorded.
    pub fn forward_secrecy(&self) -> bool {
        use Kx::{Any, Dhe, DhePsk, Eccpwd, Ecdhe, EcdhePsk, Ibsdh, Srp};
        // The agreement over SM9 identities is between keys of the moment (GM/T 0024-2014, 6.4.5.6).
        matches!(self.kx, Any | Dhe | DhePsk | Ecdhe | EcdhePsk | Eccpwd | Ibsdh | Srp)
    }

    pub fn aead(&self) -> bool {
        self.mac == Mac::Aead
    }

    /// Made weak for export from the United States before 2000.
    pub fn export(&self) -> bool {
        self.name.contains("EXPORT")
    }

    /// The standard of this version lets it be chosen.
    pub fn permitted(&self, version: Version) -> bool {
        self.min <= version && version <= self.max
    }

    /// All that speaks against it, each once.
    pub fn weak(&self) -> Vec<Weakness> {
        let enc = |start: &str| self.enc.starts_with(start);
        let all = [
            (Weakness::Anonymous, matches!(self.auth, Auth::Anon | Auth::Null)),
            (Weakness::Cbc, self.enc.contains("CBC") || enc("SM1")),
            (Weakness::Des, enc("DES")),
            (Weakness::Draft, self.draft()),
            (Weakness::Export, self.export()),
            (Weakness::Idea, enc("IDEA")),
            (Weakness::Md5, self.mac == Mac::Md5),
            (Weakness::NoForwardSecrecy, !self.forward_secrecy()),
            (Weakness::Null, enc("NULL")),
            (Weakness::Rc2, enc("RC2")),
            (Weakness::Rc4, enc("RC4")),
            (Weakness::Sha1, self.mac == Mac::Sha1),
            (Weakness::ShortTag, self.enc.ends_with("CCM_8")),
            (Weakness::SmallKey, self.bits < 112),
            (Weakness::TripleDes, enc("3DES")),
            (Weakness::Unpublished, enc("SM1")),
        ];
        all.into_iter().filter(|(_, holds)| *holds).map(|(weakness, _)| weakness).collect()
    }

    fn draft(&self) -> bool {
        matches!(self.id, 0x0060..=0x0066 | 0x0080..=0x0083 | 0xcc13..=0xcc15 | 0xfe00..)
    }
}

/// The suite of a number. The two signalling values are none.
pub fn suite(id: u16) -> Option<&'static Suite> {
    SUITES.binary_search_by_key(&id, |suite| suite.id).ok().map(|row| &SUITES[row])
}

/// All suites, by number.
pub fn all() -> &'static [Suite] {
    SUITES
}

/// Suites worth offering in a version: those its standard permits, and those it took away, since servers forget to.
pub fn to_probe(version: Version) -> impl Iterator<Item = &'static Suite> {
    let own = |suite: &Suite| matches!(suite.min, Version::Tls13 | Version::Tlcp11);
    SUITES.iter().filter(move |suite| match version {
        Version::Ssl2 => false,
        Version::Tls13 | Version::Tlcp11 => suite.min == version,
        _ => !own(suite) && suite.min <= version && suite.kx != Kx::Null,
    })
}

/// Values that clients throw in so that servers keep ignoring the unknown (RFC 8701): suites, groups and extensions.
pub fn is_grease(value: u16) -> bool {
    value & 0x0f0f == 0x0a0a && value >> 8 == value & 0xff
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Kx, Mac, Version, Weakness, all, is_grease, suite, to_probe};

    #[test]
    fn the_table_is_sorted_and_names_are_unique() {
        assert!(all().is_sorted_by(|a, b| a.id < b.id));
        assert_eq!(all().iter().map(|suite| suite.name).collect::<BTreeSet<_>>().len(), all().len());
        assert_eq!(all().len(), 389);
        assert!(all().iter().all(|suite| suite.min <= suite.max));
    }

    #[test]
    fn properties_follow_the_names() {
        let of = |id| suite(id).unwrap();
        let row = |id| (of(id).name, of(id).kx.name(), of(id).auth.name(), of(id).enc, of(id).bits, of(id).mac.name());
        assert_eq!(row(0xc02f), ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE", "RSA", "AES_128_GCM", 128, "AEAD"));
        assert_eq!(row(0x000a), ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", "RSA", "RSA", "3DES_EDE_CBC", 112, "SHA1"));
        assert_eq!(row(0xe013), ("ECC_SM4_CBC_SM3", "ECC", "SM2", "SM4_CBC", 128, "SM3"));
        assert_eq!(row(0x00c6), ("TLS_SM4_GCM_SM3", "any", "any", "SM4_GCM", 128, "AEAD"));
        assert_eq!(of(0xcca8).bits, 256);
        assert_eq!(of(0xc0b4).mac, Mac::Sha256);
        assert_eq!(of(0x0034).kx, Kx::Dhe);
        assert_eq!((of(0x0003).min, of(0x0003).max), (Version::Ssl3, Version::Tls10));
        assert_eq!((of(0xc027).min, of(0xc027).max), (Version::Tls12, Version::Tls12));
    }

    #[test]
    fn weaknesses_are_named() {
        let weak = |id| suite(id).unwrap().weak();
        assert_eq!(weak(0x1301), []);
        assert_eq!(weak(0xc030), []);
        assert_eq!(weak(0xe051), []);
        assert_eq!(weak(0xe053), [Weakness::NoForwardSecrecy]);
        assert_eq!(weak(0xe001), [Weakness::Cbc, Weakness::Unpublished]);
        assert_eq!(
            weak(0x0017),
            [Weakness::Anonymous, Weakness::Export, Weakness::Md5, Weakness::Rc4, Weakness::SmallKey]
        );
        assert_eq!(weak(0xc013), [Weakness::Cbc, Weakness::Sha1]);
        assert_eq!(weak(0xc0b4), [Weakness::Null, Weakness::SmallKey]);
        assert!(weak(0x0000).contains(&Weakness::Anonymous));
    }

    #[test]
    fn what_is_offered_fits_the_version() {
        let numbers = |version| to_probe(version).map(|suite| suite.id).collect::<Vec<_>>();
        assert!(numbers(Version::Tls13).contains(&0x00c6));
        assert!(!numbers(Version::Tls12).contains(&0x1301));
        assert!(numbers(Version::Tls12).contains(&0x0003), "export suites are offered where they are forbidden");
        assert!(!numbers(Version::Tls11).contains(&0xc02f));
        assert_eq!(numbers(Version::Tlcp11).len(), 19);
        assert!(numbers(Version::Ssl2).is_empty());
    }

    #[test]
    fn grease_is_known() {
        assert!(is_grease(0x0a0a) && is_grease(0xfafa));
        assert!(!is_grease(0x0a1a) && !is_grease(0x1301));
    }
}
