//! A second opinion on what a peer accepts: raw hellos, one at a time, reading no further than the server's first flight.
//!
//! It shares no code with the prober, so that the table of truth does not rest on what it is there to judge.

#![allow(dead_code, reason = "each target uses some of it")]

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

pub const TLCP: u16 = 0x0101;
pub const TLS1_2: u16 = 0x0303;
pub const TLS1_3: u16 = 0x0304;
/// TLS_FALLBACK_SCSV and TLS_EMPTY_RENEGOTIATION_INFO_SCSV.
pub const FALLBACK: u16 = 0x5600;
const RENEGOTIATION: u16 = 0x00ff;
const RETRY: [u8; 8] = [0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11];
const MOST: usize = 1 << 18;

/// Groups a server may have: curves, curveSM2, finite fields, and X25519MLKEM768.
pub const GROUPS: &[u16] =
    &[29, 23, 24, 25, 30, 22, 26, 27, 28, 41, 21, 19, 256, 257, 258, 259, 260, 0x11eb, 0x11ec, 0x11ed];
const SIGNATURES: &[u16] = &[
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201,
    0x0202, 0x0101, 0x0708,
];

#[derive(Clone, Debug)]
pub struct Hello {
    pub version: u16,
    pub suites: Vec<u16>,
    pub groups: Vec<u16>,
    pub name: Option<String>,
    pub deflate: bool,
    /// The group of TLS 1.3 to bring a share of; without one the server has to name the group it wants.
    pub share: Option<u16>,
    /// Ends with the ServerHello, not with the flight.
    pub short: bool,
    pub wait: Duration,
}

