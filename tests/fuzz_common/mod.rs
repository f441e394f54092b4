//! Every parser of hostile bytes behind one signature: what `fuzz/` runs for hours and `tests/fuzz_smoke.rs` for seconds.
//!
//! A parser may refuse, and may not panic, overflow its stack, or take long. What is more is asserted beside the call.
#![allow(dead_code, reason = "each fuzz target uses one of them")]

use std::{borrow::Cow, collections::BTreeMap, io::Read, sync::OnceLock};

use jixian::{
    checks::{CheckSet, Expression, Schema},
    collect::linux,
    evidence::{Origin, Record, scan_archive},
    facts::{self, Artifacts},
    formats::{
        self, InProcess,
        apk::{
            arsc::ResourceTable,
            element::{Reference, Value},
            resources::Resources,
        },
        files, ios,
        linux::{
            accounts, audit, boot, conf, cron, disk, firewall, iptables, keys, logrotate, logtime, mac, masks, net,
            nft, os, packages, pam, pam_walk, services, shadow, shell, sockets, sshd, stat, sudoers, sudoers_words,
            syslog, time, versions,
        },
        sm2, tls, x509,
    },
    gate::Policy,
    inventory::Inventory,
    model::{AssetKind, CatalogueFiles, Digest, ItemStatus, Lang, UnreadStatus},
    profiles::{
        HIGH_RISK_PATH, HighRiskCatalogue, ProfileSet, adjudications::Adjudications, answers::Answers, waivers::Waivers,
    },
    report::{
        escape,
        pdf::{FontBook, PdfOptions, render},
    },
    yaml::Source,
};

/// A parser of hostile bytes.
pub type Parser = fn(&[u8]);

/// All of them, by the names of the fuzz targets.
pub const PARSERS: &[(&str, Parser)] = &[
    ("aab_manifest", aab_manifest),
    ("abc", abc),
    ("adjudications", adjudications),
    ("answers", answers),
    ("apk_signing_block", apk_signing_block),
    ("app_package", app_package),
    ("archive", archive),
    ("arsc", arsc),
    ("axml", axml),
    ("catalogue", catalogue),
    ("cms", cms),
    ("code_signature", code_signature),
    ("ct_logs", ct_logs),
    ("dex", dex),
    ("elf", elf),
    ("escaping", escaping),
    ("expression", expression),
    ("gate_policy", gate_policy),
    ("host_facts", host_facts),
    ("inventory", inventory),
    ("ios_plist", ios_plist),
    ("jar_signature", jar_signature),
    ("linux_accounts", linux_accounts),
    ("linux_audit", linux_audit),
    ("linux_firewall", linux_firewall),
    ("linux_logs", linux_logs),
    ("linux_network", linux_network),
    ("linux_packages", linux_packages),
    ("linux_pam", linux_pam),
    ("linux_ssh", linux_ssh),
    ("linux_sudoers", linux_sudoers),
    ("linux_system", linux_system),
    ("mach_o", mach_o),
    ("markup", markup),
    ("nmap_xml", nmap_xml),
    ("ocsp", ocsp),
    ("sct", sct),
    ("starttls", starttls),
    ("strings", strings),
    ("tls_hello", tls_hello),
    ("tls_messages", tls_messages),
    ("tls_sealed", tls_sealed),
    ("waivers", waivers),
    ("x509_der", x509_der),
    ("zip", zip),
];

fn text(data: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(data)
}

/// A file that somebody wrote. Its mistakes are drawn as well: they quote hostile lines.
fn written<T, E: std::fmt::Display>(data: &[u8], read: impl Fn(&Source) -> Result<T, E>) {
    match Source::from_bytes("fuzz.yaml", data) {
        Ok(source) => {
            if let Err(mistakes) = read(&source) {
                let _ = mistakes.to_string();
            }
        }
        Err(mistakes) => {
            let _ = mistakes.to_string();
        }
    }
}

pub fn inventory(data: &[u8]) {
    written(data, Inventory::read);
}

pub fn answers(data: &[u8]) {
    written(data, Answers::read);
}

