//! What the exchanges of intrusive probes say: each is read from the recorded bytes alone, and what is unclear stays open.

use super::{
    exchange::{End, Exchange},
    extension::{Extension, id},
    record::{Reader, content, message},
};

/// The group of these exchanges.
pub const INTRUSIVE: &str = "intrusive";
/// A heartbeat that lies, before the handshake is done.
pub const HEARTBLEED: &str = "heartbleed";
/// The same within a session.
pub const HEARTBLEED_SESSION: &str = "heartbleed.session";
/// One early ChangeCipherSpec, and once more where that was not answered with an alert.
pub const CCS_ONCE: [&str; 2] = ["ccs.once", "ccs.once.again"];
/// Two early ones in a row, and once more.
pub const CCS_TWICE: [&str; 2] = ["ccs.twice", "ccs.twice.again"];
/// A handshake to get a ticket.
pub const TICKET: &str = "ticketbleed.ticket";
/// The ticket with a session id of one byte, and once more with another.
pub const TICKETBLEED: [&str; 2] = ["ticketbleed.back", "ticketbleed.back.again"];

/// Bytes that the lying heartbeat claims to have: more than a server's buffer of 4096 bytes holds back.
pub const CLAIMED: u16 = 4352;
/// What an honest reply may be longer than the request: its padding, and what sealing adds.
const PADDING: usize = 256;

/// How the premaster secret of a ROBOT probe is put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Premaster {
    /// As PKCS #1 v1.5 and TLS want it.
    Good,
    /// The block does not begin with 00 02.
    BadType,
    /// The zero is where the version belongs.
    LateZero,
    /// There is no zero at all.
    NoZero,
    /// The version is not that of our hello.
    BadVersion,
}

impl Premaster {
    pub const ALL: [Self; 5] = [Self::Good, Self::BadType, Self::LateZero, Self::NoZero, Self::BadVersion];

    pub fn code(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::BadType => "bad_type",
            Self::LateZero => "late_zero",
            Self::NoZero => "no_zero",
            Self::BadVersion => "bad_version",
        }
    }
}

/// How much of the client's second flight a ROBOT probe sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// With ChangeCipherSpec and a Finished that cannot be right.
    Full,
    /// The key exchange alone.
    Short,
}

impl Flow {
    pub const ALL: [Self; 2] = [Self::Full, Self::Short];

    pub fn code(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Short => "short",
        }
    }
}

/// How often a difference has to show before it counts.
pub const ROUNDS: usize = 3;

/// The name of one ROBOT probe; rounds count from 0.
pub fn robot(flow: Flow, round: usize, premaster: Premaster) -> String {
    format!("robot.{}.{}.{}", flow.code(), round + 1, premaster.code())
}

/// How a server met what no honest client sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// The alert that ended it.
    Alert(u8),
    /// It hung up, with or without manners: which of the two is a matter of timing.
    HungUp,
    Silent,
}

/// How the server met what came after its flight; none where the flight or what we had to send was not complete.
pub fn reaction(exchange: &Exchange) -> Option<Reaction> {
    let reader = exchange.reader();
    if !reader.has_server_hello_done() {
        return None;
    }
    match (reader.fatal_alert(), &exchange.end) {
        (Some(alert), _) => Some(Reaction::Alert(alert.description)),
        (None, End::Closed | End::Reset) => Some(Reaction::HungUp),
        (None, End::Timeout) => Some(Reaction::Silent),
        _ => None,
    }
}

/// Of a ROBOT probe: none as well where no key exchange was sent.
pub fn robot_reaction(exchange: &Exchange) -> Option<Reaction> {
    let sent = Reader::of(&exchange.sent);
    sent.find(message::CLIENT_KEY_EXCHANGE).and_then(|_| reaction(exchange))
}

/// Of a probe with so many early ChangeCipherSpecs.
pub fn ccs_reaction(exchange: &Exchange, count: usize) -> Option<Reaction> {
    if sent_of(exchange, content::CHANGE_CIPHER_SPEC).count() == count { reaction(exchange) } else { None }
}

