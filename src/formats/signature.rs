//! Signatures over DER that some key made: of certificates, OCSP responses and certificate transparency. One door for the
//! international algorithms and SM2; an algorithm that nobody here can verify is told apart from a signature that is wrong.

use rustls::crypto::ring;
use thiserror::Error;
use x509_parser::{certificate::X509Certificate, prelude::FromDer};

use super::{
    der::{DerError, Elements, INTEGER, SEQUENCE},
    sm2::{self, Sm2Error},
};

/// SM2-with-SM3, as the contents of an AlgorithmIdentifier begin.
const SM2_WITH_SM3: [u8; 10] = [6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x75];
/// rsaEncryption.
const RSA: [u8; 11] = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
/// The library takes no shorter modulus, and says only that the signature is wrong.
const SHORTEST_RSA: usize = 2048 / 8;

/// Why a signature does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SignatureError {
    #[error("the key or what was signed does not parse: {0}")]
    Malformed(#[from] DerError),
    #[error("an algorithm or key that cannot be verified")]
    Unsupported,
    #[error("the signature does not fit the key and the bytes")]
    Mismatch,
}

/// Verifies a signature with a key, which is a SubjectPublicKeyInfo; `algorithm` is the contents of an AlgorithmIdentifier.
pub fn verify(key: &[u8], algorithm: &[u8], message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
    let (key_algorithm, bits) = split(key)?;
    if algorithm.starts_with(&SM2_WITH_SM3) {
        return sm2::verify(bits, &[message], signature).map_err(|error| match error {
            Sm2Error::NotAnSm2Key => SignatureError::Unsupported,
            _ => SignatureError::Mismatch,
        });
    }
    if key_algorithm.starts_with(&RSA) && is_short(bits)? {
        return Err(SignatureError::Unsupported);
    }
    let all = ring::default_provider().signature_verification_algorithms.all;
    let fits =
        all.iter().find(|one| *one.signature_alg_id() == *algorithm && *one.public_key_alg_id() == *key_algorithm);
    let verified = fits.ok_or(SignatureError::Unsupported)?.verify_signature(bits, message, signature);
    verified.map_err(|_| SignatureError::Mismatch)
}

/// Verifies that the key of `issuer` signed `certificate`, both DER, and that it is named as the issuer. Says nothing of
/// dates or rights.
pub fn issued_by(certificate: &[u8], issuer: &[u8]) -> Result<(), SignatureError> {
    let malformed = |_| SignatureError::Malformed(DerError::Malformed);
    let (_, signed) = X509Certificate::from_der(certificate).map_err(malformed)?;
    let (_, signer) = X509Certificate::from_der(issuer).map_err(malformed)?;
    if signed.issuer().as_raw() != signer.subject().as_raw() {
        return Err(SignatureError::Mismatch);
    }
    let mut parts = Elements::within(certificate, SEQUENCE)?;
    let message = parts.next()?.whole;
    let algorithm = parts.take(SEQUENCE)?;
    verify(signer.public_key().raw, algorithm, message, parts.bits()?)
}

/// The algorithm of a SubjectPublicKeyInfo, as the contents of its AlgorithmIdentifier, and the key itself.
pub(super) fn split(key: &[u8]) -> Result<(&[u8], &[u8]), DerError> {
    let mut parts = Elements::within(key, SEQUENCE)?;
    let algorithm = parts.take(SEQUENCE)?;
    let bits = parts.bits()?;
    parts.end()?;
    Ok((algorithm, bits))
}

fn is_short(rsa: &[u8]) -> Result<bool, DerError> {
    let modulus = Elements::within(rsa, SEQUENCE)?.take(INTEGER)?;
    Ok(modulus.iter().skip_while(|byte| **byte == 0).count() < SHORTEST_RSA)
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

    use super::{SignatureError, issued_by};
    use crate::formats::x509;

    #[test]
    fn sm2_goes_through_the_same_door() {
        let pem = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tls/sm2-self-signed.pem"));
        let [der] = x509::from_pem(pem).try_into().unwrap();
        assert_eq!(issued_by(&der, &der), Ok(()));
        let mut damaged = der.clone();
        let last = damaged.len() - 1;
        damaged[last] ^= 1;
        assert_eq!(issued_by(&damaged, &der), Err(SignatureError::Mismatch));
    }

    #[test]
    fn a_certificate_is_that_of_its_issuer_alone() {
        let (root, other, leaf) =
            (KeyPair::generate().unwrap(), KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Test root");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let (signer, namesake) = (params.self_signed(&root).unwrap(), params.self_signed(&other).unwrap());
        let own = CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
        let own = own.signed_by(&leaf, &Issuer::from_params(&params, &root)).unwrap();
        assert_eq!(issued_by(own.der(), signer.der()), Ok(()));
        assert_eq!(issued_by(own.der(), namesake.der()), Err(SignatureError::Mismatch));
        assert_eq!(issued_by(own.der(), own.der()), Err(SignatureError::Mismatch));
        let mut damaged = own.der().to_vec();
        let last = damaged.len() - 1;
        damaged[last] ^= 1;
        assert_eq!(issued_by(&damaged, signer.der()), Err(SignatureError::Mismatch));
        assert!(matches!(issued_by(&damaged[..40], signer.der()), Err(SignatureError::Malformed(_))));
    }
}
