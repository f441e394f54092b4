//! Versions and suites: what each exchange of a version says, and whether the list of suites has its end.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Named, Protocol, ProtocolStatus, Protocols, Service, Suite,
    collected::{Collected, was_made},
};
use crate::{
    formats::tls::{
        exchange::{Answer, End, Exchange, REFUSED},
        groups, schemes, ssl2, suites,
        version::Version,
    },
    model::{Fact, Tri, Unread, UnreadStatus},
};

/// The alert of a server that has nothing under the name asked for (RFC 6066 section 3).
const NAME_REFUSED: &str = "unrecognized_name";

impl Collected {
    pub(super) fn protocols(&self) -> Protocols {
        let of = |version| self.protocol(version);
        Protocols {
            ssl2: self.ssl2(),
            ssl3: of(Version::Ssl3),
            tls1_0: of(Version::Tls10),
            tls1_1: of(Version::Tls11),
            tls1_2: of(Version::Tls12),
            tls1_3: of(Version::Tls13),
            tlcp: of(Version::Tlcp11),
        }
    }

    /// Whether a server takes a version.
    pub(super) fn accepts(&self, version: Version) -> bool {
        // Straight from the exchanges: the facts of a version that was never asked for rest on what was accepted.
        let accepted = |exchange: &Exchange| match version {
            Version::Ssl2 => matches!(exchange.answer(), Answer::Ssl2ServerHello(_)),
            _ => exchange.chosen(version).is_some(),
        };
        self.version(version).known().is_some_and(|list| list.iter().any(accepted))
    }

    /// What answered. TLS that any exchange saw is TLS; only then does it matter what else came back.
    pub(super) fn service(&self) -> Fact<Service> {
        let tls = [Version::Ssl2, Version::Ssl3, Version::Tls10, Version::Tls11, Version::Tls12, Version::Tls13];
        match (tls.into_iter().any(|version| self.accepts(version)), self.accepts(Version::Tlcp11)) {
            (true, true) => Fact::Known(Service::Both),
            (true, false) => Fact::Known(Service::Tls),
            (false, true) => Fact::Known(Service::Tlcp),
            (false, false) => self.group("service").and_then(|first| silent_service(first, self)),
        }
    }

    fn protocol(&self, version: Version) -> Protocol {
        let Fact::Known(exchanges) = self.version(version) else { return self.not_asked(version) };
        let label = format!("{}.suites", version.code());
        let asked: Vec<_> = exchanges.iter().filter(|exchange| exchange.name == label).collect();
        let mut accepted: Vec<u16> = Vec::new();
        for suite in asked.iter().filter_map(|exchange| exchange.chosen(version)) {
            if !accepted.contains(&suite) {
                accepted.push(suite);
            }
        }
        let alert = asked.iter().find_map(|exchange| match exchange.answer() {
            Answer::Alert(alert) => Some(alert.name().to_owned()),
            _ => None,
        });
        let status = if accepted.is_empty() { refusal(&asked, version) } else { Fact::Known(ProtocolStatus::Accepted) };
        Protocol {
            alert: Fact::Known(alert.unwrap_or_else(|| "none".to_owned())),
            suites: match (&status, unfinished(&asked)) {
                (Fact::Unread(why), _) => Fact::Unread(why.clone()),
                (_, Some(why)) => Fact::unread(why, "enumeration"),
                (_, None) => Fact::Known(accepted.iter().map(|id| suite(*id)).collect()),
            },
            status,
            server_order: order(exchanges, version, &accepted),
        }
    }

