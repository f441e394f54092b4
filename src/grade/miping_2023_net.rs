//! `miping-2023-net`: the network and communication layer of the commercial-cryptography assessment (密评), by the
//! quantification rules of 2023 (商用密码应用安全性评估量化评估规则, in force since 1 August 2023).
//!
//! Sources, all of third parties: the scale D/A/K, its corrections Ra and Rk, compensation, weights and rounding from a
//! public rebuilding of the rules (weklike/crypto-assess-agent, `scoring.v2`, and its arithmetic candidates); the changes
//! of 2023 from coloradmin.cn/o/792829. Units 6.2.1 to 6.2.5 are those of GM/T 0115-2021 (GB/T 43206-2023). Sure of the
//! arithmetic 90 %. How an endpoint is read is ours, and is written at each place below.
//!
//! A probe sees how a channel is protected and never whether the product that keeps its keys is approved: K is open unless
//! it is said, and the score a range. The result is a forecast; only a qualified body may give a 密评 conclusion.

use std::collections::BTreeSet;

use super::{
    Ratio,
    endpoint::{Certificate, Endpoint, Protocol, both, either, is_sm, not},
};
use crate::{
    facts::tls::{
        ChainStatus, ChannelKind, Miping, MipingChannel, MipingObject, MipingRange, MipingUnit, Role, Service, Suite,
    },
    model::{Fact, Tri, Unread, UnreadStatus},
};

/// The name of the model.
pub const MODEL: &str = "miping-2023-net";

/// Scores are kept to four decimals.
const SCALE: u32 = 10_000;

/// 身份鉴别: who is at the other end.
const IDENTITY: &str = "6.2.1";
/// 通信数据完整性.
const INTEGRITY: &str = "6.2.2";
/// 通信过程中重要数据的机密性.
const CONFIDENTIALITY: &str = "6.2.3";

/// What an endpoint shows. The other two (6.2.4, 6.2.5) rest on documents.
const SHOWN: [&str; 3] = [IDENTITY, INTEGRITY, CONFIDENTIALITY];

/// Weights of the units at levels 1 to 4, in tenths; 0 where a unit is not assessed.
pub const UNIT_WEIGHTS: [(&str, [u64; 4]); 5] = [
    (IDENTITY, [4, 7, 10, 10]),
    (INTEGRITY, [4, 4, 7, 10]),
    (CONFIDENTIALITY, [4, 7, 10, 10]),
    ("6.2.4", [4, 4, 4, 7]),
    ("6.2.5", [0, 0, 4, 7]),
];

/// Weights of the technical layers: physical, network, device, application.
pub const TECHNICAL: [u64; 4] = [10, 20, 10, 30];
/// Weights of the layers of management: rules, staff, building and running, emergencies.
pub const MANAGEMENT: [u64; 4] = [8, 8, 8, 6];

/// A score from 0 to 1, to four decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Points(u64);

impl Points {
    pub const NONE: Self = Self(0);
    pub const FULL: Self = Self(SCALE as u64);

    /// Rounded half up.
    pub fn of(ratio: Ratio) -> Option<Self> {
        ratio.parts_of(SCALE).map(Self)
    }

    pub fn ratio(self) -> Ratio {
        Ratio::new(self.0, SCALE.into()).unwrap_or(Ratio::ZERO)
    }

    fn number(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }
}

/// The correction by the strength of an algorithm that is not approved, in bits of what an attack costs.
pub fn ra(strength: i64) -> Ratio {
    let tenths = match strength {
        112.. => 10,
        80..112 => 5,
        _ => 2,
    };
    Ratio::new(tenths, 10).unwrap_or(Ratio::ZERO)
}

/// The score of one object. Ra counts only without A, Rk only without K.
pub fn object(d: bool, a: bool, k: bool, ra: Ratio, rk: Ratio) -> Option<Points> {
    if !d {
        return Some(Points::NONE);
    }
    let half = Ratio::new(1, 2)?;
    let algorithm = if a { Ratio::whole(1) } else { half.times(ra)? };
    let keys = if k { Ratio::whole(1) } else { half.times(rk)? };
    Points::of(algorithm.times(keys)?)
}

/// What object B is worth where a person has confirmed that object A makes up for it.
pub fn compensated(a: Points, b: Points) -> Option<Points> {
    Some(Points::of(a.ratio().over(Ratio::whole(2))?)?.max(b))
}

/// The mean of the objects of a unit; none where it has none.
pub fn unit(objects: &[Points]) -> Option<Points> {
    weighted(objects.iter().map(|points| (*points, 1)))
}

