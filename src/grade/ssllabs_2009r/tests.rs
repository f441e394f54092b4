//! What the guide says of a server, server by server, and what must hold of all.

use proptest::prelude::*;
use serde_json::Value;

use super::{MODEL, cipher_points, grade, key_points};
use crate::{
    facts::tls::{CapReason, ChainStatus, Grade, GradeState, Letter, Ocsp, OcspStatus, ProtocolStatus, Role, Service},
    grade::{
        Endpoint, Protocol,
        testing::{
            CBC, ECDHE_128, ECDHE_256, MODERN, RC4, RSA_128, TRIPLE_DES, certificate, dual, good, refused, speaks,
            suite, tlcp, unread,
        },
    },
    model::{Fact, Tri},
};

fn with(change: impl FnOnce(&mut Endpoint)) -> Endpoint {
    let mut endpoint = good();
    change(&mut endpoint);
    endpoint
}

fn server(change: impl FnOnce(&mut crate::grade::Certificate)) -> Endpoint {
    with(|e| {
        let mut one = certificate(Role::Server, "rsa", 2048, "sha256");
        change(&mut one);
        e.certificates = Fact::Known(vec![one]);
    })
}

fn only(tls1_2: &[&str]) -> Endpoint {
    with(|e| (e.protocols.tls1_2, e.protocols.tls1_3) = (speaks(tls1_2), refused()))
}

fn letter(endpoint: &Endpoint) -> Option<Letter> {
    grade(endpoint).letter.known().copied()
}

fn has(grade: &Grade, reason: CapReason) -> bool {
    grade.caps.iter().any(|cap| cap.reason == reason)
}

