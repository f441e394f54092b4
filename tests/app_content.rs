//! What is inside of packages, against tools that share no code with it: libraries that gcc builds here and libraries of npm
//! packages as `readelf` reads them, and the strings and SDKs of real apps.
//!
//! On Debian: gcc, binutils, npm, tar. What is missing is said, and fails where everything has to be tested (`JIXIAN_CI`).
//! Packages are had from npm once, into `target/npm-packages`.
#![allow(clippy::disallowed_methods, reason = "the tools are processes, and what they read are files")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use jixian::{
    formats::{
        native::{self, NativeLib, Relro},
        packers, sdks,
        strings::{Findings, Role, Scanner},
        zip::Archive,
    },
    model::Tri,
};
use libtest_mimic::{Arguments, Failed, Trial};

/// Ways to build a library, and what has to come of it beside what `readelf` says.
const BUILDS: [(&str, &str); 9] = [
    (
        "hardened",
        "-shared -fPIC -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-all -Wl,-z,relro,-z,now,-z,noexecstack,-soname,libzw.so.1",
    ),
    ("weak", "-shared -fPIC -O0 -fno-stack-protector -U_FORTIFY_SOURCE -Wl,-z,norelro,-z,execstack,--build-id=none"),
    ("lazy with rpath", "-shared -fPIC -Wl,-z,relro,-z,lazy,-rpath,/opt/lib,--disable-new-dtags"),
    ("runpath and stripped", "-shared -fPIC -s -Wl,-rpath,$ORIGIN,--enable-new-dtags"),
    ("pages of 16 KiB", "-shared -fPIC -Wl,-z,max-page-size=16384"),
    ("old hash table", "-shared -fPIC -Wl,--hash-style=sysv"),
    ("new hash table", "-shared -fPIC -Wl,--hash-style=gnu"),
    ("text relocations", "-shared -fPIC -DTEXT_RELOCATION -Wl,-z,notext"),
    ("fixed address", "-no-pie -DMAIN"),
];

const SOURCE: &str = r#"
#include <stdio.h>
#include <string.h>
int copy(const char *from) { char to[64]; strcpy(to, from); return printf("%s %zu\n", to, strlen(to)); }
int SM4_encrypt(int block) { return block ^ 0x2b; }
#ifdef TEXT_RELOCATION
__asm__(".text\n.quad puts\n");
#endif
#ifdef MAIN
int main(int count, char **arguments) { return copy(arguments[count - 1]); }
#endif
"#;

/// Packages of npm.
const HERMES: (&str, &str) = ("hermes-engine", "0.11.0");
const SETTINGS: (&str, &str, &str) = ("io.appium.settings", "8.0.10", "apks/settings_apk-debug.apk");
const SERVER: (&str, &str, &str) =
    ("appium-uiautomator2-server", "10.6.6", "apks/appium-uiautomator2-server-v10.6.6.apk");
const DEMOS: (&str, &str, &str) = ("android-apidemos", "5.0.0", "apks/ApiDemos-debug.apk");

