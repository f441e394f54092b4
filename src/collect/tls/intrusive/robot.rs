//! ROBOT: five premaster secrets, four of them malformed, encrypted to the server's key. A server that treats them differently
//! tells who asks often enough what recorded sessions held (Böck, Somorovsky and Young, 2018).

use std::time::Duration;

use super::{first_flight, record, settle};
use crate::{
    collect::tls::{
        client::RsaKey,
        enumerate::Versions,
        hello::{Hello, random},
        parameters::of_kx,
        wire::{Want, Wire},
    },
    formats::tls::{
        exchange::{End, Exchange},
        flaws::{Flow, Premaster, ROUNDS, robot, robot_reaction},
        flight::Flight,
        record::{content, message},
        suites::{self, Kx},
        version::Version,
    },
};

/// Bytes of a premaster secret after its version.
const REST: usize = 46;
/// A body that no key opens, long enough for every suite.
const SEALED: usize = 64;
/// In the full flow every server answers; the end of the connection's own time comes before this.
const LONG: Duration = Duration::from_secs(60);

impl Wire<'_> {
    pub(super) async fn robot(&self, name: &str, found: &[(Version, Versions)]) -> Vec<Exchange> {
        let order = [Version::Tls12, Version::Tls11, Version::Tls10, Version::Ssl3];
        let asked = order.into_iter().find_map(|version| {
            let (_, versions) = found.iter().find(|(other, _)| *other == version)?;
            let mut taken = of_kx(&versions.accepted, |kx| kx == Kx::Rsa);
            taken.retain(|id| suites::suite(*id).is_some_and(|suite| !suite.export()));
            (!taken.is_empty()).then(|| Hello::new(version, name).suites(taken))
        });
        let Some(hello) = asked else { return Vec::new() };
        let mut all = Vec::new();
        for flow in Flow::ALL {
            for round in 0..ROUNDS {
                let mut asked = Vec::new();
                // One by one: some servers serve one client at a time, and others answer as fast as they are free.
                for kind in Premaster::ALL {
                    asked.push(self.premaster(&hello, flow, round, kind).await);
                }
                let alike = are_alike(&asked);
                all.extend(asked);
                match (alike, round) {
                    // A difference has to show again; without one there is nothing to confirm.
                    (true, 0) => break,
                    (false, last) if last + 1 == ROUNDS => return all,
                    _ => {}
                }
            }
        }
        all
    }

    async fn premaster(&self, hello: &Hello, flow: Flow, round: usize, kind: Premaster) -> Exchange {
        let (version, bytes) = (hello.version, hello.encode().unwrap_or_default());
        self.converse(&robot(flow, round, kind), &hello.name, Want::Flight, async |line| {
            let quiet = match first_flight(line, &bytes).await? {
                Ok(quiet) => quiet,
                Err(end) => return Ok(end),
            };
            let certificate = Flight::of(line.reader()).certificates.and_then(|sent| sent.leaf().map(<[u8]>::to_vec));
            let told = certificate.and_then(|der| RsaKey::of(&der)).and_then(|key| told(&key, version, kind));
            let Some(told) = told else { return Ok(End::Complete) };
            let quiet = if flow == Flow::Full { LONG } else { quiet };
            line.send(&second_flight(flow, version, &told)).await?;
            settle(line, quiet, |_| false).await
        })
        .await
    }
}

/// All that follows in one piece: a server that hangs up early would else answer sometimes with an alert and sometimes without.
fn second_flight(flow: Flow, version: Version, told: &[u8]) -> Vec<u8> {
    // SSL 3.0 forgot the length in front.
    let told = if version == Version::Ssl3 { told.get(2..).unwrap_or_default() } else { told };
    let length = u32::try_from(told.len()).unwrap_or(u32::MAX).to_be_bytes();
    let whole = [&[message::CLIENT_KEY_EXCHANGE], length.get(1..).unwrap_or_default(), told].concat();
    let mut out = record(content::HANDSHAKE, version, &whole);
    if flow == Flow::Full {
        out.extend(record(content::CHANGE_CIPHER_SPEC, version, &[1]));
        out.extend(record(content::HANDSHAKE, version, &random::<SEALED>()));
    }
    out
}

fn told(key: &RsaKey, version: Version, kind: Premaster) -> Option<Vec<u8>> {
    let rest = random::<REST>().map(|byte| byte | 1);
    let number = version.number().to_be_bytes();
    let block = match kind {
        Premaster::Good => key.padded(&[0, 2], &[&[0], &number[..], &rest].concat()),
        Premaster::BadType => key.padded(&[0x41, 0x17], &[&[0], &number[..], &rest].concat()),
        Premaster::LateZero => key.padded(&[0, 2], &[&[0x11][..], &rest, &[0, 0x11]].concat()),
        Premaster::NoZero => key.padded(&[0, 2], &[&[0x11, 0x11, 0x11][..], &rest].concat()),
        Premaster::BadVersion => key.padded(&[0, 2], &[&[0, 2, 2][..], &rest].concat()),
    };
    key.told(&block?)
}

fn are_alike(asked: &[Exchange]) -> bool {
    let mut reactions = asked.iter().map(robot_reaction);
    let first = reactions.next();
    reactions.all(|other| Some(other) == first)
}
