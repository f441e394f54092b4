//! One URL in the middle of other bytes: where it begins and ends, and its parts (RFC 3986), its slashes escaped or not.

use std::borrow::Cow;

use super::host::Host;

/// Bytes after the scheme that are looked at.
const LONGEST: usize = 1024;
/// Bytes of a path that are shown.
const LONGEST_PATH: usize = 256;
/// Bytes that a scheme may have, and a little more.
const LONGEST_SCHEME: usize = 16;

/// Schemes that name a peer on a network, with their ports as IANA registered them, or 0. What opens something on the device
/// itself (`content`, `file`, an app's own schemes) is no endpoint.
const SCHEMES: &[(&str, u16)] = &[
    ("amqp", 5672),
    ("amqps", 5671),
    ("coap", 5683),
    ("coaps", 5684),
    ("dm", 5236),
    ("ftp", 21),
    ("ftps", 990),
    ("gbase", 5258),
    ("grpc", 0),
    ("http", 80),
    ("https", 443),
    ("imap", 143),
    ("imaps", 993),
    ("kafka", 9092),
    ("kingbase", 54321),
    ("kingbase8", 54321),
    ("ldap", 389),
    ("ldaps", 636),
    ("mariadb", 3306),
    ("mongodb", 27017),
    ("mongodb+srv", 27017),
    ("mqtt", 1883),
    ("mqtts", 8883),
    ("mysql", 3306),
    ("nats", 4222),
    ("postgres", 5432),
    ("postgresql", 5432),
    ("redis", 6379),
    ("rediss", 6379),
    ("rtmp", 1935),
    ("rtmps", 443),
    ("rtsp", 554),
    ("rtsps", 322),
    ("sftp", 22),
    ("smb", 445),
    ("smtp", 25),
    ("smtps", 465),
    ("sqlserver", 1433),
    ("ssh", 22),
    ("ssl", 0),
    ("tcp", 0),
    ("telnet", 23),
    ("tls", 0),
    ("udp", 0),
    ("ws", 80),
    ("wss", 443),
];

/// What stands where a scheme and two slashes were found.
#[derive(Debug)]
pub(super) enum Reading<'a> {
    Url(Box<Url<'a>>),
    /// A URL whose host is put in at run time.
    Template,
    Nothing,
}

/// The parts of one URL.
#[derive(Debug)]
pub(super) struct Url<'a> {
    pub scheme: &'static str,
    /// The port of the scheme; 0 where it has none of its own.
    pub default_port: u16,
    /// As written, before the `@`.
    pub userinfo: Option<String>,
    pub host: Host,
    pub port: Option<u16>,
    /// Without the root's slash, without query and fragment.
    pub path: String,
    /// From the path on, as written: what a secret may be in.
    pub rest: Cow<'a, [u8]>,
    /// Where the scheme begins.
    pub start: usize,
}

impl Url<'_> {
    /// The URL as it may be shown: credentials masked, query and fragment cut, the scheme's own port left out.
    pub(super) fn shown(&self, path: &str) -> String {
        let secret = if self.userinfo.is_some() { "***@" } else { "" };
        let port = self.port.filter(|port| *port != self.default_port).map(|port| format!(":{port}"));
        format!("{}://{secret}{}{}{path}", self.scheme, self.host.name, port.unwrap_or_default())
    }
}

