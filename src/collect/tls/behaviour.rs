//! How a server behaves beyond what it chooses: each question is one hello of its own.

use super::{
    enumerate::Versions,
    hello::{Hello, Shape},
    wire::{Want, Wire},
};
use crate::formats::tls::{
    GREASE,
    exchange::{Answer, Exchange},
    extension::Extension,
    suites::FALLBACK_SCSV,
    version::Version,
};

/// Protocols of web servers (the IANA registry of ALPN protocol ids).
const ALPN: &[&str] = &["h2", "http/1.1", "http/1.0", "spdy/3.1", "h3"];

impl Wire<'_> {
    /// Whether records may be compressed (CRIME): offered with DEFLATE.
    pub async fn compression(&self, version: Version, name: &str, found: &Versions) -> Exchange {
        let mut hello = Hello::new(version, name).suites(found.accepted.clone());
        hello.compression = vec![1, 0];
        self.ask_hello("compression", &hello, Want::Hello).await
    }

    /// Whether a needless step down is refused (RFC 7507): `version` is below what the server can do.
    pub async fn fallback(&self, version: Version, name: &str, found: &Versions) -> Exchange {
        let mut suites = found.accepted.clone();
        suites.push(FALLBACK_SCSV);
        self.ask_hello("fallback_scsv", &Hello::new(version, name).suites(suites), Want::Hello).await
    }

    /// Whether numbers that nobody registered are passed over (RFC 8701), as every new version needs: a suite, a group and
    /// an extension of that kind.
    pub async fn grease(&self, version: Version, name: &str, found: &Versions) -> Exchange {
        let suites = [0x0a0a].into_iter().chain(found.accepted.iter().copied()).collect();
        let mut hello = Hello::new(version, name).suites(suites).shape(found.shape.unwrap_or(Shape::Full));
        hello.groups.insert(0, 0x2a2a);
        self.ask_hello(GREASE, &hello.with(Extension::Grease(0x1a1a, vec![0])), Want::Hello).await
    }

    /// Whether the heartbeat extension is answered (RFC 6520).
    pub async fn heartbeat(&self, version: Version, name: &str, found: &Versions) -> Exchange {
        let hello = Hello::new(version, name).suites(found.accepted.clone()).with(Extension::Heartbeat(1));
        self.ask_hello("heartbeat", &hello, Want::Hello).await
    }

    /// Protocols that the server chooses, each taken out once it was chosen. In TLS 1.3 the answer is sealed, so this
    /// is asked in the versions before.
    pub async fn alpn(&self, version: Version, name: &str, found: &Versions) -> Vec<Exchange> {
        let mut left: Vec<Vec<u8>> = ALPN.iter().map(|name| name.as_bytes().to_vec()).collect();
        let mut exchanges = Vec::new();
        while !left.is_empty() {
            let hello = Hello::new(version, name).suites(found.accepted.clone()).with(Extension::Alpn(left.clone()));
            let exchange = self.ask_hello("alpn", &hello, Want::Hello).await;
            let chosen = match exchange.answer() {
                Answer::ServerHello(answer) => answer.alpn().map(<[u8]>::to_vec),
                _ => None,
            };
            exchanges.push(exchange);
            let Some(at) = chosen.and_then(|chosen| left.iter().position(|other| *other == chosen)) else { break };
            left.remove(at);
        }
        exchanges
    }
}
