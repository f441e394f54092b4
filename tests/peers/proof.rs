//! Holds a running peer against its row; each statement that does not hold becomes a line.

use std::{
    io::Write,
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use crate::peers::{
    Peer,
    hello::{self, Answer, Hello, TLCP, TLS1_2, TLS1_3},
    pki,
    process::python,
    truth::{Behaviour, Certificate, Row, Server, Service, Staple, Trust, Version, table},
};

/// What servers of any age know some of; without TLCP's, which a TLCP server takes from a TLS hello too.
const COMMON: &[u16] = &[
    0xc02f, 0xc030, 0xc02b, 0xc02c, 0xcca8, 0xcca9, 0x009e, 0x009c, 0x009d, 0xc013, 0xc014, 0x0033, 0x002f, 0x0035,
    0x000a, 0x0005, 0x0004, 0x0034, 0x0002,
];
const COMMON_13: &[u16] = &[0x1301, 0x1302, 0x1303, 0x00c6, 0x00c7];
const COMMON_TLCP: &[u16] = &[0xe011, 0xe013, 0xe051, 0xe053];

pub fn faults(peer: &Peer) -> Vec<String> {
    let mut proof = Proof { peer, row: peer.truth, wrong: Vec::new() };
    match (&proof.row.answer, proof.row.starttls) {
        (Some(answer), _) => proof.answers(answer),
        (None, Some(_)) => proof.starttls(),
        (None, None) => proof.tls(),
    }
    proof.wrong
}

struct Proof<'a> {
    peer: &'a Peer,
    row: &'static Row,
    wrong: Vec<String>,
}