/// Reads the URL whose colon is at `colon`; `slashes` is what came after it, two slashes in some writing. In a `tolerant`
/// reading the scheme may follow a byte that is no part of it, as in tables where a length comes first.
pub(super) fn read<'a>(bytes: &'a [u8], colon: usize, slashes: usize, tolerant: bool) -> Reading<'a> {
    let Some((scheme, default_port, start)) = scheme(bytes, colon, tolerant) else { return Reading::Nothing };
    let from = (colon + 1 + slashes).min(bytes.len());
    let tail = &bytes[from..(from + LONGEST).min(bytes.len())];
    let tail = if slashes == 2 { Cow::Borrowed(tail) } else { Cow::Owned(unescaped(tail)) };
    let end = tail.iter().position(|byte| ends_authority(*byte)).unwrap_or(tail.len());
    let authority = &tail[..end];
    let at = authority.iter().rposition(|byte| *byte == b'@');
    let userinfo = at.map(|at| String::from_utf8_lossy(&authority[..at]).into_owned());
    let host_from = at.map_or(0, |at| at + 1);
    let host_len = host_length(&authority[host_from..]);
    let written = String::from_utf8_lossy(&authority[host_from..host_from + host_len]).into_owned();
    let after = &tail[host_from + host_len..];
    let (port, port_len) = port(after);
    let next = after.get(port_len).copied();
    let open = written.is_empty() || written.ends_with(['.', '-', '_']);
    let Some(host) =
        Host::read(&written).filter(|host| !(open && is_template(next)) && may_be_meant(host, scheme, port))
    else {
        return if is_template(next) && !written.contains('.') || open && is_template(next) {
            Reading::Template
        } else {
            Reading::Nothing
        };
    };
    let rest_from = host_from + host_len + port_len;
    let path = path(&tail[rest_from..]);
    let rest = match tail {
        Cow::Borrowed(tail) => Cow::Borrowed(&tail[rest_from..]),
        Cow::Owned(mut tail) => Cow::Owned(tail.split_off(rest_from)),
    };
    Reading::Url(Box::new(Url { scheme, default_port, userinfo, host, port, path, rest, start }))
}

fn scheme(bytes: &[u8], colon: usize, tolerant: bool) -> Option<(&'static str, u16, usize)> {
    let before = bytes.get(..colon)?;
    let length = before.iter().rev().take(LONGEST_SCHEME).take_while(|byte| is_scheme(**byte)).count();
    let run = &before[colon - length..];
    let fits = |name: &str| match run.len().checked_sub(name.len()) {
        Some(0) => run.eq_ignore_ascii_case(name.as_bytes()),
        Some(more) => tolerant && &run[more..] == name.as_bytes(),
        None => false,
    };
    // The longest that fits: `mongodb+srv` rather than `srv`, `https` rather than nothing.
    let (name, port) = SCHEMES.iter().filter(|(name, _)| fits(name)).max_by_key(|(name, _)| name.len())?;
    Some((name, *port, colon - name.len()))
}

