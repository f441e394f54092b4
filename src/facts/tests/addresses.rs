//! Several addresses of one name, and a server that stops answering on the way.

use super::{endpoint::ALERT, *};
use crate::formats::tls::{
    client_hello::ClientHello,
    exchange::{End, Exchange},
    item_of,
    version::Version,
};

const FIRST: &str = "192.0.2.1";
const SECOND: &str = "2001:db8::1";

fn asked(name: &str, ip: &str, received: &[u8], end: End) -> Exchange {
    Exchange {
        name: name.to_owned(),
        ip: ip.to_owned(),
        port: 443,
        sni: "a.example".to_owned(),
        starttls: String::new(),
        sent: ClientHello::new(Version::Tls12, [7; 32], vec![0xc02f]).encode().unwrap(),
        received: received.to_vec(),
        end,
        sent_bytes: 60,
        ephemeral: Vec::new(),
        received_bytes: received.len() as u64,
        ms: 1,
    }
}

/// A hello of TLS 1.2 that takes the suite.
fn taken(name: &str, ip: &str) -> Exchange {
    let mut hello = b"\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03".to_vec();
    hello.extend([9; 32]);
    hello.extend(b"\x00\xc0\x2f\x00");
    asked(name, ip, &hello, End::Complete)
}

/// What a group of exchanges at the nth address holds.
type Groups<'a> = &'a [(&'a str, usize, Vec<Exchange>)];

fn facts(groups: Groups<'_>) -> Value {
    let resolved = Resolved {
        host: "a.example".into(),
        port: 443,
        sni: "a.example".into(),
        starttls: String::new(),
        addresses: vec![FIRST.into(), SECOND.into()],
        family: String::new(),
        proxy: String::new(),
        probed: vec![FIRST.into(), SECOND.into()],
    };
    let items = Items::default().with(RESOLVE, serde_json::to_vec(&resolved).unwrap());
    let items = groups.iter().fold(items, |items, (group, n, exchanges)| {
        items.with(&item_of(group, *n), serde_json::to_vec(exchanges).unwrap())
    });
    let document = derive(AssetKind::TlsEndpoint, &items, &InProcess);
    assert_fits(&document);
    document.facts["tls"].clone()
}

fn speaks(n: usize, ip: &str) -> Vec<(&'static str, usize, Vec<Exchange>)> {
    vec![
        ("service", n, vec![taken("default", ip)]),
        ("version.tls1_2", n, vec![taken("tls1_2.suites", ip)]),
        ("version.tls1_0", n, vec![asked("tls1_0.suites", ip, ALERT, End::Complete)]),
        ("version.ssl3", n, vec![asked("ssl3.suites", ip, b"", End::Closed)]),
        ("again", n, vec![taken("again", ip)]),
    ]
}

#[test]
fn an_address_that_does_not_answer_leaves_open_what_the_endpoint_refuses() {
    let mut groups = speaks(0, FIRST);
    groups.extend(speaks(1, SECOND));
    let both = facts(&groups);
    assert_eq!(both["endpoint"]["unanswered"], json!([]));
    assert_eq!((&both["service"], &both["protocols"]["tls1_0"]["status"]), (&json!("tls"), &json!("refused")));

    for (end, open) in [(End::Timeout, true), (End::Unreachable, true), (End::Refused, false)] {
        let mut groups = speaks(0, FIRST);
        groups.push(("service", 1, vec![asked("default", SECOND, b"", end.clone())]));
        let tls = facts(&groups);
        assert_eq!(tls["endpoint"]["unanswered"], if open { json!([SECOND]) } else { json!([]) }, "{end:?}");
        assert_eq!(tls["protocols"]["tls1_0"]["status"]["reason"] == "address", open, "{end:?}");
        assert_eq!(tls["service"] == "tls", !open, "{end:?}");
        assert_eq!(tls["protocols"]["tls1_2"]["status"], "accepted", "what was met stays");
    }
}

#[test]
fn an_address_that_was_left_out_is_not_known() {
    let tls = facts(&speaks(0, FIRST));
    assert_eq!(tls["endpoint"]["unanswered"], json!([SECOND]));
    assert_eq!(tls["protocols"]["tls1_2"]["suites"]["reason"], "address");
}

#[test]
fn an_address_that_answers_in_clear_is_what_some_visitors_meet() {
    let mut groups = speaks(0, FIRST);
    groups.push(("service", 1, vec![asked("plain", SECOND, b"HTTP/1.1 200 OK\r\n", End::Complete)]));
    assert_eq!(facts(&groups)["service"], "plain_http");
}

#[test]
fn hanging_up_is_an_answer_only_of_who_speaks_again_afterwards() {
    let with_again = |again: Vec<Exchange>| {
        let mut groups = speaks(0, FIRST);
        groups.extend(speaks(1, SECOND));
        groups.retain(|(group, n, _)| (*group, *n) != ("again", 0));
        groups.push(("again", 0, again));
        facts(&groups)["protocols"].clone()
    };
    assert_eq!(with_again(vec![taken("again", FIRST)])["ssl3"]["status"], "closed");
    for again in
        [vec![], vec![asked("again", FIRST, b"", End::Closed)], vec![asked("again", FIRST, ALERT, End::Closed)]]
    {
        let protocols = with_again(again);
        assert_eq!(protocols["ssl3"]["status"]["reason"], "fell_silent");
        assert!(protocols["ssl3"]["suites"]["$status"].is_string());
        // What was said aloud still counts.
        assert_eq!(protocols["tls1_0"]["status"], "refused");
        assert_eq!(protocols["tls1_2"]["status"], "accepted");
    }
}

#[test]
fn who_refuses_unregistered_numbers_is_told_from_who_was_not_asked() {
    let grease = |asked: Vec<Exchange>| {
        let mut groups = speaks(0, FIRST);
        groups.extend(speaks(1, SECOND));
        groups.push(("behaviour", 0, asked));
        facts(&groups)["grease"].clone()
    };
    assert_eq!(grease(vec![]), "unknown");
    assert_eq!(grease(vec![taken("grease", FIRST)]), "yes");
    assert_eq!(grease(vec![asked("grease", FIRST, ALERT, End::Complete)]), "no");
    assert_eq!(grease(vec![asked("grease", FIRST, b"", End::Reset)]), "no");
    assert_eq!(grease(vec![asked("grease", FIRST, b"", End::Timeout)]), "unknown");
}

#[test]
fn a_kind_of_key_whose_chain_never_came_leaves_the_list_of_certificates_open() {
    let chain = |end: End| {
        let mut groups = speaks(0, FIRST);
        groups.extend(speaks(1, SECOND));
        groups.push(("certificates", 0, vec![asked("tls1_2.certificate", FIRST, b"", end)]));
        facts(&groups)["certificates"].clone()
    };
    assert_eq!(chain(End::Timeout), json!({"$status": "timeout", "reason": "certificates"}));
    assert_eq!(chain(End::Closed)["$status"], "error");
    assert_eq!(chain(End::NotTested { reason: "connections".into() })["$status"], "not_tested");
}