impl Proof<'_> {
    fn is<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, expected: T, observed: T) {
        if expected != observed {
            self.wrong.push(format!("{}: {what}: row {expected:?}, observed {observed:?}", self.row.id));
        }
    }

    fn addr(&self) -> SocketAddr {
        self.peer.addr
    }

    fn ask(&self, version: Version, change: impl Fn(&mut Hello)) -> Answer {
        let mut hello = Hello::new(version.number(), common(version));
        hello.name = Some(self.row.name.clone());
        change(&mut hello);
        hello::ask_either(self.addr(), &hello)
    }

    /// A service that is none, or one that refuses all.
    fn answers(&mut self, expected: &str) {
        let answer = self.ask(Version::Tls12, |hello| hello.wait = Duration::from_millis(1500));
        self.is("answer", expected, &words(&answer));
    }

    fn tls(&mut self) {
        for version in Version::ALL {
            self.version(version);
        }
        let versions = self.row.protocols.keys();
        let newest = versions.copied().filter(|version| !matches!(version, Version::Ssl2 | Version::Tlcp)).max();
        let of_12 = self.row.protocols.keys().copied().filter(|version| *version <= Version::Tls12).max();
        // A server that takes seconds for a flight is asked for no more of them than needed.
        if let Some(version) = of_12.filter(|version| *version != Version::Ssl2 && !self.row.chains.is_empty()) {
            self.flight(version);
        }
        if self.row.protocols.contains_key(&Version::Tlcp) {
            self.tlcp();
        }
        if let Some(version) = newest {
            self.groups(version);
            self.server_order(version);
            self.other_names(version);
        }
        // What s_client of this day speaks to; the old ones are too old for it.
        if matches!(self.row.server, Server::Nginx(_) | Server::Openssl(_)) || self.row.service == Service::Both {
            self.openssl(newest);
        }
    }

    fn version(&mut self, version: Version) {
        let expected = table().suites(self.row, version);
        let what = format!("{version:?}");
        if version == Version::Ssl2 {
            match hello::ask_ssl2(self.addr()) {
                Ok(suites) => self.is(&what, hex(&expected), hex(&suites)),
                Err(answer) if expected.is_empty() => self.refused(version, &answer),
                Err(answer) => self.is(&what, hex(&expected), words(&answer)),
            }
            return;
        }
        if expected.is_empty() {
            let answer = self.ask(version, |_| ());
            return self.refused(version, &answer);
        }
        let observed = hello::suites(self.addr(), version.number(), Some(&self.row.name));
        let observed: Vec<u32> = observed.into_iter().map(u32::from).collect();
        self.is(&what, hex(&expected), hex(&observed));
    }

    fn refused(&mut self, version: Version, answer: &Answer) {
        if let Answer::Hello(hello) = answer
            && hello.version == version.number()
        {
            self.wrong.push(format!("{}: takes {version:?}, which the row does not", self.row.id));
        }
        if let Some(expected) = self.row.refused.get(&version) {
            self.is(&format!("{version:?} refused"), expected.as_str(), &words(answer));
        }
    }

    /// What is said in clear before TLS 1.3: the chain, and how the server behaves.
    fn flight(&mut self, version: Version) {
        let behaviour: &Behaviour = &self.row.behaviour;
        let taken: Vec<u16> = self.row_suites(version);
        let Answer::Hello(answer) = self.ask(version, |hello| hello.suites = taken.clone()) else {
            return self.wrong.push(format!("{}: no flight of {version:?}", self.row.id));
        };
        self.chains(version, &taken);
        let stated = |value: Option<bool>, observed: bool| value.map(|value| (value, observed));
        let extension = |kind: u16| answer.extension(kind).is_some();
        for (what, pair) in [
            ("client_auth", stated(behaviour.client_auth, answer.asks_certificate)),
            ("secure_renegotiation", stated(behaviour.secure_renegotiation, extension(0xff01))),
            ("extended_master_secret", stated(behaviour.extended_master_secret, extension(23))),
            ("heartbeat", stated(behaviour.heartbeat, extension(15))),
        ] {
            if let Some((expected, observed)) = pair {
                self.is(what, expected, observed);
            }
        }
        if let Some(expected) = behaviour.compression {
            let answer = self.ask(version, |hello| (hello.deflate, hello.suites) = (true, taken.clone()));
            self.is("compression", expected, matches!(answer, Answer::Hello(hello) if hello.compression == 1));
        }
        if let Some(expected) = behaviour.fallback_scsv {
            // Only a version below the best can be a fallback; where there is one version, the row has none.
            let below = if version == Version::Tls12 { Version::Tls11 } else { Version::Tls10 };
            let answer = self.ask(below, |hello| hello.suites.push(hello::FALLBACK));
            self.is("fallback_scsv", expected, answer == Answer::Alert(86) || self.refuses_version(below, &answer));
        }
        if let Some(expected) = behaviour.heartbleed {
            let observed = after_flight(self.addr(), &[24, 3, 3, 0, 3, 1, 0x40, 0]);
            self.is("heartbleed", expected, matches!(observed, Ok((24, _, body)) if body.len() > 3));
        }
        if let Some(expected) = behaviour.ccs_injection {
            let observed = after_flight(self.addr(), &[20, 3, 3, 0, 1, 1]);
            self.is("ccs_injection", expected, observed == Err(Answer::Timeout));
        }
        if let Some(expected) = self.row.dh_bits {
            let dhe = [0x009e, 0x009f, 0x0033, 0x0039];
            let answer = self.ask(version, |hello| hello.suites = dhe.to_vec());
            let observed = if let Answer::Hello(answer) = answer { answer.dh_bits() } else { 0 };
            self.is("dh_bits", expected, observed);
        }
    }

    /// OpenSSL looks for a fallback only below what it serves: a version that is off answers first.
    fn refuses_version(&self, version: Version, answer: &Answer) -> bool {
        !self.row.protocols.contains_key(&version) && *answer == Answer::Alert(70)
    }

    /// Every chain of the row, each by the suites that want its kind of key; and no other.
    fn chains(&mut self, version: Version, taken: &[u16]) {
        let mut observed: Vec<Vec<Vec<u8>>> = Vec::new();
        for suite in taken {
            if let Answer::Hello(answer) = self.ask(version, |hello| hello.suites = vec![*suite])
                && !answer.certificates.is_empty()
                && !observed.contains(&answer.certificates)
            {
                observed.push(answer.certificates);
            }
        }
        let of_tlcp = |chain: &&Vec<String>| chain.iter().any(|name| name.starts_with("sm2"));
        let rows = self.row.chains.iter().filter(|chain| (version == Version::Tlcp) == of_tlcp(chain));
        let mut expected: Vec<Vec<Vec<u8>>> =
            rows.map(|chain| chain.iter().map(|name| Peer::certificate(name)).collect()).collect();
        expected.sort();
        observed.sort();
        let sizes = |chains: &[Vec<Vec<u8>>]| chains.iter().map(Vec::len).collect::<Vec<_>>();
        if expected != observed {
            self.is("chains (lengths; or others of these lengths)", sizes(&expected), sizes(&observed));
            self.wrong.push(format!("{}: {version:?}: other certificates than in the row", self.row.id));
        }
    }

    fn tlcp(&mut self) {
        let taken = self.row_suites(Version::Tlcp);
        self.chains(Version::Tlcp, &taken);
        if let Some(expected) = self.row.behaviour.client_auth {
            // ECDHE of TLCP takes the client's certificate to agree on a key: those suites always ask for one.
            let ecc: Vec<u16> = taken.iter().copied().filter(|suite| matches!(suite, 0xe013 | 0xe053)).collect();
            let answer = self.ask(Version::Tlcp, |hello| hello.suites = ecc.clone());
            self.is("client_auth", expected, matches!(&answer, Answer::Hello(answer) if answer.asks_certificate));
        }
        // A whole handshake, with Finished; who demands a certificate of us, or ECDHE (which needs one), ends it.
        if taken.contains(&0xe013) && self.row.behaviour.client_auth != Some(true) {
            let done = babassl(self.addr(), "tlcp");
            self.is("handshake by BabaSSL", true, done.starts_with("NTLSv1.1"));
        }
    }

    fn groups(&mut self, version: Version) {
        if let Some(expected) = &self.row.groups {
            let observed = hello::groups(self.addr(), version.number(), common(version), &self.row.name);
            let mut expected: Vec<u32> = expected.iter().filter_map(|id| u32::from_str_radix(id, 16).ok()).collect();
            let mut observed: Vec<u32> = observed.into_iter().map(u32::from).collect();
            expected.sort_unstable();
            observed.sort_unstable();
            self.is("groups", hex(&expected), hex(&observed));
        }
        let sm4 = self.row_suites(version).iter().any(|suite| matches!(suite, 0x00c6 | 0x00c7));
        if sm4 && self.row.service == Service::Tls {
            self.rfc8998();
        }
    }

    /// What only who finishes a handshake sees: the certificate, whether it can be trusted, and a wish for ours.
    fn rfc8998(&mut self) {
        let done = babassl(self.addr(), "tls13_sm");
        self.is("handshake by BabaSSL", true, done.starts_with("TLSv1.3 TLS_SM4_"));
        let Some(own) = self.row.chains.first().and_then(|chain| chain.first()) else { return };
        let digest = jixian::model::Digest::of(&Peer::certificate(own)).to_string();
        self.is(&format!("certificate {own}"), true, done.contains(digest.trim_start_matches("sha256:")));
        if own.starts_with("sm2") {
            self.is("trust", self.row.trust == Some(Trust::Trusted), done.contains("verified 0 "));
        }
        self.is("client_auth", self.row.behaviour.client_auth, Some(!done.contains("not asked")));
        if self.row.chains.iter().any(|chain| chain[0] == "good_rsa") && self.row.chains.len() > 1 {
            let seen = s_client(self.addr(), &format!("-servername {}", self.row.name));
            self.seen(&seen);
        }
    }

    fn server_order(&mut self, version: Version) {
        let Some(expected) = self.row.server_order else { return };
        // OpenSSL moves ChaCha20 up for who puts it first, whatever its order.
        let mut suites = self.row_suites(version);
        suites.retain(|suite| !matches!(suite, 0x1303 | 0xcca8..=0xccaa));
        let chosen = |suites: &[u16]| match self.ask(version, |hello| hello.suites = suites.to_vec()) {
            Answer::Hello(answer) => Some(answer.suite),
            _ => None,
        };
        let one = chosen(&suites);
        suites.reverse();
        self.is("server_order", expected, one.is_some() && one == chosen(&suites));
    }

    fn other_names(&mut self, version: Version) {
        if self.row.other_name.is_none() && self.row.default_chain.is_none() {
            return;
        }
        for name in [None, Some("unknown.test".to_owned())] {
            let answer = self.ask(Version::Tls12.min(version), |hello| hello.name = name.clone());
            if let Some(expected) = &self.row.other_name {
                self.is("other_name", expected.as_str(), &words(&answer));
            }
            if let (Some(chain), Answer::Hello(answer)) = (&self.row.default_chain, &answer) {
                let expected: Vec<Vec<u8>> = chain.iter().map(|name| Peer::certificate(name)).collect();
                self.is("default_chain", true, expected == answer.certificates);
            }
        }
    }

    fn row_suites(&self, version: Version) -> Vec<u16> {
        table().suites(self.row, version).into_iter().filter_map(|suite| u16::try_from(suite).ok()).collect()
    }

    /// What takes a whole handshake, or the eyes of somebody else.
    fn openssl(&mut self, newest: Option<Version>) {
        let seen = s_client(self.addr(), &format!("-servername {} -status -alpn h2,http/1.1", self.row.name));
        self.seen(&seen);
        let row = self.row;
        if let Some(expected) = row.behaviour.ocsp_staple {
            let observed = match () {
                () if seen.contains("Cert Status: good") => Staple::Good,
                () if seen.contains("Cert Status: revoked") => Staple::Revoked,
                () => Staple::None,
            };
            self.is("ocsp_staple", expected, observed);
        }
        if let Some(expected) = &row.behaviour.alpn {
            let line = seen.lines().find_map(|line| line.strip_prefix("ALPN protocol: "));
            self.is("alpn", expected.as_str(), line.unwrap_or_default());
        }
        let twelve = row.protocols.contains_key(&Version::Tls12);
        let name = format!("-servername {} -cipher ALL:@SECLEVEL=0", row.name);
        if let (Some(expected), true) = (row.behaviour.session_id, twelve) {
            let seen = s_client(self.addr(), &format!("{name} -tls1_2 -no_ticket -reconnect"));
            self.is("session_id", expected, seen.contains("Reused, "));
        }
        if let (Some(expected), true) = (row.behaviour.ticket, twelve) {
            let seen = s_client(self.addr(), &format!("{name} -tls1_2"));
            self.is("ticket", expected, seen.contains("TLS session ticket:"));
        }
        if let (Some(expected), true) = (row.behaviour.client_renegotiation, twelve) {
            // Whatever comes of the wish is printed after it.
            let answered = |seen: &str| seen.split("RENEGOTIATING").nth(1).is_some_and(|rest| !rest.trim().is_empty());
            let seen = typed(self.addr(), &format!("{name} -tls1_2"), b"R\n", answered);
            let refused = seen.contains("no renegotiation") || seen.contains(":error:");
            self.is("client_renegotiation", expected, seen.contains("RENEGOTIATING") && !refused);
        }
        if let (Some(expected), Some(Version::Tls13)) = (row.behaviour.early_data, newest) {
            // Its tickets, which say so, have come when the page has.
            let answered = |seen: &str| seen.contains("HTTP/1.1 200");
            let seen = typed(self.addr(), &format!("{name} -tls1_3"), b"GET / HTTP/1.0\r\n\r\n", answered);
            let most = seen.lines().find_map(|line| line.trim().strip_prefix("Max Early Data: "));
            self.is("early_data", expected, most.is_some_and(|most| most != "0"));
        }
    }

    fn seen(&mut self, seen: &str) {
        let row = self.row;
        if let Some(trust) = row.trust {
            let code = seen.lines().find_map(|line| line.trim().strip_prefix("Verify return code: "));
            let code = code.and_then(|code| code.split(' ').next()).unwrap_or("none");
            let expected: &[&str] = match trust {
                Trust::Trusted => &["0"],
                Trust::Untrusted => &["19"],
                Trust::Incomplete => &["20", "21"],
                Trust::SelfSigned => &["18"],
                Trust::Expired => &["10"],
                Trust::NotYetValid => &["9"],
            };
            self.is("trust (openssl's code is one of these)", true, expected.contains(&code));
            if !expected.contains(&code) {
                self.wrong.push(format!("{}: {trust:?} and openssl says {code}", row.id));
            }
        }
        // Of TLS 1.3 alone only a client that finishes sees the chain.
        if !row.protocols.contains_key(&Version::Tls12) && matches!(row.server, Server::Nginx(_)) {
            // A staple, with the certificate of its signer, is shown before.
            let chain = seen.split_once("\nCertificate chain\n").map_or(seen, |(_, chain)| chain);
            let pems = chain.split("-----BEGIN CERTIFICATE-----").skip(1);
            let observed: Vec<String> = pems.map(|pem| pem.split("-----END").next().unwrap_or("").to_owned()).collect();
            let pem = |name: &String| std::fs::read_to_string(pki().join(format!("{name}.pem"))).unwrap_or_default();
            for (name, observed) in row.chains.first().into_iter().flatten().zip(&observed) {
                self.is(&format!("certificate {name}"), true, pem(name).contains(observed.trim()));
            }
            self.is("length of the chain", row.chains.first().map_or(0, Vec::len), observed.len());
        }
    }

    /// The dialogue as openssl speaks it, RDP's by hand; behind it, the chain.
    fn starttls(&mut self) {
        let protocol = self.row.id.split('_').next().unwrap_or_default();
        let agrees = self.row.service == Service::Tls;
        if protocol == "rdp" {
            let Ok(mut stream) = TcpStream::connect(self.addr()) else { return };
            let request = [3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 1, 0, 0, 0];
            let until = std::time::Instant::now() + Duration::from_secs(5);
            let confirm = stream.write_all(&request).ok().and_then(|()| hello::exactly(&mut stream, 19, until).ok());
            self.is("rdp agrees", agrees, confirm.is_some_and(|confirm| confirm[11] == 2));
            if agrees {
                let answer = hello::ask_on(stream, &Hello::new(TLS1_2, COMMON));
                self.is("rdp serves TLS", true, matches!(answer, Answer::Hello(_)));
            }
            return;
        }
        let name = format!("-servername {} -name {}", self.row.name, self.row.name);
        let seen = s_client(self.addr(), &format!("-starttls {protocol} {name}"));
        self.is("serves TLS after the dialogue", agrees, seen.contains("BEGIN CERTIFICATE"));
        if agrees {
            self.seen(&seen);
        }
    }
}

