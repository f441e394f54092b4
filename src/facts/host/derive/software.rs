//! Packages, updates, known products, backup and containers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    access, base,
    items::{Items, both},
    products::{PRODUCTS, Product, protects},
};
use crate::{
    facts::host::{Agent, Backup, Containers, CronJob, Group, Malware, Package, Service, Updates},
    formats::linux::{conf, cron, logtime, packages, stat},
    model::{Fact, ItemStatus, UnreadStatus},
};

pub(super) fn packages(items: &Items<'_>) -> Fact<Vec<Package>> {
    base::installed(items).map(|all| {
        all.into_iter().map(|packages::Package { name, version, arch }| Package { name, version, arch }).collect()
    })
}

pub(super) fn updates(items: &Items<'_>, kernel: &Fact<String>) -> Updates {
    let pending = base::manager(items).and_then(|manager| match manager {
        "dpkg" => items.read("updates.apt", (0, 0), packages::apt_pending),
        "rpm" => rpm_pending(items),
        _ => Fact::unread(UnreadStatus::NoTool, "packages"),
    });
    let dates = items.text_or_empty("updates.dates");
    let newest = |tag: &'static str| {
        dates.as_ref().map(|text| {
            tagged(text, tag).iter().map(|stat| stat.mtime).max().and_then(logtime::iso).unwrap_or_default()
        })
    };
    let lists_date = newest("lists");
    // Without lists nothing can be said of what waits: an empty list of updates would be a guess.
    let fetched = lists_date.clone().and_then(|date| match date.as_str() {
        "" => Fact::unread(UnreadStatus::NotTested, "updates.dates: no package lists were ever fetched"),
        _ => Fact::Known(()),
    });
    let pending = both(fetched, pending).map(|((), pending)| pending);
    Updates {
        pending_security: pending.as_ref().map(|(_, security)| *security),
        pending: pending.and_then(|(all, _)| match all {
            -1 => Fact::unread(UnreadStatus::NotTested, "updates.dnf: security notices only"),
            all => Fact::Known(all),
        }),
        lists_date,
        age_days: Fact::unread(UnreadStatus::NotTested, "as_of"),
        last_installed: newest("installed"),
        last_installed_days: Fact::unread(UnreadStatus::NotTested, "as_of"),
        automatic: automatic(items),
        kernel_current: both(dates, kernel.clone()).and_then(|(text, running)| kernel_current(&text, &running)),
        unsigned_sources: items.files("updates.sources").all().map(|files| {
            files
                .iter()
                .flat_map(|file| {
                    if file.path.contains("/apt/") {
                        packages::unsigned_apt(&file.path, &file.text)
                    } else {
                        packages::unsigned_repos(&file.path, &file.text)
                    }
                })
                .collect()
        }),
    }
}

/// Only security notices are listed, so the number of all is not known: -1 stands for it here.
fn rpm_pending(items: &Items<'_>) -> Fact<(i64, i64)> {
    let item = if items.status("updates.dnf") == Some(ItemStatus::NoTool) { "updates.yum" } else { "updates.dnf" };
    items.text_or_empty(item).map(|text| (-1, packages::updateinfo(&text)))
}

fn tagged(text: &str, tag: &str) -> Vec<stat::Stat> {
    let ours = text.lines().filter_map(|line| line.split_once('\t')).filter(|(of, _)| *of == tag);
    ours.flat_map(|(_, rest)| stat::read(rest).found).collect()
}

fn automatic(items: &Items<'_>) -> Fact<bool> {
    items.files("updates.apt_config").all().map(|files| {
        let mut on = None;
        let mut dnf = false;
        for file in files {
            if file.path.ends_with("automatic.conf") {
                dnf |= conf::section(&file.text, "commands")
                    .get("apply_updates")
                    .is_some_and(|value| value == "yes" || value == "True");
            } else {
                on = packages::unattended(&file.text).or(on);
            }
        }
        on.unwrap_or(false) || dnf
    })
}

/// The running kernel is the one that was installed last. Folders of modules are named by the release.
fn kernel_current(text: &str, running: &str) -> Fact<bool> {
    let kernels = tagged(text, "kernel");
    let newest = kernels.iter().max_by(|a, b| versions(&a.path).cmp(&versions(&b.path)));
    match newest {
        Some(newest) => Fact::Known(newest.path.rsplit('/').next() == Some(running)),
        // A container, or a kernel without modules.
        None => Fact::unread(UnreadStatus::NotTested, "updates.dates: no kernel is installed here"),
    }
}

/// Numbers of a release in order, so that 5.10.9 comes before 5.10.10.
fn versions(path: &str) -> Vec<u64> {
    let release = path.rsplit('/').next().unwrap_or_default();
    release.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
}

