//! The tunnel of an HTTP proxy: `CONNECT` and its answer (RFC 9110 section 9.3.6, RFC 9112 section 3.2.3).

use std::net::SocketAddr;

/// Longest answer that is read; the fields of a proxy say little.
pub const LONGEST: usize = 16 << 10;

/// What a proxy has answered so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Not all of it is there.
    More,
    /// What follows is the target's.
    Open,
    /// Its status, or that it is no answer of a proxy.
    Refused { words: String },
}

/// The request for a tunnel. The target is an address: what a name stands for was settled before.
pub fn request(target: SocketAddr) -> Vec<u8> {
    format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n").into_bytes()
}

/// Reads what has come so far. To be asked after each byte: the first one after the empty line is the target's.
pub fn answer(bytes: &[u8]) -> Answer {
    let whole = bytes.ends_with(b"\r\n\r\n") || bytes.ends_with(b"\n\n");
    let foreign = !b"HTTP/1.".starts_with(bytes.get(..7).unwrap_or(bytes));
    if foreign || (!whole && bytes.len() >= LONGEST) {
        return Answer::Refused { words: "not HTTP".to_owned() };
    }
    if !whole {
        return Answer::More;
    }
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let words = line.trim().split_once(' ').map_or("", |(_, words)| words.trim());
    match words.split(' ').next().and_then(|status| status.parse::<u16>().ok()) {
        Some(200..=299) => Answer::Open,
        Some(_) => Answer::Refused { words: words.chars().filter(|c| !c.is_control()).take(80).collect() },
        None => Answer::Refused { words: "not HTTP".to_owned() },
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, LONGEST, answer, request};

    fn refused(words: &str) -> Answer {
        Answer::Refused { words: words.to_owned() }
    }

    #[test]
    fn addresses_of_both_families_are_asked_for_as_urls_write_them() {
        assert!(request("192.0.2.1:443".parse().unwrap()).starts_with(b"CONNECT 192.0.2.1:443 HTTP/1.1\r\n"));
        assert!(request("[2001:db8::1]:443".parse().unwrap()).starts_with(b"CONNECT [2001:db8::1]:443 HTTP/1.1\r\n"));
    }

    #[test]
    fn only_a_whole_answer_of_success_opens_the_tunnel() {
        assert_eq!(answer(b""), Answer::More);
        assert_eq!(answer(b"HTTP/1.1 200 Connection established\r\n"), Answer::More);
        assert_eq!(answer(b"HTTP/1.1 200 Connection established\r\n\r\n"), Answer::Open);
        assert_eq!(answer(b"HTTP/1.0 200 OK\r\nVia: a\r\n\r\n"), Answer::Open);
        assert_eq!(
            answer(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
            refused("407 Proxy Authentication Required")
        );
        assert_eq!(answer(b"HTTP/1.1 502\x07 Bad\r\n\r\n"), refused("not HTTP"));
        assert_eq!(answer(b"HTTP/1.1 502 Bad\x1b[31m\r\n\r\n"), refused("502 Bad[31m"));
        assert_eq!(answer(b"SSH-2.0"), refused("not HTTP"));
        assert_eq!(answer(b"\x15\x03"), refused("not HTTP"));
        assert_eq!(answer(&[b"HTTP/1.1 200 ".as_slice(), &[b'a'; LONGEST]].concat()), refused("not HTTP"));
    }
}
