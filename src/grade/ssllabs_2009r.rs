//! `ssllabs-2009r`: the SSL Server Rating Guide 2009r (16 May 2025), as testssl.sh applies it.
//!
//! Sources: the guide up to 2009k (ssllabs/research, `docs/SSL_Server_Rating_Guide.xml`); what came later as it is told in
//! testssl.sh (`run_rating`, `set_grade_cap`, `set_key_str_score`, commit 9fdf8028) and in its pull request 2830.
//!
//! What is unknown is taken both ways. There is a letter only where both ways lead to the same one, so that an unknown
//! fact can take a letter away and never make it better.
//!
//! Where the two differ, or we from both:
//! - testssl.sh cuts each weighted part to whole points and gives none under a cap of F, M or T; the guide does neither,
//!   nor do we: the score stands whatever the caps.
//! - 3DES counts 112 bits here (what an attack costs) and 168 in the guide and testssl.sh: 20 points of the category
//!   rather than 80.
//! - testssl.sh names a score for DHE and then leaves it out (its table has no row `DHE`); the guide counts the prime. So
//!   do we. Neither testssl.sh nor we count the groups of ECDHE.
//! - testssl.sh looks for 64-bit blocks in TLS 1.1 alone; the guide speaks of TLS 1.1 and newer (recalled, 85 %). So do we.
//! - The guide gives 0 for an anonymous key exchange and fails a server of nothing but RC4; testssl.sh does neither.
//! - 2009j wants TLS 1.2; testssl.sh is content with TLS 1.3 alone. So are we.
//! - Forward secrecy and AEAD: B where no suite has it, as testssl.sh; the guide looks at what browsers negotiate.
//! - STARTTLS is T by testssl.sh alone. The guide knows only HTTPS.
//! - M and T together are T, M and F together are M: the order in which testssl.sh comes to them.
//! - HSTS is a fact of a site and not of an endpoint. In the guide it makes an A an A+ (six months or more) or an A- (wrong
//!   or off). Here it is left out: A is the best letter, and there is no A+.

use std::collections::BTreeSet;

use super::endpoint::{Certificate, Endpoint, Key, Protocol, both, either, is_sm, not};
use crate::{
    facts::tls::{
        CapReason, ChainStatus, Grade, GradeCap, GradeParts, GradeState, Letter, OcspStatus, Role, Service, Suite,
    },
    model::{Fact, Tri, UnreadStatus},
};

/// The name of the model.
pub const MODEL: &str = "ssllabs-2009r";

/// What the guide looks at and this model does not.
const NOT_CONSIDERED: [&str; 5] =
    ["debian_weak_keys", "drown_by_shared_key", "hsts", "revocation_without_staple", "rsa_exponent"];

/// Hundredths of a point under which a letter is not given.
const LIMITS: [(Letter, i64); 5] =
    [(Letter::A, 8000), (Letter::B, 6500), (Letter::C, 5000), (Letter::D, 3500), (Letter::E, 2000)];

/// Rates the international handshake of an endpoint.
pub fn grade(endpoint: &Endpoint) -> Grade {
    match standing(endpoint) {
        Standing::Rated => rate(endpoint),
        Standing::NotRated(reason) => without_letter(GradeState::NotRated, reason, Vec::new()),
        Standing::Open(facts) => without_letter(GradeState::Incomplete, "open", facts),
    }
}

/// The points of a public key or of a prime for Diffie-Hellman; `None` for what neither source lists.
pub fn key_points(algorithm: &str, bits: i64) -> Option<i64> {
    let table: &[(i64, i64)] = match algorithm {
        "rsa" | "dsa" | "dh" => &[(512, 20), (1024, 40), (2048, 80), (4096, 90)],
        "ec" => &[(110, 20), (123, 40), (163, 80), (225, 90)],
        "ed25519" | "ed448" => return Some(100),
        // ML-DSA-44, -65 and -87 (testssl.sh).
        "2.16.840.1.101.3.4.3.17" => return Some(90),
        "2.16.840.1.101.3.4.3.18" | "2.16.840.1.101.3.4.3.19" => return Some(100),
        _ => return None,
    };
    (bits > 0).then(|| table.iter().find(|(under, _)| bits < *under).map_or(100, |(_, points)| *points))
}

