//! Probes that a faulty server may not survive, or that read what it should not say. Run only where they were asked for, last of all,
//! and each reads as little as proves the flaw.

mod ccs;
mod heartbleed;
mod robot;
mod ticketbleed;

use std::{
    io,
    time::{Duration, Instant},
};

use super::{
    enumerate::Versions,
    survey,
    wire::{Line, Wire},
};
use crate::formats::tls::{
    exchange::{End, Exchange},
    record::Reader,
    version::Version,
};

/// The least time in which a server that stays silent is believed to stay so.
const QUIET: Duration = Duration::from_secs(1);
/// How many times the time of the first flight it is, where that is longer.
const SLOW: u32 = 10;

impl Wire<'_> {
    /// All of them, at one address.
    pub async fn intrusive(&self, name: &str, found: &[(Version, Versions)]) -> Vec<Exchange> {
        let mut all = Vec::new();
        if let Some((version, versions)) = survey::newest_before_1_3(found) {
            all.extend(self.heartbleed(version, name, versions).await);
            all.extend(self.early_ccs(version, name, versions).await);
        }
        if let Some((version, versions)) = survey::newest_of_tls_before_1_3(found) {
            all.extend(self.ticketbleed(version, name, versions).await);
        }
        all.extend(self.robot(name, found).await);
        all
    }
}

/// A record in clear.
fn record(content: u8, version: Version, body: &[u8]) -> Vec<u8> {
    let mut out = vec![content];
    out.extend(version.number().to_be_bytes());
    // Ours are all short.
    out.extend(u16::try_from(body.len()).unwrap_or(u16::MAX).to_be_bytes());
    out.extend(body);
    out
}

/// Sends a hello and reads the server's flight; gives the time in which a silence after it counts, or how it ended before.
async fn first_flight(line: &mut Line<'_>, hello: &[u8]) -> io::Result<Result<Duration, End>> {
    let begun = Instant::now();
    line.send(hello).await?;
    while !line.reader().has_server_hello_done() {
        if let Some(end) = line.read().await? {
            return Ok(Err(end));
        }
        if line.reader().is_over() {
            return Ok(Err(End::Complete));
        }
    }
    Ok(Ok(QUIET.max(begun.elapsed() * SLOW)))
}

/// Reads until an alert ends it, the server hangs up, `enough` came, or nothing more for so long.
async fn settle(line: &mut Line<'_>, quiet: Duration, enough: impl Fn(&Reader) -> bool) -> io::Result<End> {
    loop {
        if line.reader().is_over() || enough(line.reader()) {
            return Ok(End::Complete);
        }
        match tokio::time::timeout(quiet, line.read()).await {
            Ok(Ok(None)) => {}
            Ok(Ok(Some(end))) => return Ok(end),
            Ok(Err(error)) => return Err(error),
            Err(_) => return Ok(End::Timeout),
        }
    }
}