/// Known products that are installed or run. A product may be unpacked without a package, and installed without
/// running, so the list needs both; without any package manager the processes are all there is.
fn found(items: &Items<'_>, which: fn(&Product) -> bool) -> Fact<Vec<(&'static Product, Fact<bool>)>> {
    let names = match base::manager(items) {
        Fact::Known("none") => Fact::Known(BTreeSet::new()),
        _ => base::package_names(items),
    };
    both(names, base::processes(items)).map(|(names, _)| {
        let here = |product: &&Product| {
            base::runs(items, product.processes) == Fact::Known(true)
                || product.packages.iter().any(|package| names.contains(*package))
        };
        let ours = PRODUCTS.iter().filter(|product| which(product)).filter(here);
        ours.map(|product| (product, base::runs(items, product.processes))).collect()
    })
}

pub(super) fn malware(items: &Items<'_>) -> Fact<Vec<Malware>> {
    let dates = items.text_or_empty("malware.signatures");
    found(items, protects).map(|all| {
        let one = |(product, running): (&Product, Fact<bool>)| Malware {
            product: product.name.to_owned(),
            running,
            signatures_date: dates.as_ref().and_then(|text| {
                let newest = tagged(text, product.name).iter().map(|stat| stat.mtime).max();
                match newest.and_then(logtime::iso) {
                    Some(date) => Fact::Known(date),
                    None => Fact::unread(UnreadStatus::NotTested, "malware.signatures"),
                }
            }),
            signatures_days: Fact::unread(UnreadStatus::NotTested, "as_of"),
        };
        all.into_iter().map(one).collect()
    })
}

pub(super) fn agents(items: &Items<'_>) -> Fact<Vec<Agent>> {
    found(items, |product| !protects(product)).map(|all| {
        let one = |(product, running): (&Product, Fact<bool>)| Agent {
            kind: product.kind.to_owned(),
            product: product.name.to_owned(),
            running,
        };
        all.into_iter().map(one).collect()
    })
}

pub(super) fn backup(
    items: &Items<'_>,
    agents: &Fact<Vec<Agent>>,
    jobs: &Fact<Vec<CronJob>>,
    services: &Fact<Vec<Service>>,
) -> Backup {
    items.status("cron.tables");
    Backup {
        tools: agents
            .as_ref()
            .map(|all| all.iter().filter(|agent| agent.kind == "backup").map(|agent| agent.product.clone()).collect()),
        jobs: both(jobs.as_ref(), services.as_ref()).map(|(jobs, services)| {
            let lines = jobs
                .iter()
                .filter(|job| cron::looks_like_backup(&job.command))
                .map(|job| format!("{}: {} {}", job.source, job.schedule, job.command));
            // dpkg-db-backup keeps copies of the package lists and backs up nothing of the user's.
            let timers = services.iter().filter(|service| {
                service.kind == "timer"
                    && cron::looks_like_backup(&service.name)
                    && !service.name.starts_with("dpkg-db-backup")
            });
            let timers = timers.filter(|timer| timer.active == Fact::Known(true)).map(|timer| timer.name.clone());
            lines.chain(timers).collect()
        }),
    }
}

pub(super) fn containers(items: &Items<'_>, groups: &Fact<Vec<Group>>) -> Containers {
    let daemon = items.text_or_empty("containers.docker").and_then(|text| {
        if text.trim().is_empty() {
            return Fact::Known(BTreeMap::new());
        }
        match serde_json::from_str::<Value>(&text) {
            Ok(Value::Object(map)) => Fact::Known(map.into_iter().map(|(key, value)| (key, plain(&value))).collect()),
            _ => Fact::unread(UnreadStatus::Error, "containers.docker"),
        }
    });
    Containers {
        docker_installed: base::any_exists(items, &["/usr/bin/dockerd", "/usr/bin/docker"]),
        docker_running: base::runs(items, &["dockerd"]),
        docker_tcp: daemon.as_ref().map(tcp),
        docker_daemon: daemon,
        docker_socket: access::modes_of(items, |path| path == "/run/docker.sock" || path == "/var/run/docker.sock"),
        docker_group: groups.as_ref().and_then(|groups| {
            let group = groups.iter().find(|group| group.name == "docker");
            group.map_or(Fact::Known(Vec::new()), |group| group.members.clone())
        }),
        containerd_installed: base::any_exists(items, &["/usr/bin/containerd", "/usr/local/bin/containerd"]),
        podman_installed: base::any_exists(items, &["/usr/bin/podman"]),
        kubelet_installed: base::any_exists(items, &["/usr/bin/kubelet", "/usr/local/bin/kubelet"]),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(plain).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

/// TCP addresses of `hosts` where no client certificate is asked for.
fn tcp(daemon: &BTreeMap<String, String>) -> Vec<String> {
    let verified = daemon.get("tlsverify").is_some_and(|value| value == "true");
    let hosts = daemon.get("hosts").map(String::as_str).unwrap_or_default();
    hosts.split(' ').filter(|host| host.starts_with("tcp://") && !verified).map(str::to_owned).collect()
}