/// A file of `pki.sh` against its row, as `openssl x509` reads it.
pub fn certificate_faults(pki: &Path, name: &str, row: &Certificate) -> Vec<String> {
    let path = pki.join(format!("{name}.pem"));
    let args = ["x509", "-noout", "-text", "-nameopt", "multiline", "-in", &path.display().to_string()];
    let text = run("openssl", &args, b"", |_| true);
    let field = |begin: &str| text.lines().find_map(|line| line.trim().strip_prefix(begin)).unwrap_or("").to_owned();
    let common_name = |part: &str| {
        let lines = text.lines().skip_while(|line| !line.contains(part));
        lines.filter_map(|line| line.split_once("= ")).find(|(name, _)| name.contains("commonName")).map(|(_, cn)| cn)
    };
    let key = match field("Public Key Algorithm: ").as_str() {
        "rsaEncryption" => format!("RSA {}", if text.contains("(1024 bit)") { 1024 } else { 2048 }),
        "ED25519" => "Ed25519".to_owned(),
        _ if text.contains("ASN1 OID: SM2") => "SM2".to_owned(),
        _ => format!("EC {}", field("NIST CURVE: ")),
    };
    let san: Vec<String> = row.san.iter().map(|name| format!("DNS:{name}")).collect();
    let usages = row.usages.join(", ");
    [
        ("subject", common_name("Subject:") == Some(row.subject.as_str())),
        ("issuer", common_name("Issuer:") == Some(row.issuer.as_str())),
        ("san", if san.is_empty() { !text.contains("DNS:") } else { text.contains(&san.join(", ")) }),
        ("not_before", days(&field("Not Before: ")) == Some(row.not_before)),
        ("not_after", days(&field("Not After : ")) == Some(row.not_after)),
        ("key", key == row.key),
        ("signature", field("Signature Algorithm: ") == row.signature),
        ("usages", text.contains(&usages)),
    ]
    .into_iter()
    .filter(|(_, holds)| !holds)
    .map(|(what, _)| format!("{name}: {what} is not as in the row\n{text}"))
    .collect()
}

