//! The hellos that we send: one shape for each version, and plainer shapes for servers that choke on the first.

use super::sealed;
use crate::formats::tls::{
    TooLong,
    client_hello::ClientHello,
    extension::{Extension, KeyShare},
    groups, schemes, ssl2, suites,
    version::Version,
};

/// A group of which any bytes are a share. Nothing is ever derived from them.
const X25519: u16 = 0x001d;

/// How much a hello carries besides its suites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// What a browser would send.
    Full,
    /// TLS 1.3 with a real share: for servers that do not ask again.
    Share,
    /// The same, and one of curveSM2 beside it.
    Shares,
    /// The name alone.
    NameOnly,
    /// No extension at all.
    Bare,
}

/// A hello that is being put together.
#[derive(Clone, Debug)]
pub(super) struct Hello {
    pub version: Version,
    pub name: String,
    pub suites: Vec<u16>,
    pub shape: Shape,
    pub groups: Vec<u16>,
    pub schemes: Vec<u16>,
    pub compression: Vec<u8>,
    pub more: Vec<Extension>,
    /// A real share, in place of the one that the shape would have.
    pub share: Option<KeyShare>,
}

impl Hello {
    /// Offers every suite of a version.
    pub fn new(version: Version, name: &str) -> Self {
        Self {
            version,
            name: name.to_owned(),
            suites: suites::to_probe(version).map(|suite| suite.id).collect(),
            shape: Shape::Full,
            groups: groups::all().iter().map(|group| group.id).filter(|id| permitted(version, *id)).collect(),
            schemes: schemes::numbers().collect(),
            compression: vec![0],
            more: Vec::new(),
            share: None,
        }
    }

    #[must_use]
    pub fn suites(mut self, suites: Vec<u16>) -> Self {
        self.suites = suites;
        self
    }

    #[must_use]
    pub fn shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    #[must_use]
    pub fn share(mut self, share: KeyShare) -> Self {
        self.share = Some(share);
        self
    }

    #[must_use]
    pub fn with(mut self, extension: Extension) -> Self {
        self.more.push(extension);
        self
    }

    /// The bytes to send.
    ///
    /// # Errors
    /// A list that is longer than its length field can say.
    pub fn encode(&self) -> Result<Vec<u8>, TooLong> {
        if self.version == Version::Ssl2 {
            return ssl2::ClientHello::new(random()).encode();
        }
        self.build().encode()
    }

    /// The hello itself, for who goes on after it. Not of SSL 2.0, which has another.
    pub fn build(&self) -> ClientHello {
        let mut hello = ClientHello::new(self.version, random(), self.suites.clone());
        hello.compression.clone_from(&self.compression);
        if self.version == Version::Tls13 && self.shape != Shape::Bare {
            // Middle boxes expect what TLS 1.2 had (RFC 8446 appendix D.4).
            hello.session_id = random::<32>().to_vec();
        }
        for extension in self.extensions() {
            hello = hello.with(extension);
        }
        hello
    }

    fn extensions(&self) -> Vec<Extension> {
        let mut list = Vec::new();
        let named = !self.name.is_empty() && self.version != Version::Ssl3;
        if named && self.shape != Shape::Bare {
            list.push(Extension::ServerName(self.name.clone()));
        }
        let full = matches!(self.shape, Shape::Full | Shape::Share | Shape::Shares);
        match self.version {
            Version::Tls13 => {
                list.push(Extension::SupportedVersions(vec![Version::Tls13.number()]));
                list.push(Extension::SupportedGroups(self.groups.clone()));
                list.push(Extension::SignatureAlgorithms(self.schemes.clone()));
                list.push(Extension::KeyShare(self.shares()));
                list.push(Extension::PskKeyExchangeModes(vec![1]));
            }
            Version::Tls10 | Version::Tls11 | Version::Tls12 if full => {
                list.push(Extension::SupportedGroups(self.groups.clone()));
                list.push(Extension::EcPointFormats(vec![0]));
                if self.version == Version::Tls12 {
                    list.push(Extension::SignatureAlgorithms(self.schemes.clone()));
                }
                list.push(Extension::RenegotiationInfo(Vec::new()));
                list.push(Extension::ExtendedMasterSecret);
                list.push(Extension::SessionTicket(Vec::new()));
                list.push(Extension::StatusRequest);
                list.push(Extension::SignedCertificateTimestamp);
            }
            _ => {}
        }
        list.extend(self.more.iter().cloned());
        list
    }

    /// None: the server then names its group in a HelloRetryRequest, and nothing is computed on either side.
    fn shares(&self) -> Vec<KeyShare> {
        match self.shape {
            _ if self.share.is_some() => self.share.iter().cloned().collect(),
            Shape::Share => vec![x25519()],
            Shape::Shares => std::iter::once(x25519()).chain(sealed::share().map(|(_, share)| share)).collect(),
            _ => Vec::new(),
        }
    }
}

fn x25519() -> KeyShare {
    KeyShare { group: X25519, key: random::<32>().to_vec() }
}

/// RFC 8446 took most groups away, and some servers refuse a hello of TLS 1.3 that names one of those.
fn permitted(version: Version, group: u16) -> bool {
    version != Version::Tls13
        || matches!(group, 0x0017..=0x0019 | 0x001d..=0x0021 | 0x0029 | 0x0100..=0x0104 | 0x0200..=0xfeff)
}

/// Random bytes.
pub(super) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without randomness the probe is as good; nothing secret hangs on it, and zeros are no private key.
    let _ = ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::{Hello, Shape};
    use crate::formats::tls::{client_hello::ClientHello, extension::Extension, version::Version};

    #[test]
    fn a_hello_of_tls_1_3_asks_to_be_asked_again() {
        let sent = ClientHello::parse(&Hello::new(Version::Tls13, "a.gov.cn").encode().unwrap()).unwrap();
        assert_eq!(sent.versions(), [0x0304]);
        assert_eq!(sent.server_name(), Some("a.gov.cn"));
        assert_eq!(sent.extension(51), Some(&Extension::KeyShare(Vec::new())));
    }

    #[test]
    fn tlcp_has_its_own_number_in_record_and_hello() {
        let bytes = Hello::new(Version::Tlcp11, "").encode().unwrap();
        assert_eq!(bytes[1..3], [1, 1]);
        assert_eq!(bytes[9..11], [1, 1]);
    }

    #[test]
    fn who_does_not_ask_again_is_given_a_share_of_each_curve() {
        let sent = Hello::new(Version::Tls13, "").shape(Shape::Shares).encode().unwrap();
        let Some(Extension::KeyShare(shares)) = ClientHello::parse(&sent).unwrap().extension(51).cloned() else {
            panic!("shares were sent")
        };
        let lengths: Vec<_> = shares.iter().map(|share| (share.group, share.key.len())).collect();
        assert_eq!(lengths, [(0x001d, 32), (0x0029, 65)]);
        let ours = crate::formats::sm2::Ephemeral::of(&[7; 32]).unwrap();
        assert!(ours.agree(&shares[1].key).is_ok(), "a point of the curve");
    }

    #[test]
    fn bare_means_no_extension_where_the_version_can_do_without() {
        let bare = Hello::new(Version::Tls12, "a.gov.cn").shape(Shape::Bare);
        assert_eq!(ClientHello::parse(&bare.encode().unwrap()).unwrap().extensions, None);
    }
}
