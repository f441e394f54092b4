//! The runner against real programs and files.

use super::*;
use std::{fs, os::unix::fs::PermissionsExt};

fn run_all(jobs: &[Job], limits: &Limits) -> Vec<(NewRecord, Option<Vec<u8>>)> {
    let mut out = Vec::new();
    run("test@1", jobs, limits, &mut |record, bytes| out.push((record, bytes)));
    out
}

fn limits() -> Limits {
    Limits::starting_now(Duration::from_secs(60))
}

fn run_one(job: Job) -> (NewRecord, Option<Vec<u8>>) {
    run_all(&[job], &limits()).remove(0)
}

fn status(job: Job) -> ItemStatus {
    run_one(job).0.status
}

#[test]
fn a_command_that_ends_well_is_ok_with_its_output() {
    let (record, bytes) = run_one(Job::argv("t", &["sh", "-c", "echo out; echo err >&2"]));
    assert_eq!((record.status, record.rc), (ItemStatus::Ok, Some(0)));
    assert_eq!(bytes.as_deref(), Some(&b"out\n"[..]));
    assert_eq!(record.note.as_deref(), Some("err"));
    assert_eq!(record.source, Origin::Argv(["sh", "-c", "echo out; echo err >&2"].map(String::from).to_vec()));
}

#[test]
fn the_ways_of_failing_are_told_apart() {
    const NO_SUCH: &[Hint] = &[Hint::Stderr("could not be found")];
    assert_eq!(status(Job::argv("t", &["no-such-program-here"])), ItemStatus::NoTool);
    assert_eq!(status(Job::file("t", "/no/such/file")), ItemStatus::Absent);
    assert_eq!(status(Job::file("t", "/etc/passwd/below-a-file")), ItemStatus::Absent);
    assert_eq!(status(Job::argv("t", &["sh", "-c", "exit 3"])), ItemStatus::Error);
    assert_eq!(status(Job::argv("t", &["sh", "-c", "exit 3"]).ok_rc(&[3])), ItemStatus::Ok);
    assert_eq!(status(Job::argv("t", &["sh", "-c", "exit 3"]).absent_when(&[Hint::Rc(3)])), ItemStatus::Absent);
    assert_eq!(
        status(Job::argv("t", &["sh", "-c", "echo Unit x could not be found. >&2; exit 4"]).absent_when(NO_SUCH)),
        ItemStatus::Absent
    );
    assert_eq!(status(Job::argv("t", &["sh", "-c", "echo 'x: Permission denied' >&2; exit 1"])), ItemStatus::Denied);
    assert_eq!(status(Job::argv("t", &["sh", "-c", "kill -9 $$"])), ItemStatus::Error);
    assert_eq!(status(Job::file("t", "/etc")), ItemStatus::Error);
    assert_eq!(status(Job::file("t", "/dev/zero")), ItemStatus::Error);
}

#[test]
fn what_may_not_be_run_is_denied() {
    const SCRIPT: &str = "/tmp/jixian-test-not-executable";
    fs::write(SCRIPT, "#!/bin/sh\n").unwrap();
    fs::set_permissions(SCRIPT, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(status(Job::argv("t", &[SCRIPT])), ItemStatus::Denied);
    fs::remove_file(SCRIPT).unwrap();
}

#[test]
fn a_command_that_hangs_is_killed_with_what_it_started() {
    let begun = Instant::now();
    let job = Job::argv("t", &["sh", "-c", "echo begun; sleep 4242 & sleep 4242"]).seconds(1);
    let (record, bytes) = run_one(job);
    assert_eq!(record.status, ItemStatus::Timeout);
    assert_eq!(bytes.as_deref(), Some(&b"begun\n"[..]), "what came before is kept");
    assert!(record.truncated);
    assert!(begun.elapsed() < Duration::from_secs(5));
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(alive("4242"), 0, "nothing of its process group is left");
}

fn alive(argument: &str) -> usize {
    fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| fs::read(entry.ok()?.path().join("cmdline")).ok())
        .filter(|line| line.starts_with(b"sleep\0") && contains(line, argument.as_bytes()))
        .count()
}

