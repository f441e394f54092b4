//! Lists that fit their files, and each way in which they do not.

use std::collections::BTreeMap;

use super::{CodeResources, Found, Resources, Verified};
use crate::formats::ios::{code_signature::FileDigests, macho::Algorithm, plist::base64_for_tests as base64};
use crate::model::UnreadStatus;

const RULES: &str = "<key>rules2</key><dict><key>^.*</key><true/><key>^Info\\.plist$</key><dict><key>omit</key><true/>\
    <key>weight</key><real>20</real></dict><key>^.*\\.lproj/</key><dict><key>optional</key><true/><key>weight</key>\
    <real>1000</real></dict><key>^.*\\.lproj/locversion.plist$</key><dict><key>omit</key><true/><key>weight</key>\
    <real>1100</real></dict></dict>";

fn entry(path: &str, contents: &[u8], more: &str) -> String {
    let hash = base64(&Algorithm::Sha256.digest(contents));
    format!("<key>{path}</key><dict><key>hash2</key><data>{hash}</data>{more}</dict>")
}

fn list(entries: &[String]) -> CodeResources {
    let text = format!("<plist><dict><key>files2</key><dict>{}</dict>{RULES}</dict></plist>", entries.concat());
    CodeResources::read(text.as_bytes()).unwrap()
}

fn found(files: &[(&str, &[u8])]) -> BTreeMap<String, Found> {
    let of = |contents: &[u8]| Found { digests: FileDigests::of(contents), ..Found::default() };
    files.iter().map(|(path, contents)| ((*path).to_owned(), of(contents))).collect()
}

fn compared(list: &CodeResources, files: &[(&str, &[u8])]) -> Resources {
    list.compare(&found(files), &|path| path == "App")
}

#[test]
fn files_that_fit_are_verified() {
    let list = list(&[entry("a.png", b"a", ""), entry("en.lproj/x.strings", b"x", "<key>optional</key><true/>")]);
    let files =
        [("App", &b"code"[..]), ("Info.plist", b"<plist/>"), ("a.png", b"a"), ("en.lproj/locversion.plist", b"")];
    let resources = compared(&list, &files);
    assert_eq!(resources.verified, Verified::Yes);
    assert_eq!((resources.listed, resources.omitted, resources.hash.as_str()), (2, 2, "sha256"));
}

#[test]
fn changed_missing_and_added_files_are_named() {
    let list = list(&[entry("a.png", b"a", ""), entry("b.png", b"b", "")]);
    let resources = compared(&list, &[("a.png", b"other"), ("c.js", b"c"), ("x/locversion.plist", b"")]);
    assert_eq!((resources.changed, resources.missing, resources.added), (1, 1, 2));
    assert_eq!(resources.paths, ["a.png", "b.png", "c.js", "x/locversion.plist"]);
    assert_eq!(resources.verified, Verified::No);
}

#[test]
fn only_so_many_paths_are_named() {
    let names: Vec<_> = (0..50).map(|n| format!("{n:02}")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let resources = compared(&list(&[]), &files);
    assert_eq!((resources.added, resources.paths.len(), resources.paths[19].as_str()), (50, 20, "19"));
}

#[test]
fn the_older_list_has_sha_1_alone() {
    let hash = base64(&Algorithm::Sha1.digest(b"a"));
    let text = format!("<plist><dict><key>files</key><dict><key>a.png</key><data>{hash}</data></dict></dict></plist>");
    let list = CodeResources::read(text.as_bytes()).unwrap();
    assert!(list.wants_sha1("a.png") && !list.wants_sha1("b.png"));
    let resources = compared(&list, &[("a.png", b"a")]);
    assert_eq!((resources.verified, resources.hash.as_str()), (Verified::Yes, "sha1"));
    assert_eq!(compared(&list, &[("a.png", b"b")]).changed, 1);
}

#[test]
fn links_and_bundles_of_their_own_are_compared() {
    let digest = base64(&[0xab; 20]);
    let list = list(&[
        "<key>Link</key><dict><key>symlink</key><string>a.png</string></dict>".to_owned(),
        format!("<key>Frameworks/F.framework</key><dict><key>cdhash</key><data>{digest}</data></dict>"),
    ]);
    let link = |to: &str| Found { link: Some(to.to_owned()), ..Found::default() };
    let code = |hash: &str| Found { cdhashes: vec![hash.to_owned()], ..Found::default() };
    let mut files = found(&[("Frameworks/F.framework/x", b"")]);
    files.insert("Link".to_owned(), link("a.png"));
    files.insert("Frameworks/F.framework/F".to_owned(), code(&"ab".repeat(20)));
    assert_eq!(list.compare(&files, &|_| false).verified, Verified::Yes);
    files.insert("Link".to_owned(), link("elsewhere"));
    files.insert("Frameworks/F.framework/F".to_owned(), code(&"ac".repeat(20)));
    assert_eq!(list.compare(&files, &|_| false).changed, 2);
}

#[test]
fn what_could_not_be_read_is_not_verified() {
    let list = list(&[entry("a.png", b"a", ""), "<key>b</key><string>?</string>".to_owned()]);
    let mut files = found(&[]);
    files.insert("a.png".to_owned(), Found { unread: Some(UnreadStatus::TooLarge), ..Found::default() });
    files.insert("b".to_owned(), Found::default());
    let resources = list.compare(&files, &|_| false);
    assert_eq!((resources.verified, resources.unread), (Verified::Indeterminate, 1));
    assert!(CodeResources::read(b"<plist><dict/></plist>").is_err());
    let rules = "<plist><dict><key>files2</key><dict/><key>rules2</key><dict><key>(</key><true/></dict></dict></plist>";
    let unclear = CodeResources::read(rules.as_bytes()).unwrap();
    assert_eq!(compared(&unclear, &[("a", b"")]).verified, Verified::Indeterminate);
}
