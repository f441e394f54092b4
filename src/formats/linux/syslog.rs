//! rsyslog and syslog-ng: where records go, and with which modes files are made.

use super::conf::unquoted;

/// What rsyslog's configuration says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rsyslog {
    pub targets: Vec<Target>,
    /// Selector and file, as `auth,authpriv.* /var/log/auth.log`.
    pub files: Vec<(String, String)>,
    /// The last `$FileCreateMode` or `FileCreateMode=`.
    pub file_create_mode: Option<String>,
    /// Input modules that listen to the network.
    pub listens: Vec<String>,
}

/// Where records are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub host: String,
    /// 0 where not said.
    pub port: i64,
    /// `udp`, `tcp`, `relp` or `https`.
    pub proto: String,
    pub selector: String,
    pub encrypted: bool,
}

/// Reads one file of rsyslog, old and new syntax. `global_tls` is whether the gtls driver is the default (old syntax).
pub fn rsyslog(text: &str, into: &mut Rsyslog) {
    let tls = text.lines().any(|line| {
        let line = line.trim().to_ascii_lowercase();
        line.starts_with("$actionsendstreamdrivermode 1") || line.starts_with("$actionsendstreamdrivermode\t1")
    });
    let mut selector = String::from("*.*");
    for statement in statements(text) {
        let line = statement.as_str();
        let lower = line.to_ascii_lowercase();
        if let Some(directive) = lower.strip_prefix('$') {
            directive_line(directive, into);
        } else if lower.starts_with("module(") || lower.starts_with("input(") {
            let names = ["imudp", "imtcp", "imrelp"];
            let is_input = lower.starts_with("input(");
            into.listens
                .extend(names.iter().filter(|name| is_input && lower.contains(*name)).map(|name| (*name).to_owned()));
            if let Some(mode) = parameter(line, "filecreatemode") {
                into.file_create_mode = Some(mode);
            }
        } else {
            if !lower.starts_with("action(")
                && !line.starts_with(['&', '~', '{', '}'])
                && let Some(first) = line.split_whitespace().next()
            {
                selector = first.to_owned();
            }
            action(line, &selector, tls, into);
        }
    }
}

fn directive_line(directive: &str, into: &mut Rsyslog) {
    let (name, value) = directive.split_once(char::is_whitespace).unwrap_or((directive, ""));
    match name {
        "filecreatemode" => into.file_create_mode = Some(value.trim().to_owned()),
        "udpserverrun" => into.listens.push("imudp".to_owned()),
        "inputtcpserverrun" => into.listens.push("imtcp".to_owned()),
        "inputrelpserverrun" => into.listens.push("imrelp".to_owned()),
        _ => {}
    }
}

/// Lines, where `name( ... )` over several lines is one statement, comments cut.
fn statements(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut depth = 0_i32;
    for line in text.lines() {
        let line = super::conf::uncommented(line.trim());
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match all.last_mut() {
            Some(last) if depth > 0 => {
                last.push(' ');
                last.push_str(line);
            }
            _ => all.push(line.to_owned()),
        }
        let opened = line.matches('(').count().min(1000) as i32;
        let closed = line.matches(')').count().min(1000) as i32;
        depth = (depth + opened - closed).max(0);
    }
    all
}

fn action(line: &str, selector: &str, tls: bool, into: &mut Rsyslog) {
    for part in line.split("action(").skip(1) {
        scripted(part, selector, into);
    }
    if line.contains("action(") {
        return;
    }
    let Some(target) = line.split_whitespace().last() else { return };
    if let Some(rest) = target.strip_prefix(":omrelp:") {
        into.targets.extend(address(rest, "relp", selector, tls));
    } else if let Some(rest) = target.strip_prefix("@@") {
        into.targets.extend(address(rest, "tcp", selector, tls));
    } else if let Some(rest) = target.strip_prefix('@') {
        into.targets.extend(address(rest, "udp", selector, tls));
    } else if target.trim_start_matches('-').starts_with('/') {
        let file = target.trim_start_matches('-').split(';').next().unwrap_or_default();
        into.files.push((selector.to_owned(), file.to_owned()));
    }
}

/// `(o,z9)host:port;template`, `[v6]:port`
fn address(text: &str, proto: &str, selector: &str, encrypted: bool) -> Option<Target> {
    let text = text.split(';').next().unwrap_or_default();
    let text = match text.strip_prefix('(') {
        Some(rest) => rest.split_once(')')?.1,
        None => text,
    };
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map(|(host, rest)| (host, rest.strip_prefix(':').unwrap_or_default()))?,
        None => text.rsplit_once(':').unwrap_or((text, "")),
    };
    (!host.is_empty()).then(|| Target {
        host: host.to_owned(),
        port: port.parse().unwrap_or(0),
        proto: proto.to_owned(),
        selector: selector.to_owned(),
        encrypted,
    })
}

fn scripted(body: &str, selector: &str, into: &mut Rsyslog) {
    let kind = parameter(body, "type").unwrap_or_default().to_ascii_lowercase();
    let target = parameter(body, "target").or_else(|| parameter(body, "server"));
    match (kind.as_str(), target) {
        ("omfwd" | "omrelp" | "omhttp" | "omelasticsearch" | "omkafka", Some(host)) => {
            let proto = match kind.as_str() {
                "omfwd" => parameter(body, "protocol").unwrap_or_else(|| "udp".to_owned()).to_ascii_lowercase(),
                "omrelp" => "relp".to_owned(),
                _ => "https".to_owned(),
            };
            let on = |name| parameter(body, name).is_some_and(|value| matches!(value.as_str(), "1" | "on"));
            into.targets.push(Target {
                host,
                port: parameter(body, "port").and_then(|port| port.parse().ok()).unwrap_or(0),
                proto,
                selector: selector.to_owned(),
                encrypted: on("streamdrivermode") || on("tls") || on("usehttps"),
            });
        }
        ("omfile", _) => {
            if let Some(file) = parameter(body, "file") {
                into.files.push((selector.to_owned(), file));
            }
        }
        _ => {}
    }
}

