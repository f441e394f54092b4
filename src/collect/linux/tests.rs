//! What the table of jobs promises: unique names, bounds, no secrets.

use std::{collections::BTreeSet, time::Duration};

use super::{COLLECTOR, jobs};
use crate::{
    collect::{How, Limits, runner},
    formats::files,
    model::ItemStatus,
};

#[test]
fn there_are_at_least_sixty_items_with_names_of_their_own() {
    let jobs = jobs();
    let names: BTreeSet<_> = jobs.iter().map(|job| job.item).collect();
    assert_eq!(names.len(), jobs.len());
    assert!(jobs.len() >= 60, "{}", jobs.len());
}

#[test]
fn every_item_is_bounded() {
    for job in jobs() {
        assert!(job.timeout <= Duration::from_secs(60) && job.cap <= 4 << 20, "{}", job.item);
    }
}

#[test]
fn no_private_key_is_named_and_no_shell_is_started() {
    for job in jobs() {
        match job.how {
            How::File(path) => assert!(!path.ends_with("_key"), "{path}"),
            How::Glob(patterns) => {
                for pattern in patterns {
                    assert!(!pattern.contains("host_") || pattern.ends_with(".pub"), "{pattern}");
                }
            }
            How::Argv(argv) => assert!(!["sh", "bash", "env", "sudo"].contains(&argv[0]), "{argv:?}"),
            How::Builtin(_) => {}
        }
    }
}

#[test]
fn files_that_hold_secrets_pass_through_a_redactor() {
    for item in [
        "accounts.shadow",
        "accounts.gshadow",
        "accounts.passwd",
        "pam.sssd",
        "boot.grub",
        "cron.tables",
        "updates.sources",
    ] {
        let job = jobs().into_iter().find(|job| job.item == item).expect(item);
        assert!(job.redact.is_some(), "{item}");
    }
}

#[test]
fn this_machine_is_collected_and_its_shadow_holds_no_hash() {
    let mut seen = Vec::new();
    let limits = Limits::starting_now(Duration::from_secs(60));
    let quick: Vec<_> = jobs().into_iter().filter(|job| !job.item.starts_with("updates.")).collect();
    runner::run(COLLECTOR, &quick, &limits, &mut |record, bytes| seen.push((record, bytes)));
    assert_eq!(seen.len(), quick.len());
    let of = |item: &str| seen.iter().find(|(record, _)| record.item == item).expect("every item has its record");
    assert_eq!(of("accounts.passwd").0.status, ItemStatus::Ok);
    assert!(!files::read(of("os.release").1.as_ref().expect("it was read")).is_empty());
    if let (record, Some(bytes)) = of("accounts.shadow")
        && record.status == ItemStatus::Ok
    {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains('$'), "a hash got through");
    }
}
