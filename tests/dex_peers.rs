//! The reader of dex files against tools that share no code with it: the assembler of smali, `dexdump` and `dexlist`.
//!
//! On Debian: libsmali-java, dexdump, dexlist, npm, unzip. What is missing is said, and fails where everything has to be
//! tested (`JIXIAN_CI`). Packages of real apps are had from npm once, into `target/npm-packages`.
#![allow(clippy::disallowed_methods, reason = "the tools are processes, and what they read are files")]

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use jixian::formats::{
    code::{CodeFindings, On, When, rules, scan_dex},
    dex::{self, Dex},
};
use libtest_mimic::{Arguments, Failed, Trial};

/// Packages of npm, and the APK inside.
const PACKAGES: &[(&str, &str, &str)] = &[
    ("io.appium.settings", "8.0.10", "apks/settings_apk-debug.apk"),
    ("appium-uiautomator2-server", "10.6.6", "apks/appium-uiautomator2-server-v10.6.6.apk"),
    ("android-apidemos", "5.0.0", "apks/ApiDemos-debug.apk"),
];

fn main() {
    let mut trials = Vec::new();
    let smali = has("smali");
    let dumps = has("dexdump") && has("dexlist");
    for family in families() {
        let name = family.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let path = family.clone();
        trials.push(trial(format!("{name} assembles to the fixture"), smali, "no smali", move || assembles(&path)));
        let file = family.with_extension("dex");
        trials.push(trial(format!("{name} as dexdump reads it"), dumps, "no dexdump or dexlist", move || same(&file)));
    }
    trials.push(trial("every rule without a condition is found".to_owned(), smali, "no smali", unconditional));
    for (package, version, apk) in PACKAGES {
        let unpacked = if dumps && has("unzip") { unpacked(package, version, apk) } else { None };
        let why = "no dexdump, dexlist or unzip, or no npm to fetch it with";
        let folder = unpacked.clone().unwrap_or_default();
        trials.push(trial(format!("{package} as dexdump reads it"), unpacked.is_some(), why, move || {
            let files = dex_files(&folder);
            assert!(!files.is_empty(), "an APK has code");
            files.iter().try_for_each(|file| same(file))
        }));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// One that is ignored where its tools are missing, unless everything has to be tested.
fn trial(
    name: String,
    possible: bool,
    why: &'static str,
    test: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    if possible {
        return Trial::test(name, test);
    }
    if env::var_os("JIXIAN_CI").is_some() {
        return Trial::test(name, move || Err(why.into()));
    }
    Trial::test(name, || Ok(())).with_ignored_flag(true).with_kind(why)
}

fn has(tool: &str) -> bool {
    let mut paths = env::var_os("PATH").map(|paths| env::split_paths(&paths).collect::<Vec<_>>()).unwrap_or_default();
    paths.iter_mut().any(|folder| folder.join(tool).is_file())
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn families() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("tests/data/dex")).expect("fixtures are there");
    let mut folders: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn dex_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|end| end == "dex")).collect();
    files.sort();
    files
}

fn run(command: &mut Command) -> Result<String, Failed> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into())
}

/// The code of an APK from npm, in a folder; nothing where it cannot be had.
fn unpacked(package: &str, version: &str, apk: &str) -> Option<PathBuf> {
    let packages = root().join("target/npm-packages");
    let folder = packages.join(format!("{package}-{version}"));
    if dex_files(&folder).is_empty() {
        fs::create_dir_all(&folder).ok()?;
        let archive = packages.join(format!("{package}-{version}.tgz"));
        if !archive.is_file() {
            let name = format!("{package}@{version}");
            run(Command::new("npm").args(["pack", "--silent", &name]).current_dir(&packages)).ok()?;
        }
        run(Command::new("tar").arg("xzf").arg(&archive).arg("-C").arg(&folder)).ok()?;
        let apk = folder.join("package").join(apk);
        run(Command::new("unzip").args(["-qo"]).arg(apk).arg("classes*.dex").arg("-d").arg(&folder)).ok()?;
    }
    Some(folder)
}

/// The source is what the fixture was made of.
fn assembles(family: &Path) -> Result<(), Failed> {
    let out = tempfile::tempdir()?;
    let made = assemble(family, out.path())?;
    assert!(made == fs::read(family.with_extension("dex"))?, "scripts/make-dex-fixtures.sh makes it anew");
    Ok(())
}

