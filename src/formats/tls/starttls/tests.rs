//! Conversations before TLS, said byte by byte.

use proptest::prelude::*;

use super::{MAX_SEEN, Machine, Protocol, Step};

/// Plays a conversation: what the server says, and the step that follows.
fn play(protocol: Protocol, turns: &[(&[u8], Step)]) {
    let mut machine = Machine::new(protocol, "host.example");
    for (says, step) in turns {
        // Byte by byte there is only one step at the end.
        for byte in says.iter().take(says.len().saturating_sub(1)) {
            assert_eq!(machine.step(&[*byte]), Step::Wait, "{protocol:?} in {:?}", String::from_utf8_lossy(says));
        }
        let last = says.last().map(std::slice::from_ref).unwrap_or_default();
        assert_eq!(machine.step(last), *step, "{protocol:?} after {:?}", String::from_utf8_lossy(says));
    }
}

fn send(bytes: &[u8]) -> Step {
    Step::Send(bytes.to_vec())
}

fn refused(words: &str) -> Step {
    Step::Refused { words: words.to_owned() }
}

#[test]
fn smtp_goes_over_after_ehlo() {
    let ehlo = send(b"EHLO jixian.invalid\r\n");
    play(
        Protocol::Smtp,
        &[
            (b"220-mail.example ESMTP\r\n220 ready\r\n", ehlo.clone()),
            (b"250-mail.example\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250 HELP\r\n", send(b"STARTTLS\r\n")),
            (b"220 go ahead\r\n", Step::Tls),
        ],
    );
    play(Protocol::Smtp, &[(b"220 x\r\n", ehlo.clone()), (b"250-x\r\n250 SIZE\r\n", refused("250-x 250 SIZE"))]);
    play(Protocol::Smtp, &[(b"421 too many connections\r\n", refused("421 too many connections"))]);
    let asked = (&b"250 STARTTLS\r\n"[..], send(b"STARTTLS\r\n"));
    play(Protocol::Smtp, &[(b"220 x\r\n", ehlo), asked, (b"454 not now\r\n", refused("454 not now"))]);
}

#[test]
fn ftp_goes_over_by_auth() {
    play(
        Protocol::Ftp,
        &[(b"220-Hello\r\n it is me\r\n220 ready\r\n", send(b"AUTH TLS\r\n")), (b"234 OK\r\n", Step::Tls)],
    );
    play(Protocol::Ftp, &[(b"220 x\r\n", send(b"AUTH TLS\r\n")), (b"530 no\r\n", refused("530 no"))]);
}

#[test]
fn imap_and_pop3_go_over() {
    let ask = send(b"a1 STARTTLS\r\n");
    play(
        Protocol::Imap,
        &[(b"* OK ready\r\n", ask.clone()), (b"* CAPABILITY x\r\n", Step::Wait), (b"a1 OK\r\n", Step::Tls)],
    );
    play(Protocol::Imap, &[(b"* OK ready\r\n", ask), (b"a1 BAD what\r\n", refused("a1 BAD what"))]);
    play(Protocol::Imap, &[(b"* PREAUTH you\r\n", refused("* PREAUTH you"))]);
    play(Protocol::Pop3, &[(b"+OK hi\r\n", send(b"STLS\r\n")), (b"+OK\r\n", Step::Tls)]);
    play(Protocol::Pop3, &[(b"+OK hi\r\n", send(b"STLS\r\n")), (b"-ERR no\r\n", refused("-ERR no"))]);
}

#[test]
fn xmpp_goes_over_when_told_to_proceed() {
    let mut machine = Machine::new(Protocol::Xmpp, "a'b<c");
    let Step::Send(header) = machine.step(b"") else { panic!("the client begins") };
    assert!(String::from_utf8(header).unwrap().contains("to='a&apos;b&lt;c'"));
    assert_eq!(machine.step(b"<?xml version='1.0'?><stream:stream id='1'><stream:features>"), Step::Wait);
    assert!(matches!(machine.step(b"<starttls xmlns='x'/></stream:features>"), Step::Send(_)));
    assert_eq!(machine.step(b"<proceed xmlns='x'/>"), Step::Tls);
    let mut machine = Machine::new(Protocol::Xmpp, "host.example");
    machine.step(b"");
    assert!(matches!(machine.step(b"<stream:stream><stream:features></stream:features>"), Step::Refused { .. }));
}

