//! Whether a session is taken up again: two handshakes of one client, the second with what the first was given.

use std::{
    io,
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use rustls::{
    ClientConfig, ClientConnection, HandshakeKind,
    client::{Resumption, Tls12Resumption},
};

use super::{
    Target,
    dial::dial_and_wait,
    session::{self, Offer, Tap},
};
use crate::{formats::tls::Resumed, model::Tri};

/// Tickets of TLS 1.3 come after the handshake, at once or not at all.
const TICKETS: Duration = Duration::from_millis(200);

/// What the client may keep of the first session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeps {
    SessionId,
    Ticket,
    Ticket1_3,
}

impl Keeps {
    fn offer(self) -> Offer {
        match self {
            Self::SessionId | Self::Ticket => Offer::Only1_2,
            Self::Ticket1_3 => Offer::Only1_3,
        }
    }
}

/// Makes both connections. Never fails: what could not be told is unknown, with the reason.
pub(super) fn probe(target: &Target, ip: IpAddr, keeps: Keeps, patience: Duration) -> Resumed {
    let begun = Instant::now();
    let mut resumed = Resumed {
        ip: ip.to_string(),
        resumed: Tri::Unknown,
        early_data: Tri::Unknown,
        error: None,
        connections: 0,
        bytes_sent: 0,
        ms: 0,
    };
    if let Err(error) = both(target, ip, keeps, begun + patience, &mut resumed) {
        resumed.error = Some(error.to_string());
    }
    resumed.ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    resumed
}

fn both(target: &Target, ip: IpAddr, keeps: Keeps, deadline: Instant, resumed: &mut Resumed) -> io::Result<()> {
    let (mut config, _) = session::config(keeps.offer(), &[])?;
    let kept =
        if keeps == Keeps::SessionId { Tls12Resumption::SessionIdOnly } else { Tls12Resumption::SessionIdOrTickets };
    config.resumption = Resumption::in_memory_sessions(8).tls12_resumption(kept);
    config.enable_early_data = true;
    let config = Arc::new(config);
    let first = once(target, ip, &config, deadline, Tickets::Wanted, resumed)?;
    if keeps == Keeps::Ticket1_3 && first.tickets == 0 {
        return Err(io::Error::other("no ticket came in time"));
    }
    let Handshake { kind, early, .. } = once(target, ip, &config, deadline, Tickets::Ignored, resumed)?;
    resumed.resumed = (kind == Some(HandshakeKind::Resumed)).into();
    if keeps == Keeps::Ticket1_3 && resumed.resumed == Tri::Yes {
        resumed.early_data = early.into();
    }
    Ok(())
}

/// Whether a handshake is followed by a wait for tickets. The second of a pair has no use for them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tickets {
    Wanted,
    Ignored,
}

/// What one handshake brought. No early data is ever sent.
struct Handshake {
    kind: Option<HandshakeKind>,
    /// Early data would have been taken.
    early: bool,
    /// Tickets of TLS 1.3 that came.
    tickets: u32,
}

fn once(
    target: &Target,
    ip: IpAddr,
    config: &Arc<ClientConfig>,
    deadline: Instant,
    tickets: Tickets,
    resumed: &mut Resumed,
) -> io::Result<Handshake> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    let mut tap = Tap::new(dial_and_wait(target, ip, left)?, deadline);
    resumed.connections += 1;
    let result = session::lead_in(&mut tap, target).and_then(|()| {
        let name = session::server_name(target, ip);
        let mut connection = ClientConnection::new(config.clone(), name).map_err(io::Error::other)?;
        session::complete(&mut connection, &mut tap)?;
        let early = connection.is_early_data_accepted();
        let kind = connection.handshake_kind();
        if tickets == Tickets::Wanted {
            take_tickets(&mut connection, &mut tap);
        }
        connection.send_close_notify();
        let _ = connection.write_tls(&mut tap);
        Ok(Handshake { kind, early, tickets: connection.tls13_tickets_received() })
    });
    resumed.bytes_sent += tap.sent;
    result
}

/// Reads what comes right after the handshake; that nothing comes is no fault.
fn take_tickets(connection: &mut ClientConnection, tap: &mut Tap) {
    if connection.protocol_version() != Some(rustls::ProtocolVersion::TLSv1_3) {
        return;
    }
    tap.deadline = tap.deadline.min(Instant::now() + TICKETS);
    while connection.tls13_tickets_received() == 0 {
        match connection.read_tls(tap) {
            Ok(count) if count > 0 && connection.process_new_packets().is_ok() => {}
            _ => return,
        }
    }
}
