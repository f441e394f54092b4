//! How much is asked of a target, and how fast: connections at a time, pauses, and budgets that end everything.

use std::{
    cell::Cell,
    thread,
    time::{Duration, Instant},
};

use tokio::sync::Semaphore;

use crate::{collect::runner::StopFlag, inventory::Probing};

/// Bounds of the probing of one endpoint.
#[derive(Clone, Debug)]
pub struct TlsLimits {
    /// For one connection, from the first packet to the last.
    pub probe: Duration,
    /// The end of the time for the whole endpoint.
    pub deadline: Instant,
    /// Connections at a time.
    pub parallel: usize,
    /// Between the beginnings of two connections.
    pub delay: Duration,
    /// Connections in all, of all addresses.
    pub connections: u32,
    /// Probes that a faulty server may not survive: Heartbleed and its kin.
    pub intrusive: bool,
    pub stop: StopFlag,
}

impl TlsLimits {
    /// The bounds that a careful visitor keeps.
    pub fn new(probe: Duration, deadline: Instant, stop: StopFlag) -> Self {
        Self { probe, deadline, parallel: 4, delay: Duration::ZERO, connections: 600, intrusive: false, stop }
    }

    /// What an inventory asks for.
    #[must_use]
    pub fn probing(mut self, probing: &Probing, begun: Instant) -> Self {
        if probing.gentle {
            self = self.gentle();
        }
        if let Some(parallel) = probing.parallel {
            self.parallel = usize::from(parallel);
        }
        if let Some(delay) = probing.delay_ms {
            self.delay = Duration::from_millis(delay.into());
        }
        if let Some(connections) = probing.connections {
            self.connections = connections;
        }
        if let Some(seconds) = probing.seconds {
            self.deadline = begun + Duration::from_secs(seconds.into());
        }
        self
    }

    /// One connection at a time with a pause between them, for servers that limit their clients.
    #[must_use]
    pub fn gentle(mut self) -> Self {
        self.parallel = 1;
        self.delay = self.delay.max(Duration::from_millis(200));
        self
    }
}

/// The reason where the whole run was stopped.
pub(super) const STOPPED: &str = "stopped";

/// Gives out the permission for each connection, and counts.
#[derive(Debug)]
pub(super) struct Manners<'a> {
    limits: &'a TlsLimits,
    slots: Semaphore,
    made: Cell<u32>,
    next: Cell<Instant>,
    silent: Cell<u32>,
}

/// How often a pause looks at the stop flag.
const LOOK: Duration = Duration::from_millis(50);

/// So many probes in a row without any answer end the probing of an address: it would only wait.
const SILENT: u32 = 6;

impl<'a> Manners<'a> {
    pub fn new(limits: &'a TlsLimits) -> Self {
        Self {
            limits,
            slots: Semaphore::new(limits.parallel.max(1)),
            made: Cell::new(0),
            next: Cell::new(Instant::now()),
            silent: Cell::new(0),
        }
    }

    pub fn limits(&self) -> &'a TlsLimits {
        self.limits
    }

    /// Waits until one more connection may begin; `Err` says why it may not. The connection lasts as long as the value.
    pub async fn admit(&self) -> Result<Admission<'_>, &'static str> {
        let slot = self.slots.acquire().await.map_err(|_| STOPPED)?;
        let begin = self.next.get().max(Instant::now());
        self.next.set(begin + self.limits.delay);
        tokio::time::sleep_until(begin.into()).await;
        self.count(1)?;
        let end = (Instant::now() + self.limits.probe).min(self.limits.deadline);
        Ok(Admission { _slot: slot, end })
    }

    /// Waits until so many connections may be made one after another, with nothing beside them; how long they may take.
    pub fn admit_waiting(&self, connections: u32) -> Result<Duration, &'static str> {
        let begin = self.next.get().max(Instant::now());
        self.next.set(begin + self.limits.delay * connections);
        while Instant::now() < begin.min(self.limits.deadline) && !self.limits.stop.is_set() {
            thread::sleep(LOOK.min(begin.saturating_duration_since(Instant::now())));
        }
        self.count(connections)?;
        Ok(self.limits.probe.min(self.limits.deadline.saturating_duration_since(Instant::now())))
    }

    /// Counts connections that are about to be made; `Err` says why they may not be.
    fn count(&self, connections: u32) -> Result<(), &'static str> {
        if self.limits.stop.is_set() {
            return Err(STOPPED);
        }
        if Instant::now() >= self.limits.deadline {
            return Err("deadline");
        }
        if self.silent.get() >= SILENT {
            return Err("silent");
        }
        if self.made.get().saturating_add(connections) > self.limits.connections {
            return Err("connections");
        }
        self.made.set(self.made.get() + connections);
        Ok(())
    }

    /// Tells how a probe ended, so that a host that has fallen silent is left alone.
    pub fn heard(&self, anything: bool) {
        self.silent.set(if anything { 0 } else { self.silent.get() + 1 });
    }

    /// Begins with another address.
    pub fn next_address(&self) {
        self.silent.set(0);
    }
}

/// The permission for one connection.
pub(super) struct Admission<'a> {
    _slot: tokio::sync::SemaphorePermit<'a>,
    /// When it must be over.
    pub end: Instant,
}