/// The points of a suite.
pub fn cipher_points(bits: i64) -> i64 {
    match bits {
        ..=0 => 0,
        1..128 => 20,
        128..256 => 80,
        256.. => 100,
    }
}

enum Standing {
    Rated,
    NotRated(&'static str),
    Open(Vec<String>),
}

/// Whether there is anything to rate.
fn standing(endpoint: &Endpoint) -> Standing {
    let not_rated = match &endpoint.service {
        Fact::Unread(_) | Fact::Known(Service::Timeout) => return Standing::Open(vec!["tls.service".to_owned()]),
        Fact::Known(Service::PlainHttp) => Some("plain_http"),
        Fact::Known(Service::NotTls) => Some("not_tls"),
        Fact::Known(Service::Closed) => Some("closed"),
        Fact::Known(Service::NameNotServed) => Some("name_not_served"),
        Fact::Known(Service::Tls | Service::Tlcp | Service::Both) => None,
    };
    if let Some(reason) = not_rated {
        return Standing::NotRated(reason);
    }
    let versions = versions(endpoint);
    if versions.iter().any(Version::international) {
        return Standing::Rated;
    }
    let open: Vec<String> = versions.iter().filter_map(Version::open).collect();
    let sm = endpoint.protocols.tlcp.spoken() == Tri::Yes
        || endpoint.protocols.tls1_3.spoken() == Tri::Yes
        || endpoint.service == Fact::Known(Service::Tlcp);
    match (open.is_empty(), sm) {
        (true, true) => Standing::NotRated("sm_only"),
        // It speaks TLS and refused all that we offered: what it would take nobody knows.
        (true, false) => Standing::Open(vec!["tls.protocols".to_owned()]),
        (false, _) => Standing::Open(open),
    }
}

fn without_letter(state: GradeState, reason: &str, open: Vec<String>) -> Grade {
    Grade {
        model: MODEL.to_owned(),
        state,
        reason: reason.to_owned(),
        letter: none(reason),
        at_best: none(reason),
        before_caps: none(reason),
        score: none(reason),
        score_text: none(reason),
        parts: GradeParts { protocol: none(reason), key_exchange: none(reason), cipher: none(reason) },
        caps: Vec::new(),
        open,
        not_considered: NOT_CONSIDERED.map(str::to_owned).to_vec(),
    }
}

fn none<T>(reason: &str) -> Fact<T> {
    Fact::unread(UnreadStatus::NotTested, reason)
}

fn rate(endpoint: &Endpoint) -> Grade {
    let server = Server { endpoint, versions: versions(endpoint) };
    let parts = [server.protocol_part(), server.key_part().1, server.cipher_part()];
    let score = score(&parts);
    let mut rules = Rules::default();
    server.caps(&mut rules);
    let capped = |points: i64| letter_of(points).max(rules.certain.iter().map(|c| c.cap).max().unwrap_or(Letter::A));
    let best = capped(score.high);
    let worst = capped(score.low).max(rules.possible.iter().map(|(cap, _)| *cap).max().unwrap_or(Letter::A));
    let mut open: BTreeSet<String> = BTreeSet::new();
    if best != worst {
        open.extend(rules.possible.iter().filter(|(cap, _)| *cap > best).flat_map(|(_, facts)| facts.clone()));
        if capped(score.low) > best {
            open.extend(parts.iter().filter(|part| part.low != part.high).flat_map(|part| part.open.clone()));
        }
    }
    let decided = best == worst;
    let reason = if decided { "" } else { "open" };
    rules.certain.sort_by_key(|cap| (std::cmp::Reverse(cap.cap), cap.reason));
    Grade {
        model: MODEL.to_owned(),
        state: if decided { GradeState::Rated } else { GradeState::Incomplete },
        reason: reason.to_owned(),
        letter: if decided { Fact::Known(best) } else { none("open") },
        at_best: Fact::Known(best),
        before_caps: agreed(letter_of(score.low), letter_of(score.high)),
        score: agreed(score.low / 100, score.high / 100),
        score_text: agreed(score.low, score.high).map(|n| format!("{}.{:02}", n / 100, n % 100)),
        parts: {
            let [protocol, key_exchange, cipher] = parts;
            GradeParts {
                protocol: agreed(protocol.low / 2, protocol.high / 2),
                key_exchange: agreed(key_exchange.low / 2, key_exchange.high / 2),
                cipher: agreed(cipher.low / 2, cipher.high / 2),
            }
        },
        caps: rules.certain,
        open: open.into_iter().collect(),
        not_considered: NOT_CONSIDERED.map(str::to_owned).to_vec(),
    }
}

fn agreed<T: PartialEq>(low: T, high: T) -> Fact<T> {
    if low == high { Fact::Known(low) } else { none("open") }
}

/// What a category may come to, in half points: protocol and cipher are means of two.
#[derive(Clone, Debug)]
struct Part {
    low: i64,
    high: i64,
    open: Vec<String>,
}

/// What the score may come to, in hundredths.
struct Score {
    low: i64,
    high: i64,
}

fn score(parts: &[Part; 3]) -> Score {
    let of = |points: [i64; 3]| {
        // Half points by percent.
        let [protocol, key, cipher] = points;
        if points.contains(&0) { 0 } else { (protocol * 30 + key * 30 + cipher * 40) / 2 }
    };
    Score { low: of(parts.each_ref().map(|part| part.low)), high: of(parts.each_ref().map(|part| part.high)) }
}

fn letter_of(hundredths: i64) -> Letter {
    LIMITS.iter().find(|(_, limit)| hundredths >= *limit).map_or(Letter::F, |(letter, _)| *letter)
}

/// Caps that hold, and caps that may hold with the facts that would tell.
#[derive(Default)]
struct Rules {
    certain: Vec<GradeCap>,
    possible: Vec<(Letter, Vec<String>)>,
}

impl Rules {
    fn add(&mut self, reason: CapReason, holds: Tri, facts: impl FnOnce() -> Vec<String>) {
        let cap = GradeCap { cap: reason.cap(), reason };
        match holds {
            Tri::Yes if self.certain.contains(&cap) => {}
            Tri::Yes => self.certain.push(cap),
            Tri::Unknown => self.possible.push((cap.cap, facts())),
            Tri::No => {}
        }
    }

