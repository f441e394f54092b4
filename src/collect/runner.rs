//! Runs a list of jobs on this machine: few at a time, each within its bounds, recorded in the order of the list.

use std::{
    collections::BTreeMap,
    io,
    path::Path,
    process::ExitStatus,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    collect::{
        job::{Bounds, DEFAULT_TIMEOUT, Hint, How, Job},
        process::{self, Capture, End, Private},
        read,
    },
    evidence::{NewRecord, Origin},
    model::ItemStatus,
};

/// Bounds of one run over one host.
#[derive(Clone, Debug)]
pub struct Limits {
    /// When the whole host's time is up; what has not begun by then is recorded as `timeout`.
    pub deadline: Instant,
    /// For every item whose job does not ask for a time of its own.
    pub item_timeout: Duration,
    /// Jobs at a time; small, because the target has work of its own.
    pub threads: usize,
    pub stop: StopFlag,
}

impl Limits {
    /// The usual bounds, beginning now.
    pub fn starting_now(host_deadline: Duration) -> Self {
        Self {
            deadline: Instant::now() + host_deadline,
            item_timeout: DEFAULT_TIMEOUT,
            threads: 3,
            stop: StopFlag::default(),
        }
    }
}

/// Set once by Ctrl-C; everything that waits looks at it.
#[derive(Clone, Debug, Default)]
pub struct StopFlag(Arc<AtomicBool>);

