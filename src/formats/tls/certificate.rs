//! The Certificate message of SSL 3.0 to TLS 1.2 and of TLCP: RFC 5246 section 7.4.2, GB/T 38636-2020 section 6.4.5.3.
//!
//! In TLS 1.3 it is encrypted: a client library reads it, or [`super::sealed`] where no library has the suites.

use super::bytes::{Cursor, Malformed};

/// Certificates of one message that are kept.
pub const MAX_CERTIFICATES: usize = 100;

/// The certificates of a server, as DER, in the order sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificates {
    pub list: Vec<Vec<u8>>,
    /// The list ended within a certificate, or had more than [`MAX_CERTIFICATES`]; those before are kept.
    pub damaged: bool,
}

impl Certificates {
    /// Reads the body of the message.
    pub fn parse(body: &[u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new("Certificate", body);
        let mut read = Self::default();
        let length = cursor.u24()?;
        read.damaged = cursor.rest().len() != length;
        let rest = cursor.rest();
        let mut list = Cursor::new("Certificate", &rest[..length.min(rest.len())]);
        while !list.is_empty() {
            match list.vec24() {
                Ok(der) if read.list.len() < MAX_CERTIFICATES => read.list.push(der.to_vec()),
                _ => {
                    read.damaged = true;
                    break;
                }
            }
        }
        Ok(read)
    }

    /// The certificate of the server.
    pub fn leaf(&self) -> Option<&[u8]> {
        self.list.first().map(Vec::as_slice)
    }

    /// The two certificates of a TLCP server: that of its signature, that of encryption.
    pub fn tlcp_pair(&self) -> Option<(&[u8], &[u8])> {
        match self.list.as_slice() {
            [sign, encrypt, ..] => Some((sign, encrypt)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Certificates, MAX_CERTIFICATES};

    fn body(list: &[&[u8]]) -> Vec<u8> {
        let u24 = |length: usize| u32::try_from(length).unwrap().to_be_bytes()[1..].to_vec();
        let inner: Vec<u8> = list.iter().flat_map(|der| [&u24(der.len()), *der].concat()).collect();
        [u24(inner.len()), inner].concat()
    }

    #[test]
    fn certificates_come_in_order() {
        let read = Certificates::parse(&body(&[b"sign", b"encrypt", b"ca"])).unwrap();
        assert_eq!(read.tlcp_pair(), Some((&b"sign"[..], &b"encrypt"[..])));
        assert_eq!((read.leaf(), read.list.len(), read.damaged), (Some(&b"sign"[..]), 3, false));
        assert_eq!(Certificates::parse(&body(&[])).unwrap().leaf(), None);
    }

    #[test]
    fn a_damaged_list_keeps_what_came_before() {
        let whole = body(&[b"sign", b"encrypt"]);
        let read = Certificates::parse(&whole[..whole.len() - 1]).unwrap();
        assert_eq!((read.list.len(), read.damaged), (1, true));
        assert!(Certificates::parse(&[0, 0]).is_err());
    }

    #[test]
    fn no_more_than_a_hundred_are_kept() {
        let read = Certificates::parse(&body(&[&b"x"[..]; 200])).unwrap();
        assert_eq!((read.list.len(), read.damaged), (MAX_CERTIFICATES, true));
    }
}