/// Days from the making of the certificates to a date as openssl writes it.
fn days(date: &str) -> Option<i64> {
    let made = std::fs::metadata(pki().join("root.pem")).and_then(|data| data.modified()).ok()?;
    let made = jiff::Timestamp::try_from(made).ok()?.as_second();
    let date = jiff::fmt::strtime::parse("%b %d %H:%M:%S %Y", date.trim_end_matches(" GMT")).ok()?;
    let at = date.to_datetime().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second();
    // The seconds that making them took.
    Some((at - made + 3_600).div_euclid(86_400))
}

/// The record that follows one sent after the server's first flight.
fn after_flight(addr: SocketAddr, record: &[u8]) -> Result<(u8, u16, Vec<u8>), Answer> {
    let mut stream = TcpStream::connect(addr).map_err(|_| Answer::NoListener)?;
    let until = std::time::Instant::now() + Duration::from_millis(800);
    stream.write_all(&Hello::new(TLS1_2, COMMON).bytes()).map_err(|_| Answer::Closed)?;
    // ServerHello, Certificate and ServerHelloDone of a double, a record each.
    for _ in 0..3 {
        hello::record(&mut stream, until)?;
    }
    stream.write_all(record).map_err(|_| Answer::Closed)?;
    hello::record(&mut stream, until)
}