/// Whether more came back to a lying heartbeat than was sent. No is said only where the server answered something after it,
/// an alert or the end of the connection: whatever it had to say to the heartbeat came before that.
pub fn bleeds(exchange: &Exchange) -> Option<bool> {
    let sent = sent_of(exchange, content::HEARTBEAT).last()?;
    let reader = exchange.reader();
    let replied: usize =
        reader.records().filter(|record| record.content == content::HEARTBEAT).map(|record| record.body.len()).sum();
    if replied > sent + PADDING {
        return Some(true);
    }
    // A warning before the hello, as of a name, is no answer to what was sent after the flight.
    let alert = reader.records().fold(false, |after, record| match record.content {
        content::ALERT => true,
        content::HANDSHAKE | content::CHANGE_CIPHER_SPEC => false,
        _ => after,
    });
    (alert || matches!(exchange.end, End::Closed | End::Reset)).then_some(false)
}

/// The server takes heartbeats, and a lying one was sent.
pub fn was_lied_to(exchange: &Exchange) -> bool {
    sent_of(exchange, content::HEARTBEAT).next().is_some()
}

/// Whether a ticket came back to a session id of one byte with more bytes than that. A ticket that is not taken back, or refused,
/// gives nothing away.
pub fn echoes_more(exchange: &Exchange) -> Option<bool> {
    let offered = exchange.offered()?;
    let with_ticket =
        matches!(offered.extension(id::SESSION_TICKET), Some(Extension::SessionTicket(ticket)) if !ticket.is_empty());
    let [own] = *offered.session_id.as_slice() else { return None };
    if !with_ticket {
        return None;
    }
    let reader = exchange.reader();
    let Some(hello) = exchange.flight().hello else {
        return reader.fatal_alert().map(|_| false);
    };
    if reader.find(message::CERTIFICATE).is_some() || reader.find(message::SERVER_KEY_EXCHANGE).is_some() {
        return Some(false);
    }
    let resumed = reader.records().any(|record| record.content == content::CHANGE_CIPHER_SPEC);
    match hello.session_id.as_slice() {
        _ if !resumed => None,
        [first] => (*first == own).then_some(false),
        [] => Some(false),
        [first, ..] => (*first == own).then_some(true),
    }
}

/// Whether a ticket was given in a handshake that came to its end; none where it did not.
pub fn gives_ticket(exchange: &Exchange) -> Option<bool> {
    let reader = exchange.reader();
    let done = reader.records().any(|record| record.content == content::CHANGE_CIPHER_SPEC);
    done.then(|| reader.find(message::NEW_SESSION_TICKET).is_some_and(|found| found.body.len() > 6))
}

/// Takes out of the evidence what may be a server's memory; lengths, which prove it, stay.
pub fn without_memory(exchange: &mut Exchange) {
    let mut at = 0;
    let mut hello = true;
    while let Some(&[kind, _, _, high, low]) = exchange.received.get(at..).and_then(|rest| rest.first_chunk::<5>()) {
        let length = usize::from(u16::from_be_bytes([high, low]));
        let end = (at + 5 + length).min(exchange.received.len());
        let body = exchange.received.get_mut(at + 5..end).unwrap_or_default();
        match kind {
            content::HEARTBEAT => body.iter_mut().skip(3).for_each(|byte| *byte = 0),
            content::HANDSHAKE if hello && body.first() == Some(&message::SERVER_HELLO) => {
                // Message header, version and random stand before the length of the session id.
                let count = body.get(38).copied().map_or(0, usize::from);
                body.iter_mut().skip(39).take(count).skip(1).for_each(|byte| *byte = 0);
                hello = false;
            }
            _ => {}
        }
        at += 5 + length;
    }
}

/// Lengths of the records of a kind that we sent.
fn sent_of(exchange: &Exchange, kind: u8) -> impl Iterator<Item = usize> {
    let sent = Reader::of(&exchange.sent);
    let lengths: Vec<usize> =
        sent.records().filter(|record| record.content == kind).map(|record| record.body.len()).collect();
    lengths.into_iter()
}

#[cfg(test)]
#[path = "flaws_tests.rs"]
mod tests;
