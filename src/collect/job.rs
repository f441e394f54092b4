//! One bounded item of collection: what to read, for how long, how much of it, and what to mask at the source.

use std::time::Duration;

use crate::model::ItemStatus;

/// Masks secrets before anything leaves the runner: the masked bytes, and how many places were masked.
pub type Redactor = fn(&[u8]) -> (Vec<u8>, u32);

/// Reads something that is neither one command nor one file, in this process.
pub type Builtin = fn(&Bounds) -> Result<Vec<u8>, BuiltinFailure>;

/// What a [`Builtin`] has to keep to.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// When the item's time is up.
    pub deadline: std::time::Instant,
    /// The most bytes that will be kept.
    pub cap: u64,
}

/// How a [`Builtin`] ended when it has nothing to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltinFailure {
    /// Never `Ok`.
    pub status: ItemStatus,
    pub note: String,
}

/// One item of collection. Tables of jobs are constants, so no text from outside can become a command.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// The stable name that decoders ask for, such as `ssh.effective`; unique within a part.
    pub item: &'static str,
    pub how: How,
    pub timeout: Duration,
    /// Bytes that are kept; of what is longer the head is kept and the whole is hashed.
    pub cap: u64,
    pub redact: Option<Redactor>,
    /// Return codes that mean success beside 0.
    pub ok_rc: &'static [i32],
    /// Signs that the thing asked for is proven not to exist.
    pub absent_when: &'static [Hint],
    /// Signs that this account may not ask, beside the usual wordings.
    pub denied_when: &'static [Hint],
}

/// Where an item comes from.
#[derive(Clone, Copy, Debug)]
pub enum How {
    /// A program and its arguments; the program is looked up in a fixed path.
    Argv(&'static [&'static str]),
    /// One file. A missing file is `absent`.
    File(&'static str),
    /// Several files and `*` patterns (in the last component only), as [`crate::formats::files`] writes them down.
    Glob(&'static [&'static str]),
    Builtin(Builtin),
}

/// What tells apart the ways in which a command can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    Rc(i32),
    /// The head of standard error contains this.
    Stderr(&'static str),
    /// Standard output contains this.
    Stdout(&'static str),
}

/// 4 MiB.
pub const DEFAULT_CAP: u64 = 4 << 20;
/// Ten seconds.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

impl Job {
    /// A job with the usual limits: ten seconds, 4 MiB.
    pub const fn new(item: &'static str, how: How) -> Self {
        Self {
            item,
            how,
            timeout: DEFAULT_TIMEOUT,
            cap: DEFAULT_CAP,
            redact: None,
            ok_rc: &[],
            absent_when: &[],
            denied_when: &[],
        }
    }

    pub const fn argv(item: &'static str, argv: &'static [&'static str]) -> Self {
        Self::new(item, How::Argv(argv))
    }

    pub const fn file(item: &'static str, path: &'static str) -> Self {
        Self::new(item, How::File(path))
    }

    pub const fn glob(item: &'static str, patterns: &'static [&'static str]) -> Self {
        Self::new(item, How::Glob(patterns))
    }

    pub const fn builtin(item: &'static str, read: Builtin) -> Self {
        Self::new(item, How::Builtin(read))
    }

    #[must_use]
    pub const fn redacted(mut self, redact: Redactor) -> Self {
        self.redact = Some(redact);
        self
    }

    #[must_use]
    pub const fn seconds(mut self, seconds: u64) -> Self {
        self.timeout = Duration::from_secs(seconds);
        self
    }

    #[must_use]
    pub const fn capped(mut self, bytes: u64) -> Self {
        self.cap = bytes;
        self
    }

    #[must_use]
    pub const fn ok_rc(mut self, codes: &'static [i32]) -> Self {
        self.ok_rc = codes;
        self
    }

    #[must_use]
    pub const fn absent_when(mut self, hints: &'static [Hint]) -> Self {
        self.absent_when = hints;
        self
    }

    #[must_use]
    pub const fn denied_when(mut self, hints: &'static [Hint]) -> Self {
        self.denied_when = hints;
        self
    }
}