fn main() {
    let mut trials = Vec::new();
    let (gcc, readelf) = (has("gcc"), has("readelf"));
    for (name, flags) in BUILDS {
        trials.push(trial(name, gcc && readelf, "no gcc or readelf", move || built(name, flags)));
    }
    let hermes = if readelf { unpacked(HERMES.0, HERMES.1) } else { None };
    let folder = hermes.clone().unwrap_or_default();
    trials.push(trial("libraries of Android", hermes.is_some(), "no readelf, npm or tar", move || of_android(&folder)));
    for (of, check) in [(SETTINGS, settings as fn(&Package) -> _), (SERVER, server), (DEMOS, demos)] {
        let found = unpacked(of.0, of.1).map(|folder| folder.join("package").join(of.2));
        let path = found.clone().unwrap_or_default();
        trials.push(trial(of.0, found.is_some(), "no npm or tar", move || check(&Package::open(&path)?)));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// One that is ignored where its tools are missing, unless everything has to be tested.
fn trial(
    name: &str,
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

fn run(command: &mut Command) -> Result<String, Failed> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into())
}

/// A package of npm, unpacked; nothing where it cannot be had.
fn unpacked(package: &str, version: &str) -> Option<PathBuf> {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/npm-packages");
    let folder = packages.join(format!("{package}-{version}"));
    if !folder.join("package").is_dir() {
        fs::create_dir_all(&folder).ok()?;
        let archive = packages.join(format!("{package}-{version}.tgz"));
        if !archive.is_file() {
            let name = format!("{package}@{version}");
            run(Command::new("npm").args(["pack", "--silent", &name]).current_dir(&packages)).ok()?;
        }
        run(Command::new("tar").arg("xzf").arg(&archive).arg("-C").arg(&folder)).ok()?;
    }
    Some(folder)
}

/// What `readelf` says of a library, in the words of ours. Fortification is compared in its own way: see [`same`].
fn peer(path: &Path, name: &str) -> Result<NativeLib, Failed> {
    let text = run(Command::new("readelf")
        .args(["-W", "-h", "-l", "-d", "-n", "-S", "--dyn-syms"])
        .arg(path)
        .env("LC_ALL", "C"))?;
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let between = |before: &str| -> Vec<String> {
        let found =
            lines.iter().filter_map(|line| line.split_once(before)).map(|(_, rest)| rest.trim_start_matches('['));
        found.filter_map(|rest| rest.split(']').next()).map(str::to_owned).collect()
    };
    let one = |before: &str| between(before).first().cloned().unwrap_or_default();
    let has = |word: &str| lines.iter().any(|line| line.contains(word));
    let segments: Vec<_> = lines.iter().filter(|line| line.starts_with("LOAD ")).collect();
    let imports: Vec<_> = lines
        .iter()
        .filter(|line| line.contains(" UND "))
        .filter_map(|line| line.split_whitespace().nth(7))
        .filter_map(|name| name.split('@').next())
        .collect();
    let stack = lines.iter().find(|line| line.starts_with("GNU_STACK "));
    let now = has("(BIND_NOW)")
        || lines.iter().any(|line| line.starts_with("0x") && line.contains("FLAGS") && line.contains("NOW"));
    let flags = lines.iter().find(|line| line.contains("(FLAGS)"));
    let mut needed = between("Shared library: ");
    needed.sort();
    Ok(NativeLib {
        path: name.to_owned(),
        bits: if has("ELF64") { 64 } else { 32 },
        nx: Tri::from(
            stack.is_some_and(|line| !line.contains("RWE")) && !segments.iter().any(|line| line.contains("RWE")),
        ),
        pie: Tri::from(lines.iter().any(|line| line.starts_with("Type:") && line.contains("DYN"))),
        relro: match (has("GNU_RELRO"), now) {
            (true, true) => Relro::Full,
            (true, false) => Relro::Partial,
            (false, _) => Relro::None,
        },
        canary: if imports.contains(&"__stack_chk_fail") {
            Tri::Yes
        } else if imports.is_empty() {
            Tri::Unknown
        } else {
            Tri::No
        },
        fortify: Tri::from(imports.iter().any(|name| name.starts_with("__") && name.ends_with("_chk"))),
        rpath: one("Library rpath: "),
        runpath: one("Library runpath: "),
        stripped: Tri::from(!has(" .symtab")),
        build_id: lines
            .iter()
            .find_map(|line| line.split_once("Build ID: "))
            .map(|(_, id)| id.to_owned())
            .unwrap_or_default(),
        page_align_16k: Tri::from(segments.iter().all(|line| {
            let align =
                line.rsplit(' ').next().and_then(|align| u64::from_str_radix(align.trim_start_matches("0x"), 16).ok());
            align.is_some_and(|align| align >= 0x4000)
        })),
        text_relocations: Tri::from(has("(TEXTREL)") || flags.is_some_and(|line| line.contains("TEXTREL"))),
        needed,
        soname: one("Library soname: "),
        ..native::read(name, &fs::read(path)?)?
    })
}

fn same(path: &Path, name: &str) -> Result<NativeLib, Failed> {
    let ours = native::read(name, &fs::read(path)?)?;
    let mut theirs = peer(path, name)?;
    if theirs.fortify == Tri::No && ours.fortify == Tri::Unknown {
        theirs.fortify = Tri::Unknown;
    }
    assert_eq!(ours, theirs, "{}", path.display());
    Ok(ours)
}

fn built(name: &str, flags: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let (source, out) = (folder.path().join("zw.c"), folder.path().join("libzw.so"));
    fs::write(&source, SOURCE)?;
    run(Command::new("gcc").arg(&source).args(flags.split(' ')).arg("-o").arg(&out))?;
    let facts = same(&out, "lib/x86_64/libzw.so")?;
    assert_eq!(
        facts.sm.iter().map(|sm| sm.algorithm.as_str()).collect::<Vec<_>>(),
        if name == "fixed address" { vec![] } else { vec!["SM4"] }
    );
    match name {
        "hardened" => {
            assert_eq!(
                (facts.nx, facts.relro, facts.canary, facts.fortify),
                (Tri::Yes, Relro::Full, Tri::Yes, Tri::Yes)
            );
            assert_eq!((facts.soname.as_str(), facts.version.as_str()), ("libzw.so.1", "1"));
        }
        "weak" => {
            assert_eq!((facts.nx, facts.relro, facts.canary, facts.fortify), (Tri::No, Relro::None, Tri::No, Tri::No));
            assert_eq!(facts.build_id, "");
        }
        "lazy with rpath" => assert_eq!((facts.relro, facts.rpath.as_str()), (Relro::Partial, "/opt/lib")),
        "runpath and stripped" => assert_eq!((facts.stripped, facts.runpath.as_str()), (Tri::Yes, "$ORIGIN")),
        "pages of 16 KiB" => assert_eq!(facts.page_align_16k, Tri::Yes),
        "text relocations" => assert_eq!(facts.text_relocations, Tri::Yes),
        "fixed address" => assert_eq!((facts.pie, facts.canary), (Tri::No, Tri::No), "it exports nothing"),
        _ => {}
    }
    Ok(())
}

/// Four machines, debug and release, with and without symbols.
fn of_android(folder: &Path) -> Result<(), Failed> {
    let out = tempfile::tempdir()?;
    let mut count = 0;
    for name in ["hermes-release.aar", "hermes-debug.aar", "hermes-cppruntime-release.aar"] {
        let bytes = fs::read(folder.join("package/android").join(name))?;
        let archive = Archive::open(&bytes)?;
        for entry in archive.entries().iter().filter(|entry| entry.name.ends_with(".so")) {
            let path = out.path().join("library.so");
            fs::write(&path, archive.read(entry, 16 << 20)?)?;
            let facts = same(&path, &entry.name)?;
            assert_eq!(entry.name.split('/').nth(1), Some(facts.abi.as_str()));
            assert!(facts.needed.contains(&"libc.so".to_owned()));
            count += 1;
        }
    }
    assert_eq!(count, 12);
    Ok(())
}

/// A package as the scanners see it.
struct Package {
    entries: Vec<String>,
    classes: Vec<String>,
    findings: Findings,
    metadata: Vec<(String, Vec<u8>)>,
}

impl Package {
    fn open(path: &Path) -> Result<Self, Failed> {
        let bytes = fs::read(path)?;
        let archive = Archive::open(&bytes)?;
        let mut scanner = Scanner::new();
        let mut package =
            Self { entries: Vec::new(), classes: Vec::new(), findings: Findings::default(), metadata: Vec::new() };
        for entry in archive.entries() {
            package.entries.push(entry.name.clone());
            let bytes = archive.read(entry, 64 << 20)?;
            if bytes.starts_with(b"dex\n") {
                let strings = strings(&bytes).ok_or("a dex file")?;
                strings.iter().for_each(|text| scanner.string(&entry.name, text));
                package.classes.extend(defined(&bytes, &strings).ok_or("a dex file")?);
            } else if entry.name.ends_with(".so") || entry.name.ends_with(".arsc") {
                scanner.binary(&entry.name, &bytes);
            } else {
                scanner.text(&entry.name, &bytes);
            }
            if sdks::wants(&entry.name) {
                package.metadata.push((entry.name.clone(), bytes));
            }
        }
        package.classes.sort();
        package.findings = scanner.finish();
        Ok(package)
    }

    fn sdks(&self) -> Vec<sdks::Sdk> {
        let metadata: Vec<_> = self.metadata.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        let entries: Vec<_> = self.entries.iter().map(String::as_str).collect();
        let classes: Vec<_> = self.classes.iter().map(String::as_str).collect();
        sdks::inventory(&sdks::Seen { entries: &entries, components: &[], classes: &classes, metadata: &metadata }).sdks
    }

    fn versions(&self) -> Vec<(String, String)> {
        self.sdks().into_iter().map(|sdk| (sdk.name, sdk.version)).collect()
    }

    fn packing(&self, application: &str, components: &[&str]) -> packers::Packing {
        let entries: Vec<_> = self.entries.iter().map(String::as_str).collect();
        let classes: Vec<_> = self.classes.iter().map(String::as_str).collect();
        packers::detect(&packers::Seen { entries: &entries, application, components, classes: Some(&classes) })
    }

    /// Peers that are spoken to over plain HTTP.
    fn plain(&self) -> Vec<&str> {
        let plain = self.findings.endpoints.iter().filter(|one| one.role == Role::Endpoint && one.scheme == "http");
        plain.map(|one| one.url.as_str()).collect()
    }
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?)).ok()
}