pub fn adjudications(data: &[u8]) {
    written(data, Adjudications::read);
}

pub fn waivers(data: &[u8]) {
    written(data, Waivers::read);
}

pub fn gate_policy(data: &[u8]) {
    written(data, Policy::read);
}

/// A check, a profile and a file of high-risk situations of a folder that a user names. Cases are not run: they are
/// the author's own.
pub fn catalogue(data: &[u8]) {
    let file = |path: &str| CatalogueFiles::new([(path.to_owned(), text(data).into_owned())]);
    let _ = CheckSet::load(&file("checks/host/host.fuzz.yaml")).map_err(|mistakes| mistakes.to_string());
    let _ = ProfileSet::load(&file("profiles/fuzz.yaml")).map_err(|mistakes| mistakes.to_string());
    let _ = HighRiskCatalogue::load(&file(HIGH_RISK_PATH)).map_err(|mistakes| mistakes.to_string());
}

/// What compiles is also evaluated, over facts of which it may mention none.
pub fn expression(data: &[u8]) {
    if let Ok(expression) = Expression::compile(&text(data), Schema::facts()) {
        let _ = expression.evaluate(&serde_json::json!({}), jiff::Timestamp::UNIX_EPOCH);
    }
}

pub fn nmap_xml(mut data: &[u8]) {
    let _ = formats::decode("nmap-xml", &mut data);
}

/// Everything that is done with an archive, and with the archives in it.
pub fn zip(data: &[u8]) {
    let _ = formats::package::recognise(&data);
    let Ok(archive) = formats::zip::Archive::open(&data) else { return };
    assert!(archive.anomalies().len() <= formats::zip::MAX_ANOMALIES && archive.anomalies().is_sorted());
    for entry in archive.entries().iter().take(100) {
        let mut bytes = 0;
        let streamed = archive.stream(entry, 1 << 20, &mut |piece| bytes += piece.len() as u64);
        assert!(bytes <= 1 << 20, "never more than the cap");
        if let Ok(streamed) = streamed {
            assert_eq!(streamed.bytes, bytes);
            archive.check(entry, &streamed);
        }
        if let Ok(nested) = archive.nested(entry, 1 << 20) {
            let _ = formats::zip::Archive::open(&nested);
        }
    }
}

/// Every string is as long as the file at most, and they do not overlap.
pub fn abc(data: &[u8]) {
    let mut length = 0;
    let _ = formats::abc::scan(data, &mut |text| length += text.chars().count());
    assert!(length <= data.len(), "more text than bytes");
}

/// The same file twice is merged with itself; strings are then asked for their users.
pub fn dex(data: &[u8]) {
    let mut strings = Vec::new();
    let mut found = formats::code::CodeFindings::default();
    formats::code::scan_dex("classes.dex", data, &mut found, &mut |text| strings.push(text.to_owned()));
    assert_eq!(found.dex.present, 1);
    found.merge(found.clone());
    let wanted = strings.iter().take(4).map(String::as_str).collect();
    let _ = formats::code::users_of_strings(data, &wanted);
}

/// The entries of a signing block, in a package that is as it should be but for them.
pub fn apk_signing_block(data: &[u8]) {
    let length = (data.len() as u64 + 24).to_le_bytes();
    let block = [&length[..], data, &length, b"APK Sig Block 42"].concat();
    signatures(&package(&[("AndroidManifest.xml", b"manifest")], &block), Some(data));
}

/// A manifest, a signature file and its block, parted by what no text has.
pub fn jar_signature(data: &[u8]) {
    let part = |from: usize| data[from..].windows(4).position(|four| four == b"\0\0\0\0").map(|at| from + at);
    let Some(first) = part(0) else { return };
    let Some(second) = part(first + 4) else { return };
    let mut files = vec![
        ("META-INF/MANIFEST.MF", &data[..first]),
        ("META-INF/CERT.SF", &data[first + 4..second]),
        ("META-INF/CERT.RSA", &data[second + 4..]),
    ];
    // What the manifest names is there, so that more than the names is looked at.
    let manifest = text(&data[..first]);
    let names: std::collections::BTreeSet<&str> =
        manifest.lines().filter_map(|line| line.strip_prefix("Name: ")).collect();
    files.extend(names.iter().take(16).filter(|name| name.len() < 100).map(|name| (*name, &b"contents"[..])));
    signatures(&package(&files, b""), None);
}

