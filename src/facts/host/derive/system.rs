//! The operating system itself.

use super::{
    base,
    items::{Items, both},
};
use crate::{
    facts::host::{Os, eol},
    formats::linux::os::{self, Release},
    model::{Fact, ItemStatus, Tri, UnreadStatus},
};

pub(super) fn release(items: &Items<'_>) -> Fact<Release> {
    let files = items.files("os.release");
    files.texts(|path| path != "/etc/.kyinfo").and_then(|texts| match os::release(&texts) {
        Some(release) => Fact::Known(release),
        None => Fact::unread(UnreadStatus::Error, "os.release"),
    })
}

pub(super) fn facts(items: &Items<'_>, release: &Fact<Release>) -> Os {
    let kernel = items.read("os.kernel", None, |text| os::uname(text).map(Some)).and_then(|read| match read {
        Some(read) => Fact::Known(read),
        None => Fact::unread(UnreadStatus::Error, "os.kernel"),
    });
    let of = |pick: fn(&Release) -> String| release.as_ref().map(pick);
    let eol_date = release.known().and_then(|release| eol::last_day(&release.id, &release.version, &release.name));
    Os {
        family: both(release.clone(), base::manager(items))
            .map(|(release, manager)| family(&release, manager).to_owned()),
        id: of(|release| release.id.clone()),
        version: of(|release| release.version.clone()),
        name: of(|release| release.name.clone()),
        arch: kernel.as_ref().map(|(_, arch)| arch.clone()),
        kernel: kernel.map(|(kernel, _)| kernel),
        hostname: items.text_or_empty("os.hostname").map(|text| text.trim().to_owned()),
        eol: Tri::Unknown,
        eol_date: eol_date.unwrap_or_default().to_owned(),
        uptime_seconds: items.read("os.uptime", 0, os::uptime),
        virtualisation: virtualisation(items),
    }
}

/// The package manager first: home-made systems carry any name.
fn family(release: &Release, manager: &str) -> &'static str {
    match (manager, release.family()) {
        ("dpkg", _) => "debian",
        ("rpm", "suse") => "suse",
        ("rpm", _) => "rhel",
        (_, family) => family,
    }
}

fn virtualisation(items: &Items<'_>) -> Fact<String> {
    let inside = items.text_or_empty("os.container").map(|text| text.trim().to_owned());
    if inside.known().is_some_and(|word| !word.is_empty() && word != "none") {
        return inside;
    }
    match items.status("os.virtualisation") {
        Some(ItemStatus::NoTool) => inside,
        _ => items.text_or_empty("os.virtualisation").map(|text| text.trim().to_owned()),
    }
}

/// Words that a banner must not hold: id, name and release of the system.
pub(super) fn telling_words(release: &Fact<Release>) -> Vec<String> {
    let Some(release) = release.known() else { return Vec::new() };
    let first = release.name.split_whitespace().next().unwrap_or_default();
    let mut words = vec![release.id.clone(), first.to_owned(), "kernel ".to_owned(), "linux".to_owned()];
    words.retain(|word| !word.is_empty());
    words
}