    fn on(&mut self, reason: CapReason, holds: Tri, fact: &str) {
        self.add(reason, holds, || vec![fact.to_owned()]);
    }
}

/// One version of the international handshake.
struct Version<'a> {
    name: &'static str,
    points: i64,
    spoken: Tri,
    /// What it takes; `None` where the list is not complete.
    suites: Option<Vec<&'a Suite>>,
}

impl Version<'_> {
    fn status_path(&self) -> String {
        format!("tls.protocols.{}.status", self.name)
    }

    /// Whether somebody without SM4 can talk to it for certain. SM4 is offered in TLS 1.3 alone (RFC 8998).
    fn international(&self) -> bool {
        self.spoken == Tri::Yes && (self.name != "tls1_3" || self.suites.is_some())
    }

    /// What would have to be known of it.
    fn open(&self) -> Option<String> {
        match (self.spoken, &self.suites) {
            (Tri::Unknown, _) => Some(self.status_path()),
            (Tri::Yes, None) => Some(format!("tls.protocols.{}.suites", self.name)),
            _ => None,
        }
    }
}

fn versions(endpoint: &Endpoint) -> [Version<'_>; 6] {
    let of = |name, points, protocol| version(name, points, protocol);
    let all = &endpoint.protocols;
    [
        of("ssl2", 0, &all.ssl2),
        of("ssl3", 80, &all.ssl3),
        of("tls1_0", 90, &all.tls1_0),
        of("tls1_1", 95, &all.tls1_1),
        of("tls1_2", 100, &all.tls1_2),
        of("tls1_3", 100, &all.tls1_3),
    ]
}