fn signatures(package: &[u8], idsig: Option<&[u8]>) {
    use formats::apk::signing::{Inflating, Request, verify};
    let archive = formats::zip::Archive::open(&package).expect("the archive is ours");
    for min_sdk in [14, 21, 24, 28] {
        let request = Request { idsig, ..Request::from_sdk(min_sdk) };
        let signing = verify(&archive, request, &Inflating(&archive));
        assert!(signing.errors.len() < 100 && signing.signers.len() < 100);
    }
}

/// An archive of files that are stored, with a block before its directory.
fn package(files: &[(&str, &[u8])], block: &[u8]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, contents) in files {
        let mut crc = flate2::Crc::new();
        crc.update(contents);
        let size = (contents.len() as u32).to_le_bytes();
        let lengths = [(name.len() as u16).to_le_bytes(), [0, 0]].concat();
        let header =
            [&[20, 0, 0, 0, 0, 0, 0, 0, 33, 90][..], &crc.sum().to_le_bytes(), &size, &size, &lengths].concat();
        let offset = (out.len() as u32).to_le_bytes();
        directory.extend([&b"PK\x01\x02\x14\x03"[..], &header, &[0; 10], &offset, name.as_bytes()].concat());
        out.extend([&b"PK\x03\x04"[..], &header, name.as_bytes(), contents].concat());
    }
    out.extend(block);
    let count = (files.len() as u16).to_le_bytes();
    let [size, offset] = [directory.len(), out.len()].map(|n| (n as u32).to_le_bytes());
    [&out[..], &directory, b"PK\x05\x06\0\0\0\0", &count, &count, &size, &offset, &[0, 0]].concat()
}

/// A signed message, over itself and over other bytes, and the same bytes as a certificate and as a key.
pub fn cms(data: &[u8]) {
    use formats::{
        cms::{Certificate, SignedData},
        public_key::{Algorithm, Family, Hash, Message, verify},
    };
    if let Ok(message) = SignedData::parse(data) {
        for signer in &message.signers {
            let _ = message.verify(signer, Some(data));
        }
    }
    if let Ok(certificate) = Certificate::parse(data) {
        let _ = (certificate.describe(), certificate.subject_key_id());
        let _ = Algorithm::read(certificate.algorithm, None)
            .and_then(|with| verify(certificate.spki, with, Message::Bytes(certificate.tbs), certificate.signature));
    }
    for family in [Family::RsaPkcs1, Family::Dsa, Family::Ecdsa, Family::Sm2] {
        let _ = verify(data, Algorithm::new(family, Hash::Sha256), Message::Bytes(data), data);
    }
    let _ = verify(data, Algorithm::pss(Hash::Sha1), Message::Bytes(data), data);
    if let Ok(der) = formats::ber::to_der(data) {
        assert_eq!(formats::ber::to_der(&der), Ok(der), "DER stays as it is");
    }
}

/// Whatever comes out of a property list, it is not much more than what went in.
pub fn ios_plist(data: &[u8]) {
    let _ = ios::plist::read(data);
}

/// A file says the same however it comes by.
pub fn mach_o(data: &[u8]) {
    let mut pieces = ios::macho::MachO::default();
    data.chunks(1000).for_each(|piece| pieces.push(piece));
    let slices = ios::macho::read(data);
    assert_eq!(pieces.finish(), slices);
    for slice in slices.into_iter().flatten().flatten() {
        ios::code_signature::examine(&slice);
    }
}

/// A superblob whose code is not there: nothing of it can be verified.
pub fn code_signature(data: &[u8]) {
    let scanned = ios::macho::Scanned {
        slice: ios::Slice::unread(UnreadStatus::NotTested, "none"),
        signature: ios::macho::Blob::Held(data.to_vec()),
        signed: 1,
        pages: Vec::new(),
        encrypted: None,
    };
    let signature = ios::code_signature::examine(&scanned).complete(&ios::code_signature::Beside::default());
    assert_ne!(signature.content_verified, ios::Verified::Yes);
}

