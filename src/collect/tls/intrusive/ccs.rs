//! CCS injection (CVE-2014-0224): a ChangeCipherSpec before any key was agreed on.
//!
//! A sound server ends the handshake with an alert. A flawed one takes it silently, and takes what follows for sealed.

use super::{first_flight, record, settle};
use crate::{
    collect::tls::{
        enumerate::Versions,
        hello::Hello,
        wire::{Want, Wire},
    },
    formats::tls::{
        exchange::Exchange,
        flaws::{CCS_ONCE, CCS_TWICE, Reaction, ccs_reaction},
        record::content,
        version::Version,
    },
};

impl Wire<'_> {
    pub(super) async fn early_ccs(&self, version: Version, name: &str, found: &Versions) -> Vec<Exchange> {
        let [first, again] = CCS_ONCE;
        let mut all = vec![self.early(first, 1, version, name, found).await];
        let Some(reaction) = all.first().and_then(|exchange| ccs_reaction(exchange, 1)) else { return all };
        let more: &[(&str, usize)] = match reaction {
            Reaction::Alert(_) => &[],
            Reaction::HungUp => &[(again, 1)],
            Reaction::Silent => &[(CCS_TWICE[0], 2), (CCS_TWICE[1], 2)],
        };
        for (label, count) in more {
            all.push(self.early(label, *count, version, name, found).await);
        }
        all
    }

    async fn early(&self, label: &str, count: usize, version: Version, name: &str, found: &Versions) -> Exchange {
        let hello = Hello::new(version, name).suites(found.accepted.clone()).build();
        self.converse(label, name, Want::Flight, async |line| {
            let quiet = match first_flight(line, &hello.encode().unwrap_or_default()).await? {
                Ok(quiet) => quiet,
                Err(end) => return Ok(end),
            };
            for _ in 0..count {
                line.send(&record(content::CHANGE_CIPHER_SPEC, version, &[1])).await?;
            }
            settle(line, quiet, |_| false).await
        })
        .await
    }
}
