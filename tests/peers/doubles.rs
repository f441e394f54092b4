//! Servers that no library will be: they answer a hello byte by byte as an old, broken or hostile one does.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    thread,
    time::{Duration, Instant},
};

use serde::Deserialize;

use super::{
    hello,
    listener::{CONNECTION, Listener},
};

/// Suites of the scripted server: static RSA, so that its flight needs no signature. The first of these that is offered.
const SUITES: [u16; 4] = [0x009c, 0x009d, 0x002f, 0x0035];
const UNEXPECTED_MESSAGE: u8 = 10;
const BAD_RECORD_MAC: u8 = 20;
const HANDSHAKE_FAILURE: u8 = 40;
const PROTOCOL_VERSION: u8 = 70;
const FALLBACK: u8 = 86;

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Double {
    /// SERVER-HELLO of SSL 2.0 with three suites; anything newer is closed.
    Ssl2,
    /// TLS 1.0 to 1.2 up to the end of the first flight, without RFC 5746, RFC 7507 or any other extension.
    Bare,
    /// Offers heartbeat and answers a heartbeat that lies about its length with as much as was asked for.
    Heartbleed,
    /// Offers heartbeat and answers honest ones only.
    Heartbeat,
    /// Takes DEFLATE where it is offered.
    Deflate,
    /// Takes an early ChangeCipherSpec (CVE-2014-0224): no alert until the record after it.
    EarlyCcs,
    /// TLS 1.2 with one suite; its flight comes a byte each 5 ms.
    Drip,
    /// Accepts, reads, never answers.
    Tarpit,
    /// Bytes that are no protocol.
    Garbage,
    /// Greets like an SSH server.
    Banner,
    /// Closes when the hello has come.
    ClosesAfterHello,
    /// Closes when connected, before the hello.
    ClosesAtOnce,
    /// handshake_failure, whatever is offered.
    Refuses,
    /// A record that claims 65535 bytes and has 20.
    RecordTooLong,
    /// A ServerHello that is cut off: its handshake length is longer than what comes before the close.
    HelloCut,
    /// A ServerHello whose session id claims 255 bytes.
    HelloFieldLies,
    /// A ServerHello with a suite that nobody offered.
    SuiteNotOffered,
    /// Empty handshake records without end.
    EmptyRecords,
    /// A Certificate message of 16 MiB in records that do not end.
    EndlessCertificate,
    /// no_renegotiation warnings without end.
    EndlessWarnings,
}

impl Double {
    /// Starts it; `certificate` is what it sends where it sends one.
    pub fn start(self, certificate: Vec<u8>) -> Listener {
        Listener::start(move |mut stream| {
            // A client that goes away is no error of the double.
            let _ = self.answer(&mut stream, &certificate);
        })
    }

    fn answer(self, stream: &mut TcpStream, certificate: &[u8]) -> std::io::Result<()> {
        match self {
            Self::ClosesAtOnce => return stream.shutdown(Shutdown::Both),
            Self::Banner => stream.write_all(b"SSH-2.0-OpenSSH_9.2p1 peer\r\n")?,
            Self::Ssl2 => return ssl2(stream, certificate),
            _ => {}
        }
        let Some(client) = Client::read(stream) else { return Ok(()) };
        match self {
            Self::Tarpit => swallow(stream),
            Self::Garbage => stream.write_all(&[0xde, 0xad, 0xbe, 0xef].repeat(64)),
            Self::Banner | Self::ClosesAfterHello | Self::ClosesAtOnce | Self::Ssl2 => Ok(()),
            Self::Refuses => alert(stream, HANDSHAKE_FAILURE),
            Self::RecordTooLong => {
                stream.write_all(&[&[22, 3, 3, 0xff, 0xff][..], &[2; 20]].concat())?;
                swallow(stream)
            }
            Self::HelloCut => {
                let hello = client.server_hello(SUITES[0], 0, &[]);
                stream.write_all(&record(22, &[&[2, 0, 0x40, 0][..], &hello[4..]].concat()))
            }
            Self::HelloFieldLies => {
                let mut hello = client.server_hello(SUITES[0], 0, &[]);
                hello[38] = 255;
                stream.write_all(&record(22, &hello))?;
                swallow(stream)
            }
            Self::SuiteNotOffered => {
                let suite = (0xfe00..=0xfeff).find(|suite| !client.suites.contains(suite)).unwrap_or(0xfefe);
                stream.write_all(&record(22, &client.server_hello(suite, 0, &[])))?;
                swallow(stream)
            }
            Self::EmptyRecords => endless(stream, &record(22, &[])),
            Self::EndlessWarnings => endless(stream, &record(21, &[1, 100])),
            Self::EndlessCertificate => {
                let flight = [client.server_hello(SUITES[0], 0, &[]), vec![11, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfc]];
                stream.write_all(&record(22, &flight.concat()))?;
                endless(stream, &record(22, &[0; 1 << 14]))
            }
            Self::Bare | Self::Heartbleed | Self::Heartbeat | Self::Deflate | Self::EarlyCcs | Self::Drip => {
                self.scripted(stream, &client, certificate)
            }
        }
    }