pub fn app_package(mut data: &[u8]) {
    let _ = formats::decode("app-package", &mut data);
}

/// A manifest, and the same bytes as every document that it names.
pub fn axml(data: &[u8]) {
    let _ = formats::apk::manifest_of(data, None, &mut |_| Some(data.to_vec()));
}

/// A resource table that is asked for the first entries of its first types.
pub fn arsc(data: &[u8]) {
    let oddities = formats::apk::oddities::Oddities::default();
    let Some(table) = ResourceTable::read(data, &oddities) else { return };
    for id in (0..0x40_u32).map(|number| 0x7f01_0000 | (number & 0x38) << 13 | number & 7) {
        let resources = Resources::new(Some(&table));
        let _ = resources.texts(Some(&Value::Reference(Reference { id, name: "".into() })));
    }
}

/// A bundle's manifest, and the same bytes as its resources, its configuration and every document that it names.
pub fn aab_manifest(data: &[u8]) {
    let _ = formats::aab::manifest_of(data, Some(data), &mut |_| Some(data.to_vec()));
    let mut entries = [formats::aab::BASE_MANIFEST].into_iter();
    let _ = formats::aab::bundle_of(&mut entries, Some(data), &mut |_| Some(data.to_vec()));
}

/// A native library, and the same bytes under the name of another.
pub fn elf(data: &[u8]) {
    if let Ok(library) = formats::native::read("lib/arm64-v8a/libfuzz.so", data) {
        assert!(library.needed.is_sorted() && library.embedded.is_sorted(), "lists are sorted");
    }
}

/// Text and other bytes, whole and in pieces: what is found must not depend on the pieces.
pub fn strings(data: &[u8]) {
    use formats::strings::Scanner;
    let mut whole = Scanner::new();
    whole.binary("a", data);
    let mut pieces = Scanner::new();
    let mut windows = pieces.binary_windows("a");
    data.chunks(61).for_each(|piece| windows.push(piece));
    windows.end();
    let found = whole.finish();
    assert_eq!(found, pieces.finish());
    for secret in &found.secrets {
        assert!(secret.masked.replace("***", "").chars().count() <= 6, "{}", secret.masked);
    }
    let [name, value, rest] = thirds(&text(data)).map(str::to_owned);
    let mut scanner = Scanner::new();
    scanner.text("a", data);
    scanner.named("a", &name, &value);
    scanner.string("a", rest.as_bytes());
    scanner.finish();
    let entries = [name.as_str(), &value, &rest];
    let metadata = [("META-INF/a_b.version", data), ("assets/apps/a/www/manifest.json", data), ("a.properties", data)];
    let seen = formats::sdks::Seen { entries: &entries, components: &entries, classes: &[], metadata: &metadata };
    formats::sdks::inventory(&seen);
    let seen =
        formats::packers::Seen { entries: &entries, application: &name, components: &entries, classes: Some(&[]) };
    formats::packers::detect(&seen);
}

/// The PEM form rests on the same decoder.
pub fn x509_der(data: &[u8]) {
    let _ = x509::decode(data);
    let pem = x509::to_pem([data]);
    assert_eq!(x509::from_pem(pem.as_bytes()), [data], "PEM of our own reads back");
    let _ = x509::from_pem(data);
}

/// A response, and the same bytes as a member of the chain.
pub fn ocsp(data: &[u8]) {
    let [leaf, issuer] = [&include_bytes!("../data/ocsp/leaf.der")[..], include_bytes!("../data/ocsp/issuer.der")];
    let _ = formats::ocsp::judge(data, &[leaf.to_vec(), issuer.to_vec()]);
    let _ = formats::ocsp::judge(data, &[data.to_vec(), issuer.to_vec()]);
    let _ = formats::signature::issued_by(leaf, data);
    let _ = formats::signature::verify(data, data, data, data);
}