/// The weighted mean of the units of a layer that are applicable.
pub fn layer(units: &[(Points, u64)]) -> Option<Points> {
    weighted(units.iter().copied())
}

fn weighted(points: impl Iterator<Item = (Points, u64)>) -> Option<Points> {
    let (mut sum, mut weights) = (0u64, 0u64);
    for (points, weight) in points {
        sum = sum.checked_add(points.0.checked_mul(weight)?)?;
        weights = weights.checked_add(weight)?;
    }
    Points::of(Ratio::new(sum, weights.checked_mul(SCALE.into())?)?)
}

/// The score of a unit of management.
pub fn management_unit(compliant: bool, partial: bool) -> Points {
    match (compliant, partial) {
        (true, _) => Points::FULL,
        (false, true) => Points(Points::FULL.0 / 2),
        (false, false) => Points::NONE,
    }
}

/// The score of a system, of 100, in hundredths. A layer that is not applicable leaves its group; a whole group that is
/// not applicable is not covered by the rules, and there is no total.
pub fn total(technical: [Option<Points>; 4], management: [Option<Points>; 4]) -> Option<u64> {
    let group = |share: u64, layers: [Option<Points>; 4], weights: [u64; 4]| {
        let there = layers.into_iter().zip(weights).filter_map(|(layer, weight)| Some((layer?.0, weight)));
        let (sum, weights) = there.fold((0, 0), |(sum, all), (points, weight)| (sum + points * weight, all + weight));
        Ratio::new(sum * share, weights * u64::from(SCALE))
    };
    group(70, technical, TECHNICAL)?.plus(group(30, management, MANAGEMENT)?)?.parts_of(100)
}

/// Reads an endpoint as the channels of the layer. `level` is that of the system, where one is declared.
///
/// # Errors
/// Why there is nothing to assess: what answers is no service, or is not known.
pub fn endpoint(endpoint: &Endpoint, level: Option<u8>) -> Result<Miping, Unread> {
    match &endpoint.service {
        Fact::Unread(why) => return Err(why.clone()),
        Fact::Known(Service::Closed) => return Err(nothing("closed")),
        Fact::Known(Service::NotTls) => return Err(nothing("not_tls")),
        Fact::Known(Service::NameNotServed) => return Err(nothing("name_not_served")),
        Fact::Known(Service::Timeout) => {
            return Err(Unread { status: UnreadStatus::Timeout, reason: "service".into() });
        }
        Fact::Known(Service::PlainHttp | Service::Tls | Service::Tlcp | Service::Both) => {}
    }
    let level = level.filter(|level| (1..=4).contains(level));
    let mut open = BTreeSet::new();
    let channels = channels(endpoint, &mut open);
    if channels.is_empty() {
        return Err(nothing("channels"));
    }
    let judged: Vec<(Tri, MipingChannel)> =
        channels.iter().map(|channel| (channel.there, channel.judge(endpoint, level, &mut open))).collect();
    let units: Vec<MipingUnit> = SHOWN.iter().map(|name| over_channels(name, &judged)).collect();
    let no_level = || nothing("level");
    Ok(Miping {
        model: MODEL.to_owned(),
        level: level.map_or_else(|| Fact::Unread(no_level()), |level| Fact::Known(level.into())),
        visible: of_layer(level, &units, false).map_or_else(|| Fact::Unread(no_level()), Fact::Known),
        layer: of_layer(level, &units, true).map_or_else(|| Fact::Unread(no_level()), Fact::Known),
        high_risk: high_risk(level, &judged),
        channels: judged.into_iter().filter(|(there, _)| *there == Tri::Yes).map(|(_, channel)| channel).collect(),
        units,
        open: open.into_iter().collect(),
    })
}

fn nothing(reason: &str) -> Unread {
    Unread { status: UnreadStatus::NotTested, reason: reason.to_owned() }
}

/// From level 3: no or wrong authentication of who is at the other end, and no confidentiality (the second may be
/// lowered where the application encrypts). Other situations of the layer are not seen from outside.
fn high_risk(level: Option<u8>, channels: &[(Tri, MipingChannel)]) -> Vec<String> {
    if level.is_none_or(|level| level < 3) {
        return Vec::new();
    }
    let there = channels.iter().filter(|(there, _)| *there == Tri::Yes).flat_map(|(_, channel)| &channel.objects);
    let failing: Vec<&str> = there.filter(|object| object.d == Tri::No).map(|object| object.unit.as_str()).collect();
    [IDENTITY, CONFIDENTIALITY].into_iter().filter(|unit| failing.contains(unit)).map(str::to_owned).collect()
}

