//! Protocols of packets: LDAP (RFC 4511 section 4.14), PostgreSQL (protocol 3.0, SSLRequest), MySQL (protocol 10), RDP
//! (MS-RDPBCGR 2.2.1.1 and 2.2.1.2).

use super::{Step, not_this, refused};

/// ExtendedRequest of 1.3.6.1.4.1.1466.20037.
const LDAP_REQUEST: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";
/// Length 8, then the number 80877103.
const POSTGRES_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f];
/// TPKT, X.224 connection request, and a request for TLS with or without CredSSP.
const RDP_REQUEST: [u8; 19] = [3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0];

const MYSQL_SSL: u16 = 0x0800;

pub(super) fn ldap(sent: u8, seen: &[u8]) -> Step {
    if sent == 0 {
        return Step::Send(LDAP_REQUEST.to_vec());
    }
    let Some((0x30, message, _)) = ber(seen) else {
        return if seen.first().is_none_or(|tag| *tag == 0x30) && !ber_broken(seen) {
            Step::Wait
        } else {
            not_this(seen)
        };
    };
    // A number of the message, then ExtendedResponse: result code, matched DN, words.
    let response = ber(message).filter(|id| id.0 == 2).and_then(|(_, _, rest)| ber(rest)).filter(|op| op.0 == 0x78);
    let code = response.and_then(|(_, body, _)| ber(body)).filter(|code| code.0 == 0x0a);
    match code {
        Some((_, [0], _)) => Step::Tls,
        Some((_, _, rest)) => {
            let said = ber(rest).and_then(|(_, _, rest)| ber(rest)).map_or(&b"refused"[..], |(_, said, _)| said);
            refused(said)
        }
        None => not_this(seen),
    }
}

pub(super) fn postgres(sent: u8, seen: &[u8]) -> Step {
    match (sent, seen) {
        (0, _) => Step::Send(POSTGRES_REQUEST.to_vec()),
        (_, []) => Step::Wait,
        (_, [b'S']) => Step::Tls,
        (_, [b'N']) => refused(b"N"),
        // ErrorResponse: a length, then fields, each with a letter before it and a zero byte after.
        (_, [b'E', rest @ ..]) => {
            let length = rest.get(..4).and_then(|four| Some(u32::from_be_bytes(four.try_into().ok()?) as usize));
            match length {
                None => Step::Wait,
                Some(length) if (5..4096).contains(&length) && rest.len() < length => Step::Wait,
                Some(length) => refused(&rest[4..rest.len().min(length.max(4))]),
            }
        }
        _ => not_this(seen),
    }
}

pub(super) fn mysql(seen: &[u8]) -> Step {
    let [a, b, c, sequence, rest @ ..] = seen else { return Step::Wait };
    let length = usize::from(*a) | usize::from(*b) << 8 | usize::from(*c) << 16;
    if *sequence != 0 || !(4..2048).contains(&length) {
        return not_this(seen);
    }
    let Some(packet) = rest.get(..length) else {
        return if rest.first().is_none_or(|first| matches!(first, 10 | 0xff)) { Step::Wait } else { not_this(seen) };
    };
    match packet {
        // An error, such as "Host is blocked": a number, then words.
        [0xff, _, _, said @ ..] => refused(said),
        [10, rest @ ..] => {
            let Some(end) = rest.iter().position(|byte| *byte == 0) else { return not_this(seen) };
            // After the version: thread of 4 bytes, 8 of a challenge, a zero byte, the lower half of what it can.
            let Some(&[low, high]) = rest.get(end + 14..end + 16) else { return not_this(seen) };
            if u16::from_le_bytes([low, high]) & MYSQL_SSL == 0 {
                return refused(&[b"no TLS: ", &rest[..end]].concat());
            }
            Step::SendThenTls(mysql_request())
        }
        _ => not_this(seen),
    }
}

/// SSLRequest: what we can (protocol 4.1, TLS, the newer authentication), 16 MiB a packet, UTF-8.
fn mysql_request() -> Vec<u8> {
    const PROTOCOL_41: u32 = 0x0200;
    const SECURE_CONNECTION: u32 = 0x8000;
    let flags = u32::from(MYSQL_SSL) | PROTOCOL_41 | SECURE_CONNECTION | 1;
    let mut out = vec![32, 0, 0, 1];
    out.extend(flags.to_le_bytes());
    out.extend(0x0100_0000_u32.to_le_bytes());
    out.push(33);
    out.extend([0; 23]);
    out
}

pub(super) fn rdp(sent: u8, seen: &[u8]) -> Step {
    if sent == 0 {
        return Step::Send(RDP_REQUEST.to_vec());
    }
    match seen {
        [] | [3] | [3, 0] | [3, 0, _] => return Step::Wait,
        [3, 0, ..] => {}
        _ => return not_this(seen),
    }
    let length = usize::from(seen[2]) << 8 | usize::from(seen[3]);
    if !(11..512).contains(&length) {
        return not_this(seen);
    }
    let Some(packet) = seen.get(..length) else { return Step::Wait };
    match (packet[5], packet.get(11..19)) {
        (0xd0, Some([2, _, 8, 0, selected, _, _, _])) if *selected != 0 => Step::Tls,
        (0xd0, Some([3, _, 8, 0, code, _, _, _])) => refused(rdp_failure(*code).as_bytes()),
        (0xd0, _) => refused(b"standard RDP security only"),
        _ => not_this(seen),
    }
}

/// MS-RDPBCGR 2.2.1.2.2.
fn rdp_failure(code: u8) -> &'static str {
    match code {
        1 => "SSL_REQUIRED_BY_SERVER",
        2 => "SSL_NOT_ALLOWED_BY_SERVER",
        3 => "SSL_CERT_NOT_ON_SERVER",
        4 => "INCONSISTENT_FLAGS",
        5 => "HYBRID_REQUIRED_BY_SERVER",
        6 => "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER",
        _ => "negotiation failure",
    }
}

/// Tag, contents and what follows.
fn ber(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let [tag, first, rest @ ..] = bytes else { return None };
    let (length, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0_usize, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (body, rest) = rest.split_at_checked(length)?;
    Some((*tag, body, rest))
}

/// The length is of a form, or of a size, that no answer has.
fn ber_broken(bytes: &[u8]) -> bool {
    match bytes {
        [_, 0x80 | 0x85..=0xff, ..] => true,
        [_, 0x83, first, ..] => *first > 0,
        [_, 0x84, first, second, ..] => *first > 0 || *second > 0,
        _ => false,
    }
}