/// A list, a timestamp, and a certificate that may hold some.
pub fn sct(data: &[u8]) {
    use tls::sct::{Entry, Sct, embedded, list, precertificate};
    let key = include_bytes!("../data/ct/leaf.der");
    if let Ok(Some(one)) = Sct::parse(data) {
        let _ = one.verify(Entry::Certificate(data), key);
    }
    let _ = (list(data), embedded(data));
    if let Ok(tbs) = precertificate(data) {
        assert!(tbs.len() <= data.len(), "taking away adds nothing");
    }
}

pub fn ct_logs(data: &[u8]) {
    let _ = formats::ct_logs::read(data);
}

pub fn tls_hello(data: &[u8]) {
    let _ = tls::answer(data);
    if let Ok(hello) = tls::client_hello::ClientHello::parse(data) {
        let written = hello.encode().expect("what was read has lengths that fit");
        assert_eq!(tls::client_hello::ClientHello::parse(&written), Ok(hello), "a hello of our own reads back");
    }
    let _ = tls::ssl2::ClientHello::parse(data);
    let reader = tls::record::Reader::of(data);
    let _ = (reader.tail(), reader.records().count(), tls::exchange::answer(&reader));
    let flight = tls::flight::Flight::of(&reader);
    let (Some(hello), Some(exchange)) = (&flight.hello, &flight.key_exchange) else { return };
    let pair = flight.certificates.as_ref().and_then(tls::certificate::Certificates::tlcp_pair);
    if let Some((sign, encrypt)) = pair {
        let _ = sm2::verify_key_exchange(exchange, &hello.random, &hello.random, sign, encrypt);
    }
}

/// The first byte chooses the form, the rest is the body of a message.
pub fn tls_messages(data: &[u8]) {
    let [choice, body @ ..] = data else { return };
    let suites = tls::suites::all();
    let suite = &suites[usize::from(*choice) * suites.len() / 256];
    for version in tls::version::Version::ALL {
        let _ = tls::server_key_exchange::ServerKeyExchange::parse(version, suite, body);
        let _ = tls::certificate_request::CertificateRequest::parse(version, body);
    }
    let _ = tls::certificate::Certificates::parse(body);
    let _ = tls::certificate_status::CertificateStatus::parse(body);
    let _ = tls::server_hello::ServerHello::parse(0x0303, body);
    let _ = (sm2::public_key(body), sm2::verify_certificate(body, body));
}

/// Records as they come back to a hello of ours, or what their seals hide, which no damage gets through.
pub fn tls_sealed(data: &[u8]) {
    let hex = |text: &str| tls::from_hex(&text.replace('\n', "")).expect("the captures are hex");
    static OURS: OnceLock<[Vec<u8>; 3]> = OnceLock::new();
    let [sent, scalar, received] = OURS.get_or_init(|| {
        [
            hex(include_str!("../data/tls/rfc8998-gcm.client.hex")),
            hex(include_str!("../data/tls/rfc8998-gcm.scalar.hex")),
            hex(include_str!("../data/tls/rfc8998-gcm.server.hex")),
        ]
    });
    if let Ok(opened) = tls::sealed::open(sent, scalar, data) {
        assert_eq!(Ok(opened), tls::sealed::open(sent, scalar, received), "nothing opens but what was sealed");
    }
    let _ = tls::sealed::open(data, scalar, received);
    let mut opener = tls::sealed::Opener::new(sent, scalar).expect("the hello is ours");
    let hello = 5 + usize::from(u16::from_be_bytes([received[3], received[4]]));
    opener.advance(&tls::record::Reader::of(&received[..hello])).expect("the server agreed");
    for piece in data.chunks(200) {
        if opener.take(&[piece, &[tls::record::content::HANDSHAKE]].concat()).is_err() {
            break;
        }
    }
}

/// The first byte chooses the protocol; the rest comes in pieces.
pub fn starttls(data: &[u8]) {
    let [choice, said @ ..] = data else { return };
    let protocols = tls::starttls::Protocol::ALL;
    let mut machine = tls::starttls::Machine::new(protocols[usize::from(*choice) % protocols.len()], "host.example");
    machine.step(b"");
    for piece in said.chunks(7) {
        machine.step(piece);
    }
}