#[test]
fn every_server_has_its_letter() {
    use CapReason as R;
    use Letter::{A, AMinus, B, C, F, M, T};
    let signed = |hash: &'static str| server(move |c| hash.clone_into(&mut c.signature.hash));
    let chain = |status| server(move |c| c.chain.status = Fact::Known(status));
    let key = |algorithm: &'static str, bits| {
        server(move |c| {
            algorithm.clone_into(&mut c.key.algorithm);
            c.key.bits = bits;
        })
    };
    let dhe = |bits| {
        with(move |e| {
            e.protocols.tls1_2 = speaks(&["TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", ECDHE_256]);
            e.dh_bits = Fact::Known(bits);
        })
    };
    let flaw = |change: fn(&mut Endpoint)| with(change);
    let servers: Vec<(&str, Endpoint, Letter, Option<R>)> = vec![
        ("RSA-2048, TLS 1.2 and 1.3", good(), A, None),
        ("TLS 1.3 alone", with(|e| e.protocols.tls1_2 = refused()), A, None),
        ("TLS 1.2 alone", only(&[ECDHE_128, ECDHE_256]), AMinus, Some(R::NoTls13)),
        ("P-256", key("ec", 256), A, None),
        ("Ed25519", key("ed25519", 256), A, None),
        ("no secure renegotiation", flaw(|e| e.renegotiation.secure = Tri::No), AMinus, Some(R::InsecureRenegotiation)),
        ("TLS 1.1 too", flaw(|e| e.protocols.tls1_1 = speaks(&[CBC])), B, Some(R::Tls11)),
        ("TLS 1.0 too", flaw(|e| e.protocols.tls1_0 = speaks(&[CBC])), B, Some(R::Tls10)),
        (
            "TLS 1.0 alone",
            with(|e| {
                (e.protocols.tls1_0, e.protocols.tls1_2, e.protocols.tls1_3) = (speaks(&[CBC]), refused(), refused());
            }),
            C,
            Some(R::NoTls12),
        ),
        (
            "TLS 1.1 alone",
            with(|e| {
                (e.protocols.tls1_1, e.protocols.tls1_2, e.protocols.tls1_3) = (speaks(&[CBC]), refused(), refused());
            }),
            C,
            Some(R::NoTls12),
        ),
        ("SSL 3.0 with CBC too", flaw(|e| e.protocols.ssl3 = speaks(&[CBC])), C, Some(R::Poodle)),
        ("SSL 3.0 with RC4 too", flaw(|e| e.protocols.ssl3 = speaks(&[RC4])), B, Some(R::Ssl3)),
        (
            "SSL 3.0 alone",
            with(|e| {
                (e.protocols.ssl3, e.protocols.tls1_2, e.protocols.tls1_3) = (speaks(&[CBC]), refused(), refused());
            }),
            F,
            Some(R::Ssl3Best),
        ),
        ("SSL 2.0 too", flaw(|e| e.protocols.ssl2 = speaks(&[RC4])), F, Some(R::Ssl2)),
        ("3DES in TLS 1.2", only(&[ECDHE_256, TRIPLE_DES]), C, Some(R::Sweet32)),
        ("3DES in TLS 1.0 alone", flaw(|e| e.protocols.tls1_0 = speaks(&[TRIPLE_DES])), B, Some(R::Tls10)),
        ("RC4 in TLS 1.2", only(&[ECDHE_256, RC4]), C, Some(R::Rc4Modern)),
        ("RC4 in TLS 1.0 alone", flaw(|e| e.protocols.tls1_0 = speaks(&[RC4])), B, Some(R::Rc4)),
        ("nothing but RC4", only(&[RC4]), F, Some(R::OnlyRc4)),
        ("no forward secrecy", only(&[RSA_128]), B, Some(R::NoForwardSecrecy)),
        ("no AEAD", only(&[CBC]), B, Some(R::NoAead)),
        ("anonymous", only(&[ECDHE_256, "TLS_DH_anon_WITH_AES_128_GCM_SHA256"]), F, Some(R::Anonymous)),
        (
            "nothing but anonymous",
            with(|e| {
                (e.protocols.tls1_2, e.protocols.tls1_3) = (speaks(&["TLS_ECDH_anon_WITH_AES_128_CBC_SHA"]), refused());
                e.certificates = unread();
            }),
            F,
            Some(R::Anonymous),
        ),
        ("NULL", only(&[ECDHE_256, "TLS_RSA_WITH_NULL_SHA"]), F, Some(R::SmallCipher)),
        ("export", only(&[ECDHE_256, "TLS_RSA_EXPORT_WITH_RC4_40_MD5"]), F, Some(R::Export)),
        ("DES", only(&[ECDHE_256, "TLS_RSA_WITH_DES_CBC_SHA"]), F, Some(R::SmallCipher)),
        ("expired", chain(ChainStatus::Expired), T, Some(R::Expired)),
        ("over by its days, whatever the chain", server(|c| c.days_left = Fact::Known(-1)), T, Some(R::Expired)),
        ("self-signed", chain(ChainStatus::SelfSigned), T, Some(R::SelfSigned)),
        ("untrusted", chain(ChainStatus::Untrusted), T, Some(R::Untrusted)),
        ("no intermediate", chain(ChainStatus::Incomplete), B, Some(R::IncompleteChain)),
        ("revoked", server(|c| c.ocsp = Fact::Known(revoked(Tri::Yes))), T, Some(R::Revoked)),
        ("revoked, as somebody else says", server(|c| c.ocsp = Fact::Known(revoked(Tri::No))), A, None),
        ("SHA-1", signed("sha1"), T, Some(R::Sha1)),
        ("MD5", signed("md5"), F, Some(R::InsecureSignature)),
        ("other name", server(|c| c.name_matches = Tri::No), M, Some(R::Name)),
        ("STARTTLS", flaw(|e| "smtp".clone_into(&mut e.endpoint.starttls)), T, Some(R::Starttls)),
        ("RSA-1024", key("rsa", 1024), B, Some(R::WeakKey)),
        ("RSA-768", key("rsa", 768), F, Some(R::InsecureKey)),
        ("DH of 1024 bits", dhe(1024), B, Some(R::WeakKey)),
        ("DH of 768 bits", dhe(768), F, Some(R::InsecureKey)),
        ("DH of 2048 bits", dhe(2048), A, None),
        ("Heartbleed", flaw(|e| e.heartbeat.heartbleed = Tri::Yes), F, Some(R::Heartbleed)),
        ("CCS injection", flaw(|e| e.ccs_injection = Tri::Yes), F, Some(R::CcsInjection)),
        ("ROBOT", flaw(|e| e.robot = Tri::Yes), F, Some(R::Robot)),
        ("Ticketbleed", flaw(|e| e.ticketbleed = Tri::Yes), F, Some(R::Ticketbleed)),
        ("compression", flaw(|e| e.compression = Tri::Yes), C, Some(R::Crime)),
        ("TLCP beside it", dual(), A, None),
    ];
    for (name, endpoint, expected, reason) in servers {
        let grade = grade(&endpoint);
        assert_eq!(grade.letter, Fact::Known(expected), "{name}: {grade:?}");
        assert_eq!((grade.state, grade.reason.as_str(), grade.open.len()), (GradeState::Rated, "", 0), "{name}");
        assert!(reason.is_none_or(|reason| has(&grade, reason)), "{name}: {:?}", grade.caps);
        assert_eq!(grade.caps.is_empty(), reason.is_none(), "{name}: {:?}", grade.caps);
        assert!(grade.caps.is_sorted_by(|a, b| a.cap >= b.cap), "{name}: the worst cap comes first");
    }
}

