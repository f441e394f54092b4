//! Decodes foreign files in a bounded child process of the same binary: a crash, a flood or an endless loop there is an
//! `Unknown`, and the parent lives on.

use std::{
    env,
    fs::File,
    io::{self, BufWriter, Read, Seek, Write},
    os::fd::AsFd,
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    collect::{
        process::{self, End},
        runner::StopFlag,
    },
    formats::{self, Input},
    model::{DecodeFailure, Decoder},
};

/// The hidden subcommand of this binary.
pub const SUBCOMMAND: &str = "__parse";

/// Address space of the child.
const MEMORY: u64 = 768 << 20;
/// Seconds of processor time of the child.
const CPU: u64 = 30;
/// JSON that is taken from the child.
const ANSWER: u64 = 64 << 20;

/// Starts the child for each file.
#[derive(Clone, Debug)]
pub struct ChildDecoder {
    program: PathBuf,
    patience: Duration,
    stop: StopFlag,
}

impl ChildDecoder {
    /// Uses the binary that is running.
    pub fn of_this_binary() -> io::Result<Self> {
        Ok(Self::new(env::current_exe()?))
    }

    /// Uses `program`, which has to know [`SUBCOMMAND`].
    pub fn new(program: PathBuf) -> Self {
        Self { program, patience: Duration::from_secs(60), stop: StopFlag::default() }
    }

    /// How long one file may take.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Ends early when the flag is set.
    #[must_use]
    pub fn stopping_with(mut self, stop: StopFlag) -> Self {
        self.stop = stop;
        self
    }

    /// Decodes a regular file where it lies: the child reads it itself, in windows.
    pub fn decode_file(&self, format: &str, file: File) -> Result<Value, DecodeFailure> {
        self.converse(format, Stdio::from(file), None)
    }

    fn converse(&self, format: &str, stdin: Stdio, feed: Option<&mut dyn Read>) -> Result<Value, DecodeFailure> {
        let mut command = Command::new(&self.program);
        command.arg(SUBCOMMAND).arg(format).env_clear().current_dir("/").stdin(stdin);
        let deadline = Instant::now() + self.patience;
        let finished = process::converse(command, feed, ANSWER, deadline, &self.stop)
            .map_err(|e| crashed(&format!("{}: {e}", self.program.display())))?;
        match finished.end {
            End::Timeout => Err(DecodeFailure::Killed { millis: millis(self.patience) }),
            End::Stopped => Err(DecodeFailure::Killed { millis: 0 }),
            End::Endless => Err(DecodeFailure::Budget { what: "the answer has no end".to_owned() }),
            End::Error(e) => Err(DecodeFailure::Malformed { offset: 0, what: format!("the input ended in: {e}") }),
            End::Exited(_) if finished.stdout.truncated() => {
                Err(DecodeFailure::Budget { what: format!("an answer of over {ANSWER} bytes") })
            }
            End::Exited(status) if !status.success() => {
                let said = String::from_utf8_lossy(&finished.stderr.kept);
                let said = said.lines().find(|line| !line.is_empty()).unwrap_or_default();
                Err(crashed(format!("{status} {said}").trim()))
            }
            End::Exited(_) => match serde_json::from_slice(&finished.stdout.kept) {
                Ok(Answer::Ok(value)) => Ok(value),
                Ok(Answer::Failure(failure)) => Err(failure.into()),
                Err(e) => Err(crashed(&format!("no answer: {e}"))),
            },
        }
    }
}

impl Decoder for ChildDecoder {
    fn decode(&self, format: &str, bytes: &[u8]) -> Result<Value, DecodeFailure> {
        self.decode_stream(format, &mut &*bytes)
    }

    fn decode_stream(&self, format: &str, input: &mut dyn Read) -> Result<Value, DecodeFailure> {
        if formats::wants_file(format) {
            return self.decode_file(format, spooled(input)?);
        }
        self.converse(format, Stdio::piped(), Some(input))
    }
}

/// A file without a name that holds the stream, so that the child can read it in windows.
fn spooled(input: &mut dyn Read) -> Result<File, DecodeFailure> {
    let mut file = tempfile::tempfile().map_err(|e| crashed(&format!("no file to decode from: {e}")))?;
    io::copy(input, &mut file)
        .and_then(|_| file.rewind())
        .map_err(|e| DecodeFailure::Malformed { offset: 0, what: format!("the input ended in: {e}") })?;
    Ok(file)
}

fn crashed(what: &str) -> DecodeFailure {
    DecodeFailure::Crashed { what: what.to_owned() }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The child's side: bounds itself, decodes its standard input and writes the answer.
///
/// # Errors
/// Where the bounds cannot be set or the answer cannot be written; the process has to end in failure then.
pub fn serve(format: &str) -> io::Result<()> {
    bound_myself()?;
    let stdin = io::stdin();
    let file = File::from(stdin.as_fd().try_clone_to_owned()?);
    let mut out = BufWriter::with_capacity(256 << 10, io::stdout().lock());
    if file.metadata().is_ok_and(|meta| meta.is_file()) {
        answer(format, Input::File(file), &mut out)?;
    } else {
        let mut stream = file;
        answer(format, Input::Stream(&mut stream), &mut out)?;
    }
    out.flush()
}

/// Decodes and answers, without any bounds of its own.
pub fn answer(format: &str, input: Input<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut begun = Prefixed { out, begun: false };
    match formats::write(format, input, &mut begun) {
        Ok(()) => begun.out.write_all(b"}"),
        // Something was written already: the parent must not take it for an answer.
        Err(failure) if begun.begun => Err(io::Error::other(failure.to_string())),
        Err(failure) => Ok(serde_json::to_writer(begun.out, &Answer::Failure(failure.into()))?),
    }
}

/// Puts the key before the value, once the value begins.
struct Prefixed<'a> {
    out: &'a mut dyn Write,
    begun: bool,
}

