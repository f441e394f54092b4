//! Extensions of a ClientHello, typed: written as RFC 8446 section 4.2 and its kin say, and read back to the same.

use super::{
    bytes::{Cursor, Malformed, TooLong, numbers, opaque, put_numbers, vector},
    suites::is_grease,
};

/// Numbers of extensions: the IANA registry "TLS ExtensionType Values", those that we speak of.
pub mod id {
    pub const SERVER_NAME: u16 = 0;
    pub const STATUS_REQUEST: u16 = 5;
    pub const SUPPORTED_GROUPS: u16 = 10;
    pub const EC_POINT_FORMATS: u16 = 11;
    pub const SIGNATURE_ALGORITHMS: u16 = 13;
    pub const HEARTBEAT: u16 = 15;
    pub const ALPN: u16 = 16;
    pub const SCT: u16 = 18;
    pub const PADDING: u16 = 21;
    pub const ENCRYPT_THEN_MAC: u16 = 22;
    pub const EXTENDED_MASTER_SECRET: u16 = 23;
    pub const SESSION_TICKET: u16 = 35;
    pub const EARLY_DATA: u16 = 42;
    pub const SUPPORTED_VERSIONS: u16 = 43;
    pub const COOKIE: u16 = 44;
    pub const PSK_KEY_EXCHANGE_MODES: u16 = 45;
    pub const SIGNATURE_ALGORITHMS_CERT: u16 = 50;
    pub const KEY_SHARE: u16 = 51;
    pub const NPN: u16 = 13172;
    pub const RENEGOTIATION_INFO: u16 = 0xff01;
}

/// A share of key_share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyShare {
    pub group: u16,
    pub key: Vec<u8>,
}

/// An extension that a client offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extension {
    /// RFC 7301.
    Alpn(Vec<Vec<u8>>),
    /// RFC 8446 section 4.2.2: what a HelloRetryRequest gave.
    Cookie(Vec<u8>),
    /// RFC 8446 section 4.2.10.
    EarlyData,
    /// RFC 8422 section 5.1.2.
    EcPointFormats(Vec<u8>),
    /// RFC 7366.
    EncryptThenMac,
    /// RFC 7627.
    ExtendedMasterSecret,
    /// RFC 8701: a number of the GREASE kind and any bytes.
    Grease(u16, Vec<u8>),
    /// RFC 6520: 1 where the server may send heartbeats, 2 where it may not.
    Heartbeat(u8),
    /// RFC 8446 section 4.2.8. Empty: the server names suite and group in a HelloRetryRequest.
    KeyShare(Vec<KeyShare>),
    /// draft-agl-tls-nextprotoneg.
    Npn,
    /// RFC 7685: so many zero bytes.
    Padding(u16),
    /// RFC 8446 section 4.2.9: 0 a shared key alone, 1 with key agreement.
    PskKeyExchangeModes(Vec<u8>),
    /// Any number with any bytes.
    Raw(u16, Vec<u8>),
    /// RFC 5746; empty in a first handshake.
    RenegotiationInfo(Vec<u8>),
    /// RFC 6066 section 3.
    ServerName(String),
    /// RFC 5077; empty to ask for a ticket.
    SessionTicket(Vec<u8>),
    /// RFC 8446 section 4.2.3.
    SignatureAlgorithms(Vec<u16>),
    /// RFC 8446 section 4.2.3.
    SignatureAlgorithmsCert(Vec<u16>),
    /// RFC 6962 section 3.3.1.
    SignedCertificateTimestamp,
    /// RFC 6066 section 8: OCSP, any responder.
    StatusRequest,
    /// RFC 8446 section 4.2.7.
    SupportedGroups(Vec<u16>),
    /// RFC 8446 section 4.2.1.
    SupportedVersions(Vec<u16>),
}

impl Extension {
    /// The number of its type.
    pub fn id(&self) -> u16 {
        match self {
            Self::Alpn(_) => id::ALPN,
            Self::Cookie(_) => id::COOKIE,
            Self::EarlyData => id::EARLY_DATA,
            Self::EcPointFormats(_) => id::EC_POINT_FORMATS,
            Self::EncryptThenMac => id::ENCRYPT_THEN_MAC,
            Self::ExtendedMasterSecret => id::EXTENDED_MASTER_SECRET,
            Self::Grease(number, _) | Self::Raw(number, _) => *number,
            Self::Heartbeat(_) => id::HEARTBEAT,
            Self::KeyShare(_) => id::KEY_SHARE,
            Self::Npn => id::NPN,
            Self::Padding(_) => id::PADDING,
            Self::PskKeyExchangeModes(_) => id::PSK_KEY_EXCHANGE_MODES,
            Self::RenegotiationInfo(_) => id::RENEGOTIATION_INFO,
            Self::ServerName(_) => id::SERVER_NAME,
            Self::SessionTicket(_) => id::SESSION_TICKET,
            Self::SignatureAlgorithms(_) => id::SIGNATURE_ALGORITHMS,
            Self::SignatureAlgorithmsCert(_) => id::SIGNATURE_ALGORITHMS_CERT,
            Self::SignedCertificateTimestamp => id::SCT,
            Self::StatusRequest => id::STATUS_REQUEST,
            Self::SupportedGroups(_) => id::SUPPORTED_GROUPS,
            Self::SupportedVersions(_) => id::SUPPORTED_VERSIONS,
        }
    }

