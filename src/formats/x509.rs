//! What a certificate says of itself (RFC 5280), and PEM around it. Says nothing of trust or of today.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use x509_parser::{
    certificate::X509Certificate,
    extensions::{GeneralName, ParsedExtension},
    oid_registry::Oid,
    pem::Pem,
    prelude::FromDer,
    public_key::PublicKey,
    x509::{AlgorithmIdentifier, SubjectPublicKeyInfo},
};

use crate::model::{DecodeFailure, Digest};

mod addresses;

/// No certificate of a real server comes near.
const MAX_DER: usize = 256 << 10;

/// A certificate, read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Certificate {
    pub subject: String,
    pub issuer: String,
    /// Lower-case hex digits.
    pub serial: String,
    /// DNS names and addresses that it is made out to.
    pub san: Vec<String>,
    /// RFC 3339 in UTC.
    pub not_before: String,
    /// RFC 3339 in UTC.
    pub not_after: String,
    /// Whole days between the two.
    pub lifetime_days: i64,
    pub key: Key,
    pub signature: Signature,
    pub sha256: Digest,
    /// Digest of the SubjectPublicKeyInfo as DER: the same key in another certificate has the same.
    pub spki_sha256: Digest,
    /// Where its revocation can be asked for (RFC 5280, authorityInfoAccess), as it says; none was contacted.
    pub ocsp_urls: Vec<String>,
    /// Where lists of the revoked are published (cRLDistributionPoints).
    pub crl_urls: Vec<String>,
    /// Where the certificate of its issuer can be had (authorityInfoAccess).
    pub issuer_urls: Vec<String>,
    /// Basic constraints say that it may sign others.
    pub ca: bool,
    /// Purposes by name or number; empty where it names none.
    pub key_usage: Vec<String>,
    pub extended_key_usage: Vec<String>,
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Key {
    /// `rsa`, `ec`, `sm2`, `ed25519`, `dsa`, or the number of what we do not know.
    pub algorithm: String,
    pub bits: i64,
    /// As `P-256`; empty where there is none.
    pub curve: String,
}

/// How the issuer signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Signature {
    /// `rsa`, `rsa-pss`, `ecdsa`, `sm2`, `ed25519`, `dsa`, or the number of what we do not know.
    pub algorithm: String,
    /// `sha256`, `sm3` and the like; `none` where the algorithm brings its own, `unknown` where we do not know.
    pub hash: String,
}

/// A certificate and what only its bytes tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    pub certificate: Certificate,
    /// Issuer and subject are the same and the signature is its own, as far as the names tell.
    pub self_issued: bool,
    /// Signed certificate timestamps inside.
    pub scts: usize,
}

/// Reads one certificate.
pub fn decode(der: &[u8]) -> Result<Decoded, DecodeFailure> {
    if der.len() > MAX_DER {
        return Err(DecodeFailure::Budget { what: format!("a certificate of {} bytes", der.len()) });
    }
    let (rest, cert) = X509Certificate::from_der(der)
        .map_err(|e| DecodeFailure::Malformed { offset: 0, what: format!("no X.509 certificate: {e}") })?;
    if !rest.is_empty() {
        let offset = (der.len() - rest.len()) as u64;
        return Err(DecodeFailure::Malformed { offset, what: "bytes after the certificate".to_owned() });
    }
    let (from, to) = (cert.validity().not_before.timestamp(), cert.validity().not_after.timestamp());
    let certificate = Certificate {
        subject: cert.subject().to_string(),
        issuer: cert.issuer().to_string(),
        serial: hex(cert.raw_serial()),
        san: names(&cert),
        not_before: time(from),
        not_after: time(to),
        lifetime_days: to.saturating_sub(from).div_euclid(86_400),
        key: key(cert.public_key()),
        signature: signature(&cert.signature_algorithm),
        sha256: Digest::of(der),
        spki_sha256: Digest::of(cert.public_key().raw),
        ocsp_urls: addresses::of_access(&cert, addresses::OCSP),
        crl_urls: addresses::of_crl(&cert),
        issuer_urls: addresses::of_access(&cert, addresses::ISSUER),
        ca: cert.is_ca(),
        key_usage: key_usage(&cert),
        extended_key_usage: extended_key_usage(&cert),
    };
    let self_issued = cert.subject().as_raw() == cert.issuer().as_raw();
    Ok(Decoded { certificate, self_issued, scts: scts(&cert) })
}

