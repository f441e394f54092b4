//! How plain protocols go over to TLS: step machines that are fed what came and say what to do. No I/O, bounded.

mod binary;
mod text;

pub use crate::model::StartTls as Protocol;

/// Bytes before TLS that are looked at; greetings of many lines stay far below.
const MAX_SEEN: usize = 64 << 10;
/// Characters of a server's words that are kept.
const MAX_WORDS: usize = 300;

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Read on.
    Wait,
    /// Send this, then read on.
    Send(Vec<u8>),
    /// Send this, then begin with TLS at once.
    SendThenTls(Vec<u8>),
    /// Begin with TLS.
    Tls,
    /// The server does not want to, in its words.
    Refused { words: String },
    /// What came is not of this protocol; the beginning of it.
    NotThis { seen: String },
}

/// The way of one connection to TLS.
#[derive(Clone, Debug)]
pub struct Machine {
    protocol: Protocol,
    /// The name that XMPP opens a stream to.
    host: String,
    /// Commands that were sent.
    sent: u8,
    /// What came and was not used up.
    seen: Vec<u8>,
    /// All bytes that came.
    total: usize,
    over: Option<Step>,
}

impl Machine {
    pub fn new(protocol: Protocol, host: &str) -> Self {
        Self { protocol, host: host.to_owned(), sent: 0, seen: Vec::new(), total: 0, over: None }
    }

    /// Takes what came, at first nothing, and says what to do. An end is said again however often it is asked for.
    pub fn step(&mut self, received: &[u8]) -> Step {
        if let Some(over) = &self.over {
            return over.clone();
        }
        self.total = self.total.saturating_add(received.len());
        if self.total > MAX_SEEN {
            return self.end(Step::NotThis { seen: words(&self.seen) });
        }
        self.seen.extend_from_slice(received);
        let step = match self.protocol {
            Protocol::Ftp | Protocol::Imap | Protocol::Pop3 | Protocol::Smtp => {
                text::step(self.protocol, self.sent, &mut self.seen)
            }
            Protocol::Xmpp => text::xmpp(&self.host, self.sent, &mut self.seen),
            Protocol::Ldap => binary::ldap(self.sent, &self.seen),
            Protocol::Mysql => binary::mysql(&self.seen),
            Protocol::Postgres => binary::postgres(self.sent, &self.seen),
            Protocol::Rdp => binary::rdp(self.sent, &self.seen),
        };
        match step {
            Step::Send(_) => self.sent += 1,
            Step::Wait => {}
            _ => return self.end(step),
        }
        step
    }

    fn end(&mut self, step: Step) -> Step {
        // What was said last is said again, but sent only once.
        self.over = Some(if matches!(step, Step::SendThenTls(_)) { Step::Tls } else { step.clone() });
        self.seen = Vec::new();
        step
    }
}

/// The words of a server, on one line and of bounded length.
fn words(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * MAX_WORDS)]);
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    clean.take(MAX_WORDS).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn refused(bytes: &[u8]) -> Step {
    Step::Refused { words: words(bytes) }
}

fn not_this(bytes: &[u8]) -> Step {
    Step::NotThis { seen: words(bytes) }
}

#[cfg(test)]
mod tests;