impl Hello {
    pub fn new(version: u16, suites: &[u16]) -> Self {
        Self {
            version,
            suites: suites.to_vec(),
            groups: GROUPS.to_vec(),
            name: Some("peer.test".to_owned()),
            deflate: false,
            share: None,
            short: false,
            wait: Duration::from_secs(10),
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut body = self.version.min(TLS1_2).to_be_bytes().to_vec();
        body.extend([0x5a; 32]);
        vec8(&mut body, if self.version == TLS1_3 { &[7; 32] } else { &[] });
        let mut suites = self.suites.clone();
        if self.version != TLS1_3 {
            suites.push(RENEGOTIATION);
        }
        vec16(&mut body, &words(&suites));
        vec8(&mut body, if self.deflate { &[1, 0] } else { &[0] });
        // SSLv3 and TLCP servers are asked as their oldest clients ask.
        if self.version > 0x0300 {
            vec16(&mut body, &self.extensions());
        }
        let mut message = vec![1];
        message.extend(&u32::try_from(body.len()).unwrap().to_be_bytes()[1..]);
        message.extend(body);
        let mut record = vec![22];
        record.extend(self.version.min(0x0301).to_be_bytes());
        vec16(&mut record, &message);
        record
    }

    fn extensions(&self) -> Vec<u8> {
        let mut all = Vec::new();
        if let Some(name) = &self.name {
            let mut entry = vec![0];
            vec16(&mut entry, name.as_bytes());
            extension(&mut all, 0, &sized(&entry));
        }
        // A strict server of TLS 1.3 ends a hello with a curve that 1.3 does not have.
        let old = |group: &u16| self.version == TLS1_3 && matches!(group, 0..=22 | 26..=28);
        let groups: Vec<u16> = self.groups.iter().copied().filter(|group| !old(group)).collect();
        extension(&mut all, 10, &sized(&words(&groups)));
        extension(&mut all, 11, &[1, 0]);
        if self.version >= TLS1_2 {
            extension(&mut all, 13, &sized(&words(SIGNATURES)));
        }
        if self.version == TLS1_3 {
            extension(&mut all, 43, &[2, 3, 4]);
            extension(&mut all, 51, &sized(&self.share.map_or_else(Vec::new, share)));
        } else {
            extension(&mut all, 15, &[1]);
            extension(&mut all, 23, &[]);
        }
        all
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Hello(ServerHello),
    Alert(u8),
    Closed,
    /// Nobody listens.
    NoListener,
    Timeout,
    Other(Vec<u8>),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerHello {
    pub version: u16,
    pub suite: u16,
    pub compression: u8,
    pub retry: bool,
    pub extensions: Vec<(u16, Vec<u8>)>,
    /// Of the first flight, where it is in clear.
    pub certificates: Vec<Vec<u8>>,
    pub key_exchange: Vec<u8>,
    pub asks_certificate: bool,
}

impl ServerHello {
    pub fn extension(&self, kind: u16) -> Option<&[u8]> {
        self.extensions.iter().find(|(of, _)| *of == kind).map(|(_, bytes)| bytes.as_slice())
    }

    /// The group of a retry, or of an ECDHE key exchange.
    pub fn group(&self) -> Option<u16> {
        match (self.extension(51), self.key_exchange.as_slice()) {
            (Some([a, b, ..]), _) | (None, [3, a, b, ..]) => Some(u16::from_be_bytes([*a, *b])),
            _ => None,
        }
    }

    /// Bits of the prime of a DHE key exchange.
    pub fn dh_bits(&self) -> usize {
        let prime = Bytes(&self.key_exchange).vec16().unwrap_or_default();
        let zeros = prime.iter().take_while(|byte| **byte == 0).count();
        prime[zeros..].first().map_or(0, |first| (prime.len() - zeros) * 8 - first.leading_zeros() as usize)
    }
}

/// Asks once and reads the first flight.
pub fn ask(addr: SocketAddr, hello: &Hello) -> Answer {
    match TcpStream::connect(addr) {
        Ok(stream) => ask_on(stream, hello),
        Err(_) => Answer::NoListener,
    }
}

/// Asks on a connection whose preamble, if any, is over.
pub fn ask_on(mut stream: TcpStream, hello: &Hello) -> Answer {
    let until = Instant::now() + hello.wait;
    if stream.write_all(&hello.bytes()).is_err() {
        return Answer::Closed;
    }
    let mut flight = Vec::new();
    loop {
        match record(&mut stream, until) {
            Ok((22, _, body)) => flight.extend(body),
            // A warning, as of an unknown name, is not the answer yet.
            Ok((21, _, body)) if flight.is_empty() && body.first() == Some(&1) => continue,
            Ok((21, _, body)) if flight.is_empty() && body.len() >= 2 => return Answer::Alert(body[1]),
            Ok(_) | Err(Answer::Closed | Answer::Timeout) if !flight.is_empty() => return read_flight(&flight),
            Ok((kind, _, body)) => return Answer::Other([vec![kind], body].concat()),
            Err(other) => return other,
        }
        if flight.len() > MOST || is_over(&flight, hello.short) {
            return read_flight(&flight);
        }
    }
}

/// What `ask` of a version 2 hello brings: the suites of a SERVER-HELLO, or how else it ended.
pub fn ask_ssl2(addr: SocketAddr) -> Result<Vec<u32>, Answer> {
    let suites: &[u32] = &[0x01_0080, 0x02_0080, 0x03_0080, 0x04_0080, 0x05_0080, 0x06_0040, 0x07_00c0];
    let mut body = vec![1, 0, 2];
    body.extend(u16::try_from(suites.len() * 3).unwrap().to_be_bytes());
    body.extend([0, 0, 0, 16]);
    body.extend(suites.iter().flat_map(|suite| suite.to_be_bytes()[1..].to_vec()));
    body.extend([0x5a; 16]);
    let mut stream = TcpStream::connect(addr).map_err(|_| Answer::NoListener)?;
    let size = u16::try_from(body.len()).unwrap() | 0x8000;
    stream.write_all(&[size.to_be_bytes().to_vec(), body].concat()).map_err(|_| Answer::Closed)?;
    let until = Instant::now() + Duration::from_secs(5);
    let head = exactly(&mut stream, 2, until)?;
    if head[0] & 0x80 == 0 {
        let rest = exactly(&mut stream, 5, until)?;
        return Err(if head[0] == 21 { Answer::Alert(rest[4]) } else { Answer::Other(head) });
    }
    let body = exactly(&mut stream, usize::from(u16::from_be_bytes([head[0] & 0x7f, head[1]])), until)?;
    let [4, _, _, 0, 2, certificate, certificate_low, suites, suites_low, ..] = body[..] else {
        return Err(Answer::Other(body));
    };
    let from = 11 + usize::from(u16::from_be_bytes([certificate, certificate_low]));
    let size = usize::from(u16::from_be_bytes([suites, suites_low]));
    let suites = body.get(from..from + size).ok_or_else(|| Answer::Other(body.clone()))?;
    Ok(suites.chunks_exact(3).map(|id| u32::from_be_bytes([0, id[0], id[1], id[2]])).collect())
}

/// Every suite of a version that the server takes, found by asking again without those that it took.
pub fn suites(addr: SocketAddr, version: u16, name: Option<&str>) -> Vec<u16> {
    let mut taken = Vec::new();
    for chunk in candidates(version).chunks(100) {
        let mut left = chunk.to_vec();
        while !left.is_empty() {
            let name = name.map(str::to_owned);
            let hello = Hello { name, short: true, ..Hello::new(version, &left) };
            match ask_either(addr, &hello) {
                Answer::Hello(answer) if answer.version == version && left.contains(&answer.suite) => {
                    left.retain(|suite| *suite != answer.suite);
                    taken.push(answer.suite);
                }
                _ => break,
            }
        }
    }
    taken.sort_unstable();
    taken
}

/// Every group that the server takes for these suites, each asked for alone.
pub fn groups(addr: SocketAddr, version: u16, suites: &[u16], name: &str) -> Vec<u16> {
    let takes = |group: &u16| {
        let hello = Hello { groups: vec![*group], name: Some(name.to_owned()), ..Hello::new(version, suites) };
        matches!(ask_either(addr, &hello), Answer::Hello(answer) if answer.group() == Some(*group))
    };
    GROUPS.iter().copied().filter(takes).collect()
}

/// As `ask`; a server of TLS 1.3 that wants to see a share gets one.
pub fn ask_either(addr: SocketAddr, hello: &Hello) -> Answer {
    let answer = ask(addr, hello);
    let share = if hello.groups.contains(&29) { Some(29) } else { hello.groups.first().copied() };
    match (hello.version, &answer) {
        (TLS1_3, Answer::Alert(_) | Answer::Closed) => ask(addr, &Hello { share, ..hello.clone() }),
        _ => answer,
    }
}

/// Every assigned suite, and the gaps between them: a server may know more than a list.
fn candidates(version: u16) -> Vec<u16> {
    match version {
        TLCP => vec![
            0xe011, 0xe013, 0xe015, 0xe017, 0xe019, 0xe01c, 0xe051, 0xe053, 0xe055, 0xe057, 0xe059, 0xe05a, 0xe001,
            0xe003, 0x002f, 0x009c, 0xc02f,
        ],
        TLS1_3 => vec![0x1301, 0x1302, 0x1303, 0x1304, 0x1305, 0x1306, 0x1307, 0x00c6, 0x00c7],
        _ => [0x0001..=0x0070, 0x0080..=0x00c5, 0xc001..=0xc0b5, 0xcc13..=0xcc15, 0xcca8..=0xccae, 0xe051..=0xe059]
            .into_iter()
            .flatten()
            .collect(),
    }
}

/// One record: kind, version, body.
pub fn record(stream: &mut TcpStream, until: Instant) -> Result<(u8, u16, Vec<u8>), Answer> {
    let head = exactly(stream, 5, until)?;
    let [kind, major, minor, high, low] = head[..] else { return Err(Answer::Other(head)) };
    if !matches!((kind, major), (20..=24, 3 | 1)) {
        return Err(Answer::Other(head));
    }
    let body = exactly(stream, usize::from(u16::from_be_bytes([high, low])), until)?;
    Ok((kind, u16::from_be_bytes([major, minor]), body))
}

/// So many bytes; what came of them where the stream ends early and something had come.
pub fn exactly(stream: &mut TcpStream, count: usize, until: Instant) -> Result<Vec<u8>, Answer> {
    let mut bytes = vec![0; count];
    let mut have = 0;
    while have < count {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Answer::Timeout);
        }
        stream.set_read_timeout(Some(left)).map_err(|_| Answer::Closed)?;
        match stream.read(&mut bytes[have..]) {
            Ok(0) if have > 0 => return Err(Answer::Other(bytes[..have].to_vec())),
            Ok(0) => return Err(Answer::Closed),
            Ok(read) => have += read,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return Err(Answer::Timeout);
            }
            Err(_) => return Err(Answer::Closed),
        }
    }
    Ok(bytes)
}

