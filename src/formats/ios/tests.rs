//! Whole packages, made here: from one of the store to one that somebody tampered with.

mod package;

use proptest::prelude::*;

use super::{
    IosError, ProfileKind, Role, Signing, Verified,
    code_signature::build::{Plan, Someone},
    macho::build::{Build, fat},
    scan,
};
use crate::{
    formats::zip::Archive,
    model::{Fact, Tri, UnreadStatus},
};
use package::{App, Files, zip};

const CAP: u64 = 1 << 30;

fn facts(bytes: &[u8]) -> super::Ios {
    let bytes = bytes.to_vec();
    scan(&Archive::open(&bytes).unwrap(), CAP).unwrap()
}

#[test]
fn a_development_build_is_told_from_head_to_foot() {
    let ios = facts(&App::default().package());
    assert_eq!((ios.path.as_str(), ios.apps), ("Payload/App.app/", 1));
    assert_eq!(
        (ios.bundle_id, ios.min_os),
        (Fact::Known("org.example.app".to_owned()), Fact::Known("13.0".to_owned()))
    );
    assert_eq!((ios.get_task_allow, ios.code_assessable), (Fact::Known(true), Tri::Yes));
    assert_eq!(ios.code_directory_hash, Fact::Known("sha256".to_owned()));
    assert_eq!(ios.signature_errors, [""; 0]);
    assert_eq!((ios.signature_verified, ios.nested_verified), (Verified::Yes, Verified::Yes));
    let profile = ios.profile.known().unwrap();
    assert_eq!((profile.kind, profile.devices), (ProfileKind::Development, 1));
    assert_eq!(
        (profile.for_another_signer, profile.for_another_app, profile.verified),
        (Tri::No, Tri::No, Verified::Yes)
    );
    assert_eq!(profile.entitlements_beyond, ["aps-environment"]);
    let [signer] = &ios.signers[..] else { panic!("{:?}", ios.signers) };
    assert!(signer.debug && signer.subject.contains("Apple Development") && signer.scheme == ["code"]);
    let slices = ios.slices.known().unwrap();
    let roles: Vec<_> = slices.iter().map(|slice| (slice.role, slice.path.as_str())).collect();
    assert_eq!(roles, [(Role::Executable, "App"), (Role::Framework, "Frameworks/F.framework/F")]);
    let [framework] = &ios.bundles[..] else { panic!("{:?}", ios.bundles) };
    assert_eq!(framework.bundle_id, Fact::Known("org.example.f".to_owned()));
    assert_eq!(ios.resources.known().unwrap().listed, 5);
}

#[test]
fn every_way_of_tampering_is_found() {
    let whole = App::default();
    let of = |change: &dyn Fn(&mut Files)| {
        let mut files = whole.files();
        change(&mut files);
        facts(&zip(&files))
    };
    let find = |files: &mut Files, name: &str| files.iter().position(|(own, _)| own.ends_with(name)).unwrap();
    let ios = of(&|files| {
        let at = find(files, "App.app/App");
        files[at].1[5000] ^= 1;
    });
    assert_eq!((ios.signature_verified, ios.signature_errors), (Verified::No, vec!["pages_differ".to_owned()]));
    let ios = of(&|files| {
        let at = find(files, "index.html");
        files[at].1.push(b'x');
    });
    assert_eq!((ios.signature_verified, ios.signature_errors), (Verified::No, vec!["resources_changed".to_owned()]));
    assert_eq!(ios.resources.known().unwrap().paths, ["www/index.html"]);
    let ios = of(&|files| files.push(("Payload/App.app/Frameworks/evil.dylib".to_owned(), Build::default().bytes())));
    assert_eq!((ios.signature_verified, ios.nested_verified), (Verified::No, Verified::No));
    assert_eq!(ios.slices.known().unwrap()[2].signature.as_ref().unwrap().signing, Signing::Unsigned);
    let ios = of(&|files| {
        let at = find(files, "App.app/Info.plist");
        let text = String::from_utf8(files[at].1.clone()).unwrap().replace("13.0", "12.0");
        files[at].1 = text.into_bytes();
    });
    assert_eq!(ios.signature_errors, ["info_plist_changed"]);
    let ios = of(&|files| files.retain(|(name, _)| !name.ends_with("CodeResources")));
    assert_eq!(ios.signature_verified, Verified::No);
    let ios = of(&|files| {
        let at = find(files, "index.html");
        files.push((files[at].0.clone(), b"which of the two is installed?".to_vec()));
    });
    assert_eq!(ios.signature_verified, Verified::Indeterminate);
}

