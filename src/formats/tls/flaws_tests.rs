//! Invented exchanges: what proves a flaw, what rules it out, and what must stay open.

use proptest::prelude::*;

use super::{Reaction, bleeds, ccs_reaction, echoes_more, gives_ticket, reaction, robot_reaction, without_memory};
use crate::formats::tls::{
    client_hello::ClientHello,
    exchange::{End, Exchange},
    extension::Extension,
    version::Version,
};

fn record(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind, 3, 3][..], &u16::try_from(body.len()).unwrap().to_be_bytes(), body].concat()
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &u32::try_from(body.len()).unwrap().to_be_bytes()[1..], body].concat()
}

fn hello(session: &[u8]) -> Vec<u8> {
    let id = [&[u8::try_from(session.len()).unwrap()][..], session].concat();
    record(22, &message(2, &[&[3, 3][..], &[7; 32], &id, &[0, 0x2f, 0]].concat()))
}

fn done() -> Vec<u8> {
    [hello(&[]), record(22, &message(14, &[]))].concat()
}

fn exchange(sent: &[Vec<u8>], received: &[Vec<u8>], end: End) -> Exchange {
    Exchange {
        name: "a".to_owned(),
        ip: String::new(),
        port: 0,
        sni: String::new(),
        starttls: String::new(),
        sent: sent.concat(),
        received: received.concat(),
        ephemeral: Vec::new(),
        end,
        sent_bytes: 0,
        received_bytes: 0,
        ms: 0,
    }
}

#[test]
fn a_heartbeat_bleeds_by_length_alone() {
    let lie = [record(24, &[1, 0x11, 0])];
    let with = |more: Vec<u8>, end| bleeds(&exchange(&lie, &[done(), more], end));
    assert_eq!(with(record(24, &[0; 4371]), End::Complete), Some(true));
    // Padding only, and what a record that is longer than others may be cut into.
    assert_eq!(with(record(24, &[2; 19]), End::Closed), Some(false));
    let parts: Vec<u8> = [record(24, &[2; 200]), record(24, &[2; 200])].concat();
    assert_eq!(with(parts, End::Timeout), Some(true));
    assert_eq!(with(record(21, &[2, 10]), End::Complete), Some(false));
    // Silence alone may be a slow link.
    assert_eq!(with(Vec::new(), End::Timeout), None);
    let warned = [record(21, &[1, 112]), done()];
    assert_eq!(bleeds(&exchange(&lie, &warned, End::Timeout)), None);
    assert_eq!(bleeds(&exchange(&[], &[done(), record(21, &[2, 10])], End::Complete)), None);
}

#[test]
fn only_what_follows_a_whole_flight_is_a_reaction() {
    let ccs = record(20, &[1]);
    let alert = |description| record(21, &[2, description]);
    let of =
        |count, received: &[Vec<u8>], end| ccs_reaction(&exchange(&vec![ccs.clone(); count], received, end), count);
    assert_eq!(of(1, &[done(), alert(10)], End::Complete), Some(Reaction::Alert(10)));
    assert_eq!(of(2, &[done(), alert(20)], End::Complete), Some(Reaction::Alert(20)));
    assert_eq!(of(1, &[done()], End::Reset), Some(Reaction::HungUp));
    assert_eq!(of(1, &[done()], End::Timeout), Some(Reaction::Silent));
    assert_eq!(of(1, &[hello(&[]), alert(10)], End::Complete), None);
    assert_eq!(ccs_reaction(&exchange(&[ccs], &[done()], End::Timeout), 2), None);
    let warned = [done(), record(21, &[1, 100])];
    assert_eq!(reaction(&exchange(&[], &warned, End::Timeout)), Some(Reaction::Silent));
    assert_eq!(robot_reaction(&exchange(&[], &[done()], End::Closed)), None);
    let told = record(22, &message(16, &[0; 8]));
    assert_eq!(robot_reaction(&exchange(&[told], &[done()], End::Closed)), Some(Reaction::HungUp));
}

fn back(session: &[u8], ticket: &[u8]) -> Vec<u8> {
    let mut hello = ClientHello::new(Version::Tls12, [5; 32], vec![0x2f]);
    hello.session_id = session.to_vec();
    hello.with(Extension::SessionTicket(ticket.to_vec())).encode().unwrap()
}

