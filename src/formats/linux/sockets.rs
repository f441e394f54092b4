//! Listening sockets from `ss -Htulpn`, or from `/proc/net` where there is no ss.

use std::net::{Ipv4Addr, Ipv6Addr};

/// One listening socket.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Socket {
    /// `tcp`, `udp`, `tcp6` or `udp6`.
    pub proto: String,
    pub addr: String,
    pub port: u16,
    /// Name of the process, where the listing has it.
    pub process: Option<String>,
}

impl Socket {
    pub fn loopback(&self) -> bool {
        self.addr.starts_with("127.") || self.addr == "::1" || self.addr.starts_with("::ffff:127.")
    }
}

/// Reads `ss -Htulpn`. The second value counts lines that are none.
pub fn ss(text: &str) -> (Vec<Socket>, usize) {
    let mut malformed = 0;
    let sockets = text.lines().filter(|line| !line.trim().is_empty()).filter_map(|line| {
        let socket = ss_line(line);
        malformed += usize::from(socket.is_none());
        socket
    });
    let mut sockets: Vec<_> = sockets.collect();
    sockets.sort();
    sockets.dedup();
    (sockets, malformed)
}

fn ss_line(line: &str) -> Option<Socket> {
    let words: Vec<_> = line.split_whitespace().collect();
    let [proto, _state, _received, _sent, local, ..] = words[..] else { return None };
    if !matches!(proto, "tcp" | "udp") {
        return None;
    }
    let (addr, port) = local.rsplit_once(':')?;
    let addr = addr.split('%').next().unwrap_or(addr).trim_matches(['[', ']']);
    let six = addr.contains(':');
    let process = line.split_once("users:((\"").and_then(|(_, rest)| rest.split('"').next()).map(str::to_owned);
    Some(Socket {
        proto: if six { format!("{proto}6") } else { proto.to_owned() },
        // `*` is both families; it is shown as the one that takes in the other.
        addr: if addr == "*" { "::".to_owned() } else { addr.to_owned() },
        port: port.parse().ok()?,
        process,
    })
    .map(|mut socket| {
        if socket.addr == "::" && !socket.proto.ends_with('6') {
            socket.proto.push('6');
        }
        socket
    })
}

/// Reads one table of `/proc/net`; `proto` is `tcp`, `tcp6`, `udp` or `udp6`. Only sockets that listen (TCP state 0A)
/// or are unconnected (UDP state 07) are given. `None` where the head line is not that of the kernel.
pub fn proc_net(proto: &str, text: &str) -> Option<Vec<Socket>> {
    let mut lines = text.lines();
    if !lines.next()?.contains("local_address") {
        return None;
    }
    let listening = if proto.starts_with("tcp") { "0A" } else { "07" };
    let mut sockets: Vec<_> = lines
        .filter_map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            let (addr, port) = words.get(1)?.split_once(':')?;
            (words.get(3) == Some(&listening)).then_some(())?;
            Some(Socket {
                proto: proto.to_owned(),
                addr: hex_address(addr)?,
                port: u16::from_str_radix(port, 16).ok()?,
                process: None,
            })
        })
        .collect();
    sockets.sort();
    sockets.dedup();
    Some(sockets)
}

/// Addresses stand there as words of the machine, which is little endian wherever this runs.
fn hex_address(hex: &str) -> Option<String> {
    let words: Option<Vec<u32>> =
        hex.as_bytes().chunks(8).map(|word| u32::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok()).collect();
    match words?[..] {
        [v4] if hex.len() == 8 => Some(Ipv4Addr::from(v4.swap_bytes()).to_string()),
        [a, b, c, d] if hex.len() == 32 => {
            let mut bytes = [0; 16];
            for (chunk, word) in bytes.chunks_mut(4).zip([a, b, c, d]) {
                chunk.copy_from_slice(&word.to_le_bytes());
            }
            Some(Ipv6Addr::from(bytes).to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ss_gives_protocol_address_port_and_process() {
        let text = "tcp   LISTEN 0      128          0.0.0.0:22        0.0.0.0:*    users:((\"sshd\",pid=700,fd=3))\n\
            tcp   LISTEN 0      128             [::]:22           [::]:*    users:((\"sshd\",pid=700,fd=4))\n\
            udp   UNCONN 0      0      127.0.0.53%lo:53        0.0.0.0:*\n\
            tcp   LISTEN 0      100                *:8080            *:*    users:((\"java\",pid=9,fd=5))\n";
        let (sockets, malformed) = ss(text);
        assert_eq!(malformed, 0);
        let seen: Vec<_> = sockets.iter().map(|s| (s.proto.as_str(), s.addr.as_str(), s.port, s.loopback())).collect();
        assert_eq!(
            seen,
            [
                ("tcp", "0.0.0.0", 22, false),
                ("tcp6", "::", 22, false),
                ("tcp6", "::", 8080, false),
                ("udp", "127.0.0.53", 53, true)
            ]
        );
        assert_eq!(sockets[0].process.as_deref(), Some("sshd"));
    }

    #[test]
    fn tables_of_the_kernel_give_the_same_sockets() {
        let text = "  sl  local_address rem_address   st tx_queue\n\
             0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000\n   1: 00000000:0016 00000000:0000 01 0:0\n";
        let sockets = proc_net("tcp", text).unwrap();
        assert_eq!(sockets.len(), 1);
        assert_eq!((sockets[0].addr.as_str(), sockets[0].port), ("127.0.0.1", 3306));
        let six = "  sl  local_address\n   0: 00000000000000000000000001000000:0277 0:0 0A\n";
        assert_eq!(proc_net("tcp6", six).unwrap()[0].addr, "::1");
        assert_eq!(proc_net("tcp", "nonsense"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(tcp |udp |[0-9A-F:\\[\\]*% ]|\\n|\\PC)*") {
            let _ = (ss(&text), proc_net("tcp", &text), proc_net("tcp6", &format!("local_address\n{text}")));
        }
    }
}