/// True when the server waits for us: its hello is done, or nothing more will come in clear.
fn is_over(flight: &[u8], short: bool) -> bool {
    messages(flight).into_iter().any(|(kind, body)| {
        kind == 14
            || kind == 2 && short
            || kind == 2 && read_hello(body).is_none_or(|hello| hello.version == TLS1_3 || hello.retry)
    })
}

fn read_flight(flight: &[u8]) -> Answer {
    let mut messages = messages(flight).into_iter();
    let Some(mut hello) = messages.next().filter(|(kind, _)| *kind == 2).and_then(|(_, body)| read_hello(body)) else {
        return Answer::Other(flight.to_vec());
    };
    for (kind, body) in messages {
        match kind {
            11 => hello.certificates = read_certificates(body).unwrap_or_default(),
            12 => hello.key_exchange = body.to_vec(),
            13 => hello.asks_certificate = true,
            _ => {}
        }
    }
    Answer::Hello(hello)
}

fn messages(flight: &[u8]) -> Vec<(u8, &[u8])> {
    let mut bytes = Bytes(flight);
    let mut all = Vec::new();
    while let Some(kind) = bytes.byte() {
        let Some(body) = bytes.vec24() else { break };
        all.push((kind, body));
    }
    all
}

fn read_hello(body: &[u8]) -> Option<ServerHello> {
    let mut bytes = Bytes(body);
    let mut hello = ServerHello { version: bytes.word()?, ..ServerHello::default() };
    let random = bytes.take(32)?;
    hello.retry = random.starts_with(&RETRY);
    bytes.vec8()?;
    hello.suite = bytes.word()?;
    hello.compression = bytes.byte()?;
    let mut extensions = Bytes(bytes.vec16().unwrap_or_default());
    while let Some(kind) = extensions.word() {
        hello.extensions.push((kind, extensions.vec16()?.to_vec()));
    }
    if let Some([a, b]) = hello.extension(43) {
        hello.version = u16::from_be_bytes([*a, *b]);
    }
    Some(hello)
}

