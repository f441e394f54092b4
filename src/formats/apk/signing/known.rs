//! Certificates whose private key is no secret, and how a signer is described.

use super::report::Signer;
use crate::{
    formats::{
        cms::Certificate,
        x509::{self, Key, Signature},
    },
    model::Digest,
};

/// Keys of AOSP that lie in its source for everybody to sign with (AOSP, `build/make/target/product/security/*.x509.pem`).
const PUBLIC_TEST: &[(&str, &str)] = &[
    ("aosp-bluetooth", "a6ccc500ff0e7421200eb66a7fe174ef1b00e52ca91727070cbedf061ff76c35"),
    ("aosp-cts-uicc", "ce7b2b47ae2b7552c8f92cc29124279883041fb623a5f194a82c9bf15d492aa0"),
    ("aosp-media", "465983f7791f2abeb43ea2cbdc7f21a8260b72bc08a55c839fc1a43bc741a81e"),
    ("aosp-networkstack", "e1dbadce60dc080d15b58a014b0dcf9400e24de23fa00b287a5a982bfebda2ee"),
    ("aosp-nfc", "fae9122a8721d6e2a196d2224dffcf773c9127e2bb956cbddb40b009192ffdfd"),
    ("aosp-platform", "c8a2e9bccf597c2fb6dc66bee293fc13f2fc47ec77bc6b2b0d52c11f51192ab8"),
    ("aosp-sdk-sandbox", "abf21f9e2af1d881cc673fddcefa6ed9c269a437bd64b279cf45844cfd589126"),
    ("aosp-shared", "28bbfe4a7b97e74681dc55c2fbb6ccb8d6c74963733f6af6ae74d8c3a6e879fd"),
    ("aosp-testkey", "a40da80a59d170caa950cf15c18c454d47a39b26989d8b640ecd745ba71bf5dc"),
];

/// What the development tools of Android name each developer's own debug certificate (developer.android.com, "Sign your
/// app", "Sign your debug build").
const DEBUG: &str = "CN=Android Debug";

/// A signer by the certificate that it signed with.
pub(super) fn signer(certificate: &[u8], schemes: &[&str]) -> Signer {
    let described = described(certificate);
    let sha256 = Digest::of(certificate);
    let hex = sha256.hex();
    let public_test = PUBLIC_TEST.iter().find(|(_, digest)| *digest == hex).map_or("", |(name, _)| name);
    let schemes = schemes.iter().map(|scheme| (*scheme).to_owned()).collect();
    let Some(own) = described else { return unreadable(sha256, public_test, schemes) };
    Signer {
        sha256,
        readable: true,
        debug: own.subject.split(", ").any(|part| part == DEBUG),
        public_test: public_test.to_owned(),
        sm2: own.key.algorithm == "sm2" || own.signature.algorithm == "sm2",
        subject: own.subject,
        issuer: own.issuer,
        serial: own.serial,
        key: own.key,
        signature: own.signature,
        not_before: own.not_before,
        not_after: own.not_after,
        scheme: schemes,
    }
}

fn unreadable(sha256: Digest, public_test: &str, scheme: Vec<String>) -> Signer {
    Signer {
        sha256,
        readable: false,
        subject: String::new(),
        issuer: String::new(),
        serial: String::new(),
        key: Key { algorithm: String::new(), bits: 0, curve: String::new() },
        signature: Signature { algorithm: String::new(), hash: String::new() },
        not_before: String::new(),
        not_after: String::new(),
        debug: false,
        public_test: public_test.to_owned(),
        sm2: false,
        scheme,
    }
}

/// Empty where the certificate cannot be read.
pub(super) fn subject(certificate: &[u8]) -> String {
    described(certificate).map(|own| own.subject).unwrap_or_default()
}

fn described(certificate: &[u8]) -> Option<x509::Certificate> {
    Certificate::parse(certificate).ok()?.describe().ok()
}