#[test]
fn a_program_that_leaves_its_pipe_to_a_daemon_does_not_hold_us_up() {
    let begun = Instant::now();
    let (record, bytes) = run_one(Job::argv("t", &["sh", "-c", "sleep 4343 & echo done"]));
    assert_eq!((record.status, bytes.as_deref()), (ItemStatus::Ok, Some(&b"done\n"[..])));
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn output_over_the_cap_keeps_its_head_and_the_digest_of_the_whole() {
    let job = Job::argv("t", &["head", "-c", "5000", "/dev/zero"]).capped(1000);
    let (record, bytes) = run_one(job);
    assert_eq!((record.status, record.truncated), (ItemStatus::TooLarge, true));
    assert_eq!(bytes.unwrap().len(), 1000);
    assert!(record.note.unwrap().contains(&crate::model::Digest::of(&[0; 5000]).to_string()));
}

#[test]
fn output_without_end_is_cut_off() {
    let begun = Instant::now();
    let (record, bytes) = run_one(Job::argv("t", &["yes"]).capped(1 << 20));
    assert_eq!((record.status, record.truncated), (ItemStatus::TooLarge, true));
    assert_eq!(bytes.unwrap().len(), 1 << 20);
    assert!(begun.elapsed() < Duration::from_secs(9));
}

#[test]
fn the_environment_is_fixed_and_there_is_no_input() {
    let (_, bytes) = run_one(Job::argv("t", &["env"]));
    let text = String::from_utf8(bytes.unwrap()).unwrap();
    assert!(text.contains("LC_ALL=C\n") && text.contains(process::PATH) && !text.contains("CARGO"), "{text}");
    assert_eq!(run_one(Job::argv("t", &["cat"])).1.unwrap(), b"");
    assert_eq!(run_one(Job::argv("t", &["sh", "-c", "umask"])).1.unwrap(), b"0077\n");
}

#[test]
fn secrets_are_masked_before_anything_leaves() {
    fn mask(bytes: &[u8]) -> (Vec<u8>, u32) {
        (String::from_utf8_lossy(bytes).replace("hunter2", "***").into_bytes(), 1)
    }
    let job = Job::argv("t", &["sh", "-c", "echo password=hunter2; echo hunter2 >&2"]).redacted(mask);
    let (record, bytes) = run_one(job);
    assert_eq!(bytes.as_deref(), Some(&b"password=***\n"[..]));
    assert_eq!(record.redactions, 1);
    assert!(!format!("{:?}", record.note).contains("hunter2"));
}

#[test]
fn after_the_deadline_of_the_host_everything_is_a_timeout_and_nothing_is_missing() {
    let jobs = [Job::argv("a", &["sleep", "4444"]), Job::argv("b", &["sleep", "4444"]), Job::file("c", "/etc/passwd")];
    let limits = Limits { threads: 1, ..Limits::starting_now(Duration::from_secs(1)) };
    let out = run_all(&jobs, &limits);
    let seen: Vec<_> = out.iter().map(|(r, _)| (r.item.as_str(), r.status)).collect();
    assert_eq!(seen, [("a", ItemStatus::Timeout), ("b", ItemStatus::Timeout), ("c", ItemStatus::Timeout)]);
}

#[test]
fn records_come_in_the_order_of_the_list() {
    let jobs = [
        Job::argv("slow", &["sleep", "0.3"]),
        Job::file("b", "/etc/passwd"),
        Job::file("c", "/etc/hostname"),
        Job::argv("d", &["true"]),
    ];
    let names: Vec<_> = run_all(&jobs, &limits()).into_iter().map(|(r, _)| r.item).collect();
    assert_eq!(names, ["slow", "b", "c", "d"]);
}

#[test]
fn a_stop_ends_the_run_within_a_moment_and_keeps_what_was_done() {
    let jobs = [Job::file("a", "/etc/passwd"), Job::argv("b", &["sleep", "4545"]), Job::file("c", "/etc/passwd")];
    let limits = Limits { threads: 1, ..limits() };
    let stop = limits.stop.clone();
    let setter = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        stop.set();
    });
    let begun = Instant::now();
    let out = run_all(&jobs, &limits);
    setter.join().unwrap();
    assert_eq!(out.iter().map(|(r, _)| r.item.as_str()).collect::<Vec<_>>(), ["a"]);
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[test]
fn a_group_of_files_reads_what_is_there_and_absence_is_proven() {
    let (record, bytes) = run_one(Job::glob("t", &["/etc/pass*", "/no/such/folder/*", "/no/such/file"]));
    assert_eq!(record.status, ItemStatus::Ok);
    let files = crate::formats::files::read(&bytes.unwrap());
    assert!(files.iter().any(|f| f.path == "/etc/passwd" && f.mode == "0644" && f.text.contains("root:")));
    assert_eq!(status(Job::glob("t", &["/no/such/folder/*"])), ItemStatus::Absent);
    assert_eq!(status(Job::glob("t", &["/etc/no-such-thing-*"])), ItemStatus::Ok);
}

#[test]
fn a_builtin_that_panics_or_hangs_costs_only_its_item() {
    fn panics(_: &Bounds) -> Result<Vec<u8>, crate::collect::BuiltinFailure> {
        std::panic::resume_unwind(Box::new(()))
    }
    fn hangs(_: &Bounds) -> Result<Vec<u8>, crate::collect::BuiltinFailure> {
        std::thread::sleep(Duration::from_secs(3));
        Ok(Vec::new())
    }
    assert_eq!(status(Job::builtin("t", panics)), ItemStatus::Error);
    assert_eq!(status(Job::builtin("t", hangs).seconds(1)), ItemStatus::Timeout);
}

/// Not to be called by itself: the test below runs it as another user.
#[test]
#[ignore = "run by another test, without rights"]
fn without_rights() {
    if rustix::process::geteuid().is_root() {
        return;
    }
    assert_eq!(status(Job::file("t", "/etc/shadow")), ItemStatus::Denied);
    assert_eq!(status(Job::argv("t", &["cat", "/etc/shadow"])), ItemStatus::Denied);
    assert_eq!(status(Job::glob("t", &["/etc/passwd", "/etc/shadow"])), ItemStatus::Denied);
    assert_eq!(status(Job::glob("t", &["/root/*"])), ItemStatus::Denied);
    assert_eq!(status(Job::file("t", "/etc/passwd")), ItemStatus::Ok);
    let (record, bytes) = run_one(Job::glob("t", &["/etc/passwd", "/etc/shadow"]));
    assert_eq!(record.note.as_deref(), Some("1 of 2 files: denied"));
    assert_eq!(crate::formats::files::read(&bytes.unwrap())[1].status, ItemStatus::Denied);
}

#[test]
fn what_this_account_may_not_read_is_denied_and_never_absent() {
    if !rustix::process::geteuid().is_root() || process::find("setpriv").is_none() {
        return without_rights_here();
    }
    let folder = tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o755)).tempdir().unwrap();
    let copy = folder.path().join("tests");
    fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
    let output = std::process::Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(&copy)
        .args(["--ignored", "--exact", "collect::runner::tests::without_rights"])
        .current_dir("/")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

fn without_rights_here() {
    if !rustix::process::geteuid().is_root() {
        assert_eq!(status(Job::file("t", "/etc/shadow")), ItemStatus::Denied);
    }
}