    /// The first flight of an RSA handshake, and what comes before a key exchange.
    fn scripted(self, stream: &mut TcpStream, client: &Client, certificate: &[u8]) -> std::io::Result<()> {
        let oldest = if self == Self::Drip { 0x0303 } else { 0x0301 };
        if !(oldest..=0x0303).contains(&client.version) {
            return alert(stream, PROTOCOL_VERSION);
        }
        if self != Self::Bare && client.version < 0x0303 && client.suites.contains(&hello::FALLBACK) {
            return alert(stream, FALLBACK);
        }
        let gcm = client.version == 0x0303;
        let own = if self == Self::Drip { &SUITES[..1] } else { &SUITES };
        let taken = own.iter().find(|suite| (gcm || **suite < 0x0080) && client.suites.contains(suite));
        let Some(&suite) = taken else { return alert(stream, HANDSHAKE_FAILURE) };
        let mut extensions = Vec::new();
        if self != Self::Bare && client.secure_renegotiation() {
            extensions.extend([0xff, 1, 0, 1, 0]);
        }
        if matches!(self, Self::Heartbleed | Self::Heartbeat) && client.extensions.contains(&15) {
            extensions.extend([0, 15, 0, 1, 1]);
        }
        let compression = u8::from(self == Self::Deflate && client.compressions.contains(&1));
        let messages = [
            client.server_hello(suite, compression, &extensions),
            message(11, &sized24(&sized24(certificate))),
            message(14, &[]),
        ];
        let flight = messages.map(|message| record(22, &message)).concat();
        if self == Self::Drip {
            for byte in flight {
                stream.write_all(&[byte])?;
                thread::sleep(Duration::from_millis(5));
            }
        } else {
            stream.write_all(&flight)?;
        }
        self.after_flight(stream)
    }

    fn after_flight(self, stream: &mut TcpStream) -> std::io::Result<()> {
        let mut early = false;
        while let Ok((kind, _, body)) = hello::record(stream, Instant::now() + CONNECTION) {
            match (kind, self) {
                (21, _) => return Ok(()),
                (20, Self::EarlyCcs) if !early => early = true,
                (24, Self::Heartbleed | Self::Heartbeat) => self.heartbeat(stream, &body)?,
                // A key exchange would be read with keys that a double does not have.
                (22, _) if !early => return alert(stream, HANDSHAKE_FAILURE),
                _ => return alert(stream, if early { BAD_RECORD_MAC } else { UNEXPECTED_MESSAGE }),
            }
        }
        Ok(())
    }

    fn heartbeat(self, stream: &mut TcpStream, request: &[u8]) -> std::io::Result<()> {
        let [1, high, low, payload @ ..] = request else { return Ok(()) };
        let claimed = usize::from(u16::from_be_bytes([*high, *low]));
        // RFC 6520: what claims more than it has, with 16 bytes of padding, is dropped.
        if self == Self::Heartbeat && claimed + 16 > payload.len() {
            return Ok(());
        }
        let mut memory = payload.to_vec();
        memory.resize(claimed.max(payload.len()), 0x4d);
        let reply = [&[2, *high, *low], &memory[..claimed], &[0; 16]].concat();
        for part in reply.chunks(1 << 14) {
            stream.write_all(&record(24, part))?;
        }
        Ok(())
    }
}

