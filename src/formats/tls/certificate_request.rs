//! CertificateRequest of SSL 3.0 to TLS 1.2 and of TLCP: RFC 5246 section 7.4.4, GB/T 38636-2020 section 6.4.5.5.

use super::{
    bytes::{Cursor, Malformed, numbers},
    version::Version,
};

/// Names of authorities that are kept; some servers list all they know.
const MAX_AUTHORITIES: usize = 1000;

/// What a server wants of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRequest {
    /// 1 RSA, 2 DSS, 64 ECDSA, 80 IBC of TLCP.
    pub types: Vec<u8>,
    /// Signature schemes; empty before TLS 1.2 and in TLCP, where there are none.
    pub schemes: Vec<u16>,
    /// Distinguished names, as DER.
    pub authorities: Vec<Vec<u8>>,
}

impl CertificateRequest {
    /// Reads the body of the message, in the form of the version that was chosen.
    pub fn parse(version: Version, body: &[u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new("CertificateRequest", body);
        let types = cursor.vec8()?.to_vec();
        let schemes = match version {
            Version::Tls12 => numbers("CertificateRequest", cursor.vec16()?)?,
            _ => Vec::new(),
        };
        let mut list = cursor.list16()?;
        let mut authorities = Vec::new();
        while !list.is_empty() && authorities.len() < MAX_AUTHORITIES {
            authorities.push(list.vec16()?.to_vec());
        }
        cursor.end()?;
        Ok(Self { types, schemes, authorities })
    }
}

#[cfg(test)]
mod tests {
    use super::{CertificateRequest, Version};

    #[test]
    fn the_form_depends_on_the_version() {
        let new = CertificateRequest::parse(Version::Tls12, &[2, 1, 64, 0, 2, 4, 1, 0, 4, 0, 2, 0x30, 0]).unwrap();
        assert_eq!((new.types, new.schemes, new.authorities), (vec![1, 64], vec![0x0401], vec![vec![0x30, 0]]));
        let old = CertificateRequest::parse(Version::Tlcp11, &[1, 80, 0, 0]).unwrap();
        assert_eq!((old.types, old.schemes.len(), old.authorities.len()), (vec![80], 0, 0));
        assert!(CertificateRequest::parse(Version::Tls10, &[1, 1, 0, 1]).is_err());
    }
}
