//! Services that speak in clear first: the dialogue up to TLS, then every byte to a real TLS server on loopback.

use std::{
    io::{BufRead, BufReader, Error, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    thread,
};

use serde::Deserialize;

use super::listener::{CONNECTION, Listener};

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    Ftp,
    Imap,
    Ldap,
    Mysql,
    Pop3,
    Postgres,
    Rdp,
    Smtp,
    Xmpp,
}

/// How a server takes the wish for TLS.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    #[default]
    Agrees,
    /// Offers no TLS and refuses it.
    Refuses,
    /// Turns every client away before the dialogue (421 of SMTP and FTP, and what others say).
    Busy,
}

/// Starts the service; who is let through speaks TLS with `backend`.
pub fn start(protocol: Protocol, manner: Manner, backend: Option<SocketAddr>) -> Listener {
    Listener::start(move |stream| {
        // A client that goes away is no error of the double.
        let _ = serve(protocol, manner, backend, stream);
    })
}

fn serve(protocol: Protocol, manner: Manner, backend: Option<SocketAddr>, mut stream: TcpStream) -> Result<(), Error> {
    let agrees = match (protocol, manner) {
        (_, Manner::Busy) => return stream.write_all(busy(protocol)),
        (Protocol::Ldap, _) => ldap(&mut stream, manner)?,
        (Protocol::Mysql, _) => mysql(&mut stream, manner)?,
        (Protocol::Postgres, _) => postgres(&mut stream, manner)?,
        (Protocol::Rdp, _) => rdp(&mut stream, manner)?,
        (Protocol::Xmpp, _) => xmpp(&mut stream, manner)?,
        (Protocol::Ftp | Protocol::Imap | Protocol::Pop3 | Protocol::Smtp, _) => lines(protocol, &mut stream, manner)?,
    };
    match backend {
        Some(backend) if agrees => splice(stream, backend),
        _ => Ok(()),
    }
}

fn busy(protocol: Protocol) -> &'static [u8] {
    match protocol {
        Protocol::Smtp => b"421 4.3.2 peer.test Too many connections\r\n",
        Protocol::Ftp => b"421 Too many users\r\n",
        Protocol::Imap => b"* BYE Too many connections\r\n",
        Protocol::Pop3 => b"-ERR Too many connections\r\n",
        // Packet 0, error 1040 of MySQL.
        Protocol::Mysql => b"\x17\0\0\0\xff\x10\x04Too many connections",
        Protocol::Ldap | Protocol::Postgres | Protocol::Rdp | Protocol::Xmpp => b"",
    }
}

/// The protocols of lines. True when TLS comes next.
fn lines(protocol: Protocol, stream: &mut TcpStream, manner: Manner) -> Result<bool, Error> {
    let greeting: &[u8] = match protocol {
        Protocol::Smtp => b"220 peer.test ESMTP\r\n",
        Protocol::Ftp => b"220-Peer\r\n220 Ready\r\n",
        Protocol::Imap => b"* OK [CAPABILITY IMAP4rev1] Ready\r\n",
        _ => b"+OK Ready\r\n",
    };
    stream.write_all(greeting)?;
    // A buffer would swallow the hello of a client that does not wait; none of ours may do that.
    let mut reader = BufReader::with_capacity(1, stream.try_clone()?);
    let mut line = String::new();
    while reader.read_line(&mut line)? > 0 {
        let (reply, ready) = reply(protocol, manner, line.trim_end());
        stream.write_all(reply.as_bytes())?;
        if ready {
            return Ok(true);
        }
        line.clear();
    }
    Ok(false)
}

fn reply(protocol: Protocol, manner: Manner, line: &str) -> (String, bool) {
    let agrees = manner == Manner::Agrees;
    let mut words = line.split_whitespace().map(str::to_ascii_uppercase);
    let tag = if protocol == Protocol::Imap { words.next().unwrap_or_default() } else { String::new() };
    let command = words.next().unwrap_or_default();
    match (protocol, command.as_str()) {
        (Protocol::Smtp, "EHLO") if agrees => ("250-peer.test\r\n250-SIZE 1000\r\n250 STARTTLS\r\n".into(), false),
        (Protocol::Smtp, "EHLO") => ("250-peer.test\r\n250 SIZE 1000\r\n".into(), false),
        (Protocol::Smtp, "STARTTLS") if agrees => ("220 2.0.0 Ready\r\n".into(), true),
        (Protocol::Smtp, _) => ("502 5.5.1 Not here\r\n".into(), false),
        (Protocol::Ftp, "FEAT") if agrees => ("211-Features\r\n AUTH TLS\r\n211 End\r\n".into(), false),
        (Protocol::Ftp, "FEAT") => ("211-Features\r\n UTF8\r\n211 End\r\n".into(), false),
        (Protocol::Ftp, "AUTH") if agrees => ("234 Proceed\r\n".into(), true),
        (Protocol::Ftp, _) => ("502 Not here\r\n".into(), false),
        (Protocol::Imap, "CAPABILITY") => {
            let tls = if agrees { " STARTTLS" } else { "" };
            (format!("* CAPABILITY IMAP4rev1{tls}\r\n{tag} OK Done\r\n"), false)
        }
        (Protocol::Imap, "STARTTLS") if agrees => (format!("{tag} OK Begin\r\n"), true),
        (Protocol::Imap, _) => (format!("{tag} BAD Not here\r\n"), false),
        (_, "CAPA") if agrees => ("+OK\r\nUIDL\r\nSTLS\r\n.\r\n".into(), false),
        (_, "CAPA") => ("+OK\r\nUIDL\r\n.\r\n".into(), false),
        (_, "STLS") if agrees => ("+OK Begin\r\n".into(), true),
        _ => ("-ERR Not here\r\n".into(), false),
    }
}

