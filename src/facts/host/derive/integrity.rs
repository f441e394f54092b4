//! Mandatory access control, kernel, boot chain, crypto, disks.

use std::collections::BTreeMap;

use super::{
    base,
    items::{Items, both},
};
use crate::{
    facts::host::{Boot, CoreDumps, Crypto, Disk, Mac, Modules, Mount, Swap, Trust},
    formats::linux::{boot, conf, disk, mac, stat},
    model::{Fact, ItemStatus, Tri, UnreadStatus},
};

type Sysctl = Fact<BTreeMap<String, Fact<String>>>;

pub(super) fn sysctl(items: &Items<'_>) -> Sysctl {
    items.text_or_empty("kernel.sysctl").map(|text| {
        let lines = text.lines().filter_map(|line| {
            if let Some((name, value)) = line.split_once(" = ") {
                return Some((name.to_owned(), Fact::Known(value.to_owned())));
            }
            if let Some(name) = line.strip_suffix(" =") {
                return Some((name.to_owned(), Fact::Known(String::new())));
            }
            let (name, status) = line.split_once(" ! ")?;
            let status = if status == "denied" { UnreadStatus::Denied } else { UnreadStatus::Error };
            Some((name.to_owned(), Fact::unread(status, "kernel.sysctl")))
        });
        lines.collect()
    })
}

/// One parameter; `None` where the kernel has no such one.
pub(super) fn parameter(sysctl: &Sysctl, name: &str) -> Fact<Option<String>> {
    sysctl.as_ref().and_then(|all| match all.get(name) {
        Some(value) => value.clone().map(Some),
        None => Fact::Known(None),
    })
}

pub(super) fn mac(items: &Items<'_>) -> Mac {
    let lsm: Fact<Vec<String>> = items.text("mac.lsm").and_then(|text| match text {
        Some(text) => Fact::Known(text.trim().split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()),
        None => Fact::unread(UnreadStatus::NotTested, "mac.lsm"),
    });
    let selinux = selinux(items, &lsm);
    let apparmor = apparmor(items, &lsm);
    let kysec = match items.status("mac.kysec") {
        Some(ItemStatus::NoTool | ItemStatus::Absent) => Fact::Known("none".to_owned()),
        _ => items.read("mac.kysec", "none", mac::kysec).map(str::to_owned),
    };
    let profiles =
        items.text("mac.apparmor_profiles").and_then(|text| match (text, apparmor.known().map(String::as_str)) {
            (Some(text), _) => Fact::Known(mac::apparmor_profiles(&text)),
            (None, Some("none" | "disabled")) => Fact::Known((0, 0)),
            (None, _) => Fact::unread(UnreadStatus::NotTested, "mac.apparmor_profiles"),
        });
    let configured = items.text_or_empty("mac.selinux_config").map(|text| mac::selinux_config(&text));
    let enforcing = enforcing(&selinux, &kysec, &apparmor, &profiles);
    Mac {
        selinux,
        selinux_configured: configured.as_ref().map(|(mode, _)| mode.clone()),
        selinux_policy: configured.map(|(_, policy)| policy),
        apparmor,
        apparmor_enforced: profiles.as_ref().map(|(enforced, _)| *enforced),
        apparmor_complain: profiles.map(|(_, complain)| complain),
        kysec,
        lsm,
        enforcing,
    }
}

fn has(lsm: &Fact<Vec<String>>, name: &str) -> Option<bool> {
    lsm.known().map(|all| all.iter().any(|of| of == name))
}

fn selinux(items: &Items<'_>, lsm: &Fact<Vec<String>>) -> Fact<String> {
    let text = |item| items.text(item).known().cloned().flatten();
    let said = text("mac.selinux_enforce")
        .as_deref()
        .and_then(mac::enforce)
        .or_else(|| text("mac.sestatus").as_deref().and_then(mac::sestatus));
    if let Some(word) = said {
        return Fact::Known(word.to_owned());
    }
    // A tool that did not answer could have said something else than the missing file system of SELinux does.
    if let Fact::Unread(why) = items.text("mac.sestatus")
        && why.status != UnreadStatus::NoTool
    {
        return Fact::Unread(why);
    }
    match (items.text("mac.selinux_enforce"), has(lsm, "selinux")) {
        (_, Some(true)) => Fact::unread(UnreadStatus::Error, "mac.selinux_enforce"),
        // The file system of SELinux is not there: the kernel has it not loaded.
        (Fact::Known(None), _) => Fact::Known("none".to_owned()),
        (Fact::Unread(why), _) => Fact::Unread(why),
        _ => Fact::unread(UnreadStatus::Error, "mac.selinux_enforce"),
    }
}