#[test]
fn sl_1_old_versions_and_3des_come_to_79_and_a_half_points() {
    let endpoint = with(|e| {
        e.protocols.tls1_0 = speaks(&[CBC, TRIPLE_DES]);
        e.protocols.tls1_1 = speaks(&[CBC, TRIPLE_DES]);
        e.protocols.tls1_2 = speaks(&[ECDHE_256]);
        e.protocols.tls1_3 = refused();
    });
    let grade = grade(&endpoint);
    assert_eq!(grade.score_text, Fact::Known("79.50".to_owned()));
    assert_eq!((grade.score, grade.before_caps), (Fact::Known(79), Fact::Known(Letter::B)));
    let parts = [grade.parts.protocol, grade.parts.key_exchange, grade.parts.cipher];
    assert_eq!(parts, [95, 90, 60].map(Fact::Known));
    // 3DES with TLS 1.1 weighs more than the score.
    assert_eq!(grade.letter, Fact::Known(Letter::C));
}

#[test]
fn sl_2_modern_versions_and_a_curve_come_to_96_points() {
    let endpoint = server(|c| ("ec".clone_into(&mut c.key.algorithm), c.key.bits = 256).1);
    let grade = grade(&endpoint);
    assert_eq!((grade.score_text, grade.letter), (Fact::Known("96.00".to_owned()), Fact::Known(Letter::A)));
    assert_eq!((grade.model.as_str(), grade.before_caps), (MODEL, Fact::Known(Letter::A)));
}

#[test]
fn points_follow_the_tables_of_the_guide() {
    let rsa = [511, 512, 1023, 1024, 2047, 2048, 4095, 4096].map(|bits| key_points("rsa", bits).unwrap());
    assert_eq!(rsa, [20, 40, 40, 80, 80, 90, 90, 100]);
    let ec = [109, 110, 122, 123, 162, 163, 224, 225].map(|bits| key_points("ec", bits).unwrap());
    assert_eq!(ec, [20, 40, 40, 80, 80, 90, 90, 100]);
    assert_eq!([0, 1, 127, 128, 255, 256].map(cipher_points), [0, 20, 20, 80, 80, 100]);
    assert_eq!((key_points("rsa", 0), key_points("1.2.3", 4096)), (None, None));
}

