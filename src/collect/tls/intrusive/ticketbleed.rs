//! Ticketbleed (CVE-2016-9244): a ticket comes back with a session id of one byte, and a flawed balancer sends 32 in return.

use crate::{
    collect::tls::{
        client::Client,
        enumerate::Versions,
        hello::random,
        renegotiation::{self, ended},
        wire::{Want, Wire},
    },
    formats::tls::{
        client_hello::ClientHello,
        exchange::{End, Exchange},
        extension::Extension,
        flaws::{TICKET, TICKETBLEED, without_memory},
        record::{Reader, content, message},
        version::Version,
    },
};

impl Wire<'_> {
    pub(super) async fn ticketbleed(&self, version: Version, name: &str, found: &Versions) -> Vec<Exchange> {
        let Some(hello) = renegotiation::hello(version, name, found) else { return Vec::new() };
        let (mut heard, mut error, mut ticket) = (Vec::new(), None, None);
        let first = self
            .converse(TICKET, name, Want::Flight, async |line| {
                let done = Client::new(line, &mut heard).handshake(&hello.build()).await;
                ticket = done.as_ref().ok().and_then(|established| established.ticket.clone());
                ended(done, &mut error)
            })
            .await;
        let mut all = vec![first];
        let Some(ticket) = ticket else { return all };
        for label in TICKETBLEED {
            let bytes = with_ticket(hello.build(), &ticket).encode().unwrap_or_default();
            let mut back = self
                .converse(label, name, Want::Flight, async |line| {
                    line.send(&bytes).await?;
                    while !is_told(line.reader()) {
                        if let Some(end) = line.read().await? {
                            return Ok(end);
                        }
                    }
                    Ok(End::Complete)
                })
                .await;
            without_memory(&mut back);
            all.push(back);
        }
        all
    }
}

fn with_ticket(mut hello: ClientHello, ticket: &[u8]) -> ClientHello {
    hello.session_id = random::<1>().to_vec();
    for extension in hello.extensions.iter_mut().flatten() {
        if let Extension::SessionTicket(given) = extension {
            *given = ticket.to_vec();
        }
    }
    hello
}

/// The session goes on or a new one begins; or it is over.
fn is_told(reader: &Reader) -> bool {
    let goes_on = reader.records().any(|record| record.content == content::CHANGE_CIPHER_SPEC);
    goes_on || reader.find(message::CERTIFICATE).is_some() || reader.has_server_hello_done() || reader.is_over()
}