fn apparmor(items: &Items<'_>, lsm: &Fact<Vec<String>>) -> Fact<String> {
    items.text("mac.apparmor_enabled").map(|text| match (text.as_deref().map(str::trim), has(lsm, "apparmor")) {
        (None, _) => "none".to_owned(),
        (Some("Y"), _) | (_, Some(true)) => "enabled".to_owned(),
        _ => "disabled".to_owned(),
    })
}

/// One that enforces is enough; that none does must be known of all three.
fn enforcing(
    selinux: &Fact<String>,
    kysec: &Fact<String>,
    apparmor: &Fact<String>,
    profiles: &Fact<(i64, i64)>,
) -> Fact<bool> {
    let by_apparmor = apparmor.as_ref().and_then(|state| match state.as_str() {
        "enabled" => profiles.as_ref().map(|(enforced, _)| *enforced > 0),
        _ => Fact::Known(false),
    });
    let all =
        [selinux.as_ref().map(|mode| mode == "enforcing"), kysec.as_ref().map(|mode| mode == "enabled"), by_apparmor];
    if all.contains(&Fact::Known(true)) {
        return Fact::Known(true);
    }
    all.into_iter().find(|fact| fact.known().is_none()).unwrap_or(Fact::Known(false))
}

pub(super) fn modules(items: &Items<'_>, sysctl: &Sysctl) -> Modules {
    let rules = items.files("kernel.modprobe").all().map(|files| {
        let (mut disabled, mut blacklisted) = (Vec::new(), Vec::new());
        for file in files {
            let (of, only) = boot::modprobe(&file.text);
            disabled.extend(of);
            blacklisted.extend(only);
        }
        disabled.sort();
        disabled.dedup();
        blacklisted.sort();
        blacklisted.dedup();
        (disabled, blacklisted)
    });
    Modules {
        loaded: items.text_or_empty("kernel.modules").map(|text| boot::modules(&text)),
        disabled: rules.as_ref().map(|(disabled, _)| disabled.clone()),
        blacklisted: rules.map(|(_, blacklisted)| blacklisted),
        // A kernel without the parameter has no modules to load.
        locked: parameter(sysctl, "kernel.modules_disabled").map(|value| value.as_deref() != Some("0")),
    }
}

pub(super) fn boot(items: &Items<'_>) -> Boot {
    let firmware = firmware(items);
    let grub = items.files("boot.grub");
    let loader = both(
        base::any_exists(items, &["/boot/grub/grub.cfg", "/boot/grub2/grub.cfg", "/etc/grub.d"]),
        base::any_exists(items, &["/boot/loader/entries"]),
    )
    .map(|(grub, entries)| {
        if grub {
            "grub2"
        } else if entries {
            "systemd-boot"
        } else {
            "none"
        }
        .to_owned()
    });
    let rescue = items.files("boot.rescue");
    Boot {
        password: loader.as_ref().and_then(|loader| match loader.as_str() {
            "none" | "systemd-boot" => Fact::Known(false),
            _ => grub.all().map(|files| boot::grub_password(files.iter().map(|file| file.text.as_str()))),
        }),
        loader,
        firmware: firmware
            .map(|map| map.get("firmware").and_then(|values| values.first().cloned()).unwrap_or_default()),
        cmdline: items.text_or_empty("os.cmdline").map(|line| line.split_whitespace().map(str::to_owned).collect()),
        rescue_password: rescue.all().and_then(|files| {
            let unit = |name: &str| {
                let path = |folder: &str| format!("{folder}/systemd/system/{name}.service");
                let order = [path("/etc"), path("/usr/lib"), path("/lib")];
                order
                    .iter()
                    .find_map(|path| files.iter().find(|file| file.path == *path))
                    .map(|file| boot::asks_password(&file.text))
            };
            match (unit("rescue"), unit("emergency")) {
                (Some(rescue), Some(emergency)) => Fact::Known(rescue && emergency),
                (Some(one), None) | (None, Some(one)) => Fact::Known(one),
                (None, None) => Fact::unread(UnreadStatus::NotTested, "boot.rescue"),
            }
        }),
        ctrl_alt_del_masked: items.text_or_empty("files.links").map(|text| {
            stat::read(&text)
                .get("/etc/systemd/system/ctrl-alt-del.target")
                .is_some_and(|link| link.target == "/dev/null")
        }),
    }
}

