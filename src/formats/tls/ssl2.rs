//! SSL 2.0: CLIENT-HELLO, SERVER-HELLO with its certificate and cipher specs, ERROR (Netscape, "The SSL Protocol", 1995).

use super::{
    bytes::{Cursor, Malformed, TooLong},
    record::ssl2_message,
};

const VERSION: u16 = 0x0002;
/// More specs than any server has.
const MAX_SPECS: usize = 256;

/// A cipher of SSL 2.0: key exchange is RSA and the MAC is MD5 throughout, where the name does not say otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// Three bytes on the wire.
    pub id: u32,
    pub name: &'static str,
    pub bits: u16,
}

impl Spec {
    pub fn export(&self) -> bool {
        self.name.contains("EXPORT")
    }
}

/// Those of the draft, then those that SSLeay and Netscape added.
pub const SPECS: &[Spec] = &[
    Spec { id: 0x01_0080, name: "SSL_CK_RC4_128_WITH_MD5", bits: 128 },
    Spec { id: 0x02_0080, name: "SSL_CK_RC4_128_EXPORT40_WITH_MD5", bits: 40 },
    Spec { id: 0x03_0080, name: "SSL_CK_RC2_128_CBC_WITH_MD5", bits: 128 },
    Spec { id: 0x04_0080, name: "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5", bits: 40 },
    Spec { id: 0x05_0080, name: "SSL_CK_IDEA_128_CBC_WITH_MD5", bits: 128 },
    Spec { id: 0x06_0040, name: "SSL_CK_DES_64_CBC_WITH_MD5", bits: 56 },
    Spec { id: 0x07_00c0, name: "SSL_CK_DES_192_EDE3_CBC_WITH_MD5", bits: 112 },
    Spec { id: 0x06_0140, name: "SSL_CK_DES_64_CBC_WITH_SHA", bits: 56 },
    Spec { id: 0x07_01c0, name: "SSL_CK_DES_192_EDE3_CBC_WITH_SHA", bits: 112 },
    Spec { id: 0x08_0080, name: "SSL_CK_RC4_64_WITH_MD5", bits: 64 },
    Spec { id: 0x00_0000, name: "SSL_CK_NULL_WITH_MD5", bits: 0 },
    Spec { id: 0xff_0800, name: "SSL_CK_DES_64_CFB64_WITH_MD5_1", bits: 56 },
    Spec { id: 0xff_0810, name: "SSL_CK_NULL", bits: 0 },
];

/// The spec of a number.
pub fn spec(id: u32) -> Option<&'static Spec> {
    SPECS.iter().find(|spec| spec.id == id)
}

/// CLIENT-HELLO (section 2.5 there).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientHello {
    /// 0x0002; a hello that offers more says so here (RFC 5246 appendix E.2).
    pub version: u16,
    /// Three bytes each; suites of SSL 3.0 and later begin with a zero byte.
    pub specs: Vec<u32>,
    pub session_id: Vec<u8>,
    /// 16 to 32 bytes.
    pub challenge: Vec<u8>,
}

impl ClientHello {
    /// Offers all specs.
    pub fn new(challenge: [u8; 16]) -> Self {
        let specs = SPECS.iter().map(|spec| spec.id).collect();
        Self { version: VERSION, specs, session_id: Vec::new(), challenge: challenge.to_vec() }
    }

    /// The bytes to send, with a header of two bytes.
    pub fn encode(&self) -> Result<Vec<u8>, TooLong> {
        let length16 = |what, length: usize| u16::try_from(length).map_err(|_| TooLong { what, length });
        let mut body = vec![1];
        body.extend(self.version.to_be_bytes());
        body.extend(length16("cipher specs", self.specs.len() * 3)?.to_be_bytes());
        body.extend(length16("session id", self.session_id.len())?.to_be_bytes());
        body.extend(length16("challenge", self.challenge.len())?.to_be_bytes());
        self.specs.iter().for_each(|spec| body.extend(&spec.to_be_bytes()[1..]));
        body.extend(&self.session_id);
        body.extend(&self.challenge);
        let header = u16::try_from(body.len()).ok().filter(|length| *length < 0x8000);
        let header = header.ok_or(TooLong { what: "CLIENT-HELLO", length: body.len() })? | 0x8000;
        let mut out = header.to_be_bytes().to_vec();
        out.extend(body);
        Ok(out)
    }