/// The range of a layer; units that rest on documents may be anything, or are left out.
fn of_layer(level: Option<u8>, units: &[MipingUnit], documents: bool) -> Option<MipingRange> {
    let column = usize::from(level?.checked_sub(1)?);
    let side = |pick: fn(&MipingRange) -> i64, document: Points| {
        let rows = UNIT_WEIGHTS.iter().filter_map(|(name, weights)| {
            let weight = *weights.get(column)?;
            match units.iter().find(|unit| unit.unit == *name) {
                Some(unit) => Some((Points(u64::try_from(pick(&unit.score)).ok()?), weight)),
                None => documents.then_some((document, weight)),
            }
        });
        layer(&rows.collect::<Vec<_>>()).map(Points::number)
    };
    Some(MipingRange { low: side(|range| range.low, Points::NONE)?, high: side(|range| range.high, Points::FULL)? })
}

/// The mean over the channels. One that may be there or not is taken both ways.
fn over_channels(name: &str, channels: &[(Tri, MipingChannel)]) -> MipingUnit {
    let objects = |wanted: Tri| -> Vec<MipingRange> {
        let of = channels.iter().filter(|(there, _)| *there == wanted);
        of.flat_map(|(_, channel)| &channel.objects).filter(|o| o.unit == name).map(|o| o.score).collect()
    };
    let (certain, perhaps) = (objects(Tri::Yes), objects(Tri::Unknown));
    let means = |pick: fn(&MipingRange) -> i64| -> Vec<i64> {
        let with = |chosen: usize| {
            let some = perhaps.iter().enumerate().filter(|(n, _)| chosen >> n & 1 == 1).map(|(_, range)| range);
            let all = certain.iter().chain(some).filter_map(|range| u64::try_from(pick(range)).ok()).map(Points);
            unit(&all.collect::<Vec<_>>()).map(Points::number)
        };
        (0..1usize << perhaps.len()).filter_map(with).collect()
    };
    let low = means(|range| range.low).into_iter().min().unwrap_or(0);
    let high = means(|range| range.high).into_iter().max().unwrap_or(SCALE.into());
    MipingUnit { unit: name.to_owned(), score: MipingRange { low, high } }
}

/// One way to talk to an endpoint.
struct Channel<'a> {
    kind: ChannelKind,
    there: Tri,
    /// All that it may be talked with; `None` where that is not known.
    suites: Option<Vec<&'a Suite>>,
    certificates: Fact<Vec<&'a Certificate>>,
    /// SSL 2.0 or SSL 3.0: a client can be brought down to what does not protect.
    broken: Tri,
}

/// TLCP, TLS 1.3 with SM4 and every other TLS are channels of their own: a client has one or the other. Within one the
/// worst suite counts, since the client chooses what to offer.
fn channels<'a>(endpoint: &'a Endpoint, open: &mut BTreeSet<String>) -> Vec<Channel<'a>> {
    if endpoint.service == Fact::Known(Service::PlainHttp) {
        let certificates = Fact::Known(Vec::new());
        return vec![Channel {
            kind: ChannelKind::Plain,
            there: Tri::Yes,
            suites: Some(Vec::new()),
            certificates,
            broken: Tri::No,
        }];
    }
    let all = &endpoint.protocols;
    let shown = |test: &dyn Fn(&Certificate) -> bool| {
        endpoint.certificates.as_ref().and_then(|list| {
            let of: Vec<_> = list.iter().filter(|certificate| test(certificate)).collect();
            if of.is_empty() { Fact::Unread(nothing("certificates")) } else { Fact::Known(of) }
        })
    };
    let is_sm2 = |certificate: &Certificate| certificate.key.algorithm == "sm2";
    let older = [&all.ssl2, &all.ssl3, &all.tls1_0, &all.tls1_1, &all.tls1_2];
    let tls = older.into_iter().fold(Side::of(&all.tls1_3, false), |side, version| side.and(Side::of(version, false)));
    let tlcp = Side::all(&all.tlcp);
    let sm = Side::of(&all.tls1_3, true);
    let broken = either(all.ssl2.spoken(), all.ssl3.spoken());
    let channel = |kind, side: Side<'a>, certificates, broken| Channel {
        kind,
        there: side.there,
        suites: side.suites,
        certificates,
        broken,
    };
    let list = [
        channel(ChannelKind::Tlcp, tlcp, shown(&|c| c.role != Role::Server), Tri::No),
        channel(ChannelKind::TlsSm, sm, shown(&|c| c.role == Role::Server && is_sm2(c)), Tri::No),
        channel(ChannelKind::Tls, tls, shown(&|c| c.role == Role::Server && !is_sm2(c)), broken),
    ];
    let names = ["tls.protocols.tlcp", "tls.protocols.tls1_3", "tls.protocols"];
    open.extend(list.iter().zip(names).filter(|(c, _)| c.there == Tri::Unknown).map(|(_, name)| name.to_owned()));
    list.into_iter().filter(|channel| channel.there != Tri::No).collect()
}