fn assemble(sources: &Path, out: &Path) -> Result<Vec<u8>, Failed> {
    let file = out.join("classes.dex");
    run(Command::new("smali").args(["assemble", "--jobs", "1", "--api", "28", "--output"]).arg(&file).arg(sources))?;
    Ok(fs::read(file)?)
}

/// What one tool or the other says of a file.
#[derive(Default, PartialEq)]
struct Reading {
    strings: u64,
    types: u64,
    protos: u64,
    fields: u64,
    methods: u64,
    classes: u64,
    /// Methods that are called, by where the code of the caller lies.
    calls: BTreeMap<u64, BTreeSet<u64>>,
    /// Strings that are loaded, in the same way.
    loads: BTreeMap<u64, BTreeSet<u64>>,
}

fn same(file: &Path) -> Result<(), Failed> {
    let bytes = fs::read(file)?;
    let dex = dex::parts(&bytes).remove(0)?;
    let (ours, theirs) = (ours(&dex)?, dexdump(file)?);
    let counts = |one: &Reading| [one.strings, one.types, one.protos, one.fields, one.methods, one.classes];
    assert_eq!(counts(&ours), counts(&theirs), "{}", file.display());
    differ(&ours.calls, &theirs.calls, "calls")?;
    differ(&ours.loads, &theirs.loads, "strings")?;
    let listed = run(Command::new("dexlist").arg(file))?;
    let theirs: BTreeSet<String> = listed.lines().filter_map(|line| line.strip_prefix("0x")).map(first_four).collect();
    assert_eq!(methods(&dex)?, theirs, "{}", file.display());
    Ok(())
}

fn differ(
    ours: &BTreeMap<u64, BTreeSet<u64>>,
    theirs: &BTreeMap<u64, BTreeSet<u64>>,
    what: &str,
) -> Result<(), Failed> {
    let places: BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
    match places.into_iter().find(|place| ours.get(place) != theirs.get(place)) {
        Some(place) => {
            Err(format!("{what} of the code at {place:#x}: {:?}, {:?}", ours.get(place), theirs.get(place)).into())
        }
        None => Ok(()),
    }
}

fn ours(dex: &Dex<'_>) -> Result<Reading, Failed> {
    let mut reading = Reading {
        strings: dex.string_count().into(),
        types: dex.type_count().into(),
        protos: dex.proto_count().into(),
        fields: dex.field_count().into(),
        methods: dex.method_count().into(),
        classes: dex.class_count().into(),
        ..Reading::default()
    };
    for class in dex.classes() {
        for method in dex.methods(&class, usize::MAX).filter(|method| method.code != 0) {
            let mut instructions = dex.code(method.code)?.instructions();
            for instruction in &mut instructions {
                if let Some(callee) = instruction.callee() {
                    reading.calls.entry(method.code.into()).or_default().insert(callee.into());
                }
                if let Some(string) = instruction.string() {
                    reading.loads.entry(method.code.into()).or_default().insert(string.into());
                }
            }
            assert_eq!(instructions.error(), None);
        }
    }
    Ok(reading)
}

/// `dexdump` prints a line for each instruction: `000328: 7010 .. |0000: invoke-direct {v0}, .. // method@000b`.
fn dexdump(file: &Path) -> Result<Reading, Failed> {
    let mut child = Command::new("dexdump").args(["-d", "-f"]).arg(file).stdout(Stdio::piped()).spawn()?;
    let mut reading = Reading::default();
    let mut place = 0;
    let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        let header = |name: &str| text.strip_prefix(name).and_then(|rest| rest.rsplit(' ').next()?.trim().parse().ok());
        for (name, count) in [
            ("string_ids_size", &mut reading.strings),
            ("type_ids_size", &mut reading.types),
            ("proto_ids_size", &mut reading.protos),
            ("field_ids_size", &mut reading.fields),
            ("method_ids_size", &mut reading.methods),
            ("class_defs_size", &mut reading.classes),
        ] {
            *count = header(name).unwrap_or(*count);
        }
        if let Some((_, code)) = text.split_once("|[").filter(|(before, _)| before.trim_end().ends_with(':')) {
            place = number(code).ok_or("the place of code")?;
        } else if let Some((units, instruction)) = text.split_once('|') {
            let instruction = instruction.get(6..).unwrap_or_default();
            if instruction.starts_with("invoke-") && !instruction.starts_with("invoke-custom") {
                let callee = instruction.rsplit_once(" method@").and_then(|(_, digits)| number(digits));
                reading.calls.entry(place).or_default().insert(callee.ok_or("a call of no method")?);
            } else if instruction.starts_with("const-string") {
                reading.loads.entry(place).or_default().insert(index(units).ok_or("no string")?);
            }
        }
        line.clear();
    }
    if child.wait()?.success() { Ok(reading) } else { Err("dexdump failed".into()) }
}