fn read_certificates(body: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut bytes = Bytes(body);
    let mut list = Bytes(bytes.vec24()?);
    let mut all = Vec::new();
    while !list.0.is_empty() {
        all.push(list.vec24()?.to_vec());
    }
    Some(all)
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn word(&mut self) -> Option<u16> {
        self.take(2).map(|bytes| u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    fn vec8(&mut self) -> Option<&'a [u8]> {
        let size = self.byte()?;
        self.take(size.into())
    }

    fn vec16(&mut self) -> Option<&'a [u8]> {
        let size = self.word()?;
        self.take(size.into())
    }

    fn vec24(&mut self) -> Option<&'a [u8]> {
        let size = self.take(3)?;
        self.take(usize::from(size[0]) << 16 | usize::from(size[1]) << 8 | usize::from(size[2]))
    }
}

/// A share that nobody has the key of: base points, and for ML-KEM-768 a key of zeros.
fn share(group: u16) -> Vec<u8> {
    const P256: [u8; 65] = [
        4, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03,
        0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2,
        0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31,
        0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
    ];
    let mut x25519 = vec![0; 32];
    x25519[0] = 9;
    let key = match group {
        23 => P256.to_vec(),
        29 => x25519,
        0x11ec => [vec![0; 1184], x25519].concat(),
        _ => return Vec::new(),
    };
    let mut out = group.to_be_bytes().to_vec();
    vec16(&mut out, &key);
    out
}

fn words(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

fn sized(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    vec16(&mut out, bytes);
    out
}

fn vec8(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(u8::try_from(bytes.len()).unwrap());
    out.extend(bytes);
}

fn vec16(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(u16::try_from(bytes.len()).unwrap().to_be_bytes());
    out.extend(bytes);
}

fn extension(out: &mut Vec<u8>, kind: u16, body: &[u8]) {
    out.extend(kind.to_be_bytes());
    vec16(out, body);
}