/// What of one version belongs to a channel.
struct Side<'a> {
    there: Tri,
    suites: Option<Vec<&'a Suite>>,
}

impl<'a> Side<'a> {
    fn all(protocol: &'a Protocol) -> Self {
        let suites = protocol.suites.known().map(|list| list.iter().collect());
        Self { there: protocol.spoken(), suites: if protocol.spoken() == Tri::No { Some(Vec::new()) } else { suites } }
    }

    fn of(protocol: &'a Protocol, sm: bool) -> Self {
        let Self { there, suites } = Self::all(protocol);
        let suites: Option<Vec<_>> = suites.map(|list| list.into_iter().filter(|suite| is_sm(suite) == sm).collect());
        let there = match (there, &suites) {
            (Tri::Yes, Some(list)) => (!list.is_empty()).into(),
            (Tri::Yes, None) => Tri::Unknown,
            (other, _) => other,
        };
        Self { there, suites }
    }

    fn and(self, other: Self) -> Self {
        let suites = self.suites.zip(other.suites).map(|(a, b)| a.into_iter().chain(b).collect());
        Self { there: either(self.there, other.there), suites }
    }
}

/// D and A of one object, and the strengths that Ra may follow from.
struct Judged {
    d: Tri,
    a: Tri,
    strength: (i64, i64),
}

impl Channel<'_> {
    fn judge(&self, endpoint: &Endpoint, level: Option<u8>, open: &mut BTreeSet<String>) -> MipingChannel {
        let objects = SHOWN.iter().map(|name| {
            let judged = match *name {
                _ if self.kind == ChannelKind::Plain => Judged { d: Tri::No, a: Tri::No, strength: (0, 0) },
                IDENTITY => self.identity(endpoint, level),
                INTEGRITY => self.integrity(),
                _ => self.confidentiality(),
            };
            let unknown = [(judged.d, "d"), (judged.a, "a"), (Tri::Unknown, "k")];
            if judged.d != Tri::No {
                open.extend(
                    unknown.iter().filter(|(tri, _)| *tri == Tri::Unknown).map(|(_, key)| format!("{name}.{key}")),
                );
            }
            MipingObject {
                unit: (*name).to_owned(),
                d: judged.d,
                a: judged.a,
                k: Tri::Unknown,
                score: range(&judged, Tri::Unknown),
            }
        });
        MipingChannel { channel: self.kind, objects: objects.collect() }
    }

    /// 6.2.1. D: the certificates lead to a trusted root, are in date, are made out to the name, and the key proved itself;
    /// no suite goes without; at level 4 the client is asked for its certificate too. A missing intermediate leaves it
    /// open: a client that has it verifies the rest.
    fn identity(&self, endpoint: &Endpoint, level: Option<u8>) -> Judged {
        let anonymous = self.any(|suite| ["anon", "NULL"].contains(&suite.auth.as_str()));
        let mutual = if level == Some(4) { endpoint.client_auth } else { Tri::Yes };
        let proven = if self.kind == ChannelKind::Tlcp { endpoint.sm.ske_signature_ok } else { Tri::Yes };
        let general = [not(anonymous), mutual, proven].into_iter().fold(Tri::Yes, both);
        let Fact::Known(list) = &self.certificates else {
            return Judged { d: both(Tri::Unknown, general), a: self.approved(Tri::Unknown), strength: (0, 112) };
        };
        let own_proof = |c: &Certificate| if self.kind == ChannelKind::Tlcp { Tri::Yes } else { c.key_proven };
        let each = list.iter().map(|c| both(both(trusted(c), c.name_matches), own_proof(c)));
        let d = each.fold(general, both);
        let sm = list.iter().all(|c| c.key.algorithm == "sm2" && c.signature.hash == "sm3");
        let strengths = list.iter().map(|c| certificate_strength(c));
        let strength = strengths.reduce(|a, b| (a.0.min(b.0), a.1.min(b.1))).unwrap_or((0, 112));
        Judged { d, a: self.approved(sm.into()), strength }
    }

    /// 6.2.2. D: every suite has a code of authentication. A: it is made with SM3, or SM4-GCM or CCM.
    fn integrity(&self) -> Judged {
        let without = self.any(|suite| suite.mac == "NULL");
        let sm = self.every(|suite| suite.mac == "SM3" || (suite.aead && suite.enc.starts_with("SM4")));
        // HMAC-MD5 is taken for the weakest class, though no attack on it is known: MD5 itself is broken.
        let strength = |suite: &Suite| if suite.mac == "MD5" || suite.mac == "unknown" { 0 } else { 112 };
        Judged { d: self.protects(without), a: self.approved(sm), strength: self.weakest(strength) }
    }

    /// 6.2.3. D: every suite encrypts. A: with SM4, or SM1. Ra follows from the cipher alone.
    fn confidentiality(&self) -> Judged {
        let without = self.any(|suite| suite.enc == "NULL");
        let sm = self.every(is_sm);
        Judged { d: self.protects(without), a: self.approved(sm), strength: self.weakest(|suite| suite.bits) }
    }

    fn protects(&self, without: Tri) -> Tri {
        not(either(without, self.broken))
    }

    /// RFC 8998 has approved algorithms in a protocol that is no national standard: whether that is an approved technique
    /// is read both ways, so A is open at best. Suites of other TLS have no approved algorithm.
    fn approved(&self, algorithms: Tri) -> Tri {
        match self.kind {
            ChannelKind::Tlcp => algorithms,
            ChannelKind::TlsSm => both(algorithms, Tri::Unknown),
            ChannelKind::Tls | ChannelKind::Plain => Tri::No,
        }
    }

    fn any(&self, test: impl Fn(&Suite) -> bool) -> Tri {
        self.suites.as_ref().map_or(Tri::Unknown, |list| list.iter().any(|suite| test(suite)).into())
    }

    fn every(&self, test: impl Fn(&Suite) -> bool) -> Tri {
        not(self.any(|suite| !test(suite)))
    }

    fn weakest(&self, strength: impl Fn(&Suite) -> i64) -> (i64, i64) {
        match &self.suites {
            Some(list) => {
                let least = list.iter().map(|suite| strength(suite)).min().unwrap_or(0);
                (least, least)
            }
            None => (0, 112),
        }
    }
}

