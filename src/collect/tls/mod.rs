//! One TLS or TLCP endpoint: hellos made by hand and a few whole handshakes, none of which can discard the others.
//!
//! Nothing is judged here. What was sent and what came back is recorded as bytes, and facts are read from them again.

mod behaviour;
mod certificates;
mod client;
mod dial;
mod enumerate;
mod hello;
mod intrusive;
mod manners;
mod parameters;
mod renegotiation;
mod resumption;
mod sealed;
mod session;
mod survey;
mod verifier;
mod wire;

use std::{
    cell::Cell,
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    evidence::{NewRecord, Origin},
    formats::tls::{
        EXCHANGES, Probe, RENEGOTIATED, RESOLVE, RESUMED_1_3, RESUMED_ID, RESUMED_TICKET, Renegotiated, Resolved,
        SESSION, SESSION_1_2, SESSION_1_3, SESSION_1_3_ECDSA, SESSION_1_3_EDDSA, SESSION_1_3_RSA, SESSION_NO_NAME,
        exchange::Exchange, flaws::INTRUSIVE, item_of, starttls, version::Version,
    },
    inventory::Family,
    model::ItemStatus,
};

pub use manners::TlsLimits;

use manners::Manners;
use resumption::Keeps;
use session::{Keys, Offer};
use survey::Survey;
use wire::Wire;

/// Collector and its version.
pub const COLLECTOR: &str = "tls@2";

/// For one connection, where nobody asks for less.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// For one endpoint, with all its addresses.
pub const ENDPOINT: Duration = Duration::from_secs(120);

/// How often a waiting thread looks at the stop flag.
const LOOK: Duration = Duration::from_millis(50);

/// What is contacted: a name or an address, and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub host: String,
    pub port: u16,
    /// The server name to ask for instead of `host`.
    pub sni: Option<String>,
    /// The protocol that goes over to TLS when it is asked to.
    pub starttls: Option<starttls::Protocol>,
    /// Addresses of the name that count; all where none is given.
    pub family: Option<Family>,
    /// Every connection goes through this HTTP proxy.
    pub proxy: Option<SocketAddr>,
}

impl Target {
    /// The name that the server is asked for and that its certificate should have.
    pub fn name(&self) -> &str {
        self.sni.as_deref().unwrap_or(&self.host)
    }

    /// The name that goes into a hello: none where the target is an address (RFC 6066 section 3).
    pub fn server_name(&self) -> &str {
        if self.name().parse::<IpAddr>().is_ok() { "" } else { self.name() }
    }
}

/// What the addresses of the target are; asked before any contact, so that they can be held against the authorisation.
///
/// # Errors
/// The words of the resolver where there is no address.
pub fn resolve(target: &Target, limits: &TlsLimits) -> Result<Vec<IpAddr>, String> {
    let wanted = |ip: &IpAddr| match target.family {
        Some(Family::Ipv4) => ip.is_ipv4(),
        Some(Family::Ipv6) => ip.is_ipv6(),
        None => true,
    };
    let mut addresses = addresses_of(&target.host, target.port, limits)?;
    addresses.retain(wanted);
    if addresses.is_empty() { Err("the name has no address of this family".to_owned()) } else { Ok(addresses) }
}

/// The address of a proxy: the first that its name resolves to.
///
/// # Errors
/// The words of the resolver where there is no address.
pub fn proxy(host: &str, port: u16, limits: &TlsLimits) -> Result<SocketAddr, String> {
    let addresses = addresses_of(host, port, limits)?;
    addresses.first().map(|ip| SocketAddr::new(*ip, port)).ok_or_else(|| "the name has no address".to_owned())
}

fn addresses_of(host: &str, port: u16, limits: &TlsLimits) -> Result<Vec<IpAddr>, String> {
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Ok(vec![ip]);
    }
    let (done, result) = mpsc::channel();
    let name = (host.to_owned(), port);
    // The resolver of the system cannot be interrupted, so it has a thread of its own that may be left behind.
    let asked =
        thread::Builder::new().spawn(move || done.send(name.to_socket_addrs().map(|all| all.collect::<Vec<_>>())));
    asked.map_err(|e| e.to_string())?;
    match result.recv_timeout(limits.probe.min(limits.deadline.saturating_duration_since(Instant::now()))) {
        Ok(Ok(found)) => {
            let mut addresses: Vec<IpAddr> = Vec::new();
            for ip in found.into_iter().map(|socket| socket.ip()) {
                if !addresses.contains(&ip) {
                    addresses.push(ip);
                }
            }
            if addresses.is_empty() { Err("the name has no address".to_owned()) } else { Ok(addresses) }
        }
        Ok(Err(e)) => Err(e.to_string()),
        Err(_) => Err("the name was not resolved in time".to_owned()),
    }
}