fn is_scheme(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

/// One host without a dot is a word more often than a peer, unless a port or a protocol for machines says otherwise.
fn may_be_meant(host: &Host, scheme: &str, port: Option<u16>) -> bool {
    let web = matches!(scheme, "http" | "https" | "ws" | "wss");
    if host.is_single_label() { !web && host.name.len() > 1 || port.is_some() } else { host.has_top_level() }
}

fn ends_authority(byte: u8) -> bool {
    byte <= b' ' || byte == 0x7f || matches!(byte, b'/' | b'?' | b'#' | b'\\' | b'"' | b'\'' | b'<' | b'>' | b'`')
}

fn is_template(next: Option<u8>) -> bool {
    matches!(next, Some(b'%' | b'$' | b'{' | b'*' | b'#'))
}

/// How many bytes belong to the host. A name in other letters than ASCII is one, but what a sentence in Chinese puts right
/// behind a finished name is not.
fn host_length(bytes: &[u8]) -> usize {
    if bytes.first() == Some(&b'[') {
        return bytes.iter().take(64).position(|byte| *byte == b']').map_or(0, |end| end + 1);
    }
    let ascii =
        bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')).count();
    let finished = Host::read(&String::from_utf8_lossy(&bytes[..ascii]))
        .is_some_and(|host| !host.is_single_label() && host.has_top_level());
    if finished || bytes.get(ascii).is_none_or(u8::is_ascii) {
        return ascii;
    }
    let valid = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    };
    valid.find(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.')).unwrap_or(valid.len())
}

/// The port, and how many bytes it takes with its colon.
fn port(bytes: &[u8]) -> (Option<u16>, usize) {
    let Some((b':', digits)) = bytes.split_first() else { return (None, 0) };
    let count = digits.iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
    let number = std::str::from_utf8(&digits[..count]).ok().and_then(|digits| digits.parse().ok());
    match number {
        Some(0) | None => (None, 0),
        Some(port) => (Some(port), count + 1),
    }
}

fn path(bytes: &[u8]) -> String {
    if bytes.first() != Some(&b'/') {
        return String::new();
    }
    let end = bytes.iter().take(LONGEST_PATH).position(|byte| !is_path(*byte)).unwrap_or(bytes.len().min(LONGEST_PATH));
    let path = String::from_utf8_lossy(&bytes[..end]);
    let path = path.trim_end_matches(['.', ':', '!', '*', '$', '%', '&', '=', '+', '~', '-']);
    if path == "/" { String::new() } else { path.to_owned() }
}

fn is_path(byte: u8) -> bool {
    let ends = matches!(
        byte,
        b'"' | b'\''
            | b'<'
            | b'>'
            | b'\\'
            | b'^'
            | b'`'
            | b'{'
            | b'|'
            | b'}'
            | b'?'
            | b'#'
            | b','
            | b';'
            | b'('
            | b')'
            | b'['
            | b']'
    );
    byte.is_ascii_graphic() && !ends
}

/// Slashes as JSON and script minifiers escape them.
fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, more)) = rest.split_first() {
        rest = match more {
            [b'/', more @ ..] if *first == b'\\' => {
                out.push(b'/');
                more
            }
            [b'u', b'0', b'0', b'2', b'F' | b'f', more @ ..] if *first == b'\\' => {
                out.push(b'/');
                more
            }
            _ => {
                out.push(*first);
                more
            }
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Reading, read};

    fn shown(text: &str) -> String {
        let (colon, slashes) = match (text.find("://"), text.find(":\\/\\/"), text.find(":\\u002F\\u002F")) {
            (Some(at), ..) => (at, 2),
            (_, Some(at), _) => (at, 4),
            (.., Some(at)) => (at, 12),
            _ => panic!("no URL in {text}"),
        };
        match read(text.as_bytes(), colon, slashes, false) {
            Reading::Url(url) => url.shown(&url.path),
            Reading::Template => "template".to_owned(),
            Reading::Nothing => String::new(),
        }
    }

    #[test]
    fn a_url_ends_where_the_sentence_goes_on() {
        for (text, expected) in [
            ("see http://www.sc.gov.cn/a/b.html, and", "http://www.sc.gov.cn/a/b.html"),
            ("请访问http://www.sc.gov.cn办理", "http://www.sc.gov.cn"),
            ("请访问http://www.sc.gov.cn/zwfw。谢谢", "http://www.sc.gov.cn/zwfw"),
            ("(https://a.cn/x)", "https://a.cn/x"),
            ("url='https://a.cn/x'", "https://a.cn/x"),
            ("HTTPS://A.CN:443/", "https://a.cn"),
            ("http://a.cn:8080", "http://a.cn:8080"),
            ("https://a.cn/q?token=1#top", "https://a.cn/q"),
            ("http://政务.中国/x", "http://政务.中国/x"),
            ("http://[2001:db8::1]:81/x", "http://[2001:db8::1]:81/x"),
            ("jdbc:mysql://db:3306/zw?useSSL=false", "mysql://db/zw"),
            ("wss://push.a.cn/ws", "wss://push.a.cn/ws"),
            ("https://a.cn/v1/${id}", "https://a.cn/v1/"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn escaped_slashes_are_slashes() {
        assert_eq!(shown(r#""url":"https:\/\/a.cn\/v1\/x""#), "https://a.cn/v1/x");
        assert_eq!(shown(r#""https:\u002F\u002Fa.cn\u002Fv1""#), "https://a.cn/v1");
    }

    #[test]
    fn credentials_are_masked_and_queries_are_cut() {
        assert_eq!(shown("ftp://zw:P@ss,w0rd@10.1.2.3/pub?x=1"), "ftp://***@10.1.2.3/pub");
    }

    #[test]
    fn what_is_put_in_at_run_time_is_no_host() {
        for text in ["http://%s/api", "https://${host}/api", "http://{0}", "http://api.%s.cn/", "https://$host:8080/x"]
        {
            assert_eq!(shown(text), "template", "{text}");
        }
    }

    #[test]
    fn words_and_versions_are_no_hosts() {
        for text in [
            "http://",
            "http://a",
            "http://x/y",
            "http://1.2/",
            "http://a.b",
            "content://sms.inbox.cn",
            "abc://a.cn",
            "http://.",
        ] {
            assert_eq!(shown(text), "", "{text}");
        }
    }

    #[test]
    fn a_length_before_the_scheme_is_passed_over_in_a_tolerant_reading_only() {
        let bytes = b"\0\x41http://a.cn/x\0";
        assert!(matches!(read(bytes, 6, 2, false), Reading::Nothing));
        let Reading::Url(url) = read(bytes, 6, 2, true) else { panic!("a URL") };
        assert_eq!((url.start, url.shown(&url.path)), (2, "http://a.cn/x".to_owned()));
    }
}
