//! ClientHello: built with everything settable, and read back from the bytes that were sent. RFC 8446 section 4.1.2,
//! RFC 6101 section 5.6.1.2 for SSL 3.0, GB/T 38636-2020 section 6.4.5.2.1 for TLCP.

use super::{
    bytes::{Cursor, Malformed, TooLong, numbers, opaque, put_numbers, vector},
    extension::{Extension, KeyShare},
    record::{Reader, content, message},
    version::Version,
};

/// Bytes of a handshake message that go into one record (RFC 8446 section 5.1).
const FRAGMENT: usize = 1 << 14;

/// What a client offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientHello {
    pub record_version: u16,
    /// `client_version`; 0x0303 where supported_versions says more.
    pub version: u16,
    pub random: [u8; 32],
    pub session_id: Vec<u8>,
    /// Numbers of suites, and of signalling values, in order.
    pub suites: Vec<u16>,
    pub compression: Vec<u8>,
    /// `None`: the message ends before them, as in SSL 3.0. `Some` of none: there, and empty.
    pub extensions: Option<Vec<Extension>>,
}

impl ClientHello {
    /// A hello of one version without extensions: what is sent with it is the caller's choice.
    pub fn new(version: Version, random: [u8; 32], suites: Vec<u16>) -> Self {
        let (record_version, client) = match version {
            Version::Tls13 => (Version::Tls10.number(), Version::Tls12.number()),
            Version::Tls11 | Version::Tls12 => (Version::Tls10.number(), version.number()),
            other => (other.number(), other.number()),
        };
        Self {
            record_version,
            version: client,
            random,
            session_id: Vec::new(),
            suites,
            compression: vec![0],
            extensions: None,
        }
    }

    /// Adds an extension at the end.
    #[must_use]
    pub fn with(mut self, extension: Extension) -> Self {
        self.extensions.get_or_insert_default().push(extension);
        self
    }

    /// The bytes to send: the message in its record, or in several where it is long.
    pub fn encode(&self) -> Result<Vec<u8>, TooLong> {
        let whole = self.message()?;
        let mut out = Vec::with_capacity(whole.len() + 5 * whole.len().div_ceil(FRAGMENT));
        for part in whole.chunks(FRAGMENT) {
            out.push(content::HANDSHAKE);
            out.extend(self.record_version.to_be_bytes());
            opaque(&mut out, 2, "record", part)?;
        }
        Ok(out)
    }

    /// The handshake message without records.
    pub fn message(&self) -> Result<Vec<u8>, TooLong> {
        let mut out = vec![message::CLIENT_HELLO];
        vector(&mut out, 3, "ClientHello", |out| {
            out.extend(self.version.to_be_bytes());
            out.extend(self.random);
            opaque(out, 1, "session id", &self.session_id)?;
            vector(out, 2, "suites", |out| {
                put_numbers(out, &self.suites);
                Ok(())
            })?;
            opaque(out, 1, "compression methods", &self.compression)?;
            match &self.extensions {
                None => Ok(()),
                Some(list) => vector(out, 2, "extensions", |out| list.iter().try_for_each(|item| item.encode(out))),
            }
        })?;
        Ok(out)
    }

    /// Reads the bytes that were sent.
    pub fn parse(sent: &[u8]) -> Result<Self, Malformed> {
        let reader = Reader::of(sent);
        let first = reader.messages().first().filter(|first| first.kind == message::CLIENT_HELLO);
        let first = first.ok_or(Malformed { what: "ClientHello", offset: 0 })?;
        Self::parse_body(first.record_version, &first.body)
    }

    /// Reads the body of the message.
    pub fn parse_body(record_version: u16, body: &[u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new("ClientHello", body);
        let mut hello = Self {
            record_version,
            version: cursor.u16()?,
            random: cursor.array()?,
            session_id: cursor.vec8()?.to_vec(),
            suites: numbers("ClientHello", cursor.vec16()?)?,
            compression: cursor.vec8()?.to_vec(),
            extensions: None,
        };
        if !cursor.is_empty() {
            let mut block = cursor.list16()?;
            cursor.end()?;
            let mut list = Vec::new();
            while !block.is_empty() {
                list.push(Extension::parse(block.u16()?, block.vec16()?));
            }
            hello.extensions = Some(list);
        }
        Ok(hello)
    }

    /// The extension of a number.
    pub fn extension(&self, number: u16) -> Option<&Extension> {
        self.extensions.iter().flatten().find(|extension| extension.id() == number)
    }

    /// Numbers of the versions that are offered: those of supported_versions, or up to `client_version` without it.
    pub fn versions(&self) -> Vec<u16> {
        let listed = self.extensions.iter().flatten().find_map(|extension| match extension {
            Extension::SupportedVersions(versions) => Some(versions.clone()),
            _ => None,
        });
        listed.unwrap_or_else(|| vec![self.version])
    }

    /// The name that is asked for.
    pub fn server_name(&self) -> Option<&str> {
        self.extensions.iter().flatten().find_map(|extension| match extension {
            Extension::ServerName(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The groups that are offered.
    pub fn groups(&self) -> &[u16] {
        let groups = self.extensions.iter().flatten().find_map(|extension| match extension {
            Extension::SupportedGroups(groups) => Some(groups.as_slice()),
            _ => None,
        });
        groups.unwrap_or_default()
    }

    /// The signature schemes that are offered.
    pub fn schemes(&self) -> &[u16] {
        let schemes = self.extensions.iter().flatten().find_map(|extension| match extension {
            Extension::SignatureAlgorithms(schemes) => Some(schemes.as_slice()),
            _ => None,
        });
        schemes.unwrap_or_default()
    }

    /// The shares of key_share; `None` where the extension is not there.
    pub fn key_shares(&self) -> Option<&[KeyShare]> {
        self.extensions.iter().flatten().find_map(|extension| match extension {
            Extension::KeyShare(shares) => Some(shares.as_slice()),
            _ => None,
        })
    }

    /// What offers one of the suites to a server that must choose among them: a copy with these suites.
    #[must_use]
    pub fn with_suites(&self, suites: Vec<u16>) -> Self {
        Self { suites, ..self.clone() }
    }
}

#[cfg(test)]
#[path = "client_hello_tests.rs"]
mod tests;
