//! A full disk and a folder without permission are errors with their path, and what was finished before them stays.

#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "a test prepares and damages files itself")]

mod evidence_common;
#[path = "common/skip.rs"]
mod skip;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use evidence_common::{asset, check, inputs, noise, record};
use jixian::{
    evidence::{Bundle, BundleWriter, Content, EvidenceError, Integrity, NewRecord, PartState},
    model::AssetKind,
};
use skip::not_tested;
use tempfile::tempdir;

const NO_MOUNT: &str = "this account may not mount a small tmpfs";

/// A file system of its own that holds one megabyte; `None` where this account may not mount one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path) -> Option<Self> {
        fs::create_dir(at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(at).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_is_an_error_with_its_path_and_loses_nothing_that_was_finished() {
    let dir = tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(&dir.path().join("small")) else {
        return not_tested(NO_MOUNT);
    };
    let path = disk.0.join("b");
    let writer = BundleWriter::create(&path, inputs(&["a"])).unwrap();
    let mut part = writer.part(&asset("a"), AssetKind::HostLinux).unwrap();
    let mut finished = 0;
    let error = loop {
        match part.record(record(&format!("item.{finished}")), noise(50_000, finished + 1)) {
            Ok(_) => finished += 1,
            Err(error) => break error,
        }
    };
    assert!(finished > 10, "{finished}");
    assert!(matches!(error, EvidenceError::DiskFull { .. }), "{error:?}");
    assert!(error.to_string().contains("small/b/"), "{error}");
    let streamed = part.record(record("large"), Content::Stream(&mut noise(500_000, 3).as_slice()));
    assert!(matches!(streamed, Err(EvidenceError::DiskFull { .. })), "{streamed:?}");
    let _ = part.record(record("small"), b"there may be room for this".to_vec());
    let sealed = part.finish(PartState::Complete).and_then(|part| {
        assert_eq!(part.state(), PartState::Incomplete, "a record was lost");
        writer.finish()
    });
    let bundle = Bundle::open(&path).unwrap();
    assert_eq!(bundle.state(), PartState::Incomplete);
    let part = bundle.part(&asset("a")).unwrap();
    for item in 0..finished {
        assert_eq!(part.bytes(&format!("item.{item}")).unwrap(), noise(50_000, item + 1));
    }
    let report = check(&path);
    assert_eq!(report.integrity, Integrity::Intact, "{report:#?}");
    assert!(report.problems.is_empty() && sealed.is_ok() == report.completeness.sealed);
}

#[test]
fn a_line_that_did_not_fit_is_taken_back() {
    let dir = tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(&dir.path().join("small")) else {
        return not_tested(NO_MOUNT);
    };
    let path = disk.0.join("b");
    let writer = BundleWriter::create(&path, inputs(&["a"])).unwrap();
    let mut part = writer.part(&asset("a"), AssetKind::HostLinux).unwrap();
    let long = |item: u64| NewRecord { note: Some("n".repeat(3000)), ..record(&format!("item.{item}")) };
    let finished = (0..).take_while(|item| part.record(long(*item), None).is_ok()).count();
    fs::remove_dir_all(path.join("objects")).unwrap();
    part.record(record("last"), None).unwrap();
    drop((part, writer));
    let part = Bundle::open(&path).unwrap().part(&asset("a")).unwrap();
    assert_eq!((part.records().len(), part.torn()), (finished + 1, 0));
    assert_eq!(part.records()[finished].item, "last");
}

#[test]
fn a_place_where_nothing_can_be_created_is_an_error_with_its_path() {
    let created = BundleWriter::create(Path::new("/dev/full/b"), inputs(&[]));
    assert!(matches!(created, Err(EvidenceError::Io { .. })), "{created:?}");
    let created = BundleWriter::create(Path::new("/proc/no-such/b"), inputs(&[]));
    let Err(error) = created else { panic!("it was created") };
    assert!(error.to_string().contains("/proc/no-such"), "{error}");
}

#[test]
fn a_folder_without_permission_is_an_error_with_its_path() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("b");
    evidence_common::sample(&path);
    let nobody = |what: &str| {
        // Root may do anything, so another account does it.
        let helper = std::env::current_exe().unwrap();
        let output = Command::new("setpriv")
            .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
            .arg(helper)
            .args(["--exact", "as_another_account", "--nocapture"])
            .env("JIXIAN_TEST_AS_OTHER", what)
            .output();
        output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
    };
    fs::set_permissions(dir.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let said = nobody(path.to_str().unwrap());
    if !said.contains("running 1 test") {
        return not_tested("this account cannot run a test as another one");
    }
    assert!(said.contains("open: cannot read") && said.contains("Permission denied"), "{said}");
    assert!(said.contains("create: cannot create"), "{said}");
}

#[test]
fn as_another_account() {
    use std::io::Write as _;
    let Some(path) = std::env::var_os("JIXIAN_TEST_AS_OTHER").map(PathBuf::from) else { return };
    let mut out = std::io::stdout();
    let opened = Bundle::open(&path).map(drop).map_err(|error| error.to_string());
    let created = BundleWriter::create(&path.with_file_name("new"), inputs(&[])).map(drop);
    let created = created.map_err(|error| error.to_string());
    writeln!(out, "open: {}\ncreate: {}", opened.unwrap_err(), created.unwrap_err()).unwrap();
}

#[test]
fn what_is_not_tested_is_a_failure_where_everything_has_to_be() {
    let this = "what_is_not_tested_is_a_failure_where_everything_has_to_be";
    if std::env::var_os("JIXIAN_TEST_OF_SKIPPING").is_some() {
        return not_tested("this is only a test");
    }
    let run = |everything: bool| {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.arg(this).env("JIXIAN_TEST_OF_SKIPPING", "1").env_remove("JIXIAN_CI");
        if everything {
            child.env("JIXIAN_CI", "1");
        }
        let output = child.output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let (passed, said) = run(false);
    assert!(passed && said.contains("NOT TESTED") && said.contains("this is only a test"), "{said}");
    let (passed, said) = run(true);
    assert!(!passed && said.contains("not tested: this is only a test"), "{said}");
}