    fn ssl2(&self) -> Protocol {
        let Fact::Known(exchanges) = self.version(Version::Ssl2) else { return self.not_asked(Version::Ssl2) };
        let asked: Vec<_> = exchanges.iter().collect();
        let found = exchanges.iter().find_map(|exchange| match exchange.answer() {
            Answer::Ssl2ServerHello(hello) => Some(hello),
            _ => None,
        });
        let none = || Fact::Known("none".to_owned());
        match found {
            Some(hello) => Protocol {
                status: Fact::Known(ProtocolStatus::Accepted),
                alert: none(),
                suites: Fact::Known(hello.specs.iter().map(|id| ssl2_suite(*id)).collect()),
                server_order: Tri::Unknown,
            },
            None => {
                let status = refusal(&asked, Version::Ssl2);
                let suites = match &status {
                    Fact::Known(ProtocolStatus::Timeout) => Fact::unread(UnreadStatus::Timeout, "enumeration"),
                    Fact::Known(_) => Fact::Known(Vec::new()),
                    Fact::Unread(why) => Fact::Unread(why.clone()),
                };
                Protocol { status, alert: none(), suites, server_order: Tri::Unknown }
            }
        }
    }

    /// A version that was never asked for: because nothing there speaks TLS at all, or for another reason.
    fn not_asked(&self, version: Version) -> Protocol {
        let status = match self.service() {
            Fact::Known(Service::Closed | Service::PlainHttp | Service::NotTls) => Fact::Known(ProtocolStatus::Closed),
            Fact::Known(Service::Timeout) => Fact::Known(ProtocolStatus::Timeout),
            _ => self.version(version).and_then(|_| Fact::unread(UnreadStatus::NotTested, version.code())),
        };
        let suites = match &status {
            Fact::Known(ProtocolStatus::Closed) => Fact::Known(Vec::new()),
            Fact::Known(_) => Fact::unread(UnreadStatus::Timeout, version.code()),
            Fact::Unread(why) => Fact::Unread(why.clone()),
        };
        Protocol { status, alert: Fact::Known("none".to_owned()), suites, server_order: Tri::Unknown }
    }

    /// Why it is open which suites there are: what is asked with accepted suites is then open as well.
    fn open_suites(&self) -> Option<Unread> {
        let protocols = self.protocols();
        let all = [protocols.ssl3, protocols.tls1_0, protocols.tls1_1, protocols.tls1_2, protocols.tls1_3];
        all.into_iter().find_map(|protocol| match protocol.suites {
            Fact::Unread(why) => Some(why),
            Fact::Known(_) => None,
        })
    }

    /// The exchanges of a group that rests on the enumeration of suites.
    fn resting_on_suites(&self, group: &str) -> Fact<&[Exchange]> {
        match self.open_suites() {
            Some(why) => Fact::Unread(why),
            None => self.group(group),
        }
    }

    /// Groups for key agreement, in the order in which the server chose them.
    pub(super) fn groups(&self) -> Fact<Vec<Named>> {
        self.resting_on_suites("groups").and_then(|exchanges| {
            let mut ids: Vec<u16> = Vec::new();
            for exchange in exchanges {
                let group = match exchange.answer() {
                    Answer::HelloRetryRequest(hello) => hello.group(),
                    _ => exchange.flight().key_exchange.and_then(|sent| sent.group()),
                };
                ids.extend(group.filter(|group| !ids.contains(group)));
            }
            match unfinished(&exchanges.iter().collect::<Vec<_>>()) {
                Some(why) => Fact::unread(why, "groups"),
                None => Fact::Known(ids.into_iter().map(named_group).collect()),
            }
        })
    }

    /// Schemes that the server signs with.
    pub(super) fn signature_schemes(&self) -> Fact<Vec<Named>> {
        self.resting_on_suites("schemes").and_then(|exchanges| {
            let mut ids: Vec<u16> = Vec::new();
            for exchange in exchanges {
                let scheme = match exchange.answer() {
                    Answer::ServerHello(hello) if hello.selected_version() == Some(Version::Tls13) => {
                        only_scheme(exchange)
                    }
                    _ => exchange.flight().key_exchange.and_then(|sent| sent.signature?.scheme),
                };
                ids.extend(scheme.filter(|scheme| !ids.contains(scheme)));
            }
            // A request to try again comes before any signature: it says nothing of schemes.
            let told =
                |exchange: &Exchange| settled(exchange) && !matches!(exchange.answer(), Answer::HelloRetryRequest(_));
            match exchanges.iter().find(|exchange| !told(exchange)) {
                Some(exchange) => Fact::unread(why_unsettled(exchange), "schemes"),
                None => Fact::Known(ids.into_iter().map(named_scheme).collect()),
            }
        })
    }

