//! The worked examples of the rules, and how endpoints are read.

use super::{MODEL, Points, compensated, endpoint, layer, management_unit, object, ra, total, unit};
use crate::{
    facts::tls::{ChainStatus, ChannelKind, Miping, MipingRange, Role, Service},
    grade::{
        Endpoint, Ratio,
        testing::{CBC, RC4, certificate, dual, good, refused, speaks, tlcp, unread},
    },
    model::{Fact, Tri},
};

fn tenths(n: u64) -> Ratio {
    Ratio::new(n, 10).unwrap()
}

/// `0.6429` as points.
fn points(text: &str) -> Points {
    let (whole, part) = text.split_once('.').unwrap();
    let number: u64 = format!("{whole}{part:0<4}").parse().unwrap();
    Points::of(Ratio::new(number, 10_000).unwrap()).unwrap()
}

fn all(list: &[&str]) -> Vec<Points> {
    list.iter().map(|text| points(text)).collect()
}

fn range(low: i64, high: i64) -> MipingRange {
    MipingRange { low, high }
}

#[test]
fn objects_are_scored_by_d_a_and_k() {
    // D, A, K, Ra and Rk in tenths, score: the candidates AR01 to AR14.
    for (d, a, k, ra, rk, expected) in [
        (1, 1, 1, 10, 10, "1.0000"),
        (0, 1, 1, 10, 10, "0.0000"),
        (0, 0, 0, 10, 10, "0.0000"),
        (1, 0, 1, 2, 10, "0.1000"),
        (1, 0, 1, 5, 10, "0.2500"),
        (1, 0, 1, 10, 10, "0.5000"),
        (1, 1, 0, 10, 10, "0.5000"),
        (1, 1, 0, 10, 12, "0.6000"),
        (1, 1, 0, 10, 15, "0.7500"),
        (1, 0, 0, 2, 10, "0.0500"),
        (1, 0, 0, 5, 10, "0.1250"),
        (1, 0, 0, 10, 10, "0.2500"),
        (1, 0, 0, 10, 12, "0.3000"),
        (1, 0, 0, 10, 15, "0.3750"),
    ] {
        let scored = object(d == 1, a == 1, k == 1, tenths(ra), tenths(rk)).unwrap();
        assert_eq!(scored, points(expected), "D{d}A{a}K{k} Ra {ra} Rk {rk}");
    }
    assert_eq!([128, 112, 111, 80, 79].map(ra), [10, 10, 5, 5, 2].map(tenths));
}

#[test]
fn one_object_may_make_up_for_another_by_half_of_its_own() {
    for (a, b, expected) in [("1.0", "0.0", "0.5"), ("1.0", "0.8", "0.8"), ("0.6", "0.1", "0.3")] {
        assert_eq!(compensated(points(a), points(b)), Some(points(expected)));
    }
}

#[test]
fn a_unit_is_the_mean_of_its_objects() {
    for (objects, expected) in [
        (&["1.0", "0.0"][..], "0.5"),
        (&["1.0", "0.0", "0.0"], "0.3333"),
        (&["1.0", "1.0", "0.0"], "0.6667"),
        (&["1.0", "0.5", "0.0"], "0.5"),
    ] {
        assert_eq!(unit(&all(objects)), Some(points(expected)));
    }
    assert_eq!(unit(&[]), None);
}

#[test]
fn a_layer_is_the_weighted_mean_of_its_units() {
    let of = |units: &[&str], weights: &[u64]| {
        layer(&all(units).into_iter().zip(weights.iter().copied()).collect::<Vec<_>>())
    };
    assert_eq!(of(&["1.0", "0.0"], &[10, 7]), Some(points("0.5882")));
    assert_eq!(of(&["1.0", "0.0"], &[10, 10]), Some(points("0.5")));
    assert_eq!(of(&["1.0", "0.5", "0.0"], &[10, 7, 4]), Some(points("0.6429")));
    // MP-2: level 3.
    assert_eq!(of(&["0.75", "0.5", "0.75", "0.0", "1.0"], &[10, 7, 10, 4, 4]), Some(points("0.6429")));
}

