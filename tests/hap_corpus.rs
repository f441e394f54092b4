//! Packages and profiles of the tests of OpenHarmony's own signing tool: what its devices would verify verifies here.
//!
//! They lie outside the repository, in the folder that `JIXIAN_CORPORA` names; without it the tests count as ignored.
#![allow(clippy::disallowed_methods, reason = "the corpus is files, and the environment says where")]

use std::{env, fs, path::Path};

use jixian::{
    formats::{
        hap::{self, Harmony, IssuerKind, Profile, Recognised, Verified},
        zip::Archive,
    },
    model::{Fact, Tri},
};
use libtest_mimic::{Arguments, Failed, Trial};

/// Looks at the folder of the corpus.
type Test = fn(&Path) -> Result<(), Failed>;

fn main() {
    let folder = env::var("JIXIAN_CORPORA").ok();
    let tests: [(&str, Test); 6] = [
        ("the digests of the signed package verify", package),
        ("one changed byte of what is signed is noticed wherever it is", changed),
        ("a profile by the keys that everybody has", published),
        ("a profile that had run out when it was signed", out_of_time),
        ("a profile by an example of the signing guide", example),
        ("a profile that was changed", damaged),
    ];
    let trials = tests.map(|(name, test)| {
        let path = folder.clone();
        let run = move || test(&Path::new(path.as_deref().unwrap_or_default()).join("hap"));
        let trial = Trial::test(name, run).with_ignored_flag(folder.is_none());
        if folder.is_none() { trial.with_kind("JIXIAN_CORPORA is not set") } else { trial }
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit();
}

fn read(bytes: &Vec<u8>) -> Option<Harmony> {
    Some(hap::read(&Archive::open(bytes).ok()?, hap::MAX_MEMBER))
}

fn profile(folder: &Path, name: &str) -> Result<Profile, Failed> {
    Ok(hap::read_profile(&fs::read(folder.join(format!("hapsigner-{name}.p7b")))?))
}

fn package(folder: &Path) -> Result<(), Failed> {
    let harmony = read(&fs::read(folder.join("hapsigner-app1-unsigned.hap"))?).ok_or("no archive")?;
    let block = &harmony.block;
    assert_eq!((block.version, block.magic.as_str()), (2, "HAP Sig Block 42"));
    assert_eq!(block.digest_algorithms, ["ecdsa-sha256"]);
    assert_eq!((block.signature_verified, block.digests_verified), (Verified::Yes, Verified::Yes));
    assert_eq!(block.signed_at, "2022-01-24T09:51:29Z");
    let chain = &block.chain;
    assert_eq!((chain.verified, chain.complete, chain.certificates.len()), (Verified::Yes, true, 3));
    assert_eq!((chain.issuer_kind, chain.issuer_by), (IssuerKind::OpenharmonyDemo, Recognised::Name));
    assert!(chain.demo && !harmony.signers.is_empty());
    assert_eq!(harmony.profile.kind, Fact::Known("debug".to_owned()));
    assert_eq!(harmony.profile.devices, Fact::Known(2));
    Ok(())
}

fn changed(folder: &Path) -> Result<(), Failed> {
    let good = fs::read(folder.join("hapsigner-app1-unsigned.hap"))?;
    let end = good.len() - 22;
    let directory = u32::from_le_bytes(good[end + 16..end + 20].try_into()?) as usize;
    let block = usize::try_from(read(&good).ok_or("no archive")?.block.bytes)?;
    for at in (0..directory - block).chain(directory..good.len()) {
        let mut bad = good.clone();
        bad[at] ^= 1;
        let Some(harmony) = read(&bad) else { continue };
        assert_ne!(harmony.block.digests_verified, Verified::Yes, "byte {at}");
        assert_ne!(harmony.signature_verified, Verified::Yes, "byte {at}");
    }
    Ok(())
}

fn published(folder: &Path) -> Result<(), Failed> {
    for name in ["verify_test", "SgnedReleaseProfileTemplate"] {
        let profile = profile(folder, name)?;
        assert_eq!(
            (profile.signed, profile.signature_verified),
            (Tri::Yes, Verified::Yes),
            "{name}: {:?}",
            profile.errors
        );
        assert!(profile.demo);
        assert_eq!(profile.chain.issuer_by, Recognised::Digest, "{name}");
        assert_eq!(profile.kind, Fact::Known("release".to_owned()), "{name}");
    }
    Ok(())
}

fn out_of_time(folder: &Path) -> Result<(), Failed> {
    let profile = profile(folder, "app1-profile-cert-outTime")?;
    assert_eq!(profile.not_after, Fact::Known("2023-07-16T02:07:38Z".to_owned()));
    assert_eq!(profile.signed_at, "2023-07-25T03:00:37Z");
    assert_eq!(profile.valid_when_signed, Tri::No);
    assert_eq!(profile.errors, ["profile.outside_validity"]);
    Ok(())
}

fn example(folder: &Path) -> Result<(), Failed> {
    let profile = profile(folder, "app1-profile")?;
    assert_eq!(profile.signature_verified, Verified::Yes, "{:?}", profile.errors);
    assert_eq!(profile.chain.demo_source, "openharmony_signing_guide");
    assert_eq!(profile.kind, Fact::Known("debug".to_owned()));
    Ok(())
}

fn damaged(folder: &Path) -> Result<(), Failed> {
    let profile = profile(folder, "app1-profile1-changed")?;
    assert_eq!(profile.signature_verified, Verified::No);
    assert!(matches!(profile.bundle, Fact::Unread(_)));
    assert!(!profile.errors.is_empty());
    Ok(())
}
