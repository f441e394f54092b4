//! Jobs on packages, updates, protective software and containers.

use super::{apt, traces};
use crate::{collect::Job, formats::linux::masks};

pub(super) const JOBS: &[Job] = &[
    Job::argv(
        "packages.dpkg",
        &["dpkg-query", "-W", "-f", "${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\n"],
    ),
    Job::argv("packages.rpm", &["rpm", "-qa", "--qf", "%{NAME}\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\t%{ARCH}\n"])
        .seconds(20),
    // Computed from the lists that are there: apt itself may take seconds of CPU, and it may not be asked to fetch.
    Job::builtin("updates.apt", apt::pending).seconds(30),
    Job::argv("updates.dnf", &["dnf", "-C", "-q", "updateinfo", "list", "--security"]).seconds(60),
    Job::argv("updates.yum", &["yum", "-C", "-q", "updateinfo", "list", "security"]).seconds(60),
    Job::builtin("updates.dates", traces::update_dates),
    Job::glob("updates.apt_config", &["/etc/apt/apt.conf", "/etc/apt/apt.conf.d/*", "/etc/dnf/automatic.conf"])
        .redacted(masks::secrets),
    Job::glob(
        "updates.sources",
        &[
            "/etc/apt/sources.list",
            "/etc/apt/sources.list.d/*.list",
            "/etc/apt/sources.list.d/*.sources",
            "/etc/yum.conf",
            "/etc/dnf/dnf.conf",
            "/etc/yum.repos.d/*.repo",
            "/etc/zypp/repos.d/*.repo",
        ],
    )
    .redacted(masks::secrets),
    Job::builtin("malware.signatures", traces::signature_dates),
    Job::file("containers.docker", "/etc/docker/daemon.json").redacted(masks::secrets),
];