/// Modulus and exponent of the RSA key in a certificate; none where it has another key, or is no certificate.
pub fn rsa_key(der: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    if der.len() > MAX_DER {
        return None;
    }
    let (_, cert) = X509Certificate::from_der(der).ok()?;
    match cert.public_key().parsed().ok()? {
        PublicKey::RSA(key) => Some((key.modulus.to_vec(), key.exponent.to_vec())),
        _ => None,
    }
}

/// The certificates of a PEM text, in order, as DER. What is not a certificate is left out.
pub fn from_pem(text: &[u8]) -> Vec<Vec<u8>> {
    Pem::iter_from_buffer(text)
        .map_while(Result::ok)
        .filter(|pem| pem.label == "CERTIFICATE")
        .map(|pem| pem.contents)
        .collect()
}

/// Writes certificates as PEM (RFC 7468).
pub fn to_pem<'a>(ders: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut out = String::new();
    for der in ders {
        out.push_str("-----BEGIN CERTIFICATE-----\n");
        let encoded = base64(der);
        for start in (0..encoded.len()).step_by(64) {
            out.push_str(&encoded[start..encoded.len().min(start + 64)]);
            out.push('\n');
        }
        out.push_str("-----END CERTIFICATE-----\n");
    }
    out
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |n: usize| u32::from(group.get(n).copied().unwrap_or(0));
        let word = byte(0) << 16 | byte(1) << 8 | byte(2);
        for n in 0..4 {
            let digit = DIGITS[(word >> (18 - 6 * n)) as usize & 63];
            out.push(if n <= group.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

fn names(cert: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(san)) = cert.subject_alternative_name() else { return Vec::new() };
    san.value
        .general_names
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some((*name).to_owned()),
            GeneralName::IPAddress(bytes) => address(bytes),
            _ => None,
        })
        .collect()
}

fn address(bytes: &[u8]) -> Option<String> {
    let v4 = <[u8; 4]>::try_from(bytes).ok().map(|b| std::net::IpAddr::from(b).to_string());
    v4.or_else(|| <[u8; 16]>::try_from(bytes).ok().map(|b| std::net::IpAddr::from(b).to_string()))
}

fn key(spki: &SubjectPublicKeyInfo<'_>) -> Key {
    let curve = spki.algorithm.parameters.as_ref().and_then(|p| p.as_oid().ok()).map(|oid| curve(&oid));
    let id = spki.algorithm.algorithm.to_id_string();
    let bits = |n: usize| i64::try_from(n).unwrap_or(0);
    let plain = |algorithm: &str, size| Key { algorithm: algorithm.to_owned(), bits: size, curve: String::new() };
    match (id.as_str(), spki.parsed()) {
        ("1.3.101.112", _) => plain("ed25519", 256),
        ("1.3.101.113", _) => plain("ed448", 456),
        (_, Ok(PublicKey::RSA(rsa))) => plain("rsa", bits(bit_length(rsa.modulus))),
        (_, Ok(PublicKey::DSA(_))) => plain("dsa", dsa_bits(spki)),
        (_, Ok(PublicKey::EC(point))) => {
            let (curve, known) = curve.unwrap_or_default();
            let algorithm = if curve == "SM2" { "sm2" } else { "ec" };
            let size = known.unwrap_or_else(|| bits(point.key_size()));
            Key { algorithm: algorithm.to_owned(), bits: size, curve }
        }
        _ => Key { algorithm: id, bits: bits(spki.subject_public_key.data.len() * 8), curve: String::new() },
    }
}

/// The size of a DSA key is that of its prime, the first of its parameters.
fn dsa_bits(spki: &SubjectPublicKeyInfo<'_>) -> i64 {
    let Some(parameters) = &spki.algorithm.parameters else { return 0 };
    let Ok((_, prime)) = x509_parser::der_parser::der::parse_der_integer(parameters.data) else { return 0 };
    prime.as_slice().map_or(0, |bytes| i64::try_from(bit_length(bytes)).unwrap_or(0))
}

fn bit_length(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|b| **b == 0).count();
    let rest = &number[zeros..];
    rest.first().map_or(0, |first| rest.len() * 8 - first.leading_zeros() as usize)
}

fn curve(oid: &Oid<'_>) -> (String, Option<i64>) {
    let id = oid.to_id_string();
    let (name, bits) = match id.as_str() {
        "1.2.840.10045.3.1.7" => ("P-256", 256),
        "1.2.156.10197.1.301" => ("SM2", 256),
        "1.3.132.0.10" => ("secp256k1", 256),
        "1.3.132.0.33" => ("P-224", 224),
        "1.3.132.0.34" => ("P-384", 384),
        "1.3.132.0.35" => ("P-521", 521),
        "1.2.840.10045.3.1.1" => ("P-192", 192),
        "1.3.36.3.3.2.8.1.1.7" => ("brainpoolP256r1", 256),
        "1.3.36.3.3.2.8.1.1.11" => ("brainpoolP384r1", 384),
        _ => return (id, None),
    };
    (name.to_owned(), Some(bits))
}