/// What openssl's client says of a server.
fn s_client(addr: SocketAddr, args: &str) -> String {
    typed(addr, args, b"", |_| true)
}

/// The same, when this was typed and answered.
fn typed(addr: SocketAddr, args: &str, input: &[u8], answered: impl Fn(&str) -> bool) -> String {
    let root = pki().join("root.pem");
    // Certificates of old servers are judged too, not refused.
    let all = format!("s_client -connect {addr} -CAfile {} -showcerts -cipher ALL:@SECLEVEL=0 {args}", root.display());
    run("openssl", &all.split(' ').collect::<Vec<_>>(), input, answered)
}

fn babassl(addr: SocketAddr, mode: &str) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/tlcp_server.py");
    let root = pki().join("sm2_root.pem").display().to_string();
    let args = ["-B", script, "--connect", &addr.port().to_string(), mode, &root];
    run(&python().display().to_string(), &args, b"", |_| true)
}

/// Both outputs of a program that gets this to read, and the end of input when it has answered; twenty seconds at most.
fn run(program: &str, args: &[&str], input: &[u8], answered: impl Fn(&str) -> bool) -> String {
    let output = tempfile::NamedTempFile::new().expect("a temporary file");
    let copy = || output.as_file().try_clone().expect("a descriptor is left");
    let mut child = Command::new("timeout")
        .args(["20", program])
        .args(args)
        .env("OPENSSL_CONF", "/dev/null")
        .stdin(Stdio::piped())
        .stdout(copy())
        .stderr(copy())
        .spawn()
        .expect("`timeout` (coreutils) starts");
    let text = || String::from_utf8_lossy(&std::fs::read(output.path()).unwrap_or_default()).into_owned();
    let mut stdin = child.stdin.take().expect("piped");
    let _ = stdin.write_all(input);
    while !answered(&text()) && child.try_wait().is_ok_and(|status| status.is_none()) {
        thread::sleep(Duration::from_millis(5));
    }
    drop(stdin);
    let _ = child.wait();
    text()
}

fn common(version: Version) -> &'static [u16] {
    match version.number() {
        TLCP => COMMON_TLCP,
        TLS1_3 => COMMON_13,
        _ => COMMON,
    }
}

fn hex(suites: &[u32]) -> String {
    suites.iter().map(|suite| format!("{suite:04x}")).collect::<Vec<_>>().join(" ")
}

/// An answer in the words of the table.
fn words(answer: &Answer) -> String {
    match answer {
        Answer::Hello(hello) if !COMMON.contains(&hello.suite) && hello.suite >= 0xfe00 => "suite not offered".into(),
        Answer::Hello(hello) if hello.suite == 0x009c && hello.certificates.is_empty() => {
            "certificate without end".into()
        }
        Answer::Hello(hello) => format!("{:04x} {:04x}", hello.version, hello.suite),
        Answer::Alert(alert) => format!("alert {alert}"),
        Answer::Closed => "closed".into(),
        Answer::NoListener => "no listener".into(),
        Answer::Timeout => "timeout".into(),
        Answer::Other(bytes) if bytes.starts_with(b"HTTP") => "http".into(),
        Answer::Other(_) => "other".into(),
    }
}