#[test]
fn a_category_of_nothing_is_a_score_of_nothing() {
    for endpoint in [
        only(&["TLS_RSA_WITH_NULL_SHA"]),
        only(&[ECDHE_256, "TLS_DH_anon_WITH_AES_128_GCM_SHA256"]),
        with(|e| {
            (e.protocols.ssl2, e.protocols.tls1_2, e.protocols.tls1_3) = (speaks(&[RC4]), refused(), refused());
        }),
    ] {
        let grade = grade(&endpoint);
        assert_eq!((grade.score, grade.before_caps), (Fact::Known(0), Fact::Known(Letter::F)));
    }
}

#[test]
fn the_score_stands_whatever_the_caps() {
    let grade = grade(&server(|c| c.chain.status = Fact::Known(ChainStatus::Expired)));
    assert_eq!((grade.score, grade.before_caps), (Fact::Known(93), Fact::Known(Letter::A)));
    assert_eq!(grade.letter, Fact::Known(Letter::T));
}

#[test]
fn trust_comes_before_name_and_name_before_flaws() {
    let both = server(|c| {
        c.name_matches = Tri::No;
        c.chain.status = Fact::Known(ChainStatus::SelfSigned);
    });
    assert_eq!(letter(&both), Some(Letter::T));
    let mut flawed = server(|c| c.name_matches = Tri::No);
    flawed.robot = Tri::Yes;
    assert_eq!(letter(&flawed), Some(Letter::M));
}

#[test]
fn what_does_not_speak_the_international_handshake_is_not_rated() {
    let of = |service| with(|e| e.service = Fact::Known(service));
    let mut rfc8998 = tlcp();
    rfc8998.service = Fact::Known(Service::Tls);
    rfc8998.protocols.tlcp = refused();
    rfc8998.protocols.tls1_3 = speaks(&["TLS_SM4_GCM_SM3"]);
    for (reason, endpoint) in [
        ("sm_only", tlcp()),
        ("sm_only", rfc8998),
        ("plain_http", of(Service::PlainHttp)),
        ("closed", of(Service::Closed)),
        ("not_tls", of(Service::NotTls)),
        ("name_not_served", of(Service::NameNotServed)),
    ] {
        let grade = grade(&endpoint);
        assert_eq!((grade.state, grade.reason.as_str()), (GradeState::NotRated, reason));
        assert_eq!((grade.letter.known(), grade.score.known(), grade.caps.len()), (None, None, 0), "{reason}");
    }
}

#[test]
fn suites_of_sm4_neither_help_nor_harm() {
    let mut endpoint = good();
    endpoint.protocols.tls1_3 = speaks(&[MODERN[0], MODERN[1], "TLS_SM4_GCM_SM3"]);
    let mixed = grade(&endpoint);
    assert_eq!(mixed, grade(&good()));
    // TLS 1.3 with nothing else is no TLS 1.3 for anybody else.
    endpoint.protocols.tls1_3 = speaks(&["TLS_SM4_GCM_SM3"]);
    assert_eq!(letter(&endpoint), Some(Letter::AMinus));
}

