//! `kill -9` in mid-run leaves a bundle that opens and verifies as incomplete, with every finished item.
//!
//! The process that is killed is this test binary itself, running `writes_until_it_is_killed` with a folder in its
//! environment. It says on its output what is finished; whatever was said must be there afterwards.

#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "a test prepares and damages files itself")]

mod evidence_common;

use std::{
    collections::BTreeSet,
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    sync::LazyLock,
    thread,
    time::Duration,
};

use evidence_common::{asset, check, inputs, noise, record};
use jixian::{
    evidence::{Bundle, BundleWriter, Content, EvidenceError, Integrity, PartState},
    model::AssetKind,
};
use tempfile::tempdir;

const FOLDER: &str = "JIXIAN_TEST_KILLED_WRITER";
const ASSETS: [&str; 4] = ["a1", "a2", "a3", "a4"];
const ITEMS: usize = 24;
/// Kills that must hit a run between its beginning and its seal.
const KILLS: usize = 40;

/// The bytes of an item: mostly small, some of several chunks.
fn bytes_of(name: &str, item: usize) -> Vec<u8> {
    static NOISE: LazyLock<Vec<u8>> = LazyLock::new(|| noise(160_000, 5));
    let size = if item % 9 == 4 { 65_536 * (1 + item % 2) + item } else { 20 + 31 * item };
    let from = 100 * item + usize::from(name.as_bytes()[1]);
    NOISE[from..from + size].to_vec()
}

fn say(what: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "said {what}");
    let _ = out.flush();
}

#[test]
fn writes_until_it_is_killed() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let writer = BundleWriter::create(Path::new(&folder), inputs(&ASSETS)).unwrap();
    say("created");
    thread::scope(|scope| {
        for names in ASSETS.chunks(2) {
            let writer = &writer;
            scope.spawn(move || names.iter().for_each(|name| write_slowly(writer, name)));
        }
    });
    writer.finish().unwrap();
    say("finished");
}

fn write_slowly(writer: &BundleWriter, name: &str) {
    let mut part = writer.part(&asset(name), AssetKind::HostLinux).unwrap();
    for item in 0..ITEMS {
        let bytes = bytes_of(name, item);
        let done = match item % 3 {
            0 => part.record(record(&format!("item.{item}")), Content::Stream(&mut bytes.as_slice())),
            _ => part.record(record(&format!("item.{item}")), bytes),
        };
        done.unwrap();
        say(&format!("{name} {item}"));
        thread::sleep(Duration::from_micros(500));
    }
    part.finish(PartState::Complete).unwrap();
    say(&format!("{name} sealed"));
}

/// Runs the writer, kills it some time after it has said `lines` things, and gives all that it had said by then.
fn killed_after(lines: usize, delay: Duration, folder: &Path) -> BTreeSet<String> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "writes_until_it_is_killed", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut heard = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| Some(line.split_once("said ")?.1.to_owned()));
    let mut said: BTreeSet<_> = heard.by_ref().take(lines).collect();
    thread::sleep(delay);
    let _ = child.kill();
    said.extend(heard);
    child.wait().unwrap();
    said
}

/// Checks what a killed run left. True where it was killed between its beginning and its seal.
fn survives(folder: &Path, said: &BTreeSet<String>) -> bool {
    let bundle = match Bundle::open(folder) {
        Err(EvidenceError::NotABundle { .. } | EvidenceError::Io { .. }) if !said.contains("created") => return false,
        opened => opened.unwrap(),
    };
    let report = check(folder);
    assert_eq!(report.integrity, Integrity::Intact, "{:#?}", report.problems);
    assert_eq!(Some(bundle.root()), report.root);
    for finished in said.iter().filter_map(|line| line.split_once(' ')) {
        let part = bundle.part(&asset(finished.0)).unwrap();
        match finished.1 {
            "sealed" => assert_eq!((part.is_sealed(), part.state()), (true, PartState::Complete)),
            item => {
                let bytes = part.bytes(&format!("item.{item}")).unwrap();
                assert_eq!(bytes, bytes_of(finished.0, item.parse().unwrap()));
            }
        }
    }
    let interrupted = !bundle.is_sealed();
    if interrupted {
        assert!(!said.contains("finished"));
        assert_eq!((bundle.state(), report.completeness.state), (PartState::Incomplete, PartState::Incomplete));
    }
    interrupted
}

#[test]
fn a_run_that_is_killed_keeps_every_finished_item() {
    let dir = tempdir().unwrap();
    let whole = killed_after(usize::MAX, Duration::ZERO, &dir.path().join("whole"));
    assert!(whole.contains("finished"), "{whole:?}");
    assert_eq!(check(&dir.path().join("whole")).completeness.state, PartState::Complete);
    let mut random = u64::from(std::process::id()) | 1;
    let mut below = |most: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % most
    };
    let (mut hits, mut tries) = (0, 0);
    while hits < KILLS {
        tries += 1;
        assert!(tries < 10 * KILLS, "only {hits} kills hit a running writer");
        let folder = dir.path().join(format!("run{tries}"));
        let delay = Duration::from_micros(below(4000) as u64);
        let said = killed_after(below(whole.len()), delay, &folder);
        if survives(&folder, &said) {
            hits += 1;
            if hits % 8 == 0 {
                seals_what_is_left(&folder, &dir.path().join(format!("derived{tries}")));
            }
        }
    }
}

/// What an interrupted run left can be judged: as a sealed bundle that is incomplete.
fn seals_what_is_left(folder: &Path, out: &Path) {
    let left = Bundle::open(folder).unwrap();
    let sealed = left.derive(out, left.inputs().unwrap()).unwrap().finish().unwrap();
    let report = check(out);
    assert!(report.is_sound() && report.completeness.sealed, "{report:#?}");
    // Killed between its last part and its own seal, a run has everything that was planned.
    let whole = ASSETS.iter().all(|name| left.part(&asset(name)).is_ok_and(|part| part.is_sealed()));
    assert_eq!(sealed.state(), if whole { PartState::Complete } else { PartState::Incomplete });
    assert_eq!(sealed.manifest().parent, Some(left.root()));
    for name in left.parts() {
        assert_eq!(sealed.part(&name).unwrap().records(), left.part(&name).unwrap().records());
    }
}