impl Write for Prefixed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.begun {
            self.begun = true;
            self.out.write_all(br#"{"ok":"#)?;
        }
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// No core, no files beside the three that are open, bounded memory and time, and no life after the parent's.
fn bound_myself() -> io::Result<()> {
    let set = |resource, limit| {
        setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) }).map_err(io::Error::from)
    };
    set(Resource::Core, 0)?;
    set(Resource::As, MEMORY)?;
    set(Resource::Cpu, CPU)?;
    set(Resource::Nofile, 8)?;
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(io::Error::from)
}

/// What goes over the pipe.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Ok(Value),
    Failure(Failure),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Failure {
    NoSuchFormat { format: String },
    Malformed { offset: u64, what: String },
    Budget { what: String },
    Killed { millis: u64 },
    Crashed { what: String },
}

impl From<DecodeFailure> for Failure {
    fn from(failure: DecodeFailure) -> Self {
        match failure {
            DecodeFailure::NoSuchFormat { format } => Self::NoSuchFormat { format },
            DecodeFailure::Malformed { offset, what } => Self::Malformed { offset, what },
            DecodeFailure::Budget { what } => Self::Budget { what },
            DecodeFailure::Killed { millis } => Self::Killed { millis },
            DecodeFailure::Crashed { what } => Self::Crashed { what },
        }
    }
}

impl From<Failure> for DecodeFailure {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NoSuchFormat { format } => Self::NoSuchFormat { format },
            Failure::Malformed { offset, what } => Self::Malformed { offset, what },
            Failure::Budget { what } => Self::Budget { what },
            Failure::Killed { millis } => Self::Killed { millis },
            Failure::Crashed { what } => Self::Crashed { what },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    /// A child that does what `script` says instead of decoding.
    fn child(name: &str, script: &str) -> (tempfile::TempDir, ChildDecoder) {
        let folder = tempfile::Builder::new().prefix(name).tempdir().unwrap();
        let path = folder.path().join("child");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        (folder, ChildDecoder::new(path).patience(Duration::from_secs(2)))
    }

    fn decode(script: &str, bytes: &[u8]) -> Result<Value, DecodeFailure> {
        let (_folder, decoder) = child("child", script);
        decoder.decode("any", bytes)
    }

    #[test]
    fn what_the_child_answers_is_the_answer() {
        assert_eq!(decode(r#"echo '{"ok": [1]}'"#, b"").unwrap(), serde_json::json!([1]));
        assert_eq!(
            decode(r#"echo '{"failure": {"malformed": {"offset": 7, "what": "x"}}}'"#, b""),
            Err(DecodeFailure::Malformed { offset: 7, what: "x".into() })
        );
    }

    #[test]
    fn the_child_is_given_every_byte_though_the_pipe_is_small() {
        let bytes = vec![b'x'; 3 << 20];
        assert_eq!(decode(r#"n=$(wc -c); echo "{\"ok\": $n}""#, &bytes).unwrap(), serde_json::json!(3 << 20));
    }

    #[test]
    fn a_child_that_reads_nothing_is_still_heard() {
        assert_eq!(decode(r#"echo '{"ok": 1}'"#, &vec![0; 3 << 20]).unwrap(), serde_json::json!(1));
    }

    #[test]
    fn a_crash_is_a_crash_and_half_an_answer_is_none() {
        assert!(matches!(decode("kill -SEGV $$", b""), Err(DecodeFailure::Crashed { .. })));
        assert!(matches!(decode(r#"printf '{"ok": [1,'; exit 0"#, b""), Err(DecodeFailure::Crashed { .. })));
        assert!(matches!(decode(r#"echo '{"ok": 1}'; exit 1"#, b""), Err(DecodeFailure::Crashed { .. })));
        let gone = ChildDecoder::new("/no/such/program".into());
        assert!(matches!(gone.decode("any", b""), Err(DecodeFailure::Crashed { .. })));
    }

    #[test]
    fn a_child_that_loops_is_killed() {
        assert_eq!(decode("while :; do :; done", b"x"), Err(DecodeFailure::Killed { millis: 2000 }));
        assert_eq!(decode("exec sleep 4646", &vec![0; 3 << 20]), Err(DecodeFailure::Killed { millis: 2000 }));
    }

    #[test]
    fn answers_are_those_of_the_decoder() {
        let mut out = Vec::new();
        answer("nmap-xml", Input::Stream(&mut &b"<html/>"[..]), &mut out).unwrap();
        assert!(matches!(serde_json::from_slice(&out).unwrap(), Answer::Failure(Failure::Malformed { .. })));
        out.clear();
        answer("nmap-xml", Input::Stream(&mut &b"<nmaprun/>"[..]), &mut out).unwrap();
        assert!(matches!(serde_json::from_slice(&out).unwrap(), Answer::Ok(_)));
        out.clear();
        answer("nothing", Input::Stream(&mut &b""[..]), &mut out).unwrap();
        assert!(matches!(serde_json::from_slice(&out).unwrap(), Answer::Failure(Failure::NoSuchFormat { .. })));
    }
}