/// A `.jxb` of somebody else, and no more of it than a megabyte.
pub fn archive(data: &[u8]) {
    let _ = scan_archive(data, 1 << 20);
}

/// Whatever a template prints, no tag and no control character of it reaches the markup.
pub fn escaping(data: &[u8]) {
    let escaped = escape(&text(data));
    assert!(!escaped.contains(['<', '>', '"', '\'']), "{escaped}");
    assert!(!escaped.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')), "{escaped:?}");
    let article = format!("<article><p>{escaped}</p></article>");
    assert!(roxmltree::Document::parse(&article).is_ok(), "{escaped:?}");
}

/// The markup of a user's own templates.
pub fn markup(data: &[u8]) {
    static FONTS: OnceLock<FontBook> = OnceLock::new();
    let fonts = FONTS.get_or_init(|| FontBook::embedded().expect("the built-in fonts read"));
    let options = PdfOptions {
        lang: Lang::Zh,
        title: String::new(),
        author: String::new(),
        subject: String::new(),
        date: jiff::Timestamp::UNIX_EPOCH,
        id_seed: Digest::of(b""),
    };
    let _ = render(&text(data), fonts, &options);
}

/// Facts of a host of which one item says `data`: its first byte names the item.
pub fn host_facts(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let items: Vec<_> = linux::jobs().iter().map(|job| job.item).collect();
    let item = items[usize::from(*first) % items.len()];
    let document = facts::derive(AssetKind::HostLinux, &OneItem::new(item, rest), &InProcess);
    assert!(document.facts.get("host").is_some(), "the root is always there");
}

pub fn linux_accounts(data: &[u8]) {
    let text = &text(data);
    let _ = accounts::passwd(text);
    let _ = accounts::group(text);
    let _ = accounts::lastlog(text);
    let _ = shadow::classify(text);
    for shadow in shadow::read(text).0 {
        let _ = format!("{shadow:?}");
    }
    let _ = (accounts::redact_passwd(data), accounts::redact_group(data));
    let once = shadow::redact(data).0;
    assert_eq!(shadow::redact(&once).0, once, "what is redacted has nothing left to redact");
}

pub fn linux_ssh(data: &[u8]) {
    let text = &text(data);
    let _ = sshd::effective(text);
    let _ = sshd::declared(text, &tree(text));
    let _ = sshd::seconds(text);
    let _ = keys::public_key(text);
    let _ = keys::authorized(text);
    let _ = keys::redact_authorized(data);
}

pub fn linux_pam(data: &[u8]) {
    let text = &text(data);
    let mut services = pam::Services::default();
    for (name, text) in ["sshd", "system-auth", "common-auth"].into_iter().zip(thirds(text)) {
        services.add(name, text);
    }
    for phase in ["auth", "account", "password", "session"] {
        if let Ok(stack) = services.stack("sshd", phase) {
            let _ = pam_walk::reachable(&stack);
            let _ = pam_walk::is_open(&stack);
        }
    }
}

pub fn linux_sudoers(data: &[u8]) {
    let text = &text(data);
    let _ = sudoers::read(text, &tree(text));
    let _ = sudoers_words::logical(text);
}

pub fn linux_audit(data: &[u8]) {
    let text = &text(data);
    let _ = audit::status(text);
    let _ = audit::rules(text);
}

pub fn linux_firewall(data: &[u8]) {
    let text = &text(data);
    let _ = firewall::firewalld(text);
    let _ = firewall::ufw(text);
    let _ = iptables::read(text);
    let _ = nft::read(text, "ip");
    let _ = nft::read(text, "ip6");
}

pub fn linux_logs(data: &[u8]) {
    let text = &text(data);
    syslog::rsyslog(text, &mut syslog::Rsyslog::default());
    let _ = syslog::syslog_ng(text);
    let _ = logrotate::read(&[("/etc/logrotate.conf".to_owned(), text.to_string())]);
    let [pattern, path, _] = thirds(text);
    let _ = logrotate::covers(pattern, path);
    let _ = logtime::first(data, 1_763_712_000);
    let _ = logtime::journal(data);
}

pub fn linux_packages(data: &[u8]) {
    let text = &text(data);
    let _ = packages::dpkg(text);
    let _ = packages::rpm(text);
    let _ = packages::apt_pending(text);
    let _ = packages::updateinfo(text);
    let _ = packages::unsigned_repos("a.repo", text);
    let _ = packages::unsigned_apt("a.list", text);
    let _ = packages::unattended(text);
    let [a, b, _] = thirds(text);
    assert_eq!(versions::compare(a, b), versions::compare(b, a).reverse(), "{a:?} {b:?}");
}

pub fn linux_network(data: &[u8]) {
    let text = &text(data);
    let _ = sockets::ss(text);
    let _ = sockets::proc_net("tcp6", text);
    let _ = net::addresses(text);
    let _ = net::gateways(text);
    let _ = net::name_servers(text);
    let _ = net::processes(text);
}

pub fn linux_system(data: &[u8]) {
    let text = &text(data);
    let _ = os::release(&tree(text));
    let _ = (os::uname(text), os::uptime(text));
    let _ = (disk::mounts(text), disk::swaps(text), disk::encrypted(text), disk::crypttab(text));
    let _ = (services::unit_files(text), services::units(text), services::xinetd(text), services::inetd(text));
    let _ = (boot::modules(text), boot::modprobe(text), boot::chosen(text), boot::secure_boot(text));
    let _ = cron::read(text, None);
    let _ = (time::timedatectl(text), time::chrony_tracking(text), time::ntpq(text), time::servers(text));
    let _ = (mac::sestatus(text), mac::selinux_config(text), mac::apparmor_profiles(text), mac::kysec(text));
    let _ = (shell::settings(text), shell::mask(text));
    let _ = (conf::sections(text), conf::seconds(text), conf::equals(text));
    let _ = (masks::secrets(data), masks::grub(data), masks::count_only(data));
    let _ = (stat::read(text), files::read(data));
}

/// A folder of configuration of which every file says a part of the text.
fn tree(text: &str) -> BTreeMap<String, String> {
    let names = ["/etc/ssh/sshd_config.d/10-a.conf", "/etc/sudoers.d/b", "/etc/os-release"];
    names.into_iter().zip(thirds(text)).map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

fn thirds(text: &str) -> [&str; 3] {
    let one = text.floor_char_boundary(text.len() / 3);
    let two = text.floor_char_boundary(text.len() / 3 * 2);
    [&text[..one], &text[one..two], &text[two..]]
}

/// A part with one item.
struct OneItem<'a> {
    record: Record,
    bytes: &'a [u8],
}

impl<'a> OneItem<'a> {
    fn new(item: &str, bytes: &'a [u8]) -> Self {
        let record = Record {
            n: 1,
            item: item.to_owned(),
            collector: "fuzz@1".to_owned(),
            source: Origin::Builtin("fuzz".to_owned()),
            euid: Some(0),
            status: ItemStatus::Ok,
            rc: None,
            started: "2026-11-21T00:00:00Z".to_owned(),
            dur_ms: 0,
            size: bytes.len() as u64,
            truncated: false,
            redactions: 0,
            object: None,
            external: false,
            note: None,
            prev: Digest::of(b""),
        };
        Self { record, bytes }
    }
}

impl Artifacts for OneItem<'_> {
    fn record(&self, item: &str) -> Option<&Record> {
        (self.record.item == item).then_some(&self.record)
    }

    fn bytes(&self, item: &str) -> Option<Vec<u8>> {
        (self.record.item == item).then(|| self.bytes.to_vec())
    }

    fn open(&self, item: &str) -> Option<Box<dyn Read + '_>> {
        (self.record.item == item).then(|| Box::new(self.bytes) as Box<dyn Read>)
    }

    fn items(&self) -> Vec<String> {
        vec![self.record.item.clone()]
    }
}
