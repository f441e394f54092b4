//! The real binary in a folder of its own: without the caller's environment, with paths and times masked.

#![allow(dead_code, reason = "each test file uses some of it")]

pub mod release;
pub mod reports;
pub mod skip;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::OnceLock,
};

use serde_json::Value;
use tempfile::TempDir;

pub const DONE: i32 = 0;
pub const NEGATIVE: i32 = 1;
pub const ERROR: i32 = 2;
pub const INCOMPLETE: i32 = 3;

/// What one call of the binary said.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Fails with everything that was said where the exit code is another one.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "\n--- stdout\n{}\n--- stderr\n{}", self.stdout, self.stderr);
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {}", self.stdout))
    }

    /// Both streams.
    pub fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("what is printed is UTF-8");
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// A folder for one test.
pub struct Place {
    dir: TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self { dir: tempfile::Builder::new().prefix("jx-").tempdir().expect("a folder for a test") }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn at(&self, name: impl AsRef<Path>) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.at(name);
        fs::create_dir_all(path.parent().expect("a name in the folder")).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// The binary with this folder as the current one.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = command();
        command.current_dir(self.path()).args(args);
        command
    }

    pub fn run(&self, args: &[&str]) -> Run {
        self.command(args).output().expect("the binary starts").into()
    }

    /// Without the folder of the test and without moments.
    pub fn masked(&self, text: &str) -> String {
        masked(&text.replace(&self.path().display().to_string(), "<dir>"))
    }

    /// Every file below a folder with its bytes, by its path in it.
    pub fn files(&self, name: &str) -> Vec<(PathBuf, Vec<u8>)> {
        files(&self.at(name))
    }
}

/// The binary without the caller's environment.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jixian"));
    command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").stdin(Stdio::null());
    command
}

/// RFC 3339 moments become `<time>`.
pub fn masked(text: &str) -> String {
    let moment = regex::Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)").unwrap();
    moment.replace_all(text, "<time>").into_owned()
}

pub fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    fn walk(folder: &Path, base: &Path, all: &mut Vec<(PathBuf, Vec<u8>)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, base, all);
            } else {
                all.push((path.strip_prefix(base).unwrap().to_path_buf(), fs::read(&path).unwrap()));
            }
        }
    }
    let mut all = Vec::new();
    walk(folder, folder, &mut all);
    all.sort();
    all
}

pub fn copy(from: &Path, to: &Path) {
    for (name, bytes) in files(from) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

pub fn json(path: &Path) -> Value {
    let bytes = fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_slice(&bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The sample of the repository.
pub fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/tianfu")
}

pub const SYSTEMS: &str = r#"schema: jixian.inventory/v1
timezone: "+08:00"
systems:
  - {id: sys, name: 系统, level: 2, s: 2, a: 2, cii: "no", operator: 单位, extensions: []}
subsites:
  - {id: site, system: sys, kind: web, name: 站点, organisation: 单位, level: county, exposure: internal, profiles: [gbt-22239-2019-l2]}
"#;

/// An inventory of one subsite with these lines of assets.
pub fn inventory(assets: &[&str]) -> String {
    let lines: String = assets.iter().map(|asset| format!("  - {asset}\n")).collect();
    format!("{SYSTEMS}defaults: {{parallel: 2, host_deadline_s: 60, item_timeout_s: 10}}\nassets:\n{lines}")
}

/// Recorded evidence only: nothing of this machine, so that results are the same everywhere.
pub fn recorded_assets() -> Vec<String> {
    let at = |name: &str| sample().join(name).display().to_string();
    vec![
        format!("{{id: app, kind: app.package, serves: [site], path: \"{}\"}}", at("packages/tianfu-dept.apk")),
        format!(
            "{{id: dmz, kind: network.nmap, serves: [site], path: \"{}\", vantage: internal}}",
            at("scans/dmz.xml")
        ),
        format!(
            "{{id: portal, kind: tls.endpoint, serves: [site], via: recorded, path: \"{}\"}}",
            at("recorded/city-tls")
        ),
        format!("{{id: web-01, kind: host.linux, serves: [site], via: recorded, path: \"{}\"}}", at("recorded/web-01")),
    ]
}

/// A bundle of recorded evidence, collected and judged once for all tests of a file. Copy it before changing it.
pub fn judged() -> &'static Path {
    static JUDGED: OnceLock<PathBuf> = OnceLock::new();
    JUDGED.get_or_init(|| {
        let folder = shared("judged");
        let assets = recorded_assets();
        let assets: Vec<_> = assets.iter().map(String::as_str).collect();
        fs::write(folder.join("inventory.yaml"), inventory(&assets)).unwrap();
        let run = |args: &[&str]| Run::from(command().current_dir(&folder).args(args).output().unwrap()).exits(DONE);
        run(&["-q", "collect", "inventory.yaml", "--out", "collected", "--operator", "示例评估员"]);
        run(&["-q", "evaluate", "collected", "--out", "bundle"]);
        folder.join("bundle")
    })
}

/// The sample inventory, assessed once for all tests of a file: three subsites, with this machine as one of the assets.
pub fn assessed() -> &'static Path {
    static ASSESSED: OnceLock<PathBuf> = OnceLock::new();
    ASSESSED.get_or_init(|| {
        let folder = shared("assessed");
        let inventory = sample().join("inventory.yaml");
        let out = folder.join("out");
        let output = command().arg("assess").arg(inventory).arg("--out").arg(&out).output().unwrap();
        let run = Run::from(output).exits(DONE);
        fs::write(folder.join("stdout"), run.stdout).unwrap();
        fs::write(folder.join("stderr"), run.stderr).unwrap();
        folder
    })
}

/// An empty folder below `target/` that outlives the process; the next run of the same test file begins anew.
fn shared(name: &str) -> PathBuf {
    let binary = std::env::current_exe().unwrap();
    let binary = binary.file_stem().unwrap().to_string_lossy().into_owned();
    let binary = binary.rsplit_once('-').map_or(binary.as_str(), |(name, _)| name);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(binary).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Words of an outcome's verdict by check and asset.
pub fn verdicts(outcomes: &Value) -> std::collections::BTreeMap<(String, String), String> {
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned();
    let rows = outcomes.as_array().expect("outcomes");
    rows.iter().map(|o| ((text(&o["check"]), text(&o["asset"])), text(&o["verdict"]))).collect()
}

pub fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout == b"0\n")
}

pub fn han(text: &str) -> Vec<char> {
    text.chars()
        .filter(|c| matches!(c, '\u{3000}'..='\u{303f}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ff60}'))
        .collect()
}
