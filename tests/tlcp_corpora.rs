//! Handshakes of GmSSL and Tongsuo as they were captured: every one parses, and every SM2 signature in them verifies.
//!
//! They lie outside the repository, in the folder that `JIXIAN_CORPORA` names; without it the tests count as ignored.
#![allow(clippy::disallowed_methods, reason = "captures are files, and the environment says where")]

use std::{collections::BTreeMap, env, fs, path::Path};

use jixian::formats::{
    sm2,
    tls::{
        client_hello::ClientHello,
        exchange::{Answer, answer},
        flight::Flight,
        from_hex,
        record::{Reader, Tail},
        sealed,
        version::Version,
    },
    x509,
};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

fn main() {
    let folder = env::var("JIXIAN_CORPORA").ok();
    // What each capture is of: the suite and the version that were chosen, and the suite and group of the key exchange.
    let captures = [
        ("ecc_cbc", Chosen::Tlcp(0xe013)),
        ("ecc_gcm", Chosen::Tlcp(0xe053)),
        ("ecdhe_cbc", Chosen::Tlcp(0xe011)),
        ("ecdhe_gcm", Chosen::Tlcp(0xe051)),
        ("mismatch", Chosen::Alert(71)),
        ("tls13_sm_ccm", Chosen::Tls13(0x00c7)),
        ("tls13_sm_gcm", Chosen::Tls13(0x00c6)),
        ("ts_dual_ntls", Chosen::Tlcp(0xe053)),
        ("ts_dual_tls", Chosen::Tls12(0xc030)),
        ("ts_tlcp_ecc", Chosen::Tlcp(0xe013)),
        ("ts_tls13_sm", Chosen::Tls13(0x00c6)),
    ];
    let mut trials: Vec<Trial> = Vec::new();
    let mut add = |name: &str, test: Test| {
        let path = folder.clone();
        let run = move || test(&Path::new(path.as_deref().unwrap_or_default()).join("tlcp"));
        let trial = Trial::test(name, run).with_ignored_flag(folder.is_none());
        trials.push(if folder.is_none() { trial.with_kind("JIXIAN_CORPORA is not set") } else { trial });
    };
    for (name, chosen) in captures {
        add(name, Box::new(move |folder| capture(&folder.join(format!("{name}.json")), chosen)));
    }
    add("no capture is left out", Box::new(move |folder| complete(folder, &captures.map(|(name, _)| name))));
    add("certificates", Box::new(certificates));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Looks at the folder of captures.
type Test = Box<dyn FnOnce(&Path) -> Result<(), Failed> + Send>;

#[derive(Clone, Copy)]
enum Chosen {
    Tlcp(u16),
    Tls12(u16),
    Tls13(u16),
    Alert(u8),
}

fn capture(path: &Path, chosen: Chosen) -> Result<(), Failed> {
    let capture: Value = serde_json::from_str(&fs::read_to_string(path)?)?;
    let mut sides: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for record in capture["records"].as_array().ok_or("records")? {
        let bytes = from_hex(record["hex"].as_str().ok_or("hex")?).ok_or("hex digits")?;
        sides.entry(record["from"].as_str().ok_or("from")?).or_default().extend(bytes);
    }
    let sent = ClientHello::parse(&sides["client"])?;
    let first = 5 + usize::from(u16::from_be_bytes([sides["client"][3], sides["client"][4]]));
    assert_eq!(sent.encode()?, sides["client"][..first], "the hello is written again as it was");
    let reader = Reader::of(&sides["server"]);
    assert_eq!(reader.tail(), Tail::Clean);
    let flight = Flight::of(&reader);
    assert!(flight.damaged.is_empty());
    let (suite, version) = match chosen {
        Chosen::Alert(description) => {
            let Answer::Alert(alert) = answer(&reader) else { return Err("an alert was expected".into()) };
            assert_eq!((alert.description, alert.record_version), (description, 0x0101));
            return Ok(());
        }
        Chosen::Tlcp(suite) => (suite, Version::Tlcp11),
        Chosen::Tls12(suite) => (suite, Version::Tls12),
        Chosen::Tls13(suite) => (suite, Version::Tls13),
    };
    let Answer::ServerHello(hello) = answer(&reader) else { return Err("a ServerHello was expected".into()) };
    assert_eq!((hello.suite, hello.selected_version()), (suite, Some(version)));
    assert!(sent.suites.contains(&suite) && sent.versions().contains(&version.number()));
    match version {
        Version::Tlcp11 => tlcp(&sent, &flight)?,
        Version::Tls13 => {
            assert_eq!(hello.group(), Some(0x29));
            // Their keys were not kept: who has another cannot open them.
            let opened = sealed::open(&sides["client"], &[1; 32], &sides["server"]);
            assert_eq!(opened, Err(sealed::SealedError::NotOurs));
        }
        _ => assert!(flight.key_exchange.is_some_and(|exchange| exchange.group() == Some(0x1d))),
    }
    Ok(())
}

/// Two certificates with different keys, and a signature by the first over what the second or the curve is.
fn tlcp(sent: &ClientHello, flight: &Flight) -> Result<(), Failed> {
    let hello = flight.hello.as_ref().ok_or("hello")?;
    let certificates = flight.certificates.as_ref().ok_or("certificates")?;
    let (sign, encrypt) = certificates.tlcp_pair().ok_or("two certificates")?;
    assert_ne!(sm2::public_key(sign)?, sm2::public_key(encrypt)?);
    let exchange = flight.key_exchange.as_ref().ok_or("key exchange")?;
    sm2::verify_key_exchange(exchange, &sent.random, &hello.random, sign, encrypt)?;
    let mut other = hello.random;
    other[0] ^= 1;
    let forged = sm2::verify_key_exchange(exchange, &sent.random, &other, sign, encrypt);
    assert_eq!(forged, Err(sm2::Sm2Error::Mismatch));
    if let Some(issuer) = certificates.list.get(2) {
        sm2::verify_certificate(sign, issuer)?;
        sm2::verify_certificate(encrypt, issuer)?;
    }
    assert!(flight.done);
    Ok(())
}

fn certificates(folder: &Path) -> Result<(), Failed> {
    let der = |name: &str| -> Result<Vec<u8>, Failed> {
        let pem = fs::read(folder.join(format!("gmssl_{name}.pem")))?;
        x509::from_pem(&pem).into_iter().next().ok_or_else(|| format!("{name} has no certificate").into())
    };
    let (root, ca) = (der("root")?, der("ca")?);
    sm2::verify_certificate(&root, &root)?;
    sm2::verify_certificate(&ca, &root)?;
    for name in ["sign", "enc2"] {
        sm2::verify_certificate(&der(name)?, &ca)?;
        assert_eq!(sm2::verify_certificate(&der(name)?, &root), Err(sm2::Sm2Error::Mismatch));
    }
    Ok(())
}

fn complete(folder: &Path, known: &[&str]) -> Result<(), Failed> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|extension| extension == "json") {
            assert!(known.contains(&name.as_str()), "{name} is not tested");
        }
    }
    Ok(())
}
