//! One connection: dialled, led to TLS where the protocol needs that, one hello sent, what comes back taken in.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout_at,
};

use super::{Target, dial, manners::Manners};
use crate::formats::tls::{
    exchange::{End, Exchange, KEPT, REFUSED},
    record::{Framing, MAX_CONNECTION, Reader, message},
    sealed::Opener,
    server_hello::ServerHello,
    starttls::{Machine, Protocol, Step},
    version::Version,
};

/// Bytes before the body of a record.
const HEADER: usize = 5;

/// A hello is in the first few records; a flood of small ones is not gone through again and again.
const RECORDS: usize = 16;

/// How often a waiting connection looks at the stop flag.
const LOOK: Duration = Duration::from_millis(50);

/// When enough has come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// The server's hello, or its alert.
    Hello,
    /// All that a server says in clear before it waits.
    Flight,
    /// All that a server of RFC 8998 says before it waits, opened with the scalar of our share.
    Sealed([u8; 32]),
    /// A line of HTTP.
    Line,
}

impl Want {
    /// What the evidence needs to be opened again.
    fn ephemeral(self) -> Vec<u8> {
        match self {
            Self::Sealed(scalar) => scalar.to_vec(),
            Self::Hello | Self::Flight | Self::Line => Vec::new(),
        }
    }
}

/// Bytes to send, and what is to be remembered of them.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub name: String,
    pub sni: String,
    pub bytes: Vec<u8>,
    pub want: Want,
}

/// Makes connections to one address of one target.
pub(super) struct Wire<'a> {
    pub target: &'a Target,
    pub address: SocketAddr,
    pub manners: &'a Manners<'a>,
}

impl Wire<'_> {
    /// Asks once. Never fails: every failure is an end.
    pub async fn ask(&self, question: Question) -> Exchange {
        let Question { name, sni, bytes, want } = question;
        self.converse(&name, &sni, want, async |line| {
            if let Want::Sealed(scalar) = &want {
                line.open_with(&bytes, scalar);
            }
            line.send(&bytes).await?;
            line.read_until(|talk| talk.is_enough(want)).await
        })
        .await
    }

    /// One connection that follows a script; what it brought is kept whenever and however it ends.
    pub async fn converse(
        &self,
        name: &str,
        sni: &str,
        want: Want,
        script: impl AsyncFnOnce(&mut Line<'_>) -> io::Result<End>,
    ) -> Exchange {
        let admission = match self.manners.admit().await {
            Ok(admission) => admission,
            Err(reason) => return self.not_asked(name, sni, reason),
        };
        let begun = Instant::now();
        let mut talk = Talk::default();
        let talking = async {
            match self.connected(&mut talk, script).await {
                Ok(end) => end,
                Err(error) => end_of(&error),
            }
        };
        let end = tokio::select! {
            done = timeout_at(admission.end.into(), talking) => done.unwrap_or(End::Timeout),
            () = self.stopped() => End::NotTested { reason: "stopped".to_owned() },
        };
        self.manners.heard(talk.says_something() || matches!(end, End::Closed | End::Reset));
        Exchange {
            sent: std::mem::take(&mut talk.said),
            received: talk.kept(want),
            ephemeral: want.ephemeral(),
            end,
            sent_bytes: talk.sent,
            received_bytes: talk.received,
            ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            ..self.not_asked(name, sni, "")
        }
    }

    async fn stopped(&self) {
        while !self.manners.limits().stop.is_set() {
            tokio::time::sleep(LOOK).await;
        }
    }

    pub fn not_asked(&self, name: &str, sni: &str, reason: &str) -> Exchange {
        Exchange {
            name: name.to_owned(),
            ip: self.address.ip().to_string(),
            port: self.address.port(),
            sni: sni.to_owned(),
            starttls: self.target.starttls.map_or_else(String::new, |protocol| protocol.code().to_owned()),
            sent: Vec::new(),
            received: Vec::new(),
            ephemeral: Vec::new(),
            end: End::NotTested { reason: reason.to_owned() },
            sent_bytes: 0,
            received_bytes: 0,
            ms: 0,
        }
    }

    async fn connected(
        &self,
        talk: &mut Talk,
        script: impl AsyncFnOnce(&mut Line<'_>) -> io::Result<End>,
    ) -> io::Result<End> {
        let mut stream = dial::dial(self.target, self.address).await?;
        stream.set_nodelay(true)?;
        // Nothing is left to say when we hang up, and a scan should leave no sockets behind in TIME_WAIT.
        stream.set_zero_linger()?;
        if let Some(protocol) = self.target.starttls
            && let Some(end) = lead_in(&mut stream, protocol, self.target.name(), talk).await?
        {
            return Ok(end);
        }
        script(&mut Line { stream, talk }).await
    }
}

/// An open connection on which TLS may begin; what goes over it is remembered.
pub(super) struct Line<'t> {
    stream: TcpStream,
    talk: &'t mut Talk,
}

