//! First flights of OpenSSL, as captured.

use super::Flight;
use crate::formats::tls::{
    certificate_request::CertificateRequest,
    client_hello::ClientHello,
    dh_primes::known_prime,
    exchange::{Answer, answer},
    from_hex,
    record::{Reader, content},
    server_key_exchange::Params,
    suites::suite,
    version::Version,
};

macro_rules! capture {
    ($name:literal, $side:literal) => {
        bytes(include_str!(concat!("../../../tests/data/tls/", $name, ".", $side, ".hex")))
    };
}

fn bytes(hex: &str) -> Vec<u8> {
    from_hex(&hex.replace('\n', "")).unwrap()
}

fn flight(received: &[u8]) -> Flight {
    let flight = Flight::of(&Reader::of(received));
    assert!(flight.damaged.is_empty());
    flight
}

#[test]
fn tls_1_2_with_ecdhe() {
    let hello = ClientHello::parse(&capture!("tls1_2-ecdhe-rsa", "client")).unwrap();
    assert_eq!((hello.server_name(), hello.versions()), (Some("host.example"), vec![0x0303]));
    let received = capture!("tls1_2-ecdhe-rsa", "server");
    let flight = flight(&received);
    let chosen = flight.hello.unwrap();
    assert_eq!((chosen.suite, chosen.selected_version()), (0xc02f, Some(Version::Tls12)));
    assert!(chosen.extended_master_secret() && chosen.session_ticket() && chosen.renegotiation_info().is_some());
    assert_eq!(flight.certificates.unwrap().list.len(), 1);
    let exchange = flight.key_exchange.unwrap();
    assert_eq!((exchange.group(), exchange.signed.len()), (Some(0x1d), 4 + 32));
    let signature = exchange.signature.unwrap();
    assert_eq!((signature.scheme, signature.bytes.len()), (Some(0x0804), 256));
    assert!(flight.done);
    // The ticket is in clear, the Finished is not.
    let kinds: Vec<u8> = Reader::of(&received).messages().iter().map(|message| message.kind).collect();
    assert_eq!(kinds, [2, 11, 12, 14, 4]);
}

#[test]
fn groups_modulo_a_prime_are_measured_and_recognised() {
    let exchange = flight(&capture!("tls1_2-dhe", "server")).key_exchange.unwrap();
    let dhe = exchange.dhe().unwrap();
    assert_eq!((dhe.bits(), known_prime(&dhe.p).unwrap().name), (2048, "modp_2048"));
    assert!(dhe.public_bits() > 2000);
    assert_eq!(exchange.signature.unwrap().bytes.len(), 256);
    let flight = flight(&capture!("tls1_0-dh-anon", "server"));
    assert_eq!(suite(flight.hello.unwrap().suite).unwrap().auth.name(), "anon");
    let exchange = flight.key_exchange.unwrap();
    assert_eq!(exchange.signature, None);
    assert_eq!(known_prime(&exchange.dhe().unwrap().p).unwrap().name, "oakley_2");
    assert_eq!(known_prime(&[0, 7]), None);
}

#[test]
fn an_anonymous_curve_has_no_signature() {
    let flight = flight(&capture!("tls1_1-ecdh-anon", "server"));
    assert_eq!(flight.hello.unwrap().selected_version(), Some(Version::Tls11));
    let exchange = flight.key_exchange.unwrap();
    assert!(matches!(exchange.params, Params::Ecdhe { group: 0x1d, .. }) && exchange.signature.is_none());
}

#[test]
fn a_certificate_is_asked_for() {
    let received = capture!("tls1_2-client-certificate", "server");
    let flight = flight(&received);
    assert!(flight.client_auth() && flight.done);
    let CertificateRequest { types, schemes, authorities } = flight.certificate_request.unwrap();
    assert_eq!((types, authorities.len()), (vec![1, 2, 64], 1));
    assert!(schemes.contains(&0x0804));
    let reader = Reader::of(&received);
    assert_eq!(reader.fatal_alert().unwrap().name(), "handshake_failure");
    assert!(matches!(answer(&reader), Answer::ServerHello(_)), "the hello stands above the alert");
}

#[test]
fn after_a_retry_comes_the_hello() {
    let received = capture!("tls1_3-retry", "server");
    let first = Reader::of(&received[..93]);
    let Answer::HelloRetryRequest(retry) = answer(&first) else { panic!("the group is not the server's") };
    assert_eq!((retry.group(), retry.suite), (Some(0x18), 0x1302));
    let reader = Reader::of(&received);
    let Answer::ServerHello(hello) = answer(&reader) else { panic!("a hello follows") };
    assert_eq!((hello.group(), hello.selected_version()), (Some(0x18), Some(Version::Tls13)));
    assert!(reader.records().filter(|record| record.content == content::APPLICATION_DATA).count() >= 4);
    let sent = Reader::of(&capture!("tls1_3-retry", "client"));
    assert_eq!(sent.messages().len(), 1, "what follows a ChangeCipherSpec of the client is not read");
}