#[test]
fn what_is_open_and_could_change_the_letter_leaves_it_open_and_is_named() {
    let cases: Vec<(Endpoint, &str)> = vec![
        (with(|e| e.protocols.tls1_2.suites = unread()), "tls.protocols.tls1_2.suites"),
        (with(|e| e.protocols.tls1_0.status = unread()), "tls.protocols.tls1_0.status"),
        (with(|e| e.protocols.tls1_1.status = Fact::Known(ProtocolStatus::Timeout)), "tls.protocols.tls1_1.status"),
        (with(|e| e.certificates = unread()), "tls.certificates"),
        (with(|e| e.robot = Tri::Unknown), "tls.robot"),
        (with(|e| e.renegotiation.secure = Tri::Unknown), "tls.renegotiation.secure"),
        (server(|c| c.chain.status = Fact::Known(ChainStatus::Unknown)), "tls.certificates.chain.status"),
        (server(|c| "unknown".clone_into(&mut c.signature.hash)), "tls.certificates.signature.hash"),
        (server(|c| "1.2.3".clone_into(&mut c.key.algorithm)), "tls.certificates.key"),
        (with(|e| e.protocols.tls1_2 = speaks(&["TLS_x_y_WITH_unknown_unknown"])), "tls.protocols.tls1_2.suites"),
        (with(|e| e.service = unread()), "tls.service"),
        (with(|e| e.service = Fact::Known(Service::Timeout)), "tls.service"),
    ];
    for (mut endpoint, fact) in cases {
        if let Fact::Known(list) = &mut endpoint.protocols.tls1_2.suites {
            for one in list.iter_mut().filter(|one| one.name.contains("unknown")) {
                "unknown".clone_into(&mut one.enc);
            }
        }
        let grade = grade(&endpoint);
        assert_eq!((grade.state, grade.reason.as_str(), grade.letter.known()), (GradeState::Incomplete, "open", None));
        assert!(grade.open.contains(&fact.to_owned()), "{fact}: {:?}", grade.open);
        assert!(grade.at_best.known().is_none_or(|best| *best == Letter::A), "{fact}");
    }
}

#[test]
fn what_is_open_and_could_change_nothing_leaves_the_letter() {
    let mut endpoint = server(|c| c.chain.status = Fact::Known(ChainStatus::SelfSigned));
    endpoint.robot = Tri::Unknown;
    endpoint.protocols.tls1_2.suites = unread();
    let grade = grade(&endpoint);
    assert_eq!((grade.letter, grade.state), (Fact::Known(Letter::T), GradeState::Rated));
    assert!(grade.open.is_empty() && grade.score.known().is_none());
}

#[test]
fn an_open_server_with_a_known_flaw_says_how_good_it_can_be_at_best() {
    let grade = grade(&with(|e| {
        e.ticketbleed = Tri::Unknown;
        e.heartbeat.heartbleed = Tri::Yes;
        e.certificates = unread();
    }));
    assert_eq!((grade.letter.known(), grade.at_best), (None, Fact::Known(Letter::F)));
    assert_eq!(grade.open, ["tls.certificates"], "what is no worse than the flaw is not waited for");
}

#[test]
fn tls_1_3_of_unknown_suites_alone_may_be_sm_only_whatever_its_certificate() {
    let grade = grade(&with(|e| {
        (e.protocols.tls1_2, e.protocols.tls1_3.suites) = (refused(), unread());
        let mut one = certificate(Role::Server, "rsa", 2048, "sha256");
        one.chain.status = Fact::Known(ChainStatus::SelfSigned);
        e.certificates = Fact::Known(vec![one]);
    }));
    assert_eq!((grade.state, grade.open), (GradeState::Incomplete, vec!["tls.protocols.tls1_3.suites".to_owned()]));
}

#[test]
fn a_server_that_refuses_every_hello_is_not_said_to_be_bad() {
    let grade = grade(&with(|e| (e.protocols.tls1_2, e.protocols.tls1_3) = (refused(), refused())));
    assert_eq!((grade.state, grade.open), (GradeState::Incomplete, vec!["tls.protocols".to_owned()]));
}

fn protocol() -> impl Strategy<Value = Protocol> {
    let names = vec![
        ECDHE_128,
        ECDHE_256,
        RSA_128,
        CBC,
        TRIPLE_DES,
        RC4,
        "TLS_RSA_WITH_NULL_SHA",
        "TLS_SM4_GCM_SM3",
        "TLS_DH_anon_WITH_AES_128_GCM_SHA256",
        "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_RSA_EXPORT_WITH_RC4_40_MD5",
    ];
    let suites = proptest::sample::subsequence(names, 0..4)
        .prop_map(|names| Fact::Known(names.into_iter().map(suite).collect()));
    prop_oneof![
        3 => suites.prop_map(|suites| Protocol { status: Fact::Known(ProtocolStatus::Accepted), suites }),
        3 => Just(refused()),
    ]
}