impl Line<'_> {
    pub async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.talk.said.extend_from_slice(bytes);
        self.talk.sent += bytes.len() as u64;
        Ok(())
    }

    /// Opens what comes back with the scalar of the share that a hello carried.
    fn open_with(&mut self, hello: &[u8], scalar: &[u8; 32]) {
        self.talk.opener = Opener::new(hello, scalar).ok();
    }

    /// All that came back so far.
    pub fn reader(&self) -> &Reader {
        &self.talk.reader
    }

    /// Waits for more; an end where nothing more will come, or too much has.
    pub async fn read(&mut self) -> io::Result<Option<End>> {
        let mut buffer = vec![0; 16 << 10];
        let count = self.stream.read(&mut buffer).await?;
        self.talk.received += count as u64;
        self.talk.reader.push(buffer.get(..count).unwrap_or_default());
        Ok(match count {
            0 => Some(End::Closed),
            _ if self.talk.received >= MAX_CONNECTION as u64 => Some(End::Limit),
            _ => None,
        })
    }

    /// Reads until there is enough.
    async fn read_until(&mut self, is_enough: impl Fn(&mut Talk) -> bool) -> io::Result<End> {
        loop {
            let end = self.read().await?;
            if is_enough(self.talk) {
                return Ok(End::Complete);
            }
            if let Some(end) = end {
                return Ok(end);
            }
        }
    }
}

/// Talks the plain protocol until it goes over to TLS; an end where it does not.
async fn lead_in(stream: &mut TcpStream, protocol: Protocol, name: &str, talk: &mut Talk) -> io::Result<Option<End>> {
    let mut machine = Machine::new(protocol, name);
    let mut buffer = [0; 4096];
    let mut count = 0;
    loop {
        let (bytes, done) = match machine.step(&buffer[..count]) {
            Step::Wait => (Vec::new(), false),
            Step::Send(bytes) => (bytes, false),
            Step::SendThenTls(bytes) => (bytes, true),
            Step::Tls => return Ok(None),
            Step::Refused { words } => return Ok(Some(End::NotTested { reason: format!("{REFUSED}{words}") })),
            Step::NotThis { seen } => return Ok(Some(End::NotTested { reason: format!("{REFUSED}{seen}") })),
        };
        stream.write_all(&bytes).await?;
        talk.sent += bytes.len() as u64;
        if done {
            return Ok(None);
        }
        count = stream.read(&mut buffer).await?;
        talk.received += count as u64;
        if count == 0 {
            return Ok(Some(End::Closed));
        }
    }
}

/// What one connection has brought so far.
#[derive(Default)]
struct Talk {
    reader: Reader,
    /// All that we sent, but for what led to TLS.
    said: Vec<u8>,
    sent: u64,
    received: u64,
    opener: Option<Opener>,
}

impl Talk {
    /// Bytes alone are no answer: a server may send nothing of meaning for ever.
    fn says_something(&self) -> bool {
        let reader = &self.reader;
        reader.has_server_hello() || reader.fatal_alert().is_some() || reader.framing() == Framing::Other
    }

    fn is_enough(&mut self, want: Want) -> bool {
        let reader = &self.reader;
        let over = reader.is_over() && want != Want::Line;
        over || match want {
            Want::Hello => reader.has_server_hello(),
            Want::Flight => reader.has_server_hello_done() || rest_is_sealed(reader),
            // A record that does not open ends it as well: nothing after it would count.
            Want::Sealed(_) => self.opener.as_mut().is_none_or(|it| it.advance(reader).is_err() || it.is_done()),
            Want::Line => reader.bytes().contains(&b'\n'),
        }
    }

    /// What is kept as evidence: to the end of the hello where nothing more was wanted.
    fn kept(&self, want: Want) -> Vec<u8> {
        let bytes = self.reader.bytes();
        let end = match want {
            Want::Hello => end_of_hello(&self.reader),
            Want::Flight | Want::Sealed(_) | Want::Line => bytes.len(),
        };
        bytes[..end.min(KEPT)].to_vec()
    }
}

/// After a hello of TLS 1.3 nothing more comes in clear.
fn rest_is_sealed(reader: &Reader) -> bool {
    let hello = reader.find(message::SERVER_HELLO);
    let hello = hello.and_then(|found| ServerHello::parse(found.record_version, &found.body).ok());
    hello.is_some_and(|hello| hello.selected_version() == Some(Version::Tls13))
}

/// The end of the record that completes the hello; of all bytes where none does.
fn end_of_hello(reader: &Reader) -> usize {
    let mut end = 0;
    for record in reader.records().take(RECORDS) {
        end += HEADER + record.body.len();
        if Reader::of(&reader.bytes()[..end]).has_server_hello() {
            return end;
        }
    }
    reader.bytes().len()
}

fn end_of(error: &io::Error) -> End {
    if let Some(refused) = dial::refusal(error) {
        return End::NotTested { reason: refused.to_string() };
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => End::Refused,
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted => End::Reset,
        io::ErrorKind::TimedOut => End::Timeout,
        _ => End::Unreachable,
    }
}
