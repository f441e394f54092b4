//! Protocols of lines, and XMPP: RFC 3207 (SMTP), RFC 2595 (IMAP, POP3), RFC 4217 (FTP), RFC 6120 (XMPP).

use super::{Protocol, Step, not_this, refused};

/// No reply of these protocols has longer lines.
const MAX_LINE: usize = 8 << 10;

/// One step of a protocol of lines; what is used up leaves `seen`.
pub(super) fn step(protocol: Protocol, sent: u8, seen: &mut Vec<u8>) -> Step {
    match protocol {
        Protocol::Imap => imap(sent, seen),
        Protocol::Pop3 => pop3(sent, seen),
        Protocol::Smtp => match (sent, reply(seen)) {
            (_, Reply::Partial) => Step::Wait,
            (_, Reply::Alien) => not_this(seen),
            (0, Reply::Whole { code: 220, .. }) => Step::Send(b"EHLO jixian.invalid\r\n".to_vec()),
            (1, Reply::Whole { code: 250, text }) if offers_starttls(&text) => Step::Send(b"STARTTLS\r\n".to_vec()),
            (2, Reply::Whole { code: 220, .. }) => Step::Tls,
            (_, Reply::Whole { text, .. }) => refused(&text),
        },
        _ => match (sent, reply(seen)) {
            (_, Reply::Partial) => Step::Wait,
            (_, Reply::Alien) => not_this(seen),
            (0, Reply::Whole { code: 220, .. }) => Step::Send(b"AUTH TLS\r\n".to_vec()),
            // "Service ready in so many minutes."
            (0, Reply::Whole { code: 120, .. }) => step(protocol, sent, seen),
            (1, Reply::Whole { code: 234, .. }) => Step::Tls,
            (_, Reply::Whole { text, .. }) => refused(&text),
        },
    }
}

fn imap(sent: u8, seen: &mut Vec<u8>) -> Step {
    loop {
        let line = match line(seen) {
            Ok(Some(line)) => line,
            Ok(None) => return Step::Wait,
            Err(()) => return not_this(seen),
        };
        let upper = line.to_ascii_uppercase();
        match (sent, upper.as_slice()) {
            (0, [b'*', b' ', b'O', b'K', ..]) => return Step::Send(b"a1 STARTTLS\r\n".to_vec()),
            // BYE, or PREAUTH, after which there is no going over (RFC 3501 section 6.2.1).
            (0, [b'*', b' ', ..]) => return refused(&line),
            (1, [b'*', b' ', b'B', b'Y', b'E', ..]) => return refused(&line),
            (1, [b'*', b' ', ..]) => {}
            (1, [b'A', b'1', b' ', b'O', b'K', ..]) => return Step::Tls,
            (1, [b'A', b'1', b' ', ..]) => return refused(&line),
            _ => return not_this(&line),
        }
    }
}

fn pop3(sent: u8, seen: &mut Vec<u8>) -> Step {
    let line = match line(seen) {
        Ok(Some(line)) => line,
        Ok(None) => return Step::Wait,
        Err(()) => return not_this(seen),
    };
    match (sent, line.as_slice()) {
        (0, [b'+', b'O', b'K', ..]) => Step::Send(b"STLS\r\n".to_vec()),
        (_, [b'+', b'O', b'K', ..]) => Step::Tls,
        (_, [b'-', b'E', b'R', b'R', ..]) => refused(&line),
        _ => not_this(&line),
    }
}

/// The stream is opened, STARTTLS asked for, and the server says to proceed.
pub(super) fn xmpp(host: &str, sent: u8, seen: &mut Vec<u8>) -> Step {
    if sent == 0 {
        let to = host.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&apos;");
        return Step::Send(
            format!(
                "<?xml version='1.0'?><stream:stream to='{to}' xmlns='jabber:client' \
                 xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"
            )
            .into_bytes(),
        );
    }
    let has = |word: &str| seen.windows(word.len()).any(|window| window == word.as_bytes());
    let starts = seen.trim_ascii_start();
    if starts.first().is_some_and(|first| *first != b'<') {
        return not_this(seen);
    }
    if has("<stream:error") || has("<failure") {
        return refused(seen);
    }
    match sent {
        1 if has("<starttls") => {
            seen.clear();
            Step::Send(b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>".to_vec())
        }
        1 if has("</stream:features>") || has("<stream:features/>") => refused(seen),
        2 if has("<proceed") => Step::Tls,
        _ if has("</stream:stream>") => refused(seen),
        _ => Step::Wait,
    }
}

/// A reply of SMTP or FTP.
enum Reply {
    /// Its last line has not come.
    Partial,
    /// What came is no reply.
    Alien,
    Whole {
        code: u16,
        text: Vec<u8>,
    },
}

/// Takes a reply of one or more lines: `250-` goes on, `250 ` ends it (RFC 5321 section 4.2.1, RFC 959 section 4.2).
fn reply(seen: &mut Vec<u8>) -> Reply {
    let mut end = 0;
    let mut code = None;
    loop {
        let rest = &seen[end..];
        let Some(newline) = rest.iter().position(|byte| *byte == b'\n') else {
            let odd =
                rest.len() > MAX_LINE || (code.is_none() && rest.iter().take(3).any(|byte| !byte.is_ascii_digit()));
            return if odd { Reply::Alien } else { Reply::Partial };
        };
        let line = rest[..newline].trim_ascii_end();
        end += newline + 1;
        let number = line.get(..3).and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<u16>().ok());
        // Within a reply FTP lets lines begin as they like.
        match (code, number, line.get(3)) {
            (None, None, _) => return Reply::Alien,
            (None, Some(number), Some(b'-')) => code = Some(number),
            (None, Some(number), None | Some(b' ')) => code = Some(number),
            (None, Some(_), Some(_)) => return Reply::Alien,
            _ => {}
        }
        if number == code && line.get(3) != Some(&b'-') {
            let text = seen.drain(..end).collect();
            return Reply::Whole { code: code.unwrap_or_default(), text };
        }
    }
}

fn offers_starttls(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'\n')
        .any(|line| line.get(4..).is_some_and(|keyword| keyword.trim_ascii().eq_ignore_ascii_case(b"STARTTLS")))
}

/// Takes a line without its end.
fn line(seen: &mut Vec<u8>) -> Result<Option<Vec<u8>>, ()> {
    match seen.iter().position(|byte| *byte == b'\n') {
        Some(at) if at <= MAX_LINE => Ok(Some(seen.drain(..=at).collect::<Vec<_>>().trim_ascii_end().to_vec())),
        None if seen.len() <= MAX_LINE => Ok(None),
        _ => Err(()),
    }
}
