//! Messages of TLS 1.3 that no other version has in this form: RFC 8446 sections 4.3.2, 4.4.2 and 4.4.3.

use crate::formats::tls::{
    bytes::{Cursor, Malformed},
    certificate::{Certificates, MAX_CERTIFICATES},
};

/// The chain of a Certificate, without what is said beside each.
pub(super) fn certificates(body: &[u8]) -> Result<Certificates, Malformed> {
    let mut cursor = Cursor::new("Certificate", body);
    cursor.vec8()?;
    let mut list = Cursor::new("Certificate", cursor.vec24()?);
    cursor.end()?;
    let mut read = Certificates::default();
    while !list.is_empty() {
        let (der, _extensions) = (list.vec24()?, list.vec16()?);
        if read.list.len() == MAX_CERTIFICATES {
            read.damaged = true;
            break;
        }
        read.list.push(der.to_vec());
    }
    Ok(read)
}

/// A CertificateRequest holds its form. What it asks for in detail is not looked at.
pub(super) fn request(body: &[u8]) -> Result<(), Malformed> {
    let mut cursor = Cursor::new("CertificateRequest", body);
    cursor.vec8()?;
    let mut extensions = cursor.list16()?;
    while !extensions.is_empty() {
        extensions.u16()?;
        extensions.vec16()?;
    }
    cursor.end()
}

/// Scheme and signature of a CertificateVerify.
pub(super) fn verify(body: &[u8]) -> Result<(u16, &[u8]), Malformed> {
    let mut cursor = Cursor::new("CertificateVerify", body);
    let read = (cursor.u16()?, cursor.vec16()?);
    cursor.end()?;
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::{certificates, request, verify};

    #[test]
    fn each_certificate_has_extensions_behind_it() {
        let body = [0, 0, 0, 13, 0, 0, 1, b'a', 0, 1, 9, 0, 0, 1, b'b', 0, 0];
        assert_eq!(certificates(&body).unwrap().list, [b"a".to_vec(), b"b".to_vec()]);
        assert!(certificates(&body[..16]).is_err() && certificates(&[0, 0, 0, 1, 0]).is_err());
        assert_eq!(certificates(&[0, 0, 0, 0]).unwrap().leaf(), None);
    }

    #[test]
    fn requests_and_signatures_hold_their_form() {
        assert_eq!(request(&[0, 0, 8, 0, 13, 0, 4, 0, 2, 7, 8]), Ok(()));
        assert!(request(&[0, 0, 1, 0]).is_err() && request(&[0, 0, 0, 0]).is_err());
        assert_eq!(verify(&[7, 8, 0, 1, 9]), Ok((0x0708, &[9][..])));
        assert!(verify(&[7, 8, 0, 1]).is_err());
    }
}