    /// Appends number, length and bytes.
    pub(super) fn encode(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
        out.extend(self.id().to_be_bytes());
        vector(out, 2, "extension", |out| self.body(out))
    }

    fn body(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
        match self {
            Self::Alpn(protocols) => vector(out, 2, "ALPN", |out| {
                protocols.iter().try_for_each(|protocol| opaque(out, 1, "protocol of ALPN", protocol))
            })?,
            Self::Cookie(cookie) => opaque(out, 2, "cookie", cookie)?,
            Self::EarlyData
            | Self::EncryptThenMac
            | Self::ExtendedMasterSecret
            | Self::Npn
            | Self::SignedCertificateTimestamp => {}
            Self::EcPointFormats(formats) => opaque(out, 1, "ec_point_formats", formats)?,
            Self::Grease(_, bytes) | Self::Raw(_, bytes) | Self::SessionTicket(bytes) => out.extend(bytes),
            Self::Heartbeat(mode) => out.push(*mode),
            Self::KeyShare(shares) => vector(out, 2, "key_share", |out| {
                shares.iter().try_for_each(|share| {
                    out.extend(share.group.to_be_bytes());
                    opaque(out, 2, "share of key_share", &share.key)
                })
            })?,
            Self::Padding(length) => out.extend(std::iter::repeat_n(0, usize::from(*length))),
            Self::PskKeyExchangeModes(modes) => opaque(out, 1, "psk_key_exchange_modes", modes)?,
            Self::RenegotiationInfo(bytes) => opaque(out, 1, "renegotiation_info", bytes)?,
            Self::ServerName(name) => vector(out, 2, "server_name", |out| {
                out.push(0);
                opaque(out, 2, "server_name", name.as_bytes())
            })?,
            Self::SignatureAlgorithms(schemes) | Self::SignatureAlgorithmsCert(schemes) => {
                vector(out, 2, "signature_algorithms", |out| {
                    put_numbers(out, schemes);
                    Ok(())
                })?;
            }
            Self::StatusRequest => out.extend([1, 0, 0, 0, 0]),
            Self::SupportedGroups(groups) => vector(out, 2, "supported_groups", |out| {
                put_numbers(out, groups);
                Ok(())
            })?,
            Self::SupportedVersions(versions) => vector(out, 1, "supported_versions", |out| {
                put_numbers(out, versions);
                Ok(())
            })?,
        }
        Ok(())
    }

    /// Reads one: typed where it is of a known type and would be written the same again, else as it is.
    pub(super) fn parse(number: u16, bytes: &[u8]) -> Self {
        let mut written = Vec::new();
        match typed(number, bytes) {
            Ok(Some(extension)) if extension.body(&mut written).is_ok() && written == bytes => extension,
            _ if is_grease(number) => Self::Grease(number, bytes.to_vec()),
            _ => Self::Raw(number, bytes.to_vec()),
        }
    }
}

fn typed(number: u16, bytes: &[u8]) -> Result<Option<Extension>, Malformed> {
    use Extension as E;
    let mut cursor = Cursor::new("extension", bytes);
    Ok(Some(match number {
        id::ALPN => {
            let mut list = cursor.list16()?;
            let mut protocols = Vec::new();
            while !list.is_empty() {
                protocols.push(list.vec8()?.to_vec());
            }
            E::Alpn(protocols)
        }
        id::COOKIE => E::Cookie(cursor.vec16()?.to_vec()),
        id::EARLY_DATA => E::EarlyData,
        id::EC_POINT_FORMATS => E::EcPointFormats(cursor.vec8()?.to_vec()),
        id::ENCRYPT_THEN_MAC => E::EncryptThenMac,
        id::EXTENDED_MASTER_SECRET => E::ExtendedMasterSecret,
        id::HEARTBEAT => E::Heartbeat(cursor.u8()?),
        id::KEY_SHARE => {
            let mut list = cursor.list16()?;
            let mut shares = Vec::new();
            while !list.is_empty() {
                shares.push(KeyShare { group: list.u16()?, key: list.vec16()?.to_vec() });
            }
            E::KeyShare(shares)
        }
        id::NPN => E::Npn,
        id::PADDING => match u16::try_from(bytes.len()) {
            Ok(length) => E::Padding(length),
            Err(_) => return Ok(None),
        },
        id::PSK_KEY_EXCHANGE_MODES => E::PskKeyExchangeModes(cursor.vec8()?.to_vec()),
        id::RENEGOTIATION_INFO => E::RenegotiationInfo(cursor.vec8()?.to_vec()),
        id::SCT => E::SignedCertificateTimestamp,
        id::SERVER_NAME => {
            let mut list = cursor.list16()?;
            list.u8()?;
            E::ServerName(String::from_utf8_lossy(list.vec16()?).into_owned())
        }
        id::SESSION_TICKET => E::SessionTicket(bytes.to_vec()),
        id::SIGNATURE_ALGORITHMS => E::SignatureAlgorithms(numbers("signature_algorithms", cursor.vec16()?)?),
        id::SIGNATURE_ALGORITHMS_CERT => E::SignatureAlgorithmsCert(numbers("signature_algorithms", cursor.vec16()?)?),
        id::STATUS_REQUEST => E::StatusRequest,
        id::SUPPORTED_GROUPS => E::SupportedGroups(numbers("supported_groups", cursor.vec16()?)?),
        id::SUPPORTED_VERSIONS => E::SupportedVersions(numbers("supported_versions", cursor.vec8()?)?),
        _ => return Ok(None),
    }))
}