/// Addresses of one name that are probed; more are recorded and said to be left out.
const ADDRESSES: usize = 8;

/// Probes the target at the addresses that it resolved to. False when it was stopped in the middle.
pub fn collect(
    target: &Target,
    addresses: &[IpAddr],
    limits: &TlsLimits,
    sink: &mut dyn FnMut(NewRecord, Option<Vec<u8>>),
) -> bool {
    let mut run = Run { target, limits, sink };
    run.resolved(addresses);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else {
        run.failed(EXCHANGES[0], "no runtime");
        return true;
    };
    let manners = Manners::new(limits);
    for (n, ip) in addresses.iter().take(ADDRESSES).enumerate() {
        manners.next_address();
        let wire = Wire { target, address: SocketAddr::new(*ip, target.port), manners: &manners };
        let name = target.server_name();
        let started = Cell::new((Timestamp::now(), Instant::now()));
        let surveyed = runtime.block_on(wire.survey(name, &mut |group, exchanges| {
            let (since, begun) = started.replace((Timestamp::now(), Instant::now()));
            run.exchanges(&item_of(group, n), since, begun, &exchanges);
        }));
        if surveyed.speaks(Version::Tls12) || surveyed.speaks(Version::Tls13) {
            run.sessions(n, *ip, &surveyed, &manners);
        }
        if let Some((version, versions)) = survey::newest_of_tls_before_1_3(&surveyed.found) {
            let (since, begun) = (Timestamp::now(), Instant::now());
            let asked = runtime.block_on(wire.renegotiation(version, name, versions));
            run.renegotiated(n, since, begun, &asked);
        }
        if limits.intrusive {
            let (since, begun) = (Timestamp::now(), Instant::now());
            let asked = runtime.block_on(wire.intrusive(name, &surveyed.found));
            run.exchanges(&item_of(INTRUSIVE, n), since, begun, &asked);
        }
    }
    !limits.stop.is_set()
}

struct Run<'a> {
    target: &'a Target,
    limits: &'a TlsLimits,
    sink: &'a mut dyn FnMut(NewRecord, Option<Vec<u8>>),
}

