//! Heartbleed (CVE-2014-0160): a heartbeat that claims more than it has, before the handshake is done and within a session.

use super::{first_flight, record, settle};
use crate::{
    collect::tls::{
        client::{Client, Failure},
        enumerate::Versions,
        hello::Hello,
        renegotiation::{self, ended},
        wire::{Want, Wire},
    },
    formats::tls::{
        exchange::{End, Exchange},
        extension::{Extension, id},
        flaws::{CLAIMED, HEARTBLEED, HEARTBLEED_SESSION, bleeds, without_memory},
        flight::Flight,
        record::{Reader, content, message},
        version::Version,
    },
};

/// The server may send heartbeats to us.
const WELCOME: Extension = Extension::Heartbeat(1);

impl Wire<'_> {
    pub(super) async fn heartbleed(&self, version: Version, name: &str, found: &Versions) -> Vec<Exchange> {
        let mut all = vec![self.before_the_handshake(version, name, found).await];
        let offers = all.iter().any(|exchange| takes_heartbeats(&exchange.reader()));
        // A server may drop heartbeats while it shakes hands, as RFC 6520 wants it, and bleed after that.
        if offers && !all.iter().any(|exchange| bleeds(exchange) == Some(true)) && version != Version::Ssl3 {
            all.extend(self.within_a_session(version, name, found).await);
        }
        all.iter_mut().for_each(without_memory);
        all
    }

    async fn before_the_handshake(&self, version: Version, name: &str, found: &Versions) -> Exchange {
        let hello = Hello::new(version, name).suites(found.accepted.clone()).with(WELCOME).build();
        self.converse(HEARTBLEED, name, Want::Flight, async |line| {
            let quiet = match first_flight(line, &hello.encode().unwrap_or_default()).await? {
                Ok(quiet) if takes_heartbeats(line.reader()) => quiet,
                Ok(_) => return Ok(End::Complete),
                Err(end) => return Ok(end),
            };
            line.send(&record(content::HEARTBEAT, version, &lie())).await?;
            let end = settle(line, quiet, has_reply).await?;
            if end != End::Timeout {
                return Ok(end);
            }
            // A Finished out of turn, which every server answers: what it had to say to the heartbeat comes before that.
            line.send(&record(content::HANDSHAKE, version, &[message::FINISHED, 0, 0, 0])).await?;
            settle(line, quiet, has_reply).await
        })
        .await
    }

    async fn within_a_session(&self, version: Version, name: &str, found: &Versions) -> Option<Exchange> {
        let hello = renegotiation::hello(version, name, found)?.with(WELCOME).build();
        let (mut heard, mut error) = (Vec::new(), None);
        let exchange = self.converse(HEARTBLEED_SESSION, name, Want::Flight, async |line| {
            let mut client = Client::new(line, &mut heard);
            let done = async {
                client.handshake(&hello).await?;
                client.send(content::HEARTBEAT, &lie()).await?;
                let end = settle(client.line(), super::QUIET, has_reply).await?;
                if end != End::Timeout {
                    return Ok::<End, Failure>(end);
                }
                // A goodbye, which ends the connection on the other side as well.
                client.send(content::ALERT, &[1, 0]).await?;
                Ok(settle(client.line(), super::QUIET, |reader| has_reply(reader) || has_alert(reader)).await?)
            };
            match done.await {
                Ok(end) => Ok(end),
                failed => ended(failed, &mut error),
            }
        });
        Some(exchange.await)
    }
}

/// Type 1, a length, and nothing of what it claims; nor the padding that RFC 6520 wants.
fn lie() -> Vec<u8> {
    [&[1][..], &CLAIMED.to_be_bytes()].concat()
}

fn takes_heartbeats(reader: &Reader) -> bool {
    Flight::of(reader).hello.is_some_and(|hello| hello.has(id::HEARTBEAT))
}

fn has_reply(reader: &Reader) -> bool {
    reader.records().any(|record| record.content == content::HEARTBEAT)
}

fn has_alert(reader: &Reader) -> bool {
    reader.records().any(|record| record.content == content::ALERT)
}