#[test]
fn a_ticket_bleeds_where_more_comes_back_than_the_one_byte() {
    let ccs = record(20, &[1]);
    let sent = [back(&[0x41], b"ticket")];
    let of = |received: &[Vec<u8>], end| echoes_more(&exchange(&sent, received, end));
    let foreign: Vec<u8> = [&[0x41][..], &[9; 31]].concat();
    assert_eq!(of(&[hello(&foreign), ccs.clone()], End::Complete), Some(true));
    assert_eq!(of(&[hello(&[0x41]), ccs.clone()], End::Complete), Some(false));
    // A new session has an id of its own, and a certificate.
    let anew = [hello(&foreign), record(22, &message(11, &[0, 0, 0]))];
    assert_eq!(of(&anew, End::Complete), Some(false));
    assert_eq!(of(&[record(21, &[2, 40])], End::Complete), Some(false));
    assert_eq!(of(&[hello(&[9; 32]), ccs.clone()], End::Complete), None);
    assert_eq!(of(&[hello(&foreign)], End::Timeout), None);
    assert_eq!(echoes_more(&exchange(&[back(&[0x41], b"")], &[hello(&[0x41]), ccs.clone()], End::Complete)), None);
    assert_eq!(echoes_more(&exchange(&[back(&[1, 2], b"t")], &[hello(&[0x41]), ccs], End::Complete)), None);
}

#[test]
fn a_ticket_is_given_or_not_where_a_handshake_ended() {
    let ccs = record(20, &[1]);
    let given = record(22, &message(4, &[0, 0, 0, 9, 0, 3, 1, 2, 3]));
    assert_eq!(gives_ticket(&exchange(&[], &[done(), given, ccs.clone()], End::Complete)), Some(true));
    assert_eq!(gives_ticket(&exchange(&[], &[done(), ccs], End::Complete)), Some(false));
    assert_eq!(gives_ticket(&exchange(&[], &[done()], End::Closed)), None);
}

#[test]
fn memory_goes_and_the_proof_stays() {
    let sent = [back(&[0x41], b"ticket"), record(24, &[1, 0x11, 0])];
    let foreign: Vec<u8> = [&[0x41][..], b"secret-secret-secret-secret-sec"].concat();
    let reply = record(24, &[&[2, 0x11, 0][..], &b"secret".repeat(800)].concat());
    let cut = reply[..900].to_vec();
    let received = [hello(&foreign), record(20, &[1]), reply, cut];
    let mut kept = exchange(&sent, &received, End::Complete);
    let before = (kept.received.len(), bleeds(&kept), echoes_more(&kept));
    without_memory(&mut kept);
    assert!(!kept.received.windows(6).any(|part| part == b"secret"));
    assert_eq!((kept.received.len(), bleeds(&kept), echoes_more(&kept)), before);
    assert_eq!((before.1, before.2), (Some(true), Some(true)));
    for cut in 0..60 {
        let mut short = exchange(&sent, &received, End::Complete);
        short.received.truncate(cut);
        without_memory(&mut short);
        assert_eq!(short.received.len(), cut);
    }
}

proptest! {
    /// Whatever a server sends, and whatever stands in a file of evidence.
    #[test]
    fn arbitrary_bytes_never_panic(sent in bytes(), received in bytes(), cut in 0_usize..60) {
        for (sent, received) in [(sent.clone(), received.clone()), (back(&[7], b"t"), [&done()[..cut.min(done().len())], &received].concat())] {
            let mut kept = exchange(&[sent], &[received], End::Closed);
            let length = kept.received.len();
            let _ = (bleeds(&kept), echoes_more(&kept), gives_ticket(&kept), robot_reaction(&kept), ccs_reaction(&kept, 1));
            without_memory(&mut kept);
            prop_assert_eq!(kept.received.len(), length);
        }
    }
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let record = (20_u8..26, prop::collection::vec(any::<u8>(), 0..80)).prop_map(|(kind, body)| record(kind, &body));
    let records = prop::collection::vec(record, 0..6).prop_map(|records| records.concat());
    prop_oneof![records, prop::collection::vec(any::<u8>(), 0..200)]
}