/// `name value` lines: each name with its values.
fn firmware(items: &Items<'_>) -> Fact<BTreeMap<String, Vec<String>>> {
    items.text_or_empty("trust.firmware").map(|text| {
        let mut map: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in text.lines().filter_map(|line| line.split_once(' ')) {
            map.entry(name.to_owned()).or_default().push(value.to_owned());
        }
        map
    })
}

pub(super) fn trust(items: &Items<'_>) -> Trust {
    let firmware = firmware(items);
    let first =
        |map: &BTreeMap<String, Vec<String>>, name: &str| map.get(name).and_then(|values| values.first().cloned());
    let count = items.text("trust.ima_count").and_then(|text| match text.map(|text| text.trim().parse::<i64>()) {
        None => Fact::Known(0),
        Some(Ok(count)) => Fact::Known(count),
        Some(Err(_)) => Fact::unread(UnreadStatus::Error, "trust.ima_count"),
    });
    Trust {
        secure_boot: firmware.as_ref().and_then(|map| secure_boot(items, map)),
        tpm: firmware.as_ref().map(|map| {
            if map.contains_key("tcm") {
                "tcm".to_owned()
            } else {
                first(map, "tpm").unwrap_or_else(|| "none".to_owned())
            }
        }),
        pcr_banks: firmware.map(|map| {
            let mut banks = map.get("bank").cloned().unwrap_or_default();
            banks.sort();
            banks
        }),
        // The first entry is the boot aggregate, which is there without any policy.
        ima: count.as_ref().map(|count| *count > 1),
        ima_measurements: count,
        ima_appraise: items.text_or_empty("os.cmdline").map(|line| {
            line.split_whitespace().any(|word| {
                word == "ima_appraise=enforce" || word.starts_with("ima_policy=") && word.contains("appraise")
            })
        }),
        lockdown: items.text_or_empty("trust.lockdown").map(|text| boot::chosen(&text).unwrap_or_default().to_owned()),
    }
}

fn secure_boot(items: &Items<'_>, firmware: &BTreeMap<String, Vec<String>>) -> Fact<Tri> {
    let has = |name: &str, value: &str| firmware.get(name).is_some_and(|values| values.iter().any(|of| of == value));
    if has("firmware", "bios") || has("secure_boot", "0") {
        return Fact::Known(Tri::No);
    }
    if has("secure_boot", "1") {
        return Fact::Known(Tri::Yes);
    }
    match items.text("trust.secure_boot").known().cloned().flatten().as_deref().and_then(boot::secure_boot) {
        Some(on) => Fact::Known(on.into()),
        None if has("secure_boot", "denied") => Fact::unread(UnreadStatus::Denied, "trust.firmware"),
        None => Fact::Known(Tri::Unknown),
    }
}

