//! From the records of our probes to the facts of an endpoint.

use std::collections::BTreeMap;

use super::{
    Cost, Endpoint, Tls,
    collected::{Collected, was_made},
};
use crate::{
    facts::{Artifacts, FactDocument},
    formats::tls::{
        EXCHANGES, RENEGOTIATED, RESOLVE, RESUMED_1_3, RESUMED_ID, RESUMED_TICKET, SESSION, exchange::End, item_of,
    },
    model::{Fact, UnreadStatus},
};

pub(in crate::facts) fn derive(artifacts: &dyn Artifacts) -> FactDocument {
    let sources = [
        ("tls.endpoint", vec![RESOLVE.to_owned()]),
        ("tls.service", vec![item_of("service", 0)]),
        ("tls.groups", vec![item_of("groups", 0)]),
        ("tls.signature_schemes", vec![item_of("schemes", 0)]),
        ("tls.dh_bits", vec![item_of("dh", 0)]),
        ("tls.certificates", vec![item_of("certificates", 0), item_of("service", 0), item_of(SESSION, 0)]),
        ("tls.renegotiation", vec![item_of(RENEGOTIATED, 0)]),
        ("tls", EXCHANGES.iter().map(|group| item_of(group, 0)).collect()),
    ];
    let versions = [
        ("ssl2", "ssl2"),
        ("ssl3", "ssl3"),
        ("tls1_0", "tls1_0"),
        ("tls1_1", "tls1_1"),
        ("tls1_2", "tls1_2"),
        ("tls1_3", "tls1_3"),
        ("tlcp", "tlcp1_1"),
    ];
    let versions =
        versions.map(|(fact, code)| (format!("tls.protocols.{fact}"), vec![item_of(&format!("version.{code}"), 0)]));
    let known: Vec<String> = artifacts.items();
    let sources: BTreeMap<String, Vec<String>> = sources
        .into_iter()
        .map(|(group, items)| (group.to_owned(), items))
        .chain(versions)
        .map(|(group, items)| (group, items.into_iter().filter(|item| known.contains(item)).collect()))
        .collect();
    let collected = Collected::of(artifacts);
    let facts = match collected.open_address() {
        Some(why) => facts(&collected).only_what_was_met(&why),
        None => facts(&collected),
    };
    FactDocument::new("tls", serde_json::to_value(facts).unwrap_or_default(), sources)
}

/// Filled in when everything else is known.
fn at_evaluation<T>() -> Fact<T> {
    Fact::unread(UnreadStatus::NotTested, "evaluation")
}

fn facts(collected: &Collected) -> Tls {
    Tls {
        endpoint: endpoint(collected),
        service: collected.service(),
        protocols: collected.protocols(),
        negotiated: collected.negotiated(),
        groups: collected.groups(),
        signature_schemes: collected.signature_schemes(),
        dh_bits: collected.dh_bits(),
        certificates: collected.certificates(),
        certificates_without_name: collected.certificates_without_name(),
        client_auth: collected.client_auth(),
        compression: collected.compression(),
        early_data: collected.early_data(),
        fallback_scsv: collected.fallback_scsv(),
        grease: collected.grease(),
        extended_master_secret: collected.extended_master_secret(),
        ocsp_staple: collected.ocsp_staple(),
        renegotiation: collected.renegotiation(),
        resumption: collected.resumption(),
        alpn: collected.alpn(),
        heartbeat: collected.heartbeat(),
        ccs_injection: collected.ccs_injection(),
        robot: collected.robot(),
        ticketbleed: collected.ticketbleed(),
        grade: at_evaluation(),
        miping: at_evaluation(),
        sm: collected.sm(),
        cost: cost(collected),
    }
}

fn endpoint(collected: &Collected) -> Endpoint {
    let ip = collected.resolved.as_ref().and_then(|resolved| match resolved.probed.first() {
        Some(ip) => Fact::Known(ip.clone()),
        None => Fact::unread(UnreadStatus::Error, RESOLVE),
    });
    let resolved = collected.resolved.known();
    Endpoint {
        host: resolved.map(|resolved| resolved.host.clone()).unwrap_or_default(),
        port: resolved.map_or(0, |resolved| resolved.port),
        ip,
        addresses: collected.resolved.as_ref().map(|resolved| resolved.probed.clone()),
        unanswered: collected.unanswered(),
        family: or(resolved.map_or("", |resolved| &resolved.family), "all"),
        proxy: or(resolved.map_or("", |resolved| &resolved.proxy), "none"),
        sni: resolved.map(|resolved| resolved.sni.clone()).unwrap_or_default(),
        starttls: or(resolved.map_or("", |resolved| &resolved.starttls), "none"),
    }
}

fn or(word: &str, otherwise: &str) -> String {
    if word.is_empty() { otherwise.to_owned() } else { word.to_owned() }
}

fn cost(collected: &Collected) -> Cost {
    let exchanges = collected.all().filter(|exchange| was_made(exchange)).map(|e| (e.sent_bytes, e.ms));
    let sessions = collected.sessions().chain(&collected.unnamed).map(|probe| (probe.bytes_sent, probe.ms));
    let within = collected.renegotiated.iter().filter(|asked| !matches!(asked.end, End::NotTested { .. }));
    let sessions = sessions.chain(within.map(|asked| (asked.bytes_sent, asked.ms)));
    let pairs: Vec<_> = collected.resumed(&[RESUMED_1_3, RESUMED_ID, RESUMED_TICKET]).collect();
    let all: Vec<_> = exchanges.chain(sessions).chain(pairs.iter().map(|pair| (pair.bytes_sent, pair.ms))).collect();
    // A pair is one record of two connections.
    let seconds = pairs.iter().map(|pair| i64::from(pair.connections) - 1).sum::<i64>();
    let sum =
        |values: &mut dyn Iterator<Item = u64>| i64::try_from(values.fold(0, u64::saturating_add)).unwrap_or(i64::MAX);
    Cost {
        connections: i64::try_from(all.len()).unwrap_or(i64::MAX).saturating_add(seconds),
        bytes_sent: sum(&mut all.iter().map(|(bytes, _)| *bytes)),
        ms: sum(&mut all.iter().map(|(_, ms)| *ms)),
    }
}