fn version<'a>(name: &'static str, points: i64, protocol: &'a Protocol) -> Version<'a> {
    let (spoken, known) = (protocol.spoken(), protocol.suites.known());
    let counts = |suite: &&Suite| name != "tls1_3" || !is_sm(suite);
    let international: Option<Vec<&Suite>> = known.map(|list| list.iter().filter(counts).collect());
    match (spoken, known, international) {
        (Tri::No, ..) => Version { name, points, spoken, suites: Some(Vec::new()) },
        // All that it takes in this version is SM4: nobody else can talk to it.
        (Tri::Yes, Some(all), Some(list)) if list.is_empty() && !all.is_empty() => {
            Version { name, points, spoken: Tri::No, suites: Some(list) }
        }
        // A number that nobody registered says nothing of what is behind it.
        (Tri::Yes, _, Some(list)) if !list.is_empty() && list.iter().all(|suite| suite.enc != "unknown") => {
            Version { name, points, spoken, suites: Some(list) }
        }
        _ => Version { name, points, spoken, suites: None },
    }
}

/// All versions: `SSL2` is the first of [`versions`].
const ALL: [usize; 6] = [0, 1, 2, 3, 4, 5];
const SSL2: usize = 0;
const SSL3: usize = 1;
const TLS10: usize = 2;
const TLS11: usize = 3;
const TLS12: usize = 4;
const TLS13: usize = 5;

struct Server<'a> {
    endpoint: &'a Endpoint,
    versions: [Version<'a>; 6],
}