    /// Bits of the smallest prime; 0 where no suite has one.
    pub(super) fn dh_bits(&self) -> Fact<i64> {
        self.resting_on_suites("dh").and_then(|exchanges| {
            let bits = exchanges.iter().map(|exchange| {
                let sent = exchange.flight().key_exchange;
                sent.and_then(|sent| sent.dhe().map(crate::formats::tls::server_key_exchange::Dhe::bits))
            });
            let Some(bits) = bits.collect::<Option<Vec<_>>>() else {
                return Fact::unread(UnreadStatus::Error, "dh");
            };
            Fact::Known(i64::try_from(bits.into_iter().min().unwrap_or(0)).unwrap_or(i64::MAX))
        })
    }
}

/// What stands behind a service that took no version.
fn silent_service(first: &[Exchange], collected: &Collected) -> Fact<Service> {
    let answers: Vec<_> = first.iter().map(|exchange| (exchange.answer(), &exchange.end)).collect();
    let any = |test: &dyn Fn(&Answer, &End) -> bool| answers.iter().any(|(answer, end)| test(answer, end));
    if let Some(words) = first.iter().find_map(refused_to_begin) {
        // Who is turned away has not learnt whether there is TLS.
        let busy = words.starts_with("421");
        return if busy { Fact::unread(UnreadStatus::Error, "busy") } else { Fact::Known(Service::NotTls) };
    }
    let alerts = || collected.all().filter_map(|e| if let Answer::Alert(a) = e.answer() { Some(a) } else { None });
    if alerts().any(|alert| alert.name() == NAME_REFUSED) {
        Fact::Known(Service::NameNotServed)
    } else if alerts().any(|alert| alert.record_version == Version::Tlcp11.number()) {
        Fact::Known(Service::Tlcp)
    } else if any(&|answer, _| matches!(answer, Answer::Http)) {
        Fact::Known(Service::PlainHttp)
    } else if alerts().any(|alert| alert.ends()) {
        Fact::Known(Service::Tls)
    } else if any(&|answer, _| is_tls(answer)) {
        // Records of TLS, and never a hello that fits what was asked: what it is nobody can say.
        Fact::unread(UnreadStatus::Error, "damaged")
    } else if any(&|answer, _| matches!(answer, Answer::NotTls)) {
        Fact::Known(Service::NotTls)
    } else if any(&|_, end| matches!(end, End::Timeout | End::Limit)) {
        Fact::Known(Service::Timeout)
    } else if any(&|_, end| matches!(end, End::Refused | End::Closed | End::Reset)) {
        Fact::Known(Service::Closed)
    } else if any(&|_, end| matches!(end, End::Unreachable)) {
        Fact::unread(UnreadStatus::Error, "unreachable")
    } else {
        Fact::unread(UnreadStatus::NotTested, "service")
    }
}

/// The words of a server that does not go over to TLS.
fn refused_to_begin(exchange: &Exchange) -> Option<&str> {
    match &exchange.end {
        End::NotTested { reason } => reason.strip_prefix(REFUSED),
        _ => None,
    }
}

fn is_tls(answer: &Answer) -> bool {
    matches!(
        answer,
        Answer::ServerHello(_)
            | Answer::HelloRetryRequest(_)
            | Answer::Ssl2ServerHello(_)
            | Answer::Alert(_)
            | Answer::Unfinished
    )
}

/// How a version was met that was not accepted, at all addresses: what is open at one is open.
fn refusal(asked: &[&Exchange], version: Version) -> Fact<ProtocolStatus> {
    let addresses: BTreeSet<&str> = asked.iter().map(|exchange| exchange.ip.as_str()).collect();
    let met = addresses.into_iter().map(|ip| {
        let here: Vec<_> = asked.iter().filter(|exchange| exchange.ip == ip).copied().collect();
        refusal_at(&here, version)
    });
    let rank = |met: &Fact<ProtocolStatus>| match met {
        Fact::Unread(_) => 3,
        Fact::Known(ProtocolStatus::Timeout) => 2,
        Fact::Known(ProtocolStatus::Refused) => 1,
        Fact::Known(_) => 0,
    };
    met.max_by_key(rank).unwrap_or_else(|| Fact::unread(UnreadStatus::NotTested, version.code()))
}