fn postgres(stream: &mut TcpStream, manner: Manner) -> Result<bool, Error> {
    let mut request = [0; 8];
    stream.read_exact(&mut request)?;
    let wants = request == [0, 0, 0, 8, 4, 210, 22, 47];
    let agrees = wants && manner == Manner::Agrees;
    stream.write_all(match (wants, agrees) {
        (_, true) => b"S",
        (true, false) => b"N",
        (false, false) => b"E\0\0\0\x19SFATAL\0C08P01\0Mno\0\0\0\0",
    })?;
    Ok(agrees)
}

fn mysql(stream: &mut TcpStream, manner: Manner) -> Result<bool, Error> {
    // CLIENT_PROTOCOL_41, CLIENT_SECURE_CONNECTION, CLIENT_PLUGIN_AUTH, and CLIENT_SSL where there is one.
    let flags: u32 = 0x0008_8200 | if manner == Manner::Agrees { 0x800 } else { 0 };
    let [a, b, c, d] = flags.to_le_bytes();
    let mut greeting = b"\x0a8.0.36-peer\0\x01\0\0\0saltsalt\0".to_vec();
    greeting.extend([a, b, 0xff, 2, 0, c, d, 21]);
    greeting.extend([0; 10]);
    greeting.extend(b"saltsaltsalt\0caching_sha2_password\0");
    stream.write_all(&[&[u8::try_from(greeting.len()).unwrap(), 0, 0, 0], &greeting[..]].concat())?;
    let mut head = [0; 4];
    stream.read_exact(&mut head)?;
    let mut request = vec![0; usize::from(head[0])];
    stream.read_exact(&mut request)?;
    Ok(manner == Manner::Agrees && request.len() == 32 && request[1] & 8 != 0)
}

fn ldap(stream: &mut TcpStream, manner: Manner) -> Result<bool, Error> {
    let mut head = [0; 2];
    stream.read_exact(&mut head)?;
    let mut request = vec![0; usize::from(head[1])];
    stream.read_exact(&mut request)?;
    // INTEGER message id, [APPLICATION 23] with the name of StartTLS.
    let [2, 1, id, 0x77, ..] = request[..] else { return Ok(false) };
    let wants = request.windows(22).any(|part| part == b"1.3.6.1.4.1.1466.20037");
    let agrees = wants && manner == Manner::Agrees;
    // resultCode success or unwillingToPerform.
    let code = if agrees { 0 } else { 53 };
    stream.write_all(&[0x30, 12, 2, 1, id, 0x78, 7, 0x0a, 1, code, 4, 0, 4, 0])?;
    Ok(agrees)
}

fn rdp(stream: &mut TcpStream, manner: Manner) -> Result<bool, Error> {
    let mut head = [0; 4];
    stream.read_exact(&mut head)?;
    let mut request = vec![0; usize::from(u16::from_be_bytes([head[2], head[3]])).saturating_sub(4)];
    stream.read_exact(&mut request)?;
    // rdpNegReq: type 1, flags, length 8, protocols; bit 0 is TLS.
    let wants = request.len() >= 8 && request[request.len() - 8] == 1 && request[request.len() - 4] & 1 != 0;
    let agrees = wants && manner == Manner::Agrees;
    // X.224 Connection Confirm with rdpNegRsp of TLS, or rdpNegFailure SSL_NOT_ALLOWED_BY_SERVER.
    let answer = if agrees { [2, 0, 8, 0, 1, 0, 0, 0] } else { [3, 0, 8, 0, 2, 0, 0, 0] };
    stream.write_all(&[&[3, 0, 0, 19, 14, 0xd0, 0, 0, 0x12, 0x34, 0][..], &answer].concat())?;
    Ok(agrees)
}

fn xmpp(stream: &mut TcpStream, manner: Manner) -> Result<bool, Error> {
    let agrees = manner == Manner::Agrees;
    until(stream, b"version='1.0'", b">")?;
    let tls = if agrees {
        "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>"
    } else {
        "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>"
    };
    let head = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
                xmlns:stream='http://etherx.jabber.org/streams' id='1' from='peer.test' version='1.0'>";
    stream.write_all(format!("{head}<stream:features>{tls}</stream:features>").as_bytes())?;
    if !until(stream, b"<starttls", b">")? {
        return Ok(false);
    }
    let answer = if agrees { "<proceed" } else { "<failure" };
    stream.write_all(format!("{answer} xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").as_bytes())?;
    Ok(agrees)
}

/// Reads up to the end of a tag that begins so; false where the stream ends before.
fn until(stream: &mut TcpStream, begin: &[u8], end: &[u8]) -> Result<bool, Error> {
    let mut text = Vec::new();
    let mut byte = [0];
    while text.len() < 4096 && stream.read(&mut byte)? == 1 {
        // Either quote is as good.
        text.push(if byte[0] == b'"' { b'\'' } else { byte[0] });
        if text.ends_with(end) && text.windows(begin.len()).any(|part| part == begin) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Every byte of either side to the other, until one of them ends.
pub fn splice(client: TcpStream, backend: SocketAddr) -> Result<(), Error> {
    let server = TcpStream::connect(backend)?;
    server.set_read_timeout(Some(CONNECTION))?;
    server.set_nodelay(true)?;
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    let up = thread::spawn(move || {
        let _ = std::io::copy(&mut from_client, &mut to_server);
        let _ = to_server.shutdown(Shutdown::Write);
    });
    let (mut from_server, mut to_client) = (server, client);
    let _ = std::io::copy(&mut from_server, &mut to_client);
    let _ = to_client.shutdown(Shutdown::Write);
    let _ = up.join();
    Ok(())
}
