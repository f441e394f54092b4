//! Whether a client may begin another handshake within the first: a whole one, and a second hello inside it (RFC 5746).

use std::io;

use super::{
    client::{self, Client, Established, Failure},
    enumerate::Versions,
    hello::Hello,
    wire::{Want, Wire},
};
use crate::formats::tls::{
    Renegotiated,
    client_hello::ClientHello,
    exchange::{End, Exchange},
    extension::Extension,
    version::Version,
};

/// A hello that our own client can go on after; none where it speaks none of the suites.
pub(super) fn hello(version: Version, name: &str, found: &Versions) -> Option<Hello> {
    let suites: Vec<u16> = found.accepted.iter().copied().filter(|id| client::speaks(version, *id)).collect();
    let mut hello = Hello::new(version, name).suites(suites);
    hello.groups = client::GROUPS.to_vec();
    (!hello.suites.is_empty()).then_some(hello)
}

impl Wire<'_> {
    /// Asks in one connection. Never fails: what could not be told has its reason.
    pub async fn renegotiation(&self, version: Version, name: &str, found: &Versions) -> Renegotiated {
        let mut result = Renegotiated {
            ip: self.address.ip().to_string(),
            version: String::new(),
            suite: None,
            asked: false,
            heard: Vec::new(),
            end: End::NotTested { reason: "no suite of ours".to_owned() },
            error: None,
            bytes_sent: 0,
            ms: 0,
        };
        let Some(hello) = hello(version, name, found) else { return result };
        let exchange = self
            .converse("renegotiation", name, Want::Flight, async |line| {
                let Renegotiated { version, suite, asked, heard, error, .. } = &mut result;
                let mut client = Client::new(line, heard);
                let done = async {
                    let first = client.handshake(&hello.build()).await?;
                    (*version, *suite, *asked) = (first.version.code().to_owned(), Some(first.suite), true);
                    client.listen();
                    client.handshake(&again(&hello, &first)).await
                };
                ended(done.await, error)
            })
            .await;
        let Exchange { end, sent_bytes, ms, .. } = exchange;
        Renegotiated { end, bytes_sent: sent_bytes, ms, ..result }
    }
}

/// The same hello with what our Finished held, for a server that knows RFC 5746.
fn again(hello: &Hello, first: &Established) -> ClientHello {
    let mut again = hello.build();
    let named = |extension: &Extension| matches!(extension, Extension::RenegotiationInfo(_));
    for extension in again.extensions.iter_mut().flatten().filter(|extension| named(extension)) {
        *extension = Extension::RenegotiationInfo(first.client_verify.clone());
    }
    if !first.secure_renegotiation {
        again.extensions.iter_mut().for_each(|list| list.retain(|extension| !named(extension)));
    }
    again
}

/// How the connection ended, and why where that says more.
pub(super) fn ended<T>(result: Result<T, Failure>, error: &mut Option<String>) -> io::Result<End> {
    let failure = match result {
        Ok(_) => return Ok(End::Complete),
        Err(failure) => failure,
    };
    *error = Some(failure.to_string());
    match failure {
        Failure::Ended(end) => Ok(end),
        Failure::Io(error) => Err(error),
        _ => Ok(End::Complete),
    }
}