/// The index behind the first unit: strings may hold line ends, so that what is printed of them is no help.
fn index(units: &str) -> Option<u64> {
    let (_, units) = units.split_once(": ")?;
    let bytes: Vec<_> = units.split_whitespace().skip(1).flat_map(|unit| [unit.get(..2), unit.get(2..)]).collect();
    bytes.into_iter().rev().try_fold(0, |index, byte| Some(index << 8 | u64::from_str_radix(byte?, 16).ok()?))
}

fn number(text: &str) -> Option<u64> {
    let digits: String = text.chars().take_while(char::is_ascii_hexdigit).collect();
    u64::from_str_radix(&digits, 16).ok()
}

/// Methods as `dexlist` prints them: where their instructions begin, how many bytes, class and name.
fn methods(dex: &Dex<'_>) -> Result<BTreeSet<String>, Failed> {
    let mut found = BTreeSet::new();
    for class in dex.classes() {
        let name = dex::readable(dex.descriptor(class.class).ok_or("a class without a name")?);
        for method in dex.methods(&class, usize::MAX).filter(|method| method.code != 0) {
            let id = dex.method(method.method).ok_or("no such method")?;
            let bytes = dex.code(method.code)?.units() * 2;
            let method_name = dex.string(id.name).ok_or("a method without a name")?;
            found.insert(format!("{:08x} {bytes} {name} {method_name}", method.code + 16));
        }
    }
    Ok(found)
}

fn first_four(line: &str) -> String {
    line.split(' ').take(4).collect::<Vec<_>>().join(" ")
}

/// One method for each rule that holds wherever its API is used, and the rule finds it there.
fn unconditional() -> Result<(), Failed> {
    let sources = tempfile::tempdir()?;
    let mut expected = BTreeSet::new();
    let mut text = String::from(".class public Lfixture/All;\n.super Ljava/lang/Object;\n");
    for (number, (_, rule)) in rules().filter(|(_, rule)| matches!(rule.when, When::Always)).enumerate() {
        for (way, code) in ways(rule.on).into_iter().enumerate() {
            let name = format!("m{number}_{way}");
            text += &format!(".method public static {name}()V\n.registers 1\n{code}\nreturn-void\n.end method\n");
            expected.insert((rule.id.to_owned(), format!("classes.dex fixture.All.{name}")));
        }
    }
    fs::File::create(sources.path().join("All.smali"))?.write_all(text.as_bytes())?;
    let out = tempfile::tempdir()?;
    let mut found = CodeFindings::default();
    scan_dex("classes.dex", &assemble(sources.path(), out.path())?, &mut found, &mut |_| {});
    let json = serde_json::to_value(&found)?;
    let lists = json.as_object().ok_or("an object")?.values().filter_map(serde_json::Value::as_array).flatten();
    let places: BTreeSet<(String, String)> = lists
        .filter_map(|one| Some((one.get("use")?.as_str()?.to_owned(), one.get("location")?.as_str()?.to_owned())))
        .collect();
    let missing: Vec<_> = expected.difference(&places).collect();
    assert!(missing.is_empty(), "{missing:?}");
    Ok(())
}

/// Code that does what a rule is about, in each way that the rule names.
fn ways(on: On) -> Vec<String> {
    let class = |name: &str| format!("L{};", name.trim_end_matches('*').replace('.', "/"));
    let member = |name: &'static str| if name == "*" { "any" } else { name };
    match on {
        On::Call { classes, method } => classes
            .iter()
            .map(|name| {
                format!("invoke-static {{}}, {}->{}()V", class(name), member(method)).replace("<init>", "_init")
            })
            .filter(|code| !code.contains("_init"))
            .collect(),
        On::Read { classes, field } => {
            let read = |name: &&str| format!("sget-object v0, {}->{}:Ljava/lang/Object;", class(name), member(field));
            classes.iter().map(read).collect()
        }
        On::Text(texts) => {
            texts.iter().map(|text| format!("const-string v0, \"{}\"", text.trim_end_matches('*'))).collect()
        }
        On::Defines(_) | On::Body { .. } => Vec::new(),
    }
}