/// The value of `name="..."`, whatever the case of the name.
fn parameter(body: &str, name: &str) -> Option<String> {
    let lower = body.to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = lower.get(from..)?.find(name) {
        let begin = from + at;
        from = begin + name.len();
        let free =
            begin == 0 || !lower.as_bytes()[begin - 1].is_ascii_alphanumeric() && lower.as_bytes()[begin - 1] != b'.';
        let rest = body.get(from..)?.trim_start();
        if let (true, Some(rest)) = (free, rest.strip_prefix('=')) {
            let rest = rest.trim_start();
            let value = match rest.strip_prefix('"') {
                Some(inner) => inner.split('"').next().unwrap_or_default(),
                None => rest.split([' ', ')', '\t']).next().unwrap_or_default(),
            };
            return Some(unquoted(value).to_owned());
        }
    }
    None
}

/// Targets of syslog-ng: `destination d { network("10.0.0.1" port(514) transport("tls")); };`
pub fn syslog_ng(text: &str) -> Vec<Target> {
    let mut targets = Vec::new();
    for (name, proto) in [("network(", "tcp"), ("syslog(", "tcp"), ("tcp(", "tcp"), ("udp(", "udp"), ("http(", "https")]
    {
        for (at, _) in text.match_indices(name) {
            let free = text[..at].ends_with(|c: char| c.is_whitespace() || c == '{');
            let body: String = text[at + name.len()..].chars().take(400).collect();
            let statement = body.split(';').next().unwrap_or_default();
            let source = text[..at].rfind("source ") > text[..at].rfind("destination ");
            let host = statement.split('"').nth(1).unwrap_or_default();
            if !free || source || host.is_empty() {
                continue;
            }
            let after = |word: &str| statement.split_once(word).map(|(_, rest)| rest.trim_start_matches(['"', ' ']));
            let port = after("port(").map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
            let transport = after("transport(")
                .map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>());
            targets.push(Target {
                host: host.to_owned(),
                port: port.and_then(|port| port.parse().ok()).unwrap_or(0),
                encrypted: transport.as_deref() == Some("tls") || statement.contains("tls("),
                proto: transport.filter(|t| t != "tls").unwrap_or_else(|| proto.to_owned()),
                selector: "*.*".to_owned(),
            });
        }
    }
    targets
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Rsyslog {
        let mut into = Rsyslog::default();
        rsyslog(text, &mut into);
        into
    }

    #[test]
    fn old_targets_are_read_with_their_protocol() {
        let read = read(
            "$FileCreateMode 0640\n*.* @@10.0.0.9:514\nauth.*\t@loghost # no\nmail.* -/var/log/mail.log\n& @@(o)[2001:db8::1]:10514;tpl\n",
        );
        let seen: Vec<_> =
            read.targets.iter().map(|t| (t.host.as_str(), t.port, t.proto.as_str(), t.selector.as_str())).collect();
        assert_eq!(
            seen,
            [("10.0.0.9", 514, "tcp", "*.*"), ("loghost", 0, "udp", "auth.*"), ("2001:db8::1", 10514, "tcp", "mail.*")]
        );
        assert_eq!(read.files, [("mail.*".into(), "/var/log/mail.log".into())]);
        assert_eq!(read.file_create_mode.as_deref(), Some("0640"));
    }

    #[test]
    fn scripted_targets_are_read_over_several_lines() {
        let read = read(
            "*.* action(type=\"omfwd\"\n  queue.type=\"LinkedList\"\n  Target=\"siem.example\" Port=\"6514\" Protocol=\"tcp\"\n  StreamDriverMode=\"1\")\n#*.* @@nobody\n",
        );
        assert_eq!(read.targets.len(), 1);
        let target = &read.targets[0];
        assert_eq!((target.host.as_str(), target.port, target.encrypted), ("siem.example", 6514, true));
        assert_eq!(target.selector, "*.*");
    }

    #[test]
    fn inputs_from_the_network_are_seen_and_loading_alone_is_none() {
        assert_eq!(read("module(load=\"imudp\")\n").listens, Vec::<String>::new());
        assert_eq!(read("input(type=\"imudp\" port=\"514\")\n$InputTCPServerRun 514\n").listens, ["imudp", "imtcp"]);
    }

    #[test]
    fn syslog_ng_destinations_are_read_and_its_sources_not() {
        let text = "source s { network(\"0.0.0.0\" port(514)); };\ndestination d { network(\"10.1.1.1\" port(6514) transport(\"tls\")); };";
        let targets = syslog_ng(text);
        assert_eq!(targets.len(), 1);
        assert_eq!((targets[0].host.as_str(), targets[0].port, targets[0].encrypted), ("10.1.1.1", 6514, true));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(action\\(|type=|\"omfwd\"|target|=|@@?|\\(|\\)|\\[|\\]|:|;|\\*\\.\\*| |\\n|network\\(|é|\\PC)*") {
            let _ = (read(&text), syslog_ng(&text));
        }
    }
}
