//! Real packages as we read them and as Python's zipfile and Info-ZIP do: entries, sizes, CRC-32 and contents are the same.
//!
//! They lie outside the repository, in the folder that `JIXIAN_CORPORA` names; without it, or without the peer, the tests
//! count as ignored. What a peer refuses to open or to read is not compared.
#![allow(
    clippy::disallowed_methods,
    reason = "packages are files, peers are processes, and the environment says where"
)]

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use jixian::formats::zip::{AnomalyKind, Archive, DEFLATED, FileSource, STORED};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

/// Prints a line of JSON for each path: null, or for each entry its name, two sizes, method, declared CRC-32 and the one
/// found, null where the contents cannot be read.
const PYTHON: &str = r#"
import json, sys, zipfile, zlib
def found(archive, info):
    try:
        return zlib.crc32(archive.read(info))
    except Exception:
        return None
for path in sys.argv[1:]:
    try:
        with zipfile.ZipFile(path) as archive:
            print(json.dumps([[i.orig_filename, i.file_size, i.compress_size, i.compress_type, i.CRC, found(archive, i)]
                              for i in archive.infolist()]))
    except Exception:
        print("null")
"#;

fn main() {
    let folder = env::var("JIXIAN_CORPORA").ok();
    let mut trials = Vec::new();
    let mut add = |name: &str, peer: &str, argument: &str, test: fn(&[PathBuf]) -> Result<(), Failed>| {
        let path = folder.clone();
        let missing = match &path {
            None => "JIXIAN_CORPORA is not set".to_owned(),
            Some(_) if is_there(peer, argument) => String::new(),
            Some(_) => format!("{peer} is not installed"),
        };
        let run = move || test(&packages(Path::new(path.as_deref().unwrap_or_default()))?);
        trials.push(Trial::test(name, run).with_ignored_flag(!missing.is_empty()).with_kind(missing));
    };
    add("as Python's zipfile reads them", "python3", "--version", python);
    add("as Info-ZIP lists them", "unzip", "-v", info_zip);
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn is_there(program: &str, argument: &str) -> bool {
    Command::new(program)
        .arg(argument)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|it| it.success())
}

fn packages(corpora: &Path) -> Result<Vec<PathBuf>, Failed> {
    let mut found = Vec::new();
    for folder in ["apksig", "axml", "hap"] {
        for entry in fs::read_dir(corpora.join(folder))? {
            let path = entry?.path();
            let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
            if ["apk", "hap"].contains(&extension.as_str()) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// What is listed of an entry: name, uncompressed and compressed size, method, CRC-32.
type Listed = (String, u64, u64, u64, u64);

/// Of each entry what is listed, and the CRC-32 of its contents where they read.
fn ours(path: &Path) -> Result<Vec<(Listed, Option<u64>)>, Failed> {
    let source = FileSource::new(File::open(path)?)?;
    let archive = Archive::open(&source)?;
    let one = |entry: &jixian::formats::zip::Entry| {
        let listed =
            (entry.name.clone(), entry.uncompressed, entry.compressed, entry.method.into(), entry.crc32.into());
        let streamed = archive.stream(entry, 1 << 30, &mut |_| ()).ok();
        let whole = streamed.filter(|streamed| {
            archive.check(entry, streamed).is_none_or(|anomaly| anomaly.kind != AnomalyKind::SizeDiffers)
        });
        (listed, whole.map(|streamed| streamed.crc32.into()))
    };
    Ok(archive.entries().iter().map(one).collect())
}

fn python(packages: &[PathBuf]) -> Result<(), Failed> {
    let output = Command::new("python3").arg("-c").arg(PYTHON).args(packages).output()?;
    let text = String::from_utf8(output.stdout)?;
    let lines: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    assert_eq!(lines.len(), packages.len());
    let (mut entries, mut contents) = (0, 0);
    for (path, line) in packages.iter().zip(lines) {
        let Value::Array(theirs) = line else { continue };
        let ours = ours(path)?;
        assert_eq!(ours.len(), theirs.len(), "{}", path.display());
        for ((listed, crc32), their) in ours.iter().zip(&theirs) {
            let number = |at: usize| their[at].as_u64().unwrap_or_default();
            let their_name = their[0].as_str().unwrap_or_default().to_owned();
            assert_eq!(*listed, (their_name, number(1), number(2), number(3), number(4)), "{}", path.display());
            entries += 1;
            if let Some(found) = their[5].as_u64() {
                assert_eq!(*crc32, Some(found), "{}: {}", path.display(), listed.0);
                contents += 1;
            }
        }
    }
    assert!(entries > packages.len() && contents > packages.len(), "{entries} entries, {contents} contents");
    Ok(())
}

/// Compares the lines of `unzip -v`: length, method, size, ratio, date, time, CRC-32, name.
fn info_zip(packages: &[PathBuf]) -> Result<(), Failed> {
    let mut compared = 0;
    for path in packages {
        let output = Command::new("unzip").args(["-v", "--"]).arg(path).output()?;
        // 1 is a warning; above it something could not be read.
        if output.status.code().is_none_or(|code| code > 1) {
            continue;
        }
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let theirs: Vec<Vec<&str>> = text
            .lines()
            .map(|line| line.split_whitespace().collect())
            .filter(|words: &Vec<_>| is_entry(words))
            .collect();
        let ours = ours(path)?;
        assert_eq!(ours.len(), theirs.len(), "{}\n{text}", path.display());
        for (((name, uncompressed, compressed, method, crc32), _), their) in ours.iter().zip(theirs) {
            let method = match u16::try_from(*method)? {
                STORED => "Stored",
                DEFLATED => "Defl",
                _ => "Unk",
            };
            assert_eq!(their[0], uncompressed.to_string(), "{}: {name}", path.display());
            assert!(their[1].starts_with(method), "{}: {name}: {}", path.display(), their[1]);
            assert_eq!(their[2], compressed.to_string(), "{}: {name}", path.display());
            assert_eq!(their[6], format!("{crc32:08x}"), "{}: {name}", path.display());
            assert_eq!(their[7..].join(" "), *name, "{}", path.display());
            compared += 1;
        }
    }
    assert!(compared > packages.len(), "{compared} entries were compared");
    Ok(())
}

fn is_entry(words: &[&str]) -> bool {
    words.len() >= 8 && words[6].len() == 8 && words[6].bytes().all(|byte| byte.is_ascii_hexdigit())
}