impl Server<'_> {
    /// Whether a suite of these versions is so.
    fn any(&self, versions: &[usize], test: impl Fn(&Suite) -> bool) -> Tri {
        let of = |n: &usize| {
            let version = &self.versions[*n];
            match (&version.suites, version.spoken) {
                (Some(list), Tri::Yes) if list.iter().any(|suite| test(suite)) => Tri::Yes,
                (Some(_), Tri::Yes) | (_, Tri::No) => Tri::No,
                _ => Tri::Unknown,
            }
        };
        versions.iter().map(of).fold(Tri::No, either)
    }

    fn spoken(&self, version: usize) -> Tri {
        self.versions[version].spoken
    }

    fn spoken_any(&self, versions: &[usize]) -> Tri {
        versions.iter().map(|n| self.spoken(*n)).fold(Tri::No, either)
    }

    /// Suites of the versions that are known to be spoken.
    fn suites(&self) -> impl Iterator<Item = &Suite> {
        let spoken = self.versions.iter().filter(|version| version.spoken == Tri::Yes);
        spoken.filter_map(|version| version.suites.as_ref()).flatten().copied()
    }

    fn open_suites(&self) -> Vec<String> {
        self.versions.iter().filter_map(Version::open).collect()
    }

    fn open_status(&self, versions: &[usize]) -> Vec<String> {
        let of = versions.iter().map(|n| &self.versions[*n]);
        of.filter(|version| version.spoken == Tri::Unknown).map(Version::status_path).collect()
    }

    /// The mean of the best and the worst version.
    fn protocol_part(&self) -> Part {
        let yes = || self.versions.iter().filter(|v| v.spoken == Tri::Yes).map(|v| v.points);
        let may = || self.versions.iter().filter(|v| v.spoken != Tri::No).map(|v| v.points);
        let low = yes().max().unwrap_or(0) + may().min().unwrap_or(0);
        let high = may().max().unwrap_or(0) + yes().min().unwrap_or(100);
        Part { low, high, open: self.open_status(&ALL) }
    }

    /// The mean of the strongest and the weakest suite.
    fn cipher_part(&self) -> Part {
        let points = || self.suites().map(|suite| cipher_points(suite.bits));
        let (least, most) = (points().min(), points().max());
        let open = self.open_suites();
        let (low, high) = if open.is_empty() {
            let sum = least.unwrap_or(0) + most.unwrap_or(0);
            (sum, sum)
        } else {
            (most.unwrap_or(0), 100 + least.unwrap_or(100))
        };
        Part { low, high, open }
    }

    /// The weakest of keys, primes and ways to agree on keys: what keys and primes come to, then all together.
    fn key_part(&self) -> (Part, Part) {
        let mut keys = Part { low: 200, high: 200, open: Vec::new() };
        let mut take = |points: Option<i64>, fact: &str| match points {
            Some(points) => {
                keys.low = keys.low.min(points * 2);
                keys.high = keys.high.min(points * 2);
            }
            None => {
                keys.low = 0;
                keys.open.push(fact.to_owned());
            }
        };
        match self.certificates() {
            Fact::Known(list) => {
                for certificate in list {
                    let Key { algorithm, bits } = &certificate.key;
                    take(key_points(algorithm, *bits), "tls.certificates.key");
                }
            }
            Fact::Unread(_) => take(None, "tls.certificates"),
        }
        match (self.any(&ALL, |suite| suite.kx.starts_with("DHE")), self.endpoint.dh_bits.known()) {
            // Suites that are open are open already.
            (Tri::No, _) | (Tri::Unknown, Some(_)) => {}
            (Tri::Yes, Some(bits)) => take(key_points("dh", *bits), "tls.dh_bits"),
            _ => take(None, "tls.dh_bits"),
        }
        let mut all = keys.clone();
        let limits = [(0, self.any(&ALL, anonymous)), (80, self.any(&ALL, export))];
        for (limit, holds) in limits {
            match holds {
                Tri::Yes => {
                    all.low = all.low.min(limit);
                    all.high = all.high.min(limit);
                }
                Tri::Unknown => {
                    all.low = all.low.min(limit);
                    all.open.extend(self.open_suites());
                }
                Tri::No => {}
            }
        }
        (keys, all)
    }

    /// What a client of the international handshake is shown; empty where no suite needs a certificate.
    fn certificates(&self) -> Fact<Vec<&Certificate>> {
        let without = |suite: &Suite| ["anon", "NULL", "PSK", "KRB5", "SRP", "ECCPWD"].contains(&suite.auth.as_str());
        if self.any(&ALL, |suite| !without(suite)) == Tri::No {
            return Fact::Known(Vec::new());
        }
        self.endpoint.certificates.as_ref().and_then(|list| {
            let shown = list.iter().filter(|c| c.role == Role::Server && c.key.algorithm != "sm2");
            match shown.collect::<Vec<_>>() {
                shown if shown.is_empty() => none("certificates"),
                shown => Fact::Known(shown),
            }
        })
    }

    fn caps(&self, rules: &mut Rules) {
        self.version_caps(rules);
        self.suite_caps(rules);
        self.key_caps(rules);
        self.flaw_caps(rules);
        match self.certificates() {
            Fact::Known(list) => list.into_iter().for_each(|certificate| certificate_caps(certificate, rules)),
            Fact::Unread(_) => rules.on(CapReason::Untrusted, Tri::Unknown, "tls.certificates"),
        }
        rules.on(CapReason::Starttls, (self.endpoint.endpoint.starttls != "none").into(), "tls.endpoint.starttls");
    }

    fn version_caps(&self, rules: &mut Rules) {
        let newer = |versions: &[usize]| not(self.spoken_any(versions));
        let all = || self.open_status(&ALL);
        for (reason, version) in
            [(CapReason::Ssl2, SSL2), (CapReason::Ssl3, SSL3), (CapReason::Tls10, TLS10), (CapReason::Tls11, TLS11)]
        {
            rules.add(reason, self.spoken(version), || self.open_status(&[version]));
        }
        rules.add(CapReason::Ssl3Best, both(self.spoken(SSL3), newer(&[TLS10, TLS11, TLS12, TLS13])), all);
        rules.add(CapReason::NoTls12, newer(&[TLS12, TLS13]), all);
        rules.add(CapReason::NoTls13, newer(&[TLS13]), all);
        let beast = both(self.any(&[SSL3, TLS10], cbc), newer(&[TLS11, TLS12, TLS13]));
        rules.add(CapReason::Beast, beast, || self.open_suites());
    }

    fn suite_caps(&self, rules: &mut Rules) {
        let modern = &[TLS11, TLS12, TLS13];
        let rc4 = |suite: &Suite| suite.enc.starts_with("RC4");
        for (reason, holds) in [
            (CapReason::Anonymous, self.any(&ALL, anonymous)),
            (CapReason::Export, self.any(&ALL, export)),
            (CapReason::SmallCipher, self.any(&ALL, |suite| suite.bits < 112)),
            (CapReason::OnlyRc4, not(self.any(&ALL, |suite| !rc4(suite)))),
            (CapReason::Poodle, self.any(&[SSL3], cbc)),
            (CapReason::Rc4Modern, self.any(modern, rc4)),
            (CapReason::Sweet32, self.any(modern, block_of_64)),
            (CapReason::Rc4, self.any(&ALL, rc4)),
            (CapReason::NoAead, not(self.any(&ALL, |suite| suite.aead))),
            (CapReason::NoForwardSecrecy, not(self.any(&ALL, |suite| suite.fs))),
        ] {
            rules.add(reason, holds, || self.open_suites());
        }
    }

    fn key_caps(&self, rules: &mut Rules) {
        let keys = self.key_part().0;
        // testssl.sh: a score of 40 or less is F, of 80 or less B.
        for (reason, limit) in [(CapReason::InsecureKey, 80), (CapReason::WeakKey, 160)] {
            let holds = match (keys.low <= limit, keys.high <= limit) {
                (_, true) => Tri::Yes,
                (true, false) => Tri::Unknown,
                (false, false) => Tri::No,
            };
            rules.add(reason, holds, || keys.open.clone());
        }
    }

    fn flaw_caps(&self, rules: &mut Rules) {
        let of = self.endpoint;
        rules.on(CapReason::Heartbleed, of.heartbeat.heartbleed, "tls.heartbeat.heartbleed");
        rules.on(CapReason::CcsInjection, of.ccs_injection, "tls.ccs_injection");
        rules.on(CapReason::Robot, of.robot, "tls.robot");
        rules.on(CapReason::Ticketbleed, of.ticketbleed, "tls.ticketbleed");
        rules.on(CapReason::Crime, of.compression, "tls.compression");
        rules.on(CapReason::InsecureRenegotiation, not(of.renegotiation.secure), "tls.renegotiation.secure");
    }
}

