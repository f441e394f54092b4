//! CertificateStatus: the OCSP responses stapled to a certificate (RFC 6066 section 8, RFC 6961 section 2.2).

use super::bytes::{Cursor, Malformed};

/// More responses than chains have members.
const MAX_RESPONSES: usize = 100;

/// What was stapled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateStatus {
    /// 1 for one response, 2 for one to each member of the chain.
    pub kind: u8,
    /// OCSPResponse as DER; empty where a member has none.
    pub responses: Vec<Vec<u8>>,
}

impl CertificateStatus {
    /// Reads the body of the message.
    pub fn parse(body: &[u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new("CertificateStatus", body);
        let kind = cursor.u8()?;
        let part = cursor.vec24()?;
        cursor.end()?;
        let responses = match kind {
            1 => vec![part.to_vec()],
            2 => {
                let mut list = Cursor::new("CertificateStatus", part);
                let mut responses = Vec::new();
                while !list.is_empty() && responses.len() < MAX_RESPONSES {
                    responses.push(list.vec24()?.to_vec());
                }
                responses
            }
            _ => return Err(cursor.wrong()),
        };
        Ok(Self { kind, responses })
    }

    /// The response about the server's own certificate.
    pub fn leaf(&self) -> Option<&[u8]> {
        self.responses.first().map(Vec::as_slice).filter(|response| !response.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::CertificateStatus;

    #[test]
    fn one_response_or_several() {
        let one = CertificateStatus::parse(&[1, 0, 0, 2, 0x30, 0]).unwrap();
        assert_eq!(one.leaf(), Some(&[0x30, 0][..]));
        let several = CertificateStatus::parse(&[2, 0, 0, 8, 0, 0, 2, 0x30, 0, 0, 0, 0]).unwrap();
        assert_eq!(several.responses, [vec![0x30, 0], vec![]]);
        assert!(CertificateStatus::parse(&[1, 0, 0, 3, 0x30, 0]).is_err());
        assert!(CertificateStatus::parse(&[3, 0, 0, 0]).is_err());
    }
}