impl StopFlag {
    /// Shares a flag that a signal handler sets.
    pub fn new(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }

    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Runs all jobs and hands each record with what was kept of it to `sink`, in the order of the list.
///
/// Nothing is retried. Once the stop flag is set no further record is made: the part is incomplete then.
pub fn run(collector: &str, jobs: &[Job], limits: &Limits, sink: &mut dyn FnMut(NewRecord, Option<Vec<u8>>)) {
    let _private = Private::enter();
    let next = AtomicUsize::new(0);
    let (done, results) = mpsc::sync_channel(limits.threads.max(1));
    thread::scope(|scope| {
        for _ in 0..limits.threads.clamp(1, 4) {
            let (done, next) = (done.clone(), &next);
            scope.spawn(move || {
                while let Some((n, job)) = take(next, jobs) {
                    if limits.stop.is_set() || done.send((n, one(collector, job, limits))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(done);
        in_order(&results, sink);
    });
}

fn take<'a>(next: &AtomicUsize, jobs: &'a [Job]) -> Option<(usize, &'a Job)> {
    let n = next.fetch_add(1, Ordering::Relaxed);
    jobs.get(n).map(|job| (n, job))
}

type Outcome = Option<(NewRecord, Option<Vec<u8>>)>;

fn in_order(results: &mpsc::Receiver<(usize, Outcome)>, sink: &mut dyn FnMut(NewRecord, Option<Vec<u8>>)) {
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    for (n, outcome) in results {
        waiting.insert(n, outcome);
        while let Some(outcome) = waiting.remove(&next) {
            next += 1;
            if let Some((record, bytes)) = outcome {
                sink(record, bytes);
            }
        }
    }
    // After a stop there may be gaps; what was finished is kept.
    for (record, bytes) in waiting.into_values().flatten() {
        sink(record, bytes);
    }
}

/// Runs one job; `None` when it was stopped in the middle.
fn one(collector: &str, job: &Job, limits: &Limits) -> Outcome {
    let started = jiff::Timestamp::now();
    let begun = Instant::now();
    let found = if begun >= limits.deadline {
        Found::failed(ItemStatus::Timeout, "the time for the whole host was over before this item began")
    } else {
        let own = if job.timeout == DEFAULT_TIMEOUT { limits.item_timeout } else { job.timeout };
        let deadline = limits.deadline.min(begun + own);
        gather(job, deadline, &limits.stop)?
    };
    let found = masked(job, found);
    let record = NewRecord {
        item: job.item.to_owned(),
        collector: collector.to_owned(),
        source: origin(job.item, &job.how),
        euid: Some(rustix::process::geteuid().as_raw()),
        status: found.status,
        rc: found.rc,
        started: started.to_string(),
        dur_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        truncated: found.truncated,
        redactions: found.redactions,
        note: found.note,
    };
    Some((record, found.kept))
}

/// What one item brought, before masking.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) status: ItemStatus,
    pub(crate) rc: Option<i32>,
    pub(crate) kept: Option<Vec<u8>>,
    pub(crate) size: u64,
    pub(crate) truncated: bool,
    pub(crate) redactions: u32,
    pub(crate) note: Option<String>,
}

impl Found {
    pub(crate) fn failed(status: ItemStatus, note: impl Into<String>) -> Self {
        Self { status, rc: None, kept: None, size: 0, truncated: false, redactions: 0, note: Some(note.into()) }
    }

    pub(crate) fn bytes(bytes: Vec<u8>) -> Self {
        let size = bytes.len() as u64;
        Self { status: ItemStatus::Ok, rc: None, kept: Some(bytes), size, truncated: false, redactions: 0, note: None }
    }

    pub(crate) fn captured(capture: Capture) -> Self {
        let truncated = capture.truncated();
        let note = capture.whole().map(|digest| format!("{digest} of the {} bytes seen", capture.size));
        Self {
            status: if truncated { ItemStatus::TooLarge } else { ItemStatus::Ok },
            size: capture.size,
            truncated,
            note,
            ..Self::bytes(capture.kept)
        }
    }
}

fn gather(job: &Job, deadline: Instant, stop: &StopFlag) -> Option<Found> {
    let cap = job.cap;
    match job.how {
        How::Argv(argv) => command(job, argv, deadline, stop),
        How::File(path) => read::within(deadline, stop, move || read::file(Path::new(path), cap)),
        How::Glob(patterns) => {
            let redact = job.redact;
            read::within(deadline, stop, move || {
                let (mut found, redactions) = read::group(patterns, cap, redact);
                found.redactions = redactions;
                found
            })
        }
        How::Builtin(builtin) => read::within(deadline, stop, move || match builtin(&Bounds { deadline, cap }) {
            Ok(bytes) => {
                let mut capture = Capture::new(cap);
                capture.push(&bytes);
                Found::captured(capture)
            }
            Err(failure) => Found::failed(failure.status, failure.note),
        }),
    }
}

fn command(job: &Job, argv: &[&str], deadline: Instant, stop: &StopFlag) -> Option<Found> {
    let Some((program, args)) = argv.split_first() else {
        return Some(Found::failed(ItemStatus::Error, "an empty command"));
    };
    let Some(path) = process::find(program) else {
        return Some(Found::failed(ItemStatus::NoTool, format!("{program} is not in {}", process::PATH)));
    };
    let finished = match process::run(&path, args, job.cap, deadline, stop) {
        Ok(finished) => finished,
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            return Some(Found::failed(ItemStatus::NoTool, format!("{program}: {e}")));
        }
        Err(e) => return Some(Found::failed(read::status_of(&e), format!("{program}: {e}"))),
    };
    let stderr = String::from_utf8_lossy(&finished.stderr.kept).trim().to_owned();
    let mut found = Found::captured(finished.stdout);
    match finished.end {
        End::Stopped => return None,
        End::Timeout => found.fail(ItemStatus::Timeout, "killed when its time was over"),
        End::Endless => found.fail(ItemStatus::TooLarge, "killed because its output had no end"),
        End::Error(e) => found.fail(ItemStatus::Error, e.to_string()),
        End::Exited(status) => found.exited(job, status, &stderr),
    }
    Some(found)
}

/// How programs say that this account may not ask.
const DENIED: &[&str] = &[
    "Permission denied",
    "permission denied",
    "Operation not permitted",
    "Access denied",
    "must be root",
    "You need to be root",
    "you must be root",
    "are you root",
    "requires root",
    "must be superuser",
];

impl Found {
    fn fail(&mut self, status: ItemStatus, note: impl AsRef<str>) {
        self.status = status;
        self.truncated |= matches!(status, ItemStatus::Timeout | ItemStatus::TooLarge) && self.size > 0;
        self.add_note(note.as_ref());
    }

    fn add_note(&mut self, note: &str) {
        if note.is_empty() {
            return;
        }
        self.note = Some(match self.note.take() {
            Some(before) => format!("{before}; {note}"),
            None => note.to_owned(),
        });
    }

    /// Tells apart the ways in which a program can end. Output that was cut stays `too_large` whatever the code.
    fn exited(&mut self, job: &Job, status: ExitStatus, stderr: &str) {
        self.rc = status.code();
        let code = status.code();
        let stdout = self.kept.as_deref().unwrap_or_default();
        let says = |hint: &Hint| match hint {
            Hint::Rc(rc) => code == Some(*rc),
            Hint::Stderr(text) => stderr.contains(text),
            Hint::Stdout(text) => contains(stdout, text.as_bytes()),
        };
        let verdict = if job.absent_when.iter().any(says) {
            ItemStatus::Absent
        } else if job.denied_when.iter().any(says) {
            ItemStatus::Denied
        } else if code == Some(0) || code.is_some_and(|rc| job.ok_rc.contains(&rc)) {
            self.status
        } else if DENIED.iter().any(|text| stderr.contains(text)) {
            ItemStatus::Denied
        } else {
            ItemStatus::Error
        };
        self.status = verdict;
        if code.is_none() {
            self.add_note(&format!("ended by a signal: {status}"));
        }
        self.add_note(stderr);
    }
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    !needle.is_empty() && haystack.windows(needle.len()).any(|window| window == needle)
}

/// Masks what was kept. The group of files masks each by itself, before they are written into one artifact.
fn masked(job: &Job, mut found: Found) -> Found {
    if let Some(mask) = job.redact
        && let Some(kept) = found.kept.take()
    {
        let grouped = matches!(job.how, How::Glob(_));
        let (kept, redactions) = if grouped { (kept, found.redactions) } else { mask(&kept) };
        found.kept = Some(kept);
        found.redactions = redactions;
        // Standard error may repeat the line that was masked, and a digest of the whole would be one of the secret.
        if found.size > 0 {
            found.note = None;
        }
    }
    found
}

fn origin(item: &str, how: &How) -> Origin {
    match how {
        How::Argv(argv) => Origin::Argv(argv.iter().map(|&arg| arg.to_owned()).collect()),
        How::File(path) => Origin::Path((*path).to_owned()),
        How::Glob(patterns) => Origin::Path(patterns.join(" ")),
        How::Builtin(_) => Origin::Builtin(item.to_owned()),
    }
}

#[cfg(test)]
mod tests;