#[test]
fn ldap_answers_with_a_result() {
    let request = send(b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037");
    let yes = b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00";
    play(Protocol::Ldap, &[(b"", request.clone()), (yes, Step::Tls)]);
    let long = b"\x30\x84\x00\x00\x00\x10\x02\x01\x01\x78\x84\x00\x00\x00\x07\x0a\x01\x00\x04\x00\x04\x00";
    play(Protocol::Ldap, &[(b"", request.clone()), (long, Step::Tls)]);
    let no = b"\x30\x0e\x02\x01\x01\x78\x09\x0a\x01\x34\x04\x00\x04\x02no";
    play(Protocol::Ldap, &[(b"", request), (no, refused("no"))]);
}

#[test]
fn databases_answer_in_their_ways() {
    let request = send(&[0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f]);
    play(Protocol::Postgres, &[(b"", request.clone()), (b"S", Step::Tls)]);
    play(Protocol::Postgres, &[(b"", request.clone()), (b"N", refused("N"))]);
    play(Protocol::Postgres, &[(b"", request), (b"E\0\0\0\x0bSFATAL\0", refused("SFATAL"))]);
    let greeting = |flags: [u8; 2]| {
        let body = [&b"\x0a8.0.30\0abcd12345678\0"[..], &flags, &[33, 2, 0, 0xff, 0xc1, 21], &[0; 10]].concat();
        [&[u8::try_from(body.len()).unwrap(), 0, 0, 0][..], &body].concat()
    };
    let mut machine = Machine::new(Protocol::Mysql, "");
    assert_eq!(machine.step(b""), Step::Wait);
    let Step::SendThenTls(sent) = machine.step(&greeting([0xff, 0xff])) else { panic!("TLS is offered") };
    assert_eq!((sent.len(), &sent[..4]), (36, &[32, 0, 0, 1][..]));
    assert_eq!(machine.step(b""), Step::Tls, "nothing is sent twice");
    play(Protocol::Mysql, &[(&greeting([0xff, 0xf7]), refused("no TLS: 8.0.30"))]);
    play(Protocol::Mysql, &[(b"\x0a\0\0\0\xff\x69\x04blocked", refused("blocked"))]);
}

#[test]
fn rdp_selects_or_fails() {
    let ask = send(&[3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0]);
    let answer = |kind, value| [3, 0, 0, 19, 14, 0xd0, 0, 0, 0x12, 0x34, 0, kind, 0, 8, 0, value, 0, 0, 0];
    play(Protocol::Rdp, &[(b"", ask.clone()), (&answer(2, 1), Step::Tls)]);
    play(Protocol::Rdp, &[(b"", ask.clone()), (&answer(3, 2), refused("SSL_NOT_ALLOWED_BY_SERVER"))]);
    let old = [3, 0, 0, 11, 6, 0xd0, 0, 0, 0x12, 0x34, 0];
    play(Protocol::Rdp, &[(b"", ask), (&old, refused("standard RDP security only"))]);
}

#[test]
fn what_is_of_another_protocol_is_told() {
    for protocol in Protocol::ALL {
        assert_eq!(Protocol::of(protocol.code()), Some(protocol));
        let mut machine = Machine::new(protocol, "host.example");
        machine.step(b"");
        let step = machine.step(b"SSH-2.0-OpenSSH_9.2\r\n");
        let right = match protocol {
            // A single S is a yes, and this is more.
            Protocol::Postgres => matches!(step, Step::NotThis { .. }),
            _ => step == Step::NotThis { seen: "SSH-2.0-OpenSSH_9.2".to_owned() },
        };
        assert!(right, "{protocol:?}: {step:?}");
    }
}

#[test]
fn a_server_that_never_ends_its_line_is_left() {
    let mut machine = Machine::new(Protocol::Smtp, "");
    let step = (0..).map(|_| machine.step(b"220-aaaaaaaaaaaaaaaaaaaaaaaaa\r\n")).find(|step| *step != Step::Wait);
    assert!(matches!(step, Some(Step::NotThis { .. })));
    let mut machine = Machine::new(Protocol::Pop3, "");
    assert!(matches!(machine.step(&[b'+'; MAX_SEEN]), Step::NotThis { .. }));
}

proptest! {
    #[test]
    fn no_bytes_panic(
        which in 0usize..9,
        pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..8),
        start in prop::sample::select(vec![&b"220 "[..], b"* OK\r\n", b"+OK\r\n", b"\x30\x0c\x02", b"\x03\x00\x00\x13", b"E\0", b""]),
    ) {
        let mut machine = Machine::new(Protocol::ALL[which], "host.example");
        machine.step(b"");
        machine.step(start);
        for piece in pieces {
            machine.step(&piece);
        }
    }
}