/// The string table of a dex file.
fn strings(dex: &[u8]) -> Option<Vec<&[u8]>> {
    let (count, table) = (number(dex, 56)?, number(dex, 60)?);
    (0..count)
        .map(|index| {
            let data = dex.get(number(dex, table + 4 * index)?..)?;
            let length = data.iter().position(|byte| byte & 0x80 == 0)? + 1;
            let text = data.get(length..)?;
            text.get(..text.iter().position(|byte| *byte == 0)?)
        })
        .collect()
}

/// The classes that a dex file defines, dotted.
fn defined(dex: &[u8], strings: &[&[u8]]) -> Option<Vec<String>> {
    let (types, count, table) = (number(dex, 68)?, number(dex, 96)?, number(dex, 100)?);
    (0..count)
        .map(|index| {
            let name = strings.get(number(dex, types + 4 * number(dex, table + 32 * index)?)?)?;
            let name = String::from_utf8_lossy(name).into_owned();
            Some(name.trim_start_matches('L').trim_end_matches(';').replace('/', "."))
        })
        .collect()
}

fn settings(package: &Package) -> Result<(), Failed> {
    assert_eq!(package.findings.secrets, []);
    assert_eq!(package.plain(), Vec::<&str>::new());
    let versions = package.versions();
    assert!(
        versions.contains(&("com.google.android.gms:play-services-location".to_owned(), "21.4.0".to_owned())),
        "{versions:?}"
    );
    Ok(())
}

fn server(package: &Package) -> Result<(), Failed> {
    assert_eq!(package.findings.secrets, [], "netty's key for its own start-up test is published");
    assert!(package.findings.endpoints_found > 100);
    assert_eq!(package.plain(), Vec::<&str>::new(), "all are names of XML features, or in notes of copyright");
    let versions = package.versions();
    for name in ["Netty", "Xerces", "ICU4J"] {
        assert!(versions.iter().any(|(found, _)| found == name), "{name}: {versions:?}");
    }
    let packing = package.packing("", &["io.appium.uiautomator2.server.ServerInstrumentation"]);
    assert_eq!((packing.code_assessable, packing.packers, packing.missing_classes), (Tri::Yes, vec![], vec![]));
    Ok(())
}

/// The labels of its screens, such as `Password:`, are no secrets.
fn demos(package: &Package) -> Result<(), Failed> {
    assert_eq!(package.findings.secrets, []);
    assert_eq!(package.plain(), ["http://www.android.com", "http://www.google.com"]);
    assert!(package.sdks().iter().all(|sdk| sdk.tracker == Tri::No));
    Ok(())
}
