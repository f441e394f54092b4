//! What leaves the device by which way, for every attribute that has a say.

use crate::formats::apk::{
    Backup, BackupWay,
    testing::{Sample, value},
};
use crate::model::{Fact, Tri};

const EVERYTHING_BUT: &str = r#"<full-backup-content><exclude domain="sharedpref" path="token.xml"/>
    <exclude domain="nowhere" path="x"/><exclude domain="file" path="../x"/></full-backup-content>"#;

fn backup(target: u32, application: &'static str, files: &[(&'static str, &'static str)]) -> Backup {
    let sample = Sample {
        target,
        application,
        resources: vec![("xml/old", vec![value("old.xml")]), ("xml/new", vec![value("new.xml")])],
        files: files.to_vec(),
        ..Sample::default()
    };
    sample.read().backup
}

fn seen(way: &BackupWay) -> (Tri, &str, &str) {
    (way.open, &way.rules, &way.content)
}

#[test]
fn everything_leaves_where_nothing_is_written() {
    let backup = backup(34, "", &[]);
    assert_eq!((backup.allowed.clone(), backup.explicit), (Fact::Known(true), false));
    for way in [&backup.cloud, &backup.device_transfer, &backup.before_android_12] {
        assert_eq!(seen(way), (Tri::Yes, "default", "everything"));
    }
}

#[test]
fn from_target_31_the_switch_does_not_stop_a_transfer_to_a_new_device() {
    let off = r#"android:allowBackup="false""#;
    let old = backup(30, off, &[]);
    assert_eq!(seen(&old.cloud), (Tri::No, "none", "nothing"));
    assert_eq!(seen(&old.device_transfer), (Tri::No, "none", "nothing"));
    let new = backup(31, off, &[]);
    assert_eq!(seen(&new.cloud), (Tri::No, "none", "nothing"));
    assert_eq!(seen(&new.device_transfer), (Tri::Yes, "default", "everything"));
    assert_eq!(seen(&new.before_android_12), (Tri::No, "none", "nothing"));
}

#[test]
fn old_rules_say_nothing_about_transfers_from_target_31() {
    let old = r#"android:fullBackupContent="@xml/old""#;
    let before = backup(30, old, &[("old.xml", EVERYTHING_BUT)]);
    assert_eq!(seen(&before.device_transfer), (Tri::Yes, "full_backup_content", "some"));
    let since = backup(31, old, &[("old.xml", EVERYTHING_BUT)]);
    assert_eq!(seen(&since.cloud), (Tri::Yes, "full_backup_content", "some"));
    assert_eq!(seen(&since.device_transfer), (Tri::Yes, "default", "everything"));
    let rules: Vec<_> = since.cloud.excludes.iter().map(|rule| (rule.domain.as_str(), rule.path.as_str())).collect();
    assert_eq!(rules, [("sharedpref", "token.xml")], "unknown domains and paths out of theirs do not count");
}

#[test]
fn new_rules_decide_where_they_have_the_section() {
    let new = r#"android:fullBackupContent="false" android:dataExtractionRules="@xml/new""#;
    let rules = r#"<data-extraction-rules><cloud-backup disableIfNoEncryptionCapabilities="true">
        <include domain="file" path="public"/></cloud-backup></data-extraction-rules>"#;
    let backup = backup(34, new, &[("new.xml", rules)]);
    assert_eq!(seen(&backup.cloud), (Tri::Yes, "data_extraction_rules", "some"));
    assert_eq!((backup.cloud.encrypted_only, backup.cloud.includes.len()), (Tri::Yes, 1));
    assert_eq!(seen(&backup.device_transfer), (Tri::Yes, "default", "everything"), "the section is not there");
    assert_eq!(seen(&backup.before_android_12), (Tri::No, "full_backup_content", "nothing"));
}

#[test]
fn nothing_leaves_only_where_every_place_is_left_out_whole() {
    let section = |domains: &[&str]| {
        let rules: String = domains.iter().map(|d| format!(r#"<exclude domain="{d}" path="."/>"#)).collect();
        let text = format!("<data-extraction-rules><device-transfer>{rules}</device-transfer></data-extraction-rules>");
        let text: &'static str = text.leak();
        let off = r#"android:allowBackup="false" android:dataExtractionRules="@xml/new""#;
        backup(34, off, &[("new.xml", text)]).device_transfer
    };
    assert_eq!(
        seen(&section(&["root", "file", "database", "sharedpref"])),
        (Tri::Yes, "data_extraction_rules", "some")
    );
    assert_eq!(seen(&section(super::rules::DOMAINS)), (Tri::No, "data_extraction_rules", "nothing"));
}

#[test]
fn an_agent_answers_for_itself_unless_files_alone_are_copied() {
    let agent = backup(34, r#"android:backupAgent=".Agent""#, &[]);
    assert_eq!((agent.agent.as_str(), seen(&agent.cloud)), (".Agent", (Tri::Yes, "agent", "unknown")));
    let files = backup(34, r#"android:backupAgent=".Agent" android:fullBackupOnly="true""#, &[]);
    assert_eq!(seen(&files.cloud), (Tri::Yes, "default", "everything"));
}

#[test]
fn what_cannot_be_read_is_not_taken_for_good() {
    let rules = backup(34, r#"android:dataExtractionRules="@xml/new""#, &[]);
    assert_eq!(seen(&rules.cloud), (Tri::Yes, "unread", "unknown"));
    let flag = backup(30, r#"android:allowBackup="@bool/none""#, &[]);
    assert!(flag.allowed.known().is_none());
    assert_eq!(flag.cloud.open, Tri::Unknown);
    let platform = Sample { target: 34, min: 31, ..Sample::default() }.read().backup.before_android_12;
    assert_eq!(seen(&platform), (Tri::No, "none", "nothing"), "it is on no such platform");
}