fn revoked(signature_ok: Tri) -> Ocsp {
    Ocsp {
        certificate: OcspStatus::Revoked,
        revoked_at: "2026-11-01T12:00:00Z".to_owned(),
        reason: "keyCompromise".to_owned(),
        produced_at: "2026-11-20T00:00:00Z".to_owned(),
        this_update: "2026-11-20T00:00:00Z".to_owned(),
        next_update: "2026-11-27T00:00:00Z".to_owned(),
        signature_ok,
        current: Tri::Yes,
    }
}

fn tri() -> impl Strategy<Value = Tri> {
    prop_oneof![8 => Just(Tri::No), 1 => Just(Tri::Yes), 1 => Just(Tri::Unknown)]
}

fn certificates() -> impl Strategy<Value = crate::grade::Certificate> {
    let status = prop_oneof![
        6 => Just(ChainStatus::Trusted),
        1 => Just(ChainStatus::Incomplete),
        1 => Just(ChainStatus::SelfSigned),
        1 => Just(ChainStatus::Unknown),
    ];
    let bits = proptest::sample::select(vec![0, 768, 1024, 2048, 4096]);
    let hash = proptest::sample::select(vec!["sha256", "sha256", "sha256", "sha1", "md5", "unknown"]);
    let algorithm = proptest::sample::select(vec!["rsa", "rsa", "rsa", "ec", "sm2", "1.2.3"]);
    (status, bits, hash, algorithm, tri(), -1i64..40).prop_map(|(status, bits, hash, algorithm, other_name, days)| {
        let mut one = certificate(Role::Server, algorithm, bits, hash);
        one.chain.status = Fact::Known(status);
        one.name_matches = crate::grade::endpoint::not(other_name);
        one.days_left = Fact::Known(days);
        one
    })
}

fn endpoints() -> impl Strategy<Value = Endpoint> {
    let versions = (protocol(), protocol(), protocol(), protocol(), protocol(), protocol());
    let flaws = [tri(), tri(), tri(), tri(), tri(), tri()];
    let dh = proptest::sample::select(vec![0, 768, 1024, 2048, 4096]);
    let service = prop_oneof![9 => Just(Service::Tls), 1 => Just(Service::Both), 1 => Just(Service::Tlcp)];
    (versions, flaws, dh, proptest::collection::vec(certificates(), 0..3), service).prop_map(
        |(versions, flaws, dh, certificates, service)| {
            let mut e = good();
            let p = &mut e.protocols;
            (p.ssl2, p.ssl3, p.tls1_0, p.tls1_1, p.tls1_2, p.tls1_3) = versions;
            let [compression, insecure, heartbleed, ccs, robot, ticketbleed] = flaws;
            (e.compression, e.heartbeat.heartbleed, e.ccs_injection) = (compression, heartbleed, ccs);
            (e.robot, e.ticketbleed) = (robot, ticketbleed);
            e.renegotiation.secure = crate::grade::endpoint::not(insecure);
            (e.dh_bits, e.certificates, e.service) = (Fact::Known(dh), Fact::Known(certificates), Fact::Known(service));
            e
        },
    )
}

/// Makes something unknown.
type Blur = Box<dyn Fn(&mut Endpoint)>;