/// What a double needs of a ClientHello.
struct Client {
    version: u16,
    suites: Vec<u16>,
    compressions: Vec<u8>,
    extensions: Vec<u16>,
}

impl Client {
    fn read(stream: &mut TcpStream) -> Option<Self> {
        let until = Instant::now() + CONNECTION;
        let mut message = Vec::new();
        loop {
            let (22, _, body) = hello::record(stream, until).ok()? else { return None };
            message.extend(body);
            if let [1, a, b, c, rest @ ..] = message.as_slice()
                && rest.len() >= usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c)
            {
                return Self::parse(rest);
            }
        }
    }

    fn parse(body: &[u8]) -> Option<Self> {
        let version = u16::from_be_bytes([*body.first()?, *body.get(1)?]);
        let (_, rest) = split8(body.get(34..)?)?;
        let (suites, rest) = split16(rest)?;
        let (compressions, rest) = split8(rest)?;
        let mut extensions = Vec::new();
        let mut list = split16(rest).map_or(&[][..], |(list, _)| list);
        while let Some((kind, rest)) = list.split_at_checked(2) {
            extensions.push(u16::from_be_bytes([kind[0], kind[1]]));
            list = split16(rest)?.1;
        }
        let suites = suites.chunks_exact(2).map(|id| u16::from_be_bytes([id[0], id[1]])).collect();
        Some(Self { version, suites, compressions: compressions.to_vec(), extensions })
    }

    fn secure_renegotiation(&self) -> bool {
        self.suites.contains(&0x00ff) || self.extensions.contains(&0xff01)
    }

    fn server_hello(&self, suite: u16, compression: u8, extensions: &[u8]) -> Vec<u8> {
        let mut body = self.version.min(0x0303).to_be_bytes().to_vec();
        body.extend([0xa5; 32]);
        body.push(0);
        body.extend(suite.to_be_bytes());
        body.push(compression);
        if !extensions.is_empty() {
            body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
            body.extend(extensions);
        }
        message(2, &body)
    }
}

fn ssl2(stream: &mut TcpStream, certificate: &[u8]) -> std::io::Result<()> {
    let mut head = [0; 2];
    stream.read_exact(&mut head)?;
    if head[0] & 0x80 == 0 {
        return Ok(());
    }
    let mut body = vec![0; usize::from(u16::from_be_bytes([head[0] & 0x7f, head[1]]))];
    stream.read_exact(&mut body)?;
    if !body.starts_with(&[1]) {
        return Ok(());
    }
    // RC4-128-MD5, EXPORT RC4-40-MD5, DES-192-EDE3-CBC-MD5.
    let suites = [1, 0, 0x80, 2, 0, 0x80, 7, 0, 0xc0];
    let mut hello = vec![4, 0, 1, 0, 2];
    hello.extend(u16::try_from(certificate.len()).unwrap().to_be_bytes());
    hello.extend([0, u8::try_from(suites.len()).unwrap(), 0, 16]);
    hello.extend(certificate);
    hello.extend(suites);
    hello.extend([0x33; 16]);
    let size = u16::try_from(hello.len()).unwrap() | 0x8000;
    stream.write_all(&[size.to_be_bytes().to_vec(), hello].concat())?;
    swallow(stream)
}

fn alert(stream: &mut TcpStream, description: u8) -> std::io::Result<()> {
    stream.write_all(&record(21, &[2, description]))
}

/// Reads until the client has enough.
fn swallow(stream: &mut TcpStream) -> std::io::Result<()> {
    std::io::copy(stream, &mut std::io::sink()).map(drop)
}

/// Writes until the client has enough, or the time of a connection is over.
fn endless(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    let until = Instant::now() + CONNECTION;
    while Instant::now() < until {
        stream.write_all(bytes)?;
    }
    Ok(())
}

fn record(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![kind, 3, 3];
    out.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
    out.extend(body);
    out
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &sized24(body)].concat()
}

fn sized24(body: &[u8]) -> Vec<u8> {
    [&u32::try_from(body.len()).unwrap().to_be_bytes()[1..], body].concat()
}

fn split8(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (size, rest) = bytes.split_first()?;
    rest.split_at_checked((*size).into())
}

fn split16(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (size, rest) = bytes.split_at_checked(2)?;
    rest.split_at_checked(u16::from_be_bytes([size[0], size[1]]).into())
}