pub(super) fn crypto(items: &Items<'_>) -> Crypto {
    let policy = items.files("crypto.policy");
    let config = items.files("crypto.openssl_config");
    Crypto {
        policy: policy.all().map(|files| {
            let line = |path: &str| {
                let file = files.iter().find(|file| file.path == path)?;
                conf::lines(&file.text).next().map(|(_, line)| line.to_owned())
            };
            line("/etc/crypto-policies/state/current")
                .or_else(|| line("/etc/crypto-policies/config"))
                .unwrap_or_else(|| "none".to_owned())
        }),
        fips: items.text_or_empty("crypto.fips").map(|text| text.trim() == "1"),
        openssl_version: match items.status("crypto.openssl") {
            Some(ItemStatus::NoTool) => Fact::Known(String::new()),
            _ => items
                .text_or_empty("crypto.openssl")
                .map(|text| text.split_whitespace().nth(1).unwrap_or_default().to_owned()),
        },
        openssl_min_protocol: config.all().map(|files| {
            files
                .iter()
                .filter_map(|file| conf::equals(&file.text).get("MinProtocol").cloned())
                .next_back()
                .unwrap_or_default()
        }),
        kernel_sm: items.text_or_empty("crypto.kernel").map(|text| {
            let names = text
                .lines()
                .filter_map(|line| line.strip_prefix("name"))
                .map(|rest| rest.trim_start_matches([' ', '\t', ':']));
            let names: Vec<_> = names.collect();
            ["sm2", "sm3", "sm4"]
                .iter()
                .filter(|sm| names.iter().any(|name| name.contains(*sm)))
                .map(|sm| (*sm).to_owned())
                .collect()
        }),
    }
}

pub(super) fn core_dumps(items: &Items<'_>, sysctl: &Sysctl) -> CoreDumps {
    let limits = items.files("pam.limits").all().map(|files| {
        files.iter().any(|file| {
            conf::lines(&file.text).any(|(_, line)| {
                let words: Vec<_> = line.split_whitespace().collect();
                matches!(words[..], ["*", "hard" | "-", "core", "0", ..])
            })
        })
    });
    let pattern = parameter(sysctl, "kernel.core_pattern").map(Option::unwrap_or_default);
    let there = base::any_exists(items, &["/usr/lib/systemd/systemd-coredump", "/lib/systemd/systemd-coredump"]);
    let storage = both(there, items.files("kernel.coredump").all()).map(|(there, files)| {
        let set =
            files.iter().filter_map(|file| conf::section(&file.text, "Coredump").get("Storage").cloned()).next_back();
        if there { set.unwrap_or_else(|| "external".to_owned()) } else { String::new() }
    });
    let disabled = both(both(limits.clone(), pattern.clone()), storage.clone()).map(|((limited, pattern), storage)| {
        let handled = pattern.contains("systemd-coredump");
        // A pipe is fed whatever the limit says.
        let piped = pattern.starts_with('|');
        let discards = pattern == "|/bin/false"
            || pattern == "|/usr/bin/false"
            || pattern == "|/bin/true"
            || pattern == "/dev/null";
        discards || handled && storage == "none" || limited && !piped
    });
    CoreDumps {
        hard_limit_zero: limits,
        suid_dumpable: parameter(sysctl, "fs.suid_dumpable").and_then(|value| {
            match value.and_then(|value| value.parse().ok()) {
                Some(number) => Fact::Known(number),
                None => Fact::unread(UnreadStatus::Error, "kernel.sysctl: fs.suid_dumpable"),
            }
        }),
        pattern,
        systemd_storage: storage,
        disabled,
    }
}

pub(super) fn mounts(items: &Items<'_>) -> Fact<Vec<Mount>> {
    items.text("disk.mounts").and_then(|text| match text {
        Some(text) => Fact::Known(
            disk::mounts(&text)
                .into_iter()
                .map(|disk::Mount { source, target, fstype, options }| Mount { target, source, fstype, options })
                .collect(),
        ),
        None => Fact::unread(UnreadStatus::Error, "disk.mounts"),
    })
}

pub(super) fn disk(items: &Items<'_>) -> Disk {
    let devices = items.text("disk.devices").and_then(|text| match text.as_deref().and_then(disk::encrypted) {
        Some(found) => Fact::Known(found),
        None => Fact::unread(UnreadStatus::Error, "disk.devices"),
    });
    Disk {
        encrypted: devices.as_ref().map(|(_, any)| *any),
        encrypted_mounts: devices.map(|(mounts, _)| mounts),
        swap: items
            .text_or_empty("disk.swaps")
            .map(|text| disk::swaps(&text).into_iter().map(|(name, kind, bytes)| Swap { name, kind, bytes }).collect()),
        crypttab: items.text_or_empty("disk.crypttab").map(|text| disk::crypttab(&text)),
    }
}
