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
        eol_date: of(|release| {
            eol::last_day(&release.id, &release.version, &release.name).unwrap_or_default().to_owned()
        }),
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

/// Words that a banner must not hold: id and name of the system.
pub(super) fn telling_words(release: &Fact<Release>) -> Fact<Vec<String>> {
    release.as_ref().map(|release| {
        // One word of a name may be any word, such as "Red".
        let name = release.name.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
        [release.id.clone(), name, "linux".to_owned()].into_iter().filter(|word| !word.is_empty()).collect()
    })
}