fn certificate_caps(certificate: &Certificate, rules: &mut Rules) {
    let status = "tls.certificates.chain.status";
    match certificate.chain.status {
        Fact::Known(ChainStatus::Trusted) => {}
        Fact::Known(ChainStatus::Untrusted) => rules.on(CapReason::Untrusted, Tri::Yes, status),
        Fact::Known(ChainStatus::SelfSigned) => rules.on(CapReason::SelfSigned, Tri::Yes, status),
        Fact::Known(ChainStatus::Expired) => rules.on(CapReason::Expired, Tri::Yes, status),
        Fact::Known(ChainStatus::Incomplete) => rules.on(CapReason::IncompleteChain, Tri::Yes, status),
        Fact::Known(ChainStatus::Unknown) | Fact::Unread(_) => rules.on(CapReason::Untrusted, Tri::Unknown, status),
    }
    // Nobody is asked whether it is revoked: only what the server itself brings along counts.
    let revoked = match &certificate.ocsp {
        Fact::Known(ocsp) if ocsp.certificate == OcspStatus::Revoked => ocsp.signature_ok,
        _ => Tri::No,
    };
    rules.on(CapReason::Revoked, revoked, "tls.certificates.ocsp.signature_ok");
    let over = certificate.days_left.known().map_or(Tri::Unknown, |days| (*days < 0).into());
    rules.on(CapReason::Expired, over, "tls.certificates.days_left");
    rules.on(CapReason::Name, not(certificate.name_matches), "tls.certificates.name_matches");
    let hash = "tls.certificates.signature.hash";
    match certificate.signature.hash.as_str() {
        "md2" | "md5" => rules.on(CapReason::InsecureSignature, Tri::Yes, hash),
        "sha1" => rules.on(CapReason::Sha1, Tri::Yes, hash),
        "unknown" => {
            rules.on(CapReason::InsecureSignature, Tri::Unknown, hash);
            rules.on(CapReason::Sha1, Tri::Unknown, hash);
        }
        _ => {}
    }
}

fn anonymous(suite: &Suite) -> bool {
    ["anon", "NULL"].contains(&suite.auth.as_str())
}

fn export(suite: &Suite) -> bool {
    suite.name.contains("EXPORT")
}

fn cbc(suite: &Suite) -> bool {
    suite.enc.contains("CBC")
}

/// Ciphers with blocks of 64 bits. GOST 28147-89 in counter mode has them too.
fn block_of_64(suite: &Suite) -> bool {
    ["3DES", "DES", "IDEA", "RC2", "28147", "MAGMA"].iter().any(|start| suite.enc.starts_with(start))
}

#[cfg(test)]
mod tests;