#[test]
fn mp_1_a_certified_tlcp_channel_beside_rsa_and_aes() {
    let certified = object(true, true, true, ra(128), tenths(10)).unwrap();
    let other = object(true, false, false, ra(112), tenths(10)).unwrap();
    let mean = unit(&[certified, other]).unwrap();
    assert_eq!(mean, points("0.625"));
    assert_eq!(layer(&[(mean, 10), (mean, 7), (mean, 10)]), Some(points("0.625")));
}

#[test]
fn mp_3_the_total_is_70_of_technique_and_30_of_management() {
    let four = |list: [&str; 4]| list.map(|text| Some(points(text)));
    let of = |technical, management| total(four(technical), four(management)).unwrap();
    assert_eq!(of(["0.5", "0.6429", "0.5", "0.6"], ["1.0", "0.5", "0.5", "1.0"]), 6286);
    assert_eq!(of(["1.0"; 4], ["1.0"; 4]), 10_000);
    assert_eq!(of(["0.0"; 4], ["0.0"; 4]), 0);
    assert_eq!(of(["0.5"; 4], ["0.5"; 4]), 5000);
    assert_eq!(of(["0.0"; 4], ["0.0", "0.0", "0.0", "1.0"]), 600);
    assert_eq!(of(["0.0"; 4], ["1.0", "0.0", "0.0", "0.0"]), 800);
    assert_eq!(of(["0.3333"; 4], ["0.6667"; 4]), 4333);
    let half = Some(points("0.5"));
    assert_eq!(total([None, half, half, half], [half; 4]), Some(5000));
    assert_eq!(total([half; 4], [None, None, None, Some(Points::FULL)]), Some(6500));
    assert_eq!(total([None; 4], [half; 4]), None, "a whole group that is not applicable is not covered by the rules");
    let units = [(true, false), (false, true), (false, false)].map(|(full, partial)| management_unit(full, partial));
    assert_eq!(units, [Points::FULL, points("0.5"), Points::NONE]);
}

fn at(level: u8, endpoint_: &Endpoint) -> Miping {
    endpoint(endpoint_, Some(level)).unwrap()
}

fn channel(miping: &Miping, kind: ChannelKind) -> Vec<(Tri, Tri, MipingRange)> {
    let found = miping.channels.iter().find(|channel| channel.channel == kind).unwrap();
    found.objects.iter().map(|object| (object.d, object.a, object.score)).collect()
}

#[test]
fn a_tlcp_channel_is_worth_one_half_to_one_as_long_as_the_product_is_not_known() {
    let miping = at(3, &tlcp());
    assert_eq!(channel(&miping, ChannelKind::Tlcp), vec![(Tri::Yes, Tri::Yes, range(5000, 10_000)); 3]);
    assert_eq!(miping.visible, Fact::Known(range(5000, 10_000)));
    // 6.2.4 and 6.2.5 rest on documents: (1 + 0.7 + 1) * 0.5 / 3.5 at the least.
    assert_eq!(miping.layer, Fact::Known(range(3857, 10_000)));
    assert_eq!(miping.open, ["6.2.1.k", "6.2.2.k", "6.2.3.k"]);
    assert_eq!((miping.model.as_str(), miping.high_risk.len()), (MODEL, 0));
}

#[test]
fn other_tls_is_worth_a_quarter_to_one_half() {
    let miping = at(3, &good());
    assert_eq!(channel(&miping, ChannelKind::Tls), vec![(Tri::Yes, Tri::No, range(2500, 5000)); 3]);
    let mut weak = good();
    weak.certificates = Fact::Known(vec![certificate(Role::Server, "rsa", 1024, "sha256")]);
    weak.protocols.tls1_2 = speaks(&["TLS_RSA_WITH_DES_CBC_SHA"]);
    let scores: Vec<_> = channel(&at(3, &weak), ChannelKind::Tls).into_iter().map(|(_, _, score)| score).collect();
    assert_eq!(scores, [range(1250, 2500), range(2500, 5000), range(500, 1000)]);
}