fn signature(algorithm: &AlgorithmIdentifier<'_>) -> Signature {
    let id = algorithm.algorithm.to_id_string();
    let (name, hash) = match id.as_str() {
        "1.2.840.113549.1.1.2" => ("rsa", "md2"),
        "1.2.840.113549.1.1.4" => ("rsa", "md5"),
        "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => ("rsa", "sha1"),
        "1.2.840.113549.1.1.14" => ("rsa", "sha224"),
        "1.2.840.113549.1.1.11" => ("rsa", "sha256"),
        "1.2.840.113549.1.1.12" => ("rsa", "sha384"),
        "1.2.840.113549.1.1.13" => ("rsa", "sha512"),
        "1.2.840.113549.1.1.10" => ("rsa-pss", pss_hash(algorithm)),
        "1.2.840.10045.4.1" => ("ecdsa", "sha1"),
        "1.2.840.10045.4.3.1" => ("ecdsa", "sha224"),
        "1.2.840.10045.4.3.2" => ("ecdsa", "sha256"),
        "1.2.840.10045.4.3.3" => ("ecdsa", "sha384"),
        "1.2.840.10045.4.3.4" => ("ecdsa", "sha512"),
        "1.2.840.10040.4.3" => ("dsa", "sha1"),
        "2.16.840.1.101.3.4.3.2" => ("dsa", "sha256"),
        "1.2.156.10197.1.501" => ("sm2", "sm3"),
        "1.2.156.10197.1.504" => ("rsa", "sm3"),
        "1.3.101.112" => ("ed25519", "none"),
        "1.3.101.113" => ("ed448", "none"),
        other => (other, "unknown"),
    };
    Signature { algorithm: name.to_owned(), hash: hash.to_owned() }
}

fn pss_hash(algorithm: &AlgorithmIdentifier<'_>) -> &'static str {
    use x509_parser::signature_algorithm::SignatureAlgorithm;
    let Ok(SignatureAlgorithm::RSASSA_PSS(params)) = SignatureAlgorithm::try_from(algorithm) else { return "unknown" };
    match params.hash_algorithm_oid().to_id_string().as_str() {
        "1.3.14.3.2.26" => "sha1",
        "2.16.840.1.101.3.4.2.1" => "sha256",
        "2.16.840.1.101.3.4.2.2" => "sha384",
        "2.16.840.1.101.3.4.2.3" => "sha512",
        _ => "unknown",
    }
}

fn key_usage(cert: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(usage)) = cert.key_usage() else { return Vec::new() };
    let usage = usage.value;
    [
        ("digital_signature", usage.digital_signature()),
        ("non_repudiation", usage.non_repudiation()),
        ("key_encipherment", usage.key_encipherment()),
        ("data_encipherment", usage.data_encipherment()),
        ("key_agreement", usage.key_agreement()),
        ("key_cert_sign", usage.key_cert_sign()),
        ("crl_sign", usage.crl_sign()),
    ]
    .into_iter()
    .filter(|(_, set)| *set)
    .map(|(name, _)| name.to_owned())
    .collect()
}

fn extended_key_usage(cert: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(usage)) = cert.extended_key_usage() else { return Vec::new() };
    let usage = usage.value;
    let mut out: Vec<_> = [
        ("any", usage.any),
        ("server_auth", usage.server_auth),
        ("client_auth", usage.client_auth),
        ("code_signing", usage.code_signing),
        ("email_protection", usage.email_protection),
        ("time_stamping", usage.time_stamping),
        ("ocsp_signing", usage.ocsp_signing),
    ]
    .into_iter()
    .filter(|(_, set)| *set)
    .map(|(name, _)| name.to_owned())
    .collect();
    out.extend(usage.other.iter().map(Oid::to_id_string));
    out
}

fn scts(cert: &X509Certificate<'_>) -> usize {
    cert.iter_extensions()
        .map(|extension| match extension.parsed_extension() {
            ParsedExtension::SCT(list) => list.len(),
            _ => 0,
        })
        .sum()
}

/// A time that a certificate can hold and we cannot is left empty, never guessed.
fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| String::new(), |t| t.to_string())
}

/// Lower-case hex digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests;
