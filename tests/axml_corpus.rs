//! Odd and tampered manifests from androguard's tests: every one is read, and what is odd about it is said.
//!
//! They lie outside the repository, in the folder that `JIXIAN_CORPORA` names; without it the tests count as ignored.
#![allow(clippy::disallowed_methods, reason = "samples are files, and the environment says where")]

use std::{env, fs, path::Path};

use jixian::formats::{
    apk::{axml, manifest_of, oddities::Oddities},
    zip::Archive,
};
use libtest_mimic::{Arguments, Failed, Trial};

/// File, root, package (empty for a layout), and the kinds of oddities.
type Row = (&'static str, &'static str, &'static str, &'static [&'static str]);

const ROWS: [Row; 12] = [
    ("AndroidManifest-xmlns.xml", "manifest", "com.real.RealPlayer", &["foreign_namespace"]),
    ("AndroidManifestDoubleNamespace.xml", "manifest", "com.tencent.weread", &["namespace_twice"]),
    ("AndroidManifestLiapp.xml", "manifest", "kc.dotoritv.android.air", &["attribute_name", "foreign_namespace"]),
    ("AndroidManifestNonZeroStyle.xml", "manifest", "co.download.video", &["styles_without_count"]),
    ("AndroidManifestTextChunksXML.xml", "manifest", "com.tslstudio.tsladsudoku", &["text"]),
    ("AndroidManifestWithComment.xml", "manifest", "com.zxfxxx660.sucruri", &["comment"]),
    ("AndroidManifest_InvalidCharsInAttribute.xml", "manifest", "com.chaozhuo.gameassistant", &["control_characters"]),
    (
        "AndroidManifest_NamespaceInAttributeName2.xml",
        "manifest",
        "com.car2go",
        &["attribute_name_missing", "styles_without_count"],
    ),
    (
        "AndroidManifest_StringNotTerminated.xml",
        "manifest",
        "com.swampy.sexpos",
        &["attribute_without_id", "string_not_terminated"],
    ),
    ("compact-entry.apk", "manifest", "com.erev0s", &[]),
    ("test1.xml", "LinearLayout", "", &[]),
    ("test3.xml", "LinearLayout", "", &[]),
];

fn main() {
    let folder = env::var("JIXIAN_CORPORA").ok();
    let mut trials = Vec::new();
    let mut add = |name: &str, test: Test| {
        let path = folder.clone();
        let run = move || test(&Path::new(path.as_deref().unwrap_or_default()).join("axml"));
        let trial = Trial::test(name, run).with_ignored_flag(folder.is_none());
        trials.push(if folder.is_none() { trial.with_kind("JIXIAN_CORPORA is not set") } else { trial });
    };
    for row in ROWS {
        add(row.0, Box::new(move |folder| check(folder, row)));
    }
    add("no sample is left out", Box::new(complete));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Looks at the folder of samples.
type Test = Box<dyn FnOnce(&Path) -> Result<(), Failed> + Send>;

fn check(folder: &Path, (name, root, package, kinds): Row) -> Result<(), Failed> {
    let bytes = fs::read(folder.join(format!("androguard-axml-{name}")))?;
    let (xml, table) = if name.ends_with(".apk") { unpacked(&bytes)? } else { (bytes, None) };
    let oddities = Oddities::default();
    let read = axml::read(&xml, "AndroidManifest.xml", &oddities)?;
    assert_eq!(&*read.name, root);
    let seen: Vec<String> = if root == "manifest" {
        let manifest = manifest_of(&xml, table.as_deref(), &mut |_| None)?;
        assert_eq!(manifest.package, package);
        manifest.oddities.into_iter().map(|oddity| oddity.kind).collect()
    } else {
        assert!(manifest_of(&xml, None, &mut |_| None).is_err(), "a layout is no manifest");
        oddities.list().into_iter().map(|oddity| oddity.kind).collect()
    };
    assert_eq!(seen, kinds);
    Ok(())
}

/// The manifest and the resource table of a package.
fn unpacked(bytes: &[u8]) -> Result<(Vec<u8>, Option<Vec<u8>>), Failed> {
    let archive = Archive::open(&bytes)?;
    let entry = |name| archive.find(name).map(|entry| archive.read(entry, 1 << 20)).transpose();
    Ok((entry("AndroidManifest.xml")?.ok_or("no manifest")?, entry("resources.arsc")?))
}

fn complete(folder: &Path) -> Result<(), Failed> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        found.push(name.trim_start_matches("androguard-axml-").to_owned());
    }
    found.sort();
    let mut known: Vec<_> = ROWS.iter().map(|row| row.0.to_owned()).collect();
    known.sort();
    assert_eq!(found, known);
    Ok(())
}
