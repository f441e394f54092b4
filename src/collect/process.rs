//! Runs one program within bounds: own process group, no input, fixed environment, capped output, one deadline.

use std::{
    io::{self, Read},
    os::{fd::AsFd, unix::process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{Mode, OFlags, fcntl_setfl},
    process::{Pid, Signal, kill_process_group, umask},
};
use sha2::{Digest as _, Sha256};

use crate::{collect::runner::StopFlag, model::Digest};

/// Where programs are looked up, whatever the environment says.
pub(crate) const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// Bytes of standard error that are kept.
const STDERR_CAP: u64 = 2048;

/// A program that writes more than this many times its cap is ended: nobody waits for `yes`.
const ENDLESS: u64 = 16;

/// How often a waiting parent looks at the stop flag.
const SLICE: Duration = Duration::from_millis(100);

/// Output that a program which is gone may still have in its pipe, held open by something it left behind.
const GRACE: Duration = Duration::from_millis(200);

/// How a program ended and what it wrote.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) end: End,
    pub(crate) stdout: Capture,
    pub(crate) stderr: Capture,
}

/// Why a program is no longer running.
#[derive(Debug)]
pub(crate) enum End {
    Exited(ExitStatus),
    Timeout,
    /// It wrote without end and was killed.
    Endless,
    Stopped,
    Error(io::Error),
}

/// The head of a stream, and size and digest of all that was seen of it.
#[derive(Debug)]
pub(crate) struct Capture {
    pub(crate) kept: Vec<u8>,
    pub(crate) size: u64,
    cap: u64,
    hash: Option<Sha256>,
}

impl Capture {
    pub(crate) fn new(cap: u64) -> Self {
        Self { kept: Vec::new(), size: 0, cap, hash: None }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let room = usize::try_from(self.cap.saturating_sub(self.size)).unwrap_or(usize::MAX).min(bytes.len());
        let (head, rest) = bytes.split_at(room);
        self.kept.extend_from_slice(head);
        self.size += bytes.len() as u64;
        if !rest.is_empty() {
            self.hash.get_or_insert_with(|| Sha256::new_with_prefix(&self.kept)).update(rest);
        }
    }

    pub(crate) fn truncated(&self) -> bool {
        self.size > self.cap
    }

    /// The digest of everything seen, where more was seen than kept.
    pub(crate) fn whole(&self) -> Option<Digest> {
        self.hash.clone().map(|hash| Digest::from_bytes(hash.finalize().into()))
    }
}

/// Where a program is, in the fixed path. A name with a slash is taken as it is.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    if program.contains('/') {
        return Path::new(program).exists().then(|| PathBuf::from(program));
    }
    PATH.split(':').map(|folder| Path::new(folder).join(program)).find(|path| path.exists())
}

/// Runs `program` and waits for it, at most until `deadline`; its whole process group is killed then.
pub(crate) fn run(
    program: &Path,
    args: &[&str],
    cap: u64,
    deadline: Instant,
    stop: &StopFlag,
) -> Result<Finished, io::Error> {
    let mut command = Command::new(program);
    command
        .args(args)
        .env_clear()
        .env("LC_ALL", "C")
        .env("PATH", PATH)
        .env("HOME", "/nonexistent")
        .env("SYSTEMD_PAGER", "")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    let mut child = Group(command.spawn()?);
    let mut stdout = Capture::new(cap);
    let mut stderr = Capture::new(STDERR_CAP);
    let end = match drain(&mut child.0, &mut stdout, &mut stderr, deadline, stop) {
        Ok(end) => end,
        Err(error) => End::Error(error),
    };
    Ok(Finished { end, stdout, stderr })
}

/// A child whose process group is killed and reaped however the wait ends.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        kill_group(&mut self.0);
    }
}

fn kill_group(child: &mut Child) {
    // The group may hold what the program left behind, so it is killed also after a normal end. Once the leader is
    // reaped its number could be given away, but not while members of the group live; without members this fails.
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(group) = pid {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

fn drain(
    child: &mut Child,
    stdout: &mut Capture,
    stderr: &mut Capture,
    deadline: Instant,
    stop: &StopFlag,
) -> io::Result<End> {
    let mut out = child.stdout.take();
    let mut err = child.stderr.take();
    if let (Some(out), Some(err)) = (&out, &err) {
        fcntl_setfl(out, OFlags::NONBLOCK)?;
        fcntl_setfl(err, OFlags::NONBLOCK)?;
    }
    let mut gone: Option<(ExitStatus, Instant)> = None;
    let mut buffer = vec![0; 64 << 10];
    loop {
        if gone.is_none() {
            gone = child.try_wait()?.map(|status| (status, Instant::now()));
        }
        let closed = !pump(&mut out, stdout, &mut buffer)? & !pump(&mut err, stderr, &mut buffer)?;
        if stdout.size > stdout.cap.saturating_mul(ENDLESS) {
            return Ok(End::Endless);
        }
        match gone {
            Some((status, _)) if closed => return Ok(End::Exited(status)),
            Some((status, at)) if at.elapsed() > GRACE => return Ok(End::Exited(status)),
            _ => {}
        }
        if Instant::now() >= deadline {
            return Ok(End::Timeout);
        }
        if stop.is_set() {
            return Ok(End::Stopped);
        }
        wait(out.as_ref(), err.as_ref(), gone.is_some(), deadline)?;
    }
}

/// Reads what is there; false once the stream has ended.
fn pump<R: Read>(stream: &mut Option<R>, into: &mut Capture, buffer: &mut [u8]) -> io::Result<bool> {
    let Some(reader) = stream else { return Ok(false) };
    // A bounded number of reads, so that a fast writer cannot keep the loop from looking at the clock.
    for _ in 0..64 {
        match reader.read(buffer) {
            Ok(0) => {
                *stream = None;
                return Ok(false);
            }
            Ok(n) => into.push(&buffer[..n]),
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => break,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(true)
}

fn wait(out: Option<&impl AsFd>, err: Option<&impl AsFd>, gone: bool, deadline: Instant) -> io::Result<()> {
    let left = deadline.saturating_duration_since(Instant::now()).min(SLICE);
    let mut fds = Vec::with_capacity(2);
    fds.extend(out.map(|fd| PollFd::new(fd, PollFlags::IN)));
    fds.extend(err.map(|fd| PollFd::new(fd, PollFlags::IN)));
    if fds.is_empty() || gone {
        // Both streams are closed but the program lives, or the other way round: look again soon.
        thread::sleep(left.min(Duration::from_millis(5)));
        return Ok(());
    }
    let left = Timespec { tv_sec: 0, tv_nsec: i64::from(left.subsec_nanos()) };
    match poll(&mut fds, Some(&left)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(e) => Err(e.into()),
    }
}

/// While it lives, new files of this process and of its children are private (umask 077).
pub(crate) struct Private;

static HOLDERS: Mutex<(usize, Option<Mode>)> = Mutex::new((0, None));

impl Private {
    pub(crate) fn enter() -> Self {
        let mut holders = HOLDERS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if holders.0 == 0 {
            holders.1 = Some(umask(Mode::RWXG | Mode::RWXO));
        }
        holders.0 += 1;
        Self
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        let mut holders = HOLDERS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        holders.0 -= 1;
        if let (0, Some(before)) = (holders.0, holders.1) {
            umask(before);
        }
    }
}
