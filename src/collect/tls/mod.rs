//! One TLS endpoint: a few connections, each an item of evidence, none of which can discard the others.
//!
//! Nothing is judged here: the chain is recorded as it came, and what it is worth is decided at evaluation.

mod connection;
mod verifier;

use std::{
    net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    collect::runner::StopFlag,
    evidence::{NewRecord, Origin},
    formats::tls::{DEFAULT, ONLY_1_2, ONLY_1_3, Outcome, PLAIN, Probe, RESOLVE, Resolved},
    model::ItemStatus,
};

/// Collector and its version.
pub const COLLECTOR: &str = "tls@1";

/// How often a waiting thread looks at the stop flag.
const LOOK: Duration = Duration::from_millis(50);

/// What is contacted: a name or an address, and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub host: String,
    pub port: u16,
    /// The server name to ask for instead of `host`.
    pub sni: Option<String>,
}

impl Target {
    /// The name that the server is asked for and that its certificate should have.
    pub fn name(&self) -> &str {
        self.sni.as_deref().unwrap_or(&self.host)
    }
}

/// Bounds of the collection of one endpoint.
#[derive(Clone, Debug)]
pub struct TlsLimits {
    /// For one connection, from the first packet to the last.
    pub probe: Duration,
    pub deadline: Instant,
    pub stop: StopFlag,
}

/// What the addresses of the target are; asked before any contact, so that they can be held against the authorisation.
///
/// # Errors
/// The words of the resolver where there is no address.
pub fn resolve(target: &Target, limits: &TlsLimits) -> Result<Vec<IpAddr>, String> {
    if let Ok(ip) = target.host.parse::<IpAddr>() {
        return Ok(vec![ip]);
    }
    let (done, result) = mpsc::channel();
    let name = (target.host.clone(), target.port);
    // The resolver of the system cannot be interrupted, so it has a thread of its own that may be left behind.
    let asked =
        thread::Builder::new().spawn(move || done.send(name.to_socket_addrs().map(|all| all.collect::<Vec<_>>())));
    asked.map_err(|e| e.to_string())?;
    match result.recv_timeout(limits.probe.min(limits.deadline.saturating_duration_since(Instant::now()))) {
        Ok(Ok(found)) => {
            let mut addresses: Vec<IpAddr> = found.into_iter().map(|socket| socket.ip()).collect();
            addresses.dedup();
            if addresses.is_empty() { Err("the name has no address".to_owned()) } else { Ok(addresses) }
        }
        Ok(Err(e)) => Err(e.to_string()),
        Err(_) => Err("the name was not resolved in time".to_owned()),
    }
}

/// Probes the target at the addresses that it resolved to. False when it was stopped in the middle.
pub fn collect(
    target: &Target,
    addresses: &[IpAddr],
    limits: &TlsLimits,
    sink: &mut dyn FnMut(NewRecord, Option<Vec<u8>>),
) -> bool {
    let mut run = Run { target, limits, sink };
    let Some(ip) = run.choose(addresses) else { return !limits.stop.is_set() };
    let default = run.probe(DEFAULT, ip, connection::Offer::All);
    run.probe(ONLY_1_2, ip, connection::Offer::Only1_2);
    run.probe(ONLY_1_3, ip, connection::Offer::Only1_3);
    let silent = |probe: &Probe| matches!(probe.outcome, Outcome::Closed | Outcome::Timeout | Outcome::NotTls);
    if default.as_ref().is_some_and(silent) {
        run.probe(PLAIN, ip, connection::Offer::Plain);
    }
    !limits.stop.is_set()
}

struct Run<'a> {
    target: &'a Target,
    limits: &'a TlsLimits,
    sink: &'a mut dyn FnMut(NewRecord, Option<Vec<u8>>),
}

impl Run<'_> {
    /// The first address that takes a connection; the first of all where none does.
    fn choose(&mut self, addresses: &[IpAddr]) -> Option<IpAddr> {
        let (started, begun) = (Timestamp::now(), Instant::now());
        let takes = |ip: &&IpAddr| {
            let socket = SocketAddr::new(**ip, self.target.port);
            addresses.len() == 1 || TcpStream::connect_timeout(&socket, self.patience()).is_ok()
        };
        let chosen = addresses.iter().find(takes).or(addresses.first()).copied();
        let resolved = Resolved {
            host: self.target.host.clone(),
            port: self.target.port,
            addresses: addresses.iter().map(ToString::to_string).collect(),
            chosen: chosen.map(|ip| ip.to_string()),
        };
        let query = format!("resolve {}", self.target.host);
        self.record(RESOLVE, query, ItemStatus::Ok, started, begun, None, Some(&resolved));
        chosen
    }

    fn patience(&self) -> Duration {
        self.limits.probe.min(self.limits.deadline.saturating_duration_since(Instant::now()))
    }

    fn probe(&mut self, item: &str, ip: IpAddr, offer: connection::Offer) -> Option<Probe> {
        if self.limits.stop.is_set() {
            return None;
        }
        let (started, begun) = (Timestamp::now(), Instant::now());
        let query = format!("{} {}", offer.describe(), SocketAddr::new(ip, self.target.port));
        let patience = self.patience();
        if patience.is_zero() {
            let note = Some("the time for the whole endpoint was over before this probe began".to_owned());
            self.record(item, query, ItemStatus::Timeout, started, begun, note, None::<&Probe>);
            return None;
        }
        let probe = self.interruptibly(ip, offer, patience)?;
        let note = probe.error.clone();
        self.record(item, query, ItemStatus::Ok, started, begun, note, Some(&probe));
        Some(probe)
    }

    /// One connection on a thread of its own, which a stop leaves behind: a silent peer must not hold anybody up.
    fn interruptibly(&self, ip: IpAddr, offer: connection::Offer, patience: Duration) -> Option<Probe> {
        let (done, result) = mpsc::channel();
        let target = self.target.clone();
        let spawned = thread::Builder::new().spawn(move || {
            // Nobody waits any more where the run was stopped.
            let _ = done.send(connection::probe(&target, ip, offer, patience));
        });
        if spawned.is_err() {
            return Some(connection::probe(self.target, ip, offer, patience));
        }
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