impl Run<'_> {
    fn resolved(&mut self, addresses: &[IpAddr]) {
        let (started, begun) = (Timestamp::now(), Instant::now());
        let resolved = Resolved {
            host: self.target.host.clone(),
            port: self.target.port,
            sni: self.target.server_name().to_owned(),
            starttls: self.target.starttls.map_or_else(String::new, |protocol| protocol.code().to_owned()),
            addresses: addresses.iter().map(ToString::to_string).collect(),
            probed: addresses.iter().take(ADDRESSES).map(ToString::to_string).collect(),
            family: self.target.family.map_or_else(String::new, |family| family.code().to_owned()),
            proxy: self.target.proxy.map_or_else(String::new, |proxy| proxy.to_string()),
        };
        let query = format!("resolve {}", self.target.host);
        self.record(RESOLVE, query, ItemStatus::Ok, started, begun, None, Some(&resolved));
    }

    fn exchanges(&mut self, item: &str, started: Timestamp, begun: Instant, exchanges: &[Exchange]) {
        let query = format!("{} hellos to {}:{}", exchanges.len(), self.target.host, self.target.port);
        self.record(item, query, ItemStatus::Ok, started, begun, None, Some(&exchanges));
    }

    fn renegotiated(&mut self, n: usize, started: Timestamp, begun: Instant, asked: &Renegotiated) {
        let query = format!("a hello within a session of {}:{}", asked.ip, self.target.port);
        let note = asked.error.clone();
        self.record(&item_of(RENEGOTIATED, n), query, ItemStatus::Ok, started, begun, note, Some(asked));
    }

    fn failed(&mut self, item: &str, why: &str) {
        let (started, begun) = (Timestamp::now(), Instant::now());
        self.record(item, String::new(), ItemStatus::Error, started, begun, Some(why.to_owned()), None::<&Probe>);
    }

    /// Handshakes to their end, in each version by itself: what comes after the hello is sealed from anyone else.
    fn sessions(&mut self, n: usize, ip: IpAddr, survey: &Survey, manners: &Manners<'_>) {
        self.session(&item_of(SESSION, n), ip, Offer::All, manners);
        for (version, item, offer) in
            [(Version::Tls12, SESSION_1_2, Offer::Only1_2), (Version::Tls13, SESSION_1_3, Offer::Only1_3)]
        {
            if survey.speaks(version) {
                self.session(&item_of(item, n), ip, offer, manners);
            }
        }
        if survey.speaks(Version::Tls13) && !survey.speaks(Version::Tls12) {
            self.sealed_certificates(n, ip, survey, manners);
        }
        for (version, item, keeps) in [
            (Version::Tls12, RESUMED_ID, Keeps::SessionId),
            (Version::Tls12, RESUMED_TICKET, Keeps::Ticket),
            (Version::Tls13, RESUMED_1_3, Keeps::Ticket1_3),
        ] {
            if survey.speaks(version) {
                self.resumption(&item_of(item, n), ip, keeps, manners);
            }
        }
    }

    /// What a server of TLS 1.2 shows in clear: its chain for each kind of key, and the one for who names nothing.
    fn sealed_certificates(&mut self, n: usize, ip: IpAddr, survey: &Survey, manners: &Manners<'_>) {
        let kinds = survey.keys_of_1_3.as_slice();
        for keys in kinds.iter().filter(|_| kinds.len() > 1) {
            let item = match keys {
                Keys::Rsa => SESSION_1_3_RSA,
                Keys::Ecdsa => SESSION_1_3_ECDSA,
                Keys::EdDsa => SESSION_1_3_EDDSA,
            };
            self.session(&item_of(item, n), ip, Offer::Only1_3With(*keys), manners);
        }
        if !self.target.server_name().is_empty() {
            self.session(&item_of(SESSION_NO_NAME, n), ip, Offer::Only1_3WithoutName, manners);
        }
    }

    fn resumption(&mut self, item: &str, ip: IpAddr, keeps: Keeps, manners: &Manners<'_>) {
        let (started, begun) = (Timestamp::now(), Instant::now());
        let query = format!("two handshakes with {}", SocketAddr::new(ip, self.target.port));
        let patience = match manners.admit_waiting(2) {
            Ok(patience) => patience,
            Err(why) => return self.not_begun(item, query, why),
        };
        let target = self.target.clone();
        let Some(resumed) = self.interruptibly(move || resumption::probe(&target, ip, keeps, patience)) else { return };
        let note = resumed.error.clone();
        self.record(item, query, ItemStatus::Ok, started, begun, note, Some(&resumed));
    }

    fn session(&mut self, item: &str, ip: IpAddr, offer: Offer, manners: &Manners<'_>) {
        let (started, begun) = (Timestamp::now(), Instant::now());
        let query = format!("{} {}", offer.describe(), SocketAddr::new(ip, self.target.port));
        let patience = match manners.admit_waiting(1) {
            Ok(patience) => patience,
            Err(why) => return self.not_begun(item, query, why),
        };
        let target = self.target.clone();
        let Some(probe) = self.interruptibly(move || session::probe(&target, ip, offer, patience)) else { return };
        let note = probe.error.clone();
        self.record(item, query, ItemStatus::Ok, started, begun, note, Some(&probe));
    }

    /// What the manners of a visitor forbade.
    fn not_begun(&mut self, item: &str, query: String, why: &str) {
        if why == manners::STOPPED {
            return;
        }
        let (started, begun) = (Timestamp::now(), Instant::now());
        self.record(item, query, ItemStatus::Timeout, started, begun, Some(why.to_owned()), None::<&Probe>);
    }

    /// Work on a thread of its own, which a stop leaves behind: a silent peer must not hold anybody up.
    fn interruptibly<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (done, result) = mpsc::channel();
        // Nobody waits any more where the run was stopped.
        thread::Builder::new().spawn(move || drop(done.send(work()))).ok()?;
        loop {
            match result.recv_timeout(LOOK) {
                Ok(probe) => return Some(probe),
                Err(mpsc::RecvTimeoutError::Timeout) if !self.limits.stop.is_set() => {}
                Err(_) => return None,
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one record")]
    fn record(
        &mut self,
        item: &str,
        query: String,
        status: ItemStatus,
        started: Timestamp,
        begun: Instant,
        note: Option<String>,
        body: Option<&impl Serialize>,
    ) {
        let mut record = NewRecord::new(item, COLLECTOR, Origin::Query(query), status, started.to_string());
        record.dur_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        record.note = note;
        let bytes = body.and_then(|body| serde_json::to_vec(body).ok());
        (self.sink)(record, bytes);
    }
}

#[cfg(test)]
mod tests;
