//! ServerHello and HelloRetryRequest: RFC 8446 section 4.1.3, RFC 5246 section 7.4.1.3, GB/T 38636-2020 6.4.5.2.2.

use super::{
    bytes::{Cursor, Malformed, numbers},
    extension::id,
    version::Version,
};

/// The random that makes a ServerHello a HelloRetryRequest: SHA-256 of "HelloRetryRequest" (RFC 8446 section 4.1.3).
pub const RETRY_RANDOM: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// More extensions than anybody sends.
const MAX_EXTENSIONS: usize = 256;

/// What a server chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerHello {
    pub record_version: u16,
    /// `legacy_version`; [`ServerHello::selected`] is what was chosen.
    pub version: u16,
    pub random: [u8; 32],
    pub session_id: Vec<u8>,
    pub suite: u16,
    pub compression: u8,
    /// Number and bytes, in order.
    pub extensions: Vec<(u16, Vec<u8>)>,
    /// The extensions ended within one; those before are kept.
    pub damaged: bool,
}

/// What the end of the random tells a client that was led to an older version (RFC 8446 section 4.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Downgrade {
    /// The server speaks TLS 1.3 or 1.2 and chose 1.1 or below. Tongsuo says it in TLCP as well.
    ToTls11,
    /// The server speaks TLS 1.3 and chose 1.2.
    ToTls12,
}

/// The body of a ServerHello asks for another ClientHello.
pub fn is_retry(body: &[u8]) -> bool {
    body.get(2..34) == Some(&RETRY_RANDOM[..])
}

impl ServerHello {
    /// Reads the body of the message.
    pub fn parse(record_version: u16, body: &[u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new("ServerHello", body);
        let mut hello = Self {
            record_version,
            version: cursor.u16()?,
            random: cursor.array()?,
            session_id: cursor.vec8()?.to_vec(),
            suite: cursor.u16()?,
            compression: cursor.u8()?,
            extensions: Vec::new(),
            damaged: false,
        };
        if !cursor.is_empty() {
            hello.damaged = hello.read_extensions(cursor).is_err();
        }
        Ok(hello)
    }

    fn read_extensions(&mut self, mut cursor: Cursor<'_>) -> Result<(), Malformed> {
        let length = usize::from(cursor.u16()?);
        let rest = cursor.rest();
        let mut block = Cursor::new("ServerHello", &rest[..length.min(rest.len())]);
        while !block.is_empty() {
            if self.extensions.len() == MAX_EXTENSIONS {
                return Err(block.wrong());
            }
            let (number, bytes) = (block.u16()?, block.vec16()?);
            self.extensions.push((number, bytes.to_vec()));
        }
        cursor.take(length)?;
        cursor.end()
    }

    pub fn is_retry(&self) -> bool {
        self.random == RETRY_RANDOM
    }

    /// The number of the version that was chosen, by supported_versions where it is there.
    pub fn selected(&self) -> u16 {
        match self.extension(id::SUPPORTED_VERSIONS) {
            Some(&[high, low]) => u16::from_be_bytes([high, low]),
            _ => self.version,
        }
    }

    /// The version that was chosen, where it is one that we know.
    pub fn selected_version(&self) -> Option<Version> {
        Version::of(self.selected())
    }

    pub fn downgrade(&self) -> Option<Downgrade> {
        match &self.random[24..] {
            b"DOWNGRD\x00" => Some(Downgrade::ToTls11),
            b"DOWNGRD\x01" => Some(Downgrade::ToTls12),
            _ => None,
        }
    }

    /// The bytes of an extension.
    pub fn extension(&self, number: u16) -> Option<&[u8]> {
        self.extensions.iter().find(|(id, _)| *id == number).map(|(_, bytes)| bytes.as_slice())
    }

    pub fn has(&self, number: u16) -> bool {
        self.extension(number).is_some()
    }

    /// The group of key_share: of the server's share, or the one that a HelloRetryRequest asks for.
    pub fn group(&self) -> Option<u16> {
        let bytes = self.extension(id::KEY_SHARE)?;
        Some(u16::from_be_bytes([*bytes.first()?, *bytes.get(1)?]))
    }

    /// The protocol that ALPN chose (RFC 7301 section 3.1).
    pub fn alpn(&self) -> Option<&[u8]> {
        let mut cursor = Cursor::new("ALPN", self.extension(id::ALPN)?);
        cursor.list16().ok()?.vec8().ok()
    }

    /// The server knows RFC 5746; the bytes are empty in a first handshake.
    pub fn renegotiation_info(&self) -> Option<&[u8]> {
        Cursor::new("renegotiation_info", self.extension(id::RENEGOTIATION_INFO)?).vec8().ok()
    }

    /// RFC 7627.
    pub fn extended_master_secret(&self) -> bool {
        self.has(id::EXTENDED_MASTER_SECRET)
    }

    /// RFC 7366.
    pub fn encrypt_then_mac(&self) -> bool {
        self.has(id::ENCRYPT_THEN_MAC)
    }

    /// RFC 6520: 1 where the peer may send heartbeats, 2 where it may not.
    pub fn heartbeat(&self) -> Option<u8> {
        self.extension(id::HEARTBEAT)?.first().copied()
    }

    /// A ticket will follow (RFC 5077 section 3.2).
    pub fn session_ticket(&self) -> bool {
        self.has(id::SESSION_TICKET)
    }

    /// A CertificateStatus will follow (RFC 6066 section 8).
    pub fn status_request(&self) -> bool {
        self.has(id::STATUS_REQUEST)
    }

    /// The signed certificate timestamps (RFC 6962 section 3.3), each as its bytes.
    pub fn scts(&self) -> Option<Vec<&[u8]>> {
        let mut cursor = Cursor::new("SCT list", self.extension(id::SCT)?);
        let mut list = cursor.list16().ok()?;
        let mut found = Vec::new();
        while let Ok(sct) = list.vec16() {
            found.push(sct);
        }
        Some(found)
    }

    /// The forms of points that the server reads (RFC 8422 section 5.2).
    pub fn ec_point_formats(&self) -> Option<&[u8]> {
        Cursor::new("ec_point_formats", self.extension(id::EC_POINT_FORMATS)?).vec8().ok()
    }

    /// The cookie of a HelloRetryRequest (RFC 8446 section 4.2.2), to be sent back.
    pub fn cookie(&self) -> Option<&[u8]> {
        Cursor::new("cookie", self.extension(id::COOKIE)?).vec16().ok()
    }

    /// The protocols of NPN, the forerunner of ALPN (draft-agl-tls-nextprotoneg).
    pub fn npn(&self) -> Option<Vec<&[u8]>> {
        let mut cursor = Cursor::new("NPN", self.extension(id::NPN)?);
        let mut found = Vec::new();
        while !cursor.is_empty() {
            found.push(cursor.vec8().ok()?);
        }
        Some(found)
    }

    /// Groups that the server would rather have; some send supported_groups back.
    pub fn supported_groups(&self) -> Option<Vec<u16>> {
        let mut cursor = Cursor::new("supported_groups", self.extension(id::SUPPORTED_GROUPS)?);
        numbers("supported_groups", cursor.vec16().ok()?).ok()
    }
}

#[cfg(test)]
#[path = "server_hello_tests.rs"]
mod tests;