fn refusal_at(asked: &[&Exchange], version: Version) -> Fact<ProtocolStatus> {
    let made: Vec<_> = asked.iter().filter(|exchange| was_made(exchange)).collect();
    if made.iter().any(|exchange| is_about_the_version(exchange, version)) {
        return Fact::Known(ProtocolStatus::Refused);
    }
    let names = |exchange: &Exchange| matches!(exchange.answer(), Answer::Alert(alert) if alert.name() == NAME_REFUSED);
    if made.iter().any(|exchange| names(exchange)) {
        return Fact::unread(UnreadStatus::NotTested, "name_not_served");
    }
    let silent = |exchange: &Exchange| matches!(exchange.answer(), Answer::Nothing | Answer::Unfinished);
    match unfinished(asked) {
        // Suites that were refused say nothing of those whose answer is missing.
        Some(why) if made.iter().any(|exchange| !silent(exchange)) => Fact::unread(why, "enumeration"),
        Some(UnreadStatus::Timeout) => Fact::Known(ProtocolStatus::Timeout),
        Some(why) => Fact::unread(why, reason(asked)),
        None if made.iter().all(|exchange| silent(exchange)) => Fact::Known(ProtocolStatus::Closed),
        None => Fact::Known(ProtocolStatus::Refused),
    }
}

/// Whether the answer rules a version out whatever suites there are: an alert that says so, or a hello of another.
fn is_about_the_version(exchange: &Exchange, version: Version) -> bool {
    match exchange.answer() {
        Answer::Alert(alert) => alert.name() == "protocol_version",
        Answer::ServerHello(hello) | Answer::HelloRetryRequest(hello) => {
            hello.selected_version() != Some(version) && settled(exchange)
        }
        Answer::Http | Answer::NotTls => true,
        _ => false,
    }
}

fn reason(asked: &[&Exchange]) -> String {
    let reasons = asked.iter().filter_map(|exchange| match &exchange.end {
        End::NotTested { reason } => Some(reason.clone()),
        End::Unreachable => Some("unreachable".to_owned()),
        _ => None,
    });
    reasons.into_iter().next().unwrap_or_else(|| "enumeration".to_owned())
}

/// Why the list may go on: somewhere an answer is missing. An alert, a hang-up or another version is an end.
fn unfinished(asked: &[&Exchange]) -> Option<UnreadStatus> {
    // A question that was asked again, at the same address, counts by its last answer.
    let mut last: BTreeMap<_, &Exchange> = BTreeMap::new();
    for exchange in asked {
        let offer = exchange.offered();
        let offer = offer.map(|hello| (hello.suites.clone(), hello.groups().to_vec(), hello.schemes().to_vec()));
        last.insert((&exchange.ip, &exchange.name, offer), exchange);
    }
    last.into_values().find(|exchange| !settled(exchange)).map(why_unsettled)
}

/// Whether an exchange answers its question.
pub(super) fn settled(exchange: &Exchange) -> bool {
    match (exchange.answer(), &exchange.end) {
        (_, End::NotTested { .. }) => false,
        // It refuses the name, and says nothing of what it would take under another.
        (Answer::Alert(alert), _) => alert.name() != NAME_REFUSED,
        // A choice of what was not offered is no choice.
        (Answer::ServerHello(hello) | Answer::HelloRetryRequest(hello), _) => {
            exchange.offered().is_some_and(|offer| offer.suites.contains(&hello.suite))
        }
        // A hello that was cut off took something, and nobody knows what.
        (Answer::Unfinished, _) => false,
        (Answer::Nothing, end) => matches!(end, End::Closed | End::Reset | End::Refused),
        _ => true,
    }
}

