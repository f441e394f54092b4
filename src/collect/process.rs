//! Runs one program within bounds: own process group, no input, fixed environment, capped output, one deadline.

use std::{
    io::{self, Read, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
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
        .stdin(Stdio::null());
    converse(command, None, cap, deadline, stop)
}

/// Starts `command` in a process group of its own, feeds it, and takes what it says until it ends or its time is over.
pub(crate) fn converse(
    mut command: Command,
    feed: Option<&mut dyn Read>,
    cap: u64,
    deadline: Instant,
    stop: &StopFlag,
) -> Result<Finished, io::Error> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = Group(command.spawn()?);
    let mut streams = Streams::new(&mut child.0, feed, cap)?;
    let end = match streams.until_end(&mut child.0, deadline, stop) {
        Ok(end) => end,
        Err(error) => End::Error(error),
    };
    Ok(Finished { end, stdout: streams.stdout, stderr: streams.stderr })
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

/// The pipes of one child, none of which ever blocks.
struct Streams<'a> {
    feed: Option<Feed<'a>>,
    out: Option<ChildStdout>,
    err: Option<ChildStderr>,
    stdout: Capture,
    stderr: Capture,
    buffer: Vec<u8>,
}

/// What the child is given, a window at a time.
struct Feed<'a> {
    source: &'a mut dyn Read,
    pipe: ChildStdin,
    window: Vec<u8>,
    sent: usize,
}

impl<'a> Streams<'a> {
    fn new(child: &mut Child, feed: Option<&'a mut dyn Read>, cap: u64) -> io::Result<Self> {
        let (pipe, out, err) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        if let Some(pipe) = &pipe {
            fcntl_setfl(pipe, OFlags::NONBLOCK)?;
        }
        if let (Some(out), Some(err)) = (&out, &err) {
            fcntl_setfl(out, OFlags::NONBLOCK)?;
            fcntl_setfl(err, OFlags::NONBLOCK)?;
        }
        let feed = feed.zip(pipe).map(|(source, pipe)| Feed { source, pipe, window: Vec::new(), sent: 0 });
        let (stdout, stderr) = (Capture::new(cap), Capture::new(STDERR_CAP));
        Ok(Self { feed, out, err, stdout, stderr, buffer: vec![0; 64 << 10] })
    }

    fn until_end(&mut self, child: &mut Child, deadline: Instant, stop: &StopFlag) -> io::Result<End> {
        let mut gone: Option<(ExitStatus, Instant)> = None;
        loop {
            if gone.is_none() {
                gone = child.try_wait()?.map(|status| (status, Instant::now()));
            }
            if let Some(feed) = &mut self.feed
                && (gone.is_some() || !feed.push()?)
            {
                self.feed = None;
            }
            let closed = !pump(&mut self.out, &mut self.stdout, &mut self.buffer)?
                & !pump(&mut self.err, &mut self.stderr, &mut self.buffer)?;
            if self.stdout.size > self.stdout.cap.saturating_mul(ENDLESS) {
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
            self.wait(gone.is_some(), deadline)?;
        }
    }

    fn wait(&self, gone: bool, deadline: Instant) -> io::Result<()> {
        let left = deadline.saturating_duration_since(Instant::now()).min(SLICE);
        let mut fds = Vec::with_capacity(3);
        fds.extend(self.out.as_ref().map(|fd| PollFd::new(fd, PollFlags::IN)));
        fds.extend(self.err.as_ref().map(|fd| PollFd::new(fd, PollFlags::IN)));
        fds.extend(self.feed.as_ref().map(|feed| PollFd::new(&feed.pipe, PollFlags::OUT)));
        if fds.is_empty() || gone {
            // All pipes are closed but the program lives, or the other way round: look again soon.
            thread::sleep(left.min(Duration::from_millis(2)));
            return Ok(());
        }
        let left = Timespec { tv_sec: 0, tv_nsec: i64::from(left.subsec_nanos()) };
        match poll(&mut fds, Some(&left)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }
}

impl Feed<'_> {
    /// Writes what the pipe takes; false once everything was given, or the child wants no more.
    fn push(&mut self) -> io::Result<bool> {
        loop {
            if self.sent == self.window.len() {
                self.window.resize(256 << 10, 0);
                let n = self.source.read(&mut self.window)?;
                self.window.truncate(n);
                self.sent = 0;
                if n == 0 {
                    return Ok(false);
                }
            }
            match self.pipe.write(&self.window[self.sent..]) {
                Ok(n) => self.sent += n,
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => return Ok(true),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                // The child ended or closed its input: what it says decides.
                Err(e) if e.kind() == io::ErrorKind::BrokenPipe => return Ok(false),
                Err(e) => return Err(e),
            }
        }
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