fn trusted(certificate: &Certificate) -> Tri {
    let over = certificate.days_left.known().is_some_and(|days| *days < 0);
    match certificate.chain.status {
        _ if over => Tri::No,
        Fact::Known(ChainStatus::Trusted) => Tri::Yes,
        Fact::Known(ChainStatus::Untrusted | ChainStatus::SelfSigned | ChainStatus::Expired) => Tri::No,
        Fact::Known(ChainStatus::Incomplete | ChainStatus::Unknown) | Fact::Unread(_) => Tri::Unknown,
    }
}

/// What it costs to forge a certificate (NIST SP 800-57 part 1, table 2): that of its key or of the hash it is signed
/// with, whichever is less; lowest and highest where we do not know the algorithm.
fn certificate_strength(certificate: &Certificate) -> (i64, i64) {
    let bits = certificate.key.bits;
    let key = match certificate.key.algorithm.as_str() {
        "rsa" | "dsa" => match bits {
            2048.. => 112,
            1024..2048 => 80,
            _ => 0,
        },
        "ec" | "sm2" => bits / 2,
        "ed25519" | "ed448" => 112,
        _ => return (0, 112),
    };
    let hash = match certificate.signature.hash.as_str() {
        // A collision of SHA-1 costs 2^63 or less.
        "md2" | "md5" | "sha1" => 0,
        "unknown" => return (0, key),
        _ => 112,
    };
    (key.min(hash), key.min(hash))
}

/// The lowest and the highest score of all that is still possible.
fn range(judged: &Judged, k: Tri) -> MipingRange {
    let ways = |tri: Tri| match tri {
        Tri::Yes => vec![true],
        Tri::No => vec![false],
        Tri::Unknown => vec![false, true],
    };
    let mut scores = Vec::new();
    for d in ways(judged.d) {
        for a in ways(judged.a) {
            for k in ways(k) {
                for strength in [judged.strength.0, judged.strength.1] {
                    scores.extend(object(d, a, k, ra(strength), Ratio::whole(1)));
                }
            }
        }
    }
    let (low, high) = (scores.iter().min(), scores.iter().max());
    MipingRange { low: low.map_or(0, |p| p.number()), high: high.map_or(SCALE.into(), |p| p.number()) }
}

#[cfg(test)]
mod tests;