    /// Reads the bytes that were sent.
    pub fn parse(sent: &[u8]) -> Result<Self, Malformed> {
        const WHAT: &str = "CLIENT-HELLO";
        let mut cursor = Cursor::new(WHAT, ssl2_message(sent).ok_or(Malformed { what: WHAT, offset: 0 })?);
        if cursor.u8()? != 1 {
            return Err(cursor.wrong());
        }
        let version = cursor.u16()?;
        let [specs, session_id, challenge] = [cursor.u16()?, cursor.u16()?, cursor.u16()?].map(usize::from);
        let hello = Self {
            version,
            specs: specs_of(cursor.take(specs)?),
            session_id: cursor.take(session_id)?.to_vec(),
            challenge: cursor.take(challenge)?.to_vec(),
        };
        if specs % 3 != 0 {
            return Err(cursor.wrong());
        }
        cursor.end()?;
        Ok(hello)
    }
}

/// SERVER-HELLO (section 2.6 there).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerHello {
    pub session_id_hit: bool,
    /// 1: X.509.
    pub certificate_type: u8,
    pub version: u16,
    /// DER; empty where the session is known.
    pub certificate: Vec<u8>,
    /// What client and server have in common, or what the server has.
    pub specs: Vec<u32>,
    pub connection_id: Vec<u8>,
}

impl ServerHello {
    /// Reads what came back.
    pub fn parse(received: &[u8]) -> Result<Self, Malformed> {
        const WHAT: &str = "SERVER-HELLO";
        let mut cursor = Cursor::new(WHAT, ssl2_message(received).ok_or(Malformed { what: WHAT, offset: 0 })?);
        if cursor.u8()? != 4 {
            return Err(cursor.wrong());
        }
        let (session_id_hit, certificate_type, version) = (cursor.u8()? != 0, cursor.u8()?, cursor.u16()?);
        let [certificate, specs, connection_id] = [cursor.u16()?, cursor.u16()?, cursor.u16()?].map(usize::from);
        Ok(Self {
            session_id_hit,
            certificate_type,
            version,
            certificate: cursor.take(certificate)?.to_vec(),
            specs: specs_of(cursor.take(specs)?),
            connection_id: cursor.take(connection_id)?.to_vec(),
        })
    }
}

/// The code of an ERROR message (section 2.7 there); 1 is "no cipher".
pub fn error(received: &[u8]) -> Option<u16> {
    match ssl2_message(received)? {
        [0, high, low] => Some(u16::from_be_bytes([*high, *low])),
        _ => None,
    }
}

fn specs_of(bytes: &[u8]) -> Vec<u32> {
    let triples = bytes.chunks_exact(3).take(MAX_SPECS);
    triples.map(|triple| u32::from_be_bytes([0, triple[0], triple[1], triple[2]])).collect()
}

#[cfg(test)]
mod tests {
    use super::{ClientHello, SPECS, ServerHello, error, spec};
    use crate::formats::tls::record::{Framing, Reader, Tail};

    fn server_hello() -> Vec<u8> {
        let mut bytes = vec![0x80, 11 + 4 + 6 + 16, 4, 0, 1, 0, 2, 0, 4, 0, 6, 0, 16];
        bytes.extend([0x30, 2, 5, 0, 1, 0, 0x80, 7, 0, 0xc0]);
        bytes.extend([9; 16]);
        bytes
    }

    #[test]
    fn a_hello_leads_back() {
        let hello = ClientHello::new([7; 16]);
        let bytes = hello.encode().unwrap();
        assert_eq!(bytes[..5], [0x80, 9 + 13 * 3 + 16, 1, 0, 2]);
        assert_eq!(ClientHello::parse(&bytes), Ok(hello));
    }

    #[test]
    fn an_answer_has_certificate_and_specs() {
        let bytes = server_hello();
        let hello = ServerHello::parse(&bytes).unwrap();
        assert_eq!(hello.certificate, [0x30, 2, 5, 0]);
        assert_eq!(hello.specs, [0x01_0080, 0x07_00c0]);
        assert_eq!(spec(hello.specs[1]).unwrap().bits, 112);
        let reader = Reader::of(&bytes);
        assert_eq!(reader.framing(), Framing::Ssl2 { header: 2 });
        assert!(reader.has_server_hello());
        assert_eq!(reader.tail(), Tail::Clean);
        assert!(!Reader::of(&bytes[..bytes.len() - 1]).has_server_hello());
    }

    #[test]
    fn a_padded_answer_is_told_apart() {
        let plain = server_hello();
        let mut padded = vec![0, u8::try_from(plain.len() - 2 + 3).unwrap(), 3];
        padded.extend(&plain[2..]);
        padded.extend([0; 3]);
        assert_eq!(Reader::of(&padded).framing(), Framing::Ssl2 { header: 3 });
        assert_eq!(ServerHello::parse(&padded), ServerHello::parse(&plain));
    }

    #[test]
    fn an_error_is_no_hello() {
        assert_eq!(error(&[0x80, 3, 0, 0, 1]), Some(1));
        assert!(ServerHello::parse(&[0x80, 3, 0, 0, 1]).is_err());
        assert!(SPECS.iter().any(super::Spec::export));
    }
}