pub(super) fn why_unsettled(exchange: &Exchange) -> UnreadStatus {
    match exchange.end {
        End::NotTested { .. } => UnreadStatus::NotTested,
        End::Timeout => UnreadStatus::Timeout,
        End::Limit => UnreadStatus::TooLarge,
        _ => UnreadStatus::Error,
    }
}

/// Whether the server has an order of its own, at each address: it passed over a suite that stood before what it chose.
fn order(exchanges: &[Exchange], version: Version, accepted: &[u16]) -> Tri {
    let label = format!("{}.order", version.code());
    let addresses: BTreeSet<&str> = exchanges.iter().map(|exchange| exchange.ip.as_str()).collect();
    let verdicts = addresses.into_iter().filter_map(|ip| {
        let here: Vec<_> = exchanges.iter().filter(|exchange| exchange.ip == ip).collect();
        let both_ways = here.iter().filter(|e| e.name == label && e.chosen(version).is_some()).count() >= 2;
        match here.iter().any(|exchange| exchange.deviates(version, accepted)) {
            true => Some(Tri::Yes),
            false if both_ways => Some(Tri::No),
            // Nothing taken here, or one suite alone: there is no order to speak of.
            false => None,
        }
    });
    let verdicts: Vec<Tri> = verdicts.collect();
    match verdicts.as_slice() {
        [] => Tri::Unknown,
        list if list.contains(&Tri::No) => Tri::No,
        _ => Tri::Yes,
    }
}

/// The one scheme that a hello offered.
fn only_scheme(exchange: &Exchange) -> Option<u16> {
    use crate::formats::tls::extension::{Extension, id};
    match exchange.offered()?.extension(id::SIGNATURE_ALGORITHMS) {
        Some(Extension::SignatureAlgorithms(list)) => match list.as_slice() {
            [one] => Some(*one),
            _ => None,
        },
        _ => None,
    }
}

/// A suite by its number.
pub(super) fn suite(id: u16) -> Suite {
    match suites::suite(id) {
        Some(found) => Suite {
            id: format!("{id:#06x}"),
            name: found.name.to_owned(),
            kx: found.kx.name().to_owned(),
            auth: found.auth.name().to_owned(),
            enc: found.enc.to_owned(),
            bits: found.bits.into(),
            mac: found.mac.name().to_owned(),
            fs: found.forward_secrecy(),
            aead: found.aead(),
            weak: found.weak().into_iter().map(|weakness| weakness.code().to_owned()).collect(),
        },
        // Nobody registered it: nothing good can be said of it.
        None => Suite {
            id: format!("{id:#06x}"),
            name: "unregistered".to_owned(),
            kx: "unknown".to_owned(),
            auth: "unknown".to_owned(),
            enc: "unknown".to_owned(),
            bits: 0,
            mac: "unknown".to_owned(),
            fs: false,
            aead: false,
            weak: vec!["unregistered".to_owned()],
        },
    }
}

fn ssl2_suite(id: u32) -> Suite {
    let spec = ssl2::spec(id);
    let name = spec.map_or("unregistered", |spec| spec.name);
    Suite {
        id: format!("{id:#08x}"),
        name: name.to_owned(),
        kx: "RSA".to_owned(),
        auth: "RSA".to_owned(),
        enc: name.trim_start_matches("SSL_CK_").to_owned(),
        bits: spec.map_or(0, |spec| spec.bits.into()),
        mac: "MD5".to_owned(),
        fs: false,
        aead: false,
        weak: vec!["ssl2".to_owned()],
    }
}

fn named_group(id: u16) -> Named {
    let name = groups::group(id).map_or_else(|| "unregistered".to_owned(), |group| group.name.to_owned());
    Named { id: format!("{id:#06x}"), name }
}

fn named_scheme(id: u16) -> Named {
    let name = schemes::scheme(id).map_or_else(|| "unregistered".to_owned(), |scheme| scheme.name.into_owned());
    Named { id: format!("{id:#06x}"), name }
}