#[test]
fn a_package_of_the_store_cannot_be_assessed_and_says_so() {
    let app = App { profile: None, build: Build { crypt: 1, ..Build::default() }, ..App::default() };
    let ios = facts(&app.package());
    assert_eq!((ios.code_assessable, ios.profile.known().unwrap().kind), (Tri::No, ProfileKind::None));
    assert_eq!(ios.slices.known().unwrap()[0].slice.encrypted, Fact::Known(true));
    let mut files = app.files();
    files.push(("Payload/App.app/SC_Info/App.sinf".to_owned(), vec![1; 40]));
    assert_eq!(facts(&zip(&files)).signature_verified, Verified::Yes, "the store adds this after all signatures");
}

#[test]
fn privacy_manifests_are_held_against_what_is_imported() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let build = Build { undefined: names(&["_statfs", "___stack_chk_fail", "_objc_storeStrong"]), ..Build::default() };
    let ios = facts(&App { build, ..App::default() }.package());
    assert!(ios.privacy.app_manifest);
    let undeclared = ios.privacy.undeclared.known().unwrap();
    let [missing] = &undeclared[..] else { panic!("{undeclared:?}") };
    assert_eq!((missing.path.as_str(), missing.category.as_str()), ("App", "NSPrivacyAccessedAPICategoryDiskSpace"));
    let hidden = Build { undefined: Vec::new(), ..Build::default() };
    let ios = facts(&App { build: hidden, ..App::default() }.package());
    assert_eq!(ios.privacy.undeclared, Fact::unread(UnreadStatus::Error, "imports"));
}

#[test]
fn what_is_missing_is_unread_and_never_good() {
    let bytes = zip(&[("Payload/App.app/x.txt".to_owned(), b"x".to_vec())]);
    let ios = facts(&bytes);
    assert_eq!(ios.bundle_id, Fact::unread(UnreadStatus::Error, "info_plist_missing"));
    assert_eq!(ios.get_task_allow, Fact::unread(UnreadStatus::Error, "executable_missing"));
    assert_eq!((ios.slices.known(), ios.code_assessable), (None, Tri::Unknown));
    assert_eq!(ios.signature_verified, Verified::Indeterminate);
    assert_eq!(ios.code_directory_hash, Fact::unread(UnreadStatus::Error, "executable_missing"));
    let nothing = zip(&[("AndroidManifest.xml".to_owned(), Vec::new())]);
    assert_eq!(scan(&Archive::open(&nothing).unwrap(), CAP), Err(IosError::NoApp));
}

#[test]
fn an_executable_that_is_too_large_or_broken_is_said_to_be() {
    let bytes = App::default().package();
    let ios = scan(&Archive::open(&bytes).unwrap(), 20_000).unwrap();
    let slices = ios.slices.known().unwrap();
    assert_eq!(slices[0].slice.pie, Fact::unread(UnreadStatus::TooLarge, "too_large"));
    assert_eq!((ios.code_assessable, ios.signature_verified), (Tri::Unknown, Verified::Indeterminate));
    let mut files = App::default().files();
    let at = files.iter().position(|(name, _)| name.ends_with("App.app/App")).unwrap();
    files[at].1.truncate(60);
    let ios = facts(&zip(&files));
    assert_eq!(ios.slices.known().unwrap()[0].slice.canary, Fact::unread(UnreadStatus::Error, "truncated"));
    assert_eq!((ios.code_assessable, ios.signature_verified), (Tri::Unknown, Verified::Indeterminate));
}

#[test]
fn the_weakest_slice_counts() {
    let someone = Someone::new("Apple Distribution: Somebody", 4);
    let app = App::default();
    let old = Build { cpu: 12, subtype: 9, undefined: vec!["_gets".to_owned()], ..Build::default() };
    let sign =
        |build: &Build, hash: u8| Plan { directories: vec![(hash, 12)], ..app.plan() }.sign(build, Some(&someone));
    let mut files = app.files();
    let at = files.iter().position(|(name, _)| name.ends_with("App.app/App")).unwrap();
    files[at].1 = fat(&[sign(&old, 1), sign(&Build::default(), 2)]);
    let ios = facts(&zip(&files));
    assert_eq!(ios.code_directory_hash, Fact::Known("sha1".to_owned()));
    assert_eq!((ios.signature_verified, ios.slices.known().unwrap().len()), (Verified::Yes, 3));
}

#[test]
fn the_same_entries_in_another_order_say_the_same() {
    let mut files = App::default().files();
    let first = facts(&zip(&files));
    files.reverse();
    assert_eq!(facts(&zip(&files)), first);
    let json = serde_json::to_string(&first).unwrap();
    assert_eq!(serde_json::from_str::<super::Ios>(&json).unwrap(), first);
    assert!(!json.contains("00008030-"), "devices are counted, not named");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_damage_panics(at in prop::collection::vec((0_usize..80_000, any::<u8>()), 1..30)) {
        static PACKAGE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let mut bytes = PACKAGE.get_or_init(|| App::default().package()).clone();
        for (at, byte) in at {
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
        }
        if let Ok(archive) = Archive::open(&bytes) {
            let _ = scan(&archive, CAP);
        }
    }
}