/// Everything about an endpoint that may be unknown, by the way to make it so.
fn blurs(endpoint: &Endpoint) -> Vec<Blur> {
    fn versions(e: &mut Endpoint) -> [&mut Protocol; 7] {
        let p = &mut e.protocols;
        [&mut p.ssl2, &mut p.ssl3, &mut p.tls1_0, &mut p.tls1_1, &mut p.tls1_2, &mut p.tls1_3, &mut p.tlcp]
    }
    fn each(e: &mut Endpoint, n: usize, change: impl Fn(&mut crate::grade::Certificate)) {
        if let Fact::Known(list) = &mut e.certificates {
            change(&mut list[n]);
        }
    }
    let mut all: Vec<Blur> = vec![
        Box::new(|e| e.service = unread()),
        Box::new(|e| e.dh_bits = unread()),
        Box::new(|e| e.certificates = unread()),
        Box::new(|e| e.compression = Tri::Unknown),
        Box::new(|e| e.renegotiation.secure = Tri::Unknown),
        Box::new(|e| e.heartbeat.heartbleed = Tri::Unknown),
        Box::new(|e| e.ccs_injection = Tri::Unknown),
        Box::new(|e| e.robot = Tri::Unknown),
        Box::new(|e| e.ticketbleed = Tri::Unknown),
    ];
    for n in 0..7 {
        all.push(Box::new(move |e| versions(e)[n].status = unread()));
        all.push(Box::new(move |e| versions(e)[n].status = Fact::Known(ProtocolStatus::Timeout)));
        all.push(Box::new(move |e| versions(e)[n].suites = unread()));
    }
    for n in 0..endpoint.certificates.known().map_or(0, Vec::len) {
        all.push(Box::new(move |e| each(e, n, |c| c.name_matches = Tri::Unknown)));
        all.push(Box::new(move |e| each(e, n, |c| c.days_left = unread())));
        all.push(Box::new(move |e| each(e, n, |c| c.chain.status = unread())));
        all.push(Box::new(move |e| each(e, n, |c| c.chain.status = Fact::Known(ChainStatus::Unknown))));
        all.push(Box::new(move |e| each(e, n, |c| "unknown".clone_into(&mut c.signature.hash))));
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Letters are ordered from the best to the worst; no letter is never better than one.
    #[test]
    fn making_any_facts_unknown_never_improves_the_letter(
        endpoint in endpoints(),
        chosen in proptest::collection::vec(any::<proptest::sample::Index>(), 1..4),
    ) {
        let before = grade(&endpoint);
        let blurs = blurs(&endpoint);
        let mut blurred = endpoint.clone();
        for one in chosen {
            one.get(&blurs)(&mut blurred);
        }
        let after = grade(&blurred);
        if let Some(after) = after.letter.known() {
            let Some(before) = before.letter.known() else {
                return Err(TestCaseError::fail("an unknown fact gave a letter"));
            };
            prop_assert!(after >= before, "{before:?} -> {after:?}");
        }
    }

    #[test]
    fn a_letter_is_never_better_than_its_score_and_its_caps(endpoint in endpoints()) {
        let grade = grade(&endpoint);
        if let (Some(letter), Some(before)) = (grade.letter.known(), grade.before_caps.known()) {
            prop_assert!(letter >= before);
        }
        for cap in &grade.caps {
            prop_assert!(grade.at_best.known().is_some_and(|best| *best >= cap.cap));
        }
        prop_assert_eq!(grade.state == GradeState::Rated, grade.letter.known().is_some());
        prop_assert_eq!(grade.state == GradeState::Incomplete, !grade.open.is_empty());
    }
}

#[test]
fn the_result_is_read_back_as_it_was_written() {
    let written = serde_json::to_value(grade(&only(&[RSA_128]))).unwrap();
    assert_eq!(written["caps"][0]["cap"], "B");
    assert_eq!(written["caps"][0]["reason"], "no_forward_secrecy");
    assert_eq!(written["letter"], "B");
    let back: Grade = serde_json::from_value(written.clone()).unwrap();
    assert_eq!(serde_json::to_value(back).unwrap(), written);
    let none: Value = serde_json::to_value(grade(&tlcp())).unwrap();
    assert_eq!((&none["state"], &none["letter"]["$status"]), (&"not_rated".into(), &"not_tested".into()));
}
