//! What benchmarks share: the clock, the memory and processor time of a child, and the sample.
#![allow(dead_code, reason = "each benchmark uses a part of it")]

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// The release binary that `cargo bench` built.
pub const BINARY: &str = env!("CARGO_BIN_EXE_jixian");

/// What a run of a program took.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    pub wall: Duration,
    /// Processor time of it and of everything that it started, to 10 ms.
    pub cpu: Duration,
    /// Peak resident memory of the program itself, in kB.
    pub peak: u64,
    pub code: Option<i32>,
}

/// Runs a program to its end.
pub fn run(program: &str, args: &[&str]) -> Usage {
    run_watched(program, args, |_| {})
}

/// The same, showing its resident memory (kB) every few milliseconds.
pub fn run_watched(program: &str, args: &[&str], mut watch: impl FnMut(u64)) -> Usage {
    let before = cpu_of_children();
    let begun = Instant::now();
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let code = loop {
        if let Some(ended) = child.try_wait().expect("it is our child") {
            break ended.code();
        }
        let text = fs::read_to_string(&status).unwrap_or_default();
        peak = peak.max(kilobytes(&text, "VmHWM:"));
        watch(kilobytes(&text, "VmRSS:"));
        std::thread::sleep(Duration::from_millis(1));
    };
    Usage { wall: begun.elapsed(), cpu: cpu_of_children().saturating_sub(before), peak, code }
}

/// The quickest of several runs; the peak is the highest.
pub fn best(times: usize, mut one: impl FnMut() -> Usage) -> Usage {
    let runs: Vec<_> = (0..times).map(|_| one()).collect();
    let peak = runs.iter().map(|run| run.peak).max().unwrap_or(0);
    let least = runs.iter().min_by_key(|run| run.wall).expect("there was a run");
    let cpu = runs.iter().map(|run| run.cpu).min().unwrap_or_default();
    Usage { peak, cpu, ..*least }
}

/// Peak resident memory of this process, in kB.
pub fn own_peak() -> u64 {
    kilobytes(&fs::read_to_string("/proc/self/status").unwrap_or_default(), "VmHWM:")
}

fn kilobytes(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0)
}

/// Children that were waited for, with theirs; Linux counts in hundredths of a second.
fn cpu_of_children() -> Duration {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<_> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: u64 = [13, 14].iter().filter_map(|at| fields.get(*at)?.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// One line of results.
pub fn report(name: &str, usage: Usage, target: &str) {
    let code = usage.code.map_or_else(|| "killed".to_owned(), |code| code.to_string());
    say(&format!(
        "{name:44} {:9.1} ms  {:7.0} ms CPU  peak {:6.1} MB  exit {code}   target: {target}",
        usage.wall.as_secs_f64() * 1e3,
        usage.cpu.as_secs_f64() * 1e3,
        usage.peak as f64 / 1e3
    ));
}

pub fn say(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// A folder of this run, removed with it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("jixian-bench-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("the folder of temporary files takes folders");
        Self(path)
    }

    pub fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    pub fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.0.join(name), text).expect("there is room");
        self.path(name)
    }

    pub fn remove(&self, name: &str) {
        let _ = fs::remove_dir_all(self.0.join(name));
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// `samples/tianfu` as an absolute path.
pub fn sample() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/tianfu").display().to_string()
}