#[test]
fn both_at_one_port_are_two_objects() {
    let miping = at(3, &dual());
    assert_eq!(miping.channels.len(), 2);
    // MP-1 is the end of it where the product is approved: half of 0.25 and 1 lies between.
    assert!(miping.units.iter().all(|unit| unit.score == range(3750, 7500)), "{:?}", miping.units);
}

#[test]
fn rfc_8998_is_read_both_ways() {
    let mut endpoint = good();
    endpoint.protocols.tls1_2 = refused();
    endpoint.protocols.tls1_3 = speaks(&["TLS_SM4_GCM_SM3"]);
    endpoint.certificates = Fact::Known(vec![certificate(Role::Server, "sm2", 256, "sm3")]);
    let miping = at(3, &endpoint);
    assert_eq!(channel(&miping, ChannelKind::TlsSm), vec![(Tri::Yes, Tri::Unknown, range(2500, 10_000)); 3]);
}

#[test]
fn what_does_not_protect_is_worth_nothing_and_a_high_risk_to_look_at_from_level_3() {
    let plain = Endpoint { service: Fact::Known(Service::PlainHttp), ..good() };
    let miping = at(3, &plain);
    assert_eq!(channel(&miping, ChannelKind::Plain), vec![(Tri::No, Tri::No, range(0, 0)); 3]);
    assert_eq!(miping.high_risk, ["6.2.1", "6.2.3"]);
    assert!(at(2, &plain).high_risk.is_empty());
    let mut expired = good();
    if let Fact::Known(list) = &mut expired.certificates {
        list[0].chain.status = Fact::Known(ChainStatus::Expired);
    }
    assert_eq!(at(3, &expired).high_risk, ["6.2.1"]);
    let mut null = good();
    null.protocols.tls1_2 = speaks(&["TLS_RSA_WITH_NULL_SHA"]);
    assert_eq!(at(3, &null).high_risk, ["6.2.3"]);
    let mut old = good();
    old.protocols.ssl3 = speaks(&[CBC, RC4]);
    assert_eq!(channel(&at(3, &old), ChannelKind::Tls)[2].0, Tri::No);
}

#[test]
fn level_4_wants_the_client_to_prove_itself_too() {
    assert_eq!(channel(&at(4, &tlcp()), ChannelKind::Tlcp)[0].0, Tri::No);
    let mutual = Endpoint { client_auth: Tri::Yes, ..tlcp() };
    assert_eq!(channel(&at(4, &mutual), ChannelKind::Tlcp)[0].0, Tri::Yes);
}

#[test]
fn what_is_unknown_only_widens_a_range() {
    let known = at(3, &dual());
    let mut less: Vec<Endpoint> = Vec::new();
    let mut blur = |change: &dyn Fn(&mut Endpoint)| {
        let mut endpoint = dual();
        change(&mut endpoint);
        less.push(endpoint);
    };
    blur(&|e| e.certificates = unread());
    blur(&|e| e.sm.ske_signature_ok = Tri::Unknown);
    blur(&|e| e.protocols.tlcp.status = unread());
    blur(&|e| e.protocols.tlcp.suites = unread());
    blur(&|e| e.protocols.tls1_2.suites = unread());
    blur(&|e| e.protocols.tls1_3.status = unread());
    blur(&|e| e.protocols.ssl3.status = unread());
    for endpoint in less {
        let miping = at(3, &endpoint);
        for (unit, was) in miping.units.iter().zip(&known.units) {
            assert!(unit.score.low <= was.score.low && unit.score.high >= was.score.high, "{unit:?} {was:?}");
        }
        assert_ne!(miping.open, known.open);
    }
}

#[test]
fn without_a_level_there_are_units_and_no_layer() {
    let miping = endpoint(&tlcp(), None).unwrap();
    assert_eq!(miping.units.len(), 3);
    assert_eq!((miping.level.known(), miping.visible.known(), miping.layer.known()), (None, None, None));
}

#[test]
fn where_nothing_answers_there_is_nothing_to_assess() {
    for service in [Service::Closed, Service::NotTls, Service::NameNotServed, Service::Timeout] {
        assert!(endpoint(&Endpoint { service: Fact::Known(service), ..good() }, Some(3)).is_err());
    }
}
