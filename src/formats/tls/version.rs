//! The protocol versions that a server may speak, by name and by number.

use serde::{Deserialize, Serialize};

/// A protocol version; the order is that of age within SSL and TLS, TLCP stands apart at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Version {
    Ssl2,
    Ssl3,
    #[serde(rename = "tls1_0")]
    Tls10,
    #[serde(rename = "tls1_1")]
    Tls11,
    #[serde(rename = "tls1_2")]
    Tls12,
    #[serde(rename = "tls1_3")]
    Tls13,
    /// GB/T 38636-2020 and GM/T 0024.
    #[serde(rename = "tlcp1_1")]
    Tlcp11,
}

impl Version {
    pub const ALL: [Self; 7] =
        [Self::Ssl2, Self::Ssl3, Self::Tls10, Self::Tls11, Self::Tls12, Self::Tls13, Self::Tlcp11];

    /// The number on the wire (RFC 8446 appendix D; GB/T 38636-2020, 6.4.5.2.1).
    pub fn number(self) -> u16 {
        match self {
            Self::Ssl2 => 0x0002,
            Self::Ssl3 => 0x0300,
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
            Self::Tls12 => 0x0303,
            Self::Tls13 => 0x0304,
            Self::Tlcp11 => 0x0101,
        }
    }

    /// The version of a number, where it is one that we know.
    pub fn of(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.number() == number)
    }

    /// As `tls1_2`, the form of facts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ssl2 => "ssl2",
            Self::Ssl3 => "ssl3",
            Self::Tls10 => "tls1_0",
            Self::Tls11 => "tls1_1",
            Self::Tls12 => "tls1_2",
            Self::Tls13 => "tls1_3",
            Self::Tlcp11 => "tlcp1_1",
        }
    }

    /// As people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ssl2 => "SSL 2.0",
            Self::Ssl3 => "SSL 3.0",
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
            Self::Tlcp11 => "TLCP 1.1",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn numbers_and_codes_lead_back() {
        for version in Version::ALL {
            assert_eq!(Version::of(version.number()), Some(version));
            assert_eq!(serde_json::to_value(version).unwrap(), version.code());
        }
        assert_eq!(Version::of(0x0305), None);
    }
}
